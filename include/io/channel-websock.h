/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QIOChannelWebsock: the server's side of the WebSocket protocol (RFC 6455) on
 * top of another channel: binary frames, the stream of whose payloads is what
 * one reads and writes. Pings are answered, a close frame is the end of file.
 *
 * Make one, let qio_channel_websock_handshake() do the HTTP part, then use it.
 * A write that returned QIO_CHANNEL_ERR_BLOCK must be repeated with the same
 * bytes (more may follow them), since part of their frame may be on its way.
 */
#ifndef QIO_CHANNEL_WEBSOCK_H
#define QIO_CHANNEL_WEBSOCK_H

#include "io/channel.h"
#include "io/task.h"
#include "qom/object.h"

#define TYPE_QIO_CHANNEL_WEBSOCK "qio-channel-websock"
OBJECT_DECLARE_SIMPLE_TYPE(QIOChannelWebsock, QIO_CHANNEL_WEBSOCK)

struct QIOChannelWebsock {
    QIOChannel parent;
    QIOChannel *master;
    GByteArray *encinput;  /* from the peer, not yet decoded */
    GByteArray *rawinput;  /* payload for the next read */
    GByteArray *encoutput; /* for the peer, not yet sent */
    GByteArray *control;   /* payload of a control frame, as it comes in */
    size_t accepted;       /* payload in encoutput that no write returned */
    /* The frame that is being read */
    uint64_t payload_remain;
    uint8_t opcode;
    uint8_t mask[4];
    unsigned int mask_pos;
    bool in_frame;
    bool io_eof; /* the peer has closed */
};

/* A channel on @master, to which it takes a reference. */
QIOChannelWebsock *qio_channel_websock_new_server(QIOChannel *master);

/*
 * Waits in the default context for the client's request and answers it. Then
 * calls @func, whose task has an error if the two do not agree (the client was
 * told). @destroy frees @opaque.
 */
void qio_channel_websock_handshake(QIOChannelWebsock *ioc, QIOTaskFunc func,
                                   gpointer opaque, GDestroyNotify destroy);

#endif
