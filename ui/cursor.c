/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pictures of pointers: see QEMUCursor in include/ui/console.h. */
#include "qemu/osdep.h"
#include "ui/console.h"

#define MAX_SIDE 512

/* An arrow: '#' is its border, '.' its inside. */
static const char *const arrow[] = {
    "#           ", "##          ", "#.#         ", "#..#        ",
    "#...#       ", "#....#      ", "#.....#     ", "#......#    ",
    "#.......#   ", "#........#  ", "#.........# ", "#......#####",
    "#...#..#    ", "#..##..#    ", "#.#  #..#   ", "##   #..#   ",
    "#     #..#  ", "      #..#  ", "       ##   ",
};

QEMUCursor *cursor_alloc(uint16_t width, uint16_t height)
{
    QEMUCursor *c;

    if (width > MAX_SIDE || height > MAX_SIDE) {
        return NULL; /* a guest asks for it */
    }
    c = g_malloc0(sizeof(*c) + (size_t)width * height * sizeof(uint32_t));
    c->width = width;
    c->height = height;
    c->refcount = 1;
    return c;
}

QEMUCursor *cursor_ref(QEMUCursor *c)
{
    if (c) {
        c->refcount++;
    }
    return c;
}

void cursor_unref(QEMUCursor *c)
{
    if (c && --c->refcount == 0) {
        g_free(c);
    }
}

QEMUCursor *cursor_builtin_hidden(void)
{
    return cursor_alloc(1, 1);
}

QEMUCursor *cursor_builtin_left_ptr(void)
{
    int width = strlen(arrow[0]);
    QEMUCursor *c = cursor_alloc(width, ARRAY_SIZE(arrow));

    for (int i = 0; i < width * ARRAY_SIZE(arrow); i++) {
        char dot = arrow[i / width][i % width];

        c->data[i] = dot == '#' ? 0xff000000 : dot == '.' ? 0xffffffff : 0;
    }
    return c;
}

int cursor_get_mono_bpl(QEMUCursor *c)
{
    return DIV_ROUND_UP(c->width, 8);
}

void cursor_set_mono(QEMUCursor *c, uint32_t foreground, uint32_t background,
                     uint8_t *image, int transparent, uint8_t *mask)
{
    int bpl = cursor_get_mono_bpl(c);

    for (int i = 0; i < c->width * c->height; i++) {
        int at = i / c->width * bpl + i % c->width / 8;
        uint8_t bit = 0x80 >> i % c->width % 8;
        uint32_t colour = image[at] & bit ? foreground : background;
        bool seen = !(mask[at] & bit) == !!transparent;

        /* Where a screen would be inverted: there is no such colour. */
        seen |= transparent && image != mask && (image[at] & bit);
        c->data[i] = seen ? 0xff000000 | colour : 0;
    }
}

void cursor_get_mono_mask(QEMUCursor *c, int transparent, uint8_t *mask)
{
    int bpl = cursor_get_mono_bpl(c);

    memset(mask, 0, (size_t)bpl * c->height);
    for (int i = 0; i < c->width * c->height; i++) {
        bool seen = c->data[i] & 0xff000000;

        if (seen != !!transparent) {
            mask[i / c->width * bpl + i % c->width / 8] |=
                0x80 >> i % c->width % 8;
        }
    }
}
