/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rate limit of events: properties that have to hold whatever comes when.
 */
#include "qemu/osdep.h"
#include "qobject/qdict.h"
#include "monitor/event-throttle.h"

#define PERIOD 1000
#define KINDS  6

/* What is known about one kind of event. */
typedef struct Kind {
    int64_t put; /* number of the newest event put in; 0: none */
    int64_t put_time;
    int64_t sent; /* number of the newest event that came out */
    int64_t sent_time;
    int n_sent;
} Kind;

typedef struct Fixture {
    EventThrottle *t;
    Kind kinds[KINDS];
    int64_t now;
} Fixture;

static const char *const names[] = { NULL, "a", "b" };

/* A kind is a type (0 or 1) and what the event is about. */
static int kind_of(int type, const char *about)
{
    for (int i = 0; i < 3; i++) {
        if (!g_strcmp0(names[i], about)) {
            return type * 3 + i;
        }
    }
    g_assert_not_reached();
}

static void deliver(void *opaque, int type, const QDict *event)
{
    Fixture *f = opaque;
    Kind *k = &f->kinds[kind_of(type, qdict_get_try_str(event, "about"))];
    int64_t n = qdict_get_int(event, "n");

    /* Only what was put in, the newest one, and not too soon. */
    g_assert_cmpint(n, >, k->sent);
    g_assert_cmpint(n, ==, k->put);
    if (k->n_sent) {
        g_assert_cmpint(f->now - k->sent_time, >=, PERIOD);
    }
    k->sent = n;
    k->sent_time = f->now;
    k->n_sent++;
}

static void put(Fixture *f, int type, const char *about, int64_t n)
{
    Kind *k = &f->kinds[kind_of(type, about)];
    bool quiet = !k->n_sent || f->now - k->sent_time > PERIOD;
    QDict *event = qdict_new();

    qdict_put_int(event, "n", n);
    if (about) {
        qdict_put_str(event, "about", about);
    }
    k->put = n;
    k->put_time = f->now;
    event_throttle_put(f->t, type, about, event, f->now, PERIOD);
    qobject_unref(event);
    if (quiet) {
        g_assert_cmpint(k->sent, ==, n);
    }
}

/* Lets time pass as a timer would. */
static void advance(Fixture *f, int64_t to)
{
    int64_t deadline;

    while ((deadline = event_throttle_deadline(f->t)) <= to) {
        g_assert_cmpint(deadline, >=, f->now);
        f->now = deadline;
        event_throttle_run(f->t, f->now);
        g_assert_cmpint(event_throttle_deadline(f->t), >, f->now);
    }
    f->now = to;
}

static void setup(Fixture *f, gconstpointer data)
{
    f->t = event_throttle_new(deliver, f);
}

static void teardown(Fixture *f, gconstpointer data)
{
    event_throttle_free(f->t);
}

static void test_random(Fixture *f, gconstpointer data)
{
    for (int64_t n = 1; n < 100000; n++) {
        int step = g_test_rand_int_range(0, 8);

        advance(f, f->now + (step == 7 ? g_test_rand_int_range(0, 5 * PERIOD)
                                       : g_test_rand_int_range(0, PERIOD / 4)));
        put(f, g_test_rand_int_range(0, 2), names[g_test_rand_int_range(0, 3)],
            n);
        for (int i = 0; i < KINDS; i++) {
            Kind *k = &f->kinds[i];

            /* Nothing waits longer than a period. */
            if (k->put != k->sent) {
                g_assert_cmpint(f->now - k->sent_time, <=, PERIOD);
            }
        }
    }
    advance(f, f->now + PERIOD);
    for (int i = 0; i < KINDS; i++) {
        g_assert_cmpint(f->kinds[i].sent, ==, f->kinds[i].put);
    }
    advance(f, f->now + PERIOD);
    g_assert_cmpint(event_throttle_deadline(f->t), ==, INT64_MAX);
}

static void test_burst(Fixture *f, gconstpointer data)
{
    Kind *k = &f->kinds[kind_of(0, "a")];

    for (int n = 1; n <= 50; n++) {
        put(f, 0, "a", n);
    }
    g_assert_cmpint(k->n_sent, ==, 1);
    put(f, 0, "b", 51);
    put(f, 1, "a", 52);
    g_assert_cmpint(f->kinds[kind_of(0, "b")].n_sent, ==, 1);
    g_assert_cmpint(f->kinds[kind_of(1, "a")].n_sent, ==, 1);
    g_assert_cmpint(event_throttle_deadline(f->t), ==, PERIOD);
    advance(f, PERIOD - 1);
    g_assert_cmpint(k->n_sent, ==, 1);
    advance(f, PERIOD);
    g_assert_cmpint(k->n_sent, ==, 2);
    g_assert_cmpint(k->sent, ==, 50);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/monitor/events/random", Fixture, NULL, setup, test_random,
               teardown);
    g_test_add("/monitor/events/burst", Fixture, NULL, setup, test_burst,
               teardown);
    return g_test_run();
}
