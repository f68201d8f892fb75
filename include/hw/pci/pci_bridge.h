/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI to PCI bridges: a function with a bus behind it.
 *
 * The bus has an address space of memory and one of ports, in which its devices
 * put their regions; what the bridge's windows let through are aliases of them
 * in the spaces of the bus above (PCI-to-PCI Bridge Architecture
 * Specification 1.2, 3.2.5). A model calls pci_bridge_initfn() in realize,
 * pci_bridge_exitfn() in exit, and has pci_bridge_write_config() and
 * pci_bridge_reset() as its methods, or calls them from its own.
 */
#ifndef QEMU_PCI_BRIDGE_H
#define QEMU_PCI_BRIDGE_H

#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_device.h"
#include "qom/object.h"

typedef struct PCIBridgeWindows PCIBridgeWindows;

/* The aliases, in the spaces of the bus above. */
struct PCIBridgeWindows {
    MemoryRegion alias_pref_mem;
    MemoryRegion alias_mem;
    MemoryRegion alias_io;
    /* What a VGA behind the bridge has, if the bridge lets that through. */
    MemoryRegion alias_vga[QEMU_PCI_VGA_NUM_REGIONS];
};

#define TYPE_PCI_BRIDGE "base-pci-bridge"
OBJECT_DECLARE_SIMPLE_TYPE(PCIBridge, PCI_BRIDGE)
#define IS_PCI_BRIDGE(dev) object_dynamic_cast(OBJECT(dev), TYPE_PCI_BRIDGE)

struct PCIBridge {
    PCIDevice parent_obj;

    PCIBus sec_bus;
    /* All addresses of the bus behind the bridge. */
    MemoryRegion address_space_mem;
    MemoryRegion address_space_io;
    AddressSpace as_mem;
    AddressSpace as_io;

    PCIBridgeWindows windows;

    pci_map_irq_fn map_irq;
    const char *bus_name;

    /* A property for old machines: PCI Express has no secondary latency. */
    bool pcie_writeable_slt_bug;
};

#define PCI_BRIDGE_DEV_PROP_CHASSIS_NR "chassis_nr"
#define PCI_BRIDGE_DEV_PROP_MSI        "msi"
#define PCI_BRIDGE_DEV_PROP_SHPC       "shpc"

/*
 * In realize: makes the bus, of type @typename, with the name and the lines
 * that pci_bridge_map_irq() has said before (NULL: the device's id), and the
 * windows, which are closed.
 */
void pci_bridge_initfn(PCIDevice *pci_dev, const char *typename);
void pci_bridge_exitfn(PCIDevice *pci_dev);
void pci_bridge_map_irq(PCIBridge *br, const char *bus_name,
                        pci_map_irq_fn map_irq);

/* Adds the capability with the subsystem's ids: as pci_add_capability(). */
int pci_bridge_ssvid_init(PCIDevice *dev, uint8_t offset, uint16_t svid,
                          uint16_t ssid, Error **errp);

/* The bridge above a bus that is no root; the bus behind a bridge. */
PCIDevice *pci_bridge_get_device(PCIBus *bus);
PCIBus *pci_bridge_get_sec_bus(PCIBridge *br);

/*
 * First and last address of a window. @type: PCI_BASE_ADDRESS_SPACE_IO, or
 * memory, or that with PCI_BASE_ADDRESS_MEM_PREFETCH. The window is closed if
 * the last is less than the first.
 */
pcibus_t pci_bridge_get_base(const PCIDevice *bridge, uint8_t type);
pcibus_t pci_bridge_get_limit(const PCIDevice *bridge, uint8_t type);

/* The windows are as the registers say. */
void pci_bridge_update_mappings(PCIBridge *br);
/* The default write, and its effects. */
void pci_bridge_write_config(PCIDevice *d, uint32_t address, uint32_t val,
                             int len);
/* Closes the windows, as Express ports do. */
void pci_bridge_disable_base_limit(PCIDevice *dev);
/* The registers of a bridge after a reset: a method of DeviceClass. */
void pci_bridge_reset(DeviceState *qdev);

/* Bits of the control register that Linux's header does not have. */
#define PCI_BRIDGE_CTL_VGA_16BIT      0x10
#define PCI_BRIDGE_CTL_DISCARD        0x100
#define PCI_BRIDGE_CTL_SEC_DISCARD    0x200
#define PCI_BRIDGE_CTL_DISCARD_STATUS 0x400
#define PCI_BRIDGE_CTL_DISCARD_SERR   0x800

/*
 * A capability of Red Hat's: how much firmware is to reserve for devices that
 * come later. All ones in a field: whatever it likes.
 */
typedef struct PCIBridgeQemuCap {
    uint8_t id;
    uint8_t next;
    uint8_t len;
    uint8_t type; /* REDHAT_PCI_CAP_RESOURCE_RESERVE */

    uint32_t bus_res;
    uint64_t io;
    uint32_t mem;
    /* One of these is all ones. */
    uint32_t mem_pref_32;
    uint64_t mem_pref_64;
} PCIBridgeQemuCap;

#define REDHAT_PCI_CAP_TYPE_OFFSET      3
#define REDHAT_PCI_CAP_RESOURCE_RESERVE 1

/* The same as properties: bytes, and numbers of buses. */
typedef struct PCIResReserve {
    uint32_t bus;
    uint64_t io;
    uint64_t mem_non_pref;
    uint64_t mem_pref_32;
    uint64_t mem_pref_64;
} PCIResReserve;

#define REDHAT_PCI_CAP_RES_RESERVE_BUS_RES     4
#define REDHAT_PCI_CAP_RES_RESERVE_IO          8
#define REDHAT_PCI_CAP_RES_RESERVE_MEM         16
#define REDHAT_PCI_CAP_RES_RESERVE_PREF_MEM_32 20
#define REDHAT_PCI_CAP_RES_RESERVE_PREF_MEM_64 24
#define REDHAT_PCI_CAP_RES_RESERVE_CAP_SIZE    32

/*
 * Adds it at @cap_offset, or anywhere with 0; nothing to reserve: does nothing.
 * Returns 0; -EINVAL with @errp for both kinds of prefetchable memory, or what
 * pci_add_capability() said.
 */
int pci_bridge_qemu_reserve_cap_init(PCIDevice *dev, int cap_offset,
                                     PCIResReserve res_reserve, Error **errp);

#endif
