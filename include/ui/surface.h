/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A DisplaySurface: the pixels of a screen. Either it has memory of its own, or
 * it shows the guest's. A console owns the one that dpy_gfx_replace_surface()
 * gives it; pixman counts references to the image, so that one who still reads
 * it (a screendump) keeps it.
 */
#ifndef SURFACE_H
#define SURFACE_H

#include "ui/qemu-pixman.h"

#define QEMU_ALLOCATED_FLAG   0x01 /* the memory is the surface's */
#define QEMU_PLACEHOLDER_FLAG 0x02 /* a message where there is no picture */

typedef struct DisplaySurface {
    pixman_image_t *image;
    uint8_t flags;
    qemu_pixman_shareable share_handle;
    uint32_t share_handle_offset;
} DisplaySurface;

/* The usual format of @bpp bits, taken apart. */
PixelFormat qemu_default_pixelformat(int bpp);

/*
 * A surface on pixels that somebody else has, for as long as it lives: @data,
 * @linesize bytes from row to row (a multiple of 4). @data NULL: its own.
 */
DisplaySurface *qemu_create_displaysurface_from(int width, int height,
                                                pixman_format_code_t format,
                                                int linesize, uint8_t *data);
/* A surface on @image, to which it takes a reference. */
DisplaySurface *qemu_create_displaysurface_pixman(pixman_image_t *image);
/* A surface that says @msg in its middle. */
DisplaySurface *qemu_create_placeholder_surface(int w, int h, const char *msg);
/* A black surface of PIXMAN_x8r8g8b8 with memory of its own. */
DisplaySurface *qemu_create_displaysurface(int width, int height);
/* @surface may be NULL. */
void qemu_free_displaysurface(DisplaySurface *surface);

void qemu_displaysurface_set_share_handle(DisplaySurface *surface,
                                          qemu_pixman_shareable handle,
                                          uint32_t offset);

static inline int surface_is_allocated(DisplaySurface *surface)
{
    return surface->flags & QEMU_ALLOCATED_FLAG;
}

static inline int surface_is_placeholder(DisplaySurface *surface)
{
    return surface->flags & QEMU_PLACEHOLDER_FLAG;
}

/* Bytes from row to row. */
static inline int surface_stride(DisplaySurface *s)
{
    return pixman_image_get_stride(s->image);
}

static inline void *surface_data(DisplaySurface *s)
{
    return pixman_image_get_data(s->image);
}

/* In pixels. */
static inline int surface_width(DisplaySurface *s)
{
    return pixman_image_get_width(s->image);
}

static inline int surface_height(DisplaySurface *s)
{
    return pixman_image_get_height(s->image);
}

static inline pixman_format_code_t surface_format(DisplaySurface *s)
{
    return pixman_image_get_format(s->image);
}

static inline int surface_bits_per_pixel(DisplaySurface *s)
{
    return PIXMAN_FORMAT_BPP(surface_format(s));
}

static inline int surface_bytes_per_pixel(DisplaySurface *s)
{
    return DIV_ROUND_UP(surface_bits_per_pixel(s), 8);
}

#endif
