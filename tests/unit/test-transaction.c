/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transactions with real views and listeners: changes show up at the outermost
 * commit; when a listener refuses an undoable one, everything is as before.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "memory/flatmap.h"
#include "memory/transaction.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"

#define NR_LISTENERS 5
#define NR_PAGES     8
#define PAGE         0x1000

typedef struct TestListener {
    MemoryListener l;
    bool refuse;
    unsigned prepared, cancelled, begun, committed;
    GString *map; /* what it has heard, page by page */
} TestListener;

typedef struct Scene {
    MemoryRegion root, box, alias, page[NR_PAGES];
    AddressSpace as;
    TestListener listener[NR_LISTENERS];
} Scene;

static const MemoryRegionOps page_ops;

/* ---- listeners ---- */

static TestListener *of(MemoryListener *l)
{
    return container_of(l, TestListener, l);
}

static bool on_prepare(MemoryListener *l, const MemoryRegionSection *add,
                       size_t nr_add, const MemoryRegionSection *del,
                       size_t nr_del, Error **errp)
{
    g_assert_cmpuint(nr_add, >, 0);
    of(l)->prepared++;
    if (of(l)->refuse) {
        error_setg(errp, "listener %u has no room", l->priority);
        return false;
    }
    return true;
}

static void on_cancel(MemoryListener *l)
{
    of(l)->cancelled++;
}

static void on_begin(MemoryListener *l)
{
    of(l)->begun++;
}

static void on_commit(MemoryListener *l)
{
    of(l)->committed++;
}

/* One character for each page of the address space: who is there. */
static void draw(TestListener *t, MemoryRegionSection *section, char c)
{
    hwaddr first = section->offset_within_address_space / PAGE;
    hwaddr n = int128_get64(section->size) / PAGE;

    for (hwaddr i = first; i < first + n; i++) {
        g_assert_true((c == '.') != (t->map->str[i] == '.'));
        t->map->str[i] = c;
    }
}

static void on_add(MemoryListener *l, MemoryRegionSection *section)
{
    draw(of(l), section, 'a' + (int)(uintptr_t)section->mr->opaque);
}

static void on_del(MemoryListener *l, MemoryRegionSection *section)
{
    draw(of(l), section, '.');
}

/* ---- the scene ---- */

static void init_pages(Scene *s)
{
    memory_region_init(&s->root, NULL, NULL, UINT64_MAX);
    memory_region_init(&s->box, NULL, NULL, 16 * PAGE);
    memory_region_init_alias(&s->alias, NULL, NULL, &s->box, 0, 4 * PAGE);
    for (uintptr_t i = 0; i < NR_PAGES; i++) {
        memory_region_init_io(&s->page[i], NULL, &page_ops, (void *)i, NULL,
                              PAGE);
    }
}

static Scene *scene_new(void)
{
    Scene *s = g_new0(Scene, 1);

    init_pages(s);
    memory_region_add_subregion(&s->root, 0, &s->page[0]);
    memory_region_add_subregion(&s->root, 2 * PAGE, &s->page[1]);
    memory_region_add_subregion(&s->box, 0, &s->page[2]);
    memory_region_add_subregion(&s->box, PAGE, &s->page[3]);
    memory_region_add_subregion(&s->root, 8 * PAGE, &s->box);
    memory_region_add_subregion(&s->root, 16 * PAGE, &s->alias);
    address_space_init(&s->as, &s->root, "test");
    for (unsigned i = 0; i < NR_LISTENERS; i++) {
        TestListener *t = &s->listener[i];

        t->map = g_string_new("................................");
        t->l = (MemoryListener){
            .name = "test",
            .priority = i + 1,
            .begin = on_begin,
            .commit = on_commit,
            .region_add = on_add,
            .region_del = on_del,
            .prepare = on_prepare,
            .cancel = on_cancel,
        };
        memory_listener_register(&t->l, &s->as);
    }
    return s;
}

static void scene_free(Scene *s)
{
    MemoryRegion *inner[] = { &s->alias, &s->box };

    for (unsigned i = 0; i < NR_LISTENERS; i++) {
        memory_listener_unregister(&s->listener[i].l);
        g_string_free(s->listener[i].map, true);
    }
    address_space_destroy(&s->as);
    drain_call_rcu();
    for (unsigned i = 0; i < NR_PAGES; i++) {
        if (s->page[i].container) {
            memory_region_del_subregion(s->page[i].container, &s->page[i]);
        }
        object_unref(OBJECT(&s->page[i]));
    }
    for (size_t i = 0; i < ARRAY_SIZE(inner); i++) {
        if (inner[i]->container) {
            memory_region_del_subregion(inner[i]->container, inner[i]);
        }
        object_unref(OBJECT(inner[i]));
    }
    object_unref(OBJECT(&s->root));
    g_free(s);
}

static void forget_calls(Scene *s)
{
    for (unsigned i = 0; i < NR_LISTENERS; i++) {
        TestListener *t = &s->listener[i];

        t->prepared = t->cancelled = t->begun = t->committed = 0;
    }
}

static char who(Scene *s, hwaddr addr)
{
    MemoryRegionSection section = memory_region_find(&s->root, addr, 1);
    char c = '.';

    if (section.mr) {
        c = 'a' + (int)(uintptr_t)section.mr->opaque;
        memory_region_unref(section.mr);
    }
    return c;
}

/* All listeners have heard of @map, and it is what is there. */
static void assert_map(Scene *s, const char *map)
{
    for (unsigned i = 0; i < NR_LISTENERS; i++) {
        g_assert_cmpstr(s->listener[i].map->str, ==, map);
    }
    for (unsigned i = 0; map[i]; i++) {
        g_assert_cmpint(who(s, i * PAGE), ==, map[i]);
    }
}

#define AT_FIRST "a.b.....cd......cd.............."

/* A bit of everything. */
static void change_much(Scene *s)
{
    memory_region_add_subregion(&s->root, 4 * PAGE, &s->page[4]);
    memory_region_set_address(&s->page[0], PAGE);
    memory_region_add_subregion_overlap(&s->root, 2 * PAGE, &s->page[5], 3);
    memory_region_set_size(&s->page[1], 2 * PAGE);
    memory_region_del_subregion(&s->box, &s->page[2]);
    memory_region_add_subregion(&s->root, 20 * PAGE, &s->page[2]);
    memory_region_set_alias_offset(&s->alias, PAGE);
    memory_region_set_readonly(&s->box, true);
    memory_region_set_enabled(&s->page[3], false);
    memory_region_set_enabled(&s->page[3], true);
    memory_region_del_subregion(&s->root, &s->page[4]);
    memory_region_add_subregion(&s->box, 5 * PAGE, &s->page[4]);
}

#define AFTER_MUCH ".afb.....d...e..d...c..........."

/* ---- tests ---- */

static void test_plain(void)
{
    Scene *s = scene_new();

    assert_map(s, AT_FIRST);
    forget_calls(s);
    g_assert_false(memory_transaction_active());
    memory_region_transaction_begin();
    g_assert_true(memory_transaction_active());
    memory_region_transaction_begin();
    change_much(s);
    memory_region_transaction_commit();
    g_assert_cmpuint(s->listener[0].begun, ==, 0);
    g_assert_cmpstr(s->listener[0].map->str, ==, AT_FIRST);
    memory_region_transaction_commit();
    g_assert_false(memory_transaction_active());
    g_assert_cmpuint(s->listener[0].begun, ==, 1);
    g_assert_cmpuint(s->listener[4].committed, ==, 1);
    assert_map(s, AFTER_MUCH);
    scene_free(s);
}

/* Nothing in it: nobody hears. */
static void test_empty(void)
{
    Scene *s = scene_new();

    forget_calls(s);
    memory_region_transaction_begin();
    memory_region_set_enabled(&s->page[0], false);
    memory_region_set_enabled(&s->page[0], true);
    memory_region_transaction_commit();
    g_assert_cmpuint(s->listener[0].begun, ==, 0);
    memory_region_transaction_begin_undoable();
    g_assert_true(memory_region_transaction_commit_undoable(&error_abort));
    g_assert_cmpuint(s->listener[0].begun, ==, 0);
    scene_free(s);
}

static void test_agreed(void)
{
    Scene *s = scene_new();

    forget_calls(s);
    memory_region_transaction_begin_undoable();
    memory_region_transaction_begin();
    memory_region_transaction_begin_undoable();
    change_much(s);
    g_assert_true(memory_region_transaction_commit_undoable(&error_abort));
    memory_region_transaction_commit();
    g_assert_true(memory_region_transaction_commit_undoable(&error_abort));
    assert_map(s, AFTER_MUCH);
    for (unsigned i = 0; i < NR_LISTENERS; i++) {
        g_assert_cmpuint(s->listener[i].prepared, ==, 1);
        g_assert_cmpuint(s->listener[i].cancelled, ==, 0);
    }
    scene_free(s);
}

/* Within a plain transaction there is nobody who could undo it. */
static void test_within_plain(void)
{
    Scene *s = scene_new();

    s->listener[2].refuse = true;
    memory_region_transaction_begin();
    memory_region_transaction_begin_undoable();
    memory_region_set_enabled(&s->page[0], false);
    g_assert_true(memory_region_transaction_commit_undoable(&error_abort));
    g_assert_cmpint(s->listener[0].map->str[0], ==, 'a');
    memory_region_transaction_commit();
    assert_map(s, "..b.....cd......cd..............");
    scene_free(s);
}

static void check_as_before(Scene *s)
{
    static const hwaddr pages[] = { 0, 2, 0, 1 };

    assert_map(s, AT_FIRST);
    for (unsigned i = 0; i < ARRAY_SIZE(pages); i++) {
        g_assert_true(s->page[i].container == (i < 2 ? &s->root : &s->box));
        g_assert_cmphex(s->page[i].addr, ==, pages[i] * PAGE);
        g_assert_true(s->page[i].size == PAGE);
    }
    for (unsigned i = ARRAY_SIZE(pages); i < NR_PAGES; i++) {
        g_assert_null(s->page[i].container);
    }
    g_assert_cmphex(s->alias.alias_offset, ==, 0);
    g_assert_false(s->box.readonly);
}

/* The listener that opaque names refuses; then it has learnt to agree. */
static void test_refused(const void *opaque)
{
    unsigned refuser = GPOINTER_TO_UINT(opaque);
    Scene *s = scene_new();
    Error *err = NULL;
    g_autofree char *message =
        g_strdup_printf("listener %u has no room", refuser + 1);

    for (unsigned round = 0; round < 3; round++) {
        forget_calls(s);
        s->listener[refuser].refuse = true;
        memory_region_transaction_begin_undoable();
        change_much(s);
        g_assert_false(memory_region_transaction_commit_undoable(&err));
        g_assert_cmpstr(error_get_pretty(err), ==, message);
        error_free(err);
        err = NULL;
        g_assert_false(memory_transaction_active());
        check_as_before(s);
        for (unsigned i = 0; i < NR_LISTENERS; i++) {
            TestListener *t = &s->listener[i];

            g_assert_cmpuint(t->prepared, ==, i <= refuser);
            g_assert_cmpuint(t->cancelled, ==, i < refuser);
            g_assert_cmpuint(t->begun + t->committed, ==, 0);
        }
    }
    s->listener[refuser].refuse = false;
    memory_region_transaction_begin_undoable();
    change_much(s);
    g_assert_true(memory_region_transaction_commit_undoable(&error_abort));
    assert_map(s, AFTER_MUCH);
    scene_free(s);
}

/* What only takes away is not asked about. */
static void test_removal(void)
{
    Scene *s = scene_new();

    s->listener[0].refuse = true;
    memory_region_transaction_begin_undoable();
    memory_region_del_subregion(&s->root, &s->page[0]);
    g_assert_true(memory_region_transaction_commit_undoable(&error_abort));
    assert_map(s, "..b.....cd......cd..............");
    scene_free(s);
}

/* Order among siblings comes back, too. */
static void test_order(void)
{
    Scene *s = scene_new();

    memory_region_add_subregion(&s->root, 0, &s->page[4]);
    memory_region_add_subregion(&s->root, 0, &s->page[5]);
    assert_map(s, "f.b.....cd......cd..............");
    s->listener[1].refuse = true;
    memory_region_transaction_begin_undoable();
    memory_region_del_subregion(&s->root, &s->page[4]);
    memory_region_add_subregion(&s->root, 0, &s->page[4]);
    memory_region_set_address(&s->page[0], 3 * PAGE);
    memory_region_set_address(&s->page[0], 0);
    g_assert_false(memory_region_transaction_commit_undoable(NULL));
    assert_map(s, "f.b.....cd......cd..............");
    s->listener[1].refuse = false;
    memory_region_set_enabled(&s->page[5], false);
    assert_map(s, "e.b.....cd......cd..............");
    memory_region_set_enabled(&s->page[4], false);
    assert_map(s, AT_FIRST);
    scene_free(s);
}

/* The address space changes to another view, and is told to stay. */
static void test_switch(void)
{
    Scene *s = scene_new();
    FlatView *before;

    memory_region_set_enabled(&s->box, false);
    memory_region_set_enabled(&s->page[1], false);
    assert_map(s, "a...............................");
    before = address_space_to_flatview(&s->as);
    s->listener[2].refuse = true;
    memory_region_transaction_begin_undoable();
    memory_region_set_enabled(&s->page[0], false);
    memory_region_set_enabled(&s->page[1], true);
    memory_region_set_address(&s->page[1], 0);
    g_assert_false(memory_region_transaction_commit_undoable(NULL));
    assert_map(s, "a...............................");
    g_assert_true(address_space_to_flatview(&s->as) == before);
    scene_free(s);
}

/* An address space that was made meanwhile has rendered what is undone. */
static void test_new_space(void)
{
    Scene *s = scene_new();
    AddressSpace as, gone;
    FlatView *fv;

    s->listener[0].refuse = true;
    memory_region_transaction_begin_undoable();
    memory_region_add_subregion(&s->root, 4 * PAGE, &s->page[4]);
    address_space_init(&as, &s->box, "new");
    memory_region_add_subregion(&s->box, 4 * PAGE, &s->page[5]);
    memory_region_set_size(&s->page[3], 2 * PAGE);
    address_space_init(&gone, &s->box, "gone");
    address_space_destroy(&gone);
    g_assert_false(memory_region_transaction_commit_undoable(NULL));
    assert_map(s, AT_FIRST);
    fv = address_space_to_flatview(&as);
    g_assert_cmpuint(fv->map.nr, ==, 2);
    g_assert_cmphex(flatmap_find(&fv->map, PAGE)->last, ==, 2 * PAGE - 1);
    address_space_destroy(&as);
    scene_free(s);
}

/* What was in a container that is no more is in none after undoing. */
static void test_container_ends(void)
{
    Scene *s = scene_new();
    MemoryRegion *c = g_new0(MemoryRegion, 1);

    memory_region_init(c, NULL, NULL, 4 * PAGE);
    memory_region_add_subregion(c, 0, &s->page[4]);
    memory_region_add_subregion(c, PAGE, &s->page[5]);
    s->listener[0].refuse = true;
    memory_region_transaction_begin_undoable();
    memory_region_del_subregion(c, &s->page[4]);
    memory_region_add_subregion(&s->root, 4 * PAGE, &s->page[4]);
    object_unref(OBJECT(c));
    memset(c, 0xaa, sizeof(*c));
    g_free(c);
    g_assert_false(memory_region_transaction_commit_undoable(NULL));
    g_assert_null(s->page[4].container);
    g_assert_null(s->page[5].container);
    assert_map(s, AT_FIRST);
    scene_free(s);
}

/* ---- at random ---- */

/*
 * Regions that hold and show ones further on; three address spaces, of which
 * the listeners keep what they have heard. Each commit is compared with the
 * flat view; a refused one must leave tree and views as they were.
 */
#define NR        24
#define NR_SPACES 3

typedef struct Watcher {
    MemoryListener l;
    GArray *ranges; /* of FlatRange, in order */
    bool asked;
} Watcher;

typedef struct World {
    MemoryRegion mr[NR];
    AddressSpace as[NR_SPACES];
    Watcher watcher[NR_SPACES][2];
} World;

static unsigned refuse_in; /* one in so many prepares is refused; 0: none */
static bool refused;

static uint32_t below(uint32_t n)
{
    return g_test_rand_int_range(0, n);
}

static Watcher *watcher_of(MemoryListener *l)
{
    return container_of(l, Watcher, l);
}

static FlatRange range_of(const MemoryRegionSection *section)
{
    return (FlatRange){
        .start = section->offset_within_address_space,
        .last = int128_get64(int128_sub(
            int128_add(int128_make64(section->offset_within_address_space),
                       section->size),
            int128_one())),
        .mr = section->mr,
        .offset_in_region = section->offset_within_region,
        .readonly = section->readonly,
        .nonvolatile = section->nonvolatile,
        .unmergeable = section->unmergeable,
    };
}

static bool range_same(const FlatRange *a, const FlatRange *b)
{
    return a->start == b->start && a->last == b->last && a->mr == b->mr &&
           a->offset_in_region == b->offset_in_region &&
           a->readonly == b->readonly && a->nonvolatile == b->nonvolatile &&
           a->unmergeable == b->unmergeable;
}

static guint range_index(Watcher *w, hwaddr start)
{
    guint i = 0;

    while (i < w->ranges->len &&
           g_array_index(w->ranges, FlatRange, i).start < start) {
        i++;
    }
    return i;
}

static void watch_add(MemoryListener *l, MemoryRegionSection *section)
{
    Watcher *w = watcher_of(l);
    FlatRange r = range_of(section);

    g_array_insert_val(w->ranges, range_index(w, r.start), r);
}

static void watch_del(MemoryListener *l, MemoryRegionSection *section)
{
    Watcher *w = watcher_of(l);
    FlatRange r = range_of(section);
    guint i = range_index(w, r.start);

    g_assert_cmpuint(i, <, w->ranges->len);
    g_assert_true(range_same(&g_array_index(w->ranges, FlatRange, i), &r));
    g_array_remove_index(w->ranges, i);
}

static bool watch_prepare(MemoryListener *l, const MemoryRegionSection *add,
                          size_t nr_add, const MemoryRegionSection *del,
                          size_t nr_del, Error **errp)
{
    if (refuse_in && !below(refuse_in)) {
        refused = true;
        error_setg(errp, "no room");
        return false;
    }
    watcher_of(l)->asked = true;
    return true;
}

static void watch_cancel(MemoryListener *l)
{
    g_assert_true(watcher_of(l)->asked);
    watcher_of(l)->asked = false;
}

static void watch_commit(MemoryListener *l)
{
    watcher_of(l)->asked = false;
}

static void check_views(World *w)
{
    for (unsigned i = 0; i < NR_SPACES * 2; i++) {
        Watcher *watcher = &w->watcher[i / 2][i % 2];
        FlatView *fv = address_space_to_flatview(&w->as[i / 2]);
        const FlatRange *r;
        FlatMapIter it;
        guint n = 0;

        g_assert_false(watcher->asked);
        for (r = flatmap_iter_from(&it, &fv->map, 0); r;
             r = flatmap_iter_next(&it)) {
            g_assert_cmpuint(n, <, watcher->ranges->len);
            g_assert_true(
                range_same(&g_array_index(watcher->ranges, FlatRange, n), r));
            n++;
        }
        g_assert_cmpuint(n, ==, watcher->ranges->len);
    }
}

static uint64_t world_size(void)
{
    return below(6) ? 1 + below(64) : UINT64_MAX;
}

static World *world_new(void)
{
    World *w = g_new0(World, 1);

    for (unsigned i = NR; i-- > 0;) {
        MemoryRegion *mr = &w->mr[i];

        if (i > NR / 2 || i % 3 == 1) {
            memory_region_init_io(mr, NULL, &page_ops, NULL, NULL,
                                  world_size());
        } else if (i % 3 == 2) {
            memory_region_init_alias(mr, NULL, NULL,
                                     &w->mr[i + 1 + below(NR - 1 - i)],
                                     below(16), world_size());
        } else {
            memory_region_init(mr, NULL, NULL, UINT64_MAX);
        }
    }
    for (unsigned i = 0; i < NR_SPACES * 2; i++) {
        Watcher *watcher = &w->watcher[i / 2][i % 2];

        if (i % 2 == 0) {
            address_space_init(&w->as[i / 2], &w->mr[i / 2 * 3], "random");
        }
        watcher->ranges = g_array_new(false, false, sizeof(FlatRange));
        watcher->l = (MemoryListener){
            .name = "watcher",
            .priority = i,
            .region_add = watch_add,
            .region_del = watch_del,
            .prepare = watch_prepare,
            .cancel = watch_cancel,
            .commit = watch_commit,
        };
        memory_listener_register(&watcher->l, &w->as[i / 2]);
    }
    return w;
}

static void world_free(World *w)
{
    for (unsigned i = 0; i < NR_SPACES * 2; i++) {
        memory_listener_unregister(&w->watcher[i / 2][i % 2].l);
        g_array_free(w->watcher[i / 2][i % 2].ranges, true);
        if (i % 2) {
            address_space_destroy(&w->as[i / 2]);
        }
    }
    drain_call_rcu();
    for (unsigned i = 0; i < NR; i++) {
        if (w->mr[i].container) {
            memory_region_del_subregion(w->mr[i].container, &w->mr[i]);
        }
    }
    for (unsigned i = 0; i < NR; i++) {
        object_unref(OBJECT(&w->mr[i]));
    }
    g_free(w);
}

static void world_move(World *w, unsigned i)
{
    MemoryRegion *mr = &w->mr[i];
    unsigned c = i ? below(MIN(i, NR / 2)) : 0;

    if (!mr->container && i) {
        /* Mostly into what is meant to be a container. */
        c -= below(8) ? c % 3 : 0;
        memory_region_add_subregion_overlap(&w->mr[c], below(64), mr,
                                            (int)below(3) - 1);
    } else if (mr->container && below(4)) {
        memory_region_set_address(mr, below(64));
    } else if (mr->container) {
        memory_region_del_subregion(mr->container, mr);
    }
}

static void world_change(World *w)
{
    unsigned i = below(NR);
    MemoryRegion *mr = &w->mr[i];

    switch (below(10)) {
    case 0:
    case 1:
        memory_region_set_enabled(mr, below(6));
        break;
    case 2:
        if (mr->alias || mr->terminates || !below(4)) {
            memory_region_set_size(mr, world_size());
        } else {
            memory_region_set_size(mr, UINT64_MAX);
        }
        break;
    case 3:
        if (mr->alias) {
            memory_region_set_alias_offset(mr, below(16));
        }
        break;
    case 4:
        memory_region_set_readonly(mr, !below(4));
        memory_region_set_unmergeable(mr, !below(3));
        break;
    default:
        world_move(w, i);
    }
}

/* Numbers for all that an undone transaction must bring back. */
static uint64_t world_hash(World *w)
{
    uint64_t h = 0;

    for (unsigned i = 0; i < NR; i++) {
        MemoryRegion *mr = &w->mr[i], *child;
        uint64_t facts[] = {
            (uintptr_t)mr->container,
            mr->container ? mr->addr : 0,
            mr->container ? mr->node.key : 0,
            mr->size,
            mr->size >> 64,
            mr->alias_offset,
            mr->enabled,
            mr->readonly,
            mr->unmergeable,
            mr->live,
            mr->mapped_via_alias,
            mr->indexed,
        };

        for (size_t f = 0; f < ARRAY_SIZE(facts); f++) {
            h = h * 0x100000001b3 ^ facts[f];
        }
        QTAILQ_FOREACH(child, &mr->subregions, subregions_link) {
            h = h * 0x100000001b3 ^ (uintptr_t)child;
        }
    }
    for (unsigned i = 0; i < NR_SPACES; i++) {
        h = h * 0x100000001b3 ^ (uintptr_t)address_space_to_flatview(&w->as[i]);
    }
    return h;
}

static void world_transaction(World *w)
{
    uint64_t before = world_hash(w);
    Error *err = NULL;
    bool ok;

    refuse_in = below(2) ? 1 + below(6) : 0;
    refused = false;
    memory_region_transaction_begin_undoable();
    for (unsigned n = below(8); n; n--) {
        world_change(w);
    }
    ok = memory_region_transaction_commit_undoable(&err);
    refuse_in = 0;
    g_assert_true(ok == !refused);
    g_assert_true(!err == ok);
    error_free(err);
    g_assert_true(ok || world_hash(w) == before);
}

static void test_random(void)
{
    for (unsigned round = 0; round < 20; round++) {
        World *w = world_new();

        for (unsigned i = 0; i < 400; i++) {
            if (below(3)) {
                world_transaction(w);
            } else {
                world_change(w);
            }
            check_views(w);
        }
        world_free(w);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    bql_lock();
    g_test_add_func("/transaction/plain", test_plain);
    g_test_add_func("/transaction/empty", test_empty);
    g_test_add_func("/transaction/agreed", test_agreed);
    g_test_add_func("/transaction/within-plain", test_within_plain);
    g_test_add_data_func("/transaction/refused/first", GUINT_TO_POINTER(0),
                         test_refused);
    g_test_add_data_func("/transaction/refused/third", GUINT_TO_POINTER(2),
                         test_refused);
    g_test_add_data_func("/transaction/refused/last", GUINT_TO_POINTER(4),
                         test_refused);
    g_test_add_func("/transaction/removal", test_removal);
    g_test_add_func("/transaction/order", test_order);
    g_test_add_func("/transaction/switch", test_switch);
    g_test_add_func("/transaction/new-space", test_new_space);
    g_test_add_func("/transaction/container-ends", test_container_ends);
    g_test_add_func("/transaction/random", test_random);
    return g_test_run();
}
