/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes as text: see include/qemu/cutils.h. */
#include "qemu/osdep.h"
#include "qemu/cutils.h"

static char hex_digit(unsigned int value)
{
    return "0123456789abcdef"[value & 15];
}

GString *qemu_hexdump_line(GString *str, const void *buf, size_t len,
                           size_t unit_len, size_t block_len)
{
    const uint8_t *bytes = buf;

    if (!str) {
        str = g_string_sized_new(3 * len + 1);
    }
    for (size_t i = 0; i < len; i++) {
        if (i && unit_len && i % unit_len == 0) {
            g_string_append_c(str, ' ');
        }
        if (i && block_len && i % block_len == 0) {
            g_string_append_c(str, ' ');
        }
        g_string_append_c(str, hex_digit(bytes[i] >> 4));
        g_string_append_c(str, hex_digit(bytes[i]));
    }
    return str;
}

void qemu_hexdump(FILE *fp, const char *prefix, const void *bufptr, size_t size)
{
    /* Two digits and a space a byte, and one more space a unit. */
    enum { LINE = 16, UNIT = 4, HEX_WIDTH = 3 * LINE + LINE / UNIT - 2 };
    const uint8_t *bytes = bufptr;
    g_autoptr(GString) hex = g_string_new(NULL);
    char text[LINE + 1];

    for (size_t at = 0; at < size; at += LINE) {
        size_t len = MIN(size - at, (size_t)LINE);

        g_string_truncate(hex, 0);
        qemu_hexdump_line(hex, bytes + at, len, 1, UNIT);
        for (size_t i = 0; i < len; i++) {
            text[i] = g_ascii_isprint(bytes[at + i]) ? bytes[at + i] : '.';
        }
        text[len] = '\0';
        fprintf(fp, "%s: %04zx: %-*s %s\n", prefix, at, HEX_WIDTH, hex->str,
                text);
    }
}

void qemu_hexdump_to_buffer(char *restrict buffer, size_t buffer_size,
                            const uint8_t *restrict data, size_t data_size)
{
    assert(buffer_size / 2 > data_size ||
           (buffer_size / 2 == data_size && buffer_size % 2));
    for (size_t i = 0; i < data_size; i++) {
        *buffer++ = hex_digit(data[i] >> 4);
        *buffer++ = hex_digit(data[i]);
    }
    *buffer = '\0';
}
