/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commit: from marks to new versions of views, of which listeners hear.
 *
 * It goes in rounds, since what listeners do may mark views again. A round
 *  - finds address spaces that change to another view (switches), and what
 *    changes in each dirty view; nothing of that can be seen outside;
 *  - asks listeners to prepare, who may refuse;
 *  - tells listeners, address space by address space, and publishes a view when
 *    the last of its address spaces has heard of it;
 *  - lets go of views that nobody uses.
 * What it needs is kept in arrays that the next commit uses again.
 */
#include "qemu/osdep.h"
#include "memory/round.h"
#include "qapi/error.h"

Round memory_round;

static void round_init(void)
{
    if (memory_round.changes) {
        return;
    }
    memory_round.changes = g_array_new(false, false, sizeof(ViewChange));
    memory_round.spaces = g_array_new(false, false, sizeof(Space));
    memory_round.sections =
        g_array_new(false, false, sizeof(MemoryRegionSection));
    memory_round.listeners = g_ptr_array_new();
    memory_round.late = g_ptr_array_new();
    memory_round.heard = g_ptr_array_new();
    memory_round.prepared = g_ptr_array_new();
    memory_round.data.ranges = g_array_new(false, false, sizeof(FlatRange));
    memory_round.data.diffs = g_array_new(false, false, sizeof(Difference));
    memory_round.data.fds = g_array_new(false, false, sizeof(EventfdChange));
    memory_round.data.notes = g_array_new(false, false, sizeof(FlatRange));
}

/* An array that one large commit has filled is not kept. */
#define KEEP_BYTES  (256 * 1024)
#define MAX_ELEMENT sizeof(ViewChange)

/* What is in these arrays is nobody's: their length is all that changes. */
static void empty(GArray **array)
{
    guint size;

    if ((*array)->len > KEEP_BYTES / MAX_ELEMENT) {
        size = g_array_get_element_size(*array);
        g_array_free(*array, true);
        *array = g_array_new(false, false, size);
    }
    (*array)->len = 0;
}

static void empty_pointers(GPtrArray *array)
{
    array->len = 0;
}

/* ---- what changes -------------------------------------------------------- */

/*
 * The view that @as should be on: that of its effective root, which others may
 * share. But to what nobody has rendered yet, or to nothing, it does not leave
 * the view of its own root: where a child comes and goes by which the root is
 * passed through or not, only the child is to be rendered each time.
 */
static MemoryView *choose_view(const AddressSpace *as)
{
    MemoryRegion *root = as->root;

    root = root ? memory_region_effective_root(root) : NULL;
    if ((!root || !root->view) && as->root && as->view->root == as->root) {
        return as->view;
    }
    return memory_view_for(root);
}

/* Address spaces that leave their view; as->pending stays set for them. */
static void collect_switches(void)
{
    AddressSpace *as;

    while ((as = QTAILQ_FIRST(&pending_spaces))) {
        Space sp = { .as = as, .to = choose_view(as) };

        QTAILQ_REMOVE(&pending_spaces, as, pending_link);
        as->pending = sp.to != as->view;
        if (as->pending) {
            sp.to->state->wanted = true;
            g_array_append_val(memory_round.spaces, sp);
        } else {
            memory_view_check_idle(sp.to);
        }
    }
}

static void collect_view(MemoryViewState *st)
{
    ViewChange c = { .view = st->view, .old = st->view->current };

    intervals_move(&memory_round.ranges, &st->ranges);
    intervals_move(&memory_round.notes, &st->notes);
    view_change_collect(&c, &memory_round.ranges, &memory_round.notes,
                        &memory_round.data, !QLIST_EMPTY(&st->listening));
    intervals_clear(&memory_round.ranges);
    intervals_clear(&memory_round.notes);
    if (c.edited || c.nr_fds || c.nr_notes) {
        c.open = c.edited;
        g_array_append_val(memory_round.changes, c);
        st->round_index = memory_round.changes->len;
    }
}

static bool all_leave(const ViewUsers *users)
{
    AddressSpace *as;

    QLIST_FOREACH(as, users, view_link) {
        if (!as->pending) {
            return false;
        }
    }
    return true;
}

/*
 * A view that all leave stays dirty: mostly it is disposed of when the round is
 * over, but someone may still come back.
 */
static void collect_views(void)
{
    MemoryViewList left = QTAILQ_HEAD_INITIALIZER(left);
    MemoryViewState *st;

    while ((st = QTAILQ_FIRST(&dirty_views))) {
        QTAILQ_REMOVE(&dirty_views, st, dirty_link);
        if (!st->wanted && all_leave(&st->listening) && all_leave(&st->quiet)) {
            QTAILQ_INSERT_TAIL(&left, st, dirty_link);
        } else {
            st->dirty = false;
            collect_view(st);
        }
    }
    while ((st = QTAILQ_FIRST(&left))) {
        QTAILQ_REMOVE(&left, st, dirty_link);
        QTAILQ_INSERT_TAIL(&dirty_views, st, dirty_link);
    }
}

/* The address spaces with listeners that stay on views that change. */
static void collect_listening(void)
{
    for (size_t i = 0; i < memory_round.changes->len; i++) {
        ViewChange *c = change_at(i);
        AddressSpace *as;

        if (!view_change_heard(c) && !c->nr_fds && !c->nr_notes) {
            continue;
        }
        QLIST_FOREACH(as, &c->view->state->listening, view_link) {
            Space sp = { .as = as, .change = i + 1 };

            if (!as->pending) {
                g_array_append_val(memory_round.spaces, sp);
                c->waiting++;
            }
        }
    }
}

static const FlatMap *map_after(MemoryView *view)
{
    size_t i = view->state->round_index;

    return i && change_at(i - 1)->edited ? &change_at(i - 1)->edit.map
                                         : &view->current->map;
}

/* What an address space with listeners hears when it changes its view. */
static void collect_switch_differences(void)
{
    for (guint i = 0; i < memory_round.spaces->len; i++) {
        Space *sp = space_at(i);
        ViewChange c = { 0 };

        if (!sp->to) {
            continue;
        }
        sp->as->pending = false;
        sp->to->state->wanted = false;
        if (!QTAILQ_EMPTY(&sp->as->listeners)) {
            c.old = sp->as->view->current;
            view_change_between(&c, &c.old->map, map_after(sp->to),
                                &memory_round.data);
            g_array_append_val(memory_round.changes, c);
            sp->change = memory_round.changes->len;
        }
    }
}

static int compare_spaces(const void *a, const void *b)
{
    const Space *x = a, *y = b;

    return (x->as->serial > y->as->serial) - (x->as->serial < y->as->serial);
}

static void collect_listeners(void)
{
    if (memory_round.spaces->len > 1) {
        g_array_sort(memory_round.spaces, compare_spaces);
    }
    for (guint i = 0; i < memory_round.spaces->len; i++) {
        Space *sp = space_at(i);
        MemoryListener *l;

        sp->first = memory_round.listeners->len;
        if (sp->change) {
            QTAILQ_FOREACH(l, &sp->as->listeners, link_as) {
                g_ptr_array_add(memory_round.listeners, l);
            }
        }
        sp->nr = memory_round.listeners->len - sp->first;
    }
}

static void collect(void)
{
    collect_switches();
    collect_views();
    collect_listening();
    collect_switch_differences();
    collect_listeners();
}

/* ---- prepare ------------------------------------------------------------- */

/* The sections that go (@add false) or come; returns how many. */
static size_t list_sections(const ViewChange *c, bool add)
{
    size_t n = 0;

    for (size_t i = c->diff; i < c->diff + c->nr_diff; i++) {
        const Difference *d = difference_at(i);

        if (add ? !d->old : !d->new) {
            MemoryRegionSection section =
                section_from_flat_range(add ? new_range(d) : d->old, c->old);

            g_array_append_val(memory_round.sections, section);
            n++;
        }
    }
    return n;
}

static bool prepare_listener(MemoryListener *l, size_t nr_add, size_t nr_del,
                             bool may_fail, Error **errp)
{
    const MemoryRegionSection *sections =
        (const MemoryRegionSection *)memory_round.sections->data;
    Error *err = NULL;

    if (l->prepare(l, sections, nr_add, sections + nr_add, nr_del, &err)) {
        g_ptr_array_add(memory_round.prepared, l);
        return true;
    }
    if (may_fail) {
        error_propagate(errp, err);
        return false;
    }
    /* It was the guest's doing: what does not fit stays emulated. */
    warn_reportf_err(err, "memory listener '%s' cannot take a change: ",
                     l->name ?: "(no name)");
    return true;
}

/* The same where all ranges go or come. */
static size_t list_all(const FlatMap *map, FlatView *fv)
{
    const FlatRange *fr;
    FlatMapIter it;

    for (fr = flatmap_iter_from(&it, map, 0); fr; fr = flatmap_iter_next(&it)) {
        MemoryRegionSection section = section_from_flat_range(fr, fv);

        g_array_append_val(memory_round.sections, section);
    }
    return map->nr;
}

static bool prepare_space(const Space *sp, bool may_fail, Error **errp)
{
    const ViewChange *c = change_of(sp);
    size_t nr_add = 0, nr_del = 0;
    bool listed = false;

    for (guint i = sp->first; i < sp->first + sp->nr; i++) {
        MemoryListener *l = listener_at(i);

        if (!l->prepare) {
            continue;
        }
        if (!listed) {
            memory_round.sections->len = 0;
            nr_add = c->all
                         ? list_all(sp->to ? map_after(sp->to) : &c->edit.map,
                                    c->old)
                         : list_sections(c, true);
            nr_del = nr_add && !c->all ? list_sections(c, false) : 0;
            listed = true;
        }
        if (nr_add && !prepare_listener(l, nr_add, nr_del, may_fail, errp)) {
            return false;
        }
    }
    return true;
}

static bool prepare(bool may_fail, Error **errp)
{
    bool ok = true;

    for (guint i = 0; ok && i < memory_round.spaces->len; i++) {
        Space *sp = space_at(i);

        if (sp->nr && view_change_heard(change_of(sp))) {
            ok = prepare_space(sp, may_fail, errp);
        }
    }
    if (!ok) {
        for (guint i = memory_round.prepared->len; i-- > 0;) {
            MemoryListener *l = g_ptr_array_index(memory_round.prepared, i);

            if (l->cancel) {
                l->cancel(l);
            }
        }
    }
    empty(&memory_round.sections);
    return ok;
}

/* As if the round had never begun. */
static void abandon(void)
{
    MemoryViewState *st;

    for (size_t i = 0; i < memory_round.changes->len; i++) {
        ViewChange *c = change_at(i);

        if (c->edited) {
            flatmap_edit_abort(&c->edit);
        }
    }
    for (guint i = 0; i < memory_round.spaces->len; i++) {
        if (space_at(i)->to) {
            memory_view_check_idle(space_at(i)->to);
        }
    }
    while ((st = QTAILQ_FIRST(&dirty_views))) {
        QTAILQ_REMOVE(&dirty_views, st, dirty_link);
        st->dirty = false;
        intervals_clear(&st->ranges);
        intervals_clear(&st->notes);
    }
    eventfds_rollback();
    coalesced_rollback();
}

/* ---- rounds -------------------------------------------------------------- */

static void reset(void)
{
    for (size_t i = 0; i < memory_round.changes->len; i++) {
        if (change_at(i)->view) {
            change_at(i)->view->state->round_index = 0;
        }
    }
    empty(&memory_round.changes);
    empty(&memory_round.spaces);
    empty(&memory_round.data.ranges);
    empty(&memory_round.data.diffs);
    empty(&memory_round.data.fds);
    empty(&memory_round.data.notes);
    empty_pointers(memory_round.listeners);
    empty_pointers(memory_round.late);
    empty_pointers(memory_round.heard);
    empty_pointers(memory_round.prepared);
}

static bool run_round(bool may_fail, Error **errp)
{
    bool ok;

    if (QTAILQ_EMPTY(&dirty_views) && QTAILQ_EMPTY(&pending_spaces)) {
        /* Nobody sees regions of which eventfds or coalesced ranges changed. */
        eventfds_settle();
        coalesced_round_begin();
        coalesced_round_end();
        return true;
    }
    coalesced_round_begin();
    collect();
    ok = prepare(may_fail, errp);
    if (ok) {
        eventfds_settle();
        memory_round_tell();
        coalesced_round_end();
    } else {
        abandon();
    }
    reset();
    memory_views_dispose();
    return ok;
}

bool memory_views_commit(bool may_fail, Error **errp)
{
    bool ok;

    if (memory_round.active) {
        return true; /* the round in progress is followed by another */
    }
    round_init();
    memory_round.active = true;
    /* Finalizers may change regions, which would not be undone. */
    if (!may_fail) {
        flatview_reap();
    }
    ok = run_round(may_fail, errp);
    while (ok &&
           (!QTAILQ_EMPTY(&dirty_views) || !QTAILQ_EMPTY(&pending_spaces))) {
        run_round(false, NULL);
    }
    memory_round.active = false;
    flatview_retire_flush();
    return ok;
}
