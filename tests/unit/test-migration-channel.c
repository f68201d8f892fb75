/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several channels for one stream: they come in any order, in pieces, too many,
 * or say nothing; and one more goes out from any thread.
 */
#include "qemu/osdep.h"
#include "migration-fixture.h"
#include "io/channel-socket.h"
#include "qemu/bswap.h"
#include "../../migration/channel.h"
#include "../../migration/options.h"

#define MULTIFD_MAGIC 0x11223344U
#define MAX_CHANNELS  16

static struct {
    unsigned kind[MIG_INCOMING__MAX];
    unsigned errors;
    uint32_t first[MIG_INCOMING__MAX]; /* the last's first four bytes */
} got;

static char *dir, *path;
static MigrationAddress *addr;

static uint32_t read_magic(QIOChannel *ioc)
{
    uint8_t bytes[4];

    qio_channel_read_all(ioc, (char *)bytes, sizeof(bytes), &error_abort);
    return ldl_be_p(bytes);
}

static void take(QIOChannel *ioc, Error *err, void *opaque)
{
    MigrationIncomingKind kind = GPOINTER_TO_INT(opaque);

    if (err) {
        got.errors++;
        return;
    }
    got.kind[kind]++;
    if (kind != MIG_INCOMING_PREEMPT) {
        got.first[kind] = read_magic(ioc);
    }
}

static void expect(MigrationIncomingKind kind, unsigned n)
{
    migration_incoming_expect(kind, n, n ? take : NULL, GINT_TO_POINTER(kind));
}

static void listen_for(unsigned multifd, unsigned preempt)
{
    SocketAddressList *listening = NULL;

    memset(&got, 0, sizeof(got));
    expect(MIG_INCOMING_MAIN, 1);
    expect(MIG_INCOMING_MULTIFD, multifd);
    expect(MIG_INCOMING_PREEMPT, preempt);
    g_assert_true(migration_channel_incoming(addr, &listening, &error_abort));
    g_assert_nonnull(listening);
    qapi_free_SocketAddressList(listening);
}

static QIOChannelSocket *connect_now(void)
{
    QIOChannelSocket *sioc = qio_channel_socket_new();

    g_assert_cmpint(
        qio_channel_socket_connect_sync(sioc, &addr->u.socket, &error_abort),
        ==, 0);
    return sioc;
}

static bool refuses(void)
{
    QIOChannelSocket *sioc = qio_channel_socket_new();
    Error *err = NULL;
    bool refused =
        qio_channel_socket_connect_sync(sioc, &addr->u.socket, &err) < 0;

    error_free(err);
    object_unref(OBJECT(sioc));
    return refused;
}

static void say(QIOChannelSocket *sioc, uint32_t magic, unsigned from,
                unsigned to)
{
    uint8_t bytes[4];

    stl_be_p(bytes, magic);
    qio_channel_write_all(QIO_CHANNEL(sioc), (char *)bytes + from, to - from,
                          &error_abort);
}

static unsigned all_got(void)
{
    return got.kind[0] + got.kind[1] + got.kind[2] + got.errors;
}

static void wait_for(unsigned n)
{
    while (all_got() < n) {
        main_loop_wait(false);
    }
}

/* As many turns as anything that is ready needs. */
static void settle(void)
{
    for (int i = 0; i < 50; i++) {
        main_loop_wait(true);
    }
}

static void test_any_order(void)
{
    for (int round = 0; round < 20; round++) {
        unsigned n = g_random_int_range(1, MAX_CHANNELS);
        unsigned order[MAX_CHANNELS + 1];
        QIOChannelSocket *sioc[MAX_CHANNELS + 1];

        listen_for(n, 0);
        for (unsigned i = 0; i <= n; i++) {
            unsigned other = g_random_int_range(0, i + 1);

            sioc[i] = connect_now();
            order[i] = order[other];
            order[other] = i;
        }
        for (unsigned i = 0; i <= n; i++) {
            unsigned k = order[i];
            uint32_t magic = k ? MULTIFD_MAGIC : QEMU_VM_FILE_MAGIC;
            unsigned part = g_random_int_range(1, 5);

            say(sioc[k], magic, 0, part);
            settle();
            if (part < 4) {
                g_assert_cmpint(all_got(), ==, i);
                say(sioc[k], magic, part, 4);
            }
            wait_for(i + 1);
            g_assert_cmpint(got.kind[MIG_INCOMING_MAIN], ==,
                            1 - migration_incoming_missing(MIG_INCOMING_MAIN));
        }
        g_assert_cmpint(got.kind[MIG_INCOMING_MULTIFD], ==, n);
        g_assert_cmpint(got.kind[MIG_INCOMING_MAIN], ==, 1);
        /* None of the bytes was taken by the looking. */
        g_assert_cmphex(got.first[MIG_INCOMING_MAIN], ==, QEMU_VM_FILE_MAGIC);
        g_assert_cmphex(got.first[MIG_INCOMING_MULTIFD], ==, MULTIFD_MAGIC);
        g_assert_true(refuses());
        for (unsigned i = 0; i <= n; i++) {
            object_unref(OBJECT(sioc[i]));
        }
        migration_channel_incoming_cancel();
    }
}

/* Whether the other side has closed it. */
static bool is_closed(QIOChannelSocket *sioc)
{
    char byte;

    qio_channel_set_blocking(QIO_CHANNEL(sioc), false, &error_abort);
    return qio_channel_read(QIO_CHANNEL(sioc), &byte, 1, NULL) !=
           QIO_CHANNEL_ERR_BLOCK;
}

/* They are silent, talk of other things or go: the source still comes. */
static void test_strangers(void)
{
    QIOChannelSocket *silent[30], *talks, *a, *b;

    listen_for(1, 0);
    for (size_t i = 0; i < ARRAY_SIZE(silent); i++) {
        silent[i] = connect_now();
        settle();
    }
    g_assert_true(is_closed(silent[0]));
    g_assert_false(is_closed(silent[ARRAY_SIZE(silent) - 2]));
    object_unref(OBJECT(silent[ARRAY_SIZE(silent) - 1]));
    talks = connect_now();
    say(talks, 0x47455420, 0, 4);
    settle();
    g_assert_true(is_closed(talks));
    object_unref(OBJECT(talks));
    g_assert_cmpint(all_got(), ==, 0);
    a = connect_now();
    b = connect_now();
    say(b, MULTIFD_MAGIC, 0, 4);
    wait_for(1);
    say(a, QEMU_VM_FILE_MAGIC, 0, 4);
    wait_for(2);
    g_assert_cmpint(got.errors, ==, 0);
    g_assert_true(refuses());
    g_assert_true(is_closed(silent[ARRAY_SIZE(silent) - 2]));
    for (size_t i = 0; i < ARRAY_SIZE(silent) - 1; i++) {
        object_unref(OBJECT(silent[i]));
    }
    object_unref(OBJECT(a));
    object_unref(OBJECT(b));
    migration_channel_incoming_cancel();

    /* Once more, as for a stream that goes on. */
    listen_for(1, 0);
    a = connect_now();
    b = connect_now();
    say(a, QEMU_VM_FILE_MAGIC, 0, 4);
    wait_for(1);
    say(b, QEMU_VM_FILE_MAGIC, 0, 4); /* there is one already */
    settle();
    g_assert_cmpint(all_got(), ==, 1);
    g_assert_cmpint(migration_incoming_missing(MIG_INCOMING_MULTIFD), ==, 1);
    migration_channel_incoming_cancel();
    g_assert_true(refuses());
    object_unref(OBJECT(a));
    object_unref(OBJECT(b));
}

static void test_preempt(void)
{
    QIOChannelSocket *a, *b;

    listen_for(0, 1);
    a = connect_now();
    wait_for(0);
    say(a, QEMU_VM_FILE_MAGIC, 0, 4);
    wait_for(1);
    g_assert_cmpint(got.kind[MIG_INCOMING_MAIN], ==, 1);
    b = connect_now(); /* says nothing */
    wait_for(2);
    g_assert_cmpint(got.kind[MIG_INCOMING_PREEMPT], ==, 1);
    g_assert_true(refuses());
    migration_channel_incoming_cancel();
    object_unref(OBJECT(a));
    object_unref(OBJECT(b));
}

/* ---- leaving ------------------------------------------------------------- */

typedef struct Leaving {
    unsigned opened, failed;
} Leaving;

static void opened(QIOChannel *ioc, Error *err, void *opaque)
{
    Leaving *leaving = opaque;

    g_assert_true(bql_locked());
    if (err) {
        leaving->failed++;
        return;
    }
    leaving->opened++;
    qio_channel_write_all(ioc,
                          leaving->opened == 1 ? "QEVM" : "\x11\x22\x33\x44", 4,
                          &error_abort);
}

static void *open_more(void *opaque)
{
    migration_channel_outgoing_more(opened, opaque);
    return NULL;
}

static void test_leaving(void)
{
    Leaving leaving = { 0 };
    GThread *threads[4];

    migration_channel_outgoing_more(opened, &leaving);
    g_assert_cmpint(leaving.failed, ==, 0); /* not in the call */
    while (!leaving.failed) {
        main_loop_wait(false);
    }
    listen_for(4, 0);
    g_assert_true(
        migration_channel_outgoing(addr, opened, &leaving, &error_abort));
    while (!leaving.opened) {
        main_loop_wait(false);
    }
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
        threads[i] = g_thread_new("more", open_more, &leaving);
    }
    while (leaving.opened < 5 || all_got() < 5) {
        main_loop_wait(false);
    }
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
        g_thread_join(threads[i]);
    }
    g_assert_cmpint(got.kind[MIG_INCOMING_MULTIFD], ==, 4);

    /* Nobody listens any more. */
    migration_channel_outgoing_more(opened, &leaving);
    while (leaving.failed < 2) {
        main_loop_wait(false);
    }
    migration_channel_outgoing_forget();
    migration_channel_outgoing_more(opened, &leaving);
    while (leaving.failed < 3) {
        main_loop_wait(false);
    }
    migration_channel_incoming_cancel();
}

int main(int argc, char **argv)
{
    g_autofree char *uri = NULL;
    int ret;

    g_test_init(&argc, &argv, NULL);
    fixture_init();
    dir = g_dir_make_tmp("plateau-channel-XXXXXX", NULL);
    path = g_strdup_printf("%s/s", dir);
    uri = g_strdup_printf("unix:%s", path);
    addr = migration_address(uri, NULL, NULL, &error_abort);
    g_test_add_func("/migration/channel/any-order", test_any_order);
    g_test_add_func("/migration/channel/strangers", test_strangers);
    g_test_add_func("/migration/channel/preempt", test_preempt);
    g_test_add_func("/migration/channel/leaving", test_leaving);
    ret = g_test_run();
    qapi_free_MigrationAddress(addr);
    unlink(path);
    rmdir(dir);
    g_free(path);
    g_free(dir);
    return ret;
}
