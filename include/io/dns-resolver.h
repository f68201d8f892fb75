/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QIODNSResolver: turns a SocketAddress with a host name into those with
 * numbers, before a socket is made. Anything but inet comes back as a copy.
 */
#ifndef QIO_DNS_RESOLVER_H
#define QIO_DNS_RESOLVER_H

#include "qapi/qapi-types-sockets.h"
#include "qom/object.h"
#include "io/task.h"

#define TYPE_QIO_DNS_RESOLVER "qio-dns-resolver"
OBJECT_DECLARE_SIMPLE_TYPE(QIODNSResolver, QIO_DNS_RESOLVER)

struct QIODNSResolver {
    Object parent;
};

/* The only one; no reference for the caller. */
QIODNSResolver *qio_dns_resolver_get_instance(void);

/*
 * Resolves @addr. On success (0) *@addrs is an array of *@naddrs > 0
 * addresses; the caller frees each and the array. -1 with @errp on failure.
 * May block for long.
 */
int qio_dns_resolver_lookup_sync(QIODNSResolver *resolver, SocketAddress *addr,
                                 size_t *naddrs, SocketAddress ***addrs,
                                 Error **errp);

/*
 * The same in a thread. @func then gets the addresses, as above, from
 * qio_dns_resolver_lookup_result(), unless the task has an error.
 */
void qio_dns_resolver_lookup_async(QIODNSResolver *resolver,
                                   SocketAddress *addr, QIOTaskFunc func,
                                   gpointer opaque, GDestroyNotify notify);
void qio_dns_resolver_lookup_result(QIODNSResolver *resolver, QIOTask *task,
                                    size_t *naddrs, SocketAddress ***addrs);

#endif
