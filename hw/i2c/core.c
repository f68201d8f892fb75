/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The I2C bus. */
#include "qemu/osdep.h"
#include "hw/i2c/i2c.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"

#define BROADCAST  0x00
#define NO_ADDRESS 0xff

/*** Transfers. ***/

static void add_slave(I2CNodeList *list, I2CSlave *s)
{
    I2CNode *node = g_new(I2CNode, 1);

    node->elt = s;
    QLIST_INSERT_HEAD(list, node, next);
}

static void forget_slaves(I2CBus *bus)
{
    I2CNode *node;

    while ((node = QLIST_FIRST(&bus->current_devs))) {
        QLIST_REMOVE(node, next);
        g_free(node);
    }
    bus->broadcast = false;
}

static int tell(I2CSlave *s, enum i2c_event event)
{
    I2CSlaveClass *sc = I2C_SLAVE_GET_CLASS(s);

    return sc->event ? sc->event(s, event) : 0;
}

static int tell_all(I2CBus *bus, enum i2c_event event)
{
    I2CNode *node;
    int ret = 0;

    QLIST_FOREACH(node, &bus->current_devs, next) {
        ret = ret ?: tell(node->elt, event);
    }
    return ret;
}

bool i2c_scan_bus(I2CBus *bus, uint8_t address, bool broadcast,
                  I2CNodeList *current_devs)
{
    BusChild *kid;

    QTAILQ_FOREACH(kid, &bus->qbus.children, sibling) {
        I2CSlave *s = I2C_SLAVE(kid->child);

        if (I2C_SLAVE_GET_CLASS(s)->match_and_add(s, address, broadcast,
                                                  current_devs) &&
            !broadcast) {
            return true;
        }
    }
    return broadcast;
}

static int start(I2CBus *bus, uint8_t address, enum i2c_event event)
{
    bool again = !QLIST_EMPTY(&bus->current_devs);
    int ret;

    if (!again) {
        bus->broadcast = address == BROADCAST;
        i2c_scan_bus(bus, address, bus->broadcast, &bus->current_devs);
    }
    if (QLIST_EMPTY(&bus->current_devs)) {
        bus->broadcast = false;
        return 1;
    }
    ret = tell_all(bus, event);
    if (ret && !bus->broadcast) {
        if (!again) {
            i2c_end_transfer(bus);
        }
        return ret;
    }
    return 0;
}

int i2c_start_transfer(I2CBus *bus, uint8_t address, bool is_recv)
{
    return start(bus, address, is_recv ? I2C_START_RECV : I2C_START_SEND);
}

int i2c_start_recv(I2CBus *bus, uint8_t address)
{
    return start(bus, address, I2C_START_RECV);
}

int i2c_start_send(I2CBus *bus, uint8_t address)
{
    return start(bus, address, I2C_START_SEND);
}

int i2c_start_send_async(I2CBus *bus, uint8_t address)
{
    return start(bus, address, I2C_START_SEND_ASYNC);
}

void i2c_end_transfer(I2CBus *bus)
{
    tell_all(bus, I2C_FINISH);
    forget_slaves(bus);
}

int i2c_send(I2CBus *bus, uint8_t data)
{
    I2CNode *node;
    int ret = 0;

    QLIST_FOREACH(node, &bus->current_devs, next) {
        I2CSlaveClass *sc = I2C_SLAVE_GET_CLASS(node->elt);

        ret |= sc->send ? sc->send(node->elt, data) : -1;
    }
    return ret ? -1 : 0;
}

int i2c_send_async(I2CBus *bus, uint8_t data)
{
    I2CNode *node = QLIST_FIRST(&bus->current_devs);
    I2CSlaveClass *sc = node ? I2C_SLAVE_GET_CLASS(node->elt) : NULL;

    if (!sc || !sc->send_async) {
        return -1;
    }
    sc->send_async(node->elt, data);
    return 0;
}

uint8_t i2c_recv(I2CBus *bus)
{
    I2CNode *node = QLIST_FIRST(&bus->current_devs);
    I2CSlaveClass *sc = node ? I2C_SLAVE_GET_CLASS(node->elt) : NULL;

    /* Nobody pulls the line down; and all at once would be nobody. */
    return sc && sc->recv && !bus->broadcast ? sc->recv(node->elt) : 0xff;
}

void i2c_nack(I2CBus *bus)
{
    tell_all(bus, I2C_NACK);
}

/*** Masters. ***/

int i2c_bus_busy(I2CBus *bus)
{
    return !QLIST_EMPTY(&bus->current_devs) || bus->bh;
}

void i2c_bus_master(I2CBus *bus, QEMUBH *bh)
{
    I2CPendingMaster *m = g_new0(I2CPendingMaster, 1);

    m->bh = bh;
    QSIMPLEQ_INSERT_TAIL(&bus->pending_masters, m, entry);
}

void i2c_schedule_pending_master(I2CBus *bus)
{
    I2CPendingMaster *m = QSIMPLEQ_FIRST(&bus->pending_masters);

    if (!m || i2c_bus_busy(bus)) {
        return;
    }
    QSIMPLEQ_REMOVE_HEAD(&bus->pending_masters, entry);
    bus->bh = m->bh;
    g_free(m);
    qemu_bh_schedule(bus->bh);
}

void i2c_bus_release(I2CBus *bus)
{
    bus->bh = NULL;
    i2c_schedule_pending_master(bus);
}

void i2c_ack(I2CBus *bus)
{
    if (bus->bh) {
        qemu_bh_schedule(bus->bh);
    }
}

/*** The bus. ***/

static int i2c_bus_pre_save(void *opaque)
{
    I2CBus *bus = opaque;
    I2CNode *node = QLIST_FIRST(&bus->current_devs);

    bus->saved_address = !node            ? NO_ADDRESS
                         : bus->broadcast ? BROADCAST
                                          : node->elt->address;
    return 0;
}

static const VMStateDescription vmstate_i2c_bus = {
    .name = "i2c_bus",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = i2c_bus_pre_save,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT8(saved_address, I2CBus),
            VMSTATE_END_OF_LIST(),
        },
};

I2CBus *i2c_init_bus(DeviceState *parent, const char *name)
{
    I2CBus *bus = I2C_BUS(qbus_new(TYPE_I2C_BUS, parent, name));

    QLIST_INIT(&bus->current_devs);
    QSIMPLEQ_INIT(&bus->pending_masters);
    vmstate_register_any(NULL, &vmstate_i2c_bus, bus);
    return bus;
}

static void i2c_bus_finalize(Object *obj)
{
    I2CBus *bus = I2C_BUS(obj);
    I2CPendingMaster *m;

    vmstate_unregister(NULL, &vmstate_i2c_bus, bus);
    forget_slaves(bus);
    while ((m = QSIMPLEQ_FIRST(&bus->pending_masters))) {
        QSIMPLEQ_REMOVE_HEAD(&bus->pending_masters, entry);
        g_free(m);
    }
}

/*** Slaves. ***/

/* It joins the transfer that the bus, loaded before, is in. */
static int i2c_slave_post_load(void *opaque, int version_id)
{
    I2CSlave *s = opaque;
    I2CBus *bus = I2C_BUS(qdev_get_parent_bus(DEVICE(s)));
    I2CNode *node;

    if (bus->saved_address != s->address && bus->saved_address != BROADCAST) {
        return 0;
    }
    QLIST_FOREACH(node, &bus->current_devs, next) {
        if (node->elt == s) {
            return 0;
        }
    }
    bus->broadcast = bus->saved_address == BROADCAST;
    add_slave(&bus->current_devs, s);
    return 0;
}

const VMStateDescription vmstate_i2c_slave = {
    .name = "I2CSlave",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = i2c_slave_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT8(address, I2CSlave),
            VMSTATE_END_OF_LIST(),
        },
};

I2CSlave *i2c_slave_new(const char *name, uint8_t addr)
{
    DeviceState *dev = qdev_new(name);

    qdev_prop_set_uint8(dev, "address", addr);
    return I2C_SLAVE(dev);
}

bool i2c_slave_realize_and_unref(I2CSlave *dev, I2CBus *bus, Error **errp)
{
    return qdev_realize_and_unref(&dev->qdev, &bus->qbus, errp);
}

I2CSlave *i2c_slave_create_simple(I2CBus *bus, const char *name, uint8_t addr)
{
    I2CSlave *s = i2c_slave_new(name, addr);

    i2c_slave_realize_and_unref(s, bus, &error_fatal);
    return s;
}

void i2c_slave_set_address(I2CSlave *dev, uint8_t address)
{
    dev->address = address;
}

static bool matches(I2CSlave *s, uint8_t address, bool broadcast,
                    I2CNodeList *current_devs)
{
    if (!broadcast && s->address != address) {
        return false;
    }
    add_slave(current_devs, s);
    return true;
}

static const Property i2c_slave_properties[] = {
    DEFINE_PROP_UINT8("address", I2CSlave, address, 0),
};

static void i2c_slave_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    dc->bus_type = TYPE_I2C_BUS;
    device_class_set_props(dc, i2c_slave_properties);
    I2C_SLAVE_CLASS(oc)->match_and_add = matches;
}

static const TypeInfo i2c_types[] = {
    {
        .name = TYPE_I2C_BUS,
        .parent = TYPE_BUS,
        .instance_size = sizeof(I2CBus),
        .instance_finalize = i2c_bus_finalize,
    },
    {
        .name = TYPE_I2C_SLAVE,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(I2CSlave),
        .class_size = sizeof(I2CSlaveClass),
        .class_init = i2c_slave_class_init,
        .abstract = true,
    },
};

DEFINE_TYPES(i2c_types)
