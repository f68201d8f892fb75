/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QIOChannelSocket: a channel on a socket, and the listening socket itself.
 *
 * Make one, then connect it, let it listen, or open a datagram socket: at
 * once (_sync), or in a thread while the main loop goes on (_async; the
 * callback then runs in @context, see io/task.h). qio_channel_socket_accept()
 * gives the channel of a client. A unix socket passes descriptors. Closing a
 * channel that listens removes the path of its unix socket.
 */
#ifndef QIO_CHANNEL_SOCKET_H
#define QIO_CHANNEL_SOCKET_H

#include "io/channel.h"
#include "io/task.h"
#include "qemu/sockets.h"
#include "qom/object.h"

#define TYPE_QIO_CHANNEL_SOCKET "qio-channel-socket"
OBJECT_DECLARE_SIMPLE_TYPE(QIOChannelSocket, QIO_CHANNEL_SOCKET)

struct QIOChannelSocket {
    QIOChannel parent;
    int fd; /* -1 when closed or not yet open */
    struct sockaddr_storage localAddr;
    socklen_t localAddrLen;
    struct sockaddr_storage remoteAddr;
    socklen_t remoteAddrLen;
    ssize_t zero_copy_queued;
    ssize_t zero_copy_sent;
};

/* A channel that is not open yet. */
QIOChannelSocket *qio_channel_socket_new(void);

/* A channel that owns the socket @fd; NULL with @errp, and @fd untouched. */
QIOChannelSocket *qio_channel_socket_new_fd(int fd, Error **errp);

/* Connects to @addr. 0, or -1 with @errp set. */
int qio_channel_socket_connect_sync(QIOChannelSocket *ioc,
                                    SocketAddress *addr, Error **errp);
/*
 * The same in a thread; @addr is copied. @callback gets a QIOTask whose
 * source is @ioc; @destroy (or NULL) frees @opaque after it.
 */
void qio_channel_socket_connect_async(QIOChannelSocket *ioc,
                                      SocketAddress *addr,
                                      QIOTaskFunc callback, gpointer opaque,
                                      GDestroyNotify destroy,
                                      GMainContext *context);

/* Binds to @addr and listens with a backlog of @num. 0, or -1 with @errp. */
int qio_channel_socket_listen_sync(QIOChannelSocket *ioc, SocketAddress *addr,
                                   int num, Error **errp);
void qio_channel_socket_listen_async(QIOChannelSocket *ioc,
                                     SocketAddress *addr, int num,
                                     QIOTaskFunc callback, gpointer opaque,
                                     GDestroyNotify destroy,
                                     GMainContext *context);

/* A datagram socket from @localAddr (NULL: any) to @remoteAddr. 0 or -1. */
int qio_channel_socket_dgram_sync(QIOChannelSocket *ioc,
                                  SocketAddress *localAddr,
                                  SocketAddress *remoteAddr, Error **errp);
void qio_channel_socket_dgram_async(QIOChannelSocket *ioc,
                                    SocketAddress *localAddr,
                                    SocketAddress *remoteAddr,
                                    QIOTaskFunc callback, gpointer opaque,
                                    GDestroyNotify destroy,
                                    GMainContext *context);

/* The address of this end, or of the other; the caller frees it. */
SocketAddress *
qio_channel_socket_get_local_address(QIOChannelSocket *ioc, Error **errp);
SocketAddress *
qio_channel_socket_get_remote_address(QIOChannelSocket *ioc, Error **errp);

/*
 * The next client of a listening channel, waiting for one when the channel
 * blocks. NULL with @errp set on failure.
 */
QIOChannelSocket *qio_channel_socket_accept(QIOChannelSocket *ioc,
                                            Error **errp);

#endif
