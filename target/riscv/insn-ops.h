/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of RISC-V in its instruction tables, beyond those of every target
 * (accel/soft-insn.h): register files, rounding, NaN boxing, and the functions
 * that the semantics call.
 *
 * Functions named riscv_insn_*() may raise an exception and are called within
 * CALL(); the others are pure but for env->fp_status.
 */
#ifndef RISCV_INSN_OPS_H
#define RISCV_INSN_OPS_H

#include "fpu/softfloat.h"
#include "insn-priv.h"
#include "internals.h"
#include "qemu/bitops.h"
#include "qemu/bswap.h"

/* ---- operands ------------------------------------------------------------ */

/* Numbers of registers; RDN is RISCV_GPR_SINK for x0. */
#define RDN  (insn->rd)
#define RS1N (insn->rs1)
#define RS2N (insn->rs2)

#define RD   (env->gpr[insn->rd])
#define RS1  ((uint64_t)env->gpr[insn->rs1])
#define RS2  ((uint64_t)env->gpr[insn->rs2])
/* What rd had before, for instructions that read it: x0 is 0. */
#define SOFT_RD_VALUE (insn->rd == RISCV_GPR_SINK ? 0 : RD)

#define FRD  (env->fpr[insn->rd])
#define FRS1 (env->fpr[insn->rs1])
#define FRS2 (env->fpr[insn->rs2])
#define FRS3 (env->fpr[insn->rs3])
#define RM   (insn->imm)
#define FPST (&env->fp_status)

#define BOX_S(x)   ((uint64_t)(x) | RISCV_NANBOX_S)
#define BOX_H(x)   ((uint64_t)(x) | RISCV_NANBOX_H)
#define UNBOX_S(x) check_nanbox_s(env, (x))
#define UNBOX_H(x) check_nanbox_h(env, (x))

#define ILLEGAL()  CALL(riscv_insn_illegal(env))

/*
 * The state becomes dirty: after what writes to a floating-point register or
 * may raise a flag, and has not trapped.
 */
#define FPDIRTY    (env->mstatus |= MSTATUS_FS)

/* Takes the rounding mode @rm of an instruction; illegal if reserved. */
#define ROUND(rm)                                                        \
    do {                                                                 \
        if (unlikely(!riscv_set_rounding(env, rm))) {                    \
            ILLEGAL();                                                   \
        }                                                                \
    } while (0)

/* By frm; -1: reserved. */
extern const int8_t riscv_rounding_modes[8];

static inline bool riscv_set_rounding(CPURISCVState *env, unsigned rm)
{
    int mode = riscv_rounding_modes[rm == RISCV_FRM_DYN ? env->frm & 7 : rm];

    if (unlikely(mode < 0)) {
        return false;
    }
    set_float_rounding_mode((FloatRoundMode)mode, &env->fp_status);
    return true;
}

static inline uint64_t riscv_fsgnj(uint64_t a, uint64_t b, uint64_t sign)
{
    return (a & ~sign) | (b & sign);
}

/* The constants of FLI, by rs1. */
extern const float16 riscv_fli_h[32];
extern const float32 riscv_fli_s[32];
extern const float64 riscv_fli_d[32];

/* FROUND: to an integral value, without the inexact flag. */
float16 riscv_fround_h(CPURISCVState *env, float16 a);
float32 riscv_fround_s(CPURISCVState *env, float32 a);
float64 riscv_fround_d(CPURISCVState *env, float64 a);
/* FCVTMOD.W.D: truncated, modulo 2^32, sign-extended. */
uint64_t riscv_fcvtmod_w_d(CPURISCVState *env, float64 a);

/* ---- integers ------------------------------------------------------------ */

static inline uint64_t riscv_div64(int64_t a, int64_t b)
{
    if (unlikely(b == 0)) {
        return ~0ULL;
    }
    /* -2^63 / -1 does not fit, and traps on some hosts. */
    return unlikely(b == -1) ? -(uint64_t)a : (uint64_t)(a / b);
}

static inline uint64_t riscv_rem64(int64_t a, int64_t b)
{
    if (unlikely(b == 0)) {
        return a;
    }
    return unlikely(b == -1) ? 0 : (uint64_t)(a % b);
}

static inline uint64_t riscv_orc_b(uint64_t a)
{
    uint64_t low = 0x0101010101010101ULL;

    a |= a >> 4;
    a = (a | a >> 2) & low * 3;
    return ((a | a >> 1) & low) * 0xff;
}

static inline uint64_t riscv_brev8(uint64_t a)
{
    a = (a >> 4 & 0x0f0f0f0f0f0f0f0fULL) | (a & 0x0f0f0f0f0f0f0f0fULL) << 4;
    a = (a >> 2 & 0x3333333333333333ULL) | (a & 0x3333333333333333ULL) << 2;
    return (a >> 1 & 0x5555555555555555ULL) | (a & 0x5555555555555555ULL) << 1;
}

/* Bits 63..0, 127..64 and 126..63 of the product without carries. */
uint64_t riscv_clmul(uint64_t a, uint64_t b);
uint64_t riscv_clmulh(uint64_t a, uint64_t b);
uint64_t riscv_clmulr(uint64_t a, uint64_t b);

/* Each field of @bits bits of @index selects one of @table; 0 if beyond. */
uint64_t riscv_xperm(uint64_t table, uint64_t index, unsigned bits);

/* ---- order --------------------------------------------------------------- */

/*
 * FENCE with the fields fm, pred and succ. Only an earlier write before a later
 * read needs more of most hosts than not to reorder in the compiler; that is
 * what FENCE.TSO (fm 8) leaves out.
 */
static inline void riscv_insn_fence(unsigned fields)
{
    bool writes = fields & 0x50;
    bool reads = fields & 0x0a;
    bool tso = fields >> 8 == 8 && (fields & 0xff) == 0x33;

    if (writes && reads && !tso) {
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
    } else {
        __atomic_thread_fence(__ATOMIC_ACQ_REL);
    }
}

/* ---- what may raise (insn-helpers.c) ------------------------------------- */

/* Always: an illegal instruction. */
G_NORETURN void riscv_insn_illegal(CPURISCVState *env);

/*
 * Always: a jump to @target, or by @offset from the instruction, where no
 * instruction can begin.
 */
G_NORETURN void riscv_insn_misaligned_jump(CPURISCVState *env,
                                           target_ulong target);
G_NORETURN void riscv_insn_misaligned_branch(CPURISCVState *env,
                                             int64_t offset);

/* Lets another thread of the host run. */
void riscv_insn_pause(CPURISCVState *env);
void riscv_insn_fence_i(CPURISCVState *env);

/*
 * CSR instructions; return the CSR as it was. CSRRW with rd x0 does not read,
 * CSRRS and CSRRC with rs1 x0 (or a zero immediate) do not write.
 */
target_ulong riscv_insn_csrrw(CPURISCVState *env, int csr, target_ulong value,
                              int rd);
target_ulong riscv_insn_csrrs(CPURISCVState *env, int csr, target_ulong bits,
                              int rs1);
target_ulong riscv_insn_csrrc(CPURISCVState *env, int csr, target_ulong bits,
                              int rs1);

/* Cache blocks (CMO specification): there is no cache to manage here. */
void riscv_insn_cbo_inval(CPURISCVState *env, target_ulong addr);
void riscv_insn_cbo_clean(CPURISCVState *env, target_ulong addr);
void riscv_insn_cbo_zero(CPURISCVState *env, target_ulong addr);

/* AMOCAS.Q on the pairs of registers that begin at @rd and @rs2, both even. */
void riscv_insn_amocas_q(CPURISCVState *env, target_ulong addr, int rd,
                         int rs2);

#endif
