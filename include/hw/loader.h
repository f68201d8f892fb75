/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files into guest memory.
 *
 *   load_elf*(), load_uimage*(), load_image_targphys*() ...   formats of files
 *        |
 *   rom_add_blob(), rom_add_file(), rom_add_elf_program()     the list of ROMs
 *        |
 *   rom_check_and_register_reset()    checked, then written at every reset
 *
 * A ROM is a name, bytes and a place: an address in an address space, a region
 * of its own, or a file of the firmware configuration device. A board adds them
 * while it is built; nothing is in guest memory before the first reset, so code
 * that wants to look at them before uses rom_ptr(). Under the big lock, all of
 * it. An address space that is NULL is address_space_memory.
 */
#ifndef LOADER_H
#define LOADER_H

#include "exec/hwaddr.h"
#include "exec/memory.h"
#include "hw/nvram/fw_cfg.h"

/* ---- whole files --------------------------------------------------------- */

/* The size in bytes of @filename; -1 with errno set if that fails. */
int64_t get_image_size(const char *filename);

/*
 * Reads up to @size bytes of @filename to @addr, a host address. Returns how
 * many, or -1 with errno set. A file that has more is no error.
 */
ssize_t load_image_size(const char *filename, void *addr, size_t size);

/*
 * Makes @filename a ROM at @addr of @as. Returns its size, or -1 if it cannot
 * be read, is empty, or has more than @max_sz bytes.
 */
ssize_t load_image_targphys_as(const char *filename, hwaddr addr,
                               uint64_t max_sz, AddressSpace *as);
ssize_t load_image_targphys(const char *filename, hwaddr addr, uint64_t max_sz);

/*
 * The same for a board that wants to say what went wrong: @what is what the
 * file is for ("kernel"), and the error names it, the file, and the sizes. Ours.
 */
ssize_t load_image_or_error(const char *what, const char *filename, hwaddr addr,
                            uint64_t max_sz, AddressSpace *as, Error **errp);

/*
 * Makes @filename the content of @mr, a RAM or ROM region, at every reset.
 * Returns its size, or -1: also if it is larger than @mr.
 */
ssize_t load_image_mr(const char *filename, MemoryRegion *mr);

/* Copies up to @nbytes of the open file @fd to a ROM @name at @dst_addr. */
ssize_t read_targphys(const char *name, int fd, hwaddr dst_addr, size_t nbytes);

/*
 * Makes @source, cut to @buf_size bytes with its NUL, a ROM at @dest: the
 * length counts, what lies behind is zeroed.
 */
void pstrcpy_targphys(const char *name, hwaddr dest, int buf_size,
                      const char *source);

/* ---- compressed files ---------------------------------------------------- */

/* No image is unpacked to more than this. */
#define LOAD_IMAGE_MAX_GUNZIP_BYTES (256 << 20)
/* Nor a uImage to more than this, as U-Boot itself has it. */
#define UBOOT_MAX_GUNZIP_BYTES (64 << 20)

/*
 * Unpacks gzip data (RFC 1952). Returns how many bytes there are at @dst, or -1
 * if the data are corrupt or more than @dstlen.
 */
ssize_t gunzip(void *dst, size_t dstlen, uint8_t *src, size_t srclen);

/*
 * Unpacks @filename if it is a gzip file that has not more than @max_sz bytes
 * then, into *@buffer, for g_free(). Returns the size or -1.
 */
ssize_t load_image_gzipped_buffer(const char *filename, uint64_t max_sz,
                                  uint8_t **buffer);

/*
 * If *@buffer of *@size bytes, allocated with g_malloc(), is an EFI zboot image
 * as Linux makes them, replaces it by the kernel in it. Returns the new size,
 * 0 if it is something else, or -1 if it is one that cannot be unpacked.
 */
ssize_t unpack_efi_zboot_image(uint8_t **buffer, ssize_t *size);

/* ---- formats ------------------------------------------------------------- */

#define ELF_LOAD_FAILED       -1
#define ELF_LOAD_NOT_ELF      -2
#define ELF_LOAD_WRONG_ARCH   -3
#define ELF_LOAD_WRONG_ENDIAN -4
#define ELF_LOAD_TOO_BIG      -5

/* The text for a result of load_elf*() below 0. */
const char *load_elf_strerror(ssize_t error);

/* What is told of each symbol: st_info, st_value and so on are ELF's names. */
typedef void (*symbol_fn_t)(const char *st_name, int st_info,
                            uint64_t st_value, uint64_t st_size);

/*
 * Loads the PT_LOAD segments of an ELF file, 32 or 64 bit, at their physical
 * addresses, which @translate_fn may change. Returns how many bytes of memory
 * they have together, or ELF_LOAD_*.
 *
 * @elf_note_fn:      is told of the PT_NOTE entry of the type to which
 *                    @translate_opaque points (a uint64_t): the entry, a
 *                    pointer to its alignment, whether the file has 64 bits
 * @pentry:           the entry point, as a physical address if a segment's
 *                    addresses differ and there is no @translate_fn
 * @lowaddr, @highaddr: the first address and the one behind the last
 * @pflags:           e_flags; these four may be NULL
 * @elf_data_order:   ELFDATA2LSB or ELFDATA2MSB
 * @elf_machine:      EM_*; EM_NONE takes any
 * @clear_lsb:        for symbol lookup, which there is not yet
 * @data_swab:        swaps the bytes of every 2 << (@data_swab - 1); 0: none
 * @load_rom:         as ROMs; if false, they are written at once, and not again
 * @sym_cb:           is told of every symbol, or NULL
 */
ssize_t load_elf_ram_sym(const char *filename,
                         uint64_t (*elf_note_fn)(void *, void *, bool),
                         uint64_t (*translate_fn)(void *, uint64_t),
                         void *translate_opaque, uint64_t *pentry,
                         uint64_t *lowaddr, uint64_t *highaddr,
                         uint32_t *pflags, int elf_data_order, int elf_machine,
                         int clear_lsb, int data_swab, AddressSpace *as,
                         bool load_rom, symbol_fn_t sym_cb);
/* The same, as ROMs and without symbols. */
ssize_t load_elf_as(const char *filename,
                    uint64_t (*elf_note_fn)(void *, void *, bool),
                    uint64_t (*translate_fn)(void *, uint64_t),
                    void *translate_opaque, uint64_t *pentry, uint64_t *lowaddr,
                    uint64_t *highaddr, uint32_t *pflags, int elf_data_order,
                    int elf_machine, int clear_lsb, int data_swab,
                    AddressSpace *as);
ssize_t load_elf(const char *filename,
                 uint64_t (*elf_note_fn)(void *, void *, bool),
                 uint64_t (*translate_fn)(void *, uint64_t),
                 void *translate_opaque, uint64_t *pentry, uint64_t *lowaddr,
                 uint64_t *highaddr, uint32_t *pflags, int elf_data_order,
                 int elf_machine, int clear_lsb, int data_swab);

/*
 * Whether @filename is an ELF file, of 64 bits if *@is64, and its header (an
 * Elf32_Ehdr or Elf64_Ehdr as in the file); both may be NULL.
 */
void load_elf_hdr(const char *filename, void *hdr, bool *is64, Error **errp);

#define LOAD_UIMAGE_LOADADDR_INVALID (-1)

/*
 * Loads a U-Boot kernel image (legacy uImage), unpacking gzip. Returns its size
 * in memory or -1 (said why, if it is a uImage).
 *
 * @ep:        the entry point; NULL if not wanted, as the next two
 * @loadaddr:  where it was loaded; for a "noload" image, where it is to go, or
 *             LOAD_UIMAGE_LOADADDR_INVALID if the board has no place for one
 * @is_linux:  whether the image says that it is Linux
 * @translate_fn: from the image's addresses to those in @as, or NULL
 */
ssize_t load_uimage_as(const char *filename, hwaddr *ep, hwaddr *loadaddr,
                       int *is_linux,
                       uint64_t (*translate_fn)(void *, uint64_t),
                       void *translate_opaque, AddressSpace *as);
ssize_t load_uimage(const char *filename, hwaddr *ep, hwaddr *loadaddr,
                    int *is_linux, uint64_t (*translate_fn)(void *, uint64_t),
                    void *translate_opaque);

/*
 * Loads a U-Boot ramdisk image to @addr. Returns its size or -1; -1 without a
 * message if it is no uImage. @max_sz is not looked at, as ever.
 */
ssize_t load_ramdisk_as(const char *filename, hwaddr addr, uint64_t max_sz,
                        AddressSpace *as);
ssize_t load_ramdisk(const char *filename, hwaddr addr, uint64_t max_sz);

/*
 * Loads an Intel HEX file (record types 0 to 5) and tells its entry point.
 * Returns how many bytes of data it has, or -1.
 */
ssize_t load_targphys_hex_as(const char *filename, hwaddr *entry,
                             AddressSpace *as);

/*
 * The header of Linux's flat Image on riscv64 and arm64 (Documentation/arch/
 * riscv/boot-image-header.rst, Documentation/arch/arm64/booting.rst). Ours.
 */
typedef struct LinuxImageHeader {
    int machine;            /* EM_RISCV or EM_AARCH64 */
    uint64_t text_offset;   /* from the start of RAM, or a 2 MiB boundary */
    uint64_t image_size;    /* in memory, with what it zeroes; 0: not said */
    uint64_t flags;
} LinuxImageHeader;

/* False if the @len bytes at @image do not begin with such a header. */
bool linux_image_parse_header(const void *image, size_t len,
                              LinuxImageHeader *hdr);

/* ---- the list of ROMs ---------------------------------------------------- */

/*
 * Adds @file, looked for in the data directories too. With @fw_dir it goes to
 * the firmware configuration device as FW_DIR/BASENAME; with @mr into that
 * region; else to @addr of @as. @bootindex below 0 means none. Returns 0 or,
 * after a message, -1.
 */
ssize_t rom_add_file(const char *file, const char *fw_dir, hwaddr addr,
                     int32_t bootindex, bool has_option_rom, MemoryRegion *mr,
                     AddressSpace *as);

/*
 * Adds a copy of the @len bytes at @blob; up to @max_len they are followed by
 * zeros. With @fw_file_name they are that file of the firmware configuration
 * device, where there is one, and @fw_callback is called when it is selected;
 * if machines of this type have regions for files, that region is returned,
 * which may be resized up to @max_len.
 */
MemoryRegion *rom_add_blob(const char *name, const void *blob, size_t len,
                           size_t max_len, hwaddr addr,
                           const char *fw_file_name, FWCfgCallback fw_callback,
                           void *callback_opaque, AddressSpace *as,
                           bool read_only);

/*
 * Adds @datasize bytes at @data, up to @romsize followed by zeros. @data lie in
 * @mapped_file, of which a reference is taken; or, if that is NULL, they become
 * the list's, for g_free(). Returns 0 or -1.
 */
int rom_add_elf_program(const char *name, GMappedFile *mapped_file, void *data,
                        size_t datasize, size_t romsize, hwaddr addr,
                        AddressSpace *as);

#define rom_add_file_fixed(_f, _a, _i) \
    rom_add_file(_f, NULL, _a, _i, false, NULL, NULL)
#define rom_add_blob_fixed(_f, _b, _l, _a) \
    rom_add_blob(_f, _b, _l, _l, _a, NULL, NULL, NULL, NULL, true)
#define rom_add_file_mr(_f, _mr, _i) \
    rom_add_file(_f, NULL, 0, _i, false, _mr, NULL)
#define rom_add_file_as(_f, _as, _i) \
    rom_add_file(_f, NULL, 0, _i, false, NULL, _as)
#define rom_add_file_fixed_as(_f, _a, _i, _as) \
    rom_add_file(_f, NULL, _a, _i, false, NULL, _as)
#define rom_add_blob_fixed_as(_f, _b, _l, _a, _as) \
    rom_add_blob(_f, _b, _l, _l, _a, NULL, NULL, NULL, _as, true)

/* Option ROMs of a PC: files "vgaroms/" and "genroms/" for its firmware. */
ssize_t rom_add_vga(const char *file);
ssize_t rom_add_option(const char *file, int32_t bootindex);

/*
 * All that is added in between stays (@commit) or goes again, if for example a
 * second file cannot be loaded. They do not nest.
 */
void rom_transaction_begin(void);
void rom_transaction_end(bool commit);

/*
 * When the board stands: says which ROMs overlap, if any, and returns -1; else
 * has all of them written at every reset and returns 0. After that nothing can
 * be added any more.
 */
int rom_check_and_register_reset(void);

/*
 * While it is set, resets write nothing: memory comes from a migration stream.
 * Ours.
 */
void rom_set_incoming(bool is_incoming);

/* The firmware configuration device that files go to. */
void rom_set_fw(FWCfgState *f);
/* FW_CFG_ORDER_OVERRIDE_* for the files that are added next. */
void rom_set_order_override(int order);
void rom_reset_order_override(void);

/* ---- looking at it ------------------------------------------------------- */

/*
 * Copies to @dest what the ROMs have in [@addr, +@size). Returns the offset
 * behind the last byte that was written. Gaps are left as they are.
 */
int rom_copy(uint8_t *dest, hwaddr addr, size_t size);

/*
 * Where one ROM's bytes for [@addr, +@size) are, or NULL. They may be changed:
 * the next reset writes them. The second form also finds what was loaded
 * through another alias of the same memory.
 */
void *rom_ptr(hwaddr addr, size_t size);
void *rom_ptr_for_as(AddressSpace *as, hwaddr addr, size_t size);

typedef struct RomGap {
    hwaddr base;
    size_t size;
} RomGap;

/* The largest piece of [@base, +@size) to which no ROM is loaded. */
RomGap rom_find_largest_gap_between(hwaddr base, size_t size);

/* `info roms`, one line each. Ours. */
void rom_list_info(GString *out);

/* Forgets all ROMs, for tests. Ours. */
void rom_list_clear(void);

/* ---- how files reach the firmware configuration device ------------------- */

/*
 * hw/core/ does not use hw/nvram/: that one registers what it does for the list
 * of ROMs. Ours.
 */
typedef struct RomFirmwareOps {
    void (*add_file)(FWCfgState *f, const char *name, FWCfgCallback select_cb,
                     void *opaque, void *data, size_t len, bool read_only);
    void *(*modify_file)(FWCfgState *f, const char *name, void *data,
                         size_t len);
    void (*set_order)(FWCfgState *f, int order);    /* 0: none */
} RomFirmwareOps;

void rom_register_firmware_ops(const RomFirmwareOps *ops);

#endif
