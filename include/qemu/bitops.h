/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Single bits in arrays of words, and bit fields in words.
 *
 * A bitmap is an array of unsigned long; bit n is bit n % BITS_PER_LONG of
 * word n / BITS_PER_LONG. The _atomic functions may run in several threads at
 * once. Functions with "32" in their name work on arrays of uint32_t, whose
 * layout does not depend on the host's word. Whole ranges: qemu/bitmap.h.
 */
#ifndef BITOPS_H
#define BITOPS_H

#include <assert.h>
#include <limits.h>
#include "qemu/host-utils.h"
#include "qemu/atomic.h"

#define BITS_PER_BYTE    CHAR_BIT
#define BITS_PER_LONG    (sizeof(unsigned long) * BITS_PER_BYTE)
/* How many words hold @nr bits. */
#define BITS_TO_LONGS(nr) DIV_ROUND_UP(nr, BITS_PER_BYTE * sizeof(long))
#define BITS_TO_U32S(nr)  DIV_ROUND_UP(nr, BITS_PER_BYTE * sizeof(uint32_t))
#ifndef DIV_ROUND_UP
#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
#endif

#define BIT(nr)          (1UL << (nr))
#define BIT_ULL(nr)      (1ULL << (nr))
/* @length (1..64) ones from bit @shift on. */
#define MAKE_64BIT_MASK(shift, length)                                   \
    (((~0ULL) >> (64 - (length))) << (shift))

#define BIT_MASK(nr)     (1UL << ((nr) % BITS_PER_LONG))
#define BIT_WORD(nr)     ((nr) / BITS_PER_LONG)
#define BIT32_MASK(nr)   (1U << ((nr) % 32))
#define BIT32_WORD(nr)   ((nr) / 32)

/* clang-format off */
/*
 * set_bit(), clear_bit(), change_bit(), with _atomic, and test_and_..., which
 * return the old value of the bit; for both widths.
 */
#define BITOPS_DEFINE_(sfx, word_t, MASK, WORD)                          \
    static inline void set_bit##sfx(long nr, word_t *addr)               \
    {                                                                    \
        addr[WORD(nr)] |= MASK(nr);                                      \
    }                                                                    \
    static inline void set_bit##sfx##_atomic(long nr, word_t *addr)      \
    {                                                                    \
        qatomic_or(&addr[WORD(nr)], MASK(nr));                           \
    }                                                                    \
    static inline void clear_bit##sfx(long nr, word_t *addr)             \
    {                                                                    \
        addr[WORD(nr)] &= ~MASK(nr);                                     \
    }                                                                    \
    static inline void clear_bit##sfx##_atomic(long nr, word_t *addr)    \
    {                                                                    \
        qatomic_and(&addr[WORD(nr)], ~MASK(nr));                         \
    }                                                                    \
    static inline void change_bit##sfx(long nr, word_t *addr)            \
    {                                                                    \
        addr[WORD(nr)] ^= MASK(nr);                                      \
    }                                                                    \
    static inline int test_bit##sfx(long nr, const word_t *addr)         \
    {                                                                    \
        return (addr[WORD(nr)] & MASK(nr)) != 0;                         \
    }                                                                    \
    static inline int test_and_set_bit##sfx(long nr, word_t *addr)       \
    {                                                                    \
        int old = test_bit##sfx(nr, addr);                               \
        set_bit##sfx(nr, addr);                                          \
        return old;                                                      \
    }                                                                    \
    static inline int test_and_clear_bit##sfx(long nr, word_t *addr)     \
    {                                                                    \
        int old = test_bit##sfx(nr, addr);                               \
        clear_bit##sfx(nr, addr);                                        \
        return old;                                                      \
    }                                                                    \
    static inline int test_and_change_bit##sfx(long nr, word_t *addr)    \
    {                                                                    \
        int old = test_bit##sfx(nr, addr);                               \
        change_bit##sfx(nr, addr);                                       \
        return old;                                                      \
    }
BITOPS_DEFINE_(, unsigned long, BIT_MASK, BIT_WORD)
BITOPS_DEFINE_(32, uint32_t, BIT32_MASK, BIT32_WORD)
#undef BITOPS_DEFINE_
/* clang-format on */

/*
 * The number of the bit that was looked for within the first @size bits, at
 * or after @offset; @size when there is none.
 */
unsigned long find_next_bit(const unsigned long *addr, unsigned long size,
                            unsigned long offset);
unsigned long find_next_zero_bit(const unsigned long *addr,
                                 unsigned long size, unsigned long offset);
unsigned long find_last_bit(const unsigned long *addr, unsigned long size);

static inline unsigned long find_first_bit(const unsigned long *addr,
                                           unsigned long size)
{
    return find_next_bit(addr, size, 0);
}

static inline unsigned long find_first_zero_bit(const unsigned long *addr,
                                                unsigned long size)
{
    return find_next_zero_bit(addr, size, 0);
}

/* Rotate by @shift modulo the width. */
#define BITOPS_DEFINE_ROTATE_(n)                                         \
    static inline uint##n##_t rol##n(uint##n##_t word, unsigned shift)   \
    {                                                                    \
        return (uint##n##_t)(word << (shift % n) |                       \
                             word >> (-shift % n));                      \
    }                                                                    \
    static inline uint##n##_t ror##n(uint##n##_t word, unsigned shift)   \
    {                                                                    \
        return rol##n(word, -shift);                                     \
    }
BITOPS_DEFINE_ROTATE_(8)
BITOPS_DEFINE_ROTATE_(16)
BITOPS_DEFINE_ROTATE_(32)
BITOPS_DEFINE_ROTATE_(64)
#undef BITOPS_DEFINE_ROTATE_

/* Reverse the order of the 16-bit (32-bit) parts. */
static inline uint32_t hswap32(uint32_t h)
{
    return rol32(h, 16);
}

static inline uint64_t hswap64(uint64_t h)
{
    return (uint64_t)hswap32((uint32_t)h) << 32 | hswap32(h >> 32);
}

static inline uint64_t wswap64(uint64_t h)
{
    return rol64(h, 32);
}

/*
 * The field of @length bits from bit @start on, at the bottom of the result.
 * It must be within the word. sextract repeats its top bit upwards.
 */
static inline uint32_t extract32(uint32_t value, int start, int length)
{
    assert(start >= 0 && length > 0 && length <= 32 - start);
    return (value >> start) & (UINT32_MAX >> (32 - length));
}

static inline uint8_t extract8(uint8_t value, int start, int length)
{
    assert(start >= 0 && length > 0 && length <= 8 - start);
    return extract32(value, start, length);
}

static inline uint16_t extract16(uint16_t value, int start, int length)
{
    assert(start >= 0 && length > 0 && length <= 16 - start);
    return extract32(value, start, length);
}

static inline uint64_t extract64(uint64_t value, int start, int length)
{
    assert(start >= 0 && length > 0 && length <= 64 - start);
    return (value >> start) & (UINT64_MAX >> (64 - length));
}

static inline int32_t sextract32(uint32_t value, int start, int length)
{
    assert(start >= 0 && length > 0 && length <= 32 - start);
    return (int32_t)(value << (32 - length - start)) >> (32 - length);
}

static inline int64_t sextract64(uint64_t value, int start, int length)
{
    assert(start >= 0 && length > 0 && length <= 64 - start);
    return (int64_t)(value << (64 - length - start)) >> (64 - length);
}

/* @value with that field replaced by the lower bits of @fieldval. */
static inline uint32_t deposit32(uint32_t value, int start, int length,
                                 uint32_t fieldval)
{
    assert(start >= 0 && length > 0 && length <= 32 - start);
    uint32_t mask = UINT32_MAX >> (32 - length) << start;

    return value ^ ((value ^ fieldval << start) & mask);
}

static inline uint64_t deposit64(uint64_t value, int start, int length,
                                 uint64_t fieldval)
{
    assert(start >= 0 && length > 0 && length <= 64 - start);
    uint64_t mask = UINT64_MAX >> (64 - length) << start;

    return value ^ ((value ^ fieldval << start) & mask);
}

/*
 * half_shuffle moves bit n of the lower half to bit 2n, with zeroes between;
 * half_unshuffle moves it back and drops the odd bits.
 */
static inline uint64_t half_shuffle64(uint64_t x)
{
    x &= UINT32_MAX;
    for (int gap = 16; gap > 0; gap /= 2) {
        x = (x | x << gap) & (UINT64_MAX / ((UINT64_C(1) << gap) + 1));
    }
    return x;
}

static inline uint32_t half_shuffle32(uint32_t x)
{
    return (uint32_t)half_shuffle64(x & 0xffff);
}

static inline uint64_t half_unshuffle64(uint64_t x)
{
    x &= UINT64_MAX / 3;
    for (int gap = 1; gap <= 16; gap *= 2) {
        x = (x | x >> gap) & (UINT64_MAX / ((UINT64_C(1) << 2 * gap) + 1));
    }
    return x;
}

static inline uint32_t half_unshuffle32(uint32_t x)
{
    return (uint32_t)half_unshuffle64(x);
}

#endif
