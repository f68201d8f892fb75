/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The time that the guest sees.
 *
 * The machine's clock runs from cpu_enable_ticks() to cpu_disable_ticks(), as
 * the machine is started and stopped; QEMU_CLOCK_VIRTUAL is that clock,
 * unless an accelerator brings its own with cpus_register_virtual_clock(), as
 * qtest does, where the test moves the time.
 *
 * Guest time is never counted in instructions here: icount is off.
 */
#ifndef SYSTEM_CPU_TIMERS_H
#define SYSTEM_CPU_TIMERS_H

#include "qemu/timer.h"

/* Resets the clock to zero, stopped. Before the first use, if at all. */
void cpu_timers_init(void);

typedef enum {
    ICOUNT_DISABLED = 0,
    ICOUNT_PRECISE,
    ICOUNT_ADAPTATIVE,
} ICountMode;

#define icount_enabled() ICOUNT_DISABLED

/* Starts and stops the clock; nothing if it is so already. With the BQL. */
void cpu_enable_ticks(void);
void cpu_disable_ticks(void);

/*
 * How long the machine has been running: in cycles of the host's counter; in
 * nanoseconds.
 */
int64_t cpu_get_ticks(void);
int64_t cpu_get_clock(void);

/* Where those two go on, for a machine that was migrated here. Stopped. */
void cpu_timers_get_state(int64_t *ticks, int64_t *clock_ns);
void cpu_timers_set_state(int64_t ticks, int64_t clock_ns);

/* Tells the virtual CPUs' thread of a new deadline: wakes the main loop. */
void qemu_timer_notify_cb(void *opaque, QEMUClockType type);

/*
 * The virtual clock as the accelerator has it: its time, setting it (nothing
 * where it cannot be set), and ticks of the machine.
 */
int64_t cpus_get_virtual_clock(void);
void cpus_set_virtual_clock(int64_t new_time);
int64_t cpus_get_elapsed_ticks(void);

/* An accelerator's own clock. NULL members: as without. */
typedef struct VirtualClockOps {
    int64_t (*get_virtual_clock)(void);
    void (*set_virtual_clock)(int64_t time);
    int64_t (*get_elapsed_ticks)(void);
} VirtualClockOps;

/* Before the machine runs; NULL goes back to the built-in clock. */
void cpus_register_virtual_clock(const VirtualClockOps *ops);

#endif
