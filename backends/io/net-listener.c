/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One service on several listening sockets. */
#include "qemu/osdep.h"
#include <poll.h>
#include "io/dns-resolver.h"
#include "io/net-listener.h"
#include "qapi/error.h"
#include "qemu/lockable.h"
#include "qemu/module.h"

QIONetListener *qio_net_listener_new(void)
{
    return QIO_NET_LISTENER(object_new(TYPE_QIO_NET_LISTENER));
}

void qio_net_listener_set_name(QIONetListener *listener, const char *name)
{
    g_free(listener->name);
    listener->name = g_strdup(name);
    for (size_t i = 0; i < listener->nsioc; i++) {
        qio_channel_set_name(QIO_CHANNEL(listener->sioc[i]), name);
    }
}

static gboolean listener_client(QIOChannel *ioc, GIOCondition condition,
                                gpointer opaque)
{
    QIONetListener *listener = QIO_NET_LISTENER(opaque);
    QIOChannelSocket *sioc =
        qio_channel_socket_accept(QIO_CHANNEL_SOCKET(ioc), NULL);
    QIONetListenerClientFunc func;
    gpointer data;

    if (!sioc) {
        /* It went away again while it waited. */
        return G_SOURCE_CONTINUE;
    }
    WITH_QEMU_LOCK_GUARD(&listener->lock) {
        func = listener->io_func;
        data = listener->io_data;
    }
    if (func) {
        func(listener, sioc, data);
    }
    object_unref(OBJECT(sioc));
    return G_SOURCE_CONTINUE;
}

/* A watch keeps the listener alive as long as it is attached. */
static void listener_watch(QIONetListener *listener, size_t i)
{
    object_ref(OBJECT(listener));
    listener->io_source[i] = qio_channel_add_watch_source(
        QIO_CHANNEL(listener->sioc[i]), G_IO_IN, listener_client, listener,
        (GDestroyNotify)object_unref, listener->context);
}

static void listener_unwatch(QIONetListener *listener, size_t i)
{
    if (listener->io_source[i]) {
        g_source_destroy(listener->io_source[i]);
        g_source_unref(listener->io_source[i]);
        listener->io_source[i] = NULL;
    }
}

void qio_net_listener_add(QIONetListener *listener, QIOChannelSocket *sioc)
{
    size_t i = listener->nsioc++;

    if (listener->name) {
        qio_channel_set_name(QIO_CHANNEL(sioc), listener->name);
    }
    listener->sioc =
        g_renew(QIOChannelSocket *, listener->sioc, listener->nsioc);
    listener->io_source =
        g_renew(GSource *, listener->io_source, listener->nsioc);
    listener->sioc[i] = QIO_CHANNEL_SOCKET(object_ref(OBJECT(sioc)));
    listener->io_source[i] = NULL;
    listener->connected = true;
    if (listener->io_func) {
        listener_watch(listener, i);
    }
}

int qio_net_listener_open_sync(QIONetListener *listener, SocketAddress *addr,
                               int num, Error **errp)
{
    QIODNSResolver *resolver = qio_dns_resolver_get_instance();
    SocketAddress **resaddrs;
    size_t nresaddrs;
    bool success = false;
    Error *err = NULL;

    if (qio_dns_resolver_lookup_sync(resolver, addr, &nresaddrs, &resaddrs,
                                     errp) < 0) {
        return -1;
    }
    for (size_t i = 0; i < nresaddrs; i++) {
        QIOChannelSocket *sioc = qio_channel_socket_new();

        /* The first failure is told, if nothing works. */
        if (qio_channel_socket_listen_sync(sioc, resaddrs[i], num,
                                           err ? NULL : &err) == 0) {
            success = true;
            qio_net_listener_add(listener, sioc);
        }
        object_unref(OBJECT(sioc));
        qapi_free_SocketAddress(resaddrs[i]);
    }
    g_free(resaddrs);

    if (!success) {
        error_propagate(errp, err);
        return -1;
    }
    error_free(err);
    return 0;
}

void qio_net_listener_set_client_func_full(QIONetListener *listener,
                                           QIONetListenerClientFunc func,
                                           gpointer data, GDestroyNotify notify,
                                           GMainContext *context)
{
    GDestroyNotify old_notify;
    gpointer old_data;

    for (size_t i = 0; i < listener->nsioc; i++) {
        listener_unwatch(listener, i);
    }
    WITH_QEMU_LOCK_GUARD(&listener->lock) {
        old_notify = listener->io_notify;
        old_data = listener->io_data;
        listener->io_func = func;
        listener->io_data = data;
        listener->io_notify = notify;
    }
    if (old_notify) {
        old_notify(old_data);
    }
    listener->context = context;
    if (func) {
        for (size_t i = 0; i < listener->nsioc; i++) {
            listener_watch(listener, i);
        }
    }
}

void qio_net_listener_set_client_func(QIONetListener *listener,
                                      QIONetListenerClientFunc func,
                                      gpointer data, GDestroyNotify notify)
{
    qio_net_listener_set_client_func_full(listener, func, data, notify, NULL);
}

QIOChannelSocket *qio_net_listener_wait_client(QIONetListener *listener)
{
    g_autofree struct pollfd *pfds = g_new0(struct pollfd, listener->nsioc);
    QIOChannelSocket *client = NULL;

    for (size_t i = 0; i < listener->nsioc; i++) {
        listener_unwatch(listener, i);
        pfds[i].fd = listener->sioc[i]->fd;
        pfds[i].events = POLLIN;
    }
    while (!client &&
           (poll(pfds, listener->nsioc, -1) >= 0 || errno == EINTR)) {
        for (size_t i = 0; i < listener->nsioc && !client; i++) {
            if (pfds[i].revents) {
                client = qio_channel_socket_accept(listener->sioc[i], NULL);
            }
            pfds[i].revents = 0;
        }
    }
    if (listener->io_func) {
        for (size_t i = 0; i < listener->nsioc; i++) {
            listener_watch(listener, i);
        }
    }
    return client;
}

void qio_net_listener_disconnect(QIONetListener *listener)
{
    if (!listener->connected) {
        return;
    }
    /* The watches may hold the last references. */
    object_ref(OBJECT(listener));
    for (size_t i = 0; i < listener->nsioc; i++) {
        listener_unwatch(listener, i);
        qio_channel_close(QIO_CHANNEL(listener->sioc[i]), NULL);
    }
    listener->connected = false;
    object_unref(OBJECT(listener));
}

bool qio_net_listener_is_connected(QIONetListener *listener)
{
    return listener->connected;
}

static void qio_net_listener_init(Object *obj)
{
    qemu_mutex_init(&QIO_NET_LISTENER(obj)->lock);
}

static void qio_net_listener_finalize(Object *obj)
{
    QIONetListener *listener = QIO_NET_LISTENER(obj);

    if (listener->io_notify) {
        listener->io_notify(listener->io_data);
    }
    for (size_t i = 0; i < listener->nsioc; i++) {
        listener_unwatch(listener, i);
        object_unref(OBJECT(listener->sioc[i]));
    }
    g_free(listener->io_source);
    g_free(listener->sioc);
    g_free(listener->name);
    qemu_mutex_destroy(&listener->lock);
}

static const TypeInfo qio_net_listener_info = {
    .name = TYPE_QIO_NET_LISTENER,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(QIONetListener),
    .instance_init = qio_net_listener_init,
    .instance_finalize = qio_net_listener_finalize,
};

static void qio_net_listener_register_types(void)
{
    type_register_static(&qio_net_listener_info);
}

type_init(qio_net_listener_register_types);
