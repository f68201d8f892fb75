/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files in memory: see include/qemu/memfd.h. */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/host-utils.h"
#include "qemu/memfd.h"

int qemu_memfd_create(const char *name, size_t size, bool hugetlb,
                      uint64_t hugetlbsize, unsigned int seals, Error **errp)
{
    ERRP_GUARD();
    unsigned int flags = MFD_CLOEXEC;
    int fd;

    if (hugetlbsize && !is_power_of_2(hugetlbsize)) {
        error_setg(errp, "Hugepage size must be a power of 2");
        return -1;
    }
    if (seals) {
        flags |= MFD_ALLOW_SEALING;
    }
    if (hugetlb) {
        flags |= MFD_HUGETLB;
        if (hugetlbsize) {
            flags |= (unsigned)ctz64(hugetlbsize) << MFD_HUGE_SHIFT;
        }
    }
    fd = memfd_create(name, flags);
    if (fd < 0) {
        error_setg_errno(errp, errno, "failed to create memfd with flags 0x%x",
                         flags);
        if (hugetlbsize) {
            error_append_hint(errp,
                              "The sizes of huge pages that this host has are "
                              "in /sys/kernel/mm/hugepages.\n");
        }
        return -1;
    }
    if (ftruncate(fd, size) < 0) {
        error_setg_errno(errp, errno, "failed to resize memfd to %zu", size);
    } else if (seals && fcntl(fd, F_ADD_SEALS, seals) < 0) {
        error_setg_errno(errp, errno, "failed to add seals 0x%x", seals);
    } else {
        return fd;
    }
    close(fd);
    return -1;
}

/* An unlinked file of @size bytes; -1 with errno. */
static int tmpfile_create(size_t size)
{
    g_autofree char *path =
        g_build_filename(g_get_tmp_dir(), "memfd-XXXXXX", NULL);
    int fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);

    if (fd < 0) {
        return -1;
    }
    g_unlink(path);
    if (ftruncate(fd, size) < 0) {
        int saved = errno;

        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

void *qemu_memfd_alloc(const char *name, size_t size, unsigned int seals,
                       int *fd, Error **errp)
{
    void *ptr;

    *fd = qemu_memfd_create(name, size, false, 0, seals, NULL);
    if (*fd < 0) {
        *fd = tmpfile_create(size);
        if (*fd < 0) {
            error_setg_errno(errp, errno, "failed to allocate shared memory");
            return NULL;
        }
    }
    ptr = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
    if (ptr == MAP_FAILED) {
        error_setg_errno(errp, errno, "failed to allocate shared memory");
        close(*fd);
        *fd = -1;
        return NULL;
    }
    return ptr;
}

void qemu_memfd_free(void *ptr, size_t size, int fd)
{
    if (ptr && munmap(ptr, size) < 0) {
        error_report("memfd munmap() failed: %s", strerror(errno));
    }
    if (fd != -1 && close(fd) < 0) {
        error_report("memfd close() failed: %s", strerror(errno));
    }
}

bool qemu_memfd_alloc_check(void)
{
    static gsize known; /* 1: no, 2: yes */

    if (g_once_init_enter(&known)) {
        int fd;
        void *ptr = qemu_memfd_alloc("test", 4096, 0, &fd, NULL);

        qemu_memfd_free(ptr, 4096, fd);
        g_once_init_leave(&known, ptr ? 2 : 1);
    }
    return known == 2;
}

bool qemu_memfd_check(unsigned int flags)
{
    int fd = memfd_create("test", flags | MFD_CLOEXEC);

    if (fd < 0) {
        return false;
    }
    close(fd);
    return true;
}
