/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS over a channel: data, ends, and that a failed write takes nothing away. */
#include "qemu/osdep.h"
#include "crypto/tlscreds.h"
#include "io/channel-socket.h"
#include "io/channel-tls.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qom/object.h"

static QCryptoTLSCreds *creds[QCRYPTO_TLS_CREDS_ENDPOINT__MAX];

static void make_creds(void)
{
    static const char *const names[] = { "client", "server" };

    for (int i = 0; i < ARRAY_SIZE(names); i++) {
        creds[i] = QCRYPTO_TLS_CREDS(object_new_with_props(
            "tls-creds-anon", object_get_objects_root(), names[i], &error_abort,
            "endpoint", names[i], NULL));
    }
}

/* Two ends, which trust each other. */
typedef struct Pair {
    QIOChannel *plain[2];
    QIOChannel *tls[2];
    int shaken;
} Pair;

static void shaken(QIOTask *task, gpointer opaque)
{
    Pair *p = opaque;
    Error *err = NULL;

    qio_task_propagate_error(task, &err);
    g_assert_null(err);
    p->shaken++;
}

static void pair_init(Pair *p)
{
    int sv[2];

    memset(p, 0, sizeof(*p));
    g_assert_cmpint(qemu_socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    for (int i = 0; i < 2; i++) {
        QCryptoTLSCredsClass *klass = QCRYPTO_TLS_CREDS_GET_CLASS(creds[i]);

        p->plain[i] =
            QIO_CHANNEL(qio_channel_socket_new_fd(sv[i], &error_abort));
        p->tls[i] =
            klass->new_channel(p->plain[i], creds[i], NULL, &error_abort);
        klass->handshake(p->tls[i], shaken, p, NULL);
    }
    while (p->shaken < 2) {
        g_main_context_iteration(NULL, true);
    }
}

static void pair_free(Pair *p)
{
    for (int i = 0; i < 2; i++) {
        object_unref(OBJECT(p->tls[i]));
        object_unref(OBJECT(p->plain[i]));
    }
}

static void write_all(QIOChannel *ioc, const void *data, size_t len)
{
    g_assert_cmpint(qio_channel_write_all(ioc, data, len, &error_abort), ==, 0);
}

static void expect(QIOChannel *ioc, const void *data, size_t len)
{
    g_autofree uint8_t *got = g_malloc0(len);

    g_assert_cmpint(qio_channel_read_all(ioc, (char *)got, len, &error_abort),
                    ==, 0);
    g_assert_cmpmem(got, len, data, len);
}

/* ---- data ---------------------------------------------------------------- */

/* Records of any size there, read in pieces of any size, some looked at. */
static void test_data(void)
{
    uint8_t data[40000], peeked[8];
    Pair p;

    pair_init(&p);
    for (int round = 0; round < 50; round++) {
        int from = g_test_rand_bit();
        size_t len = g_test_rand_int_range(1, sizeof(data)), at = 0;

        for (size_t i = 0; i < len; i++) {
            data[i] = g_test_rand_int();
        }
        write_all(p.tls[from], data, len);
        while (at < len) {
            size_t part =
                MIN(len - at, (size_t)g_test_rand_int_range(1, 20000));

            if (g_test_rand_bit()) {
                struct iovec iov = { peeked, MIN(part, sizeof(peeked)) };
                ssize_t ret = qio_channel_readv_full(
                    p.tls[!from], &iov, 1, NULL, NULL,
                    QIO_CHANNEL_READ_FLAG_MSG_PEEK, &error_abort);

                g_assert_cmpint(ret, >, 0);
                g_assert_cmpmem(peeked, ret, data + at, ret);
            }
            expect(p.tls[!from], data + at, part);
            at += part;
        }
    }
    pair_free(&p);
}

/* ---- ends ---------------------------------------------------------------- */

static void test_bye(void)
{
    char byte;
    Pair p;

    pair_init(&p);
    write_all(p.tls[0], "the last", 8);
    QCRYPTO_TLS_CREDS_GET_CLASS(creds[0])->bye(p.tls[0]);
    qio_channel_close(p.tls[0], &error_abort);
    expect(p.tls[1], "the last", 8);
    g_assert_cmpint(qio_channel_read(p.tls[1], &byte, 1, &error_abort), ==, 0);
    pair_free(&p);
}

static void test_cut(void)
{
    Error *err = NULL;
    char byte;
    Pair p;

    pair_init(&p);
    write_all(p.tls[0], "not the last", 12);
    qio_channel_close(p.tls[0], &error_abort);
    expect(p.tls[1], "not the last", 12);
    g_assert_cmpint(qio_channel_read(p.tls[1], &byte, 1, &err), ==, -1);
    g_assert_nonnull(strstr(error_get_pretty(err), "TLS"));
    error_free(err);
    pair_free(&p);
}

/*
 * Who cannot write looks for the reason in what the other side has said; that
 * may be data, which somebody else is going to read.
 */
static void test_data_after_a_failed_write(void)
{
    static const char sent[] = "0123456789abcdefghij";
    Pair p;

    pair_init(&p);
    write_all(p.tls[0], sent, 3);
    write_all(p.tls[0], sent + 3, sizeof(sent) - 3);
    qio_channel_shutdown(p.tls[0], QIO_CHANNEL_SHUTDOWN_BOTH, &error_abort);
    for (int i = 0; i < 12; i++) {
        Error *err = NULL;

        g_assert_cmpint(qio_channel_write(p.tls[1], "answer", 6, &err), ==, -1);
        g_assert_nonnull(strstr(error_get_pretty(err), "write to TLS"));
        error_free(err);
    }
    expect(p.tls[1], sent, sizeof(sent));
    pair_free(&p);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    make_creds();
    g_test_add_func("/channel-tls/data", test_data);
    g_test_add_func("/channel-tls/bye", test_bye);
    g_test_add_func("/channel-tls/cut", test_cut);
    g_test_add_func("/channel-tls/data-after-a-failed-write",
                    test_data_after_a_failed_write);
    return g_test_run();
}
