/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads for work that would block an event loop.
 *
 * ThreadPoolAio belongs to an AioContext: thread_pool_submit_aio() hands a
 * function to one of its threads, and the result comes back as a callback in
 * that context. Threads start when there is work for them, up to the context's
 * thread-pool-max, and end after some seconds without any.
 *
 * ThreadPool is the same without a context: functions run, and
 * thread_pool_wait() waits for all of them.
 *
 * Implemented in util/thread-pool.c and util/thread-pool-generic.c.
 */
#ifndef QEMU_THREAD_POOL_H
#define QEMU_THREAD_POOL_H

#include "block/aio.h"

#define THREAD_POOL_MAX_THREADS_DEFAULT 64

/* What a thread does; without the BQL. */
typedef int ThreadPoolFunc(void *opaque);

typedef struct ThreadPoolAio ThreadPoolAio;

/* A pool for @ctx; aio_get_thread_pool() gives the context's own. */
ThreadPoolAio *thread_pool_new_aio(AioContext *ctx);
/* Nothing may be under way. Ends the threads and waits for that. */
void thread_pool_free_aio(ThreadPoolAio *pool);

/*
 * Runs @func(@arg) in a thread of the calling thread's context, then
 * @cb(@opaque, result) in the context. Cancelled before it has begun, the
 * result is -ECANCELED.
 */
BlockAIOCB *thread_pool_submit_aio(ThreadPoolFunc *func, void *arg,
                                   BlockCompletionFunc *cb, void *opaque);
/* Takes over changed limits of @ctx. Any thread. */
void thread_pool_update_params(ThreadPoolAio *pool, AioContext *ctx);

typedef struct ThreadPool ThreadPool;

ThreadPool *thread_pool_new(void);
/* Waits for what was submitted, then ends it. */
void thread_pool_free(ThreadPool *pool);
/*
 * Runs @func(@opaque) sometime, then @opaque_destroy(@opaque) unless NULL. Any
 * thread. The second form starts a thread for it if all are busy.
 */
void thread_pool_submit(ThreadPool *pool, ThreadPoolFunc *func, void *opaque,
                        GDestroyNotify opaque_destroy);
void thread_pool_submit_immediate(ThreadPool *pool, ThreadPoolFunc *func,
                                  void *opaque, GDestroyNotify opaque_destroy);
/* Waits for everything that has been submitted. */
void thread_pool_wait(ThreadPool *pool);
/* False if that many threads cannot be had. */
bool thread_pool_set_max_threads(ThreadPool *pool, int max_threads);
/* As many threads as there is work. */
bool thread_pool_adjust_max_threads_to_work(ThreadPool *pool);

#endif
