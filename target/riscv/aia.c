/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CSRs of the Advanced Interrupt Architecture (AIA 1.0, chapters 2 and 5):
 * indirect registers, the most urgent interrupt, and interrupts that M mode
 * filters or makes up for S mode. The interrupt files are not here: they are
 * an IMSIC's (hw/intc/riscv_imsic.c), which the hart calls.
 */
#include "qemu/osdep.h"
#include "csr.h"
#include "qemu/bitops.h"
#include "qemu/main-loop.h"

/* Interrupts that mvien and mvip can have: 1, 9, and local ones. */
#define MVIEN_MASK (MIP_SSIP | MIP_SEIP | RISCV_LOCAL_INTERRUPTS)

static RISCVException any(CPURISCVState *env, int csrno)
{
    return riscv_cpu_cfg(env)->ext_smaia ? RISCV_EXCP_NONE
                                         : RISCV_EXCP_ILLEGAL_INST;
}

/* Which bit of mstateen0 guards a CSR: AIA 2.5. */
static uint64_t stateen_bit(int csrno)
{
    switch (csrno) {
    case CSR_SISELECT:
    case CSR_SIREG:
        return SMSTATEEN0_SVSLCT;
    case CSR_STOPEI:
        return SMSTATEEN0_IMSIC;
    default:
        return SMSTATEEN0_AIA;
    }
}

static RISCVException smode(CPURISCVState *env, int csrno)
{
    if (!riscv_cpu_cfg(env)->ext_ssaia || !riscv_has_ext(env, RVS)) {
        return RISCV_EXCP_ILLEGAL_INST;
    }
    return smstateen_acc_ok(env, 0, stateen_bit(csrno));
}

/* M or S, by the CSR's number. */
static int csr_level(int csrno)
{
    return csrno >> 8 & 3;
}

static RISCVException rmw_xiselect(CPURISCVState *env, int csrno,
                                   target_ulong *ret_value,
                                   target_ulong new_value,
                                   target_ulong write_mask)
{
    const RISCVCPUConfig *cfg = riscv_cpu_cfg(env);
    target_ulong *reg = csrno == CSR_MISELECT ? &env->miselect : &env->siselect;

    if (ret_value) {
        *ret_value = *reg;
    }
    write_mask &= cfg->ext_smcsrind || cfg->ext_sscsrind ? ISELECT_MASK_SXCSRIND
                                                         : ISELECT_MASK_AIA;
    *reg = (*reg & ~write_mask) | (new_value & write_mask);
    return RISCV_EXCP_NONE;
}

/*** Priorities of major interrupts. ***/

/*
 * Which priorities can be set: not those of interrupts that cannot be enabled
 * at this level, nor that of its external one, which the controller gives.
 */
static uint64_t settable_priorities(int level)
{
    uint64_t mask = MIP_SSIP | MIP_STIP | MIP_LCOFIP | RISCV_LOCAL_INTERRUPTS;

    return level == PRV_M ? mask | MIP_MSIP | MIP_MTIP | MIP_SEIP : mask;
}

/* The eight bytes from @irq on. */
static void rmw_priorities(uint8_t *prio, uint64_t settable, int irq,
                           target_ulong *ret_value, target_ulong new_value,
                           target_ulong write_mask)
{
    target_ulong old = 0;

    for (int i = 0; i < 8; i++) {
        uint8_t *p = &prio[irq + i];
        uint8_t mask = write_mask >> i * 8;

        if (settable & BIT_ULL(irq + i)) {
            old |= (target_ulong)*p << i * 8;
            *p = (*p & ~mask) | (new_value >> i * 8 & mask);
        }
    }
    if (ret_value) {
        *ret_value = old;
    }
}

/*** The interrupt file. ***/

/* An access to a register of the level's file; there may be neither. */
static RISCVException rmw_file(CPURISCVState *env, int level, int isel,
                               target_ulong *ret_value, target_ulong new_value,
                               target_ulong write_mask)
{
    if (!env->aia_ireg_rmw_fn[level]) {
        return RISCV_EXCP_ILLEGAL_INST;
    }
    if (level == PRV_S && env->priv == PRV_S && (env->mvien & MIP_SEIP)) {
        /* M mode stands between S mode and its file (AIA 5.3). */
        return RISCV_EXCP_ILLEGAL_INST;
    }
    if (env->aia_ireg_rmw_fn[level](env->aia_ireg_rmw_fn_arg[level],
                                    AIA_MAKE_IREG(isel, level, 0, 0, 64),
                                    ret_value, new_value, write_mask)) {
        return RISCV_EXCP_ILLEGAL_INST;
    }
    return RISCV_EXCP_NONE;
}

static RISCVException rmw_xireg(CPURISCVState *env, int csrno,
                                target_ulong *ret_value, target_ulong new_value,
                                target_ulong write_mask)
{
    int level = csr_level(csrno);
    target_ulong isel = level == PRV_M ? env->miselect : env->siselect;
    bool priority = isel >= ISELECT_IPRIO0 && isel <= ISELECT_IPRIO15;
    bool file = isel >= ISELECT_IMSIC_FIRST && isel <= ISELECT_IMSIC_LAST;
    RISCVException e;

    if (!priority && !file) {
        return RISCV_EXCP_ILLEGAL_INST;
    }
    e = level == PRV_M ? RISCV_EXCP_NONE
                       : smstateen_acc_ok(
                             env, 0, file ? SMSTATEEN0_IMSIC : SMSTATEEN0_AIA);
    if (e != RISCV_EXCP_NONE) {
        return e;
    }
    if (file) {
        return rmw_file(env, level, isel, ret_value, new_value, write_mask);
    }
    if (isel % 2) {
        return RISCV_EXCP_ILLEGAL_INST;
    }
    rmw_priorities(level == PRV_M ? env->miprio : env->siprio,
                   settable_priorities(level), (isel - ISELECT_IPRIO0) * 4,
                   ret_value, new_value, write_mask);
    if (write_mask) {
        BQL_LOCK_GUARD();
        riscv_cpu_interrupt(env);
    }
    return RISCV_EXCP_NONE;
}

static RISCVException rmw_xtopei(CPURISCVState *env, int csrno,
                                 target_ulong *ret_value,
                                 target_ulong new_value,
                                 target_ulong write_mask)
{
    return rmw_file(env, csr_level(csrno), ISELECT_IMSIC_TOPEI, ret_value,
                    new_value, write_mask);
}

/*** The most urgent interrupt. ***/

/* The priority that the level's file gives its external interrupt, or 0. */
static unsigned file_priority(CPURISCVState *env, int level)
{
    target_ulong topei = 0;

    if (env->aia_ireg_rmw_fn[level]) {
        env->aia_ireg_rmw_fn[level](
            env->aia_ireg_rmw_fn_arg[level],
            AIA_MAKE_IREG(ISELECT_IMSIC_TOPEI, level, 0, 0, 64), &topei, 0, 0);
    }
    return MIN(topei & IMSIC_TOPEI_IPRIO_MASK, IPRIO_MMAXIPRIO);
}

/* mtopi or stopi when @irq is what is most urgent (AIA 5.2.2). */
static target_ulong topi(CPURISCVState *env, int level, int irq,
                         const uint8_t *prio)
{
    int external = level == PRV_M ? IRQ_M_EXT : IRQ_S_EXT;
    int middle = level == PRV_M ? IPRIO_DEFAULT_M : IPRIO_DEFAULT_S;
    unsigned p;

    if (irq <= 0) {
        return 0;
    }
    p = prio[irq];
    if (irq == external) {
        p = file_priority(env, level);
    } else if (p == 0 && riscv_cpu_default_priority(irq) > middle) {
        p = IPRIO_MMAXIPRIO;
    }
    return (target_ulong)irq << TOPI_IID_SHIFT | p;
}

static RISCVException read_mtopi(CPURISCVState *env, int csrno,
                                 target_ulong *ret_value)
{
    *ret_value = topi(env, PRV_M, riscv_cpu_mirq_pending(env), env->miprio);
    return RISCV_EXCP_NONE;
}

static RISCVException read_stopi(CPURISCVState *env, int csrno,
                                 target_ulong *ret_value)
{
    *ret_value = topi(env, PRV_S, riscv_cpu_sirq_pending(env), env->siprio);
    return RISCV_EXCP_NONE;
}

/*** Interrupts that M mode filters or makes up: AIA 5.3. ***/

/*
 * Software's SEIP bit is ORed into mip.SEIP while mvien.SEI is clear
 * (software_seip), and is just a bit of mvip while it is set.
 */
static void move_seip(CPURISCVState *env, bool to_mvip)
{
    if (to_mvip) {
        env->mvip = deposit64(env->mvip, IRQ_S_EXT, 1, env->software_seip);
        env->software_seip = false;
    } else {
        env->software_seip = extract64(env->mvip, IRQ_S_EXT, 1);
        env->mvip &= ~MIP_SEIP;
    }
    riscv_cpu_update_mip(env, MIP_SEIP,
                         BOOL_TO_MASK(env->external_seip | env->software_seip));
}

static RISCVException rmw_mvien(CPURISCVState *env, int csrno,
                                target_ulong *ret_value, target_ulong new_value,
                                target_ulong write_mask)
{
    uint64_t old = env->mvien;

    if (ret_value) {
        *ret_value = old;
    }
    write_mask &= MVIEN_MASK;
    if (write_mask) {
        BQL_LOCK_GUARD();
        env->mvien = (old & ~write_mask) | (new_value & write_mask);
        if ((old ^ env->mvien) & MIP_SEIP) {
            move_seip(env, env->mvien & MIP_SEIP);
        }
        riscv_cpu_interrupt(env);
    }
    return RISCV_EXCP_NONE;
}

/* Bits of mvip that are bits of mip: SSIP, and STIP while Sstc is off. */
static uint64_t mip_aliases(CPURISCVState *env)
{
    uint64_t mask = env->mvien & MIP_SSIP ? 0 : MIP_SSIP;

    if (!(riscv_cpu_cfg(env)->ext_sstc && (env->menvcfg & MENVCFG_STCE))) {
        mask |= MIP_STIP;
    }
    return mask;
}

static RISCVException rmw_mvip(CPURISCVState *env, int csrno,
                               target_ulong *ret_value, target_ulong new_value,
                               target_ulong write_mask)
{
    uint64_t in_mip = mip_aliases(env);
    bool seip_in_mip = !(env->mvien & MIP_SEIP);
    uint64_t own = MVIEN_MASK & ~in_mip & ~(seip_in_mip ? MIP_SEIP : 0);
    uint64_t mask;

    BQL_LOCK_GUARD();
    if (ret_value) {
        *ret_value = (env->mvip & own) | (env->mip & in_mip) |
                     (seip_in_mip && env->software_seip ? MIP_SEIP : 0);
    }
    mask = write_mask & own;
    env->mvip = (env->mvip & ~mask) | (new_value & mask);
    if (seip_in_mip && (write_mask & MIP_SEIP)) {
        env->software_seip = new_value & MIP_SEIP;
        riscv_cpu_update_mip(
            env, MIP_SEIP,
            BOOL_TO_MASK(env->external_seip | env->software_seip));
    }
    riscv_cpu_update_mip(env, write_mask & in_mip, new_value);
    if (write_mask) {
        riscv_cpu_interrupt(env);
    }
    return RISCV_EXCP_NONE;
}

/* Since version 1.12 of the privileged architecture. */
#define AIA_CSR(number, name, exists, ...)                                     \
    {                                                                          \
        number, name, exists, .min_priv_ver = PRIV_VERSION_1_12_0, __VA_ARGS__ \
    }

const RISCVCSRRow riscv_csrs_aia[] = {
    AIA_CSR(CSR_MISELECT, "miselect", any, .op = rmw_xiselect),
    AIA_CSR(CSR_MIREG, "mireg", any, .op = rmw_xireg),
    AIA_CSR(CSR_MTOPEI, "mtopei", any, .op = rmw_xtopei),
    AIA_CSR(CSR_MTOPI, "mtopi", any, .read = read_mtopi),
    AIA_CSR(CSR_MVIEN, "mvien", any, .op = rmw_mvien),
    AIA_CSR(CSR_MVIP, "mvip", any, .op = rmw_mvip),
    AIA_CSR(CSR_SISELECT, "siselect", smode, .op = rmw_xiselect),
    AIA_CSR(CSR_SIREG, "sireg", smode, .op = rmw_xireg),
    AIA_CSR(CSR_STOPEI, "stopei", smode, .op = rmw_xtopei),
    AIA_CSR(CSR_STOPI, "stopi", smode, .read = read_stopi),
    {},
};
