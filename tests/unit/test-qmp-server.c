/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The QMP server, from the outside: clients on sockets, while this thread runs
 * the main loop for them. A few test commands are added to the real ones.
 */
#include "qemu/osdep.h"
#include <sys/socket.h>
#include <sys/un.h>
#include <glib-unix.h>
#include "chardev/char.h"
#include "monitor/interface-version.h"
#include "qapi/error.h"
#include "qapi/qapi-emit-events.h"
#include "qapi/qmp-event.h"
#include "qemu/config-file.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "qobject/qnull.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"
#include "hw/qdev-core.h"
#include "system/system.h"
#include "monitor/monitor-internal.h"

#define TIMEOUT_US (30 * G_USEC_PER_SEC)

/* --- Commands for the tests --------------------------------------------- */

static int n_slow;

/* Returns a string of "size" bytes. */
static void cmd_test_big(QDict *args, QObject **ret, Error **errp)
{
    g_autofree char *text = g_strnfill(qdict_get_int(args, "size"), 'x');

    *ret = QOBJECT(qstring_from_str(text));
}

static void cmd_test_oob(QDict *args, QObject **ret, Error **errp)
{
    *ret = QOBJECT(qdict_new());
}

static void cmd_test_count(QDict *args, QObject **ret, Error **errp)
{
    n_slow++;
    *ret = QOBJECT(qnum_from_int(n_slow));
}

/* --- A client ----------------------------------------------------------- */

typedef struct Client {
    int fd;
    GString *in;
    GString *out;
    Chardev *chr;
    Monitor *mon;
} Client;

static int n_clients;

static Chardev *new_chardev(const char *fmt, ...)
{
    va_list ap;
    g_autofree char *text = NULL;
    QemuOpts *opts;
    Chardev *chr;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    opts = qemu_opts_parse(qemu_find_opts("chardev"), text, true, &error_abort);
    chr = qemu_chr_new_from_opts(opts, NULL, &error_abort);
    qemu_opts_del(opts);
    g_assert_nonnull(chr);
    return chr;
}

static Client *client_new_full(bool pretty, bool hmp)
{
    Client *c = g_new0(Client, 1);
    int fds[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
    c->chr = new_chardev("socket,id=client%d,fd=%d", n_clients++, fds[0]);
    c->fd = fds[1];
    c->in = g_string_new(NULL);
    c->out = g_string_new(NULL);
    if (hmp) {
        monitor_init_hmp(c->chr, true, &error_abort);
    } else {
        monitor_init_qmp(c->chr, pretty, &error_abort);
    }
    c->mon = QTAILQ_LAST(&mon_list);
    g_unix_set_fd_nonblocking(c->fd, true, NULL);
    return c;
}

/* Lets the main loop run, and moves bytes, once. */
static void pump(Client *c)
{
    char buf[65536];
    ssize_t n;

    main_loop_wait(true);
    if (c->out->len) {
        n = send(c->fd, c->out->str, c->out->len, MSG_NOSIGNAL);
        if (n > 0) {
            g_string_erase(c->out, 0, n);
        }
    }
    n = recv(c->fd, buf, sizeof(buf), 0);
    if (n > 0) {
        g_string_append_len(c->in, buf, n);
    } else {
        g_usleep(50);
    }
}

static char *read_line(Client *c)
{
    int64_t end = g_get_monotonic_time() + TIMEOUT_US;
    size_t searched = 0;

    for (;;) {
        char *newline =
            memchr(c->in->str + searched, '\n', c->in->len - searched);

        if (newline) {
            size_t len = newline - c->in->str;
            char *line = g_strndup(c->in->str, len - 1);

            /* Each line ends with CR LF. */
            g_assert_cmpint(newline[-1], ==, '\r');
            g_string_erase(c->in, 0, len + 1);
            return line;
        }
        searched = c->in->len;
        g_assert_cmpint(g_get_monotonic_time(), <, end);
        pump(c);
    }
}

static QDict *read_reply(Client *c)
{
    g_autofree char *line = read_line(c);
    QObject *obj = qobject_from_json(line, &error_abort);

    g_assert_nonnull(qobject_to(QDict, obj));
    return qobject_to(QDict, obj);
}

static void send_text(Client *c, const char *text)
{
    g_string_append(c->out, text);
}

static QDict *command(Client *c, const char *text)
{
    send_text(c, text);
    return read_reply(c);
}

static void assert_error(QDict *reply, const char *class, const char *desc)
{
    QDict *error = qdict_get_qdict(reply, "error");

    g_assert_nonnull(error);
    g_assert_cmpstr(qdict_get_str(error, "class"), ==, class);
    if (desc) {
        g_assert_cmpstr(qdict_get_str(error, "desc"), ==, desc);
    }
    qobject_unref(reply);
}

static void assert_return(QDict *reply)
{
    g_assert_true(qdict_haskey(reply, "return"));
    qobject_unref(reply);
}

static void command_ok(Client *c, const char *text)
{
    assert_return(command(c, text));
}

/* A client that is past the negotiation. */
static Client *client_new(void)
{
    Client *c = client_new_full(false, false);
    QDict *greeting = read_reply(c);

    g_assert_true(qdict_haskey(greeting, "QMP"));
    qobject_unref(greeting);
    command_ok(c, "{'execute': 'qmp_capabilities'}");
    return c;
}

static void client_free(Client *c)
{
    close(c->fd);
    monitor_destroy(c->mon);
    object_unparent(OBJECT(c->chr));
    g_string_free(c->in, true);
    g_string_free(c->out, true);
    g_free(c);
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

static void pump_for(Client *c, int ms)
{
    int64_t end = g_get_monotonic_time() + ms * 1000;

    while (g_get_monotonic_time() < end) {
        pump(c);
    }
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

/* --- Connections -------------------------------------------------------- */

static int connect_to(const char *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    g_strlcpy(addr.sun_path, path, sizeof(addr.sun_path));
    g_assert_cmpint(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), ==, 0);
    g_unix_set_fd_nonblocking(fd, true, NULL);
    return fd;
}

static void test_reconnect(void)
{
    g_autofree char *dir = g_dir_make_tmp("qmp-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "sock", NULL);
    Client c = { .in = g_string_new(NULL), .out = g_string_new(NULL) };

    c.chr = new_chardev("socket,id=server%d,path=%s,server=on,wait=off",
                        n_clients++, path);
    monitor_init_qmp(c.chr, false, &error_abort);
    c.mon = QTAILQ_LAST(&mon_list);
    for (int i = 0; i < 5; i++) {
        QDict *greeting;

        c.fd = connect_to(path);
        greeting = read_reply(&c);
        g_assert_true(qdict_haskey(greeting, "QMP"));
        qobject_unref(greeting);
        assert_error(command(&c, "{'execute': 'query-version'}"),
                     "CommandNotFound", NULL);
        command_ok(&c, "{'execute': 'qmp_capabilities'}");
        for (int j = 0; j < i * 5; j++) {
            send_text(&c, "{'execute': 'test-big',"
                          " 'arguments': {'size': 100000}}");
        }
        /* Leave in the middle of a request, and of many answers. */
        send_text(&c, "{'execute': 'query-ver");
        pump_for(&c, 10);
        close(c.fd);
        g_string_truncate(c.in, 0);
        g_string_truncate(c.out, 0);
    }
    monitor_destroy(c.mon);
    object_unparent(OBJECT(c.chr));
    g_string_free(c.in, true);
    g_string_free(c.out, true);
    unlink(path);
    rmdir(dir);
}

/* --- Descriptors -------------------------------------------------------- */

static void send_with_fd(Client *c, const char *text, int fd)
{
    union {
        char buf[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {};
    struct iovec iov = { (char *)text, strlen(text) };
    struct msghdr msg = {
        .msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = control.buf,
        .msg_controllen = sizeof(control.buf),
    };
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

    cmsg->cmsg_level = SOL_SOCKET;
    cmsg->cmsg_type = SCM_RIGHTS;
    cmsg->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
    g_assert_cmpint(sendmsg(c->fd, &msg, 0), ==, (ssize_t)strlen(text));
}

static ino_t inode(int fd)
{
    struct stat st;

    g_assert_cmpint(fstat(fd, &st), ==, 0);
    return st.st_ino;
}

static void test_fds(void)
{
    Client *c = client_new();
    int pipes[2][2];
    Error *err = NULL;
    QDict *reply;
    int fd;

    assert_error(command(c, "{'execute': 'getfd',"
                            " 'arguments': {'fdname': 'x'}}"),
                 "GenericError", "No file descriptor supplied via SCM_RIGHTS");
    for (int i = 0; i < 2; i++) {
        g_assert_cmpint(pipe(pipes[i]), ==, 0);
    }
    /* Each command gets its own descriptor, however early they come. */
    send_with_fd(c, "{'execute':'getfd','arguments':{'fdname':'a'}}",
                 pipes[0][0]);
    send_with_fd(c, "{'execute':'getfd','arguments':{'fdname':'b'}}",
                 pipes[1][0]);
    send_with_fd(c, " ", pipes[0][1]);
    send_text(c, "{'execute': 'getfd', 'arguments': {'fdname': '1'}}"
                 "{'execute': 'closefd', 'arguments': {'fdname': 'b'}}"
                 "{'execute': 'closefd', 'arguments': {'fdname': 'b'}}");
    assert_return(read_reply(c));
    assert_return(read_reply(c));
    assert_error(read_reply(c), "GenericError",
                 "Parameter 'fdname' expects a name not starting with a "
                 "digit");
    assert_return(read_reply(c));
    assert_error(read_reply(c), "GenericError",
                 "File descriptor named 'b' not found");
    fd = monitor_get_fd(c->mon, "a", &error_abort);
    g_assert_cmpint(inode(fd), ==, inode(pipes[0][0]));
    close(fd);
    g_assert_cmpint(monitor_get_fd(c->mon, "a", &err), ==, -1);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "File descriptor named 'a' has not been found");
    error_free(err);

    send_with_fd(c, "{'execute':'add-fd','arguments':{'fdset-id':7}}",
                 pipes[1][1]);
    reply = read_reply(c);
    g_assert_cmpint(qdict_get_int(qdict_get_qdict(reply, "return"), "fdset-id"),
                    ==, 7);
    qobject_unref(reply);
    g_assert_cmpint(monitor_fdset_dup_fd_add(7, O_RDONLY, NULL), ==, -1);
    fd = monitor_fdset_dup_fd_add(7, O_WRONLY, &error_abort);
    g_assert_cmpint(inode(fd), ==, inode(pipes[1][1]));
    command_ok(c, "{'execute': 'remove-fd', 'arguments': {'fdset-id': 7}}");
    reply = command(c, "{'execute': 'query-fdsets'}");
    g_assert_cmpint(qlist_size(qdict_get_qlist(reply, "return")), ==, 1);
    qobject_unref(reply);
    monitor_fdset_dup_fd_remove(fd);
    close(fd);
    reply = command(c, "{'execute': 'query-fdsets'}");
    g_assert_cmpint(qlist_size(qdict_get_qlist(reply, "return")), ==, 0);
    qobject_unref(reply);
    for (int i = 0; i < 2; i++) {
        close(pipes[i][0]);
        close(pipes[i][1]);
    }
    client_free(c);
}

/* --- HMP ---------------------------------------------------------------- */

static char *hmp(Client *c, const char *line)
{
    QDict *request = qdict_from_jsonf_nofail(
        "{'execute': 'human-monitor-command', 'arguments':"
        " {'command-line': %s}}",
        line);
    g_autoptr(GString) json = qobject_to_json(QOBJECT(request));
    QDict *reply = command(c, json->str);
    char *text = g_strdup(qdict_get_str(reply, "return"));

    qobject_unref(reply);
    qobject_unref(request);
    return text;
}

static void assert_hmp(Client *c, const char *line, const char *want)
{
    g_autofree char *have = hmp(c, line);

    g_assert_cmpstr(have, ==, want);
}

static void test_human_monitor_command(void)
{
    Client *c = client_new();

    assert_hmp(c, "", "");
    assert_hmp(c, "   ", "");
    assert_hmp(c, "info version", INTERFACE_VERSION INTERFACE_PACKAGE "\r\n");
    assert_hmp(c, "nonsense now", "unknown command: 'nonsense'\r\n");
    assert_hmp(c, "info nonsense", "unknown command: 'info nonsense'\r\n");
    assert_hmp(c, "help nonsense", "unknown command: 'nonsense'\r\n");
    assert_hmp(c, "help info nonsense", "unknown command: 'info nonsense'\r\n");
    assert_hmp(c, "help stop", "stop|s  -- stop emulation\r\n");
    assert_hmp(c, "help ?", "help|? [cmd] -- show the help\r\n");
    assert_hmp(c, "help info name",
               "info name  -- show the current VM name\r\n");
    assert_hmp(c, "print/x 10+6", "0x10\r\n");
    assert_hmp(c, "p /d 0x10", "16\r\n");
    assert_hmp(c, "p/c 65", "'A'\r\n");
    assert_hmp(c, "p/c 10", "'\\n'\r\n");
    assert_hmp(c, "print",
               "unexpected end of expression\r\n"
               "Try \"help print\" for more information\r\n");
    assert_hmp(c, "info version x",
               "version: extraneous characters at the end of line\r\n"
               "Try \"help info version\" for more information\r\n");
    assert_hmp(c, "getfd x",
               "Error: No file descriptor supplied via SCM_RIGHTS\r\n");
    assert_hmp(c, "qom-get /no-such-object x",
               "Error: Device '/no-such-object' not found\r\n");
    client_free(c);
}

static void expect_text(Client *c, const char *text)
{
    int64_t end = g_get_monotonic_time() + TIMEOUT_US;
    char *found;

    while (!(found = strstr(c->in->str, text))) {
        if (g_get_monotonic_time() > end) {
            g_error("'%s' instead of '%s'", c->in->str, text);
        }
        pump(c);
    }
    g_string_erase(c->in, 0, found + strlen(text) - c->in->str);
}

static void test_hmp(void)
{
    Client *c = client_new_full(false, true);

    expect_text(c, "QEMU " INTERFACE_VERSION " monitor - type 'help' for more "
                   "information\r\n(qemu) ");
    send_text(c, "info version\n");
    expect_text(c, "info version\r\n" INTERFACE_VERSION INTERFACE_PACKAGE
                   "\r\n(qemu) ");
    send_text(c, "inf\tver\t\n");
    expect_text(c, "info version \r\n" INTERFACE_VERSION INTERFACE_PACKAGE
                   "\r\n(qemu) ");
    send_text(c, "info history\n");
    expect_text(c, "0: 'info version'\r\n1: 'info version '\r\n"
                   "2: 'info history'\r\n(qemu) ");
    monitor_suspend(c->mon);
    send_text(c, "p/d 1\np/d 2\n");
    pump_for(c, 20);
    g_assert_null(strstr(c->in->str, "p/d 1"));
    monitor_resume(c->mon);
    expect_text(c, "p/d 1\r\n1\r\n(qemu) p/d 2\r\n2\r\n(qemu) ");
    client_free(c);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_setenv("LC_ALL", "C", true);
    signal(SIGPIPE, SIG_IGN);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_OPTS);
    if (!qemu_find_opts_err("chardev", NULL)) {
        qemu_add_opts(&qemu_chardev_opts);
    }
    monitor_init_globals();
    phase_advance(PHASE_MACHINE_CREATED);
    phase_advance(PHASE_ACCEL_CREATED);
    phase_advance(PHASE_LATE_BACKENDS_CREATED);
    phase_advance(PHASE_MACHINE_INITIALIZED);
    phase_advance(PHASE_MACHINE_READY);
    qmp_register_command(&qmp_commands, "test-big", cmd_test_big, 0, 0);
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
    g_test_add_func("/qmp/reconnect", test_reconnect);
    g_test_add_func("/qmp/fds", test_fds);
    g_test_add_func("/qmp/human-monitor-command", test_human_monitor_command);
    g_test_add_func("/hmp/terminal", test_hmp);
    argc = g_test_run();
    monitor_cleanup();
    return argc;
}
