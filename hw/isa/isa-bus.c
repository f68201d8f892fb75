/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ISA bus: who is on it, its ports and its lines. */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/irq.h"
#include "hw/isa/isa.h"
#include "hw/sysbus.h"
#include "qapi/error.h"
#include "qemu/module.h"

#define TYPE_ISABUS_BRIDGE "isabus-bridge"

/* The machine's, for those that have no device to ask. */
static ISABus *the_bus;

/* ---- the bus ------------------------------------------------------------- */

ISABus *isa_bus_new(DeviceState *dev, MemoryRegion *address_space,
                    MemoryRegion *address_space_io, Error **errp)
{
    ISABus *bus;

    if (the_bus) {
        error_setg(errp, "Can't create a second ISA bus");
        return NULL;
    }
    if (!dev) {
        dev = qdev_new(TYPE_ISABUS_BRIDGE);
        sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    }
    bus = ISA_BUS(qbus_new(TYPE_ISA_BUS, dev, NULL));
    bus->address_space = address_space;
    bus->address_space_io = address_space_io;
    the_bus = bus;
    return bus;
}

static void isa_bus_finalize(Object *obj)
{
    if (the_bus == ISA_BUS(obj)) {
        the_bus = NULL;
    }
}

void isa_bus_register_input_irqs(ISABus *bus, qemu_irq *irqs_in)
{
    bus->irqs_in = irqs_in;
}

qemu_irq isa_bus_get_irq(ISABus *bus, unsigned irqnum)
{
    assert(irqnum < ISA_NUM_IRQS);
    return bus->irqs_in ? bus->irqs_in[irqnum] : NULL;
}

void isa_bus_dma(ISABus *bus, IsaDma *dma8, IsaDma *dma16)
{
    assert(bus && dma8 && dma16);
    assert(!bus->dma[0] && !bus->dma[1]);
    bus->dma[0] = dma8;
    bus->dma[1] = dma16;
}

IsaDma *isa_bus_get_dma(ISABus *bus, int nchan)
{
    return bus->dma[nchan > 3];
}

/* "TYPE@PORT", by which firmware and migration streams know the device. */
static char *device_name(DeviceState *dev)
{
    int port = ISA_DEVICE(dev)->ioport_id;

    return port ? g_strdup_printf("%s@%04x", qdev_fw_name(dev), port)
                : g_strdup(qdev_fw_name(dev));
}

static void isa_bus_class_init(ObjectClass *klass, void *data)
{
    BUS_CLASS(klass)->get_fw_dev_path = device_name;
}

/* ---- devices ------------------------------------------------------------- */

ISADevice *isa_new(const char *name)
{
    return ISA_DEVICE(qdev_new(name));
}

ISADevice *isa_try_new(const char *name)
{
    return ISA_DEVICE(qdev_try_new(name));
}

bool isa_realize_and_unref(ISADevice *dev, ISABus *bus, Error **errp)
{
    return qdev_realize_and_unref(&dev->parent_obj, &bus->parent_obj, errp);
}

ISADevice *isa_create_simple(ISABus *bus, const char *name)
{
    ISADevice *dev = isa_new(name);

    isa_realize_and_unref(dev, bus, &error_fatal);
    return dev;
}

ISABus *isa_bus_from_device(ISADevice *dev)
{
    return ISA_BUS(qdev_get_parent_bus(DEVICE(dev)));
}

qemu_irq isa_get_irq(ISADevice *dev, unsigned isairq)
{
    return isa_bus_get_irq(dev ? isa_bus_from_device(dev) : the_bus, isairq);
}

void isa_connect_gpio_out(ISADevice *isadev, int gpioirq, unsigned isairq)
{
    qdev_connect_gpio_out(DEVICE(isadev), gpioirq, isa_get_irq(isadev, isairq));
}

MemoryRegion *isa_address_space(ISADevice *dev)
{
    return (dev ? isa_bus_from_device(dev) : the_bus)->address_space;
}

MemoryRegion *isa_address_space_io(ISADevice *dev)
{
    ISABus *bus = dev ? isa_bus_from_device(dev) : the_bus;

    return bus ? bus->address_space_io : get_system_io();
}

static void note_port(ISADevice *dev, uint16_t port)
{
    if (dev && (!dev->ioport_id || port < dev->ioport_id)) {
        dev->ioport_id = port;
    }
}

void isa_register_ioport(ISADevice *dev, MemoryRegion *io, uint16_t start)
{
    memory_region_add_subregion(isa_address_space_io(dev), start, io);
    note_port(dev, start);
}

int isa_register_portio_list(ISADevice *dev, PortioList *piolist,
                             uint16_t start, const MemoryRegionPortio *portio,
                             void *opaque, const char *name)
{
    assert(!piolist->owner);
    if (!the_bus) {
        return -ENODEV;
    }
    note_port(dev, start);
    portio_list_init(piolist, OBJECT(dev), portio, opaque, name);
    portio_list_add(piolist, isa_address_space_io(dev), start);
    return 0;
}

static void isa_device_class_init(ObjectClass *klass, void *data)
{
    DEVICE_CLASS(klass)->bus_type = TYPE_ISA_BUS;
}

/* The bridge of machines where nothing else is one. */
static void bridge_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    dc->fw_name = "isa";
}

static const TypeInfo isa_types[] = {
    {
        .name = TYPE_ISADMA,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(IsaDmaClass),
    },
    {
        .name = TYPE_ISA_BUS,
        .parent = TYPE_BUS,
        .instance_size = sizeof(ISABus),
        .instance_finalize = isa_bus_finalize,
        .class_init = isa_bus_class_init,
    },
    {
        .name = TYPE_ISA_DEVICE,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(ISADevice),
        .abstract = true,
        .class_init = isa_device_class_init,
    },
    {
        .name = TYPE_ISABUS_BRIDGE,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(SysBusDevice),
        .class_init = bridge_class_init,
    },
};

DEFINE_TYPES(isa_types)
