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
#include "qemu/lockable.h"

static struct {
    QemuMutex lock; /* one begins or ends it at a time; taken before others */
    QemuThread thread;
    bool has_thread;
    GMainContext *context;
    bool stop; /* atomically */

    /* The thread's. */
    QIONetListener *listener;
    unsigned missing; /* channels */
} rec;

static void __attribute__((constructor)) init_lock(void)
{
    qemu_mutex_init(&rec.lock);
}

static void accepted(QIONetListener *l, QIOChannelSocket *sioc, gpointer opaque)
{
    QIOChannel *ioc = QIO_CHANNEL(sioc);
    bool preempt = migrate_capability(MIGRATION_CAPABILITY_POSTCOPY_PREEMPT);

    if (!rec.missing) {
        return;
    }
    qio_channel_set_name(ioc, "migration-socket-incoming");
    if (rec.missing == 1 && preempt) {
        postcopy_urgent_channel(ioc);
    } else {
        postcopy_reconnected(ioc);
    }
    rec.missing--;
}

static void *recover_thread(void *opaque)
{
    qio_net_listener_set_client_func_full(rec.listener, accepted, NULL, NULL,
                                          rec.context);
    while (rec.missing && !qatomic_read(&rec.stop)) {
        g_main_context_iteration(rec.context, true);
    }
    qio_net_listener_disconnect(rec.listener);
    object_unref(OBJECT(g_steal_pointer(&rec.listener)));
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

void postcopy_recover_stop(void)
{
    QEMU_LOCK_GUARD(&rec.lock);
    stop();
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
    if (!addr || !migration_channel_check(addr, false, errp)) {
        return;
    }
    if (*migrate_parameters()->tls_creds) {
        error_setg(errp, "a postcopy that uses TLS cannot be recovered: its "
                         "handshake needs the main loop");
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
