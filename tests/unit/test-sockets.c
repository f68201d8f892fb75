/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of sockets: strings in and out, good and bad; sockets from them. */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-sockets.h"
#include "qemu/main-loop.h"
#include "qemu/sockets.h"

/* ---- Parsing ---- */

typedef struct {
    const char *str;
    const char *host, *port; /* NULL: an error is expected */
    const char *error;
    int to, ipv4, ipv6, keep_alive, numeric; /* -1: not given */
} InetCase;

#define NONE -1, -1, -1, -1, -1
#define BAD(s, e)                                                              \
    {                                                                          \
        s, NULL, NULL, e, NONE                                                 \
    }

static const InetCase inet_cases[] = {
    { "127.0.0.1:9000", "127.0.0.1", "9000", NULL, NONE },
    { ":5000", "", "5000", NULL, NONE },
    { "localhost:http", "localhost", "http", NULL, NONE },
    { "[::1]:9000", "::1", "9000", NULL, NONE },
    { "[fe80::1%eth0]:22", "fe80::1%eth0", "22", NULL, NONE },
    { "h:1,to=5", "h", "1", NULL, 5, -1, -1, -1, -1 },
    { "h:1,ipv4", "h", "1", NULL, -1, 1, -1, -1, -1 },
    { "h:1,ipv4=on,ipv6=off", "h", "1", NULL, -1, 1, 0, -1, -1 },
    { "h:1,ipv4=off", "h", "1", NULL, -1, 0, -1, -1, -1 },
    { "h:1,to=10,keep-alive", "h", "1", NULL, 10, -1, -1, 1, -1 },
    { "h:1,keep-alive=off,to=65535", "h", "1", NULL, 65535, -1, -1, 0, -1 },
    { "h:1,numeric=on", "h", "1", NULL, -1, -1, -1, -1, 1 },
    BAD("", "error parsing port in address ''"),
    BAD("hostonly", "error parsing address 'hostonly'"),
    BAD("h:", "error parsing address 'h:'"),
    BAD(":", "error parsing port in address ':'"),
    BAD(":,to=3", "error parsing port in address ':,to=3'"),
    BAD("[::1]", "error parsing IPv6 address '[::1]'"),
    BAD("[::1", "error parsing IPv6 address '[::1'"),
    BAD("[]:1", "error parsing IPv6 address '[]:1'"),
    BAD("h:1,to=x", "error parsing to= argument"),
    BAD("h:1,to=", "error parsing to= argument"),
    BAD("h:1,to=70000", "error parsing to= argument"),
    BAD("h:1,to=-1", "error parsing to= argument"),
    BAD("h:1,to=3x", "error parsing to= argument"),
    BAD("h:1,ipv4=maybe", "error parsing 'ipv4' flag '=maybe'"),
    BAD("h:1,ipv6=on,,foo", "error parsing 'ipv6' flag '=on,,foo'"),
    BAD("h:1,frob=1", "Invalid parameter 'frob' in address 'h:1,frob=1'"),
    BAD("h:1,ipv45", "Invalid parameter 'ipv45' in address 'h:1,ipv45'"),
    BAD("h:1,", "Invalid parameter '' in address 'h:1,'"),
};

static void check_flag(bool has, bool val, int expected)
{
    g_assert_cmpint(has ? val : -1, ==, expected);
}

static void test_inet_parse(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(inet_cases); i++) {
        const InetCase *c = &inet_cases[i];
        InetSocketAddress *addr = g_new0(InetSocketAddress, 1);
        Error *err = NULL;
        int ret = inet_parse(addr, c->str, &err);

        if (c->error) {
            g_assert_cmpint(ret, ==, -1);
            g_assert_nonnull(err);
            g_assert_cmpstr(error_get_pretty(err), ==, c->error);
            error_free(err);
        } else {
            g_assert_null(err);
            g_assert_cmpint(ret, ==, 0);
            g_assert_cmpstr(addr->host, ==, c->host);
            g_assert_cmpstr(addr->port, ==, c->port);
            g_assert_cmpint(addr->has_to ? addr->to : -1, ==, c->to);
            check_flag(addr->has_ipv4, addr->ipv4, c->ipv4);
            check_flag(addr->has_ipv6, addr->ipv6, c->ipv6);
            check_flag(addr->has_keep_alive, addr->keep_alive, c->keep_alive);
            check_flag(addr->has_numeric, addr->numeric, c->numeric);
        }
        qapi_free_InetSocketAddress(addr);
    }
}

static void test_parse_uri(void)
{
    static const struct {
        const char *str, *uri, *error;
        SocketAddressType type;
    } cases[] = {
        { "unix:/tmp/x", "unix:/tmp/x", NULL, SOCKET_ADDRESS_TYPE_UNIX },
        { "unix:a,b=c", "unix:a,b=c", NULL, SOCKET_ADDRESS_TYPE_UNIX },
        { "fd:3", "fd:3", NULL, SOCKET_ADDRESS_TYPE_FD },
        { "fd:name", "fd:name", NULL, SOCKET_ADDRESS_TYPE_FD },
        { "vsock:2:1234", "vsock:2:1234", NULL, SOCKET_ADDRESS_TYPE_VSOCK },
        { "tcp:h:1", "tcp:h:1", NULL, SOCKET_ADDRESS_TYPE_INET },
        { "h:1", "tcp:h:1", NULL, SOCKET_ADDRESS_TYPE_INET },
        { "tcp::7", "tcp::7", NULL, SOCKET_ADDRESS_TYPE_INET },
        { "unix:", NULL, "invalid Unix socket address" },
        { "fd:", NULL, "invalid file descriptor address" },
        { "vsock:", NULL, "error parsing address ''" },
        { "vsock:2", NULL, "error parsing address '2'" },
        { "vsock:2:", NULL, "error parsing address '2:'" },
        { "vsock:2:3,x", NULL, "trailing characters in address '2:3,x'" },
        { "tcp:", NULL, "error parsing port in address ''" },
        { "nonsense", NULL, "error parsing address 'nonsense'" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Error *err = NULL;
        SocketAddress *addr = socket_parse(cases[i].str, &err);

        if (cases[i].error) {
            g_assert_null(addr);
            g_assert_cmpstr(error_get_pretty(err), ==, cases[i].error);
            error_free(err);
        } else {
            g_autofree char *uri = NULL;

            g_assert_null(err);
            g_assert_cmpint(addr->type, ==, cases[i].type);
            uri = socket_uri(addr);
            g_assert_cmpstr(uri, ==, cases[i].uri);
            qapi_free_SocketAddress(addr);
        }
    }
}

/* Whatever the bytes, an address or an error. */
static void test_parse_random(void)
{
    static const char alphabet[] = ":[],=tonipv46fk-aled:0129unxsock";

    for (int i = 0; i < 20000; i++) {
        char str[40];
        int len = g_test_rand_int_range(0, sizeof(str) - 1);
        Error *err = NULL;
        SocketAddress *addr;

        for (int j = 0; j < len; j++) {
            str[j] = alphabet[g_test_rand_int_range(0, sizeof(alphabet) - 1)];
        }
        str[len] = 0;
        addr = socket_parse(str, &err);
        g_assert_true((addr != NULL) == (err == NULL));
        error_free(err);
        qapi_free_SocketAddress(addr);
    }
}

static void test_family(void)
{
    /* ipv4, ipv6: -1 not given; the table of -h's manual */
    static const struct {
        int v4, v6;
        const char *host;
        int family;
    } cases[] = {
        { -1, -1, "", PF_UNSPEC }, { -1, 0, "", PF_INET },
        { -1, 1, "", PF_INET6 },   { 0, -1, "", PF_INET6 },
        { 0, 1, "", PF_INET6 },    { 1, -1, "", PF_INET },
        { 1, 0, "", PF_INET },     { 1, 1, "", PF_INET6 },
        { 1, 1, "h", PF_UNSPEC },
    };
    InetSocketAddress bad = { .has_ipv4 = true, .has_ipv6 = true };
    Error *err = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        InetSocketAddress addr = {
            .host = (char *)cases[i].host,
            .has_ipv4 = cases[i].v4 >= 0,
            .ipv4 = cases[i].v4 > 0,
            .has_ipv6 = cases[i].v6 >= 0,
            .ipv6 = cases[i].v6 > 0,
        };

        g_assert_cmpint(inet_ai_family_from_address(&addr, &error_abort), ==,
                        cases[i].family);
    }
    g_assert_cmpint(inet_ai_family_from_address(&bad, &err), ==, PF_UNSPEC);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Cannot disable IPv4 and IPv6 at same time");
    error_free(err);
}

static void test_host_port(void)
{
    struct sockaddr_in sin;
    Error *err = NULL;

    g_assert_cmpint(parse_host_port(&sin, "127.0.0.1:80", &error_abort), ==, 0);
    g_assert_cmpint(ntohs(sin.sin_port), ==, 80);
    g_assert_cmphex(ntohl(sin.sin_addr.s_addr), ==, INADDR_LOOPBACK);
    g_assert_cmpint(parse_host_port(&sin, ":80", &error_abort), ==, 0);
    g_assert_cmphex(sin.sin_addr.s_addr, ==, INADDR_ANY);
    g_assert_cmpint(parse_host_port(&sin, "1.2.3.4", &err), ==, -1);
    error_free_or_abort(&err);
    g_assert_cmpint(parse_host_port(&sin, "1.2.3.4:99999", &err), ==, -1);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "port number '99999' is invalid");
    error_free_or_abort(&err);
}

/* ---- Sockets ---- */

static SocketAddress *parse(const char *str)
{
    return socket_parse(str, &error_abort);
}

static void check_talk(int a, int b)
{
    char buf[5];

    g_assert_cmpint(qemu_send_full(a, "hello", 5), ==, 5);
    g_assert_cmpint(recv(b, buf, 5, MSG_WAITALL), ==, 5);
    g_assert_cmpint(memcmp(buf, "hello", 5), ==, 0);
}

static void test_tcp(void)
{
    SocketAddress *any = parse("tcp:127.0.0.1:0");
    int lfd = socket_listen(any, 1, &error_abort);
    SocketAddress *addr = socket_local_address(lfd, &error_abort);
    SocketAddress *range;
    g_autofree char *text = NULL;
    Error *err = NULL;
    int cfd, afd, lfd2, port;

    g_assert_cmpstr(addr->u.inet.host, ==, "127.0.0.1");
    g_assert_true(addr->u.inet.has_ipv4 && addr->u.inet.ipv4);
    port = atoi(addr->u.inet.port);
    g_assert_cmpint(port, >, 0);

    addr->u.inet.has_keep_alive = addr->u.inet.keep_alive = true;
    cfd = socket_connect(addr, &error_abort);
    afd = qemu_accept(lfd, NULL, NULL);
    g_assert_cmpint(afd, >=, 0);
    check_talk(cfd, afd);
    check_talk(afd, cfd);
    close(cfd);
    close(afd);

    /* The port is taken, alone and as the beginning of a range. */
    addr->u.inet.has_keep_alive = false;
    g_assert_cmpint(socket_listen(addr, 1, &err), ==, -1);
    g_assert_true(g_str_has_prefix(error_get_pretty(err),
                                   "Failed to find an available port"));
    error_free(err);
    err = NULL;
    if (port < 65500) {
        SocketAddress *got;

        text = g_strdup_printf("tcp:127.0.0.1:%d,to=%d", port, port + 30);
        range = parse(text);
        lfd2 = socket_listen(range, 1, &error_abort);
        got = socket_local_address(lfd2, &error_abort);
        g_assert_cmpint(atoi(got->u.inet.port), >, port);
        g_assert_cmpint(atoi(got->u.inet.port), <=, port + 30);
        close(lfd2);
        qapi_free_SocketAddress(got);
        qapi_free_SocketAddress(range);
    }

    close(lfd);
    g_assert_cmpint(socket_connect(addr, &err), ==, -1);
    text =
        (g_free(text),
         g_strdup_printf(
             "Failed to connect to '127.0.0.1:%d': Connection refused", port));
    g_assert_cmpstr(error_get_pretty(err), ==, text);
    error_free(err);
    err = NULL;

    any->u.inet.has_keep_alive = any->u.inet.keep_alive = true;
    g_assert_cmpint(socket_listen(any, 1, &err), ==, -1);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "keep-alive option is not supported for passive sockets");
    error_free(err);
    qapi_free_SocketAddress(any);
    qapi_free_SocketAddress(addr);
}

static void test_unix(void)
{
    g_autofree char *dir = g_dir_make_tmp("test-sockets-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "sock", NULL);
    g_autofree char *longpath = g_strnfill(109, 'x');
    SocketAddress *local;
    Error *err = NULL;
    int lfd, cfd, afd;

    /* Twice: what the first left behind is no obstacle. */
    close(unix_listen(path, &error_abort));
    g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_cmpint(unix_connect(path, &err), ==, -1);
    error_free_or_abort(&err);
    lfd = unix_listen(path, &error_abort);
    cfd = unix_connect(path, &error_abort);
    afd = qemu_accept(lfd, NULL, NULL);
    check_talk(cfd, afd);
    close(cfd);
    close(afd);

    local = socket_local_address(lfd, &error_abort);
    g_assert_cmpint(local->type, ==, SOCKET_ADDRESS_TYPE_UNIX);
    g_assert_cmpstr(local->u.q_unix.path, ==, path);
    qapi_free_SocketAddress(local);
    socket_listen_cleanup(lfd, &error_abort);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    close(lfd);

    /* 108 bytes fit, 109 do not. */
    g_assert_cmpint(unix_connect(longpath, &err), ==, -1);
    g_assert_true(g_str_has_suffix(error_get_pretty(err), "is too long"));
    error_free(err);
    err = NULL;
    longpath[108] = 0;
    g_assert_cmpint(unix_connect(longpath, &err), ==, -1);
    g_assert_true(
        g_str_has_suffix(error_get_pretty(err), "No such file or directory"));
    error_free(err);
    err = NULL;

    /* Without a path one is made up. */
    lfd = unix_listen("", &error_abort);
    local = socket_local_address(lfd, &error_abort);
    g_assert_nonnull(strstr(local->u.q_unix.path, "qemu-socket-"));
    socket_listen_cleanup(lfd, &error_abort);
    g_assert_false(g_file_test(local->u.q_unix.path, G_FILE_TEST_EXISTS));
    close(lfd);
    qapi_free_SocketAddress(local);
    g_rmdir(dir);
}

static void test_fd(void)
{
    int sv[2];
    g_autofree char *str = NULL;
    SocketAddress *addr;
    Error *err = NULL;

    g_assert_cmpint(qemu_socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    str = g_strdup_printf("fd:%d", sv[0]);
    addr = parse(str);
    g_assert_cmpint(socket_connect(addr, &error_abort), ==, sv[0]);
    g_assert_cmpint(socket_address_parse_named_fd(addr, &error_abort), ==, 0);
    check_talk(sv[0], sv[1]);
    qapi_free_SocketAddress(addr);
    close(sv[0]);
    close(sv[1]);

    addr = parse("fd:notanumber");
    g_assert_cmpint(socket_connect(addr, &err), ==, -1);
    g_assert_true(g_str_has_prefix(error_get_pretty(err),
                                   "Unable to parse FD number notanumber"));
    error_free(err);
    qapi_free_SocketAddress(addr);
}

static int held_fd = -1;

static int get_held_fd(const char *name, Error **errp)
{
    if (strcmp(name, "mine")) {
        error_setg(errp, "No fd named %s", name);
        return -1;
    }
    return dup(held_fd);
}

static bool always(void)
{
    return true;
}

static void test_fd_by_name(void)
{
    SocketAddress *addr = parse("fd:mine");
    SocketAddress *other = parse("fd:7");
    Error *err = NULL;
    int fd;

    held_fd = qemu_socket(AF_UNIX, SOCK_STREAM, 0);
    socket_set_monitor_hooks(get_held_fd, always);
    fd = socket_connect(addr, &error_abort);
    g_assert_cmpint(fd, !=, held_fd);
    g_assert_true(fd_is_socket(fd));
    close(fd);

    g_assert_cmpint(socket_address_parse_named_fd(addr, &error_abort), ==, 0);
    fd = atoi(addr->u.fd.str);
    g_assert_true(fd_is_socket(fd));
    close(fd);

    g_assert_cmpint(socket_connect(other, &err), ==, -1);
    g_assert_cmpstr(error_get_pretty(err), ==, "No fd named 7");
    error_free(err);
    socket_set_monitor_hooks(NULL, NULL);
    close(held_fd);
    qapi_free_SocketAddress(addr);
    qapi_free_SocketAddress(other);
}

static void test_dgram(void)
{
    int peer = qemu_socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in sin = { .sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    SocketAddress *remote, *unix_addr = parse("unix:x");
    Error *err = NULL;
    char buf[8];
    int fd;

    g_assert_cmpint(bind(peer, (struct sockaddr *)&sin, sizeof(sin)), ==, 0);
    remote = socket_local_address(peer, &error_abort);
    fd = socket_dgram(remote, NULL, &error_abort);
    g_assert_cmpint(send(fd, "x", 1, 0), ==, 1);
    g_assert_cmpint(recv(peer, buf, sizeof(buf), 0), ==, 1);
    close(fd);
    close(peer);

    g_assert_cmpint(socket_dgram(unix_addr, NULL, &err), ==, -1);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "socket type unsupported for datagram");
    error_free(err);
    err = NULL;
    g_free(remote->u.inet.port);
    remote->u.inet.port = g_strdup("");
    g_assert_cmpint(socket_dgram(remote, NULL, &err), ==, -1);
    g_assert_cmpstr(error_get_pretty(err), ==, "remote port not specified");
    error_free(err);
    qapi_free_SocketAddress(remote);
    qapi_free_SocketAddress(unix_addr);
}

static void test_flatten(void)
{
    InetSocketAddress inet = {
        .host = (char *)"h", .port = (char *)"1", .has_to = true, .to = 4
    };
    SocketAddressLegacy legacy = { .type = SOCKET_ADDRESS_TYPE_INET,
                                   .u.inet.data = &inet };
    SocketAddress *flat = socket_address_flatten(&legacy);

    g_assert_null(socket_address_flatten(NULL));
    g_assert_cmpint(flat->type, ==, SOCKET_ADDRESS_TYPE_INET);
    g_assert_cmpstr(flat->u.inet.host, ==, "h");
    g_assert_true(flat->u.inet.host != inet.host);
    g_assert_cmpint(flat->u.inet.to, ==, 4);
    qapi_free_SocketAddress(flat);
}

int main(int argc, char **argv)
{
    qemu_init_main_loop(&error_abort);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sockets/parse/inet", test_inet_parse);
    g_test_add_func("/sockets/parse/uri", test_parse_uri);
    g_test_add_func("/sockets/parse/random", test_parse_random);
    g_test_add_func("/sockets/parse/family", test_family);
    g_test_add_func("/sockets/parse/host-port", test_host_port);
    g_test_add_func("/sockets/tcp", test_tcp);
    g_test_add_func("/sockets/unix", test_unix);
    g_test_add_func("/sockets/fd", test_fd);
    g_test_add_func("/sockets/fd-by-name", test_fd_by_name);
    g_test_add_func("/sockets/dgram", test_dgram);
    g_test_add_func("/sockets/flatten", test_flatten);
    return g_test_run();
}
