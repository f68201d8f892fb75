/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The monitor's view of a hart: "info mem", the mappings of the page table,
 * and registers by name in expressions ($a0, $x10, $mepc).
 */
#include "qemu/osdep.h"

#include "cpu.h"
#include "monitor/hmp-target.h"
#include "monitor/monitor.h"
#include "qemu/module.h"

#define VPN_BITS 9

/* ---- info mem ------------------------------------------------------------ */

/* A run of pages that continue one another, with the same attributes. */
typedef struct {
    Monitor *mon;
    int va_bits;
    uint64_t vaddr, paddr, size;
    int attr;
    /* Page tables read so far: a table that points to itself has no end. */
    unsigned tables;
} Mappings;

/* A tree of Linux has some thousands. */
#define MAX_TABLES 65536

static void print_run(const Mappings *m)
{
    if (m->size) {
        monitor_printf(m->mon,
                       TARGET_FMT_lx " " HWADDR_FMT_plx " " TARGET_FMT_lx
                                     " %c%c%c%c%c%c%c\n",
                       (target_ulong)sextract64(m->vaddr, 0, m->va_bits),
                       m->paddr, m->size, m->attr & PTE_R ? 'r' : '-',
                       m->attr & PTE_W ? 'w' : '-', m->attr & PTE_X ? 'x' : '-',
                       m->attr & PTE_U ? 'u' : '-', m->attr & PTE_G ? 'g' : '-',
                       m->attr & PTE_A ? 'a' : '-',
                       m->attr & PTE_D ? 'd' : '-');
    }
}

static void add_leaf(Mappings *m, uint64_t vaddr, uint64_t paddr, uint64_t size,
                     int attr)
{
    if (m->size && m->attr == attr && m->vaddr + m->size == vaddr &&
        m->paddr + m->size == paddr) {
        m->size += size;
        return;
    }
    print_run(m);
    m->vaddr = vaddr;
    m->paddr = paddr;
    m->size = size;
    m->attr = attr;
}

static void walk_table(Mappings *m, AddressSpace *as, hwaddr table,
                       uint64_t vaddr, int level)
{
    uint64_t size = (uint64_t)1 << (PGSHIFT + level * VPN_BITS);
    uint64_t entries[1 << VPN_BITS];

    if (m->tables++ >= MAX_TABLES ||
        address_space_read(as, table, MEMTXATTRS_UNSPECIFIED, entries,
                           sizeof(entries)) != MEMTX_OK) {
        return;
    }
    for (int i = 0; i < ARRAY_SIZE(entries); i++, vaddr += size) {
        uint64_t pte = le64_to_cpu(entries[i]);
        hwaddr paddr = get_field(pte, PTE_PPN_MASK) << PGSHIFT;

        if (!(pte & PTE_V)) {
            continue;
        }
        if (pte & (PTE_R | PTE_W | PTE_X)) {
            if (pte & PTE_N) {
                /* 64 KiB: each entry maps its own page of them. */
                paddr = (paddr & ~(hwaddr)0xffff) | (vaddr & 0xffff);
            }
            add_leaf(m, vaddr, paddr, size, pte & 0xff);
        } else if (level > 0) {
            walk_table(m, as, paddr, vaddr, level - 1);
        }
    }
}

static void hmp_info_mem(Monitor *mon, const QDict *qdict)
{
    CPUState *cs = mon_get_cpu(mon);
    RISCVCPU *cpu = NULL;
    Mappings m = { .mon = mon };
    int levels;

    if (cs) {
        cpu = (RISCVCPU *)object_dynamic_cast(OBJECT(cs), TYPE_RISCV_CPU);
    }
    if (!cpu) {
        monitor_printf(mon, "No CPU available\n");
        return;
    }
    if (!cpu->cfg.mmu) {
        monitor_printf(mon, "S-mode MMU unavailable\n");
        return;
    }
    levels = get_field(cpu->env.satp, SATP64_MODE) - VM_1_10_SV39 + 3;
    if (levels < 3 || levels > 5) {
        monitor_printf(mon, "No translation or protection\n");
        return;
    }
    m.va_bits = PGSHIFT + levels * VPN_BITS;
    monitor_printf(mon,
                   "vaddr            paddr            size             attr\n"
                   "---------------- ---------------- ---------------- "
                   "-------\n");
    walk_table(&m, cs->as, get_field(cpu->env.satp, SATP64_PPN) << PGSHIFT, 0,
               levels - 1);
    print_run(&m);
}

/* ---- registers ----------------------------------------------------------- */

/* Whether @name is either half, or all, of "x10/a0". */
static bool is_name_of(const char *names, const char *name)
{
    const char *slash = strchr(names, '/');
    size_t len = slash - names;

    return !strcmp(slash + 1, name) || !strcmp(names, name) ||
           (strlen(name) == len && !strncmp(names, name, len));
}

static bool read_register(Monitor *mon, const char *name, int64_t *value)
{
    CPUState *cs = mon_get_cpu(mon);
    CPURISCVState *env;
    target_ulong csr;

    if (!cs || !object_dynamic_cast(OBJECT(cs), TYPE_RISCV_CPU)) {
        return false;
    }
    env = cpu_env(cs);
    if (!strcmp(name, "pc")) {
        *value = env->pc;
        return true;
    }
    for (int i = 0; i < 32; i++) {
        if (is_name_of(riscv_int_regnames[i], name)) {
            *value = env->gpr[i];
            return true;
        }
        if (is_name_of(riscv_fpr_regnames[i], name)) {
            *value = env->fpr[i];
            return true;
        }
    }
    for (int i = 0; i < CSR_TABLE_SIZE; i++) {
        if (csr_ops[i].name && !strcmp(csr_ops[i].name, name) &&
            riscv_csrrw_debug(env, i, &csr, 0, 0) == RISCV_EXCP_NONE) {
            *value = csr;
            return true;
        }
    }
    return false;
}

static void riscv_monitor_init(void)
{
    monitor_register_hmp("mem", true, hmp_info_mem);
    monitor_set_register_reader(read_register);
}

type_init(riscv_monitor_init)
