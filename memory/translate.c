/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From an address to what answers there: a lookup in the flat view and, as long
 * as this leads to an IOMMU, that one's translation and a lookup in the address
 * space behind it.
 */
#include "qemu/osdep.h"
#include "memory/access-internal.h"

/* More IOMMUs than this in a row are a loop. */
#define MAX_IOMMUS 16

static const FlatRange unassigned_range = {
    .last = HWADDR_MAX,
    .mr = &io_mem_unassigned,
};

static const FlatRange *lookup(FlatView *fv, hwaddr addr)
{
    return flatview_lookup(fv, addr) ?: &unassigned_range;
}

/*
 * Cuts @len to what @r has from @addr on, if it may be accessed as memory. A
 * device's callback gets accesses by its first address, even if bytes of them
 * lie in a neighbour (x86 has registers at 0xcf8 and 0xcf9).
 */
static hwaddr clamp(const FlatRange *r, hwaddr addr, hwaddr len)
{
    if (r->mr->ram || access_is_memory(r)) {
        hwaddr rest = r->last - addr; /* less one */

        return rest < len ? rest + 1 : len;
    }
    return len;
}

/* Where a translation has come to. */
typedef struct Walk {
    AddressSpace *as; /* NULL until an IOMMU leads to one */
    const FlatRange *r;
    hwaddr addr; /* in as; */
    hwaddr xlat; /* in r->mr */
    hwaddr len;
    hwaddr page_mask; /* the least of all translations; ~0: none */
} Walk;

static void walk_to(Walk *w, const FlatRange *r, hwaddr addr)
{
    w->r = r;
    w->addr = addr;
    w->xlat = addr - r->start + r->offset_in_region;
    w->len = clamp(r, addr, w->len);
}

static void walk_nowhere(Walk *w)
{
    w->r = &unassigned_range;
    w->xlat = w->addr;
}

/* Through @iommu, at w->xlat in it, and all that come behind. */
static void walk_iommus(Walk *w, IOMMUMemoryRegion *iommu, bool is_write,
                        MemTxAttrs attrs)
{
    IOMMUAccessFlags want = is_write ? IOMMU_WO : IOMMU_RO;

    for (int i = 0; iommu; i++) {
        IOMMUMemoryRegionClass *imrc =
            memory_region_get_iommu_class_nocheck(iommu);
        int index =
            imrc->attrs_to_index ? imrc->attrs_to_index(iommu, attrs) : 0;
        IOMMUTLBEntry entry;
        hwaddr addr, rest;

        if (i == MAX_IOMMUS) {
            walk_nowhere(w);
            return;
        }
        entry = imrc->translate(iommu, w->xlat, want, index);
        if (!(entry.perm & want) || !entry.target_as) {
            walk_nowhere(w);
            return;
        }
        addr = (entry.translated_addr & ~entry.addr_mask) |
               (w->xlat & entry.addr_mask);
        rest = entry.addr_mask - (w->xlat & entry.addr_mask);
        if (rest < w->len) {
            w->len = rest + 1;
        }
        w->page_mask &= entry.addr_mask;
        w->as = entry.target_as;
        walk_to(w, lookup(address_space_to_flatview(w->as), addr), addr);
        iommu = memory_region_get_iommu(w->r->mr);
    }
}

static Walk walk(FlatView *fv, hwaddr addr, hwaddr len, bool is_write,
                 MemTxAttrs attrs)
{
    Walk w = { .len = len, .page_mask = HWADDR_MAX };

    walk_to(&w, lookup(fv, addr), addr);
    if (unlikely(w.r->mr->is_iommu)) {
        walk_iommus(&w, (IOMMUMemoryRegion *)w.r->mr, is_write, attrs);
    }
    return w;
}

static Target target_of(const Walk *w, bool is_write, MemTxAttrs attrs)
{
    return (Target){
        .mr = w->r->mr,
        .xlat = w->xlat,
        .len = w->len,
        .direct = access_is_direct(w->r, is_write, attrs),
    };
}

Target access_target(FlatView *fv, hwaddr addr, hwaddr len, bool is_write,
                     MemTxAttrs attrs)
{
    Walk w = walk(fv, addr, len, is_write, attrs);

    return target_of(&w, is_write, attrs);
}

Target access_target_iommu(IOMMUMemoryRegion *iommu, hwaddr addr, hwaddr len,
                           bool is_write, MemTxAttrs attrs)
{
    Walk w = { .xlat = addr, .len = len, .page_mask = HWADDR_MAX };

    walk_iommus(&w, iommu, is_write, attrs);
    return target_of(&w, is_write, attrs);
}

MemoryRegion *flatview_translate(FlatView *fv, hwaddr addr, hwaddr *xlat,
                                 hwaddr *plen, bool is_write, MemTxAttrs attrs)
{
    Walk w = walk(fv, addr, *plen, is_write, attrs);

    *xlat = w.xlat;
    *plen = w.len;
    return w.r->mr;
}

/* What @w has come to, or the gap that it is in, from w->addr on; at most. */
static hwaddr extent(FlatView *fv, const Walk *w)
{
    const FlatRange *next;
    hwaddr rest = w->r->last - w->addr; /* less one */

    if (w->r == &unassigned_range) {
        next = flatmap_find_from(&fv->map, w->addr);
        if (next && next->start <= w->addr) {
            return w->len; /* an IOMMU does not let it through */
        }
        rest = next ? next->start - w->addr - 1 : HWADDR_MAX - w->addr;
    }
    return rest < w->len ? rest + 1 : w->len;
}

MemoryRegion *address_space_translate_tlb(AddressSpace *as, hwaddr addr,
                                          hwaddr *xlat, hwaddr *len,
                                          bool *readonly, MemTxAttrs attrs)
{
    FlatView *fv = address_space_to_flatview(as);
    Walk w = walk(fv, addr, *len, false, attrs);

    *xlat = w.xlat;
    *len = extent(w.as ? address_space_to_flatview(w.as) : fv, &w);
    *readonly = w.r->readonly;
    return w.r->mr;
}

hwaddr access_extend(FlatView *fv, hwaddr addr, hwaddr len, Target t,
                     bool is_write, MemTxAttrs attrs)
{
    hwaddr done = t.len;

    while (done < len) {
        Target next =
            access_target(fv, addr + done, len - done, is_write, attrs);

        if (next.mr != t.mr || next.xlat != t.xlat + done ||
            next.direct != t.direct) {
            break;
        }
        done += next.len;
    }
    return done;
}

IOMMUTLBEntry address_space_get_iotlb_entry(AddressSpace *as, hwaddr addr,
                                            bool is_write, MemTxAttrs attrs)
{
    Walk w =
        walk(address_space_to_flatview(as), addr, HWADDR_MAX, is_write, attrs);
    hwaddr mask = w.page_mask;

    if (w.r == &unassigned_range) {
        return (IOMMUTLBEntry){ 0 };
    }
    if (mask == HWADDR_MAX) {
        mask = ~(hwaddr)TARGET_PAGE_MASK;
    }
    return (IOMMUTLBEntry){
        .target_as = w.as ?: as,
        .iova = addr & ~mask,
        .translated_addr = w.addr & ~mask,
        .addr_mask = mask,
        /* Devices use IOTLBs for RAM, which both can be done to. */
        .perm = IOMMU_RW,
    };
}

bool address_space_access_valid(AddressSpace *as, hwaddr addr, hwaddr len,
                                bool is_write, MemTxAttrs attrs)
{
    FlatView *fv;

    RCU_READ_LOCK_GUARD();
    fv = address_space_to_flatview(as);
    while (len) {
        Target t = access_target(fv, addr, len, is_write, attrs);

        if (!t.direct) {
            t.len = memory_access_size(t.mr, MIN(t.len, 8), t.xlat);
            if (!memory_region_access_valid(t.mr, t.xlat, t.len, is_write,
                                            attrs)) {
                return false;
            }
        }
        addr += t.len;
        len -= t.len;
    }
    return true;
}
