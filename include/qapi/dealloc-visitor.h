/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The visitor behind the generated qapi_free_TYPE(): frees a value, also one
 * that was built only in part.
 */
#ifndef QAPI_DEALLOC_VISITOR_H
#define QAPI_DEALLOC_VISITOR_H

#include "qapi/visitor.h"

typedef struct QapiDeallocVisitor QapiDeallocVisitor;

Visitor *qapi_dealloc_visitor_new(void);

#endif
