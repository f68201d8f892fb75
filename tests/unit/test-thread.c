/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads and what they wait on: locks, conditions, semaphores, events,
 * counters with a lock, sequence locks, 64-bit statistics.
 */
#include "qemu/osdep.h"
#include "qemu/lockable.h"
#include "qemu/lockcnt.h"
#include "qemu/notify.h"
#include "qemu/seqlock.h"
#include "qemu/stats64.h"
#include "qemu/thread.h"

#define THREADS 3

static void run_threads(void *(*fn)(void *), void *opaque)
{
    QemuThread threads[THREADS];

    for (int i = 0; i < THREADS; i++) {
        qemu_thread_create(&threads[i], "test", fn, opaque,
                           QEMU_THREAD_JOINABLE);
    }
    for (int i = 0; i < THREADS; i++) {
        qemu_thread_join(&threads[i]);
    }
}

static QemuMutex mutex;
static QemuRecMutex rec_mutex;
static QemuSpin spin;
static long counter;

static bool leave_early(void)
{
    WITH_QEMU_LOCK_GUARD(&mutex) {
        counter++;
        return true;
    }
    return false;
}

static void *use_locks(void *opaque)
{
    for (int i = 0; i < 3000; i++) {
        leave_early();
        {
            QEMU_LOCK_GUARD(&rec_mutex);
            QEMU_LOCK_GUARD(&rec_mutex);
            QEMU_LOCK_GUARD(&mutex);
            counter++;
        }
        WITH_QEMU_LOCK_GUARD(&spin) {
            *(int *)opaque += 1;
        }
    }
    return NULL;
}

static void test_locks(void)
{
    int n = 0;

    qemu_mutex_init(&mutex);
    qemu_rec_mutex_init(&rec_mutex);
    qemu_spin_init(&spin);
    run_threads(use_locks, &n);
    g_assert_cmpint(n, ==, THREADS * 3000);
    g_assert_cmpint(counter, ==, THREADS * 6000);

    qemu_mutex_lock(&mutex);
    g_assert_cmpint(qemu_mutex_trylock(&mutex), !=, 0);
    qemu_mutex_unlock(&mutex);
    g_assert_cmpint(qemu_mutex_trylock(&mutex), ==, 0);
    qemu_mutex_unlock(&mutex);
    g_assert_false(qemu_spin_trylock(&spin));
    g_assert_true(qemu_spin_locked(&spin));
    g_assert_true(qemu_spin_trylock(&spin));
    qemu_spin_unlock(&spin);
    g_assert_null(QEMU_MAKE_LOCKABLE((void *)NULL));
    qemu_mutex_destroy(&mutex);
    qemu_rec_mutex_destroy(&rec_mutex);
}

static void test_cond_timeout(void)
{
    QemuCond cond;
    int64_t start = g_get_monotonic_time();

    qemu_mutex_init(&mutex);
    qemu_cond_init(&cond);
    qemu_mutex_lock(&mutex);
    while (qemu_cond_timedwait(&cond, &mutex, 20)) {
    }
    g_assert_cmpint(g_get_monotonic_time() - start, >=, 20000);
    qemu_mutex_unlock(&mutex);
    qemu_cond_destroy(&cond);
    qemu_mutex_destroy(&mutex);
}

static QemuSemaphore sem;
static int taken;

static void *take_and_post(void *opaque)
{
    for (int i = 0; i < 2000; i++) {
        if (i % 2) {
            qemu_sem_wait(&sem);
        } else {
            while (qemu_sem_timedwait(&sem, 1) < 0) {
            }
        }
        g_assert_cmpint(qatomic_fetch_inc(&taken), <, 2);
        qatomic_dec(&taken);
        qemu_sem_post(&sem);
    }
    return NULL;
}

static void *post_once(void *opaque)
{
    qemu_sem_post(opaque);
    return NULL;
}

static void test_semaphore(void)
{
    int64_t start = g_get_monotonic_time();

    qemu_sem_init(&sem, 0);
    g_assert_cmpint(qemu_sem_timedwait(&sem, 10), ==, -1);
    g_assert_cmpint(g_get_monotonic_time() - start, >=, 10000);
    g_assert_cmpint(qemu_sem_timedwait(&sem, 0), ==, -1);
    qemu_sem_post(&sem);
    g_assert_cmpint(qemu_sem_timedwait(&sem, 0), ==, 0);

    /* Two at a time. */
    qemu_sem_post(&sem);
    qemu_sem_post(&sem);
    run_threads(take_and_post, NULL);
    qemu_sem_wait(&sem);
    qemu_sem_wait(&sem);
    g_assert_cmpint(qemu_sem_timedwait(&sem, 0), ==, -1);
    qemu_sem_destroy(&sem);

    /* Freed as soon as the wait is over. */
    for (int i = 0; i < 50; i++) {
        QemuSemaphore *one = g_new(QemuSemaphore, 1);
        QemuThread thread;

        qemu_sem_init(one, 0);
        qemu_thread_create(&thread, "post", post_once, one,
                           QEMU_THREAD_JOINABLE);
        qemu_sem_wait(one);
        qemu_sem_destroy(one);
        g_free(one);
        qemu_thread_join(&thread);
    }
}

static QemuEvent there, back;
static int message;

static void *answer(void *opaque)
{
    for (int i = 1; i <= 3000; i++) {
        while (qatomic_read(&message) != i) {
            qemu_event_reset(&there);
            if (qatomic_read(&message) != i) {
                qemu_event_wait(&there);
            }
        }
        qatomic_set(&message, -i);
        qemu_event_set(&back);
    }
    return NULL;
}

static void test_event(void)
{
    QemuThread thread;

    qemu_event_init(&there, true);
    qemu_event_init(&back, false);
    qemu_event_wait(&there);
    qemu_thread_create(&thread, "answer", answer, NULL, QEMU_THREAD_JOINABLE);
    for (int i = 1; i <= 3000; i++) {
        qatomic_set(&message, i);
        qemu_event_set(&there);
        while (qatomic_read(&message) != -i) {
            qemu_event_reset(&back);
            if (qatomic_read(&message) != -i) {
                qemu_event_wait(&back);
            }
        }
    }
    qemu_thread_join(&thread);
    qemu_event_destroy(&there);
    qemu_event_destroy(&back);
}

/*
 * Visitors look at what @shared points at; who is the last to leave, or finds
 * nobody, takes it away and puts in a new one.
 */
static QemuLockCnt lockcnt;
static int *shared;
static int replaced;

static void replace_locked(void)
{
    int *old = shared;

    g_assert_cmpuint(qemu_lockcnt_count(&lockcnt), ==, 0);
    qatomic_set(&shared, NULL);
    g_free(old);
    qatomic_rcu_set(&shared, g_memdup2(&(int){ 42 }, sizeof(int)));
    replaced++;
}

static void *visit(void *opaque)
{
    for (int i = 0; i < 5000; i++) {
        qemu_lockcnt_inc(&lockcnt);
        g_assert_cmpint(*qatomic_rcu_read(&shared), ==, 42);
        if (i % 3 == 0) {
            if (qemu_lockcnt_dec_and_lock(&lockcnt)) {
                replace_locked();
                qemu_lockcnt_unlock(&lockcnt);
            }
        } else if (i % 3 == 1) {
            if (qemu_lockcnt_dec_if_lock(&lockcnt)) {
                replace_locked();
                qemu_lockcnt_inc_and_unlock(&lockcnt);
                g_assert_cmpint(*qatomic_rcu_read(&shared), ==, 42);
            }
            qemu_lockcnt_dec(&lockcnt);
        } else {
            qemu_lockcnt_dec(&lockcnt);
            qemu_lockcnt_lock(&lockcnt);
            if (!qemu_lockcnt_count(&lockcnt)) {
                replace_locked();
            }
            qemu_lockcnt_unlock(&lockcnt);
        }
    }
    return NULL;
}

static void test_lockcnt(void)
{
    qemu_lockcnt_init(&lockcnt);
    shared = g_memdup2(&(int){ 42 }, sizeof(int));
    run_threads(visit, NULL);
    g_assert_cmpint(replaced, >, 0);
    g_assert_cmpuint(qemu_lockcnt_count(&lockcnt), ==, 0);

    qemu_lockcnt_inc(&lockcnt);
    qemu_lockcnt_inc(&lockcnt);
    g_assert_false(qemu_lockcnt_dec_if_lock(&lockcnt));
    g_assert_cmpuint(qemu_lockcnt_count(&lockcnt), ==, 2);
    g_assert_false(qemu_lockcnt_dec_and_lock(&lockcnt));
    g_assert_true(qemu_lockcnt_dec_if_lock(&lockcnt));
    qemu_lockcnt_unlock(&lockcnt);
    qemu_lockcnt_destroy(&lockcnt);
    g_free(shared);
}

static QemuSeqLock seq;
static int64_t pair[2];
static bool writer_done;

static void *read_pairs(void *opaque)
{
    do {
        int64_t a, b;
        unsigned start;

        do {
            start = seqlock_read_begin(&seq);
            a = qatomic_read(&pair[0]);
            b = qatomic_read(&pair[1]);
        } while (seqlock_read_retry(&seq, start));
        g_assert_cmpint(a, ==, -b);
    } while (!qatomic_read(&writer_done));
    return NULL;
}

static void test_seqlock(void)
{
    QemuThread reader;

    seqlock_init(&seq);
    qemu_mutex_init(&mutex);
    qemu_thread_create(&reader, "reader", read_pairs, NULL,
                       QEMU_THREAD_JOINABLE);
    for (int i = 0; i < 50000; i++) {
        seqlock_write_lock(&seq, &mutex);
        qatomic_set(&pair[0], i);
        qatomic_set(&pair[1], -i);
        seqlock_write_unlock(&seq, &mutex);
    }
    qatomic_set(&writer_done, true);
    qemu_thread_join(&reader);
    qemu_mutex_destroy(&mutex);
}

static Stat64 sum, least, most;

static void *add_stats(void *opaque)
{
    for (uint64_t i = 1; i <= 1000; i++) {
        stat64_add(&sum, i << 32);
        stat64_min(&least, (2000 - i) << 32);
        stat64_max(&most, i << 32);
    }
    return NULL;
}

static void test_stats64(void)
{
    stat64_init(&sum, 0);
    stat64_init(&least, UINT64_MAX);
    stat64_set(&most, 0);
    run_threads(add_stats, NULL);
    g_assert_cmpuint(stat64_get(&sum), ==, (THREADS * 500500ULL) << 32);
    g_assert_cmpuint(stat64_get(&least), ==, 1000ULL << 32);
    g_assert_cmpuint(stat64_get(&most), ==, 1000ULL << 32);
}

static GString *ends;

static void first_end(Notifier *n, void *data)
{
    g_string_append(ends, "1");
}

static void second_end(Notifier *n, void *data)
{
    g_string_append(ends, "2");
}

static void *end_me(void *opaque)
{
    static Notifier a = { .notify = first_end }, b = { .notify = second_end };
    static Notifier c = { .notify = second_end };
    QemuThread me;

    qemu_thread_get_self(&me);
    g_assert_true(qemu_thread_is_self(&me));
    g_assert_false(qemu_thread_is_self(opaque));
    qemu_thread_atexit_add(&a);
    qemu_thread_atexit_add(&c);
    qemu_thread_atexit_add(&b);
    qemu_thread_atexit_remove(&c);
    qemu_thread_exit((void *)"value");
}

static void test_thread_end(void)
{
    QemuThread me, thread;

    ends = g_string_new(NULL);
    qemu_thread_get_self(&me);
    qemu_thread_create(&thread, "end", end_me, &me, QEMU_THREAD_JOINABLE);
    g_assert_cmpstr(qemu_thread_join(&thread), ==, "value");
    g_assert_cmpstr(ends->str, ==, "21");
    g_string_free(ends, true);
}

static void *my_name(void *opaque)
{
    char name[16];

    pthread_getname_np(pthread_self(), name, sizeof(name));
    return g_strdup(name);
}

static void *detached(void *opaque)
{
    sigset_t mask;

    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    g_assert_true(sigismember(&mask, SIGTERM));
    g_assert_false(sigismember(&mask, SIGSEGV));
    qemu_sem_post(opaque);
    return NULL;
}

static void test_thread_kinds(void)
{
    g_autofree unsigned long *cpus = NULL;
    unsigned long nbits;
    g_autofree char *name = NULL;
    QemuThread thread;
    sigset_t mask;

    qemu_thread_naming(true);
    qemu_thread_create(&thread, "a name that is too long", my_name, NULL,
                       QEMU_THREAD_JOINABLE);
    qemu_thread_naming(false);
    name = qemu_thread_join(&thread);
    g_assert_cmpstr(name, ==, "a name that is ");

    qemu_sem_init(&sem, 0);
    qemu_thread_create(&thread, NULL, detached, &sem, QEMU_THREAD_DETACHED);
    qemu_sem_wait(&sem);
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    g_assert_false(sigismember(&mask, SIGTERM));

    qemu_thread_get_self(&thread);
    g_assert_cmpint(qemu_thread_get_affinity(&thread, &cpus, &nbits), ==, 0);
    g_assert_cmpint(qemu_thread_set_affinity(&thread, cpus, nbits), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/thread/locks", test_locks);
    g_test_add_func("/thread/cond-timeout", test_cond_timeout);
    g_test_add_func("/thread/semaphore", test_semaphore);
    g_test_add_func("/thread/event", test_event);
    g_test_add_func("/thread/lockcnt", test_lockcnt);
    g_test_add_func("/thread/seqlock", test_seqlock);
    g_test_add_func("/thread/stats64", test_stats64);
    g_test_add_func("/thread/end", test_thread_end);
    g_test_add_func("/thread/kinds", test_thread_kinds);
    return g_test_run();
}
