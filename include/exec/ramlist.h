/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of all RAM blocks, and the dirty bitmaps over them.
 *
 * Every block lies at an offset in one space of its own, that of ram_addr_t.
 * The list is read under RCU (or with the list's lock, or the big lock) and
 * changed with the list's lock; it is sorted by size, the largest first.
 *
 * A dirty bitmap has one bit per target page of that space, for each client.
 * It is cut into pieces of DIRTY_MEMORY_BLOCK_SIZE bits which never move, so
 * that it can grow while others set bits: a new array of pointers takes the old
 * one's place under RCU. Without RAM there is none. RAM is dirty at first: a
 * piece of which nothing was cleared yet need not be there, and is NULL.
 */
#ifndef RAMLIST_H
#define RAMLIST_H

#include "qemu/queue.h"
#include "qemu/rcu.h"
#include "qemu/rcu_queue.h"
#include "qemu/thread.h"
#include "exec/guest-ram.h"

typedef struct RAMBlockNotifier RAMBlockNotifier;

/* The clients of dirty tracking; masks have bit 1 << client. */
#define DIRTY_MEMORY_VGA       0
#define DIRTY_MEMORY_CODE      1
#define DIRTY_MEMORY_MIGRATION 2
#define DIRTY_MEMORY_NUM       3

/* Bits, that is pages, in one piece of a bitmap. */
#define DIRTY_MEMORY_BLOCK_SIZE ((ram_addr_t)256 * 1024 * 8)

typedef struct {
    struct rcu_head rcu;
    unsigned long *blocks[];
} DirtyMemoryBlocks;

typedef struct RAMList {
    QemuMutex mutex;            /* for those who change the list */
    RAMBlock *mru_block;        /* unused: lookups go through an index */
    QLIST_HEAD(, RAMBlock) blocks;  /* under RCU */
    DirtyMemoryBlocks *dirty_memory[DIRTY_MEMORY_NUM];  /* under RCU */
    unsigned int num_dirty_blocks;  /* in each of these */
    uint32_t version;           /* counts changes of the list */
    QLIST_HEAD(, RAMBlockNotifier) ramblock_notifiers;
} RAMList;
extern RAMList ram_list;

/*
 * Walks all blocks: under RCU, with the list's lock, or with the big lock. (The
 * second name is what migration narrows down to blocks that are not ignored.)
 */
#define INTERNAL_RAMBLOCK_FOREACH(block)                                 \
    QLIST_FOREACH_RCU(block, &ram_list.blocks, next)
#define RAMBLOCK_FOREACH(block) INTERNAL_RAMBLOCK_FOREACH(block)

/* The lock under which the list changes. Inside the big lock. */
void qemu_mutex_lock_ramlist(void);
void qemu_mutex_unlock_ramlist(void);

/*
 * Hears of the host memory behind blocks: after it has come, before it goes,
 * when its used size changes. Sizes are bytes; max_size is what is mapped. All
 * under the big lock.
 */
struct RAMBlockNotifier {
    void (*ram_block_added)(RAMBlockNotifier *n, void *host, size_t size,
                            size_t max_size);
    void (*ram_block_removed)(RAMBlockNotifier *n, void *host, size_t size,
                              size_t max_size);
    void (*ram_block_resized)(RAMBlockNotifier *n, void *host, size_t old_size,
                              size_t new_size);
    QLIST_ENTRY(RAMBlockNotifier) next;
};

/* Adding tells @n of the blocks that exist, removing that they are gone. */
void ram_block_notifier_add(RAMBlockNotifier *n);
void ram_block_notifier_remove(RAMBlockNotifier *n);
/* Tell all notifiers; for those who provide the blocks. */
void ram_block_notify_add(void *host, size_t size, size_t max_size);
void ram_block_notify_remove(void *host, size_t size, size_t max_size);
void ram_block_notify_resize(void *host, size_t old_size, size_t new_size);

/* The table of "info ramblock". The caller frees it. */
GString *ram_block_format(void);

#endif
