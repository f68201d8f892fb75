/* SPDX-License-Identifier: GPL-2.0-or-later */
/* info pci: query-pci for people. */
#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-pci.h"

static void print_range(Monitor *mon, const char *what, int width,
                        const PciMemoryRange *r)
{
    monitor_printf(mon, "      %s [0x%0*" PRIx64 ", 0x%0*" PRIx64 "]\n", what,
                   width, r->base, width, r->limit);
}

static void print_bridge(Monitor *mon, const PciBusInfo *bus)
{
    monitor_printf(mon, "      BUS %" PRId64 ".\n", bus->number);
    monitor_printf(mon, "      secondary bus %" PRId64 ".\n", bus->secondary);
    monitor_printf(mon, "      subordinate bus %" PRId64 ".\n",
                   bus->subordinate);
    print_range(mon, "IO range", 4, bus->io_range);
    print_range(mon, "memory range", 8, bus->memory_range);
    print_range(mon, "prefetchable memory range", 8, bus->prefetchable_range);
}

static void print_region(Monitor *mon, const PciMemoryRegion *r)
{
    bool is_io = !strcmp(r->type, "io");

    monitor_printf(mon, "      BAR%" PRId64 ": ", r->bar);
    if (is_io) {
        monitor_printf(mon, "I/O");
    } else {
        monitor_printf(mon, "%d bit%s memory", r->mem_type_64 ? 64 : 32,
                       r->prefetch ? " prefetchable" : "");
    }
    if (r->address == PCI_BAR_UNMAPPED) {
        monitor_printf(mon, " (not mapped)\n");
    } else {
        int width = is_io ? 4 : 8;

        monitor_printf(mon, " at 0x%0*" PRIx64 " [0x%0*" PRIx64 "].\n", width,
                       r->address, width, r->address + r->size - 1);
    }
}

static void print_device(Monitor *mon, const PciDeviceInfo *d)
{
    monitor_printf(mon,
                   "  Bus %2" PRId64 ", device %3" PRId64 ", function %" PRId64
                   ":\n    ",
                   d->bus, d->slot, d->function);
    if (d->class_info->desc) {
        monitor_puts(mon, d->class_info->desc);
    } else {
        monitor_printf(mon, "Class %04" PRId64, d->class_info->q_class);
    }
    monitor_printf(mon, ": PCI device %04" PRIx64 ":%04" PRIx64 "\n",
                   d->id->vendor, d->id->device);
    if (d->id->has_subsystem_vendor && d->id->has_subsystem) {
        monitor_printf(mon, "      PCI subsystem %04" PRIx64 ":%04" PRIx64 "\n",
                       d->id->subsystem_vendor, d->id->subsystem);
    }
    if (d->has_irq) {
        monitor_printf(mon, "      IRQ %" PRId64 ", pin %c\n", d->irq,
                       (char)('A' + d->irq_pin - 1));
    }
    if (d->pci_bridge) {
        print_bridge(mon, d->pci_bridge->bus);
    }
    for (PciMemoryRegionList *r = d->regions; r; r = r->next) {
        print_region(mon, r->value);
    }
    monitor_printf(mon, "      id \"%s\"\n", d->qdev_id);
    if (d->pci_bridge && d->pci_bridge->has_devices) {
        for (PciDeviceInfoList *l = d->pci_bridge->devices; l; l = l->next) {
            print_device(mon, l->value);
        }
    }
}

void hmp_info_pci(Monitor *mon, const QDict *qdict)
{
    PciInfoList *list = qmp_query_pci(&error_abort);

    if (!list) {
        monitor_printf(mon, "No PCI buses\n");
    }
    for (PciInfoList *info = list; info; info = info->next) {
        for (PciDeviceInfoList *d = info->value->devices; d; d = d->next) {
            print_device(mon, d->value);
        }
    }
    qapi_free_PciInfoList(list);
}
