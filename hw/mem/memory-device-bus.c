/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory devices on a bus: the machine plugs the memory, the bus the device.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/hotplug.h"
#include "hw/mem/memory-device.h"
#include "qapi/error.h"
#include "qemu/error-report.h"

bool memory_device_is_whole(const DeviceState *dev)
{
    const Object *obj = OBJECT(dev);

    return object_dynamic_cast((Object *)obj, TYPE_MEMORY_DEVICE) &&
           !(obj->parent &&
             object_dynamic_cast(obj->parent, TYPE_MEMORY_DEVICE));
}

void memory_device_bus_pre_plug(DeviceState *dev, MachineState *ms,
                                Error **errp)
{
    HotplugHandler *bus = qdev_get_bus_hotplug_handler(dev);
    Error *err = NULL;

    if (!bus && dev->hotplugged) {
        error_setg(errp, "hotplug of virtio based memory devices not supported"
                         " on this bus.");
        return;
    }
    memory_device_pre_plug(MEMORY_DEVICE(dev), ms, &err);
    if (!err && bus) {
        hotplug_handler_pre_plug(bus, dev, &err);
    }
    error_propagate(errp, err);
}

void memory_device_bus_plug(DeviceState *dev, MachineState *ms, Error **errp)
{
    HotplugHandler *bus = qdev_get_bus_hotplug_handler(dev);
    Error *err = NULL;

    /* The memory first: the guest may look for it once it sees the device. */
    if (!memory_device_try_plug(MEMORY_DEVICE(dev), ms, errp)) {
        return;
    }
    if (bus) {
        hotplug_handler_plug(bus, dev, &err);
    }
    if (err) {
        memory_device_unplug(MEMORY_DEVICE(dev), ms);
        error_propagate(errp, err);
    }
}

void memory_device_bus_unplug_request(DeviceState *dev, MachineState *ms,
                                      Error **errp)
{
    MemoryDeviceClass *mdc = MEMORY_DEVICE_GET_CLASS(dev);
    HotplugHandler *bus = qdev_get_bus_hotplug_handler(dev);
    Error *err = NULL;

    if (!mdc->unplug_request_check) {
        error_setg(errp,
                   "this virtio based memory devices cannot be unplugged");
        return;
    }
    if (!bus) {
        error_setg(errp, "hotunplug of virtio based memory devices not"
                         "supported on this bus");
        return;
    }
    mdc->unplug_request_check(MEMORY_DEVICE(dev), &err);
    if (!err) {
        hotplug_handler_unplug_request(bus, dev, &err);
    }
    error_propagate(errp, err);
}

void memory_device_bus_unplug(DeviceState *dev, MachineState *ms, Error **errp)
{
    HotplugHandler *bus = qdev_get_bus_hotplug_handler(dev);
    Error *err = NULL;

    /* While it is realized. */
    memory_device_unplug(MEMORY_DEVICE(dev), ms);
    if (bus) {
        hotplug_handler_unplug(bus, dev, &err);
        if (err) {
            memory_device_plug(MEMORY_DEVICE(dev), ms);
            error_propagate(errp, err);
        }
    } else {
        warn_report("Unexpected unplug of virtio based memory device");
        qdev_unrealize(dev);
    }
}
