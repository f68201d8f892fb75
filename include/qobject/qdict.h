/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QDict: a map from strings to QObjects, itself a QObject; see
 * qobject/qobject.h.
 *
 * It owns a copy of each key and a reference to each value. Putting takes the
 * reference that the caller has over; getting lends. Walking visits the keys
 * in the order in which they were first put: what was written in an order
 * (JSON, a command line) is read, reported and written in the same one.
 *
 * Members hang in a hash table, which begins small inside the QDict, and
 * doubles with what it holds.
 */
#ifndef QDICT_H
#define QDICT_H

#include "qobject/qobject.h"
#include "qemu/queue.h"

/* The number of buckets that a small dictionary has. */
#define QDICT_BUCKET_MAX 8

typedef struct QDictEntry {
    char *key;
    QObject *value;
    QLIST_ENTRY(QDictEntry) next;
    QTAILQ_ENTRY(QDictEntry) order;
    unsigned hash;
} QDictEntry;

typedef QLIST_HEAD(QDictBucket, QDictEntry) QDictBucket;

struct QDict {
    struct QObjectBase_ base;
    size_t size;
    size_t n_buckets;
    QDictBucket *table;
    QTAILQ_HEAD(, QDictEntry) entries;
    QDictBucket small_table[QDICT_BUCKET_MAX];
};

/* qobject_unref() as a function, which g_autoptr() needs. */
void qdict_unref(QDict *q);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QDict, qdict_unref)

/* A new empty dictionary; the caller owns it. */
QDict *qdict_new(void);

/* The number of members. */
size_t qdict_size(const QDict *qdict);

/*
 * Sets @key to @value, which it takes over, in place of a value that was
 * there. qdict_put() takes a pointer to any of the types.
 */
void qdict_put_obj(QDict *qdict, const char *key, QObject *value);
#define qdict_put(qdict, key, obj) qdict_put_obj(qdict, key, QOBJECT(obj))
void qdict_put_bool(QDict *qdict, const char *key, bool value);
void qdict_put_int(QDict *qdict, const char *key, int64_t value);
void qdict_put_null(QDict *qdict, const char *key);
void qdict_put_str(QDict *qdict, const char *key, const char *value);

/* Removes @key and gives its value back; nothing if it is not there. */
void qdict_del(QDict *qdict, const char *key);
int qdict_haskey(const QDict *qdict, const char *key);

/* The value of @key, still the dictionary's; NULL if it is not there. */
QObject *qdict_get(const QDict *qdict, const char *key);

/* For a caller that knows that @key is there and is of this type. */
double qdict_get_double(const QDict *qdict, const char *key);
int64_t qdict_get_int(const QDict *qdict, const char *key);
bool qdict_get_bool(const QDict *qdict, const char *key);
const char *qdict_get_str(const QDict *qdict, const char *key);

/* NULL when @key is not there or of another type. */
QList *qdict_get_qlist(const QDict *qdict, const char *key);
QDict *qdict_get_qdict(const QDict *qdict, const char *key);
const char *qdict_get_try_str(const QDict *qdict, const char *key);

/* @def_value when @key is not there or of another type. */
int64_t qdict_get_try_int(const QDict *qdict, const char *key,
                          int64_t def_value);
bool qdict_get_try_bool(const QDict *qdict, const char *key, bool def_value);

/*
 * Walks the members. While one walks, members other than the entry one stands
 * on may be removed, and that one too if its successor was fetched before.
 * What is put meanwhile is visited at the end.
 */
const QDictEntry *qdict_first(const QDict *qdict);
const QDictEntry *qdict_next(const QDict *qdict, const QDictEntry *entry);
const char *qdict_entry_key(const QDictEntry *entry);
QObject *qdict_entry_value(const QDictEntry *entry);

/* A new dictionary with references to the same values. */
QDict *qdict_clone_shallow(const QDict *src);

#endif
