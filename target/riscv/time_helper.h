/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sstc: while menvcfg.STCE is set, mip.STIP is whether time has reached
 * stimecmp. time is what the machine's rdtime_fn says; it goes with
 * QEMU_CLOCK_VIRTUAL, env->timebase_freq ticks in a second.
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
/* stimecmp or menvcfg.STCE has changed. On the hart's thread. */
void riscv_timer_update(CPURISCVState *env);

#endif
