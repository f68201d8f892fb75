/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Classes and casts: what an object or a class is.
 *
 * Whether a type descends from another one takes a look at its ancestor at
 * that depth; finding a type by its name takes a hash. The checked casts of
 * the macros save that too: a class remembers the addresses of the names that
 * it was cast to. These are string constants, of which a source has few.
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qom/internal.h"

ObjectClass *object_get_class(Object *obj)
{
    return obj->class;
}

const char *object_get_typename(const Object *obj)
{
    return obj->class->type->info.name;
}

const char *object_class_get_name(ObjectClass *klass)
{
    return klass->type->info.name;
}

bool object_class_is_abstract(ObjectClass *klass)
{
    return klass->type->info.abstract;
}

ObjectClass *object_class_get_parent(ObjectClass *klass)
{
    TypeImpl *parent = klass->type->parent;

    return parent ? type_class(parent) : NULL;
}

ObjectClass *object_class_dynamic_cast(ObjectClass *klass, const char *typename)
{
    ObjectClass *result = NULL;
    TypeImpl *target;

    if (!klass) {
        return NULL;
    }
    target = type_find(typename);
    if (!target) {
        return NULL;
    }
    if (type_is_a(klass->type, target)) {
        return klass;
    }
    if (!type_is_a(target, type_interface)) {
        return NULL;
    }
    for (GSList *e = klass->interfaces; e; e = e->next) {
        ObjectClass *iface = e->data;

        if (type_is_a(iface->type, target)) {
            if (result) {
                return NULL; /* ambiguous */
            }
            result = iface;
        }
    }
    return result;
}

Object *object_dynamic_cast(Object *obj, const char *typename)
{
    if (obj && object_class_dynamic_cast(obj->class, typename)) {
        return obj;
    }
    return NULL;
}

static bool cache_has(const char *const *cache, const char *name)
{
    for (int i = 0; i < OBJECT_CLASS_CAST_CACHE; i++) {
        if (qatomic_read(&cache[i]) == name) {
            return true;
        }
    }
    return false;
}

/* Threads may race here; each slot holds a name that is right all the same. */
static void cache_add(const char **cache, const char *name)
{
    for (int i = OBJECT_CLASS_CAST_CACHE - 1; i > 0; i--) {
        qatomic_set(&cache[i], qatomic_read(&cache[i - 1]));
    }
    qatomic_set(&cache[0], name);
}

static void G_NORETURN bad_cast(const void *what, const char *typename,
                                const char *file, int line, const char *func)
{
    fprintf(stderr, "%s:%d:%s: Object %p is not an instance of type %s\n", file,
            line, func, what, typename);
    abort();
}

Object *object_dynamic_cast_assert(Object *obj, const char *typename,
                                   const char *file, int line, const char *func)
{
#ifdef CONFIG_QOM_CAST_DEBUG
    if (obj && !cache_has(obj->class->object_cast_cache, typename)) {
        if (!object_dynamic_cast(obj, typename)) {
            bad_cast(obj, typename, file, line, func);
        }
        cache_add(obj->class->object_cast_cache, typename);
    }
#endif
    return obj;
}

/*
 * Even where nothing is checked, a cast to an interface has to find the class
 * that implements it. Each of these remembers its own names.
 */
ObjectClass *object_class_dynamic_cast_assert(ObjectClass *klass,
                                              const char *typename,
                                              const char *file, int line,
                                              const char *func)
{
    ObjectClass *result;

    if (!klass) {
        return NULL;
    }
#ifndef CONFIG_QOM_CAST_DEBUG
    if (!klass->interfaces) {
        return klass;
    }
#endif
    if (cache_has(klass->class_cast_cache, typename)) {
        return klass;
    }
    for (GSList *e = klass->interfaces; e; e = e->next) {
        ObjectClass *iface = e->data;

        if (cache_has(iface->object_cast_cache, typename)) {
            return iface;
        }
    }
    result = object_class_dynamic_cast(klass, typename);
    if (!result) {
        bad_cast(klass, typename, file, line, func);
    }
    cache_add(result == klass ? klass->class_cast_cache
                              : result->object_cast_cache,
              typename);
    return result;
}
