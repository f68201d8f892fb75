/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address spaces: made, found, and taken out of use.
 */
#include "qemu/osdep.h"
#include "memory/view-state.h"
#include "qemu/rcu.h"

AddressSpaceList address_spaces = QTAILQ_HEAD_INITIALIZER(address_spaces);

void address_space_init(AddressSpace *as, MemoryRegion *root, const char *name)
{
    static uint64_t serial;

    memory_region_ref(root);
    *as = (AddressSpace){
        .name = g_strdup(name ?: "anonymous"),
        .root = root,
        .serial = ++serial,
        .max_bounce_buffer_size = DEFAULT_MAX_BOUNCE_BUFFER_SIZE,
    };
    QTAILQ_INIT(&as->listeners);
    qemu_mutex_init(&as->map_client_list_lock);
    QLIST_INIT(&as->map_client_list);
    QTAILQ_INSERT_TAIL(&address_spaces, as, address_spaces_link);
    QLIST_INSERT_HEAD(&root->rooted, as, rooted_link);
    memory_view_attach(memory_view_for(memory_region_effective_root(root)), as);
}

static void release(AddressSpace *as)
{
    assert(qatomic_read(&as->bounce_buffer_size) == 0);
    assert(QLIST_EMPTY(&as->map_client_list));
    assert(QTAILQ_EMPTY(&as->listeners));
    QLIST_REMOVE(as, view_link);
    qemu_mutex_destroy(&as->map_client_list_lock);
    g_free(as->name);
}

static void release_and_free(AddressSpace *as)
{
    release(as);
    g_free(as);
}

/*
 * Readers may still look at @root, so its reference is to go after a grace
 * period; but not on RCU's thread, as that may run finalizers. A version of a
 * view that nobody has seen takes it along.
 */
static void unref_later(MemoryRegion *root)
{
    flatview_retire_last(flatview_new(root, (FlatMap){ 0 }));
    memory_region_unref(root);
}

/*
 * Shows nothing from now on, of which listeners hear unless a transaction is
 * open, and belongs to nothing that a change could reach.
 */
static void take_out(AddressSpace *as)
{
    MemoryRegion *root = as->root;

    memory_region_transaction_begin();
    as->root = NULL;
    address_space_mark_root(as);
    memory_region_transaction_commit();
    as->root = root;

    memory_round_forget_space(as);
    if (as->pending) {
        as->pending = false;
        QTAILQ_REMOVE(&pending_spaces, as, pending_link);
    }
    if (as->view != memory_view_for(NULL)) {
        memory_view_attach(memory_view_for(NULL), as);
    }
    QTAILQ_REMOVE(&address_spaces, as, address_spaces_link);
    QLIST_REMOVE(as, rooted_link);
    unref_later(root);
    if (!memory_round_active()) {
        memory_views_dispose();
        flatview_retire_flush();
    }
}

void address_space_destroy(AddressSpace *as)
{
    take_out(as);
    call_rcu(as, release, rcu);
}

void address_space_destroy_free(AddressSpace *as)
{
    take_out(as);
    call_rcu(as, release_and_free, rcu);
}

void address_space_remove_listeners(AddressSpace *as)
{
    while (!QTAILQ_EMPTY(&as->listeners)) {
        memory_listener_unregister(QTAILQ_FIRST(&as->listeners));
    }
}

FlatView *address_space_get_flatview(AddressSpace *as)
{
    FlatView *fv;

    RCU_READ_LOCK_GUARD();
    do {
        fv = address_space_to_flatview(as);
    } while (!flatview_ref(fv));
    return fv;
}
