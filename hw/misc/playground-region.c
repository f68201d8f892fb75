/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regions that a user makes: containers, RAM, ROM and aliases, and all that
 * these have in common with playground-io.
 */
#include "qemu/osdep.h"
#include "playground.h"
#include "exec/address-spaces.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/module.h"
#include "qom/object_interfaces.h"

/*** Names of regions. ***/

bool playground_get(RegionRef *ref, const char *name, const char *what,
                    Error **errp)
{
    Object *obj;

    *ref = (RegionRef){ 0 };
    if (!*name) {
        return true;
    }
    obj = object_resolve_path_component(object_get_objects_root(), name);
    obj = object_dynamic_cast(obj, TYPE_PLAYGROUND_REGION);
    if (obj && PLAYGROUND_REGION(obj)->mr) {
        ref->obj = PLAYGROUND_REGION(obj);
        ref->obj->users++;
        ref->counted = true;
        object_ref(obj);
        return true;
    }
    if (!strcmp(name, "system")) {
        ref->mr = get_system_memory();
    } else if (!strcmp(name, "io")) {
        ref->mr = get_system_io();
    } else {
        error_setg(errp,
                   "Property '%s': there is no region '%s'; give the id of a "
                   "playground region that exists, 'system' or 'io'",
                   what, name);
        return false;
    }
    return true;
}

void playground_uncount(RegionRef *ref)
{
    if (ref->counted) {
        ref->obj->users--;
        ref->counted = false;
    }
}

void playground_put(RegionRef *ref)
{
    playground_uncount(ref);
    object_unref(OBJECT(ref->obj));
    *ref = (RegionRef){ 0 };
}

char *playground_name(const RegionRef *ref)
{
    if (ref->obj) {
        return g_strdup(ref->obj->id);
    }
    return g_strdup(!ref->mr                         ? ""
                    : ref->mr == get_system_memory() ? "system"
                                                     : "io");
}

MemoryRegion *playground_mr(const RegionRef *ref)
{
    return ref->obj ? ref->obj->mr : ref->mr;
}

static bool same_region(const RegionRef *a, const RegionRef *b)
{
    return a->obj == b->obj && a->mr == b->mr;
}

/*** What makes sense. ***/

/* Whether @to can be seen below @from: as a child, or through an alias. */
static bool reaches(MemoryRegion *from, MemoryRegion *to)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) todo = g_ptr_array_new();

    g_ptr_array_add(todo, from);
    while (todo->len) {
        MemoryRegion *mr = g_ptr_array_remove_index(todo, todo->len - 1);
        MemoryRegion *child;

        if (mr == to) {
            return true;
        }
        if (!g_hash_table_add(seen, mr)) {
            continue;
        }
        if (mr->alias) {
            g_ptr_array_add(todo, mr->alias);
        }
        QTAILQ_FOREACH(child, &mr->subregions, subregions_link) {
            g_ptr_array_add(todo, child);
        }
    }
    return false;
}

static bool check_place(PlaygroundRegion *r, const RegionConfig *want,
                        Error **errp)
{
    MemoryRegion *parent = playground_mr(&want->parent);
    g_autofree char *name = playground_name(&want->parent);
    /* 2^64 bytes are spelt UINT64_MAX. */
    uint64_t last = want->size == UINT64_MAX ? UINT64_MAX : want->size - 1;

    if (!want->size) {
        error_setg(errp, "Property 'size' of '%s' is needed, and not 0", r->id);
        return false;
    }
    if (!parent) {
        return true;
    }
    if (want->addr > UINT64_MAX - last) {
        error_setg(errp,
                   "Region '%s': 0x%" PRIx64 " bytes at 0x%" PRIx64
                   " end beyond 2^64",
                   r->id, want->size, want->addr);
        return false;
    }
    if (parent->alias) {
        error_setg(errp,
                   "Region '%s' cannot be in '%s': that is an alias; put it "
                   "into what the alias shows",
                   r->id, name);
        return false;
    }
    if (r->mr && !same_region(&want->parent, &r->cfg.parent) &&
        reaches(r->mr, parent)) {
        error_setg(errp,
                   "Region '%s' cannot be in '%s', which is seen in '%s' "
                   "itself",
                   r->id, name, r->id);
        return false;
    }
    return true;
}

static bool check_target(PlaygroundRegion *r, const RegionConfig *want,
                         Error **errp)
{
    MemoryRegion *target = playground_mr(&want->target);
    g_autofree char *name = playground_name(&want->target);

    if (!PLAYGROUND_REGION_GET_CLASS(r)->is_alias) {
        return true;
    }
    if (!target) {
        error_setg(errp, "Property 'target' of '%s' is needed", r->id);
        return false;
    }
    if (want->offset > UINT64_MAX - (want->size - 1)) {
        error_setg(errp,
                   "Alias '%s': 0x%" PRIx64 " bytes from offset 0x%" PRIx64
                   " end beyond 2^64",
                   r->id, want->size, want->offset);
        return false;
    }
    if (r->mr && reaches(target, r->mr)) {
        error_setg(errp, "Alias '%s' cannot show '%s', in which it is seen",
                   r->id, name);
        return false;
    }
    if (!r->mr && playground_mr(&want->parent) &&
        reaches(target, playground_mr(&want->parent))) {
        error_setg(errp,
                   "Alias '%s' cannot show '%s', in which it would be seen",
                   r->id, name);
        return false;
    }
    return true;
}

static bool check_change(PlaygroundRegion *r, const RegionConfig *want,
                         Error **errp)
{
    PlaygroundRegionClass *prc = PLAYGROUND_REGION_GET_CLASS(r);

    if (r->mr && prc->fixed_size && want->size != r->cfg.size) {
        error_setg(errp,
                   "The size of '%s' cannot change: its memory is there; "
                   "show a part of it through an alias",
                   r->id);
        return false;
    }
    if (r->mr && prc->is_alias && !same_region(&want->target, &r->cfg.target) &&
        r->users > (want->target.obj == r)) {
        error_setg(errp,
                   "Property 'target' of '%s' cannot change while others use "
                   "the alias",
                   r->id);
        return false;
    }
    return check_place(r, want, errp) && check_target(r, want, errp);
}

/*** Changing it. ***/

static void set_attributes(MemoryRegion *mr, const RegionConfig *want)
{
    memory_region_set_enabled(mr, want->enabled);
    memory_region_set_readonly(mr, want->readonly);
    memory_region_set_nonvolatile(mr, want->nonvolatile);
    memory_region_set_unmergeable(mr, want->unmergeable);
}

/* From its place, if @from is one, to that of @want, if it has one. */
static void move(PlaygroundRegion *r, MemoryRegion *mr,
                 const RegionConfig *want)
{
    MemoryRegion *from = r->mr ? r->mr->container : NULL;
    MemoryRegion *to = playground_mr(&want->parent);

    if (mr == r->mr && from == to && want->priority == r->cfg.priority) {
        if (to) {
            memory_region_set_address(mr, want->addr);
        }
        return;
    }
    if (from) {
        memory_region_del_subregion(from, r->mr);
    }
    if (to) {
        memory_region_add_subregion_overlap(to, want->addr, mr, want->priority);
    }
}

/* An alias shows one region all its life: for another one there is a new alias. */
static MemoryRegion *new_alias(PlaygroundRegion *r, const RegionConfig *want)
{
    MemoryRegion *mr = g_new0(MemoryRegion, 1);

    memory_region_init_alias(mr, OBJECT(r), r->id, playground_mr(&want->target),
                             want->offset, want->size);
    return mr;
}

static void drop_alias(MemoryRegion *mr)
{
    object_unparent(OBJECT(mr));
    g_free(mr);
}

/* All of @want at once, or nothing. */
static bool change(PlaygroundRegion *r, const RegionConfig *want, Error **errp)
{
    PlaygroundRegionClass *prc = PLAYGROUND_REGION_GET_CLASS(r);
    MemoryRegion *mr = r->mr;
    bool ok;

    if (prc->is_alias && !same_region(&want->target, &r->cfg.target)) {
        mr = new_alias(r, want);
    }
    memory_region_transaction_begin_undoable();
    set_attributes(mr, want);
    if (!prc->fixed_size) {
        memory_region_set_size(mr, want->size);
    }
    if (prc->is_alias) {
        memory_region_set_alias_offset(mr, want->offset);
    }
    move(r, mr, want);
    ok = memory_region_transaction_commit_undoable(errp);
    if (mr != r->mr) {
        drop_alias(ok ? r->mr : mr);
        r->mr = ok ? mr : r->mr;
    }
    return ok;
}

/* A setter's end: @want differs from r->cfg in what was set. */
static bool set_config(PlaygroundRegion *r, const RegionConfig *want,
                       Error **errp)
{
    if (r->mr && (!check_change(r, want, errp) || !change(r, want, errp))) {
        return false;
    }
    r->cfg = *want;
    return true;
}

/*** Properties: @opaque is the offset of the field in RegionConfig. ***/

static void *field(RegionConfig *cfg, void *opaque)
{
    return (char *)cfg + (uintptr_t)opaque;
}

#define NUMBER_PROPERTY(kind, ctype)                                           \
    static void get_##kind(Object *obj, Visitor *v, const char *name,          \
                           void *opaque, Error **errp)                         \
    {                                                                          \
        ctype value = *(ctype *)field(&PLAYGROUND_REGION(obj)->cfg, opaque);   \
                                                                               \
        visit_type_##kind(v, name, &value, errp);                              \
    }                                                                          \
                                                                               \
    static void set_##kind(Object *obj, Visitor *v, const char *name,          \
                           void *opaque, Error **errp)                         \
    {                                                                          \
        RegionConfig want = PLAYGROUND_REGION(obj)->cfg;                       \
                                                                               \
        if (visit_type_##kind(v, name, (ctype *)field(&want, opaque), errp)) { \
            set_config(PLAYGROUND_REGION(obj), &want, errp);                   \
        }                                                                      \
    }

NUMBER_PROPERTY(size, uint64_t)
NUMBER_PROPERTY(int32, int32_t)
NUMBER_PROPERTY(bool, bool)

static void get_ref(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    g_autofree char *text =
        playground_name(field(&PLAYGROUND_REGION(obj)->cfg, opaque));

    visit_type_str(v, name, &text, errp);
}

static void set_ref(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    PlaygroundRegion *r = PLAYGROUND_REGION(obj);
    RegionConfig want = r->cfg;
    RegionRef *ref = field(&want, opaque);
    RegionRef old = *ref;
    g_autofree char *text = NULL;

    if (!visit_type_str(v, name, &text, errp) ||
        !playground_get(ref, text, name, errp)) {
        return;
    }
    playground_put(set_config(r, &want, errp) ? &old : ref);
}

/*** Life. ***/

static void region_complete(UserCreatable *uc, Error **errp)
{
    PlaygroundRegion *r = PLAYGROUND_REGION(uc);
    PlaygroundRegionClass *prc = PLAYGROUND_REGION_GET_CLASS(r);
    MemoryRegion *mr;

    r->id = g_strdup(object_get_canonical_path_component(OBJECT(r)));
    if (!check_change(r, &r->cfg, errp)) {
        return;
    }
    mr = g_new0(MemoryRegion, 1);
    r->mr = mr;
    if (!prc->make(r, errp)) {
        r->mr = NULL;
        g_free(mr);
        return;
    }
    change(r, &r->cfg, errp);
}

static bool region_can_be_deleted(UserCreatable *uc)
{
    return !PLAYGROUND_REGION(uc)->users;
}

/* Nobody can find it any more; it goes when no view has it any more. */
static void region_unparent(Object *obj)
{
    PlaygroundRegion *r = PLAYGROUND_REGION(obj);

    if (r->mr && r->mr->container) {
        memory_region_del_subregion(r->mr->container, r->mr);
    }
    playground_put(&r->cfg.parent);
    playground_uncount(&r->cfg.target);
}

static void region_finalize(Object *obj)
{
    PlaygroundRegion *r = PLAYGROUND_REGION(obj);

    playground_put(&r->cfg.parent);
    playground_put(&r->cfg.target);
    g_free(r->mr);
    g_free(r->id);
}

static void region_init(Object *obj)
{
    PLAYGROUND_REGION(obj)->cfg.enabled = true;
}

static const struct {
    const char *name;
    const char *type;
    ObjectPropertyAccessor *get, *set;
    uintptr_t field;
    const char *help;
} properties[] = {
    { "parent", "str", get_ref, set_ref, offsetof(RegionConfig, parent),
      "the region in which it is: an id, 'system' or 'io'; '': none" },
    { "addr", "size", get_size, set_size, offsetof(RegionConfig, addr),
      "where in its parent it begins" },
    { "size", "size", get_size, set_size, offsetof(RegionConfig, size),
      "bytes; 0xffffffffffffffff stands for 2^64" },
    { "priority", "int32", get_int32, set_int32,
      offsetof(RegionConfig, priority),
      "where siblings overlap, the higher one is seen" },
    { "enabled", "bool", get_bool, set_bool, offsetof(RegionConfig, enabled),
      "whether it shows anything" },
    { "readonly", "bool", get_bool, set_bool, offsetof(RegionConfig, readonly),
      "whether writes are dropped" },
    { "nonvolatile", "bool", get_bool, set_bool,
      offsetof(RegionConfig, nonvolatile),
      "whether it outlives a power cycle" },
    { "unmergeable", "bool", get_bool, set_bool,
      offsetof(RegionConfig, unmergeable),
      "whether its ranges stay apart from their neighbours" },
};

static void add_ref_property(ObjectClass *oc, const char *name, uintptr_t where,
                             const char *help)
{
    object_class_property_add(oc, name, "str", get_ref, set_ref, NULL,
                              (void *)where);
    object_class_property_set_description(oc, name, help);
}

static void region_class_init(ObjectClass *oc, void *data)
{
    UserCreatableClass *ucc = USER_CREATABLE_CLASS(oc);

    oc->unparent = region_unparent;
    ucc->complete = region_complete;
    ucc->can_be_deleted = region_can_be_deleted;
    for (int i = 0; i < ARRAY_SIZE(properties); i++) {
        object_class_property_add(oc, properties[i].name, properties[i].type,
                                  properties[i].get, properties[i].set, NULL,
                                  (void *)properties[i].field);
        object_class_property_set_description(oc, properties[i].name,
                                              properties[i].help);
    }
}

/*** Container. ***/

static bool container_make(PlaygroundRegion *r, Error **errp)
{
    memory_region_init(r->mr, OBJECT(r), r->id, r->cfg.size);
    return true;
}

static void container_class_init(ObjectClass *oc, void *data)
{
    PLAYGROUND_REGION_CLASS(oc)->make = container_make;
}

/*** RAM and ROM: memory with one byte everywhere. ***/

#define TYPE_PLAYGROUND_RAM "playground-ram"
OBJECT_DECLARE_SIMPLE_TYPE(PlaygroundRam, PLAYGROUND_RAM)

struct PlaygroundRam {
    PlaygroundRegion parent_obj;

    uint8_t fill;
};

static bool ram_make(PlaygroundRegion *r, Error **errp)
{
    PlaygroundRam *ram = PLAYGROUND_RAM(r);

    if (!memory_region_init_ram_nomigrate(r->mr, OBJECT(r), r->id, r->cfg.size,
                                          errp)) {
        return false;
    }
    if (ram->fill) {
        memset(memory_region_get_ram_ptr(r->mr), ram->fill, r->cfg.size);
    }
    return true;
}

static void get_fill(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    visit_type_uint8(v, name, &PLAYGROUND_RAM(obj)->fill, errp);
}

static void set_fill(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    if (PLAYGROUND_REGION(obj)->mr) {
        error_setg(errp,
                   "Property '%s' is for the beginning: write to the "
                   "memory instead",
                   name);
        return;
    }
    visit_type_uint8(v, name, &PLAYGROUND_RAM(obj)->fill, errp);
}

static void ram_class_init(ObjectClass *oc, void *data)
{
    PlaygroundRegionClass *prc = PLAYGROUND_REGION_CLASS(oc);

    prc->make = ram_make;
    prc->fixed_size = true;
    object_class_property_add(oc, "fill", "uint8", get_fill, set_fill, NULL,
                              NULL);
    object_class_property_set_description(oc, "fill",
                                          "the byte that it begins with");
}

static void rom_init(Object *obj)
{
    PLAYGROUND_REGION(obj)->cfg.readonly = true;
}

/*** Alias. ***/

static bool alias_make(PlaygroundRegion *r, Error **errp)
{
    memory_region_init_alias(r->mr, OBJECT(r), r->id,
                             playground_mr(&r->cfg.target), r->cfg.offset,
                             r->cfg.size);
    return true;
}

static void alias_class_init(ObjectClass *oc, void *data)
{
    PlaygroundRegionClass *prc = PLAYGROUND_REGION_CLASS(oc);

    prc->make = alias_make;
    prc->is_alias = true;
    add_ref_property(oc, "target", offsetof(RegionConfig, target),
                     "the region that it shows");
    object_class_property_add(oc, "offset", "size", get_size, set_size, NULL,
                              (void *)offsetof(RegionConfig, offset));
    object_class_property_set_description(
        oc, "offset", "the first byte of the target that it shows");
}

static const TypeInfo playground_region_types[] = {
    {
        .name = TYPE_PLAYGROUND_REGION,
        .parent = TYPE_OBJECT,
        .abstract = true,
        .instance_size = sizeof(PlaygroundRegion),
        .instance_init = region_init,
        .instance_finalize = region_finalize,
        .class_size = sizeof(PlaygroundRegionClass),
        .class_init = region_class_init,
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_USER_CREATABLE },
                {},
            },
    },
    {
        .name = "playground-container",
        .parent = TYPE_PLAYGROUND_REGION,
        .class_init = container_class_init,
    },
    {
        .name = TYPE_PLAYGROUND_RAM,
        .parent = TYPE_PLAYGROUND_REGION,
        .instance_size = sizeof(PlaygroundRam),
        .class_init = ram_class_init,
    },
    {
        .name = "playground-rom",
        .parent = TYPE_PLAYGROUND_RAM,
        .instance_init = rom_init,
    },
    {
        .name = "playground-alias",
        .parent = TYPE_PLAYGROUND_REGION,
        .class_init = alias_class_init,
    },
};

DEFINE_TYPES(playground_region_types)
