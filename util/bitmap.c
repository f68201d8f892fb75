/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bitmaps by ranges: see include/qemu/bitmap.h.
 *
 * A range touches a first word in part, whole words, and a last word in part.
 * next_span() walks it as (word, mask) pairs, so that each function only says
 * what happens to a word under a mask.
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/bitmap.h"

typedef struct {
    unsigned long pos, end;
    unsigned long *word;
    unsigned long mask;
} Span;

static inline Span span_of(unsigned long *map, long start, long nr)
{
    assert(start >= 0 && nr >= 0);
    return (Span){ .pos = start,
                   .end = start + nr,
                   .word = map + BIT_WORD(start) - 1 };
}

/* Moves to the next word; false behind the last. */
static inline bool next_span(Span *s)
{
    unsigned int shift = s->pos % BITS_PER_LONG;
    unsigned long bits = MIN(BITS_PER_LONG - shift, s->end - s->pos);

    if (s->pos >= s->end) {
        return false;
    }
    s->word++;
    s->mask = ~0UL >> (BITS_PER_LONG - bits) << shift;
    s->pos += bits;
    return true;
}

void bitmap_set(unsigned long *map, long i, long len)
{
    Span s = span_of(map, i, len);

    while (next_span(&s)) {
        *s.word |= s.mask;
    }
}

void bitmap_clear(unsigned long *map, long start, long nr)
{
    Span s = span_of(map, start, nr);

    while (next_span(&s)) {
        *s.word &= ~s.mask;
    }
}

void bitmap_set_atomic(unsigned long *map, long i, long len)
{
    Span s = span_of(map, i, len);
    bool stored = false;

    while (next_span(&s)) {
        if (s.mask == ~0UL) {
            qatomic_set(s.word, ~0UL);
            stored = true;
        } else {
            qatomic_or(s.word, s.mask);
        }
    }
    /* What the bits announce was written before: publish it with them. */
    if (stored) {
        smp_mb();
    } else {
        smp_mb__after_rmw();
    }
}

bool bitmap_test_and_clear(unsigned long *map, long start, long nr)
{
    Span s = span_of(map, start, nr);
    unsigned long found = 0;

    while (next_span(&s)) {
        found |= *s.word & s.mask;
        *s.word &= ~s.mask;
    }
    return found != 0;
}

bool bitmap_test_and_clear_atomic(unsigned long *map, long start, long nr)
{
    Span s = span_of(map, start, nr);
    unsigned long found = 0;

    while (next_span(&s)) {
        /* Reading first leaves the cache line of a clean word shared. */
        if ((qatomic_read(s.word) & s.mask) == 0) {
            continue;
        }
        if (s.mask == ~0UL) {
            found |= qatomic_xchg(s.word, 0);
        } else {
            found |= qatomic_fetch_and(s.word, ~s.mask) & s.mask;
        }
    }
    /* What the caller reads next was written before the bits were set. */
    smp_mb();
    return found != 0;
}

void bitmap_copy_and_clear_atomic(unsigned long *dst, unsigned long *src,
                                  long nr)
{
    for (unsigned long i = 0; i < BITS_TO_LONGS(nr); i++) {
        dst[i] = qatomic_xchg(&src[i], 0);
    }
}

/* --- Whole bitmaps ------------------------------------------------------ */

int slow_bitmap_empty(const unsigned long *bitmap, long bits)
{
    return find_next_bit(bitmap, bits, 0) == bits;
}

int slow_bitmap_full(const unsigned long *bitmap, long bits)
{
    return find_next_zero_bit(bitmap, bits, 0) == bits;
}

int slow_bitmap_equal(const unsigned long *bitmap1,
                      const unsigned long *bitmap2, long bits)
{
    size_t whole = bits / BITS_PER_LONG;

    if (memcmp(bitmap1, bitmap2, whole * sizeof(long)) != 0) {
        return 0;
    }
    return bits % BITS_PER_LONG == 0 || ((bitmap1[whole] ^ bitmap2[whole]) &
                                         BITMAP_LAST_WORD_MASK(bits)) == 0;
}

int slow_bitmap_intersects(const unsigned long *bitmap1,
                           const unsigned long *bitmap2, long bits)
{
    size_t whole = bits / BITS_PER_LONG;

    for (size_t i = 0; i < whole; i++) {
        if (bitmap1[i] & bitmap2[i]) {
            return 1;
        }
    }
    return bits % BITS_PER_LONG != 0 &&
           (bitmap1[whole] & bitmap2[whole] & BITMAP_LAST_WORD_MASK(bits)) != 0;
}

long slow_bitmap_count_one(const unsigned long *bitmap, long nbits)
{
    size_t whole = nbits / BITS_PER_LONG;
    long count = 0;

    for (size_t i = 0; i < whole; i++) {
        count += ctpopl(bitmap[i]);
    }
    if (nbits % BITS_PER_LONG) {
        count += ctpopl(bitmap[whole] & BITMAP_LAST_WORD_MASK(nbits));
    }
    return count;
}

void slow_bitmap_complement(unsigned long *dst, const unsigned long *src,
                            long bits)
{
    size_t whole = bits / BITS_PER_LONG;

    for (size_t i = 0; i < whole; i++) {
        dst[i] = ~src[i];
    }
    if (bits % BITS_PER_LONG) {
        dst[whole] = ~src[whole] & BITMAP_LAST_WORD_MASK(bits);
    }
}

int slow_bitmap_and(unsigned long *dst, const unsigned long *bitmap1,
                    const unsigned long *bitmap2, long bits)
{
    for (size_t i = 0; i < BITS_TO_LONGS(bits); i++) {
        dst[i] = bitmap1[i] & bitmap2[i];
    }
    return !slow_bitmap_empty(dst, bits);
}

int slow_bitmap_andnot(unsigned long *dst, const unsigned long *bitmap1,
                       const unsigned long *bitmap2, long bits)
{
    for (size_t i = 0; i < BITS_TO_LONGS(bits); i++) {
        dst[i] = bitmap1[i] & ~bitmap2[i];
    }
    return !slow_bitmap_empty(dst, bits);
}

void slow_bitmap_or(unsigned long *dst, const unsigned long *bitmap1,
                    const unsigned long *bitmap2, long bits)
{
    for (size_t i = 0; i < BITS_TO_LONGS(bits); i++) {
        dst[i] = bitmap1[i] | bitmap2[i];
    }
}

void slow_bitmap_xor(unsigned long *dst, const unsigned long *bitmap1,
                     const unsigned long *bitmap2, long bits)
{
    for (size_t i = 0; i < BITS_TO_LONGS(bits); i++) {
        dst[i] = bitmap1[i] ^ bitmap2[i];
    }
}

/* --- Searching and moving ----------------------------------------------- */

unsigned long bitmap_find_next_zero_area(unsigned long *map, unsigned long size,
                                         unsigned long start, unsigned long nr,
                                         unsigned long align_mask)
{
    for (;;) {
        unsigned long at = find_next_zero_bit(map, size, start);
        unsigned long end, used;

        at = (at + align_mask) & ~align_mask;
        end = at + nr;
        if (end > size || end < at) {
            return end > size ? end : ULONG_MAX;
        }
        used = find_next_bit(map, end, at);
        if (used >= end) {
            return at;
        }
        start = used + 1;
    }
}

static void convert_le(unsigned long *dst, const unsigned long *src, long nbits)
{
    for (size_t i = 0; i < BITS_TO_LONGS(nbits); i++) {
        dst[i] = leul_to_cpu(src[i]);
    }
}

void bitmap_to_le(unsigned long *dst, const unsigned long *src, long nbits)
{
    convert_le(dst, src, nbits);
}

void bitmap_from_le(unsigned long *dst, const unsigned long *src, long nbits)
{
    convert_le(dst, src, nbits);
}

/* Up to one word of bits from bit @pos on, of which @nbits exist. */
static unsigned long get_bits(const unsigned long *src, unsigned long pos,
                              unsigned long nbits)
{
    unsigned int shift = pos % BITS_PER_LONG;
    unsigned long bits = src[BIT_WORD(pos)] >> shift;

    if (shift && nbits > BITS_PER_LONG - shift) {
        bits |= src[BIT_WORD(pos) + 1] << (BITS_PER_LONG - shift);
    }
    return bits;
}

void bitmap_copy_with_src_offset(unsigned long *dst, const unsigned long *src,
                                 unsigned long offset, unsigned long nbits)
{
    for (; nbits >= BITS_PER_LONG; nbits -= BITS_PER_LONG) {
        *dst++ = get_bits(src, offset, BITS_PER_LONG);
        offset += BITS_PER_LONG;
    }
    if (nbits) {
        unsigned long mask = BITMAP_LAST_WORD_MASK(nbits);

        *dst = (*dst & ~mask) | (get_bits(src, offset, nbits) & mask);
    }
}

void bitmap_copy_with_dst_offset(unsigned long *dst, const unsigned long *src,
                                 unsigned long shift, unsigned long nbits)
{
    unsigned long done = 0;
    Span s = span_of(dst, shift, nbits);

    while (next_span(&s)) {
        unsigned int low = ctzl(s.mask);
        unsigned long count = ctpopl(s.mask);
        unsigned long bits = get_bits(src, done, count) << low;

        *s.word = (*s.word & ~s.mask) | (bits & s.mask);
        done += count;
    }
}
