/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions that others send to a CPU's thread. The queue has a lock of its
 * own, so that sending needs no BQL; the thread takes one item after the other,
 * since running one may send more.
 */
#include "qemu/osdep.h"
#include "exec/cpu-common.h"
#include "qemu/atomic.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "system/cpus.h"

struct qemu_work_item {
    QSIMPLEQ_ENTRY(qemu_work_item) node;
    run_on_cpu_func func;
    run_on_cpu_data data;
    bool exclusive;
    QemuEvent *done; /* somebody waits; else the queue owns the item */
};

static void send_work(CPUState *cpu, struct qemu_work_item *item)
{
    qemu_mutex_lock(&cpu->work_mutex);
    QSIMPLEQ_INSERT_TAIL(&cpu->work_list, item, node);
    qemu_mutex_unlock(&cpu->work_mutex);
    qemu_cpu_kick(cpu);
}

static void send_async(CPUState *cpu, run_on_cpu_func func,
                       run_on_cpu_data data, bool exclusive)
{
    struct qemu_work_item *item = g_new0(struct qemu_work_item, 1);

    item->func = func;
    item->data = data;
    item->exclusive = exclusive;
    send_work(cpu, item);
}

void async_run_on_cpu(CPUState *cpu, run_on_cpu_func func, run_on_cpu_data data)
{
    send_async(cpu, func, data, false);
}

void async_safe_run_on_cpu(CPUState *cpu, run_on_cpu_func func,
                           run_on_cpu_data data)
{
    send_async(cpu, func, data, true);
}

/* Whether the caller may do it itself: it is the thread, or there is none. */
static bool run_here(CPUState *cpu, run_on_cpu_func func, run_on_cpu_data data)
{
    if (!qemu_cpu_is_self(cpu) && cpu->created) {
        return false;
    }
    func(cpu, data);
    return true;
}

static void send_and_wait(CPUState *cpu, run_on_cpu_func func,
                          run_on_cpu_data data, QemuMutex *mutex)
{
    QemuEvent done;
    struct qemu_work_item item = { .func = func, .data = data, .done = &done };

    qemu_event_init(&done, false);
    send_work(cpu, &item);
    if (mutex) {
        qemu_mutex_unlock(mutex);
    } else {
        bql_unlock();
    }
    qemu_event_wait(&done);
    if (mutex) {
        qemu_mutex_lock(mutex);
    } else {
        bql_lock();
    }
    qemu_event_destroy(&done);
}

void do_run_on_cpu(CPUState *cpu, run_on_cpu_func func, run_on_cpu_data data,
                   QemuMutex *mutex)
{
    if (!run_here(cpu, func, data)) {
        send_and_wait(cpu, func, data, mutex);
    }
}

void run_on_cpu(CPUState *cpu, run_on_cpu_func func, run_on_cpu_data data)
{
    if (!run_here(cpu, func, data)) {
        send_and_wait(cpu, func, data, NULL);
    }
}

static struct qemu_work_item *next_work(CPUState *cpu)
{
    struct qemu_work_item *item;

    QEMU_LOCK_GUARD(&cpu->work_mutex);
    item = QSIMPLEQ_FIRST(&cpu->work_list);
    if (item) {
        QSIMPLEQ_REMOVE_HEAD(&cpu->work_list, node);
    }
    return item;
}

static void run_exclusively(CPUState *cpu, struct qemu_work_item *item)
{
    /* Other CPUs may need the BQL to get out of the guest. */
    bql_unlock();
    start_exclusive();
    item->func(cpu, item->data);
    end_exclusive();
    bql_lock();
}

void process_queued_cpu_work(CPUState *cpu)
{
    struct qemu_work_item *item;

    while ((item = next_work(cpu))) {
        if (item->exclusive) {
            run_exclusively(cpu, item);
        } else {
            item->func(cpu, item->data);
        }
        if (item->done) {
            qemu_event_set(item->done); /* the item is gone */
        } else {
            g_free(item);
        }
    }
}

void free_queued_cpu_work(CPUState *cpu)
{
    struct qemu_work_item *item;

    while ((item = next_work(cpu))) {
        if (item->done) {
            qemu_event_set(item->done);
        } else {
            g_free(item);
        }
    }
}

bool cpu_work_list_empty(CPUState *cpu)
{
    QEMU_LOCK_GUARD(&cpu->work_mutex);

    return QSIMPLEQ_EMPTY(&cpu->work_list);
}
