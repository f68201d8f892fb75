/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Deep copies. Whatever holds scalars is copied as a whole when its visit
 * starts, so that only what is pointed at has to be copied after that.
 */
#include "qemu/osdep.h"
#include "qapi/clone-visitor.h"
#include "qapi/visitor-impl.h"
#include "qobject/qnull.h"

struct QapiCloneVisitor {
    Visitor visitor;
    size_t depth; /* scalars are only copied inside of something */
};

static QapiCloneVisitor *to_qcv(Visitor *v)
{
    return container_of(v, QapiCloneVisitor, visitor);
}

static void copy(Visitor *v, void **obj, size_t size)
{
    *obj = g_memdup2(*obj, size);
    to_qcv(v)->depth++;
}

static void end(Visitor *v, void **obj)
{
    QapiCloneVisitor *qcv = to_qcv(v);

    assert(qcv->depth);
    if (obj) {
        qcv->depth--;
    }
}

static bool start_struct(Visitor *v, const char *name, void **obj, size_t size,
                         Error **errp)
{
    /* Without @obj, its members are already part of what was copied. */
    if (obj) {
        copy(v, obj, size);
    } else {
        assert(to_qcv(v)->depth);
    }
    return true;
}

static bool start_list(Visitor *v, const char *name, GenericList **listp,
                       size_t size, Error **errp)
{
    copy(v, (void **)listp, size);
    return true;
}

static GenericList *next_list(Visitor *v, GenericList *tail, size_t size)
{
    assert(to_qcv(v)->depth);
    tail->next = g_memdup2(tail->next, size);
    return tail->next;
}

static bool start_alternate(Visitor *v, const char *name,
                            GenericAlternate **obj, size_t size, Error **errp)
{
    copy(v, (void **)obj, size);
    return true;
}

static bool type_int64(Visitor *v, const char *name, int64_t *obj, Error **errp)
{
    assert(to_qcv(v)->depth);
    return true;
}

static bool type_uint64(Visitor *v, const char *name, uint64_t *obj,
                        Error **errp)
{
    assert(to_qcv(v)->depth);
    return true;
}

static bool type_bool(Visitor *v, const char *name, bool *obj, Error **errp)
{
    assert(to_qcv(v)->depth);
    return true;
}

static bool type_number(Visitor *v, const char *name, double *obj, Error **errp)
{
    assert(to_qcv(v)->depth);
    return true;
}

static bool type_str(Visitor *v, const char *name, char **obj, Error **errp)
{
    assert(to_qcv(v)->depth);
    /* What we make is never NULL, as if it had been read from input. */
    *obj = g_strdup(*obj ?: "");
    return true;
}

static bool type_any(Visitor *v, const char *name, QObject **obj, Error **errp)
{
    assert(to_qcv(v)->depth);
    qobject_ref(*obj);
    return true;
}

static bool type_null(Visitor *v, const char *name, QNull **obj, Error **errp)
{
    assert(to_qcv(v)->depth);
    *obj = qnull();
    return true;
}

static void free_visitor(Visitor *v)
{
    g_free(to_qcv(v));
}

Visitor *qapi_clone_visitor_new(void)
{
    QapiCloneVisitor *qcv = g_new0(QapiCloneVisitor, 1);

    qcv->visitor = (Visitor){
        .type = VISITOR_CLONE,
        .start_struct = start_struct,
        .end_struct = end,
        .start_list = start_list,
        .next_list = next_list,
        .end_list = end,
        .start_alternate = start_alternate,
        .end_alternate = end,
        .type_int64 = type_int64,
        .type_uint64 = type_uint64,
        .type_bool = type_bool,
        .type_str = type_str,
        .type_number = type_number,
        .type_any = type_any,
        .type_null = type_null,
        .free = free_visitor,
    };
    return &qcv->visitor;
}

Visitor *qapi_clone_members_visitor_new(void)
{
    Visitor *v = qapi_clone_visitor_new();

    to_qcv(v)->depth++; /* the caller has copied the outermost itself */
    return v;
}
