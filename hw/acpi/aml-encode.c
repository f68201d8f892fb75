/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How AML encodes lengths, names and numbers, and how its pieces are joined. */
#include "qemu/osdep.h"
#include "aml-internal.h"

/* Opcodes and prefixes that stand before other bytes (20.2). */
enum {
    DUAL_NAME = 0x2e,
    MULTI_NAME = 0x2f,
    EXT_OP = 0x5b,
    BYTE_PREFIX = 0x0a,
    WORD_PREFIX = 0x0b,
    DWORD_PREFIX = 0x0c,
    QWORD_PREFIX = 0x0e,
    NAME_OP = 0x08,
    BUFFER_OP = 0x11,
    END_TAG = 0x79,
};

#define SEGMENT 4

/* ---- the allocator ------------------------------------------------------- */

static GPtrArray *pieces;

static void free_piece(void *opaque)
{
    Aml *piece = opaque;

    g_array_free(piece->buf, true);
    g_free(piece);
}

Aml *aml_piece(uint8_t op, AmlBlockFlags flags)
{
    Aml *piece = g_new(Aml, 1);

    assert(pieces);
    piece->op = op;
    piece->block_flags = flags;
    piece->buf = g_array_new(false, true, 1);
    g_ptr_array_add(pieces, piece);
    return piece;
}

Aml *init_aml_allocator(void)
{
    assert(!pieces);
    pieces = g_ptr_array_new_with_free_func(free_piece);
    return aml_piece(0, AML_NO_OPCODE);
}

void free_aml_allocator(void)
{
    g_ptr_array_free(pieces, true);
    pieces = NULL;
}

/* ---- numbers ------------------------------------------------------------- */

void build_append_int_noprefix(GArray *table, uint64_t value, int size)
{
    for (int i = 0; i < size; i++, value >>= 8) {
        aml_byte(table, value);
    }
}

static void append_int(GArray *array, uint64_t value)
{
    if (value <= 1) {
        aml_byte(array, value); /* ZeroOp, OneOp */
    } else if (value <= UINT8_MAX) {
        aml_byte(array, BYTE_PREFIX);
        build_append_int_noprefix(array, value, 1);
    } else if (value <= UINT16_MAX) {
        aml_byte(array, WORD_PREFIX);
        build_append_int_noprefix(array, value, 2);
    } else if (value <= UINT32_MAX) {
        aml_byte(array, DWORD_PREFIX);
        build_append_int_noprefix(array, value, 4);
    } else {
        aml_byte(array, QWORD_PREFIX);
        build_append_int_noprefix(array, value, 8);
    }
}

Aml *aml_int(const uint64_t val)
{
    Aml *piece = aml_piece(0, AML_NO_OPCODE);

    append_int(piece->buf, val);
    return piece;
}

/*
 * One byte has 6 bits of the length; with 1 to 3 more behind it, it has 4, and
 * their number in its top bits (20.2.4).
 */
void aml_append_length(GArray *array, unsigned content, bool with_itself)
{
    int more = 0;
    unsigned length = content + with_itself;

    if (length >= 1 << 6) {
        do {
            more++;
            length = content + (with_itself ? 1 + more : 0);
        } while (length >= 1u << (4 + 8 * more));
    }
    assert(more <= 3);
    if (!more) {
        aml_byte(array, length);
        return;
    }
    aml_byte(array, more << 6 | (length & 0xf));
    build_append_int_noprefix(array, length >> 4, more);
}

/* ---- names --------------------------------------------------------------- */

static void append_segment(GArray *array, const char *name, size_t len)
{
    assert(len >= 1 && len <= SEGMENT);
    g_array_append_vals(array, name, len);
    g_array_append_vals(array, "___", SEGMENT - len);
}

void aml_append_path(GArray *array, const char *path)
{
    g_auto(GStrv) parts = NULL;
    int count;

    while (*path == '\\' || *path == '^') {
        aml_byte(array, *path++);
    }
    if (!*path) {
        aml_byte(array, 0); /* NullName */
        return;
    }
    parts = g_strsplit(path, ".", -1);
    count = g_strv_length(parts);
    assert(count <= UINT8_MAX);
    if (count == 2) {
        aml_byte(array, DUAL_NAME);
    } else if (count > 2) {
        aml_byte(array, MULTI_NAME);
        aml_byte(array, count);
    }
    for (int i = 0; i < count; i++) {
        append_segment(array, parts[i], strlen(parts[i]));
    }
}

int build_append_named_dword(GArray *array, const char *name_format, ...)
{
    g_autofree char *path = NULL;
    va_list ap;

    va_start(ap, name_format);
    path = g_strdup_vprintf(name_format, ap);
    va_end(ap);
    aml_byte(array, NAME_OP);
    aml_append_path(array, path);
    aml_byte(array, DWORD_PREFIX);
    build_append_int_noprefix(array, 0, 4);
    return array->len - 4;
}

/* ---- joining ------------------------------------------------------------- */

static void append_buffer(GArray *array, const GArray *content)
{
    g_autoptr(GArray) size = g_array_new(false, false, 1);

    append_int(size, content->len);
    aml_byte(array, BUFFER_OP);
    aml_append_length(array, size->len + content->len, true);
    g_array_append_vals(array, size->data, size->len);
    g_array_append_vals(array, content->data, content->len);
}

static void append_template(GArray *array, const GArray *content)
{
    g_autoptr(GArray) all = g_array_new(false, false, 1);

    g_array_append_vals(all, content->data, content->len);
    aml_byte(all, END_TAG);
    aml_byte(all, 0); /* a sum that counts as right */
    append_buffer(array, all);
}

void aml_append(Aml *parent_ctx, Aml *child)
{
    GArray *array = parent_ctx->buf;
    const GArray *content = child->buf;

    switch (child->block_flags) {
    case AML_BUFFER:
        append_buffer(array, content);
        return;
    case AML_RES_TEMPLATE:
        append_template(array, content);
        return;
    case AML_EXT_PACKAGE:
    case AML_PACKAGE:
        if (child->block_flags == AML_EXT_PACKAGE) {
            aml_byte(array, EXT_OP);
        }
        aml_byte(array, child->op);
        aml_append_length(array, content->len, true);
        break;
    case AML_OPCODE:
        aml_byte(array, child->op);
        break;
    case AML_NO_OPCODE:
        break;
    }
    g_array_append_vals(array, content->data, content->len);
}
