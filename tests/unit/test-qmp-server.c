/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The QMP server, from the outside: what is said on one connection, and on many
 * at once. A few test commands are added to the real ones.
 */
#include "qemu/osdep.h"
#include "monitor/interface-version.h"
#include "qapi/qapi-emit-events.h"
#include "qapi/qmp-event.h"
#include "qobject/qnull.h"
#include "qobject/qnum.h"
#include "qmp-server-fixture.h"

/* --- Commands for the tests --------------------------------------------- */

static int n_slow;

static void cmd_test_oob(QDict *args, QObject **ret, Error **errp)
{
    *ret = QOBJECT(qdict_new());
}

static void cmd_test_count(QDict *args, QObject **ret, Error **errp)
{
    n_slow++;
    *ret = QOBJECT(qnum_from_int(n_slow));
}

/* --- The beginning of a conversation ------------------------------------ */

static void test_greeting(void)
{
    Client *c = client_new_full(false, false);
    QDict *reply = read_reply(c);
    QDict *qmp = qdict_get_qdict(reply, "QMP");
    QDict *version = qdict_get_qdict(qmp, "version");
    QDict *qemu = qdict_get_qdict(version, "qemu");

    g_assert_cmpint(qdict_get_int(qemu, "major"), ==, INTERFACE_VERSION_MAJOR);
    g_assert_cmpint(qdict_get_int(qemu, "minor"), ==, INTERFACE_VERSION_MINOR);
    g_assert_cmpint(qdict_get_int(qemu, "micro"), ==, INTERFACE_VERSION_MICRO);
    g_assert_cmpstr(qdict_get_str(version, "package"), ==, INTERFACE_PACKAGE);
    g_assert_cmpint(qlist_size(qdict_get_qlist(qmp, "capabilities")), ==, 1);
    qobject_unref(reply);
    client_free(c);
}

static void test_negotiation(void)
{
    Client *c = client_new_full(false, false);

    qobject_unref(read_reply(c));
    assert_error(command(c, "{'execute': 'query-version'}"), "CommandNotFound",
                 "Expecting capabilities negotiation with "
                 "'qmp_capabilities'");
    assert_error(command(c, "{'execute': 'no-such-command'}"),
                 "CommandNotFound",
                 "Expecting capabilities negotiation with "
                 "'qmp_capabilities'");
    assert_error(command(c, "{'exec-oob': 'qmp_capabilities'}"), "GenericError",
                 NULL);
    assert_error(command(c, "{'execute': 'qmp_capabilities',"
                            " 'arguments': {'enable': ['sixth-sense']}}"),
                 "GenericError", NULL);
    assert_error(command(c, "{'execute': 'query-version'}"), "CommandNotFound",
                 NULL);
    command_ok(c, "{'execute': 'qmp_capabilities'}");
    assert_error(command(c, "{'execute': 'qmp_capabilities'}"),
                 "CommandNotFound",
                 "Capabilities negotiation is already complete, command "
                 "ignored");
    command_ok(c, "{'execute': 'query-version'}");
    assert_error(command(c, "{'execute': 'no-such-command'}"),
                 "CommandNotFound",
                 "The command no-such-command has not been found");
    assert_error(command(c, "{'execute': 'query-version', 'arguments': 1}"),
                 "GenericError", NULL);
    assert_error(command(c, "{'exec-oob': 'query-version'}"), "GenericError",
                 "QMP input member 'exec-oob' is unexpected");
    assert_error(command(c, "[]"), "GenericError",
                 "QMP input must be a JSON object");
    client_free(c);
}

static void test_id(void)
{
    static const char *const ids[] = {
        "1",    "-1",   "18446744073709551615", "0.5", "\"text\"",
        "null", "true", "{\"a\": [1, null]}",   "[]",  "\"\\u0000\"",
    };
    Client *c = client_new();

    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autofree char *good =
            g_strdup_printf("{'id': %s, 'execute': 'query-version'}", ids[i]);
        g_autofree char *bad =
            g_strdup_printf("{'id': %s, 'execute': 'no-such'}", ids[i]);
        QObject *want = qobject_from_json(ids[i], NULL);
        QDict *reply;

        if (!want) {
            continue;
        }
        reply = command(c, good);
        g_assert_true(qobject_is_equal(qdict_get(reply, "id"), want));
        assert_return(reply);
        reply = command(c, bad);
        g_assert_true(qobject_is_equal(qdict_get(reply, "id"), want));
        assert_error(reply, "CommandNotFound", NULL);
        qobject_unref(want);
    }
    client_free(c);
}

static void test_pretty(void)
{
    Client *c = client_new_full(true, false);
    g_autofree char *line = read_line(c);

    g_assert_cmpstr(line, ==, "{");
    client_free(c);
}

/* --- Many at once ------------------------------------------------------- */

static void test_pipelining(void)
{
    Client *c = client_new();

    n_slow = 0;
    for (int i = 0; i < 1000; i++) {
        g_string_append_printf(c->out, "{'execute': 'test-count', 'id': %d}",
                               i);
        if (i % 3 == 0) {
            g_string_append(c->out, "\r\n");
        }
        if (i % 100 == 0) {
            g_string_append(c->out, "{'a' 1}");
        }
    }
    for (int i = 0; i < 1000; i++) {
        QDict *reply = read_reply(c);

        g_assert_cmpint(qdict_get_int(reply, "id"), ==, i);
        g_assert_cmpint(qdict_get_int(reply, "return"), ==, i + 1);
        qobject_unref(reply);
        if (i % 100 == 0) {
            /* The broken one is answered in its place. */
            assert_error(read_reply(c), "GenericError", NULL);
        }
        g_assert_cmpint(
            qatomic_read(&container_of(c->mon, MonitorQMP, common)->n_requests),
            <=, QMP_REQ_QUEUE_LEN_MAX);
    }
    client_free(c);
}

static void test_many_clients(void)
{
    Client *c[10];

    for (int i = 0; i < 10; i++) {
        c[i] = client_new();
    }
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 10; i++) {
            g_string_append_printf(c[i]->out,
                                   "{'execute': 'query-version', 'id': %d}",
                                   i * 1000 + round);
        }
        for (int i = 0; i < 10; i++) {
            pump(c[i]);
        }
    }
    for (int i = 9; i >= 0; i--) {
        for (int round = 0; round < 50; round++) {
            QDict *reply = read_reply(c[i]);

            g_assert_cmpint(qdict_get_int(reply, "id"), ==, i * 1000 + round);
            qobject_unref(reply);
        }
    }
    for (int i = 0; i < 10; i++) {
        client_free(c[i]);
    }
}

static size_t output_size(Client *c)
{
    size_t len;

    qemu_mutex_lock(&c->mon->mon_lock);
    len = c->mon->outbuf->len - c->mon->outpos;
    qemu_mutex_unlock(&c->mon->mon_lock);
    return len;
}

/* What a client that never reads costs is bounded, and the others go on. */
static void test_never_reads(void)
{
    Client *lazy = client_new();
    Client *busy = client_new();
    const int n = 300;

    for (int i = 0; i < n; i++) {
        g_string_append_printf(lazy->out,
                               "{'execute': 'test-big', 'id': %d,"
                               " 'arguments': {'size': 65536}}\n",
                               i);
    }
    while (lazy->out->len) {
        ssize_t sent =
            send(lazy->fd, lazy->out->str, lazy->out->len, MSG_NOSIGNAL);

        if (sent > 0) {
            g_string_erase(lazy->out, 0, sent);
        } else {
            break;
        }
    }
    pump_for(busy, 100);
    for (int i = 0; i < 100; i++) {
        command_ok(busy, "{'execute': 'query-version'}");
    }
    g_assert_true(qatomic_read(&lazy->mon->backlogged));
    g_assert_cmpint(output_size(lazy), <, 2 * 1024 * 1024);

    /* It gets all its answers when it comes back. */
    for (int i = 0; i < n; i++) {
        QDict *reply = read_reply(lazy);

        g_assert_cmpint(qdict_get_int(reply, "id"), ==, i);
        g_assert_cmpint(strlen(qdict_get_str(reply, "return")), ==, 65536);
        qobject_unref(reply);
    }
    g_assert_false(qatomic_read(&lazy->mon->backlogged));
    client_free(lazy);
    client_free(busy);
}

/* --- Bad input ---------------------------------------------------------- */

/* After rubbish, a client finds back with a byte 0xFF. */
static void resync(Client *c)
{
    static int id = 1000000;
    g_autofree char *text =
        g_strdup_printf("\xff{'execute': 'query-version', 'id': %d}", ++id);
    QDict *reply;

    g_string_append(c->out, text);
    for (;;) {
        reply = read_reply(c);
        if (qdict_get_try_int(reply, "id", 0) == id) {
            break;
        }
        g_assert_true(qdict_haskey(reply, "error"));
        qobject_unref(reply);
    }
    assert_return(reply);
}

static void test_garbage(void)
{
    static const char *const texts[] = {
        "}",
        "]",
        "nonsense",
        "{'a'",
        "'unterminated",
        "{'a': 1,}",
        "\x01",
        "{'a': 1 'b'}",
        "{'a': nul}",
        "{'a': 01}",
        "{'a': '\\x'}",
        "\"\\ud800\"",
        "{'a': 1, 'a': 2}",
        "{'execute': 'query-version', 'x': 1}",
        "{'execute': 5}",
        "{}",
        "{'arguments': {}}",
        "1",
        "null",
        "-",
        "{'execute': 'query-version', 'exec-oob': 'query-version'}",
    };
    Client *c = client_new();

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_string_append(c->out, texts[i]);
        g_string_append(c->out, "\n");
        resync(c);
    }
    for (int i = 0; i < 200; i++) {
        char text[64];

        for (size_t j = 0; j < sizeof(text); j++) {
            text[j] = g_test_rand_int_range(0, 4)
                          ? "{}[]:,'\"\\0a.e \n"[g_test_rand_int_range(0, 15)]
                          : g_test_rand_int_range(0, 256);
        }
        g_string_append_len(c->out, text, sizeof(text));
        resync(c);
    }
    client_free(c);
}

static void test_nesting(void)
{
    g_autofree char *open = g_strnfill(1025, '[');
    g_autofree char *close = g_strnfill(1025, ']');
    g_autofree char *text = g_strconcat("{'execute': 'query-version',"
                                        " 'arguments': ",
                                        open, close, "}\n", NULL);
    Client *c = client_new();

    assert_error(command(c, text), "GenericError", NULL);
    resync(c);
    client_free(c);
}

static void test_too_long(void)
{
    Client *c = client_new();
    g_autofree char *chunk = g_strnfill(1024 * 1024, 'x');
    QDict *reply = NULL;

    send_text(c, "{'execute': '");
    for (int i = 0; i < 65; i++) {
        send_text(c, chunk);
        while (c->out->len) {
            pump(c);
        }
    }
    send_text(c, "'}\n");
    reply = read_reply(c);
    assert_error(reply, "GenericError", NULL);
    resync(c);
    client_free(c);
}

/* --- Out of band -------------------------------------------------------- */

/* Reads a line while this thread does not run the main loop. */
static QDict *read_reply_while_busy(Client *c)
{
    int64_t end = g_get_monotonic_time() + TIMEOUT_US;
    char buf[4096];
    ssize_t n;

    while (!strchr(c->in->str, '\n')) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
        n = recv(c->fd, buf, sizeof(buf), 0);
        if (n > 0) {
            g_string_append_len(c->in, buf, n);
        } else {
            g_usleep(100);
        }
    }
    return read_reply(c);
}

static void send_now(Client *c, const char *text)
{
    g_assert_cmpint(send(c->fd, text, strlen(text), MSG_NOSIGNAL), ==,
                    (ssize_t)strlen(text));
}

static void test_oob(void)
{
    Client *c = client_new_full(false, false);
    QDict *reply;

    /* The greeting, too, needs no main loop. */
    qobject_unref(read_reply_while_busy(c));
    command_ok(c, "{'execute': 'qmp_capabilities',"
                  " 'arguments': {'enable': ['oob']}}");
    send_now(c, "{'execute': 'query-version', 'id': 'normal'}"
                "{'exec-oob': 'test-oob', 'id': 'urgent'}");
    reply = read_reply_while_busy(c);
    g_assert_cmpstr(qdict_get_str(reply, "id"), ==, "urgent");
    assert_return(reply);
    reply = read_reply(c);
    g_assert_cmpstr(qdict_get_str(reply, "id"), ==, "normal");
    assert_return(reply);
    assert_error(command(c, "{'exec-oob': 'query-version'}"), "GenericError",
                 "The command query-version does not support OOB");
    client_free(c);
}

/* --- Events ------------------------------------------------------------- */

static void emit(QAPIEvent event, int64_t n, const char *pad)
{
    QDict *dict = qmp_event_build_dict(QAPIEvent_str(event));
    QDict *data = qdict_new();

    qdict_put_int(data, "n", n);
    qdict_put_str(data, "pad", pad);
    qdict_put(dict, "data", data);
    qapi_event_emit(event, dict);
    qobject_unref(dict);
}

static int64_t event_number(QDict *event)
{
    int64_t n = qdict_get_int(qdict_get_qdict(event, "data"), "n");

    g_assert_true(qdict_haskey(event, "event"));
    g_assert_true(qdict_haskey(event, "timestamp"));
    qobject_unref(event);
    return n;
}

static int find_event(const char *name)
{
    for (int i = 0; i < QAPI_EVENT__MAX; i++) {
        if (!strcmp(QAPIEvent_str(i), name)) {
            return i;
        }
    }
    return -1;
}

static void test_events(void)
{
    Client *early = client_new_full(false, false);
    Client *c = client_new();
    Client *d = client_new();
    int stop = find_event("STOP");

    g_assert_cmpint(stop, >=, 0);
    qobject_unref(read_reply(early));
    for (int i = 0; i < 10; i++) {
        emit(stop, i, "");
    }
    for (int i = 0; i < 10; i++) {
        g_assert_cmpint(event_number(read_reply(c)), ==, i);
        g_assert_cmpint(event_number(read_reply(d)), ==, i);
    }
    /* Before the negotiation there are none. */
    command_ok(early, "{'execute': 'qmp_capabilities'}");
    client_free(early);
    client_free(c);
    client_free(d);
}

static void test_events_limited(void)
{
    static const char *const names[] = {
        "RTC_CHANGE",
        "WATCHDOG",
        "BALLOON_CHANGE",
    };
    Client *c = client_new();
    int64_t start;
    int event = -1;

    for (size_t i = 0; i < G_N_ELEMENTS(names) && event < 0; i++) {
        event = find_event(names[i]);
    }
    if (event < 0) {
        g_test_skip("no event of the schema has a limited rate");
        client_free(c);
        return;
    }
    start = g_get_monotonic_time();
    for (int i = 0; i < 100; i++) {
        emit(event, i, "");
    }
    g_assert_cmpint(event_number(read_reply(c)), ==, 0);
    g_assert_cmpint(event_number(read_reply(c)), ==, 99);
    g_assert_cmpint(g_get_monotonic_time() - start, >=, 900 * 1000);
    command_ok(c, "{'execute': 'query-version'}");
    client_free(c);
}

/* Events do not pile up for ever. Answers are not dropped. */
static void test_events_unread(void)
{
    Client *lazy = client_new();
    Client *c = client_new();
    int stop = find_event("STOP");
    g_autofree char *pad = g_strnfill(1000, 'x');
    int64_t last = -1;
    int n = 20000;

    g_assert_cmpint(stop, >=, 0);
    for (int i = 0; i < n; i++) {
        emit(stop, i, pad);
        if (i % 64 == 0) {
            while (last < i) {
                last = event_number(read_reply(c));
            }
        }
    }
    g_assert_cmpint(output_size(lazy), <, 9 * 1024 * 1024);
    g_assert_cmpint(output_size(lazy), >, 7 * 1024 * 1024);
    send_text(lazy, "{'execute': 'query-version', 'id': 1}");
    for (;;) {
        QDict *reply = read_reply(lazy);

        if (qdict_haskey(reply, "id")) {
            assert_return(reply);
            break;
        }
        qobject_unref(reply);
    }
    client_free(lazy);
    client_free(c);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    server_init();
    qmp_register_command(&qmp_commands, "test-count", cmd_test_count, 0, 0);
    qmp_register_command(&qmp_commands, "test-oob", cmd_test_oob, QCO_ALLOW_OOB,
                         0);
    g_test_add_func("/qmp/greeting", test_greeting);
    g_test_add_func("/qmp/negotiation", test_negotiation);
    g_test_add_func("/qmp/id", test_id);
    g_test_add_func("/qmp/pretty", test_pretty);
    g_test_add_func("/qmp/pipelining", test_pipelining);
    g_test_add_func("/qmp/many-clients", test_many_clients);
    g_test_add_func("/qmp/never-reads", test_never_reads);
    g_test_add_func("/qmp/garbage", test_garbage);
    g_test_add_func("/qmp/nesting", test_nesting);
    g_test_add_func("/qmp/too-long", test_too_long);
    g_test_add_func("/qmp/oob", test_oob);
    g_test_add_func("/qmp/events", test_events);
    g_test_add_func("/qmp/events-limited", test_events_limited);
    g_test_add_func("/qmp/events-unread", test_events_unread);
    argc = g_test_run();
    monitor_cleanup();
    return argc;
}
