/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Views: which there are, who is on them, and what is dirty in them.
 *
 * A view is made when the first address space wants what its root shows, and
 * goes when the last has left. One view, without a root, shows nothing.
 */
#include "qemu/osdep.h"
#include "memory/view-state.h"

MemoryViewList dirty_views = QTAILQ_HEAD_INITIALIZER(dirty_views);
PendingSpaces pending_spaces = QTAILQ_HEAD_INITIALIZER(pending_spaces);

static MemoryViewList idle_views = QTAILQ_HEAD_INITIALIZER(idle_views);
static MemoryView *empty_view;
static uint64_t last_serial;

/* ---- intervals ----------------------------------------------------------- */

/* Sets that have grown beyond this give their array back. */
#define KEEP_INTERVALS 64

static void intervals_grow(Intervals *set)
{
    unsigned size = MAX(8, set->size * 2);
    Interval *at = g_renew(Interval, set->size > 1 ? set->at : NULL, size);

    if (set->size <= 1) {
        at[0] = set->first;
    }
    set->at = at;
    set->size = size;
}

void intervals_add(Intervals *set, hwaddr start, hwaddr last)
{
    Interval *top;

    if (set->n == 0) {
        if (set->size == 0) {
            set->at = &set->first;
            set->size = 1;
        }
        set->sorted = true;
        set->at[set->n++] = (Interval){ start, last };
        return;
    }
    top = &set->at[set->n - 1];
    if (start >= top->start && (start <= top->last || start - 1 == top->last)) {
        top->last = MAX(top->last, last);
        return;
    }
    if (start < top->start) {
        if (last >= top->last && set->n == 1) {
            *top = (Interval){ start, last };
            return;
        }
        set->sorted = false;
    }
    if (set->n == set->size) {
        /* Many marks of few places must not fill the memory. */
        if (!set->sorted && set->n >= 1024) {
            intervals_normalize(set);
        }
        if (set->n > set->size / 2) {
            intervals_grow(set);
        }
        intervals_add(set, start, last);
        return;
    }
    set->at[set->n++] = (Interval){ start, last };
}

static int interval_compare(const void *a, const void *b)
{
    const Interval *x = a, *y = b;

    return (x->start > y->start) - (x->start < y->start);
}

void intervals_normalize(Intervals *set)
{
    unsigned n = 0;

    if (set->n <= 1 || set->sorted) {
        return;
    }
    qsort(set->at, set->n, sizeof(Interval), interval_compare);
    for (unsigned i = 1; i < set->n; i++) {
        Interval *top = &set->at[n];

        if (set->at[i].start <= top->last ||
            set->at[i].start - 1 == top->last) {
            top->last = MAX(top->last, set->at[i].last);
        } else {
            set->at[++n] = set->at[i];
        }
    }
    set->n = n + 1;
    set->sorted = true;
}

void intervals_clear(Intervals *set)
{
    if (set->size > KEEP_INTERVALS) {
        intervals_free(set);
    }
    set->n = 0;
}

void intervals_free(Intervals *set)
{
    if (set->size > 1) {
        g_free(set->at);
    }
    *set = (Intervals){ 0 };
}

void intervals_move(Intervals *to, Intervals *from)
{
    Intervals empty = *to;

    *to = *from;
    if (to->size == 1) {
        to->at = &to->first;
    }
    *from = empty;
    if (from->size == 1) {
        from->at = &from->first;
    }
    from->n = 0;
}

/* ---- marks --------------------------------------------------------------- */

void memory_view_mark(MemoryView *view, hwaddr start, hwaddr last,
                      VisibleChange what)
{
    MemoryViewState *st = view->state;

    intervals_add(what == VISIBLE_RANGES ? &st->ranges : &st->notes, start,
                  last);
    if (!st->dirty) {
        st->dirty = true;
        QTAILQ_INSERT_TAIL(&dirty_views, st, dirty_link);
    }
}

void address_space_mark_root(AddressSpace *as)
{
    if (!as->pending) {
        as->pending = true;
        QTAILQ_INSERT_TAIL(&pending_spaces, as, pending_link);
    }
}

/* ---- views --------------------------------------------------------------- */

static FlatView *render_all(MemoryRegion *root)
{
    g_autoptr(GArray) ranges = g_array_new(false, false, sizeof(FlatRange));
    FlatMap none = { 0 }, map;
    FlatGarbage *garbage;
    FlatMapEdit edit;

    memory_render(root, 0, UINT64_MAX, ranges);
    flatmap_edit_begin(&edit, &none);
    if (ranges->len) {
        flatmap_edit_splice(&edit, 0, UINT64_MAX,
                            (const FlatRange *)ranges->data, ranges->len);
    }
    map = flatmap_edit_end(&edit, &garbage);
    assert(!garbage); /* as nothing was taken out */
    return flatview_new(root, map);
}

static MemoryView *view_new(MemoryRegion *root)
{
    MemoryView *view = g_new0(MemoryView, 1);
    MemoryViewState *st = g_new0(MemoryViewState, 1);

    view->root = root;
    view->state = st;
    st->view = view;
    st->serial = ++last_serial;
    QLIST_INIT(&st->listening);
    QLIST_INIT(&st->quiet);
    if (root) {
        st->owner = root->owner;
        object_ref(st->owner);
        root->view = view;
        memory_region_view_added(root);
    }
    view->current = render_all(root);
    return view;
}

MemoryView *memory_view_for(MemoryRegion *root)
{
    if (root) {
        return root->view ?: view_new(root);
    }
    if (!empty_view) {
        empty_view = view_new(NULL);
    }
    return empty_view;
}

void memory_view_check_idle(MemoryView *view)
{
    MemoryViewState *st = view->state;

    if (view != empty_view && !st->idle && QLIST_EMPTY(&st->listening) &&
        QLIST_EMPTY(&st->quiet)) {
        st->idle = true;
        QTAILQ_INSERT_TAIL(&idle_views, st, idle_link);
    }
}

static void link_user(MemoryView *view, AddressSpace *as)
{
    MemoryViewState *st = view->state;

    if (QTAILQ_EMPTY(&as->listeners)) {
        QLIST_INSERT_HEAD(&st->quiet, as, view_link);
    } else {
        QLIST_INSERT_HEAD(&st->listening, as, view_link);
    }
}

void memory_view_attach(MemoryView *view, AddressSpace *as)
{
    MemoryView *old = as->view;

    if (old) {
        QLIST_REMOVE(as, view_link);
    }
    link_user(view, as);
    qatomic_rcu_set(&as->view, view);
    if (old) {
        memory_view_check_idle(old);
    }
}

void memory_view_listening_changed(AddressSpace *as)
{
    QLIST_REMOVE(as, view_link);
    link_user(as->view, as);
}

void memory_view_root_gone(MemoryRegion *mr)
{
    mr->view->root = NULL;
    mr->view = NULL;
    memory_region_view_removed(mr);
}

uint64_t memory_views_serial(void)
{
    return last_serial;
}

void memory_views_mark_since(uint64_t serial)
{
    AddressSpace *as;

    QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
        if (as->view->state->serial > serial) {
            memory_view_mark(as->view, 0, UINT64_MAX, VISIBLE_RANGES);
        }
    }
}

static void view_dispose(MemoryView *view)
{
    MemoryViewState *st = view->state;
    Object *owner = st->owner;

    if (st->dirty) {
        QTAILQ_REMOVE(&dirty_views, st, dirty_link);
    }
    if (view->root) {
        memory_view_root_gone(view->root);
    }
    flatview_retire_last(view->current);
    intervals_free(&st->ranges);
    intervals_free(&st->notes);
    g_free(st);
    g_free_rcu(view, rcu);
    /* Its versions keep the root until they are reaped. */
    object_unref(owner);
}

void memory_views_dispose(void)
{
    MemoryViewState *st;

    while ((st = QTAILQ_FIRST(&idle_views))) {
        QTAILQ_REMOVE(&idle_views, st, idle_link);
        st->idle = false;
        if (QLIST_EMPTY(&st->listening) && QLIST_EMPTY(&st->quiet)) {
            view_dispose(st->view);
        }
    }
}
