/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Questions about what a region shows, asked of the flat view of an address
 * space in which it is.
 */
#include "qemu/osdep.h"
#include "memory/access-internal.h"

/*
 * An address space that shows the tree in which @mr is, and what @addr of @mr
 * is there. Through containers, not through aliases.
 */
static AddressSpace *address_space_above(MemoryRegion *mr, Int128 *addr)
{
    for (;; mr = mr->container) {
        /* As seen from the root, its own address does not count. */
        if (!mr->container) {
            return QLIST_FIRST(&mr->rooted);
        }
        *addr = int128_add(*addr, int128_make64(mr->addr));
    }
}

/* The first range of [@addr, +@size) of @mr; under RCU. */
static MemoryRegionSection find(MemoryRegion *mr, hwaddr offset, uint64_t size)
{
    Int128 addr = int128_make64(offset);
    AddressSpace *as = address_space_above(mr, &addr);
    hwaddr start, last, from, to;
    const FlatRange *r;
    FlatView *fv;

    if (!as || !size || int128_gethi(addr)) {
        return (MemoryRegionSection){ 0 };
    }
    start = int128_get64(addr);
    last = size - 1 > HWADDR_MAX - start ? HWADDR_MAX : start + size - 1;
    fv = address_space_to_flatview(as);
    r = flatmap_find_from(&fv->map, start);
    if (!r || r->start > last) {
        return (MemoryRegionSection){ 0 };
    }
    from = MAX(start, r->start);
    to = MIN(last, r->last);
    return (MemoryRegionSection){
        .mr = r->mr,
        .fv = fv,
        .size = int128_add(int128_make64(to - from), int128_one()),
        .offset_within_region = r->offset_in_region + (from - r->start),
        .offset_within_address_space = from,
        .readonly = r->readonly,
        .nonvolatile = r->nonvolatile,
        .unmergeable = r->unmergeable,
    };
}

MemoryRegionSection memory_region_find(MemoryRegion *mr, hwaddr addr,
                                       uint64_t size)
{
    MemoryRegionSection s;

    RCU_READ_LOCK_GUARD();
    s = find(mr, addr, size);
    if (s.mr) {
        memory_region_ref(s.mr);
    }
    return s;
}

bool memory_region_present(MemoryRegion *container, hwaddr addr)
{
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = find(container, addr, 1).mr;
    return mr && mr != container;
}
