/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For those who write a visitor: what it consists of. Users need only
 * qapi/visitor.h.
 *
 * A visitor is a structure that begins with Visitor and sets the callbacks.
 * Each callback keeps the contract of the function of the same name there.
 * What is marked (optional) may be NULL; of the rest, only those needed for the
 * types that the visitor supports must be set.
 */
#ifndef QAPI_VISITOR_IMPL_H
#define QAPI_VISITOR_IMPL_H

#include "qapi/visitor.h"

/* Bit 0 says: reads or copies in; bit 1: writes or copies out. */
typedef enum VisitorType {
    VISITOR_INPUT = 1,
    VISITOR_OUTPUT = 2,
    VISITOR_CLONE = 3,
    VISITOR_DEALLOC = 4,
} VisitorType;

struct Visitor {
    bool (*start_struct)(Visitor *v, const char *name, void **obj,
                         size_t size, Error **errp);
    bool (*check_struct)(Visitor *v, Error **errp);        /* (optional) */
    void (*end_struct)(Visitor *v, void **obj);

    bool (*start_list)(Visitor *v, const char *name, GenericList **list,
                       size_t size, Error **errp);
    GenericList *(*next_list)(Visitor *v, GenericList *tail, size_t size);
    bool (*check_list)(Visitor *v, Error **errp);          /* (optional) */
    void (*end_list)(Visitor *v, void **list);

    /* (optional) for output and dealloc */
    bool (*start_alternate)(Visitor *v, const char *name,
                            GenericAlternate **obj, size_t size,
                            Error **errp);
    void (*end_alternate)(Visitor *v, void **obj);         /* (optional) */

    bool (*type_int64)(Visitor *v, const char *name, int64_t *obj,
                       Error **errp);
    bool (*type_uint64)(Visitor *v, const char *name, uint64_t *obj,
                        Error **errp);
    /* (optional) without it, type_uint64() */
    bool (*type_size)(Visitor *v, const char *name, uint64_t *obj,
                      Error **errp);
    bool (*type_bool)(Visitor *v, const char *name, bool *obj, Error **errp);
    bool (*type_str)(Visitor *v, const char *name, char **obj, Error **errp);
    bool (*type_number)(Visitor *v, const char *name, double *obj,
                        Error **errp);
    bool (*type_any)(Visitor *v, const char *name, QObject **obj,
                     Error **errp);
    bool (*type_null)(Visitor *v, const char *name, QNull **obj,
                      Error **errp);

    /* (optional) unless it is an input visitor for structures */
    void (*optional)(Visitor *v, const char *name, bool *present);

    bool (*policy_reject)(Visitor *v, const char *name, uint64_t features,
                          Error **errp);                   /* (optional) */
    bool (*policy_skip)(Visitor *v, const char *name,
                        uint64_t features);                /* (optional) */

    VisitorType type;
    struct CompatPolicy compat_policy;

    /* (optional) unless it is an output visitor */
    void (*complete)(Visitor *v, void *opaque);
    void (*free)(Visitor *v);
};

#endif
