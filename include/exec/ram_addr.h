/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How RAM blocks come and go, and the dirty bits of their pages: for the memory
 * core, accelerators, migration and dump. Devices use memory/ram.h.
 *
 * A bit set for a client means that the page was written since that client last
 * cleared it; new RAM is dirty for all. Setting and clearing need no lock: bits
 * change atomically, and the bitmaps are found under RCU.
 */
#ifndef RAM_ADDR_H
#define RAM_ADDR_H

#include "exec/guest-ram.h"
#include "exec/hwaddr.h"
#include "exec/ramblock.h"
#include "exec/ramlist.h"
#include "exec/target_page.h"
#include "memory/ram.h"
#include "qemu/bitmap.h"
#include "qemu/rcu.h"

/* ---- blocks -------------------------------------------------------------- */

typedef void (*qemu_ram_resize_cb)(const char *, uint64_t length, void *host);

/*
 * New blocks for @mr, under the big lock; NULL with @errp. @size is rounded up
 * to whole pages. @ram_flags are RAM_* of memory/ram.h: for qemu_ram_alloc()
 * SHARED, PRIVATE, NORESERVE, GUEST_MEMFD and RESIZEABLE; for files SHARED,
 * PRIVATE, NORESERVE, PMEM, PROTECTED, NAMED_FILE, READONLY, READONLY_FD and
 * GUEST_MEMFD.
 */
RAMBlock *qemu_ram_alloc(ram_addr_t size, uint32_t ram_flags, MemoryRegion *mr,
                         Error **errp);
/* Reserves @max_size; @size bytes of it are used at first. */
RAMBlock *qemu_ram_alloc_resizeable(ram_addr_t size, ram_addr_t max_size,
                                    qemu_ram_resize_cb resized,
                                    MemoryRegion *mr, Error **errp);
/* On memory of the caller's, which must stay until the block is freed. */
RAMBlock *qemu_ram_alloc_from_ptr(ram_addr_t size, void *host,
                                  MemoryRegion *mr, Error **errp);
/*
 * On a file, from @offset on. A path that does not exist is created unless the
 * mapping is read-only; a directory gets an unlinked file of its own. A file
 * that is empty is made large enough; one that is not but is too small is an
 * error.
 */
RAMBlock *qemu_ram_alloc_from_file(ram_addr_t size, MemoryRegion *mr,
                                   uint32_t ram_flags, const char *mem_path,
                                   off_t offset, Error **errp);
/*
 * On @fd, which the block takes over (unless it fails). An empty file is
 * extended, and with @grow any. @max_size and @resized are for resizeable RAM.
 */
RAMBlock *qemu_ram_alloc_from_fd(ram_addr_t size, ram_addr_t max_size,
                                 qemu_ram_resize_cb resized, MemoryRegion *mr,
                                 uint32_t ram_flags, int fd, off_t offset,
                                 bool grow, Error **errp);
/* Nobody finds it any more; its memory goes after a grace period. May be NULL. */
void qemu_ram_free(RAMBlock *block);

/*
 * Changes the used length of a resizeable block, and the size of its region. 0,
 * or -EINVAL with @errp if @newsize is more than was reserved or the block is
 * not resizeable.
 */
int qemu_ram_resize(RAMBlock *block, ram_addr_t newsize, Error **errp);

/*
 * As qemu_ram_set_idstr(), but fails if another block has that name or it is
 * longer than fits. @dev_path is the prefix, or NULL. (The QEMU form reports
 * that, and leaves the block without a name.)
 */
bool qemu_ram_try_set_idstr(RAMBlock *block, const char *name,
                            const char *dev_path, Error **errp);
/*
 * What gives qemu_ram_set_idstr() a device's path: a string to be freed, or NULL
 * if it has none. Registered by hw/core.
 */
typedef char *RamDevPathHook(DeviceState *dev);
void qemu_ram_set_dev_path_hook(RamDevPathHook *hook);

/* Writes a range back to the file, and on pmem makes it persistent. */
void qemu_ram_msync(RAMBlock *block, ram_addr_t start, ram_addr_t length);

static inline void qemu_ram_block_writeback(RAMBlock *block)
{
    qemu_ram_msync(block, 0, block->used_length);
}

/* Whether the block was asked to be persistent memory (RAM_PMEM). */
bool ramblock_is_pmem(RAMBlock *rb);

/* Whether byte @offset of @b can be read and written through its mapping. */
static inline bool offset_in_ramblock(RAMBlock *b, ram_addr_t offset)
{
    return b && b->host && offset < b->used_length;
}

static inline void *ramblock_ptr(RAMBlock *block, ram_addr_t offset)
{
    assert(offset_in_ramblock(block, offset));
    return block->host + offset;
}

/* The bit of @host_addr in rb->receivedmap. */
static inline unsigned long int ramblock_recv_bitmap_offset(void *host_addr,
                                                            RAMBlock *rb)
{
    return (size_t)((uint8_t *)host_addr - rb->host) >> TARGET_PAGE_BITS;
}

/* ---- the bitmap of chunks whose log must still be cleared ----------------- */

/* Bits for @pages pages, of which one bit stands for 1 << @shift. */
static inline long clear_bmap_size(uint64_t pages, uint8_t shift)
{
    return (pages + (UINT64_C(1) << shift) - 1) >> shift;
}

/* Under migration's lock of its bitmaps, as the next. */
static inline void clear_bmap_set(RAMBlock *rb, uint64_t start,
                                  uint64_t npages)
{
    bitmap_set(rb->clear_bmap, start >> rb->clear_bmap_shift,
               clear_bmap_size(npages, rb->clear_bmap_shift));
}

static inline bool clear_bmap_test_and_clear(RAMBlock *rb, uint64_t page)
{
    return bitmap_test_and_clear(rb->clear_bmap, page >> rb->clear_bmap_shift,
                                 1);
}

/* ---- dirty pages --------------------------------------------------------- */

#define DIRTY_CLIENTS_ALL    ((1 << DIRTY_MEMORY_NUM) - 1)
#define DIRTY_CLIENTS_NOCODE (DIRTY_CLIENTS_ALL & ~(1 << DIRTY_MEMORY_CODE))

/*
 * Pages whose bits were taken by cpu_physical_memory_sync_dirty_bitmap() while
 * the dirty rate is measured. With the big lock.
 */
extern uint64_t total_dirty_pages;

/* Whether any page, or each page, that the range touches is dirty. */
bool cpu_physical_memory_get_dirty(ram_addr_t start, ram_addr_t length,
                                   unsigned client);
bool cpu_physical_memory_all_dirty(ram_addr_t start, ram_addr_t length,
                                   unsigned client);

/*
 * Private. Piece @i of a bitmap, within an RCU read section; NULL if all of its
 * pages are dirty.
 */
static inline unsigned long *dirty_memory_piece(unsigned client,
                                                unsigned long i)
{
    DirtyMemoryBlocks *map = qatomic_rcu_read(&ram_list.dirty_memory[client]);

    return qatomic_rcu_read(&map->blocks[i]);
}

/* The same for who sets bits; NULL: there are none to set. */
static inline unsigned long *dirty_memory_piece_to_set(unsigned client,
                                                       unsigned long i)
{
    unsigned long *piece = dirty_memory_piece(client, i);

    if (unlikely(!piece)) {
        /* Who clears it now sees what was written, or we see that piece. */
        smp_mb();
        piece = dirty_memory_piece(client, i);
    }
    return piece;
}

static inline bool cpu_physical_memory_get_dirty_flag(ram_addr_t addr,
                                                      unsigned client)
{
    unsigned long page = addr >> TARGET_PAGE_BITS;
    unsigned long bit = page % DIRTY_MEMORY_BLOCK_SIZE;
    unsigned long *piece;

    RCU_READ_LOCK_GUARD();
    piece = dirty_memory_piece(client, page / DIRTY_MEMORY_BLOCK_SIZE);
    return !piece || (qatomic_read(piece + BIT_WORD(bit)) & BIT_MASK(bit));
}

/* Ours: how many of the pages that the range touches are dirty. */
uint64_t cpu_physical_memory_count_dirty(ram_addr_t start, ram_addr_t length,
                                         unsigned client);

/* Whether some client wants to hear of a write to the page. */
bool cpu_physical_memory_is_clean(ram_addr_t addr);
/* The clients of @mask for which some page of the range is clean. */
uint8_t cpu_physical_memory_range_includes_clean(ram_addr_t start,
                                                 ram_addr_t length,
                                                 uint8_t mask);

/* A page; all pages that a range touches, for all clients of @mask. */
static inline void cpu_physical_memory_set_dirty_flag(ram_addr_t addr,
                                                      unsigned client)
{
    unsigned long page = addr >> TARGET_PAGE_BITS;
    unsigned long *piece;

    RCU_READ_LOCK_GUARD();
    piece = dirty_memory_piece_to_set(client, page / DIRTY_MEMORY_BLOCK_SIZE);
    if (piece) {
        set_bit_atomic(page % DIRTY_MEMORY_BLOCK_SIZE, piece);
    }
}

void cpu_physical_memory_set_dirty_range(ram_addr_t start, ram_addr_t length,
                                         uint8_t mask);

/*
 * Sets the pages whose bits are set in @bitmap, little-endian words in which
 * one bit is a host page: KVM's dirty log. @start is a ram_addr_t, @pages are
 * host pages. Returns how many bits @bitmap has.
 */
uint64_t cpu_physical_memory_set_dirty_lebitmap(unsigned long *bitmap,
                                                ram_addr_t start,
                                                ram_addr_t pages);

/* Clears a range for one client; whether any page was dirty. */
bool cpu_physical_memory_test_and_clear_dirty(ram_addr_t start,
                                              ram_addr_t length,
                                              unsigned client);

/* For all clients. */
void cpu_physical_memory_clear_dirty_range(ram_addr_t start,
                                           ram_addr_t length);

/*
 * Moves the migration bits of a range of @rb to rb->bmap, of which bit 0 is the
 * block's first page; the number of bits that are new there. Under RCU. @start
 * is relative to the block.
 */
uint64_t cpu_physical_memory_sync_dirty_bitmap(RAMBlock *rb, ram_addr_t start,
                                               ram_addr_t length);

/*
 * Takes the bits of a range of @mr out of the bitmap, for a reader that wants
 * one consistent picture. To be freed with g_free().
 */
DirtyBitmapSnapshot *cpu_physical_memory_snapshot_and_clear_dirty(
    MemoryRegion *mr, hwaddr offset, hwaddr length, unsigned client);
/* Whether any page of the range (of ram_addr_t) was dirty in it. */
bool cpu_physical_memory_snapshot_get_dirty(DirtyBitmapSnapshot *snap,
                                            ram_addr_t start,
                                            ram_addr_t length);

/*
 * An engine that translates code registers how it hears that pages became
 * clean, so that the next write to them traps again. As long as one is there,
 * DIRTY_MEMORY_CODE is in use.
 */
typedef void RamDirtyClearedHook(ram_addr_t start, ram_addr_t length);
void cpu_physical_memory_set_dirty_cleared_hook(RamDirtyClearedHook *hook);
/*
 * And how it hears that a range was marked written for DIRTY_MEMORY_CODE by
 * others (DMA) in which some page was clean for it; on any thread. It must mark
 * the pages dirty itself where it wants no more of that.
 */
typedef void RamCodeWrittenHook(ram_addr_t start, ram_addr_t length);
void cpu_physical_memory_set_code_written_hook(RamCodeWrittenHook *hook);
/*
 * Makes one page clean for DIRTY_MEMORY_CODE, and if it was not, calls the
 * first hook. Any thread.
 */
void cpu_physical_memory_clear_code_dirty(ram_addr_t addr);
/* Whether there is one. */
bool cpu_physical_memory_tracks_code(void);
/* Calls it, if there is one. */
void cpu_physical_memory_dirty_bits_cleared(ram_addr_t start,
                                            ram_addr_t length);

#endif
