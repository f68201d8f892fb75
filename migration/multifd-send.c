/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * multifd at the source.
 *
 * One lock protects all that is shared. The thread of the migration fills a
 * batch and queues it; a sender that is idle takes the oldest one. When the
 * queue is empty and a SYNC is wanted, each sender sends its own.
 */
#include "qemu/osdep.h"
#include "channel.h"
#include "migration-stats.h"
#include "multifd.h"
#include "multifd-codec.h"
#include "options.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "qemu/thread.h"
#include "ram.h"
#include "system/system.h"
#include "trace.h"

/* So many batches may wait for each sender. */
#define DEPTH 2

typedef struct Batch {
    RAMBlock *rb;
    unsigned n;
    uint64_t offset[MULTIFD_PAGES];
} Batch;

typedef struct Sender {
    uint8_t id;
    QIOChannel *ioc; /* once it is open; shutting it down needs the lock */
    QemuThread thread;
    bool has_thread;
    bool wants_sync; /* with the lock */

    /* The thread's. */
    const MultiFDCodec *codec;
    void *encoder;
    MultiFDPages pages;
    MultiFDPacket_t packet;
    uint8_t *page[MULTIFD_PAGES];
    struct iovec iov[MULTIFD_PAGES + 1];
} Sender;

static struct {
    QemuMutex lock;
    QemuCond work; /* for senders: a batch, a wish, the end */
    QemuCond done; /* for who waits for them */
    Sender *senders;
    unsigned n;
    unsigned opened;
    unsigned generation; /* channels of an older one come too late */
    bool stopped;
    Error *error; /* the first */
    GPtrArray *free;
    GQueue queue;
    uint64_t packet_num;

    Batch *batch; /* the migration thread's: being filled */
} src;

static void __attribute__((constructor)) init_lock(void)
{
    qemu_mutex_init(&src.lock);
    qemu_cond_init(&src.work);
    qemu_cond_init(&src.done);
    g_queue_init(&src.queue);
}

bool multifd_has_channels(void)
{
    return migrate_capability(MIGRATION_CAPABILITY_MULTIFD) &&
           !migrate_capability(MIGRATION_CAPABILITY_MAPPED_RAM);
}

/* ---- the end of all ------------------------------------------------------ */

/* With the lock. Takes @err, which may be NULL. */
static void stop_locked(Error *err)
{
    if (src.error) {
        error_free(err);
    } else {
        src.error = err;
    }
    if (src.stopped) {
        return;
    }
    src.stopped = true;
    for (unsigned i = 0; i < src.n; i++) {
        if (src.senders[i].ioc) {
            qio_channel_shutdown(src.senders[i].ioc, QIO_CHANNEL_SHUTDOWN_BOTH,
                                 NULL);
        }
    }
    qemu_cond_broadcast(&src.work);
    qemu_cond_broadcast(&src.done);
}

void multifd_send_begin(void)
{
    QEMU_LOCK_GUARD(&src.lock);
    src.stopped = false;
}

void multifd_send_stop(void)
{
    QEMU_LOCK_GUARD(&src.lock);
    stop_locked(NULL);
}

static void fail(Sender *s, Error *err)
{
    error_prepend(&err, "multifd channel %u: ", s->id);
    QEMU_LOCK_GUARD(&src.lock);
    /* Who is stopped fails for no other reason. */
    if (src.stopped) {
        error_free(err);
        err = NULL;
    }
    stop_locked(err);
}

Error *multifd_send_error(void)
{
    QEMU_LOCK_GUARD(&src.lock);
    return src.error ? error_copy(src.error) : NULL;
}

/* ---- a sender: packets --------------------------------------------------- */

/* Pages that are zero go behind the others. */
static void sort_pages(Sender *s, const Batch *batch)
{
    bool look = qatomic_read(&migrate_parameters()->zero_page_detection) ==
                ZERO_PAGE_DETECTION_MULTIFD;
    unsigned end = batch->n;

    s->pages.normal = 0;
    for (unsigned i = 0; i < batch->n; i++) {
        uint8_t *page = batch->rb->host + batch->offset[i];

        if (look && buffer_is_zero(page, TARGET_PAGE_SIZE)) {
            s->pages.offset[--end] = batch->offset[i];
        } else {
            s->page[s->pages.normal] = page;
            s->pages.offset[s->pages.normal++] = batch->offset[i];
        }
    }
    s->pages.zero = batch->n - s->pages.normal;
}

/* The pages where they are, neighbours in one piece; the pieces. */
static unsigned plain_pieces(Sender *s, struct iovec *iov)
{
    unsigned n = 0;

    for (unsigned i = 0; i < s->pages.normal; i++) {
        if (n &&
            (uint8_t *)iov[n - 1].iov_base + iov[n - 1].iov_len == s->page[i]) {
            iov[n - 1].iov_len += TARGET_PAGE_SIZE;
        } else {
            iov[n++] = (struct iovec){ s->page[i], TARGET_PAGE_SIZE };
        }
    }
    return n;
}

static bool put_packet(Sender *s, unsigned pieces, Error **errp)
{
    size_t size = sizeof(s->packet) + s->pages.data_size;

    multifd_packet_fill(&s->packet, qatomic_fetch_inc(&src.packet_num),
                        &s->pages);
    s->iov[0] = (struct iovec){ &s->packet, sizeof(s->packet) };
    if (qio_channel_writev_all(s->ioc, s->iov, pieces + 1, errp) < 0) {
        return false;
    }
    stat64_add(&mig_stats.multifd_bytes, size);
    return true;
}

static bool send_pages(Sender *s, const Batch *batch, Error **errp)
{
    unsigned pieces = 0;

    s->pages.flags = s->codec ? s->codec->flag : MULTIFD_FLAG_NOCOMP;
    s->pages.data_size = 0;
    pstrcpy(s->pages.block, sizeof(s->pages.block), batch->rb->idstr);
    sort_pages(s, batch);
    if (!s->codec) {
        pieces = plain_pieces(s, s->iov + 1);
        s->pages.data_size = s->pages.normal * TARGET_PAGE_SIZE;
    } else if (s->pages.normal) {
        uint8_t *data;
        size_t size =
            s->codec->encode(s->encoder, s->page, s->pages.normal, &data, errp);

        if (!size) {
            return false;
        }
        pieces = 1;
        s->pages.data_size = size;
        s->iov[1] = (struct iovec){ data, size };
    }
    trace_multifd_send_pages(s->id, batch->rb->idstr, s->pages.normal,
                             s->pages.zero, s->pages.data_size);
    if (!put_packet(s, pieces, errp)) {
        return false;
    }
    stat64_add(&mig_stats.normal_pages, s->pages.normal);
    stat64_add(&mig_stats.zero_pages, s->pages.zero);
    return true;
}

static bool send_sync(Sender *s, Error **errp)
{
    s->pages = (MultiFDPages){ .flags = MULTIFD_FLAG_SYNC };
    return put_packet(s, 0, errp);
}

static bool send_init(Sender *s, Error **errp)
{
    MultiFDInit_t msg;

    multifd_init_fill(&msg, s->id, &qemu_uuid);
    if (qio_channel_write_all(s->ioc, (char *)&msg, sizeof(msg), errp) < 0) {
        return false;
    }
    stat64_add(&mig_stats.multifd_bytes, sizeof(msg));
    return true;
}

/* ---- a sender: its thread ------------------------------------------------ */

/* What there is to do, with the lock held around it; false at the end. */
static bool work(Sender *s, Error **errp)
{
    Batch *batch;
    bool ok;

    while (!src.stopped && g_queue_is_empty(&src.queue) && !s->wants_sync) {
        qemu_cond_wait(&src.work, &src.lock);
    }
    if (src.stopped) {
        return false;
    }
    batch = g_queue_pop_head(&src.queue);
    qemu_mutex_unlock(&src.lock);
    ok = batch ? send_pages(s, batch, errp) : send_sync(s, errp);
    qemu_mutex_lock(&src.lock);
    if (batch) {
        g_ptr_array_add(src.free, batch);
    } else if (ok) {
        s->wants_sync = false;
    }
    qemu_cond_broadcast(&src.done);
    return ok;
}

static void *sender_thread(void *opaque)
{
    Sender *s = opaque;
    Error *err = NULL;

    rcu_register_thread();
    if (send_init(s, &err)) {
        WITH_QEMU_LOCK_GUARD(&src.lock) {
            while (work(s, &err)) {
            }
        }
    }
    if (err) {
        fail(s, err);
    }
    rcu_unregister_thread();
    return NULL;
}

/* ---- the beginning ------------------------------------------------------- */

typedef struct Request {
    unsigned generation;
    unsigned id;
} Request;

static void channel_opened(QIOChannel *ioc, Error *err, void *opaque)
{
    g_autofree Request *request = opaque;
    Error *local = NULL;
    QEMU_LOCK_GUARD(&src.lock);

    if (request->generation != src.generation || src.stopped) {
        return; /* nobody waits any more */
    }
    if (err) {
        local = error_copy(err);
    } else {
        qio_channel_set_blocking(ioc, true, &local);
    }
    if (local) {
        error_prepend(&local, "multifd channel %u: ", request->id);
        stop_locked(local);
        return;
    }
    qio_channel_set_delay(ioc, false);
    src.senders[request->id].ioc = QIO_CHANNEL(object_ref(ioc));
    src.opened++;
    qemu_cond_broadcast(&src.done);
}

static bool make_senders(Error **errp)
{
    ERRP_GUARD();
    unsigned n = migrate_parameters()->multifd_channels;
    const MultiFDCodec *codec =
        multifd_codec(migrate_parameters()->multifd_compression, errp);

    if (*errp) {
        return false;
    }
    QEMU_LOCK_GUARD(&src.lock);
    src.senders = g_new0(Sender, n);
    src.n = n;
    src.opened = 0;
    src.packet_num = 0;
    src.free = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < n * DEPTH; i++) {
        g_ptr_array_add(src.free, g_new0(Batch, 1));
    }
    src.batch = g_new0(Batch, 1);
    for (unsigned i = 0; i < n; i++) {
        Sender *s = &src.senders[i];

        s->id = i;
        s->codec = codec;
        s->encoder = codec ? codec->encoder_new(errp) : NULL;
        if (*errp) {
            return false;
        }
    }
    return true;
}

static bool is_going_on(Error **errp)
{
    if (src.error) {
        error_propagate(errp, error_copy(src.error));
    } else if (src.stopped) {
        error_setg(errp, "multifd was stopped");
    }
    return !src.stopped;
}

static bool open_channels(Error **errp)
{
    for (unsigned i = 0; i < src.n; i++) {
        Request *request = g_new(Request, 1);

        *request = (Request){ src.generation, i };
        migration_channel_outgoing_more(channel_opened, request);
    }
    QEMU_LOCK_GUARD(&src.lock);
    while (src.opened < src.n && !src.stopped) {
        qemu_cond_wait(&src.done, &src.lock);
    }
    return is_going_on(errp);
}

bool multifd_send_setup(Error **errp)
{
    if (!make_senders(errp) || !open_channels(errp)) {
        return false;
    }
    for (unsigned i = 0; i < src.n; i++) {
        Sender *s = &src.senders[i];
        g_autofree char *name = g_strdup_printf("mig/src/send_%u", i);

        qemu_thread_create(&s->thread, name, sender_thread, s,
                           QEMU_THREAD_JOINABLE);
        s->has_thread = true;
    }
    return true;
}

/*
 * Those whose end the other side is to see as one do it first. That may wait
 * for it, so that multifd_send_stop() still has to reach them.
 */
static void end_channels(void)
{
    for (unsigned i = 0; i < src.n; i++) {
        if (src.senders[i].ioc) {
            migration_channel_end(src.senders[i].ioc);
        }
    }
}

static void close_channel(Sender *s)
{
    if (!s->ioc) {
        return;
    }
    qio_channel_close(s->ioc, NULL);
    object_unref(OBJECT(s->ioc));
}

void multifd_send_cleanup(bool graceful)
{
    Sender *senders;
    unsigned n;

    if (graceful) {
        end_channels(); /* all has been sent */
    }
    WITH_QEMU_LOCK_GUARD(&src.lock) {
        if (!graceful) {
            stop_locked(NULL);
        }
        src.stopped = true;
        src.generation++;
        qemu_cond_broadcast(&src.work);
    }
    for (unsigned i = 0; i < src.n; i++) {
        if (src.senders[i].has_thread) {
            qemu_thread_join(&src.senders[i].thread);
        }
    }
    WITH_QEMU_LOCK_GUARD(&src.lock) {
        senders = g_steal_pointer(&src.senders);
        n = src.n;
        src.n = 0;
        g_queue_clear_full(&src.queue, g_free);
        g_clear_pointer(&src.free, g_ptr_array_unref);
        g_clear_pointer(&src.batch, g_free);
        error_free(g_steal_pointer(&src.error));
    }
    for (unsigned i = 0; i < n; i++) {
        close_channel(&senders[i]);
        if (senders[i].encoder) {
            senders[i].codec->encoder_free(senders[i].encoder);
        }
    }
    g_free(senders);
}

/* ---- what the migration does --------------------------------------------- */

/* Who holds the big lock must not wait with it; whether it was held. */
static bool release_bql(void)
{
    bool locked = bql_locked();

    if (locked) {
        bql_unlock();
    }
    return locked;
}

static bool queue_batch(void)
{
    QEMU_LOCK_GUARD(&src.lock);
    while (!src.free->len && !src.stopped) {
        qemu_cond_wait(&src.done, &src.lock);
    }
    if (src.stopped) {
        return false;
    }
    g_queue_push_tail(&src.queue, src.batch);
    src.batch = g_ptr_array_steal_index_fast(src.free, src.free->len - 1);
    src.batch->n = 0;
    qemu_cond_signal(&src.work);
    return true;
}

/* Queues the batch, and has an empty one. */
static bool flush_batch(void)
{
    bool locked = release_bql();
    bool ok = queue_batch();

    if (locked) {
        bql_lock();
    }
    return ok;
}

bool multifd_send_page(RAMBlock *rb, ram_addr_t offset)
{
    Batch *batch = src.batch;

    if (batch->n && (batch->rb != rb || batch->n == MULTIFD_PAGES)) {
        if (!flush_batch()) {
            return false;
        }
        batch = src.batch;
    }
    batch->rb = rb;
    batch->offset[batch->n++] = offset;
    return true;
}

/* With the lock: whether one has not sent its SYNC. */
static bool sync_is_missing(void)
{
    for (unsigned i = 0; i < src.n; i++) {
        if (src.senders[i].wants_sync) {
            return true;
        }
    }
    return false;
}

static bool sync_all(void)
{
    QEMU_LOCK_GUARD(&src.lock);
    for (unsigned i = 0; i < src.n; i++) {
        src.senders[i].wants_sync = true;
    }
    qemu_cond_broadcast(&src.work);
    while (!src.stopped && sync_is_missing()) {
        qemu_cond_wait(&src.done, &src.lock);
    }
    return !src.stopped;
}

bool multifd_send_sync(void)
{
    bool locked = release_bql();
    bool ok = (!src.batch->n || queue_batch()) && sync_all();

    if (locked) {
        bql_lock();
    }
    return ok;
}
