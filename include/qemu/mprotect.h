/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Change the protection of whole pages. 0, or -1 with errno; a failure is
 * also reported, since no caller expects one.
 */
#ifndef QEMU_MPROTECT_H
#define QEMU_MPROTECT_H

#include <stddef.h>

int qemu_mprotect_rw(void *addr, size_t size);
int qemu_mprotect_rwx(void *addr, size_t size);
int qemu_mprotect_none(void *addr, size_t size);

#endif
