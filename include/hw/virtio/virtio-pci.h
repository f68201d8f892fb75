/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio over PCI (virtio 1.2, section 4.1): a PCI device, the proxy, with a
 * bus for one virtio device.
 *
 * A proxy type embeds a VirtIOPCIProxy and its virtio device; realize of the
 * class realizes that on the proxy's bus. Types are registered by
 * virtio_pci_types_register(), up to three for one device: modern or
 * transitional by where it is plugged, only the one, only the other. What the
 * guest sees (regions, capabilities, ids) is made when the device is plugged.
 */
#ifndef QEMU_VIRTIO_PCI_H
#define QEMU_VIRTIO_PCI_H

#include "hw/pci/msi.h"
#include "hw/virtio/virtio-bus.h"
#include "qom/object.h"

typedef struct VirtioBusState VirtioPCIBusState;
typedef struct VirtioBusClass VirtioPCIBusClass;

#define TYPE_VIRTIO_PCI_BUS "virtio-pci-bus"
DECLARE_OBJ_CHECKERS(VirtioPCIBusState, VirtioPCIBusClass, VIRTIO_PCI_BUS,
                     TYPE_VIRTIO_PCI_BUS)

/* Bits of VirtIOPCIProxy.flags, which are properties. */
enum {
    VIRTIO_PCI_FLAG_BUS_MASTER_BUG_MIGRATION_BIT,
    VIRTIO_PCI_FLAG_USE_IOEVENTFD_BIT,
    VIRTIO_PCI_FLAG_MIGRATE_EXTRA_BIT,
    VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY_BIT,
    VIRTIO_PCI_FLAG_DISABLE_PCIE_BIT,
    VIRTIO_PCI_FLAG_PAGE_PER_VQ_BIT,
    VIRTIO_PCI_FLAG_ATS_BIT,
    VIRTIO_PCI_FLAG_INIT_DEVERR_BIT,
    VIRTIO_PCI_FLAG_INIT_LNKCTL_BIT,
    VIRTIO_PCI_FLAG_INIT_PM_BIT,
    VIRTIO_PCI_FLAG_INIT_FLR_BIT,
    VIRTIO_PCI_FLAG_AER_BIT,
    VIRTIO_PCI_FLAG_ATS_PAGE_ALIGNED_BIT,
    VIRTIO_PCI_FLAG_PM_NO_SOFT_RESET_BIT,
};

#define VIRTIO_PCI_FLAG_BUS_MASTER_BUG_MIGRATION                               \
    (1 << VIRTIO_PCI_FLAG_BUS_MASTER_BUG_MIGRATION_BIT)
/* Kicks go to an eventfd */
#define VIRTIO_PCI_FLAG_USE_IOEVENTFD (1 << VIRTIO_PCI_FLAG_USE_IOEVENTFD_BIT)
/* Never a PCI Express function */
#define VIRTIO_PCI_FLAG_DISABLE_PCIE (1 << VIRTIO_PCI_FLAG_DISABLE_PCIE_BIT)
/* The modern state is in the stream */
#define VIRTIO_PCI_FLAG_MIGRATE_EXTRA (1 << VIRTIO_PCI_FLAG_MIGRATE_EXTRA_BIT)
/* Kicks through a port, too */
#define VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY                                      \
    (1 << VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY_BIT)
/* Each queue's kick has a page of its own */
#define VIRTIO_PCI_FLAG_PAGE_PER_VQ (1 << VIRTIO_PCI_FLAG_PAGE_PER_VQ_BIT)
/* Capabilities that an Express function has, or parts of them */
#define VIRTIO_PCI_FLAG_ATS         (1 << VIRTIO_PCI_FLAG_ATS_BIT)
#define VIRTIO_PCI_FLAG_INIT_DEVERR (1 << VIRTIO_PCI_FLAG_INIT_DEVERR_BIT)
#define VIRTIO_PCI_FLAG_INIT_LNKCTL (1 << VIRTIO_PCI_FLAG_INIT_LNKCTL_BIT)
#define VIRTIO_PCI_FLAG_INIT_PM     (1 << VIRTIO_PCI_FLAG_INIT_PM_BIT)
#define VIRTIO_PCI_FLAG_PM_NO_SOFT_RESET                                       \
    (1 << VIRTIO_PCI_FLAG_PM_NO_SOFT_RESET_BIT)
#define VIRTIO_PCI_FLAG_INIT_FLR (1 << VIRTIO_PCI_FLAG_INIT_FLR_BIT)
#define VIRTIO_PCI_FLAG_AER      (1 << VIRTIO_PCI_FLAG_AER_BIT)
#define VIRTIO_PCI_FLAG_ATS_PAGE_ALIGNED                                       \
    (1 << VIRTIO_PCI_FLAG_ATS_PAGE_ALIGNED_BIT)

/* For vhost: QEMU's own source of the proxy has them, ours does not use them. */
typedef struct {
    MSIMessage msg;
    int virq;
    unsigned int users;
} VirtIOIRQFD;

#define TYPE_VIRTIO_PCI "virtio-pci"
OBJECT_DECLARE_TYPE(VirtIOPCIProxy, VirtioPCIClass, VIRTIO_PCI)

struct VirtioPCIClass {
    PCIDeviceClass parent_class;
    DeviceRealize parent_dc_realize;
    void (*realize)(VirtIOPCIProxy *vpci_dev, Error **errp);
};

/* A structure of registers, and what the capability says of it. */
typedef struct VirtIOPCIRegion {
    MemoryRegion mr;
    uint32_t offset; /* in the base address register's region */
    uint32_t size;
    uint32_t type; /* VIRTIO_PCI_CAP_... */
} VirtIOPCIRegion;

/* What the guest has written of a queue; @reset is never seen. */
typedef struct VirtIOPCIQueue {
    uint16_t num;
    bool enabled;
    bool reset;
    uint32_t desc[2];
    uint32_t avail[2];
    uint32_t used[2];
} VirtIOPCIQueue;

struct VirtIOPCIProxy {
    PCIDevice pci_dev;
    MemoryRegion bar; /* the legacy registers */
    union {
        struct {
            VirtIOPCIRegion common;
            VirtIOPCIRegion isr;
            VirtIOPCIRegion device;
            VirtIOPCIRegion notify;
            VirtIOPCIRegion notify_pio;
        };
        VirtIOPCIRegion regs[5];
    };
    MemoryRegion modern_bar;
    MemoryRegion io_bar;
    /* QEMU's way to the window in the configuration space */
    AddressSpace modern_cfg_mem_as;
    AddressSpace modern_cfg_io_as;
    /* Numbers of base address registers */
    uint32_t legacy_io_bar_idx;
    uint32_t msix_bar_idx;
    uint32_t modern_io_bar_idx;
    uint32_t modern_mem_bar_idx;
    int config_cap; /* where that window is */
    uint32_t flags;
    bool disable_modern;
    bool ignore_backend_features;
    OnOffAuto disable_legacy;
    uint16_t trans_devid; /* the id as a transitional device; 0: none */
    uint32_t class_code;
    uint32_t nvectors;
    uint32_t dfselect;
    uint32_t gfselect;
    uint32_t guest_features[2];
    VirtIOPCIQueue vqs[VIRTIO_QUEUE_MAX];

    VirtIOIRQFD *vector_irqfd; /* QEMU's; see above */
    int nvqs_with_notifiers;
    VirtioBusState bus;
};

static inline bool virtio_pci_modern(VirtIOPCIProxy *proxy)
{
    return !proxy->disable_modern;
}

static inline bool virtio_pci_legacy(VirtIOPCIProxy *proxy)
{
    return proxy->disable_legacy == ON_OFF_AUTO_OFF;
}

/* For devices that are only the one or the other. */
static inline void virtio_pci_force_virtio_1(VirtIOPCIProxy *proxy)
{
    proxy->disable_modern = false;
    proxy->disable_legacy = ON_OFF_AUTO_ON;
}

static inline void virtio_pci_disable_modern(VirtIOPCIProxy *proxy)
{
    proxy->disable_modern = true;
}

/* By VIRTIO_ID_...: the id of a transitional device (0: there is none), and the
 * class code. */
uint16_t virtio_pci_get_trans_devid(uint16_t device_id);
uint16_t virtio_pci_get_class_id(uint16_t device_id);

#define TYPE_VIRTIO_INPUT_PCI "virtio-input-pci"

#define VIRTIO_PCI_ABI_VERSION 0 /* the revision of legacy devices */

/*
 * Types to register. generic_name has the properties disable-legacy and
 * disable-modern, and is transitional only where it is no PCI Express function
 * behind a port; transitional_name goes on conventional buses only. If one of
 * the last two is there, base_name is their common parent. parent is
 * TYPE_VIRTIO_PCI if NULL; the rest is as in TypeInfo, of the base.
 */
typedef struct VirtioPCIDeviceTypeInfo {
    const char *base_name;
    const char *generic_name;
    const char *transitional_name;
    const char *non_transitional_name;
    const char *parent;

    size_t instance_size;
    size_t class_size;
    void (*instance_init)(Object *obj);
    void (*instance_finalize)(Object *obj);
    void (*class_init)(ObjectClass *klass, void *data);
    InterfaceInfo *interfaces;
} VirtioPCIDeviceTypeInfo;

/* @t must stay. */
void virtio_pci_types_register(const VirtioPCIDeviceTypeInfo *t);

/*
 * How many queues a device had best have for this machine's CPUs, beside
 * @fixed_queues that it has anyway.
 */
unsigned virtio_pci_optimal_num_queues(unsigned fixed_queues);
/* As virtio_queue_set_guest_notifier_fd_handler(), or for the configuration. */
void virtio_pci_set_guest_notifier_fd_handler(VirtIODevice *vdev, VirtQueue *vq,
                                              int n, bool assign,
                                              bool with_irqfd);
/*
 * In device_plugged: says that @length bytes at @offset of register @bar are
 * shared memory @id. Returns the capability's place.
 */
int virtio_pci_add_shm_cap(VirtIOPCIProxy *proxy, uint8_t bar, uint64_t offset,
                           uint64_t length, uint8_t id);

#endif
