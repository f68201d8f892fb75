/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text consoles and the character device `vc`: a terminal (vt.h) drawn in a
 * console. What is written only changes the terminal's cells; rows are drawn
 * when somebody looks. The terminal has a lock of its own, since writers need
 * not have the big one.
 */
#include "qemu/osdep.h"
#include "block/aio.h"
#include "chardev/char.h"
#include "console-internal.h"
#include "font.h"
#include "qapi/error.h"
#include "qemu/fifo8.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "vt.h"

#define DEFAULT_COLS 80
#define DEFAULT_ROWS 24
#define MAX_PIXELS   8192
#define KEYS_MAX     256

struct QemuTextConsole {
    QemuConsole parent;

    QemuMutex lock; /* of the terminal */
    VT vt;
    int back; /* by how many rows the view is turned back */
    bool draw_all;
    Fifo8 keys;   /* typed, and not yet taken by the front end */
    Chardev *chr; /* NULL: it was deleted */
    bool echo;
    bool answers_scheduled;
};

struct QemuFixedTextConsole {
    QemuTextConsole parent;
};

typedef struct VCChardev {
    Chardev parent;
    QemuTextConsole *console;
} VCChardev;

#define TYPE_VC_CHARDEV "chardev-vc"
OBJECT_DECLARE_SIMPLE_TYPE(VCChardev, VC_CHARDEV)

/*** Drawing. ***/

static uint32_t colour(unsigned number, bool bright)
{
    uint32_t full = bright ? 0xff : 0xaa;

    return (number & 1 ? full << 16 : 0) | (number & 2 ? full << 8 : 0) |
           (number & 4 ? full : 0);
}

static void draw_cell(uint32_t *pixels, int stride, const VTCell *cell,
                      bool cursor)
{
    uint32_t fg = colour(cell->fg, cell->bold), bg = colour(cell->bg, false);

    if (cell->inverse != cursor) {
        uint32_t t = fg;

        fg = bg;
        bg = t;
    }
    for (int row = 0; row < FONT_HEIGHT; row++, pixels += stride) {
        uint8_t bits = cell->invisible ? 0 : font_row(cell->ch, row);

        if (cell->underline && row == FONT_HEIGHT - 2) {
            bits = 0xff;
        }
        for (int x = 0; x < FONT_WIDTH; x++) {
            pixels[x] = bits & 0x80 >> x ? fg : bg;
        }
    }
}

static void draw_row(QemuTextConsole *s, int y)
{
    DisplaySurface *surface = s->parent.surface;
    int stride = surface_stride(surface) / sizeof(uint32_t);
    uint32_t *pixels =
        (uint32_t *)surface_data(surface) + y * FONT_HEIGHT * stride;
    const VTCell *cells = vt_row(&s->vt, y, s->back);
    int cursor = s->vt.show_cursor && y == s->vt.cursor.y + s->back
                     ? s->vt.cursor.x
                     : -1;

    for (int x = 0; x < s->vt.cols; x++) {
        draw_cell(pixels + x * FONT_WIDTH, stride, &cells[x], x == cursor);
    }
}

static void text_invalidate(void *opaque)
{
    QemuTextConsole *s = opaque;

    s->draw_all = true;
}

static void text_update(void *opaque)
{
    QemuTextConsole *s = opaque;
    QemuConsole *con = &s->parent;
    int first = -1;

    for (int y = 0; y <= s->vt.rows; y++) {
        bool draw = false;

        if (y < s->vt.rows) {
            QEMU_LOCK_GUARD(&s->lock);
            if (!y) {
                s->draw_all |= s->back && s->vt.scrolled;
                s->vt.scrolled = false;
            }
            draw = s->draw_all || s->vt.dirty[y];
            s->vt.dirty[y] = false;
            /* Turned back, rows are not where the terminal says. */
            s->draw_all |= draw && s->back;
            if (draw) {
                draw_row(s, y);
            }
        }
        if (draw && first < 0) {
            first = y;
        } else if (!draw && first >= 0) {
            dpy_gfx_update(con, 0, first * FONT_HEIGHT, s->vt.cols * FONT_WIDTH,
                           (y - first) * FONT_HEIGHT);
            first = -1;
        }
    }
    s->draw_all = false;
}

static const GraphicHwOps text_ops = {
    .invalidate = text_invalidate,
    .gfx_update = text_update,
};

/*** Keys. ***/

static void push_keys(QemuTextConsole *s)
{
    while (s->chr && !fifo8_is_empty(&s->keys)) {
        int room = qemu_chr_be_can_write(s->chr);
        const uint8_t *buf;
        uint32_t len;

        if (room <= 0) {
            return;
        }
        room = MIN(room, fifo8_num_used(&s->keys));
        buf = fifo8_pop_bufptr(&s->keys, room, &len);
        qemu_chr_be_write(s->chr, buf, len);
    }
}

static void type(QemuTextConsole *s, const char *buf, int len)
{
    len = MIN(len, fifo8_num_free(&s->keys)); /* nobody takes them: lost */
    if (len > 0) {
        fifo8_push_all(&s->keys, (const uint8_t *)buf, len);
    }
    push_keys(s);
}

/* Turns the view by @rows, back if positive. */
static void turn(QemuTextConsole *s, int rows)
{
    QEMU_LOCK_GUARD(&s->lock);
    s->back = CLAMP(s->back + rows, 0, s->vt.history_rows);
    s->draw_all = true;
}

/* The text that a special key sends: "\033[" and something. */
static int special_key(QemuTextConsole *s, int keysym, char *text, size_t size)
{
    int c = keysym & 0xff;

    if (c >= 'A' && c <= 'D') {
        return snprintf(text, size, "\033%c%c",
                        s->vt.application_keys ? 'O' : '[', c);
    }
    return snprintf(text, size, "\033[%d~", c);
}

void qemu_text_console_put_keysym(QemuTextConsole *s, int keysym)
{
    char text[8];
    int len = 0;

    if (!s) {
        QemuConsole *con = qemu_console_lookup_default();

        if (!con || !QEMU_IS_TEXT_CONSOLE(con)) {
            return;
        }
        s = QEMU_TEXT_CONSOLE(con);
    }
    switch (keysym) {
    case QEMU_KEY_CTRL_UP:
        turn(s, 1);
        return;
    case QEMU_KEY_CTRL_DOWN:
        turn(s, -1);
        return;
    case QEMU_KEY_CTRL_PAGEUP:
        turn(s, 10);
        return;
    case QEMU_KEY_CTRL_PAGEDOWN:
        turn(s, -10);
        return;
    }
    if (keysym > QEMU_KEY_ESC1(0) && keysym <= QEMU_KEY_ESC1('D')) {
        len = special_key(s, keysym, text, sizeof(text));
    } else if (keysym == '\n') {
        text[len++] = '\r';
    } else if (keysym > 0 && keysym < 0xe000) {
        len = g_unichar_to_utf8(keysym, text);
    }
    turn(s, -VT_HISTORY); /* who types wants to see what comes */
    type(s, text, len);
    if (s->echo && len) {
        QEMU_LOCK_GUARD(&s->lock);
        vt_write(&s->vt, (uint8_t *)text, len);
        if (keysym == '\n' || keysym == '\r') {
            vt_write(&s->vt, (const uint8_t *)"\n", 1);
        }
    }
}

static const struct {
    int qcode, keysym, with_ctrl;
} qcodes[] = {
    { Q_KEY_CODE_UP, QEMU_KEY_UP, QEMU_KEY_CTRL_UP },
    { Q_KEY_CODE_DOWN, QEMU_KEY_DOWN, QEMU_KEY_CTRL_DOWN },
    { Q_KEY_CODE_RIGHT, QEMU_KEY_RIGHT, QEMU_KEY_CTRL_RIGHT },
    { Q_KEY_CODE_LEFT, QEMU_KEY_LEFT, QEMU_KEY_CTRL_LEFT },
    { Q_KEY_CODE_HOME, QEMU_KEY_HOME, QEMU_KEY_CTRL_HOME },
    { Q_KEY_CODE_END, QEMU_KEY_END, QEMU_KEY_CTRL_END },
    { Q_KEY_CODE_PGUP, QEMU_KEY_PAGEUP, QEMU_KEY_CTRL_PAGEUP },
    { Q_KEY_CODE_PGDN, QEMU_KEY_PAGEDOWN, QEMU_KEY_CTRL_PAGEDOWN },
    { Q_KEY_CODE_DELETE, QEMU_KEY_DELETE, QEMU_KEY_DELETE },
    { Q_KEY_CODE_TAB, QEMU_KEY_TAB, QEMU_KEY_TAB },
    { Q_KEY_CODE_BACKSPACE, QEMU_KEY_BACKSPACE, QEMU_KEY_BACKSPACE },
};

bool qemu_text_console_put_qcode(QemuTextConsole *s, int qcode, bool ctrl)
{
    for (size_t i = 0; i < ARRAY_SIZE(qcodes); i++) {
        if (qcodes[i].qcode == qcode) {
            qemu_text_console_put_keysym(s, ctrl ? qcodes[i].with_ctrl
                                                 : qcodes[i].keysym);
            return true;
        }
    }
    return false;
}

void qemu_text_console_put_string(QemuTextConsole *s, const char *str, int len)
{
    for (int i = 0; i < len; i++) {
        qemu_text_console_put_keysym(s, (uint8_t)str[i]);
    }
}

/*** The character device. ***/

/* What the terminal has to answer goes the way of keys. */
static void send_answers(void *opaque)
{
    QemuTextConsole *s = opaque;
    char text[VT_ANSWER_MAX];
    size_t len;

    WITH_QEMU_LOCK_GUARD(&s->lock) {
        len = s->vt.answer_len;
        memcpy(text, s->vt.answer, len);
        s->vt.answer_len = 0;
        s->answers_scheduled = false;
    }
    type(s, text, len);
    object_unref(OBJECT(s));
}

static int vc_write(Chardev *chr, const uint8_t *buf, int len)
{
    QemuTextConsole *s = VC_CHARDEV(chr)->console;

    QEMU_LOCK_GUARD(&s->lock);
    vt_write(&s->vt, buf, len);
    if (s->vt.answer_len && !s->answers_scheduled) {
        s->answers_scheduled = true;
        object_ref(OBJECT(s));
        aio_bh_schedule_oneshot(qemu_get_aio_context(), send_answers, s);
    }
    return len;
}

static void vc_accept_input(Chardev *chr)
{
    push_keys(VC_CHARDEV(chr)->console);
}

static void vc_set_echo(Chardev *chr, bool echo)
{
    VC_CHARDEV(chr)->console->echo = echo;
}

/* A size in cells of what was asked for; false with @errp set: impossible. */
static bool console_size(const char *what, bool has_pixels, int64_t pixels,
                         bool has_cells, int64_t cells, int cell, int fallback,
                         int *result, Error **errp)
{
    if (has_pixels && pixels) {
        cells = pixels / cell;
    } else if (!has_cells || !cells) {
        cells = fallback;
    }
    if (cells < 1 || cells > MAX_PIXELS / cell) {
        error_setg(errp,
                   "a console of %" PRId64 " %s is not possible; from 1 to %d "
                   "it is",
                   cells, what, MAX_PIXELS / cell);
        return false;
    }
    *result = cells;
    return true;
}

static void vc_open(Chardev *chr, ChardevBackend *backend, bool *be_opened,
                    Error **errp)
{
    ChardevVC *vc = backend->u.vc.data;
    g_autofree char *greeting = NULL;
    QemuTextConsole *s;
    bool fixed = (vc->has_width && vc->width) || (vc->has_cols && vc->cols);
    int cols, rows;

    if (!console_size("columns", vc->has_width, vc->width, vc->has_cols,
                      vc->cols, FONT_WIDTH, DEFAULT_COLS, &cols, errp) ||
        !console_size("rows", vc->has_height, vc->height, vc->has_rows,
                      vc->rows, FONT_HEIGHT, DEFAULT_ROWS, &rows, errp)) {
        return;
    }
    s = QEMU_TEXT_CONSOLE(object_new(fixed ? TYPE_QEMU_FIXED_TEXT_CONSOLE
                                           : TYPE_QEMU_TEXT_CONSOLE));
    vt_init(&s->vt, cols, rows);
    s->draw_all = true;
    s->chr = chr;
    VC_CHARDEV(chr)->console = s;
    graphic_console_set_hwops(&s->parent, &text_ops, s);
    console_add(&s->parent, qemu_create_displaysurface(cols * FONT_WIDTH,
                                                       rows * FONT_HEIGHT));
    greeting =
        g_strdup_printf("\033[44m%s console\033[0m\r\n", chr->label ?: "vc");
    vt_write(&s->vt, (uint8_t *)greeting, strlen(greeting));
}

static void vc_parse(QemuOpts *opts, ChardevBackend *backend, Error **errp)
{
    ChardevVC *vc;

    backend->type = CHARDEV_BACKEND_KIND_VC;
    vc = backend->u.vc.data = g_new0(ChardevVC, 1);
    qemu_chr_parse_common(opts, qapi_ChardevVC_base(vc));
    vc->width = qemu_opt_get_number(opts, "width", 0);
    vc->has_width = vc->width != 0;
    vc->height = qemu_opt_get_number(opts, "height", 0);
    vc->has_height = vc->height != 0;
    vc->cols = qemu_opt_get_number(opts, "cols", 0);
    vc->has_cols = vc->cols != 0;
    vc->rows = qemu_opt_get_number(opts, "rows", 0);
    vc->has_rows = vc->rows != 0;
}

/* The console stays, and shows what came last. */
static void vc_finalize(Object *obj)
{
    QemuTextConsole *s = VC_CHARDEV(obj)->console;

    if (s) {
        s->chr = NULL;
    }
}

static void vc_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = vc_parse;
    cc->open = vc_open;
    cc->chr_write = vc_write;
    cc->chr_accept_input = vc_accept_input;
    cc->chr_set_echo = vc_set_echo;
}

/*** Types. ***/

static void text_console_init(Object *obj)
{
    QemuTextConsole *s = QEMU_TEXT_CONSOLE(obj);

    qemu_mutex_init(&s->lock);
    fifo8_create(&s->keys, KEYS_MAX);
}

static void text_console_finalize(Object *obj)
{
    QemuTextConsole *s = QEMU_TEXT_CONSOLE(obj);

    vt_free(&s->vt);
    fifo8_destroy(&s->keys);
    qemu_mutex_destroy(&s->lock);
}

static const TypeInfo text_console_types[] = {
    {
        .name = TYPE_QEMU_TEXT_CONSOLE,
        .parent = TYPE_QEMU_CONSOLE,
        .instance_size = sizeof(QemuTextConsole),
        .instance_init = text_console_init,
        .instance_finalize = text_console_finalize,
    },
    {
        .name = TYPE_QEMU_FIXED_TEXT_CONSOLE,
        .parent = TYPE_QEMU_TEXT_CONSOLE,
        .instance_size = sizeof(QemuFixedTextConsole),
    },
    {
        .name = TYPE_VC_CHARDEV,
        .parent = TYPE_CHARDEV,
        .instance_size = sizeof(VCChardev),
        .instance_finalize = vc_finalize,
        .class_init = vc_class_init,
    },
};

DEFINE_TYPES(text_console_types)
