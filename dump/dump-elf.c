/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ELF core: header, segments, maybe a section that says how many there are,
 * notes; then memory, in the order of the segments.
 */
#include "qemu/osdep.h"
#include "dump.h"

/* With so many segments their number is in the first section. */
#ifndef PN_XNUM
#define PN_XNUM 0xffff
#endif

static bool is_64bit(const DumpState *s)
{
    return s->dump_info.d_class == ELFCLASS64;
}

static void put16(DumpState *s, GByteArray *out, uint16_t value)
{
    value = cpu_to_dump16(s, value);
    g_byte_array_append(out, (uint8_t *)&value, sizeof(value));
}

static void put32(DumpState *s, GByteArray *out, uint32_t value)
{
    value = cpu_to_dump32(s, value);
    g_byte_array_append(out, (uint8_t *)&value, sizeof(value));
}

/* A number as wide as an address of the class. */
static void put_word(DumpState *s, GByteArray *out, uint64_t value)
{
    if (!is_64bit(s)) {
        put32(s, out, value);
        return;
    }
    value = cpu_to_dump64(s, value);
    g_byte_array_append(out, (uint8_t *)&value, sizeof(value));
}

static void put_ehdr(DumpState *s, GByteArray *out, uint64_t nr, bool section)
{
    uint8_t ident[EI_NIDENT] = {
        0x7f,       'E', 'L', 'F', s->dump_info.d_class, s->dump_info.d_endian,
        EV_CURRENT,
    };
    size_t ehdr = is_64bit(s) ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    size_t phdr = is_64bit(s) ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    size_t shdr = is_64bit(s) ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);

    g_byte_array_append(out, ident, sizeof(ident));
    put16(s, out, ET_CORE);
    put16(s, out, s->dump_info.d_machine);
    put32(s, out, EV_CURRENT);
    put_word(s, out, 0);
    put_word(s, out, ehdr);
    put_word(s, out, section ? ehdr + nr * phdr : 0);
    put32(s, out, 0);
    put16(s, out, ehdr);
    put16(s, out, phdr);
    put16(s, out, MIN(nr, PN_XNUM));
    put16(s, out, section ? shdr : 0);
    put16(s, out, section);
    put16(s, out, 0);
}

static void put_phdr(DumpState *s, GByteArray *out, uint32_t type,
                     uint64_t offset, hwaddr address, uint64_t size)
{
    put32(s, out, type);
    if (is_64bit(s)) {
        put32(s, out, 0); /* flags */
    }
    put_word(s, out, offset);
    put_word(s, out, address); /* virtual */
    put_word(s, out, address); /* physical */
    put_word(s, out, size);    /* in the file */
    put_word(s, out, size);    /* in memory */
    if (!is_64bit(s)) {
        put32(s, out, 0);
    }
    put_word(s, out, 0); /* alignment */
}

/* The first section: sh_info is the number of segments. */
static void put_shdr(DumpState *s, GByteArray *out, uint32_t nr)
{
    put32(s, out, 0);
    put32(s, out, SHT_NULL);
    for (int i = 0; i < 4; i++) {
        put_word(s, out, 0); /* flags, address, offset, size */
    }
    put32(s, out, 0);
    put32(s, out, nr);
    put_word(s, out, 0);
    put_word(s, out, 0);
}

GByteArray *dump_elf_header(DumpState *s, const GArray *blocks,
                            const GByteArray *notes)
{
    GByteArray *out = g_byte_array_new();
    uint64_t nr = (uint64_t)blocks->len + 1, offset;
    bool section = nr >= PN_XNUM;

    offset = is_64bit(s) ? sizeof(Elf64_Ehdr) + nr * sizeof(Elf64_Phdr) +
                               section * sizeof(Elf64_Shdr)
                         : sizeof(Elf32_Ehdr) + nr * sizeof(Elf32_Phdr) +
                               section * sizeof(Elf32_Shdr);
    put_ehdr(s, out, nr, section);
    put_phdr(s, out, PT_NOTE, offset, 0, notes->len);
    offset += notes->len;
    for (guint i = 0; i < blocks->len; i++) {
        const GuestPhysBlock *b = &g_array_index(blocks, GuestPhysBlock, i);

        put_phdr(s, out, PT_LOAD, offset, b->start, b->size);
        offset += b->size;
    }
    if (section) {
        put_shdr(s, out, nr);
    }
    g_byte_array_append(out, notes->data, notes->len);
    return out;
}
