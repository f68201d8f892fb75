/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Helpers for users and makers of channels. */
#ifndef QIO_CHANNEL_UTIL_H
#define QIO_CHANNEL_UTIL_H

#include "io/channel.h"

/*
 * A QIOChannelSocket if @fd is a socket, otherwise a QIOChannelFile. The
 * channel owns @fd; on failure (NULL, @errp) the caller keeps it.
 */
QIOChannel *qio_channel_new_fd(int fd, Error **errp);

/*
 * qio_channel_set_aio_fd_handler() for a kind whose directions are @read_fd
 * and @write_fd, which may be one.
 */
void qio_channel_util_set_aio_fd_handler(int read_fd, AioContext *read_ctx,
                                         IOHandler *io_read, int write_fd,
                                         AioContext *write_ctx,
                                         IOHandler *io_write, void *opaque);

#endif
