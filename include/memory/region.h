/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MemoryRegion: a node of the tree that devices and boards build, and of which
 * a flat view is rendered. A region is a container, RAM, ROM, I/O, an alias of
 * (a part of) another region, an IOMMU, or a mixture that memory_region_init*()
 * allow. It has a size of up to 2^64 bytes and lies at an address in at most
 * one container; through aliases it may be seen in many places.
 *
 * Where siblings overlap, the higher priority wins, and among equal ones that
 * which was added last. What a container does not cover shows what lies below.
 *
 * All functions need the big lock unless they say otherwise.
 */
#ifndef MEMORY_REGION_H
#define MEMORY_REGION_H

#include "exec/cpu-common.h"
#include "exec/hwaddr.h"
#include "memory/ops.h"
#include "qemu/int128.h"
#include "qemu/queue.h"
#include "qemu/range.h"
#include "qom/object.h"

#define TYPE_MEMORY_REGION "memory-region"
DECLARE_INSTANCE_CHECKER(MemoryRegion, MEMORY_REGION, TYPE_MEMORY_REGION)

#define RAM_ADDR_INVALID (~(ram_addr_t)0)
#define MAX_PHYS_ADDR_SPACE_BITS 62
#define MAX_PHYS_ADDR (((hwaddr)1 << MAX_PHYS_ADDR_SPACE_BITS) - 1)

typedef struct CoalescedMemoryRange CoalescedMemoryRange;
typedef struct MemoryView MemoryView;
typedef struct RamDiscardManager RamDiscardManager;
typedef struct MemoryRegionEventfds MemoryRegionEventfds;

typedef struct MemoryRegionClass {
    /* private: */
    ObjectClass parent_class;
} MemoryRegionClass;

/*
 * A region as its container's index knows it: a node of a balanced tree by
 * address (memory/subregion-tree.c). Only regions that can show something are
 * in it: enabled ones with a size and, for plain containers, with a child that
 * is. Addresses are relative to the container; ends are inclusive.
 */
typedef struct SubregionNode {
    MemoryRegion *left, *right, *up;
    hwaddr start, last;     /* what it may show (a container: its hull) */
    hwaddr max_last;        /* the greatest end in this subtree */
    uint64_t key;           /* priority, then order of adding: greater wins */
    uint64_t max_key;       /* the greatest key in this subtree */
    int8_t balance;         /* or colour: the tree's business */
    bool linked;
} SubregionNode;

struct MemoryRegion {
    Object parent_obj;

    /* private: */
    /* What an access looks at. */
    bool romd_mode;
    bool ram;
    bool readonly;
    bool nonvolatile;
    bool rom_device;
    bool is_iommu;
    bool ram_device;
    bool terminates;        /* answers accesses itself, behind its children */
    bool enabled;
    bool unmergeable;
    bool subpage;
    bool global_locking;    /* callbacks run under the big lock */
    bool flush_coalesced_mmio;
    bool disable_reentrancy_guard;
    uint8_t dirty_log_mask; /* bits of DIRTY_MEMORY_* */
    uint8_t vga_logging_count;
    RAMBlock *ram_block;
    const MemoryRegionOps *ops;
    void *opaque;
    Object *owner;
    MemReentrancyGuard *guard;  /* the owning device's, or NULL */

    /* The tree. */
    Int128 size;
    hwaddr addr;
    MemoryRegion *container;
    MemoryRegion *alias;
    hwaddr alias_offset;
    int32_t priority;
    int mapped_via_alias;   /* how many mapped aliases show it */
    uint64_t serial;        /* never given to another region */
    const char *name;
    uint64_t align;
    void (*destructor)(MemoryRegion *mr);
    QTAILQ_HEAD(, MemoryRegion) subregions;     /* the oldest first */
    QTAILQ_ENTRY(MemoryRegion) subregions_link;

    /* The indexes (memory/region-index.h). */
    SubregionNode node;
    MemoryRegion *tree;             /* root of the tree of visible children */
    uint32_t next_order;            /* of the next child */
    unsigned live;                  /* reasons for which changes matter */
    MemoryRegion *through;          /* cached: memory_region_through() */
    QLIST_HEAD(, MemoryRegion) live_aliases;    /* that point here ... */
    QLIST_HEAD(, MemoryRegion) idle_aliases;    /* ... and no view sees */
    QLIST_ENTRY(MemoryRegion) alias_link;
    MemoryView *view;               /* rendered from here, if any is */
    QLIST_HEAD(, AddressSpace) rooted;          /* with this as their root */

    /* Parts that few regions have. */
    QTAILQ_HEAD(, CoalescedMemoryRange) coalesced;
    MemoryRegionEventfds *eventfds;
    RamDiscardManager *rdm;
};

#endif
