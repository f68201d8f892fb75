/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unix sockets: by path, or by an abstract name that needs no file. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "sockets-internal.h"

/*
 * Fills @un for @path; its length, or 0 with @errp set when @path does not
 * fit. An abstract name begins with a zero byte, and is either as long as it
 * is ("tight", the default) or padded with zeros to the whole structure.
 */
static socklen_t unix_fill(struct sockaddr_un *un, UnixSocketAddress *saddr,
                           const char *path, Error **errp)
{
    bool abstract = saddr->has_abstract && saddr->abstract;
    bool tight = !saddr->has_tight || saddr->tight;
    size_t room = sizeof(un->sun_path) - (abstract ? 1 : 0);
    size_t len = strlen(path);

    if (len > room) {
        error_setg(errp, "UNIX socket path '%s' is too long", path);
        error_append_hint(errp, "Path must be less than %zu bytes\n", room);
        return 0;
    }
    memset(un, 0, sizeof(*un));
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path + (abstract ? 1 : 0), path, len);
    if (abstract && tight) {
        return offsetof(struct sockaddr_un, sun_path) + 1 + len;
    }
    return sizeof(*un);
}

/*
 * A path that nobody uses. Making a file reserves it, but only until it is
 * removed for the socket; a collision then shows in bind().
 */
static char *unix_temporary_path(Error **errp)
{
    char *path = g_build_filename(g_get_tmp_dir(), "qemu-socket-XXXXXX", NULL);
    int fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);

    if (fd < 0) {
        error_setg_errno(errp, errno, "Failed to make a temporary socket %s",
                         path);
        g_free(path);
        return NULL;
    }
    close(fd);
    return path;
}

int unix_listen_saddr(UnixSocketAddress *saddr, int num, Error **errp)
{
    bool abstract = saddr->has_abstract && saddr->abstract;
    bool given = saddr->path && saddr->path[0];
    g_autofree char *path =
        given ? g_strdup(saddr->path) : unix_temporary_path(errp);
    struct sockaddr_un un;
    socklen_t len;
    int fd;

    if (!path) {
        return -1;
    }
    len = unix_fill(&un, saddr, path, errp);
    if (!len) {
        return -1;
    }
    fd = qemu_socket(PF_UNIX, SOCK_STREAM, 0);
    if (fd < 0) {
        error_setg_errno(errp, errno, "Failed to create Unix socket");
        return -1;
    }
    /* What an earlier run left behind would stand in the way. */
    if ((!abstract || !given) && unlink(path) < 0 && errno != ENOENT) {
        error_setg_errno(errp, errno, "Failed to unlink socket %s", path);
        goto fail;
    }
    if (bind(fd, (struct sockaddr *)&un, len) < 0) {
        error_setg_errno(errp, errno, "Failed to bind socket to %s", path);
        goto fail;
    }
    if (listen(fd, num) < 0) {
        error_setg_errno(errp, errno, "Failed to listen on socket");
        goto fail;
    }
    if (!given) {
        g_free(saddr->path);
        saddr->path = g_steal_pointer(&path);
    }
    return fd;

fail:
    close(fd);
    return -1;
}

int unix_connect_saddr(UnixSocketAddress *saddr, Error **errp)
{
    struct sockaddr_un un;
    socklen_t len;
    int fd;

    if (!saddr->path) {
        error_setg(errp, "unix connect: no path specified");
        return -1;
    }
    len = unix_fill(&un, saddr, saddr->path, errp);
    if (!len) {
        return -1;
    }
    fd = qemu_socket(PF_UNIX, SOCK_STREAM, 0);
    if (fd < 0) {
        error_setg_errno(errp, errno, "Failed to create socket");
        return -1;
    }
    if (connect_fully(fd, (struct sockaddr *)&un, len) < 0) {
        error_setg_errno(errp, errno, "Failed to connect to '%s'", saddr->path);
        close(fd);
        return -1;
    }
    return fd;
}

int unix_listen(const char *path, Error **errp)
{
    UnixSocketAddress saddr = { .path = g_strdup(path) };
    int fd = unix_listen_saddr(&saddr, 1, errp);

    g_free(saddr.path);
    return fd;
}

int unix_connect(const char *path, Error **errp)
{
    UnixSocketAddress saddr = { .path = (char *)path };

    return unix_connect_saddr(&saddr, errp);
}
