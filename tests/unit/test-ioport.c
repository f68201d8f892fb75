/* SPDX-License-Identifier: GPL-2.0-or-later */
/* I/O ports: single accesses, lists of ports, and their regions. */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/ioport.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"

static GString *seen;

static uint32_t in8(void *opaque, uint32_t port)
{
    g_string_append_printf(seen, "r1@%x ", port);
    return port & 0xff;
}

static uint32_t in16(void *opaque, uint32_t port)
{
    g_string_append_printf(seen, "r2@%x ", port);
    return 0xabcd;
}

static void out8(void *opaque, uint32_t port, uint32_t value)
{
    g_string_append_printf(seen, "w1@%x=%x ", port, value);
}

static void out32(void *opaque, uint32_t port, uint32_t value)
{
    g_string_append_printf(seen, "w4@%x=%x ", port, value);
}

static void expect(const char *text)
{
    g_assert_cmpstr(seen->str, ==, text);
    g_string_truncate(seen, 0);
}

/* Two groups, as a VGA or IDE device has them. */
static const MemoryRegionPortio ports[] = {
    { 0, 2, 1, .read = in8, .write = out8 },
    { 0, 1, 4, .write = out32 },
    { 4, 1, 2, .read = in16 },
    { 0x10, 1, 1, .read = in8, .write = out8 },
    PORTIO_END_OF_LIST(),
};

static void test_list(void)
{
    Object *owner = object_new(TYPE_CONTAINER);
    PortioList list;

    portio_list_init(&list, owner, ports, NULL, "test");
    portio_list_add(&list, get_system_io(), 0x3c0);
    g_assert_cmpuint(list.nr, ==, 3);
    g_assert_cmpuint(memory_region_size(list.regions[0]), ==, 2);
    g_assert_cmpuint(memory_region_size(list.regions[1]), ==, 2);
    g_assert_cmpuint(memory_region_size(list.regions[2]), ==, 1);

    g_assert_cmphex(cpu_inb(0x3c1), ==, 0xc1);
    expect("r1@3c1 ");
    /* A word from bytes; the second of these is nobody's. */
    g_assert_cmphex(cpu_inw(0x3c0), ==, 0xc1c0);
    expect("r1@3c0 r1@3c1 ");
    cpu_outw(0x3c0, 0x1234);
    expect("w1@3c0=34 w1@3c1=12 ");
    g_assert_cmphex(cpu_inw(0x3c4), ==, 0xabcd);
    expect("r2@3c4 ");
    /* Of no size that is described, or that is not to be read. */
    g_assert_cmphex(cpu_inb(0x3c4), ==, 0xff);
    g_assert_cmphex(cpu_inb(0x3d1), ==, 0xff);
    expect("");
    cpu_outb(0x3d0, 5);
    expect("w1@3d0=5 ");

    portio_list_set_address(&list, 0x100);
    g_assert_cmphex(cpu_inb(0x3c1), ==, 0xff);
    g_assert_cmphex(cpu_inb(0x101), ==, 0x01);
    g_assert_cmphex(cpu_inb(0x110), ==, 0x10);
    expect("r1@101 r1@110 ");
    portio_list_set_enabled(&list, false);
    g_assert_cmphex(cpu_inb(0x101), ==, 0xff);
    portio_list_set_enabled(&list, true);
    g_assert_cmphex(cpu_inb(0x101), ==, 0x01);
    expect("r1@101 ");

    portio_list_del(&list);
    g_assert_cmphex(cpu_inb(0x101), ==, 0xff);
    expect("");
    portio_list_destroy(&list);
    drain_call_rcu();
    object_unref(owner);
}

static void test_nobody(void)
{
    g_assert_cmphex(cpu_inb(0x70), ==, 0xff);
    g_assert_cmphex(cpu_inw(0x70), ==, 0xffff);
    g_assert_cmphex(cpu_inl(0x70), ==, 0xffffffff);
    g_assert_cmphex(cpu_inl(0xffff), ==, 0xff);
    cpu_outb(0x70, 1);
    cpu_outw(0x70, 1);
    cpu_outl(0xfffe, 1);
}

/* Without an owner, twice, and destroyed without having been added. */
static void test_life(void)
{
    PortioList list;

    for (int i = 0; i < 3; i++) {
        portio_list_init(&list, NULL, ports, NULL, "test");
        portio_list_set_flush_coalesced(&list);
        if (i) {
            portio_list_add(&list, get_system_io(), 0x200 * i);
            portio_list_del(&list);
        }
        portio_list_destroy(&list);
        drain_call_rcu();
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    bql_lock();
    module_call_init(MODULE_INIT_QOM);
    memory_map_init();
    seen = g_string_new(NULL);
    g_test_add_func("/ioport/list", test_list);
    g_test_add_func("/ioport/nobody", test_nobody);
    g_test_add_func("/ioport/life", test_life);
    return g_test_run();
}
