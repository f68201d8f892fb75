/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as wide as a guest CPU's registers: all our targets have 64 bits. */
#ifndef CPU_DEFS_H
#define CPU_DEFS_H

#define TARGET_LONG_BITS      64
#define TARGET_LONG_SIZE      (TARGET_LONG_BITS / 8)
#define TARGET_LONG_ALIGNMENT 8

typedef int64_t target_long;
typedef uint64_t target_ulong;

#define TARGET_FMT_lx "%016" PRIx64
#define TARGET_FMT_ld "%" PRId64
#define TARGET_FMT_lu "%" PRIu64

#endif
