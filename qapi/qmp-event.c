/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of an event that all events have.
 */
#include "qemu/osdep.h"
#include "qapi/qmp-event.h"
#include "qobject/qdict.h"

QDict *qmp_event_build_dict(const char *event_name)
{
    QDict *event = qdict_new();
    QDict *stamp = qdict_new();
    struct timespec now;
    int64_t seconds = -1, microseconds = -1;

    if (!clock_gettime(CLOCK_REALTIME, &now)) {
        seconds = now.tv_sec;
        microseconds = now.tv_nsec / 1000;
    }
    qdict_put_int(stamp, "seconds", seconds);
    qdict_put_int(stamp, "microseconds", microseconds);
    qdict_put_str(event, "event", event_name);
    qdict_put(event, "timestamp", stamp);
    return event;
}
