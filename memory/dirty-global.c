/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dirty logs as listeners keep them: which regions are logged and for whom, all
 * of memory on and off, bringing bitmaps up to date. The bitmaps themselves are
 * in dirty-bitmap.c.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "memory/flatmap.h"
#include "memory/transaction.h"
#include "memory/view.h"
#include "qapi/error.h"
#include "qemu/error-report.h"

unsigned int global_dirty_tracking;

/* Flags to be cleared when the machine runs again. */
static unsigned int postponed_stop;
static bool (*vm_running)(void);
/* What a listener has said of its log since the start, or NULL. */
static Error *log_error;

/* ---- one region ---------------------------------------------------------- */

void memory_region_set_log(MemoryRegion *mr, bool log, unsigned client)
{
    uint8_t mask = 1 << client;
    bool before = mr->vga_logging_count;

    assert(client == DIRTY_MEMORY_VGA);
    memory_region_transaction_begin();
    memory_transaction_save(mr);
    mr->vga_logging_count += log ? 1 : -1;
    if (before != !!mr->vga_logging_count) {
        /* Those who write to RAM look at it without the lock. */
        qatomic_set(&mr->dirty_log_mask, log ? mr->dirty_log_mask | mask
                                             : mr->dirty_log_mask & ~mask);
        if (int128_nz(mr->size)) {
            memory_region_mark(mr, 0, region_last(mr), VISIBLE_RANGES);
        }
    }
    memory_region_transaction_commit();
}

uint8_t memory_region_get_dirty_log_mask(MemoryRegion *mr)
{
    uint8_t mask = qatomic_read(&mr->dirty_log_mask);

    if (unlikely(qatomic_read(&global_dirty_tracking)) &&
        (mr->is_iommu ||
         (mr->ram_block && qemu_ram_is_migratable(mr->ram_block)))) {
        mask |= 1 << DIRTY_MEMORY_MIGRATION;
    }
    if (mr->ram_block && cpu_physical_memory_tracks_code()) {
        mask |= 1 << DIRTY_MEMORY_CODE;
    }
    return mask;
}

bool memory_region_is_logging(MemoryRegion *mr, uint8_t client)
{
    return memory_region_get_dirty_log_mask(mr) & (1 << client);
}

/* ---- up to date ---------------------------------------------------------- */

/*
 * Calls log_sync for all ranges of @mr, or log_clear for what of them shows
 * [@start, @last] of it.
 */
static void for_logged(MemoryListener *l, MemoryRegion *mr, hwaddr start,
                       hwaddr last,
                       void (*call)(MemoryListener *, MemoryRegionSection *))
{
    FlatView *fv = address_space_get_flatview(l->address_space);
    const FlatRange *fr;
    FlatMapIter it;

    for (fr = flatmap_iter_from(&it, &fv->map, 0); fr;
         fr = flatmap_iter_next(&it)) {
        MemoryRegionSection section;
        FlatRange part = *fr;
        hwaddr end = fr->offset_in_region + (fr->last - fr->start);

        if (!fr->dirty_log_mask || (mr && fr->mr != mr) || end < start ||
            fr->offset_in_region > last) {
            continue;
        }
        if (part.offset_in_region < start) {
            part.start += start - part.offset_in_region;
            part.offset_in_region = start;
        }
        part.last -= end - MIN(end, last);
        section = section_from_flat_range(&part, fv);
        call(l, &section);
    }
    flatview_unref(fv);
}

void memory_region_sync_dirty_bitmap(MemoryRegion *mr, bool last_stage)
{
    MemoryListener *l, *next;

    QTAILQ_FOREACH_SAFE(l, &memory_listeners, link, next) {
        if (l->log_sync) {
            for_logged(l, mr, 0, UINT64_MAX, l->log_sync);
        } else if (l->log_sync_global) {
            /* It cannot do less than all. */
            l->log_sync_global(l, last_stage);
        }
    }
}

void memory_region_clear_dirty_bitmap(MemoryRegion *mr, hwaddr start,
                                      hwaddr len)
{
    MemoryListener *l, *next;

    if (!len) {
        return;
    }
    QTAILQ_FOREACH_SAFE(l, &memory_listeners, link, next) {
        if (l->log_clear) {
            for_logged(l, mr, start, start + (len - 1), l->log_clear);
        }
    }
}

/* ---- logs that fail ------------------------------------------------------ */

void memory_dirty_log_failed(Error *err)
{
    static bool reported;

    if (!qatomic_read(&global_dirty_tracking)) {
        error_report_once_cond(&reported, "%s", error_get_pretty(err));
    } else if (!qatomic_cmpxchg(&log_error, NULL, err)) {
        return;
    }
    error_free(err);
}

bool memory_global_dirty_log_check(Error **errp)
{
    Error *err = qatomic_read(&log_error);

    if (err) {
        error_propagate(errp, error_copy(err));
    }
    return !err;
}

static void forget_error(void)
{
    error_free(qatomic_xchg(&log_error, NULL));
}

/* ---- all of memory ------------------------------------------------------- */

/* What regions log has changed for all of them. */
static void mark_all(void)
{
    AddressSpace *as;

    memory_region_transaction_begin();
    QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
        memory_view_mark(as->view, 0, UINT64_MAX, VISIBLE_RANGES);
    }
    memory_region_transaction_commit();
}

static void tell_stop_before(MemoryListener *l)
{
    while ((l = QTAILQ_PREV(l, link))) {
        if (l->log_global_stop) {
            l->log_global_stop(l);
        }
    }
}

static bool tell_start(Error **errp)
{
    MemoryListener *l;

    QTAILQ_FOREACH(l, &memory_listeners, link) {
        if (l->log_global_start && !l->log_global_start(l, errp)) {
            qatomic_set(&global_dirty_tracking, 0);
            tell_stop_before(l);
            return false;
        }
    }
    return true;
}

static void stop(unsigned int flags)
{
    MemoryListener *l;

    flags &= global_dirty_tracking;
    qatomic_set(&global_dirty_tracking, global_dirty_tracking & ~flags);
    if (!flags || global_dirty_tracking) {
        return;
    }
    mark_all();
    QTAILQ_FOREACH_REVERSE(l, &memory_listeners, link) {
        if (l->log_global_stop) {
            l->log_global_stop(l);
        }
    }
}

static void stop_postponed(void)
{
    unsigned int flags = postponed_stop;

    postponed_stop = 0;
    stop(flags);
}

bool memory_global_dirty_log_start(unsigned int flags, Error **errp)
{
    unsigned int before;

    assert(flags && !(flags & ~GLOBAL_DIRTY_MASK));
    postponed_stop &= ~flags;
    stop_postponed();

    before = global_dirty_tracking;
    qatomic_set(&global_dirty_tracking, global_dirty_tracking | flags);
    if (before) {
        return true;
    }
    forget_error();
    if (!tell_start(errp)) {
        return false;
    }
    mark_all();
    if (!memory_global_dirty_log_check(errp)) {
        stop(flags);
        return false;
    }
    return true;
}

void memory_global_dirty_log_stop(unsigned int flags)
{
    assert(flags && !(flags & ~GLOBAL_DIRTY_MASK));
    if (vm_running && !vm_running()) {
        postponed_stop |= flags;
        return;
    }
    stop(flags);
}

void memory_global_dirty_log_sync(bool last_stage)
{
    memory_region_sync_dirty_bitmap(NULL, last_stage);
}

void memory_global_after_dirty_log_sync(void)
{
    MemoryListener *l;

    QTAILQ_FOREACH(l, &memory_listeners, link) {
        if (l->log_global_after_sync) {
            l->log_global_after_sync(l);
        }
    }
}

void memory_set_vm_running_hook(bool (*running)(void))
{
    vm_running = running;
}

void memory_vm_running(void)
{
    stop_postponed();
}
