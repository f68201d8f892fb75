/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The base of root ports: a port of the host bridge with a slot. */
#include "qemu/osdep.h"
#include "hw/pci/pcie_port.h"
#include "hw/qdev-properties.h"
#include "qemu/module.h"

/* Which vector errors have depends on how many the guest has given. */
static void update_aer_vector(PCIDevice *d)
{
    PCIERootPortClass *rpc = PCIE_ROOT_PORT_GET_CLASS(d);

    if (rpc->aer_vector) {
        pcie_aer_root_set_vector(d, rpc->aer_vector(d));
    }
}

static void rp_write_config(PCIDevice *d, uint32_t address, uint32_t val,
                            int len)
{
    uint32_t root_cmd =
        pci_get_long(d->config + d->exp.aer_cap + PCI_ERR_ROOT_COMMAND);
    uint16_t slt_ctl, slt_sta;

    pcie_cap_slot_get(d, &slt_ctl, &slt_sta);
    pci_bridge_write_config(d, address, val, len);
    update_aer_vector(d);
    pcie_cap_slot_write_config(d, slt_ctl, slt_sta, address, val, len);
    pcie_aer_write_config(d, address, val, len);
    pcie_aer_root_write_config(d, address, val, len, root_cmd);
}

static void rp_reset_hold(Object *obj, ResetType type)
{
    PCIDevice *d = PCI_DEVICE(obj);

    update_aer_vector(d);
    pcie_cap_root_reset(d);
    pcie_cap_deverr_reset(d);
    pcie_cap_slot_reset(d);
    pcie_cap_arifwd_reset(d);
    pcie_acs_reset(d);
    pcie_aer_root_reset(d);
    pci_bridge_reset(DEVICE(obj));
    pci_bridge_disable_base_limit(d);
    pci_bridge_update_mappings(PCI_BRIDGE(d));
}

/* What needs undoing when something fails, in order. */
static bool add_capabilities(PCIDevice *d, Error **errp)
{
    PCIERootPortClass *rpc = PCIE_ROOT_PORT_GET_CLASS(d);
    PCIDeviceClass *dc = PCI_DEVICE_GET_CLASS(d);
    PCIEPort *p = PCIE_PORT(d);

    if (pci_bridge_ssvid_init(d, rpc->ssvid_offset, dc->vendor_id, rpc->ssid,
                              errp) < 0) {
        return false;
    }
    if (rpc->interrupts_init && rpc->interrupts_init(d, errp) < 0) {
        return false;
    }
    if (pcie_cap_init(d, rpc->exp_offset, PCI_EXP_TYPE_ROOT_PORT, p->port,
                      errp) < 0) {
        goto no_express;
    }
    pcie_cap_arifwd_init(d);
    pcie_cap_deverr_init(d);
    pcie_cap_slot_init(d, PCIE_SLOT(d));
    pcie_cap_root_init(d);
    if (pcie_aer_init(d, PCI_ERR_VER, rpc->aer_offset, PCI_ERR_SIZEOF, errp)) {
        goto no_aer;
    }
    pcie_aer_root_init(d);
    update_aer_vector(d);
    if (rpc->acs_offset && !PCIE_SLOT(d)->disable_acs) {
        pcie_acs_init(d, rpc->acs_offset);
    }
    return true;

no_aer:
    pcie_cap_exit(d);
no_express:
    if (rpc->interrupts_uninit) {
        rpc->interrupts_uninit(d);
    }
    return false;
}

static void rp_realize(PCIDevice *d, Error **errp)
{
    PCIESlot *s = PCIE_SLOT(d);

    if (!pcie_chassis_take_slot(s, errp)) {
        return;
    }
    pci_config_set_interrupt_pin(d->config, 1);
    pci_bridge_initfn(d, TYPE_PCIE_BUS);
    pcie_port_init_reg(d);
    if (!add_capabilities(d, errp)) {
        pci_bridge_exitfn(d);
        pcie_chassis_del_slot(s);
        return;
    }
}

static void rp_exit(PCIDevice *d)
{
    PCIERootPortClass *rpc = PCIE_ROOT_PORT_GET_CLASS(d);

    pcie_aer_exit(d);
    pcie_chassis_del_slot(PCIE_SLOT(d));
    pcie_cap_exit(d);
    if (rpc->interrupts_uninit) {
        rpc->interrupts_uninit(d);
    }
    pci_bridge_exitfn(d);
}

static const Property rp_props[] = {
    DEFINE_PROP_BIT(COMPAT_PROP_PCP, PCIDevice, cap_present,
                    QEMU_PCIE_SLTCAP_PCP_BITNR, true),
    DEFINE_PROP_BOOL("disable-acs", PCIESlot, disable_acs, false),
};

static void rp_instance_post_init(Object *obj)
{
    PCIESlot *s = PCIE_SLOT(obj);

    if (!s->speed) {
        s->speed = QEMU_PCI_EXP_LNK_2_5GT;
    }
    if (!s->width) {
        s->width = QEMU_PCI_EXP_LNK_X1;
    }
}

static void rp_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->config_write = rp_write_config;
    k->realize = rp_realize;
    k->exit = rp_exit;
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    RESETTABLE_CLASS(klass)->phases.hold = rp_reset_hold;
    device_class_set_props(dc, rp_props);
}

static const TypeInfo rp_types[] = {
    {
        .name = TYPE_PCIE_ROOT_PORT,
        .parent = TYPE_PCIE_SLOT,
        .class_init = rp_class_init,
        .instance_post_init = rp_instance_post_init,
        .abstract = true,
        .class_size = sizeof(PCIERootPortClass),
        .interfaces =
            (InterfaceInfo[]){
                { INTERFACE_PCIE_DEVICE },
                {},
            },
    },
};

DEFINE_TYPES(rp_types)
