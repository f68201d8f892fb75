/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which blocks of a device are plugged: a bitmap, looked at by words.
 *
 * Nothing here loops over blocks, so that a device of millions of them costs
 * what a request covers, and that by 64 blocks at a time.
 */
#ifndef HW_VIRTIO_MEM_BLOCKS_H
#define HW_VIRTIO_MEM_BLOCKS_H

#include "qemu/bitmap.h"
#include "qemu/bitops.h"

/* Neighbouring blocks in the same state: @nr of them from @first on. */
typedef struct VirtIOMEMRun {
    unsigned long first;
    unsigned long nr;
} VirtIOMEMRun;

/* Whether all @nr blocks from @first on are plugged, or unplugged. @nr > 0 */
static inline bool blocks_all(const unsigned long *map, unsigned long first,
                              unsigned long nr, bool plugged)
{
    const unsigned long end = first + nr;

    return (plugged ? find_next_zero_bit(map, end, first)
                    : find_next_bit(map, end, first)) >= end;
}

static inline void blocks_set_word(unsigned long *word, unsigned long mask,
                                   bool plugged)
{
    *word = plugged ? *word | mask : *word & ~mask;
}

/* Makes all @nr blocks from @first on plugged, or unplugged. @nr > 0 */
static inline void blocks_set(unsigned long *map, unsigned long first,
                              unsigned long nr, bool plugged)
{
    const unsigned long last = first + nr - 1;
    unsigned long *head = map + BIT_WORD(first), *tail = map + BIT_WORD(last);
    const unsigned long head_mask = BITMAP_FIRST_WORD_MASK(first);
    const unsigned long tail_mask = BITMAP_LAST_WORD_MASK(last + 1);

    if (head == tail) {
        blocks_set_word(head, head_mask & tail_mask, plugged);
        return;
    }
    blocks_set_word(head, head_mask, plugged);
    memset(head + 1, plugged ? 0xff : 0, (char *)tail - (char *)(head + 1));
    blocks_set_word(tail, tail_mask, plugged);
}

/*
 * The first run in [@from, @end) that is plugged, or unplugged, as long as it
 * is in there; false if there is none.
 */
static inline bool blocks_next_run(const unsigned long *map, unsigned long from,
                                   unsigned long end, bool plugged,
                                   VirtIOMEMRun *run)
{
    unsigned long stop;

    if (from >= end) {
        return false;
    }
    run->first = plugged ? find_next_bit(map, end, from)
                         : find_next_zero_bit(map, end, from);
    if (run->first >= end) {
        return false;
    }
    stop = plugged ? find_next_zero_bit(map, end, run->first)
                   : find_next_bit(map, end, run->first);
    run->nr = MIN(stop, end) - run->first;
    return true;
}

/* For each run in [@from, @end): a loop over @run, a VirtIOMEMRun. */
#define BLOCKS_FOR_EACH_RUN(map, from, end, plugged, run)                      \
    for (bool more_ = blocks_next_run(map, from, end, plugged, run); more_;    \
         more_ = blocks_next_run(map, (run)->first + (run)->nr, end, plugged,  \
                                 run))

#endif
