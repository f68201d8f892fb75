/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "io/channel-file.h"
#include "io/channel-socket.h"
#include "io/channel-util.h"

QIOChannel *qio_channel_new_fd(int fd, Error **errp)
{
    QIOChannelSocket *sioc;

    if (!fd_is_socket(fd)) {
        return QIO_CHANNEL(qio_channel_file_new_fd(fd));
    }
    sioc = qio_channel_socket_new_fd(fd, errp);
    return sioc ? QIO_CHANNEL(sioc) : NULL;
}

void qio_channel_util_set_aio_fd_handler(int read_fd, AioContext *read_ctx,
                                         IOHandler *io_read, int write_fd,
                                         AioContext *write_ctx,
                                         IOHandler *io_write, void *opaque)
{
    /* A descriptor has one entry in a context: both handlers go in at once. */
    if (read_fd == write_fd && read_ctx == write_ctx) {
        if (read_ctx) {
            aio_set_fd_handler(read_ctx, read_fd, io_read, io_write, NULL, NULL,
                               opaque);
        }
        return;
    }
    if (read_ctx) {
        aio_set_fd_handler(read_ctx, read_fd, io_read, NULL, NULL, NULL,
                           opaque);
    }
    if (write_ctx) {
        aio_set_fd_handler(write_ctx, write_fd, NULL, io_write, NULL, NULL,
                           opaque);
    }
}
