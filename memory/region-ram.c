/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regions with host memory: see include/memory/ram.h. */
#include "qemu/osdep.h"
#include "exec/ram_addr.h"
#include "memory/access-internal.h"
#include "memory/ram.h"
#include "qapi/error.h"

/* ---- making -------------------------------------------------------------- */

static void destroy_ram(MemoryRegion *mr)
{
    qemu_ram_free(mr->ram_block);
}

/* A region of which qemu_ram_alloc*() makes the block next. */
static void init_ram(MemoryRegion *mr, Object *owner, const char *name,
                     uint64_t size)
{
    memory_region_init(mr, owner, name, size);
    mr->ram = true;
    mr->terminates = true;
    mr->destructor = destroy_ram;
}

/* Takes the block; without one, the region is none. */
static bool take_block(MemoryRegion *mr, RAMBlock *block)
{
    mr->ram_block = block;
    if (!block) {
        mr->size = int128_zero();
        object_unparent(OBJECT(mr));
    }
    return block;
}

bool memory_region_init_ram_flags_nomigrate(MemoryRegion *mr, Object *owner,
                                            const char *name, uint64_t size,
                                            uint32_t ram_flags, Error **errp)
{
    init_ram(mr, owner, name, size);
    return take_block(mr, qemu_ram_alloc(size, ram_flags, mr, errp));
}

bool memory_region_init_ram_nomigrate(MemoryRegion *mr, Object *owner,
                                      const char *name, uint64_t size,
                                      Error **errp)
{
    return memory_region_init_ram_flags_nomigrate(mr, owner, name, size, 0,
                                                  errp);
}

bool memory_region_init_resizeable_ram(
    MemoryRegion *mr, Object *owner, const char *name, uint64_t size,
    uint64_t max_size,
    void (*resized)(const char *name, uint64_t length, void *host),
    Error **errp)
{
    init_ram(mr, owner, name, size);
    return take_block(
        mr, qemu_ram_alloc_resizeable(size, max_size, resized, mr, errp));
}

bool memory_region_init_ram_from_file(MemoryRegion *mr, Object *owner,
                                      const char *name, uint64_t size,
                                      uint64_t align, uint32_t ram_flags,
                                      const char *path, ram_addr_t offset,
                                      Error **errp)
{
    init_ram(mr, owner, name, size);
    mr->readonly = ram_flags & RAM_READONLY;
    mr->align = align;
    return take_block(
        mr, qemu_ram_alloc_from_file(size, mr, ram_flags, path, offset, errp));
}

bool memory_region_init_ram_from_fd(MemoryRegion *mr, Object *owner,
                                    const char *name, uint64_t size,
                                    uint32_t ram_flags, int fd,
                                    ram_addr_t offset, Error **errp)
{
    init_ram(mr, owner, name, size);
    mr->readonly = ram_flags & RAM_READONLY;
    return take_block(mr,
                      qemu_ram_alloc_from_fd(size, size, NULL, mr, ram_flags,
                                             fd, offset, false, errp));
}

void memory_region_init_ram_ptr(MemoryRegion *mr, Object *owner,
                                const char *name, uint64_t size, void *ptr)
{
    /* Nothing is allocated that could fail but for a size of nonsense. */
    assert(ptr);
    init_ram(mr, owner, name, size);
    take_block(mr, qemu_ram_alloc_from_ptr(size, ptr, mr, &error_fatal));
}

bool memory_region_init_rom_nomigrate(MemoryRegion *mr, Object *owner,
                                      const char *name, uint64_t size,
                                      Error **errp)
{
    if (!memory_region_init_ram_nomigrate(mr, owner, name, size, errp)) {
        return false;
    }
    mr->readonly = true;
    return true;
}

bool memory_region_init_rom_device_nomigrate(MemoryRegion *mr, Object *owner,
                                             const MemoryRegionOps *ops,
                                             void *opaque, const char *name,
                                             uint64_t size, Error **errp)
{
    assert(ops);
    memory_region_init_io(mr, owner, ops, opaque, name, size);
    mr->rom_device = true;
    mr->destructor = destroy_ram;
    return take_block(mr, qemu_ram_alloc(size, 0, mr, errp));
}

/* ---- memory of a device -------------------------------------------------- */

void memory_region_init_ram_device_ptr(MemoryRegion *mr, Object *owner,
                                       const char *name, uint64_t size,
                                       void *ptr)
{
    memory_region_init_ram_ptr(mr, owner, name, size, ptr);
    mr->ram_device = true;
    mr->ops = &ram_device_mem_ops;
    mr->opaque = mr;
}

/* ---- with migration ------------------------------------------------------ */

/* What has no device has a name for the whole machine. */
static bool register_ram(MemoryRegion *mr, Object *owner, Error **errp)
{
    DeviceState *dev = NULL;

    if (owner && object_dynamic_cast(owner, "device")) {
        dev = (DeviceState *)owner;
    }
    if (memory_region_register_ram(mr, dev, errp)) {
        return true;
    }
    mr->size = int128_zero();
    qemu_ram_free(mr->ram_block);
    mr->ram_block = NULL;
    object_unparent(OBJECT(mr));
    return false;
}

bool memory_region_init_ram(MemoryRegion *mr, Object *owner, const char *name,
                            uint64_t size, Error **errp)
{
    return memory_region_init_ram_nomigrate(mr, owner, name, size, errp) &&
           register_ram(mr, owner, errp);
}

bool memory_region_init_ram_guest_memfd(MemoryRegion *mr, Object *owner,
                                        const char *name, uint64_t size,
                                        Error **errp)
{
    return memory_region_init_ram_flags_nomigrate(mr, owner, name, size,
                                                  RAM_GUEST_MEMFD, errp) &&
           register_ram(mr, owner, errp);
}

bool memory_region_init_rom(MemoryRegion *mr, Object *owner, const char *name,
                            uint64_t size, Error **errp)
{
    return memory_region_init_rom_nomigrate(mr, owner, name, size, errp) &&
           register_ram(mr, owner, errp);
}

bool memory_region_init_rom_device(MemoryRegion *mr, Object *owner,
                                   const MemoryRegionOps *ops, void *opaque,
                                   const char *name, uint64_t size,
                                   Error **errp)
{
    return memory_region_init_rom_device_nomigrate(mr, owner, ops, opaque, name,
                                                   size, errp) &&
           register_ram(mr, owner, errp);
}

/* ---- the memory ---------------------------------------------------------- */

/* What @mr shows, if it is an alias; adds to *@offset where. */
static MemoryRegion *resolve(MemoryRegion *mr, hwaddr *offset)
{
    while (mr->alias) {
        *offset += mr->alias_offset;
        mr = mr->alias;
    }
    return mr;
}

void *memory_region_get_ram_ptr(MemoryRegion *mr)
{
    hwaddr offset = 0;

    mr = resolve(mr, &offset);
    assert(mr->ram_block);
    return qemu_map_ram_ptr(mr->ram_block, offset);
}

int memory_region_get_fd(MemoryRegion *mr)
{
    hwaddr offset = 0;

    mr = resolve(mr, &offset);
    return mr->ram_block ? mr->ram_block->fd : -1;
}

ram_addr_t memory_region_get_ram_addr(MemoryRegion *mr)
{
    return mr->ram_block ? mr->ram_block->offset : RAM_ADDR_INVALID;
}

uint64_t memory_region_get_alignment(const MemoryRegion *mr)
{
    return mr->align;
}

void memory_region_ram_resize(MemoryRegion *mr, ram_addr_t newsize,
                              Error **errp)
{
    assert(mr->ram_block);
    qemu_ram_resize(mr->ram_block, newsize, errp);
}

void memory_region_msync(MemoryRegion *mr, hwaddr addr, hwaddr size)
{
    if (mr->ram_block) {
        qemu_ram_msync(mr->ram_block, addr, size);
    }
}

void memory_region_writeback(MemoryRegion *mr, hwaddr addr, hwaddr size)
{
    memory_region_msync(mr, addr, size);
}
