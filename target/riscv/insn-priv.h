/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the privileged instructions do, for insns/priv.table: returns from
 * traps, waiting, fences of address translation. The caller has stored the
 * instruction's address in env->pc and its bits in env->bins; each function
 * may raise the exception that the instruction raises instead.
 */
#ifndef RISCV_INSN_PRIV_H
#define RISCV_INSN_PRIV_H

#include "cpu.h"

/* Always raise: an environment call from the current level; a breakpoint, which
 * stands at @pc. */
G_NORETURN void riscv_insn_ecall(CPURISCVState *env);
G_NORETURN void riscv_insn_ebreak(CPURISCVState *env, target_ulong pc);

/* Return where to go on, in the level that they enter. */
target_ulong riscv_insn_sret(CPURISCVState *env);
target_ulong riscv_insn_mret(CPURISCVState *env);

/*
 * Halts the hart until an interrupt is pending (mie, not mstatus.MIE); it goes
 * on at @npc. Does not return.
 */
G_NORETURN void riscv_insn_wfi(CPURISCVState *env, target_ulong npc);
/* Zawrs: may wait for the reservation set; a hint but for mstatus.TW. */
void riscv_insn_wrs_nto(CPURISCVState *env);
void riscv_insn_wrs_sto(CPURISCVState *env);

/*
 * sfence.vma and sinval.vma: forgets translations, those of the page at
 * @addr only if @reg, the number of rs1, is not 0. All address spaces.
 */
void riscv_insn_sfence_vma(CPURISCVState *env, target_ulong addr, int reg);
/* sfence.w.inval and sfence.inval.ir: checks of privilege only. */
void riscv_insn_sfence_inval(CPURISCVState *env);

/*
 * Zicbom and Zicboz: whether menvcfg and senvcfg let the current level use
 * the instruction (@bit: MENVCFG_CBCFE, MENVCFG_CBZE, or MENVCFG_CBIE, of
 * which any value but 0 does); raises otherwise.
 */
void riscv_insn_check_cbo(CPURISCVState *env, target_ulong bit);

#endif
