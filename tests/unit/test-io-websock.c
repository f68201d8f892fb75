/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WebSocket servers: handshakes, frames of all sizes and cuts, wrong ones. */
#include "qemu/osdep.h"
#include "io/channel-socket.h"
#include "io/channel-websock.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"

#define KEY_LINE "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define REST                                                                   \
    "Host: h\r\nUpgrade: websocket\r\n"                                        \
    "Connection: keep-alive, Upgrade\r\n"                                      \
    "Sec-WebSocket-Version: 13\r\n"
#define GOOD "GET / HTTP/1.1\r\n" KEY_LINE REST

typedef struct {
    QIOChannel *client, *master;
    QIOChannelWebsock *wioc;
    bool done;
    Error *err;
} Pair;

static void handshake_done(QIOTask *task, gpointer opaque)
{
    Pair *p = opaque;

    p->done = true;
    qio_task_propagate_error(task, &p->err);
}

static void pair_init(Pair *p)
{
    int sv[2];

    memset(p, 0, sizeof(*p));
    g_assert_cmpint(qemu_socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    p->client = QIO_CHANNEL(qio_channel_socket_new_fd(sv[0], &error_abort));
    p->master = QIO_CHANNEL(qio_channel_socket_new_fd(sv[1], &error_abort));
    p->wioc = qio_channel_websock_new_server(p->master);
    qio_channel_set_blocking(QIO_CHANNEL(p->wioc), false, &error_abort);
    qio_channel_websock_handshake(p->wioc, handshake_done, p, NULL);
}

static void pair_wait(Pair *p)
{
    while (!p->done) {
        g_main_context_iteration(NULL, TRUE);
    }
}

static void pair_free(Pair *p)
{
    error_free(p->err);
    object_unref(OBJECT(p->wioc));
    object_unref(OBJECT(p->master));
    object_unref(OBJECT(p->client));
}

/* What the server said to @request; its verdict is in p->err. */
static char *shake(Pair *p, const char *request, size_t len)
{
    char buf[4096];
    ssize_t n;

    pair_init(p);
    qio_channel_write_all(p->client, request, len, &error_abort);
    pair_wait(p);
    qio_channel_set_blocking(p->client, false, &error_abort);
    n = qio_channel_read(p->client, buf, sizeof(buf), &error_abort);
    g_assert_cmpint(n, >, 0);
    return g_strndup(buf, n);
}

static void test_handshake(void)
{
    Pair p;
    g_autofree char *reply = shake(&p, GOOD "\r\n", strlen(GOOD "\r\n"));

    g_assert_null(p.err);
    g_assert_true(
        g_str_has_prefix(reply, "HTTP/1.1 101 Switching Protocols\r\n"));
    /* The example of RFC 6455 */
    g_assert_nonnull(strstr(
        reply, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    g_assert_null(strstr(reply, "Sec-WebSocket-Protocol"));
    g_assert_true(g_str_has_suffix(reply, "\r\n\r\n"));
    pair_free(&p);
}

static void test_handshake_bad(void)
{
    static const struct {
        const char *request, *status, *error;
    } cases[] = {
        { "POST / HTTP/1.1\r\n" KEY_LINE REST, "400",
          "Unsupported HTTP method POST" },
        { "GET /x HTTP/1.1\r\n" KEY_LINE REST, "404",
          "Unexpected HTTP path /x" },
        { "GET / HTTP/1.0\r\n" KEY_LINE REST, "400",
          "Unsupported HTTP version HTTP/1.0" },
        { "GET /\r\n", "400", "Malformed HTTP request 'GET /'" },
        { "GET / HTTP/1.1\r\n" REST, "400",
          "Missing websocket key header data" },
        { "GET / HTTP/1.1\r\n" KEY_LINE, "400",
          "Missing websocket version header data" },
        { "GET / HTTP/1.1\r\nSec-WebSocket-Key: short\r\n" REST, "400",
          "Key length '5' was not as expected '24'" },
        { GOOD "Sec-WebSocket-Protocol: base64\r\n", "400",
          "No 'binary' protocol is supported by client 'base64'" },
    };
    g_autofree char *huge = g_strnfill(5000, 'x');
    g_autofree char *reply = NULL;
    Pair p;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *request = g_strconcat(cases[i].request, "\r\n", NULL);

        g_free(reply);
        reply = shake(&p, request, strlen(request));
        g_assert_cmpstr(error_get_pretty(p.err), ==, cases[i].error);
        g_assert_cmpint(strncmp(reply + 9, cases[i].status, 3), ==, 0);
        pair_free(&p);
    }
    g_free(reply);
    reply = shake(&p, huge, 5000);
    g_assert_nonnull(p.err);
    g_assert_true(g_str_has_prefix(reply, "HTTP/1.1 403"));
    pair_free(&p);

    pair_init(&p);
    qio_channel_write_all(p.client, "GET", 3, &error_abort);
    qio_channel_close(p.client, &error_abort);
    pair_wait(&p);
    g_assert_cmpstr(error_get_pretty(p.err), ==,
                    "End of headers not found before connection closed");
    pair_free(&p);
}

static void pair_ready(Pair *p)
{
    g_free(shake(p, GOOD "\r\n", strlen(GOOD "\r\n")));
    g_assert_null(p->err);
}

static void put_frame(GByteArray *out, int first, const uint8_t *data,
                      size_t len, bool masked)
{
    uint8_t header[14] = { first };
    uint8_t mask[4] = { 0x12, 0x34, 0x56, 0x78 };
    size_t n = 2;

    if (len < 126) {
        header[1] = len;
    } else if (len < 65536) {
        header[1] = 126;
        header[2] = len >> 8;
        header[3] = len;
        n = 4;
    } else {
        header[1] = 127;
        for (int i = 0; i < 8; i++) {
            header[2 + i] = (uint64_t)len >> (56 - 8 * i);
        }
        n = 10;
    }
    if (masked) {
        header[1] |= 0x80;
        memcpy(header + n, mask, 4);
        n += 4;
    }
    g_byte_array_append(out, header, n);
    for (size_t i = 0; i < len; i++) {
        uint8_t c = masked ? data[i] ^ mask[i % 4] : data[i];

        g_byte_array_append(out, &c, 1);
    }
}

/* Frames of any size, with pings in between, in pieces of any size. */
static void test_frames_in(void)
{
    for (int round = 0; round < 40; round++) {
        GByteArray *wire = g_byte_array_new(), *sent = g_byte_array_new();
        GByteArray *got = g_byte_array_new();
        size_t pos = 0;
        Pair p;

        pair_ready(&p);
        for (int i = 0; i < 6; i++) {
            static const int limits[] = { 1, 20, 130, 3000, 70000 };
            size_t len =
                g_test_rand_int_range(0, limits[g_test_rand_int_range(0, 5)]);
            g_autofree uint8_t *data = g_malloc(len + 1);

            for (size_t j = 0; j < len; j++) {
                data[j] = g_test_rand_int();
            }
            g_byte_array_append(sent, data, len);
            put_frame(wire, i % 2 ? 0x82 : 0x02, data, len, true);
            if (g_test_rand_bit()) {
                put_frame(wire, 0x89, data, MIN(len, 125), true);
            }
        }
        while (pos < wire->len || got->len < sent->len) {
            char buf[8192];
            size_t part =
                MIN(wire->len - pos, (size_t)g_test_rand_int_range(1, 9000));
            struct iovec iov[2] = { { buf, 10 }, { buf + 10, 5000 } };
            ssize_t n;

            if (part) {
                n = qio_channel_write(p.client, (char *)wire->data + pos, part,
                                      &error_abort);
                pos += MAX(n, 0);
            }
            n = qio_channel_readv(QIO_CHANNEL(p.wioc), iov, 2, &error_abort);
            g_assert_cmpint(n, !=, 0);
            if (n > 0) {
                g_byte_array_append(got, (uint8_t *)buf, n);
            }
        }
        g_assert_cmpint(got->len, ==, sent->len);
        if (sent->len) {
            g_assert_cmpint(memcmp(got->data, sent->data, sent->len), ==, 0);
        }
        g_byte_array_unref(wire);
        g_byte_array_unref(sent);
        g_byte_array_unref(got);
        pair_free(&p);
    }
}

/* Decodes what a server sends: unmasked, whole frames. */
static size_t take_frame(const uint8_t *in, size_t have, GByteArray *out)
{
    size_t len, n = 2;

    if (have < 10) {
        return 0;
    }
    g_assert_cmphex(in[0], ==, 0x82);
    len = in[1];
    if (len == 126) {
        len = in[2] << 8 | in[3];
        n = 4;
    } else if (len == 127) {
        len = (size_t)in[6] << 24 | in[7] << 16 | in[8] << 8 | in[9];
        n = 10;
    }
    if (have < n + len) {
        return 0;
    }
    g_byte_array_append(out, in + n, len);
    return n + len;
}

static void test_frames_out(void)
{
    g_autofree uint8_t *data = g_malloc(1000000);
    GByteArray *wire = g_byte_array_new(), *got = g_byte_array_new();
    size_t sent = 0;
    Pair p;

    pair_ready(&p);
    for (int i = 0; i < 1000000; i++) {
        data[i] = i * 7;
    }
    while (got->len < 1000000) {
        char buf[30000];
        size_t len = MIN(1000000 - sent, 100000 + sent % 7), used;
        ssize_t n;

        if (len) {
            n = qio_channel_write(QIO_CHANNEL(p.wioc), (char *)data + sent, len,
                                  &error_abort);
            sent += MAX(n, 0);
        }
        n = qio_channel_read(p.client, buf, sizeof(buf), &error_abort);
        if (n > 0) {
            g_byte_array_append(wire, (uint8_t *)buf, n);
        }
        while ((used = take_frame(wire->data, wire->len, got)) > 0) {
            g_byte_array_remove_range(wire, 0, used);
        }
    }
    g_assert_cmpint(memcmp(got->data, data, 1000000), ==, 0);
    g_byte_array_unref(wire);
    g_byte_array_unref(got);
    pair_free(&p);
}

static void test_bad_frames(void)
{
    static const struct {
        int first;
        size_t len;
        bool masked;
        int code;
        const char *error;
    } cases[] = {
        { 0x81, 3, true, 1003,
          "unsupported opcode: 0x0001; only binary, close, ping, and pong "
          "websocket frames are supported" },
        { 0x09, 3, true, 1003,
          "only binary websocket frames may be fragmented" },
        { 0x82, 3, false, 1002, "client websocket frames must be masked" },
        { 0x89, 126, true, 1002, "websocket control frame is too large" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GByteArray *wire = g_byte_array_new();
        uint8_t data[200] = { 0 };
        char buf[200];
        Error *err = NULL;
        ssize_t n;
        Pair p;

        pair_ready(&p);
        put_frame(wire, cases[i].first, data, cases[i].len, cases[i].masked);
        qio_channel_write_all(p.client, (char *)wire->data, wire->len,
                              &error_abort);
        n = qio_channel_read(QIO_CHANNEL(p.wioc), buf, sizeof(buf), &err);
        g_assert_cmpint(n, ==, -1);
        g_assert_cmpstr(error_get_pretty(err), ==, cases[i].error);
        error_free(err);
        n = qio_channel_read(p.client, buf, sizeof(buf), &error_abort);
        g_assert_cmpint(n, >, 4);
        g_assert_cmphex((uint8_t)buf[0], ==, 0x88);
        g_assert_cmpint((uint8_t)buf[2] << 8 | (uint8_t)buf[3], ==,
                        cases[i].code);
        g_byte_array_unref(wire);
        pair_free(&p);
    }
}

static gboolean note(QIOChannel *ioc, GIOCondition cond, gpointer opaque)
{
    *(GIOCondition *)opaque |= cond;
    return G_SOURCE_REMOVE;
}

/* Input that was decoded but not taken keeps a watch ready; so does the end. */
static void test_watch(void)
{
    GByteArray *wire = g_byte_array_new();
    GIOCondition seen = 0;
    char buf[8];
    Pair p;

    pair_ready(&p);
    put_frame(wire, 0x82, (const uint8_t *)"abcdef", 6, true);
    put_frame(wire, 0x88, NULL, 0, true);
    qio_channel_add_watch(QIO_CHANNEL(p.wioc), G_IO_IN, note, &seen, NULL);
    while (g_main_context_iteration(NULL, FALSE)) {
    }
    g_assert_cmpint(seen, ==, 0);
    qio_channel_write_all(p.client, (char *)wire->data, wire->len,
                          &error_abort);
    while (!seen) {
        g_main_context_iteration(NULL, TRUE);
    }
    for (int i = 0; i < 3; i++) {
        g_assert_cmpint(
            qio_channel_read(QIO_CHANNEL(p.wioc), buf, 2, &error_abort), ==, 2);
        seen = 0;
        qio_channel_add_watch(QIO_CHANNEL(p.wioc), G_IO_IN, note, &seen, NULL);
        g_main_context_iteration(NULL, FALSE);
        g_assert_cmpint(seen, ==, G_IO_IN);
    }
    g_assert_cmpint(qio_channel_read(QIO_CHANNEL(p.wioc), buf, 2, &error_abort),
                    ==, 0);
    g_byte_array_unref(wire);
    pair_free(&p);
}

/* Any bytes: data, or an error, or the end; never more than came in. */
static void test_random(void)
{
    for (int round = 0; round < 300; round++) {
        char buf[600];
        size_t total = 0, len = g_test_rand_int_range(1, sizeof(buf));
        ssize_t n;
        Pair p;

        pair_ready(&p);
        for (size_t i = 0; i < len; i++) {
            buf[i] = g_test_rand_bit() ? g_test_rand_int() : 0x82;
        }
        qio_channel_write_all(p.client, buf, len, &error_abort);
        while ((n = qio_channel_read(QIO_CHANNEL(p.wioc), buf, sizeof(buf),
                                     NULL)) > 0) {
            total += n;
        }
        g_assert_cmpint(total, <=, len);
        pair_free(&p);
    }
}

int main(int argc, char **argv)
{
    qemu_init_main_loop(&error_abort);
    module_call_init(MODULE_INIT_QOM);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/websock/handshake", test_handshake);
    g_test_add_func("/websock/handshake-bad", test_handshake_bad);
    g_test_add_func("/websock/frames-in", test_frames_in);
    g_test_add_func("/websock/frames-out", test_frames_out);
    g_test_add_func("/websock/bad-frames", test_bad_frames);
    g_test_add_func("/websock/watch", test_watch);
    g_test_add_func("/websock/random", test_random);
    return g_test_run();
}
