/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The indexes of the region tree, without views: what is marked for a change
 * must hold all addresses at which it can be seen, the trees of visible
 * children must find what a walk over all children finds, effective roots must
 * show what the roots show. The commit is a stub here, and refuses if told to,
 * so that transactions are undone too.
 *
 * The oracle resolves single addresses, near 0 and near 2^64, in the plainest
 * way.
 */
#include "qemu/osdep.h"
#include "memory/region-link.h"
#include "memory/subregion-tree.h"
#include "memory/transaction.h"
#include "memory/view.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"

/* ---- what the rest of memory/ would do ---- */

typedef struct Mark {
    MemoryView *view;
    hwaddr start, last;
} Mark;

static GArray *marks;
static bool refuse;
static unsigned commits;

void memory_view_mark(MemoryView *view, hwaddr start, hwaddr last,
                      VisibleChange what)
{
    Mark mark = { view, start, last };

    g_assert_true(memory_transaction_active());
    g_assert_cmphex(start, <=, last);
    g_array_append_val(marks, mark);
}

void address_space_mark_root(AddressSpace *as)
{
    as->pending = true;
}

uint64_t memory_views_serial(void)
{
    return 0;
}

void memory_views_mark_since(uint64_t serial)
{
}

void memory_view_root_gone(MemoryRegion *mr)
{
    g_assert_not_reached();
}

bool memory_views_commit(bool may_fail, Error **errp)
{
    commits++;
    if (may_fail && refuse) {
        error_setg(errp, "refused");
        return false;
    }
    return true;
}

void memory_region_drop_coalesced(MemoryRegion *mr)
{
}

void memory_region_drop_eventfds(MemoryRegion *mr)
{
}

void qemu_flush_coalesced_mmio_buffer(void)
{
}

/* ---- a world of regions ---- */

#define NR        32
#define NR_VIEWS  4
#define NR_SPACES 6
#define WINDOW    48 /* addresses that are looked at, at both ends */

typedef struct World {
    MemoryRegion *mr[NR]; /* contain and point to ones further on only */
    MemoryView view[NR_VIEWS];
    AddressSpace as[NR_SPACES];
    MemoryRegion *as_root[NR_SPACES];
} World;

typedef struct Seen {
    MemoryRegion *leaf;
    hwaddr offset;
    uint64_t path;
    bool readonly, nonvolatile, unmergeable, romd;
} Seen;

static uint32_t below(uint32_t n)
{
    return g_test_rand_int_range(0, n);
}

static hwaddr random_address(void)
{
    hwaddr a = below(WINDOW);

    switch (below(8)) {
    case 0:
        return HWADDR_MAX - a;
    case 1:
    case 2:
    case 3:
        return 0;
    default:
        return a;
    }
}

static uint64_t random_size(void)
{
    switch (below(8)) {
    case 0:
        return UINT64_MAX; /* 2^64 */
    case 1:
        return UINT64_MAX - 1 - below(WINDOW);
    case 2:
        return 0;
    default:
        return 1 + below(2 * WINDOW);
    }
}

static int by_rank(gconstpointer a, gconstpointer b)
{
    const MemoryRegion *x = *(MemoryRegion *const *)a;
    const MemoryRegion *y = *(MemoryRegion *const *)b;

    if (x->priority != y->priority) {
        return x->priority > y->priority ? -1 : 1;
    }
    return region_order(x) > region_order(y) ? -1 : 1;
}

static bool resolve(MemoryRegion *mr, hwaddr x, Seen *seen);

static bool resolve_children(MemoryRegion *mr, hwaddr x, Seen *seen)
{
    g_autoptr(GPtrArray) children = g_ptr_array_new();
    MemoryRegion *child;

    QTAILQ_FOREACH(child, &mr->subregions, subregions_link) {
        if (child->addr <= x) {
            g_ptr_array_add(children, child);
        }
    }
    g_ptr_array_sort(children, by_rank);
    for (guint i = 0; i < children->len; i++) {
        child = g_ptr_array_index(children, i);
        if (resolve(child, x - child->addr, seen)) {
            return true;
        }
    }
    return false;
}

/* Adds to what is in @seen, if @mr shows something at @x. */
static bool resolve(MemoryRegion *mr, hwaddr x, Seen *seen)
{
    Seen here = *seen;

    if (!mr->enabled || int128_ge(int128_make64(x), mr->size)) {
        return false;
    }
    here.readonly |= mr->readonly;
    here.nonvolatile |= mr->nonvolatile;
    here.unmergeable |= mr->unmergeable;
    if (mr->alias) {
        here.path = here.path * 31 + mr->serial;
        if (x > HWADDR_MAX - mr->alias_offset ||
            !resolve(mr->alias, x + mr->alias_offset, &here)) {
            return false;
        }
    } else if (!resolve_children(mr, x, &here)) {
        if (!mr->terminates) {
            return false;
        }
        here.leaf = mr;
        here.offset = x;
        here.romd = mr->romd_mode;
    }
    *seen = here;
    return true;
}

/* The same by the trees of visible children. */
static bool resolve_indexed(MemoryRegion *mr, hwaddr x, Seen *seen)
{
    Seen here = *seen;
    MemoryRegion *child;
    uint64_t under = SUBREGION_KEY_TOP;

    if (!mr->enabled || int128_ge(int128_make64(x), mr->size)) {
        return false;
    }
    here.readonly |= mr->readonly;
    here.nonvolatile |= mr->nonvolatile;
    here.unmergeable |= mr->unmergeable;
    if (mr->alias) {
        here.path = here.path * 31 + mr->serial;
        if (x > HWADDR_MAX - mr->alias_offset ||
            !resolve_indexed(mr->alias, x + mr->alias_offset, &here)) {
            return false;
        }
        *seen = here;
        return true;
    }
    while ((child = subregion_find_top(mr, x, under))) {
        if (resolve_indexed(child, x - child->addr, &here)) {
            *seen = here;
            return true;
        }
        under = child->node.key;
    }
    if (!mr->terminates) {
        return false;
    }
    here.leaf = mr;
    here.offset = x;
    here.romd = mr->romd_mode;
    *seen = here;
    return true;
}

static Seen look(MemoryRegion *root, hwaddr x)
{
    Seen seen = { 0 };

    if (root) {
        resolve(root, x, &seen);
    }
    return seen;
}

static bool same(const Seen *a, const Seen *b, bool path)
{
    return a->leaf == b->leaf && a->offset == b->offset &&
           a->readonly == b->readonly && a->nonvolatile == b->nonvolatile &&
           a->unmergeable == b->unmergeable && a->romd == b->romd &&
           (!path || a->path == b->path);
}

static hwaddr probe(unsigned i)
{
    return i < WINDOW ? i : HWADDR_MAX - (i - WINDOW);
}

typedef struct Picture {
    Seen at[NR_VIEWS][2 * WINDOW];
} Picture;

static void take_picture(World *w, Picture *p)
{
    for (unsigned v = 0; v < NR_VIEWS; v++) {
        for (unsigned i = 0; i < 2 * WINDOW; i++) {
            p->at[v][i] = look(w->view[v].root, probe(i));
        }
    }
}

static bool is_marked(MemoryView *view, hwaddr x)
{
    for (guint i = 0; i < marks->len; i++) {
        Mark *mark = &g_array_index(marks, Mark, i);

        if (mark->view == view && mark->start <= x && x <= mark->last) {
            return true;
        }
    }
    return false;
}

static void check_marks(World *w, Picture *before, Picture *after)
{
    for (unsigned v = 0; v < NR_VIEWS; v++) {
        for (unsigned i = 0; i < 2 * WINDOW; i++) {
            if (!same(&before->at[v][i], &after->at[v][i], true)) {
                g_assert_true(is_marked(&w->view[v], probe(i)));
            }
        }
    }
}

/* ---- the indexes ---- */

static unsigned reasons(World *w, MemoryRegion *mr)
{
    unsigned n = (mr->view != NULL) + (mr->container && mr->container->live);

    for (unsigned i = 0; i < NR; i++) {
        n += w->mr[i]->alias == mr && w->mr[i]->live;
    }
    return n;
}

static bool in_live_list(MemoryRegion *alias)
{
    MemoryRegion *mr;

    QLIST_FOREACH(mr, &alias->alias->live_aliases, alias_link) {
        if (mr == alias) {
            return true;
        }
    }
    return false;
}

static void check_region(World *w, MemoryRegion *mr)
{
    MemoryRegion *root = memory_region_effective_root(mr), *child;
    uint64_t last_order = 0;
    size_t indexed = 0;

    g_assert_cmpuint(mr->live, ==, reasons(w, mr));
    if (mr->alias) {
        g_assert_true(in_live_list(mr) == (mr->live > 0));
    }
    QTAILQ_FOREACH(child, &mr->subregions, subregions_link) {
        g_assert_true(child->container == mr);
        g_assert_true(!last_order || region_order(child) >= last_order);
        last_order = region_order(child) + 1ull;
        g_assert_cmphex(child->node.key, ==,
                        region_key(child->priority, region_order(child)));
        indexed += child->indexed;
    }
    g_assert_cmpuint(subregion_tree_check(mr), ==, indexed);
    for (unsigned i = 0; i < 2 * WINDOW; i++) {
        Seen all = look(mr, probe(i)), eff = look(root, probe(i)), fast = { 0 };

        resolve_indexed(mr, probe(i), &fast);
        g_assert_true(same(&all, &eff, false));
        g_assert_true(same(&all, &fast, true));
    }
}

static void check_spaces(World *w)
{
    for (unsigned i = 0; i < NR_SPACES; i++) {
        AddressSpace *as = &w->as[i];
        MemoryRegion *root = memory_region_effective_root(as->root);

        g_assert_true(root == w->as_root[i] || as->pending);
        as->pending = false;
        w->as_root[i] = root;
    }
}

/* ---- building and changing it ---- */

static void init_region(World *w, unsigned i)
{
    MemoryRegion *mr = w->mr[i] = g_new0(MemoryRegion, 1);

    switch (i < NR - 2 ? below(4) : 1) {
    case 0:
    case 3:
        memory_region_init(mr, NULL, NULL, random_size());
        break;
    case 1:
        memory_region_init_io(mr, NULL, NULL, NULL, NULL, random_size());
        break;
    case 2:
        memory_region_init_alias(mr, NULL, NULL,
                                 w->mr[i + 1 + below(NR - 1 - i)],
                                 random_address(), random_size());
        break;
    }
}

static World *world_new(void)
{
    World *w = g_new0(World, 1);

    marks = g_array_new(false, false, sizeof(Mark));
    for (unsigned i = NR; i-- > 0;) {
        init_region(w, i);
    }
    for (unsigned i = 0; i < NR_VIEWS; i++) {
        MemoryRegion *root = w->mr[i ? below(NR / 2) : 0];

        if (!root->view) {
            w->view[i].root = root;
            root->view = &w->view[i];
            memory_region_view_added(root);
        }
    }
    for (unsigned i = 0; i < NR_SPACES; i++) {
        AddressSpace *as = &w->as[i];

        as->root = w->mr[below(NR)];
        QLIST_INSERT_HEAD(&as->root->rooted, as, rooted_link);
        w->as_root[i] = memory_region_effective_root(as->root);
    }
    return w;
}

static void world_free(World *w)
{
    for (unsigned i = 0; i < NR_VIEWS; i++) {
        MemoryRegion *root = w->view[i].root;

        if (root) {
            root->view = NULL;
            memory_region_view_removed(root);
        }
    }
    for (unsigned i = 0; i < NR_SPACES; i++) {
        QLIST_REMOVE(&w->as[i], rooted_link);
    }
    for (unsigned i = 0; i < NR; i++) {
        g_assert_cmpuint(w->mr[i]->live, ==,
                         w->mr[i]->container && w->mr[i]->container->live);
        if (w->mr[i]->container) {
            memory_region_del_subregion(w->mr[i]->container, w->mr[i]);
        }
    }
    for (unsigned i = 0; i < NR; i++) {
        object_unref(OBJECT(w->mr[i]));
        g_free(w->mr[i]);
    }
    g_free(w);
    g_array_free(marks, true);
}

static void change_place(World *w, unsigned i)
{
    MemoryRegion *mr = w->mr[i];

    if (mr->container) {
        if (below(3)) {
            memory_region_set_address(mr, random_address());
        } else {
            memory_region_del_subregion(mr->container, mr);
        }
    } else if (i) {
        memory_region_add_subregion_overlap(w->mr[below(i)], random_address(),
                                            mr, (int)below(3) - 1);
    }
}

static void change(World *w)
{
    unsigned i = below(NR);
    MemoryRegion *mr = w->mr[i];

    switch (below(10)) {
    case 0:
    case 1:
        memory_region_set_enabled(mr, below(4));
        break;
    case 2:
        memory_region_set_size(mr, random_size());
        break;
    case 3:
        if (mr->alias) {
            memory_region_set_alias_offset(mr, random_address());
        }
        break;
    case 4:
        memory_region_set_readonly(mr, !below(3));
        break;
    case 5:
        if (!below(2)) {
            memory_region_set_nonvolatile(mr, !below(3));
        } else {
            memory_region_set_unmergeable(mr, !below(3));
        }
        break;
    case 6:
        if (!below(8)) {
            /* About to wrap. */
            mr->next_order = MAX(mr->next_order, UINT32_MAX - 2);
        }
        break;
    default:
        change_place(w, i);
    }
}

/* ---- undoing ---- */

typedef struct Saved {
    MemoryRegion mr;
    GPtrArray *children;
} Saved;

static void note(World *w, Saved *saved)
{
    MemoryRegion *child;

    for (unsigned i = 0; i < NR; i++) {
        memory_region_through(w->mr[i]);
        saved[i].mr = *w->mr[i];
        saved[i].children = g_ptr_array_new();
        QTAILQ_FOREACH(child, &w->mr[i]->subregions, subregions_link) {
            g_ptr_array_add(saved[i].children, child);
        }
    }
}

static void check_undone(World *w, Saved *saved, bool check)
{
    for (unsigned i = 0; i < NR; i++) {
        MemoryRegion *now = w->mr[i], *was = &saved[i].mr, *child;
        guint n = 0;

        QTAILQ_FOREACH(child, &now->subregions, subregions_link) {
            g_assert_true(!check ||
                          (n < saved[i].children->len &&
                           g_ptr_array_index(saved[i].children, n) == child));
            n++;
        }
        g_assert_true(!check || n == saved[i].children->len);
        g_ptr_array_free(saved[i].children, true);
        if (!check) {
            continue;
        }
        g_assert_true(now->container == was->container);
        g_assert_cmphex(now->addr, ==, was->addr);
        g_assert_cmpint(now->priority, ==, was->priority);
        g_assert_true(now->size == was->size);
        g_assert_cmphex(now->alias_offset, ==, was->alias_offset);
        g_assert_true(now->enabled == was->enabled);
        g_assert_true(now->readonly == was->readonly);
        g_assert_true(now->nonvolatile == was->nonvolatile);
        g_assert_true(now->unmergeable == was->unmergeable);
        g_assert_true(now->indexed == was->indexed);
        g_assert_true(now->live == was->live);
        g_assert_true(now->mapped_via_alias == was->mapped_via_alias);
        g_assert_true(now->through == was->through);
        g_assert_false(now->saved);
        if (now->container) {
            g_assert_cmphex(now->node.key, ==, was->node.key);
        }
    }
}

static void undoable(World *w)
{
    Saved saved[NR];
    Error *err = NULL;
    unsigned n = below(12);

    note(w, saved);
    refuse = below(3);
    memory_region_transaction_begin_undoable();
    while (n--) {
        switch (below(8)) {
        case 0:
            memory_region_transaction_begin();
            change(w);
            change(w);
            memory_region_transaction_commit();
            break;
        case 1:
            memory_region_transaction_begin_undoable();
            change(w);
            g_assert_true(memory_region_transaction_commit_undoable(NULL));
            break;
        default:
            change(w);
        }
    }
    g_assert_true(memory_region_transaction_commit_undoable(&err) == !refuse);
    g_assert_true(!err == !refuse);
    error_free(err);
    check_undone(w, saved, refuse);
}

/* ---- tests ---- */

static void run_world(unsigned steps)
{
    World *w = world_new();
    g_autofree Picture *before = g_new0(Picture, 1);
    g_autofree Picture *after = g_new0(Picture, 1);

    take_picture(w, before);
    for (unsigned i = 0; i < steps; i++) {
        g_array_set_size(marks, 0);
        if (below(6)) {
            change(w);
        } else {
            undoable(w);
        }
        take_picture(w, after);
        check_marks(w, before, after);
        check_spaces(w);
        for (unsigned r = i % 16 ? NR : 0; r < NR; r++) {
            check_region(w, w->mr[r]);
        }
        *before = *after;
    }
    world_free(w);
}

static void test_random(void)
{
    for (unsigned i = 0; i < 20; i++) {
        run_world(1500);
    }
}

static MemoryView *add_view(MemoryRegion *root)
{
    MemoryView *view = g_new0(MemoryView, 1);

    view->root = root;
    root->view = view;
    memory_region_view_added(root);
    return view;
}

static void remove_view(MemoryView *view)
{
    view->root->view = NULL;
    memory_region_view_removed(view->root);
    g_free(view);
}

static MemoryRegion *new_container(void)
{
    MemoryRegion *mr = g_new0(MemoryRegion, 1);

    memory_region_init(mr, NULL, NULL, UINT64_MAX);
    return mr;
}

static void delete_region(MemoryRegion *mr)
{
    if (mr->container) {
        memory_region_del_subregion(mr->container, mr);
    }
    object_unref(OBJECT(mr));
    g_free(mr);
}

/* Thousands of levels need no stack. */
static void test_deep(void)
{
    enum { LEVELS = 20000 };
    g_autofree MemoryRegion **mr = g_new(MemoryRegion *, LEVELS);
    MemoryView *view;
    AddressSpace as = { 0 };

    marks = g_array_new(false, false, sizeof(Mark));
    mr[0] = g_new0(MemoryRegion, 1);
    memory_region_init_io(mr[0], NULL, NULL, NULL, NULL, 16);
    for (unsigned i = 1; i < LEVELS; i++) {
        if (i % 2) {
            mr[i] = new_container();
            memory_region_add_subregion(mr[i], 0, mr[i - 1]);
        } else {
            mr[i] = g_new0(MemoryRegion, 1);
            memory_region_init_alias(mr[i], NULL, NULL, mr[i - 1], 0,
                                     UINT64_MAX);
        }
    }
    g_assert_cmpint(mr[0]->mapped_via_alias, ==, 0);
    view = add_view(mr[LEVELS - 1]);
    as.root = mr[LEVELS - 1];
    QLIST_INSERT_HEAD(&as.root->rooted, &as, rooted_link);
    g_assert_true(memory_region_effective_root(as.root) == mr[0]);
    g_assert_cmpuint(mr[0]->live, ==, 1);

    as.pending = false;
    memory_region_set_enabled(mr[0], false);
    g_assert_true(as.pending);
    g_assert_null(memory_region_effective_root(as.root));
    g_assert_cmpuint(marks->len, ==, 1);
    g_assert_cmphex(g_array_index(marks, Mark, 0).last, ==, 15);
    as.pending = false;
    memory_region_set_enabled(mr[0], true);
    g_assert_true(as.pending);
    g_assert_true(memory_region_effective_root(as.root) == mr[0]);

    QLIST_REMOVE(&as, rooted_link);
    remove_view(view);
    g_assert_cmpuint(mr[0]->live, ==, 0);
    for (unsigned i = LEVELS; i-- > 0;) {
        delete_region(mr[i]);
    }
    g_array_free(marks, true);
}

/* 40 levels of two aliases each: 2^40 paths. */
static void test_many_paths(void)
{
    enum { LEVELS = 40 };
    MemoryRegion *c[LEVELS + 1], *alias[LEVELS][2];
    MemoryRegion *leaf = g_new0(MemoryRegion, 1);
    MemoryView *view;

    marks = g_array_new(false, false, sizeof(Mark));
    c[0] = new_container();
    memory_region_init_io(leaf, NULL, NULL, NULL, NULL, 1);
    memory_region_add_subregion(c[0], 0, leaf);
    for (unsigned i = 0; i < LEVELS; i++) {
        c[i + 1] = new_container();
        for (unsigned j = 0; j < 2; j++) {
            alias[i][j] = g_new0(MemoryRegion, 1);
            memory_region_init_alias(alias[i][j], NULL, NULL, c[i], 0,
                                     1ull << i);
            memory_region_add_subregion(c[i + 1], (uint64_t)j << i,
                                        alias[i][j]);
        }
    }
    view = add_view(c[LEVELS]);
    memory_region_set_enabled(leaf, false);
    g_assert_cmpuint(marks->len, <, 64);
    for (unsigned i = 0; i < LEVELS; i++) {
        g_assert_true(is_marked(view, 1ull << i));
    }
    g_assert_true(is_marked(view, (1ull << LEVELS) - 1));

    remove_view(view);
    for (unsigned i = LEVELS; i-- > 0;) {
        delete_region(alias[i][0]);
        delete_region(alias[i][1]);
        delete_region(c[i + 1]);
    }
    delete_region(leaf);
    delete_region(c[0]);
    g_array_free(marks, true);
}

/* A switched-off bus master costs no walk, a switched-on one neither. */
static void test_passed_through(void)
{
    MemoryRegion *sysmem = new_container(), *master = new_container();
    MemoryRegion *page = g_new0(MemoryRegion, 1);
    MemoryRegion *other = g_new0(MemoryRegion, 1);
    MemoryRegion *alias = g_new0(MemoryRegion, 1);
    AddressSpace as = { .root = master };
    MemoryView *view;

    marks = g_array_new(false, false, sizeof(Mark));
    memory_region_init_io(page, NULL, NULL, NULL, NULL, 4096);
    memory_region_init_io(other, NULL, NULL, NULL, NULL, 4096);
    memory_region_init_alias(alias, NULL, NULL, sysmem, 0, UINT64_MAX);
    memory_region_add_subregion(sysmem, 0, page);
    memory_region_add_subregion(sysmem, 8192, other);
    memory_region_add_subregion(master, 0, alias);
    memory_region_set_enabled(alias, false);
    view = add_view(sysmem);
    QLIST_INSERT_HEAD(&master->rooted, &as, rooted_link);
    g_assert_null(memory_region_effective_root(master));

    memory_region_set_enabled(alias, true);
    g_assert_true(as.pending);
    g_assert_true(memory_region_effective_root(master) == sysmem);
    g_assert_cmpuint(alias->live, ==, 0);
    g_assert_cmpuint(marks->len, ==, 0);

    /* An attribute, and a size that cuts, keep it from being passed. */
    memory_region_set_readonly(alias, true);
    g_assert_true(memory_region_effective_root(master) == alias);
    memory_region_set_readonly(alias, false);
    memory_region_set_readonly(master, true);
    g_assert_true(memory_region_effective_root(master) == master);
    memory_region_set_readonly(master, false);
    memory_region_set_size(alias, 1 << 20);
    g_assert_true(memory_region_effective_root(master) == alias);
    memory_region_set_size(sysmem, 1 << 20);
    g_assert_true(memory_region_effective_root(master) == sysmem);
    memory_region_set_alias_offset(alias, 1);
    g_assert_true(memory_region_effective_root(master) == alias);

    QLIST_REMOVE(&as, rooted_link);
    remove_view(view);
    delete_region(alias);
    delete_region(master);
    delete_region(page);
    delete_region(other);
    delete_region(sysmem);
    g_array_free(marks, true);
}

/* The extent of a container is that of what is in it. */
static void test_hull(void)
{
    MemoryRegion *root = new_container(), *c = new_container();
    MemoryRegion *page = g_new0(MemoryRegion, 1);
    MemoryView *view = add_view(root);

    marks = g_array_new(false, false, sizeof(Mark));
    memory_region_init_io(page, NULL, NULL, NULL, NULL, 0x1000);
    memory_region_add_subregion(root, 0x10000, c);
    g_assert_false(c->indexed);
    memory_region_add_subregion(c, 0x2000, page);
    g_assert_true(c->indexed);
    g_assert_cmphex(c->node.start, ==, 0x12000);
    g_assert_cmphex(c->node.last, ==, 0x12fff);
    g_assert_cmpuint(marks->len, ==, 1);
    memory_region_set_size(c, 0x2800);
    g_assert_cmphex(c->node.last, ==, 0x127ff);
    memory_region_set_size(c, 0x2000);
    g_assert_false(c->indexed);
    memory_region_set_size(c, UINT64_MAX);
    g_array_set_size(marks, 0);
    memory_region_set_enabled(c, false);
    g_assert_cmpuint(marks->len, ==, 1);
    g_assert_cmphex(g_array_index(marks, Mark, 0).start, ==, 0x12000);
    g_assert_cmphex(g_array_index(marks, Mark, 0).last, ==, 0x12fff);

    remove_view(view);
    delete_region(page);
    delete_region(c);
    delete_region(root);
    g_array_free(marks, true);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    bql_lock();
    g_test_add_func("/visibility/hull", test_hull);
    g_test_add_func("/visibility/deep", test_deep);
    g_test_add_func("/visibility/many-paths", test_many_paths);
    g_test_add_func("/visibility/passed-through", test_passed_through);
    g_test_add_func("/visibility/random", test_random);
    return g_test_run();
}
