/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * multifd: pages of RAM go over channels of their own, each with a thread.
 *
 * The main stream says when all that was sent so far must have been taken:
 * every channel then has a packet SYNC, and the main stream the record
 * RAM_SAVE_FLAG_MULTIFD_FLUSH. That is so after the list of blocks, and after
 * each round through RAM, so that a page cannot overtake a newer one.
 *
 * The source (multifd-send.c) has one queue of batches of pages, from which
 * any channel that is idle takes the next. The destination (multifd-recv.c)
 * reads what comes, until a SYNC.
 */
#ifndef MIGRATION_MULTIFD_H
#define MIGRATION_MULTIFD_H

#include "exec/ramblock.h"
#include "io/channel.h"
#include "migration/qemu-file.h"
#include "multifd-packet.h"

/*
 * Whether RAM has channels of its own: not into a file with mapped-ram, where
 * the capability changes nothing of what is written.
 */
bool multifd_has_channels(void);

/* ---- the source ---------------------------------------------------------- */

/* A migration begins: what stopped the last one is over. */
void multifd_send_begin(void);
/*
 * Opens the channels and starts the threads. In the thread of the migration,
 * without the big lock, since it waits. False with @errp; then too, and in any
 * case at the end, multifd_send_cleanup() must follow.
 */
bool multifd_send_setup(Error **errp);
/*
 * Ends the threads and closes the channels; @graceful: after all was sent, so
 * that the other side sees a proper end. As above; before the RAM goes.
 */
void multifd_send_cleanup(bool graceful);
/*
 * No more is sent until the next beginning, whoever waits is woken. From any
 * thread, at any time.
 */
void multifd_send_stop(void);

/*
 * In the thread of the migration: queues a page at @offset of @rb, which must
 * stay until the end. Waits while the queue is full, with the big lock released
 * if it was held. False when a channel has failed.
 */
bool multifd_send_page(RAMBlock *rb, ram_addr_t offset);
/*
 * Waits in the same way until all that was queued has left, and a SYNC behind
 * it. False when a channel has failed.
 */
bool multifd_send_sync(void);
/* Why it failed; a copy, or NULL. */
Error *multifd_send_error(void);

/* ---- the destination ----------------------------------------------------- */

/*
 * Expects the channels, in the main loop. Whoever comes is read by a thread of
 * its own, until the first SYNC.
 */
void multifd_recv_expect(void);
/*
 * The main stream has come: if a channel fails, it ends too. In the main loop.
 */
void multifd_recv_set_main(QEMUFile *f);
/*
 * In the thread of the stream, without the big lock: waits for the SYNC of
 * all channels, then lets them go on. False with @errp.
 */
bool multifd_recv_sync(Error **errp);
/* Whether pages may have come, after which no block may change its size. */
bool multifd_recv_has_begun(void);
/* Why it failed; a copy, or NULL. */
Error *multifd_recv_error(void);
/* No more is received, whoever waits is woken. From any thread. */
void multifd_recv_stop(void);
/*
 * Ends all threads, and waits for them. In the main loop, with the big lock
 * released, after the main stream.
 */
void multifd_recv_cleanup(void);

/*
 * One channel at the destination, for the thread and for tests. It looks for
 * blocks in @blocks, RAMBlock by name; @discarded has bitmaps of pages that
 * must not come, by RAMBlock.
 */
typedef struct MultiFDReceiver MultiFDReceiver;

MultiFDReceiver *multifd_receiver_new(QIOChannel *ioc, GHashTable *blocks,
                                      GHashTable *discarded);
void multifd_receiver_free(MultiFDReceiver *r);
/* The packet that each channel begins with. The number, or -1 with @errp. */
int multifd_receiver_begin(MultiFDReceiver *r, Error **errp);

typedef enum MultiFDReceived {
    MULTIFD_RECEIVED_ERROR, /* with @errp */
    MULTIFD_RECEIVED_END,   /* the channel ends between packets */
    MULTIFD_RECEIVED_PAGES,
    MULTIFD_RECEIVED_SYNC, /* after the pages in it, if there are any */
} MultiFDReceived;

/* Takes one packet and its pages. */
MultiFDReceived multifd_receiver_packet(MultiFDReceiver *r, Error **errp);

#endif
