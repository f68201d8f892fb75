/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the setters keep the indexes: putting a region into its container and
 * taking it out, telling what follows from a change of its extent, counting
 * the reasons for which it is live.
 *
 * A setter opens a transaction, saves the region (memory_transaction_save()),
 * marks what is seen of it, changes it, calls region_reindex(), marks again
 * and commits. The functions here mark nothing and save nothing, so that an
 * undone transaction can use them too.
 */
#ifndef MEMORY_REGION_LINK_H
#define MEMORY_REGION_LINK_H

#include "memory/region-index.h"

/* memory_region_init() for a subclass: @mr has @instance_size bytes. */
void memory_region_init_typed(MemoryRegion *mr, size_t instance_size,
                              const char *type, Object *owner,
                              const char *name, uint64_t size);

/* The order of adding in a key. */
static inline uint32_t region_order(const MemoryRegion *mr)
{
    return (uint32_t)mr->node.key;
}

static inline uint64_t region_key(int32_t priority, uint32_t order)
{
    return (uint64_t)((uint32_t)priority ^ 1u << 31) << 32 | order;
}

/*
 * What @mr can show of itself if it is enabled, relative to it: all, or, for a
 * plain container, from its first visible child to the last one's end. False
 * if that is nothing.
 */
bool region_extent(const MemoryRegion *mr, hwaddr *start, hwaddr *last);

/*
 * Puts @mr, of which addr, priority and key are set, into @c, or takes it out
 * of its container. The key says where it stands among its siblings.
 */
void region_link(MemoryRegion *c, MemoryRegion *mr);
void region_unlink(MemoryRegion *mr);

/*
 * What @mr shows, or where, has changed: brings its container's tree up to
 * date, and upwards as far as extents change, and tells address spaces of which
 * the effective root may be another one.
 */
void region_reindex(MemoryRegion *mr);

/* @mr became an alias of mr->alias, or is no longer one. */
void region_link_alias(MemoryRegion *mr);
void region_unlink_alias(MemoryRegion *mr);

/* Looks again at what memory_region_through() says of @mr. */
void region_update_through(MemoryRegion *mr);

/* One more reason for which changes of @mr matter, and one less. */
void region_live_inc(MemoryRegion *mr);
void region_live_dec(MemoryRegion *mr);

#endif
