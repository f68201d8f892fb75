/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of the log (qemu/log.h) that generated trace headers need. */
#ifndef QEMU_LOG_FOR_TRACE_H
#define QEMU_LOG_FOR_TRACE_H

#include <stdbool.h>
#include <glib.h>

/* The items of -d that are on, LOG_* and CPU_LOG_*. Read it as below. */
extern int qemu_loglevel;

#define LOG_TRACE (1 << 15)

/* Is any of @mask on? Any thread; a change is seen soon, not at once. */
static inline bool qemu_loglevel_mask(int mask)
{
    return (__atomic_load_n(&qemu_loglevel, __ATOMIC_RELAXED) & mask) != 0;
}

/* Appends to the log, when there is one. One call is written in one piece. */
void qemu_log(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

#endif
