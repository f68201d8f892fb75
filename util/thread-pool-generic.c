/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads for work that nobody's event loop waits for. */
#include "qemu/osdep.h"
#include "block/thread-pool.h"
#include "qemu/lockable.h"
#include "qemu/queue.h"
#include "qemu/thread.h"

typedef struct Task {
    ThreadPoolFunc *func;
    void *opaque;
    GDestroyNotify destroy;
    QSIMPLEQ_ENTRY(Task) next;
} Task;

struct ThreadPool {
    QemuMutex lock; /* of all below */
    QemuCond more;  /* tasks, fewer threads allowed, stopping */
    QemuCond none;  /* nothing is under way */
    QemuCond ended; /* a thread */
    QSIMPLEQ_HEAD(, Task) waiting;
    unsigned under_way; /* those that run, too */
    unsigned threads, max_threads;
    bool stopping;
};

/*** The threads. ***/

/* Waits for one; NULL when the thread is to end. With the lock. */
static Task *next_task(ThreadPool *pool)
{
    Task *task;

    while (!pool->stopping && pool->threads <= pool->max_threads) {
        task = QSIMPLEQ_FIRST(&pool->waiting);
        if (task) {
            QSIMPLEQ_REMOVE_HEAD(&pool->waiting, next);
            return task;
        }
        qemu_cond_wait(&pool->more, &pool->lock);
    }
    return NULL;
}

static void *worker(void *opaque)
{
    ThreadPool *pool = opaque;
    Task *task;

    qemu_mutex_lock(&pool->lock);
    while ((task = next_task(pool))) {
        qemu_mutex_unlock(&pool->lock);
        task->func(task->opaque);
        if (task->destroy) {
            task->destroy(task->opaque);
        }
        g_free(task);
        qemu_mutex_lock(&pool->lock);
        if (--pool->under_way == 0) {
            qemu_cond_broadcast(&pool->none);
        }
    }
    pool->threads--;
    qemu_cond_signal(&pool->ended);
    qemu_mutex_unlock(&pool->lock);
    return NULL;
}

/* As many as there is work for, and are allowed. With the lock. */
static void start_threads(ThreadPool *pool)
{
    while (pool->threads < MIN(pool->max_threads, pool->under_way)) {
        QemuThread thread;

        pool->threads++;
        qemu_thread_create(&thread, "pool", worker, pool, QEMU_THREAD_DETACHED);
    }
}

/*** The pool. ***/

ThreadPool *thread_pool_new(void)
{
    ThreadPool *pool = g_new0(ThreadPool, 1);

    qemu_mutex_init(&pool->lock);
    qemu_cond_init(&pool->more);
    qemu_cond_init(&pool->none);
    qemu_cond_init(&pool->ended);
    QSIMPLEQ_INIT(&pool->waiting);
    return pool;
}

void thread_pool_wait(ThreadPool *pool)
{
    QEMU_LOCK_GUARD(&pool->lock);
    while (pool->under_way) {
        qemu_cond_wait(&pool->none, &pool->lock);
    }
}

void thread_pool_free(ThreadPool *pool)
{
    if (!pool) {
        return;
    }
    /* Without threads nothing would ever run. */
    thread_pool_adjust_max_threads_to_work(pool);
    thread_pool_wait(pool);
    WITH_QEMU_LOCK_GUARD(&pool->lock) {
        pool->stopping = true;
        qemu_cond_broadcast(&pool->more);
        while (pool->threads) {
            qemu_cond_wait(&pool->ended, &pool->lock);
        }
    }
    qemu_cond_destroy(&pool->ended);
    qemu_cond_destroy(&pool->none);
    qemu_cond_destroy(&pool->more);
    qemu_mutex_destroy(&pool->lock);
    g_free(pool);
}

void thread_pool_submit(ThreadPool *pool, ThreadPoolFunc *func, void *opaque,
                        GDestroyNotify opaque_destroy)
{
    Task *task = g_new(Task, 1);

    *task = (Task){ .func = func, .opaque = opaque, .destroy = opaque_destroy };
    QEMU_LOCK_GUARD(&pool->lock);
    QSIMPLEQ_INSERT_TAIL(&pool->waiting, task, next);
    pool->under_way++;
    start_threads(pool);
    qemu_cond_signal(&pool->more);
}

void thread_pool_submit_immediate(ThreadPool *pool, ThreadPoolFunc *func,
                                  void *opaque, GDestroyNotify opaque_destroy)
{
    thread_pool_submit(pool, func, opaque, opaque_destroy);
    thread_pool_adjust_max_threads_to_work(pool);
}

/* With the lock. */
static void set_max_threads(ThreadPool *pool, unsigned max_threads)
{
    pool->max_threads = max_threads;
    start_threads(pool);
    qemu_cond_broadcast(&pool->more);
}

bool thread_pool_set_max_threads(ThreadPool *pool, int max_threads)
{
    assert(max_threads > 0);
    QEMU_LOCK_GUARD(&pool->lock);
    set_max_threads(pool, max_threads);
    return true;
}

bool thread_pool_adjust_max_threads_to_work(ThreadPool *pool)
{
    QEMU_LOCK_GUARD(&pool->lock);
    if (pool->under_way > pool->max_threads) {
        set_max_threads(pool, pool->under_way);
    }
    return true;
}
