/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intel HEX files (Intel, "Hexadecimal Object File Format Specification", 1988):
 * lines ":LLAAAATTDD...CC" of length, address, type, data, checksum.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "hw/loader.h"

enum {
    HEX_DATA,
    HEX_END,
    HEX_SEGMENT,       /* bits 4 to 19 of addresses */
    HEX_START_SEGMENT, /* CS:IP */
    HEX_BASE,          /* bits 16 to 31 of addresses */
    HEX_START,
};

typedef struct HexFile {
    uint32_t base;
    uint32_t next;   /* the address behind @run */
    GByteArray *run; /* data without a gap so far */
    ssize_t total;
    hwaddr *entry;
    const char *name;
    AddressSpace *as;
    bool end;
} HexFile;

static void put_run(HexFile *f)
{
    if (f->run->len) {
        rom_add_blob_fixed_as(f->name, f->run->data, f->run->len,
                              f->next - f->run->len, f->as);
        g_byte_array_set_size(f->run, 0);
    }
}

static bool record(HexFile *f, unsigned type, unsigned addr, const uint8_t *d,
                   unsigned len)
{
    switch (type) {
    case HEX_DATA:
        if (f->base + addr != f->next) {
            put_run(f);
            f->next = f->base + addr;
        }
        if (f->next > UINT32_MAX - len) {
            return false;
        }
        g_byte_array_append(f->run, d, len);
        f->next += len;
        f->total += len;
        return true;
    case HEX_END:
        f->end = true;
        return len == 0;
    case HEX_SEGMENT:
        f->base = len == 2 ? lduw_be_p(d) << 4 : 0;
        return len == 2;
    case HEX_START_SEGMENT:
        if (len == 4) {
            *f->entry = (lduw_be_p(d) << 4) + lduw_be_p(d + 2);
        }
        return len == 4;
    case HEX_BASE:
        f->base = len == 2 ? (uint32_t)lduw_be_p(d) << 16 : 0;
        return len == 2;
    case HEX_START:
        if (len == 4) {
            *f->entry = (uint32_t)ldl_be_p(d);
        }
        return len == 4;
    default:
        return false;
    }
}

/* The bytes of a line that begins at @p; *@p is behind it then. */
static bool parse_line(HexFile *f, const char **p, const char *end)
{
    uint8_t bytes[260], sum = 0;
    unsigned n = 0;

    for (; *p + 1 < end && g_ascii_isxdigit(**p); *p += 2) {
        int hi = g_ascii_xdigit_value((*p)[0]);
        int lo = g_ascii_xdigit_value((*p)[1]);

        if (lo < 0 || n == sizeof(bytes)) {
            return false;
        }
        bytes[n] = hi << 4 | lo;
        sum += bytes[n++];
    }
    if (n < 5 || n != bytes[0] + 5 || sum) {
        return false;
    }
    return record(f, bytes[3], lduw_be_p(bytes + 1), bytes + 4, bytes[0]);
}

ssize_t load_targphys_hex_as(const char *filename, hwaddr *entry,
                             AddressSpace *as)
{
    g_autofree char *text = NULL;
    g_autoptr(GByteArray) run = g_byte_array_new();
    hwaddr no_entry;
    HexFile f = {
        .run = run, .entry = entry ?: &no_entry, .name = filename, .as = as
    };
    const char *p, *end;
    bool ok = true;
    gsize len;

    if (!g_file_get_contents(filename, &text, &len, NULL)) {
        return -1;
    }
    end = text + len;
    rom_transaction_begin();
    for (p = text; ok && !f.end && p < end;) {
        if (*p == ':') {
            p++;
            ok = parse_line(&f, &p, end);
        } else {
            ok = strchr(" \t\r\n", *p) != NULL && *p;
            p++;
        }
    }
    ok = ok && f.end;
    if (ok) {
        put_run(&f);
    }
    rom_transaction_end(ok);
    return ok ? f.total : -1;
}
