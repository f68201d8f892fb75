/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host bridges: the base of what makes a root bus and shows configuration
 * spaces to the CPU.
 *
 * The classic way is a pair of registers: conf_mem takes the address (bit 31
 * enables, bits 23 to 16 are the bus, 15 to 8 the function, 7 to 2 the
 * register) and data_mem the data (PCI Local Bus Specification 3.0, 3.2.2.3.2).
 * A bridge initializes these regions with the operations here. The flat way of
 * PCI Express is in pcie_host.h.
 */
#ifndef PCI_HOST_H
#define PCI_HOST_H

#include "hw/pci/pci.h"
#include "hw/sysbus.h"
#include "qom/object.h"

#define PCI_HOST_BYPASS_IOMMU "bypass-iommu"

#define TYPE_PCI_HOST_BRIDGE "pci-host-bridge"
OBJECT_DECLARE_TYPE(PCIHostState, PCIHostBridgeClass, PCI_HOST_BRIDGE)

struct PCIHostState {
    SysBusDevice busdev;

    MemoryRegion conf_mem;
    MemoryRegion data_mem;
    MemoryRegion mmcfg;
    uint32_t config_reg; /* what conf_mem was told */
    bool mig_enabled;    /* whether that goes into the stream */
    PCIBus *bus;         /* the bridge sets it */
    bool bypass_iommu;

    QLIST_ENTRY(PCIHostState) next; /* of all: see pci_qdev_find_device() */
};

struct PCIHostBridgeClass {
    SysBusDeviceClass parent_class;

    /* The name of the root bus @bus in paths; must be there */
    const char *(*root_bus_path)(PCIHostState *host, PCIBus *bus);
};

/*
 * An access to @addr of the space of @pci_dev (not NULL), of which this way
 * reaches the first @limit bytes. What is beyond, or of a device that does not
 * answer, reads as all ones and ignores writes.
 */
void pci_host_config_write_common(PCIDevice *pci_dev, uint32_t addr,
                                  uint32_t limit, uint32_t val, uint32_t len);
uint32_t pci_host_config_read_common(PCIDevice *pci_dev, uint32_t addr,
                                     uint32_t limit, uint32_t len);

/* The same by an address as conf_mem takes it, of any device below @s. */
void pci_data_write(PCIBus *s, uint32_t addr, uint32_t val, unsigned len);
uint32_t pci_data_read(PCIBus *s, uint32_t addr, unsigned len);

/* For conf_mem and data_mem; opaque is the PCIHostState. */
extern const MemoryRegionOps pci_host_conf_le_ops;
extern const MemoryRegionOps pci_host_conf_be_ops;
extern const MemoryRegionOps pci_host_data_le_ops;

#endif
