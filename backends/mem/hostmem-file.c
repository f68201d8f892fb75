/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory-backend-file: memory that is a file, on a disk, in hugetlbfs, or a
 * DAX device. A directory as the path stands for a new file in it that has no
 * name.
 */
#include "qemu/osdep.h"
#include "hostmem-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/qapi-visit-common.h"
#include "qapi/visitor.h"
#include "qemu/madvise.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"

OBJECT_DECLARE_SIMPLE_TYPE(HostMemoryBackendFile, MEMORY_BACKEND_FILE)

struct HostMemoryBackendFile {
    HostMemoryBackend parent_obj;

    char *mem_path;
    uint64_t align;  /* of the mapping; 0: as the file needs it */
    uint64_t offset; /* into the file */
    bool discard_data;
    bool is_pmem;
    bool readonly;
    OnOffAuto rom;
};

/* Whether the guest may not write: settles what rom=auto means. */
static bool settle_rom(HostMemoryBackendFile *fb, Error **errp)
{
    bool share = MEMORY_BACKEND(fb)->share;

    if (fb->rom == ON_OFF_AUTO_AUTO) {
        fb->rom = fb->readonly ? ON_OFF_AUTO_ON : ON_OFF_AUTO_OFF;
    } else if (fb->rom == ON_OFF_AUTO_ON && !fb->readonly) {
        error_setg(errp, "property 'rom' = 'on' is not supported with"
                         " 'readonly' = 'off'");
        return false;
    } else if (fb->rom == ON_OFF_AUTO_OFF && fb->readonly && share) {
        error_setg(errp, "property 'rom' = 'off' is incompatible with"
                         " 'readonly' = 'on' and 'share' = 'on'");
        return false;
    }
    return true;
}

static bool file_backend_alloc(HostMemoryBackend *backend, Error **errp)
{
    HostMemoryBackendFile *fb = MEMORY_BACKEND_FILE(backend);
    g_autofree char *name = NULL;
    uint32_t flags;

    if (!host_memory_check_size(backend, errp)) {
        return false;
    }
    if (!fb->mem_path) {
        error_setg(errp, "mem-path property not set");
        return false;
    }
    if (!settle_rom(fb, errp)) {
        return false;
    }
    if (backend->decommit && fb->readonly) {
        return host_memory_clash(errp, "decommit=on", "readonly=on",
                                 "a file that may not be written keeps all "
                                 "its pages");
    }
    backend->aligned = true;
    name = host_memory_backend_get_name(backend);
    flags = host_memory_ram_flags(backend) | RAM_NAMED_FILE |
            (fb->readonly ? RAM_READONLY_FD : 0) |
            (fb->rom == ON_OFF_AUTO_ON ? RAM_READONLY : 0) |
            (fb->is_pmem ? RAM_PMEM : 0);
    return memory_region_init_ram_from_file(&backend->mr, OBJECT(backend), name,
                                            backend->size, fb->align, flags,
                                            fb->mem_path, fb->offset, errp);
}

/*** Properties: all are fixed once the memory is there. ***/

static bool may_change(Object *obj, const char *name, const char *end,
                       Error **errp)
{
    if (host_memory_backend_mr_inited(MEMORY_BACKEND(obj))) {
        error_setg(errp, "cannot change property '%s' of %s%s", name,
                   object_get_typename(obj), end);
        return false;
    }
    return true;
}

static char *get_mem_path(Object *obj, Error **errp)
{
    return g_strdup(MEMORY_BACKEND_FILE(obj)->mem_path);
}

static void set_mem_path(Object *obj, const char *value, Error **errp)
{
    HostMemoryBackendFile *fb = MEMORY_BACKEND_FILE(obj);

    if (may_change(obj, "mem-path", "", errp)) {
        g_free(fb->mem_path);
        fb->mem_path = g_strdup(value);
    }
}

static void get_align(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    uint64_t value = MEMORY_BACKEND_FILE(obj)->align;

    visit_type_size(v, name, &value, errp);
}

static void set_align(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    uint64_t value;

    if (may_change(obj, name, "", errp) &&
        visit_type_size(v, name, &value, errp)) {
        MEMORY_BACKEND_FILE(obj)->align = value;
    }
}

static void get_offset(Object *obj, Visitor *v, const char *name, void *opaque,
                       Error **errp)
{
    uint64_t value = MEMORY_BACKEND_FILE(obj)->offset;

    visit_type_size(v, name, &value, errp);
}

static void set_offset(Object *obj, Visitor *v, const char *name, void *opaque,
                       Error **errp)
{
    uint64_t value;

    if (may_change(obj, name, "", errp) &&
        visit_type_size(v, name, &value, errp)) {
        MEMORY_BACKEND_FILE(obj)->offset = value;
    }
}

static bool get_discard_data(Object *obj, Error **errp)
{
    return MEMORY_BACKEND_FILE(obj)->discard_data;
}

static void set_discard_data(Object *obj, bool value, Error **errp)
{
    MEMORY_BACKEND_FILE(obj)->discard_data = value;
}

static bool get_pmem(Object *obj, Error **errp)
{
    return MEMORY_BACKEND_FILE(obj)->is_pmem;
}

static void set_pmem(Object *obj, bool value, Error **errp)
{
    if (may_change(obj, "pmem", ".", errp)) {
        MEMORY_BACKEND_FILE(obj)->is_pmem = value;
    }
}

static bool get_readonly(Object *obj, Error **errp)
{
    return MEMORY_BACKEND_FILE(obj)->readonly;
}

static void set_readonly(Object *obj, bool value, Error **errp)
{
    if (may_change(obj, "readonly", ".", errp)) {
        MEMORY_BACKEND_FILE(obj)->readonly = value;
    }
}

static void get_rom(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    visit_type_OnOffAuto(v, name, &MEMORY_BACKEND_FILE(obj)->rom, errp);
}

static void set_rom(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    if (may_change(obj, name, ".", errp)) {
        visit_type_OnOffAuto(v, name, &MEMORY_BACKEND_FILE(obj)->rom, errp);
    }
}

/*** The object. ***/

/* On its way out: what is in the file need not be written back. */
static void file_backend_unparent(Object *obj)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (host_memory_backend_mr_inited(backend) &&
        MEMORY_BACKEND_FILE(obj)->discard_data) {
        qemu_madvise(memory_region_get_ram_ptr(&backend->mr),
                     memory_region_size(&backend->mr), QEMU_MADV_REMOVE);
    }
}

static void file_backend_instance_finalize(Object *obj)
{
    g_free(MEMORY_BACKEND_FILE(obj)->mem_path);
}

static void file_backend_class_init(ObjectClass *oc, void *data)
{
    MEMORY_BACKEND_CLASS(oc)->alloc = file_backend_alloc;
    oc->unparent = file_backend_unparent;

    object_class_property_add_bool(oc, "discard-data", get_discard_data,
                                   set_discard_data);
    object_class_property_set_description(
        oc, "discard-data", "Do not write the memory back to the file at exit");
    object_class_property_add_str(oc, "mem-path", get_mem_path, set_mem_path);
    object_class_property_set_description(oc, "mem-path",
                                          "The file, or a directory");
    object_class_property_add(oc, "align", "int", get_align, set_align, NULL,
                              NULL);
    object_class_property_set_description(oc, "align",
                                          "Alignment of the mapping (ex: 2M)");
    object_class_property_add(oc, "offset", "int", get_offset, set_offset, NULL,
                              NULL);
    object_class_property_set_description(
        oc, "offset", "Offset into the target file (ex: 1G)");
    object_class_property_add_bool(oc, "pmem", get_pmem, set_pmem);
    object_class_property_set_description(oc, "pmem",
                                          "The file is in persistent memory");
    object_class_property_add_bool(oc, "readonly", get_readonly, set_readonly);
    object_class_property_set_description(oc, "readonly",
                                          "Open the file for reading only");
    object_class_property_add(oc, "rom", "OnOffAuto", get_rom, set_rom, NULL,
                              NULL);
    object_class_property_set_description(
        oc, "rom", "Whether to create Read Only Memory (ROM)");
}

static const TypeInfo file_backend_types[] = {
    {
        .name = TYPE_MEMORY_BACKEND_FILE,
        .parent = TYPE_MEMORY_BACKEND,
        .class_init = file_backend_class_init,
        .instance_size = sizeof(HostMemoryBackendFile),
        .instance_finalize = file_backend_instance_finalize,
    },
};

DEFINE_TYPES(file_backend_types)
