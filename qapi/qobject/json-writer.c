/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON text, written piece by piece. */
#include "qemu/osdep.h"
#include "qemu/unicode.h"
#include "qobject/json-writer.h"
#include <math.h>

struct JSONWriter {
    bool pretty;
    bool need_comma;
    GString *contents;
    GByteArray *is_array; /* one for each container that we are in */
};

JSONWriter *json_writer_new(bool pretty)
{
    JSONWriter *writer = g_new0(JSONWriter, 1);

    writer->pretty = pretty;
    writer->contents = g_string_new(NULL);
    writer->is_array = g_byte_array_new();
    return writer;
}

const char *json_writer_get(JSONWriter *writer)
{
    assert(!writer->is_array->len);
    return writer->contents->str;
}

GString *json_writer_get_and_free(JSONWriter *writer)
{
    GString *contents = writer->contents;

    assert(!writer->is_array->len);
    writer->contents = NULL;
    json_writer_free(writer);
    return contents;
}

void json_writer_free(JSONWriter *writer)
{
    if (writer) {
        if (writer->contents) {
            g_string_free(writer->contents, true);
        }
        g_byte_array_free(writer->is_array, true);
        g_free(writer);
    }
}

static void new_line(JSONWriter *writer)
{
    guint i;

    if (writer->pretty) {
        g_string_append_c(writer->contents, '\n');
        for (i = 0; i < writer->is_array->len; i++) {
            g_string_append_len(writer->contents, "    ", 4);
        }
    }
}

static char short_escape(unsigned char ch)
{
    switch (ch) {
    case '"':
    case '\\':
        return ch;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static void append_unit(GString *out, unsigned unit)
{
    static const char digits[] = "0123456789ABCDEF";
    char buf[6] = {
        '\\',
        'u',
        digits[unit >> 12 & 15],
        digits[unit >> 8 & 15],
        digits[unit >> 4 & 15],
        digits[unit & 15],
    };

    g_string_append_len(out, buf, sizeof(buf));
}

static void append_code(GString *out, int code)
{
    if (code < 0) {
        code = 0xfffd; /* the replacement for what is no character */
    }
    if (code > 0xffff) {
        append_unit(out, 0xd800 | (code - 0x10000) >> 10);
        append_unit(out, 0xdc00 | ((code - 0x10000) & 0x3ff));
    } else {
        append_unit(out, code);
    }
}

static bool is_plain(unsigned char ch)
{
    return ch >= 0x20 && ch < 0x7f && ch != '"' && ch != '\\';
}

static void quoted_str(GString *out, const char *str)
{
    const char *p = str, *begin;
    char *end, esc;

    g_string_append_c(out, '"');
    while (*p) {
        for (begin = p; is_plain(*p); p++) {
        }
        g_string_append_len(out, begin, p - begin);
        if (!*p) {
            break;
        }
        esc = short_escape(*p);
        if (esc) {
            g_string_append_c(out, '\\');
            g_string_append_c(out, esc);
            p++;
        } else {
            append_code(out, mod_utf8_codepoint(p, 6, &end));
            p = end;
        }
    }
    g_string_append_c(out, '"');
}

/* What stands before a value: the comma after the last one, and its key. */
static void begin_value(JSONWriter *writer, const char *name)
{
    GByteArray *is_array = writer->is_array;

    /* Inside an object all have names; elsewhere nothing has. */
    assert(!name == !(is_array->len && !is_array->data[is_array->len - 1]));

    if (writer->need_comma) {
        g_string_append_c(writer->contents, ',');
        if (writer->pretty) {
            new_line(writer);
        } else {
            g_string_append_c(writer->contents, ' ');
        }
    } else {
        if (writer->contents->len) {
            new_line(writer);
        }
        writer->need_comma = true;
    }
    if (name) {
        quoted_str(writer->contents, name);
        g_string_append_len(writer->contents, ": ", 2);
    }
}

static void start_container(JSONWriter *writer, const char *name, bool is_array)
{
    uint8_t mark = is_array;

    begin_value(writer, name);
    g_string_append_c(writer->contents, is_array ? '[' : '{');
    g_byte_array_append(writer->is_array, &mark, 1);
    writer->need_comma = false;
}

static void end_container(JSONWriter *writer, bool is_array)
{
    guint depth = writer->is_array->len;

    assert(depth && writer->is_array->data[depth - 1] == is_array);
    g_byte_array_set_size(writer->is_array, depth - 1);
    new_line(writer);
    g_string_append_c(writer->contents, is_array ? ']' : '}');
    writer->need_comma = true;
}

void json_writer_start_object(JSONWriter *writer, const char *name)
{
    start_container(writer, name, false);
}

void json_writer_end_object(JSONWriter *writer)
{
    end_container(writer, false);
}

void json_writer_start_array(JSONWriter *writer, const char *name)
{
    start_container(writer, name, true);
}

void json_writer_end_array(JSONWriter *writer)
{
    end_container(writer, true);
}

void json_writer_bool(JSONWriter *writer, const char *name, bool val)
{
    begin_value(writer, name);
    g_string_append(writer->contents, val ? "true" : "false");
}

void json_writer_null(JSONWriter *writer, const char *name)
{
    begin_value(writer, name);
    g_string_append(writer->contents, "null");
}

void json_writer_int64(JSONWriter *writer, const char *name, int64_t val)
{
    char buf[32];

    begin_value(writer, name);
    snprintf(buf, sizeof(buf), "%" PRId64, val);
    g_string_append(writer->contents, buf);
}

void json_writer_uint64(JSONWriter *writer, const char *name, uint64_t val)
{
    char buf[32];

    begin_value(writer, name);
    snprintf(buf, sizeof(buf), "%" PRIu64, val);
    g_string_append(writer->contents, buf);
}

void json_writer_double(JSONWriter *writer, const char *name, double val)
{
    char buf[G_ASCII_DTOSTR_BUF_SIZE];

    if (!isfinite(val)) {
        json_writer_null(writer, name);
        return;
    }
    begin_value(writer, name);
    g_string_append(writer->contents,
                    g_ascii_formatd(buf, sizeof(buf), "%.17g", val));
}

void json_writer_str(JSONWriter *writer, const char *name, const char *str)
{
    begin_value(writer, name);
    quoted_str(writer->contents, str);
}
