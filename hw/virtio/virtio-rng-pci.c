/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtio-rng-pci: the entropy device on PCI. */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-pci.h"
#include "hw/virtio/virtio-rng.h"
#include "qapi/error.h"
#include "qemu/module.h"

typedef struct VirtIORngPCI VirtIORngPCI;

#define TYPE_VIRTIO_RNG_PCI "virtio-rng-pci-base"
DECLARE_INSTANCE_CHECKER(VirtIORngPCI, VIRTIO_RNG_PCI, TYPE_VIRTIO_RNG_PCI)

struct VirtIORngPCI {
    VirtIOPCIProxy parent_obj;
    VirtIORNG vdev;
};

static const Property rng_pci_properties[] = {
    DEFINE_PROP_BIT("ioeventfd", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_USE_IOEVENTFD_BIT, true),
    DEFINE_PROP_UINT32("vectors", VirtIOPCIProxy, nvectors,
                       DEV_NVECTORS_UNSPECIFIED),
};

static void rng_pci_realize(VirtIOPCIProxy *proxy, Error **errp)
{
    VirtIORngPCI *s = VIRTIO_RNG_PCI(proxy);

    if (proxy->nvectors == DEV_NVECTORS_UNSPECIFIED) {
        proxy->nvectors = 2;
    }
    qdev_realize(DEVICE(&s->vdev), BUS(&proxy->bus), errp);
}

static void rng_pci_instance_init(Object *obj)
{
    VirtIORngPCI *s = VIRTIO_RNG_PCI(obj);

    virtio_instance_init_common(obj, &s->vdev, sizeof(s->vdev),
                                TYPE_VIRTIO_RNG);
}

static void rng_pci_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    VIRTIO_PCI_CLASS(klass)->realize = rng_pci_realize;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, rng_pci_properties);
}

static const VirtioPCIDeviceTypeInfo rng_pci_info = {
    .base_name = TYPE_VIRTIO_RNG_PCI,
    .generic_name = "virtio-rng-pci",
    .transitional_name = "virtio-rng-pci-transitional",
    .non_transitional_name = "virtio-rng-pci-non-transitional",
    .instance_size = sizeof(VirtIORngPCI),
    .instance_init = rng_pci_instance_init,
    .class_init = rng_pci_class_init,
};

static void rng_pci_register(void)
{
    virtio_pci_types_register(&rng_pci_info);
}

type_init(rng_pci_register)
