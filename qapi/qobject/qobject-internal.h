/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the types of QObject tell each other: how qobject.c reaches the code of
 * a type. Nothing outside of this folder needs it.
 */
#ifndef QOBJECT_INTERNAL_H
#define QOBJECT_INTERNAL_H

#include "qobject/qobject.h"

/* A new value's header: its type and the one reference of its creator. */
static inline void qobject_init(QObject *obj, QType type)
{
    assert(type > QTYPE_NONE && type < QTYPE__MAX);
    obj->base.type = type;
    obj->base.refcnt = 1;
}

/* Free @obj and give up what it refers to. */
void qbool_destroy_obj(QObject *obj);
void qdict_destroy_obj(QObject *obj);
void qlist_destroy_obj(QObject *obj);
void qnum_destroy_obj(QObject *obj);
void qstring_destroy_obj(QObject *obj);

/* Compare two values of the type. */
bool qbool_is_equal(const QObject *x, const QObject *y);
bool qdict_is_equal(const QObject *x, const QObject *y);
bool qlist_is_equal(const QObject *x, const QObject *y);
bool qnum_is_equal(const QObject *x, const QObject *y);
bool qstring_is_equal(const QObject *x, const QObject *y);

/* A string of @str, from g_malloc(), which it takes over. */
QString *qstring_take(char *str);

#endif
