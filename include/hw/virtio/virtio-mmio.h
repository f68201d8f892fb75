/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory-mapped transport (virtio 1.2, section 4.2).
 *
 * A board makes a "virtio-mmio" for each slot and maps its one region of 512
 * bytes; a device plugged into its bus appears there. Without one, the device
 * id reads 0. "force-legacy" (the default, as in QEMU) gives the registers of
 * before 1.0.
 */
#ifndef HW_VIRTIO_MMIO_H
#define HW_VIRTIO_MMIO_H

#include "hw/sysbus.h"
#include "hw/virtio/virtio-bus.h"

#define TYPE_VIRTIO_MMIO_BUS "virtio-mmio-bus"
DECLARE_OBJ_CHECKERS(VirtioBusState, VirtioBusClass,
                     VIRTIO_MMIO_BUS, TYPE_VIRTIO_MMIO_BUS)

#define TYPE_VIRTIO_MMIO "virtio-mmio"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOMMIOProxy, VIRTIO_MMIO)

/* "virt", the two versions, and "QEMU". */
#define VIRT_MAGIC 0x74726976
#define VIRT_VERSION 2
#define VIRT_VERSION_LEGACY 1
#define VIRT_VENDOR 0x554D4551

/* What a driver writes about a queue before it makes it ready. */
typedef struct VirtIOMMIOQueue {
    uint16_t num;
    bool enabled;
    /* Low and high half. */
    uint32_t desc[2];
    uint32_t avail[2];
    uint32_t used[2];
} VirtIOMMIOQueue;

#define VIRTIO_IOMMIO_FLAG_USE_IOEVENTFD_BIT 1
#define VIRTIO_IOMMIO_FLAG_USE_IOEVENTFD \
    (1 << VIRTIO_IOMMIO_FLAG_USE_IOEVENTFD_BIT)

struct VirtIOMMIOProxy {
    SysBusDevice parent_obj;
    MemoryRegion iomem;
    qemu_irq irq;
    bool legacy;
    uint32_t flags;
    /* Registers that are saved. */
    uint32_t host_features_sel;
    uint32_t guest_features_sel;
    uint32_t guest_page_shift;
    VirtioBusState bus;
    /* Whether the bus's path has the address of the transport. */
    bool format_transport_address;
    /* Of modern devices. */
    uint32_t guest_features[2];
    VirtIOMMIOQueue vqs[VIRTIO_QUEUE_MAX];
};

#endif
