/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI buses: making root buses, walking the tree, names of places. */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "migration/register.h"
#include "migration/vmstate.h"
#include "pci-internal.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "system/numa.h"

bool pci_available = true;

/* ---- root buses ---------------------------------------------------------- */

void pci_root_bus_init(PCIBus *bus, size_t bus_size, DeviceState *parent,
                       const char *name, MemoryRegion *mem, MemoryRegion *io,
                       uint8_t devfn_min, const char *typename)
{
    qbus_init(bus, bus_size, typename, parent, name);
    assert(PCI_FUNC(devfn_min) == 0);
    bus->devfn_min = devfn_min;
    bus->address_space_mem = mem;
    bus->address_space_io = io;
    bus->flags |= PCI_BUS_IS_ROOT;
    QLIST_INIT(&bus->child);
}

PCIBus *pci_root_bus_new(DeviceState *parent, const char *name,
                         MemoryRegion *mem, MemoryRegion *io, uint8_t devfn_min,
                         const char *typename)
{
    PCIBus *bus = PCI_BUS(qbus_new(typename, parent, name));

    assert(PCI_FUNC(devfn_min) == 0);
    bus->devfn_min = devfn_min;
    bus->address_space_mem = mem;
    bus->address_space_io = io;
    bus->flags |= PCI_BUS_IS_ROOT;
    QLIST_INIT(&bus->child);
    return bus;
}

void pci_root_bus_cleanup(PCIBus *bus)
{
    qbus_unrealize(BUS(bus));
}

PCIBus *pci_register_root_bus(DeviceState *parent, const char *name,
                              pci_set_irq_fn set_irq, pci_map_irq_fn map_irq,
                              void *irq_opaque, MemoryRegion *mem,
                              MemoryRegion *io, uint8_t devfn_min, int nirq,
                              const char *typename)
{
    PCIBus *bus = pci_root_bus_new(parent, name, mem, io, devfn_min, typename);

    pci_bus_irqs(bus, set_irq, irq_opaque, nirq);
    pci_bus_map_irqs(bus, map_irq);
    return bus;
}

void pci_unregister_root_bus(PCIBus *bus)
{
    pci_bus_irqs_cleanup(bus);
    pci_root_bus_cleanup(bus);
}

uint32_t pci_bus_get_slot_reserved_mask(PCIBus *bus)
{
    return bus->slot_reserved_mask;
}

void pci_bus_set_slot_reserved_mask(PCIBus *bus, uint32_t mask)
{
    bus->slot_reserved_mask |= mask;
}

void pci_bus_clear_slot_reserved_mask(PCIBus *bus, uint32_t mask)
{
    bus->slot_reserved_mask &= ~mask;
}

/* ---- the tree ------------------------------------------------------------ */

bool pci_bus_is_express(const PCIBus *bus)
{
    return object_dynamic_cast(OBJECT(bus), TYPE_PCIE_BUS);
}

int pci_bus_num(PCIBus *s)
{
    return PCI_BUS_GET_CLASS(s)->bus_num(s);
}

int pci_bus_numa_node(PCIBus *bus)
{
    return PCI_BUS_GET_CLASS(bus)->numa_node(bus);
}

static int bus_num(PCIBus *bus)
{
    /* The guest has numbered the bus behind a bridge. */
    return pci_bus_is_root(bus) ? 0
                                : bus->parent_dev->config[PCI_SECONDARY_BUS];
}

static uint16_t bus_numa_node(PCIBus *bus)
{
    return NUMA_NODE_UNASSIGNED;
}

void pci_bus_range(PCIBus *bus, int *min_bus, int *max_bus)
{
    *min_bus = *max_bus = pci_bus_num(bus);
    for (int i = 0; i < ARRAY_SIZE(bus->devices); i++) {
        PCIDevice *d = bus->devices[i];

        if (d && (pci_get_byte(d->config + PCI_HEADER_TYPE) &
                  ~PCI_HEADER_TYPE_MULTI_FUNCTION) == PCI_HEADER_TYPE_BRIDGE) {
            *min_bus = MIN(*min_bus, d->config[PCI_SECONDARY_BUS]);
            *max_bus = MAX(*max_bus, d->config[PCI_SUBORDINATE_BUS]);
        }
    }
}

PCIBus *pci_device_root_bus(const PCIDevice *d)
{
    PCIBus *bus = pci_get_bus(d);

    while (!pci_bus_is_root(bus)) {
        bus = pci_get_bus(bus->parent_dev);
    }
    return bus;
}

const char *pci_root_bus_path(PCIDevice *dev)
{
    PCIBus *root = pci_device_root_bus(dev);
    PCIHostState *host = pci_host_of_bus(root);

    return PCI_HOST_BRIDGE_GET_CLASS(host)->root_bus_path(host, root);
}

bool pci_bus_bypass_iommu(PCIBus *bus)
{
    while (!pci_bus_is_root(bus)) {
        bus = pci_get_bus(bus->parent_dev);
    }
    return pci_host_of_bus(bus)->bypass_iommu;
}

/* The bus with number @num at or below @bus. */
static PCIBus *find_bus(PCIBus *bus, int num)
{
    PCIBus *below;

    if (!bus || pci_bus_num(bus) == num) {
        return bus;
    }
    QLIST_FOREACH(below, &bus->child, sibling) {
        PCIBus *found = find_bus(below, num);

        if (found) {
            return found;
        }
    }
    return NULL;
}

PCIDevice *pci_find_device(PCIBus *bus, int bus_num, uint8_t devfn)
{
    bus = find_bus(bus, bus_num);
    return bus ? bus->devices[devfn] : NULL;
}

PCIDevice *pci_get_function_0(PCIDevice *pci_dev)
{
    PCIBus *bus = pci_get_bus(pci_dev);

    /* A link of Express has but one device: all numbers are its functions. */
    if (bus->parent_dev && pci_is_express_downstream_port(bus->parent_dev)) {
        return bus->devices[0];
    }
    return bus->devices[PCI_DEVFN(PCI_SLOT(pci_dev->devfn), 0)];
}

void pci_for_each_device_under_bus(PCIBus *bus, pci_bus_dev_fn fn, void *opaque)
{
    for (int i = 0; i < ARRAY_SIZE(bus->devices); i++) {
        if (bus->devices[i]) {
            fn(bus, bus->devices[i], opaque);
        }
    }
}

void pci_for_each_device_under_bus_reverse(PCIBus *bus, pci_bus_dev_fn fn,
                                           void *opaque)
{
    for (int i = ARRAY_SIZE(bus->devices) - 1; i >= 0; i--) {
        if (bus->devices[i]) {
            fn(bus, bus->devices[i], opaque);
        }
    }
}

void pci_for_each_device(PCIBus *bus, int bus_num, pci_bus_dev_fn fn,
                         void *opaque)
{
    bus = find_bus(bus, bus_num);
    if (bus) {
        pci_for_each_device_under_bus(bus, fn, opaque);
    }
}

void pci_for_each_device_reverse(PCIBus *bus, int bus_num, pci_bus_dev_fn fn,
                                 void *opaque)
{
    bus = find_bus(bus, bus_num);
    if (bus) {
        pci_for_each_device_under_bus_reverse(bus, fn, opaque);
    }
}

void pci_for_each_bus_depth_first(PCIBus *bus, pci_bus_ret_fn begin,
                                  pci_bus_fn end, void *parent_state)
{
    PCIBus *below;
    void *state = parent_state;

    if (!bus) {
        return;
    }
    if (begin) {
        state = begin(bus, parent_state);
    }
    QLIST_FOREACH(below, &bus->child, sibling) {
        pci_for_each_bus_depth_first(below, begin, end, state);
    }
    if (end) {
        end(bus, state);
    }
}

typedef struct FindById {
    const char *id;
    PCIDevice *dev;
    int ret;
} FindById;

static bool find_by_id(PCIBus *root, void *opaque)
{
    FindById *f = opaque;
    DeviceState *dev = qdev_find_recursive(BUS(root), f->id);

    if (!dev) {
        return false;
    }
    f->dev = (PCIDevice *)object_dynamic_cast(OBJECT(dev), TYPE_PCI_DEVICE);
    f->ret = f->dev ? 0 : -EINVAL;
    return f->ret == 0;
}

int pci_qdev_find_device(const char *id, PCIDevice **pdev)
{
    FindById f = { .id = id, .ret = -ENODEV };

    pci_for_each_root_bus(find_by_id, &f);
    if (f.dev) {
        *pdev = f.dev;
    }
    return f.ret;
}

/* ---- where 64-bit regions are -------------------------------------------- */

static void extend_w64(PCIBus *bus, PCIDevice *d, void *opaque)
{
    Range *all = opaque;

    for (int i = 0; i < PCI_NUM_REGIONS; i++) {
        PCIIORegion *r = &d->io_regions[i];
        Range one;

        if (!r->size || (r->type & PCI_BASE_ADDRESS_SPACE_IO) ||
            !(r->type & PCI_BASE_ADDRESS_MEM_TYPE_64)) {
            continue;
        }
        /* What the register says, also while memory is disabled. */
        range_set_bounds1(
            &one, pci_get_quad(d->config + pci_bar(d, i)) & ~(r->size - 1), 0);
        if (range_lob(&one) >= 0x100000000ULL) {
            range_set_bounds(&one, range_lob(&one),
                             range_lob(&one) + r->size - 1);
            range_extend(all, &one);
        }
    }
}

void pci_bus_get_w64_range(PCIBus *bus, Range *range)
{
    range_make_empty(range);
    pci_for_each_device_under_bus(bus, extend_w64, range);
}

/* ---- IOMMUs -------------------------------------------------------------- */

AddressSpace *pci_device_iommu_address_space(PCIDevice *dev)
{
    PCIBus *bus = pci_get_bus(dev);
    PCIBus *with_ops = bus;

    while (!with_ops->iommu_ops && with_ops->parent_dev) {
        with_ops = pci_get_bus(with_ops->parent_dev);
    }
    if (with_ops->iommu_ops && !pci_bus_bypass_iommu(bus)) {
        return with_ops->iommu_ops->get_address_space(
            bus, with_ops->iommu_opaque, dev->devfn);
    }
    return &address_space_memory;
}

/* ---- names --------------------------------------------------------------- */

/* A line for "info qtree", and one for each region. */
static void describe_dev(GString *out, DeviceState *dev, int indent)
{
    PCIDevice *d = PCI_DEVICE(dev);
    uint16_t class = pci_get_word(d->config + PCI_CLASS_DEVICE);
    const char *desc = pci_class_name(class)->desc;

    g_string_append_printf(out, "%*sclass ", indent, "");
    if (desc) {
        g_string_append(out, desc);
    } else {
        g_string_append_printf(out, "Class %04x", class);
    }
    g_string_append_printf(
        out, ", addr %02x:%02x.%x, pci id %04x:%04x (sub %04x:%04x)\n",
        pci_dev_bus_num(d), PCI_SLOT(d->devfn), PCI_FUNC(d->devfn),
        pci_get_word(d->config + PCI_VENDOR_ID),
        pci_get_word(d->config + PCI_DEVICE_ID),
        pci_get_word(d->config + PCI_SUBSYSTEM_VENDOR_ID),
        pci_get_word(d->config + PCI_SUBSYSTEM_ID));
    for (int i = 0; i < PCI_NUM_REGIONS; i++) {
        PCIIORegion *r = &d->io_regions[i];

        if (r->size) {
            g_string_append_printf(
                out, "%*sbar %d: %s at 0x%" FMT_PCIBUS " [0x%" FMT_PCIBUS "]\n",
                indent, "", i,
                r->type & PCI_BASE_ADDRESS_SPACE_IO ? "i/o" : "mem", r->addr,
                r->addr + r->size - 1);
        }
    }
}

static char *get_fw_dev_path(DeviceState *dev)
{
    PCIDevice *d = PCI_DEVICE(dev);
    g_autoptr(GString) path = g_string_new(NULL);
    char buf[16];

    g_string_append_printf(
        path, "%s@%x",
        pci_class_fw_name(pci_get_word(d->config + PCI_CLASS_DEVICE), buf,
                          sizeof(buf)),
        PCI_SLOT(d->devfn));
    if (PCI_FUNC(d->devfn)) {
        g_string_append_printf(path, ",%x", PCI_FUNC(d->devfn));
    }
    return g_string_free(g_steal_pointer(&path), FALSE);
}

/*
 * "0000:00:01.0", with ":SLOT.FUNCTION" for each step from the root. Bus
 * numbers are the guest's and do not name a place.
 */
static char *get_dev_path(DeviceState *dev)
{
    PCIDevice *d = PCI_DEVICE(dev);
    g_autofree char *steps = g_strdup("");

    for (PCIDevice *at = d; at; at = pci_get_bus(at)->parent_dev) {
        char *longer = g_strdup_printf(":%02x.%x%s", PCI_SLOT(at->devfn),
                                       PCI_FUNC(at->devfn), steps);

        g_free(steps);
        steps = longer;
    }
    return g_strconcat(pci_root_bus_path(d), steps, NULL);
}

/* ---- the types ----------------------------------------------------------- */

/* How many devices raise each line; then the lines are set by the devices. */
static const VMStateDescription vmstate_pcibus = {
    .name = "PCIBUS",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_INT32_EQUAL(nirq, PCIBus, NULL),
            VMSTATE_VARRAY_INT32(irq_count, PCIBus, nirq, 0, vmstate_info_int32,
                                 int32_t),
            VMSTATE_END_OF_LIST(),
        },
};

static void bus_realize(BusState *qbus, Error **errp)
{
    PCIBus *bus = PCI_BUS(qbus);

    if (pci_bus_is_root(bus)) {
        vmstate_register_any(NULL, &vmstate_pcibus, bus);
    } else {
        QLIST_INSERT_HEAD(&pci_get_bus(bus->parent_dev)->child, bus, sibling);
    }
}

static void bus_unrealize(BusState *qbus)
{
    PCIBus *bus = PCI_BUS(qbus);

    if (pci_bus_is_root(bus)) {
        vmstate_unregister(NULL, &vmstate_pcibus, bus);
    } else {
        QLIST_REMOVE(bus, sibling);
    }
}

static void pcie_bus_realize(BusState *qbus, Error **errp)
{
    PCIBus *bus = PCI_BUS(qbus);

    bus_realize(qbus, errp);
    /* Below a conventional bus the large space cannot be reached. */
    if (pci_bus_is_root(bus) ||
        pci_bus_allows_extended_config_space(pci_get_bus(bus->parent_dev))) {
        bus->flags |= PCI_BUS_EXTENDED_CONFIG_SPACE;
    }
}

static void bus_reset_hold(Object *obj, ResetType type)
{
    PCIBus *bus = PCI_BUS(obj);

    for (int i = 0; i < ARRAY_SIZE(bus->devices); i++) {
        if (bus->devices[i]) {
            pci_config_reset(bus->devices[i]);
        }
    }
    for (int i = 0; i < bus->nirq; i++) {
        /* No device asserts it now: a stream said so. */
        if (bus->irq_count[i]) {
            bus->irq_count[i] = 0;
            bus->set_irq(bus->irq_opaque, i, 0);
        }
    }
}

static void bus_class_init(ObjectClass *klass, void *data)
{
    BusClass *k = BUS_CLASS(klass);
    PCIBusClass *pbc = PCI_BUS_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    k->describe_dev = describe_dev;
    k->get_dev_path = get_dev_path;
    k->get_fw_dev_path = get_fw_dev_path;
    k->realize = bus_realize;
    k->unrealize = bus_unrealize;
    rc->phases.hold = bus_reset_hold;
    pbc->bus_num = bus_num;
    pbc->numa_node = bus_numa_node;
}

static void pcie_bus_class_init(ObjectClass *klass, void *data)
{
    BUS_CLASS(klass)->realize = pcie_bus_realize;
}

static const TypeInfo pci_bus_types[] = {
    {
        .name = TYPE_PCI_BUS,
        .parent = TYPE_BUS,
        .instance_size = sizeof(PCIBus),
        .class_size = sizeof(PCIBusClass),
        .class_init = bus_class_init,
    },
    {
        .name = TYPE_PCIE_BUS,
        .parent = TYPE_PCI_BUS,
        .class_init = pcie_bus_class_init,
    },
    {
        .name = INTERFACE_CONVENTIONAL_PCI_DEVICE,
        .parent = TYPE_INTERFACE,
    },
    {
        .name = INTERFACE_PCIE_DEVICE,
        .parent = TYPE_INTERFACE,
    },
};

DEFINE_TYPES(pci_bus_types)
