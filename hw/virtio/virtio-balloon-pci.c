/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtio-balloon-pci: the balloon on PCI. */
#include "qemu/osdep.h"
#include "hw/pci/pci_device.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-balloon.h"
#include "hw/virtio/virtio-pci.h"
#include "qapi/error.h"
#include "qemu/module.h"

typedef struct VirtIOBalloonPCI VirtIOBalloonPCI;

#define TYPE_VIRTIO_BALLOON_PCI "virtio-balloon-pci-base"
DECLARE_INSTANCE_CHECKER(VirtIOBalloonPCI, VIRTIO_BALLOON_PCI,
                         TYPE_VIRTIO_BALLOON_PCI)

struct VirtIOBalloonPCI {
    VirtIOPCIProxy parent_obj;
    VirtIOBalloon vdev;
};

static const Property balloon_pci_properties[] = {
    DEFINE_PROP_BIT("ioeventfd", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_USE_IOEVENTFD_BIT, true),
    DEFINE_PROP_UINT32("vectors", VirtIOPCIProxy, nvectors,
                       DEV_NVECTORS_UNSPECIFIED),
};

static void balloon_pci_realize(VirtIOPCIProxy *proxy, Error **errp)
{
    VirtIOBalloonPCI *s = VIRTIO_BALLOON_PCI(proxy);

    if (proxy->nvectors == DEV_NVECTORS_UNSPECIFIED) {
        proxy->nvectors = 2;
    }
    qdev_realize(DEVICE(&s->vdev), BUS(&proxy->bus), errp);
}

static void balloon_pci_instance_init(Object *obj)
{
    VirtIOBalloonPCI *s = VIRTIO_BALLOON_PCI(obj);

    virtio_instance_init_common(obj, &s->vdev, sizeof(s->vdev),
                                TYPE_VIRTIO_BALLOON);
    object_property_add_alias(obj, "guest-stats", OBJECT(&s->vdev),
                              "guest-stats");
    object_property_add_alias(obj, "guest-stats-polling-interval",
                              OBJECT(&s->vdev), "guest-stats-polling-interval");
}

static void balloon_pci_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    VIRTIO_PCI_CLASS(klass)->realize = balloon_pci_realize;
    PCI_DEVICE_CLASS(klass)->class_id = PCI_CLASS_OTHERS;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, balloon_pci_properties);
}

static const VirtioPCIDeviceTypeInfo balloon_pci_info = {
    .base_name = TYPE_VIRTIO_BALLOON_PCI,
    .generic_name = "virtio-balloon-pci",
    .transitional_name = "virtio-balloon-pci-transitional",
    .non_transitional_name = "virtio-balloon-pci-non-transitional",
    .instance_size = sizeof(VirtIOBalloonPCI),
    .instance_init = balloon_pci_instance_init,
    .class_init = balloon_pci_class_init,
};

static void balloon_pci_register(void)
{
    virtio_pci_types_register(&balloon_pci_info);
}

type_init(balloon_pci_register)
