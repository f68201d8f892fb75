/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pictures as files: see image-file.h. */
#include "qemu/osdep.h"
#ifdef CONFIG_PNG
#include <png.h>
#endif
#include "image-file.h"
#include "qapi/error.h"

static bool write_all(int fd, const void *buf, size_t len, Error **errp)
{
    ssize_t done = qemu_write_full(fd, buf, len);

    if (done != len) {
        error_setg_errno(errp, errno, "cannot write the picture");
        return false;
    }
    return true;
}

/* Row @y of @image as bytes red, green, blue. */
static const uint8_t *rgb_row(pixman_image_t *line, pixman_image_t *image,
                              int y)
{
    qemu_pixman_linebuf_fill(line, image, pixman_image_get_width(image), 0, y);
    return (uint8_t *)pixman_image_get_data(line);
}

bool ppm_save(int fd, pixman_image_t *image, Error **errp)
{
    int width = pixman_image_get_width(image);
    int height = pixman_image_get_height(image);
    g_autofree char *header =
        g_strdup_printf("P6\n%d %d\n255\n", width, height);
    g_autoptr(pixman_image_t) line =
        qemu_pixman_linebuf_create(PIXMAN_BE_r8g8b8, width);

    if (!write_all(fd, header, strlen(header), errp)) {
        return false;
    }
    for (int y = 0; y < height; y++) {
        if (!write_all(fd, rgb_row(line, image, y), width * 3, errp)) {
            return false;
        }
    }
    return true;
}

#ifdef CONFIG_PNG

typedef struct PngWriter {
    int fd;
    Error **errp;
} PngWriter;

static void png_write(png_structp png, png_bytep data, png_size_t len)
{
    PngWriter *w = png_get_io_ptr(png);

    if (!write_all(w->fd, data, len, w->errp)) {
        png_longjmp(png, 1);
    }
}

static void png_flush_nothing(png_structp png)
{
}

static void QEMU_NORETURN png_failed(png_structp png, png_const_charp message)
{
    PngWriter *w = png_get_error_ptr(png);

    error_setg(w->errp, "cannot make a PNG: %s", message);
    png_longjmp(png, 1);
}

/* In a function of its own: nothing here is changed after setjmp(). */
static bool write_png_rows(png_structp png, png_infop info,
                           pixman_image_t *line, pixman_image_t *image)
{
    int height = pixman_image_get_height(image);

    if (setjmp(png_jmpbuf(png))) {
        return false; /* errp is set */
    }
    png_set_IHDR(png, info, pixman_image_get_width(image), height, 8,
                 PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
    png_write_info(png, info);
    for (int y = 0; y < height; y++) {
        png_write_row(png, rgb_row(line, image, y));
    }
    png_write_end(png, NULL);
    return true;
}

bool png_save(int fd, pixman_image_t *image, Error **errp)
{
    ERRP_GUARD();
    PngWriter w = { .fd = fd, .errp = errp };
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, &w, png_failed, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    g_autoptr(pixman_image_t) line = qemu_pixman_linebuf_create(
        PIXMAN_BE_r8g8b8, pixman_image_get_width(image));
    bool ok = false;

    if (info) {
        png_set_write_fn(png, &w, png_write, png_flush_nothing);
        ok = write_png_rows(png, info, line, image);
    } else {
        error_setg(errp, "cannot make a PNG: no memory");
    }
    png_destroy_write_struct(&png, &info);
    return ok;
}

#else

bool png_save(int fd, pixman_image_t *image, Error **errp)
{
    error_setg(errp, "Enable PNG support with libpng for screendump");
    return false;
}

#endif
