/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hotplug handler: who plugs devices in and out.
 *
 * An object (a bus's bridge, the machine) implements this interface, and qdev
 * calls it around the realization of a device that hangs on it: pre_plug
 * before the device's realize (the last chance to say no without undoing
 * anything), plug after it, unplug_request when the user wants the device gone
 * and the guest must be asked, unplug when it goes.
 * All run under the big lock.
 */
#ifndef HOTPLUG_H
#define HOTPLUG_H

#include "qom/object.h"

#define TYPE_HOTPLUG_HANDLER "hotplug-handler"

typedef struct HotplugHandlerClass HotplugHandlerClass;
DECLARE_CLASS_CHECKERS(HotplugHandlerClass, HOTPLUG_HANDLER,
                       TYPE_HOTPLUG_HANDLER)
#define HOTPLUG_HANDLER(obj) \
    INTERFACE_CHECK(HotplugHandler, (obj), TYPE_HOTPLUG_HANDLER)

typedef struct HotplugHandler HotplugHandler;

/* Acts on @plugged_dev; sets @errp to refuse. */
typedef void (*hotplug_fn)(HotplugHandler *plug_handler,
                           DeviceState *plugged_dev, Error **errp);

/*
 * All methods may be NULL: then nothing happens at that point. A handler
 * without unplug_request removes its devices at once.
 */
struct HotplugHandlerClass {
    InterfaceClass parent;

    hotplug_fn pre_plug;
    hotplug_fn plug;
    hotplug_fn unplug_request;
    hotplug_fn unplug;
    /* Whether @bus takes hotplugged devices; NULL: yes */
    bool (*is_hotpluggable_bus)(HotplugHandler *plug_handler, BusState *bus);
};

/* Each calls the method of its name, if there is one. */
void hotplug_handler_plug(HotplugHandler *plug_handler,
                          DeviceState *plugged_dev, Error **errp);
void hotplug_handler_pre_plug(HotplugHandler *plug_handler,
                              DeviceState *plugged_dev, Error **errp);
void hotplug_handler_unplug_request(HotplugHandler *plug_handler,
                                    DeviceState *plugged_dev, Error **errp);
void hotplug_handler_unplug(HotplugHandler *plug_handler,
                            DeviceState *plugged_dev, Error **errp);

#endif
