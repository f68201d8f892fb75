/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * WebSocket frames. There is no pump in the background: a read takes from the
 * master what is there and decodes it; a write puts one frame together and
 * counts as done when the master has all of it.
 */
#include "qemu/osdep.h"
#include "io/channel-websock.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/module.h"

#define OP_CONTINUATION 0x0
#define OP_BINARY       0x2
#define OP_CLOSE        0x8
#define OP_PING         0x9
#define OP_PONG         0xa

#define CLOSE_NORMAL       1000
#define CLOSE_PROTOCOL     1002
#define CLOSE_INVALID_DATA 1003

#define FRAME_FIN  0x80
#define FRAME_MASK 0x80

#define READ_CHUNK  4096
#define WRITE_CHUNK 65536
#define CONTROL_MAX 125

QIOChannelWebsock *qio_channel_websock_new_server(QIOChannel *master)
{
    QIOChannelWebsock *wioc =
        QIO_CHANNEL_WEBSOCK(object_new(TYPE_QIO_CHANNEL_WEBSOCK));

    wioc->master = QIO_CHANNEL(object_ref(OBJECT(master)));
    if (qio_channel_has_feature(master, QIO_CHANNEL_FEATURE_SHUTDOWN)) {
        qio_channel_set_feature(QIO_CHANNEL(wioc),
                                QIO_CHANNEL_FEATURE_SHUTDOWN);
    }
    return wioc;
}

/* ---- Output ---- */

static void put_header(GByteArray *out, uint8_t opcode, size_t len)
{
    uint8_t header[10] = { FRAME_FIN | opcode };
    size_t n = 2;

    if (len <= CONTROL_MAX) {
        header[1] = len;
    } else if (len <= UINT16_MAX) {
        header[1] = 126;
        stw_be_p(&header[2], len);
        n = 4;
    } else {
        header[1] = 127;
        stq_be_p(&header[2], len);
        n = 10;
    }
    g_byte_array_append(out, header, n);
}

/* Sends what there is. 0, QIO_CHANNEL_ERR_BLOCK, or -1 with @errp set. */
static ssize_t websock_flush(QIOChannelWebsock *wioc, Error **errp)
{
    while (wioc->encoutput->len) {
        ssize_t ret =
            qio_channel_write(wioc->master, (char *)wioc->encoutput->data,
                              wioc->encoutput->len, errp);

        if (ret < 0) {
            return ret;
        }
        g_byte_array_remove_range(wioc->encoutput, 0, ret);
    }
    return 0;
}

static void put_close(QIOChannelWebsock *wioc, uint16_t code,
                      const char *reason)
{
    uint8_t be[2];

    stw_be_p(be, code);
    put_header(wioc->encoutput, OP_CLOSE, sizeof(be) + strlen(reason));
    g_byte_array_append(wioc->encoutput, be, sizeof(be));
    g_byte_array_append(wioc->encoutput, (const uint8_t *)reason,
                        strlen(reason));
    wioc->io_eof = true;
}

static ssize_t websock_writev(QIOChannel *ioc, const struct iovec *iov,
                              size_t niov, int *fds, size_t nfds, int flags,
                              Error **errp)
{
    QIOChannelWebsock *wioc = QIO_CHANNEL_WEBSOCK(ioc);
    size_t len = 0;
    ssize_t ret;

    if (wioc->io_eof) {
        error_setg(errp, "%s", "Broken pipe");
        return -1;
    }
    if (!wioc->accepted) {
        for (size_t i = 0; i < niov; i++) {
            len += iov[i].iov_len;
        }
        len = MIN(len, WRITE_CHUNK);
        if (!len) {
            return 0;
        }
        put_header(wioc->encoutput, OP_BINARY, len);
        for (size_t i = 0, left = len; left; i++) {
            size_t part = MIN(iov[i].iov_len, left);

            g_byte_array_append(wioc->encoutput, iov[i].iov_base, part);
            left -= part;
        }
        wioc->accepted = len;
    }
    ret = websock_flush(wioc, errp);
    if (ret < 0) {
        return ret;
    }
    len = wioc->accepted;
    wioc->accepted = 0;
    return len;
}

/* ---- Input ---- */

/*
 * Begins a frame, if its header has come in. True if it has, or is wrong,
 * which sets @errp.
 */
static bool take_header(QIOChannelWebsock *wioc, Error **errp)
{
    const uint8_t *in = wioc->encinput->data;
    size_t have = wioc->encinput->len, need = 2;
    uint8_t opcode;
    uint64_t len;
    bool fin, control;

    if (have < need) {
        return false;
    }
    fin = in[0] & FRAME_FIN;
    opcode = in[0] & 0xf;
    control = opcode >= OP_CLOSE;
    len = in[1] & ~FRAME_MASK;

    if (opcode != OP_CONTINUATION && opcode != OP_BINARY &&
        opcode != OP_CLOSE && opcode != OP_PING && opcode != OP_PONG) {
        error_setg(errp,
                   "unsupported opcode: 0x%04x; only binary, close, "
                   "ping, and pong websocket frames are supported",
                   opcode);
        put_close(wioc, CLOSE_INVALID_DATA,
                  "only binary, close, ping, and pong frames are supported");
        return true;
    }
    if (!fin && control) {
        error_setg(errp, "only binary websocket frames may be fragmented");
        put_close(wioc, CLOSE_INVALID_DATA,
                  "only binary frames may be fragmented");
        return true;
    }
    if (!(in[1] & FRAME_MASK)) {
        error_setg(errp, "client websocket frames must be masked");
        put_close(wioc, CLOSE_PROTOCOL, "client frames must be masked");
        return true;
    }
    if (control && len > CONTROL_MAX) {
        error_setg(errp, "websocket control frame is too large");
        put_close(wioc, CLOSE_PROTOCOL, "control frame is too large");
        return true;
    }

    need += (len == 126 ? 2 : len == 127 ? 8 : 0) + sizeof(wioc->mask);
    if (have < need) {
        return false;
    }
    if (len == 126) {
        len = lduw_be_p(&in[2]);
    } else if (len == 127) {
        len = ldq_be_p(&in[2]);
    }
    memcpy(wioc->mask, &in[need - sizeof(wioc->mask)], sizeof(wioc->mask));
    wioc->mask_pos = 0;
    wioc->opcode = opcode;
    wioc->payload_remain = len;
    wioc->in_frame = true;
    g_byte_array_set_size(wioc->control, 0);
    g_byte_array_remove_range(wioc->encinput, 0, need);
    return true;
}

static void take_payload(QIOChannelWebsock *wioc)
{
    uint8_t *in = wioc->encinput->data;
    size_t len = MIN(wioc->encinput->len, wioc->payload_remain);

    if (!len) {
        return;
    }
    for (size_t i = 0; i < len; i++) {
        in[i] ^= wioc->mask[wioc->mask_pos++ % sizeof(wioc->mask)];
    }
    g_byte_array_append(
        wioc->opcode >= OP_CLOSE ? wioc->control : wioc->rawinput, in, len);
    g_byte_array_remove_range(wioc->encinput, 0, len);
    wioc->payload_remain -= len;
}

static void end_frame(QIOChannelWebsock *wioc)
{
    GByteArray *control = wioc->control;

    wioc->in_frame = false;
    if (wioc->opcode == OP_PING) {
        put_header(wioc->encoutput, OP_PONG, control->len);
        g_byte_array_append(wioc->encoutput, control->data, control->len);
    } else if (wioc->opcode == OP_CLOSE) {
        put_close(wioc,
                  control->len >= 2 ? lduw_be_p(control->data) : CLOSE_NORMAL,
                  "peer requested close");
    }
}

/* All of encinput that makes sense already. False with @errp set. */
static bool websock_decode(QIOChannelWebsock *wioc, Error **errp)
{
    Error *err = NULL;

    while (!wioc->io_eof) {
        if (!wioc->in_frame && !take_header(wioc, &err)) {
            break;
        }
        if (err) {
            error_propagate(errp, err);
            return false;
        }
        take_payload(wioc);
        if (wioc->payload_remain) {
            break;
        }
        end_frame(wioc);
    }
    return true;
}

static ssize_t websock_take(QIOChannelWebsock *wioc, const struct iovec *iov,
                            size_t niov)
{
    size_t done = 0;

    for (size_t i = 0; i < niov && done < wioc->rawinput->len; i++) {
        size_t part = MIN(iov[i].iov_len, wioc->rawinput->len - done);

        if (part) {
            memcpy(iov[i].iov_base, wioc->rawinput->data + done, part);
            done += part;
        }
    }
    g_byte_array_remove_range(wioc->rawinput, 0, done);
    return done;
}

static ssize_t websock_readv(QIOChannel *ioc, const struct iovec *iov,
                             size_t niov, int **fds, size_t *nfds, int flags,
                             Error **errp)
{
    QIOChannelWebsock *wioc = QIO_CHANNEL_WEBSOCK(ioc);
    char buf[READ_CHUNK];

    for (;;) {
        bool ok = websock_decode(wioc, errp);
        ssize_t ret;

        /* Answers to pings; if they do not go now, they will later. */
        websock_flush(wioc, NULL);
        if (!ok) {
            return -1;
        }
        if (wioc->rawinput->len) {
            return websock_take(wioc, iov, niov);
        }
        if (wioc->io_eof) {
            return 0;
        }
        ret = qio_channel_read(wioc->master, buf, sizeof(buf), errp);
        if (ret < 0) {
            return ret;
        }
        if (ret == 0) {
            wioc->io_eof = true;
        }
        g_byte_array_append(wioc->encinput, (uint8_t *)buf, ret);
    }
}

/* ---- Watches: the master's, and input that is here already ---- */

typedef struct {
    GSource parent;
    QIOChannelWebsock *wioc;
    GIOCondition condition;
    GIOCondition seen;
} WebsockSource;

static gboolean note_master(QIOChannel *master, GIOCondition condition,
                            gpointer opaque)
{
    ((WebsockSource *)opaque)->seen |= condition;
    return G_SOURCE_CONTINUE;
}

static bool websock_source_ready(GSource *source)
{
    WebsockSource *ws = (WebsockSource *)source;

    return (ws->condition & G_IO_IN) &&
           (ws->wioc->rawinput->len || ws->wioc->io_eof);
}

static gboolean websock_source_prepare(GSource *source, gint *timeout)
{
    *timeout = -1;
    return websock_source_ready(source);
}

static gboolean websock_source_check(GSource *source)
{
    return websock_source_ready(source);
}

static gboolean websock_source_dispatch(GSource *source, GSourceFunc callback,
                                        gpointer user_data)
{
    WebsockSource *ws = (WebsockSource *)source;
    QIOChannelFunc func = (QIOChannelFunc)(void (*)(void))callback;
    GIOCondition seen = ws->seen;

    if (websock_source_ready(source)) {
        seen |= G_IO_IN;
    }
    ws->seen = 0;
    if (!seen) {
        return G_SOURCE_CONTINUE;
    }
    return func ? func(QIO_CHANNEL(ws->wioc), seen, user_data)
                : G_SOURCE_REMOVE;
}

static void websock_source_finalize(GSource *source)
{
    object_unref(OBJECT(((WebsockSource *)source)->wioc));
}

static GSourceFuncs websock_source_funcs = {
    .prepare = websock_source_prepare,
    .check = websock_source_check,
    .dispatch = websock_source_dispatch,
    .finalize = websock_source_finalize,
};

static GSource *websock_create_watch(QIOChannel *ioc, GIOCondition condition)
{
    QIOChannelWebsock *wioc = QIO_CHANNEL_WEBSOCK(ioc);
    GSource *source =
        g_source_new(&websock_source_funcs, sizeof(WebsockSource));
    WebsockSource *ws = (WebsockSource *)source;
    GSource *master = qio_channel_create_watch(wioc->master, condition);

    ws->wioc = QIO_CHANNEL_WEBSOCK(object_ref(OBJECT(wioc)));
    ws->condition = condition;
    g_source_set_callback(master, (GSourceFunc)(void (*)(void))note_master, ws,
                          NULL);
    g_source_add_child_source(source, master);
    g_source_unref(master);
    return source;
}

/* ---- The rest is the master's business ---- */

static int websock_set_blocking(QIOChannel *ioc, bool enabled, Error **errp)
{
    return qio_channel_set_blocking(QIO_CHANNEL_WEBSOCK(ioc)->master, enabled,
                                    errp);
}

static void websock_set_delay(QIOChannel *ioc, bool enabled)
{
    qio_channel_set_delay(QIO_CHANNEL_WEBSOCK(ioc)->master, enabled);
}

static void websock_set_cork(QIOChannel *ioc, bool enabled)
{
    qio_channel_set_cork(QIO_CHANNEL_WEBSOCK(ioc)->master, enabled);
}

static int websock_shutdown(QIOChannel *ioc, QIOChannelShutdown how,
                            Error **errp)
{
    return qio_channel_shutdown(QIO_CHANNEL_WEBSOCK(ioc)->master, how, errp);
}

static int websock_close(QIOChannel *ioc, Error **errp)
{
    return qio_channel_close(QIO_CHANNEL_WEBSOCK(ioc)->master, errp);
}

static void qio_channel_websock_init(Object *obj)
{
    QIOChannelWebsock *wioc = QIO_CHANNEL_WEBSOCK(obj);

    wioc->encinput = g_byte_array_new();
    wioc->rawinput = g_byte_array_new();
    wioc->encoutput = g_byte_array_new();
    wioc->control = g_byte_array_new();
}

static void qio_channel_websock_finalize(Object *obj)
{
    QIOChannelWebsock *wioc = QIO_CHANNEL_WEBSOCK(obj);

    g_byte_array_unref(wioc->encinput);
    g_byte_array_unref(wioc->rawinput);
    g_byte_array_unref(wioc->encoutput);
    g_byte_array_unref(wioc->control);
    object_unref(OBJECT(wioc->master));
}

static void qio_channel_websock_class_init(ObjectClass *klass, void *data)
{
    QIOChannelClass *ioc_class = QIO_CHANNEL_CLASS(klass);

    ioc_class->io_readv = websock_readv;
    ioc_class->io_writev = websock_writev;
    ioc_class->io_set_blocking = websock_set_blocking;
    ioc_class->io_set_delay = websock_set_delay;
    ioc_class->io_set_cork = websock_set_cork;
    ioc_class->io_shutdown = websock_shutdown;
    ioc_class->io_close = websock_close;
    ioc_class->io_create_watch = websock_create_watch;
}

static const TypeInfo qio_channel_websock_info = {
    .name = TYPE_QIO_CHANNEL_WEBSOCK,
    .parent = TYPE_QIO_CHANNEL,
    .instance_size = sizeof(QIOChannelWebsock),
    .instance_init = qio_channel_websock_init,
    .instance_finalize = qio_channel_websock_finalize,
    .class_init = qio_channel_websock_class_init,
};

static void qio_channel_websock_register_types(void)
{
    type_register_static(&qio_channel_websock_info);
}

type_init(qio_channel_websock_register_types);
