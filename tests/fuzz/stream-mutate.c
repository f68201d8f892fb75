/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nothing in the stream tells how long a section is, but its footer has its
 * number again: where that is followed by something that can begin, it ends.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "stream-mutate.h"

#define FULL    0x04
#define FOOTER  0x7e
#define COMMAND 0x08

static bool can_begin(uint8_t kind)
{
    return kind <= COMMAND;
}

/* Behind the header of a section that begins at @at. */
static size_t data_of(const uint8_t *bytes, size_t size, size_t at)
{
    size_t data = at + 5;

    if ((bytes[at] == 1 || bytes[at] == 4) && data < size) {
        data += 1 + bytes[data] + 8;
    }
    return MIN(data, size);
}

static size_t end_of_section(const uint8_t *bytes, size_t size, size_t at)
{
    for (size_t i = data_of(bytes, size, at); i + 5 <= size; i++) {
        if (bytes[i] == FOOTER && !memcmp(bytes + i + 1, bytes + at + 1, 4) &&
            (i + 5 == size || can_begin(bytes[i + 5]))) {
            return i + 5;
        }
    }
    return size;
}

static Piece piece_at(const uint8_t *bytes, size_t size, size_t at)
{
    Piece p = { at, at, size };

    if (bytes[at] >= 1 && bytes[at] <= 4 && at + 5 <= size) {
        p.data = data_of(bytes, size, at);
        p.end = end_of_section(bytes, size, at);
    } else if (bytes[at] == COMMAND && at + 5 <= size) {
        p.data = at + 1;
        p.end = MIN(size, at + 5 + lduw_be_p(bytes + at + 3));
    }
    return p;
}

/* The header and the configuration: up to the first section. */
static size_t end_of_header(const uint8_t *bytes, size_t size)
{
    for (size_t i = 9; i + 20 < size && i < 400; i++) {
        if ((bytes[i] == 1 || bytes[i] == 4) && !bytes[i + 1] &&
            !bytes[i + 2] && bytes[i + 5] > 2 &&
            g_ascii_isalnum(bytes[i + 6]) && g_ascii_isalnum(bytes[i + 7])) {
            return i;
        }
    }
    return size;
}

GArray *stream_pieces(const uint8_t *bytes, size_t size)
{
    GArray *pieces = g_array_new(false, false, sizeof(Piece));
    Piece p = { 0, MIN(size, 8), end_of_header(bytes, size) };

    g_array_append_val(pieces, p);
    while (p.end < size) {
        p = piece_at(bytes, size, p.end);
        g_array_append_val(pieces, p);
    }
    return pieces;
}

size_t stream_thin(uint8_t *bytes, size_t size, uint32_t seed)
{
    g_autoptr(GArray) pieces = stream_pieces(bytes, size);
    GRand *rand = g_rand_new_with_seed(seed);
    bool all = g_rand_int_range(rand, 0, 32) == 0;
    bool with_ram = g_rand_boolean(rand);
    size_t left = 0;

    for (guint i = 0; i < pieces->len; i++) {
        Piece p = g_array_index(pieces, Piece, i);
        uint8_t kind = i ? bytes[p.start] : 0;
        bool wanted = kind == FULL          ? !g_rand_int_range(rand, 0, 8)
                      : kind && kind < FULL ? with_ram
                                            : true;

        if (all || wanted) {
            memmove(bytes + left, bytes + p.start, p.end - p.start);
            left += p.end - p.start;
        }
    }
    g_rand_free(rand);
    return left;
}

/* ---- changes ------------------------------------------------------------- */

typedef struct Change {
    uint8_t *bytes;
    size_t size, max;
    GArray *pieces;
    GRand *rand;
    const GByteArray *other;
} Change;

static uint32_t below(Change *c, uint32_t n)
{
    return n ? g_rand_int(c->rand) % n : 0;
}

static Piece any_piece(Change *c)
{
    return g_array_index(c->pieces, Piece, below(c, c->pieces->len));
}

/* Puts @len bytes in place of those from @at to @end, if there is room. */
static void replace(Change *c, size_t at, size_t end, const uint8_t *with,
                    size_t len)
{
    if (c->size - (end - at) + len > c->max) {
        return;
    }
    memmove(c->bytes + at + len, c->bytes + end, c->size - end);
    if (len) {
        memcpy(c->bytes + at, with, len);
    }
    c->size = c->size - (end - at) + len;
}

static void cut_piece(Change *c)
{
    Piece p = any_piece(c);

    replace(c, p.start, p.end, NULL, 0);
}

static void repeat_piece(Change *c)
{
    Piece p = any_piece(c), to = any_piece(c);
    g_autofree uint8_t *copy = g_memdup2(c->bytes + p.start, p.end - p.start);

    replace(c, to.end, to.end, copy, p.end - p.start);
}

static void swap_pieces(Change *c)
{
    Piece a = any_piece(c), b = any_piece(c);
    g_autofree uint8_t *first = NULL, *second = NULL;

    if (a.start > b.start) {
        Piece t = a;

        a = b;
        b = t;
    }
    if (a.end > b.start) {
        return;
    }
    first = g_memdup2(c->bytes + a.start, a.end - a.start);
    second = g_memdup2(c->bytes + b.start, b.end - b.start);
    replace(c, b.start, b.end, first, a.end - a.start);
    replace(c, a.start, a.end, second, b.end - b.start);
}

static void take_from_other(Change *c)
{
    g_autoptr(GArray) pieces = stream_pieces(c->other->data, c->other->len);
    Piece from = g_array_index(pieces, Piece, below(c, pieces->len));
    Piece to = any_piece(c);

    replace(c, below(c, 2) ? to.start : to.end, to.end,
            c->other->data + from.start, from.end - from.start);
}

static uint64_t interesting(Change *c, uint64_t old)
{
    switch (below(c, 8)) {
    case 0:
        return below(c, 300);
    case 1:
        return -(uint64_t)below(c, 17);
    case 2:
        return UINT64_C(1) << below(c, 64);
    case 3:
        return (UINT64_C(1) << below(c, 64)) - 1;
    case 4:
        return old ^ (UINT64_C(1) << below(c, 64));
    case 5:
        return old + below(c, 33) - 16;
    case 6: /* in RAM */
        return 0x80000000 + below(c, 2 << 20);
    default:
        return (uint64_t)g_rand_int(c->rand) << 32 | g_rand_int(c->rand);
    }
}

/* A number of 1, 2, 4 or 8 bytes; fields have no better alignment than one. */
static void edit_number(Change *c, size_t from, size_t to)
{
    unsigned bytes = 1 << below(c, 4);
    uint8_t raw[8];
    uint64_t value;
    size_t at;

    if (to - from < bytes) {
        return;
    }
    at = from + below(c, to - from - bytes + 1);
    memset(raw, 0, sizeof(raw));
    memcpy(raw + 8 - bytes, c->bytes + at, bytes);
    value = interesting(c, ldq_be_p(raw));
    stq_be_p(raw, value);
    memcpy(c->bytes + at, raw + 8 - bytes, bytes);
}

/*
 * What is long is an array, a thousand queues or pages that are all alike: its
 * beginning is better than the rest, that of a subsection or any.
 */
static Piece better_part(Change *c, Piece p)
{
    if (p.end - p.data < 1000 || !below(c, 8)) {
        return p;
    }
    if (below(c, 4)) {
        size_t from = p.data + below(c, p.end - p.data);
        const uint8_t *mark = memchr(c->bytes + from, 5, p.end - from);

        while (mark && mark + 3 < c->bytes + p.end &&
               (mark[1] < 5 || !g_ascii_isalpha(mark[2]))) {
            mark = memchr(mark + 1, 5, c->bytes + p.end - mark - 1);
        }
        if (mark) {
            p.data = mark - c->bytes;
        }
    }
    p.end = MIN(p.end, p.data + (below(c, 4) ? 100 : 400));
    return p;
}

static void edit_data(Change *c)
{
    Piece p = better_part(c, any_piece(c));

    for (unsigned i = below(c, 4) + 1; i; i--) {
        edit_number(c, p.data, p.end);
    }
}

static void edit_header(Change *c)
{
    Piece p = any_piece(c);

    edit_number(c, p.start, p.data);
}

static void cut_end(Change *c)
{
    c->size -= below(c, MIN(c->size, 300));
}

static void put_command(Change *c)
{
    uint8_t command[5 + 64] = { COMMAND };
    unsigned len = below(c, 3) ? below(c, 5) : below(c, 64);
    Piece to = any_piece(c);

    stw_be_p(command + 1, below(c, 14));
    stw_be_p(command + 3, len);
    for (unsigned i = 0; i < len; i++) {
        command[5 + i] = below(c, 4) ? below(c, 4) : below(c, 256);
    }
    replace(c, to.end, to.end, command, 5 + len);
}

static void put_or_cut_bytes(Change *c)
{
    uint8_t bytes[16];
    size_t at = below(c, c->size), count = below(c, sizeof(bytes));

    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = below(c, 256);
    }
    if (below(c, 2)) {
        replace(c, at, at, bytes, count);
    } else {
        replace(c, at, MIN(c->size, at + count), NULL, 0);
    }
}

size_t stream_mutate(uint8_t *bytes, size_t size, size_t max, uint32_t seed,
                     const GByteArray *other)
{
    static void (*const rare[])(Change * c) = {
        cut_piece,   repeat_piece, swap_pieces, take_from_other,
        edit_header, cut_end,      put_command, put_or_cut_bytes,
    };
    Change c = { .bytes = bytes, .size = size, .max = max, .other = other };

    c.rand = g_rand_new_with_seed(seed);
    for (unsigned n = below(&c, 3) + 1; n && c.size; n--) {
        c.pieces = stream_pieces(bytes, c.size);
        if (below(&c, 3)) {
            edit_data(&c);
        } else {
            rare[below(&c, G_N_ELEMENTS(rare))](&c);
        }
        g_array_free(c.pieces, true);
    }
    g_rand_free(c.rand);
    return c.size;
}
