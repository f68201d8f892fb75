/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a commit changes in one view.
 *
 * Each dirty interval is rendered again. What comes out is joined with its old
 * neighbours, of which parts may lie within the interval and parts outside of
 * it; intervals that meet the same neighbour go together in one group. A group
 * is a row of old ranges and the row of new ranges that takes its place. What
 * both have at their ends is left alone; the rest is put into the map, and the
 * difference is noted for the listeners.
 */
#include "qemu/osdep.h"
#include "memory/view-state.h"

/*
 * With more intervals than this, and more than half as many as the view has
 * ranges, it is cheaper to render all between the first and the last.
 */
#define FEW_INTERVALS 16

/* Old ranges of the group; kept for the next time. Under the big lock. */
static const FlatRange **olds;
static size_t olds_size;

/* Eventfds of one view, likewise. */
static GArray *fds_before, *fds_after;

typedef struct Group {
    ViewChange *c;
    RoundData *data;
    bool heard;
    FlatMapIter it;
    const FlatRange *old; /* the next one, or the last one added */
    size_t nr_olds;
    guint first;     /* of the new ranges, in data->ranges */
    hwaddr from, to; /* all ranges that begin here are replaced */
} Group;

static void add_old(Group *g, const FlatRange *old)
{
    if (g->nr_olds && olds[g->nr_olds - 1] == old) {
        return;
    }
    if (g->nr_olds == olds_size) {
        olds_size = MAX(64, olds_size * 2);
        olds = g_renew(const FlatRange *, olds, olds_size);
    }
    olds[g->nr_olds++] = old;
}

static FlatRange *new_at(Group *g, guint i)
{
    return &g_array_index(g->data->ranges, FlatRange, i);
}

/* The part of @old from @start to @last stays. */
static void keep_part(Group *g, const FlatRange *old, hwaddr start, hwaddr last)
{
    FlatRange part = *old;
    guint n = g->data->ranges->len;

    part.start = start;
    part.last = last;
    part.offset_in_region += start - old->start;
    if (n > g->first && flat_range_can_merge(new_at(g, n - 1), &part)) {
        new_at(g, n - 1)->last = last;
    } else {
        g_array_append_val(g->data->ranges, part);
    }
}

static void render_part(Group *g, const Interval *iv)
{
    guint n = g->data->ranges->len;

    memory_render(g->c->view->root, iv->start, iv->last, g->data->ranges);
    if (n > g->first && n < g->data->ranges->len &&
        flat_range_can_merge(new_at(g, n - 1), new_at(g, n))) {
        new_at(g, n - 1)->last = new_at(g, n)->last;
        g_array_remove_index(g->data->ranges, n);
    }
    while (g->old && g->old->start <= iv->last) {
        add_old(g, g->old);
        if (g->old->last > iv->last) {
            break;
        }
        g->old = flatmap_iter_next(&g->it);
    }
    g->to = iv->last;
}

/*
 * Behind the interval @iv, an old range goes on or begins. If @next (may be
 * NULL) meets it too, only what lies between the two is kept, and true is
 * returned: the group goes on.
 */
static bool keep_right(Group *g, const Interval *iv, const Interval *next)
{
    const FlatRange *old = g->old;
    hwaddr start = iv->last + 1;

    if (!old || iv->last == UINT64_MAX || old->start > start) {
        return false;
    }
    add_old(g, old);
    g->to = MAX(g->to, old->start);
    if (!next || next->start - 1 > old->last) {
        keep_part(g, old, start, old->last);
        return false;
    }
    keep_part(g, old, start, next->start - 1);
    if (old->last < next->start) {
        g->old = flatmap_iter_next(&g->it);
    }
    return true;
}

static bool same(const FlatRange *a, const FlatRange *b)
{
    return flat_range_equal(a, b) && a->dirty_log_mask == b->dirty_log_mask &&
           a->path == b->path;
}

static void note_difference(Group *g, const FlatRange *old, guint new)
{
    Difference d = { old, new };
    FlatRange *fr;

    if (old && new &&
        old->dirty_log_mask == new_at(g, new - 1)->dirty_log_mask) {
        return;
    }
    g_array_append_val(g->data->diffs, d);
    if (!eventfds_regions) {
        return;
    }
    if (old && !new && old->mr->eventfds) {
        eventfds_before(old, fds_before);
    }
    if (new && !old) {
        fr = new_at(g, new - 1);
        if (fr->mr->eventfds) {
            eventfds_after(fr, fds_after);
        }
    }
}

/* Both rows by address; where they differ, what goes comes first. */
static void note_differences(Group *g, size_t o, size_t nr_olds, guint n,
                             guint nr_news)
{
    while (o < nr_olds || n < nr_news) {
        const FlatRange *old = o < nr_olds ? olds[o] : NULL;
        const FlatRange *new = n < nr_news ? new_at(g, n) : NULL;

        if (o < nr_olds && n < nr_news && flat_range_equal(old, new)) {
            note_difference(g, old, n + 1);
            o++;
            n++;
        } else if (old && (!new || old->start <= new->start)) {
            note_difference(g, old, 0);
            o++;
        } else {
            note_difference(g, NULL, n + 1);
            n++;
        }
    }
}

static void edit(ViewChange *c, hwaddr start, hwaddr last,
                 const FlatRange *with, size_t n)
{
    if (!c->edited) {
        flatmap_edit_begin(&c->edit, &c->old->map);
        c->edited = true;
    }
    flatmap_edit_splice(&c->edit, start, last, with, n);
}

static void group_begin(Group *g, const Interval *iv)
{
    g->nr_olds = 0;
    g->first = g->data->ranges->len;
    g->from = iv->start;
    g->old = flatmap_iter_from(&g->it, &g->c->old->map,
                               iv->start ? iv->start - 1 : 0);
    if (g->old && g->old->start < iv->start) {
        g->from = g->old->start;
        add_old(g, g->old);
        keep_part(g, g->old, g->old->start, MIN(g->old->last, iv->start - 1));
        if (g->old->last < iv->start) {
            g->old = flatmap_iter_next(&g->it);
        }
    }
}

static void group_end(Group *g)
{
    size_t o = 0, nr_olds = g->nr_olds;
    guint n = g->first, nr_news = g->data->ranges->len;

    while (o < nr_olds && n < nr_news && same(olds[o], new_at(g, n))) {
        o++;
        n++;
    }
    while (o < nr_olds && n < nr_news &&
           same(olds[nr_olds - 1], new_at(g, nr_news - 1))) {
        nr_olds--;
        nr_news--;
    }
    if (o < nr_olds || n < nr_news) {
        edit(g->c, o ? olds[o - 1]->last + 1 : g->from,
             nr_olds < g->nr_olds ? olds[nr_olds]->start - 1 : g->to,
             new_at(g, n), nr_news - n);
        if (g->heard) {
            note_differences(g, o, nr_olds, n, nr_news);
            return;
        }
    }
    g_array_set_size(g->data->ranges, g->first);
}

/* Joins all to one if that is cheaper. */
static void join_many(const ViewChange *c, Intervals *set)
{
    intervals_normalize(set);
    if (set->n > FEW_INTERVALS && set->n >= c->old->map.nr / 2) {
        set->at[0].last = set->at[set->n - 1].last;
        set->n = 1;
    }
}

static void note_pending(const FlatRange *fr, RoundData *data)
{
    if (fr->mr->eventfds) {
        eventfds_pending(fr, fds_before, fds_after);
    }
    if (coalesced_is_pending(fr->mr)) {
        g_array_append_vals(data->notes, fr, 1);
    }
}

/*
 * When eventfds changed, their region may have been elsewhere, or nowhere, and
 * then have come back: what was marked for ranges is looked at, too.
 */
static void add_marks(Intervals *notes, const Intervals *ranges)
{
    for (unsigned i = 0; i < ranges->n; i++) {
        intervals_add(notes, ranges->at[i].start, ranges->at[i].last);
    }
}

/* Ranges that stayed as they are, but of which eventfds or the like changed. */
static void collect_notes(ViewChange *c, Intervals *notes, RoundData *data)
{
    const FlatMap *map = c->edited ? &c->edit.map : &c->old->map;
    const FlatRange *seen = NULL;

    intervals_normalize(notes);
    for (unsigned i = 0; i < notes->n; i++) {
        FlatMapIter it;
        const FlatRange *fr = flatmap_iter_from(&it, map, notes->at[i].start);

        for (; fr && fr->start <= notes->at[i].last;
             fr = flatmap_iter_next(&it)) {
            const FlatRange *old = fr;

            if (fr == seen) {
                continue;
            }
            seen = fr;
            if (c->edited) {
                old = flatmap_find(&c->old->map, fr->start);
            }
            if (!old || !flat_range_equal(old, fr)) {
                continue; /* its differences are known */
            }
            note_pending(fr, data);
        }
    }
}

static void begin(ViewChange *c, RoundData *data)
{
    if (!fds_before) {
        fds_before = g_array_new(false, false, sizeof(EventfdChange));
        fds_after = g_array_new(false, false, sizeof(EventfdChange));
    }
    c->diff = data->diffs->len;
    c->fds = data->fds->len;
    c->notes = data->notes->len;
}

static void end(ViewChange *c, RoundData *data)
{
    if (fds_before->len || fds_after->len) {
        eventfds_diff(fds_before, fds_after, data->fds);
    }
    c->nr_diff = data->diffs->len - c->diff;
    c->nr_fds = data->fds->len - c->fds;
    c->nr_notes = data->notes->len - c->notes;
}

/* One of the maps is empty: its ranges need not be listed. */
static void collect_all(const FlatMap *old, const FlatMap *new)
{
    FlatMapIter it;
    const FlatRange *fr;

    if (!eventfds_regions) {
        return;
    }
    for (fr = flatmap_iter_from(&it, old, 0); fr; fr = flatmap_iter_next(&it)) {
        eventfds_before(fr, fds_before);
    }
    for (fr = flatmap_iter_from(&it, new, 0); fr; fr = flatmap_iter_next(&it)) {
        eventfds_after(fr, fds_after);
    }
}

void view_change_collect(ViewChange *c, Intervals *ranges, Intervals *notes,
                         RoundData *data, bool heard)
{
    /* What comes into an empty view need not be listed. */
    Group g = { .c = c, .data = data, .heard = heard && c->old->map.nr };

    begin(c, data);
    join_many(c, ranges);
    for (unsigned i = 0; i < ranges->n; i++) {
        const Interval *iv = &ranges->at[i], *next;

        group_begin(&g, iv);
        do {
            iv = &ranges->at[i];
            next = i + 1 < ranges->n ? iv + 1 : NULL;
            render_part(&g, iv);
        } while (keep_right(&g, iv, next) && ++i);
        group_end(&g);
    }
    if (heard && !g.heard) {
        if (c->edited) {
            c->all = true;
            collect_all(&c->old->map, &c->edit.map);
        }
    } else if (heard) {
        if (eventfds_any_pending() || coalesced_any_pending()) {
            add_marks(notes, ranges);
        }
        collect_notes(c, notes, data);
    }
    end(c, data);
}

static void collect_both(const FlatMap *old, const FlatMap *new,
                         RoundData *data)
{
    Group g = { .data = data, .first = data->ranges->len };
    FlatMapIter it;
    const FlatRange *fr;

    for (fr = flatmap_iter_from(&it, old, 0); fr; fr = flatmap_iter_next(&it)) {
        add_old(&g, fr);
    }
    for (fr = flatmap_iter_from(&it, new, 0); fr; fr = flatmap_iter_next(&it)) {
        g_array_append_vals(data->ranges, fr, 1);
    }
    note_differences(&g, 0, g.nr_olds, g.first, data->ranges->len);
    /* Ranges that both views show may have changed in other respects. */
    for (fr = flatmap_iter_from(&it, new, 0); fr; fr = flatmap_iter_next(&it)) {
        const FlatRange *was;

        if (fr->mr->eventfds || coalesced_is_pending(fr->mr)) {
            was = flatmap_find(old, fr->start);
            if (was && flat_range_equal(was, fr)) {
                note_pending(fr, data);
            }
        }
    }
}

void view_change_between(ViewChange *c, const FlatMap *old, const FlatMap *new,
                         RoundData *data)
{
    begin(c, data);
    if (!old->nr || !new->nr) {
        c->all = old->nr || new->nr;
        collect_all(old, new);
    } else {
        collect_both(old, new, data);
    }
    end(c, data);
}
