/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MemoryRegionOps: what a device gives for its registers. The core settles
 * sizes, alignment, endianness, bounds and re-entrancy before a callback runs:
 * valid is what the guest may do, impl what the callbacks can do; the core
 * splits and combines accesses in between.
 */
#ifndef MEMORY_OPS_H
#define MEMORY_OPS_H

#include "exec/guest-ram.h"
#include "exec/hwaddr.h"
#include "exec/memattrs.h"
#include "exec/memop.h"
#include "qemu/reentrancy-guard.h"

typedef struct MemoryRegionOps MemoryRegionOps;

struct MemoryRegionOps {
    uint64_t (*read)(void *opaque, hwaddr addr, unsigned size);
    void (*write)(void *opaque, hwaddr addr, uint64_t data, unsigned size);
    MemTxResult (*read_with_attrs)(void *opaque, hwaddr addr, uint64_t *data,
                                   unsigned size, MemTxAttrs attrs);
    MemTxResult (*write_with_attrs)(void *opaque, hwaddr addr, uint64_t data,
                                    unsigned size, MemTxAttrs attrs);
    enum device_endian endianness;
    struct {
        unsigned min_access_size;
        unsigned max_access_size;
        bool unaligned;
        bool (*accepts)(void *opaque, hwaddr addr, unsigned size, bool is_write,
                        MemTxAttrs attrs);
    } valid;
    struct {
        unsigned min_access_size;
        unsigned max_access_size;
        bool unaligned;
    } impl;
};

#endif
