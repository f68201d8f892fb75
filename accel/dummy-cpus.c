/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUs that run nothing: their threads only do what is sent to them. For
 * accelerators whose guest is played by somebody else.
 */
#include "qemu/osdep.h"
#include "exec/cpu-common.h"
#include "qemu/guest-random.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "system/cpus.h"

static void *dummy_cpu_thread(void *arg)
{
    CPUState *cpu = arg;

    rcu_register_thread();
    bql_lock();
    cpu->thread_id = qemu_get_thread_id();
    cpu->neg.can_do_io = true;
    current_cpu = cpu;
    qemu_guest_random_seed_thread_part2(cpu->random_seed);
    cpu_thread_signal_created(cpu);

    while (!cpu->unplug) {
        bql_unlock();
        qemu_event_wait(&cpu->wake);
        bql_lock();
        qemu_event_reset(&cpu->wake);
        qemu_wait_io_event_common(cpu);
    }

    cpu_thread_signal_destroyed(cpu);
    bql_unlock();
    rcu_unregister_thread();
    return NULL;
}

void dummy_start_vcpu_thread(CPUState *cpu)
{
    char name[VCPU_THREAD_NAME_SIZE];

    snprintf(name, sizeof(name), "CPU %d/DUMMY", cpu->cpu_index);
    qemu_thread_create(cpu->thread, name, dummy_cpu_thread, cpu,
                       QEMU_THREAD_JOINABLE);
}
