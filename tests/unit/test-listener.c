/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listeners: what they hear, and in which order. */
#include "qemu/osdep.h"
#include "listener-ear.h"
#include "memory/transaction.h"

static void on_nop(MemoryListener *l, MemoryRegionSection *s)
{
    log_section(l, "nop", s);
    g_assert_true(g_hash_table_contains(
        ear_of(l)->view, (gpointer)s->offset_within_address_space));
}

static void on_log_start(MemoryListener *l, MemoryRegionSection *s, int before,
                         int after)
{
    log_section(l, "start", s);
    g_string_append_printf(heard, " %d>%d\n", before, after);
}

static void on_log_stop(MemoryListener *l, MemoryRegionSection *s, int before,
                        int after)
{
    log_section(l, "stop", s);
    g_string_append_printf(heard, " %d>%d\n", before, after);
}

static void on_log_sync(MemoryListener *l, MemoryRegionSection *s)
{
    log_section(l, "sync", s);
}

static void on_log_clear(MemoryListener *l, MemoryRegionSection *s)
{
    log_section(l, "clear", s);
}

static bool on_global_start(MemoryListener *l, Error **errp)
{
    g_string_append_printf(heard, "%cglobal-start\n", ear_of(l)->tag);
    if (ear_of(l)->fail_global) {
        error_setg(errp, "%c cannot track", ear_of(l)->tag);
        return false;
    }
    return true;
}

static void on_global_stop(MemoryListener *l)
{
    g_string_append_printf(heard, "%cglobal-stop\n", ear_of(l)->tag);
}

static void on_cancel(MemoryListener *l)
{
    g_string_append_printf(heard, "%ccancel\n", ear_of(l)->tag);
}

static void test_order(void)
{
    MemoryRegion *root = begin_scene();
    MemoryRegion *a = new_io("a", 0x10), *b = new_io("b", 0x10);
    Ear x, y, z;

    ear_init(&x, 'x', 10);
    ear_init(&y, 'y', 0);
    ear_init(&z, 'z', 10);
    memory_listener_register(&x.l, &space);
    memory_listener_register(&y.l, &space);
    memory_listener_register(&z.l, &space);
    assert_heard("xbegin\nxcommit\nybegin\nycommit\nzbegin\nzcommit\n");

    memory_region_transaction_begin();
    add(root, 0, a, 0);
    add(root, 0x20, b, 0);
    assert_heard("");
    memory_region_transaction_commit();
    assert_heard("ybegin\nxbegin\nzbegin\n"
                 "yadd 0+10 a\nxadd 0+10 a\nzadd 0+10 a\n"
                 "yadd 20+10 b\nxadd 20+10 b\nzadd 20+10 b\n"
                 "ycommit\nxcommit\nzcommit\n");

    /* Dels of all before adds of all; dels in reverse. */
    memory_region_transaction_begin();
    memory_region_set_address(a, 0x40);
    memory_region_set_enabled(b, false);
    memory_region_transaction_commit();
    assert_heard("ybegin\nxbegin\nzbegin\n"
                 "zdel 0+10 a\nxdel 0+10 a\nydel 0+10 a\n"
                 "zdel 20+10 b\nxdel 20+10 b\nydel 20+10 b\n"
                 "yadd 40+10 a\nxadd 40+10 a\nzadd 40+10 a\n"
                 "ycommit\nxcommit\nzcommit\n");

    /* What comes to nothing is not heard. */
    memory_region_transaction_begin();
    memory_region_set_enabled(a, false);
    memory_region_set_enabled(a, true);
    memory_region_transaction_commit();
    assert_heard("");

    memory_listener_unregister(&x.l);
    assert_heard("xbegin\nxdel 40+10 a\nxcommit\n");
    memory_listener_unregister(&x.l);
    assert_heard("");
    memory_listener_register(&x.l, &space);
    assert_heard("xbegin\nxadd 40+10 a\nxcommit\n");
    /* Now it is the youngest of its priority. */
    memory_region_set_size(a, 0x8);
    assert_heard("ybegin\nzbegin\nxbegin\n"
                 "xdel 40+10 a\nzdel 40+10 a\nydel 40+10 a\n"
                 "yadd 40+8 a\nzadd 40+8 a\nxadd 40+8 a\n"
                 "ycommit\nzcommit\nxcommit\n");
    ear_off(&x);
    ear_off(&y);
    ear_off(&z);
    end_scene();
}

/* Only those whose view changes hear anything. */
static void test_two_spaces(void)
{
    MemoryRegion *root = begin_scene(), *other = new_container("other", 0x1000);
    MemoryRegion *a = new_io("a", 0x10), *b = new_io("b", 0x10);
    AddressSpace second;
    Ear x, y;

    address_space_init(&second, other, "second");
    ear_init(&x, 'x', 10);
    ear_init(&y, 'y', 0);
    add(root, 0x10, a, 0);
    add(other, 0x10, b, 0);
    memory_listener_register(&x.l, &space);
    memory_listener_register(&y.l, &second);
    g_string_set_size(heard, 0);
    memory_region_set_enabled(a, false);
    assert_heard("xbegin\nxdel 10+10 a\nxcommit\n");
    memory_region_transaction_begin();
    memory_region_set_enabled(a, true);
    memory_region_set_enabled(b, false);
    memory_region_transaction_commit();
    assert_heard("ybegin\nxbegin\nxadd 10+10 a\nydel 10+10 b\n"
                 "ycommit\nxcommit\n");
    ear_off(&y);
    ear_off(&x);
    free_space(&second);
    end_scene();
}

static void test_nop(void)
{
    MemoryRegion *root = begin_scene();
    MemoryRegion *b = new_io("b", 0x10);
    Ear x, y;

    ear_init(&x, 'x', 0);
    ear_init(&y, 'y', 1);
    x.l.region_nop = on_nop;
    add(root, 0, new_io("a", 0x10), 0);
    add(root, 0x20, b, 0);
    add(root, 0x40, new_io("c", 0x10), 0);
    memory_listener_register(&x.l, &space);
    memory_listener_register(&y.l, &space);
    g_string_set_size(heard, 0);
    memory_region_set_enabled(b, false);
    assert_heard("xbegin\nybegin\nydel 20+10 b\nxdel 20+10 b\n"
                 "xnop 0+10 a\nxnop 40+10 c\nxcommit\nycommit\n");
    memory_region_set_enabled(b, true);
    assert_heard("xbegin\nybegin\nxnop 0+10 a\n"
                 "xadd 20+10 b\nyadd 20+10 b\nxnop 40+10 c\n"
                 "xcommit\nycommit\n");
    ear_off(&x);
    ear_off(&y);
    end_scene();
}

static void test_switch(void)
{
    MemoryRegion *root = begin_scene();
    MemoryRegion *system = new_container("system", UINT64_MAX);
    MemoryRegion *master = new_alias("master", system, 0, UINT64_MAX);
    MemoryRegion *more = new_io("more", 0x10), *last = new_io("last", 0x10);
    AddressSpace main_space;
    Ear x;

    add(system, 0x10, new_io("a", 0x10), 0);
    add(system, 0x30, last, 0);
    address_space_init(&main_space, system, "main");
    ear_init(&x, 'x', 0);
    memory_listener_register(&x.l, &space);
    memory_region_set_enabled(master, false);
    add(root, 0, master, 0);
    assert_heard("xbegin\nxcommit\n");
    g_assert_true(space.view != main_space.view);
    memory_region_set_enabled(master, true);
    assert_heard("xbegin\nxadd 10+10 a\nxadd 30+10 last\nxcommit\n");
    g_assert_true(space.view == main_space.view);
    /* What both show has stayed. */
    memory_region_transaction_begin();
    add(root, 0x50, more, 1);
    memory_region_set_enabled(last, false);
    memory_region_transaction_commit();
    assert_heard("xbegin\nxdel 30+10 last\nxadd 50+10 more\nxcommit\n");
    g_assert_true(space.view != main_space.view);
    memory_region_transaction_begin();
    memory_region_set_enabled(more, false);
    memory_region_set_enabled(last, true);
    memory_region_transaction_commit();
    assert_heard("xbegin\nxdel 50+10 more\nxadd 30+10 last\nxcommit\n");
    g_assert_true(space.view == main_space.view);
    memory_region_set_enabled(master, false);
    assert_heard("xbegin\nxdel 10+10 a\nxdel 30+10 last\nxcommit\n");
    ear_off(&x);
    free_space(&main_space);
    end_scene();
}

static void test_destroy(void)
{
    MemoryRegion *root = begin_scene();
    Ear x;

    ear_init(&x, 'x', 0);
    add(root, 0, new_io("a", 0x10), 0);
    memory_listener_register(&x.l, &space);
    g_string_set_size(heard, 0);
    address_space_destroy(&space);
    assert_heard("xbegin\nxdel 0+10 a\nxcommit\n");
    ear_off(&x);
    assert_heard("xbegin\nxcommit\n");
    drain_call_rcu();
    free_regions();
    g_string_free(heard, true);
}

/* ---- prepare ------------------------------------------------------------- */

static void add_five(Ear *ears)
{
    for (int i = 0; i < 5; i++) {
        ear_init(&ears[i], 'p' + i, i);
        ears[i].l.prepare = on_prepare;
        ears[i].l.cancel = on_cancel;
        memory_listener_register(&ears[i].l, &space);
    }
    g_string_set_size(heard, 0);
}

static void test_prepare(void)
{
    MemoryRegion *root = begin_scene();
    MemoryRegion *a = new_io("a", 0x10), *b = new_io("b", 0x10);
    MemoryRegion *c = new_io("c", 0x10);
    Error *err = NULL;
    Ear ears[5];

    add(root, 0, a, 0);
    add(root, 0x10, b, 0);
    add_five(ears);
    ears[2].refuse = true;
    memory_region_transaction_begin_undoable();
    add(root, 8, c, 1);
    memory_region_set_enabled(b, false);
    g_assert_false(memory_region_transaction_commit_undoable(&err));
    g_assert_cmpstr(error_get_pretty(err), ==, "r has no room");
    error_free(err);
    err = NULL;
    assert_heard("pprepare +a +c -a -b\nqprepare +a +c -a -b\n"
                 "rprepare +a +c -a -b\nqcancel\npcancel\n");
    assert_view(&space, "0-f a\n10-1f b\n");
    assert_render(root, "0-f a\n10-1f b\n");
    g_assert_null(c->container);
    g_assert_true(b->enabled);

    /* Nothing of it is left: the next change brings only itself. */
    ears[2].refuse = false;
    memory_region_transaction_begin_undoable();
    add(root, 0x40, c, 0);
    g_assert_true(memory_region_transaction_commit_undoable(&err));
    assert_heard("pprepare +c\nqprepare +c\nrprepare +c\nsprepare +c\n"
                 "tprepare +c\npbegin\nqbegin\nrbegin\nsbegin\ntbegin\n"
                 "padd 40+10 c\nqadd 40+10 c\nradd 40+10 c\nsadd 40+10 c\n"
                 "tadd 40+10 c\npcommit\nqcommit\nrcommit\nscommit\n"
                 "tcommit\n");
    /* What only goes is not to be prepared. */
    for (int i = 1; i < 5; i++) {
        ear_off(&ears[i]);
    }
    g_string_set_size(heard, 0);
    memory_region_set_enabled(c, false);
    assert_heard("pbegin\npdel 40+10 c\npcommit\n");
    ear_off(&ears[0]);
    end_scene();
}

/* When the guest did it, it is done. */
static void test_prepare_guest(void)
{
    MemoryRegion *root = begin_scene();
    Ear ears[5];

    add_five(ears);
    for (int i = 2; i < 5; i++) {
        ear_off(&ears[i]);
    }
    g_string_set_size(heard, 0);
    ears[0].refuse = true;
    add(root, 0, new_io("a", 0x10), 0);
    assert_heard("pprepare +a\nqprepare +a\npbegin\nqbegin\n"
                 "padd 0+10 a\nqadd 0+10 a\npcommit\nqcommit\n");
    assert_view(&space, "0-f a\n");
    ear_off(&ears[0]);
    ear_off(&ears[1]);
    end_scene();
}

/* Refused while an address space changes its view. */
static void test_prepare_switch(void)
{
    MemoryRegion *root = begin_scene();
    MemoryRegion *a = new_io("a", 0x10), *b = new_io("b", 0x10);
    Error *err = NULL;
    MemoryView *view;
    Ear ears[5];

    add(root, 0, a, 0);
    add_five(ears);
    view = space.view;
    ears[4].refuse = true;
    memory_region_transaction_begin_undoable();
    add(root, 0x20, b, 0);
    g_assert_false(memory_region_transaction_commit_undoable(&err));
    error_free(err);
    g_assert_true(space.view == view);
    assert_view(&space, "0-f a\n");
    g_string_set_size(heard, 0);
    ears[4].refuse = false;
    add(root, 0x20, b, 0);
    assert_view(&space, "0-f a\n20-2f b\n");
    for (int i = 0; i < 5; i++) {
        ear_off(&ears[i]);
    }
    end_scene();
}

/* ---- dirty logs ---------------------------------------------------------- */

static void test_log(void)
{
    MemoryRegion *root = begin_scene();
    MemoryRegion *a = new_io("a", 0x100), *top = new_io("top", 0x10);
    Ear x, y;

    ear_init(&x, 'x', 0);
    ear_init(&y, 'y', 1);
    x.l.log_start = y.l.log_start = on_log_start;
    x.l.log_stop = y.l.log_stop = on_log_stop;
    x.l.log_sync = on_log_sync;
    x.l.log_clear = on_log_clear;
    add(root, 0x1000, a, 0);
    add(root, 0x1010, top, 1);
    memory_listener_register(&x.l, &space);
    memory_listener_register(&y.l, &space);
    g_string_set_size(heard, 0);

    memory_region_set_log(a, true, DIRTY_MEMORY_VGA);
    assert_heard("xbegin\nybegin\nxstart 1000+10 a\n 0>1\nystart 1000+10 a\n"
                 " 0>1\nxstart 1020+e0 a\n 0>1\nystart 1020+e0 a\n 0>1\n"
                 "xcommit\nycommit\n");
    g_assert_true(memory_region_is_logging(a, DIRTY_MEMORY_VGA));
    memory_region_set_log(a, true, DIRTY_MEMORY_VGA);
    assert_heard("");
    memory_region_sync_dirty_bitmap(a, false);
    assert_heard("xsync 1000+10 a\nxsync 1020+e0 a\n");
    memory_global_dirty_log_sync(true);
    assert_heard("xsync 1000+10 a\nxsync 1020+e0 a\n");
    memory_region_clear_dirty_bitmap(a, 0x08, 0x20);
    assert_heard("xclear 1008+8 a\nxclear 1020+8 a\n");
    memory_region_clear_dirty_bitmap(a, 0x10, 0x10);
    assert_heard("");
    memory_region_clear_dirty_bitmap(top, 0, 0x10);
    assert_heard("");

    memory_listener_unregister(&y.l);
    assert_heard("ybegin\nystop 1000+10 a\n 1>0\nydel 1000+10 a\n"
                 "ydel 1010+10 top\n"
                 "ystop 1020+e0 a\n 1>0\nydel 1020+e0 a\nycommit\n");
    memory_listener_register(&y.l, &space);
    assert_heard("ybegin\nyadd 1000+10 a\nystart 1000+10 a\n 0>1\n"
                 "yadd 1010+10 top\nyadd 1020+e0 a\nystart 1020+e0 a\n 0>1\n"
                 "ycommit\n");
    memory_region_set_log(a, false, DIRTY_MEMORY_VGA);
    assert_heard("");
    memory_region_set_log(a, false, DIRTY_MEMORY_VGA);
    assert_heard("xbegin\nybegin\nystop 1000+10 a\n 1>0\nxstop 1000+10 a\n"
                 " 1>0\nystop 1020+e0 a\n 1>0\nxstop 1020+e0 a\n 1>0\n"
                 "xcommit\nycommit\n");
    ear_off(&x);
    ear_off(&y);
    end_scene();
}

static bool is_running;

static bool running(void)
{
    return is_running;
}

static void test_global_log(void)
{
    MemoryRegion *root = begin_scene();
    MemoryRegion *ram = new_region();
    Error *err = NULL;
    Ear ears[3];

    memory_region_init_ram(ram, NULL, "global-log", 0x10000, &error_abort);
    add(root, 0, ram, 0);
    add(root, 0x100000, new_io("io", 0x10), 0);
    for (int i = 0; i < 3; i++) {
        ear_init(&ears[i], 'p' + i, i);
        ears[i].l.log_global_start = on_global_start;
        ears[i].l.log_global_stop = on_global_stop;
        memory_listener_register(&ears[i].l, &space);
    }
    ears[0].l.log_start = on_log_start;
    ears[0].l.log_stop = on_log_stop;
    g_string_set_size(heard, 0);

    ears[2].fail_global = true;
    g_assert_false(memory_global_dirty_log_start(GLOBAL_DIRTY_MIGRATION, &err));
    g_assert_cmpstr(error_get_pretty(err), ==, "r cannot track");
    error_free(err);
    g_assert_cmpuint(global_dirty_tracking, ==, 0);
    assert_heard("pglobal-start\nqglobal-start\nrglobal-start\n"
                 "qglobal-stop\npglobal-stop\n");

    ears[2].fail_global = false;
    g_assert_true(
        memory_global_dirty_log_start(GLOBAL_DIRTY_MIGRATION, &error_abort));
    assert_heard("pglobal-start\nqglobal-start\nrglobal-start\n"
                 "pbegin\nqbegin\nrbegin\n"
                 "pstart 0+10000 global-log\n 0>4\n"
                 "pcommit\nqcommit\nrcommit\n");
    g_assert_true(
        memory_global_dirty_log_start(GLOBAL_DIRTY_LIMIT, &error_abort));
    assert_heard("");
    g_assert_cmpuint(global_dirty_tracking, ==,
                     GLOBAL_DIRTY_MIGRATION | GLOBAL_DIRTY_LIMIT);

    /* Who comes later is told. */
    ear_off(&ears[2]);
    ear_init(&ears[2], 'r', 2);
    ears[2].l.log_global_start = on_global_start;
    g_string_set_size(heard, 0);
    memory_listener_register(&ears[2].l, &space);
    assert_heard("rbegin\nrglobal-start\nradd 0+10000 global-log\n"
                 "radd 100000+10 io\nrcommit\n");

    /* Stopping waits until the machine runs. */
    memory_set_vm_running_hook(running);
    memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);
    memory_global_dirty_log_stop(GLOBAL_DIRTY_LIMIT);
    assert_heard("");
    is_running = true;
    memory_vm_running();
    assert_heard("pbegin\nqbegin\nrbegin\npstop 0+10000 global-log\n 4>0\n"
                 "pcommit\nqcommit\nrcommit\nqglobal-stop\npglobal-stop\n");
    g_assert_cmpuint(global_dirty_tracking, ==, 0);
    memory_vm_running();
    memory_set_vm_running_hook(NULL);
    assert_heard("");
    for (int i = 0; i < 3; i++) {
        ear_off(&ears[i]);
    }
    end_scene();
}

int main(int argc, char **argv)
{
    memory_test_init(&argc, &argv);
    g_test_add_func("/listener/order", test_order);
    g_test_add_func("/listener/two-spaces", test_two_spaces);
    g_test_add_func("/listener/nop", test_nop);
    g_test_add_func("/listener/switch", test_switch);
    g_test_add_func("/listener/destroy", test_destroy);
    g_test_add_func("/listener/prepare", test_prepare);
    g_test_add_func("/listener/prepare-guest", test_prepare_guest);
    g_test_add_func("/listener/prepare-switch", test_prepare_switch);
    g_test_add_func("/listener/log", test_log);
    g_test_add_func("/listener/global-log", test_global_log);
    return g_test_run();
}
