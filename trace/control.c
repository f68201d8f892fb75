/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which trace events there are, finding them, and switching them.
 *
 * Events come in groups, one per folder or module, each a NULL-terminated
 * array that its constructor registers. What the user asked for is kept, and
 * applied again to groups that come later.
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "trace/control.h"

int trace_events_enabled_count;

static TraceEvent ***groups;
static size_t n_groups;
static uint32_t next_id;
/* Arguments of trace_enable_events() with a pattern, in their order. */
static GPtrArray *requests;

/* The arguments that are spelled as one asks for help. */
static bool is_help(const char *arg)
{
    return !strcmp(arg, "?") || !strcmp(arg, "help");
}

void trace_event_iter_init_all(TraceEventIter *iter)
{
    *iter = (TraceEventIter){ .group_id = SIZE_MAX };
}

void trace_event_iter_init_pattern(TraceEventIter *iter, const char *pattern)
{
    trace_event_iter_init_all(iter);
    iter->pattern = pattern;
}

void trace_event_iter_init_group(TraceEventIter *iter, size_t group_id)
{
    trace_event_iter_init_all(iter);
    iter->group = group_id;
    iter->group_id = group_id;
}

TraceEvent *trace_event_iter_next(TraceEventIter *iter)
{
    while (iter->group < n_groups) {
        TraceEvent *ev = groups[iter->group][iter->event];

        if (!ev) {
            /* A walk through one group ends with it. */
            iter->group =
                iter->group_id == SIZE_MAX ? iter->group + 1 : n_groups;
            iter->event = 0;
            continue;
        }
        iter->event++;
        if (!iter->pattern || g_pattern_match_simple(iter->pattern, ev->name)) {
            return ev;
        }
    }
    return NULL;
}

TraceEvent *trace_event_name(const char *name)
{
    TraceEventIter iter;
    TraceEvent *ev;

    trace_event_iter_init_all(&iter);
    while ((ev = trace_event_iter_next(&iter))) {
        if (!strcmp(ev->name, name)) {
            return ev;
        }
    }
    return NULL;
}

void trace_event_set_state_dynamic(TraceEvent *ev, bool state)
{
    assert(trace_event_get_state_static(ev));
    if (trace_event_get_state_dynamic(ev) != state) {
        qatomic_set(ev->dstate, state);
        qatomic_set(&trace_events_enabled_count,
                    trace_events_enabled_count + (state ? 1 : -1));
    }
}

/* Switches those of @iter's events that can be; how many @iter had. */
static size_t switch_events(TraceEventIter *iter, bool state)
{
    size_t n = 0;
    TraceEvent *ev;

    while ((ev = trace_event_iter_next(iter))) {
        n++;
        if (trace_event_get_state_static(ev)) {
            trace_event_set_state_dynamic(ev, state);
        }
    }
    return n;
}

void trace_event_register_group(TraceEvent **events)
{
    groups = g_renew(TraceEvent **, groups, n_groups + 1);
    groups[n_groups++] = events;
    for (size_t i = 0; events[i]; i++) {
        events[i]->id = next_id++;
    }

    for (guint i = 0; requests && i < requests->len; i++) {
        const char *request = g_ptr_array_index(requests, i);
        bool enable = request[0] != '-';
        TraceEventIter iter;

        trace_event_iter_init_group(&iter, n_groups - 1);
        iter.pattern = enable ? request : request + 1;
        switch_events(&iter, enable);
    }
}

void trace_list_events(FILE *f)
{
    TraceEventIter iter;
    TraceEvent *ev;

    trace_event_iter_init_all(&iter);
    while ((ev = trace_event_iter_next(&iter))) {
        fprintf(f, "%s\n", ev->name);
    }
}

void trace_enable_events(const char *line_buf)
{
    bool enable = line_buf[0] != '-';
    const char *name = enable ? line_buf : line_buf + 1;
    TraceEventIter iter;
    TraceEvent *ev;

    if (is_help(line_buf)) {
        trace_list_events(stdout);
        if (!error_sink_active()) {
            exit(0);
        }
        return;
    }

    if (trace_event_is_pattern(name)) {
        trace_event_iter_init_pattern(&iter, name);
        switch_events(&iter, enable);
        if (!requests) {
            requests = g_ptr_array_new_with_free_func(g_free);
        }
        g_ptr_array_add(requests, g_strdup(line_buf));
        return;
    }

    ev = trace_event_name(name);
    if (!ev) {
        warn_report("trace event '%s' does not exist", name);
    } else if (!trace_event_get_state_static(ev)) {
        warn_report("trace event '%s' is not traceable", name);
    } else {
        trace_event_set_state_dynamic(ev, enable);
    }
}

#ifdef CONFIG_TRACE_LOG
/* "-d trace:PATTERN" is for the log backend alone. */
static void __attribute__((constructor)) hook_into_log(void)
{
    qemu_log_set_trace_hook(trace_enable_events);
}
#endif
