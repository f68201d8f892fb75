/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dirty bitmaps against arrays of bytes, and by several threads. */
#include "qemu/osdep.h"
#include "qemu/units.h"
#include "ram-helpers.h"

#define PAGE TARGET_PAGE_SIZE

/* ---- without RAM --------------------------------------------------------- */

static void test_none(void)
{
    for (int i = 0; i < DIRTY_MEMORY_NUM; i++) {
        g_assert_null(ram_list.dirty_memory[i]);
    }
    g_assert_cmpuint(ram_list.num_dirty_blocks, ==, 0);
}

/* ---- large blocks -------------------------------------------------------- */

/* The part of the bitmap that page @page of the block is in. */
static unsigned long *piece_of(RAMBlock *block, size_t page)
{
    RCU_READ_LOCK_GUARD();
    page += block->offset >> TARGET_PAGE_BITS;
    return dirty_memory_piece(DIRTY_MEMORY_VGA, page / DIRTY_MEMORY_BLOCK_SIZE);
}

/* What was dirty ever since takes no memory. */
static void test_large(void)
{
    const size_t piece = DIRTY_MEMORY_BLOCK_SIZE;
    uint64_t size = 3 * piece * PAGE;
    MemoryRegion *mr = region_new();
    RAMBlock *block;

    g_assert_true(memory_region_init_ram_flags_nomigrate(
        mr, owner, "large", size, RAM_NORESERVE, &error_abort));
    block = mr->ram_block;
    cpu_physical_memory_set_dirty_range(block->offset, size, DIRTY_CLIENTS_ALL);
    cpu_physical_memory_set_dirty_flag(block->offset, DIRTY_MEMORY_VGA);
    g_assert_true(
        cpu_physical_memory_all_dirty(block->offset, size, DIRTY_MEMORY_VGA));
    g_assert_null(piece_of(block, 0));
    g_assert_null(piece_of(block, piece));
    g_assert_null(piece_of(block, 2 * piece));

    g_assert_true(cpu_physical_memory_test_and_clear_dirty(
        block->offset + (piece + 7) * PAGE, PAGE, DIRTY_MEMORY_VGA));
    g_assert_null(piece_of(block, 0));
    g_assert_nonnull(piece_of(block, piece));
    for (size_t i = piece; i < 2 * piece; i++) {
        g_assert_true(cpu_physical_memory_get_dirty_flag(
                          block->offset + i * PAGE, DIRTY_MEMORY_VGA) ==
                      (i != piece + 7));
    }
    g_assert_true(cpu_physical_memory_all_dirty(block->offset, size,
                                                DIRTY_MEMORY_MIGRATION));
    region_end(mr);
}

/* ---- the model ----------------------------------------------------------- */

/*
 * Three pieces' worth of pages, which are never touched. What is looked at lies
 * around the two seams, and at the beginning of the block.
 */
#define MODEL_PAGES (2 * (size_t)DIRTY_MEMORY_BLOCK_SIZE + 5000)
#define WINDOW      1000

static MemoryRegion *model_mr;
static RAMBlock *rb;
static uint8_t *dirty[DIRTY_MEMORY_NUM];
static uint8_t *sent;

static size_t random_page(void)
{
    size_t seam = g_test_rand_int_range(0, 3) * DIRTY_MEMORY_BLOCK_SIZE;
    size_t page = seam + g_test_rand_int_range(0, WINDOW);

    return page < WINDOW / 2 ? page : page - WINDOW / 2;
}

/* A range in bytes that touches pages [*page, *page + *n). */
static void random_range(ram_addr_t *start, ram_addr_t *length, size_t *page,
                         size_t *n)
{
    ram_addr_t begin, end;

    *page = random_page();
    *n = g_test_rand_bit() ? g_test_rand_int_range(1, 4)
                           : g_test_rand_int_range(1, WINDOW);
    *n = MIN(*n, MODEL_PAGES - *page);
    begin = *page * PAGE;
    end = (*page + *n) * PAGE;
    if (g_test_rand_bit()) {
        begin += g_test_rand_int_range(0, *n == 1 ? PAGE / 2 : PAGE);
        end -= g_test_rand_int_range(0, *n == 1 ? PAGE / 2 : PAGE);
    }
    *start = rb->offset + begin;
    *length = end - begin;
}

static bool any(const uint8_t *map, size_t page, size_t n, bool value)
{
    return memchr(map + page, value, n);
}

static void model_set(uint8_t mask, size_t page, size_t n)
{
    for (int c = 0; c < DIRTY_MEMORY_NUM; c++) {
        if (mask & (1 << c)) {
            memset(dirty[c] + page, 1, n);
        }
    }
}

static void step_set(void)
{
    uint8_t mask = g_test_rand_int_range(0, DIRTY_CLIENTS_ALL + 1);
    ram_addr_t start, length;
    size_t page, n;

    random_range(&start, &length, &page, &n);
    if (g_test_rand_int_range(0, 4) == 0) {
        unsigned client = g_test_rand_int_range(0, DIRTY_MEMORY_NUM);

        cpu_physical_memory_set_dirty_flag(start, client);
        dirty[client][page] = 1;
        return;
    }
    cpu_physical_memory_set_dirty_range(start, length, mask);
    model_set(mask, page, n);
}

static void step_clear(void)
{
    unsigned client = g_test_rand_int_range(0, DIRTY_MEMORY_NUM);
    ram_addr_t start, length;
    size_t page, n;

    random_range(&start, &length, &page, &n);
    switch (g_test_rand_int_range(0, 3)) {
    case 0:
        g_assert_cmpint(
            cpu_physical_memory_test_and_clear_dirty(start, length, client), ==,
            any(dirty[client], page, n, true));
        memset(dirty[client] + page, 0, n);
        break;
    case 1:
        cpu_physical_memory_clear_dirty_range(start, length);
        for (int c = 0; c < DIRTY_MEMORY_NUM; c++) {
            memset(dirty[c] + page, 0, n);
        }
        break;
    default:
        memory_region_reset_dirty(model_mr, start - rb->offset, length, client);
        memset(dirty[client] + page, 0, n);
    }
}

static void step_snapshot(void)
{
    unsigned client = g_test_rand_int_range(0, DIRTY_MEMORY_NUM);
    ram_addr_t start, length;
    size_t page, n;
    DirtyBitmapSnapshot *snap;

    random_range(&start, &length, &page, &n);
    snap = memory_region_snapshot_and_clear_dirty(model_mr, start - rb->offset,
                                                  length, client);
    for (int i = 0; i < 5; i++) {
        size_t from = page + g_test_rand_int_range(0, n);
        size_t nr = g_test_rand_int_range(1, page + n - from + 1);

        g_assert_cmpint(memory_region_snapshot_get_dirty(
                            model_mr, snap, from * PAGE, nr * PAGE),
                        ==, any(dirty[client], from, nr, true));
    }
    g_free(snap);
    memset(dirty[client] + page, 0, n);
}

/* As KVM's log: words, of which the first may begin anywhere. */
static void step_lebitmap(void)
{
    size_t page = random_page(), n = g_test_rand_int_range(1, WINDOW);
    unsigned long *map;
    uint64_t ones = 0;

    if (g_test_rand_bit()) {
        page = ROUND_DOWN(page, BITS_PER_LONG);
    }
    n = MIN(n, MODEL_PAGES - page);
    map = bitmap_new(n);
    global_dirty_tracking = g_test_rand_bit() ? GLOBAL_DIRTY_MIGRATION : 0;
    for (size_t i = 0; i < n; i++) {
        if (g_test_rand_int_range(0, 5) == 0) {
            set_bit(i, map);
            ones++;
            dirty[DIRTY_MEMORY_VGA][page + i] = 1;
            if (global_dirty_tracking) {
                dirty[DIRTY_MEMORY_MIGRATION][page + i] = 1;
            }
        }
    }
    g_assert_cmpuint(cpu_physical_memory_set_dirty_lebitmap(
                         map, rb->offset + page * PAGE, n),
                     ==, ones);
    global_dirty_tracking = 0;
    g_free(map);
}

/* Migration takes what is dirty. */
static void step_sync(void)
{
    size_t page = random_page(), n = g_test_rand_int_range(1, WINDOW);
    uint8_t *from = dirty[DIRTY_MEMORY_MIGRATION];
    uint64_t fresh = 0, got;

    if (g_test_rand_bit()) {
        page = ROUND_DOWN(page, BITS_PER_LONG);
        n = ROUND_UP(n, BITS_PER_LONG);
    }
    n = MIN(n, MODEL_PAGES - page);
    for (size_t i = page; i < page + n; i++) {
        fresh += from[i] && !sent[i];
        sent[i] |= from[i];
        from[i] = 0;
    }
    WITH_RCU_READ_LOCK_GUARD() {
        got = cpu_physical_memory_sync_dirty_bitmap(rb, page * PAGE, n * PAGE);
    }
    g_assert_cmpuint(got, ==, fresh);
    for (size_t i = page; i < page + n; i++) {
        g_assert_cmpint(!!test_bit(i, rb->bmap), ==, sent[i]);
    }
}

static size_t count(const uint8_t *map, size_t page, size_t n)
{
    size_t sum = 0;

    for (size_t i = page; i < page + n; i++) {
        sum += map[i];
    }
    return sum;
}

static void check_range(void)
{
    ram_addr_t start, length;
    uint8_t clean = 0;
    size_t page, n;

    random_range(&start, &length, &page, &n);
    for (unsigned c = 0; c < DIRTY_MEMORY_NUM; c++) {
        bool all = !any(dirty[c], page, n, false);

        g_assert_cmpint(cpu_physical_memory_get_dirty(start, length, c), ==,
                        any(dirty[c], page, n, true));
        g_assert_cmpint(cpu_physical_memory_all_dirty(start, length, c), ==,
                        all);
        g_assert_cmpint(cpu_physical_memory_get_dirty_flag(start, c), ==,
                        dirty[c][page]);
        g_assert_cmpuint(cpu_physical_memory_count_dirty(start, length, c), ==,
                         count(dirty[c], page, n));
        clean |= !all << c;
    }
    for (uint8_t mask = 0; mask <= DIRTY_CLIENTS_ALL; mask++) {
        g_assert_cmpint(
            cpu_physical_memory_range_includes_clean(start, length, mask), ==,
            clean & mask);
    }
    g_assert_cmpint(cpu_physical_memory_is_clean(start), ==,
                    !(dirty[0][page] && dirty[1][page] && dirty[2][page]));
}

static void test_model(void)
{
    static void (*const steps[])(void) = {
        step_set, step_set, step_clear, step_snapshot, step_lebitmap, step_sync,
    };
    MemoryRegion *before = region_new();

    /* So that the block does not begin at 0. */
    memory_region_init_ram(before, owner, "before", PAGE, &error_abort);
    model_mr = region_new();
    g_assert_true(memory_region_init_ram_flags_nomigrate(
        model_mr, owner, "model", MODEL_PAGES * PAGE, RAM_NORESERVE,
        &error_abort));
    rb = model_mr->ram_block;
    g_assert_cmpuint(rb->offset, ==, 64 * PAGE);
    rb->bmap = bitmap_new(MODEL_PAGES);
    sent = g_malloc0(MODEL_PAGES);
    for (int c = 0; c < DIRTY_MEMORY_NUM; c++) {
        dirty[c] = g_malloc(MODEL_PAGES);
        memset(dirty[c], 1, MODEL_PAGES);
        g_assert_true(
            cpu_physical_memory_all_dirty(rb->offset, rb->max_length, c));
    }
    for (int i = 0; i < 8000; i++) {
        steps[g_test_rand_int_range(0, ARRAY_SIZE(steps))]();
        check_range();
    }
    for (int c = 0; c < DIRTY_MEMORY_NUM; c++) {
        g_free(dirty[c]);
    }
    g_free(sent);
    g_free(rb->bmap);
    rb->bmap = NULL;
    region_end(model_mr);
    region_end(before);
}

/* ---- clearing later ------------------------------------------------------ */

static void test_clear_bmap(void)
{
    MemoryRegion *mr = region_new();
    RAMBlock *block;

    memory_region_init_ram(mr, owner, "ram", 1 * MiB, &error_abort);
    block = mr->ram_block;
    block->bmap = bitmap_new(256);
    block->clear_bmap_shift = 4;
    g_assert_cmpint(clear_bmap_size(256, 4), ==, 16);
    g_assert_cmpint(clear_bmap_size(1, 4), ==, 1);
    block->clear_bmap = bitmap_new(clear_bmap_size(256, 4));
    WITH_RCU_READ_LOCK_GUARD() {
        g_assert_cmpuint(
            cpu_physical_memory_sync_dirty_bitmap(block, 0, 1 * MiB), ==, 256);
    }
    g_assert_true(clear_bmap_test_and_clear(block, 17));
    g_assert_false(clear_bmap_test_and_clear(block, 31));
    g_assert_true(clear_bmap_test_and_clear(block, 32));
    g_free(block->bmap);
    g_free(block->clear_bmap);
    block->bmap = block->clear_bmap = NULL;
    region_end(mr);
}

static ram_addr_t cleared_start, cleared_length;
static unsigned nr_cleared;

static void on_cleared(ram_addr_t start, ram_addr_t length)
{
    cleared_start = start;
    cleared_length = length;
    nr_cleared++;
}

static void test_cleared_hook(void)
{
    MemoryRegion *mr = region_new();
    unsigned long word = 2;
    ram_addr_t at;

    memory_region_init_ram(mr, owner, "ram", 1 * MiB, &error_abort);
    at = memory_region_get_ram_addr(mr);
    g_assert_false(cpu_physical_memory_tracks_code());
    cpu_physical_memory_set_dirty_cleared_hook(on_cleared);
    g_assert_true(cpu_physical_memory_tracks_code());
    cpu_physical_memory_test_and_clear_dirty(at, 2 * PAGE, DIRTY_MEMORY_CODE);
    g_assert_cmpuint(nr_cleared, ==, 1);
    g_assert_cmpuint(cleared_start, ==, at);
    g_assert_cmpuint(cleared_length, ==, 2 * PAGE);
    /* Nothing was dirty. */
    cpu_physical_memory_test_and_clear_dirty(at, 2 * PAGE, DIRTY_MEMORY_CODE);
    g_assert_cmpuint(nr_cleared, ==, 1);
    /* A log of the accelerator counts for code, too. */
    cpu_physical_memory_set_dirty_lebitmap(&word, at, 64);
    g_assert_false(cpu_physical_memory_get_dirty_flag(at, DIRTY_MEMORY_CODE));
    g_assert_true(
        cpu_physical_memory_get_dirty_flag(at + PAGE, DIRTY_MEMORY_CODE));
    cpu_physical_memory_set_dirty_cleared_hook(NULL);
    region_end(mr);
}

/* ---- threads ------------------------------------------------------------- */

/*
 * Writers mark pages of their own, each once; a reader takes marks away and
 * counts them; meanwhile RAM grows, and with it the bitmap.
 */
enum { WRITERS = 3, ROUNDS = 20000 };

static MemoryRegion *shared_mr;

static void *writer(void *opaque)
{
    ram_addr_t at = memory_region_get_ram_addr(shared_mr);
    uintptr_t me = (uintptr_t)opaque;

    rcu_register_thread();
    for (unsigned i = me; i < ROUNDS; i += WRITERS) {
        if (i % 2) {
            cpu_physical_memory_set_dirty_flag(at + (ram_addr_t)i * PAGE,
                                               DIRTY_MEMORY_VGA);
        } else {
            cpu_physical_memory_set_dirty_range(at + (ram_addr_t)i * PAGE, 1,
                                                1 << DIRTY_MEMORY_VGA);
        }
    }
    rcu_unregister_thread();
    return NULL;
}

static void test_threads(void)
{
    QemuThread threads[WRITERS];
    MemoryRegion *more[4];
    size_t size = (size_t)ROUNDS * PAGE, found = 0;
    ram_addr_t at;

    shared_mr = region_new();
    g_assert_true(memory_region_init_ram_flags_nomigrate(
        shared_mr, owner, "shared", size, RAM_NORESERVE, &error_abort));
    at = memory_region_get_ram_addr(shared_mr);
    memory_region_reset_dirty(shared_mr, 0, size, DIRTY_MEMORY_VGA);
    for (uintptr_t i = 0; i < WRITERS; i++) {
        qemu_thread_create(&threads[i], "writer", writer, (void *)i,
                           QEMU_THREAD_JOINABLE);
    }
    for (int round = 0; round < 8; round++) {
        if (round < 4) {
            more[round] = region_new();
            g_assert_true(memory_region_init_ram_flags_nomigrate(
                more[round], owner, "more", 9 * GiB, RAM_NORESERVE,
                &error_abort));
        } else if (round == 7) {
            for (int i = 0; i < WRITERS; i++) {
                qemu_thread_join(&threads[i]);
            }
        }
        for (unsigned i = 0; i < ROUNDS; i++) {
            found += cpu_physical_memory_test_and_clear_dirty(
                at + (ram_addr_t)i * PAGE, PAGE, DIRTY_MEMORY_VGA);
        }
    }
    g_assert_cmpuint(found, ==, ROUNDS);
    g_assert_cmpuint(ram_list.num_dirty_blocks, >=, 5);
    for (int i = 0; i < 4; i++) {
        region_end(more[i]);
    }
    region_end(shared_mr);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ram_helpers_init();
    g_test_add_func("/dirty-bitmap/none", test_none);
    g_test_add_func("/dirty-bitmap/large", test_large);
    g_test_add_func("/dirty-bitmap/model", test_model);
    g_test_add_func("/dirty-bitmap/clear-bmap", test_clear_bmap);
    g_test_add_func("/dirty-bitmap/cleared-hook", test_cleared_hook);
    g_test_add_func("/dirty-bitmap/threads", test_threads);
    return g_test_run();
}
