/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's page: the unit of dirty tracking and of the RAM in the migration
 * stream. 4 KiB on all our targets.
 */
#ifndef EXEC_TARGET_PAGE_H
#define EXEC_TARGET_PAGE_H

#include "qemu/osdep.h"

#define TARGET_PAGE_BITS 12
#define TARGET_PAGE_BITS_MIN TARGET_PAGE_BITS
#define TARGET_PAGE_SIZE (1 << TARGET_PAGE_BITS)
/* Negative, so that it extends to any width. */
#define TARGET_PAGE_MASK (-TARGET_PAGE_SIZE)
#define TARGET_PAGE_ALIGN(addr) ROUND_UP((addr), TARGET_PAGE_SIZE)

static inline size_t qemu_target_page_size(void)
{
    return TARGET_PAGE_SIZE;
}

static inline int qemu_target_page_mask(void)
{
    return TARGET_PAGE_MASK;
}

static inline int qemu_target_page_bits(void)
{
    return TARGET_PAGE_BITS;
}

static inline int qemu_target_page_bits_min(void)
{
    return TARGET_PAGE_BITS_MIN;
}

/* How many MiB @pages are, rounded down. */
static inline size_t qemu_target_pages_to_MiB(size_t pages)
{
    return pages >> (20 - TARGET_PAGE_BITS);
}

#endif
