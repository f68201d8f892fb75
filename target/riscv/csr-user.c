/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CSRs of user level: floating point, time, entropy. */
#include "qemu/osdep.h"

#include "csr.h"
#include "internals.h"
#include "qemu/guest-random.h"

/* ---- floating point ------------------------------------------------------ */

static RISCVException fs(CPURISCVState *env, int csrno)
{
    if (!riscv_has_ext(env, RVF) ||
        (!riscv_debugger && !riscv_cpu_fp_enabled(env))) {
        return RISCV_EXCP_ILLEGAL_INST;
    }
    return RISCV_EXCP_NONE;
}

static RISCVException read_fflags(CPURISCVState *env, int csrno,
                                  target_ulong *val)
{
    *val = riscv_cpu_get_fflags(env);
    return RISCV_EXCP_NONE;
}

static RISCVException write_fflags(CPURISCVState *env, int csrno,
                                   target_ulong val)
{
    env->mstatus |= MSTATUS_FS;
    riscv_cpu_set_fflags(env, val & FSR_AEXC);
    return RISCV_EXCP_NONE;
}

static RISCVException read_frm(CPURISCVState *env, int csrno, target_ulong *val)
{
    *val = env->frm;
    return RISCV_EXCP_NONE;
}

static RISCVException write_frm(CPURISCVState *env, int csrno, target_ulong val)
{
    env->mstatus |= MSTATUS_FS;
    env->frm = val & (FSR_RD >> FSR_RD_SHIFT);
    return RISCV_EXCP_NONE;
}

static RISCVException read_fcsr(CPURISCVState *env, int csrno,
                                target_ulong *val)
{
    *val = riscv_cpu_get_fflags(env) | env->frm << FSR_RD_SHIFT;
    return RISCV_EXCP_NONE;
}

static RISCVException write_fcsr(CPURISCVState *env, int csrno,
                                 target_ulong val)
{
    write_frm(env, csrno, val >> FSR_RD_SHIFT);
    return write_fflags(env, csrno, val);
}

/* ---- entropy (Zkr) ------------------------------------------------------- */

static RISCVException seed(CPURISCVState *env, int csrno)
{
    target_ulong opened = env->priv == PRV_S ? MSECCFG_SSEED : MSECCFG_USEED;

    if (!riscv_cpu_cfg(env)->ext_zkr) {
        return RISCV_EXCP_ILLEGAL_INST;
    }
    if (riscv_debugger || env->priv == PRV_M || (env->mseccfg & opened)) {
        return RISCV_EXCP_NONE;
    }
    return RISCV_EXCP_ILLEGAL_INST;
}

target_ulong riscv_new_csr_seed(target_ulong new_value, target_ulong write_mask)
{
    uint16_t entropy;

    if (qemu_guest_getrandom(&entropy, sizeof(entropy), NULL) < 0) {
        return SEED_OPST_DEAD;
    }
    return SEED_OPST_ES16 | entropy;
}

static RISCVException rmw_seed(CPURISCVState *env, int csrno,
                               target_ulong *ret_value, target_ulong new_value,
                               target_ulong write_mask)
{
    target_ulong value = riscv_new_csr_seed(new_value, write_mask);

    if (ret_value) {
        *ret_value = value;
    }
    return RISCV_EXCP_NONE;
}

const RISCVCSRRow riscv_csrs_user[] = {
    { CSR_FFLAGS, "fflags", fs, read_fflags, write_fflags },
    { CSR_FRM, "frm", fs, read_frm, write_frm },
    { CSR_FCSR, "fcsr", fs, read_fcsr, write_fcsr },
    { CSR_SEED, "seed", seed, .op = rmw_seed },
    {}
};
