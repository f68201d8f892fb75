/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets: "$body#sum", escapes, runs, acknowledgements.
 */
#include "qemu/osdep.h"
#include "internals.h"

void gdb_reader_init(GdbReader *reader)
{
    *reader = (GdbReader){ .packet = g_byte_array_new() };
    gdb_reader_begin(reader);
}

void gdb_reader_clear(GdbReader *reader)
{
    g_byte_array_unref(reader->packet);
}

void gdb_reader_begin(GdbReader *reader)
{
    reader->state = GDB_IDLE;
    reader->sum = 0;
    reader->too_long = false;
    g_byte_array_set_size(reader->packet, 0);
}

static void append(GdbReader *reader, uint8_t byte)
{
    if (reader->packet->len >= GDB_MAX_PACKET) {
        reader->too_long = true;
    } else {
        g_byte_array_append(reader->packet, &byte, 1);
    }
}

/* What a run's character says: the last byte, so many times more. */
static void append_run(GdbReader *reader, uint8_t byte)
{
    if (byte < ' ' || byte > '~' || !reader->packet->len) {
        reader->too_long = true;
        return;
    }
    for (int n = byte - 29; n > 0; n--) {
        append(reader, reader->packet->data[reader->packet->len - 1]);
    }
}

static GdbRead idle(GdbReader *reader, uint8_t byte)
{
    switch (byte) {
    case '$':
        reader->state = GDB_BODY;
        return GDB_MORE;
    case '+':
        return GDB_ACK;
    case '-':
        return GDB_NACK;
    case 0x03:
        return GDB_INTERRUPT;
    default:
        return GDB_MORE;
    }
}

static void body(GdbReader *reader, uint8_t byte)
{
    switch (byte) {
    case '#':
        reader->state = GDB_SUM_HIGH;
        return;
    case '}':
        reader->state = GDB_ESCAPE;
        break;
    case '*':
        reader->state = GDB_REPEAT;
        break;
    case '$':
        /* A new one: the rest of the last was lost. */
        gdb_reader_begin(reader);
        reader->state = GDB_BODY;
        return;
    default:
        append(reader, byte);
        break;
    }
    reader->sum += byte;
}

static GdbRead finish(GdbReader *reader, uint8_t byte)
{
    static const uint8_t nul;
    int low = g_ascii_xdigit_value(byte);

    reader->state = GDB_IDLE;
    if (low < 0 || reader->told == 0xff ||
        (reader->told << 4 | low) != reader->sum || reader->too_long) {
        gdb_reader_begin(reader);
        return GDB_BAD;
    }
    g_byte_array_append(reader->packet, &nul, 1);
    g_byte_array_set_size(reader->packet, reader->packet->len - 1);
    return GDB_PACKET;
}

GdbRead gdb_reader_take(GdbReader *reader, uint8_t byte)
{
    int digit;

    switch (reader->state) {
    case GDB_IDLE:
        return idle(reader, byte);
    case GDB_BODY:
        body(reader, byte);
        return GDB_MORE;
    case GDB_ESCAPE:
        append(reader, byte ^ 0x20);
        reader->sum += byte;
        reader->state = GDB_BODY;
        return GDB_MORE;
    case GDB_REPEAT:
        append_run(reader, byte);
        reader->sum += byte;
        reader->state = GDB_BODY;
        return GDB_MORE;
    case GDB_SUM_HIGH:
        digit = g_ascii_xdigit_value(byte);
        reader->told = digit < 0 ? 0xff : digit;
        reader->state = GDB_SUM_LOW;
        return GDB_MORE;
    case GDB_SUM_LOW:
    default:
        return finish(reader, byte);
    }
}

GByteArray *gdb_frame(const void *data, size_t len)
{
    GByteArray *out = g_byte_array_sized_new(len + 4);
    const uint8_t *bytes = data;
    uint8_t sum = 0;
    char end[4];

    g_byte_array_append(out, (const uint8_t *)"$", 1);
    for (size_t i = 0; i < len; i++) {
        uint8_t pair[2] = { '}', bytes[i] ^ 0x20 };
        bool escape = memchr("#$*}", bytes[i], 4);
        const uint8_t *what = escape ? pair : &bytes[i];
        int n = escape ? 2 : 1;

        for (int j = 0; j < n; j++) {
            sum += what[j];
        }
        g_byte_array_append(out, what, n);
    }
    snprintf(end, sizeof(end), "#%02x", sum);
    g_byte_array_append(out, (const uint8_t *)end, 3);
    return out;
}

/*** Hex. ***/

void gdb_append_hex(GString *out, const void *data, size_t len)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < len; i++) {
        g_string_append_printf(out, "%02x", bytes[i]);
    }
}

bool gdb_parse_hex(const char *text, size_t len, uint8_t *data)
{
    for (size_t i = 0; i < len; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]);
        int low = high < 0 ? -1 : g_ascii_xdigit_value(text[2 * i + 1]);

        if (low < 0) {
            return false;
        }
        data[i] = high << 4 | low;
    }
    return true;
}

bool gdb_parse_number(const char **text, uint64_t *value)
{
    const char *p = *text;

    *value = 0;
    while (g_ascii_isxdigit(*p)) {
        *value = *value << 4 | g_ascii_xdigit_value(*p++);
    }
    if (p == *text) {
        return false;
    }
    *text = p;
    return true;
}
