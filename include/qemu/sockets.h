/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sockets by SocketAddress (qapi/sockets.json): inet, unix, vsock or fd.
 *
 * socket_parse() makes an address of a string, socket_uri() a string of an
 * address; socket_connect(), socket_listen() and socket_dgram() make sockets
 * (close-on-exec, blocking) or fail with an Error that names the address.
 * Looking a host name up may block. io/channel-socket.h is the comfortable
 * way to use all this.
 */
#ifndef QEMU_SOCKETS_H
#define QEMU_SOCKETS_H

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "qapi/qapi-types-sockets.h"

/* Is @fd an open socket? */
bool fd_is_socket(int fd);
/*
 * As socketpair(), close-on-exec; -1 with errno. qemu_socket(), qemu_accept()
 * and qemu_socket_set_block() are in qemu/osdep.h.
 */
int qemu_socketpair(int domain, int type, int protocol, int sv[2]);
/*
 * send()s all of @buf on a blocking socket. Returns the bytes sent; fewer
 * than @count means an error in errno.
 */
ssize_t qemu_send_full(int s, const void *buf, size_t count)
    G_GNUC_WARN_UNUSED_RESULT;
/* TCP_CORK, TCP_NODELAY and SO_REUSEADDR; 0, or -1 with errno. */
int socket_set_cork(int fd, int v);
int socket_set_nodelay(int fd);
int socket_set_fast_reuse(int fd);
/* Makes @fd non-blocking. 0, or a negative errno. */
int qemu_socket_try_set_nonblock(int fd);

/*
 * PF_INET, PF_INET6 or PF_UNSPEC, as @addr's ipv4= and ipv6= want it.
 * PF_UNSPEC with @errp when both are off.
 */
int inet_ai_family_from_address(InetSocketAddress *addr, Error **errp);
/*
 * Fills @addr (zeroed by the caller, and freed by it even on failure) from
 * "HOST:PORT[,option]..."; the host may be empty or in square brackets.
 * Options: to=, ipv4, ipv6, keep-alive, mptcp, numeric. 0, or -1 (@errp).
 */
int inet_parse(InetSocketAddress *addr, const char *str, Error **errp);
/* A socket connected to @saddr, or -1 with @errp set. */
int inet_connect_saddr(InetSocketAddress *saddr, Error **errp);
/* The name of AF_*. */
NetworkAddressFamily inet_netfamily(int family);

/*
 * A unix socket that listens on, or is connected to, @path. An empty @path
 * to listen on makes up a name in the directory for temporary files.
 */
int unix_listen(const char *path, Error **errp);
int unix_connect(const char *path, Error **errp);

/* @addr in the form that socket_parse() reads; the caller frees it. */
char *socket_uri(SocketAddress *addr);
/*
 * "unix:PATH", "fd:NAME", "vsock:CID:PORT", "tcp:HOST:PORT[,...]" or
 * "HOST:PORT[,...]". NULL with @errp set on failure.
 */
SocketAddress *socket_parse(const char *str, Error **errp);
/*
 * A socket connected to @addr, listening on @addr with a backlog of @num, or
 * bound to @local (NULL: any) and connected to @remote for datagrams. A fd
 * address yields the descriptor itself if it is a number, one that the
 * monitor holds if it is a name. -1 with @errp set on failure.
 */
int socket_connect(SocketAddress *addr, Error **errp);
int socket_listen(SocketAddress *addr, int num, Error **errp);
int socket_dgram(SocketAddress *remote, SocketAddress *local, Error **errp);
/* Removes the path on which the unix socket @fd listens; before closing it. */
void socket_listen_cleanup(int fd, Error **errp);

/* IPv4 only; not for new code. 0, or -1 with @errp set. */
int convert_host_port(struct sockaddr_in *saddr, const char *host,
                      const char *port, Error **errp);
int parse_host_port(struct sockaddr_in *saddr, const char *str, Error **errp);
/* Nothing to do on this host; returns 0. */
int socket_init(void);

/* @sa as a new SocketAddress, numeric. NULL with @errp set. */
SocketAddress *socket_sockaddr_to_address(struct sockaddr_storage *sa,
                                          socklen_t salen, Error **errp);
/* The address that the socket @fd is bound to; NULL with @errp set. */
SocketAddress *socket_local_address(int fd, Error **errp);
/* The same in the nested form of old commands turned flat. NULL for NULL. */
SocketAddress *socket_address_flatten(SocketAddressLegacy *addr);

/*
 * In an address of type fd, replaces a name by the number of the descriptor
 * that the current monitor holds under it, which leaves the monitor. For
 * users that run later, without that monitor. 0, or -1 with @errp set.
 */
int socket_address_parse_named_fd(SocketAddress *addr, Error **errp);

/*
 * Ours: how this layer asks for the descriptor that the current monitor holds
 * under a name. The monitor registers @get_fd, which returns the descriptor
 * (the caller's from then on), or -1 with @errp set. @have_monitor says
 * whether the running code was called by a monitor: only then is a name a
 * name and not an error.
 */
void socket_set_monitor_hooks(int (*get_fd)(const char *name, Error **errp),
                              bool (*have_monitor)(void));

#endif
