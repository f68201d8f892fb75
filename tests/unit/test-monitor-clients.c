/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Monitors and their connections: clients that come and go, descriptors that
 * come with a command, HMP through QMP and on a terminal.
 */
#include "qemu/osdep.h"
#include <sys/un.h>
#include "monitor/interface-version.h"
#include "qmp-server-fixture.h"

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
    server_init();
    g_test_add_func("/qmp/reconnect", test_reconnect);
    g_test_add_func("/qmp/fds", test_fds);
    g_test_add_func("/qmp/human-monitor-command", test_human_monitor_command);
    g_test_add_func("/hmp/terminal", test_hmp);
    argc = g_test_run();
    monitor_cleanup();
    return argc;
}
