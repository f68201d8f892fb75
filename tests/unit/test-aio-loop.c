/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AioContext by aio_poll(): bottom halves, descriptors, timers, waking up.
 */
#include "qemu/osdep.h"
#include "block/aio-wait.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"

static AioContext *ctx;

static void turn_until_quiet(void)
{
    while (aio_poll(ctx, false)) {
    }
}

static GString *trail;

static void append(void *opaque)
{
    g_string_append(trail, opaque);
}

static void test_bh_order(void)
{
    QEMUBH *a = aio_bh_new(ctx, append, (void *)"a");
    QEMUBH *b = aio_bh_new(ctx, append, (void *)"b");

    trail = g_string_new(NULL);
    qemu_bh_schedule(b);
    qemu_bh_schedule(a);
    qemu_bh_schedule(b);
    aio_bh_schedule_oneshot(ctx, append, (void *)"c");
    g_assert_true(aio_poll(ctx, true));
    g_assert_cmpstr(trail->str, ==, "bac");
    g_assert_false(aio_poll(ctx, false));

    qemu_bh_schedule(a);
    qemu_bh_schedule(b);
    qemu_bh_cancel(a);
    turn_until_quiet();
    g_assert_cmpstr(trail->str, ==, "bacb");

    qemu_bh_schedule(a);
    qemu_bh_delete(a);
    qemu_bh_delete(b);
    turn_until_quiet();
    g_assert_cmpstr(trail->str, ==, "bacb");
    g_string_free(trail, true);
}

typedef struct {
    QEMUBH *bh;
    int n;
    int max;
} Again;

static void schedule_again(void *opaque)
{
    Again *again = opaque;

    if (++again->n < again->max) {
        qemu_bh_schedule(again->bh);
    } else {
        qemu_bh_delete(again->bh);
    }
}

static void test_bh_again(void)
{
    Again again = { .max = 3 };

    again.bh = aio_bh_new(ctx, schedule_again, &again);
    qemu_bh_schedule(again.bh);
    for (int i = 1; i <= 3; i++) {
        /* Scheduled while it runs: next time. */
        g_assert_true(aio_poll(ctx, false));
        g_assert_cmpint(again.n, ==, i);
    }
    turn_until_quiet();
    g_assert_cmpint(again.n, ==, 3);
}

static void turn_inside(void *opaque)
{
    g_string_append(trail, "(");
    aio_bh_schedule_oneshot(ctx, append, (void *)"3");
    aio_poll(ctx, false);
    g_string_append(trail, ")");
}

static void test_bh_nested(void)
{
    trail = g_string_new(NULL);
    aio_bh_schedule_oneshot(ctx, append, (void *)"1");
    aio_bh_schedule_oneshot(ctx, turn_inside, NULL);
    aio_bh_schedule_oneshot(ctx, append, (void *)"2");
    g_assert_true(aio_poll(ctx, true));
    g_assert_cmpstr(trail->str, ==, "1(23)");
    g_string_free(trail, true);
}

static void note_engaged(void *opaque)
{
    g_assert_true(((MemReentrancyGuard *)opaque)->engaged_in_io);
}

static void test_bh_guard(void)
{
    MemReentrancyGuard guard = { 0 };
    QEMUBH *bh = aio_bh_new_guarded(ctx, note_engaged, &guard, &guard);

    qemu_bh_schedule(bh);
    g_assert_true(aio_poll(ctx, false));
    g_assert_false(guard.engaged_in_io);
    guard.engaged_in_io = true;
    qemu_bh_schedule(bh);
    g_assert_true(aio_poll(ctx, false));
    g_assert_true(guard.engaged_in_io);
    qemu_bh_delete(bh);
    turn_until_quiet();
}

static void test_bh_idle(void)
{
    QEMUBH *bh;

    trail = g_string_new(NULL);
    bh = aio_bh_new(ctx, append, (void *)"i");
    qemu_bh_schedule_idle(bh);
    g_assert_cmpint(aio_compute_timeout(ctx), >, 0);
    /* It is run, but is no progress; the wait for it ends by itself. */
    g_assert_false(aio_poll(ctx, true));
    g_assert_cmpstr(trail->str, ==, "i");
    qemu_bh_delete(bh);
    turn_until_quiet();
    g_string_free(trail, true);
}

typedef struct {
    EventNotifier e;
    int n;
    bool remove;
} Counted;

static void notifier_ready(EventNotifier *e)
{
    Counted *c = container_of(e, Counted, e);

    g_assert_true(event_notifier_test_and_clear(e));
    c->n++;
    if (c->remove) {
        aio_set_event_notifier(ctx, e, NULL, NULL, NULL);
    }
}

static void test_notifiers(void)
{
    Counted many[40] = { 0 };

    for (int i = 0; i < 40; i++) {
        g_assert_cmpint(event_notifier_init(&many[i].e, i == 7), ==, 0);
        aio_set_event_notifier(ctx, &many[i].e, notifier_ready, NULL, NULL);
    }
    g_assert_true(aio_poll(ctx, true));
    g_assert_cmpint(many[7].n, ==, 1);
    g_assert_false(aio_poll(ctx, false));

    many[30].remove = true;
    for (int i = 0; i < 40; i++) {
        event_notifier_set(&many[i].e);
    }
    turn_until_quiet();
    for (int i = 0; i < 40; i++) {
        g_assert_cmpint(many[i].n, ==, i == 7 ? 2 : 1);
        event_notifier_set(&many[i].e);
    }
    turn_until_quiet();
    g_assert_cmpint(many[30].n, ==, 1);
    g_assert_cmpint(many[31].n, ==, 2);
    for (int i = 0; i < 40; i++) {
        aio_set_event_notifier(ctx, &many[i].e, NULL, NULL, NULL);
        event_notifier_cleanup(&many[i].e);
    }
}

static int pipe_fds[2];

static void pipe_readable(void *opaque)
{
    char c;

    g_assert_cmpint(read(pipe_fds[0], &c, 1), ==, 1);
    g_string_append_c(trail, c);
}

static void pipe_writable(void *opaque)
{
    g_assert_cmpint(write(pipe_fds[1], opaque, 1), ==, 1);
    aio_set_fd_handler(ctx, pipe_fds[1], NULL, NULL, NULL, NULL, NULL);
}

static void test_pipe(void)
{
    trail = g_string_new(NULL);
    g_assert_cmpint(pipe(pipe_fds), ==, 0);
    aio_set_fd_handler(ctx, pipe_fds[0], pipe_readable, NULL, NULL, NULL, NULL);
    aio_set_fd_handler(ctx, pipe_fds[1], NULL, pipe_writable, NULL, NULL,
                       (void *)"x");
    turn_until_quiet();
    g_assert_cmpstr(trail->str, ==, "x");
    /* A hangup is readable too. */
    close(pipe_fds[1]);
    aio_set_fd_handler(ctx, pipe_fds[0], append, NULL, NULL, NULL, (void *)"h");
    g_assert_true(aio_poll(ctx, true));
    g_assert_cmpstr(trail->str, ==, "xh");
    aio_set_fd_handler(ctx, pipe_fds[0], NULL, NULL, NULL, NULL, NULL);
    g_assert_false(aio_poll(ctx, false));
    close(pipe_fds[0]);
    g_string_free(trail, true);
}

static void count(void *opaque)
{
    ++*(int *)opaque;
}

static void test_timer(void)
{
    QEMUTimer timer;
    int64_t start = get_clock();
    int n = 0;

    aio_timer_init(ctx, &timer, QEMU_CLOCK_REALTIME, SCALE_NS, count, &n);
    timer_mod(&timer, start + 20 * SCALE_MS);
    g_assert_false(aio_poll(ctx, false));
    while (n == 0) {
        aio_poll(ctx, true);
    }
    g_assert_cmpint(get_clock() - start, >=, 20 * SCALE_MS);
    timer_deinit(&timer);
}

/* A thread with a loop of its own, and calls from here to there and back. */
typedef struct {
    AioContext *ctx;
    QemuSemaphore ready;
    bool stop;
    unsigned calls;
} Worker;

static void worker_stop(void *opaque)
{
    ((Worker *)opaque)->stop = true;
}

static void worker_call(void *opaque)
{
    ((Worker *)opaque)->calls++;
}

static void *worker_run(void *opaque)
{
    Worker *w = opaque;

    w->ctx = aio_context_new(&error_abort);
    qemu_set_current_aio_context(w->ctx);
    qemu_sem_post(&w->ready);
    while (!w->stop) {
        aio_poll(w->ctx, true);
    }
    while (aio_poll(w->ctx, false)) {
    }
    return NULL;
}

static void *storm(void *opaque)
{
    Worker *w = opaque;

    for (int i = 0; i < 20000; i++) {
        aio_bh_schedule_oneshot(w->ctx, worker_call, w);
        if (i % 1000 == 0) {
            g_usleep(100);
        }
    }
    return NULL;
}

static void test_threads(void)
{
    Worker w = { 0 };
    QemuThread worker, storms[2];

    qemu_sem_init(&w.ready, 0);
    qemu_thread_create(&worker, "worker", worker_run, &w, QEMU_THREAD_JOINABLE);
    qemu_sem_wait(&w.ready);
    for (int i = 0; i < 2; i++) {
        qemu_thread_create(&storms[i], "storm", storm, &w,
                           QEMU_THREAD_JOINABLE);
    }
    for (int i = 0; i < 2000; i++) {
        /* One at a time: loses a wake-up if any can be lost. */
        aio_wait_bh_oneshot(w.ctx, worker_call, &w);
    }
    for (int i = 0; i < 2; i++) {
        qemu_thread_join(&storms[i]);
    }
    aio_bh_schedule_oneshot(w.ctx, worker_stop, &w);
    qemu_thread_join(&worker);
    g_assert_cmpuint(w.calls, ==, 42000);
    aio_context_unref(w.ctx);
    qemu_sem_destroy(&w.ready);
}

static void *change_handlers(void *opaque)
{
    Worker *w = opaque;
    EventNotifier e;

    event_notifier_init(&e, true);
    for (int i = 0; i < 3000; i++) {
        aio_set_fd_handler(w->ctx, event_notifier_get_fd(&e), worker_call, NULL,
                           NULL, NULL, w);
        aio_set_fd_handler(w->ctx, event_notifier_get_fd(&e), NULL, NULL, NULL,
                           NULL, NULL);
    }
    event_notifier_cleanup(&e);
    return NULL;
}

static void test_handler_threads(void)
{
    Worker w = { 0 };
    QemuThread worker, changers[2];

    qemu_sem_init(&w.ready, 0);
    qemu_thread_create(&worker, "worker", worker_run, &w, QEMU_THREAD_JOINABLE);
    qemu_sem_wait(&w.ready);
    for (int i = 0; i < 2; i++) {
        qemu_thread_create(&changers[i], "change", change_handlers, &w,
                           QEMU_THREAD_JOINABLE);
    }
    for (int i = 0; i < 2; i++) {
        qemu_thread_join(&changers[i]);
    }
    aio_bh_schedule_oneshot(w.ctx, worker_stop, &w);
    qemu_thread_join(&worker);
    aio_context_unref(w.ctx);
    qemu_sem_destroy(&w.ready);
}

static void test_params(void)
{
    Error *err = NULL;

    aio_context_set_thread_pool_params(ctx, 4, 2, &err);
    g_assert_nonnull(err);
    error_free(err);
    aio_context_set_thread_pool_params(ctx, 0, 64, &error_abort);
    aio_context_set_poll_params(ctx, 32768, 0, 0, &error_abort);
    aio_context_set_aio_params(ctx, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qemu_init_main_loop(&error_abort);
    ctx = qemu_get_aio_context();
    turn_until_quiet();
    g_test_add_func("/aio/bh/order", test_bh_order);
    g_test_add_func("/aio/bh/again", test_bh_again);
    g_test_add_func("/aio/bh/nested", test_bh_nested);
    g_test_add_func("/aio/bh/guard", test_bh_guard);
    g_test_add_func("/aio/bh/idle", test_bh_idle);
    g_test_add_func("/aio/notifiers", test_notifiers);
    g_test_add_func("/aio/pipe", test_pipe);
    g_test_add_func("/aio/timer", test_timer);
    g_test_add_func("/aio/threads", test_threads);
    g_test_add_func("/aio/handler-threads", test_handler_threads);
    g_test_add_func("/aio/params", test_params);
    return g_test_run();
}
