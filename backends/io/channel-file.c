/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Channels on plain descriptors. */
#include "qemu/osdep.h"
#include <glib-unix.h>
#include "io/channel-file.h"
#include "io/channel-util.h"
#include "io/channel-watch.h"
#include "qapi/error.h"
#include "qemu/module.h"

QIOChannelFile *qio_channel_file_new_fd(int fd)
{
    QIOChannelFile *fioc = QIO_CHANNEL_FILE(object_new(TYPE_QIO_CHANNEL_FILE));

    fioc->fd = fd;
    if (lseek(fd, 0, SEEK_CUR) != (off_t)-1) {
        qio_channel_set_feature(QIO_CHANNEL(fioc),
                                QIO_CHANNEL_FEATURE_SEEKABLE);
    }
    return fioc;
}

QIOChannelFile *qio_channel_file_new_dupfd(int fd, Error **errp)
{
    int copy = qemu_dup(fd);

    if (copy < 0) {
        error_setg_errno(errp, errno, "Could not dup FD %d", fd);
        return NULL;
    }
    return qio_channel_file_new_fd(copy);
}

QIOChannelFile *qio_channel_file_new_path(const char *path, int flags,
                                          mode_t mode, Error **errp)
{
    int fd = qemu_open_old(path, flags, mode);

    if (fd < 0) {
        error_setg_errno(errp, errno, "Unable to open %s", path);
        return NULL;
    }
    return qio_channel_file_new_fd(fd);
}

/* What a system call's outcome means for a channel. */
static ssize_t channel_result(ssize_t ret, const char *what, Error **errp)
{
    if (ret >= 0) {
        return ret;
    }
    if (errno == EAGAIN) {
        return QIO_CHANNEL_ERR_BLOCK;
    }
    error_setg_errno(errp, errno, "%s", what);
    return -1;
}

static ssize_t file_readv(QIOChannel *ioc, const struct iovec *iov, size_t niov,
                          int **fds, size_t *nfds, int flags, Error **errp)
{
    int fd = QIO_CHANNEL_FILE(ioc)->fd;

    return channel_result(
        RETRY_ON_EINTR(readv(fd, iov, MIN(niov, (size_t)IOV_MAX))),
        "Unable to read from file", errp);
}

static ssize_t file_writev(QIOChannel *ioc, const struct iovec *iov,
                           size_t niov, int *fds, size_t nfds, int flags,
                           Error **errp)
{
    int fd = QIO_CHANNEL_FILE(ioc)->fd;

    return channel_result(
        RETRY_ON_EINTR(writev(fd, iov, MIN(niov, (size_t)IOV_MAX))),
        "Unable to write to file", errp);
}

static ssize_t file_preadv(QIOChannel *ioc, const struct iovec *iov,
                           size_t niov, off_t offset, Error **errp)
{
    int fd = QIO_CHANNEL_FILE(ioc)->fd;

    return channel_result(
        RETRY_ON_EINTR(preadv(fd, iov, MIN(niov, (size_t)IOV_MAX), offset)),
        "Unable to read from file", errp);
}

static ssize_t file_pwritev(QIOChannel *ioc, const struct iovec *iov,
                            size_t niov, off_t offset, Error **errp)
{
    int fd = QIO_CHANNEL_FILE(ioc)->fd;

    return channel_result(
        RETRY_ON_EINTR(pwritev(fd, iov, MIN(niov, (size_t)IOV_MAX), offset)),
        "Unable to write to file", errp);
}

static int file_set_blocking(QIOChannel *ioc, bool enabled, Error **errp)
{
    if (!g_unix_set_fd_nonblocking(QIO_CHANNEL_FILE(ioc)->fd, !enabled, NULL)) {
        error_setg_errno(errp, errno, "Failed to set FD nonblocking");
        return -1;
    }
    return 0;
}

static off_t file_seek(QIOChannel *ioc, off_t offset, int whence, Error **errp)
{
    off_t ret = lseek(QIO_CHANNEL_FILE(ioc)->fd, offset, whence);

    if (ret == (off_t)-1) {
        error_setg_errno(errp, errno,
                         "Unable to seek to offset %lld whence %d in file",
                         (long long int)offset, whence);
    }
    return ret;
}

static int file_close(QIOChannel *ioc, Error **errp)
{
    QIOChannelFile *fioc = QIO_CHANNEL_FILE(ioc);
    int fd = fioc->fd;

    if (fd < 0) {
        return 0;
    }
    /* Whatever close() says, the number is free for others afterwards. */
    fioc->fd = -1;
    if (qemu_close(fd) < 0) {
        error_setg_errno(errp, errno, "Unable to close file");
        return -1;
    }
    return 0;
}

static void file_set_aio_fd_handler(QIOChannel *ioc, AioContext *read_ctx,
                                    IOHandler *io_read, AioContext *write_ctx,
                                    IOHandler *io_write, void *opaque)
{
    int fd = QIO_CHANNEL_FILE(ioc)->fd;

    qio_channel_util_set_aio_fd_handler(fd, read_ctx, io_read, fd, write_ctx,
                                        io_write, opaque);
}

static GSource *file_create_watch(QIOChannel *ioc, GIOCondition condition)
{
    return qio_channel_create_fd_watch(ioc, QIO_CHANNEL_FILE(ioc)->fd,
                                       condition);
}

static void qio_channel_file_init(Object *obj)
{
    QIO_CHANNEL_FILE(obj)->fd = -1;
}

static void qio_channel_file_finalize(Object *obj)
{
    file_close(QIO_CHANNEL(obj), NULL);
}

static void qio_channel_file_class_init(ObjectClass *klass, void *data)
{
    QIOChannelClass *ioc_class = QIO_CHANNEL_CLASS(klass);

    ioc_class->io_readv = file_readv;
    ioc_class->io_writev = file_writev;
    ioc_class->io_preadv = file_preadv;
    ioc_class->io_pwritev = file_pwritev;
    ioc_class->io_set_blocking = file_set_blocking;
    ioc_class->io_seek = file_seek;
    ioc_class->io_close = file_close;
    ioc_class->io_create_watch = file_create_watch;
    ioc_class->io_set_aio_fd_handler = file_set_aio_fd_handler;
}

static const TypeInfo qio_channel_file_info = {
    .name = TYPE_QIO_CHANNEL_FILE,
    .parent = TYPE_QIO_CHANNEL,
    .instance_size = sizeof(QIOChannelFile),
    .instance_init = qio_channel_file_init,
    .instance_finalize = qio_channel_file_finalize,
    .class_init = qio_channel_file_class_init,
};

static void qio_channel_file_register_types(void)
{
    type_register_static(&qio_channel_file_info);
}

type_init(qio_channel_file_register_types);
