/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The monitor's view of an x86 CPU: "info lapic", whoever has the APIC. */
#include "qemu/osdep.h"
#include "hw/i386/apic_internal.h"
#include "monitor/hmp-target.h"
#include "monitor/monitor.h"
#include "qobject/qdict.h"
#include "qemu/bitops.h"
#include "qemu/module.h"
#include "qemu/qemu-print.h"
#include "system/hw_accel.h"

/* Registers by their offset in 16 bytes. */
typedef struct Apic {
    uint32_t reg[64];
} Apic;

#define REG_TPR      0x08
#define REG_PPR      0x0a
#define REG_LDR      0x0d
#define REG_DFR      0x0e
#define REG_SVR      0x0f
#define REG_ISR      0x10
#define REG_TMR      0x18
#define REG_IRR      0x20
#define REG_ESR      0x28
#define REG_ICR      0x30
#define REG_LVT      0x32
#define REG_INITIAL  0x38
#define REG_CURRENT  0x39
#define REG_DIVIDE   0x3e
#define BYTES_OF_REG 16

static void read_ours(Apic *a, APICCommonState *s)
{
    a->reg[REG_TPR] = s->tpr;
    a->reg[REG_PPR] = apic_get_ppr(s);
    a->reg[REG_LDR] = (uint32_t)s->log_dest << 24;
    a->reg[REG_DFR] = (uint32_t)s->dest_mode << 28;
    a->reg[REG_SVR] = s->spurious_vec;
    memcpy(a->reg + REG_ISR, s->isr, sizeof(s->isr));
    memcpy(a->reg + REG_TMR, s->tmr, sizeof(s->tmr));
    memcpy(a->reg + REG_IRR, s->irr, sizeof(s->irr));
    a->reg[REG_ESR] = s->esr;
    memcpy(a->reg + REG_ICR, s->icr, sizeof(s->icr));
    memcpy(a->reg + REG_LVT, s->lvt, sizeof(s->lvt));
    a->reg[REG_INITIAL] = s->initial_count;
    a->reg[REG_CURRENT] = apic_get_current_count(s);
    a->reg[REG_DIVIDE] = s->divide_conf;
}

static void read_kernels(Apic *a, X86CPU *cpu)
{
    cpu_synchronize_state(CPU(cpu));
    for (int i = 0; i < ARRAY_SIZE(a->reg); i++) {
        a->reg[i] = ldl_le_p(cpu->lapic + i * BYTES_OF_REG);
    }
}

/* ---- parts --------------------------------------------------------------- */

static void print_lvt(const char *name, uint32_t lvt, bool is_timer)
{
    static const char *const modes[] = { "Fixed", "...",  "SMI", "...",
                                         "NMI",   "INIT", "...", "ExtINT" };
    int mode = extract32(lvt, APIC_LVT_DELIV_MOD_SHIFT, 3);
    const char *kind = !is_timer                          ? ""
                       : lvt & APIC_LVT_TIMER_PERIODIC    ? "periodic"
                       : lvt & APIC_LVT_TIMER_TSCDEADLINE ? "tsc-deadline"
                                                          : "one-shot";

    qemu_printf("%s\t 0x%08x %s %-5s %-6s %-7s %-12s %-6s", name, lvt,
                lvt & APIC_LVT_INT_POLARITY ? "active-lo" : "active-hi",
                lvt & APIC_LVT_LEVEL_TRIGGER ? "level" : "edge",
                lvt & APIC_LVT_MASKED ? "masked" : "",
                lvt & APIC_LVT_DELIV_STS ? "pending" : "", kind, modes[mode]);
    if (mode != APIC_DM_NMI) {
        qemu_printf(" (vec %u)", lvt & APIC_VECTOR_MASK);
    }
    qemu_printf("\n");
}

static void print_mask(uint32_t mask, int bits)
{
    for (int i = bits - 1; i >= 0; i--) {
        qemu_printf("%u", mask >> i & 1);
    }
}

static void print_command(const Apic *a)
{
    static const char *const shorthands[] = { "no-shorthand", "self",
                                              "all-self", "all" };
    uint32_t icr = a->reg[REG_ICR], icr2 = a->reg[REG_ICR + 1];
    uint32_t dest = icr2 >> APIC_ICR_DEST_SHIFT;
    int shorthand = extract32(icr, APIC_ICR_DEST_SHORT_SHIFT, 2);
    bool logical = icr & APIC_ICR_DEST_MOD;

    qemu_printf(
        "ICR\t 0x%08x %s %s %s %s\n", icr, logical ? "logical" : "physical",
        icr & APIC_ICR_TRIGGER_MOD ? "level" : "edge",
        icr & APIC_ICR_LEVEL ? "assert" : "de-assert", shorthands[shorthand]);
    qemu_printf("ICR2\t 0x%08x", icr2);
    if (shorthand) {
        qemu_printf("\n");
    } else if (!logical) {
        qemu_printf(" cpu %u (APIC ID)\n", dest);
    } else if (a->reg[REG_DFR] >> 28 == APIC_DESTMODE_LOGICAL_FLAT) {
        qemu_printf(" mask ");
        print_mask(dest, 8);
        qemu_printf(" (APIC ID)\n");
    } else {
        qemu_printf(" cluster %u mask ", dest >> APIC_LOGDEST_XAPIC_SHIFT);
        print_mask(dest & APIC_LOGDEST_XAPIC_ID, 4);
        qemu_printf(" (APIC ID)\n");
    }
}

static void print_vectors(const Apic *a, const char *name, int first)
{
    bool none = true;

    qemu_printf("%s\t ", name);
    for (int i = 0; i < 256; i++) {
        if (a->reg[first + i / 32] >> i % 32 & 1) {
            qemu_printf("%d%s ", i,
                        a->reg[REG_TMR + i / 32] >> i % 32 & 1 ? "(level)"
                                                               : "");
            none = false;
        }
    }
    qemu_printf("%s\n", none ? "(none)" : "");
}

/* ---- all of it ----------------------------------------------------------- */

static void print_apic(const Apic *a, int index)
{
    uint32_t conf = a->reg[REG_DIVIDE] & APIC_DCR_MASK;
    int shift = (((conf & 3) | (conf >> 1 & 4)) + 1) & 7;
    uint32_t svr = a->reg[REG_SVR];
    uint8_t ldr = a->reg[REG_LDR] >> 24;

    qemu_printf("dumping local APIC state for CPU %-2u\n\n", index);
    print_lvt("LVT0", a->reg[REG_LVT + APIC_LVT_LINT0], false);
    print_lvt("LVT1", a->reg[REG_LVT + APIC_LVT_LINT1], false);
    print_lvt("LVTPC", a->reg[REG_LVT + APIC_LVT_PERFORM], false);
    print_lvt("LVTERR", a->reg[REG_LVT + APIC_LVT_ERROR], false);
    print_lvt("LVTTHMR", a->reg[REG_LVT + APIC_LVT_THERMAL], false);
    print_lvt("LVTT", a->reg[REG_LVT + APIC_LVT_TIMER], true);
    qemu_printf("Timer\t DCR=0x%x (divide by %u) initial_count = %u"
                " current_count = %u\n",
                conf, 1u << shift, a->reg[REG_INITIAL], a->reg[REG_CURRENT]);
    qemu_printf("SPIV\t 0x%08x APIC %s, focus=%s, spurious vec %u\n", svr,
                svr & APIC_SPURIO_ENABLED ? "enabled" : "disabled",
                svr & APIC_SPURIO_FOCUS ? "on" : "off", svr & APIC_VECTOR_MASK);
    print_command(a);
    qemu_printf("ESR\t 0x%08x\n", a->reg[REG_ESR]);
    print_vectors(a, "ISR", REG_ISR);
    print_vectors(a, "IRR", REG_IRR);
    qemu_printf("\nAPR 0x%02x TPR 0x%02x DFR 0x%02x LDR 0x%02x", 0,
                a->reg[REG_TPR], a->reg[REG_DFR] >> 28, ldr);
    if (a->reg[REG_DFR] >> 28 == APIC_DESTMODE_LOGICAL_CLUSTER) {
        qemu_printf("(cluster %u: id %u)", ldr >> APIC_LOGDEST_XAPIC_SHIFT,
                    ldr & APIC_LOGDEST_XAPIC_ID);
    }
    qemu_printf(" PPR 0x%02x\n", a->reg[REG_PPR]);
}

static CPUState *cpu_of_apic_id(int64_t id)
{
    CPUState *cs;

    CPU_FOREACH(cs)
    {
        X86CPU *cpu = (X86CPU *)object_dynamic_cast(OBJECT(cs), TYPE_X86_CPU);

        if (cpu && cpu->apic_id == id) {
            return cs;
        }
    }
    return NULL;
}

static void hmp_info_lapic(Monitor *mon, const QDict *qdict)
{
    CPUState *cs = qdict_haskey(qdict, "apic-id")
                       ? cpu_of_apic_id(qdict_get_int(qdict, "apic-id"))
                       : mon_get_cpu(mon);
    Apic a = { 0 };
    X86CPU *cpu;

    if (!cs || !object_dynamic_cast(OBJECT(cs), TYPE_X86_CPU)) {
        monitor_printf(mon, "No CPU available\n");
        return;
    }
    cpu = X86_CPU(cs);
    if (cpu->apic_state) {
        read_ours(&a, APIC_COMMON(cpu->apic_state));
    } else {
        read_kernels(&a, cpu);
    }
    print_apic(&a, cs->cpu_index);
}

static void x86_monitor_init(void)
{
    monitor_register_hmp("lapic", true, hmp_info_lapic);
}

type_init(x86_monitor_init)
