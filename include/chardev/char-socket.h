/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SocketChardev: a chardev on a stream socket, client or server, one
 * connection at a time. Plain, telnet, tn3270 or websocket; no TLS.
 */
#ifndef CHAR_SOCKET_H
#define CHAR_SOCKET_H

#include "io/channel-socket.h"
#include "io/net-listener.h"
#include "chardev/char.h"
#include "qom/object.h"

/* The most descriptors that one message carries. */
#define TCP_MAX_FDS 16

/* The options that a telnet client is greeted with. */
typedef struct {
    char buf[21];
    size_t buflen;
} TCPChardevTelnetInit;

typedef enum {
    TCP_CHARDEV_STATE_DISCONNECTED,
    TCP_CHARDEV_STATE_CONNECTING,
    TCP_CHARDEV_STATE_CONNECTED,
} TCPChardevState;

typedef ChardevClass SocketChardevClass;

struct SocketChardev {
    Chardev parent;
    QIOChannel *ioc;        /* what data goes through */
    QIOChannelSocket *sioc; /* the socket below it */
    QIONetListener *listener;
    GSource *hup_source;
    TCPChardevState state;
    int max_size;
    bool eof; /* seen; the front end still has something to write */
    int do_telnetopt; /* where in a telnet command the input stands */
    int do_nodelay;
    int *read_msgfds;
    size_t read_msgfds_num;
    int *write_msgfds;
    size_t write_msgfds_num;

    SocketAddress *addr; /* as asked for; then as listened on */
    bool is_listen;
    bool is_telnet;
    bool is_tn3270;
    GSource *telnet_source;
    TCPChardevTelnetInit *telnet_init;

    bool is_websock;

    GSource *reconnect_timer;
    int64_t reconnect_time_ms; /* 0: do not */
    bool connect_err_reported; /* say it once for a series of failures */

    QIOTask *connect_task;
};
typedef struct SocketChardev SocketChardev;

DECLARE_INSTANCE_CHECKER(SocketChardev, SOCKET_CHARDEV, TYPE_CHARDEV_SOCKET)

#endif
