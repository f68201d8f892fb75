/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers: against a model that sorts, on a clock that the test moves.
 */
#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "system/cpu-timers.h"

static int64_t now;

static int64_t get_now(void)
{
    return qatomic_read(&now);
}

static void set_now(int64_t t)
{
    qatomic_set(&now, t);
}

static const VirtualClockOps test_clock = {
    .get_virtual_clock = get_now,
    .set_virtual_clock = set_now,
};

#define N_TIMERS 200

typedef struct {
    QEMUTimer *timer;
    bool pending;
    int64_t expire;
    uint64_t seq;
} Model;

static Model model[N_TIMERS];
static uint64_t model_seq;
static int fired[N_TIMERS * 2];
static int n_fired;

static void note_fired(void *opaque)
{
    fired[n_fired++] = (Model *)opaque - model;
}

static int by_time(const void *a, const void *b)
{
    const Model *x = &model[*(const int *)a], *y = &model[*(const int *)b];

    if (x->expire != y->expire) {
        return x->expire < y->expire ? -1 : 1;
    }
    return x->seq < y->seq ? -1 : 1;
}

static void model_arm(Model *m, int64_t expire, bool anticipate)
{
    if (anticipate) {
        timer_mod_anticipate_ns(m->timer, expire);
        if (m->pending && m->expire <= expire) {
            return;
        }
    } else {
        timer_mod_ns(m->timer, expire);
    }
    m->pending = true;
    m->expire = expire;
    m->seq = model_seq++;
}

/* The soonest of the model's timers whose attributes are in @mask. */
static int64_t model_deadline(int mask)
{
    int64_t first = INT64_MAX;

    for (int i = 0; i < N_TIMERS; i++) {
        if (model[i].pending && !(model[i].timer->attributes & ~mask)) {
            first = MIN(first, model[i].expire);
        }
    }
    return first == INT64_MAX ? -1 : MAX(first - now, 0);
}

static void check_run(QEMUTimerList *list)
{
    int due[N_TIMERS];
    int n_due = 0;

    for (int i = 0; i < N_TIMERS; i++) {
        if (model[i].pending && model[i].expire <= now) {
            due[n_due++] = i;
        }
    }
    qsort(due, n_due, sizeof(int), by_time);
    n_fired = 0;
    g_assert_true(timerlist_expired(list) == (n_due > 0));
    g_assert_true(timerlist_run_timers(list) == (n_due > 0));
    g_assert_cmpint(n_fired, ==, n_due);
    for (int i = 0; i < n_due; i++) {
        g_assert_cmpint(fired[i], ==, due[i]);
        model[due[i]].pending = false;
    }
}

static void test_model(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(g_test_rand_int());
    QEMUTimerListGroup tlg;
    QEMUTimerList *list;

    now = 0;
    timerlistgroup_init(&tlg, NULL, NULL);
    list = tlg.tl[QEMU_CLOCK_VIRTUAL];
    for (int i = 0; i < N_TIMERS; i++) {
        model[i] = (Model){
            .timer = timer_new_full(&tlg, QEMU_CLOCK_VIRTUAL, SCALE_NS,
                                    i % 5 ? 0 : QEMU_TIMER_ATTR_EXTERNAL,
                                    note_fired, &model[i]),
        };
    }

    for (int step = 0; step < 20000; step++) {
        Model *m = &model[g_rand_int_range(rand, 0, N_TIMERS)];
        int64_t time = now + g_rand_int_range(rand, -5, 100);

        switch (g_rand_int_range(rand, 0, 10)) {
        case 0:
            timer_del(m->timer);
            m->pending = false;
            break;
        case 1:
            qatomic_set(&now, now + g_rand_int_range(rand, 0, 20));
            check_run(list);
            break;
        case 2:
        case 3:
            model_arm(m, MAX(time, 0), true);
            break;
        default:
            model_arm(m, MAX(time, 0), false);
            break;
        }
        g_assert_true(timer_pending(m->timer) == m->pending);
        g_assert_cmpint((int64_t)timer_expire_time_ns(m->timer), ==,
                        m->pending ? m->expire : -1);
        /* For who waits, the clock stands. */
        g_assert_cmpint(timerlist_deadline_ns(list), ==,
                        model_deadline(-1) ? -1 : 0);
        g_assert_cmpint(qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL, -1), ==,
                        model_deadline(-1));
        g_assert_cmpint(qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL, 0), ==,
                        model_deadline(0));
    }
    for (int i = 0; i < N_TIMERS; i++) {
        timer_free(model[i].timer);
    }
    g_assert_false(timerlist_has_timers(list));
    timerlistgroup_deinit(&tlg);
}

typedef struct {
    QEMUTimer timer;
    int64_t period;
    int n;
    int64_t last;
} Periodic;

static void periodic_tick(void *opaque)
{
    Periodic *p = opaque;
    int64_t t = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    /* Each at its own time, though the clock is moved far ahead. */
    g_assert_cmpint(t, ==, p->last + p->period);
    p->last = t;
    p->n++;
    timer_mod_ns(&p->timer, t + p->period);
}

static void test_advance(void)
{
    Periodic fast = { .period = 10 }, slow = { .period = 25 };

    now = 0;
    timer_init_ns(&fast.timer, QEMU_CLOCK_VIRTUAL, periodic_tick, &fast);
    timer_init_ns(&slow.timer, QEMU_CLOCK_VIRTUAL, periodic_tick, &slow);
    timer_mod_ns(&fast.timer, 10);
    timer_mod_ns(&slow.timer, 25);
    g_assert_cmpint(qemu_clock_advance_virtual_time(1007), ==, 1007);
    g_assert_cmpint(fast.n, ==, 100);
    g_assert_cmpint(slow.n, ==, 40);
    g_assert_cmpint(now, ==, 1007);
    timer_del(&fast.timer);
    timer_del(&slow.timer);
}

static void free_self(void *opaque)
{
    QEMUTimer **timer = opaque;

    timer_free(*timer);
    *timer = NULL;
}

static void test_free_in_callback(void)
{
    QEMUTimer *timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, free_self, &timer);

    timer_mod_ns(timer, 0);
    g_assert_true(qemu_clock_run_timers(QEMU_CLOCK_VIRTUAL));
    g_assert_null(timer);
    timer_free(NULL);
}

static void count(void *opaque)
{
    ++*(int *)opaque;
}

static void test_scale(void)
{
    int n = 0;
    QEMUTimer *us = timer_new_us(QEMU_CLOCK_VIRTUAL, count, &n);
    QEMUTimer *ms = timer_new_ms(QEMU_CLOCK_VIRTUAL, count, &n);

    now = 0;
    timer_mod(us, 3);
    timer_mod(ms, 2);
    g_assert_cmpint(timer_expire_time_ns(us), ==, 3000);
    g_assert_cmpint(timer_expire_time_ns(ms), ==, 2000000);
    timer_mod_anticipate(ms, 3);
    g_assert_cmpint(timer_expire_time_ns(ms), ==, 2000000);
    timer_mod_anticipate(ms, 1);
    g_assert_cmpint(timer_expire_time_ns(ms), ==, 1000000);
    g_assert_false(timer_expired(us, 2));
    g_assert_true(timer_expired(us, 3));
    g_assert_false(timer_expired(NULL, 3));

    /* The farthest time there is, and one that has long passed. */
    timer_mod_ns(us, INT64_MAX);
    g_assert_cmpint(timer_expire_time_ns(us), ==, INT64_MAX);
    g_assert_true(timer_pending(us));
    timer_mod_ns(us, -1000);
    g_assert_true(timer_pending(us));
    g_assert_true(qemu_clock_run_timers(QEMU_CLOCK_VIRTUAL));
    g_assert_cmpint(n, ==, 1);
    timer_free(us);
    timer_free(ms);
}

static void test_disable(void)
{
    int n = 0;
    QEMUTimer *timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, count, &n);

    timer_mod_ns(timer, now);
    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, false);
    g_assert_false(qemu_clock_run_all_timers());
    g_assert_cmpint(qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL, -1), ==, -1);
    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, true);
    g_assert_true(qemu_clock_run_all_timers());
    g_assert_cmpint(n, ==, 1);
    timer_free(timer);
}

static void test_machine_clock(void)
{
    int64_t ticks, ns, later;
    QEMUTimer *timer;
    int n = 0;

    cpus_register_virtual_clock(NULL);
    cpu_timers_init();
    g_assert_cmpint(qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL), ==, 0);
    g_usleep(1000);
    g_assert_cmpint(qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL), ==, 0);

    cpu_enable_ticks();
    cpu_enable_ticks();
    g_usleep(2000);
    g_assert_cmpint(qemu_clock_get_us(QEMU_CLOCK_VIRTUAL), >=, 2000);
    g_assert_cmpint(cpu_get_ticks(), >, 0);
    cpu_disable_ticks();
    ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    g_usleep(1000);
    g_assert_cmpint(qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL), ==, ns);

    /* While it stands, there is no point in waiting for a timer. */
    timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, count, &n);
    timer_mod_ns(timer, ns + 1);
    g_assert_cmpint(timerlistgroup_deadline_ns(&main_loop_tlg), ==, -1);
    g_assert_cmpint(qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL, -1), ==, 1);
    cpu_enable_ticks();
    while (!n) {
        main_loop_wait(false);
    }
    cpu_disable_ticks();
    timer_free(timer);

    /* It goes on where it stood. */
    cpu_enable_ticks();
    later = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    g_assert_cmpint(later, >=, ns);
    cpu_disable_ticks();

    cpu_timers_set_state(7, 1234567);
    cpu_timers_get_state(&ticks, &ns);
    g_assert_cmpint(ticks, ==, 7);
    g_assert_cmpint(ns, ==, 1234567);
    g_assert_cmpint(qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL_RT), ==, 1234567);
    cpus_register_virtual_clock(&test_clock);
}

static void test_timeouts(void)
{
    g_assert_cmpint(qemu_timeout_ns_to_ms(-1), ==, -1);
    g_assert_cmpint(qemu_timeout_ns_to_ms(0), ==, 0);
    g_assert_cmpint(qemu_timeout_ns_to_ms(1), ==, 1);
    g_assert_cmpint(qemu_timeout_ns_to_ms(1000000), ==, 1);
    g_assert_cmpint(qemu_timeout_ns_to_ms(1000001), ==, 2);
    g_assert_cmpint(qemu_timeout_ns_to_ms(INT64_MAX), ==, INT_MAX);
    g_assert_cmpint(qemu_soonest_timeout(-1, 5), ==, 5);
    g_assert_cmpint(qemu_soonest_timeout(5, 0), ==, 0);
    g_assert_cmpint(qemu_soonest_timeout(-1, -1), ==, -1);
}

/* Threads arm and stop timers of one list while its owner runs them. */
typedef struct {
    QEMUTimerListGroup tlg;
    int n;
    bool stop;
} Race;

static void *arm_and_stop(void *opaque)
{
    Race *race = opaque;
    QEMUTimer *timer = timer_new_full(&race->tlg, QEMU_CLOCK_REALTIME, SCALE_NS,
                                      0, count, &race->n);

    while (!qatomic_read(&race->stop)) {
        timer_mod_ns(timer, get_clock() + 1000);
        timer_mod_anticipate_ns(timer, get_clock());
        if (timer_pending(timer)) {
            timer_del(timer);
        }
        timer_mod_ns(timer, get_clock());
    }
    timer_del(timer);
    return timer;
}

static void test_threads(void)
{
    Race race = { 0 };
    QemuThread threads[3];
    int64_t end = get_clock() + 300 * SCALE_MS;

    timerlistgroup_init(&race.tlg, NULL, NULL);
    for (int i = 0; i < 3; i++) {
        qemu_thread_create(&threads[i], "armer", arm_and_stop, &race,
                           QEMU_THREAD_JOINABLE);
    }
    while (get_clock() < end) {
        timerlistgroup_run_timers(&race.tlg);
    }
    qatomic_set(&race.stop, true);
    for (int i = 0; i < 3; i++) {
        timer_free(qemu_thread_join(&threads[i]));
    }
    g_assert_cmpint(race.n, >, 0);
    timerlistgroup_deinit(&race.tlg);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qemu_init_main_loop(NULL);
    cpus_register_virtual_clock(&test_clock);
    g_test_add_func("/timer/model", test_model);
    g_test_add_func("/timer/advance", test_advance);
    g_test_add_func("/timer/free-in-callback", test_free_in_callback);
    g_test_add_func("/timer/scale", test_scale);
    g_test_add_func("/timer/disable", test_disable);
    g_test_add_func("/timer/machine-clock", test_machine_clock);
    g_test_add_func("/timer/timeouts", test_timeouts);
    g_test_add_func("/timer/threads", test_threads);
    return g_test_run();
}
