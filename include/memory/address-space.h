/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AddressSpace: what one kind of master (CPUs, a bus, a device's DMA) sees of a
 * tree of regions. Address spaces of which the trees show the same share one
 * MemoryView.
 *
 *   address_space_init() ---> as->view ---> view->current: a FlatView
 *
 * The view follows the tree: when what the root leads to becomes another region
 * (a bus master is switched on), the address space changes to that region's
 * view. Readers find the current version with address_space_to_flatview().
 */
#ifndef MEMORY_ADDRESS_SPACE_H
#define MEMORY_ADDRESS_SPACE_H

#include "memory/section.h"
#include "qemu/atomic.h"
#include "qemu/queue.h"
#include "qemu/rcu.h"
#include "qemu/thread.h"

#define DEFAULT_MAX_BOUNCE_BUFFER_SIZE (4096)

typedef struct AddressSpaceMapClient {
    QEMUBH *bh;
    QLIST_ENTRY(AddressSpaceMapClient) link;
} AddressSpaceMapClient;

struct AddressSpace {
    /* private: */
    struct rcu_head rcu;
    char *name;
    MemoryRegion *root;
    MemoryView *view;                       /* under RCU */
    QTAILQ_HEAD(, MemoryListener) listeners; /* by priority */
    QTAILQ_ENTRY(AddressSpace) address_spaces_link;
    QLIST_ENTRY(AddressSpace) rooted_link;  /* in root->rooted */
    QLIST_ENTRY(AddressSpace) view_link;    /* in the view's list */
    QTAILQ_ENTRY(AddressSpace) pending_link; /* its root's picture may differ */
    bool pending;
    uint64_t serial;            /* orders address spaces by age */
    int ioeventfd_notifiers;    /* listeners that want eventfds */

    /* public: */
    size_t max_bounce_buffer_size;
    /* private: */
    size_t bounce_buffer_size;              /* in use; atomic */
    QemuMutex map_client_list_lock;
    QLIST_HEAD(, AddressSpaceMapClient) map_client_list;
};

/*
 * The version of @as's flat view that is current. For readers within an RCU
 * read section, and for holders of the big lock until they change something.
 */
static inline FlatView *address_space_to_flatview(AddressSpace *as)
{
    return qatomic_rcu_read(&qatomic_rcu_read(&as->view)->current);
}

/*
 * The current version with a reference, which the caller gives back with
 * flatview_unref(). From any thread.
 */
FlatView *address_space_get_flatview(AddressSpace *as);

/*
 * Makes @as, of any content so far, show what @root shows. The flat view is
 * there at once, also within a transaction. References @root until destroyed.
 * Where @root itself is mapped, if it is, does not matter (in QEMU its address
 * there shifts what is shown). @name is copied; NULL is "anonymous". Big lock.
 */
void address_space_init(AddressSpace *as, MemoryRegion *root, const char *name);

/*
 * Takes @as out of use. Its listeners must be gone by the end of the RCU grace
 * period after which its parts are freed and the root's reference is dropped;
 * the caller must not free the structure before that. Big lock.
 */
void address_space_destroy(AddressSpace *as);
/* The same, and frees @as itself with g_free() after the grace period. */
void address_space_destroy_free(AddressSpace *as);

/* Unregisters every listener of @as. Big lock. */
void address_space_remove_listeners(AddressSpace *as);

#endif
