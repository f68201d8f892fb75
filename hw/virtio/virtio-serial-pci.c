/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtio-serial-pci: consoles and ports on PCI. */
#include "qemu/osdep.h"
#include "hw/pci/pci_device.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-serial.h"
#include "hw/virtio/virtio-pci.h"
#include "qapi/error.h"
#include "qemu/module.h"

typedef struct VirtIOSerialPCI VirtIOSerialPCI;

#define TYPE_VIRTIO_SERIAL_PCI "virtio-serial-pci-base"
DECLARE_INSTANCE_CHECKER(VirtIOSerialPCI, VIRTIO_SERIAL_PCI,
                         TYPE_VIRTIO_SERIAL_PCI)

struct VirtIOSerialPCI {
    VirtIOPCIProxy parent_obj;
    VirtIOSerial vdev;
};

static const Property serial_pci_properties[] = {
    DEFINE_PROP_UINT32("class", VirtIOPCIProxy, class_code, 0),
    DEFINE_PROP_BIT("ioeventfd", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_USE_IOEVENTFD_BIT, true),
    DEFINE_PROP_UINT32("vectors", VirtIOPCIProxy, nvectors, 2),
};

static void serial_pci_realize(VirtIOPCIProxy *proxy, Error **errp)
{
    VirtIOSerialPCI *s = VIRTIO_SERIAL_PCI(proxy);

    /* One for each port, and one for the configuration. */
    if (proxy->nvectors == DEV_NVECTORS_UNSPECIFIED) {
        proxy->nvectors = s->vdev.serial.max_virtserial_ports + 1;
    }
    if (DEVICE(proxy)->id) {
        g_autofree char *name = g_strdup_printf("%s.0", DEVICE(proxy)->id);

        virtio_device_set_child_bus_name(VIRTIO_DEVICE(&s->vdev), name);
    }
    qdev_realize(DEVICE(&s->vdev), BUS(&proxy->bus), errp);
}

static void serial_pci_instance_init(Object *obj)
{
    VirtIOSerialPCI *s = VIRTIO_SERIAL_PCI(obj);

    virtio_instance_init_common(obj, &s->vdev, sizeof(s->vdev),
                                TYPE_VIRTIO_SERIAL);
}

static void serial_pci_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    VIRTIO_PCI_CLASS(klass)->realize = serial_pci_realize;
    PCI_DEVICE_CLASS(klass)->class_id = PCI_CLASS_COMMUNICATION_OTHER;
    set_bit(DEVICE_CATEGORY_INPUT, dc->categories);
    device_class_set_props(dc, serial_pci_properties);
}

static const VirtioPCIDeviceTypeInfo serial_pci_info = {
    .base_name = TYPE_VIRTIO_SERIAL_PCI,
    .generic_name = "virtio-serial-pci",
    .transitional_name = "virtio-serial-pci-transitional",
    .non_transitional_name = "virtio-serial-pci-non-transitional",
    .instance_size = sizeof(VirtIOSerialPCI),
    .instance_init = serial_pci_instance_init,
    .class_init = serial_pci_class_init,
};

static void serial_pci_register(void)
{
    virtio_pci_types_register(&serial_pci_info);
}

type_init(serial_pci_register)
