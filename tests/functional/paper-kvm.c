/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The emulator on a KVM of paper, which agrees to whatever it is asked for and
 * runs nothing: for pictures of slots, and for messages, where the host may
 * have no /dev/kvm. By the environment:
 *
 *   PAPER_KVM_WITHOUT=CAP,...   it lacks these capabilities (numbers)
 *   PAPER_KVM_BUSY=1            another hypervisor is in its place
 */
#include "qemu/osdep.h"
#include "accel/kvm/kvm-internal.h"
#include "qemu/main-loop.h"
#include "system/system.h"

enum { SLOTS = 509, CPUS = 16, ROUTES = 64 };

static bool lacks(uintptr_t cap)
{
    g_auto(GStrv) list = g_strsplit(getenv("PAPER_KVM_WITHOUT") ?: "", ",", -1);
    g_autofree char *number = g_strdup_printf("%" PRIuPTR, cap);

    return g_strv_contains((const char *const *)list, number);
}

static int extension(uintptr_t cap)
{
    if (lacks(cap)) {
        return 0;
    }
    switch (cap) {
    case KVM_CAP_NR_MEMSLOTS:
        return SLOTS;
    case KVM_CAP_NR_VCPUS:
    case KVM_CAP_MAX_VCPUS:
        return CPUS;
    case KVM_CAP_IRQ_ROUTING:
        return ROUTES;
    case KVM_CAP_MULTI_ADDRESS_SPACE:
    case KVM_CAP_DIRTY_LOG_RING:
    case KVM_CAP_DIRTY_LOG_RING_ACQ_REL:
    case KVM_CAP_BINARY_STATS_FD:
        return 0;
    default:
        return 1;
    }
}

static bool hook(int fd, unsigned long type, void *arg, int *ret)
{
    switch (type) {
    case KVM_GET_API_VERSION:
        *ret = KVM_API_VERSION;
        break;
    case KVM_CREATE_VM:
        *ret = getenv("PAPER_KVM_BUSY") ? -EBUSY
                                        : qemu_open_old("/dev/null", O_RDWR);
        break;
    case KVM_CHECK_EXTENSION:
        *ret = extension((uintptr_t)arg);
        break;
    default:
        *ret = 0;
        break;
    }
    return true;
}

int main(int argc, char **argv)
{
    int status;

    kvm_ioctl_hook = hook;
    qemu_init(argc, argv);
    status = qemu_main_loop();
    qemu_cleanup(status);
    return status;
}
