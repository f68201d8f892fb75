/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of the socket driver, and how it describes itself. */
#include "qemu/osdep.h"
#include "char-socket-internal.h"
#include "qapi/error.h"
#include "qemu/option.h"

static const char *socket_protocol(SocketChardev *s)
{
    if (s->is_telnet) {
        return "telnet";
    }
    return s->is_websock ? "websocket" : "tcp";
}

char *socket_chr_idle_filename(SocketChardev *s)
{
    static const char prefix[] = "disconnected:";
    const char *server = s->is_listen ? ",server=on" : "";

    if (!s->addr) {
        return g_strdup_printf("%ssocket", prefix);
    }
    switch (s->addr->type) {
    case SOCKET_ADDRESS_TYPE_INET:
        return g_strdup_printf("%s%s:%s:%s%s", prefix, socket_protocol(s),
                               s->addr->u.inet.host, s->addr->u.inet.port,
                               server);
    case SOCKET_ADDRESS_TYPE_UNIX: {
        UnixSocketAddress *sa = &s->addr->u.q_unix;
        bool abstract = sa->has_abstract && sa->abstract;
        bool tight = abstract && sa->has_tight && sa->tight;

        return g_strdup_printf("%sunix:%s%s%s%s", prefix, sa->path,
                               abstract ? ",abstract=on" : "",
                               tight ? ",tight=on" : "", server);
    }
    case SOCKET_ADDRESS_TYPE_FD:
        return g_strdup_printf("%sfd:%s%s", prefix, s->addr->u.fd.str, server);
    case SOCKET_ADDRESS_TYPE_VSOCK:
        return g_strdup_printf("%svsock:%s:%s", prefix, s->addr->u.vsock.cid,
                               s->addr->u.vsock.port);
    default:
        g_assert_not_reached();
    }
}

char *socket_chr_connected_filename(SocketChardev *s)
{
    SocketAddress *local = qio_channel_socket_get_local_address(s->sioc, NULL);
    SocketAddress *remote =
        qio_channel_socket_get_remote_address(s->sioc, NULL);
    const char *server = s->is_listen ? ",server=on" : "";
    char *ret = NULL;

    if (!local || !remote) {
        ret = g_strdup("unknown");
    } else if (local->type == SOCKET_ADDRESS_TYPE_UNIX) {
        SocketAddress *named = s->is_listen ? local : remote;
        bool unix_name = named->type == SOCKET_ADDRESS_TYPE_UNIX;

        /* An abstract name is no path, and is not shown as one. */
        ret = g_strdup_printf(
            "unix:%s%s",
            unix_name && !named->u.q_unix.abstract ? named->u.q_unix.path : "",
            server);
    } else if (local->type == SOCKET_ADDRESS_TYPE_INET &&
               remote->type == SOCKET_ADDRESS_TYPE_INET) {
        bool six = strchr(local->u.inet.host, ':') != NULL;

        ret = g_strdup_printf(
            "%s:%s%s%s:%s%s <-> %s%s%s:%s", socket_protocol(s), six ? "[" : "",
            local->u.inet.host, six ? "]" : "", local->u.inet.port, server,
            six ? "[" : "", remote->u.inet.host, six ? "]" : "",
            remote->u.inet.port);
    } else {
        ret = g_strdup("unknown");
    }
    qapi_free_SocketAddress(local);
    qapi_free_SocketAddress(remote);
    return ret;
}

bool socket_chr_validate(ChardevSocket *sock, Error **errp)
{
    bool client = sock->has_server && !sock->server;
    SocketAddressType type = sock->addr->type;

    if (type == SOCKET_ADDRESS_TYPE_FD &&
        (sock->has_reconnect || sock->has_reconnect_ms)) {
        error_setg(errp, "'reconnect' option is incompatible with "
                         "'fd' address type");
        return false;
    }
    if (sock->tls_creds) {
        if (type == SOCKET_ADDRESS_TYPE_FD && client) {
            error_setg(errp, "'tls_creds' option is incompatible with "
                             "'fd' address type as client");
        } else if (type == SOCKET_ADDRESS_TYPE_UNIX) {
            error_setg(errp, "'tls_creds' option is incompatible with "
                             "'unix' address type");
        } else if (type == SOCKET_ADDRESS_TYPE_VSOCK) {
            error_setg(errp, "'tls_creds' option is incompatible with "
                             "'vsock' address type");
        } else {
            error_setg(errp, "No TLS credentials with id '%s'",
                       sock->tls_creds);
        }
        return false;
    }
    if (sock->tls_authz) {
        error_setg(errp, "'tls_authz' option requires 'tls_creds' option");
        return false;
    }
    if (!client && (sock->has_reconnect || sock->has_reconnect_ms)) {
        error_setg(errp, "'reconnect' option is incompatible with "
                         "socket in server listen mode");
        return false;
    }
    if (client && sock->has_websocket && sock->websocket) {
        error_setg(errp, "%s", "Websocket client is not implemented");
        return false;
    }
    if (client && sock->has_wait) {
        error_setg(errp, "%s",
                   "'wait' option is incompatible with "
                   "socket in client connect mode");
        return false;
    }
    if (sock->has_reconnect && sock->has_reconnect_ms) {
        error_setg(errp,
                   "'reconnect' and 'reconnect-ms' are mutually exclusive");
        return false;
    }
    if ((sock->has_reconnect && sock->reconnect < 0) ||
        (sock->has_reconnect_ms && sock->reconnect_ms < 0)) {
        error_setg(errp, "'reconnect-ms' must not be negative");
        return false;
    }
    return true;
}

static SocketAddressLegacy *socket_parse_address(QemuOpts *opts)
{
    SocketAddressLegacy *addr = g_new0(SocketAddressLegacy, 1);
    const char *path = qemu_opt_get(opts, "path");
    const char *host = qemu_opt_get(opts, "host");

    if (path) {
        UnixSocketAddress *un = g_new0(UnixSocketAddress, 1);

        addr->type = SOCKET_ADDRESS_TYPE_UNIX;
        addr->u.q_unix.data = un;
        un->path = g_strdup(path);
        un->has_tight = true;
        un->tight = qemu_opt_get_bool(opts, "tight", true);
        un->has_abstract = true;
        un->abstract = qemu_opt_get_bool(opts, "abstract", false);
    } else if (host) {
        InetSocketAddress *inet = g_new0(InetSocketAddress, 1);

        addr->type = SOCKET_ADDRESS_TYPE_INET;
        addr->u.inet.data = inet;
        inet->host = g_strdup(host);
        inet->port = g_strdup(qemu_opt_get(opts, "port"));
        inet->has_to = qemu_opt_get(opts, "to");
        inet->to = qemu_opt_get_number(opts, "to", 0);
        inet->has_ipv4 = qemu_opt_get(opts, "ipv4");
        inet->ipv4 = qemu_opt_get_bool(opts, "ipv4", false);
        inet->has_ipv6 = qemu_opt_get(opts, "ipv6");
        inet->ipv6 = qemu_opt_get_bool(opts, "ipv6", false);
    } else {
        addr->type = SOCKET_ADDRESS_TYPE_FD;
        addr->u.fd.data = g_new0(FdSocketAddress, 1);
        addr->u.fd.data->str = g_strdup(qemu_opt_get(opts, "fd"));
    }
    return addr;
}

static bool socket_check_options(QemuOpts *opts, Error **errp)
{
    const char *path = qemu_opt_get(opts, "path");
    const char *host = qemu_opt_get(opts, "host");
    const char *fd = qemu_opt_get(opts, "fd");

    if (!!path + !!fd + !!host > 1) {
        error_setg(errp,
                   "None or one of 'path', 'fd' or 'host' option required.");
        return false;
    }
    if (!path && !fd && !host) {
        error_setg(errp, "chardev: socket: no 'path', 'host' or 'fd' given");
        return false;
    }
    if (host && !qemu_opt_get(opts, "port")) {
        error_setg(errp, "chardev: socket: no port given");
        return false;
    }
    if (qemu_opt_get(opts, "delay") && qemu_opt_get(opts, "nodelay")) {
        error_setg(errp, "'delay' and 'nodelay' are mutually exclusive");
        return false;
    }
    return true;
}

void socket_chr_parse(QemuOpts *opts, ChardevBackend *backend, Error **errp)
{
    ChardevSocket *sock;

    if (!socket_check_options(opts, errp)) {
        return;
    }
    backend->type = CHARDEV_BACKEND_KIND_SOCKET;
    sock = backend->u.socket.data = g_new0(ChardevSocket, 1);
    qemu_chr_parse_common(opts, qapi_ChardevSocket_base(sock));

    sock->has_nodelay =
        qemu_opt_get(opts, "delay") || qemu_opt_get(opts, "nodelay");
    sock->nodelay = !qemu_opt_get_bool(opts, "delay", true) ||
                    qemu_opt_get_bool(opts, "nodelay", false);
    /*
     * Unlike in QMP, a socket is a client unless told otherwise, and a server
     * waits unless told otherwise.
     */
    sock->has_server = true;
    sock->server = qemu_opt_get_bool(opts, "server", false);
    sock->has_wait = qemu_opt_find(opts, "wait") || sock->server;
    sock->wait = qemu_opt_get_bool(opts, "wait", true);
    sock->has_telnet = qemu_opt_get(opts, "telnet");
    sock->telnet = qemu_opt_get_bool(opts, "telnet", false);
    sock->has_tn3270 = qemu_opt_get(opts, "tn3270");
    sock->tn3270 = qemu_opt_get_bool(opts, "tn3270", false);
    sock->has_websocket = qemu_opt_get(opts, "websocket");
    sock->websocket = qemu_opt_get_bool(opts, "websocket", false);
    sock->has_reconnect = qemu_opt_find(opts, "reconnect");
    sock->reconnect = qemu_opt_get_number(opts, "reconnect", 0);
    sock->has_reconnect_ms = qemu_opt_find(opts, "reconnect-ms");
    sock->reconnect_ms = qemu_opt_get_number(opts, "reconnect-ms", 0);
    sock->tls_creds = g_strdup(qemu_opt_get(opts, "tls-creds"));
    sock->tls_authz = g_strdup(qemu_opt_get(opts, "tls-authz"));
    sock->addr = socket_parse_address(opts);
}
