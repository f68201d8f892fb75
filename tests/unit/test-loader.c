/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files into guest memory: every format, right and corrupt, and the list of
 * ROMs that resets write.
 */
#include "qemu/osdep.h"
#include <zlib.h>
#include "elf.h"
#include "exec/address-spaces.h"
#include "hw/loader.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/datadir.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "qom/object.h"
#include "system/reset.h"

#define RAM_BASE   0x80000000
#define RAM_SIZE   (4 * MiB)
#define ROM_BASE   0x1000
#define ROM_SIZE   0x1000
#define ALIAS_BASE 0x20000000

static MemoryRegion ram, rom, ram_alias;
static char *dir;

static char *path_of(const char *name)
{
    return g_build_filename(dir, name, NULL);
}

static char *make_file(const char *name, const void *data, size_t len)
{
    char *path = path_of(name);

    g_assert_true(g_file_set_contents(path, data, len, NULL));
    return path;
}

static uint8_t *random_bytes(size_t len)
{
    uint8_t *p = g_malloc(MAX(len, 1));

    for (size_t i = 0; i < len; i++) {
        p[i] = g_test_rand_int();
    }
    return p;
}

static void read_guest(hwaddr addr, void *buf, size_t len)
{
    address_space_read(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED, buf,
                       len);
}

static void expect_guest(hwaddr addr, const void *data, size_t len)
{
    g_autofree uint8_t *buf = g_malloc(MAX(len, 1));

    read_guest(addr, buf, len);
    g_assert_cmpmem(buf, len, data, len);
}

static void expect_zeros(hwaddr addr, size_t len)
{
    g_autofree uint8_t *buf = g_malloc0(MAX(len, 1));

    expect_guest(addr, buf, len);
}

/* Garbage in memory, so that one sees what a reset writes. */
static void start(void)
{
    rom_list_clear();
    memset(memory_region_get_ram_ptr(&ram), 0xa5, RAM_SIZE);
    memset(memory_region_get_ram_ptr(&rom), 0xa5, ROM_SIZE);
}

static void reset(void)
{
    g_assert_cmpint(rom_check_and_register_reset(), ==, 0);
    qemu_devices_reset(RESET_TYPE_COLD);
}

static void expect_info(const char *text)
{
    g_autoptr(GString) out = g_string_new(NULL);

    rom_list_info(out);
    g_assert_cmpstr(out->str, ==, text);
}

/*** The list. ***/

static void test_blob(void)
{
    uint8_t data[] = { 1, 2, 3, 4, 5 }, other = 9;

    start();
    g_assert_null(rom_add_blob("blob", data, 5, 8, RAM_BASE + 4, NULL, NULL,
                               NULL, NULL, true));
    rom_add_blob_fixed("in rom", data, 5, ROM_BASE + 8);
    data[0] = 77; /* it was copied */
    expect_info("addr=0000000000001008 size=0x000005 mem=ram name=\"in rom\"\n"
                "addr=0000000080000004 size=0x000008 mem=ram name=\"blob\"\n");
    reset();
    expect_info("addr=0000000000001008 size=0x000005 mem=rom name=\"in rom\"\n"
                "addr=0000000080000004 size=0x000008 mem=ram name=\"blob\"\n");
    expect_guest(RAM_BASE, "\xa5\xa5\xa5\xa5\1\2\3\4\5\0\0\0\xa5", 13);
    expect_guest(ROM_BASE + 7, "\xa5\1\2\3\4\5\xa5", 7);

    /* What the guest changes, comes back. */
    address_space_write(&address_space_memory, RAM_BASE + 4,
                        MEMTXATTRS_UNSPECIFIED, &other, 1);
    expect_guest(RAM_BASE + 4, &other, 1);
    qemu_devices_reset(RESET_TYPE_COLD);
    expect_guest(RAM_BASE + 4, "\1\2\3\4\5\0\0\0\xa5", 9);
    rom_set_incoming(true);
    address_space_write(&address_space_memory, RAM_BASE + 4,
                        MEMTXATTRS_UNSPECIFIED, &other, 1);
    qemu_devices_reset(RESET_TYPE_COLD);
    expect_guest(RAM_BASE + 4, &other, 1);
    rom_set_incoming(false);
}

static void test_ptr(void)
{
    uint8_t buf[16];
    RomGap gap;

    start();
    rom_add_blob("a", "abcd", 4, 8, RAM_BASE, NULL, NULL, NULL, NULL, true);
    rom_add_blob_fixed("b", "efgh", 4, RAM_BASE + 0x10);
    g_assert_cmpmem(rom_ptr(RAM_BASE + 1, 3), 3, "bcd", 3);
    g_assert_null(rom_ptr(RAM_BASE + 1, 4));
    g_assert_null(rom_ptr(RAM_BASE - 1, 2));
    g_assert_null(rom_ptr(RAM_BASE + 2, SIZE_MAX));
    g_assert_cmpmem(rom_ptr_for_as(&address_space_memory, RAM_BASE + 0x10, 4),
                    4, "efgh", 4);
    /* Through the alias it is the same memory. */
    g_assert_null(rom_ptr(ALIAS_BASE + 0x12, 2));
    g_assert_cmpmem(rom_ptr_for_as(&address_space_memory, ALIAS_BASE + 0x12, 2),
                    2, "gh", 2);
    g_assert_null(rom_ptr_for_as(&address_space_memory, ALIAS_BASE + 0x13, 2));

    memset(buf, '.', sizeof(buf));
    g_assert_cmpint(rom_copy(buf, RAM_BASE + 2, 16), ==, 16);
    g_assert_cmpmem(buf, 16, "cd\0\0\0\0........ef", 16);
    memset(buf, '.', sizeof(buf));
    g_assert_cmpint(rom_copy(buf, RAM_BASE + 0xc, 12), ==, 8);
    g_assert_cmpmem(buf, 16, "....efgh........", 16);
    g_assert_cmpint(rom_copy(buf, 0, 16), ==, 0);

    gap = rom_find_largest_gap_between(RAM_BASE, 0x100);
    g_assert_cmphex(gap.base, ==, RAM_BASE + 0x14);
    g_assert_cmphex(gap.size, ==, 0xec);
    gap = rom_find_largest_gap_between(RAM_BASE, 0x14);
    g_assert_cmphex(gap.base, ==, RAM_BASE + 8);
    g_assert_cmphex(gap.size, ==, 8);
    gap = rom_find_largest_gap_between(RAM_BASE, 4);
    g_assert_cmphex(gap.size, ==, 0);
}

static void test_transaction(void)
{
    start();
    rom_add_blob_fixed("a", "a", 1, RAM_BASE);
    rom_transaction_begin();
    rom_add_blob_fixed("b", "b", 1, RAM_BASE + 1);
    rom_add_blob_fixed("c", "c", 1, RAM_BASE - 1);
    rom_transaction_end(false);
    expect_info("addr=0000000080000000 size=0x000001 mem=ram name=\"a\"\n");
    rom_transaction_begin();
    rom_add_blob_fixed("b", "b", 1, RAM_BASE + 1);
    rom_transaction_end(true);
    g_assert_nonnull(rom_ptr(RAM_BASE + 1, 1));
    rom_transaction_begin();
    rom_transaction_end(false);
    g_assert_nonnull(rom_ptr(RAM_BASE + 1, 1));
}

/* In a child: messages go to stderr. */
static void overlap_child(void)
{
    start();
    rom_add_blob("big", "x", 1, 0x100, RAM_BASE, NULL, NULL, NULL, NULL, true);
    rom_add_blob_fixed("inside", "yy", 2, RAM_BASE + 0x10);
    rom_add_blob_fixed("still inside", "yy", 2, RAM_BASE + 0xff);
    rom_add_blob_fixed("behind", "yy", 2, RAM_BASE + 0x101);
    g_assert_cmpint(rom_check_and_register_reset(), ==, -1);
}

static void test_overlap(void)
{
    if (g_test_subprocess()) {
        overlap_child();
        return;
    }
    g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr(
        "*Cannot load 'big' and 'inside': they overlap (in the memory address "
        "space)\n"
        "  big (addresses 0x0000000080000000 - 0x0000000080000100)\n"
        "  inside (addresses 0x0000000080000010 - 0x0000000080000012)\n*");
    g_test_trap_assert_stderr("*'big' and 'still inside'*");
    g_test_trap_assert_stderr_unmatched("*'behind'*");
}

/*** Plain files. ***/

static void test_plain(void)
{
    g_autofree uint8_t *data = random_bytes(5000);
    g_autofree char *path = make_file("plain", data, 5000);
    g_autofree char *empty = make_file("empty", "", 0);
    uint8_t buf[6000];
    Error *err = NULL;
    int fd;

    start();
    g_assert_cmpint(get_image_size(path), ==, 5000);
    g_assert_cmpint(get_image_size("/nonexistent"), ==, -1);
    g_assert_cmpint(load_image_size(path, buf, 100), ==, 100);
    g_assert_cmpint(load_image_size(path, buf, sizeof(buf)), ==, 5000);
    g_assert_cmpmem(buf, 5000, data, 5000);
    g_assert_cmpint(load_image_size("/nonexistent", buf, 1), ==, -1);
    g_assert_cmpint(errno, ==, ENOENT);

    g_assert_cmpint(load_image_targphys(path, RAM_BASE, 4999), ==, -1);
    g_assert_cmpint(load_image_targphys(empty, RAM_BASE, 4999), ==, -1);
    g_assert_cmpint(load_image_targphys("/nonexistent", 0, 4999), ==, -1);
    g_assert_cmpint(load_image_targphys(path, RAM_BASE, 5000), ==, 5000);
    g_assert_cmpint(load_image_mr(path, &rom), ==, -1);
    g_assert_cmpint(
        load_image_or_error("kernel", path, RAM_BASE, 4096, NULL, &err), ==,
        -1);
    g_assert_nonnull(strstr(error_get_pretty(err), "Cannot load kernel '"));
    g_assert_nonnull(strstr(error_get_pretty(err),
                            "it has 4.88 KiB (5000 bytes); at 0x80000000 there "
                            "is room for 4 KiB (4096 bytes)"));
    error_free(err);
    err = NULL;
    load_image_or_error("kernel", "/nonexistent", 0, 1, NULL, &err);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Cannot load kernel '/nonexistent': "
                    "No such file or directory");
    error_free(err);

    fd = open(path, O_RDONLY);
    g_assert_cmpint(read_targphys("x", fd, RAM_BASE + 8192, 3), ==, 3);
    close(fd);
    pstrcpy_targphys("s", RAM_BASE + 9000, 8, "hello");
    pstrcpy_targphys("t", RAM_BASE + 9008, 4, "hello");
    reset();
    expect_guest(RAM_BASE, data, 5000);
    expect_guest(RAM_BASE + 8192, data, 3);
    expect_guest(RAM_BASE + 9000, "hello\0\0\0hel\0\xa5", 13);
}

static void test_mr(void)
{
    g_autofree uint8_t *data = random_bytes(64);
    g_autofree char *path = make_file("boot", data, 64);
    uint8_t *host = memory_region_get_ram_ptr(&rom);

    start();
    g_assert_cmpint(load_image_mr(path, &rom), ==, 64);
    reset();
    g_assert_cmpmem(host, 64, data, 64);
    g_assert_cmphex(host[64], ==, 0xa5);
}

static void test_datadir(void)
{
    g_autofree char *path = make_file("bios.bin", "firmware", 8);
    g_autofree char *found = NULL;

    start();
    g_assert_null(qemu_find_file(QEMU_FILE_TYPE_BIOS, "bios.bin"));
    qemu_add_data_dir(NULL);
    qemu_add_data_dir(g_strdup("/nonexistent"));
    qemu_add_data_dir(g_strdup(dir));
    qemu_add_data_dir(g_strdup(dir));
    found = qemu_find_file(QEMU_FILE_TYPE_BIOS, "bios.bin");
    g_assert_cmpstr(found, ==, path);
    g_assert_null(qemu_find_file(QEMU_FILE_TYPE_KEYMAP, "bios.bin"));
    g_assert_cmpint(rom_add_file_fixed("bios.bin", RAM_BASE, -1), ==, 0);
    reset();
    expect_guest(RAM_BASE, "firmware", 8);
}

/*** gzip, zboot, Linux. ***/

static uint8_t *gzip(const uint8_t *src, size_t len, size_t *out_len)
{
    z_stream z = { .next_in = (uint8_t *)src, .avail_in = len };
    uint8_t *out = g_malloc(len + 1024);

    deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
    z.next_out = out;
    z.avail_out = len + 1024;
    g_assert_cmpint(deflate(&z, Z_FINISH), ==, Z_STREAM_END);
    *out_len = z.next_out - out;
    deflateEnd(&z);
    return out;
}

static void test_gzip(void)
{
    size_t len = 300000, packed_len;
    g_autofree uint8_t *data = random_bytes(len), *out = g_malloc(len);
    g_autofree uint8_t *packed = NULL, *buf = NULL;
    g_autofree char *path = NULL;

    memset(data + 1000, 7, 200000);
    packed = gzip(data, len, &packed_len);
    g_assert_cmpint(gunzip(out, len, packed, packed_len), ==, len);
    g_assert_cmpmem(out, len, data, len);
    g_assert_cmpint(gunzip(out, len - 1, packed, packed_len), ==, -1);
    g_assert_cmpint(gunzip(out, len, packed, packed_len - 1), ==, -1);
    g_assert_cmpint(gunzip(out, len, data, len), ==, -1);
    g_assert_cmpint(gunzip(out, len, packed, 0), ==, -1);

    path = make_file("x.gz", packed, packed_len);
    g_assert_cmpint(load_image_gzipped_buffer(path, len, &buf), ==, len);
    g_assert_cmpmem(buf, len, data, len);
    g_clear_pointer(&buf, g_free);
    g_assert_cmpint(load_image_gzipped_buffer(path, UINT64_MAX, &buf), ==, len);
    g_clear_pointer(&buf, g_free);
    g_assert_cmpint(load_image_gzipped_buffer(path, len - 1, &buf), ==, -1);
    g_free(path);
    path = make_file("x.gz", data, len);
    g_assert_cmpint(load_image_gzipped_buffer(path, len, &buf), ==, -1);
}

static void test_zboot(void)
{
    size_t len = 5000, packed_len;
    g_autofree uint8_t *data = random_bytes(len);
    g_autofree uint8_t *packed = gzip(data, len, &packed_len);
    ssize_t size = 64 + packed_len;
    uint8_t *image = g_malloc0(size);
    g_autofree uint8_t *good = NULL;

    memcpy(image, "MZ\0\0zimg", 8);
    stl_le_p(image + 8, 64);
    stl_le_p(image + 12, packed_len);
    strcpy((char *)image + 24, "gzip");
    memcpy(image + 64, packed, packed_len);
    good = g_memdup2(image, size);

    g_assert_cmpint(unpack_efi_zboot_image(&image, &size), ==, len);
    g_assert_cmpint(size, ==, len);
    g_assert_cmpmem(image, len, data, len);
    g_assert_cmpint(unpack_efi_zboot_image(&image, &size), ==, 0);

    size = 64 + packed_len;
    g_free(image);
    image = g_memdup2(good, size);
    stl_le_p(image + 12, packed_len + 1);
    g_assert_cmpint(unpack_efi_zboot_image(&image, &size), ==, -1);
    stl_le_p(image + 8, UINT32_MAX);
    g_assert_cmpint(unpack_efi_zboot_image(&image, &size), ==, -1);
    stl_le_p(image + 8, 65);
    stl_le_p(image + 12, packed_len - 1);
    g_assert_cmpint(unpack_efi_zboot_image(&image, &size), ==, -1);
    strcpy((char *)image + 24, "zstd");
    g_assert_cmpint(unpack_efi_zboot_image(&image, &size), ==, -1);
    g_free(image);
}

static void test_linux_image(void)
{
    uint8_t image[64] = { 0 };
    LinuxImageHeader hdr;

    g_assert_false(linux_image_parse_header(image, 64, &hdr));
    stq_le_p(image + 8, 0x200000);
    stq_le_p(image + 16, 0x1234567);
    stq_le_p(image + 24, 5);
    memcpy(image + 0x38, "RSC\x05", 4);
    g_assert_false(linux_image_parse_header(image, 63, &hdr));
    g_assert_true(linux_image_parse_header(image, 64, &hdr));
    g_assert_cmpint(hdr.machine, ==, EM_RISCV);
    g_assert_cmphex(hdr.text_offset, ==, 0x200000);
    g_assert_cmphex(hdr.image_size, ==, 0x1234567);
    g_assert_cmphex(hdr.flags, ==, 5);
    memcpy(image + 0x38, "ARM\x64", 4);
    g_assert_true(linux_image_parse_header(image, 64, &hdr));
    g_assert_cmpint(hdr.machine, ==, EM_AARCH64);
}

/*** uImages. ***/

static char *make_uimage(int type, int os, int comp, uint32_t load, uint32_t ep,
                         const uint8_t *data, uint32_t len, uint32_t file_len)
{
    g_autofree uint8_t *file = g_malloc0(64 + file_len);

    stl_be_p(file, 0x27051956);
    stl_be_p(file + 12, len);
    stl_be_p(file + 16, load);
    stl_be_p(file + 20, ep);
    file[28] = os;
    file[30] = type;
    file[31] = comp;
    memcpy(file + 64, data, file_len);
    return make_file("uImage", file, 64 + file_len);
}

static uint64_t plus_0x100(void *opaque, uint64_t addr)
{
    return addr + 0x100;
}

static void test_uimage(void)
{
    size_t packed_len;
    g_autofree uint8_t *data = random_bytes(1000);
    g_autofree uint8_t *packed = gzip(data, 1000, &packed_len);
    hwaddr ep, load = 0;
    int is_linux = 7;
    char *path;

    start();
    path = make_uimage(2, 5, 0, RAM_BASE, RAM_BASE + 4, data, 1000, 1000);
    g_assert_cmpint(load_uimage(path, &ep, &load, &is_linux, NULL, NULL), ==,
                    1000);
    g_assert_cmphex(ep, ==, RAM_BASE + 4);
    g_assert_cmphex(load, ==, RAM_BASE);
    g_assert_cmpint(is_linux, ==, 1);
    g_assert_cmpint(load_ramdisk(path, 0, 0), ==, -1);
    g_free(path);

    path = make_uimage(2, 1, 1, RAM_BASE + 0x1000, 0, packed, packed_len,
                       packed_len);
    g_assert_cmpint(load_uimage(path, NULL, &load, &is_linux, plus_0x100, NULL),
                    ==, 1000);
    g_assert_cmphex(load, ==, RAM_BASE + 0x1000);
    g_assert_cmpint(is_linux, ==, 0);
    g_free(path);

    path = make_uimage(14, 1, 0, 0, 8, data, 500, 1000);
    g_assert_cmpint(load_uimage(path, &ep, NULL, NULL, NULL, NULL), ==, -1);
    load = LOAD_UIMAGE_LOADADDR_INVALID;
    g_assert_cmpint(load_uimage(path, &ep, &load, NULL, NULL, NULL), ==, -1);
    load = RAM_BASE + 0x2000;
    g_assert_cmpint(load_uimage(path, &ep, &load, NULL, NULL, NULL), ==, 500);
    g_assert_cmphex(load, ==, RAM_BASE + 0x2040);
    g_assert_cmphex(ep, ==, RAM_BASE + 0x2048);
    g_free(path);

    path = make_uimage(3, 5, 1, 0, 0, data, 1000, 1000);
    g_assert_cmpint(load_ramdisk(path, RAM_BASE + 0x3000, 1), ==, 1000);
    g_assert_cmpint(load_uimage(path, &ep, &load, NULL, NULL, NULL), ==, -1);
    g_free(path);

    /* Corrupt ones. */
    path = make_uimage(2, 5, 1, RAM_BASE, 0, data, 1000, 1000);
    g_assert_cmpint(load_uimage(path, NULL, NULL, NULL, NULL, NULL), ==, -1);
    g_free(path);
    path = make_uimage(2, 5, 3, RAM_BASE, 0, data, 1000, 1000);
    g_assert_cmpint(load_uimage(path, NULL, NULL, NULL, NULL, NULL), ==, -1);
    g_free(path);
    path = make_uimage(2, 5, 0, RAM_BASE, 0, data, UINT32_MAX, 1000);
    g_assert_cmpint(load_uimage(path, NULL, NULL, NULL, NULL, NULL), ==, -1);
    g_free(path);
    path = make_file("uImage", data, 30);
    g_assert_cmpint(load_uimage(path, NULL, NULL, NULL, NULL, NULL), ==, -1);
    g_free(path);

    reset();
    expect_guest(RAM_BASE, data, 1000);
    expect_guest(RAM_BASE + 0x1100, data, 1000);
    expect_guest(RAM_BASE + 0x2040, data, 500);
    expect_guest(RAM_BASE + 0x3000, data, 1000);
}

/*** Intel HEX. ***/

static ssize_t load_hex(const char *text, hwaddr *entry)
{
    g_autofree char *path = make_file("x.hex", text, strlen(text));

    return load_targphys_hex_as(path, entry, NULL);
}

static void test_hex(void)
{
    hwaddr entry = 0;

    start();
    g_assert_cmpint(load_hex(":0200000480007A\r\n"
                             ":0400000001020304F2\n"
                             ":02000400AABB95\n"
                             ":02001000CCDD45\n"
                             ":040000058000000473\n"
                             ":00000001FF\n",
                             &entry),
                    ==, 8);
    g_assert_cmphex(entry, ==, 0x80000004);
    g_assert_cmpint(load_hex(":00000001FF\n", NULL), ==, 0);
    /* A checksum, a length, a digit, a type, no end, an odd digit. */
    g_assert_cmpint(load_hex(":0400000001020304F1\n:00000001FF\n", NULL), <, 0);
    g_assert_cmpint(load_hex(":0500000001020304F1\n:00000001FF\n", NULL), <, 0);
    g_assert_cmpint(load_hex(":04000000010203x4F2\n:00000001FF\n", NULL), <, 0);
    g_assert_cmpint(load_hex(":00000009F7\n:00000001FF\n", NULL), <, 0);
    g_assert_cmpint(load_hex(":0400000001020304F2\n", NULL), <, 0);
    g_assert_cmpint(load_hex(":0400000001020304F\n", NULL), <, 0);
    g_assert_cmpint(load_hex("hello\n", NULL), <, 0);
    reset();
    expect_guest(RAM_BASE, "\1\2\3\4\xaa\xbb\xa5", 7);
    expect_guest(RAM_BASE + 0x10, "\xcc\xdd\xa5", 3);
}

/*** ELF. ***/

typedef struct ElfSpec {
    bool is64, big;
    uint16_t machine;
    uint64_t entry, vaddr, paddr, filesz, memsz;
} ElfSpec;

static void put(GByteArray *out, const ElfSpec *s, uint64_t value,
                unsigned size)
{
    uint8_t buf[8];

    if (s->big) {
        stn_be_p(buf, size, value);
    } else {
        stn_le_p(buf, size, value);
    }
    g_byte_array_append(out, buf, size);
}

static void put_word(GByteArray *out, const ElfSpec *s, uint64_t value)
{
    put(out, s, value, s->is64 ? 8 : 4);
}

static void put_phdr(GByteArray *out, const ElfSpec *s, uint32_t type,
                     uint64_t offset, uint64_t filesz, uint64_t memsz)
{
    put(out, s, type, 4);
    if (s->is64) {
        put(out, s, PF_R | PF_X, 4);
    }
    put_word(out, s, offset);
    put_word(out, s, s->vaddr);
    put_word(out, s, s->paddr);
    put_word(out, s, filesz);
    put_word(out, s, memsz);
    if (!s->is64) {
        put(out, s, PF_R | PF_X, 4);
    }
    put_word(out, s, 4);
}

static void put_shdr(GByteArray *out, const ElfSpec *s, uint32_t type,
                     uint64_t offset, uint64_t size, uint32_t link)
{
    put(out, s, 0, 4);
    put(out, s, type, 4);
    put_word(out, s, 0);
    put_word(out, s, 0);
    put_word(out, s, offset);
    put_word(out, s, size);
    put(out, s, link, 4);
    put(out, s, 0, 4);
    put_word(out, s, 0);
    put_word(out, s, 0);
}

static void put_sym(GByteArray *out, const ElfSpec *s, uint32_t name,
                    uint64_t value, uint64_t size)
{
    put(out, s, name, 4);
    if (s->is64) {
        put(out, s, 0x12, 1);
        put(out, s, 0, 1);
        put(out, s, 1, 2);
        put(out, s, value, 8);
        put(out, s, size, 8);
    } else {
        put(out, s, value, 4);
        put(out, s, size, 4);
        put(out, s, 0x12, 1);
        put(out, s, 0, 1);
        put(out, s, 1, 2);
    }
}

/* Header, note, segment, symbols, their names; the tables come at the end. */
static GByteArray *elf_bytes(const ElfSpec *s, const uint8_t *data)
{
    GByteArray *b = g_byte_array_new();
    unsigned eh = s->is64 ? 64 : 52, ph = s->is64 ? 56 : 32;
    unsigned sh = s->is64 ? 64 : 40, sym = s->is64 ? 24 : 16;
    uint64_t note = eh, seg = note + 28, syms = seg + s->filesz;
    uint64_t names = syms + 2 * sym, phoff = names + 6, shoff = phoff + 2 * ph;
    uint8_t ident[16] = { 0x7f, 'E', 'L', 'F', 1 + s->is64, 1 + s->big, 1 };

    g_byte_array_append(b, ident, 16);
    put(b, s, ET_EXEC, 2);
    put(b, s, s->machine, 2);
    put(b, s, 1, 4);
    put_word(b, s, s->entry);
    put_word(b, s, phoff);
    put_word(b, s, shoff);
    put(b, s, 0x1234, 4);
    put(b, s, eh, 2);
    put(b, s, ph, 2);
    put(b, s, 2, 2);
    put(b, s, sh, 2);
    put(b, s, 3, 2);
    put(b, s, 0, 2);
    put(b, s, 4, 4); /* the note: sizes, type, name, value */
    put(b, s, 8, 4);
    put(b, s, 18, 4);
    g_byte_array_append(b, (const uint8_t *)"Xen", 4);
    put(b, s, 0x11223344, 4);
    put(b, s, 0x55667788, 4);
    put(b, s, 0, 4);
    g_byte_array_append(b, data, s->filesz);
    put_sym(b, s, 0, 0, 0);
    put_sym(b, s, 1, s->vaddr, 16);
    g_byte_array_append(b, (const uint8_t *)"\0main", 6);
    put_phdr(b, s, PT_NOTE, note, 24, 24);
    put_phdr(b, s, PT_LOAD, seg, s->filesz, s->memsz);
    put_shdr(b, s, SHT_NULL, 0, 0, 0);
    put_shdr(b, s, SHT_SYMTAB, syms, 2 * sym, 2);
    put_shdr(b, s, SHT_STRTAB, names, 6, 0);
    return b;
}

static char *make_elf(const ElfSpec *s, const uint8_t *data)
{
    g_autoptr(GByteArray) b = elf_bytes(s, data);

    return make_file("x.elf", b->data, b->len);
}

static int symbols;
static uint64_t symbol_size;
static uint64_t symbol_value;

static void on_symbol(const char *name, int info, uint64_t value, uint64_t size)
{
    symbols++;
    if (!strcmp(name, "main")) {
        symbol_value = value;
        symbol_size = size;
    }
}

static const uint8_t *note_desc;
static uint64_t note_align;

static uint64_t on_note(void *note, void *align, bool is64)
{
    static uint8_t copy[8];

    memcpy(copy, (uint8_t *)note + 16, 8);
    note_desc = copy;
    note_align = *(uint64_t *)align;
    return 0;
}

static void check_elf(bool is64, bool big)
{
    g_autofree uint8_t *data = random_bytes(100);
    ElfSpec s = { .is64 = is64,
                  .big = big,
                  .machine = EM_RISCV,
                  .entry = 0xc0000010,
                  .vaddr = 0xc0000000,
                  .paddr = RAM_BASE + 0x100,
                  .filesz = 100,
                  .memsz = 300 };
    g_autofree char *path = make_elf(&s, data);
    uint64_t entry, low, high, type = 18;
    int order = big ? ELFDATA2MSB : ELFDATA2LSB;
    g_autofree char *info = NULL;
    uint32_t flags;
    Elf64_Ehdr hdr;
    Error *err = NULL;
    bool wide;

    start();
    symbols = 0;
    g_assert_cmpint(load_elf_ram_sym(path, on_note, NULL, &type, &entry, &low,
                                     &high, &flags, order, EM_RISCV, 0, 0, NULL,
                                     true, on_symbol),
                    ==, 300);
    /* The entry point is virtual in the file. */
    g_assert_cmphex(entry, ==, RAM_BASE + 0x110);
    g_assert_cmphex(low, ==, RAM_BASE + 0x100);
    g_assert_cmphex(high, ==, RAM_BASE + 0x100 + 300);
    g_assert_cmphex(flags, ==, 0x1234);
    g_assert_cmpint(symbols, ==, 2);
    g_assert_cmphex(symbol_value, ==, 0xc0000000);
    g_assert_cmphex(symbol_size, ==, 16);
    g_assert_nonnull(note_desc);
    g_assert_cmpint(note_align, ==, 4);
    g_assert_cmphex(big ? ldl_be_p(note_desc) : ldl_le_p(note_desc), ==,
                    0x11223344);
    info = g_strdup_printf("addr=0000000080000100 size=0x00012c mem=ram "
                           "name=\"%s ELF program header segment 1\"\n",
                           path);
    expect_info(info);
    reset();
    expect_guest(RAM_BASE + 0x100, data, 100);
    expect_zeros(RAM_BASE + 0x164, 200);
    expect_guest(RAM_BASE + 0x100 + 300, "\xa5", 1);

    load_elf_hdr(path, &hdr, &wide, &err);
    g_assert_null(err);
    g_assert_true(wide == is64);
    g_assert_cmpint(hdr.e_ident[EI_DATA], ==, order);

    /* At once, with a translation; and bytes swapped. */
    start();
    g_assert_cmpint(load_elf_ram_sym(path, NULL, plus_0x100, NULL, &entry, NULL,
                                     NULL, NULL, ELFDATANONE, EM_NONE, 0, 0,
                                     &address_space_memory, false, NULL),
                    ==, 300);
    g_assert_cmphex(entry, ==, 0xc0000010);
    expect_info("");
    expect_guest(RAM_BASE + 0x200, data, 100);
    expect_zeros(RAM_BASE + 0x264, 200);
    start();
    g_assert_cmpint(load_elf(path, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                             order, EM_RISCV, 0, 2),
                    ==, 300);
    reset();
    for (int i = 0; i < 100; i++) {
        expect_guest(RAM_BASE + 0x100 + (i ^ 3), data + i, 1);
    }

    /* What it is not. */
    start();
    g_assert_cmpint(load_elf(path, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                             big ? ELFDATA2LSB : ELFDATA2MSB, EM_RISCV, 0, 0),
                    ==, ELF_LOAD_WRONG_ENDIAN);
    g_assert_cmpint(load_elf(path, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                             order, EM_AARCH64, 0, 0),
                    ==, ELF_LOAD_WRONG_ARCH);
    expect_info("");
}

static void test_elf(void)
{
    for (int i = 0; i < 4; i++) {
        check_elf(i & 1, i & 2);
    }
    g_assert_cmpstr(load_elf_strerror(0), ==, "No error");
    g_assert_cmpstr(load_elf_strerror(ELF_LOAD_NOT_ELF), ==,
                    "The image is not ELF");
    g_assert_cmpstr(load_elf_strerror(ELF_LOAD_TOO_BIG), ==,
                    "The image segments are too big to load");
    g_assert_cmpstr(load_elf_strerror(-6), ==, "Unknown error");
    g_assert_cmpstr(load_elf_strerror(1), ==, "Unknown error");
}

static ssize_t try_elf(const char *path)
{
    return load_elf_ram_sym(path, on_note, NULL, &(uint64_t){ 18 }, NULL, NULL,
                            NULL, NULL, ELFDATANONE, EM_NONE, 0, 0, NULL, true,
                            on_symbol);
}

static void test_elf_corrupt(void)
{
    g_autofree uint8_t *data = random_bytes(100);
    ElfSpec good = { .is64 = true,
                     .machine = EM_RISCV,
                     .paddr = RAM_BASE,
                     .filesz = 100,
                     .memsz = 100 };
    g_autoptr(GByteArray) bytes = elf_bytes(&good, data);
    g_autofree char *path = make_elf(&good, data);
    ElfSpec s;
    Error *err = NULL;

    start();
    g_assert_cmpint(try_elf(path), ==, 100);
    s = good;
    s.memsz = 99;
    g_free(make_elf(&s, data));
    g_assert_cmpint(try_elf(path), ==, ELF_LOAD_FAILED);
    s.memsz = 1ULL << 40;
    g_free(make_elf(&s, data));
    g_assert_cmpint(try_elf(path), ==, ELF_LOAD_TOO_BIG);
    s.memsz = UINT64_MAX;
    g_free(make_elf(&s, data));
    g_assert_cmpint(try_elf(path), ==, ELF_LOAD_TOO_BIG);
    s = good;
    s.paddr = UINT64_MAX - 98;
    g_free(make_elf(&s, data));
    g_assert_cmpint(try_elf(path), ==, ELF_LOAD_FAILED);
    g_free(make_file("x.elf",
                     "\x7f"
                     "ELG",
                     4));
    g_assert_cmpint(try_elf(path), ==, ELF_LOAD_FAILED);
    load_elf_hdr(path, NULL, NULL, &err);
    error_free_or_abort(&err);
    g_free(make_file("x.elf", data, 100));
    g_assert_cmpint(try_elf(path), ==, ELF_LOAD_NOT_ELF);
    load_elf_hdr(path, NULL, NULL, &err);
    g_assert_cmpstr(error_get_pretty(err), ==, "Bad ELF magic");
    error_free_or_abort(&err);
    g_assert_cmpint(try_elf("/nonexistent"), ==, ELF_LOAD_FAILED);
    g_assert_cmpint(try_elf(dir), ==, ELF_LOAD_FAILED);

    /* Cut anywhere, and any byte changed. */
    for (guint i = 0; i < bytes->len; i += g_test_slow() ? 1 : 3) {
        g_free(make_file("x.elf", bytes->data, i));
        try_elf(path);
        rom_list_clear();
    }
    for (int i = 0; i < (g_test_slow() ? 20000 : 1000); i++) {
        g_autofree uint8_t *bad = g_memdup2(bytes->data, bytes->len);

        for (int n = g_test_rand_int_range(1, 4); n > 0; n--) {
            bad[g_test_rand_int_range(0, bytes->len)] =
                g_test_rand_bit() ? 0xff : g_test_rand_int();
        }
        g_free(make_file("x.elf", bad, bytes->len));
        try_elf(path);
        rom_list_clear();
    }
}

static void remove_files(void)
{
    GDir *d = g_dir_open(dir, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(d))) {
        g_autofree char *path = path_of(name);

        unlink(path);
    }
    g_dir_close(d);
    rmdir(dir);
    g_free(dir);
}

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    memory_map_init();
    memory_region_init_ram(&ram, NULL, "ram", RAM_SIZE, &error_abort);
    memory_region_init_rom(&rom, NULL, "rom", ROM_SIZE, &error_abort);
    memory_region_init_alias(&ram_alias, NULL, "alias", &ram, 0, RAM_SIZE);
    memory_region_add_subregion(get_system_memory(), RAM_BASE, &ram);
    memory_region_add_subregion(get_system_memory(), ROM_BASE, &rom);
    memory_region_add_subregion(get_system_memory(), ALIAS_BASE, &ram_alias);
    dir = g_dir_make_tmp("test-loader-XXXXXX", NULL);

    g_test_add_func("/loader/blob", test_blob);
    g_test_add_func("/loader/ptr", test_ptr);
    g_test_add_func("/loader/transaction", test_transaction);
    g_test_add_func("/loader/overlap", test_overlap);
    g_test_add_func("/loader/plain", test_plain);
    g_test_add_func("/loader/mr", test_mr);
    g_test_add_func("/loader/datadir", test_datadir);
    g_test_add_func("/loader/gzip", test_gzip);
    g_test_add_func("/loader/zboot", test_zboot);
    g_test_add_func("/loader/linux-image", test_linux_image);
    g_test_add_func("/loader/uimage", test_uimage);
    g_test_add_func("/loader/hex", test_hex);
    g_test_add_func("/loader/elf", test_elf);
    g_test_add_func("/loader/elf/corrupt", test_elf_corrupt);
    ret = g_test_run();
    remove_files();
    return ret;
}
