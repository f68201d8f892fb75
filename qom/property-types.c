/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Properties that are a pair of C functions, or a variable in memory.
 *
 * Each kind has one accessor pair for the visitor; what it needs hangs off the
 * property. An object's property frees that when it goes; a class's never
 * goes.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/visitor.h"
#include "qom/internal.h"

static void free_opaque(Object *obj, const char *name, void *opaque)
{
    g_free(opaque);
}

/* ---- string ---- */

typedef struct StringProperty {
    char *(*get)(Object *, Error **);
    void (*set)(Object *, const char *, Error **);
} StringProperty;

static void get_str(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    StringProperty *p = opaque;
    Error *err = NULL;
    char *value = p->get(obj, &err);

    if (err) {
        error_propagate(errp, err);
        return;
    }
    visit_type_str(v, name, &value, errp);
    g_free(value);
}

static void set_str(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    StringProperty *p = opaque;
    char *value;

    if (visit_type_str(v, name, &value, errp)) {
        p->set(obj, value, errp);
        g_free(value);
    }
}

ObjectProperty *object_property_add_str(Object *obj, const char *name,
                                        char *(*get)(Object *, Error **),
                                        void (*set)(Object *, const char *,
                                                    Error **))
{
    StringProperty p = { get, set };

    return object_property_add(obj, name, "string", get ? get_str : NULL,
                               set ? set_str : NULL, free_opaque,
                               g_memdup2(&p, sizeof(p)));
}

ObjectProperty *
object_class_property_add_str(ObjectClass *klass, const char *name,
                              char *(*get)(Object *, Error **),
                              void (*set)(Object *, const char *, Error **))
{
    StringProperty p = { get, set };

    return object_class_property_add(klass, name, "string",
                                     get ? get_str : NULL, set ? set_str : NULL,
                                     NULL, g_memdup2(&p, sizeof(p)));
}

/* ---- bool ---- */

typedef struct BoolProperty {
    bool (*get)(Object *, Error **);
    void (*set)(Object *, bool, Error **);
} BoolProperty;

static void get_bool(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    BoolProperty *p = opaque;
    Error *err = NULL;
    bool value = p->get(obj, &err);

    if (err) {
        error_propagate(errp, err);
        return;
    }
    visit_type_bool(v, name, &value, errp);
}

static void set_bool(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    BoolProperty *p = opaque;
    bool value;

    if (visit_type_bool(v, name, &value, errp)) {
        p->set(obj, value, errp);
    }
}

ObjectProperty *object_property_add_bool(Object *obj, const char *name,
                                         bool (*get)(Object *, Error **),
                                         void (*set)(Object *, bool, Error **))
{
    BoolProperty p = { get, set };

    return object_property_add(obj, name, "bool", get ? get_bool : NULL,
                               set ? set_bool : NULL, free_opaque,
                               g_memdup2(&p, sizeof(p)));
}

ObjectProperty *
object_class_property_add_bool(ObjectClass *klass, const char *name,
                               bool (*get)(Object *, Error **),
                               void (*set)(Object *, bool, Error **))
{
    BoolProperty p = { get, set };

    return object_class_property_add(klass, name, "bool", get ? get_bool : NULL,
                                     set ? set_bool : NULL, NULL,
                                     g_memdup2(&p, sizeof(p)));
}

/* ---- enum ---- */

typedef struct EnumProperty {
    const QEnumLookup *lookup;
    int (*get)(Object *, Error **);
    void (*set)(Object *, int, Error **);
} EnumProperty;

static void get_enum(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    EnumProperty *p = opaque;
    Error *err = NULL;
    int value = p->get(obj, &err);

    if (err) {
        error_propagate(errp, err);
        return;
    }
    visit_type_enum(v, name, &value, p->lookup, errp);
}

static void set_enum(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    EnumProperty *p = opaque;
    int value;

    if (visit_type_enum(v, name, &value, p->lookup, errp)) {
        p->set(obj, value, errp);
    }
}

ObjectProperty *object_property_add_enum(Object *obj, const char *name,
                                         const char *typename,
                                         const QEnumLookup *lookup,
                                         int (*get)(Object *, Error **),
                                         void (*set)(Object *, int, Error **))
{
    EnumProperty p = { lookup, get, set };
    ObjectProperty *prop;

    prop = object_property_add(obj, name, typename, get ? get_enum : NULL,
                               set ? set_enum : NULL, free_opaque,
                               g_memdup2(&p, sizeof(p)));
    prop->kind = PROP_ENUM;
    return prop;
}

ObjectProperty *
object_class_property_add_enum(ObjectClass *klass, const char *name,
                               const char *typename, const QEnumLookup *lookup,
                               int (*get)(Object *, Error **),
                               void (*set)(Object *, int, Error **))
{
    EnumProperty p = { lookup, get, set };
    ObjectProperty *prop;

    prop = object_class_property_add(
        klass, name, typename, get ? get_enum : NULL, set ? set_enum : NULL,
        NULL, g_memdup2(&p, sizeof(p)));
    prop->kind = PROP_ENUM;
    return prop;
}

int object_property_get_enum(Object *obj, const char *name,
                             const char *typename, Error **errp)
{
    ObjectProperty *prop = object_property_find_err(obj, name, errp);
    g_autofree char *value = NULL;
    EnumProperty *p;

    if (!prop) {
        return -1;
    }
    if (prop->kind != PROP_ENUM || strcmp(prop->type, typename)) {
        error_setg(errp, "Property %s on %s is not '%s' enum type", name,
                   object_get_typename(obj), typename);
        return -1;
    }
    value = object_property_get_str(obj, name, errp);
    if (!value) {
        return -1;
    }
    p = prop->opaque;
    return qapi_enum_parse(p->lookup, value, -1, errp);
}

/* ---- struct tm ---- */

typedef struct TMProperty {
    void (*get)(Object *, struct tm *, Error **);
} TMProperty;

static bool visit_tm_members(Visitor *v, struct tm *value, Error **errp)
{
    const struct {
        const char *name;
        int *member;
    } members[] = {
        { "tm_year", &value->tm_year }, { "tm_mon", &value->tm_mon },
        { "tm_mday", &value->tm_mday }, { "tm_hour", &value->tm_hour },
        { "tm_min", &value->tm_min },   { "tm_sec", &value->tm_sec },
    };

    for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
        if (!visit_type_int32(v, members[i].name, members[i].member, errp)) {
            return false;
        }
    }
    return visit_check_struct(v, errp);
}

static void get_tm(Object *obj, Visitor *v, const char *name, void *opaque,
                   Error **errp)
{
    TMProperty *p = opaque;
    struct tm value = { 0 };
    Error *err = NULL;

    p->get(obj, &value, &err);
    if (err) {
        error_propagate(errp, err);
        return;
    }
    if (visit_start_struct(v, name, NULL, 0, errp)) {
        visit_tm_members(v, &value, errp);
        visit_end_struct(v, NULL);
    }
}

ObjectProperty *object_property_add_tm(Object *obj, const char *name,
                                       void (*get)(Object *, struct tm *,
                                                   Error **))
{
    TMProperty p = { get };

    return object_property_add(obj, name, "struct tm", get ? get_tm : NULL,
                               NULL, free_opaque, g_memdup2(&p, sizeof(p)));
}

ObjectProperty *
object_class_property_add_tm(ObjectClass *klass, const char *name,
                             void (*get)(Object *, struct tm *, Error **))
{
    TMProperty p = { get };

    return object_class_property_add(klass, name, "struct tm",
                                     get ? get_tm : NULL, NULL, NULL,
                                     g_memdup2(&p, sizeof(p)));
}

/* ---- integers in memory ---- */

/* The accessors and the two adders for uintN_t. */
#define DEFINE_UINT_PTR(N)                                                     \
    static void get_uint##N##_ptr(Object *obj, Visitor *v, const char *name,   \
                                  void *opaque, Error **errp)                  \
    {                                                                          \
        uint##N##_t value = *(uint##N##_t *)opaque;                            \
                                                                               \
        visit_type_uint##N(v, name, &value, errp);                             \
    }                                                                          \
                                                                               \
    static void set_uint##N##_ptr(Object *obj, Visitor *v, const char *name,   \
                                  void *opaque, Error **errp)                  \
    {                                                                          \
        uint##N##_t value;                                                     \
                                                                               \
        if (visit_type_uint##N(v, name, &value, errp)) {                       \
            *(uint##N##_t *)opaque = value;                                    \
        }                                                                      \
    }                                                                          \
                                                                               \
    ObjectProperty *object_property_add_uint##N##_ptr(                         \
        Object *obj, const char *name, const uint##N##_t *v,                   \
        ObjectPropertyFlags flags)                                             \
    {                                                                          \
        return object_property_add(                                            \
            obj, name, "uint" #N,                                              \
            flags & OBJ_PROP_FLAG_READ ? get_uint##N##_ptr : NULL,             \
            flags & OBJ_PROP_FLAG_WRITE ? set_uint##N##_ptr : NULL, NULL,      \
            (void *)v);                                                        \
    }                                                                          \
                                                                               \
    ObjectProperty *object_class_property_add_uint##N##_ptr(                   \
        ObjectClass *klass, const char *name, const uint##N##_t *v,            \
        ObjectPropertyFlags flags)                                             \
    {                                                                          \
        return object_class_property_add(                                      \
            klass, name, "uint" #N,                                            \
            flags & OBJ_PROP_FLAG_READ ? get_uint##N##_ptr : NULL,             \
            flags & OBJ_PROP_FLAG_WRITE ? set_uint##N##_ptr : NULL, NULL,      \
            (void *)v);                                                        \
    }

DEFINE_UINT_PTR(8)
DEFINE_UINT_PTR(16)
DEFINE_UINT_PTR(32)
DEFINE_UINT_PTR(64)
