/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The monitor thread: it reads from QMP clients and runs their out-of-band
 * commands, so that those are answered while the main loop is busy.
 *
 * It starts with the first QMP monitor whose character device can live in
 * another context. It never takes the big lock, so that whoever holds that
 * may wait for it.
 */
#include "qemu/osdep.h"
#include "qemu/rcu.h"
#include "monitor-internal.h"

static struct {
    QemuThread thread;
    GMainContext *context; /* NULL: the thread does not run */
    GMainLoop *loop;
} io;

static void *io_thread(void *opaque)
{
    rcu_register_thread();
    g_main_context_push_thread_default(io.context);
    g_main_loop_run(io.loop);
    g_main_context_pop_thread_default(io.context);
    rcu_unregister_thread();
    return NULL;
}

GMainContext *monitor_io_context(void)
{
    if (!io.context) {
        io.context = g_main_context_new();
        io.loop = g_main_loop_new(io.context, false);
        qemu_thread_create(&io.thread, "mon_iothread", io_thread, NULL,
                           QEMU_THREAD_JOINABLE);
    }
    return io.context;
}

typedef struct IOCall {
    void (*fn)(void *opaque);
    void *opaque;
    QemuSemaphore done;
} IOCall;

static gboolean run_call(gpointer data)
{
    IOCall *call = data;

    call->fn(call->opaque);
    qemu_sem_post(&call->done);
    return G_SOURCE_REMOVE;
}

void monitor_io_run(void (*fn)(void *opaque), void *opaque)
{
    IOCall call = { .fn = fn, .opaque = opaque };
    GSource *source = g_idle_source_new();

    qemu_sem_init(&call.done, 0);
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, run_call, &call, NULL);
    g_source_attach(source, monitor_io_context());
    g_source_unref(source);
    qemu_sem_wait(&call.done);
    qemu_sem_destroy(&call.done);
}

static void quit_loop(void *opaque)
{
    g_main_loop_quit(io.loop);
}

void monitor_io_stop(void)
{
    if (!io.context) {
        return;
    }
    /* From inside, since quitting a loop that is not running yet is lost. */
    monitor_io_run(quit_loop, NULL);
    qemu_thread_join(&io.thread);
    g_clear_pointer(&io.loop, g_main_loop_unref);
    g_clear_pointer(&io.context, g_main_context_unref);
}
