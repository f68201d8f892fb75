/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Postcopy at the destination: the guest runs before its memory is there.
 *
 * postcopy-incoming.c has the commands of the stream that lead to it;
 * postcopy-memory.c watches memory with userfaultfd, a thread tells the source
 * which pages somebody waits for, and puts pages in their places;
 * postcopy-listen.c has the threads that read pages, and what happens when the
 * connection is lost; postcopy-recover.c waits for another.
 *
 * Anybody may wait for a page: a CPU, the main loop, a device, with the big
 * lock or inside of RCU. So none of those threads ever takes the big lock, nor
 * waits for RCU, until all pages are there.
 */
#ifndef MIGRATION_POSTCOPY_H
#define MIGRATION_POSTCOPY_H

#include "exec/ramblock.h"
#include "migration.h"
#include "savevm.h"

/* ---- postcopy-incoming.c ------------------------------------------------- */

typedef enum PostcopyState {
    POSTCOPY_INCOMING_NONE,
    POSTCOPY_INCOMING_ADVISE,    /* it may come to that */
    POSTCOPY_INCOMING_DISCARD,   /* pages are thrown away that have come */
    POSTCOPY_INCOMING_LISTENING, /* pages come for which somebody waits */
    POSTCOPY_INCOMING_RUNNING,   /* the guest runs */
    POSTCOPY_INCOMING_END,
} PostcopyState;

/* Any thread. Setting returns what it was. */
PostcopyState postcopy_state_get(void);
PostcopyState postcopy_state_set(PostcopyState state);
/* Whether a thread reads what follows the package. */
bool postcopy_is_listening(void);
void postcopy_incoming_init(void);

/* A command that is postcopy's, in the stream; with the big lock. */
bool postcopy_load_command(LoadVM *l, enum qemu_vm_cmd command, uint16_t len,
                           const uint8_t *data, Error **errp);

/* ---- postcopy-memory.c --------------------------------------------------- */

/* A block that pages come for. */
typedef struct PostcopyBlock PostcopyBlock;

/* Whether the host can do it with this machine's memory. With the big lock. */
bool postcopy_ram_supported_by_host(MigrationIncomingState *mis, Error **errp);
/*
 * With the big lock: memory is emptied, and what comes is noted; a range is
 * emptied again; memory is watched from now on. False with @errp.
 */
bool postcopy_memory_prepare(Error **errp);
bool postcopy_memory_discard(const char *name, uint64_t start, uint64_t length,
                             Error **errp);
bool postcopy_memory_watch(Error **errp);
/*
 * No longer; whoever still waits gets zeros. Any thread, without the big lock
 * or with; more than once.
 */
void postcopy_memory_unwatch(void);
/* Frees what is left; with the big lock, when nothing runs any more. */
void postcopy_memory_free(void);

/* Between watch and unwatch, any thread: the block of this name, or NULL. */
PostcopyBlock *postcopy_block(const char *name);
uint64_t postcopy_block_length(const PostcopyBlock *b);
size_t postcopy_block_page_size(const PostcopyBlock *b);
const char *postcopy_block_name(const PostcopyBlock *b);
/* The largest page of a block. */
size_t postcopy_largest_page(void);
/*
 * Puts a host page in its place, unless there is one: a copy of @page, or zeros
 * if that is NULL, and wakes who waits for it. False with @errp.
 */
bool postcopy_place_page(PostcopyBlock *b, uint64_t offset, const void *page,
                         Error **errp);
/*
 * Whether the source takes requests: if so, it is sent all for which somebody
 * waits, then those that come. From the beginning, until told otherwise.
 */
void postcopy_memory_serve(bool serve);
/* Whether a page is missing at the end; then @errp says which. */
bool postcopy_memory_lacks_page(Error **errp);
/* Sends what has arrived of a block; 0, -ENOENT, or the channel's failure. */
int postcopy_memory_put_received(const char *name, QEMUFile *f);

/* ---- postcopy-listen.c --------------------------------------------------- */

/* Begins to read from the source's file; @ram is the number of its section. */
void postcopy_listen_start(uint32_t ram);
/*
 * The package has been loaded, or has not: then it ends. With the big lock.
 * True if the guest can run.
 */
void postcopy_package_loaded(bool ok);
/* Joins the threads; they end soon. With the big lock, which is released. */
void postcopy_listen_join(void);
/* As "migrate-pause"; any thread, without locks. False with @errp. */
bool postcopy_incoming_pause(Error **errp);
/* A channel for pages that are asked for; in the main loop, or that thread. */
void postcopy_urgent_channel(QIOChannel *ioc);
/*
 * Waits until it is there; releases the big lock. False with @errp if the
 * connection is cut before, or the process ends.
 */
bool postcopy_wait_for_urgent(Error **errp);
/* Whether the guest will not run here: it is too late to listen. */
bool postcopy_is_given_up(void);
/* A new connection to the source, after a pause. Takes a reference. */
bool postcopy_reconnected(QIOChannel *ioc);

/* ---- postcopy-recover.c -------------------------------------------------- */

/* Keeps the credentials for TLS, if it is on. With the big lock. */
void postcopy_recover_prepare(void);
/* Stops waiting for one, for good. Any thread. */
void postcopy_recover_stop(void);

/* ---- postcopy-blocktime.c ------------------------------------------------ */

/* A CPU waits (by its thread's number) for a page; the page is there. */
void postcopy_blocktime_init(void);
void postcopy_blocktime_begin(uint64_t addr, uint32_t thread);
void postcopy_blocktime_end(uint64_t addr);
/* For query-migrate, also afterwards. */
void postcopy_blocktime_info(MigrationInfo *info);

#endif
