/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of streams, and the channels to them. */
#include "qemu/osdep.h"
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include "channel.h"
#include "io/channel-command.h"
#include "io/channel-file.h"
#include "io/channel-socket.h"
#include "io/channel-util.h"
#include "migration/misc.h"
#include "monitor/monitor.h"
#include "options.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qemu/units.h"
#include "qapi/qapi-visit-migration.h"
#include "qapi/qapi-visit-sockets.h"
#include "qemu/cutils.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/queue.h"
#include "qemu/sockets.h"
#include "tls.h"

#define OFFSET_OPTION ",offset="

/* ---- addresses ----------------------------------------------------------- */

static bool parse_file(const char *text, FileMigrationArgs *file, Error **errp)
{
    const char *option = g_strrstr(text, OFFSET_OPTION);

    file->filename = option ? g_strndup(text, option - text) : g_strdup(text);
    if (option &&
        qemu_strtosz(option + strlen(OFFSET_OPTION), NULL, &file->offset)) {
        error_setg(errp, "file URI has bad offset %s",
                   option + strlen(OFFSET_OPTION));
        return false;
    }
    return true;
}

static MigrationAddress *parse_uri(const char *uri, Error **errp)
{
    g_autoptr(MigrationAddress) addr = g_new0(MigrationAddress, 1);
    const char *rest;

    if (strstart(uri, "exec:", &rest)) {
        strList **tail = &addr->u.exec.args;

        addr->transport = MIGRATION_ADDRESS_TYPE_EXEC;
        QAPI_LIST_APPEND(tail, g_strdup("/bin/sh"));
        QAPI_LIST_APPEND(tail, g_strdup("-c"));
        QAPI_LIST_APPEND(tail, g_strdup(rest));
    } else if (strstart(uri, "file:", &rest)) {
        addr->transport = MIGRATION_ADDRESS_TYPE_FILE;
        if (!parse_file(rest, &addr->u.file, errp)) {
            return NULL;
        }
    } else if (strstart(uri, "tcp:", NULL) || strstart(uri, "unix:", NULL) ||
               strstart(uri, "vsock:", NULL) || strstart(uri, "fd:", NULL)) {
        SocketAddress *socket = socket_parse(uri, errp);

        if (!socket) {
            return NULL;
        }
        addr->transport = MIGRATION_ADDRESS_TYPE_SOCKET;
        addr->u.socket = *socket; /* with what it points at */
        g_free(socket);
    } else if (strstart(uri, "rdma:", NULL)) {
        error_setg(errp, "RDMA is not supported");
        return NULL;
    } else {
        error_setg(errp, "unknown migration protocol: %s", uri);
        return NULL;
    }
    return g_steal_pointer(&addr);
}

static MigrationAddress *main_channel(MigrationChannelList *channels,
                                      MigrationChannel **cpr, Error **errp)
{
    MigrationChannel *of_type[MIGRATION_CHANNEL_TYPE__MAX] = { NULL };
    MigrationAddress *addr;

    if (!cpr && (channels->next || channels->value->channel_type !=
                                       MIGRATION_CHANNEL_TYPE_MAIN)) {
        error_setg(errp, "Channel list must have only one entry, for type "
                         "'main'");
        return NULL;
    }
    for (; channels; channels = channels->next) {
        MigrationChannelType type = channels->value->channel_type;

        if (of_type[type]) {
            error_setg(errp, "Channel list has more than one %s entry",
                       MigrationChannelType_str(type));
            return NULL;
        }
        of_type[type] = channels->value;
    }
    if (!of_type[MIGRATION_CHANNEL_TYPE_MAIN]) {
        error_setg(errp, "Channel list has no main entry");
        return NULL;
    }
    addr = of_type[MIGRATION_CHANNEL_TYPE_MAIN]->addr;
    if (addr->transport == MIGRATION_ADDRESS_TYPE_RDMA) {
        error_setg(errp, "RDMA is not supported");
        return NULL;
    }
    if (cpr) {
        *cpr = of_type[MIGRATION_CHANNEL_TYPE_CPR];
    }
    return QAPI_CLONE(MigrationAddress, addr);
}

MigrationAddress *migration_address(const char *uri,
                                    MigrationChannelList *channels,
                                    MigrationChannel **cpr, Error **errp)
{
    if (cpr) {
        *cpr = NULL;
    }
    if (!uri == !channels) {
        error_setg(errp, "need either 'uri' or 'channels' argument");
        return NULL;
    }
    return uri ? parse_uri(uri, errp) : main_channel(channels, cpr, errp);
}

/* ---- what is open at once ------------------------------------------------ */

static QIOChannel *open_fd(const char *name, Error **errp)
{
    int fd = monitor_fd_param(monitor_cur(), name, errp);
    QIOChannel *ioc;

    if (fd < 0) {
        return NULL;
    }
    migration_channel_note_path(NULL);
    ioc = qio_channel_new_fd(fd, errp);
    if (!ioc) {
        close(fd);
    }
    return ioc;
}

static QIOChannel *open_file(const FileMigrationArgs *file, bool outgoing,
                             Error **errp)
{
    QIOChannelFile *ioc = qio_channel_file_new_path(
        file->filename, outgoing ? O_CREAT | O_WRONLY : O_RDONLY, 0600, errp);

    if (!ioc) {
        return NULL;
    }
    migration_channel_note_path(file->filename);
    /* What is before the offset stays; what is behind is of older streams. */
    if (outgoing && ftruncate(ioc->fd, file->offset) && errno != EINVAL) {
        error_setg_errno(errp, errno, "failed to truncate '%s' to 0x%" PRIx64,
                         file->filename, file->offset);
        object_unref(OBJECT(ioc));
        return NULL;
    }
    if (file->offset && qio_channel_io_seek(QIO_CHANNEL(ioc), file->offset,
                                            SEEK_SET, errp) < 0) {
        object_unref(OBJECT(ioc));
        return NULL;
    }
    return QIO_CHANNEL(ioc);
}

static QIOChannel *spawn(strList *args, bool outgoing, Error **errp)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    QIOChannelCommand *ioc;

    for (; args; args = args->next) {
        g_ptr_array_add(argv, args->value);
    }
    if (!argv->len) {
        error_setg(errp, "a program needs at least its path in 'args'");
        return NULL;
    }
    g_ptr_array_add(argv, NULL);
    ioc = qio_channel_command_new_spawn((const char *const *)argv->pdata,
                                        O_RDWR, errp);
    return ioc ? QIO_CHANNEL(ioc) : NULL;
}

QIOChannel *migration_channel_open_now(MigrationAddress *addr, bool outgoing,
                                       Error **errp)
{
    switch (addr->transport) {
    case MIGRATION_ADDRESS_TYPE_FILE:
        return open_file(&addr->u.file, outgoing, errp);
    case MIGRATION_ADDRESS_TYPE_EXEC:
        return spawn(addr->u.exec.args, outgoing, errp);
    default:
        return addr->u.socket.type == SOCKET_ADDRESS_TYPE_FD
                   ? open_fd(addr->u.socket.u.fd.str, errp)
                   : NULL;
    }
}

bool migration_address_is_listened_on(const MigrationAddress *addr)
{
    return addr->transport == MIGRATION_ADDRESS_TYPE_SOCKET &&
           addr->u.socket.type != SOCKET_ADDRESS_TYPE_FD;
}

/* Whether a stream there can have more than one channel. */
static bool takes_several(const MigrationAddress *addr)
{
    return migration_address_is_listened_on(addr) ||
           (addr->transport == MIGRATION_ADDRESS_TYPE_FILE &&
            migrate_capability(MIGRATION_CAPABILITY_MAPPED_RAM));
}

/* Whether a stream there can have positions, as far as that is known now. */
static bool is_seekable(const MigrationAddress *addr)
{
    return addr->transport == MIGRATION_ADDRESS_TYPE_FILE ||
           (addr->transport == MIGRATION_ADDRESS_TYPE_SOCKET &&
            addr->u.socket.type == SOCKET_ADDRESS_TYPE_FD);
}

bool migration_channel_check_address(const MigrationAddress *addr, Error **errp)
{
    if ((migrate_capability(MIGRATION_CAPABILITY_MULTIFD) ||
         migrate_capability(MIGRATION_CAPABILITY_POSTCOPY_PREEMPT)) &&
        !takes_several(addr)) {
        error_setg(errp, "Migration requires multi-channel URIs (e.g. tcp)");
        return false;
    }
    if (migrate_mode() == MIG_MODE_CPR_TRANSFER &&
        addr->transport == MIGRATION_ADDRESS_TYPE_FILE) {
        error_setg(errp, "Migration requires streamable transport (eg unix)");
        return false;
    }
    if (migrate_capability(MIGRATION_CAPABILITY_MAPPED_RAM) &&
        !is_seekable(addr)) {
        error_setg(errp, "Migration requires seekable transport (e.g. file)");
        return false;
    }
    if (migration_tls_is_on() &&
        addr->transport == MIGRATION_ADDRESS_TYPE_FILE) {
        error_setg(errp, "Cannot use TLS with files");
        return false;
    }
    return true;
}

bool migration_channel_check(const MigrationAddress *addr, bool outgoing,
                             Error **errp)
{
    return migration_channel_check_address(addr, errp) &&
           migration_tls_check(!outgoing, errp);
}

/* ---- leaving ------------------------------------------------------------- */

/* Where the running migration goes: for its other channels. */
static MigrationAddress *destination;
static QemuMutex destination_lock; /* that, and channels on their way */

static void __attribute__((constructor)) init_destination(void)
{
    qemu_mutex_init(&destination_lock);
}

static void set_destination(const MigrationAddress *addr)
{
    QEMU_LOCK_GUARD(&destination_lock);
    qapi_free_MigrationAddress(destination);
    destination = addr ? QAPI_CLONE(MigrationAddress, addr) : NULL;
}

void migration_channel_outgoing_forget(void)
{
    set_destination(NULL);
}

/*
 * A channel on its way. Who gives it up is told so at once, in the main loop;
 * what then still comes is closed.
 */
typedef struct Opening {
    MigrationChannelFunc *done; /* NULL: has been called */
    void *opaque;
    char *hostname;     /* of a tcp address */
    Error *err;         /* it never was */
    QIOChannel *shakes; /* the one below TLS, in its handshake; the lock */
    bool given_up;      /* the lock */
    QLIST_ENTRY(Opening) next; /* the lock */
} Opening;

static QLIST_HEAD(, Opening) openings; /* destination_lock */

static Opening *opening_new(MigrationChannelFunc *done, void *opaque)
{
    Opening *o = g_new0(Opening, 1);

    o->done = done;
    o->opaque = opaque;
    return o;
}

static void opening_begin(Opening *o)
{
    QEMU_LOCK_GUARD(&destination_lock);
    QLIST_INSERT_HEAD(&openings, o, next);
}

/* It has come, or never will. In the main loop. */
static void opening_end(Opening *o, QIOChannel *ioc, Error *err)
{
    WITH_QEMU_LOCK_GUARD(&destination_lock) {
        QLIST_REMOVE(o, next);
    }
    if (o->done) {
        o->done(ioc, err, o->opaque);
    }
    if (o->shakes) {
        object_unref(OBJECT(o->shakes));
    }
    error_free(o->err);
    g_free(o->hostname);
    g_free(o);
}

static Opening *find_given_up(void)
{
    Opening *o;

    QEMU_LOCK_GUARD(&destination_lock);
    QLIST_FOREACH(o, &openings, next) {
        if (o->given_up && o->done) {
            return o;
        }
    }
    return NULL;
}

static void give_up_bh(void *opaque)
{
    Error *err = NULL;
    Opening *o;

    error_setg(&err, "it was given up before the channel was open");
    while ((o = find_given_up())) {
        MigrationChannelFunc *done = g_steal_pointer(&o->done);

        done(NULL, err, o->opaque);
    }
    error_free(err);
}

void migration_channel_outgoing_give_up(void)
{
    Opening *o;

    QEMU_LOCK_GUARD(&destination_lock);
    QLIST_FOREACH(o, &openings, next) {
        o->given_up = true;
        if (o->shakes) {
            qio_channel_shutdown(o->shakes, QIO_CHANNEL_SHUTDOWN_BOTH, NULL);
        }
    }
    if (!QLIST_EMPTY(&openings)) {
        aio_bh_schedule_oneshot(qemu_get_aio_context(), give_up_bh, NULL);
    }
}

static void shaken(QIOChannel *ioc, Error *err, void *opaque)
{
    opening_end(opaque, ioc, err);
}

/* The channel is there; if it is to have TLS, that comes first. */
static void hand_over(Opening *o, QIOChannel *ioc)
{
    bool given_up;

    WITH_QEMU_LOCK_GUARD(&destination_lock) {
        given_up = o->given_up;
        if (!given_up && migration_tls_is_on()) {
            o->shakes = QIO_CHANNEL(object_ref(ioc));
        }
    }
    if (given_up) {
        Error *err = NULL;

        error_setg(&err, "it was given up before the channel was open");
        opening_end(o, NULL, err);
        error_free(err);
    } else if (o->shakes) {
        migration_tls_begin(ioc, o->hostname, false, shaken, o);
    } else {
        opening_end(o, ioc, NULL);
    }
}

/* Much in the kernel's buffer: the two sides need not wake each other often. */
static void enlarge_buffer(QIOChannel *ioc)
{
    int size = 2 * MiB;

    /* What the host does not allow is cut to what it does. */
    setsockopt(QIO_CHANNEL_SOCKET(ioc)->fd, SOL_SOCKET, SO_SNDBUF, &size,
               sizeof(size));
}

static void connected(QIOTask *task, gpointer opaque)
{
    Opening *o = opaque;
    QIOChannel *ioc = QIO_CHANNEL(qio_task_get_source(task));
    Error *err = NULL;

    if (qio_task_propagate_error(task, &err)) {
        opening_end(o, NULL, err);
        error_free(err);
    } else {
        enlarge_buffer(ioc);
        hand_over(o, ioc);
    }
    object_unref(OBJECT(ioc));
}

static void connect_socket(SocketAddress *addr, Opening *o)
{
    QIOChannelSocket *sioc = qio_channel_socket_new();

    if (addr->type == SOCKET_ADDRESS_TYPE_INET) {
        o->hostname = g_strdup(addr->u.inet.host);
    }
    qio_channel_set_name(QIO_CHANNEL(sioc), "migration-socket-outgoing");
    qio_channel_socket_connect_async(sioc, addr, connected, o, NULL, NULL);
}

bool migration_channel_outgoing(MigrationAddress *addr,
                                MigrationChannelFunc *done, void *opaque,
                                Error **errp)
{
    ERRP_GUARD();
    QIOChannel *ioc = migration_channel_open_now(addr, true, errp);
    Opening *o;

    if (*errp) {
        return false;
    }
    set_destination(addr);
    o = opening_new(done, opaque);
    opening_begin(o);
    if (ioc) {
        qio_channel_set_name(ioc, "migration-outgoing");
        hand_over(o, ioc);
        object_unref(OBJECT(ioc));
        return true;
    }
    connect_socket(&addr->u.socket, o);
    return true;
}

static void refused_bh(void *opaque)
{
    Opening *o = opaque;

    opening_end(o, NULL, o->err);
}

void migration_channel_outgoing_more(MigrationChannelFunc *done, void *opaque)
{
    Opening *o = opening_new(done, opaque);

    opening_begin(o);
    WITH_QEMU_LOCK_GUARD(&destination_lock) {
        if (!destination) {
            error_setg(&o->err, "no migration runs that could have one more "
                                "channel");
        } else if (!migration_address_is_listened_on(destination)) {
            error_setg(&o->err, "only sockets with an address can have one "
                                "more channel");
        } else {
            connect_socket(&destination->u.socket, o);
            return;
        }
    }
    aio_bh_schedule_oneshot(qemu_get_aio_context(), refused_bh, o);
}

size_t migration_channel_unread(QIOChannel *ioc)
{
    Object *sioc = object_dynamic_cast(OBJECT(ioc), TYPE_QIO_CHANNEL_SOCKET);
    int bytes;

    if (!sioc || ioctl(QIO_CHANNEL_SOCKET(sioc)->fd, SIOCOUTQ, &bytes) < 0) {
        return 0;
    }
    return bytes;
}

void migration_channel_end(QIOChannel *ioc)
{
    migration_tls_end(ioc);
}
