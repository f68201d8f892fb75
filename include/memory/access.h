/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading and writing what an address space shows.
 *
 *   address_space_{ld,st}*     one value: RAM itself, or a device's callback
 *   {ld,st}*_phys              the same, without attributes and result
 *   address_space_rw() & co.   any number of bytes
 *   address_space_map()        a pointer to RAM, or to a copy of what is not
 *   MemoryRegionCache          a range of RAM that is accessed again and again
 *   address_space_translate()  only says which region answers
 *
 * All may be called from any thread, and none needs the big lock: what may not
 * run without it takes it. Results are MEMTX_*, of several parts the OR; where
 * nothing answers one reads zeros. IOMMUs on the way translate.
 */
#ifndef MEMORY_ACCESS_H
#define MEMORY_ACCESS_H

#include "exec/hwaddr.h"
#include "exec/memattrs.h"
#include "exec/memop.h"
#include "memory/address-space.h"
#include "memory/iommu.h"
#include "memory/region.h"
#include "memory/section.h"
#include "qemu/bswap.h"
#include "qemu/rcu.h"

/* The fuzzer fills what a device is about to read from @mr. */
#ifdef CONFIG_FUZZ
void fuzz_dma_read_cb(size_t addr, size_t len, MemoryRegion *mr);
#else
static inline void fuzz_dma_read_cb(size_t addr, size_t len, MemoryRegion *mr)
{
}
#endif

/* ---- one value ----------------------------------------------------------- */

/*
 * TYPE address_space_ld*(AddressSpace *as, hwaddr addr, MemTxAttrs attrs,
 *                        MemTxResult *result)
 * void address_space_st*(AddressSpace *as, hwaddr addr, TYPE val,
 *                        MemTxAttrs attrs, MemTxResult *result)
 *
 * ub and b are a byte, uw and w two, l four, q eight; _le or _be says in which
 * order they lie there. *@result unless it is NULL is how it went. An aligned
 * access of RAM is atomic.
 */
#define SUFFIX
#define ARG1         as
#define ARG1_DECL    AddressSpace *as
#include "exec/memory_ldst.h.inc"

#define SUFFIX
#define ARG1         as
#define ARG1_DECL    AddressSpace *as
#include "exec/memory_ldst_phys.h.inc"

/* ---- many bytes ---------------------------------------------------------- */

/* Copies @len bytes between @buf and what lies at @addr. */
MemTxResult address_space_rw(AddressSpace *as, hwaddr addr, MemTxAttrs attrs,
                             void *buf, hwaddr len, bool is_write);
MemTxResult address_space_read_full(AddressSpace *as, hwaddr addr,
                                    MemTxAttrs attrs, void *buf, hwaddr len);
MemTxResult address_space_write(AddressSpace *as, hwaddr addr,
                                MemTxAttrs attrs, const void *buf, hwaddr len);

static inline MemTxResult address_space_read(AddressSpace *as, hwaddr addr,
                                             MemTxAttrs attrs, void *buf,
                                             hwaddr len)
{
    return address_space_read_full(as, addr, attrs, buf, len);
}

/* Writes to RAM and ROM alike, as a loader does; leaves out devices. */
MemTxResult address_space_write_rom(AddressSpace *as, hwaddr addr,
                                    MemTxAttrs attrs, const void *buf,
                                    hwaddr len);
/* Writes @len times the byte @c. */
MemTxResult address_space_set(AddressSpace *as, hwaddr addr, uint8_t c,
                              hwaddr len, MemTxAttrs attrs);

/* ---- which region answers ------------------------------------------------ */

/*
 * The region that answers at @addr, behind all IOMMUs, and *@xlat, where in it.
 * *@plen, bytes from @addr on, is cut to what the region shows in one piece
 * (for devices: to the end of the region). Where nothing answers or an IOMMU
 * forbids it, a region that refuses every access. Within an RCU read section,
 * which keeps the region.
 */
MemoryRegion *flatview_translate(FlatView *fv, hwaddr addr, hwaddr *xlat,
                                 hwaddr *plen, bool is_write,
                                 MemTxAttrs attrs);

/*
 * The same for a CPU's TLB, whose entries serve reads and writes: *@readonly
 * says whether the region, if it is RAM, is a ROM as seen from @addr, because
 * it is one or because an alias on the way is. *@len is cut for devices and
 * gaps as well: an entry of more than that would hide what lies behind.
 */
MemoryRegion *address_space_translate_tlb(AddressSpace *as, hwaddr addr,
                                          hwaddr *xlat, hwaddr *len,
                                          bool *readonly, MemTxAttrs attrs);

static inline MemoryRegion *address_space_translate(AddressSpace *as,
                                                    hwaddr addr, hwaddr *xlat,
                                                    hwaddr *len, bool is_write,
                                                    MemTxAttrs attrs)
{
    return flatview_translate(address_space_to_flatview(as), addr, xlat, len,
                              is_write, attrs);
}

/*
 * Through all IOMMUs as an entry that an IOTLB can keep: the address space that
 * is reached, and the largest mask that holds for all. Without a translation,
 * perm is IOMMU_NONE. Within an RCU read section.
 */
IOMMUTLBEntry address_space_get_iotlb_entry(AddressSpace *as, hwaddr addr,
                                            bool is_write, MemTxAttrs attrs);

/* Whether every byte of [@addr, +@len) can be accessed with some size. */
bool address_space_access_valid(AddressSpace *as, hwaddr addr, hwaddr len,
                                bool is_write, MemTxAttrs attrs);

/* Whether plain memory accesses may be done at @mr's host pointer. */
static inline bool memory_region_supports_direct_access(MemoryRegion *mr)
{
    /* A RAM device may be MMIO of the host: the access size matters. */
    return (mr->rom_device && mr->romd_mode) || (mr->ram && !mr->ram_device);
}

/* Whether an access to @mr is to go there, rather than to its callbacks. */
static inline bool memory_access_is_direct(MemoryRegion *mr, bool is_write,
                                           MemTxAttrs attrs)
{
    bool writable = attrs.debug || !(mr->readonly || mr->rom_device);

    return memory_region_supports_direct_access(mr) && (!is_write || writable);
}

/*
 * The size of the next callback for an access of @l bytes at @addr in @mr: a
 * power of two, not beyond what the region's valid and alignment allow.
 */
int memory_access_size(MemoryRegion *mr, unsigned l, hwaddr addr);
/*
 * Before @mr's callbacks: takes the big lock unless the caller has it or the
 * region does without, runs queued accesses. True if the caller is to unlock.
 */
bool prepare_mmio_access(MemoryRegion *mr);

/* ---- a region's callbacks ------------------------------------------------ */

/* Whether the device takes an access of @size bytes at @addr; logs if not. */
bool memory_region_access_valid(MemoryRegion *mr, hwaddr addr, unsigned size,
                                bool is_write, MemTxAttrs attrs);
/*
 * One access to @mr, of the size and in the byte order of @op, with callbacks
 * of the sizes that they implement. The caller has done what
 * prepare_mmio_access() does.
 */
MemTxResult memory_region_dispatch_read(MemoryRegion *mr, hwaddr addr,
                                        uint64_t *pval, MemOp op,
                                        MemTxAttrs attrs);
MemTxResult memory_region_dispatch_write(MemoryRegion *mr, hwaddr addr,
                                         uint64_t data, MemOp op,
                                         MemTxAttrs attrs);

/* MO_BSWAP if @end is not the host's byte order. */
static inline MemOp devend_memop(enum device_endian end)
{
    if (end == DEVICE_NATIVE_ENDIAN) {
        end = DEVICE_LITTLE_ENDIAN;     /* as all our targets are */
    }
    return end == DEVICE_HOST_ENDIAN ? (MemOp)0 : MO_BSWAP;
}

/* ---- maps ---------------------------------------------------------------- */

/*
 * A host pointer to what lies at @addr, for reading or (@is_write) for writing,
 * not both; *@plen is cut to what lies there in one piece. What is not RAM is
 * mapped by a bounce buffer, filled now or written back by unmap, as long as
 * all of them stay below @as->max_bounce_buffer_size; beyond it NULL, with
 * *@plen 0. The region stays until unmap.
 */
void *address_space_map(AddressSpace *as, hwaddr addr, hwaddr *plen,
                        bool is_write, MemTxAttrs attrs);
/* Ends a map of @len bytes, of which @access_len were accessed. */
void address_space_unmap(AddressSpace *as, void *buffer, hwaddr len,
                         bool is_write, hwaddr access_len);
/*
 * Schedules @bh, once, when a map that failed may succeed; at once if that is
 * so already. Unregistering one that was scheduled or never registered is fine.
 */
void address_space_register_map_client(AddressSpace *as, QEMUBH *bh);
void address_space_unregister_map_client(AddressSpace *as, QEMUBH *bh);

/* ---- caches -------------------------------------------------------------- */

struct MemoryRegionCache {
    uint8_t *ptr;       /* NULL: not RAM, or behind an IOMMU */
    hwaddr xlat;
    hwaddr len;
    FlatView *fv;
    MemoryRegionSection mrs;
    bool is_write;
};

/*
 * Prepares @cache for [@addr, +@len) of @as, @len not 0, and returns how many
 * bytes of it lie in one piece, which is what the cache has (where nothing is,
 * all of it, and accesses fail). A cache with @is_write may be read too. It
 * keeps the region and does not notice changes of the topology. Addresses in a
 * cache are relative to @addr and must lie within it.
 */
int64_t address_space_cache_init(MemoryRegionCache *cache, AddressSpace *as,
                                 hwaddr addr, hwaddr len, bool is_write);

/* A cache that may be destroyed, and nothing else. */
static inline void address_space_cache_init_empty(MemoryRegionCache *cache)
{
    cache->mrs.mr = NULL;
    cache->fv = NULL;
}

/* After stores to [@addr, +@access_len) of a cache: marks them as dirty. */
void address_space_cache_invalidate(MemoryRegionCache *cache, hwaddr addr,
                                    hwaddr access_len);
void address_space_cache_destroy(MemoryRegionCache *cache);

#define SUFFIX       _cached_slow
#define ARG1         cache
#define ARG1_DECL    MemoryRegionCache *cache
#include "exec/memory_ldst.h.inc"

MemTxResult address_space_read_cached_slow(MemoryRegionCache *cache,
                                           hwaddr addr, void *buf,
                                           hwaddr len);
MemTxResult address_space_write_cached_slow(MemoryRegionCache *cache,
                                            hwaddr addr, const void *buf,
                                            hwaddr len);

/* The accessors above, for caches. Stores need an invalidate afterwards. */
static inline uint8_t address_space_ldub_cached(MemoryRegionCache *cache,
                                                hwaddr addr, MemTxAttrs attrs,
                                                MemTxResult *result)
{
    assert(addr < cache->len);
    return likely(cache->ptr)
               ? ldub_p(cache->ptr + addr)
               : address_space_ldub_cached_slow(cache, addr, attrs, result);
}

static inline void address_space_stb_cached(MemoryRegionCache *cache,
                                            hwaddr addr, uint8_t val,
                                            MemTxAttrs attrs,
                                            MemTxResult *result)
{
    assert(addr < cache->len);
    if (unlikely(!cache->ptr)) {
        address_space_stb_cached_slow(cache, addr, val, attrs, result);
        return;
    }
    stb_p(cache->ptr + addr, val);
}

#define ENDIANNESS   _le
#include "exec/memory_ldst_cached.h.inc"

#define ENDIANNESS   _be
#include "exec/memory_ldst_cached.h.inc"

#define SUFFIX       _cached
#define ARG1         cache
#define ARG1_DECL    MemoryRegionCache *cache
#include "exec/memory_ldst_phys.h.inc"

static inline MemTxResult address_space_read_cached(MemoryRegionCache *cache,
                                                    hwaddr addr, void *buf,
                                                    hwaddr len)
{
    assert(addr < cache->len && len <= cache->len - addr);
    fuzz_dma_read_cb(cache->xlat + addr, len, cache->mrs.mr);
    if (unlikely(!cache->ptr)) {
        return address_space_read_cached_slow(cache, addr, buf, len);
    }
    memcpy(buf, cache->ptr + addr, len);
    return MEMTX_OK;
}

static inline MemTxResult address_space_write_cached(MemoryRegionCache *cache,
                                                     hwaddr addr,
                                                     const void *buf,
                                                     hwaddr len)
{
    assert(addr < cache->len && len <= cache->len - addr);
    if (unlikely(!cache->ptr)) {
        return address_space_write_cached_slow(cache, addr, buf, len);
    }
    memcpy(cache->ptr + addr, buf, len);
    return MEMTX_OK;
}

/* ---- what lies in a tree (memory/find.c) --------------------------------- */

/*
 * The first piece of [@addr, +@size), of @mr and relative to it, that shows
 * something: what a flat view of the address space above @mr has there, with a
 * reference to the region, for memory_region_unref(). Its
 * offset_within_address_space is that of the address space. If nothing is
 * there, or @mr is in no address space, a section of size 0 without a region.
 */
MemoryRegionSection memory_region_find(MemoryRegion *mr, hwaddr addr,
                                       uint64_t size);
/*
 * Whether something other than @container itself shows at @addr of it, in an
 * address space in which it is.
 */
bool memory_region_present(MemoryRegion *container, hwaddr addr);

#endif
