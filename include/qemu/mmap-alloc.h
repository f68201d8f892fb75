/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mapping the guest's RAM: anonymous memory, files and devices. */
#ifndef QEMU_MMAP_ALLOC_H
#define QEMU_MMAP_ALLOC_H

typedef enum {
    QEMU_FS_TYPE_UNKNOWN = 0,
    QEMU_FS_TYPE_TMPFS,
    QEMU_FS_TYPE_HUGETLBFS,
    QEMU_FS_TYPE_NUM,
} QemuFsType;

/* The size of the pages that mappings of @fd are made of (-1: the host's). */
size_t qemu_fd_getpagesize(int fd);
/* What kind of file system @fd is on, if it matters. */
QemuFsType qemu_fd_getfs(int fd);

/* Mapped for reading only. */
#define QEMU_MAP_READONLY   (1 << 0)
/* Others see what is written, and the file gets it; else a private copy. */
#define QEMU_MAP_SHARED     (1 << 1)
/*
 * With SHARED: persistent memory, of which flushing CPU caches is enough
 * (MAP_SYNC). Where the file system cannot, it is mapped without, with a
 * warning if it is a file.
 */
#define QEMU_MAP_SYNC       (1 << 2)
/* No swap or huge pages are reserved; an error where the host insists. */
#define QEMU_MAP_NORESERVE  (1 << 3)

/*
 * Maps @size bytes from @map_offset of @fd (-1: anonymous), aligned to @align
 * (a power of two; 0: what fits the pages of @fd), with an inaccessible page
 * behind. MAP_FAILED with errno.
 */
void *qemu_ram_mmap(int fd, size_t size, size_t align, uint32_t qemu_map_flags,
                    off_t map_offset);
/* Undoes it; @fd and @size are the same as then. @ptr NULL: nothing. */
void qemu_ram_munmap(int fd, void *ptr, size_t size);

#endif
