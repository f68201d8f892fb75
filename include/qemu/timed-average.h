/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Minimum, maximum and average of the values of a recent span of time.
 *
 * Two windows of the length of the period overlap by half; what is asked for
 * is answered by the older one, so it covers between half a period and a
 * whole one. Not thread-safe.
 */
#ifndef TIMED_AVERAGE_H
#define TIMED_AVERAGE_H

#include "qemu/timer.h"

typedef struct TimedAverageWindow TimedAverageWindow;
typedef struct TimedAverage TimedAverage;

/* Private. */
struct TimedAverageWindow {
    uint64_t min;
    uint64_t max;
    uint64_t sum;
    uint64_t count;
    int64_t expiration;         /* when it begins anew */
};

struct TimedAverage {
    uint64_t period;
    TimedAverageWindow windows[2];
    unsigned current;           /* the older one */
    QEMUClockType clock_type;
};

/* Begins, with a period in nanoseconds of the clock, which is not zero. */
void timed_average_init(TimedAverage *ta, QEMUClockType clock_type,
                        uint64_t period);
/* Adds a value at the present time. */
void timed_average_account(TimedAverage *ta, uint64_t value);

/* Of the older window; 0 if it has no values. */
uint64_t timed_average_min(TimedAverage *ta);
uint64_t timed_average_avg(TimedAverage *ta);
uint64_t timed_average_max(TimedAverage *ta);
/* The sum, and in *@elapsed (NULL allowed) how long the window has been. */
uint64_t timed_average_sum(TimedAverage *ta, uint64_t *elapsed);

#endif
