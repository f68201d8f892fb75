/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Surfaces, consoles and their listeners, pointers, the text console, pictures
 * as files (read back with libpng), and how input finds its handler.
 */
#include "qemu/osdep.h"
#ifdef CONFIG_PNG
#include <png.h>
#endif
#include "chardev/char-fe.h"
#include "chardev/char.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qemu/config-file.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qobject/qdict.h"
#include "system/runstate.h"
#include "system/system.h"
#include "ui/console.h"
#include "ui/font.h"
#include "ui/image-file.h"
#include "ui/pixel_ops.h"

/*** Formats and surfaces. ***/

static void test_formats(void)
{
    PixelFormat pf = qemu_pixelformat_from_pixman(PIXMAN_x8r8g8b8);

    g_assert_cmphex(pf.rmask, ==, 0xff0000);
    g_assert_cmphex(pf.bmask, ==, 0xff);
    g_assert_cmpint(pf.rshift, ==, 16);
    g_assert_cmpint(pf.gmax, ==, 255);
    g_assert_cmpint(pf.depth, ==, 24);
    pf = qemu_pixelformat_from_pixman(PIXMAN_r5g6b5);
    g_assert_cmphex(pf.rmask, ==, 0xf800);
    g_assert_cmphex(pf.gmask, ==, 0x07e0);
    g_assert_cmpint(pf.gbits, ==, 6);
    g_assert_cmpint(pf.bytes_per_pixel, ==, 2);
    pf = qemu_pixelformat_from_pixman(PIXMAN_b8g8r8x8);
    g_assert_cmphex(pf.bmask, ==, 0xff000000);
    g_assert_cmphex(pf.rmask, ==, 0xff00);
    pf = qemu_pixelformat_from_pixman(PIXMAN_a8b8g8r8);
    g_assert_cmphex(pf.amask, ==, 0xff000000);
    g_assert_cmphex(pf.rmask, ==, 0xff);
    g_assert_cmpint(qemu_default_pixman_format(16, true), ==, PIXMAN_r5g6b5);
    g_assert_cmpint(qemu_default_pixman_format(7, true), ==, 0);
    g_assert_cmpint(qemu_drm_format_to_pixman(0x34325258), ==,
                    PIXMAN_LE_x8r8g8b8);
    g_assert_cmphex(qemu_pixman_to_drm_format(PIXMAN_LE_x8r8g8b8), ==,
                    0x34325258);
    g_assert_cmpint(qemu_drm_format_to_pixman(0), ==, 0);
    g_assert_cmphex(rgb_to_pixel8(0xff, 0x20, 0x40), ==, 0xe5);
    g_assert_cmphex(rgb_to_pixel16(0xff, 0x04, 0x08), ==, 0xf821);
    g_assert_cmphex(rgb_to_pixel16bgr(0xff, 0x04, 0x08), ==, 0x083f);
    g_assert_cmphex(rgb_to_pixel15(0xff, 0x08, 0x08), ==, 0x7c21);
    g_assert_cmphex(rgb_to_pixel32bgr(1, 2, 3), ==, 0x030201);
}

static void test_surface(void)
{
    uint32_t pixels[4 * 3] = { 0 };
    DisplaySurface *s = qemu_create_displaysurface(4, 3), *t;

    g_assert_true(surface_is_allocated(s) && !surface_is_placeholder(s));
    g_assert_cmpint(surface_width(s), ==, 4);
    g_assert_cmpint(surface_height(s), ==, 3);
    g_assert_cmpint(surface_stride(s), ==, 16);
    g_assert_cmpint(surface_bytes_per_pixel(s), ==, 4);
    g_assert_cmphex(((uint32_t *)surface_data(s))[0], ==, 0);
    /* An image outlives its surface. */
    t = qemu_create_displaysurface_pixman(s->image);
    qemu_free_displaysurface(s);
    ((uint32_t *)surface_data(t))[11] = 1;
    qemu_free_displaysurface(t);

    s = qemu_create_displaysurface_from(4, 3, PIXMAN_x8r8g8b8, 16,
                                        (uint8_t *)pixels);
    g_assert_true(!surface_is_allocated(s) && surface_data(s) == pixels);
    qemu_free_displaysurface(s);
    for (int w = 1; w < 400; w += 37) { /* messages are cut off */
        s = qemu_create_placeholder_surface(w, 1 + w / 10, "No picture");
        g_assert_true(surface_is_placeholder(s));
        qemu_free_displaysurface(s);
    }
    qemu_free_displaysurface(NULL);
}

/*** Consoles. ***/

typedef struct Screen {
    QemuConsole *con;
    int updates, invalidates;
    QemuUIInfo info;
} Screen;

static void screen_update(void *opaque)
{
    Screen *s = opaque;

    s->updates++;
}

static void screen_invalidate(void *opaque)
{
    Screen *s = opaque;

    s->invalidates++;
}

static void screen_ui_info(void *opaque, uint32_t head, QemuUIInfo *info)
{
    Screen *s = opaque;

    s->info = *info;
}

static const GraphicHwOps screen_ops = {
    .invalidate = screen_invalidate,
    .gfx_update = screen_update,
    .ui_info = screen_ui_info,
};

typedef struct Listener {
    DisplayChangeListener dcl;
    GString *log;
} Listener;

#define LOG(d, ...)                                                            \
    g_string_append_printf(container_of(d, Listener, dcl)->log, __VA_ARGS__)

static void log_switch(DisplayChangeListener *dcl, DisplaySurface *s)
{
    LOG(dcl, "S%dx%d%s ", surface_width(s), surface_height(s),
        surface_is_placeholder(s) ? "p" : "");
}

static void log_update(DisplayChangeListener *dcl, int x, int y, int w, int h)
{
    LOG(dcl, "U%d,%d+%dx%d ", x, y, w, h);
}

static void log_mouse(DisplayChangeListener *dcl, int x, int y, bool on)
{
    LOG(dcl, "M%d,%d%s ", x, y, on ? "" : "off");
}

static void log_cursor(DisplayChangeListener *dcl, QEMUCursor *c)
{
    LOG(dcl, "C%dx%d ", c->width, c->height);
}

static void refresh(DisplayChangeListener *dcl)
{
    graphic_hw_update(dcl->con);
}

static const DisplayChangeListenerOps log_ops = {
    .dpy_name = "log",
    .dpy_gfx_switch = log_switch,
    .dpy_gfx_update = log_update,
    .dpy_mouse_set = log_mouse,
    .dpy_cursor_define = log_cursor,
};

static const DisplayChangeListenerOps refresh_ops = {
    .dpy_name = "refresh",
    .dpy_refresh = refresh,
};

static void expect_log(Listener *l, const char *wanted)
{
    g_assert_cmpstr(l->log->str, ==, wanted);
    g_string_truncate(l->log, 0);
}

static void test_listeners(void)
{
    Screen first = { 0 }, second = { 0 };
    Listener active = { .dcl.ops = &log_ops, .log = g_string_new(NULL) };
    Listener bound = { .dcl.ops = &log_ops, .log = g_string_new(NULL) };
    QEMUCursor *arrow = cursor_builtin_left_ptr();

    g_assert_null(qemu_console_lookup_default());
    g_assert_cmpint(qemu_console_get_index(NULL), ==, -1);
    g_assert_cmpint(qemu_console_get_width(NULL, 7), ==, 7);
    register_displaychangelistener(&active.dcl);
    expect_log(&active, "S640x480p U0,0+640x480 ");

    first.con = graphic_console_init(NULL, 0, &screen_ops, &first);
    expect_log(&active, "S640x480p U0,0+640x480 ");
    second.con = graphic_console_init(NULL, 1, &screen_ops, &second);
    expect_log(&active, "");
    g_assert_true(qemu_console_lookup_by_index(0) == first.con);
    g_assert_true(qemu_console_lookup_by_index(1) == second.con);
    g_assert_null(qemu_console_lookup_by_index(2));
    g_assert_true(qemu_console_lookup_default() == first.con);
    g_assert_cmpint(qemu_console_get_head(second.con), ==, 1);
    g_assert_true(qemu_console_is_graphic(second.con));
    g_assert_true(qemu_console_is_visible(first.con));
    g_assert_false(qemu_console_is_visible(second.con));

    bound.dcl.con = second.con;
    register_displaychangelistener(&bound.dcl);
    expect_log(&bound, "S640x480p U0,0+640x480 ");
    qemu_console_resize(second.con, 30, 20);
    expect_log(&bound, "S30x20 U0,0+30x20 ");
    expect_log(&active, "");
    qemu_console_resize(second.con, 30, 20); /* as it is */
    expect_log(&bound, "");

    /* What lies outside is cut off. */
    dpy_gfx_update(second.con, 5, 6, 7, 8);
    dpy_gfx_update(second.con, -5, -6, 10, 10);
    dpy_gfx_update(second.con, 25, 15, 100, INT_MAX);
    dpy_gfx_update(second.con, 30, 0, 1, 1);
    dpy_gfx_update(second.con, 0, 0, -1, 1);
    dpy_gfx_update(second.con, INT_MAX, 0, INT_MAX, 1);
    expect_log(&bound, "U5,6+7x8 U0,0+5x4 U25,15+5x5 ");
    dpy_gfx_update_full(second.con);
    expect_log(&bound, "U0,0+30x20 ");
    dpy_gfx_replace_surface(second.con, NULL);
    expect_log(&bound, "S30x20p U0,0+30x20 ");

    dpy_cursor_define(second.con, arrow);
    dpy_mouse_set(second.con, 3, 4, true);
    expect_log(&bound, "C12x19 M3,4 ");
    g_assert_true(qemu_console_get_cursor(second.con) == arrow);
    cursor_unref(arrow);

    g_assert_true(dpy_gfx_check_format(second.con, PIXMAN_x8r8g8b8));
    g_assert_false(dpy_gfx_check_format(second.con, PIXMAN_r5g6b5));
    g_assert_false(console_has_gl(second.con));
    graphic_hw_invalidate(second.con);
    g_assert_cmpint(second.invalidates, ==, 1);

    unregister_displaychangelistener(&bound.dcl);
    unregister_displaychangelistener(&bound.dcl);
    dpy_gfx_update_full(second.con);
    expect_log(&bound, "");

    /* A device goes, another one gets its console. */
    graphic_console_close(first.con);
    expect_log(&active, "S640x480p U0,0+640x480 ");
    g_assert_true(graphic_console_init(NULL, 0, &screen_ops, &first) ==
                  first.con);
    unregister_displaychangelistener(&active.dcl);
    graphic_console_close(first.con);
    graphic_console_close(second.con);
    g_string_free(active.log, true);
    g_string_free(bound.log, true);
}

/* The timer runs as long as somebody wants it. */
static void test_refresh(void)
{
    Screen s = { 0 };
    DisplayChangeListener dcl = { .ops = &refresh_ops };
    QemuUIInfo info = { .width = 100, .height = 50 };
    int64_t begin = g_get_monotonic_time();
    int seen;

    dcl.con = s.con = graphic_console_init(NULL, 0, &screen_ops, &s);
    dcl.update_interval = 1;
    register_displaychangelistener(&dcl);
    while (s.updates < 5) {
        g_assert_cmpint(g_get_monotonic_time() - begin, <, 20 * 1000000);
        main_loop_wait(false);
    }
    unregister_displaychangelistener(&dcl);
    seen = s.updates;
    for (int i = 0; i < 5; i++) {
        main_loop_wait(true);
    }
    g_assert_cmpint(s.updates, ==, seen);

    g_assert_true(dpy_ui_info_supported(s.con));
    g_assert_cmpint(dpy_set_ui_info(s.con, &info, false), ==, 0);
    while (s.info.width != 100) {
        main_loop_wait(false);
    }
    g_assert_cmpint(dpy_get_ui_info(s.con)->height, ==, 50);
    graphic_console_close(s.con);
    g_assert_cmpint(dpy_set_ui_info(s.con, &info, false), ==, -1);
}

static void test_cursor(void)
{
    uint8_t image[] = { 0xc0, 0x00, 0x00, 0x80 }; /* 9x2 */
    uint8_t mask[] = { 0x80, 0x00, 0xff, 0x80 };
    uint8_t back[4];
    QEMUCursor *c = cursor_alloc(9, 2);

    g_assert_cmpint(cursor_get_mono_bpl(c), ==, 2);
    cursor_set_mono(c, 0x112233, 0x445566, image, 0, mask);
    g_assert_cmphex(c->data[0], ==, 0xff112233);
    g_assert_cmphex(c->data[1], ==, 0);
    g_assert_cmphex(c->data[9], ==, 0xff445566);
    g_assert_cmphex(c->data[17], ==, 0xff112233);
    cursor_get_mono_mask(c, 0, back);
    g_assert_cmpmem(back, 4, mask, 4);
    cursor_set_mono(c, 1, 2, image, 1, mask);
    g_assert_cmphex(c->data[0], ==, 0xff000001); /* inverts: seen */
    g_assert_cmphex(c->data[1], ==, 0xff000001);
    g_assert_cmphex(c->data[2], ==, 0xff000002);
    g_assert_cmphex(c->data[9], ==, 0);
    cursor_unref(c);
    g_assert_null(cursor_alloc(513, 1));
    c = cursor_builtin_hidden();
    g_assert_cmphex(c->data[0], ==, 0);
    cursor_unref(c);
    cursor_unref(NULL);
}

/*** Pictures as files. ***/

static pixman_image_t *make_image(pixman_format_code_t format, int w, int h)
{
    pixman_image_t *image = pixman_image_create_bits(format, w, h, NULL, 0);
    uint8_t *data = (uint8_t *)pixman_image_get_data(image);

    for (int i = 0; i < pixman_image_get_stride(image) * h; i++) {
        data[i] = i * 7 + i / 256;
    }
    return image;
}

static uint8_t expected(pixman_image_t *image, int x, int y, int colour)
{
    uint32_t *row =
        pixman_image_get_data(image) + y * pixman_image_get_stride(image) / 4;

    return row[x] >> (16 - 8 * colour);
}

static void test_ppm(void)
{
    g_autofree char *name = NULL;
    int fd = g_file_open_tmp("image-XXXXXX", &name, NULL);
    pixman_image_t *image = make_image(PIXMAN_x8r8g8b8, 17, 5);
    g_autofree char *text = NULL;
    Error *err = NULL;
    gsize len;
    int full = open("/dev/full", O_WRONLY);

    g_assert_true(ppm_save(fd, image, &error_abort));
    close(fd);
    g_assert_true(g_file_get_contents(name, &text, &len, NULL));
    g_assert_cmpuint(len, ==, 12 + 17 * 5 * 3);
    g_assert_true(g_str_has_prefix(text, "P6\n17 5\n255\n"));
    for (int i = 0; i < 17 * 5 * 3; i++) {
        g_assert_cmphex((uint8_t)text[12 + i], ==,
                        expected(image, i / 3 % 17, i / 51, i % 3));
    }
    g_assert_false(ppm_save(full, image, &err));
    error_free_or_abort(&err);
    close(full);
    unlink(name);
    pixman_image_unref(image);
}

static void test_png(void)
{
#ifdef CONFIG_PNG
    g_autofree char *name = NULL;
    int fd = g_file_open_tmp("image-XXXXXX", &name, NULL);
    pixman_image_t *image = make_image(PIXMAN_x8r8g8b8, 33, 9);
    png_image png = { .version = PNG_IMAGE_VERSION };
    uint8_t pixels[33 * 9 * 3];
    int full = open("/dev/full", O_WRONLY);
    Error *err = NULL;

    g_assert_true(png_save(fd, image, &error_abort));
    close(fd);
    g_assert_true(png_image_begin_read_from_file(&png, name));
    g_assert_cmpint(png.width, ==, 33);
    g_assert_cmpint(png.height, ==, 9);
    png.format = PNG_FORMAT_RGB;
    g_assert_true(png_image_finish_read(&png, NULL, pixels, 0, NULL));
    for (int i = 0; i < sizeof(pixels); i++) {
        g_assert_cmphex(pixels[i], ==,
                        expected(image, i / 3 % 33, i / 99, i % 3));
    }
    g_assert_false(png_save(full, image, &err));
    error_free_or_abort(&err);
    close(full);
    unlink(name);
    pixman_image_unref(image);
#else
    g_test_skip("built without libpng");
#endif
}

/*** The text console. ***/

typedef struct Reader {
    GString *text;
    int room;
} Reader;

static int reader_room(void *opaque)
{
    Reader *r = opaque;

    return r->room;
}

static void reader_read(void *opaque, const uint8_t *buf, int size)
{
    Reader *r = opaque;

    g_string_append_len(r->text, (const char *)buf, size);
    r->room -= size;
}

/* Whether cell (@x, @y) shows @ch in @fg on @bg. */
static bool shows(QemuConsole *con, int x, int y, char ch, uint32_t fg,
                  uint32_t bg)
{
    DisplaySurface *s = qemu_console_surface(con);
    int stride = surface_stride(s) / 4;
    uint32_t *at =
        (uint32_t *)surface_data(s) + y * FONT_HEIGHT * stride + x * FONT_WIDTH;

    for (int i = 0; i < FONT_WIDTH * FONT_HEIGHT; i++) {
        int row = i / FONT_WIDTH, col = i % FONT_WIDTH;
        bool set = font_row(ch, row) & 0x80 >> col;

        if (at[row * stride + col] != (set ? fg : bg)) {
            return false;
        }
    }
    return true;
}

static void test_text_console(void)
{
    Chardev *chr = qemu_chr_new("term", "vc:20Cx5C", NULL);
    Listener l = { .dcl.ops = &log_ops, .log = g_string_new(NULL) };
    Reader r = { .text = g_string_new(NULL), .room = 100 };
    QemuConsole *con = NULL;
    QemuTextConsole *text;
    CharBackend be;

    g_assert_nonnull(chr);
    for (int i = 0; (con = qemu_console_lookup_by_index(i)); i++) {
        if (QEMU_IS_TEXT_CONSOLE(con)) {
            break;
        }
    }
    g_assert_nonnull(con);
    text = QEMU_TEXT_CONSOLE(con);
    g_assert_cmpint(qemu_console_get_width(con, 0), ==, 20 * FONT_WIDTH);
    g_assert_cmpint(qemu_console_get_height(con, 0), ==, 5 * FONT_HEIGHT);
    g_assert_true(qemu_console_is_fixedsize(con));
    g_assert_false(qemu_console_is_graphic(con));

    qemu_chr_fe_init(&be, chr, &error_abort);
    qemu_chr_fe_set_handlers(&be, reader_room, reader_read, NULL, NULL, &r,
                             NULL, true);
    qemu_chr_fe_write_all(&be, (const uint8_t *)"\033[2J\033[2;3HA\033[31mB",
                          17);
    l.dcl.con = con;
    register_displaychangelistener(&l.dcl); /* draws */
    g_string_truncate(l.log, 0);
    g_assert_true(shows(con, 2, 1, 'A', 0xaaaaaa, 0));
    g_assert_true(shows(con, 3, 1, 'B', 0xaa0000, 0));
    g_assert_true(shows(con, 5, 3, ' ', 0, 0));
    /* Only rows that change are drawn. */
    graphic_hw_update(con);
    expect_log(&l, "");
    qemu_chr_fe_write_all(&be, (const uint8_t *)"\033[4;1HX", 7);
    graphic_hw_update(con);
    expect_log(&l, "U0,16+160x16 U0,48+160x16 ");

    /* Keys, special keys, answers. */
    qemu_text_console_put_string(text, "ab", 2);
    qemu_text_console_put_keysym(text, QEMU_KEY_UP);
    qemu_text_console_put_keysym(text, QEMU_KEY_DELETE);
    g_assert_true(qemu_text_console_put_qcode(text, Q_KEY_CODE_LEFT, false));
    g_assert_false(qemu_text_console_put_qcode(text, Q_KEY_CODE_A, false));
    g_assert_cmpstr(r.text->str, ==, "ab\033[A\033[3~\033[D");
    g_string_truncate(r.text, 0);
    qemu_chr_fe_write_all(&be, (const uint8_t *)"\033[?1h\033[6n", 9);
    qemu_text_console_put_keysym(text, QEMU_KEY_UP);
    while (r.text->len < 9) {
        main_loop_wait(true);
    }
    g_assert_cmpstr(r.text->str, ==, "\033OA\033[4;2R");
    /* What does not fit waits. */
    g_string_truncate(r.text, 0);
    r.room = 1;
    qemu_text_console_put_string(text, "xyz", 3);
    g_assert_cmpstr(r.text->str, ==, "x");
    r.room = 100;
    qemu_chr_fe_accept_input(&be);
    g_assert_cmpstr(r.text->str, ==, "xyz");
    /* Nobody takes anything: the rest is lost. */
    r.room = 0;
    for (int i = 0; i < 1000; i++) {
        qemu_text_console_put_string(text, "0123456789", 10);
    }
    /* Turning the view. */
    for (int i = 0; i < 20; i++) {
        qemu_chr_fe_write_all(&be, (const uint8_t *)"\r\nline", 6);
    }
    for (int i = 0; i < 30; i++) {
        qemu_text_console_put_keysym(text, QEMU_KEY_CTRL_PAGEUP);
    }
    graphic_hw_update(con);
    g_assert_true(shows(con, 2, 1, 'A', 0xaaaaaa, 0));

    unregister_displaychangelistener(&l.dcl);
    qemu_chr_fe_deinit(&be, true); /* deletes it: the console stays */
    qemu_text_console_put_string(text, "x", 1);
    g_string_free(l.log, true);
    g_string_free(r.text, true);
}

/*** Input. ***/

typedef struct Keyboard {
    GString *log;
} Keyboard;

static Keyboard keyboard;

static void input_event(DeviceState *dev, QemuConsole *src, InputEvent *evt)
{
    switch (evt->type) {
    case INPUT_EVENT_KIND_KEY:
        g_string_append_printf(
            keyboard.log, "%s%s ",
            QKeyCode_str(qemu_input_key_value_to_qcode(evt->u.key.data->key)),
            evt->u.key.data->down ? "+" : "-");
        break;
    case INPUT_EVENT_KIND_BTN:
        g_string_append_printf(keyboard.log, "%s%s ",
                               InputButton_str(evt->u.btn.data->button),
                               evt->u.btn.data->down ? "+" : "-");
        break;
    case INPUT_EVENT_KIND_ABS:
        g_string_append_printf(keyboard.log, "%s=%" PRId64 " ",
                               InputAxis_str(evt->u.abs.data->axis),
                               evt->u.abs.data->value);
        break;
    default:
        g_string_append(keyboard.log, "? ");
    }
}

static void input_sync(DeviceState *dev)
{
    g_string_append(keyboard.log, "| ");
}

static const QemuInputHandler key_handler = {
    .name = "keys",
    .mask = INPUT_EVENT_MASK_KEY,
    .event = input_event,
    .sync = input_sync,
};
static const QemuInputHandler tablet_handler = {
    .name = "tablet",
    .mask = INPUT_EVENT_MASK_ABS | INPUT_EVENT_MASK_BTN,
    .event = input_event,
    .sync = input_sync,
};
static const QemuInputHandler mouse_handler = {
    .name = "mouse",
    .mask = INPUT_EVENT_MASK_REL | INPUT_EVENT_MASK_BTN,
    .event = input_event,
};

static void expect_input(const char *wanted)
{
    g_assert_cmpstr(keyboard.log->str, ==, wanted);
    g_string_truncate(keyboard.log, 0);
}

static void test_input(void)
{
    QemuInputHandlerState *keys, *tablet, *mouse;
    uint32_t map[INPUT_BUTTON__MAX] = {
        [INPUT_BUTTON_LEFT] = 1, [INPUT_BUTTON_RIGHT] = 4
    };
    Error *err = NULL;

    keyboard.log = g_string_new(NULL);
    qemu_input_event_send_key_qcode(NULL, Q_KEY_CODE_A, true); /* to nobody */
    g_assert_false(qemu_input_is_absolute(NULL));
    keys = qemu_input_handler_register(NULL, &key_handler);
    tablet = qemu_input_handler_register(NULL, &tablet_handler);
    g_assert_true(qemu_input_is_absolute(NULL));
    g_assert_true(qemu_input_has_handler(NULL, INPUT_EVENT_MASK_KEY));
    g_assert_false(qemu_input_has_handler(NULL, INPUT_EVENT_MASK_MTT));

    qemu_input_event_send_key_qcode(NULL, Q_KEY_CODE_A, true);
    qemu_input_event_send_key_number(NULL, 0xc8, false);
    expect_input("a+ | up- | ");
    qemu_input_queue_abs(NULL, INPUT_AXIS_X, 50, 0, 100);
    qemu_input_queue_abs(NULL, INPUT_AXIS_Y, 99, 0, 99);
    qemu_input_update_buttons(NULL, map, 1, 4);
    qemu_input_event_sync();
    qemu_input_event_sync();
    expect_input("x=16383 y=32767 left- right+ | ");
    g_assert_cmpint(qemu_input_scale_axis(5, 3, 3, 0, 100), ==, 50);

    mouse = qemu_input_handler_register(NULL, &mouse_handler);
    g_assert_true(qemu_input_is_absolute(NULL));
    qemu_input_handler_activate(mouse);
    g_assert_false(qemu_input_is_absolute(NULL));
    qemu_input_handler_deactivate(mouse);
    g_assert_true(qemu_input_is_absolute(NULL));
    g_assert_false(qemu_mouse_set(1000, &err));
    error_free_or_abort(&err);

    g_assert_cmpint(index_from_key("ctrl-x", 4), ==, Q_KEY_CODE_CTRL);
    g_assert_cmpint(index_from_key("ctrlx", 5), ==, Q_KEY_CODE__MAX);
    qemu_input_handler_unregister(mouse);
    qemu_input_handler_unregister(tablet);
    qemu_input_handler_unregister(keys);
    qemu_input_event_send_key_qcode(NULL, Q_KEY_CODE_A, true);
    expect_input("");
    g_string_free(keyboard.log, true);
}

/* The tables of keys agree with each other. */
static void test_keys(void)
{
    int codes[3];
    KeyValue pause = { .type = KEY_VALUE_KIND_QCODE,
                       .u.qcode.data = Q_KEY_CODE_PAUSE };
    KeyValue up = { .type = KEY_VALUE_KIND_QCODE,
                    .u.qcode.data = Q_KEY_CODE_UP };

    for (int q = 1; q < Q_KEY_CODE__MAX; q++) {
        KeyValue key = { .type = KEY_VALUE_KIND_QCODE, .u.qcode.data = q };
        int number = qemu_input_key_value_to_number(&key);

        g_assert_cmpint(number, !=, 0);
        g_assert_cmpint(qemu_input_map_qcode_to_linux[q], !=, 0);
        if (q != Q_KEY_CODE_ASTERISK && q != Q_KEY_CODE_PRINT) {
            g_assert_cmpint(qemu_input_key_number_to_qcode(number), ==, q);
            g_assert_cmpint(
                qemu_input_linux_to_qcode(qemu_input_map_qcode_to_linux[q]), ==,
                q);
        }
    }
    /* A PS/2 keyboard's first set is the same, in two bytes. */
    for (int q = 1; q < qemu_input_map_qcode_to_qnum_len; q++) {
        int number = qemu_input_map_qcode_to_qnum[q];
        int set1 = number & 0x80 ? 0xe000 | (number & 0x7f) : number;

        if (q != Q_KEY_CODE_PAUSE) {
            g_assert_cmphex(qemu_input_map_qcode_to_atset1[q], ==, set1);
        }
    }
    g_assert_cmpint(qemu_input_key_number_to_qcode(100000), ==, 0);
    g_assert_cmpint(qemu_input_linux_to_qcode(100000), ==, 0);
    g_assert_cmpint(qemu_input_key_value_to_scancode(&pause, true, codes), ==,
                    3);
    g_assert_cmpint(qemu_input_key_value_to_scancode(&up, false, codes), ==, 2);
    g_assert_cmphex(codes[0], ==, 0xe0);
    g_assert_cmphex(codes[1], ==, 0xc8);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    module_call_init(MODULE_INIT_OPTS);
    qemu_add_opts(&qemu_chardev_opts);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    runstate_set(RUN_STATE_RUNNING);

    g_test_add_func("/ui/formats", test_formats);
    g_test_add_func("/ui/surface", test_surface);
    g_test_add_func("/ui/listeners", test_listeners);
    g_test_add_func("/ui/refresh", test_refresh);
    g_test_add_func("/ui/cursor", test_cursor);
    g_test_add_func("/ui/ppm", test_ppm);
    g_test_add_func("/ui/png", test_png);
    g_test_add_func("/ui/text-console", test_text_console);
    g_test_add_func("/ui/input", test_input);
    g_test_add_func("/ui/keys", test_keys);
    return g_test_run();
}
