/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The object tree as text, for the human monitor.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qom/internal.h"
#include "qom/object_interfaces.h"
#include "qom/qom-monitor.h"

static void G_GNUC_PRINTF(3, 4)
    put(QomTextFn *print, void *opaque, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    print(opaque, text);
}

static int add_child(Object *child, void *opaque)
{
    g_ptr_array_add(opaque, child);
    return 0;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    const Object *const *x = a, *const *y = b;

    return g_strcmp0(object_get_canonical_path_component(*x),
                     object_get_canonical_path_component(*y));
}

void qom_tree_print(Object *root, int indent, QomTextFn *print, void *opaque)
{
    g_autoptr(GPtrArray) children = g_ptr_array_new();
    const char *name = object_get_canonical_path_component(root);

    put(print, opaque, "%*s/%s (%s)\n", indent, "", name ?: "",
        object_get_typename(root));
    object_child_foreach(root, add_child, children);
    g_ptr_array_sort(children, compare_names);
    for (guint i = 0; i < children->len; i++) {
        qom_tree_print(g_ptr_array_index(children, i), indent + 2, print,
                       opaque);
    }
}

/* The object at a path, or NULL with @errp set. */
static Object *resolve(const char *path, Error **errp)
{
    bool ambiguous = false;
    Object *obj = object_resolve_path(path, &ambiguous);

    if (ambiguous) {
        error_setg(errp, "Path '%s' is ambiguous", path);
    } else if (!obj) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND, "Device '%s' not found",
                  path);
    }
    return obj;
}

bool qom_tree_print_path(const char *path, QomTextFn *print, void *opaque,
                         Error **errp)
{
    Object *obj = resolve(path ?: "/machine", errp);

    if (!obj) {
        return false;
    }
    qom_tree_print(obj, 0, print, opaque);
    return true;
}

bool qom_list_print(const char *path, QomTextFn *print, void *opaque,
                    Error **errp)
{
    ObjectPropertyIterator iter;
    ObjectProperty *prop;
    Object *obj;

    if (!path) {
        print(opaque, "/\n");
        return true;
    }
    obj = resolve(path, errp);
    if (!obj) {
        return false;
    }
    object_property_iter_init(&iter, obj);
    while ((prop = object_property_iter_next(&iter))) {
        put(print, opaque, "%s (%s)\n", prop->name, prop->type);
    }
    return true;
}

void qom_complete_path(const char *prefix, QomTextFn *add, void *opaque)
{
    const char *slash = strrchr(prefix, '/');
    g_autofree char *dir = NULL;
    ObjectProperty *prop;
    Object *obj;

    if (!slash) {
        if (!*prefix) {
            add(opaque, "/");
        }
        return;
    }
    dir = g_strndup(prefix, slash - prefix + 1);
    obj = object_resolve_path(dir, NULL);
    if (!obj || !obj->properties) {
        return;
    }
    PROPERTY_FOREACH(prop, obj->properties)
    {
        if (prop->kind == PROP_CHILD &&
            g_str_has_prefix(prop->name, slash + 1)) {
            put(add, opaque, "%s%s", dir, prop->name);
        }
    }
}

void qom_complete_property(const char *path, const char *prefix, QomTextFn *add,
                           void *opaque)
{
    Object *obj = object_resolve_path(path, NULL);
    ObjectPropertyIterator iter;
    ObjectProperty *prop;

    if (!obj) {
        return;
    }
    object_property_iter_init(&iter, obj);
    while ((prop = object_property_iter_next(&iter))) {
        if (g_str_has_prefix(prop->name, prefix)) {
            add(opaque, prop->name);
        }
    }
}

void qom_complete_user_object(const char *prefix, QomTextFn *add, void *opaque)
{
    Object *root = object_get_objects_root();
    ObjectProperty *prop;

    PROPERTY_FOREACH(prop, root->properties)
    {
        if (prop->kind == PROP_CHILD &&
            object_dynamic_cast(prop->opaque, TYPE_USER_CREATABLE) &&
            g_str_has_prefix(prop->name, prefix)) {
            add(opaque, prop->name);
        }
    }
}

void qom_complete_user_type(const char *prefix, QomTextFn *add, void *opaque)
{
    GSList *list = object_class_get_list_sorted(TYPE_USER_CREATABLE, false);

    for (GSList *e = list; e; e = e->next) {
        const char *name = object_class_get_name(e->data);

        if (g_str_has_prefix(name, prefix)) {
            add(opaque, name);
        }
    }
    g_slist_free(list);
}
