/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Channels with TLS. GnuTLS is where the credentials are: in a module. */
#include "qemu/osdep.h"
#include "crypto/tlscreds.h"
#include "io/channel-tls.h"
#include "options.h"
#include "qapi/error.h"
#include "qom/object_interfaces.h"
#include "tls.h"

bool migration_tls_is_on(void)
{
    return *migrate_parameters()->tls_creds;
}

QCryptoTLSCreds *migration_tls_creds(bool server, Error **errp)
{
    const char *id = migrate_parameters()->tls_creds;
    Object *obj = object_resolve_path_component(object_get_objects_root(), id);
    QCryptoTLSCreds *creds;

    if (!obj) {
        error_setg(errp, "No TLS credentials with id '%s'", id);
        return NULL;
    }
    creds = (QCryptoTLSCreds *)object_dynamic_cast(obj, TYPE_QCRYPTO_TLS_CREDS);
    if (!creds) {
        error_setg(errp, "Object with id '%s' is not TLS credentials", id);
        return NULL;
    }
    if (creds->endpoint != (server ? QCRYPTO_TLS_CREDS_ENDPOINT_SERVER
                                   : QCRYPTO_TLS_CREDS_ENDPOINT_CLIENT)) {
        error_setg(errp, "Expected TLS credentials for a %s endpoint",
                   server ? "server" : "client");
        return NULL;
    }
    return creds;
}

bool migration_tls_check(bool server, Error **errp)
{
    return !migration_tls_is_on() || migration_tls_creds(server, errp);
}

typedef struct Handshake {
    MigrationChannelFunc *done;
    void *opaque;
} Handshake;

static void shaken(QIOTask *task, gpointer opaque)
{
    g_autofree Handshake *h = opaque;
    QIOChannel *ioc = QIO_CHANNEL(qio_task_get_source(task));
    Error *err = NULL;

    if (qio_task_propagate_error(task, &err)) {
        h->done(NULL, err, h->opaque);
        error_free(err);
    } else {
        h->done(ioc, NULL, h->opaque);
    }
}

void migration_tls_begin_with(QCryptoTLSCreds *creds, QIOChannel *ioc,
                              const char *hostname, MigrationChannelFunc *done,
                              void *opaque, GMainContext *context)
{
    QCryptoTLSCredsClass *klass = QCRYPTO_TLS_CREDS_GET_CLASS(creds);
    bool server = creds->endpoint == QCRYPTO_TLS_CREDS_ENDPOINT_SERVER;
    Error *err = NULL;
    QIOChannel *tls = klass->new_channel(ioc, creds, hostname, &err);
    Handshake *h;

    if (!tls) {
        done(NULL, err, opaque);
        error_free(err);
        return;
    }
    qio_channel_set_name(tls, server ? "migration-tls-incoming"
                                     : "migration-tls-outgoing");
    h = g_new(Handshake, 1);
    *h = (Handshake){ done, opaque };
    klass->handshake(tls, shaken, h, context);
    object_unref(OBJECT(tls));
}

void migration_tls_begin(QIOChannel *ioc, const char *hostname, bool server,
                         MigrationChannelFunc *done, void *opaque)
{
    const char *wanted = migrate_parameters()->tls_hostname;
    Error *err = NULL;
    QCryptoTLSCreds *creds = migration_tls_creds(server, &err);

    if (!creds) {
        done(NULL, err, opaque);
        error_free(err);
        return;
    }
    migration_tls_begin_with(creds, ioc, *wanted ? wanted : hostname, done,
                             opaque, NULL);
}

void migration_tls_end(QIOChannel *ioc)
{
    QCryptoTLSCredsClass *klass;

    if (object_dynamic_cast(OBJECT(ioc), TYPE_QIO_CHANNEL_TLS)) {
        /* Whoever made it is there. */
        klass = QCRYPTO_TLS_CREDS_CLASS(
            object_class_by_name(TYPE_QCRYPTO_TLS_CREDS));
        klass->bye(ioc);
    }
}
