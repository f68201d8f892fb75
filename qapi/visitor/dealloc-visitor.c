/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frees a value: what it points at when met, itself when its visit ends. */
#include "qemu/osdep.h"
#include "qapi/dealloc-visitor.h"
#include "qapi/visitor-impl.h"
#include "qobject/qnull.h"

struct QapiDeallocVisitor {
    Visitor visitor;
};

static bool start_struct(Visitor *v, const char *name, void **obj, size_t size,
                         Error **errp)
{
    return true;
}

static void end_owned(Visitor *v, void **obj)
{
    if (obj) {
        g_free(*obj);
    }
}

static bool start_list(Visitor *v, const char *name, GenericList **list,
                       size_t size, Error **errp)
{
    return true;
}

static GenericList *next_list(Visitor *v, GenericList *tail, size_t size)
{
    GenericList *next = tail->next;

    g_free(tail);
    return next;
}

static void end_list(Visitor *v, void **obj)
{
}

static bool type_int64(Visitor *v, const char *name, int64_t *obj, Error **errp)
{
    return true;
}

static bool type_uint64(Visitor *v, const char *name, uint64_t *obj,
                        Error **errp)
{
    return true;
}

static bool type_bool(Visitor *v, const char *name, bool *obj, Error **errp)
{
    return true;
}

static bool type_number(Visitor *v, const char *name, double *obj, Error **errp)
{
    return true;
}

static bool type_str(Visitor *v, const char *name, char **obj, Error **errp)
{
    if (obj) {
        g_free(*obj);
    }
    return true;
}

static bool type_any(Visitor *v, const char *name, QObject **obj, Error **errp)
{
    if (obj) {
        qobject_unref(*obj);
    }
    return true;
}

static bool type_null(Visitor *v, const char *name, QNull **obj, Error **errp)
{
    if (obj) {
        qobject_unref(*obj);
    }
    return true;
}

static void free_visitor(Visitor *v)
{
    g_free(container_of(v, QapiDeallocVisitor, visitor));
}

Visitor *qapi_dealloc_visitor_new(void)
{
    QapiDeallocVisitor *qdv = g_new0(QapiDeallocVisitor, 1);

    qdv->visitor = (Visitor){
        .type = VISITOR_DEALLOC,
        .start_struct = start_struct,
        .end_struct = end_owned,
        .start_list = start_list,
        .next_list = next_list,
        .end_list = end_list,
        .end_alternate = end_owned,
        .type_int64 = type_int64,
        .type_uint64 = type_uint64,
        .type_bool = type_bool,
        .type_str = type_str,
        .type_number = type_number,
        .type_any = type_any,
        .type_null = type_null,
        .free = free_visitor,
    };
    return &qdv->visitor;
}
