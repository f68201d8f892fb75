/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * key=value syntax: random nested values written as options come back as they
 * were; arbitrary text neither crashes nor leaves without value and error; and
 * what the errors say.
 */
#include "qemu/osdep.h"
#include "block/qdict.h"
#include "qapi/error.h"
#include "qemu/keyval.h"
#include "qobject/qlist.h"
#include "qobject/qstring.h"

/* A random nested value with only strings in it, and no empty containers. */
static QObject *random_value(int depth)
{
    static const char *const words[] = { "",  "a",    "1",    "x,y", ",",
                                         "=", "a=b,", "help", "?",   "ü" };
    int kind = g_test_rand_int_range(0, depth ? 3 : 1);
    int n = g_test_rand_int_range(1, 5);

    if (kind == 0) {
        return QOBJECT(qstring_from_str(
            words[g_test_rand_int_range(0, ARRAY_SIZE(words))]));
    }
    if (kind == 1) {
        QList *list = qlist_new();

        while (n--) {
            qlist_append_obj(list, random_value(depth - 1));
        }
        return QOBJECT(list);
    } else {
        static const char *const keys[] = { "a",         "b-c",  "d_e",
                                            "__org.x_f", "help", "A9" };
        QDict *dict = qdict_new();

        while (n--) {
            qdict_put_obj(dict,
                          keys[g_test_rand_int_range(0, ARRAY_SIZE(keys))],
                          random_value(depth - 1));
        }
        return QOBJECT(dict);
    }
}

static QDict *random_dict(int depth)
{
    for (;;) {
        QObject *obj = random_value(depth);
        QDict *dict = qobject_to(QDict, obj);

        if (dict) {
            return dict;
        }
        qobject_unref(obj);
    }
}

/* Writes @obj, which @path leads to, as options. */
static void write_options(GPtrArray *out, const char *path, QObject *obj)
{
    QDict *dict = qobject_to(QDict, obj);
    QList *list = qobject_to(QList, obj);
    const QDictEntry *e;
    const QListEntry *elt;
    int i = 0;

    if (dict) {
        for (e = qdict_first(dict); e; e = qdict_next(dict, e)) {
            g_autofree char *sub = g_strdup_printf(
                "%s%s%s", path, *path ? "." : "", qdict_entry_key(e));

            write_options(out, sub, qdict_entry_value(e));
        }
    } else if (list) {
        QLIST_FOREACH_ENTRY(list, elt) {
            g_autofree char *sub = g_strdup_printf(
                "%s.%s%d", path, g_test_rand_bit() ? "" : "00", i++);

            write_options(out, sub, qlist_entry_obj(elt));
        }
    } else {
        GString *s = g_string_new(qstring_get_str(qobject_to(QString, obj)));

        g_string_replace(s, ",", ",,", 0);
        g_ptr_array_add(out, g_strdup_printf("%s=%s", path, s->str));
        g_string_free(s, true);
    }
}

static char *options_of(QDict *dict)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    guint i;

    write_options(parts, "", QOBJECT(dict));
    for (i = parts->len; i > 1; i--) {
        guint j = g_test_rand_int_range(0, i);
        void *tmp = parts->pdata[j];

        parts->pdata[j] = parts->pdata[i - 1];
        parts->pdata[i - 1] = tmp;
    }
    g_ptr_array_add(parts, NULL);
    return g_strjoinv(",", (char **)parts->pdata);
}

static void test_round_trip(void)
{
    int i;

    for (i = 0; i < 3000; i++) {
        g_autoptr(QDict) dict = random_dict(4);
        g_autofree char *text = options_of(dict);
        g_autoptr(QDict) back = keyval_parse(text, NULL, NULL, &error_abort);

        g_assert(qobject_is_equal(QOBJECT(dict), QOBJECT(back)));
    }
}

/* Flat and nested say the same (names with dots are not escaped here). */
static void test_flatten(void)
{
    int i;

    for (i = 0; i < 3000; i++) {
        g_autoptr(QDict) dict = random_dict(3);
        g_autofree char *text = options_of(dict);
        QObject *back;

        qdict_flatten(dict);
        if (!strstr(text, "__org.x")) {
            g_autoptr(QDict) parsed =
                keyval_parse(text, NULL, NULL, &error_abort);

            back = qdict_crumple(dict, &error_abort);
            g_assert(qobject_is_equal(back, QOBJECT(parsed)));
            qobject_unref(back);
        }
    }
}

static void test_any_text(void)
{
    static const char chars[] = "aab01.,,==?_-help \xc3";
    int i, j, good = 0;

    for (i = 0; i < 100000; i++) {
        char text[16];
        bool help;
        Error *err = NULL;
        QDict *dict;
        int n = g_test_rand_int_range(0, sizeof(text));

        for (j = 0; j < n; j++) {
            text[j] = chars[g_test_rand_int_range(0, sizeof(chars) - 1)];
        }
        text[n] = 0;
        dict = keyval_parse(text, g_test_rand_bit() ? "implied" : NULL,
                            g_test_rand_bit() ? &help : NULL, &err);
        g_assert(!dict != !err);
        good += !!dict;
        error_free(err);
        qobject_unref(dict);
    }
    g_assert_cmpint(good, >, 1000);
}

static void check_error(const char *text, const char *expected)
{
    Error *err = NULL;
    QDict *dict = keyval_parse(text, NULL, NULL, &err);

    g_assert(!dict && err);
    g_assert_cmpstr(error_get_pretty(err), ==, expected);
    error_free(err);
}

static void test_errors(void)
{
    check_error("a", "Expected '=' after parameter 'a'");
    check_error("a.b,c=d", "Expected '=' after parameter 'a.b'");
    check_error("=x", "Invalid parameter ''");
    check_error("a..b=x", "Invalid parameter 'a..b'");
    check_error("a.99999999999=x", "Invalid parameter 'a.99999999999'");
    check_error("a.b=1,a=2", "Parameters 'a.*' used inconsistently");
    check_error("a=1,a.b=2", "Parameters 'a.*' used inconsistently");
    check_error("x.a.b=1,x.a.0=2", "Parameters 'x.a.*' used inconsistently");
    check_error("x.l.1=1", "Parameter 'x.l.0' missing");
    check_error("x.l.0=1,x.l.2=1", "Parameter 'x.l.1' missing");
    check_error("help", "Help is not available for this option");
}

static void test_merge(void)
{
    g_autoptr(QDict) old =
        keyval_parse("a.b=1,a.c=2,l.0=x,s=old", NULL, NULL, &error_abort);
    g_autoptr(QDict) new =
        keyval_parse("a.c=3,a.d=4,l.0=y,s=new,t=t", NULL, NULL, &error_abort);
    g_autoptr(QDict) both = keyval_parse(
        "a.b=1,a.c=3,a.d=4,l.0=x,l.1=y,s=new,t=t", NULL, NULL, &error_abort);
    g_autoptr(QDict) other = keyval_parse("a.b.x=1", NULL, NULL, &error_abort);
    Error *err = NULL;

    keyval_merge(old, new, &error_abort);
    g_assert(qobject_is_equal(QOBJECT(old), QOBJECT(both)));
    keyval_merge(old, other, &err);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Parameter 'a.b' used inconsistently");
    error_free(err);
}

static void test_into(void)
{
    g_autoptr(QDict) dict = qdict_new();
    g_autoptr(QDict) both =
        keyval_parse("a=2,b.0=x,c=d", NULL, NULL, &error_abort);

    g_assert(keyval_parse_into(dict, "a=1,b.0=x", NULL, NULL, &error_abort) ==
             dict);
    keyval_parse_into(dict, "a=2,c=d", NULL, NULL, &error_abort);
    g_assert(qobject_is_equal(QOBJECT(dict), QOBJECT(both)));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/keyval/round-trip", test_round_trip);
    g_test_add_func("/keyval/flatten", test_flatten);
    g_test_add_func("/keyval/any-text", test_any_text);
    g_test_add_func("/keyval/errors", test_errors);
    g_test_add_func("/keyval/merge", test_merge);
    g_test_add_func("/keyval/into", test_into);
    return g_test_run();
}
