/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CSRs of supervisor level (privileged architecture, chapter 12). */
#include "qemu/osdep.h"

#include "csr.h"
#include "exec/cputlb.h"
#include "internals.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "time_helper.h"

#define S_FIELD(number, name, member)                                          \
    {                                                                          \
        number, name, riscv_csr_smode, .field = ENV_CSR_OFFSET(member)         \
    }

/* ---- trap set-up and handling -------------------------------------------- */

#define SSTATUS_WRITABLE                                                       \
    (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_FS | SSTATUS_XS |      \
     SSTATUS_SUM | SSTATUS_MXR)

static RISCVException read_sstatus(CPURISCVState *env, int csrno,
                                   target_ulong *val)
{
    *val =
        riscv_status_with_sd(env->mstatus & (SSTATUS_WRITABLE | SSTATUS64_UXL));
    return RISCV_EXCP_NONE;
}

static RISCVException write_sstatus(CPURISCVState *env, int csrno,
                                    target_ulong val)
{
    return riscv_csr_write_mstatus(env, csrno,
                                   (env->mstatus & ~SSTATUS_WRITABLE) |
                                       (val & SSTATUS_WRITABLE));
}

/*
 * A bit of sie and sip is an alias of mie's and mip's where it is delegated;
 * a register of its own where mvien says so (AIA 5.3); else 0.
 */
static uint64_t alias_bits(CPURISCVState *env)
{
    return (S_MODE_INTERRUPTS | MIP_LCOFIP | RISCV_LOCAL_INTERRUPTS) &
           env->mideleg;
}

static uint64_t own_bits(CPURISCVState *env)
{
    return (S_MODE_INTERRUPTS | MIP_LCOFIP | RISCV_LOCAL_INTERRUPTS) &
           env->mvien & ~env->mideleg;
}

static RISCVException rmw_sie(CPURISCVState *env, int csrno,
                              target_ulong *ret_value, target_ulong new_value,
                              target_ulong write_mask)
{
    uint64_t alias = alias_bits(env), own = own_bits(env);
    target_ulong mie;

    riscv_csr_rmw_mie(env, CSR_MIE, &mie, new_value, write_mask & alias);
    if (ret_value) {
        *ret_value = (mie & alias) | (env->sie & own);
    }
    own &= write_mask;
    env->sie = (env->sie & ~own) | (new_value & own);
    return RISCV_EXCP_NONE;
}

static RISCVException rmw_sip(CPURISCVState *env, int csrno,
                              target_ulong *ret_value, target_ulong new_value,
                              target_ulong write_mask)
{
    uint64_t alias = alias_bits(env), own = own_bits(env);
    uint64_t writable = MIP_SSIP | MIP_LCOFIP | RISCV_LOCAL_INTERRUPTS;
    target_ulong mip;

    write_mask &= writable;
    riscv_csr_rmw_mip(env, CSR_MIP, &mip, new_value, write_mask & alias);
    if (ret_value) {
        *ret_value = (mip & alias) | (env->mvip & own);
    }
    own &= write_mask;
    if (own) {
        env->mvip = (env->mvip & ~own) | (new_value & own);
        /* Nothing in mip has changed, so nobody has told the engine. */
        BQL_LOCK_GUARD();
        riscv_cpu_interrupt(env);
    }
    return RISCV_EXCP_NONE;
}

static RISCVException write_stvec(CPURISCVState *env, int csrno,
                                  target_ulong val)
{
    if ((val & 3) < 2) {
        env->stvec = val;
    } else {
        qemu_log_mask(LOG_UNIMP, "CSR_STVEC: reserved mode not supported\n");
    }
    return RISCV_EXCP_NONE;
}

static RISCVException read_stvec(CPURISCVState *env, int csrno,
                                 target_ulong *val)
{
    *val = env->stvec;
    return RISCV_EXCP_NONE;
}

static RISCVException read_sepc(CPURISCVState *env, int csrno,
                                target_ulong *val)
{
    *val = env->sepc & riscv_epc_mask(env);
    return RISCV_EXCP_NONE;
}

static RISCVException write_sepc(CPURISCVState *env, int csrno,
                                 target_ulong val)
{
    env->sepc = val & riscv_epc_mask(env);
    return RISCV_EXCP_NONE;
}

/* ---- configuration ------------------------------------------------------- */

static RISCVException read_senvcfg(CPURISCVState *env, int csrno,
                                   target_ulong *val)
{
    *val = env->senvcfg;
    return smstateen_acc_ok(env, 0, SMSTATEEN0_HSENVCFG);
}

static RISCVException write_senvcfg(CPURISCVState *env, int csrno,
                                    target_ulong val)
{
    target_ulong mask =
        SENVCFG_FIOM | SENVCFG_CBIE | SENVCFG_CBCFE | SENVCFG_CBZE;
    RISCVException ret = smstateen_acc_ok(env, 0, SMSTATEEN0_HSENVCFG);

    if (ret == RISCV_EXCP_NONE) {
        env->senvcfg = (env->senvcfg & ~mask) | (val & mask);
    }
    return ret;
}

static RISCVException sstateen(CPURISCVState *env, int csrno)
{
    int index = csrno - CSR_SSTATEEN0;

    if (!riscv_cpu_cfg(env)->ext_smstateen || !riscv_has_ext(env, RVS)) {
        return RISCV_EXCP_ILLEGAL_INST;
    }
    if (!riscv_debugger && env->priv < PRV_M &&
        !(env->mstateen[index] & SMSTATEEN_STATEEN)) {
        return RISCV_EXCP_ILLEGAL_INST;
    }
    return RISCV_EXCP_NONE;
}

static RISCVException read_sstateen(CPURISCVState *env, int csrno,
                                    target_ulong *val)
{
    int index = csrno - CSR_SSTATEEN0;

    *val = env->sstateen[index] & env->mstateen[index];
    return RISCV_EXCP_NONE;
}

static RISCVException write_sstateen(CPURISCVState *env, int csrno,
                                     target_ulong val)
{
    int index = csrno - CSR_SSTATEEN0;
    /* For U mode there is nothing that a bit of ours would open but these. */
    uint64_t mask = SMSTATEEN_STATEEN;

    if (index == 0) {
        mask |= SMSTATEEN0_HSENVCFG;
    }
    mask &= env->mstateen[index];
    env->sstateen[index] = (env->sstateen[index] & ~mask) | (val & mask);
    return RISCV_EXCP_NONE;
}

/* ---- the timer ----------------------------------------------------------- */

static RISCVException sstc(CPURISCVState *env, int csrno)
{
    bool opened =
        (env->mcounteren & COUNTEREN_TM) && (env->menvcfg & MENVCFG_STCE);

    if (!riscv_cpu_cfg(env)->ext_sstc || !riscv_has_ext(env, RVS)) {
        return RISCV_EXCP_ILLEGAL_INST;
    }
    if (riscv_debugger) {
        return RISCV_EXCP_NONE;
    }
    return env->rdtime_fn && (env->priv == PRV_M || opened)
               ? RISCV_EXCP_NONE
               : RISCV_EXCP_ILLEGAL_INST;
}

static RISCVException read_stimecmp(CPURISCVState *env, int csrno,
                                    target_ulong *val)
{
    *val = env->stimecmp;
    return RISCV_EXCP_NONE;
}

static RISCVException write_stimecmp(CPURISCVState *env, int csrno,
                                     target_ulong val)
{
    BQL_LOCK_GUARD();
    env->stimecmp = val;
    riscv_timer_update(env);
    return RISCV_EXCP_NONE;
}

/* ---- translation --------------------------------------------------------- */

static RISCVException satp(CPURISCVState *env, int csrno)
{
    if (env->priv == PRV_S && (env->mstatus & MSTATUS_TVM) && !riscv_debugger) {
        return RISCV_EXCP_ILLEGAL_INST;
    }
    return riscv_csr_smode(env, csrno);
}

static RISCVException read_satp(CPURISCVState *env, int csrno,
                                target_ulong *val)
{
    *val = riscv_cpu_cfg(env)->mmu ? env->satp : 0;
    return RISCV_EXCP_NONE;
}

static RISCVException write_satp(CPURISCVState *env, int csrno,
                                 target_ulong val)
{
    const RISCVCPUConfig *cfg = riscv_cpu_cfg(env);

    if (!cfg->mmu || val == env->satp ||
        !(cfg->satp_mode.map & (1 << get_field(val, SATP64_MODE)))) {
        /* An unsupported mode: nothing changes (12.1.11). */
        return RISCV_EXCP_NONE;
    }
    env->satp = val;
    /* The TLB does not know address spaces. */
    tlb_flush_by_mmuidx(env_cpu(env), RISCV_TRANSLATED_IDXMAP);
    return RISCV_EXCP_NONE;
}

static RISCVException read_scounteren(CPURISCVState *env, int csrno,
                                      target_ulong *val)
{
    *val = env->scounteren;
    return RISCV_EXCP_NONE;
}

static RISCVException write_scounteren(CPURISCVState *env, int csrno,
                                       target_ulong val)
{
    env->scounteren = val & (env_archcpu(env)->pmu_avail_ctrs | COUNTEREN_CY |
                             COUNTEREN_TM | COUNTEREN_IR);
    return RISCV_EXCP_NONE;
}

const RISCVCSRRow riscv_csrs_supervisor[] = {
    { CSR_SSTATUS, "sstatus", riscv_csr_smode, read_sstatus, write_sstatus },
    { CSR_SIE, "sie", riscv_csr_smode, .op = rmw_sie },
    { CSR_STVEC, "stvec", riscv_csr_smode, read_stvec, write_stvec },
    { CSR_SCOUNTEREN, "scounteren", riscv_csr_smode, read_scounteren,
      write_scounteren },
    { CSR_SENVCFG, "senvcfg", riscv_csr_smode, read_senvcfg, write_senvcfg,
      .min_priv_ver = PRIV_VERSION_1_12_0 },
    { CSR_SSTATEEN0, "sstateen", sstateen, read_sstateen, write_sstateen,
      .min_priv_ver = PRIV_VERSION_1_12_0, .count = SMSTATEEN_MAX_COUNT },
    S_FIELD(CSR_SSCRATCH, "sscratch", sscratch),
    { CSR_SEPC, "sepc", riscv_csr_smode, read_sepc, write_sepc },
    S_FIELD(CSR_SCAUSE, "scause", scause),
    S_FIELD(CSR_STVAL, "stval", stval),
    { CSR_SIP, "sip", riscv_csr_smode, .op = rmw_sip },
    { CSR_STIMECMP, "stimecmp", sstc, read_stimecmp, write_stimecmp,
      .min_priv_ver = PRIV_VERSION_1_12_0 },
    { CSR_SATP, "satp", satp, read_satp, write_satp },
    {}
};
