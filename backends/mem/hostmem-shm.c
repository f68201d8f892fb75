/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory-backend-shm: POSIX shared memory, unlinked at once: others get it by
 * its descriptor. Where a memfd is not to be had, or not wanted.
 */
#include "qemu/osdep.h"
#include "hostmem-internal.h"
#include "qapi/error.h"
#include "qemu/module.h"

static bool shm_backend_alloc(HostMemoryBackend *backend, Error **errp)
{
    g_autofree char *name = NULL;
    int fd;

    if (!backend->size) {
        error_setg(errp, "can't create shm backend with size 0");
        return false;
    }
    if (!backend->share) {
        error_setg(errp, "can't create shm backend with `share=off`");
        return false;
    }
    if (!host_memory_check_pages(backend, backend->size,
                                 qemu_real_host_page_size(), errp)) {
        return false;
    }
    name = host_memory_backend_get_name(backend);
    fd = ram_take_kept_fd(name);
    if (fd < 0) {
        fd = qemu_shm_alloc(backend->size, errp);
    }
    return fd >= 0 && host_memory_init_from_kept_fd(backend, name, fd, errp);
}

static void shm_backend_instance_init(Object *obj)
{
    MEMORY_BACKEND(obj)->share = true;
}

static void shm_backend_class_init(ObjectClass *oc, void *data)
{
    MEMORY_BACKEND_CLASS(oc)->alloc = shm_backend_alloc;
}

static const TypeInfo shm_backend_types[] = {
    {
        .name = TYPE_MEMORY_BACKEND_SHM,
        .parent = TYPE_MEMORY_BACKEND,
        .class_init = shm_backend_class_init,
        .instance_init = shm_backend_instance_init,
    },
};

DEFINE_TYPES(shm_backend_types)
