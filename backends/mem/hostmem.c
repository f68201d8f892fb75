/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The base class of memory backends: how one comes to be and goes. Its
 * properties are in hostmem-props.c.
 */
#include "qemu/osdep.h"
#include "exec/cpu-common.h"
#include "exec/ramblock.h"
#include "hostmem-internal.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/madvise.h"
#include "qemu/module.h"
#include "qobject/qdict.h"
#include "qom/object_interfaces.h"
#include "qom/qom-qobject.h"

static bool async_prealloc;

/*** What users of a backend ask. ***/

bool host_memory_backend_mr_inited(HostMemoryBackend *backend)
{
    /* A failed initialization leaves a region of size 0. */
    return memory_region_size(&backend->mr) != 0;
}

MemoryRegion *host_memory_backend_get_memory(HostMemoryBackend *backend)
{
    return host_memory_backend_mr_inited(backend) ? &backend->mr : NULL;
}

void host_memory_backend_set_mapped(HostMemoryBackend *backend, bool mapped)
{
    backend->is_mapped = mapped;
}

bool host_memory_backend_is_mapped(HostMemoryBackend *backend)
{
    return backend->is_mapped;
}

size_t host_memory_backend_pagesize(HostMemoryBackend *memdev)
{
    size_t pagesize = qemu_ram_pagesize(memdev->mr.ram_block);

    g_assert(pagesize >= qemu_real_host_page_size());
    return pagesize;
}

char *host_memory_backend_get_name(HostMemoryBackend *backend)
{
    if (backend->use_canonical_path) {
        return object_get_canonical_path(OBJECT(backend));
    }
    return g_strdup(object_get_canonical_path_component(OBJECT(backend)));
}

typedef struct PageSizes {
    long min; /* of those that are mapped */
    long max; /* of all */
} PageSizes;

static int note_page_size(Object *obj, void *opaque)
{
    PageSizes *sizes = opaque;
    HostMemoryBackend *backend;
    long size;

    if (!object_dynamic_cast(obj, TYPE_MEMORY_BACKEND)) {
        return 0;
    }
    backend = MEMORY_BACKEND(obj);
    if (host_memory_backend_mr_inited(backend)) {
        size = host_memory_backend_pagesize(backend);
        sizes->max = MAX(sizes->max, size);
        if (host_memory_backend_is_mapped(backend)) {
            sizes->min = MIN(sizes->min, size);
        }
    }
    return 0;
}

static PageSizes page_sizes(void)
{
    PageSizes sizes = { .min = LONG_MAX };

    object_child_foreach(object_get_objects_root(), note_page_size, &sizes);
    return sizes;
}

long qemu_minrampagesize(void)
{
    long min = page_sizes().min;

    return min == LONG_MAX ? qemu_real_host_page_size() : min;
}

long qemu_maxrampagesize(void)
{
    return page_sizes().max;
}

/*** Descriptors that the user names. ***/

static int (*get_fd_hook)(const char *name, Error **errp);

void host_memory_set_fd_hook(int (*get_fd)(const char *name, Error **errp))
{
    get_fd_hook = get_fd;
}

int host_memory_get_fd(const char *name, Error **errp)
{
    int fd, copy;

    if (!qemu_isdigit(name[0])) {
        if (get_fd_hook) {
            return get_fd_hook(name, errp);
        }
        error_setg(errp, "File descriptor named '%s' has not been found", name);
        return -1;
    }
    if (qemu_strtoi(name, NULL, 10, &fd) < 0) {
        error_setg(errp, "Invalid file descriptor number '%s'", name);
        return -1;
    }
    /* A copy: nothing keeps the user from giving one number twice. */
    copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) {
        error_setg_errno(errp, errno, "Cannot use file descriptor %d", fd);
    }
    return copy;
}

/*** Making it. ***/

uint32_t host_memory_ram_flags(const HostMemoryBackend *backend)
{
    return (backend->share ? RAM_SHARED : RAM_PRIVATE) |
           (backend->reserve ? 0 : RAM_NORESERVE) |
           (backend->guest_memfd ? RAM_GUEST_MEMFD : 0);
}

bool host_memory_init_from_kept_fd(HostMemoryBackend *backend, const char *name,
                                   int fd, Error **errp)
{
    if (!memory_region_init_ram_from_fd(
            &backend->mr, OBJECT(backend), name, backend->size,
            host_memory_ram_flags(backend), fd, 0, errp)) {
        ram_forget_fd(fd);
        close(fd);
        return false;
    }
    ram_keep_fd(name, fd);
    return true;
}

bool host_memory_check_size(const HostMemoryBackend *backend, Error **errp)
{
    if (!backend->size) {
        error_setg(errp, "can't create backend with size 0");
        return false;
    }
    return true;
}

bool host_memory_check_pages(const HostMemoryBackend *backend, uint64_t size,
                             size_t pagesize, Error **errp)
{
    g_autofree char *text = size_to_str(pagesize);

    if (!QEMU_IS_ALIGNED(size, pagesize)) {
        error_setg(errp, "backend '%s' memory size must be multiple of %s",
                   object_get_typename(OBJECT(backend)), text);
        return false;
    }
    return true;
}

static bool check_alignment(HostMemoryBackend *backend, Error **errp)
{
    return !backend->aligned ||
           host_memory_check_pages(backend, memory_region_size(&backend->mr),
                                   host_memory_backend_pagesize(backend), errp);
}

/* All that is done to memory once it is mapped; where it lies comes first. */
static bool prepare_memory(HostMemoryBackend *backend, Error **errp)
{
    void *ptr = memory_region_get_ram_ptr(&backend->mr);
    uint64_t sz = memory_region_size(&backend->mr);

    /* The machine's choice is in force already. */
    qemu_madvise(ptr, sz,
                 backend->merge ? QEMU_MADV_MERGEABLE : QEMU_MADV_UNMERGEABLE);
    qemu_madvise(ptr, sz,
                 backend->dump ? QEMU_MADV_DODUMP : QEMU_MADV_DONTDUMP);
    if (!host_memory_apply_thp(backend, ptr, sz, errp) ||
        !host_memory_bind(backend, ptr, sz, errp)) {
        return false;
    }
    if (backend->prealloc &&
        !qemu_prealloc_mem(memory_region_get_fd(&backend->mr), ptr, sz,
                           backend->prealloc_threads, backend->prealloc_context,
                           async_prealloc, errp)) {
        return false;
    }
    if (backend->prefault) {
        host_memory_prefault(backend, ptr, sz);
    }
    return !backend->pin || host_memory_pin(backend, ptr, sz, errp);
}

static void host_memory_backend_complete(UserCreatable *uc, Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(uc);
    HostMemoryBackendClass *bc = MEMORY_BACKEND_GET_CLASS(uc);

    if (!bc->alloc || !host_memory_check_clashes(backend, errp) ||
        !host_memory_check_policy(backend, errp) ||
        !host_memory_claim_discard(backend, errp) ||
        !bc->alloc(backend, errp)) {
        return;
    }
    if (check_alignment(backend, errp)) {
        prepare_memory(backend, errp);
    }
}

static bool host_memory_backend_can_be_deleted(UserCreatable *uc)
{
    return !host_memory_backend_is_mapped(MEMORY_BACKEND(uc));
}

void host_memory_backends_begin_async(void)
{
    async_prealloc = true;
}

bool host_memory_backends_end_async(Error **errp)
{
    async_prealloc = false;
    return qemu_finish_async_prealloc_mem(errp);
}

/*** The object. ***/

/* The machine's choices are the defaults; the machine is above us. */
static bool machine_flag(Object *machine, const char *name, bool otherwise)
{
    return machine && object_property_find(machine, name)
               ? object_property_get_bool(machine, name, &error_abort)
               : otherwise;
}

static uint32_t machine_cpus(Object *machine)
{
    g_autoptr(QDict) smp = NULL;

    if (!machine || !object_property_find(machine, "smp")) {
        return 1;
    }
    smp = qobject_to(QDict,
                     object_property_get_qobject(machine, "smp", &error_abort));
    return MAX(1, qdict_get_try_int(smp, "cpus", 1));
}

static void host_memory_backend_init(Object *obj)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);
    Object *machine = object_resolve_path("/machine", NULL);

    backend->merge = machine_flag(machine, "mem-merge", true);
    backend->dump = machine_flag(machine, "dump-guest-core", true);
    backend->reserve = true;
    backend->prealloc_threads = machine_cpus(machine);
    backend->thp = ON_OFF_AUTO_AUTO;
}

static void host_memory_backend_post_init(Object *obj)
{
    object_apply_compat_props(obj);
}

static void host_memory_backend_finalize(Object *obj)
{
    host_memory_release_discard(MEMORY_BACKEND(obj));
}

static void host_memory_backend_class_init(ObjectClass *oc, void *data)
{
    UserCreatableClass *ucc = USER_CREATABLE_CLASS(oc);

    ucc->complete = host_memory_backend_complete;
    ucc->can_be_deleted = host_memory_backend_can_be_deleted;
    host_memory_backend_add_properties(oc);
}

static const TypeInfo host_memory_backend_types[] = {
    {
        .name = TYPE_MEMORY_BACKEND,
        .parent = TYPE_OBJECT,
        .abstract = true,
        .class_size = sizeof(HostMemoryBackendClass),
        .class_init = host_memory_backend_class_init,
        .instance_size = sizeof(HostMemoryBackend),
        .instance_init = host_memory_backend_init,
        .instance_post_init = host_memory_backend_post_init,
        .instance_finalize = host_memory_backend_finalize,
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_USER_CREATABLE },
                {},
            },
    },
};

DEFINE_TYPES(host_memory_backend_types)
