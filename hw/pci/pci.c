/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI devices: taking a place on a bus, becoming bus master, leaving again. */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/qdev-properties-system.h"
#include "hw/qdev-properties.h"
#include "pci-internal.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/module.h"

/* ---- the place ----------------------------------------------------------- */

static bool slot_is_reserved(PCIBus *bus, int devfn)
{
    return bus->slot_reserved_mask & (1u << PCI_SLOT(devfn));
}

static int find_free_slot(PCIBus *bus)
{
    for (int devfn = bus->devfn_min; devfn < ARRAY_SIZE(bus->devices);
         devfn += PCI_FUNC_MAX) {
        if (!bus->devices[devfn] && !slot_is_reserved(bus, devfn)) {
            return devfn;
        }
    }
    return -1;
}

/* Whether the place that the user asks for is free. */
static bool check_place(const PCIDevice *d, PCIBus *bus, Error **errp)
{
    const PCIDevice *there = bus->devices[d->devfn];

    if (slot_is_reserved(bus, d->devfn)) {
        error_setg(errp,
                   "PCI: slot %d function %d not available for %s, reserved",
                   PCI_SLOT(d->devfn), PCI_FUNC(d->devfn), d->name);
        return false;
    }
    if (there) {
        error_setg(errp,
                   "PCI: slot %d function %d not available for %s, in use by "
                   "%s,id=%s",
                   PCI_SLOT(d->devfn), PCI_FUNC(d->devfn), d->name, there->name,
                   there->qdev.id ?: "");
        return false;
    }
    return true;
}

static bool choose_place(PCIDevice *d, PCIBus *bus, Error **errp)
{
    const PCIDevice *f0;

    if (d->devfn >= 0) {
        if (!check_place(d, bus, errp)) {
            return false;
        }
    } else {
        d->devfn = find_free_slot(bus);
        if (d->devfn < 0) {
            error_setg(errp,
                       "PCI: no slot/function available for %s, all in use or "
                       "reserved",
                       d->name);
            return false;
        }
    }
    /* The guest has seen function 0 and will not look for others. */
    f0 = DEVICE(d)->hotplugged ? pci_get_function_0(d) : NULL;
    if (f0) {
        error_setg(errp,
                   "PCI: slot %d function 0 already occupied by %s, new func "
                   "%s cannot be exposed to guest.",
                   PCI_SLOT(f0->devfn), f0->name, d->name);
        return false;
    }
    return true;
}

/*
 * Software looks at functions other than 0 only if function 0 says that there
 * are any. The others may say so or not (3.0, 6.2.1).
 */
static bool check_functions(PCIDevice *d, PCIBus *bus, Error **errp)
{
    bool multi = d->cap_present & QEMU_PCI_CAP_MULTIFUNCTION;
    int slot = PCI_SLOT(d->devfn);

    if (multi) {
        d->config[PCI_HEADER_TYPE] |= PCI_HEADER_TYPE_MULTI_FUNCTION;
    }
    if (PCI_FUNC(d->devfn)) {
        PCIDevice *f0 = bus->devices[PCI_DEVFN(slot, 0)];

        if (f0 && !(f0->cap_present & QEMU_PCI_CAP_MULTIFUNCTION)) {
            error_setg(errp,
                       "PCI: single function device can't be populated in "
                       "function %x.%x",
                       slot, PCI_FUNC(d->devfn));
            return false;
        }
        return true;
    }
    for (int func = 1; !multi && func < PCI_FUNC_MAX; func++) {
        if (bus->devices[PCI_DEVFN(slot, func)]) {
            error_setg(errp,
                       "PCI: %x.0 indicates single function, but %x.%x is "
                       "already populated.",
                       slot, slot, func);
            return false;
        }
    }
    return true;
}

/*
 * Below a port of Express there is but device 0, since a link has two ends;
 * what has ARI uses the other numbers as functions.
 */
static void warn_of_slot(PCIDevice *d, const PCIBus *bus)
{
    if (PCI_SLOT(d->devfn) && pci_is_express(d) && bus->parent_dev &&
        pci_is_express_downstream_port(bus->parent_dev) &&
        !pcie_find_capability(d, PCI_EXT_CAP_ID_ARI)) {
        warn_report("PCI: slot %d is not valid for %s, parent device only "
                    "allows plugging into slot 0.",
                    PCI_SLOT(d->devfn), d->name);
    }
}

/* ---- bus mastering ------------------------------------------------------- */

/*
 * The device's address space is an alias of what its bus lets it see, in a
 * container of its own, so that the alias can be enabled, disabled, and
 * replaced when there comes an IOMMU.
 */
static void show_memory(PCIDevice *d)
{
    AddressSpace *as = pci_device_iommu_address_space(d);

    memory_region_init_alias(&d->bus_master_enable_region, OBJECT(d),
                             "bus master", as->root, 0,
                             memory_region_size(as->root));
    memory_region_set_enabled(&d->bus_master_enable_region, false);
    memory_region_add_subregion(&d->bus_master_container_region, 0,
                                &d->bus_master_enable_region);
}

static void hide_memory(PCIDevice *d)
{
    memory_region_del_subregion(&d->bus_master_container_region,
                                &d->bus_master_enable_region);
    object_unparent(OBJECT(&d->bus_master_enable_region));
}

static void show_memory_again(PCIBus *bus, PCIDevice *d, void *opaque)
{
    hide_memory(d);
    show_memory(d);
    pci_config_update_master(d);
}

static void show_memory_to_all(PCIBus *bus, void *opaque)
{
    pci_for_each_device_under_bus(bus, show_memory_again, opaque);
}

void pci_setup_iommu(PCIBus *bus, const PCIIOMMUOps *ops, void *opaque)
{
    assert(ops && ops->get_address_space);
    bus->iommu_ops = ops;
    bus->iommu_opaque = opaque;
    pci_for_each_bus(bus, show_memory_to_all, NULL);
}

uint16_t pci_requester_id(PCIDevice *dev)
{
    /* Bridges to conventional buses will speak for who is behind them. */
    return pci_get_bdf(dev->requester_id_cache.dev);
}

static void send_message(PCIDevice *d, MSIMessage msg)
{
    MemTxAttrs attrs = { .requester_id = pci_requester_id(d) };

    address_space_stl_le(&d->bus_master_as, msg.address, msg.data, attrs, NULL);
}

/* ---- realize ------------------------------------------------------------- */

static bool take_place(PCIDevice *d, Error **errp)
{
    PCIBus *bus = pci_get_bus(d);

    pstrcpy(d->name, sizeof(d->name), object_get_typename(OBJECT(d)));
    if (!choose_place(d, bus, errp)) {
        return false;
    }
    d->requester_id_cache.dev = d;
    d->requester_id_cache.type = PCI_REQ_ID_BDF;
    d->irq_state = 0;
    d->msi_trigger = send_message;
    pci_config_init(d, PCI_DEVICE_GET_CLASS(d));
    if (!check_functions(d, bus, errp)) {
        pci_config_free(d);
        return false;
    }
    memory_region_init(&d->bus_master_container_region, OBJECT(d),
                       "bus master container", UINT64_MAX);
    address_space_init(&d->bus_master_as, &d->bus_master_container_region,
                       d->name);
    d->bus_master_as.max_bounce_buffer_size = d->max_bounce_buffer_size;
    show_memory(d);
    bus->devices[d->devfn] = d;
    d->version_id = 2;
    return true;
}

static void leave_place(PCIDevice *d)
{
    d->enabled = false;
    pci_get_bus(d)->devices[d->devfn] = NULL;
    pci_config_free(d);
    hide_memory(d);
    address_space_destroy(&d->bus_master_as);
    object_unparent(OBJECT(&d->bus_master_container_region));
}

static void pci_unrealize(DeviceState *dev)
{
    PCIDevice *d = PCI_DEVICE(dev);
    PCIDeviceClass *pc = PCI_DEVICE_GET_CLASS(d);

    pci_unmap_regions(d);
    pci_del_rom(d);
    if (pc->exit) {
        pc->exit(d);
    }
    pci_device_deassert_intx(d);
    leave_place(d);
}

static void pci_realize(DeviceState *dev, Error **errp)
{
    PCIDevice *d = PCI_DEVICE(dev);
    PCIDeviceClass *pc = PCI_DEVICE_GET_CLASS(d);
    ObjectClass *oc = OBJECT_CLASS(pc);
    Error *err = NULL;
    bool is_default_rom = false;

    if (d->romsize != UINT32_MAX && !is_power_of_2(d->romsize)) {
        error_setg(errp, "ROM size %u is not a power of two", d->romsize);
        return;
    }
    /* What can be both decides for itself. */
    if (object_class_dynamic_cast(oc, INTERFACE_PCIE_DEVICE) &&
        !object_class_dynamic_cast(oc, INTERFACE_CONVENTIONAL_PCI_DEVICE)) {
        d->cap_present |= QEMU_PCI_CAP_EXPRESS;
    }
    if (!take_place(d, errp)) {
        return;
    }
    if (pc->realize) {
        pc->realize(d, &err);
        if (err) {
            error_propagate(errp, err);
            leave_place(d);
            return;
        }
    }
    warn_of_slot(d, pci_get_bus(d));
    if (!d->romfile && pc->romfile) {
        d->romfile = g_strdup(pc->romfile);
        is_default_rom = true;
    }
    pci_add_rom(d, is_default_rom, &err);
    if (err) {
        error_propagate(errp, err);
        pci_unrealize(dev);
        return;
    }
    pci_set_power(d, true);
    msi_reset(d);
    msix_reset(d);
}

/* ---- power --------------------------------------------------------------- */

void pci_set_enabled(PCIDevice *d, bool state)
{
    if (d->enabled == state) {
        return;
    }
    d->enabled = state;
    pci_update_mappings(d);
    pci_config_update_master(d);
    if (qdev_is_realized(DEVICE(d))) {
        pci_device_reset(d);
    }
}

void pci_set_power(PCIDevice *d, bool state)
{
    pci_set_enabled(d, state);
}

void pci_device_reset(PCIDevice *dev)
{
    device_cold_reset(DEVICE(dev));
    pci_config_reset(dev);
}

/* ---- making devices ------------------------------------------------------ */

static PCIDevice *new_device(int devfn, const char *name, bool multifunction)
{
    DeviceState *dev = qdev_new(name);

    qdev_prop_set_int32(dev, "addr", devfn);
    qdev_prop_set_bit(dev, "multifunction", multifunction);
    return PCI_DEVICE(dev);
}

PCIDevice *pci_new(int devfn, const char *name)
{
    return new_device(devfn, name, false);
}

PCIDevice *pci_new_multifunction(int devfn, const char *name)
{
    return new_device(devfn, name, true);
}

bool pci_realize_and_unref(PCIDevice *dev, PCIBus *bus, Error **errp)
{
    return qdev_realize_and_unref(DEVICE(dev), BUS(bus), errp);
}

PCIDevice *pci_create_simple(PCIBus *bus, int devfn, const char *name)
{
    PCIDevice *dev = pci_new(devfn, name);

    pci_realize_and_unref(dev, bus, &error_fatal);
    return dev;
}

PCIDevice *pci_create_simple_multifunction(PCIBus *bus, int devfn,
                                           const char *name)
{
    PCIDevice *dev = pci_new_multifunction(devfn, name);

    pci_realize_and_unref(dev, bus, &error_fatal);
    return dev;
}

/* ---- the type ------------------------------------------------------------ */

/* "busnr", to be read only. */
static void get_busnr(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    PCIDevice *d = PCI_DEVICE(obj);
    /* It is on no bus before it is realized. */
    uint8_t nr = DEVICE(d)->parent_bus ? pci_dev_bus_num(d) : 0;

    visit_type_uint8(v, name, &nr, errp);
}

static int print_busnr(Object *obj, const Property *prop, char *dest,
                       size_t len)
{
    PCIDevice *d = PCI_DEVICE(obj);
    int nr = DEVICE(d)->parent_bus ? pci_dev_bus_num(d) : 0;

    return snprintf(dest, len, "%d (0x%x)", nr, nr);
}

static const PropertyInfo prop_busnr = {
    .type = "busnr",
    .print = print_busnr,
    .get = get_busnr,
};

static const Property pci_props[] = {
    DEFINE_PROP_PCI_DEVFN("addr", PCIDevice, devfn, -1),
    DEFINE_PROP_STRING("romfile", PCIDevice, romfile),
    DEFINE_PROP_UINT32("romsize", PCIDevice, romsize, UINT32_MAX),
    DEFINE_PROP_INT32("rombar", PCIDevice, rom_bar, -1),
    DEFINE_PROP_BIT("multifunction", PCIDevice, cap_present,
                    QEMU_PCI_CAP_MULTIFUNCTION_BITNR, false),
    DEFINE_PROP_BIT("x-pcie-lnksta-dllla", PCIDevice, cap_present,
                    QEMU_PCIE_LNKSTA_DLLLA_BITNR, true),
    DEFINE_PROP_BIT("x-pcie-extcap-init", PCIDevice, cap_present,
                    QEMU_PCIE_EXTCAP_INIT_BITNR, true),
    DEFINE_PROP_STRING("failover_pair_id", PCIDevice, failover_pair_id),
    DEFINE_PROP_UINT32("acpi-index", PCIDevice, acpi_index, 0),
    DEFINE_PROP_BIT("x-pcie-err-unc-mask", PCIDevice, cap_present,
                    QEMU_PCIE_ERR_UNC_MASK_BITNR, true),
    DEFINE_PROP_BIT("x-pcie-ari-nextfn-1", PCIDevice, cap_present,
                    QEMU_PCIE_ARI_NEXTFN_1_BITNR, false),
    DEFINE_PROP_SIZE32("x-max-bounce-buffer-size", PCIDevice,
                       max_bounce_buffer_size, DEFAULT_MAX_BOUNCE_BUFFER_SIZE),
    DEFINE_PROP_BIT("x-pcie-ext-tag", PCIDevice, cap_present,
                    QEMU_PCIE_EXT_TAG_BITNR, true),
    { .name = "busnr", .info = &prop_busnr },
};

static void pci_device_init(Object *obj)
{
    /* Nothing is where it should not be before realize. */
    PCI_DEVICE(obj)->devfn = -1;
}

static void pci_device_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *k = DEVICE_CLASS(klass);

    k->realize = pci_realize;
    k->unrealize = pci_unrealize;
    k->bus_type = TYPE_PCI_BUS;
    device_class_set_props(k, pci_props);
    object_class_property_set_description(
        klass, "x-max-bounce-buffer-size",
        "Maximum buffer size allocated for bounce buffers used for mapped "
        "access to indirect DMA memory");
}

/* A class must have said for which buses it is. */
static void pci_device_class_base_init(ObjectClass *klass, void *data)
{
    if (!object_class_is_abstract(klass)) {
        assert(object_class_dynamic_cast(klass,
                                         INTERFACE_CONVENTIONAL_PCI_DEVICE) ||
               object_class_dynamic_cast(klass, INTERFACE_PCIE_DEVICE) ||
               object_class_dynamic_cast(klass, INTERFACE_CXL_DEVICE));
    }
}

static const TypeInfo pci_device_types[] = {
    {
        .name = TYPE_PCI_DEVICE,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(PCIDevice),
        .instance_init = pci_device_init,
        .abstract = true,
        .class_size = sizeof(PCIDeviceClass),
        .class_init = pci_device_class_init,
        .class_base_init = pci_device_class_base_init,
    },
};

DEFINE_TYPES(pci_device_types)
