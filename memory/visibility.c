/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a change of a region can be seen: the walk up through containers and
 * live aliases to the views, and the count of reasons for which a region is
 * live.
 *
 * A walk is a chain most of the time. Where it branches, what was visited is
 * remembered: an interval of a region that has been walked up from is not
 * walked again, and a region that is reached by ever other intervals is soon
 * taken as a whole. So graphs of aliases with exponentially many paths cost no
 * more than a number of visits for each edge. What is marked too much is
 * rendered and found to be as it was.
 */
#include "qemu/osdep.h"
#include "memory/region-link.h"
#include "memory/view.h"

/* ---- live regions ---- */

/* Whether @mr leads to others. */
static bool may_spread(const MemoryRegion *mr)
{
    return mr->alias || !QTAILQ_EMPTY(&mr->subregions);
}

static void move_alias(MemoryRegion *mr)
{
    QLIST_REMOVE(mr, alias_link);
    if (mr->live) {
        QLIST_INSERT_HEAD(&mr->alias->live_aliases, mr, alias_link);
    } else {
        QLIST_INSERT_HEAD(&mr->alias->idle_aliases, mr, alias_link);
    }
}

static void add_reason(MemoryRegion *mr, GPtrArray *todo)
{
    if (!mr->live++ && may_spread(mr)) {
        g_ptr_array_add(todo, mr);
    }
}

static void drop_reason(MemoryRegion *mr, GPtrArray *todo)
{
    assert(mr->live);
    if (!--mr->live && may_spread(mr)) {
        g_ptr_array_add(todo, mr);
    }
}

/* @mr has become live, or it no longer is: tells all that it leads to. */
static void spread(MemoryRegion *mr, GPtrArray *todo,
                   void (*tell)(MemoryRegion *mr, GPtrArray *todo))
{
    MemoryRegion *child;

    QTAILQ_FOREACH(child, &mr->subregions, subregions_link) {
        tell(child, todo);
    }
    if (mr->alias) {
        move_alias(mr);
        tell(mr->alias, todo);
    }
}

static void spread_all(MemoryRegion *mr,
                       void (*tell)(MemoryRegion *mr, GPtrArray *todo))
{
    g_autoptr(GPtrArray) todo = g_ptr_array_new();

    g_ptr_array_add(todo, mr);
    while (todo->len) {
        spread(g_ptr_array_steal_index_fast(todo, todo->len - 1), todo, tell);
    }
}

/* Most often it is a leaf, or an alias of what is live anyway. */
void region_live_inc(MemoryRegion *mr)
{
    for (; !mr->live++ && may_spread(mr); mr = mr->alias) {
        if (!QTAILQ_EMPTY(&mr->subregions)) {
            spread_all(mr, add_reason);
            return;
        }
        move_alias(mr);
    }
}

void region_live_dec(MemoryRegion *mr)
{
    assert(mr->live);
    for (; !--mr->live && may_spread(mr); mr = mr->alias) {
        if (!QTAILQ_EMPTY(&mr->subregions)) {
            spread_all(mr, drop_reason);
            return;
        }
        move_alias(mr);
    }
}

void memory_region_view_added(MemoryRegion *mr)
{
    region_live_inc(mr);
}

void memory_region_view_removed(MemoryRegion *mr)
{
    region_live_dec(mr);
}

/* ---- the walk up ---- */

/* A region is taken as a whole after so many visits. */
#define MAX_INTERVALS 16

typedef struct Visit {
    MemoryRegion *mr;
    hwaddr start, last;
    uint32_t prev; /* the visit of @mr before this one, plus 1 */
} Visit;

typedef struct Walk {
    uint64_t id;
    GArray *visits; /* of Visit; those to come are at the end */
} Walk;

/* What of [@start, @last] shows if @mr does; false if nothing. */
static inline bool clip(const MemoryRegion *mr, hwaddr start, hwaddr *last)
{
    if (!mr->enabled || !int128_nz(mr->size) || start > region_last(mr)) {
        return false;
    }
    *last = MIN(*last, region_last(mr));
    return true;
}

/* From @mr's addresses to its container's. False if it lies beyond the end. */
static inline bool to_container(const MemoryRegion *mr, hwaddr *start,
                                hwaddr *last)
{
    if (*start > HWADDR_MAX - mr->addr) {
        return false;
    }
    *start += mr->addr;
    *last = *last > HWADDR_MAX - mr->addr ? HWADDR_MAX : *last + mr->addr;
    return true;
}

/* From the target's addresses to those of @alias, which is still to be cut. */
static inline bool to_alias(const MemoryRegion *alias, hwaddr *start,
                            hwaddr *last)
{
    hwaddr offset = alias->alias_offset;

    if (*last < offset) {
        return false;
    }
    *start = *start > offset ? *start - offset : 0;
    *last -= offset;
    return true;
}

/* Adds a visit, unless an earlier one comprises it. */
static void visit(Walk *walk, MemoryRegion *mr, hwaddr start, hwaddr last)
{
    bool known = mr->mark_walk == walk->id;
    unsigned nr = 0;
    Visit new;

    if (!clip(mr, start, &last)) {
        return;
    }
    for (uint32_t i = known ? mr->mark_visit : 0; i; nr++) {
        const Visit *v = &g_array_index(walk->visits, Visit, i - 1);

        if (v->start <= start && last <= v->last) {
            return;
        }
        i = v->prev;
    }
    if (nr >= MAX_INTERVALS) {
        start = 0;
        last = region_last(mr);
    }
    new = (Visit){ mr, start, last, known ? mr->mark_visit : 0 };
    g_array_append_val(walk->visits, new);
    mr->mark_walk = walk->id;
    mr->mark_visit = walk->visits->len;
}

/* One step up by all ways. */
static void visit_parents(Walk *walk, MemoryRegion *mr, hwaddr start,
                          hwaddr last)
{
    MemoryRegion *alias;
    hwaddr s = start, l = last;

    if (mr->container && mr->container->live && to_container(mr, &s, &l)) {
        visit(walk, mr->container, s, l);
    }
    QLIST_FOREACH(alias, &mr->live_aliases, alias_link) {
        s = start;
        l = last;
        if (to_alias(alias, &s, &l)) {
            visit(walk, alias, s, l);
        }
    }
}

/* The walk from a region where it branches. */
static void mark_all_ways(MemoryRegion *mr, hwaddr start, hwaddr last,
                          VisibleChange what)
{
    static uint64_t last_id;
    static GArray *visits;
    Walk walk = { .id = ++last_id };

    if (!visits) {
        visits = g_array_new(false, false, sizeof(Visit));
    }
    walk.visits = visits;
    g_array_set_size(visits, 0);
    visit_parents(&walk, mr, start, last);
    for (guint i = 0; i < visits->len; i++) {
        Visit v = g_array_index(visits, Visit, i);

        if (v.mr->view) {
            memory_view_mark(v.mr->view, v.start, v.last, what);
        }
        visit_parents(&walk, v.mr, v.start, v.last);
    }
}

void memory_region_mark(MemoryRegion *mr, hwaddr start, hwaddr last,
                        VisibleChange what)
{
    while (mr->live && clip(mr, start, &last)) {
        MemoryRegion *alias = QLIST_FIRST(&mr->live_aliases);
        bool up = mr->container && mr->container->live;

        if (mr->view) {
            memory_view_mark(mr->view, start, last, what);
        }
        if (alias && (up || QLIST_NEXT(alias, alias_link))) {
            mark_all_ways(mr, start, last, what);
            return;
        }
        if (up ? !to_container(mr, &start, &last)
               : !alias || !to_alias(alias, &start, &last)) {
            return;
        }
        mr = up ? mr->container : alias;
    }
}
