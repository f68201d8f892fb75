/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IOMMU regions: their type, and those who hear of changed translations.
 * How an access goes through one is in memory/translate.c.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "memory/access-internal.h"
#include "memory/ram-discard.h"
#include "memory/region-link.h"
#include "qapi/error.h"

void memory_region_init_iommu(void *_iommu_mr, size_t instance_size,
                              const char *mrtypename, Object *owner,
                              const char *name, uint64_t size)
{
    MemoryRegion *mr = _iommu_mr;

    memory_region_init_typed(mr, instance_size, mrtypename, owner, name, size);
    mr->terminates = true;
}

/* ---- what the class says ------------------------------------------------- */

uint64_t memory_region_iommu_get_min_page_size(IOMMUMemoryRegion *iommu_mr)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_GET_CLASS(iommu_mr);

    return imrc->get_min_page_size ? imrc->get_min_page_size(iommu_mr)
                                   : TARGET_PAGE_SIZE;
}

int memory_region_iommu_get_attr(IOMMUMemoryRegion *iommu_mr,
                                 enum IOMMUMemoryRegionAttr attr, void *data)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_GET_CLASS(iommu_mr);

    return imrc->get_attr ? imrc->get_attr(iommu_mr, attr, data) : -EINVAL;
}

int memory_region_iommu_attrs_to_index(IOMMUMemoryRegion *iommu_mr,
                                       MemTxAttrs attrs)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_GET_CLASS(iommu_mr);

    return imrc->attrs_to_index ? imrc->attrs_to_index(iommu_mr, attrs) : 0;
}

int memory_region_iommu_num_indexes(IOMMUMemoryRegion *iommu_mr)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_GET_CLASS(iommu_mr);

    return imrc->num_indexes ? imrc->num_indexes(iommu_mr) : 1;
}

/* ---- notifiers come and go ----------------------------------------------- */

static IOMMUNotifierFlag wanted_flags(IOMMUMemoryRegion *iommu)
{
    IOMMUNotifierFlag flags = IOMMU_NOTIFIER_NONE;
    IOMMUNotifier *n;

    IOMMU_NOTIFIER_FOREACH(n, iommu)
    {
        flags |= n->notifier_flags;
    }
    return flags;
}

/* All notifiers together want @flags from now on: the IOMMU may refuse. */
static int want(IOMMUMemoryRegion *iommu, IOMMUNotifierFlag flags, Error **errp)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_GET_CLASS(iommu);
    IOMMUNotifierFlag old = iommu->iommu_notify_flags;
    int ret = flags != old && imrc->notify_flag_changed
                  ? imrc->notify_flag_changed(iommu, old, flags, errp)
                  : 0;

    if (!ret) {
        iommu->iommu_notify_flags = flags;
    }
    return ret;
}

int memory_region_register_iommu_notifier(MemoryRegion *mr, IOMMUNotifier *n,
                                          Error **errp)
{
    IOMMUMemoryRegion *iommu = memory_region_get_iommu(mr);
    int ret;

    assert(iommu && n->notifier_flags && n->start <= n->end);
    assert(n->iommu_idx >= 0 &&
           n->iommu_idx < memory_region_iommu_num_indexes(iommu));
    ret = want(iommu, wanted_flags(iommu) | n->notifier_flags, errp);
    if (!ret) {
        QLIST_INSERT_HEAD(&iommu->iommu_notify, n, node);
    }
    return ret;
}

void memory_region_unregister_iommu_notifier(MemoryRegion *mr, IOMMUNotifier *n)
{
    IOMMUMemoryRegion *iommu = memory_region_get_iommu(mr);

    QLIST_REMOVE(n, node);
    /* Fewer events: no IOMMU can mind. */
    want(iommu, wanted_flags(iommu), NULL);
}

/* ---- events -------------------------------------------------------------- */

void memory_region_notify_iommu_one(IOMMUNotifier *notifier,
                                    const IOMMUTLBEvent *event)
{
    IOMMUTLBEntry entry = event->entry;
    hwaddr last = entry.iova + entry.addr_mask;

    if (!(event->type & notifier->notifier_flags)) {
        return;
    }
    if (event->type == IOMMU_NOTIFIER_UNMAP) {
        assert(entry.perm == IOMMU_NONE);
    }
    if (notifier->start > last || notifier->end < entry.iova) {
        return;
    }
    /* What a guest invalidates may be larger than what is listened to. */
    if (entry.iova < notifier->start) {
        entry.translated_addr += notifier->start - entry.iova;
        entry.iova = notifier->start;
    }
    entry.addr_mask = MIN(last, notifier->end) - entry.iova;
    notifier->notify(notifier, &entry);
}

void memory_region_notify_iommu(IOMMUMemoryRegion *iommu_mr, int iommu_idx,
                                const IOMMUTLBEvent event)
{
    IOMMUNotifier *n, *next;

    QLIST_FOREACH_SAFE(n, &iommu_mr->iommu_notify, node, next) {
        if (n->iommu_idx == iommu_idx) {
            memory_region_notify_iommu_one(n, &event);
        }
    }
}

void memory_region_unmap_iommu_notifier_range(IOMMUNotifier *notifier)
{
    IOMMUTLBEvent event = {
        .type = IOMMU_NOTIFIER_UNMAP,
        .entry = {
            .target_as = &address_space_memory,
            .iova = notifier->start,
            .addr_mask = notifier->end - notifier->start,
            .perm = IOMMU_NONE,
        },
    };

    memory_region_notify_iommu_one(notifier, &event);
}

void memory_region_iommu_replay(IOMMUMemoryRegion *iommu_mr, IOMMUNotifier *n)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_GET_CLASS(iommu_mr);
    uint64_t step, size = memory_region_size(MEMORY_REGION(iommu_mr));
    hwaddr addr = 0;

    if (imrc->replay) {
        imrc->replay(iommu_mr, n);
        return;
    }
    step = memory_region_iommu_get_min_page_size(iommu_mr);
    while (addr < size) {
        IOMMUTLBEntry entry =
            imrc->translate(iommu_mr, addr, IOMMU_NONE, n->iommu_idx);
        hwaddr last = addr + (step - 1);

        /* Where nothing is mapped, some say so with any mask. */
        if (entry.perm != IOMMU_NONE) {
            n->notify(n, &entry);
            /* A large entry is told once. */
            last = MAX(last, addr | entry.addr_mask);
        }
        if (last < addr || last == HWADDR_MAX) {
            break;
        }
        addr = last + 1;
    }
}

/* ---- RAM behind an entry ------------------------------------------------- */

/* Whether all that @entry leads to, at @t, is there now. */
static bool check_populated(const IOMMUTLBEntry *entry, const Target *t,
                            Error **errp)
{
    RamDiscardManager *rdm = memory_region_get_ram_discard_manager(t->mr);
    MemoryRegionSection section = {
        .mr = t->mr,
        .offset_within_region = t->xlat,
        .size = int128_make64(t->len),
    };

    /* The guest may map what it has unplugged; it must stay discarded. */
    if (rdm && !ram_discard_manager_is_populated(rdm, &section)) {
        error_setg(errp,
                   "iommu map to discarded memory (e.g., unplugged"
                   " via virtio-mem): %" HWADDR_PRIx "",
                   entry->translated_addr);
        return false;
    }
    return true;
}

bool memory_get_xlat_addr(IOMMUTLBEntry *iotlb, void **host,
                          ram_addr_t *ram_addr, bool *read_only,
                          bool *mr_has_discard_manager, Error **errp)
{
    bool writable = iotlb->perm & IOMMU_WO;
    Target t = access_target(address_space_to_flatview(&address_space_memory),
                             iotlb->translated_addr, iotlb->addr_mask + 1,
                             writable, MEMTXATTRS_UNSPECIFIED);

    if (!memory_region_is_ram(t.mr)) {
        error_setg(errp, "iommu map to non memory area %" HWADDR_PRIx "",
                   t.xlat);
        return false;
    }
    if (!check_populated(iotlb, &t, errp)) {
        return false;
    }
    if (t.len & iotlb->addr_mask) {
        error_setg(errp, "iommu has granularity incompatible with target AS");
        return false;
    }
    if (host) {
        *host = access_host(t.mr, t.xlat);
    }
    if (ram_addr) {
        *ram_addr = t.mr->ram_block->offset + t.xlat;
    }
    if (read_only) {
        *read_only = !writable || t.mr->readonly;
    }
    if (mr_has_discard_manager) {
        *mr_has_discard_manager = memory_region_has_ram_discard_manager(t.mr);
    }
    return true;
}

/* ---- the QOM type -------------------------------------------------------- */

static void iommu_instance_init(Object *obj)
{
    IOMMUMemoryRegion *iommu = IOMMU_MEMORY_REGION(obj);

    iommu->parent_obj.is_iommu = true;
    QLIST_INIT(&iommu->iommu_notify);
}

static void iommu_register_types(void)
{
    static const TypeInfo info = {
        .name = TYPE_IOMMU_MEMORY_REGION,
        .parent = TYPE_MEMORY_REGION,
        .instance_size = sizeof(IOMMUMemoryRegion),
        .instance_init = iommu_instance_init,
        .class_size = sizeof(IOMMUMemoryRegionClass),
        .abstract = true,
    };

    type_register_static(&info);
}

type_init(iommu_register_types)
