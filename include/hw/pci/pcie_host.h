/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host bridges of PCI Express: configuration spaces in memory, 4 KiB for each
 * function (ECAM, PCI Express Base Specification, 7.2.2).
 *
 * A bridge calls pcie_host_mmcfg_init() with what it can decode at most; then
 * its region mmio is placed by the board, or by the bridge itself with the
 * functions below when a register of its own says where.
 */
#ifndef PCIE_HOST_H
#define PCIE_HOST_H

#include "exec/memory.h"
#include "hw/pci/pci_host.h"
#include "qom/object.h"

#define TYPE_PCIE_HOST_BRIDGE "pcie-host-bridge"
OBJECT_DECLARE_SIMPLE_TYPE(PCIExpressHost, PCIE_HOST_BRIDGE)

/* Properties that bridges give. */
#define PCIE_HOST_MCFG_BASE "MCFG"
#define PCIE_HOST_MCFG_SIZE "mcfg_size"

/* PCIExpressHost.base_addr of what is not mapped */
#define PCIE_BASE_ADDR_UNMAPPED ((hwaddr)-1ULL)

struct PCIExpressHost {
    PCIHostState pci;

    hwaddr base_addr; /* in the system's memory, if mapped from here */
    hwaddr size;      /* bytes that are decoded */
    MemoryRegion mmio;
};

/* @size is a power of two between the two limits below. */
void pcie_host_mmcfg_init(PCIExpressHost *e, uint32_t size);
void pcie_host_mmcfg_map(PCIExpressHost *e, hwaddr addr, uint32_t size);
void pcie_host_mmcfg_unmap(PCIExpressHost *e);
/* Maps anew, or not at all if not @enable. */
void pcie_host_mmcfg_update(PCIExpressHost *e, int enable, hwaddr addr,
                            uint32_t size);

/* Address bits 27 to 20: bus; 19 to 12: function; 11 to 0: register. */
#define PCIE_MMCFG_SIZE_MAX        (1ULL << 28)
#define PCIE_MMCFG_SIZE_MIN        (1ULL << 20)
#define PCIE_MMCFG_BUS_BIT         20
#define PCIE_MMCFG_BUS_MASK        0xff
#define PCIE_MMCFG_DEVFN_BIT       12
#define PCIE_MMCFG_DEVFN_MASK      0xff
#define PCIE_MMCFG_CONFOFFSET_MASK 0xfff
#define PCIE_MMCFG_BUS(addr) \
    (((addr) >> PCIE_MMCFG_BUS_BIT) & PCIE_MMCFG_BUS_MASK)
#define PCIE_MMCFG_DEVFN(addr) \
    (((addr) >> PCIE_MMCFG_DEVFN_BIT) & PCIE_MMCFG_DEVFN_MASK)
#define PCIE_MMCFG_CONFOFFSET(addr) ((addr) & PCIE_MMCFG_CONFOFFSET_MASK)

#endif
