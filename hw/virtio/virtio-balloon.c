/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory balloon (virtio 1.2, section 5.5): the device, its configuration
 * and what the monitor wants of it.
 */
#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "hw/boards.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/qapi-events-machine.h"
#include "qemu/module.h"
#include "system/balloon.h"
#include "system/reset.h"
#include "trace/trace-hw_virtio.h"
#include "virtio-balloon-internal.h"

/*** Configuration. ***/

/* As short as the features allow: 5.5.4. */
static size_t config_size(const VirtIOBalloon *s)
{
    if (s->qemu_4_0_config_size ||
        virtio_has_feature(s->host_features, VIRTIO_BALLOON_F_PAGE_POISON)) {
        return sizeof(struct virtio_balloon_config);
    }
    if (virtio_has_feature(s->host_features, VIRTIO_BALLOON_F_FREE_PAGE_HINT)) {
        return offsetof(struct virtio_balloon_config, poison_val);
    }
    return offsetof(struct virtio_balloon_config, free_page_hint_cmd_id);
}

static uint32_t hint_command(const VirtIOBalloon *s)
{
    switch (s->free_page_hint_status) {
    case FREE_PAGE_HINT_S_REQUESTED:
        return s->free_page_hint_cmd_id;
    case FREE_PAGE_HINT_S_DONE:
        return VIRTIO_BALLOON_CMD_ID_DONE;
    default:
        return VIRTIO_BALLOON_CMD_ID_STOP;
    }
}

static void balloon_get_config(VirtIODevice *vdev, uint8_t *data)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(vdev);
    struct virtio_balloon_config config = {
        .num_pages = cpu_to_le32(s->num_pages),
        .actual = cpu_to_le32(s->actual),
        .free_page_hint_cmd_id = cpu_to_le32(hint_command(s)),
        .poison_val = cpu_to_le32(s->poison_val),
    };

    trace_virtio_balloon_get_config(s->num_pages, s->actual);
    memcpy(data, &config, config_size(s));
}

/* The machine's RAM and its DIMMs: what a balloon can take from. */
static ram_addr_t guest_ram_size(void)
{
    MachineState *machine = MACHINE(qdev_get_machine());

    return machine->ram_size +
           (machine->device_memory ? machine->device_memory->dimm_size : 0);
}

static ram_addr_t actual_size(const VirtIOBalloon *s)
{
    return guest_ram_size() -
           ((ram_addr_t)s->actual << VIRTIO_BALLOON_PFN_SHIFT);
}

static void balloon_set_config(VirtIODevice *vdev, const uint8_t *data)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(vdev);
    struct virtio_balloon_config config = {};
    uint32_t before = s->actual;

    memcpy(&config, data, config_size(s));
    s->actual = le32_to_cpu(config.actual);
    if (s->actual != before) {
        qapi_event_send_balloon_change(actual_size(s));
    }
    s->poison_val = virtio_vdev_has_feature(vdev, VIRTIO_BALLOON_F_PAGE_POISON)
                        ? le32_to_cpu(config.poison_val)
                        : 0;
    trace_virtio_balloon_set_config(s->actual, before);
}

static uint64_t balloon_get_features(VirtIODevice *vdev, uint64_t features,
                                     Error **errp)
{
    features |= VIRTIO_BALLOON(vdev)->host_features;
    virtio_add_feature(&features, VIRTIO_BALLOON_F_STATS_VQ);
    return features;
}

/*** The monitor. ***/

static void balloon_status(void *opaque, BalloonInfo *info)
{
    info->actual = actual_size(opaque);
}

static void balloon_to_target(void *opaque, ram_addr_t target)
{
    VirtIOBalloon *s = opaque;
    ram_addr_t all = guest_ram_size();

    target = MIN(target, all);
    if (target) {
        s->num_pages = (all - target) >> VIRTIO_BALLOON_PFN_SHIFT;
        virtio_notify_config(VIRTIO_DEVICE(s));
    }
    trace_virtio_balloon_to_target(target, s->num_pages);
}

/*** Life. ***/

static void balloon_reset(VirtIODevice *vdev)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(vdev);

    virtio_balloon_unpop_stats(s);
    s->poison_val = 0;
}

static void balloon_set_status(VirtIODevice *vdev, uint8_t status)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(vdev);

    /* The buffer that was ours when the state was saved is not in it. */
    if (!s->stats_vq_elem && vdev->vm_running &&
        (status & VIRTIO_CONFIG_S_DRIVER_OK) && virtqueue_rewind(s->svq, 1)) {
        virtio_balloon_receive_stats(vdev, s->svq);
    }
}

static void delete_queues(VirtIOBalloon *s)
{
    virtio_delete_queue(s->ivq);
    virtio_delete_queue(s->dvq);
    virtio_delete_queue(s->svq);
    if (s->reporting_vq) {
        virtio_delete_queue(s->reporting_vq);
    }
}

static void balloon_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOBalloon *s = VIRTIO_BALLOON(dev);

    if (virtio_has_feature(s->host_features, VIRTIO_BALLOON_F_FREE_PAGE_HINT)) {
        error_setg(errp, s->iothread
                       ? "'free-page-hint' is not supported: nothing asks for "
                         "hints yet"
                       : "'free-page-hint' requires 'iothread' to be set");
        return;
    }
    if (qemu_add_balloon_handler(balloon_to_target, balloon_status, s) < 0) {
        error_setg(errp, "Only one balloon device is supported");
        return;
    }
    virtio_init(vdev, VIRTIO_ID_BALLOON, config_size(s));
    s->ivq = virtio_add_queue(vdev, 128, virtio_balloon_handle_pages);
    s->dvq = virtio_add_queue(vdev, 128, virtio_balloon_handle_pages);
    s->svq = virtio_add_queue(vdev, 128, virtio_balloon_receive_stats);
    if (virtio_has_feature(s->host_features, VIRTIO_BALLOON_F_REPORTING)) {
        s->reporting_vq = virtio_add_queue(vdev, 32,
                                           virtio_balloon_handle_report);
    }
    virtio_balloon_reset_stats(s);
    qemu_register_resettable(OBJECT(dev));
}

static void balloon_unrealize(DeviceState *dev)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(dev);

    qemu_unregister_resettable(OBJECT(dev));
    virtio_balloon_stop_stats(s);
    virtio_balloon_unpop_stats(s);
    qemu_remove_balloon_handler(s);
    delete_queues(s);
    virtio_cleanup(VIRTIO_DEVICE(dev));
}

static ResettableState *balloon_reset_state(Object *obj)
{
    return &VIRTIO_BALLOON(obj)->reset_state;
}

/* Of the machine; the driver's own reset keeps the statistics. */
static void balloon_system_reset(Object *obj, ResetType type)
{
    if (type != RESET_TYPE_WAKEUP) {
        virtio_balloon_reset_stats(VIRTIO_BALLOON(obj));
    }
}

static void balloon_instance_init(Object *obj)
{
    VIRTIO_BALLOON(obj)->free_page_hint_cmd_id =
        VIRTIO_BALLOON_FREE_PAGE_HINT_CMD_ID_MIN;
    virtio_balloon_add_stats_properties(obj);
}

/*** State. ***/

static int balloon_post_load(void *opaque, int version_id)
{
    virtio_balloon_resume_stats(opaque);
    return 0;
}

static bool hint_is_offered(void *opaque)
{
    return virtio_vdev_has_feature(opaque, VIRTIO_BALLOON_F_FREE_PAGE_HINT);
}

static bool poison_is_used(void *opaque)
{
    return virtio_vdev_has_feature(opaque, VIRTIO_BALLOON_F_PAGE_POISON);
}

static const VMStateDescription vmstate_hint = {
    .name = "virtio-balloon-device/free-page-report",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = hint_is_offered,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(free_page_hint_cmd_id, VirtIOBalloon),
        VMSTATE_UINT32(free_page_hint_status, VirtIOBalloon),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_poison = {
    .name = "virtio-balloon-device/page-poison",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = poison_is_used,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(poison_val, VirtIOBalloon),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_balloon_device = {
    .name = "virtio-balloon-device",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = balloon_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(num_pages, VirtIOBalloon),
        VMSTATE_UINT32(actual, VirtIOBalloon),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * const []) {
        &vmstate_hint,
        &vmstate_poison,
        NULL
    },
};

static const VMStateDescription vmstate_balloon = {
    .name = "virtio-balloon",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_VIRTIO_DEVICE,
        VMSTATE_END_OF_LIST()
    },
};

static const Property balloon_properties[] = {
    DEFINE_PROP_BIT("deflate-on-oom", VirtIOBalloon, host_features,
                    VIRTIO_BALLOON_F_DEFLATE_ON_OOM, false),
    DEFINE_PROP_BIT("free-page-hint", VirtIOBalloon, host_features,
                    VIRTIO_BALLOON_F_FREE_PAGE_HINT, false),
    DEFINE_PROP_BIT("page-poison", VirtIOBalloon, host_features,
                    VIRTIO_BALLOON_F_PAGE_POISON, true),
    DEFINE_PROP_BIT("free-page-reporting", VirtIOBalloon, host_features,
                    VIRTIO_BALLOON_F_REPORTING, false),
    /* Machines of QEMU 4.0 had the long configuration always. */
    DEFINE_PROP_BOOL("qemu-4-0-config-size", VirtIOBalloon,
                     qemu_4_0_config_size, false),
    DEFINE_PROP_LINK("iothread", VirtIOBalloon, iothread, TYPE_IOTHREAD,
                     IOThread *),
};

static void balloon_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    device_class_set_props(dc, balloon_properties);
    dc->vmsd = &vmstate_balloon;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    vdc->realize = balloon_realize;
    vdc->unrealize = balloon_unrealize;
    vdc->reset = balloon_reset;
    vdc->get_config = balloon_get_config;
    vdc->set_config = balloon_set_config;
    vdc->get_features = balloon_get_features;
    vdc->set_status = balloon_set_status;
    vdc->vmsd = &vmstate_balloon_device;
    rc->get_state = balloon_reset_state;
    rc->phases.enter = balloon_system_reset;
}

static const TypeInfo balloon_info = {
    .name = TYPE_VIRTIO_BALLOON,
    .parent = TYPE_VIRTIO_DEVICE,
    .instance_size = sizeof(VirtIOBalloon),
    .instance_init = balloon_instance_init,
    .class_init = balloon_class_init,
};

static void balloon_register_types(void)
{
    type_register_static(&balloon_info);
}

type_init(balloon_register_types)
