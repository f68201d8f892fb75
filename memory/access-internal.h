/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accesses, from the inside. Every access finds the range that answers; if that
 * is RAM it goes straight to the host's memory, else to the callbacks of its
 * region (memory/dispatch.c), maybe in pieces and behind IOMMUs.
 */
#ifndef MEMORY_ACCESS_INTERNAL_H
#define MEMORY_ACCESS_INTERNAL_H

#include "exec/ram_addr.h"
#include "memory/access.h"
#include "memory/flatmap.h"
#include "memory/listener.h"

/* What answers where nothing does: refuses every access. */
extern MemoryRegion io_mem_unassigned;
/* What a RAM device's region has: loads and stores of the access's size. */
extern const MemoryRegionOps ram_device_mem_ops;

/* The accelerator's: what qemu_flush_coalesced_mmio_buffer() does. */
void memory_set_flush_coalesced_hook(void (*hook)(void));
/* The calling thread's virtual CPU, for trace events; else -1. */
extern __thread int memory_trace_cpu_index;

/*
 * Where an access goes. With mr->ram_block memory that may be accessed directly
 * (or not) in the direction that was asked for.
 */
typedef struct Target {
    MemoryRegion *mr;
    hwaddr xlat;        /* in mr */
    hwaddr len;         /* what was asked for, cut to what lies in one piece */
    bool direct;
} Target;

/* What lies at @addr of @fv for an access of @len bytes; under RCU. */
Target access_target(FlatView *fv, hwaddr addr, hwaddr len, bool is_write,
                     MemTxAttrs attrs);
/* The same for @addr in @iommu; what this leads to, behind others too. */
Target access_target_iommu(IOMMUMemoryRegion *iommu, hwaddr addr, hwaddr len,
                           bool is_write, MemTxAttrs attrs);
/* The same for @addr in @cache, which has no pointer. */
Target access_target_cached(MemoryRegionCache *cache, hwaddr addr, hwaddr len,
                            bool is_write, MemTxAttrs attrs);
/* How much of @len, at least @t.len, goes on where @t, at @addr, leads. */
hwaddr access_extend(FlatView *fv, hwaddr addr, hwaddr len, Target t,
                     bool is_write, MemTxAttrs attrs);

/* One piece to or from @t, direct or not; *@len in, what was done out. */
MemTxResult access_read_piece(Target t, hwaddr addr, MemTxAttrs attrs,
                              void *buf, hwaddr *len);
MemTxResult access_write_piece(Target t, hwaddr addr, MemTxAttrs attrs,
                               const void *buf, hwaddr *len);
/* Any number of bytes of a version; under RCU. */
MemTxResult flatview_read(FlatView *fv, hwaddr addr, MemTxAttrs attrs,
                          void *buf, hwaddr len);
MemTxResult flatview_write(FlatView *fv, hwaddr addr, MemTxAttrs attrs,
                           const void *buf, hwaddr len);

/*
 * One value through @mr's callbacks, with what must be done around them. A read
 * adds errors to *@r.
 */
uint64_t access_io_read(MemoryRegion *mr, hwaddr xlat, hwaddr addr, MemOp op,
                        MemTxAttrs attrs, MemTxResult *r);
MemTxResult access_io_write(MemoryRegion *mr, hwaddr xlat, hwaddr addr,
                            uint64_t val, MemOp op, MemTxAttrs attrs);

/* The host's memory behind @xlat of @mr, which has a block. */
static inline uint8_t *access_host(const MemoryRegion *mr, hwaddr xlat)
{
    return mr->ram_block->host + xlat;
}

/* Whether @r is memory that may be read directly. */
static inline bool access_is_memory(const FlatRange *r)
{
    /* What can change is looked up in the range: its version stays. */
    return r->mr->ram ? !r->mr->ram_device : r->mr->rom_device && r->romd_mode;
}

/* As memory_access_is_direct(), for what @r shows. */
static inline bool access_is_direct(const FlatRange *r, bool is_write,
                                    MemTxAttrs attrs)
{
    if (!is_write || attrs.debug) {
        return access_is_memory(r);
    }
    /* A read-only alias of RAM is a ROM, too. */
    return r->mr->ram && !r->mr->ram_device && !r->readonly;
}

/*
 * memory_region_unref() in any thread. If it is the last reference, it is left
 * to the main loop, since finalizers run under the big lock.
 */
void access_unref(MemoryRegion *mr);

/* [@xlat, +@len) of @mr, which is RAM, was written. */
static inline void access_wrote(MemoryRegion *mr, hwaddr xlat, hwaddr len)
{
    if (unlikely(memory_region_get_dirty_log_mask(mr))) {
        memory_region_set_dirty(mr, xlat, len);
    }
}

#endif
