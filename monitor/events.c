/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * qapi_event_emit(): events to all QMP clients, some of them at a limited rate.
 *
 * Any thread may emit an event, with or without the big lock, also from inside
 * the delivery of another one (a character device that breaks while it writes,
 * say): then it waits in a list of this thread until that one is out.
 */
#include "qemu/osdep.h"
#include "qapi/qapi-emit-events.h"
#include "qemu/lockable.h"
#include "qemu/timer.h"
#include "qobject/qjson.h"
#include "event-throttle.h"
#include "monitor-internal.h"
#include "trace.h"

/*
 * Events that a guest, or something as busy, causes. With @about, the member
 * of their data that tells what they concern.
 */
static const struct {
    const char *name;
    const char *about;
} limited_events[] = {
    { "RTC_CHANGE" },
    { "BALLOON_CHANGE" },
    { "WATCHDOG" },
    { "QUORUM_REPORT_BAD", "node-name" },
    { "QUORUM_FAILURE" },
    { "BLOCK_IO_ERROR", "qom-path" },
    { "VSERPORT_CHANGE", "id" },
    { "MEMORY_DEVICE_SIZE_CHANGE", "qom-path" },
    { "HV_BALLOON_STATUS_REPORT" },
};

#define PERIOD_NS (1000 * SCALE_MS)

typedef struct QueuedEvent {
    QAPIEvent event;
    QDict *qdict;
    QSIMPLEQ_ENTRY(QueuedEvent) next;
} QueuedEvent;

typedef QSIMPLEQ_HEAD(, QueuedEvent) EventQueue;

/* Under monitor_lock. */
static EventThrottle *throttle;
static QEMUTimer *timer;
static QEMUClockType event_clock = QEMU_CLOCK_REALTIME;

static void period_ended(void *opaque);

void monitor_set_event_clock(QEMUClockType clock)
{
    QEMU_LOCK_GUARD(&monitor_lock);
    event_clock = clock;
    if (timer) {
        /* Of the clock that the periods are measured by, or it never ends. */
        timer_free(timer);
        timer = timer_new_ns(event_clock, period_ended, NULL);
    }
}

/* To all clients that are past the negotiation. monitor_lock is held. */
static void broadcast(void *opaque, int type, const QDict *qdict)
{
    GString *text[2] = { NULL, NULL };
    Monitor *mon;

    trace_monitor_protocol_event_emit(type, (void *)qdict);
    QTAILQ_FOREACH(mon, &mon_list, entry) {
        MonitorQMP *qmp = monitor_to_qmp(mon);

        if (!mon->is_qmp || qatomic_read(&qmp->commands) != &qmp_commands) {
            continue;
        }
        if (!text[qmp->pretty]) {
            text[qmp->pretty] =
                qobject_to_json_pretty(QOBJECT(qdict), qmp->pretty);
            g_string_append_c(text[qmp->pretty], '\n');
        }
        monitor_put_event(mon, text[qmp->pretty]->str);
    }
    for (int i = 0; i < 2; i++) {
        if (text[i]) {
            g_string_free(text[i], true);
        }
    }
}

static void arm_timer(void)
{
    int64_t deadline = event_throttle_deadline(throttle);

    if (deadline == INT64_MAX) {
        timer_del(timer);
    } else {
        timer_mod_ns(timer, deadline);
    }
}

static void period_ended(void *opaque)
{
    QEMU_LOCK_GUARD(&monitor_lock);
    event_throttle_run(throttle, qemu_clock_get_ns(event_clock));
    arm_timer();
}

/* An error that stops the machine is told each time: the guest cannot flood. */
static bool stops_the_machine(const char *name, QDict *qdict)
{
    QDict *data = qdict_get_qdict(qdict, "data");

    return !strcmp(name, "BLOCK_IO_ERROR") &&
           !g_strcmp0(qdict_get_try_str(data, "action"), "stop");
}

static void deliver(QAPIEvent event, QDict *qdict)
{
    const char *name = QAPIEvent_str(event);
    QDict *data;

    QEMU_LOCK_GUARD(&monitor_lock);
    for (int i = 0; i < (int)G_N_ELEMENTS(limited_events) && timer; i++) {
        if (strcmp(limited_events[i].name, name) ||
            stops_the_machine(name, qdict)) {
            continue;
        }
        trace_monitor_protocol_event_queue(event, qdict, PERIOD_NS);
        data = qdict_get_qdict(qdict, "data");
        event_throttle_put(
            throttle, event,
            data && limited_events[i].about
                ? qdict_get_try_str(data, limited_events[i].about)
                : NULL,
            qdict, qemu_clock_get_ns(event_clock), PERIOD_NS);
        arm_timer();
        return;
    }
    broadcast(NULL, event, qdict);
}

void qapi_event_emit(QAPIEvent event, QDict *qdict)
{
    static __thread EventQueue *queue;
    QueuedEvent *e = g_new(QueuedEvent, 1);
    EventQueue local = QSIMPLEQ_HEAD_INITIALIZER(local);

    e->event = event;
    e->qdict = qobject_ref(qdict);
    if (queue) {
        QSIMPLEQ_INSERT_TAIL(queue, e, next);
        return;
    }
    queue = &local;
    QSIMPLEQ_INSERT_TAIL(queue, e, next);
    while ((e = QSIMPLEQ_FIRST(queue))) {
        QSIMPLEQ_REMOVE_HEAD(queue, next);
        deliver(e->event, e->qdict);
        qobject_unref(e->qdict);
        g_free(e);
    }
    queue = NULL;
}

void monitor_events_init(void)
{
    QEMU_LOCK_GUARD(&monitor_lock);
    if (!throttle) {
        throttle = event_throttle_new(broadcast, NULL);
        timer = timer_new_ns(event_clock, period_ended, NULL);
    }
}

void monitor_events_cleanup(void)
{
    QEMU_LOCK_GUARD(&monitor_lock);
    timer_free(timer);
    timer = NULL;
    event_throttle_free(throttle);
    throttle = NULL;
}
