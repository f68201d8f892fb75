/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The main loop, the big lock, and signals.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"

static void count(void *opaque)
{
    ++*(int *)opaque;
}

static void test_bh_and_timer(void)
{
    int n = 0, ticks = 0;
    QEMUBH *bh = qemu_bh_new(count, &n);
    QEMUTimer *timer = timer_new_ms(QEMU_CLOCK_REALTIME, count, &ticks);

    qemu_bh_schedule(bh);
    main_loop_wait(false);
    g_assert_cmpint(n, ==, 1);
    timer_mod(timer, qemu_clock_get_ms(QEMU_CLOCK_REALTIME) + 5);
    while (!ticks) {
        main_loop_wait(false);
    }
    main_loop_wait(true);
    g_assert_cmpint(n, ==, 1);
    g_assert_cmpint(ticks, ==, 1);
    timer_free(timer);
    qemu_bh_delete(bh);
    main_loop_wait(true);
}

static EventNotifier notifier;
static int notified;

static void notifier_ready(EventNotifier *e)
{
    notified += event_notifier_test_and_clear(e);
    g_assert_true(bql_locked());
}

static void test_fd_handler(void)
{
    bql_lock();
    event_notifier_init(&notifier, false);
    event_notifier_set_handler(&notifier, notifier_ready);
    main_loop_wait(true);
    g_assert_cmpint(notified, ==, 0);
    event_notifier_set(&notifier);
    main_loop_wait(false);
    g_assert_cmpint(notified, ==, 1);

    /* Turning the other context runs no input. */
    event_notifier_set(&notifier);
    aio_poll(qemu_get_aio_context(), false);
    g_assert_cmpint(notified, ==, 1);
    main_loop_wait(false);
    g_assert_cmpint(notified, ==, 2);
    event_notifier_set_handler(&notifier, NULL);
    event_notifier_set(&notifier);
    main_loop_wait(true);
    g_assert_cmpint(notified, ==, 2);
    event_notifier_cleanup(&notifier);
    bql_unlock();
}

static gboolean idle_once(void *opaque)
{
    count(opaque);
    return G_SOURCE_REMOVE;
}

static void test_glib_sources(void)
{
    int n = 0;

    g_idle_add(idle_once, &n);
    g_timeout_add(5, idle_once, &n);
    while (n < 2) {
        main_loop_wait(false);
    }
}

static int state_seen[3];
static GPollFD extra;

static void around_poll(Notifier *n, void *data)
{
    MainLoopPoll *poll = data;

    state_seen[poll->state]++;
    if (poll->state == MAIN_LOOP_POLL_FILL) {
        g_array_append_val(poll->pollfds, extra);
        poll->timeout = 10000;
    } else {
        /* What it added is where it was. */
        extra.revents = g_array_index(poll->pollfds, GPollFD, 0).revents;
    }
}

static void test_poll_notifier(void)
{
    Notifier n = { .notify = around_poll };
    EventNotifier e;

    main_loop_wait(true);
    event_notifier_init(&e, true);
    extra = (GPollFD){ .fd = event_notifier_get_fd(&e), .events = G_IO_IN };
    main_loop_poll_add_notifier(&n);
    main_loop_wait(false);
    main_loop_poll_remove_notifier(&n);
    g_assert_cmpint(state_seen[MAIN_LOOP_POLL_FILL], ==, 1);
    g_assert_cmpint(state_seen[MAIN_LOOP_POLL_OK], ==, 1);
    g_assert_true(extra.revents & G_IO_IN);
    event_notifier_cleanup(&e);
}

static int signals;
static pid_t signal_sender;

static void on_signal(int signo, siginfo_t *info, void *ucontext)
{
    g_assert_cmpint(signo, ==, SIGALRM);
    signal_sender = info->si_pid;
    signals++;
}

static void test_signal(void)
{
    struct sigaction action = {
        .sa_sigaction = on_signal,
        .sa_flags = SA_SIGINFO,
    };

    sigaction(SIGALRM, &action, NULL);
    kill(getpid(), SIGALRM);
    g_assert_cmpint(signals, ==, 0);
    while (!signals) {
        main_loop_wait(false);
    }
    g_assert_cmpint(signals, ==, 1);
    g_assert_cmpint(signal_sender, ==, getpid());
}

static QemuCond cond;
static int stage;

static void *other_thread(void *opaque)
{
    g_assert_null(qemu_get_current_aio_context());
    g_assert_false(qemu_in_main_thread());
    bql_lock();
    g_assert_true(qemu_in_main_thread());
    g_assert_true(qemu_get_current_aio_context() == qemu_get_aio_context());
    stage = 1;
    qemu_cond_signal(&cond);
    while (stage == 1) {
        qemu_cond_timedwait_bql(&cond, 1);
    }
    bql_unlock();
    /* The loop may just have gone to sleep, or be about to. */
    for (int i = 0; i < 200; i++) {
        BQL_LOCK_GUARD();
        {
            BQL_LOCK_GUARD();
        }
        g_assert_true(bql_locked());
        stage++;
        qemu_notify_event();
    }
    g_assert_false(bql_locked());
    return NULL;
}

static void test_bql(void)
{
    QemuThread thread;

    g_assert_false(bql_locked());
    qemu_cond_init(&cond);
    bql_lock();
    qemu_thread_create(&thread, "other", other_thread, NULL,
                       QEMU_THREAD_JOINABLE);
    while (stage == 0) {
        qemu_cond_wait_bql(&cond);
    }
    g_assert_true(bql_locked());
    stage = 2;
    qemu_cond_signal(&cond);
    while (stage < 202) {
        main_loop_wait(false);
        g_assert_true(bql_locked());
    }
    bql_unlock();
    qemu_thread_join(&thread);
    qemu_cond_destroy(&cond);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(qemu_init_main_loop(&error_abort), ==, 0);
    g_assert_cmpint(qemu_init_main_loop(&error_abort), ==, 0);
    g_assert_true(qemu_in_main_thread());
    g_test_add_func("/main-loop/bh-and-timer", test_bh_and_timer);
    g_test_add_func("/main-loop/fd-handler", test_fd_handler);
    g_test_add_func("/main-loop/glib-sources", test_glib_sources);
    g_test_add_func("/main-loop/poll-notifier", test_poll_notifier);
    g_test_add_func("/main-loop/signal", test_signal);
    g_test_add_func("/main-loop/bql", test_bql);
    return g_test_run();
}
