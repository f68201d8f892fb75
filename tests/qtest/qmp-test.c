/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The QMP conversation with the real binary, from outside: greeting and
 * negotiation, order, ids, many clients, a client that never reads, limits,
 * recovery, events.
 */
#include "qemu/osdep.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"
#include "libqmp.h"

#define NONE  "-M none -nodefaults"
#define CHUNK (1024 * 1024)

static void test_greeting(void)
{
    QmpClient *c = qmp_client_start(NONE);
    QDict *qmp = qdict_get_qdict(qmp_client_greeting(c), "QMP");
    QDict *version = qdict_get_qdict(qmp, "version");

    g_assert_cmpint(qdict_get_int(qdict_get_qdict(version, "qemu"), "major"),
                    ==, 10);
    g_assert_nonnull(qdict_get_qlist(qmp, "capabilities"));
    qmp_client_error(c, "CommandNotFound", "qmp_capabilities",
                     "{'execute': 'query-status'}");
    qmp_client_error(c, "GenericError", "",
                     "{'execute': 'qmp_capabilities',"
                     " 'arguments': {'enable': ['nonsense']}}");
    qobject_unref(qmp_client_return(c, "{'execute': 'qmp_capabilities'}"));
    qmp_client_error(c, "CommandNotFound", "",
                     "{'execute': 'qmp_capabilities'}");
    qmp_client_quit(c);
}

/* A response carries the id of its command, whatever that is. */
static void test_ids(void)
{
    static const char *const ids[] = {
        "1",
        "-9223372036854775808",
        "18446744073709551615",
        "0.5",
        "\"x\"",
        "null",
        "true",
        "[1, [2, {}]]",
        "{\"a\": {\"b\": []}}",
    };
    QmpClient *c = qmp_client_ready(NONE);

    for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
        g_autofree char *text = g_strdup_printf(
            "{\"execute\": \"query-name\", \"id\": %s}", ids[i]);
        QObject *id = qobject_from_json(ids[i], NULL);
        QDict *rsp;

        qmp_client_send(c, text);
        rsp = qmp_client_receive(c);
        g_assert_true(qdict_haskey(rsp, "return"));
        g_assert_true(qobject_is_equal(qdict_get(rsp, "id"), id));
        qobject_unref(id);
        qobject_unref(rsp);
    }
    qmp_client_quit(c);
}

static void test_pipeline(void)
{
    QmpClient *c = qmp_client_ready(NONE);
    g_autoptr(GString) text = g_string_new(NULL);

    for (int i = 0; i < 1000; i++) {
        g_string_append_printf(text, "{\"execute\": \"%s\", \"id\": %d}",
                               i % 3 ? "query-status" : "no-such-command", i);
    }
    qmp_client_send(c, text->str);
    for (int i = 0; i < 1000; i++) {
        QDict *rsp = qmp_client_receive(c);

        g_assert_cmpint(qdict_get_int(rsp, "id"), ==, i);
        g_assert_true(qdict_haskey(rsp, i % 3 ? "return" : "error"));
        qobject_unref(rsp);
    }
    qmp_client_quit(c);
}

static void expect_error(QmpClient *c, const char *desc)
{
    QDict *rsp = qmp_client_receive(c);
    QDict *error = qdict_get_qdict(rsp, "error");

    g_assert_nonnull(error);
    g_assert_nonnull(strstr(qdict_get_str(error, "desc"), desc));
    qobject_unref(rsp);
}

static void wait_for_id(QmpClient *c, const char *id)
{
    bool found;

    do {
        QDict *rsp = qmp_client_receive(c);

        found = !g_strcmp0(qdict_get_try_str(rsp, "id"), id);
        g_assert_true(found == qdict_haskey(rsp, "return"));
        qobject_unref(rsp);
    } while (!found);
}

/* What is not a command is answered with an error; then it goes on. */
static void test_malformed(void)
{
    static const struct {
        const char *text, *desc;
    } bad[] = {
        { "{\"execute\"}", "JSON" },
        { "[1, 2}", "JSON" },
        { "{\"a\": NaN}", "JSON" },
        { "{\"execute\": \"query-name\", \"execute\": \"stop\"}", "dup" },
        { "\"text\"", "object" },
        { "[]", "object" },
        { "{}", "execute" },
        { "{\"execute\": 5}", "execute" },
        { "{\"execute\": \"query-name\", \"foo\": 1}", "foo" },
        { "{\"execute\": \"query-name\", \"arguments\": []}", "arguments" },
        { "{\"execute\": \"query-name\", \"arguments\": {\"x\": 1}}", "x" },
        { "{\"execute\": \"no-such\"}", "no-such" },
    };
    QmpClient *c = qmp_client_ready(NONE);

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        qmp_client_send(c, bad[i].text);
        qmp_client_send(c, "\n");
        expect_error(c, bad[i].desc);
        /* One piece of garbage may cause more errors than one. */
        qmp_client_send(c, "{\"execute\": \"query-name\", \"id\": \"after\"}");
        wait_for_id(c, "after");
    }
    qmp_client_quit(c);
}

static void test_nesting_limit(void)
{
    QmpClient *c = qmp_client_ready(NONE);
    g_autoptr(GString) text = g_string_new(NULL);

    for (int i = 0; i < 1025; i++) {
        g_string_append_c(text, '[');
    }
    qmp_client_send(c, text->str);
    qmp_client_send_bytes(c, "\xff", 1);
    expect_error(c, "");
    /* Each bracket past the limit may cause an error of its own. */
    qmp_client_send(c, "{\"execute\": \"query-name\", \"id\": \"after\"}");
    wait_for_id(c, "after");
    qmp_client_quit(c);
}

static void test_size_limit(void)
{
    QmpClient *c = qmp_client_ready(NONE);
    g_autofree char *chunk = g_strnfill(CHUNK, 'x');
    QDict *rsp;

    qmp_client_send(c, "{\"execute\": \"");
    for (int i = 0; i < 65; i++) {
        qmp_client_send_bytes(c, chunk, CHUNK);
    }
    qmp_client_send_bytes(c, "\"}\xff", 3);
    rsp = qmp_client_receive(c);
    g_assert_true(qdict_haskey(rsp, "error"));
    qobject_unref(rsp);
    qmp_client_send(c, "{\"execute\": \"query-name\", \"id\": \"after\"}");
    wait_for_id(c, "after");
    qmp_client_quit(c);
}

/*
 * Ten clients, one of which asks for the schema again and again and never
 * reads: the others are answered all the same.
 */
static void test_many_clients(void)
{
    g_autofree char *dir = g_dir_make_tmp("plateau-qmp-XXXXXX", NULL);
    g_autoptr(GString) args = g_string_new(NONE);
    QmpClient *first, *clients[10];
    char *paths[10];

    for (int i = 0; i < 10; i++) {
        paths[i] = g_strdup_printf("%s/%d", dir, i);
        g_string_append_printf(args, " -qmp unix:%s,server=on,wait=off",
                               paths[i]);
    }
    first = qmp_client_ready(args->str);
    for (int i = 0; i < 10; i++) {
        clients[i] = qmp_client_connect(paths[i]);
        qobject_unref(
            qmp_client_return(clients[i], "{'execute': 'qmp_capabilities'}"));
    }
    for (int i = 0; i < 8; i++) {
        qmp_client_send(clients[0], "{\"execute\": \"query-qmp-schema\"}");
    }
    for (int round = 0; round < 50; round++) {
        for (int i = 1; i < 10; i++) {
            qobject_unref(
                qmp_client_return(clients[i], "{'execute': 'query-status'}"));
        }
    }
    /* Events reach them all. */
    qobject_unref(qmp_client_return(first, "{'execute': 'stop'}"));
    for (int i = 1; i < 10; i++) {
        qobject_unref(qmp_client_event(clients[i], "STOP"));
    }
    for (int i = 0; i < 10; i++) {
        qmp_client_close(clients[i]);
    }
    qmp_client_quit(first);
    for (int i = 0; i < 10; i++) {
        unlink(paths[i]);
        g_free(paths[i]);
    }
    rmdir(dir);
}

static void test_reconnect(void)
{
    g_autofree char *dir = g_dir_make_tmp("plateau-qmp-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "s", NULL);
    g_autofree char *args =
        g_strdup_printf(NONE " -qmp unix:%s,server=on,wait=off", path);
    QmpClient *first = qmp_client_ready(args);

    for (int i = 0; i < 20; i++) {
        QmpClient *c = qmp_client_connect(path);

        /* Each connection negotiates anew. */
        qmp_client_error(c, "CommandNotFound", "", "{'execute': 'query-name'}");
        qobject_unref(qmp_client_return(c, "{'execute': 'qmp_capabilities'}"));
        if (i % 2) {
            qmp_client_send(c, "{\"execute\": \"query-"); /* cut off */
        }
        qmp_client_close(c);
    }
    qmp_client_quit(first);
    unlink(path);
    rmdir(dir);
}

static void test_run_state(void)
{
    QmpClient *c = qmp_client_ready(NONE " -S -no-shutdown");
    QDict *status, *event;

    status =
        qobject_to(QDict, qmp_client_return(c, "{'execute': 'query-status'}"));
    g_assert_cmpstr(qdict_get_str(status, "status"), ==, "prelaunch");
    g_assert_false(qdict_get_bool(status, "running"));
    qobject_unref(status);

    qobject_unref(qmp_client_return(c, "{'execute': 'cont'}"));
    qobject_unref(qmp_client_event(c, "RESUME"));
    status =
        qobject_to(QDict, qmp_client_return(c, "{'execute': 'query-status'}"));
    g_assert_cmpstr(qdict_get_str(status, "status"), ==, "running");
    g_assert_true(qdict_get_bool(status, "running"));
    qobject_unref(status);

    qobject_unref(qmp_client_return(c, "{'execute': 'stop'}"));
    qobject_unref(qmp_client_event(c, "STOP"));
    status =
        qobject_to(QDict, qmp_client_return(c, "{'execute': 'query-status'}"));
    g_assert_cmpstr(qdict_get_str(status, "status"), ==, "paused");
    qobject_unref(status);

    qobject_unref(qmp_client_return(c, "{'execute': 'system_reset'}"));
    event = qmp_client_event(c, "RESET");
    g_assert_false(qdict_get_bool(qdict_get_qdict(event, "data"), "guest"));
    qobject_unref(event);
    qobject_unref(qmp_client_return(c, "{'execute': 'system_powerdown'}"));
    event = qmp_client_event(c, "POWERDOWN");
    g_assert_nonnull(qdict_get_qdict(event, "timestamp"));
    qobject_unref(event);
    qmp_client_quit(c);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/qmp/greeting", test_greeting);
    g_test_add_func("/qmp/ids", test_ids);
    g_test_add_func("/qmp/pipeline", test_pipeline);
    g_test_add_func("/qmp/malformed", test_malformed);
    g_test_add_func("/qmp/nesting-limit", test_nesting_limit);
    g_test_add_func("/qmp/size-limit", test_size_limit);
    g_test_add_func("/qmp/many-clients", test_many_clients);
    g_test_add_func("/qmp/reconnect", test_reconnect);
    g_test_add_func("/qmp/run-state", test_run_state);
    return g_test_run();
}
