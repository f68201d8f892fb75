/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ranges of 64-bit numbers, such as addresses.
 *
 * A Range has both bounds included, so that it can end at 2^64 - 1; the empty
 * range has its upper bound just below the lower. The functions without a
 * Range take an offset and a length that is not zero.
 */
#ifndef QEMU_RANGE_H
#define QEMU_RANGE_H

#include <assert.h>
#include <errno.h>
#include <glib.h>
#include "qemu/bitops.h"
#include "qemu/typedefs.h"

/* Not to be accessed but through the functions. */
struct Range {
    uint64_t lob;
    uint64_t upb;
};

/* The empty range, as a value. */
#define range_empty ((Range){ .lob = 1, .upb = 0 })

static inline void range_invariant(const Range *range)
{
    assert(range->upb >= range->lob || range->upb + 1 == range->lob);
}

static inline bool range_is_empty(const Range *range)
{
    range_invariant(range);
    return range->upb < range->lob;
}

static inline void range_make_empty(Range *range)
{
    *range = range_empty;
}

/* @lob <= @upb. */
static inline void range_set_bounds(Range *range, uint64_t lob, uint64_t upb)
{
    assert(lob <= upb);
    *range = (Range){ .lob = lob, .upb = upb };
}

/* Up to, without, @upb_plus1; 0 there is 2^64, but 0, 0 is empty. */
static inline void range_set_bounds1(Range *range, uint64_t lob,
                                     uint64_t upb_plus1)
{
    if (lob == 0 && upb_plus1 == 0) {
        range_make_empty(range);
        return;
    }
    *range = (Range){ .lob = lob, .upb = upb_plus1 - 1 };
    range_invariant(range);
}

/*
 * @size bytes from @lob; -ERANGE when @lob + @size is 2^64 or more, so that a
 * range up to the very end needs range_init_nofail().
 */
G_GNUC_WARN_UNUSED_RESULT
static inline int range_init(Range *range, uint64_t lob, uint64_t size)
{
    if (size > UINT64_MAX - lob) {
        return -ERANGE;
    }
    *range = (Range){ .lob = lob, .upb = lob + size - 1 };
    range_invariant(range);
    return 0;
}

/* For those that are known to end at 2^64 - 1 or before. */
static inline void range_init_nofail(Range *range, uint64_t lob,
                                     uint64_t size)
{
    *range = (Range){ .lob = lob, .upb = lob + size - 1 };
    range_invariant(range);
}

/* Bounds of one that is not empty. */
static inline uint64_t range_lob(Range *range)
{
    assert(!range_is_empty(range));
    return range->lob;
}

static inline uint64_t range_upb(Range *range)
{
    assert(!range_is_empty(range));
    return range->upb;
}

/* How many; 0 for the empty one and for all of 2^64. */
static inline uint64_t range_size(const Range *range)
{
    return range->upb + 1 - range->lob;
}

static inline bool range_contains(const Range *range, uint64_t val)
{
    return range->lob <= val && val <= range->upb;
}

/* Have they a number in common? Does @range1 hold all of @range2? */
static inline bool range_overlaps_range(const Range *range1,
                                        const Range *range2)
{
    return !range_is_empty(range1) && !range_is_empty(range2) &&
           range1->lob <= range2->upb && range2->lob <= range1->upb;
}

static inline bool range_contains_range(const Range *range1,
                                        const Range *range2)
{
    return !range_is_empty(range1) && !range_is_empty(range2) &&
           range_contains(range1, range2->lob) &&
           range_contains(range1, range2->upb);
}

/* Makes @range the smallest that holds both. */
static inline void range_extend(Range *range, Range *extend_by)
{
    if (range_is_empty(extend_by)) {
        return;
    }
    if (range_is_empty(range)) {
        *range = *extend_by;
        return;
    }
    if (extend_by->lob < range->lob) {
        range->lob = extend_by->lob;
    }
    if (extend_by->upb > range->upb) {
        range->upb = extend_by->upb;
    }
}

/* The number of the highest bit in the upper bound; -1 when empty. */
static inline int range_get_last_bit(Range *range)
{
    return range_is_empty(range) ? -1 : 63 - clz64(range->upb);
}

/* The last of @len from @offset. */
static inline uint64_t range_get_last(uint64_t offset, uint64_t len)
{
    return offset + (len - 1);
}

static inline int range_covers_byte(uint64_t offset, uint64_t len,
                                    uint64_t byte)
{
    return byte >= offset && byte <= range_get_last(offset, len);
}

static inline bool ranges_overlap(uint64_t first1, uint64_t len1,
                                  uint64_t first2, uint64_t len2)
{
    return first1 <= range_get_last(first2, len2) &&
           first2 <= range_get_last(first1, len1);
}

/* -1: @a is below @b and does not touch it; 1: above; 0: otherwise. */
int range_compare(Range *a, Range *b);
/*
 * A list of Range * in ascending order, none of which touch each other. Takes
 * @data and joins it with those that it touches, which are freed.
 */
GList *range_list_insert(GList *list, Range *data);
/*
 * What is in [low, high] but in none of the sorted list @in_ranges, appended
 * to *out_ranges as new Range; the caller frees them.
 */
void range_inverse_array(GList *in_ranges, GList **out_ranges, uint64_t low,
                         uint64_t high);

#endif
