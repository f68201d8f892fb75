/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The monitor thread: it reads from QMP clients and runs their out-of-band
 * commands, so that those are answered while the main loop is busy.
 *
 * It starts with the first QMP monitor whose character device can live in
 * another context. It never takes the big lock, so that whoever holds that
 * may wait for it. A character device moves between the main loop and this
 * thread while both stand still: one waits for the other.
 */
#include "qemu/osdep.h"
#include "qemu/lockable.h"
#include "qemu/rcu.h"
#include "monitor-internal.h"

static struct {
    GMainContext *context;
    GMainLoop *loop;
    GSource *source; /* makes the thread look at what follows */
    QemuThread thread;
    bool running;

    QemuMutex lock; /* protects fn and opaque */
    void (*fn)(void *opaque);
    void *opaque;
    QemuSemaphore done;
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

static gboolean run_call(GSource *source, GSourceFunc callback, gpointer data)
{
    void (*fn)(void *opaque);
    void *opaque;

    g_source_set_ready_time(source, -1);
    WITH_QEMU_LOCK_GUARD(&io.lock) {
        fn = io.fn;
        opaque = io.opaque;
    }
    fn(opaque);
    qemu_sem_post(&io.done);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs call_funcs = {
    .dispatch = run_call,
};

GMainContext *monitor_io_context(void)
{
    if (!io.context) {
        qemu_mutex_init(&io.lock);
        qemu_sem_init(&io.done, 0);
        io.context = g_main_context_new();
        io.loop = g_main_loop_new(io.context, false);
        io.source = g_source_new(&call_funcs, sizeof(GSource));
        g_source_attach(io.source, io.context);
    }
    return io.context;
}

void monitor_io_run(void (*fn)(void *opaque), void *opaque)
{
    monitor_io_context();
    if (!io.running) {
        /* Nobody runs the context yet: no need to wait for another thread. */
        fn(opaque);
        io.running = true;
        qemu_thread_create(&io.thread, "mon_iothread", io_thread, NULL,
                           QEMU_THREAD_JOINABLE);
        return;
    }
    WITH_QEMU_LOCK_GUARD(&io.lock) {
        io.fn = fn;
        io.opaque = opaque;
    }
    g_source_set_ready_time(io.source, 0);
    qemu_sem_wait(&io.done);
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
    if (io.running) {
        /* From inside: to quit a loop that does not run yet has no effect. */
        monitor_io_run(quit_loop, NULL);
        qemu_thread_join(&io.thread);
        io.running = false;
    }
    g_source_destroy(io.source);
    g_clear_pointer(&io.source, g_source_unref);
    g_clear_pointer(&io.loop, g_main_loop_unref);
    g_clear_pointer(&io.context, g_main_context_unref);
    qemu_sem_destroy(&io.done);
    qemu_mutex_destroy(&io.lock);
}
