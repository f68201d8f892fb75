/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Channels to the standard input and output of a program. */
#include "qemu/osdep.h"
#include <glib-unix.h>
#include "io/channel-command.h"
#include "io/channel-util.h"
#include "io/channel-watch.h"
#include "qapi/error.h"
#include "qemu/module.h"

QIOChannelCommand *qio_channel_command_new_spawn(const char *const argv[],
                                                 int flags, Error **errp)
{
    int mode = flags & O_ACCMODE;
    bool reads = mode != O_WRONLY, writes = mode != O_RDONLY;
    GSpawnFlags spawn = G_SPAWN_CLOEXEC_PIPES | G_SPAWN_DO_NOT_REAP_CHILD;
    g_autoptr(GError) err = NULL;
    QIOChannelCommand *cioc;
    int in = -1, out = -1;
    GPid pid = 0;

    if (!reads) {
        spawn |= G_SPAWN_STDOUT_TO_DEV_NULL;
    }
    if (!g_spawn_async_with_pipes(NULL, (char **)argv, NULL, spawn, NULL, NULL,
                                  &pid, writes ? &in : NULL,
                                  reads ? &out : NULL, NULL, &err)) {
        error_setg(errp, "%s", err->message);
        return NULL;
    }

    cioc = QIO_CHANNEL_COMMAND(object_new(TYPE_QIO_CHANNEL_COMMAND));
    cioc->pid = pid;
    cioc->writefd = in;
    cioc->readfd = out;
    return cioc;
}

static ssize_t command_readv(QIOChannel *ioc, const struct iovec *iov,
                             size_t niov, int **fds, size_t *nfds, int flags,
                             Error **errp)
{
    QIOChannelCommand *cioc = QIO_CHANNEL_COMMAND(ioc);
    ssize_t ret =
        RETRY_ON_EINTR(readv(cioc->readfd, iov, MIN(niov, (size_t)IOV_MAX)));

    if (ret < 0) {
        if (errno == EAGAIN) {
            return QIO_CHANNEL_ERR_BLOCK;
        }
        error_setg_errno(errp, errno, "Unable to read from command");
        return -1;
    }
    return ret;
}

static ssize_t command_writev(QIOChannel *ioc, const struct iovec *iov,
                              size_t niov, int *fds, size_t nfds, int flags,
                              Error **errp)
{
    QIOChannelCommand *cioc = QIO_CHANNEL_COMMAND(ioc);
    ssize_t ret =
        RETRY_ON_EINTR(writev(cioc->writefd, iov, MIN(niov, (size_t)IOV_MAX)));

    if (ret < 0) {
        if (errno == EAGAIN) {
            return QIO_CHANNEL_ERR_BLOCK;
        }
        error_setg_errno(errp, errno, "Unable to write to command");
        return -1;
    }
    return ret;
}

static int command_set_blocking(QIOChannel *ioc, bool enabled, Error **errp)
{
    QIOChannelCommand *cioc = QIO_CHANNEL_COMMAND(ioc);
    int fds[] = { cioc->writefd, cioc->readfd };

    for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
        if (fds[i] >= 0 && !g_unix_set_fd_nonblocking(fds[i], !enabled, NULL)) {
            error_setg_errno(errp, errno, "Failed to set FD nonblocking");
            return -1;
        }
    }
    return 0;
}

/* False, with errno, if a descriptor could not be closed properly. */
static bool command_close_fds(QIOChannelCommand *cioc)
{
    int ret = 0;

    if (cioc->readfd >= 0) {
        ret |= close(cioc->readfd);
    }
    if (cioc->writefd >= 0) {
        ret |= close(cioc->writefd);
    }
    cioc->readfd = cioc->writefd = -1;
    return ret == 0;
}

static int command_close(QIOChannel *ioc, Error **errp)
{
    QIOChannelCommand *cioc = QIO_CHANNEL_COMMAND(ioc);
    bool closed = command_close_fds(cioc);
    int close_errno = errno;
    GPid pid = cioc->pid;

    cioc->pid = -1;
    if (pid > 0 && RETRY_ON_EINTR(waitpid(pid, NULL, 0)) < 0) {
        error_setg_errno(errp, errno, "Failed to wait for pid %llu",
                         (unsigned long long)pid);
        return -1;
    }
    if (!closed) {
        error_setg_errno(errp, close_errno, "Unable to close command");
        return -1;
    }
    return 0;
}

static GSource *command_create_watch(QIOChannel *ioc, GIOCondition condition)
{
    QIOChannelCommand *cioc = QIO_CHANNEL_COMMAND(ioc);

    return qio_channel_create_fd_pair_watch(ioc, cioc->readfd, cioc->writefd,
                                            condition);
}

static void command_set_aio_fd_handler(QIOChannel *ioc, AioContext *read_ctx,
                                       IOHandler *io_read,
                                       AioContext *write_ctx,
                                       IOHandler *io_write, void *opaque)
{
    QIOChannelCommand *cioc = QIO_CHANNEL_COMMAND(ioc);

    qio_channel_util_set_aio_fd_handler(cioc->readfd, read_ctx, io_read,
                                        cioc->writefd, write_ctx, io_write,
                                        opaque);
}

static void qio_channel_command_init(Object *obj)
{
    QIOChannelCommand *cioc = QIO_CHANNEL_COMMAND(obj);

    cioc->readfd = cioc->writefd = -1;
    cioc->pid = -1;
}

/* Nobody is left to wait for the program: it gets a moment, then it goes. */
static void command_abort(GPid pid)
{
    static const int signals[] = { SIGTERM, SIGKILL };

    for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
        if (waitpid(pid, NULL, WNOHANG) != 0) {
            return;
        }
        kill(pid, signals[i]);
        if (signals[i] == SIGTERM) {
            g_usleep(10 * 1000);
        }
    }
    (void)RETRY_ON_EINTR(waitpid(pid, NULL, 0));
}

static void qio_channel_command_finalize(Object *obj)
{
    QIOChannelCommand *cioc = QIO_CHANNEL_COMMAND(obj);

    command_close_fds(cioc);
    if (cioc->pid > 0) {
        command_abort(cioc->pid);
    }
}

static void qio_channel_command_class_init(ObjectClass *klass, void *data)
{
    QIOChannelClass *ioc_class = QIO_CHANNEL_CLASS(klass);

    ioc_class->io_readv = command_readv;
    ioc_class->io_writev = command_writev;
    ioc_class->io_set_blocking = command_set_blocking;
    ioc_class->io_close = command_close;
    ioc_class->io_create_watch = command_create_watch;
    ioc_class->io_set_aio_fd_handler = command_set_aio_fd_handler;
}

static const TypeInfo qio_channel_command_info = {
    .name = TYPE_QIO_CHANNEL_COMMAND,
    .parent = TYPE_QIO_CHANNEL,
    .instance_size = sizeof(QIOChannelCommand),
    .instance_init = qio_channel_command_init,
    .instance_finalize = qio_channel_command_finalize,
    .class_init = qio_channel_command_class_init,
};

static void qio_channel_command_register_types(void)
{
    type_register_static(&qio_channel_command_info);
}

type_init(qio_channel_command_register_types);
