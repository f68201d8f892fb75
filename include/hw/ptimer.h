/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A countdown timer as hardware has it: a counter that goes down at a given
 * rate, calls back at zero, and stops there or begins anew from its limit.
 *
 * Everything that changes it stands between ptimer_transaction_begin() and
 * ptimer_transaction_commit(), which works out what all of it comes to; the
 * callback runs from there, or when the time has come, and always inside a
 * transaction, so it must not begin one. Timers differ in what happens at
 * zero: the policy says how this one does. Under the BQL.
 */
#ifndef PTIMER_H
#define PTIMER_H

#include "qemu/timer.h"

/*
 * Without any of these: a counter at zero, when it is set or started, calls
 * back at once and is loaded from the limit; one with a limit of zero stops
 * with a message; and a running counter reads as one less than it is.
 */
#define PTIMER_POLICY_LEGACY 0
/* At zero it stays for one period before it is loaded. */
#define PTIMER_POLICY_WRAP_AFTER_ONE_PERIOD (1 << 0)
/* With a limit of zero it calls back every period. */
#define PTIMER_POLICY_CONTINUOUS_TRIGGER (1 << 1)
/* A zero that is set, or started with, calls back after one period. */
#define PTIMER_POLICY_NO_IMMEDIATE_TRIGGER (1 << 2)
/* ... and is loaded from the limit after one period. */
#define PTIMER_POLICY_NO_IMMEDIATE_RELOAD (1 << 3)
/* It reads as what it is. */
#define PTIMER_POLICY_NO_COUNTER_ROUND_DOWN (1 << 4)
/*
 * A zero that is set does not call back, only one that is reached. Not with
 * NO_IMMEDIATE_TRIGGER.
 */
#define PTIMER_POLICY_TRIGGER_ONLY_ON_DECREMENT (1 << 5)

typedef struct ptimer_state ptimer_state;
typedef void (*ptimer_cb)(void *opaque);

/* A new timer, stopped, with counter, limit and period of 0. */
ptimer_state *ptimer_init(ptimer_cb callback, void *callback_opaque,
                          uint8_t policy_mask);
void ptimer_free(ptimer_state *s);

/* Not nested. */
void ptimer_transaction_begin(ptimer_state *s);
void ptimer_transaction_commit(ptimer_state *s);

/*
 * The rate, in a transaction: nanoseconds per step, steps per second (precise
 * to 2^-32 ns), or a clock's frequency divided by @divisor.
 */
void ptimer_set_period(ptimer_state *s, int64_t period);
void ptimer_set_freq(ptimer_state *s, uint32_t freq);
void ptimer_set_period_from_clock(ptimer_state *s, const Clock *clock,
                                  unsigned int divisor);

/* What it is loaded with at zero; with @reload it is loaded at once as well. */
uint64_t ptimer_get_limit(ptimer_state *s);
void ptimer_set_limit(ptimer_state *s, uint64_t limit, int reload);

/* The counter, whether it runs or not. */
uint64_t ptimer_get_count(ptimer_state *s);
void ptimer_set_count(ptimer_state *s, uint64_t count);

/*
 * Starts it; with @oneshot it stops at zero. Without a period it does not run,
 * and the user is told. ptimer_stop() leaves the counter where it is.
 */
void ptimer_run(ptimer_state *s, int oneshot);
void ptimer_stop(ptimer_state *s);

extern const VMStateDescription vmstate_ptimer;

#define VMSTATE_PTIMER(_field, _state)                                    \
    VMSTATE_STRUCT_POINTER_V(_field, _state, 1, vmstate_ptimer,           \
                             ptimer_state)

#define VMSTATE_PTIMER_ARRAY(_f, _s, _n)                                  \
    VMSTATE_ARRAY_OF_POINTER_TO_STRUCT(_f, _s, _n, 0, vmstate_ptimer,     \
                                       ptimer_state)

#endif
