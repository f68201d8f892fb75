/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF files (System V ABI, chapters 4 and 5), 32 and 64 bit, of either byte
 * order. Nothing in the file is believed: whatever it points at is checked
 * against its size, and segments are read into memory of our own.
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "elf.h"
#include "exec/address-spaces.h"
#include "hw/loader.h"
#include "qapi/error.h"

#ifndef EM_MICROBLAZE_OLD
#define EM_MICROBLAZE_OLD 0xbaab
#endif
#ifndef EM_NANOMIPS
#define EM_NANOMIPS 249
#endif

typedef struct ElfFile {
    const char *name;
    int fd;
    uint64_t size;
    bool is64, big;

    uint16_t machine;
    uint32_t flags;
    uint64_t entry;
    uint64_t phoff, shoff;
    unsigned phentsize, phnum, shentsize, shnum;
} ElfFile;

typedef struct Segment {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
} Segment;

typedef struct Section {
    uint32_t type, link;
    uint64_t offset, size;
} Section;

/*** The file. ***/

/* @len bytes from @offset on for g_free(), or NULL if it has not got them. */
static uint8_t *read_piece(const ElfFile *elf, uint64_t offset, uint64_t len)
{
    uint8_t *buf;
    size_t got = 0;

    if (offset > elf->size || len > elf->size - offset || len > SSIZE_MAX) {
        return NULL;
    }
    buf = g_try_malloc(MAX(len, 1));
    while (buf && got < len) {
        ssize_t n = pread(elf->fd, buf + got, len - got, offset + got);

        if (n <= 0 && !(n < 0 && errno == EINTR)) {
            g_free(buf);
            return NULL;
        }
        got += MAX(n, 0);
    }
    return buf;
}

static uint64_t get(const ElfFile *elf, const uint8_t *p, unsigned size)
{
    return elf->big ? ldn_be_p(p, size) : ldn_le_p(p, size);
}

/* A field of the structure at @p, which ELF32 and ELF64 have. */
#define FIELD_OF(elf, p, type, field)                                          \
    ((elf)->is64 ? get(elf, (p) + offsetof(Elf64_##type, field),               \
                       sizeof(((Elf64_##type *)0)->field))                     \
                 : get(elf, (p) + offsetof(Elf32_##type, field),               \
                       sizeof(((Elf32_##type *)0)->field)))

#define SIZE_OF(elf, type)                                                     \
    ((elf)->is64 ? sizeof(Elf64_##type) : sizeof(Elf32_##type))

static ssize_t elf_open(ElfFile *elf, const char *name, int data_order)
{
    g_autofree uint8_t *h = NULL;
    struct stat st;

    elf->name = name;
    elf->fd = open(name, O_RDONLY | O_CLOEXEC);
    if (elf->fd < 0 || fstat(elf->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        return ELF_LOAD_FAILED;
    }
    elf->size = st.st_size;
    h = read_piece(elf, 0, EI_NIDENT);
    if (!h) {
        return ELF_LOAD_FAILED;
    }
    if (memcmp(h, ELFMAG, SELFMAG)) {
        return ELF_LOAD_NOT_ELF;
    }
    if (data_order != ELFDATANONE && data_order != h[EI_DATA]) {
        return ELF_LOAD_WRONG_ENDIAN;
    }
    if ((h[EI_CLASS] != ELFCLASS32 && h[EI_CLASS] != ELFCLASS64) ||
        (h[EI_DATA] != ELFDATA2LSB && h[EI_DATA] != ELFDATA2MSB)) {
        return ELF_LOAD_FAILED;
    }
    elf->is64 = h[EI_CLASS] == ELFCLASS64;
    elf->big = h[EI_DATA] == ELFDATA2MSB;
    g_free(h);
    h = read_piece(elf, 0, SIZE_OF(elf, Ehdr));
    if (!h) {
        return ELF_LOAD_FAILED;
    }
    elf->machine = FIELD_OF(elf, h, Ehdr, e_machine);
    elf->flags = FIELD_OF(elf, h, Ehdr, e_flags);
    elf->entry = FIELD_OF(elf, h, Ehdr, e_entry);
    elf->phoff = FIELD_OF(elf, h, Ehdr, e_phoff);
    elf->phentsize = FIELD_OF(elf, h, Ehdr, e_phentsize);
    elf->phnum = FIELD_OF(elf, h, Ehdr, e_phnum);
    elf->shoff = FIELD_OF(elf, h, Ehdr, e_shoff);
    elf->shentsize = FIELD_OF(elf, h, Ehdr, e_shentsize);
    elf->shnum = FIELD_OF(elf, h, Ehdr, e_shnum);
    return 0;
}

static bool machine_fits(int wanted, int is)
{
    switch (wanted) {
    case EM_NONE:
        return true;
    case EM_PPC64:
        return is == EM_PPC64 || is == EM_PPC;
    case EM_X86_64:
        return is == EM_X86_64 || is == EM_386;
    case EM_MICROBLAZE:
        return is == EM_MICROBLAZE || is == EM_MICROBLAZE_OLD;
    case EM_MIPS:
    case EM_NANOMIPS:
        return is == EM_MIPS || is == EM_NANOMIPS;
    default:
        return is == wanted;
    }
}

/*** Symbols. ***/

static Section section_at(const ElfFile *elf, const uint8_t *table, unsigned i)
{
    const uint8_t *p = table + (size_t)i * elf->shentsize;

    return (Section){
        .type = FIELD_OF(elf, p, Shdr, sh_type),
        .link = FIELD_OF(elf, p, Shdr, sh_link),
        .offset = FIELD_OF(elf, p, Shdr, sh_offset),
        .size = FIELD_OF(elf, p, Shdr, sh_size),
    };
}

static void tell_symbols(const ElfFile *elf, const Section *symtab,
                         const Section *strtab, symbol_fn_t sym_cb)
{
    g_autofree uint8_t *syms = read_piece(elf, symtab->offset, symtab->size);
    g_autofree char *names =
        (char *)read_piece(elf, strtab->offset, strtab->size);
    size_t step = SIZE_OF(elf, Sym);

    /* With its last byte NUL, every name in it ends. */
    if (!syms || !names || !strtab->size || names[strtab->size - 1]) {
        return;
    }
    for (uint64_t at = 0; symtab->size - at >= step; at += step) {
        const uint8_t *p = syms + at;
        uint32_t name = FIELD_OF(elf, p, Sym, st_name);

        sym_cb(name < strtab->size ? names + name : "",
               FIELD_OF(elf, p, Sym, st_info), FIELD_OF(elf, p, Sym, st_value),
               FIELD_OF(elf, p, Sym, st_size));
    }
}

/* Symbols are an extra: if their tables are corrupt, there are none. */
static void load_symbols(const ElfFile *elf, symbol_fn_t sym_cb)
{
    g_autofree uint8_t *table = NULL;

    if (elf->shentsize < SIZE_OF(elf, Shdr)) {
        return;
    }
    table = read_piece(elf, elf->shoff, (uint64_t)elf->shnum * elf->shentsize);
    for (unsigned i = 0; table && i < elf->shnum; i++) {
        Section symtab = section_at(elf, table, i);

        if (symtab.type == SHT_SYMTAB && symtab.link < elf->shnum) {
            Section strtab = section_at(elf, table, symtab.link);

            tell_symbols(elf, &symtab, &strtab, sym_cb);
            return;
        }
    }
}

/*** Segments. ***/

typedef struct LoadArgs {
    uint64_t (*note_fn)(void *, void *, bool);
    uint64_t (*translate_fn)(void *, uint64_t);
    void *opaque;
    int data_swab;
    AddressSpace *as;
    bool load_rom;

    uint64_t entry, low, high;
    uint64_t total;
} LoadArgs;

static Segment segment_at(const ElfFile *elf, const uint8_t *table, unsigned i)
{
    const uint8_t *p = table + (size_t)i * elf->phentsize;

    return (Segment){
        .type = FIELD_OF(elf, p, Phdr, p_type),
        .flags = FIELD_OF(elf, p, Phdr, p_flags),
        .offset = FIELD_OF(elf, p, Phdr, p_offset),
        .vaddr = FIELD_OF(elf, p, Phdr, p_vaddr),
        .paddr = FIELD_OF(elf, p, Phdr, p_paddr),
        .filesz = FIELD_OF(elf, p, Phdr, p_filesz),
        .memsz = FIELD_OF(elf, p, Phdr, p_memsz),
        .align = FIELD_OF(elf, p, Phdr, p_align),
    };
}

static void swap_bytes(uint8_t *data, uint64_t size, unsigned width)
{
    for (uint64_t at = 0; width > 1 && size - at >= width; at += width) {
        stn_be_p(data + at, width, ldn_le_p(data + at, width));
    }
}

static bool put_segment(const ElfFile *elf, LoadArgs *a, const Segment *seg,
                        unsigned index, uint64_t addr)
{
    g_autofree uint8_t *data = read_piece(elf, seg->offset, seg->filesz);
    MemTxResult res;

    if (!data) {
        return false;
    }
    if (a->data_swab) {
        swap_bytes(data, seg->filesz, 1U << a->data_swab);
    }
    if (a->load_rom) {
        g_autofree char *label = g_strdup_printf(
            "%s ELF program header segment %u", elf->name, index);

        return !rom_add_elf_program(label, NULL, g_steal_pointer(&data),
                                    seg->filesz, seg->memsz, addr, a->as);
    }
    res = address_space_write(a->as, addr, MEMTXATTRS_UNSPECIFIED, data,
                              seg->filesz);
    if (res == MEMTX_OK && seg->memsz > seg->filesz) {
        res =
            address_space_set(a->as, addr + seg->filesz, 0,
                              seg->memsz - seg->filesz, MEMTXATTRS_UNSPECIFIED);
    }
    return res == MEMTX_OK;
}

static ssize_t load_segment(const ElfFile *elf, LoadArgs *a, const Segment *seg,
                            unsigned index)
{
    uint64_t addr = seg->paddr;

    if (!seg->memsz) {
        return 0;
    }
    if (seg->filesz > seg->memsz) {
        return ELF_LOAD_FAILED;
    }
    a->total += seg->memsz;
    if (seg->memsz > INT_MAX || a->total > INT_MAX) {
        return ELF_LOAD_TOO_BIG;
    }
    if (a->translate_fn) {
        addr = a->translate_fn(a->opaque, seg->paddr);
    } else if (seg->vaddr != seg->paddr && (seg->flags & PF_X) &&
               elf->entry >= seg->vaddr &&
               elf->entry - seg->vaddr < seg->filesz) {
        /* The header has it as a virtual address, memory is not mapped yet. */
        a->entry = elf->entry - seg->vaddr + seg->paddr;
    }
    if (seg->memsz - 1 > UINT64_MAX - addr) {
        return ELF_LOAD_FAILED;
    }
    if (!put_segment(elf, a, seg, index, addr)) {
        return ELF_LOAD_FAILED;
    }
    a->low = MIN(a->low, addr);
    a->high = MAX(a->high, addr + seg->memsz);
    return 0;
}

/* Finds the wanted entry of a PT_NOTE segment (ABI, "Note Section"). */
static void load_notes(const ElfFile *elf, LoadArgs *a, Segment *seg)
{
    g_autofree uint8_t *data = NULL;
    uint64_t wanted, at = 0, step = MAX(seg->align, 4);

    if (!a->note_fn || !a->opaque || step > 4096 || !is_power_of_2(step)) {
        return;
    }
    wanted = *(uint64_t *)a->opaque;
    data = read_piece(elf, seg->offset, seg->filesz);
    while (data && at < seg->filesz && seg->filesz - at >= sizeof(Elf32_Nhdr)) {
        uint8_t *note = data + at;
        uint64_t namesz = get(elf, note, 4);
        uint64_t descsz = get(elf, note + 4, 4);
        uint64_t size = sizeof(Elf32_Nhdr) + ROUND_UP(namesz, step) +
                        ROUND_UP(descsz, step);

        if (size > ROUND_UP(seg->filesz - at, step)) {
            return;
        }
        if (get(elf, note + 8, 4) == wanted) {
            /*
             * Padding may lie behind the end of the file's piece; and who reads
             * a value of 8 bytes from a shorter one, reads zeros.
             */
            g_autofree uint8_t *copy = g_malloc0(size + 16);

            memcpy(copy, note, MIN(size, seg->filesz - at));
            a->note_fn(copy, &seg->align, elf->is64);
            return;
        }
        at += size;
    }
}

static ssize_t load_segments(const ElfFile *elf, LoadArgs *a)
{
    g_autofree uint8_t *table = NULL;

    if (!elf->phnum) {
        return 0;
    }
    if (elf->phentsize < SIZE_OF(elf, Phdr)) {
        return ELF_LOAD_FAILED;
    }
    table = read_piece(elf, elf->phoff, (uint64_t)elf->phnum * elf->phentsize);
    if (!table) {
        return ELF_LOAD_FAILED;
    }
    for (unsigned i = 0; i < elf->phnum; i++) {
        Segment seg = segment_at(elf, table, i);
        ssize_t ret = 0;

        if (seg.type == PT_LOAD) {
            ret = load_segment(elf, a, &seg, i);
        } else if (seg.type == PT_NOTE) {
            load_notes(elf, a, &seg);
        }
        if (ret < 0) {
            return ret;
        }
    }
    return a->total;
}

/*** What is public. ***/

static void store(uint64_t *p, uint64_t value)
{
    if (p) {
        *p = value;
    }
}

ssize_t load_elf_ram_sym(const char *filename,
                         uint64_t (*elf_note_fn)(void *, void *, bool),
                         uint64_t (*translate_fn)(void *, uint64_t),
                         void *translate_opaque, uint64_t *pentry,
                         uint64_t *lowaddr, uint64_t *highaddr,
                         uint32_t *pflags, int elf_data_order, int elf_machine,
                         int clear_lsb, int data_swab, AddressSpace *as,
                         bool load_rom, symbol_fn_t sym_cb)
{
    ElfFile elf = { .fd = -1 };
    LoadArgs args = {
        .note_fn = elf_note_fn,
        .translate_fn = translate_fn,
        .opaque = translate_opaque,
        .data_swab = data_swab,
        .as = as ?: &address_space_memory,
        .load_rom = load_rom,
        .low = UINT64_MAX,
    };
    ssize_t ret = elf_open(&elf, filename, elf_data_order);

    if (!ret && !machine_fits(elf_machine, elf.machine)) {
        ret = ELF_LOAD_WRONG_ARCH;
    }
    if (!ret) {
        args.entry = elf.entry;
        if (sym_cb) {
            load_symbols(&elf, sym_cb);
        }
        ret = load_segments(&elf, &args);
    }
    if (elf.fd >= 0) {
        close(elf.fd);
    }
    if (ret >= 0) {
        store(pentry, args.entry);
        store(lowaddr, args.low);
        store(highaddr, args.high);
        if (pflags) {
            *pflags = elf.flags;
        }
    }
    return ret;
}

ssize_t load_elf_as(const char *filename,
                    uint64_t (*elf_note_fn)(void *, void *, bool),
                    uint64_t (*translate_fn)(void *, uint64_t),
                    void *translate_opaque, uint64_t *pentry, uint64_t *lowaddr,
                    uint64_t *highaddr, uint32_t *pflags, int elf_data_order,
                    int elf_machine, int clear_lsb, int data_swab,
                    AddressSpace *as)
{
    return load_elf_ram_sym(filename, elf_note_fn, translate_fn,
                            translate_opaque, pentry, lowaddr, highaddr, pflags,
                            elf_data_order, elf_machine, clear_lsb, data_swab,
                            as, true, NULL);
}

ssize_t load_elf(const char *filename,
                 uint64_t (*elf_note_fn)(void *, void *, bool),
                 uint64_t (*translate_fn)(void *, uint64_t),
                 void *translate_opaque, uint64_t *pentry, uint64_t *lowaddr,
                 uint64_t *highaddr, uint32_t *pflags, int elf_data_order,
                 int elf_machine, int clear_lsb, int data_swab)
{
    return load_elf_as(filename, elf_note_fn, translate_fn, translate_opaque,
                       pentry, lowaddr, highaddr, pflags, elf_data_order,
                       elf_machine, clear_lsb, data_swab, NULL);
}

const char *load_elf_strerror(ssize_t error)
{
    static const char *const texts[] = {
        [0] = "No error",
        [-ELF_LOAD_FAILED] = "Failed to load ELF",
        [-ELF_LOAD_NOT_ELF] = "The image is not ELF",
        [-ELF_LOAD_WRONG_ARCH] = "The image is from incompatible architecture",
        [-ELF_LOAD_WRONG_ENDIAN] = "The image has incorrect endianness",
        [-ELF_LOAD_TOO_BIG] = "The image segments are too big to load",
    };

    if (error > 0 || error < ELF_LOAD_TOO_BIG) {
        return "Unknown error";
    }
    return texts[-error];
}

void load_elf_hdr(const char *filename, void *hdr, bool *is64, Error **errp)
{
    uint8_t buf[sizeof(Elf64_Ehdr)];
    bool wide;
    size_t size;
    ssize_t got;
    int fd = open(filename, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        error_setg_errno(errp, errno, "Failed to open file: %s", filename);
        return;
    }
    got = pread(fd, buf, sizeof(buf), 0);
    if (got < 0) {
        error_setg_errno(errp, errno, "Failed to read file: %s", filename);
        close(fd);
        return;
    }
    close(fd);
    if (got < EI_NIDENT) {
        error_setg(errp, "File too short: %s", filename);
        return;
    }
    if (memcmp(buf, ELFMAG, SELFMAG)) {
        error_setg(errp, "Bad ELF magic");
        return;
    }
    wide = buf[EI_CLASS] == ELFCLASS64;
    size = wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    if (got < size) {
        error_setg(errp, "File too short: %s", filename);
        return;
    }
    if (is64) {
        *is64 = wide;
    }
    if (hdr) {
        memcpy(hdr, buf, size);
    }
}
