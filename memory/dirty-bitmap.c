/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dirty bitmaps: see include/exec/ram_addr.h.
 *
 * A range of pages may span several pieces of a bitmap; for_each_piece() cuts
 * it. Within a piece, the functions of qemu/bitmap.h work word by word.
 */
#include "qemu/osdep.h"
#include "exec/ram_addr.h"
#include "memory/listener.h"
#include "qemu/bitmap.h"
#include "qemu/host-utils.h"
#include "qemu/lockable.h"
#include "ram-index.h"
#include "ramblock-internal.h"

uint64_t total_dirty_pages;

static RamDirtyClearedHook *cleared_hook;

void cpu_physical_memory_set_dirty_cleared_hook(RamDirtyClearedHook *hook)
{
    cleared_hook = hook;
}

static RamCodeWrittenHook *code_written_hook;

void cpu_physical_memory_set_code_written_hook(RamCodeWrittenHook *hook)
{
    code_written_hook = hook;
}

bool cpu_physical_memory_tracks_code(void)
{
    return cleared_hook;
}

void cpu_physical_memory_dirty_bits_cleared(ram_addr_t start, ram_addr_t length)
{
    if (cleared_hook) {
        cleared_hook(start, length);
    }
}

/* ---- pieces -------------------------------------------------------------- */

/* Pages [page, end), and that part of it which lies in one piece. */
typedef struct PageRange {
    unsigned long page, end;
    unsigned long piece;       /* which one */
    unsigned long first, last; /* bits [first, last) of it */
} PageRange;

/* The pages that a range touches. */
static PageRange page_range(ram_addr_t start, ram_addr_t length)
{
    return (PageRange){
        .page = start >> TARGET_PAGE_BITS,
        .end = TARGET_PAGE_ALIGN(start + length) >> TARGET_PAGE_BITS,
    };
}

static bool page_range_next(PageRange *r)
{
    unsigned long begin;

    if (r->page >= r->end) {
        return false;
    }
    r->piece = r->page / DIRTY_MEMORY_BLOCK_SIZE;
    begin = r->piece * DIRTY_MEMORY_BLOCK_SIZE;
    r->first = r->page - begin;
    r->last = MIN(r->end - begin, (unsigned long)DIRTY_MEMORY_BLOCK_SIZE);
    r->page = begin + r->last;
    return true;
}

/* Against others that make pieces; setting and clearing bits goes without. */
static QemuMutex pieces_lock = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .initialized = true,
};

/* The same as dirty_memory_piece() for who clears bits: never NULL. */
static unsigned long *piece_to_clear(unsigned client, unsigned long i)
{
    unsigned long *piece;

    assert(client < DIRTY_MEMORY_NUM);
    piece = dirty_memory_piece(client, i);
    if (likely(piece)) {
        return piece;
    }
    QEMU_LOCK_GUARD(&pieces_lock);
    piece = dirty_memory_piece(client, i);
    if (!piece) {
        piece = g_new(unsigned long, BITS_TO_LONGS(DIRTY_MEMORY_BLOCK_SIZE));
        bitmap_fill(piece, DIRTY_MEMORY_BLOCK_SIZE);
        qatomic_rcu_set(&ram_list.dirty_memory[client]->blocks[i], piece);
    }
    return piece;
}

/* ---- growing ------------------------------------------------------------- */

/* A new piece: NULL where [@start, @end), which is dirty, has all of it. */
static unsigned long *piece_new(unsigned i, ram_addr_t start, ram_addr_t end)
{
    const ram_addr_t size = DIRTY_MEMORY_BLOCK_SIZE << TARGET_PAGE_BITS;

    return i * size >= start && end >= size && i * size <= end - size
               ? NULL
               : bitmap_new(DIRTY_MEMORY_BLOCK_SIZE);
}

void dirty_memory_extend(ram_addr_t start, ram_addr_t used_end, ram_addr_t end)
{
    unsigned nr = DIV_ROUND_UP(DIV_ROUND_UP(end, TARGET_PAGE_SIZE),
                               DIRTY_MEMORY_BLOCK_SIZE);
    unsigned old_nr = ram_list.num_dirty_blocks;

    if (nr <= old_nr) {
        return;
    }
    QEMU_LOCK_GUARD(&pieces_lock);
    for (unsigned client = 0; client < DIRTY_MEMORY_NUM; client++) {
        DirtyMemoryBlocks *old = ram_list.dirty_memory[client];
        DirtyMemoryBlocks *map =
            g_malloc(sizeof(*map) + nr * sizeof(map->blocks[0]));

        for (unsigned i = 0; i < nr; i++) {
            map->blocks[i] =
                i < old_nr ? old->blocks[i] : piece_new(i, start, used_end);
        }
        qatomic_rcu_set(&ram_list.dirty_memory[client], map);
        if (old) {
            g_free_rcu(old, rcu);
        }
    }
    ram_list.num_dirty_blocks = nr;
}

/* ---- asking -------------------------------------------------------------- */

bool cpu_physical_memory_get_dirty(ram_addr_t start, ram_addr_t length,
                                   unsigned client)
{
    PageRange r = page_range(start, length);

    assert(client < DIRTY_MEMORY_NUM);
    RCU_READ_LOCK_GUARD();
    while (page_range_next(&r)) {
        unsigned long *piece = dirty_memory_piece(client, r.piece);

        if (!piece || find_next_bit(piece, r.last, r.first) < r.last) {
            return true;
        }
    }
    return false;
}

bool cpu_physical_memory_all_dirty(ram_addr_t start, ram_addr_t length,
                                   unsigned client)
{
    PageRange r = page_range(start, length);

    assert(client < DIRTY_MEMORY_NUM);
    RCU_READ_LOCK_GUARD();
    while (page_range_next(&r)) {
        unsigned long *piece = dirty_memory_piece(client, r.piece);

        if (piece && find_next_zero_bit(piece, r.last, r.first) < r.last) {
            return false;
        }
    }
    return true;
}

uint8_t cpu_physical_memory_range_includes_clean(ram_addr_t start,
                                                 ram_addr_t length,
                                                 uint8_t mask)
{
    uint8_t clean = 0;

    for (unsigned client = 0; client < DIRTY_MEMORY_NUM; client++) {
        if ((mask & (1 << client)) &&
            !cpu_physical_memory_all_dirty(start, length, client)) {
            clean |= 1 << client;
        }
    }
    return clean;
}

bool cpu_physical_memory_is_clean(ram_addr_t addr)
{
    return cpu_physical_memory_range_includes_clean(addr, 1, DIRTY_CLIENTS_ALL);
}

/* ---- setting ------------------------------------------------------------- */

void cpu_physical_memory_set_dirty_range(ram_addr_t start, ram_addr_t length,
                                         uint8_t mask)
{
    if (!mask || length == 0) {
        return;
    }
    RCU_READ_LOCK_GUARD();
    if (code_written_hook && (mask & (1 << DIRTY_MEMORY_CODE)) &&
        !cpu_physical_memory_all_dirty(start, length, DIRTY_MEMORY_CODE)) {
        /* Data next to code leaves the page as it is: the hook decides. */
        code_written_hook(start, length);
        mask &= ~(1 << DIRTY_MEMORY_CODE);
    }
    for (unsigned client = 0; client < DIRTY_MEMORY_NUM; client++) {
        PageRange r = page_range(start, length);

        if (!(mask & (1 << client))) {
            continue;
        }
        while (page_range_next(&r)) {
            unsigned long *piece = dirty_memory_piece_to_set(client, r.piece);

            if (piece) {
                bitmap_set_atomic(piece, r.first, r.last - r.first);
            }
        }
    }
}

/* The clients for which a dirty log of an accelerator counts. */
static uint8_t log_clients(void)
{
    return 1 << DIRTY_MEMORY_VGA |
           (global_dirty_tracking ? 1 << DIRTY_MEMORY_MIGRATION : 0) |
           (cleared_hook ? 1 << DIRTY_MEMORY_CODE : 0);
}

/* Sets @bits in the word that begins with @page, for all of @clients. */
static void set_word(unsigned long page, unsigned long bits, uint8_t clients)
{
    for (unsigned client = 0; client < DIRTY_MEMORY_NUM; client++) {
        unsigned long *piece;

        if (!(clients & (1 << client))) {
            continue;
        }
        piece =
            dirty_memory_piece_to_set(client, page / DIRTY_MEMORY_BLOCK_SIZE);
        if (piece) {
            qatomic_or(piece + BIT_WORD(page % DIRTY_MEMORY_BLOCK_SIZE), bits);
        }
    }
}

uint64_t cpu_physical_memory_set_dirty_lebitmap(unsigned long *bitmap,
                                                ram_addr_t start,
                                                ram_addr_t pages)
{
    unsigned long ratio = qemu_real_host_page_size() / TARGET_PAGE_SIZE;
    unsigned long page = start >> TARGET_PAGE_BITS;
    /* Whether words of @bitmap are words of ours. */
    bool words = ratio == 1 && page % BITS_PER_LONG == 0 &&
                 (start & ~TARGET_PAGE_MASK) == 0;
    uint8_t clients = log_clients();
    uint64_t found = 0;

    RCU_READ_LOCK_GUARD();
    for (size_t i = 0; i < BITS_TO_LONGS(pages); i++) {
        unsigned long bits = bitmap[i];

        if (!bits) {
            continue;
        }
        bits = leul_to_cpu(bits);
        found += ctpopl(bits);
        if (words) {
            set_word(page + i * BITS_PER_LONG, bits, clients);
            continue;
        }
        for (; bits; bits &= bits - 1) {
            ram_addr_t host_page = i * BITS_PER_LONG + ctzl(bits);

            cpu_physical_memory_set_dirty_range(
                start + host_page * ratio * TARGET_PAGE_SIZE,
                ratio * TARGET_PAGE_SIZE, clients);
        }
    }
    return found;
}

/* ---- clearing ------------------------------------------------------------ */

bool cpu_physical_memory_test_and_clear_dirty(ram_addr_t start,
                                              ram_addr_t length,
                                              unsigned client)
{
    PageRange r = page_range(start, length);
    bool dirty = false;

    if (length == 0) {
        return false;
    }
    WITH_RCU_READ_LOCK_GUARD() {
        RAMBlock *block = ram_index_by_offset(start);
        hwaddr first = (hwaddr)r.page << TARGET_PAGE_BITS;
        hwaddr end = (hwaddr)r.end << TARGET_PAGE_BITS;

        while (page_range_next(&r)) {
            dirty |= bitmap_test_and_clear_atomic(
                piece_to_clear(client, r.piece), r.first, r.last - r.first);
        }
        if (block) {
            memory_region_clear_dirty_bitmap(block->mr, first - block->offset,
                                             end - first);
        }
    }
    if (dirty) {
        cpu_physical_memory_dirty_bits_cleared(start, length);
    }
    return dirty;
}

void cpu_physical_memory_clear_code_dirty(ram_addr_t addr)
{
    PageRange r = page_range(addr, 1);
    bool dirty = false;

    WITH_RCU_READ_LOCK_GUARD() {
        while (page_range_next(&r)) {
            dirty = bitmap_test_and_clear_atomic(
                piece_to_clear(DIRTY_MEMORY_CODE, r.piece), r.first,
                r.last - r.first);
        }
    }
    if (dirty) {
        cpu_physical_memory_dirty_bits_cleared(addr & TARGET_PAGE_MASK,
                                               TARGET_PAGE_SIZE);
    }
}

void cpu_physical_memory_clear_dirty_range(ram_addr_t start, ram_addr_t length)
{
    for (unsigned client = 0; client < DIRTY_MEMORY_NUM; client++) {
        cpu_physical_memory_test_and_clear_dirty(start, length, client);
    }
}

uint64_t cpu_physical_memory_count_dirty(ram_addr_t start, ram_addr_t length,
                                         unsigned client)
{
    PageRange r = page_range(start, length);
    uint64_t count = 0;

    RCU_READ_LOCK_GUARD();
    while (page_range_next(&r)) {
        const unsigned long *piece = dirty_memory_piece(client, r.piece);

        if (!piece) {
            count += r.last - r.first;
            continue;
        }
        for (unsigned long bit = r.first; bit < r.last;
             bit = ROUND_DOWN(bit, BITS_PER_LONG) + BITS_PER_LONG) {
            unsigned long word = qatomic_read(piece + BIT_WORD(bit));

            word &= BITMAP_FIRST_WORD_MASK(bit);
            if (BIT_WORD(bit) == BIT_WORD(r.last)) {
                word &= BITMAP_LAST_WORD_MASK(r.last);
            }
            count += ctpopl(word);
        }
    }
    return count;
}

/* With the big lock. */
static void count_found(uint64_t pages)
{
    if (global_dirty_tracking & GLOBAL_DIRTY_DIRTY_RATE) {
        total_dirty_pages += pages;
    }
}

uint64_t cpu_physical_memory_sync_dirty_bitmap(RAMBlock *rb, ram_addr_t start,
                                               ram_addr_t length)
{
    unsigned long from = (rb->offset + start) >> TARGET_PAGE_BITS;
    unsigned long to = start >> TARGET_PAGE_BITS;
    unsigned long nr = length >> TARGET_PAGE_BITS;
    unsigned long *piece = NULL;
    uint64_t fresh = 0, found = 0;

    /* Blocks begin at a word: either both are at one's beginning or none. */
    if (from % BITS_PER_LONG || to % BITS_PER_LONG || nr % BITS_PER_LONG) {
        for (ram_addr_t at = 0; at < length; at += TARGET_PAGE_SIZE, to++) {
            if (cpu_physical_memory_test_and_clear_dirty(
                    rb->offset + start + at, TARGET_PAGE_SIZE,
                    DIRTY_MEMORY_MIGRATION)) {
                found++;
                fresh += !test_and_set_bit(to, rb->bmap);
            }
        }
        count_found(found);
        return fresh;
    }

    for (unsigned long i = 0; i < nr; i += BITS_PER_LONG) {
        unsigned long bit = (from + i) % DIRTY_MEMORY_BLOCK_SIZE;
        unsigned long *dest = &rb->bmap[BIT_WORD(to + i)];
        unsigned long *word, bits;

        if (!piece || bit == 0) {
            piece = piece_to_clear(DIRTY_MEMORY_MIGRATION,
                                   (from + i) / DIRTY_MEMORY_BLOCK_SIZE);
        }
        word = piece + BIT_WORD(bit);
        if (!qatomic_read(word)) {
            continue;
        }
        bits = qatomic_xchg(word, 0);
        fresh += ctpopl(bits & ~*dest);
        found += ctpopl(bits);
        *dest |= bits;
    }
    count_found(found);
    if (found) {
        cpu_physical_memory_dirty_bits_cleared(rb->offset + start, length);
    }
    if (rb->clear_bmap) {
        /* Later, in smaller chunks, before the pages are sent. */
        clear_bmap_set(rb, to, nr);
    } else {
        memory_region_clear_dirty_bitmap(rb->mr, start, length);
    }
    return fresh;
}

/* ---- snapshots ----------------------------------------------------------- */

struct DirtyBitmapSnapshot {
    ram_addr_t start, end; /* of whole words */
    unsigned long dirty[];
};

DirtyBitmapSnapshot *
cpu_physical_memory_snapshot_and_clear_dirty(MemoryRegion *mr, hwaddr offset,
                                             hwaddr length, unsigned client)
{
    const ram_addr_t word_size = (ram_addr_t)BITS_PER_LONG << TARGET_PAGE_BITS;
    ram_addr_t start = memory_region_get_ram_addr(mr) + offset;
    PageRange r = page_range(start, length);
    DirtyBitmapSnapshot *snap;
    unsigned long first;

    snap = g_malloc0(
        sizeof(*snap) +
        (ROUND_UP(start + length, word_size) / word_size - start / word_size) *
            sizeof(unsigned long));
    snap->start = ROUND_DOWN(start, word_size);
    snap->end = ROUND_UP(start + length, word_size);
    first = snap->start >> TARGET_PAGE_BITS;

    WITH_RCU_READ_LOCK_GUARD() {
        unsigned long *piece = NULL;

        /* Bits beside the range stay where they are: they are not asked for. */
        for (unsigned long page = first; page < r.end; page += BITS_PER_LONG) {
            unsigned long bit = page % DIRTY_MEMORY_BLOCK_SIZE;
            unsigned long mask = ~0UL, *word;

            if (!piece || bit == 0) {
                piece = piece_to_clear(client, page / DIRTY_MEMORY_BLOCK_SIZE);
            }
            word = piece + BIT_WORD(bit);
            if (page < r.page) {
                mask &= BITMAP_FIRST_WORD_MASK(r.page);
            }
            if (r.end - page < BITS_PER_LONG) {
                mask &= BITMAP_LAST_WORD_MASK(r.end);
            }
            if (qatomic_read(word) & mask) {
                snap->dirty[BIT_WORD(page - first)] =
                    qatomic_fetch_and(word, ~mask) & mask;
            }
        }
    }
    cpu_physical_memory_dirty_bits_cleared(start, length);
    memory_region_clear_dirty_bitmap(mr, offset, length);
    return snap;
}

bool cpu_physical_memory_snapshot_get_dirty(DirtyBitmapSnapshot *snap,
                                            ram_addr_t start, ram_addr_t length)
{
    PageRange r = page_range(start, length);
    unsigned long first = snap->start >> TARGET_PAGE_BITS;

    assert(start >= snap->start && start + length <= snap->end);
    return find_next_bit(snap->dirty, r.end - first, r.page - first) <
           r.end - first;
}

/* ---- by region ----------------------------------------------------------- */

void memory_region_set_dirty(MemoryRegion *mr, hwaddr addr, hwaddr size)
{
    assert(mr->ram_block);
    cpu_physical_memory_set_dirty_range(mr->ram_block->offset + addr, size,
                                        memory_region_get_dirty_log_mask(mr));
}

void memory_region_flush_rom_device(MemoryRegion *mr, hwaddr addr, hwaddr size)
{
    assert(memory_region_is_romd(mr));
    memory_region_set_dirty(mr, addr, size);
}

void memory_region_reset_dirty(MemoryRegion *mr, hwaddr addr, hwaddr size,
                               unsigned client)
{
    assert(mr->ram_block);
    cpu_physical_memory_test_and_clear_dirty(mr->ram_block->offset + addr, size,
                                             client);
}

DirtyBitmapSnapshot *memory_region_snapshot_and_clear_dirty(MemoryRegion *mr,
                                                            hwaddr addr,
                                                            hwaddr size,
                                                            unsigned client)
{
    DirtyBitmapSnapshot *snap;

    assert(mr->ram_block);
    memory_region_sync_dirty_bitmap(mr, false);
    snap = cpu_physical_memory_snapshot_and_clear_dirty(mr, addr, size, client);
    memory_global_after_dirty_log_sync();
    return snap;
}

bool memory_region_snapshot_get_dirty(MemoryRegion *mr,
                                      DirtyBitmapSnapshot *snap, hwaddr addr,
                                      hwaddr size)
{
    assert(mr->ram_block);
    return cpu_physical_memory_snapshot_get_dirty(
        snap, mr->ram_block->offset + addr, size);
}
