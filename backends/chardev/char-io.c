/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading from and writing to channels for drivers.
 *
 * A front end says how much it can take, and may say nothing for a while. The
 * outer source below asks it before each poll, and only then has an inner
 * one watch the channel, so that unread input does not make the loop spin.
 */
#include "qemu/osdep.h"
#include "chardev/char-io.h"

typedef struct {
    GSource parent;

    QIOChannel *ioc;
    GSource *inner; /* attached while there is room */
    IOCanReadHandler *can_read;
    QIOChannelFunc read;
    void *opaque;
} PollSource;

static void poll_source_pause(PollSource *ps)
{
    if (ps->inner) {
        g_source_destroy(ps->inner);
        g_source_unref(ps->inner);
        ps->inner = NULL;
    }
}

static gboolean poll_source_prepare(GSource *source, gint *timeout)
{
    PollSource *ps = (PollSource *)source;
    bool room = ps->can_read(ps->opaque) > 0;

    *timeout = -1;
    /* Asking may have had the driver remove this source. */
    if (g_source_is_destroyed(source)) {
        return FALSE;
    }
    if (room && !ps->inner) {
        ps->inner = qio_channel_add_watch_source(
            ps->ioc, G_IO_IN | G_IO_ERR | G_IO_HUP | G_IO_NVAL, ps->read,
            ps->opaque, NULL, g_source_get_context(source));
    } else if (!room) {
        poll_source_pause(ps);
    }
    return FALSE;
}

static gboolean poll_source_check(GSource *source)
{
    return FALSE;
}

static gboolean poll_source_dispatch(GSource *source, GSourceFunc callback,
                                     gpointer user_data)
{
    return G_SOURCE_CONTINUE;
}

static void poll_source_finalize(GSource *source)
{
    PollSource *ps = (PollSource *)source;

    poll_source_pause(ps);
    object_unref(OBJECT(ps->ioc));
}

static GSourceFuncs poll_source_funcs = {
    .prepare = poll_source_prepare,
    .check = poll_source_check,
    .dispatch = poll_source_dispatch,
    .finalize = poll_source_finalize,
};

GSource *io_add_watch_poll(Chardev *chr, QIOChannel *ioc,
                           IOCanReadHandler *fd_can_read,
                           QIOChannelFunc fd_read, gpointer user_data,
                           GMainContext *context)
{
    GSource *source = g_source_new(&poll_source_funcs, sizeof(PollSource));
    PollSource *ps = (PollSource *)source;
    g_autofree char *name = g_strdup_printf("chardev-iowatch-%s", chr->label);

    ps->ioc = QIO_CHANNEL(object_ref(OBJECT(ioc)));
    ps->can_read = fd_can_read;
    ps->read = fd_read;
    ps->opaque = user_data;
    g_source_set_name(source, name);
    g_source_attach(source, context);
    /* The context holds it until remove_fd_in_watch(). */
    g_source_unref(source);
    return source;
}

void remove_fd_in_watch(Chardev *chr)
{
    GSource *source = g_steal_pointer(&chr->gsource);

    if (source) {
        poll_source_pause((PollSource *)source);
        g_source_destroy(source);
    }
}

int io_channel_send_full(QIOChannel *ioc, const void *buf, size_t len, int *fds,
                         size_t nfds)
{
    size_t done = 0;

    while (done < len) {
        struct iovec iov = { .iov_base = (char *)buf + done,
                             .iov_len = len - done };
        ssize_t ret = qio_channel_writev_full(ioc, &iov, 1, fds, nfds, 0, NULL);

        if (ret < 0) {
            if (done) {
                break;
            }
            errno = ret == QIO_CHANNEL_ERR_BLOCK ? EAGAIN : EINVAL;
            return -1;
        }
        done += ret;
        fds = NULL;
        nfds = 0;
    }
    return done;
}

int io_channel_send(QIOChannel *ioc, const void *buf, size_t len)
{
    return io_channel_send_full(ioc, buf, len, NULL, 0);
}

void remove_listener_fd_in_watch(Chardev *chr)
{
    ChardevClass *cc = CHARDEV_GET_CLASS(chr);

    if (cc->chr_listener_cleanup) {
        cc->chr_listener_cleanup(chr);
    }
}
