/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How often an event may be sent: at most once in a period, and then the
 * newest one.
 *
 * The first event of a kind goes out at once and opens a period. Those that
 * come within it replace one another; at its end the last of them is sent and
 * opens the next period; if there was none, the kind is forgotten. Events of
 * one type that concern different things (two devices) are different kinds.
 *
 * Pure bookkeeping: time comes in as numbers, events leave through a callback.
 * The caller locks.
 */
#ifndef MONITOR_EVENT_THROTTLE_H
#define MONITOR_EVENT_THROTTLE_H

typedef struct EventThrottle EventThrottle;

/* Sends @event, the value of a kind named @key. It stays the throttle's. */
typedef void EventDeliverFn(void *opaque, int type, const QDict *event);

EventThrottle *event_throttle_new(EventDeliverFn *deliver, void *opaque);
void event_throttle_free(EventThrottle *t);

/*
 * @event of type @type happened at @now (in ns); @about says what it is about,
 * NULL if there is only one such thing. Delivers it, or keeps a reference until
 * at most @period ns later.
 */
void event_throttle_put(EventThrottle *t, int type, const char *about,
                        QDict *event, int64_t now, int64_t period);

/* Ends the periods that are over at @now. */
void event_throttle_run(EventThrottle *t, int64_t now);

/* When event_throttle_run() is due next, in ns; INT64_MAX if it is not. */
int64_t event_throttle_deadline(const EventThrottle *t);

#endif
