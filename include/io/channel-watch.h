/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sources with which kinds of channels implement their io_create_watch. */
#ifndef QIO_CHANNEL_WATCH_H
#define QIO_CHANNEL_WATCH_H

#include "io/channel.h"

/*
 * A source that polls @fd for @condition and keeps @ioc alive. The caller
 * owns the reference. A regular file is always ready. The socket form is the
 * same on this host.
 */
GSource *qio_channel_create_fd_watch(QIOChannel *ioc, int fd,
                                     GIOCondition condition);
GSource *qio_channel_create_socket_watch(QIOChannel *ioc, int fd,
                                         GIOCondition condition);

/*
 * The same for a pair: G_IO_IN is polled on @fdread, G_IO_OUT on @fdwrite,
 * errors on both that are polled.
 */
GSource *qio_channel_create_fd_pair_watch(QIOChannel *ioc, int fdread,
                                          int fdwrite, GIOCondition condition);

#endif
