/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CSRs of machine level (privileged architecture, chapter 3). */
#include "qemu/osdep.h"

#include "accel/soft.h"
#include "csr.h"
#include "exec/cputlb.h"
#include "internals.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "time_helper.h"

#define M_FIELD(number, name, member)                                          \
    {                                                                          \
        number, name, riscv_csr_any, .field = ENV_CSR_OFFSET(member)           \
    }

/* ---- identity ------------------------------------------------------------ */

static RISCVException read_mvendorid(CPURISCVState *env, int csrno,
                                     target_ulong *val)
{
    *val = riscv_cpu_cfg(env)->mvendorid;
    return RISCV_EXCP_NONE;
}

static RISCVException read_marchid(CPURISCVState *env, int csrno,
                                   target_ulong *val)
{
    *val = riscv_cpu_cfg(env)->marchid;
    return RISCV_EXCP_NONE;
}

static RISCVException read_mimpid(CPURISCVState *env, int csrno,
                                  target_ulong *val)
{
    *val = riscv_cpu_cfg(env)->mimpid;
    return RISCV_EXCP_NONE;
}

/* ---- mstatus ------------------------------------------------------------- */

target_ulong riscv_status_with_sd(target_ulong status)
{
    bool dirty = (status & MSTATUS_FS) == MSTATUS_FS ||
                 (status & MSTATUS_XS) == MSTATUS_XS;

    return dirty ? status | MSTATUS64_SD : status;
}

static RISCVException read_mstatus(CPURISCVState *env, int csrno,
                                   target_ulong *val)
{
    *val = riscv_status_with_sd(env->mstatus);
    return RISCV_EXCP_NONE;
}

/* Whether the CPU has the privilege level @level. */
static bool has_level(CPURISCVState *env, target_ulong level)
{
    switch (level) {
    case PRV_U:
        return riscv_has_ext(env, RVU);
    case PRV_S:
        return riscv_has_ext(env, RVS);
    default:
        return level == PRV_M;
    }
}

RISCVException riscv_csr_write_mstatus(CPURISCVState *env, int csrno,
                                       target_ulong val)
{
    uint64_t mask = MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_MIE | MSTATUS_MPIE |
                    MSTATUS_SPP | MSTATUS_MPRV | MSTATUS_SUM | MSTATUS_MXR |
                    MSTATUS_TVM | MSTATUS_TSR | MSTATUS_TW;
    uint64_t old = env->mstatus;

    if (has_level(env, get_field(val, MSTATUS_MPP))) {
        mask |= MSTATUS_MPP;
    }
    if (riscv_has_ext(env, RVF)) {
        mask |= MSTATUS_FS;
    }
    env->mstatus = (old & ~mask) | (val & mask);
    if ((env->mstatus ^ old) & MSTATUS_MXR) {
        /* SUM, MPRV and MPP choose another MMU index; MXR does not. */
        tlb_flush_by_mmuidx(env_cpu(env), RISCV_TRANSLATED_IDXMAP);
    }
    return RISCV_EXCP_NONE;
}

/* ---- misa ---------------------------------------------------------------- */

static RISCVException read_misa(CPURISCVState *env, int csrno,
                                target_ulong *val)
{
    *val = (target_ulong)env->misa_mxl << 62 | env->misa_ext;
    return RISCV_EXCP_NONE;
}

static RISCVException write_misa(CPURISCVState *env, int csrno,
                                 target_ulong val)
{
    /* What decoding and the levels stand on stays. */
    target_ulong fixed = RVI | RVE | RVC | RVS | RVU;
    target_ulong ext;

    if (!riscv_cpu_cfg(env)->misa_w) {
        return RISCV_EXCP_NONE;
    }
    ext = ((val & ~fixed) | (env->misa_ext & fixed)) & env->misa_ext_mask;
    if (!(ext & RVF)) {
        ext &= ~RVD;
        env->mstatus &= ~(uint64_t)MSTATUS_FS;
    }
    if ((ext & (RVI | RVM | RVA | RVF | RVD)) !=
        (RVI | RVM | RVA | RVF | RVD)) {
        ext &= ~RVG;
    }
    if (ext != env->misa_ext) {
        env->misa_ext = ext;
        soft_flush_blocks(env_cpu(env));
    }
    return RISCV_EXCP_NONE;
}

/* ---- interrupts and delegation ------------------------------------------- */

/* What can be delegated: what can happen below M level. */
#define DELEGABLE_INTERRUPTS S_MODE_INTERRUPTS
#define DELEGABLE_EXCEPTIONS                                                   \
    (BIT(RISCV_EXCP_INST_ADDR_MIS) | BIT(RISCV_EXCP_INST_ACCESS_FAULT) |       \
     BIT(RISCV_EXCP_ILLEGAL_INST) | BIT(RISCV_EXCP_BREAKPOINT) |               \
     BIT(RISCV_EXCP_LOAD_ADDR_MIS) | BIT(RISCV_EXCP_LOAD_ACCESS_FAULT) |       \
     BIT(RISCV_EXCP_STORE_AMO_ADDR_MIS) |                                      \
     BIT(RISCV_EXCP_STORE_AMO_ACCESS_FAULT) | BIT(RISCV_EXCP_U_ECALL) |        \
     BIT(RISCV_EXCP_S_ECALL) | BIT(RISCV_EXCP_INST_PAGE_FAULT) |               \
     BIT(RISCV_EXCP_LOAD_PAGE_FAULT) | BIT(RISCV_EXCP_STORE_PAGE_FAULT))

static RISCVException read_medeleg(CPURISCVState *env, int csrno,
                                   target_ulong *val)
{
    *val = env->medeleg;
    return RISCV_EXCP_NONE;
}

static RISCVException write_medeleg(CPURISCVState *env, int csrno,
                                    target_ulong val)
{
    env->medeleg = val & DELEGABLE_EXCEPTIONS;
    return RISCV_EXCP_NONE;
}

static RISCVException read_mideleg(CPURISCVState *env, int csrno,
                                   target_ulong *val)
{
    *val = env->mideleg;
    return RISCV_EXCP_NONE;
}

static RISCVException write_mideleg(CPURISCVState *env, int csrno,
                                    target_ulong val)
{
    env->mideleg = val & DELEGABLE_INTERRUPTS;
    return RISCV_EXCP_NONE;
}

RISCVException riscv_csr_rmw_mie(CPURISCVState *env, int csrno,
                                 target_ulong *ret_value,
                                 target_ulong new_value,
                                 target_ulong write_mask)
{
    write_mask &=
        M_MODE_INTERRUPTS | S_MODE_INTERRUPTS | RISCV_LOCAL_INTERRUPTS;
    if (ret_value) {
        *ret_value = env->mie;
    }
    env->mie = (env->mie & ~write_mask) | (new_value & write_mask);
    return RISCV_EXCP_NONE;
}

RISCVException riscv_csr_rmw_mip(CPURISCVState *env, int csrno,
                                 target_ulong *ret_value,
                                 target_ulong new_value,
                                 target_ulong write_mask)
{
    uint64_t mip;

    write_mask &= S_MODE_INTERRUPTS;
    if (env->mvien & MIP_SEIP) {
        /* It is the interrupt controller's alone then (AIA 5.3). */
        write_mask &= ~(target_ulong)MIP_SEIP;
    }
    if (riscv_cpu_cfg(env)->ext_sstc && (env->menvcfg & MENVCFG_STCE)) {
        write_mask &= ~(target_ulong)MIP_STIP;
    }
    if (write_mask) {
        /* The interrupt controller must not come in between. */
        BQL_LOCK_GUARD();
        if (write_mask & MIP_SEIP) {
            env->software_seip = new_value & MIP_SEIP;
            new_value |= env->external_seip ? MIP_SEIP : 0;
        }
        mip = riscv_cpu_update_mip(env, write_mask, new_value);
    } else {
        mip = qatomic_read(&env->mip);
    }
    if (ret_value) {
        *ret_value = mip;
    }
    return RISCV_EXCP_NONE;
}

/* ---- traps --------------------------------------------------------------- */

static RISCVException read_mtvec(CPURISCVState *env, int csrno,
                                 target_ulong *val)
{
    *val = env->mtvec;
    return RISCV_EXCP_NONE;
}

static RISCVException write_mtvec(CPURISCVState *env, int csrno,
                                  target_ulong val)
{
    if ((val & 3) < 2) {
        env->mtvec = val;
    } else {
        qemu_log_mask(LOG_UNIMP, "CSR_MTVEC: reserved mode not supported\n");
    }
    return RISCV_EXCP_NONE;
}

target_ulong riscv_epc_mask(CPURISCVState *env)
{
    return riscv_cpu_allow_16bit_insn(riscv_cpu_cfg(env), env->priv_ver,
                                      env->misa_ext)
               ? ~(target_ulong)1
               : ~(target_ulong)3;
}

static RISCVException read_mepc(CPURISCVState *env, int csrno,
                                target_ulong *val)
{
    *val = env->mepc & riscv_epc_mask(env);
    return RISCV_EXCP_NONE;
}

static RISCVException write_mepc(CPURISCVState *env, int csrno,
                                 target_ulong val)
{
    env->mepc = val & riscv_epc_mask(env);
    return RISCV_EXCP_NONE;
}

/* ---- configuration of lower levels --------------------------------------- */

static RISCVException read_menvcfg(CPURISCVState *env, int csrno,
                                   target_ulong *val)
{
    *val = env->menvcfg;
    return RISCV_EXCP_NONE;
}

static RISCVException write_menvcfg(CPURISCVState *env, int csrno,
                                    target_ulong val)
{
    const RISCVCPUConfig *cfg = riscv_cpu_cfg(env);
    uint64_t mask = MENVCFG_FIOM | MENVCFG_CBIE | MENVCFG_CBCFE | MENVCFG_CBZE;
    uint64_t old = env->menvcfg;

    mask |= cfg->ext_svpbmt ? MENVCFG_PBMTE : 0;
    mask |= cfg->ext_svadu ? MENVCFG_ADUE : 0;
    mask |= cfg->ext_sstc ? MENVCFG_STCE : 0;
    env->menvcfg = (old & ~mask) | (val & mask);
    if ((env->menvcfg ^ old) & MENVCFG_STCE) {
        riscv_timer_update(env);
        if (old & MENVCFG_STCE) {
            riscv_cpu_update_mip(env, MIP_STIP, 0);
        }
    }
    if ((env->menvcfg ^ old) & (MENVCFG_PBMTE | MENVCFG_ADUE)) {
        tlb_flush_by_mmuidx(env_cpu(env), RISCV_TRANSLATED_IDXMAP);
    }
    return RISCV_EXCP_NONE;
}

static RISCVException mstateen(CPURISCVState *env, int csrno)
{
    return riscv_cpu_cfg(env)->ext_smstateen ? RISCV_EXCP_NONE
                                             : RISCV_EXCP_ILLEGAL_INST;
}

static RISCVException read_mstateen(CPURISCVState *env, int csrno,
                                    target_ulong *val)
{
    *val = env->mstateen[csrno - CSR_MSTATEEN0];
    return RISCV_EXCP_NONE;
}

static RISCVException write_mstateen(CPURISCVState *env, int csrno,
                                     target_ulong val)
{
    int index = csrno - CSR_MSTATEEN0;
    uint64_t mask = SMSTATEEN_STATEEN;

    if (index == 0) {
        mask |= SMSTATEEN0_HSENVCFG;
        if (env->priv_ver >= PRIV_VERSION_1_13_0) {
            mask |= SMSTATEEN0_P1P13;
        }
        if (riscv_cpu_cfg(env)->ext_smaia) {
            mask |= SMSTATEEN0_SVSLCT | SMSTATEEN0_AIA | SMSTATEEN0_IMSIC;
        }
    }
    env->mstateen[index] = (env->mstateen[index] & ~mask) | (val & mask);
    return RISCV_EXCP_NONE;
}

/* ---- physical memory protection ------------------------------------------ */

static RISCVException pmp(CPURISCVState *env, int csrno)
{
    bool odd_cfg = csrno < CSR_PMPADDR0 && ((csrno - CSR_PMPCFG0) & 1);

    return riscv_cpu_cfg(env)->pmp && !odd_cfg ? RISCV_EXCP_NONE
                                               : RISCV_EXCP_ILLEGAL_INST;
}

static RISCVException have_mseccfg(CPURISCVState *env, int csrno)
{
    const RISCVCPUConfig *cfg = riscv_cpu_cfg(env);

    return cfg->ext_smepmp || cfg->ext_zkr ? RISCV_EXCP_NONE
                                           : RISCV_EXCP_ILLEGAL_INST;
}

static RISCVException read_mseccfg(CPURISCVState *env, int csrno,
                                   target_ulong *val)
{
    *val = mseccfg_csr_read(env);
    return RISCV_EXCP_NONE;
}

static RISCVException write_mseccfg(CPURISCVState *env, int csrno,
                                    target_ulong val)
{
    mseccfg_csr_write(env, val);
    return RISCV_EXCP_NONE;
}

static RISCVException read_pmpcfg(CPURISCVState *env, int csrno,
                                  target_ulong *val)
{
    *val = pmpcfg_csr_read(env, csrno - CSR_PMPCFG0);
    return RISCV_EXCP_NONE;
}

static RISCVException write_pmpcfg(CPURISCVState *env, int csrno,
                                   target_ulong val)
{
    pmpcfg_csr_write(env, csrno - CSR_PMPCFG0, val);
    return RISCV_EXCP_NONE;
}

static RISCVException read_pmpaddr(CPURISCVState *env, int csrno,
                                   target_ulong *val)
{
    *val = pmpaddr_csr_read(env, csrno - CSR_PMPADDR0);
    return RISCV_EXCP_NONE;
}

static RISCVException write_pmpaddr(CPURISCVState *env, int csrno,
                                    target_ulong val)
{
    pmpaddr_csr_write(env, csrno - CSR_PMPADDR0, val);
    return RISCV_EXCP_NONE;
}

/* ---- triggers ------------------------------------------------------------ */

static RISCVException debug(CPURISCVState *env, int csrno)
{
    return riscv_cpu_cfg(env)->debug ? RISCV_EXCP_NONE
                                     : RISCV_EXCP_ILLEGAL_INST;
}

static RISCVException read_tselect(CPURISCVState *env, int csrno,
                                   target_ulong *val)
{
    *val = tselect_csr_read(env);
    return RISCV_EXCP_NONE;
}

static RISCVException write_tselect(CPURISCVState *env, int csrno,
                                    target_ulong val)
{
    tselect_csr_write(env, val);
    return RISCV_EXCP_NONE;
}

static RISCVException read_tdata(CPURISCVState *env, int csrno,
                                 target_ulong *val)
{
    if (!tdata_available(env, csrno - CSR_TDATA1)) {
        return RISCV_EXCP_ILLEGAL_INST;
    }
    *val = tdata_csr_read(env, csrno - CSR_TDATA1);
    return RISCV_EXCP_NONE;
}

static RISCVException write_tdata(CPURISCVState *env, int csrno,
                                  target_ulong val)
{
    if (!tdata_available(env, csrno - CSR_TDATA1)) {
        return RISCV_EXCP_ILLEGAL_INST;
    }
    tdata_csr_write(env, csrno - CSR_TDATA1, val);
    return RISCV_EXCP_NONE;
}

static RISCVException read_tinfo(CPURISCVState *env, int csrno,
                                 target_ulong *val)
{
    *val = tinfo_csr_read(env);
    return RISCV_EXCP_NONE;
}

static RISCVException read_mcontext(CPURISCVState *env, int csrno,
                                    target_ulong *val)
{
    *val = env->mcontext;
    return RISCV_EXCP_NONE;
}

static RISCVException write_mcontext(CPURISCVState *env, int csrno,
                                     target_ulong val)
{
    env->mcontext = val & MCONTEXT64;
    return RISCV_EXCP_NONE;
}

const RISCVCSRRow riscv_csrs_machine[] = {
    { CSR_MVENDORID, "mvendorid", riscv_csr_any, read_mvendorid },
    { CSR_MARCHID, "marchid", riscv_csr_any, read_marchid },
    { CSR_MIMPID, "mimpid", riscv_csr_any, read_mimpid },
    M_FIELD(CSR_MHARTID, "mhartid", mhartid),
    { CSR_MCONFIGPTR, "mconfigptr", riscv_csr_any, riscv_csr_read_zero,
      .min_priv_ver = PRIV_VERSION_1_12_0 },

    { CSR_MSTATUS, "mstatus", riscv_csr_any, read_mstatus,
      riscv_csr_write_mstatus },
    { CSR_MISA, "misa", riscv_csr_any, read_misa, write_misa },
    { CSR_MEDELEG, "medeleg", riscv_csr_smode, read_medeleg, write_medeleg },
    { CSR_MIDELEG, "mideleg", riscv_csr_smode, read_mideleg, write_mideleg },
    { CSR_MIE, "mie", riscv_csr_any, .op = riscv_csr_rmw_mie },
    { CSR_MTVEC, "mtvec", riscv_csr_any, read_mtvec, write_mtvec },
    M_FIELD(CSR_MSCRATCH, "mscratch", mscratch),
    { CSR_MEPC, "mepc", riscv_csr_any, read_mepc, write_mepc },
    M_FIELD(CSR_MCAUSE, "mcause", mcause),
    M_FIELD(CSR_MTVAL, "mtval", mtval),
    { CSR_MIP, "mip", riscv_csr_any, .op = riscv_csr_rmw_mip },

    { CSR_MENVCFG, "menvcfg", riscv_csr_umode, read_menvcfg, write_menvcfg,
      .min_priv_ver = PRIV_VERSION_1_12_0 },
    { CSR_MSTATEEN0, "mstateen", mstateen, read_mstateen, write_mstateen,
      .min_priv_ver = PRIV_VERSION_1_12_0, .count = SMSTATEEN_MAX_COUNT },

    { CSR_MSECCFG, "mseccfg", have_mseccfg, read_mseccfg, write_mseccfg,
      .min_priv_ver = PRIV_VERSION_1_11_0 },
    { CSR_PMPCFG0, "pmpcfg", pmp, read_pmpcfg, write_pmpcfg, .count = 4 },
    { CSR_PMPADDR0, "pmpaddr", pmp, read_pmpaddr, write_pmpaddr,
      .count = MAX_RISCV_PMPS },

    { CSR_TSELECT, "tselect", debug, read_tselect, write_tselect },
    { CSR_TDATA1, "tdata", debug, read_tdata, write_tdata, .count = TDATA_NUM,
      .base = 1 },
    { CSR_TINFO, "tinfo", debug, read_tinfo, riscv_csr_write_ignore },
    { CSR_MCONTEXT, "mcontext", debug, read_mcontext, write_mcontext },
    {}
};
