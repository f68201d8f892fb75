/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Maps of guest memory, bounce buffers and those who wait for one, caches.
 */
#include "qemu/osdep.h"
#include "exec/cpu-all.h"
#include "exec/memory.h"
#include "memory-fixture.h"

/* ---- maps of RAM --------------------------------------------------------- */

static void test_map_ram(MemFixture *f, gconstpointer unused)
{
    hwaddr len = 0x10000;
    uint8_t *p;

    p = address_space_map(&f->as, 0x100, &len, false, NONE);
    g_assert_true(p == f->ram_host + 0x100);
    /* The two halves of RAM are one piece, though two ranges. */
    g_assert_cmphex(len, ==, MEM_RAM_SIZE - 0x100);
    g_assert_cmpuint(f->owner->ref, ==, f->refs + 1);
    address_space_unmap(&f->as, p, len, false, len);
    g_assert_cmpuint(f->owner->ref, ==, f->refs);

    len = 0;
    g_assert_null(address_space_map(&f->as, 0x100, &len, false, NONE));
}

static void test_map_dirty(MemFixture *f, gconstpointer unused)
{
    DirtyBitmapSnapshot *s;
    hwaddr len = 0x3000;
    void *p;

    memory_region_set_log(&f->ram, true, DIRTY_MEMORY_VGA);
    g_free(memory_region_snapshot_and_clear_dirty(&f->ram, 0, MEM_RAM_SIZE,
                                                  DIRTY_MEMORY_VGA));
    p = address_space_map(&f->as, 0, &len, true, NONE);
    /* What was accessed is dirty, not what was mapped. */
    address_space_unmap(&f->as, p, len, true, 0x1001);
    s = memory_region_snapshot_and_clear_dirty(&f->ram, 0, MEM_RAM_SIZE,
                                               DIRTY_MEMORY_VGA);
    g_assert_true(memory_region_snapshot_get_dirty(&f->ram, s, 0, 1));
    g_assert_true(memory_region_snapshot_get_dirty(&f->ram, s, 0x1000, 1));
    g_assert_false(memory_region_snapshot_get_dirty(&f->ram, s, 0x2000, 1));
    g_free(s);
    memory_region_set_log(&f->ram, false, DIRTY_MEMORY_VGA);
}

/* ---- bounce buffers ------------------------------------------------------ */

static void test_bounce_read(MemFixture *f, gconstpointer unused)
{
    hwaddr len = 64;
    uint8_t *p = address_space_map(&f->as, MEM_DEV + 8, &len, false, NONE);

    g_assert_nonnull(p);
    g_assert_cmphex(len, ==, 64);
    g_assert_cmpmem(p, 64, f->dev_mem + 8, 64);
    memset(p, 0xee, 64);
    address_space_unmap(&f->as, p, len, false, 64);
    g_assert_cmphex(f->dev_mem[8], !=, 0xee);
    g_assert_cmpuint(f->writes, ==, 0);
    g_assert_cmpuint(f->owner->ref, ==, f->refs);
    g_assert_cmpuint(f->as.bounce_buffer_size, ==, 0);
}

static void test_bounce_write(MemFixture *f, gconstpointer unused)
{
    hwaddr len = 64;
    uint8_t *p = address_space_map(&f->as, MEM_DEV, &len, true, NONE);

    g_assert_cmpuint(f->reads, ==, 0);
    for (int i = 0; i < 64; i++) {
        g_assert_cmphex(p[i], ==, 0);
    }
    memset(p, 0xee, 64);
    address_space_unmap(&f->as, p, len, true, 16);
    g_assert_cmphex(f->dev_mem[15], ==, 0xee);
    g_assert_cmphex(f->dev_mem[16], !=, 0xee);
}

static void set_flag(void *opaque)
{
    *(bool *)opaque = true;
}

static void turn(void)
{
    for (int i = 0; i < 4; i++) {
        main_loop_wait(true);
    }
}

static void test_bounce_limit(MemFixture *f, gconstpointer unused)
{
    hwaddr len = 0x1000, len2 = 0x1000, len3 = 4;
    bool called = false, never = false, at_once = false;
    QEMUBH *bh = qemu_bh_new(set_flag, &called);
    QEMUBH *bh2 = qemu_bh_new(set_flag, &never);
    QEMUBH *bh3 = qemu_bh_new(set_flag, &at_once);
    uint8_t *p, *p2;

    g_assert_cmpuint(f->as.max_bounce_buffer_size, ==, 4096);
    f->as.max_bounce_buffer_size = 0x1800;
    p = address_space_map(&f->as, MEM_DEV, &len, false, NONE);
    g_assert_cmphex(len, ==, 0x1000);

    /* Room for some: who waits is called at once. */
    address_space_register_map_client(&f->as, bh3);
    turn();
    g_assert_true(at_once);

    p2 = address_space_map(&f->as, MEM_DEV, &len2, false, NONE);
    g_assert_cmphex(len2, ==, 0x800);
    g_assert_null(address_space_map(&f->as, MEM_DEV, &len3, false, NONE));
    g_assert_cmphex(len3, ==, 0);

    address_space_register_map_client(&f->as, bh);
    address_space_register_map_client(&f->as, bh2);
    address_space_unregister_map_client(&f->as, bh2);
    address_space_unregister_map_client(&f->as, bh2);
    turn();
    g_assert_false(called);
    address_space_unmap(&f->as, p2, len2, false, 0);
    turn();
    g_assert_true(called);
    g_assert_false(never);

    /* Once only. */
    called = false;
    address_space_unmap(&f->as, p, len, false, 0);
    turn();
    g_assert_false(called);
    g_assert_cmpuint(f->as.bounce_buffer_size, ==, 0);
    qemu_bh_delete(bh);
    qemu_bh_delete(bh2);
    qemu_bh_delete(bh3);
    turn();
}

/* A ROM and a hole are no RAM to write to. */
static void test_bounce_rom(MemFixture *f, gconstpointer unused)
{
    hwaddr len = 16;
    uint8_t *p = address_space_map(&f->as, MEM_ROM, &len, false, NONE);

    g_assert_true(p == f->rom_host);
    address_space_unmap(&f->as, p, len, false, len);
    len = 16;
    p = address_space_map(&f->as, MEM_ROM, &len, true, NONE);
    g_assert_true(p != f->rom_host);
    memset(p, 0x77, len);
    address_space_unmap(&f->as, p, len, true, len);
    g_assert_cmphex(f->rom_host[0], !=, 0x77);
    len = 16;
    p = address_space_map(&f->as, MEM_HOLE, &len, false, NONE);
    g_assert_nonnull(p);
    g_assert_cmphex(p[0], ==, 0);
    address_space_unmap(&f->as, p, len, false, len);
}

/* ---- the last reference -------------------------------------------------- */

typedef struct Owned {
    Object parent_obj;
    MemoryRegion mr;
    bool *finalized;
} Owned;

static void owned_finalize(Object *obj)
{
    g_assert_true(bql_locked());
    *container_of(obj, Owned, parent_obj)->finalized = true;
}

static const TypeInfo owned_info = {
    .name = "test-owned",
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(Owned),
    .instance_finalize = owned_finalize,
};

typedef struct Unmap {
    AddressSpace *as;
    void *p;
    MemoryRegionCache cache;
} Unmap;

static void *unmap_thread(void *opaque)
{
    Unmap *u = opaque;

    rcu_register_thread();
    address_space_cache_destroy(&u->cache);
    address_space_unmap(u->as, u->p, 16, true, 16);
    rcu_unregister_thread();
    return NULL;
}

/* A map may outlive the device; its end is in the main loop. */
static void test_last_reference(MemFixture *f, gconstpointer unused)
{
    Owned *o = (Owned *)object_new("test-owned");
    Unmap u = { .as = &f->as };
    bool finalized = false;
    QemuThread thread;
    hwaddr len = 16;

    o->finalized = &finalized;
    memory_region_init_ram_nomigrate(&o->mr, OBJECT(o), "ram", 0x1000,
                                     &error_abort);
    memory_region_add_subregion(&f->root, 0x100000, &o->mr);
    u.p = address_space_map(&f->as, 0x100000, &len, true, NONE);
    g_assert_true(u.p == memory_region_get_ram_ptr(&o->mr));
    address_space_cache_init(&u.cache, &f->as, 0x100000, 16, false);
    memory_region_del_subregion(&f->root, &o->mr);
    object_unref(o);
    drain_call_rcu();
    /* The next commit drops what old versions refer to. */
    memory_region_set_enabled(&f->dev, false);
    memory_region_set_enabled(&f->dev, true);
    g_assert_false(finalized);

    bql_unlock();
    qemu_thread_create(&thread, "unmap", unmap_thread, &u,
                       QEMU_THREAD_JOINABLE);
    qemu_thread_join(&thread);
    bql_lock();
    for (int i = 0; i < 1000 && !finalized; i++) {
        drain_call_rcu();
        turn();
    }
    g_assert_true(finalized);
}

/* ---- caches -------------------------------------------------------------- */

static void test_cache_ram(MemFixture *f, gconstpointer unused)
{
    MemoryRegionCache c, empty;
    uint8_t buf[4] = { 0 };
    unsigned refs;

    address_space_cache_init_empty(&empty);
    address_space_cache_destroy(&empty);
    g_assert_cmpint(address_space_cache_init(&c, &f->as, 0x10, 0x100, true), ==,
                    0x100);
    g_assert_true(c.ptr == f->ram_host + 0x10);
    g_assert_cmpuint(f->owner->ref, ==, f->refs + 1);
    address_space_stl_le_cached(&c, 4, 0x11223344, NONE, NULL);
    stw_be_phys_cached(&c, 8, 0x5566);
    address_space_stb_cached(&c, 10, 0x77, NONE, NULL);
    address_space_cache_invalidate(&c, 4, 7);
    g_assert_cmpmem(f->ram_host + 0x14, 7, "\x44\x33\x22\x11\x55\x66\x77", 7);
    g_assert_cmphex(ldl_be_phys_cached(&c, 4), ==, 0x44332211);
    g_assert_cmphex(ldq_phys_cached(&c, 4) & 0xffffffff, ==, 0x11223344);
    g_assert_cmphex(address_space_ldub_cached(&c, 10, NONE, NULL), ==, 0x77);
    g_assert_cmpuint(address_space_read_cached(&c, 8, buf, 3), ==, 0);
    g_assert_cmpmem(buf, 3, "\x55\x66\x77", 3);
    g_assert_cmpuint(address_space_write_cached(&c, 0xfc, "abcd", 4), ==, 0);
    g_assert_cmpmem(f->ram_host + 0x10c, 4, "abcd", 4);

    /* It stays as it is when the topology changes. */
    memory_region_set_enabled(&f->ram, false);
    g_assert_cmphex(ldub_phys_cached(&c, 10), ==, 0x77);
    memory_region_set_enabled(&f->ram, true);
    /* Old versions of the view have references, too, for a while. */
    refs = f->owner->ref;
    address_space_cache_destroy(&c);
    g_assert_cmpuint(f->owner->ref, ==, refs - 1);
    address_space_cache_destroy(&c);
    g_assert_cmpuint(f->owner->ref, ==, refs - 1);

    /* As far as one region goes, over several ranges. */
    g_assert_cmpint(address_space_cache_init(&c, &f->as, 0, 0x10000, false), ==,
                    MEM_RAM_SIZE);
    address_space_cache_destroy(&c);
}

static void test_cache_io(MemFixture *f, gconstpointer unused)
{
    MemoryRegionCache c;
    MemTxResult r = 99;
    uint8_t buf[8];

    g_assert_cmpint(
        address_space_cache_init(&c, &f->as, MEM_DEV + 0x10, 0x100, true), ==,
        0x100);
    g_assert_null(c.ptr);
    address_space_stl_be_cached(&c, 4, 0x11223344, NONE, &r);
    g_assert_cmpuint(r, ==, MEMTX_OK);
    g_assert_cmpmem(f->dev_mem + 0x14, 4, "\x11\x22\x33\x44", 4);
    g_assert_cmphex(ldl_le_phys_cached(&c, 4), ==, 0x44332211);
    g_assert_cmphex(lduw_phys_cached(&c, 4), ==, 0x2211);
    g_assert_cmpuint(address_space_write_cached(&c, 9, "abcdefg", 7), ==, 0);
    g_assert_cmpmem(f->dev_mem + 0x19, 7, "abcdefg", 7);
    g_assert_cmpuint(address_space_read_cached(&c, 9, buf, 7), ==, 0);
    g_assert_cmpmem(buf, 7, "abcdefg", 7);
    address_space_cache_invalidate(&c, 0, 4);
    address_space_cache_destroy(&c);

    /* A ROM where one wants to write: there is no pointer, but it reads. */
    memcpy(f->rom_host, "romdata", 8);
    g_assert_cmpint(address_space_cache_init(&c, &f->as, MEM_ROM, 8, true), ==,
                    8);
    g_assert_null(c.ptr);
    g_assert_cmpuint(address_space_read_cached(&c, 0, buf, 8), ==, MEMTX_OK);
    g_assert_cmpstr((char *)buf, ==, "romdata");
    g_assert_cmphex(address_space_lduw_le_cached(&c, 3, NONE, &r), ==, 0x6164);
    g_assert_cmpuint(r, ==, MEMTX_OK);
    address_space_stw_le_cached(&c, 3, 0, NONE, &r);
    g_assert_cmpuint(r, ==, MEMTX_DECODE_ERROR);
    g_assert_cmpstr((char *)f->rom_host, ==, "romdata");
    address_space_cache_destroy(&c);

    g_assert_cmpint(address_space_cache_init(&c, &f->as, MEM_HOLE, 4, false),
                    ==, 4);
    g_assert_cmphex(address_space_ldl_le_cached(&c, 0, NONE, &r), ==, 0);
    g_assert_cmpuint(r, ==, MEMTX_DECODE_ERROR);
    address_space_cache_destroy(&c);
}

/* ---- memory of a device -------------------------------------------------- */

/* Accesses that begin in it do not go on behind its end. */
static void test_device_memory_end(MemFixture *f, gconstpointer unused)
{
    g_autofree char *bar = g_malloc(0xff0);
    MemoryRegion mr;
    uint8_t buf[16];
    MemTxResult r;

    memset(bar, 0x5a, 0xff0);
    memory_region_init_ram_device_ptr(&mr, f->owner, "bar", 0xff0, bar);
    memory_region_add_subregion(&f->root, 0x20000, &mr);
    g_assert_cmphex(address_space_ldl_le(&f->as, 0x20fec, NONE, &r), ==,
                    0x5a5a5a5a);
    g_assert_cmpuint(r, ==, MEMTX_OK);
    address_space_ldq_le(&f->as, 0x20fec, NONE, &r);
    g_assert_cmpuint(r, ==, MEMTX_DECODE_ERROR);
    address_space_stq_le(&f->as, 0x20fed, 0, NONE, &r);
    g_assert_cmpuint(r, ==, MEMTX_DECODE_ERROR);
    g_assert_cmphex(bar[0xfed], ==, 0x5a);
    g_assert_cmpuint(
        address_space_read(&f->as, 0x20fec, NONE, buf, sizeof(buf)), ==,
        MEMTX_DECODE_ERROR);
    g_assert_cmpmem(buf, 5, "\x5a\x5a\x5a\x5a\0", 5);
    /* A loader's copy leaves it out. */
    address_space_write_rom(&f->as, 0x20000, NONE, "abcdefgh", 8);
    g_assert_cmphex(bar[0], ==, 0x5a);
    memory_region_del_subregion(&f->root, &mr);
    drain_call_rcu();
    object_unparent(OBJECT(&mr));
    drain_call_rcu();
}

int main(int argc, char **argv)
{
    mem_fixture_init(&argc, &argv);
    mem_test("/map/ram", test_map_ram);
    mem_test("/map/dirty", test_map_dirty);
    mem_test("/map/bounce/read", test_bounce_read);
    mem_test("/map/bounce/write", test_bounce_write);
    mem_test("/map/bounce/limit", test_bounce_limit);
    mem_test("/map/bounce/rom", test_bounce_rom);
    type_register_static(&owned_info);
    mem_test("/map/last-reference", test_last_reference);
    mem_test("/map/cache/ram", test_cache_ram);
    mem_test("/map/cache/io", test_cache_io);
    mem_test("/map/device-memory-end", test_device_memory_end);
    return g_test_run();
}
