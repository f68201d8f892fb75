/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where hardware has a device and we have none: accesses go to the log. */
#include "qemu/osdep.h"
#include "hw/misc/unimp.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "qemu/module.h"

static uint64_t unimp_read(void *opaque, hwaddr offset, unsigned size)
{
    UnimplementedDeviceState *s = opaque;

    qemu_log_mask(LOG_UNIMP,
                  "%s: unimplemented device read  "
                  "(size %d, offset 0x%0*" HWADDR_PRIx ")\n",
                  s->name, (int)size, (int)s->offset_fmt_width, offset);
    return 0;
}

static void unimp_write(void *opaque, hwaddr offset, uint64_t value,
                        unsigned size)
{
    UnimplementedDeviceState *s = opaque;

    qemu_log_mask(LOG_UNIMP,
                  "%s: unimplemented device write "
                  "(size %d, offset 0x%0*" HWADDR_PRIx ", value 0x%0*" PRIx64
                  ")\n",
                  s->name, (int)size, (int)s->offset_fmt_width, offset,
                  (int)size * 2, value);
}

static const MemoryRegionOps unimp_ops = {
    .read = unimp_read,
    .write = unimp_write,
    .valid = { .min_access_size = 1, .max_access_size = 8 },
    .impl = { .min_access_size = 1, .max_access_size = 8 },
    .endianness = DEVICE_NATIVE_ENDIAN,
};

static void unimp_realize(DeviceState *dev, Error **errp)
{
    UnimplementedDeviceState *s = UNIMPLEMENTED_DEVICE(dev);
    const char *missing = !s->size   ? "'size' not specified or zero"
                          : !s->name ? "'name' not specified"
                                     : NULL;

    if (missing) {
        error_setg(errp, "property %s", missing);
        return;
    }
    s->offset_fmt_width = DIV_ROUND_UP(64 - clz64(s->size - 1), 4);
    memory_region_init_io(&s->iomem, OBJECT(s), &unimp_ops, s, s->name,
                          s->size);
    sysbus_init_mmio(SYS_BUS_DEVICE(s), &s->iomem);
}

static const Property unimp_properties[] = {
    DEFINE_PROP_UINT64("size", UnimplementedDeviceState, size, 0),
    DEFINE_PROP_STRING("name", UnimplementedDeviceState, name),
};

static void unimp_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->realize = unimp_realize;
    device_class_set_props(dc, unimp_properties);
}

static const TypeInfo unimp_types[] = {
    {
        .name = TYPE_UNIMPLEMENTED_DEVICE,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(UnimplementedDeviceState),
        .class_init = unimp_class_init,
    },
};

DEFINE_TYPES(unimp_types)
