/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A visitor that hands everything on to another one, with one name replaced:
 * how a property that is an alias is visited under its own name.
 */
#ifndef FORWARD_VISITOR_H
#define FORWARD_VISITOR_H

#include "qapi/visitor.h"

typedef struct ForwardFieldVisitor ForwardFieldVisitor;

/*
 * At the top level only the name @from may be visited, and reaches @target as
 * @to; below it names stay. @target outlives the new visitor; the names are
 * copied.
 */
Visitor *visitor_forward_field(Visitor *target, const char *from,
                               const char *to);

#endif
