/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers: int64_t, uint64_t and double behind one type. */
#include "qemu/osdep.h"
#include "qobject/qnum.h"
#include "qobject-internal.h"

static QNum *qnum_new(QNumKind kind)
{
    QNum *qn = g_new(QNum, 1);

    qobject_init(QOBJECT(qn), QTYPE_QNUM);
    qn->kind = kind;
    return qn;
}

QNum *qnum_from_int(int64_t value)
{
    QNum *qn = qnum_new(QNUM_I64);

    qn->u.i64 = value;
    return qn;
}

QNum *qnum_from_uint(uint64_t value)
{
    QNum *qn = qnum_new(QNUM_U64);

    qn->u.u64 = value;
    return qn;
}

QNum *qnum_from_double(double value)
{
    QNum *qn = qnum_new(QNUM_DOUBLE);

    qn->u.dbl = value;
    return qn;
}

bool qnum_get_try_int(const QNum *qn, int64_t *val)
{
    if (qn->kind == QNUM_I64) {
        *val = qn->u.i64;
        return true;
    }
    if (qn->kind == QNUM_U64 && qn->u.u64 <= INT64_MAX) {
        *val = qn->u.u64;
        return true;
    }
    return false;
}

bool qnum_get_try_uint(const QNum *qn, uint64_t *val)
{
    if (qn->kind == QNUM_U64) {
        *val = qn->u.u64;
        return true;
    }
    if (qn->kind == QNUM_I64 && qn->u.i64 >= 0) {
        *val = qn->u.i64;
        return true;
    }
    return false;
}

int64_t qnum_get_int(const QNum *qn)
{
    int64_t val = 0;
    bool fits = qnum_get_try_int(qn, &val);

    assert(fits);
    return val;
}

uint64_t qnum_get_uint(const QNum *qn)
{
    uint64_t val = 0;
    bool fits = qnum_get_try_uint(qn, &val);

    assert(fits);
    return val;
}

double qnum_get_double(QNum *qn)
{
    switch (qn->kind) {
    case QNUM_I64:
        return qn->u.i64;
    case QNUM_U64:
        return qn->u.u64;
    case QNUM_DOUBLE:
        return qn->u.dbl;
    }
    g_assert_not_reached();
}

char *qnum_to_string(QNum *qn)
{
    char buf[G_ASCII_DTOSTR_BUF_SIZE];

    switch (qn->kind) {
    case QNUM_I64:
        return g_strdup_printf("%" PRId64, qn->u.i64);
    case QNUM_U64:
        return g_strdup_printf("%" PRIu64, qn->u.u64);
    case QNUM_DOUBLE:
        return g_strdup(g_ascii_formatd(buf, sizeof(buf), "%.17g", qn->u.dbl));
    }
    g_assert_not_reached();
}

bool qnum_is_equal(const QObject *x, const QObject *y)
{
    const QNum *a = qobject_to(QNum, x), *b = qobject_to(QNum, y);
    uint64_t ua, ub;

    if (a->kind == QNUM_DOUBLE || b->kind == QNUM_DOUBLE) {
        return a->kind == b->kind && a->u.dbl == b->u.dbl;
    }
    if (a->kind == b->kind) {
        return a->u.u64 == b->u.u64;
    }
    /* One is signed and one is not: equal only where both are unsigned. */
    return qnum_get_try_uint(a, &ua) && qnum_get_try_uint(b, &ub) && ua == ub;
}

void qnum_destroy_obj(QObject *obj)
{
    g_free(qobject_to(QNum, obj));
}

void qnum_unref(QNum *q)
{
    qobject_unref(q);
}
