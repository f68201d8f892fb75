/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QDict against a plain array of pairs, under random operations. */
#include "qemu/osdep.h"
#include "qobject/qdict.h"
#include "qobject/qnum.h"

#define KEYS 300

/* The model: values by key, and the keys in order of insertion. */
typedef struct Model {
    int64_t value[KEYS];
    bool there[KEYS];
    int order[KEYS];
    int n;
} Model;

static void model_put(Model *m, int key, int64_t value)
{
    if (!m->there[key]) {
        m->there[key] = true;
        m->order[m->n++] = key;
    }
    m->value[key] = value;
}

static void model_del(Model *m, int key)
{
    int i;

    if (m->there[key]) {
        m->there[key] = false;
        for (i = 0; m->order[i] != key; i++) {
        }
        memmove(m->order + i, m->order + i + 1,
                (m->n - i - 1) * sizeof(m->order[0]));
        m->n--;
    }
}

static void key_name(char *buf, size_t size, int key)
{
    snprintf(buf, size, "%s%d", key % 3 ? "key" : "", key);
}

static void check(QDict *qdict, Model *m)
{
    const QDictEntry *e = qdict_first(qdict);
    char name[32];
    int i;

    g_assert_cmpuint(qdict_size(qdict), ==, m->n);
    for (i = 0; i < m->n; i++) {
        key_name(name, sizeof(name), m->order[i]);
        g_assert_cmpstr(qdict_entry_key(e), ==, name);
        g_assert_cmpint(qdict_get_int(qdict, name), ==, m->value[m->order[i]]);
        e = qdict_next(qdict, e);
    }
    g_assert(!e);
}

static void test_model(void)
{
    int round, i, key;
    char name[32];

    for (round = 0; round < 20; round++) {
        g_autofree Model *m = g_new0(Model, 1);
        g_autoptr(QDict) qdict = qdict_new();
        g_autoptr(QDict) copy = NULL;

        for (i = 0; i < 2000; i++) {
            key = g_test_rand_int_range(0, KEYS);
            key_name(name, sizeof(name), key);
            if (g_test_rand_int_range(0, 10) < 3 + round / 4) {
                qdict_del(qdict, name);
                model_del(m, key);
                g_assert(!qdict_haskey(qdict, name));
            } else {
                qdict_put_int(qdict, name, i);
                model_put(m, key, i);
                g_assert(qdict_haskey(qdict, name));
            }
            if (i % 64 == 0) {
                check(qdict, m);
            }
        }
        check(qdict, m);
        copy = qdict_clone_shallow(qdict);
        check(copy, m);
        g_assert(qobject_is_equal(QOBJECT(copy), QOBJECT(qdict)));
        qdict_put_int(copy, "another", 0);
        g_assert(!qobject_is_equal(QOBJECT(copy), QOBJECT(qdict)));
    }
}

/* The entry one stands on may go, when its successor is known. */
static void test_delete_while_walking(void)
{
    g_autoptr(QDict) qdict = qdict_new();
    const QDictEntry *e, *next;
    char name[32];
    int i;

    for (i = 0; i < 100; i++) {
        key_name(name, sizeof(name), i);
        qdict_put_int(qdict, name, i);
    }
    for (e = qdict_first(qdict), i = 0; e; e = next, i++) {
        next = qdict_next(qdict, e);
        if (i % 2) {
            qdict_del(qdict, qdict_entry_key(e));
        }
    }
    g_assert_cmpint(i, ==, 100);
    g_assert_cmpuint(qdict_size(qdict), ==, 50);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/qdict/model", test_model);
    g_test_add_func("/qdict/delete-while-walking", test_delete_while_walking);
    return g_test_run();
}
