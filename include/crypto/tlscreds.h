/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TLS credentials: -object tls-creds-x509, tls-creds-psk, tls-creds-anon, by
 * their ids. The types and all of GnuTLS are in the module crypto-tls, which is
 * loaded when one is made; users come to it by the class.
 */
#ifndef QCRYPTO_TLSCREDS_H
#define QCRYPTO_TLSCREDS_H

#include "io/channel.h"
#include "io/task.h"
#include "qom/object.h"

#define TYPE_QCRYPTO_TLS_CREDS "tls-creds"
typedef struct QCryptoTLSCreds QCryptoTLSCreds;
typedef struct QCryptoTLSCredsClass QCryptoTLSCredsClass;
DECLARE_OBJ_CHECKERS(QCryptoTLSCreds, QCryptoTLSCredsClass, QCRYPTO_TLS_CREDS,
                     TYPE_QCRYPTO_TLS_CREDS)

typedef enum QCryptoTLSCredsEndpoint {
    QCRYPTO_TLS_CREDS_ENDPOINT_CLIENT,
    QCRYPTO_TLS_CREDS_ENDPOINT_SERVER,
    QCRYPTO_TLS_CREDS_ENDPOINT__MAX
} QCryptoTLSCredsEndpoint;

struct QCryptoTLSCreds {
    Object parent_obj;
    char *dir;
    QCryptoTLSCredsEndpoint endpoint;
    bool verify_peer;
    char *priority;
};

struct QCryptoTLSCredsClass {
    ObjectClass parent_class;

    /*
     * A channel over @master, which it holds, before its handshake; as the
     * endpoint of @creds. @hostname: whom a client wants to talk to, or NULL.
     * NULL with @errp.
     */
    QIOChannel *(*new_channel)(QIOChannel *master, QCryptoTLSCreds *creds,
                               const char *hostname, Error **errp);
    /*
     * Begins the handshake; @func is called in @context (NULL: the default
     * one) when it has ended, with a task whose source is @ioc.
     */
    void (*handshake)(QIOChannel *ioc, QIOTaskFunc func, gpointer opaque,
                      GMainContext *context);
    /* Tells the other side that all was written. Waits for room. */
    void (*bye)(QIOChannel *ioc);
};

#endif
