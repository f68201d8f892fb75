/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small address space for tests of accesses: RAM in two ranges that make one
 * piece, a device that is an array of bytes, a ROM and a hole; all regions are
 * those of one owner.
 */
#ifndef TESTS_MEMORY_FIXTURE_H
#define TESTS_MEMORY_FIXTURE_H

#include "exec/memory.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"

#define NONE MEMTXATTRS_UNSPECIFIED

#define MEM_RAM_SIZE 0x4000
#define MEM_DEV      0x8000
#define MEM_DEV_SIZE 0x2000
#define MEM_ROM      0xa000
#define MEM_HOLE     0xb000

typedef struct MemFixture {
    Object *owner;
    unsigned refs;      /* the owner's, at rest */
    MemoryRegion root, ram, low, high, dev, rom;
    AddressSpace as;
    uint8_t *ram_host, *rom_host;
    uint8_t dev_mem[MEM_DEV_SIZE];
    unsigned reads, writes;
} MemFixture;

static uint64_t mem_dev_read(void *opaque, hwaddr addr, unsigned size)
{
    MemFixture *f = opaque;

    f->reads++;
    return ldn_le_p(f->dev_mem + addr, size);
}

static void mem_dev_write(void *opaque, hwaddr addr, uint64_t val,
                          unsigned size)
{
    MemFixture *f = opaque;

    f->writes++;
    stn_le_p(f->dev_mem + addr, size, val);
}

static const MemoryRegionOps mem_dev_ops = {
    .read = mem_dev_read,
    .write = mem_dev_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl.max_access_size = 8,
};

static void mem_setup(MemFixture *f, gconstpointer unused)
{
    MemoryRegion *root = &f->root;

    f->owner = object_new("container");
    memory_region_init(root, NULL, "root", UINT64_MAX);
    memory_region_init_ram_nomigrate(&f->ram, f->owner, "ram", MEM_RAM_SIZE,
                                     &error_abort);
    memory_region_init_alias(&f->low, f->owner, "low", &f->ram, 0, 0x2000);
    memory_region_init_alias(&f->high, f->owner, "high", &f->ram, 0x2000,
                             0x2000);
    memory_region_set_unmergeable(&f->low, true);
    memory_region_init_io(&f->dev, f->owner, &mem_dev_ops, f, "dev",
                          MEM_DEV_SIZE);
    memory_region_init_rom_nomigrate(&f->rom, f->owner, "rom", 0x1000,
                                     &error_abort);
    f->ram_host = memory_region_get_ram_ptr(&f->ram);
    f->rom_host = memory_region_get_ram_ptr(&f->rom);
    for (int i = 0; i < MEM_DEV_SIZE; i++) {
        f->dev_mem[i] = 5 * i;
    }
    memory_region_transaction_begin();
    memory_region_add_subregion(root, 0, &f->low);
    memory_region_add_subregion(root, 0x2000, &f->high);
    memory_region_add_subregion(root, MEM_DEV, &f->dev);
    memory_region_add_subregion(root, MEM_ROM, &f->rom);
    memory_region_transaction_commit();
    address_space_init(&f->as, root, "test");
    f->refs = f->owner->ref;
}

static void mem_teardown(MemFixture *f, gconstpointer unused)
{
    MemoryRegion *all[] = { &f->low, &f->high, &f->dev, &f->rom };

    address_space_destroy(&f->as);
    drain_call_rcu();
    for (int i = 0; i < ARRAY_SIZE(all); i++) {
        memory_region_del_subregion(&f->root, all[i]);
    }
    object_unref(OBJECT(&f->root));
    drain_call_rcu();
    /* Its regions go with it. */
    object_unref(f->owner);
    drain_call_rcu();
}

static void mem_fixture_init(int *argc, char ***argv)
{
    g_test_init(argc, argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    bql_lock();
}

static inline void mem_test(const char *path,
                            void (*fn)(MemFixture *f, gconstpointer unused))
{
    g_test_add(path, MemFixture, NULL, mem_setup, fn, mem_teardown);
}

#endif
