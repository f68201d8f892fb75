/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Queues as transports and the monitor see them: how many, where they lie, how
 * large they are, how far they have got.
 */
#include "qemu/osdep.h"
#include "hw/virtio/virtio-bus.h"
#include "qemu/error-report.h"
#include "standard-headers/linux/virtio_pci.h"
#include "virtio-internal.h"

/* ---- the ring's memory --------------------------------------------------- */

static void free_caches(VRingMemoryRegionCaches *caches)
{
    address_space_cache_destroy(&caches->desc);
    address_space_cache_destroy(&caches->avail);
    address_space_cache_destroy(&caches->used);
    g_free(caches);
}

static void replace_caches(VirtQueue *vq, VRingMemoryRegionCaches *caches)
{
    VRingMemoryRegionCaches *old = vq->vring.caches;

    qatomic_rcu_set(&vq->vring.caches, caches);
    if (old) {
        call_rcu(old, free_caches, rcu);
    }
}

void virtio_queue_drop_caches(VirtQueue *vq)
{
    replace_caches(vq, NULL);
}

static bool map_part(VirtIODevice *vdev, MemoryRegionCache *cache, hwaddr addr,
                     hwaddr size, bool is_write, const char *name)
{
    if (address_space_cache_init(cache, vdev->dma_as, addr, size, is_write) <
        (int64_t)size) {
        virtio_error(vdev, "Cannot map %s", name);
        return false;
    }
    return true;
}

void virtio_init_region_cache(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];
    VRing *r = &vq->vring;
    VRingMemoryRegionCaches *caches;

    if (!r->desc || !r->num) {
        replace_caches(vq, NULL);
        return;
    }
    caches = g_new0(VRingMemoryRegionCaches, 1);
    address_space_cache_init_empty(&caches->desc);
    address_space_cache_init_empty(&caches->used);
    address_space_cache_init_empty(&caches->avail);
    if (map_part(vdev, &caches->desc, r->desc,
                 virtio_queue_get_desc_size(vdev, n), virtio_queue_packed(vq),
                 "desc") &&
        map_part(vdev, &caches->used, r->used,
                 virtio_queue_get_used_size(vdev, n), true, "used") &&
        map_part(vdev, &caches->avail, r->avail,
                 virtio_queue_get_avail_size(vdev, n), false, "avail")) {
        replace_caches(vq, caches);
    } else {
        free_caches(caches);
        replace_caches(vq, NULL);
    }
}

void virtio_queue_update_rings(VirtIODevice *vdev, int n)
{
    VRing *r = &vdev->vq[n].vring;

    if (!r->num || !r->desc || !r->align) {
        return;
    }
    r->avail = r->desc + r->num * sizeof(struct vring_desc);
    r->used = vring_align(r->avail + sizeof(struct vring_avail) +
                              (r->num + 1) * sizeof(uint16_t),
                          r->align);
    virtio_init_region_cache(vdev, n);
}

void virtio_queue_set_addr(VirtIODevice *vdev, int n, hwaddr addr)
{
    if (vdev->vq[n].vring.num) {
        vdev->vq[n].vring.desc = addr;
        virtio_queue_update_rings(vdev, n);
    }
}

void virtio_queue_set_rings(VirtIODevice *vdev, int n, hwaddr desc,
                            hwaddr avail, hwaddr used)
{
    VRing *r = &vdev->vq[n].vring;

    if (r->num) {
        r->desc = desc;
        r->avail = avail;
        r->used = used;
        virtio_init_region_cache(vdev, n);
    }
}

void virtio_queue_set_align(VirtIODevice *vdev, int n, int align)
{
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qdev_get_parent_bus(DEVICE(vdev)));

    if (virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        error_report("tried to modify queue alignment for virtio-1 device");
        return;
    }
    /* Else it would not be saved. */
    assert(k->has_variable_vring_alignment);
    if (align) {
        vdev->vq[n].vring.align = align;
        virtio_queue_update_rings(vdev, n);
    }
}

hwaddr virtio_queue_get_addr(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.desc;
}

hwaddr virtio_queue_get_desc_addr(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.desc;
}

hwaddr virtio_queue_get_avail_addr(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.avail;
}

hwaddr virtio_queue_get_used_addr(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.used;
}

hwaddr virtio_queue_get_desc_size(VirtIODevice *vdev, int n)
{
    /* Of both formats. */
    return sizeof(struct vring_desc) * vdev->vq[n].vring.num;
}

hwaddr virtio_queue_get_avail_size(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];

    return virtio_ring_ops(vq)->avail_size(vq);
}

hwaddr virtio_queue_get_used_size(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];

    return virtio_ring_ops(vq)->used_size(vq);
}

bool virtio_queue_enabled_legacy(VirtIODevice *vdev, int n)
{
    return virtio_queue_get_desc_addr(vdev, n) != 0;
}

bool virtio_queue_enabled(VirtIODevice *vdev, int n)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);

    if (k->queue_enabled) {
        return k->queue_enabled(qbus->parent, n);
    }
    return virtio_queue_enabled_legacy(vdev, n);
}

/* ---- how many, how large ------------------------------------------------- */

VirtQueue *virtio_add_queue(VirtIODevice *vdev, int queue_size,
                            VirtIOHandleOutput handle_output)
{
    int n = virtio_get_num_queues(vdev);
    VirtQueue *vq = &vdev->vq[n];

    assert(n < VIRTIO_QUEUE_MAX);
    assert(queue_size > 0 && queue_size <= VIRTQUEUE_MAX_SIZE);
    /*
     * virtio-mmio has always told drivers that they may choose any size up to
     * the maximum. So it must be: a driver that takes more than the device
     * asked for would not be restored by a reset. QEMU 10.0 does the same.
     */
    vq->vring.num = VIRTQUEUE_MAX_SIZE;
    vq->vring.num_default = VIRTQUEUE_MAX_SIZE;
    vq->vring.align = VIRTIO_PCI_VRING_ALIGN;
    vq->handle_output = handle_output;
    vq->used = g_new0(VirtUsed, VIRTQUEUE_MAX_SIZE);
    return vq;
}

void virtio_delete_queue(VirtQueue *vq)
{
    vq->vring.num = 0;
    vq->vring.num_default = 0;
    vq->handle_output = NULL;
    g_free(vq->used);
    vq->used = NULL;
    vq->order_count = 0;
    replace_caches(vq, NULL);
}

void virtio_del_queue(VirtIODevice *vdev, int n)
{
    assert(n >= 0 && n < VIRTIO_QUEUE_MAX);
    virtio_delete_queue(&vdev->vq[n]);
}

/* The driver may choose a size, not whether there is a queue. */
void virtio_queue_set_num(VirtIODevice *vdev, int n, int num)
{
    VRing *r = &vdev->vq[n].vring;

    if (num >= 0 && num <= VIRTQUEUE_MAX_SIZE && !num == !r->num) {
        r->num = num;
    }
}

int virtio_queue_get_num(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.num;
}

int virtio_queue_get_max_num(VirtIODevice *vdev, int n)
{
    return vdev->vq[n].vring.num_default;
}

int virtio_get_num_queues(VirtIODevice *vdev)
{
    int n = 0;

    while (n < VIRTIO_QUEUE_MAX && vdev->vq[n].vring.num) {
        n++;
    }
    return n;
}

VirtQueue *virtio_get_queue(VirtIODevice *vdev, int n)
{
    return &vdev->vq[n];
}

uint16_t virtio_get_queue_index(VirtQueue *vq)
{
    return vq->queue_index;
}

/* ---- reset --------------------------------------------------------------- */

void virtio_queue_clear(VirtQueue *vq)
{
    VRing *r = &vq->vring;

    r->desc = r->avail = r->used = 0;
    r->num = r->num_default;
    vq->last_avail_idx = vq->shadow_avail_idx = vq->used_idx = 0;
    vq->last_avail_wrap_counter = true;
    vq->shadow_avail_wrap_counter = true;
    vq->used_wrap_counter = true;
    vq->signalled_used = 0;
    vq->signalled_used_valid = false;
    vq->notification = true;
    vq->inuse = 0;
    vq->order_first = vq->order_count = 0;
    virtio_queue_set_vector(vq->vdev, vq->queue_index, VIRTIO_NO_VECTOR);
    replace_caches(vq, NULL);
}

void virtio_queue_reset(VirtIODevice *vdev, uint32_t queue_index)
{
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    if (k->queue_reset) {
        k->queue_reset(vdev, queue_index);
    }
    virtio_queue_clear(&vdev->vq[queue_index]);
}

void virtio_queue_enable(VirtIODevice *vdev, uint32_t queue_index)
{
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    if (k->queue_enable) {
        k->queue_enable(vdev, queue_index);
    }
}

/* ---- vectors ------------------------------------------------------------- */

uint16_t virtio_queue_vector(VirtIODevice *vdev, int n)
{
    return n < VIRTIO_QUEUE_MAX ? vdev->vq[n].vector : VIRTIO_NO_VECTOR;
}

void virtio_queue_set_vector(VirtIODevice *vdev, int n, uint16_t vector)
{
    VirtQueue *vq = &vdev->vq[n];

    if (n >= VIRTIO_QUEUE_MAX) {
        return;
    }
    if (vdev->vector_queues && vq->vector != VIRTIO_NO_VECTOR) {
        QLIST_REMOVE(vq, node);
    }
    vq->vector = vector;
    if (vdev->vector_queues && vector != VIRTIO_NO_VECTOR) {
        QLIST_INSERT_HEAD(&vdev->vector_queues[vector], vq, node);
    }
}

VirtQueue *virtio_vector_first_queue(VirtIODevice *vdev, uint16_t vector)
{
    return QLIST_FIRST(&vdev->vector_queues[vector]);
}

VirtQueue *virtio_vector_next_queue(VirtQueue *vq)
{
    return QLIST_NEXT(vq, node);
}

/* ---- in order ------------------------------------------------------------ */

void virtio_order_popped(VirtQueue *vq, unsigned int index, unsigned int ndescs)
{
    if (vq->order_count < VIRTQUEUE_MAX_SIZE) {
        *virtio_used_at(vq, vq->order_first + vq->order_count++) = (VirtUsed) {
            .index = index,
            .ndescs = ndescs,
        };
    }
}

/* Packed: the chains between what is used and what is available. */
static void restore_packed(VirtQueue *vq, VRingMemoryRegionCaches *caches)
{
    VirtCursor at = { vq->used_idx, vq->used_wrap_counter };
    unsigned int left = vq->inuse;

    while (left) {
        VirtChain c;
        VirtDesc d;
        int more;

        virtio_chain_begin(&c, vq, caches, at.idx);
        do {
            more = virtio_chain_next(&c, &d);
        } while (more > 0);
        virtio_chain_end(&c);
        if (more < 0 || c.ndescs > left) {
            return;
        }
        virtio_order_popped(vq, c.index, c.ndescs);
        virtio_packed_ops.advance(vq, &at, c.ndescs);
        left -= c.ndescs;
    }
}

void virtio_order_restore(VirtQueue *vq)
{
    VRingMemoryRegionCaches *caches = virtio_queue_caches(vq);

    vq->order_first = vq->order_count = 0;
    if (!caches || !virtio_queue_in_order(vq)) {
        return;
    }
    if (virtio_queue_packed(vq)) {
        restore_packed(vq, caches);
        return;
    }
    for (uint16_t i = vq->used_idx; i != vq->last_avail_idx; i++) {
        unsigned int at = i % vq->vring.num;

        virtio_order_popped(vq, virtio_split_avail_entry(vq, caches, at), 1);
    }
}

/* ---- how far it has got -------------------------------------------------- */

int virtio_queue_ready(VirtQueue *vq)
{
    return vq->vring.avail != 0;
}

int virtio_queue_empty(VirtQueue *vq)
{
    VRingMemoryRegionCaches *caches;

    if (virtio_device_disabled(vq->vdev)) {
        return 1;
    }
    RCU_READ_LOCK_GUARD();
    caches = virtio_queue_caches(vq);
    return !caches || virtio_ring_ops(vq)->empty(vq, caches);
}

bool virtio_queue_get_notification(VirtQueue *vq)
{
    return vq->notification;
}

void virtio_queue_set_notification(VirtQueue *vq, int enable)
{
    VRingMemoryRegionCaches *caches;

    vq->notification = enable;
    RCU_READ_LOCK_GUARD();
    caches = virtio_queue_caches(vq);
    if (!caches) {
        return;
    }
    virtio_ring_ops(vq)->set_notification(vq, caches, enable);
    if (enable) {
        /* What the driver will see, before the caller looks for more. */
        smp_mb();
    }
}

bool virtio_queue_enable_notification_and_check(VirtQueue *vq, int opaque)
{
    VRingMemoryRegionCaches *caches;

    virtio_queue_set_notification(vq, 1);
    if (opaque < 0 || virtio_device_disabled(vq->vdev)) {
        return false;
    }
    RCU_READ_LOCK_GUARD();
    caches = virtio_queue_caches(vq);
    return caches && virtio_ring_ops(vq)->poll(vq, caches, opaque);
}

void virtio_queue_set_shadow_avail_idx(VirtQueue *vq, uint16_t idx)
{
    /* Packed rings tell by their descriptors; a number is no news. */
    if (vq->vring.desc && !virtio_queue_packed(vq)) {
        vq->shadow_avail_idx = idx;
    }
}

unsigned int virtio_queue_get_last_avail_idx(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];

    if (!virtio_queue_packed(vq)) {
        return vq->last_avail_idx;
    }
    return vq->last_avail_idx | vq->last_avail_wrap_counter << 15 |
           (unsigned int)vq->used_idx << 16 |
           (unsigned int)vq->used_wrap_counter << 31;
}

void virtio_queue_set_last_avail_idx(VirtIODevice *vdev, int n,
                                     unsigned int idx)
{
    VirtQueue *vq = &vdev->vq[n];

    if (virtio_queue_packed(vq)) {
        vq->last_avail_wrap_counter = idx >> 15 & 1;
        vq->used_idx = idx >> 16 & 0x7fff;
        vq->used_wrap_counter = idx >> 31;
        idx &= 0x7fff;
    }
    vq->last_avail_idx = vq->shadow_avail_idx = idx;
    vq->shadow_avail_wrap_counter = vq->last_avail_wrap_counter;
}

void virtio_queue_restore_last_avail_idx(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];

    RCU_READ_LOCK_GUARD();
    if (vq->vring.desc && !virtio_queue_packed(vq)) {
        vq->last_avail_idx =
            virtio_split_used_idx(vq, virtio_queue_caches(vq));
        vq->shadow_avail_idx = vq->last_avail_idx;
    }
}

void virtio_queue_update_used_idx(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];

    RCU_READ_LOCK_GUARD();
    if (vq->vring.desc && !virtio_queue_packed(vq)) {
        vq->used_idx = virtio_split_used_idx(vq, virtio_queue_caches(vq));
    }
}

void virtio_queue_invalidate_signalled_used(VirtIODevice *vdev, int n)
{
    vdev->vq[n].signalled_used_valid = false;
}
