/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bus of a transport, for one virtio device, and its ioeventfds. */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/virtio/virtio-bus.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"

/* ---- the device ---------------------------------------------------------- */

/*
 * What the device accesses. IOMMU_PLATFORM is offered whenever the user wants
 * it, though the device may not know it: a driver that does not take it gets
 * no device.
 */
static void choose_dma_as(VirtIODevice *vdev, BusState *qbus, bool wanted,
                          Error **errp)
{
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);
    bool known = virtio_host_has_feature(vdev, VIRTIO_F_IOMMU_PLATFORM);

    vdev->dma_as = &address_space_memory;
    if (!wanted) {
        return;
    }
    virtio_add_feature(&vdev->host_features, VIRTIO_F_IOMMU_PLATFORM);
    if (k->get_dma_as) {
        vdev->dma_as = k->get_dma_as(qbus->parent);
        if (!known && vdev->dma_as != &address_space_memory) {
            error_setg(errp,
                       "iommu_platform=true is not supported by the device");
        }
    }
}

void virtio_bus_device_plugged(VirtIODevice *vdev, Error **errp)
{
    ERRP_GUARD();
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
    bool iommu = virtio_host_has_feature(vdev, VIRTIO_F_IOMMU_PLATFORM);

    if (k->pre_plugged) {
        k->pre_plugged(qbus->parent, errp);
        if (*errp) {
            return;
        }
    }
    assert(vdc->get_features);
    vdev->host_features = vdc->get_features(vdev, vdev->host_features, errp);
    if (*errp) {
        return;
    }
    if (k->device_plugged) {
        k->device_plugged(qbus->parent, errp);
        if (*errp) {
            return;
        }
    }
    choose_dma_as(vdev, qbus, iommu, errp);
    if (*errp) {
        virtio_bus_device_unplugged(vdev);
    }
}

void virtio_bus_device_unplugged(VirtIODevice *vdev)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);

    if (k->device_unplugged) {
        k->device_unplugged(qbus->parent);
    }
}

void virtio_bus_reset(VirtioBusState *bus)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);

    virtio_bus_stop_ioeventfd(bus);
    if (vdev) {
        virtio_reset(vdev);
    }
}

bool virtio_bus_device_iommu_enabled(VirtIODevice *vdev)
{
    BusState *qbus = qdev_get_parent_bus(DEVICE(vdev));
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(qbus);

    return k->iommu_enabled && k->iommu_enabled(qbus->parent);
}

/* ---- what it is like ----------------------------------------------------- */

static VirtIODevice *device_of(VirtioBusState *bus)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);

    assert(vdev);
    return vdev;
}

uint16_t virtio_bus_get_vdev_id(VirtioBusState *bus)
{
    return device_of(bus)->device_id;
}

size_t virtio_bus_get_vdev_config_len(VirtioBusState *bus)
{
    return device_of(bus)->config_len;
}

uint32_t virtio_bus_get_vdev_bad_features(VirtioBusState *bus)
{
    VirtIODevice *vdev = device_of(bus);
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    return k->bad_features ? k->bad_features(vdev) : 0;
}

void virtio_bus_get_vdev_config(VirtioBusState *bus, uint8_t *config)
{
    VirtIODevice *vdev = device_of(bus);
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    if (k->get_config) {
        k->get_config(vdev, config);
    }
}

void virtio_bus_set_vdev_config(VirtioBusState *bus, uint8_t *config)
{
    VirtIODevice *vdev = device_of(bus);
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);

    if (k->set_config) {
        k->set_config(vdev, config);
    }
}

/* ---- ioeventfds ---------------------------------------------------------- */

bool virtio_bus_ioeventfd_enabled(VirtioBusState *bus)
{
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);

    return k->ioeventfd_assign && k->ioeventfd_enabled(BUS(bus)->parent);
}

int virtio_bus_start_ioeventfd(VirtioBusState *bus)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);

    if (!vdev || !virtio_bus_ioeventfd_enabled(bus)) {
        return -ENOSYS;
    }
    if (bus->ioeventfd_started) {
        return 0;
    }
    if (!bus->ioeventfd_grabbed) {
        int ret = VIRTIO_DEVICE_GET_CLASS(vdev)->start_ioeventfd(vdev);

        if (ret < 0) {
            error_report("%s: failed. Fallback to userspace (slower).",
                         __func__);
            return ret;
        }
    }
    bus->ioeventfd_started = true;
    return 0;
}

void virtio_bus_stop_ioeventfd(VirtioBusState *bus)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);

    if (!bus->ioeventfd_started) {
        return;
    }
    if (!bus->ioeventfd_grabbed) {
        VIRTIO_DEVICE_GET_CLASS(vdev)->stop_ioeventfd(vdev);
    }
    bus->ioeventfd_started = false;
}

/* vhost may use them even if ioeventfd=off: that is about our own. */
int virtio_bus_grab_ioeventfd(VirtioBusState *bus)
{
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);

    if (!k->ioeventfd_assign) {
        return -ENOSYS;
    }
    if (!bus->ioeventfd_grabbed && bus->ioeventfd_started) {
        virtio_bus_stop_ioeventfd(bus);
        /* To be started by the release. */
        bus->ioeventfd_started = true;
    }
    bus->ioeventfd_grabbed++;
    return 0;
}

void virtio_bus_release_ioeventfd(VirtioBusState *bus)
{
    assert(bus->ioeventfd_grabbed > 0);
    if (--bus->ioeventfd_grabbed == 0 && bus->ioeventfd_started) {
        bus->ioeventfd_started = false;
        virtio_bus_start_ioeventfd(bus);
    }
}

static int assign_notifier(VirtioBusState *bus, int n, EventNotifier *notifier)
{
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);
    int ret = event_notifier_init(notifier, 1);

    if (ret < 0) {
        error_report("%s: unable to init event notifier: %s (%d)", __func__,
                     strerror(-ret), ret);
        return ret;
    }
    ret = k->ioeventfd_assign(BUS(bus)->parent, notifier, n, true);
    if (ret < 0) {
        error_report("%s: unable to assign ioeventfd: %d", __func__, ret);
        virtio_bus_cleanup_host_notifier(bus, n);
    }
    return ret;
}

int virtio_bus_set_host_notifier(VirtioBusState *bus, int n, bool assign)
{
    VirtioBusClass *k = VIRTIO_BUS_GET_CLASS(bus);
    VirtQueue *vq = virtio_get_queue(virtio_bus_get_device(bus), n);
    EventNotifier *notifier = virtio_queue_get_host_notifier(vq);

    if (!k->ioeventfd_assign) {
        return -ENOSYS;
    }
    if (assign) {
        int ret = assign_notifier(bus, n, notifier);

        if (ret < 0) {
            return ret;
        }
    } else {
        k->ioeventfd_assign(BUS(bus)->parent, notifier, n, false);
    }
    virtio_queue_set_host_notifier_enabled(vq, assign);
    return 0;
}

void virtio_bus_cleanup_host_notifier(VirtioBusState *bus, int n)
{
    VirtQueue *vq = virtio_get_queue(virtio_bus_get_device(bus), n);
    EventNotifier *notifier = virtio_queue_get_host_notifier(vq);

    virtio_queue_host_notifier_read(notifier);
    event_notifier_cleanup(notifier);
}

/* ---- guest notifiers ----------------------------------------------------- */

/* For queue @n, or VIRTIO_CONFIG_IRQ_IDX. */
static int set_guest_notifier(VirtIODevice *vdev, int n, bool assign)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_GET_CLASS(vdev);
    VirtQueue *vq =
        n == VIRTIO_CONFIG_IRQ_IDX ? NULL : virtio_get_queue(vdev, n);
    EventNotifier *notifier = vq ? virtio_queue_get_guest_notifier(vq)
                                 : virtio_config_get_guest_notifier(vdev);

    if (assign) {
        int ret = event_notifier_init(notifier, 0);

        if (ret < 0) {
            return ret;
        }
    }
    if (vq) {
        virtio_queue_set_guest_notifier_fd_handler(vq, assign, false);
    } else {
        virtio_config_set_guest_notifier_fd_handler(vdev, assign, false);
    }
    if (!assign) {
        event_notifier_cleanup(notifier);
    }
    if (vdc->guest_notifier_mask && vdev->use_guest_notifier_mask) {
        vdc->guest_notifier_mask(vdev, n, !assign);
    }
    return 0;
}

int virtio_bus_set_guest_notifiers(VirtioBusState *bus, int nvqs, bool assign)
{
    VirtIODevice *vdev = virtio_bus_get_device(bus);
    int num = MIN(nvqs, virtio_get_num_queues(vdev));
    int ret = set_guest_notifier(vdev, VIRTIO_CONFIG_IRQ_IDX, assign), n;

    if (ret < 0) {
        return ret;
    }
    for (n = 0; n < num; n++) {
        ret = set_guest_notifier(vdev, n, assign);
        if (ret < 0) {
            break;
        }
    }
    if (ret < 0) {
        /* Taking them away does not fail: those before this one go. */
        while (n-- > 0) {
            set_guest_notifier(vdev, n, false);
        }
        set_guest_notifier(vdev, VIRTIO_CONFIG_IRQ_IDX, false);
    }
    return ret;
}

/* ---- type ---------------------------------------------------------------- */

/* Where the transport is says where the device is. */
static char *get_dev_path(DeviceState *dev)
{
    return qdev_get_dev_path(DEVICE(qdev_get_parent_bus(dev)->parent));
}

static char *get_fw_dev_path(DeviceState *dev)
{
    return NULL;
}

static void class_init(ObjectClass *oc, void *data)
{
    BusClass *bc = BUS_CLASS(oc);

    bc->get_dev_path = get_dev_path;
    bc->get_fw_dev_path = get_fw_dev_path;
}

static const TypeInfo virtio_bus_info = {
    .name = TYPE_VIRTIO_BUS,
    .parent = TYPE_BUS,
    .instance_size = sizeof(VirtioBusState),
    .abstract = true,
    .class_size = sizeof(VirtioBusClass),
    .class_init = class_init,
};

static void register_types(void)
{
    type_register_static(&virtio_bus_info);
}

type_init(register_types)
