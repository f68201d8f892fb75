/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QObject: values of JSON's types, with reference counts.
 *
 * A QObject is one of QNull, QNum, QString, QBool, QDict, QList (each with a
 * header of its own); its type is in @base.type. QOBJECT() goes from any of
 * them to QObject *, qobject_to() back, with a check. Whoever creates a value
 * owns one reference; a container owns one reference to each of its members.
 * Values may be shared, so that only their one owner should change them.
 *
 * There is no locking: a value belongs to one thread at a time. The exception
 * is null, of which there is only one object for all threads.
 */
#ifndef QOBJECT_H
#define QOBJECT_H

#include "qapi/qapi-builtin-types.h"

/* What every type begins with; for the headers in this folder alone. */
struct QObjectBase_ {
    QType type;
    size_t refcnt;
};

struct QObject {
    struct QObjectBase_ base;
};

/* From a pointer to any of the types to QObject *; NULL stays NULL. */
#define QOBJECT_INTERNAL(obj, tmp)                                       \
    ({                                                                   \
        __typeof__(obj) tmp = (obj);                                     \
        tmp ? container_of(&tmp->base, QObject, base) : NULL;            \
    })
#define QOBJECT(obj) QOBJECT_INTERNAL((obj), MAKE_IDENTIFIER(qobj_))

#define QTYPE_CAST_TO_QNull   QTYPE_QNULL
#define QTYPE_CAST_TO_QNum    QTYPE_QNUM
#define QTYPE_CAST_TO_QString QTYPE_QSTRING
#define QTYPE_CAST_TO_QDict   QTYPE_QDICT
#define QTYPE_CAST_TO_QList   QTYPE_QLIST
#define QTYPE_CAST_TO_QBool   QTYPE_QBOOL

QEMU_BUILD_BUG_MSG(QTYPE__MAX != 7, "a QTYPE_CAST_TO_ macro is missing");

/* @obj as a @type *, or NULL when it is NULL or of another type. */
#define qobject_to(type, obj)                                            \
    ((type *)qobject_check_type(obj, glue(QTYPE_CAST_TO_, type)))

static inline void qobject_ref_impl(QObject *obj)
{
    if (!obj) {
        return;
    }
    if (unlikely(obj->base.type == QTYPE_QNULL)) {
        __atomic_fetch_add(&obj->base.refcnt, 1, __ATOMIC_RELAXED);
    } else {
        obj->base.refcnt++;
    }
}

/* Whether @x and @y are of one type and value; two NULLs are equal. */
bool qobject_is_equal(const QObject *x, const QObject *y);

/* Frees @obj, which nobody refers to any more; for qobject_unref() alone. */
void qobject_destroy(QObject *obj);

static inline void qobject_unref_impl(QObject *obj)
{
    size_t left;

    if (!obj) {
        return;
    }
    if (unlikely(obj->base.type == QTYPE_QNULL)) {
        left = __atomic_sub_fetch(&obj->base.refcnt, 1, __ATOMIC_RELAXED);
    } else {
        assert(obj->base.refcnt);
        left = --obj->base.refcnt;
    }
    if (left == 0) {
        qobject_destroy(obj);
    }
}

/* Takes a reference to @obj, of any of the types or NULL; its value is @obj. */
#define qobject_ref(obj)                                                 \
    ({                                                                   \
        __typeof__(obj) qobj_ref_ = (obj);                               \
        qobject_ref_impl(QOBJECT(qobj_ref_));                            \
        qobj_ref_;                                                       \
    })

/* Gives a reference to @obj, of any of the types or NULL, back. */
#define qobject_unref(obj) qobject_unref_impl(QOBJECT(obj))

/* The type of @obj, which is not NULL. */
static inline QType qobject_type(const QObject *obj)
{
    QType type = obj->base.type;

    assert(type > QTYPE_NONE && type < QTYPE__MAX);
    return type;
}

static inline QObject *qobject_check_type(const QObject *obj, QType type)
{
    return obj && qobject_type(obj) == type ? (QObject *)obj : NULL;
}

#endif
