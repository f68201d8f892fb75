/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block with two sides as the RamDiscardManager of its region: what is shared
 * is populated, what is private is discarded, for devices that map or pin what
 * the host can see.
 */
#include "qemu/osdep.h"
#include "memory/guest-memfd.h"
#include "memory/ram-discard.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "ramblock-internal.h"

#define TYPE_RAM_SIDES "ram-block-sides"
OBJECT_DECLARE_SIMPLE_TYPE(RamSides, RAM_SIDES)

struct RamSides {
    Object parent;

    RAMBlock *block;
    QLIST_HEAD(, RamDiscardListener) listeners;
};

static RamSides *sides_of(const RamDiscardManager *rdm)
{
    return RAM_SIDES((Object *)rdm);
}

static bool is_private(const RAMBlock *block, uint64_t offset)
{
    return test_bit(offset >> TARGET_PAGE_BITS, block->private_map);
}

/* The end of the pages from @offset on that are on one side, or @end. */
static uint64_t end_of_run(const RAMBlock *block, uint64_t offset, uint64_t end)
{
    unsigned long page = offset >> TARGET_PAGE_BITS;
    unsigned long last = DIV_ROUND_UP(end, TARGET_PAGE_SIZE);
    unsigned long next =
        is_private(block, offset)
            ? find_next_zero_bit(block->private_map, last, page)
            : find_next_bit(block->private_map, last, page);

    return MIN((uint64_t)next << TARGET_PAGE_BITS, end);
}

static uint64_t section_end(const MemoryRegionSection *s)
{
    return s->offset_within_region + int128_get64(s->size);
}

/* The part of @whole from @start to @end (in the region); false: none. */
static bool cut(MemoryRegionSection *part, const MemoryRegionSection *whole,
                uint64_t start, uint64_t end)
{
    start = MAX(start, whole->offset_within_region);
    end = MIN(end, section_end(whole));
    if (start >= end) {
        return false;
    }
    *part = *whole;
    part->offset_within_address_space += start - whole->offset_within_region;
    part->offset_within_region = start;
    part->size = int128_make64(end - start);
    return true;
}

/* ---- the methods --------------------------------------------------------- */

static uint64_t get_min_granularity(const RamDiscardManager *rdm,
                                    const MemoryRegion *mr)
{
    return MAX(qemu_real_host_page_size(), (uint64_t)TARGET_PAGE_SIZE);
}

static bool is_populated(const RamDiscardManager *rdm,
                         const MemoryRegionSection *section)
{
    const RAMBlock *block = sides_of(rdm)->block;
    uint64_t start = section->offset_within_region, end = section_end(section);

    return !is_private(block, start) && end_of_run(block, start, end) == end;
}

typedef int (*PartFn)(MemoryRegionSection *part, void *opaque);

/* Each part of @section on one side; stops where @fn does not return 0. */
static int each_part(const RAMBlock *block, const MemoryRegionSection *section,
                     bool private, PartFn fn, void *opaque)
{
    uint64_t at = section->offset_within_region, end = section_end(section);
    int ret = 0;

    while (ret == 0 && at < end) {
        uint64_t next = end_of_run(block, at, end);
        MemoryRegionSection part;

        if (is_private(block, at) == private && cut(&part, section, at, next)) {
            ret = fn(&part, opaque);
        }
        at = next;
    }
    return ret;
}

static int replay_populated(const RamDiscardManager *rdm,
                            MemoryRegionSection *section,
                            ReplayRamPopulate replay_fn, void *opaque)
{
    return each_part(sides_of(rdm)->block, section, false, replay_fn, opaque);
}

typedef struct Replay {
    ReplayRamDiscard fn;
    void *opaque;
} Replay;

static int replay_one(MemoryRegionSection *part, void *opaque)
{
    Replay *r = opaque;

    r->fn(part, r->opaque);
    return 0;
}

static void replay_discarded(const RamDiscardManager *rdm,
                             MemoryRegionSection *section,
                             ReplayRamDiscard replay_fn, void *opaque)
{
    Replay r = { replay_fn, opaque };

    each_part(sides_of(rdm)->block, section, true, replay_one, &r);
}

static int tell_populate(MemoryRegionSection *part, void *opaque)
{
    RamDiscardListener *rdl = opaque;

    return rdl->notify_populate(rdl, part);
}

static int tell_discard(MemoryRegionSection *part, void *opaque)
{
    RamDiscardListener *rdl = opaque;

    rdl->notify_discard(rdl, part);
    return 0;
}

static void register_listener(RamDiscardManager *rdm, RamDiscardListener *rdl,
                              MemoryRegionSection *section)
{
    RamSides *s = sides_of(rdm);
    int ret;

    rdl->section = memory_region_section_new_copy(section);
    QLIST_INSERT_HEAD(&s->listeners, rdl, next);
    ret = each_part(s->block, section, false, tell_populate, rdl);
    if (ret < 0) {
        error_report("a device cannot map all of what of '%s' is shared: %s",
                     memory_region_name(section->mr), strerror(-ret));
    }
}

static void unregister_listener(RamDiscardManager *rdm, RamDiscardListener *rdl)
{
    each_part(sides_of(rdm)->block, rdl->section, false, tell_discard, rdl);
    memory_region_section_free_copy(rdl->section);
    rdl->section = NULL;
    QLIST_REMOVE(rdl, next);
}

/* ---- conversions --------------------------------------------------------- */

static void discard(RamSides *s, uint64_t start, uint64_t end,
                    const RamDiscardListener *until)
{
    RamDiscardListener *rdl;
    MemoryRegionSection part;

    QLIST_FOREACH(rdl, &s->listeners, next) {
        if (rdl == until) {
            return;
        }
        if (cut(&part, rdl->section, start, end)) {
            rdl->notify_discard(rdl, &part);
        }
    }
}

static int populate(RamSides *s, uint64_t start, uint64_t end)
{
    RamDiscardListener *rdl;
    MemoryRegionSection part;

    QLIST_FOREACH(rdl, &s->listeners, next) {
        int ret = cut(&part, rdl->section, start, end)
                      ? rdl->notify_populate(rdl, &part)
                      : 0;

        if (ret < 0) {
            discard(s, start, end, rdl);
            return ret;
        }
    }
    return 0;
}

int ramblock_sides_tell(RAMBlock *block, uint64_t start, uint64_t size,
                        bool to_private)
{
    RamSides *s = block->sides ? RAM_SIDES(block->sides) : NULL;
    uint64_t end = start + size;
    int ret = 0;

    if (!s || QLIST_EMPTY(&s->listeners)) {
        return 0;
    }
    /* Only what changes sides. */
    for (uint64_t at = start, next; at < end; at = next) {
        next = end_of_run(block, at, end);
        if (is_private(block, at) == to_private) {
            continue;
        }
        if (to_private) {
            discard(s, at, next, NULL);
            continue;
        }
        ret = populate(s, at, next);
        if (ret < 0) {
            /* Those who have said yes to parts before this one hear of it. */
            for (uint64_t undo = start; undo < at;) {
                uint64_t stop = end_of_run(block, undo, at);

                if (is_private(block, undo)) {
                    discard(s, undo, stop, NULL);
                }
                undo = stop;
            }
            break;
        }
    }
    return ret;
}

void ramblock_sides_create(RAMBlock *block)
{
    RamSides *s = RAM_SIDES(object_new(TYPE_RAM_SIDES));

    s->block = block;
    block->sides = OBJECT(s);
    memory_region_set_ram_discard_manager(block->mr, RAM_DISCARD_MANAGER(s));
}

static void sides_class_init(ObjectClass *oc, void *data)
{
    RamDiscardManagerClass *c = RAM_DISCARD_MANAGER_CLASS(oc);

    c->get_min_granularity = get_min_granularity;
    c->is_populated = is_populated;
    c->replay_populated = replay_populated;
    c->replay_discarded = replay_discarded;
    c->register_listener = register_listener;
    c->unregister_listener = unregister_listener;
}

static const TypeInfo sides_types[] = {
    {
        .name = TYPE_RAM_SIDES,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(RamSides),
        .class_init = sides_class_init,
        .interfaces = (InterfaceInfo[]){ { TYPE_RAM_DISCARD_MANAGER }, {} },
    },
};

DEFINE_TYPES(sides_types)
