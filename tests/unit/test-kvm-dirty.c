/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dirty logs of a tiny guest on the host's KVM, by bitmaps and by rings, against
 * what it is known to write, while the memory map changes.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/ram_addr.h"
#include "exec/ramblock.h"
#include "kvm-guest.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/main-loop.h"

/* ---- dirty logs ---------------------------------------------------------- */

static DECLARE_BITMAP(written, BIG_PAGES);
static DECLARE_BITMAP(seen, BIG_PAGES);

static void snapshot(void)
{
    DirtyBitmapSnapshot *snap = memory_region_snapshot_and_clear_dirty(
        &kg_big, 0, BIG_PAGES * PAGE, DIRTY_MEMORY_VGA);

    for (unsigned i = 0; i < BIG_PAGES; i++) {
        if (memory_region_snapshot_get_dirty(&kg_big, snap, i * PAGE, PAGE)) {
            set_bit(i, seen);
        }
    }
    g_free(snap);
}

static void check_seen(void)
{
    for (unsigned i = 0; i < BIG_PAGES; i++) {
        g_assert_cmpint(test_bit(i, seen), ==, test_bit(i, written));
    }
    bitmap_zero(seen, BIG_PAGES);
    bitmap_zero(written, BIG_PAGES);
}

static bool is_hole(unsigned page)
{
    for (unsigned i = 0; i < HOLES; i++) {
        if (kg_hole_page(i) == page && memory_region_is_mapped(&kg_hole[i]) &&
            kg_hole[i].enabled) {
            return true;
        }
    }
    return false;
}

static void toggle_holes(void)
{
    memory_region_transaction_begin();
    for (unsigned n = g_test_rand_int_range(1, 4); n--;) {
        MemoryRegion *mr = &kg_hole[g_test_rand_int_range(0, HOLES)];

        memory_region_set_enabled(mr, !mr->enabled);
    }
    memory_region_transaction_commit();
}

static void begin_log(void)
{
    memory_region_set_log(&kg_big, true, DIRTY_MEMORY_VGA);
    snapshot();
    bitmap_zero(seen, BIG_PAGES);
    bitmap_zero(written, BIG_PAGES);
}

static void end_log(void)
{
    memory_region_set_log(&kg_big, false, DIRTY_MEMORY_VGA);
    for (unsigned i = 0; i < HOLES; i++) {
        memory_region_set_enabled(&kg_hole[i], false);
    }
}

/* Between lists of writes the map changes, and the log is read. */
static void test_dirty(bool ring)
{
    if (!kg_begin(ring ? kg_rings : kg_bitmaps)) {
        return;
    }
    begin_log();
    for (unsigned round = 0; round < 60; round++) {
        unsigned n = g_test_rand_int_range(0, 40), holes = 0;

        kg_cpl = g_test_rand_int_range(0, 2) ? 3 : 0;
        g_array_set_size(kg_accesses, 0);
        kg_put(0, END, 0, 0, 0);
        for (unsigned i = 0; i < n; i++) {
            unsigned page = g_test_rand_int_range(0, BIG_PAGES);

            kg_put(i, g_test_rand_int_range(STORE8, STORE64 + 1),
                   BIG + page * PAGE + 8 * g_test_rand_int_range(0, 512), i, 0);
            if (is_hole(page)) {
                holes++;
            } else {
                set_bit(page, written);
            }
        }
        kg_run_list();
        g_assert_cmpuint(kg_accesses->len, ==, holes);
        if (g_test_rand_int_range(0, 2)) {
            toggle_holes();
        }
        if (g_test_rand_int_range(0, 2)) {
            snapshot();
            check_seen();
        }
    }
    snapshot();
    check_seen();
    end_log();
    kg_finish();
}

/*
 * The guest writes all the time while holes come and go beside its pages, which
 * makes the slot that has them go and come back, and while the log is read: no
 * write is lost, and all are seen.
 */
static void test_sweep(bool ring, int level, unsigned rounds)
{
    unsigned first = kg_hole_page(2) + 1, nr = 29, changes = 0;

    if (!kg_begin(ring ? kg_rings : kg_bitmaps)) {
        return;
    }
    kg_cpl = level;
    memset(kg_big_ram, 0, BIG_PAGES * PAGE);
    begin_log();
    g_array_set_size(kg_accesses, 0);
    kg_put(0, SWEEP, BIG + first * PAGE, nr, rounds);
    kg_start_list();
    while (!qatomic_read(&kg_cpu->stopped)) {
        toggle_holes();
        if (++changes % 4 == 0) {
            snapshot();
        }
        bql_unlock();
        g_usleep(200);
        bql_lock();
    }
    kg_finish_list();
    snapshot();
    bitmap_set(written, first, nr);
    check_seen();
    for (unsigned i = 0; i < nr; i++) {
        g_assert_cmpuint(*(uint64_t *)(kg_big_ram + (first + i) * PAGE), ==,
                         rounds);
    }
    g_assert_cmpuint(kg_accesses->len, ==, 0);
    printf("# %u changes of the map\n", changes);
    end_log();
    kg_finish();
}

/* The ring of a CPU that goes is taken on by the next of its number. */
static void test_replaced(void)
{
    if (!kg_begin(kg_rings)) {
        return;
    }
    begin_log();
    for (unsigned round = 0; round < 4; round++) {
        for (unsigned i = 0; i < 50; i++) {
            unsigned page = g_test_rand_int_range(0, BIG_PAGES);

            kg_put(i, STORE64, BIG + page * PAGE, i, 0);
            set_bit(page, written);
        }
        kg_run_list();
        if (round % 2) {
            snapshot();
            check_seen();
        }
        cpu_remove_sync(kg_cpu);
        qdev_unrealize(DEVICE(kg_cpu));
        if (round == 2) {
            /* What it wrote is seen though there is no other. */
            snapshot();
            check_seen();
        }
        kg_was_parked = true;
        kg_cpu = cpu_create("kvmtest-cpu");
        kg_was_parked = false;
    }
    end_log();
    kg_finish();
}

/* ---- rings --------------------------------------------------------------- */

#define PAGE_OF_RING 99

static unsigned resets;
static bool marked_early;

static bool is_marked(void)
{
    return cpu_physical_memory_get_dirty(
        kg_big.ram_block->offset + PAGE_OF_RING * PAGE, PAGE, DIRTY_MEMORY_VGA);
}

static void before_reset(unsigned long type)
{
    if (type == KVM_RESET_DIRTY_RINGS) {
        qatomic_inc(&resets);
        if (is_marked()) {
            qatomic_set(&marked_early, true);
        }
    }
}

static void write_page(void)
{
    kg_put(0, STORE64, BIG + PAGE_OF_RING * PAGE, 1, 0);
    kg_run_list();
    set_bit(PAGE_OF_RING, written);
}

/*
 * Who sees a mark copies the page, so it must be watched again by then: else
 * what is written in between is lost.
 */
static void test_order(void)
{
    if (!kg_begin(kg_rings)) {
        return;
    }
    begin_log();
    qatomic_set(&resets, 0);
    fake.before = before_reset;
    for (unsigned i = 0; i < 5; i++) {
        write_page();
        snapshot();
        check_seen();
    }
    g_assert_cmpuint(qatomic_read(&resets), >=, 5);
    g_assert_false(qatomic_read(&marked_early));
    fake.before = NULL;
    end_log();
    kg_finish();
}

/* Pages that the kernel does not watch again are dirty until it does. */
static void test_no_reset(void)
{
    if (!kg_begin(kg_rings)) {
        return;
    }
    begin_log();
    write_page();
    fake_fail(1, EIO, KVM_RESET_DIRTY_RINGS, 1000000);
    for (unsigned i = 0; i < 3; i++) {
        snapshot();
        check_seen();
        write_page(); /* nobody watches */
    }
    g_assert_true(fake_failed());
    fake_fail(0, 0, 0, 0);
    snapshot();
    check_seen();
    snapshot();
    check_seen();
    write_page();
    snapshot();
    check_seen();
    end_log();
    kg_finish();
}

#define WIDE       0x4000000
#define WIDE_PAGES 2600

static unsigned full_exits;

static void count_full(unsigned long type)
{
    if (type == KVM_RESET_DIRTY_RINGS && current_cpu &&
        current_cpu->kvm_run->exit_reason == KVM_EXIT_DIRTY_RING_FULL) {
        qatomic_inc(&full_exits);
    }
}

/*
 * More pages than a ring has entries. Not in the kernel's ring in one go: a
 * software KVM may run all of that without a look at the ring, and lose what
 * is too much.
 */
static void test_full(void)
{
    static const char *const ring[] = { "kernel-irqchip", "off",
                                        "dirty-ring-size", "1024", NULL };
    enum { PART = 100 };
    static MemoryRegion wide; /* old views show it */
    DirtyBitmapSnapshot *snap;

    if (!kg_begin(ring)) {
        return;
    }
    memory_region_init_ram_nomigrate(&wide, NULL, "wide", WIDE_PAGES * PAGE,
                                     &error_abort);
    memory_region_add_subregion(get_system_memory(), WIDE, &wide);
    memory_region_set_log(&wide, true, DIRTY_MEMORY_VGA);
    g_free(memory_region_snapshot_and_clear_dirty(&wide, 0, WIDE_PAGES * PAGE,
                                                  DIRTY_MEMORY_VGA));
    fake.before = count_full;
    kg_cpl = 3;
    for (unsigned round = 0; round < 4; round++) {
        for (unsigned i = 0; i < WIDE_PAGES / PART; i++) {
            kg_put(2 * i, SWEEP, WIDE + i * PART * PAGE, PART, 1);
            kg_put(2 * i + 1, OUT, PORT, i, 0);
        }
        kg_run_list();
        snap = memory_region_snapshot_and_clear_dirty(
            &wide, 0, WIDE_PAGES * PAGE, DIRTY_MEMORY_VGA);
        for (unsigned i = 0; i < WIDE_PAGES; i++) {
            g_assert_true(
                memory_region_snapshot_get_dirty(&wide, snap, i * PAGE, PAGE));
        }
        g_free(snap);
    }
    printf("# %u exits of a full ring\n", qatomic_read(&full_exits));
    fake.before = NULL;
    memory_region_set_log(&wide, false, DIRTY_MEMORY_VGA);
    memory_region_del_subregion(get_system_memory(), &wide);
    kg_finish();
}

static void test_dirty_bitmap(void)
{
    test_dirty(false);
}

static void test_dirty_ring(void)
{
    test_dirty(true);
}

static void test_sweep_bitmap_user(void)
{
    test_sweep(false, 3, 400000);
}

static void test_sweep_bitmap_kernel(void)
{
    test_sweep(false, 0, 3000);
}

static void test_sweep_ring_user(void)
{
    test_sweep(true, 3, 400000);
}

int main(int argc, char **argv)
{
    fake_setup(&argc, &argv);
    kg_make_world();
    g_test_add_func("/kvm/dirty/bitmap", test_dirty_bitmap);
    g_test_add_func("/kvm/dirty/ring", test_dirty_ring);
    g_test_add_func("/kvm/dirty/replaced", test_replaced);
    g_test_add_func("/kvm/dirty/order", test_order);
    g_test_add_func("/kvm/dirty/no-reset", test_no_reset);
    g_test_add_func("/kvm/dirty/full", test_full);
    g_test_add_func("/kvm/sweep/bitmap/user", test_sweep_bitmap_user);
    g_test_add_func("/kvm/sweep/bitmap/kernel", test_sweep_bitmap_kernel);
    g_test_add_func("/kvm/sweep/ring/user", test_sweep_ring_user);
    return g_test_run();
}
