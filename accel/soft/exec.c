/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop in which a CPU's thread runs guest code: takes exceptions and
 * interrupts, finds a block, runs from block to block until something is to be
 * looked at again.
 *
 * Exceptions leave handlers with siglongjmp(), as in QEMU. The thread is in an
 * RCU read section all the while, so that what the TLB points to stays; it
 * leaves it whenever it is kicked.
 */
#include "qemu/osdep.h"
#include "accel/soft-insn.h"
#include "exec/cpu-interrupt.h"
#include "exec/log.h"
#include "exec/tb-flush.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "soft-internal.h"

/* ---- leaving handlers ---------------------------------------------------- */

/* Brings the counter and, if asked, the pc up to the running instruction. */
static void settle(CPUState *cpu, bool restore_pc)
{
    AccelCPUState *s = cpu->accel;
    SoftHot *hot = cpu_hot(cpu);
    const SoftInsn *insn = hot->insn;
    SoftBlock *block;
    vaddr pc;

    if (!insn) {
        return;
    }
    hot->insn = NULL;
    block = soft_block_of(s, insn);
    /* An instruction that left by itself is done; one that failed is not. */
    hot->insns += insn - block->insns + !restore_pc;
    if (!restore_pc) {
        return;
    }
    pc = hot->page + soft_offset_of(block, insn);
    if (s->ops->restore_pc) {
        s->ops->restore_pc(cpu, pc, soft_bits_of(block, insn));
    } else {
        cpu->cc->set_pc(cpu, pc);
    }
}

bool cpu_restore_state(CPUState *cpu, uintptr_t ra)
{
    if (!ra || !cpu_hot(cpu)->insn) {
        return false;
    }
    settle(cpu, true);
    return true;
}

void cpu_loop_exit(CPUState *cpu)
{
    settle(cpu, false);
    siglongjmp(cpu->jmp_env, 1);
}

void cpu_loop_exit_restore(CPUState *cpu, uintptr_t ra)
{
    cpu_restore_state(cpu, ra);
    cpu_loop_exit(cpu);
}

void cpu_loop_exit_noexc(CPUState *cpu)
{
    cpu->exception_index = -1;
    cpu_loop_exit(cpu);
}

void cpu_loop_exit_atomic(CPUState *cpu, uintptr_t ra)
{
    cpu->exception_index = EXCP_ATOMIC;
    cpu_loop_exit_restore(cpu, ra);
}

uint64_t soft_insns_retired(CPUState *cpu)
{
    SoftHot *hot = cpu_hot(cpu);
    const SoftInsn *insn = hot->insn;
    uint64_t count = qatomic_read(&hot->insns);

    if (insn && cpu->accel && qemu_cpu_is_self(cpu)) {
        count += insn - soft_block_of(cpu->accel, insn)->insns;
    }
    return count;
}

void soft_fence_i(CPUState *cpu)
{
    soft_code_fence(cpu);
}

void soft_flush_blocks(CPUState *cpu)
{
    if (cpu->accel) {
        qatomic_set(&cpu->accel->flush_pending, 1);
        cpu_exit(cpu);
    }
}

static void flush_work(CPUState *cpu, run_on_cpu_data data)
{
    qatomic_set(&cpu->accel->flush_pending, 1);
}

void tb_flush(CPUState *cs)
{
    CPUState *cpu;

    CPU_FOREACH(cpu)
    {
        if (cpu->accel) {
            async_run_on_cpu(cpu, flush_work, RUN_ON_CPU_NULL);
        }
    }
}

/* ---- what must be done before code runs ---------------------------------- */

static bool handle_halt(CPUState *cpu)
{
    if (cpu->halted) {
        bool leave;

        bql_lock();
        leave = cpu->accel->ops->cpu_exec_halt
                    ? cpu->accel->ops->cpu_exec_halt(cpu)
                    : cpu_has_work(cpu);
        bql_unlock();
        if (!leave) {
            return true;
        }
        cpu->halted = 0;
    }
    return false;
}

/* EXCP_DEBUG: watchpoints of the debugger's are armed again. */
static void handle_debug_exception(CPUState *cpu)
{
    const SoftCPUOps *ops = cpu->accel->ops;
    CPUWatchpoint *wp;

    if (!cpu->watchpoint_hit) {
        QTAILQ_FOREACH(wp, &cpu->watchpoints, entry) {
            wp->flags &= ~BP_WATCHPOINT_HIT;
        }
    }
    if (ops->debug_excp_handler) {
        ops->debug_excp_handler(cpu);
    }
}

/* Whether the loop is to be left, with *@ret. */
static bool handle_exception(CPUState *cpu, int *ret)
{
    if (cpu->exception_index < 0) {
        return false;
    }
    if (cpu->exception_index >= EXCP_INTERRUPT) {
        *ret = cpu->exception_index;
        if (*ret == EXCP_DEBUG) {
            handle_debug_exception(cpu);
        }
        cpu->exception_index = -1;
        return true;
    }
    bql_lock();
    cpu->accel->ops->do_interrupt(cpu);
    bql_unlock();
    cpu->exception_index = -1;
    if (unlikely(cpu->singlestep_enabled)) {
        *ret = EXCP_DEBUG;
        handle_debug_exception(cpu);
        return true;
    }
    return false;
}

/* The requests of interrupt_request; whether the loop is to be left. */
static bool handle_requests(CPUState *cpu)
{
    int requests;

    BQL_LOCK_GUARD();
    requests = cpu->interrupt_request;
    if (unlikely(cpu->singlestep_enabled & SSTEP_NOIRQ)) {
        requests &= ~CPU_INTERRUPT_SSTEP_MASK;
    }
    if (requests & CPU_INTERRUPT_DEBUG) {
        cpu->interrupt_request &= ~CPU_INTERRUPT_DEBUG;
        cpu->exception_index = EXCP_DEBUG;
        return true;
    }
    if (requests & CPU_INTERRUPT_HALT) {
        cpu->interrupt_request &= ~CPU_INTERRUPT_HALT;
        cpu->halted = 1;
        cpu->exception_index = EXCP_HLT;
        return true;
    }
    if (cpu->accel->ops->cpu_exec_interrupt(cpu, requests)) {
        cpu->exception_index = cpu->singlestep_enabled ? EXCP_DEBUG : -1;
    }
    cpu->interrupt_request &= ~CPU_INTERRUPT_EXITTB;
    return cpu->exception_index >= EXCP_INTERRUPT;
}

/* Whether the loop is to be left, or an exception to be looked at. */
static bool handle_interrupt(CPUState *cpu)
{
    soft_code_quiescent(cpu->accel);
    if (qatomic_read(&cpu->neg.icount_decr.u16.high)) {
        /* Before the requests are looked at: later ones set it again. */
        qatomic_set_mb(&cpu->neg.icount_decr.u16.high, 0);
    }
    if (unlikely(qatomic_read(&cpu->interrupt_request))) {
        if (handle_requests(cpu)) {
            return true;
        }
    }
    if (unlikely(qatomic_read(&cpu->exit_request))) {
        qatomic_set(&cpu->exit_request, 0);
        if (cpu->exception_index == -1) {
            cpu->exception_index = EXCP_INTERRUPT;
        }
        return true;
    }
    return false;
}

/* ---- the loop ------------------------------------------------------------ */

/* The mode that code runs in from here on; returns the pc. */
static vaddr set_mode(CPUState *cpu)
{
    AccelCPUState *s = cpu->accel;
    SoftHot *hot = cpu_hot(cpu);
    SoftMode mode;

    s->ops->get_mode(cpu, &mode);
    s->flags = mode.flags;
    s->mmu_data = mode.mmu_data;
    s->mmu_fetch = mode.mmu_fetch;
    hot->key = (uintptr_t)mode.flags << SOFT_KEY_SHIFT;
    hot->tlb = soft_tlb(s, mode.mmu_data)->entries;
    s->has_breakpoints = !QTAILQ_EMPTY(&cpu->breakpoints);
    s->one_insn = cpu->singlestep_enabled || soft_one_insn_per_tb;
    hot->xtlb = soft_tlb(s, mode.mmu_fetch)->entries;
    if (unlikely(s->one_insn)) {
        /* No jump finds anything: all come here. */
        hot->xtlb = soft_empty_tlb;
    }
    return mode.pc;
}

static void run(CPUState *cpu)
{
    CPUArchState *env = cpu_env(cpu);
    const SoftInsn *insn;

    insn = soft_find(cpu, set_mode(cpu));
    if (unlikely(qemu_loglevel_mask(CPU_LOG_EXEC | CPU_LOG_TB_CPU))) {
        soft_log_exec(cpu);
    }
    do {
        insn = insn->fn(env, insn, cpu_hot(cpu)->tlb);
    } while (insn);
    if (unlikely(cpu->singlestep_enabled) && cpu->exception_index == -1) {
        cpu->exception_index = EXCP_DEBUG;
    }
}

static int loop(CPUState *cpu)
{
    int ret;

    if (unlikely(sigsetjmp(cpu->jmp_env, 0) != 0)) {
        cpu = current_cpu;
        cpu->accel->io_locked = false;
        if (bql_locked()) {
            bql_unlock();
        }
    }
    while (!handle_exception(cpu, &ret)) {
        while (!handle_interrupt(cpu)) {
            run(cpu);
            if (unlikely(cpu->exception_index >= 0)) {
                break;
            }
        }
    }
    return ret;
}

int soft_cpu_exec(CPUState *cpu)
{
    const SoftCPUOps *ops = cpu->accel->ops;
    int ret;

    current_cpu = cpu;
    if (handle_halt(cpu)) {
        return EXCP_HALTED;
    }
    cpu_exec_start(cpu);
    RCU_READ_LOCK_GUARD();
    if (ops->cpu_exec_enter) {
        ops->cpu_exec_enter(cpu);
    }
    ret = loop(cpu);
    if (ops->cpu_exec_exit) {
        ops->cpu_exec_exit(cpu);
    }
    cpu_exec_end(cpu);
    return ret;
}
