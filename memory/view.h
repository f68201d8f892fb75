/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The writer's side of views: what is dirty, who listens, and the commit that
 * renders what is dirty, tells the listeners and publishes the next version.
 * All under the big lock.
 */
#ifndef MEMORY_VIEW_H
#define MEMORY_VIEW_H

#include "memory/address-space.h"
#include "memory/listener.h"
#include "memory/region-index.h"

/*
 * Renders [@start, @last] of what @root shows, in order, merged, as if nothing
 * lay around it; appends to @out (of FlatRange). The renderer's only entry: a
 * whole view is the interval [0, UINT64_MAX]. @root NULL renders nothing.
 */
void memory_render(MemoryRegion *root, hwaddr start, hwaddr last, GArray *out);

/* Whether @b continues @a, so that they are one range. */
static inline bool flat_range_can_merge(const FlatRange *a, const FlatRange *b)
{
    return a->mr == b->mr && a->last + 1 == b->start && b->start != 0 &&
           a->offset_in_region + (b->start - a->start) ==
               b->offset_in_region &&
           a->dirty_log_mask == b->dirty_log_mask &&
           a->romd_mode == b->romd_mode && a->readonly == b->readonly &&
           a->nonvolatile == b->nonvolatile &&
           a->unmergeable == b->unmergeable && a->path == b->path;
}

/* Whether listeners see no difference but in the dirty log mask. */
static inline bool flat_range_equal(const FlatRange *a, const FlatRange *b)
{
    return a->start == b->start && a->last == b->last && a->mr == b->mr &&
           a->offset_in_region == b->offset_in_region &&
           a->romd_mode == b->romd_mode && a->readonly == b->readonly &&
           a->nonvolatile == b->nonvolatile &&
           a->unmergeable == b->unmergeable;
}

/* Notes that [@start, @last] of @view must be looked at when committing. */
void memory_view_mark(MemoryView *view, hwaddr start, hwaddr last,
                      VisibleChange what);
/*
 * Marks all of the views that were made since memory_views_serial() was @serial:
 * they have rendered what is undone now.
 */
uint64_t memory_views_serial(void);
void memory_views_mark_since(uint64_t serial);
/*
 * @mr, from which a view is rendered, goes away within the transaction in which
 * all address spaces leave that view.
 */
void memory_view_root_gone(MemoryRegion *mr);
/* What memory_region_effective_root() says of @as's root may have changed. */
void address_space_mark_root(AddressSpace *as);

/*
 * The end of the outermost transaction. With @errp, listeners may refuse
 * (prepare): then nothing has happened to views and listeners, all marks are
 * gone, and the caller restores the regions. Without, refusals are logged.
 */
bool memory_views_commit(bool may_fail, Error **errp);

/* What a listener hears of @range of @fv. */
static inline MemoryRegionSection
section_from_flat_range(const FlatRange *range, FlatView *fv)
{
    return (MemoryRegionSection) {
        .size = int128_add(int128_make64(range->last - range->start),
                           int128_one()),
        .mr = range->mr,
        .fv = fv,
        .offset_within_region = range->offset_in_region,
        .offset_within_address_space = range->start,
        .readonly = range->readonly,
        .nonvolatile = range->nonvolatile,
        .unmergeable = range->unmergeable,
    };
}

/* All address spaces, the oldest first; all listeners by priority. */
typedef QTAILQ_HEAD(AddressSpaceList, AddressSpace) AddressSpaceList;
extern AddressSpaceList address_spaces;
typedef QTAILQ_HEAD(MemoryListenerList, MemoryListener) MemoryListenerList;
extern MemoryListenerList memory_listeners;

/*
 * A region goes away: what it has of eventfds and coalesced ranges is freed.
 * Nobody sees it any more.
 */
void memory_region_drop_eventfds(MemoryRegion *mr);
void memory_region_drop_coalesced(MemoryRegion *mr);

/*
 * A write of @data, in the target's byte order, that an accelerator did not
 * take: sets the eventfd of @mr that is for it, if there is one, and says
 * whether there was. Big lock.
 */
bool memory_region_signal_eventfd(MemoryRegion *mr, hwaddr addr, uint64_t data,
                                  unsigned size);

/* A part of a region, relative to it, to which writes may be queued. */
struct CoalescedMemoryRange {
    hwaddr offset;
    uint64_t size;
    QTAILQ_ENTRY(CoalescedMemoryRange) link;
};

#endif
