/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Consoles, who listens to them, and the refresh: see include/ui/console.h. */
#include "qemu/osdep.h"
#include "console-internal.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/timer.h"

#define PLACEHOLDER_WIDTH  640
#define PLACEHOLDER_HEIGHT 480

struct DisplayState {
    QEMUTimer *timer; /* there while one listener wants to be refreshed */
    uint64_t last;    /* ms: when it ran last */
    QLIST_HEAD(, DisplayChangeListener) listeners;
    DisplaySurface *nothing; /* for listeners while there is no console */
};

static DisplayState *display_state;
static QTAILQ_HEAD(, QemuConsole) consoles = QTAILQ_HEAD_INITIALIZER(consoles);
static QemuConsole *active_console;
static int console_count;

DisplayState *init_displaystate(void)
{
    if (!display_state) {
        display_state = g_new0(DisplayState, 1);
        QLIST_INIT(&display_state->listeners);
    }
    return display_state;
}

static QemuConsole *shown_by(DisplayChangeListener *dcl)
{
    return dcl->con ?: active_console;
}

#define FOR_LISTENERS(dcl, of)                                                 \
    QLIST_FOREACH(dcl, &init_displaystate()->listeners, next)                  \
        if (shown_by(dcl) == (of))

/*** The refresh. ***/

static uint64_t refresh_interval(void)
{
    uint64_t interval = GUI_REFRESH_INTERVAL_IDLE;
    DisplayChangeListener *dcl;

    QLIST_FOREACH(dcl, &display_state->listeners, next) {
        if (dcl->ops->dpy_refresh) {
            interval = MIN(interval, dcl->update_interval
                                         ?: GUI_REFRESH_INTERVAL_DEFAULT);
        }
    }
    return interval;
}

static void refresh(void *opaque)
{
    DisplayState *ds = opaque;
    DisplayChangeListener *dcl, *after;

    ds->last = qemu_clock_get_ms(QEMU_CLOCK_REALTIME);
    QLIST_FOREACH_SAFE(dcl, &ds->listeners, next, after) {
        if (dcl->ops->dpy_refresh) {
            dcl->ops->dpy_refresh(dcl);
        }
    }
    if (ds->timer) {
        timer_mod(ds->timer, ds->last + refresh_interval());
    }
}

/* The timer is there as long as somebody needs it. */
static void refresh_setup(DisplayState *ds)
{
    DisplayChangeListener *dcl;
    bool need = false;

    QLIST_FOREACH(dcl, &ds->listeners, next) {
        need |= dcl->ops->dpy_refresh != NULL;
    }
    if (need && !ds->timer) {
        ds->timer = timer_new_ms(QEMU_CLOCK_REALTIME, refresh, ds);
        timer_mod(ds->timer, qemu_clock_get_ms(QEMU_CLOCK_REALTIME));
    } else if (!need && ds->timer) {
        timer_free(ds->timer);
        ds->timer = NULL;
    }
}

/*** Listeners. ***/

static DisplaySurface *surface_for(DisplayChangeListener *dcl)
{
    QemuConsole *con = shown_by(dcl);

    if (con && con->surface) {
        return con->surface;
    }
    if (!display_state->nothing) {
        display_state->nothing = qemu_create_placeholder_surface(
            PLACEHOLDER_WIDTH, PLACEHOLDER_HEIGHT,
            "This VM has no graphic display device.");
    }
    return display_state->nothing;
}

static void listener_switch(DisplayChangeListener *dcl)
{
    DisplaySurface *surface = surface_for(dcl);
    QemuConsole *con = shown_by(dcl);

    if (dcl->ops->dpy_gfx_switch) {
        dcl->ops->dpy_gfx_switch(dcl, surface);
    }
    if (dcl->ops->dpy_gfx_update) {
        dcl->ops->dpy_gfx_update(dcl, 0, 0, surface_width(surface),
                                 surface_height(surface));
    }
    if (con && con->cursor && dcl->ops->dpy_cursor_define) {
        dcl->ops->dpy_cursor_define(dcl, con->cursor);
    }
    if (con && con->cursor && dcl->ops->dpy_mouse_set) {
        dcl->ops->dpy_mouse_set(dcl, con->cursor_x, con->cursor_y,
                                con->cursor_on);
    }
}

void register_displaychangelistener(DisplayChangeListener *dcl)
{
    DisplayState *ds = init_displaystate();

    if (shown_by(dcl)) {
        graphic_hw_update(shown_by(dcl)); /* what nobody has looked at yet */
    }
    dcl->ds = ds;
    QLIST_INSERT_HEAD(&ds->listeners, dcl, next);
    refresh_setup(ds);
    listener_switch(dcl);
}

void update_displaychangelistener(DisplayChangeListener *dcl, uint64_t interval)
{
    DisplayState *ds = dcl->ds;

    dcl->update_interval = interval;
    if (ds && ds->timer) {
        timer_mod_anticipate(ds->timer, ds->last + refresh_interval());
    }
}

void unregister_displaychangelistener(DisplayChangeListener *dcl)
{
    DisplayState *ds = dcl->ds;

    if (!ds) {
        return;
    }
    QLIST_REMOVE(dcl, next);
    dcl->ds = NULL;
    refresh_setup(ds);
}

/*** What has changed. ***/

void dpy_gfx_update(QemuConsole *con, int x, int y, int w, int h)
{
    DisplayChangeListener *dcl;
    int64_t right = (int64_t)x + w, bottom = (int64_t)y + h;

    if (!con->surface) {
        return;
    }
    x = MAX(x, 0);
    y = MAX(y, 0);
    w = MIN(right, surface_width(con->surface)) - x;
    h = MIN(bottom, surface_height(con->surface)) - y;
    if (w <= 0 || h <= 0) {
        return;
    }
    FOR_LISTENERS(dcl, con)
    {
        if (dcl->ops->dpy_gfx_update) {
            dcl->ops->dpy_gfx_update(dcl, x, y, w, h);
        }
    }
}

void dpy_gfx_update_full(QemuConsole *con)
{
    if (con->surface) {
        dpy_gfx_update(con, 0, 0, surface_width(con->surface),
                       surface_height(con->surface));
    }
}

void dpy_gfx_replace_surface(QemuConsole *con, DisplaySurface *surface)
{
    DisplaySurface *old = con->surface;
    DisplayChangeListener *dcl;

    if (surface == old && surface) {
        dpy_gfx_update_full(con);
        return;
    }
    con->surface = surface
                       ?: qemu_create_placeholder_surface(
                              old ? surface_width(old) : PLACEHOLDER_WIDTH,
                              old ? surface_height(old) : PLACEHOLDER_HEIGHT,
                              "Display output is not active.");
    FOR_LISTENERS(dcl, con)
    {
        listener_switch(dcl);
    }
    qemu_free_displaysurface(old);
}

bool dpy_gfx_check_format(QemuConsole *con, pixman_format_code_t format)
{
    DisplayChangeListener *dcl;

    FOR_LISTENERS(dcl, con)
    {
        if (dcl->ops->dpy_gfx_check_format
                ? !dcl->ops->dpy_gfx_check_format(dcl, format)
                : format != PIXMAN_x8r8g8b8) {
            return false;
        }
    }
    return true;
}

void dpy_text_cursor(QemuConsole *con, int x, int y)
{
    DisplayChangeListener *dcl;

    FOR_LISTENERS(dcl, con)
    {
        if (dcl->ops->dpy_text_cursor) {
            dcl->ops->dpy_text_cursor(dcl, x, y);
        }
    }
}

void dpy_text_update(QemuConsole *con, int x, int y, int w, int h)
{
    DisplayChangeListener *dcl;

    FOR_LISTENERS(dcl, con)
    {
        if (dcl->ops->dpy_text_update) {
            dcl->ops->dpy_text_update(dcl, x, y, w, h);
        }
    }
}

void dpy_text_resize(QemuConsole *con, int w, int h)
{
    DisplayChangeListener *dcl;

    FOR_LISTENERS(dcl, con)
    {
        if (dcl->ops->dpy_text_resize) {
            dcl->ops->dpy_text_resize(dcl, w, h);
        }
    }
}

void dpy_mouse_set(QemuConsole *con, int x, int y, bool on)
{
    DisplayChangeListener *dcl;

    con->cursor_x = x;
    con->cursor_y = y;
    con->cursor_on = on;
    FOR_LISTENERS(dcl, con)
    {
        if (dcl->ops->dpy_mouse_set) {
            dcl->ops->dpy_mouse_set(dcl, x, y, on);
        }
    }
}

void dpy_cursor_define(QemuConsole *con, QEMUCursor *cursor)
{
    DisplayChangeListener *dcl;

    cursor_ref(cursor);
    cursor_unref(con->cursor);
    con->cursor = cursor;
    FOR_LISTENERS(dcl, con)
    {
        if (dcl->ops->dpy_cursor_define) {
            dcl->ops->dpy_cursor_define(dcl, cursor);
        }
    }
}

bool console_has_gl(QemuConsole *con)
{
    return false;
}

/*** What listeners tell. ***/

bool dpy_ui_info_supported(const QemuConsole *con)
{
    con = con ?: active_console;
    return con && con->hw_ops->ui_info;
}

const QemuUIInfo *dpy_get_ui_info(const QemuConsole *con)
{
    con = con ?: active_console;
    return con ? &con->ui_info : NULL;
}

static void tell_ui_info(void *opaque)
{
    QemuConsole *con = opaque;

    if (con->hw_ops->ui_info) {
        con->hw_ops->ui_info(con->hw, con->head, &con->ui_info);
    }
}

int dpy_set_ui_info(QemuConsole *con, QemuUIInfo *info, bool delay)
{
    con = con ?: active_console;
    if (!dpy_ui_info_supported(con)) {
        return -1;
    }
    if (!memcmp(&con->ui_info, info, sizeof(*info))) {
        return 0;
    }
    con->ui_info = *info;
    if (!con->ui_timer) {
        con->ui_timer = timer_new_ms(QEMU_CLOCK_REALTIME, tell_ui_info, con);
    }
    timer_mod(con->ui_timer,
              qemu_clock_get_ms(QEMU_CLOCK_REALTIME) + (delay ? 1000 : 0));
    return 0;
}

/*** The device's side. ***/

static const GraphicHwOps no_ops;

/*
 * Listeners without a console of their own follow the active one, which is the
 * first graphic console, or else the first.
 */
static void maybe_activate(QemuConsole *con)
{
    DisplayChangeListener *dcl;

    if (active_console && (qemu_console_is_graphic(active_console) ||
                           !qemu_console_is_graphic(con))) {
        return;
    }
    active_console = con;
    QLIST_FOREACH(dcl, &init_displaystate()->listeners, next) {
        if (!dcl->con) {
            listener_switch(dcl);
        }
    }
}

void console_add(QemuConsole *con, DisplaySurface *surface)
{
    g_autofree char *name = NULL;

    con->index = console_count++;
    name = g_strdup_printf("console[%d]", con->index);
    QTAILQ_INSERT_TAIL(&consoles, con, next);
    object_property_add_child(object_get_container("backend"), name,
                              OBJECT(con));
    object_unref(OBJECT(con)); /* the tree has it */
    dpy_gfx_replace_surface(con, surface);
    maybe_activate(con);
}

/* A graphic console whose device has gone. */
static QemuConsole *find_closed(void)
{
    QemuConsole *con;

    QTAILQ_FOREACH(con, &consoles, next) {
        if (qemu_console_is_graphic(con) && con->hw_ops == &no_ops &&
            !con->device) {
            return con;
        }
    }
    return NULL;
}

static void set_device(QemuConsole *con, Object *device)
{
    object_property_set_link(OBJECT(con), "device", device, &error_abort);
}

QemuConsole *graphic_console_init(DeviceState *dev, uint32_t head,
                                  const GraphicHwOps *ops, void *opaque)
{
    QemuConsole *con = find_closed();
    bool made = !con;
    DisplaySurface *surface = qemu_create_placeholder_surface(
        PLACEHOLDER_WIDTH, PLACEHOLDER_HEIGHT,
        "Guest has not initialized the display (yet).");

    if (made) {
        con = QEMU_CONSOLE(object_new(TYPE_QEMU_GRAPHIC_CONSOLE));
    }
    con->head = head;
    graphic_console_set_hwops(con, ops, opaque);
    if (dev) {
        set_device(con, OBJECT(dev));
    }
    if (made) {
        console_add(con, surface);
    } else {
        dpy_gfx_replace_surface(con, surface);
    }
    return con;
}

void graphic_console_set_hwops(QemuConsole *con, const GraphicHwOps *hw_ops,
                               void *opaque)
{
    con->hw_ops = hw_ops ?: &no_ops;
    con->hw = opaque;
}

void graphic_console_close(QemuConsole *con)
{
    DisplaySurface *old = con->surface;

    set_device(con, NULL);
    graphic_console_set_hwops(con, &no_ops, NULL);
    dpy_gfx_replace_surface(con,
                            qemu_create_placeholder_surface(
                                old ? surface_width(old) : PLACEHOLDER_WIDTH,
                                old ? surface_height(old) : PLACEHOLDER_HEIGHT,
                                "Guest display has been unplugged"));
}

void graphic_hw_update(QemuConsole *con)
{
    con = con ?: active_console;
    if (con && con->hw_ops->gfx_update) {
        con->hw_ops->gfx_update(con->hw);
    }
}

void graphic_hw_update_done(QemuConsole *con)
{
}

void graphic_hw_invalidate(QemuConsole *con)
{
    con = con ?: active_console;
    if (con && con->hw_ops->invalidate) {
        con->hw_ops->invalidate(con->hw);
    }
}

void graphic_hw_text_update(QemuConsole *con, console_ch_t *chardata)
{
    con = con ?: active_console;
    if (con && con->hw_ops->text_update) {
        con->hw_ops->text_update(con->hw, chardata);
    }
}

void graphic_hw_gl_block(QemuConsole *con, bool block)
{
    con->gl_blocked += block ? 1 : -1;
    if (con->hw_ops->gl_block) {
        con->hw_ops->gl_block(con->hw, block);
    }
}

bool qemu_console_is_gl_blocked(QemuConsole *con)
{
    return con->gl_blocked;
}

QEMUCursor *qemu_console_get_cursor(QemuConsole *con)
{
    con = con ?: active_console;
    return con ? con->cursor : NULL;
}

void qemu_console_resize(QemuConsole *con, int width, int height)
{
    DisplaySurface *s = con->surface;

    if (s && surface_is_allocated(s) && !surface_is_placeholder(s) &&
        surface_width(s) == width && surface_height(s) == height) {
        return;
    }
    dpy_gfx_replace_surface(con, qemu_create_displaysurface(width, height));
}

/*** Asking. ***/

QemuConsole *qemu_console_lookup_default(void)
{
    QemuConsole *con;

    QTAILQ_FOREACH(con, &consoles, next) {
        if (qemu_console_is_graphic(con)) {
            return con;
        }
    }
    return QTAILQ_FIRST(&consoles);
}

QemuConsole *qemu_console_lookup_by_index(unsigned int index)
{
    QemuConsole *con;

    QTAILQ_FOREACH(con, &consoles, next) {
        if (con->index == index) {
            return con;
        }
    }
    return NULL;
}

QemuConsole *qemu_console_lookup_by_device(DeviceState *dev, uint32_t head)
{
    QemuConsole *con;

    QTAILQ_FOREACH(con, &consoles, next) {
        if (dev && con->device == OBJECT(dev) && con->head == head) {
            return con;
        }
    }
    return NULL;
}

QemuConsole *qemu_console_lookup_by_device_name(const char *device_id,
                                                uint32_t head, Error **errp)
{
    DeviceState *dev = qdev_find_recursive(sysbus_get_default(), device_id);
    QemuConsole *con;

    if (!dev) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND, "Device '%s' not found",
                  device_id);
        return NULL;
    }
    con = qemu_console_lookup_by_device(dev, head);
    if (!con) {
        error_setg(errp, "Device %s (head %d) is not bound to a QemuConsole",
                   device_id, head);
    }
    return con;
}

bool qemu_console_is_visible(QemuConsole *con)
{
    DisplayChangeListener *dcl;

    FOR_LISTENERS(dcl, con)
    {
        return true;
    }
    return false;
}

bool qemu_console_is_graphic(QemuConsole *con)
{
    con = con ?: active_console;
    return con && QEMU_IS_GRAPHIC_CONSOLE(con);
}

bool qemu_console_is_fixedsize(QemuConsole *con)
{
    con = con ?: active_console;
    return con &&
           (QEMU_IS_GRAPHIC_CONSOLE(con) || QEMU_IS_FIXED_TEXT_CONSOLE(con));
}

char *qemu_console_get_label(QemuConsole *con)
{
    DeviceState *dev = DEVICE(con->device);

    if (!dev) {
        return g_strdup(QEMU_IS_GRAPHIC_CONSOLE(con) ? "VGA" : "vc");
    }
    return con->head
               ? g_strdup_printf("%s.%u",
                                 dev->id ?: object_get_typename(OBJECT(dev)),
                                 con->head)
               : g_strdup(dev->id ?: object_get_typename(OBJECT(dev)));
}

int qemu_console_get_index(QemuConsole *con)
{
    con = con ?: active_console;
    return con ? con->index : -1;
}

uint32_t qemu_console_get_head(QemuConsole *con)
{
    con = con ?: active_console;
    return con ? con->head : 0;
}

int qemu_console_get_width(QemuConsole *con, int fallback)
{
    DisplaySurface *surface = qemu_console_surface(con);

    return surface ? surface_width(surface) : fallback;
}

int qemu_console_get_height(QemuConsole *con, int fallback)
{
    DisplaySurface *surface = qemu_console_surface(con);

    return surface ? surface_height(surface) : fallback;
}

DisplaySurface *qemu_console_surface(QemuConsole *con)
{
    con = con ?: active_console;
    return con ? con->surface : NULL;
}

/*** Types. ***/

static void console_init(Object *obj)
{
    QemuConsole *con = QEMU_CONSOLE(obj);

    con->hw_ops = &no_ops;
    object_property_add_link(obj, "device", TYPE_DEVICE, &con->device,
                             object_property_allow_set_link,
                             OBJ_PROP_LINK_STRONG);
    object_property_add_uint32_ptr(obj, "head", &con->head, OBJ_PROP_FLAG_READ);
}

static void console_finalize(Object *obj)
{
    QemuConsole *con = QEMU_CONSOLE(obj);

    if (con->ui_timer) {
        timer_free(con->ui_timer);
    }
    qemu_free_displaysurface(con->surface);
    cursor_unref(con->cursor);
}

struct QemuGraphicConsole {
    QemuConsole parent;
};

static const TypeInfo console_types[] = {
    {
        .name = TYPE_QEMU_CONSOLE,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(QemuConsole),
        .instance_init = console_init,
        .instance_finalize = console_finalize,
        .class_size = sizeof(QemuConsoleClass),
        .abstract = true,
    },
    {
        .name = TYPE_QEMU_GRAPHIC_CONSOLE,
        .parent = TYPE_QEMU_CONSOLE,
        .instance_size = sizeof(QemuGraphicConsole),
    },
};

DEFINE_TYPES(console_types)
