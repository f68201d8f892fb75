/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * multifd at the destination: a thread for each channel, and where they and
 * that of the main stream wait for each other. One lock protects all of it but
 * what a channel reads.
 *
 * The first packet must be a SYNC: only when the main stream has had the list
 * of blocks, it is known where pages may go. From then on that is settled.
 */
#include "qemu/osdep.h"
#include "channel.h"
#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "migration/misc.h"
#include "multifd.h"
#include "options.h"
#include "qapi/error.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "qemu/thread.h"
#include "ram.h"

typedef struct Channel {
    QIOChannel *ioc;
    QemuThread thread;
    int id;         /* -1: it has not said */
    uint64_t syncs; /* that have come */
    bool ended;
} Channel;

static struct {
    QemuMutex lock;
    QemuCond cond;       /* for all who wait */
    GPtrArray *channels; /* Channel, as they came */
    unsigned n;          /* so many shall be */
    uint64_t rounds;     /* that the main stream has let go on */
    /* Both are fixed from the first round on. */
    GHashTable *blocks;    /* RAMBlock by name */
    GHashTable *discarded; /* bitmaps of their pages, by RAMBlock */
    QEMUFile *main;
    bool stopped;
    Error *error; /* the first */
} dst;

static void __attribute__((constructor)) init_lock(void)
{
    qemu_mutex_init(&dst.lock);
    qemu_cond_init(&dst.cond);
}

/* ---- the end of all ------------------------------------------------------ */

/* With the lock. */
static void stop_locked(void)
{
    dst.stopped = true;
    for (guint i = 0; dst.channels && i < dst.channels->len; i++) {
        Channel *c = g_ptr_array_index(dst.channels, i);

        qio_channel_shutdown(c->ioc, QIO_CHANNEL_SHUTDOWN_BOTH, NULL);
    }
    qemu_cond_broadcast(&dst.cond);
}

/* Takes @err. */
static void fail(Error *err)
{
    QEMU_LOCK_GUARD(&dst.lock);
    if (dst.stopped) {
        error_free(err); /* that is why */
        return;
    }
    dst.error = err;
    stop_locked();
    if (dst.main) {
        qemu_file_set_error_obj(dst.main, -EIO, error_copy(err));
        qemu_file_shutdown(dst.main);
    } else {
        migration_channel_incoming_failed(err);
    }
}

Error *multifd_recv_error(void)
{
    QEMU_LOCK_GUARD(&dst.lock);
    return dst.error ? error_copy(dst.error) : NULL;
}

/* ---- a channel ----------------------------------------------------------- */

/* Whether the number is new. */
static bool set_id(Channel *channel, int id, Error **errp)
{
    QEMU_LOCK_GUARD(&dst.lock);
    for (guint i = 0; i < dst.channels->len; i++) {
        Channel *other = g_ptr_array_index(dst.channels, i);

        if (other->id == id) {
            error_setg(errp, "multifd: two channels say that they are %d", id);
            return false;
        }
    }
    channel->id = id;
    return true;
}

/* Tells that a SYNC has come, and waits until all may go on. */
static bool sync_and_wait(Channel *channel)
{
    QEMU_LOCK_GUARD(&dst.lock);
    channel->syncs++;
    qemu_cond_broadcast(&dst.cond);
    while (!dst.stopped && dst.rounds < channel->syncs) {
        qemu_cond_wait(&dst.cond, &dst.lock);
    }
    return !dst.stopped;
}

static bool receive(Channel *channel, MultiFDReceiver *r, Error **errp)
{
    switch (multifd_receiver_packet(r, errp)) {
    case MULTIFD_RECEIVED_PAGES:
        return true;
    case MULTIFD_RECEIVED_SYNC:
        return sync_and_wait(channel);
    default:
        return false;
    }
}

static void *channel_thread(void *opaque)
{
    Channel *channel = opaque;
    MultiFDReceiver *r =
        multifd_receiver_new(channel->ioc, dst.blocks, dst.discarded);
    Error *err = NULL;
    int id;

    rcu_register_thread();
    id = multifd_receiver_begin(r, &err);
    if (id >= 0 && set_id(channel, id, &err)) {
        while (receive(channel, r, &err)) {
        }
    }
    if (err) {
        fail(err);
    }
    WITH_QEMU_LOCK_GUARD(&dst.lock) {
        channel->ended = true;
        qemu_cond_broadcast(&dst.cond);
    }
    multifd_receiver_free(r);
    rcu_unregister_thread();
    return NULL;
}

static void channel_free(gpointer opaque)
{
    Channel *channel = opaque;

    object_unref(OBJECT(channel->ioc));
    g_free(channel);
}

/* In the main loop. */
static void channel_came(QIOChannel *ioc, Error *err, void *opaque)
{
    Channel *channel;
    Error *local = NULL;

    if (qio_channel_set_blocking(ioc, true, &local) < 0) {
        fail(local);
        return;
    }
    channel = g_new0(Channel, 1);
    channel->ioc = QIO_CHANNEL(object_ref(ioc));
    channel->id = -1;
    QEMU_LOCK_GUARD(&dst.lock);
    if (dst.stopped || !dst.channels) {
        channel_free(channel);
        return;
    }
    g_ptr_array_add(dst.channels, channel);
    qemu_cond_broadcast(&dst.cond);
    qemu_thread_create(&channel->thread, "mig/dst/recv", channel_thread,
                       channel, QEMU_THREAD_JOINABLE);
}

/* ---- the main stream ----------------------------------------------------- */

void multifd_recv_expect(void)
{
    WITH_QEMU_LOCK_GUARD(&dst.lock) {
        dst.n = migrate_parameters()->multifd_channels;
        dst.channels = g_ptr_array_new_with_free_func(channel_free);
        dst.blocks = g_hash_table_new(g_str_hash, g_str_equal);
        dst.discarded = g_hash_table_new_full(NULL, NULL, NULL, g_free);
        dst.rounds = 0;
        dst.stopped = false;
    }
    migration_incoming_expect(MIG_INCOMING_MULTIFD, dst.n, channel_came, NULL);
}

void multifd_recv_set_main(QEMUFile *f)
{
    QEMU_LOCK_GUARD(&dst.lock);
    if (dst.channels) {
        dst.main = f;
        if (dst.error) {
            qemu_file_set_error_obj(f, -EIO, error_copy(dst.error));
        }
    }
}

bool multifd_recv_has_begun(void)
{
    QEMU_LOCK_GUARD(&dst.lock);
    return dst.rounds;
}

/*
 * So long may a channel that the source opened take to be accepted; and so many
 * times that, where somebody's TLS handshake goes on.
 */
#define ACCEPT_MS  10000
#define MAX_SHAKES 12

/* Before any page comes: those that may have pages, which then stay. */
static void collect_blocks(void)
{
    RAMBlock *rb;

    BQL_LOCK_GUARD();
    RCU_READ_LOCK_GUARD();
    INTERNAL_RAMBLOCK_FOREACH(rb)
    {
        if (!migrate_ram_is_ignored(rb)) {
            memory_region_ref(rb->mr);
            g_hash_table_insert(dst.blocks, rb->idstr, rb);
            g_hash_table_insert(dst.discarded, rb,
                                ram_load_discarded_pages(rb));
        }
    }
}

/* With the lock: 1 when all have come to a SYNC, 0, or -1 with @errp. */
static int all_have_synced(uint64_t round, Error **errp)
{
    bool all = dst.channels->len == dst.n;

    for (guint i = 0; i < dst.channels->len; i++) {
        Channel *channel = g_ptr_array_index(dst.channels, i);

        if (channel->syncs >= round) {
            continue;
        }
        if (channel->ended) {
            error_setg(errp, "multifd: channel %d ended before its SYNC",
                       channel->id);
            return -1;
        }
        all = false;
    }
    return all;
}

/*
 * With the lock. The source has opened all that it will before it wants the
 * first SYNC: what is missing for long will not come.
 */
static bool wait_for_channels(unsigned *shakes, Error **errp)
{
    guint there = dst.channels->len;

    if (there == dst.n) {
        qemu_cond_wait(&dst.cond, &dst.lock);
        return true;
    }
    if (qemu_cond_timedwait(&dst.cond, &dst.lock, ACCEPT_MS) ||
        dst.channels->len != there || dst.stopped ||
        (migration_channel_incoming_shakes() && ++*shakes < MAX_SHAKES)) {
        return true;
    }
    error_setg(errp,
               "multifd: only %u of %u channels have come (multifd-channels "
               "must be the same on both sides)",
               there, dst.n);
    return false;
}

bool multifd_recv_sync(Error **errp)
{
    unsigned shakes = 0;
    int ret = 0;

    if (!dst.channels) {
        error_setg(errp, "the stream uses multifd, which is off here");
        return false;
    }
    if (!multifd_recv_has_begun()) {
        collect_blocks();
    }
    QEMU_LOCK_GUARD(&dst.lock);
    while (!dst.stopped && !(ret = all_have_synced(dst.rounds + 1, errp))) {
        if (!wait_for_channels(&shakes, errp)) {
            ret = -1;
            break;
        }
    }
    if (ret > 0 && !dst.stopped) {
        dst.rounds++;
        qemu_cond_broadcast(&dst.cond);
        return true;
    }
    if (!ret && dst.error) {
        error_propagate(errp, error_copy(dst.error));
    } else if (!ret) {
        error_setg(errp, "multifd was stopped");
    }
    return false;
}

static void unref_block(gpointer key, gpointer value, gpointer opaque)
{
    memory_region_unref(((RAMBlock *)value)->mr);
}

void multifd_recv_stop(void)
{
    QEMU_LOCK_GUARD(&dst.lock);
    stop_locked();
}

void multifd_recv_cleanup(void)
{
    if (!dst.channels) {
        return;
    }
    multifd_recv_stop();
    for (guint i = 0; i < dst.channels->len; i++) {
        Channel *channel = g_ptr_array_index(dst.channels, i);

        qemu_thread_join(&channel->thread);
    }
    BQL_LOCK_GUARD();
    QEMU_LOCK_GUARD(&dst.lock);
    g_clear_pointer(&dst.channels, g_ptr_array_unref);
    g_hash_table_foreach(dst.blocks, unref_block, NULL);
    g_clear_pointer(&dst.blocks, g_hash_table_unref);
    g_clear_pointer(&dst.discarded, g_hash_table_unref);
    error_free(g_steal_pointer(&dst.error));
    dst.main = NULL;
}
