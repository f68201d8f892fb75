/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Backends for random numbers: the queue of requests that they all have. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "qom/object_interfaces.h"
#include "system/rng.h"

/* A guest says how much it wants: more than this comes with a further request. */
#define MAX_REQUEST (64 * KiB)

void rng_backend_request_entropy(RngBackend *s, size_t size,
                                 EntropyReceiveFunc *receive_entropy,
                                 void *opaque)
{
    RngBackendClass *k = RNG_BACKEND_GET_CLASS(s);
    RngRequest *req;

    if (!k->request_entropy) {
        return;
    }
    req = g_new0(RngRequest, 1);
    req->size = MIN(size, MAX_REQUEST);
    req->data = g_malloc(req->size);
    req->receive_entropy = receive_entropy;
    req->opaque = opaque;
    k->request_entropy(s, req);
    QSIMPLEQ_INSERT_TAIL(&s->requests, req, next);
}

void rng_backend_finalize_request(RngBackend *s, RngRequest *req)
{
    QSIMPLEQ_REMOVE(&s->requests, req, RngRequest, next);
    g_free(req->data);
    g_free(req);
}

void rng_backend_cancel_requests(RngBackend *s,
                                 EntropyReceiveFunc *receive_entropy,
                                 const void *opaque)
{
    RngRequest *req, *next;

    QSIMPLEQ_FOREACH_SAFE(req, &s->requests, next, next) {
        if (req->receive_entropy == receive_entropy && req->opaque == opaque) {
            rng_backend_finalize_request(s, req);
        }
    }
}

static bool get_opened(Object *obj, Error **errp)
{
    return RNG_BACKEND(obj)->opened;
}

static void rng_backend_complete(UserCreatable *uc, Error **errp)
{
    ERRP_GUARD();
    RngBackend *s = RNG_BACKEND(uc);
    RngBackendClass *k = RNG_BACKEND_GET_CLASS(s);

    if (k->opened) {
        k->opened(s, errp);
    }
    s->opened = !*errp;
}

static void rng_backend_init(Object *obj)
{
    QSIMPLEQ_INIT(&RNG_BACKEND(obj)->requests);
}

static void rng_backend_finalize(Object *obj)
{
    RngBackend *s = RNG_BACKEND(obj);

    while (!QSIMPLEQ_EMPTY(&s->requests)) {
        rng_backend_finalize_request(s, QSIMPLEQ_FIRST(&s->requests));
    }
}

static void rng_backend_class_init(ObjectClass *oc, void *data)
{
    USER_CREATABLE_CLASS(oc)->complete = rng_backend_complete;
    object_class_property_add_bool(oc, "opened", get_opened, NULL);
}

static const TypeInfo rng_backend_info = {
    .name = TYPE_RNG_BACKEND,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(RngBackend),
    .instance_init = rng_backend_init,
    .instance_finalize = rng_backend_finalize,
    .class_size = sizeof(RngBackendClass),
    .class_init = rng_backend_class_init,
    .abstract = true,
    .interfaces = (InterfaceInfo[]) { { TYPE_USER_CREATABLE }, {} },
};

static void register_types(void)
{
    type_register_static(&rng_backend_info);
}

type_init(register_types)
