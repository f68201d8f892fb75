/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eventfds of regions, as listeners hear of them: by hand, and at random
 * against a model that lists all that should be there.
 */
#include "qemu/osdep.h"
#include "memory-scene.h"
#include "memory/transaction.h"
#include "qemu/event_notifier.h"

typedef struct Known {
    hwaddr addr;
    unsigned size;
    bool match_data;
    uint64_t data;
    EventNotifier *e;
} Known;

static GArray *known; /* what the listener knows, in no order */
static EventNotifier notifiers[4];

static Known make_known(MemoryRegionSection *s, bool match_data, uint64_t data,
                        EventNotifier *e)
{
    Known k = { 0 };

    k.addr = s->offset_within_address_space;
    k.size = int128_getlo(s->size);
    k.match_data = match_data;
    k.data = data;
    k.e = e;
    return k;
}

static bool known_equal(const Known *a, const Known *b)
{
    return a->addr == b->addr && a->size == b->size &&
           a->match_data == b->match_data && a->data == b->data && a->e == b->e;
}

static bool known_take(GArray *list, const Known *k)
{
    for (guint i = 0; i < list->len; i++) {
        if (known_equal(&g_array_index(list, Known, i), k)) {
            g_array_remove_index_fast(list, i);
            return true;
        }
    }
    return false;
}

static void print(char sign, const Known *k)
{
    g_string_append_printf(heard, "%c%" PRIx64 "+%u", sign, k->addr, k->size);
    if (k->match_data) {
        g_string_append_printf(heard, "=%" PRIx64, k->data);
    }
    g_string_append_printf(heard, " %d\n", (int)(k->e - notifiers));
}

static void on_add(MemoryListener *l, MemoryRegionSection *s, bool match_data,
                   uint64_t data, EventNotifier *e)
{
    Known k = make_known(s, match_data, data, e);

    g_assert_true(s->fv);
    g_array_append_val(known, k);
    print('+', &k);
}

static void on_del(MemoryListener *l, MemoryRegionSection *s, bool match_data,
                   uint64_t data, EventNotifier *e)
{
    Known k = make_known(s, match_data, data, e);

    if (!known_take(known, &k)) {
        print('?', &k);
        g_error("%s is not there", heard->str);
    }
    print('-', &k);
}

static void on_region_add(MemoryListener *l, MemoryRegionSection *s)
{
    g_string_append_printf(heard, "add %s\n", s->mr->name);
}

static MemoryListener listener = {
    .name = "eventfds",
    .eventfd_add = on_add,
    .eventfd_del = on_del,
};

static MemoryRegion *begin_fds(void)
{
    known = g_array_new(false, false, sizeof(Known));
    return begin_scene();
}

static void end_fds(void)
{
    end_scene();
    g_array_free(known, true);
}

static void add_fd(MemoryRegion *mr, hwaddr addr, unsigned size, int n)
{
    memory_region_add_eventfd(mr, addr, size, false, 0, &notifiers[n]);
}

static void del_fd(MemoryRegion *mr, hwaddr addr, unsigned size, int n)
{
    memory_region_del_eventfd(mr, addr, size, false, 0, &notifiers[n]);
}

static void test_one_by_one(void)
{
    MemoryRegion *root = begin_fds(), *dev = new_io("dev", 0x100);

    memory_listener_register(&listener, &space);
    add(root, 0x1000, dev, 0);
    add_fd(dev, 0x10, 4, 0);
    assert_heard("+1010+4 0\n");
    add_fd(dev, 0x20, 0, 1);
    assert_heard("+1020+0 1\n");
    memory_region_add_eventfd(dev, 0x10, 2, true, 0x1234, &notifiers[2]);
    assert_heard("+1010+2=1234 2\n");
    memory_region_set_enabled(dev, false);
    assert_heard("-1010+2=1234 2\n-1010+4 0\n-1020+0 1\n");
    del_fd(dev, 0x10, 4, 0);
    assert_heard("");
    memory_region_set_enabled(dev, true);
    assert_heard("+1010+2=1234 2\n+1020+0 1\n");
    memory_region_set_address(dev, 0x2000);
    assert_heard("-1010+2=1234 2\n-1020+0 1\n+2010+2=1234 2\n+2020+0 1\n");
    memory_listener_unregister(&listener);
    assert_heard("-2010+2=1234 2\n-2020+0 1\n");
    memory_listener_register(&listener, &space);
    assert_heard("+2010+2=1234 2\n+2020+0 1\n");
    memory_region_del_eventfd(dev, 0x10, 2, true, 0x1234, &notifiers[2]);
    del_fd(dev, 0x20, 0, 1);
    assert_heard("-2010+2=1234 2\n-2020+0 1\n");
    memory_listener_unregister(&listener);
    end_fds();
}

/* One view gets at a place what another loses there: each hears its own. */
static void move_between_views(bool back)
{
    MemoryRegion *root = begin_fds(), *other = new_container("other", 0x8000);
    MemoryRegion *dev = new_io("dev", 0x100);
    MemoryRegion *from = back ? other : root, *to = back ? root : other;
    MemoryListener theirs = listener;
    AddressSpace second;

    address_space_init(&second, other, "second");
    memory_listener_register(&listener, &space);
    memory_listener_register(&theirs, &second);
    /* Not at 0, or the view would be that of the child. */
    add(root, 0x2000, new_io("r", 0x100), 0);
    add(other, 0x2000, new_io("o", 0x100), 0);
    add(from, 0x1000, dev, 0);
    add_fd(dev, 0x10, 4, 0);
    assert_heard("+1010+4 0\n");

    /* What comes is listed before what goes: its view is marked first. */
    memory_region_transaction_begin();
    add(to, 0x4000, new_io("first", 0x100), 0);
    memory_region_del_subregion(from, dev);
    add(to, 0x1000, dev, 0);
    memory_region_transaction_commit();
    /* The older address space hears first. */
    assert_heard(back ? "+1010+4 0\n-1010+4 0\n" : "-1010+4 0\n+1010+4 0\n");

    memory_listener_unregister(&theirs);
    assert_heard(back ? "" : "-1010+4 0\n");
    memory_listener_unregister(&listener);
    assert_heard(back ? "-1010+4 0\n" : "");
    free_space(&second);
    end_fds();
}

static void test_two_views(void)
{
    move_between_views(false);
    move_between_views(true);
}

/* All changes of a transaction at once, in order of address. */
static void test_batch(void)
{
    MemoryRegion *root = begin_fds(), *dev = new_io("dev", 0x100);

    memory_listener_register(&listener, &space);
    add(root, 0x1000, dev, 0);
    memory_region_transaction_begin();
    add_fd(dev, 0x20, 4, 0);
    add_fd(dev, 0x10, 4, 0);
    add_fd(dev, 0x30, 4, 0);
    del_fd(dev, 0x30, 4, 0);
    memory_region_transaction_commit();
    assert_heard("+1010+4 0\n+1020+4 0\n");
    memory_region_transaction_begin();
    del_fd(dev, 0x20, 4, 0);
    add_fd(dev, 0x18, 4, 1);
    add_fd(dev, 0x20, 4, 0);
    memory_region_transaction_commit();
    assert_heard("+1018+4 1\n");
    /* It moves and changes at once; what is at the same place stays. */
    memory_region_transaction_begin();
    memory_region_set_address(dev, 0x1008);
    del_fd(dev, 0x20, 4, 0);
    add_fd(dev, 0x40, 4, 0);
    add_fd(dev, 0x8, 4, 0);
    memory_region_transaction_commit();
    assert_heard("-1018+4 1\n+1018+4 0\n-1020+4 0\n+1020+4 1\n"
                 "+1048+4 0\n");
    memory_listener_unregister(&listener);
    end_fds();
}

static void test_stays(void)
{
    MemoryRegion *root = begin_fds(), *dev = new_io("dev", 0x100);
    MemoryRegion *two = new_alias("two", dev, 0x10, 0x10);

    memory_listener_register(&listener, &space);
    add(root, 0x1000, dev, 0);
    add_fd(dev, 0x10, 4, 0);
    add_fd(dev, 0x80, 4, 1);
    assert_heard("+1010+4 0\n+1080+4 1\n");
    /* A second window. */
    add(root, 0x2000, two, 0);
    assert_heard("+2000+4 0\n");
    add_fd(dev, 0x14, 4, 2);
    assert_heard("+1014+4 2\n+2004+4 2\n");
    /* A part is covered: an eventfd that is still seen stays. */
    add(root, 0x1080, new_io("cover", 0x10), 1);
    assert_heard("-1080+4 1\n");
    /* Both were added twice: each counts. */
    add_fd(dev, 0x14, 4, 2);
    assert_heard("+1014+4 2\n+2004+4 2\n");
    del_fd(dev, 0x14, 4, 2);
    assert_heard("-1014+4 2\n-2004+4 2\n");
    /* One that crosses the edge of a window is seen in it. */
    add_fd(dev, 0x0e, 4, 3);
    assert_heard("+100e+4 3\n+1ffe+4 3\n");
    memory_listener_unregister(&listener);
    end_fds();
}

/*
 * What reaches into a window from before is seen in it, unless it would begin
 * before the first address; what reaches over the last address is seen.
 */
static void test_ends(void)
{
    MemoryRegion *root = begin_fds(), *dev = new_io("dev", 0x100);
    MemoryRegion *low = new_alias("low", dev, 2, 0x10);
    MemoryRegion *high = new_alias("high", dev, 0, 0x10);

    add_fd(dev, 0, 8, 0);
    add_fd(dev, 1, 1, 1); /* ends where the window begins */
    add_fd(dev, 2, 0, 2); /* a point */
    memory_listener_register(&listener, &space);
    add(root, 0, low, 0);
    assert_heard("+0+0 2\n");
    add_fd(dev, 1, 4, 3);
    assert_heard("");
    memory_region_set_address(low, 1);
    assert_heard("-0+0 2\n+0+4 3\n+1+0 2\n");
    memory_region_set_address(low, 2);
    assert_heard("-0+4 3\n+0+8 0\n-1+0 2\n+1+4 3\n+2+0 2\n");
    memory_region_set_address(low, 0);
    assert_heard("+0+0 2\n-0+8 0\n-1+4 3\n-2+0 2\n");
    memory_region_del_subregion(root, low);
    assert_heard("-0+0 2\n");

    add(root, UINT64_MAX - 1, high, 0);
    assert_heard("+fffffffffffffffe+8 0\n+ffffffffffffffff+1 1\n"
                 "+ffffffffffffffff+4 3\n");
    memory_region_set_address(high, UINT64_MAX);
    assert_heard("-fffffffffffffffe+8 0\n-ffffffffffffffff+1 1\n"
                 "-ffffffffffffffff+4 3\n+ffffffffffffffff+8 0\n");
    del_fd(dev, 1, 4, 3);
    assert_heard("");
    memory_listener_unregister(&listener);
    assert_heard("-ffffffffffffffff+8 0\n");
    end_fds();
}

static void test_endianness(void)
{
    static const MemoryRegionOps big = {
        .read = helper_read,
        .write = helper_write,
        .endianness = DEVICE_BIG_ENDIAN,
    };
    MemoryRegion *root = begin_fds(), *dev = new_region();

    memory_region_init_io(dev, NULL, &big, NULL, NULL, 0x100);
    memory_listener_register(&listener, &space);
    add(root, 0, dev, 0);
    memory_region_add_eventfd(dev, 0, 2, true, 0x1234, &notifiers[0]);
    memory_region_add_eventfd(dev, 4, 4, true, 0x12345678, &notifiers[0]);
    memory_region_add_eventfd(dev, 8, 1, true, 0x12, &notifiers[0]);
    memory_region_add_eventfd(dev, 12, 0, true, 0x12, &notifiers[0]);
    assert_heard("+0+2=3412 0\n+4+4=78563412 0\n+8+1=12 0\n+c+0=12 0\n");
    memory_region_del_eventfd(dev, 4, 4, true, 0x12345678, &notifiers[0]);
    assert_heard("-4+4=78563412 0\n");
    memory_listener_unregister(&listener);
    end_fds();
}

static bool refuse(MemoryListener *l, const MemoryRegionSection *add,
                   size_t nr_add, const MemoryRegionSection *del, size_t nr_del,
                   Error **errp)
{
    error_setg(errp, "no");
    return false;
}

static void test_undo(void)
{
    MemoryRegion *root = begin_fds(), *dev = new_io("dev", 0x100);
    Error *err = NULL;

    memory_listener_register(&listener, &space);
    add(root, 0x1000, dev, 0);
    add_fd(dev, 0x10, 4, 0);
    add_fd(dev, 0x20, 4, 0);
    g_string_set_size(heard, 0);
    listener.prepare = refuse;
    memory_region_transaction_begin_undoable();
    add_fd(dev, 0x30, 4, 0);
    del_fd(dev, 0x10, 4, 0);
    del_fd(dev, 0x20, 4, 0);
    add_fd(dev, 0x20, 4, 0);
    memory_region_set_address(dev, 0x2000);
    g_assert_false(memory_region_transaction_commit_undoable(&err));
    error_free(err);
    listener.prepare = NULL;
    assert_heard("");
    memory_region_set_address(dev, 0x3000);
    assert_heard("-1010+4 0\n-1020+4 0\n+3010+4 0\n+3020+4 0\n");
    memory_listener_unregister(&listener);
    end_fds();
}

/* Ranges first, then eventfds; and only eventfds: neither begin nor commit. */
static void test_with_ranges(void)
{
    MemoryRegion *root = begin_fds(), *dev = new_io("dev", 0x100);

    listener.region_add = on_region_add;
    memory_listener_register(&listener, &space);
    memory_region_transaction_begin();
    add_fd(dev, 0, 4, 0);
    add(root, 0, dev, 0);
    memory_region_transaction_commit();
    assert_heard("add dev\n+0+4 0\n");
    memory_listener_unregister(&listener);
    listener.region_add = NULL;
    end_fds();
}

/* ---- at random ----------------------------------------------------------- */

enum { DEVICES = 3, DEVICE_SIZE = 64, SPACE = 512 };

typedef struct Model {
    MemoryRegion *root, *dev[DEVICES], *win[DEVICES];
    GArray *fds[DEVICES]; /* of Known, relative to the device */
} Model;

static void append_expected(const Model *m, GArray *out)
{
    FlatView *fv = address_space_to_flatview(&space);
    const FlatRange *fr;
    FlatMapIter it;

    for (fr = flatmap_iter_from(&it, &fv->map, 0); fr;
         fr = flatmap_iter_next(&it)) {
        for (int d = 0; d < DEVICES; d++) {
            for (guint i = 0; fr->mr == m->dev[d] && i < m->fds[d]->len; i++) {
                Known k = g_array_index(m->fds[d], Known, i);
                hwaddr first = fr->offset_in_region;
                hwaddr last = first + (fr->last - fr->start);

                if (k.addr <= last &&
                    (k.addr >= first || (k.addr + k.size > first &&
                                         first - k.addr <= fr->start))) {
                    k.addr += fr->start - first;
                    g_array_append_val(out, k);
                }
            }
        }
    }
}

static void check(const Model *m)
{
    g_autoptr(GArray) expected = g_array_new(false, false, sizeof(Known));

    append_expected(m, expected);
    g_assert_cmpuint(expected->len, ==, known->len);
    for (guint i = 0; i < known->len; i++) {
        g_assert_true(known_take(expected, &g_array_index(known, Known, i)));
    }
}

static void random_fd(Model *m)
{
    int d = g_test_rand_int_range(0, DEVICES);
    guint n = m->fds[d]->len;

    if (n && g_test_rand_int_range(0, 100) < 45) {
        guint i = g_test_rand_int_range(0, n);
        Known k = g_array_index(m->fds[d], Known, i);

        memory_region_del_eventfd(m->dev[d], k.addr, k.size, k.match_data,
                                  k.data, k.e);
        g_array_remove_index_fast(m->fds[d], i);
    } else {
        Known k = { 0 };

        k.addr = g_test_rand_int_range(0, DEVICE_SIZE);
        k.size = "\0\1\2\4\10"[g_test_rand_int_range(0, 5)];
        k.match_data = g_test_rand_bit();
        k.data = k.match_data ? g_test_rand_int_range(0, 3) : 0;
        k.e = &notifiers[g_test_rand_int_range(0, ARRAY_SIZE(notifiers))];
        memory_region_add_eventfd(m->dev[d], k.addr, k.size, k.match_data,
                                  k.data, k.e);
        g_array_append_val(m->fds[d], k);
    }
}

static void random_change(Model *m)
{
    int d = g_test_rand_int_range(0, DEVICES);

    switch (g_test_rand_int_range(0, 12)) {
    case 0:
        memory_region_set_enabled(m->dev[d], g_test_rand_bit());
        break;
    case 1:
        memory_region_set_enabled(m->win[d], g_test_rand_bit());
        break;
    case 2:
        memory_region_set_address(m->dev[d], g_test_rand_int_range(0, SPACE));
        break;
    case 3:
        memory_region_set_address(m->win[d], g_test_rand_int_range(0, SPACE));
        break;
    case 4:
        memory_region_set_alias_offset(m->win[d],
                                       g_test_rand_int_range(0, DEVICE_SIZE));
        break;
    default:
        random_fd(m);
    }
}

static void test_random(void)
{
    Model m = { .root = begin_fds() };

    for (int d = 0; d < DEVICES; d++) {
        m.dev[d] = new_io("dev", DEVICE_SIZE);
        m.win[d] = new_alias("win", m.dev[d], d * 8, 24);
        m.fds[d] = g_array_new(false, false, sizeof(Known));
        add(m.root, d * 100, m.dev[d], d);
        add(m.root, d * 100 + 60, m.win[d], d);
    }
    memory_listener_register(&listener, &space);
    for (int round = 0; round < 6000; round++) {
        int n = g_test_rand_bit() ? 1 : g_test_rand_int_range(1, 30);

        memory_region_transaction_begin();
        while (n--) {
            random_change(&m);
        }
        if (g_test_rand_int_range(0, 20) == 0) {
            memory_listener_unregister(&listener);
            g_assert_cmpuint(known->len, ==, 0);
            memory_listener_register(&listener, &space);
        }
        memory_region_transaction_commit();
        check(&m);
        g_string_set_size(heard, 0);
    }
    memory_listener_unregister(&listener);
    g_assert_cmpuint(known->len, ==, 0);
    for (int d = 0; d < DEVICES; d++) {
        g_array_free(m.fds[d], true);
    }
    end_fds();
}

/* Many, in falling and rising order, so that chunks split and vanish. */
static void test_many(void)
{
    enum { N = 5000 };
    MemoryRegion *root = begin_fds(), *dev = new_io("dev", N * 4);

    add(root, 0, dev, 0);
    memory_listener_register(&listener, &space);
    for (int pass = 0; pass < 4; pass++) {
        memory_region_transaction_begin();
        for (int i = 0; i < N; i++) {
            add_fd(dev, (pass & 1 ? i : N - 1 - i) * 4, 4, 0);
        }
        memory_region_transaction_commit();
        g_assert_cmpuint(known->len, ==, N);
        g_array_set_size(known, 0); /* quadratic otherwise */
        listener.eventfd_del = NULL;
        memory_region_transaction_begin();
        for (int i = 0; i < N; i++) {
            del_fd(dev, (pass & 2 ? i : N - 1 - i) * 4, 4, 0);
        }
        memory_region_transaction_commit();
        listener.eventfd_del = on_del;
    }
    memory_listener_unregister(&listener);
    end_fds();
}

int main(int argc, char **argv)
{
    memory_test_init(&argc, &argv);
    g_test_add_func("/ioeventfd/one-by-one", test_one_by_one);
    g_test_add_func("/ioeventfd/two-views", test_two_views);
    g_test_add_func("/ioeventfd/batch", test_batch);
    g_test_add_func("/ioeventfd/stays", test_stays);
    g_test_add_func("/ioeventfd/ends", test_ends);
    g_test_add_func("/ioeventfd/endianness", test_endianness);
    g_test_add_func("/ioeventfd/undo", test_undo);
    g_test_add_func("/ioeventfd/with-ranges", test_with_ranges);
    g_test_add_func("/ioeventfd/random", test_random);
    g_test_add_func("/ioeventfd/many", test_many);
    return g_test_run();
}
