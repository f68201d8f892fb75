/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QIOChannelFile: a channel on a plain descriptor: file, FIFO, pipe, terminal,
 * block or character device. Sockets work, but channel-socket.h serves them
 * better.
 */
#ifndef QIO_CHANNEL_FILE_H
#define QIO_CHANNEL_FILE_H

#include "io/channel.h"
#include "qom/object.h"

#define TYPE_QIO_CHANNEL_FILE "qio-channel-file"
OBJECT_DECLARE_SIMPLE_TYPE(QIOChannelFile, QIO_CHANNEL_FILE)

struct QIOChannelFile {
    QIOChannel parent;
    int fd; /* -1 when closed */
};

/* A channel that owns @fd from now on. */
QIOChannelFile *qio_channel_file_new_fd(int fd);

/* A channel that owns a duplicate of @fd. NULL with @errp on failure. */
QIOChannelFile *qio_channel_file_new_dupfd(int fd, Error **errp);

/*
 * Opens @path as open() would, close-on-exec; @mode counts with O_CREAT.
 * "/dev/fdset/N" means the monitor's descriptor set. NULL with @errp.
 */
QIOChannelFile *qio_channel_file_new_path(const char *path, int flags,
                                          mode_t mode, Error **errp);

#endif
