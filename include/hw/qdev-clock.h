/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clocks of a device: outputs that it drives, inputs that follow what the
 * board connects. Each is a named Clock and a child of the device.
 *
 * A device declares its clocks in instance_init; the board connects inputs
 * before it realizes the device.
 */
#ifndef QDEV_CLOCK_H
#define QDEV_CLOCK_H

#include "hw/clock.h"

/* Adds input @name; @callback (may be NULL) hears the ClockEvents @events. */
Clock *qdev_init_clock_in(DeviceState *dev, const char *name,
                          ClockCallback *callback, void *opaque,
                          unsigned int events);
Clock *qdev_init_clock_out(DeviceState *dev, const char *name);

/* The clock of that name and direction, or NULL. */
Clock *qdev_get_clock_in(DeviceState *dev, const char *name);
Clock *qdev_get_clock_out(DeviceState *dev, const char *name);

/* Input @name of @dev, not yet realized, follows @source from now on. */
void qdev_connect_clock_in(DeviceState *dev, const char *name, Clock *source);

/*
 * Shows clock @name of the inner device @dev as @alias_name of @alias_dev, in
 * the same direction. Returns the clock.
 */
Clock *qdev_alias_clock(DeviceState *dev, const char *name,
                        DeviceState *alias_dev, const char *alias_name);

/* For qdev itself: lets go of all clocks of a dying device. */
void qdev_finalize_clocklist(DeviceState *dev);

/* A row of a table of clocks; @offset: where the Clock * goes, 0: nowhere. */
struct ClockPortInitElem {
    const char *name;
    bool is_output;
    ClockCallback *callback;
    unsigned int callback_events;
    size_t offset;
};

#define clock_offset_value(devstate, field) \
    (offsetof(devstate, field) +            \
     type_check(Clock *, typeof_field(devstate, field)))

#define QDEV_CLOCK(out_not_in, devstate, field, cb, cbevents)             \
    {                                                                     \
        .name = (stringify(field)),                                       \
        .is_output = out_not_in,                                          \
        .callback = cb,                                                   \
        .callback_events = cbevents,                                      \
        .offset = clock_offset_value(devstate, field),                    \
    }

/* Rows for a field of type Clock *, which also gives the clock its name. */
#define QDEV_CLOCK_IN(devstate, field, callback, cbevents) \
    QDEV_CLOCK(false, devstate, field, callback, cbevents)
#define QDEV_CLOCK_OUT(devstate, field) \
    QDEV_CLOCK(true, devstate, field, NULL, 0)
#define QDEV_CLOCK_END { .name = NULL }

typedef struct ClockPortInitElem ClockPortInitArray[];

/* Adds the clocks of a table; callbacks get @dev as their opaque. */
void qdev_init_clocks(DeviceState *dev, const ClockPortInitArray clocks);

#endif
