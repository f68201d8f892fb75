/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of all CPUs, and exclusive sections, in which none of them runs
 * guest code.
 *
 * The list is read under RCU or the BQL. Its lock also orders exclusive
 * sections: while there is one, exclusive.active is set, and the CPUs that ran
 * when it began are counted until the last of them has left the guest. A CPU
 * that enters the guest says so first and looks for a section then, a section
 * sets its flag first and then looks for CPUs, so one of both sees the other.
 */
#include "qemu/osdep.h"
#include "exec/cpu-common.h"
#include "qemu/atomic.h"
#include "qemu/lockable.h"

CPUTailQ cpus_queue = QTAILQ_HEAD_INITIALIZER(cpus_queue);
QemuMutex qemu_cpu_list_lock;
__thread CPUState *current_cpu;
bool mttcg_enabled = true;

static unsigned list_generation;

static struct {
    bool active;      /* written with the list's lock, read without */
    int awaited;      /* CPUs that must leave the guest first */
    QemuCond drained; /* awaited is 0 */
    QemuCond over;    /* not active */
} exclusive;

void qemu_init_cpu_list(void)
{
    static bool done;

    if (!done) {
        qemu_mutex_init(&qemu_cpu_list_lock);
        qemu_cond_init(&exclusive.drained);
        qemu_cond_init(&exclusive.over);
        done = true;
    }
}

static void __attribute__((constructor)) init_before_main(void)
{
    qemu_init_cpu_list();
}

void cpu_list_lock(void)
{
    qemu_mutex_lock(&qemu_cpu_list_lock);
}

void cpu_list_unlock(void)
{
    qemu_mutex_unlock(&qemu_cpu_list_lock);
}

unsigned int cpu_list_generation_id_get(void)
{
    return list_generation;
}

int cpu_get_free_index(void)
{
    CPUState *cpu;
    int highest = -1;

    CPU_FOREACH(cpu)
    {
        highest = MAX(highest, cpu->cpu_index);
    }
    return highest + 1;
}

void cpu_list_add(CPUState *cpu)
{
    QEMU_LOCK_GUARD(&qemu_cpu_list_lock);

    if (cpu->cpu_index == UNASSIGNED_CPU_INDEX) {
        cpu->cpu_index = cpu_get_free_index();
    }
    QTAILQ_INSERT_TAIL_RCU(&cpus_queue, cpu, node);
    list_generation++;
}

void cpu_list_remove(CPUState *cpu)
{
    QEMU_LOCK_GUARD(&qemu_cpu_list_lock);

    if (!QTAILQ_IN_USE(cpu, node)) {
        return; /* it was not realized */
    }
    QTAILQ_REMOVE_RCU(&cpus_queue, cpu, node);
    cpu->cpu_index = UNASSIGNED_CPU_INDEX;
    list_generation++;
}

CPUState *qemu_get_cpu(int index)
{
    CPUState *cpu;

    CPU_FOREACH(cpu)
    {
        if (cpu->cpu_index == index) {
            return cpu;
        }
    }
    return NULL;
}

CPUState *cpu_by_arch_id(int64_t id)
{
    CPUState *cpu;

    CPU_FOREACH(cpu)
    {
        if (cpu->cc->get_arch_id(cpu) == id) {
            return cpu;
        }
    }
    return NULL;
}

bool cpu_exists(int64_t id)
{
    return cpu_by_arch_id(id) != NULL;
}

/* Exclusive sections */

void start_exclusive(void)
{
    CPUState *self = current_cpu, *cpu;

    if (self && self->exclusive_context_count++) {
        return;
    }
    QEMU_LOCK_GUARD(&qemu_cpu_list_lock);
    while (exclusive.active) {
        qemu_cond_wait(&exclusive.over, &qemu_cpu_list_lock);
    }
    qatomic_set(&exclusive.active, true);
    smp_mb();
    assert(exclusive.awaited == 0);
    CPU_FOREACH(cpu)
    {
        if (qatomic_load_acquire(&cpu->running)) {
            cpu->has_waiter = true;
            exclusive.awaited++;
            qemu_cpu_kick(cpu);
        }
    }
    while (exclusive.awaited) {
        qemu_cond_wait(&exclusive.drained, &qemu_cpu_list_lock);
    }
}

void end_exclusive(void)
{
    CPUState *self = current_cpu;

    if (self && --self->exclusive_context_count) {
        return;
    }
    QEMU_LOCK_GUARD(&qemu_cpu_list_lock);
    qatomic_store_release(&exclusive.active, false);
    qemu_cond_broadcast(&exclusive.over);
}

/* A section is on: wait for its end, unless it waits for us. */
static void enter_late(CPUState *cpu)
{
    QEMU_LOCK_GUARD(&qemu_cpu_list_lock);

    if (cpu->has_waiter) {
        return; /* what it asked for is done: it was kicked */
    }
    qatomic_set(&cpu->running, false);
    while (exclusive.active) {
        qemu_cond_wait(&exclusive.over, &qemu_cpu_list_lock);
    }
    qatomic_set_mb(&cpu->running, true);
}

void cpu_exec_start(CPUState *cpu)
{
    qatomic_set(&cpu->running, true);
    smp_mb();
    if (unlikely(qatomic_load_acquire(&exclusive.active))) {
        enter_late(cpu);
    }
}

void cpu_exec_end(CPUState *cpu)
{
    qatomic_store_release(&cpu->running, false);
    smp_mb();
    if (unlikely(qatomic_read(&exclusive.active))) {
        QEMU_LOCK_GUARD(&qemu_cpu_list_lock);
        if (cpu->has_waiter) {
            cpu->has_waiter = false;
            if (--exclusive.awaited == 0) {
                qemu_cond_broadcast(&exclusive.drained);
            }
        }
    }
}
