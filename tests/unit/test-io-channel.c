/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Channels of all kinds: data, vectors, descriptors, watches, tasks, errors. */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "io/channel-buffer.h"
#include "io/channel-command.h"
#include "io/channel-file.h"
#include "io/channel-null.h"
#include "io/channel-socket.h"
#include "io/channel-util.h"
#include "io/dns-resolver.h"
#include "io/net-listener.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"

static void socket_pair(QIOChannel **a, QIOChannel **b)
{
    int sv[2];

    g_assert_cmpint(qemu_socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    *a = QIO_CHANNEL(qio_channel_socket_new_fd(sv[0], &error_abort));
    *b = QIO_CHANNEL(qio_channel_socket_new_fd(sv[1], &error_abort));
}

static void unref2(QIOChannel *a, QIOChannel *b)
{
    object_unref(OBJECT(a));
    object_unref(OBJECT(b));
}

/* ---- Streams: what goes in comes out, however it is cut ---- */

#define STREAM_LEN (256 * 1024)

typedef struct {
    QIOChannel *ioc;
    uint8_t *data;
    guint32 seed;
} Stream;

/* @data cut into at most @max random pieces, some of them empty. */
static size_t random_iov(GRand *rand, uint8_t *data, size_t len,
                         struct iovec *iov, size_t max)
{
    size_t n = 0;

    while (len && n < max - 1) {
        size_t part = g_rand_int_range(rand, 0, 3000);

        part = MIN(part, len);
        iov[n].iov_base = data;
        iov[n++].iov_len = part;
        data += part;
        len -= part;
    }
    iov[n].iov_base = data;
    iov[n++].iov_len = len;
    return n;
}

static gpointer stream_writer(gpointer opaque)
{
    Stream *s = opaque;
    struct iovec iov[64];
    GRand *rand = g_rand_new_with_seed(s->seed);
    size_t n = random_iov(rand, s->data, STREAM_LEN, iov, 64);

    qio_channel_writev_all(s->ioc, iov, n, &error_abort);
    g_rand_free(rand);
    return NULL;
}

static void check_stream(QIOChannel *from, QIOChannel *to)
{
    g_autofree uint8_t *sent = g_malloc(STREAM_LEN);
    g_autofree uint8_t *got = g_malloc0(STREAM_LEN);
    Stream s = { .ioc = from, .data = sent, .seed = g_test_rand_int() };
    GRand *rand = g_rand_new_with_seed(g_test_rand_int());
    struct iovec iov[64];
    GThread *writer;
    size_t n;

    for (size_t i = 0; i < STREAM_LEN; i++) {
        sent[i] = g_rand_int(rand);
    }
    writer = g_thread_new("writer", stream_writer, &s);
    n = random_iov(rand, got, STREAM_LEN, iov, 64);
    g_assert_cmpint(qio_channel_readv_all(to, iov, n, &error_abort), ==, 0);
    g_thread_join(writer);
    g_assert_cmpint(memcmp(sent, got, STREAM_LEN), ==, 0);
    g_rand_free(rand);
}

static void test_stream_socket(void)
{
    QIOChannel *a, *b;

    for (int blocking = 0; blocking < 2; blocking++) {
        socket_pair(&a, &b);
        qio_channel_set_blocking(a, blocking, &error_abort);
        qio_channel_set_blocking(b, blocking, &error_abort);
        check_stream(a, b);
        check_stream(b, a);
        unref2(a, b);
    }
}

static void test_stream_pipe(void)
{
    int fds[2];
    QIOChannel *in, *out;

    g_assert_cmpint(pipe(fds), ==, 0);
    in = QIO_CHANNEL(qio_channel_file_new_fd(fds[0]));
    out = QIO_CHANNEL(qio_channel_file_new_fd(fds[1]));
    qio_channel_set_blocking(in, false, &error_abort);
    qio_channel_set_blocking(out, false, &error_abort);
    check_stream(out, in);
    unref2(in, out);
}

static void test_stream_command(void)
{
    const char *const argv[] = { "/bin/cat", NULL };
    QIOChannelCommand *cioc =
        qio_channel_command_new_spawn(argv, O_RDWR, &error_abort);
    GPid pid = cioc->pid;

    check_stream(QIO_CHANNEL(cioc), QIO_CHANNEL(cioc));
    g_assert_cmpint(qio_channel_close(QIO_CHANNEL(cioc), &error_abort), ==, 0);
    g_assert_cmpint(kill(pid, 0), ==, -1);
    object_unref(OBJECT(cioc));
}

static void test_command_errors(void)
{
    const char *const nothing[] = { "/nonexistent/program", NULL };
    const char *const stubborn[] = { "/bin/sh", "-c",
                                     "trap '' TERM; while :; do sleep 1; done",
                                     NULL };
    const char *const echo[] = { "/bin/echo", "hello", NULL };
    QIOChannelCommand *cioc;
    char buf[16];
    Error *err = NULL;

    g_assert_null(qio_channel_command_new_spawn(nothing, O_RDWR, &err));
    g_assert_nonnull(strstr(error_get_pretty(err), "/nonexistent/program"));
    error_free(err);

    cioc = qio_channel_command_new_spawn(echo, O_RDONLY, &error_abort);
    g_assert_cmpint(
        qio_channel_read_all(QIO_CHANNEL(cioc), buf, 6, &error_abort), ==, 0);
    g_assert_cmpint(memcmp(buf, "hello\n", 6), ==, 0);
    g_assert_cmpint(
        qio_channel_read_all_eof(QIO_CHANNEL(cioc), buf, 1, &error_abort), ==,
        0);
    object_unref(OBJECT(cioc));

    cioc = qio_channel_command_new_spawn(stubborn, O_WRONLY, &error_abort);
    object_unref(OBJECT(cioc)); /* must not hang */
}

/* ---- Ends, errors ---- */

static void test_eof(void)
{
    QIOChannel *a, *b;
    char buf[8];
    Error *err = NULL;

    socket_pair(&a, &b);
    qio_channel_set_blocking(b, false, &error_abort);
    g_assert_cmpint(qio_channel_read(b, buf, 8, &error_abort), ==,
                    QIO_CHANNEL_ERR_BLOCK);
    qio_channel_write_all(a, "abc", 3, &error_abort);
    qio_channel_shutdown(a, QIO_CHANNEL_SHUTDOWN_WRITE, &error_abort);
    g_assert_cmpint(qio_channel_read_all_eof(b, buf, 8, &err), ==, -1);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Unexpected end-of-file before all data were read");
    error_free_or_abort(&err);
    g_assert_cmpint(qio_channel_read_all_eof(b, buf, 8, &error_abort), ==, 0);
    g_assert_cmpint(qio_channel_read_all(b, buf, 8, &err), ==, -1);
    error_free_or_abort(&err);
    g_assert_cmpint(qio_channel_read(b, buf, 8, &error_abort), ==, 0);

    /* Writing to nobody is an error and no signal. */
    qio_channel_close(b, &error_abort);
    g_assert_cmpint(qio_channel_write(a, "x", 1, &err), ==, -1);
    error_free_or_abort(&err);
    unref2(a, b);
}

static void test_relaxed_eof(void)
{
    QIOChannel *a, *b;
    char buf[8];
    struct iovec iov = { buf, 8 };

    socket_pair(&a, &b);
    qio_channel_write_all(a, "abc", 3, &error_abort);
    qio_channel_close(a, &error_abort);
    g_assert_cmpint(qio_channel_readv_full_all_eof(
                        b, &iov, 1, NULL, NULL,
                        QIO_CHANNEL_READ_FLAG_RELAXED_EOF, &error_abort),
                    ==, 0);
    unref2(a, b);
}

static void test_unsupported(void)
{
    QIOChannel *buffer = QIO_CHANNEL(qio_channel_buffer_new(0));
    QIOChannel *a, *b;
    int fd = 0, *fds;
    size_t nfds;
    char c = 0;
    struct iovec iov = { &c, 1 };
    unsigned int pid;
    Error *err = NULL;

    g_assert_cmpint(qio_channel_writev_full(buffer, &iov, 1, &fd, 1, 0, &err),
                    ==, -1);
    error_free_or_abort(&err);
    g_assert_cmpint(
        qio_channel_readv_full(buffer, &iov, 1, &fds, &nfds, 0, &err), ==, -1);
    error_free_or_abort(&err);
    g_assert_cmpint(qio_channel_readv_full(buffer, &iov, 1, NULL, NULL,
                                           QIO_CHANNEL_READ_FLAG_MSG_PEEK,
                                           &err),
                    ==, -1);
    error_free_or_abort(&err);
    g_assert_cmpint(
        qio_channel_shutdown(buffer, QIO_CHANNEL_SHUTDOWN_BOTH, &err), ==, -1);
    error_free_or_abort(&err);
    g_assert_cmpint(qio_channel_get_peerpid(buffer, &pid, &err), ==, -1);
    error_free_or_abort(&err);
    object_unref(OBJECT(buffer));

    socket_pair(&a, &b);
    g_assert_cmpint(qio_channel_pwrite(a, &c, 1, 0, &err), ==, -1);
    error_free_or_abort(&err);
    g_assert_cmpint(qio_channel_io_seek(a, 0, SEEK_SET, &err), ==, -1);
    error_free_or_abort(&err);
    g_assert_cmpint(qio_channel_writev_full(a, &iov, 1, NULL, 0,
                                            QIO_CHANNEL_WRITE_FLAG_ZERO_COPY,
                                            &err),
                    ==, -1);
    error_free_or_abort(&err);
    g_assert_cmpint(qio_channel_get_peerpid(a, &pid, &error_abort), ==, 0);
    g_assert_cmpint(pid, ==, getpid());
    unref2(a, b);
}

/* ---- Descriptors ---- */

static bool same_file(int a, int b)
{
    struct stat sa, sb;

    return fstat(a, &sa) == 0 && fstat(b, &sb) == 0 && sa.st_ino == sb.st_ino;
}

static void test_fd_pass(void)
{
    QIOChannel *a, *b;
    int pipefd[2], send[3], *fds = NULL;
    size_t nfds = 0;
    char out[] = "hello", in[6];
    struct iovec iov = { out, sizeof(out) }, iov2 = { in, sizeof(in) };
    int many[17];
    Error *err = NULL;

    g_assert_cmpint(pipe(pipefd), ==, 0);
    socket_pair(&a, &b);
    send[0] = send[1] = pipefd[0];
    send[2] = pipefd[1];
    g_assert_cmpint(
        qio_channel_writev_full_all(a, &iov, 1, send, 3, 0, &error_abort), ==,
        0);
    g_assert_cmpint(
        qio_channel_readv_full_all(b, &iov2, 1, &fds, &nfds, &error_abort), ==,
        0);
    g_assert_cmpstr(in, ==, "hello");
    g_assert_cmpint(nfds, ==, 3);
    for (int i = 0; i < 3; i++) {
        g_assert_true(same_file(fds[i], send[i]));
        g_assert_cmpint(fcntl(fds[i], F_GETFD), ==, FD_CLOEXEC);
        close(fds[i]);
    }
    g_free(fds);

    /* Two messages in one read: both lots of descriptors. */
    iov.iov_len = 3;
    g_assert_cmpint(
        qio_channel_writev_full_all(a, &iov, 1, send, 1, 0, &error_abort), ==,
        0);
    g_assert_cmpint(
        qio_channel_writev_full_all(a, &iov, 1, send + 2, 1, 0, &error_abort),
        ==, 0);
    g_assert_cmpint(
        qio_channel_readv_full_all(b, &iov2, 1, &fds, &nfds, &error_abort), ==,
        0);
    g_assert_cmpint(nfds, ==, 2);
    g_assert_true(same_file(fds[0], send[0]) && same_file(fds[1], send[2]));
    close(fds[0]);
    close(fds[1]);
    g_free(fds);

    for (int i = 0; i < 17; i++) {
        many[i] = pipefd[0];
    }
    g_assert_cmpint(qio_channel_writev_full(a, &iov, 1, many, 17, 0, &err), ==,
                    -1);
    g_assert_nonnull(
        strstr(error_get_pretty(err), "Only 16 FDs can be sent, got 17"));
    error_free(err);
    close(pipefd[0]);
    close(pipefd[1]);
    unref2(a, b);
}

/* ---- Files, buffers, null ---- */

static void test_file(void)
{
    g_autofree char *dir = g_dir_make_tmp("test-io-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "file", NULL);
    QIOChannel *ioc;
    char buf[16] = "";
    Error *err = NULL;

    g_assert_null(qio_channel_file_new_path(path, O_RDONLY, 0, &err));
    g_assert_nonnull(strstr(error_get_pretty(err), path));
    error_free_or_abort(&err);

    ioc = QIO_CHANNEL(
        qio_channel_file_new_path(path, O_RDWR | O_CREAT, 0600, &error_abort));
    g_assert_true(qio_channel_has_feature(ioc, QIO_CHANNEL_FEATURE_SEEKABLE));
    qio_channel_write_all(ioc, "0123456789", 10, &error_abort);
    g_assert_cmpint(qio_channel_io_seek(ioc, 2, SEEK_SET, &error_abort), ==, 2);
    g_assert_cmpint(qio_channel_read(ioc, buf, 3, &error_abort), ==, 3);
    g_assert_cmpint(memcmp(buf, "234", 3), ==, 0);
    g_assert_cmpint(qio_channel_pwrite(ioc, (char *)"AB", 2, 0, &error_abort),
                    ==, 2);
    g_assert_cmpint(qio_channel_pread(ioc, buf, 4, 0, &error_abort), ==, 4);
    g_assert_cmpint(memcmp(buf, "AB23", 4), ==, 0);
    g_assert_cmpint(qio_channel_io_seek(ioc, 0, SEEK_CUR, &error_abort), ==, 5);
    g_assert_cmpint(qio_channel_io_seek(ioc, -1, SEEK_SET, &err), ==, -1);
    error_free_or_abort(&err);
    qio_channel_close(ioc, &error_abort);
    qio_channel_close(ioc, &error_abort);
    g_assert_cmpint(qio_channel_read(ioc, buf, 1, &err), ==, -1);
    error_free_or_abort(&err);
    object_unref(OBJECT(ioc));

    g_assert_null(qio_channel_file_new_dupfd(-1, &err));
    error_free_or_abort(&err);
    g_unlink(path);
    g_rmdir(dir);
}

/* Against a plain array, with random operations. */
static void test_buffer(void)
{
    QIOChannelBuffer *bioc = qio_channel_buffer_new(7);
    QIOChannel *ioc = QIO_CHANNEL(bioc);
    static uint8_t model[65536];
    size_t usage = 0, pos = 0;

    memset(model, 0, sizeof(model));
    for (int i = 0; i < 3000; i++) {
        uint8_t buf[512], expect[512];
        struct iovec iov[8];
        GRand *rand = g_rand_new_with_seed(g_test_rand_int());
        size_t len = g_test_rand_int_range(0, sizeof(buf)), n;

        n = random_iov(rand, buf, len, iov, 8);
        switch (g_test_rand_int_range(0, 3)) {
        case 0:
            if (pos + len > sizeof(model)) {
                break;
            }
            for (size_t j = 0; j < len; j++) {
                buf[j] = g_rand_int(rand);
            }
            memcpy(model + pos, buf, len);
            pos += len;
            usage = MAX(usage, pos);
            g_assert_cmpint(qio_channel_writev(ioc, iov, n, &error_abort), ==,
                            len);
            break;
        case 1: {
            size_t avail = pos < usage ? MIN(len, usage - pos) : 0;

            memcpy(expect, model + pos, avail);
            g_assert_cmpint(qio_channel_readv(ioc, iov, n, &error_abort), ==,
                            avail);
            g_assert_cmpint(memcmp(buf, expect, avail), ==, 0);
            pos += avail;
            break;
        }
        default:
            pos = g_test_rand_int_range(0, MIN(usage + 100, 60000) + 1);
            g_assert_cmpint(
                qio_channel_io_seek(ioc, pos, SEEK_SET, &error_abort), ==, pos);
        }
        g_assert_cmpint(bioc->usage, <=, bioc->capacity);
        g_rand_free(rand);
    }
    g_assert_cmpint(bioc->usage, ==, usage);
    g_assert_cmpint(memcmp(bioc->data, model, usage), ==, 0);
    qio_channel_close(ioc, &error_abort);
    object_unref(OBJECT(ioc));
}

/* ---- Watches ---- */

static gboolean note(QIOChannel *ioc, GIOCondition cond, gpointer opaque)
{
    *(GIOCondition *)opaque |= cond;
    return G_SOURCE_REMOVE;
}

static GIOCondition watch_once(QIOChannel *ioc, GIOCondition cond)
{
    GIOCondition seen = 0;
    guint id = qio_channel_add_watch(ioc, cond, note, &seen, NULL);

    while (g_main_context_iteration(NULL, FALSE)) {
    }
    if (!seen) {
        g_source_remove(id);
    }
    return seen;
}

static void test_watch(void)
{
    QIOChannel *a, *b, *buffer, *null;

    socket_pair(&a, &b);
    g_assert_cmpint(watch_once(b, G_IO_IN), ==, 0);
    g_assert_cmpint(watch_once(b, G_IO_OUT), ==, G_IO_OUT);
    qio_channel_write_all(a, "x", 1, &error_abort);
    g_assert_cmpint(watch_once(b, G_IO_IN), ==, G_IO_IN);
    g_assert_cmpint(watch_once(b, G_IO_IN | G_IO_OUT), ==, G_IO_IN | G_IO_OUT);
    qio_channel_close(a, &error_abort);
    g_assert_true(watch_once(b, G_IO_HUP) & G_IO_HUP);
    unref2(a, b);

    buffer = QIO_CHANNEL(qio_channel_buffer_new(0));
    g_assert_cmpint(watch_once(buffer, G_IO_IN), ==, 0);
    qio_channel_write_all(buffer, "x", 1, &error_abort);
    g_assert_cmpint(watch_once(buffer, G_IO_IN), ==, 0);
    qio_channel_io_seek(buffer, 0, SEEK_SET, &error_abort);
    g_assert_cmpint(watch_once(buffer, G_IO_IN | G_IO_OUT), ==,
                    G_IO_IN | G_IO_OUT);
    null = QIO_CHANNEL(qio_channel_null_new());
    g_assert_cmpint(watch_once(null, G_IO_IN), ==, G_IO_IN);
    unref2(buffer, null);
}

/* In a context of our own, and removed before it fires. */
static void test_watch_context(void)
{
    GMainContext *ctx = g_main_context_new();
    GIOCondition seen = 0;
    QIOChannel *a, *b;
    GSource *source;

    socket_pair(&a, &b);
    qio_channel_set_name(b, "named");
    qio_channel_write_all(a, "x", 1, &error_abort);
    source = qio_channel_add_watch_source(b, G_IO_IN, note, &seen, NULL, ctx);
    g_assert_cmpstr(g_source_get_name(source), ==, "named");
    while (g_main_context_iteration(NULL, FALSE)) {
    }
    g_assert_cmpint(seen, ==, 0);
    g_main_context_iteration(ctx, FALSE);
    g_assert_cmpint(seen, ==, G_IO_IN);
    g_source_unref(source);

    seen = 0;
    source = qio_channel_add_watch_source(b, G_IO_IN, note, &seen, NULL, ctx);
    g_source_destroy(source);
    g_source_unref(source);
    g_main_context_iteration(ctx, FALSE);
    g_assert_cmpint(seen, ==, 0);
    g_main_context_unref(ctx);
    unref2(a, b);
}

/* ---- Tasks, listeners, names ---- */

typedef struct {
    bool done;
    Error *err;
    bool freed;
} Outcome;

static void outcome_done(QIOTask *task, gpointer opaque)
{
    Outcome *o = opaque;

    g_assert_false(o->done);
    o->done = true;
    qio_task_propagate_error(task, &o->err);
}

static void outcome_free(gpointer opaque)
{
    ((Outcome *)opaque)->freed = true;
}

static void outcome_wait(Outcome *o)
{
    while (!o->freed) {
        g_main_context_iteration(NULL, TRUE);
    }
    g_assert_true(o->done);
}

static void listener_client(QIONetListener *listener, QIOChannelSocket *sioc,
                            gpointer data)
{
    *(QIOChannelSocket **)data = QIO_CHANNEL_SOCKET(object_ref(OBJECT(sioc)));
}

static void test_async(void)
{
    g_autofree char *dir = g_dir_make_tmp("test-io-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "sock", NULL);
    SocketAddress addr = { .type = SOCKET_ADDRESS_TYPE_UNIX,
                           .u.q_unix.path = path };
    QIOChannelSocket *lioc = qio_channel_socket_new();
    QIOChannelSocket *cioc = qio_channel_socket_new(), *client = NULL;
    QIONetListener *listener = qio_net_listener_new();
    Outcome o = {};

    /* Nobody listens yet. */
    qio_channel_socket_connect_async(cioc, &addr, outcome_done, &o,
                                     outcome_free, NULL);
    outcome_wait(&o);
    g_assert_nonnull(strstr(error_get_pretty(o.err), path));
    error_free(o.err);

    o = (Outcome){};
    qio_channel_socket_listen_async(lioc, &addr, 1, outcome_done, &o,
                                    outcome_free, NULL);
    outcome_wait(&o);
    g_assert_null(o.err);
    g_assert_true(
        qio_channel_has_feature(QIO_CHANNEL(lioc), QIO_CHANNEL_FEATURE_LISTEN));
    qio_net_listener_add(listener, lioc);
    object_unref(OBJECT(lioc));
    g_assert_true(qio_net_listener_is_connected(listener));
    qio_net_listener_set_client_func(listener, listener_client, &client, NULL);

    o = (Outcome){};
    qio_channel_socket_connect_async(cioc, &addr, outcome_done, &o,
                                     outcome_free, NULL);
    outcome_wait(&o);
    g_assert_null(o.err);
    while (!client) {
        g_main_context_iteration(NULL, TRUE);
    }
    check_stream(QIO_CHANNEL(cioc), QIO_CHANNEL(client));
    unref2(QIO_CHANNEL(cioc), QIO_CHANNEL(client));

    /* wait_client() takes one past the function. */
    client = NULL;
    cioc = qio_channel_socket_new();
    qio_channel_socket_connect_sync(cioc, &addr, &error_abort);
    lioc = qio_net_listener_wait_client(listener);
    g_assert_nonnull(lioc);
    while (g_main_context_iteration(NULL, FALSE)) {
    }
    g_assert_null(client);
    unref2(QIO_CHANNEL(cioc), QIO_CHANNEL(lioc));

    g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
    qio_net_listener_disconnect(listener);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_false(qio_net_listener_is_connected(listener));
    object_unref(OBJECT(listener));
    g_rmdir(dir);
}

static void worker_sleep(QIOTask *task, gpointer opaque)
{
    Error *err = NULL;

    g_usleep(20000);
    error_setg(&err, "first");
    qio_task_set_error(task, err);
    err = NULL;
    error_setg(&err, "second");
    qio_task_set_error(task, err);
}

static void test_task_wait(void)
{
    QIOChannel *null = QIO_CHANNEL(qio_channel_null_new());
    Outcome o = {};
    QIOTask *task = qio_task_new(OBJECT(null), outcome_done, &o, outcome_free);

    qio_task_run_in_thread(task, worker_sleep, NULL, NULL, NULL);
    qio_task_wait_thread(task);
    g_assert_true(o.done && o.freed);
    g_assert_cmpstr(error_get_pretty(o.err), ==, "first");
    error_free(o.err);
    while (g_main_context_iteration(NULL, FALSE)) {
    }
    object_unref(OBJECT(null));
}

static void test_resolver(void)
{
    QIODNSResolver *r = qio_dns_resolver_get_instance();
    SocketAddress addr = { .type = SOCKET_ADDRESS_TYPE_INET,
                           .u.inet = { .host = (char *)"127.0.0.1",
                                       .port = (char *)"80" } };
    SocketAddress **addrs;
    size_t n;
    Error *err = NULL;

    g_assert_cmpint(
        qio_dns_resolver_lookup_sync(r, &addr, &n, &addrs, &error_abort), ==,
        0);
    g_assert_cmpint(n, ==, 1);
    g_assert_cmpstr(addrs[0]->u.inet.host, ==, "127.0.0.1");
    g_assert_true(addrs[0]->u.inet.numeric);
    qapi_free_SocketAddress(addrs[0]);
    g_free(addrs);

    addr.u.inet.has_numeric = addr.u.inet.numeric = true;
    addr.u.inet.host = (char *)"not-a-number";
    g_assert_cmpint(qio_dns_resolver_lookup_sync(r, &addr, &n, &addrs, &err),
                    ==, -1);
    g_assert_true(
        g_str_has_prefix(error_get_pretty(err),
                         "address resolution failed for not-a-number:80"));
    error_free(err);
}

/* ---- AioContexts ---- */

static int aio_reads;

static void aio_read_ready(void *opaque)
{
    char c;

    qio_channel_read(opaque, &c, 1, &error_abort);
    aio_reads++;
}

static void test_aio(void)
{
    AioContext *ctx = qemu_get_aio_context();
    QIOChannel *a, *b;

    socket_pair(&a, &b);
    qio_channel_set_aio_fd_handler(b, ctx, aio_read_ready, ctx, NULL, b);
    g_assert_false(aio_poll(ctx, false));
    qio_channel_write_all(a, "x", 1, &error_abort);
    while (!aio_reads) {
        aio_poll(ctx, true);
    }
    qio_channel_set_aio_fd_handler(b, ctx, NULL, ctx, NULL, NULL);
    qio_channel_write_all(a, "x", 1, &error_abort);
    aio_poll(ctx, false);
    g_assert_cmpint(aio_reads, ==, 1);
    unref2(a, b);
}

int main(int argc, char **argv)
{
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_QOM);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/io/stream/socket", test_stream_socket);
    g_test_add_func("/io/stream/pipe", test_stream_pipe);
    g_test_add_func("/io/stream/command", test_stream_command);
    g_test_add_func("/io/command/errors", test_command_errors);
    g_test_add_func("/io/eof", test_eof);
    g_test_add_func("/io/relaxed-eof", test_relaxed_eof);
    g_test_add_func("/io/unsupported", test_unsupported);
    g_test_add_func("/io/fd-pass", test_fd_pass);
    g_test_add_func("/io/file", test_file);
    g_test_add_func("/io/buffer", test_buffer);
    g_test_add_func("/io/watch", test_watch);
    g_test_add_func("/io/watch-context", test_watch_context);
    g_test_add_func("/io/async", test_async);
    g_test_add_func("/io/task-wait", test_task_wait);
    g_test_add_func("/io/resolver", test_resolver);
    g_test_add_func("/io/aio", test_aio);
    return g_test_run();
}
