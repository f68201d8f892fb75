/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest physical addresses: their type, its limits and how to print it.
 * Every target's address fits 64 bits; sizes up to 2^64 need Int128.
 */
#ifndef HWADDR_H
#define HWADDR_H

#define HWADDR_BITS 64
typedef uint64_t hwaddr;
#define HWADDR_MAX      UINT64_MAX
#define HWADDR_FMT_plx  "%016" PRIx64
#define HWADDR_PRId     PRId64
#define HWADDR_PRIi     PRIi64
#define HWADDR_PRIo     PRIo64
#define HWADDR_PRIu     PRIu64
#define HWADDR_PRIx     PRIx64
#define HWADDR_PRIX     PRIX64

/* One row of a board's memory map. */
typedef struct MemMapEntry {
    hwaddr base;
    hwaddr size;
} MemMapEntry;

#endif
