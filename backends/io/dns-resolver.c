/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Host names to numbers, at once or in a thread. */
#include "qemu/osdep.h"
#include "io/dns-resolver.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-sockets.h"
#include "qemu/module.h"
#include "qemu/sockets.h"

QIODNSResolver *qio_dns_resolver_get_instance(void)
{
    static gsize instance;

    if (g_once_init_enter(&instance)) {
        g_once_init_leave(&instance, (gsize)object_new(TYPE_QIO_DNS_RESOLVER));
    }
    return (QIODNSResolver *)instance;
}

/* @addr, with one numeric host and port that it resolved to. */
static SocketAddress *address_of_result(SocketAddress *addr, struct addrinfo *e,
                                        Error **errp)
{
    char host[NI_MAXHOST], serv[NI_MAXSERV];
    SocketAddress *res;
    int rc = getnameinfo(e->ai_addr, e->ai_addrlen, host, sizeof(host), serv,
                         sizeof(serv), NI_NUMERICHOST | NI_NUMERICSERV);

    if (rc) {
        error_setg(errp, "Cannot format numeric socket address: %s",
                   gai_strerror(rc));
        return NULL;
    }
    res = QAPI_CLONE(SocketAddress, addr);
    g_free(res->u.inet.host);
    g_free(res->u.inet.port);
    res->u.inet.host = g_strdup(host);
    res->u.inet.port = g_strdup(serv);
    res->u.inet.has_numeric = res->u.inet.numeric = true;
    return res;
}

static int lookup_inet(SocketAddress *addr, size_t *naddrs,
                       SocketAddress ***addrs, Error **errp)
{
    InetSocketAddress *inet = &addr->u.inet;
    struct addrinfo hints = { .ai_flags = AI_PASSIVE,
                              .ai_socktype = SOCK_STREAM };
    struct addrinfo *res, *e;
    const char *port = inet->port && inet->port[0] ? inet->port : "0";
    Error *err = NULL;
    int rc;

    if (!inet->host) {
        error_setg(errp, "host not specified");
        return -1;
    }
    if (inet->has_numeric && inet->numeric) {
        hints.ai_flags |= AI_NUMERICHOST | AI_NUMERICSERV;
    }
    hints.ai_family = inet_ai_family_from_address(inet, &err);
    if (err) {
        error_propagate(errp, err);
        return -1;
    }
    rc = getaddrinfo(inet->host[0] ? inet->host : NULL, port, &hints, &res);
    if (rc) {
        error_setg(errp, "address resolution failed for %s:%s: %s", inet->host,
                   port, gai_strerror(rc));
        return -1;
    }

    *naddrs = 0;
    *addrs = NULL;
    for (e = res; e; e = e->ai_next) {
        SocketAddress *one;

        one = address_of_result(addr, e, err ? NULL : &err);
        if (one) {
            *addrs = g_renew(SocketAddress *, *addrs, *naddrs + 1);
            (*addrs)[(*naddrs)++] = one;
        }
    }
    freeaddrinfo(res);
    if (*naddrs == 0) {
        error_propagate(errp, err);
        return -1;
    }
    error_free(err);
    return 0;
}

int qio_dns_resolver_lookup_sync(QIODNSResolver *resolver, SocketAddress *addr,
                                 size_t *naddrs, SocketAddress ***addrs,
                                 Error **errp)
{
    if (addr->type == SOCKET_ADDRESS_TYPE_INET) {
        return lookup_inet(addr, naddrs, addrs, errp);
    }
    *naddrs = 1;
    *addrs = g_new(SocketAddress *, 1);
    (*addrs)[0] = QAPI_CLONE(SocketAddress, addr);
    return 0;
}

typedef struct {
    SocketAddress *addr;
    SocketAddress **addrs;
    size_t naddrs;
} Lookup;

static void lookup_free(gpointer opaque)
{
    Lookup *lookup = opaque;

    for (size_t i = 0; i < lookup->naddrs; i++) {
        qapi_free_SocketAddress(lookup->addrs[i]);
    }
    g_free(lookup->addrs);
    qapi_free_SocketAddress(lookup->addr);
    g_free(lookup);
}

static void lookup_worker(QIOTask *task, gpointer opaque)
{
    QIODNSResolver *resolver = QIO_DNS_RESOLVER(qio_task_get_source(task));
    Lookup *lookup = opaque;
    Error *err = NULL;

    qio_dns_resolver_lookup_sync(resolver, lookup->addr, &lookup->naddrs,
                                 &lookup->addrs, &err);
    if (err) {
        qio_task_set_error(task, err);
    } else {
        qio_task_set_result_pointer(task, lookup, NULL);
    }
}

void qio_dns_resolver_lookup_async(QIODNSResolver *resolver,
                                   SocketAddress *addr, QIOTaskFunc func,
                                   gpointer opaque, GDestroyNotify notify)
{
    QIOTask *task = qio_task_new(OBJECT(resolver), func, opaque, notify);
    Lookup *lookup = g_new0(Lookup, 1);

    lookup->addr = QAPI_CLONE(SocketAddress, addr);
    qio_task_run_in_thread(task, lookup_worker, lookup, lookup_free, NULL);
}

void qio_dns_resolver_lookup_result(QIODNSResolver *resolver, QIOTask *task,
                                    size_t *naddrs, SocketAddress ***addrs)
{
    Lookup *lookup = qio_task_get_result_pointer(task);

    *naddrs = 0;
    *addrs = NULL;
    if (lookup) {
        *naddrs = lookup->naddrs;
        *addrs = g_steal_pointer(&lookup->addrs);
        lookup->naddrs = 0;
    }
}

static const TypeInfo qio_dns_resolver_info = {
    .name = TYPE_QIO_DNS_RESOLVER,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(QIODNSResolver),
};

static void qio_dns_resolver_register_types(void)
{
    type_register_static(&qio_dns_resolver_info);
}

type_init(qio_dns_resolver_register_types);
