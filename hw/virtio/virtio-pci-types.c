/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registering the types of a device on PCI: see VirtioPCIDeviceTypeInfo. */
#include "qemu/osdep.h"
#include "hw/pci/pci_device.h"
#include "hw/qdev-properties-system.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-pci.h"

static const Property generic_properties[] = {
    DEFINE_PROP_ON_OFF_AUTO("disable-legacy", VirtIOPCIProxy, disable_legacy,
                            ON_OFF_AUTO_AUTO),
    DEFINE_PROP_BOOL("disable-modern", VirtIOPCIProxy, disable_modern, false),
};

static void base_class_init(ObjectClass *klass, void *data)
{
    const VirtioPCIDeviceTypeInfo *t = data;

    if (t->class_init) {
        t->class_init(klass, NULL);
    }
}

static void generic_class_init(ObjectClass *klass, void *data)
{
    device_class_set_props(DEVICE_CLASS(klass), generic_properties);
}

/* The only type of its device: base and generic in one. */
static void single_class_init(ObjectClass *klass, void *data)
{
    base_class_init(klass, data);
    generic_class_init(klass, NULL);
}

static void transitional_instance_init(Object *obj)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(obj);

    proxy->disable_legacy = ON_OFF_AUTO_OFF;
    proxy->disable_modern = false;
}

static void non_transitional_instance_init(Object *obj)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(obj);

    proxy->disable_legacy = ON_OFF_AUTO_ON;
    proxy->disable_modern = false;
}

void virtio_pci_types_register(const VirtioPCIDeviceTypeInfo *t)
{
    static InterfaceInfo any_bus[] = {
        { INTERFACE_PCIE_DEVICE },
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        {},
    };
    /* Ports are not for PCI Express. */
    static InterfaceInfo conventional[] = {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        {},
    };
    TypeInfo base = {
        .name = t->base_name,
        .parent = t->parent ?: TYPE_VIRTIO_PCI,
        .instance_size = t->instance_size,
        .instance_init = t->instance_init,
        .instance_finalize = t->instance_finalize,
        .class_size = t->class_size,
        .abstract = true,
        .interfaces = t->interfaces,
    };

    if (!base.name) {
        /* No others than the generic one need a base. */
        assert(!t->transitional_name && !t->non_transitional_name);
        base.name = t->generic_name;
        base.class_init = single_class_init;
        base.class_data = (void *)t;
        base.abstract = false;
        if (!base.interfaces) {
            base.interfaces = any_bus;
        }
        type_register_static(&base);
        return;
    }
    base.class_init = base_class_init;
    base.class_data = (void *)t;
    type_register_static(&base);

    if (t->generic_name) {
        TypeInfo generic = {
            .name = t->generic_name,
            .parent = base.name,
            .class_init = generic_class_init,
            .interfaces = any_bus,
        };

        type_register_static(&generic);
    }
    if (t->non_transitional_name) {
        TypeInfo modern = {
            .name = t->non_transitional_name,
            .parent = base.name,
            .instance_init = non_transitional_instance_init,
            .interfaces = any_bus,
        };

        type_register_static(&modern);
    }
    if (t->transitional_name) {
        TypeInfo transitional = {
            .name = t->transitional_name,
            .parent = base.name,
            .instance_init = transitional_instance_init,
            .interfaces = conventional,
        };

        type_register_static(&transitional);
    }
}
