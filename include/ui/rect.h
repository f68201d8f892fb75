/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rectangles of pixels: where they are and how large. */
#ifndef QEMU_RECT_H
#define QEMU_RECT_H

typedef struct QemuRect {
    int16_t x;
    int16_t y;
    uint16_t width;
    uint16_t height;
} QemuRect;

/* Sets all of @rect. */
static inline void qemu_rect_init(QemuRect *rect, int16_t x, int16_t y,
                                  uint16_t width, uint16_t height)
{
    *rect = (QemuRect){ .x = x, .y = y, .width = width, .height = height };
}

/* Moves @rect. */
static inline void qemu_rect_translate(QemuRect *rect, int16_t dx, int16_t dy)
{
    rect->x += dx;
    rect->y += dy;
}

/* Whether @a and @b have pixels in common; these in @res (may be NULL). */
static inline bool qemu_rect_intersect(const QemuRect *a, const QemuRect *b,
                                       QemuRect *res)
{
    int left = MAX(a->x, b->x), top = MAX(a->y, b->y);
    int right = MIN(a->x + a->width, b->x + b->width);
    int bottom = MIN(a->y + a->height, b->y + b->height);
    bool some = left < right && top < bottom;

    if (res && some) {
        qemu_rect_init(res, left, top, right - left, bottom - top);
    } else if (res) {
        qemu_rect_init(res, 0, 0, 0, 0);
    }
    return some;
}

#endif
