/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA that is more than one access: lists of pieces.
 */
#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "system/dma.h"

MemTxResult dma_memory_set(AddressSpace *as, dma_addr_t addr, uint8_t c,
                           dma_addr_t len, MemTxAttrs attrs)
{
    dma_barrier(as, DMA_DIRECTION_FROM_DEVICE);
    return address_space_set(as, addr, c, len, attrs);
}

void qemu_sglist_init(QEMUSGList *qsg, DeviceState *dev, int alloc_hint,
                      AddressSpace *as)
{
    *qsg = (QEMUSGList){
        .sg = g_new(ScatterGatherEntry, alloc_hint),
        .nalloc = alloc_hint,
        .dev = dev,
        .as = as,
    };
    object_ref(dev);
}

void qemu_sglist_add(QEMUSGList *qsg, dma_addr_t base, dma_addr_t len)
{
    if (qsg->nsg == qsg->nalloc) {
        qsg->nalloc = MAX(4, 2 * qsg->nalloc);
        qsg->sg = g_renew(ScatterGatherEntry, qsg->sg, qsg->nalloc);
    }
    qsg->sg[qsg->nsg++] = (ScatterGatherEntry){ .base = base, .len = len };
    qsg->size += len;
}

void qemu_sglist_destroy(QEMUSGList *qsg)
{
    object_unref(qsg->dev);
    g_free(qsg->sg);
    *qsg = (QEMUSGList){ 0 };
}

static MemTxResult copy(QEMUSGList *sg, uint8_t *buf, dma_addr_t len,
                        dma_addr_t *residual, DMADirection dir,
                        MemTxAttrs attrs)
{
    dma_addr_t left = MIN(len, sg->size);
    MemTxResult r = MEMTX_OK;

    if (residual) {
        *residual = sg->size - left;
    }
    for (int i = 0; left; i++) {
        dma_addr_t n = MIN(left, sg->sg[i].len);

        r |= dma_memory_rw(sg->as, sg->sg[i].base, buf, n, dir, attrs);
        buf += n;
        left -= n;
    }
    return r;
}

MemTxResult dma_buf_read(void *ptr, dma_addr_t len, dma_addr_t *residual,
                         QEMUSGList *sg, MemTxAttrs attrs)
{
    return copy(sg, ptr, len, residual, DMA_DIRECTION_FROM_DEVICE, attrs);
}

MemTxResult dma_buf_write(void *ptr, dma_addr_t len, dma_addr_t *residual,
                          QEMUSGList *sg, MemTxAttrs attrs)
{
    return copy(sg, ptr, len, residual, DMA_DIRECTION_TO_DEVICE, attrs);
}

uint64_t dma_aligned_pow2_mask(uint64_t start, uint64_t end, int max_addr_bits)
{
    /* All three are 2^n - 1. */
    uint64_t aligned = start ? (start & -start) - 1 : UINT64_MAX;
    uint64_t max = UINT64_MAX >> (64 - max_addr_bits);
    uint64_t less = end - start; /* than the size, by one */
    uint64_t fits = less == UINT64_MAX ? less : pow2floor(less + 1) - 1;

    return MIN(MIN(aligned, max), fits);
}
