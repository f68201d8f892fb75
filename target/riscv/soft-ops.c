/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hart's hooks for the engine. */
#include "qemu/osdep.h"

#include "cpu.h"
#include "insn-decode.h"
#include "internals.h"
#include "soft-ops.h"

static void riscv_get_mode(CPUState *cs, SoftMode *mode)
{
    CPURISCVState *env = cpu_env(cs);

    mode->pc = env->pc;
    mode->flags = riscv_cpu_fp_enabled(env) ? RISCV_MODE_FP : 0;
    mode->mmu_data = riscv_env_mmu_index(env, false);
    mode->mmu_fetch = riscv_env_mmu_index(env, true);
}

static void riscv_restore_pc(CPUState *cs, vaddr pc, uint32_t bits)
{
    CPURISCVState *env = cpu_env(cs);

    env->pc = pc;
    env->bins = bits;
}

const SoftCPUOps riscv_soft_ops = {
    .get_mode = riscv_get_mode,
    .decode_block = riscv_decode_block,
    .insn_size = riscv_insn_size,
    .restore_pc = riscv_restore_pc,
    .tlb_fill = riscv_cpu_tlb_fill,
    .do_interrupt = riscv_cpu_do_interrupt,
    .cpu_exec_interrupt = riscv_cpu_exec_interrupt,
    .cpu_exec_halt = riscv_cpu_has_work,
    .do_transaction_failed = riscv_cpu_do_transaction_failed,
    .do_unaligned_access = riscv_cpu_do_unaligned_access,
    .debug_excp_handler = riscv_cpu_debug_excp_handler,
    .debug_check_watchpoint = riscv_cpu_debug_check_watchpoint,
    .debug_check_breakpoint = riscv_cpu_debug_check_breakpoint,
};
