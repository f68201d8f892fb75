/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of an object: made, referenced, finalized.
 *
 * Order at birth: zeroed memory, the class properties' default values,
 * instance_init from the root type down, instance_post_init from the type up.
 * Order at death: properties from the newest to the oldest (children leave the
 * tree, strong links let go), instance_finalize from the type up, memory.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/atomic.h"
#include "qom/internal.h"
#include "qom/object_interfaces.h"

static void run_instance_init(Object *obj, TypeImpl *type)
{
    if (type->parent) {
        run_instance_init(obj, type->parent);
    }
    if (type->info.instance_init) {
        type->info.instance_init(obj);
    }
}

static void initialize(Object *obj, size_t size, TypeImpl *type)
{
    ObjectClass *klass = type_class(type);

    assert(type->info.instance_size >= sizeof(Object));
    assert(!type->info.abstract);
    assert(size >= type->info.instance_size);

    memset(obj, 0, type->info.instance_size);
    obj->class = klass;
    obj->ref = 1;
    object_init_class_properties(obj);
    run_instance_init(obj, type);
    for (TypeImpl *t = type; t; t = t->parent) {
        if (t->info.instance_post_init) {
            t->info.instance_post_init(obj);
        }
    }
}

void object_initialize(void *data, size_t size, const char *typename)
{
    initialize(data, size, type_find_or_load(typename, &error_fatal));
}

static Object *new_of_type(TypeImpl *type)
{
    size_t size = type->info.instance_size, align = type->info.instance_align;
    bool aligned = align > __alignof__(max_align_t);
    Object *obj = aligned ? qemu_memalign(align, QEMU_ALIGN_UP(size, align))
                          : g_malloc(size);

    initialize(obj, size, type);
    obj->free = aligned ? qemu_vfree : g_free;
    return obj;
}

Object *object_new_with_class(ObjectClass *klass)
{
    return new_of_type(klass->type);
}

Object *object_new(const char *typename)
{
    return new_of_type(type_find_or_load(typename, &error_fatal));
}

/*
 * What is left to do for a new object: properties, the tree, completion. When
 * it fails @obj is out of the tree, and the caller's reference is dropped.
 */
static bool finish_with_propv(Object *obj, Object *parent, const char *id,
                              Error **errp, va_list vargs)
{
    UserCreatable *uc;

    if (!object_set_propv(obj, errp, vargs)) {
        object_unref(obj);
        return false;
    }
    if (id && !object_property_try_add_child(parent, id, obj, errp)) {
        object_unref(obj);
        return false;
    }
    uc = (UserCreatable *)object_dynamic_cast(obj, TYPE_USER_CREATABLE);
    if (uc && !user_creatable_complete(uc, errp)) {
        if (id) {
            object_unparent(obj);
        }
        object_unref(obj);
        return false;
    }
    return true;
}

Object *object_new_with_propv(const char *typename, Object *parent,
                              const char *id, Error **errp, va_list vargs)
{
    TypeImpl *type = type_find_or_load(typename, NULL);
    Object *obj;

    if (!type) {
        error_setg(errp, "invalid object type: %s", typename);
        return NULL;
    }
    if (type->info.abstract) {
        error_setg(errp, "object type '%s' is abstract", typename);
        return NULL;
    }
    obj = new_of_type(type);
    if (!finish_with_propv(obj, parent, id, errp, vargs)) {
        return NULL;
    }
    if (id) {
        object_unref(obj); /* the parent has it now */
    }
    return obj;
}

Object *object_new_with_props(const char *typename, Object *parent,
                              const char *id, Error **errp, ...)
{
    va_list vargs;
    Object *obj;

    va_start(vargs, errp);
    obj = object_new_with_propv(typename, parent, id, errp, vargs);
    va_end(vargs);
    return obj;
}

bool object_initialize_child_with_propsv(Object *parentobj,
                                         const char *propname, void *childobj,
                                         size_t size, const char *type,
                                         Error **errp, va_list vargs)
{
    object_initialize(childobj, size, type);
    if (!finish_with_propv(childobj, parentobj, propname, errp, vargs)) {
        return false;
    }
    object_unref(childobj);
    return true;
}

bool object_initialize_child_with_props(Object *parentobj, const char *propname,
                                        void *childobj, size_t size,
                                        const char *type, Error **errp, ...)
{
    va_list vargs;
    bool ok;

    va_start(vargs, errp);
    ok = object_initialize_child_with_propsv(parentobj, propname, childobj,
                                             size, type, errp, vargs);
    va_end(vargs);
    return ok;
}

void object_initialize_child_internal(Object *parent, const char *propname,
                                      void *child, size_t size,
                                      const char *type)
{
    object_initialize_child_with_props(parent, propname, child, size, type,
                                       &error_abort, NULL);
}

bool object_set_propv(Object *obj, Error **errp, va_list vargs)
{
    const char *name;

    while ((name = va_arg(vargs, const char *))) {
        const char *value = va_arg(vargs, const char *);

        assert(value);
        if (!object_property_parse(obj, name, value, errp)) {
            return false;
        }
    }
    return true;
}

bool object_set_props(Object *obj, Error **errp, ...)
{
    va_list vargs;
    bool ok;

    va_start(vargs, errp);
    ok = object_set_propv(obj, errp, vargs);
    va_end(vargs);
    return ok;
}

Object *object_ref(void *objptr)
{
    Object *obj = objptr;
    uint32_t ref;

    if (!obj) {
        return NULL;
    }
    ref = qatomic_fetch_inc(&obj->ref);
    /* Nobody resurrects an object from its finalizer, nor wraps the count. */
    g_assert(ref < INT_MAX);
    return obj;
}

void object_unref(void *objptr)
{
    Object *obj = objptr;

    if (!obj) {
        return;
    }
    g_assert(qatomic_read(&obj->ref) > 0);
    if (qatomic_fetch_dec(&obj->ref) == 1) {
        object_finalize(obj);
    }
}

void object_finalize(Object *obj)
{
    TypeImpl *type = obj->class->type;

    object_delete_all_properties(obj);
    for (TypeImpl *t = type; t; t = t->parent) {
        if (t->info.instance_finalize) {
            t->info.instance_finalize(obj);
        }
    }
    g_assert(obj->ref == 0);
    g_assert(!obj->parent);
    if (obj->free) {
        obj->free(obj);
    }
}
