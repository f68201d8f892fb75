/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regions with RAM behind them: files and what is written back to them, dirty
 * pages by client, ROM devices that change by themselves, names for migration,
 * and what a RAM block says of itself.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/ramlist.h"
#include "memory/access-internal.h"
#include "qemu/memfd.h"
#include "ram-helpers.h"

#define PAGE TARGET_PAGE_SIZE
#define SIZE (16 * PAGE)

/* ---- files ---- */

static void test_file(void)
{
    g_autofree char *path = temp_file(SIZE, NULL);
    MemoryRegion *mr = region_new();
    uint8_t *host, byte = 0;
    RAMBlock *rb;
    int fd;

    g_assert_true(memory_region_init_ram_from_file(mr, owner, "file", SIZE, 0,
                                                   RAM_SHARED | RAM_NAMED_FILE,
                                                   path, 0, &error_abort));
    rb = mr->ram_block;
    g_assert_true(qemu_ram_is_named_file(rb));
    g_assert_true(qemu_ram_is_shared(rb));
    g_assert_false(qemu_ram_is_noreserve(rb));
    g_assert_false(ramblock_is_pmem(rb));
    g_assert_cmpint(qemu_ram_get_fd(rb), ==, memory_region_get_fd(mr));
    g_assert_cmpint(qemu_ram_get_fd(rb), >=, 0);
    g_assert_cmpuint(qemu_ram_get_used_length(rb), ==, SIZE);
    g_assert_cmpuint(qemu_ram_get_max_length(rb), ==, SIZE);

    host = memory_region_get_ram_ptr(mr);
    g_assert_true(qemu_ram_get_host_addr(rb) == host);
    host[PAGE + 3] = 0x5a;
    memory_region_writeback(mr, PAGE, PAGE);
    memory_region_msync(mr, PAGE + 3, 1);
    memory_region_msync(mr, SIZE, 0);
    qemu_ram_block_writeback(rb);

    fd = open(path, O_RDONLY);
    g_assert_cmpint(pread(fd, &byte, 1, PAGE + 3), ==, 1);
    g_assert_cmpint(byte, ==, 0x5a);
    close(fd);
    region_end(mr);
    unlink(path);
}

/* What has no file has nothing to write back; that is not an error. */
static void test_no_file(void)
{
    MemoryRegion *mr = region_new(), *io = region_new();

    g_assert_true(
        memory_region_init_ram_nomigrate(mr, owner, "ram", SIZE, &error_abort));
    memory_region_init(io, owner, "container", SIZE);
    g_assert_cmpint(memory_region_get_fd(mr), ==, -1);
    g_assert_cmpint(qemu_ram_get_fd(mr->ram_block), ==, -1);
    g_assert_false(qemu_ram_is_named_file(mr->ram_block));
    g_assert_false(memory_region_is_protected(mr));
    memory_region_writeback(mr, 0, SIZE);
    memory_region_msync(mr, 0, SIZE);
    memory_region_writeback(io, 0, SIZE);
    memory_region_msync(io, 0, SIZE);
    region_end(mr);
    region_end(io);
}

static void test_fd(void)
{
    MemoryRegion *mr = region_new();
    Error *err = NULL;
    int fd, held;

    held = fd = qemu_memfd_create("test", SIZE, false, 0, 0, &error_abort);
    g_assert_true(memory_region_init_ram_from_fd(mr, owner, "fd", SIZE,
                                                 RAM_SHARED | RAM_PROTECTED, fd,
                                                 0, &error_abort));
    g_assert_cmpint(memory_region_get_fd(mr), ==, fd);
    g_assert_true(memory_region_is_protected(mr));
    region_end(mr);
    /* The region had taken it over. */
    g_assert_cmpint(fcntl(held, F_GETFD), ==, -1);

    /* One that fails leaves it to the caller. */
    fd = qemu_memfd_create("test", PAGE, false, 0, 0, &error_abort);
    mr = region_new();
    g_assert_false(memory_region_init_ram_from_fd(mr, owner, "fd", SIZE,
                                                  RAM_SHARED, fd, 0, &err));
    expect_error(err, "too small");
    g_assert_cmpint(fcntl(fd, F_GETFD), !=, -1);
    close(fd);
    g_free(mr);
}

/* ---- dirty pages ---- */

/* Bit n: page n of @mr is dirty for @client, which forgets that. */
static unsigned dirty(MemoryRegion *mr, unsigned client)
{
    ram_addr_t at = memory_region_get_ram_addr(mr);
    DirtyBitmapSnapshot *snap = memory_region_snapshot_and_clear_dirty(
        mr, 0, memory_region_size(mr), client);
    unsigned bits = 0;

    for (int i = 0; i < SIZE / PAGE; i++) {
        if (memory_region_snapshot_get_dirty(mr, snap, i * PAGE, PAGE)) {
            g_assert_true(cpu_physical_memory_snapshot_get_dirty(
                snap, at + i * PAGE, PAGE));
            bits |= 1u << i;
        }
    }
    g_free(snap);
    return bits;
}

static void test_dirty(void)
{
    MemoryRegion *mr = region_new();

    g_assert_true(
        memory_region_init_ram_nomigrate(mr, owner, "ram", SIZE, &error_abort));
    memory_region_add_subregion(get_system_memory(), 0, mr);
    g_assert_cmphex(memory_region_get_dirty_log_mask(mr), ==, 0);
    memory_region_set_log(mr, true, DIRTY_MEMORY_VGA);
    g_assert_cmphex(memory_region_get_dirty_log_mask(mr), ==,
                    1 << DIRTY_MEMORY_VGA);
    dirty(mr, DIRTY_MEMORY_VGA);

    memory_region_set_dirty(mr, 3 * PAGE - 1, 2);
    memory_region_set_dirty(mr, 15 * PAGE, PAGE);
    memory_region_set_dirty(mr, 8 * PAGE, 0);
    g_assert_cmphex(dirty(mr, DIRTY_MEMORY_VGA), ==, 0x800c);
    g_assert_cmphex(dirty(mr, DIRTY_MEMORY_VGA), ==, 0);

    memory_region_set_dirty(mr, 0, SIZE);
    memory_region_reset_dirty(mr, PAGE, 14 * PAGE, DIRTY_MEMORY_VGA);
    g_assert_cmphex(dirty(mr, DIRTY_MEMORY_VGA), ==, 0x8001);

    /* An access by an address space says so by itself. */
    stl_le_phys(&address_space_memory, 5 * PAGE, 1);
    g_assert_cmphex(dirty(mr, DIRTY_MEMORY_VGA), ==, 0x20);

    /* Migration's client is there in a global log, for what can migrate. */
    qemu_ram_set_migratable(mr->ram_block);
    g_assert_true(
        memory_global_dirty_log_start(GLOBAL_DIRTY_MIGRATION, &error_abort));
    g_assert_cmphex(memory_region_get_dirty_log_mask(mr), ==,
                    1 << DIRTY_MEMORY_VGA | 1 << DIRTY_MEMORY_MIGRATION);
    dirty(mr, DIRTY_MEMORY_MIGRATION);
    memory_region_set_dirty(mr, 7 * PAGE, 1);
    memory_global_dirty_log_sync(true);
    memory_global_after_dirty_log_sync();
    g_assert_cmphex(dirty(mr, DIRTY_MEMORY_MIGRATION), ==, 0x80);
    g_assert_cmphex(dirty(mr, DIRTY_MEMORY_VGA), ==, 0x80);
    memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);

    memory_region_set_log(mr, false, DIRTY_MEMORY_VGA);
    g_assert_cmphex(memory_region_get_dirty_log_mask(mr), ==, 0);
    memory_region_del_subregion(get_system_memory(), mr);
    region_end(mr);
}

static uint64_t flash_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0x77;
}

static void flash_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    MemoryRegion *mr = opaque;
    uint8_t *host = memory_region_get_ram_ptr(mr);

    host[addr] = val;
    memory_region_flush_rom_device(mr, addr, size);
}

/* A ROM device's callback changes bytes: the display, say, is to see that. */
static void test_rom_device(void)
{
    static const MemoryRegionOps ops = {
        .read = flash_read,
        .write = flash_write,
        .endianness = DEVICE_LITTLE_ENDIAN,
        .valid.max_access_size = 1,
    };
    MemoryRegion *mr = region_new();

    g_assert_true(memory_region_init_rom_device_nomigrate(
        mr, owner, &ops, mr, "flash", SIZE, &error_abort));
    memory_region_add_subregion(get_system_memory(), 0, mr);
    memory_region_set_log(mr, true, DIRTY_MEMORY_VGA);
    dirty(mr, DIRTY_MEMORY_VGA);

    g_assert_true(memory_region_supports_direct_access(mr));
    stb_phys(&address_space_memory, 6 * PAGE, 0x12);
    g_assert_cmphex(ldub_phys(&address_space_memory, 6 * PAGE), ==, 0x12);
    g_assert_cmphex(dirty(mr, DIRTY_MEMORY_VGA), ==, 0x40);

    memory_region_rom_device_set_romd(mr, false);
    g_assert_false(memory_region_supports_direct_access(mr));
    g_assert_cmphex(ldub_phys(&address_space_memory, 6 * PAGE), ==, 0x77);

    memory_region_set_log(mr, false, DIRTY_MEMORY_VGA);
    memory_region_del_subregion(get_system_memory(), mr);
    region_end(mr);
}

/* ---- blocks ---- */

static void test_block(void)
{
    MemoryRegion *mr = region_new();
    ram_addr_t at, offset;
    RAMBlock *rb;
    uint8_t *host;

    g_assert_true(
        memory_region_init_ram_nomigrate(mr, owner, "ram", SIZE, &error_abort));
    rb = mr->ram_block;
    host = qemu_ram_get_host_addr(rb);
    at = qemu_ram_get_offset(rb);

    /* From a host pointer to everything else, and back. */
    g_assert_cmphex(memory_region_get_ram_addr(mr), ==, at);
    g_assert_cmphex(qemu_ram_addr_from_host(host + 5), ==, at + 5);
    g_assert_cmphex(qemu_ram_addr_from_host_nofail(host + 5), ==, at + 5);
    g_assert_cmphex(qemu_ram_addr_from_host(&rb), ==, RAM_ADDR_INVALID);
    g_assert_true(qemu_ram_block_from_host(host + PAGE + 5, true, &offset) ==
                  rb);
    g_assert_cmphex(offset, ==, PAGE);
    g_assert_true(memory_region_from_host(host + 7, &offset) == mr);
    g_assert_cmphex(offset, ==, 7);
    g_assert_true(qemu_map_ram_ptr(rb, 9) == host + 9);
    g_assert_true(qemu_map_ram_ptr(NULL, at + 9) == host + 9);
    g_assert_true(ramblock_ptr(rb, 9) == host + 9);
    g_assert_true(offset_in_ramblock(rb, SIZE - 1));
    g_assert_false(offset_in_ramblock(rb, SIZE));
    g_assert_false(offset_in_ramblock(NULL, 0));
    g_assert_cmpuint(ramblock_recv_bitmap_offset(host + 3 * PAGE + 1, rb), ==,
                     3);

    /* Its name for migration, and its marks. */
    qemu_ram_set_idstr(rb, "a-name", NULL);
    g_assert_cmpstr(qemu_ram_get_idstr(rb), ==, "a-name");
    g_assert_true(qemu_ram_block_by_name("a-name") == rb);
    qemu_ram_unset_idstr(rb);
    g_assert_null(qemu_ram_block_by_name("a-name"));
    g_assert_false(qemu_ram_is_migratable(rb));
    qemu_ram_set_migratable(rb);
    g_assert_true(qemu_ram_is_migratable(rb));
    qemu_ram_unset_migratable(rb);
    g_assert_false(qemu_ram_is_migratable(rb));
    g_assert_false(qemu_ram_is_uf_zeroable(rb));
    qemu_ram_set_uf_zeroable(rb);
    g_assert_true(qemu_ram_is_uf_zeroable(rb));

    /* Chunks of four pages whose log must still be cleared. */
    rb->clear_bmap_shift = 2;
    rb->clear_bmap = bitmap_new(clear_bmap_size(SIZE / PAGE, 2));
    clear_bmap_set(rb, 4, 8);
    g_assert_false(clear_bmap_test_and_clear(rb, 3));
    g_assert_true(clear_bmap_test_and_clear(rb, 7));
    g_assert_false(clear_bmap_test_and_clear(rb, 4));
    g_assert_true(clear_bmap_test_and_clear(rb, 11));
    g_assert_false(clear_bmap_test_and_clear(rb, 12));
    g_clear_pointer(&rb->clear_bmap, g_free);

    /* Without a keeper nothing is ever blocked, but the calls are there. */
    ram_block_add_cpr_blocker(rb, &error_abort);
    ram_block_del_cpr_blocker(rb);
    region_end(mr);
}

static unsigned flushed;

static void count_flush(void)
{
    flushed++;
}

static uint64_t answer(void *opaque, hwaddr addr, unsigned size)
{
    return flushed;
}

static void ignore(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
}

/* Queued writes go to where they belong before a register is read. */
static void test_flush_coalesced(void)
{
    static const MemoryRegionOps ops = {
        .read = answer,
        .write = ignore,
        .endianness = DEVICE_LITTLE_ENDIAN,
    };
    MemoryRegion *mr = region_new();

    memory_set_flush_coalesced_hook(count_flush);
    memory_region_init_io(mr, owner, &ops, NULL, "regs", PAGE);
    memory_region_add_subregion(get_system_memory(), 0, mr);
    flushed = 0;
    g_assert_cmpint(ldl_le_phys(&address_space_memory, 0), ==, 0);
    memory_region_set_flush_coalesced(mr);
    g_assert_cmpint(ldl_le_phys(&address_space_memory, 0), ==, 1);
    g_assert_cmpint(ldl_le_phys(&address_space_memory, 4), ==, 2);
    memory_region_clear_flush_coalesced(mr);
    g_assert_cmpint(flushed, ==, 3);
    g_assert_cmpint(ldl_le_phys(&address_space_memory, 0), ==, 3);
    g_assert_cmpint(flushed, ==, 3);
    memory_set_flush_coalesced_hook(NULL);
    memory_region_del_subregion(get_system_memory(), mr);
    region_end(mr);
}

/* ---- what another emulator had ---- */

static int kept_fd, forgotten;

static int take_fd(const char *name)
{
    return kept_fd;
}

static void forget_fd(int fd)
{
    forgotten += fd == kept_fd;
}

/* Memory that came cannot be mapped: an empty one is not as good. */
static void test_kept(void)
{
    static const RamKeeper keeper = { .take = take_fd, .forget = forget_fd };
    MemoryRegion *mr = region_new();
    Error *err = NULL;
    int ends[2];

    g_assert_cmpint(pipe(ends), ==, 0);
    kept_fd = ends[0];
    ram_set_keeper(&keeper);
    g_assert_false(memory_region_init_ram_flags_nomigrate(
        mr, owner, "kept", SIZE, RAM_SHARED, &err));
    ram_set_keeper(NULL);
    g_assert_nonnull(strstr(error_get_pretty(err), "'kept'"));
    error_free(err);
    g_assert_cmpint(forgotten, ==, 1);
    g_assert_cmpint(close(kept_fd), <, 0); /* it was */
    close(ends[1]);
    object_unparent(OBJECT(mr));
    g_free(mr);
}

int main(int argc, char **argv)
{
    int ret;

    g_test_init(&argc, &argv, NULL);
    ram_helpers_init();
    memory_map_init();
    g_test_add_func("/region-ram/file", test_file);
    g_test_add_func("/region-ram/no-file", test_no_file);
    g_test_add_func("/region-ram/fd", test_fd);
    g_test_add_func("/region-ram/kept", test_kept);
    g_test_add_func("/region-ram/dirty", test_dirty);
    g_test_add_func("/region-ram/rom-device", test_rom_device);
    g_test_add_func("/region-ram/block", test_block);
    g_test_add_func("/region-ram/flush-coalesced", test_flush_coalesced);
    ret = g_test_run();
    object_unref(owner);
    drain_call_rcu();
    return ret;
}
