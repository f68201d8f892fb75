/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Visitors: the edges of each integer type in all representations, what errors
 * say about the place, and lists as strings against a model.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/qobject-output-visitor.h"
#include "qapi/string-input-visitor.h"
#include "qapi/string-output-visitor.h"
#include "qobject/qjson.h"
#include "qobject/qstring.h"

/* @text through the three input visitors into @type. */
#define CHECK_INT(type, ctype, text, good, value)                              \
    do {                                                                       \
        QObject *obj = qobject_from_json(text, &error_abort);                  \
        QString *str = qstring_from_str(text);                                 \
        Visitor *v[3] = { qobject_input_visitor_new(obj),                      \
                          qobject_input_visitor_new_keyval(QOBJECT(str)),      \
                          string_input_visitor_new(text) };                    \
        int i;                                                                 \
                                                                               \
        for (i = 0; i < 3; i++) {                                              \
            ctype val = 42;                                                    \
            Error *err = NULL;                                                 \
                                                                               \
            g_assert(visit_type_##type(v[i], "n", &val, &err) == (good));      \
            g_assert((err == NULL) == (good));                                 \
            g_assert(val == ((good) ? (ctype)(value) : 42));                   \
            error_free(err);                                                   \
            visit_free(v[i]);                                                  \
        }                                                                      \
        qobject_unref(obj);                                                    \
        qobject_unref(str);                                                    \
    } while (0)

static void test_integer_edges(void)
{
    CHECK_INT(uint8, uint8_t, "255", true, 255);
    CHECK_INT(uint8, uint8_t, "256", false, 0);
    CHECK_INT(uint8, uint8_t, "-1", false, 0);
    CHECK_INT(uint16, uint16_t, "65535", true, 65535);
    CHECK_INT(uint16, uint16_t, "65536", false, 0);
    CHECK_INT(uint32, uint32_t, "4294967295", true, 4294967295);
    CHECK_INT(uint32, uint32_t, "4294967296", false, 0);
    CHECK_INT(uint64, uint64_t, "18446744073709551615", true, UINT64_MAX);
    CHECK_INT(uint64, uint64_t, "18446744073709551616", false, 0);
    CHECK_INT(uint64, uint64_t, "-1", true, UINT64_MAX);
    CHECK_INT(int8, int8_t, "127", true, 127);
    CHECK_INT(int8, int8_t, "128", false, 0);
    CHECK_INT(int8, int8_t, "-128", true, -128);
    CHECK_INT(int8, int8_t, "-129", false, 0);
    CHECK_INT(int16, int16_t, "-32768", true, -32768);
    CHECK_INT(int16, int16_t, "-32769", false, 0);
    CHECK_INT(int32, int32_t, "2147483647", true, INT32_MAX);
    CHECK_INT(int32, int32_t, "2147483648", false, 0);
    CHECK_INT(int32, int32_t, "-2147483648", true, INT32_MIN);
    CHECK_INT(int64, int64_t, "9223372036854775807", true, INT64_MAX);
    CHECK_INT(int64, int64_t, "9223372036854775808", false, 0);
    CHECK_INT(int64, int64_t, "-9223372036854775808", true, INT64_MIN);
    CHECK_INT(int64, int64_t, "1.5", false, 0);
}

/* What goes out comes in. */
static void test_scalar_round_trip(void)
{
    static const int64_t edges[] = { 0, 1, -1, INT64_MAX, INT64_MIN };
    int i, human;

    for (i = 0; i < 200; i++) {
        uint64_t u = i < ARRAY_SIZE(edges) ? edges[i]
                                           : (uint64_t)g_test_rand_int() << 32 |
                                                 (uint32_t)g_test_rand_int();
        int64_t s = u, sback;
        uint64_t uback;
        QObject *obj;
        Visitor *v;

        v = qobject_output_visitor_new(&obj);
        visit_type_uint64(v, NULL, &u, &error_abort);
        visit_complete(v, &obj);
        visit_free(v);
        v = qobject_input_visitor_new(obj);
        visit_type_uint64(v, NULL, &uback, &error_abort);
        visit_free(v);
        qobject_unref(obj);
        g_assert(u == uback);

        for (human = 0; human < 2; human++) {
            g_autofree char *text = NULL;
            g_autofree char *expected =
                human ? g_strdup_printf("%" PRId64 " (0x%" PRIx64 ")", s, s)
                      : g_strdup_printf("%" PRId64, s);

            v = string_output_visitor_new(human, &text);
            visit_type_int64(v, NULL, &s, &error_abort);
            visit_complete(v, &text);
            visit_free(v);
            g_assert_cmpstr(text, ==, expected);
            if (!human) {
                v = string_input_visitor_new(text);
                visit_type_int64(v, NULL, &sback, &error_abort);
                visit_free(v);
                g_assert(s == sback);
            }
        }
    }
}

/* A set of small integers as a list, as a string, and as a list again. */
static void test_list_model(void)
{
    int round, i, n;

    for (round = 0; round < 1000; round++) {
        bool model[40] = { 0 };
        intList *list = NULL, *back = NULL, *l;
        g_autofree char *text = NULL;
        Visitor *v;

        n = g_test_rand_int_range(0, 30);
        for (i = 0; i < n; i++) {
            int val = g_test_rand_int_range(0, ARRAY_SIZE(model));

            model[val] = true;
            QAPI_LIST_PREPEND(list, val - 20);
        }
        v = string_output_visitor_new(false, &text);
        visit_type_intList(v, NULL, &list, &error_abort);
        visit_complete(v, &text);
        visit_free(v);

        v = string_input_visitor_new(text);
        visit_type_intList(v, NULL, &back, &error_abort);
        visit_free(v);
        for (i = 0, l = back; i < ARRAY_SIZE(model); i++) {
            if (model[i]) {
                g_assert(l && l->value == i - 20);
                l = l->next;
            }
        }
        g_assert(!l);
        qapi_free_intList(list);
        qapi_free_intList(back);
    }
}

/* Walks { "a": { "b": [ 1, 2, X ], "c": bool } }; the error at the end. */
static char *walk(Visitor *v)
{
    Error *err = NULL;
    int64_t n;
    bool b;
    char *text;

    if (visit_start_struct(v, NULL, NULL, 0, &err)) {
        if (visit_start_struct(v, "a", NULL, 0, &err)) {
            if (visit_start_list(v, "b", NULL, 0, &err)) {
                bool ok = visit_type_int(v, NULL, &n, &err) &&
                          visit_type_int(v, NULL, &n, &err) &&
                          visit_type_int(v, NULL, &n, &err) &&
                          visit_check_list(v, &err);

                visit_end_list(v, NULL);
                if (ok && visit_type_bool(v, "c", &b, &err)) {
                    visit_check_struct(v, &err);
                }
            }
            visit_end_struct(v, NULL);
        }
        if (!err) {
            visit_check_struct(v, &err);
        }
        visit_end_struct(v, NULL);
    }
    visit_free(v);
    text = g_strdup(err ? error_get_pretty(err) : "fine");
    error_free(err);
    return text;
}

static void check_place(const char *json, const char *expected)
{
    Visitor *v = qobject_input_visitor_new_str(json, NULL, &error_abort);
    g_autofree char *said = walk(v);

    g_assert_cmpstr(said, ==, expected);
}

static void test_places(void)
{
    check_place("{'a': {'b': [1, 2, 3], 'c': true}}", "fine");
    check_place("{}", "Parameter 'a' is missing");
    check_place("{'a': 1}", "Invalid parameter type for 'a', expected: object");
    check_place("{'a': {}}", "Parameter 'a.b' is missing");
    check_place("{'a': {'b': 1}}",
                "Invalid parameter type for 'a.b', expected: array");
    check_place("{'a': {'b': [1, 2]}}", "Parameter 'a.b[2]' is missing");
    check_place("{'a': {'b': [1, 'x', 3]}}",
                "Invalid parameter type for 'a.b[1]', expected: integer");
    check_place("{'a': {'b': [1, 2, 3, 4]}}",
                "Only 3 list elements expected in a.b");
    check_place("{'a': {'b': [1, 2, 3], 'c': 0}}",
                "Invalid parameter type for 'a.c', expected: boolean");
    check_place("{'a': {'b': [1, 2, 3], 'c': true, 'd': 1}}",
                "Parameter 'a.d' is unexpected");
    check_place("{'a': {'b': [1, 2, 3], 'c': true}, 'e': 1}",
                "Parameter 'e' is unexpected");

    check_place("a.b.0=1,a.b.1=2,a.b.2=3,a.c=on", "fine");
    check_place("a.b.0=1,a.b.1=x,a.b.2=3,a.c=on",
                "Parameter 'a.b.1' expects integer");
    check_place("a.b.0=1,a.b.1.x=2,a.b.2=3,a.c=on",
                "Parameters 'a.b.1.*' are unexpected");
    check_place("a.b.0=1,a.b.1=2,a.b.2=3,a.c=maybe",
                "Parameter 'a.c' expects 'on' or 'off'");
    check_place("a.b.0=1,a.b.1=2,a.b.2=3,a.c=on,d=e",
                "Parameter 'd' is unexpected");
}

static void test_string_kinds(void)
{
    static const struct {
        bool human;
        uint64_t size;
        const char *text;
    } sizes[] = {
        { false, 4096, "4096" },
        { true, 4096, "4096 (4 KiB)" },
        { true, UINT64_MAX, "18446744073709551615 (16 EiB)" },
    };
    int i;

    for (i = 0; i < ARRAY_SIZE(sizes); i++) {
        g_autofree char *text = NULL;
        uint64_t size = sizes[i].size;
        Visitor *v = string_output_visitor_new(sizes[i].human, &text);

        visit_type_size(v, NULL, &size, &error_abort);
        visit_complete(v, &text);
        visit_free(v);
        g_assert_cmpstr(text, ==, sizes[i].text);
    }
    {
        g_autofree char *text = NULL;
        strList *list = NULL;
        Visitor *v = string_output_visitor_new(true, &text);

        QAPI_LIST_PREPEND(list, g_strdup("b"));
        QAPI_LIST_PREPEND(list, g_strdup("a"));
        visit_type_strList(v, NULL, &list, &error_abort);
        visit_complete(v, &text);
        visit_free(v);
        g_assert_cmpstr(text, ==, "\"a\", \"b\"");
        qapi_free_strList(list);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/visitors/integer-edges", test_integer_edges);
    g_test_add_func("/visitors/scalar-round-trip", test_scalar_round_trip);
    g_test_add_func("/visitors/list-model", test_list_model);
    g_test_add_func("/visitors/places", test_places);
    g_test_add_func("/visitors/string-kinds", test_string_kinds);
    return g_test_run();
}
