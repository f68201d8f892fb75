/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLS credentials as objects: certificates, shared keys, or none. */
#include "qemu/osdep.h"
#include "crypto/secret_common.h"
#include "qapi/error.h"
#include "qapi/util.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"
#include "tls-internal.h"

#define TYPE_TLS_CREDS_X509 "tls-creds-x509"
#define TYPE_TLS_CREDS_PSK  "tls-creds-psk"
#define TYPE_TLS_CREDS_ANON "tls-creds-anon"

/* One struct for all kinds: each uses a part of it. */
typedef struct TLSCreds {
    QCryptoTLSCreds parent;
    bool sanity_check;
    char *passwordid, *username;
    bool complete; /* all is loaded */
    gnutls_certificate_credentials_t x509;
    gnutls_psk_client_credentials_t psk_client;
    gnutls_psk_server_credentials_t psk_server;
    gnutls_anon_client_credentials_t anon_client;
    gnutls_anon_server_credentials_t anon_server;
} TLSCreds;

static TLSCreds *tls_creds(void *obj)
{
    return (TLSCreds *)QCRYPTO_TLS_CREDS(obj);
}

static bool is_server(TLSCreds *c)
{
    return c->parent.endpoint == QCRYPTO_TLS_CREDS_ENDPOINT_SERVER;
}

/* A file of the folder; NULL with @errp (or without one) if there is none. */
static char *find_file(TLSCreds *c, const char *name, Error **errp)
{
    g_autofree char *path = NULL;

    if (!c->parent.dir) {
        error_setg(errp, "Missing 'dir' property value");
        return NULL;
    }
    path = g_build_filename(c->parent.dir, name, NULL);
    if (access(path, R_OK)) {
        error_setg_errno(errp, errno, "Unable to access credentials %s", path);
        return NULL;
    }
    return g_steal_pointer(&path);
}

static bool loaded(int ret, const char *path, Error **errp)
{
    if (ret < 0) {
        error_setg(errp, "Cannot load '%s': %s", path, gnutls_strerror(ret));
    }
    return ret >= 0;
}

/* ---- certificates -------------------------------------------------------- */

static bool load_certificates(const char *path, gnutls_x509_crt_t **certs,
                              unsigned *n, Error **errp)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) gerr = NULL;
    gnutls_datum_t datum;
    gsize size;

    if (!g_file_get_contents(path, &text, &size, &gerr)) {
        error_setg(errp, "Cannot load '%s': %s", path, gerr->message);
        return false;
    }
    datum = (gnutls_datum_t){ (uint8_t *)text, size };
    return loaded(
        gnutls_x509_crt_list_import2(certs, n, &datum, GNUTLS_X509_FMT_PEM, 0),
        path, errp);
}

static void free_certificates(gnutls_x509_crt_t *certs, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        gnutls_x509_crt_deinit(certs[i]);
    }
    gnutls_free(certs);
}

static bool check_times(gnutls_x509_crt_t cert, const char *path, Error **errp)
{
    time_t now = time(NULL);

    if (gnutls_x509_crt_get_expiration_time(cert) < now) {
        error_setg(errp, "The certificate %s has expired", path);
        return false;
    }
    if (gnutls_x509_crt_get_activation_time(cert) > now) {
        error_setg(errp, "The certificate %s is not yet active", path);
        return false;
    }
    return true;
}

/* What the other side would refuse is better known at once. */
static bool check_sanity(const char *ca_path, const char *path, Error **errp)
{
    gnutls_x509_crt_t *ca = NULL, *own = NULL;
    unsigned nca = 0, nown = 0, status = 0;
    bool ok = load_certificates(ca_path, &ca, &nca, errp);

    for (unsigned i = 0; ok && i < nca; i++) {
        ok = check_times(ca[i], ca_path, errp);
        if (ok && gnutls_x509_crt_get_ca_status(ca[i], NULL) <= 0) {
            error_setg(errp,
                       "The certificate %s basic constraints do not show a CA",
                       ca_path);
            ok = false;
        }
    }
    if (ok && path) {
        ok = load_certificates(path, &own, &nown, errp) &&
             check_times(own[0], path, errp) &&
             loaded(gnutls_x509_crt_list_verify(own, nown, ca, nca, NULL, 0, 0,
                                                &status),
                    path, errp);
        if (ok && status) {
            error_setg(errp,
                       "Our own certificate %s failed validation against "
                       "%s",
                       path, ca_path);
            ok = false;
        }
    }
    free_certificates(ca, nca);
    free_certificates(own, nown);
    return ok;
}

static bool load_own(TLSCreds *c, const char *cert, const char *key,
                     Error **errp)
{
    g_autofree char *password = NULL;

    if (c->passwordid) {
        password = qcrypto_secret_lookup_as_utf8(c->passwordid, errp);
        if (!password) {
            return false;
        }
    }
    return loaded(gnutls_certificate_set_x509_key_file2(
                      c->x509, cert, key, GNUTLS_X509_FMT_PEM, password, 0),
                  cert, errp);
}

static bool load_x509(TLSCreds *c, Error **errp)
{
    bool server = is_server(c);
    g_autofree char *ca = find_file(c, "ca-cert.pem", errp);
    g_autofree char *crl = NULL, *cert = NULL, *key = NULL;

    if (!ca) {
        return false;
    }
    /* A client without a certificate may do. */
    cert = find_file(c, server ? "server-cert.pem" : "client-cert.pem",
                     server ? errp : NULL);
    if (cert) {
        key = find_file(c, server ? "server-key.pem" : "client-key.pem", errp);
    }
    if (server ? !cert || !key : cert && !key) {
        return false;
    }
    if (c->sanity_check && !check_sanity(ca, cert, errp)) {
        return false;
    }
    if (!loaded(gnutls_certificate_allocate_credentials(&c->x509), ca, errp) ||
        !loaded(gnutls_certificate_set_x509_trust_file(c->x509, ca,
                                                       GNUTLS_X509_FMT_PEM),
                ca, errp) ||
        (cert && !load_own(c, cert, key, errp))) {
        return false;
    }
    crl = find_file(c, "ca-crl.pem", NULL);
    if (server) {
        gnutls_certificate_set_known_dh_params(c->x509,
                                               GNUTLS_SEC_PARAM_MEDIUM);
    }
    return !crl || loaded(gnutls_certificate_set_x509_crl_file(
                              c->x509, crl, GNUTLS_X509_FMT_PEM),
                          crl, errp);
}

static int set_x509(QCryptoTLSCreds *creds, gnutls_session_t session)
{
    return gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE,
                                  tls_creds(creds)->x509);
}

/* ---- shared keys --------------------------------------------------------- */

static bool load_psk_client(TLSCreds *c, const char *path, Error **errp)
{
    const char *username = c->username ?: "qemu";
    g_autofree char *prefix = g_strconcat(username, ":", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) gerr = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(path, &text, NULL, &gerr)) {
        error_setg(errp, "Cannot load '%s': %s", path, gerr->message);
        return false;
    }
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        if (g_str_has_prefix(*line, prefix)) {
            char *hex = g_strchomp(*line + strlen(prefix));
            gnutls_datum_t key = { (uint8_t *)hex, strlen(hex) };

            return loaded(
                       gnutls_psk_allocate_client_credentials(&c->psk_client),
                       path, errp) &&
                   loaded(gnutls_psk_set_client_credentials(c->psk_client,
                                                            username, &key,
                                                            GNUTLS_PSK_KEY_HEX),
                          path, errp);
        }
    }
    error_setg(errp, "Username %s not found in PSK file %s", username, path);
    return false;
}

static bool load_psk(TLSCreds *c, Error **errp)
{
    g_autofree char *path = NULL;

    if (is_server(c) && c->username) {
        error_setg(errp, "username should not be set when endpoint=server");
        return false;
    }
    path = find_file(c, "keys.psk", errp);
    if (!path) {
        return false;
    }
    if (!is_server(c)) {
        return load_psk_client(c, path, errp);
    }
    if (!loaded(gnutls_psk_allocate_server_credentials(&c->psk_server), path,
                errp)) {
        return false;
    }
    gnutls_psk_set_server_known_dh_params(c->psk_server,
                                          GNUTLS_SEC_PARAM_MEDIUM);
    return loaded(gnutls_psk_set_server_credentials_file(c->psk_server, path),
                  path, errp);
}

static int set_psk(QCryptoTLSCreds *creds, gnutls_session_t session)
{
    TLSCreds *c = tls_creds(creds);

    return gnutls_credentials_set(session, GNUTLS_CRD_PSK,
                                  is_server(c) ? (void *)c->psk_server
                                               : (void *)c->psk_client);
}

/* ---- nobody knows who ---------------------------------------------------- */

static bool load_anon(TLSCreds *c, Error **errp)
{
    const char *what = "anonymous credentials";

    if (!is_server(c)) {
        return loaded(gnutls_anon_allocate_client_credentials(&c->anon_client),
                      what, errp);
    }
    if (!loaded(gnutls_anon_allocate_server_credentials(&c->anon_server), what,
                errp)) {
        return false;
    }
    gnutls_anon_set_server_known_dh_params(c->anon_server,
                                           GNUTLS_SEC_PARAM_MEDIUM);
    return true;
}

static int set_anon(QCryptoTLSCreds *creds, gnutls_session_t session)
{
    TLSCreds *c = tls_creds(creds);

    return gnutls_credentials_set(session, GNUTLS_CRD_ANON,
                                  is_server(c) ? (void *)c->anon_server
                                               : (void *)c->anon_client);
}

/* ---- kinds --------------------------------------------------------------- */

static const struct {
    const char *type;
    TLSKind kind;
    bool (*load)(TLSCreds *c, Error **errp);
} kinds[] = {
    { TYPE_TLS_CREDS_X509, { "", set_x509, true }, load_x509 },
    { TYPE_TLS_CREDS_PSK,
      { ":+ECDHE-PSK:+DHE-PSK:+PSK", set_psk, false },
      load_psk },
    { TYPE_TLS_CREDS_ANON, { ":+ANON-DH", set_anon, false }, load_anon },
};

static int kind_of(void *obj)
{
    int i = 0;

    while (!object_dynamic_cast(OBJECT(obj), kinds[i].type)) {
        i++;
    }
    return i;
}

const TLSKind *tls_kind(QCryptoTLSCreds *creds)
{
    return &kinds[kind_of(creds)].kind;
}

static void creds_complete(UserCreatable *uc, Error **errp)
{
    TLSCreds *c = tls_creds(uc);

    c->complete = kinds[kind_of(uc)].load(c, errp);
}

/* ---- properties ---------------------------------------------------------- */

static const char *const endpoint_names[] = { "client", "server" };

static const QEnumLookup endpoints = {
    .array = endpoint_names,
    .size = QCRYPTO_TLS_CREDS_ENDPOINT__MAX,
};

/* What was loaded goes by them, and connections may use it. */
static bool may_change(Object *obj, Error **errp)
{
    if (tls_creds(obj)->complete) {
        error_setg(errp, "TLS credentials cannot be changed once they are "
                         "loaded: delete the object, and add another");
        return false;
    }
    return true;
}

static void set_endpoint(Object *obj, int value, Error **errp)
{
    if (!may_change(obj, errp)) {
        return;
    }
    QCRYPTO_TLS_CREDS(obj)->endpoint = value;
}

static int get_endpoint(Object *obj, Error **errp)
{
    return QCRYPTO_TLS_CREDS(obj)->endpoint;
}

#define TEXT(name, field)                                                      \
    static void set_##name(Object *obj, const char *value, Error **errp)       \
    {                                                                          \
        if (!may_change(obj, errp)) {                                          \
            return;                                                            \
        }                                                                      \
        g_free(tls_creds(obj)->field);                                         \
        tls_creds(obj)->field = g_strdup(value);                               \
    }                                                                          \
    static char *get_##name(Object *obj, Error **errp)                         \
    {                                                                          \
        return g_strdup(tls_creds(obj)->field ?: "");                          \
    }

#define BOOL(name, field)                                                      \
    static void set_##name(Object *obj, bool value, Error **errp)              \
    {                                                                          \
        if (!may_change(obj, errp)) {                                          \
            return;                                                            \
        }                                                                      \
        tls_creds(obj)->field = value;                                         \
    }                                                                          \
    static bool get_##name(Object *obj, Error **errp)                          \
    {                                                                          \
        return tls_creds(obj)->field;                                          \
    }

TEXT(dir, parent.dir)
TEXT(priority, parent.priority)
TEXT(passwordid, passwordid)
TEXT(username, username)
BOOL(verify_peer, parent.verify_peer)
BOOL(sanity_check, sanity_check)

static void creds_init(Object *obj)
{
    tls_creds(obj)->parent.verify_peer = true;
    tls_creds(obj)->sanity_check = true;
}

static void creds_finalize(Object *obj)
{
    TLSCreds *c = tls_creds(obj);

    if (c->x509) {
        gnutls_certificate_free_credentials(c->x509);
    }
    if (c->psk_client) {
        gnutls_psk_free_client_credentials(c->psk_client);
    }
    if (c->psk_server) {
        gnutls_psk_free_server_credentials(c->psk_server);
    }
    if (c->anon_client) {
        gnutls_anon_free_client_credentials(c->anon_client);
    }
    if (c->anon_server) {
        gnutls_anon_free_server_credentials(c->anon_server);
    }
    g_free(c->parent.dir);
    g_free(c->parent.priority);
    g_free(c->passwordid);
    g_free(c->username);
}

static void creds_class_init(ObjectClass *oc, void *data)
{
    QCryptoTLSCredsClass *klass = QCRYPTO_TLS_CREDS_CLASS(oc);

    klass->new_channel = channel_tls_new;
    klass->handshake = channel_tls_handshake;
    klass->bye = channel_tls_bye;
    object_class_property_add_str(oc, "dir", get_dir, set_dir);
    object_class_property_add_str(oc, "priority", get_priority, set_priority);
    object_class_property_add_bool(oc, "verify-peer", get_verify_peer,
                                   set_verify_peer);
    object_class_property_add_enum(oc, "endpoint", "QCryptoTLSCredsEndpoint",
                                   &endpoints, get_endpoint, set_endpoint);
}

static void kind_class_init(ObjectClass *oc, void *data)
{
    USER_CREATABLE_CLASS(oc)->complete = creds_complete;
}

static void x509_class_init(ObjectClass *oc, void *data)
{
    kind_class_init(oc, data);
    object_class_property_add_bool(oc, "sanity-check", get_sanity_check,
                                   set_sanity_check);
    object_class_property_add_str(oc, "passwordid", get_passwordid,
                                  set_passwordid);
}

static void psk_class_init(ObjectClass *oc, void *data)
{
    kind_class_init(oc, data);
    object_class_property_add_str(oc, "username", get_username, set_username);
}

#define KIND(type, init)                                                       \
    {                                                                          \
        .name = type, .parent = TYPE_QCRYPTO_TLS_CREDS, .class_init = init,    \
        .interfaces = (InterfaceInfo[]){ { TYPE_USER_CREATABLE }, {} },        \
    }

static const TypeInfo tls_creds_types[] = {
    {
        .name = TYPE_QCRYPTO_TLS_CREDS,
        .parent = TYPE_OBJECT,
        .abstract = true,
        .instance_size = sizeof(TLSCreds),
        .instance_init = creds_init,
        .instance_finalize = creds_finalize,
        .class_size = sizeof(QCryptoTLSCredsClass),
        .class_init = creds_class_init,
    },
    KIND(TYPE_TLS_CREDS_X509, x509_class_init),
    KIND(TYPE_TLS_CREDS_PSK, psk_class_init),
    KIND(TYPE_TLS_CREDS_ANON, kind_class_init),
};

DEFINE_TYPES(tls_creds_types)
module_obj(TYPE_QCRYPTO_TLS_CREDS);
module_obj(TYPE_TLS_CREDS_X509);
module_obj(TYPE_TLS_CREDS_PSK);
module_obj(TYPE_TLS_CREDS_ANON);
