/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Countdown timers. While one runs, only the times of the last event and of the
 * next one are kept; the counter is what lies between now and the latter.
 */
#include "qemu/osdep.h"
#include "hw/ptimer.h"
#include "hw/clock.h"
#include "migration/vmstate.h"
#include "system/cpu-timers.h"
#include "system/qtest.h"

/* A host cannot serve a guest that asks for interrupts more often. */
#define SHORTEST_NS 10000

enum { STOPPED, PERIODIC, ONESHOT };

/* The members' names are those of the migration stream. */
struct ptimer_state {
    uint8_t enabled; /* STOPPED ... */
    uint64_t limit;
    uint64_t delta;       /* the counter at last_event, or while stopped */
    uint32_t period_frac; /* in 2^-32 ns */
    int64_t period;       /* in ns */
    int64_t last_event;
    int64_t next_event;
    uint8_t policy_mask;
    QEMUTimer *timer;
    ptimer_cb callback;
    void *callback_opaque;
    bool in_transaction;
    bool need_reload; /* at its end, next_event is to be found anew */
};

/* Why the next event is looked for. */
typedef enum {
    WAS_SET,     /* the counter was, or the timer was started */
    HAS_EXPIRED, /* the counter came down to zero */
    STAYED_ZERO, /* it was there already, for one period */
} Cause;

static bool has_policy(const ptimer_state *s, unsigned policy)
{
    return s->policy_mask & policy;
}

static bool has_period(const ptimer_state *s)
{
    return s->period || s->period_frac;
}

/* The time of a step in 2^-32 ns, when it takes @steps of them. */
static unsigned __int128 step_time(const ptimer_state *s, uint64_t steps)
{
    unsigned __int128 time =
        (unsigned __int128)s->period << 32 | s->period_frac;

    if (s->enabled == PERIODIC && !qtest_enabled() && !icount_enabled() &&
        steps <= SHORTEST_NS && steps * time >> 32 < SHORTEST_NS) {
        time = (unsigned __int128)(SHORTEST_NS / steps) << 32;
    }
    return time;
}

static void disable(ptimer_state *s, const char *why)
{
    if (why && !qtest_enabled()) {
        fprintf(stderr, "Timer with %s zero, disabling\n", why);
    }
    timer_del(s->timer);
    s->enabled = STOPPED;
}

/* How many steps it is to the next event; 0: there is none. */
static uint64_t steps_to_go(const ptimer_state *s, Cause cause)
{
    bool periodic = s->enabled == PERIODIC;
    uint64_t steps = s->delta;

    if (cause == HAS_EXPIRED &&
        has_policy(s, PTIMER_POLICY_WRAP_AFTER_ONE_PERIOD)) {
        steps++;
    }
    if (steps) {
        return steps;
    }
    /* At zero, who waits for one period? */
    return (periodic && !s->limit &&
            has_policy(s, PTIMER_POLICY_CONTINUOUS_TRIGGER)) ||
           (cause != STAYED_ZERO &&
            has_policy(s, PTIMER_POLICY_NO_IMMEDIATE_TRIGGER)) ||
           (periodic && s->limit &&
            has_policy(s, PTIMER_POLICY_NO_IMMEDIATE_RELOAD));
}

/* Does a zero call back now? */
static bool triggers_at_once(const ptimer_state *s, Cause cause)
{
    return !has_policy(s, PTIMER_POLICY_NO_IMMEDIATE_TRIGGER) &&
           !(cause == WAS_SET &&
             has_policy(s, PTIMER_POLICY_TRIGGER_ONLY_ON_DECREMENT));
}

/* Finds the event after the one at next_event. */
static void find_next_event(ptimer_state *s, Cause cause)
{
    uint64_t steps;

    if (!s->delta && triggers_at_once(s, cause)) {
        s->callback(s->callback_opaque); /* which may change all of it */
    }
    if (!s->delta && !has_policy(s, PTIMER_POLICY_NO_IMMEDIATE_RELOAD)) {
        s->delta = s->limit;
    }
    if (!has_period(s)) {
        disable(s, "period");
        return;
    }
    steps = steps_to_go(s, cause);
    if (!steps) {
        if (s->enabled) {
            disable(s, "delta");
        }
        return;
    }
    s->last_event = s->next_event;
    s->next_event += (int64_t)(step_time(s, steps) * steps >> 32);
    timer_mod(s->timer, s->next_event);
}

static void ptimer_tick(void *opaque)
{
    ptimer_state *s = opaque;
    Cause cause = s->delta && s->limit ? HAS_EXPIRED : STAYED_ZERO;
    bool fires = true;

    ptimer_transaction_begin(s);
    if (s->enabled == ONESHOT) {
        s->enabled = STOPPED;
        s->delta = 0;
    } else {
        /* A zero that calls back when it is found needs no second time. */
        fires = cause == HAS_EXPIRED ||
                has_policy(s, PTIMER_POLICY_NO_IMMEDIATE_TRIGGER);
        s->delta = s->limit;
        find_next_event(s, cause);
    }
    if (fires) {
        s->callback(s->callback_opaque);
    }
    ptimer_transaction_commit(s);
}

/* The counter of a timer that runs, @now being before its next event. */
static uint64_t steps_left(const ptimer_state *s, int64_t now)
{
    unsigned __int128 left = (unsigned __int128)(s->next_event - now) << 32;

    /* Only a corrupt stream has no period here. */
    return has_period(s) ? left / step_time(s, s->delta) : 0;
}

/* Is it in the period for which it stays at zero? */
static bool stays_at_zero(const ptimer_state *s, int64_t now, uint64_t left)
{
    uint64_t extra = now == s->last_event; /* else it is rounded down */

    return has_policy(s, PTIMER_POLICY_WRAP_AFTER_ONE_PERIOD) &&
           s->enabled == PERIODIC && s->delta == s->limit &&
           left == s->limit + extra;
}

uint64_t ptimer_get_count(ptimer_state *s)
{
    int64_t now;
    uint64_t left = 0;

    if (!s->enabled || !s->delta) {
        return s->delta;
    }
    now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    if (now < s->next_event) {
        left = steps_left(s, now);
        if (stays_at_zero(s, now, left)) {
            return 0;
        }
    }
    return left + (now != s->last_event &&
                   has_policy(s, PTIMER_POLICY_NO_COUNTER_ROUND_DOWN));
}

/*** Changes. ***/

void ptimer_transaction_begin(ptimer_state *s)
{
    assert(!s->in_transaction);
    s->in_transaction = true;
    s->need_reload = false;
}

void ptimer_transaction_commit(ptimer_state *s)
{
    assert(s->in_transaction);
    while (s->need_reload) {
        s->need_reload = false;
        if (s->enabled) {
            s->next_event = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
            find_next_event(s, WAS_SET);
        }
    }
    s->in_transaction = false;
}

static void changed(ptimer_state *s)
{
    assert(s->in_transaction);
    if (s->enabled) {
        s->need_reload = true;
    }
}

void ptimer_set_count(ptimer_state *s, uint64_t count)
{
    s->delta = count;
    changed(s);
}

void ptimer_set_limit(ptimer_state *s, uint64_t limit, int reload)
{
    assert(s->in_transaction);
    s->limit = limit;
    if (reload) {
        ptimer_set_count(s, limit);
    }
}

uint64_t ptimer_get_limit(ptimer_state *s)
{
    return s->limit;
}

void ptimer_run(ptimer_state *s, int oneshot)
{
    bool runs = s->enabled;

    assert(s->in_transaction);
    if (!runs && !has_period(s)) {
        disable(s, "period");
        return;
    }
    s->enabled = oneshot ? ONESHOT : PERIODIC;
    if (!runs) {
        changed(s);
    }
}

void ptimer_stop(ptimer_state *s)
{
    assert(s->in_transaction);
    if (s->enabled) {
        s->delta = ptimer_get_count(s);
        disable(s, NULL);
        s->need_reload = false;
    }
}

/* The counter goes on from where it is, at the new rate. */
static void set_step_time(ptimer_state *s, uint64_t period, uint32_t frac)
{
    s->delta = ptimer_get_count(s);
    s->period = period;
    s->period_frac = frac;
    changed(s);
}

void ptimer_set_period(ptimer_state *s, int64_t period)
{
    set_step_time(s, period, 0);
}

void ptimer_set_freq(ptimer_state *s, uint32_t freq)
{
    uint64_t second = (uint64_t)NANOSECONDS_PER_SECOND;

    /* A frequency of 0 is no period, as of a clock that stands. */
    set_step_time(s, freq ? second / freq : 0,
                  freq ? (second << 32) / freq : 0);
}

void ptimer_set_period_from_clock(ptimer_state *s, const Clock *clock,
                                  unsigned int divisor)
{
    unsigned __int128 time = (unsigned __int128)clock_get(clock) * divisor;

    set_step_time(s, time >> 32, time);
}

/*** Life. ***/

const VMStateDescription vmstate_ptimer = {
    .name = "ptimer",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT8(enabled, ptimer_state),
            VMSTATE_UINT64(limit, ptimer_state),
            VMSTATE_UINT64(delta, ptimer_state),
            VMSTATE_UINT32(period_frac, ptimer_state),
            VMSTATE_INT64(period, ptimer_state),
            VMSTATE_INT64(last_event, ptimer_state),
            VMSTATE_INT64(next_event, ptimer_state),
            VMSTATE_TIMER_PTR(timer, ptimer_state),
            VMSTATE_END_OF_LIST(),
        },
};

ptimer_state *ptimer_init(ptimer_cb callback, void *callback_opaque,
                          uint8_t policy_mask)
{
    ptimer_state *s = g_new0(ptimer_state, 1);

    assert(!(policy_mask & PTIMER_POLICY_TRIGGER_ONLY_ON_DECREMENT) ||
           !(policy_mask & PTIMER_POLICY_NO_IMMEDIATE_TRIGGER));
    s->callback = callback;
    s->callback_opaque = callback_opaque;
    s->policy_mask = policy_mask;
    s->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, ptimer_tick, s);
    return s;
}

void ptimer_free(ptimer_state *s)
{
    timer_free(s->timer);
    g_free(s);
}
