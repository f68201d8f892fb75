/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Deep copies of values of generated types. Use the macros.
 */
#ifndef QAPI_CLONE_VISITOR_H
#define QAPI_CLONE_VISITOR_H

#include "qapi/error.h"
#include "qapi/visitor.h"

typedef struct QapiCloneVisitor QapiCloneVisitor;

Visitor *qapi_clone_visitor_new(void);
Visitor *qapi_clone_members_visitor_new(void);

/*
 * A deep copy of @src, a pointer to the structure, list, union or alternate
 * @type, or NULL. Freed with qapi_free_TYPE().
 */
#define QAPI_CLONE(type, src)                                            \
    ({                                                                   \
        type *clone_ = (type *)(src);                                    \
        if (clone_) {                                                    \
            Visitor *clone_v_ = qapi_clone_visitor_new();                \
            visit_type_##type(clone_v_, NULL, &clone_, &error_abort);    \
            visit_free(clone_v_);                                        \
        }                                                                \
        clone_;                                                          \
    })

/* Makes *@dst, whose content is not looked at, a deep copy of *@src. */
#define QAPI_CLONE_MEMBERS(type, dst, src)                               \
    ({                                                                   \
        type *clone_dst_ = (type *)(dst);                                \
        Visitor *clone_v_ = qapi_clone_members_visitor_new();            \
        *clone_dst_ = *(src);                                            \
        visit_type_##type##_members(clone_v_, clone_dst_, &error_abort); \
        visit_free(clone_v_);                                            \
    })

#endif
