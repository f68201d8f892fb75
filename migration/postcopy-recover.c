/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Postcopy at the destination: another connection, after one was lost. The main
 * loop may wait for a page itself, so this has a thread with a loop of its own,
 * and the command can be run out of band.
 */
#include "qemu/osdep.h"
#include "channel.h"
#include "io/net-listener.h"
#include "options.h"
#include "postcopy.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-migration.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "tls.h"

/* So many may be in a handshake beyond those that are missing. */
#define MAX_STRANGERS 16

static struct {
    QemuMutex lock; /* one begins or ends it at a time; taken before others */
    QemuThread thread;
    bool has_thread;
    GMainContext *context;
    bool stop;              /* atomically */
    QCryptoTLSCreds *creds; /* of the migration; NULL without TLS */

    /* The thread's. */
    QIONetListener *listener;
    unsigned missing;   /* channels */
    GPtrArray *shaking; /* channels below those whose handshake goes on */
} rec;

static void __attribute__((constructor)) init_lock(void)
{
    qemu_mutex_init(&rec.lock);
}

static void hand_over(QIOChannel *ioc)
{
    bool preempt = migrate_capability(MIGRATION_CAPABILITY_POSTCOPY_PREEMPT);

    if (!rec.missing) {
        return;
    }
    if (rec.missing == 1 && preempt) {
        postcopy_urgent_channel(ioc);
    } else {
        postcopy_reconnected(ioc);
    }
    rec.missing--;
}

/* Somebody who has no key may have come; the source can still come. */
static void secured(QIOChannel *ioc, Error *err, void *opaque)
{
    g_ptr_array_remove_fast(rec.shaking, opaque);
    if (ioc) {
        hand_over(ioc);
    } else if (rec.missing && !qatomic_read(&rec.stop)) {
        error_report_err(error_copy(err));
    }
}

static void accepted(QIONetListener *l, QIOChannelSocket *sioc, gpointer opaque)
{
    QIOChannel *ioc = QIO_CHANNEL(sioc);

    qio_channel_set_name(ioc, "migration-socket-incoming");
    if (!rec.creds) {
        hand_over(ioc);
    } else if (rec.shaking->len < rec.missing + MAX_STRANGERS) {
        g_ptr_array_add(rec.shaking, object_ref(ioc));
        migration_tls_begin_with(rec.creds, ioc, NULL, secured, ioc,
                                 rec.context);
    }
}

static void end_handshakes(void)
{
    for (guint i = 0; i < rec.shaking->len; i++) {
        qio_channel_shutdown(rec.shaking->pdata[i], QIO_CHANNEL_SHUTDOWN_BOTH,
                             NULL);
    }
    while (rec.shaking->len) {
        g_main_context_iteration(rec.context, true);
    }
    g_ptr_array_unref(g_steal_pointer(&rec.shaking));
}

static void *recover_thread(void *opaque)
{
    rec.shaking = g_ptr_array_new_with_free_func(object_unref);
    qio_net_listener_set_client_func_full(rec.listener, accepted, NULL, NULL,
                                          rec.context);
    while (rec.missing && !qatomic_read(&rec.stop)) {
        g_main_context_iteration(rec.context, true);
    }
    qio_net_listener_disconnect(rec.listener);
    object_unref(OBJECT(g_steal_pointer(&rec.listener)));
    end_handshakes();
    return NULL;
}

/* With the lock. */
static void stop(void)
{
    if (rec.has_thread) {
        qatomic_set(&rec.stop, true);
        g_main_context_wakeup(rec.context);
        qemu_thread_join(&rec.thread);
        rec.has_thread = false;
        g_main_context_unref(g_steal_pointer(&rec.context));
    }
}

void postcopy_recover_prepare(void)
{
    Error *err = NULL;

    if (migration_tls_is_on()) {
        rec.creds = migration_tls_creds(true, &err);
        if (rec.creds) {
            object_ref(rec.creds);
        } else {
            warn_reportf_err(err, "without them postcopy will not recover: ");
        }
    }
}

void postcopy_recover_stop(void)
{
    QEMU_LOCK_GUARD(&rec.lock);
    stop();
    object_unref(g_steal_pointer(&rec.creds));
}

static void listen_on(MigrationAddress *addr, Error **errp)
{
    QIONetListener *listener = qio_net_listener_new();

    qio_net_listener_set_name(listener, "migration-socket-listener");
    if (qio_net_listener_open_sync(listener, &addr->u.socket, 2, errp) < 0) {
        object_unref(OBJECT(listener));
        return;
    }
    rec.listener = listener;
    rec.missing = 1 + migrate_capability(MIGRATION_CAPABILITY_POSTCOPY_PREEMPT);
    rec.context = g_main_context_new();
    qatomic_set(&rec.stop, false);
    rec.has_thread = true;
    qemu_thread_create(&rec.thread, "mig/dst/recover", recover_thread, NULL,
                       QEMU_THREAD_JOINABLE);
}

void qmp_migrate_recover(const char *uri, Error **errp)
{
    ERRP_GUARD();
    MigrationIncomingState *mis = migration_incoming_get_current();
    g_autoptr(MigrationAddress) addr = NULL;
    QIOChannel *ioc;

    QEMU_LOCK_GUARD(&rec.lock);
    if (qatomic_read(&mis->status) != MIGRATION_STATUS_POSTCOPY_PAUSED) {
        error_setg(errp, "Migrate recover can only be run when postcopy is "
                         "paused.");
        return;
    }
    addr = migration_address(uri, NULL, NULL, errp);
    if (!addr || !migration_channel_check_address(addr, errp)) {
        return;
    }
    if (migration_tls_is_on() && !rec.creds) {
        error_setg(errp, "there were no credentials for TLS when the guest "
                         "came");
        return;
    }
    /* Before a descriptor that was passed would be taken. */
    if (rec.creds && !migration_address_is_listened_on(addr)) {
        error_setg(errp, "with TLS it needs an address to listen on (tcp or "
                         "unix)");
        return;
    }
    stop();
    ioc = migration_channel_open_now(addr, false, errp);
    if (*errp) {
        return;
    }
    if (ioc) {
        postcopy_reconnected(ioc);
        object_unref(OBJECT(ioc));
        return;
    }
    listen_on(addr, errp);
}
