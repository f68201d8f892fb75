/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values out of a QObject.
 *
 * The stack holds the containers that we are in. Of a dictionary it is kept
 * which keys nobody has asked for, of a list where we are; what is left over
 * at the end is an error.
 */
#include "qemu/osdep.h"
#include "qapi/compat-policy.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/util.h"
#include "qapi/visitor-impl.h"
#include "qemu/cutils.h"
#include "qemu/keyval.h"
#include "qobject/qbool.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "qobject/qnull.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"

typedef struct Container {
    const char *name; /* its own, in the container around it */
    QObject *obj;
    void *qapi;              /* what start got, and end must get */
    GHashTable *unvisited;   /* of a dictionary: the keys that are left */
    const QListEntry *entry; /* of a list: the next element */
    unsigned visited;        /* of a list: the elements before that */
} Container;

struct QObjectInputVisitor {
    Visitor visitor;
    QObject *root;
    bool keyval;
    GArray *stack;
};

static QObjectInputVisitor *to_qiv(Visitor *v)
{
    return container_of(v, QObjectInputVisitor, visitor);
}

static Container *level(QObjectInputVisitor *qiv, guint i)
{
    return &g_array_index(qiv->stack, Container, i);
}

static Container *innermost(QObjectInputVisitor *qiv)
{
    return qiv->stack->len ? level(qiv, qiv->stack->len - 1) : NULL;
}

/*
 * The path of member @name of the container that @depth others are around:
 * a.b[2], or a.b.2 as it is written for keyval_parse(). Freed by the caller.
 */
static char *path_of(QObjectInputVisitor *qiv, const char *name, guint depth)
{
    GString *path = g_string_new(NULL);
    guint i;

    for (i = 0; i < depth; i++) {
        Container *c = level(qiv, i);
        const char *inner = i + 1 < depth ? level(qiv, i + 1)->name : name;

        if (i == 0 && c->name) {
            g_string_append(path, c->name);
        }
        if (qobject_type(c->obj) == QTYPE_QLIST) {
            g_string_append_printf(path, qiv->keyval ? ".%u" : "[%u]",
                                   c->visited - 1);
        } else {
            g_string_append_printf(path, "%s%s", path->len ? "." : "",
                                   inner ?: "<anonymous>");
        }
    }
    if (!depth) {
        g_string_append(path, name ?: "<anonymous>");
    }
    if (qiv->keyval && path->str[0] == '.') {
        g_string_erase(path, 0, 1);
    }
    return g_string_free(path, false);
}

static char *full_name(QObjectInputVisitor *qiv, const char *name)
{
    return path_of(qiv, name, qiv->stack->len);
}

/* "... '%s' ..." about the member @name; false, to be returned. */
#define input_error(qiv, name, errp, fmt, ...)                                 \
    ({                                                                         \
        g_autofree char *path_ = full_name(qiv, name);                         \
        error_setg(errp, fmt, path_, ##__VA_ARGS__);                           \
        false;                                                                 \
    })

static bool wrong_type(QObjectInputVisitor *qiv, const char *name,
                       const char *type, Error **errp)
{
    return input_error(qiv, name, errp,
                       "Invalid parameter type for '%s', expected: %s", type);
}

static bool wrong_value(QObjectInputVisitor *qiv, const char *name,
                        const char *what, Error **errp)
{
    return input_error(qiv, name, errp, QERR_INVALID_PARAMETER_VALUE, what);
}

/*
 * The member @name, or the next element, or NULL if it is not there.
 * @consume: it counts as visited, and a list goes on to the next one.
 */
static QObject *try_get(QObjectInputVisitor *qiv, const char *name,
                        bool consume)
{
    Container *top = innermost(qiv);
    QObject *obj;

    if (!top) {
        return qiv->root;
    }
    if (qobject_type(top->obj) == QTYPE_QDICT) {
        assert(name);
        obj = qdict_get(qobject_to(QDict, top->obj), name);
        if (consume && obj) {
            g_hash_table_remove(top->unvisited, name);
        }
        return obj;
    }
    assert(!name);
    obj = top->entry ? qlist_entry_obj(top->entry) : NULL;
    if (consume) {
        top->entry = top->entry ? qlist_next(top->entry) : NULL;
        top->visited++;
    }
    return obj;
}

static QObject *get(QObjectInputVisitor *qiv, const char *name, bool consume,
                    Error **errp)
{
    QObject *obj = try_get(qiv, name, consume);

    if (!obj) {
        input_error(qiv, name, errp, QERR_MISSING_PARAMETER);
    }
    return obj;
}

/* The string of a scalar from keyval_parse(). */
static const char *get_keyval(QObjectInputVisitor *qiv, const char *name,
                              Error **errp)
{
    QObject *obj = get(qiv, name, true, errp);

    if (!obj) {
        return NULL;
    }
    switch (qobject_type(obj)) {
    case QTYPE_QSTRING:
        return qstring_get_str(qobject_to(QString, obj));
    case QTYPE_QDICT:
    case QTYPE_QLIST:
        input_error(qiv, name, errp, "Parameters '%s.*' are unexpected");
        return NULL;
    default:
        wrong_type(qiv, name, "string", errp);
        return NULL;
    }
}

static void push(QObjectInputVisitor *qiv, const char *name, QObject *obj,
                 void *qapi)
{
    Container c = { .name = name, .obj = obj, .qapi = qapi };

    if (qobject_type(obj) == QTYPE_QDICT) {
        QDict *qdict = qobject_to(QDict, obj);
        const QDictEntry *e;

        c.unvisited = g_hash_table_new(g_str_hash, g_str_equal);
        for (e = qdict_first(qdict); e; e = qdict_next(qdict, e)) {
            g_hash_table_add(c.unvisited, (char *)qdict_entry_key(e));
        }
    } else {
        c.entry = qlist_first(qobject_to(QList, obj));
    }
    g_array_append_val(qiv->stack, c);
}

static void pop(QObjectInputVisitor *qiv)
{
    Container *top = innermost(qiv);

    if (top->unvisited) {
        g_hash_table_destroy(top->unvisited);
    }
    g_array_set_size(qiv->stack, qiv->stack->len - 1);
}

static bool start_struct(Visitor *v, const char *name, void **obj, size_t size,
                         Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    QObject *qobj = get(qiv, name, true, errp);

    if (obj) {
        *obj = NULL;
    }
    if (!qobj) {
        return false;
    }
    if (qobject_type(qobj) != QTYPE_QDICT) {
        return wrong_type(qiv, name, "object", errp);
    }
    push(qiv, name, qobj, obj);
    if (obj) {
        *obj = g_malloc0(size);
    }
    return true;
}

static bool check_struct(Visitor *v, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    Container *top = innermost(qiv);
    QDict *qdict = qobject_to(QDict, top->obj);
    const QDictEntry *e;

    if (!g_hash_table_size(top->unvisited)) {
        return true;
    }
    for (e = qdict_first(qdict); e; e = qdict_next(qdict, e)) {
        if (g_hash_table_contains(top->unvisited, qdict_entry_key(e))) {
            return input_error(qiv, qdict_entry_key(e), errp,
                               "Parameter '%s' is unexpected");
        }
    }
    return true;
}

static void end_struct(Visitor *v, void **obj)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    Container *top = innermost(qiv);

    assert(top->unvisited && top->qapi == obj);
    pop(qiv);
}

static bool start_list(Visitor *v, const char *name, GenericList **list,
                       size_t size, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    QObject *qobj = get(qiv, name, true, errp);

    if (list) {
        *list = NULL;
    }
    if (!qobj) {
        return false;
    }
    if (qobject_type(qobj) != QTYPE_QLIST) {
        return wrong_type(qiv, name, "array", errp);
    }
    push(qiv, name, qobj, list);
    if (list && innermost(qiv)->entry) {
        *list = g_malloc0(size);
    }
    return true;
}

static GenericList *next_list(Visitor *v, GenericList *tail, size_t size)
{
    Container *top = innermost(to_qiv(v));

    if (!top->entry) {
        return NULL;
    }
    tail->next = g_malloc0(size);
    return tail->next;
}

static bool check_list(Visitor *v, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    Container *top = innermost(qiv);
    g_autofree char *path = NULL;

    if (!top->entry) {
        return true;
    }
    path = path_of(qiv, top->name, qiv->stack->len - 1);
    error_setg(errp, "Only %u list elements expected in %s", top->visited,
               path);
    return false;
}

static void end_list(Visitor *v, void **obj)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    Container *top = innermost(qiv);

    assert(!top->unvisited && top->qapi == obj);
    pop(qiv);
}

static bool start_alternate(Visitor *v, const char *name,
                            GenericAlternate **obj, size_t size, Error **errp)
{
    QObject *qobj = get(to_qiv(v), name, false, errp);

    *obj = NULL;
    if (!qobj) {
        return false;
    }
    *obj = g_malloc0(size);
    (*obj)->type = qobject_type(qobj);
    return true;
}

static bool type_int64(Visitor *v, const char *name, int64_t *obj, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    QObject *qobj = get(qiv, name, true, errp);
    QNum *qnum = qobject_to(QNum, qobj);

    if (!qobj) {
        return false;
    }
    if (!qnum || !qnum_get_try_int(qnum, obj)) {
        return wrong_type(qiv, name, "integer", errp);
    }
    return true;
}

static bool type_uint64(Visitor *v, const char *name, uint64_t *obj,
                        Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    QObject *qobj = get(qiv, name, true, errp);
    QNum *qnum = qobject_to(QNum, qobj);
    int64_t val;

    if (!qobj) {
        return false;
    }
    if (qnum && qnum_get_try_uint(qnum, obj)) {
        return true;
    }
    /* Clients have always been allowed to write 2^64 - 1 as -1. */
    if (qnum && qnum_get_try_int(qnum, &val)) {
        *obj = val;
        return true;
    }
    return wrong_value(qiv, name, "uint64", errp);
}

static bool type_bool(Visitor *v, const char *name, bool *obj, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    QObject *qobj = get(qiv, name, true, errp);
    QBool *qbool = qobject_to(QBool, qobj);

    if (!qobj) {
        return false;
    }
    if (!qbool) {
        return wrong_type(qiv, name, "boolean", errp);
    }
    *obj = qbool_get_bool(qbool);
    return true;
}

static bool type_str(Visitor *v, const char *name, char **obj, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    QObject *qobj = get(qiv, name, true, errp);
    QString *qstr = qobject_to(QString, qobj);

    *obj = NULL;
    if (!qobj) {
        return false;
    }
    if (!qstr) {
        return wrong_type(qiv, name, "string", errp);
    }
    *obj = g_strdup(qstring_get_str(qstr));
    return true;
}

static bool type_number(Visitor *v, const char *name, double *obj, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    QObject *qobj = get(qiv, name, true, errp);
    QNum *qnum = qobject_to(QNum, qobj);

    if (!qobj) {
        return false;
    }
    if (!qnum) {
        return wrong_type(qiv, name, "number", errp);
    }
    *obj = qnum_get_double(qnum);
    return true;
}

static bool type_any(Visitor *v, const char *name, QObject **obj, Error **errp)
{
    *obj = qobject_ref(get(to_qiv(v), name, true, errp));
    return *obj != NULL;
}

static bool type_null(Visitor *v, const char *name, QNull **obj, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    QObject *qobj = get(qiv, name, true, errp);

    *obj = NULL;
    if (!qobj) {
        return false;
    }
    if (qobject_type(qobj) != QTYPE_QNULL) {
        return wrong_type(qiv, name, "null", errp);
    }
    *obj = qnull();
    return true;
}

static bool keyval_int64(Visitor *v, const char *name, int64_t *obj,
                         Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    const char *str = get_keyval(qiv, name, errp);
    int64_t val;

    if (!str) {
        return false;
    }
    if (qemu_strtoi64(str, NULL, 0, &val) < 0) {
        return wrong_value(qiv, name, "integer", errp);
    }
    *obj = val;
    return true;
}

static bool keyval_uint64(Visitor *v, const char *name, uint64_t *obj,
                          Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    const char *str = get_keyval(qiv, name, errp);
    uint64_t val;

    if (!str) {
        return false;
    }
    if (qemu_strtou64(str, NULL, 0, &val) < 0) {
        return wrong_value(qiv, name, "integer", errp);
    }
    *obj = val;
    return true;
}

static bool keyval_size(Visitor *v, const char *name, uint64_t *obj,
                        Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    const char *str = get_keyval(qiv, name, errp);
    uint64_t val;

    if (!str) {
        return false;
    }
    if (qemu_strtosz(str, NULL, &val) < 0) {
        return wrong_value(qiv, name, "size", errp);
    }
    *obj = val;
    return true;
}

static bool keyval_bool(Visitor *v, const char *name, bool *obj, Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    const char *str = get_keyval(qiv, name, errp);

    if (!str) {
        return false;
    }
    if (!qapi_bool_parse(name, str, obj, NULL)) {
        return wrong_value(qiv, name, "'on' or 'off'", errp);
    }
    return true;
}

static bool keyval_str(Visitor *v, const char *name, char **obj, Error **errp)
{
    *obj = g_strdup(get_keyval(to_qiv(v), name, errp));
    return *obj != NULL;
}

static bool keyval_number(Visitor *v, const char *name, double *obj,
                          Error **errp)
{
    QObjectInputVisitor *qiv = to_qiv(v);
    const char *str = get_keyval(qiv, name, errp);
    double val;

    if (!str) {
        return false;
    }
    if (qemu_strtod_finite(str, NULL, &val) < 0) {
        return wrong_type(qiv, name, "number", errp);
    }
    *obj = val;
    return true;
}

static void optional(Visitor *v, const char *name, bool *present)
{
    *present = try_get(to_qiv(v), name, false) != NULL;
}

static bool policy_reject(Visitor *v, const char *name, uint64_t features,
                          Error **errp)
{
    return !compat_policy_input_ok(features, &v->compat_policy,
                                   ERROR_CLASS_GENERIC_ERROR, "parameter", name,
                                   errp);
}

static void free_visitor(Visitor *v)
{
    QObjectInputVisitor *qiv = to_qiv(v);

    while (qiv->stack->len) {
        pop(qiv);
    }
    g_array_free(qiv->stack, true);
    qobject_unref(qiv->root);
    g_free(qiv);
}

static const Visitor input_ops = {
    .type = VISITOR_INPUT,
    .start_struct = start_struct,
    .check_struct = check_struct,
    .end_struct = end_struct,
    .start_list = start_list,
    .next_list = next_list,
    .check_list = check_list,
    .end_list = end_list,
    .start_alternate = start_alternate,
    .type_int64 = type_int64,
    .type_uint64 = type_uint64,
    .type_bool = type_bool,
    .type_str = type_str,
    .type_number = type_number,
    .type_any = type_any,
    .type_null = type_null,
    .optional = optional,
    .policy_reject = policy_reject,
    .free = free_visitor,
};

static QObjectInputVisitor *new_visitor(QObject *obj)
{
    QObjectInputVisitor *qiv = g_new0(QObjectInputVisitor, 1);

    assert(obj);
    qiv->visitor = input_ops;
    qiv->root = qobject_ref(obj);
    qiv->stack = g_array_new(false, false, sizeof(Container));
    return qiv;
}

Visitor *qobject_input_visitor_new(QObject *obj)
{
    return &new_visitor(obj)->visitor;
}

Visitor *qobject_input_visitor_new_keyval(QObject *obj)
{
    QObjectInputVisitor *qiv = new_visitor(obj);

    qiv->keyval = true;
    qiv->visitor.type_int64 = keyval_int64;
    qiv->visitor.type_uint64 = keyval_uint64;
    qiv->visitor.type_size = keyval_size;
    qiv->visitor.type_bool = keyval_bool;
    qiv->visitor.type_str = keyval_str;
    qiv->visitor.type_number = keyval_number;
    return &qiv->visitor;
}

Visitor *qobject_input_visitor_new_str(const char *str, const char *implied_key,
                                       Error **errp)
{
    bool json = str[0] == '{';
    QObject *obj;
    Visitor *v;

    if (json) {
        obj = qobject_from_json(str, errp);
    } else {
        obj = QOBJECT(keyval_parse(str, implied_key, NULL, errp));
    }
    if (!obj) {
        return NULL;
    }
    v = json ? qobject_input_visitor_new(obj)
             : qobject_input_visitor_new_keyval(obj);
    qobject_unref(obj);
    return v;
}
