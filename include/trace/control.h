/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trace events: what exists, what is on.
 *
 * A folder's trace-events file declares events; scripts/tracetool writes
 * trace/trace-FOLDER.h with an inline function trace_NAME() for each, and the
 * folder's trace.h includes that. An event that is off costs a load and a
 * branch. Events are switched on by -trace, -d trace:PATTERN, QMP and HMP, all
 * of which call the functions here.
 *
 * Registration is done before main() or while a module is loaded; switching is
 * safe at any time, by one thread at a time.
 */
#ifndef TRACE__CONTROL_H
#define TRACE__CONTROL_H

#include "qemu/atomic.h"
#include "trace/event-internal.h"

/* How many events are on. */
extern int trace_events_enabled_count;

/* Whether the event TRACE_NAME is on; for generated code. */
#define trace_event_get_state_dynamic_by_id(id)                          \
    (unlikely(qatomic_read(&trace_events_enabled_count)) &&              \
     qatomic_read(&_##id##_DSTATE))

/*
 * Whether the event with the identifier TRACE_NAME is on; the second, whether
 * any backend would see it, to guard what is costly to compute for it.
 */
#define trace_event_get_state(id)                                        \
    ((id##_ENABLED) && trace_event_get_state_dynamic_by_id(id))
#define trace_event_get_state_backends(id)                               \
    ((id##_ENABLED) && id##_BACKEND_DSTATE())

/* An event by its name; NULL if there is none. */
TraceEvent *trace_event_name(const char *name);

static inline uint32_t trace_event_get_id(TraceEvent *ev)
{
    return ev->id;
}

static inline const char *trace_event_get_name(TraceEvent *ev)
{
    return ev->name;
}

/* Whether it can be on at all; whether it is. */
static inline bool trace_event_get_state_static(TraceEvent *ev)
{
    return ev->sstate;
}

static inline bool trace_event_get_state_dynamic(TraceEvent *ev)
{
    return qatomic_read(ev->dstate);
}

/* Switches it; not for one that cannot be on. */
void trace_event_set_state_dynamic(TraceEvent *ev, bool state);

/* Whether @str is a pattern: * stands for anything, ? for one character. */
static inline bool trace_event_is_pattern(const char *str)
{
    return strchr(str, '*') != NULL;
}

/*
 * A walk through all events, those that match a pattern (which must live as
 * long), or those of a group. _next() returns NULL at the end.
 */
typedef struct TraceEventIter {
    size_t event;
    size_t group;
    size_t group_id;
    const char *pattern;
} TraceEventIter;

void trace_event_iter_init_all(TraceEventIter *iter);
void trace_event_iter_init_pattern(TraceEventIter *iter, const char *pattern);
void trace_event_iter_init_group(TraceEventIter *iter, size_t group_id);
TraceEvent *trace_event_iter_next(TraceEventIter *iter);

/* Makes a NULL-terminated array of events known. For generated code. */
void trace_event_register_group(TraceEvent **events);

/* Prints the names of all events to @f, one a line. */
void trace_list_events(FILE *f);

/*
 * Switches events on: a name or a pattern; with "-" before it, off. "help"
 * prints them all, and exits unless a monitor command runs. One that does not
 * exist gives a warning; the events of modules that are loaded later are
 * switched as they come.
 */
void trace_enable_events(const char *line_buf);

/*
 * Takes the argument of -trace: [enable=]PATTERN,events=FILE,file=FILE. Exits
 * with a message if it is wrong.
 */
void trace_opt_parse(const char *optstr);

/* After the command line: the log goes to file=FILE, if that was given. */
void trace_init_file(void);
/* Starts the backends; whether they could. */
bool trace_init_backends(void);

#endif
