/* SPDX-License-Identifier: GPL-2.0-or-later */
/* query-pci: what the guest has made of the buses and functions. */
#include "qemu/osdep.h"
#include "hw/pci/pci_bridge.h"
#include "pci-internal.h"
#include "qapi/qapi-commands-pci.h"

static PciDeviceInfoList *describe_bus(PCIBus *bus);

/* ---- one function -------------------------------------------------------- */

static PciMemoryRegion *describe_region(int bar, const PCIIORegion *r)
{
    PciMemoryRegion *info = g_new0(PciMemoryRegion, 1);
    bool is_io = r->type & PCI_BASE_ADDRESS_SPACE_IO;

    info->bar = bar;
    info->type = g_strdup(is_io ? "io" : "memory");
    info->address = r->addr;
    info->size = r->size;
    if (!is_io) {
        info->has_prefetch = true;
        info->prefetch = r->type & PCI_BASE_ADDRESS_MEM_PREFETCH;
        info->has_mem_type_64 = true;
        info->mem_type_64 = r->type & PCI_BASE_ADDRESS_MEM_TYPE_64;
    }
    return info;
}

static PciMemoryRange *describe_range(const PCIDevice *d, uint8_t type)
{
    PciMemoryRange *range = g_new0(PciMemoryRange, 1);

    range->base = pci_bridge_get_base(d, type);
    range->limit = pci_bridge_get_limit(d, type);
    return range;
}

static PciBridgeInfo *describe_bridge(PCIDevice *d)
{
    PciBridgeInfo *info = g_new0(PciBridgeInfo, 1);
    PciBusInfo *bus = g_new0(PciBusInfo, 1);
    PCIBus *behind = NULL;

    bus->number = d->config[PCI_PRIMARY_BUS];
    bus->secondary = d->config[PCI_SECONDARY_BUS];
    bus->subordinate = d->config[PCI_SUBORDINATE_BUS];
    bus->io_range = describe_range(d, PCI_BASE_ADDRESS_SPACE_IO);
    bus->memory_range = describe_range(d, PCI_BASE_ADDRESS_SPACE_MEMORY);
    bus->prefetchable_range = describe_range(d, PCI_BASE_ADDRESS_MEM_PREFETCH);
    info->bus = bus;
    /* As the guest finds it: without a number there is no bus. */
    if (bus->secondary && IS_PCI_BRIDGE(d)) {
        behind = pci_bridge_get_sec_bus(PCI_BRIDGE(d));
    }
    if (behind) {
        info->has_devices = true;
        info->devices = describe_bus(behind);
    }
    return info;
}

static PciDeviceId *describe_id(const PCIDevice *d, bool is_bridge)
{
    PciDeviceId *id = g_new0(PciDeviceId, 1);

    id->vendor = pci_get_word(d->config + PCI_VENDOR_ID);
    id->device = pci_get_word(d->config + PCI_DEVICE_ID);
    if (!is_bridge) {
        id->has_subsystem_vendor = id->has_subsystem = true;
        id->subsystem_vendor =
            pci_get_word(d->config + PCI_SUBSYSTEM_VENDOR_ID);
        id->subsystem = pci_get_word(d->config + PCI_SUBSYSTEM_ID);
    }
    return id;
}

static PciDeviceInfo *describe_device(PCIBus *bus, PCIDevice *d)
{
    PciDeviceInfo *info = g_new0(PciDeviceInfo, 1);
    PciMemoryRegionList **tail = &info->regions;
    uint16_t class = pci_get_word(d->config + PCI_CLASS_DEVICE);
    bool is_bridge =
        (d->config[PCI_HEADER_TYPE] & ~PCI_HEADER_TYPE_MULTI_FUNCTION) ==
        PCI_HEADER_TYPE_BRIDGE;

    info->bus = pci_bus_num(bus);
    info->slot = PCI_SLOT(d->devfn);
    info->function = PCI_FUNC(d->devfn);
    info->class_info = g_new0(PciDeviceClass, 1);
    info->class_info->q_class = class;
    info->class_info->desc = g_strdup(pci_class_name(class)->desc);
    info->id = describe_id(d, is_bridge);
    info->irq_pin = d->config[PCI_INTERRUPT_PIN];
    if (info->irq_pin) {
        info->has_irq = true;
        info->irq = d->config[PCI_INTERRUPT_LINE];
    }
    info->qdev_id = g_strdup(DEVICE(d)->id ?: "");
    for (int i = 0; i < PCI_NUM_REGIONS; i++) {
        if (d->io_regions[i].size) {
            QAPI_LIST_APPEND(tail, describe_region(i, &d->io_regions[i]));
        }
    }
    if (is_bridge) {
        info->pci_bridge = describe_bridge(d);
    }
    return info;
}

/* ---- buses --------------------------------------------------------------- */

static PciDeviceInfoList *describe_bus(PCIBus *bus)
{
    PciDeviceInfoList *list = NULL, **tail = &list;

    for (int i = 0; i < ARRAY_SIZE(bus->devices); i++) {
        if (bus->devices[i]) {
            QAPI_LIST_APPEND(tail, describe_device(bus, bus->devices[i]));
        }
    }
    return list;
}

static bool add_root_bus(PCIBus *bus, void *opaque)
{
    PciInfoList ***tail = opaque;
    PciInfo *info = g_new0(PciInfo, 1);

    info->bus = pci_bus_num(bus);
    info->devices = describe_bus(bus);
    QAPI_LIST_APPEND(*tail, info);
    return false;
}

PciInfoList *qmp_query_pci(Error **errp)
{
    PciInfoList *list = NULL, **tail = &list;

    pci_for_each_root_bus(add_root_bus, &tail);
    return list;
}
