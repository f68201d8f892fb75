/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dictionaries: a hash table with chains, and a list in order of insertion. */
#include "qemu/osdep.h"
#include "qobject/qbool.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "qobject/qnull.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"
#include "qobject-internal.h"

QEMU_BUILD_BUG_MSG(QDICT_BUCKET_MAX &(QDICT_BUCKET_MAX - 1),
                   "the number of buckets is a power of two");

/*
 * Rotating carries the high bits of what came before into the low bits that
 * select a bucket. The start value is one that QEMU's own test relies on.
 */
static unsigned hash_key(const char *key)
{
    uint32_t h = 12345;

    for (; *key; key++) {
        h = ((h << 5 | h >> 27) ^ (unsigned char)*key) * 0x9e3779b1u;
    }
    return h;
}

static QDictBucket *bucket_of(const QDict *qdict, unsigned hash)
{
    return &qdict->table[hash & (qdict->n_buckets - 1)];
}

static QDictEntry *find(const QDict *qdict, const char *key, unsigned hash)
{
    QDictEntry *entry;

    QLIST_FOREACH(entry, bucket_of(qdict, hash), next) {
        if (entry->hash == hash && g_str_equal(entry->key, key)) {
            return entry;
        }
    }
    return NULL;
}

static QDictEntry *lookup(const QDict *qdict, const char *key)
{
    return qdict->size ? find(qdict, key, hash_key(key)) : NULL;
}

QDict *qdict_new(void)
{
    QDict *qdict = g_new0(QDict, 1);

    qobject_init(QOBJECT(qdict), QTYPE_QDICT);
    qdict->table = qdict->small_table;
    qdict->n_buckets = QDICT_BUCKET_MAX;
    QTAILQ_INIT(&qdict->entries);
    return qdict;
}

size_t qdict_size(const QDict *qdict)
{
    return qdict->size;
}

static void double_table(QDict *qdict)
{
    QDictBucket *old = qdict->table;
    QDictEntry *entry;

    qdict->n_buckets *= 2;
    qdict->table = g_new0(QDictBucket, qdict->n_buckets);
    QTAILQ_FOREACH(entry, &qdict->entries, order) {
        QLIST_INSERT_HEAD(bucket_of(qdict, entry->hash), entry, next);
    }
    if (old != qdict->small_table) {
        g_free(old);
    }
}

void qdict_put_obj(QDict *qdict, const char *key, QObject *value)
{
    unsigned hash = hash_key(key);
    QDictEntry *entry = find(qdict, key, hash);
    size_t key_size;

    if (entry) {
        QObject *old = entry->value;

        entry->value = value;
        qobject_unref(old);
        return;
    }
    if (qdict->size >= qdict->n_buckets) {
        double_table(qdict);
    }
    /* The key lies behind the entry, in the same allocation. */
    key_size = strlen(key) + 1;
    entry = g_malloc(sizeof(*entry) + key_size);
    entry->key = memcpy(entry + 1, key, key_size);
    entry->value = value;
    entry->hash = hash;
    QLIST_INSERT_HEAD(bucket_of(qdict, hash), entry, next);
    QTAILQ_INSERT_TAIL(&qdict->entries, entry, order);
    qdict->size++;
}

void qdict_put_bool(QDict *qdict, const char *key, bool value)
{
    qdict_put(qdict, key, qbool_from_bool(value));
}

void qdict_put_int(QDict *qdict, const char *key, int64_t value)
{
    qdict_put(qdict, key, qnum_from_int(value));
}

void qdict_put_null(QDict *qdict, const char *key)
{
    qdict_put(qdict, key, qnull());
}

void qdict_put_str(QDict *qdict, const char *key, const char *value)
{
    qdict_put(qdict, key, qstring_from_str(value));
}

void qdict_del(QDict *qdict, const char *key)
{
    QDictEntry *entry = lookup(qdict, key);

    if (entry) {
        QLIST_REMOVE(entry, next);
        QTAILQ_REMOVE(&qdict->entries, entry, order);
        qdict->size--;
        qobject_unref(entry->value);
        g_free(entry);
    }
}

int qdict_haskey(const QDict *qdict, const char *key)
{
    return lookup(qdict, key) != NULL;
}

QObject *qdict_get(const QDict *qdict, const char *key)
{
    QDictEntry *entry = lookup(qdict, key);

    return entry ? entry->value : NULL;
}

double qdict_get_double(const QDict *qdict, const char *key)
{
    return qnum_get_double(qobject_to(QNum, qdict_get(qdict, key)));
}

int64_t qdict_get_int(const QDict *qdict, const char *key)
{
    return qnum_get_int(qobject_to(QNum, qdict_get(qdict, key)));
}

bool qdict_get_bool(const QDict *qdict, const char *key)
{
    return qbool_get_bool(qobject_to(QBool, qdict_get(qdict, key)));
}

const char *qdict_get_str(const QDict *qdict, const char *key)
{
    return qstring_get_str(qobject_to(QString, qdict_get(qdict, key)));
}

QList *qdict_get_qlist(const QDict *qdict, const char *key)
{
    return qobject_to(QList, qdict_get(qdict, key));
}

QDict *qdict_get_qdict(const QDict *qdict, const char *key)
{
    return qobject_to(QDict, qdict_get(qdict, key));
}

const char *qdict_get_try_str(const QDict *qdict, const char *key)
{
    QString *qs = qobject_to(QString, qdict_get(qdict, key));

    return qs ? qstring_get_str(qs) : NULL;
}

int64_t qdict_get_try_int(const QDict *qdict, const char *key,
                          int64_t def_value)
{
    QNum *qn = qobject_to(QNum, qdict_get(qdict, key));
    int64_t val;

    return qn && qnum_get_try_int(qn, &val) ? val : def_value;
}

bool qdict_get_try_bool(const QDict *qdict, const char *key, bool def_value)
{
    QBool *qb = qobject_to(QBool, qdict_get(qdict, key));

    return qb ? qbool_get_bool(qb) : def_value;
}

const QDictEntry *qdict_first(const QDict *qdict)
{
    return QTAILQ_FIRST(&qdict->entries);
}

const QDictEntry *qdict_next(const QDict *qdict, const QDictEntry *entry)
{
    return QTAILQ_NEXT(entry, order);
}

const char *qdict_entry_key(const QDictEntry *entry)
{
    return entry->key;
}

QObject *qdict_entry_value(const QDictEntry *entry)
{
    return entry->value;
}

QDict *qdict_clone_shallow(const QDict *src)
{
    QDict *copy = qdict_new();
    const QDictEntry *entry;

    QTAILQ_FOREACH(entry, &src->entries, order) {
        qdict_put_obj(copy, entry->key, qobject_ref(entry->value));
    }
    return copy;
}

bool qdict_is_equal(const QObject *x, const QObject *y)
{
    const QDict *a = qobject_to(QDict, x), *b = qobject_to(QDict, y);
    const QDictEntry *entry;

    if (a->size != b->size) {
        return false;
    }
    QTAILQ_FOREACH(entry, &a->entries, order) {
        const QDictEntry *other = find(b, entry->key, entry->hash);

        if (!other || !qobject_is_equal(entry->value, other->value)) {
            return false;
        }
    }
    return true;
}

void qdict_destroy_obj(QObject *obj)
{
    QDict *qdict = qobject_to(QDict, obj);
    QDictEntry *entry, *next;

    QTAILQ_FOREACH_SAFE(entry, &qdict->entries, order, next) {
        qobject_unref(entry->value);
        g_free(entry);
    }
    if (qdict->table != qdict->small_table) {
        g_free(qdict->table);
    }
    g_free(qdict);
}

void qdict_unref(QDict *q)
{
    qobject_unref(q);
}
