/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What describes a trace event at run time.
 */
#ifndef TRACE__EVENT_INTERNAL_H
#define TRACE__EVENT_INTERNAL_H

/* Defined in the code that scripts/tracetool writes; private members. */
typedef struct TraceEvent {
    uint32_t id;            /* its number, given when it is registered */
    const char *name;
    const bool sstate;      /* false: switched off by "disable" in its file */
    uint16_t *dstate;       /* whether it is on now */
} TraceEvent;

#endif
