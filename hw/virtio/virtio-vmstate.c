/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a virtio device in a stream, as QEMU has it: what the transport
 * needs, the core, the queues, the device, then everything that came after
 * virtio 0.9 in subsections, which tell for themselves whether they are there.
 *
 * A stream may be hostile: what is loaded is checked before it is used.
 */
#include "qemu/osdep.h"
#include "hw/virtio/virtio-bus.h"
#include "migration/qemu-file-types.h"
#include "qemu/error-report.h"
#include "virtio-internal.h"

/* ---- subsections --------------------------------------------------------- */

static bool device_endian_needed(void *opaque)
{
    VirtIODevice *vdev = opaque;

    if (virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        return vdev->device_endian != VIRTIO_DEVICE_ENDIAN_LITTLE;
    }
    return vdev->device_endian != virtio_default_endian();
}

static bool features64_needed(void *opaque)
{
    VirtIODevice *vdev = opaque;

    return vdev->host_features >> 32;
}

static bool virtqueues_needed(void *opaque)
{
    return virtio_host_has_feature(opaque, VIRTIO_F_VERSION_1);
}

static bool packed_virtqueues_needed(void *opaque)
{
    return virtio_host_has_feature(opaque, VIRTIO_F_RING_PACKED);
}

static bool ringsize_needed(void *opaque)
{
    VirtIODevice *vdev = opaque;

    for (int n = 0; n < VIRTIO_QUEUE_MAX; n++) {
        if (vdev->vq[n].vring.num != vdev->vq[n].vring.num_default) {
            return true;
        }
    }
    return false;
}

static bool broken_needed(void *opaque)
{
    VirtIODevice *vdev = opaque;

    return vdev->broken;
}

static bool started_needed(void *opaque)
{
    VirtIODevice *vdev = opaque;

    return vdev->started;
}

static bool disabled_needed(void *opaque)
{
    VirtIODevice *vdev = opaque;

    return vdev->disabled;
}

static bool extra_state_needed(void *opaque)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(opaque));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);

    return k->has_extra_state && k->has_extra_state(qbus->parent);
}

static int extra_state_get(QEMUFile *f, void *pv, size_t size,
                           const VMStateField *field)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(pv));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);

    return k->load_extra_state ? k->load_extra_state(qbus->parent, f) : -1;
}

static int extra_state_put(QEMUFile *f, void *pv, size_t size,
                           const VMStateField *field, JSONWriter *vmdesc)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(pv));

    VIRTIO_BUS_GET_CLASS(qbus)->save_extra_state(qbus->parent, f);
    return 0;
}

static const VMStateInfo extra_state_info = {
    .name = "virtqueue_extra_state",
    .get = extra_state_get,
    .put = extra_state_put,
};

#define DESCRIPTION(_name, _needed, ...)                                       \
    {                                                                          \
        .name = _name, .version_id = 1, .minimum_version_id = 1,               \
        .needed = _needed,                                                     \
        .fields =                                                              \
            (const VMStateField[]){ __VA_ARGS__, VMSTATE_END_OF_LIST() },      \
    }

/* Of all queues, with the description @_vmsd. */
#define ALL_QUEUES(_vmsd)                                                      \
    VMSTATE_STRUCT_VARRAY_POINTER_KNOWN(vq, VirtIODevice, VIRTIO_QUEUE_MAX, 0, \
                                        _vmsd, VirtQueue)

static const VMStateDescription vmstate_virtqueue =
    DESCRIPTION("virtqueue_state", NULL, VMSTATE_UINT64(vring.avail, VirtQueue),
                VMSTATE_UINT64(vring.used, VirtQueue));

static const VMStateDescription vmstate_packed_virtqueue = DESCRIPTION(
    "packed_virtqueue_state", NULL, VMSTATE_UINT16(last_avail_idx, VirtQueue),
    VMSTATE_BOOL(last_avail_wrap_counter, VirtQueue),
    VMSTATE_UINT16(used_idx, VirtQueue),
    VMSTATE_BOOL(used_wrap_counter, VirtQueue),
    VMSTATE_UINT32(inuse, VirtQueue));

static const VMStateDescription vmstate_ringsize = DESCRIPTION(
    "ringsize_state", NULL, VMSTATE_UINT32(vring.num_default, VirtQueue));

static const VMStateDescription vmstate_device_endian =
    DESCRIPTION("virtio/device_endian", device_endian_needed,
                VMSTATE_UINT8(device_endian, VirtIODevice));

static const VMStateDescription vmstate_64bit_features =
    DESCRIPTION("virtio/64bit_features", features64_needed,
                VMSTATE_UINT64(guest_features, VirtIODevice));

static const VMStateDescription vmstate_virtqueues = DESCRIPTION(
    "virtio/virtqueues", virtqueues_needed, ALL_QUEUES(vmstate_virtqueue));

static const VMStateDescription vmstate_virtio_ringsize = DESCRIPTION(
    "virtio/ringsize", ringsize_needed, ALL_QUEUES(vmstate_ringsize));

static const VMStateDescription vmstate_broken = DESCRIPTION(
    "virtio/broken", broken_needed, VMSTATE_BOOL(broken, VirtIODevice));

static const VMStateDescription vmstate_extra_state =
    DESCRIPTION("virtio/extra_state", extra_state_needed,
                {
                    .name = "extra_state",
                    .info = &extra_state_info,
                    .flags = VMS_SINGLE,
                });

static const VMStateDescription vmstate_started = DESCRIPTION(
    "virtio/started", started_needed, VMSTATE_BOOL(started, VirtIODevice));

static const VMStateDescription vmstate_packed_virtqueues =
    DESCRIPTION("virtio/packed_virtqueues", packed_virtqueues_needed,
                ALL_QUEUES(vmstate_packed_virtqueue));

static const VMStateDescription vmstate_disabled = DESCRIPTION(
    "virtio/disabled", disabled_needed, VMSTATE_BOOL(disabled, VirtIODevice));

static const VMStateDescription vmstate_virtio = {
    .name = "virtio",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]){ VMSTATE_END_OF_LIST() },
    .subsections =
        (const VMStateDescription *const[]){
            &vmstate_device_endian, &vmstate_64bit_features,
            &vmstate_virtqueues, &vmstate_virtio_ringsize, &vmstate_broken,
            &vmstate_extra_state, &vmstate_started, &vmstate_packed_virtqueues,
            &vmstate_disabled, NULL },
};

/* ---- saving -------------------------------------------------------------- */

static void save_queues(VirtIODevice *vdev, QEMUFile *f)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);
    int num = virtio_get_num_queues(vdev);

    qemu_put_be32(f, num);
    for (int n = 0; n < num; n++) {
        VirtQueue *vq = &vdev->vq[n];

        qemu_put_be32(f, vq->vring.num);
        if (k->has_variable_vring_alignment) {
            qemu_put_be32(f, vq->vring.align);
        }
        qemu_put_be64(f, vq->vring.desc);
        qemu_put_be16(f, vq->last_avail_idx);
        if (k->save_queue) {
            k->save_queue(qbus->parent, n, f);
        }
    }
}

int virtio_save(VirtIODevice *vdev, QEMUFile *f)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
    int ret;

    if (k->save_config) {
        k->save_config(qbus->parent, f);
    }
    qemu_put_byte(f, vdev->status);
    qemu_put_byte(f, vdev->isr);
    qemu_put_be16(f, vdev->queue_sel);
    qemu_put_be32(f, vdev->guest_features);
    qemu_put_be32(f, vdev->config_len);
    qemu_put_buffer(f, vdev->config, vdev->config_len);
    save_queues(vdev, f);
    if (vdc->save) {
        vdc->save(vdev, f);
    }
    if (vdc->vmsd) {
        ret = vmstate_save_state(f, vdc->vmsd, vdev, NULL);
        if (ret) {
            return ret;
        }
    }
    return vmstate_save_state(f, &vmstate_virtio, vdev, NULL);
}

/* ---- loading ------------------------------------------------------------- */

/* A configuration of another size: what there is room for. */
static int load_config(VirtIODevice *vdev, QEMUFile *f)
{
    uint32_t len = qemu_get_be32(f);

    qemu_get_buffer(f, vdev->config, MIN(len, vdev->config_len));
    for (uint32_t i = vdev->config_len; i < len; i++) {
        if (qemu_file_get_error(f)) {
            return -EIO;
        }
        qemu_get_byte(f);
    }
    return 0;
}

static int load_queue(VirtIODevice *vdev, QEMUFile *f, int n)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);
    VirtQueue *vq = &vdev->vq[n];
    uint32_t num = qemu_get_be32(f);

    if (!vq->used || !num || num > VIRTQUEUE_MAX_SIZE) {
        error_report("VQ %d has size 0x%x, of at most 0x%x", n, num,
                     vq->used ? VIRTQUEUE_MAX_SIZE : 0);
        return -EINVAL;
    }
    vq->vring.num = num;
    if (k->has_variable_vring_alignment) {
        vq->vring.align = qemu_get_be32(f);
    }
    vq->vring.desc = qemu_get_be64(f);
    vq->last_avail_idx = qemu_get_be16(f);
    vq->signalled_used_valid = false;
    vq->notification = true;
    if (!vq->vring.desc && vq->last_avail_idx) {
        error_report("VQ %d address 0x0 inconsistent with Host index 0x%x", n,
                     vq->last_avail_idx);
        return -EINVAL;
    }
    return k->load_queue ? k->load_queue(qbus->parent, n, f) : 0;
}

static int load_queues(VirtIODevice *vdev, QEMUFile *f, int *num)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
    uint32_t count = qemu_get_be32(f);
    int ret = 0;

    if (count > VIRTIO_QUEUE_MAX) {
        error_report("Invalid number of virtqueues: 0x%x", count);
        return -EINVAL;
    }
    *num = count;
    if (vdc->pre_load_queues) {
        ret = vdc->pre_load_queues(vdev, count);
    }
    for (int n = 0; !ret && n < count; n++) {
        ret = load_queue(vdev, f, n);
    }
    return ret;
}

static int load_device(VirtIODevice *vdev, QEMUFile *f, int version_id)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
    int ret = 0;

    if (vdc->load) {
        ret = vdc->load(vdev, f, version_id);
    }
    if (!ret && vdc->vmsd) {
        ret = vmstate_load_state(f, vdc->vmsd, vdev, version_id);
    }
    if (!ret) {
        ret = vmstate_load_state(f, &vmstate_virtio, vdev, 1);
    }
    return ret;
}

/* @low is what came before the subsection with all 64. */
static int load_features(VirtIODevice *vdev, uint32_t low)
{
    bool wide = features64_needed(vdev);
    uint64_t features = wide ? vdev->guest_features : low;

    if (virtio_set_features_nocheck(vdev, features) < 0) {
        error_report("Features 0x%" PRIx64 " unsupported. "
                     "Allowed features: 0x%" PRIx64,
                     features, vdev->host_features);
        return -EINVAL;
    }
    if (!virtio_device_started(vdev, vdev->status) &&
        !virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        vdev->start_on_kick = true;
    }
    return 0;
}

/* ---- queues that have been loaded ---------------------------------------- */

static int check_packed(VirtQueue *vq, int n)
{
    unsigned int num = vq->vring.num;

    if (vq->last_avail_idx >= num || vq->used_idx >= num || vq->inuse > num) {
        error_report("VQ %d size 0x%x < last_avail_idx 0x%x, used_idx 0x%x or "
                     "0x%x descriptors in use",
                     n, num, vq->last_avail_idx, vq->used_idx, vq->inuse);
        return -EINVAL;
    }
    vq->shadow_avail_idx = vq->last_avail_idx;
    vq->shadow_avail_wrap_counter = vq->last_avail_wrap_counter;
    return 0;
}

/* The used index is in the guest's memory, and what is in use follows. */
static int check_split(VirtQueue *vq, int n)
{
    VRingMemoryRegionCaches *caches = virtio_queue_caches(vq);
    uint16_t avail = virtio_split_avail_idx(vq, caches);
    uint16_t heads = avail - vq->last_avail_idx;

    if (heads > vq->vring.num) {
        virtio_error(vq->vdev,
                     "VQ %d size 0x%x Guest index 0x%x inconsistent with Host "
                     "index 0x%x: delta 0x%x",
                     n, vq->vring.num, avail, vq->last_avail_idx, heads);
        vq->used_idx = 0;
        vq->shadow_avail_idx = 0;
        vq->inuse = 0;
        return 0;
    }
    vq->used_idx = virtio_split_used_idx(vq, caches);
    vq->inuse = (uint16_t)(vq->last_avail_idx - vq->used_idx);
    if (vq->inuse > vq->vring.num) {
        error_report("VQ %d size 0x%x < last_avail_idx 0x%x - used_idx 0x%x", n,
                     vq->vring.num, vq->last_avail_idx, vq->used_idx);
        vq->inuse = 0;
        return -EINVAL;
    }
    return 0;
}

static int restore_queue(VirtIODevice *vdev, int n)
{
    VirtQueue *vq = &vdev->vq[n];
    int ret;

    if (!vq->vring.num_default || vq->vring.num_default > VIRTQUEUE_MAX_SIZE) {
        error_report("VQ %d has default size 0x%x", n, vq->vring.num_default);
        vq->vring.num_default = vq->vring.num;
        return -EINVAL;
    }
    if (!vq->vring.desc) {
        return virtio_queue_packed(vq) ? check_packed(vq, n) : 0;
    }
    /* Legacy: where the rest is follows from where the ring is. */
    if (virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        virtio_init_region_cache(vdev, n);
    } else {
        virtio_queue_update_rings(vdev, n);
    }
    ret = virtio_queue_packed(vq) ? check_packed(vq, n) : check_split(vq, n);
    if (!ret && !vdev->broken) {
        virtio_order_restore(vq);
    }
    return ret;
}

/* The subsections have all queues: no more than there were may exist. */
static int restore_queues(VirtIODevice *vdev, int num)
{
    int ret = 0;

    RCU_READ_LOCK_GUARD();
    for (int n = 0; !ret && n < num; n++) {
        ret = restore_queue(vdev, n);
    }
    for (int n = num; n < VIRTIO_QUEUE_MAX; n++) {
        if (!vdev->vq[n].used) {
            vdev->vq[n].vring.num_default = 0;
        }
    }
    return ret;
}

/* What was refused must not come back at a reset. */
static void mend_default_sizes(VirtIODevice *vdev)
{
    for (int n = 0; n < VIRTIO_QUEUE_MAX; n++) {
        VRing *r = &vdev->vq[n].vring;

        if (!vdev->vq[n].used) {
            r->num_default = 0;
        } else if (!r->num_default || r->num_default > VIRTQUEUE_MAX_SIZE) {
            r->num_default = VIRTQUEUE_MAX_SIZE;
        }
    }
}

int virtio_load(VirtIODevice *vdev, QEMUFile *f, int version_id)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
    uint32_t features;
    int ret = 0, num;

    /* Known after the subsections, and nobody needs it before. */
    vdev->device_endian = VIRTIO_DEVICE_ENDIAN_UNKNOWN;
    if (k->load_config) {
        ret = k->load_config(qbus->parent, f);
        if (ret) {
            goto out;
        }
    }
    vdev->status = qemu_get_byte(f);
    vdev->isr = qemu_get_byte(f);
    vdev->queue_sel = qemu_get_be16(f);
    if (vdev->queue_sel >= VIRTIO_QUEUE_MAX) {
        error_report("Invalid selected virtqueue: 0x%x", vdev->queue_sel);
        vdev->queue_sel = 0;
        ret = -EINVAL;
        goto out;
    }
    features = qemu_get_be32(f);
    /* Devices with code of old for loading look at the low ones. */
    vdev->guest_features = features;
    ret = load_config(vdev, f);
    if (!ret) {
        ret = load_queues(vdev, f, &num);
    }
    if (!ret) {
        virtio_update_irq(vdev);
        ret = load_device(vdev, f, version_id);
    }
    if (ret) {
        goto out;
    }
    if (vdev->device_endian != VIRTIO_DEVICE_ENDIAN_BIG &&
        vdev->device_endian != VIRTIO_DEVICE_ENDIAN_LITTLE) {
        vdev->device_endian = virtio_default_endian();
    }
    ret = load_features(vdev, features);
    if (!ret) {
        ret = restore_queues(vdev, num);
    }
    if (!ret && vdc->post_load) {
        ret = vdc->post_load(vdev);
    }
out:
    if (ret) {
        mend_default_sizes(vdev);
    }
    if (vdev->device_endian == VIRTIO_DEVICE_ENDIAN_UNKNOWN) {
        vdev->device_endian = virtio_default_endian();
    }
    return ret;
}

/* ---- as a field ---------------------------------------------------------- */

static int device_put(QEMUFile *f, void *opaque, size_t size,
                      const VMStateField *field, JSONWriter *vmdesc)
{
    return virtio_save(VIRTIO_DEVICE(opaque), f);
}

static int device_get(QEMUFile *f, void *opaque, size_t size,
                      const VMStateField *field)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(opaque);
    DeviceClass *dc = DEVICE_GET_CLASS(vdev);

    return virtio_load(vdev, f, dc->vmsd->version_id);
}

const VMStateInfo virtio_vmstate_info = {
    .name = "virtio",
    .get = device_get,
    .put = device_put,
};
