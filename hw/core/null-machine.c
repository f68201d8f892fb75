/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine "none": no CPU, no memory, no devices. A client that only wants
 * to ask what this program can do starts it.
 *
 * Devices that need no bus can be plugged into it at run time, so that one
 * that comes in a module can be tried without a board. (QEMU's has no place
 * for them.)
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/hotplug.h"

static HotplugHandler *machine_none_hotplug_handler(MachineState *ms,
                                                    DeviceState *dev)
{
    return DEVICE_GET_CLASS(dev)->bus_type ? NULL : HOTPLUG_HANDLER(ms);
}

static void machine_none_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    mc->desc = "empty machine";
    mc->max_cpus = 1;
    mc->default_ram_size = 0;
    mc->no_serial = 1;
    mc->no_parallel = 1;
    mc->no_floppy = 1;
    mc->no_cdrom = 1;
    mc->get_hotplug_handler = machine_none_hotplug_handler;
    HOTPLUG_HANDLER_CLASS(oc)->unplug = qdev_simple_device_unplug_cb;
}

static const TypeInfo machine_none_types[] = {
    {
        .name = MACHINE_TYPE_NAME("none"),
        .parent = TYPE_MACHINE,
        .class_init = machine_none_class_init,
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_HOTPLUG_HANDLER },
                {},
            },
    },
};

DEFINE_TYPES(machine_none_types)
