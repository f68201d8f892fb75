/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rng-random: random numbers from a file of the host, /dev/urandom by default,
 * read when it has some.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "system/rng-random.h"
#include "system/rng.h"

struct RngRandom {
    RngBackend parent;
    int fd;
    char *filename;
};

/*
 * A file that ends, or cannot be read, gives nothing more: its requests stay,
 * and the guest waits.
 */
static bool serve_first(RngRandom *s)
{
    RngRequest *req = QSIMPLEQ_FIRST(&s->parent.requests);
    ssize_t len = RETRY_ON_EINTR(read(s->fd, req->data, req->size));

    if (len > 0) {
        req->receive_entropy(req->opaque, req->data, len);
        rng_backend_finalize_request(&s->parent, req);
        return true;
    }
    if (len == 0 || errno != EAGAIN) {
        error_report("rng-random: '%s': %s; no more random numbers from it",
                     s->filename, len ? strerror(errno) : "end of file");
        qemu_set_fd_handler(s->fd, NULL, NULL, NULL);
    }
    return false;
}

static void entropy_available(void *opaque)
{
    RngRandom *s = opaque;
    bool more = true;

    object_ref(OBJECT(s));
    while (more && !QSIMPLEQ_EMPTY(&s->parent.requests)) {
        more = serve_first(s);
    }
    if (more) {
        qemu_set_fd_handler(s->fd, NULL, NULL, NULL);
    }
    object_unref(OBJECT(s));
}

static void request_entropy(RngBackend *b, RngRequest *req)
{
    RngRandom *s = RNG_RANDOM(b);

    if (QSIMPLEQ_EMPTY(&b->requests)) {
        qemu_set_fd_handler(s->fd, entropy_available, NULL, s);
    }
}

static void opened(RngBackend *b, Error **errp)
{
    RngRandom *s = RNG_RANDOM(b);

    if (!s->filename) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "filename",
                   "a valid filename");
        return;
    }
    s->fd = qemu_open(s->filename, O_RDONLY | O_NONBLOCK, errp);
}

static char *get_filename(Object *obj, Error **errp)
{
    return g_strdup(RNG_RANDOM(obj)->filename);
}

static void set_filename(Object *obj, const char *filename, Error **errp)
{
    RngRandom *s = RNG_RANDOM(obj);

    if (s->parent.opened) {
        error_setg(errp, "Property 'filename' can no longer be set");
        return;
    }
    g_free(s->filename);
    s->filename = g_strdup(filename);
}

static void instance_init(Object *obj)
{
    RngRandom *s = RNG_RANDOM(obj);

    s->filename = g_strdup("/dev/urandom");
    s->fd = -1;
}

static void instance_finalize(Object *obj)
{
    RngRandom *s = RNG_RANDOM(obj);

    if (s->fd >= 0) {
        qemu_set_fd_handler(s->fd, NULL, NULL, NULL);
        qemu_close(s->fd);
    }
    g_free(s->filename);
}

static void class_init(ObjectClass *oc, void *data)
{
    RngBackendClass *rbc = RNG_BACKEND_CLASS(oc);

    rbc->request_entropy = request_entropy;
    rbc->opened = opened;
    object_class_property_add_str(oc, "filename", get_filename, set_filename);
}

static const TypeInfo rng_random_info = {
    .name = TYPE_RNG_RANDOM,
    .parent = TYPE_RNG_BACKEND,
    .instance_size = sizeof(RngRandom),
    .instance_init = instance_init,
    .instance_finalize = instance_finalize,
    .class_init = class_init,
};

static void register_types(void)
{
    type_register_static(&rng_random_info);
}

type_init(register_types)
