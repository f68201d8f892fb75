/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Buses: their devices, their realization, their names.
 *
 * The list of devices can be read under RCU alone, so a device that leaves is
 * given up only after a grace period.
 */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/cutils.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "qemu/rcu_queue.h"
#include "qdev-internal.h"

static char *kid_property(const BusChild *kid)
{
    return g_strdup_printf("child[%d]", kid->index);
}

void bus_add_child(BusState *bus, DeviceState *dev)
{
    BusChild *kid = g_new0(BusChild, 1);
    g_autofree char *prop = NULL;

    kid->index = bus->max_index++;
    kid->child = DEVICE(object_ref(dev));
    bus->num_children++;
    QTAILQ_INSERT_HEAD_RCU(&bus->children, kid, sibling);

    prop = kid_property(kid);
    object_property_add_link(OBJECT(bus), prop,
                             object_get_typename(OBJECT(dev)),
                             (Object **)&kid->child, NULL, 0);
}

static void kid_free(BusChild *kid)
{
    object_unref(OBJECT(kid->child));
    g_free(kid);
}

void bus_remove_child(BusState *bus, DeviceState *dev)
{
    BusChild *kid;

    QTAILQ_FOREACH(kid, &bus->children, sibling) {
        if (kid->child == dev) {
            g_autofree char *prop = kid_property(kid);

            QTAILQ_REMOVE_RCU(&bus->children, kid, sibling);
            bus->num_children--;
            /* The property points into the kid, so it goes first. */
            object_property_del(OBJECT(bus), prop);
            call_rcu(kid, kid_free, rcu);
            return;
        }
    }
}

bool qbus_is_full(BusState *bus)
{
    BusClass *bc = BUS_GET_CLASS(bus);

    return bus->full || (bc->max_dev && bus->num_children >= bc->max_dev);
}

BusState *qdev_get_child_bus(DeviceState *dev, const char *name)
{
    BusState *bus;

    QLIST_FOREACH(bus, &dev->child_bus, sibling) {
        if (strcmp(bus->name, name) == 0) {
            return bus;
        }
    }
    return NULL;
}

void qbus_set_hotplug_handler(BusState *bus, Object *handler)
{
    object_property_set_link(OBJECT(bus), QDEV_HOTPLUG_HANDLER_PROPERTY,
                             handler, &error_abort);
}

void qbus_set_bus_hotplug_handler(BusState *bus)
{
    qbus_set_hotplug_handler(bus, OBJECT(bus));
}

/* What to call a bus without a name of its own. */
static char *automatic_name(BusState *bus, DeviceState *parent)
{
    const char *type = object_get_typename(OBJECT(bus));
    g_autofree char *lower = NULL;

    if (parent && parent->id) {
        return g_strdup_printf("%s.%d", parent->id, parent->num_child_bus);
    }
    lower = g_ascii_strdown(type, -1);
    return g_strdup_printf("%s.%d", lower, BUS_GET_CLASS(bus)->automatic_ids++);
}

static void bus_set_up(BusState *bus, DeviceState *parent, const char *name)
{
    bus->parent = parent;
    bus->name = name ? g_strdup(name) : automatic_name(bus, parent);
    if (!parent) {
        return;
    }
    QLIST_INSERT_HEAD(&parent->child_bus, bus, sibling);
    parent->num_child_bus++;
    object_property_add_child(OBJECT(parent), bus->name, OBJECT(bus));
    object_unref(OBJECT(bus));
}

void qbus_init(void *bus, size_t size, const char *typename,
               DeviceState *parent, const char *name)
{
    object_initialize(bus, size, typename);
    bus_set_up(bus, parent, name);
}

BusState *qbus_new(const char *typename, DeviceState *parent, const char *name)
{
    BusState *bus = BUS(object_new(typename));

    bus_set_up(bus, parent, name);
    return bus;
}

bool qbus_realize(BusState *bus, Error **errp)
{
    return object_property_set_bool(OBJECT(bus), "realized", true, errp);
}

void qbus_unrealize(BusState *bus)
{
    object_property_set_bool(OBJECT(bus), "realized", false, &error_abort);
}

static bool bus_get_realized(Object *obj, Error **errp)
{
    return BUS(obj)->realized;
}

static void bus_set_realized(Object *obj, bool value, Error **errp)
{
    BusState *bus = BUS(obj);
    BusClass *bc = BUS_GET_CLASS(bus);
    Error *err = NULL;

    if (value == bus->realized) {
        return;
    }
    if (value) {
        /* Devices come onto it one by one, each with its own realize. */
        if (bc->realize) {
            bc->realize(bus, &err);
        }
        if (err) {
            error_propagate(errp, err);
            return;
        }
    } else {
        BusChild *kid;

        QTAILQ_FOREACH(kid, &bus->children, sibling) {
            qdev_unrealize(kid->child);
        }
        if (bc->unrealize) {
            bc->unrealize(bus);
        }
    }
    bus->realized = value;
}

int qbus_walk_children(BusState *bus, qdev_walkerfn *pre_devfn,
                       qbus_walkerfn *pre_busfn, qdev_walkerfn *post_devfn,
                       qbus_walkerfn *post_busfn, void *opaque)
{
    int ret = pre_busfn ? pre_busfn(bus, opaque) : 0;
    BusChild *kid;

    if (ret) {
        return ret;
    }
    WITH_RCU_READ_LOCK_GUARD() {
        QTAILQ_FOREACH_RCU(kid, &bus->children, sibling) {
            ret = qdev_walk_children(kid->child, pre_devfn, pre_busfn,
                                     post_devfn, post_busfn, opaque);
            if (ret < 0) {
                return ret;
            }
        }
    }
    return post_busfn ? post_busfn(bus, opaque) : 0;
}

int qdev_walk_children(DeviceState *dev, qdev_walkerfn *pre_devfn,
                       qbus_walkerfn *pre_busfn, qdev_walkerfn *post_devfn,
                       qbus_walkerfn *post_busfn, void *opaque)
{
    int ret = pre_devfn ? pre_devfn(dev, opaque) : 0;
    BusState *bus;

    if (ret) {
        return ret;
    }
    QLIST_FOREACH(bus, &dev->child_bus, sibling) {
        ret = qbus_walk_children(bus, pre_devfn, pre_busfn, post_devfn,
                                 post_busfn, opaque);
        if (ret < 0) {
            return ret;
        }
    }
    return post_devfn ? post_devfn(dev, opaque) : 0;
}

typedef struct FindById {
    const char *id;
    DeviceState *found;
} FindById;

static int match_id(DeviceState *dev, void *opaque)
{
    FindById *search = opaque;

    if (!dev->id || strcmp(dev->id, search->id) != 0) {
        return 0;
    }
    search->found = dev;
    return -1;
}

DeviceState *qdev_find_recursive(BusState *bus, const char *id)
{
    FindById search = { .id = id };

    qbus_walk_children(bus, match_id, NULL, NULL, NULL, &search);
    return search.found;
}

void bus_cold_reset(BusState *bus)
{
    resettable_reset(OBJECT(bus), RESET_TYPE_COLD);
}

bool bus_is_in_reset(BusState *bus)
{
    return resettable_is_in_reset(OBJECT(bus));
}

static ResettableState *bus_get_reset_state(Object *obj)
{
    return &BUS(obj)->reset;
}

static void bus_reset_children(Object *obj, ResettableChildCallback cb,
                               void *opaque, ResetType type)
{
    BusState *bus = BUS(obj);
    BusChild *kid;

    WITH_RCU_READ_LOCK_GUARD() {
        QTAILQ_FOREACH_RCU(kid, &bus->children, sibling) {
            cb(OBJECT(kid->child), opaque, type);
        }
    }
}

static char *bus_default_fw_dev_path(DeviceState *dev)
{
    return g_strdup(object_get_typename(OBJECT(dev)));
}

static void bus_unparent(Object *obj)
{
    BusState *bus = BUS(obj);
    BusChild *kid;

    /* The system bus lives as long as the program. */
    assert(bus->parent);

    while ((kid = QTAILQ_FIRST(&bus->children))) {
        object_unparent(OBJECT(kid->child));
    }
    QLIST_REMOVE(bus, sibling);
    bus->parent->num_child_bus--;
    bus->parent = NULL;
}

static void bus_init(Object *obj)
{
    BusState *bus = BUS(obj);

    QTAILQ_INIT(&bus->children);
    object_property_add_link(
        obj, QDEV_HOTPLUG_HANDLER_PROPERTY, TYPE_HOTPLUG_HANDLER,
        (Object **)&bus->hotplug_handler, object_property_allow_set_link, 0);
}

static void bus_finalize(Object *obj)
{
    g_free(BUS(obj)->name);
}

static void bus_class_init(ObjectClass *klass, void *data)
{
    BusClass *bc = BUS_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    klass->unparent = bus_unparent;
    bc->get_fw_dev_path = bus_default_fw_dev_path;
    rc->get_state = bus_get_reset_state;
    rc->child_foreach = bus_reset_children;
    object_class_property_add_bool(klass, "realized", bus_get_realized,
                                   bus_set_realized);
}

static const TypeInfo bus_types[] = {
    {
        .name = TYPE_BUS,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(BusState),
        .abstract = true,
        .class_size = sizeof(BusClass),
        .instance_init = bus_init,
        .instance_finalize = bus_finalize,
        .class_init = bus_class_init,
        .interfaces = (InterfaceInfo[]){ { TYPE_RESETTABLE_INTERFACE }, {} },
    },
};

DEFINE_TYPES(bus_types)
