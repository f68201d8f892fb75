/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads and stores of one value. RAM is accessed right here; everything else
 * (devices, what is behind an IOMMU, what crosses the end of a range) goes the
 * longer way.
 */
#include "qemu/osdep.h"
#include "exec/cpu-all.h"
#include "memory/access-internal.h"

/* ---- values in host memory ----------------------------------------------- */

static inline uint64_t load(const void *p, MemOp op)
{
    bool be = (op & MO_BSWAP) == MO_BE;

    switch (op & MO_SIZE) {
    case MO_8:
        return ldub_p(p);
    case MO_16:
        return be ? lduw_be_p(p) : lduw_le_p(p);
    case MO_32:
        return (uint32_t)(be ? ldl_be_p(p) : ldl_le_p(p));
    default:
        return be ? ldq_be_p(p) : ldq_le_p(p);
    }
}

static inline void store(void *p, uint64_t val, MemOp op)
{
    bool be = (op & MO_BSWAP) == MO_BE;

    switch (op & MO_SIZE) {
    case MO_8:
        stb_p(p, val);
        break;
    case MO_16:
        be ? stw_be_p(p, val) : stw_le_p(p, val);
        break;
    case MO_32:
        be ? stl_be_p(p, val) : stl_le_p(p, val);
        break;
    default:
        be ? stq_be_p(p, val) : stq_le_p(p, val);
        break;
    }
}

/* ---- the longer way ------------------------------------------------------ */

static uint64_t load_from(FlatView *fv, hwaddr addr, Target t, MemOp op,
                          MemTxAttrs attrs, MemTxResult *r)
{
    uint64_t val = 0;

    *r = MEMTX_OK;
    if (!t.direct) {
        return access_io_read(t.mr, t.xlat, addr, op, attrs, r);
    }
    if (t.len == memop_size(op)) {
        return load(access_host(t.mr, t.xlat), op);
    }
    /* It begins in RAM and ends elsewhere. */
    *r = flatview_read(fv, addr, attrs, &val, memop_size(op));
    return load(&val, op);
}

static void store_to(FlatView *fv, hwaddr addr, uint64_t val, Target t,
                     MemOp op, MemTxAttrs attrs, MemTxResult *r)
{
    unsigned size = memop_size(op);
    uint8_t buf[8];

    if (!t.direct) {
        *r = access_io_write(t.mr, t.xlat, addr, val, op, attrs);
        return;
    }
    if (t.len == size) {
        store(access_host(t.mr, t.xlat), val, op);
        access_wrote(t.mr, t.xlat, size);
        *r = MEMTX_OK;
        return;
    }
    store(buf, val, op);
    *r = flatview_write(fv, addr, attrs, buf, size);
}

static G_GNUC_NO_INLINE uint64_t load_slow(FlatView *fv, hwaddr addr, MemOp op,
                                           MemTxAttrs attrs, MemTxResult *r)
{
    return load_from(fv, addr,
                     access_target(fv, addr, memop_size(op), false, attrs), op,
                     attrs, r);
}

static G_GNUC_NO_INLINE void store_slow(FlatView *fv, hwaddr addr, uint64_t val,
                                        MemOp op, MemTxAttrs attrs,
                                        MemTxResult *r)
{
    store_to(fv, addr, val,
             access_target(fv, addr, memop_size(op), true, attrs), op, attrs,
             r);
}

/* ---- the short way ------------------------------------------------------- */

/* Whether @len bytes from @addr on, where @r begins or later, are in it. */
static inline bool within(const FlatRange *r, hwaddr addr, unsigned len)
{
    return r->last - addr >= len - 1;
}

static inline uint64_t as_load(AddressSpace *as, hwaddr addr, MemOp op,
                               MemTxAttrs attrs, MemTxResult *result)
{
    MemTxResult r = MEMTX_OK;
    const FlatRange *range;
    FlatView *fv;
    uint64_t val;

    rcu_read_lock();
    fv = address_space_to_flatview(as);
    range = flatview_lookup(fv, addr);
    if (unlikely(!range || range->mr->is_iommu)) {
        val = load_slow(fv, addr, op, attrs, &r);
    } else {
        MemoryRegion *mr = range->mr;
        hwaddr xlat = addr - range->start + range->offset_in_region;

        if (!access_is_memory(range)) {
            val = access_io_read(mr, xlat, addr, op, attrs, &r);
        } else if (likely(within(range, addr, memop_size(op)))) {
            fuzz_dma_read_cb(addr, memop_size(op), mr);
            val = load(access_host(mr, xlat), op);
        } else {
            val = load_slow(fv, addr, op, attrs, &r);
        }
    }
    rcu_read_unlock();
    if (result) {
        *result = r;
    }
    return val;
}

static inline void as_store(AddressSpace *as, hwaddr addr, uint64_t val,
                            MemOp op, MemTxAttrs attrs, MemTxResult *result)
{
    MemTxResult r = MEMTX_OK;
    const FlatRange *range;
    FlatView *fv;

    rcu_read_lock();
    fv = address_space_to_flatview(as);
    range = flatview_lookup(fv, addr);
    if (unlikely(!range || range->mr->is_iommu)) {
        store_slow(fv, addr, val, op, attrs, &r);
    } else {
        MemoryRegion *mr = range->mr;
        hwaddr xlat = addr - range->start + range->offset_in_region;

        if (!access_is_direct(range, true, attrs)) {
            r = access_io_write(mr, xlat, addr, val, op, attrs);
        } else if (likely(within(range, addr, memop_size(op)))) {
            store(access_host(mr, xlat), val, op);
            access_wrote(mr, xlat, memop_size(op));
        } else {
            store_slow(fv, addr, val, op, attrs, &r);
        }
    }
    rcu_read_unlock();
    if (result) {
        *result = r;
    }
}

/* ---- a cache without a pointer (memory/cache.c) -------------------------- */

static uint64_t cached_load(MemoryRegionCache *cache, hwaddr addr, MemOp op,
                            MemTxAttrs attrs, MemTxResult *result)
{
    unsigned size = memop_size(op);
    MemTxResult r;
    uint64_t val;
    Target t;

    RCU_READ_LOCK_GUARD();
    t = access_target_cached(cache, addr, size, false, attrs);
    if (t.direct && t.len < size) {
        val = 0;
        r = address_space_read_cached_slow(cache, addr, &val, size);
        val = load(&val, op);
    } else {
        val = load_from(NULL, addr, t, op, attrs, &r);
    }
    if (result) {
        *result = r;
    }
    return val;
}

static void cached_store(MemoryRegionCache *cache, hwaddr addr, uint64_t val,
                         MemOp op, MemTxAttrs attrs, MemTxResult *result)
{
    unsigned size = memop_size(op);
    uint8_t buf[8];
    MemTxResult r;
    Target t;

    RCU_READ_LOCK_GUARD();
    t = access_target_cached(cache, addr, size, true, attrs);
    if (t.direct && t.len < size) {
        store(buf, val, op);
        r = address_space_write_cached_slow(cache, addr, buf, size);
    } else {
        store_to(NULL, addr, val, t, op, attrs, &r);
    }
    if (result) {
        *result = r;
    }
}

/* ---- all of them --------------------------------------------------------- */

#define DEFINE_LOAD_(type, name, op)                                           \
    type address_space_ld##name(AddressSpace *as, hwaddr addr,                 \
                                MemTxAttrs attrs, MemTxResult *result)         \
    {                                                                          \
        return as_load(as, addr, op, attrs, result);                           \
    }                                                                          \
    type address_space_ld##name##_cached_slow(MemoryRegionCache *cache,        \
                                              hwaddr addr, MemTxAttrs attrs,   \
                                              MemTxResult *result)             \
    {                                                                          \
        return cached_load(cache, addr, op, attrs, result);                    \
    }

#define DEFINE_STORE_(type, name, op)                                          \
    void address_space_st##name(AddressSpace *as, hwaddr addr, type val,       \
                                MemTxAttrs attrs, MemTxResult *result)         \
    {                                                                          \
        as_store(as, addr, val, op, attrs, result);                            \
    }                                                                          \
    void address_space_st##name##_cached_slow(                                 \
        MemoryRegionCache *cache, hwaddr addr, type val, MemTxAttrs attrs,     \
        MemTxResult *result)                                                   \
    {                                                                          \
        cached_store(cache, addr, val, op, attrs, result);                     \
    }

DEFINE_LOAD_(uint8_t, ub, MO_UB)
DEFINE_LOAD_(uint16_t, uw_le, MO_LEUW)
DEFINE_LOAD_(uint16_t, uw_be, MO_BEUW)
DEFINE_LOAD_(uint32_t, l_le, MO_LEUL)
DEFINE_LOAD_(uint32_t, l_be, MO_BEUL)
DEFINE_LOAD_(uint64_t, q_le, MO_LEUQ)
DEFINE_LOAD_(uint64_t, q_be, MO_BEUQ)

DEFINE_STORE_(uint8_t, b, MO_UB)
DEFINE_STORE_(uint16_t, w_le, MO_LEUW)
DEFINE_STORE_(uint16_t, w_be, MO_BEUW)
DEFINE_STORE_(uint32_t, l_le, MO_LEUL)
DEFINE_STORE_(uint32_t, l_be, MO_BEUL)
DEFINE_STORE_(uint64_t, q_le, MO_LEUQ)
DEFINE_STORE_(uint64_t, q_be, MO_BEUQ)

/* In the order of our targets (exec/cpu-all.h). */
DEFINE_LOAD_(uint16_t, uw, MO_LEUW)
DEFINE_LOAD_(uint32_t, l, MO_LEUL)
DEFINE_LOAD_(uint64_t, q, MO_LEUQ)
DEFINE_STORE_(uint16_t, w, MO_LEUW)
DEFINE_STORE_(uint32_t, l, MO_LEUL)
DEFINE_STORE_(uint64_t, q, MO_LEUQ)
/* Translated code hears of writes in another way. */
DEFINE_STORE_(uint32_t, l_notdirty, MO_LEUL)
