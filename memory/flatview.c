/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Versions of flat views: who uses them, and when they go.
 *
 * A version is referred to by its users; while it is the current one by its
 * view, and then until readers that came without a reference are gone (a grace
 * period); and by the version before it. So versions go in order, and with each
 * goes the garbage of the edit that ended it, which no later one uses.
 *
 * The last reference may be dropped anywhere, but what follows runs finalizers:
 * the version is only put on a list, and flatview_reap() does the rest.
 */
#include "qemu/osdep.h"
#include "block/aio.h"
#include "memory/flatnode.h"
#include "qemu/main-loop.h"

/* Ranges of this size get the place for large ones. */
#define LARGE_SIZE (1024 * 1024)

__thread FlatViewLookup flatview_lookups[1 + (1 << FLATVIEW_LOOKUP_BITS)];

static FlatView *retired; /* wait for flatview_retire_flush() */
static FlatView *ready;   /* to be reaped; atomic, pushed to by any thread */

FlatView *flatview_new(MemoryRegion *root, FlatMap map)
{
    static uint64_t last_serial;
    FlatView *fv = g_new0(FlatView, 1);

    if (unlikely(!last_serial)) {
        rcu_set_drain_hook(flatview_reap);
    }
    fv->map = map;
    fv->serial = ++last_serial;
    fv->root = root;
    fv->ref = 1;
    fv->owner = root ? root->owner : NULL;
    object_ref(fv->owner);
    return fv;
}

bool flatview_ref(FlatView *fv)
{
    unsigned ref = qatomic_read(&fv->ref);

    while (ref) {
        unsigned seen = qatomic_cmpxchg(&fv->ref, ref, ref + 1);

        if (seen == ref) {
            return true;
        }
        ref = seen;
    }
    return false;
}

static void reap_bh(void *opaque)
{
    flatview_reap();
}

/* Nobody uses @fv any more. */
static void push_ready(FlatView *fv)
{
    FlatView *top = qatomic_read(&ready), *seen;

    for (;;) {
        fv->link = top;
        seen = qatomic_cmpxchg(&ready, top, fv);
        if (seen == top) {
            break;
        }
        top = seen;
    }
    /* Without a main loop, as in some tests, reaping is up to commits. */
    if (!top && qemu_get_aio_context()) {
        aio_bh_schedule_oneshot(qemu_get_aio_context(), reap_bh, NULL);
    }
}

void flatview_unref(FlatView *fv)
{
    if (qatomic_fetch_dec(&fv->ref) == 1) {
        push_ready(fv);
    }
}

/* ---- retirement ---------------------------------------------------------- */

static void retire(FlatView *fv)
{
    fv->link = retired;
    retired = fv;
}

void flatview_retire(FlatView *old, FlatView *new, FlatGarbage *garbage)
{
    qatomic_inc(&new->ref);
    old->next = new;
    old->garbage = garbage;
    retire(old);
}

void flatview_retire_last(FlatView *last)
{
    retire(last);
}

static void grace_period_over(struct rcu_head *head)
{
    FlatView *fv = container_of(head, FlatView, rcu);

    while (fv) {
        FlatView *link = fv->link;

        flatview_unref(fv);
        fv = link;
    }
}

void flatview_retire_flush(void)
{
    FlatView *fv = retired;

    if (fv) {
        retired = NULL;
        call_rcu_unlocked(&fv->rcu, grace_period_over);
    }
}

static void reap(FlatView *fv)
{
    Object *owner = fv->owner;
    FlatView *next = fv->next;

    if (next) {
        flatgarbage_free(fv->garbage);
        flatview_unref(next);
    } else {
        flatmap_free(&fv->map);
    }
    g_free(fv);
    object_unref(owner);
}

void flatview_reap(void)
{
    static bool reaping;
    FlatView *fv;

    assert(bql_locked());
    flatview_retire_flush();
    /* A finalizer may commit, and so come here; the loop below goes on. */
    if (reaping || !qatomic_read(&ready)) {
        return;
    }
    reaping = true;
    while ((fv = qatomic_xchg(&ready, NULL))) {
        while (fv) {
            FlatView *link = fv->link;

            reap(fv);
            fv = link;
        }
    }
    reaping = false;
}

/* ---- lookup -------------------------------------------------------------- */

const FlatRange *flatview_lookup_slow(FlatView *fv, hwaddr addr)
{
    const FlatRange *range = flatmap_find(&fv->map, addr);
    FlatViewLookup found;

    if (!range) {
        return NULL;
    }
    found = (FlatViewLookup){
        .serial = fv->serial,
        .start = range->start,
        .size_minus_1 = range->last - range->start,
        .range = range,
    };
    if (found.size_minus_1 >= LARGE_SIZE - 1) {
        flatview_lookups[0] = found;
    }
    *flatview_lookup_slot(addr) = found;
    return range;
}

void flatview_for_each_range(FlatView *fv, flatview_cb cb, void *opaque)
{
    const FlatRange *r;
    FlatMapIter it;

    for (r = flatmap_iter_from(&it, &fv->map, 0); r;
         r = flatmap_iter_next(&it)) {
        Int128 size =
            int128_add(int128_make64(r->last - r->start), int128_one());

        if (cb(int128_make64(r->start), size, r->mr, r->offset_in_region,
               opaque)) {
            break;
        }
    }
}
