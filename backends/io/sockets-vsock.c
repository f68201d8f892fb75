/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets between a host and its guests, by context id and port. */
#include "qemu/osdep.h"
#include <linux/vm_sockets.h>
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "sockets-internal.h"

static bool vsock_number(const char *what, const char *str, uint32_t *val,
                         Error **errp)
{
    unsigned int n;

    if (qemu_strtoui(str, NULL, 0, &n) < 0) {
        error_setg(errp, "Failed to parse %s '%s'", what, str);
        return false;
    }
    *val = n;
    return true;
}

static bool vsock_fill(struct sockaddr_vm *svm, VsockSocketAddress *vaddr,
                       Error **errp)
{
    uint32_t cid, port;

    if (!vsock_number("cid", vaddr->cid, &cid, errp) ||
        !vsock_number("port", vaddr->port, &port, errp)) {
        return false;
    }
    memset(svm, 0, sizeof(*svm));
    svm->svm_family = AF_VSOCK;
    svm->svm_cid = cid;
    svm->svm_port = port;
    return true;
}

int vsock_connect_saddr(VsockSocketAddress *vaddr, Error **errp)
{
    struct sockaddr_vm svm;
    int fd;

    if (!vsock_fill(&svm, vaddr, errp)) {
        return -1;
    }
    fd = qemu_socket(AF_VSOCK, SOCK_STREAM, 0);
    if (fd < 0) {
        error_setg_errno(errp, errno, "Failed to create socket family %d",
                         AF_VSOCK);
        return -1;
    }
    if (connect_fully(fd, (struct sockaddr *)&svm, sizeof(svm)) < 0) {
        error_setg_errno(errp, errno, "Failed to connect to '%s:%s'",
                         vaddr->cid, vaddr->port);
        close(fd);
        return -1;
    }
    return fd;
}

int vsock_listen_saddr(VsockSocketAddress *vaddr, int num, Error **errp)
{
    struct sockaddr_vm svm;
    int fd;

    if (!vsock_fill(&svm, vaddr, errp)) {
        return -1;
    }
    fd = qemu_socket(AF_VSOCK, SOCK_STREAM, 0);
    if (fd < 0) {
        error_setg_errno(errp, errno, "Failed to create socket");
        return -1;
    }
    if (bind(fd, (struct sockaddr *)&svm, sizeof(svm)) < 0) {
        error_setg_errno(errp, errno, "Failed to bind socket");
    } else if (listen(fd, num) < 0) {
        error_setg_errno(errp, errno, "Failed to listen on socket");
    } else {
        return fd;
    }
    close(fd);
    return -1;
}

/* "CID:PORT", each of 1 to 32 characters. */
int vsock_parse(VsockSocketAddress *addr, const char *str, Error **errp)
{
    size_t cid = strcspn(str, ":");
    const char *port = str + cid + 1;
    size_t portlen = str[cid] ? strcspn(port, ",") : 0;

    if (!cid || cid > 32 || !portlen || portlen > 32) {
        error_setg(errp, "error parsing address '%s'", str);
        return -1;
    }
    if (port[portlen]) {
        error_setg(errp, "trailing characters in address '%s'", str);
        return -1;
    }
    addr->cid = g_strndup(str, cid);
    addr->port = g_strndup(port, portlen);
    return 0;
}
