/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the ports of PCI Express have in common; chassis and their slots. */
#include "qemu/osdep.h"
#include "hw/hotplug.h"
#include "hw/pci/pcie_port.h"
#include "hw/qdev-properties.h"
#include "pci-internal.h"
#include "qapi/error.h"
#include "qemu/module.h"

void pcie_port_init_reg(PCIDevice *d)
{
    /* Of conventional buses only, and zero here (7.5.1.3). */
    pci_set_word(d->config + PCI_STATUS,
                 pci_get_word(d->config + PCI_STATUS) & PCI_STATUS_CAP_LIST);
    pci_set_word(d->config + PCI_SEC_STATUS, 0);
    pci_word_test_and_clear_mask(
        d->wmask + PCI_BRIDGE_CONTROL,
        PCI_BRIDGE_CTL_MASTER_ABORT | PCI_BRIDGE_CTL_FAST_BACK |
            PCI_BRIDGE_CTL_DISCARD | PCI_BRIDGE_CTL_SEC_DISCARD |
            PCI_BRIDGE_CTL_DISCARD_SERR);
    pci_word_test_and_clear_mask(d->w1cmask + PCI_BRIDGE_CONTROL,
                                 PCI_BRIDGE_CTL_DISCARD_STATUS);
}

/* ---- finding ports ------------------------------------------------------- */

static PCIEPort *port_at(PCIBus *bus, int devfn)
{
    PCIDevice *d = bus->devices[devfn];

    if (!d || !pci_is_express(d) || !d->exp.exp_cap) {
        return NULL;
    }
    return (PCIEPort *)object_dynamic_cast(OBJECT(d), TYPE_PCIE_PORT);
}

PCIDevice *pcie_find_port_by_pn(PCIBus *bus, uint8_t pn)
{
    for (int i = 0; i < ARRAY_SIZE(bus->devices); i++) {
        PCIEPort *p = port_at(bus, i);

        if (p && p->port == pn) {
            return PCI_DEVICE(p);
        }
    }
    return NULL;
}

PCIDevice *pcie_find_port_first(PCIBus *bus)
{
    PCIEPort *first = NULL;

    for (int i = 0; i < ARRAY_SIZE(bus->devices); i++) {
        PCIEPort *p = port_at(bus, i);

        if (p && (!first || p->port < first->port)) {
            first = p;
        }
    }
    return first ? PCI_DEVICE(first) : NULL;
}

int pcie_count_ds_ports(PCIBus *bus)
{
    int n = 0;

    for (int i = 0; i < ARRAY_SIZE(bus->devices); i++) {
        n += port_at(bus, i) && pci_is_express_downstream_port(bus->devices[i]);
    }
    return n;
}

/* ---- chassis ------------------------------------------------------------- */

typedef struct Chassis {
    uint8_t number;
    QLIST_HEAD(, PCIESlot) slots;
    QLIST_ENTRY(Chassis) next;
} Chassis;

static QLIST_HEAD(, Chassis) all_chassis = QLIST_HEAD_INITIALIZER(all_chassis);

static Chassis *find_chassis(uint8_t number)
{
    Chassis *c;

    QLIST_FOREACH(c, &all_chassis, next) {
        if (c->number == number) {
            return c;
        }
    }
    return NULL;
}

void pcie_chassis_create(uint8_t chassis_number)
{
    Chassis *c;

    if (find_chassis(chassis_number)) {
        return;
    }
    c = g_new0(Chassis, 1);
    c->number = chassis_number;
    QLIST_INIT(&c->slots);
    QLIST_INSERT_HEAD(&all_chassis, c, next);
}

int pcie_chassis_add_slot(struct PCIESlot *slot)
{
    Chassis *c = find_chassis(slot->chassis);
    PCIESlot *other;

    if (!c) {
        return -ENODEV;
    }
    QLIST_FOREACH(other, &c->slots, next) {
        if (other->slot == slot->slot) {
            return -EBUSY;
        }
    }
    QLIST_INSERT_HEAD(&c->slots, slot, next);
    return 0;
}

bool pcie_chassis_take_slot(PCIESlot *s, Error **errp)
{
    int ret;

    pcie_chassis_create(s->chassis);
    ret = pcie_chassis_add_slot(s);
    if (ret < 0) {
        error_setg(errp, "Can't add chassis slot, error %d", ret);
        error_append_hint(errp,
                          "Chassis %u has a port with slot %u already; give "
                          "one of them another chassis= or slot=.\n",
                          s->chassis, s->slot);
    }
    return !ret;
}

void pcie_chassis_del_slot(PCIESlot *s)
{
    Chassis *c = find_chassis(s->chassis);

    QLIST_REMOVE(s, next);
    if (c && QLIST_EMPTY(&c->slots)) {
        QLIST_REMOVE(c, next);
        g_free(c);
    }
}

/* ---- the types ----------------------------------------------------------- */

static const Property pcie_port_props[] = {
    DEFINE_PROP_UINT8("port", PCIEPort, port, 0),
    DEFINE_PROP_UINT16("aer_log_max", PCIEPort,
                       parent_obj.parent_obj.exp.aer_log.log_max,
                       PCIE_AER_LOG_MAX_DEFAULT),
};

static const Property pcie_slot_props[] = {
    DEFINE_PROP_UINT8("chassis", PCIESlot, chassis, 0),
    DEFINE_PROP_UINT16("slot", PCIESlot, slot, 0),
    DEFINE_PROP_BOOL("hotplug", PCIESlot, hotplug, true),
    DEFINE_PROP_BOOL("x-do-not-expose-native-hotplug-cap", PCIESlot,
                     hide_native_hotplug_cap, false),
};

static void pcie_port_class_init(ObjectClass *oc, void *data)
{
    device_class_set_props(DEVICE_CLASS(oc), pcie_port_props);
}

static bool slot_is_hotpluggable(HotplugHandler *handler, BusState *bus)
{
    return PCIE_SLOT(handler)->hotplug;
}

static void pcie_slot_class_init(ObjectClass *oc, void *data)
{
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(oc);

    device_class_set_props(DEVICE_CLASS(oc), pcie_slot_props);
    hc->pre_plug = pcie_cap_slot_pre_plug_cb;
    hc->plug = pcie_cap_slot_plug_cb;
    hc->unplug = pcie_cap_slot_unplug_cb;
    hc->unplug_request = pcie_cap_slot_unplug_request_cb;
    hc->is_hotpluggable_bus = slot_is_hotpluggable;
}

static const TypeInfo pcie_port_types[] = {
    {
        .name = TYPE_PCIE_PORT,
        .parent = TYPE_PCI_BRIDGE,
        .instance_size = sizeof(PCIEPort),
        .abstract = true,
        .class_init = pcie_port_class_init,
    },
    {
        .name = TYPE_PCIE_SLOT,
        .parent = TYPE_PCIE_PORT,
        .instance_size = sizeof(PCIESlot),
        .abstract = true,
        .class_init = pcie_slot_class_init,
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_HOTPLUG_HANDLER },
                {},
            },
    },
};

DEFINE_TYPES(pcie_port_types)
