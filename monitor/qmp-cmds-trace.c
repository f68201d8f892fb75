/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trace events, from both kinds of monitor.
 */
#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-trace.h"
#include "trace/control.h"
#include "monitor-internal.h"

/*
 * Checks that the event @name exists and was compiled in; for a pattern, that
 * all that match were.
 */
static bool check_events(bool ignore_unavailable, const char *name,
                         Error **errp)
{
    TraceEventIter iter;
    TraceEvent *ev;

    if (!trace_event_is_pattern(name)) {
        ev = trace_event_name(name);
        if (!ev) {
            error_setg(errp, "unknown event \"%s\"", name);
            return false;
        }
        if (!ignore_unavailable && !trace_event_get_state_static(ev)) {
            error_setg(errp, "event \"%s\" is disabled", name);
            return false;
        }
        return true;
    }
    trace_event_iter_init_pattern(&iter, name);
    while (!ignore_unavailable && (ev = trace_event_iter_next(&iter))) {
        if (!trace_event_get_state_static(ev)) {
            error_setg(errp, "event \"%s\" is disabled",
                       trace_event_get_name(ev));
            return false;
        }
    }
    return true;
}

TraceEventInfoList *qmp_trace_event_get_state(const char *name, Error **errp)
{
    TraceEventInfoList *list = NULL;
    TraceEventIter iter;
    TraceEvent *ev;

    if (!check_events(true, name, errp)) {
        return NULL;
    }
    trace_event_iter_init_pattern(&iter, name);
    while ((ev = trace_event_iter_next(&iter))) {
        TraceEventInfo *info = g_new0(TraceEventInfo, 1);

        info->name = g_strdup(trace_event_get_name(ev));
        info->state =
            !trace_event_get_state_static(ev)   ? TRACE_EVENT_STATE_UNAVAILABLE
            : trace_event_get_state_dynamic(ev) ? TRACE_EVENT_STATE_ENABLED
                                                : TRACE_EVENT_STATE_DISABLED;
        QAPI_LIST_PREPEND(list, info);
    }
    return list;
}

void qmp_trace_event_set_state(const char *name, bool enable,
                               bool has_ignore_unavailable,
                               bool ignore_unavailable, Error **errp)
{
    TraceEventIter iter;
    TraceEvent *ev;

    if (!check_events(has_ignore_unavailable && ignore_unavailable, name,
                      errp)) {
        return;
    }
    trace_event_iter_init_pattern(&iter, name);
    while ((ev = trace_event_iter_next(&iter))) {
        if (trace_event_get_state_static(ev)) {
            trace_event_set_state_dynamic(ev, enable);
        }
    }
}

void hmp_trace_event(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_trace_event_set_state(qdict_get_str(qdict, "name"),
                              qdict_get_bool(qdict, "option"), true, true,
                              &err);
    if (err) {
        error_report_err(err);
    }
}

void hmp_info_trace_events(Monitor *mon, const QDict *qdict)
{
    const char *name = qdict_get_try_str(qdict, "name");
    TraceEventInfoList *list;
    Error *err = NULL;

    list = qmp_trace_event_get_state(name ? name : "*", &err);
    if (err) {
        error_report_err(err);
        return;
    }
    for (TraceEventInfoList *e = list; e; e = e->next) {
        monitor_printf(mon, "%s : state %d\n", e->value->name,
                       e->value->state == TRACE_EVENT_STATE_ENABLED);
    }
    qapi_free_TraceEventInfoList(list);
}
