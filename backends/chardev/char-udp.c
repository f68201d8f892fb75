/* SPDX-License-Identifier: GPL-2.0-or-later */
/* udp: a datagram for each write, to one peer. */
#include "qemu/osdep.h"
#include "chardev/char-io.h"
#include "io/channel-socket.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/option.h"

struct UdpChardev {
    Chardev parent;
    QIOChannel *ioc;
    /* A datagram comes as a whole; the front end may want less at a time. */
    uint8_t buf[CHR_READ_BUF_LEN];
    int bufcnt;
    int bufptr;
    int max_size;
};
typedef struct UdpChardev UdpChardev;

DECLARE_INSTANCE_CHECKER(UdpChardev, UDP_CHARDEV, TYPE_CHARDEV_UDP)

static int udp_chr_write(Chardev *chr, const uint8_t *buf, int len)
{
    ssize_t ret =
        qio_channel_write(UDP_CHARDEV(chr)->ioc, (const char *)buf, len, NULL);

    if (ret < 0) {
        errno = ret == QIO_CHANNEL_ERR_BLOCK ? EAGAIN : EIO;
        return -1;
    }
    return ret;
}

static void udp_flush(Chardev *chr)
{
    UdpChardev *s = UDP_CHARDEV(chr);

    while (s->bufptr < s->bufcnt) {
        int n = MIN(qemu_chr_be_can_write(chr), s->bufcnt - s->bufptr);

        if (n <= 0) {
            break;
        }
        s->bufptr += n;
        qemu_chr_be_write(chr, &s->buf[s->bufptr - n], n);
    }
}

static int udp_chr_read_poll(void *opaque)
{
    Chardev *chr = CHARDEV(opaque);
    UdpChardev *s = UDP_CHARDEV(opaque);

    udp_flush(chr);
    s->max_size = s->bufptr < s->bufcnt ? 0 : qemu_chr_be_can_write(chr);
    return s->max_size;
}

static gboolean udp_chr_read(QIOChannel *ioc, GIOCondition cond, void *opaque)
{
    Chardev *chr = CHARDEV(opaque);
    UdpChardev *s = UDP_CHARDEV(opaque);
    ssize_t ret;

    if (s->max_size == 0) {
        return G_SOURCE_CONTINUE;
    }
    ret = qio_channel_read(s->ioc, (char *)s->buf, sizeof(s->buf), NULL);
    /* An error is one datagram's: the peer may not have been there yet. */
    if (ret > 0) {
        s->bufcnt = ret;
        s->bufptr = 0;
        udp_flush(chr);
    }
    return G_SOURCE_CONTINUE;
}

static void udp_chr_update_read_handler(Chardev *chr)
{
    UdpChardev *s = UDP_CHARDEV(chr);

    remove_fd_in_watch(chr);
    if (s->ioc) {
        chr->gsource = io_add_watch_poll(chr, s->ioc, udp_chr_read_poll,
                                         udp_chr_read, chr, chr->gcontext);
    }
}

static void udp_open(Chardev *chr, ChardevBackend *backend, bool *be_opened,
                     Error **errp)
{
    ChardevUdp *udp = backend->u.udp.data;
    SocketAddress *local = socket_address_flatten(udp->local);
    SocketAddress *remote = socket_address_flatten(udp->remote);
    QIOChannelSocket *sioc = qio_channel_socket_new();
    g_autofree char *name = g_strdup_printf("chardev-udp-%s", chr->label);
    int ret = qio_channel_socket_dgram_sync(sioc, local, remote, errp);

    qapi_free_SocketAddress(local);
    qapi_free_SocketAddress(remote);
    if (ret < 0) {
        object_unref(OBJECT(sioc));
        return;
    }
    qio_channel_set_name(QIO_CHANNEL(sioc), name);
    qio_channel_set_blocking(QIO_CHANNEL(sioc), false, NULL);
    UDP_CHARDEV(chr)->ioc = QIO_CHANNEL(sioc);
    /* Who knows whether anyone listens? */
    *be_opened = false;
}

static SocketAddressLegacy *udp_address(const char *host, const char *port)
{
    SocketAddressLegacy *addr = g_new0(SocketAddressLegacy, 1);

    addr->type = SOCKET_ADDRESS_TYPE_INET;
    addr->u.inet.data = g_new0(InetSocketAddress, 1);
    addr->u.inet.data->host = g_strdup(host);
    addr->u.inet.data->port = g_strdup(port);
    return addr;
}

static const char *opt_or(QemuOpts *opts, const char *name, const char *def)
{
    const char *val = qemu_opt_get(opts, name);

    return val && *val ? val : def;
}

static void udp_parse(QemuOpts *opts, ChardevBackend *backend, Error **errp)
{
    const char *host = opt_or(opts, "host", "localhost");
    const char *port = opt_or(opts, "port", NULL);
    const char *localaddr = opt_or(opts, "localaddr", NULL);
    const char *localport = opt_or(opts, "localport", NULL);
    InetSocketAddress *inet;
    ChardevUdp *udp;

    if (!port) {
        error_setg(errp, "chardev: udp: remote port not specified");
        return;
    }
    backend->type = CHARDEV_BACKEND_KIND_UDP;
    udp = backend->u.udp.data = g_new0(ChardevUdp, 1);
    qemu_chr_parse_common(opts, qapi_ChardevUdp_base(udp));

    udp->remote = udp_address(host, port);
    inet = udp->remote->u.inet.data;
    inet->has_ipv4 = qemu_opt_get(opts, "ipv4");
    inet->ipv4 = qemu_opt_get_bool(opts, "ipv4", false);
    inet->has_ipv6 = qemu_opt_get(opts, "ipv6");
    inet->ipv6 = qemu_opt_get_bool(opts, "ipv6", false);
    if (localaddr || localport) {
        udp->local = udp_address(localaddr ? localaddr : "",
                                 localport ? localport : "0");
    }
}

static void char_udp_finalize(Object *obj)
{
    Chardev *chr = CHARDEV(obj);

    remove_fd_in_watch(chr);
    object_unref(OBJECT(UDP_CHARDEV(obj)->ioc));
    qemu_chr_be_event(chr, CHR_EVENT_CLOSED);
}

static void char_udp_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = udp_parse;
    cc->open = udp_open;
    cc->chr_write = udp_chr_write;
    cc->chr_update_read_handler = udp_chr_update_read_handler;
}

static const TypeInfo char_udp_type_info = {
    .name = TYPE_CHARDEV_UDP,
    .parent = TYPE_CHARDEV,
    .instance_size = sizeof(UdpChardev),
    .instance_finalize = char_udp_finalize,
    .class_init = char_udp_class_init,
};

static void register_types(void)
{
    type_register_static(&char_udp_type_info);
}

type_init(register_types);
