/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The synchronous serial bus. */
#include "qemu/osdep.h"
#include "hw/ssi/ssi.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/module.h"

#define TYPE_SSI_BUS "SSI"
OBJECT_DECLARE_SIMPLE_TYPE(SSIBus, SSI_BUS)

struct SSIBus {
    BusState parent_obj;
};

/*** The bus. ***/

SSIBus *ssi_create_bus(DeviceState *parent, const char *name)
{
    return SSI_BUS(qbus_new(TYPE_SSI_BUS, parent, name));
}

uint32_t ssi_transfer(SSIBus *bus, uint32_t val)
{
    uint32_t answer = 0;
    BusChild *kid;

    QTAILQ_FOREACH(kid, &bus->parent_obj.children, sibling) {
        SSIPeripheral *p = SSI_PERIPHERAL(kid->child);

        answer |= p->spc->transfer_raw(p, val);
    }
    return answer;
}

DeviceState *ssi_get_cs(SSIBus *bus, uint8_t cs_index)
{
    BusChild *kid;

    QTAILQ_FOREACH(kid, &bus->parent_obj.children, sibling) {
        if (SSI_PERIPHERAL(kid->child)->cs_index == cs_index) {
            return kid->child;
        }
    }
    return NULL;
}

static bool check_cs_index(BusState *bus, DeviceState *dev, Error **errp)
{
    uint8_t index = SSI_PERIPHERAL(dev)->cs_index;
    DeviceState *other = ssi_get_cs(SSI_BUS(bus), index);

    if (other && other != dev) {
        error_setg(errp, "CS index '0x%x' in use by a %s device", index,
                   object_get_typename(OBJECT(other)));
        return false;
    }
    return true;
}

static void ssi_bus_class_init(ObjectClass *oc, void *data)
{
    BUS_CLASS(oc)->check_address = check_cs_index;
}

/*** Peripherals. ***/

static bool is_selected(const SSIPeripheral *p)
{
    return p->spc->cs_polarity == SSI_CS_NONE ||
           p->cs == (p->spc->cs_polarity == SSI_CS_HIGH);
}

static uint32_t transfer_if_selected(SSIPeripheral *p, uint32_t val)
{
    return is_selected(p) ? p->spc->transfer(p, val) : 0;
}

static void cs_input(void *opaque, int n, int level)
{
    SSIPeripheral *p = opaque;
    bool cs = level != 0;

    if (cs != p->cs && p->spc->set_cs) {
        p->spc->set_cs(p, cs);
    }
    p->cs = cs;
}

static void ssi_peripheral_realize(DeviceState *dev, Error **errp)
{
    SSIPeripheral *p = SSI_PERIPHERAL(dev);

    p->spc = SSI_PERIPHERAL_GET_CLASS(dev);
    if (p->spc->transfer_raw == transfer_if_selected &&
        p->spc->cs_polarity != SSI_CS_NONE) {
        qdev_init_gpio_in_named(dev, cs_input, SSI_GPIO_CS, 1);
    }
    p->spc->realize(p, errp);
}

bool ssi_realize_and_unref(DeviceState *dev, SSIBus *bus, Error **errp)
{
    return qdev_realize_and_unref(dev, &bus->parent_obj, errp);
}

DeviceState *ssi_create_peripheral(SSIBus *bus, const char *name)
{
    DeviceState *dev = qdev_new(name);

    ssi_realize_and_unref(dev, bus, &error_fatal);
    return dev;
}

const VMStateDescription vmstate_ssi_peripheral = {
    .name = "SSISlave",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_BOOL(cs, SSIPeripheral),
            VMSTATE_END_OF_LIST(),
        },
};

static const Property ssi_peripheral_properties[] = {
    DEFINE_PROP_UINT8("cs", SSIPeripheral, cs_index, 0),
};

static void ssi_peripheral_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->realize = ssi_peripheral_realize;
    dc->bus_type = TYPE_SSI_BUS;
    device_class_set_props(dc, ssi_peripheral_properties);
    SSI_PERIPHERAL_CLASS(oc)->transfer_raw = transfer_if_selected;
}

static const TypeInfo ssi_types[] = {
    {
        .name = TYPE_SSI_BUS,
        .parent = TYPE_BUS,
        .instance_size = sizeof(SSIBus),
        .class_init = ssi_bus_class_init,
    },
    {
        .name = TYPE_SSI_PERIPHERAL,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(SSIPeripheral),
        .class_size = sizeof(SSIPeripheralClass),
        .class_init = ssi_peripheral_class_init,
        .abstract = true,
    },
};

DEFINE_TYPES(ssi_types)
