/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The privileged instructions (privileged architecture, 3.3 and 12.2), and
 * the checks of those that a higher level can forbid.
 */
#include "qemu/osdep.h"

#include "accel/soft.h"
#include "exec/cputlb.h"
#include "exec/exec-all.h"
#include "insn-priv.h"
#include "internals.h"

G_NORETURN static void raise_illegal(CPURISCVState *env)
{
    riscv_raise_exception(env, RISCV_EXCP_ILLEGAL_INST, GETPC());
}

void riscv_insn_ecall(CPURISCVState *env)
{
    static const RISCVException by_level[] = {
        [PRV_U] = RISCV_EXCP_U_ECALL,
        [PRV_S] = RISCV_EXCP_S_ECALL,
        [PRV_M] = RISCV_EXCP_M_ECALL,
    };

    riscv_raise_exception(env, by_level[env->priv], GETPC());
}

void riscv_insn_ebreak(CPURISCVState *env, target_ulong pc)
{
    env->badaddr = pc;
    riscv_raise_exception(env, RISCV_EXCP_BREAKPOINT, GETPC());
}

/* A return address with bit 1 set needs instructions of 16 bits. */
static void check_return_address(CPURISCVState *env, target_ulong pc)
{
    if ((pc & 3) && !riscv_cpu_allow_16bit_insn(riscv_cpu_cfg(env),
                                                env->priv_ver, env->misa_ext)) {
        env->badaddr = pc;
        riscv_raise_exception(env, RISCV_EXCP_INST_ADDR_MIS, GETPC());
    }
}

target_ulong riscv_insn_sret(CPURISCVState *env)
{
    uint64_t status = env->mstatus;
    target_ulong target = env->sepc & ~(target_ulong)1;
    target_ulong level = get_field(status, MSTATUS_SPP);

    if (!riscv_has_ext(env, RVS) || env->priv < PRV_S ||
        (env->priv == PRV_S && (status & MSTATUS_TSR))) {
        raise_illegal(env);
    }
    check_return_address(env, target);

    status = set_field(status, MSTATUS_SIE, get_field(status, MSTATUS_SPIE));
    status |= MSTATUS_SPIE;
    status &= ~(uint64_t)MSTATUS_SPP;
    if (env->priv_ver >= PRIV_VERSION_1_12_0) {
        status &= ~(uint64_t)MSTATUS_MPRV;
    }
    env->mstatus = status;
    riscv_cpu_set_mode(env, level, false);
    return target;
}

target_ulong riscv_insn_mret(CPURISCVState *env)
{
    uint64_t status = env->mstatus;
    target_ulong target = env->mepc & ~(target_ulong)1;
    target_ulong level = get_field(status, MSTATUS_MPP);

    if (env->priv < PRV_M) {
        raise_illegal(env);
    }
    check_return_address(env, target);

    status = set_field(status, MSTATUS_MIE, get_field(status, MSTATUS_MPIE));
    status |= MSTATUS_MPIE;
    status =
        set_field(status, MSTATUS_MPP, riscv_has_ext(env, RVU) ? PRV_U : PRV_M);
    if (env->priv_ver >= PRIV_VERSION_1_12_0 && level != PRV_M) {
        status &= ~(uint64_t)MSTATUS_MPRV;
    }
    env->mstatus = status;
    riscv_cpu_set_mode(env, level, false);
    return target;
}

void riscv_insn_wfi(CPURISCVState *env, target_ulong npc)
{
    CPUState *cs = env_cpu(env);
    bool has_s = riscv_has_ext(env, RVS);
    /* TW traps the next lower level at once; U below S may never wait. */
    bool forbidden = env->priv == PRV_U && has_s;

    if (env->priv != PRV_M && (env->mstatus & MSTATUS_TW)) {
        forbidden = true;
    }
    if (forbidden) {
        raise_illegal(env);
    }
    env->pc = npc;
    cs->halted = 1;
    cs->exception_index = EXCP_HLT;
    cpu_loop_exit(cs);
}

void riscv_insn_wrs_nto(CPURISCVState *env)
{
    if (env->priv != PRV_M && (env->mstatus & MSTATUS_TW)) {
        raise_illegal(env);
    }
}

void riscv_insn_wrs_sto(CPURISCVState *env)
{
    /* A wait of no length is a short timeout. */
}

static void check_fence(CPURISCVState *env)
{
    if (env->priv == PRV_U ||
        (env->priv == PRV_S && (env->mstatus & MSTATUS_TVM))) {
        raise_illegal(env);
    }
}

void riscv_insn_sfence_vma(CPURISCVState *env, target_ulong addr, int reg)
{
    CPUState *cs = env_cpu(env);

    check_fence(env);
    if (reg) {
        tlb_flush_page_by_mmuidx(cs, addr, RISCV_TRANSLATED_IDXMAP);
    } else {
        tlb_flush_by_mmuidx(cs, RISCV_TRANSLATED_IDXMAP);
    }
}

void riscv_insn_sfence_inval(CPURISCVState *env)
{
    /* Not subject to TVM: they only order what SINVAL.VMA did. */
    if (env->priv == PRV_U) {
        raise_illegal(env);
    }
}

void riscv_insn_check_cbo(CPURISCVState *env, target_ulong bit)
{
    bool allowed = true;

    if (env->priv < PRV_M) {
        allowed = env->menvcfg & bit;
    }
    if (env->priv == PRV_U && riscv_has_ext(env, RVS)) {
        allowed = allowed && (env->senvcfg & bit);
    }
    if (!allowed) {
        raise_illegal(env);
    }
}
