/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The platform bus: addresses and interrupt lines for added devices. */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/platform-bus.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/error-report.h"

int platform_bus_get_irqn(PlatformBusDevice *pbus, SysBusDevice *sbdev, int n)
{
    qemu_irq irq = sysbus_get_connected_irq(sbdev, n);

    for (int i = 0; irq && i < pbus->num_irqs; i++) {
        if (pbus->irqs[i] == irq) {
            return i;
        }
    }
    return -1;
}

hwaddr platform_bus_get_mmio_addr(PlatformBusDevice *pbus, SysBusDevice *sbdev,
                                  int n)
{
    MemoryRegion *mr = sysbus_mmio_get_region(sbdev, n);

    if (mr->container != &pbus->mmio) {
        return -1;
    }
    return object_property_get_uint(OBJECT(mr), "addr", &error_abort);
}

static void give_irq(PlatformBusDevice *pbus, SysBusDevice *sbdev, int n)
{
    long line;

    if (sysbus_is_irq_connected(sbdev, n)) {
        return;
    }
    line = find_first_zero_bit(pbus->used_irqs, pbus->num_irqs);
    if (line >= pbus->num_irqs) {
        error_report("Platform Bus: No interrupt line is left for %s",
                     object_get_typename(OBJECT(sbdev)));
        exit(EXIT_FAILURE);
    }
    set_bit(line, pbus->used_irqs);
    sysbus_connect_irq(sbdev, n, pbus->irqs[line]);
}

/* The first place that is a multiple of the region's size. */
static void give_addr(PlatformBusDevice *pbus, SysBusDevice *sbdev, int n)
{
    MemoryRegion *mr = sysbus_mmio_get_region(sbdev, n);
    uint64_t size = memory_region_size(mr);
    uint64_t step = pow2ceil(MAX(size, 1));

    if (memory_region_is_mapped(mr)) {
        return;
    }
    for (uint64_t at = 0; at + size <= pbus->mmio_size; at += step) {
        MemoryRegionSection found = memory_region_find(&pbus->mmio, at, size);

        if (!found.mr) {
            memory_region_add_subregion(&pbus->mmio, at, mr);
            return;
        }
        memory_region_unref(found.mr);
    }
    error_report("Platform Bus: Can not fit MMIO region of size %" PRIx64,
                 size);
    exit(EXIT_FAILURE);
}

void platform_bus_link_device(PlatformBusDevice *pbus, SysBusDevice *sbdev)
{
    for (int i = 0; sysbus_has_irq(sbdev, i); i++) {
        give_irq(pbus, sbdev, i);
    }
    for (int i = 0; sysbus_has_mmio(sbdev, i); i++) {
        give_addr(pbus, sbdev, i);
    }
}

static void platform_bus_realize(DeviceState *dev, Error **errp)
{
    PlatformBusDevice *pbus = PLATFORM_BUS_DEVICE(dev);
    SysBusDevice *d = SYS_BUS_DEVICE(dev);

    memory_region_init(&pbus->mmio, OBJECT(dev), "platform bus",
                       pbus->mmio_size);
    sysbus_init_mmio(d, &pbus->mmio);
    pbus->used_irqs = bitmap_new(pbus->num_irqs);
    pbus->irqs = g_new0(qemu_irq, pbus->num_irqs);
    for (int i = 0; i < pbus->num_irqs; i++) {
        sysbus_init_irq(d, &pbus->irqs[i]);
    }
}

static void platform_bus_finalize(Object *obj)
{
    g_free(PLATFORM_BUS_DEVICE(obj)->used_irqs);
    g_free(PLATFORM_BUS_DEVICE(obj)->irqs);
}

static const Property platform_bus_properties[] = {
    DEFINE_PROP_UINT32("num_irqs", PlatformBusDevice, num_irqs, 0),
    DEFINE_PROP_UINT32("mmio_size", PlatformBusDevice, mmio_size, 0),
};

static void platform_bus_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    dc->realize = platform_bus_realize;
    device_class_set_props(dc, platform_bus_properties);
}

static const TypeInfo platform_bus_types[] = {
    {
        .name = TYPE_PLATFORM_BUS_DEVICE,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(PlatformBusDevice),
        .instance_finalize = platform_bus_finalize,
        .class_init = platform_bus_class_init,
    },
};

DEFINE_TYPES(platform_bus_types)
