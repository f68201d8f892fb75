/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports of PCI Express: root ports of a host bridge, upstream and downstream
 * ports of a switch. A port is a bridge (hw/pci/pci_bridge.h); one that leads
 * to a device has a slot, with a number that is unique in its chassis.
 */
#ifndef QEMU_PCIE_PORT_H
#define QEMU_PCIE_PORT_H

#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_device.h"
#include "qom/object.h"

#define TYPE_PCIE_PORT "pcie-port"
OBJECT_DECLARE_SIMPLE_TYPE(PCIEPort, PCIE_PORT)

struct PCIEPort {
    PCIBridge parent_obj;

    uint8_t port; /* the number of the link */
};

/* In realize: what is different from a conventional bridge. */
void pcie_port_init_reg(PCIDevice *d);

/* The port on @bus with link number @pn, or with the lowest one; or NULL. */
PCIDevice *pcie_find_port_by_pn(PCIBus *bus, uint8_t pn);
PCIDevice *pcie_find_port_first(PCIBus *bus);
/* How many downstream ports @bus has. */
int pcie_count_ds_ports(PCIBus *bus);

#define TYPE_PCIE_SLOT "pcie-slot"
OBJECT_DECLARE_SIMPLE_TYPE(PCIESlot, PCIE_SLOT)

struct PCIESlot {
    PCIEPort parent_obj;

    uint8_t chassis;
    uint16_t slot;

    PCIExpLinkSpeed speed;
    PCIExpLinkWidth width;

    bool disable_acs;
    bool hotplug; /* devices may come and go */
    bool hide_native_hotplug_cap;

    QLIST_ENTRY(PCIESlot) next; /* of the slots of its chassis */
};

/* A chassis is made when first named; -EBUSY: it has a slot of this number. */
void pcie_chassis_create(uint8_t chassis_number);
int pcie_chassis_add_slot(struct PCIESlot *slot);
/* Both, in realize, with an error that says what to do. */
bool pcie_chassis_take_slot(PCIESlot *s, Error **errp);
void pcie_chassis_del_slot(PCIESlot *s);

/* The base of models of root ports, which say where they have what. */
#define TYPE_PCIE_ROOT_PORT "pcie-root-port-base"
typedef struct PCIERootPortClass PCIERootPortClass;
DECLARE_CLASS_CHECKERS(PCIERootPortClass, PCIE_ROOT_PORT, TYPE_PCIE_ROOT_PORT)

struct PCIERootPortClass {
    PCIDeviceClass parent_class;
    DeviceRealize parent_realize;
    ResettablePhases parent_phases;

    /* The vector of errors; MSI or MSI-X, made and freed */
    uint8_t (*aer_vector)(const PCIDevice *dev);
    int (*interrupts_init)(PCIDevice *dev, Error **errp);
    void (*interrupts_uninit)(PCIDevice *dev);

    int exp_offset;
    int aer_offset;
    int ssvid_offset;
    int acs_offset; /* 0: none */
    int ssid;
};

#endif
