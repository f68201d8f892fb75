/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a stream goes, or comes from: addresses, and the channels to them.
 */
#ifndef MIGRATION_CHANNEL_H
#define MIGRATION_CHANNEL_H

#include "io/channel.h"
#include "qapi/qapi-types-migration.h"

/*
 * The address in what "migrate" and "migrate-incoming" got: a URI, or a list of
 * channels. NULL with @errp if there is none, or one that is not supported. The
 * caller frees it. *@cpr becomes the channel of that type in the list, or NULL;
 * without @cpr, none may be there.
 */
MigrationAddress *migration_address(const char *uri,
                                    MigrationChannelList *channels,
                                    MigrationChannel **cpr, Error **errp);

/* Whether it is one of sockets, which connect: not of a descriptor or file. */
bool migration_address_is_listened_on(const MigrationAddress *addr);
/*
 * Whether the capabilities that are on need more channels than @addr can have,
 * or positions; then false with @errp. With the big lock.
 */
bool migration_channel_check(const MigrationAddress *addr, bool outgoing,
                             Error **errp);
/* The same without the credentials for TLS; in any thread. */
bool migration_channel_check_address(const MigrationAddress *addr,
                                     Error **errp);

/*
 * Called in the main loop, with a channel that the callee takes a reference to
 * if it wants to keep it; or with NULL and an error, which the caller frees.
 */
typedef void MigrationChannelFunc(QIOChannel *ioc, Error *err, void *opaque);

/*
 * The channel of an address that needs no waiting, which the caller owns; NULL
 * with @errp; NULL without it if it is a socket to connect or listen on.
 */
QIOChannel *migration_channel_open_now(MigrationAddress *addr, bool outgoing,
                                       Error **errp);

/* ---- channel.c: leaving -------------------------------------------------- */

/*
 * Opens the main channel for a stream to leave, in the main loop. False with
 * @errp when that fails at once; otherwise @done is called, once, maybe before
 * this returns. @addr is copied, for the channels that follow, until
 * migration_channel_outgoing_forget().
 */
bool migration_channel_outgoing(MigrationAddress *addr,
                                MigrationChannelFunc *done, void *opaque,
                                Error **errp);
void migration_channel_outgoing_forget(void);

/*
 * Opens one more channel to where the migration that runs goes. From any
 * thread, with or without locks. @done is called later in the main loop, once,
 * always: who gives up waiting must have @opaque stay until then. Only open it
 * when the main channel has been opened (with its handshake, if it has one):
 * the destination may know channels by their order.
 */
void migration_channel_outgoing_more(MigrationChannelFunc *done, void *opaque);
/*
 * Waits no longer for channels that are not open yet, while they connect or in
 * a handshake, which may never end: @done of each is called soon, in the main
 * loop, with an error. What then still comes is closed. From any thread.
 */
void migration_channel_outgoing_give_up(void);

/*
 * How many bytes the other side has still to take (of TCP, to acknowledge); 0
 * where that is not known. Any thread.
 */
size_t migration_channel_unread(QIOChannel *ioc);

/*
 * The last byte has been written: tells the other side, where the channel has a
 * way to, that this is the end and not a cut.
 */
void migration_channel_end(QIOChannel *ioc);

/* ---- channel-incoming.c: coming in --------------------------------------- */

typedef enum MigrationIncomingKind {
    MIG_INCOMING_MAIN,    /* the stream */
    MIG_INCOMING_MULTIFD, /* one of those that carry RAM */
    MIG_INCOMING_PREEMPT, /* pages that were asked for in postcopy */
    MIG_INCOMING__MAX
} MigrationIncomingKind;

/*
 * Says that @n channels of a kind shall come, and who takes each of them; 0
 * for none. The function of the main channel is also told of failures of those
 * whose kind is not known. In the main loop, before
 * migration_channel_incoming(), or while that waits.
 */
void migration_incoming_expect(MigrationIncomingKind kind, unsigned n,
                               MigrationChannelFunc *done, void *opaque);
/* How many of @kind are still to come. */
unsigned migration_incoming_missing(MigrationIncomingKind kind);

/*
 * Waits at @addr until all channels have come that are expected, then waits no
 * longer; it can be called again after that, or after the cancelling, for a
 * stream that goes on. False with @errp; *@listening is where it waits, if
 * that is known: a list that the caller frees.
 */
bool migration_channel_incoming(MigrationAddress *addr,
                                SocketAddressList **listening, Error **errp);
/*
 * A channel was no good, and the stream with it: as a failure of the main
 * channel, unless that has come. From any thread; @err is copied.
 */
void migration_channel_incoming_failed(const Error *err);
/* Whether somebody's TLS handshake goes on. Any thread. */
bool migration_channel_incoming_shakes(void);
/* Waits no longer, and expects nothing. */
void migration_channel_incoming_cancel(void);

/* ---- channel-again.c: files, once more ----------------------------------- */

/* The path that the next stream goes to or comes from; NULL if it has none. */
void migration_channel_note_path(const char *path);

/*
 * The file below @ioc, which has positions, opened once more: to write or to
 * read at positions of its own. NULL with @errp.
 */
QIOChannel *migration_channel_again(QIOChannel *ioc, bool writing,
                                    Error **errp);
/*
 * The same, past the host's cache; *@memory_align and *@file_align are what
 * buffers, and what positions and sizes must be multiples of.
 */
QIOChannel *migration_channel_direct(QIOChannel *ioc, bool writing,
                                     size_t *memory_align, size_t *file_align,
                                     Error **errp);

#endif
