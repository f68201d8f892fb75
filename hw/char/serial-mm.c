/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The 16550A UART in memory. */
#include "qemu/osdep.h"
#include "hw/char/serial-mm.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/module.h"

/* With 16 bytes each a register still fits any bus that has one. */
#define MAX_REGSHIFT 4

static uint64_t serial_mm_read(void *opaque, hwaddr addr, unsigned size)
{
    SerialMM *s = opaque;

    return serial_io_ops.read(&s->serial, addr >> s->regshift, 1);
}

static void serial_mm_write(void *opaque, hwaddr addr, uint64_t value,
                            unsigned size)
{
    SerialMM *s = opaque;

    serial_io_ops.write(&s->serial, addr >> s->regshift, value & 0xff, 1);
}

#define SERIAL_MM_OPS(order)                                                   \
    [order] = {                                                                \
        .read = serial_mm_read,                                                \
        .write = serial_mm_write,                                              \
        .valid = { .max_access_size = 8 },                                     \
        .impl = { .max_access_size = 8 },                                      \
        .endianness = order,                                                   \
    }

static const MemoryRegionOps serial_mm_ops[] = {
    SERIAL_MM_OPS(DEVICE_NATIVE_ENDIAN),
    SERIAL_MM_OPS(DEVICE_LITTLE_ENDIAN),
    SERIAL_MM_OPS(DEVICE_BIG_ENDIAN),
};

SerialMM *serial_mm_init(MemoryRegion *address_space, hwaddr base, int regshift,
                         qemu_irq irq, int baudbase, Chardev *chr,
                         enum device_endian end)
{
    DeviceState *dev = qdev_new(TYPE_SERIAL_MM);
    SysBusDevice *sbd = SYS_BUS_DEVICE(dev);

    qdev_prop_set_uint8(dev, "endianness", end);
    qdev_prop_set_uint8(dev, "regshift", regshift);
    qdev_prop_set_uint32(dev, "baudbase", baudbase);
    qdev_prop_set_chr(dev, "chardev", chr);
    qdev_set_legacy_instance_id(dev, base, 2);
    sysbus_realize_and_unref(sbd, &error_fatal);

    sysbus_connect_irq(sbd, 0, irq);
    memory_region_add_subregion(address_space, base,
                                sysbus_mmio_get_region(sbd, 0));
    return SERIAL_MM(dev);
}

static const VMStateDescription vmstate_serial_mm = {
    .name = "serial",
    .version_id = 3,
    .minimum_version_id = 2,
    .fields =
        (const VMStateField[]){
            VMSTATE_STRUCT(serial, SerialMM, 0, vmstate_serial, SerialState),
            VMSTATE_END_OF_LIST(),
        },
};

static void serial_mm_realize(DeviceState *dev, Error **errp)
{
    SerialMM *s = SERIAL_MM(dev);
    SysBusDevice *sbd = SYS_BUS_DEVICE(dev);

    if (s->regshift > MAX_REGSHIFT) {
        error_setg(errp, "regshift %u is not one of 0 to %u", s->regshift,
                   MAX_REGSHIFT);
        return;
    }
    if (s->endianness >= ARRAY_SIZE(serial_mm_ops)) {
        error_setg(errp,
                   "endianness %u is not 0 (native), 1 (big) or 2 (little)",
                   s->endianness);
        return;
    }
    if (!qdev_realize(DEVICE(&s->serial), NULL, errp)) {
        return;
    }
    memory_region_init_io(&s->serial.io, OBJECT(dev),
                          &serial_mm_ops[s->endianness], s, "serial",
                          8 << s->regshift);
    sysbus_init_mmio(sbd, &s->serial.io);
    sysbus_init_irq(sbd, &s->serial.irq);
}

static void serial_mm_unrealize(DeviceState *dev)
{
    qdev_unrealize(DEVICE(&SERIAL_MM(dev)->serial));
}

static void serial_mm_init_instance(Object *obj)
{
    SerialMM *s = SERIAL_MM(obj);

    object_initialize_child(obj, "serial", &s->serial, TYPE_SERIAL);
    qdev_alias_all_properties(DEVICE(&s->serial), obj);
}

static const Property serial_mm_properties[] = {
    DEFINE_PROP_UINT8("regshift", SerialMM, regshift, 0),
    DEFINE_PROP_UINT8("endianness", SerialMM, endianness, DEVICE_NATIVE_ENDIAN),
};

static void serial_mm_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    device_class_set_props(dc, serial_mm_properties);
    dc->realize = serial_mm_realize;
    dc->unrealize = serial_mm_unrealize;
    dc->vmsd = &vmstate_serial_mm;
}

static const TypeInfo serial_mm_types[] = {
    {
        .name = TYPE_SERIAL_MM,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(SerialMM),
        .instance_init = serial_mm_init_instance,
        .class_init = serial_mm_class_init,
    },
};

DEFINE_TYPES(serial_mm_types)
