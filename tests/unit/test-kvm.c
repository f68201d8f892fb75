/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KVM's memory slots, dirty logs and routes against a kernel that is a table:
 * limits on slots, calls that fail, changes while pages are logged.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "hw/pci/msi.h"
#include "memory/guest-memfd.h"
#include "kvm-fixture.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/rcu.h"

#define PAGE      0x1000
#define BIG_PAGES 200
#define BIG       0x1000000
#define SMALL     0x3000000
#define SMALLS    40
#define HOLES     12

/* A large RAM with I/O pages that lie over it, and small RAMs apart. */
static MemoryRegion big, small[SMALLS], hole[HOLES], root;
static uint8_t bytes[(BIG_PAGES + SMALLS) * PAGE] QEMU_ALIGNED(4096);

typedef struct World {
    bool big, small[SMALLS], hole[HOLES];
} World;

static World now;

static unsigned hole_page(unsigned i)
{
    return 5 + i * 15;
}

static void make_world(void)
{
    memory_region_init(&root, NULL, "root", UINT64_MAX);
    memory_region_add_subregion(get_system_memory(), 0, &root);
    memory_region_init_ram_ptr(&big, NULL, "big", BIG_PAGES * PAGE, bytes);
    memory_region_set_enabled(&big, false);
    memory_region_add_subregion(&root, BIG, &big);
    for (unsigned i = 0; i < HOLES; i++) {
        memory_region_init_io(&hole[i], NULL, &unassigned_mem_ops, NULL, "hole",
                              PAGE);
        memory_region_set_enabled(&hole[i], false);
        memory_region_add_subregion_overlap(&root, BIG + hole_page(i) * PAGE,
                                            &hole[i], 1);
    }
    for (unsigned i = 0; i < SMALLS; i++) {
        memory_region_init_ram_ptr(&small[i], NULL, "small", PAGE,
                                   bytes + (BIG_PAGES + i) * PAGE);
        memory_region_set_enabled(&small[i], false);
        memory_region_add_subregion(&root, SMALL + i * 2 * PAGE, &small[i]);
    }
}

static void apply(const World *w)
{
    memory_region_set_enabled(&big, w->big);
    for (unsigned i = 0; i < HOLES; i++) {
        memory_region_set_enabled(&hole[i], w->hole[i]);
    }
    for (unsigned i = 0; i < SMALLS; i++) {
        memory_region_set_enabled(&small[i], w->small[i]);
    }
}

static void toggle(World *w, unsigned n)
{
    while (n--) {
        unsigned what = g_test_rand_int_range(0, SMALLS + HOLES + 1);

        if (what < SMALLS) {
            w->small[what] ^= true;
        } else if (what < SMALLS + HOLES) {
            w->hole[what - SMALLS] ^= true;
        } else {
            w->big ^= g_test_rand_int_range(0, 3) == 0;
        }
    }
}

static bool mapped(const World *w, unsigned page)
{
    for (unsigned i = 0; i < HOLES; i++) {
        if (w->hole[i] && hole_page(i) == page) {
            return false;
        }
    }
    return w->big;
}

static unsigned count(const World *w)
{
    unsigned n = 0;

    for (unsigned i = 0; i < SMALLS; i++) {
        n += w->small[i];
    }
    for (unsigned i = 0; i < BIG_PAGES; i++) {
        n += mapped(w, i) && (!i || !mapped(w, i - 1));
    }
    return n;
}

/* Each page that has a slot has the right one; with @all, each page has one. */
static void check(const World *w, bool all)
{
    unsigned pages = 0;
    uint64_t sum = 0;

    for (unsigned i = 0; i < BIG_PAGES; i++) {
        FakeSlot *slot = fake_slot_at(0, BIG + i * PAGE);

        g_assert_true(!slot || mapped(w, i));
        g_assert_true(slot || !all || !mapped(w, i));
        if (slot) {
            g_assert_cmphex(slot->ram + (BIG + i * PAGE - slot->start), ==,
                            (uintptr_t)bytes + i * PAGE);
            pages++;
        }
    }
    for (unsigned i = 0; i < SMALLS; i++) {
        FakeSlot *slot = fake_slot_at(0, SMALL + i * 2 * PAGE);

        g_assert_true(slot ? w->small[i] : !all || !w->small[i]);
        pages += slot != NULL;
    }
    for (unsigned i = 0; i < fake.top[0]; i++) {
        sum += fake.slot[0][i].size;
    }
    g_assert_cmpuint(sum, ==, (uint64_t)pages * PAGE);
    if (all) {
        g_assert_cmpuint(fake_used(0), ==, count(w));
    }
}

static void nothing(void)
{
    World none = { 0 };

    memory_region_transaction_begin();
    apply(&none);
    memory_region_transaction_commit();
    now = none;
    check(&now, true);
}

static bool change(const World *w, Error **errp)
{
    memory_region_transaction_begin_undoable();
    apply(w);
    return memory_region_transaction_commit_undoable(errp);
}

/* What is to be said on standard error is not what is tested here. */
static int muted;

static void mute(void)
{
    int null = open("/dev/null", O_WRONLY);

    muted = dup(STDERR_FILENO);
    dup2(null, STDERR_FILENO);
    close(null);
}

static void unmute(void)
{
    dup2(muted, STDERR_FILENO);
    close(muted);
}

/* ---- limits -------------------------------------------------------------- */

static void test_limit(gconstpointer opaque)
{
    unsigned refused = 0;

    fake.limit = GPOINTER_TO_UINT(opaque);
    g_assert_cmpint(fake_start(false, NULL), ==, 0);
    g_assert_cmpuint(kvm_get_max_memslots(), ==, fake.limit);
    for (unsigned i = 0; i < 3000; i++) {
        World next = now;
        Error *err = NULL;
        bool ok;

        toggle(&next, g_test_rand_int_range(1, 5));
        fake_watch();
        ok = change(&next, &err);
        if (count(&next) <= fake.limit) {
            g_assert_true(ok);
            now = next;
        } else {
            /* What only goes cannot be refused, and needs no slots. */
            g_assert_false(ok);
            g_assert_nonnull(strstr(error_get_pretty(err), "no memory slot"));
            error_free(err);
            refused++;
        }
        check(&now, true);
        g_assert_null(fake_find_absent());
        g_assert_cmpuint(kvm_get_free_memslots(), ==,
                         fake.limit - fake_used(0));
    }
    g_assert_true(refused || fake.limit > SMALLS + HOLES);
    nothing();
    fake_stop();
    fake.limit = 0;
}

/* A guest's change cannot be refused: what does not fit is emulated. */
static void test_guest_limit(void)
{
    fake.limit = 8;
    g_assert_cmpint(fake_start(false, NULL), ==, 0);
    mute();
    for (unsigned i = 0; i < 500; i++) {
        toggle(&now, g_test_rand_int_range(1, 5));
        memory_region_transaction_begin();
        apply(&now);
        memory_region_transaction_commit();
        check(&now, false);
        if (i % 50 == 49) {
            nothing();
        }
    }
    nothing();
    unmute();
    fake_stop();
    fake.limit = 0;
}

/* ---- failures ------------------------------------------------------------ */

/* Each call of one change fails in turn: nothing has changed. */
static void one_change(const World *next, int err_number)
{
    for (unsigned n = 1;; n++) {
        Error *err = NULL;
        bool ok;

        fake_fail(n, err_number, KVM_SET_USER_MEMORY_REGION, 1);
        ok = change(next, &err);
        g_assert_cmpint(ok, ==, !err);
        if (!ok) {
            g_assert_true(fake_failed());
            g_assert_nonnull(strstr(error_get_pretty(err), "KVM"));
            error_free(err);
            check(&now, true);
            continue;
        }
        check(next, true);
        if (!fake_failed()) {
            break;
        }
        /* It has tried again. Back, for the next one. */
        fake_fail(0, 0, 0, 0);
        ok = change(&now, &error_abort);
        g_assert_true(ok);
        check(&now, true);
    }
    fake_fail(0, 0, 0, 0);
}

static void test_failures(void)
{
    g_assert_cmpint(fake_start(false, NULL), ==, 0);
    mute();
    for (unsigned i = 0; i < 150; i++) {
        World next = now;

        toggle(&next, g_test_rand_int_range(1, 6));
        one_change(&next, i % 2 ? ENOMEM : EINVAL);
        now = next;
    }
    nothing();
    unmute();
    fake_stop();
}

/* Several calls fail: at worst less is mapped, and never what is not there. */
static void test_many_failures(void)
{
    g_assert_cmpint(fake_start(false, NULL), ==, 0);
    mute();
    for (unsigned i = 0; i < 600; i++) {
        World next = now;
        bool undoable = g_test_rand_int_range(0, 2);
        Error *err = NULL;

        toggle(&next, g_test_rand_int_range(1, 6));
        fake_fail(g_test_rand_int_range(1, 6), ENOMEM,
                  KVM_SET_USER_MEMORY_REGION, g_test_rand_int_range(2, 6));
        if (undoable) {
            if (change(&next, &err)) {
                now = next;
            }
            error_free(err);
        } else {
            memory_region_transaction_begin();
            apply(&next);
            memory_region_transaction_commit();
            now = next;
        }
        fake_fail(0, 0, 0, 0);
        /* What would not go, goes with the next commit. */
        now.small[0] ^= true;
        memory_region_set_enabled(&small[0], now.small[0]);
        check(&now, false);
    }
    nothing();
    unmute();
    fake_stop();
}

/* Each call that starting makes fails in turn. */
static void start_failures(const char *const *props)
{
    unsigned n, refused = 0;

    mute();
    for (n = 1;; n++) {
        int ret;

        fake_fail(n, n % 2 ? ENOMEM : EINVAL, 0, 1);
        ret = fake_start(false, props);
        if (ret < 0) {
            g_assert_true(fake_failed());
            refused++;
        } else {
            fake_stop();
        }
        if (!fake_failed()) {
            break;
        }
    }
    unmute();
    fake_fail(0, 0, 0, 0);
    g_assert_cmpuint(refused, >, 3);
    g_assert_cmpuint(n, >, 20);
}

static void test_start_failures(void)
{
    static const char *const ring[] = { "dirty-ring-size", "1024", NULL };

    start_failures(NULL);
    fake.ring = true;
    start_failures(ring);
    fake.ring = false;
}

static void test_no_device(void)
{
    static const char *const nowhere[] = { "device", "/dev/none/here", NULL };
    static const char *const no_kvm[] = { "device", "/dev/zero", NULL };

    mute();
    g_assert_cmpint(fake_start(false, nowhere), ==, -ENOENT);
    g_assert_cmpint(fake_start(true, no_kvm), ==, -ENOTTY);
    unmute();
}

/* The kernel of the tests, and an architecture that knows of no parts. */
static void test_no_split(void)
{
    static const char *const split[] = { "kernel-irqchip", "split", NULL };

    mute();
    g_assert_cmpint(fake_start(false, split), ==, -ENOTSUP);
    unmute();
}

/* ---- dirty logs ---------------------------------------------------------- */

static DECLARE_BITMAP(written, BIG_PAGES);

static void snapshot(bool compare)
{
    DirtyBitmapSnapshot *snap = memory_region_snapshot_and_clear_dirty(
        &big, 0, BIG_PAGES * PAGE, DIRTY_MEMORY_VGA);

    for (unsigned i = 0; compare && i < BIG_PAGES; i++) {
        g_assert_cmpint(
            memory_region_snapshot_get_dirty(&big, snap, i * PAGE, PAGE), ==,
            test_bit(i, written));
    }
    g_free(snap);
    bitmap_zero(written, BIG_PAGES);
}

static void write_some(void)
{
    for (unsigned i = g_test_rand_int_range(0, 20); i--;) {
        unsigned page = g_test_rand_int_range(0, BIG_PAGES);

        if (fake_guest_write(0, BIG + page * PAGE + 8)) {
            set_bit(page, written);
        }
    }
}

/* A part is counted as clean, as migration does, and the rest is kept. */
static void clear_part(void)
{
    unsigned first = g_test_rand_int_range(0, BIG_PAGES);
    unsigned nr = g_test_rand_int_range(1, BIG_PAGES - first + 1);
    DirtyBitmapSnapshot *snap;

    memory_region_sync_dirty_bitmap(&big, false);
    snap = memory_region_snapshot_and_clear_dirty(&big, first * PAGE, nr * PAGE,
                                                  DIRTY_MEMORY_VGA);
    for (unsigned i = first; i < first + nr; i++) {
        g_assert_cmpint(
            memory_region_snapshot_get_dirty(&big, snap, i * PAGE, PAGE), ==,
            test_bit(i, written));
    }
    g_free(snap);
    bitmap_clear(written, first, nr);
}

static void test_dirty(gconstpointer opaque)
{
    fake.no_manual = GPOINTER_TO_UINT(opaque);
    g_assert_cmpint(fake_start(false, NULL), ==, 0);
    now.big = true;
    apply(&now);
    memory_region_set_log(&big, true, DIRTY_MEMORY_VGA);
    snapshot(false);
    for (unsigned i = 0; i < 2000; i++) {
        World next = now;

        write_some();
        switch (g_test_rand_int_range(0, 4)) {
        case 0:
            toggle(&next, g_test_rand_int_range(1, 5));
            next.big = true;
            g_assert_true(change(&next, &error_abort));
            now = next;
            check(&now, true);
            break;
        case 1:
            clear_part();
            break;
        case 2:
            snapshot(true);
            break;
        }
    }
    snapshot(true);
    memory_region_set_log(&big, false, DIRTY_MEMORY_VGA);
    for (unsigned i = 0; i < fake.top[0]; i++) {
        g_assert_null(fake.slot[0][i].dirty);
    }
    nothing();
    fake_stop();
    fake.no_manual = false;
}

/* ---- dirty logs that fail ------------------------------------------------ */

static bool is_dirty(const MemoryRegion *mr, unsigned page)
{
    return cpu_physical_memory_get_dirty(mr->ram_block->offset + page * PAGE,
                                         PAGE, DIRTY_MEMORY_MIGRATION);
}

static void forget(void)
{
    cpu_physical_memory_test_and_clear_dirty(
        big.ram_block->offset, BIG_PAGES * PAGE, DIRTY_MEMORY_MIGRATION);
    memory_region_clear_dirty_bitmap(&big, 0, BIG_PAGES * PAGE);
}

static void begin_tracked(bool no_manual)
{
    fake.no_manual = no_manual;
    g_assert_cmpint(fake_start(false, NULL), ==, 0);
    qemu_ram_set_migratable(big.ram_block);
    for (unsigned i = 0; i < 5; i++) {
        qemu_ram_set_migratable(small[i].ram_block);
        now.small[i] = true;
    }
    now.big = now.hole[2] = true;
    apply(&now);
}

static void end_tracked(void)
{
    fake_fail(0, 0, 0, 0);
    qemu_ram_unset_migratable(big.ram_block);
    for (unsigned i = 0; i < 5; i++) {
        qemu_ram_unset_migratable(small[i].ram_block);
    }
    nothing();
    fake_stop();
    fake.no_manual = false;
}

static unsigned logging_slots(void)
{
    unsigned n = 0;

    for (unsigned i = 0; i < fake.top[0]; i++) {
        n += fake.slot[0][i].dirty != NULL;
    }
    return n;
}

/* Tracking begins for all slots or for none. */
static void test_log_refused(void)
{
    unsigned n = 1;

    begin_tracked(false);
    for (;; n++) {
        Error *err = NULL;

        fake_fail(n, ENOMEM, KVM_SET_USER_MEMORY_REGION, 1);
        if (memory_global_dirty_log_start(GLOBAL_DIRTY_MIGRATION, &err)) {
            break;
        }
        g_assert_true(g_str_has_prefix(
            error_get_pretty(err), "KVM cannot switch on the dirty log of '"));
        g_assert_nonnull(strstr(error_get_pretty(err), strerror(ENOMEM)));
        error_free(err);
        g_assert_cmpuint(global_dirty_tracking, ==, 0);
        g_assert_cmpuint(logging_slots(), ==, 0);
        check(&now, false);
    }
    g_assert_false(fake_failed());
    g_assert_cmpuint(n, ==, 8); /* two parts of one, and five others */
    g_assert_cmpuint(logging_slots(), ==, 7);
    g_assert_cmpuint(fake.set_calls, ==, 7);
    g_assert_true(memory_global_dirty_log_check(&error_abort));
    fake_fail(0, 0, 0, 0);
    memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);
    g_assert_cmpuint(logging_slots(), ==, 0);
    end_tracked();
}

static void assert_log_failed(const char *what)
{
    Error *err = NULL;

    g_assert_true(fake_failed());
    g_assert_false(memory_global_dirty_log_check(&err));
    g_assert_nonnull(strstr(error_get_pretty(err), what));
    g_assert_nonnull(strstr(error_get_pretty(err), "dirty log of 'big'"));
    error_free(err);
}

static void start_tracking(void)
{
    memory_global_dirty_log_start(GLOBAL_DIRTY_MIGRATION, &error_abort);
    memory_global_dirty_log_sync(false);
    forget();
    g_assert_false(is_dirty(&big, 7));
    fake_guest_write(0, BIG + 7 * PAGE);
}

/* What fails in the middle is told, and loses no page. */
static void test_log_unread(gconstpointer opaque)
{
    begin_tracked(GPOINTER_TO_UINT(opaque));
    start_tracking();
    fake_fail(1, EIO, KVM_GET_DIRTY_LOG, 1);
    memory_global_dirty_log_sync(false);
    assert_log_failed("cannot read");
    g_assert_true(is_dirty(&big, 7) && is_dirty(&big, 8));
    memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);

    /* In a slot that goes. */
    start_tracking();
    fake_fail(1, EIO, KVM_GET_DIRTY_LOG, 1);
    now.hole[0] = true;
    apply(&now);
    assert_log_failed("cannot read");
    g_assert_true(is_dirty(&big, 7));
    memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);

    if (!fake.no_manual) {
        start_tracking();
        memory_global_dirty_log_sync(false);
        fake_fail(1, EIO, KVM_CLEAR_DIRTY_LOG, 10);
        forget();
        assert_log_failed("cannot clear");
        fake_fail(0, 0, 0, 0);
        memory_global_dirty_log_sync(false);
        g_assert_true(is_dirty(&big, 7));
        memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);
    }

    /* The next one begins anew. */
    start_tracking();
    memory_global_dirty_log_sync(false);
    g_assert_true(memory_global_dirty_log_check(&error_abort));
    g_assert_true(is_dirty(&big, 7));
    g_assert_false(is_dirty(&big, 8));
    memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);
    end_tracked();
}

/* A slot that is made again has a new log, of which nothing was told. */
static void test_log_of_old(void)
{
    World next;

    fake.no_initial = true;
    begin_tracked(false);
    start_tracking();
    memory_global_dirty_log_sync(false);
    g_assert_true(is_dirty(&big, 7));
    next = now;
    next.hole[0] = true;
    fake_fail(3, ENOMEM, KVM_SET_USER_MEMORY_REGION, 1);
    g_assert_false(change(&next, NULL));
    g_assert_true(fake_failed());
    fake_guest_write(0, BIG + 7 * PAGE);
    forget();
    memory_global_dirty_log_sync(false);
    g_assert_true(is_dirty(&big, 7));
    memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);
    end_tracked();
    fake.no_initial = false;
}

/* A display's log that cannot be had: all of it is drawn, until it can. */
static void test_log_blind(void)
{
    begin_tracked(false);
    mute();
    fake_fail(1, ENOMEM, KVM_SET_USER_MEMORY_REGION, 1000);
    memory_region_set_log(&big, true, DIRTY_MEMORY_VGA);
    g_assert_cmpuint(logging_slots(), ==, 0);
    for (unsigned i = 0; i < 2; i++) {
        bitmap_fill(written, BIG_PAGES);
        clear_bit(hole_page(2), written);
        snapshot(i > 0); /* first all that there ever was */
    }
    unmute();
    /* Nobody migrates without it. */
    g_assert_false(memory_global_dirty_log_start(GLOBAL_DIRTY_MIGRATION, NULL));
    fake_fail(0, 0, 0, 0);
    bitmap_fill(written, BIG_PAGES);
    clear_bit(hole_page(2), written);
    snapshot(true);
    g_assert_cmpuint(logging_slots(), ==, 2);
    snapshot(false);
    write_some();
    snapshot(true);
    memory_region_set_log(&big, false, DIRTY_MEMORY_VGA);
    end_tracked();
}

/* ---- two sides ----------------------------------------------------------- */

#define TWO_SIDED 0x5000000

/* What the kernel, the block and the model think of each page. */
static void check_sides(MemoryRegion *mr, const bool *private, unsigned pages)
{
    for (unsigned i = 0; i < pages; i++) {
        FakeSlot *slot = fake_slot_at(0, TWO_SIDED + i * PAGE);

        if (slot) {
            g_assert_true(slot->flags & KVM_MEM_GUEST_MEMFD);
            g_assert_cmpint(slot->memfd, ==, mr->ram_block->guest_memfd);
            g_assert_cmphex(slot->memfd_offset, ==, slot->start - TWO_SIDED);
            g_assert_cmpint(
                g_hash_table_contains(
                    fake.private, (gpointer)(uintptr_t)(TWO_SIDED / PAGE + i)),
                ==, private[i]);
        }
        g_assert_cmpint(
            ram_block_range_is_private(mr->ram_block, i * PAGE, PAGE), ==,
            private[i]);
    }
}

static void test_two_sides(void)
{
    enum { PAGES = 32 };
    static MemoryRegion region; /* old versions of the view show it */
    MemoryRegion *mr = &region;
    bool private[PAGES];
    Error *err = NULL;

    g_assert_cmpint(fake_start(false, NULL), ==, 0);
    g_assert_false(memory_region_init_ram_flags_nomigrate(
        mr, NULL, "two", PAGES * PAGE, RAM_GUEST_MEMFD, &err));
    g_assert_nonnull(strstr(error_get_pretty(err), "guest_memfd"));
    error_free(err);
    fake_stop();

    fake.memfd = true;
    g_assert_cmpint(fake_start(false, NULL), ==, 0);
    memset(mr, 0, sizeof(*mr));
    memory_region_init_ram_flags_nomigrate(mr, NULL, "two", PAGES * PAGE,
                                           RAM_GUEST_MEMFD, &error_abort);
    memory_region_add_subregion(&root, TWO_SIDED, mr);
    memset(private, true, sizeof(private));
    check_sides(mr, private, PAGES);
    for (unsigned i = 0; i < 200; i++) {
        unsigned first = g_test_rand_int_range(0, PAGES);
        unsigned nr = g_test_rand_int_range(1, PAGES - first + 1);
        bool to = g_test_rand_int_range(0, 2);

        g_assert_cmpint(
            kvm_convert_memory(TWO_SIDED + first * PAGE, nr * PAGE, to), ==, 0);
        memset(private + first, to, nr);
        check_sides(mr, private, PAGES);
        if (i % 10 == 0) {
            /* What is elsewhere meanwhile does not remember. */
            memory_region_set_enabled(mr, false);
            g_hash_table_remove_all(fake.private);
            memory_region_set_enabled(mr, true);
            check_sides(mr, private, PAGES);
        }
    }
    mute();
    g_assert_cmpint(kvm_convert_memory(TWO_SIDED, PAGE + 1, true), <, 0);
    g_assert_cmpint(kvm_convert_memory(TWO_SIDED, 0, true), <, 0);
    g_assert_cmpint(kvm_convert_memory(TWO_SIDED, (PAGES + 1) * PAGE, true), <,
                    0);
    g_assert_cmpint(kvm_convert_memory(1ull << 45, PAGE, true), <, 0);
    g_assert_cmpint(kvm_convert_memory(1ull << 45, PAGE, false), ==, 0);
    now.small[0] = true;
    apply(&now);
    g_assert_cmpint(kvm_convert_memory(SMALL, PAGE, true), <, 0);
    unmute();
    check_sides(mr, private, PAGES);
    memory_region_del_subregion(&root, mr);
    nothing();
    fake_stop();
    fake.memfd = false;
}

/* ---- routes -------------------------------------------------------------- */

static void check_routes(const uint32_t *data, unsigned gsis)
{
    unsigned n = 0;

    for (unsigned i = 0; i < gsis; i++) {
        n += data[i] != 0;
    }
    g_assert_cmpuint(fake.routes->nr, ==, n);
    for (unsigned i = 0; i < n; i++) {
        struct kvm_irq_routing_entry *e = &fake.routes->entries[i];

        g_assert_cmpuint(e->type, ==, KVM_IRQ_ROUTING_MSI);
        g_assert_cmpuint(e->gsi, <, gsis);
        g_assert_cmphex(e->u.msi.data, ==, data[e->gsi]);
    }
}

static void test_routes(void)
{
    enum { GSIS = 63 };
    uint32_t data[GSIS] = { 0 };
    unsigned commits;

    g_assert_cmpint(fake_start(false, NULL), ==, 0);
    g_assert_true(kvm_irqchip_in_kernel());
    for (unsigned round = 0; round < 300; round++) {
        KVMRouteChange c = kvm_irqchip_begin_route_changes(kvm_state);
        bool full = true;

        for (unsigned i = g_test_rand_int_range(0, 10); i--;) {
            int virq = kvm_irqchip_add_msi_route(&c, 0, NULL);
            MSIMessage msg = { .address = 0xfee00000,
                               .data = g_test_rand_int_range(1, 1 << 30) };

            if (virq == -ENOSPC) {
                for (unsigned j = 0; j < GSIS; j++) {
                    full &= data[j] != 0;
                }
                g_assert_true(full);
                break;
            }
            g_assert_cmpint(virq, >=, 0);
            g_assert_cmpint(virq, <, GSIS);
            g_assert_cmpuint(data[virq], ==, 0);
            g_assert_cmpint(
                kvm_irqchip_update_msi_route(kvm_state, virq, msg, NULL), ==,
                0);
            data[virq] = msg.data;
        }
        for (unsigned i = g_test_rand_int_range(0, 10); i--;) {
            unsigned virq = g_test_rand_int_range(0, GSIS);

            if (data[virq]) {
                kvm_irqchip_release_virq(kvm_state, virq);
                data[virq] = 0;
                c.changes++;
            }
        }
        commits = fake.commits;
        kvm_irqchip_commit_route_changes(&c);
        g_assert_cmpuint(fake.commits, <=, commits + 1);
        if (fake.routes) {
            check_routes(data, GSIS);
        }
    }
    g_assert_cmpint(kvm_irqchip_update_msi_route(kvm_state, GSIS + 1,
                                                 (MSIMessage){ 0 }, NULL),
                    ==, -ESRCH);
    fake_stop();
}

int main(int argc, char **argv)
{
    fake_setup(&argc, &argv);
    make_world();
    g_test_add_data_func("/kvm/limit/8", GUINT_TO_POINTER(8), test_limit);
    g_test_add_data_func("/kvm/limit/32", GUINT_TO_POINTER(32), test_limit);
    g_test_add_data_func("/kvm/limit/509", GUINT_TO_POINTER(509), test_limit);
    g_test_add_func("/kvm/limit/guest", test_guest_limit);
    g_test_add_func("/kvm/failures/each", test_failures);
    g_test_add_func("/kvm/failures/many", test_many_failures);
    g_test_add_func("/kvm/failures/start", test_start_failures);
    g_test_add_func("/kvm/failures/device", test_no_device);
    g_test_add_func("/kvm/failures/split", test_no_split);
    g_test_add_data_func("/kvm/dirty/manual", GUINT_TO_POINTER(0), test_dirty);
    g_test_add_data_func("/kvm/dirty/legacy", GUINT_TO_POINTER(1), test_dirty);
    g_test_add_func("/kvm/dirty/refused", test_log_refused);
    g_test_add_data_func("/kvm/dirty/unread/manual", GUINT_TO_POINTER(0),
                         test_log_unread);
    g_test_add_data_func("/kvm/dirty/unread/legacy", GUINT_TO_POINTER(1),
                         test_log_unread);
    g_test_add_func("/kvm/dirty/old", test_log_of_old);
    g_test_add_func("/kvm/dirty/blind", test_log_blind);
    g_test_add_func("/kvm/two-sides", test_two_sides);
    g_test_add_func("/kvm/routes", test_routes);
    return g_test_run();
}
