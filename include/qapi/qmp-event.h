/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events: what the generated qapi_event_send_NAME() functions start with.
 *
 * Each builds the event's object here, adds its data, and hands it to
 * qapi_event_emit(), which whoever delivers events implements (the monitor).
 */
#ifndef QMP_EVENT_H
#define QMP_EVENT_H

/*
 * An event object with the name and the present time:
 * { "event": NAME, "timestamp": { "seconds": S, "microseconds": U } }.
 * Where the host's clock fails, both are -1. The caller owns it.
 */
QDict *qmp_event_build_dict(const char *event_name);

#endif
