/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A visitor that builds values out of a QObject: structures from QDict, lists
 * from QList, strings and enumerations from QString, numbers from QNum,
 * booleans from QBool, "any" from each of them.
 *
 * An error names the place by its path, as in Parameter 'a.b[2]' expects ...
 * (with the keyval variant: 'a.b.2', as it was typed).
 */
#ifndef QOBJECT_INPUT_VISITOR_H
#define QOBJECT_INPUT_VISITOR_H

#include "qapi/visitor.h"

typedef struct QObjectInputVisitor QObjectInputVisitor;

/* The visitor takes a reference of its own to @obj. */
Visitor *qobject_input_visitor_new(QObject *obj);

/* The same where all scalars in @obj are QStrings, as keyval_parse() makes. */
Visitor *qobject_input_visitor_new_keyval(QObject *obj);

/*
 * A visitor for @str, which is JSON when it begins with a brace, and otherwise
 * key=value,... with @implied_key as keyval_parse() has it. NULL and @errp
 * when that does not parse.
 */
Visitor *qobject_input_visitor_new_str(const char *str,
                                       const char *implied_key,
                                       Error **errp);

#endif
