/* SPDX-License-Identifier: GPL-2.0-or-later */
/* userfaultfd: see include/qemu/userfaultfd.h. */
#include "qemu/osdep.h"
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include "qemu/bitops.h"
#include "qemu/userfaultfd.h"

/* ---- descriptors --------------------------------------------------------- */

/* -ENOENT, or why there is none, if it has to be the system call. */
static int open_by_device(int flags)
{
#ifdef USERFAULTFD_IOC_NEW
    int dev = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC);
    int fd;

    if (dev < 0) {
        return -errno;
    }
    fd = ioctl(dev, USERFAULTFD_IOC_NEW, flags);
    if (fd < 0) {
        fd = -errno;
    }
    close(dev);
    return fd;
#else
    return -ENOENT;
#endif
}

int uffd_open(int flags)
{
    int fd = open_by_device(flags);

    if (fd < 0) {
        fd = syscall(__NR_userfaultfd, flags);
    }
    return fd < 0 ? -errno : fd;
}

/* The handshake. Closes @fd if that fails. */
static int shake_hands(int fd, uint64_t features, struct uffdio_api *api)
{
    int ret;

    *api = (struct uffdio_api){ .api = UFFD_API, .features = features };
    if (!ioctl(fd, UFFDIO_API, api)) {
        return fd;
    }
    ret = -errno;
    close(fd);
    return ret;
}

int uffd_query_features(uint64_t *features)
{
    struct uffdio_api api;
    int fd = uffd_open(O_CLOEXEC);

    if (fd >= 0) {
        fd = shake_hands(fd, 0, &api);
    }
    if (fd < 0) {
        return fd;
    }
    *features = api.features;
    close(fd);
    return 0;
}

int uffd_create_fd(uint64_t features, bool non_blocking)
{
    const uint64_t needed =
        BIT_ULL(_UFFDIO_REGISTER) | BIT_ULL(_UFFDIO_UNREGISTER);
    struct uffdio_api api;
    int fd = uffd_open(O_CLOEXEC | (non_blocking ? O_NONBLOCK : 0));

    if (fd >= 0) {
        fd = shake_hands(fd, features, &api);
    }
    if (fd >= 0 && (api.ioctls & needed) != needed) {
        close(fd);
        fd = -ENOTSUP;
    }
    return fd;
}

void uffd_close_fd(int uffd_fd)
{
    assert(uffd_fd >= 0);
    close(uffd_fd);
}

/* ---- ranges -------------------------------------------------------------- */

static struct uffdio_range range_of(void *addr, uint64_t length)
{
    return (struct uffdio_range){ .start = (uintptr_t)addr, .len = length };
}

static int control(int fd, unsigned long request, void *arg)
{
    return ioctl(fd, request, arg) ? -errno : 0;
}

int uffd_register_memory(int uffd_fd, void *addr, uint64_t length,
                         uint64_t mode, uint64_t *ioctls)
{
    struct uffdio_register arg = {
        .range = range_of(addr, length),
        .mode = mode,
    };
    int ret = control(uffd_fd, UFFDIO_REGISTER, &arg);

    if (!ret && ioctls) {
        *ioctls = arg.ioctls;
    }
    return ret;
}

int uffd_unregister_memory(int uffd_fd, void *addr, uint64_t length)
{
    struct uffdio_range arg = range_of(addr, length);

    return control(uffd_fd, UFFDIO_UNREGISTER, &arg);
}

int uffd_change_protection(int uffd_fd, void *addr, uint64_t length, bool wp,
                           bool dont_wake)
{
    struct uffdio_writeprotect arg = {
        .range = range_of(addr, length),
        .mode = wp ? UFFDIO_WRITEPROTECT_MODE_WP : 0,
    };
    int ret;

    /* Protecting never wakes: the kernel refuses the bit there. */
    if (!wp && dont_wake) {
        arg.mode |= UFFDIO_WRITEPROTECT_MODE_DONTWAKE;
    }
    do {
        /* The address space is being changed by another thread. */
        ret = control(uffd_fd, UFFDIO_WRITEPROTECT, &arg);
    } while (ret == -EAGAIN);
    return ret;
}

int uffd_copy_page(int uffd_fd, void *dst_addr, void *src_addr, uint64_t length,
                   bool dont_wake)
{
    struct uffdio_copy arg = {
        .dst = (uintptr_t)dst_addr,
        .src = (uintptr_t)src_addr,
        .len = length,
        .mode = dont_wake ? UFFDIO_COPY_MODE_DONTWAKE : 0,
    };

    return control(uffd_fd, UFFDIO_COPY, &arg);
}

int uffd_zero_page(int uffd_fd, void *addr, uint64_t length, bool dont_wake)
{
    struct uffdio_zeropage arg = {
        .range = range_of(addr, length),
        .mode = dont_wake ? UFFDIO_ZEROPAGE_MODE_DONTWAKE : 0,
    };

    return control(uffd_fd, UFFDIO_ZEROPAGE, &arg);
}

int uffd_wakeup(int uffd_fd, void *addr, uint64_t length)
{
    struct uffdio_range arg = range_of(addr, length);

    return control(uffd_fd, UFFDIO_WAKE, &arg);
}

/* ---- events -------------------------------------------------------------- */

int uffd_read_events(int uffd_fd, struct uffd_msg *msgs, int count)
{
    ssize_t len =
        RETRY_ON_EINTR(read(uffd_fd, msgs, count * sizeof(struct uffd_msg)));

    if (len < 0) {
        return errno == EAGAIN ? 0 : -errno;
    }
    return len / sizeof(struct uffd_msg);
}
