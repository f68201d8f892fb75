/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of plugging and unplugging: who handles it, when it is allowed,
 * who listens; and how far the machine has come, on which it depends.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/qdev-core.h"
#include "migration/misc.h"
#include "qapi/error.h"
#include "qdev-internal.h"

bool qdev_hot_removed;
static bool qdev_hot_added;

static MachineInitPhase machine_phase;

bool phase_check(MachineInitPhase phase)
{
    return machine_phase >= phase;
}

void phase_advance(MachineInitPhase phase)
{
    assert(machine_phase == phase - 1);
    machine_phase = phase;
}

/*** Who handles it. ***/

HotplugHandler *qdev_get_bus_hotplug_handler(DeviceState *dev)
{
    return dev->parent_bus ? dev->parent_bus->hotplug_handler : NULL;
}

/* The machine, when /machine is one: tests have a container there. */
static MachineState *the_machine(void)
{
    return (MachineState *)object_dynamic_cast(qdev_get_machine(),
                                               TYPE_MACHINE);
}

HotplugHandler *qdev_get_machine_hotplug_handler(DeviceState *dev)
{
    MachineState *ms = the_machine();
    MachineClass *mc = ms ? MACHINE_GET_CLASS(ms) : NULL;

    return mc && mc->get_hotplug_handler ? mc->get_hotplug_handler(ms, dev)
                                         : NULL;
}

HotplugHandler *qdev_get_hotplug_handler(DeviceState *dev)
{
    return qdev_get_machine_hotplug_handler(dev)
               ?: qdev_get_bus_hotplug_handler(dev);
}

/*** When it is allowed. ***/

static bool device_may_move(DeviceState *dev, BusState *bus, Error **errp)
{
    if (!DEVICE_GET_CLASS(dev)->hotpluggable) {
        error_setg(errp, "Device '%s' does not support hotplugging",
                   object_get_typename(OBJECT(dev)));
        return false;
    }
    if (bus && !qbus_is_hotpluggable(bus)) {
        error_setg(errp, "Bus '%s' does not support hotplugging", bus->name);
        return false;
    }
    if (!bus && !qdev_get_machine_hotplug_handler(dev)) {
        error_setg(errp, "Device '%s' can not be hotplugged on this machine",
                   object_get_typename(OBJECT(dev)));
        return false;
    }
    return true;
}

/* With devices on their way out of this machine, or into it. */
static bool is_migrating(void)
{
    return migration_is_running() || migration_incoming_is_loading();
}

bool qdev_hotplug_allowed(DeviceState *dev, BusState *bus, Error **errp)
{
    MachineState *ms = the_machine();
    MachineClass *mc = ms ? MACHINE_GET_CLASS(ms) : NULL;

    if (!device_may_move(dev, bus, errp)) {
        return false;
    }
    if (is_migrating()) {
        error_setg(errp, "device_add not allowed while migrating");
        return false;
    }
    return mc && mc->hotplug_allowed ? mc->hotplug_allowed(ms, dev, errp)
                                     : true;
}

bool qdev_hotunplug_allowed(DeviceState *dev, Error **errp)
{
    return !qdev_unplug_blocked(dev, errp) &&
           device_may_move(dev, dev->parent_bus, errp);
}

void qdev_add_unplug_blocker(DeviceState *dev, Error *reason)
{
    dev->unplug_blockers = g_slist_prepend(dev->unplug_blockers, reason);
}

void qdev_del_unplug_blocker(DeviceState *dev, Error *reason)
{
    dev->unplug_blockers = g_slist_remove(dev->unplug_blockers, reason);
}

bool qdev_unplug_blocked(DeviceState *dev, Error **errp)
{
    if (!dev->unplug_blockers) {
        return false;
    }
    error_propagate(errp, error_copy(dev->unplug_blockers->data));
    return true;
}

bool qdev_machine_modified(void)
{
    return qdev_hot_added || qdev_hot_removed;
}

void qdev_note_hot_added(void)
{
    qdev_hot_added = true;
}

int qdev_sync_config(DeviceState *dev, Error **errp)
{
    DeviceClass *dc = DEVICE_GET_CLASS(dev);

    if (!dc->sync_config) {
        error_setg(errp, "device-sync-config is not supported for '%s'",
                   object_get_typename(OBJECT(dev)));
        return -ENOTSUP;
    }
    return dc->sync_config(dev, errp);
}

/*** How it goes. ***/

void qdev_unplug(DeviceState *dev, Error **errp)
{
    HotplugHandler *handler;
    HotplugHandlerClass *hc;
    Error *err = NULL;

    if (!qdev_hotunplug_allowed(dev, errp)) {
        return;
    }
    if (is_migrating()) {
        error_setg(errp, "device_del not allowed while migrating");
        return;
    }
    qdev_hot_removed = true;

    handler = qdev_get_hotplug_handler(dev);
    /* Whoever lets devices in at run time must be able to let them out. */
    assert(handler);
    hc = HOTPLUG_HANDLER_GET_CLASS(handler);
    if (hc->unplug_request) {
        hotplug_handler_unplug_request(handler, dev, &err);
    } else {
        hotplug_handler_unplug(handler, dev, &err);
        if (!err) {
            object_unparent(OBJECT(dev));
        }
    }
    error_propagate(errp, err);
}

void qdev_simple_device_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                                  Error **errp)
{
    qdev_unrealize(dev);
}

/*** Who listens. ***/

static QTAILQ_HEAD(, DeviceListener) device_listeners =
    QTAILQ_HEAD_INITIALIZER(device_listeners);

void device_listener_register(DeviceListener *listener)
{
    QTAILQ_INSERT_TAIL(&device_listeners, listener, link);
}

void device_listener_unregister(DeviceListener *listener)
{
    QTAILQ_REMOVE(&device_listeners, listener, link);
}

void device_listeners_realize(DeviceState *dev)
{
    DeviceListener *l, *next;

    QTAILQ_FOREACH_SAFE(l, &device_listeners, link, next) {
        if (l->realize) {
            l->realize(l, dev);
        }
    }
}

void device_listeners_unrealize(DeviceState *dev)
{
    DeviceListener *l;

    QTAILQ_FOREACH_REVERSE(l, &device_listeners, link) {
        if (l->unrealize) {
            l->unrealize(l, dev);
        }
    }
}

bool qdev_should_hide_device(const QDict *opts, bool from_json, Error **errp)
{
    DeviceListener *l;
    Error *err = NULL;

    QTAILQ_FOREACH(l, &device_listeners, link) {
        if (l->hide_device) {
            bool hide = l->hide_device(l, opts, from_json, &err);

            if (err) {
                error_propagate(errp, err);
                return false;
            }
            if (hide) {
                return true;
            }
        }
    }
    return false;
}
