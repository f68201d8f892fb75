/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text for the monitor or standard output: see qemu/qemu-print.h.
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/qemu-print.h"

int qemu_vprintf(const char *fmt, va_list ap)
{
    return error_sink_active() ? error_vprintf(fmt, ap) : vprintf(fmt, ap);
}

int qemu_printf(const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = qemu_vprintf(fmt, ap);
    va_end(ap);
    return n;
}

int qemu_vfprintf(FILE *stream, const char *fmt, va_list ap)
{
    return stream ? vfprintf(stream, fmt, ap) : qemu_vprintf(fmt, ap);
}

int qemu_fprintf(FILE *stream, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = qemu_vfprintf(stream, fmt, ap);
    va_end(ap);
    return n;
}
