/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeping the indexes of the region tree: siblings in order of adding, the
 * tree of visible children, and what a container shows as a whole, which
 * decides where it stands in its own container's tree, and so on upwards. Each
 * step up costs O(log n), and none is made when the extent is what it was.
 */
#include "qemu/osdep.h"
#include "memory/address-space.h"
#include "memory/region-link.h"
#include "memory/subregion-tree.h"
#include "memory/view.h"

/* ---- extents ---- */

bool region_extent(const MemoryRegion *mr, hwaddr *start, hwaddr *last)
{
    if (!int128_nz(mr->size)) {
        return false;
    }
    if (mr->alias || mr->terminates) {
        *start = 0;
        *last = region_last(mr);
        return true;
    }
    if (!subregion_tree_hull(mr, start, last) || *start > region_last(mr)) {
        return false;
    }
    *last = MIN(*last, region_last(mr));
    return true;
}

/* Where @mr stands in its container's tree; false if it is not in there. */
static bool place(const MemoryRegion *mr, hwaddr *start, hwaddr *last)
{
    if (!mr->enabled || !region_extent(mr, start, last) ||
        *start > HWADDR_MAX - mr->addr) {
        return false;
    }
    *start += mr->addr;
    *last = *last > HWADDR_MAX - mr->addr ? HWADDR_MAX : *last + mr->addr;
    return true;
}

/* Returns whether the container's tree has changed. */
static bool update_place(MemoryRegion *mr)
{
    MemoryRegion *c = mr->container;
    hwaddr start, last;

    if (!place(mr, &start, &last)) {
        if (!mr->indexed) {
            return false;
        }
        subregion_tree_remove(c, mr);
        mr->indexed = false;
    } else if (!mr->indexed) {
        mr->node.start = start;
        mr->node.last = last;
        subregion_tree_insert(c, mr);
        mr->indexed = true;
    } else if (mr->node.start == start && mr->node.last == last) {
        return false;
    } else {
        subregion_tree_update(c, mr, start, last);
    }
    return true;
}

void region_reindex(MemoryRegion *mr)
{
    region_update_through(mr);
    while (mr->container && update_place(mr)) {
        mr = mr->container;
        region_update_through(mr);
    }
}

/* ---- containers ---- */

/* Behind the siblings that were added before it; most often all of them. */
static void list_insert(MemoryRegion *c, MemoryRegion *mr)
{
    MemoryRegion *prev = QTAILQ_LAST(&c->subregions);

    while (prev && region_order(prev) > region_order(mr)) {
        prev = QTAILQ_PREV(prev, subregions_link);
    }
    if (prev) {
        QTAILQ_INSERT_AFTER(&c->subregions, prev, mr, subregions_link);
    } else {
        QTAILQ_INSERT_HEAD(&c->subregions, mr, subregions_link);
    }
}

/* For memory_region_is_mapped(): all that @mr leads to is seen through it. */
static void count_mapping(MemoryRegion *mr, int by)
{
    while ((mr = mr->alias)) {
        mr->mapped_via_alias += by;
        assert(mr->mapped_via_alias >= 0);
    }
}

void region_link(MemoryRegion *c, MemoryRegion *mr)
{
    assert(!mr->container);
    mr->container = c;
    list_insert(c, mr);
    count_mapping(mr, 1);
    if (c->live) {
        region_live_inc(mr);
    }
    region_reindex(mr);
}

void region_unlink(MemoryRegion *mr)
{
    MemoryRegion *c = mr->container;

    if (mr->indexed) {
        subregion_tree_remove(c, mr);
        mr->indexed = false;
    }
    QTAILQ_REMOVE(&c->subregions, mr, subregions_link);
    count_mapping(mr, -1);
    if (c->live) {
        region_live_dec(mr);
    }
    mr->container = NULL;
    region_reindex(c);
}

/* ---- aliases ---- */

void region_link_alias(MemoryRegion *mr)
{
    MemoryRegion *target = mr->alias;

    region_update_through(target);
    if (mr->live) {
        QLIST_INSERT_HEAD(&target->live_aliases, mr, alias_link);
        region_live_inc(target);
    } else {
        QLIST_INSERT_HEAD(&target->idle_aliases, mr, alias_link);
    }
    region_update_through(mr);
}

void region_unlink_alias(MemoryRegion *mr)
{
    QLIST_REMOVE(mr, alias_link);
    if (mr->container) {
        count_mapping(mr, -1);
    }
    if (mr->live) {
        region_live_dec(mr->alias);
    }
}

/* ---- effective roots ---- */

/* What region_extent() says, without the extent. */
static bool has_extent(const MemoryRegion *mr)
{
    hwaddr start;

    return int128_nz(mr->size) &&
           (mr->alias || mr->terminates ||
            (subregion_tree_first(mr, &start) && start <= region_last(mr)));
}

static MemoryRegion *through(const MemoryRegion *mr)
{
    /* Attributes hold for what is seen through @mr, and not by itself. */
    bool plain = !mr->readonly && !mr->nonvolatile && !mr->unmergeable;
    MemoryRegion *self = (MemoryRegion *)mr, *only;

    if (!mr->enabled || !has_extent(mr)) {
        return NULL;
    }
    if (mr->alias) {
        bool whole = !mr->alias_offset && int128_ge(mr->size, mr->alias->size);

        return plain && whole ? mr->alias : self;
    }
    if (mr->terminates) {
        return self;
    }
    only = subregion_tree_only(mr);
    if (plain && only && !only->addr && only->node.last <= region_last(mr)) {
        return only;
    }
    return self;
}

/*
 * Each region leads to one other at most, so that those that lead to @mr form
 * a tree, and none is met twice.
 */
static void mark_roots(MemoryRegion *mr)
{
    g_autoptr(GPtrArray) todo = NULL;
    MemoryRegion *alias;
    AddressSpace *as;

    for (;;) {
        QLIST_FOREACH(as, &mr->rooted, rooted_link) {
            address_space_mark_root(as);
        }
        for (int live = 0; live < 2; live++) {
            alias = live ? QLIST_FIRST(&mr->live_aliases)
                         : QLIST_FIRST(&mr->idle_aliases);
            for (; alias; alias = QLIST_NEXT(alias, alias_link)) {
                if (alias->through == mr) {
                    todo = todo ?: g_ptr_array_new();
                    g_ptr_array_add(todo, alias);
                }
            }
        }
        if (mr->container && mr->container->through == mr) {
            mr = mr->container;
        } else if (todo && todo->len) {
            mr = g_ptr_array_steal_index_fast(todo, todo->len - 1);
        } else {
            return;
        }
    }
}

void region_update_through(MemoryRegion *mr)
{
    MemoryRegion *now = through(mr);

    if (now != mr->through) {
        mr->through = now;
        mark_roots(mr);
    }
}

MemoryRegion *memory_region_through(MemoryRegion *mr)
{
    /* It may never have been asked for since it was made. */
    region_update_through(mr);
    return mr->through;
}

MemoryRegion *memory_region_effective_root(MemoryRegion *mr)
{
    while (mr) {
        MemoryRegion *next = memory_region_through(mr);

        if (next == mr) {
            break;
        }
        mr = next;
    }
    return mr;
}
