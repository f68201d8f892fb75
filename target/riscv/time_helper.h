/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sstc: a comparator against time raises STIP. time is what the machine's
 * rdtime_fn says, in ticks of NANOSECONDS_PER_SECOND / 10^7 of
 * QEMU_CLOCK_VIRTUAL.
 */
#ifndef RISCV_TIME_HELPER_H
#define RISCV_TIME_HELPER_H

#include "cpu.h"
#include "qemu/timer.h"

/*
 * Arms @timer for the moment when time + @delta reaches @timecmp, or raises
 * or lowers @timer_irq (a MIP_* mask) at once.
 */
void riscv_timer_write_timecmp(CPURISCVState *env, QEMUTimer *timer,
                               uint64_t timecmp, uint64_t delta,
                               uint32_t timer_irq);
/* Makes the timer of a CPU that is being realized. */
void riscv_timer_init(RISCVCPU *cpu);

#endif
