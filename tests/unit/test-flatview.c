/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Versions of flat views: references, the order in which versions go, the
 * references to regions that go with them, and that it is flatview_reap() that
 * lets go, under the big lock.
 */
#include "qemu/osdep.h"
#include "memory/flatnode.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "qom/object.h"

#define PAGES 40

/* An owner tells where it ends. */
#define TYPE_OWNER "test-flatview-owner"
static unsigned finalized;
static QemuThread *finalizer_thread;

static void owner_finalize(Object *obj)
{
    g_assert_true(bql_locked());
    g_assert_true(!finalizer_thread || qemu_thread_is_self(finalizer_thread));
    finalized++;
}

static const TypeInfo owner_info = {
    .name = TYPE_OWNER,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(Object),
    .instance_finalize = owner_finalize,
};

static MemoryRegion *region_new(void)
{
    MemoryRegion *mr = g_new0(MemoryRegion, 1);

    mr->owner = object_new(TYPE_OWNER);
    return mr;
}

/* The owner's own reference; maps may have others. */
static void region_drop(MemoryRegion *mr)
{
    object_unref(mr->owner);
}

/* One page's range, or none, as an edit of @from. */
static FlatMap with_page(const FlatMap *from, unsigned page, MemoryRegion *mr,
                         FlatGarbage **garbage)
{
    FlatRange r = { .start = page * 0x1000ull,
                    .last = page * 0x1000ull + 0xfff,
                    .mr = mr };
    FlatMapEdit e;

    flatmap_edit_begin(&e, from);
    flatmap_edit_splice(&e, r.start, r.last, &r, mr ? 1 : 0);
    return flatmap_edit_end(&e, garbage);
}

static FlatView *first_view(void)
{
    return flatview_new(NULL, (FlatMap){});
}

/* The version after @fv, which is retired; one reference. */
static FlatView *next_view(FlatView *fv, unsigned page, MemoryRegion *mr)
{
    FlatGarbage *garbage;
    FlatMap map = with_page(&fv->map, page, mr, &garbage);
    FlatView *next = flatview_new(NULL, map);

    flatview_retire(fv, next, garbage);
    return next;
}

static size_t nodes_used(void)
{
    size_t held, used;

    flatnode_usage(&held, &used);
    return used;
}

/* ---- tests --------------------------------------------------------------- */

static void test_retire(void)
{
    MemoryRegion *mr = region_new();
    FlatView *a = first_view(), *b, *c;

    finalized = 0;
    b = next_view(a, 1, mr);
    g_assert_cmpuint(mr->owner->ref, ==, 2);
    region_drop(mr);
    c = next_view(b, 1, NULL);
    g_assert_cmpuint(finalized, ==, 0);
    flatview_retire_flush();
    drain_call_rcu();
    g_assert_cmpuint(finalized, ==, 1);

    flatview_retire_last(c);
    flatview_retire_flush();
    drain_call_rcu();
    g_assert_cmpuint(nodes_used(), ==, 0);
    g_free(mr);
}

/* Whoever holds an old version holds what newer ones have dropped, too. */
static void test_hold(void)
{
    MemoryRegion *mr[2] = { region_new(), region_new() };
    FlatView *a, *b, *c;

    finalized = 0;
    a = first_view();
    g_assert_true(flatview_ref(a));
    b = next_view(a, 1, mr[0]);
    g_assert_true(flatview_ref(b));
    b = next_view(b, 2, mr[1]);
    c = next_view(b, 2, NULL);
    c = next_view(c, 1, NULL);
    region_drop(mr[0]);
    region_drop(mr[1]);
    flatview_retire_flush();
    drain_call_rcu();
    g_assert_cmpuint(finalized, ==, 0);
    g_assert_null(flatmap_find(&a->map, 0x1000));

    /* b is referred to by a only, now; with a both go. */
    flatview_unref(a->next);
    drain_call_rcu();
    g_assert_cmpuint(finalized, ==, 0);
    flatview_unref(a);
    g_assert_cmpuint(finalized, ==, 0);
    flatview_reap();
    g_assert_cmpuint(finalized, ==, 2);
    flatview_retire_last(c);
    drain_call_rcu();
    flatview_reap();
    drain_call_rcu();
    g_assert_cmpuint(nodes_used(), ==, 0);
    g_free(mr[0]);
    g_free(mr[1]);
}

/* A version of which the count is zero cannot be had again. */
static void test_ref_fails(void)
{
    FlatView *a = first_view();

    g_assert_true(flatview_ref(a));
    g_assert_cmpuint(a->ref, ==, 2);
    flatview_unref(a);
    flatview_retire_last(a);
    flatview_retire_flush();
    a = first_view();
    /* It is on the list of those to be reaped now, and still there. */
    flatview_unref(a);
    g_assert_cmpuint(a->ref, ==, 0);
    g_assert_false(flatview_ref(a));
    g_assert_cmpuint(a->ref, ==, 0);
    flatview_reap();
    drain_call_rcu();
}

static void test_root(void)
{
    MemoryRegion *mr = region_new();
    FlatView *a = flatview_new(mr, (FlatMap){});

    finalized = 0;
    region_drop(mr);
    g_assert_cmpuint(finalized, ==, 0);
    flatview_retire_last(a);
    flatview_retire_flush();
    drain_call_rcu();
    g_assert_cmpuint(finalized, ==, 1);
    g_free(mr);
}

/* Many versions; some are held and let go in any order. */
static void test_random(void)
{
    MemoryRegion *mr[PAGES];
    FlatView *held[16] = {};
    FlatView *fv = first_view();
    uint64_t sum[16] = {};

    for (unsigned i = 0; i < PAGES; i++) {
        mr[i] = region_new();
    }
    for (unsigned i = 0; i < 5000; i++) {
        unsigned h = g_test_rand_int_range(0, ARRAY_SIZE(held));
        unsigned page = g_test_rand_int_range(0, PAGES);
        bool add = g_test_rand_bit();

        fv = next_view(fv, page, add ? mr[page] : NULL);
        flatview_retire_flush();
        if (held[h]) {
            uint64_t pages = 0;

            for (unsigned p = 0; p < PAGES; p++) {
                const FlatRange *r = flatmap_find(&held[h]->map, p * 0x1000ull);

                g_assert(!r || r->mr == mr[p]);
                pages |= (uint64_t) !!r << p;
            }
            g_assert_cmphex(pages, ==, sum[h]);
            flatview_unref(held[h]);
            held[h] = NULL;
        } else {
            held[h] = fv;
            g_assert_true(flatview_ref(fv));
            sum[h] = 0;
            for (unsigned p = 0; p < PAGES; p++) {
                sum[h] |= (uint64_t) !!flatmap_find(&fv->map, p * 0x1000ull)
                          << p;
            }
        }
        if (i % 100 == 0) {
            drain_call_rcu();
        }
    }
    for (unsigned h = 0; h < ARRAY_SIZE(held); h++) {
        if (held[h]) {
            flatview_unref(held[h]);
        }
    }
    flatview_retire_last(fv);
    flatview_retire_flush();
    drain_call_rcu();
    g_assert_cmpuint(nodes_used(), ==, 0);
    finalized = 0;
    for (unsigned i = 0; i < PAGES; i++) {
        g_assert_cmpuint(mr[i]->owner->ref, ==, 1);
        region_drop(mr[i]);
        g_free(mr[i]);
    }
    g_assert_cmpuint(finalized, ==, PAGES);
}

/* Without a commit or a drain it is the main loop that reaps. */
static void test_bottom_half(void)
{
    MemoryRegion *mr = region_new();
    FlatView *a = first_view();
    int64_t end = g_get_monotonic_time() + 10 * G_TIME_SPAN_SECOND;

    finalized = 0;
    a = next_view(a, 1, mr);
    region_drop(mr);
    a = next_view(a, 1, NULL);
    flatview_retire_last(a);
    flatview_retire_flush();
    while (!finalized && g_get_monotonic_time() < end) {
        main_loop_wait(false);
    }
    g_assert_cmpuint(finalized, ==, 1);
    while (nodes_used() && g_get_monotonic_time() < end) {
        main_loop_wait(false);
    }
    g_assert_cmpuint(nodes_used(), ==, 0);
    g_free(mr);
}

/* The thread's cache never answers for another version. */
static void test_lookup(void)
{
    MemoryRegion *mr[2] = { region_new(), region_new() };
    FlatView *fv = first_view();

    for (unsigned i = 0; i < 20000; i++) {
        unsigned page = g_test_rand_int_range(0, PAGES);

        for (unsigned j = 0; j < 20; j++) {
            hwaddr addr = g_test_rand_int_range(0, PAGES * 0x1000);

            rcu_read_lock();
            g_assert(flatview_lookup(fv, addr) == flatmap_find(&fv->map, addr));
            rcu_read_unlock();
        }
        fv = next_view(fv, page, g_test_rand_bit() ? mr[i & 1] : NULL);
        flatview_retire_flush();
        if (i % 50 == 0) {
            drain_call_rcu();
        }
    }
    flatview_retire_last(fv);
    flatview_retire_flush();
    drain_call_rcu();
    for (unsigned i = 0; i < 2; i++) {
        region_drop(mr[i]);
        g_free(mr[i]);
    }
}

int main(int argc, char **argv)
{
    static QemuThread self;

    module_call_init(MODULE_INIT_QOM);
    type_register_static(&owner_info);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    qemu_thread_get_self(&self);
    finalizer_thread = &self;
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/flatview/retire", test_retire);
    g_test_add_func("/flatview/hold", test_hold);
    g_test_add_func("/flatview/ref-fails", test_ref_fails);
    g_test_add_func("/flatview/root", test_root);
    g_test_add_func("/flatview/random", test_random);
    g_test_add_func("/flatview/bottom-half", test_bottom_half);
    g_test_add_func("/flatview/lookup", test_lookup);
    return g_test_run();
}
