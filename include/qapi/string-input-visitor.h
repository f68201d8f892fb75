/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A visitor that builds a scalar, or a list of integers such as "1,3-5", out
 * of a string. It knows no structures, alternates, null or "any", and lists
 * only of integers (not of sizes).
 */
#ifndef STRING_INPUT_VISITOR_H
#define STRING_INPUT_VISITOR_H

#include "qapi/visitor.h"

typedef struct StringInputVisitor StringInputVisitor;

/* @str must stay until the visitor is freed. */
Visitor *string_input_visitor_new(const char *str);

#endif
