/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The writer's side of views: what is dirty, who listens, and the commit that
 * renders what is dirty, tells the listeners and publishes the next version.
 * All under the big lock.
 */
#ifndef MEMORY_VIEW_H
#define MEMORY_VIEW_H

#include "memory/address-space.h"
#include "memory/region-index.h"

/*
 * Renders [@start, @last] of what @root shows, in order, merged, as if nothing
 * lay around it; appends to @out (of FlatRange). The renderer's only entry: a
 * whole view is the interval [0, UINT64_MAX]. @root NULL renders nothing.
 */
void memory_render(MemoryRegion *root, hwaddr start, hwaddr last, GArray *out);

/* Whether @b continues @a, so that they are one range. */
bool flat_range_can_merge(const FlatRange *a, const FlatRange *b);
/* Whether listeners see no difference but in the dirty log mask. */
bool flat_range_equal(const FlatRange *a, const FlatRange *b);

/* Notes that [@start, @last] of @view must be looked at when committing. */
void memory_view_mark(MemoryView *view, hwaddr start, hwaddr last,
                      VisibleChange what);
/* What memory_region_effective_root() says of @as's root may have changed. */
void address_space_mark_root(AddressSpace *as);

/*
 * The end of the outermost transaction. With @errp, listeners may refuse
 * (prepare): then nothing has happened to views and listeners, all marks are
 * gone, and the caller restores the regions. Without, refusals are logged.
 */
bool memory_views_commit(bool may_fail, Error **errp);

/* What a listener hears of @range of @fv. */
MemoryRegionSection section_from_flat_range(const FlatRange *range,
                                            FlatView *fv);

#endif
