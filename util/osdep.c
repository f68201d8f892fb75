/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and file descriptors: see include/qemu/osdep.h. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"

static int (*fdset_dup_add)(int64_t fdset_id, int flags, Error **errp);
static void (*fdset_dup_remove)(int fd);

void qemu_set_fdset_hooks(int (*dup_add)(int64_t fdset_id, int flags,
                                         Error **errp),
                          void (*dup_remove)(int fd))
{
    fdset_dup_add = dup_add;
    fdset_dup_remove = dup_remove;
}

/* --- Opening -------------------------------------------------------------- */

static int open_fdset(const char *name, const char *id, int flags, Error **errp)
{
    int64_t fdset_id;

    if (qemu_strtoi64(id, NULL, 10, &fdset_id) < 0 || fdset_id < 0) {
        error_setg(errp, "Could not parse fdset %s", name);
        errno = EINVAL;
        return -1;
    }
    if (!fdset_dup_add) {
        error_setg(errp,
                   "Could not open '%s': there is no monitor that "
                   "could hold file descriptor sets",
                   name);
        errno = ENOENT;
        return -1;
    }
    return fdset_dup_add(fdset_id, flags, errp);
}

/* Did open() say EINVAL because of O_DIRECT? It did if it works without. */
static bool direct_io_is_wrong(const char *name, int flags, mode_t mode)
{
    int fd =
        open(name, (flags & ~(O_DIRECT | O_EXCL | O_TRUNC)) | O_CLOEXEC, mode);

    if (fd < 0) {
        return false;
    }
    close(fd);
    return true;
}

static int open_named(const char *name, int flags, mode_t mode, Error **errp)
{
    const char *action = flags & O_CREAT ? "create" : "open";
    const char *fdset;
    int fd, err;

    if (strstart(name, "/dev/fdset/", &fdset)) {
        return open_fdset(name, fdset, flags, errp);
    }
    fd = open(name, flags | O_CLOEXEC, mode);
    if (fd >= 0) {
        return fd;
    }
    err = errno;
    if (err == EINVAL && (flags & O_DIRECT) &&
        direct_io_is_wrong(name, flags, mode)) {
        error_setg(errp,
                   "Could not %s '%s': filesystem does not support "
                   "O_DIRECT",
                   action, name);
    } else {
        error_setg_errno(errp, err, "Could not %s '%s'", action, name);
    }
    errno = err;
    return -1;
}

int qemu_open(const char *name, int flags, Error **errp)
{
    assert(!(flags & O_CREAT));
    return open_named(name, flags, 0, errp);
}

int qemu_create(const char *name, int flags, mode_t mode, Error **errp)
{
    assert(!(flags & O_CREAT));
    return open_named(name, flags | O_CREAT, mode, errp);
}

int qemu_open_old(const char *name, int flags, ...)
{
    mode_t mode = 0;
    va_list ap;

    if (flags & O_CREAT) {
        va_start(ap, flags);
        mode = va_arg(ap, int);
        va_end(ap);
    }
    return open_named(name, flags, mode, NULL);
}

int qemu_close(int fd)
{
    if (fdset_dup_remove) {
        fdset_dup_remove(fd);
    }
    return close(fd);
}

int qemu_unlink(const char *name)
{
    /* Such a name is no file: the monitor owns what it stands for. */
    return g_str_has_prefix(name, "/dev/fdset/") ? 0 : unlink(name);
}

int qemu_dup(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

int qemu_dup_flags(int fd, int flags)
{
    const int changeable =
        O_APPEND | O_ASYNC | O_NONBLOCK | O_NOATIME | O_DIRECT;
    int copy = qemu_dup(fd), old, err;

    if (copy < 0) {
        return -1;
    }
    old = fcntl(copy, F_GETFL);
    if (old < 0) {
        goto fail;
    }
    if ((old ^ flags) & O_SYNC) {
        errno = EINVAL;
        goto fail;
    }
    if ((flags & O_CREAT) && (flags & O_EXCL)) {
        errno = EEXIST;
        goto fail;
    }
    if (fcntl(copy, F_SETFL, (old & ~changeable) | (flags & changeable)) < 0 ||
        ((flags & O_TRUNC) && ftruncate(copy, 0) < 0)) {
        goto fail;
    }
    return copy;

fail:
    err = errno;
    close(copy);
    errno = err;
    return -1;
}

/* --- Locks ---------------------------------------------------------------- */

static int lock_op(int fd, int cmd, int64_t start, int64_t len, short type,
                   short *found)
{
    struct flock fl = {
        .l_whence = SEEK_SET, .l_start = start, .l_len = len, .l_type = type
    };

    if (RETRY_ON_EINTR(fcntl(fd, cmd, &fl)) < 0) {
        return -errno;
    }
    if (found) {
        *found = fl.l_type;
    }
    return 0;
}

bool qemu_has_ofd_lock(void)
{
    return true;
}

bool qemu_has_direct_io(void)
{
    return true;
}

int qemu_lock_fd(int fd, int64_t start, int64_t len, bool exclusive)
{
    return lock_op(fd, F_OFD_SETLK, start, len, exclusive ? F_WRLCK : F_RDLCK,
                   NULL);
}

int qemu_unlock_fd(int fd, int64_t start, int64_t len)
{
    return lock_op(fd, F_OFD_SETLK, start, len, F_UNLCK, NULL);
}

int qemu_lock_fd_test(int fd, int64_t start, int64_t len, bool exclusive)
{
    short found = F_UNLCK;
    int ret = lock_op(fd, F_OFD_GETLK, start, len,
                      exclusive ? F_WRLCK : F_RDLCK, &found);

    return ret < 0 ? ret : found == F_UNLCK ? 0 : -EAGAIN;
}

/* --- Reading, writing, flags ---------------------------------------------- */

ssize_t qemu_write_full(int fd, const void *buf, size_t count)
{
    size_t done = 0;

    while (done < count) {
        ssize_t n =
            RETRY_ON_EINTR(write(fd, (const char *)buf + done, count - done));

        if (n < 0) {
            break;
        }
        done += n;
    }
    return done;
}

int qemu_fdatasync(int fd)
{
    return fdatasync(fd);
}

void qemu_set_cloexec(int fd)
{
    int flags = fcntl(fd, F_GETFD);

    assert(flags >= 0);
    flags = fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
    assert(flags >= 0);
}

static int set_nonblock(int fd, bool nonblock)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0) {
        return -1;
    }
    return fcntl(fd, F_SETFL,
                 nonblock ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

bool qemu_set_blocking(int fd, bool block, Error **errp)
{
    if (set_nonblock(fd, !block) < 0) {
        error_setg_errno(errp, errno, "Could not make file descriptor %d %s",
                         fd, block ? "blocking" : "non-blocking");
        return false;
    }
    return true;
}

void qemu_set_block(int fd)
{
    int ret = set_nonblock(fd, false);

    assert(ret >= 0);
}

void qemu_socket_set_block(int fd)
{
    qemu_set_block(fd);
}

void qemu_socket_set_nonblock(int fd)
{
    int ret = set_nonblock(fd, true);

    assert(ret >= 0);
}

int qemu_pipe(int pipefd[2])
{
    return pipe2(pipefd, O_CLOEXEC);
}

int qemu_socket(int domain, int type, int protocol)
{
    return socket(domain, type | SOCK_CLOEXEC, protocol);
}

int qemu_accept(int s, struct sockaddr *addr, socklen_t *addrlen)
{
    return accept4(s, addr, addrlen, SOCK_CLOEXEC);
}
