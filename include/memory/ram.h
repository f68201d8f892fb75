/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regions with host memory behind them: RAM, ROM, ROM devices, RAM devices.
 *
 * A memory_region_init_*() below makes a region and its RAMBlock; the block
 * goes with the region, after a grace period. Without _nomigrate, migration
 * sends the content, under the owner's path and the region's name. Failing, a
 * function leaves an initialized region without memory, of size 0.
 *
 * Who draws from RAM, or copies it, asks which pages were written: dirty
 * logging by client (exec/ramlist.h).
 *
 * All functions need the big lock unless they say otherwise; sizes and
 * addresses are bytes.
 */
#ifndef MEMORY_RAM_H
#define MEMORY_RAM_H

#include "exec/ramlist.h"
#include "memory/region.h"

/* Flags of a block. The first column: who sets it (caller, core). */
/* core:   on memory that the caller gave (qemu_ram_alloc_from_ptr()). */
#define RAM_PREALLOC        (1 << 0)
/* caller: others see what is written; else a private copy. */
#define RAM_SHARED          (1 << 1)
/* caller: used_length may change. */
#define RAM_RESIZEABLE      (1 << 2)
/* core:   userfaultfd can place zero pages. */
#define RAM_UF_ZEROPAGE     (1 << 3)
/* core:   migration sends it. */
#define RAM_MIGRATABLE      (1 << 4)
/* caller: persistent memory. */
#define RAM_PMEM            (1 << 5)
/* core:   userfaultfd tracks writes. */
#define RAM_UF_WRITEPROTECT (1 << 6)
/* caller: no swap or huge pages are reserved. */
#define RAM_NORESERVE       (1 << 7)
/* caller: the host cannot look into it (SGX). */
#define RAM_PROTECTED       (1 << 8)
/* caller: a file with a name. */
#define RAM_NAMED_FILE      (1 << 9)
/* caller: mapped read-only. */
#define RAM_READONLY        (1 << 10)
/* caller: the file is opened read-only; the mapping may be a private copy. */
#define RAM_READONLY_FD     (1 << 11)
/* caller: with a private side (memory/guest-memfd.h). */
#define RAM_GUEST_MEMFD     (1 << 12)
/* caller: must be private, whatever would be the default. */
#define RAM_PRIVATE         (1 << 13)
/* Ours: the memory was there before this process. */
#define RAM_KEPT            (1 << 30)

/* ---- making them --------------------------------------------------------- */

/* Anonymous memory. */
bool memory_region_init_ram(MemoryRegion *mr, Object *owner, const char *name,
                            uint64_t size, Error **errp);
bool memory_region_init_ram_nomigrate(MemoryRegion *mr, Object *owner,
                                      const char *name, uint64_t size,
                                      Error **errp);
/* @ram_flags: RAM_SHARED, RAM_PRIVATE, RAM_NORESERVE, RAM_GUEST_MEMFD. */
bool memory_region_init_ram_flags_nomigrate(MemoryRegion *mr, Object *owner,
                                            const char *name, uint64_t size,
                                            uint32_t ram_flags, Error **errp);
/* With a private side of a confidential guest. */
bool memory_region_init_ram_guest_memfd(MemoryRegion *mr, Object *owner,
                                        const char *name, uint64_t size,
                                        Error **errp);

/*
 * Up to @max_size can be used, @size at first. @resized is called with the
 * block's name after memory_region_ram_resize(). Not registered for migration.
 */
bool memory_region_init_resizeable_ram(MemoryRegion *mr, Object *owner,
                                       const char *name, uint64_t size,
                                       uint64_t max_size,
                                       void (*resized)(const char *name,
                                                       uint64_t length,
                                                       void *host),
                                       Error **errp);

/*
 * From @offset on of the file @path, mapped at a multiple of @align (0: what
 * the file's pages need). @ram_flags: RAM_SHARED, RAM_PRIVATE, RAM_PMEM,
 * RAM_NORESERVE, RAM_PROTECTED, RAM_NAMED_FILE, RAM_READONLY, RAM_READONLY_FD,
 * RAM_GUEST_MEMFD. Not registered for migration.
 */
bool memory_region_init_ram_from_file(MemoryRegion *mr, Object *owner,
                                      const char *name, uint64_t size,
                                      uint64_t align, uint32_t ram_flags,
                                      const char *path, ram_addr_t offset,
                                      Error **errp);
/* ... of the descriptor @fd, which it takes over unless it fails. */
bool memory_region_init_ram_from_fd(MemoryRegion *mr, Object *owner,
                                    const char *name, uint64_t size,
                                    uint32_t ram_flags, int fd,
                                    ram_addr_t offset, Error **errp);

/*
 * On memory at @ptr, which the caller keeps until the region is gone. The
 * second form is for a device's memory (a BAR): it is accessed by loads and
 * stores of the access's size, never by memcpy(), and is not dumped.
 */
void memory_region_init_ram_ptr(MemoryRegion *mr, Object *owner,
                                const char *name, uint64_t size, void *ptr);
void memory_region_init_ram_device_ptr(MemoryRegion *mr, Object *owner,
                                       const char *name, uint64_t size,
                                       void *ptr);

/* RAM that the guest cannot write: its writes are ignored. */
bool memory_region_init_rom(MemoryRegion *mr, Object *owner, const char *name,
                            uint64_t size, Error **errp);
bool memory_region_init_rom_nomigrate(MemoryRegion *mr, Object *owner,
                                      const char *name, uint64_t size,
                                      Error **errp);
/*
 * Reads come from memory, writes go to @ops (flash). When
 * memory_region_rom_device_set_romd(mr, false) is in force, reads do, too.
 */
bool memory_region_init_rom_device(MemoryRegion *mr, Object *owner,
                                   const MemoryRegionOps *ops, void *opaque,
                                   const char *name, uint64_t size,
                                   Error **errp);
bool memory_region_init_rom_device_nomigrate(MemoryRegion *mr, Object *owner,
                                             const MemoryRegionOps *ops,
                                             void *opaque, const char *name,
                                             uint64_t size, Error **errp);

/*
 * Names the block of @mr after the path of @dev (may be NULL) and the region,
 * and lets migration send it; and the opposite. False with @errp if another
 * block has that name; the QEMU form reports that.
 */
bool memory_region_register_ram(MemoryRegion *mr, DeviceState *dev,
                                Error **errp);
void vmstate_register_ram(MemoryRegion *mr, DeviceState *dev);
void vmstate_register_ram_global(MemoryRegion *mr);
void vmstate_unregister_ram(MemoryRegion *mr, DeviceState *dev);

/* ---- the memory ---------------------------------------------------------- */

/*
 * The host address of @mr (also an alias, at its offset), and the descriptor
 * behind it or -1. Under RCU or with a reference; any thread.
 */
void *memory_region_get_ram_ptr(MemoryRegion *mr);
int memory_region_get_fd(MemoryRegion *mr);
/* Its place among all blocks; RAM_ADDR_INVALID if it has no memory. */
ram_addr_t memory_region_get_ram_addr(MemoryRegion *mr);
/* What the start of its mapping must be aligned to, or 0. */
uint64_t memory_region_get_alignment(const MemoryRegion *mr);
/*
 * The host address of byte @addr of @ram_block; with NULL, @addr is a
 * ram_addr_t. For what is known to be RAM; under RCU or with a reference.
 */
void *qemu_map_ram_ptr(RAMBlock *ram_block, ram_addr_t addr);
/* The region that host address @ptr belongs to, and the offset; or NULL. */
MemoryRegion *memory_region_from_host(void *ptr, ram_addr_t *offset);
/* Whether it has a private side. */
bool memory_region_has_guest_memfd(MemoryRegion *mr);
/* Whether it is RAM that only the guest can read (RAM_PROTECTED). */
bool memory_region_is_protected(MemoryRegion *mr);

/* Resizes what was made by memory_region_init_resizeable_ram(). */
void memory_region_ram_resize(MemoryRegion *mr, ram_addr_t newsize,
                              Error **errp);
/* Writes a range back to its file; the second, only if it is a file or pmem. */
void memory_region_msync(MemoryRegion *mr, hwaddr addr, hwaddr size);
void memory_region_writeback(MemoryRegion *mr, hwaddr addr, hwaddr size);

/* ---- dirty pages --------------------------------------------------------- */

/* Somebody other than the guest's CPU wrote a range. Any thread. */
void memory_region_set_dirty(MemoryRegion *mr, hwaddr addr, hwaddr size);
/*
 * The same for a ROM device in ROMD mode, of which a callback has changed the
 * bytes by itself.
 */
void memory_region_flush_rom_device(MemoryRegion *mr, hwaddr addr,
                                    hwaddr size);
/* Forgets that a range is dirty, for @client. */
void memory_region_reset_dirty(MemoryRegion *mr, hwaddr addr, hwaddr size,
                               unsigned client);
/*
 * Collects what was written since the last time, for @client (one that was
 * turned on with memory_region_set_log()), from all listeners; and asks the
 * result about a range. To be freed with g_free().
 */
DirtyBitmapSnapshot *memory_region_snapshot_and_clear_dirty(MemoryRegion *mr,
                                                            hwaddr addr,
                                                            hwaddr size,
                                                            unsigned client);
bool memory_region_snapshot_get_dirty(MemoryRegion *mr,
                                      DirtyBitmapSnapshot *snap, hwaddr addr,
                                      hwaddr size);

/* ---- advice -------------------------------------------------------------- */

/*
 * For the whole machine, before it has memory: whether RAM may be merged with
 * equal pages of other processes (KSM), and is part of core dumps. Machine
 * options mem-merge and dump-guest-core.
 */
void ram_set_default_advice(bool merge, bool dump);
/*
 * Whether RAM that is neither RAM_SHARED nor RAM_PRIVATE is shared (machine
 * option aux-ram-share); not, unless this says so.
 */
void ram_set_default_shared(bool shared);

/* ---- CPR ----------------------------------------------------------------- */

/*
 * Who hands RAM to the emulator that comes after this one (migration, in the
 * mode cpr-transfer). All with the big lock.
 */
typedef struct RamKeeper {
    /*
     * The descriptor of the memory that had this name in the emulator before
     * this one, which becomes the caller's and stays known; -1 if there is
     * none. Of several with the name, the next.
     */
    int (*take)(const char *name);
    /* The next emulator gets @fd, which stays the caller's. */
    void (*keep)(const char *name, int fd);
    /* No longer; what is not known is no error. */
    void (*forget)(int fd);
    /* @reason forbids to hand over RAM, as migrate_add_blocker_modes() does. */
    bool (*block)(Error **reason, Error **errp);
    void (*unblock)(Error **reason);
} RamKeeper;

/* Once, before there is RAM; without one, nothing is kept. */
void ram_set_keeper(const RamKeeper *keeper);
int ram_take_kept_fd(const char *name);
void ram_keep_fd(const char *name, int fd);
void ram_forget_fd(int fd);

/*
 * Whether the region's RAM is that of the emulator before this one: it has its
 * content, and the guest may be running on it over there.
 */
bool memory_region_is_kept(const MemoryRegion *mr);

/*
 * Notes, or no longer, that @rb cannot be kept over a restart by CPR. Fails
 * only while the machine migrates.
 */
void ram_block_add_cpr_blocker(RAMBlock *rb, Error **errp);
void ram_block_del_cpr_blocker(RAMBlock *rb);

#endif
