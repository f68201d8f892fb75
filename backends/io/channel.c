/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The base class of channels: checks what a channel can do before its kind is
 * asked, and builds the comfortable forms of reading and writing on the two
 * basic ones.
 */
#include "qemu/osdep.h"
#include "io/channel.h"
#include "qapi/error.h"
#include "qemu/module.h"

bool qio_channel_has_feature(QIOChannel *ioc, QIOChannelFeature feature)
{
    return ioc->features & (1u << feature);
}

void qio_channel_set_feature(QIOChannel *ioc, QIOChannelFeature feature)
{
    ioc->features |= 1u << feature;
}

void qio_channel_set_name(QIOChannel *ioc, const char *name)
{
    g_free(ioc->name);
    ioc->name = g_strdup(name);
}

ssize_t qio_channel_readv_full(QIOChannel *ioc, const struct iovec *iov,
                               size_t niov, int **fds, size_t *nfds, int flags,
                               Error **errp)
{
    if ((fds || nfds) &&
        !qio_channel_has_feature(ioc, QIO_CHANNEL_FEATURE_FD_PASS)) {
        error_setg_errno(errp, EINVAL,
                         "Channel does not support file descriptor passing");
        return -1;
    }
    if ((flags & QIO_CHANNEL_READ_FLAG_MSG_PEEK) &&
        !qio_channel_has_feature(ioc, QIO_CHANNEL_FEATURE_READ_MSG_PEEK)) {
        error_setg_errno(errp, EINVAL, "Channel does not support peek read");
        return -1;
    }
    return QIO_CHANNEL_GET_CLASS(ioc)->io_readv(ioc, iov, niov, fds, nfds,
                                                flags, errp);
}

ssize_t qio_channel_writev_full(QIOChannel *ioc, const struct iovec *iov,
                                size_t niov, int *fds, size_t nfds, int flags,
                                Error **errp)
{
    bool zero_copy = flags & QIO_CHANNEL_WRITE_FLAG_ZERO_COPY;

    if (fds || nfds) {
        if (!qio_channel_has_feature(ioc, QIO_CHANNEL_FEATURE_FD_PASS)) {
            error_setg_errno(
                errp, EINVAL,
                "Channel does not support file descriptor passing");
            return -1;
        }
        if (zero_copy) {
            error_setg_errno(
                errp, EINVAL,
                "Zero Copy does not support file descriptor passing");
            return -1;
        }
    }
    if (zero_copy &&
        !qio_channel_has_feature(ioc, QIO_CHANNEL_FEATURE_WRITE_ZERO_COPY)) {
        error_setg_errno(errp, EINVAL,
                         "Requested Zero Copy feature is not available");
        return -1;
    }
    return QIO_CHANNEL_GET_CLASS(ioc)->io_writev(ioc, iov, niov, fds, nfds,
                                                 flags, errp);
}

/*
 * The part of a vector that is still to be transferred: our copy, so that its
 * first element can shrink.
 */
typedef struct {
    struct iovec *copy;
    struct iovec *iov;
    size_t niov;
} Rest;

static void rest_skip(Rest *rest, size_t len)
{
    while (rest->niov && len >= rest->iov->iov_len) {
        len -= rest->iov->iov_len;
        rest->iov++;
        rest->niov--;
    }
    if (len) {
        rest->iov->iov_base = (char *)rest->iov->iov_base + len;
        rest->iov->iov_len -= len;
    }
}

static Rest rest_new(const struct iovec *iov, size_t niov)
{
    Rest rest = { .niov = niov };

    rest.copy = g_memdup2(iov, niov * sizeof(*iov));
    rest.iov = rest.copy;
    rest_skip(&rest, 0);
    return rest;
}

/* Descriptors of several reads, gathered. */
typedef struct {
    int *fds;
    size_t nfds;
} Gathered;

static void gather(Gathered *g, int *fds, size_t nfds)
{
    if (nfds) {
        g->fds = g_renew(int, g->fds, g->nfds + nfds);
        memcpy(g->fds + g->nfds, fds, nfds * sizeof(int));
        g->nfds += nfds;
    }
    g_free(fds);
}

static void gathered_close(Gathered *g)
{
    for (size_t i = 0; i < g->nfds; i++) {
        close(g->fds[i]);
    }
    g_free(g->fds);
}

int coroutine_mixed_fn qio_channel_readv_full_all_eof(QIOChannel *ioc,
                                                      const struct iovec *iov,
                                                      size_t niov, int **fds,
                                                      size_t *nfds, int flags,
                                                      Error **errp)
{
    Rest rest = rest_new(iov, niov);
    Gathered got = {};
    bool partial = false;
    int ret = 1;

    while (rest.niov && ret == 1) {
        int *new_fds = NULL;
        size_t new_nfds = 0;
        ssize_t len = qio_channel_readv_full(
            ioc, rest.iov, rest.niov, fds ? &new_fds : NULL,
            nfds ? &new_nfds : NULL, flags, errp);

        if (len == QIO_CHANNEL_ERR_BLOCK) {
            qio_channel_wait(ioc, G_IO_IN);
        } else if (len < 0) {
            ret = -1;
        } else if (len > 0 || new_nfds) {
            partial = true;
            rest_skip(&rest, len);
        } else if (partial && !(flags & QIO_CHANNEL_READ_FLAG_RELAXED_EOF)) {
            error_setg(errp,
                       "Unexpected end-of-file before all data were read");
            ret = -1;
        } else {
            ret = 0;
        }
        gather(&got, new_fds, new_nfds);
    }

    if (ret != 1) {
        gathered_close(&got);
        got = (Gathered){};
    }
    if (fds) {
        *fds = got.fds;
        *nfds = got.nfds;
    }
    g_free(rest.copy);
    return ret;
}

int coroutine_mixed_fn qio_channel_readv_full_all(QIOChannel *ioc,
                                                  const struct iovec *iov,
                                                  size_t niov, int **fds,
                                                  size_t *nfds, Error **errp)
{
    int ret =
        qio_channel_readv_full_all_eof(ioc, iov, niov, fds, nfds, 0, errp);

    if (ret == 0) {
        error_setg(errp, "Unexpected end-of-file before all data were read");
    }
    return ret == 1 ? 0 : -1;
}

int coroutine_mixed_fn qio_channel_writev_full_all(QIOChannel *ioc,
                                                   const struct iovec *iov,
                                                   size_t niov, int *fds,
                                                   size_t nfds, int flags,
                                                   Error **errp)
{
    Rest rest = rest_new(iov, niov);
    int ret = 0;

    while (rest.niov) {
        ssize_t len = qio_channel_writev_full(ioc, rest.iov, rest.niov, fds,
                                              nfds, flags, errp);

        if (len == QIO_CHANNEL_ERR_BLOCK) {
            qio_channel_wait(ioc, G_IO_OUT);
            continue;
        }
        if (len < 0) {
            ret = -1;
            break;
        }
        rest_skip(&rest, len);
        /* They went with the first byte. */
        fds = NULL;
        nfds = 0;
    }
    g_free(rest.copy);
    return ret;
}

int coroutine_mixed_fn qio_channel_readv_all_eof(QIOChannel *ioc,
                                                 const struct iovec *iov,
                                                 size_t niov, Error **errp)
{
    return qio_channel_readv_full_all_eof(ioc, iov, niov, NULL, NULL, 0, errp);
}

int coroutine_mixed_fn qio_channel_readv_all(QIOChannel *ioc,
                                             const struct iovec *iov,
                                             size_t niov, Error **errp)
{
    return qio_channel_readv_full_all(ioc, iov, niov, NULL, NULL, errp);
}

int coroutine_mixed_fn qio_channel_writev_all(QIOChannel *ioc,
                                              const struct iovec *iov,
                                              size_t niov, Error **errp)
{
    return qio_channel_writev_full_all(ioc, iov, niov, NULL, 0, 0, errp);
}

ssize_t qio_channel_readv(QIOChannel *ioc, const struct iovec *iov, size_t niov,
                          Error **errp)
{
    return qio_channel_readv_full(ioc, iov, niov, NULL, NULL, 0, errp);
}

ssize_t qio_channel_writev(QIOChannel *ioc, const struct iovec *iov,
                           size_t niov, Error **errp)
{
    return qio_channel_writev_full(ioc, iov, niov, NULL, 0, 0, errp);
}

static struct iovec one_iov(const char *buf, size_t buflen)
{
    return (struct iovec){ .iov_base = (char *)buf, .iov_len = buflen };
}

ssize_t qio_channel_read(QIOChannel *ioc, char *buf, size_t buflen,
                         Error **errp)
{
    struct iovec iov = one_iov(buf, buflen);

    return qio_channel_readv(ioc, &iov, 1, errp);
}

ssize_t qio_channel_write(QIOChannel *ioc, const char *buf, size_t buflen,
                          Error **errp)
{
    struct iovec iov = one_iov(buf, buflen);

    return qio_channel_writev(ioc, &iov, 1, errp);
}

int coroutine_mixed_fn qio_channel_read_all_eof(QIOChannel *ioc, char *buf,
                                                size_t buflen, Error **errp)
{
    struct iovec iov = one_iov(buf, buflen);

    return qio_channel_readv_all_eof(ioc, &iov, 1, errp);
}

int coroutine_mixed_fn qio_channel_read_all(QIOChannel *ioc, char *buf,
                                            size_t buflen, Error **errp)
{
    struct iovec iov = one_iov(buf, buflen);

    return qio_channel_readv_all(ioc, &iov, 1, errp);
}

int coroutine_mixed_fn qio_channel_write_all(QIOChannel *ioc, const char *buf,
                                             size_t buflen, Error **errp)
{
    struct iovec iov = one_iov(buf, buflen);

    return qio_channel_writev_all(ioc, &iov, 1, errp);
}

int qio_channel_set_blocking(QIOChannel *ioc, bool enabled, Error **errp)
{
    return QIO_CHANNEL_GET_CLASS(ioc)->io_set_blocking(ioc, enabled, errp);
}

void qio_channel_set_follow_coroutine_ctx(QIOChannel *ioc, bool enabled)
{
    ioc->follow_coroutine_ctx = enabled;
}

int qio_channel_close(QIOChannel *ioc, Error **errp)
{
    return QIO_CHANNEL_GET_CLASS(ioc)->io_close(ioc, errp);
}

static bool check_seekable(QIOChannel *ioc, bool implemented, const char *what,
                           Error **errp)
{
    if (!implemented) {
        error_setg(errp, "Channel does not support %s", what);
        return false;
    }
    if (!qio_channel_has_feature(ioc, QIO_CHANNEL_FEATURE_SEEKABLE)) {
        error_setg_errno(errp, EINVAL, "Requested channel is not seekable");
        return false;
    }
    return true;
}

ssize_t qio_channel_pwritev(QIOChannel *ioc, const struct iovec *iov,
                            size_t niov, off_t offset, Error **errp)
{
    QIOChannelClass *klass = QIO_CHANNEL_GET_CLASS(ioc);

    if (!check_seekable(ioc, klass->io_pwritev, "pwritev", errp)) {
        return -1;
    }
    return klass->io_pwritev(ioc, iov, niov, offset, errp);
}

ssize_t qio_channel_pwrite(QIOChannel *ioc, char *buf, size_t buflen,
                           off_t offset, Error **errp)
{
    struct iovec iov = one_iov(buf, buflen);

    return qio_channel_pwritev(ioc, &iov, 1, offset, errp);
}

ssize_t qio_channel_preadv(QIOChannel *ioc, const struct iovec *iov,
                           size_t niov, off_t offset, Error **errp)
{
    QIOChannelClass *klass = QIO_CHANNEL_GET_CLASS(ioc);

    if (!check_seekable(ioc, klass->io_preadv, "preadv", errp)) {
        return -1;
    }
    return klass->io_preadv(ioc, iov, niov, offset, errp);
}

ssize_t qio_channel_pread(QIOChannel *ioc, char *buf, size_t buflen,
                          off_t offset, Error **errp)
{
    struct iovec iov = one_iov(buf, buflen);

    return qio_channel_preadv(ioc, &iov, 1, offset, errp);
}

int qio_channel_shutdown(QIOChannel *ioc, QIOChannelShutdown how, Error **errp)
{
    QIOChannelClass *klass = QIO_CHANNEL_GET_CLASS(ioc);

    if (!klass->io_shutdown) {
        error_setg(errp, "Data path shutdown not supported");
        return -1;
    }
    return klass->io_shutdown(ioc, how, errp);
}

void qio_channel_set_delay(QIOChannel *ioc, bool enabled)
{
    QIOChannelClass *klass = QIO_CHANNEL_GET_CLASS(ioc);

    if (klass->io_set_delay) {
        klass->io_set_delay(ioc, enabled);
    }
}

void qio_channel_set_cork(QIOChannel *ioc, bool enabled)
{
    QIOChannelClass *klass = QIO_CHANNEL_GET_CLASS(ioc);

    if (klass->io_set_cork) {
        klass->io_set_cork(ioc, enabled);
    }
}

off_t qio_channel_io_seek(QIOChannel *ioc, off_t offset, int whence,
                          Error **errp)
{
    QIOChannelClass *klass = QIO_CHANNEL_GET_CLASS(ioc);

    if (!klass->io_seek) {
        error_setg(errp, "Channel does not support random access");
        return (off_t)-1;
    }
    return klass->io_seek(ioc, offset, whence, errp);
}

int qio_channel_flush(QIOChannel *ioc, Error **errp)
{
    QIOChannelClass *klass = QIO_CHANNEL_GET_CLASS(ioc);

    if (!klass->io_flush ||
        !qio_channel_has_feature(ioc, QIO_CHANNEL_FEATURE_WRITE_ZERO_COPY)) {
        return 0;
    }
    return klass->io_flush(ioc, errp);
}

int qio_channel_get_peerpid(QIOChannel *ioc, unsigned int *pid, Error **errp)
{
    QIOChannelClass *klass = QIO_CHANNEL_GET_CLASS(ioc);

    if (!klass->io_peerpid) {
        error_setg(errp, "Channel does not support peer pid");
        return -1;
    }
    return klass->io_peerpid(ioc, pid, errp);
}

GSource *qio_channel_create_watch(QIOChannel *ioc, GIOCondition condition)
{
    GSource *source =
        QIO_CHANNEL_GET_CLASS(ioc)->io_create_watch(ioc, condition);

    if (ioc->name) {
        g_source_set_name(source, ioc->name);
    }
    return source;
}

GSource *qio_channel_add_watch_source(QIOChannel *ioc, GIOCondition condition,
                                      QIOChannelFunc func, gpointer user_data,
                                      GDestroyNotify notify,
                                      GMainContext *context)
{
    GSource *source = qio_channel_create_watch(ioc, condition);

    g_source_set_callback(source, (GSourceFunc)(void (*)(void))func, user_data,
                          notify);
    g_source_attach(source, context);
    return source;
}

guint qio_channel_add_watch_full(QIOChannel *ioc, GIOCondition condition,
                                 QIOChannelFunc func, gpointer user_data,
                                 GDestroyNotify notify, GMainContext *context)
{
    GSource *source = qio_channel_add_watch_source(ioc, condition, func,
                                                   user_data, notify, context);
    guint id = g_source_get_id(source);

    g_source_unref(source);
    return id;
}

guint qio_channel_add_watch(QIOChannel *ioc, GIOCondition condition,
                            QIOChannelFunc func, gpointer user_data,
                            GDestroyNotify notify)
{
    return qio_channel_add_watch_full(ioc, condition, func, user_data, notify,
                                      NULL);
}

static gboolean note_ready(QIOChannel *ioc, GIOCondition condition,
                           gpointer data)
{
    *(bool *)data = true;
    return G_SOURCE_REMOVE;
}

/*
 * A context of its own: nothing else may run while the caller waits in the
 * middle of something.
 */
void qio_channel_wait(QIOChannel *ioc, GIOCondition condition)
{
    GMainContext *context = g_main_context_new();
    bool ready = false;
    GSource *source = qio_channel_add_watch_source(ioc, condition, note_ready,
                                                   &ready, NULL, context);

    while (!ready) {
        g_main_context_iteration(context, TRUE);
    }
    g_source_unref(source);
    g_main_context_unref(context);
}

void qio_channel_set_aio_fd_handler(QIOChannel *ioc, AioContext *read_ctx,
                                    IOHandler *io_read, AioContext *write_ctx,
                                    IOHandler *io_write, void *opaque)
{
    QIOChannelClass *klass = QIO_CHANNEL_GET_CLASS(ioc);

    if (klass->io_set_aio_fd_handler) {
        klass->io_set_aio_fd_handler(ioc, read_ctx, io_read, write_ctx,
                                     io_write, opaque);
    }
}

static void qio_channel_finalize(Object *obj)
{
    g_free(QIO_CHANNEL(obj)->name);
}

static const TypeInfo qio_channel_info = {
    .name = TYPE_QIO_CHANNEL,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(QIOChannel),
    .instance_finalize = qio_channel_finalize,
    .abstract = true,
    .class_size = sizeof(QIOChannelClass),
};

static void qio_channel_register_types(void)
{
    type_register_static(&qio_channel_info);
}

type_init(qio_channel_register_types);
