/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Channels of one stream come in, in any number and order.
 *
 * All of it is in the main loop. Where multifd has several come at once, each
 * is known by the magic that it begins with, which is looked at and left where
 * it is. Where that cannot be done, or a channel may be silent for long (that
 * of preempt), the order decides: the source opens the main channel first.
 */
#include "qemu/osdep.h"
#include "channel.h"
#include "io/channel-socket.h"
#include "io/net-listener.h"
#include "options.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "savevm.h"
#include "tls.h"

/* A magic that has come in part is looked at again. */
#define LOOK_AGAIN_MS 10
#define MAX_LOOKS     500
/* So many may be open beyond those that are missing: strangers. */
#define MAX_STRANGERS 16

static struct {
    unsigned missing;
    MigrationChannelFunc *done;
    void *opaque;
} expected[MIG_INCOMING__MAX];

static QIONetListener *listener;

/* Who gives up waiting has no use for those whose handshake goes on. */
static unsigned generation;
static unsigned shaking; /* of this generation */

/* Connections that have not said yet what they are. */
static GPtrArray *unknown;

typedef struct Unknown {
    QIOChannel *ioc;
    GSource *source; /* waits for bytes, or for time to pass */
    unsigned looks;
} Unknown;

/* ---- what is expected ---------------------------------------------------- */

void migration_incoming_expect(MigrationIncomingKind kind, unsigned n,
                               MigrationChannelFunc *done, void *opaque)
{
    expected[kind].missing = n;
    expected[kind].done = done;
    expected[kind].opaque = opaque;
}

unsigned migration_incoming_missing(MigrationIncomingKind kind)
{
    return expected[kind].missing;
}

static unsigned missing(void)
{
    unsigned sum = 0;

    for (int kind = 0; kind < MIG_INCOMING__MAX; kind++) {
        sum += expected[kind].missing;
    }
    return sum;
}

static void close_listener(void)
{
    if (listener) {
        qio_net_listener_disconnect(listener);
        object_unref(OBJECT(g_steal_pointer(&listener)));
    }
}

static void unknown_free(gpointer opaque)
{
    Unknown *u = opaque;

    if (u->source) {
        g_source_destroy(u->source);
        g_source_unref(u->source);
    }
    object_unref(OBJECT(u->ioc));
    g_free(u);
}

void migration_channel_incoming_cancel(void)
{
    close_listener();
    g_clear_pointer(&unknown, g_ptr_array_unref);
    memset(expected, 0, sizeof(expected));
    generation++;
    shaking = 0;
}

/* ---- a channel ----------------------------------------------------------- */

/* Whatever it is: nobody can say, so that the stream has failed. */
static void fail(Error *err)
{
    MigrationChannelFunc *done = expected[MIG_INCOMING_MAIN].done;
    void *opaque = expected[MIG_INCOMING_MAIN].opaque;

    migration_channel_incoming_cancel();
    if (done) {
        done(NULL, err, opaque);
    }
    error_free(err);
}

static void failed_bh(void *opaque)
{
    if (expected[MIG_INCOMING_MAIN].missing) {
        fail(opaque);
    } else {
        error_free(opaque);
    }
}

void migration_channel_incoming_failed(const Error *err)
{
    aio_bh_schedule_oneshot(qemu_get_aio_context(), failed_bh, error_copy(err));
}

static void hand_over(QIOChannel *ioc, MigrationIncomingKind kind)
{
    if (!expected[kind].missing) {
        warn_report("one more migration channel has come than is expected: it "
                    "is closed");
        return;
    }
    expected[kind].missing--;
    if (!missing()) {
        /* Before others see that all are there. */
        close_listener();
        g_clear_pointer(&unknown, g_ptr_array_unref);
    }
    expected[kind].done(ioc, NULL, expected[kind].opaque);
}

static MigrationIncomingKind kind_by_order(void)
{
    if (expected[MIG_INCOMING_MAIN].missing) {
        return MIG_INCOMING_MAIN;
    }
    return expected[MIG_INCOMING_MULTIFD].missing ? MIG_INCOMING_MULTIFD
                                                  : MIG_INCOMING_PREEMPT;
}

static void identify(QIOChannel *ioc);

/* ---- with TLS ------------------------------------------------------------ */

/* It takes no place before it has shown that it may. */
static void secured(QIOChannel *ioc, Error *err, void *opaque)
{
    if (GPOINTER_TO_UINT(opaque) != generation) {
        return;
    }
    shaking--;
    if (!err) {
        /* Handshakes end in any order. */
        identify(ioc);
    } else if (listener || !missing()) {
        /* Whoever that was: the source may still come, or come again. */
        error_report_err(error_copy(err));
    } else {
        fail(error_copy(err));
    }
}

static void secure(QIOChannel *ioc)
{
    Error *err = NULL;

    if (!migration_tls_check(true, &err)) {
        fail(err);
        return;
    }
    shaking++;
    migration_tls_begin(ioc, NULL, true, secured, GUINT_TO_POINTER(generation));
}

/* ---- by its magic -------------------------------------------------------- */

static gboolean look_again(gpointer opaque);
static gboolean readable(QIOChannel *ioc, GIOCondition condition,
                         gpointer opaque);

/* Takes the place of the source that calls. */
static void look_later(Unknown *u, GSource *source)
{
    if (u->source) {
        g_source_destroy(u->source);
        g_source_unref(u->source);
    }
    u->source = source;
    g_source_attach(source, NULL);
}

static void look_at_bytes(Unknown *u)
{
    GSource *source = qio_channel_create_watch(u->ioc, G_IO_IN | G_IO_HUP);

    g_source_set_callback(source, G_SOURCE_FUNC(readable), u, NULL);
    look_later(u, source);
}

/* Whether the magic is there; false with @errp, or when it has to wait. */
static bool peek_magic(Unknown *u, uint32_t *magic, Error **errp)
{
    uint8_t bytes[sizeof(*magic)];
    struct iovec iov = { .iov_base = bytes, .iov_len = sizeof(bytes) };
    GSource *source;
    ssize_t len = qio_channel_readv_full(u->ioc, &iov, 1, NULL, NULL,
                                         QIO_CHANNEL_READ_FLAG_MSG_PEEK, errp);

    if (len == sizeof(bytes)) {
        *magic = ldl_be_p(bytes);
        return true;
    }
    if (len == QIO_CHANNEL_ERR_BLOCK) {
        look_at_bytes(u);
    } else if (len > 0 && ++u->looks < MAX_LOOKS) {
        /* It stays readable, so that there is nothing to wait for but time. */
        source = g_timeout_source_new(LOOK_AGAIN_MS);
        g_source_set_callback(source, look_again, u, NULL);
        look_later(u, source);
    } else if (len >= 0) {
        error_setg(errp, "a migration channel ended before it said what it is");
    }
    return false;
}

static void classify(Unknown *u)
{
    Error *err = NULL;
    QIOChannel *ioc;
    uint32_t magic;

    if (!peek_magic(u, &magic, &err)) {
        if (err) {
            fail(err);
        }
        return;
    }
    ioc = QIO_CHANNEL(object_ref(u->ioc));
    g_ptr_array_remove_fast(unknown, u);
    qio_channel_set_blocking(ioc, true, NULL);
    hand_over(ioc, magic == QEMU_VM_FILE_MAGIC ? MIG_INCOMING_MAIN
                                               : MIG_INCOMING_MULTIFD);
    object_unref(ioc);
}

static gboolean look_again(gpointer opaque)
{
    classify(opaque);
    return G_SOURCE_REMOVE;
}

static gboolean readable(QIOChannel *ioc, GIOCondition condition,
                         gpointer opaque)
{
    classify(opaque);
    return G_SOURCE_REMOVE;
}

static bool has_magic(QIOChannel *ioc)
{
    return expected[MIG_INCOMING_MULTIFD].done &&
           !expected[MIG_INCOMING_PREEMPT].done &&
           qio_channel_has_feature(ioc, QIO_CHANNEL_FEATURE_READ_MSG_PEEK);
}

static void identify(QIOChannel *ioc)
{
    Unknown *u;

    if (!has_magic(ioc)) {
        hand_over(ioc, kind_by_order());
        return;
    }
    qio_channel_set_blocking(ioc, false, NULL);
    u = g_new0(Unknown, 1);
    u->ioc = QIO_CHANNEL(object_ref(ioc));
    if (!unknown) {
        unknown = g_ptr_array_new_with_free_func(unknown_free);
    }
    g_ptr_array_add(unknown, u);
    look_at_bytes(u);
}

static void arrived(QIOChannel *ioc)
{
    if (migration_tls_is_on()) {
        secure(ioc);
    } else {
        identify(ioc);
    }
}

/* ---- where they come from ------------------------------------------------ */

static void accepted(QIONetListener *l, QIOChannelSocket *sioc, gpointer opaque)
{
    unsigned strangers = shaking + (unknown ? unknown->len : 0);

    if (!listener || strangers >= missing() + MAX_STRANGERS) {
        return;
    }
    qio_channel_set_name(QIO_CHANNEL(sioc), "migration-socket-incoming");
    arrived(QIO_CHANNEL(sioc));
}

static bool listen_on(SocketAddress *addr, SocketAddressList **listening,
                      Error **errp)
{
    SocketAddressList **tail = listening;

    listener = qio_net_listener_new();
    qio_net_listener_set_name(listener, "migration-socket-listener");
    if (qio_net_listener_open_sync(listener, addr, missing(), errp) < 0) {
        object_unref(OBJECT(g_steal_pointer(&listener)));
        return false;
    }
    for (size_t i = 0; i < listener->nsioc; i++) {
        SocketAddress *local =
            qio_channel_socket_get_local_address(listener->sioc[i], NULL);

        if (local) {
            QAPI_LIST_APPEND(tail, local);
        }
    }
    qio_net_listener_set_client_func(listener, accepted, NULL, NULL);
    return true;
}

/* There is something to read, or never will be. */
static gboolean begins(QIOChannel *ioc, GIOCondition condition, gpointer opaque)
{
    if (migration_tls_is_on()) {
        secure(ioc);
    } else if (expected[MIG_INCOMING_MAIN].missing) {
        hand_over(ioc, MIG_INCOMING_MAIN);
    }
    return G_SOURCE_REMOVE;
}

bool migration_channel_incoming(MigrationAddress *addr,
                                SocketAddressList **listening, Error **errp)
{
    ERRP_GUARD();
    QIOChannel *ioc = migration_channel_open_now(addr, false, errp);

    if (*errp) {
        return false;
    }
    if (!ioc) {
        close_listener();
        return listen_on(&addr->u.socket, listening, errp);
    }
    qio_channel_set_name(ioc, "migration-incoming");
    /* The watch keeps it; the caller has its answer first. */
    qio_channel_add_watch(ioc, G_IO_IN | G_IO_HUP | G_IO_ERR, begins, NULL,
                          NULL);
    object_unref(OBJECT(ioc));
    return true;
}
