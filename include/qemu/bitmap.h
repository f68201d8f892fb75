/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bitmaps: arrays of unsigned long that are worked on by ranges.
 *
 * Sizes and positions count bits. The bits of the last word beyond the size
 * belong to nobody: functions neither look at them nor promise their value.
 * Single bits and searching: qemu/bitops.h. Bitmaps of up to one word are
 * handled inline, the rest in util/bitmap.c. _atomic functions may run in
 * several threads on overlapping ranges; the others need a lock.
 */
#ifndef BITMAP_H
#define BITMAP_H

#include <stdbool.h>
#include <string.h>
#include <glib.h>
#include "qemu/bitops.h"

/* A bitmap as a variable or member. */
#define DECLARE_BITMAP(name, bits)   unsigned long name[BITS_TO_LONGS(bits)]
#define DECLARE_BITMAP32(name, bits) uint32_t name[BITS_TO_U32S(bits)]

/* The bits of its word from @start on; those of the last of @nbits bits. */
#define BITMAP_FIRST_WORD_MASK(start)                                    \
    (~0UL << ((start) & (BITS_PER_LONG - 1)))
#define BITMAP_LAST_WORD_MASK(nbits)                                     \
    (~0UL >> (-(nbits) & (BITS_PER_LONG - 1)))

#define small_nbits(nbits) ((nbits) <= BITS_PER_LONG)

/* The loops behind the functions below. */
int slow_bitmap_empty(const unsigned long *bitmap, long bits);
int slow_bitmap_full(const unsigned long *bitmap, long bits);
int slow_bitmap_equal(const unsigned long *bitmap1,
                      const unsigned long *bitmap2, long bits);
void slow_bitmap_complement(unsigned long *dst, const unsigned long *src,
                            long bits);
int slow_bitmap_and(unsigned long *dst, const unsigned long *bitmap1,
                    const unsigned long *bitmap2, long bits);
void slow_bitmap_or(unsigned long *dst, const unsigned long *bitmap1,
                    const unsigned long *bitmap2, long bits);
void slow_bitmap_xor(unsigned long *dst, const unsigned long *bitmap1,
                     const unsigned long *bitmap2, long bits);
int slow_bitmap_andnot(unsigned long *dst, const unsigned long *bitmap1,
                       const unsigned long *bitmap2, long bits);
int slow_bitmap_intersects(const unsigned long *bitmap1,
                           const unsigned long *bitmap2, long bits);
long slow_bitmap_count_one(const unsigned long *bitmap, long nbits);

/* A bitmap of zeroes, freed with g_free(). try: NULL when out of memory. */
static inline unsigned long *bitmap_try_new(long nbits)
{
    return g_try_new0(unsigned long, BITS_TO_LONGS(nbits));
}

static inline unsigned long *bitmap_new(long nbits)
{
    return g_new0(unsigned long, BITS_TO_LONGS(nbits));
}

/* All bits of @dst, which has @nbits (at least one word). */
static inline void bitmap_zero(unsigned long *dst, long nbits)
{
    if (small_nbits(nbits)) {
        *dst = 0;
    } else {
        memset(dst, 0, BITS_TO_LONGS(nbits) * sizeof(*dst));
    }
}

static inline void bitmap_fill(unsigned long *dst, long nbits)
{
    size_t last = BITS_TO_LONGS(nbits) - 1;

    memset(dst, 0xff, last * sizeof(*dst));
    dst[last] = BITMAP_LAST_WORD_MASK(nbits);
}

static inline void bitmap_copy(unsigned long *dst, const unsigned long *src,
                               long nbits)
{
    if (small_nbits(nbits)) {
        *dst = *src;
    } else {
        memcpy(dst, src, BITS_TO_LONGS(nbits) * sizeof(*dst));
    }
}

/*
 * *dst becomes src1 OP src2; @dst may be one of them. and, andnot tell
 * whether any bit is set in it.
 */
static inline int bitmap_and(unsigned long *dst, const unsigned long *src1,
                             const unsigned long *src2, long nbits)
{
    if (small_nbits(nbits)) {
        *dst = *src1 & *src2;
        return (*dst & BITMAP_LAST_WORD_MASK(nbits)) != 0;
    }
    return slow_bitmap_and(dst, src1, src2, nbits);
}

static inline int bitmap_andnot(unsigned long *dst, const unsigned long *src1,
                                const unsigned long *src2, long nbits)
{
    if (small_nbits(nbits)) {
        *dst = *src1 & ~*src2;
        return (*dst & BITMAP_LAST_WORD_MASK(nbits)) != 0;
    }
    return slow_bitmap_andnot(dst, src1, src2, nbits);
}

static inline void bitmap_or(unsigned long *dst, const unsigned long *src1,
                             const unsigned long *src2, long nbits)
{
    if (small_nbits(nbits)) {
        *dst = *src1 | *src2;
    } else {
        slow_bitmap_or(dst, src1, src2, nbits);
    }
}

static inline void bitmap_xor(unsigned long *dst, const unsigned long *src1,
                              const unsigned long *src2, long nbits)
{
    if (small_nbits(nbits)) {
        *dst = *src1 ^ *src2;
    } else {
        slow_bitmap_xor(dst, src1, src2, nbits);
    }
}

static inline void bitmap_complement(unsigned long *dst,
                                     const unsigned long *src, long nbits)
{
    if (small_nbits(nbits)) {
        *dst = ~*src & BITMAP_LAST_WORD_MASK(nbits);
    } else {
        slow_bitmap_complement(dst, src, nbits);
    }
}

/* 1 or 0. */
static inline int bitmap_equal(const unsigned long *src1,
                               const unsigned long *src2, long nbits)
{
    if (small_nbits(nbits)) {
        return ((*src1 ^ *src2) & BITMAP_LAST_WORD_MASK(nbits)) == 0;
    }
    return slow_bitmap_equal(src1, src2, nbits);
}

static inline int bitmap_empty(const unsigned long *src, long nbits)
{
    if (small_nbits(nbits)) {
        return (*src & BITMAP_LAST_WORD_MASK(nbits)) == 0;
    }
    return slow_bitmap_empty(src, nbits);
}

static inline int bitmap_full(const unsigned long *src, long nbits)
{
    if (small_nbits(nbits)) {
        return (~*src & BITMAP_LAST_WORD_MASK(nbits)) == 0;
    }
    return slow_bitmap_full(src, nbits);
}

static inline int bitmap_intersects(const unsigned long *src1,
                                    const unsigned long *src2, long nbits)
{
    if (small_nbits(nbits)) {
        return (*src1 & *src2 & BITMAP_LAST_WORD_MASK(nbits)) != 0;
    }
    return slow_bitmap_intersects(src1, src2, nbits);
}

/* How many ones; @nbits may be 0. */
static inline long bitmap_count_one(const unsigned long *bitmap, long nbits)
{
    if (unlikely(nbits == 0)) {
        return 0;
    }
    if (small_nbits(nbits)) {
        return ctpopl(*bitmap & BITMAP_LAST_WORD_MASK(nbits));
    }
    return slow_bitmap_count_one(bitmap, nbits);
}

/* Those in @nbits bits from @offset on. */
static inline long bitmap_count_one_with_offset(const unsigned long *bitmap,
                                                long offset, long nbits)
{
    const unsigned long *first = bitmap + BIT_WORD(offset);
    long skip = offset % (long)BITS_PER_LONG;

    return bitmap_count_one(first, skip + nbits) -
           bitmap_count_one(first, skip);
}

/* A range of bits, which may be empty. */
void bitmap_set(unsigned long *map, long i, long len);
void bitmap_set_atomic(unsigned long *map, long i, long len);
void bitmap_clear(unsigned long *map, long start, long nr);
/* Whether any bit in it was set. */
bool bitmap_test_and_clear(unsigned long *map, long start, long nr);
bool bitmap_test_and_clear_atomic(unsigned long *map, long start, long nr);
/* Moves the words of @src to @dst, each by one atomic exchange. */
void bitmap_copy_and_clear_atomic(unsigned long *dst, unsigned long *src,
                                  long nr);

/*
 * The first place at or after @start for @nr zeroes in a row, of which bit
 * number & @align_mask is 0; a number greater than @size when there is none.
 */
unsigned long bitmap_find_next_zero_area(unsigned long *map,
                                         unsigned long size,
                                         unsigned long start, unsigned long nr,
                                         unsigned long align_mask);

/* Reallocates @old, which must not be used any more; new bits are zero. */
static inline unsigned long *bitmap_zero_extend(unsigned long *old,
                                                long old_nbits,
                                                long new_nbits)
{
    unsigned long *map = g_renew(unsigned long, old, BITS_TO_LONGS(new_nbits));

    bitmap_clear(map, old_nbits, new_nbits - old_nbits);
    return map;
}

/* Between the host's words and little-endian words of the same width. */
void bitmap_to_le(unsigned long *dst, const unsigned long *src, long nbits);
void bitmap_from_le(unsigned long *dst, const unsigned long *src, long nbits);

/* Copy @nbits bits: from bit @offset of @src, or to bit @shift of @dst. */
void bitmap_copy_with_src_offset(unsigned long *dst, const unsigned long *src,
                                 unsigned long offset, unsigned long nbits);
void bitmap_copy_with_dst_offset(unsigned long *dst, const unsigned long *src,
                                 unsigned long shift, unsigned long nbits);

#endif
