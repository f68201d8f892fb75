/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The simple kinds of property fields: flags, numbers, strings, links. */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qapi/qapi-types-common.h"
#include "qapi/util.h"
#include "qapi/visitor.h"
#include "qdev-prop-internal.h"

/*** Defaults. ***/

void qdev_propinfo_set_default_value_bool(ObjectProperty *op,
                                          const Property *prop)
{
    object_property_set_default_bool(op, prop->defval.u);
}

void qdev_propinfo_set_default_value_int(ObjectProperty *op,
                                         const Property *prop)
{
    object_property_set_default_int(op, prop->defval.i);
}

void qdev_propinfo_set_default_value_uint(ObjectProperty *op,
                                          const Property *prop)
{
    object_property_set_default_uint(op, prop->defval.u);
}

void qdev_propinfo_set_default_value_enum(ObjectProperty *op,
                                          const Property *prop)
{
    object_property_set_default_str(
        op, qapi_enum_lookup(prop->info->enum_table, prop->defval.i));
}

/*** Enumerations: the field is an int, whatever the enum is called. ***/

void qdev_propinfo_get_enum(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    const Property *prop = opaque;

    visit_type_enum(v, name, object_field_prop_ptr(obj, prop),
                    prop->info->enum_table, errp);
}

void qdev_propinfo_set_enum(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    qdev_propinfo_get_enum(obj, v, name, opaque, errp);
}

const PropertyInfo qdev_prop_on_off_auto = {
    .type = "OnOffAuto",
    .description = "on/off/auto",
    .enum_table = &OnOffAuto_lookup,
    .get = qdev_propinfo_get_enum,
    .set = qdev_propinfo_set_enum,
    .set_default_value = qdev_propinfo_set_default_value_enum,
};

/*** Flags. ***/

static void bool_access(Object *obj, Visitor *v, const char *name, void *opaque,
                        Error **errp)
{
    visit_type_bool(v, name, object_field_prop_ptr(obj, opaque), errp);
}

const PropertyInfo qdev_prop_bool = {
    .type = "bool",
    .description = "on/off",
    .get = bool_access,
    .set = bool_access,
    .set_default_value = qdev_propinfo_set_default_value_bool,
};

static void bit_get(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    const Property *prop = opaque;
    uint32_t *flags = object_field_prop_ptr(obj, prop);
    bool value = (*flags >> prop->bitnr) & 1;

    visit_type_bool(v, name, &value, errp);
}

static void bit_set(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    const Property *prop = opaque;
    uint32_t *flags = object_field_prop_ptr(obj, prop);
    uint32_t mask = UINT32_C(1) << prop->bitnr;
    bool value;

    if (visit_type_bool(v, name, &value, errp)) {
        *flags = value ? *flags | mask : *flags & ~mask;
    }
}

const PropertyInfo qdev_prop_bit = {
    .type = "bool",
    .description = "on/off",
    .get = bit_get,
    .set = bit_set,
    .set_default_value = qdev_propinfo_set_default_value_bool,
};

static void bit64_get(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    const Property *prop = opaque;
    uint64_t *flags = object_field_prop_ptr(obj, prop);
    bool value = (*flags >> prop->bitnr) & 1;

    visit_type_bool(v, name, &value, errp);
}

static void bit64_set(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    const Property *prop = opaque;
    uint64_t *flags = object_field_prop_ptr(obj, prop);
    uint64_t mask = UINT64_C(1) << prop->bitnr;
    bool value;

    if (visit_type_bool(v, name, &value, errp)) {
        *flags = value ? *flags | mask : *flags & ~mask;
    }
}

const PropertyInfo qdev_prop_bit64 = {
    .type = "bool",
    .description = "on/off",
    .get = bit64_get,
    .set = bit64_set,
    .set_default_value = qdev_propinfo_set_default_value_bool,
};

/*** Numbers. ***/

/* A visitor leaves the field alone when it fails, so one function does both */
#define INTEGER_KIND(kind, qom_type, visit, default_fn)                        \
    static void kind##_access(Object *obj, Visitor *v, const char *name,       \
                              void *opaque, Error **errp)                      \
    {                                                                          \
        visit(v, name, object_field_prop_ptr(obj, opaque), errp);              \
    }                                                                          \
    const PropertyInfo qdev_prop_##kind = {                                    \
        .type = qom_type,                                                      \
        .get = kind##_access,                                                  \
        .set = kind##_access,                                                  \
        .set_default_value = qdev_propinfo_set_default_value_##default_fn,     \
    }

INTEGER_KIND(uint8, "uint8", visit_type_uint8, uint);
INTEGER_KIND(uint16, "uint16", visit_type_uint16, uint);
INTEGER_KIND(uint32, "uint32", visit_type_uint32, uint);
INTEGER_KIND(usize, "usize", visit_type_uint32, uint);
INTEGER_KIND(int32, "int32", visit_type_int32, int);
INTEGER_KIND(uint64, "uint64", visit_type_uint64, uint);
INTEGER_KIND(int64, "int64", visit_type_int64, int);
INTEGER_KIND(size, "size", visit_type_size, uint);

static void checkmask_set(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    const Property *prop = opaque;
    uint64_t *field = object_field_prop_ptr(obj, prop);
    uint64_t value;

    if (!visit_type_uint64(v, name, &value, errp)) {
        return;
    }
    if (value & ~prop->bitmask) {
        error_setg(errp,
                   "Property value for '%s' has bits outside mask '0x%" PRIx64
                   "'",
                   name, prop->bitmask);
        return;
    }
    *field = value;
}

const PropertyInfo qdev_prop_uint64_checkmask = {
    .type = "uint64",
    .get = uint64_access,
    .set = checkmask_set,
};

void qdev_propinfo_get_size32(Object *obj, Visitor *v, const char *name,
                              void *opaque, Error **errp)
{
    uint32_t *field = object_field_prop_ptr(obj, opaque);
    uint64_t value = *field;

    visit_type_size(v, name, &value, errp);
}

static void size32_set(Object *obj, Visitor *v, const char *name, void *opaque,
                       Error **errp)
{
    uint32_t *field = object_field_prop_ptr(obj, opaque);
    uint64_t value;

    if (!visit_type_size(v, name, &value, errp)) {
        return;
    }
    if (value > UINT32_MAX) {
        error_setg(
            errp, "Property %s.%s doesn't take value %" PRIu64 " (maximum: %u)",
            object_get_typename(obj), name, value, UINT32_MAX);
        return;
    }
    *field = value;
}

const PropertyInfo qdev_prop_size32 = {
    .type = "size",
    .get = qdev_propinfo_get_size32,
    .set = size32_set,
    .set_default_value = qdev_propinfo_set_default_value_uint,
};

/*** Strings. ***/

static void string_get(Object *obj, Visitor *v, const char *name, void *opaque,
                       Error **errp)
{
    char **field = object_field_prop_ptr(obj, opaque);
    char *value = *field ?: (char *)"";

    visit_type_str(v, name, &value, errp);
}

static void string_set(Object *obj, Visitor *v, const char *name, void *opaque,
                       Error **errp)
{
    char **field = object_field_prop_ptr(obj, opaque);
    char *value;

    if (visit_type_str(v, name, &value, errp)) {
        g_free(*field);
        *field = value;
    }
}

static void string_release(Object *obj, const char *name, void *opaque)
{
    g_free(*(char **)object_field_prop_ptr(obj, opaque));
}

const PropertyInfo qdev_prop_string = {
    .type = "str",
    .get = string_get,
    .set = string_set,
    .release = string_release,
};

/*** Links. ***/

static ObjectProperty *link_create(ObjectClass *oc, const char *name,
                                   const Property *prop)
{
    return object_class_property_add_link(
        oc, name, prop->link_type, prop->offset,
        qdev_prop_allow_set_link_before_realize, OBJ_PROP_LINK_STRONG);
}

const PropertyInfo qdev_prop_link = {
    .type = "link",
    .create = link_create,
};
