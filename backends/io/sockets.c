/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sockets by SocketAddress: what all families share. The families themselves
 * are in sockets-inet.c, sockets-unix.c and sockets-vsock.c.
 */
#include "qemu/osdep.h"
#include <poll.h>
#include <linux/vm_sockets.h>
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-sockets.h"
#include "qemu/cutils.h"
#include "sockets-internal.h"

static int (*monitor_get_fd_hook)(const char *name, Error **errp);
static bool (*have_monitor_hook)(void);

void socket_set_monitor_hooks(int (*get_fd)(const char *name, Error **errp),
                              bool (*have_monitor)(void))
{
    monitor_get_fd_hook = get_fd;
    have_monitor_hook = have_monitor;
}

int socket_init(void)
{
    return 0;
}

bool fd_is_socket(int fd)
{
    int type;
    socklen_t len = sizeof(type);

    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0;
}

int qemu_socketpair(int domain, int type, int protocol, int sv[2])
{
    return socketpair(domain, type | SOCK_CLOEXEC, protocol, sv);
}

ssize_t qemu_send_full(int s, const void *buf, size_t count)
{
    const char *p = buf;
    size_t done = 0;

    while (done < count) {
        ssize_t ret = RETRY_ON_EINTR(send(s, p + done, count - done, 0));

        if (ret < 0) {
            break;
        }
        done += ret;
    }
    return done;
}

int socket_set_cork(int fd, int v)
{
    return setsockopt(fd, IPPROTO_TCP, TCP_CORK, &v, sizeof(v));
}

int socket_set_nodelay(int fd)
{
    int v = 1;

    return setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &v, sizeof(v));
}

int socket_set_fast_reuse(int fd)
{
    int v = 1;

    return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &v, sizeof(v));
}

int qemu_socket_try_set_nonblock(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
        return -errno;
    }
    return 0;
}

int connect_fully(int fd, const struct sockaddr *sa, socklen_t len)
{
    struct pollfd pfd = { .fd = fd, .events = POLLOUT };
    int err;
    socklen_t errlen = sizeof(err);

    if (connect(fd, sa, len) == 0) {
        return 0;
    }
    if (errno != EINTR) {
        return -1;
    }
    /* It goes on in the background; connecting again would be an error. */
    if (RETRY_ON_EINTR(poll(&pfd, 1, -1)) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &errlen) < 0) {
        return -1;
    }
    errno = err;
    return err ? -1 : 0;
}

NetworkAddressFamily inet_netfamily(int family)
{
    switch (family) {
    case PF_INET:
        return NETWORK_ADDRESS_FAMILY_IPV4;
    case PF_INET6:
        return NETWORK_ADDRESS_FAMILY_IPV6;
    case PF_UNIX:
        return NETWORK_ADDRESS_FAMILY_UNIX;
    case PF_VSOCK:
        return NETWORK_ADDRESS_FAMILY_VSOCK;
    default:
        return NETWORK_ADDRESS_FAMILY_UNKNOWN;
    }
}

char *socket_uri(SocketAddress *addr)
{
    switch (addr->type) {
    case SOCKET_ADDRESS_TYPE_INET:
        return g_strdup_printf("tcp:%s:%s", addr->u.inet.host,
                               addr->u.inet.port);
    case SOCKET_ADDRESS_TYPE_UNIX:
        return g_strdup_printf("unix:%s", addr->u.q_unix.path);
    case SOCKET_ADDRESS_TYPE_FD:
        return g_strdup_printf("fd:%s", addr->u.fd.str);
    case SOCKET_ADDRESS_TYPE_VSOCK:
        return g_strdup_printf("vsock:%s:%s", addr->u.vsock.cid,
                               addr->u.vsock.port);
    default:
        return g_strdup("unknown address type");
    }
}

SocketAddress *socket_parse(const char *str, Error **errp)
{
    SocketAddress *addr = g_new0(SocketAddress, 1);
    const char *rest;
    bool ok = true;

    if (strstart(str, "unix:", &rest)) {
        addr->type = SOCKET_ADDRESS_TYPE_UNIX;
        addr->u.q_unix.path = g_strdup(rest);
        if (!*rest) {
            error_setg(errp, "invalid Unix socket address");
            ok = false;
        }
    } else if (strstart(str, "fd:", &rest)) {
        addr->type = SOCKET_ADDRESS_TYPE_FD;
        addr->u.fd.str = g_strdup(rest);
        if (!*rest) {
            error_setg(errp, "invalid file descriptor address");
            ok = false;
        }
    } else if (strstart(str, "vsock:", &rest)) {
        addr->type = SOCKET_ADDRESS_TYPE_VSOCK;
        ok = vsock_parse(&addr->u.vsock, rest, errp) == 0;
    } else {
        addr->type = SOCKET_ADDRESS_TYPE_INET;
        if (!strstart(str, "tcp:", &rest)) {
            rest = str;
        }
        ok = inet_parse(&addr->u.inet, rest, errp) == 0;
    }

    if (!ok) {
        qapi_free_SocketAddress(addr);
        return NULL;
    }
    return addr;
}

/*
 * The descriptor that an fd address means: for code that a monitor called one
 * that was given to the monitor under that name, otherwise a number.
 */
static int socket_get_fd(const char *fdstr, Error **errp)
{
    int fd;

    if (have_monitor_hook && have_monitor_hook()) {
        fd = monitor_get_fd_hook(fdstr, errp);
        if (fd < 0) {
            return -1;
        }
    } else {
        int ret = qemu_strtoi(fdstr, NULL, 10, &fd);

        if (ret < 0) {
            error_setg_errno(errp, -ret, "Unable to parse FD number %s", fdstr);
            return -1;
        }
    }
    if (!fd_is_socket(fd)) {
        error_setg(errp, "File descriptor '%s' is not a socket", fdstr);
        close(fd);
        return -1;
    }
    return fd;
}

int socket_address_parse_named_fd(SocketAddress *addr, Error **errp)
{
    int fd;

    if (addr->type != SOCKET_ADDRESS_TYPE_FD) {
        return 0;
    }
    fd = socket_get_fd(addr->u.fd.str, errp);
    if (fd < 0) {
        return -1;
    }
    g_free(addr->u.fd.str);
    addr->u.fd.str = g_strdup_printf("%d", fd);
    return 0;
}

int socket_connect(SocketAddress *addr, Error **errp)
{
    switch (addr->type) {
    case SOCKET_ADDRESS_TYPE_INET:
        return inet_connect_saddr(&addr->u.inet, errp);
    case SOCKET_ADDRESS_TYPE_UNIX:
        return unix_connect_saddr(&addr->u.q_unix, errp);
    case SOCKET_ADDRESS_TYPE_FD:
        return socket_get_fd(addr->u.fd.str, errp);
    case SOCKET_ADDRESS_TYPE_VSOCK:
        return vsock_connect_saddr(&addr->u.vsock, errp);
    default:
        g_assert_not_reached();
    }
}

static int fd_listen(const char *fdstr, int num, Error **errp)
{
    int fd = socket_get_fd(fdstr, errp);

    if (fd < 0) {
        return -1;
    }
    if (listen(fd, num) < 0) {
        error_setg_errno(errp, errno, "Failed to listen on fd socket");
        close(fd);
        return -1;
    }
    return fd;
}

int socket_listen(SocketAddress *addr, int num, Error **errp)
{
    switch (addr->type) {
    case SOCKET_ADDRESS_TYPE_INET:
        return inet_listen_saddr(&addr->u.inet, num, errp);
    case SOCKET_ADDRESS_TYPE_UNIX:
        return unix_listen_saddr(&addr->u.q_unix, num, errp);
    case SOCKET_ADDRESS_TYPE_FD:
        return fd_listen(addr->u.fd.str, num, errp);
    case SOCKET_ADDRESS_TYPE_VSOCK:
        return vsock_listen_saddr(&addr->u.vsock, num, errp);
    default:
        g_assert_not_reached();
    }
}

void socket_listen_cleanup(int fd, Error **errp)
{
    SocketAddress *addr = socket_local_address(fd, errp);

    if (!addr) {
        return;
    }
    if (addr->type == SOCKET_ADDRESS_TYPE_UNIX && addr->u.q_unix.path[0] &&
        !addr->u.q_unix.abstract) {
        if (unlink(addr->u.q_unix.path) < 0 && errno != ENOENT) {
            error_setg_errno(errp, errno, "Failed to unlink socket %s",
                             addr->u.q_unix.path);
        }
    }
    qapi_free_SocketAddress(addr);
}

int socket_dgram(SocketAddress *remote, SocketAddress *local, Error **errp)
{
    if (remote->type != SOCKET_ADDRESS_TYPE_INET ||
        (local && local->type != SOCKET_ADDRESS_TYPE_INET)) {
        error_setg(errp, "socket type unsupported for datagram");
        return -1;
    }
    return inet_dgram_saddr(&remote->u.inet, local ? &local->u.inet : NULL,
                            errp);
}

static SocketAddress *inet_to_address(struct sockaddr_storage *sa,
                                      socklen_t salen, Error **errp)
{
    char host[NI_MAXHOST], serv[NI_MAXSERV];
    SocketAddress *addr;
    InetSocketAddress *inet;
    int ret = getnameinfo((struct sockaddr *)sa, salen, host, sizeof(host),
                          serv, sizeof(serv), NI_NUMERICHOST | NI_NUMERICSERV);

    if (ret) {
        error_setg(errp, "Cannot format numeric socket address: %s",
                   gai_strerror(ret));
        return NULL;
    }
    addr = g_new0(SocketAddress, 1);
    addr->type = SOCKET_ADDRESS_TYPE_INET;
    inet = &addr->u.inet;
    inet->host = g_strdup(host);
    inet->port = g_strdup(serv);
    if (sa->ss_family == AF_INET) {
        inet->has_ipv4 = inet->ipv4 = true;
    } else {
        inet->has_ipv6 = inet->ipv6 = true;
    }
    return addr;
}

static SocketAddress *unix_to_address(struct sockaddr_storage *sa,
                                      socklen_t salen)
{
    struct sockaddr_un *su = (struct sockaddr_un *)sa;
    size_t len = salen - MIN(salen, offsetof(struct sockaddr_un, sun_path));
    SocketAddress *addr = g_new0(SocketAddress, 1);
    UnixSocketAddress *un = &addr->u.q_unix;

    addr->type = SOCKET_ADDRESS_TYPE_UNIX;
    len = MIN(len, sizeof(su->sun_path));
    if (len && !su->sun_path[0]) {
        un->has_abstract = un->abstract = true;
        un->has_tight = true;
        un->tight = salen < sizeof(*su);
        un->path = g_strndup(su->sun_path + 1, len - 1);
    } else {
        /* Empty for a socket without a name. */
        un->path = g_strndup(su->sun_path, len);
    }
    return addr;
}

static SocketAddress *vsock_to_address(struct sockaddr_storage *sa)
{
    struct sockaddr_vm *svm = (struct sockaddr_vm *)sa;
    SocketAddress *addr = g_new0(SocketAddress, 1);

    addr->type = SOCKET_ADDRESS_TYPE_VSOCK;
    addr->u.vsock.cid = g_strdup_printf("%u", svm->svm_cid);
    addr->u.vsock.port = g_strdup_printf("%u", svm->svm_port);
    return addr;
}

SocketAddress *socket_sockaddr_to_address(struct sockaddr_storage *sa,
                                          socklen_t salen, Error **errp)
{
    switch (sa->ss_family) {
    case AF_INET:
    case AF_INET6:
        return inet_to_address(sa, salen, errp);
    case AF_UNIX:
        return unix_to_address(sa, salen);
    case AF_VSOCK:
        return vsock_to_address(sa);
    default:
        error_setg(errp, "socket family %d unsupported", sa->ss_family);
        return NULL;
    }
}

SocketAddress *socket_local_address(int fd, Error **errp)
{
    struct sockaddr_storage ss;
    socklen_t sslen = sizeof(ss);

    memset(&ss, 0, sizeof(ss));
    if (getsockname(fd, (struct sockaddr *)&ss, &sslen) < 0) {
        error_setg_errno(errp, errno, "Unable to query local socket address");
        return NULL;
    }
    return socket_sockaddr_to_address(&ss, sslen, errp);
}

SocketAddress *socket_address_flatten(SocketAddressLegacy *legacy)
{
    SocketAddress *addr;

    if (!legacy) {
        return NULL;
    }
    addr = g_new0(SocketAddress, 1);
    addr->type = legacy->type;
    switch (legacy->type) {
    case SOCKET_ADDRESS_TYPE_INET:
        QAPI_CLONE_MEMBERS(InetSocketAddress, &addr->u.inet,
                           legacy->u.inet.data);
        break;
    case SOCKET_ADDRESS_TYPE_UNIX:
        QAPI_CLONE_MEMBERS(UnixSocketAddress, &addr->u.q_unix,
                           legacy->u.q_unix.data);
        break;
    case SOCKET_ADDRESS_TYPE_VSOCK:
        QAPI_CLONE_MEMBERS(VsockSocketAddress, &addr->u.vsock,
                           legacy->u.vsock.data);
        break;
    case SOCKET_ADDRESS_TYPE_FD:
        QAPI_CLONE_MEMBERS(FdSocketAddress, &addr->u.fd, legacy->u.fd.data);
        break;
    default:
        g_assert_not_reached();
    }
    return addr;
}
