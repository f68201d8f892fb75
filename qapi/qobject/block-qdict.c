/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nested dictionaries written flat, with dotted keys, and back. */
#include "qemu/osdep.h"
#include "block/qdict.h"
#include "qapi/error.h"
#include "qapi/qobject-input-visitor.h"
#include "qobject/qbool.h"
#include "qobject/qlist.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"

void qdict_copy_default(QDict *dst, QDict *src, const char *key)
{
    QObject *val = qdict_get(src, key);

    if (val && !qdict_haskey(dst, key)) {
        qdict_put_obj(dst, key, qobject_ref(val));
    }
}

void qdict_set_default_str(QDict *dst, const char *key, const char *val)
{
    if (!qdict_haskey(dst, key)) {
        qdict_put_str(dst, key, val);
    }
}

void qdict_join(QDict *dest, QDict *src, bool overwrite)
{
    const QDictEntry *e, *next;

    for (e = qdict_first(src); e; e = next) {
        const char *key = qdict_entry_key(e);

        next = qdict_next(src, e);
        if (overwrite || !qdict_haskey(dest, key)) {
            qdict_put_obj(dest, key, qobject_ref(qdict_entry_value(e)));
            qdict_del(src, key);
        }
    }
}

void qdict_extract_subqdict(QDict *src, QDict **dst, const char *start)
{
    const QDictEntry *e, *next;
    size_t len = strlen(start);

    if (dst) {
        *dst = qdict_new();
    }
    for (e = qdict_first(src); e; e = next) {
        const char *key = qdict_entry_key(e);

        next = qdict_next(src, e);
        if (g_str_has_prefix(key, start)) {
            if (dst) {
                qdict_put_obj(*dst, key + len,
                              qobject_ref(qdict_entry_value(e)));
            }
            qdict_del(src, key);
        }
    }
}

static size_t count_prefix(const QDict *qdict, const char *prefix)
{
    const QDictEntry *e;
    size_t n = 0;

    for (e = qdict_first(qdict); e; e = qdict_next(qdict, e)) {
        n += g_str_has_prefix(qdict_entry_key(e), prefix);
    }
    return n;
}

void qdict_array_split(QDict *src, QList **dst)
{
    unsigned i;

    *dst = qlist_new();
    for (i = 0;; i++) {
        g_autofree char *key = g_strdup_printf("%u", i);
        g_autofree char *prefix = g_strdup_printf("%u.", i);
        QObject *elt = qdict_get(src, key);
        QDict *sub;

        if (!elt == !count_prefix(src, prefix)) {
            return;
        }
        if (elt) {
            qlist_append_obj(*dst, qobject_ref(elt));
            qdict_del(src, key);
        } else {
            qdict_extract_subqdict(src, &sub, prefix);
            qlist_append(*dst, sub);
        }
    }
}

int qdict_array_entries(QDict *src, const char *subqdict)
{
    size_t left = count_prefix(src, subqdict);
    unsigned i;

    assert(!*subqdict || g_str_has_suffix(subqdict, "."));
    for (i = 0; i < INT_MAX; i++) {
        g_autofree char *key = g_strdup_printf("%s%u", subqdict, i);
        g_autofree char *prefix = g_strdup_printf("%s.", key);
        size_t n = count_prefix(src, prefix);
        bool has = qdict_haskey(src, key);

        if (has == !!n) {
            break;
        }
        left -= has ? 1 : n;
    }
    return left ? -EINVAL : i;
}

bool qdict_rename_keys(QDict *qdict, const QDictRenames *renames, Error **errp)
{
    for (; renames->from; renames++) {
        QObject *value = qdict_get(qdict, renames->from);

        if (!value) {
            continue;
        }
        if (qdict_haskey(qdict, renames->to)) {
            error_setg(errp,
                       "'%s' and its alias '%s' can't be used at the same "
                       "time",
                       renames->to, renames->from);
            return false;
        }
        qdict_put_obj(qdict, renames->to, qobject_ref(value));
        qdict_del(qdict, renames->from);
    }
    return true;
}

static void flatten(QDict *flat, const char *path, QObject *obj)
{
    QDict *qdict = qobject_to(QDict, obj);
    QList *qlist = qobject_to(QList, obj);
    const QDictEntry *e;
    const QListEntry *elt;
    unsigned i = 0;

    if (qdict && qdict_size(qdict)) {
        for (e = qdict_first(qdict); e; e = qdict_next(qdict, e)) {
            g_autofree char *sub =
                g_strdup_printf("%s.%s", path, qdict_entry_key(e));

            flatten(flat, sub, qdict_entry_value(e));
        }
    } else if (qlist && !qlist_empty(qlist)) {
        QLIST_FOREACH_ENTRY(qlist, elt) {
            g_autofree char *sub = g_strdup_printf("%s.%u", path, i++);

            flatten(flat, sub, qlist_entry_obj(elt));
        }
    } else {
        qdict_put_obj(flat, path, qobject_ref(obj));
    }
}

void qdict_flatten(QDict *qdict)
{
    g_autoptr(QDict) flat = qdict_new();
    const QDictEntry *e;

    for (e = qdict_first(qdict); e; e = qdict_next(qdict, e)) {
        flatten(flat, qdict_entry_key(e), qdict_entry_value(e));
    }
    qdict_extract_subqdict(qdict, NULL, "");
    qdict_join(qdict, flat, true);
}

/*
 * The first level of the dotted *@key, unescaped; moves *@key to what follows,
 * NULL at the end.
 */
static char *split_level(const char **key)
{
    GString *level = g_string_new(NULL);
    const char *p;

    for (p = *key; *p; p++) {
        if (*p == '.' && *++p != '.') {
            *key = p;
            return g_string_free(level, false);
        }
        g_string_append_c(level, *p);
    }
    *key = NULL;
    return g_string_free(level, false);
}

/* Puts @value where the dotted @key says, making dictionaries on the way. */
static bool put_deep(QDict *qdict, const char *key, QObject *value,
                     Error **errp)
{
    g_autofree char *level = split_level(&key);
    QObject *old = qdict_get(qdict, level);
    QDict *sub;

    if (!key) {
        if (old) {
            goto mixed;
        }
        qdict_put_obj(qdict, level, qobject_ref(value));
        return true;
    }
    if (!old) {
        sub = qdict_new();
        qdict_put(qdict, level, sub);
    } else {
        /* An empty one is a value that was put, not one on the way. */
        sub = qobject_to(QDict, old);
        if (!sub || !qdict_size(sub)) {
            goto mixed;
        }
    }
    return put_deep(sub, key, value, errp);

mixed:
    error_setg(errp, "Cannot mix scalar and non-scalar keys");
    return false;
}

static bool is_index(const char *key)
{
    return *key && !key[strspn(key, "0123456789")];
}

static QObject *list_of(QDict *qdict, Error **errp)
{
    size_t n = qdict_size(qdict), i;
    QList *list = qlist_new();

    for (i = 0; i < n; i++) {
        g_autofree char *key = g_strdup_printf("%zu", i);
        QObject *elt = qdict_get(qdict, key);

        if (!elt) {
            error_setg(errp, "Missing list index %zu", i);
            qobject_unref(list);
            return NULL;
        }
        qlist_append_obj(list, qobject_ref(elt));
    }
    return QOBJECT(list);
}

/* What @qdict is when dictionaries with indexes are lists. */
static QObject *with_lists(QDict *qdict, Error **errp)
{
    const QDictEntry *e;
    size_t indexes = 0;

    for (e = qdict_first(qdict); e; e = qdict_next(qdict, e)) {
        QDict *sub = qobject_to(QDict, qdict_entry_value(e));
        QObject *value;

        indexes += is_index(qdict_entry_key(e));
        if (sub) {
            value = with_lists(sub, errp);
            if (!value) {
                return NULL;
            }
            qdict_put_obj(qdict, qdict_entry_key(e), value);
        }
    }
    if (!indexes) {
        return QOBJECT(qobject_ref(qdict));
    }
    if (indexes != qdict_size(qdict)) {
        error_setg(errp, "Cannot mix list and non-list keys");
        return NULL;
    }
    return list_of(qdict, errp);
}

static bool is_flat(QObject *obj)
{
    QDict *qdict = qobject_to(QDict, obj);
    QList *qlist = qobject_to(QList, obj);

    return qdict ? !qdict_size(qdict) : !qlist || qlist_empty(qlist);
}

QObject *qdict_crumple(const QDict *src, Error **errp)
{
    g_autoptr(QDict) deep = qdict_new();
    const QDictEntry *e;

    for (e = qdict_first(src); e; e = qdict_next(src, e)) {
        QObject *value = qdict_entry_value(e);

        if (!is_flat(value)) {
            error_setg(errp, "Value %s is not flat", qdict_entry_key(e));
            return NULL;
        }
        if (!put_deep(deep, qdict_entry_key(e), value, errp)) {
            return NULL;
        }
    }
    return with_lists(deep, errp);
}

/* @obj as keyval_parse() would have made it; the caller owns it. */
static QObject *as_keyval(QObject *obj)
{
    QBool *qbool = qobject_to(QBool, obj);
    QNum *qnum = qobject_to(QNum, obj);

    if (qbool) {
        return QOBJECT(qstring_from_str(qbool_get_bool(qbool) ? "on" : "off"));
    }
    if (qnum) {
        g_autofree char *text = qnum_to_string(qnum);

        return QOBJECT(qstring_from_str(text));
    }
    return qobject_ref(obj);
}

Visitor *qobject_input_visitor_new_flat_confused(QDict *qdict, Error **errp)
{
    g_autoptr(QDict) strings = qdict_new();
    const QDictEntry *e;
    QObject *deep;
    Visitor *v;

    for (e = qdict_first(qdict); e; e = qdict_next(qdict, e)) {
        qdict_put_obj(strings, qdict_entry_key(e),
                      as_keyval(qdict_entry_value(e)));
    }
    deep = qdict_crumple(strings, errp);
    if (!deep) {
        return NULL;
    }
    v = qobject_input_visitor_new_keyval(deep);
    qobject_unref(deep);
    return v;
}
