/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-pmem: a file of the host as memory that persists (virtio 1.2, 5.19).
 *
 * The guest maps the memory and uses it without a page cache of its own; a
 * flush request has the host write the file. A memory device by itself on a bus
 * that is not PCI; on PCI, virtio-pmem-pci is one and uses the class methods.
 */
#ifndef HW_VIRTIO_PMEM_H
#define HW_VIRTIO_PMEM_H

#include "hw/virtio/virtio.h"
#include "qapi/qapi-types-machine.h"
#include "qom/object.h"

#define TYPE_VIRTIO_PMEM "virtio-pmem"

OBJECT_DECLARE_TYPE(VirtIOPMEM, VirtIOPMEMClass, VIRTIO_PMEM)

#define VIRTIO_PMEM_ADDR_PROP   "memaddr"
#define VIRTIO_PMEM_MEMDEV_PROP "memdev"

struct VirtIOPMEM {
    VirtIODevice parent_obj;

    VirtQueue *rq_vq;
    uint64_t start; /* guest physical */
    HostMemoryBackend *memdev;
    unsigned int inflight; /* flushes that are under way */
    VMChangeStateEntry *vmstate; /* ours */
};

struct VirtIOPMEMClass {
    /* private */
    VirtIODevice parent;

    /* public */
    void (*fill_device_info)(const VirtIOPMEM *pmem, VirtioPMEMDeviceInfo *vi);
    MemoryRegion *(*get_memory_region)(VirtIOPMEM *pmem, Error **errp);
};

#endif
