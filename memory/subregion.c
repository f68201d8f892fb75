/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changing the tree of regions: what is in which container and where, and what
 * is seen of it. Each function marks what it changes in the views that show it
 * (memory_region_mark()) and leaves the rest to the commit.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "memory/region-link.h"
#include "memory/subregion-tree.h"
#include "memory/transaction.h"

/* Marks all that can be seen of @mr, if it can be seen now. */
static void mark_region(MemoryRegion *mr)
{
    hwaddr start, last;

    if (mr->live && mr->enabled && region_extent(mr, &start, &last)) {
        memory_region_mark(mr, start, last, VISIBLE_RANGES);
    }
}

/* Begins a transaction in which @mr will change. */
static void change_begin(MemoryRegion *mr)
{
    memory_region_transaction_begin();
    memory_transaction_save(mr);
}

static void change_commit(void)
{
    memory_region_transaction_commit();
}

/* ---- containers ---- */

/* The orders of @c's children have run out: gives them new ones, by age. */
static void renumber(MemoryRegion *c)
{
    MemoryRegion *child;
    uint32_t order = 0;

    memory_transaction_save(c);
    QTAILQ_FOREACH(child, &c->subregions, subregions_link) {
        memory_transaction_save(child);
        if (child->indexed) {
            subregion_tree_remove(c, child);
        }
    }
    QTAILQ_FOREACH(child, &c->subregions, subregions_link) {
        child->node.key = region_key(child->priority, ++order);
        if (child->indexed) {
            subregion_tree_insert(c, child);
        }
    }
    c->next_order = order;
}

static uint64_t next_key(MemoryRegion *c, int32_t priority)
{
    /* A key of SUBREGION_KEY_TOP would not be found. */
    if (c->next_order >= UINT32_MAX - 1) {
        renumber(c);
    }
    return region_key(priority, ++c->next_order);
}

void memory_region_add_subregion_overlap(MemoryRegion *mr, hwaddr offset,
                                         MemoryRegion *subregion, int priority)
{
    assert(!subregion->container);
    change_begin(subregion);
    memory_region_ref(subregion);
    subregion->addr = offset;
    subregion->priority = priority;
    subregion->node.key = next_key(mr, priority);
    region_link(mr, subregion);
    mark_region(subregion);
    change_commit();
}

void memory_region_add_subregion(MemoryRegion *mr, hwaddr offset,
                                 MemoryRegion *subregion)
{
    memory_region_add_subregion_overlap(mr, offset, subregion, 0);
}

void memory_region_del_subregion(MemoryRegion *mr, MemoryRegion *subregion)
{
    assert(subregion->container == mr);
    change_begin(subregion);
    mark_region(subregion);
    region_unlink(subregion);
    memory_region_unref(subregion);
    change_commit();
}

void memory_region_set_address(MemoryRegion *mr, hwaddr addr)
{
    MemoryRegion *c = mr->container;

    if (addr == mr->addr) {
        return;
    }
    change_begin(mr);
    if (c) {
        mark_region(mr);
        memory_region_ref(mr);
        region_unlink(mr);
        mr->addr = addr;
        mr->node.key = next_key(c, mr->priority);
        region_link(c, mr);
        memory_region_unref(mr);
        mark_region(mr);
    } else {
        mr->addr = addr;
    }
    change_commit();
}

/* ---- extents ---- */

void memory_region_set_enabled(MemoryRegion *mr, bool enabled)
{
    if (enabled == mr->enabled) {
        return;
    }
    change_begin(mr);
    mark_region(mr);
    mr->enabled = enabled;
    region_reindex(mr);
    mark_region(mr);
    change_commit();
}

/* Whether each alias of @mr shows all of it depends on the size. */
static void update_aliases(MemoryRegion *mr)
{
    MemoryRegion *alias;

    QLIST_FOREACH(alias, &mr->live_aliases, alias_link) {
        region_update_through(alias);
    }
    QLIST_FOREACH(alias, &mr->idle_aliases, alias_link) {
        region_update_through(alias);
    }
}

/* What lies below both sizes is as it was. */
static void mark_from(MemoryRegion *mr, Int128 size)
{
    hwaddr start, last;

    if (mr->enabled && region_extent(mr, &start, &last) &&
        int128_le(size, int128_make64(last))) {
        memory_region_mark(mr, int128_get64(size), last, VISIBLE_RANGES);
    }
}

void memory_region_set_size(MemoryRegion *mr, uint64_t size)
{
    Int128 new = size == UINT64_MAX ? int128_2_64() : int128_make64(size);
    Int128 old = mr->size;

    if (int128_eq(new, old)) {
        return;
    }
    change_begin(mr);
    mark_from(mr, new);
    mr->size = new;
    region_reindex(mr);
    update_aliases(mr);
    mark_from(mr, old);
    change_commit();
}

void memory_region_set_alias_offset(MemoryRegion *mr, hwaddr offset)
{
    assert(mr->alias);
    if (offset == mr->alias_offset) {
        return;
    }
    change_begin(mr);
    mr->alias_offset = offset;
    region_reindex(mr);
    mark_region(mr);
    change_commit();
}

/* ---- attributes ---- */

/* They do not move anything, but decide whether @mr can be passed through. */
static void set_flag(MemoryRegion *mr, bool *flag, bool value)
{
    if (value == *flag) {
        return;
    }
    change_begin(mr);
    *flag = value;
    region_update_through(mr);
    mark_region(mr);
    change_commit();
}

void memory_region_set_readonly(MemoryRegion *mr, bool readonly)
{
    set_flag(mr, &mr->readonly, readonly);
}

void memory_region_set_nonvolatile(MemoryRegion *mr, bool nonvolatile)
{
    set_flag(mr, &mr->nonvolatile, nonvolatile);
}

void memory_region_set_unmergeable(MemoryRegion *mr, bool unmergeable)
{
    set_flag(mr, &mr->unmergeable, unmergeable);
}

void memory_region_rom_device_set_romd(MemoryRegion *mr, bool romd_mode)
{
    assert(mr->rom_device);
    set_flag(mr, &mr->romd_mode, romd_mode);
}
