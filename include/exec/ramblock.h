/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAMBlock: host memory that stands behind one region, for the memory core and
 * for those who look at all RAM (migration, dump, vhost, KVM). Devices use the
 * region (memory/ram.h).
 *
 * What can be asked about a block, and finding blocks: exec/guest-ram.h. How
 * blocks come and go: exec/ram_addr.h.
 */
#ifndef QEMU_EXEC_RAMBLOCK_H
#define QEMU_EXEC_RAMBLOCK_H

#include "exec/guest-ram.h"
#include "exec/ramlist.h"
#include "qemu/rcu.h"

struct RAMBlock {
    struct rcu_head rcu;
    struct MemoryRegion *mr;
    uint8_t *host;              /* where it is mapped; max_length bytes */
    uint8_t *colo_cache;        /* the secondary's copy, with COLO */
    ram_addr_t offset;          /* in the space of all blocks */
    ram_addr_t used_length;
    ram_addr_t max_length;      /* what a resizeable block may grow to */
    void (*resized)(const char *name, uint64_t length, void *host);
    uint32_t flags;             /* RAM_* of memory/ram.h */
    char idstr[256];            /* unique; the big lock */
    QLIST_ENTRY(RAMBlock) next; /* read under RCU */
    QLIST_HEAD(, RAMBlockNotifier) ramblock_notifiers;
    Error *cpr_blocker;
    int fd;                     /* of a file or memfd; -1 if there is none */
    uint64_t fd_offset;         /* where in it the block begins */
    int guest_memfd;            /* the private side, or -1 */
    size_t page_size;           /* of the host memory: larger if hugetlb */

    /* Migration's: */
    unsigned long *bmap;        /* what is still to be sent */
    unsigned long *file_bmap;   /* what a file of mapped RAM holds */
    off_t bitmap_offset;        /* where that bitmap lies in the file */
    uint64_t pages_offset;      /* ... and the pages */
    unsigned long *receivedmap; /* what has arrived */
    /*
     * Chunks of 1 << clear_bmap_shift pages whose dirty log must still be
     * cleared in the listeners (KVM) before their pages are sent.
     */
    unsigned long *clear_bmap;
    uint8_t clear_bmap_shift;
    ram_addr_t postcopy_length; /* used_length of the source */

    /* private: of the core, not known to QEMU's sources */
    unsigned long *private_map; /* memory/guest-memfd.h: one bit per page */
    Object *sides;              /* who tells of conversions (ram-sides.c) */
};

#endif
