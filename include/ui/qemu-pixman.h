/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What we add to pixman, whose images are the pixels of every screen.
 *
 * A pixman format names the bits of a pixel from the highest to the lowest, as
 * a number of the host. PIXMAN_BE_* and PIXMAN_LE_* are the formats of which
 * the bytes in memory have a fixed order: those of files, guests and clients.
 */
#ifndef QEMU_PIXMAN_H
#define QEMU_PIXMAN_H

#include <pixman.h>
#include "qapi/error.h"

#if HOST_BIG_ENDIAN
#define PIXMAN_BE_r8g8b8   PIXMAN_r8g8b8
#define PIXMAN_BE_x8r8g8b8 PIXMAN_x8r8g8b8
#define PIXMAN_BE_a8r8g8b8 PIXMAN_a8r8g8b8
#define PIXMAN_BE_b8g8r8x8 PIXMAN_b8g8r8x8
#define PIXMAN_BE_b8g8r8a8 PIXMAN_b8g8r8a8
#define PIXMAN_BE_r8g8b8x8 PIXMAN_r8g8b8x8
#define PIXMAN_BE_r8g8b8a8 PIXMAN_r8g8b8a8
#define PIXMAN_BE_x8b8g8r8 PIXMAN_x8b8g8r8
#define PIXMAN_BE_a8b8g8r8 PIXMAN_a8b8g8r8
#define PIXMAN_LE_r8g8b8   PIXMAN_b8g8r8
#define PIXMAN_LE_a8r8g8b8 PIXMAN_b8g8r8a8
#define PIXMAN_LE_x8r8g8b8 PIXMAN_b8g8r8x8
#define PIXMAN_LE_a8b8g8r8 PIXMAN_r8g8b8a8
#define PIXMAN_LE_x8b8g8r8 PIXMAN_r8g8b8x8
#else
#define PIXMAN_BE_r8g8b8   PIXMAN_b8g8r8
#define PIXMAN_BE_x8r8g8b8 PIXMAN_b8g8r8x8
#define PIXMAN_BE_a8r8g8b8 PIXMAN_b8g8r8a8
#define PIXMAN_BE_b8g8r8x8 PIXMAN_x8r8g8b8
#define PIXMAN_BE_b8g8r8a8 PIXMAN_a8r8g8b8
#define PIXMAN_BE_r8g8b8x8 PIXMAN_x8b8g8r8
#define PIXMAN_BE_r8g8b8a8 PIXMAN_a8b8g8r8
#define PIXMAN_BE_x8b8g8r8 PIXMAN_r8g8b8x8
#define PIXMAN_BE_a8b8g8r8 PIXMAN_r8g8b8a8
#define PIXMAN_LE_r8g8b8   PIXMAN_r8g8b8
#define PIXMAN_LE_a8r8g8b8 PIXMAN_a8r8g8b8
#define PIXMAN_LE_x8r8g8b8 PIXMAN_x8r8g8b8
#define PIXMAN_LE_a8b8g8r8 PIXMAN_a8b8g8r8
#define PIXMAN_LE_x8b8g8r8 PIXMAN_x8b8g8r8
#endif

/* An initializer of a pixman_color_t from components of 8 bits. */
#define QEMU_PIXMAN_COLOR(r, g, b)                                             \
    {                                                                          \
        .red = (r) << 8, .green = (g) << 8, .blue = (b) << 8, .alpha = 0xffff  \
    }
#define QEMU_PIXMAN_COLOR_BLACK QEMU_PIXMAN_COLOR(0x00, 0x00, 0x00)
#define QEMU_PIXMAN_COLOR_GRAY  QEMU_PIXMAN_COLOR(0xaa, 0xaa, 0xaa)

/* A format taken apart: masks are in place, max is the mask shifted down. */
typedef struct PixelFormat {
    uint8_t bits_per_pixel;
    uint8_t bytes_per_pixel;
    uint8_t depth; /* bits that make the colour */
    uint32_t rmask, gmask, bmask, amask;
    uint8_t rshift, gshift, bshift, ashift;
    uint8_t rmax, gmax, bmax, amax;
    uint8_t rbits, gbits, bbits, abits;
} PixelFormat;

/* @format taken apart. */
PixelFormat qemu_pixelformat_from_pixman(pixman_format_code_t format);
/*
 * The usual format of @bpp bits (15, 16, 24, 32) in the host's byte order, or
 * in the other one; 0 where there is none.
 */
pixman_format_code_t qemu_default_pixman_format(int bpp, bool native_endian);
/* A format code of Linux's DRM (drm_fourcc.h) and back; 0: not known here. */
pixman_format_code_t qemu_drm_format_to_pixman(uint32_t drm_format);
uint32_t qemu_pixman_to_drm_format(pixman_format_code_t pixman);
/* Whether a listener that copies pixels with pixman can take @format. */
bool qemu_pixman_check_format(DisplayChangeListener *dcl,
                              pixman_format_code_t format);

/* An image of one row, and filling it from row @y of @fb, from @x on. */
pixman_image_t *qemu_pixman_linebuf_create(pixman_format_code_t format,
                                           int width);
void qemu_pixman_linebuf_fill(pixman_image_t *linebuf, pixman_image_t *fb,
                              int width, int x, int y);

/*
 * The glyph @ch of a font of 8 pixels' width, one byte a row, as an image of
 * coverage; drawing it into cell (@x, @y) of cells of @cw times @ch pixels.
 */
pixman_image_t *qemu_pixman_glyph_from_vgafont(int height, const uint8_t *font,
                                               unsigned int ch);
void qemu_pixman_glyph_render(pixman_image_t *glyph, pixman_image_t *surface,
                              pixman_color_t *fgcol, pixman_color_t *bgcol,
                              int x, int y, int cw, int ch);

/* Drops a reference; @image may be NULL. */
void qemu_pixman_image_unref(pixman_image_t *image);

/* Pixels that another process can map: a descriptor. Nobody asks for them. */
typedef int qemu_pixman_shareable;
#define SHAREABLE_NONE           (-1)
#define SHAREABLE_TO_PTR(handle) GINT_TO_POINTER(handle)
#define PTR_TO_SHAREABLE(ptr)    GPOINTER_TO_INT(ptr)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(pixman_image_t, qemu_pixman_image_unref)

#endif
