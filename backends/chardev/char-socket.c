/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * socket: a stream socket, client or server, one connection at a time.
 *
 *   DISCONNECTED --accept, connect, add_client--> CONNECTING
 *   CONNECTING --connected, greeted--> CONNECTED (the front end hears OPENED)
 *   CONNECTED --end of file, error, disconnect--> DISCONNECTED (CLOSED)
 *
 * A client may shut down its half and wait for answers: end of file counts
 * when the front end is not busy with them any more.
 *
 * A server accepts the next client when the one before has gone; a client
 * with a reconnect time tries again after it. Writing to a connection that
 * has failed shuts it down and leaves the rest to the watches, which run in
 * the right thread and without the write lock.
 */
#include "qemu/osdep.h"
#include "char-socket-internal.h"
#include "chardev/char-io.h"
#include "io/channel-websock.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-sockets.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "qemu/module.h"
#include "qemu/option.h"

static void socket_connect_in_background(Chardev *chr);
static void socket_disconnect(Chardev *chr);
static void socket_accept(QIONetListener *listener, QIOChannelSocket *cioc,
                          gpointer opaque);

static void source_drop(GSource **source)
{
    if (*source) {
        g_source_destroy(*source);
        g_source_unref(*source);
        *source = NULL;
    }
}

static void socket_update_idle_filename(SocketChardev *s)
{
    g_free(CHARDEV(s)->filename);
    CHARDEV(s)->filename = socket_chr_idle_filename(s);
}

/* ---- Descriptors that travel along ---- */

static void msgfds_close(int **fds, size_t *num)
{
    for (size_t i = 0; i < *num; i++) {
        close((*fds)[i]);
    }
    g_clear_pointer(fds, g_free);
    *num = 0;
}

static int socket_get_msgfds(Chardev *chr, int *fds, int num)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    size_t take = MIN(s->read_msgfds_num, (size_t)MAX(num, 0));

    if (!s->read_msgfds_num) {
        return -1;
    }
    memcpy(fds, s->read_msgfds, take * sizeof(int));
    for (size_t i = take; i < s->read_msgfds_num; i++) {
        close(s->read_msgfds[i]);
    }
    g_clear_pointer(&s->read_msgfds, g_free);
    s->read_msgfds_num = 0;
    return take;
}

static int socket_set_msgfds(Chardev *chr, int *fds, int num)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    g_clear_pointer(&s->write_msgfds, g_free);
    s->write_msgfds_num = 0;
    if (s->state != TCP_CHARDEV_STATE_CONNECTED ||
        !qio_channel_has_feature(s->ioc, QIO_CHANNEL_FEATURE_FD_PASS)) {
        return -1;
    }
    if (num > 0) {
        s->write_msgfds = g_memdup2(fds, num * sizeof(int));
        s->write_msgfds_num = num;
    }
    return 0;
}

/* ---- Data ---- */

static int socket_write(Chardev *chr, const uint8_t *buf, int len)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    int ret;

    if (s->state != TCP_CHARDEV_STATE_CONNECTED) {
        /* Nobody is there: it is lost. */
        return len;
    }
    ret = io_channel_send_full(s->ioc, buf, len, s->write_msgfds,
                               s->write_msgfds_num);
    if (ret < 0 && errno == EAGAIN) {
        return ret;
    }
    g_clear_pointer(&s->write_msgfds, g_free);
    s->write_msgfds_num = 0;
    if (ret < 0) {
        int saved_errno = errno;

        qio_channel_shutdown(s->ioc, QIO_CHANNEL_SHUTDOWN_BOTH, NULL);
        errno = saved_errno;
    }
    return ret;
}

static int socket_read_poll(void *opaque)
{
    SocketChardev *s = SOCKET_CHARDEV(opaque);

    if (s->state != TCP_CHARDEV_STATE_CONNECTED) {
        return 0;
    }
    if (s->eof) {
        if (!qemu_chr_be_busy(CHARDEV(opaque))) {
            socket_disconnect(CHARDEV(opaque));
        }
        return 0;
    }
    s->max_size = qemu_chr_be_can_write(CHARDEV(opaque));
    return s->max_size;
}

/* As read(); descriptors that come along replace those not yet fetched. */
static ssize_t socket_recv(SocketChardev *s, uint8_t *buf, size_t len)
{
    struct iovec iov = { .iov_base = buf, .iov_len = len };
    bool pass = qio_channel_has_feature(s->ioc, QIO_CHANNEL_FEATURE_FD_PASS);
    int *fds = NULL;
    size_t nfds = 0;
    ssize_t ret = qio_channel_readv_full(s->ioc, &iov, 1, pass ? &fds : NULL,
                                         pass ? &nfds : NULL, 0, NULL);

    if (nfds) {
        msgfds_close(&s->read_msgfds, &s->read_msgfds_num);
        s->read_msgfds = fds;
        s->read_msgfds_num = nfds;
    } else {
        g_free(fds);
    }
    if (ret < 0) {
        errno = ret == QIO_CHANNEL_ERR_BLOCK ? EAGAIN : EIO;
        return -1;
    }
    return ret;
}

static GSource *socket_add_watch(Chardev *chr, GIOCondition cond)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    return s->ioc ? qio_channel_create_watch(s->ioc, cond) : NULL;
}

/* ---- The end of a connection ---- */

static void socket_free_connection(Chardev *chr)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    remove_fd_in_watch(chr);
    source_drop(&s->hup_source);
    source_drop(&s->telnet_source);
    g_clear_pointer(&s->telnet_init, g_free);
    if (s->is_websock && s->ioc) {
        /* A handshake may still wait for the client. */
        qio_channel_shutdown(s->ioc, QIO_CHANNEL_SHUTDOWN_BOTH, NULL);
    }
    WITH_QEMU_LOCK_GUARD(&chr->chr_write_lock) {
        /* Somebody may be writing in another thread. */
        s->state = TCP_CHARDEV_STATE_DISCONNECTED;
        s->eof = false;
        msgfds_close(&s->read_msgfds, &s->read_msgfds_num);
        g_clear_pointer(&s->write_msgfds, g_free);
        s->write_msgfds_num = 0;
        object_unref(OBJECT(s->sioc));
        s->sioc = NULL;
        object_unref(OBJECT(s->ioc));
        s->ioc = NULL;
    }
    socket_update_idle_filename(s);
}

static gboolean socket_reconnect_timeout(gpointer opaque)
{
    Chardev *chr = CHARDEV(opaque);
    SocketChardev *s = SOCKET_CHARDEV(opaque);

    source_drop(&s->reconnect_timer);
    if (s->state == TCP_CHARDEV_STATE_DISCONNECTED) {
        socket_connect_in_background(chr);
    }
    return G_SOURCE_REMOVE;
}

static void socket_start_reconnect_timer(Chardev *chr)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    g_autofree char *name =
        g_strdup_printf("chardev-socket-reconnect-%s", chr->label);

    if (!s->reconnect_timer) {
        s->reconnect_timer = qemu_chr_timeout_add_ms(
            chr, s->reconnect_time_ms, socket_reconnect_timeout, chr);
        g_source_set_name(s->reconnect_timer, name);
    }
}

/* Lets the next client in, or none. */
static void socket_listen_for(SocketChardev *s, QIONetListenerClientFunc func)
{
    if (s->listener) {
        qio_net_listener_set_client_func_full(s->listener, func, s, NULL,
                                              CHARDEV(s)->gcontext);
    }
}

static void socket_disconnect(Chardev *chr)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    bool was_open = s->state == TCP_CHARDEV_STATE_CONNECTED;

    if (!s->ioc) {
        return;
    }
    socket_free_connection(chr);
    socket_listen_for(s, socket_accept);
    if (was_open) {
        qemu_chr_be_event(chr, CHR_EVENT_CLOSED);
    }
    if (s->reconnect_time_ms) {
        socket_start_reconnect_timer(chr);
    }
}

static gboolean socket_read(QIOChannel *ioc, GIOCondition cond, void *opaque)
{
    Chardev *chr = CHARDEV(opaque);
    SocketChardev *s = SOCKET_CHARDEV(opaque);
    uint8_t buf[CHR_READ_BUF_LEN], out[CHR_READ_BUF_LEN + 1];
    size_t len = MIN(sizeof(buf), (size_t)MAX(s->max_size, 0));
    ssize_t size;

    if (s->state != TCP_CHARDEV_STATE_CONNECTED || !len) {
        return G_SOURCE_CONTINUE;
    }
    if (s->do_telnetopt == TELNET_IAC && len > 1) {
        /* An IAC from the last time may go on ahead of it all. */
        len--;
    }
    size = socket_recv(s, buf, len);
    if (size == 0 && qemu_chr_be_busy(chr)) {
        s->eof = true; /* it may have shut down its half only */
    } else if (size == 0 || (size < 0 && errno != EAGAIN)) {
        socket_disconnect(chr);
    } else if (size > 0 && s->do_telnetopt) {
        size = socket_telnet_filter(s, buf, size, out);
        if (size > 0) {
            qemu_chr_be_write(chr, out, size);
        }
    } else if (size > 0) {
        qemu_chr_be_write(chr, buf, size);
    }
    return G_SOURCE_CONTINUE;
}

static int socket_sync_read(Chardev *chr, const uint8_t *buf, int len)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    ssize_t size;

    if (s->state != TCP_CHARDEV_STATE_CONNECTED) {
        return 0;
    }
    qio_channel_set_blocking(s->ioc, true, NULL);
    size = socket_recv(s, (uint8_t *)buf, len);
    if (s->state == TCP_CHARDEV_STATE_CONNECTED) {
        qio_channel_set_blocking(s->ioc, false, NULL);
    }
    if (size == 0) {
        socket_disconnect(chr);
    }
    return size;
}

/*
 * The peer has gone. What it sent before comes first, if the front end takes
 * input; the read watch then finds the end of file.
 */
static gboolean socket_hup(QIOChannel *ioc, GIOCondition cond, void *opaque)
{
    if (socket_read_poll(opaque) <= 0) {
        socket_disconnect(CHARDEV(opaque));
    }
    return G_SOURCE_CONTINUE;
}

/* ---- The beginning of a connection ---- */

static void socket_watch_connection(SocketChardev *s)
{
    Chardev *chr = CHARDEV(s);

    if (s->state != TCP_CHARDEV_STATE_CONNECTED) {
        return;
    }
    remove_fd_in_watch(chr);
    chr->gsource = io_add_watch_poll(chr, s->ioc, socket_read_poll, socket_read,
                                     chr, chr->gcontext);
    source_drop(&s->hup_source);
    s->hup_source = qio_channel_add_watch_source(s->ioc, G_IO_HUP, socket_hup,
                                                 chr, NULL, chr->gcontext);
}

static void socket_connected(Chardev *chr)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    g_free(chr->filename);
    chr->filename = socket_chr_connected_filename(s);
    s->state = TCP_CHARDEV_STATE_CONNECTED;
    socket_watch_connection(s);
    qemu_chr_be_event(chr, CHR_EVENT_OPENED);
}

static gboolean socket_greet(QIOChannel *ioc, GIOCondition cond, void *opaque)
{
    Chardev *chr = CHARDEV(opaque);
    SocketChardev *s = SOCKET_CHARDEV(opaque);
    TCPChardevTelnetInit *init = s->telnet_init;
    ssize_t ret = qio_channel_write(ioc, init->buf, init->buflen, NULL);

    if (ret == QIO_CHANNEL_ERR_BLOCK) {
        return G_SOURCE_CONTINUE;
    }
    if (ret < 0) {
        socket_disconnect(chr);
        return G_SOURCE_REMOVE;
    }
    init->buflen -= ret;
    if (init->buflen) {
        memmove(init->buf, init->buf + ret, init->buflen);
        return G_SOURCE_CONTINUE;
    }
    g_clear_pointer(&s->telnet_init, g_free);
    source_drop(&s->telnet_source);
    socket_connected(chr);
    return G_SOURCE_REMOVE;
}

static void socket_start_greeting(Chardev *chr)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    if (!s->telnet_init) {
        s->telnet_init = socket_telnet_greeting(s);
    }
    source_drop(&s->telnet_source);
    s->telnet_source = qio_channel_add_watch_source(
        s->ioc, G_IO_OUT, socket_greet, chr, NULL, chr->gcontext);
}

/* The channel is there; telnet has something to say first. */
static void socket_established(Chardev *chr)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    if (s->is_telnet || s->is_tn3270) {
        s->do_telnetopt = TELNET_DATA;
        socket_start_greeting(chr);
    } else {
        socket_connected(chr);
    }
}

static void socket_websock_done(QIOTask *task, void *opaque)
{
    Chardev *chr = CHARDEV(opaque);
    SocketChardev *s = SOCKET_CHARDEV(opaque);

    if (OBJECT(s->ioc) != qio_task_get_source(task)) {
        return; /* disconnected meanwhile */
    }
    if (qio_task_propagate_error(task, NULL)) {
        socket_disconnect(chr);
    } else {
        socket_established(chr);
    }
}

/* Puts the websocket protocol on top of the socket. */
static void socket_start_websock(Chardev *chr)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    g_autofree char *name =
        g_strdup_printf("chardev-websocket-server-%s", chr->label);
    QIOChannelWebsock *wioc = qio_channel_websock_new_server(s->ioc);

    qio_channel_set_name(QIO_CHANNEL(wioc), name);
    WITH_QEMU_LOCK_GUARD(&chr->chr_write_lock) {
        object_unref(OBJECT(s->ioc));
        s->ioc = QIO_CHANNEL(wioc);
    }
    qio_channel_websock_handshake(wioc, socket_websock_done,
                                  object_ref(OBJECT(chr)),
                                  (GDestroyNotify)object_unref);
}

static void socket_name_client(Chardev *chr, QIOChannelSocket *sioc)
{
    g_autofree char *name = g_strdup_printf(
        "chardev-tcp-%s-%s",
        SOCKET_CHARDEV(chr)->is_listen ? "server" : "client", chr->label);

    qio_channel_set_name(QIO_CHANNEL(sioc), name);
}

static int socket_new_client(Chardev *chr, QIOChannelSocket *sioc)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    if (s->state != TCP_CHARDEV_STATE_CONNECTING || s->ioc) {
        return -1;
    }
    socket_name_client(chr, sioc);
    WITH_QEMU_LOCK_GUARD(&chr->chr_write_lock) {
        s->ioc = QIO_CHANNEL(object_ref(OBJECT(sioc)));
        s->sioc = QIO_CHANNEL_SOCKET(object_ref(OBJECT(sioc)));
    }
    qio_channel_set_blocking(s->ioc, false, NULL);
    if (s->do_nodelay) {
        qio_channel_set_delay(s->ioc, false);
    }
    socket_listen_for(s, NULL);
    if (s->is_websock) {
        socket_start_websock(chr);
    } else {
        socket_established(chr);
    }
    return 0;
}

static int socket_add_client(Chardev *chr, int fd)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    QIOChannelSocket *sioc;
    int ret;

    if (s->state != TCP_CHARDEV_STATE_DISCONNECTED) {
        return -1;
    }
    sioc = qio_channel_socket_new_fd(fd, NULL);
    if (!sioc) {
        return -1;
    }
    s->state = TCP_CHARDEV_STATE_CONNECTING;
    ret = socket_new_client(chr, sioc);
    object_unref(OBJECT(sioc));
    return ret;
}

static void socket_accept(QIONetListener *listener, QIOChannelSocket *cioc,
                          gpointer opaque)
{
    Chardev *chr = CHARDEV(opaque);
    SocketChardev *s = SOCKET_CHARDEV(opaque);

    if (s->state == TCP_CHARDEV_STATE_DISCONNECTED) {
        s->state = TCP_CHARDEV_STATE_CONNECTING;
        socket_new_client(chr, cioc);
    }
}

static void socket_accept_wait(Chardev *chr)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    QIOChannelSocket *sioc;

    info_report("QEMU waiting for connection on: %s", chr->filename);
    s->state = TCP_CHARDEV_STATE_CONNECTING;
    sioc = qio_net_listener_wait_client(s->listener);
    socket_new_client(chr, sioc);
    object_unref(OBJECT(sioc));
}

/* ---- Connecting ---- */

static int socket_connect_now(Chardev *chr, Error **errp)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    QIOChannelSocket *sioc = qio_channel_socket_new();
    int ret;

    s->state = TCP_CHARDEV_STATE_CONNECTING;
    ret = qio_channel_socket_connect_sync(sioc, s->addr, errp);
    if (ret == 0) {
        socket_new_client(chr, sioc);
    } else {
        s->state = TCP_CHARDEV_STATE_DISCONNECTED;
    }
    object_unref(OBJECT(sioc));
    return ret;
}

static void socket_connect_worker(QIOTask *task, gpointer opaque)
{
    QIOChannelSocket *sioc = QIO_CHANNEL_SOCKET(qio_task_get_source(task));
    Error *err = NULL;

    qio_channel_socket_connect_sync(sioc, opaque, &err);
    qio_task_set_error(task, err);
}

static void socket_connect_done(QIOTask *task, void *opaque)
{
    Chardev *chr = CHARDEV(opaque);
    SocketChardev *s = SOCKET_CHARDEV(opaque);
    QIOChannelSocket *sioc = QIO_CHANNEL_SOCKET(qio_task_get_source(task));
    Error *err = NULL;

    s->connect_task = NULL;
    if (!qio_task_propagate_error(task, &err)) {
        s->connect_err_reported = false;
        socket_new_client(chr, sioc);
        return;
    }

    if (s->connect_err_reported) {
        error_free(err);
    } else {
        error_reportf_err(
            err, "Unable to connect character device %s: ", chr->label);
        s->connect_err_reported = true;
    }
    s->state = TCP_CHARDEV_STATE_DISCONNECTED;
    if (OBJECT(chr)->parent) {
        socket_start_reconnect_timer(chr);
    }
}

/*
 * A task of our own and not qio_channel_socket_connect_async(), since
 * socket_wait_connected() may have to wait for it.
 */
static void socket_connect_in_background(Chardev *chr)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    QIOChannelSocket *sioc = qio_channel_socket_new();

    s->state = TCP_CHARDEV_STATE_CONNECTING;
    s->connect_task =
        qio_task_new(OBJECT(sioc), socket_connect_done, object_ref(OBJECT(chr)),
                     (GDestroyNotify)object_unref);
    object_unref(OBJECT(sioc));
    qio_task_run_in_thread(s->connect_task, socket_connect_worker,
                           QAPI_CLONE(SocketAddress, s->addr),
                           (GDestroyNotify)qapi_free_SocketAddress,
                           chr->gcontext);
}

static int socket_wait_connected(Chardev *chr, Error **errp)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    const char *handshake = s->is_telnet    ? "telnet"
                            : s->is_tn3270  ? "tn3270"
                            : s->is_websock ? "websock"
                                            : NULL;

    if (handshake) {
        /* It needs the main loop, which does not run meanwhile. */
        error_setg(errp,
                   "'%s' option is incompatible with waiting for "
                   "connection completion",
                   handshake);
        return -1;
    }
    source_drop(&s->reconnect_timer);
    if (s->connect_task) {
        qio_task_wait_thread(s->connect_task);
    }
    while (s->state != TCP_CHARDEV_STATE_CONNECTED) {
        Error *err = NULL;

        if (s->is_listen) {
            socket_accept_wait(chr);
        } else if (socket_connect_now(chr, &err) < 0) {
            if (!s->reconnect_time_ms) {
                error_propagate(errp, err);
                return -1;
            }
            error_free(err);
            g_usleep(s->reconnect_time_ms * 1000);
        }
    }
    source_drop(&s->reconnect_timer);
    return 0;
}

static void socket_update_read_handler(Chardev *chr)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    if (s->state == TCP_CHARDEV_STATE_DISCONNECTED) {
        /* The context may be another one now. */
        socket_listen_for(s, socket_accept);
        if (s->reconnect_timer) {
            source_drop(&s->reconnect_timer);
            socket_start_reconnect_timer(chr);
        }
    }
    if (s->telnet_source) {
        socket_start_greeting(chr);
    }
    socket_watch_connection(s);
}

/* ---- Birth and death ---- */

static bool socket_open_server(Chardev *chr, bool wait, Error **errp)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    g_autofree char *name =
        g_strdup_printf("chardev-tcp-listener-%s", chr->label);
    SocketAddress *addr;

    s->listener = qio_net_listener_new();
    qio_net_listener_set_name(s->listener, name);
    if (qio_net_listener_open_sync(s->listener, s->addr, 1, errp) < 0) {
        return false;
    }
    /* The port, or even the path, may have been ours to choose. */
    addr = socket_local_address(s->listener->sioc[0]->fd, errp);
    if (!addr) {
        return false;
    }
    qapi_free_SocketAddress(s->addr);
    s->addr = addr;
    socket_update_idle_filename(s);

    if (wait) {
        socket_accept_wait(chr);
    } else {
        socket_listen_for(s, socket_accept);
    }
    return true;
}

static void socket_open(Chardev *chr, ChardevBackend *backend, bool *be_opened,
                        Error **errp)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    ChardevSocket *sock = backend->u.socket.data;
    bool wait = sock->has_wait && sock->wait;

    *be_opened = false;
    s->is_listen = !sock->has_server || sock->server;
    s->is_telnet = sock->has_telnet && sock->telnet;
    s->is_tn3270 = sock->has_tn3270 && sock->tn3270;
    s->is_websock = sock->has_websocket && sock->websocket;
    s->do_nodelay = sock->has_nodelay && sock->nodelay;
    if (!socket_chr_validate(sock, errp)) {
        return;
    }
    s->addr = socket_address_flatten(sock->addr);
    /* Later there will be no monitor to ask. */
    if (socket_address_parse_named_fd(s->addr, errp) < 0) {
        return;
    }
    qemu_chr_set_feature(chr, QEMU_CHAR_FEATURE_RECONNECTABLE);
    if (s->addr->type == SOCKET_ADDRESS_TYPE_UNIX) {
        qemu_chr_set_feature(chr, QEMU_CHAR_FEATURE_FD_PASS);
    }
    socket_update_idle_filename(s);

    if (s->is_listen) {
        socket_open_server(chr, wait, errp);
        return;
    }
    s->reconnect_time_ms = sock->has_reconnect_ms ? sock->reconnect_ms
                           : sock->has_reconnect  ? sock->reconnect * 1000
                                                  : 0;
    if (s->reconnect_time_ms) {
        socket_connect_in_background(chr);
    } else {
        socket_connect_now(chr, errp);
    }
}

/* The successor may want to listen where this one does. */
static void socket_listener_cleanup(Chardev *chr)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    if (s->listener) {
        qio_net_listener_set_client_func_full(s->listener, NULL, NULL, NULL,
                                              chr->gcontext);
    }
}

static void char_socket_finalize(Object *obj)
{
    Chardev *chr = CHARDEV(obj);
    SocketChardev *s = SOCKET_CHARDEV(obj);

    socket_free_connection(chr);
    source_drop(&s->reconnect_timer);
    if (s->listener) {
        socket_listen_for(s, NULL);
        object_unref(OBJECT(s->listener));
    }
    qapi_free_SocketAddress(s->addr);
    qemu_chr_be_event(chr, CHR_EVENT_CLOSED);
}

static void socket_get_addr(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    SocketChardev *s = SOCKET_CHARDEV(obj);

    visit_type_SocketAddress(v, name, &s->addr, errp);
}

static bool socket_get_connected(Object *obj, Error **errp)
{
    return SOCKET_CHARDEV(obj)->state == TCP_CHARDEV_STATE_CONNECTED;
}

static void char_socket_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->supports_yank = true;
    cc->parse = socket_chr_parse;
    cc->open = socket_open;
    cc->chr_wait_connected = socket_wait_connected;
    cc->chr_write = socket_write;
    cc->chr_sync_read = socket_sync_read;
    cc->chr_disconnect = socket_disconnect;
    cc->get_msgfds = socket_get_msgfds;
    cc->set_msgfds = socket_set_msgfds;
    cc->chr_add_client = socket_add_client;
    cc->chr_add_watch = socket_add_watch;
    cc->chr_update_read_handler = socket_update_read_handler;
    cc->chr_listener_cleanup = socket_listener_cleanup;

    object_class_property_add(oc, "addr", "SocketAddress", socket_get_addr,
                              NULL, NULL, NULL);
    object_class_property_add_bool(oc, "connected", socket_get_connected, NULL);
}

static const TypeInfo char_socket_type_info = {
    .name = TYPE_CHARDEV_SOCKET,
    .parent = TYPE_CHARDEV,
    .instance_size = sizeof(SocketChardev),
    .instance_finalize = char_socket_finalize,
    .class_init = char_socket_class_init,
};

static void register_types(void)
{
    type_register_static(&char_socket_type_info);
}

type_init(register_types);
