/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Host bridges of PCI Express: the window of configuration spaces. */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/pci/pcie_host.h"
#include "pci-internal.h"
#include "qemu/module.h"

/* ---- accesses ------------------------------------------------------------ */

/* A smaller window has fewer buses: addresses beyond are not decoded. */
static PCIDevice *find_device(PCIExpressHost *e, hwaddr addr)
{
    return pci_find_device(e->pci.bus, PCIE_MMCFG_BUS(addr),
                           PCIE_MMCFG_DEVFN(addr));
}

static uint64_t mmcfg_read(void *opaque, hwaddr addr, unsigned len)
{
    PCIDevice *d = find_device(opaque, addr);

    /* The upper space of a conventional device does not exist. */
    return d ? pci_host_config_read_common(d, PCIE_MMCFG_CONFOFFSET(addr),
                                           pci_config_size(d), len)
             : ~0ull;
}

static void mmcfg_write(void *opaque, hwaddr addr, uint64_t val, unsigned len)
{
    PCIDevice *d = find_device(opaque, addr);

    if (d) {
        pci_host_config_write_common(d, PCIE_MMCFG_CONFOFFSET(addr),
                                     pci_config_size(d), val, len);
    }
}

static const MemoryRegionOps mmcfg_ops = {
    .read = mmcfg_read,
    .write = mmcfg_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/* ---- placing the window -------------------------------------------------- */

void pcie_host_mmcfg_init(PCIExpressHost *e, uint32_t size)
{
    assert(is_power_of_2(size) && size >= PCIE_MMCFG_SIZE_MIN &&
           size <= PCIE_MMCFG_SIZE_MAX);
    e->size = size;
    memory_region_init_io(&e->mmio, OBJECT(e), &mmcfg_ops, e, "pcie-mmcfg-mmio",
                          size);
}

void pcie_host_mmcfg_unmap(PCIExpressHost *e)
{
    if (e->base_addr != PCIE_BASE_ADDR_UNMAPPED) {
        memory_region_del_subregion(get_system_memory(), &e->mmio);
        e->base_addr = PCIE_BASE_ADDR_UNMAPPED;
    }
}

void pcie_host_mmcfg_map(PCIExpressHost *e, hwaddr addr, uint32_t size)
{
    pcie_host_mmcfg_unmap(e);
    assert(is_power_of_2(size) && size >= PCIE_MMCFG_SIZE_MIN &&
           size <= PCIE_MMCFG_SIZE_MAX);
    e->size = size;
    e->base_addr = addr;
    memory_region_set_size(&e->mmio, size);
    memory_region_add_subregion(get_system_memory(), addr, &e->mmio);
}

void pcie_host_mmcfg_update(PCIExpressHost *e, int enable, hwaddr addr,
                            uint32_t size)
{
    memory_region_transaction_begin();
    if (enable) {
        pcie_host_mmcfg_map(e, addr, size);
    } else {
        pcie_host_mmcfg_unmap(e);
    }
    memory_region_transaction_commit();
}

/* ---- the type ------------------------------------------------------------ */

static void pcie_host_init(Object *obj)
{
    PCIE_HOST_BRIDGE(obj)->base_addr = PCIE_BASE_ADDR_UNMAPPED;
}

static const TypeInfo pcie_host_types[] = {
    {
        .name = TYPE_PCIE_HOST_BRIDGE,
        .parent = TYPE_PCI_HOST_BRIDGE,
        .abstract = true,
        .instance_size = sizeof(PCIExpressHost),
        .instance_init = pcie_host_init,
    },
};

DEFINE_TYPES(pcie_host_types)
