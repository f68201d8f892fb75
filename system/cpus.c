/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The threads of virtual CPUs, whatever runs on them: starting, kicking,
 * sleeping, stopping and ending.
 *
 * A thread sleeps on cpu->wake without the BQL; whoever gives it a reason to go
 * on sets that, so that no reason is lost, even if it comes without the BQL.
 */
#include "qemu/osdep.h"
#include "exec/cpu-common.h"
#include "exec/gdbstub.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qemu/accel.h"
#include "qemu/atomic.h"
#include "qemu/guest-random.h"
#include "qemu/main-loop.h"
#include "system/cpu-timers.h"
#include "system/cpus.h"
#include "system/hw_accel.h"
#include "system/runstate.h"

static const AccelOpsClass *cpus_accel;

static QemuCond created_cond = { .cond = PTHREAD_COND_INITIALIZER,
                                 .initialized = true };
static QemuCond paused_cond = { .cond = PTHREAD_COND_INITIALIZER,
                                .initialized = true };

void qemu_init_cpu_loop(void)
{
    qemu_init_cpu_list();
}

/* The accelerator */

void cpus_register_accel(const AccelOpsClass *ops)
{
    static VirtualClockOps clock;

    assert(ops && ops->create_vcpu_thread);
    cpus_accel = ops;
    if (ops->get_virtual_clock || ops->get_elapsed_ticks) {
        clock.get_virtual_clock = ops->get_virtual_clock;
        clock.set_virtual_clock = ops->set_virtual_clock;
        clock.get_elapsed_ticks = ops->get_elapsed_ticks;
        cpus_register_virtual_clock(&clock);
    }
}

const AccelOpsClass *cpus_get_accel(void)
{
    return cpus_accel;
}

bool cpus_are_resettable(void)
{
    return !cpus_accel || !cpus_accel->cpus_are_resettable ||
           cpus_accel->cpus_are_resettable();
}

#define DEFINE_SYNCHRONIZE(what)                                               \
    void cpu_synchronize_##what(CPUState *cpu)                                 \
    {                                                                          \
        if (cpus_accel && cpus_accel->synchronize_##what) {                    \
            cpus_accel->synchronize_##what(cpu);                               \
        }                                                                      \
    }

DEFINE_SYNCHRONIZE(state)
DEFINE_SYNCHRONIZE(post_reset)
DEFINE_SYNCHRONIZE(post_init)
DEFINE_SYNCHRONIZE(pre_loadvm)

#define DEFINE_SYNCHRONIZE_ALL(all, one)                                       \
    void cpu_synchronize_all_##all(void)                                       \
    {                                                                          \
        CPUState *cpu;                                                         \
                                                                               \
        CPU_FOREACH(cpu)                                                       \
        {                                                                      \
            cpu_synchronize_##one(cpu);                                        \
        }                                                                      \
    }

DEFINE_SYNCHRONIZE_ALL(states, state)
DEFINE_SYNCHRONIZE_ALL(post_reset, post_reset)
DEFINE_SYNCHRONIZE_ALL(post_init, post_init)
DEFINE_SYNCHRONIZE_ALL(pre_loadvm, pre_loadvm)

/* Whose thread */

bool qemu_cpu_is_self(CPUState *cpu)
{
    return qatomic_read(&cpu->created) && qemu_thread_is_self(cpu->thread);
}

bool qemu_in_vcpu_thread(void)
{
    return current_cpu && qemu_cpu_is_self(current_cpu);
}

/* Is there something to do? */

bool cpu_is_stopped(CPUState *cpu)
{
    return qatomic_read(&cpu->stopped) || !runstate_is_running();
}

bool cpu_can_run(CPUState *cpu)
{
    return !qatomic_read(&cpu->stop) && !cpu_is_stopped(cpu);
}

bool cpu_thread_is_idle(CPUState *cpu)
{
    if (qatomic_read(&cpu->stop) || qatomic_read(&cpu->unplug) ||
        !cpu_work_list_empty(cpu)) {
        return false;
    }
    if (cpu_is_stopped(cpu)) {
        return true;
    }
    if (!qatomic_read(&cpu->halted) || cpu_has_work(cpu)) {
        return false;
    }
    return !cpus_accel || !cpus_accel->cpu_thread_is_idle ||
           cpus_accel->cpu_thread_is_idle(cpu);
}

bool all_cpu_threads_idle(void)
{
    CPUState *cpu;

    CPU_FOREACH(cpu)
    {
        if (!cpu_thread_is_idle(cpu)) {
            return false;
        }
    }
    return true;
}

/* Kicks */

void cpus_kick_thread(CPUState *cpu)
{
    if (qatomic_xchg(&cpu->thread_kicked, true)) {
        return;
    }
    pthread_kill(cpu->thread->thread, SIG_IPI);
}

void qemu_cpu_kick(CPUState *cpu)
{
    qemu_event_set(&cpu->wake);
    qemu_cond_broadcast(cpu->halt_cond);
    if (!cpus_accel || !qatomic_read(&cpu->created)) {
        return;
    }
    if (cpus_accel->kick_vcpu_thread) {
        cpus_accel->kick_vcpu_thread(cpu);
    } else {
        cpus_kick_thread(cpu);
    }
}

void qemu_cpu_kick_self(void)
{
    assert(current_cpu);
    cpus_kick_thread(current_cpu);
}

void cpu_exit(CPUState *cpu)
{
    qatomic_set(&cpu->exit_request, true);
    /* Who sees the counter must see the request. */
    smp_wmb();
    qatomic_set(&cpu->neg.icount_decr.u16.high, -1);
}

/* Interrupts */

static void handle_interrupt(CPUState *cpu, int mask)
{
    qatomic_set(&cpu->interrupt_request, cpu->interrupt_request | mask);
    if (qemu_cpu_is_self(cpu)) {
        qatomic_set(&cpu->neg.icount_decr.u16.high, -1);
    } else {
        qemu_cpu_kick(cpu);
    }
}

void cpu_interrupt(CPUState *cpu, int mask)
{
    assert(bql_locked());
    if (cpus_accel && cpus_accel->handle_interrupt) {
        cpus_accel->handle_interrupt(cpu, mask);
    } else {
        handle_interrupt(cpu, mask);
    }
}

void cpu_reset_interrupt(CPUState *cpu, int mask)
{
    BQL_LOCK_GUARD();

    qatomic_set(&cpu->interrupt_request, cpu->interrupt_request & ~mask);
}

/* In the thread */

void cpu_thread_signal_created(CPUState *cpu)
{
    qatomic_set(&cpu->created, true);
    qemu_cond_broadcast(&created_cond);
}

void cpu_thread_signal_destroyed(CPUState *cpu)
{
    qatomic_set(&cpu->created, false);
    qemu_cond_broadcast(&created_cond);
    qemu_cond_broadcast(&paused_cond);
}

static void stop_self(CPUState *cpu)
{
    qatomic_set(&cpu->stop, false);
    qatomic_set(&cpu->stopped, true);
    qemu_cond_broadcast(&paused_cond);
}

void qemu_wait_io_event_common(CPUState *cpu)
{
    /* Who finds it set does not kick: what they asked for is read after this. */
    qatomic_set_mb(&cpu->thread_kicked, false);
    if (qatomic_read(&cpu->stop)) {
        stop_self(cpu);
    }
    process_queued_cpu_work(cpu);
}

void qemu_wait_io_event(CPUState *cpu)
{
    while (true) {
        qemu_event_reset(&cpu->wake);
        if (!cpu_thread_is_idle(cpu)) {
            break;
        }
        bql_unlock();
        qemu_event_wait(&cpu->wake);
        bql_lock();
    }
    qemu_wait_io_event_common(cpu);
}

void cpu_handle_guest_debug(CPUState *cpu)
{
    gdb_set_stop_cpu(cpu);
    qemu_system_debug_request();
    qatomic_set(&cpu->stopped, true);
}

/* Stopping and starting */

void cpu_pause(CPUState *cpu)
{
    if (qemu_cpu_is_self(cpu)) {
        stop_self(cpu);
        cpu_exit(cpu);
    } else if (cpu->created) {
        qatomic_set(&cpu->stop, true);
        qemu_cpu_kick(cpu);
    } else {
        qatomic_set(&cpu->stopped, true);
    }
}

void cpu_resume(CPUState *cpu)
{
    qatomic_set(&cpu->stop, false);
    qatomic_set(&cpu->stopped, false);
    qemu_cpu_kick(cpu);
}

void cpu_stop_current(void)
{
    if (current_cpu && qemu_cpu_is_self(current_cpu)) {
        qatomic_set(&current_cpu->stop, true);
        cpu_exit(current_cpu);
    }
}

static bool all_paused(void)
{
    CPUState *cpu;

    CPU_FOREACH(cpu)
    {
        if (!cpu->stopped && cpu->created) {
            return false;
        }
    }
    return true;
}

void pause_all_vcpus(void)
{
    CPUState *cpu;

    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, false);
    CPU_FOREACH(cpu)
    {
        cpu_pause(cpu);
    }
    while (!all_paused()) {
        qemu_cond_wait_bql(&paused_cond);
        /* One that was started meanwhile has not been told. */
        CPU_FOREACH(cpu)
        {
            if (!cpu->stopped) {
                cpu_pause(cpu);
            }
        }
    }
}

void resume_all_vcpus(void)
{
    CPUState *cpu;

    if (!runstate_is_running()) {
        return;
    }
    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, true);
    CPU_FOREACH(cpu)
    {
        cpu_resume(cpu);
    }
}

/* Its life */

void qemu_init_vcpu(CPUState *cpu)
{
    if (current_machine) {
        cpu->nr_threads = current_machine->smp.threads;
    }
    cpu->stopped = true;
    cpu->random_seed = qemu_guest_random_seed_thread_part1();
    if (!cpu->as) {
        cpu->num_ases = 1;
        cpu_address_space_init(cpu, 0, "cpu-memory", cpu->memory);
    }
    if (!cpus_accel) {
        return; /* an object without a machine around it */
    }
    cpus_accel->create_vcpu_thread(cpu);
    while (!cpu->created) {
        qemu_cond_wait_bql(&created_cond);
    }
}

bool cpu_has_started(CPUState *cpu, Error **errp)
{
    Error *err = cpu->start_error;

    cpu->start_error = NULL;
    error_propagate(errp, err);
    return !err;
}

void cpu_remove_sync(CPUState *cpu)
{
    qatomic_set(&cpu->stop, true);
    qatomic_set(&cpu->unplug, true);
    qemu_cpu_kick(cpu);
    bql_unlock();
    qemu_thread_join(cpu->thread);
    bql_lock();
}
