/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a commit has found is told to listeners and published.
 *
 * begin; then for each address space, the oldest first, what goes, what comes
 * or stays, coalesced ranges and eventfds; a view is published when the last of
 * its address spaces has heard of it; commit. Listeners may come and go
 * meanwhile, and address spaces too.
 */
#include "qemu/osdep.h"
#include "memory/round.h"

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
    for (size_t i = 0; i < memory_round.changes->len; i++) {
        ViewChange *c = change_at(i);

        if (c->edited) {
            FlatMap map = flatmap_edit_end(&c->edit, &c->garbage);

            c->new = flatview_new(c->view->root, map);
        }
    }
    for (guint i = 0; i < memory_round.spaces->len; i++) {
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

    for (guint i = 0; i < memory_round.spaces->len; i++) {
        Space *sp = space_at(i);

        if (sp->nr && view_change_heard(change_of(sp))) {
            spaces++;
            for (guint j = sp->first; j < sp->first + sp->nr; j++) {
                g_ptr_array_add(memory_round.heard, listener_at(j));
            }
        }
    }
    if (spaces > 1) {
        g_ptr_array_sort(memory_round.heard, compare_listeners);
    }
}

static void tell_begin(void)
{
    for (guint i = 0; i < memory_round.heard->len; i++) {
        MemoryListener *l = g_ptr_array_index(memory_round.heard, i);

        if (l && l->begin) {
            l->begin(l);
        }
    }
}

static void tell_commit(void)
{
    for (guint i = 0; i < memory_round.heard->len; i++) {
        MemoryListener *l = g_ptr_array_index(memory_round.heard, i);

        if (l && l->commit) {
            l->commit(l);
        }
    }
}

/* A slice of the round's listeners, of which any may vanish meanwhile. */
typedef struct Audience {
    guint first, nr;
    MemoryListener *only; /* if not NULL: this one, and no slice */
} Audience;

static guint audience_size(const Audience *a)
{
    return a->only ? 1 : a->nr;
}

static MemoryListener *audience_at(const Audience *a, guint i)
{
    return a->only ?: listener_at(a->first + i);
}

#define FOR_AUDIENCE(l, i, a)                                                  \
    for (guint i = 0; i < audience_size(a); i++)                               \
        if (((l) = audience_at(a, i)))

#define FOR_AUDIENCE_REVERSE(l, i, a)                                          \
    for (guint i = audience_size(a); i-- > 0;)                                 \
        if (((l) = audience_at(a, i)))

static void tell_del(const Audience *a, const FlatRange *range, FlatView *fv)
{
    MemoryRegionSection section = section_from_flat_range(range, fv);
    MemoryListener *l;

    if (coalesced_ranges) {
        FOR_AUDIENCE_REVERSE(l, i, a)
        {
            memory_listener_tell_coalesced(l, &section, range, COALESCED_BEFORE,
                                           false);
        }
    }
    FOR_AUDIENCE_REVERSE(l, i, a)
    {
        if (l->region_del) {
            l->region_del(l, &section);
        }
    }
}

static void tell_add(const Audience *a, const FlatRange *range, FlatView *fv)
{
    MemoryRegionSection section = section_from_flat_range(range, fv);
    MemoryListener *l;

    FOR_AUDIENCE(l, i, a)
    {
        if (l->region_add) {
            l->region_add(l, &section);
        }
    }
    if (coalesced_ranges) {
        FOR_AUDIENCE(l, i, a)
        {
            memory_listener_tell_coalesced(l, &section, range, COALESCED_AFTER,
                                           true);
        }
    }
}

static void tell_nop(const Audience *a, const FlatRange *range, FlatView *fv)
{
    MemoryRegionSection section = section_from_flat_range(range, fv);
    MemoryListener *l;

    FOR_AUDIENCE(l, i, a)
    {
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
        FOR_AUDIENCE(l, i, a)
        {
            if (l->log_start) {
                l->log_start(l, &section, before, after);
            }
        }
    }
    if (before & ~after) {
        FOR_AUDIENCE_REVERSE(l, i, a)
        {
            if (l->log_stop) {
                l->log_stop(l, &section, before, after);
            }
        }
    }
}

static bool wants_nop(const Audience *a)
{
    MemoryListener *l;

    FOR_AUDIENCE(l, i, a)
    {
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
        FOR_AUDIENCE(l, i, a)
        {
            if (l->eventfd_del) {
                l->eventfd_del(l, &section, fd->match_data, fd->data, fd->e);
            }
        }
        return;
    }
    FOR_AUDIENCE_REVERSE(l, i, a)
    {
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
        FlatRange range = g_array_index(memory_round.data.notes, FlatRange, i);
        MemoryRegionSection section = section_from_flat_range(&range, fv);

        FOR_AUDIENCE_REVERSE(l, j, a)
        {
            memory_listener_tell_coalesced(l, &section, &range, COALESCED_GONE,
                                           false);
        }
        FOR_AUDIENCE(l, j, a)
        {
            memory_listener_tell_coalesced(l, &section, &range, COALESCED_CAME,
                                           true);
        }
    }
    for (size_t i = c->fds; i < c->fds + c->nr_fds; i++) {
        EventfdChange fd =
            g_array_index(memory_round.data.fds, EventfdChange, i);

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
    for (size_t i = 0; i < memory_round.changes->len; i++) {
        publish(change_at(i));
    }
    for (guint i = 0; i < memory_round.spaces->len; i++) {
        if (space_at(i)->to) {
            publish_switch(space_at(i));
        }
    }
}

/* ---- who comes and goes meanwhile ---------------------------------------- */

bool memory_round_active(void)
{
    return memory_round.active;
}

static Space *find_space(AddressSpace *as)
{
    for (guint i = 0; memory_round.telling && i < memory_round.spaces->len;
         i++) {
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
            g_ptr_array_add(memory_round.late, listener);
        }
        return fv;
    }
    /* The first listener of an address space that waits for publishing. */
    if (memory_round.telling) {
        return next_version(sp && sp->to ? sp->to : as->view);
    }
    return fv;
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

    forget(memory_round.listeners, listener);
    forget(memory_round.heard, listener);
    forget(memory_round.late, listener);
    return known_version(listener->address_space, &sp);
}

void memory_round_forget_space(AddressSpace *as)
{
    for (guint i = 0; memory_round.telling && i < memory_round.spaces->len;
         i++) {
        Space *sp = space_at(i);

        if (sp->as == as) {
            sp->as = NULL;
            for (guint j = sp->first; j < sp->first + sp->nr; j++) {
                memory_round.listeners->pdata[j] = NULL;
            }
        }
    }
}

/* Listeners that came while those of @sp were told know the old version. */
static void tell_late(const Space *sp)
{
    for (guint i = 0; i < memory_round.late->len; i++) {
        MemoryListener *l = g_ptr_array_index(memory_round.late, i);
        const Audience one = { .only = l };

        if (!l || l->address_space != sp->as) {
            continue;
        }
        memory_round.late->pdata[i] = NULL;
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

void memory_round_tell(void)
{
    make_versions();
    memory_round.telling = true;
    collect_heard();
    tell_begin();
    for (guint i = 0; i < memory_round.spaces->len; i++) {
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
    memory_round.telling = false;
}
