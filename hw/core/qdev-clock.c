/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The named clocks of a device. */
#include "qemu/osdep.h"
#include "hw/qdev-clock.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"

static NamedClockList *find_clock(DeviceState *dev, const char *name)
{
    NamedClockList *ncl;

    QLIST_FOREACH(ncl, &dev->clocks, node) {
        if (strcmp(name, ncl->name) == 0) {
            return ncl;
        }
    }
    return NULL;
}

static NamedClockList *add_entry(DeviceState *dev, const char *name,
                                 bool output, Clock *clk, bool alias)
{
    NamedClockList *ncl = g_new0(NamedClockList, 1);

    /* Clocks are part of what a device looks like before it is realized. */
    assert(name && !dev->realized && !find_clock(dev, name));

    ncl->name = g_strdup(name);
    ncl->output = output;
    ncl->clock = clk;
    ncl->alias = alias;
    QLIST_INSERT_HEAD(&dev->clocks, ncl, node);
    return ncl;
}

static Clock *add_clock(DeviceState *dev, const char *name, bool output)
{
    Clock *clk = CLOCK(object_new(TYPE_CLOCK));

    object_property_add_child(OBJECT(dev), name, OBJECT(clk));
    /* The entry keeps the reference that object_new() gave. */
    add_entry(dev, name, output, clk, false);
    return clk;
}

Clock *qdev_init_clock_out(DeviceState *dev, const char *name)
{
    return add_clock(dev, name, true);
}

Clock *qdev_init_clock_in(DeviceState *dev, const char *name,
                          ClockCallback *callback, void *opaque,
                          unsigned int events)
{
    Clock *clk = add_clock(dev, name, false);

    clock_set_callback(clk, callback, opaque, events);
    return clk;
}

void qdev_init_clocks(DeviceState *dev, const ClockPortInitArray clocks)
{
    for (const struct ClockPortInitElem *e = clocks; e->name; e++) {
        Clock *clk = e->is_output
                         ? qdev_init_clock_out(dev, e->name)
                         : qdev_init_clock_in(dev, e->name, e->callback, dev,
                                              e->callback_events);

        if (e->offset) {
            *(Clock **)((char *)dev + e->offset) = clk;
        }
    }
}

static Clock *get_clock(DeviceState *dev, const char *name, bool output)
{
    NamedClockList *ncl = find_clock(dev, name);

    if (!ncl) {
        return NULL;
    }
    assert(ncl->output == output);
    return ncl->clock;
}

Clock *qdev_get_clock_in(DeviceState *dev, const char *name)
{
    return get_clock(dev, name, false);
}

Clock *qdev_get_clock_out(DeviceState *dev, const char *name)
{
    return get_clock(dev, name, true);
}

void qdev_connect_clock_in(DeviceState *dev, const char *name, Clock *source)
{
    assert(!dev->realized);
    clock_set_source(qdev_get_clock_in(dev, name), source);
}

Clock *qdev_alias_clock(DeviceState *dev, const char *name,
                        DeviceState *alias_dev, const char *alias_name)
{
    NamedClockList *ncl = find_clock(dev, name);
    NamedClockList *alias;

    assert(ncl);
    alias = add_entry(alias_dev, alias_name, ncl->output,
                      CLOCK(object_ref(ncl->clock)), true);
    /* The entry of the aliasing device lives as long as its property. */
    object_property_add_link(OBJECT(alias_dev), alias_name, TYPE_CLOCK,
                             (Object **)&alias->clock, NULL, 0);
    return alias->clock;
}

void qdev_finalize_clocklist(DeviceState *dev)
{
    NamedClockList *ncl, *next;

    QLIST_FOREACH_SAFE(ncl, &dev->clocks, node, next) {
        QLIST_REMOVE(ncl, node);
        if (!ncl->output && !ncl->alias) {
            /* Its callback's opaque is about to go. */
            clock_set_callback(ncl->clock, NULL, NULL, 0);
        }
        object_unref(OBJECT(ncl->clock));
        g_free(ncl->name);
        g_free(ncl);
    }
}
