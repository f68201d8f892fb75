/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI Express: the capability that makes a function an Express one, and those
 * of the space above 256 bytes (PCI Express Base Specification, 7.5.3, 7.6).
 *
 * A device model calls pcie_endpoint_cap_init() in realize, then what it offers
 * more, each as X_init(); and X_reset() or X_write_config() in its own methods
 * of those names, where there is one. Ports have slots, whose functions here
 * are also what a hotplug handler of their bus calls.
 */
#ifndef QEMU_PCIE_H
#define QEMU_PCIE_H

#include "hw/hotplug.h"
#include "hw/pci/pci_regs.h"
#include "hw/pci/pcie_aer.h"
#include "hw/pci/pcie_regs.h"

/* The events of a slot: their bits in its control and status registers. */
typedef enum {
    PCI_EXP_HP_EV_ABP = PCI_EXP_SLTCTL_ABPE, /* attention button pressed */
    PCI_EXP_HP_EV_PDC = PCI_EXP_SLTCTL_PDCE, /* presence changed */
    PCI_EXP_HP_EV_CCI = PCI_EXP_SLTCTL_CCIE, /* command completed */

    PCI_EXP_HP_EV_SUPPORTED = PCI_EXP_HP_EV_ABP | PCI_EXP_HP_EV_PDC |
                              PCI_EXP_HP_EV_CCI,
} PCIExpressHotPlugEvent;

/* The Express part of a PCIDevice: places of capabilities, 0 for none. */
struct PCIExpressDevice {
    uint8_t exp_cap;
    bool hpev_notified; /* the slot has an event that interrupts (6.7.3.4) */
    uint16_t aer_cap;
    PCIEAERLog aer_log;
    uint16_t ats_cap;
    uint16_t acs_cap;
};

#define COMPAT_PROP_PCP "power_controller_present"

/*
 * Adds the capability (version 2) at @offset, or anywhere with 0. @type is a
 * PCI_EXP_TYPE_..., @port the number of the link. Returns as
 * pci_add_capability(). pcie_cap_v1_init() adds that of version 1.
 */
int pcie_cap_init(PCIDevice *dev, uint8_t offset, uint8_t type, uint8_t port,
                  Error **errp);
int pcie_cap_v1_init(PCIDevice *dev, uint8_t offset, uint8_t type,
                     uint8_t port);
/* The same for an endpoint; on a root bus it is one of the root complex. */
int pcie_endpoint_cap_init(PCIDevice *dev, uint8_t offset);
int pcie_endpoint_cap_v1_init(PCIDevice *dev, uint8_t offset);
void pcie_cap_exit(PCIDevice *dev);
void pcie_cap_v1_exit(PCIDevice *dev);

/* Fields of its register of flags. */
uint8_t pcie_cap_get_type(const PCIDevice *dev);
uint8_t pcie_cap_get_version(const PCIDevice *dev);
void pcie_cap_flags_set_vector(PCIDevice *dev, uint8_t vector);
uint8_t pcie_cap_flags_get_vector(PCIDevice *dev);

/* Reporting of errors can be enabled. */
void pcie_cap_deverr_init(PCIDevice *dev);
void pcie_cap_deverr_reset(PCIDevice *dev);
/* The link's control register can be written. */
void pcie_cap_lnkctl_init(PCIDevice *dev);
void pcie_cap_lnkctl_reset(PCIDevice *dev);
/* The guest can reset this function alone. */
void pcie_cap_flr_init(PCIDevice *dev);
void pcie_cap_flr_write_config(PCIDevice *dev, uint32_t addr, uint32_t val,
                               int len);
/* Speed and width of the link of an endpoint. */
void pcie_cap_fill_link_ep_usp(PCIDevice *dev, PCIExpLinkWidth width,
                               PCIExpLinkSpeed speed);
/*
 * A port's link is as what is on it: before a read of its status. @dev is the
 * port.
 */
void pcie_sync_bridge_lnk(PCIDevice *dev);

/* ---- slots of ports ------------------------------------------------------ */

/*
 * The slot @s (number, link, hotplug) of port @dev. After a write, with the
 * registers' values of before, which _get() gives, changes of power and
 * indicators take effect: who was asked to go goes.
 */
void pcie_cap_slot_init(PCIDevice *dev, PCIESlot *s);
void pcie_cap_slot_reset(PCIDevice *dev);
void pcie_cap_slot_get(PCIDevice *dev, uint16_t *slt_ctl, uint16_t *slt_sta);
void pcie_cap_slot_write_config(PCIDevice *dev, uint16_t old_slt_ctl,
                                uint16_t old_slt_sta, uint32_t addr,
                                uint32_t val, int len);
/* @opaque is a PCIESlot: the post_load of its vmstate. */
int pcie_cap_slot_post_load(void *opaque, int version_id);
/* Somebody pressed it: software is asked to switch the slot on or off. */
void pcie_cap_slot_push_attention_button(PCIDevice *dev);
void pcie_cap_slot_enable_power(PCIDevice *dev);

/* Methods of the hotplug handler of the bus of a slot. */
void pcie_cap_slot_pre_plug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                               Error **errp);
void pcie_cap_slot_plug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                           Error **errp);
void pcie_cap_slot_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                             Error **errp);
void pcie_cap_slot_unplug_request_cb(HotplugHandler *hotplug_dev,
                                     DeviceState *dev, Error **errp);

/* ---- root ports, forwarding ---------------------------------------------- */

void pcie_cap_root_init(PCIDevice *dev);
void pcie_cap_root_reset(PCIDevice *dev);

/* A port can pass on accesses to devices with more than eight functions. */
void pcie_cap_arifwd_init(PCIDevice *dev);
void pcie_cap_arifwd_reset(PCIDevice *dev);
bool pcie_cap_is_arifwd_enabled(const PCIDevice *dev);

/* ---- extended capabilities ----------------------------------------------- */

/* Where extended capability @cap_id is; 0: there is none. */
uint16_t pcie_find_capability(PCIDevice *dev, uint16_t cap_id);
/*
 * Adds one at @offset (from 0x100 on), whose @size bytes nothing else uses. The
 * first one is at 0x100.
 */
void pcie_add_capability(PCIDevice *dev, uint16_t cap_id, uint8_t cap_ver,
                         uint16_t offset, uint16_t size);

/* Access control services: of a port, or of a function of several. */
void pcie_acs_init(PCIDevice *dev, uint16_t offset);
void pcie_acs_reset(PCIDevice *dev);
/* Alternative routing IDs, a serial number, address translation services. */
void pcie_ari_init(PCIDevice *dev, uint16_t offset);
void pcie_dev_ser_num_init(PCIDevice *dev, uint16_t offset, uint64_t ser_num);
void pcie_ats_init(PCIDevice *dev, uint16_t offset, bool aligned);

#endif
