/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values written as C initializers. */
#include "qemu/osdep.h"
#include "qobject/qbool.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "qobject/qlit.h"
#include "qobject/qnull.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"

static bool dict_is(const QLitDictEntry *lit, const QDict *qdict)
{
    size_t n;

    for (n = 0; lit[n].key; n++) {
        QObject *value = qdict_get(qdict, lit[n].key);

        if (!value || !qlit_equal_qobject(&lit[n].value, value)) {
            return false;
        }
    }
    return n == qdict_size(qdict);
}

static bool list_is(const QLitObject *lit, const QList *qlist)
{
    const QListEntry *entry;

    QLIST_FOREACH_ENTRY(qlist, entry) {
        if (lit->type == QTYPE_NONE ||
            !qlit_equal_qobject(lit, qlist_entry_obj(entry))) {
            return false;
        }
        lit++;
    }
    return lit->type == QTYPE_NONE;
}

static bool num_is(int64_t num, const QNum *qnum)
{
    int64_t val;

    return qnum_get_try_int(qnum, &val) && val == num;
}

bool qlit_equal_qobject(const QLitObject *lhs, const QObject *rhs)
{
    if (!rhs || lhs->type != qobject_type(rhs)) {
        return false;
    }
    switch (lhs->type) {
    case QTYPE_QNULL:
        return true;
    case QTYPE_QBOOL:
        return lhs->value.qbool == qbool_get_bool(qobject_to(QBool, rhs));
    case QTYPE_QNUM:
        return num_is(lhs->value.qnum, qobject_to(QNum, rhs));
    case QTYPE_QSTRING:
        return g_str_equal(lhs->value.qstr,
                           qstring_get_str(qobject_to(QString, rhs)));
    case QTYPE_QDICT:
        return dict_is(lhs->value.qdict, qobject_to(QDict, rhs));
    case QTYPE_QLIST:
        return list_is(lhs->value.qlist, qobject_to(QList, rhs));
    default:
        g_assert_not_reached();
    }
}

static QObject *dict_from(const QLitDictEntry *lit)
{
    QDict *qdict = qdict_new();

    for (; lit->key; lit++) {
        qdict_put_obj(qdict, lit->key, qobject_from_qlit(&lit->value));
    }
    return QOBJECT(qdict);
}

static QObject *list_from(const QLitObject *lit)
{
    QList *qlist = qlist_new();

    for (; lit->type != QTYPE_NONE; lit++) {
        qlist_append_obj(qlist, qobject_from_qlit(lit));
    }
    return QOBJECT(qlist);
}

QObject *qobject_from_qlit(const QLitObject *qlit)
{
    switch (qlit->type) {
    case QTYPE_QNULL:
        return QOBJECT(qnull());
    case QTYPE_QBOOL:
        return QOBJECT(qbool_from_bool(qlit->value.qbool));
    case QTYPE_QNUM:
        return QOBJECT(qnum_from_int(qlit->value.qnum));
    case QTYPE_QSTRING:
        return QOBJECT(qstring_from_str(qlit->value.qstr));
    case QTYPE_QDICT:
        return dict_from(qlit->value.qdict);
    case QTYPE_QLIST:
        return list_from(qlit->value.qlist);
    default:
        g_assert_not_reached();
    }
}
