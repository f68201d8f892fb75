/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Screens. A QemuConsole is one screen: of a display device (graphic) or of a
 * character device `vc` (text). It owns a DisplaySurface, the pixels. Who shows
 * screens to a user is a DisplayChangeListener: it hears of new surfaces and of
 * rectangles that have changed, of one console or of the active one.
 *
 * Display devices call graphic_console_init() and get a call of gfx_update as
 * often as somebody looks: every GUI_REFRESH_INTERVAL_DEFAULT ms while there is
 * a listener with dpy_refresh, and at a screendump. There they look what has
 * changed (hw/display/framebuffer.h) and say so with dpy_gfx_update(). Without
 * listeners no timer runs. All of this needs the big lock.
 *
 * OpenGL is not there; a device that asks for it hears so.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "ui/qemu-pixman.h"
#include "qom/object.h"
#include "qemu/notify.h"
#include "qapi/qapi-types-ui.h"
#include "ui/input.h"
#include "ui/surface.h"

#define TYPE_QEMU_CONSOLE "qemu-console"
OBJECT_DECLARE_TYPE(QemuConsole, QemuConsoleClass, QEMU_CONSOLE)

#define TYPE_QEMU_GRAPHIC_CONSOLE "qemu-graphic-console"
OBJECT_DECLARE_SIMPLE_TYPE(QemuGraphicConsole, QEMU_GRAPHIC_CONSOLE)

#define TYPE_QEMU_TEXT_CONSOLE "qemu-text-console"
OBJECT_DECLARE_SIMPLE_TYPE(QemuTextConsole, QEMU_TEXT_CONSOLE)

#define TYPE_QEMU_FIXED_TEXT_CONSOLE "qemu-fixed-text-console"
OBJECT_DECLARE_SIMPLE_TYPE(QemuFixedTextConsole, QEMU_FIXED_TEXT_CONSOLE)

#define QEMU_IS_GRAPHIC_CONSOLE(c)                                       \
    object_dynamic_cast(OBJECT(c), TYPE_QEMU_GRAPHIC_CONSOLE)
#define QEMU_IS_TEXT_CONSOLE(c)                                          \
    object_dynamic_cast(OBJECT(c), TYPE_QEMU_TEXT_CONSOLE)
#define QEMU_IS_FIXED_TEXT_CONSOLE(c)                                    \
    object_dynamic_cast(OBJECT(c), TYPE_QEMU_FIXED_TEXT_CONSOLE)

/* Bits of the buttons of a mouse, as older interfaces have them. */
#define MOUSE_EVENT_LBUTTON 0x01
#define MOUSE_EVENT_RBUTTON 0x02
#define MOUSE_EVENT_MBUTTON 0x04
#define MOUSE_EVENT_WHEELUP 0x08
#define MOUSE_EVENT_WHEELDN 0x10

/* What a keyboard's lights show. */
#define QEMU_SCROLL_LOCK_LED (1 << 0)
#define QEMU_NUM_LOCK_LED    (1 << 1)
#define QEMU_CAPS_LOCK_LED   (1 << 2)

typedef void QEMUPutLEDEvent(void *opaque, int ledstate);
typedef struct QEMUPutLEDEntry QEMUPutLEDEntry;

/* @func is called when the guest sets lights (a keyboard: kbd_put_ledstate). */
QEMUPutLEDEntry *qemu_add_led_event_handler(QEMUPutLEDEvent *func,
                                            void *opaque);
void qemu_remove_led_event_handler(QEMUPutLEDEntry *entry);
void kbd_put_ledstate(int ledstate);

/* Milliseconds between two looks at a screen. */
#define GUI_REFRESH_INTERVAL_DEFAULT 30
#define GUI_REFRESH_INTERVAL_IDLE    3000

/* The colours of a text console: those of a PC. */
enum qemu_color_names {
    QEMU_COLOR_BLACK = 0,
    QEMU_COLOR_BLUE = 1,
    QEMU_COLOR_GREEN = 2,
    QEMU_COLOR_CYAN = 3,
    QEMU_COLOR_RED = 4,
    QEMU_COLOR_MAGENTA = 5,
    QEMU_COLOR_YELLOW = 6,
    QEMU_COLOR_WHITE = 7
};

/* A character with its colours, as curses has them. */
#define ATTR2CHTYPE(c, fg, bg, bold)                                     \
    ((bold) << 21 | (bg) << 11 | (fg) << 8 | (c))

/* ---- text consoles ------------------------------------------------------- */

/* A key of a text console is a Unicode character, or one of these. */
#define QEMU_KEY_ESC1(c)   ((c) | 0xe100)
#define QEMU_KEY_TAB       0x0009
#define QEMU_KEY_BACKSPACE 0x007f
#define QEMU_KEY_UP        QEMU_KEY_ESC1('A')
#define QEMU_KEY_DOWN      QEMU_KEY_ESC1('B')
#define QEMU_KEY_RIGHT     QEMU_KEY_ESC1('C')
#define QEMU_KEY_LEFT      QEMU_KEY_ESC1('D')
#define QEMU_KEY_HOME      QEMU_KEY_ESC1(1)
#define QEMU_KEY_END       QEMU_KEY_ESC1(4)
#define QEMU_KEY_PAGEUP    QEMU_KEY_ESC1(5)
#define QEMU_KEY_PAGEDOWN  QEMU_KEY_ESC1(6)
#define QEMU_KEY_DELETE    QEMU_KEY_ESC1(3)

#define QEMU_KEY_CTRL_UP       0xe400
#define QEMU_KEY_CTRL_DOWN     0xe401
#define QEMU_KEY_CTRL_LEFT     0xe402
#define QEMU_KEY_CTRL_RIGHT    0xe403
#define QEMU_KEY_CTRL_HOME     0xe404
#define QEMU_KEY_CTRL_END      0xe405
#define QEMU_KEY_CTRL_PAGEUP   0xe406
#define QEMU_KEY_CTRL_PAGEDOWN 0xe407

/*
 * A key is pressed on @s (NULL: on the active console, if that is one of text).
 * Ctrl with an arrow or Page key turns back in what has scrolled away.
 */
void qemu_text_console_put_keysym(QemuTextConsole *s, int keysym);
/* The same of a QKeyCode; false when it is no key of a text console. */
bool qemu_text_console_put_qcode(QemuTextConsole *s, int qcode, bool ctrl);
/* The same of @len bytes of text. */
void qemu_text_console_put_string(QemuTextConsole *s, const char *str, int len);

/* ---- listeners ----------------------------------------------------------- */

struct QemuConsoleClass {
    ObjectClass parent_class;
};

/* What a listener tells of its window. */
typedef struct QemuUIInfo {
    uint16_t width_mm; /* of the screen, 0: not known */
    uint16_t height_mm;
    int xoff; /* place and size of the window, in pixels */
    int yoff;
    uint32_t width;
    uint32_t height;
    uint32_t refresh_rate; /* mHz, 0: not known */
} QemuUIInfo;

/*
 * The picture of a pointer: pixels 0xAARRGGBB, row by row, and the one that
 * points. cursor_alloc() gives the caller a reference, and NULL for a size
 * beyond 512 times 512; cursor_unref() takes NULL too.
 */
typedef struct QEMUCursor {
    uint16_t width, height;
    int hot_x, hot_y;
    int refcount;
    uint32_t data[];
} QEMUCursor;

QEMUCursor *cursor_alloc(uint16_t width, uint16_t height);
QEMUCursor *cursor_ref(QEMUCursor *c);
void cursor_unref(QEMUCursor *c);
/* One pixel that is not seen; an arrow. A new reference. */
QEMUCursor *cursor_builtin_hidden(void);
QEMUCursor *cursor_builtin_left_ptr(void);
/* Bytes of a row of a picture of one bit a pixel. */
int cursor_get_mono_bpl(QEMUCursor *c);
/*
 * Pixels from two such pictures, the first bit of a row in the highest of a
 * byte: @image chooses between @foreground (set) and @background; where @mask
 * is set the pixel is seen, or with @transparent it is not.
 */
void cursor_set_mono(QEMUCursor *c, uint32_t foreground, uint32_t background,
                     uint8_t *image, int transparent, uint8_t *mask);
/* That mask of @c. */
void cursor_get_mono_mask(QEMUCursor *c, int transparent, uint8_t *mask);

typedef struct DisplayState DisplayState;

/* A character of a text console, for listeners that show characters. */
typedef uint32_t console_ch_t;

static inline void console_write_ch(console_ch_t *dest, uint32_t ch)
{
    *dest = ch;
}

/* All are optional. */
typedef struct DisplayChangeListenerOps {
    const char *dpy_name;
    /* It is time to call graphic_hw_update(). */
    void (*dpy_refresh)(DisplayChangeListener *dcl);
    /* These pixels have changed. */
    void (*dpy_gfx_update)(DisplayChangeListener *dcl, int x, int y, int w,
                           int h);
    /* All pixels are in @new_surface now; the old one goes after the call. */
    void (*dpy_gfx_switch)(DisplayChangeListener *dcl,
                           struct DisplaySurface *new_surface);
    /* Whether it can show that format (without: PIXMAN_x8r8g8b8 only). */
    bool (*dpy_gfx_check_format)(DisplayChangeListener *dcl,
                                 pixman_format_code_t format);
    /* The same for characters. */
    void (*dpy_text_cursor)(DisplayChangeListener *dcl, int x, int y);
    void (*dpy_text_resize)(DisplayChangeListener *dcl, int w, int h);
    void (*dpy_text_update)(DisplayChangeListener *dcl, int x, int y, int w,
                            int h);
    /* Where the guest's pointer is, and whether it is seen; how it looks. */
    void (*dpy_mouse_set)(DisplayChangeListener *dcl, int x, int y, bool on);
    void (*dpy_cursor_define)(DisplayChangeListener *dcl, QEMUCursor *cursor);
} DisplayChangeListenerOps;

struct DisplayChangeListener {
    uint64_t update_interval; /* ms, 0: the default */
    const DisplayChangeListenerOps *ops;
    DisplayState *ds;
    QemuConsole *con; /* NULL: the active one */

    QLIST_ENTRY(DisplayChangeListener) next;
};

DisplayState *init_displaystate(void);

/* It hears of its console from now on, of a switch to its surface first. */
void register_displaychangelistener(DisplayChangeListener *dcl);
/* It wants to be refreshed every @interval ms. */
void update_displaychangelistener(DisplayChangeListener *dcl,
                                  uint64_t interval);
/* Nothing more; without effect when it is not registered. */
void unregister_displaychangelistener(DisplayChangeListener *dcl);

/* Whether the device wants to know of windows; what it was told last. */
bool dpy_ui_info_supported(const QemuConsole *con);
const QemuUIInfo *dpy_get_ui_info(const QemuConsole *con);
/* Tells the device, with @delay after a second without more. 0 or -1. */
int dpy_set_ui_info(QemuConsole *con, QemuUIInfo *info, bool delay);

/* ---- for devices: what has changed --------------------------------------- */

/* Pixels of @con; what lies outside of its surface is cut off. */
void dpy_gfx_update(QemuConsole *con, int x, int y, int w, int h);
void dpy_gfx_update_full(QemuConsole *con);
/* @con shows @surface, its own from now on; NULL: a placeholder. */
void dpy_gfx_replace_surface(QemuConsole *con, DisplaySurface *surface);
/* Characters of @con. */
void dpy_text_cursor(QemuConsole *con, int x, int y);
void dpy_text_update(QemuConsole *con, int x, int y, int w, int h);
void dpy_text_resize(QemuConsole *con, int w, int h);
/* The pointer: its place; its picture, of which @con keeps a reference. */
void dpy_mouse_set(QemuConsole *con, int x, int y, bool on);
void dpy_cursor_define(QemuConsole *con, QEMUCursor *cursor);
/* Whether all listeners of @con can show @format. */
bool dpy_gfx_check_format(QemuConsole *con, pixman_format_code_t format);

/* Never. */
bool console_has_gl(QemuConsole *con);

enum {
    GRAPHIC_FLAGS_NONE = 0,
    GRAPHIC_FLAGS_GL = 1 << 0,     /* needs OpenGL */
    GRAPHIC_FLAGS_DMABUF = 1 << 1, /* needs DMA buffers */
};

/* ---- for devices: consoles ----------------------------------------------- */

/* All are optional. */
typedef struct GraphicHwOps {
    int (*get_flags)(void *opaque);
    /* All is to be drawn anew at the next update. */
    void (*invalidate)(void *opaque);
    /* Draw what has changed. */
    void (*gfx_update)(void *opaque);
    /* gfx_update only begins it; graphic_hw_update_done() ends it. */
    bool gfx_update_async;
    /* Write the characters that have changed to @text. */
    void (*text_update)(void *opaque, console_ch_t *text);
    /* A window has another size. */
    void (*ui_info)(void *opaque, uint32_t head, QemuUIInfo *info);
    void (*gl_block)(void *opaque, bool block);
} GraphicHwOps;

/*
 * A screen of @dev, its @head-th, with a placeholder in it. One that was closed
 * is taken first. @dev may be NULL.
 */
QemuConsole *graphic_console_init(DeviceState *dev, uint32_t head,
                                  const GraphicHwOps *ops, void *opaque);
/* From now on these are called; a screen becomes another device's. */
void graphic_console_set_hwops(QemuConsole *con, const GraphicHwOps *hw_ops,
                               void *opaque);
/* The device goes; the screen stays, with a message in it. */
void graphic_console_close(QemuConsole *con);

/* Has the device look for changes now. */
void graphic_hw_update(QemuConsole *con);
void graphic_hw_update_done(QemuConsole *con);
void graphic_hw_invalidate(QemuConsole *con);
void graphic_hw_text_update(QemuConsole *con, console_ch_t *chardata);
void graphic_hw_gl_block(QemuConsole *con, bool block);

/* ---- asking -------------------------------------------------------------- */

/* The first graphic console, else the first one; NULL: there is none. */
QemuConsole *qemu_console_lookup_default(void);
/* By number, from 0 in the order in which they were made; NULL: too large. */
QemuConsole *qemu_console_lookup_by_index(unsigned int index);
/* By device; NULL, in the second with @errp set: not found. */
QemuConsole *qemu_console_lookup_by_device(DeviceState *dev, uint32_t head);
QemuConsole *qemu_console_lookup_by_device_name(const char *device_id,
                                                uint32_t head, Error **errp);
/* Whether a listener shows it. */
bool qemu_console_is_visible(QemuConsole *con);
bool qemu_console_is_graphic(QemuConsole *con);
/* Whether it keeps its size whatever the window's. */
bool qemu_console_is_fixedsize(QemuConsole *con);
/* The picture of its pointer, @con's; NULL: none was defined. */
QEMUCursor *qemu_console_get_cursor(QemuConsole *con);
bool qemu_console_is_gl_blocked(QemuConsole *con);
/* What to call it; to be freed. */
char *qemu_console_get_label(QemuConsole *con);
int qemu_console_get_index(QemuConsole *con);
uint32_t qemu_console_get_head(QemuConsole *con);
/* Of its surface; @fallback where it has none. */
int qemu_console_get_width(QemuConsole *con, int fallback);
int qemu_console_get_height(QemuConsole *con, int fallback);
/* The active one if @con is NULL. NULL without a console. */
DisplaySurface *qemu_console_surface(QemuConsole *con);

/* A surface of its own of that size for @con, if it has none. */
void qemu_console_resize(QemuConsole *con, int width, int height);

/* ---- displays ------------------------------------------------------------ */

/*
 * A kind of display of -display, from a module or built in: @init is called
 * when the machine stands. @vc is the character device of serial ports and
 * monitors that nobody has asked for elsewhere.
 */
typedef struct QemuDisplay QemuDisplay;
struct QemuDisplay {
    DisplayType type;
    void (*early_init)(DisplayOptions *opts);
    void (*init)(DisplayState *ds, DisplayOptions *opts);
    const char *vc;
};

/* @ui (not copied) can be chosen from now on. */
void qemu_display_register(QemuDisplay *ui);
/* Sets the type in @opts to the best that there is; false: there is none. */
bool qemu_display_find_default(DisplayOptions *opts);
void qemu_display_early_init(DisplayOptions *opts);
void qemu_display_init(DisplayState *ds, DisplayOptions *opts);
const char *qemu_display_get_vc(DisplayOptions *opts);
/* Prints the names of all types: -display help. */
void qemu_display_help(void);

/*
 * -display @str: a type and its options. VNC goes to vnc_parse(). False with
 * @errp set where that cannot be.
 */
bool display_parse(const char *str, Error **errp);
/* What display_parse() has set; the type is `default` without it. */
DisplayOptions *display_options(void);

/* ---- VNC ----------------------------------------------------------------- */

/*
 * -vnc and -display vnc=: adds @str to the option group, or @errp. The server
 * is in the module ui-vnc, which is loaded by vnc_init_func() when the machine
 * stands: one call for each server of the group, 0 or -1 with @errp set.
 */
bool vnc_parse(const char *str, Error **errp);
int vnc_init_func(void *opaque, QemuOpts *opts, Error **errp);
/* A new password for @id (NULL: the first). 0, or -EINVAL: it takes none. */
int vnc_display_password(const char *id, const char *password);
/* The password is good until then (TIME_MAX: for ever). */
int vnc_display_pw_expire(const char *id, time_t expires);

/* What the module has; it gives the table when it is loaded. */
typedef struct VncModuleOps {
    bool (*open)(QemuOpts *opts, Error **errp);
    int (*set_password)(const char *id, const char *password);
    int (*set_expiry)(const char *id, time_t expires);
    VncInfo2List *(*query_servers)(void);
    void (*close_all)(void);
} VncModuleOps;
void vnc_module_register(const VncModuleOps *ops);
/* Servers are closed: at the end of the emulator. */
void vnc_cleanup(void);

/* The QKeyCode of that name, @key_length bytes; Q_KEY_CODE__MAX: none. */
int index_from_key(const char *key, size_t key_length);

#endif
