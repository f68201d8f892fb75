/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal: see vt.h. Sequences are those of ECMA-48 and DEC's VT100. */
#include "qemu/osdep.h"
#include "vt.h"

enum { GROUND, ESCAPE, ESCAPE_SKIP, CSI, STRING, STRING_ESCAPE };

#define PLAIN ((VTCell){ .ch = ' ', .fg = 7 })

static void mark(VT *vt, int y)
{
    vt->dirty[y] = true;
}

static VTCell *cell_at(VT *vt, int x, int y)
{
    return &vt->screen[y * vt->cols + x];
}

/* Blanks cells [@x, @end) of row @y, in the colours that are set. */
static void clear(VT *vt, int y, int x, int end)
{
    VTCell blank = vt->cursor.attr;

    blank.underline = blank.inverse = false;
    for (; x < MIN(end, vt->cols); x++) {
        *cell_at(vt, x, y) = blank;
    }
    mark(vt, y);
}

static void clear_rows(VT *vt, int y, int end)
{
    for (; y < end; y++) {
        clear(vt, y, 0, vt->cols);
    }
}

static void remember(VT *vt)
{
    if (!vt->history) {
        vt->history = g_new(VTCell, (size_t)VT_HISTORY * vt->cols);
    }
    memcpy(vt->history + (size_t)vt->history_next * vt->cols, vt->screen,
           vt->cols * sizeof(VTCell));
    vt->history_next = (vt->history_next + 1) % VT_HISTORY;
    vt->history_rows = MIN(vt->history_rows + 1, VT_HISTORY);
}

/* Moves rows [@top, @bottom) up by @n, or down by -@n. */
static void scroll(VT *vt, int top, int bottom, int n)
{
    int height = bottom - top, keep;

    n = CLAMP(n, -height, height);
    keep = height - abs(n);
    if (n > 0 && top == 0 && bottom == vt->rows) {
        for (int i = 0; i < n; i++) {
            remember(vt);
            memmove(cell_at(vt, 0, 0), cell_at(vt, 0, 0) + vt->cols,
                    (size_t)(vt->rows - 1) * vt->cols * sizeof(VTCell));
        }
    } else {
        memmove(cell_at(vt, 0, top + MAX(-n, 0)),
                cell_at(vt, 0, top + MAX(n, 0)),
                (size_t)keep * vt->cols * sizeof(VTCell));
    }
    for (int y = top; y < bottom; y++) {
        mark(vt, y);
    }
    vt->scrolled = true;
    if (n > 0) {
        clear_rows(vt, bottom - n, bottom);
    } else {
        clear_rows(vt, top, top - n);
    }
}

static void go(VT *vt, int x, int y)
{
    mark(vt, vt->cursor.y);
    vt->cursor.x = CLAMP(x, 0, vt->cols - 1);
    vt->cursor.y = CLAMP(y, 0, vt->rows - 1);
    vt->wrap_pending = false;
    mark(vt, vt->cursor.y);
}

static void line_feed(VT *vt)
{
    if (vt->cursor.y == vt->bottom - 1) {
        scroll(vt, vt->top, vt->bottom, 1);
        vt->wrap_pending = false;
    } else {
        go(vt, vt->cursor.x, vt->cursor.y + 1);
    }
}

static void reverse_line_feed(VT *vt)
{
    if (vt->cursor.y == vt->top) {
        scroll(vt, vt->top, vt->bottom, -1);
    } else {
        go(vt, vt->cursor.x, vt->cursor.y - 1);
    }
}

static void put(VT *vt, uint32_t ch)
{
    VTCell *cell;

    if (vt->wrap_pending && vt->wrap) {
        vt->cursor.x = 0;
        line_feed(vt);
    }
    cell = cell_at(vt, vt->cursor.x, vt->cursor.y);
    if (vt->insert) {
        memmove(cell + 1, cell, (vt->cols - vt->cursor.x - 1) * sizeof(VTCell));
    }
    *cell = vt->cursor.attr;
    cell->ch = ch;
    mark(vt, vt->cursor.y);
    if (vt->cursor.x == vt->cols - 1) {
        vt->wrap_pending = true;
    } else {
        vt->cursor.x++;
    }
}

static void reset(VT *vt)
{
    vt->cursor = vt->saved = (VTCursor){ .attr = PLAIN };
    vt->wrap = vt->show_cursor = true;
    vt->newline = vt->application_keys = vt->insert = vt->origin = false;
    vt->wrap_pending = false;
    vt->top = 0;
    vt->bottom = vt->rows;
    vt->state = GROUND;
    vt->utf8_left = 0;
    clear_rows(vt, 0, vt->rows);
}

/*** Control characters and escape sequences. ***/

static void control(VT *vt, uint8_t c)
{
    switch (c) {
    case '\b':
        go(vt, vt->cursor.x - 1, vt->cursor.y);
        break;
    case '\t':
        go(vt, (vt->cursor.x | 7) + 1, vt->cursor.y);
        break;
    case '\n':
    case '\v':
    case '\f':
        line_feed(vt);
        if (vt->newline) {
            go(vt, 0, vt->cursor.y);
        }
        break;
    case '\r':
        go(vt, 0, vt->cursor.y);
        break;
    case 0x18: /* CAN and SUB end a sequence */
    case 0x1a:
        vt->state = GROUND;
        break;
    case 0x1b:
        vt->state = ESCAPE;
        break;
    }
}

static void escape(VT *vt, uint8_t c)
{
    vt->state = GROUND;
    switch (c) {
    case '[':
        vt->state = CSI;
        memset(vt->params, 0, sizeof(vt->params));
        vt->nparams = 0;
        vt->intermediate = 0;
        break;
    case ']':
    case 'P':
    case '^':
    case '_':
        vt->state = STRING;
        break;
    case '(':
    case ')':
    case '*':
    case '+':
    case '#':
    case ' ':
    case '%':
        vt->state = ESCAPE_SKIP;
        break;
    case '7':
        vt->saved = vt->cursor;
        break;
    case '8':
        go(vt, vt->saved.x, vt->saved.y);
        vt->cursor.attr = vt->saved.attr;
        break;
    case 'D':
        line_feed(vt);
        break;
    case 'E':
        go(vt, 0, vt->cursor.y);
        line_feed(vt);
        break;
    case 'M':
        reverse_line_feed(vt);
        break;
    case 'c':
        reset(vt);
        break;
    }
}

static void attribute(VT *vt, int p)
{
    VTCell *a = &vt->cursor.attr;

    switch (p) {
    case 0:
        *a = PLAIN;
        break;
    case 1:
        a->bold = true;
        break;
    case 4:
        a->underline = true;
        break;
    case 7:
        a->inverse = true;
        break;
    case 8:
        a->invisible = true;
        break;
    case 22:
        a->bold = false;
        break;
    case 24:
        a->underline = false;
        break;
    case 27:
        a->inverse = false;
        break;
    case 28:
        a->invisible = false;
        break;
    case 30 ... 37:
        a->fg = p - 30;
        break;
    case 39:
        a->fg = 7;
        break;
    case 40 ... 47:
        a->bg = p - 40;
        break;
    case 49:
        a->bg = 0;
        break;
    case 90 ... 97:
        a->fg = p - 90;
        a->bold = true;
        break;
    case 100 ... 107:
        a->bg = p - 100;
        break;
    }
}

static void attributes(VT *vt)
{
    for (int i = 0; i <= vt->nparams && i < VT_PARAMS; i++) {
        if (vt->params[i] == 38 || vt->params[i] == 48) {
            return; /* 256 colours: there are eight here */
        }
        attribute(vt, vt->params[i]);
    }
}

static void set_mode(VT *vt, bool on)
{
    for (int i = 0; i <= vt->nparams && i < VT_PARAMS; i++) {
        int p = vt->params[i] + (vt->intermediate == '?' ? 1000 : 0);

        switch (p) {
        case 4:
            vt->insert = on;
            break;
        case 20:
            vt->newline = on;
            break;
        case 1001:
            vt->application_keys = on;
            break;
        case 1006:
            vt->origin = on;
            go(vt, 0, on ? vt->top : 0);
            break;
        case 1007:
            vt->wrap = on;
            break;
        case 1025:
            vt->show_cursor = on;
            mark(vt, vt->cursor.y);
            break;
        }
    }
}

static void answer(VT *vt, const char *text)
{
    size_t len = strlen(text);

    /* Nobody fetches answers: those that do not fit are lost. */
    if (vt->answer_len + len <= VT_ANSWER_MAX) {
        memcpy(vt->answer + vt->answer_len, text, len);
        vt->answer_len += len;
    }
}

static void report(VT *vt, int what)
{
    char text[32];

    if (what == 5) {
        answer(vt, "\033[0n");
    } else if (what == 6) {
        snprintf(text, sizeof(text), "\033[%d;%dR", vt->cursor.y + 1,
                 vt->cursor.x + 1);
        answer(vt, text);
    }
}

static void erase_screen(VT *vt, int what)
{
    int x = vt->cursor.x, y = vt->cursor.y;

    if (what == 0) {
        clear(vt, y, x, vt->cols);
        clear_rows(vt, y + 1, vt->rows);
    } else if (what == 1) {
        clear_rows(vt, 0, y);
        clear(vt, y, 0, x + 1);
    } else if (what == 2 || what == 3) {
        clear_rows(vt, 0, vt->rows);
    }
}

static void erase_line(VT *vt, int what)
{
    if (what >= 0 && what <= 2) {
        clear(vt, vt->cursor.y, what == 0 ? vt->cursor.x : 0,
              what == 1 ? vt->cursor.x + 1 : vt->cols);
    }
}

/* Inserts @n blanks at the cursor, or takes -@n cells away. */
static void shift_cells(VT *vt, int n)
{
    int room = vt->cols - vt->cursor.x;
    VTCell *here = cell_at(vt, vt->cursor.x, vt->cursor.y);

    n = CLAMP(n, -room, room);
    memmove(here + MAX(n, 0), here + MAX(-n, 0),
            (room - abs(n)) * sizeof(VTCell));
    if (n > 0) {
        clear(vt, vt->cursor.y, vt->cursor.x, vt->cursor.x + n);
    } else {
        clear(vt, vt->cursor.y, vt->cols + n, vt->cols);
    }
}

static void set_region(VT *vt)
{
    int top = MAX(vt->params[0], 1) - 1;
    int bottom = vt->params[1] ? MIN(vt->params[1], vt->rows) : vt->rows;

    if (bottom - top >= 2 || (top == 0 && bottom == vt->rows)) {
        vt->top = top;
        vt->bottom = bottom;
        go(vt, 0, vt->origin ? top : 0);
    }
}

static void csi_final(VT *vt, uint8_t c)
{
    int x = vt->cursor.x, y = vt->cursor.y, p = vt->params[0], n = MAX(p, 1);
    int above = vt->origin ? vt->top : 0;

    if (vt->intermediate && c != 'h' && c != 'l') {
        return;
    }
    switch (c) {
    case '@':
        shift_cells(vt, n);
        break;
    case 'A':
        go(vt, x, MAX(y - n, y >= vt->top ? vt->top : 0));
        break;
    case 'B':
    case 'e':
        go(vt, x, MIN(y + n, y < vt->bottom ? vt->bottom - 1 : vt->rows));
        break;
    case 'C':
    case 'a':
        go(vt, x + n, y);
        break;
    case 'D':
        go(vt, x - n, y);
        break;
    case 'E':
        go(vt, 0, y + n);
        break;
    case 'F':
        go(vt, 0, y - n);
        break;
    case 'G':
    case '`':
        go(vt, n - 1, y);
        break;
    case 'H':
    case 'f':
        go(vt, MAX(vt->params[1], 1) - 1, n - 1 + above);
        break;
    case 'J':
        erase_screen(vt, p);
        break;
    case 'K':
        erase_line(vt, p);
        break;
    case 'L':
    case 'M':
        if (y >= vt->top && y < vt->bottom) {
            scroll(vt, y, vt->bottom, c == 'M' ? n : -n);
        }
        break;
    case 'P':
        shift_cells(vt, -n);
        break;
    case 'S':
        scroll(vt, vt->top, vt->bottom, n);
        break;
    case 'T':
        scroll(vt, vt->top, vt->bottom, -n);
        break;
    case 'X':
        clear(vt, y, x, x + MIN(n, vt->cols));
        break;
    case 'c':
        answer(vt, "\033[?6c"); /* a VT102 */
        break;
    case 'd':
        go(vt, x, n - 1 + above);
        break;
    case 'h':
    case 'l':
        set_mode(vt, c == 'h');
        break;
    case 'm':
        attributes(vt);
        break;
    case 'n':
        report(vt, p);
        break;
    case 'r':
        set_region(vt);
        break;
    case 's':
        vt->saved = vt->cursor;
        break;
    case 'u':
        go(vt, vt->saved.x, vt->saved.y);
        vt->cursor.attr = vt->saved.attr;
        break;
    }
}

static void csi(VT *vt, uint8_t c)
{
    if (c >= '0' && c <= '9') {
        if (vt->nparams < VT_PARAMS) {
            int *p = &vt->params[vt->nparams];

            *p = MIN(*p * 10 + c - '0', 9999);
        }
    } else if (c == ';' || c == ':') {
        vt->nparams = MIN(vt->nparams + 1, VT_PARAMS);
    } else if (c >= 0x40 && c <= 0x7e) {
        vt->state = GROUND;
        csi_final(vt, c);
    } else {
        vt->intermediate = c;
    }
}

/*** Characters. ***/

static void character(VT *vt, uint8_t c)
{
    if (c < 0x80) {
        if (vt->utf8_left) {
            put(vt, 0xfffd);
        }
        vt->utf8_left = 0;
        if (c != 0x7f) {
            put(vt, c);
        }
    } else if (c < 0xc0) {
        if (!vt->utf8_left) {
            put(vt, 0xfffd);
            return;
        }
        vt->utf8 = vt->utf8 << 6 | (c & 0x3f);
        if (!--vt->utf8_left) {
            put(vt, vt->utf8 <= 0x10ffff ? vt->utf8 : 0xfffd);
        }
    } else if (c < 0xf8) {
        vt->utf8_left = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
        vt->utf8 = c & (0x3f >> vt->utf8_left);
    } else {
        put(vt, 0xfffd);
    }
}

static void byte(VT *vt, uint8_t c)
{
    if (vt->state == STRING || vt->state == STRING_ESCAPE) {
        bool end = c == '\a' || (vt->state == STRING_ESCAPE && c == '\\') ||
                   c == 0x18 || c == 0x1a;

        vt->state = end ? GROUND : c == 0x1b ? STRING_ESCAPE : STRING;
        return;
    }
    if (c < 0x20) {
        control(vt, c);
        return;
    }
    switch (vt->state) {
    case GROUND:
        character(vt, c);
        break;
    case ESCAPE:
        escape(vt, c);
        break;
    case ESCAPE_SKIP:
        vt->state = GROUND;
        break;
    case CSI:
        csi(vt, c);
        break;
    }
}

void vt_write(VT *vt, const uint8_t *buf, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        byte(vt, buf[i]);
    }
}

const VTCell *vt_row(const VT *vt, int y, int back)
{
    int at;

    if (y >= back) {
        return vt->screen + (size_t)(y - back) * vt->cols;
    }
    at = vt->history_next - (back - y) + VT_HISTORY;
    return vt->history + (size_t)(at % VT_HISTORY) * vt->cols;
}

void vt_init(VT *vt, int cols, int rows)
{
    *vt = (VT){ .cols = cols, .rows = rows };
    vt->screen = g_new0(VTCell, (size_t)cols * rows);
    vt->dirty = g_new0(bool, rows);
    reset(vt);
}

void vt_free(VT *vt)
{
    g_free(vt->screen);
    g_free(vt->history);
    g_free(vt->dirty);
}
