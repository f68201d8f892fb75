/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Properties that point elsewhere: links to objects, and aliases, which are
 * another name for another object's property.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/forward-visitor.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/visitor.h"
#include "qobject/qobject.h"
#include "qom/internal.h"

typedef void LinkCheck(const Object *obj, const char *name, Object *val,
                       Error **errp);

/* Where the pointer is: elsewhere, here, or in the object. See the flags. */
typedef struct LinkProperty {
    union {
        Object **targetp;
        Object *target;
        ptrdiff_t offset;
    };
    LinkCheck *check;
    ObjectPropertyLinkFlags flags;
} LinkProperty;

void object_property_allow_set_link(const Object *obj, const char *name,
                                    Object *val, Error **errp)
{
}

static Object **link_pointer(Object *obj, LinkProperty *link)
{
    if (link->flags & OBJ_PROP_LINK_DIRECT) {
        return &link->target;
    }
    if (link->flags & OBJ_PROP_LINK_CLASS) {
        return (Object **)((char *)obj + link->offset);
    }
    return link->targetp;
}

static void get_link(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    Object *target = *link_pointer(obj, opaque);
    g_autofree char *path = target ? object_get_canonical_path(target) : NULL;
    char *value = path ?: (char *)"";

    visit_type_str(v, name, &value, errp);
}

/* TYPE of "link<TYPE>"; g_free() it. */
static char *link_type(const char *type)
{
    assert(g_str_has_prefix(type, "link<"));
    return g_strndup(type + 5, strlen(type) - 6);
}

/* The object of the link's type at @path, or NULL with @errp set. */
static Object *resolve_target(ObjectProperty *prop, const char *path,
                              Error **errp)
{
    g_autofree char *type = link_type(prop->type);
    bool ambiguous = false;
    Object *target = object_resolve_path_type(path, type, &ambiguous);

    if (target) {
        return target;
    }
    if (ambiguous) {
        error_setg(errp, "Path '%s' does not uniquely identify an object",
                   path);
        return NULL;
    }
    target = object_resolve_path(path, &ambiguous);
    if (target || ambiguous) {
        error_setg(errp, "Invalid parameter type for '%s', expected: %s",
                   prop->name, type);
    } else {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND, "Device '%s' not found",
                  path);
    }
    return NULL;
}

/* @target has the right type. */
static bool change_target(Object *obj, const char *name, LinkProperty *link,
                          Object *target, Error **errp)
{
    Object **targetp = link_pointer(obj, link);
    Object *old = *targetp;
    Error *err = NULL;

    link->check(obj, name, target, &err);
    if (err) {
        error_propagate(errp, err);
        return false;
    }
    *targetp = target;
    if (link->flags & OBJ_PROP_LINK_STRONG) {
        object_ref(target);
        object_unref(old);
    }
    return true;
}

static void set_link(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    g_autofree char *path = NULL;
    Object *target = NULL;

    if (!visit_type_str(v, name, &path, errp)) {
        return;
    }
    if (*path) {
        ObjectProperty *prop = object_property_find(obj, name);

        target = resolve_target(prop, path, errp);
        if (!target) {
            return;
        }
    }
    change_target(obj, name, opaque, target, errp);
}

bool object_link_set_target(Object *obj, ObjectProperty *prop, Object *target,
                            Error **errp)
{
    g_autofree char *type = link_type(prop->type);

    if (!prop->set) {
        error_setg(errp, "Property '%s.%s' is not writable",
                   object_get_typename(obj), prop->name);
        return false;
    }
    if (target && !object_dynamic_cast(target, type)) {
        error_setg(errp, "Invalid parameter type for '%s', expected: %s",
                   prop->name, type);
        return false;
    }
    return change_target(obj, prop->name, prop->opaque, target, errp);
}

static Object *resolve_link(Object *obj, void *opaque, const char *part)
{
    return *link_pointer(obj, opaque);
}

/*
 * For a class's property this runs for each object that goes, and the
 * description of the link stays.
 */
static void release_link(Object *obj, const char *name, void *opaque)
{
    LinkProperty *link = opaque;
    Object **targetp = link_pointer(obj, link);

    if (link->flags & OBJ_PROP_LINK_STRONG) {
        object_unref(*targetp);
        if (link->flags & OBJ_PROP_LINK_CLASS) {
            *targetp = NULL;
        }
    }
    if (!(link->flags & OBJ_PROP_LINK_CLASS)) {
        g_free(link);
    }
}

static ObjectProperty *finish_link(ObjectProperty *prop)
{
    prop->resolve = resolve_link;
    prop->kind = PROP_LINK;
    return prop;
}

static ObjectProperty *add_link(Object *obj, const char *name, const char *type,
                                LinkProperty link)
{
    g_autofree char *full_type = g_strdup_printf("link<%s>", type);

    return finish_link(object_property_add(
        obj, name, full_type, get_link, link.check ? set_link : NULL,
        release_link, g_memdup2(&link, sizeof(link))));
}

ObjectProperty *object_property_add_link(Object *obj, const char *name,
                                         const char *type, Object **targetp,
                                         LinkCheck *check,
                                         ObjectPropertyLinkFlags flags)
{
    LinkProperty link = { .check = check, .flags = flags };

    if (flags & OBJ_PROP_LINK_DIRECT) {
        link.target = (Object *)targetp;
    } else {
        link.targetp = targetp;
    }
    return add_link(obj, name, type, link);
}

ObjectProperty *object_property_add_const_link(Object *obj, const char *name,
                                               Object *target)
{
    LinkProperty link = { .target = target, .flags = OBJ_PROP_LINK_DIRECT };

    return add_link(obj, name, object_get_typename(target), link);
}

ObjectProperty *
object_class_property_add_link(ObjectClass *oc, const char *name,
                               const char *type, ptrdiff_t offset,
                               LinkCheck *check, ObjectPropertyLinkFlags flags)
{
    g_autofree char *full_type = g_strdup_printf("link<%s>", type);
    LinkProperty link = {
        .offset = offset,
        .check = check,
        .flags = flags | OBJ_PROP_LINK_CLASS,
    };

    return finish_link(object_class_property_add(
        oc, name, full_type, get_link, check ? set_link : NULL, release_link,
        g_memdup2(&link, sizeof(link))));
}

bool object_property_set_link(Object *obj, const char *name, Object *value,
                              Error **errp)
{
    ObjectProperty *prop = object_property_find_err(obj, name, errp);
    g_autofree char *path = NULL;

    if (!prop) {
        return false;
    }
    if (prop->kind == PROP_LINK) {
        return object_link_set_target(obj, prop, value, errp);
    }
    if (value) {
        path = object_get_canonical_path(value);
        if (!path) {
            error_setg(errp,
                       "Property '%s.%s' can only refer to an object that has "
                       "a path",
                       object_get_typename(obj), name);
            return false;
        }
    }
    return object_property_set_str(obj, name, path ?: "", errp);
}

Object *object_property_get_link(Object *obj, const char *name, Error **errp)
{
    ObjectProperty *prop = object_property_find_err(obj, name, errp);
    g_autofree char *path = NULL;
    Object *target = NULL;

    if (!prop) {
        return NULL;
    }
    if (prop->kind == PROP_LINK || prop->kind == PROP_CHILD) {
        return prop->resolve(obj, prop->opaque, name);
    }
    path = object_property_get_str(obj, name, errp);
    if (path && *path) {
        target = object_resolve_path(path, NULL);
        if (!target) {
            error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND,
                      "Device '%s' not found", path);
        }
    }
    return target;
}

/* ---- aliases ---- */

typedef struct AliasProperty {
    Object *target;
    char name[];
} AliasProperty;

static void get_alias(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    AliasProperty *alias = opaque;
    Visitor *fwd = visitor_forward_field(v, alias->name, name);

    object_property_get(alias->target, alias->name, fwd, errp);
    visit_free(fwd);
}

static void set_alias(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    AliasProperty *alias = opaque;
    Visitor *fwd = visitor_forward_field(v, alias->name, name);

    object_property_set(alias->target, alias->name, fwd, errp);
    visit_free(fwd);
}

static Object *resolve_alias(Object *obj, void *opaque, const char *part)
{
    AliasProperty *alias = opaque;

    return object_resolve_path_component(alias->target, alias->name);
}

static void release_alias(Object *obj, const char *name, void *opaque)
{
    g_free(opaque);
}

ObjectProperty *object_property_add_alias(Object *obj, const char *name,
                                          Object *target_obj,
                                          const char *target_name)
{
    ObjectProperty *target, *prop;
    g_autofree char *type = NULL;
    AliasProperty *alias;
    size_t size = strlen(target_name) + 1;

    target = object_property_find_err(target_obj, target_name, &error_abort);
    /* Only one parent owns a child; to others it is a link. */
    if (target->kind == PROP_CHILD) {
        type = g_strdup_printf("link%s", target->type + strlen("child"));
    } else {
        type = g_strdup(target->type);
    }
    alias = g_malloc(sizeof(*alias) + size);
    alias->target = target_obj;
    memcpy(alias->name, target_name, size);

    prop = object_property_add(obj, name, type, get_alias, set_alias,
                               release_alias, alias);
    prop->kind = PROP_ALIAS;
    prop->resolve = resolve_alias;
    prop->description = g_strdup(target->description);
    if (target->defval) {
        prop->defval = qobject_ref(target->defval);
    }
    return prop;
}
