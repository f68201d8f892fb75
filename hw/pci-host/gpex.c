/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generic PCI Express host bridge. */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/pci-host/gpex.h"
#include "hw/pci/pci_bus.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/units.h"

#define IOPORT_SIZE (64 * KiB)

struct GPEXIrq {
    qemu_irq irq;
    int irq_num; /* -1: the board has not said */
};

/* ---- lines --------------------------------------------------------------- */

static void gpex_set_irq(void *opaque, int irq_num, int level)
{
    GPEXHost *s = opaque;

    qemu_set_irq(s->irq[irq_num].irq, level);
}

int gpex_set_irq_num(GPEXHost *s, int index, int gsi)
{
    if (index < 0 || index >= s->num_irqs) {
        return -EINVAL;
    }
    s->irq[index].irq_num = gsi;
    return 0;
}

static PCIINTxRoute gpex_route_intx_pin_to_irq(void *opaque, int pin)
{
    GPEXHost *s = opaque;
    int gsi = s->irq[pin].irq_num;

    return (PCIINTxRoute){
        .mode = gsi >= 0 ? PCI_INTX_ENABLED : PCI_INTX_DISABLED,
        .irq = gsi,
    };
}

/* Device 1's INTA is the second line, and so on. */
static int gpex_swizzle_map_irq_fn(PCIDevice *pci_dev, int pin)
{
    GPEXHost *s = GPEX_HOST(pci_device_root_bus(pci_dev)->qbus.parent);

    return (PCI_SLOT(pci_dev->devfn) + pin) % s->num_irqs;
}

/* ---- the bridge ---------------------------------------------------------- */

/*
 * Region @n of the device is @bus_region, the bus's own; within another one
 * that answers everywhere, if the CPU shall have no error where nothing is.
 */
static void show_region(GPEXHost *s, MemoryRegion *window, const char *name,
                        MemoryRegion *bus_region)
{
    MemoryRegion *shown = bus_region;

    if (s->allow_unmapped_accesses) {
        memory_region_init_io(window, OBJECT(s), &unassigned_io_ops, OBJECT(s),
                              name, memory_region_size(bus_region));
        memory_region_add_subregion(window, 0, bus_region);
        shown = window;
    }
    sysbus_init_mmio(SYS_BUS_DEVICE(s), shown);
}

static void gpex_host_realize(DeviceState *dev, Error **errp)
{
    PCIHostState *pci = PCI_HOST_BRIDGE(dev);
    GPEXHost *s = GPEX_HOST(dev);

    if (!s->num_irqs) {
        error_setg(errp, "num-irqs must be at least 1");
        return;
    }
    s->irq = g_new0(GPEXIrq, s->num_irqs);
    pcie_host_mmcfg_init(PCIE_HOST_BRIDGE(dev), PCIE_MMCFG_SIZE_MAX);
    sysbus_init_mmio(SYS_BUS_DEVICE(dev), &PCIE_HOST_BRIDGE(dev)->mmio);
    memory_region_init(&s->io_mmio, OBJECT(s), "gpex_mmio", UINT64_MAX);
    memory_region_init(&s->io_ioport, OBJECT(s), "gpex_ioport", IOPORT_SIZE);
    show_region(s, &s->io_mmio_window, "gpex_mmio_window", &s->io_mmio);
    show_region(s, &s->io_ioport_window, "gpex_ioport_window", &s->io_ioport);
    for (int i = 0; i < s->num_irqs; i++) {
        sysbus_init_irq(SYS_BUS_DEVICE(dev), &s->irq[i].irq);
        s->irq[i].irq_num = -1;
    }
    pci->bus = pci_register_root_bus(
        dev, "pcie.0", gpex_set_irq, gpex_swizzle_map_irq_fn, s, &s->io_mmio,
        &s->io_ioport, 0, s->num_irqs, TYPE_PCIE_BUS);
    pci_bus_set_route_irq_fn(pci->bus, gpex_route_intx_pin_to_irq);
    qdev_realize(DEVICE(&s->gpex_root), BUS(pci->bus), &error_fatal);
}

static void gpex_host_unrealize(DeviceState *dev)
{
    GPEXHost *s = GPEX_HOST(dev);

    g_clear_pointer(&s->irq, g_free);
}

static const char *gpex_host_root_bus_path(PCIHostState *host_bridge,
                                           PCIBus *rootbus)
{
    return "0000:00";
}

/* Where the board has put the parts, for who describes it. */
static const Property gpex_host_properties[] = {
    DEFINE_PROP_BOOL("allow-unmapped-accesses", GPEXHost,
                     allow_unmapped_accesses, true),
    DEFINE_PROP_UINT64(PCI_HOST_ECAM_BASE, GPEXHost, gpex_cfg.ecam.base, 0),
    DEFINE_PROP_SIZE(PCI_HOST_ECAM_SIZE, GPEXHost, gpex_cfg.ecam.size, 0),
    DEFINE_PROP_UINT64(PCI_HOST_PIO_BASE, GPEXHost, gpex_cfg.pio.base, 0),
    DEFINE_PROP_SIZE(PCI_HOST_PIO_SIZE, GPEXHost, gpex_cfg.pio.size, 0),
    DEFINE_PROP_UINT64(PCI_HOST_BELOW_4G_MMIO_BASE, GPEXHost,
                       gpex_cfg.mmio32.base, 0),
    DEFINE_PROP_SIZE(PCI_HOST_BELOW_4G_MMIO_SIZE, GPEXHost,
                     gpex_cfg.mmio32.size, 0),
    DEFINE_PROP_UINT64(PCI_HOST_ABOVE_4G_MMIO_BASE, GPEXHost,
                       gpex_cfg.mmio64.base, 0),
    DEFINE_PROP_SIZE(PCI_HOST_ABOVE_4G_MMIO_SIZE, GPEXHost,
                     gpex_cfg.mmio64.size, 0),
    DEFINE_PROP_UINT8("num-irqs", GPEXHost, num_irqs, PCI_NUM_PINS),
};

static void gpex_host_initfn(Object *obj)
{
    GPEXHost *s = GPEX_HOST(obj);

    object_initialize_child(obj, "gpex_root", &s->gpex_root,
                            TYPE_GPEX_ROOT_DEVICE);
    qdev_prop_set_int32(DEVICE(&s->gpex_root), "addr", PCI_DEVFN(0, 0));
    qdev_prop_set_bit(DEVICE(&s->gpex_root), "multifunction", false);
}

static void gpex_host_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    PCI_HOST_BRIDGE_CLASS(klass)->root_bus_path = gpex_host_root_bus_path;
    dc->realize = gpex_host_realize;
    dc->unrealize = gpex_host_unrealize;
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    dc->fw_name = "pci";
    device_class_set_props(dc, gpex_host_properties);
}

/* ---- its function on the bus --------------------------------------------- */

static const VMStateDescription vmstate_gpex_root = {
    .name = "gpex_root",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_PCI_DEVICE(parent_obj, GPEXRootState),
            VMSTATE_END_OF_LIST(),
        },
};

static void gpex_root_class_init(ObjectClass *klass, void *data)
{
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    DeviceClass *dc = DEVICE_CLASS(klass);

    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    dc->desc = "QEMU generic PCIe host bridge";
    dc->vmsd = &vmstate_gpex_root;
    k->vendor_id = PCI_VENDOR_ID_REDHAT;
    k->device_id = PCI_DEVICE_ID_REDHAT_PCIE_HOST;
    k->revision = 0;
    k->class_id = PCI_CLASS_BRIDGE_HOST;
    /* It is part of its host bridge. */
    dc->user_creatable = false;
}

/* ---- the types ----------------------------------------------------------- */

static const TypeInfo gpex_types[] = {
    {
        .name = TYPE_GPEX_ROOT_DEVICE,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(GPEXRootState),
        .class_init = gpex_root_class_init,
        .interfaces =
            (InterfaceInfo[]){
                { INTERFACE_CONVENTIONAL_PCI_DEVICE },
                {},
            },
    },
    {
        .name = TYPE_GPEX_HOST,
        .parent = TYPE_PCIE_HOST_BRIDGE,
        .instance_size = sizeof(GPEXHost),
        .instance_init = gpex_host_initfn,
        .class_init = gpex_host_class_init,
    },
};

DEFINE_TYPES(gpex_types)
