/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A visitor that writes a scalar or a list as a string; runs of integers as
 * ranges. Of a structure only "<omitted>" is shown; it knows no alternates,
 * null or "any", and no virtual walk over lists.
 */
#ifndef STRING_OUTPUT_VISITOR_H
#define STRING_OUTPUT_VISITOR_H

#include "qapi/visitor.h"

typedef struct StringOutputVisitor StringOutputVisitor;

/*
 * @human: strings in quotes, integers also in hexadecimal, sizes with units.
 * visit_complete(v, result) stores the text, which the caller g_free()s.
 */
Visitor *string_output_visitor_new(bool human, char **result);

#endif
