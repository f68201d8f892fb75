/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * device-memory: memory of another process or of the kernel, shown to the
 * guest by file descriptor. Made and deleted at run time.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "memory/device-memory.h"
#include "qapi/error.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/visitor.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"
#include "system/hostmem.h"

#define TYPE_DEVICE_MEMORY "device-memory"
OBJECT_DECLARE_SIMPLE_TYPE(DeviceMemory, DEVICE_MEMORY)

struct DeviceMemory {
    Object parent_obj;

    char *fd;
    MemoryRegion *container; /* NULL: the system's memory */
    uint64_t addr;           /* in the container */
    uint64_t size;
    uint64_t offset; /* into the descriptor */
    bool readonly;
    bool mapped;
};

static void device_memory_complete(UserCreatable *uc, Error **errp)
{
    DeviceMemory *dm = DEVICE_MEMORY(uc);
    int fd;

    if (!dm->fd || !dm->size) {
        error_setg(errp, "device-memory needs '%s'", dm->fd ? "size" : "fd");
        return;
    }
    fd = host_memory_get_fd(dm->fd, errp);
    if (fd < 0) {
        return;
    }
    if (!dm->container) {
        dm->container = get_system_memory();
    }
    dm->mapped = memory_device_map(dm->container, dm->addr, fd, dm->offset,
                                   dm->size, !dm->readonly, errp);
    if (dm->mapped) {
        memory_region_ref(dm->container); /* its owner, that is */
    }
    close(fd);
}

static bool may_change(DeviceMemory *dm, const char *name, Error **errp)
{
    if (dm->mapped) {
        error_setg(errp, "cannot change property '%s' of %s", name,
                   TYPE_DEVICE_MEMORY);
    }
    return !dm->mapped;
}

/* @opaque: where in the struct the number is. */
static void get_number(Object *obj, Visitor *v, const char *name, void *opaque,
                       Error **errp)
{
    uint64_t *field = (void *)obj + (uintptr_t)opaque;

    visit_type_size(v, name, field, errp);
}

static void set_number(Object *obj, Visitor *v, const char *name, void *opaque,
                       Error **errp)
{
    uint64_t *field = (void *)obj + (uintptr_t)opaque;

    if (may_change(DEVICE_MEMORY(obj), name, errp)) {
        visit_type_size(v, name, field, errp);
    }
}

static char *get_fd(Object *obj, Error **errp)
{
    return g_strdup(DEVICE_MEMORY(obj)->fd);
}

static void set_fd(Object *obj, const char *value, Error **errp)
{
    DeviceMemory *dm = DEVICE_MEMORY(obj);

    if (may_change(dm, "fd", errp)) {
        g_free(dm->fd);
        dm->fd = g_strdup(value);
    }
}

static bool get_readonly(Object *obj, Error **errp)
{
    return DEVICE_MEMORY(obj)->readonly;
}

static void set_readonly(Object *obj, bool value, Error **errp)
{
    DeviceMemory *dm = DEVICE_MEMORY(obj);

    if (may_change(dm, "readonly", errp)) {
        dm->readonly = value;
    }
}

static void check_container(const Object *obj, const char *name, Object *value,
                            Error **errp)
{
    may_change(DEVICE_MEMORY(obj), name, errp);
}

static void device_memory_unparent(Object *obj)
{
    DeviceMemory *dm = DEVICE_MEMORY(obj);

    if (dm->mapped) {
        memory_device_unmap(dm->container, dm->addr, dm->size, &error_abort);
        memory_region_unref(dm->container);
        dm->mapped = false;
    }
}

static void device_memory_finalize(Object *obj)
{
    g_free(DEVICE_MEMORY(obj)->fd);
}

static void add_number(ObjectClass *oc, const char *name, size_t field,
                       const char *text)
{
    object_class_property_add(oc, name, "size", get_number, set_number, NULL,
                              (void *)field);
    object_class_property_set_description(oc, name, text);
}

static void device_memory_class_init(ObjectClass *oc, void *data)
{
    USER_CREATABLE_CLASS(oc)->complete = device_memory_complete;
    oc->unparent = device_memory_unparent;

    object_class_property_add_str(oc, "fd", get_fd, set_fd);
    object_class_property_set_description(
        oc, "fd", "Descriptor: a number, or a name given by getfd");
    object_class_property_add_link(oc, "container", TYPE_MEMORY_REGION,
                                   offsetof(DeviceMemory, container),
                                   check_container, 0);
    object_class_property_set_description(
        oc, "container", "The region to map it into (the system's memory)");
    add_number(oc, "addr", offsetof(DeviceMemory, addr),
               "Where in the container");
    add_number(oc, "size", offsetof(DeviceMemory, size), "How many bytes");
    add_number(oc, "offset", offsetof(DeviceMemory, offset),
               "Where in the descriptor it begins");
    object_class_property_add_bool(oc, "readonly", get_readonly, set_readonly);
    object_class_property_set_description(oc, "readonly",
                                          "The guest cannot write it");
}

static const TypeInfo device_memory_types[] = {
    {
        .name = TYPE_DEVICE_MEMORY,
        .parent = TYPE_OBJECT,
        .class_init = device_memory_class_init,
        .instance_size = sizeof(DeviceMemory),
        .instance_finalize = device_memory_finalize,
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_USER_CREATABLE },
                {},
            },
    },
};

DEFINE_TYPES(device_memory_types)
