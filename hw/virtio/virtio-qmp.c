/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queries about virtio devices and their queues: x-query-virtio*. */
#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-virtio.h"
#include "qapi/util.h"
#include "virtio-internal.h"
#include "virtio-qmp.h"

/* ---- devices ------------------------------------------------------------- */

static int add_info(Object *child, void *opaque)
{
    VirtioInfoList **list = opaque;
    Object *dev = object_dynamic_cast(child, TYPE_VIRTIO_DEVICE);

    if (dev && DEVICE(dev)->realized) {
        VirtioInfo *info = g_new0(VirtioInfo, 1);

        info->path = object_get_canonical_path(dev);
        info->name = g_strdup(VIRTIO_DEVICE(dev)->name);
        QAPI_LIST_PREPEND(*list, info);
    }
    return 0;
}

VirtioInfoList *qmp_x_query_virtio(Error **errp)
{
    VirtioInfoList *list = NULL;

    object_child_foreach_recursive(object_get_root(), add_info, &list);
    if (!list) {
        error_setg(errp, "No virtio devices found");
    }
    return list;
}

VirtIODevice *qmp_find_virtio_device(const char *path)
{
    Object *obj = object_resolve_path(path, NULL);
    Object *dev = obj ? object_dynamic_cast(obj, TYPE_VIRTIO_DEVICE) : NULL;

    return dev && DEVICE(dev)->realized ? VIRTIO_DEVICE(dev) : NULL;
}

static const char *endian_name(VirtIODevice *vdev)
{
    switch (vdev->device_endian) {
    case VIRTIO_DEVICE_ENDIAN_LITTLE:
        return "little";
    case VIRTIO_DEVICE_ENDIAN_BIG:
        return "big";
    default:
        return "unknown";
    }
}

VirtioStatus *qmp_x_query_virtio_status(const char *path, Error **errp)
{
    VirtIODevice *vdev = qmp_find_virtio_device(path);
    VirtioStatus *s;

    if (!vdev) {
        error_setg(errp, "Path %s is not a realized VirtIODevice", path);
        return NULL;
    }
    s = g_new0(VirtioStatus, 1);
    s->name = g_strdup(vdev->name);
    s->device_id = vdev->device_id;
    s->vhost_started = vdev->vhost_started;
    s->device_endian = g_strdup(endian_name(vdev));
    s->guest_features =
        qmp_decode_features(vdev->device_id, vdev->guest_features);
    s->host_features =
        qmp_decode_features(vdev->device_id, vdev->host_features);
    s->backend_features =
        qmp_decode_features(vdev->device_id, vdev->backend_features);
    s->num_vqs = virtio_get_num_queues(vdev);
    s->status = qmp_decode_status(vdev->status);
    s->isr = vdev->isr;
    s->queue_sel = vdev->queue_sel;
    s->vm_running = vdev->vm_running;
    s->broken = vdev->broken;
    s->disabled = vdev->disabled;
    s->use_started = vdev->use_started;
    s->started = vdev->started;
    s->start_on_kick = vdev->start_on_kick;
    s->disable_legacy_check = vdev->disable_legacy_check;
    s->bus_name = g_strdup(vdev->bus_name);
    s->use_guest_notifier_mask = vdev->use_guest_notifier_mask;
    return s;
}

/* ---- queues -------------------------------------------------------------- */

static VirtQueue *find_queue(const char *path, uint16_t queue, const char *kind,
                             Error **errp)
{
    VirtIODevice *vdev = qmp_find_virtio_device(path);

    if (!vdev) {
        error_setg(errp, "Path %s is not a %s", path, kind);
        return NULL;
    }
    if (queue >= VIRTIO_QUEUE_MAX || !virtio_queue_get_num(vdev, queue)) {
        error_setg(errp, "Invalid virtqueue number %d", queue);
        return NULL;
    }
    return &vdev->vq[queue];
}

VirtQueueStatus *qmp_x_query_virtio_queue_status(const char *path,
                                                 uint16_t queue, Error **errp)
{
    VirtQueue *vq = find_queue(path, queue, "VirtIODevice", errp);
    VirtQueueStatus *s;

    if (!vq) {
        return NULL;
    }
    s = g_new0(VirtQueueStatus, 1);
    s->name = g_strdup(vq->vdev->name);
    s->queue_index = vq->queue_index;
    s->inuse = vq->inuse;
    s->vring_num = vq->vring.num;
    s->vring_num_default = vq->vring.num_default;
    s->vring_align = vq->vring.align;
    s->vring_desc = vq->vring.desc;
    s->vring_avail = vq->vring.avail;
    s->vring_used = vq->vring.used;
    s->used_idx = vq->used_idx;
    s->signalled_used = vq->signalled_used;
    s->signalled_used_valid = vq->signalled_used_valid;
    /* With vhost these are where we cannot see them. */
    s->has_last_avail_idx = s->has_shadow_avail_idx = !vq->vdev->vhost_started;
    s->last_avail_idx = vq->last_avail_idx;
    s->shadow_avail_idx = vq->shadow_avail_idx;
    return s;
}

VirtVhostQueueStatus *qmp_x_query_virtio_vhost_queue_status(const char *path,
                                                            uint16_t queue,
                                                            Error **errp)
{
    if (!qmp_find_virtio_device(path)) {
        error_setg(errp, "Path %s is not a VirtIODevice", path);
    } else {
        /* No device has a vhost backend yet. */
        error_setg(errp, "Error: vhost device has not started yet");
    }
    return NULL;
}

/* ---- an entry of the available ring -------------------------------------- */

static strList *desc_flags(uint16_t flags)
{
    static const char *const name[16] = {
        [0] = "next",
        [1] = "write",
        [2] = "indirect",
        [VRING_PACKED_DESC_F_AVAIL] = "avail",
        [VRING_PACKED_DESC_F_USED] = "used",
    };
    strList *list = NULL;

    for (int i = 0; i < ARRAY_SIZE(name); i++) {
        if (name[i] && flags >> i & 1) {
            QAPI_LIST_PREPEND(list, g_strdup(name[i]));
        }
    }
    return list;
}

/*
 * The chain from @head on, or the table that is there instead. What a driver
 * has written may be nonsense, which must not break the device: this walk says
 * nothing, and stops.
 */
static VirtioRingDescList *chain_descs(VirtQueue *vq,
                                       VRingMemoryRegionCaches *caches,
                                       unsigned int head, Error **errp)
{
    MemoryRegionCache table, *from = &caches->desc;
    unsigned int max = vq->vring.num, at = head;
    VirtioRingDescList *list = NULL;
    VirtDesc d;

    address_space_cache_init_empty(&table);
    virtio_read_desc(vq, from, at, &d);
    if (d.flags & VRING_DESC_F_INDIRECT) {
        max = d.len / sizeof(struct vring_desc);
        at = 0;
        if (!max || address_space_cache_init(&table, vq->vdev->dma_as, d.addr,
                                             d.len, false) < d.len) {
            error_setg(errp, "Cannot map indirect buffer");
            goto out;
        }
        from = &table;
        virtio_read_desc(vq, from, at, &d);
    }
    for (unsigned int n = 0; n < MIN(max, VIRTQUEUE_MAX_SIZE); n++) {
        VirtioRingDesc *desc = g_new0(VirtioRingDesc, 1);

        desc->addr = d.addr;
        desc->len = d.len;
        desc->flags = desc_flags(d.flags);
        QAPI_LIST_PREPEND(list, desc);
        if (!(d.flags & VRING_DESC_F_NEXT) || d.link >= max) {
            break;
        }
        virtio_read_desc(vq, from, d.link, &d);
    }
out:
    address_space_cache_destroy(&table);
    return list;
}

VirtioQueueElement *
qmp_x_query_virtio_queue_element(const char *path, uint16_t queue,
                                 bool has_index, uint16_t index, Error **errp)
{
    VirtQueue *vq = find_queue(path, queue, "VirtIO device", errp);
    VRingMemoryRegionCaches *caches;
    VirtioRingDescList *descs;
    VirtioQueueElement *e;
    unsigned int head;

    if (!vq) {
        return NULL;
    }
    if (virtio_queue_packed(vq)) {
        error_setg(errp, "Packed ring not supported");
        return NULL;
    }
    RCU_READ_LOCK_GUARD();
    caches = virtio_queue_caches(vq);
    if (!caches) {
        error_setg(errp, "Region caches not initialized");
        return NULL;
    }
    head = virtio_split_avail_entry(
        vq, caches, (has_index ? index : vq->last_avail_idx) % vq->vring.num);
    if (caches->desc.len < vq->vring.num * sizeof(struct vring_desc) ||
        head >= vq->vring.num) {
        error_setg(errp, "Cannot map descriptor ring");
        return NULL;
    }
    descs = chain_descs(vq, caches, head, errp);
    if (!descs) {
        return NULL;
    }
    e = g_new0(VirtioQueueElement, 1);
    e->name = g_strdup(vq->vdev->name);
    e->index = head;
    e->descs = descs;
    e->avail = g_new0(VirtioRingAvail, 1);
    e->avail->flags = virtio_lduw_phys_cached(vq->vdev, &caches->avail, 0);
    e->avail->idx = virtio_lduw_phys_cached(vq->vdev, &caches->avail, 2);
    e->avail->ring = head;
    e->used = g_new0(VirtioRingUsed, 1);
    e->used->flags = virtio_lduw_phys_cached(vq->vdev, &caches->used, 0);
    e->used->idx = virtio_split_used_idx(vq, caches);
    return e;
}
