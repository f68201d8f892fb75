/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A visitor that writes a value as a QObject: QDict for structures and unions,
 * QList for lists, QString for strings and enumerations, QNum for numbers,
 * QBool for booleans, and for "any" and alternates what they hold.
 */
#ifndef QOBJECT_OUTPUT_VISITOR_H
#define QOBJECT_OUTPUT_VISITOR_H

#include "qapi/visitor.h"

typedef struct QObjectOutputVisitor QObjectOutputVisitor;

/* visit_complete(v, result) stores the QObject, which the caller then owns. */
Visitor *qobject_output_visitor_new(QObject **result);

#endif
