/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device that is not there yet: its registers read as zero, ignore what is
 * written, and each access is logged (-d unimp). A board puts it where hardware
 * has something that it does not emulate, below everything else.
 * Properties: "name", which the log shows, and "size" in bytes.
 */
#ifndef HW_MISC_UNIMP_H
#define HW_MISC_UNIMP_H

#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "qapi/error.h"
#include "qom/object.h"

#define TYPE_UNIMPLEMENTED_DEVICE "unimplemented-device"

OBJECT_DECLARE_SIMPLE_TYPE(UnimplementedDeviceState, UNIMPLEMENTED_DEVICE)

struct UnimplementedDeviceState {
    SysBusDevice parent_obj;
    MemoryRegion iomem;
    unsigned offset_fmt_width; /* hexadecimal digits of an offset */
    char *name;
    uint64_t size;
};

/*
 * Makes one called @name of @size > 0 bytes at @base of the system's memory,
 * with the priority -1000, so that every other device there is seen instead.
 */
static inline void create_unimplemented_device(const char *name, hwaddr base,
                                               hwaddr size)
{
    DeviceState *dev = qdev_new(TYPE_UNIMPLEMENTED_DEVICE);
    SysBusDevice *sbd = SYS_BUS_DEVICE(dev);

    qdev_prop_set_uint64(dev, "size", size);
    qdev_prop_set_string(dev, "name", name);
    sysbus_realize_and_unref(sbd, &error_fatal);
    sysbus_mmio_map_overlap(sbd, 0, base, -1000);
}

#endif
