/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * key=value,... into nested dictionaries.
 *
 * In a first pass each level becomes a dictionary, an index being a key like
 * another. Only when all is there can one see what is a list: the second pass
 * makes lists of the dictionaries whose keys are all indexes.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/util.h"
#include "qemu/help_option.h"
#include "qemu/keyval.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "qobject/qstring.h"

#define FRAGMENT_MAX 127

/*
 * The number that @key begins with, -1 if it begins with none that is a list
 * index. @end, if not NULL, is set to what follows.
 */
static int key_to_index(const char *key, const char **end)
{
    long index = 0;
    const char *p;

    for (p = key; g_ascii_isdigit(*p); p++) {
        index = index * 10 + (*p - '0');
        if (index > INT_MAX) {
            return -1;
        }
    }
    if (p == key || (!end && *p)) {
        return -1;
    }
    if (end) {
        *end = p;
    }
    return index;
}

/*
 * Reads the fragment at @s of the key [@key, @key_end) into @buf; indexes in
 * their shortest form. Returns its end, NULL after an error.
 */
static const char *parse_fragment(const char *s, const char *key,
                                  const char *key_end, char *buf, Error **errp)
{
    const char *end = NULL;
    int index = -1, len;

    /* The outermost level is no list. */
    if (s != key) {
        index = key_to_index(s, &end);
    }
    len = index >= 0 ? end - s : parse_qapi_name(s, false);
    if (len <= 0 || s + len > key_end || (s + len < key_end && s[len] != '.')) {
        error_setg(errp, "Invalid parameter '%.*s'", (int)(key_end - key), key);
        return NULL;
    }
    if (len > FRAGMENT_MAX) {
        error_setg(errp, "Parameter%s '%.*s' is too long",
                   s != key || s + len != key_end ? " fragment" : "", len, s);
        return NULL;
    }
    if (index >= 0) {
        snprintf(buf, FRAGMENT_MAX + 1, "%d", index);
    } else {
        memcpy(buf, s, len);
        buf[len] = 0;
    }
    return s + len;
}

/*
 * Puts @str, which it takes over, into the dictionary @cur as @fragment; NULL
 * stands for a dictionary, which is made if it is not there. Returns what is
 * there then, NULL if that was something else; [@key, @end) is for the error.
 */
static QObject *put(QDict *cur, const char *fragment, QString *str,
                    const char *key, const char *end, Error **errp)
{
    QObject *old = qdict_get(cur, fragment);
    QObject *value = QOBJECT(str);

    if (old && qobject_type(old) != (str ? QTYPE_QSTRING : QTYPE_QDICT)) {
        error_setg(errp, "Parameters '%.*s.*' used inconsistently",
                   (int)(end - key), key);
        qobject_unref(str);
        return NULL;
    }
    if (!str) {
        if (old) {
            return old;
        }
        value = QOBJECT(qdict_new());
    }
    qdict_put_obj(cur, fragment, value);
    return value;
}

/* Reads a value at @s up to a comma, with ,, for one, into @value. */
static const char *parse_value(const char *s, QString **value)
{
    GString *text = g_string_new(NULL);

    for (; *s; s++) {
        if (*s == ',' && *++s != ',') {
            break;
        }
        g_string_append_c(text, *s);
    }
    *value = qstring_from_gstring(text);
    return s;
}

/*
 * Reads one element of @params into @qdict. Returns where the next one begins,
 * NULL after an error.
 */
static const char *parse_one(QDict *qdict, const char *params,
                             const char *implied_key, bool *help, Error **errp)
{
    const char *key = params, *s, *frag_end;
    size_t len = strcspn(params, "=,");
    const char *key_end = params + len;
    char fragment[FRAGMENT_MAX + 1];
    QDict *cur = qdict;
    QString *value;

    if (len && *key_end != '=') {
        if (starts_with_help_option(params) == len) {
            *help = true;
            return *key_end ? key_end + 1 : key_end;
        }
        if (implied_key) {
            key = implied_key;
            key_end = key + strlen(key);
        }
    }

    s = key;
    for (;;) {
        frag_end = parse_fragment(s, key, key_end, fragment, errp);
        if (!frag_end) {
            return NULL;
        }
        if (frag_end == key_end) {
            break;
        }
        cur = qobject_to(QDict, put(cur, fragment, NULL, key, frag_end, errp));
        if (!cur) {
            return NULL;
        }
        s = frag_end + 1;
    }

    if (key != params) {
        /* No ,, here: a key=value that was meant would be taken for it. */
        value = qstring_from_substr(params, 0, len);
        s = params + len;
        if (*s) {
            s++;
        }
    } else if (*key_end != '=') {
        error_setg(errp, "Expected '=' after parameter '%.*s'", (int)len, key);
        return NULL;
    } else {
        s = parse_value(key_end + 1, &value);
    }
    return put(cur, fragment, value, key, key_end, errp) ? s : NULL;
}

/* The list that @qdict, with indexes as keys, stands for. */
static QList *list_of(QDict *qdict, const char *path, Error **errp)
{
    size_t n = qdict_size(qdict), i;
    QList *list = qlist_new();

    for (i = 0; i < n; i++) {
        g_autofree char *index = g_strdup_printf("%zu", i);
        QObject *elt = qdict_get(qdict, index);

        if (!elt) {
            error_setg(errp, "Parameter '%s%zu' missing", path, i);
            qobject_unref(list);
            return NULL;
        }
        qlist_append_obj(list, qobject_ref(elt));
    }
    return list;
}

/*
 * Makes lists of those dictionaries below @qdict that are. Returns what
 * @qdict itself should be replaced by (perhaps itself, with a reference for
 * the caller), NULL after an error. @path leads to it and ends in a dot.
 */
static QObject *listify(QDict *qdict, const char *path, Error **errp)
{
    bool has_index = false, has_name = false;
    const QDictEntry *e;

    for (e = qdict_first(qdict); e; e = qdict_next(qdict, e)) {
        const char *key = qdict_entry_key(e);
        QDict *sub = qobject_to(QDict, qdict_entry_value(e));

        if (key_to_index(key, NULL) >= 0) {
            has_index = true;
        } else {
            has_name = true;
        }
        if (sub) {
            g_autofree char *sub_path = g_strdup_printf("%s%s.", path, key);
            QObject *value = listify(sub, sub_path, errp);

            if (!value) {
                return NULL;
            }
            qdict_put_obj(qdict, key, value);
        }
    }
    if (has_index && has_name) {
        error_setg(errp, "Parameters '%s*' used inconsistently", path);
        return NULL;
    }
    return has_index ? QOBJECT(list_of(qdict, path, errp))
                     : QOBJECT(qobject_ref(qdict));
}

QDict *keyval_parse_into(QDict *qdict, const char *params,
                         const char *implied_key, bool *p_help, Error **errp)
{
    bool help = false;
    const char *s = params;
    QObject *listified;

    while (*s) {
        s = parse_one(qdict, s, implied_key, &help, errp);
        if (!s) {
            return NULL;
        }
        implied_key = NULL;
    }
    if (p_help) {
        *p_help = help;
    } else if (help) {
        error_setg(errp, "Help is not available for this option");
        return NULL;
    }
    listified = listify(qdict, "", errp);
    if (!listified) {
        return NULL;
    }
    assert(listified == QOBJECT(qdict));
    qobject_unref(listified);
    return qdict;
}

QDict *keyval_parse(const char *params, const char *implied_key, bool *help,
                    Error **errp)
{
    QDict *qdict = qdict_new();

    if (!keyval_parse_into(qdict, params, implied_key, help, errp)) {
        qobject_unref(qdict);
        return NULL;
    }
    return qdict;
}

static bool merge(QDict *old, const QDict *new, const char *path, Error **errp)
{
    const QDictEntry *e;

    for (e = qdict_first(new); e; e = qdict_next(new, e)) {
        const char *key = qdict_entry_key(e);
        QObject *value = qdict_entry_value(e);
        QObject *old_value = qdict_get(old, key);

        if (old_value && qobject_type(old_value) != qobject_type(value)) {
            error_setg(errp, "Parameter '%s%s' used inconsistently", path, key);
            return false;
        }
        if (old_value && qobject_type(value) == QTYPE_QDICT) {
            g_autofree char *sub_path = g_strdup_printf("%s%s.", path, key);

            if (!merge(qobject_to(QDict, old_value), qobject_to(QDict, value),
                       sub_path, errp)) {
                return false;
            }
        } else if (old_value && qobject_type(value) == QTYPE_QLIST) {
            QList *old_list = qobject_to(QList, old_value);
            const QListEntry *elt;

            QLIST_FOREACH_ENTRY(qobject_to(QList, value), elt) {
                qlist_append_obj(old_list, qobject_ref(qlist_entry_obj(elt)));
            }
        } else {
            qdict_put_obj(old, key, qobject_ref(value));
        }
    }
    return true;
}

void keyval_merge(QDict *old, const QDict *new, Error **errp)
{
    merge(old, new, "", errp);
}
