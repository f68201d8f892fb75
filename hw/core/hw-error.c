/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end, through a fault of a device of ours. */
#include "qemu/osdep.h"
#include "hw/hw.h"

void hw_error(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fprintf(stderr, "qemu: hardware error: ");
    vfprintf(stderr, fmt, ap);
    fprintf(stderr, "\n");
    va_end(ap);
    abort();
}
