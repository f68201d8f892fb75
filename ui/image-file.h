/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes pictures of 8 bits a colour to files. */
#ifndef UI_IMAGE_FILE_H
#define UI_IMAGE_FILE_H

#include "ui/qemu-pixman.h"

/*
 * Write @image at the place where @fd is, which stays open: a portable pixmap
 * (P6); a PNG, where libpng is there. False with @errp set, and part of the
 * picture in the file, when that cannot be.
 */
bool ppm_save(int fd, pixman_image_t *image, Error **errp);
bool png_save(int fd, pixman_image_t *image, Error **errp);

#endif
