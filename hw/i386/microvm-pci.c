/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PCI Express host bridge of the board "microvm", with pcie=on: where its
 * parts are, and which lines it has. There are no ports.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "microvm-internal.h"
#include "qapi/error.h"
#include "target/x86/cpu.h"

/* Below this many addresses there is no room for a 64-bit window. */
#define MIN_PHYS_SIZE 0x1000000

/* The topmost quarter of what the CPUs can address is the 64-bit window. */
void microvm_pci_layout(MicrovmMachineState *mms)
{
    struct GPEXConfig *cfg = &mms->gpex;
    hwaddr size = 1ULL << X86_CPU(first_cpu)->phys_bits;

    if (mms->pcie != ON_OFF_AUTO_ON) {
        return;
    }
    if (size > MIN_PHYS_SIZE) {
        cfg->mmio64 = (MemMapEntry){ size - size / 4, size / 4 };
    }
    cfg->mmio32 = (MemMapEntry){ PCIE_MMIO_BASE, PCIE_MMIO_SIZE };
    cfg->ecam = (MemMapEntry){ PCIE_ECAM_BASE, PCIE_ECAM_SIZE };
}

/* Shows @e of region @n, from @offset, in the system's memory. */
static void map_window(DeviceState *dev, int n, const char *name, hwaddr offset,
                       const MemMapEntry *e)
{
    MemoryRegion *alias;

    if (!e->size) {
        return;
    }
    alias = g_new0(MemoryRegion, 1);
    memory_region_init_alias(alias, OBJECT(dev), name,
                             sysbus_mmio_get_region(SYS_BUS_DEVICE(dev), n),
                             offset, e->size);
    memory_region_add_subregion(get_system_memory(), e->base, alias);
}

void microvm_create_pci(MicrovmMachineState *mms)
{
    X86MachineState *x86ms = X86_MACHINE(mms);
    struct GPEXConfig *cfg = &mms->gpex;
    DeviceState *dev;

    if (mms->pcie != ON_OFF_AUTO_ON) {
        return;
    }
    cfg->irq = mms->pcie_irq_base;
    dev = qdev_new(TYPE_GPEX_HOST);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    /* The bus has the addresses of the CPU. */
    map_window(dev, 0, "pcie-ecam", 0, &cfg->ecam);
    map_window(dev, 1, "pcie-mmio32", cfg->mmio32.base, &cfg->mmio32);
    map_window(dev, 1, "pcie-mmio64", cfg->mmio64.base, &cfg->mmio64);
    for (int i = 0; i < PCI_NUM_PINS; i++) {
        sysbus_connect_irq(SYS_BUS_DEVICE(dev), i, x86ms->gsi[cfg->irq + i]);
        gpex_set_irq_num(GPEX_HOST(dev), i, cfg->irq + i);
        x86ms->pci_irq_mask |= 1u << (cfg->irq + i);
    }
    cfg->bus = PCI_HOST_BRIDGE(dev)->bus;
}
