/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "system/cpu-throttle.h"
#include "trace.h"

#define RUN_NS   (10 * SCALE_MS) /* a CPU runs as long between two sleeps */
#define LEAST    1
#define GREATEST 99

static QEMUTimer *timer;
static int percentage; /* 0: off; any thread, atomically */

int cpu_throttle_get_percentage(void)
{
    return qatomic_read(&percentage);
}

bool cpu_throttle_active(void)
{
    return cpu_throttle_get_percentage() != 0;
}

/* How long a CPU sleeps that has run for RUN_NS. */
static int64_t sleep_ns(int pct)
{
    return (int64_t)RUN_NS * pct / (100 - pct);
}

/* In the CPU's thread, with the big lock, which it gives up while it sleeps. */
static void sleep_here(CPUState *cpu, run_on_cpu_data data)
{
    int64_t end = qemu_clock_get_ns(QEMU_CLOCK_REALTIME) +
                  sleep_ns(cpu_throttle_get_percentage());

    while (cpu_throttle_active() && !cpu->stop && !cpu->unplug) {
        int64_t left = end - qemu_clock_get_ns(QEMU_CLOCK_REALTIME);

        if (left <= 0) {
            break;
        }
        /* Kicks end the wait; most have nothing to do with it. */
        qemu_cond_timedwait_bql(cpu->halt_cond, DIV_ROUND_UP(left, SCALE_MS));
    }
    qatomic_set(&cpu->throttle_thread_scheduled, false);
}

static void tick(void *opaque)
{
    int pct = cpu_throttle_get_percentage();
    CPUState *cpu;

    if (!pct) {
        return;
    }
    CPU_FOREACH(cpu)
    {
        if (!qatomic_xchg(&cpu->throttle_thread_scheduled, true)) {
            async_run_on_cpu(cpu, sleep_here, RUN_ON_CPU_NULL);
        }
    }
    timer_mod(timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL_RT) + RUN_NS +
                         sleep_ns(pct));
}

void cpu_throttle_set(int new_throttle_pct)
{
    bool active = cpu_throttle_active();

    new_throttle_pct = MIN(MAX(new_throttle_pct, LEAST), GREATEST);
    trace_cpu_throttle_set(new_throttle_pct);
    qatomic_set(&percentage, new_throttle_pct);
    if (!active) {
        tick(NULL);
    }
}

void cpu_throttle_stop(void)
{
    CPUState *cpu;

    if (!qatomic_xchg(&percentage, 0)) {
        return;
    }
    trace_cpu_throttle_set(0);
    timer_del(timer);
    CPU_FOREACH(cpu)
    {
        qemu_cpu_kick(cpu);
    }
}

void cpu_throttle_init(void)
{
    timer = timer_new_ns(QEMU_CLOCK_VIRTUAL_RT, tick, NULL);
}
