/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The renderer: from a tree of regions to the ranges that it shows.
 *
 * It sweeps an interval from its first address to its last. At each address it
 * finds the child that wins there and how far the answer holds; it descends
 * into containers and through aliases until it comes to a region that answers
 * itself. Where a container has a hole, what lies below it in its parent is
 * asked. The places to come back to are frames on a stack of our own, since
 * trees may be nested deeper than the thread's stack allows.
 *
 * Addresses of the view are exact; the place of a region's offset 0 (its base)
 * is modulo 2^64, as it may lie below 0.
 */
#include "qemu/osdep.h"
#include "memory/view.h"

enum {
    SHOWN_READONLY = 1,
    SHOWN_NONVOLATILE = 2,
    SHOWN_UNMERGEABLE = 4,
};

/* How something is seen: by where it lies and what lies above it. */
typedef struct Shown {
    MemoryRegion *mr;
    hwaddr base;
    uint64_t path;  /* hash of the aliases that led here */
    unsigned attrs; /* SHOWN_*, of all that led here */
} Shown;

#define NO_FRAME (-1)

typedef struct Frame {
    Shown what;     /* a region with children */
    hwaddr end;     /* of the view: up to here */
    uint64_t below; /* only children with a lesser key */
    uint64_t key;   /* of the parent's child that led here */
    int parent;
    /*
     * Where children do not overlap, they are taken one by one from this run.
     * Only where all of them count (below is SUBREGION_KEY_TOP).
     */
    bool run_valid;
    SubregionRun run;
} Frame;

/* The stack, kept for the next time. Under the big lock. */
static Frame *frames;
static int frames_size;

typedef struct Sweep {
    GArray *out;
    guint first; /* what stood in out before is not ours */
    hwaddr x;    /* the current place in the view */
    hwaddr last;
    int top;
} Sweep;

static uint64_t path_through(uint64_t path, const MemoryRegion *alias)
{
    path = (path ^ alias->serial) * 0x9e3779b97f4a7c15ULL;
    return path ^ path >> 29;
}

static unsigned region_attrs(const MemoryRegion *mr)
{
    return (mr->readonly ? SHOWN_READONLY : 0) |
           (mr->nonvolatile ? SHOWN_NONVOLATILE : 0) |
           (mr->unmergeable ? SHOWN_UNMERGEABLE : 0);
}

/* Goes on behind @end. Returns false at the end of the interval. */
static bool advance(Sweep *s, hwaddr end)
{
    if (end >= s->last) {
        return false;
    }
    s->x = end + 1;
    return true;
}

/* What lies between the current place and @end is @what; goes on behind it. */
static bool emit(Sweep *s, const Shown *what, hwaddr end)
{
    FlatRange fr = {
        .start = s->x,
        .last = end,
        .mr = what->mr,
        .offset_in_region = s->x - what->base,
        .path = what->attrs & SHOWN_UNMERGEABLE ? what->path : 0,
        .dirty_log_mask = memory_region_get_dirty_log_mask(what->mr),
        .romd_mode = what->mr->romd_mode,
        .readonly = what->attrs & SHOWN_READONLY,
        .nonvolatile = what->attrs & SHOWN_NONVOLATILE,
        .unmergeable = what->attrs & SHOWN_UNMERGEABLE,
    };
    FlatRange *before = NULL;

    if (s->out->len > s->first) {
        before = &g_array_index(s->out, FlatRange, s->out->len - 1);
    }
    if (before && flat_range_can_merge(before, &fr)) {
        before->last = end;
    } else {
        g_array_append_val(s->out, fr);
    }
    return advance(s, end);
}

static Frame *push(Sweep *s)
{
    if (++s->top == frames_size) {
        frames_size = MAX(64, frames_size * 2);
        frames = g_renew(Frame, frames, frames_size);
    }
    return &frames[s->top];
}

/*
 * Follows aliases from @what, at the current place, and takes over what they
 * inherit. @end becomes less where a target ends earlier. Returns false if
 * nothing is shown up to @end.
 */
static bool resolve(const Sweep *s, Shown *what, hwaddr *end)
{
    what->attrs |= region_attrs(what->mr);
    while (what->mr->alias) {
        MemoryRegion *target = what->mr->alias;
        hwaddr offset = s->x - what->base;

        if (!target->enabled || int128_eq(target->size, int128_zero())) {
            return false;
        }
        if (offset > UINT64_MAX - what->mr->alias_offset ||
            offset + what->mr->alias_offset > region_last(target)) {
            return false;
        }
        offset += what->mr->alias_offset;
        *end = MIN(*end - s->x, region_last(target) - offset) + s->x;
        what->path = path_through(what->path, what->mr);
        what->base -= what->mr->alias_offset;
        what->mr = target;
        what->attrs |= region_attrs(target);
    }
    return subregion_any(what->mr) || what->mr->terminates;
}

/*
 * The child that wins at @offset, with its *@key, or NULL. *@limit, at first
 * the last offset that is asked for, becomes less where the answer ends.
 */
static MemoryRegion *find_any(Frame *f, hwaddr offset, hwaddr *limit,
                              uint64_t *key)
{
    MemoryRegion *mr = subregion_find_top(f->what.mr, offset, f->below);
    hwaddr start;

    *key = mr ? mr->node.key : 0;
    if (mr) {
        *limit = MIN(*limit, mr->node.last);
    }
    if (*limit > offset &&
        subregion_next_start(f->what.mr, offset, *limit, *key, &start)) {
        *limit = start - 1;
    }
    return mr;
}

/* Whether the first child of the run has its place for itself. */
static bool apart(const SubregionRun *run)
{
    const SubregionEntry *e = run->at;

    if (e + 1 < run->end) {
        return e[1].start > e->last;
    }
    return !run->more || run->more_start > e->last;
}

/* The same, at the price of one step where children do not overlap. */
static MemoryRegion *find(Frame *f, hwaddr offset, hwaddr *limit, uint64_t *key)
{
    SubregionRun *run = &f->run;
    const SubregionEntry *e;

    if (f->below != SUBREGION_KEY_TOP) {
        return find_any(f, offset, limit, key);
    }
    if (!f->run_valid || (run->at == run->end && run->more)) {
        subregion_run(f->what.mr, offset, run);
        f->run_valid = true;
    }
    if (run->reached && run->reach >= offset) {
        f->run_valid = false;
        return find_any(f, offset, limit, key);
    }
    e = run->at;
    if (e == run->end || e->start > *limit) {
        return NULL;
    }
    if (e->start > offset) {
        *limit = e->start - 1;
        return NULL;
    }
    if (!apart(run)) {
        f->run_valid = false;
        return find_any(f, offset, limit, key);
    }
    run->at++;
    run->reached = true;
    run->reach = e->last;
    *limit = MIN(*limit, e->last);
    *key = e->key;
    return e->mr;
}

/*
 * The child of frame @parent with @key shows nothing up to @end: ask what lies
 * below it there. Returns false at the end of the interval.
 */
static bool fall_through(Sweep *s, int parent, uint64_t key, hwaddr end)
{
    Frame *f;

    while (parent != NO_FRAME && subregion_tree_only(frames[parent].what.mr)) {
        if (frames[parent].what.mr->terminates) {
            return emit(s, &frames[parent].what, end);
        }
        key = frames[parent].key;
        parent = frames[parent].parent;
    }
    if (parent == NO_FRAME) {
        return advance(s, end);
    }
    f = push(s);
    *f = frames[parent];
    f->end = end;
    f->below = key;
    return true;
}

/* One step of the frame on top, which reaches beyond the current place. */
static bool step(Sweep *s)
{
    Frame *f = &frames[s->top], *inner;
    hwaddr offset = s->x - f->what.base;
    hwaddr limit = f->end - f->what.base;
    uint64_t key;
    MemoryRegion *mr = find(f, offset, &limit, &key);
    hwaddr end = f->what.base + limit;
    Shown what;

    if (!mr) {
        if (f->what.mr->terminates) {
            return emit(s, &f->what, end);
        }
        return fall_through(s, f->parent, f->key, end);
    }
    what = f->what;
    what.mr = mr;
    what.base += mr->addr;
    if (!resolve(s, &what, &end)) {
        return fall_through(s, s->top, key, end);
    }
    if (!subregion_any(what.mr)) {
        return emit(s, &what, end);
    }
    inner = push(s);
    *inner = (Frame){
        .what = what,
        .end = end,
        .below = SUBREGION_KEY_TOP,
        .key = key,
        .parent = s->top - 1,
    };
    return true;
}

void memory_render(MemoryRegion *root, hwaddr start, hwaddr last, GArray *out)
{
    Sweep s = {
        .out = out, .first = out->len, .x = start, .last = last, .top = NO_FRAME
    };
    Shown what = { .mr = root };

    if (!root || !root->enabled || int128_eq(root->size, int128_zero()) ||
        start > region_last(root)) {
        return;
    }
    s.last = MIN(last, region_last(root));
    if (!resolve(&s, &what, &s.last)) {
        return;
    }
    if (!subregion_any(what.mr)) {
        emit(&s, &what, s.last);
        return;
    }
    *push(&s) = (Frame){
        .what = what,
        .end = s.last,
        .below = SUBREGION_KEY_TOP,
        .parent = NO_FRAME,
    };
    while (step(&s)) {
        while (s.x > frames[s.top].end) {
            s.top--;
        }
    }
}
