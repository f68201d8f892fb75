/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scalar, or a list of integers and ranges of them, out of a string. Lists
 * are parsed element by element, since only the visit of an element tells
 * whether it is signed.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "qapi/string-input-visitor.h"
#include "qapi/util.h"
#include "qapi/visitor-impl.h"
#include "qemu/cutils.h"
#include "qemu/option.h"
#include "qobject/qnull.h"

/* The most elements that one range may stand for. */
#define RANGE_MAX 65536

struct StringInputVisitor {
    Visitor visitor;
    const char *string;
    bool in_list;
    void *list;
    const char *unparsed; /* in a list: the elements after the range */
    uint64_t next;        /* the range: its next element, */
    uint64_t left;        /* and how many it has left */
};

static StringInputVisitor *to_siv(Visitor *v)
{
    return container_of(v, StringInputVisitor, visitor);
}

static bool at_end(StringInputVisitor *siv)
{
    return !siv->left && !*siv->unparsed;
}

static bool start_list(Visitor *v, const char *name, GenericList **list,
                       size_t size, Error **errp)
{
    StringInputVisitor *siv = to_siv(v);

    assert(!siv->in_list); /* lists of lists have no syntax */
    siv->in_list = true;
    siv->list = list;
    siv->unparsed = siv->string;
    siv->left = 0;
    if (list) {
        *list = at_end(siv) ? NULL : g_malloc0(size);
    }
    return true;
}

static GenericList *next_list(Visitor *v, GenericList *tail, size_t size)
{
    if (at_end(to_siv(v))) {
        return NULL;
    }
    tail->next = g_malloc0(size);
    return tail->next;
}

static bool check_list(Visitor *v, Error **errp)
{
    if (!at_end(to_siv(v))) {
        error_setg(errp, "Fewer list elements expected");
        return false;
    }
    return true;
}

static void end_list(Visitor *v, void **obj)
{
    StringInputVisitor *siv = to_siv(v);

    assert(siv->in_list && siv->list == obj);
    siv->in_list = false;
}

static int parse_one(const char *str, const char **end, bool is_signed,
                     uint64_t *val)
{
    int64_t sval;
    int ret;

    if (!is_signed) {
        return qemu_strtou64(str, end, 0, val);
    }
    ret = qemu_strtoi64(str, end, 0, &sval);
    *val = sval;
    return ret;
}

/* Reads "a" or "a-b" and the comma after it. */
static bool parse_range(StringInputVisitor *siv, bool is_signed)
{
    const char *end;
    uint64_t first, last;

    if (parse_one(siv->unparsed, &end, is_signed, &first)) {
        return false;
    }
    last = first;
    if (*end == '-') {
        if (parse_one(end + 1, &end, is_signed, &last) ||
            (is_signed ? (int64_t)last < (int64_t)first : last < first) ||
            last - first >= RANGE_MAX) {
            return false;
        }
    }
    if (*end && *end != ',') {
        return false;
    }
    siv->unparsed = *end ? end + 1 : end;
    siv->next = first;
    siv->left = last - first + 1;
    return true;
}

static bool type_integer(Visitor *v, const char *name, bool is_signed,
                         uint64_t *obj, Error **errp)
{
    StringInputVisitor *siv = to_siv(v);

    if (!siv->in_list) {
        if (parse_one(siv->string, NULL, is_signed, obj)) {
            error_setg(errp, QERR_INVALID_PARAMETER_VALUE, name ?: "null",
                       is_signed ? "int64" : "uint64");
            return false;
        }
        return true;
    }
    if (at_end(siv)) {
        error_setg(errp, "Fewer list elements expected");
        return false;
    }
    if (!siv->left && !parse_range(siv, is_signed)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, name ?: "null",
                   is_signed ? "list of int64 values or ranges"
                             : "list of uint64 values or ranges");
        return false;
    }
    *obj = siv->next++;
    siv->left--;
    return true;
}

static bool type_int64(Visitor *v, const char *name, int64_t *obj, Error **errp)
{
    uint64_t val;

    if (!type_integer(v, name, true, &val, errp)) {
        return false;
    }
    *obj = val;
    return true;
}

static bool type_uint64(Visitor *v, const char *name, uint64_t *obj,
                        Error **errp)
{
    uint64_t val;

    if (!type_integer(v, name, false, &val, errp)) {
        return false;
    }
    *obj = val;
    return true;
}

static bool type_size(Visitor *v, const char *name, uint64_t *obj, Error **errp)
{
    StringInputVisitor *siv = to_siv(v);
    uint64_t val;

    assert(!siv->in_list);
    if (!parse_option_size(name, siv->string, &val, errp)) {
        return false;
    }
    *obj = val;
    return true;
}

static bool type_bool(Visitor *v, const char *name, bool *obj, Error **errp)
{
    StringInputVisitor *siv = to_siv(v);

    assert(!siv->in_list);
    return qapi_bool_parse(name ?: "null", siv->string, obj, errp);
}

static bool type_str(Visitor *v, const char *name, char **obj, Error **errp)
{
    StringInputVisitor *siv = to_siv(v);

    assert(!siv->in_list);
    *obj = g_strdup(siv->string);
    return true;
}

static bool type_number(Visitor *v, const char *name, double *obj, Error **errp)
{
    StringInputVisitor *siv = to_siv(v);
    double val;

    assert(!siv->in_list);
    if (qemu_strtod_finite(siv->string, NULL, &val)) {
        error_setg(errp, "Invalid parameter type for '%s', expected: number",
                   name ?: "null");
        return false;
    }
    *obj = val;
    return true;
}

static bool type_null(Visitor *v, const char *name, QNull **obj, Error **errp)
{
    StringInputVisitor *siv = to_siv(v);

    assert(!siv->in_list);
    *obj = NULL;
    if (*siv->string) {
        error_setg(errp, "Invalid parameter type for '%s', expected: null",
                   name ?: "null");
        return false;
    }
    *obj = qnull();
    return true;
}

static void free_visitor(Visitor *v)
{
    g_free(to_siv(v));
}

Visitor *string_input_visitor_new(const char *str)
{
    StringInputVisitor *siv = g_new0(StringInputVisitor, 1);

    assert(str);
    siv->visitor = (Visitor){
        .type = VISITOR_INPUT,
        .start_list = start_list,
        .next_list = next_list,
        .check_list = check_list,
        .end_list = end_list,
        .type_int64 = type_int64,
        .type_uint64 = type_uint64,
        .type_size = type_size,
        .type_bool = type_bool,
        .type_str = type_str,
        .type_number = type_number,
        .type_null = type_null,
        .free = free_visitor,
    };
    siv->string = str;
    return &siv->visitor;
}
