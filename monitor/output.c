/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output of a monitor: a buffer that its character device empties.
 *
 * Nothing waits for a client that does not read. What it costs is bounded:
 *  - with BACKLOG_HIGH bytes waiting, the client's input is no longer read and
 *    its queued commands do not run, until it has taken all but BACKLOG_LOW;
 *    so what waits is at most that and the answer to one command;
 *  - with EVENTS_MAX bytes waiting, events for it are dropped, with a warning
 *    each time this begins. Answers are never dropped.
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "monitor-internal.h"
#include "trace.h"

#define BACKLOG_HIGH (1 * 1024 * 1024)
#define BACKLOG_LOW  (256 * 1024)
#define EVENTS_MAX   (8 * 1024 * 1024)

/* A command's output is written in pieces of this size, and at its end. */
#define FLUSH_SIZE 4096

static size_t pending(const Monitor *mon)
{
    return mon->outbuf->len - mon->outpos;
}

static void update_backlog(Monitor *mon)
{
    bool was = qatomic_read(&mon->backlogged);
    bool is = pending(mon) > (was ? BACKLOG_LOW : BACKLOG_HIGH);

    if (mon->skip_flush || is == was) {
        return;
    }
    qatomic_set(&mon->backlogged, is);
    if (!is) {
        mon->events_dropped = false;
        monitor_kick(mon);
        if (mon->is_qmp) {
            qmp_wake_dispatcher();
        }
    }
}

static gboolean can_write_again(void *do_not_use, GIOCondition cond,
                                void *opaque)
{
    Monitor *mon = opaque;

    QEMU_LOCK_GUARD(&mon->mon_lock);
    mon->out_watch = 0;
    monitor_flush_locked(mon);
    return G_SOURCE_REMOVE;
}

static void discard_output(Monitor *mon)
{
    g_string_truncate(mon->outbuf, 0);
    mon->outpos = 0;
    if (mon->outbuf->allocated_len > BACKLOG_HIGH) {
        g_string_free(mon->outbuf, true);
        mon->outbuf = g_string_new(NULL);
    }
}

/* @n bytes are written. Moves the rest only now and then. */
static void consume_output(Monitor *mon, size_t n)
{
    mon->outpos += n;
    if (mon->outpos == mon->outbuf->len) {
        discard_output(mon);
    } else if (mon->outpos > mon->outbuf->len / 2) {
        g_string_erase(mon->outbuf, 0, mon->outpos);
        mon->outpos = 0;
    }
}

void monitor_flush_locked(Monitor *mon)
{
    int rc;

    if (mon->skip_flush || mon->mux_out || !pending(mon)) {
        return;
    }
    rc = qemu_chr_fe_write(&mon->chr, (uint8_t *)mon->outbuf->str + mon->outpos,
                           MIN(pending(mon), INT_MAX));
    if (rc < 0 && errno != EAGAIN) {
        discard_output(mon);
    } else if (rc > 0) {
        consume_output(mon, rc);
    }
    if (pending(mon) && !mon->out_watch) {
        mon->out_watch = qemu_chr_fe_add_watch(&mon->chr, G_IO_OUT | G_IO_HUP,
                                               can_write_again, mon);
    }
    update_backlog(mon);
}

void monitor_flush(Monitor *mon)
{
    QEMU_LOCK_GUARD(&mon->mon_lock);
    monitor_flush_locked(mon);
}

int monitor_puts_locked(Monitor *mon, const char *str)
{
    const char *newline = NULL;

    for (; *str; str = newline + 1) {
        newline = strchr(str, '\n');
        if (!newline) {
            g_string_append(mon->outbuf, str);
            break;
        }
        g_string_append_len(mon->outbuf, str, newline - str);
        g_string_append(mon->outbuf, "\r\n");
    }
    /* A command's output is written in larger pieces than lines. */
    if (newline && (pending(mon) >= FLUSH_SIZE || monitor_cur() != mon)) {
        monitor_flush_locked(mon);
    }
    update_backlog(mon);
    return 0;
}

int monitor_puts(Monitor *mon, const char *str)
{
    if (!mon || monitor_is_qmp(mon)) {
        return -1;
    }
    QEMU_LOCK_GUARD(&mon->mon_lock);
    return monitor_puts_locked(mon, str);
}

int monitor_vprintf(Monitor *mon, const char *fmt, va_list ap)
{
    g_autofree char *text = NULL;

    if (!mon || monitor_is_qmp(mon)) {
        return -1;
    }
    text = g_strdup_vprintf(fmt, ap);
    monitor_puts(mon, text);
    return strlen(text);
}

int monitor_printf(Monitor *mon, const char *fmt, ...)
{
    va_list ap;
    int ret;

    va_start(ap, fmt);
    ret = monitor_vprintf(mon, fmt, ap);
    va_end(ap);
    return ret;
}

void monitor_printc(Monitor *mon, int ch)
{
    unsigned char c = ch;

    switch (c) {
    case '\'':
    case '\\':
        monitor_printf(mon, "'\\%c'", c);
        break;
    case '\n':
        monitor_printf(mon, "'\\n'");
        break;
    case '\r':
        monitor_printf(mon, "'\\r'");
        break;
    default:
        monitor_printf(mon, c >= 32 && c < 127 ? "'%c'" : "'\\x%02x'", c);
        break;
    }
}

int error_vprintf_unless_qmp(const char *fmt, va_list ap)
{
    Monitor *mon = monitor_cur();

    if (!mon) {
        return vfprintf(stderr, fmt, ap);
    }
    return monitor_vprintf(mon, fmt, ap);
}

int error_printf_unless_qmp(const char *fmt, ...)
{
    va_list ap;
    int ret;

    va_start(ap, fmt);
    ret = error_vprintf_unless_qmp(fmt, ap);
    va_end(ap);
    return ret;
}

bool monitor_put_event(Monitor *mon, const char *json)
{
    bool first = false;
    bool fits;

    WITH_QEMU_LOCK_GUARD(&mon->mon_lock) {
        fits = pending(mon) < EVENTS_MAX;
        if (fits) {
            monitor_puts_locked(mon, json);
            monitor_flush_locked(mon);
        } else {
            first = !mon->events_dropped;
            mon->events_dropped = true;
            trace_monitor_event_dropped(mon);
        }
    }
    if (first) {
        warn_report("QMP client does not read: %d MiB are waiting for it, "
                    "events are dropped until it does",
                    EVENTS_MAX / (1024 * 1024));
    }
    return fits;
}

char *monitor_take_output(Monitor *mon)
{
    QEMU_LOCK_GUARD(&mon->mon_lock);
    mon->outpos = 0;
    return g_string_free(g_steal_pointer(&mon->outbuf), false);
}
