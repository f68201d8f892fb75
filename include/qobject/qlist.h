/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QList: a list of QObjects, itself one; see qobject/qobject.h.
 *
 * It owns a reference to each element. Appending takes the reference that the
 * caller has over.
 */
#ifndef QLIST_H
#define QLIST_H

#include "qobject/qobject.h"
#include "qemu/queue.h"

typedef struct QListEntry {
    QObject *value;
    QTAILQ_ENTRY(QListEntry) next;
} QListEntry;

struct QList {
    struct QObjectBase_ base;
    QTAILQ_HEAD(, QListEntry) head;
};

/* qobject_unref() as a function, which g_autoptr() needs. */
void qlist_unref(QList *q);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QList, qlist_unref)

/* A new empty list; the caller owns it. */
QList *qlist_new(void);

/* Appends @obj, a pointer to any of the types, and takes it over. */
#define qlist_append(qlist, obj) qlist_append_obj(qlist, QOBJECT(obj))

void qlist_append_obj(QList *qlist, QObject *obj);
void qlist_append_bool(QList *qlist, bool value);
void qlist_append_int(QList *qlist, int64_t value);
void qlist_append_null(QList *qlist);
void qlist_append_str(QList *qlist, const char *value);

/* Takes the first element off; the caller owns it. NULL when there is none. */
QObject *qlist_pop(QList *qlist);
/* The first element, still the list's; NULL when there is none. */
QObject *qlist_peek(QList *qlist);
int qlist_empty(const QList *qlist);
/* The number of elements; counts them. */
size_t qlist_size(const QList *qlist);

/* A new list with references to the same elements; the caller owns it. */
QList *qlist_copy(QList *src);

/* Walks the list, which must not change meanwhile. */
#define QLIST_FOREACH_ENTRY(qlist, var)                                  \
    for ((var) = QTAILQ_FIRST(&(qlist)->head); (var);                    \
         (var) = QTAILQ_NEXT((var), next))

static inline const QListEntry *qlist_first(const QList *qlist)
{
    return QTAILQ_FIRST(&qlist->head);
}

static inline const QListEntry *qlist_next(const QListEntry *entry)
{
    return QTAILQ_NEXT(entry, next);
}

/* The element, still the list's. */
static inline QObject *qlist_entry_obj(const QListEntry *entry)
{
    return entry->value;
}

#endif
