/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Channels on sockets: opening them, and moving data and descriptors. */
#include "qemu/osdep.h"
#include <glib-unix.h>
#include "io/channel-socket.h"
#include "io/channel-util.h"
#include "io/channel-watch.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-sockets.h"
#include "qemu/error-report.h"
#include "qemu/module.h"

/* The most descriptors that one message carries. */
#define SOCKET_MAX_FDS 16

QIOChannelSocket *qio_channel_socket_new(void)
{
    return QIO_CHANNEL_SOCKET(object_new(TYPE_QIO_CHANNEL_SOCKET));
}

/* Learns both addresses of sioc->fd and what they allow. */
static bool socket_query(QIOChannelSocket *sioc, Error **errp)
{
    QIOChannel *ioc = QIO_CHANNEL(sioc);
    int listening = 0;
    socklen_t len = sizeof(listening);

    sioc->remoteAddrLen = sizeof(sioc->remoteAddr);
    if (getpeername(sioc->fd, (struct sockaddr *)&sioc->remoteAddr,
                    &sioc->remoteAddrLen) < 0) {
        if (errno != ENOTCONN) {
            error_setg_errno(errp, errno,
                             "Unable to query remote socket address");
            return false;
        }
        memset(&sioc->remoteAddr, 0, sizeof(sioc->remoteAddr));
        sioc->remoteAddrLen = sizeof(sioc->remoteAddr);
    }
    sioc->localAddrLen = sizeof(sioc->localAddr);
    if (getsockname(sioc->fd, (struct sockaddr *)&sioc->localAddr,
                    &sioc->localAddrLen) < 0) {
        error_setg_errno(errp, errno, "Unable to query local socket address");
        return false;
    }

    if (sioc->localAddr.ss_family == AF_UNIX) {
        qio_channel_set_feature(ioc, QIO_CHANNEL_FEATURE_FD_PASS);
    }
    if (getsockopt(sioc->fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) ==
            0 &&
        listening) {
        qio_channel_set_feature(ioc, QIO_CHANNEL_FEATURE_LISTEN);
    } else {
        qio_channel_set_feature(ioc, QIO_CHANNEL_FEATURE_READ_MSG_PEEK);
    }
    return true;
}

static int socket_set_fd(QIOChannelSocket *sioc, int fd, Error **errp)
{
    if (sioc->fd != -1) {
        error_setg(errp, "Socket is already open");
        return -1;
    }
    sioc->fd = fd;
    if (!socket_query(sioc, errp)) {
        sioc->fd = -1;
        return -1;
    }
    return 0;
}

QIOChannelSocket *qio_channel_socket_new_fd(int fd, Error **errp)
{
    QIOChannelSocket *sioc = qio_channel_socket_new();

    if (socket_set_fd(sioc, fd, errp) < 0) {
        object_unref(OBJECT(sioc));
        return NULL;
    }
    return sioc;
}

/* The last step of every _sync function: @fd may be -1, with @errp set. */
static int socket_adopt(QIOChannelSocket *sioc, int fd, Error **errp)
{
    if (fd < 0) {
        return -1;
    }
    if (socket_set_fd(sioc, fd, errp) < 0) {
        close(fd);
        return -1;
    }
    return 0;
}

int qio_channel_socket_connect_sync(QIOChannelSocket *ioc, SocketAddress *addr,
                                    Error **errp)
{
    return socket_adopt(ioc, socket_connect(addr, errp), errp);
}

int qio_channel_socket_listen_sync(QIOChannelSocket *ioc, SocketAddress *addr,
                                   int num, Error **errp)
{
    return socket_adopt(ioc, socket_listen(addr, num, errp), errp);
}

int qio_channel_socket_dgram_sync(QIOChannelSocket *ioc,
                                  SocketAddress *localAddr,
                                  SocketAddress *remoteAddr, Error **errp)
{
    return socket_adopt(ioc, socket_dgram(remoteAddr, localAddr, errp), errp);
}

/* What a thread needs to open a socket: its own copies. */
typedef struct OpenArgs {
    enum { OPEN_CONNECT, OPEN_LISTEN, OPEN_DGRAM } how;
    SocketAddress *addr;
    SocketAddress *local;
    int num;
} OpenArgs;

static void open_args_free(gpointer opaque)
{
    OpenArgs *args = opaque;

    qapi_free_SocketAddress(args->addr);
    qapi_free_SocketAddress(args->local);
    g_free(args);
}

static void socket_open_worker(QIOTask *task, gpointer opaque)
{
    QIOChannelSocket *ioc = QIO_CHANNEL_SOCKET(qio_task_get_source(task));
    OpenArgs *args = opaque;
    Error *err = NULL;

    switch (args->how) {
    case OPEN_CONNECT:
        qio_channel_socket_connect_sync(ioc, args->addr, &err);
        break;
    case OPEN_LISTEN:
        qio_channel_socket_listen_sync(ioc, args->addr, args->num, &err);
        break;
    case OPEN_DGRAM:
        qio_channel_socket_dgram_sync(ioc, args->local, args->addr, &err);
        break;
    }
    qio_task_set_error(task, err);
}

static void socket_open_async(QIOChannelSocket *ioc, OpenArgs args,
                              QIOTaskFunc callback, gpointer opaque,
                              GDestroyNotify destroy, GMainContext *context)
{
    QIOTask *task = qio_task_new(OBJECT(ioc), callback, opaque, destroy);

    args.addr = QAPI_CLONE(SocketAddress, args.addr);
    if (args.local) {
        args.local = QAPI_CLONE(SocketAddress, args.local);
    }
    qio_task_run_in_thread(task, socket_open_worker,
                           g_memdup2(&args, sizeof(args)), open_args_free,
                           context);
}

void qio_channel_socket_connect_async(QIOChannelSocket *ioc,
                                      SocketAddress *addr, QIOTaskFunc callback,
                                      gpointer opaque, GDestroyNotify destroy,
                                      GMainContext *context)
{
    socket_open_async(ioc, (OpenArgs){ .how = OPEN_CONNECT, .addr = addr },
                      callback, opaque, destroy, context);
}

void qio_channel_socket_listen_async(QIOChannelSocket *ioc, SocketAddress *addr,
                                     int num, QIOTaskFunc callback,
                                     gpointer opaque, GDestroyNotify destroy,
                                     GMainContext *context)
{
    socket_open_async(
        ioc, (OpenArgs){ .how = OPEN_LISTEN, .addr = addr, .num = num },
        callback, opaque, destroy, context);
}

void qio_channel_socket_dgram_async(QIOChannelSocket *ioc,
                                    SocketAddress *localAddr,
                                    SocketAddress *remoteAddr,
                                    QIOTaskFunc callback, gpointer opaque,
                                    GDestroyNotify destroy,
                                    GMainContext *context)
{
    socket_open_async(
        ioc,
        (OpenArgs){ .how = OPEN_DGRAM, .addr = remoteAddr, .local = localAddr },
        callback, opaque, destroy, context);
}

SocketAddress *qio_channel_socket_get_local_address(QIOChannelSocket *ioc,
                                                    Error **errp)
{
    return socket_sockaddr_to_address(&ioc->localAddr, ioc->localAddrLen, errp);
}

SocketAddress *qio_channel_socket_get_remote_address(QIOChannelSocket *ioc,
                                                     Error **errp)
{
    return socket_sockaddr_to_address(&ioc->remoteAddr, ioc->remoteAddrLen,
                                      errp);
}

QIOChannelSocket *qio_channel_socket_accept(QIOChannelSocket *ioc, Error **errp)
{
    int fd = RETRY_ON_EINTR(qemu_accept(ioc->fd, NULL, NULL));
    QIOChannelSocket *cioc;

    if (fd < 0) {
        error_setg_errno(errp, errno, "Unable to accept connection");
        return NULL;
    }
    cioc = qio_channel_socket_new_fd(fd, errp);
    if (!cioc) {
        close(fd);
    }
    return cioc;
}

/* The descriptors in a received message, as an array; blocking ones. */
static void socket_collect_fds(struct msghdr *msg, int **fds, size_t *nfds)
{
    struct cmsghdr *cmsg;

    *fds = NULL;
    *nfds = 0;
    for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
        size_t count;

        if (cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_RIGHTS ||
            cmsg->cmsg_len < CMSG_LEN(sizeof(int))) {
            continue;
        }
        count = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        *fds = g_renew(int, *fds, *nfds + count);
        memcpy(*fds + *nfds, CMSG_DATA(cmsg), count * sizeof(int));
        for (size_t i = *nfds; i < *nfds + count; i++) {
            /* The sender's flag is shared; users expect to wait in reads. */
            g_unix_set_fd_nonblocking((*fds)[i], FALSE, NULL);
        }
        *nfds += count;
    }
}

static ssize_t socket_readv(QIOChannel *ioc, const struct iovec *iov,
                            size_t niov, int **fds, size_t *nfds, int flags,
                            Error **errp)
{
    QIOChannelSocket *sioc = QIO_CHANNEL_SOCKET(ioc);
    union {
        struct cmsghdr align;
        char buf[CMSG_SPACE(sizeof(int) * SOCKET_MAX_FDS)];
    } control;
    struct msghdr msg = { .msg_iov = (struct iovec *)iov,
                          .msg_iovlen = MIN(niov, (size_t)IOV_MAX) };
    int msg_flags = MSG_CMSG_CLOEXEC;
    ssize_t ret;

    if (fds && nfds) {
        msg.msg_control = control.buf;
        msg.msg_controllen = sizeof(control.buf);
    }
    if (flags & QIO_CHANNEL_READ_FLAG_MSG_PEEK) {
        msg_flags |= MSG_PEEK;
    }
    ret = RETRY_ON_EINTR(recvmsg(sioc->fd, &msg, msg_flags));
    if (ret < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return QIO_CHANNEL_ERR_BLOCK;
        }
        error_setg_errno(errp, errno, "Unable to read from socket");
        return -1;
    }
    if (fds && nfds) {
        socket_collect_fds(&msg, fds, nfds);
    }
    return ret;
}

static ssize_t socket_writev(QIOChannel *ioc, const struct iovec *iov,
                             size_t niov, int *fds, size_t nfds, int flags,
                             Error **errp)
{
    QIOChannelSocket *sioc = QIO_CHANNEL_SOCKET(ioc);
    union {
        struct cmsghdr align;
        char buf[CMSG_SPACE(sizeof(int) * SOCKET_MAX_FDS)];
    } control = {};
    struct msghdr msg = { .msg_iov = (struct iovec *)iov,
                          .msg_iovlen = MIN(niov, (size_t)IOV_MAX) };
    ssize_t ret;

    if (nfds) {
        struct cmsghdr *cmsg;

        if (nfds > SOCKET_MAX_FDS) {
            error_setg_errno(errp, EINVAL, "Only %d FDs can be sent, got %zu",
                             SOCKET_MAX_FDS, nfds);
            return -1;
        }
        msg.msg_control = control.buf;
        msg.msg_controllen = CMSG_SPACE(sizeof(int) * nfds);
        cmsg = CMSG_FIRSTHDR(&msg);
        cmsg->cmsg_level = SOL_SOCKET;
        cmsg->cmsg_type = SCM_RIGHTS;
        cmsg->cmsg_len = CMSG_LEN(sizeof(int) * nfds);
        memcpy(CMSG_DATA(cmsg), fds, sizeof(int) * nfds);
    }
    /* A peer that has gone is an error of this write, not a signal. */
    ret = RETRY_ON_EINTR(sendmsg(sioc->fd, &msg, MSG_NOSIGNAL));
    if (ret < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return QIO_CHANNEL_ERR_BLOCK;
        }
        error_setg_errno(errp, errno, "Unable to write to socket");
        return -1;
    }
    return ret;
}

static int socket_set_blocking(QIOChannel *ioc, bool enabled, Error **errp)
{
    if (!g_unix_set_fd_nonblocking(QIO_CHANNEL_SOCKET(ioc)->fd, !enabled,
                                   NULL)) {
        error_setg_errno(errp, errno, "Failed to set FD nonblocking");
        return -1;
    }
    return 0;
}

static void socket_set_delay(QIOChannel *ioc, bool enabled)
{
    int v = !enabled;

    setsockopt(QIO_CHANNEL_SOCKET(ioc)->fd, IPPROTO_TCP, TCP_NODELAY, &v,
               sizeof(v));
}

static void socket_set_corked(QIOChannel *ioc, bool enabled)
{
    socket_set_cork(QIO_CHANNEL_SOCKET(ioc)->fd, enabled);
}

static int socket_peerpid(QIOChannel *ioc, unsigned int *pid, Error **errp)
{
    QIOChannelSocket *sioc = QIO_CHANNEL_SOCKET(ioc);
    struct ucred cred;
    socklen_t len = sizeof(cred);

    if (getsockopt(sioc->fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0) {
        error_setg_errno(errp, errno, "Unable to get peer credentials");
        *pid = -1;
        return -1;
    }
    *pid = cred.pid;
    return 0;
}

static int socket_shutdown(QIOChannel *ioc, QIOChannelShutdown how,
                           Error **errp)
{
    static const int modes[] = {
        [QIO_CHANNEL_SHUTDOWN_READ] = SHUT_RD,
        [QIO_CHANNEL_SHUTDOWN_WRITE] = SHUT_WR,
        [QIO_CHANNEL_SHUTDOWN_BOTH] = SHUT_RDWR,
    };

    if (shutdown(QIO_CHANNEL_SOCKET(ioc)->fd, modes[how]) < 0) {
        error_setg_errno(errp, errno, "Unable to shutdown socket");
        return -1;
    }
    return 0;
}

static int socket_close(QIOChannel *ioc, Error **errp)
{
    QIOChannelSocket *sioc = QIO_CHANNEL_SOCKET(ioc);
    int fd = sioc->fd;
    Error *err = NULL;

    if (fd < 0) {
        return 0;
    }
    if (qio_channel_has_feature(ioc, QIO_CHANNEL_FEATURE_LISTEN)) {
        socket_listen_cleanup(fd, &err);
    }
    sioc->fd = -1;
    if (close(fd) < 0 && !err) {
        error_setg_errno(&err, errno, "Unable to close socket");
    }
    if (err) {
        error_propagate(errp, err);
        return -1;
    }
    return 0;
}

static void socket_set_aio_fd_handler(QIOChannel *ioc, AioContext *read_ctx,
                                      IOHandler *io_read, AioContext *write_ctx,
                                      IOHandler *io_write, void *opaque)
{
    int fd = QIO_CHANNEL_SOCKET(ioc)->fd;

    qio_channel_util_set_aio_fd_handler(fd, read_ctx, io_read, fd, write_ctx,
                                        io_write, opaque);
}

static GSource *socket_create_watch(QIOChannel *ioc, GIOCondition condition)
{
    return qio_channel_create_socket_watch(ioc, QIO_CHANNEL_SOCKET(ioc)->fd,
                                           condition);
}

static void qio_channel_socket_init(Object *obj)
{
    QIO_CHANNEL_SOCKET(obj)->fd = -1;
    qio_channel_set_feature(QIO_CHANNEL(obj), QIO_CHANNEL_FEATURE_SHUTDOWN);
}

static void qio_channel_socket_finalize(Object *obj)
{
    Error *err = NULL;

    if (socket_close(QIO_CHANNEL(obj), &err) < 0) {
        error_report_err(err);
    }
}

static void qio_channel_socket_class_init(ObjectClass *klass, void *data)
{
    QIOChannelClass *ioc_class = QIO_CHANNEL_CLASS(klass);

    ioc_class->io_readv = socket_readv;
    ioc_class->io_writev = socket_writev;
    ioc_class->io_set_blocking = socket_set_blocking;
    ioc_class->io_set_delay = socket_set_delay;
    ioc_class->io_set_cork = socket_set_corked;
    ioc_class->io_peerpid = socket_peerpid;
    ioc_class->io_shutdown = socket_shutdown;
    ioc_class->io_close = socket_close;
    ioc_class->io_create_watch = socket_create_watch;
    ioc_class->io_set_aio_fd_handler = socket_set_aio_fd_handler;
}

static const TypeInfo qio_channel_socket_info = {
    .name = TYPE_QIO_CHANNEL_SOCKET,
    .parent = TYPE_QIO_CHANNEL,
    .instance_size = sizeof(QIOChannelSocket),
    .instance_init = qio_channel_socket_init,
    .instance_finalize = qio_channel_socket_finalize,
    .class_init = qio_channel_socket_class_init,
};

static void qio_channel_socket_register_types(void)
{
    type_register_static(&qio_channel_socket_info);
}

type_init(qio_channel_socket_register_types);
