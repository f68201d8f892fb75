/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formats of pixels, and glyphs: see include/ui/qemu-pixman.h. */
#include "qemu/osdep.h"
#include "ui/console.h"

/* Sets where the component of @bits bits above @shift lies. */
static void set_component(int bits, int shift, uint32_t *mask, uint8_t *max,
                          uint8_t *at, uint8_t *count)
{
    *count = bits;
    *at = shift;
    *max = (1u << bits) - 1;
    *mask = (uint32_t)*max << shift;
}

PixelFormat qemu_pixelformat_from_pixman(pixman_format_code_t format)
{
    int a = PIXMAN_FORMAT_A(format), r = PIXMAN_FORMAT_R(format);
    int g = PIXMAN_FORMAT_G(format), b = PIXMAN_FORMAT_B(format);
    int bpp = PIXMAN_FORMAT_BPP(format), low;
    PixelFormat pf = { .bits_per_pixel = bpp,
                       .bytes_per_pixel = DIV_ROUND_UP(bpp, 8),
                       .depth = PIXMAN_FORMAT_DEPTH(format) };
    int ash = 0, rsh = 0, gsh = 0, bsh = 0;

    switch (PIXMAN_FORMAT_TYPE(format)) {
    case PIXMAN_TYPE_ARGB:
        gsh = b;
        rsh = b + g;
        ash = b + g + r;
        break;
    case PIXMAN_TYPE_ABGR:
        gsh = r;
        bsh = r + g;
        ash = r + g + b;
        break;
    case PIXMAN_TYPE_BGRA: /* colours at the top */
        low = bpp - r - g - b;
        rsh = low;
        gsh = low + r;
        bsh = low + r + g;
        break;
    case PIXMAN_TYPE_RGBA:
        low = bpp - r - g - b;
        bsh = low;
        gsh = low + b;
        rsh = low + b + g;
        break;
    default:
        return pf;
    }
    set_component(a, ash, &pf.amask, &pf.amax, &pf.ashift, &pf.abits);
    set_component(r, rsh, &pf.rmask, &pf.rmax, &pf.rshift, &pf.rbits);
    set_component(g, gsh, &pf.gmask, &pf.gmax, &pf.gshift, &pf.gbits);
    set_component(b, bsh, &pf.bmask, &pf.bmax, &pf.bshift, &pf.bbits);
    return pf;
}

pixman_format_code_t qemu_default_pixman_format(int bpp, bool native_endian)
{
    switch (bpp) {
    case 15:
        return native_endian ? PIXMAN_x1r5g5b5 : 0;
    case 16:
        return native_endian ? PIXMAN_r5g6b5 : 0;
    case 24:
        return native_endian ? PIXMAN_r8g8b8 : PIXMAN_b8g8r8;
    case 32:
        return native_endian ? PIXMAN_x8r8g8b8 : PIXMAN_b8g8r8x8;
    default:
        return 0;
    }
}

#define FOURCC(a, b, c, d)                                                     \
    ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 |                \
     (uint32_t)(d) << 24)

/* DRM's formats are little endian. */
static const struct {
    uint32_t drm;
    pixman_format_code_t pixman;
} drm_formats[] = {
    { FOURCC('R', 'G', '2', '4'), PIXMAN_LE_r8g8b8 },
    { FOURCC('A', 'R', '2', '4'), PIXMAN_LE_a8r8g8b8 },
    { FOURCC('X', 'R', '2', '4'), PIXMAN_LE_x8r8g8b8 },
    { FOURCC('X', 'B', '2', '4'), PIXMAN_LE_x8b8g8r8 },
    { FOURCC('A', 'B', '2', '4'), PIXMAN_LE_a8b8g8r8 },
};

pixman_format_code_t qemu_drm_format_to_pixman(uint32_t drm_format)
{
    for (size_t i = 0; i < ARRAY_SIZE(drm_formats); i++) {
        if (drm_formats[i].drm == drm_format) {
            return drm_formats[i].pixman;
        }
    }
    return 0;
}

uint32_t qemu_pixman_to_drm_format(pixman_format_code_t pixman)
{
    for (size_t i = 0; i < ARRAY_SIZE(drm_formats); i++) {
        if (drm_formats[i].pixman == pixman) {
            return drm_formats[i].drm;
        }
    }
    return 0;
}

bool qemu_pixman_check_format(DisplayChangeListener *dcl,
                              pixman_format_code_t format)
{
    switch (format) {
    case PIXMAN_x8r8g8b8:
    case PIXMAN_a8r8g8b8:
    case PIXMAN_b8g8r8x8:
    case PIXMAN_b8g8r8a8:
    case PIXMAN_x8b8g8r8:
    case PIXMAN_a8b8g8r8:
    case PIXMAN_r8g8b8:
    case PIXMAN_b8g8r8:
    case PIXMAN_r5g6b5:
    case PIXMAN_x1r5g5b5:
        return true;
    default:
        return false;
    }
}

pixman_image_t *qemu_pixman_linebuf_create(pixman_format_code_t format,
                                           int width)
{
    return pixman_image_create_bits(format, width, 1, NULL, 0);
}

void qemu_pixman_linebuf_fill(pixman_image_t *linebuf, pixman_image_t *fb,
                              int width, int x, int y)
{
    pixman_image_composite(PIXMAN_OP_SRC, fb, NULL, linebuf, x, y, 0, 0, 0, 0,
                           width, 1);
}

pixman_image_t *qemu_pixman_glyph_from_vgafont(int height, const uint8_t *font,
                                               unsigned int ch)
{
    pixman_image_t *glyph =
        pixman_image_create_bits(PIXMAN_a8, 8, height, NULL, 0);
    uint8_t *data = (uint8_t *)pixman_image_get_data(glyph);
    int stride = pixman_image_get_stride(glyph);

    for (int y = 0; y < height; y++) {
        uint8_t bits = font[ch * height + y];

        for (int x = 0; x < 8; x++) {
            data[y * stride + x] = bits & (0x80 >> x) ? 0xff : 0;
        }
    }
    return glyph;
}

void qemu_pixman_glyph_render(pixman_image_t *glyph, pixman_image_t *surface,
                              pixman_color_t *fgcol, pixman_color_t *bgcol,
                              int x, int y, int cw, int ch)
{
    pixman_image_t *fg = pixman_image_create_solid_fill(fgcol);
    pixman_image_t *bg = pixman_image_create_solid_fill(bgcol);

    pixman_image_composite(PIXMAN_OP_SRC, bg, NULL, surface, 0, 0, 0, 0, x * cw,
                           y * ch, cw, ch);
    pixman_image_composite(PIXMAN_OP_OVER, fg, glyph, surface, 0, 0, 0, 0,
                           x * cw, y * ch, cw, ch);
    pixman_image_unref(fg);
    pixman_image_unref(bg);
}

void qemu_pixman_image_unref(pixman_image_t *image)
{
    if (image) {
        pixman_image_unref(image);
    }
}
