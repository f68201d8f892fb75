/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a MemoryRegion: its QOM type, the kinds that need no memory of
 * their own, references, its end.
 *
 * A region counts no references by itself. It lives in its owner, whose
 * references keep it; being a QOM child ties it to the owner's end.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "memory/region-link.h"
#include "memory/subregion-tree.h"
#include "memory/transaction.h"
#include "memory/view.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/visitor.h"

static MemoryRegionGuardHook *guard_hook;

void memory_region_set_guard_hook(MemoryRegionGuardHook *hook)
{
    guard_hook = hook;
}

/* ---- ops of a region that answers nothing ---- */

static uint64_t unassigned_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void unassigned_write(void *opaque, hwaddr addr, uint64_t data,
                             unsigned size)
{
}

/* By which the access fails and is logged before any callback is called. */
static bool unassigned_accepts(void *opaque, hwaddr addr, unsigned size,
                               bool is_write, MemTxAttrs attrs)
{
    return false;
}

const MemoryRegionOps unassigned_mem_ops = {
    .read = unassigned_read,
    .write = unassigned_write,
    .endianness = DEVICE_NATIVE_ENDIAN,
    .valid.accepts = unassigned_accepts,
};

/* ---- making one ---- */

static bool must_escape(char c)
{
    return c == '/' || c == '\\' || c == '[' || c == ']';
}

/* The pattern of the child's name: @name as a path component, then "[*]". */
static char *child_name(const char *name)
{
    GString *s = g_string_sized_new(strlen(name) + 4);

    for (; *name; name++) {
        if (must_escape(*name)) {
            g_string_append_printf(s, "\\x%02x", *name);
        } else {
            g_string_append_c(s, *name);
        }
    }
    g_string_append(s, "[*]");
    return g_string_free(s, false);
}

/* Where regions without an owner are, if there is a machine. */
static Object *unattached(void)
{
    Object *machine =
        object_resolve_path_component(object_get_root(), "machine");

    return machine ? object_resolve_path_component(machine, "unattached")
                   : NULL;
}

void memory_region_init_typed(MemoryRegion *mr, size_t instance_size,
                              const char *type, Object *owner, const char *name,
                              uint64_t size)
{
    object_initialize(mr, instance_size, type);
    mr->size = size == UINT64_MAX ? int128_2_64() : int128_make64(size);
    mr->name = g_strdup(name);
    mr->owner = owner;
    mr->guard = owner && guard_hook ? guard_hook(owner) : NULL;
    if (!name) {
        return;
    }
    if (!owner) {
        owner = unattached();
    }
    if (owner) {
        g_autofree char *pattern = child_name(name);

        object_property_add_child(owner, pattern, OBJECT(mr));
        object_unref(OBJECT(mr));
    }
}

void memory_region_init(MemoryRegion *mr, Object *owner, const char *name,
                        uint64_t size)
{
    memory_region_init_typed(mr, sizeof(*mr), TYPE_MEMORY_REGION, owner, name,
                             size);
}

void memory_region_init_io(MemoryRegion *mr, Object *owner,
                           const MemoryRegionOps *ops, void *opaque,
                           const char *name, uint64_t size)
{
    memory_region_init(mr, owner, name, size);
    mr->ops = ops ?: &unassigned_mem_ops;
    mr->opaque = opaque;
    mr->terminates = true;
}

void memory_region_init_alias(MemoryRegion *mr, Object *owner, const char *name,
                              MemoryRegion *orig, hwaddr offset, uint64_t size)
{
    memory_region_init(mr, owner, name, size);
    mr->alias = orig;
    mr->alias_offset = offset;
    region_link_alias(mr);
}

/* ---- references and queries ---- */

void memory_region_ref(MemoryRegion *mr)
{
    if (mr) {
        object_ref(mr->owner);
    }
}

void memory_region_unref(MemoryRegion *mr)
{
    if (mr) {
        object_unref(mr->owner);
    }
}

Object *memory_region_owner(MemoryRegion *mr)
{
    return OBJECT(mr)->parent;
}

uint64_t memory_region_size(MemoryRegion *mr)
{
    return mr->size >> 64 ? UINT64_MAX : int128_get64(mr->size);
}

const char *memory_region_name(const MemoryRegion *mr)
{
    return mr->name ?: object_get_canonical_path_component(OBJECT(mr));
}

bool memory_region_is_ram_device(MemoryRegion *mr)
{
    return mr->ram_device;
}

bool memory_region_is_mapped(MemoryRegion *mr)
{
    return mr->container || mr->mapped_via_alias;
}

void memory_region_clear_global_locking(MemoryRegion *mr)
{
    mr->global_locking = false;
}

void memory_region_enable_lockless_io(MemoryRegion *mr)
{
    memory_region_clear_global_locking(mr);
}

/* ---- the QOM type ---- */

static void get_container(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    MemoryRegion *c = MEMORY_REGION(obj)->container;
    g_autofree char *path = c ? object_get_canonical_path(OBJECT(c)) : NULL;
    char *value = path ?: (char *)"";

    visit_type_str(v, name, &value, errp);
}

static Object *resolve_container(Object *obj, void *opaque, const char *part)
{
    return OBJECT(MEMORY_REGION(obj)->container);
}

static void get_addr(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    uint64_t value = MEMORY_REGION(obj)->addr;

    visit_type_uint64(v, name, &value, errp);
}

/* Its type has always been called unsigned. */
static void get_priority(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    int32_t value = MEMORY_REGION(obj)->priority;

    visit_type_int32(v, name, &value, errp);
}

static void get_size(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    uint64_t value = memory_region_size(MEMORY_REGION(obj));

    visit_type_uint64(v, name, &value, errp);
}

static void memory_region_class_init(ObjectClass *oc, void *data)
{
    ObjectProperty *container = object_class_property_add(
        oc, "container", "link<" TYPE_MEMORY_REGION ">", get_container, NULL,
        NULL, NULL);

    container->resolve = resolve_container;
    object_class_property_add(oc, "addr", "uint64", get_addr, NULL, NULL, NULL);
    object_class_property_add(oc, "priority", "uint32", get_priority, NULL,
                              NULL, NULL);
    object_class_property_add(oc, "size", "uint64", get_size, NULL, NULL, NULL);
}

static void memory_region_instance_init(Object *obj)
{
    static uint64_t last_serial;
    MemoryRegion *mr = MEMORY_REGION(obj);

    mr->ops = &unassigned_mem_ops;
    mr->enabled = true;
    mr->romd_mode = true;
    mr->global_locking = true;
    mr->serial = ++last_serial;
    QTAILQ_INIT(&mr->subregions);
    QTAILQ_INIT(&mr->coalesced);
}

/*
 * Those who made aliases of @mr should have outlived it. If one is still
 * there, it shows nothing from now on.
 */
static void orphan_aliases(MemoryRegion *mr)
{
    MemoryRegion *alias;

    while ((alias = QLIST_FIRST(&mr->live_aliases)
                        ?: QLIST_FIRST(&mr->idle_aliases))) {
        hwaddr start, last;

        if (region_extent(alias, &start, &last)) {
            memory_region_mark(alias, start, last, VISIBLE_RANGES);
        }
        region_unlink_alias(alias);
        alias->alias = NULL;
        region_reindex(alias);
    }
}

static void memory_region_finalize(Object *obj)
{
    MemoryRegion *mr = MEMORY_REGION(obj);
    MemoryRegion *child;

    assert(!mr->container);
    if (!QTAILQ_EMPTY(&mr->subregions) || !QLIST_EMPTY(&mr->live_aliases) ||
        !QLIST_EMPTY(&mr->idle_aliases)) {
        memory_region_transaction_begin();
        orphan_aliases(mr);
        while ((child = QTAILQ_FIRST(&mr->subregions))) {
            memory_region_del_subregion(mr, child);
        }
        memory_region_transaction_commit();
    }
    assert(QLIST_EMPTY(&mr->rooted));
    if (mr->view) {
        memory_view_root_gone(mr);
    }
    memory_transaction_forget(mr);

    if (mr->destructor) {
        mr->destructor(mr);
    }
    if (mr->alias) {
        region_unlink_alias(mr);
    }
    memory_region_drop_coalesced(mr);
    memory_region_drop_eventfds(mr);
    subregion_tree_free(mr);
    g_free((char *)mr->name);
}

static void memory_region_register_types(void)
{
    static const TypeInfo info = {
        .name = TYPE_MEMORY_REGION,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(MemoryRegion),
        .instance_init = memory_region_instance_init,
        .instance_finalize = memory_region_finalize,
        .class_size = sizeof(MemoryRegionClass),
        .class_init = memory_region_class_init,
    };

    type_register_static(&info);
}

type_init(memory_region_register_types)
