/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operations on regions.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "step.h"

/* ---- owners and IOMMUs --------------------------------------------------- */

#define TYPE_MODEL_OWNER "memory-model-owner"
#define TYPE_MODEL_IOMMU "memory-model-iommu"
OBJECT_DECLARE_SIMPLE_TYPE(ModelOwner, MODEL_OWNER)

struct ModelOwner {
    Object parent_obj;

    IOMMUMemoryRegion iommu; /* as a MemoryRegion, mostly */
    Model *model;
};

static void owner_finalize(Object *obj)
{
    ModelOwner *o = MODEL_OWNER(obj);

    if (!bql_locked()) {
        model_fail(o->model, "a finalizer runs without the big lock");
    }
    o->model->finalized++;
}

static IOMMUTLBEntry no_translation(IOMMUMemoryRegion *iommu, hwaddr addr,
                                    IOMMUAccessFlags flag, int index)
{
    return (IOMMUTLBEntry){ .perm = IOMMU_NONE };
}

static void iommu_class_init(ObjectClass *oc, void *data)
{
    IOMMU_MEMORY_REGION_CLASS(oc)->translate = no_translation;
}

static const TypeInfo model_types[] = {
    {
        .name = TYPE_MODEL_OWNER,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(ModelOwner),
        .instance_finalize = owner_finalize,
    },
    {
        .name = TYPE_MODEL_IOMMU,
        .parent = TYPE_IOMMU_MEMORY_REGION,
        .class_init = iommu_class_init,
    },
};

DEFINE_TYPES(model_types)

static uint64_t io_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void io_write(void *opaque, hwaddr addr, uint64_t data, unsigned size)
{
}

static const MemoryRegionOps io_ops = {
    .read = io_read,
    .write = io_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/* ---- which can be chosen ------------------------------------------------- */

static bool is_free(Model *m, int r)
{
    return m->region[r].now.container < 0;
}

static bool is_child(Model *m, int r)
{
    return m->region[r].now.container >= 0;
}

static bool can_have_children(Model *m, int r)
{
    return m->region[r].kind != KIND_ALIAS;
}

static bool is_alias(Model *m, int r)
{
    return m->region[r].kind == KIND_ALIAS;
}

static bool is_romd(Model *m, int r)
{
    return m->region[r].kind == KIND_ROMD;
}

static bool has_logs(Model *m, int r)
{
    return m->region[r].kind == KIND_RAM;
}

static bool has_size(Model *m, int r)
{
    return !is_ram(m->region[r].kind);
}

static bool has_io(Model *m, int r)
{
    return m->region[r].kind == KIND_IO;
}

/* Whether @to can be reached from @from, downwards. */
static bool reaches(Model *m, int from, int to)
{
    if (from == to) {
        return true;
    }
    if (m->region[from].kind == KIND_ALIAS) {
        return reaches(m, m->region[from].alias, to);
    }
    for (int i = 0; i < MODEL_REGIONS; i++) {
        if (m->region[i].used && m->region[i].now.container == from &&
            reaches(m, i, to)) {
            return true;
        }
    }
    return false;
}

static bool too_many_paths(Model *m)
{
    for (int i = 0; i < MODEL_REGIONS; i++) {
        if (m->region[i].used &&
            oracle_paths(m, i, MODEL_PATHS) > MODEL_PATHS) {
            return true;
        }
    }
    return false;
}

/* ---- life ---------------------------------------------------------------- */

static bool pick_kind(Model *m, int slot, Kind *kind, int *target)
{
    static const Kind kinds[] = {
        KIND_CONTAINER,  KIND_CONTAINER, KIND_CONTAINER, KIND_CONTAINER,
        KIND_ALIAS,      KIND_ALIAS,     KIND_ALIAS,     KIND_ALIAS,
        KIND_IO,         KIND_IO,        KIND_IO,        KIND_RAM,
        KIND_RAM,        KIND_RAM,       KIND_ROM,       KIND_ROMD,
        KIND_RAM_DEVICE, KIND_IOMMU,
    };

    *kind = kinds[pick(m, ARRAY_SIZE(kinds))];
    *target = -1;
    if (*kind == KIND_ALIAS) {
        *target = pick_region(m, NULL);
        return *target >= 0;
    }
    return true;
}

static void init_region(Model *m, ModelRegion *r, MemoryRegion *target,
                        uint64_t size)
{
    static uint8_t bytes[0x8000] QEMU_ALIGNED(4096);
    ModelOwner *o = MODEL_OWNER(r->owner);
    const char *name = "region";

    r->mr = &o->iommu.parent_obj; /* no object yet */
    switch (r->kind) {
    case KIND_CONTAINER:
        memory_region_init(r->mr, r->owner, name, size);
        break;
    case KIND_IO:
        memory_region_init_io(r->mr, r->owner, &io_ops, o, name, size);
        break;
    case KIND_RAM:
        memory_region_init_ram_ptr(r->mr, r->owner, name, size, bytes);
        break;
    case KIND_RAM_DEVICE:
        memory_region_init_ram_device_ptr(r->mr, r->owner, name, size, bytes);
        break;
    case KIND_ROM:
        memory_region_init_rom_nomigrate(r->mr, r->owner, name, size,
                                         &error_abort);
        break;
    case KIND_ROMD:
        memory_region_init_rom_device_nomigrate(r->mr, r->owner, &io_ops, o,
                                                name, size, &error_abort);
        break;
    case KIND_ALIAS:
        memory_region_init_alias(r->mr, r->owner, name, target,
                                 r->now.alias_offset, size);
        break;
    case KIND_IOMMU:
        memory_region_init_iommu(&o->iommu, sizeof(o->iommu), TYPE_MODEL_IOMMU,
                                 r->owner, name, size);
        break;
    default:
        g_assert_not_reached();
    }
}

static int free_slot(Model *m)
{
    for (int slot = 0; slot < m->regions; slot++) {
        if (!m->region[slot].used) {
            return slot;
        }
    }
    return -1;
}

/* @target and @offset are of an alias. */
static void create(Model *m, int slot, Kind kind, uint64_t size, int target,
                   hwaddr offset)
{
    ModelRegion *r = &m->region[slot];

    *r = (ModelRegion){
        .kind = kind,
        .alias = target,
        .id = ++m->ids,
        .owner = object_new(TYPE_MODEL_OWNER),
        .now = {
            .container = -1,
            .size = wide_size(size),
            .alias_offset = offset,
            .enabled = true,
            .readonly = kind == KIND_ROM,
            .romd = true,
        },
    };
    MODEL_OWNER(r->owner)->model = m;
    m->created++;
    model_note(m, "create r%d kind %d size %" PRIx64 " alias r%d+%" PRIx64,
               slot, kind, size, target, offset);
    init_region(m, r, target < 0 ? NULL : m->region[target].mr, size);
    r->used = true;
    r->before = r->now;
}

void do_create(Model *m)
{
    int slot = free_slot(m), target = -1;
    hwaddr offset = 0;
    uint64_t size;
    Kind kind;

    if (slot < 0 || !pick_kind(m, slot, &kind, &target)) {
        return;
    }
    size = is_ram(kind) ? 0x1000 * (1 + pick(m, 8)) : pick_size(m, kind);
    if (kind == KIND_ALIAS) {
        offset = pick_addr(m);
    }
    create(m, slot, kind, size, target, offset);
}

static void delete_child(Model *m, int child)
{
    int parent = m->region[child].now.container;

    m->region[child].now.container = -1;
    before(m);
    memory_region_del_subregion(m->region[parent].mr, m->region[child].mr);
    after(m);
}

bool is_needed(Model *m, int r)
{
    for (int i = 0; i < MODEL_REGIONS; i++) {
        if (m->region[i].used && m->region[i].kind == KIND_ALIAS &&
            m->region[i].alias == r) {
            return true;
        }
    }
    for (int i = 0; i < MODEL_SPACES; i++) {
        if (m->space[i].as && m->space[i].root == r) {
            return true;
        }
    }
    return false;
}

void destroy(Model *m, int r)
{
    for (int i = 0; i < MODEL_REGIONS; i++) {
        if (m->region[i].used && m->region[i].now.container == r) {
            delete_child(m, i);
        }
    }
    if (m->region[r].now.container >= 0) {
        delete_child(m, r);
    }
    m->region[r].used = false;
    object_unref(m->region[r].owner);
}

void do_destroy(Model *m)
{
    int r = pick_region(m, NULL);

    if (r < 0 || m->undoable || is_needed(m, r)) {
        return;
    }
    model_note(m, "destroy r%d", r);
    destroy(m, r);
}

/* ---- the tree, and what regions have ------------------------------------- */

/* Containers that are old have many children, and so become roots. */
static int pick_parent(Model *m)
{
    int parent = pick_region(m, pick(m, 5) ? is_container : can_have_children);

    return pick(m, 3) ? parent : MIN(parent, pick_region(m, is_container));
}

static void add(Model *m, int child, int parent, hwaddr addr, int priority)
{
    ModelState was = m->region[child].now;

    if (reaches(m, child, parent)) {
        return;
    }
    m->region[child].now.container = parent;
    m->region[child].now.addr = addr;
    m->region[child].now.priority = priority;
    m->region[child].now.order = ++m->ids;
    if (too_many_paths(m)) {
        m->region[child].now = was;
        return;
    }
    model_note(m, "add r%d to r%d at %" PRIx64 " prio %d", child, parent, addr,
               priority);
    before(m);
    if (priority || pick(m, 2)) {
        memory_region_add_subregion_overlap(m->region[parent].mr, addr,
                                            m->region[child].mr, priority);
    } else {
        memory_region_add_subregion(m->region[parent].mr, addr,
                                    m->region[child].mr);
    }
    after(m);
}

void do_add(Model *m)
{
    int child = pick_region(m, is_free);
    int parent = pick_parent(m);
    int priority = one_in(m, 2) ? 0 : (int)pick(m, 5) - 2;
    hwaddr addr = pick_addr(m);

    if (child >= 0 && parent >= 0) {
        add(m, child, parent, addr, priority);
    }
}

static bool is_slot(Model *m, int r)
{
    return m->region[r].kind == KIND_ALIAS && is_child(m, r) &&
           m->region[r].now.size && !(m->region[r].now.size >> 60);
}

static void set_unmergeable(Model *m, int r)
{
    m->region[r].now.unmergeable = true;
    before(m);
    memory_region_set_unmergeable(m->region[r].mr, true);
    after(m);
}

/*
 * As virtio-mem plugs its memory: an alias that goes on where another ends, or
 * one in the place of another, which is seen by the same bytes but is not it.
 */
void do_slot(Model *m)
{
    int old = pick_region(m, is_slot), slot = free_slot(m);
    bool beside = pick(m, 3);
    ModelState s;

    if (old < 0 || slot < 0) {
        return;
    }
    s = m->region[old].now;
    create(m, slot, KIND_ALIAS, s.size, m->region[old].alias,
           s.alias_offset + (beside ? s.size : 0));
    if (pick(m, 4)) {
        set_unmergeable(m, slot);
    }
    if (!s.unmergeable && pick(m, 2)) {
        set_unmergeable(m, old);
    }
    add(m, slot, s.container, s.addr + (beside ? s.size : 0), s.priority);
    if (!beside && pick(m, 2)) {
        delete_child(m, old);
    }
}

void do_delete(Model *m)
{
    int r = pick_region(m, is_child);

    if (r >= 0) {
        model_note(m, "del r%d", r);
        delete_child(m, r);
    }
}

void do_set_address(Model *m)
{
    int r = pick_region(m, NULL);
    hwaddr addr = pick_addr(m);
    ModelState *s;

    if (r < 0) {
        return;
    }
    s = &m->region[r].now;
    model_note(m, "r%d: address %" PRIx64, r, addr);
    if (s->container >= 0 && s->addr != addr) {
        s->order = ++m->ids;
    }
    s->addr = addr;
    before(m);
    memory_region_set_address(m->region[r].mr, addr);
    after(m);
}

void do_set_size(Model *m)
{
    int r = pick_region(m, has_size);

    if (r >= 0) {
        uint64_t size = pick_size(m, m->region[r].kind);

        model_note(m, "r%d: size %" PRIx64, r, size);
        m->region[r].now.size = wide_size(size);
        before(m);
        memory_region_set_size(m->region[r].mr, size);
        after(m);
    }
}

void do_set_offset(Model *m)
{
    int r = pick_region(m, is_alias);
    hwaddr offset = pick_addr(m);

    if (r >= 0) {
        model_note(m, "r%d: offset %" PRIx64, r, offset);
        m->region[r].now.alias_offset = offset;
        before(m);
        memory_region_set_alias_offset(m->region[r].mr, offset);
        after(m);
    }
}

void do_set_flag(Model *m)
{
    static const struct {
        const char *name;
        size_t offset;
        void (*set)(MemoryRegion *mr, bool value);
    } flags[] = {
        { "enabled", offsetof(ModelState, enabled), memory_region_set_enabled },
        { "readonly", offsetof(ModelState, readonly),
          memory_region_set_readonly },
        { "nonvolatile", offsetof(ModelState, nonvolatile),
          memory_region_set_nonvolatile },
        { "unmergeable", offsetof(ModelState, unmergeable),
          memory_region_set_unmergeable },
        { "romd", offsetof(ModelState, romd),
          memory_region_rom_device_set_romd },
    };
    static const uint8_t likely_ones[] = { 0, 0, 0, 0, 1, 2, 3, 3, 4 };
    unsigned f = likely_ones[pick(m, ARRAY_SIZE(likely_ones))];
    int r = pick_region(m, f == 4 ? is_romd : NULL);
    bool value = f ? pick(m, 2) : pick(m, 6);

    if (r >= 0) {
        model_note(m, "r%d: %s %d", r, flags[f].name, value);
        *(bool *)((char *)&m->region[r].now + flags[f].offset) = value;
        before(m);
        flags[f].set(m->region[r].mr, value);
        after(m);
    }
}

void do_set_log(Model *m)
{
    int r = pick_region(m, has_logs);
    bool log;

    if (r >= 0) {
        log =
            !m->region[r].now.logs || (m->region[r].now.logs < 3 && pick(m, 2));
        model_note(m, "r%d: log %d", r, log);
        m->region[r].now.logs += log ? 1 : -1;
        before(m);
        memory_region_set_log(m->region[r].mr, log, DIRTY_MEMORY_VGA);
        after(m);
    }
}

void do_eventfd(Model *m)
{
    static const unsigned sizes[] = { 0, 1, 2, 4, 8 };
    int r = pick_region(m, has_io);
    ModelState *s;
    ModelFd fd;

    if (r < 0) {
        return;
    }
    s = &m->region[r].now;
    if (s->nr_fd == MODEL_FDS || (s->nr_fd && pick(m, 2))) {
        unsigned i = pick(m, s->nr_fd);

        fd = s->fd[i];
        model_note(m, "r%d: eventfd at %" PRIx64 " goes", r, fd.addr);
        s->fd[i] = s->fd[--s->nr_fd];
        before(m);
        memory_region_del_eventfd(m->region[r].mr, fd.addr, fd.size, fd.match,
                                  fd.data, &m->notifier[fd.e]);
        after(m);
        return;
    }
    fd = (ModelFd){
        .addr = 0x1000 * pick(m, 3) + 8 * pick(m, 3),
        .size = sizes[pick(m, ARRAY_SIZE(sizes))],
        .match = pick(m, 2),
        .e = pick(m, MODEL_NOTIFIERS),
    };
    if (fd.match) {
        fd.size = fd.size ?: 4;
        fd.data = pick(m, 3);
    }
    for (unsigned i = 0; i < s->nr_fd; i++) {
        if (s->fd[i].addr == fd.addr) {
            return;
        }
    }
    model_note(m, "r%d: eventfd at %" PRIx64 " size %u", r, fd.addr, fd.size);
    s->fd[s->nr_fd++] = fd;
    before(m);
    memory_region_add_eventfd(m->region[r].mr, fd.addr, fd.size, fd.match,
                              fd.data, &m->notifier[fd.e]);
    after(m);
}

void do_coalesced(Model *m)
{
    int r = pick_region(m, has_io);
    ModelState *s;

    if (r < 0) {
        return;
    }
    s = &m->region[r].now;
    if (s->nr_coalesced == MODEL_COALESCED || (s->nr_coalesced && pick(m, 2))) {
        model_note(m, "r%d: coalesced ranges go", r);
        s->nr_coalesced = 0;
        before(m);
        memory_region_clear_coalescing(m->region[r].mr);
        after(m);
        return;
    }
    s->coalesced[s->nr_coalesced].offset = 0x800 * pick(m, 16);
    s->coalesced[s->nr_coalesced].size = 0x400 * (1 + pick(m, 8));
    s->nr_coalesced++;
    model_note(m, "r%d: coalesced at %" PRIx64, r,
               s->coalesced[s->nr_coalesced - 1].offset);
    before(m);
    memory_region_add_coalescing(m->region[r].mr,
                                 s->coalesced[s->nr_coalesced - 1].offset,
                                 s->coalesced[s->nr_coalesced - 1].size);
    after(m);
}
