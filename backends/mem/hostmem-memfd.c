/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory-backend-memfd: a file that exists in memory only, so that the memory
 * can be shared with other processes by its descriptor.
 */
#include "qemu/osdep.h"
#include "hostmem-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/visitor.h"
#include "qemu/host-utils.h"
#include "qemu/memfd.h"
#include "qemu/module.h"

OBJECT_DECLARE_SIMPLE_TYPE(HostMemoryBackendMemfd, MEMORY_BACKEND_MEMFD)

struct HostMemoryBackendMemfd {
    HostMemoryBackend parent_obj;

    bool hugetlb;
    uint64_t hugetlbsize; /* bytes; 0: the host's default */
    bool seal;
};

/* The file's pages, as far as that is known before there is one. */
static size_t file_page_size(const HostMemoryBackendMemfd *m)
{
    if (!m->hugetlb) {
        return qemu_real_host_page_size();
    }
    return is_power_of_2(m->hugetlbsize) ? m->hugetlbsize : 1;
}

static bool memfd_backend_alloc(HostMemoryBackend *backend, Error **errp)
{
    HostMemoryBackendMemfd *m = MEMORY_BACKEND_MEMFD(backend);
    unsigned seals = F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    g_autofree char *name = NULL;
    int fd;

    if (!host_memory_check_size(backend, errp) ||
        !host_memory_check_pages(backend, backend->size, file_page_size(m),
                                 errp)) {
        return false;
    }
    name = host_memory_backend_get_name(backend);
    fd = ram_take_kept_fd(name);
    if (fd < 0) {
        fd = qemu_memfd_create(TYPE_MEMORY_BACKEND_MEMFD, backend->size,
                               m->hugetlb, m->hugetlbsize, m->seal ? seals : 0,
                               errp);
    }
    if (fd < 0) {
        return false;
    }
    backend->aligned = true;
    return host_memory_init_from_kept_fd(backend, name, fd, errp);
}

static bool get_hugetlb(Object *obj, Error **errp)
{
    return MEMORY_BACKEND_MEMFD(obj)->hugetlb;
}

static void set_hugetlb(Object *obj, bool value, Error **errp)
{
    MEMORY_BACKEND_MEMFD(obj)->hugetlb = value;
}

static void get_hugetlbsize(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    uint64_t value = MEMORY_BACKEND_MEMFD(obj)->hugetlbsize;

    visit_type_size(v, name, &value, errp);
}

static void set_hugetlbsize(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    uint64_t value;

    if (host_memory_backend_mr_inited(MEMORY_BACKEND(obj))) {
        error_setg(errp, "cannot change property value");
        return;
    }
    if (!visit_type_size(v, name, &value, errp)) {
        return;
    }
    if (!value) {
        error_setg(errp, "Property '%s.%s' doesn't take value '%" PRIu64 "'",
                   object_get_typename(obj), name, value);
        return;
    }
    MEMORY_BACKEND_MEMFD(obj)->hugetlbsize = value;
}

static bool get_seal(Object *obj, Error **errp)
{
    return MEMORY_BACKEND_MEMFD(obj)->seal;
}

static void set_seal(Object *obj, bool value, Error **errp)
{
    MEMORY_BACKEND_MEMFD(obj)->seal = value;
}

static void memfd_backend_instance_init(Object *obj)
{
    MEMORY_BACKEND_MEMFD(obj)->seal = true;
    MEMORY_BACKEND(obj)->share = true;
}

static void memfd_backend_class_init(ObjectClass *oc, void *data)
{
    MEMORY_BACKEND_CLASS(oc)->alloc = memfd_backend_alloc;

    object_class_property_add_bool(oc, "hugetlb", get_hugetlb, set_hugetlb);
    object_class_property_set_description(oc, "hugetlb", "Use huge pages");
    object_class_property_add(oc, "hugetlbsize", "int", get_hugetlbsize,
                              set_hugetlbsize, NULL, NULL);
    object_class_property_set_description(oc, "hugetlbsize",
                                          "Huge pages size (ex: 2M, 1G)");
    object_class_property_add_bool(oc, "seal", get_seal, set_seal);
    object_class_property_set_description(oc, "seal",
                                          "Seal growing & shrinking");
}

static const TypeInfo memfd_backend_types[] = {
    {
        .name = TYPE_MEMORY_BACKEND_MEMFD,
        .parent = TYPE_MEMORY_BACKEND,
        .class_init = memfd_backend_class_init,
        .instance_size = sizeof(HostMemoryBackendMemfd),
        .instance_init = memfd_backend_instance_init,
    },
};

DEFINE_TYPES(memfd_backend_types)
