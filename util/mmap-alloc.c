/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mapping the guest's RAM: see include/qemu/mmap-alloc.h. */
#include "qemu/osdep.h"
#include <linux/magic.h>
#include <sys/vfs.h>
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/host-utils.h"
#include "qemu/mmap-alloc.h"

#ifndef MAP_SYNC
#define MAP_SYNC 0x80000
#endif
#ifndef MAP_SHARED_VALIDATE
#define MAP_SHARED_VALIDATE 0x03
#endif

#define OVERCOMMIT_MEMORY_PATH "/proc/sys/vm/overcommit_memory"

/* Of the file system below @fd; false for what has none. */
static bool fd_statfs(int fd, struct statfs *fs)
{
    return fd >= 0 && RETRY_ON_EINTR(fstatfs(fd, fs)) == 0;
}

size_t qemu_fd_getpagesize(int fd)
{
    struct statfs fs;

    if (fd_statfs(fd, &fs) && (uint32_t)fs.f_type == HUGETLBFS_MAGIC) {
        return fs.f_bsize;
    }
    return qemu_real_host_page_size();
}

QemuFsType qemu_fd_getfs(int fd)
{
    struct statfs fs;

    if (fd_statfs(fd, &fs)) {
        switch ((uint32_t)fs.f_type) {
        case TMPFS_MAGIC:
            return QEMU_FS_TYPE_TMPFS;
        case HUGETLBFS_MAGIC:
            return QEMU_FS_TYPE_HUGETLBFS;
        }
    }
    return QEMU_FS_TYPE_UNKNOWN;
}

/*
 * Whether MAP_NORESERVE has an effect. Shared files and read-only mappings are
 * never accounted, and huge pages have an accounting of their own; of the rest
 * the host's strict mode accounts everything.
 */
static bool noreserve_works(int fd, uint32_t flags)
{
    g_autofree char *text = NULL;
    unsigned int mode;

    if ((flags & QEMU_MAP_READONLY) || ((flags & QEMU_MAP_SHARED) && fd >= 0) ||
        qemu_fd_getpagesize(fd) != qemu_real_host_page_size()) {
        return true;
    }
    if (!g_file_get_contents(OVERCOMMIT_MEMORY_PATH, &text, NULL, NULL) ||
        qemu_strtoui(g_strchomp(text), NULL, 10, &mode) < 0) {
        error_report("Skipping reservation of swap space is not supported: "
                     "Could not read: \"" OVERCOMMIT_MEMORY_PATH "\"");
        return false;
    }
    if (mode == 2) {
        error_report("Skipping reservation of swap space is not supported: "
                     "\"" OVERCOMMIT_MEMORY_PATH "\" is \"2\"");
        return false;
    }
    return true;
}

/* Whether @fd has a name, so that a warning about it helps somebody. */
static bool fd_is_named_file(int fd)
{
    g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", fd);
    g_autofree char *target = g_file_read_link(link, NULL);

    return target && g_file_test(target, G_FILE_TEST_EXISTS);
}

/* Maps at @at, which is reserved. */
static void *map_fixed(void *at, int fd, size_t size, uint32_t flags,
                       off_t offset)
{
    bool shared = flags & QEMU_MAP_SHARED;
    int prot = PROT_READ | (flags & QEMU_MAP_READONLY ? 0 : PROT_WRITE);
    int extra = MAP_FIXED | (fd < 0 ? MAP_ANONYMOUS : 0);
    void *ptr;

    if (flags & QEMU_MAP_NORESERVE) {
        if (!noreserve_works(fd, flags)) {
            errno = ENOTSUP;
            return MAP_FAILED;
        }
        extra |= MAP_NORESERVE;
    }
    if (shared && (flags & QEMU_MAP_SYNC)) {
        ptr = mmap(at, size, prot, extra | MAP_SYNC | MAP_SHARED_VALIDATE, fd,
                   offset);
        if (ptr != MAP_FAILED) {
            return ptr;
        }
        if (errno == ENOTSUP && fd_is_named_file(fd)) {
            warn_report("Using non DAX backing file with 'pmem=on' option "
                        "is deprecated");
        }
    }
    return mmap(at, size, prot, extra | (shared ? MAP_SHARED : MAP_PRIVATE), fd,
                offset);
}

/*
 * Reserves address space that is large enough for any alignment, maps into it,
 * and gives back what is not needed. One page behind stays reserved, so that
 * running over the end is noticed.
 */
void *qemu_ram_mmap(int fd, size_t size, size_t align, uint32_t qemu_map_flags,
                    off_t map_offset)
{
    size_t guard = qemu_real_host_page_size();
    size_t page = qemu_fd_getpagesize(fd);
    size_t mapped = ROUND_UP(size, page);
    uint8_t *area, *ptr, *end;
    size_t total;

    align = MAX(align, page);
    total = mapped + align + guard;
    if (mapped < size || total < mapped || size == 0) {
        errno = size == 0 ? EINVAL : ENOMEM;
        return MAP_FAILED;
    }
    assert(is_power_of_2(align));
    area = mmap(NULL, total, PROT_NONE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (area == MAP_FAILED) {
        return MAP_FAILED;
    }
    ptr = QEMU_ALIGN_PTR_UP(area, align);
    if (map_fixed(ptr, fd, size, qemu_map_flags, map_offset) == MAP_FAILED) {
        int saved = errno;

        munmap(area, total);
        errno = saved;
        return MAP_FAILED;
    }
    end = ptr + mapped + guard;
    if (ptr > area) {
        munmap(area, ptr - area);
    }
    if (end < area + total) {
        munmap(end, area + total - end);
    }
    return ptr;
}

void qemu_ram_munmap(int fd, void *ptr, size_t size)
{
    if (ptr) {
        size_t mapped = ROUND_UP(size, qemu_fd_getpagesize(fd));

        /* In two steps: a hugetlb mapping only goes by whole pages. */
        munmap((uint8_t *)ptr + mapped, qemu_real_host_page_size());
        munmap(ptr, mapped);
    }
}
