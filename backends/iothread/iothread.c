/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The object "iothread": a thread that turns an AioContext, and from when
 * somebody asks for it also a GMainContext that has the AioContext as a source.
 */
#include "qemu/osdep.h"
#include "system/iothread.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "qom/object_interfaces.h"

/* QEMU's default; polling is not done here, the number is only kept. */
#define POLL_MAX_NS_DEFAULT 32768

static __thread IOThread *current;

bool qemu_in_iothread(void)
{
    return current != NULL;
}

static void *run(void *opaque)
{
    IOThread *t = opaque;

    rcu_register_thread();
    current = t;
    qemu_set_current_aio_context(t->ctx);
    g_main_context_push_thread_default(t->worker_context);
    t->thread_id = qemu_get_thread_id();
    qemu_sem_post(&t->init_done_sem);

    while (qatomic_read(&t->running)) {
        if (qatomic_read(&t->run_gcontext)) {
            g_main_loop_run(t->main_loop);
        } else {
            aio_poll(t->ctx, true);
        }
    }
    g_main_context_pop_thread_default(t->worker_context);
    rcu_unregister_thread();
    return NULL;
}

static void wake_up(void *opaque)
{
}

static void stop_in_thread(void *opaque)
{
    IOThread *t = opaque;

    qatomic_set(&t->running, false);
    if (g_main_loop_is_running(t->main_loop)) {
        g_main_loop_quit(t->main_loop);
    }
}

void iothread_stop(IOThread *t)
{
    if (!t->ctx || t->stopping) {
        return;
    }
    t->stopping = true;
    aio_bh_schedule_oneshot(t->ctx, stop_in_thread, t);
    qemu_thread_join(&t->thread);
}

static void set_params(EventLoopBase *base, Error **errp)
{
    ERRP_GUARD();
    IOThread *t = IOTHREAD(base);

    if (!t->ctx) {
        return;
    }
    aio_context_set_poll_params(t->ctx, t->poll_max_ns, t->poll_grow,
                                t->poll_shrink, errp);
    if (*errp) {
        return;
    }
    aio_context_set_aio_params(t->ctx, base->aio_max_batch);
    aio_context_set_thread_pool_params(t->ctx, base->thread_pool_min,
                                       base->thread_pool_max, errp);
}

static void init(EventLoopBase *base, Error **errp)
{
    ERRP_GUARD();
    IOThread *t = IOTHREAD(base);
    g_autofree char *id = iothread_get_id(t);
    g_autofree char *name = g_strdup_printf("IO %s", id);
    GSource *source;

    t->ctx = aio_context_new(errp);
    if (!t->ctx) {
        return;
    }
    set_params(base, errp);
    if (*errp) {
        g_clear_pointer(&t->ctx, aio_context_unref);
        return;
    }
    t->worker_context = g_main_context_new();
    t->main_loop = g_main_loop_new(t->worker_context, false);
    source = aio_get_g_source(t->ctx);
    g_source_attach(source, t->worker_context);
    g_source_unref(source);

    t->running = true;
    qemu_thread_create(&t->thread, name, run, t, QEMU_THREAD_JOINABLE);
    qemu_sem_wait(&t->init_done_sem);
}

static void instance_init(Object *obj)
{
    IOThread *t = IOTHREAD(obj);

    t->poll_max_ns = POLL_MAX_NS_DEFAULT;
    t->thread_id = -1;
    qemu_sem_init(&t->init_done_sem, 0);
}

static void instance_finalize(Object *obj)
{
    IOThread *t = IOTHREAD(obj);

    iothread_stop(t);
    if (t->ctx) {
        g_main_loop_unref(t->main_loop);
        g_source_destroy(&t->ctx->source);
        g_main_context_unref(t->worker_context);
        aio_context_unref(t->ctx);
    }
    qemu_sem_destroy(&t->init_done_sem);
}

/*** The class. ***/

static EventLoopParam params[] = {
    { "poll-max-ns", offsetof(IOThread, poll_max_ns) },
    { "poll-grow", offsetof(IOThread, poll_grow) },
    { "poll-shrink", offsetof(IOThread, poll_shrink) },
};

static void class_init(ObjectClass *oc, void *data)
{
    EventLoopBaseClass *bc = EVENT_LOOP_BASE_CLASS(oc);

    bc->init = init;
    bc->update_params = set_params;
    event_loop_base_add_params(oc, params, ARRAY_SIZE(params));
}

static const TypeInfo types[] = {
    {
        .name = TYPE_IOTHREAD,
        .parent = TYPE_EVENT_LOOP_BASE,
        .instance_size = sizeof(IOThread),
        .instance_init = instance_init,
        .instance_finalize = instance_finalize,
        .class_init = class_init,
    },
};

DEFINE_TYPES(types)

/*** For others. ***/

char *iothread_get_id(IOThread *t)
{
    const char *id = object_get_canonical_path_component(OBJECT(t));

    return g_strdup(id ?: "");
}

IOThread *iothread_by_id(const char *id)
{
    Object *obj = object_resolve_path_component(object_get_objects_root(), id);

    return (IOThread *)object_dynamic_cast(obj, TYPE_IOTHREAD);
}

AioContext *iothread_get_aio_context(IOThread *t)
{
    return t->ctx;
}

GMainContext *iothread_get_g_main_context(IOThread *t)
{
    qatomic_set(&t->run_gcontext, true);
    /* It may be in aio_poll(). */
    aio_bh_schedule_oneshot(t->ctx, wake_up, NULL);
    return t->worker_context;
}

IOThread *iothread_create(const char *id, Error **errp)
{
    Object *obj = object_new_with_props(
        TYPE_IOTHREAD, object_get_internal_root(), id, errp, NULL);

    return (IOThread *)obj;
}

void iothread_destroy(IOThread *t)
{
    object_unparent(OBJECT(t));
}
