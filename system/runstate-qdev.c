/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handlers of devices for changes of the run state. */
#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "system/runstate.h"

/* How many buses lie above it: those start first and stop last. */
static int depth_of(DeviceState *dev)
{
    int depth = 0;

    for (BusState *bus = dev->parent_bus; bus;
         bus = bus->parent ? bus->parent->parent_bus : NULL) {
        depth++;
    }
    return depth;
}

VMChangeStateEntry *
qdev_add_vm_change_state_handler_full(DeviceState *dev,
                                      VMChangeStateHandler *cb,
                                      VMChangeStateHandler *prepare_cb,
                                      void *opaque)
{
    return qemu_add_vm_change_state_handler_prio_full(cb, prepare_cb, opaque,
                                                      depth_of(dev));
}

VMChangeStateEntry *qdev_add_vm_change_state_handler(DeviceState *dev,
                                                     VMChangeStateHandler *cb,
                                                     void *opaque)
{
    return qdev_add_vm_change_state_handler_full(dev, cb, NULL, opaque);
}
