/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The public face of visitors: checks what a caller and a visitor owe each
 * other, and does what is the same for all visitors: the ranges of the small
 * integer types, and enumerations.
 */
#include "qemu/osdep.h"
#include "qapi/compat-policy.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "qapi/util.h"
#include "qapi/visitor-impl.h"

void visit_complete(Visitor *v, void *opaque)
{
    assert(v->type != VISITOR_OUTPUT || v->complete);
    if (v->complete) {
        v->complete(v, opaque);
    }
}

void visit_free(Visitor *v)
{
    if (v) {
        v->free(v);
    }
}

bool visit_start_struct(Visitor *v, const char *name, void **obj, size_t size,
                        Error **errp)
{
    bool ok;

    /* Who writes a real structure needs one. */
    assert(!obj || (size && (!(v->type & VISITOR_OUTPUT) || *obj)));
    ok = v->start_struct(v, name, obj, size, errp);
    if (obj && (v->type & VISITOR_INPUT)) {
        assert(ok == !!*obj);
    }
    return ok;
}

bool visit_check_struct(Visitor *v, Error **errp)
{
    return v->check_struct ? v->check_struct(v, errp) : true;
}

void visit_end_struct(Visitor *v, void **obj)
{
    v->end_struct(v, obj);
}

bool visit_start_list(Visitor *v, const char *name, GenericList **list,
                      size_t size, Error **errp)
{
    bool ok;

    assert(!list || size >= sizeof(GenericList));
    ok = v->start_list(v, name, list, size, errp);
    if (!ok && list && (v->type & VISITOR_INPUT)) {
        assert(!*list);
    }
    return ok;
}

GenericList *visit_next_list(Visitor *v, GenericList *tail, size_t size)
{
    assert(tail && size >= sizeof(GenericList));
    return v->next_list(v, tail, size);
}

bool visit_check_list(Visitor *v, Error **errp)
{
    return v->check_list ? v->check_list(v, errp) : true;
}

void visit_end_list(Visitor *v, void **obj)
{
    v->end_list(v, obj);
}

bool visit_start_alternate(Visitor *v, const char *name, GenericAlternate **obj,
                           size_t size, Error **errp)
{
    bool ok;

    assert(obj && size >= sizeof(GenericAlternate));
    assert(!(v->type & VISITOR_OUTPUT) || *obj);
    if (!v->start_alternate) {
        assert(!(v->type & VISITOR_INPUT));
        return true;
    }
    ok = v->start_alternate(v, name, obj, size, errp);
    if (v->type & VISITOR_INPUT) {
        assert(ok == !!*obj);
    }
    return ok;
}

void visit_end_alternate(Visitor *v, void **obj)
{
    if (v->end_alternate) {
        v->end_alternate(v, obj);
    }
}

bool visit_optional(Visitor *v, const char *name, bool *present)
{
    if (v->optional) {
        v->optional(v, name, present);
    }
    return *present;
}

bool visit_policy_reject(Visitor *v, const char *name, uint64_t features,
                         Error **errp)
{
    return v->policy_reject && v->policy_reject(v, name, features, errp);
}

bool visit_policy_skip(Visitor *v, const char *name, uint64_t features)
{
    return v->policy_skip && v->policy_skip(v, name, features);
}

void visit_set_policy(Visitor *v, CompatPolicy *policy)
{
    v->compat_policy = *policy;
}

bool visit_is_input(Visitor *v)
{
    return v->type == VISITOR_INPUT;
}

bool visit_is_dealloc(Visitor *v)
{
    return v->type == VISITOR_DEALLOC;
}

static bool out_of_range(const char *name, const char *type, Error **errp)
{
    error_setg(errp, QERR_INVALID_PARAMETER_VALUE, name ?: "null", type);
    return false;
}

/* The visit of a small integer type goes through the large one. */
#define VISIT_SMALL_INT(TYPE, WIDE, ALL, FITS)                                 \
    bool visit_type_##TYPE(Visitor *v, const char *name, TYPE##_t *obj,        \
                           Error **errp)                                       \
    {                                                                          \
        WIDE value = *obj;                                                     \
                                                                               \
        if (!v->ALL(v, name, &value, errp)) {                                  \
            return false;                                                      \
        }                                                                      \
        if (!(FITS)) {                                                         \
            assert(v->type == VISITOR_INPUT);                                  \
            return out_of_range(name, #TYPE "_t", errp);                       \
        }                                                                      \
        *obj = value;                                                          \
        return true;                                                           \
    }

VISIT_SMALL_INT(uint8, uint64_t, type_uint64, value <= UINT8_MAX)
VISIT_SMALL_INT(uint16, uint64_t, type_uint64, value <= UINT16_MAX)
VISIT_SMALL_INT(uint32, uint64_t, type_uint64, value <= UINT32_MAX)
VISIT_SMALL_INT(int8, int64_t, type_int64,
                value >= INT8_MIN && value <= INT8_MAX)
VISIT_SMALL_INT(int16, int64_t, type_int64,
                value >= INT16_MIN && value <= INT16_MAX)
VISIT_SMALL_INT(int32, int64_t, type_int64,
                value >= INT32_MIN && value <= INT32_MAX)

bool visit_type_int(Visitor *v, const char *name, int64_t *obj, Error **errp)
{
    return v->type_int64(v, name, obj, errp);
}

bool visit_type_int64(Visitor *v, const char *name, int64_t *obj, Error **errp)
{
    return v->type_int64(v, name, obj, errp);
}

bool visit_type_uint64(Visitor *v, const char *name, uint64_t *obj,
                       Error **errp)
{
    return v->type_uint64(v, name, obj, errp);
}

bool visit_type_size(Visitor *v, const char *name, uint64_t *obj, Error **errp)
{
    if (v->type_size) {
        return v->type_size(v, name, obj, errp);
    }
    return v->type_uint64(v, name, obj, errp);
}

bool visit_type_bool(Visitor *v, const char *name, bool *obj, Error **errp)
{
    return v->type_bool(v, name, obj, errp);
}

bool visit_type_str(Visitor *v, const char *name, char **obj, Error **errp)
{
    bool ok = v->type_str(v, name, obj, errp);

    if (v->type & VISITOR_INPUT) {
        assert(ok == !!*obj);
    }
    return ok;
}

bool visit_type_number(Visitor *v, const char *name, double *obj, Error **errp)
{
    return v->type_number(v, name, obj, errp);
}

bool visit_type_any(Visitor *v, const char *name, QObject **obj, Error **errp)
{
    bool ok;

    assert(v->type != VISITOR_OUTPUT || *obj);
    ok = v->type_any(v, name, obj, errp);
    if (v->type == VISITOR_INPUT) {
        assert(ok == !!*obj);
    }
    return ok;
}

bool visit_type_null(Visitor *v, const char *name, QNull **obj, Error **errp)
{
    return v->type_null(v, name, obj, errp);
}

static bool output_enum(Visitor *v, const char *name, const int *obj,
                        const QEnumLookup *lookup, Error **errp)
{
    char *str = (char *)qapi_enum_lookup(lookup, *obj);

    return visit_type_str(v, name, &str, errp);
}

static bool input_enum(Visitor *v, const char *name, int *obj,
                       const QEnumLookup *lookup, Error **errp)
{
    g_autofree char *str = NULL;
    int value;

    if (!visit_type_str(v, name, &str, errp)) {
        return false;
    }
    value = qapi_enum_parse(lookup, str, -1, NULL);
    if (value < 0) {
        error_setg(errp, "Parameter '%s' does not accept value '%s'",
                   name ?: "null", str);
        return false;
    }
    if (lookup->features &&
        !compat_policy_input_ok(lookup->features[value], &v->compat_policy,
                                ERROR_CLASS_GENERIC_ERROR, "value", str,
                                errp)) {
        return false;
    }
    *obj = value;
    return true;
}

bool visit_type_enum(Visitor *v, const char *name, int *obj,
                     const QEnumLookup *lookup, Error **errp)
{
    assert(obj && lookup);
    switch (v->type) {
    case VISITOR_INPUT:
        return input_enum(v, name, obj, lookup, errp);
    case VISITOR_OUTPUT:
        return output_enum(v, name, obj, lookup, errp);
    case VISITOR_CLONE: /* the number was copied with what it stands in */
    case VISITOR_DEALLOC:
        return true;
    }
    g_assert_not_reached();
}
