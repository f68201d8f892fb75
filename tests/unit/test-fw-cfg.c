/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The firmware configuration device through an address space, as a guest uses
 * it: items, files, DMA, what is refused, and its state.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/loader.h"
#include "hw/nvram/fw_cfg.h"
#include "hw/qdev-core.h"
#include "io/channel-buffer.h"
#include "migration/qemu-file.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/uuid.h"
#include "qom/object.h"
#include "system/system.h"

#define RAM_SIZE 0x10000
#define BASE     0x10100000 /* data, selector, DMA as riscv's virt has them */
#define REQUEST  0x100
#define BUFFER   0x1000

QemuUUID qemu_uuid = { .data = "0123456789abcdef" };

static MemoryRegion ram;
static FWCfgState *s;

/*** A guest. ***/

static void select_key(uint16_t key)
{
    address_space_stw_be(&address_space_memory, BASE + 8, key,
                         MEMTXATTRS_UNSPECIFIED, NULL);
}

static uint8_t next_byte(void)
{
    return address_space_ldub(&address_space_memory, BASE,
                              MEMTXATTRS_UNSPECIFIED, NULL);
}

static void read_bytes(void *buf, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        ((uint8_t *)buf)[i] = next_byte();
    }
}

static void expect_item(uint16_t key, const void *data, size_t len)
{
    g_autofree uint8_t *buf = g_malloc(len + 4);

    select_key(key);
    read_bytes(buf, len + 4);
    g_assert_cmpmem(buf, len, data, len);
    g_assert_cmpmem(buf + len, 4, "\0\0\0\0", 4);
}

/* The key of a file, 0 if there is none; checks the directory on the way. */
static uint16_t file_key(const char *name, uint32_t *size)
{
    uint16_t found = 0;
    char last[56] = "";
    uint8_t count[4];

    select_key(FW_CFG_FILE_DIR);
    read_bytes(count, 4);
    for (uint32_t i = 0; i < ldl_be_p(count); i++) {
        uint8_t f[64];

        read_bytes(f, 64);
        g_assert_cmpint(lduw_be_p(f + 4), ==, FW_CFG_FILE_FIRST + i);
        g_assert_cmpstr(last, <, (char *)f + 8);
        strcpy(last, (char *)f + 8);
        if (!strcmp(last, name)) {
            found = lduw_be_p(f + 4);
            *size = ldl_be_p(f);
        }
    }
    return found;
}

static void expect_file(const char *name, const void *data, size_t len)
{
    uint32_t size = 0;
    uint16_t key = file_key(name, &size);

    g_assert_cmpint(key, !=, 0);
    g_assert_cmpint(size, ==, len);
    expect_item(key, data, len);
}

/* Returns what the device writes to the request's control field. */
static uint32_t dma(uint32_t control, uint32_t length, uint64_t address)
{
    uint8_t *p = (uint8_t *)memory_region_get_ram_ptr(&ram) + REQUEST;

    stl_be_p(p, control);
    stl_be_p(p + 4, length);
    stq_be_p(p + 8, address);
    address_space_stl_be(&address_space_memory, BASE + 16, 0,
                         MEMTXATTRS_UNSPECIFIED, NULL);
    address_space_stl_be(&address_space_memory, BASE + 20, REQUEST,
                         MEMTXATTRS_UNSPECIFIED, NULL);
    return ldl_be_p(p);
}

static uint8_t *buffer(void)
{
    return (uint8_t *)memory_region_get_ram_ptr(&ram) + BUFFER;
}

/*** Items. ***/

static void test_items(void)
{
    static char bytes[] = "bytes";

    expect_item(FW_CFG_SIGNATURE, "QEMU", 4);
    expect_item(FW_CFG_ID, "\3\0\0\0", 4);
    expect_item(FW_CFG_UUID, "0123456789abcdef", 16);
    fw_cfg_add_i16(s, FW_CFG_NB_CPUS, 0x1234);
    fw_cfg_add_i32(s, FW_CFG_KERNEL_SIZE, 0x12345678);
    fw_cfg_add_i64(s, FW_CFG_RAM_SIZE, 0x123456789abcdef0);
    fw_cfg_add_string(s, FW_CFG_CMDLINE_DATA, "quiet");
    fw_cfg_add_bytes(s, FW_CFG_ARCH_LOCAL | 3, bytes, 5);
    expect_item(FW_CFG_NB_CPUS, "\x34\x12", 2);
    expect_item(FW_CFG_KERNEL_SIZE, "\x78\x56\x34\x12", 4);
    expect_item(FW_CFG_RAM_SIZE, "\xf0\xde\xbc\x9a\x78\x56\x34\x12", 8);
    expect_item(FW_CFG_CMDLINE_DATA, "quiet", 6);
    expect_item(FW_CFG_ARCH_LOCAL | 3, "bytes", 5);
    fw_cfg_modify_i16(s, FW_CFG_NB_CPUS, 1);
    fw_cfg_modify_i32(s, FW_CFG_KERNEL_SIZE, 2);
    fw_cfg_modify_i64(s, FW_CFG_RAM_SIZE, 3);
    fw_cfg_modify_string(s, FW_CFG_CMDLINE_DATA, "debug=1");
    expect_item(FW_CFG_NB_CPUS, "\1", 2);
    expect_item(FW_CFG_KERNEL_SIZE, "\2\0\0", 4);
    expect_item(FW_CFG_RAM_SIZE, "\3\0\0\0\0\0\0", 8);
    expect_item(FW_CFG_CMDLINE_DATA, "debug=1", 8);

    /* Not there, and beyond the tables. */
    expect_item(FW_CFG_NUMA, "", 0);
    expect_item(0x3fff, "", 0);
    expect_item(FW_CFG_INVALID, "", 0);
    expect_item(FW_CFG_ARCH_LOCAL | 0x3fff, "", 0);
}

static void test_wide(void)
{
    select_key(FW_CFG_UUID);
    g_assert_cmphex(address_space_ldq_be(&address_space_memory, BASE,
                                         MEMTXATTRS_UNSPECIFIED, NULL),
                    ==, 0x3031323334353637);
    g_assert_cmphex(address_space_lduw_be(&address_space_memory, BASE,
                                          MEMTXATTRS_UNSPECIFIED, NULL),
                    ==, 0x3839);
    select_key(FW_CFG_SIGNATURE);
    g_assert_cmphex(address_space_ldq_be(&address_space_memory, BASE,
                                         MEMTXATTRS_UNSPECIFIED, NULL),
                    ==, 0x51454d5500000000);
    g_assert_cmphex(address_space_ldq_be(&address_space_memory, BASE + 16,
                                         MEMTXATTRS_UNSPECIFIED, NULL),
                    ==, FW_CFG_DMA_SIGNATURE);
    g_assert_cmphex(address_space_ldl_be(&address_space_memory, BASE + 20,
                                         MEMTXATTRS_UNSPECIFIED, NULL),
                    ==, FW_CFG_DMA_SIGNATURE & UINT32_MAX);
}

/* Accesses that the device does not take change nothing. */
static void test_wrong_accesses(void)
{
    MemTxResult r;

    select_key(FW_CFG_SIGNATURE);
    address_space_stb(&address_space_memory, BASE + 8, 5,
                      MEMTXATTRS_UNSPECIFIED, &r);
    g_assert_cmpint(r, !=, MEMTX_OK);
    address_space_lduw_be(&address_space_memory, BASE + 8,
                          MEMTXATTRS_UNSPECIFIED, &r);
    g_assert_cmpint(r, !=, MEMTX_OK);
    address_space_stw_be(&address_space_memory, BASE + 16, 5,
                         MEMTXATTRS_UNSPECIFIED, &r);
    g_assert_cmpint(r, !=, MEMTX_OK);
    address_space_stl_be(&address_space_memory, BASE, 5, MEMTXATTRS_UNSPECIFIED,
                         NULL);
    g_assert_cmphex(next_byte(), ==, 'Q');
}

/*** Files. ***/

static int selected;

static void on_select(void *opaque)
{
    g_assert_true(opaque == &selected);
    selected++;
}

static off_t written_at;
static size_t written_len;

static void on_write(void *opaque, off_t start, size_t len)
{
    written_at = start;
    written_len = len;
}

static char file_b[] = "file b", file_a[] = "file a", file_c[16] = "c";

static void test_files(void)
{
    uint32_t size = 0;

    fw_cfg_add_file(s, "opt/b", file_b, 6);
    fw_cfg_add_file(s, "opt/a", file_a, 6);
    fw_cfg_add_file_callback(s, "opt/c", on_select, on_write, &selected, file_c,
                             16, false);
    expect_file("opt/a", "file a", 6);
    expect_file("opt/b", "file b", 6);
    g_assert_cmpint(selected, ==, 0);
    expect_file("opt/c", file_c, 16);
    g_assert_cmpint(selected, ==, 1);
    expect_file("etc/boot-fail-wait", "\xff\xff\xff\xff", 4);
    g_assert_cmpint(file_key("opt/d", &size), ==, 0);
    g_assert_true(fw_cfg_modify_file(s, "opt/a", file_b, 4) == file_a);
    expect_file("opt/a", "file", 4);
    g_assert_null(fw_cfg_modify_file(s, "opt/0", file_b, 1));
    expect_file("opt/0", "f", 1);
    expect_file("opt/b", "file b", 6);
}

static void test_user_items(void)
{
    g_autofree char *path = NULL;
    Error *err = NULL;
    int fd = g_file_open_tmp("test-fw-cfg-XXXXXX", &path, NULL);

    g_assert_cmpint(write(fd, "content", 7), ==, 7);
    close(fd);
    g_assert_true(
        fw_cfg_add_user_item(s, "opt/u/s", NULL, "text", NULL, &error_abort));
    g_assert_true(
        fw_cfg_add_user_item(s, "opt/u/f", path, "", NULL, &error_abort));
    expect_file("opt/u/s", "text", 4);
    expect_file("opt/u/f", "content", 7);
    unlink(path);
    g_assert_false(fw_cfg_add_user_item(s, "opt/u/x", path, NULL, NULL, &err));
    error_free_or_abort(&err);
    g_assert_false(fw_cfg_add_user_item(s, "opt/u/x", path, "x", NULL, &err));
    error_free_or_abort(&err);
    g_assert_false(fw_cfg_add_user_item(s, "opt/u/x", NULL, NULL, "no", &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "Cannot find object ID 'no'");
    error_free_or_abort(&err);
    g_assert_false(
        fw_cfg_add_user_item(NULL, "opt/u/x", NULL, "x", NULL, &err));
    error_free_or_abort(&err);
    g_assert_false(fw_cfg_add_user_item(
        s, "opt/01234567890123456789012345678901234567890123456789012", NULL,
        "x", NULL, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "name too long (max. 55 char)");
    error_free_or_abort(&err);
}

/* A ROM that goes to the device, and not to memory. */
static void test_rom(void)
{
    rom_set_fw(s);
    rom_add_blob("table", "bytes", 5, 8, 0, "etc/table", on_select, &selected,
                 NULL, true);
    expect_file("etc/table", "bytes", 5);
    g_assert_cmpint(selected, ==, 2);
    /* The bytes stay in the list. */
    rom_set_fw(NULL);
}

/*** DMA. ***/

static void test_dma(void)
{
    uint32_t size;
    uint16_t key = file_key("opt/c", &size);
    uint32_t sel = (uint32_t)key << 16 | FW_CFG_DMA_CTL_SELECT;

    memset(buffer(), 0xa5, 64);
    g_assert_cmphex(dma(FW_CFG_SIGNATURE << 16 | FW_CFG_DMA_CTL_SELECT |
                            FW_CFG_DMA_CTL_READ,
                        6, BUFFER),
                    ==, 0);
    g_assert_cmpmem(buffer(), 7, "QEMU\0\0\xa5", 7);
    g_assert_cmphex(
        dma(FW_CFG_UUID << 16 | FW_CFG_DMA_CTL_SELECT | FW_CFG_DMA_CTL_SKIP, 4,
            0),
        ==, 0);
    g_assert_cmphex(dma(FW_CFG_DMA_CTL_READ, 4, BUFFER), ==, 0);
    g_assert_cmpmem(buffer(), 4, "4567", 4);
    g_assert_cmphex(next_byte(), ==, '8');
    /* Nothing to do. */
    g_assert_cmphex(dma(0, 4, BUFFER), ==, 0);
    g_assert_cmphex(next_byte(), ==, '9');

    memcpy(buffer(), "written by DMA!!", 16);
    g_assert_cmphex(dma(sel | FW_CFG_DMA_CTL_SKIP, 2, 0), ==, 0);
    g_assert_cmphex(dma(FW_CFG_DMA_CTL_WRITE, 3, BUFFER), ==, 0);
    g_assert_cmpint(written_at, ==, 2);
    g_assert_cmpint(written_len, ==, 3);
    g_assert_cmpmem(file_c, 6, "c\0wri\0", 6);
    /* More than it has, one that is read-only, nothing there. */
    g_assert_cmphex(dma(sel | FW_CFG_DMA_CTL_WRITE, 17, BUFFER), ==,
                    FW_CFG_DMA_CTL_ERROR);
    g_assert_cmphex(
        dma(FW_CFG_UUID << 16 | FW_CFG_DMA_CTL_SELECT | FW_CFG_DMA_CTL_WRITE, 1,
            BUFFER),
        ==, FW_CFG_DMA_CTL_ERROR);
    g_assert_cmphex(
        dma(0x3fffu << 16 | FW_CFG_DMA_CTL_SELECT | FW_CFG_DMA_CTL_WRITE, 1,
            BUFFER),
        ==, FW_CFG_DMA_CTL_ERROR);
    /* To where there is no memory. */
    g_assert_cmphex(
        dma(FW_CFG_UUID << 16 | FW_CFG_DMA_CTL_SELECT | FW_CFG_DMA_CTL_READ, 4,
            0x40000000),
        ==, FW_CFG_DMA_CTL_ERROR);
    /* To the device itself: the core breaks the circle. */
    dma(FW_CFG_UUID << 16 | FW_CFG_DMA_CTL_SELECT | FW_CFG_DMA_CTL_READ, 16,
        BASE + 8);
    /* 64 bits at once, and a request where there is none. */
    address_space_stq_be(&address_space_memory, BASE + 16, 0x40000000,
                         MEMTXATTRS_UNSPECIFIED, NULL);
    expect_item(FW_CFG_SIGNATURE, "QEMU", 4);
}

static void test_random(void)
{
    for (int i = 0; i < 20000; i++) {
        hwaddr addr = BASE + g_test_rand_int_range(0, 32);
        uint64_t value = g_test_rand_int();
        unsigned size = 1 << g_test_rand_int_range(0, 4);
        uint8_t buf[8];

        stq_le_p(buf, value);
        if (g_test_rand_bit()) {
            buf[g_test_rand_int_range(0, 8)] = 0;
        }
        address_space_rw(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED,
                         buf, size, g_test_rand_bit());
    }
    for (int i = 0; i < 5000; i++) {
        uint32_t control = (uint32_t)g_test_rand_int_range(0, 0x40) << 16 |
                           g_test_rand_int_range(0, 32);

        dma(control, g_test_rand_int_range(0, 70),
            g_test_rand_int_range(0, RAM_SIZE));
    }
}

/*** State. ***/

static void test_state(void)
{
    const VMStateDescription *vmsd = DEVICE_GET_CLASS(s)->vmsd;
    QIOChannelBuffer *out = qio_channel_buffer_new(64), *in;
    QEMUFile *f = qemu_file_new_output(QIO_CHANNEL(out));

    select_key(FW_CFG_UUID);
    next_byte();
    s->dma_addr = 0x1234500000000;
    g_assert_cmpint(vmstate_save_state(f, vmsd, s, NULL), ==, 0);
    qemu_put_byte(f, 0); /* no more subsections */
    qemu_fflush(f);
    in = qio_channel_buffer_new(out->usage);
    memcpy(in->data, out->data, out->usage);
    in->usage = out->usage;
    qemu_fclose(f);
    object_unref(OBJECT(out));

    select_key(FW_CFG_SIGNATURE);
    s->dma_addr = 0;
    f = qemu_file_new_input(QIO_CHANNEL(in));
    g_assert_cmpint(vmstate_load_state(f, vmsd, s, 2), ==, 0);
    g_assert_cmphex(s->dma_addr, ==, 0x1234500000000);
    s->dma_addr = 0;
    g_assert_cmphex(next_byte(), ==, '1');
    qemu_fclose(f);
    object_unref(OBJECT(in));

    device_cold_reset(DEVICE(s));
    g_assert_cmphex(next_byte(), ==, 'Q');
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    qdev_create_fake_machine();
    memory_map_init();
    memory_region_init_ram(&ram, NULL, "ram", RAM_SIZE, &error_abort);
    memory_region_add_subregion(get_system_memory(), 0, &ram);
    s = fw_cfg_init_mem_wide(BASE + 8, BASE, 8, BASE + 16,
                             &address_space_memory);
    g_assert_true(fw_cfg_find() == s);
    g_assert_true(fw_cfg_dma_enabled(s));

    g_test_add_func("/fw-cfg/items", test_items);
    g_test_add_func("/fw-cfg/wide", test_wide);
    g_test_add_func("/fw-cfg/wrong-accesses", test_wrong_accesses);
    g_test_add_func("/fw-cfg/files", test_files);
    g_test_add_func("/fw-cfg/user-items", test_user_items);
    g_test_add_func("/fw-cfg/rom", test_rom);
    g_test_add_func("/fw-cfg/dma", test_dma);
    g_test_add_func("/fw-cfg/state", test_state);
    g_test_add_func("/fw-cfg/random", test_random);
    return g_test_run();
}
