/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ramfb below a listener: which rows it hears of, what a hostile configuration
 * leaves, saving and loading; and the rows of framebuffer_update_display().
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/ram_addr.h"
#include "hw/display/framebuffer.h"
#include "hw/display/ramfb.h"
#include "hw/nvram/fw_cfg.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "ui/console.h"
#include "vmstate-helpers.h"

#define RAM_SIZE 0x200000
#define BASE     0x10100000
#define REQUEST  0x100
#define BUFFER   0x1000
#define SCREEN   0x100000
#define XR24     0x34325258
/* A row is a page: each of them has a bit of its own in the log. */
#define WIDTH  1024
#define HEIGHT 64

static MemoryRegion ram;
static GString *heard;
static DeviceState *device;
static QemuConsole *con;

static void on_switch(DisplayChangeListener *dcl, DisplaySurface *s)
{
    g_string_append_printf(heard, "S%dx%d ", surface_width(s),
                           surface_height(s));
}

static void on_update(DisplayChangeListener *dcl, int x, int y, int w, int h)
{
    g_string_append_printf(heard, "%d,%d+%dx%d ", x, y, w, h);
}

static const DisplayChangeListenerOps ops = {
    .dpy_name = "test",
    .dpy_gfx_switch = on_switch,
    .dpy_gfx_update = on_update,
};
static DisplayChangeListener listener = { .ops = &ops };

static void expect(const char *what)
{
    graphic_hw_update(con);
    g_assert_cmpstr(heard->str, ==, what);
    g_string_truncate(heard, 0);
}

static uint16_t ramfb_key(void)
{
    uint8_t *p = (uint8_t *)memory_region_get_ram_ptr(&ram) + BUFFER;

    fw_cfg_find();
    stl_be_p(p - BUFFER + REQUEST, FW_CFG_FILE_DIR << 16 | 8 | 2);
    stl_be_p(p - BUFFER + REQUEST + 4, 4 + 64 * 20);
    stq_be_p(p - BUFFER + REQUEST + 8, BUFFER);
    address_space_stl_be(&address_space_memory, BASE + 20, REQUEST,
                         MEMTXATTRS_UNSPECIFIED, NULL);
    for (uint32_t i = 0; i < ldl_be_p(p); i++) {
        uint8_t *f = p + 4 + 64 * i;

        if (!strcmp((char *)f + 8, "etc/ramfb")) {
            return lduw_be_p(f + 4);
        }
    }
    g_assert_not_reached();
}

static void configure(uint64_t addr, uint32_t width, uint32_t height,
                      uint32_t stride)
{
    uint16_t key = ramfb_key();
    uint8_t *p = (uint8_t *)memory_region_get_ram_ptr(&ram);

    stq_be_p(p + BUFFER, addr);
    stl_be_p(p + BUFFER + 8, XR24);
    stl_be_p(p + BUFFER + 12, 0);
    stl_be_p(p + BUFFER + 16, width);
    stl_be_p(p + BUFFER + 20, height);
    stl_be_p(p + BUFFER + 24, stride);
    stl_be_p(p + REQUEST, key << 16 | 8 | 16);
    stl_be_p(p + REQUEST + 4, 28);
    stq_be_p(p + REQUEST + 8, BUFFER);
    address_space_stl_be(&address_space_memory, BASE + 20, REQUEST,
                         MEMTXATTRS_UNSPECIFIED, NULL);
    g_assert_cmphex(ldl_be_p(p + REQUEST), ==, 0);
}

static void draw(int x, int y, uint32_t value)
{
    address_space_stl_le(&address_space_memory, SCREEN + (y * WIDTH + x) * 4ull,
                         value, MEMTXATTRS_UNSPECIFIED, NULL);
}

static void test_rows(void)
{
    configure(SCREEN, WIDTH, HEIGHT, 0);
    expect("S1024x64 0,0+1024x64 ");
    expect("");
    draw(5, 10, 1);
    expect("0,10+1024x1 ");
    expect("");
    draw(0, 20, 1);
    draw(1023, 21, 1);
    draw(0, 0, 1);
    draw(0, HEIGHT - 1, 1);
    expect("0,0+1024x1 0,20+1024x2 0,63+1024x1 ");
    /* What lies beside the screen is nobody's business. */
    draw(0, HEIGHT, 1);
    address_space_stl_le(&address_space_memory, SCREEN - 4, 1,
                         MEMTXATTRS_UNSPECIFIED, NULL);
    expect("");
    g_assert_cmphex(
        ((uint32_t *)surface_data(qemu_console_surface(con)))[10 * WIDTH + 5],
        ==, cpu_to_le32(1));
}

/* Small rows share a page: all of them are told. */
static void test_small_rows(void)
{
    configure(SCREEN, 64, 32, 0);
    expect("S64x32 0,0+64x32 ");
    address_space_stl_le(&address_space_memory, SCREEN + 17 * 256, 1,
                         MEMTXATTRS_UNSPECIFIED, NULL);
    expect("0,16+64x16 ");
}

/* A refused one changes nothing, and what was there goes on. */
static void test_hostile(void)
{
    configure(SCREEN, WIDTH, HEIGHT, 0);
    expect("S1024x64 0,0+1024x64 ");
    configure(RAM_SIZE - 4096, WIDTH, HEIGHT, 0);
    expect("");
    configure(BASE, 16, 16, 0);
    expect("");
    configure(UINT64_MAX, WIDTH, HEIGHT, 0);
    expect("");
    configure(SCREEN, WIDTH, HEIGHT, 4095);
    expect("");
    draw(0, 3, 7);
    expect("0,3+1024x1 ");
    /* Two in a row before anybody looks: the last one is shown. */
    configure(SCREEN, 100, 100, 0);
    configure(SCREEN, 200, 100, 0);
    expect("S200x100 0,0+200x100 ");
}

static void configure_other(MemoryListener *l)
{
    l->log_global_after_sync = NULL;
    configure(SCREEN, WIDTH, 2 * HEIGHT, 0);
}

/* A CPU may come in while rows are looked for, and want another screen. */
static void test_meanwhile(void)
{
    MemoryListener l = { .name = "cpu" };

    configure(SCREEN, WIDTH, HEIGHT, 0);
    expect("S1024x64 0,0+1024x64 ");
    memory_listener_register(&l, &address_space_memory);
    draw(0, 3, 9);
    l.log_global_after_sync = configure_other;
    expect("0,3+1024x1 ");
    memory_listener_unregister(&l);
    expect("S1024x128 0,0+1024x128 ");
}

/* Written only in part: it is a file like others. */
static void test_partial(void)
{
    uint8_t *p = (uint8_t *)memory_region_get_ram_ptr(&ram);

    configure(SCREEN, WIDTH, HEIGHT, 0);
    expect("S1024x64 0,0+1024x64 ");
    ramfb_key();
    stl_be_p(p + REQUEST, ramfb_key() << 16 | 8 | 4); /* skip the address */
    stl_be_p(p + REQUEST + 4, 16);
    address_space_stl_be(&address_space_memory, BASE + 20, REQUEST,
                         MEMTXATTRS_UNSPECIFIED, NULL);
    stl_be_p(p + BUFFER, 512);
    stl_be_p(p + REQUEST, 16);
    stl_be_p(p + REQUEST + 4, 4);
    stq_be_p(p + REQUEST + 8, BUFFER);
    address_space_stl_be(&address_space_memory, BASE + 20, REQUEST,
                         MEMTXATTRS_UNSPECIFIED, NULL);
    expect("S512x64 0,0+512x64 ");
}

static void test_state(void)
{
    const VMStateDescription *vmsd = DEVICE_GET_CLASS(device)->vmsd;
    GByteArray *bytes, *wrong;

    configure(SCREEN, WIDTH, HEIGHT, 0);
    expect("S1024x64 0,0+1024x64 ");
    g_assert_cmpint(save_to_bytes(vmsd, device, 1, NULL, &bytes, &error_abort),
                    ==, 0);
    g_byte_array_append(bytes, (const uint8_t *)"", 1);
    device_cold_reset(device);
    expect("S1024x64 0,0+1024x64 "); /* the placeholder */
    g_assert_true(surface_is_placeholder(qemu_console_surface(con)));
    draw(0, 0, 1);
    expect("");
    g_assert_cmpint(load_from_bytes(vmsd, device, 1, bytes->data, bytes->len),
                    ==, 0);
    expect("S1024x64 0,0+1024x64 ");
    g_assert_false(surface_is_placeholder(qemu_console_surface(con)));
    draw(0, 9, 2);
    expect("0,9+1024x1 ");

    /* A stream of somebody who lies: nothing is shown. */
    wrong = g_byte_array_new();
    g_byte_array_append(wrong, bytes->data, bytes->len);
    memset(wrong->data, 0xff, wrong->len - 1);
    load_from_bytes(vmsd, device, 1, wrong->data, wrong->len);
    graphic_hw_update(con);
    g_string_truncate(heard, 0);
    configure(SCREEN, WIDTH, HEIGHT, 0);
    expect("S1024x64 0,0+1024x64 ");
    g_byte_array_unref(wrong);
    g_byte_array_unref(bytes);
}

/*** framebuffer.h, for devices that convert pixels. ***/

static void convert(void *opaque, uint8_t *dst, const uint8_t *src, int width,
                    int pitch)
{
    int *rows = opaque;

    ++*rows;
    for (int i = 0; i < width; i++, dst += pitch) {
        stl_he_p(dst, src[i] * 0x010101);
    }
}

static void test_framebuffer(void)
{
    DisplaySurface *s = qemu_create_displaysurface(4096, 8);
    MemoryRegionSection section = { 0 };
    uint32_t *pixels = surface_data(s);
    int first = 0, last = 0, rows = 0;

    framebuffer_update_memory_section(&section, get_system_memory(), SCREEN, 8,
                                      4096);
    g_assert_nonnull(section.mr);
    address_space_stb(&address_space_memory, SCREEN + 3 * 4096 + 7, 0x55,
                      MEMTXATTRS_UNSPECIFIED, NULL);
    framebuffer_update_display(s, &section, 4096, 8, 4096, 4096 * 4, 4, 1,
                               convert, &rows, &first, &last);
    g_assert_cmpint(rows, ==, 8);
    g_assert_cmpint(first, ==, 0);
    g_assert_cmpint(last, ==, 7);
    g_assert_cmphex(pixels[3 * 4096 + 7], ==, 0x555555);

    rows = first = 0;
    address_space_stb(&address_space_memory, SCREEN + 2 * 4096, 0x11,
                      MEMTXATTRS_UNSPECIFIED, NULL);
    address_space_stb(&address_space_memory, SCREEN + 5 * 4096, 0x22,
                      MEMTXATTRS_UNSPECIFIED, NULL);
    framebuffer_update_display(s, &section, 4096, 8, 4096, 4096 * 4, 4, 0,
                               convert, &rows, &first, &last);
    g_assert_cmpint(rows, ==, 2);
    g_assert_cmpint(first, ==, 2);
    g_assert_cmpint(last, ==, 5);
    g_assert_cmphex(pixels[2 * 4096], ==, 0x111111);

    rows = first = 0;
    framebuffer_update_display(s, &section, 4096, 8, 4096, 4096 * 4, 4, 0,
                               convert, &rows, &first, &last);
    g_assert_cmpint(rows, ==, 0);
    g_assert_cmpint(first, ==, -1);

    /* Upside down, and from right to left. */
    rows = first = 0;
    framebuffer_update_display(s, &section, 4096, 8, 4096, -4096 * 4, -4, 1,
                               convert, &rows, &first, &last);
    g_assert_cmphex(pixels[5 * 4096 + 4095], ==, 0x111111);

    /* Not RAM, or not all of it. */
    framebuffer_update_memory_section(&section, get_system_memory(), BASE, 1,
                                      8);
    g_assert_null(section.mr);
    framebuffer_update_memory_section(&section, get_system_memory(),
                                      RAM_SIZE - 4096, 2, 4096);
    g_assert_null(section.mr);
    first = 0;
    framebuffer_update_display(s, &section, 4096, 8, 4096, 4096 * 4, 4, 1,
                               convert, &rows, &first, &last);
    g_assert_cmpint(first, ==, -1);
    qemu_free_displaysurface(s);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    qdev_create_fake_machine();
    memory_map_init();
    memory_region_init_ram(&ram, NULL, "ram", RAM_SIZE, &error_abort);
    memory_region_add_subregion(get_system_memory(), 0, &ram);
    fw_cfg_init_mem_wide(BASE + 8, BASE, 8, BASE + 16, &address_space_memory);

    heard = g_string_new(NULL);
    device = qdev_new(TYPE_RAMFB_DEVICE);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(device), &error_fatal);
    con = qemu_console_lookup_by_device(device, 0);
    register_displaychangelistener(&listener);
    g_string_truncate(heard, 0);

    g_test_add_func("/ramfb/rows", test_rows);
    g_test_add_func("/ramfb/small-rows", test_small_rows);
    g_test_add_func("/ramfb/hostile", test_hostile);
    g_test_add_func("/ramfb/meanwhile", test_meanwhile);
    g_test_add_func("/ramfb/partial", test_partial);
    g_test_add_func("/ramfb/state", test_state);
    g_test_add_func("/framebuffer/rows", test_framebuffer);
    return g_test_run();
}
