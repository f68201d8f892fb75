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
#include "memory/view-state.h"
#include "qapi/error.h"

/* An address space that is on a view that changes, or that changes its view. */
typedef struct Space {
    AddressSpace *as;           /* NULL: destroyed meanwhile */
    MemoryView *to;             /* of a switch, or NULL */
    size_t change;              /* in the round's changes, plus one; or 0 */
    guint first, nr;            /* its listeners, in the round's array */
    bool told;
} Space;

static struct Round {
    bool active;                /* views_commit() runs */
    bool telling;               /* callbacks run */
    GArray *changes;            /* of ViewChange */
    GArray *spaces;             /* of Space */
    GPtrArray *listeners;       /* of each space in turn; NULL: gone */
    GPtrArray *late;            /* came while the others were told */
    GPtrArray *heard;           /* those of begin and commit */
    GPtrArray *prepared;
    GArray *sections;           /* for prepare */
    RoundData data;
    Intervals ranges, notes;
} round;

static void round_init(void)
{
    if (round.changes) {
        return;
    }
    round.changes = g_array_new(false, false, sizeof(ViewChange));
    round.spaces = g_array_new(false, false, sizeof(Space));
    round.sections = g_array_new(false, false, sizeof(MemoryRegionSection));
    round.listeners = g_ptr_array_new();
    round.late = g_ptr_array_new();
    round.heard = g_ptr_array_new();
    round.prepared = g_ptr_array_new();
    round.data.ranges = g_array_new(false, false, sizeof(FlatRange));
    round.data.diffs = g_array_new(false, false, sizeof(Difference));
    round.data.fds = g_array_new(false, false, sizeof(EventfdChange));
    round.data.notes = g_array_new(false, false, sizeof(FlatRange));
}

/* An array that one large commit has filled is not kept. */
#define KEEP_BYTES (256 * 1024)

static void empty(GArray **array)
{
    guint size = g_array_get_element_size(*array);

    if ((size_t)(*array)->len * size > KEEP_BYTES) {
        g_array_free(*array, true);
        *array = g_array_new(false, false, size);
    }
    g_array_set_size(*array, 0);
}

static ViewChange *change_at(size_t i)
{
    return &g_array_index(round.changes, ViewChange, i);
}

static Space *space_at(guint i)
{
    return &g_array_index(round.spaces, Space, i);
}

static ViewChange *change_of(const Space *sp)
{
    return change_at(sp->change - 1);
}

static const FlatRange *new_range(const Difference *d)
{
    return &g_array_index(round.data.ranges, FlatRange, d->new - 1);
}

static const Difference *difference_at(size_t i)
{
    return &g_array_index(round.data.diffs, Difference, i);
}

/* ---- what changes -------------------------------------------------------- */

/* Address spaces that leave their view; as->pending stays set for them. */
static void collect_switches(void)
{
    AddressSpace *as;

    while ((as = QTAILQ_FIRST(&pending_spaces))) {
        MemoryRegion *root = as->root;
        Space sp = { .as = as };

        QTAILQ_REMOVE(&pending_spaces, as, pending_link);
        sp.to = memory_view_for(root ? memory_region_effective_root(root)
                                     : NULL);
        as->pending = sp.to != as->view;
        if (as->pending) {
            sp.to->state->wanted = true;
            g_array_append_val(round.spaces, sp);
        } else {
            memory_view_check_idle(sp.to);
        }
    }
}

static void collect_view(MemoryViewState *st)
{
    ViewChange c = { .view = st->view, .old = st->view->current };

    intervals_move(&round.ranges, &st->ranges);
    intervals_move(&round.notes, &st->notes);
    view_change_collect(&c, &round.ranges, &round.notes, &round.data,
                        !QLIST_EMPTY(&st->listening));
    intervals_clear(&round.ranges);
    intervals_clear(&round.notes);
    if (c.edited || c.nr_fds || c.nr_notes) {
        c.open = c.edited;
        g_array_append_val(round.changes, c);
        st->round_index = round.changes->len;
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
        if (!st->wanted && all_leave(&st->listening) &&
            all_leave(&st->quiet)) {
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
    for (size_t i = 0; i < round.changes->len; i++) {
        ViewChange *c = change_at(i);
        AddressSpace *as;

        if (!view_change_heard(c) && !c->nr_fds && !c->nr_notes) {
            continue;
        }
        QLIST_FOREACH(as, &c->view->state->listening, view_link) {
            Space sp = { .as = as, .change = i + 1 };

            if (!as->pending) {
                g_array_append_val(round.spaces, sp);
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
    for (guint i = 0; i < round.spaces->len; i++) {
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
                                &round.data);
            g_array_append_val(round.changes, c);
            sp->change = round.changes->len;
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
    if (round.spaces->len > 1) {
        g_array_sort(round.spaces, compare_spaces);
    }
    for (guint i = 0; i < round.spaces->len; i++) {
        Space *sp = space_at(i);
        MemoryListener *l;

        sp->first = round.listeners->len;
        if (sp->change) {
            QTAILQ_FOREACH(l, &sp->as->listeners, link_as) {
                g_ptr_array_add(round.listeners, l);
            }
        }
        sp->nr = round.listeners->len - sp->first;
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

static MemoryListener *listener_at(guint i)
{
    return g_ptr_array_index(round.listeners, i);
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

            g_array_append_val(round.sections, section);
            n++;
        }
    }
    return n;
}

static bool prepare_listener(MemoryListener *l, size_t nr_add, size_t nr_del,
                             bool may_fail, Error **errp)
{
    const MemoryRegionSection *sections =
        (const MemoryRegionSection *)round.sections->data;
    Error *err = NULL;

    if (l->prepare(l, sections, nr_add, sections + nr_add, nr_del, &err)) {
        g_ptr_array_add(round.prepared, l);
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

    for (fr = flatmap_iter_from(&it, map, 0); fr;
         fr = flatmap_iter_next(&it)) {
        MemoryRegionSection section = section_from_flat_range(fr, fv);

        g_array_append_val(round.sections, section);
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
            g_array_set_size(round.sections, 0);
            nr_add = c->all ? list_all(map_after(sp->to), c->old)
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

    for (guint i = 0; ok && i < round.spaces->len; i++) {
        Space *sp = space_at(i);

        if (sp->nr && view_change_heard(change_of(sp))) {
            ok = prepare_space(sp, may_fail, errp);
        }
    }
    if (!ok) {
        for (guint i = round.prepared->len; i-- > 0;) {
            MemoryListener *l = g_ptr_array_index(round.prepared, i);

            if (l->cancel) {
                l->cancel(l);
            }
        }
    }
    empty(&round.sections);
    return ok;
}

/* As if the round had never begun. */
static void abandon(void)
{
    MemoryViewState *st;

    for (size_t i = 0; i < round.changes->len; i++) {
        ViewChange *c = change_at(i);

        if (c->edited) {
            flatmap_edit_abort(&c->edit);
        }
    }
    for (guint i = 0; i < round.spaces->len; i++) {
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

/* ---- telling ------------------------------------------------------------- */

static bool is_open(MemoryView *view)
{
    size_t i = view->state->round_index;

    return i && change_at(i - 1)->open;
}

/* The version that @view has when the round is over. */
static FlatView *next_version(MemoryView *view)
{
    return is_open(view) ? change_at(view->state->round_index - 1)->new
                         : view->current;
}

/* From here on nothing fails: the new versions, not published yet. */
static void make_versions(void)
{
    for (size_t i = 0; i < round.changes->len; i++) {
        ViewChange *c = change_at(i);

        if (c->edited) {
            FlatMap map = flatmap_edit_end(&c->edit, &c->garbage);

            c->new = flatview_new(c->view->root, map);
        }
    }
    for (guint i = 0; i < round.spaces->len; i++) {
        Space *sp = space_at(i);

        if (sp->to && sp->change) {
            change_of(sp)->new = next_version(sp->to);
        }
    }
}

static int compare_listeners(const void *a, const void *b)
{
    const MemoryListener *x = *(MemoryListener *const *)a;
    const MemoryListener *y = *(MemoryListener *const *)b;

    if (x->priority != y->priority) {
        return x->priority < y->priority ? -1 : 1;
    }
    return (x->serial > y->serial) - (x->serial < y->serial);
}

static void collect_heard(void)
{
    unsigned spaces = 0;

    for (guint i = 0; i < round.spaces->len; i++) {
        Space *sp = space_at(i);

        if (sp->nr && view_change_heard(change_of(sp))) {
            spaces++;
            for (guint j = sp->first; j < sp->first + sp->nr; j++) {
                g_ptr_array_add(round.heard, listener_at(j));
            }
        }
    }
    if (spaces > 1) {
        g_ptr_array_sort(round.heard, compare_listeners);
    }
}

static void tell_begin(void)
{
    for (guint i = 0; i < round.heard->len; i++) {
        MemoryListener *l = g_ptr_array_index(round.heard, i);

        if (l && l->begin) {
            l->begin(l);
        }
    }
}

static void tell_commit(void)
{
    for (guint i = 0; i < round.heard->len; i++) {
        MemoryListener *l = g_ptr_array_index(round.heard, i);

        if (l && l->commit) {
            l->commit(l);
        }
    }
}

/* A slice of the round's listeners, of which any may vanish meanwhile. */
typedef struct Audience {
    guint first, nr;
    MemoryListener *only;       /* if not NULL: this one, and no slice */
} Audience;

static guint audience_size(const Audience *a)
{
    return a->only ? 1 : a->nr;
}

static MemoryListener *audience_at(const Audience *a, guint i)
{
    return a->only ?: listener_at(a->first + i);
}

#define FOR_AUDIENCE(l, i, a)                               \
    for (guint i = 0; i < audience_size(a); i++)            \
        if (((l) = audience_at(a, i)))

#define FOR_AUDIENCE_REVERSE(l, i, a)                       \
    for (guint i = audience_size(a); i-- > 0;)              \
        if (((l) = audience_at(a, i)))

static void tell_del(const Audience *a, const FlatRange *range, FlatView *fv)
{
    MemoryRegionSection section = section_from_flat_range(range, fv);
    MemoryListener *l;

    if (coalesced_ranges) {
        FOR_AUDIENCE_REVERSE(l, i, a) {
            memory_listener_tell_coalesced(l, &section, range,
                                           COALESCED_BEFORE, false);
        }
    }
    FOR_AUDIENCE_REVERSE(l, i, a) {
        if (l->region_del) {
            l->region_del(l, &section);
        }
    }
}

static void tell_add(const Audience *a, const FlatRange *range, FlatView *fv)
{
    MemoryRegionSection section = section_from_flat_range(range, fv);
    MemoryListener *l;

    FOR_AUDIENCE(l, i, a) {
        if (l->region_add) {
            l->region_add(l, &section);
        }
    }
    if (coalesced_ranges) {
        FOR_AUDIENCE(l, i, a) {
            memory_listener_tell_coalesced(l, &section, range,
                                           COALESCED_AFTER, true);
        }
    }
}

static void tell_nop(const Audience *a, const FlatRange *range, FlatView *fv)
{
    MemoryRegionSection section = section_from_flat_range(range, fv);
    MemoryListener *l;

    FOR_AUDIENCE(l, i, a) {
        if (l->region_nop) {
            l->region_nop(l, &section);
        }
    }
}

static void tell_log(const Audience *a, const FlatRange *range, FlatView *fv,
                     int before)
{
    MemoryRegionSection section = section_from_flat_range(range, fv);
    int after = range->dirty_log_mask;
    MemoryListener *l;

    if (after & ~before) {
        FOR_AUDIENCE(l, i, a) {
            if (l->log_start) {
                l->log_start(l, &section, before, after);
            }
        }
    }
    if (before & ~after) {
        FOR_AUDIENCE_REVERSE(l, i, a) {
            if (l->log_stop) {
                l->log_stop(l, &section, before, after);
            }
        }
    }
}

static bool wants_nop(const Audience *a)
{
    MemoryListener *l;

    FOR_AUDIENCE(l, i, a) {
        if (l->region_nop) {
            return true;
        }
    }
    return false;
}

/* A difference's range lies in an array that callbacks do not change. */
static void tell_difference(const Audience *a, const ViewChange *c,
                            const Difference *d)
{
    FlatRange range = *new_range(d);

    if (!d->old) {
        tell_add(a, &range, c->new);
    } else {
        tell_log(a, &range, c->new, d->old->dirty_log_mask);
    }
}

/* All ranges of the new version: what is not new or logged has stayed. */
static void tell_whole(const Audience *a, const ViewChange *c)
{
    size_t i = c->diff, end = c->diff + c->nr_diff;
    const FlatRange *fr;
    FlatMapIter it;

    for (fr = flatmap_iter_from(&it, &c->new->map, 0); fr;
         fr = flatmap_iter_next(&it)) {
        const Difference *d = NULL;

        while (i < end && (!difference_at(i)->new ||
                           new_range(difference_at(i))->start < fr->start)) {
            i++;
        }
        if (i < end && new_range(difference_at(i))->start == fr->start) {
            d = difference_at(i);
        }
        if (!d || d->old) {
            tell_nop(a, fr, c->new);
        }
        if (d) {
            tell_difference(a, c, d);
        }
    }
}

/* No range stays: all of the old version go, then all of the new come. */
static void tell_all(const Audience *a, const ViewChange *c)
{
    const FlatRange *fr;
    FlatMapIter it;

    for (fr = flatmap_iter_from(&it, &c->old->map, 0); fr;
         fr = flatmap_iter_next(&it)) {
        tell_del(a, fr, c->old);
    }
    for (fr = flatmap_iter_from(&it, &c->new->map, 0); fr;
         fr = flatmap_iter_next(&it)) {
        tell_add(a, fr, c->new);
    }
}

/* c->new may be NULL where only eventfds and the like changed. */
static void tell_ranges(const Audience *a, const ViewChange *c)
{
    size_t end = c->diff + c->nr_diff;

    if (c->all) {
        tell_all(a, c);
        return;
    }
    for (size_t i = c->diff; i < end; i++) {
        const Difference *d = difference_at(i);

        if (!d->new) {
            tell_del(a, d->old, c->old);
        }
    }
    if (c->nr_diff && wants_nop(a)) {
        tell_whole(a, c);
        return;
    }
    for (size_t i = c->diff; i < end; i++) {
        if (difference_at(i)->new) {
            tell_difference(a, c, difference_at(i));
        }
    }
}

static void tell_eventfd(const Audience *a, const EventfdChange *fd,
                         FlatView *fv)
{
    MemoryRegionSection section = {
        .fv = fv,
        .offset_within_address_space = fd->addr,
        .size = int128_make64(fd->size),
    };
    MemoryListener *l;

    if (!fd->add) {
        FOR_AUDIENCE(l, i, a) {
            if (l->eventfd_del) {
                l->eventfd_del(l, &section, fd->match_data, fd->data, fd->e);
            }
        }
        return;
    }
    FOR_AUDIENCE_REVERSE(l, i, a) {
        if (l->eventfd_add) {
            l->eventfd_add(l, &section, fd->match_data, fd->data, fd->e);
        }
    }
}

/* Coalesced ranges and eventfds. */
static void tell_extras(const Audience *a, const ViewChange *c)
{
    FlatView *fv = c->new ?: c->old;
    MemoryListener *l;

    for (size_t i = c->notes; i < c->notes + c->nr_notes; i++) {
        FlatRange range = g_array_index(round.data.notes, FlatRange, i);
        MemoryRegionSection section = section_from_flat_range(&range, fv);

        FOR_AUDIENCE_REVERSE(l, j, a) {
            memory_listener_tell_coalesced(l, &section, &range,
                                           COALESCED_GONE, false);
        }
        FOR_AUDIENCE(l, j, a) {
            memory_listener_tell_coalesced(l, &section, &range,
                                           COALESCED_CAME, true);
        }
    }
    for (size_t i = c->fds; i < c->fds + c->nr_fds; i++) {
        EventfdChange fd = g_array_index(round.data.fds, EventfdChange, i);

        tell_eventfd(a, &fd, fv);
    }
}

/* ---- publishing ---------------------------------------------------------- */

static void publish(ViewChange *c)
{
    if (c->open) {
        c->open = false;
        qatomic_rcu_set(&c->view->current, c->new);
        flatview_retire(c->old, c->new, c->garbage);
    }
}

/* The target's new version is to be there when it is changed to. */
static void publish_switch(Space *sp)
{
    MemoryView *to = sp->to;

    sp->to = NULL;
    if (sp->as) {
        memory_view_attach(to, sp->as);
    } else {
        memory_view_check_idle(to);
    }
}

/* @sp has been told of its ranges. */
static void space_told(Space *sp)
{
    ViewChange *c = change_of(sp);

    sp->told = true;
    if (c->view) {
        if (--c->waiting == 0) {
            publish(c);
        }
    } else if (!is_open(sp->to)) {
        publish_switch(sp);
    }
}

static void publish_rest(void)
{
    for (size_t i = 0; i < round.changes->len; i++) {
        publish(change_at(i));
    }
    for (guint i = 0; i < round.spaces->len; i++) {
        if (space_at(i)->to) {
            publish_switch(space_at(i));
        }
    }
}

/* ---- who comes and goes meanwhile ---------------------------------------- */

bool memory_round_active(void)
{
    return round.active;
}

static Space *find_space(AddressSpace *as)
{
    for (guint i = 0; round.telling && i < round.spaces->len; i++) {
        if (space_at(i)->as == as) {
            return space_at(i);
        }
    }
    return NULL;
}

static bool is_published(const Space *sp)
{
    return sp->to ? false : !sp->change || !change_of(sp)->open;
}

/* What listeners of @as know of; *@sp: its place in the round, if any. */
static FlatView *known_version(AddressSpace *as, Space **sp)
{
    *sp = find_space(as);
    if (*sp && (*sp)->change && (*sp)->told && !is_published(*sp)) {
        return change_of(*sp)->new;
    }
    return as->view->current;
}

FlatView *memory_round_join(MemoryListener *listener)
{
    AddressSpace *as = listener->address_space;
    Space *sp;
    FlatView *fv = known_version(as, &sp);

    if (sp && sp->change) {
        if (!sp->told) {
            g_ptr_array_add(round.late, listener);
        }
        return fv;
    }
    /* The first listener of an address space that waits for publishing. */
    return round.telling ? next_version(sp && sp->to ? sp->to : as->view) : fv;
}

static void forget(GPtrArray *array, MemoryListener *listener)
{
    for (guint i = 0; array && i < array->len; i++) {
        if (g_ptr_array_index(array, i) == listener) {
            array->pdata[i] = NULL;
        }
    }
}

FlatView *memory_round_leave(MemoryListener *listener)
{
    Space *sp;

    forget(round.listeners, listener);
    forget(round.heard, listener);
    forget(round.late, listener);
    return known_version(listener->address_space, &sp);
}

void memory_round_forget_space(AddressSpace *as)
{
    for (guint i = 0; round.telling && i < round.spaces->len; i++) {
        Space *sp = space_at(i);

        if (sp->as == as) {
            sp->as = NULL;
            for (guint j = sp->first; j < sp->first + sp->nr; j++) {
                round.listeners->pdata[j] = NULL;
            }
        }
    }
}

/* Listeners that came while those of @sp were told know the old version. */
static void tell_late(const Space *sp)
{
    for (guint i = 0; i < round.late->len; i++) {
        MemoryListener *l = g_ptr_array_index(round.late, i);
        const Audience one = { .only = l };

        if (!l || l->address_space != sp->as) {
            continue;
        }
        round.late->pdata[i] = NULL;
        if (l->begin) {
            l->begin(l);
        }
        tell_ranges(&one, change_of(sp));
        tell_extras(&one, change_of(sp));
        if (l->commit) {
            l->commit(l);
        }
    }
}

static void tell(void)
{
    round.telling = true;
    collect_heard();
    tell_begin();
    for (guint i = 0; i < round.spaces->len; i++) {
        Audience a = { .first = space_at(i)->first, .nr = space_at(i)->nr };

        if (!space_at(i)->change) {
            continue;
        }
        tell_ranges(&a, change_of(space_at(i)));
        tell_late(space_at(i));
        space_told(space_at(i));
        tell_extras(&a, change_of(space_at(i)));
    }
    publish_rest();
    tell_commit();
    round.telling = false;
}

/* ---- rounds -------------------------------------------------------------- */

static void reset(void)
{
    for (size_t i = 0; i < round.changes->len; i++) {
        if (change_at(i)->view) {
            change_at(i)->view->state->round_index = 0;
        }
    }
    empty(&round.changes);
    empty(&round.spaces);
    empty(&round.data.ranges);
    empty(&round.data.diffs);
    empty(&round.data.fds);
    empty(&round.data.notes);
    g_ptr_array_set_size(round.listeners, 0);
    g_ptr_array_set_size(round.late, 0);
    g_ptr_array_set_size(round.heard, 0);
    g_ptr_array_set_size(round.prepared, 0);
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
        make_versions();
        tell();
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

    if (round.active) {
        return true;            /* the round in progress is followed by another */
    }
    round_init();
    round.active = true;
    /* Finalizers may change regions, too. */
    flatview_reap();
    ok = run_round(may_fail, errp);
    while (ok && (!QTAILQ_EMPTY(&dirty_views) ||
                  !QTAILQ_EMPTY(&pending_spaces))) {
        run_round(false, NULL);
    }
    round.active = false;
    flatview_retire_flush();
    return ok;
}
