/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hints to the kernel about a range of host memory, by QEMU's names. */
#ifndef QEMU_MADVISE_H
#define QEMU_MADVISE_H

#include <stddef.h>
#include <sys/mman.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#define QEMU_MADV_INVALID        -1
#define QEMU_MADV_WILLNEED       MADV_WILLNEED
#define QEMU_MADV_DONTNEED       MADV_DONTNEED
#define QEMU_MADV_DONTFORK       MADV_DONTFORK
#define QEMU_MADV_MERGEABLE      MADV_MERGEABLE
#define QEMU_MADV_UNMERGEABLE    MADV_UNMERGEABLE
#define QEMU_MADV_DODUMP         MADV_DODUMP
#define QEMU_MADV_DONTDUMP       MADV_DONTDUMP
#define QEMU_MADV_HUGEPAGE       MADV_HUGEPAGE
#define QEMU_MADV_NOHUGEPAGE     MADV_NOHUGEPAGE
#define QEMU_MADV_REMOVE         MADV_REMOVE
#define QEMU_MADV_POPULATE_WRITE MADV_POPULATE_WRITE

/* madvise(); -1 with errno EINVAL for QEMU_MADV_INVALID. */
int qemu_madvise(void *addr, size_t len, int advice);

#endif
