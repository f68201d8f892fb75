/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the PCI core have in common. */
#ifndef HW_PCI_INTERNAL_H
#define HW_PCI_INTERNAL_H

#include "hw/pci/pci_bus.h"
#include "hw/pci/pci_device.h"
#include "hw/pci/pci_host.h"

/* ---- pci-bus.c ----------------------------------------------------------- */

/* What a class code (base and sub class) is called. */
typedef struct PCIClassName {
    uint16_t class;
    const char *desc;     /* NULL: it has no name */
    const char *fw_name;  /* NULL: the base class alone */
    uint16_t fw_ign_bits; /* of the class, where fw_name is looked for */
} PCIClassName;

/* ---- pci-class.c --------------------------------------------------------- */

/* Never NULL. */
const PCIClassName *pci_class_name(uint16_t class);
/* The name for firmware, in @buf if it is a number. */
const char *pci_class_fw_name(uint16_t class, char *buf, size_t len);

/* ---- pci_host.c ---------------------------------------------------------- */

/* The host bridge of a root bus. */
PCIHostState *pci_host_of_bus(PCIBus *root);
/* Calls @fn for each root bus until it returns true. */
bool pci_for_each_root_bus(bool (*fn)(PCIBus *bus, void *opaque), void *opaque);

/* ---- pci-config.c -------------------------------------------------------- */

/* Makes the space with what the core says of the header; and frees it. */
void pci_config_init(PCIDevice *d, const PCIDeviceClass *pc);
void pci_config_free(PCIDevice *d);
/* The registers of the header as after a reset. */
void pci_config_reset(PCIDevice *d);
/* Whether the function is there, has power and is in D0. */
bool pci_config_is_active(const PCIDevice *d);
/* Whether accesses to the space are answered. */
bool pci_config_answers(PCIDevice *d);
/* Bus mastering is as the command register says. */
void pci_config_update_master(PCIDevice *d);

/* ---- pci-bar.c ----------------------------------------------------------- */

/* Moves the regions to where the registers say. */
void pci_update_mappings(PCIDevice *d);
/* The places of a VGA, which the former looks after too. */
void pci_update_vga(PCIDevice *d);
/* Takes them off the bus, when the device goes. */
void pci_unmap_regions(PCIDevice *d);
/* The registers as after a reset. */
void pci_reset_regions(PCIDevice *d);
/* Adds the expansion ROM, if there is a file; and frees it. */
void pci_add_rom(PCIDevice *d, bool is_default, Error **errp);
void pci_del_rom(PCIDevice *d);

/* ---- pci-irq.c ----------------------------------------------------------- */

/* After the command register has changed from disabled, or to it. */
void pci_update_irq_disabled(PCIDevice *d, bool was_disabled);
/* Sets the bit of the status register. */
void pci_update_irq_status(PCIDevice *d);

#endif
