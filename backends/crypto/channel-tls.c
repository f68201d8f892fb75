/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS over a channel, by GnuTLS: see include/io/channel-tls.h. */
#include "qemu/osdep.h"
#include "io/channel-tls.h"
#include "qapi/error.h"
#include "qemu/lockable.h"
#include "qemu/module.h"
#include "qemu/thread.h"
#include "tls-internal.h"

OBJECT_DECLARE_SIMPLE_TYPE(QIOChannelTLS, QIO_CHANNEL_TLS)

struct QIOChannelTLS {
    QIOChannel parent;
    QIOChannel *master;
    QCryptoTLSCreds *creds;
    char *hostname;
    bool blocking;  /* whether users wait */
    int shutdown;   /* QIOChannelShutdown that were done here; atomically */
    bool shaken;    /* the handshake is complete */
    QemuMutex lock; /* protects what follows */
    gnutls_session_t session;
    char *refusal;     /* why the other side's certificate is no good */
    Error *master_err; /* of the last call of the channel below */
    uint8_t peeked[8]; /* what was looked at, and not read yet */
    size_t n_peeked;
};

/* ---- between GnuTLS and the channel below -------------------------------- */

static ssize_t moved(QIOChannelTLS *t, ssize_t ret, Error *err)
{
    if (ret == QIO_CHANNEL_ERR_BLOCK) {
        gnutls_transport_set_errno(t->session, EAGAIN);
        return -1;
    }
    if (ret < 0) {
        error_free(t->master_err);
        t->master_err = err;
        gnutls_transport_set_errno(t->session, EIO);
    }
    return ret;
}

static ssize_t push(gnutls_transport_ptr_t opaque, const void *buf, size_t len)
{
    QIOChannelTLS *t = opaque;
    Error *err = NULL;
    ssize_t ret = qio_channel_write(t->master, buf, len, &err);

    if (ret < 0 && ret != QIO_CHANNEL_ERR_BLOCK && !t->shaken) {
        /* Why the other side has gone, it may have said: that is read next. */
        error_free(t->master_err);
        t->master_err = err;
        return len;
    }
    return moved(t, ret, err);
}

static ssize_t pull(gnutls_transport_ptr_t opaque, void *buf, size_t len)
{
    QIOChannelTLS *t = opaque;
    Error *err = NULL;
    ssize_t ret = qio_channel_read(t->master, buf, len, &err);

    return moved(t, ret, err);
}

static bool must_wait(int ret)
{
    return ret == GNUTLS_E_AGAIN || ret == GNUTLS_E_INTERRUPTED;
}

/* Whether the next that has come is why the other side has gone. */
static bool alert_came(QIOChannelTLS *t)
{
    ssize_t ret;

    if (t->n_peeked == sizeof(t->peeked)) {
        return false;
    }
    ret = gnutls_record_recv(t->session, t->peeked + t->n_peeked, 1);
    if (ret > 0) { /* data, for whoever reads next */
        t->n_peeked += ret;
    }
    return ret == GNUTLS_E_FATAL_ALERT_RECEIVED;
}

/*
 * Sets @errp to the reason of @ret. What the other side has said counts more
 * than that the connection is gone, which is a consequence of it.
 */
static void explain(QIOChannelTLS *t, int ret, const char *what, Error **errp)
{
    if (ret == GNUTLS_E_PUSH_ERROR && t->shaken && alert_came(t)) {
        ret = GNUTLS_E_FATAL_ALERT_RECEIVED;
    }
    if (t->refusal) {
        error_setg(errp, "%s: %s", what, t->refusal);
    } else if (ret == GNUTLS_E_FATAL_ALERT_RECEIVED) {
        error_setg(errp, "%s: the other side refuses it: %s", what,
                   gnutls_alert_get_name(gnutls_alert_get(t->session)));
    } else if (t->master_err) {
        error_setg(errp, "%s: %s", what, error_get_pretty(t->master_err));
    } else {
        error_setg(errp, "%s: %s", what, gnutls_strerror(ret));
    }
}

/* ---- who is there -------------------------------------------------------- */

static char *why_not_valid(gnutls_session_t session, unsigned status)
{
    gnutls_datum_t text;
    char *why;

    if (gnutls_certificate_verification_status_print(
            status, gnutls_certificate_type_get(session), &text, 0) < 0) {
        return g_strdup_printf("the certificate is not valid (0x%x)", status);
    }
    why = g_strdup_printf("the certificate is not valid: %s",
                          g_strstrip((char *)text.data));
    gnutls_free(text.data);
    return why;
}

static bool has_name(QIOChannelTLS *t)
{
    const gnutls_datum_t *certs;
    gnutls_x509_crt_t cert;
    unsigned n;
    bool ok = false;

    certs = gnutls_certificate_get_peers(t->session, &n);
    if (!certs || !n || gnutls_x509_crt_init(&cert) < 0) {
        return false;
    }
    if (gnutls_x509_crt_import(cert, &certs[0], GNUTLS_X509_FMT_DER) >= 0) {
        ok = gnutls_x509_crt_check_hostname(cert, t->hostname);
    }
    gnutls_x509_crt_deinit(cert);
    return ok;
}

/* In the handshake, so that the other side learns it as an alert. */
static int verify(gnutls_session_t session)
{
    QIOChannelTLS *t = gnutls_session_get_ptr(session);
    unsigned status;
    int ret = gnutls_certificate_verify_peers2(session, &status);

    if (ret < 0) {
        t->refusal = g_strdup_printf("the certificate cannot be verified: %s",
                                     gnutls_strerror(ret));
    } else if (status) {
        t->refusal = why_not_valid(session, status);
    } else if (t->creds->endpoint == QCRYPTO_TLS_CREDS_ENDPOINT_CLIENT &&
               !has_name(t)) {
        t->refusal = g_strdup_printf(
            "the certificate is not valid: it is not that of '%s'",
            t->hostname);
    }
    return t->refusal ? GNUTLS_E_CERTIFICATE_ERROR : 0;
}

/* ---- making one ---------------------------------------------------------- */

static bool set_priority(QIOChannelTLS *t, Error **errp)
{
    const char *added = tls_kind(t->creds)->priority;
    g_autofree char *text =
        g_strconcat(t->creds->priority ?: "NORMAL", added, NULL);
    int ret = gnutls_priority_set_direct(t->session, text, NULL);

    if (ret < 0) {
        error_setg(errp, "TLS priority '%s' is not valid: %s", text,
                   gnutls_strerror(ret));
    }
    return ret >= 0;
}

static bool set_up(QIOChannelTLS *t, Error **errp)
{
    bool server = t->creds->endpoint == QCRYPTO_TLS_CREDS_ENDPOINT_SERVER;
    const TLSKind *kind = tls_kind(t->creds);
    int ret =
        gnutls_init(&t->session, (server ? GNUTLS_SERVER : GNUTLS_CLIENT) |
                                     GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);

    if (ret < 0) {
        t->session = NULL;
    } else if (!set_priority(t, errp)) {
        return false;
    } else {
        ret = kind->set(t->creds, t->session);
    }
    if (ret < 0) {
        error_setg(errp, "cannot begin TLS: %s", gnutls_strerror(ret));
        return false;
    }
    gnutls_session_set_ptr(t->session, t);
    if (kind->has_certificates && t->creds->verify_peer) {
        if (server) {
            gnutls_certificate_server_set_request(t->session,
                                                  GNUTLS_CERT_REQUIRE);
        } else if (!t->hostname) {
            error_setg(errp, "No hostname for certificate validation: set "
                             "'tls-hostname'");
            return false;
        }
        gnutls_session_set_verify_function(t->session, verify);
    }
    if (t->hostname && !server && kind->has_certificates) {
        gnutls_server_name_set(t->session, GNUTLS_NAME_DNS, t->hostname,
                               strlen(t->hostname));
    }
    gnutls_transport_set_ptr(t->session, t);
    gnutls_transport_set_push_function(t->session, push);
    gnutls_transport_set_pull_function(t->session, pull);
    return true;
}

QIOChannel *channel_tls_new(QIOChannel *master, QCryptoTLSCreds *creds,
                            const char *hostname, Error **errp)
{
    QIOChannelTLS *t = QIO_CHANNEL_TLS(object_new(TYPE_QIO_CHANNEL_TLS));

    t->master = QIO_CHANNEL(object_ref(master));
    t->creds = QCRYPTO_TLS_CREDS(object_ref(OBJECT(creds)));
    t->hostname = g_strdup(hostname);
    t->blocking = true;
    if (qio_channel_has_feature(master, QIO_CHANNEL_FEATURE_SHUTDOWN)) {
        qio_channel_set_feature(QIO_CHANNEL(t), QIO_CHANNEL_FEATURE_SHUTDOWN);
    }
    if (qio_channel_set_blocking(master, false, errp) < 0 || !set_up(t, errp)) {
        object_unref(OBJECT(t));
        return NULL;
    }
    return QIO_CHANNEL(t);
}

static void channel_tls_init(Object *obj)
{
    qemu_mutex_init(&QIO_CHANNEL_TLS(obj)->lock);
    qio_channel_set_feature(QIO_CHANNEL(obj),
                            QIO_CHANNEL_FEATURE_READ_MSG_PEEK);
}

static void channel_tls_finalize(Object *obj)
{
    QIOChannelTLS *t = QIO_CHANNEL_TLS(obj);

    if (t->session) {
        gnutls_deinit(t->session);
    }
    error_free(t->master_err);
    g_free(t->refusal);
    g_free(t->hostname);
    object_unref(OBJECT(t->master));
    object_unref(OBJECT(t->creds));
    qemu_mutex_destroy(&t->lock);
}

/* ---- the handshake ------------------------------------------------------- */

static gboolean shake(QIOChannel *master, GIOCondition condition,
                      gpointer task);

static void shake_again(QIOChannelTLS *t, QIOTask *task, GMainContext *context)
{
    Error *err = NULL;
    int ret;

    do {
        ret = gnutls_handshake(t->session);
    } while (ret < 0 && !must_wait(ret) && !gnutls_error_is_fatal(ret));
    if (must_wait(ret)) {
        bool out = gnutls_record_get_direction(t->session);

        qio_channel_add_watch_full(t->master,
                                   out ? G_IO_OUT : G_IO_IN | G_IO_HUP, shake,
                                   task, NULL, context);
        return;
    }
    if (ret < 0) {
        explain(t, ret, "TLS handshake failed", &err);
        gnutls_alert_send_appropriate(t->session, ret);
        qio_task_set_error(task, err);
    }
    t->shaken = ret >= 0;
    qio_task_complete(task);
    qio_task_free(task);
}

static gboolean shake(QIOChannel *master, GIOCondition condition, gpointer task)
{
    shake_again(QIO_CHANNEL_TLS(qio_task_get_source(task)), task,
                g_source_get_context(g_main_current_source()));
    return G_SOURCE_REMOVE;
}

void channel_tls_handshake(QIOChannel *ioc, QIOTaskFunc func, gpointer opaque,
                           GMainContext *context)
{
    shake_again(QIO_CHANNEL_TLS(ioc),
                qio_task_new(OBJECT(ioc), func, opaque, NULL), context);
}

/* ---- data ---------------------------------------------------------------- */

/* One try; the caller has the lock. As gnutls_record_recv(). */
static ssize_t receive(QIOChannelTLS *t, void *buf, size_t len, int flags,
                       Error **errp)
{
    ssize_t ret;

    do {
        ret = gnutls_record_recv(t->session, buf, len);
    } while (ret < 0 && !must_wait(ret) && !gnutls_error_is_fatal(ret));
    if (ret >= 0 || must_wait(ret)) {
        return ret;
    }
    if (ret == GNUTLS_E_PREMATURE_TERMINATION &&
        (flags & QIO_CHANNEL_READ_FLAG_RELAXED_EOF ||
         qatomic_read(&t->shutdown) & QIO_CHANNEL_SHUTDOWN_READ)) {
        return 0;
    }
    explain(t, ret, "Cannot read from TLS channel", errp);
    return ret;
}

static ssize_t read_once(QIOChannelTLS *t, void *buf, size_t len, int flags,
                         Error **errp)
{
    size_t n;

    QEMU_LOCK_GUARD(&t->lock);
    if (!t->n_peeked) {
        return receive(t, buf, len, flags, errp);
    }
    n = MIN(len, t->n_peeked);
    memcpy(buf, t->peeked, n);
    t->n_peeked -= n;
    memmove(t->peeked, t->peeked + n, t->n_peeked);
    return n;
}

/* What read_once() would give, which stays; some bytes at the most. */
static ssize_t peek_once(QIOChannelTLS *t, void *buf, size_t len, int flags,
                         Error **errp)
{
    len = MIN(len, sizeof(t->peeked));
    QEMU_LOCK_GUARD(&t->lock);
    if (t->n_peeked < len) {
        ssize_t ret =
            receive(t, t->peeked + t->n_peeked, len - t->n_peeked, flags, errp);

        if (ret > 0) {
            t->n_peeked += ret;
        } else if (!t->n_peeked || !must_wait(ret)) {
            return ret;
        }
    }
    len = MIN(len, t->n_peeked);
    memcpy(buf, t->peeked, len);
    return len;
}

static ssize_t write_once(QIOChannelTLS *t, const void *buf, size_t len,
                          Error **errp)
{
    ssize_t ret;

    QEMU_LOCK_GUARD(&t->lock);
    do {
        ret = gnutls_record_send(t->session, buf, len);
    } while (ret < 0 && !must_wait(ret) && !gnutls_error_is_fatal(ret));
    if (ret < 0 && !must_wait(ret)) {
        explain(t, ret, "Cannot write to TLS channel", errp);
    }
    return ret;
}

static ssize_t channel_tls_readv(QIOChannel *ioc, const struct iovec *iov,
                                 size_t niov, int **fds, size_t *nfds,
                                 int flags, Error **errp)
{
    QIOChannelTLS *t = QIO_CHANNEL_TLS(ioc);
    bool peek = flags & QIO_CHANNEL_READ_FLAG_MSG_PEEK;
    ssize_t got = 0;

    for (size_t i = 0; i < niov; i++) {
        ssize_t ret;

        if (!iov[i].iov_len) {
            continue;
        }
        for (;;) {
            ret = (peek ? peek_once : read_once)(t, iov[i].iov_base,
                                                 iov[i].iov_len, flags, errp);
            if (!must_wait(ret) || got || !t->blocking) {
                break;
            }
            qio_channel_wait(t->master, G_IO_IN);
        }
        if (must_wait(ret)) {
            return got ?: QIO_CHANNEL_ERR_BLOCK;
        }
        if (ret < 0) {
            return -1;
        }
        got += ret;
        if (peek || ret < iov[i].iov_len) {
            break;
        }
    }
    return got;
}

/*
 * A record that could only leave in part has to be sent again as it was: who
 * writes through TLS comes back with the same bytes.
 */
static ssize_t channel_tls_writev(QIOChannel *ioc, const struct iovec *iov,
                                  size_t niov, int *fds, size_t nfds, int flags,
                                  Error **errp)
{
    QIOChannelTLS *t = QIO_CHANNEL_TLS(ioc);
    ssize_t done = 0;

    for (size_t i = 0; i < niov; i++) {
        size_t at = 0;

        while (at < iov[i].iov_len) {
            ssize_t ret =
                write_once(t, iov[i].iov_base + at, iov[i].iov_len - at, errp);

            if (must_wait(ret)) {
                if (!t->blocking) {
                    return done ?: QIO_CHANNEL_ERR_BLOCK;
                }
                qio_channel_wait(t->master, G_IO_OUT);
                continue;
            }
            if (ret < 0) {
                return -1;
            }
            at += ret;
            done += ret;
        }
    }
    return done;
}

/* ---- the end ------------------------------------------------------------- */

static int channel_tls_flush(QIOChannel *ioc, Error **errp)
{
    return qio_channel_flush(QIO_CHANNEL_TLS(ioc)->master, errp);
}

static int channel_tls_shutdown(QIOChannel *ioc, QIOChannelShutdown how,
                                Error **errp)
{
    QIOChannelTLS *t = QIO_CHANNEL_TLS(ioc);

    qatomic_or(&t->shutdown, how);
    return qio_channel_shutdown(t->master, how, errp);
}

static int channel_tls_close(QIOChannel *ioc, Error **errp)
{
    return qio_channel_close(QIO_CHANNEL_TLS(ioc)->master, errp);
}

static int channel_tls_set_blocking(QIOChannel *ioc, bool enabled, Error **errp)
{
    QIO_CHANNEL_TLS(ioc)->blocking = enabled;
    return 0;
}

void channel_tls_bye(QIOChannel *ioc)
{
    QIOChannelTLS *t = QIO_CHANNEL_TLS(ioc);
    int ret;

    for (;;) {
        WITH_QEMU_LOCK_GUARD(&t->lock) {
            ret = gnutls_bye(t->session, GNUTLS_SHUT_WR);
        }
        if (!must_wait(ret)) {
            return;
        }
        qio_channel_wait(t->master, G_IO_OUT);
    }
}

/* ---- waiting ------------------------------------------------------------- */

/* Ready when the one below is, or bytes have been decrypted already. */
typedef struct TLSSource {
    GSource parent;
    QIOChannelTLS *t;
    GIOCondition condition;
} TLSSource;

static bool has_bytes(TLSSource *s)
{
    if (!(s->condition & G_IO_IN)) {
        return false;
    }
    QEMU_LOCK_GUARD(&s->t->lock);
    return s->t->n_peeked || gnutls_record_check_pending(s->t->session);
}

static gboolean source_prepare(GSource *source, gint *timeout)
{
    *timeout = -1;
    return has_bytes((TLSSource *)source);
}

static gboolean source_check(GSource *source)
{
    return has_bytes((TLSSource *)source);
}

static gboolean source_dispatch(GSource *source, GSourceFunc callback,
                                gpointer opaque)
{
    QIOChannelFunc func = (QIOChannelFunc)(void (*)(void))callback;
    TLSSource *s = (TLSSource *)source;

    return func(QIO_CHANNEL(s->t), s->condition, opaque);
}

static void source_finalize(GSource *source)
{
    object_unref(OBJECT(((TLSSource *)source)->t));
}

static GSourceFuncs source_funcs = {
    .prepare = source_prepare,
    .check = source_check,
    .dispatch = source_dispatch,
    .finalize = source_finalize,
};

/* That the child is ready makes its parent so. */
static gboolean child_ready(QIOChannel *ioc, GIOCondition condition,
                            gpointer opaque)
{
    return G_SOURCE_CONTINUE;
}

static GSource *channel_tls_create_watch(QIOChannel *ioc,
                                         GIOCondition condition)
{
    QIOChannelTLS *t = QIO_CHANNEL_TLS(ioc);
    GSource *child = qio_channel_create_watch(t->master, condition);
    GSource *source = g_source_new(&source_funcs, sizeof(TLSSource));
    TLSSource *s = (TLSSource *)source;

    s->t = QIO_CHANNEL_TLS(object_ref(OBJECT(t)));
    s->condition = condition;
    g_source_set_callback(child, G_SOURCE_FUNC(child_ready), NULL, NULL);
    g_source_add_child_source(source, child);
    g_source_unref(child);
    return source;
}

static void channel_tls_class_init(ObjectClass *klass, void *data)
{
    QIOChannelClass *ioc_klass = QIO_CHANNEL_CLASS(klass);

    ioc_klass->io_writev = channel_tls_writev;
    ioc_klass->io_readv = channel_tls_readv;
    ioc_klass->io_close = channel_tls_close;
    ioc_klass->io_create_watch = channel_tls_create_watch;
    ioc_klass->io_set_blocking = channel_tls_set_blocking;
    ioc_klass->io_shutdown = channel_tls_shutdown;
    ioc_klass->io_flush = channel_tls_flush;
}

static const TypeInfo channel_tls_types[] = {
    {
        .name = TYPE_QIO_CHANNEL_TLS,
        .parent = TYPE_QIO_CHANNEL,
        .instance_size = sizeof(QIOChannelTLS),
        .instance_init = channel_tls_init,
        .instance_finalize = channel_tls_finalize,
        .class_init = channel_tls_class_init,
    },
};

DEFINE_TYPES(channel_tls_types)
module_obj(TYPE_QIO_CHANNEL_TLS);
