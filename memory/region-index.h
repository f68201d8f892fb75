/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The indexes of the region tree, for the renderer and for those who change it.
 *
 * Downwards, a container finds its children by address and rank. Upwards, a
 * region finds every view in which an interval of it can be seen: through its
 * container, and through the aliases that point at it. Aliases that lead to no
 * view (most bus masters' are passed through, see memory_region_through()) are
 * kept apart, so that a walk up costs what can be seen and not what exists.
 *
 * All under the big lock.
 */
#ifndef MEMORY_REGION_INDEX_H
#define MEMORY_REGION_INDEX_H

#include "memory/region.h"
#include "memory/section.h"

/* Greater than every child's key. */
#define SUBREGION_KEY_TOP UINT64_MAX

/* The last address of a region of @size bytes (1 to 2^64), from 0. */
static inline hwaddr region_last(const MemoryRegion *mr)
{
    return int128_get64(int128_sub(mr->size, int128_one()));
}

/*
 * The child of @c that covers @x (relative to @c), with the greatest key below
 * @below; NULL if none. O(log n) where siblings do not overlap.
 */
MemoryRegion *subregion_find_top(const MemoryRegion *c, hwaddr x,
                                 uint64_t below);

/*
 * Where in (@x, @last] the first child with a key above @above begins. Returns
 * false if none does. O(log n).
 */
bool subregion_next_start(const MemoryRegion *c, hwaddr x, hwaddr last,
                          uint64_t above, hwaddr *start);

/* A child as its container's index has it; the fields of its SubregionNode. */
typedef struct SubregionEntry {
    hwaddr start, last;
    uint64_t key;
    union {
        MemoryRegion *mr;
        SubregionTree *child;   /* within the tree */
    };
} SubregionEntry;

/* Children of one container, one after the other, in order of their starts. */
typedef struct SubregionRun {
    const SubregionEntry *at, *end; /* those of this run */
    bool more;              /* another follows the run ... */
    hwaddr more_start;      /* ... and begins here */
    bool reached;           /* there are children before the run ... */
    hwaddr reach;           /* ... of which this is the greatest end */
} SubregionRun;

/*
 * Fills *@run with children of @c, from the first that begins at @x or behind
 * it; it is empty only if there is none. Valid until @c's children change.
 */
void subregion_run(const MemoryRegion *c, hwaddr x, SubregionRun *run);

/* Whether @c has visible children. If it has just one, that; else NULL. */
bool subregion_any(const MemoryRegion *c);
MemoryRegion *subregion_tree_only(const MemoryRegion *c);

/*
 * One step towards the effective root. If all that @mr shows is what one other
 * region shows (a container with one enabled child, at 0 and not cut; an alias
 * of the whole from offset 0), that region. If it is disabled or an empty
 * container, NULL. Else @mr itself. Cached; O(1).
 */
MemoryRegion *memory_region_through(MemoryRegion *mr);

/* The fixed point of memory_region_through(); NULL: shows nothing. */
MemoryRegion *memory_region_effective_root(MemoryRegion *mr);

/* @mr got its view, or lost it: whether changes below it matter may change. */
void memory_region_view_added(MemoryRegion *mr);
void memory_region_view_removed(MemoryRegion *mr);

typedef enum {
    VISIBLE_RANGES,     /* what is shown there, or how */
    VISIBLE_EVENTFDS,   /* ioeventfds of a region that is shown there */
    VISIBLE_COALESCED,  /* coalesced ranges, likewise */
} VisibleChange;

/*
 * [@start, @last] of @mr (relative to it) changed: marks every interval of
 * every view that can show a part of it (memory_view_mark()). Call it before
 * and after a change that moves, hides or shows something. Must be called
 * within a transaction.
 */
void memory_region_mark(MemoryRegion *mr, hwaddr start, hwaddr last,
                        VisibleChange what);

#endif
