/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making code that was just written visible to instruction fetch. */
#ifndef QEMU_CACHEFLUSH_H
#define QEMU_CACHEFLUSH_H

#include <stddef.h>
#include <stdint.h>

/* @len bytes that are written at @rw and executed at @rx. */
static inline void flush_idcache_range(uintptr_t rx, uintptr_t rw, size_t len)
{
    if (rx != rw) {
        __builtin___clear_cache((char *)rw, (char *)rw + len);
    }
    __builtin___clear_cache((char *)rx, (char *)rx + len);
}

#endif
