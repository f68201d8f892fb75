/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA: accesses that a device makes, to the address space of its bus.
 *
 * They are the functions of memory/access.h with a memory barrier before each,
 * so that CPUs see a device's accesses in order; the _relaxed ones and maps are
 * without. Directions are the device's: TO_DEVICE reads memory.
 *
 * A QEMUSGList is a list of pieces of guest memory that stand for one buffer.
 */
#ifndef DMA_H
#define DMA_H

#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "qemu/atomic.h"

typedef enum {
    DMA_DIRECTION_TO_DEVICE = 0,
    DMA_DIRECTION_FROM_DEVICE = 1,
} DMADirection;

/* What a device calls an address; wide enough for every bus. */
typedef uint64_t dma_addr_t;
#define DMA_ADDR_BITS 64
#define DMA_ADDR_FMT "%" PRIx64

/* ---- accesses ------------------------------------------------------------ */

/* What orders the accesses that follow, in direction @dir, after all before. */
static inline void dma_barrier(AddressSpace *as, DMADirection dir)
{
    smp_mb();
}

/* address_space_access_valid(). */
static inline bool dma_memory_valid(AddressSpace *as, dma_addr_t addr,
                                    dma_addr_t len, DMADirection dir,
                                    MemTxAttrs attrs)
{
    bool is_write = dir == DMA_DIRECTION_FROM_DEVICE;

    return address_space_access_valid(as, addr, len, is_write, attrs);
}

/* address_space_rw(), without a barrier. */
static inline MemTxResult dma_memory_rw_relaxed(AddressSpace *as,
                                                dma_addr_t addr, void *buf,
                                                dma_addr_t len,
                                                DMADirection dir,
                                                MemTxAttrs attrs)
{
    bool is_write = dir == DMA_DIRECTION_FROM_DEVICE;

    return address_space_rw(as, addr, attrs, buf, len, is_write);
}

static inline MemTxResult dma_memory_read_relaxed(AddressSpace *as,
                                                  dma_addr_t addr, void *buf,
                                                  dma_addr_t len)
{
    return address_space_read(as, addr, MEMTXATTRS_UNSPECIFIED, buf, len);
}

static inline MemTxResult dma_memory_write_relaxed(AddressSpace *as,
                                                   dma_addr_t addr,
                                                   const void *buf,
                                                   dma_addr_t len)
{
    return address_space_write(as, addr, MEMTXATTRS_UNSPECIFIED, buf, len);
}

/* Copies @len bytes between @buf and @addr. MEMTX_*. */
static inline MemTxResult dma_memory_rw(AddressSpace *as, dma_addr_t addr,
                                        void *buf, dma_addr_t len,
                                        DMADirection dir, MemTxAttrs attrs)
{
    dma_barrier(as, dir);
    return dma_memory_rw_relaxed(as, addr, buf, len, dir, attrs);
}

static inline MemTxResult dma_memory_read(AddressSpace *as, dma_addr_t addr,
                                          void *buf, dma_addr_t len,
                                          MemTxAttrs attrs)
{
    return dma_memory_rw(as, addr, buf, len, DMA_DIRECTION_TO_DEVICE, attrs);
}

static inline MemTxResult dma_memory_write(AddressSpace *as, dma_addr_t addr,
                                           const void *buf, dma_addr_t len,
                                           MemTxAttrs attrs)
{
    return dma_memory_rw(as, addr, (void *)buf, len, DMA_DIRECTION_FROM_DEVICE,
                         attrs);
}

/* Writes @len times the byte @c. */
MemTxResult dma_memory_set(AddressSpace *as, dma_addr_t addr, uint8_t c,
                           dma_addr_t len, MemTxAttrs attrs);

/* address_space_map() and address_space_unmap(). */
static inline void *dma_memory_map(AddressSpace *as, dma_addr_t addr,
                                   dma_addr_t *len, DMADirection dir,
                                   MemTxAttrs attrs)
{
    bool is_write = dir == DMA_DIRECTION_FROM_DEVICE;

    return address_space_map(as, addr, len, is_write, attrs);
}

static inline void dma_memory_unmap(AddressSpace *as, void *buffer,
                                    dma_addr_t len, DMADirection dir,
                                    dma_addr_t access_len)
{
    bool is_write = dir == DMA_DIRECTION_FROM_DEVICE;

    address_space_unmap(as, buffer, len, is_write, access_len);
}

/*
 * MemTxResult ld{uw,l,q}_{le,be}_dma(as, addr, TYPE *pval, attrs)
 * MemTxResult st{w,l,q}_{le,be}_dma(as, addr, TYPE val, attrs)
 * and ldub_dma(), stb_dma(): one value, which lies there in that order.
 */
#define DEFINE_LD_DMA_(name, bits, swap)                                 \
    static inline MemTxResult ld##name##_dma(AddressSpace *as,           \
                                             dma_addr_t addr,            \
                                             uint##bits##_t *pval,       \
                                             MemTxAttrs attrs)           \
    {                                                                    \
        MemTxResult r = dma_memory_read(as, addr, pval, bits / 8,        \
                                        attrs);                          \
                                                                         \
        *pval = swap(*pval);                                             \
        return r;                                                        \
    }
#define DEFINE_ST_DMA_(name, bits, swap)                                 \
    static inline MemTxResult st##name##_dma(AddressSpace *as,           \
                                             dma_addr_t addr,            \
                                             uint##bits##_t val,         \
                                             MemTxAttrs attrs)           \
    {                                                                    \
        val = swap(val);                                                 \
        return dma_memory_write(as, addr, &val, bits / 8, attrs);        \
    }

DEFINE_LD_DMA_(ub, 8, )
DEFINE_LD_DMA_(uw_le, 16, le16_to_cpu)
DEFINE_LD_DMA_(uw_be, 16, be16_to_cpu)
DEFINE_LD_DMA_(l_le, 32, le32_to_cpu)
DEFINE_LD_DMA_(l_be, 32, be32_to_cpu)
DEFINE_LD_DMA_(q_le, 64, le64_to_cpu)
DEFINE_LD_DMA_(q_be, 64, be64_to_cpu)
DEFINE_ST_DMA_(b, 8, )
DEFINE_ST_DMA_(w_le, 16, cpu_to_le16)
DEFINE_ST_DMA_(w_be, 16, cpu_to_be16)
DEFINE_ST_DMA_(l_le, 32, cpu_to_le32)
DEFINE_ST_DMA_(l_be, 32, cpu_to_be32)
DEFINE_ST_DMA_(q_le, 64, cpu_to_le64)
DEFINE_ST_DMA_(q_be, 64, cpu_to_be64)

#undef DEFINE_LD_DMA_
#undef DEFINE_ST_DMA_

/* ---- scatter-gather lists (memory/dma.c) --------------------------------- */

typedef struct ScatterGatherEntry {
    dma_addr_t base;
    dma_addr_t len;
} ScatterGatherEntry;

struct QEMUSGList {
    ScatterGatherEntry *sg;
    int nsg;            /* pieces */
    int nalloc;
    dma_addr_t size;    /* bytes of all pieces */
    DeviceState *dev;
    AddressSpace *as;
};

/* Empty, with room for @alloc_hint pieces. Keeps @dev until destroyed. */
void qemu_sglist_init(QEMUSGList *qsg, DeviceState *dev, int alloc_hint,
                      AddressSpace *as);
void qemu_sglist_add(QEMUSGList *qsg, dma_addr_t base, dma_addr_t len);
void qemu_sglist_destroy(QEMUSGList *qsg);

/*
 * Copies @ptr to the list (read: what a device was asked to read), or the list
 * to @ptr; at most @len bytes. *@residual, unless it is NULL, is how many bytes
 * of the list were left over.
 */
MemTxResult dma_buf_read(void *ptr, dma_addr_t len, dma_addr_t *residual,
                         QEMUSGList *sg, MemTxAttrs attrs);
MemTxResult dma_buf_write(void *ptr, dma_addr_t len, dma_addr_t *residual,
                          QEMUSGList *sg, MemTxAttrs attrs);

/*
 * 2^n - 1 for the largest 2^n that is at most the size of [@start, @end], to
 * which @start is aligned, and of which n is at most @max_addr_bits (1 to 64).
 */
uint64_t dma_aligned_pow2_mask(uint64_t start, uint64_t end,
                               int max_addr_bits);

#endif
