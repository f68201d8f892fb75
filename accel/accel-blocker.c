/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeping CPUs out of the kernel: see include/system/accel-blocker.h.
 *
 * Who enters counts itself in with a QemuLockCnt, which the inhibiting thread
 * locks: visitors that come wait for the lock, and those that leave wake it.
 */
#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "qemu/atomic.h"
#include "qemu/lockcnt.h"
#include "qemu/main-loop.h"
#include "qemu/thread.h"
#include "system/accel-blocker.h"

static QemuLockCnt machine_ioctls;
static QemuEvent left;
static bool initialized, inhibited;

void accel_blocker_init(void)
{
    if (!initialized) {
        qemu_lockcnt_init(&machine_ioctls);
        qemu_event_init(&left, false);
        initialized = true;
    }
}

/* Holders of the BQL are either the inhibiting thread or exclude it. */
static void enter(QemuLockCnt *count)
{
    if (!bql_locked()) {
        qemu_lockcnt_inc(count);
    }
}

static void leave(QemuLockCnt *count)
{
    if (!bql_locked()) {
        qemu_lockcnt_dec(count);
        /* The event costs an atomic read while nobody waits. */
        qemu_event_set(&left);
    }
}

void accel_ioctl_begin(void)
{
    enter(&machine_ioctls);
}

void accel_ioctl_end(void)
{
    leave(&machine_ioctls);
}

void accel_cpu_ioctl_begin(CPUState *cpu)
{
    enter(&cpu->in_ioctl_lock);
}

void accel_cpu_ioctl_end(CPUState *cpu)
{
    leave(&cpu->in_ioctl_lock);
}

/* Kicks those that are inside; whether there were any. */
static bool kick_visitors(void)
{
    bool found = qemu_lockcnt_count(&machine_ioctls) != 0;
    CPUState *cpu;

    CPU_FOREACH(cpu)
    {
        if (qemu_lockcnt_count(&cpu->in_ioctl_lock)) {
            /* Without a new request, a kick that is on its way suffices. */
            qemu_cpu_kick(cpu);
            found = true;
        }
    }
    return found;
}

void accel_ioctl_inhibit_begin(void)
{
    CPUState *cpu;

    assert(bql_locked() && initialized);
    CPU_FOREACH(cpu)
    {
        qemu_lockcnt_lock(&cpu->in_ioctl_lock);
    }
    qemu_lockcnt_lock(&machine_ioctls);
    while (true) {
        qemu_event_reset(&left);
        if (!kick_visitors()) {
            break;
        }
        qemu_event_wait(&left);
    }
    inhibited = true;
}

void accel_ioctl_inhibit_end(void)
{
    CPUState *cpu;

    inhibited = false;
    qemu_lockcnt_unlock(&machine_ioctls);
    CPU_FOREACH(cpu)
    {
        qemu_lockcnt_unlock(&cpu->in_ioctl_lock);
    }
}

bool accel_ioctl_inhibited(void)
{
    return inhibited;
}
