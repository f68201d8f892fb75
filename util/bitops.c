/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Searching bitmaps, word by word: see include/qemu/bitops.h.
 *
 * Looking for a zero is looking for a one in the inverted words. Long runs of
 * words without what is looked for are what takes time (a dirty bitmap is
 * mostly clean), so they are skipped four at a time.
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/bitops.h"

/* Other threads may set and clear bits meanwhile. */
#define WORD(i) qatomic_read(&addr[i])

/* The first bit that is set in addr[] ^ @invert from @offset on, or @size. */
static inline QEMU_ALWAYS_INLINE unsigned long
find_next(const unsigned long *addr, unsigned long size, unsigned long offset,
          unsigned long invert)
{
    unsigned long word = offset / BITS_PER_LONG, words, bits;

    if (offset >= size) {
        return size;
    }
    words = BITS_TO_LONGS(size);
    bits = (WORD(word) ^ invert) & (~0UL << (offset % BITS_PER_LONG));
    while (bits == 0) {
        word++;
        while (word + 4 <= words &&
               ((WORD(word) ^ invert) | (WORD(word + 1) ^ invert) |
                (WORD(word + 2) ^ invert) | (WORD(word + 3) ^ invert)) == 0) {
            word += 4;
        }
        if (word >= words) {
            return size;
        }
        bits = WORD(word) ^ invert;
    }
    /* It may lie in the last word behind the end. */
    return MIN(word * BITS_PER_LONG + ctzl(bits), size);
}

unsigned long find_next_bit(const unsigned long *addr, unsigned long size,
                            unsigned long offset)
{
    return find_next(addr, size, offset, 0);
}

unsigned long find_next_zero_bit(const unsigned long *addr, unsigned long size,
                                 unsigned long offset)
{
    return find_next(addr, size, offset, ~0UL);
}

unsigned long find_last_bit(const unsigned long *addr, unsigned long size)
{
    unsigned long word = BITS_TO_LONGS(size);
    unsigned long mask = ~0UL >> (-size % BITS_PER_LONG);

    while (word-- > 0) {
        unsigned long bits = addr[word] & mask;

        if (bits) {
            return word * BITS_PER_LONG + (BITS_PER_LONG - 1 - clzl(bits));
        }
        mask = ~0UL;
    }
    return size;
}
