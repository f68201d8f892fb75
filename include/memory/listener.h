/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MemoryListener: hears how an address space's flat view changes. In one commit,
 * for each view that changed: begin; region_del for what goes, in reverse order
 * of priority; region_add for what comes, region_nop for what stays, log_start
 * and log_stop for what only differs in its dirty log, in order; eventfds and
 * coalesced ranges; commit. Listeners of views that did not change hear nothing.
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
};

#endif
