/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics over two overlapping windows of time.
 */
#include "qemu/osdep.h"
#include "qemu/timed-average.h"

static void window_clear(TimedAverageWindow *w, int64_t expiration)
{
    *w = (TimedAverageWindow){ .min = UINT64_MAX, .expiration = expiration };
}

/*
 * Begins windows anew whose time is over, where they would stand had they
 * been renewed in time; returns the older one.
 */
static TimedAverageWindow *refresh(TimedAverage *ta, int64_t *now)
{
    *now = qemu_clock_get_ns(ta->clock_type);
    for (int i = 0; i < 2; i++) {
        TimedAverageWindow *w = &ta->windows[i];

        if (w->expiration <= *now) {
            int64_t over = *now - w->expiration;

            window_clear(w,
                         w->expiration + (over / ta->period + 1) * ta->period);
        }
    }
    ta->current = ta->windows[1].expiration < ta->windows[0].expiration;
    return &ta->windows[ta->current];
}

void timed_average_init(TimedAverage *ta, QEMUClockType clock_type,
                        uint64_t period)
{
    int64_t now = qemu_clock_get_ns(clock_type);

    assert(period);
    *ta = (TimedAverage){ .clock_type = clock_type, .period = period };
    window_clear(&ta->windows[0], now + period / 2);
    window_clear(&ta->windows[1], now + period);
}

void timed_average_account(TimedAverage *ta, uint64_t value)
{
    int64_t now;

    refresh(ta, &now);
    for (int i = 0; i < 2; i++) {
        TimedAverageWindow *w = &ta->windows[i];

        w->sum += value;
        w->count++;
        w->min = MIN(w->min, value);
        w->max = MAX(w->max, value);
    }
}

uint64_t timed_average_min(TimedAverage *ta)
{
    int64_t now;
    TimedAverageWindow *w = refresh(ta, &now);

    return w->count ? w->min : 0;
}

uint64_t timed_average_avg(TimedAverage *ta)
{
    int64_t now;
    TimedAverageWindow *w = refresh(ta, &now);

    return w->count ? w->sum / w->count : 0;
}

uint64_t timed_average_max(TimedAverage *ta)
{
    int64_t now;

    return refresh(ta, &now)->max;
}

uint64_t timed_average_sum(TimedAverage *ta, uint64_t *elapsed)
{
    int64_t now;
    TimedAverageWindow *w = refresh(ta, &now);

    if (elapsed) {
        *elapsed = now - (w->expiration - (int64_t)ta->period);
    }
    return w->sum;
}
