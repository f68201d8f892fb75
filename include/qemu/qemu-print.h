/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text for whoever asked: to the human monitor that the calling thread serves,
 * else to standard output. For help that both the command line and the monitor
 * can ask for.
 */
#ifndef QEMU_PRINT_H
#define QEMU_PRINT_H

/* As vprintf() and printf(). */
int qemu_vprintf(const char *fmt, va_list ap) G_GNUC_PRINTF(1, 0);
int qemu_printf(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

/* To @stream; NULL is what the above print to. */
int qemu_vfprintf(FILE *stream, const char *fmt, va_list ap)
    G_GNUC_PRINTF(2, 0);
int qemu_fprintf(FILE *stream, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

#endif
