/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Aligned host memory, freed with qemu_vfree() or at the end of the scope of
 * a variable marked QEMU_AUTO_VFREE. @alignment is a power of two.
 */
#ifndef QEMU_MEMALIGN_H
#define QEMU_MEMALIGN_H

#include <stddef.h>

/* NULL when there is no memory; @size may be 0. */
void *qemu_try_memalign(size_t alignment, size_t size)
    __attribute__((malloc));
/* Ends the program when there is no memory. */
void *qemu_memalign(size_t alignment, size_t size)
    __attribute__((malloc, returns_nonnull));
/* @ptr may be NULL. */
void qemu_vfree(void *ptr);

static inline void qemu_cleanup_generic_vfree(void *p)
{
    qemu_vfree(*(void **)p);
}
#define QEMU_AUTO_VFREE __attribute__((cleanup(qemu_cleanup_generic_vfree)))

#endif
