/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pixels of a screen: see include/ui/surface.h. */
#include "qemu/osdep.h"
#include "font.h"
#include "ui/console.h"

PixelFormat qemu_default_pixelformat(int bpp)
{
    return qemu_pixelformat_from_pixman(qemu_default_pixman_format(bpp, true));
}

/* Takes the reference to @image that the caller has. */
static DisplaySurface *surface_new(pixman_image_t *image, uint8_t flags)
{
    DisplaySurface *surface = g_new0(DisplaySurface, 1);

    g_assert(image); /* sizes and strides are checked where a guest sets them */
    surface->image = image;
    surface->flags = flags;
    surface->share_handle = SHAREABLE_NONE;
    return surface;
}

DisplaySurface *qemu_create_displaysurface_from(int width, int height,
                                                pixman_format_code_t format,
                                                int linesize, uint8_t *data)
{
    return surface_new(pixman_image_create_bits(format, width, height,
                                                (uint32_t *)data, linesize),
                       0);
}

DisplaySurface *qemu_create_displaysurface_pixman(pixman_image_t *image)
{
    return surface_new(pixman_image_ref(image), 0);
}

DisplaySurface *qemu_create_displaysurface(int width, int height)
{
    return surface_new(pixman_image_create_bits(PIXMAN_x8r8g8b8, width, height,
                                                NULL, width * 4),
                       QEMU_ALLOCATED_FLAG);
}

void qemu_free_displaysurface(DisplaySurface *surface)
{
    if (surface) {
        qemu_pixman_image_unref(surface->image);
        g_free(surface);
    }
}

void qemu_displaysurface_set_share_handle(DisplaySurface *surface,
                                          qemu_pixman_shareable handle,
                                          uint32_t offset)
{
    surface->share_handle = handle;
    surface->share_handle_offset = offset;
}

DisplaySurface *qemu_create_placeholder_surface(int w, int h, const char *msg)
{
    DisplaySurface *surface = qemu_create_displaysurface(w, h);
    int len = strlen(msg), left = (w - len * FONT_WIDTH) / 2;
    int top = (h - FONT_HEIGHT) / 2;
    uint32_t *pixels = surface_data(surface);

    surface->flags |= QEMU_PLACEHOLDER_FLAG;
    for (int i = 0; i < len * FONT_WIDTH; i++) {
        for (int row = 0; row < FONT_HEIGHT; row++) {
            int x = left + i, y = top + row;

            if (x >= 0 && x < w && y >= 0 && y < h &&
                font_row((uint8_t)msg[i / FONT_WIDTH], row) &
                    0x80 >> i % FONT_WIDTH) {
                pixels[y * w + x] = 0xaaaaaa;
            }
        }
    }
    return surface;
}
