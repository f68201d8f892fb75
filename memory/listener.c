/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Listeners: registered, and told all that there is; unregistered, and told
 * that it is gone. What changes in between they hear from commit.c.
 */
#include "qemu/osdep.h"
#include "memory/view-state.h"
#include "qapi/error.h"

MemoryListenerList memory_listeners = QTAILQ_HEAD_INITIALIZER(memory_listeners);

static void call_begin(MemoryListener *l)
{
    if (l->begin) {
        l->begin(l);
    }
}

static void call_commit(MemoryListener *l)
{
    if (l->commit) {
        l->commit(l);
    }
}

void memory_listener_tell_coalesced(MemoryListener *l,
                                    MemoryRegionSection *section,
                                    const FlatRange *range,
                                    CoalescedWhich which, bool add)
{
    void (*call)(MemoryListener *, MemoryRegionSection *, hwaddr, hwaddr) =
        add ? l->coalesced_io_add : l->coalesced_io_del;
    g_autoptr(GArray) list = NULL;

    if (!call || (QTAILQ_EMPTY(&range->mr->coalesced) &&
                  !coalesced_is_pending(range->mr))) {
        return;
    }
    list = g_array_new(false, false, sizeof(CoalescedMemoryRange));
    coalesced_list(range, which, list);
    for (guint i = 0; i < list->len; i++) {
        CoalescedMemoryRange *c = &g_array_index(list, CoalescedMemoryRange, i);

        call(l, section, c->offset, c->size);
    }
}

void memory_listener_tell_eventfds(MemoryListener *l, FlatView *fv, bool add)
{
    void (*call)(MemoryListener *, MemoryRegionSection *, bool, uint64_t,
                 EventNotifier *) = add ? l->eventfd_add : l->eventfd_del;
    g_autoptr(GArray) fds = NULL;
    const FlatRange *fr;
    FlatMapIter it;

    if (!call) {
        return;
    }
    fds = g_array_new(false, false, sizeof(EventfdChange));
    for (fr = flatmap_iter_from(&it, &fv->map, 0); fr;
         fr = flatmap_iter_next(&it)) {
        if (fr->mr->eventfds) {
            eventfds_before(fr, fds);
        }
    }
    for (guint i = 0; i < fds->len; i++) {
        EventfdChange *fd = &g_array_index(fds, EventfdChange, i);
        MemoryRegionSection section = {
            .fv = fv,
            .offset_within_address_space = fd->addr,
            .size = int128_make64(fd->size),
        };

        call(l, &section, fd->match_data, fd->data, fd->e);
    }
}

static void tell_all(MemoryListener *l, FlatView *fv)
{
    const FlatRange *fr;
    FlatMapIter it;

    call_begin(l);
    if (global_dirty_tracking && l->log_global_start) {
        /* There is nobody to tell; the listener goes on without. */
        Error *err = NULL;

        if (!l->log_global_start(l, &err)) {
            warn_report_err(err);
        }
    }
    for (fr = flatmap_iter_from(&it, &fv->map, 0); fr;
         fr = flatmap_iter_next(&it)) {
        MemoryRegionSection section = section_from_flat_range(fr, fv);

        if (l->region_add) {
            l->region_add(l, &section);
        }
        memory_listener_tell_coalesced(l, &section, fr, COALESCED_BEFORE, true);
        if (fr->dirty_log_mask && l->log_start) {
            l->log_start(l, &section, 0, fr->dirty_log_mask);
        }
    }
    memory_listener_tell_eventfds(l, fv, true);
    call_commit(l);
}

static void tell_gone(MemoryListener *l, FlatView *fv)
{
    const FlatRange *fr;
    FlatMapIter it;

    call_begin(l);
    for (fr = flatmap_iter_from(&it, &fv->map, 0); fr;
         fr = flatmap_iter_next(&it)) {
        MemoryRegionSection section = section_from_flat_range(fr, fv);

        if (fr->dirty_log_mask && l->log_stop) {
            l->log_stop(l, &section, fr->dirty_log_mask, 0);
        }
        memory_listener_tell_coalesced(l, &section, fr, COALESCED_BEFORE,
                                       false);
        if (l->region_del) {
            l->region_del(l, &section);
        }
    }
    memory_listener_tell_eventfds(l, fv, false);
    call_commit(l);
}

/* Callbacks may change topology: the version that they walk through stays. */
static FlatView *hold(FlatView *fv)
{
    bool held = flatview_ref(fv);

    assert(held);
    return fv;
}

static bool wants_eventfds(const MemoryListener *l)
{
    return l->eventfd_add || l->eventfd_del;
}

static void insert(MemoryListener *l, AddressSpace *as)
{
    MemoryListener *other;

    QTAILQ_FOREACH_REVERSE(other, &memory_listeners, link) {
        if (other->priority <= l->priority) {
            break;
        }
    }
    if (other) {
        QTAILQ_INSERT_AFTER(&memory_listeners, other, l, link);
    } else {
        QTAILQ_INSERT_HEAD(&memory_listeners, l, link);
    }
    QTAILQ_FOREACH_REVERSE(other, &as->listeners, link_as) {
        if (other->priority <= l->priority) {
            break;
        }
    }
    if (other) {
        QTAILQ_INSERT_AFTER(&as->listeners, other, l, link_as);
    } else {
        QTAILQ_INSERT_HEAD(&as->listeners, l, link_as);
    }
}

void memory_listener_register(MemoryListener *listener, AddressSpace *as)
{
    static uint64_t serial;
    bool first = QTAILQ_EMPTY(&as->listeners);
    FlatView *fv;

    /* A listener syncs by range or all at once. */
    assert(!(listener->log_sync && listener->log_sync_global));

    listener->address_space = as;
    listener->serial = ++serial;
    insert(listener, as);
    as->ioeventfd_notifiers += wants_eventfds(listener);
    if (first) {
        memory_view_listening_changed(as);
    }
    fv = hold(memory_round_join(listener));
    tell_all(listener, fv);
    flatview_unref(fv);
}

void memory_listener_unregister(MemoryListener *listener)
{
    AddressSpace *as = listener->address_space;
    FlatView *fv;

    if (!as) {
        return;
    }
    fv = hold(memory_round_leave(listener));
    tell_gone(listener, fv);
    flatview_unref(fv);
    as->ioeventfd_notifiers -= wants_eventfds(listener);
    QTAILQ_REMOVE(&memory_listeners, listener, link);
    QTAILQ_REMOVE(&as->listeners, listener, link_as);
    if (QTAILQ_EMPTY(&as->listeners)) {
        memory_view_listening_changed(as);
    }
    listener->address_space = NULL;
}
