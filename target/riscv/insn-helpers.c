/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What instructions do that does not fit a handler: CSR accesses, cache block
 * operations, carry-less products, 128-bit compare and swap.
 */
#include "qemu/osdep.h"

#include "insn-ops.h"
#include "accel/soft-insn.h"
#include "exec/exec-all.h"
#include "qemu/atomic.h"

void riscv_insn_illegal(CPURISCVState *env)
{
    riscv_raise_exception(env, RISCV_EXCP_ILLEGAL_INST, GETPC());
}

void riscv_insn_misaligned_jump(CPURISCVState *env, target_ulong target)
{
    env->badaddr = target;
    riscv_raise_exception(env, RISCV_EXCP_INST_ADDR_MIS, GETPC());
}

void riscv_insn_misaligned_branch(CPURISCVState *env, int64_t offset)
{
    cpu_restore_state(env_cpu(env), GETPC());
    riscv_insn_misaligned_jump(env, env->pc + offset);
}

void riscv_insn_pause(CPURISCVState *env)
{
    g_thread_yield();
}

void riscv_insn_fence_i(CPURISCVState *env)
{
    soft_fence_i(env_cpu(env));
}

/* ---- CSRs ---------------------------------------------------------------- */

static void check_csr(CPURISCVState *env, RISCVException result)
{
    if (result != RISCV_EXCP_NONE) {
        riscv_raise_exception(env, result, GETPC());
    }
}

target_ulong riscv_insn_csrrw(CPURISCVState *env, int csr, target_ulong value,
                              int rd)
{
    target_ulong old = 0;

    check_csr(env, riscv_csrrw(env, csr, rd == RISCV_GPR_SINK ? NULL : &old,
                               value, -1));
    return old;
}

/* By an instruction that only reads. Zkr forbids that for its seed. */
static RISCVException just_read(CPURISCVState *env, int csr, target_ulong *val)
{
    return csr == CSR_SEED ? RISCV_EXCP_ILLEGAL_INST
                           : riscv_csrr(env, csr, val);
}

target_ulong riscv_insn_csrrs(CPURISCVState *env, int csr, target_ulong bits,
                              int rs1)
{
    target_ulong old = 0;

    check_csr(env, rs1 ? riscv_csrrw(env, csr, &old, -1, bits)
                       : just_read(env, csr, &old));
    return old;
}

target_ulong riscv_insn_csrrc(CPURISCVState *env, int csr, target_ulong bits,
                              int rs1)
{
    target_ulong old = 0;

    check_csr(env, rs1 ? riscv_csrrw(env, csr, &old, 0, bits)
                       : just_read(env, csr, &old));
    return old;
}

/* ---- cache blocks -------------------------------------------------------- */

/*
 * Management is allowed where a load or a store is; what is not, faults as a
 * store would.
 */
static void check_block(CPURISCVState *env, target_ulong addr)
{
    int mmu_idx = riscv_env_mmu_index(env, false);
    target_ulong size = riscv_cpu_cfg(env)->cbom_blocksize;
    void *host;
    int flags;

    addr &= -size;
    flags = probe_access_flags(env, addr, size, MMU_DATA_LOAD, mmu_idx, true,
                               &host, GETPC());
    if (flags & TLB_INVALID_MASK) {
        probe_write(env, addr, size, mmu_idx, GETPC());
    }
}

void riscv_insn_cbo_inval(CPURISCVState *env, target_ulong addr)
{
    riscv_insn_check_cbo(env, MENVCFG_CBIE);
    check_block(env, addr);
}

void riscv_insn_cbo_clean(CPURISCVState *env, target_ulong addr)
{
    riscv_insn_check_cbo(env, MENVCFG_CBCFE);
    check_block(env, addr);
}

void riscv_insn_cbo_zero(CPURISCVState *env, target_ulong addr)
{
    int mmu_idx = riscv_env_mmu_index(env, false);
    target_ulong size = riscv_cpu_cfg(env)->cboz_blocksize;
    void *host;

    riscv_insn_check_cbo(env, MENVCFG_CBZE);
    addr &= -size;
    host = probe_write(env, addr, size, mmu_idx, GETPC());
    if (host) {
        memset(host, 0, size);
        return;
    }
    for (target_ulong i = 0; i < size; i += sizeof(uint64_t)) {
        soft_store(env, addr + i, sizeof(uint64_t), 0);
    }
}

/* ---- 128-bit compare and swap -------------------------------------------- */

static uint64_t pair_half(CPURISCVState *env, int reg, int half)
{
    return reg ? env->gpr[reg + half] : 0;
}

void riscv_insn_amocas_q(CPURISCVState *env, target_ulong addr, int rd, int rs2)
{
    int mmu_idx = riscv_env_mmu_index(env, false);
    int first = rd == RISCV_GPR_SINK ? 0 : rd;
    unsigned __int128 want, new, old;
    void *host;

    want = (unsigned __int128)pair_half(env, first, 1) << 64 |
           pair_half(env, first, 0);
    new = (unsigned __int128)pair_half(env, rs2, 1) << 64 |
          pair_half(env, rs2, 0);
    if (addr & 15) {
        riscv_cpu_do_unaligned_access(env_cpu(env), addr, MMU_DATA_STORE,
                                      mmu_idx, GETPC());
    }
    host = probe_write(env, addr, 16, mmu_idx, GETPC());
    if (!host) {
        /* A device takes no atomic access of that size. */
        env->badaddr = addr;
        riscv_raise_exception(env, RISCV_EXCP_STORE_AMO_ACCESS_FAULT, GETPC());
    }
    old = want;
    __atomic_compare_exchange_n((unsigned __int128 *)host, &old, new, false,
                                __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    if (first) {
        env->gpr[first] = (uint64_t)old;
        env->gpr[first + 1] = (uint64_t)(old >> 64);
    }
}

/* ---- carry-less products ------------------------------------------------- */

uint64_t riscv_clmul(uint64_t a, uint64_t b)
{
    uint64_t sum = 0;

    for (; b; b &= b - 1) {
        sum ^= a << ctz64(b);
    }
    return sum;
}

uint64_t riscv_clmulh(uint64_t a, uint64_t b)
{
    uint64_t sum = 0;

    /* Bit 0 of @b adds nothing above bit 63. */
    for (b &= ~1ULL; b; b &= b - 1) {
        sum ^= a >> (64 - ctz64(b));
    }
    return sum;
}

uint64_t riscv_clmulr(uint64_t a, uint64_t b)
{
    uint64_t sum = 0;

    for (; b; b &= b - 1) {
        sum ^= a >> (63 - ctz64(b));
    }
    return sum;
}

uint64_t riscv_xperm(uint64_t table, uint64_t index, unsigned bits)
{
    uint64_t mask = (1ULL << bits) - 1;
    uint64_t result = 0;

    for (unsigned i = 0; i < 64; i += bits) {
        uint64_t at = (index >> i & mask) * bits;

        if (at < 64) {
            result |= (table >> at & mask) << i;
        }
    }
    return result;
}
