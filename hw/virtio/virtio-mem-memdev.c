/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-mem as a memory device by itself: on virtio-mmio. Within a
 * virtio-mem-pci, that one is the memory device, and none of this is called.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-events-machine.h"
#include "virtio-mem-internal.h"

static uint64_t get_addr(const MemoryDeviceState *md)
{
    return VIRTIO_MEM(md)->addr;
}

static void size_changed(Notifier *notifier, void *data)
{
    VirtIOMEM *vmem = container_of(notifier, VirtIOMEM, size_event);

    if (!vmem->path) {
        vmem->path = object_get_canonical_path(OBJECT(vmem));
    }
    qapi_event_send_memory_device_size_change(DEVICE(vmem)->id, vmem->size,
                                              vmem->path);
}

static void set_addr(MemoryDeviceState *md, uint64_t addr, Error **errp)
{
    VirtIOMEM *vmem = VIRTIO_MEM(md);

    vmem->addr = addr;
    /* Within a PCI device, that one sends the events. */
    if (!vmem->size_event_added && memory_device_is_whole(DEVICE(md))) {
        vmem->size_event.notify = size_changed;
        notifier_list_add(&vmem->size_change_notifiers, &vmem->size_event);
        vmem->size_event_added = true;
    }
}

static uint64_t get_plugged_size(const MemoryDeviceState *md, Error **errp)
{
    return VIRTIO_MEM(md)->size;
}

static MemoryRegion *get_region(MemoryDeviceState *md, Error **errp)
{
    VirtIOMEM *vmem = VIRTIO_MEM(md);

    return VIRTIO_MEM_GET_CLASS(vmem)->get_memory_region(vmem, errp);
}

static void decide_memslots(MemoryDeviceState *md, unsigned int limit)
{
    virtio_mem_decide_memslots(VIRTIO_MEM(md), limit);
}

static unsigned int get_memslots(MemoryDeviceState *md)
{
    return virtio_mem_get_memslots(VIRTIO_MEM(md));
}

static uint64_t get_min_alignment(const MemoryDeviceState *md)
{
    return object_property_get_uint(OBJECT(md), VIRTIO_MEM_BLOCK_SIZE_PROP,
                                    &error_abort);
}

static void fill_device_info(const MemoryDeviceState *md,
                             MemoryDeviceInfo *info)
{
    VirtIOMEM *vmem = VIRTIO_MEM(md);
    VirtioMEMDeviceInfo *vi = g_new0(VirtioMEMDeviceInfo, 1);

    vi->id = g_strdup(DEVICE(md)->id);
    VIRTIO_MEM_GET_CLASS(vmem)->fill_device_info(vmem, vi);
    info->type = MEMORY_DEVICE_INFO_KIND_VIRTIO_MEM;
    info->u.virtio_mem.data = vi;
}

static void unplug_request_check(MemoryDeviceState *md, Error **errp)
{
    VirtIOMEM *vmem = VIRTIO_MEM(md);

    VIRTIO_MEM_GET_CLASS(vmem)->unplug_request_check(vmem, errp);
}

void virtio_mem_memory_device_class_init(MemoryDeviceClass *mdc)
{
    mdc->get_addr = get_addr;
    mdc->set_addr = set_addr;
    mdc->get_plugged_size = get_plugged_size;
    mdc->get_memory_region = get_region;
    mdc->decide_memslots = decide_memslots;
    mdc->get_memslots = get_memslots;
    mdc->get_min_alignment = get_min_alignment;
    mdc->fill_device_info = fill_device_info;
    mdc->unplug_request_check = unplug_request_check;
}
