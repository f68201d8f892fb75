/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The object "iothread": an event loop with a thread of its own, for devices
 * that do their work without the BQL. "-object iothread,id=NAME"; a device that
 * can use one names it by a link. Functions need the BQL, but for
 * iothread_get_aio_context() and qemu_in_iothread().
 */
#ifndef IOTHREAD_H
#define IOTHREAD_H

#include "block/aio.h"
#include "qemu/thread.h"
#include "qom/object.h"
#include "system/event-loop-base.h"

#define TYPE_IOTHREAD "iothread"

/* Private. */
struct IOThread {
    EventLoopBase parent_obj;

    QemuThread thread;
    AioContext *ctx;
    bool run_gcontext; /* somebody asked for worker_context */
    GMainContext *worker_context;
    GMainLoop *main_loop;
    QemuSemaphore init_done_sem;
    bool stopping;
    bool running;
    int thread_id;

    /* Properties: how long it polls before it sleeps; see docs. */
    int64_t poll_max_ns;
    int64_t poll_grow;
    int64_t poll_shrink;
};
typedef struct IOThread IOThread;

DECLARE_INSTANCE_CHECKER(IOThread, IOTHREAD, TYPE_IOTHREAD)

/* The name; the caller frees it. */
char *iothread_get_id(IOThread *iothread);
/* The one of that name, without a reference, or NULL. */
IOThread *iothread_by_id(const char *id);
/* Its event loop, which lives as long as it does. */
AioContext *iothread_get_aio_context(IOThread *iothread);
/* A GMainContext that the thread also runs, from now on. */
GMainContext *iothread_get_g_main_context(IOThread *iothread);

/*
 * One for the program's own use, which query-iothreads does not list. NULL with
 * @errp set. iothread_stop() ends and joins the thread; iothread_destroy()
 * also drops the reference.
 */
IOThread *iothread_create(const char *id, Error **errp);
void iothread_stop(IOThread *iothread);
void iothread_destroy(IOThread *iothread);

/* Whether the calling thread is one. */
bool qemu_in_iothread(void);

#endif
