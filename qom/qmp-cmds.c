/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The QMP commands on objects and types: qom-*, object-add, object-del.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-qom.h"
#include "qapi/qmp/qerror.h"
#include "qapi/qobject-input-visitor.h"
#include "qemu/module.h"
#include "qobject/qdict.h"
#include "qom/internal.h"
#include "qom/object_interfaces.h"
#include "qom/qom-monitor.h"
#include "qom/qom-qobject.h"

/* The object at a path; NULL with @errp set. */
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

ObjectPropertyInfoList *qmp_qom_list(const char *path, Error **errp)
{
    ObjectPropertyInfoList *list = NULL, **tail = &list;
    ObjectPropertyIterator iter;
    ObjectProperty *prop;
    Object *obj = resolve(path, errp);

    if (!obj) {
        return NULL;
    }
    object_property_iter_init(&iter, obj);
    while ((prop = object_property_iter_next(&iter))) {
        ObjectPropertyInfo *info = g_new0(ObjectPropertyInfo, 1);

        info->name = g_strdup(prop->name);
        info->type = g_strdup(prop->type);
        QAPI_LIST_APPEND(tail, info);
    }
    return list;
}

QObject *qmp_qom_get(const char *path, const char *property, Error **errp)
{
    Object *obj = resolve(path, errp);

    return obj ? object_property_get_qobject(obj, property, errp) : NULL;
}

void qmp_qom_set(const char *path, const char *property, QObject *value,
                 Error **errp)
{
    Object *obj = resolve(path, errp);

    if (obj) {
        object_property_set_qobject(obj, property, value, errp);
    }
}

/* All properties; those that cannot be read have no value. */
static ObjectPropertyValueList *property_values(Object *obj)
{
    ObjectPropertyValueList *list = NULL, **tail = &list;
    ObjectPropertyIterator iter;
    ObjectProperty *prop;

    object_property_iter_init(&iter, obj);
    while ((prop = object_property_iter_next(&iter))) {
        ObjectPropertyValue *value = g_new0(ObjectPropertyValue, 1);

        value->name = g_strdup(prop->name);
        value->type = g_strdup(prop->type);
        if (prop->get) {
            value->value = object_property_get_qobject(obj, prop->name, NULL);
        }
        QAPI_LIST_APPEND(tail, value);
    }
    return list;
}

ObjectPropertiesValuesList *qmp_qom_list_get(strList *paths, Error **errp)
{
    ObjectPropertiesValuesList *list = NULL, **tail = &list;

    for (strList *p = paths; p; p = p->next) {
        Object *obj = resolve(p->value, errp);
        ObjectPropertiesValues *values;

        if (!obj) {
            qapi_free_ObjectPropertiesValuesList(list);
            return NULL;
        }
        values = g_new0(ObjectPropertiesValues, 1);
        values->properties = property_values(obj);
        QAPI_LIST_APPEND(tail, values);
    }
    return list;
}

/* Where a walk over a subtree stands. */
typedef struct TreeWalk {
    ObjectTreeEntryList **tail;
    uint32_t depth; /* levels that may still be gone down */
} TreeWalk;

static int append_subtree(Object *obj, void *opaque)
{
    TreeWalk *walk = opaque;
    ObjectTreeEntry *entry = g_new0(ObjectTreeEntry, 1);

    entry->path = object_get_canonical_path(obj);
    entry->qom_type = g_strdup(object_get_typename(obj));
    entry->properties = property_values(obj);
    QAPI_LIST_APPEND(walk->tail, entry);
    if (walk->depth) {
        walk->depth--;
        object_child_foreach(obj, append_subtree, walk);
        walk->depth++;
    }
    return 0;
}

ObjectTreeEntryList *qmp_qom_tree_get(const char *path, bool has_depth,
                                      uint32_t depth, Error **errp)
{
    ObjectTreeEntryList *list = NULL;
    TreeWalk walk = { .tail = &list, .depth = has_depth ? depth : UINT32_MAX };
    Object *obj = resolve(path, errp);

    if (obj) {
        append_subtree(obj, &walk);
    }
    return list;
}

static void prepend_type(ObjectClass *klass, void *opaque)
{
    ObjectTypeInfoList **list = opaque;
    ObjectClass *parent = object_class_get_parent(klass);
    ObjectTypeInfo *info = g_new0(ObjectTypeInfo, 1);

    info->name = g_strdup(object_class_get_name(klass));
    info->has_abstract = info->abstract = object_class_is_abstract(klass);
    if (parent) {
        info->parent = g_strdup(object_class_get_name(parent));
    }
    QAPI_LIST_PREPEND(*list, info);
}

ObjectTypeInfoList *qmp_qom_list_types(const char *implements,
                                       bool has_abstract, bool abstract,
                                       Error **errp)
{
    ObjectTypeInfoList *list = NULL;

    module_load_qom_all();
    object_class_foreach(prepend_type, implements, has_abstract && abstract,
                         &list);
    return list;
}

ObjectPropertyInfoList *qmp_qom_list_properties(const char *typename,
                                                Error **errp)
{
    ObjectPropertyInfoList *list = NULL, **tail = &list;
    ERRP_GUARD();
    ObjectClass *klass = module_object_class_find(typename, errp);
    ObjectPropertyIterator iter;
    ObjectProperty *prop;
    Object *obj = NULL;

    if (*errp) {
        return NULL;
    }
    if (!klass) {
        error_set(errp, ERROR_CLASS_DEVICE_NOT_FOUND, "Class '%s' not found",
                  typename);
        return NULL;
    }
    if (!object_class_dynamic_cast(klass, TYPE_OBJECT)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "typename",
                   "a QOM type");
        return NULL;
    }
    /* An instance may add properties of its own. */
    if (object_class_is_abstract(klass)) {
        object_class_property_iter_init(&iter, klass);
    } else {
        obj = object_new_with_class(klass);
        object_property_iter_init(&iter, obj);
    }
    while ((prop = object_property_iter_next(&iter))) {
        ObjectPropertyInfo *info = g_new0(ObjectPropertyInfo, 1);

        info->name = g_strdup(prop->name);
        info->type = g_strdup(prop->type);
        info->description = g_strdup(prop->description);
        if (prop->defval) {
            info->default_value = qobject_ref(prop->defval);
        }
        QAPI_LIST_APPEND(tail, info);
    }
    object_unref(obj);
    return list;
}

void qmp_object_add(QDict *args, QObject **ret, Error **errp)
{
    g_autoptr(QDict) props = qdict_clone_shallow(args);
    g_autofree char *type = NULL;
    g_autofree char *id = NULL;
    Visitor *v;

    type = take_string_arg(props, "qom-type", errp);
    if (!type) {
        return;
    }
    id = take_string_arg(props, "id", errp);
    if (!id) {
        return;
    }
    v = qobject_input_visitor_new(QOBJECT(props));
    object_unref(user_creatable_add_type(type, id, props, v, errp));
    visit_free(v);
}

void qmp_object_del(const char *id, Error **errp)
{
    user_creatable_del(id, errp);
}
