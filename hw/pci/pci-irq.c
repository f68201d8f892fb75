/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines INTA to INTD. Each bus maps a device's line to one of the bus above
 * it, the root bus to an input of the interrupt controller; there they are
 * shared: an input is high while any device raises it.
 */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "pci-internal.h"

/* ---- buses --------------------------------------------------------------- */

void pci_bus_irqs(PCIBus *bus, pci_set_irq_fn set_irq, void *irq_opaque,
                  int nirq)
{
    bus->set_irq = set_irq;
    bus->irq_opaque = irq_opaque;
    bus->nirq = nirq;
    g_free(bus->irq_count);
    bus->irq_count = g_new0(int, nirq);
}

void pci_bus_map_irqs(PCIBus *bus, pci_map_irq_fn map_irq)
{
    bus->map_irq = map_irq;
}

void pci_bus_irqs_cleanup(PCIBus *bus)
{
    bus->set_irq = NULL;
    bus->map_irq = NULL;
    bus->irq_opaque = NULL;
    bus->nirq = 0;
    g_clear_pointer(&bus->irq_count, g_free);
}

void pci_bus_set_route_irq_fn(PCIBus *bus, pci_route_irq_fn route_intx_to_irq)
{
    assert(pci_bus_is_root(bus));
    bus->route_intx_to_irq = route_intx_to_irq;
}

int pci_bus_get_irq_level(PCIBus *bus, int irq_num)
{
    assert(irq_num >= 0 && irq_num < bus->nirq);
    return !!bus->irq_count[irq_num];
}

int pci_swizzle_map_irq_fn(PCIDevice *pci_dev, int pin)
{
    return pci_swizzle(PCI_SLOT(pci_dev->devfn), pin);
}

/* Where line @line of @d ends: the bus with the inputs, and which it is. */
static PCIBus *find_input(PCIDevice *d, int line, int *input)
{
    for (;;) {
        PCIBus *bus = pci_get_bus(d);

        assert(bus->map_irq);
        line = bus->map_irq(d, line);
        if (bus->set_irq) {
            assert(line >= 0 && line < bus->nirq);
            *input = line;
            return bus;
        }
        d = bus->parent_dev;
    }
}

static void count_line(PCIDevice *d, int line, int change)
{
    int input;
    PCIBus *bus = find_input(d, line, &input);

    bus->irq_count[input] += change;
    bus->set_irq(bus->irq_opaque, input, bus->irq_count[input] != 0);
}

/* ---- devices ------------------------------------------------------------- */

int pci_irq_disabled(PCIDevice *d)
{
    return pci_get_word(d->config + PCI_COMMAND) & PCI_COMMAND_INTX_DISABLE;
}

void pci_update_irq_status(PCIDevice *d)
{
    if (d->irq_state) {
        d->config[PCI_STATUS] |= PCI_STATUS_INTERRUPT;
    } else {
        d->config[PCI_STATUS] &= ~PCI_STATUS_INTERRUPT;
    }
}

void pci_update_irq_disabled(PCIDevice *d, bool was_disabled)
{
    bool disabled = pci_irq_disabled(d);

    if (disabled == was_disabled) {
        return;
    }
    for (int line = 0; line < PCI_NUM_PINS; line++) {
        if (d->irq_state & (1 << line)) {
            count_line(d, line, disabled ? -1 : 1);
        }
    }
}

static void set_line(PCIDevice *d, int line, bool level)
{
    if (!!(d->irq_state & (1 << line)) == level) {
        return;
    }
    d->irq_state ^= 1 << line;
    pci_update_irq_status(d);
    if (!pci_irq_disabled(d)) {
        count_line(d, line, level ? 1 : -1);
    }
}

void pci_set_irq(PCIDevice *d, int level)
{
    int line = pci_intx(d);

    assert(line >= 0 && line < PCI_NUM_PINS);
    set_line(d, line, level);
}

static void irq_handler(void *opaque, int n, int level)
{
    set_line(opaque, n, level);
}

qemu_irq pci_allocate_irq(PCIDevice *d)
{
    int line = pci_intx(d);

    assert(line >= 0 && line < PCI_NUM_PINS);
    return qemu_allocate_irq(irq_handler, d, line);
}

void pci_device_deassert_intx(PCIDevice *d)
{
    for (int line = 0; line < PCI_NUM_PINS; line++) {
        set_line(d, line, false);
    }
}

/* ---- routes -------------------------------------------------------------- */

PCIINTxRoute pci_device_route_intx_to_irq(PCIDevice *dev, int pin)
{
    int input;
    PCIBus *bus;

    bus = find_input(dev, pin, &input);
    if (!bus->route_intx_to_irq) {
        return (PCIINTxRoute){ PCI_INTX_DISABLED, -1 };
    }
    return bus->route_intx_to_irq(bus->irq_opaque, input);
}

bool pci_intx_route_changed(PCIINTxRoute *old, PCIINTxRoute *new)
{
    return old->mode != new->mode || old->irq != new->irq;
}

void pci_bus_fire_intx_routing_notifier(PCIBus *bus)
{
    PCIBus *below;

    for (int i = 0; i < ARRAY_SIZE(bus->devices); i++) {
        PCIDevice *d = bus->devices[i];

        if (d && d->intx_routing_notifier) {
            d->intx_routing_notifier(d);
        }
    }
    QLIST_FOREACH(below, &bus->child, sibling) {
        pci_bus_fire_intx_routing_notifier(below);
    }
}

void pci_device_set_intx_routing_notifier(PCIDevice *dev,
                                          PCIINTxRoutingNotifier notifier)
{
    dev->intx_routing_notifier = notifier;
}

MSIMessage pci_get_msi_message(PCIDevice *dev, int vector)
{
    if (msix_enabled(dev)) {
        return msix_get_message(dev, vector);
    }
    if (msi_enabled(dev)) {
        return msi_get_message(dev, vector);
    }
    /* Who asks has enabled one of them. */
    return (MSIMessage){ 0 };
}
