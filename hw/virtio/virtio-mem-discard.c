/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-mem as a RamDiscardManager: whoever maps or pins the region is told
 * which parts of it are plugged, before a block is used and after it is gone.
 *
 * A listener hears of its section only, so each range is cut to that. Cutting
 * is the only place where offsets may be between blocks.
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "virtio-mem-internal.h"

/* ---- ranges of a section ------------------------------------------------- */

static uint64_t section_end(const MemoryRegionSection *s)
{
    return s->offset_within_region + int128_get64(s->size);
}

/* Cuts @s to [@offset, @offset + @size); false if nothing is left. */
static bool cut_section(MemoryRegionSection *s, uint64_t offset, uint64_t size)
{
    uint64_t start = MAX(s->offset_within_region, offset);
    uint64_t end = MIN(section_end(s), offset + size);

    if (end <= start) {
        return false;
    }
    s->offset_within_address_space += start - s->offset_within_region;
    s->offset_within_region = start;
    s->size = int128_make64(end - start);
    return true;
}

typedef int (*SectionFn)(MemoryRegionSection *s, void *opaque);

/* Calls @fn for each part of @s that is plugged, or unplugged. */
static int for_each_part(const VirtIOMEM *vmem, const MemoryRegionSection *s,
                         bool plugged, SectionFn fn, void *opaque)
{
    const uint64_t block = vmem->block_size;
    const unsigned long from = s->offset_within_region / block;
    const unsigned long end =
        MIN(DIV_ROUND_UP(section_end(s), block), vmem->bitmap_size);
    VirtIOMEMRun run = { 0 };

    BLOCKS_FOR_EACH_RUN(vmem->bitmap, from, end, plugged, &run)
    {
        MemoryRegionSection part = *s;

        if (cut_section(&part, run.first * block, run.nr * block)) {
            int ret = fn(&part, opaque);

            if (ret) {
                return ret;
            }
        }
    }
    return 0;
}

static int populate_part(MemoryRegionSection *s, void *opaque)
{
    RamDiscardListener *rdl = opaque;

    return rdl->notify_populate(rdl, s);
}

static int discard_part(MemoryRegionSection *s, void *opaque)
{
    RamDiscardListener *rdl = opaque;

    rdl->notify_discard(rdl, s);
    return 0;
}

/* ---- telling listeners --------------------------------------------------- */

/* Tells those before @end; NULL: all. */
static void discard_before(VirtIOMEM *vmem, RamDiscardListener *end,
                           uint64_t offset, uint64_t size)
{
    RamDiscardListener *rdl;

    QLIST_FOREACH(rdl, &vmem->rdl_list, next) {
        MemoryRegionSection part = *rdl->section;

        if (rdl == end) {
            break;
        }
        if (cut_section(&part, offset, size)) {
            rdl->notify_discard(rdl, &part);
        }
    }
}

void virtio_mem_notify_unplug(VirtIOMEM *vmem, uint64_t offset, uint64_t size)
{
    discard_before(vmem, NULL, offset, size);
}

int virtio_mem_notify_plug(VirtIOMEM *vmem, uint64_t offset, uint64_t size)
{
    RamDiscardListener *rdl;

    QLIST_FOREACH(rdl, &vmem->rdl_list, next) {
        MemoryRegionSection part = *rdl->section;

        if (cut_section(&part, offset, size)) {
            int ret = rdl->notify_populate(rdl, &part);

            if (ret) {
                discard_before(vmem, rdl, offset, size);
                return ret;
            }
        }
    }
    return 0;
}

/* All that @rdl was told is there is gone. */
static void discard_all(VirtIOMEM *vmem, RamDiscardListener *rdl)
{
    if (!vmem->size) {
        return;
    }
    if (rdl->double_discard_supported) {
        rdl->notify_discard(rdl, rdl->section);
    } else {
        for_each_part(vmem, rdl->section, true, discard_part, rdl);
    }
}

void virtio_mem_notify_unplug_all(VirtIOMEM *vmem)
{
    RamDiscardListener *rdl;

    QLIST_FOREACH(rdl, &vmem->rdl_list, next) {
        discard_all(vmem, rdl);
    }
}

int virtio_mem_notify_all_plugged(VirtIOMEM *vmem)
{
    RamDiscardListener *rdl;

    QLIST_FOREACH(rdl, &vmem->rdl_list, next) {
        int ret = for_each_part(vmem, rdl->section, true, populate_part, rdl);

        if (ret) {
            return ret;
        }
    }
    return 0;
}

/* ---- the interface ------------------------------------------------------- */

static uint64_t get_min_granularity(const RamDiscardManager *rdm,
                                    const MemoryRegion *mr)
{
    const VirtIOMEM *vmem = VIRTIO_MEM(rdm);

    assert(mr == &vmem->memdev->mr);
    return vmem->block_size;
}

static bool is_populated(const RamDiscardManager *rdm,
                         const MemoryRegionSection *s)
{
    const VirtIOMEM *vmem = VIRTIO_MEM(rdm);
    const uint64_t block = vmem->block_size;
    uint64_t start = QEMU_ALIGN_DOWN(s->offset_within_region, block);
    uint64_t end = QEMU_ALIGN_UP(section_end(s), block);

    assert(s->mr == &vmem->memdev->mr);
    return end > start && end <= vmem->usable_region_size &&
           virtio_mem_all(vmem, start, end - start, true);
}

typedef struct {
    ReplayRamPopulate populate;
    ReplayRamDiscard discard;
    void *opaque;
} Replay;

static int replay_populate_part(MemoryRegionSection *s, void *opaque)
{
    const Replay *replay = opaque;

    return replay->populate(s, replay->opaque);
}

static int replay_discard_part(MemoryRegionSection *s, void *opaque)
{
    const Replay *replay = opaque;

    replay->discard(s, replay->opaque);
    return 0;
}

static int replay_populated(const RamDiscardManager *rdm,
                            MemoryRegionSection *s, ReplayRamPopulate fn,
                            void *opaque)
{
    const VirtIOMEM *vmem = VIRTIO_MEM(rdm);
    Replay replay = { .populate = fn, .opaque = opaque };

    assert(s->mr == &vmem->memdev->mr);
    return for_each_part(vmem, s, true, replay_populate_part, &replay);
}

static void replay_discarded(const RamDiscardManager *rdm,
                             MemoryRegionSection *s, ReplayRamDiscard fn,
                             void *opaque)
{
    const VirtIOMEM *vmem = VIRTIO_MEM(rdm);
    Replay replay = { .discard = fn, .opaque = opaque };

    assert(s->mr == &vmem->memdev->mr);
    for_each_part(vmem, s, false, replay_discard_part, &replay);
}

static void register_listener(RamDiscardManager *rdm, RamDiscardListener *rdl,
                              MemoryRegionSection *s)
{
    VirtIOMEM *vmem = VIRTIO_MEM(rdm);
    int ret;

    assert(s->mr == &vmem->memdev->mr);
    rdl->section = memory_region_section_new_copy(s);
    QLIST_INSERT_HEAD(&vmem->rdl_list, rdl, next);
    ret = for_each_part(vmem, rdl->section, true, populate_part, rdl);
    if (ret) {
        error_report("%s: Replaying plugged ranges failed: %s",
                     "virtio_mem_rdm_register_listener", strerror(-ret));
    }
}

static void unregister_listener(RamDiscardManager *rdm, RamDiscardListener *rdl)
{
    VirtIOMEM *vmem = VIRTIO_MEM(rdm);

    assert(rdl->section->mr == &vmem->memdev->mr);
    discard_all(vmem, rdl);
    memory_region_section_free_copy(rdl->section);
    rdl->section = NULL;
    QLIST_REMOVE(rdl, next);
}

void virtio_mem_discard_class_init(RamDiscardManagerClass *rdmc)
{
    rdmc->get_min_granularity = get_min_granularity;
    rdmc->is_populated = is_populated;
    rdmc->replay_populated = replay_populated;
    rdmc->replay_discarded = replay_discarded;
    rdmc->register_listener = register_listener;
    rdmc->unregister_listener = unregister_listener;
}
