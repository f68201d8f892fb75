/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtio device: its life, its status and the features that the driver
 * negotiates (virtio 1.2, sections 2.1, 2.2 and 3.1). Queues are in the other
 * files (virtio-internal.h).
 */
#include "qemu/osdep.h"
#include "exec/tswap.h"
#include "hw/core/cpu.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-bus.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "standard-headers/linux/virtio_ids.h"
#include "system/runstate.h"
#include "trace/trace-hw_virtio.h"
#include "virtio-internal.h"

/* ---- kinds of devices ---------------------------------------------------- */

static const char *const names[] = {
    [VIRTIO_ID_NET] = "virtio-net",
    [VIRTIO_ID_BLOCK] = "virtio-blk",
    [VIRTIO_ID_CONSOLE] = "virtio-serial",
    [VIRTIO_ID_RNG] = "virtio-rng",
    [VIRTIO_ID_BALLOON] = "virtio-balloon",
    [VIRTIO_ID_IOMEM] = "virtio-iomem",
    [VIRTIO_ID_RPMSG] = "virtio-rpmsg",
    [VIRTIO_ID_SCSI] = "virtio-scsi",
    [VIRTIO_ID_9P] = "virtio-9p",
    [VIRTIO_ID_MAC80211_WLAN] = "virtio-mac-wlan",
    [VIRTIO_ID_RPROC_SERIAL] = "virtio-rproc-serial",
    [VIRTIO_ID_CAIF] = "virtio-caif",
    [VIRTIO_ID_MEMORY_BALLOON] = "virtio-mem-balloon",
    [VIRTIO_ID_GPU] = "virtio-gpu",
    [VIRTIO_ID_CLOCK] = "virtio-clk",
    [VIRTIO_ID_INPUT] = "virtio-input",
    [VIRTIO_ID_VSOCK] = "vhost-vsock",
    [VIRTIO_ID_CRYPTO] = "virtio-crypto",
    [VIRTIO_ID_SIGNAL_DIST] = "virtio-signal",
    [VIRTIO_ID_PSTORE] = "virtio-pstore",
    [VIRTIO_ID_IOMMU] = "virtio-iommu",
    [VIRTIO_ID_MEM] = "virtio-mem",
    [VIRTIO_ID_SOUND] = "virtio-sound",
    [VIRTIO_ID_FS] = "virtio-user-fs",
    [VIRTIO_ID_PMEM] = "virtio-pmem",
    [VIRTIO_ID_RPMB] = "virtio-rpmb",
    [VIRTIO_ID_MAC80211_HWSIM] = "virtio-mac-hwsim",
    [VIRTIO_ID_VIDEO_ENCODER] = "virtio-vid-encoder",
    [VIRTIO_ID_VIDEO_DECODER] = "virtio-vid-decoder",
    [VIRTIO_ID_SCMI] = "virtio-scmi",
    [VIRTIO_ID_NITRO_SEC_MOD] = "virtio-nitro-sec-mod",
    [VIRTIO_ID_I2C_ADAPTER] = "vhost-user-i2c",
    [VIRTIO_ID_WATCHDOG] = "virtio-watchdog",
    [VIRTIO_ID_CAN] = "virtio-can",
    [VIRTIO_ID_DMABUF] = "virtio-dmabuf",
    [VIRTIO_ID_PARAM_SERV] = "virtio-param-serv",
    [VIRTIO_ID_AUDIO_POLICY] = "virtio-audio-pol",
    [VIRTIO_ID_BT] = "virtio-bluetooth",
    [VIRTIO_ID_GPIO] = "virtio-gpio",
};

bool virtio_legacy_allowed(VirtIODevice *vdev)
{
    switch (vdev->device_id) {
    case VIRTIO_ID_NET:
    case VIRTIO_ID_BLOCK:
    case VIRTIO_ID_CONSOLE:
    case VIRTIO_ID_RNG:
    case VIRTIO_ID_BALLOON:
    case VIRTIO_ID_RPMSG:
    case VIRTIO_ID_SCSI:
    case VIRTIO_ID_9P:
    case VIRTIO_ID_RPROC_SERIAL:
    case VIRTIO_ID_CAIF:
        return true;
    default:
        return false;
    }
}

bool virtio_legacy_check_disabled(VirtIODevice *vdev)
{
    return vdev->disable_legacy_check;
}

/* ---- features ------------------------------------------------------------ */

size_t virtio_get_config_size(const VirtIOConfigSizeParams *params,
                              uint64_t host_features)
{
    size_t size = params->min_size;

    for (const VirtIOFeature *f = params->feature_sizes; f->flags; f++) {
        if (host_features & f->flags) {
            size = MAX(size, f->end);
        }
    }
    assert(size <= params->max_size);
    return size;
}

int virtio_set_features_nocheck(VirtIODevice *vdev, uint64_t val)
{
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);
    bool bad = val & ~vdev->host_features;

    val &= vdev->host_features;
    if (k->set_features) {
        k->set_features(vdev, val);
    }
    vdev->guest_features = val;
    return bad ? -1 : 0;
}

/* A legacy driver may use its queues without saying that it does. */
static void expect_kick(VirtIODevice *vdev)
{
    if (!virtio_device_started(vdev, vdev->status) &&
        !virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        vdev->start_on_kick = true;
    }
}

static void map_rings(VirtIODevice *vdev)
{
    int num = virtio_get_num_queues(vdev);

    for (int n = 0; n < num; n++) {
        virtio_init_region_cache(vdev, n);
    }
}

int virtio_set_features(VirtIODevice *vdev, uint64_t val)
{
    uint64_t old = vdev->guest_features;
    uint64_t sizes = BIT_ULL(VIRTIO_RING_F_EVENT_IDX) |
                     BIT_ULL(VIRTIO_F_RING_PACKED);
    int ret;

    if (vdev->status & VIRTIO_CONFIG_S_FEATURES_OK) {
        return -EINVAL;
    }
    if (val & BIT_ULL(VIRTIO_F_BAD_FEATURE)) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "%s: guest driver for %s has enabled UNUSED(30) "
                      "feature bit!\n", __func__, vdev->name);
    }
    ret = virtio_set_features_nocheck(vdev, val);
    /* These change how much of the rings is mapped. */
    if ((old ^ vdev->guest_features) & sizes) {
        map_rings(vdev);
    }
    if (!ret) {
        expect_kick(vdev);
    }
    return ret;
}

static int validate_features(VirtIODevice *vdev)
{
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    if (virtio_host_has_feature(vdev, VIRTIO_F_IOMMU_PLATFORM) &&
        !virtio_vdev_has_feature(vdev, VIRTIO_F_IOMMU_PLATFORM)) {
        return -EFAULT;
    }
    return k->validate_features ? k->validate_features(vdev) : 0;
}

/* ---- status -------------------------------------------------------------- */

int virtio_set_status(VirtIODevice *vdev, uint8_t val)
{
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);
    uint8_t changed = vdev->status ^ val;

    trace_virtio_set_status(vdev, val);
    if (virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1) &&
        changed & val & VIRTIO_CONFIG_S_FEATURES_OK) {
        int ret = validate_features(vdev);

        if (ret) {
            return ret;
        }
    }
    if (changed & VIRTIO_CONFIG_S_DRIVER_OK) {
        virtio_set_started(vdev, val & VIRTIO_CONFIG_S_DRIVER_OK);
    }
    if (k->set_status) {
        k->set_status(vdev, val);
    }
    vdev->status = val;
    return 0;
}

void virtio_error(VirtIODevice *vdev, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    error_vreport(fmt, ap);
    va_end(ap);
    if (virtio_vdev_has_feature(vdev, VIRTIO_F_VERSION_1)) {
        vdev->status |= VIRTIO_CONFIG_S_NEEDS_RESET;
        virtio_notify_config(vdev);
    }
    qatomic_set(&vdev->broken, true);
}

static void vm_state_changed(void *opaque, bool running, RunState state)
{
    VirtIODevice *vdev = opaque;
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);
    bool run = running && virtio_device_started(vdev, vdev->status);

    vdev->vm_running = running;
    /* The device starts before its transport and stops after it. */
    if (run) {
        virtio_set_status(vdev, vdev->status);
    }
    if (k->vmstate_change) {
        k->vmstate_change(qbus->parent, run);
    }
    if (!run) {
        virtio_set_status(vdev, vdev->status);
    }
}

/* ---- byte order and reset ------------------------------------------------ */

static enum virtio_device_endian endian(bool big)
{
    return big ? VIRTIO_DEVICE_ENDIAN_BIG : VIRTIO_DEVICE_ENDIAN_LITTLE;
}

enum virtio_device_endian virtio_default_endian(void)
{
    return endian(target_words_bigendian());
}

void virtio_reset(void *opaque)
{
    VirtIODevice *vdev = opaque;
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    virtio_set_status(vdev, 0);
    /* A legacy driver that resets is of the byte order that its CPU has. */
    vdev->device_endian = current_cpu
                              ? endian(cpu_virtio_is_big_endian(current_cpu))
                              : virtio_default_endian();
    if (k->reset) {
        k->reset(vdev);
    }
    vdev->start_on_kick = false;
    vdev->started = false;
    vdev->broken = false;
    virtio_set_features_nocheck(vdev, 0);
    vdev->queue_sel = 0;
    vdev->status = 0;
    vdev->disabled = false;
    qatomic_set(&vdev->isr, 0);
    vdev->config_vector = VIRTIO_NO_VECTOR;
    virtio_notify_vector(vdev, vdev->config_vector);
    for (int n = 0; n < VIRTIO_QUEUE_MAX; n++) {
        virtio_queue_clear(&vdev->vq[n]);
    }
}

/* ---- bottom halves ------------------------------------------------------- */

QEMUBH *virtio_bh_new_guarded_full(DeviceState *dev, QEMUBHFunc *cb,
                                   void *opaque, const char *name)
{
    DeviceState *transport = qdev_get_parent_bus(dev)->parent;

    return qemu_bh_new_full(cb, opaque, name,
                            &transport->mem_reentrancy_guard);
}

QEMUBH *virtio_bh_io_new_guarded_full(DeviceState *dev, QEMUBHFunc *cb,
                                      void *opaque, const char *name)
{
    DeviceState *transport = qdev_get_parent_bus(dev)->parent;

    return aio_bh_new_full(iohandler_get_aio_context(), cb, opaque, name,
                           &transport->mem_reentrancy_guard);
}

/* ---- life ---------------------------------------------------------------- */

void virtio_instance_init_common(Object *proxy_obj, void *data,
                                 size_t vdev_size, const char *vdev_name)
{
    object_initialize_child_with_props(proxy_obj, "virtio-backend", data,
                                       vdev_size, vdev_name, &error_abort,
                                       NULL);
    qdev_alias_all_properties(data, proxy_obj);
}

static void free_state(VirtIODevice *vdev)
{
    for (int n = 0; vdev->vq && n < VIRTIO_QUEUE_MAX; n++) {
        virtio_queue_drop_caches(&vdev->vq[n]);
        g_free(vdev->vq[n].used);
    }
    g_clear_pointer(&vdev->vq, g_free);
    g_clear_pointer(&vdev->config, g_free);
    g_free(vdev->vector_queues);
    vdev->vector_queues = NULL;
}

void virtio_init(VirtIODevice *vdev, uint16_t device_id, size_t config_size)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);
    int nvectors = k->query_nvectors ? k->query_nvectors(qbus->parent) : 0;

    assert(device_id < ARRAY_SIZE(names) && names[device_id]);
    /* A device whose realize has failed may be realized again. */
    free_state(vdev);
    if (nvectors) {
        vdev->vector_queues = g_malloc0_n(nvectors,
                                          sizeof(*vdev->vector_queues));
    }
    vdev->name = names[device_id];
    vdev->device_id = device_id;
    vdev->start_on_kick = false;
    vdev->started = false;
    vdev->vhost_started = false;
    vdev->broken = false;
    vdev->status = 0;
    qatomic_set(&vdev->isr, 0);
    vdev->queue_sel = 0;
    vdev->config_vector = VIRTIO_NO_VECTOR;
    vdev->vm_running = runstate_is_running();
    vdev->device_endian = virtio_default_endian();
    vdev->use_guest_notifier_mask = true;
    vdev->config_len = config_size;
    vdev->config = config_size ? g_malloc0(config_size) : NULL;
    vdev->vq = g_new0(VirtQueue, VIRTIO_QUEUE_MAX);
    for (int n = 0; n < VIRTIO_QUEUE_MAX; n++) {
        VirtQueue *vq = &vdev->vq[n];

        vq->vdev = vdev;
        vq->queue_index = n;
        vq->vector = VIRTIO_NO_VECTOR;
        vq->notification = true;
        vq->last_avail_wrap_counter = true;
        vq->shadow_avail_wrap_counter = true;
        vq->used_wrap_counter = true;
    }
    vdev->vmstate = qdev_add_vm_change_state_handler(DEVICE(vdev),
                                                     vm_state_changed, vdev);
}

/* The memory stays until the device is finalized. */
void virtio_cleanup(VirtIODevice *vdev)
{
    qemu_del_vm_change_state_handler(vdev->vmstate);
    vdev->vmstate = NULL;
}

void virtio_device_set_child_bus_name(VirtIODevice *vdev, char *bus_name)
{
    g_free(vdev->bus_name);
    vdev->bus_name = g_strdup(bus_name);
}

static void memory_changed(MemoryListener *listener)
{
    map_rings(container_of(listener, VirtIODevice, listener));
}

/* An eventfd says that there was a kick, not what the driver has written. */
static bool check_notification_data(VirtIODevice *vdev, Error **errp)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);

    if (virtio_host_has_feature(vdev, VIRTIO_F_NOTIFICATION_DATA) &&
        k->ioeventfd_enabled && k->ioeventfd_enabled(qbus->parent)) {
        error_setg(errp, "notification_data=on without ioeventfd=off is not "
                         "supported");
        return false;
    }
    return true;
}

static void device_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(dev);

    assert(!vdc->vmsd || !vdc->load);
    if (vdc->realize) {
        vdc->realize(dev, errp);
        if (*errp) {
            return;
        }
    }
    if (check_notification_data(vdev, errp)) {
        virtio_bus_device_plugged(vdev, errp);
    }
    if (*errp) {
        if (vdc->unrealize) {
            vdc->unrealize(dev);
        }
        return;
    }
    vdev->listener.commit = memory_changed;
    vdev->listener.name = "virtio";
    memory_listener_register(&vdev->listener, vdev->dma_as);
}

static void device_unrealize(DeviceState *dev)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(dev);

    memory_listener_unregister(&vdev->listener);
    virtio_bus_device_unplugged(vdev);
    if (vdc->unrealize) {
        vdc->unrealize(dev);
    }
    g_free(vdev->bus_name);
    vdev->bus_name = NULL;
}

static void device_finalize(Object *obj)
{
    free_state(VIRTIO_DEVICE(obj));
}

static const Property virtio_properties[] = {
    DEFINE_VIRTIO_COMMON_FEATURES(VirtIODevice, host_features),
    DEFINE_PROP_BOOL("use-started", VirtIODevice, use_started, true),
    DEFINE_PROP_BOOL("use-disabled-flag", VirtIODevice, use_disabled_flag,
                     true),
    DEFINE_PROP_BOOL("x-disable-legacy-check", VirtIODevice,
                     disable_legacy_check, false),
};

static void class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(oc);

    dc->realize = device_realize;
    dc->unrealize = device_unrealize;
    dc->bus_type = TYPE_VIRTIO_BUS;
    device_class_set_props(dc, virtio_properties);
    vdc->start_ioeventfd = virtio_device_start_ioeventfd_impl;
    vdc->stop_ioeventfd = virtio_device_stop_ioeventfd_impl;
    vdc->legacy_features |= VIRTIO_LEGACY_FEATURES;
}

static const TypeInfo virtio_device_info = {
    .name = TYPE_VIRTIO_DEVICE,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(VirtIODevice),
    .class_init = class_init,
    .instance_finalize = device_finalize,
    .abstract = true,
    .class_size = sizeof(VirtioDeviceClass),
};

static void register_types(void)
{
    type_register_static(&virtio_device_info);
}

type_init(register_types)
