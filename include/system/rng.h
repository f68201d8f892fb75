/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a device's random numbers come from: user-creatable objects.
 *
 * A device asks with rng_backend_request_entropy() and gets what there is
 * through its callback, in the main loop. A backend is a subclass of
 * "rng-backend" with request_entropy, and finishes requests in their order.
 * Types: rng-builtin (the host's generator), rng-random (a file, /dev/urandom).
 *
 * Implemented in backends/rng.c; the big lock is held throughout.
 */
#ifndef QEMU_RNG_H
#define QEMU_RNG_H

#include "qemu/queue.h"
#include "qom/object.h"

#define TYPE_RNG_BACKEND "rng-backend"
OBJECT_DECLARE_TYPE(RngBackend, RngBackendClass, RNG_BACKEND)

#define TYPE_RNG_BUILTIN "rng-builtin"

typedef struct RngRequest RngRequest;

/* @size bytes, more than 0 and perhaps less than asked for, the backend's. */
typedef void(EntropyReceiveFunc)(void *opaque, const void *data, size_t size);

/* A request in the backend's queue: @offset of @size bytes are there. */
struct RngRequest {
    EntropyReceiveFunc *receive_entropy;
    uint8_t *data;
    void *opaque;
    size_t offset;
    size_t size;
    QSIMPLEQ_ENTRY(RngRequest) next;
};

/*
 * request_entropy: @req will be at the end of the queue; see to it that it is
 * served. opened: the object is complete; opens what it needs, or sets @errp.
 */
struct RngBackendClass {
    ObjectClass parent_class;
    void (*request_entropy)(RngBackend *s, RngRequest *req);
    void (*opened)(RngBackend *s, Error **errp);
};

struct RngBackend {
    Object parent;
    bool opened;
    QSIMPLEQ_HEAD(, RngRequest) requests;
};

/* Asks for @size bytes, as often as one likes; @receive_entropy comes later. */
void rng_backend_request_entropy(RngBackend *s, size_t size,
                                 EntropyReceiveFunc *receive_entropy,
                                 void *opaque);

/* For backends: @req is done; it leaves the queue and is freed. */
void rng_backend_finalize_request(RngBackend *s, RngRequest *req);

/* Takes back all requests with that callback: it is not called any more. */
void rng_backend_cancel_requests(RngBackend *s,
                                 EntropyReceiveFunc *receive_entropy,
                                 const void *opaque);

#endif
