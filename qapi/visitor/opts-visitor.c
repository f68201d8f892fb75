/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A structure out of QemuOpts.
 *
 * @left holds the options that nobody has visited, in order. A scalar takes
 * the last one of its name (and all of them are visited with it), a list takes
 * all, one after the other, each of which may be a range.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/opts-visitor.h"
#include "qapi/qmp/qerror.h"
#include "qapi/util.h"
#include "qapi/visitor-impl.h"
#include "qemu/cutils.h"
#include "qemu/option_int.h"

struct OptsVisitor {
    Visitor visitor;
    const QemuOpts *opts;
    unsigned depth;
    GPtrArray *left;
    QemuOpt id; /* the id, as if it were an option */

    bool in_list;
    GPtrArray *elements; /* of the list: its options, none at the end */
    bool in_range;
    uint64_t next, last; /* of the range, after its first element */
};

static OptsVisitor *to_ov(Visitor *v)
{
    return container_of(v, OptsVisitor, visitor);
}

static const QemuOpt *find_last(OptsVisitor *ov, const char *name)
{
    guint i;

    for (i = ov->left->len; i > 0; i--) {
        const QemuOpt *opt = g_ptr_array_index(ov->left, i - 1);

        if (g_str_equal(opt->name, name)) {
            return opt;
        }
    }
    return NULL;
}

static void mark_visited(OptsVisitor *ov, const char *name)
{
    guint i;

    for (i = ov->left->len; i > 0; i--) {
        const QemuOpt *opt = g_ptr_array_index(ov->left, i - 1);

        if (g_str_equal(opt->name, name)) {
            g_ptr_array_remove_index(ov->left, i - 1);
        }
    }
}

/* The option that a scalar or an element is read from. */
static const QemuOpt *lookup(OptsVisitor *ov, const char *name, Error **errp)
{
    const QemuOpt *opt;

    if (ov->in_list) {
        if (!ov->elements->len) {
            error_setg(errp, "Fewer list elements than expected");
            return NULL;
        }
        return g_ptr_array_index(ov->elements, 0);
    }
    opt = find_last(ov, name);
    if (!opt) {
        error_setg(errp, QERR_MISSING_PARAMETER, name);
    }
    return opt;
}

static bool visited(OptsVisitor *ov, const QemuOpt *opt)
{
    if (!ov->in_list) {
        mark_visited(ov, opt->name);
    }
    return true;
}

static bool start_struct(Visitor *v, const char *name, void **obj, size_t size,
                         Error **errp)
{
    OptsVisitor *ov = to_ov(v);
    QemuOpt *opt;

    if (obj) {
        *obj = g_malloc0(size);
    }
    if (ov->depth++) {
        return true;
    }
    g_ptr_array_set_size(ov->left, 0);
    QTAILQ_FOREACH(opt, &ov->opts->head, next) {
        g_ptr_array_add(ov->left, opt);
    }
    if (ov->opts->id) {
        ov->id.name = (char *)"id";
        ov->id.str = ov->opts->id;
        g_ptr_array_add(ov->left, &ov->id);
    }
    return true;
}

static bool check_struct(Visitor *v, Error **errp)
{
    OptsVisitor *ov = to_ov(v);

    if (ov->depth == 1 && ov->left->len) {
        const QemuOpt *first = g_ptr_array_index(ov->left, 0);

        error_setg(errp, "Invalid parameter '%s'", first->name);
        return false;
    }
    return true;
}

static void end_struct(Visitor *v, void **obj)
{
    to_ov(v)->depth--;
}

static bool start_list(Visitor *v, const char *name, GenericList **list,
                       size_t size, Error **errp)
{
    OptsVisitor *ov = to_ov(v);
    guint i;

    assert(!ov->in_list && list);
    g_ptr_array_set_size(ov->elements, 0);
    for (i = 0; i < ov->left->len; i++) {
        QemuOpt *opt = g_ptr_array_index(ov->left, i);

        if (g_str_equal(opt->name, name)) {
            g_ptr_array_add(ov->elements, opt);
        }
    }
    *list = NULL;
    if (!ov->elements->len) {
        error_setg(errp, QERR_MISSING_PARAMETER, name);
        return false;
    }
    ov->in_list = true;
    ov->in_range = false;
    *list = g_malloc0(size);
    return true;
}

static GenericList *next_list(Visitor *v, GenericList *tail, size_t size)
{
    OptsVisitor *ov = to_ov(v);

    if (!ov->elements->len) {
        return NULL;
    }
    if (ov->in_range && ov->next == ov->last) {
        ov->in_range = false;
    }
    if (ov->in_range) {
        ov->next++;
    } else {
        const QemuOpt *done = g_ptr_array_remove_index(ov->elements, 0);

        if (!ov->elements->len) {
            mark_visited(ov, done->name);
            return NULL;
        }
    }
    tail->next = g_malloc0(size);
    return tail->next;
}

/* What the list has left over stays in @left, for check_struct() to find. */
static void end_list(Visitor *v, void **obj)
{
    OptsVisitor *ov = to_ov(v);

    assert(ov->in_list);
    ov->in_list = false;
    g_ptr_array_set_size(ov->elements, 0);
}

static bool parse_int64(const char *str, const char **end, uint64_t *val)
{
    char *stop;
    long long n;

    errno = 0;
    n = strtoll(str, &stop, 0);
    *val = n;
    *end = stop;
    return !errno && stop != str;
}

static bool parse_uint64(const char *str, const char **end, uint64_t *val)
{
    return parse_uint(str, end, 0, val) == 0;
}

/*
 * Parses the integer @opt or, in a list, the range, of which the first element
 * goes to @val.
 */
static bool parse_range(OptsVisitor *ov, const QemuOpt *opt, bool is_signed,
                        uint64_t *val)
{
    bool (*parse)(const char *, const char **, uint64_t *) =
        is_signed ? parse_int64 : parse_uint64;
    const char *end;
    uint64_t last;

    if (!parse(opt->str ?: "", &end, val)) {
        return false;
    }
    if (!*end) {
        return true;
    }
    if (*end != '-' || !ov->in_list || !parse(end + 1, &end, &last) || *end ||
        (is_signed ? (int64_t)last < (int64_t)*val : last < *val) ||
        last - *val >= OPTS_VISITOR_RANGE_MAX) {
        return false;
    }
    ov->in_range = true;
    ov->next = *val;
    ov->last = last;
    return true;
}

static bool type_int64(Visitor *v, const char *name, int64_t *obj, Error **errp)
{
    OptsVisitor *ov = to_ov(v);
    const QemuOpt *opt = lookup(ov, name, errp);
    uint64_t val;

    if (!opt) {
        return false;
    }
    if (ov->in_list && ov->in_range) {
        *obj = ov->next;
        return true;
    }
    if (!parse_range(ov, opt, true, &val)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, opt->name,
                   ov->in_list ? "an int64 value or range" : "an int64 value");
        return false;
    }
    *obj = val;
    return visited(ov, opt);
}

static bool type_uint64(Visitor *v, const char *name, uint64_t *obj,
                        Error **errp)
{
    OptsVisitor *ov = to_ov(v);
    const QemuOpt *opt = lookup(ov, name, errp);
    uint64_t val;

    if (!opt) {
        return false;
    }
    if (ov->in_list && ov->in_range) {
        *obj = ov->next;
        return true;
    }
    if (!parse_range(ov, opt, false, &val)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, opt->name,
                   ov->in_list ? "a uint64 value or range" : "a uint64 value");
        return false;
    }
    *obj = val;
    return visited(ov, opt);
}

static bool type_size(Visitor *v, const char *name, uint64_t *obj, Error **errp)
{
    OptsVisitor *ov = to_ov(v);
    const QemuOpt *opt = lookup(ov, name, errp);
    uint64_t size;

    if (!opt) {
        return false;
    }
    if (qemu_strtosz(opt->str ?: "", NULL, &size) < 0) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, opt->name,
                   "a size value");
        return false;
    }
    *obj = size;
    return visited(ov, opt);
}

static bool type_bool(Visitor *v, const char *name, bool *obj, Error **errp)
{
    OptsVisitor *ov = to_ov(v);
    const QemuOpt *opt = lookup(ov, name, errp);

    if (!opt) {
        return false;
    }
    if (!opt->str) {
        *obj = true;
    } else if (!qapi_bool_parse(opt->name, opt->str, obj, errp)) {
        return false;
    }
    return visited(ov, opt);
}

static bool type_str(Visitor *v, const char *name, char **obj, Error **errp)
{
    OptsVisitor *ov = to_ov(v);
    const QemuOpt *opt = lookup(ov, name, errp);

    *obj = NULL;
    if (!opt) {
        return false;
    }
    *obj = g_strdup(opt->str ?: "");
    return visited(ov, opt);
}

static void optional(Visitor *v, const char *name, bool *present)
{
    OptsVisitor *ov = to_ov(v);

    assert(!ov->in_list);
    *present = find_last(ov, name) != NULL;
}

static void free_visitor(Visitor *v)
{
    OptsVisitor *ov = to_ov(v);

    g_ptr_array_free(ov->left, true);
    g_ptr_array_free(ov->elements, true);
    g_free(ov);
}

Visitor *opts_visitor_new(const QemuOpts *opts)
{
    OptsVisitor *ov = g_new0(OptsVisitor, 1);

    assert(opts);
    ov->visitor = (Visitor){
        .type = VISITOR_INPUT,
        .start_struct = start_struct,
        .check_struct = check_struct,
        .end_struct = end_struct,
        .start_list = start_list,
        .next_list = next_list,
        .end_list = end_list,
        .type_int64 = type_int64,
        .type_uint64 = type_uint64,
        .type_size = type_size,
        .type_bool = type_bool,
        .type_str = type_str,
        .optional = optional,
        .free = free_visitor,
    };
    ov->opts = opts;
    ov->left = g_ptr_array_new();
    ov->elements = g_ptr_array_new();
    return &ov->visitor;
}
