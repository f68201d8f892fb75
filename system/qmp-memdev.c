/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands about the machine's memory and the backends that the user made.
 */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/mem/memory-device.h"
#include "memory/ram-visibility.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/qapi-commands-memory-backend.h"
#include "qapi/qapi-visit-machine.h"
#include "qapi/qobject-input-visitor.h"
#include "qobject/qdict.h"
#include "qom/object.h"
#include "qom/qom-qobject.h"
#include "system/hostmem.h"

/* The members of Memdev that are properties of a backend, so named. */
static const char *const members[] = {
    "size",  "merge",   "dump",   "prealloc",
    "share", "reserve", "policy", "host-nodes",
};

typedef struct Walk {
    MemdevList *list;
    Error **errp;
} Walk;

static int add_backend(Object *obj, void *opaque)
{
    Walk *walk = opaque;
    Memdev *memdev = NULL;
    QDict *dict;
    Visitor *v;

    if (!object_dynamic_cast(obj, TYPE_MEMORY_BACKEND)) {
        return 0;
    }
    dict = qdict_new();
    qdict_put_str(dict, "id", object_get_canonical_path_component(obj));
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        QObject *value = object_property_get_qobject(obj, members[i], NULL);

        if (value) {
            qdict_put_obj(dict, members[i], value);
        }
    }
    v = qobject_input_visitor_new(QOBJECT(dict));
    if (visit_type_Memdev(v, NULL, &memdev, walk->errp)) {
        QAPI_LIST_PREPEND(walk->list, memdev);
    }
    visit_free(v);
    qobject_unref(dict);
    return memdev ? 0 : -1;
}

MemdevList *qmp_query_memdev(Error **errp)
{
    Walk walk = { .errp = errp };

    if (object_child_foreach(object_get_objects_root(), add_backend, &walk)) {
        qapi_free_MemdevList(walk.list);
        return NULL;
    }
    return walk.list;
}

MemoryInfo *qmp_query_memory_size_summary(Error **errp)
{
    MemoryInfo *info = g_new0(MemoryInfo, 1);

    info->base_memory = current_machine->ram_size;
    info->has_plugged_memory = true;
    info->plugged_memory = get_plugged_memory_size();
    return info;
}

MemoryDeviceInfoList *qmp_query_memory_devices(Error **errp)
{
    return qmp_memory_device_list();
}

void qmp_x_memdev_discard(const char *id, bool has_offset, uint64_t offset,
                          bool has_size, uint64_t size, Error **errp)
{
    Object *obj = object_resolve_path_component(object_get_objects_root(), id);
    HostMemoryBackend *backend;

    backend =
        (HostMemoryBackend *)object_dynamic_cast(obj, TYPE_MEMORY_BACKEND);
    if (!backend) {
        error_setg(errp, "Memory backend '%s' not found", id);
        return;
    }
    if (!has_size) {
        size = backend->size - MIN(offset, backend->size);
    }
    host_memory_backend_discard(backend, offset, size, errp);
}

void qmp_x_ram_visibility_set(const char *path, uint64_t first, uint64_t last,
                              RamVisibility visibility, Error **errp)
{
    Object *obj = object_resolve_path_type(path ?: "/machine/ram-visibility",
                                           TYPE_RAM_VISIBILITY_CONTROL, NULL);

    if (!obj) {
        error_setg(errp, "nothing controls the visibility of RAM%s%s",
                   path ? " at " : "", path ?: "");
        return;
    }
    ram_visibility_set(RAM_VISIBILITY_CONTROL(obj), first, last, visibility,
                       errp);
}
