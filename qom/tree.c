/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The composition tree: children, the root and its containers, paths.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/visitor.h"
#include "qemu/module.h"
#include "qom/internal.h"

/* ---- children ---- */

static void get_child(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    g_autofree char *path = object_get_canonical_path(opaque);
    char *value = path ?: (char *)"";

    visit_type_str(v, name, &value, errp);
}

static Object *resolve_child(Object *parent, void *opaque, const char *part)
{
    return opaque;
}

static void release_child(Object *obj, const char *name, void *opaque)
{
    Object *child = opaque;

    if (child->class->unparent) {
        child->class->unparent(child);
    }
    child->parent = NULL;
    child->parent_prop = NULL;
    object_unref(child);
}

ObjectProperty *object_property_try_add_child(Object *obj, const char *name,
                                              Object *child, Error **errp)
{
    g_autofree char *type =
        g_strdup_printf("child<%s>", object_get_typename(child));
    ObjectProperty *prop;

    assert(!child->parent);
    prop = object_property_try_add(obj, name, type, get_child, NULL,
                                   release_child, child, errp);
    if (!prop) {
        return NULL;
    }
    prop->kind = PROP_CHILD;
    prop->resolve = resolve_child;
    child->parent = obj;
    child->parent_prop = prop;
    object_ref(child);
    return prop;
}

ObjectProperty *object_property_add_child(Object *obj, const char *name,
                                          Object *child)
{
    return object_property_try_add_child(obj, name, child, &error_abort);
}

void object_unparent(Object *obj)
{
    if (obj->parent) {
        object_delete_property(obj->parent, obj->parent_prop);
    }
}

int object_child_foreach(Object *obj, int (*fn)(Object *child, void *opaque),
                         void *opaque)
{
    ObjectProperty *prop, *next;
    int ret = 0;

    prop = obj->properties ? obj->properties->first : NULL;
    for (; prop && !ret; prop = next) {
        next = prop->next;
        if (prop->kind == PROP_CHILD) {
            ret = fn(prop->opaque, opaque);
        }
    }
    return ret;
}

int object_child_foreach_recursive(Object *obj,
                                   int (*fn)(Object *child, void *opaque),
                                   void *opaque)
{
    ObjectProperty *prop, *next;
    int ret = 0;

    prop = obj->properties ? obj->properties->first : NULL;
    for (; prop && !ret; prop = next) {
        next = prop->next;
        if (prop->kind == PROP_CHILD) {
            Object *child = prop->opaque;

            ret = fn(child, opaque);
            if (!ret) {
                ret = object_child_foreach_recursive(child, fn, opaque);
            }
        }
    }
    return ret;
}

/* ---- the root ---- */

Object *object_property_add_new_container(Object *obj, const char *name)
{
    Object *child = object_new(TYPE_CONTAINER);

    object_property_add_child(obj, name, child);
    object_unref(child);
    return child;
}

/* The machine and its containers come when the machine does. */
static Object *new_root(void)
{
    static const char *const containers[] = { "chardevs", "objects",
                                              "backend" };
    Object *root = object_new(TYPE_CONTAINER);

    for (size_t i = 0; i < ARRAY_SIZE(containers); i++) {
        object_property_add_new_container(root, containers[i]);
    }
    return root;
}

Object *object_get_root(void)
{
    static Object *root;

    if (!root) {
        root = new_root();
    }
    return root;
}

Object *object_get_internal_root(void)
{
    static Object *internal_root;

    if (!internal_root) {
        internal_root = object_new(TYPE_CONTAINER);
    }
    return internal_root;
}

Object *object_get_container(const char *name)
{
    Object *container = object_resolve_path_component(object_get_root(), name);

    assert(object_dynamic_cast(container, TYPE_CONTAINER));
    return container;
}

Object *object_get_objects_root(void)
{
    return object_get_container("objects");
}

static void container_register_types(void)
{
    static const TypeInfo container_info = {
        .name = TYPE_CONTAINER,
        .parent = TYPE_OBJECT,
    };

    type_register_static(&container_info);
}

type_init(container_register_types)

/* ---- paths ---- */

const char *object_get_canonical_path_component(const Object *obj)
{
    return obj->parent ? obj->parent_prop->name : NULL;
}

char *object_get_canonical_path(const Object *obj)
{
    const Object *root = object_get_root(), *o;
    size_t len = 0, part;
    char *path, *end;

    if (obj == root) {
        return g_strdup("/");
    }
    for (o = obj; o != root; o = o->parent) {
        if (!o->parent) {
            return NULL; /* not in the tree */
        }
        len += 1 + strlen(o->parent_prop->name);
    }
    path = g_malloc(len + 1);
    end = path + len;
    *end = 0;
    for (o = obj; o != root; o = o->parent) {
        part = strlen(o->parent_prop->name);
        end -= part;
        memcpy(end, o->parent_prop->name, part);
        *--end = '/';
    }
    return path;
}

Object *object_resolve_path_component(Object *parent, const char *part)
{
    ObjectProperty *prop = object_property_find(parent, part);

    if (!prop || !prop->resolve) {
        return NULL;
    }
    return prop->resolve(parent, prop->opaque, part);
}

/* Follows @parts from @obj; empty ones ("a//b", "a/") do not count. */
static Object *follow(Object *obj, char **parts, const char *typename)
{
    for (; obj && *parts; parts++) {
        if (**parts) {
            obj = object_resolve_path_component(obj, *parts);
        }
    }
    return typename ? object_dynamic_cast(obj, typename) : obj;
}

typedef struct PartialSearch {
    char **parts;
    const char *typename;
    Object *found;
    bool ambiguous;
} PartialSearch;

/*
 * Tries the path from @obj and from everything below; non-zero once it is
 * ambiguous, be it that two ways lead to the same object.
 */
static int search_partial(Object *obj, void *opaque)
{
    PartialSearch *search = opaque;
    Object *match = follow(obj, search->parts, search->typename);

    if (match) {
        if (search->found) {
            search->ambiguous = true;
            return 1;
        }
        search->found = match;
    }
    return object_child_foreach(obj, search_partial, search);
}

Object *object_resolve_path_type(const char *path, const char *typename,
                                 bool *ambiguous)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", 0);
    PartialSearch search = { .parts = parts, .typename = typename };

    if (path[0] == '/') {
        search.found = follow(object_get_root(), parts, typename);
    } else {
        search_partial(object_get_root(), &search);
    }
    if (ambiguous) {
        *ambiguous = search.ambiguous;
    }
    return search.ambiguous ? NULL : search.found;
}

Object *object_resolve_path(const char *path, bool *ambiguous)
{
    return object_resolve_path_type(path, TYPE_OBJECT, ambiguous);
}

Object *object_resolve_path_at(Object *parent, const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", 0);

    return follow(path[0] == '/' ? object_get_root() : parent, parts,
                  TYPE_OBJECT);
}

Object *object_resolve_type_unambiguous(const char *typename, Error **errp)
{
    bool ambiguous = false;
    Object *obj = object_resolve_path_type("", typename, &ambiguous);

    if (ambiguous) {
        error_setg(errp, "More than one object of type %s", typename);
    } else if (!obj) {
        error_setg(errp, "No object found of type %s", typename);
    }
    return obj;
}
