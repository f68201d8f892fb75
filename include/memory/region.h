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

#include "exec/guest-ram.h"
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
 * A region as its container's index knows it (memory/subregion-tree.c). Only
 * regions that can show something are in it: enabled ones with a size and, for
 * plain containers, with a child that is. Addresses are relative to the
 * container; ends are inclusive.
 */
typedef struct SubregionNode {
    hwaddr start, last;     /* what it may show (a container: its hull) */
    uint64_t key;           /* priority, then order of adding: greater wins */
} SubregionNode;

typedef struct SubregionTree SubregionTree;

struct MemoryRegion {
    Object parent_obj;

    /* private: */
    /* What an access looks at. */
    RAMBlock *ram_block;
    const MemoryRegionOps *ops;
    void *opaque;
    MemReentrancyGuard *guard;  /* the owning device's, or NULL */
    MemoryRegionEventfds *eventfds;
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

    /*
     * The tree, and the indexes (memory/region-index.h): all that adding a
     * region to a container looks at, together.
     */
    bool indexed;           /* in its container's tree */
    bool saved;             /* an undoable transaction has its state */
    int mapped_via_alias;   /* how many mapped aliases show it */
    Object *owner;
    Int128 size;
    hwaddr addr;
    MemoryRegion *container;
    QTAILQ_ENTRY(MemoryRegion) subregions_link;
    SubregionNode node;     /* valid if @indexed, but for the key */
    MemoryRegion *alias;
    MemoryRegion *through;  /* memory_region_through(), as last told */
    int32_t priority;
    unsigned live;          /* reasons for which changes matter */
    QTAILQ_HEAD(, MemoryRegion) subregions;     /* the oldest first */
    SubregionTree *tree;    /* of the visible children; NULL: none yet */
    QLIST_HEAD(, MemoryRegion) live_aliases;    /* that point here ... */
    QLIST_HEAD(, MemoryRegion) idle_aliases;    /* ... and no view sees */
    MemoryView *view;       /* rendered from here, if any is */
    QLIST_HEAD(, AddressSpace) rooted;          /* with this as their root */

    /* Of containers and aliases. */
    QLIST_ENTRY(MemoryRegion) alias_link;
    hwaddr alias_offset;
    uint64_t mark_walk;     /* the last walk up that came here ... */
    uint32_t mark_visit;    /* ... and what it noted */
    uint32_t next_order;    /* of the next child */

    /* Seldom looked at. */
    uint64_t serial;        /* never given to another region */
    const char *name;
    uint64_t align;
    void (*destructor)(MemoryRegion *mr);
    QTAILQ_HEAD(, CoalescedMemoryRange) coalesced;
    RamDiscardManager *rdm;
};

/* A range that a device or the platform keeps for itself. */
struct ReservedRegion {
    Range range;
    unsigned type;
};

/* ---- life ---- */

/*
 * Makes @mr, which the caller has allocated (most often within its device), a
 * container of @size bytes; UINT64_MAX stands for 2^64. It is enabled and not
 * mapped. With a @name it becomes a QOM child "name[N]" of @owner, or of
 * /machine/unattached if there is no owner, and goes away with it. Without a
 * name the caller has the only reference: object_unref(OBJECT(mr)) ends it.
 * @owner is the object of which the references keep @mr alive; NULL only for
 * regions that exist as long as the process. Names are for people; they are
 * copied, and characters that a QOM path cannot have are escaped in it.
 */
void memory_region_init(MemoryRegion *mr, Object *owner, const char *name,
                        uint64_t size);

/*
 * The same, but @mr answers accesses by @ops, which are handed @opaque; @ops
 * NULL answers none. @ops and @opaque must live as long as @mr.
 */
void memory_region_init_io(MemoryRegion *mr, Object *owner,
                           const MemoryRegionOps *ops, void *opaque,
                           const char *name, uint64_t size);

/*
 * The same, but @mr shows the bytes of @orig from @offset on, up to @size or
 * @orig's end. Where @orig is mapped itself, if at all, does not matter. No
 * reference is taken: @orig must outlive @mr's being mapped. An alias must not
 * lead back to a container in which it is.
 */
void memory_region_init_alias(MemoryRegion *mr, Object *owner,
                              const char *name, MemoryRegion *orig,
                              hwaddr offset, uint64_t size);

/*
 * A reference to what keeps @mr alive, its owner. Nothing happens for NULL and
 * for a region without one. Any thread; the last unref of an owner finalizes
 * it, for which the caller must hold the big lock.
 */
void memory_region_ref(MemoryRegion *mr);
void memory_region_unref(MemoryRegion *mr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MemoryRegion, memory_region_unref)

/* ---- what it is; any thread, values may be old without the big lock ---- */

/* In bytes; UINT64_MAX for 2^64. */
uint64_t memory_region_size(MemoryRegion *mr);

/* Its QOM parent: the owner, if it has a name; NULL if it has no parent. */
Object *memory_region_owner(MemoryRegion *mr);

/*
 * As given at its making, else the last part of its QOM path; NULL if neither.
 * It is the region's and lives as long.
 */
const char *memory_region_name(const MemoryRegion *mr);

/* Whether it is RAM or ROM, not a ROM device. Not true of an alias of it. */
static inline bool memory_region_is_ram(MemoryRegion *mr)
{
    return mr->ram;
}

/* Whether it is RAM that writes cannot change. */
static inline bool memory_region_is_rom(MemoryRegion *mr)
{
    return mr->readonly && memory_region_is_ram(mr);
}

/* Whether it is a ROM device of which reads go straight to memory. */
static inline bool memory_region_is_romd(MemoryRegion *mr)
{
    return mr->romd_mode && mr->rom_device;
}

static inline bool memory_region_is_nonvolatile(MemoryRegion *mr)
{
    return mr->nonvolatile;
}

/* Whether it is a device's memory (memory_region_init_ram_device_ptr()). */
bool memory_region_is_ram_device(MemoryRegion *mr);

/*
 * Whether it is in a container, or mapped aliases show it; whether any address
 * space does, is another question.
 */
bool memory_region_is_mapped(MemoryRegion *mr);

/* ---- the tree ---- */

/*
 * Puts @subregion, which is in no container, into @mr at @offset: over all of
 * @mr's children that have its priority (0 for the first form) or a lower one.
 * While it is there it has a reference to its owner. @mr may also be a region
 * that answers by itself: then that is seen where its children leave holes.
 */
void memory_region_add_subregion(MemoryRegion *mr, hwaddr offset,
                                 MemoryRegion *subregion);
void memory_region_add_subregion_overlap(MemoryRegion *mr, hwaddr offset,
                                         MemoryRegion *subregion, int priority);

/* Takes @subregion, a child of @mr, out of it. */
void memory_region_del_subregion(MemoryRegion *mr, MemoryRegion *subregion);

/* A disabled region shows nothing, nor do its children or aliases of it. */
void memory_region_set_enabled(MemoryRegion *mr, bool enabled);

/*
 * Moves it within its container, if it is in one, where it then counts as the
 * last one added. Nothing happens if it is there already.
 */
void memory_region_set_address(MemoryRegion *mr, hwaddr addr);

/* UINT64_MAX stands for 2^64. Not for RAM: memory_region_ram_resize(). */
void memory_region_set_size(MemoryRegion *mr, uint64_t size);

/* @mr is an alias. */
void memory_region_set_alias_offset(MemoryRegion *mr, hwaddr offset);

/*
 * Attributes, which also hold for all that is seen through @mr: writes are
 * dropped; contents outlive a power cycle; ranges do not merge with their
 * neighbours, so that listeners hear of each one by itself.
 */
void memory_region_set_readonly(MemoryRegion *mr, bool readonly);
void memory_region_set_nonvolatile(MemoryRegion *mr, bool nonvolatile);
void memory_region_set_unmergeable(MemoryRegion *mr, bool unmergeable);

/* Whether reads of @mr, a ROM device, go to memory or to its callbacks. */
void memory_region_rom_device_set_romd(MemoryRegion *mr, bool romd_mode);

/*
 * Lets @mr's callbacks run without the big lock, in any thread, several at a
 * time. Before @mr is mapped. The second is the name in later versions.
 */
void memory_region_clear_global_locking(MemoryRegion *mr);
void memory_region_enable_lockless_io(MemoryRegion *mr);

/* ---- transactions ---- */

/*
 * Changes between these two show up together, when the outermost commit has
 * rendered what they touch and told the listeners. They nest. Every function
 * above is a transaction of its own when there is none.
 */
void memory_region_transaction_begin(void);
void memory_region_transaction_commit(void);

/*
 * A transaction that may fail. If a listener refuses what comes of it, @errp
 * tells why, false is returned, and all regions are as they were when it began:
 * container, place among siblings, address, size, flags, offset. Listeners have
 * then heard nothing but prepare and cancel. Regions made meanwhile stay, not
 * mapped. Transactions within are part of it; an undoable one within any other
 * is a plain one, of which the commit returns true.
 */
void memory_region_transaction_begin_undoable(void);
bool memory_region_transaction_commit_undoable(Error **errp);

/* ---- for the layers above ---- */

/* What a region has that answers no accesses. */
extern const MemoryRegionOps unassigned_mem_ops;

/*
 * How to find an owner's re-entrancy guard: NULL if it has none. Registered
 * once, before regions with owners are made.
 */
typedef MemReentrancyGuard *MemoryRegionGuardHook(Object *owner);
void memory_region_set_guard_hook(MemoryRegionGuardHook *hook);

#endif
