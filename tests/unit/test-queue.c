/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The four lists, at random, against an array that holds what should be. */
#include "qemu/osdep.h"
#include "qemu/queue.h"

enum { ELEMENTS = 12, STEPS = 20000 };

typedef struct Node {
    int id;
    QLIST_ENTRY(Node) l;
    QSLIST_ENTRY(Node) s;
    QSIMPLEQ_ENTRY(Node) q;
    QTAILQ_ENTRY(Node) t;
} Node;

typedef QLIST_HEAD(, Node) ListHead;
typedef QSLIST_HEAD(, Node) SlistHead;
typedef QSIMPLEQ_HEAD(, Node) SimpleqHead;
typedef QTAILQ_HEAD(, Node) TailqHead;

static Node nodes[ELEMENTS];
/* Numbers of nodes in the order they should have. */
static int model[ELEMENTS], len;

static int model_find(int id)
{
    for (int i = 0; i < len; i++) {
        if (model[i] == id) {
            return i;
        }
    }
    return -1;
}

static void model_insert(int at, int id)
{
    memmove(&model[at + 1], &model[at], (len - at) * sizeof(int));
    model[at] = id;
    len++;
}

static void model_remove(int at)
{
    memmove(&model[at], &model[at + 1], (len - at - 1) * sizeof(int));
    len--;
}

static void reset(void)
{
    memset(nodes, 0, sizeof(nodes));
    for (int i = 0; i < ELEMENTS; i++) {
        nodes[i].id = i;
    }
    len = 0;
}

static Node *random_member(int *at)
{
    *at = g_test_rand_int_range(0, len);
    return &nodes[model[*at]];
}

#define CHECK_FORWARD(FOREACH, head, field)                                    \
    do {                                                                       \
        int n_ = 0;                                                            \
        Node *e_;                                                              \
        FOREACH(e_, head, field)                                               \
        {                                                                      \
            g_assert_cmpint(n_, <, len);                                       \
            g_assert_cmpint(e_->id, ==, model[n_]);                            \
            n_++;                                                              \
        }                                                                      \
        g_assert_cmpint(n_, ==, len);                                          \
    } while (0)

static void test_list(void)
{
    ListHead a = QLIST_HEAD_INITIALIZER(a), b, *head = &a, *other = &b;

    QLIST_INIT(&b);
    reset();
    for (int step = 0; step < STEPS; step++) {
        Node *n = &nodes[g_test_rand_int_range(0, ELEMENTS)];
        int at = model_find(n->id), where;

        g_assert_cmpint(QLIST_IS_INSERTED(n, l), ==, at >= 0);
        if (g_test_rand_int_range(0, 20) == 0) {
            ListHead *tmp = head;

            QLIST_SWAP(other, head, l);
            head = other;
            other = tmp;
            g_assert_true(QLIST_EMPTY(other));
        } else if (at >= 0) {
            QLIST_SAFE_REMOVE(n, l);
            QLIST_SAFE_REMOVE(n, l);
            model_remove(at);
        } else if (len == 0 || g_test_rand_bit()) {
            QLIST_INSERT_HEAD(head, n, l);
            model_insert(0, n->id);
        } else if (g_test_rand_bit()) {
            Node *m = random_member(&where);

            QLIST_INSERT_AFTER(m, n, l);
            model_insert(where + 1, n->id);
        } else {
            Node *m = random_member(&where);

            QLIST_INSERT_BEFORE(m, n, l);
            model_insert(where, n->id);
        }
        CHECK_FORWARD(QLIST_FOREACH, head, l);
    }
}

static void test_slist(void)
{
    SlistHead head = QSLIST_HEAD_INITIALIZER(head), other;

    reset();
    for (int step = 0; step < STEPS; step++) {
        Node *n = &nodes[g_test_rand_int_range(0, ELEMENTS)], *m;
        int at = model_find(n->id), where;

        if (g_test_rand_int_range(0, 20) == 0) {
            QSLIST_MOVE_ATOMIC(&other, &head);
            g_assert_true(QSLIST_EMPTY(&head));
            QSLIST_MOVE_ATOMIC(&head, &other);
        } else if (at == 0) {
            QSLIST_REMOVE_HEAD(&head, s);
            model_remove(0);
        } else if (at > 0 && g_test_rand_bit()) {
            QSLIST_REMOVE_AFTER(&nodes[model[at - 1]], s);
            model_remove(at);
        } else if (at > 0) {
            QSLIST_REMOVE(&head, n, Node, s);
            g_assert_null(QSLIST_NEXT(n, s));
            model_remove(at);
        } else if (len && g_test_rand_bit()) {
            m = random_member(&where);
            QSLIST_INSERT_AFTER(m, n, s);
            model_insert(where + 1, n->id);
        } else if (g_test_rand_bit()) {
            QSLIST_INSERT_HEAD(&head, n, s);
            model_insert(0, n->id);
        } else {
            QSLIST_INSERT_HEAD_ATOMIC(&head, n, s);
            model_insert(0, n->id);
        }
        CHECK_FORWARD(QSLIST_FOREACH, &head, s);
    }
}

/* Splits, and joins again in one of two orders. */
static void simpleq_cut(SimpleqHead *head)
{
    SimpleqHead front;
    int where = g_test_rand_int_range(0, len), old[ELEMENTS];

    QSIMPLEQ_SPLIT_AFTER(head, &nodes[model[where]], q, &front);
    g_assert_true(QSIMPLEQ_LAST(&front, Node, q) == &nodes[model[where]]);
    if (g_test_rand_bit()) {
        QSIMPLEQ_PREPEND(head, &front);
    } else {
        QSIMPLEQ_CONCAT(head, &front);
        memcpy(old, model, sizeof(old));
        for (int i = 0; i < len; i++) {
            model[i] = old[(where + 1 + i) % len];
        }
    }
    g_assert_true(QSIMPLEQ_EMPTY(&front));
}

static void test_simpleq(void)
{
    SimpleqHead head = QSIMPLEQ_HEAD_INITIALIZER(head);

    reset();
    for (int step = 0; step < STEPS; step++) {
        Node *n = &nodes[g_test_rand_int_range(0, ELEMENTS)], *m;
        int at = model_find(n->id), where;

        if (len && g_test_rand_int_range(0, 10) == 0) {
            simpleq_cut(&head);
        } else if (at == 0 && g_test_rand_bit()) {
            QSIMPLEQ_REMOVE_HEAD(&head, q);
            model_remove(0);
        } else if (at >= 0) {
            QSIMPLEQ_REMOVE(&head, n, Node, q);
            model_remove(at);
        } else if (len && g_test_rand_bit()) {
            m = random_member(&where);
            QSIMPLEQ_INSERT_AFTER(&head, m, n, q);
            model_insert(where + 1, n->id);
        } else if (g_test_rand_bit()) {
            QSIMPLEQ_INSERT_HEAD(&head, n, q);
            model_insert(0, n->id);
        } else {
            QSIMPLEQ_INSERT_TAIL(&head, n, q);
            model_insert(len, n->id);
        }
        CHECK_FORWARD(QSIMPLEQ_FOREACH, &head, q);
        m = QSIMPLEQ_LAST(&head, Node, q);
        g_assert_true(m == (len ? &nodes[model[len - 1]] : NULL));
        g_assert_cmpint(QSIMPLEQ_EMPTY_ATOMIC(&head), ==, len == 0);
    }
}

static void tailq_check(TailqHead *head)
{
    Node *e;
    int n = len;
    void *raw;

    CHECK_FORWARD(QTAILQ_FOREACH, head, t);
    QTAILQ_FOREACH_REVERSE(e, head, t) {
        g_assert_cmpint(e->id, ==, model[--n]);
    }
    g_assert_cmpint(n, ==, 0);
    QTAILQ_RAW_FOREACH(raw, head, offsetof(Node, t))
    {
        g_assert_cmpint(((Node *)raw)->id, ==, model[n++]);
    }
    g_assert_cmpint(n, ==, len);
}

static void test_tailq(void)
{
    TailqHead head = QTAILQ_HEAD_INITIALIZER(head);

    reset();
    for (int step = 0; step < STEPS; step++) {
        Node *n = &nodes[g_test_rand_int_range(0, ELEMENTS)], *m;
        int at = model_find(n->id), where;

        g_assert_cmpint(QTAILQ_IN_USE(n, t), ==, at >= 0);
        if (at >= 0 && g_test_rand_int_range(0, 4) == 0) {
            int last = g_test_rand_int_range(at, len);

            QTAILQ_REMOVE_SEVERAL(&head, n, &nodes[model[last]], t);
            for (int i = at; i <= last; last--) {
                memset(&nodes[model[i]].t, 0, sizeof(n->t));
                model_remove(i);
            }
        } else if (at >= 0) {
            QTAILQ_REMOVE(&head, n, t);
            model_remove(at);
        } else {
            switch (g_test_rand_int_range(0, len ? 5 : 3)) {
            case 0:
                QTAILQ_INSERT_HEAD(&head, n, t);
                model_insert(0, n->id);
                break;
            case 1:
                QTAILQ_INSERT_TAIL(&head, n, t);
                model_insert(len, n->id);
                break;
            case 2:
                QTAILQ_RAW_INSERT_TAIL(&head, n, offsetof(Node, t));
                model_insert(len, n->id);
                break;
            case 3:
                m = random_member(&where);
                QTAILQ_INSERT_AFTER(&head, m, n, t);
                model_insert(where + 1, n->id);
                break;
            default:
                m = random_member(&where);
                QTAILQ_INSERT_BEFORE(m, n, t);
                model_insert(where, n->id);
                break;
            }
        }
        tailq_check(&head);
    }
}

static void test_raw_list(void)
{
    ListHead head;
    const size_t entry = offsetof(Node, l);
    void *raw, *prev = NULL;
    int n = 0;

    reset();
    QLIST_INIT(&head);
    for (int i = 0; i < 5; i++) {
        if (!prev) {
            QLIST_RAW_INSERT_HEAD(&head, &nodes[i], entry);
        } else {
            QLIST_RAW_INSERT_AFTER(&head, prev, &nodes[i], entry);
        }
        prev = &nodes[i];
        model_insert(len, i);
    }
    QLIST_RAW_INSERT_HEAD(&head, &nodes[5], entry);
    model_insert(0, 5);
    QLIST_RAW_FOREACH(raw, &head, entry)
    {
        g_assert_cmpint(((Node *)raw)->id, ==, model[n++]);
    }
    /* What the raw forms built is a list for the others. */
    while (len) {
        int at;
        Node *e = random_member(&at);

        QLIST_REMOVE(e, l);
        model_remove(at);
        CHECK_FORWARD(QLIST_FOREACH, &head, l);
    }
}

/* Elements may go away inside the _SAFE loops. */
static void test_safe(void)
{
    ListHead l = QLIST_HEAD_INITIALIZER(l);
    TailqHead t = QTAILQ_HEAD_INITIALIZER(t);
    Node *e, *next;

    for (int i = 0; i < 10; i++) {
        e = g_new0(Node, 1);
        QLIST_INSERT_HEAD(&l, e, l);
        e = g_new0(Node, 1);
        e->id = i;
        QTAILQ_INSERT_TAIL(&t, e, t);
    }
    QLIST_FOREACH_SAFE(e, &l, l, next) {
        QLIST_REMOVE(e, l);
        g_free(e);
    }
    g_assert_true(QLIST_EMPTY(&l));
    QTAILQ_FOREACH_SAFE(e, &t, t, next) {
        if (e->id % 2) {
            QTAILQ_REMOVE(&t, e, t);
            g_free(e);
        }
    }
    QTAILQ_FOREACH_REVERSE_SAFE(e, &t, t, next) {
        QTAILQ_REMOVE(&t, e, t);
        g_free(e);
    }
    g_assert_true(QTAILQ_EMPTY(&t));
}

/* Any number of threads push, one takes: nothing is lost. */
static SlistHead shared;

static void *push_thread(void *opaque)
{
    for (int i = 0; i < STEPS; i++) {
        Node *n = g_new0(Node, 1);

        QSLIST_INSERT_HEAD_ATOMIC(&shared, n, s);
    }
    return NULL;
}

static int take_all(void)
{
    SlistHead mine;
    int count = 0;

    QSLIST_MOVE_ATOMIC(&mine, &shared);
    while (!QSLIST_EMPTY(&mine)) {
        Node *n = QSLIST_FIRST(&mine);

        QSLIST_REMOVE_HEAD(&mine, s);
        g_free(n);
        count++;
    }
    return count;
}

static void test_atomic(void)
{
    GThread *threads[3];
    int count = 0;

    for (int i = 0; i < 3; i++) {
        threads[i] = g_thread_new("push", push_thread, NULL);
    }
    while (count < STEPS) {
        count += take_all();
    }
    for (int i = 0; i < 3; i++) {
        g_thread_join(threads[i]);
    }
    count += take_all();
    g_assert_cmpint(count, ==, 3 * STEPS);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/queue/list", test_list);
    g_test_add_func("/queue/slist", test_slist);
    g_test_add_func("/queue/simpleq", test_simpleq);
    g_test_add_func("/queue/tailq", test_tailq);
    g_test_add_func("/queue/raw-list", test_raw_list);
    g_test_add_func("/queue/safe", test_safe);
    g_test_add_func("/queue/atomic", test_atomic);
    return g_test_run();
}
