/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kind of property that is a list of another kind.
 *
 * Visitors walk linked lists whose elements begin with the pointer to the
 * next, so a list of such elements stands between the visitor and the array.
 */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qapi/visitor.h"

typedef struct ArrayElement ArrayElement;
struct ArrayElement {
    ArrayElement *next;
    /* Of the array's element size, aligned for anything that a field can be */
    char value[] QEMU_ALIGNED(8);
};

static uint32_t *length_field(Object *obj, const Property *prop)
{
    return object_field_prop_ptr(obj, prop);
}

static char **array_field(Object *obj, const Property *prop)
{
    return (char **)((char *)obj + prop->arrayoffset);
}

static size_t list_size(const Property *prop)
{
    return sizeof(ArrayElement) + prop->arrayfieldsize;
}

/* A property of the element kind whose field is at @value. */
static Property element_property(Object *obj, const Property *prop,
                                 const char *name, void *value)
{
    return (Property){
        .name = name,
        .info = prop->arrayinfo,
        .offset = (char *)value - (char *)obj,
        /* so that kinds with parameters find theirs */
        .bitmask = prop->bitmask,
        .bitnr = prop->bitnr,
        .link_type = prop->link_type,
    };
}

static void release_element(Object *obj, const Property *prop, void *value)
{
    Property elem = element_property(obj, prop, prop->name, value);

    if (elem.info->release) {
        elem.info->release(obj, NULL, &elem);
    }
}

static void free_list(ArrayElement *list)
{
    while (list) {
        ArrayElement *next = list->next;

        g_free(list);
        list = next;
    }
}

static void array_set(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    const Property *prop = opaque;
    uint32_t *length = length_field(obj, prop);
    char **array = array_field(obj, prop);
    size_t size = list_size(prop);
    ArrayElement *list, *elem;
    uint32_t count = 0, i = 0;
    bool ok = true;

    if (*length) {
        error_setg(errp, "array size property %s may not be set more than once",
                   name);
        return;
    }
    if (!visit_start_list(v, name, (GenericList **)&list, size, errp)) {
        return;
    }

    for (elem = list; ok && elem;
         elem = (ArrayElement *)visit_next_list(v, (GenericList *)elem, size)) {
        Property p = element_property(obj, prop, name, elem->value);
        Error *err = NULL;

        if (count == INT32_MAX) {
            error_setg(errp, "array is too big");
            ok = false;
            break;
        }
        p.info->set(obj, v, NULL, &p, &err);
        if (err) {
            error_propagate(errp, err);
            ok = false;
            break;
        }
        count++;
    }
    if (ok) {
        ok = visit_check_list(v, errp);
    }
    visit_end_list(v, (void **)&list);

    if (ok) {
        *array = g_malloc_n(count, prop->arrayfieldsize);
        *length = count;
    }
    for (elem = list; i < count; elem = elem->next, i++) {
        if (ok) {
            memcpy(*array + (size_t)i * prop->arrayfieldsize, elem->value,
                   prop->arrayfieldsize);
        } else {
            release_element(obj, prop, elem->value);
        }
    }
    free_list(list);
}

static void array_get(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    const Property *prop = opaque;
    uint32_t length = *length_field(obj, prop);
    char *array = *array_field(obj, prop);
    size_t size = list_size(prop);
    ArrayElement *list = NULL, **tail = &list;

    for (uint32_t i = 0; i < length; i++) {
        *tail = g_malloc0(size);
        memcpy((*tail)->value, array + (size_t)i * prop->arrayfieldsize,
               prop->arrayfieldsize);
        tail = &(*tail)->next;
    }

    if (visit_start_list(v, name, (GenericList **)&list, size, errp)) {
        Error *err = NULL;

        for (ArrayElement *elem = list; elem;
             elem = (ArrayElement *)visit_next_list(v, (GenericList *)elem,
                                                    size)) {
            Property p = element_property(obj, prop, name, elem->value);

            p.info->get(obj, v, NULL, &p, &err);
            if (err) {
                break;
            }
        }
        if (!err) {
            visit_check_list(v, &err);
        }
        visit_end_list(v, (void **)&list);
        error_propagate(errp, err);
    }
    free_list(list);
}

static void array_release(Object *obj, const char *name, void *opaque)
{
    const Property *prop = opaque;
    uint32_t *length = length_field(obj, prop);
    char *array = *array_field(obj, prop);

    /* The memory itself is the device's. */
    for (uint32_t i = 0; array && i < *length; i++) {
        release_element(obj, prop, array + (size_t)i * prop->arrayfieldsize);
    }
}

static void array_set_default(ObjectProperty *op, const Property *prop)
{
    object_property_set_default_list(op);
}

const PropertyInfo qdev_prop_array = {
    .type = "list",
    .get = array_get,
    .set = array_set,
    .release = array_release,
    .set_default_value = array_set_default,
};
