/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Secrets: see include/crypto/secret.h. */
#include "qemu/osdep.h"
#include "crypto/secret.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"

static bool decode_base64(QCryptoSecret *s, Error **errp)
{
    g_autofree char *text = (char *)s->raw;

    /* A file ends with a newline. */
    g_strchomp(text);
    if (strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                     "0123456789+/=\n") != strlen(text)) {
        s->raw = NULL;
        error_setg(errp, "Base64 data is not valid");
        return false;
    }
    s->raw = g_base64_decode(text, &s->rawlen);
    s->raw = g_realloc(s->raw, s->rawlen + 1);
    s->raw[s->rawlen] = 0;
    return true;
}

static bool read_data(QCryptoSecret *s, Error **errp)
{
    g_autoptr(GError) gerr = NULL;

    if (s->file && s->data) {
        error_setg(errp, "'file' and 'data' are mutually exclusive");
        return false;
    }
    if (s->data) {
        s->raw = (uint8_t *)g_strdup(s->data);
        s->rawlen = strlen(s->data);
        return true;
    }
    if (!s->file) {
        error_setg(errp, "Either 'file' or 'data' must be provided");
        return false;
    }
    if (!g_file_get_contents(s->file, (char **)&s->raw, &s->rawlen, &gerr)) {
        error_setg(errp, "Unable to read %s: %s", s->file, gerr->message);
        return false;
    }
    return true;
}

static void secret_complete(UserCreatable *uc, Error **errp)
{
    QCryptoSecret *s = QCRYPTO_SECRET(uc);

    if (s->format && strcmp(s->format, "raw") && strcmp(s->format, "base64")) {
        error_setg(errp, "Parameter 'format' does not accept value '%s'",
                   s->format);
        return;
    }
    if (read_data(s, errp) && s->format && !strcmp(s->format, "base64")) {
        decode_base64(s, errp);
    }
}

/*** Properties: text that is set once. ***/

static char **text_of(Object *obj, const char *name)
{
    QCryptoSecret *s = QCRYPTO_SECRET(obj);

    return !strcmp(name, "data")   ? &s->data
           : !strcmp(name, "file") ? &s->file
                                   : &s->format;
}

static void set_text(Object *obj, const char *name, const char *value)
{
    char **text = text_of(obj, name);

    g_free(*text);
    *text = g_strdup(value);
}

#define TEXT_PROPERTY(name)                                                    \
    static void set_##name(Object *obj, const char *value, Error **errp)       \
    {                                                                          \
        set_text(obj, #name, value);                                           \
    }                                                                          \
    static char *get_##name(Object *obj, Error **errp)                         \
    {                                                                          \
        return g_strdup(*text_of(obj, #name));                                 \
    }

TEXT_PROPERTY(data)
TEXT_PROPERTY(file)
TEXT_PROPERTY(format)

static void set_unsupported(Object *obj, const char *value, Error **errp)
{
    error_setg(errp, "encrypted secrets are not supported: leave out 'keyid' "
                     "and 'iv'");
}

static void secret_finalize(Object *obj)
{
    QCryptoSecret *s = QCRYPTO_SECRET(obj);

    g_free(s->data);
    g_free(s->file);
    g_free(s->format);
    g_free(s->raw);
}

static void secret_class_init(ObjectClass *oc, void *data)
{
    USER_CREATABLE_CLASS(oc)->complete = secret_complete;
    object_class_property_add_str(oc, "data", get_data, set_data);
    object_class_property_add_str(oc, "file", get_file, set_file);
    object_class_property_add_str(oc, "format", get_format, set_format);
    object_class_property_add_str(oc, "keyid", NULL, set_unsupported);
    object_class_property_add_str(oc, "iv", NULL, set_unsupported);
}

static const TypeInfo secret_types[] = {
    {
        .name = TYPE_QCRYPTO_SECRET,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(QCryptoSecret),
        .instance_finalize = secret_finalize,
        .class_init = secret_class_init,
        .interfaces = (InterfaceInfo[]){ { TYPE_USER_CREATABLE }, {} },
    },
};

DEFINE_TYPES(secret_types)

/*** Looking one up. ***/

int qcrypto_secret_lookup(const char *secretid, uint8_t **data, size_t *datalen,
                          Error **errp)
{
    Object *obj =
        object_resolve_path_component(object_get_objects_root(), secretid);
    QCryptoSecret *s;

    if (!obj) {
        error_setg(errp, "No secret with id '%s'", secretid);
        return -1;
    }
    s = (QCryptoSecret *)object_dynamic_cast(obj, TYPE_QCRYPTO_SECRET);
    if (!s) {
        error_setg(errp, "Object with id '%s' is not a secret", secretid);
        return -1;
    }
    if (!s->raw) {
        error_setg(errp, "Secret with id '%s' has no data", secretid);
        return -1;
    }
    *data = g_memdup2(s->raw, s->rawlen + 1);
    *datalen = s->rawlen;
    return 0;
}

char *qcrypto_secret_lookup_as_utf8(const char *secretid, Error **errp)
{
    uint8_t *data;
    size_t len;

    if (qcrypto_secret_lookup(secretid, &data, &len, errp) < 0) {
        return NULL;
    }
    if (!g_utf8_validate((char *)data, len, NULL)) {
        error_setg(errp, "Data from secret %s is not valid UTF-8", secretid);
        g_free(data);
        return NULL;
    }
    return (char *)data;
}
