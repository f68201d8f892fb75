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
    uint64_t serial;        /* unique for ever: what a reader's cache compares */
    MemoryRegion *root;     /* what was rendered; NULL for the empty view */
    unsigned ref;
    struct FlatView *next;  /* the version that took its place, once there */
    struct FlatGarbage *garbage; /* what only this and older versions use */
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
    FlatView *current;      /* under RCU */
    MemoryRegion *root;     /* NULL: the empty view */
    struct MemoryViewState *state; /* the writer's side: memory/view.h */
    struct rcu_head rcu;
};

#endif
