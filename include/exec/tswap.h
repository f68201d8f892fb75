/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the host's byte order and the target's. All our targets are
 * little-endian.
 */
#ifndef TSWAP_H
#define TSWAP_H

#include "qemu/bswap.h"

static inline bool target_words_bigendian(void)
{
    return false;
}

#define target_needs_bswap() (HOST_BIG_ENDIAN != target_words_bigendian())

#define DEFINE_TSWAP_(bits)                                              \
    static inline uint##bits##_t tswap##bits(uint##bits##_t s)           \
    {                                                                    \
        return target_needs_bswap() ? bswap##bits(s) : s;                \
    }                                                                    \
    static inline void tswap##bits##s(uint##bits##_t *s)                 \
    {                                                                    \
        *s = tswap##bits(*s);                                            \
    }

DEFINE_TSWAP_(16)
DEFINE_TSWAP_(32)
DEFINE_TSWAP_(64)
#undef DEFINE_TSWAP_

#endif
