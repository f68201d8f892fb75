/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a hart in the migration stream. Names are QEMU's; the version
 * differs, since there are no hypervisor and RV32 fields.
 */
#include "qemu/osdep.h"

#include "cpu.h"
#include "exec/cputlb.h"
#include "internals.h"
#include "migration/cpu.h"
#include "pmu.h"

static bool pmp_needed(void *opaque)
{
    RISCVCPU *cpu = opaque;

    return cpu->cfg.pmp;
}

static int pmp_post_load(void *opaque, int version_id)
{
    RISCVCPU *cpu = opaque;

    for (int i = 0; i < MAX_RISCV_PMPS; i++) {
        pmp_update_rule_addr(&cpu->env, i);
    }
    pmp_update_rule_nums(&cpu->env);
    return 0;
}

static const VMStateDescription vmstate_pmp_entry = {
    .name = "cpu/pmp/entry",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]){ VMSTATE_UINTTL(addr_reg, pmp_entry_t),
                                      VMSTATE_UINT8(cfg_reg, pmp_entry_t),
                                      VMSTATE_END_OF_LIST() }
};

static const VMStateDescription vmstate_pmp = {
    .name = "cpu/pmp",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = pmp_needed,
    .post_load = pmp_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_STRUCT_ARRAY(env.pmp_state.pmp, RISCVCPU, MAX_RISCV_PMPS, 0,
                                 vmstate_pmp_entry, pmp_entry_t),
            VMSTATE_END_OF_LIST() }
};

static bool envcfg_needed(void *opaque)
{
    RISCVCPU *cpu = opaque;

    return cpu->env.priv_ver >= PRIV_VERSION_1_12_0;
}

static const VMStateDescription vmstate_envcfg = {
    .name = "cpu/envcfg",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = envcfg_needed,
    .fields = (const VMStateField[]){ VMSTATE_UINT64(env.menvcfg, RISCVCPU),
                                      VMSTATE_UINTTL(env.senvcfg, RISCVCPU),
                                      VMSTATE_END_OF_LIST() }
};

static bool debug_needed(void *opaque)
{
    RISCVCPU *cpu = opaque;

    return cpu->cfg.debug;
}

static int debug_post_load(void *opaque, int version_id)
{
    RISCVCPU *cpu = opaque;

    if (cpu->env.trigger_cur >= RV_MAX_TRIGGERS) {
        return -EINVAL;
    }
    riscv_trigger_post_load(&cpu->env);
    return 0;
}

static const VMStateDescription vmstate_debug = {
    .name = "cpu/debug",
    .version_id = 2,
    .minimum_version_id = 2,
    .needed = debug_needed,
    .post_load = debug_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINTTL(env.trigger_cur, RISCVCPU),
            VMSTATE_UINTTL_ARRAY(env.tdata1, RISCVCPU, RV_MAX_TRIGGERS),
            VMSTATE_UINTTL_ARRAY(env.tdata2, RISCVCPU, RV_MAX_TRIGGERS),
            VMSTATE_UINTTL_ARRAY(env.tdata3, RISCVCPU, RV_MAX_TRIGGERS),
            VMSTATE_UINTTL(env.mcontext, RISCVCPU), VMSTATE_END_OF_LIST() }
};

static bool smstateen_needed(void *opaque)
{
    RISCVCPU *cpu = opaque;

    return cpu->cfg.ext_smstateen;
}

static const VMStateDescription vmstate_smstateen = {
    .name = "cpu/smtateen",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = smstateen_needed,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT64_ARRAY(env.mstateen, RISCVCPU, SMSTATEEN_MAX_COUNT),
            VMSTATE_UINT64_ARRAY(env.sstateen, RISCVCPU, SMSTATEEN_MAX_COUNT),
            VMSTATE_END_OF_LIST() }
};

static bool sstc_needed(void *opaque)
{
    RISCVCPU *cpu = opaque;

    return cpu->env.stimer != NULL;
}

static const VMStateDescription vmstate_sstc = {
    .name = "cpu/timer",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = sstc_needed,
    .fields = (const VMStateField[]){ VMSTATE_TIMER_PTR(env.stimer, RISCVCPU),
                                      VMSTATE_END_OF_LIST() }
};

static bool mseccfg_needed(void *opaque)
{
    RISCVCPU *cpu = opaque;

    return cpu->cfg.ext_smepmp || cpu->cfg.ext_zkr;
}

static const VMStateDescription vmstate_mseccfg = {
    .name = "cpu/mseccfg",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = mseccfg_needed,
    .fields = (const VMStateField[]){ VMSTATE_UINTTL(env.mseccfg, RISCVCPU),
                                      VMSTATE_END_OF_LIST() }
};

static const VMStateDescription vmstate_pmu_ctr_state = {
    .name = "cpu/pmu",
    .version_id = 3,
    .minimum_version_id = 3,
    .fields =
        (const VMStateField[]){ VMSTATE_UINTTL(mhpmcounter_val, PMUCTRState),
                                VMSTATE_END_OF_LIST() }
};

static int riscv_cpu_pre_save(void *opaque)
{
    RISCVCPU *cpu = opaque;
    CPURISCVState *env = &cpu->env;

    riscv_pmu_save(env);
    env->saved_fflags = riscv_cpu_get_fflags(env);
    return 0;
}

/* A stream may hold anything; what indexes or selects must be possible. */
static bool is_sane(const CPURISCVState *env)
{
    bool level = env->priv == PRV_M || env->priv == PRV_S || env->priv == PRV_U;

    return level && env->misa_mxl == MXL_RV64 && env->frm <= 7 &&
           env->priv_ver <= PRIV_VERSION_LATEST;
}

static int riscv_cpu_post_load(void *opaque, int version_id)
{
    RISCVCPU *cpu = opaque;
    CPURISCVState *env = &cpu->env;

    env->gpr[0] = 0;
    if (!is_sane(env)) {
        return -EINVAL;
    }
    env->xl = cpu_recompute_xl(env);
    riscv_cpu_set_fflags(env, env->saved_fflags);
    riscv_pmu_load(env);
    tlb_flush(CPU(cpu));
    return 0;
}

const VMStateDescription vmstate_riscv_cpu = {
    .name = "cpu",
    .version_id = 100,
    .minimum_version_id = 100,
    .pre_save = riscv_cpu_pre_save,
    .post_load = riscv_cpu_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT64_SUB_ARRAY(env.gpr, RISCVCPU, 0, 32),
            VMSTATE_UINT64_ARRAY(env.fpr, RISCVCPU, 32),
            VMSTATE_UINT8_ARRAY(env.miprio, RISCVCPU, 64),
            VMSTATE_UINT8_ARRAY(env.siprio, RISCVCPU, 64),
            VMSTATE_UINTTL(env.pc, RISCVCPU),
            VMSTATE_UINTTL(env.load_res, RISCVCPU),
            VMSTATE_UINTTL(env.load_val, RISCVCPU),
            VMSTATE_UINTTL(env.frm, RISCVCPU),
            VMSTATE_UINTTL(env.saved_fflags, RISCVCPU),
            VMSTATE_UINTTL(env.badaddr, RISCVCPU),
            VMSTATE_UINTTL(env.bins, RISCVCPU),
            VMSTATE_UINTTL(env.priv_ver, RISCVCPU),
            VMSTATE_UINT32(env.misa_mxl, RISCVCPU),
            VMSTATE_UINT32(env.misa_ext, RISCVCPU),
            VMSTATE_UINT32(env.misa_ext_mask, RISCVCPU),
            VMSTATE_UINTTL(env.priv, RISCVCPU),
            VMSTATE_UINT64(env.resetvec, RISCVCPU),
            /* Others find it by that. */
            VMSTATE_UINTTL_EQUAL(env.mhartid, RISCVCPU),
            VMSTATE_UINT64(env.mstatus, RISCVCPU),
            VMSTATE_UINT64(env.mip, RISCVCPU),
            VMSTATE_BOOL(env.external_seip, RISCVCPU),
            VMSTATE_BOOL(env.software_seip, RISCVCPU),
            VMSTATE_UINT64(env.miclaim, RISCVCPU),
            VMSTATE_UINT64(env.mie, RISCVCPU),
            VMSTATE_UINT64(env.mvien, RISCVCPU),
            VMSTATE_UINT64(env.mvip, RISCVCPU),
            VMSTATE_UINT64(env.sie, RISCVCPU),
            VMSTATE_UINT64(env.mideleg, RISCVCPU),
            VMSTATE_UINTTL(env.satp, RISCVCPU),
            VMSTATE_UINTTL(env.stval, RISCVCPU),
            VMSTATE_UINTTL(env.medeleg, RISCVCPU),
            VMSTATE_UINTTL(env.stvec, RISCVCPU),
            VMSTATE_UINTTL(env.sepc, RISCVCPU),
            VMSTATE_UINTTL(env.scause, RISCVCPU),
            VMSTATE_UINTTL(env.mtvec, RISCVCPU),
            VMSTATE_UINTTL(env.mepc, RISCVCPU),
            VMSTATE_UINTTL(env.mcause, RISCVCPU),
            VMSTATE_UINTTL(env.mtval, RISCVCPU),
            VMSTATE_UINTTL(env.miselect, RISCVCPU),
            VMSTATE_UINTTL(env.siselect, RISCVCPU),
            VMSTATE_UINT32(env.scounteren, RISCVCPU),
            VMSTATE_UINT32(env.mcounteren, RISCVCPU),
            VMSTATE_UINT32(env.mcountinhibit, RISCVCPU),
            VMSTATE_STRUCT_ARRAY(env.pmu_ctrs, RISCVCPU, RV_MAX_MHPMCOUNTERS, 0,
                                 vmstate_pmu_ctr_state, PMUCTRState),
            VMSTATE_UINTTL_ARRAY(env.mhpmevent_val, RISCVCPU,
                                 RV_MAX_MHPMEVENTS),
            VMSTATE_UINTTL(env.sscratch, RISCVCPU),
            VMSTATE_UINTTL(env.mscratch, RISCVCPU),
            VMSTATE_UINT64(env.stimecmp, RISCVCPU),
            VMSTATE_END_OF_LIST() },
    .subsections =
        (const VMStateDescription *const[]){
            &vmstate_pmp, &vmstate_envcfg, &vmstate_debug, &vmstate_smstateen,
            &vmstate_sstc, &vmstate_mseccfg, NULL }
};
