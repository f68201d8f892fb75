/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On which nodes of the host a backend's memory lies: mbind(2). The system
 * call is all that is needed, so there is no library for it.
 */
#include "qemu/osdep.h"
#include "hostmem-internal.h"
#include "qapi/error.h"
#include <linux/mempolicy.h>
#include <sys/syscall.h>

#ifndef MPOL_PREFERRED_MANY
#define MPOL_PREFERRED_MANY 5 /* Linux 5.15 */
#endif

QEMU_BUILD_BUG_ON((int)HOST_MEM_POLICY_DEFAULT != (int)MPOL_DEFAULT);
QEMU_BUILD_BUG_ON((int)HOST_MEM_POLICY_PREFERRED != (int)MPOL_PREFERRED);
QEMU_BUILD_BUG_ON((int)HOST_MEM_POLICY_BIND != (int)MPOL_BIND);
QEMU_BUILD_BUG_ON((int)HOST_MEM_POLICY_INTERLEAVE != (int)MPOL_INTERLEAVE);

bool host_memory_check_policy(const HostMemoryBackend *backend, Error **errp)
{
    bool any = !bitmap_empty(backend->host_nodes, MAX_NODES);

    if (any && backend->policy == HOST_MEM_POLICY_DEFAULT) {
        error_setg(errp, "host-nodes must be empty for policy default,"
                         " or you should explicitly specify a policy other"
                         " than default");
        return false;
    }
    if (!any && backend->policy != HOST_MEM_POLICY_DEFAULT) {
        error_setg(errp, "host-nodes must be set for policy %s",
                   HostMemPolicy_str(backend->policy));
        return false;
    }
    return true;
}

bool host_memory_bind(const HostMemoryBackend *backend, void *ptr, uint64_t sz,
                      Error **errp)
{
    /* Pages that are there already move, or it is an error. */
    const unsigned flags = MPOL_MF_STRICT | MPOL_MF_MOVE;
    unsigned long last = find_last_bit(backend->host_nodes, MAX_NODES);
    int mode = backend->policy;
    long ret;

    if (mode == MPOL_DEFAULT) {
        return true;
    }
    /* MPOL_PREFERRED takes the first node only. */
    if (mode == MPOL_PREFERRED) {
        mode = MPOL_PREFERRED_MANY;
    }
    /* The kernel looks at one bit fewer than it is told. */
    ret =
        syscall(SYS_mbind, ptr, sz, mode, backend->host_nodes, last + 2, flags);
    if (ret < 0 && errno == EINVAL && mode == MPOL_PREFERRED_MANY) {
        ret = syscall(SYS_mbind, ptr, sz, MPOL_PREFERRED, backend->host_nodes,
                      last + 2, flags);
    }
    if (ret < 0) {
        error_setg_errno(errp, errno, "cannot bind memory to host NUMA nodes");
        return false;
    }
    return true;
}
