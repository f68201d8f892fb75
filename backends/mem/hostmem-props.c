/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The properties that all memory backends have. Some can change while the
 * memory is in use (merge, dump, prealloc); the others are fixed once it is
 * there.
 */
#include "qemu/osdep.h"
#include "hostmem-internal.h"
#include "qapi/error.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/qapi-visit-common.h"
#include "qapi/string-input-visitor.h"
#include "qapi/visitor.h"
#include "qemu/madvise.h"

uint16List *host_memory_bits_to_list(const unsigned long *bitmap,
                                     unsigned long nbits)
{
    uint16List *list = NULL, **tail = &list;

    for (unsigned long i = find_first_bit(bitmap, nbits); i < nbits;
         i = find_next_bit(bitmap, nbits, i + 1)) {
        QAPI_LIST_APPEND(tail, i);
    }
    return list;
}

/*
 * The command line gives one value for a key, as in host-nodes=0-3: its type
 * is only known here.
 */
bool host_memory_visit_numbers(Visitor *v, const char *name, uint16List **list,
                               Error **errp)
{
    Error *err = NULL;
    g_autofree char *text = NULL;
    Visitor *sv;
    bool ok;

    if (visit_type_uint16List(v, name, list, &err)) {
        return true;
    }
    if (!visit_type_str(v, name, &text, NULL)) {
        error_propagate(errp, err);
        return false;
    }
    error_free(err);
    sv = string_input_visitor_new(text);
    ok = visit_type_uint16List(sv, name, list, errp);
    visit_free(sv);
    return ok;
}

/* False with an error if the memory is there already. */
static bool may_change(HostMemoryBackend *backend, const char *name,
                       Error **errp)
{
    if (host_memory_backend_mr_inited(backend)) {
        error_setg(errp, "cannot change property %s of %s ", name,
                   object_get_typename(OBJECT(backend)));
        return false;
    }
    return true;
}

static bool may_change_flag(HostMemoryBackend *backend, Error **errp)
{
    if (host_memory_backend_mr_inited(backend)) {
        error_setg(errp, "cannot change property value");
        return false;
    }
    return true;
}

#define GET_FLAG(field)                                                        \
    static bool get_##field(Object *obj, Error **errp)                         \
    {                                                                          \
        return MEMORY_BACKEND(obj)->field;                                     \
    }

/* A flag that is fixed once the memory is there. */
#define FIXED_FLAG(field)                                                      \
    GET_FLAG(field)                                                            \
    static void set_##field(Object *obj, bool value, Error **errp)             \
    {                                                                          \
        HostMemoryBackend *backend = MEMORY_BACKEND(obj);                      \
                                                                               \
        if (may_change_flag(backend, errp)) {                                  \
            backend->field = value;                                            \
        }                                                                      \
    }

FIXED_FLAG(share)
FIXED_FLAG(guest_memfd)
FIXED_FLAG(prefault)
FIXED_FLAG(pin)
FIXED_FLAG(decommit)
GET_FLAG(merge)
GET_FLAG(dump)
GET_FLAG(prealloc)
GET_FLAG(reserve)
GET_FLAG(use_canonical_path)

/*** Size. ***/

static void get_size(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    uint64_t value = MEMORY_BACKEND(obj)->size;

    visit_type_size(v, name, &value, errp);
}

static void set_size(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);
    uint64_t value;

    if (!may_change(backend, name, errp) ||
        !visit_type_size(v, name, &value, errp)) {
        return;
    }
    if (!value) {
        error_setg(errp, "property '%s' of %s doesn't take value '%" PRIu64 "'",
                   name, object_get_typename(obj), value);
        return;
    }
    backend->size = value;
}

/*** Advice, which can change at any time. ***/

static void advise(HostMemoryBackend *backend, int advice)
{
    if (host_memory_backend_mr_inited(backend)) {
        qemu_madvise(memory_region_get_ram_ptr(&backend->mr),
                     memory_region_size(&backend->mr), advice);
    }
}

static void set_merge(Object *obj, bool value, Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (value != backend->merge) {
        advise(backend, value ? QEMU_MADV_MERGEABLE : QEMU_MADV_UNMERGEABLE);
    }
    backend->merge = value;
}

static void set_dump(Object *obj, bool value, Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (value != backend->dump) {
        advise(backend, value ? QEMU_MADV_DODUMP : QEMU_MADV_DONTDUMP);
    }
    backend->dump = value;
}

/*** Preallocation and reservation. ***/

static void set_prealloc(Object *obj, bool value, Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (value && !backend->reserve) {
        error_setg(errp, "'prealloc=on' and 'reserve=off' are incompatible");
        return;
    }
    if (!host_memory_backend_mr_inited(backend)) {
        backend->prealloc = value;
        return;
    }
    /* Memory that is there cannot be made to be not. */
    if (value && !backend->prealloc) {
        backend->prealloc = qemu_prealloc_mem(
            memory_region_get_fd(&backend->mr),
            memory_region_get_ram_ptr(&backend->mr),
            memory_region_size(&backend->mr), backend->prealloc_threads,
            backend->prealloc_context, false, errp);
    }
}

static void set_reserve(Object *obj, bool value, Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (!may_change_flag(backend, errp)) {
        return;
    }
    if (backend->prealloc && !value) {
        error_setg(errp, "'prealloc=on' and 'reserve=off' are incompatible");
        return;
    }
    backend->reserve = value;
}

static void get_prealloc_threads(Object *obj, Visitor *v, const char *name,
                                 void *opaque, Error **errp)
{
    visit_type_uint32(v, name, &MEMORY_BACKEND(obj)->prealloc_threads, errp);
}

static void set_prealloc_threads(Object *obj, Visitor *v, const char *name,
                                 void *opaque, Error **errp)
{
    uint32_t value;

    if (!visit_type_uint32(v, name, &value, errp)) {
        return;
    }
    if (!value) {
        error_setg(errp, "property '%s' of %s doesn't take value '%d'", name,
                   object_get_typename(obj), value);
        return;
    }
    MEMORY_BACKEND(obj)->prealloc_threads = value;
}

/*** NUMA. ***/

static void get_host_nodes(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    uint16List *list =
        host_memory_bits_to_list(MEMORY_BACKEND(obj)->host_nodes, MAX_NODES);

    visit_type_uint16List(v, name, &list, errp);
    qapi_free_uint16List(list);
}

static void set_host_nodes(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);
    uint16List *list = NULL;

    if (!may_change(backend, name, errp) ||
        !host_memory_visit_numbers(v, name, &list, errp)) {
        return;
    }
    for (uint16List *l = list; l; l = l->next) {
        if (l->value >= MAX_NODES) {
            error_setg(errp, "Invalid host-nodes value: %d", l->value);
            qapi_free_uint16List(list);
            return;
        }
    }
    bitmap_zero(backend->host_nodes, MAX_NODES + 1);
    for (uint16List *l = list; l; l = l->next) {
        set_bit(l->value, backend->host_nodes);
    }
    qapi_free_uint16List(list);
}

static int get_policy(Object *obj, Error **errp)
{
    return MEMORY_BACKEND(obj)->policy;
}

static void set_policy(Object *obj, int policy, Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (may_change(backend, "policy", errp)) {
        backend->policy = policy;
    }
}

/*** Others. ***/

static void set_use_canonical_path(Object *obj, bool value, Error **errp)
{
    MEMORY_BACKEND(obj)->use_canonical_path = value;
}

static int get_thp(Object *obj, Error **errp)
{
    return MEMORY_BACKEND(obj)->thp;
}

static void set_thp(Object *obj, int value, Error **errp)
{
    HostMemoryBackend *backend = MEMORY_BACKEND(obj);

    if (may_change_flag(backend, errp)) {
        backend->thp = value;
    }
}

static void add_flag(ObjectClass *oc, const char *name,
                     bool (*get)(Object *, Error **),
                     void (*set)(Object *, bool, Error **), const char *text)
{
    object_class_property_add_bool(oc, name, get, set);
    object_class_property_set_description(oc, name, text);
}

static void add_int(ObjectClass *oc, const char *name,
                    ObjectPropertyAccessor *get, ObjectPropertyAccessor *set,
                    const char *text)
{
    object_class_property_add(oc, name, "int", get, set, NULL, NULL);
    object_class_property_set_description(oc, name, text);
}

static void add_own_properties(ObjectClass *oc)
{
    object_class_property_add_enum(oc, "thp", "OnOffAuto", &OnOffAuto_lookup,
                                   get_thp, set_thp);
    object_class_property_set_description(
        oc, "thp", "Transparent huge pages (auto: as the host does)");
    add_flag(oc, "prefault", get_prefault, set_prefault,
             "Populate the memory at start as far as possible");
    add_flag(oc, "pin", get_pin, set_pin,
             "Keep the memory in place for devices that access it");
    add_flag(oc, "decommit", get_decommit, set_decommit,
             "Memory must be able to go back to the host");
    add_flag(oc, "guest-memfd", get_guest_memfd, set_guest_memfd,
             "Add a private side for a confidential guest");
}

void host_memory_backend_add_properties(ObjectClass *oc)
{
    add_flag(oc, "merge", get_merge, set_merge, "Mark memory as mergeable");
    add_flag(oc, "dump", get_dump, set_dump,
             "Set to 'off' to exclude from core dump");
    add_flag(oc, "prealloc", get_prealloc, set_prealloc, "Preallocate memory");
    add_int(oc, "prealloc-threads", get_prealloc_threads, set_prealloc_threads,
            "Number of CPU threads to use for prealloc");
    object_class_property_add_link(
        oc, "prealloc-context", TYPE_THREAD_CONTEXT,
        offsetof(HostMemoryBackend, prealloc_context),
        object_property_allow_set_link, OBJ_PROP_LINK_STRONG);
    object_class_property_set_description(
        oc, "prealloc-context",
        "Context to use for creating CPU threads for preallocation");
    add_int(oc, "size", get_size, set_size,
            "Size of the memory region (ex: 500M)");
    add_int(oc, "host-nodes", get_host_nodes, set_host_nodes,
            "Binds memory to the list of NUMA host nodes");
    object_class_property_add_enum(oc, "policy", "HostMemPolicy",
                                   &HostMemPolicy_lookup, get_policy,
                                   set_policy);
    object_class_property_set_description(oc, "policy", "Set the NUMA policy");
    add_flag(oc, "share", get_share, set_share,
             "Mark the memory as private to QEMU or shared");
    add_flag(oc, "reserve", get_reserve, set_reserve,
             "Reserve swap space (or huge pages) if applicable");
    /* What a RAM block is called in a migration stream. */
    object_class_property_add_bool(oc, "x-use-canonical-path-for-ramblock-id",
                                   get_use_canonical_path,
                                   set_use_canonical_path);
    add_own_properties(oc);
}
