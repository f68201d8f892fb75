/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The supervisor's timer: stimecmp against time (Sstc). */
#include "qemu/osdep.h"

#include "cpu.h"
#include "qemu/host-utils.h"
#include "qemu/main-loop.h"
#include "time_helper.h"

static void set_pending(CPURISCVState *env, uint32_t irq, bool pending)
{
    riscv_cpu_update_mip(env, irq, BOOL_TO_MASK(pending));
}

void riscv_timer_write_timecmp(CPURISCVState *env, QEMUTimer *timer,
                               uint64_t timecmp, uint64_t delta,
                               uint32_t timer_irq)
{
    uint64_t now = env->rdtime_fn(env->rdtime_fn_arg) + delta;
    int64_t clock = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    uint64_t ns;

    if (now >= timecmp) {
        timer_del(timer);
        set_pending(env, timer_irq, true);
        return;
    }
    set_pending(env, timer_irq, false);
    /* Rounded up: not before its time. Centuries ahead is never. */
    if (timecmp - now > UINT64_MAX / NANOSECONDS_PER_SECOND) {
        ns = (timecmp - now) / env->timebase_freq;
        ns = ns > INT64_MAX / NANOSECONDS_PER_SECOND
                 ? INT64_MAX
                 : ns * NANOSECONDS_PER_SECOND;
    } else {
        ns = DIV_ROUND_UP((timecmp - now) * NANOSECONDS_PER_SECOND,
                          env->timebase_freq);
    }
    if (ns >= (uint64_t)(INT64_MAX - clock)) {
        timer_del(timer);
        return;
    }
    timer_mod(timer, clock + ns);
}

void riscv_timer_update(CPURISCVState *env)
{
    /* The timer's callback, of an older time, must not come in between. */
    BQL_LOCK_GUARD();
    if (!env->stimer || !env->rdtime_fn) {
        return;
    }
    if (env->menvcfg & MENVCFG_STCE) {
        riscv_timer_write_timecmp(env, env->stimer, env->stimecmp, 0, MIP_STIP);
    } else {
        timer_del(env->stimer);
    }
}

static void stimer_expired(void *opaque)
{
    RISCVCPU *cpu = opaque;
    CPURISCVState *env = &cpu->env;

    /* The clocks' rounding may bring us here a tick early. */
    riscv_timer_write_timecmp(env, env->stimer, env->stimecmp, 0, MIP_STIP);
}

void riscv_timer_init(RISCVCPU *cpu)
{
    cpu->env.stimer = timer_new_ns(QEMU_CLOCK_VIRTUAL, stimer_expired, cpu);
}
