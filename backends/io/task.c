/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operations that end later. A task that runs in a thread is completed by a
 * source in its GMainContext, or by whoever waits for it; either joins the
 * thread first, so that nothing of it is left when the task is freed.
 */
#include "qemu/osdep.h"
#include "qom/object.h"
#include "io/task.h"
#include "qapi/error.h"
#include "qemu/thread.h"

struct QIOTask {
    Object *source;
    QIOTaskFunc func;
    gpointer opaque;
    GDestroyNotify destroy;
    Error *err;
    gpointer result;
    GDestroyNotify destroy_result;

    /* For tasks that run in a thread */
    QemuThread thread;
    QIOTaskWorker worker;
    gpointer worker_opaque;
    GDestroyNotify worker_destroy;
    GMainContext *context;
    GSource *completion; /* made by the thread when it is done */
};

QIOTask *qio_task_new(Object *source, QIOTaskFunc func, gpointer opaque,
                      GDestroyNotify destroy)
{
    QIOTask *task = g_new0(QIOTask, 1);

    task->source = object_ref(source);
    task->func = func;
    task->opaque = opaque;
    task->destroy = destroy;
    return task;
}

void qio_task_free(QIOTask *task)
{
    if (task->worker_destroy) {
        task->worker_destroy(task->worker_opaque);
    }
    if (task->completion) {
        g_source_unref(task->completion);
    }
    if (task->context) {
        g_main_context_unref(task->context);
    }
    if (task->destroy) {
        task->destroy(task->opaque);
    }
    if (task->destroy_result) {
        task->destroy_result(task->result);
    }
    error_free(task->err);
    object_unref(task->source);
    g_free(task);
}

static gboolean task_thread_done(gpointer opaque)
{
    QIOTask *task = opaque;

    qemu_thread_join(&task->thread);
    qio_task_complete(task);
    qio_task_free(task);
    return G_SOURCE_REMOVE;
}

static void *task_thread(void *opaque)
{
    QIOTask *task = opaque;

    task->worker(task, task->worker_opaque);

    task->completion = g_idle_source_new();
    g_source_set_priority(task->completion, G_PRIORITY_DEFAULT);
    g_source_set_callback(task->completion, task_thread_done, task, NULL);
    /* The reference is ours: after this the task may be gone. */
    g_source_attach(task->completion, task->context);
    return NULL;
}

void qio_task_run_in_thread(QIOTask *task, QIOTaskWorker worker,
                            gpointer opaque, GDestroyNotify destroy,
                            GMainContext *context)
{
    task->worker = worker;
    task->worker_opaque = opaque;
    task->worker_destroy = destroy;
    task->context = context ? g_main_context_ref(context) : NULL;
    qemu_thread_create(&task->thread, "io-task-worker", task_thread, task,
                       QEMU_THREAD_JOINABLE);
}

void qio_task_wait_thread(QIOTask *task)
{
    qemu_thread_join(&task->thread);
    g_source_destroy(task->completion);
    qio_task_complete(task);
    qio_task_free(task);
}

void qio_task_complete(QIOTask *task)
{
    task->func(task, task->opaque);
}

void qio_task_set_error(QIOTask *task, Error *err)
{
    error_propagate(&task->err, err);
}

bool qio_task_propagate_error(QIOTask *task, Error **errp)
{
    if (!task->err) {
        return false;
    }
    error_propagate(errp, g_steal_pointer(&task->err));
    return true;
}

void qio_task_set_result_pointer(QIOTask *task, gpointer result,
                                 GDestroyNotify notify)
{
    task->result = result;
    task->destroy_result = notify;
}

gpointer qio_task_get_result_pointer(QIOTask *task)
{
    return task->result;
}

Object *qio_task_get_source(QIOTask *task)
{
    return task->source;
}
