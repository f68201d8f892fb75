/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The threads that work for an AioContext.
 *
 * One lock protects the queue of what waits and the list of what is done. A
 * bottom half of the context takes the whole list at once, and calls back one
 * after another; a callback that turns the loop itself goes on with the rest.
 */
#include "qemu/osdep.h"
#include "block/thread-pool.h"
#include "qemu/queue.h"
#include "qemu/thread.h"

/* How long a thread waits for work before it ends. */
#define IDLE_MS 10000

typedef enum { WAITS, RUNS, DONE } WorkState;

typedef struct Work {
    BlockAIOCB common;
    ThreadPoolAio *pool;
    ThreadPoolFunc *func;
    void *arg;
    WorkState state; /* with the lock */
    int ret;
    QSIMPLEQ_ENTRY(Work) next;
} Work;

typedef QSIMPLEQ_HEAD(WorkList, Work) WorkList;

struct ThreadPoolAio {
    AioContext *ctx;
    QEMUBH *bh;
    WorkList completing; /* taken by the bottom half; the home thread's */

    QemuMutex lock;
    QemuCond more; /* work, or stopping */
    QemuCond ended;
    WorkList waiting;
    unsigned num_waiting;
    WorkList done;
    int min_threads, max_threads;
    int threads, idle;
    bool stopping;
};

/*** The threads. ***/

/* Waits for work; NULL when the thread is to end. With the lock. */
static Work *next_work(ThreadPoolAio *pool)
{
    Work *work;

    while (!(work = QSIMPLEQ_FIRST(&pool->waiting))) {
        bool in_time;

        if (pool->stopping || pool->threads > pool->max_threads) {
            return NULL;
        }
        pool->idle++;
        in_time = qemu_cond_timedwait(&pool->more, &pool->lock, IDLE_MS);
        pool->idle--;
        if (!in_time && !pool->num_waiting &&
            pool->threads > pool->min_threads) {
            return NULL;
        }
    }
    QSIMPLEQ_REMOVE_HEAD(&pool->waiting, next);
    pool->num_waiting--;
    work->state = RUNS;
    return work;
}

/* With the lock. */
static void put_done(ThreadPoolAio *pool, Work *work, int ret)
{
    work->ret = ret;
    work->state = DONE;
    QSIMPLEQ_INSERT_TAIL(&pool->done, work, next);
    qemu_bh_schedule(pool->bh);
}

static void *worker(void *opaque)
{
    ThreadPoolAio *pool = opaque;
    Work *work;

    qemu_mutex_lock(&pool->lock);
    while ((work = next_work(pool))) {
        int ret;

        qemu_mutex_unlock(&pool->lock);
        ret = work->func(work->arg);
        qemu_mutex_lock(&pool->lock);
        put_done(pool, work, ret);
    }
    pool->threads--;
    qemu_cond_signal(&pool->ended);
    qemu_mutex_unlock(&pool->lock);
    return NULL;
}

/* With the lock. */
static void start_thread(ThreadPoolAio *pool)
{
    QemuThread thread;

    pool->threads++;
    qemu_thread_create(&thread, "worker", worker, pool, QEMU_THREAD_DETACHED);
}

/*** The context's side. ***/

static void complete(void *opaque)
{
    ThreadPoolAio *pool = opaque;
    Work *work;

    qemu_mutex_lock(&pool->lock);
    QSIMPLEQ_CONCAT(&pool->completing, &pool->done);
    qemu_mutex_unlock(&pool->lock);

    while ((work = QSIMPLEQ_FIRST(&pool->completing))) {
        QSIMPLEQ_REMOVE_HEAD(&pool->completing, next);
        if (!QSIMPLEQ_EMPTY(&pool->completing)) {
            qemu_bh_schedule(pool->bh); /* for a loop that is turned below */
        }
        work->common.cb(work->common.opaque, work->ret);
        qemu_aio_unref(work);
    }
}

static void cancel(BlockAIOCB *acb)
{
    Work *work = container_of(acb, Work, common);
    ThreadPoolAio *pool = work->pool;

    qemu_mutex_lock(&pool->lock);
    if (work->state == WAITS) {
        QSIMPLEQ_REMOVE(&pool->waiting, work, Work, next);
        pool->num_waiting--;
        put_done(pool, work, -ECANCELED);
    }
    qemu_mutex_unlock(&pool->lock);
}

static const AIOCBInfo work_info = {
    .cancel_async = cancel,
    .aiocb_size = sizeof(Work),
};

BlockAIOCB *thread_pool_submit_aio(ThreadPoolFunc *func, void *arg,
                                   BlockCompletionFunc *cb, void *opaque)
{
    ThreadPoolAio *pool = aio_get_thread_pool(qemu_get_current_aio_context());
    Work *work = qemu_aio_get(&work_info, NULL, cb, opaque);

    work->pool = pool;
    work->func = func;
    work->arg = arg;
    work->state = WAITS;

    qemu_mutex_lock(&pool->lock);
    QSIMPLEQ_INSERT_TAIL(&pool->waiting, work, next);
    pool->num_waiting++;
    if (pool->num_waiting > pool->idle && pool->threads < pool->max_threads) {
        start_thread(pool);
    }
    qemu_cond_signal(&pool->more);
    qemu_mutex_unlock(&pool->lock);
    return &work->common;
}

void thread_pool_update_params(ThreadPoolAio *pool, AioContext *ctx)
{
    qemu_mutex_lock(&pool->lock);
    pool->min_threads = ctx->thread_pool_min;
    pool->max_threads = ctx->thread_pool_max;
    while (pool->threads < pool->min_threads) {
        start_thread(pool);
    }
    qemu_cond_broadcast(&pool->more); /* those that are too many end */
    qemu_mutex_unlock(&pool->lock);
}

ThreadPoolAio *thread_pool_new_aio(AioContext *ctx)
{
    ThreadPoolAio *pool = g_new0(ThreadPoolAio, 1);

    pool->ctx = ctx;
    pool->bh = aio_bh_new(ctx, complete, pool);
    qemu_mutex_init(&pool->lock);
    qemu_cond_init(&pool->more);
    qemu_cond_init(&pool->ended);
    QSIMPLEQ_INIT(&pool->completing);
    QSIMPLEQ_INIT(&pool->waiting);
    QSIMPLEQ_INIT(&pool->done);
    thread_pool_update_params(pool, ctx);
    return pool;
}

void thread_pool_free_aio(ThreadPoolAio *pool)
{
    if (!pool) {
        return;
    }
    qemu_mutex_lock(&pool->lock);
    assert(!pool->num_waiting && QSIMPLEQ_EMPTY(&pool->done));
    pool->stopping = true;
    qemu_cond_broadcast(&pool->more);
    while (pool->threads) {
        qemu_cond_wait(&pool->ended, &pool->lock);
    }
    qemu_mutex_unlock(&pool->lock);
    qemu_bh_delete(pool->bh);
    qemu_cond_destroy(&pool->ended);
    qemu_cond_destroy(&pool->more);
    qemu_mutex_destroy(&pool->lock);
    g_free(pool);
}
