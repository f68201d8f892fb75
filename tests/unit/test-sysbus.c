/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices on the system bus: their regions in the system memory, what people and
 * firmware see of that, and taking a mapped device away.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/irq.h"
#include "hw/sysbus.h"
#include "monitor/qdev.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"

#define TYPE_BOX "test-box"
OBJECT_DECLARE_SIMPLE_TYPE(Box, BOX)

struct Box {
    SysBusDevice parent_obj;

    MemoryRegion regs[2];
    uint32_t value;
    qemu_irq irq;
};

static int boxes;
static char *unit_address;

static uint64_t box_read(void *opaque, hwaddr addr, unsigned size)
{
    return BOX(opaque)->value + addr;
}

static void box_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    BOX(opaque)->value = value;
    qemu_set_irq(BOX(opaque)->irq, value);
}

static const MemoryRegionOps box_ops = {
    .read = box_read,
    .write = box_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static void box_init(Object *obj)
{
    Box *s = BOX(obj);

    boxes++;
    memory_region_init_io(&s->regs[0], obj, &box_ops, s, "box.a", 0x1000);
    memory_region_init_io(&s->regs[1], obj, &box_ops, s, "box.b", 0x2000);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->regs[0]);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->regs[1]);
    sysbus_init_irq(SYS_BUS_DEVICE(obj), &s->irq);
}

static void box_finalize(Object *obj)
{
    boxes--;
}

static char *box_unit_address(const SysBusDevice *dev)
{
    return g_strdup(unit_address);
}

static void box_class_init(ObjectClass *oc, void *data)
{
    SYS_BUS_DEVICE_CLASS(oc)->explicit_ofw_unit_address = box_unit_address;
}

static const TypeInfo box_types[] = {
    {
        .name = TYPE_BOX,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(Box),
        .instance_init = box_init,
        .instance_finalize = box_finalize,
        .class_init = box_class_init,
    },
};

static uint32_t load(hwaddr addr)
{
    return address_space_ldl_le(&address_space_memory, addr,
                                MEMTXATTRS_UNSPECIFIED, NULL);
}

static void store(hwaddr addr, uint32_t value)
{
    address_space_stl_le(&address_space_memory, addr, value,
                         MEMTXATTRS_UNSPECIFIED, NULL);
}

static void gone(DeviceState *dev)
{
    object_unparent(OBJECT(dev));
    drain_call_rcu();
    g_assert_cmpint(boxes, ==, 0);
}

static SysBusDevice *new_box(void)
{
    SysBusDevice *dev = SYS_BUS_DEVICE(qdev_new(TYPE_BOX));

    sysbus_realize_and_unref(dev, &error_abort);
    return dev;
}

static void test_map(void)
{
    SysBusDevice *dev = new_box();

    g_assert_true(sysbus_has_mmio(dev, 1));
    g_assert_false(sysbus_has_mmio(dev, 2));
    g_assert_true(sysbus_mmio_get_region(dev, 1) == &BOX(dev)->regs[1]);
    g_assert_cmphex(dev->mmio[0].addr, ==, HWADDR_MAX);

    sysbus_mmio_map(dev, 0, 0x10000);
    sysbus_mmio_map(dev, 1, 0x20000);
    g_assert_true(memory_region_is_mapped(&BOX(dev)->regs[0]));
    store(0x10000, 7);
    g_assert_cmphex(load(0x20004), ==, 11);

    /* Again at the same place, and somewhere else. */
    sysbus_mmio_map(dev, 0, 0x10000);
    sysbus_mmio_map(dev, 0, 0x40000);
    g_assert_cmphex(load(0x10000), ==, 0);
    g_assert_cmphex(load(0x40000), ==, 7);
    gone(DEVICE(dev));
    g_assert_cmphex(load(0x40000), ==, 0);

    /* Taken out by somebody else before. */
    dev = new_box();
    sysbus_mmio_map(dev, 0, 0x10000);
    memory_region_del_subregion(get_system_memory(), &BOX(dev)->regs[0]);
    gone(DEVICE(dev));
}

static void test_overlap(void)
{
    SysBusDevice *low = new_box(), *high = new_box();

    BOX(low)->value = 0x100;
    BOX(high)->value = 0x200;
    sysbus_mmio_map_overlap(high, 0, 0x10000, 1);
    sysbus_mmio_map_overlap(low, 1, 0x10000, -1);
    g_assert_cmphex(load(0x10000), ==, 0x200);
    g_assert_cmphex(load(0x11000), ==, 0x1100);
    object_unparent(OBJECT(high));
    g_assert_cmphex(load(0x10000), ==, 0x100);
    gone(DEVICE(low));
}

static int line;

static void set_line(void *opaque, int n, int level)
{
    line = level;
}

static void test_create(void)
{
    qemu_irq irq = qemu_allocate_irq(set_line, NULL, 0);
    DeviceState *dev = sysbus_create_simple(TYPE_BOX, 0x30000, irq);

    store(0x30000, 1);
    g_assert_cmpint(line, ==, 1);
    gone(dev);
    dev = sysbus_create_varargs(TYPE_BOX, HWADDR_MAX, NULL);
    g_assert_cmphex(SYS_BUS_DEVICE(dev)->mmio[0].addr, ==, HWADDR_MAX);
    gone(dev);
    qemu_free_irq(irq);
}

/* "info qtree" has the addresses; firmware has the first, or a name. */
static void test_seen(void)
{
    SysBusDevice *dev = new_box();
    BusClass *bc = BUS_GET_CLASS(sysbus_get_default());
    GString *text;
    char *path;

    sysbus_mmio_map(dev, 0, 0x30000);
    text = qdev_print_tree(true);
    g_assert_cmpstr(text->str, ==,
                    "bus: main-system-bus\n"
                    "  type System\n"
                    "  dev: test-box, id \"\"\n"
                    "    gpio-out \"sysbus-irq\" 1\n"
                    "    mmio 0000000000030000/0000000000001000\n"
                    "    mmio ffffffffffffffff/0000000000002000\n");
    g_string_free(text, true);

    path = bc->get_fw_dev_path(DEVICE(dev));
    g_assert_cmpstr(path, ==, "test-box@0000000000030000");
    g_free(path);
    unit_address = (char *)"abc";
    path = bc->get_fw_dev_path(DEVICE(dev));
    g_assert_cmpstr(path, ==, "test-box@abc");
    g_free(path);
    unit_address = NULL;
    gone(DEVICE(dev));
}

/* A reader that has found the region keeps the device until it is done. */
static void test_reader(void)
{
    SysBusDevice *dev = new_box();
    MemoryRegionSection found;

    sysbus_mmio_map(dev, 0, 0x10000);
    found = memory_region_find(get_system_memory(), 0x10000, 4);
    object_unparent(OBJECT(dev));
    drain_call_rcu();
    g_assert_cmpint(boxes, ==, 1);
    g_assert_true(found.mr == &BOX(dev)->regs[0]);
    memory_region_unref(found.mr);
    drain_call_rcu();
    g_assert_cmpint(boxes, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    bql_lock();
    module_call_init(MODULE_INIT_QOM);
    type_register_static_array(box_types, ARRAY_SIZE(box_types));
    memory_map_init();
    machine_run_board_init(
        machine_create(machine_find_class("none", &error_abort)), NULL,
        &error_abort);
    g_test_add_func("/sysbus/map", test_map);
    g_test_add_func("/sysbus/overlap", test_overlap);
    g_test_add_func("/sysbus/create", test_create);
    g_test_add_func("/sysbus/seen", test_seen);
    g_test_add_func("/sysbus/reader", test_reader);
    return g_test_run();
}
