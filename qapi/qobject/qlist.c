/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists. */
#include "qemu/osdep.h"
#include "qobject/qbool.h"
#include "qobject/qlist.h"
#include "qobject/qnull.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"
#include "qobject-internal.h"

QList *qlist_new(void)
{
    QList *qlist = g_new(QList, 1);

    qobject_init(QOBJECT(qlist), QTYPE_QLIST);
    QTAILQ_INIT(&qlist->head);
    return qlist;
}

void qlist_append_obj(QList *qlist, QObject *obj)
{
    QListEntry *entry = g_new(QListEntry, 1);

    entry->value = obj;
    QTAILQ_INSERT_TAIL(&qlist->head, entry, next);
}

void qlist_append_bool(QList *qlist, bool value)
{
    qlist_append(qlist, qbool_from_bool(value));
}

void qlist_append_int(QList *qlist, int64_t value)
{
    qlist_append(qlist, qnum_from_int(value));
}

void qlist_append_null(QList *qlist)
{
    qlist_append(qlist, qnull());
}

void qlist_append_str(QList *qlist, const char *value)
{
    qlist_append(qlist, qstring_from_str(value));
}

QObject *qlist_pop(QList *qlist)
{
    QListEntry *entry = QTAILQ_FIRST(&qlist->head);
    QObject *value;

    if (!entry) {
        return NULL;
    }
    QTAILQ_REMOVE(&qlist->head, entry, next);
    value = entry->value;
    g_free(entry);
    return value;
}

QObject *qlist_peek(QList *qlist)
{
    QListEntry *entry = QTAILQ_FIRST(&qlist->head);

    return entry ? entry->value : NULL;
}

int qlist_empty(const QList *qlist)
{
    return QTAILQ_EMPTY(&qlist->head);
}

size_t qlist_size(const QList *qlist)
{
    const QListEntry *entry;
    size_t n = 0;

    QLIST_FOREACH_ENTRY(qlist, entry) {
        n++;
    }
    return n;
}

QList *qlist_copy(QList *src)
{
    QList *copy = qlist_new();
    const QListEntry *entry;

    QLIST_FOREACH_ENTRY(src, entry) {
        qlist_append_obj(copy, qobject_ref(entry->value));
    }
    return copy;
}

bool qlist_is_equal(const QObject *x, const QObject *y)
{
    const QListEntry *a = qlist_first(qobject_to(QList, x));
    const QListEntry *b = qlist_first(qobject_to(QList, y));

    while (a && b) {
        if (!qobject_is_equal(a->value, b->value)) {
            return false;
        }
        a = qlist_next(a);
        b = qlist_next(b);
    }
    return !a && !b;
}

void qlist_destroy_obj(QObject *obj)
{
    QList *qlist = qobject_to(QList, obj);
    QListEntry *entry, *next;

    QTAILQ_FOREACH_SAFE(entry, &qlist->head, next, next) {
        qobject_unref(entry->value);
        g_free(entry);
    }
    g_free(qlist);
}

void qlist_unref(QList *q)
{
    qobject_unref(q);
}
