/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of monitors, their life and death, and the way of their input.
 *
 * Input is read only when it can be used. What a read brought too much (a
 * second command, say, when the first one suspends the monitor) waits in inbuf,
 * and the character device is told that there is no room. Whatever may change
 * that (a command finished, output was taken, monitor_resume()) kicks a source
 * in the monitor's context, which looks again.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/opts-visitor.h"
#include "qapi/qapi-commands-control.h"
#include "qapi/qapi-visit-control.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/option.h"
#include "qemu/sockets.h"
#include "system/hostmem.h"
#include "monitor-internal.h"
#include "trace.h"

#define READ_SIZE 4096

QemuMutex monitor_lock;
MonitorList mon_list = QTAILQ_HEAD_INITIALIZER(mon_list);

static __thread Monitor *current_monitor;

/* Events can be emitted before anything of the monitor is initialized. */
static void __attribute__((__constructor__)) init_lock(void)
{
    qemu_mutex_init(&monitor_lock);
}

/* --- The current monitor ------------------------------------------------ */

Monitor *monitor_cur(void)
{
    return current_monitor;
}

Monitor *monitor_set_cur(Coroutine *co, Monitor *mon)
{
    Monitor *old = current_monitor;

    current_monitor = mon;
    return old;
}

bool monitor_cur_is_qmp(void)
{
    return current_monitor && monitor_is_qmp(current_monitor);
}

static Monitor *set_current_hook(Monitor *mon)
{
    return monitor_set_cur(NULL, mon);
}

/* Errors and warnings go to the HMP monitor whose command causes them. */
static bool hmp_sink_active(void)
{
    return current_monitor && !monitor_is_qmp(current_monitor);
}

static int hmp_sink_vprintf(const char *fmt, va_list ap)
{
    return monitor_vprintf(current_monitor, fmt, ap);
}

/* --- Input -------------------------------------------------------------- */

bool monitor_input_allowed(Monitor *mon)
{
    return !qatomic_read(&mon->suspend_cnt) &&
           !qatomic_read(&mon->backlogged) &&
           (!mon->is_qmp || qmp_has_room(monitor_to_qmp(mon)));
}

int monitor_can_read(void *opaque)
{
    Monitor *mon = opaque;

    return mon->inbuf->len || !monitor_input_allowed(mon) ? 0 : READ_SIZE;
}

bool monitor_busy(void *opaque)
{
    Monitor *mon = opaque;

    if (mon->inbuf->len ||
        (mon->is_qmp && qmp_has_requests(monitor_to_qmp(mon)))) {
        return true;
    }
    QEMU_LOCK_GUARD(&mon->mon_lock);
    return mon->outbuf->len > mon->outpos && !mon->mux_out;
}

static size_t consume_input(Monitor *mon, const uint8_t *buf, size_t size)
{
    if (mon->is_qmp) {
        return qmp_consume_input(monitor_to_qmp(mon), buf, size);
    }
    return hmp_consume_input(monitor_to_hmp(mon), buf, size);
}

void monitor_read(void *opaque, const uint8_t *buf, int size)
{
    Monitor *mon = opaque;
    size_t done = 0;

    if (mon->is_qmp) {
        qmp_finish_reset(monitor_to_qmp(mon));
    }
    monitor_msgfds_receive(&mon->new_fds, &mon->chr);
    if (!mon->inbuf->len) {
        done = consume_input(mon, buf, size);
    }
    g_byte_array_append(mon->inbuf, buf + done, size - done);
}

static gboolean continue_input(GSource *source, GSourceFunc callback,
                               gpointer data)
{
    Monitor *mon = *(Monitor **)(source + 1);
    size_t done;

    g_source_set_ready_time(source, -1);
    if (mon->is_qmp) {
        qmp_finish_reset(monitor_to_qmp(mon));
    }
    if (mon->inbuf->len) {
        /* A copy, since consuming it may reset the connection. */
        g_autoptr(GByteArray) input = mon->inbuf;

        mon->inbuf = g_byte_array_new();
        done = consume_input(mon, input->data, input->len);
        g_byte_array_append(mon->inbuf, input->data + done, input->len - done);
    }
    if (monitor_can_read(mon)) {
        qemu_chr_fe_accept_input(&mon->chr);
    }
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs kick_funcs = {
    .dispatch = continue_input,
};

void monitor_kick(Monitor *mon)
{
    if (mon->kick) {
        g_source_set_ready_time(mon->kick, 0);
    }
}

int monitor_suspend(Monitor *mon)
{
    if (!mon->is_qmp && !monitor_to_hmp(mon)->use_readline) {
        return -ENOTTY;
    }
    trace_monitor_suspend(mon, 1);
    qatomic_inc(&mon->suspend_cnt);
    return 0;
}

void monitor_resume(Monitor *mon)
{
    MonitorHMP *hmp = mon->is_qmp ? NULL : monitor_to_hmp(mon);

    if (hmp && !hmp->use_readline) {
        return;
    }
    trace_monitor_suspend(mon, -1);
    if (qatomic_dec_fetch(&mon->suspend_cnt) == 0) {
        if (hmp) {
            readline_show_prompt(hmp->rs);
        }
        monitor_kick(mon);
    }
}

/* --- Life and death ----------------------------------------------------- */

void monitor_data_init(Monitor *mon, bool is_qmp, bool skip_flush,
                       bool use_io_thread)
{
    mon->is_qmp = is_qmp;
    mon->skip_flush = skip_flush;
    mon->use_io_thread = use_io_thread;
    mon->context = use_io_thread ? monitor_io_context() : NULL;
    mon->outbuf = g_string_new(NULL);
    qemu_mutex_init(&mon->mon_lock);
    if (!skip_flush) {
        mon->inbuf = g_byte_array_new();
        mon->kick =
            g_source_new(&kick_funcs, sizeof(GSource) + sizeof(Monitor *));
        *(Monitor **)(mon->kick + 1) = mon;
        g_source_set_name(mon->kick, "monitor");
        g_source_attach(mon->kick, mon->context);
    }
}

void monitor_data_destroy(Monitor *mon)
{
    if (mon->kick) {
        g_source_destroy(mon->kick);
        g_source_unref(mon->kick);
    }
    qemu_chr_fe_deinit(&mon->chr, false);
    if (mon->is_qmp) {
        monitor_data_destroy_qmp(monitor_to_qmp(mon));
    } else {
        readline_free(monitor_to_hmp(mon)->rs);
    }
    monitor_fds_cleanup(mon);
    monitor_msgfds_close(&mon->new_fds);
    monitor_msgfds_close(&mon->msgfds);
    if (mon->outbuf) {
        g_string_free(mon->outbuf, true);
    }
    g_free(mon->cpu_path);
    if (mon->inbuf) {
        g_byte_array_free(mon->inbuf, true);
    }
    qemu_mutex_destroy(&mon->mon_lock);
}

void monitor_list_append(Monitor *mon)
{
    QEMU_LOCK_GUARD(&monitor_lock);
    QTAILQ_INSERT_TAIL(&mon_list, mon, entry);
}

static void remove_watch(Monitor *mon)
{
    GSource *source;

    if (mon->out_watch) {
        source = g_main_context_find_source_by_id(mon->context, mon->out_watch);
        if (source) {
            g_source_destroy(source);
        }
        mon->out_watch = 0;
    }
}

void monitor_reset_io(Monitor *mon)
{
    if (mon->inbuf) {
        g_byte_array_set_size(mon->inbuf, 0);
    }
    monitor_msgfds_close(&mon->new_fds);
    QEMU_LOCK_GUARD(&mon->mon_lock);
    remove_watch(mon);
    g_string_truncate(mon->outbuf, 0);
    mon->outpos = 0;
    mon->events_dropped = false;
    qatomic_set(&mon->backlogged, false);
}

/* In the monitor's context: after this, nothing calls it any more. */
static void detach(void *opaque)
{
    Monitor *mon = opaque;

    monitor_flush(mon);
    WITH_QEMU_LOCK_GUARD(&mon->mon_lock) {
        remove_watch(mon);
        mon->mux_out = true; /* no more writes, so no more watches */
    }
    g_source_destroy(mon->kick);
    qemu_chr_fe_set_handlers(&mon->chr, NULL, NULL, NULL, NULL, NULL, NULL,
                             true);
}

void monitor_destroy(Monitor *mon)
{
    WITH_QEMU_LOCK_GUARD(&monitor_lock) {
        QTAILQ_REMOVE(&mon_list, mon, entry);
    }
    if (mon->use_io_thread) {
        monitor_io_run(detach, mon);
    } else {
        detach(mon);
    }
    monitor_data_destroy(mon);
    g_free(mon);
}

/* --- Initialization ----------------------------------------------------- */

/* What sockets and muxes ask of the monitor. */
static int socket_get_fd_hook(const char *name, Error **errp)
{
    return monitor_get_fd(monitor_cur(), name, errp);
}

static int memory_get_fd_hook(const char *name, Error **errp)
{
    if (!monitor_cur()) {
        error_setg(errp, "File descriptor named '%s' cannot be found outside "
                         "of a monitor; a number would be right",
                   name);
        return -1;
    }
    return monitor_get_fd(monitor_cur(), name, errp);
}

static bool socket_have_monitor_hook(void)
{
    return monitor_cur() != NULL;
}

static void mux_quit_hook(void)
{
    qmp_quit(NULL);
}

void monitor_init_globals(void)
{
    monitor_init_globals_core();
    qmp_init_globals();
    error_set_sink(hmp_sink_vprintf, hmp_sink_active);
    qemu_chr_set_mux_monitor_hook(monitor_init_hmp);
    qemu_chr_set_quit_hook(mux_quit_hook);
}

void monitor_init_globals_core(void)
{
    qmp_set_current_monitor_hook(set_current_hook);
    qemu_set_fdset_hooks(monitor_fdset_dup_fd_add, monitor_fdset_dup_fd_remove);
    socket_set_monitor_hooks(socket_get_fd_hook, socket_have_monitor_hook);
    host_memory_set_fd_hook(memory_get_fd_hook);
    monitor_events_init();
}

int monitor_init(MonitorOptions *opts, bool allow_hmp, Error **errp)
{
    ERRP_GUARD();
    Chardev *chr = qemu_chr_find(opts->chardev);

    if (!chr) {
        error_setg(errp, "chardev \"%s\" not found", opts->chardev);
        return -1;
    }
    if (!opts->has_mode) {
        opts->mode = allow_hmp ? MONITOR_MODE_READLINE : MONITOR_MODE_CONTROL;
    }
    if (opts->mode == MONITOR_MODE_CONTROL) {
        monitor_init_qmp(chr, opts->pretty, errp);
    } else if (!allow_hmp) {
        error_setg(errp, "Only QMP is supported");
    } else if (opts->pretty) {
        error_setg(errp, "'pretty' is not compatible with HMP monitors");
    } else {
        monitor_init_hmp(chr, true, errp);
    }
    return *errp ? -1 : 0;
}

int monitor_init_opts(QemuOpts *opts, Error **errp)
{
    Visitor *v = opts_visitor_new(opts);
    MonitorOptions *options = NULL;
    int ret = -1;

    if (visit_type_MonitorOptions(v, NULL, &options, errp)) {
        ret = monitor_init(options, true, errp);
    }
    visit_free(v);
    qapi_free_MonitorOptions(options);
    return ret;
}

void monitor_cleanup(void)
{
    Monitor *mon;

    while ((mon = QTAILQ_FIRST(&mon_list))) {
        monitor_destroy(mon);
    }
    monitor_io_stop();
    qmp_cleanup_globals();
    monitor_events_cleanup();
    monitor_fdsets_cleanup();
    error_set_sink(NULL, NULL);
}
