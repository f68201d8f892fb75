/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the module crypto-tls. */
#ifndef CRYPTO_TLS_INTERNAL_H
#define CRYPTO_TLS_INTERNAL_H

#include "crypto/tlscreds.h"
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

/* What a kind of credentials adds; the same for all of a type. */
typedef struct TLSKind {
    const char *priority; /* what is added to that of the user */
    /* Gives the session the credentials. A GnuTLS code. */
    int (*set)(QCryptoTLSCreds *creds, gnutls_session_t session);
    bool has_certificates;
} TLSKind;

/* tls-creds.c */
const TLSKind *tls_kind(QCryptoTLSCreds *creds);

/* channel-tls.c: methods of the class. */
QIOChannel *channel_tls_new(QIOChannel *master, QCryptoTLSCreds *creds,
                            const char *hostname, Error **errp);
void channel_tls_handshake(QIOChannel *ioc, QIOTaskFunc func, gpointer opaque,
                           GMainContext *context);
void channel_tls_bye(QIOChannel *ioc);

#endif
