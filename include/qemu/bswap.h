/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Byte order: swapping, converting between the host's order and a fixed one,
 * and loads and stores in a fixed order at any address.
 *
 *   bswapN(v), bswapNs(p)                    swapped; swapped in place
 *   beN_to_cpu(v), cpu_to_leN(v), ...        converted; with s at the end: in
 *                                            place
 *   ld{ub,sb,uw,sw,l,q}_{he,le,be}_p(ptr)    load; he is the host's order
 *   st{b,w,24,l,q}_{he,le,be}_p(ptr, v)      store
 *   ldn_he_p(ptr, n), stn_he_p(ptr, n, v)    n is 1, 2, 4 or 8 bytes
 * "w" is 16 bits, "l" 32, "q" 64. ldl_*_p() is a signed int.
 */
#ifndef BSWAP_H
#define BSWAP_H

#include <stdint.h>
#include <glib.h>
#include "qemu/compiler.h"

#undef bswap16
#undef bswap32
#undef bswap64
#define bswap16(x) __builtin_bswap16(x)
#define bswap32(x) __builtin_bswap32(x)
#define bswap64(x) __builtin_bswap64(x)

/* The lower three bytes. */
static inline uint32_t bswap24(uint32_t x)
{
    return bswap32(x << 8) & 0xffffffu;
}

static inline void bswap16s(uint16_t *s)
{
    *s = bswap16(*s);
}

static inline void bswap24s(uint32_t *s)
{
    *s = bswap24(*s);
}

static inline void bswap32s(uint32_t *s)
{
    *s = bswap32(*s);
}

static inline void bswap64s(uint64_t *s)
{
    *s = bswap64(*s);
}

/* SWAP_le_(16, v): v, swapped where the host is not little-endian. */
#if HOST_BIG_ENDIAN
#define BSWAP_IF_le_(n, v) glue(bswap, n)(v)
#define BSWAP_IF_be_(n, v) (v)
#else
#define BSWAP_IF_le_(n, v) (v)
#define BSWAP_IF_be_(n, v) glue(bswap, n)(v)
#endif
#define BSWAP_IF_he_(n, v) (v)

#define BSWAP_DEFINE_CONVERT_(end, n)                                    \
    static inline uint##n##_t end##n##_to_cpu(uint##n##_t v)             \
    {                                                                    \
        return BSWAP_IF_##end##_(n, v);                                  \
    }                                                                    \
    static inline uint##n##_t cpu_to_##end##n(uint##n##_t v)             \
    {                                                                    \
        return BSWAP_IF_##end##_(n, v);                                  \
    }                                                                    \
    static inline void end##n##_to_cpus(uint##n##_t *p)                  \
    {                                                                    \
        *p = BSWAP_IF_##end##_(n, *p);                                   \
    }                                                                    \
    static inline void cpu_to_##end##n##s(uint##n##_t *p)                \
    {                                                                    \
        *p = BSWAP_IF_##end##_(n, *p);                                   \
    }
BSWAP_DEFINE_CONVERT_(be, 16)
BSWAP_DEFINE_CONVERT_(be, 32)
BSWAP_DEFINE_CONVERT_(be, 64)
BSWAP_DEFINE_CONVERT_(le, 16)
BSWAP_DEFINE_CONVERT_(le, 32)
BSWAP_DEFINE_CONVERT_(le, 64)
#undef BSWAP_DEFINE_CONVERT_

/* For constant expressions: @x in memory as little-endian. */
#if HOST_BIG_ENDIAN
#define const_le16(x) ((uint16_t)((((x) & 0xff) << 8) | (((x) >> 8) & 0xff)))
#define const_le32(x)                                                    \
    (((uint32_t)const_le16((x) & 0xffff) << 16) |                        \
     const_le16(((x) >> 16) & 0xffff))
#define const_le64(x)                                                    \
    (((uint64_t)const_le32((x) & 0xffffffffu) << 32) |                   \
     const_le32(((uint64_t)(x) >> 32) & 0xffffffffu))
#else
#define const_le16(x) (x)
#define const_le32(x) (x)
#define const_le64(x) (x)
#endif

static inline int ldub_p(const void *ptr)
{
    return *(const uint8_t *)ptr;
}

static inline int ldsb_p(const void *ptr)
{
    return *(const int8_t *)ptr;
}

static inline void stb_p(void *ptr, uint8_t v)
{
    *(uint8_t *)ptr = v;
}

/* A load returns @rtype, by way of @vtype; the memory may be unaligned. */
#define BSWAP_DEFINE_LOAD_(name, end, n, vtype, rtype)                   \
    static inline rtype name##_##end##_p(const void *ptr)                \
    {                                                                    \
        uint##n##_t v;                                                   \
        __builtin_memcpy(&v, ptr, sizeof(v));                            \
        return (vtype)BSWAP_IF_##end##_(n, v);                           \
    }
#define BSWAP_DEFINE_STORE_(name, end, n)                                \
    static inline void name##_##end##_p(void *ptr, uint##n##_t v)        \
    {                                                                    \
        v = BSWAP_IF_##end##_(n, v);                                     \
        __builtin_memcpy(ptr, &v, sizeof(v));                            \
    }
#define BSWAP_DEFINE_ACCESS_(end)                                        \
    BSWAP_DEFINE_LOAD_(lduw, end, 16, uint16_t, int)                     \
    BSWAP_DEFINE_LOAD_(ldsw, end, 16, int16_t, int)                      \
    BSWAP_DEFINE_LOAD_(ldl, end, 32, int32_t, int)                       \
    BSWAP_DEFINE_LOAD_(ldq, end, 64, uint64_t, uint64_t)                 \
    BSWAP_DEFINE_STORE_(stw, end, 16)                                    \
    BSWAP_DEFINE_STORE_(stl, end, 32)                                    \
    BSWAP_DEFINE_STORE_(stq, end, 64)                                    \
    static inline uint64_t ldn_##end##_p(const void *ptr, int sz)        \
    {                                                                    \
        switch (sz) {                                                    \
        case 1:                                                          \
            return ldub_p(ptr);                                          \
        case 2:                                                          \
            return lduw_##end##_p(ptr);                                  \
        case 4:                                                          \
            return (uint32_t)ldl_##end##_p(ptr);                         \
        case 8:                                                          \
            return ldq_##end##_p(ptr);                                   \
        default:                                                         \
            g_assert_not_reached();                                      \
        }                                                                \
    }                                                                    \
    static inline void stn_##end##_p(void *ptr, int sz, uint64_t v)      \
    {                                                                    \
        switch (sz) {                                                    \
        case 1:                                                          \
            stb_p(ptr, v);                                               \
            break;                                                       \
        case 2:                                                          \
            stw_##end##_p(ptr, v);                                       \
            break;                                                       \
        case 4:                                                          \
            stl_##end##_p(ptr, v);                                       \
            break;                                                       \
        case 8:                                                          \
            stq_##end##_p(ptr, v);                                       \
            break;                                                       \
        default:                                                         \
            g_assert_not_reached();                                      \
        }                                                                \
    }
BSWAP_DEFINE_ACCESS_(he)
BSWAP_DEFINE_ACCESS_(le)
BSWAP_DEFINE_ACCESS_(be)
#undef BSWAP_DEFINE_ACCESS_
#undef BSWAP_DEFINE_LOAD_
#undef BSWAP_DEFINE_STORE_

static inline void st24_le_p(void *ptr, uint32_t v)
{
    uint8_t *p = ptr;

    p[0] = v;
    p[1] = v >> 8;
    p[2] = v >> 16;
}

static inline void st24_be_p(void *ptr, uint32_t v)
{
    st24_le_p(ptr, bswap24(v));
}

/* Three bytes from the start of @v in the host's memory. */
static inline void st24_he_p(void *ptr, uint32_t v)
{
    __builtin_memcpy(ptr, &v, 3);
}

/* A long that is little-endian in memory. */
static inline unsigned long leul_to_cpu(unsigned long v)
{
    return sizeof(v) == 8 ? le64_to_cpu(v) : le32_to_cpu(v);
}

#undef BSWAP_IF_he_
#undef BSWAP_IF_le_
#undef BSWAP_IF_be_

#endif
