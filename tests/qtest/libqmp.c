/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include <poll.h>
#include <sys/prctl.h>
#include <sys/un.h>
#include "qapi/error.h"
#include "qobject/json-parser.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "qobject/qstring.h"
#include "libqmp.h"

#define TIMEOUT_MS 30000

struct QmpClient {
    int fd;
    pid_t pid;
    JSONMessageParser parser;
    GQueue inbox;  /* parsed, not yet received */
    GQueue events; /* came before a response */
    QDict *greeting;
};

static void on_message(void *opaque, QObject *json, Error *err)
{
    QmpClient *c = opaque;

    if (err) {
        g_error("the emulator sent what is not JSON: %s",
                error_get_pretty(err));
    }
    g_queue_push_tail(&c->inbox, qobject_to(QDict, json));
}

static QmpClient *client_new(int fd, pid_t pid)
{
    QmpClient *c = g_new0(QmpClient, 1);

    c->fd = fd;
    c->pid = pid;
    g_queue_init(&c->inbox);
    g_queue_init(&c->events);
    json_message_parser_init(&c->parser, on_message, c, NULL);
    c->greeting = qmp_client_receive(c);
    g_assert_nonnull(qdict_get_qdict(c->greeting, "QMP"));
    return c;
}

static void wait_readable(int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    int ret = RETRY_ON_EINTR(poll(&p, 1, TIMEOUT_MS));

    if (ret <= 0) {
        g_error("nothing from the emulator for %d s", TIMEOUT_MS / 1000);
    }
}

static void set_path(struct sockaddr_un *addr, const char *path)
{
    memset(addr, 0, sizeof(*addr));
    addr->sun_family = AF_UNIX;
    g_assert_cmpuint(strlen(path), <, sizeof(addr->sun_path));
    strcpy(addr->sun_path, path);
}

/* An emulator whose test has failed would keep the test's output open. */
static void die_with_parent(gpointer unused)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

QmpClient *qmp_client_start(const char *args)
{
    g_autofree char *dir = g_dir_make_tmp("plateau-qmp-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "qmp", NULL);
    g_autofree char *line = NULL;
    g_auto(GStrv) argv = NULL;
    g_autoptr(GError) gerr = NULL;
    struct sockaddr_un addr;
    int listener, fd;
    GPid pid;

    set_path(&addr, path);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(listener, (struct sockaddr *)&addr, sizeof(addr)), ==,
                    0);
    g_assert_cmpint(listen(listener, 1), ==, 0);

    line = g_strdup_printf("%s -display none -qmp unix:%s %s",
                           g_getenv("PLATEAU_BINARY"), path, args);
    g_assert_true(g_shell_parse_argv(line, NULL, &argv, &gerr));
    g_spawn_async(NULL, argv, NULL,
                  G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH,
                  die_with_parent, NULL, &pid, &gerr);
    g_assert_no_error(gerr);
    wait_readable(listener);
    fd = accept(listener, NULL, NULL);
    g_assert_cmpint(fd, >=, 0);
    close(listener);
    unlink(path);
    rmdir(dir);
    return client_new(fd, pid);
}

QmpClient *qmp_client_ready(const char *args)
{
    QmpClient *c = qmp_client_start(args);

    qobject_unref(qmp_client_return(c, "{'execute': 'qmp_capabilities'}"));
    return c;
}

QmpClient *qmp_client_connect(const char *path)
{
    struct sockaddr_un addr;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    set_path(&addr, path);
    for (int i = 0; connect(fd, (struct sockaddr *)&addr, sizeof(addr)); i++) {
        g_assert_cmpint(i, <, 500);
        g_usleep(10000);
    }
    return client_new(fd, 0);
}

const QDict *qmp_client_greeting(QmpClient *c)
{
    return c->greeting;
}

pid_t qmp_client_pid(QmpClient *c)
{
    return c->pid;
}

void qmp_client_send_bytes(QmpClient *c, const void *buf, size_t len)
{
    while (len) {
        ssize_t n = RETRY_ON_EINTR(send(c->fd, buf, len, MSG_NOSIGNAL));

        g_assert_cmpint(n, >, 0);
        buf = (const char *)buf + n;
        len -= n;
    }
}

void qmp_client_send(QmpClient *c, const char *text)
{
    qmp_client_send_bytes(c, text, strlen(text));
}

QDict *qmp_client_receive(QmpClient *c)
{
    while (g_queue_is_empty(&c->inbox)) {
        char buf[4096];
        ssize_t n;

        wait_readable(c->fd);
        n = RETRY_ON_EINTR(recv(c->fd, buf, sizeof(buf), 0));
        if (n <= 0) {
            g_error("the emulator closed the connection");
        }
        json_message_parser_feed(&c->parser, buf, n);
    }
    return g_queue_pop_head(&c->inbox);
}

static QDict *receive_response(QmpClient *c)
{
    for (;;) {
        QDict *msg = qmp_client_receive(c);

        if (!qdict_haskey(msg, "event")) {
            return msg;
        }
        g_queue_push_tail(&c->events, msg);
    }
}

static QDict *command_v(QmpClient *c, const char *fmt, va_list ap)
{
    g_autoptr(GString) text = NULL;
    QObject *obj = qobject_from_vjsonf_nofail(fmt, ap);

    text = qobject_to_json(obj);
    qobject_unref(obj);
    /* All in one: after "quit" nobody would take the rest. */
    g_string_append_c(text, '\n');
    qmp_client_send(c, text->str);
    return receive_response(c);
}

QDict *qmp_client_command(QmpClient *c, const char *fmt, ...)
{
    QDict *rsp;
    va_list ap;

    va_start(ap, fmt);
    rsp = command_v(c, fmt, ap);
    va_end(ap);
    return rsp;
}

QObject *qmp_client_return(QmpClient *c, const char *fmt, ...)
{
    QObject *ret;
    QDict *rsp;
    va_list ap;

    va_start(ap, fmt);
    rsp = command_v(c, fmt, ap);
    va_end(ap);
    ret = qdict_get(rsp, "return");
    if (!ret) {
        g_autoptr(GString) text = qobject_to_json(QOBJECT(rsp));

        g_error("'%s' answered %s", fmt, text->str);
    }
    qobject_ref(ret);
    qobject_unref(rsp);
    return ret;
}

void qmp_client_error(QmpClient *c, const char *class, const char *desc,
                      const char *fmt, ...)
{
    g_autoptr(QDict) rsp = NULL;
    QDict *error;
    va_list ap;

    va_start(ap, fmt);
    rsp = command_v(c, fmt, ap);
    va_end(ap);
    error = qdict_get_qdict(rsp, "error");
    g_assert_nonnull(error);
    g_assert_cmpstr(qdict_get_str(error, "class"), ==, class);
    if (!strstr(qdict_get_str(error, "desc"), desc)) {
        g_error("'%s' failed with '%s', which lacks '%s'", fmt,
                qdict_get_str(error, "desc"), desc);
    }
}

QDict *qmp_client_event(QmpClient *c, const char *name)
{
    for (;;) {
        QDict *msg = g_queue_pop_head(&c->events);

        if (!msg) {
            msg = qmp_client_receive(c);
        }
        if (!g_strcmp0(qdict_get_try_str(msg, "event"), name)) {
            return msg;
        }
        g_assert_true(qdict_haskey(msg, "event"));
        qobject_unref(msg);
    }
}

char *qmp_client_hmp(QmpClient *c, const char *fmt, ...)
{
    g_autofree char *line = NULL;
    QObject *ret;
    char *text;
    va_list ap;

    va_start(ap, fmt);
    line = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    ret = qmp_client_return(c,
                            "{'execute': 'human-monitor-command',"
                            " 'arguments': {'command-line': %s}}",
                            line);
    text = g_strdup(qstring_get_str(qobject_to(QString, ret)));
    qobject_unref(ret);
    return text;
}

static void unref_message(gpointer data)
{
    qobject_unref((QDict *)data);
}

void qmp_client_close(QmpClient *c)
{
    close(c->fd);
    json_message_parser_destroy(&c->parser);
    g_queue_clear_full(&c->inbox, unref_message);
    g_queue_clear_full(&c->events, unref_message);
    qobject_unref(c->greeting);
    g_free(c);
}

int qmp_client_wait(QmpClient *c)
{
    pid_t pid = c->pid;
    int status;

    g_assert_cmpint(RETRY_ON_EINTR(waitpid(pid, &status, 0)), ==, pid);
    qmp_client_close(c);
    return status;
}

void qmp_client_quit(QmpClient *c)
{
    pid_t pid = c->pid;
    int status;

    qobject_unref(qmp_client_return(c, "{'execute': 'quit'}"));
    qmp_client_close(c);
    if (pid) {
        g_assert_cmpint(RETRY_ON_EINTR(waitpid(pid, &status, 0)), ==, pid);
        g_assert_true(WIFEXITED(status));
        g_assert_cmpint(WEXITSTATUS(status), ==, 0);
    }
}
