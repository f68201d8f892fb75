/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Properties: adding and deleting them, finding them, walking over them, and
 * the two accesses through a visitor that all others are made of.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/string-input-visitor.h"
#include "qapi/string-output-visitor.h"
#include "qapi/visitor.h"
#include "qobject/qbool.h"
#include "qobject/qlist.h"
#include "qobject/qnum.h"
#include "qobject/qstring.h"
#include "qom/internal.h"

static ObjectProperty *find_property(Object *obj, const char *name,
                                     uint32_t hash)
{
    return property_table_find_up(obj->class->properties, name, hash)
               ?: property_table_find(obj->properties, name, hash);
}

ObjectProperty *object_property_try_add(Object *obj, const char *name,
                                        const char *type,
                                        ObjectPropertyAccessor *get,
                                        ObjectPropertyAccessor *set,
                                        ObjectPropertyRelease *release,
                                        void *opaque, Error **errp)
{
    g_autofree char *numbered = NULL;
    ObjectProperty *prop;
    uint32_t hash;

    if (g_str_has_suffix(name, "[*]")) {
        name = numbered = property_next_name(obj, name);
    }
    hash = property_hash(name);
    if (find_property(obj, name, hash)) {
        error_setg(errp,
                   "attempt to add duplicate property '%s' to object (type "
                   "'%s')",
                   name, object_get_typename(obj));
        return NULL;
    }
    if (!obj->properties) {
        obj->properties = property_table_new(NULL);
    }
    prop = property_table_add(obj->properties, name, type, hash);
    prop->get = get;
    prop->set = set;
    prop->release = release;
    prop->opaque = opaque;
    return prop;
}

ObjectProperty *
object_property_add(Object *obj, const char *name, const char *type,
                    ObjectPropertyAccessor *get, ObjectPropertyAccessor *set,
                    ObjectPropertyRelease *release, void *opaque)
{
    return object_property_try_add(obj, name, type, get, set, release, opaque,
                                   &error_abort);
}

ObjectProperty *object_class_property_add(ObjectClass *klass, const char *name,
                                          const char *type,
                                          ObjectPropertyAccessor *get,
                                          ObjectPropertyAccessor *set,
                                          ObjectPropertyRelease *release,
                                          void *opaque)
{
    uint32_t hash = property_hash(name);
    ObjectProperty *prop;

    assert(!property_table_find_up(klass->properties, name, hash));
    prop = property_table_add(klass->properties, name, type, hash);
    prop->get = get;
    prop->set = set;
    prop->release = release;
    prop->opaque = opaque;
    klass->properties->with_release += !!release;
    return prop;
}

/*
 * The property stays where it is while its release runs, so that a child that
 * is being unparented still has its path. A release that comes back to delete
 * the same property finds it dying, and does nothing.
 */
void object_delete_property(Object *obj, ObjectProperty *prop)
{
    if (prop->dying) {
        return;
    }
    prop->dying = true;
    if (prop->release) {
        prop->release(obj, prop->name, prop->opaque);
    }
    property_table_remove(obj->properties, prop);
}

void object_property_del(Object *obj, const char *name)
{
    ObjectProperty *prop =
        property_table_find(obj->properties, name, property_hash(name));

    assert(prop);
    object_delete_property(obj, prop);
}

static ObjectProperty *newest_alive(PropertyTable *table)
{
    ObjectProperty *prop = table->last;

    while (prop && prop->dying) {
        prop = prop->prev;
    }
    return prop;
}

void object_delete_all_properties(Object *obj)
{
    PropertyTable *table;
    ObjectProperty *prop;

    /* A release may delete others, so that each round begins anew. */
    while (obj->properties && (prop = newest_alive(obj->properties))) {
        object_delete_property(obj, prop);
    }
    if (obj->properties) {
        property_table_free(obj->properties);
        obj->properties = NULL;
    }
    for (table = obj->class->properties; table; table = table->parent) {
        if (!table->with_release) {
            continue;
        }
        PROPERTY_FOREACH(prop, table)
        {
            if (prop->release) {
                prop->release(obj, prop->name, prop->opaque);
            }
        }
    }
}

void object_init_class_properties(Object *obj)
{
    PropertyTable *table;
    ObjectProperty *prop;

    for (table = obj->class->properties; table; table = table->parent) {
        if (!table->with_init) {
            continue;
        }
        PROPERTY_FOREACH(prop, table)
        {
            if (prop->init) {
                prop->init(obj, prop);
            }
        }
    }
}

static void init_from_defval(Object *obj, ObjectProperty *prop)
{
    Visitor *v = qobject_input_visitor_new(prop->defval);

    object_property_set(obj, prop->name, v, &error_abort);
    visit_free(v);
}

static void set_default(ObjectProperty *prop, QObject *value)
{
    assert(!prop->defval && !prop->init);
    prop->defval = value;
    prop->init = init_from_defval;
    prop->table->with_init++;
}

void object_property_set_default_bool(ObjectProperty *prop, bool value)
{
    set_default(prop, QOBJECT(qbool_from_bool(value)));
}

void object_property_set_default_str(ObjectProperty *prop, const char *value)
{
    set_default(prop, QOBJECT(qstring_from_str(value)));
}

void object_property_set_default_list(ObjectProperty *prop)
{
    set_default(prop, QOBJECT(qlist_new()));
}

void object_property_set_default_int(ObjectProperty *prop, int64_t value)
{
    set_default(prop, QOBJECT(qnum_from_int(value)));
}

void object_property_set_default_uint(ObjectProperty *prop, uint64_t value)
{
    set_default(prop, QOBJECT(qnum_from_uint(value)));
}

static void set_description(ObjectProperty *prop, const char *description)
{
    g_free(prop->description);
    prop->description = g_strdup(description);
}

void object_property_set_description(Object *obj, const char *name,
                                     const char *description)
{
    set_description(object_property_find_err(obj, name, &error_abort),
                    description);
}

void object_class_property_set_description(ObjectClass *klass, const char *name,
                                           const char *description)
{
    set_description(object_class_property_find_err(klass, name, &error_abort),
                    description);
}

ObjectProperty *object_property_find(Object *obj, const char *name)
{
    return find_property(obj, name, property_hash(name));
}

ObjectProperty *object_property_find_err(Object *obj, const char *name,
                                         Error **errp)
{
    ObjectProperty *prop = object_property_find(obj, name);

    if (!prop) {
        error_setg(errp, "Property '%s.%s' not found", object_get_typename(obj),
                   name);
    }
    return prop;
}

ObjectProperty *object_class_property_find(ObjectClass *klass, const char *name)
{
    return property_table_find_up(klass->properties, name, property_hash(name));
}

ObjectProperty *object_class_property_find_err(ObjectClass *klass,
                                               const char *name, Error **errp)
{
    ObjectProperty *prop = object_class_property_find(klass, name);

    if (!prop) {
        error_setg(errp, "Property '.%s' not found", name);
    }
    return prop;
}

void object_property_iter_init(ObjectPropertyIterator *iter, Object *obj)
{
    iter->nextclass = obj->class;
    iter->next = obj->properties ? obj->properties->first : NULL;
}

void object_class_property_iter_init(ObjectPropertyIterator *iter,
                                     ObjectClass *klass)
{
    iter->nextclass = object_class_get_parent(klass);
    iter->next = klass->properties->first;
}

ObjectProperty *object_property_iter_next(ObjectPropertyIterator *iter)
{
    ObjectProperty *prop;

    while (!iter->next) {
        if (!iter->nextclass) {
            return NULL;
        }
        iter->next = iter->nextclass->properties->first;
        iter->nextclass = object_class_get_parent(iter->nextclass);
    }
    prop = iter->next;
    iter->next = prop->next;
    return prop;
}

bool object_property_get(Object *obj, const char *name, Visitor *v,
                         Error **errp)
{
    ObjectProperty *prop = object_property_find_err(obj, name, errp);
    Error *err = NULL;

    if (!prop) {
        return false;
    }
    if (!prop->get) {
        error_setg(errp, "Property '%s.%s' is not readable",
                   object_get_typename(obj), name);
        return false;
    }
    prop->get(obj, v, name, prop->opaque, &err);
    error_propagate(errp, err);
    return !err;
}

bool object_property_set(Object *obj, const char *name, Visitor *v,
                         Error **errp)
{
    ObjectProperty *prop = object_property_find_err(obj, name, errp);
    Error *err = NULL;

    if (!prop) {
        return false;
    }
    if (!prop->set) {
        error_setg(errp, "Property '%s.%s' is not writable",
                   object_get_typename(obj), name);
        return false;
    }
    prop->set(obj, v, name, prop->opaque, &err);
    error_propagate(errp, err);
    return !err;
}

const char *object_property_get_type(Object *obj, const char *name,
                                     Error **errp)
{
    ObjectProperty *prop = object_property_find_err(obj, name, errp);

    return prop ? prop->type : NULL;
}

bool object_property_parse(Object *obj, const char *name, const char *string,
                           Error **errp)
{
    Visitor *v = string_input_visitor_new(string);
    bool ok = object_property_set(obj, name, v, errp);

    visit_free(v);
    return ok;
}

char *object_property_print(Object *obj, const char *name, bool human,
                            Error **errp)
{
    char *string = NULL;
    Visitor *v = string_output_visitor_new(human, &string);

    if (object_property_get(obj, name, v, errp)) {
        visit_complete(v, &string);
    }
    visit_free(v);
    return string;
}
