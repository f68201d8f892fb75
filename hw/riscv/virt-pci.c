/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PCI Express host bridge of the board "virt". */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/pci-host/gpex.h"
#include "hw/pci/pci.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "virt-internal.h"

/* Shows @e of region @n of the host bridge in the system's memory. */
static void map_window(DeviceState *dev, int n, const char *name, hwaddr offset,
                       const MemMapEntry *e)
{
    MemoryRegion *alias = g_new0(MemoryRegion, 1);

    memory_region_init_alias(alias, OBJECT(dev), name,
                             sysbus_mmio_get_region(SYS_BUS_DEVICE(dev), n),
                             offset, e->size);
    memory_region_add_subregion(get_system_memory(), e->base, alias);
}

static void set_range(DeviceState *dev, const char *base, const char *size,
                      const MemMapEntry *e, bool is_int)
{
    object_property_set_uint(OBJECT(dev), base, e->base, &error_abort);
    if (is_int) {
        object_property_set_int(OBJECT(dev), size, e->size, &error_abort);
    } else {
        object_property_set_uint(OBJECT(dev), size, e->size, &error_abort);
    }
}

void virt_create_pci(RISCVVirtState *s)
{
    const MemMapEntry *map = s->memmap;
    DeviceState *dev = qdev_new(TYPE_GPEX_HOST);

    set_range(dev, PCI_HOST_ECAM_BASE, PCI_HOST_ECAM_SIZE, &map[VIRT_PCIE_ECAM],
              true);
    set_range(dev, PCI_HOST_BELOW_4G_MMIO_BASE, PCI_HOST_BELOW_4G_MMIO_SIZE,
              &map[VIRT_PCIE_MMIO], false);
    set_range(dev, PCI_HOST_ABOVE_4G_MMIO_BASE, PCI_HOST_ABOVE_4G_MMIO_SIZE,
              &s->high_pcie_mmio, false);
    set_range(dev, PCI_HOST_PIO_BASE, PCI_HOST_PIO_SIZE, &map[VIRT_PCIE_PIO],
              true);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);

    /* The bus has the addresses of the CPU, so that they need no offset. */
    map_window(dev, 0, "pcie-ecam", 0, &map[VIRT_PCIE_ECAM]);
    map_window(dev, 1, "pcie-mmio", map[VIRT_PCIE_MMIO].base,
               &map[VIRT_PCIE_MMIO]);
    map_window(dev, 1, "pcie-mmio-high", s->high_pcie_mmio.base,
               &s->high_pcie_mmio);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 2, map[VIRT_PCIE_PIO].base);
    for (int i = 0; i < PCI_NUM_PINS; i++) {
        sysbus_connect_irq(SYS_BUS_DEVICE(dev), i,
                           virt_irq(s, VIRT_IRQ_PCI, PCIE_IRQ + i));
        gpex_set_irq_num(GPEX_HOST(dev), i, PCIE_IRQ + i);
    }
    s->gpex_host = GPEX_HOST(dev);
    s->gpex_host->gpex_cfg.bus = PCI_HOST_BRIDGE(dev)->bus;
}
