/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MemoryRegionCache: the lookup for a range, done once. RAM is accessed through
 * a pointer; for other regions the cache knows the region; an IOMMU is asked
 * again each time.
 */
#include "qemu/osdep.h"
#include "memory/access-internal.h"

int64_t address_space_cache_init(MemoryRegionCache *cache, AddressSpace *as,
                                 hwaddr addr, hwaddr len, bool is_write)
{
    const MemTxAttrs attrs = MEMTXATTRS_UNSPECIFIED;
    const FlatRange *r;
    FlatView *fv;
    Target t;

    assert(len > 0);
    *cache = (MemoryRegionCache){ .is_write = is_write };
    RCU_READ_LOCK_GUARD();
    fv = address_space_to_flatview(as);
    r = flatview_lookup(fv, addr);
    if (r) {
        hwaddr rest = r->last - addr; /* less one */

        t = (Target){
            .mr = r->mr,
            .xlat = addr - r->start + r->offset_in_region,
            .len = rest < len ? rest + 1 : len,
            .direct = access_is_direct(r, is_write, attrs),
        };
    } else {
        t = access_target(fv, addr, len, is_write, attrs);
    }
    if (t.direct) {
        t.len = access_extend(fv, addr, len, t, is_write, attrs);
        cache->ptr = access_host(t.mr, t.xlat);
    }
    /*
     * The region alone is kept: a version of the view, kept for long, would
     * keep all that later ones do without.
     */
    memory_region_ref(t.mr);
    cache->mrs = (MemoryRegionSection){
        .mr = t.mr,
        .size = int128_make64(t.len),
        .offset_within_region = t.xlat,
        .offset_within_address_space = addr,
    };
    cache->xlat = t.xlat;
    cache->len = t.len;
    return t.len;
}

void address_space_cache_invalidate(MemoryRegionCache *cache, hwaddr addr,
                                    hwaddr access_len)
{
    assert(cache->is_write);
    if (likely(cache->ptr)) {
        access_wrote(cache->mrs.mr, cache->xlat + addr, access_len);
    }
}

void address_space_cache_destroy(MemoryRegionCache *cache)
{
    if (!cache->mrs.mr) {
        return;
    }
    access_unref(cache->mrs.mr);
    cache->mrs.mr = NULL;
    cache->ptr = NULL;
}

Target access_target_cached(MemoryRegionCache *cache, hwaddr addr, hwaddr len,
                            bool is_write, MemTxAttrs attrs)
{
    MemoryRegion *mr = cache->mrs.mr;

    assert(addr < cache->len && len <= cache->len - addr);
    if (mr->is_iommu) {
        return access_target_iommu((IOMMUMemoryRegion *)mr, cache->xlat + addr,
                                   len, is_write, attrs);
    }
    return (Target){
        .mr = mr,
        .xlat = cache->xlat + addr,
        .len = len,
        /* What a cache for writing shows of a ROM can be read. */
        .direct = !is_write && memory_access_is_direct(mr, false, attrs),
    };
}

MemTxResult address_space_read_cached_slow(MemoryRegionCache *cache,
                                           hwaddr addr, void *buf, hwaddr len)
{
    const MemTxAttrs attrs = MEMTXATTRS_UNSPECIFIED;
    MemTxResult r = MEMTX_OK;

    RCU_READ_LOCK_GUARD();
    while (len) {
        Target t = access_target_cached(cache, addr, len, false, attrs);
        hwaddr done;

        r |= access_read_piece(t, cache->mrs.offset_within_address_space + addr,
                               attrs, buf, &done);
        addr += done;
        buf += done;
        len -= done;
    }
    return r;
}

MemTxResult address_space_write_cached_slow(MemoryRegionCache *cache,
                                            hwaddr addr, const void *buf,
                                            hwaddr len)
{
    const MemTxAttrs attrs = MEMTXATTRS_UNSPECIFIED;
    MemTxResult r = MEMTX_OK;

    RCU_READ_LOCK_GUARD();
    while (len) {
        Target t = access_target_cached(cache, addr, len, true, attrs);
        hwaddr done;

        r |=
            access_write_piece(t, cache->mrs.offset_within_address_space + addr,
                               attrs, buf, &done);
        addr += done;
        buf += done;
        len -= done;
    }
    return r;
}
