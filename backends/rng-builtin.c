/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rng-builtin: random numbers from the host's generator, or with -seed from
 * one that repeats itself.
 */
#include "qemu/osdep.h"
#include "qemu/guest-random.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "system/rng.h"

OBJECT_DECLARE_SIMPLE_TYPE(RngBuiltin, RNG_BUILTIN)

struct RngBuiltin {
    RngBackend parent;
    QEMUBH *bh;
};

/* A callback may ask for more, and may be the last to need the object. */
static void serve(void *opaque)
{
    RngBuiltin *s = opaque;
    RngRequest *req;

    object_ref(OBJECT(s));
    while ((req = QSIMPLEQ_FIRST(&s->parent.requests))) {
        qemu_guest_getrandom_nofail(req->data, req->size);
        req->receive_entropy(req->opaque, req->data, req->size);
        rng_backend_finalize_request(&s->parent, req);
    }
    object_unref(OBJECT(s));
}

static void request_entropy(RngBackend *b, RngRequest *req)
{
    qemu_bh_schedule(RNG_BUILTIN(b)->bh);
}

static void instance_init(Object *obj)
{
    RngBuiltin *s = RNG_BUILTIN(obj);

    s->bh = qemu_bh_new(serve, s);
}

static void instance_finalize(Object *obj)
{
    qemu_bh_delete(RNG_BUILTIN(obj)->bh);
}

static void class_init(ObjectClass *oc, void *data)
{
    RNG_BACKEND_CLASS(oc)->request_entropy = request_entropy;
}

static const TypeInfo rng_builtin_info = {
    .name = TYPE_RNG_BUILTIN,
    .parent = TYPE_RNG_BACKEND,
    .instance_size = sizeof(RngBuiltin),
    .instance_init = instance_init,
    .instance_finalize = instance_finalize,
    .class_init = class_init,
};

static void register_types(void)
{
    type_register_static(&rng_builtin_info);
}

type_init(register_types)
