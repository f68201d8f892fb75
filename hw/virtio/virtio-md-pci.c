/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-mem-pci and virtio-pmem-pci: memory devices on PCI. The device within
 * knows all the answers; only its name and events are those of this one.
 */
#include "qemu/osdep.h"
#include "hw/mem/memory-device.h"
#include "hw/pci/pci.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-md-pci.h"
#include "hw/virtio/virtio-mem.h"
#include "hw/virtio/virtio-pmem.h"
#include "qapi/error.h"
#include "qapi/qapi-events-machine.h"
#include "qapi/visitor.h"
#include "qemu/module.h"

/* ---- the base ------------------------------------------------------------ */

static MemoryDeviceState *inner(const MemoryDeviceState *md)
{
    return MEMORY_DEVICE(
        object_resolve_path_component(OBJECT(md), "virtio-backend"));
}

#define INNER(md) MEMORY_DEVICE_GET_CLASS(inner(md))

static uint64_t get_addr(const MemoryDeviceState *md)
{
    return INNER(md)->get_addr(inner(md));
}

static void set_addr(MemoryDeviceState *md, uint64_t addr, Error **errp)
{
    INNER(md)->set_addr(inner(md), addr, errp);
}

static uint64_t get_plugged_size(const MemoryDeviceState *md, Error **errp)
{
    return INNER(md)->get_plugged_size(inner(md), errp);
}

static MemoryRegion *get_memory_region(MemoryDeviceState *md, Error **errp)
{
    return INNER(md)->get_memory_region(inner(md), errp);
}

static void fill_device_info(const MemoryDeviceState *md,
                             MemoryDeviceInfo *info)
{
    char *id = g_strdup(DEVICE(md)->id);

    INNER(md)->fill_device_info(inner(md), info);
    if (info->type == MEMORY_DEVICE_INFO_KIND_VIRTIO_MEM) {
        info->u.virtio_mem.data->id = id;
    } else {
        info->u.virtio_pmem.data->id = id;
    }
}

static void md_pci_realize(VirtIOPCIProxy *proxy, Error **errp)
{
    virtio_pci_force_virtio_1(proxy);
    qdev_realize(DEVICE(inner(MEMORY_DEVICE(proxy))), BUS(&proxy->bus), errp);
}

static void md_pci_class_init(ObjectClass *klass, void *data)
{
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);
    MemoryDeviceClass *mdc = MEMORY_DEVICE_CLASS(klass);

    VIRTIO_PCI_CLASS(klass)->realize = md_pci_realize;
    set_bit(DEVICE_CATEGORY_MISC, DEVICE_CLASS(klass)->categories);
    pc->vendor_id = PCI_VENDOR_ID_REDHAT_QUMRANET;
    pc->revision = VIRTIO_PCI_ABI_VERSION;
    pc->class_id = PCI_CLASS_OTHERS;
    mdc->get_addr = get_addr;
    mdc->set_addr = set_addr;
    mdc->get_plugged_size = get_plugged_size;
    mdc->get_memory_region = get_memory_region;
    mdc->fill_device_info = fill_device_info;
}

static const TypeInfo md_pci_type = {
    .name = TYPE_VIRTIO_MD_PCI,
    .parent = TYPE_VIRTIO_PCI,
    .instance_size = sizeof(VirtIOMDPCI),
    .class_size = sizeof(VirtIOMDPCIClass),
    .class_init = md_pci_class_init,
    .abstract = true,
    .interfaces =
        (InterfaceInfo[]){
            { TYPE_MEMORY_DEVICE },
            {},
        },
};

/* ---- virtio-pmem-pci ----------------------------------------------------- */

typedef struct VirtIOPMEMPCI {
    VirtIOMDPCI parent_obj;
    VirtIOPMEM vdev;
} VirtIOPMEMPCI;

#define TYPE_VIRTIO_PMEM_PCI "virtio-pmem-pci-base"
DECLARE_INSTANCE_CHECKER(VirtIOPMEMPCI, VIRTIO_PMEM_PCI, TYPE_VIRTIO_PMEM_PCI)

static void pmem_pci_instance_init(Object *obj)
{
    VirtIOPMEMPCI *s = VIRTIO_PMEM_PCI(obj);

    virtio_instance_init_common(obj, &s->vdev, sizeof(s->vdev),
                                TYPE_VIRTIO_PMEM);
}

static const VirtioPCIDeviceTypeInfo pmem_pci_info = {
    .base_name = TYPE_VIRTIO_PMEM_PCI,
    .generic_name = "virtio-pmem-pci",
    .parent = TYPE_VIRTIO_MD_PCI,
    .instance_size = sizeof(VirtIOPMEMPCI),
    .instance_init = pmem_pci_instance_init,
    .interfaces =
        (InterfaceInfo[]){
            { TYPE_MEMORY_DEVICE_ANYWHERE },
            {},
        },
};

/* ---- virtio-mem-pci ------------------------------------------------------ */

typedef struct VirtIOMEMPCI {
    VirtIOMDPCI parent_obj;
    VirtIOMEM vdev;
    Notifier size_change_notifier;
} VirtIOMEMPCI;

#define TYPE_VIRTIO_MEM_PCI "virtio-mem-pci-base"
DECLARE_INSTANCE_CHECKER(VirtIOMEMPCI, VIRTIO_MEM_PCI, TYPE_VIRTIO_MEM_PCI)

static void mem_pci_size_changed(Notifier *notifier, void *data)
{
    VirtIOMEMPCI *s =
        container_of(notifier, VirtIOMEMPCI, size_change_notifier);
    g_autofree char *path = object_get_canonical_path(OBJECT(s));

    qapi_event_send_memory_device_size_change(DEVICE(s)->id, *(uint64_t *)data,
                                              path);
}

static void mem_pci_get_requested(Object *obj, Visitor *v, const char *name,
                                  void *opaque, Error **errp)
{
    object_property_get(OBJECT(&VIRTIO_MEM_PCI(obj)->vdev), name, v, errp);
}

static void mem_pci_set_requested(Object *obj, Visitor *v, const char *name,
                                  void *opaque, Error **errp)
{
    /* The check for what is plugged has passed already. */
    if (DEVICE(obj)->pending_deleted_event) {
        error_setg(errp,
                   "'%s' cannot be changed if the device is in the process of "
                   "unplug",
                   name);
        return;
    }
    object_property_set(OBJECT(&VIRTIO_MEM_PCI(obj)->vdev), name, v, errp);
}

static void mem_pci_instance_init(Object *obj)
{
    VirtIOMEMPCI *s = VIRTIO_MEM_PCI(obj);
    Object *vdev = OBJECT(&s->vdev);

    virtio_instance_init_common(obj, &s->vdev, sizeof(s->vdev),
                                TYPE_VIRTIO_MEM);
    s->size_change_notifier.notify = mem_pci_size_changed;
    VIRTIO_MEM_GET_CLASS(vdev)->add_size_change_notifier(
        &s->vdev, &s->size_change_notifier);
    object_property_add_alias(obj, VIRTIO_MEM_BLOCK_SIZE_PROP, vdev,
                              VIRTIO_MEM_BLOCK_SIZE_PROP);
    object_property_add_alias(obj, VIRTIO_MEM_SIZE_PROP, vdev,
                              VIRTIO_MEM_SIZE_PROP);
    object_property_add(obj, VIRTIO_MEM_REQUESTED_SIZE_PROP, "size",
                        mem_pci_get_requested, mem_pci_set_requested, NULL,
                        NULL);
}

static void mem_pci_decide_memslots(MemoryDeviceState *md, unsigned int limit)
{
    INNER(md)->decide_memslots(inner(md), limit);
}

static unsigned int mem_pci_get_memslots(MemoryDeviceState *md)
{
    return INNER(md)->get_memslots(inner(md));
}

static uint64_t mem_pci_get_min_alignment(const MemoryDeviceState *md)
{
    return INNER(md)->get_min_alignment(inner(md));
}

static void mem_pci_unplug_check(MemoryDeviceState *md, Error **errp)
{
    INNER(md)->unplug_request_check(inner(md), errp);
}

static void mem_pci_check(VirtIOMDPCI *vmd, Error **errp)
{
    mem_pci_unplug_check(MEMORY_DEVICE(vmd), errp);
}

static void mem_pci_class_init(ObjectClass *klass, void *data)
{
    MemoryDeviceClass *mdc = MEMORY_DEVICE_CLASS(klass);

    mdc->decide_memslots = mem_pci_decide_memslots;
    mdc->get_memslots = mem_pci_get_memslots;
    mdc->get_min_alignment = mem_pci_get_min_alignment;
    mdc->unplug_request_check = mem_pci_unplug_check;
    VIRTIO_MD_PCI_CLASS(klass)->unplug_request_check = mem_pci_check;
}

static const VirtioPCIDeviceTypeInfo mem_pci_info = {
    .base_name = TYPE_VIRTIO_MEM_PCI,
    .generic_name = "virtio-mem-pci",
    .parent = TYPE_VIRTIO_MD_PCI,
    .instance_size = sizeof(VirtIOMEMPCI),
    .instance_init = mem_pci_instance_init,
    .class_init = mem_pci_class_init,
};

static void md_pci_register(void)
{
    type_register_static(&md_pci_type);
    virtio_pci_types_register(&pmem_pci_info);
    virtio_pci_types_register(&mem_pci_info);
}

type_init(md_pci_register)
