/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest virtual address of any target. The host is 64-bit, so a host
 * pointer's width always suffices.
 */
#ifndef VADDR_H
#define VADDR_H

typedef uintptr_t vaddr;
#define VADDR_PRId PRIdPTR
#define VADDR_PRIu PRIuPTR
#define VADDR_PRIo PRIoPTR
#define VADDR_PRIx PRIxPTR
#define VADDR_PRIX PRIXPTR
#define VADDR_MAX  UINTPTR_MAX

#endif
