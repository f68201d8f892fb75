/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of streams, and the channels to them. */
#include "qemu/osdep.h"
#include "channel.h"
#include "io/channel-command.h"
#include "io/channel-file.h"
#include "io/channel-socket.h"
#include "io/channel-util.h"
#include "io/net-listener.h"
#include "monitor/monitor.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-migration.h"
#include "qapi/qapi-visit-sockets.h"
#include "qemu/cutils.h"
#include "qemu/sockets.h"

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

/* Of a list that is not empty. */
static MigrationAddress *main_channel(MigrationChannelList *channels,
                                      Error **errp)
{
    MigrationAddress *found = NULL;

    for (; channels; channels = channels->next) {
        MigrationChannel *channel = channels->value;

        if (channel->channel_type != MIGRATION_CHANNEL_TYPE_MAIN) {
            error_setg(errp, "Channel type '%s' is not supported",
                       MigrationChannelType_str(channel->channel_type));
            return NULL;
        }
        if (found) {
            error_setg(errp, "Channel list has more than one %s entry",
                       MigrationChannelType_str(channel->channel_type));
            return NULL;
        }
        found = channel->addr;
    }
    if (found->transport == MIGRATION_ADDRESS_TYPE_RDMA) {
        error_setg(errp, "RDMA is not supported");
        return NULL;
    }
    return QAPI_CLONE(MigrationAddress, found);
}

MigrationAddress *
migration_address(const char *uri, MigrationChannelList *channels, Error **errp)
{
    if (!uri == !channels) {
        error_setg(errp, "need either 'uri' or 'channels' argument");
        return NULL;
    }
    return uri ? parse_uri(uri, errp) : main_channel(channels, errp);
}

/* ---- what is open at once ------------------------------------------------ */

static QIOChannel *open_fd(const char *name, Error **errp)
{
    int fd = monitor_fd_param(monitor_cur(), name, errp);
    QIOChannel *ioc;

    if (fd < 0) {
        return NULL;
    }
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

/* NULL without an error for sockets, which take their time. */
static QIOChannel *open_now(MigrationAddress *addr, bool outgoing, Error **errp)
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

/* ---- leaving ------------------------------------------------------------- */

static void connected(QIOTask *task, gpointer opaque)
{
    MigrationChannelFunc *done = opaque;
    QIOChannel *ioc = QIO_CHANNEL(qio_task_get_source(task));
    Error *err = NULL;

    if (qio_task_propagate_error(task, &err)) {
        done(NULL, err);
        error_free(err);
    } else {
        done(ioc, NULL);
    }
    object_unref(OBJECT(ioc));
}

bool migration_channel_outgoing(MigrationAddress *addr,
                                MigrationChannelFunc *done, Error **errp)
{
    ERRP_GUARD();
    QIOChannel *ioc = open_now(addr, true, errp);
    QIOChannelSocket *sioc;

    if (*errp) {
        return false;
    }
    if (ioc) {
        qio_channel_set_name(ioc, "migration-outgoing");
        done(ioc, NULL);
        object_unref(OBJECT(ioc));
        return true;
    }
    sioc = qio_channel_socket_new();
    qio_channel_set_name(QIO_CHANNEL(sioc), "migration-socket-outgoing");
    qio_channel_socket_connect_async(sioc, &addr->u.socket, connected, done,
                                     NULL, NULL);
    return true;
}

/* ---- coming in ----------------------------------------------------------- */

static QIONetListener *listener;

void migration_channel_incoming_cancel(void)
{
    if (listener) {
        qio_net_listener_disconnect(listener);
        object_unref(OBJECT(g_steal_pointer(&listener)));
    }
}

static void accepted(QIONetListener *l, QIOChannelSocket *sioc, gpointer opaque)
{
    MigrationChannelFunc *done = opaque;

    if (!listener) {
        return; /* one is enough */
    }
    migration_channel_incoming_cancel();
    qio_channel_set_name(QIO_CHANNEL(sioc), "migration-socket-incoming");
    done(QIO_CHANNEL(sioc), NULL);
}

static bool listen_on(SocketAddress *addr, MigrationChannelFunc *done,
                      SocketAddressList **listening, Error **errp)
{
    SocketAddressList **tail = listening;

    listener = qio_net_listener_new();
    qio_net_listener_set_name(listener, "migration-socket-listener");
    if (qio_net_listener_open_sync(listener, addr, 1, errp) < 0) {
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
    qio_net_listener_set_client_func(listener, accepted, done, NULL);
    return true;
}

/* There is something to read, or never will be. */
static gboolean readable(QIOChannel *ioc, GIOCondition condition,
                         gpointer opaque)
{
    MigrationChannelFunc *done = opaque;

    done(ioc, NULL);
    return G_SOURCE_REMOVE;
}

bool migration_channel_incoming(MigrationAddress *addr,
                                MigrationChannelFunc *done,
                                SocketAddressList **listening, Error **errp)
{
    ERRP_GUARD();
    QIOChannel *ioc = open_now(addr, false, errp);

    if (*errp) {
        return false;
    }
    if (!ioc) {
        return listen_on(&addr->u.socket, done, listening, errp);
    }
    qio_channel_set_name(ioc, "migration-incoming");
    /* The watch keeps it; the caller has its answer first. */
    qio_channel_add_watch(ioc, G_IO_IN | G_IO_HUP | G_IO_ERR, readable, done,
                          NULL);
    object_unref(OBJECT(ioc));
    return true;
}
