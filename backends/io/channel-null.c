/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The channel that takes everything and has nothing. */
#include "qemu/osdep.h"
#include "io/channel-null.h"
#include "qapi/error.h"
#include "qemu/module.h"

QIOChannelNull *qio_channel_null_new(void)
{
    return QIO_CHANNEL_NULL(object_new(TYPE_QIO_CHANNEL_NULL));
}

static bool null_check_open(QIOChannel *ioc, Error **errp)
{
    if (QIO_CHANNEL_NULL(ioc)->closed) {
        error_setg_errno(errp, EINVAL, "Channel is closed");
        return false;
    }
    return true;
}

static ssize_t null_readv(QIOChannel *ioc, const struct iovec *iov, size_t niov,
                          int **fds, size_t *nfds, int flags, Error **errp)
{
    return null_check_open(ioc, errp) ? 0 : -1;
}

static ssize_t null_writev(QIOChannel *ioc, const struct iovec *iov,
                           size_t niov, int *fds, size_t nfds, int flags,
                           Error **errp)
{
    ssize_t len = 0;

    if (!null_check_open(ioc, errp)) {
        return -1;
    }
    for (size_t i = 0; i < niov; i++) {
        len += iov[i].iov_len;
    }
    return len;
}

static int null_set_blocking(QIOChannel *ioc, bool enabled, Error **errp)
{
    return 0;
}

static off_t null_seek(QIOChannel *ioc, off_t offset, int whence, Error **errp)
{
    return 0;
}

static int null_close(QIOChannel *ioc, Error **errp)
{
    QIO_CHANNEL_NULL(ioc)->closed = true;
    return 0;
}

static void null_set_aio_fd_handler(QIOChannel *ioc, AioContext *read_ctx,
                                    IOHandler *io_read, AioContext *write_ctx,
                                    IOHandler *io_write, void *opaque)
{
}

typedef struct {
    GSource parent;
    QIOChannel *ioc;
    GIOCondition condition;
} ReadySource;

static gboolean ready_source_prepare(GSource *source, gint *timeout)
{
    *timeout = -1;
    return TRUE;
}

static gboolean ready_source_check(GSource *source)
{
    return TRUE;
}

static gboolean ready_source_dispatch(GSource *source, GSourceFunc callback,
                                      gpointer user_data)
{
    ReadySource *rs = (ReadySource *)source;
    QIOChannelFunc func = (QIOChannelFunc)(void (*)(void))callback;

    return func ? func(rs->ioc, rs->condition, user_data) : G_SOURCE_REMOVE;
}

static void ready_source_finalize(GSource *source)
{
    object_unref(OBJECT(((ReadySource *)source)->ioc));
}

static GSourceFuncs ready_source_funcs = {
    .prepare = ready_source_prepare,
    .check = ready_source_check,
    .dispatch = ready_source_dispatch,
    .finalize = ready_source_finalize,
};

static GSource *null_create_watch(QIOChannel *ioc, GIOCondition condition)
{
    GSource *source = g_source_new(&ready_source_funcs, sizeof(ReadySource));
    ReadySource *rs = (ReadySource *)source;

    rs->ioc = QIO_CHANNEL(object_ref(OBJECT(ioc)));
    rs->condition = condition;
    return source;
}

static void qio_channel_null_class_init(ObjectClass *klass, void *data)
{
    QIOChannelClass *ioc_class = QIO_CHANNEL_CLASS(klass);

    ioc_class->io_readv = null_readv;
    ioc_class->io_writev = null_writev;
    ioc_class->io_set_blocking = null_set_blocking;
    ioc_class->io_seek = null_seek;
    ioc_class->io_close = null_close;
    ioc_class->io_create_watch = null_create_watch;
    ioc_class->io_set_aio_fd_handler = null_set_aio_fd_handler;
}

static const TypeInfo qio_channel_null_info = {
    .name = TYPE_QIO_CHANNEL_NULL,
    .parent = TYPE_QIO_CHANNEL,
    .instance_size = sizeof(QIOChannelNull),
    .class_init = qio_channel_null_class_init,
};

static void qio_channel_null_register_types(void)
{
    type_register_static(&qio_channel_null_info);
}

type_init(qio_channel_null_register_types);
