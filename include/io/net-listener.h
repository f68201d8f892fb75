/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QIONetListener: one service on any number of listening sockets.
 *
 * A name such as "localhost" may mean an IPv4 and an IPv6 socket. Give it
 * addresses or sockets, then a function that is called with every client.
 * The function holds no reference: it takes one (object_ref()) to keep the
 * client, which is closed otherwise.
 */
#ifndef QIO_NET_LISTENER_H
#define QIO_NET_LISTENER_H

#include "io/channel-socket.h"
#include "qemu/thread.h"
#include "qom/object.h"

#define TYPE_QIO_NET_LISTENER "qio-net-listener"
OBJECT_DECLARE_SIMPLE_TYPE(QIONetListener, QIO_NET_LISTENER)

typedef void (*QIONetListenerClientFunc)(QIONetListener *listener,
                                         QIOChannelSocket *sioc,
                                         gpointer data);

struct QIONetListener {
    Object parent;

    char *name;
    QIOChannelSocket **sioc;
    GSource **io_source; /* one for each socket; NULL without a function */
    size_t nsioc;
    GMainContext *context;

    bool connected;

    QemuMutex lock; /* protects what follows */
    QIONetListenerClientFunc io_func;
    gpointer io_data;
    GDestroyNotify io_notify;
};

/* A listener without sockets. */
QIONetListener *qio_net_listener_new(void);

/* Names it and its sockets, for debugging. */
void qio_net_listener_set_name(QIONetListener *listener, const char *name);

/*
 * Listens on every address that @addr stands for, besides those it has, with
 * a backlog of @num. 0 if at least one works, otherwise -1 with @errp set.
 */
int qio_net_listener_open_sync(QIONetListener *listener, SocketAddress *addr,
                               int num, Error **errp);

/* Adds a socket that listens already; takes a reference. */
void qio_net_listener_add(QIONetListener *listener, QIOChannelSocket *sioc);

/*
 * Calls @func(listener, client, @data) in @context (NULL: the default one)
 * for each client from now on; @notify frees @data when it is replaced. NULL
 * for @func leaves clients in the backlog.
 */
void qio_net_listener_set_client_func_full(QIONetListener *listener,
                                           QIONetListenerClientFunc func,
                                           gpointer data,
                                           GDestroyNotify notify,
                                           GMainContext *context);
void qio_net_listener_set_client_func(QIONetListener *listener,
                                      QIONetListenerClientFunc func,
                                      gpointer data, GDestroyNotify notify);

/*
 * Waits for a client, which does not go to the client function, and returns
 * it; the caller owns the reference.
 */
QIOChannelSocket *qio_net_listener_wait_client(QIONetListener *listener);

/* Stops and closes all sockets. They stay listed until the end. */
void qio_net_listener_disconnect(QIONetListener *listener);

/* Has it sockets, and has not been disconnected? */
bool qio_net_listener_is_connected(QIONetListener *listener);

#endif
