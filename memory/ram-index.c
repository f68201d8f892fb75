/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The index of RAM blocks: sorted arrays of where they lie, of the gaps between
 * them, of their sizes; and a hash table of their names. One small lock is over
 * all of it. There are few blocks as a rule, but nothing here is slow when
 * there are many.
 */
#include "qemu/osdep.h"
#include "exec/target_page.h"
#include "qemu/bitops.h"
#include "qemu/cutils.h"
#include "qemu/lockable.h"
#include "ram-index.h"

/* Blocks begin at multiples of this: no word of a bitmap has bits of two. */
#define ALIGNMENT ((uint64_t)BITS_PER_LONG << TARGET_PAGE_BITS)

/* A block's place in the space of ram_addr_t or of host addresses. */
typedef struct Span {
    uint64_t start, last;
    uint64_t max_last; /* the greatest last up to here in the array */
    RAMBlock *block;
} Span;

/* Room for blocks: starts are aligned. */
typedef struct Gap {
    uint64_t size, start;
} Gap;

/* All blocks of one size, which stand together in the list. */
typedef struct SizeClass {
    uint64_t size;
    RAMBlock *newest; /* the last of them */
} SizeClass;

static struct {
    QemuMutex lock;
    GArray *by_host;   /* of Span; those of callers' memory may overlap */
    GArray *by_offset; /* of Span, disjoint */
    GArray *gaps;      /* by size, then start */
    GArray *sizes;     /* of SizeClass, the largest first */
    GHashTable *names; /* idstr -> block */
} ram_index;

static void __attribute__((constructor)) ram_index_init(void)
{
    qemu_mutex_init(&ram_index.lock);
}

/* When the first block comes. */
static void make_arrays(void)
{
    Gap all = { .size = RAM_ADDR_MAX, .start = 0 };

    if (ram_index.gaps) {
        return;
    }
    ram_index.by_host = g_array_new(false, false, sizeof(Span));
    ram_index.by_offset = g_array_new(false, false, sizeof(Span));
    ram_index.sizes = g_array_new(false, false, sizeof(SizeClass));
    ram_index.names = g_hash_table_new(g_str_hash, g_str_equal);
    ram_index.gaps = g_array_new(false, false, sizeof(Gap));
    g_array_append_val(ram_index.gaps, all);
}

/* When the last one has gone. */
static void free_arrays(void)
{
    if (ram_index.by_offset->len > 0) {
        return;
    }
    g_array_free(ram_index.by_host, true);
    g_array_free(ram_index.by_offset, true);
    g_array_free(ram_index.sizes, true);
    g_array_free(ram_index.gaps, true);
    g_hash_table_destroy(ram_index.names);
    ram_index.by_host = ram_index.by_offset = NULL;
    ram_index.sizes = ram_index.gaps = NULL;
    ram_index.names = NULL;
}

/* ---- spans --------------------------------------------------------------- */

static Span *span_at(GArray *spans, size_t i)
{
    return &g_array_index(spans, Span, i);
}

/* How many spans begin at @start or before. */
static size_t spans_up_to(GArray *spans, uint64_t start)
{
    size_t low = 0, high = spans ? spans->len : 0;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (span_at(spans, mid)->start <= start) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

/* Something changed at @i: max_last, as far as it follows from that. */
static void spans_fix_max(GArray *spans, size_t i)
{
    for (size_t j = i; j < spans->len; j++) {
        Span *span = span_at(spans, j);
        uint64_t max = span->last;

        if (j > 0) {
            max = MAX(max, span_at(spans, j - 1)->max_last);
        }
        if (j > i && span->max_last == max) {
            break;
        }
        span->max_last = max;
    }
}

static void spans_insert(GArray *spans, uint64_t start, uint64_t size,
                         RAMBlock *block)
{
    Span span = { .start = start, .last = start + size - 1, .block = block };
    size_t i = spans_up_to(spans, start);

    g_array_insert_val(spans, i, span);
    spans_fix_max(spans, i);
}

static size_t spans_index(GArray *spans, uint64_t start, RAMBlock *block)
{
    size_t i = spans_up_to(spans, start);

    do {
        assert(i > 0);
        i--;
    } while (span_at(spans, i)->block != block);
    return i;
}

static void spans_remove(GArray *spans, size_t i)
{
    g_array_remove_index(spans, i);
    spans_fix_max(spans, i);
}

/* The span that covers @at and begins last. */
static RAMBlock *spans_find(GArray *spans, uint64_t at)
{
    for (size_t i = spans_up_to(spans, at); i-- > 0;) {
        Span *span = span_at(spans, i);

        if (at <= span->last) {
            return span->block;
        }
        if (at > span->max_last) {
            break;
        }
    }
    return NULL;
}

/* ---- gaps ---------------------------------------------------------------- */

static Gap *gap_at(size_t i)
{
    return &g_array_index(ram_index.gaps, Gap, i);
}

/* How many gaps come before one of @size at @start. */
static size_t gaps_before(uint64_t size, uint64_t start)
{
    size_t low = 0, high = ram_index.gaps->len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        Gap *gap = gap_at(mid);

        if (gap->size < size || (gap->size == size && gap->start < start)) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

/* [@start, @end), which may be empty, becomes free, or is no longer. */
static void gap_add(uint64_t start, uint64_t end)
{
    if (start < end) {
        Gap gap = { .size = end - start, .start = start };

        g_array_insert_val(ram_index.gaps, gaps_before(gap.size, start), gap);
    }
}

static void gap_remove(uint64_t start, uint64_t end)
{
    if (start < end) {
        size_t i = gaps_before(end - start, start);

        assert(gap_at(i)->start == start);
        g_array_remove_index(ram_index.gaps, i);
    }
}

/* Where a gap can begin behind @last. */
static uint64_t start_behind(uint64_t last)
{
    return last >= RAM_ADDR_MAX - ALIGNMENT ? RAM_ADDR_MAX
                                            : ROUND_UP(last + 1, ALIGNMENT);
}

/* Takes @size bytes of the smallest gap. */
static bool take_room(uint64_t size, ram_addr_t *offset)
{
    size_t i = gaps_before(size, 0);
    Gap gap;

    if (i == ram_index.gaps->len) {
        return false;
    }
    gap = *gap_at(i);
    g_array_remove_index(ram_index.gaps, i);
    gap_add(start_behind(gap.start + size - 1), gap.start + gap.size);
    *offset = gap.start;
    return true;
}

/* Span @i goes: the gaps on both sides become one. */
static void give_room(size_t i)
{
    GArray *spans = ram_index.by_offset;
    Span *span = span_at(spans, i);
    uint64_t start = i > 0 ? start_behind(span_at(spans, i - 1)->last) : 0;
    uint64_t end =
        i + 1 < spans->len ? span_at(spans, i + 1)->start : RAM_ADDR_MAX;

    gap_remove(start, span->start);
    gap_remove(start_behind(span->last), end);
    gap_add(start, end);
}

/* ---- sizes --------------------------------------------------------------- */

static SizeClass *size_at(size_t i)
{
    return &g_array_index(ram_index.sizes, SizeClass, i);
}

/* How many are larger than @size. */
static size_t sizes_above(uint64_t size)
{
    size_t low = 0, high = ram_index.sizes->len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (size_at(mid)->size > size) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

/* Behind whom @block comes: its own size's newest, or the next larger one's. */
static RAMBlock *sizes_insert(RAMBlock *block)
{
    size_t i = sizes_above(block->max_length);
    SizeClass fresh = { .size = block->max_length, .newest = block };
    RAMBlock *before;

    if (i < ram_index.sizes->len && size_at(i)->size == block->max_length) {
        before = size_at(i)->newest;
        size_at(i)->newest = block;
        return before;
    }
    before = i > 0 ? size_at(i - 1)->newest : NULL;
    g_array_insert_val(ram_index.sizes, i, fresh);
    return before;
}

static void sizes_remove(RAMBlock *block)
{
    size_t i = sizes_above(block->max_length);
    RAMBlock *before = NULL;

    if (size_at(i)->newest != block) {
        return;
    }
    if (block->next.le_prev != &ram_list.blocks.lh_first) {
        before = container_of(block->next.le_prev, RAMBlock, next.le_next);
    }
    if (before && before->max_length == block->max_length) {
        size_at(i)->newest = before;
    } else {
        g_array_remove_index(ram_index.sizes, i);
    }
}

/* ---- blocks -------------------------------------------------------------- */

bool ram_index_add(RAMBlock *block, RAMBlock **before)
{
    QEMU_LOCK_GUARD(&ram_index.lock);

    make_arrays();
    if (!take_room(block->max_length, &block->offset)) {
        free_arrays();
        return false;
    }
    spans_insert(ram_index.by_offset, block->offset, block->max_length, block);
    spans_insert(ram_index.by_host, (uintptr_t)block->host, block->max_length,
                 block);
    *before = sizes_insert(block);
    return true;
}

void ram_index_remove(RAMBlock *block)
{
    size_t i;

    ram_index_unset_name(block);

    QEMU_LOCK_GUARD(&ram_index.lock);
    i = spans_index(ram_index.by_offset, block->offset, block);
    give_room(i);
    spans_remove(ram_index.by_offset, i);
    spans_remove(ram_index.by_host,
                 spans_index(ram_index.by_host, (uintptr_t)block->host, block));
    sizes_remove(block);
    free_arrays();
}

RAMBlock *ram_index_by_offset(ram_addr_t addr)
{
    QEMU_LOCK_GUARD(&ram_index.lock);
    return spans_find(ram_index.by_offset, addr);
}

RAMBlock *ram_index_by_host(const void *ptr)
{
    QEMU_LOCK_GUARD(&ram_index.lock);
    return spans_find(ram_index.by_host, (uintptr_t)ptr);
}

RAMBlock *ram_index_by_name(const char *name)
{
    QEMU_LOCK_GUARD(&ram_index.lock);
    return ram_index.names ? g_hash_table_lookup(ram_index.names, name) : NULL;
}

bool ram_index_set_name(RAMBlock *block, const char *name)
{
    QEMU_LOCK_GUARD(&ram_index.lock);

    if (g_hash_table_contains(ram_index.names, name)) {
        return false;
    }
    pstrcpy(block->idstr, sizeof(block->idstr), name);
    g_hash_table_insert(ram_index.names, block->idstr, block);
    return true;
}

void ram_index_unset_name(RAMBlock *block)
{
    QEMU_LOCK_GUARD(&ram_index.lock);

    if (block->idstr[0]) {
        g_hash_table_remove(ram_index.names, block->idstr);
        memset(block->idstr, 0, sizeof(block->idstr));
    }
}
