/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clock lines between devices.
 *
 * A clock is an object with a period; 0 means that it stands still. Clocks
 * form a tree: one with a source follows that source's period, times the
 * source's multiplier over its divider. A period is set at the root with
 * clock_set() and reaches the tree with clock_propagate(); every clock has one
 * callback that hears of the change.
 *
 * Periods count units of 2^-32 ns: up to 4 seconds, and frequencies to within
 * 2 mHz at 100 MHz. All functions that change a clock need the big lock.
 */
#ifndef QEMU_HW_CLOCK_H
#define QEMU_HW_CLOCK_H

#include "qom/object.h"
#include "qemu/queue.h"
#include "qemu/host-utils.h"
#include "qemu/bitops.h"

#define TYPE_CLOCK "clock"
OBJECT_DECLARE_SIMPLE_TYPE(Clock, CLOCK)

/* Why a callback is called; also a mask of what it wants to hear. */
typedef enum ClockEvent {
    ClockUpdate = 1,    /* the period has changed */
    ClockPreUpdate = 2, /* it is about to change, clock_get() is the old one */
} ClockEvent;

typedef void ClockCallback(void *opaque, ClockEvent event);

#define CLOCK_PERIOD_1SEC (1000000000llu << 32)

#define CLOCK_PERIOD_FROM_NS(ns) ((ns) * (CLOCK_PERIOD_1SEC / 1000000000llu))
#define CLOCK_PERIOD_FROM_HZ(hz) (((hz) != 0) ? CLOCK_PERIOD_1SEC / (hz) : 0u)
#define CLOCK_PERIOD_TO_HZ(per)                                           \
    (((per) != 0) ? CLOCK_PERIOD_1SEC / (per) : 0u)

/* Private; use the functions. */
struct Clock {
    Object parent_obj;

    uint64_t period;
    char *canonical_path;
    ClockCallback *callback;
    void *callback_opaque;
    unsigned int callback_events;

    /* what those that have this clock as their source run at */
    uint32_t multiplier;
    uint32_t divider;

    Clock *source;
    QLIST_HEAD(, Clock) children;
    QLIST_ENTRY(Clock) sibling;
};

/* Entries for a device's migration state (migration/vmstate.h). */
extern const VMStateDescription vmstate_clock;
#define VMSTATE_CLOCK(field, state) VMSTATE_CLOCK_V(field, state, 0)
#define VMSTATE_CLOCK_V(field, state, version) \
    VMSTATE_STRUCT_POINTER_V(field, state, version, vmstate_clock, Clock)
#define VMSTATE_ARRAY_CLOCK(field, state, num) \
    VMSTATE_ARRAY_CLOCK_V(field, state, num, 0)
#define VMSTATE_ARRAY_CLOCK_V(field, state, num, version)              \
    VMSTATE_ARRAY_OF_POINTER_TO_STRUCT(field, state, num, version,     \
                                       vmstate_clock, Clock)

/* Remembers the clock's path for messages, once it is in the tree. */
void clock_setup_canonical_path(Clock *clk);

/* A new clock as the child @name of @parent, which owns it. */
Clock *clock_new(Object *parent, const char *name);

/* Sets the one callback and the ClockEvents that it hears. */
void clock_set_callback(Clock *clk, ClockCallback *cb, void *opaque,
                        unsigned int events);

/*
 * Makes @clk follow @src. The present period is taken over by @clk and what
 * is below it without calling anybody. A source cannot be changed later.
 */
void clock_set_source(Clock *clk, Clock *src);

static inline bool clock_has_source(const Clock *clk)
{
    return clk->source != NULL;
}

/* Sets the period of this clock alone; whether it is another than before. */
bool clock_set(Clock *clk, uint64_t value);

static inline bool clock_set_hz(Clock *clk, unsigned hz)
{
    return clock_set(clk, CLOCK_PERIOD_FROM_HZ(hz));
}

static inline bool clock_set_ns(Clock *clk, unsigned ns)
{
    return clock_set(clk, CLOCK_PERIOD_FROM_NS(ns));
}

/*
 * Brings the period of @clk, which must have no source, to all below it and
 * calls their callbacks. Not from instance_init or realize.
 */
void clock_propagate(Clock *clk);

/* clock_set(), and clock_propagate() if it made a difference. */
static inline void clock_update(Clock *clk, uint64_t value)
{
    if (clock_set(clk, value)) {
        clock_propagate(clk);
    }
}

static inline void clock_update_hz(Clock *clk, unsigned hz)
{
    clock_update(clk, CLOCK_PERIOD_FROM_HZ(hz));
}

static inline void clock_update_ns(Clock *clk, unsigned ns)
{
    clock_update(clk, CLOCK_PERIOD_FROM_NS(ns));
}

/* The period, in units of 2^-32 ns. */
static inline uint64_t clock_get(const Clock *clk)
{
    return clk->period;
}

static inline unsigned clock_get_hz(Clock *clk)
{
    uint64_t period = clock_get(clk);

    return CLOCK_PERIOD_TO_HZ(period);
}

/*
 * The nanoseconds that @ticks of the clock take, at most INT64_MAX, which is
 * what a timer can be set to.
 */
static inline uint64_t clock_ticks_to_ns(const Clock *clk, uint64_t ticks)
{
    unsigned __int128 ns = ((unsigned __int128)clk->period * ticks) >> 32;

    return ns > INT64_MAX ? INT64_MAX : (uint64_t)ns;
}

/* The ticks in @ns nanoseconds, modulo 2^64; 0 for a clock standing still. */
static inline uint64_t clock_ns_to_ticks(const Clock *clk, uint64_t ns)
{
    return clk->period
               ? (uint64_t)(((unsigned __int128)ns << 32) / clk->period)
               : 0;
}

/* Whether the clock runs. */
static inline bool clock_is_enabled(const Clock *clk)
{
    return clock_get(clk) != 0;
}

/* New string: the frequency for people, "33.3 MHz". */
char *clock_display_freq(Clock *clk);

/*
 * Clocks that follow @clk get its period times @multiplier (0: they stand
 * still) over @divider (not 0). Takes effect with the next clock_propagate();
 * returns whether it is a change.
 */
bool clock_set_mul_div(Clock *clk, uint32_t multiplier, uint32_t divider);

#endif
