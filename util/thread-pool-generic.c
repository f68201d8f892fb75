/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads for work that nobody's event loop waits for: GLib's pool. */
#include "qemu/osdep.h"
#include "block/thread-pool.h"

struct ThreadPool {
    GThreadPool *threads;
    GMutex lock;
    GCond none; /* nothing is under way */
    unsigned under_way;
};

typedef struct Task {
    ThreadPoolFunc *func;
    void *opaque;
    GDestroyNotify destroy;
} Task;

static void run(gpointer data, gpointer user_data)
{
    ThreadPool *pool = user_data;
    Task *task = data;

    task->func(task->opaque);
    if (task->destroy) {
        task->destroy(task->opaque);
    }
    g_free(task);

    g_mutex_lock(&pool->lock);
    if (--pool->under_way == 0) {
        g_cond_broadcast(&pool->none);
    }
    g_mutex_unlock(&pool->lock);
}

ThreadPool *thread_pool_new(void)
{
    ThreadPool *pool = g_new0(ThreadPool, 1);

    g_mutex_init(&pool->lock);
    g_cond_init(&pool->none);
    pool->threads = g_thread_pool_new(run, pool, 0, FALSE, NULL);
    return pool;
}

void thread_pool_wait(ThreadPool *pool)
{
    g_mutex_lock(&pool->lock);
    while (pool->under_way) {
        g_cond_wait(&pool->none, &pool->lock);
    }
    g_mutex_unlock(&pool->lock);
}

void thread_pool_free(ThreadPool *pool)
{
    if (!pool) {
        return;
    }
    /* Without threads nothing would ever run. */
    thread_pool_adjust_max_threads_to_work(pool);
    thread_pool_wait(pool);
    g_thread_pool_free(pool->threads, FALSE, TRUE);
    g_cond_clear(&pool->none);
    g_mutex_clear(&pool->lock);
    g_free(pool);
}

void thread_pool_submit(ThreadPool *pool, ThreadPoolFunc *func, void *opaque,
                        GDestroyNotify opaque_destroy)
{
    Task *task = g_new(Task, 1);

    *task = (Task){ .func = func, .opaque = opaque, .destroy = opaque_destroy };
    g_mutex_lock(&pool->lock);
    pool->under_way++;
    g_mutex_unlock(&pool->lock);
    g_thread_pool_push(pool->threads, task, NULL);
}

void thread_pool_submit_immediate(ThreadPool *pool, ThreadPoolFunc *func,
                                  void *opaque, GDestroyNotify opaque_destroy)
{
    thread_pool_submit(pool, func, opaque, opaque_destroy);
    thread_pool_adjust_max_threads_to_work(pool);
}

bool thread_pool_set_max_threads(ThreadPool *pool, int max_threads)
{
    assert(max_threads > 0);
    return g_thread_pool_set_max_threads(pool->threads, max_threads, NULL);
}

bool thread_pool_adjust_max_threads_to_work(ThreadPool *pool)
{
    unsigned under_way;

    g_mutex_lock(&pool->lock);
    under_way = pool->under_way;
    g_mutex_unlock(&pool->lock);
    return under_way <= g_thread_pool_get_max_threads(pool->threads) ||
           thread_pool_set_max_threads(pool, under_way);
}
