/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree of clocks and the way of a period down it. */
#include "qemu/osdep.h"
#include "hw/clock.h"
#include "qemu/cutils.h"
#include "qemu/module.h"

void clock_setup_canonical_path(Clock *clk)
{
    g_free(clk->canonical_path);
    clk->canonical_path = object_get_canonical_path(OBJECT(clk));
}

Clock *clock_new(Object *parent, const char *name)
{
    Object *obj = object_new(TYPE_CLOCK);

    object_property_add_child(parent, name, obj);
    object_unref(obj);
    clock_setup_canonical_path(CLOCK(obj));
    return CLOCK(obj);
}

void clock_set_callback(Clock *clk, ClockCallback *cb, void *opaque,
                        unsigned int events)
{
    clk->callback = cb;
    clk->callback_opaque = opaque;
    clk->callback_events = events;
}

bool clock_set(Clock *clk, uint64_t value)
{
    bool differs = clk->period != value;

    clk->period = value;
    return differs;
}

static void clock_notify(Clock *clk, ClockEvent event)
{
    if (clk->callback && (clk->callback_events & event)) {
        clk->callback(clk->callback_opaque, event);
    }
}

static uint64_t followers_period(const Clock *clk)
{
    return muldiv64(clk->period, clk->multiplier, clk->divider);
}

static void bring_down(Clock *clk, bool call)
{
    uint64_t period = followers_period(clk);
    Clock *child;

    QLIST_FOREACH(child, &clk->children, sibling) {
        if (child->period != period) {
            if (call) {
                clock_notify(child, ClockPreUpdate);
            }
            child->period = period;
            if (call) {
                clock_notify(child, ClockUpdate);
            }
            bring_down(child, call);
        }
    }
}

void clock_propagate(Clock *clk)
{
    assert(clk->source == NULL);
    bring_down(clk, true);
}

void clock_set_source(Clock *clk, Clock *src)
{
    /* Callbacks could not cope with a source that comes and goes. */
    assert(!clk->source);

    clk->period = followers_period(src);
    QLIST_INSERT_HEAD(&src->children, clk, sibling);
    clk->source = src;
    bring_down(clk, false);
}

static void clock_leave_source(Clock *clk)
{
    if (clk->source) {
        clk->source = NULL;
        QLIST_REMOVE(clk, sibling);
    }
}

bool clock_set_mul_div(Clock *clk, uint32_t multiplier, uint32_t divider)
{
    bool differs = clk->multiplier != multiplier || clk->divider != divider;

    assert(divider != 0);
    clk->multiplier = multiplier;
    clk->divider = divider;
    return differs;
}

char *clock_display_freq(Clock *clk)
{
    return freq_to_str(clock_get_hz(clk));
}

static void clock_init(Object *obj)
{
    Clock *clk = CLOCK(obj);

    clk->multiplier = 1;
    clk->divider = 1;
    QLIST_INIT(&clk->children);
}

static void clock_finalize(Object *obj)
{
    Clock *clk = CLOCK(obj);
    Clock *child, *next;

    QLIST_FOREACH_SAFE(child, &clk->children, sibling, next) {
        clock_leave_source(child);
    }
    clock_leave_source(clk);
    g_free(clk->canonical_path);
}

static const TypeInfo clock_types[] = {
    {
        .name = TYPE_CLOCK,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(Clock),
        .instance_init = clock_init,
        .instance_finalize = clock_finalize,
    },
};

DEFINE_TYPES(clock_types)
