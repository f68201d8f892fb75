/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QBool: true or false as a QObject; see qobject/qobject.h.
 */
#ifndef QBOOL_H
#define QBOOL_H

#include "qobject/qobject.h"

struct QBool {
    struct QObjectBase_ base;
    bool value;
};

/* qobject_unref() as a function, which g_autoptr() needs. */
void qbool_unref(QBool *q);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QBool, qbool_unref)

/* A new QBool; the caller owns it. */
QBool *qbool_from_bool(bool value);
bool qbool_get_bool(const QBool *qb);

#endif
