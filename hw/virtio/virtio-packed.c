/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packed ring (virtio 1.2, section 2.8): one ring of descriptors. Each
 * side has a wrap counter, a bit that flips when it passes the end; a
 * descriptor is available when its AVAIL bit is the driver's counter and its
 * USED bit is not, and used when both are the device's.
 */
#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "virtio-internal.h"

#define DESC_SIZE  sizeof(struct vring_packed_desc)
#define DESC_FLAGS offsetof(struct vring_packed_desc, flags)
#define OFF_WRAP   offsetof(struct vring_packed_desc_event, off_wrap)
#define FLAGS      offsetof(struct vring_packed_desc_event, flags)

#define F_AVAIL (1u << VRING_PACKED_DESC_F_AVAIL)
#define F_USED  (1u << VRING_PACKED_DESC_F_USED)

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

static hwaddr packed_event_size(VirtQueue *vq)
{
    return sizeof(struct vring_packed_desc_event);
}

/* ---- what is available --------------------------------------------------- */

static bool available(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                      VirtCursor at)
{
    uint16_t flags;

    if (!caches) {
        return false;
    }
    flags = load(vq, &caches->desc, at.idx * DESC_SIZE + DESC_FLAGS);
    return !!(flags & F_AVAIL) == at.wrap && !!(flags & F_USED) != at.wrap;
}

static VirtCursor last_avail(VirtQueue *vq)
{
    return (VirtCursor) { vq->last_avail_idx, vq->last_avail_wrap_counter };
}

static bool packed_empty(VirtQueue *vq, VRingMemoryRegionCaches *caches)
{
    return !available(vq, caches, last_avail(vq));
}

static int packed_head(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                       VirtCursor at, unsigned int *head)
{
    /* The driver may make the ring smaller than what we are at. */
    if (at.idx >= vq->vring.num) {
        virtio_error(vq->vdev, "Guest says index %u is available", at.idx);
        return -1;
    }
    if (!available(vq, caches, at)) {
        return 0;
    }
    /* The flags first, then the rest. */
    smp_rmb();
    *head = at.idx;
    return 1;
}

static void packed_advance(VirtQueue *vq, VirtCursor *at, unsigned int ndescs)
{
    unsigned int idx = at->idx + ndescs;

    if (idx >= vq->vring.num) {
        idx -= vq->vring.num;
        at->wrap = !at->wrap;
    }
    at->idx = idx;
}

static void packed_retreat(VirtQueue *vq, VirtCursor *at, unsigned int ndescs)
{
    unsigned int idx = at->idx;

    if (idx < ndescs) {
        idx += vq->vring.num;
        at->wrap = !at->wrap;
    }
    at->idx = idx - ndescs;
}

static void packed_taken(VirtQueue *vq, VRingMemoryRegionCaches *caches)
{
    vq->shadow_avail_idx = vq->last_avail_idx;
    vq->shadow_avail_wrap_counter = vq->last_avail_wrap_counter;
    if (virtio_vdev_has_feature(vq->vdev, VIRTIO_RING_F_EVENT_IDX) &&
        vq->notification) {
        virtio_packed_ops.set_notification(vq, caches, true);
    }
}

static int packed_bookmark(VirtQueue *vq)
{
    return vq->shadow_avail_idx | vq->shadow_avail_wrap_counter << 15;
}

static bool packed_poll(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                        unsigned int bookmark)
{
    VirtCursor at = { bookmark & 0x7fff, bookmark >> 15 & 1 };

    return at.idx < vq->vring.num && available(vq, caches, at);
}

/* ---- what is used -------------------------------------------------------- */

static void write_used(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                       VirtCursor at, const VirtUsed *used)
{
    VirtIODevice *vdev = vq->vdev;
    hwaddr to = at.idx * DESC_SIZE;
    uint16_t flags = at.wrap ? F_AVAIL | F_USED : 0;
    struct {
        uint32_t len;
        uint16_t id;
    } QEMU_PACKED e = {
        .len = virtio_tswap32(vdev, used->len),
        .id = virtio_tswap16(vdev, used->index),
    };

    if (to + DESC_SIZE > caches->desc.len) {
        return;
    }
    to += offsetof(struct vring_packed_desc, len);
    address_space_write_cached(&caches->desc, to, &e, sizeof(e));
    address_space_cache_invalidate(&caches->desc, to, sizeof(e));
    /* The flags last: they are what the driver looks at. */
    smp_wmb();
    store(vq, &caches->desc, at.idx * DESC_SIZE + DESC_FLAGS, flags);
}

static void packed_publish(VirtQueue *vq, VRingMemoryRegionCaches *caches,
                           unsigned int first, unsigned int count)
{
    VirtCursor start = { vq->used_idx, vq->used_wrap_counter };
    VirtCursor at = start;
    unsigned int ndescs = 0;

    /* The first one comes last, for the driver reads from there on. */
    for (unsigned int i = 0; i < count; i++) {
        const VirtUsed *used = virtio_used_at(vq, first + i);

        if (i) {
            write_used(vq, caches, at, used);
        }
        packed_advance(vq, &at, used->ndescs);
        ndescs += used->ndescs;
    }
    smp_wmb();
    write_used(vq, caches, start, virtio_used_at(vq, first));

    vq->inuse -= MIN(ndescs, vq->inuse);
    vq->used_idx = at.idx;
    if (at.wrap != vq->used_wrap_counter) {
        vq->used_wrap_counter = at.wrap;
        vq->signalled_used_valid = false;
    }
}

/* ---- notifications ------------------------------------------------------- */

static void packed_set_notification(VirtQueue *vq,
                                    VRingMemoryRegionCaches *caches,
                                    bool enable)
{
    uint16_t flags = VRING_PACKED_EVENT_FLAG_DISABLE;

    if (enable &&
        virtio_vdev_has_feature(vq->vdev, VIRTIO_RING_F_EVENT_IDX)) {
        store(vq, &caches->used, OFF_WRAP, packed_bookmark(vq));
        smp_wmb();
        flags = VRING_PACKED_EVENT_FLAG_DESC;
    } else if (enable) {
        flags = VRING_PACKED_EVENT_FLAG_ENABLE;
    }
    store(vq, &caches->used, FLAGS, flags);
}

static bool packed_should_notify(VirtQueue *vq,
                                 VRingMemoryRegionCaches *caches)
{
    uint16_t old = vq->signalled_used;
    bool valid = vq->signalled_used_valid;
    uint16_t flags, off_wrap;
    int event;

    smp_mb();
    flags = load(vq, &caches->avail, FLAGS);
    vq->signalled_used = vq->used_idx;
    vq->signalled_used_valid = true;
    if (flags == VRING_PACKED_EVENT_FLAG_DISABLE) {
        return false;
    }
    if (flags == VRING_PACKED_EVENT_FLAG_ENABLE || !valid) {
        return true;
    }
    smp_rmb();
    off_wrap = load(vq, &caches->avail, OFF_WRAP);
    event = off_wrap & 0x7fff;
    /* Of the round before: as far behind the start of this one. */
    if (off_wrap >> 15 != vq->used_wrap_counter) {
        event -= vq->vring.num;
    }
    return vring_need_event(event, vq->used_idx, old);
}

const VirtRingOps virtio_packed_ops = {
    .avail_size = packed_event_size,
    .used_size = packed_event_size,
    .empty = packed_empty,
    .head = packed_head,
    .advance = packed_advance,
    .retreat = packed_retreat,
    .taken = packed_taken,
    .publish = packed_publish,
    .set_notification = packed_set_notification,
    .should_notify = packed_should_notify,
    .bookmark = packed_bookmark,
    .poll = packed_poll,
};
