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
#include "multifd-packet.h"
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
/*
 * So many may be open beyond those that are missing: strangers. When there are
 * more, the one that has been silent for longest is closed.
 */
#define MAX_STRANGERS 16

static struct {
    unsigned missing;
    MigrationChannelFunc *done;
    void *opaque;
} expected[MIG_INCOMING__MAX];

static QIONetListener *listener;

/* Connections that have not said yet what they are, as they came. */
static GPtrArray *unknown;
static unsigned shaking; /* of all that were; any thread, atomically */

typedef struct Unknown {
    QIOChannel *ioc;
    bool shaking;    /* hands, for TLS; then it has one end, secured() */
    bool let_go;     /* nobody waits for that */
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

static void unknown_free(Unknown *u)
{
    if (u->source) {
        g_source_destroy(u->source);
        g_source_unref(u->source);
    }
    object_unref(OBJECT(u->ioc));
    g_free(u);
}

/* It leaves the array. */
static void let_go(gpointer opaque)
{
    Unknown *u = opaque;

    if (u->shaking) {
        u->let_go = true;
        qio_channel_shutdown(u->ioc, QIO_CHANNEL_SHUTDOWN_BOTH, NULL);
    } else {
        unknown_free(u);
    }
}

/* Whoever that was: the source may still come, or come again. Takes @err. */
static void turn_away(Unknown *u, Error *err)
{
    error_reportf_err(err, "a connection for the migration is closed: ");
    g_ptr_array_remove(unknown, u);
}

void migration_channel_incoming_cancel(void)
{
    close_listener();
    g_clear_pointer(&unknown, g_ptr_array_unref);
    memset(expected, 0, sizeof(expected));
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

/* It has said what it is, or need not. */
static void become(Unknown *u, MigrationIncomingKind kind)
{
    QIOChannel *ioc = QIO_CHANNEL(object_ref(u->ioc));

    g_ptr_array_remove(unknown, u);
    hand_over(ioc, kind);
    object_unref(OBJECT(ioc));
}

static void identify(Unknown *u);

/* ---- with TLS ------------------------------------------------------------ */

bool migration_channel_incoming_shakes(void)
{
    return qatomic_read(&shaking);
}

/* It takes no place before it has shown that it may. */
static void secured(QIOChannel *ioc, Error *err, void *opaque)
{
    Unknown *u = opaque;

    u->shaking = false;
    qatomic_dec(&shaking);
    if (u->let_go) {
        unknown_free(u);
    } else if (!err) {
        /* Handshakes end in any order. */
        object_unref(OBJECT(u->ioc));
        u->ioc = QIO_CHANNEL(object_ref(ioc));
        identify(u);
    } else if (listener) {
        turn_away(u, error_copy(err));
    } else {
        fail(error_copy(err)); /* there is no other */
    }
}

static void secure(Unknown *u)
{
    Error *err = NULL;

    if (!migration_tls_check(true, &err)) {
        fail(err);
        return;
    }
    u->shaking = true;
    qatomic_inc(&shaking);
    migration_tls_begin(u->ioc, NULL, true, secured, u);
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
        error_setg(errp, "it ended before it said what it is");
    }
    return false;
}

static void classify(Unknown *u)
{
    Error *err = NULL;
    uint32_t magic;

    if (!peek_magic(u, &magic, &err)) {
        if (err) {
            turn_away(u, err);
        }
        return;
    }
    if (magic != QEMU_VM_FILE_MAGIC && magic != MULTIFD_MAGIC) {
        error_setg(&err,
                   "its magic is 0x%" PRIx32 ", neither that of a stream "
                   "nor that of multifd",
                   magic);
    } else {
        qio_channel_set_blocking(u->ioc, true, &err);
    }
    if (err) {
        turn_away(u, err);
        return;
    }
    become(u, magic == QEMU_VM_FILE_MAGIC ? MIG_INCOMING_MAIN
                                          : MIG_INCOMING_MULTIFD);
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

static void identify(Unknown *u)
{
    Error *err = NULL;

    if (!has_magic(u->ioc)) {
        become(u, kind_by_order());
    } else if (qio_channel_set_blocking(u->ioc, false, &err) < 0) {
        turn_away(u, err);
    } else {
        look_at_bytes(u);
    }
}

static void arrived(QIOChannel *ioc)
{
    Unknown *u = g_new0(Unknown, 1);

    u->ioc = QIO_CHANNEL(object_ref(ioc));
    if (!unknown) {
        unknown = g_ptr_array_new_with_free_func(let_go);
    }
    g_ptr_array_add(unknown, u);
    if (migration_tls_is_on()) {
        secure(u);
    } else {
        identify(u);
    }
}

/* ---- where they come from ------------------------------------------------ */

static void accepted(QIONetListener *l, QIOChannelSocket *sioc, gpointer opaque)
{
    if (!listener) {
        return;
    }
    if (unknown && unknown->len >= missing() + MAX_STRANGERS) {
        warn_report("%u connections for the migration say nothing: the first "
                    "is closed",
                    unknown->len);
        g_ptr_array_remove_index(unknown, 0);
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
    if (expected[MIG_INCOMING_MAIN].missing) {
        arrived(ioc);
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
