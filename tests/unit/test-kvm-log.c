/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dirty logs against a kernel that is a table: what is read and cleared, page by
 * page, what is written while slots go, and rings that are full.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/ram_addr.h"
#include "hw/core/cpu.h"
#include "kvm-guest.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/main-loop.h"

#define AT    0x8000000
#define PAGES 300

/* A RAM, and a page of I/O that can be put over any of its pages. */
static MemoryRegion ram, cut;
static DECLARE_BITMAP(written, PAGES);

static void make_world(void)
{
    memory_region_init_ram_nomigrate(&ram, NULL, "ram", PAGES * PAGE,
                                     &error_abort);
    memory_region_add_subregion(get_system_memory(), AT, &ram);
    memory_region_init_io(&cut, NULL, &unassigned_mem_ops, NULL, "cut", PAGE);
    memory_region_set_enabled(&cut, false);
    memory_region_add_subregion_overlap(get_system_memory(), AT, &cut, 1);
}

static void cut_at(unsigned page)
{
    memory_region_transaction_begin();
    memory_region_set_address(&cut, AT + page * PAGE);
    memory_region_set_enabled(&cut, true);
    memory_region_transaction_commit();
}

static void write_page(unsigned page)
{
    if (fake_guest_write(0, AT + page * PAGE)) {
        set_bit(page, written);
    }
}

static void write_some(unsigned most)
{
    for (unsigned n = g_test_rand_int_range(0, most); n--;) {
        write_page(g_test_rand_int_range(0, PAGES));
    }
}

static DirtyBitmapSnapshot *take_dirty(void)
{
    return memory_region_snapshot_and_clear_dirty(&ram, 0, PAGES * PAGE,
                                                  DIRTY_MEMORY_VGA);
}

static void check_read(void)
{
    DirtyBitmapSnapshot *snap = take_dirty();

    for (unsigned i = 0; i < PAGES; i++) {
        g_assert_cmpint(
            memory_region_snapshot_get_dirty(&ram, snap, i * PAGE, PAGE), ==,
            test_bit(i, written));
    }
    g_free(snap);
    bitmap_zero(written, PAGES);
}

static void begin(const char *const *props)
{
    g_assert_cmpint(fake_start(false, props), ==, 0);
    memory_region_set_log(&ram, true, DIRTY_MEMORY_VGA);
    g_free(take_dirty());
    bitmap_zero(written, PAGES);
}

static void end(void)
{
    memory_region_set_log(&ram, false, DIRTY_MEMORY_VGA);
    memory_region_set_enabled(&cut, false);
    fake_stop();
}

/* ---- bitmaps ------------------------------------------------------------- */

/* The first and the last page of slots of all lengths. */
static void test_ends(gconstpointer opaque)
{
    fake.no_manual = GPOINTER_TO_UINT(opaque);
    begin(NULL);
    for (unsigned at = 1; at < PAGES - 1; at++) {
        cut_at(at);
        write_page(at - 1);
        write_page(at + 1);
        write_page(PAGES - 1);
        check_read();
        check_read();
    }
    end();
    fake.no_manual = false;
}

/* What the kernel has noted of each page of the RAM. */
static bool is_noted(unsigned page)
{
    FakeSlot *slot = fake_slot_at(0, AT + page * PAGE);

    return slot &&
           test_bit((AT + page * PAGE - slot->start) >> 12, slot->dirty);
}

/*
 * Of a range that is cleared, those pages are that have been told, and no
 * others: not what was written since, nor what is beside it.
 */
static void test_clear(void)
{
    begin(NULL);
    for (unsigned round = 0; round < 3000; round++) {
        unsigned first = g_test_rand_int_range(0, PAGES);
        unsigned nr = g_test_rand_int_range(1, PAGES - first + 1);
        bool before[PAGES], told[PAGES];

        if (round % 10 == 0) {
            cut_at(g_test_rand_int_range(0, PAGES));
        }
        write_some(60);
        memory_region_sync_dirty_bitmap(&ram, false);
        for (unsigned i = 0; i < PAGES; i++) {
            told[i] = is_noted(i);
        }
        write_some(60);
        for (unsigned i = 0; i < PAGES; i++) {
            before[i] = is_noted(i);
        }
        memory_region_clear_dirty_bitmap(&ram, first * PAGE, nr * PAGE);
        for (unsigned i = 0; i < PAGES; i++) {
            bool cleared = i - first < nr && told[i];

            g_assert_cmpint(is_noted(i), ==, before[i] && !cleared);
        }
        if (round % 3 == 0) {
            check_read();
        }
    }
    end();
}

/* A log that goes off and on begins anew: nothing of it has been told. */
static void test_off_and_on(void)
{
    fake.no_initial = true;
    begin(NULL);
    write_page(7);
    memory_region_sync_dirty_bitmap(&ram, false);
    memory_region_set_log(&ram, false, DIRTY_MEMORY_VGA);
    memory_region_set_log(&ram, true, DIRTY_MEMORY_VGA);
    write_page(7);
    memory_region_clear_dirty_bitmap(&ram, 0, PAGES * PAGE);
    g_assert_true(is_noted(7));
    check_read();
    end();
    fake.no_initial = false;
}

/* ---- slots that go ------------------------------------------------------- */

static unsigned gaps;

/* Its log has been read, so nobody hears of this. */
static void write_in_gap(FakeSlot *slot)
{
    if (slot->start - AT < PAGES * PAGE) {
        set_bit((slot->start - AT) / PAGE, written);
        set_bit(0, slot->dirty);
        gaps++;
    }
}

/*
 * RAM that only goes may come back, or be seen elsewhere: what is written to it
 * to the last moment counts.
 */
static void test_gone(gconstpointer opaque)
{
    fake.no_manual = GPOINTER_TO_UINT(opaque);
    begin(NULL);
    gaps = 0;
    fake.on_gap = write_in_gap;
    for (unsigned round = 0; round < 300; round++) {
        cut_at(g_test_rand_int_range(0, PAGES));
        write_some(20);
        memory_region_set_enabled(&ram, false);
        check_read();
        memory_region_set_enabled(&ram, true);
        write_some(20);
        check_read();
    }
    g_assert_cmpuint(gaps, ==, 0);
    end();
    fake.on_gap = NULL;
    fake.no_manual = false;
}

/* ---- a ring that is full ------------------------------------------------- */

static const char *const small_ring[] = { "kernel-irqchip", "off",
                                          "dirty-ring-size", "64", NULL };
static uint8_t *bytes, *copy;
static unsigned steps_left, next_page;

/* Counts in one page after the other, but in those that have no slot. */
static bool count_in_pages(struct kvm_run *run)
{
    unsigned page = next_page;

    if (!qatomic_read(&steps_left)) {
        run->exit_reason = KVM_EXIT_IO;
        run->io.direction = KVM_EXIT_IO_OUT;
        run->io.size = 1;
        run->io.count = 1;
        run->io.port = END_PORT;
        run->io.data_offset = PAGE / 2;
        return true;
    }
    qatomic_dec(&steps_left);
    /* No slot goes while the guest runs. What is noted has been written. */
    if (fake_slot_at(0, AT + page * PAGE)) {
        qatomic_inc((uint32_t *)(bytes + page * PAGE));
        fake_guest_write(0, AT + page * PAGE);
    }
    next_page = (page + 1) % PAGES;
    return false;
}

static void start_guest(unsigned steps)
{
    qatomic_set(&steps_left, steps);
    kg_start_list();
}

static void begin_ring(void)
{
    fake.ring = true;
    fake.step = count_in_pages;
    kg_begin_table(small_ring);
    memory_region_set_log(&ram, true, DIRTY_MEMORY_VGA);
    kg_run_list();
    g_free(take_dirty());
    bitmap_zero(written, PAGES);
    qatomic_set(&fake.full_exits, 0);
    next_page = 0;
}

static void end_ring(void)
{
    memory_region_set_log(&ram, false, DIRTY_MEMORY_VGA);
    memory_region_set_enabled(&cut, false);
    kg_finish();
    fake.step = NULL;
    fake.ring = false;
}

/* Each page once: the ring is full again and again. */
static void test_full(void)
{
    begin_ring();
    for (unsigned n = 0; n <= PAGES; n += 50) {
        qatomic_set(&fake.full_exits, 0);
        next_page = 0;
        start_guest(n);
        kg_finish_list();
        bitmap_set(written, 0, n);
        check_read();
        /* The reaper may have avoided some. */
        g_assert_cmpuint(fake.full_exits, <=, n / (64 - FAKE_RESERVED));
        g_assert_true(n < PAGES || fake.full_exits);
    }
    end_ring();
}

static void copy_dirty(void)
{
    DirtyBitmapSnapshot *snap = take_dirty();

    for (unsigned i = 0; i < PAGES; i++) {
        if (memory_region_snapshot_get_dirty(&ram, snap, i * PAGE, PAGE)) {
            *(uint32_t *)(copy + i * PAGE) =
                qatomic_read((uint32_t *)(bytes + i * PAGE));
        }
    }
    g_free(snap);
}

/*
 * As migration does it: pages are copied while the guest writes and the map
 * changes; at the end nothing is missing, whether resets fail or not.
 */
static void test_full_copied(gconstpointer opaque)
{
    bool fails = GPOINTER_TO_UINT(opaque);
    unsigned rounds = 0;

    begin_ring();
    copy = g_malloc(PAGES * PAGE);
    memcpy(copy, bytes, PAGES * PAGE);
    start_guest(200000);
    while (!qatomic_read(&kg_cpu->stopped)) {
        if (rounds % 4 == 0) {
            cut_at(g_test_rand_int_range(0, PAGES));
        }
        if (fails) {
            fake_fail(1, EIO, KVM_RESET_DIRTY_RINGS,
                      g_test_rand_int_range(0, 4));
        }
        copy_dirty();
        rounds++;
        bql_unlock();
        g_usleep(100);
        bql_lock();
    }
    kg_finish_list();
    fake_fail(0, 0, 0, 0);
    copy_dirty();
    for (unsigned i = 0; i < PAGES; i++) {
        g_assert_cmpuint(*(uint32_t *)(copy + i * PAGE), ==,
                         *(uint32_t *)(bytes + i * PAGE));
    }
    g_assert_cmpuint(fake.full_exits, >, 0);
    printf("# %u rounds, %u exits of a full ring\n", rounds, fake.full_exits);
    g_free(copy);
    end_ring();
}

int main(int argc, char **argv)
{
    fake_setup(&argc, &argv);
    kg_make_world();
    make_world();
    bytes = memory_region_get_ram_ptr(&ram);
    g_test_add_data_func("/kvm/log/ends/manual", GUINT_TO_POINTER(0),
                         test_ends);
    g_test_add_data_func("/kvm/log/ends/legacy", GUINT_TO_POINTER(1),
                         test_ends);
    g_test_add_func("/kvm/log/clear", test_clear);
    g_test_add_func("/kvm/log/off-and-on", test_off_and_on);
    g_test_add_data_func("/kvm/log/gone/manual", GUINT_TO_POINTER(0),
                         test_gone);
    g_test_add_data_func("/kvm/log/gone/legacy", GUINT_TO_POINTER(1),
                         test_gone);
    g_test_add_func("/kvm/log/full", test_full);
    g_test_add_data_func("/kvm/log/full/copied", GUINT_TO_POINTER(0),
                         test_full_copied);
    g_test_add_data_func("/kvm/log/full/fails", GUINT_TO_POINTER(1),
                         test_full_copied);
    return g_test_run();
}
