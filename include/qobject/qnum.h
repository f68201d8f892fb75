/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QNum: a number as a QObject; see qobject/qobject.h.
 *
 * JSON has one number type; QNum remembers in which C type a number was made,
 * so that all of int64_t and all of uint64_t come back exactly. A whole number
 * can be read as either integer type that holds it, and each number as a
 * double. A double is never read as an integer, even when it is whole.
 * Parsing makes an I64 of what fits one, else a U64, else a DOUBLE. Integers
 * are equal by value, whatever their kind; a double equals only a double (0.0
 * is not 0), and NaN equals nothing.
 */
#ifndef QNUM_H
#define QNUM_H

#include "qobject/qobject.h"

typedef enum { QNUM_I64, QNUM_U64, QNUM_DOUBLE } QNumKind;

struct QNum {
    struct QObjectBase_ base;
    QNumKind kind;
    union {
        int64_t i64;
        uint64_t u64;
        double dbl;
    } u;
};

/* qobject_unref() as a function, which g_autoptr() needs. */
void qnum_unref(QNum *q);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QNum, qnum_unref)

/* A new number; the caller owns it. */
QNum *qnum_from_int(int64_t value);
QNum *qnum_from_uint(uint64_t value);
QNum *qnum_from_double(double value);

/* Stores the number in @val; false (and @val untouched) if it does not fit. */
bool qnum_get_try_int(const QNum *qn, int64_t *val);
bool qnum_get_try_uint(const QNum *qn, uint64_t *val);

/* The same for a caller that knows that the number fits. */
int64_t qnum_get_int(const QNum *qn);
uint64_t qnum_get_uint(const QNum *qn);

/* The number, rounded if it is a large integer. */
double qnum_get_double(QNum *qn);

/*
 * The number as text that parses back to the same value: doubles with 17
 * digits, as "%.17g". The caller frees it with g_free().
 */
char *qnum_to_string(QNum *qn);

#endif
