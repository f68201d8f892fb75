/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FlatMap: an immutable map from addresses to FlatRanges, a B+tree of which
 * versions share all nodes but those on the paths to what differs.
 *
 * Readers need nothing but that the nodes stay: RCU or a reference to the
 * FlatView. The writer (one at a time, big lock) edits a private copy: within
 * one edit a node is copied once, however often it is changed. Ending the edit
 * gives the new map and the garbage: nodes and references to regions that only
 * older versions use.
 */
#ifndef MEMORY_FLATMAP_H
#define MEMORY_FLATMAP_H

#include "memory/section.h"

typedef struct FlatGarbage FlatGarbage;

/* The range that covers @addr, or NULL. */
const FlatRange *flatmap_find(const FlatMap *map, hwaddr addr);
/* The first range that ends at @addr or above it, or NULL. */
const FlatRange *flatmap_find_from(const FlatMap *map, hwaddr addr);
/* The last range that begins at @addr or below it, or NULL. */
const FlatRange *flatmap_find_to(const FlatMap *map, hwaddr addr);

/* Walks ranges in either direction. No allocation; valid while the map is. */
#define FLATMAP_MAX_HEIGHT 16
typedef struct FlatMapIter {
    const FlatMap *map;
    const FlatNode *node[FLATMAP_MAX_HEIGHT];
    unsigned index[FLATMAP_MAX_HEIGHT];
} FlatMapIter;

/* Each gives the range at which the iterator now stands, or NULL at an end. */
const FlatRange *flatmap_iter_from(FlatMapIter *it, const FlatMap *map,
                                   hwaddr addr);    /* as flatmap_find_from() */
const FlatRange *flatmap_iter_to(FlatMapIter *it, const FlatMap *map,
                                 hwaddr addr);      /* as flatmap_find_to() */
const FlatRange *flatmap_iter_next(FlatMapIter *it);
const FlatRange *flatmap_iter_prev(FlatMapIter *it);

/* An edit in progress. It is the caller's; its fields are private. */
typedef struct FlatMapEdit {
    FlatMap map;            /* as edited so far: may be read */
    uint64_t id;
    FlatGarbage *garbage;
} FlatMapEdit;

void flatmap_edit_begin(FlatMapEdit *e, const FlatMap *base);
/*
 * Replaces all ranges that begin in [@start, @last] by the @n ranges of @with,
 * which must lie in order within what becomes free. Takes a reference to each
 * new range's region (memory_region_ref()); those of the ranges that go away
 * become garbage. O(log size + what is replaced).
 */
void flatmap_edit_splice(FlatMapEdit *e, hwaddr start, hwaddr last,
                         const FlatRange *with, size_t n);
/* The result, to be published; *@garbage goes to flatview_retire(). */
FlatMap flatmap_edit_end(FlatMapEdit *e, FlatGarbage **garbage);
/* As if it had never begun: frees what is new. */
void flatmap_edit_abort(FlatMapEdit *e);

/* ---- versions (memory/flatview.c) ---------------------------------------- */

/* A version with @map, which it takes over. The reference is the caller's. */
FlatView *flatview_new(MemoryRegion *root, FlatMap map);
/* Any thread, within an RCU read section or with a reference of its own. */
bool flatview_ref(FlatView *fv);
void flatview_unref(FlatView *fv);
/*
 * @new has been published in place of @old, of which the publisher's reference
 * goes; @garbage is what the edit gave. Nothing that @old or an older version
 * uses is freed before all of these are gone and a grace period is over.
 */
void flatview_retire(FlatView *old, FlatView *new, FlatGarbage *garbage);
/* The view is no more: @last, its last version, goes with all that it has. */
void flatview_retire_last(FlatView *last);
/*
 * To be called after some of these, once at the end of a commit: they share a
 * grace period, which begins here.
 */
void flatview_retire_flush(void);
/*
 * Frees what grace periods have released; drops references to regions, whose
 * finalizers therefore run here: under the big lock, in a thread that holds it
 * anyway (commit, the main loop's bottom half, drain_call_rcu()).
 */
void flatview_reap(void);

/*
 * What a thread found last: the large range (RAM, mostly) that it saw last, and
 * some of all sizes by a hash of the address. A serial that is compared makes
 * sure that the view is the same; then the range is still there.
 */
#define FLATVIEW_LOOKUP_BITS 4
typedef struct FlatViewLookup {
    uint64_t serial;
    hwaddr start, size_minus_1;
    const FlatRange *range;
} FlatViewLookup;

/* Private. The first is the large one. */
extern __thread FlatViewLookup
    flatview_lookups[1 + (1 << FLATVIEW_LOOKUP_BITS)];
const FlatRange *flatview_lookup_slow(FlatView *fv, hwaddr addr);

static inline FlatViewLookup *flatview_lookup_slot(hwaddr addr)
{
    uint64_t hash = (addr >> 12) * 0x9e3779b97f4a7c15ull;

    return &flatview_lookups[1 + (hash >> (64 - FLATVIEW_LOOKUP_BITS))];
}

static inline bool flatview_lookup_hits(const FlatViewLookup *l, FlatView *fv,
                                        hwaddr addr)
{
    return l->serial == fv->serial && addr - l->start <= l->size_minus_1;
}

/*
 * The range of @fv that covers @addr, or NULL; under RCU. A cache of the
 * calling thread makes the repeated case cheap.
 */
static inline const FlatRange *flatview_lookup(FlatView *fv, hwaddr addr)
{
    const FlatViewLookup *l = flatview_lookups;

    if (likely(flatview_lookup_hits(l, fv, addr))) {
        return l->range;
    }
    l = flatview_lookup_slot(addr);
    if (likely(flatview_lookup_hits(l, fv, addr))) {
        return l->range;
    }
    return flatview_lookup_slow(fv, addr);
}

#endif
