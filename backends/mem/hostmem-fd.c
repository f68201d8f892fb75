/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory-backend-fd: memory that somebody else made, taken over as it is by
 * file descriptor: a memfd of another process, a file in hugetlbfs, a DAX
 * device. Nothing is created, grown or cleared.
 */
#include "qemu/osdep.h"
#include "hostmem-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/visitor.h"
#include "qemu/mmap-alloc.h"
#include "qemu/module.h"

OBJECT_DECLARE_SIMPLE_TYPE(HostMemoryBackendFd, MEMORY_BACKEND_FD)

struct HostMemoryBackendFd {
    HostMemoryBackend parent_obj;

    char *fd; /* a number, or a name that "getfd" gave it */
    uint64_t offset;
    bool readonly;
};

/* NULL if a mapping of such a thing is memory, else what it is. */
static const char *not_memory(mode_t mode)
{
    return S_ISSOCK(mode)   ? "a socket"
           : S_ISFIFO(mode) ? "a pipe"
           : S_ISDIR(mode)  ? "a directory"
           : S_ISREG(mode) || S_ISCHR(mode) || S_ISBLK(mode)
               ? NULL
               : "neither a file nor a device";
}

static bool check_place(const HostMemoryBackendFd *b, int fd, uint64_t length,
                        Error **errp)
{
    uint64_t size = MEMORY_BACKEND(b)->size;
    size_t page = qemu_fd_getpagesize(fd);

    if (!QEMU_IS_ALIGNED(b->offset, page)) {
        error_setg(errp,
                   "offset 0x%" PRIx64 " into 'fd=%s' is not a multiple of its "
                   "page size, 0x%zx",
                   b->offset, b->fd, page);
        return false;
    }
    if (b->offset > length || size > length - b->offset) {
        error_setg(errp,
                   "'fd=%s' holds 0x%" PRIx64 " bytes: too few for offset "
                   "0x%" PRIx64 " and size 0x%" PRIx64,
                   b->fd, length, b->offset, size);
        return false;
    }
    return true;
}

static bool check_access(const HostMemoryBackendFd *b, int fd, Error **errp)
{
    int flags = fcntl(fd, F_GETFL);
    int mode = flags & O_ACCMODE;

    if (flags < 0 || mode == O_WRONLY || (flags & O_PATH)) {
        error_setg(errp, "'fd=%s' is not open for reading", b->fd);
        return false;
    }
    if (mode == O_RDONLY && !b->readonly && MEMORY_BACKEND(b)->share) {
        g_autofree char *opt = g_strdup_printf("fd=%s", b->fd);

        return host_memory_clash(errp, opt, "readonly=off",
                                 "the descriptor is open for reading only");
    }
    return true;
}

static bool check_fd(const HostMemoryBackendFd *b, int fd, Error **errp)
{
    struct stat st;
    const char *kind;

    if (fstat(fd, &st) < 0) {
        error_setg_errno(errp, errno, "cannot look at 'fd=%s'", b->fd);
        return false;
    }
    kind = not_memory(st.st_mode);
    if (kind) {
        error_setg(errp,
                   "'fd=%s' is %s; it must be a file, a memfd or a device "
                   "that can be mapped",
                   b->fd, kind);
        return false;
    }
    return check_access(b, fd, errp) &&
           (!S_ISREG(st.st_mode) || check_place(b, fd, st.st_size, errp));
}

static bool fd_backend_alloc(HostMemoryBackend *backend, Error **errp)
{
    HostMemoryBackendFd *b = MEMORY_BACKEND_FD(backend);
    g_autofree char *name = NULL;
    uint32_t flags;
    int fd;

    if (!host_memory_check_size(backend, errp)) {
        return false;
    }
    if (!b->fd) {
        error_setg(errp, "fd property not set");
        return false;
    }
    if (backend->decommit && b->readonly) {
        return host_memory_clash(errp, "decommit=on", "readonly=on",
                                 "memory that may not be written keeps all "
                                 "its pages");
    }
    fd = host_memory_get_fd(b->fd, errp);
    if (fd < 0) {
        return false;
    }
    backend->aligned = true;
    name = host_memory_backend_get_name(backend);
    flags = host_memory_ram_flags(backend) |
            (b->readonly ? RAM_READONLY | RAM_READONLY_FD : 0);
    if (!check_fd(b, fd, errp) ||
        !memory_region_init_ram_from_fd(&backend->mr, OBJECT(backend), name,
                                        backend->size, flags, fd, b->offset,
                                        errp)) {
        close(fd);
        return false;
    }
    return true;
}

static bool may_change(Object *obj, const char *name, Error **errp)
{
    if (host_memory_backend_mr_inited(MEMORY_BACKEND(obj))) {
        error_setg(errp, "cannot change property '%s' of %s", name,
                   object_get_typename(obj));
        return false;
    }
    return true;
}

static char *get_fd(Object *obj, Error **errp)
{
    return g_strdup(MEMORY_BACKEND_FD(obj)->fd);
}

static void set_fd(Object *obj, const char *value, Error **errp)
{
    HostMemoryBackendFd *b = MEMORY_BACKEND_FD(obj);

    if (may_change(obj, "fd", errp)) {
        g_free(b->fd);
        b->fd = g_strdup(value);
    }
}

static void get_offset(Object *obj, Visitor *v, const char *name, void *opaque,
                       Error **errp)
{
    uint64_t value = MEMORY_BACKEND_FD(obj)->offset;

    visit_type_size(v, name, &value, errp);
}

static void set_offset(Object *obj, Visitor *v, const char *name, void *opaque,
                       Error **errp)
{
    uint64_t value;

    if (may_change(obj, name, errp) && visit_type_size(v, name, &value, errp)) {
        MEMORY_BACKEND_FD(obj)->offset = value;
    }
}

static bool get_readonly(Object *obj, Error **errp)
{
    return MEMORY_BACKEND_FD(obj)->readonly;
}

static void set_readonly(Object *obj, bool value, Error **errp)
{
    if (may_change(obj, "readonly", errp)) {
        MEMORY_BACKEND_FD(obj)->readonly = value;
    }
}

static void fd_backend_instance_init(Object *obj)
{
    MEMORY_BACKEND(obj)->share = true;
}

static void fd_backend_instance_finalize(Object *obj)
{
    g_free(MEMORY_BACKEND_FD(obj)->fd);
}

static void fd_backend_class_init(ObjectClass *oc, void *data)
{
    MEMORY_BACKEND_CLASS(oc)->alloc = fd_backend_alloc;

    object_class_property_add_str(oc, "fd", get_fd, set_fd);
    object_class_property_set_description(
        oc, "fd", "Descriptor: a number, or a name given by getfd");
    object_class_property_add(oc, "offset", "int", get_offset, set_offset, NULL,
                              NULL);
    object_class_property_set_description(oc, "offset",
                                          "Where in it the memory begins");
    object_class_property_add_bool(oc, "readonly", get_readonly, set_readonly);
    object_class_property_set_description(oc, "readonly",
                                          "The guest cannot write it");
}

static const TypeInfo fd_backend_types[] = {
    {
        .name = TYPE_MEMORY_BACKEND_FD,
        .parent = TYPE_MEMORY_BACKEND,
        .class_init = fd_backend_class_init,
        .instance_size = sizeof(HostMemoryBackendFd),
        .instance_init = fd_backend_instance_init,
        .instance_finalize = fd_backend_instance_finalize,
    },
};

DEFINE_TYPES(fd_backend_types)
