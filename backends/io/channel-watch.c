/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GSources that poll the descriptors of a channel. */
#include "qemu/osdep.h"
#include "io/channel-watch.h"

typedef struct {
    GSource parent;
    QIOChannel *ioc;
    GIOCondition condition;
    gpointer read_tag; /* each NULL when that side is not polled */
    gpointer write_tag;
} ChannelSource;

static gboolean channel_source_dispatch(GSource *source, GSourceFunc callback,
                                        gpointer user_data)
{
    ChannelSource *cs = (ChannelSource *)source;
    QIOChannelFunc func = (QIOChannelFunc)(void (*)(void))callback;
    GIOCondition seen = 0;

    if (cs->read_tag) {
        seen |= g_source_query_unix_fd(source, cs->read_tag);
    }
    if (cs->write_tag) {
        seen |= g_source_query_unix_fd(source, cs->write_tag);
    }
    /*
     * poll() reports errors whether one asked or not. They must reach the
     * callback: ignoring them would make the loop spin.
     */
    seen &= cs->condition | G_IO_ERR | G_IO_HUP | G_IO_NVAL;
    if (!seen) {
        return G_SOURCE_CONTINUE;
    }
    return func ? func(cs->ioc, seen, user_data) : G_SOURCE_REMOVE;
}

static void channel_source_finalize(GSource *source)
{
    object_unref(OBJECT(((ChannelSource *)source)->ioc));
}

static GSourceFuncs channel_source_funcs = {
    .dispatch = channel_source_dispatch,
    .finalize = channel_source_finalize,
};

static ChannelSource *channel_source_new(QIOChannel *ioc,
                                         GIOCondition condition)
{
    GSource *source =
        g_source_new(&channel_source_funcs, sizeof(ChannelSource));
    ChannelSource *cs = (ChannelSource *)source;

    cs->ioc = QIO_CHANNEL(object_ref(OBJECT(ioc)));
    cs->condition = condition;
    return cs;
}

GSource *qio_channel_create_fd_watch(QIOChannel *ioc, int fd,
                                     GIOCondition condition)
{
    ChannelSource *cs = channel_source_new(ioc, condition);

    cs->read_tag = g_source_add_unix_fd(&cs->parent, fd, condition);
    return &cs->parent;
}

GSource *qio_channel_create_socket_watch(QIOChannel *ioc, int fd,
                                         GIOCondition condition)
{
    return qio_channel_create_fd_watch(ioc, fd, condition);
}

GSource *qio_channel_create_fd_pair_watch(QIOChannel *ioc, int fdread,
                                          int fdwrite, GIOCondition condition)
{
    ChannelSource *cs = channel_source_new(ioc, condition);
    GIOCondition in = condition & ~G_IO_OUT;

    if (in && fdread >= 0) {
        cs->read_tag = g_source_add_unix_fd(&cs->parent, fdread, in);
    }
    if ((condition & G_IO_OUT) && fdwrite >= 0) {
        cs->write_tag = g_source_add_unix_fd(&cs->parent, fdwrite, G_IO_OUT);
    }
    return &cs->parent;
}
