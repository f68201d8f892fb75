/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The families behind qemu/sockets.h. Each returns a socket, or -1 (@errp). */
#ifndef IO_SOCKETS_INTERNAL_H
#define IO_SOCKETS_INTERNAL_H

#include "qemu/sockets.h"

int inet_listen_saddr(InetSocketAddress *saddr, int num, Error **errp);
int inet_dgram_saddr(InetSocketAddress *remote, InetSocketAddress *local,
                     Error **errp);

/* @saddr's path is filled in when it is empty. */
int unix_listen_saddr(UnixSocketAddress *saddr, int num, Error **errp);
int unix_connect_saddr(UnixSocketAddress *saddr, Error **errp);

int vsock_listen_saddr(VsockSocketAddress *vaddr, int num, Error **errp);
int vsock_connect_saddr(VsockSocketAddress *vaddr, Error **errp);
int vsock_parse(VsockSocketAddress *addr, const char *str, Error **errp);

/*
 * connect() that a signal cannot stop halfway. 0, or -1 with errno.
 */
int connect_fully(int fd, const struct sockaddr *sa, socklen_t len);

#endif
