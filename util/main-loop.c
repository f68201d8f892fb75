/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The main loop: the default GMainContext with two AioContexts in it.
 *
 * They are two because code that turns qemu_get_aio_context() to wait for
 * something (aio_poll()) wants its bottom halves and timers run, but no input
 * from monitors and devices, which is in the other.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "system/cpu-timers.h"
#include "main-loop-internal.h"

static AioContext *main_context;
static AioContext *iohandler_context;
/* What qemu_notify_event() schedules; it does nothing but end the wait. */
static QEMUBH *notify_bh;
static NotifierList poll_notifiers = NOTIFIER_LIST_INITIALIZER(poll_notifiers);
/* What one turn polls. */
static GArray *poll_fds;

AioContext *qemu_get_aio_context(void)
{
    return main_context;
}

/* Made at the first use, as handlers may be set before the loop is. */
AioContext *iohandler_get_aio_context(void)
{
    if (!iohandler_context) {
        iohandler_context = aio_context_new(&error_abort);
    }
    return iohandler_context;
}

GSource *iohandler_get_g_source(void)
{
    return aio_get_g_source(iohandler_get_aio_context());
}

void qemu_set_fd_handler(int fd, IOHandler *fd_read, IOHandler *fd_write,
                         void *opaque)
{
    aio_set_fd_handler(iohandler_get_aio_context(), fd, fd_read, fd_write, NULL,
                       NULL, opaque);
}

QEMUBH *qemu_bh_new_full(QEMUBHFunc *cb, void *opaque, const char *name,
                         MemReentrancyGuard *reentrancy_guard)
{
    return aio_bh_new_full(main_context, cb, opaque, name, reentrancy_guard);
}

void qemu_notify_event(void)
{
    /*
     * A bottom half and not just aio_notify(): the loop may be awake, but past
     * the point where it looked at what has changed.
     */
    if (notify_bh) {
        qemu_bh_schedule(notify_bh);
    }
}

static void do_nothing(void *opaque)
{
}

static void attach(GSource *source, const char *name)
{
    g_source_set_name(source, name);
    g_source_attach(source, NULL);
    g_source_unref(source);
}

int qemu_init_main_loop(Error **errp)
{
    int ret;

    if (main_context) {
        return 0;
    }
    init_clocks(qemu_timer_notify_cb);
    main_context = aio_context_new(errp);
    if (!main_context) {
        return -EMFILE;
    }
    notify_bh = aio_bh_new(main_context, do_nothing, NULL);
    qemu_set_current_aio_context(main_context);
    ret = main_loop_init_signals(errp);
    if (ret) {
        return ret;
    }
    poll_fds = g_array_new(false, false, sizeof(GPollFD));
    attach(aio_get_g_source(main_context), "aio-context");
    attach(iohandler_get_g_source(), "io-handler");
    return 0;
}

void main_loop_poll_add_notifier(Notifier *notify)
{
    notifier_list_add(&poll_notifiers, notify);
}

void main_loop_poll_remove_notifier(Notifier *notify)
{
    notifier_remove(notify);
}

/*
 * Asks GLib's sources what to wait for. Their descriptors go to the end of
 * poll_fds; how many they are. *@timeout_ns becomes sooner if they want that.
 */
static int query_glib(GMainContext *context, int *priority, int64_t *timeout_ns)
{
    guint first = poll_fds->len;
    int room = 16;
    int timeout_ms;
    int n;

    g_main_context_prepare(context, priority);
    for (;; room = n) {
        g_array_set_size(poll_fds, first + room);
        n = g_main_context_query(context, *priority, &timeout_ms,
                                 &g_array_index(poll_fds, GPollFD, first),
                                 room);
        if (n <= room) {
            break;
        }
    }
    g_array_set_size(poll_fds, first + n);
    if (timeout_ms >= 0) {
        *timeout_ns =
            qemu_soonest_timeout(*timeout_ns, timeout_ms * (int64_t)SCALE_MS);
    }
    return n;
}

/* Waits for descriptors, without the big lock: others get their turn. */
static int poll_unlocked(int64_t timeout_ns)
{
    bool locked = bql_locked();
    int ret;

    if (locked) {
        bql_unlock();
    }
    ret = qemu_poll_ns((GPollFD *)poll_fds->data, poll_fds->len, timeout_ns);
    if (locked) {
        bql_lock();
    }
    return ret;
}

/* One turn of GLib and what poll_fds has before it; what poll() returned. */
static int turn(int64_t timeout_ns)
{
    GMainContext *context = g_main_context_default();
    guint first = poll_fds->len;
    int priority, n, ret;

    g_main_context_acquire(context);
    n = query_glib(context, &priority, &timeout_ns);
    ret = poll_unlocked(timeout_ns);
    if (g_main_context_check(context, priority,
                             &g_array_index(poll_fds, GPollFD, first), n)) {
        g_main_context_dispatch(context);
    }
    g_main_context_release(context);
    return ret;
}

void main_loop_wait(int nonblocking)
{
    MainLoopPoll mlpoll = {
        .state = MAIN_LOOP_POLL_FILL,
        .timeout = nonblocking ? 0 : UINT32_MAX,
        .pollfds = poll_fds,
    };
    int64_t timeout_ns;
    int ret;

    g_array_set_size(poll_fds, 0);
    notifier_list_notify(&poll_notifiers, &mlpoll);
    timeout_ns =
        mlpoll.timeout == UINT32_MAX ? -1 : mlpoll.timeout * (int64_t)SCALE_MS;
    timeout_ns = qemu_soonest_timeout(
        timeout_ns, timerlistgroup_deadline_ns(&main_loop_tlg));
    ret = turn(timeout_ns);
    mlpoll.state = ret < 0 ? MAIN_LOOP_POLL_ERR : MAIN_LOOP_POLL_OK;
    notifier_list_notify(&poll_notifiers, &mlpoll);
    qemu_clock_run_all_timers();
}
