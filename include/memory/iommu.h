/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IOMMU regions: what is accessed in them is translated, and goes on in another
 * address space. An IOMMU is a subclass of TYPE_IOMMU_MEMORY_REGION with at
 * least translate(); it stands in a bus master's address space.
 *
 * Those who keep translations (vhost, VFIO) register a notifier for a range of
 * a region and hear of entries that come (MAP) or go (UNMAP). The IOMMU tells
 * them with memory_region_notify_iommu() when the guest changes its tables.
 *
 * An IOMMU whose tables differ by the attributes of an access (secure or not,
 * PASID) has several indexes: attrs_to_index() chooses, translate() uses.
 */
#ifndef MEMORY_IOMMU_H
#define MEMORY_IOMMU_H

#include "exec/hwaddr.h"
#include "exec/memattrs.h"
#include "memory/region.h"
#include "qemu/queue.h"
#include "qom/object.h"

#define TYPE_IOMMU_MEMORY_REGION "iommu-memory-region"
typedef struct IOMMUMemoryRegionClass IOMMUMemoryRegionClass;
DECLARE_OBJ_CHECKERS(IOMMUMemoryRegion, IOMMUMemoryRegionClass,
                     IOMMU_MEMORY_REGION, TYPE_IOMMU_MEMORY_REGION)

/* What a translation allows; bit 0 is read, bit 1 is write. */
typedef enum {
    IOMMU_NONE = 0,
    IOMMU_RO = 1,
    IOMMU_WO = 2,
    IOMMU_RW = 3,
} IOMMUAccessFlags;

#define IOMMU_ACCESS_FLAG(r, w) (((r) ? IOMMU_RO : 0) | ((w) ? IOMMU_WO : 0))

/* [iova, iova | addr_mask] is [translated_addr, ...] in target_as. */
typedef struct IOMMUTLBEntry {
    AddressSpace *target_as;
    hwaddr iova;
    hwaddr translated_addr;
    hwaddr addr_mask;       /* 0xfff: a page of 4 KiB */
    IOMMUAccessFlags perm;
} IOMMUTLBEntry;

/*
 * What a notifier wants to hear. One that mirrors the tables asks for MAP and
 * UNMAP and hears exactly these. One that only caches asks for UNMAP or, if it
 * asks for translations as a PCI device does by ATS, for DEVIOTLB_UNMAP; an
 * UNMAP may then cover more than was mapped.
 */
typedef enum {
    IOMMU_NOTIFIER_NONE = 0,
    IOMMU_NOTIFIER_UNMAP = 0x1,
    IOMMU_NOTIFIER_MAP = 0x2,
    IOMMU_NOTIFIER_DEVIOTLB_UNMAP = 0x04,
} IOMMUNotifierFlag;

#define IOMMU_NOTIFIER_IOTLB_EVENTS (IOMMU_NOTIFIER_MAP | IOMMU_NOTIFIER_UNMAP)
#define IOMMU_NOTIFIER_DEVIOTLB_EVENTS IOMMU_NOTIFIER_DEVIOTLB_UNMAP
#define IOMMU_NOTIFIER_ALL                                               \
    (IOMMU_NOTIFIER_IOTLB_EVENTS | IOMMU_NOTIFIER_DEVIOTLB_EVENTS)

typedef struct IOMMUNotifier IOMMUNotifier;
/* @data is the entry that came or went; valid during the call. */
typedef void (*IOMMUNotify)(IOMMUNotifier *notifier, IOMMUTLBEntry *data);

struct IOMMUNotifier {
    IOMMUNotify notify;
    IOMMUNotifierFlag notifier_flags;
    hwaddr start, end;      /* of the region; both inclusive */
    int iommu_idx;
    QLIST_ENTRY(IOMMUNotifier) node;
};

/* One change: an entry came (MAP) or went. */
typedef struct IOMMUTLBEvent {
    IOMMUNotifierFlag type;
    IOMMUTLBEntry entry;
} IOMMUTLBEvent;

/* Fills in @n, which is the caller's. */
static inline void iommu_notifier_init(IOMMUNotifier *n, IOMMUNotify fn,
                                       IOMMUNotifierFlag flags, hwaddr start,
                                       hwaddr end, int iommu_idx)
{
    *n = (IOMMUNotifier){
        .notify = fn,
        .notifier_flags = flags,
        .start = start,
        .end = end,
        .iommu_idx = iommu_idx,
    };
}

enum IOMMUMemoryRegionAttr {
    IOMMU_ATTR_SPAPR_TCE_FD
};

struct IOMMUMemoryRegionClass {
    /* private: */
    MemoryRegionClass parent_class;

    /* public: all but translate() are optional */
    /*
     * The entry that covers @addr, an offset in @iommu, in table @iommu_idx.
     * With @flag IOMMU_NONE, all that is allowed; otherwise only this matters,
     * and the walk may end early when it is not. Under RCU, without the big
     * lock.
     */
    IOMMUTLBEntry (*translate)(IOMMUMemoryRegion *iommu, hwaddr addr,
                               IOMMUAccessFlags flag, int iommu_idx);
    /* The least size of an entry in bytes; else a target page. */
    uint64_t (*get_min_page_size)(IOMMUMemoryRegion *iommu);
    /*
     * The union of what all notifiers want changes. 0, or a negative errno
     * with @errp set (-EINVAL: this IOMMU cannot tell).
     */
    int (*notify_flag_changed)(IOMMUMemoryRegion *iommu,
                               IOMMUNotifierFlag old_flags,
                               IOMMUNotifierFlag new_flags, Error **errp);
    /* Tells @notifier every entry; else every page is translated. */
    void (*replay)(IOMMUMemoryRegion *iommu, IOMMUNotifier *notifier);
    /* Writes @attr to *@data. 0, or a negative errno. */
    int (*get_attr)(IOMMUMemoryRegion *iommu, enum IOMMUMemoryRegionAttr attr,
                    void *data);
    /* The table for @attrs; else 0. */
    int (*attrs_to_index)(IOMMUMemoryRegion *iommu, MemTxAttrs attrs);
    /* How many tables, from 0 on; else 1. */
    int (*num_indexes)(IOMMUMemoryRegion *iommu);
};

struct IOMMUMemoryRegion {
    MemoryRegion parent_obj;
    QLIST_HEAD(, IOMMUNotifier) iommu_notify;
    IOMMUNotifierFlag iommu_notify_flags;
};

#define IOMMU_NOTIFIER_FOREACH(n, mr)                                    \
    QLIST_FOREACH((n), &(mr)->iommu_notify, node)

/*
 * Makes of @_iommu_mr, memory of @instance_size bytes, an IOMMU region of type
 * @mrtypename, with @size bytes before translation.
 */
void memory_region_init_iommu(void *_iommu_mr, size_t instance_size,
                              const char *mrtypename, Object *owner,
                              const char *name, uint64_t size);

/* The IOMMU that @mr is, or is an alias of; or NULL. Any thread. */
static inline IOMMUMemoryRegion *memory_region_get_iommu(MemoryRegion *mr)
{
    while (mr->alias) {
        mr = mr->alias;
    }
    return mr->is_iommu ? (IOMMUMemoryRegion *)mr : NULL;
}

#define memory_region_is_iommu(mr) (memory_region_get_iommu(mr) != NULL)

/* @iommu_mr's class without the check of IOMMU_MEMORY_REGION_GET_CLASS(). */
static inline IOMMUMemoryRegionClass *memory_region_get_iommu_class_nocheck(
    IOMMUMemoryRegion *iommu_mr)
{
    return (IOMMUMemoryRegionClass *)((Object *)iommu_mr)->class;
}

/* ---- by the IOMMU -------------------------------------------------------- */

/*
 * Tells the notifiers of table @iommu_idx that @event happened. An entry that
 * changes in place is an UNMAP and then a MAP.
 */
void memory_region_notify_iommu(IOMMUMemoryRegion *iommu_mr, int iommu_idx,
                                const IOMMUTLBEvent event);
/* Tells only @notifier; of a part of an entry, if it has only that in range. */
void memory_region_notify_iommu_one(IOMMUNotifier *notifier,
                                    const IOMMUTLBEvent *event);
/* Tells @notifier that all of its range is unmapped. */
void memory_region_unmap_iommu_notifier_range(IOMMUNotifier *notifier);

/* ---- by those who keep translations -------------------------------------- */

/*
 * Adds @n, the caller's until it is unregistered, to @mr (an IOMMU or an alias
 * of one). 0; or a negative errno with @errp set, -EINVAL if the IOMMU cannot
 * tell what @n wants.
 */
int memory_region_register_iommu_notifier(MemoryRegion *mr, IOMMUNotifier *n,
                                          Error **errp);
void memory_region_unregister_iommu_notifier(MemoryRegion *mr,
                                             IOMMUNotifier *n);
/* Tells @n, as MAP, every translation that there is. */
void memory_region_iommu_replay(IOMMUMemoryRegion *iommu_mr, IOMMUNotifier *n);
/* What the class functions of these names say, or their defaults. */
uint64_t memory_region_iommu_get_min_page_size(IOMMUMemoryRegion *iommu_mr);
int memory_region_iommu_get_attr(IOMMUMemoryRegion *iommu_mr,
                                 enum IOMMUMemoryRegionAttr attr, void *data);
int memory_region_iommu_attrs_to_index(IOMMUMemoryRegion *iommu_mr,
                                       MemTxAttrs attrs);
int memory_region_iommu_num_indexes(IOMMUMemoryRegion *iommu_mr);

/*
 * Where the RAM of @iotlb's entry is: host address, ram_addr_t, whether it
 * must not be written, whether parts of it come and go (RamDiscardManager).
 * Each result is optional. False with @errp set if it is not RAM, is discarded
 * just now or is not RAM all through. Under RCU.
 */
bool memory_get_xlat_addr(IOMMUTLBEntry *iotlb, void **vaddr,
                          ram_addr_t *ram_addr, bool *read_only,
                          bool *mr_has_discard_manager, Error **errp);

#endif
