/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP and UDP sockets over IPv4 and IPv6. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "sockets-internal.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static bool given(bool has, bool value)
{
    return has && value;
}

static bool given_off(bool has, bool value)
{
    return has && !value;
}

/*
 * With both families asked for and no host, one IPv6 socket serves both; with
 * a host it depends on what the name resolves to.
 */
int inet_ai_family_from_address(InetSocketAddress *addr, Error **errp)
{
    bool on4 = given(addr->has_ipv4, addr->ipv4);
    bool on6 = given(addr->has_ipv6, addr->ipv6);
    bool off4 = given_off(addr->has_ipv4, addr->ipv4);
    bool off6 = given_off(addr->has_ipv6, addr->ipv6);

    if (off4 && off6) {
        error_setg(errp, "Cannot disable IPv4 and IPv6 at same time");
        return PF_UNSPEC;
    }
    if (on4 && on6) {
        return addr->host && addr->host[0] ? PF_UNSPEC : PF_INET6;
    }
    if (on6 || off4) {
        return PF_INET6;
    }
    if (on4 || off6) {
        return PF_INET;
    }
    return PF_UNSPEC;
}

static bool inet_is_mptcp(InetSocketAddress *saddr)
{
#ifdef HAVE_IPPROTO_MPTCP
    return saddr->has_mptcp && saddr->mptcp;
#else
    return false;
#endif
}

/* getaddrinfo(), with the Error that everybody expects. */
static struct addrinfo *inet_resolve(const char *host, const char *port,
                                     const struct addrinfo *hints, Error **errp)
{
    struct addrinfo *res = NULL;
    int rc = getaddrinfo(host && host[0] ? host : NULL, port, hints, &res);

    if (rc) {
        error_setg(errp, "address resolution failed for %s:%s: %s",
                   host ? host : "", port ? port : "", gai_strerror(rc));
        return NULL;
    }
    return res;
}

static int inet_socket(const struct addrinfo *e, InetSocketAddress *saddr)
{
    int protocol = e->ai_protocol;

    if (saddr && inet_is_mptcp(saddr)) {
        protocol = IPPROTO_MPTCP;
    }
    return qemu_socket(e->ai_family, e->ai_socktype, protocol);
}

static void inet_setport(struct addrinfo *e, uint16_t port)
{
    if (e->ai_family == AF_INET6) {
        ((struct sockaddr_in6 *)e->ai_addr)->sin6_port = htons(port);
    } else {
        ((struct sockaddr_in *)e->ai_addr)->sin_port = htons(port);
    }
}

static uint16_t inet_getport(const struct addrinfo *e)
{
    if (e->ai_family == AF_INET6) {
        return ntohs(((struct sockaddr_in6 *)e->ai_addr)->sin6_port);
    }
    return ntohs(((struct sockaddr_in *)e->ai_addr)->sin_port);
}

/*
 * An IPv6 socket serves IPv4 too when the families were left open or both
 * asked for. If the IPv4 port is taken, IPv6 alone is better than nothing.
 */
static int inet_bind(int fd, InetSocketAddress *saddr, struct addrinfo *e)
{
    bool both = (!saddr->has_ipv4 && !saddr->has_ipv6) ||
                (given(saddr->has_ipv4, saddr->ipv4) &&
                 given(saddr->has_ipv6, saddr->ipv6));
    int v6only = !both;

    if (e->ai_family != PF_INET6) {
        return bind(fd, e->ai_addr, e->ai_addrlen);
    }
    for (;;) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof(v6only));
        if (bind(fd, e->ai_addr, e->ai_addrlen) == 0) {
            return 0;
        }
        if (errno != EADDRINUSE || v6only) {
            return -1;
        }
        v6only = 1;
    }
}

/*
 * A socket that listens on @e. -1 with errno; *@stage then says what failed,
 * for those failures that another port would not mend.
 */
static int inet_listen_on(struct addrinfo *e, InetSocketAddress *saddr, int num,
                          const char **stage)
{
    int fd = inet_socket(e, saddr);
    int saved;

    *stage = "Failed to create socket";
    if (fd < 0) {
        return -1;
    }
    socket_set_fast_reuse(fd);
    *stage = "Failed to bind socket";
    if (inet_bind(fd, saddr, e) == 0) {
        *stage = "Failed to listen on socket";
        if (listen(fd, num) == 0) {
            return fd;
        }
    }
    saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

/* What cannot be listened on, whatever the address. */
static bool inet_listen_check(InetSocketAddress *saddr, Error **errp)
{
    if (given(saddr->has_keep_alive, saddr->keep_alive)) {
        error_setg(errp, "keep-alive option is not supported for passive "
                         "sockets");
        return false;
    }
    if (!saddr->host) {
        error_setg(errp, "host not specified");
        return false;
    }
    return true;
}

int inet_listen_saddr(InetSocketAddress *saddr, int num, Error **errp)
{
    struct addrinfo hints = { .ai_flags = AI_PASSIVE,
                              .ai_socktype = SOCK_STREAM };
    struct addrinfo *res, *e;
    const char *port = saddr->port && saddr->port[0] ? saddr->port : "0";
    const char *stage = "Failed to create socket";
    bool created = false;
    int fd = -1;
    Error *err = NULL;

    if (!inet_listen_check(saddr, errp)) {
        return -1;
    }
    if (given(saddr->has_numeric, saddr->numeric)) {
        hints.ai_flags |= AI_NUMERICHOST | AI_NUMERICSERV;
    }
    hints.ai_family = inet_ai_family_from_address(saddr, &err);
    if (err) {
        error_propagate(errp, err);
        return -1;
    }
    res = inet_resolve(saddr->host, port, &hints, errp);
    if (!res) {
        return -1;
    }

    for (e = res; e && fd < 0; e = e->ai_next) {
        int from = inet_getport(e);
        int to = saddr->has_to ? MAX(saddr->to, from) : from;

        for (int p = from; p <= to; p++) {
            inet_setport(e, p);
            fd = inet_listen_on(e, saddr, num, &stage);
            if (fd >= 0) {
                break;
            }
            if (strcmp(stage, "Failed to create socket") == 0) {
                /* The next family may exist. */
                break;
            }
            created = true;
            if (errno != EADDRINUSE) {
                if (e->ai_next) {
                    break;
                }
                error_setg_errno(errp, errno, "%s", stage);
                freeaddrinfo(res);
                return -1;
            }
        }
    }
    if (fd < 0) {
        error_setg_errno(errp, errno, "%s",
                         created ? "Failed to find an available port"
                                 : "Failed to create a socket");
    }
    freeaddrinfo(res);
    return fd;
}

static int inet_connect_addr(InetSocketAddress *saddr, struct addrinfo *e,
                             Error **errp)
{
    int fd = inet_socket(e, saddr);

    if (fd < 0) {
        error_setg_errno(errp, errno, "Failed to create socket family %d",
                         e->ai_family);
        return -1;
    }
    socket_set_fast_reuse(fd);
    if (connect_fully(fd, e->ai_addr, e->ai_addrlen) < 0) {
        error_setg_errno(errp, errno, "Failed to connect to '%s:%s'",
                         saddr->host, saddr->port);
        close(fd);
        return -1;
    }
    return fd;
}

int inet_connect_saddr(InetSocketAddress *saddr, Error **errp)
{
    struct addrinfo hints = { .ai_flags =
                                  AI_CANONNAME | AI_V4MAPPED | AI_ADDRCONFIG,
                              .ai_socktype = SOCK_STREAM };
    struct addrinfo *res, *e;
    Error *err = NULL;
    int fd = -1, on = 1;

    if (!saddr->host || !saddr->port) {
        error_setg(errp, "host and/or port not specified");
        return -1;
    }
    hints.ai_family = inet_ai_family_from_address(saddr, &err);
    if (err) {
        error_propagate(errp, err);
        return -1;
    }
    if (given(saddr->has_numeric, saddr->numeric)) {
        hints.ai_flags |= AI_NUMERICHOST | AI_NUMERICSERV;
        /* A literal is what it is, whatever the host has configured. */
        hints.ai_flags &= ~AI_ADDRCONFIG;
    }
    res = inet_resolve(saddr->host, saddr->port, &hints, errp);
    if (!res) {
        return -1;
    }
    for (e = res; e && fd < 0; e = e->ai_next) {
        error_free(err);
        err = NULL;
        fd = inet_connect_addr(saddr, e, &err);
    }
    freeaddrinfo(res);
    if (fd < 0) {
        error_propagate(errp, err);
        return -1;
    }

    if (given(saddr->has_keep_alive, saddr->keep_alive) &&
        setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)) < 0) {
        error_setg_errno(errp, errno, "Unable to set KEEPALIVE");
        close(fd);
        return -1;
    }
    return fd;
}

/* A datagram socket in the family of @peer, bound to @local. */
static int inet_dgram_bound(struct addrinfo *peer, InetSocketAddress *local,
                            Error **errp)
{
    struct addrinfo hints = { .ai_flags = AI_PASSIVE,
                              .ai_family = peer->ai_family,
                              .ai_socktype = SOCK_DGRAM };
    const char *host = local ? local->host : NULL;
    const char *port =
        local && local->port && local->port[0] ? local->port : "0";
    struct addrinfo *res = inet_resolve(host, port, &hints, errp);
    int fd;

    if (!res) {
        return -1;
    }
    fd = inet_socket(peer, NULL);
    if (fd < 0) {
        error_setg_errno(errp, errno, "Failed to create socket family %d",
                         peer->ai_family);
    } else {
        socket_set_fast_reuse(fd);
        if (bind(fd, res->ai_addr, res->ai_addrlen) < 0) {
            error_setg_errno(errp, errno, "Failed to bind socket");
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(res);
    return fd;
}

int inet_dgram_saddr(InetSocketAddress *remote, InetSocketAddress *local,
                     Error **errp)
{
    struct addrinfo hints = { .ai_flags =
                                  AI_CANONNAME | AI_V4MAPPED | AI_ADDRCONFIG,
                              .ai_socktype = SOCK_DGRAM };
    const char *host =
        remote->host && remote->host[0] ? remote->host : "localhost";
    struct addrinfo *peer;
    Error *err = NULL;
    int fd;

    if (!remote->port || !remote->port[0]) {
        error_setg(errp, "remote port not specified");
        return -1;
    }
    hints.ai_family = inet_ai_family_from_address(remote, &err);
    if (err) {
        error_propagate(errp, err);
        return -1;
    }
    peer = inet_resolve(host, remote->port, &hints, errp);
    if (!peer) {
        return -1;
    }
    fd = inet_dgram_bound(peer, local, errp);
    if (fd >= 0 && connect_fully(fd, peer->ai_addr, peer->ai_addrlen) < 0) {
        error_setg_errno(errp, errno, "Failed to connect to '%s:%s'", host,
                         remote->port);
        close(fd);
        fd = -1;
    }
    freeaddrinfo(peer);
    return fd;
}

/*
 * One ",option" of inet_parse(). @opt is what follows the comma, up to the
 * next one; @len is its length, @rest what follows its name.
 */
static bool inet_parse_flag(const char *flag, const char *rest, size_t len,
                            bool *has, bool *val, Error **errp)
{
    bool empty_next = rest[len] == ',' && rest[len + 1] == ',';

    *has = true;
    if (!empty_next && (len == 0 || (len == 3 && !memcmp(rest, "=on", 3)))) {
        *val = true;
    } else if (!empty_next && len == 4 && !memcmp(rest, "=off", 4)) {
        *val = false;
    } else {
        error_setg(errp, "error parsing '%s' flag '%s'", flag, rest);
        return false;
    }
    return true;
}

static bool inet_parse_option(InetSocketAddress *addr, const char *opt,
                              size_t len, const char *str, Error **errp)
{
    struct {
        const char *name;
        bool *has, *val;
    } flags[] = {
        { "ipv4", &addr->has_ipv4, &addr->ipv4 },
        { "ipv6", &addr->has_ipv6, &addr->ipv6 },
        { "numeric", &addr->has_numeric, &addr->numeric },
        { "keep-alive", &addr->has_keep_alive, &addr->keep_alive },
#ifdef HAVE_IPPROTO_MPTCP
        { "mptcp", &addr->has_mptcp, &addr->mptcp },
#endif
    };
    size_t name = strcspn(opt, "=,");
    const char *end;
    unsigned int to;

    for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
        if (name == strlen(flags[i].name) &&
            !memcmp(opt, flags[i].name, name)) {
            return inet_parse_flag(flags[i].name, opt + name, len - name,
                                   flags[i].has, flags[i].val, errp);
        }
    }
    if (name == 2 && !memcmp(opt, "to", 2) && opt[2] == '=') {
        if (qemu_strtoui(opt + 3, &end, 10, &to) < 0 || end != opt + len ||
            to > 65535) {
            error_setg(errp, "error parsing to= argument");
            return false;
        }
        addr->has_to = true;
        addr->to = to;
        return true;
    }
    error_setg(errp, "Invalid parameter '%.*s' in address '%s'", (int)name, opt,
               str);
    return false;
}

int inet_parse(InetSocketAddress *addr, const char *str, Error **errp)
{
    const char *host = str, *port, *opt;
    size_t hostlen, portlen;
    const char *what = "address";

    memset(addr, 0, sizeof(*addr));

    if (str[0] == '[') {
        what = "IPv6 address";
        host = str + 1;
        hostlen = strcspn(host, "]");
        port = host + hostlen + (host[hostlen] ? 1 : 0);
        if (hostlen == 0) {
            port = "";
        }
    } else {
        hostlen = strcspn(str, ":");
        port = str + hostlen;
        if (hostlen == 0) {
            what = "port in address";
        }
    }
    /* A host of 64 characters and a port of 32 at most, as ever. */
    if (hostlen > 64 || *port != ':' ||
        (portlen = strcspn(port + 1, ",")) == 0 || portlen > 32) {
        error_setg(errp, "error parsing %s '%s'", what, str);
        return -1;
    }
    port++;
    addr->host = g_strndup(host, hostlen);
    addr->port = g_strndup(port, portlen);

    for (opt = port + portlen; *opt;) {
        size_t len = strcspn(++opt, ",");

        if (!inet_parse_option(addr, opt, len, str, errp)) {
            return -1;
        }
        opt += len;
    }
    return 0;
}

int convert_host_port(struct sockaddr_in *saddr, const char *host,
                      const char *port, Error **errp)
{
    struct addrinfo hints = { .ai_family = AF_INET,
                              .ai_socktype = SOCK_STREAM };
    unsigned int number;

    memset(saddr, 0, sizeof(*saddr));
    saddr->sin_family = AF_INET;
    if (host[0] && !inet_aton(host, &saddr->sin_addr)) {
        struct addrinfo *res = NULL;

        if (qemu_isdigit(host[0])) {
            error_setg(errp, "host address '%s' is not a valid IPv4 address",
                       host);
            return -1;
        }
        if (getaddrinfo(host, NULL, &hints, &res)) {
            error_setg(errp, "can't resolve host address '%s'", host);
            return -1;
        }
        saddr->sin_addr = ((struct sockaddr_in *)res->ai_addr)->sin_addr;
        freeaddrinfo(res);
    }
    if (qemu_strtoui(port, NULL, 0, &number) < 0 || number > 65535) {
        error_setg(errp, "port number '%s' is invalid", port);
        return -1;
    }
    saddr->sin_port = htons(number);
    return 0;
}

int parse_host_port(struct sockaddr_in *saddr, const char *str, Error **errp)
{
    g_auto(GStrv) parts = g_strsplit(str, ":", 2);

    if (!parts[0] || !parts[1]) {
        error_setg(errp,
                   "host address '%s' doesn't contain ':' "
                   "separating host from port",
                   str);
        return -1;
    }
    return convert_host_port(saddr, parts[0], parts[1], errp);
}
