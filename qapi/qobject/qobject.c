/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is common to all types of QObject; here also null and bool. */
#include "qemu/osdep.h"
#include "qobject/qbool.h"
#include "qobject/qnull.h"
#include "qobject-internal.h"

/* Its first reference is never given back, so that it is never destroyed. */
QNull qnull_ = { .base = { .type = QTYPE_QNULL, .refcnt = 1 } };

void qobject_destroy(QObject *obj)
{
    assert(!obj->base.refcnt);
    switch (obj->base.type) {
    case QTYPE_QNUM:
        qnum_destroy_obj(obj);
        break;
    case QTYPE_QSTRING:
        qstring_destroy_obj(obj);
        break;
    case QTYPE_QDICT:
        qdict_destroy_obj(obj);
        break;
    case QTYPE_QLIST:
        qlist_destroy_obj(obj);
        break;
    case QTYPE_QBOOL:
        qbool_destroy_obj(obj);
        break;
    default:
        g_assert_not_reached();
    }
}

bool qobject_is_equal(const QObject *x, const QObject *y)
{
    if (!x || !y) {
        return x == y;
    }
    if (x->base.type != y->base.type) {
        return false;
    }
    switch (x->base.type) {
    case QTYPE_QNULL:
        return true;
    case QTYPE_QNUM:
        return qnum_is_equal(x, y);
    case QTYPE_QSTRING:
        return qstring_is_equal(x, y);
    case QTYPE_QDICT:
        return qdict_is_equal(x, y);
    case QTYPE_QLIST:
        return qlist_is_equal(x, y);
    case QTYPE_QBOOL:
        return qbool_is_equal(x, y);
    default:
        g_assert_not_reached();
    }
}

void qnull_unref(QNull *q)
{
    qobject_unref(q);
}

QBool *qbool_from_bool(bool value)
{
    QBool *qb = g_new(QBool, 1);

    qobject_init(QOBJECT(qb), QTYPE_QBOOL);
    qb->value = value;
    return qb;
}

bool qbool_get_bool(const QBool *qb)
{
    return qb->value;
}

bool qbool_is_equal(const QObject *x, const QObject *y)
{
    return qobject_to(QBool, x)->value == qobject_to(QBool, y)->value;
}

void qbool_destroy_obj(QObject *obj)
{
    g_free(qobject_to(QBool, obj));
}

void qbool_unref(QBool *q)
{
    qobject_unref(q);
}
