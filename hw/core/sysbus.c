/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The main system bus and its devices: which regions, ports and lines a
 * device has, and where the board puts them.
 */
#include "qemu/osdep.h"
#include "hw/sysbus.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/irq.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qdev-internal.h"

static BusState *main_system_bus;

BusState *sysbus_if_exists(void)
{
    return main_system_bus;
}

BusState *sysbus_get_default(void)
{
    if (!main_system_bus) {
        main_system_bus = qbus_new(TYPE_SYSTEM_BUS, NULL, "main-system-bus");
    }
    return main_system_bus;
}

/*** What a device has. ***/

void sysbus_init_mmio(SysBusDevice *dev, MemoryRegion *memory)
{
    int n = dev->num_mmio++;

    assert(n < QDEV_MAX_MMIO);
    dev->mmio[n].addr = HWADDR_MAX;
    dev->mmio[n].memory = memory;
}

MemoryRegion *sysbus_mmio_get_region(SysBusDevice *dev, int n)
{
    assert(n >= 0 && n < QDEV_MAX_MMIO);
    return dev->mmio[n].memory;
}

bool sysbus_has_mmio(SysBusDevice *dev, unsigned int n)
{
    return n < dev->num_mmio;
}

void sysbus_init_ioports(SysBusDevice *dev, uint32_t ioport, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        assert(dev->num_pio < QDEV_MAX_PIO);
        dev->pio[dev->num_pio++] = ioport + i;
    }
}

void sysbus_init_irq(SysBusDevice *dev, qemu_irq *p)
{
    qdev_init_gpio_out_named(DEVICE(dev), p, SYSBUS_DEVICE_GPIO_IRQ, 1);
}

void sysbus_pass_irq(SysBusDevice *dev, SysBusDevice *target)
{
    qdev_pass_gpios(DEVICE(target), DEVICE(dev), SYSBUS_DEVICE_GPIO_IRQ);
}

/*** What the board does with it. ***/

bool sysbus_has_irq(SysBusDevice *dev, int n)
{
    g_autofree char *prop =
        g_strdup_printf("%s[%d]", SYSBUS_DEVICE_GPIO_IRQ, n);

    return object_property_find(OBJECT(dev), prop) != NULL;
}

bool sysbus_is_irq_connected(SysBusDevice *dev, int n)
{
    return sysbus_get_connected_irq(dev, n) != NULL;
}

qemu_irq sysbus_get_connected_irq(SysBusDevice *dev, int n)
{
    return qdev_get_gpio_out_connector(DEVICE(dev), SYSBUS_DEVICE_GPIO_IRQ, n);
}

void sysbus_connect_irq(SysBusDevice *dev, int n, qemu_irq irq)
{
    SysBusDeviceClass *sdc = SYS_BUS_DEVICE_GET_CLASS(dev);

    qdev_connect_gpio_out_named(DEVICE(dev), SYSBUS_DEVICE_GPIO_IRQ, n, irq);
    if (sdc->connect_irq_notifier) {
        sdc->connect_irq_notifier(dev, irq);
    }
}

bool sysbus_realize(SysBusDevice *dev, Error **errp)
{
    return qdev_realize(DEVICE(dev), sysbus_get_default(), errp);
}

bool sysbus_realize_and_unref(SysBusDevice *dev, Error **errp)
{
    return qdev_realize_and_unref(DEVICE(dev), sysbus_get_default(), errp);
}

static void sysbus_unmap(SysBusDevice *dev, int n)
{
    MemoryRegion *mr = dev->mmio[n].memory;

    if (dev->mmio[n].addr == HWADDR_MAX) {
        return;
    }
    dev->mmio[n].addr = HWADDR_MAX;
    /* A board may have taken it out, or put it elsewhere, by itself. */
    if (mr->container == get_system_memory()) {
        memory_region_del_subregion(get_system_memory(), mr);
    }
}

static void sysbus_map(SysBusDevice *dev, int n, hwaddr addr, bool may_overlap,
                       int priority)
{
    MemoryRegion *mr;

    assert(n >= 0 && n < dev->num_mmio);
    if (dev->mmio[n].addr == addr) {
        return;
    }
    mr = dev->mmio[n].memory;
    sysbus_unmap(dev, n);
    dev->mmio[n].addr = addr;
    if (may_overlap) {
        memory_region_add_subregion_overlap(get_system_memory(), addr, mr,
                                            priority);
    } else {
        memory_region_add_subregion(get_system_memory(), addr, mr);
    }
}

void sysbus_mmio_map(SysBusDevice *dev, int n, hwaddr addr)
{
    sysbus_map(dev, n, addr, false, 0);
}

void sysbus_mmio_map_overlap(SysBusDevice *dev, int n, hwaddr addr,
                             int priority)
{
    sysbus_map(dev, n, addr, true, priority);
}

DeviceState *sysbus_create_varargs(const char *name, hwaddr addr, ...)
{
    DeviceState *dev = qdev_new(name);
    SysBusDevice *sbd = SYS_BUS_DEVICE(dev);
    qemu_irq irq;
    va_list ap;

    sysbus_realize_and_unref(sbd, &error_fatal);
    if (addr != HWADDR_MAX) {
        sysbus_mmio_map(sbd, 0, addr);
    }
    va_start(ap, addr);
    for (int n = 0; (irq = va_arg(ap, qemu_irq)); n++) {
        sysbus_connect_irq(sbd, n, irq);
    }
    va_end(ap);
    return dev;
}

typedef struct DynamicWalk {
    FindSysbusDeviceFunc *func;
    void *opaque;
} DynamicWalk;

static int visit_dynamic(Object *obj, void *opaque)
{
    DynamicWalk *walk = opaque;
    Object *dev = object_dynamic_cast(obj, TYPE_SYS_BUS_DEVICE);

    if (dev) {
        walk->func(SYS_BUS_DEVICE(dev), walk->opaque);
    }
    return 0;
}

void foreach_dynamic_sysbus_device(FindSysbusDeviceFunc *func, void *opaque)
{
    DynamicWalk walk = { .func = func, .opaque = opaque };

    /* What the user adds goes to these two and nowhere else. */
    object_child_foreach_recursive(machine_get_container("peripheral"),
                                   visit_dynamic, &walk);
    object_child_foreach_recursive(machine_get_container("peripheral-anon"),
                                   visit_dynamic, &walk);
}

/*** How firmware names it, and what people see of it. ***/

static char *sysbus_get_fw_dev_path(DeviceState *dev)
{
    SysBusDevice *s = SYS_BUS_DEVICE(dev);
    SysBusDeviceClass *sdc = SYS_BUS_DEVICE_GET_CLASS(dev);
    const char *name = qdev_fw_name(dev);
    g_autofree char *unit = NULL;

    if (sdc->explicit_ofw_unit_address) {
        unit = sdc->explicit_ofw_unit_address(s);
    }
    if (unit) {
        return g_strdup_printf("%s@%s", name, unit);
    }
    if (s->num_mmio) {
        return g_strdup_printf("%s@" HWADDR_FMT_plx, name, s->mmio[0].addr);
    }
    if (s->num_pio) {
        return g_strdup_printf("%s@i%04x", name, s->pio[0]);
    }
    return g_strdup(name);
}

static void sysbus_describe_dev(GString *out, DeviceState *dev, int indent)
{
    SysBusDevice *s = SYS_BUS_DEVICE(dev);

    for (int i = 0; i < s->num_mmio; i++) {
        g_string_append_printf(
            out, "%*smmio " HWADDR_FMT_plx "/" HWADDR_FMT_plx "\n", indent, "",
            s->mmio[i].addr, memory_region_size(s->mmio[i].memory));
    }
}

/*** Types. ***/

static void system_bus_class_init(ObjectClass *klass, void *data)
{
    BusClass *bc = BUS_CLASS(klass);

    bc->get_fw_dev_path = sysbus_get_fw_dev_path;
    bc->describe_dev = sysbus_describe_dev;
}

/*
 * Taken away while it is mapped: nobody can reach it any more. The views let go
 * of its regions after a grace period, and only then it is finalized.
 */
static void sysbus_device_unparent(Object *obj)
{
    SysBusDevice *dev = SYS_BUS_DEVICE(obj);
    ObjectClass *parent =
        object_class_get_parent(object_class_by_name(TYPE_SYS_BUS_DEVICE));

    if (parent->unparent) {
        parent->unparent(obj);
    }
    for (int i = 0; i < dev->num_mmio; i++) {
        sysbus_unmap(dev, i);
    }
}

static void sysbus_device_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    klass->unparent = sysbus_device_unparent;
    dc->bus_type = TYPE_SYSTEM_BUS;
    /*
     * Its lines and regions are connected by the board, in code. The classes
     * for which a board can do that at run time set this again.
     */
    dc->user_creatable = false;
}

static void dynamic_sysbus_device_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->user_creatable = true;
    /* The platform bus is laid out once, before the guest starts. */
    dc->hotpluggable = false;
}

static const TypeInfo sysbus_types[] = {
    {
        .name = TYPE_SYSTEM_BUS,
        .parent = TYPE_BUS,
        .instance_size = sizeof(BusState),
        .class_init = system_bus_class_init,
    },
    {
        .name = TYPE_SYS_BUS_DEVICE,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(SysBusDevice),
        .abstract = true,
        .class_size = sizeof(SysBusDeviceClass),
        .class_init = sysbus_device_class_init,
    },
    {
        .name = TYPE_DYNAMIC_SYS_BUS_DEVICE,
        .parent = TYPE_SYS_BUS_DEVICE,
        .abstract = true,
        .class_init = dynamic_sysbus_device_class_init,
    },
};

DEFINE_TYPES(sysbus_types)
