/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading and writing an address space: RAM, ROM, ROM devices, devices, holes,
 * aliases, and what lies across their ends.
 */
#include "qemu/osdep.h"
#include "exec/cpu-all.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"

#define NONE MEMTXATTRS_UNSPECIFIED
#define PAGE 0x1000

/*
 * What the tests see:
 *    0  ram      0x2000 bytes
 * 2000  rom      0x1000
 * 3000  dev      0x1000
 * 4000  hole
 * 5000  romd     0x1000
 * 6000  lowro    an alias of ram from 0x1000 on, read-only
 * 7000  picky    a device for aligned accesses of 4 bytes
 * 8000  fast     a device without the big lock
 * 9000  tail     RAM of 10 bytes, then a hole
 */
typedef struct Fixture {
    MemoryRegion root, ram, rom, dev, romd, lowro, picky, fast, tail;
    AddressSpace as;
    uint8_t *ram_host, *rom_host, *romd_host;
    uint8_t dev_mem[PAGE];
    unsigned reads, writes;
    bool locked; /* in the last callback */
} Fixture;

static uint64_t dev_read(void *opaque, hwaddr addr, unsigned size)
{
    Fixture *f = opaque;

    f->reads++;
    f->locked = bql_locked();
    return ldn_le_p(f->dev_mem + addr, size);
}

static void dev_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    Fixture *f = opaque;

    f->writes++;
    f->locked = bql_locked();
    stn_le_p(f->dev_mem + addr, size, val);
}

static const MemoryRegionOps dev_ops = {
    .read = dev_read,
    .write = dev_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static const MemoryRegionOps picky_ops = {
    .read = dev_read,
    .write = dev_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid.min_access_size = 4,
    .valid.max_access_size = 4,
};

static void setup(Fixture *f, gconstpointer unused)
{
    MemoryRegion *root = &f->root;

    memory_region_init(root, NULL, "root", UINT64_MAX);
    memory_region_init_ram_nomigrate(&f->ram, NULL, "ram", 0x2000,
                                     &error_abort);
    memory_region_init_rom_nomigrate(&f->rom, NULL, "rom", PAGE, &error_abort);
    memory_region_init_io(&f->dev, NULL, &dev_ops, f, "dev", PAGE);
    memory_region_init_rom_device_nomigrate(&f->romd, NULL, &dev_ops, f, "romd",
                                            PAGE, &error_abort);
    memory_region_init_alias(&f->lowro, NULL, "lowro", &f->ram, PAGE, PAGE);
    memory_region_set_readonly(&f->lowro, true);
    memory_region_init_io(&f->picky, NULL, &picky_ops, f, "picky", PAGE);
    memory_region_init_io(&f->fast, NULL, &dev_ops, f, "fast", PAGE);
    memory_region_clear_global_locking(&f->fast);
    memory_region_init_alias(&f->tail, NULL, "tail", &f->ram, 0x10, 10);
    f->ram_host = memory_region_get_ram_ptr(&f->ram);
    f->rom_host = memory_region_get_ram_ptr(&f->rom);
    f->romd_host = memory_region_get_ram_ptr(&f->romd);

    memory_region_transaction_begin();
    memory_region_add_subregion(root, 0, &f->ram);
    memory_region_add_subregion(root, 0x2000, &f->rom);
    memory_region_add_subregion(root, 0x3000, &f->dev);
    memory_region_add_subregion(root, 0x5000, &f->romd);
    memory_region_add_subregion(root, 0x6000, &f->lowro);
    memory_region_add_subregion(root, 0x7000, &f->picky);
    memory_region_add_subregion(root, 0x8000, &f->fast);
    memory_region_add_subregion(root, 0x9000, &f->tail);
    memory_region_transaction_commit();
    address_space_init(&f->as, root, "test");
    for (int i = 0; i < 0x2000; i++) {
        f->ram_host[i] = i ^ i >> 8;
    }
    for (int i = 0; i < PAGE; i++) {
        f->rom_host[i] = 0x40 + i;
        f->romd_host[i] = 0x80 + i;
        f->dev_mem[i] = 3 * i;
    }
}

static void teardown(Fixture *f, gconstpointer unused)
{
    MemoryRegion *all[] = { &f->tail, &f->fast, &f->picky, &f->lowro,
                            &f->romd, &f->dev,  &f->rom,   &f->ram };

    address_space_destroy(&f->as);
    drain_call_rcu();
    for (int i = 0; i < ARRAY_SIZE(all); i++) {
        memory_region_del_subregion(&f->root, all[i]);
        object_unref(OBJECT(all[i]));
    }
    object_unref(OBJECT(&f->root));
    drain_call_rcu();
}

/* ---- values -------------------------------------------------------------- */

static void test_ld(Fixture *f, gconstpointer unused)
{
    MemTxResult r = 99;
    AddressSpace *as = &f->as;

    memcpy(f->ram_host + 0x100, "\x81\x92\xa3\xb4\xc5\xd6\xe7\xf8", 8);
    memcpy(f->dev_mem + 0x100, "\x81\x92\xa3\xb4\xc5\xd6\xe7\xf8", 8);
    for (hwaddr at = 0x100; at < 0x4000; at += 0x3000) {
        g_assert_cmphex(address_space_ldub(as, at, NONE, &r), ==, 0x81);
        g_assert_cmpuint(r, ==, MEMTX_OK);
        g_assert_cmphex(address_space_lduw_le(as, at, NONE, NULL), ==, 0x9281);
        g_assert_cmphex(address_space_lduw_be(as, at, NONE, NULL), ==, 0x8192);
        g_assert_cmphex(address_space_ldl_le(as, at, NONE, NULL), ==,
                        0xb4a39281);
        g_assert_cmphex(address_space_ldl_be(as, at, NONE, NULL), ==,
                        0x8192a3b4);
        g_assert_cmphex(address_space_ldq_le(as, at, NONE, NULL), ==,
                        0xf8e7d6c5b4a39281);
        g_assert_cmphex(address_space_ldq_be(as, at, NONE, NULL), ==,
                        0x8192a3b4c5d6e7f8);
        g_assert_cmphex(ldub_phys(as, at), ==, 0x81);
        g_assert_cmphex(lduw_be_phys(as, at), ==, 0x8192);
        g_assert_cmphex(ldl_le_phys(as, at), ==, 0xb4a39281);
        g_assert_cmphex(ldl_phys(as, at), ==, 0xb4a39281);
        g_assert_cmphex(ldq_phys(as, at), ==, 0xf8e7d6c5b4a39281);
    }
}

static void test_st(Fixture *f, gconstpointer unused)
{
    MemTxResult r = 99;
    AddressSpace *as = &f->as;

    for (int i = 0; i < 2; i++) {
        hwaddr at = i ? 0x3200 : 0x200;
        uint8_t *p = i ? f->dev_mem + 0x200 : f->ram_host + 0x200;

        address_space_stb(as, at, 0x11, NONE, &r);
        g_assert_cmpuint(r, ==, MEMTX_OK);
        address_space_stw_le(as, at + 2, 0x2233, NONE, NULL);
        address_space_stw_be(as, at + 4, 0x2233, NONE, NULL);
        stl_le_phys(as, at + 8, 0x44556677);
        stl_be_phys(as, at + 12, 0x44556677);
        stq_le_phys(as, at + 16, 0x8899aabbccddeeff);
        stq_be_phys(as, at + 24, 0x8899aabbccddeeff);
        stw_phys(as, at + 32, 0x1234);
        stl_phys(as, at + 36, 0x12345678);
        stl_phys_notdirty(as, at + 40, 0x12345678);
        g_assert_cmphex(p[0], ==, 0x11);
        g_assert_cmpmem(p + 2, 4, "\x33\x22\x22\x33", 4);
        g_assert_cmpmem(p + 8, 8, "\x77\x66\x55\x44\x44\x55\x66\x77", 8);
        g_assert_cmpmem(p + 16, 8, "\xff\xee\xdd\xcc\xbb\xaa\x99\x88", 8);
        g_assert_cmpmem(p + 24, 8, "\x88\x99\xaa\xbb\xcc\xdd\xee\xff", 8);
        g_assert_cmpmem(p + 32, 2, "\x34\x12", 2);
        g_assert_cmpmem(p + 36, 8, "\x78\x56\x34\x12\x78\x56\x34\x12", 8);
    }
}

/* A value of which the bytes are not in one piece. */
static void test_across(Fixture *f, gconstpointer unused)
{
    MemTxResult r;
    AddressSpace *as = &f->as;

    /* RAM, then ROM. */
    memcpy(f->ram_host + 0x1ffe, "\x01\x02", 2);
    memcpy(f->rom_host, "\x03\x04", 2);
    g_assert_cmphex(address_space_ldl_le(as, 0x1ffe, NONE, &r), ==, 0x04030201);
    g_assert_cmpuint(r, ==, MEMTX_OK);
    /* RAM gets its half; the ROM refuses. */
    address_space_stl_be(as, 0x1ffe, 0xa1a2a3a4, NONE, &r);
    g_assert_cmpuint(r, ==, MEMTX_DECODE_ERROR);
    g_assert_cmpmem(f->ram_host + 0x1ffe, 2, "\xa1\xa2", 2);
    g_assert_cmpmem(f->rom_host, 2, "\x03\x04", 2);
    /* RAM, then nothing. */
    memcpy(f->ram_host + 0x18, "\x05\x06", 2);
    g_assert_cmphex(address_space_ldl_le(as, 0x9008, NONE, &r), ==, 0x0605);
    g_assert_cmpuint(r, ==, MEMTX_DECODE_ERROR);
    /* A device that takes no unaligned accesses: as a whole. */
    address_space_ldl_le(as, 0x3ffe, NONE, &r);
    g_assert_cmpuint(r, ==, MEMTX_DECODE_ERROR);
    g_assert_cmpuint(f->reads, ==, 0);
}

static void test_holes(Fixture *f, gconstpointer unused)
{
    AddressSpace *as = &f->as;
    MemTxResult r = 0;
    uint8_t buf[16];

    g_assert_cmphex(address_space_ldl_le(as, 0x4000, NONE, &r), ==, 0);
    g_assert_cmpuint(r, ==, MEMTX_DECODE_ERROR);
    r = 0;
    address_space_stq_be(as, 0x4000, 1, NONE, &r);
    g_assert_cmpuint(r, ==, MEMTX_DECODE_ERROR);
    memset(buf, 0xff, sizeof(buf));
    g_assert_cmpuint(address_space_read(as, 0x4ff8, NONE, buf, 16), ==,
                     MEMTX_DECODE_ERROR);
    /* What is there is read, and what is not there is zero. */
    g_assert_cmpmem(buf, 16, "\0\0\0\0\0\0\0\0\x80\x81\x82\x83\x84\x85\x86\x87",
                    16);
    g_assert_cmpuint(address_space_read(as, HWADDR_MAX - 3, NONE, buf, 4), ==,
                     MEMTX_DECODE_ERROR);
    g_assert_cmpuint(address_space_ldub(as, HWADDR_MAX, NONE, NULL), ==, 0);
}

/* ---- bytes --------------------------------------------------------------- */

static void test_rw_ram(Fixture *f, gconstpointer unused)
{
    g_autofree uint8_t *buf = g_malloc(0x2000);
    AddressSpace *as = &f->as;

    g_assert_cmpuint(address_space_read(as, 0, NONE, buf, 0x2000), ==, 0);
    g_assert_cmpmem(buf, 0x2000, f->ram_host, 0x2000);
    memset(buf, 0x77, 100);
    g_assert_cmpuint(address_space_rw(as, 33, NONE, buf, 100, true), ==, 0);
    g_assert_cmpmem(buf, 100, f->ram_host + 33, 100);
    g_assert_cmpuint(address_space_write(as, 5, NONE, buf, 0), ==, 0);
    g_assert_cmpuint(address_space_set(as, 0x0ffe, 0x5a, 4, NONE), ==, 0);
    g_assert_cmpmem(f->ram_host + 0x0ffe, 4, "ZZZZ", 4);
}

static void test_rw_rom(Fixture *f, gconstpointer unused)
{
    AddressSpace *as = &f->as;
    uint8_t buf[4] = "abcd";
    MemTxAttrs debug = { .debug = 1 };

    g_assert_cmpuint(address_space_write(as, 0x2000, NONE, buf, 4), ==,
                     MEMTX_DECODE_ERROR);
    g_assert_cmphex(f->rom_host[0], ==, 0x40);
    g_assert_cmpuint(address_space_write(as, 0x2000, debug, buf, 4), ==, 0);
    g_assert_cmpmem(f->rom_host, 4, "abcd", 4);
    g_assert_cmpuint(address_space_set(as, 0x2000, 1, 4, NONE), ==,
                     MEMTX_DECODE_ERROR);

    /* A loader writes RAM and ROM, and leaves devices alone. */
    f->writes = 0;
    for (hwaddr at = 0x1ffc; at < 0x9000; at += 0x1000) {
        g_assert_cmpuint(address_space_write_rom(as, at, NONE, "12345678", 8),
                         ==, MEMTX_OK);
    }
    g_assert_cmpuint(f->writes, ==, 0);
    g_assert_cmpmem(f->ram_host + 0x1ffc, 4, "1234", 4);
    g_assert_cmpmem(f->ram_host + PAGE, 4, "5678", 4);
    g_assert_cmpmem(f->rom_host, 4, "5678", 4);
    g_assert_cmpmem(f->rom_host + PAGE - 4, 4, "1234", 4);
    g_assert_cmpmem(f->romd_host, 4, "5678", 4);
}

static void test_rw_romd(Fixture *f, gconstpointer unused)
{
    AddressSpace *as = &f->as;
    uint8_t buf[4];

    g_assert_cmpuint(address_space_read(as, 0x5000, NONE, buf, 4), ==, 0);
    g_assert_cmpmem(buf, 4, "\x80\x81\x82\x83", 4);
    g_assert_cmpuint(f->reads, ==, 0);
    g_assert_cmphex(ldub_phys(as, 0x5001), ==, 0x81);
    stb_phys(as, 0x5001, 0xee);
    g_assert_cmpuint(f->writes, ==, 1);
    g_assert_cmphex(f->romd_host[1], ==, 0x81);
    g_assert_cmphex(f->dev_mem[1], ==, 0xee);

    memory_region_rom_device_set_romd(&f->romd, false);
    g_assert_cmphex(ldub_phys(as, 0x5001), ==, 0xee);
    g_assert_cmpuint(f->reads, ==, 1);
    memory_region_rom_device_set_romd(&f->romd, true);
    g_assert_cmphex(ldub_phys(as, 0x5001), ==, 0x81);
}

/* A read-only alias of RAM is a ROM. */
static void test_rw_readonly_alias(Fixture *f, gconstpointer unused)
{
    AddressSpace *as = &f->as;
    MemTxResult r = 0;

    f->ram_host[PAGE] = 0x12;
    g_assert_cmphex(ldub_phys(as, 0x6000), ==, 0x12);
    address_space_stb(as, 0x6000, 0x34, NONE, &r);
    g_assert_cmpuint(r, ==, MEMTX_DECODE_ERROR);
    g_assert_cmpuint(address_space_set(as, 0x6000, 1, 8, NONE), ==,
                     MEMTX_DECODE_ERROR);
    g_assert_cmphex(f->ram_host[PAGE], ==, 0x12);
    stb_phys(as, PAGE, 0x34);
    g_assert_cmphex(ldub_phys(as, 0x6000), ==, 0x34);
}

/* A device gets as large accesses as it takes, by its alignment. */
static void test_rw_io(Fixture *f, gconstpointer unused)
{
    AddressSpace *as = &f->as;
    uint8_t buf[32];

    g_assert_cmpuint(address_space_read(as, 0x3001, NONE, buf, 13), ==, 0);
    g_assert_cmpmem(buf, 13, f->dev_mem + 1, 13);
    g_assert_cmpuint(f->reads, ==, 5); /* 1, 2, 4, 4, 2 */
    f->writes = 0;
    memset(buf, 0x99, sizeof(buf));
    g_assert_cmpuint(address_space_write(as, 0x3004, NONE, buf, 16), ==, 0);
    g_assert_cmpuint(f->writes, ==, 4);
    g_assert_cmpmem(f->dev_mem + 4, 16, buf, 16);
    g_assert_cmpuint(address_space_set(as, 0x3004, 0x55, 600, NONE), ==, 0);
    g_assert_cmphex(f->dev_mem[603], ==, 0x55);
    g_assert_cmphex(f->dev_mem[604], ==, (uint8_t)(3 * 604));

    f->reads = 0;
    g_assert_cmpuint(address_space_read(as, 0x7002, NONE, buf, 6), ==,
                     MEMTX_DECODE_ERROR);
    g_assert_cmpuint(f->reads, ==, 1);
    g_assert_cmpmem(buf, 2, "\0\0", 2);
    g_assert_cmpmem(buf + 2, 4, f->dev_mem + 4, 4);
}

/* ---- attributes, locks --------------------------------------------------- */

static void test_memory_attr(Fixture *f, gconstpointer unused)
{
    const MemTxAttrs attrs = { .memory = 1 };
    g_autofree char *name = NULL, *text = NULL;
    AddressSpace *as = &f->as;
    MemTxResult r = 0;
    uint8_t buf[8];
    int fd = g_file_open_tmp("test-access-XXXXXX", &name, NULL);

    close(fd);
    qemu_set_log_filename_flags(name, LOG_INVALID_MEM, &error_abort);
    g_assert_cmpuint(address_space_read(as, 0x100, attrs, buf, 8), ==, 0);
    g_assert_cmpuint(address_space_read(as, 0x2000, attrs, buf, 8), ==, 0);
    g_assert_cmpuint(address_space_write(as, 0x3000, attrs, buf, 4), ==,
                     MEMTX_ACCESS_ERROR);
    qemu_set_log_filename_flags("", 0, &error_abort);
    g_assert_cmpuint(address_space_read(as, 0x3000, attrs, buf, 4), ==,
                     MEMTX_ACCESS_ERROR);
    g_assert_cmpmem(buf, 4, "\0\0\0\0", 4);
    address_space_ldl_le(as, 0x3000, attrs, &r);
    g_assert_cmpuint(r, ==, MEMTX_ACCESS_ERROR);
    g_assert_cmpuint(f->reads + f->writes, ==, 0);
    g_assert_true(g_file_get_contents(name, &text, NULL, NULL));
    g_assert_cmpstr(text, ==,
                    "Invalid access to non-RAM device at addr 0x3000, size 4, "
                    "region 'dev'\n");
    unlink(name);
}

static void *without_bql(void *opaque)
{
    Fixture *f = opaque;

    rcu_register_thread();
    g_assert_false(bql_locked());
    g_assert_cmphex(ldub_phys(&f->as, 0x3001), ==, 3);
    g_assert_true(f->locked);
    g_assert_false(bql_locked());
    stb_phys(&f->as, 0x8001, 7);
    g_assert_false(f->locked);
    g_assert_cmphex(f->dev_mem[1], ==, 7);
    rcu_unregister_thread();
    return NULL;
}

static void test_big_lock(Fixture *f, gconstpointer unused)
{
    QemuThread thread;

    ldub_phys(&f->as, 0x3001);
    g_assert_true(f->locked);
    bql_unlock();
    qemu_thread_create(&thread, "reader", without_bql, f, QEMU_THREAD_JOINABLE);
    qemu_thread_join(&thread);
    bql_lock();
}

typedef struct Hammer {
    Fixture *f;
    bool stop;
} Hammer;

static void *hammer(void *opaque)
{
    Hammer *h = opaque;
    AddressSpace *as = &h->f->as;

    rcu_register_thread();
    for (uint32_t i = 0; !qatomic_read(&h->stop); i++) {
        hwaddr addr = i * 4 % 0xa000;
        MemTxResult r;

        address_space_stl_le(as, addr, i, NONE, &r);
        address_space_ldl_le(as, addr, NONE, &r);
        g_assert_cmpuint(r & ~MEMTX_DECODE_ERROR, ==, 0);
    }
    rcu_unregister_thread();
    return NULL;
}

/* All that can change of a region does while another thread accesses it. */
static void test_changes(Fixture *f, gconstpointer unused)
{
    Hammer h = { .f = f };
    QemuThread thread;

    bql_unlock();
    qemu_thread_create(&thread, "hammer", hammer, &h, QEMU_THREAD_JOINABLE);
    for (int i = 0; i < 600; i++) {
        BQL_LOCK_GUARD();
        memory_region_rom_device_set_romd(&f->romd, i & 1);
        memory_region_set_readonly(&f->lowro, i & 1);
        memory_region_set_log(&f->ram, !(i & 1), DIRTY_MEMORY_VGA);
        memory_region_set_enabled(&f->picky, i & 1);
        memory_region_set_alias_offset(&f->tail, i % 0x800);
        memory_region_set_address(&f->tail, 0x9000 + i % 3 * 16);
    }
    qatomic_set(&h.stop, true);
    qemu_thread_join(&thread);
    bql_lock();
}

/* ---- questions ----------------------------------------------------------- */

static void test_translate(Fixture *f, gconstpointer unused)
{
    hwaddr xlat, len = 0x10000;
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(&f->as, 0x1800, &xlat, &len, false, NONE);
    g_assert_true(mr == &f->ram);
    g_assert_cmphex(xlat, ==, 0x1800);
    g_assert_cmphex(len, ==, 0x800);
    len = 0x10000;
    mr = address_space_translate(&f->as, 0x6010, &xlat, &len, false, NONE);
    g_assert_true(mr == &f->ram);
    g_assert_cmphex(xlat, ==, 0x1010);
    g_assert_cmphex(len, ==, 0xff0);
    mr = address_space_translate(&f->as, 0x4000, &xlat, &len, false, NONE);
    g_assert_false(memory_access_is_direct(mr, false, NONE));
    g_assert_false(memory_region_is_ram(mr));
    len = 4;
    mr = address_space_translate(&f->as, 0x3ffe, &xlat, &len, false, NONE);
    g_assert_true(mr == &f->dev);
    g_assert_cmphex(len, ==, 4);
}

static void test_access_valid(Fixture *f, gconstpointer unused)
{
    AddressSpace *as = &f->as;

    g_assert_true(address_space_access_valid(as, 0, 0x4000, false, NONE));
    g_assert_false(address_space_access_valid(as, 0, 0x4001, false, NONE));
    g_assert_true(address_space_access_valid(as, 0, 0x2000, true, NONE));
    g_assert_false(address_space_access_valid(as, 0, 0x2001, true, NONE));
    g_assert_true(address_space_access_valid(as, 0x7000, PAGE, true, NONE));
    g_assert_false(address_space_access_valid(as, 0x7002, 4, true, NONE));
    g_assert_true(address_space_access_valid(as, 0x4000, 0, true, NONE));
}

static void test_find(Fixture *f, gconstpointer unused)
{
    MemoryRegionSection s = memory_region_find(&f->root, 0x3800, 0x4000);

    g_assert_true(s.mr == &f->dev);
    g_assert_cmphex(s.offset_within_region, ==, 0x800);
    g_assert_cmphex(s.offset_within_address_space, ==, 0x3800);
    g_assert_cmphex(int128_get64(s.size), ==, 0x800);
    memory_region_unref(s.mr);
    /* In a hole: the next. */
    s = memory_region_find(&f->root, 0x4000, 0x2000);
    g_assert_true(s.mr == &f->romd);
    g_assert_cmphex(s.offset_within_address_space, ==, 0x5000);
    memory_region_unref(s.mr);
    s = memory_region_find(&f->root, 0x4000, 0x1000);
    g_assert_null(s.mr);
    g_assert_true(int128_eq(s.size, int128_zero()));
    /* Relative to a region. */
    s = memory_region_find(&f->romd, 0x10, 0x10);
    g_assert_true(s.mr == &f->romd);
    g_assert_cmphex(s.offset_within_address_space, ==, 0x5010);
    memory_region_unref(s.mr);
    s = memory_region_find(&f->lowro, 0, UINT64_MAX);
    g_assert_true(s.mr == &f->ram && s.readonly);
    memory_region_unref(s.mr);

    g_assert_true(memory_region_present(&f->root, 0x3fff));
    g_assert_false(memory_region_present(&f->root, 0x4000));
    g_assert_false(memory_region_present(&f->dev, 0));
}

/* ---- the system's own address space -------------------------------------- */

static void test_physical_memory(Fixture *f, gconstpointer unused)
{
    MemoryRegion *sysmem = get_system_memory();
    MemoryRegion view;
    uint8_t buf[8] = "physical";
    hwaddr len = 0x10000;
    void *p;

    memory_region_init_alias(&view, NULL, "view", &f->root, 0, 0x10000);
    memory_region_add_subregion(sysmem, 0x100000, &view);
    cpu_physical_memory_write(0x100010, buf, 8);
    g_assert_cmpmem(f->ram_host + 0x10, 8, "physical", 8);
    memset(buf, 0, 8);
    cpu_physical_memory_read(0x100010, buf, 8);
    g_assert_cmpmem(buf, 8, "physical", 8);
    g_assert_false(cpu_physical_memory_is_io(0x100000));
    g_assert_false(cpu_physical_memory_is_io(0x102000));
    g_assert_false(cpu_physical_memory_is_io(0x105000));
    g_assert_true(cpu_physical_memory_is_io(0x103000));
    g_assert_true(cpu_physical_memory_is_io(0x104000));
    p = cpu_physical_memory_map(0x100010, &len, false);
    g_assert_true(p == f->ram_host + 0x10);
    g_assert_cmphex(len, ==, 0x1ff0);
    cpu_physical_memory_unmap(p, len, false, len);
    cpu_flush_icache_range(0x100000, 0x4000);
    memory_region_del_subregion(sysmem, &view);
    object_unref(OBJECT(&view));
}

/* ---- dirty pages --------------------------------------------------------- */

static bool vga_dirty(Fixture *f, hwaddr addr)
{
    g_autofree DirtyBitmapSnapshot *s = memory_region_snapshot_and_clear_dirty(
        &f->ram, 0, 0x2000, DIRTY_MEMORY_VGA);

    return memory_region_snapshot_get_dirty(&f->ram, s, addr, 1);
}

static void test_dirty(Fixture *f, gconstpointer unused)
{
    AddressSpace *as = &f->as;

    memory_region_set_log(&f->ram, true, DIRTY_MEMORY_VGA);
    vga_dirty(f, 0);
    g_assert_false(vga_dirty(f, 0));
    stb_phys(as, 0x1001, 1);
    g_assert_true(vga_dirty(f, 0x1000));
    g_assert_false(vga_dirty(f, 0x1000));
    address_space_write(as, 0xfff, NONE, "ab", 2);
    g_assert_true(vga_dirty(f, 0));
    address_space_write(as, 0xfff, NONE, "ab", 2);
    g_assert_true(vga_dirty(f, 0x1000));
    address_space_set(as, 0x1800, 0, 8, NONE);
    g_assert_true(vga_dirty(f, 0x1000));
    address_space_write_rom(as, 0x1800, NONE, "ab", 2);
    g_assert_true(vga_dirty(f, 0x1000));
    ldub_phys(as, 0x1800);
    g_assert_false(vga_dirty(f, 0x1000));
    memory_region_set_log(&f->ram, false, DIRTY_MEMORY_VGA);
}

static void add(const char *name, void (*fn)(Fixture *, gconstpointer))
{
    g_autofree char *path = g_strconcat("/access/", name, NULL);

    g_test_add(path, Fixture, NULL, setup, fn, teardown);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    memory_map_init();
    add("ld", test_ld);
    add("st", test_st);
    add("across", test_across);
    add("holes", test_holes);
    add("rw/ram", test_rw_ram);
    add("rw/rom", test_rw_rom);
    add("rw/romd", test_rw_romd);
    add("rw/readonly-alias", test_rw_readonly_alias);
    add("rw/io", test_rw_io);
    add("memory-attr", test_memory_attr);
    add("big-lock", test_big_lock);
    add("changes", test_changes);
    add("translate", test_translate);
    add("access-valid", test_access_valid);
    add("find", test_find);
    add("physical-memory", test_physical_memory);
    add("dirty", test_dirty);
    return g_test_run();
}
