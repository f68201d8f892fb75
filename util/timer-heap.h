/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What timer.c is made of: a clock that may stand, and the heap of a list.
 *
 * A heap of timers, the next one to expire on top.
 *
 * A pairing heap through the timers themselves: nothing is allocated. Order
 * is (expire_time, seq). The caller locks.
 */
#ifndef UTIL_TIMER_HEAP_H
#define UTIL_TIMER_HEAP_H

#include "qemu/timer.h"

/* Puts @ts, in no heap, into *@heap; O(1). */
void timer_heap_insert(QEMUTimer **heap, QEMUTimer *ts);
/* Takes @ts, which is in *@heap, out; O(log n) amortized. */
void timer_heap_remove(QEMUTimer **heap, QEMUTimer *ts);
/*
 * The first of those that have no attribute outside @attr_mask; NULL if there
 * is none. O(1) when the top is one of them.
 */
QEMUTimer *timer_heap_first(QEMUTimer *heap, int attr_mask);

/*
 * Whether the clock does not move by itself now, so that waiting brings no
 * timer of it nearer; cpu-timers.c, which notifies when that changes.
 */
bool timer_clock_stands(QEMUClockType type);

#endif
