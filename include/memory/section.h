/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What comes out of a tree of regions. A FlatView is one version of the flat
 * picture of an address space: immutable, read under RCU or with a reference.
 * A MemoryRegionSection is one range of it, as listeners and lookups get it.
 * A MemoryView is what many address spaces with the same effective root share:
 * it points at the version that is current.
 */
#ifndef MEMORY_SECTION_H
#define MEMORY_SECTION_H

#include "exec/hwaddr.h"
#include "memory/region.h"
#include "qemu/int128.h"
#include "qemu/rcu.h"

/*
 * One range of a flat view. [start, last] shows the bytes of mr from
 * offset_in_region on.
 */
typedef struct FlatRange {
    hwaddr start, last;
    MemoryRegion *mr;
    hwaddr offset_in_region;
    /*
     * For unmergeable ranges, the path by which mr is seen (a hash of the
     * serials of all aliases on it): only pieces of one path join. Else 0.
     */
    uint64_t path;
    uint8_t dirty_log_mask;
    bool romd_mode;
    bool readonly;
    bool nonvolatile;
    bool unmergeable;
} FlatRange;

/* An immutable ordered map of ranges: memory/flatmap.h. */
typedef struct FlatNode FlatNode;
typedef struct FlatMap {
    FlatNode *root;     /* NULL if empty */
    size_t nr;          /* ranges */
    unsigned height;    /* levels of nodes */
} FlatMap;

struct FlatView {
    /* private: */
    FlatMap map;
    uint64_t serial;        /* unique for ever: what readers' caches compare */
    MemoryRegion *root;     /* what was rendered; NULL for the empty view */
    Object *owner;          /* of it: the reference, as the root may go first */
    /* Of users; of the view or a grace period; of the version before this. */
    unsigned ref;
    struct FlatView *next;  /* the version that took its place, once there */
    struct FlatGarbage *garbage; /* what only this and older versions use */
    struct FlatView *link;  /* of those that wait for the same */
    struct rcu_head rcu;
};

struct MemoryRegionSection {
    Int128 size;
    MemoryRegion *mr;
    FlatView *fv;
    hwaddr offset_within_region;
    hwaddr offset_within_address_space;
    bool readonly;
    bool nonvolatile;
    bool unmergeable;
};

struct MemoryView {
    /* private: */
    struct rcu_head rcu;
    FlatView *current;      /* under RCU */
    MemoryRegion *root;     /* NULL: the empty view */
    struct MemoryViewState *state; /* the writer's side: memory/view.h */
};

/*
 * Sees [@start, @start + @len) of a view, which shows @mr from
 * @offset_in_region on. Returns true to end the walk.
 */
typedef bool (*flatview_cb)(Int128 start, Int128 len, const MemoryRegion *mr,
                            hwaddr offset_in_region, void *opaque);

/*
 * Calls @cb for each range of @fv in order. Under RCU or with a reference to
 * @fv.
 */
void flatview_for_each_range(FlatView *fv, flatview_cb cb, void *opaque);

/* Whether two sections say the same; whether they merge does not matter. */
static inline bool MemoryRegionSection_eq(MemoryRegionSection *a,
                                          MemoryRegionSection *b)
{
    if (a->mr != b->mr || a->fv != b->fv) {
        return false;
    }
    if (a->offset_within_address_space != b->offset_within_address_space ||
        a->offset_within_region != b->offset_within_region ||
        int128_ne(a->size, b->size)) {
        return false;
    }
    return a->readonly == b->readonly && a->nonvolatile == b->nonvolatile;
}

/* A copy of @s that keeps its view and region alive. Big lock. */
MemoryRegionSection *memory_region_section_new_copy(MemoryRegionSection *s);
/* Gives back what memory_region_section_new_copy() took. Big lock. */
void memory_region_section_free_copy(MemoryRegionSection *s);

#endif
