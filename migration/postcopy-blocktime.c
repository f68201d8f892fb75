/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long CPUs wait for pages, each, and all of them at once. Of those that
 * were there when it began.
 */
#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "options.h"
#include "postcopy.h"
#include "qapi/util.h"
#include "qemu/lockable.h"
#include "qemu/timer.h"

typedef struct Waiter {
    uint32_t thread;
    uint64_t addr; /* of the page it waits for; 0 if it does not */
    int64_t since_ms;
    uint32_t sum_ms;
} Waiter;

static struct {
    QemuMutex lock;
    GArray *cpus; /* NULL without the capability */
    unsigned waiting;
    int64_t all_since_ms;
    uint32_t all_ms;
} block;

static void __attribute__((constructor)) init_lock(void)
{
    qemu_mutex_init(&block.lock);
}

static int64_t now_ms(void)
{
    return qemu_clock_get_ms(QEMU_CLOCK_REALTIME);
}

static Waiter *nth(guint i)
{
    return &g_array_index(block.cpus, Waiter, i);
}

void postcopy_blocktime_init(void)
{
    CPUState *cpu;

    if (!migrate_capability(MIGRATION_CAPABILITY_POSTCOPY_BLOCKTIME)) {
        return;
    }
    QEMU_LOCK_GUARD(&block.lock);
    block.cpus = g_array_new(false, false, sizeof(Waiter));
    CPU_FOREACH(cpu)
    {
        Waiter w = { .thread = cpu->thread_id };

        g_array_append_val(block.cpus, w);
    }
}

void postcopy_blocktime_begin(uint64_t addr, uint32_t thread)
{
    QEMU_LOCK_GUARD(&block.lock);
    for (guint i = 0; thread && block.cpus && i < block.cpus->len; i++) {
        Waiter *w = nth(i);

        if (w->thread != thread) {
            continue;
        }
        block.waiting += !w->addr;
        w->addr = addr;
        w->since_ms = now_ms();
        if (block.waiting == block.cpus->len) {
            block.all_since_ms = w->since_ms;
        }
    }
}

void postcopy_blocktime_end(uint64_t addr)
{
    bool all;

    QEMU_LOCK_GUARD(&block.lock);
    all = block.cpus && block.waiting && block.waiting == block.cpus->len;
    for (guint i = 0; block.cpus && i < block.cpus->len; i++) {
        Waiter *w = nth(i);

        if (w->addr == addr) {
            w->sum_ms += now_ms() - w->since_ms;
            w->addr = 0;
            block.waiting--;
        }
    }
    if (all && block.waiting < block.cpus->len) {
        block.all_ms += now_ms() - block.all_since_ms;
    }
}

void postcopy_blocktime_info(MigrationInfo *info)
{
    uint32List **tail = &info->postcopy_vcpu_blocktime;

    QEMU_LOCK_GUARD(&block.lock);
    if (!block.cpus) {
        return;
    }
    info->has_postcopy_blocktime = true;
    info->postcopy_blocktime = block.all_ms;
    info->has_postcopy_vcpu_blocktime = true;
    for (guint i = 0; i < block.cpus->len; i++) {
        QAPI_LIST_APPEND(tail, nth(i)->sum_ms);
    }
}
