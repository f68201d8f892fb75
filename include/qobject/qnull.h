/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QNull: JSON's null as a QObject; see qobject/qobject.h. There is only one
 * such object, shared by all, also between threads.
 */
#ifndef QNULL_H
#define QNULL_H

#include "qobject/qobject.h"

struct QNull {
    struct QObjectBase_ base;
};

extern QNull qnull_;

/* A reference to the null object; the caller owns it. */
static inline QNull *qnull(void)
{
    return qobject_ref(&qnull_);
}

/* qobject_unref() as a function, which g_autoptr() needs. */
void qnull_unref(QNull *q);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QNull, qnull_unref)

#endif
