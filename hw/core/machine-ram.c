/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine's RAM: the memory backend that it is, and how the machine gets it.
 */
#include "qemu/osdep.h"
#include "machine-internal.h"
#include "memory/ram.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qom/object_interfaces.h"
#include "system/hostmem.h"
#include "system/numa.h"

MemoryRegion *machine_consume_memdev(MachineState *machine,
                                     HostMemoryBackend *backend)
{
    MemoryRegion *mr = host_memory_backend_get_memory(backend);

    if (host_memory_backend_is_mapped(backend)) {
        error_report("memory backend %s can't be used multiple times.",
                     object_get_canonical_path_component(OBJECT(backend)));
        exit(EXIT_FAILURE);
    }
    host_memory_backend_set_mapped(backend, true);
    vmstate_register_ram_global(mr);
    return mr;
}

bool machine_create_default_memdev(MachineState *ms, const char *path,
                                   Error **errp)
{
    const char *id = MACHINE_GET_CLASS(ms)->default_ram_id;
    Object *obj =
        object_new(path ? TYPE_MEMORY_BACKEND_FILE : TYPE_MEMORY_BACKEND_RAM);
    bool ok;

    object_property_add_child(object_get_objects_root(), id, obj);
    /* The region's name is the id, also where old machines say otherwise. */
    ok = (!path || object_property_set_str(obj, "mem-path", path, errp)) &&
         object_property_set_uint(obj, "size", ms->ram_size, errp) &&
         object_property_set_bool(obj, "x-use-canonical-path-for-ramblock-id",
                                  false, errp) &&
         user_creatable_complete(USER_CREATABLE(obj), errp) &&
         object_property_set_link(OBJECT(ms), "memory-backend", obj, errp);
    if (!ok) {
        object_unparent(obj);
    }
    object_unref(obj);
    return ok;
}

static bool create_default_ram(MachineState *ms, const char *mem_path,
                               Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);

    if (object_property_find(object_get_objects_root(), mc->default_ram_id)) {
        error_setg(errp,
                   "object's id '%s' is reserved for the default"
                   " RAM backend, it can't be used for any other purposes",
                   mc->default_ram_id);
        error_append_hint(
            errp,
            "Change the object's 'id' to something else or disable"
            " automatic creation of the default RAM backend by setting"
            " 'memory-backend=%s' with '-machine'.\n",
            mc->default_ram_id);
        return false;
    }
    return mc->create_default_memdev(ms, mem_path, errp);
}

bool machine_prepare_ram(MachineState *ms, const char *mem_path, Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);

    if (ms->memdev) {
        if (ms->memdev->size != ms->ram_size) {
            error_setg(errp, "Machine memory size does not match the size of"
                             " the memory backend");
            return false;
        }
    } else if (mc->default_ram_id && ms->ram_size && numa_uses_legacy_mem()) {
        if (!create_default_ram(ms, mem_path, errp)) {
            return false;
        }
    }
    if (ms->numa_state) {
        numa_complete_configuration(ms);
    }
    if (!ms->ram && ms->memdev) {
        ms->ram = machine_consume_memdev(ms, ms->memdev);
    }
    return true;
}

/* A machine that is built has its RAM for good. */
static void check_memdev(const Object *obj, const char *name, Object *value,
                         Error **errp)
{
    if (MACHINE(obj)->ram) {
        error_setg(errp, "cannot change property '%s' of %s: it has its RAM",
                   name, object_get_typename(obj));
    } else if (value &&
               !host_memory_backend_get_memory(MEMORY_BACKEND(value))) {
        error_setg(errp, "memory backend '%s' has no memory",
                   object_get_canonical_path_component(value));
    }
}

void machine_add_ram_properties(ObjectClass *oc)
{
    object_class_property_add_link(oc, "memory-backend", TYPE_MEMORY_BACKEND,
                                   offsetof(MachineState, memdev), check_memdev,
                                   OBJ_PROP_LINK_STRONG);
    object_class_property_set_description(
        oc, "memory-backend",
        "Set RAM backend"
        "Valid value is ID of hostmem based backend");
}
