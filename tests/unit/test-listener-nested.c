/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Listeners: what they may do about what they hear, what readers see meanwhile,
 * and coalesced ranges.
 */
#include "qemu/osdep.h"
#include "listener-ear.h"
#include "memory/transaction.h"

/* ---- callbacks that do something ----------------------------------------- */

static MemoryRegion *toggled;
static Ear *newcomer;

static void enable_toggled(Ear *ear)
{
    memory_region_set_enabled(toggled, true);
}

/* A change by a callback follows in a round of its own. */
static void test_nested_change(void)
{
    MemoryRegion *root = begin_scene();
    MemoryRegion *a = new_io("a", 0x10);
    Ear x, y;

    toggled = new_io("t", 0x10);
    memory_region_set_enabled(toggled, false);
    add(root, 0x20, toggled, 0);
    ear_init(&x, 'x', 0);
    ear_init(&y, 'y', 0);
    memory_listener_register(&x.l, &space);
    memory_listener_register(&y.l, &space);
    x.on_add = enable_toggled;
    g_string_set_size(heard, 0);
    add(root, 0, a, 0);
    assert_heard("xbegin\nybegin\nxadd 0+10 a\nyadd 0+10 a\n"
                 "xcommit\nycommit\n"
                 "xbegin\nybegin\nxadd 20+10 t\nyadd 20+10 t\n"
                 "xcommit\nycommit\n");
    assert_view(&space, "0-f a\n20-2f t\n");
    x.on_add = NULL;
    memory_region_set_enabled(toggled, false);
    x.on_commit = enable_toggled;
    memory_region_set_enabled(a, false);
    x.on_commit = NULL;
    assert_view(&space, "20-2f t\n");
    ear_off(&x);
    ear_off(&y);
    end_scene();
}

static void register_newcomer(Ear *ear)
{
    if (!newcomer->l.address_space) {
        memory_listener_register(&newcomer->l, &space);
    }
}

static void unregister_newcomer(Ear *ear)
{
    memory_listener_unregister(&newcomer->l);
}

/* A listener that comes or goes at any moment knows the right view. */
static void test_nested_registration(void)
{
    MemoryRegion *root = begin_scene();
    MemoryRegion *a = new_io("a", 0x10), *b = new_io("b", 0x10);
    size_t hooks[] = { offsetof(Ear, on_begin), offsetof(Ear, on_del),
                       offsetof(Ear, on_add), offsetof(Ear, on_commit) };

    add(root, 0, a, 0);
    add(root, 0x40, new_io("c", 0x10), 0);
    for (int i = 0; i < ARRAY_SIZE(hooks) * 2; i++) {
        void (**hook)(Ear *);
        Ear x, y, n;

        ear_init(&x, 'x', 0);
        ear_init(&y, 'y', 2);
        ear_init(&n, 'n', 1);
        newcomer = &n;
        memory_listener_register(&x.l, &space);
        memory_listener_register(&y.l, &space);
        hook = (void *)&x + hooks[i / 2];
        memory_region_transaction_begin();
        memory_region_set_enabled(a, false);
        add(root, 0x20, b, 0);
        if (i % 2) {
            *hook = register_newcomer;
        } else {
            memory_listener_register(&n.l, &space);
            /* Some ranges it may hear of twice: of the change, and now. */
            n.l.region_del = NULL;
            *hook = unregister_newcomer;
        }
        memory_region_transaction_commit();
        *hook = NULL;
        if (i % 2) {
            g_assert_cmpuint(g_hash_table_size(n.view), ==, 2);
        }
        memory_region_transaction_begin();
        memory_region_del_subregion(root, b);
        memory_region_set_enabled(a, true);
        memory_region_transaction_commit();
        if (i % 2) {
            g_assert_cmpuint(g_hash_table_size(n.view), ==, 2);
            ear_off(&n);
        } else {
            g_assert_null(n.l.address_space);
            g_hash_table_unref(n.view);
        }
        ear_off(&x);
        ear_off(&y);
    }
    end_scene();
}

/* ---- what readers see meanwhile ------------------------------------------ */

static const char *seen_in_add;
static AddressSpace *doomed;
static unsigned times;

static void see_old(Ear *ear)
{
    assert_view(ear->l.address_space, seen_in_add);
    times++;
}

static void see_new(Ear *ear)
{
    assert_view(ear->l.address_space, "20-2f b\n");
    times++;
}

/* Until all that share the view have been told, it is the old one. */
static void test_published(void)
{
    MemoryRegion *root = begin_scene();
    MemoryRegion *a = new_io("a", 0x10), *b = new_io("b", 0x10);
    AddressSpace second;
    Ear x, y;

    ear_init(&x, 'x', 0);
    ear_init(&y, 'y', 0);
    add(root, 0, a, 0);
    add(root, 0x20, b, 0);
    address_space_init(&second, root, "second");
    memory_region_set_enabled(b, false);
    memory_listener_register(&x.l, &space);
    memory_listener_register(&y.l, &second);
    x.on_begin = y.on_begin = x.on_del = y.on_del = see_old;
    x.on_add = y.on_add = see_old;
    x.on_commit = y.on_commit = see_new;
    seen_in_add = "0-f a\n";
    memory_region_transaction_begin();
    memory_region_set_enabled(a, false);
    memory_region_set_enabled(b, true);
    memory_region_transaction_commit();
    g_assert_cmpuint(times, ==, 8);
    x.on_begin = y.on_begin = x.on_commit = y.on_commit = NULL;
    x.on_del = y.on_del = NULL;
    ear_off(&x);
    ear_off(&y);
    free_space(&second);
    end_scene();
}

static void destroy_doomed(Ear *ear)
{
    if (doomed) {
        address_space_remove_listeners(doomed);
        address_space_destroy(doomed);
        doomed = NULL;
    }
}

static void make_and_check(Ear *ear)
{
    AddressSpace *as = g_new(AddressSpace, 1);

    /* It shares the view, whose new version is there or is to come. */
    address_space_init(as, space.root, "nested");
    g_assert_true(as->view == space.view);
    address_space_destroy_free(as);
}

/* Address spaces that come and go in callbacks. */
static void test_nested_spaces(void)
{
    MemoryRegion *root = begin_scene();
    MemoryRegion *a = new_io("a", 0x10);
    size_t hooks[] = { offsetof(Ear, on_begin), offsetof(Ear, on_add),
                       offsetof(Ear, on_commit) };

    add(root, 0x100, new_io("c", 0x10), 0);
    memory_region_set_enabled(a, false);
    add(root, 0, a, 0);
    for (int i = 0; i < ARRAY_SIZE(hooks) * 2; i++) {
        void (**hook)(Ear *);
        AddressSpace other;
        Ear x, y;

        ear_init(&x, 'x', 0);
        ear_init(&y, 'y', 1);
        hook = (void *)&x + hooks[i / 2];
        address_space_init(&other, root, "other");
        memory_listener_register(&x.l, &space);
        memory_listener_register(&y.l, &other);
        y.l.region_del = NULL;
        doomed = &other;
        *hook = i % 2 ? destroy_doomed : make_and_check;
        memory_region_set_enabled(a, true);
        assert_view(&space, "0-f a\n100-10f c\n");
        *hook = NULL;
        if (doomed) {
            destroy_doomed(NULL);
        }
        g_hash_table_unref(y.view);
        memory_region_set_enabled(a, false);
        assert_view(&space, "100-10f c\n");
        ear_off(&x);
        drain_call_rcu();
    }
    end_scene();
}

/* ---- coalesced ranges ---------------------------------------------------- */

static void on_coal_add(MemoryListener *l, MemoryRegionSection *s, hwaddr addr,
                        hwaddr len)
{
    g_string_append_printf(heard, "%ccoal+ %" PRIx64 "+%" PRIx64 "\n",
                           ear_of(l)->tag, addr, len);
}

static void on_coal_del(MemoryListener *l, MemoryRegionSection *s, hwaddr addr,
                        hwaddr len)
{
    g_string_append_printf(heard, "%ccoal- %" PRIx64 "+%" PRIx64 "\n",
                           ear_of(l)->tag, addr, len);
}

static void test_coalesced(void)
{
    MemoryRegion *root = begin_scene();
    MemoryRegion *a = new_io("a", 0x100), *top = new_io("top", 0x10);
    Error *err = NULL;
    Ear x, y;

    ear_init(&x, 'x', 0);
    ear_init(&y, 'y', 1);
    x.l.coalesced_io_add = y.l.coalesced_io_add = on_coal_add;
    x.l.coalesced_io_del = y.l.coalesced_io_del = on_coal_del;
    x.l.prepare = on_prepare;
    add(root, 0x1000, a, 0);
    memory_listener_register(&x.l, &space);
    memory_listener_register(&y.l, &space);
    g_string_set_size(heard, 0);

    memory_region_add_coalescing(a, 0x10, 0x20);
    assert_heard("xcoal+ 1010+20\nycoal+ 1010+20\n");
    g_assert_true(a->flush_coalesced_mmio);
    memory_region_add_coalescing(a, 0xf0, 0x20);
    assert_heard("xcoal+ 10f0+10\nycoal+ 10f0+10\n");
    add(root, 0x1020, top, 1);
    assert_heard("xprepare +a +top +a -a\n"
                 "xbegin\nybegin\nycoal- 1010+20\nycoal- 10f0+10\n"
                 "xcoal- 1010+20\nxcoal- 10f0+10\n"
                 "ydel 1000+100 a\nxdel 1000+100 a\n"
                 "xadd 1000+20 a\nyadd 1000+20 a\n"
                 "xcoal+ 1010+10\nycoal+ 1010+10\n"
                 "xadd 1020+10 top\nyadd 1020+10 top\n"
                 "xadd 1030+d0 a\nyadd 1030+d0 a\n"
                 "xcoal+ 10f0+10\nycoal+ 10f0+10\nxcommit\nycommit\n");
    memory_listener_unregister(&y.l);
    assert_heard("ybegin\nycoal- 1010+10\nydel 1000+20 a\n"
                 "ydel 1020+10 top\n"
                 "ycoal- 10f0+10\nydel 1030+d0 a\nycommit\n");
    memory_listener_register(&y.l, &space);
    ear_off(&y);
    g_string_set_size(heard, 0);

    /* Moved and cleared at once: what was known goes, and nothing else. */
    memory_region_transaction_begin();
    memory_region_set_address(a, 0x2000);
    memory_region_clear_coalescing(a);
    memory_region_transaction_commit();
    assert_heard("xprepare +a -a -a\n"
                 "xbegin\nxcoal- 1010+10\nxdel 1000+20 a\n"
                 "xcoal- 10f0+10\nxdel 1030+d0 a\nxadd 2000+100 a\n"
                 "xcommit\n");
    g_assert_false(a->flush_coalesced_mmio);
    memory_region_set_coalescing(a);
    assert_heard("xcoal+ 2000+100\n");
    x.refuse = true;
    memory_region_transaction_begin_undoable();
    memory_region_clear_coalescing(a);
    memory_region_set_address(a, 0x3000);
    g_assert_false(memory_region_transaction_commit_undoable(&err));
    error_free(err);
    assert_heard("xprepare +a -a\n");
    g_assert_true(a->flush_coalesced_mmio);
    memory_region_clear_coalescing(a);
    assert_heard("xcoal- 2000+100\n");
    ear_off(&x);
    end_scene();
}

int main(int argc, char **argv)
{
    memory_test_init(&argc, &argv);
    g_test_add_func("/listener/nested-change", test_nested_change);
    g_test_add_func("/listener/nested-registration", test_nested_registration);
    g_test_add_func("/listener/published", test_published);
    g_test_add_func("/listener/nested-spaces", test_nested_spaces);
    g_test_add_func("/listener/coalesced", test_coalesced);
    return g_test_run();
}
