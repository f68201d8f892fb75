/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values into a QObject. The stack holds the containers that we are in. */
#include "qemu/osdep.h"
#include "qapi/compat-policy.h"
#include "qapi/qobject-output-visitor.h"
#include "qapi/util.h"
#include "qapi/visitor-impl.h"
#include "qobject/qbool.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "qobject/qnull.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"

struct QObjectOutputVisitor {
    Visitor visitor;
    GPtrArray *stack; /* of borrowed references: each hangs in the one before */
    QObject *root;
    QObject **result;
};

static QObjectOutputVisitor *to_qov(Visitor *v)
{
    return container_of(v, QObjectOutputVisitor, visitor);
}

/* Puts @obj, which it takes over, where the visit is. */
static bool add(Visitor *v, const char *name, QObject *obj)
{
    QObjectOutputVisitor *qov = to_qov(v);
    guint depth = qov->stack->len;
    QObject *top = depth ? g_ptr_array_index(qov->stack, depth - 1) : NULL;

    if (!top) {
        assert(!qov->root); /* one visit for each visitor */
        qov->root = obj;
    } else if (qobject_type(top) == QTYPE_QDICT) {
        assert(name);
        qdict_put_obj(qobject_to(QDict, top), name, obj);
    } else {
        assert(!name);
        qlist_append_obj(qobject_to(QList, top), obj);
    }
    return true;
}

static bool enter(Visitor *v, const char *name, QObject *container)
{
    add(v, name, container);
    g_ptr_array_add(to_qov(v)->stack, container);
    return true;
}

static void leave(Visitor *v, QType type)
{
    GPtrArray *stack = to_qov(v)->stack;

    assert(stack->len &&
           qobject_type(g_ptr_array_index(stack, stack->len - 1)) == type);
    g_ptr_array_set_size(stack, stack->len - 1);
}

static bool start_struct(Visitor *v, const char *name, void **obj, size_t size,
                         Error **errp)
{
    return enter(v, name, QOBJECT(qdict_new()));
}

static void end_struct(Visitor *v, void **obj)
{
    leave(v, QTYPE_QDICT);
}

static bool start_list(Visitor *v, const char *name, GenericList **list,
                       size_t size, Error **errp)
{
    return enter(v, name, QOBJECT(qlist_new()));
}

static GenericList *next_list(Visitor *v, GenericList *tail, size_t size)
{
    return tail->next;
}

static void end_list(Visitor *v, void **obj)
{
    leave(v, QTYPE_QLIST);
}

static bool type_int64(Visitor *v, const char *name, int64_t *obj, Error **errp)
{
    return add(v, name, QOBJECT(qnum_from_int(*obj)));
}

static bool type_uint64(Visitor *v, const char *name, uint64_t *obj,
                        Error **errp)
{
    return add(v, name, QOBJECT(qnum_from_uint(*obj)));
}

static bool type_bool(Visitor *v, const char *name, bool *obj, Error **errp)
{
    return add(v, name, QOBJECT(qbool_from_bool(*obj)));
}

static bool type_str(Visitor *v, const char *name, char **obj, Error **errp)
{
    return add(v, name, QOBJECT(qstring_from_str(*obj ?: "")));
}

static bool type_number(Visitor *v, const char *name, double *obj, Error **errp)
{
    return add(v, name, QOBJECT(qnum_from_double(*obj)));
}

static bool type_any(Visitor *v, const char *name, QObject **obj, Error **errp)
{
    return add(v, name, qobject_ref(*obj));
}

static bool type_null(Visitor *v, const char *name, QNull **obj, Error **errp)
{
    return add(v, name, QOBJECT(qnull()));
}

static bool policy_skip(Visitor *v, const char *name, uint64_t features)
{
    const CompatPolicy *policy = &v->compat_policy;

    return ((features & 1u << QAPI_DEPRECATED) &&
            policy->deprecated_output == COMPAT_POLICY_OUTPUT_HIDE) ||
           ((features & 1u << QAPI_UNSTABLE) &&
            policy->unstable_output == COMPAT_POLICY_OUTPUT_HIDE);
}

static void complete(Visitor *v, void *opaque)
{
    QObjectOutputVisitor *qov = to_qov(v);

    assert(qov->root && !qov->stack->len && opaque == qov->result);
    *qov->result = qobject_ref(qov->root);
    qov->result = NULL;
}

static void free_visitor(Visitor *v)
{
    QObjectOutputVisitor *qov = to_qov(v);

    g_ptr_array_free(qov->stack, true);
    qobject_unref(qov->root);
    g_free(qov);
}

Visitor *qobject_output_visitor_new(QObject **result)
{
    QObjectOutputVisitor *qov = g_new0(QObjectOutputVisitor, 1);

    qov->visitor = (Visitor){
        .type = VISITOR_OUTPUT,
        .start_struct = start_struct,
        .end_struct = end_struct,
        .start_list = start_list,
        .next_list = next_list,
        .end_list = end_list,
        .type_int64 = type_int64,
        .type_uint64 = type_uint64,
        .type_bool = type_bool,
        .type_str = type_str,
        .type_number = type_number,
        .type_any = type_any,
        .type_null = type_null,
        .policy_skip = policy_skip,
        .complete = complete,
        .free = free_visitor,
    };
    qov->stack = g_ptr_array_new();
    *result = NULL;
    qov->result = result;
    return &qov->visitor;
}
