/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of hw/core/ share with each other and nobody else. */
#ifndef HW_CORE_QDEV_INTERNAL_H
#define HW_CORE_QDEV_INTERNAL_H

#include "hw/qdev-core.h"

/* Frees the lines of a dying device. */
void qdev_finalize_gpios(DeviceState *dev);

/* Puts @dev on @bus, with a reference, and takes it off again. */
void bus_add_child(BusState *bus, DeviceState *dev);
void bus_remove_child(BusState *bus, DeviceState *dev);

/* Whether @bus can take no more devices of the user's. */
bool qbus_is_full(BusState *bus);

/*
 * Called when a device that the user has unplugged is gone: its id (or NULL)
 * and its former path. The QMP side sets it, to send the event.
 */
extern void (*qdev_deleted_hook)(const char *id, const char *path);

/* Tells the listeners of a device that is, or no longer is, realized. */
void device_listeners_realize(DeviceState *dev);
void device_listeners_unrealize(DeviceState *dev);

/* A device was plugged in after the machine was ready. */
void qdev_note_hot_added(void);

/* The system bus, if anybody has asked for it yet. */
BusState *sysbus_if_exists(void);

#endif
