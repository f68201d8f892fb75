/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A resettable list of resettable objects. */
#include "qemu/osdep.h"
#include "hw/core/resetcontainer.h"
#include "hw/resettable.h"
#include "qemu/module.h"

struct ResettableContainer {
    Object parent_obj;

    ResettableState reset_state;
    GPtrArray *members;
};

OBJECT_DEFINE_SIMPLE_TYPE_WITH_INTERFACES(ResettableContainer,
                                          resettable_container,
                                          RESETTABLE_CONTAINER, OBJECT,
                                          { TYPE_RESETTABLE_INTERFACE }, {})

void resettable_container_add(ResettableContainer *rc, Object *obj)
{
    assert(!resettable_is_in_reset(OBJECT(rc)));
    g_ptr_array_add(rc->members, obj);
}

void resettable_container_remove(ResettableContainer *rc, Object *obj)
{
    bool found;

    assert(!resettable_is_in_reset(OBJECT(rc)));
    found = g_ptr_array_remove(rc->members, obj);
    assert(found);
}

static ResettableState *container_get_state(Object *obj)
{
    return &RESETTABLE_CONTAINER(obj)->reset_state;
}

static void container_for_each(Object *obj, ResettableChildCallback cb,
                               void *opaque, ResetType type)
{
    GPtrArray *members = RESETTABLE_CONTAINER(obj)->members;

    for (guint i = 0; i < members->len; i++) {
        cb(members->pdata[i], opaque, type);
    }
}

static void resettable_container_init(Object *obj)
{
    RESETTABLE_CONTAINER(obj)->members = g_ptr_array_new();
}

static void resettable_container_finalize(Object *obj)
{
    g_ptr_array_unref(RESETTABLE_CONTAINER(obj)->members);
}

static void resettable_container_class_init(ObjectClass *klass, void *data)
{
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    rc->get_state = container_get_state;
    rc->child_foreach = container_for_each;
}
