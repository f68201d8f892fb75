/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user can set on event loops: the objects "iothread", "main-loop". */
#include "qemu/osdep.h"
#include "libqmp.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "qobject/qnum.h"

#define ARGS                                                                   \
    "-nodefaults -M none -object main-loop,id=ml,aio-max-batch=3 "             \
    "-object iothread,id=io,poll-max-ns=5,thread-pool-max=4"

static int64_t get(QmpClient *c, const char *path, const char *property)
{
    g_autoptr(QNum) number =
        qobject_to(QNum, qmp_client_return(c,
                                           "{'execute': 'qom-get', 'arguments':"
                                           " {'path': %s, 'property': %s}}",
                                           path, property));

    return qnum_get_int(number);
}

static void set(QmpClient *c, const char *path, const char *property,
                int64_t value)
{
    qobject_unref(qmp_client_return(c,
                                    "{'execute': 'qom-set', 'arguments':"
                                    " {'path': %s, 'property': %s,"
                                    "  'value': %" PRId64 "}}",
                                    path, property, value));
    g_assert_cmpint(get(c, path, property), ==, value);
}

static void refuse(QmpClient *c, const char *path, const char *property,
                   int64_t value, const char *why)
{
    qmp_client_error(c, "GenericError", why,
                     "{'execute': 'qom-set', 'arguments':"
                     " {'path': %s, 'property': %s, 'value': %" PRId64 "}}",
                     path, property, value);
}

static void test_iothread(void)
{
    static const char *const names[] = { "poll-max-ns",     "poll-grow",
                                         "poll-shrink",     "aio-max-batch",
                                         "thread-pool-max", "thread-pool-min" };
    QmpClient *c = qmp_client_ready(ARGS);
    g_autoptr(QList) list = NULL;
    QDict *info;

    g_assert_cmpint(get(c, "/objects/io", "poll-max-ns"), ==, 5);
    g_assert_cmpint(get(c, "/objects/io", "thread-pool-max"), ==, 4);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        g_autofree char *why = g_strdup_printf(
            "%s value must be in range [0, %" PRId64 "]", names[i], INT64_MAX);

        set(c, "/objects/io", names[i], 3);
        refuse(c, "/objects/io", names[i], -1, why);
        g_assert_cmpint(get(c, "/objects/io", names[i]), ==, 3);
    }
    refuse(c, "/objects/io", "thread-pool-min", 10,
           "bad thread-pool-min/thread-pool-max values");
    list = qobject_to(QList,
                      qmp_client_return(c, "{'execute': 'query-iothreads'}"));
    info = qobject_to(QDict, qlist_peek(list));
    g_assert_cmpstr(qdict_get_str(info, "id"), ==, "io");
    g_assert_cmpint(qdict_get_int(info, "poll-grow"), ==, 3);
    g_assert_cmpint(qdict_get_int(info, "aio-max-batch"), ==, 3);
    qobject_unref(qmp_client_return(
        c, "{'execute': 'object-del', 'arguments': {'id': 'io'}}"));
    qmp_client_error(c, "GenericError",
                     "bad thread-pool-min/thread-pool-max values",
                     "{'execute': 'object-add', 'arguments':"
                     " {'qom-type': 'iothread', 'id': 'io',"
                     "  'thread-pool-min': 5, 'thread-pool-max': 4}}");
    qmp_client_quit(c);
}

static void test_main_loop(void)
{
    QmpClient *c = qmp_client_ready(ARGS);

    g_assert_cmpint(get(c, "/objects/ml", "aio-max-batch"), ==, 3);
    set(c, "/objects/ml", "thread-pool-min", 2);
    refuse(c, "/objects/ml", "thread-pool-max", 1,
           "bad thread-pool-min/thread-pool-max values");
    qmp_client_error(c, "GenericError", "only one main-loop instance allowed",
                     "{'execute': 'object-add', 'arguments':"
                     " {'qom-type': 'main-loop', 'id': 'other'}}");
    qmp_client_error(c, "GenericError",
                     "object 'ml' is in use, can not be deleted",
                     "{'execute': 'object-del', 'arguments': {'id': 'ml'}}");
    qmp_client_quit(c);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/event-loop/iothread", test_iothread);
    g_test_add_func("/event-loop/main-loop", test_main_loop);
    return g_test_run();
}
