/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A place for system bus devices that the user adds (-device): a window of
 * addresses and a set of interrupt lines of the board, given to each device as
 * it needs. The board makes one, maps its region, connects its lines, and
 * calls platform_bus_link_device() from its hotplug handler; devices that are
 * there already when the machine is done are taken in then. Properties
 * "num_irqs" and "mmio_size".
 */
#ifndef HW_PLATFORM_BUS_H
#define HW_PLATFORM_BUS_H

#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_PLATFORM_BUS_DEVICE "platform-bus-device"
OBJECT_DECLARE_SIMPLE_TYPE(PlatformBusDevice, PLATFORM_BUS_DEVICE)

struct PlatformBusDevice {
    /*< private >*/
    SysBusDevice parent_obj;

    /*< public >*/
    uint32_t mmio_size;
    MemoryRegion mmio;

    uint32_t num_irqs;
    qemu_irq *irqs;
    unsigned long *used_irqs;
};

/* The number of the bus's line to which line @n of a device goes, or -1. */
int platform_bus_get_irqn(PlatformBusDevice *platform_bus, SysBusDevice *sbdev,
                          int n);
/* Where region @n of a device lies in the window; -1 if it does not. */
hwaddr platform_bus_get_mmio_addr(PlatformBusDevice *pbus, SysBusDevice *sbdev,
                                  int n);

/*
 * Gives addresses and lines to what of @sbdev has none. Ends the program with a
 * message if the bus has none left.
 */
void platform_bus_link_device(PlatformBusDevice *pbus, SysBusDevice *sbdev);

#endif
