/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The split ring (virtio 1.2, section 2.7): the available ring, which the
 * driver writes, and the used ring, which the device does. Descriptors are
 * virtio-chain.c's.
 */
#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "virtio-internal.h"

#define AVAIL_FLAGS   offsetof(struct vring_avail, flags)
#define AVAIL_IDX     offsetof(struct vring_avail, idx)
#define AVAIL_RING(i) (offsetof(struct vring_avail, ring) + (i) * 2)
#define USED_FLAGS    offsetof(struct vring_used, flags)
#define USED_IDX      offsetof(struct vring_used, idx)
#define USED_RING(i)  (offsetof(struct vring_used, ring) + (i) * 8)

/* ---- numbers ------------------------------------------------------------- */

/* A cache can be smaller than its ring is now: never beyond its end. */
static uint16_t load(VirtQueue *vq, MemoryRegionCache *cache, hwaddr at)
{
    return at + 2 <= cache->len
               ? virtio_lduw_phys_cached(vq->vdev, cache, at)
               : 0;
}

static void store(VirtQueue *vq, MemoryRegionCache *cache, hwaddr at,
                  uint16_t value)
{
    if (at + 2 <= cache->len) {
        virtio_stw_phys_cached(vq->vdev, cache, at, value);
        address_space_cache_invalidate(cache, at, 2);
    }
}

uint16_t virtio_split_avail_idx(VirtQueue *vq, VRingMemoryRegionCaches *caches)
{
    if (!caches) {
        return 0;
    }
    vq->shadow_avail_idx = load(vq, &caches->avail, AVAIL_IDX);
    return vq->shadow_avail_idx;
}

uint16_t virtio_split_avail_entry(VirtQueue *vq,
                                  VRingMemoryRegionCaches *caches,
                                  unsigned int i)
{
    return caches ? load(vq, &caches->avail, AVAIL_RING(i)) : 0;
}

uint16_t virtio_split_used_idx(VirtQueue *vq, VRingMemoryRegionCaches *caches)
{
    return caches ? load(vq, &caches->used, USED_IDX) : 0;
}

static void write_used(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                       unsigned int i, const VirtUsed *used)
{
    hwaddr at = USED_RING(i);
    struct vring_used_elem e = {
        .id = virtio_tswap32(vq->vdev, used->index),
        .len = virtio_tswap32(vq->vdev, used->len),
    };

    if (at + sizeof(e) <= caches->used.len) {
        address_space_write_cached(&caches->used, at, &e, sizeof(e));
        address_space_cache_invalidate(&caches->used, at, sizeof(e));
    }
}

/* With EVENT_IDX the two rings have one number more. */
static hwaddr event_size(VirtQueue *vq)
{
    return virtio_vdev_has_feature(vq->vdev, VIRTIO_RING_F_EVENT_IDX) ? 2 : 0;
}

static hwaddr split_avail_size(VirtQueue *vq)
{
    return AVAIL_RING(vq->vring.num) + event_size(vq);
}

static hwaddr split_used_size(VirtQueue *vq)
{
    return USED_RING(vq->vring.num) + event_size(vq);
}

/* ---- what is available --------------------------------------------------- */

static bool split_empty(VirtQueue *vq, VRingMemoryRegionCaches *caches)
{
    if (vq->shadow_avail_idx != vq->last_avail_idx) {
        return false;
    }
    return virtio_split_avail_idx(vq, caches) == vq->last_avail_idx;
}

static int split_head(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                      VirtCursor at, unsigned int *head)
{
    uint16_t idx = vq->shadow_avail_idx;
    uint16_t heads;

    if (idx == at.idx) {
        idx = virtio_split_avail_idx(vq, caches);
    }
    heads = idx - at.idx;
    if (!heads) {
        return 0;
    }
    if (heads > vq->vring.num) {
        virtio_error(vq->vdev, "Guest moved used index from %u to %u", at.idx,
                     idx);
        return -1;
    }
    /* The index first, then what it promises. */
    smp_rmb();
    *head = virtio_split_avail_entry(vq, caches, at.idx % vq->vring.num);
    if (*head >= vq->vring.num) {
        virtio_error(vq->vdev, "Guest says index %u is available", *head);
        return -1;
    }
    return 1;
}

static void split_advance(VirtQueue *vq, VirtCursor *at, unsigned int ndescs)
{
    at->idx++;
}

static void split_retreat(VirtQueue *vq, VirtCursor *at, unsigned int ndescs)
{
    at->idx--;
}

static void set_avail_event(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                            uint16_t idx)
{
    if (vq->notification) {
        store(vq, &caches->used, USED_RING(vq->vring.num), idx);
    }
}

static void split_taken(VirtQueue *vq, VRingMemoryRegionCaches *caches)
{
    if (event_size(vq)) {
        set_avail_event(vq, caches, vq->last_avail_idx);
    }
}

static int split_bookmark(VirtQueue *vq)
{
    return vq->shadow_avail_idx;
}

static bool split_poll(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                       unsigned int bookmark)
{
    return virtio_split_avail_idx(vq, caches) != (uint16_t)bookmark;
}

/* ---- what is used -------------------------------------------------------- */

static void split_publish(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                          unsigned int first, unsigned int count)
{
    uint16_t old = vq->used_idx;
    uint16_t new = old + count;

    for (unsigned int i = 0; i < count; i++) {
        write_used(vq, caches, (uint16_t)(old + i) % vq->vring.num,
                   virtio_used_at(vq, first + i));
    }
    /* The elements, and the buffers, before the index. */
    smp_wmb();
    store(vq, &caches->used, USED_IDX, new);
    vq->used_idx = new;
    vq->inuse -= MIN(count, vq->inuse);
    /* Once around since the driver was told: it cannot tell any more. */
    if ((int16_t)(new - vq->signalled_used) < (uint16_t)(new - old)) {
        vq->signalled_used_valid = false;
    }
}

/* ---- notifications ------------------------------------------------------- */

static void split_set_notification(VirtQueue *vq,
                                   VRingMemoryRegionCaches *caches, bool enable)
{
    if (event_size(vq)) {
        /* Off is silence: the driver has passed the event, and none is set. */
        set_avail_event(vq, caches, virtio_split_avail_idx(vq, caches));
    } else {
        uint16_t flags = load(vq, &caches->used, USED_FLAGS);

        if (enable) {
            flags &= ~VRING_USED_F_NO_NOTIFY;
        } else {
            flags |= VRING_USED_F_NO_NOTIFY;
        }
        store(vq, &caches->used, USED_FLAGS, flags);
    }
}

static bool split_should_notify(VirtQueue *vq, VRingMemoryRegionCaches *caches)
{
    VirtIODevice *vdev = vq->vdev;
    uint16_t old = vq->signalled_used;
    bool valid = vq->signalled_used_valid;
    uint16_t event;

    /* What is used is visible before it is asked who wants to know. */
    smp_mb();
    if (virtio_vdev_has_feature(vdev, VIRTIO_F_NOTIFY_ON_EMPTY) &&
        !vq->inuse && split_empty(vq, caches)) {
        return true;
    }
    if (!event_size(vq)) {
        return !(load(vq, &caches->avail, AVAIL_FLAGS) &
                 VRING_AVAIL_F_NO_INTERRUPT);
    }
    vq->signalled_used_valid = true;
    vq->signalled_used = vq->used_idx;
    event = load(vq, &caches->avail, AVAIL_RING(vq->vring.num));
    return !valid || vring_need_event(event, vq->used_idx, old);
}

const VirtRingOps virtio_split_ops = {
    .avail_size = split_avail_size,
    .used_size = split_used_size,
    .empty = split_empty,
    .head = split_head,
    .advance = split_advance,
    .retreat = split_retreat,
    .taken = split_taken,
    .publish = split_publish,
    .set_notification = split_set_notification,
    .should_notify = split_should_notify,
    .bookmark = split_bookmark,
    .poll = split_poll,
};
