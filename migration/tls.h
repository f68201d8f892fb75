/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TLS for migrations: what 'tls-creds' and 'tls-hostname' say. In the main
 * loop, but for the last two.
 */
#ifndef MIGRATION_TLS_H
#define MIGRATION_TLS_H

#include "channel.h"
#include "crypto/tlscreds.h"

/* Whether channels are to have it. */
bool migration_tls_is_on(void);
/* What it is done with at this end, no new reference; NULL with @errp. */
QCryptoTLSCreds *migration_tls_creds(bool server, Error **errp);
/* Whether it can begin at this end; false with @errp. */
bool migration_tls_check(bool server, Error **errp);
/*
 * Puts TLS on @ioc, to @hostname (or NULL) at the source, and calls @done later
 * or at once, with that channel or with an error.
 */
void migration_tls_begin(QIOChannel *ioc, const char *hostname, bool server,
                         MigrationChannelFunc *done, void *opaque);
/*
 * The same with these credentials, in any thread: one that runs @context, where
 * the handshake goes on and @done is called.
 */
void migration_tls_begin_with(QCryptoTLSCreds *creds, QIOChannel *ioc,
                              const char *hostname, MigrationChannelFunc *done,
                              void *opaque, GMainContext *context);
/* If it is one with TLS, tells the other side that all was written. */
void migration_tls_end(QIOChannel *ioc);

#endif
