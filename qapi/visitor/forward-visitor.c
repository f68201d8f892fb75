/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hands a visit on to another visitor, with the outermost name replaced. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/forward-visitor.h"
#include "qapi/qmp/qerror.h"
#include "qapi/visitor-impl.h"

struct ForwardFieldVisitor {
    Visitor visitor;
    Visitor *target;
    char *from;
    char *to;
    int depth; /* containers that we are in; names below the first stay */
};

static ForwardFieldVisitor *to_ffv(Visitor *v)
{
    return container_of(v, ForwardFieldVisitor, visitor);
}

/* Replaces *@name by what @target knows it as; false if it is not ours. */
static bool translate(ForwardFieldVisitor *ffv, const char **name, Error **errp)
{
    if (ffv->depth) {
        return true;
    }
    if (!g_strcmp0(*name, ffv->from)) {
        *name = ffv->to;
        return true;
    }
    error_setg(errp, QERR_MISSING_PARAMETER, *name ?: "null");
    return false;
}

static bool start_struct(Visitor *v, const char *name, void **obj, size_t size,
                         Error **errp)
{
    ForwardFieldVisitor *ffv = to_ffv(v);

    if (obj && v->type == VISITOR_INPUT) {
        *obj = NULL;
    }
    if (!translate(ffv, &name, errp) ||
        !visit_start_struct(ffv->target, name, obj, size, errp)) {
        return false;
    }
    ffv->depth++;
    return true;
}

static bool check_struct(Visitor *v, Error **errp)
{
    return visit_check_struct(to_ffv(v)->target, errp);
}

static void end_struct(Visitor *v, void **obj)
{
    ForwardFieldVisitor *ffv = to_ffv(v);

    assert(ffv->depth);
    ffv->depth--;
    visit_end_struct(ffv->target, obj);
}

static bool start_list(Visitor *v, const char *name, GenericList **list,
                       size_t size, Error **errp)
{
    ForwardFieldVisitor *ffv = to_ffv(v);

    if (list && v->type == VISITOR_INPUT) {
        *list = NULL;
    }
    if (!translate(ffv, &name, errp) ||
        !visit_start_list(ffv->target, name, list, size, errp)) {
        return false;
    }
    ffv->depth++;
    return true;
}

static GenericList *next_list(Visitor *v, GenericList *tail, size_t size)
{
    return visit_next_list(to_ffv(v)->target, tail, size);
}

static bool check_list(Visitor *v, Error **errp)
{
    return visit_check_list(to_ffv(v)->target, errp);
}

static void end_list(Visitor *v, void **obj)
{
    ForwardFieldVisitor *ffv = to_ffv(v);

    assert(ffv->depth);
    ffv->depth--;
    visit_end_list(ffv->target, obj);
}

static bool start_alternate(Visitor *v, const char *name,
                            GenericAlternate **obj, size_t size, Error **errp)
{
    ForwardFieldVisitor *ffv = to_ffv(v);

    if (v->type == VISITOR_INPUT) {
        *obj = NULL;
    }
    /* The branch is visited under the same name: it is no deeper. */
    return translate(ffv, &name, errp) &&
           visit_start_alternate(ffv->target, name, obj, size, errp);
}

static void end_alternate(Visitor *v, void **obj)
{
    visit_end_alternate(to_ffv(v)->target, obj);
}

#define FORWARD_SCALAR(NAME, VISIT, TYPE)                                      \
    static bool NAME(Visitor *v, const char *name, TYPE *obj, Error **errp)    \
    {                                                                          \
        ForwardFieldVisitor *ffv = to_ffv(v);                                  \
                                                                               \
        return translate(ffv, &name, errp) &&                                  \
               VISIT(ffv->target, name, obj, errp);                            \
    }

FORWARD_SCALAR(type_int64, visit_type_int64, int64_t)
FORWARD_SCALAR(type_uint64, visit_type_uint64, uint64_t)
FORWARD_SCALAR(type_size, visit_type_size, uint64_t)
FORWARD_SCALAR(type_bool, visit_type_bool, bool)
FORWARD_SCALAR(type_number, visit_type_number, double)

/* Pointers have to be NULL after an error. */
#define FORWARD_POINTER(NAME, VISIT, TYPE)                                     \
    static bool NAME(Visitor *v, const char *name, TYPE *obj, Error **errp)    \
    {                                                                          \
        ForwardFieldVisitor *ffv = to_ffv(v);                                  \
                                                                               \
        if (v->type == VISITOR_INPUT) {                                        \
            *obj = NULL;                                                       \
        }                                                                      \
        return translate(ffv, &name, errp) &&                                  \
               VISIT(ffv->target, name, obj, errp);                            \
    }

FORWARD_POINTER(type_str, visit_type_str, char *)
FORWARD_POINTER(type_any, visit_type_any, QObject *)
FORWARD_POINTER(type_null, visit_type_null, QNull *)

static void optional(Visitor *v, const char *name, bool *present)
{
    ForwardFieldVisitor *ffv = to_ffv(v);

    if (translate(ffv, &name, NULL)) {
        visit_optional(ffv->target, name, present);
    } else {
        *present = false;
    }
}

static bool policy_reject(Visitor *v, const char *name, uint64_t features,
                          Error **errp)
{
    ForwardFieldVisitor *ffv = to_ffv(v);

    return !translate(ffv, &name, errp) ||
           visit_policy_reject(ffv->target, name, features, errp);
}

static bool policy_skip(Visitor *v, const char *name, uint64_t features)
{
    ForwardFieldVisitor *ffv = to_ffv(v);

    return !translate(ffv, &name, NULL) ||
           visit_policy_skip(ffv->target, name, features);
}

/* The caller completes the target. */
static void complete(Visitor *v, void *opaque)
{
}

static void free_visitor(Visitor *v)
{
    ForwardFieldVisitor *ffv = to_ffv(v);

    g_free(ffv->from);
    g_free(ffv->to);
    g_free(ffv);
}

Visitor *visitor_forward_field(Visitor *target, const char *from,
                               const char *to)
{
    ForwardFieldVisitor *ffv = g_new0(ForwardFieldVisitor, 1);

    ffv->visitor = (Visitor){
        .type = target->type,
        .compat_policy = target->compat_policy,
        .start_struct = start_struct,
        .check_struct = check_struct,
        .end_struct = end_struct,
        .start_list = start_list,
        .next_list = next_list,
        .check_list = check_list,
        .end_list = end_list,
        .start_alternate = start_alternate,
        .end_alternate = end_alternate,
        .type_int64 = type_int64,
        .type_uint64 = type_uint64,
        .type_size = type_size,
        .type_bool = type_bool,
        .type_str = type_str,
        .type_number = type_number,
        .type_any = type_any,
        .type_null = type_null,
        .optional = optional,
        .policy_reject = policy_reject,
        .policy_skip = policy_skip,
        .complete = complete,
        .free = free_visitor,
    };
    ffv->target = target;
    ffv->from = g_strdup(from);
    ffv->to = g_strdup(to);
    return &ffv->visitor;
}
