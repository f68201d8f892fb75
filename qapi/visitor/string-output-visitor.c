/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scalar or a list into a string. Integers of a list are a set to us: they
 * are collected, and written at its end, sorted and as ranges.
 */
#include "qemu/osdep.h"
#include "qapi/string-output-visitor.h"
#include "qapi/visitor-impl.h"
#include "qemu/cutils.h"

struct StringOutputVisitor {
    Visitor visitor;
    bool human;
    bool in_list;
    unsigned struct_depth; /* inside of structures nothing is written */
    GArray *integers;      /* of the list */
    GString *out;
    char **result;
};

static StringOutputVisitor *to_sov(Visitor *v)
{
    return container_of(v, StringOutputVisitor, visitor);
}

/* Writes a piece; takes it over. */
static bool write_text(StringOutputVisitor *sov, char *text)
{
    if (!sov->struct_depth) {
        if (!sov->in_list) {
            g_string_truncate(sov->out, 0);
        } else if (sov->out->len) {
            g_string_append(sov->out, ", ");
        }
        g_string_append(sov->out, text);
    }
    g_free(text);
    return true;
}

static bool start_struct(Visitor *v, const char *name, void **obj, size_t size,
                         Error **errp)
{
    to_sov(v)->struct_depth++;
    return true;
}

static void end_struct(Visitor *v, void **obj)
{
    StringOutputVisitor *sov = to_sov(v);

    if (--sov->struct_depth == 0) {
        write_text(sov, g_strdup("<omitted>"));
    }
}

static bool start_list(Visitor *v, const char *name, GenericList **list,
                       size_t size, Error **errp)
{
    StringOutputVisitor *sov = to_sov(v);

    if (!sov->struct_depth) {
        assert(list && !sov->in_list);
        sov->in_list = true;
        g_string_truncate(sov->out, 0);
    }
    return true;
}

static GenericList *next_list(Visitor *v, GenericList *tail, size_t size)
{
    return tail->next;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Writes the sorted integers as "1-3,5". */
static void write_ranges(StringOutputVisitor *sov, const char *prefix,
                         const char *format)
{
    const int64_t *val = (const int64_t *)sov->integers->data;
    guint n = sov->integers->len, i, end;

    for (i = 0; i < n; i = end + 1) {
        for (end = i; end + 1 < n; end++) {
            if (val[end + 1] != val[end] &&
                (val[end] == INT64_MAX || val[end + 1] != val[end] + 1)) {
                break;
            }
        }
        g_string_append(sov->out, i ? "," : "");
        g_string_append(sov->out, prefix);
        g_string_append_printf(sov->out, format, val[i]);
        if (val[end] != val[i]) {
            g_string_append_printf(sov->out, "-%s", prefix);
            g_string_append_printf(sov->out, format, val[end]);
        }
    }
}

static void end_list(Visitor *v, void **obj)
{
    StringOutputVisitor *sov = to_sov(v);

    if (sov->struct_depth) {
        return;
    }
    sov->in_list = false;
    if (!sov->integers->len) {
        return;
    }
    g_array_sort(sov->integers, compare);
    write_ranges(sov, "", "%" PRId64);
    if (sov->human) {
        g_string_append(sov->out, " (");
        write_ranges(sov, "0x", "%" PRIx64);
        g_string_append(sov->out, ")");
    }
    g_array_set_size(sov->integers, 0);
}

static bool type_int64(Visitor *v, const char *name, int64_t *obj, Error **errp)
{
    StringOutputVisitor *sov = to_sov(v);

    if (sov->struct_depth) {
        return true;
    }
    if (sov->in_list) {
        g_array_append_val(sov->integers, *obj);
        return true;
    }
    if (sov->human) {
        return write_text(
            sov, g_strdup_printf("%" PRId64 " (0x%" PRIx64 ")", *obj, *obj));
    }
    return write_text(sov, g_strdup_printf("%" PRId64, *obj));
}

static bool type_uint64(Visitor *v, const char *name, uint64_t *obj,
                        Error **errp)
{
    /* Above INT64_MAX it shows as negative: clients know it so. */
    int64_t val = *obj;

    return type_int64(v, name, &val, errp);
}

static bool type_size(Visitor *v, const char *name, uint64_t *obj, Error **errp)
{
    StringOutputVisitor *sov = to_sov(v);
    g_autofree char *units = NULL;

    if (!sov->human) {
        return write_text(sov, g_strdup_printf("%" PRIu64, *obj));
    }
    units = size_to_str(*obj);
    return write_text(sov, g_strdup_printf("%" PRIu64 " (%s)", *obj, units));
}

static bool type_bool(Visitor *v, const char *name, bool *obj, Error **errp)
{
    return write_text(to_sov(v), g_strdup(*obj ? "true" : "false"));
}

static bool type_str(Visitor *v, const char *name, char **obj, Error **errp)
{
    StringOutputVisitor *sov = to_sov(v);

    if (!sov->human) {
        return write_text(sov, g_strdup(*obj ?: ""));
    }
    return write_text(sov, *obj ? g_strdup_printf("\"%s\"", *obj)
                                : g_strdup("<null>"));
}

static bool type_number(Visitor *v, const char *name, double *obj, Error **errp)
{
    return write_text(to_sov(v), g_strdup_printf("%.17g", *obj));
}

static bool type_null(Visitor *v, const char *name, QNull **obj, Error **errp)
{
    StringOutputVisitor *sov = to_sov(v);

    return write_text(sov, g_strdup(sov->human ? "<null>" : ""));
}

static void complete(Visitor *v, void *opaque)
{
    StringOutputVisitor *sov = to_sov(v);

    assert(opaque == sov->result);
    *sov->result = g_string_free(sov->out, false);
    sov->out = NULL;
}

static void free_visitor(Visitor *v)
{
    StringOutputVisitor *sov = to_sov(v);

    if (sov->out) {
        g_string_free(sov->out, true);
    }
    g_array_free(sov->integers, true);
    g_free(sov);
}

Visitor *string_output_visitor_new(bool human, char **result)
{
    StringOutputVisitor *sov = g_new0(StringOutputVisitor, 1);

    sov->visitor = (Visitor){
        .type = VISITOR_OUTPUT,
        .start_struct = start_struct,
        .end_struct = end_struct,
        .start_list = start_list,
        .next_list = next_list,
        .end_list = end_list,
        .type_int64 = type_int64,
        .type_uint64 = type_uint64,
        .type_size = type_size,
        .type_bool = type_bool,
        .type_str = type_str,
        .type_number = type_number,
        .type_null = type_null,
        .complete = complete,
        .free = free_visitor,
    };
    sov->human = human;
    sov->integers = g_array_new(false, false, sizeof(int64_t));
    sov->out = g_string_new(NULL);
    *result = NULL;
    sov->result = result;
    return &sov->visitor;
}
