/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QIOChannel: one interface for byte streams, whatever carries them.
 *
 * A channel is a QOM object. The base class is abstract; the kinds are in
 * channel-socket.h, channel-file.h, channel-buffer.h, channel-command.h and
 * channel-null.h, and qio_channel_new_fd() (channel-util.h) picks one for a
 * descriptor. Data moves in vectors, errors come as Error, descriptors travel
 * along where the carrier can pass them, and a watch is a GSource that any
 * GMainContext can run. A channel is used by one thread per direction;
 * qio_channel_shutdown() alone may be called from any thread.
 *
 * There are no coroutines here: on a non-blocking channel the "_all" functions
 * wait with poll().
 */
#ifndef QIO_CHANNEL_H
#define QIO_CHANNEL_H

#include "qom/object.h"
#include "qemu/coroutine-core.h"
#include "block/aio.h"

#define TYPE_QIO_CHANNEL "qio-channel"
OBJECT_DECLARE_TYPE(QIOChannel, QIOChannelClass, QIO_CHANNEL)

/* What a read or write returns when it would have to wait. */
#define QIO_CHANNEL_ERR_BLOCK -2

/* Do not copy what is written; it must stay unchanged until a flush. */
#define QIO_CHANNEL_WRITE_FLAG_ZERO_COPY 0x1

/* Leave what is read in the channel. */
#define QIO_CHANNEL_READ_FLAG_MSG_PEEK 0x1
/* End of file in the middle of a "_eof" read counts as end of file. */
#define QIO_CHANNEL_READ_FLAG_RELAXED_EOF 0x2

typedef enum QIOChannelFeature {
    QIO_CHANNEL_FEATURE_FD_PASS,         /* descriptors can travel along */
    QIO_CHANNEL_FEATURE_SHUTDOWN,        /* qio_channel_shutdown() works */
    QIO_CHANNEL_FEATURE_LISTEN,          /* a listening socket */
    QIO_CHANNEL_FEATURE_WRITE_ZERO_COPY,
    QIO_CHANNEL_FEATURE_READ_MSG_PEEK,
    QIO_CHANNEL_FEATURE_SEEKABLE,        /* seek, pread and pwrite work */
} QIOChannelFeature;

typedef enum QIOChannelShutdown {
    QIO_CHANNEL_SHUTDOWN_READ = 1,
    QIO_CHANNEL_SHUTDOWN_WRITE = 2,
    QIO_CHANNEL_SHUTDOWN_BOTH = 3,
} QIOChannelShutdown;

/*
 * What a watch calls. @condition has the bits that came true. Returns
 * G_SOURCE_REMOVE when it has seen enough.
 */
typedef gboolean (*QIOChannelFunc)(QIOChannel *ioc, GIOCondition condition,
                                   gpointer data);

struct QIOChannel {
    Object parent;
    unsigned int features; /* a bit per QIOChannelFeature */
    char *name;            /* for debugging; NULL, or owned */
    AioContext *read_ctx;
    Coroutine *read_coroutine;
    AioContext *write_ctx;
    Coroutine *write_coroutine;
    bool follow_coroutine_ctx;
};

/*
 * The callbacks of a kind of channel. The first five are mandatory, the rest
 * may be NULL. Each does what the function of its name below says.
 */
struct QIOChannelClass {
    ObjectClass parent;

    ssize_t (*io_writev)(QIOChannel *ioc, const struct iovec *iov, size_t niov,
                         int *fds, size_t nfds, int flags, Error **errp);
    ssize_t (*io_readv)(QIOChannel *ioc, const struct iovec *iov, size_t niov,
                        int **fds, size_t *nfds, int flags, Error **errp);
    int (*io_close)(QIOChannel *ioc, Error **errp);
    GSource *(*io_create_watch)(QIOChannel *ioc, GIOCondition condition);
    int (*io_set_blocking)(QIOChannel *ioc, bool enabled, Error **errp);

    ssize_t (*io_pwritev)(QIOChannel *ioc, const struct iovec *iov,
                          size_t niov, off_t offset, Error **errp);
    ssize_t (*io_preadv)(QIOChannel *ioc, const struct iovec *iov, size_t niov,
                         off_t offset, Error **errp);
    /* From any thread, quick, never waiting. */
    int (*io_shutdown)(QIOChannel *ioc, QIOChannelShutdown how, Error **errp);
    void (*io_set_cork)(QIOChannel *ioc, bool enabled);
    void (*io_set_delay)(QIOChannel *ioc, bool enabled);
    off_t (*io_seek)(QIOChannel *ioc, off_t offset, int whence, Error **errp);
    void (*io_set_aio_fd_handler)(QIOChannel *ioc, AioContext *read_ctx,
                                  IOHandler *io_read, AioContext *write_ctx,
                                  IOHandler *io_write, void *opaque);
    int (*io_flush)(QIOChannel *ioc, Error **errp);
    int (*io_peerpid)(QIOChannel *ioc, unsigned int *pid, Error **errp);
};

/* What a channel can do; the set_ form is for the kinds themselves. */
bool qio_channel_has_feature(QIOChannel *ioc, QIOChannelFeature feature);
void qio_channel_set_feature(QIOChannel *ioc, QIOChannelFeature feature);

/* Names the channel, and the watches made from now on; @name is copied. */
void qio_channel_set_name(QIOChannel *ioc, const char *name);

/*
 * Reads at most what @iov holds, filling one element before the next. Returns
 * the bytes read, 0 at the end of file, -1 with @errp set, or
 * QIO_CHANNEL_ERR_BLOCK when the channel is non-blocking and empty (@errp is
 * then not set). If @fds is not NULL, descriptors that arrived with the data
 * are put into a new array *@fds of *@nfds elements; the caller closes them
 * and frees the array. @fds needs QIO_CHANNEL_FEATURE_FD_PASS, and @flags
 * (QIO_CHANNEL_READ_FLAG_*) the feature of its name.
 */
ssize_t qio_channel_readv_full(QIOChannel *ioc, const struct iovec *iov,
                               size_t niov, int **fds, size_t *nfds, int flags,
                               Error **errp);

/*
 * Writes some of @iov, in order. Returns the bytes written, -1 with @errp set,
 * or QIO_CHANNEL_ERR_BLOCK. The @nfds descriptors in @fds, which stay the
 * caller's, go with the first byte; they need QIO_CHANNEL_FEATURE_FD_PASS.
 * @flags is QIO_CHANNEL_WRITE_FLAG_*.
 */
ssize_t qio_channel_writev_full(QIOChannel *ioc, const struct iovec *iov,
                                size_t niov, int *fds, size_t nfds, int flags,
                                Error **errp);

/*
 * Read until @iov is full, waiting where needed. The _eof form returns 1 when
 * it is full, 0 at an end of file before the first byte, and -1 on an error,
 * which an end of file later is; the other returns 0 or -1, and takes every
 * early end of file for an error.
 */
int coroutine_mixed_fn qio_channel_readv_all_eof(QIOChannel *ioc,
                                                 const struct iovec *iov,
                                                 size_t niov, Error **errp);
int coroutine_mixed_fn qio_channel_readv_all(QIOChannel *ioc,
                                             const struct iovec *iov,
                                             size_t niov, Error **errp);

/* Writes all of @iov, waiting where needed. Returns 0, or -1 with @errp. */
int coroutine_mixed_fn qio_channel_writev_all(QIOChannel *ioc,
                                              const struct iovec *iov,
                                              size_t niov, Error **errp);

/* The same without descriptors and flags, and for one buffer. */
ssize_t qio_channel_readv(QIOChannel *ioc, const struct iovec *iov,
                          size_t niov, Error **errp);
ssize_t qio_channel_writev(QIOChannel *ioc, const struct iovec *iov,
                           size_t niov, Error **errp);
ssize_t qio_channel_read(QIOChannel *ioc, char *buf, size_t buflen,
                         Error **errp);
ssize_t qio_channel_write(QIOChannel *ioc, const char *buf, size_t buflen,
                          Error **errp);
int coroutine_mixed_fn qio_channel_read_all_eof(QIOChannel *ioc, char *buf,
                                                size_t buflen, Error **errp);
int coroutine_mixed_fn qio_channel_read_all(QIOChannel *ioc, char *buf,
                                            size_t buflen, Error **errp);
int coroutine_mixed_fn qio_channel_write_all(QIOChannel *ioc, const char *buf,
                                             size_t buflen, Error **errp);

/*
 * Makes reads and writes wait (@enabled) or return QIO_CHANNEL_ERR_BLOCK.
 * New channels wait. Returns 0, or -1 with @errp set.
 */
int qio_channel_set_blocking(QIOChannel *ioc, bool enabled, Error **errp);

/* Kept for sources that say which AioContext coroutines wait in: no effect. */
void qio_channel_set_follow_coroutine_ctx(QIOChannel *ioc, bool enabled);

/*
 * Closes what is below the channel; the object stays, and reads and writes
 * fail. Finalizing does it too, without an error. 0, or -1 with @errp set.
 */
int qio_channel_close(QIOChannel *ioc, Error **errp);

/*
 * Read or write at @offset, leaving the position alone. As the _full forms
 * otherwise. They fail unless the channel has QIO_CHANNEL_FEATURE_SEEKABLE.
 */
ssize_t qio_channel_pwritev(QIOChannel *ioc, const struct iovec *iov,
                            size_t niov, off_t offset, Error **errp);
ssize_t qio_channel_pwrite(QIOChannel *ioc, char *buf, size_t buflen,
                           off_t offset, Error **errp);
ssize_t qio_channel_preadv(QIOChannel *ioc, const struct iovec *iov,
                           size_t niov, off_t offset, Error **errp);
ssize_t qio_channel_pread(QIOChannel *ioc, char *buf, size_t buflen,
                          off_t offset, Error **errp);

/*
 * Ends one direction or both without closing; wakes a thread that waits in
 * the channel. From any thread. Needs QIO_CHANNEL_FEATURE_SHUTDOWN. 0 or -1.
 */
int qio_channel_shutdown(QIOChannel *ioc, QIOChannelShutdown how,
                         Error **errp);

/*
 * Hints, ignored where they mean nothing: may the carrier hold small writes
 * back to join them (the opposite of TCP_NODELAY), and must it hold all back
 * until it is uncorked (TCP_CORK).
 */
void qio_channel_set_delay(QIOChannel *ioc, bool enabled);
void qio_channel_set_cork(QIOChannel *ioc, bool enabled);

/* As lseek(); the new position, or (off_t)-1 with @errp set. */
off_t qio_channel_io_seek(QIOChannel *ioc, off_t offset, int whence,
                          Error **errp);

/*
 * A source that is ready when a bit of @condition is (or an error or hang-up
 * is there, when poll() reports one). It holds a reference to the channel.
 * The caller sets a QIOChannelFunc callback (cast to GSourceFunc), attaches
 * it and owns a reference.
 */
GSource *qio_channel_create_watch(QIOChannel *ioc, GIOCondition condition);

/*
 * Attach a new watch that calls @func(@ioc, condition, @user_data), with
 * @notify (or NULL) to free @user_data at its end. The first two return the
 * source's id, of use in the default context only for the one without
 * @context; the last returns the source, of which the caller owns a
 * reference. @context NULL is the default context.
 */
guint qio_channel_add_watch(QIOChannel *ioc, GIOCondition condition,
                            QIOChannelFunc func, gpointer user_data,
                            GDestroyNotify notify);
guint qio_channel_add_watch_full(QIOChannel *ioc, GIOCondition condition,
                                 QIOChannelFunc func, gpointer user_data,
                                 GDestroyNotify notify, GMainContext *context);
GSource *qio_channel_add_watch_source(QIOChannel *ioc, GIOCondition condition,
                                      QIOChannelFunc func, gpointer user_data,
                                      GDestroyNotify notify,
                                      GMainContext *context);

/* Blocks this thread until @condition (or an error) is there. */
void qio_channel_wait(QIOChannel *ioc, GIOCondition condition);

/*
 * Handlers in AioContexts. A NULL context leaves that direction as it is, a
 * NULL handler in a context removes it. Where both are in one context, both
 * must be given.
 */
void qio_channel_set_aio_fd_handler(QIOChannel *ioc, AioContext *read_ctx,
                                    IOHandler *io_read, AioContext *write_ctx,
                                    IOHandler *io_write, void *opaque);

/*
 * The "_all" functions with descriptors. Reading collects those of every
 * part into one array; on an error those that came are closed. Returns as
 * qio_channel_readv_all_eof(), qio_channel_readv_all() and
 * qio_channel_writev_all().
 */
int coroutine_mixed_fn qio_channel_readv_full_all_eof(
    QIOChannel *ioc, const struct iovec *iov, size_t niov, int **fds,
    size_t *nfds, int flags, Error **errp);
int coroutine_mixed_fn qio_channel_readv_full_all(QIOChannel *ioc,
                                                  const struct iovec *iov,
                                                  size_t niov, int **fds,
                                                  size_t *nfds, Error **errp);
int coroutine_mixed_fn qio_channel_writev_full_all(QIOChannel *ioc,
                                                   const struct iovec *iov,
                                                   size_t niov, int *fds,
                                                   size_t nfds, int flags,
                                                   Error **errp);

/*
 * Waits until all zero-copy writes have left. Returns 0, 1 if none of them
 * could avoid the copy, or -1 with @errp set. A channel without: 0.
 */
int qio_channel_flush(QIOChannel *ioc, Error **errp);

/* The process at the other end of a unix socket. Returns 0, or -1 (@errp). */
int qio_channel_get_peerpid(QIOChannel *ioc, unsigned int *pid, Error **errp);

#endif
