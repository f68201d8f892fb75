/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The socket driver: servers, clients, descriptors, flow, telnet. */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "io/channel-socket.h"
#include "qemu/module.h"
#include "system/system.h"
#include "chardev-helpers.h"

/* ---- socket ---- */

static QIOChannel *client_new(Chardev *chr)
{
    QIOChannelSocket *sioc = qio_channel_socket_new();
    /* "disconnected:unix:PATH,server=on" */
    const char *name = chr->filename + strlen("disconnected:");
    g_autofree char *uri = g_strndup(name, strcspn(name, ","));
    SocketAddress *addr = socket_parse(uri, &error_abort);

    qio_channel_socket_connect_sync(sioc, addr, &error_abort);
    qapi_free_SocketAddress(addr);
    return QIO_CHANNEL(sioc);
}

static void expect(QIOChannel *ioc, const char *text)
{
    char buf[64] = "";

    g_assert_cmpint(qio_channel_read_all(ioc, buf, strlen(text), &error_abort),
                    ==, 0);
    g_assert_cmpstr(buf, ==, text);
}

static void test_socket_server(gconstpointer tcp)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *params = g_strdup_printf(
        tcp ? "socket,id=s,server=on,wait=off,host=127.0.0.1,port=0,nodelay=on"
            : "socket,id=s,server=on,wait=off,path=%s/sock",
        dir);
    Chardev *chr = chr_new(params);
    Fe *fe = fe_new(chr);
    QIOChannel *client, *second;

    for (int i = 1; i <= 2; i++) {
        g_assert_cmpint(fe->opened, ==, i - 1);
        fe_write(fe, "nobody is there");
        client = client_new(chr);
        wait_for(fe->opened == i);
        g_assert_true(
            g_str_has_prefix(chr->filename, tcp ? "tcp:127.0.0.1:" : "unix:"));
        g_assert_nonnull(strstr(chr->filename, ",server=on"));
        fe_write(fe, "hello");
        expect(client, "hello");
        g_string_truncate(fe->in, 0);
        qio_channel_write_all(client, "world", 5, &error_abort);
        /* What was sent before the end is not lost. */
        object_unref(OBJECT(client));
        wait_for(fe->closed == i);
        g_assert_cmpstr(fe->in->str, ==, "world");
    }

    /* A second client waits until the first has gone. */
    client = client_new(chr);
    wait_for(fe->opened == 3);
    {
        Chardev like = { .filename = NULL };
        g_autofree char *path =
            g_strdup_printf("disconnected:unix:%s/sock", dir);

        like.filename = path;
        if (!tcp) {
            second = client_new(&like);
            run_a_little();
            g_assert_cmpint(fe->opened, ==, 3);
            qemu_chr_fe_disconnect(&fe->be);
            g_assert_cmpint(fe->closed, ==, 3);
            wait_for(fe->opened == 4);
            fe_write(fe, "second");
            expect(second, "second");
            object_unref(OBJECT(second));
        }
    }
    object_unref(OBJECT(client));
    fe_free(fe, true);
    g_rmdir(dir);
}

static gpointer connect_later(gpointer opaque)
{
    SocketAddress *addr = opaque;
    QIOChannelSocket *sioc = qio_channel_socket_new();

    while (qio_channel_socket_connect_sync(sioc, addr, NULL) < 0) {
        g_usleep(1000);
    }
    qio_channel_write_all(QIO_CHANNEL(sioc), "hi", 2, &error_abort);
    expect(QIO_CHANNEL(sioc), "ho");
    object_unref(OBJECT(sioc));
    return NULL;
}

/* server=on alone waits for a client before it returns. */
static void test_socket_wait(void)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *path = g_build_filename(dir, "sock", NULL);
    g_autofree char *params =
        g_strdup_printf("socket,id=s,server=on,path=%s", path);
    SocketAddress addr = { .type = SOCKET_ADDRESS_TYPE_UNIX,
                           .u.q_unix.path = path };
    GThread *thread = g_thread_new("client", connect_later, &addr);
    Chardev *chr = chr_new(params);
    Fe *fe = fe_new(chr);

    g_assert_cmpint(fe->opened, ==, 1);
    wait_for(fe->in->len == 2);
    fe_write(fe, "ho");
    wait_for(fe->closed);
    g_thread_join(thread);
    fe_free(fe, true);
    g_rmdir(dir);
}

/* A client that finds nobody tries again, and again after the end. */
static void test_socket_reconnect(void)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *path = g_build_filename(dir, "sock", NULL);
    g_autofree char *params =
        g_strdup_printf("socket,id=s,path=%s,reconnect-ms=10", path);
    SocketAddress addr = { .type = SOCKET_ADDRESS_TYPE_UNIX,
                           .u.q_unix.path = path };
    QIOChannelSocket *lioc = qio_channel_socket_new(), *server;
    Chardev *chr;
    Fe *fe;

    if (!g_test_subprocess()) {
        g_test_trap_subprocess(NULL, 0, 0);
        g_test_trap_assert_passed();
        /* Once, though it failed many times */
        g_test_trap_assert_stderr("*Unable to connect character device s: "
                                  "Failed to connect to *");
        g_test_trap_assert_stderr_unmatched("*Unable*Unable*");
        object_unref(OBJECT(lioc));
        g_rmdir(dir);
        return;
    }
    chr = chr_new(params);
    fe = fe_new(chr);
    for (int i = 0; i < 10; i++) {
        run_a_little();
    }
    g_assert_cmpint(fe->opened, ==, 0);
    qio_channel_socket_listen_sync(lioc, &addr, 1, &error_abort);
    for (int i = 1; i <= 3; i++) {
        wait_for(fe->opened == i);
        server = qio_channel_socket_accept(lioc, &error_abort);
        fe_write(fe, "hello");
        expect(QIO_CHANNEL(server), "hello");
        object_unref(OBJECT(server));
        wait_for(fe->closed == i);
    }
    fe_free(fe, true);
    run_a_little();
    object_unref(OBJECT(lioc));
    g_rmdir(dir);
}

typedef struct {
    Fe *fe;
    GString *rest;
    guint tag;
} Writer;

static gboolean writer_go_on(void *do_not_use, GIOCondition cond, void *opaque)
{
    Writer *w = opaque;
    int ret;

    w->tag = 0;
    ret = qemu_chr_fe_write(&w->fe->be, (uint8_t *)w->rest->str, w->rest->len);
    if (ret > 0) {
        g_string_erase(w->rest, 0, ret);
    } else {
        g_assert_cmpint(errno, ==, EAGAIN);
    }
    if (w->rest->len) {
        w->tag = qemu_chr_fe_add_watch(&w->fe->be, G_IO_OUT | G_IO_HUP,
                                       writer_go_on, w);
        g_assert_cmpint(w->tag, !=, 0);
    }
    return G_SOURCE_REMOVE;
}

/* Two megabytes to a client that takes its time: nothing waits or is lost. */
static void test_socket_slow_reader(void)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *params =
        g_strdup_printf("socket,id=s,server=on,wait=off,path=%s/sock", dir);
    Chardev *chr = chr_new(params);
    Fe *fe = fe_new(chr);
    QIOChannel *client = client_new(chr);
    Writer w = { .fe = fe, .rest = g_string_new(NULL) };
    size_t got = 0, total = 2 * 1024 * 1024;
    char buf[50000];

    wait_for(fe->opened);
    for (size_t i = 0; i < total; i++) {
        g_string_append_c(w.rest, 'a' + i % 23);
    }
    writer_go_on(NULL, 0, &w);
    g_assert_cmpint(w.rest->len, >, 0);
    g_assert_cmpint(qemu_chr_fe_write(&fe->be, (uint8_t *)"x", 1), ==, -1);
    g_assert_cmpint(errno, ==, EAGAIN);
    run_a_little();

    qio_channel_set_blocking(client, false, &error_abort);
    while (got < total) {
        ssize_t n = qio_channel_read(client, buf, sizeof(buf), &error_abort);

        for (ssize_t i = 0; i < n; i++) {
            g_assert_cmpint(buf[i], ==, 'a' + (got + i) % 23);
        }
        got += MAX(n, 0);
        main_loop_wait(true);
    }
    g_assert_cmpint(w.rest->len, ==, 0);

    /* It goes away with data on the way: CLOSED, and no more trouble. */
    g_string_append_printf(w.rest, "%0*d", 500000, 1);
    while (qemu_chr_fe_write(&fe->be, (uint8_t *)w.rest->str, w.rest->len) >
           0) {
    }
    fe->room = 0;
    object_unref(OBJECT(client));
    wait_for(fe->closed);
    fe_write(fe, "lost");
    g_string_free(w.rest, TRUE);
    fe_free(fe, true);
    g_rmdir(dir);
}

static void test_socket_fds(void)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *params =
        g_strdup_printf("socket,id=s,server=on,wait=off,path=%s/sock", dir);
    Chardev *chr = chr_new(params);
    Fe *fe = fe_new(chr);
    QIOChannel *client = client_new(chr);
    struct iovec iov = { (char *)"x", 1 };
    char c;
    struct iovec riov = { &c, 1 };
    int send[2] = { 0, 1 }, got[8], *fds;
    size_t nfds;

    g_assert_true(qemu_chr_has_feature(chr, QEMU_CHAR_FEATURE_FD_PASS));
    wait_for(fe->opened);
    g_assert_cmpint(qemu_chr_fe_get_msgfd(&fe->be), ==, -1);
    qio_channel_writev_full_all(client, &iov, 1, send, 2, 0, &error_abort);
    wait_for(fe->in->len == 1);
    g_assert_cmpint(qemu_chr_fe_get_msgfds(&fe->be, got, 8), ==, 2);
    close(got[0]);
    close(got[1]);
    g_assert_cmpint(qemu_chr_fe_get_msgfd(&fe->be), ==, -1);

    /* Not fetched: replaced by the next, and closed at the end. */
    qio_channel_writev_full_all(client, &iov, 1, send, 2, 0, &error_abort);
    wait_for(fe->in->len == 2);
    qio_channel_writev_full_all(client, &iov, 1, send, 1, 0, &error_abort);
    wait_for(fe->in->len == 3);

    g_assert_cmpint(qemu_chr_fe_set_msgfds(&fe->be, send, 1), ==, 0);
    fe_write(fe, "y");
    g_assert_cmpint(
        qio_channel_readv_full_all(client, &riov, 1, &fds, &nfds, &error_abort),
        ==, 0);
    g_assert_cmpint(nfds, ==, 1);
    close(fds[0]);
    g_free(fds);
    object_unref(OBJECT(client));
    wait_for(fe->closed);
    g_assert_cmpint(qemu_chr_fe_set_msgfds(&fe->be, send, 1), ==, -1);
    fe_free(fe, true);
    g_rmdir(dir);
}

static void test_socket_add_client(void)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *params =
        g_strdup_printf("socket,id=s,server=on,wait=off,path=%s/sock", dir);
    Chardev *chr = chr_new(params), *null = chr_new("null,id=n");
    Fe *fe = fe_new(chr);
    int sv[2];

    g_assert_cmpint(qemu_socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    g_assert_cmpint(qemu_chr_add_client(null, sv[0]), ==, -1);
    g_assert_cmpint(qemu_chr_add_client(chr, sv[0]), ==, 0);
    g_assert_cmpint(fe->opened, ==, 1);
    g_assert_cmpint(write(sv[1], "abc", 3), ==, 3);
    wait_for(fe->in->len == 3);
    /* One at a time */
    g_assert_cmpint(qemu_chr_add_client(chr, sv[1]), ==, -1);
    close(sv[1]);
    wait_for(fe->closed);
    fe_free(fe, true);
    object_unparent(OBJECT(null));
    g_rmdir(dir);
}

/* The watches follow the front end into another context. */
static void test_socket_context(void)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *params =
        g_strdup_printf("socket,id=s,server=on,wait=off,path=%s/sock", dir);
    GMainContext *ctx = g_main_context_new();
    Chardev *chr = chr_new(params);
    Fe *fe = fe_new(chr);
    QIOChannel *client = client_new(chr);

    g_assert_true(qemu_chr_has_feature(chr, QEMU_CHAR_FEATURE_GCONTEXT));
    qemu_chr_fe_set_handlers(&fe->be, fe_can_read, fe_read, fe_event, NULL, fe,
                             ctx, true);
    run_a_little();
    g_assert_cmpint(fe->opened, ==, 0);
    while (!fe->opened) {
        g_main_context_iteration(ctx, TRUE);
    }
    qio_channel_write_all(client, "abc", 3, &error_abort);
    run_a_little();
    g_assert_cmpint(fe->in->len, ==, 0);
    while (fe->in->len < 3) {
        g_main_context_iteration(ctx, TRUE);
    }
    object_unref(OBJECT(client));
    while (!fe->closed) {
        g_main_context_iteration(ctx, TRUE);
    }
    qemu_chr_fe_set_handlers(&fe->be, fe_can_read, fe_read, fe_event, NULL, fe,
                             NULL, true);
    client = client_new(chr);
    wait_for(fe->opened == 2);
    object_unref(OBJECT(client));
    fe_free(fe, true);
    g_main_context_unref(ctx);
    g_rmdir(dir);
}

/* A front end that is full at first gets all later, bit by bit. */
static void test_socket_flow(void)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *params =
        g_strdup_printf("socket,id=s,server=on,wait=off,path=%s/sock", dir);
    Chardev *chr = chr_new(params);
    Fe *fe = fe_new(chr);
    QIOChannel *client = client_new(chr);

    wait_for(fe->opened);
    fe->room = 0;
    qio_channel_write_all(client, "0123456789", 10, &error_abort);
    run_a_little();
    g_assert_cmpint(fe->in->len, ==, 0);
    fe->room = 3;
    qemu_chr_fe_accept_input(&fe->be);
    wait_for(fe->in->len == 10);
    g_assert_cmpstr(fe->in->str, ==, "0123456789");
    object_unref(OBJECT(client));
    fe_free(fe, true);
    g_rmdir(dir);
}

/* ---- telnet ---- */

static const uint8_t greeting[] = { 255, 251, 1, 255, 251, 3,
                                    255, 251, 0, 255, 253, 0 };

static void test_telnet(void)
{
    static const struct {
        const char *sent;
        int len;
        const char *got;
        int breaks;
    } cases[] = {
        { "abc", 3, "abc", 0 },
        { "a\377\377b", 4, "a\377b", 0 },
        { "a\377\373\001b", 5, "ab", 0 },
        { "\377\375\003\377\376\001x", 7, "x", 0 },
        { "a\377\363b", 4, "ab", 1 },
        { "a\377\361b", 4, "ab", 0 },
        { "a\377\372\030\001zz\377\377\377\360b", 12, "ab", 0 },
    };
    g_autofree char *dir = tmp_dir();
    g_autofree char *params = g_strdup_printf(
        "socket,id=s,server=on,wait=off,telnet=on,path=%s/sock", dir);
    Chardev *chr = chr_new(params);
    Fe *fe = fe_new(chr);
    QIOChannel *client = client_new(chr);
    char buf[sizeof(greeting)];
    Error *err = NULL;

    g_assert_cmpint(qemu_chr_wait_connected(chr, &err), ==, -1);
    error_free_or_abort(&err);
    wait_for(fe->opened);
    qio_channel_read_all(client, buf, sizeof(buf), &error_abort);
    g_assert_cmpint(memcmp(buf, greeting, sizeof(greeting)), ==, 0);

    /* At once, and byte by byte */
    for (int step = 0; step < 2; step++) {
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
            g_string_truncate(fe->in, 0);
            fe->breaks = 0;
            for (int j = 0; j < cases[i].len;) {
                int n = step ? 1 : cases[i].len;

                qio_channel_write_all(client, cases[i].sent + j, n,
                                      &error_abort);
                j += n;
                run_a_little();
            }
            g_assert_cmpstr(fe->in->str, ==, cases[i].got);
            g_assert_cmpint(fe->breaks, ==, cases[i].breaks);
        }
    }
    object_unref(OBJECT(client));
    fe_free(fe, true);
    g_rmdir(dir);
}

static void test_telnet_random(gconstpointer mode)
{
    g_autofree char *dir = tmp_dir();
    g_autofree char *params =
        g_strdup_printf("socket,id=s,server=on,wait=off,%s=on,path=%s/sock",
                        (const char *)mode, dir);
    Chardev *chr = chr_new(params);
    Fe *fe = fe_new(chr);
    QIOChannel *client = client_new(chr);

    wait_for(fe->opened);
    for (int i = 0; i < 300; i++) {
        char buf[200];
        int len = g_test_rand_int_range(1, sizeof(buf));

        for (int j = 0; j < len; j++) {
            buf[j] = g_test_rand_int_range(0, 2)
                         ? g_test_rand_int_range(236, 256)
                         : g_test_rand_int();
        }
        fe->room = g_test_rand_int_range(1, 300);
        qio_channel_write_all(client, buf, len, &error_abort);
        main_loop_wait(true);
    }
    object_unref(OBJECT(client));
    wait_for(fe->closed);
    fe_free(fe, true);
    g_rmdir(dir);
}

int main(int argc, char **argv)
{
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_QOM);
    qemu_add_opts(&qemu_chardev_opts);
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/chardev/socket/unix", NULL, test_socket_server);
    g_test_add_data_func("/chardev/socket/tcp", "tcp", test_socket_server);
    g_test_add_func("/chardev/socket/wait", test_socket_wait);
    g_test_add_func("/chardev/socket/reconnect", test_socket_reconnect);
    g_test_add_func("/chardev/socket/slow-reader", test_socket_slow_reader);
    g_test_add_func("/chardev/socket/fds", test_socket_fds);
    g_test_add_func("/chardev/socket/add-client", test_socket_add_client);
    g_test_add_func("/chardev/socket/context", test_socket_context);
    g_test_add_func("/chardev/socket/flow", test_socket_flow);
    g_test_add_func("/chardev/telnet", test_telnet);
    g_test_add_data_func("/chardev/telnet-random", "telnet",
                         test_telnet_random);
    g_test_add_data_func("/chardev/tn3270-random", "tn3270",
                         test_telnet_random);
    return g_test_run();
}
