/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Channels into memory. */
#include "qemu/osdep.h"
#include "io/channel-buffer.h"
#include "io/channel-watch.h"
#include "qapi/error.h"
#include "qemu/module.h"

QIOChannelBuffer *qio_channel_buffer_new(size_t capacity)
{
    QIOChannelBuffer *bioc =
        QIO_CHANNEL_BUFFER(object_new(TYPE_QIO_CHANNEL_BUFFER));

    if (capacity) {
        bioc->data = g_new0(uint8_t, capacity);
        bioc->capacity = capacity;
    }
    return bioc;
}

static ssize_t buffer_readv(QIOChannel *ioc, const struct iovec *iov,
                            size_t niov, int **fds, size_t *nfds, int flags,
                            Error **errp)
{
    QIOChannelBuffer *bioc = QIO_CHANNEL_BUFFER(ioc);
    size_t start = bioc->offset;

    for (size_t i = 0; i < niov && bioc->offset < bioc->usage; i++) {
        size_t len = MIN(iov[i].iov_len, bioc->usage - bioc->offset);

        if (len) {
            memcpy(iov[i].iov_base, bioc->data + bioc->offset, len);
            bioc->offset += len;
        }
    }
    return bioc->offset - start;
}

/* Room for @len bytes at the position; what lies before it reads as zero. */
static void buffer_reserve(QIOChannelBuffer *bioc, size_t len)
{
    size_t end = bioc->offset + len;

    if (end > bioc->capacity) {
        bioc->capacity = MAX(end, bioc->capacity * 2);
        bioc->data = g_realloc(bioc->data, bioc->capacity);
    }
    if (bioc->offset > bioc->usage) {
        memset(bioc->data + bioc->usage, 0, bioc->offset - bioc->usage);
        bioc->usage = bioc->offset;
    }
}

static ssize_t buffer_writev(QIOChannel *ioc, const struct iovec *iov,
                             size_t niov, int *fds, size_t nfds, int flags,
                             Error **errp)
{
    QIOChannelBuffer *bioc = QIO_CHANNEL_BUFFER(ioc);
    size_t len = 0;

    for (size_t i = 0; i < niov; i++) {
        len += iov[i].iov_len;
    }
    buffer_reserve(bioc, len);
    for (size_t i = 0; i < niov; i++) {
        if (iov[i].iov_len) {
            memcpy(bioc->data + bioc->offset, iov[i].iov_base, iov[i].iov_len);
            bioc->offset += iov[i].iov_len;
        }
    }
    bioc->usage = MAX(bioc->usage, bioc->offset);
    return len;
}

static int buffer_set_blocking(QIOChannel *ioc, bool enabled, Error **errp)
{
    return 0;
}

static off_t buffer_seek(QIOChannel *ioc, off_t offset, int whence,
                         Error **errp)
{
    QIOChannelBuffer *bioc = QIO_CHANNEL_BUFFER(ioc);
    off_t base = whence == SEEK_CUR   ? (off_t)bioc->offset
                 : whence == SEEK_END ? (off_t)bioc->usage
                                      : 0;

    if (offset < -base) {
        error_setg(errp, "Seek to before the start of the buffer");
        return (off_t)-1;
    }
    bioc->offset = base + offset;
    return bioc->offset;
}

static int buffer_close(QIOChannel *ioc, Error **errp)
{
    QIOChannelBuffer *bioc = QIO_CHANNEL_BUFFER(ioc);

    g_clear_pointer(&bioc->data, g_free);
    bioc->capacity = bioc->usage = bioc->offset = 0;
    return 0;
}

typedef struct {
    GSource parent;
    QIOChannelBuffer *bioc;
    GIOCondition condition;
} BufferSource;

/* Memory is always writable; it is readable until its end. */
static GIOCondition buffer_source_ready(GSource *source)
{
    BufferSource *bs = (BufferSource *)source;
    GIOCondition now = G_IO_OUT;

    if (bs->bioc->offset < bs->bioc->usage) {
        now |= G_IO_IN;
    }
    return now & bs->condition;
}

static gboolean buffer_source_prepare(GSource *source, gint *timeout)
{
    *timeout = -1;
    return buffer_source_ready(source) != 0;
}

static gboolean buffer_source_check(GSource *source)
{
    return buffer_source_ready(source) != 0;
}

static gboolean buffer_source_dispatch(GSource *source, GSourceFunc callback,
                                       gpointer user_data)
{
    BufferSource *bs = (BufferSource *)source;
    QIOChannelFunc func = (QIOChannelFunc)(void (*)(void))callback;

    return func ? func(QIO_CHANNEL(bs->bioc), buffer_source_ready(source),
                       user_data)
                : G_SOURCE_REMOVE;
}

static void buffer_source_finalize(GSource *source)
{
    object_unref(OBJECT(((BufferSource *)source)->bioc));
}

static GSourceFuncs buffer_source_funcs = {
    .prepare = buffer_source_prepare,
    .check = buffer_source_check,
    .dispatch = buffer_source_dispatch,
    .finalize = buffer_source_finalize,
};

static GSource *buffer_create_watch(QIOChannel *ioc, GIOCondition condition)
{
    GSource *source = g_source_new(&buffer_source_funcs, sizeof(BufferSource));
    BufferSource *bs = (BufferSource *)source;

    bs->bioc = QIO_CHANNEL_BUFFER(object_ref(OBJECT(ioc)));
    bs->condition = condition;
    return source;
}

static void qio_channel_buffer_finalize(Object *obj)
{
    g_free(QIO_CHANNEL_BUFFER(obj)->data);
}

static void qio_channel_buffer_class_init(ObjectClass *klass, void *data)
{
    QIOChannelClass *ioc_class = QIO_CHANNEL_CLASS(klass);

    ioc_class->io_readv = buffer_readv;
    ioc_class->io_writev = buffer_writev;
    ioc_class->io_set_blocking = buffer_set_blocking;
    ioc_class->io_seek = buffer_seek;
    ioc_class->io_close = buffer_close;
    ioc_class->io_create_watch = buffer_create_watch;
}

static const TypeInfo qio_channel_buffer_info = {
    .name = TYPE_QIO_CHANNEL_BUFFER,
    .parent = TYPE_QIO_CHANNEL,
    .instance_size = sizeof(QIOChannelBuffer),
    .instance_finalize = qio_channel_buffer_finalize,
    .class_init = qio_channel_buffer_class_init,
};

static void qio_channel_buffer_register_types(void)
{
    type_register_static(&qio_channel_buffer_info);
}

type_init(qio_channel_buffer_register_types);
