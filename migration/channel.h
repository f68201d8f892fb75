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
 * caller frees it.
 */
MigrationAddress *migration_address(const char *uri,
                                    MigrationChannelList *channels,
                                    Error **errp);

/*
 * Called once, in the main loop, with a channel that the callee takes a
 * reference to if it wants to keep it; or with NULL and an error, which the
 * caller frees.
 */
typedef void MigrationChannelFunc(QIOChannel *ioc, Error *err);

/*
 * Opens a channel for a stream to leave. False with @errp when that fails at
 * once; otherwise @done is called, maybe before this returns.
 */
bool migration_channel_outgoing(MigrationAddress *addr,
                                MigrationChannelFunc *done, Error **errp);

/*
 * Waits for a stream to come in. As above; *@listening is where, if that is
 * known: a list that the caller frees.
 */
bool migration_channel_incoming(MigrationAddress *addr,
                                MigrationChannelFunc *done,
                                SocketAddressList **listening, Error **errp);
/* Waits no longer. */
void migration_channel_incoming_cancel(void);

#endif
