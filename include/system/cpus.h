/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The threads of virtual CPUs: what an accelerator's thread function is made
 * of, and stopping and starting all CPUs. Functions need the BQL.
 *
 * A thread function takes the BQL, calls cpu_thread_signal_created(), then
 * loops: while cpu_can_run() it runs the guest (BQL released inside), then
 * qemu_wait_io_event() sleeps while there is nothing to do and does what was
 * asked for; it ends when cpu->unplug is set and the CPU cannot run, with
 * cpu_thread_signal_destroyed().
 */
#ifndef QEMU_CPUS_H
#define QEMU_CPUS_H

#include "hw/core/cpu.h"
#include "qemu/timer.h"
#include "system/accel-ops.h"

/* The accelerator's operations: set once, when it is chosen; or NULL. */
void cpus_register_accel(const AccelOpsClass *i);
const AccelOpsClass *cpus_get_accel(void);

/* A create_vcpu_thread for CPUs that run nothing (accel/dummy-cpus.c). */
void dummy_start_vcpu_thread(CPUState *cpu);

#define VCPU_THREAD_NAME_SIZE 16

/* Sends the CPU's thread SIG_IPI, once until it clears thread_kicked. */
void cpus_kick_thread(CPUState *cpu);
/* Whether nothing was sent to it; any thread. */
bool cpu_work_list_empty(CPUState *cpu);
/* Whether there is nothing for it to do; for all of them. */
bool cpu_thread_is_idle(CPUState *cpu);
bool all_cpu_threads_idle(void);
/* Whether it is to run guest code: not stopped, and the machine runs. */
bool cpu_can_run(CPUState *cpu);
/* Acts on requests to stop and does work; the second sleeps before. */
void qemu_wait_io_event_common(CPUState *cpu);
void qemu_wait_io_event(CPUState *cpu);
/* The thread is there; is about to end. */
void cpu_thread_signal_created(CPUState *cpu);
void cpu_thread_signal_destroyed(CPUState *cpu);
/* It left the guest with EXCP_DEBUG. */
void cpu_handle_guest_debug(CPUState *cpu);

/* Whether the caller is some CPU's thread. */
bool qemu_in_vcpu_thread(void);
void qemu_init_cpu_loop(void);
/* All CPUs: run; stop, and wait until they have (BQL released meanwhile). */
void resume_all_vcpus(void);
void pause_all_vcpus(void);
/* Stops the CPU whose thread this is, if any. */
void cpu_stop_current(void);
void qemu_cpu_kick_self(void);

/* Whether the accelerator can reset CPUs: not those with hidden state. */
bool cpus_are_resettable(void);

/* system/hw_accel.h's functions for all CPUs. */
void cpu_synchronize_all_states(void);
void cpu_synchronize_all_post_reset(void);
void cpu_synchronize_all_post_init(void);
void cpu_synchronize_all_pre_loadvm(void);

#endif
