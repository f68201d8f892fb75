/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mode cpr-transfer: the channel over which descriptors go.
 *
 * The destination waits for it before it makes its machine, and closes it when
 * it listens for the stream. That is all that the source needs to know: it
 * connects, or finds that nobody is there, and its guest goes on.
 */
#include "qemu/osdep.h"
#include "cpr-internal.h"
#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "io/channel-socket.h"
#include "io/net-listener.h"
#include "migration/blocker.h"
#include "migration/misc.h"
#include "migration/qemu-file.h"
#include "options.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "qemu/thread.h"
#include "vmstate/cpr-fds.h"

/* The state that was saved or loaded, while the other side waits for it. */
static QEMUFile *state_file;
static GSource *hup_source;

/* ---- RAM ----------------------------------------------------------------- */

static bool block(Error **reason, Error **errp)
{
    return migrate_add_blocker_modes(reason, errp, MIG_MODE_CPR_TRANSFER, -1) ==
           0;
}

static const RamKeeper keeper = {
    .take = cpr_fds_take,
    .keep = cpr_fds_add,
    .forget = cpr_fds_remove,
    .block = block,
    .unblock = migrate_del_blocker,
};

void cpr_init(void)
{
    ram_set_keeper(&keeper);
}

bool cpr_has_block(const RAMBlock *rb)
{
    const uint32_t file = RAM_SHARED | RAM_NAMED_FILE;

    return memory_region_is_ram_device(rb->mr) || cpr_fds_came(rb->fd) ||
           /* The source has the same one open, unless it has a descriptor. */
           ((rb->flags & file) == file &&
            !cpr_fds_is_left(memory_region_name(rb->mr)));
}

bool cpr_check_capabilities(Error **errp)
{
    static const struct {
        MigrationCapability cap;
        const char *what;
    } conflicts[] = {
        { MIGRATION_CAPABILITY_POSTCOPY_RAM, "postcopy" },
        { MIGRATION_CAPABILITY_BACKGROUND_SNAPSHOT, "background snapshot" },
        { MIGRATION_CAPABILITY_X_COLO, "COLO" },
    };

    for (size_t i = 0; migrate_mode_is_cpr() && i < ARRAY_SIZE(conflicts);
         i++) {
        if (migrate_capability(conflicts[i].cap)) {
            error_setg(errp, "Cannot use %s with CPR", conflicts[i].what);
            return false;
        }
    }
    return true;
}

/* ---- what comes in ------------------------------------------------------- */

static MigMode incoming_mode = MIG_MODE_NONE;

MigMode cpr_get_incoming_mode(void)
{
    return qatomic_read(&incoming_mode);
}

void cpr_set_incoming_mode(MigMode mode)
{
    qatomic_set(&incoming_mode, mode);
}

bool cpr_is_incoming(void)
{
    return cpr_get_incoming_mode() != (MigMode)MIG_MODE_NONE;
}

void cpr_incoming_done(void)
{
    cpr_set_incoming_mode(MIG_MODE_NONE);
    cpr_state_close();
    cpr_fds_close_unused();
}

/* ---- the channel --------------------------------------------------------- */

static bool is_unix(const MigrationAddress *addr)
{
    return addr->transport == MIGRATION_ADDRESS_TYPE_SOCKET &&
           addr->u.socket.type == SOCKET_ADDRESS_TYPE_UNIX;
}

static QEMUFile *connect_to(MigrationAddress *addr, Error **errp)
{
    g_autoptr(QIOChannelSocket) sioc = NULL;

    if (!is_unix(addr)) {
        error_setg(errp, "bad cpr channel address; must be unix");
        return NULL;
    }
    sioc = qio_channel_socket_new();
    if (qio_channel_socket_connect_sync(sioc, &addr->u.socket, errp) < 0) {
        return NULL;
    }
    qio_channel_set_name(QIO_CHANNEL(sioc), "cpr-out");
    return qemu_file_new_output(QIO_CHANNEL(sioc));
}

static QIONetListener *listen_at(MigrationAddress *addr, Error **errp)
{
    QIONetListener *listener;

    if (!is_unix(addr)) {
        error_setg(errp, "bad cpr channel socket type; must be unix");
        return NULL;
    }
    listener = qio_net_listener_new();
    qio_net_listener_set_name(listener, "cpr-socket-listener");
    /* Room for strangers: who connects waits when there is none. */
    if (qio_net_listener_open_sync(listener, &addr->u.socket, 16, errp) < 0) {
        object_unref(OBJECT(listener));
        return NULL;
    }
    return listener;
}

/* ---- so long, and no longer ---------------------------------------------- */

/*
 * While the state is read or written, nothing else goes on in the process. The
 * source waits longer, since before it may come somebody who says nothing.
 */
#define READ_SECONDS  5
#define WRITE_SECONDS 20

typedef struct Limit {
    QIOChannel *ioc;
    int seconds;
    QemuThread thread;
    QemuMutex lock; /* for what follows */
    QemuCond cond;
    bool in_time, too_late;
} Limit;

static void *limit_thread(void *opaque)
{
    Limit *l = opaque;

    QEMU_LOCK_GUARD(&l->lock);
    while (!l->in_time && !l->too_late) {
        if (!qemu_cond_timedwait(&l->cond, &l->lock, l->seconds * 1000) &&
            !l->in_time) {
            l->too_late = true;
            qio_channel_shutdown(l->ioc, QIO_CHANNEL_SHUTDOWN_BOTH, NULL);
        }
    }
    return NULL;
}

/* What goes on on @ioc until limit_end() will fail when it takes too long. */
static void limit_begin(Limit *l, QIOChannel *ioc, int seconds)
{
    *l = (Limit){ .ioc = ioc, .seconds = seconds };
    qemu_mutex_init(&l->lock);
    qemu_cond_init(&l->cond);
    qemu_thread_create(&l->thread, "cpr-limit", limit_thread, l,
                       QEMU_THREAD_JOINABLE);
}

/* If it did, *@errp says so, whatever it said before. */
static void limit_end(Limit *l, Error **errp)
{
    WITH_QEMU_LOCK_GUARD(&l->lock) {
        l->in_time = true;
        qemu_cond_signal(&l->cond);
    }
    qemu_thread_join(&l->thread);
    qemu_cond_destroy(&l->cond);
    qemu_mutex_destroy(&l->lock);
    if (l->too_late) {
        error_free(*errp);
        *errp = NULL;
        error_setg(errp, "the other side has done nothing for %d seconds",
                   l->seconds);
    }
}

/* ---- the state ----------------------------------------------------------- */

static int save_state(QEMUFile *f, Error **errp)
{
    ERRP_GUARD();
    Limit limit;
    int ret;

    limit_begin(&limit, qemu_file_get_ioc(f), WRITE_SECONDS);
    qemu_put_be32(f, QEMU_CPR_FILE_MAGIC);
    qemu_put_be32(f, QEMU_CPR_FILE_VERSION);
    ret = cpr_fds_save(f);
    qemu_fflush(f);
    if (!qemu_file_get_error_obj(f, errp) && ret) {
        error_setg(errp, "the descriptors cannot be saved");
    }
    limit_end(&limit, errp);
    if (*errp) {
        error_prepend(errp, "CPR channel: ");
        return -1;
    }
    return 0;
}

int cpr_state_save(MigrationChannel *channel, Error **errp)
{
    QEMUFile *f;

    if (migrate_mode() != MIG_MODE_CPR_TRANSFER) {
        return 0;
    }
    f = connect_to(channel->addr, errp);
    if (!f) {
        return -1;
    }
    if (save_state(f, errp) < 0) {
        qemu_fclose(f);
        return -1;
    }
    /* The other direction tells when the destination closes it. */
    qio_channel_shutdown(qemu_file_get_ioc(f), QIO_CHANNEL_SHUTDOWN_WRITE,
                         NULL);
    state_file = f;
    return 0;
}

static int load_state(QEMUFile *f, Error **errp)
{
    uint32_t magic = qemu_get_be32(f), version = qemu_get_be32(f);

    if (qemu_file_get_error_obj(f, errp)) {
        error_prepend(errp, "CPR channel: ");
        return -1;
    }
    if (magic != QEMU_CPR_FILE_MAGIC) {
        error_setg(errp, "Not a migration stream (bad magic %x)", magic);
        return -1;
    }
    if (version != QEMU_CPR_FILE_VERSION) {
        error_setg(errp, "Unsupported migration stream version %u", version);
        return -1;
    }
    if (cpr_fds_load(f)) {
        error_setg(errp, "CPR channel: the descriptors cannot be loaded");
        return -1;
    }
    return 0;
}

/* What a connection brings; NULL with @errp if that is no state. */
static QEMUFile *state_from(QIOChannel *ioc, Error **errp)
{
    ERRP_GUARD();
    QEMUFile *f;
    Limit limit;

    qio_channel_set_name(ioc, "cpr-in");
    if (qio_channel_set_blocking(ioc, true, errp) < 0) {
        return NULL;
    }
    f = qemu_file_new_input(ioc);
    limit_begin(&limit, ioc, READ_SECONDS);
    load_state(f, errp);
    limit_end(&limit, errp);
    if (*errp) {
        qemu_fclose(f);
        return NULL;
    }
    return f;
}

int cpr_state_load(MigrationChannel *channel, Error **errp)
{
    g_autoptr(QIONetListener) listener = NULL;

    if (!channel) {
        return 0;
    }
    cpr_set_incoming_mode(MIG_MODE_CPR_TRANSFER);
    listener = listen_at(channel->addr, errp);
    if (!listener) {
        return -1;
    }
    while (!state_file) {
        g_autoptr(QIOChannelSocket) sioc =
            qio_net_listener_wait_client(listener);
        Error *err = NULL;

        if (!sioc) {
            error_setg_errno(errp, errno, "CPR channel: no one can connect");
            return -1;
        }
        state_file = state_from(QIO_CHANNEL(sioc), &err);
        if (!state_file) {
            /* Who is no source does not keep it from coming. */
            error_reportf_err(err, "a connection for the CPR state is "
                                   "closed: ");
            cpr_fds_close_unused();
        }
    }
    return 0;
}

void cpr_state_close(void)
{
    if (state_file) {
        qemu_fclose(g_steal_pointer(&state_file));
    }
}

QIOChannel *cpr_state_ioc(void)
{
    return state_file ? qemu_file_get_ioc(state_file) : NULL;
}

/* ---- waiting ------------------------------------------------------------- */

static gboolean hung_up(QIOChannel *ioc, GIOCondition condition,
                        gpointer opaque)
{
    void (*ready)(void) = opaque;

    cpr_stop_waiting();
    ready();
    return G_SOURCE_REMOVE;
}

void cpr_wait_for_destination(void (*ready)(void))
{
    hup_source = qio_channel_create_watch(cpr_state_ioc(), G_IO_HUP);
    g_source_set_callback(hup_source, G_SOURCE_FUNC(hung_up), ready, NULL);
    g_source_attach(hup_source, NULL);
}

bool cpr_stop_waiting(void)
{
    bool waited = hup_source;

    if (waited) {
        g_source_destroy(hup_source);
        g_source_unref(g_steal_pointer(&hup_source));
    }
    cpr_state_close();
    return waited;
}
