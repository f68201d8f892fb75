/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The RISC-V CPU as a device: its models, how it comes into being, its reset,
 * its interrupt lines, what it shows of its registers.
 */
#include "qemu/osdep.h"
#include "arch_dump.h"

#include "cpu-features.h"
#include "csr.h"
#include "disas.h"
#include "exec/exec-all.h"
#include "fpu/softfloat.h"
#include "hw/core/sysemu-cpu-ops.h"
#include "hw/irq.h"
#include "internals.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "qemu/qemu-print.h"
#include "soft-ops.h"
#include "time_helper.h"

const char *const riscv_int_regnames[] = {
    "x0/zero", "x1/ra",  "x2/sp",  "x3/gp",  "x4/tp",  "x5/t0",   "x6/t1",
    "x7/t2",   "x8/s0",  "x9/s1",  "x10/a0", "x11/a1", "x12/a2",  "x13/a3",
    "x14/a4",  "x15/a5", "x16/a6", "x17/a7", "x18/s2", "x19/s3",  "x20/s4",
    "x21/s5",  "x22/s6", "x23/s7", "x24/s8", "x25/s9", "x26/s10", "x27/s11",
    "x28/t3",  "x29/t4", "x30/t5", "x31/t6",
};

const char *const riscv_fpr_regnames[] = {
    "f0/ft0",   "f1/ft1",   "f2/ft2",   "f3/ft3",   "f4/ft4",  "f5/ft5",
    "f6/ft6",   "f7/ft7",   "f8/fs0",   "f9/fs1",   "f10/fa0", "f11/fa1",
    "f12/fa2",  "f13/fa3",  "f14/fa4",  "f15/fa5",  "f16/fa6", "f17/fa7",
    "f18/fs2",  "f19/fs3",  "f20/fs4",  "f21/fs5",  "f22/fs6", "f23/fs7",
    "f24/fs8",  "f25/fs9",  "f26/fs10", "f27/fs11", "f28/ft8", "f29/ft9",
    "f30/ft10", "f31/ft11",
};

/* ---- registers as text --------------------------------------------------- */

static void dump_csrs(CPURISCVState *env, FILE *f, int first, int last)
{
    for (int csrno = first; csrno <= last; csrno++) {
        target_ulong val;

        /* A CSR that is not there for this CPU has nothing to show. */
        if (csr_ops[csrno].name && csrno != CSR_SEED &&
            riscv_csrrw_debug(env, csrno, &val, 0, 0) == RISCV_EXCP_NONE) {
            qemu_fprintf(f, " %-13s " TARGET_FMT_lx "\n", csr_ops[csrno].name,
                         val);
        }
    }
}

static void dump_file(FILE *f, const uint64_t *regs, const char *const *names)
{
    for (int i = 0; i < 32; i++) {
        qemu_fprintf(f, " %-8s %016" PRIx64 "%s", names[i], regs[i],
                     i % 4 == 3 ? "\n" : "");
    }
}

static void riscv_cpu_dump_state(CPUState *cs, FILE *f, int flags)
{
    CPURISCVState *env = cpu_env(cs);

    qemu_fprintf(f, " %-13s %c\n", "priv", "US?M"[env->priv & 3]);
    qemu_fprintf(f, " %-13s " TARGET_FMT_lx "\n", "pc", env->pc);
    dump_csrs(env, f, CSR_SSTATUS, CSR_TABLE_SIZE - 1);
    dump_file(f, env->gpr, riscv_int_regnames);
    if (flags & CPU_DUMP_FPU) {
        dump_csrs(env, f, CSR_FFLAGS, CSR_FCSR);
        dump_file(f, env->fpr, riscv_fpr_regnames);
    }
}

/* ---- what the rest of the emulator asks ---------------------------------- */

static void riscv_cpu_set_pc(CPUState *cs, vaddr value)
{
    cpu_env(cs)->pc = value;
}

static vaddr riscv_cpu_get_pc(CPUState *cs)
{
    return cpu_env(cs)->pc;
}

static int64_t riscv_get_arch_id(CPUState *cs)
{
    return cpu_env(cs)->mhartid;
}

static int riscv_cpu_mmu_index(CPUState *cs, bool ifetch)
{
    return riscv_env_mmu_index(cpu_env(cs), ifetch);
}

static bool riscv_cpu_paging_enabled(const CPUState *cs)
{
    return riscv_cpu_virt_mem_enabled(cpu_env((CPUState *)cs));
}

static const char *riscv_gdb_arch_name(CPUState *cs)
{
    return "riscv:rv64";
}

static void riscv_cpu_disas_set_info(CPUState *cs, disassemble_info *info)
{
    info->target_info = &RISCV_CPU(cs)->cfg;
    info->print_insn = riscv_print_insn;
}

bool riscv_cpu_is_32bit(RISCVCPU *cpu)
{
    return false;
}

int riscv_cpu_max_xlen(RISCVCPUClass *mcc)
{
    return 16 << mcc->misa_mxl_max;
}

bool riscv_cpu_is_vendor(Object *cpu_obj)
{
    return object_dynamic_cast(cpu_obj, TYPE_RISCV_VENDOR_CPU) != NULL;
}

char *riscv_cpu_get_name(RISCVCPU *cpu)
{
    return cpu_model_from_type(object_get_typename(OBJECT(cpu)));
}

static ObjectClass *riscv_cpu_class_by_name(const char *cpu_model)
{
    g_auto(GStrv) parts = g_strsplit(cpu_model, ",", 1);
    g_autofree char *type =
        g_strdup_printf(RISCV_CPU_TYPE_NAME("%s"), parts[0]);

    return object_class_by_name(type);
}

/* ---- interrupt lines ----------------------------------------------------- */

static void riscv_cpu_set_irq(void *opaque, int irq, int level)
{
    CPURISCVState *env = &RISCV_CPU(opaque)->env;

    switch (irq) {
    case IRQ_S_EXT:
        env->external_seip = level;
        level = level || env->software_seip;
        break;
    case IRQ_U_SOFT ... IRQ_S_EXT - 1:
    case IRQ_VS_EXT:
    case IRQ_M_EXT:
        break;
    default:
        qemu_log_mask(LOG_UNIMP, "riscv: interrupt line %d has no use\n", irq);
        return;
    }
    riscv_cpu_update_mip(env, BIT_ULL(irq), BOOL_TO_MASK(level));
}

static void riscv_cpu_set_nmi(void *opaque, int irq, int level)
{
    riscv_cpu_set_rnmi(RISCV_CPU(opaque), irq, level);
}

/* ---- reset --------------------------------------------------------------- */

static void reset_registers(RISCVCPU *cpu)
{
    CPURISCVState *env = &cpu->env;

    env->misa_mxl = MXL_RV64;
    env->xl = MXL_RV64;
    env->priv = PRV_M;
    env->pc = env->resetvec;
    env->mstatus &= ~(uint64_t)(MSTATUS_MIE | MSTATUS_MPRV);
    env->mstatus = set_field(env->mstatus, MSTATUS64_SXL, MXL_RV64);
    env->mstatus = set_field(env->mstatus, MSTATUS64_UXL, MXL_RV64);
    env->mcause = 0;
    env->mseccfg = 0;
    env->mie = 0;
    env->medeleg = 0;
    env->mideleg = 0;
    env->mvien = 0;
    env->mvip = 0;
    env->satp = 0;
    env->mcounteren = 0;
    env->scounteren = 0;
    env->senvcfg = 0;
    env->stimecmp = 0;
    memset(env->mstateen, 0, sizeof(env->mstateen));
    memset(env->sstateen, 0, sizeof(env->sstateen));
    /* What devices drive they reset themselves. */
    env->software_seip = false;
    riscv_cpu_update_mip(env, MIP_SSIP | MIP_STIP | MIP_SEIP,
                         env->external_seip ? MIP_SEIP : 0);
    env->load_res = -1;
    env->bins = 0;
    /* A stream that was refused may have left what no guest can have set. */
    env->frm = 0;
    env->priv_ver = MIN(env->priv_ver, PRIV_VERSION_LATEST);
    env->menvcfg = cpu->cfg.ext_svpbmt ? MENVCFG_PBMTE : 0;
    if (cpu->cfg.ext_svadu && !cpu->cfg.ext_svade) {
        env->menvcfg |= MENVCFG_ADUE;
    }
    for (int i = 0; i < ARRAY_SIZE(env->miprio); i++) {
        uint8_t prio = riscv_cpu_default_priority(i);

        env->miprio[i] = i == IRQ_M_EXT ? 0 : prio;
        env->siprio[i] = i == IRQ_S_EXT ? 0 : prio;
    }
}

static void riscv_cpu_reset_hold(Object *obj, ResetType type)
{
    CPUState *cs = CPU(obj);
    RISCVCPU *cpu = RISCV_CPU(obj);
    RISCVCPUClass *mcc = RISCV_CPU_GET_CLASS(obj);
    CPURISCVState *env = &cpu->env;

    if (mcc->parent_phases.hold) {
        mcc->parent_phases.hold(obj, type);
    }
    reset_registers(cpu);
    pmp_unlock_entries(env);
    if (cpu->cfg.debug) {
        riscv_trigger_reset_hold(env);
    }
    if (env->stimer) {
        timer_del(env->stimer);
    }
    /* The parent has cleared the request, and a line may be up. */
    riscv_cpu_interrupt(env);
    cs->exception_index = RISCV_EXCP_NONE;
    set_default_nan_mode(true, &env->fp_status);
    /* Sign clear, the top bit of the fraction set, the rest clear. */
    set_float_default_nan_pattern(0x40, &env->fp_status);
    set_float_detect_tininess(float_tininess_after_rounding, &env->fp_status);
}

/* ---- life ---------------------------------------------------------------- */

static void riscv_cpu_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    CPUState *cs = CPU(dev);
    RISCVCPU *cpu = RISCV_CPU(dev);
    RISCVCPUClass *mcc = RISCV_CPU_GET_CLASS(dev);

    if (!cpu_exec_realizefn(cs, errp)) {
        return;
    }
    riscv_cpu_finalize_features(cpu, errp);
    if (*errp) {
        cpu_exec_unrealizefn(cs);
        return;
    }
    if (cpu->cfg.ext_sstc && !cpu->env.stimer) {
        riscv_timer_init(cpu);
    }
    riscv_cpu_register_gdb_regs_for_features(cs);
    qemu_init_vcpu(cs);
    cpu_reset(cs);
    mcc->parent_realize(dev, errp);
}

static void riscv_cpu_init(Object *obj)
{
    RISCVCPU *cpu = RISCV_CPU(obj);
    CPURISCVState *env = &cpu->env;

    env->misa_mxl = MXL_RV64;
    env->timebase_freq = 10000000;
    env->vext_ver = VEXT_VERSION_1_00_0;
    env->resetvec = DEFAULT_RSTVEC;
    qdev_init_gpio_in(DEVICE(obj), riscv_cpu_set_irq,
                      IRQ_LOCAL_MAX + IRQ_LOCAL_GUEST_MAX);
    qdev_init_gpio_in_named(DEVICE(obj), riscv_cpu_set_nmi, "riscv.cpu.rnmi",
                            RNMI_MAX);

    cpu->cfg.ext_zicntr = true;
    cpu->cfg.ext_zihpm = true;
    cpu->cfg.pmu_mask = MAKE_64BIT_MASK(3, 16);
    cpu->cfg.vlenb = 128 >> 3;
    cpu->cfg.elen = 64;
    cpu->cfg.cbom_blocksize = 64;
    cpu->cfg.cbop_blocksize = 64;
    cpu->cfg.cboz_blocksize = 64;
    riscv_cpu_add_feature_properties(cpu);
}

static void riscv_cpu_finalize(Object *obj)
{
    RISCVCPU *cpu = RISCV_CPU(obj);

    g_clear_pointer(&cpu->env.stimer, timer_free);
    g_free((void *)cpu->dyn_csr_feature.xml);
    g_free((void *)cpu->dyn_csr_feature.regs);
    riscv_cpu_free_features(cpu);
}

/* ---- models -------------------------------------------------------------- */

static void generic_init(Object *obj)
{
    RISCVCPU *cpu = RISCV_CPU(obj);

    cpu->cfg.mmu = true;
    cpu->cfg.pmp = true;
    cpu->env.priv_ver = PRIV_VERSION_LATEST;
    riscv_cpu_set_satp_supported(cpu, VM_1_10_SV57);
}

static void max_init(Object *obj)
{
    generic_init(obj);
    riscv_cpu_enable_all(RISCV_CPU(obj));
}

static void bare_init(Object *obj)
{
    RISCVCPU *cpu = RISCV_CPU(obj);

    cpu->cfg.ext_zicntr = false;
    cpu->cfg.ext_zihpm = false;
    cpu->env.priv_ver = PRIV_VERSION_1_10_0;
    riscv_cpu_set_satp_supported(cpu, VM_1_10_SV57);
}

static void rv64i_init(Object *obj)
{
    riscv_cpu_set_misa_ext(&RISCV_CPU(obj)->env, RVI);
}

static void rva22u64_init(Object *obj)
{
    rv64i_init(obj);
    riscv_cpu_enable_profile(RISCV_CPU(obj), "rva22u64");
}

static void rva22s64_init(Object *obj)
{
    rv64i_init(obj);
    riscv_cpu_enable_profile(RISCV_CPU(obj), "rva22s64");
}

static void sifive_init(Object *obj)
{
    RISCVCPU *cpu = RISCV_CPU(obj);

    cpu->env.priv_ver = PRIV_VERSION_1_10_0;
    cpu->cfg.ext_zifencei = true;
    cpu->cfg.ext_zicsr = true;
    cpu->cfg.pmp = true;
}

static void sifive_e_init(Object *obj)
{
    sifive_init(obj);
    riscv_cpu_set_misa_ext(&RISCV_CPU(obj)->env, RVI | RVM | RVA | RVC | RVU);
    riscv_cpu_set_satp_supported(RISCV_CPU(obj), VM_1_10_MBARE);
}

static void sifive_u_init(Object *obj)
{
    sifive_init(obj);
    riscv_cpu_set_misa_ext(&RISCV_CPU(obj)->env,
                           RVI | RVM | RVA | RVF | RVD | RVC | RVS | RVU);
    RISCV_CPU(obj)->cfg.mmu = true;
    riscv_cpu_set_satp_supported(RISCV_CPU(obj), VM_1_10_SV39);
}

/* ---- classes ------------------------------------------------------------- */

static const SysemuCPUOps riscv_sysemu_ops = {
    .has_work = riscv_cpu_has_work,
    .get_paging_enabled = riscv_cpu_paging_enabled,
    .get_phys_page_debug = riscv_cpu_get_phys_page_debug,
    .write_elf64_note = riscv_cpu_write_elf64_note,
    .legacy_vmsd = &vmstate_riscv_cpu,
    .get_dump_info = riscv_cpu_get_dump_info,
};

static void riscv_cpu_common_class_init(ObjectClass *c, void *data)
{
    RISCVCPUClass *mcc = RISCV_CPU_CLASS(c);
    ResettableClass *rc = RESETTABLE_CLASS(c);
    DeviceClass *dc = DEVICE_CLASS(c);
    CPUClass *cc = CPU_CLASS(c);

    riscv_csr_init();
    device_class_set_parent_realize(dc, riscv_cpu_realize,
                                    &mcc->parent_realize);
    resettable_class_set_parent_phases(rc, NULL, riscv_cpu_reset_hold, NULL,
                                       &mcc->parent_phases);
    cc->class_by_name = riscv_cpu_class_by_name;
    cc->mmu_index = riscv_cpu_mmu_index;
    cc->dump_state = riscv_cpu_dump_state;
    cc->set_pc = riscv_cpu_set_pc;
    cc->get_pc = riscv_cpu_get_pc;
    cc->get_arch_id = riscv_get_arch_id;
    cc->gdb_read_register = riscv_cpu_gdb_read_register;
    cc->gdb_write_register = riscv_cpu_gdb_write_register;
    cc->gdb_stop_before_watchpoint = true;
    cc->gdb_arch_name = riscv_gdb_arch_name;
    cc->gdb_core_xml_file = "riscv-64bit-cpu.xml";
    cc->disas_set_info = riscv_cpu_disas_set_info;
    cc->sysemu_ops = &riscv_sysemu_ops;
    cc->soft_ops = &riscv_soft_ops;
    cc->expand_model = riscv_cpu_expand_model;
    cc->static_model = true;
    mcc->misa_mxl_max = MXL_RV64;
    riscv_cpu_class_properties(dc);
}

/* Their extensions may grow with every version. */
static void riscv_dynamic_cpu_class_init(ObjectClass *c, void *data)
{
    CPU_CLASS(c)->static_model = false;
}

#define MODEL(_name, _parent, _init)                                           \
    {                                                                          \
        .name = RISCV_CPU_TYPE_NAME(_name), .parent = _parent,                 \
        .instance_init = _init,                                                \
    }

static const TypeInfo riscv_cpu_types[] = {
    {
        .name = TYPE_RISCV_CPU,
        .parent = TYPE_CPU,
        .instance_size = sizeof(RISCVCPU),
        .instance_align = __alignof(RISCVCPU),
        .instance_init = riscv_cpu_init,
        .instance_finalize = riscv_cpu_finalize,
        .abstract = true,
        .class_size = sizeof(RISCVCPUClass),
        .class_init = riscv_cpu_common_class_init,
    },
    {
        .name = TYPE_RISCV_DYNAMIC_CPU,
        .parent = TYPE_RISCV_CPU,
        .class_init = riscv_dynamic_cpu_class_init,
        .abstract = true,
    },
    {
        .name = TYPE_RISCV_VENDOR_CPU,
        .parent = TYPE_RISCV_CPU,
        .abstract = true,
    },
    {
        .name = TYPE_RISCV_BARE_CPU,
        .parent = TYPE_RISCV_CPU,
        .instance_init = bare_init,
        .abstract = true,
    },
    MODEL("rv64", TYPE_RISCV_DYNAMIC_CPU, generic_init),
    MODEL("max", TYPE_RISCV_DYNAMIC_CPU, max_init),
    MODEL("rv64i", TYPE_RISCV_BARE_CPU, rv64i_init),
    MODEL("rva22u64", TYPE_RISCV_BARE_CPU, rva22u64_init),
    MODEL("rva22s64", TYPE_RISCV_BARE_CPU, rva22s64_init),
    MODEL("sifive-e51", TYPE_RISCV_VENDOR_CPU, sifive_e_init),
    MODEL("sifive-u54", TYPE_RISCV_VENDOR_CPU, sifive_u_init),
    MODEL("shakti-c", TYPE_RISCV_VENDOR_CPU, sifive_u_init),
};

DEFINE_TYPES(riscv_cpu_types)
