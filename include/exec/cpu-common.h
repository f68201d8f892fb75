/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types that the CPU side and the memory side share.
 *
 * A ram_addr_t is an offset into the space of all RAM blocks; it is not a
 * guest physical address (that is hwaddr).
 */
#ifndef CPU_COMMON_H
#define CPU_COMMON_H

#include "exec/hwaddr.h"
#include "exec/vaddr.h"

typedef uintptr_t ram_addr_t;
#define RAM_ADDR_MAX UINTPTR_MAX
#define RAM_ADDR_FMT "%" PRIxPTR

#endif
