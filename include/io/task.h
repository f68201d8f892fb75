/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QIOTask: the outcome of an operation that ends later.
 *
 * A function that works in the background takes a QIOTaskFunc and makes a
 * task with it. When it is done it sets an error or a result in the task and
 * completes it, which calls the function; that asks
 * qio_task_propagate_error() how it went. qio_task_run_in_thread() does all
 * of it for work that can only block, such as name lookup: the worker runs in
 * a thread of its own, the completion in a GMainContext.
 */
#ifndef QIO_TASK_H
#define QIO_TASK_H

typedef struct QIOTask QIOTask;

/* Called when a task completes. It does not own @task. */
typedef void (*QIOTaskFunc)(QIOTask *task, gpointer opaque);
/* What a thread does for @task. */
typedef void (*QIOTaskWorker)(QIOTask *task, gpointer opaque);

/*
 * A task on @source, to which it holds a reference. @destroy (or NULL) frees
 * @opaque when the task is freed.
 */
QIOTask *qio_task_new(Object *source, QIOTaskFunc func, gpointer opaque,
                      GDestroyNotify destroy);

/* Frees @task; without completing it first, this cancels it. */
void qio_task_free(QIOTask *task);

/*
 * Runs @worker(@task, @opaque) in a new thread, and then, in @context (NULL:
 * the default one), completes and frees @task. @destroy frees this @opaque.
 */
void qio_task_run_in_thread(QIOTask *task, QIOTaskWorker worker,
                            gpointer opaque, GDestroyNotify destroy,
                            GMainContext *context);

/*
 * Waits for the thread and completes and frees @task here and now. Only from
 * the thread that runs the task's context, and only while the task has not
 * completed.
 */
void qio_task_wait_thread(QIOTask *task);

/* Calls the task's function, once; qio_task_free() is due after it. */
void qio_task_complete(QIOTask *task);

/* Takes over @err. The first error counts, NULL does nothing. */
void qio_task_set_error(QIOTask *task, Error *err);

/* Hands the error over to @errp. True if there was one. */
bool qio_task_propagate_error(QIOTask *task, Error **errp);

/* A result for the task's function; @notify (or NULL) frees it at the end. */
void qio_task_set_result_pointer(QIOTask *task, gpointer result,
                                 GDestroyNotify notify);
gpointer qio_task_get_result_pointer(QIOTask *task);

/* The object that the task is about; no reference for the caller. */
Object *qio_task_get_source(QIOTask *task);

#endif
