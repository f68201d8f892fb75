/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtio device on PCI that is a memory device: the base of virtio-mem-pci
 * and virtio-pmem-pci. It is the memory device in place of the virtio device
 * within, to which it passes all questions.
 *
 * A machine's hotplug handler plugs it with memory_device_bus_plug() and its
 * like (hw/mem/memory-device.h). Big lock.
 */
#ifndef HW_VIRTIO_MD_PCI_H
#define HW_VIRTIO_MD_PCI_H

#include "hw/virtio/virtio-pci.h"
#include "qom/object.h"

#define TYPE_VIRTIO_MD_PCI "virtio-md-pci"

OBJECT_DECLARE_TYPE(VirtIOMDPCI, VirtIOMDPCIClass, VIRTIO_MD_PCI)

struct VirtIOMDPCIClass {
    /* private */
    VirtioPCIClass parent;

    /* public: sets @errp while it cannot be unplugged; NULL: never */
    void (*unplug_request_check)(VirtIOMDPCI *vmd, Error **errp);
};

struct VirtIOMDPCI {
    VirtIOPCIProxy parent_obj;
};

#endif
