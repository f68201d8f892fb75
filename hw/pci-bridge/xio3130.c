/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x3130-upstream and xio3130-downstream: the ports of a switch, as TI's XIO3130
 * has them. The upstream port is a function on the bus of a root port, or of
 * another switch; the downstream ports are on the bus behind it.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/pcie_port.h"
#include "hw/qdev-properties-system.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qemu/module.h"

#define MSI_OFFSET    0x70
#define MSI_VECTORS   1
#define SSVID_OFFSET  0x80
#define EXP_OFFSET    0x90
#define AER_OFFSET    0x100
#define DEVICE_UP     0x8232
#define DEVICE_DOWN   0x8233
#define REVISION_UP   0x2
#define REVISION_DOWN 0x1

#define TYPE_UPSTREAM   "x3130-upstream"
#define TYPE_DOWNSTREAM "xio3130-downstream"

/* ---- both ---------------------------------------------------------------- */

static bool add_common(PCIDevice *d, uint8_t type, Error **errp)
{
    pci_bridge_initfn(d, TYPE_PCIE_BUS);
    pcie_port_init_reg(d);
    if (msi_init(d, MSI_OFFSET, MSI_VECTORS, true, false, errp) < 0) {
        goto no_msi;
    }
    if (pci_bridge_ssvid_init(d, SSVID_OFFSET, 0, 0, errp) < 0 ||
        pcie_cap_init(d, EXP_OFFSET, type, PCIE_PORT(d)->port, errp) < 0) {
        goto no_express;
    }
    pcie_cap_flr_init(d);
    pcie_cap_deverr_init(d);
    if (pcie_aer_init(d, PCI_ERR_VER, AER_OFFSET, PCI_ERR_SIZEOF, errp) < 0) {
        goto no_aer;
    }
    return true;

no_aer:
    pcie_cap_exit(d);
no_express:
    msi_uninit(d);
no_msi:
    pci_bridge_exitfn(d);
    return false;
}

static void remove_common(PCIDevice *d)
{
    pcie_aer_exit(d);
    pcie_cap_exit(d);
    msi_uninit(d);
    pci_bridge_exitfn(d);
}

/* ---- upstream ------------------------------------------------------------ */

static void up_write_config(PCIDevice *d, uint32_t address, uint32_t val,
                            int len)
{
    pci_bridge_write_config(d, address, val, len);
    pcie_cap_flr_write_config(d, address, val, len);
    pcie_aer_write_config(d, address, val, len);
}

static void up_reset(DeviceState *dev)
{
    pci_bridge_reset(dev);
    pcie_cap_deverr_reset(PCI_DEVICE(dev));
    pci_bridge_update_mappings(PCI_BRIDGE(dev));
}

static void up_realize(PCIDevice *d, Error **errp)
{
    add_common(d, PCI_EXP_TYPE_UPSTREAM, errp);
}

static const VMStateDescription vmstate_up = {
    .name = "xio3130-express-upstream-port",
    .priority = MIG_PRI_PCI_BUS,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_PCI_DEVICE(parent_obj.parent_obj, PCIEPort),
            VMSTATE_STRUCT(parent_obj.parent_obj.exp.aer_log, PCIEPort, 0,
                           vmstate_pcie_aer_log, PCIEAERLog),
            VMSTATE_END_OF_LIST(),
        },
};

static void up_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->config_write = up_write_config;
    k->realize = up_realize;
    k->exit = remove_common;
    k->vendor_id = PCI_VENDOR_ID_TI;
    k->device_id = DEVICE_UP;
    k->revision = REVISION_UP;
    k->class_id = PCI_CLASS_BRIDGE_PCI;
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    dc->desc = "TI X3130 Upstream Port of PCI Express Switch";
    device_class_set_legacy_reset(dc, up_reset);
    dc->vmsd = &vmstate_up;
}

/* ---- downstream ---------------------------------------------------------- */

static void down_write_config(PCIDevice *d, uint32_t address, uint32_t val,
                              int len)
{
    uint16_t slt_ctl, slt_sta;

    pcie_cap_slot_get(d, &slt_ctl, &slt_sta);
    pci_bridge_write_config(d, address, val, len);
    pcie_cap_flr_write_config(d, address, val, len);
    pcie_cap_slot_write_config(d, slt_ctl, slt_sta, address, val, len);
    pcie_aer_write_config(d, address, val, len);
}

static void down_reset(DeviceState *dev)
{
    PCIDevice *d = PCI_DEVICE(dev);

    pcie_cap_deverr_reset(d);
    pcie_cap_slot_reset(d);
    pcie_cap_arifwd_reset(d);
    pci_bridge_reset(dev);
    pci_bridge_update_mappings(PCI_BRIDGE(d));
}

static void down_realize(PCIDevice *d, Error **errp)
{
    PCIESlot *s = PCIE_SLOT(d);

    if (!pcie_chassis_take_slot(s, errp)) {
        return;
    }
    if (!add_common(d, PCI_EXP_TYPE_DOWNSTREAM, errp)) {
        pcie_chassis_del_slot(s);
        return;
    }
    pcie_cap_slot_init(d, s);
    pcie_cap_arifwd_init(d);
}

static void down_exit(PCIDevice *d)
{
    pcie_chassis_del_slot(PCIE_SLOT(d));
    remove_common(d);
}

static const Property down_props[] = {
    DEFINE_PROP_BIT(COMPAT_PROP_PCP, PCIDevice, cap_present,
                    QEMU_PCIE_SLTCAP_PCP_BITNR, true),
};

static const VMStateDescription vmstate_down = {
    .name = "xio3130-express-downstream-port",
    .priority = MIG_PRI_PCI_BUS,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = pcie_cap_slot_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_PCI_DEVICE(parent_obj.parent_obj.parent_obj, PCIESlot),
            VMSTATE_STRUCT(parent_obj.parent_obj.parent_obj.exp.aer_log,
                           PCIESlot, 0, vmstate_pcie_aer_log, PCIEAERLog),
            VMSTATE_END_OF_LIST(),
        },
};

static void down_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->config_write = down_write_config;
    k->realize = down_realize;
    k->exit = down_exit;
    k->vendor_id = PCI_VENDOR_ID_TI;
    k->device_id = DEVICE_DOWN;
    k->revision = REVISION_DOWN;
    k->class_id = PCI_CLASS_BRIDGE_PCI;
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    dc->desc = "TI X3130 Downstream Port of PCI Express Switch";
    device_class_set_legacy_reset(dc, down_reset);
    dc->vmsd = &vmstate_down;
    device_class_set_props(dc, down_props);
}

static const TypeInfo xio3130_types[] = {
    {
        .name = TYPE_UPSTREAM,
        .parent = TYPE_PCIE_PORT,
        .class_init = up_class_init,
        .interfaces =
            (InterfaceInfo[]){
                { INTERFACE_PCIE_DEVICE },
                {},
            },
    },
    {
        .name = TYPE_DOWNSTREAM,
        .parent = TYPE_PCIE_SLOT,
        .class_init = down_class_init,
        .interfaces =
            (InterfaceInfo[]){
                { INTERFACE_PCIE_DEVICE },
                {},
            },
    },
};

DEFINE_TYPES(xio3130_types)
