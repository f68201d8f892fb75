/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user can set on an event loop; and the object of the main one. */
#include "qemu/osdep.h"
#include "system/event-loop-base.h"
#include "block/thread-pool.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/main-loop.h"
#include "qom/object_interfaces.h"

/*** Properties. ***/

static EventLoopParam base_params[] = {
    { "aio-max-batch", offsetof(EventLoopBase, aio_max_batch) },
    { "thread-pool-min", offsetof(EventLoopBase, thread_pool_min) },
    { "thread-pool-max", offsetof(EventLoopBase, thread_pool_max) },
};

static int64_t *field(Object *obj, const EventLoopParam *param)
{
    return (int64_t *)((char *)obj + param->offset);
}

static void get_param(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    int64_t value = *field(obj, opaque);

    visit_type_int64(v, name, &value, errp);
}

static void set_param(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    EventLoopBase *base = EVENT_LOOP_BASE(obj);
    EventLoopBaseClass *bc = EVENT_LOOP_BASE_GET_CLASS(base);
    int64_t value;

    if (!visit_type_int64(v, name, &value, errp)) {
        return;
    }
    if (value < 0) {
        error_setg(errp, "%s value must be in range [0, %" PRId64 "]", name,
                   INT64_MAX);
        return;
    }
    *field(obj, opaque) = value;
    if (bc->update_params) {
        bc->update_params(base, errp);
    }
}

void event_loop_base_add_params(ObjectClass *oc, EventLoopParam *params,
                                size_t num)
{
    for (size_t i = 0; i < num; i++) {
        object_class_property_add(oc, params[i].name, "int", get_param,
                                  set_param, NULL, &params[i]);
    }
}

/*** The class. ***/

static void complete(UserCreatable *uc, Error **errp)
{
    EventLoopBase *base = EVENT_LOOP_BASE(uc);
    EventLoopBaseClass *bc = EVENT_LOOP_BASE_GET_CLASS(base);

    if (bc->init) {
        bc->init(base, errp);
    }
}

static bool can_be_deleted(UserCreatable *uc)
{
    EventLoopBase *base = EVENT_LOOP_BASE(uc);
    EventLoopBaseClass *bc = EVENT_LOOP_BASE_GET_CLASS(base);

    return !bc->can_be_deleted || bc->can_be_deleted(base);
}

static void base_instance_init(Object *obj)
{
    EVENT_LOOP_BASE(obj)->thread_pool_max = THREAD_POOL_MAX_THREADS_DEFAULT;
}

static void base_class_init(ObjectClass *oc, void *data)
{
    UserCreatableClass *ucc = USER_CREATABLE_CLASS(oc);

    ucc->complete = complete;
    ucc->can_be_deleted = can_be_deleted;
    event_loop_base_add_params(oc, base_params, ARRAY_SIZE(base_params));
}

/*** The main loop. ***/

#define TYPE_MAIN_LOOP "main-loop"

static EventLoopBase *main_loop_object;

static void update_main_loop(EventLoopBase *base, Error **errp)
{
    AioContext *ctx = qemu_get_aio_context();

    aio_context_set_aio_params(ctx, base->aio_max_batch);
    aio_context_set_thread_pool_params(ctx, base->thread_pool_min,
                                       base->thread_pool_max, errp);
}

static void changed_main_loop(EventLoopBase *base, Error **errp)
{
    if (base == main_loop_object) {
        update_main_loop(base, errp);
    }
}

static void init_main_loop(EventLoopBase *base, Error **errp)
{
    if (main_loop_object) {
        error_setg(errp, "only one main-loop instance allowed");
        return;
    }
    main_loop_object = base;
    update_main_loop(base, errp);
}

static void finalize_main_loop(Object *obj)
{
    if (EVENT_LOOP_BASE(obj) == main_loop_object) {
        main_loop_object = NULL;
    }
}

static bool keep_main_loop(EventLoopBase *base)
{
    return false;
}

static void main_loop_class_init(ObjectClass *oc, void *data)
{
    EventLoopBaseClass *bc = EVENT_LOOP_BASE_CLASS(oc);

    bc->init = init_main_loop;
    bc->update_params = changed_main_loop;
    bc->can_be_deleted = keep_main_loop;
}

static const TypeInfo types[] = {
    {
        .name = TYPE_EVENT_LOOP_BASE,
        .parent = TYPE_OBJECT,
        .abstract = true,
        .instance_size = sizeof(EventLoopBase),
        .instance_init = base_instance_init,
        .class_size = sizeof(EventLoopBaseClass),
        .class_init = base_class_init,
        .interfaces = (InterfaceInfo[]){ { TYPE_USER_CREATABLE }, {} },
    },
    {
        .name = TYPE_MAIN_LOOP,
        .parent = TYPE_EVENT_LOOP_BASE,
        .instance_size = sizeof(EventLoopBase),
        .instance_finalize = finalize_main_loop,
        .class_init = main_loop_class_init,
    },
};

DEFINE_TYPES(types)
