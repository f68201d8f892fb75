/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chains of descriptors, as a driver wrote them: the one place that follows
 * what a guest says about where to read next.
 *
 * A chain is some descriptors of the ring, linked by numbers (split) or lying
 * side by side (packed), of which the last may name a table elsewhere that has
 * the rest (virtio 1.2, 2.7.5.3 and 2.8.7). It ends: no more descriptors are
 * read than the ring or the table has, and of a table not more than a queue
 * can have, which is what a driver is held to (2.7.5.3.1).
 */
#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "virtio-internal.h"

QEMU_BUILD_BUG_ON(sizeof(struct vring_desc) != 16);
QEMU_BUILD_BUG_ON(sizeof(struct vring_packed_desc) != 16);

#define DESC_SIZE sizeof(struct vring_desc)

void virtio_read_desc(VirtQueue *vq, MemoryRegionCache *from, unsigned int i,
                      VirtDesc *d)
{
    VirtIODevice *vdev = vq->vdev;
    union {
        struct vring_desc split;
        struct vring_packed_desc packed;
    } raw;

    /* What cannot be read is an empty descriptor, which is refused. */
    memset(&raw, 0, sizeof(raw));
    address_space_read_cached(from, i * DESC_SIZE, &raw, sizeof(raw));
    if (virtio_queue_packed(vq)) {
        d->addr = virtio_tswap64(vdev, raw.packed.addr);
        d->len = virtio_tswap32(vdev, raw.packed.len);
        d->link = virtio_tswap16(vdev, raw.packed.id);
        d->flags = virtio_tswap16(vdev, raw.packed.flags);
    } else {
        d->addr = virtio_tswap64(vdev, raw.split.addr);
        d->len = virtio_tswap32(vdev, raw.split.len);
        d->link = virtio_tswap16(vdev, raw.split.next);
        d->flags = virtio_tswap16(vdev, raw.split.flags);
    }
}

void virtio_chain_begin(VirtChain *c, VirtQueue *vq,
                        VRingMemoryRegionCaches *caches, unsigned int head)
{
    *c = (VirtChain) {
        .vq = vq,
        .packed = virtio_queue_packed(vq),
        .more = true,
        .from = &caches->desc,
        .size = vq->vring.num,
        .next = head,
        .index = head,
    };
    address_space_cache_init_empty(&c->table);
}

void virtio_chain_end(VirtChain *c)
{
    address_space_cache_destroy(&c->table);
}

/* What follows comes from the table that @d names. */
static bool enter_table(VirtChain *c, const VirtDesc *d)
{
    VirtIODevice *vdev = c->vq->vdev;

    if (c->in_table) {
        virtio_error(vdev, "Indirect buffer table in an indirect buffer table");
        return false;
    }
    if (!d->len || d->len % DESC_SIZE) {
        virtio_error(vdev, "Invalid size for indirect buffer table");
        return false;
    }
    if (address_space_cache_init(&c->table, vdev->dma_as, d->addr, d->len,
                                 false) < d->len) {
        virtio_error(vdev, "Cannot map indirect buffer");
        return false;
    }
    c->in_table = true;
    c->from = &c->table;
    c->size = d->len / DESC_SIZE;
    c->next = 0;
    c->seen = 0;
    return true;
}

/* Where the descriptor after @d is. */
static bool find_next(VirtChain *c, const VirtDesc *d)
{
    if (c->packed && c->in_table) {
        /* All of the table belongs to the chain. */
        c->more = ++c->next < c->size;
        return true;
    }
    c->more = d->flags & VRING_DESC_F_NEXT;
    if (!c->more) {
        return true;
    }
    if (c->packed) {
        c->next = c->next + 1 == c->size ? 0 : c->next + 1;
        return true;
    }
    c->next = d->link;
    if (c->next >= c->size) {
        virtio_error(c->vq->vdev, "Desc next is %u", c->next);
        return false;
    }
    return true;
}

/* A descriptor of the ring belongs to the chain. */
static void count_desc(VirtChain *c, const VirtDesc *d)
{
    if (c->packed) {
        /* The id is in the last one (2.8.6). */
        c->ndescs++;
        c->index = d->link;
    } else {
        c->ndescs = 1;
    }
}

int virtio_chain_next(VirtChain *c, VirtDesc *d)
{
    while (c->more) {
        if (c->seen == MIN(c->size, VIRTQUEUE_MAX_SIZE)) {
            virtio_error(c->vq->vdev, "Looped descriptor");
            return -1;
        }
        c->seen++;
        virtio_read_desc(c->vq, c->from, c->next, d);
        if (!c->in_table) {
            count_desc(c, d);
        }
        if (!(d->flags & VRING_DESC_F_INDIRECT)) {
            return find_next(c, d) ? 1 : -1;
        }
        if (!enter_table(c, d)) {
            return -1;
        }
    }
    return 0;
}
