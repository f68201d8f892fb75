/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clients of monitors, on sockets, while this thread runs the main loop for
 * them; a command test-big is added to the real ones.
 */
#ifndef TESTS_QMP_SERVER_FIXTURE_H
#define TESTS_QMP_SERVER_FIXTURE_H

#include <sys/socket.h>
#include <glib-unix.h>
#include "chardev/char.h"
#include "hw/qdev-core.h"
#include "monitor/monitor-internal.h"
#include "qapi/error.h"
#include "qemu/config-file.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "qobject/qstring.h"
#include "system/system.h"

#define TIMEOUT_US (30 * G_USEC_PER_SEC)

/* Returns a string of "size" bytes. */
static inline void cmd_test_big(QDict *args, QObject **ret, Error **errp)
{
    g_autofree char *text = g_strnfill(qdict_get_int(args, "size"), 'x');

    *ret = QOBJECT(qstring_from_str(text));
}

/* Once: the main loop, the monitors, and commands of a test's own. */
static inline void server_init(void)
{
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

static inline Chardev *new_chardev(const char *fmt, ...)
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

static inline Client *client_new_full(bool pretty, bool hmp)
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
static inline void pump(Client *c)
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

static inline char *read_line(Client *c)
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

static inline QDict *read_reply(Client *c)
{
    g_autofree char *line = read_line(c);
    QObject *obj = qobject_from_json(line, &error_abort);

    g_assert_nonnull(qobject_to(QDict, obj));
    return qobject_to(QDict, obj);
}

static inline void send_text(Client *c, const char *text)
{
    g_string_append(c->out, text);
}

static inline QDict *command(Client *c, const char *text)
{
    send_text(c, text);
    return read_reply(c);
}

static inline void assert_error(QDict *reply, const char *class,
                                const char *desc)
{
    QDict *error = qdict_get_qdict(reply, "error");

    g_assert_nonnull(error);
    g_assert_cmpstr(qdict_get_str(error, "class"), ==, class);
    if (desc) {
        g_assert_cmpstr(qdict_get_str(error, "desc"), ==, desc);
    }
    qobject_unref(reply);
}

static inline void assert_return(QDict *reply)
{
    g_assert_true(qdict_haskey(reply, "return"));
    qobject_unref(reply);
}

static inline void command_ok(Client *c, const char *text)
{
    assert_return(command(c, text));
}

/* A client that is past the negotiation. */
static inline Client *client_new(void)
{
    Client *c = client_new_full(false, false);
    QDict *greeting = read_reply(c);

    g_assert_true(qdict_haskey(greeting, "QMP"));
    qobject_unref(greeting);
    command_ok(c, "{'execute': 'qmp_capabilities'}");
    return c;
}

static inline void client_free(Client *c)
{
    close(c->fd);
    monitor_destroy(c->mon);
    object_unparent(OBJECT(c->chr));
    g_string_free(c->in, true);
    g_string_free(c->out, true);
    g_free(c);
}

static inline void pump_for(Client *c, int ms)
{
    int64_t end = g_get_monotonic_time() + ms * 1000;

    while (g_get_monotonic_time() < end) {
        pump(c);
    }
}

#endif
