/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-mem: memory that the guest plugs and unplugs in blocks until it has
 * as much as the user asks for (virtio 1.2, 5.15).
 *
 * The device has a region, its memory backend, of which the guest uses the
 * plugged blocks; a bitmap says which these are, and whoever maps or migrates
 * the region asks the device, a RamDiscardManager. What is unplugged is given
 * back to the host. The device is a memory device (hw/mem/memory-device.h) by
 * itself on a bus that is not PCI; on PCI, virtio-mem-pci is one and uses the
 * class methods below. Everything runs under the big lock.
 */
#ifndef HW_VIRTIO_MEM_H
#define HW_VIRTIO_MEM_H

#include "hw/resettable.h"
#include "hw/virtio/virtio.h"
#include "memory/ram-discard.h"
#include "qapi/qapi-types-misc.h"
#include "qom/object.h"
#include "standard-headers/linux/virtio_mem.h"
#include "system/hostmem.h"

#define TYPE_VIRTIO_MEM "virtio-mem"

OBJECT_DECLARE_TYPE(VirtIOMEM, VirtIOMEMClass, VIRTIO_MEM)

#define TYPE_VIRTIO_MEM_SYSTEM_RESET "virtio-mem-system-reset"

OBJECT_DECLARE_SIMPLE_TYPE(VirtioMemSystemReset, VIRTIO_MEM_SYSTEM_RESET)

#define VIRTIO_MEM_MEMDEV_PROP                 "memdev"
#define VIRTIO_MEM_NODE_PROP                   "node"
#define VIRTIO_MEM_SIZE_PROP                   "size"
#define VIRTIO_MEM_REQUESTED_SIZE_PROP         "requested-size"
#define VIRTIO_MEM_BLOCK_SIZE_PROP             "block-size"
#define VIRTIO_MEM_ADDR_PROP                   "memaddr"
#define VIRTIO_MEM_UNPLUGGED_INACCESSIBLE_PROP "unplugged-inaccessible"
#define VIRTIO_MEM_EARLY_MIGRATION_PROP        "x-early-migration"
#define VIRTIO_MEM_PREALLOC_PROP               "prealloc"
#define VIRTIO_MEM_DYNAMIC_MEMSLOTS_PROP       "dynamic-memslots"

struct VirtIOMEM {
    VirtIODevice parent_obj;

    VirtQueue *vq; /* the guest's requests */

    /* A bit per block: plugged. */
    int32_t bitmap_size;
    unsigned long *bitmap;

    /*
     * dynamic-memslots: a container in place of the backend's region, with
     * aliases of its parts (all of memslot_size bytes but the last), which are
     * mapped while a block in them is plugged.
     */
    MemoryRegion *mr;
    MemoryRegion *memslots;
    uint16_t nb_memslots;
    uint64_t memslot_size;

    HostMemoryBackend *memdev;
    uint32_t node;
    uint64_t addr;               /* guest physical */
    uint64_t usable_region_size; /* blocks above are not to be plugged yet */
    uint64_t size;               /* plugged */
    uint64_t requested_size;
    uint64_t block_size; /* 0: not decided yet */

    OnOffAuto unplugged_inaccessible; /* not auto once realized */
    bool prealloc;
    bool early_migration; /* the bitmap goes before RAM */
    bool dynamic_memslots;

    NotifierList size_change_notifiers; /* data: a uint64_t, the size */
    QLIST_HEAD(, RamDiscardListener) rdl_list;

    VirtioMemSystemReset *system_reset;

    /* Ours: sends events when it is a memory device by itself. */
    Notifier size_event;
    bool size_event_added;
    char *path; /* of this object, once there was an event */
};

/* Hears of resets of the whole system only. */
struct VirtioMemSystemReset {
    Object parent;

    ResettableState reset_state;
    VirtIOMEM *vmem;
};

/* For whoever contains the device and is the memory device in its place. */
struct VirtIOMEMClass {
    /* private */
    VirtIODevice parent;

    /* public */
    void (*fill_device_info)(const VirtIOMEM *vmen, VirtioMEMDeviceInfo *vi);
    MemoryRegion *(*get_memory_region)(VirtIOMEM *vmem, Error **errp);
    void (*decide_memslots)(VirtIOMEM *vmem, unsigned int limit);
    unsigned int (*get_memslots)(VirtIOMEM *vmem);
    /* @notifier is called with the new size after each change. */
    void (*add_size_change_notifier)(VirtIOMEM *vmem, Notifier *notifier);
    void (*remove_size_change_notifier)(VirtIOMEM *vmem, Notifier *notifier);
    /* Refuses an unplug of the device while memory of it is in use. */
    void (*unplug_request_check)(VirtIOMEM *vmem, Error **errp);
};

#endif
