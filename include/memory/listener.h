/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MemoryListener: hears how an address space's flat view changes. In one
 * commit, for each view that changed: begin; region_del for what goes, in
 * reverse order of priority; region_add for what comes, region_nop for what
 * stays, log_start and log_stop for what only differs in its dirty log, in
 * order; eventfds and coalesced ranges; commit. Listeners of views that did not
 * change hear nothing. Callbacks may change regions, of which listeners hear in
 * a commit that follows, and register or unregister listeners.
 */
#ifndef MEMORY_LISTENER_H
#define MEMORY_LISTENER_H

#include "memory/section.h"
#include "qemu/event_notifier.h"
#include "qemu/queue.h"

#define MEMORY_LISTENER_PRIORITY_MIN            0
#define MEMORY_LISTENER_PRIORITY_ACCEL          10
#define MEMORY_LISTENER_PRIORITY_DEV_BACKEND    10

/* Reasons for which all dirty pages are tracked (global_dirty_tracking). */
#define GLOBAL_DIRTY_MIGRATION  (1U << 0)
#define GLOBAL_DIRTY_DIRTY_RATE (1U << 1)
#define GLOBAL_DIRTY_LIMIT      (1U << 2)
#define GLOBAL_DIRTY_MASK       (0x7)
extern unsigned int global_dirty_tracking;

struct MemoryListener {
    void (*begin)(MemoryListener *listener);
    void (*commit)(MemoryListener *listener);
    void (*region_add)(MemoryListener *listener, MemoryRegionSection *section);
    void (*region_del)(MemoryListener *listener, MemoryRegionSection *section);
    void (*region_nop)(MemoryListener *listener, MemoryRegionSection *section);
    void (*log_start)(MemoryListener *listener, MemoryRegionSection *section,
                      int old_val, int new_val);
    void (*log_stop)(MemoryListener *listener, MemoryRegionSection *section,
                     int old_val, int new_val);
    void (*log_sync)(MemoryListener *listener, MemoryRegionSection *section);
    void (*log_sync_global)(MemoryListener *listener, bool last_stage);
    void (*log_clear)(MemoryListener *listener, MemoryRegionSection *section);
    bool (*log_global_start)(MemoryListener *listener, Error **errp);
    void (*log_global_stop)(MemoryListener *listener);
    void (*log_global_after_sync)(MemoryListener *listener);
    void (*eventfd_add)(MemoryListener *listener, MemoryRegionSection *section,
                        bool match_data, uint64_t data, EventNotifier *e);
    void (*eventfd_del)(MemoryListener *listener, MemoryRegionSection *section,
                        bool match_data, uint64_t data, EventNotifier *e);
    void (*coalesced_io_add)(MemoryListener *listener,
                             MemoryRegionSection *section, hwaddr addr,
                             hwaddr len);
    void (*coalesced_io_del)(MemoryListener *listener,
                             MemoryRegionSection *section, hwaddr addr,
                             hwaddr len);
    /*
     * Ours: before anything else of a commit that adds ranges. @add holds the
     * @nr_add sections that would come, @del those that would go. Reserve what
     * region_add will need, so that it cannot fail, or refuse with an error.
     * Once all have agreed the commit follows; if a later listener refuses,
     * those that had agreed hear cancel instead.
     */
    bool (*prepare)(MemoryListener *listener, const MemoryRegionSection *add,
                    size_t nr_add, const MemoryRegionSection *del,
                    size_t nr_del, Error **errp);
    void (*cancel)(MemoryListener *listener);

    /* Lower ones are added to first and deleted from last. */
    unsigned priority;
    const char *name;

    /* private: */
    AddressSpace *address_space;
    QTAILQ_ENTRY(MemoryListener) link;
    QTAILQ_ENTRY(MemoryListener) link_as;
    uint64_t serial;        /* orders listeners of one priority */
};

/*
 * @listener hears of @as from now on, beginning with all that there is: begin,
 * log_global_start if all pages are tracked, region_add (and coalesced_io_add,
 * log_start) of every range in order, eventfd_add, commit. Among listeners of
 * one priority the later registered stands later. Big lock.
 */
void memory_listener_register(MemoryListener *listener, AddressSpace *as);

/*
 * The reverse: begin, region_del (after log_stop and coalesced_io_del) of every
 * range, eventfd_del, commit. Does nothing if it is not registered. Big lock.
 */
void memory_listener_unregister(MemoryListener *listener);

/* ---- what devices ask of listeners --------------------------------------- */

/*
 * Writes of @size bytes to @addr of @mr (any size if @size is 0), of the value
 * @data if @match_data, are to trigger @e, without a call of the region's ops.
 * It is only a request: without a listener that can do it, the ops are called.
 * A view has it where one of the bytes is seen, unless the first would be below
 * address 0 there. @e must stay until the eventfd is deleted. Big lock.
 */
void memory_region_add_eventfd(MemoryRegion *mr, hwaddr addr, unsigned size,
                               bool match_data, uint64_t data,
                               EventNotifier *e);
/* Takes back an eventfd, which was added with the same arguments. Big lock. */
void memory_region_del_eventfd(MemoryRegion *mr, hwaddr addr, unsigned size,
                               bool match_data, uint64_t data,
                               EventNotifier *e);

/* Writes to all of @mr may be queued, as its only coalesced range. Big lock. */
void memory_region_set_coalescing(MemoryRegion *mr);
/* Writes to [@offset, @offset + @size) of @mr may be queued. Big lock. */
void memory_region_add_coalescing(MemoryRegion *mr, hwaddr offset,
                                  uint64_t size);
/* Delivers what is queued; no range of @mr is coalesced any more. Big lock. */
void memory_region_clear_coalescing(MemoryRegion *mr);

/*
 * Before an access to @mr, all queued writes are delivered. Regions with
 * coalesced ranges of their own have that anyway. Big lock.
 */
void memory_region_set_flush_coalesced(MemoryRegion *mr);
void memory_region_clear_flush_coalesced(MemoryRegion *mr);

/* ---- dirty logs ---------------------------------------------------------- */

/*
 * Someone begins or ends to track dirty pages of @mr for @client, which must be
 * DIRTY_MEMORY_VGA. Calls are counted. Big lock.
 */
void memory_region_set_log(MemoryRegion *mr, bool log, unsigned client);
/* Whether DIRTY_MEMORY_* @client tracks @mr now. */
bool memory_region_is_logging(MemoryRegion *mr, uint8_t client);
/* A bit for each DIRTY_MEMORY_* that tracks @mr now. */
uint8_t memory_region_get_dirty_log_mask(MemoryRegion *mr);

/*
 * Listeners bring the dirty bitmaps of @mr (NULL: of everything) up to date
 * (log_sync, log_sync_global). @last_stage: see memory_global_dirty_log_sync().
 * Big lock.
 */
void memory_region_sync_dirty_bitmap(MemoryRegion *mr, bool last_stage);
/*
 * [@start, @start + @len) of @mr is about to be read and counted as clean:
 * listeners that show and log a part of it hear log_clear. Big lock.
 */
void memory_region_clear_dirty_bitmap(MemoryRegion *mr, hwaddr start,
                                      hwaddr len);

/*
 * All of migratable RAM is tracked while a flag (GLOBAL_DIRTY_*) is set. A
 * listener that fails makes the start fail, with those before it stopped again;
 * so does one that says so with memory_dirty_log_failed() meanwhile. While the
 * machine is stopped, stopping waits until it runs. Big lock.
 */
bool memory_global_dirty_log_start(unsigned int flags, Error **errp);
void memory_global_dirty_log_stop(unsigned int flags);

/*
 * Ours, for listeners: which pages were written cannot be told for a part of
 * memory, whose pages are marked all; takes @err. While all of RAM is tracked
 * the first error is kept for memory_global_dirty_log_check(); else it is
 * reported, the first of all. Any thread.
 */
void memory_dirty_log_failed(Error *err);
/* Ours: whether no log has failed since the start, with the error. Big lock. */
bool memory_global_dirty_log_check(Error **errp);

/*
 * Brings all dirty bitmaps up to date; @last_stage if it is the last time, with
 * all CPUs stopped. Big lock.
 */
void memory_global_dirty_log_sync(bool last_stage);
/*
 * After bitmaps were read and before the pages are: waits for CPUs that may
 * still write without seeing that a page is tracked. Big lock.
 */
void memory_global_after_dirty_log_sync(void);

/*
 * How the upper layers tell this one about the machine's state. The hook says
 * whether it runs; without one it always does. When it begins to run,
 * memory_vm_running() must be called. Big lock.
 */
void memory_set_vm_running_hook(bool (*running)(void));
void memory_vm_running(void);

#endif
