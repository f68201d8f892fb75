/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RCU: no reader sees what was freed; callbacks, their order and their lock;
 * forcing readers; fork.
 */
#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "qemu/rcu_queue.h"

#define GOOD 0x600d600d
#define BAD  0xbadbadba

typedef struct Version {
    struct rcu_head rcu;
    unsigned state;
    int number;
} Version;

static Version *current;
static bool stop;
static int freed;

static void reclaim(Version *v)
{
    g_assert_true(bql_locked());
    g_assert_cmpuint(v->state, ==, GOOD);
    v->state = BAD;
    freed++;
    g_free(v);
}

static Version *version(int number)
{
    Version *v = g_new0(Version, 1);

    v->state = GOOD;
    v->number = number;
    return v;
}

static void *read_versions(void *opaque)
{
    int last = 0;

    if (opaque) {
        rcu_register_thread();
    }
    while (!qatomic_read(&stop)) {
        WITH_RCU_READ_LOCK_GUARD() {
            Version *v = qatomic_rcu_read(&current);

            RCU_READ_LOCK_GUARD();
            for (int i = 0; i < 20; i++) {
                g_assert_cmpuint(v->state, ==, GOOD);
            }
            g_assert_cmpint(v->number, >=, last);
            last = v->number;
        }
    }
    if (opaque) {
        rcu_unregister_thread();
    }
    return NULL;
}

static void test_torture(void)
{
    QemuThread readers[3];
    int64_t end = g_get_monotonic_time() + 400000;
    int n = 1;

    qatomic_set(&stop, false);
    freed = 0;
    qatomic_rcu_set(&current, version(n));
    for (int i = 0; i < 3; i++) {
        /* One of them leaves registration to the first section. */
        qemu_thread_create(&readers[i], "reader", read_versions,
                           i ? &stop : NULL, QEMU_THREAD_JOINABLE);
    }
    while (g_get_monotonic_time() < end) {
        Version *old = current;

        qatomic_rcu_set(&current, version(++n));
        if (n % 20) {
            call_rcu(old, reclaim, rcu);
        } else {
            synchronize_rcu();
            old->state = BAD;
            g_free(old);
        }
        g_usleep(10);
    }
    qatomic_set(&stop, true);
    for (int i = 0; i < 3; i++) {
        qemu_thread_join(&readers[i]);
    }
    drain_call_rcu();
    g_assert_cmpint(freed, ==, n - 1 - n / 20);
    g_free(current);
}

typedef struct {
    struct rcu_head rcu;
    int number;
} Numbered;

static int next_number;

static void check_number(Numbered *n)
{
    g_assert_cmpint(n->number, ==, next_number++);
    g_free(n);
}

static void test_order_and_drain(void)
{
    for (int i = 0; i < 1000; i++) {
        Numbered *n = g_new(Numbered, 1);

        n->number = i;
        call_rcu(n, check_number, rcu);
    }
    /* The lock that callbacks need is given to them. */
    bql_lock();
    drain_call_rcu();
    g_assert_true(bql_locked());
    bql_unlock();
    g_assert_cmpint(next_number, ==, 1000);

    g_free_rcu(g_new0(Numbered, 1), rcu);
    drain_call_rcu();
}

static Notifier force;
static int forced;
static bool leave;
static QemuSemaphore inside;

static void on_force(Notifier *n, void *data)
{
    qatomic_inc(&forced);
    qatomic_set(&leave, true);
}

static void *long_section(void *opaque)
{
    rcu_register_thread();
    force.notify = on_force;
    rcu_add_force_rcu_notifier(&force);
    rcu_read_lock();
    qemu_sem_post(&inside);
    while (!qatomic_read(&leave)) {
        g_usleep(100);
    }
    rcu_read_unlock();
    rcu_remove_force_rcu_notifier(&force);
    rcu_unregister_thread();
    return NULL;
}

static void test_force(void)
{
    QemuThread thread;

    qemu_sem_init(&inside, 0);
    qemu_thread_create(&thread, "long", long_section, NULL,
                       QEMU_THREAD_JOINABLE);
    qemu_sem_wait(&inside);
    g_free_rcu(g_new0(Numbered, 1), rcu);
    drain_call_rcu();
    g_assert_cmpint(qatomic_read(&forced), >, 0);
    qemu_thread_join(&thread);
}

#ifndef QEMU_SANITIZE_THREAD
/* ThreadSanitizer does not support threads after a fork. */
static void *short_section(void *opaque)
{
    rcu_read_lock();
    rcu_read_unlock();
    return NULL;
}

static void *stay_inside(void *opaque)
{
    rcu_read_lock();
    qemu_sem_post(&inside);
    qemu_sem_wait(opaque);
    rcu_read_unlock();
    return NULL;
}

static void test_fork(void)
{
    QemuSemaphore go;
    QemuThread thread;
    int status;
    pid_t pid;

    qemu_sem_init(&go, 0);
    qemu_thread_create(&thread, "inside", stay_inside, &go,
                       QEMU_THREAD_JOINABLE);
    qemu_sem_wait(&inside);
    pid = fork();
    if (pid == 0) {
        QemuThread child_thread;

        /* A reader that is not in this process must not be waited for. */
        alarm(10);
        synchronize_rcu();
        qemu_thread_create(&child_thread, "child", short_section, NULL,
                           QEMU_THREAD_JOINABLE);
        qemu_thread_join(&child_thread);
        g_free_rcu(g_new0(Numbered, 1), rcu);
        drain_call_rcu();
        _exit(7);
    }
    qemu_sem_post(&go);
    qemu_thread_join(&thread);
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 7);
}

#endif

static void test_atfork_disabled(void)
{
    int status;
    pid_t pid;

    rcu_disable_atfork();
    pid = fork();
    if (pid == 0) {
        _exit(0);
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    rcu_enable_atfork();
    synchronize_rcu();
}

static void test_speed(void)
{
    int64_t start = g_get_monotonic_time();
    const int n = 2000000;
    int64_t us;

    for (int i = 0; i < n; i++) {
        rcu_read_lock();
        rcu_read_unlock();
    }
    us = g_get_monotonic_time() - start;
    g_test_message("%.2f ns per read section", us * 1000.0 / n);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rcu/torture", test_torture);
    g_test_add_func("/rcu/order-and-drain", test_order_and_drain);
    g_test_add_func("/rcu/force", test_force);
#ifndef QEMU_SANITIZE_THREAD
    g_test_add_func("/rcu/fork", test_fork);
#endif
    g_test_add_func("/rcu/atfork-disabled", test_atfork_disabled);
    g_test_add_func("/rcu/speed", test_speed);
    return g_test_run();
}
