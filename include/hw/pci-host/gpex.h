/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A generic PCI Express host bridge ("pci-host-ecam-generic" to a device tree):
 * configuration spaces by ECAM, windows to memory and ports, four interrupt
 * lines.
 *
 * It is a system bus device with three regions: 0 is ECAM, 1 memory as the bus
 * addresses it, of which a board shows pieces by aliases, 2 the ports. Its root
 * bus has the device gpex-root at 00.0. The board connects its lines, and says
 * by gpex_set_irq_num() which inputs of the interrupt controller they are.
 */
#ifndef HW_GPEX_H
#define HW_GPEX_H

#include "exec/hwaddr.h"
#include "hw/pci/pci_device.h"
#include "hw/pci/pcie_host.h"
#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_GPEX_HOST "gpex-pcihost"
OBJECT_DECLARE_SIMPLE_TYPE(GPEXHost, GPEX_HOST)

#define TYPE_GPEX_ROOT_DEVICE "gpex-root"
OBJECT_DECLARE_SIMPLE_TYPE(GPEXRootState, GPEX_ROOT_DEVICE)

struct GPEXRootState {
    PCIDevice parent_obj;
};

/* Where the board has put things: properties, for who describes it. */
struct GPEXConfig {
    MemMapEntry ecam;
    MemMapEntry mmio32;
    MemMapEntry mmio64;
    MemMapEntry pio;
    int irq;
    PCIBus *bus;
};

typedef struct GPEXIrq GPEXIrq;

struct GPEXHost {
    PCIExpressHost parent_obj;

    GPEXRootState gpex_root;

    /* The bus's own, and with an answer where no device is. */
    MemoryRegion io_ioport;
    MemoryRegion io_mmio;
    MemoryRegion io_ioport_window;
    MemoryRegion io_mmio_window;
    GPEXIrq *irq;
    uint8_t num_irqs;

    /* Whether accesses of the CPU to no device are no errors. */
    bool allow_unmapped_accesses;

    struct GPEXConfig gpex_cfg;
};

/* Line @index (-EINVAL if there is none) is input @gsi. */
int gpex_set_irq_num(GPEXHost *s, int index, int gsi);

/*
 * Appends the bridge that @cfg describes to @scope, with its lines. There are no
 * other root buses.
 */
void acpi_dsdt_add_gpex(Aml *scope, struct GPEXConfig *cfg);

#define PCI_HOST_PIO_BASE           "x-pio-base"
#define PCI_HOST_PIO_SIZE           "x-pio-size"
#define PCI_HOST_ECAM_BASE          "x-ecam-base"
#define PCI_HOST_ECAM_SIZE          "x-ecam-size"
#define PCI_HOST_BELOW_4G_MMIO_BASE "x-below-4g-mmio-base"
#define PCI_HOST_BELOW_4G_MMIO_SIZE "x-below-4g-mmio-size"
#define PCI_HOST_ABOVE_4G_MMIO_BASE "x-above-4g-mmio-base"
#define PCI_HOST_ABOVE_4G_MMIO_SIZE "x-above-4g-mmio-size"

#endif
