/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The operations: each is done to the model, then to the real thing.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "memory/transaction.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/rcu.h"
#include "model.h"

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

/* ---- messages ------------------------------------------------------------ */

void model_note(Model *m, const char *fmt, ...)
{
    char **slot = &m->log[m->steps % ARRAY_SIZE(m->log)];
    va_list ap;

    va_start(ap, fmt);
    g_free(*slot);
    *slot = g_strdup_vprintf(fmt, ap);
    va_end(ap);
}

static void print_regions(Model *m)
{
    static const char *const kinds[] = { "container", "io",   "ram",
                                         "rom",       "romd", "ram-device",
                                         "alias",     "iommu" };

    for (int i = 0; i < MODEL_REGIONS; i++) {
        ModelRegion *r = &m->region[i];

        if (r->used) {
            fprintf(
                stderr,
                "r%d %s in r%d at %" PRIx64 " size %" PRIx64 "%016" PRIx64
                " prio %d order %" PRIu64 " alias r%d+%" PRIx64 "%s%s%s%s%s\n",
                i, kinds[r->kind], r->now.container, r->now.addr,
                (uint64_t)(r->now.size >> 64), (uint64_t)r->now.size,
                r->now.priority, r->now.order, r->alias, r->now.alias_offset,
                r->now.enabled ? "" : " disabled", r->now.readonly ? " ro" : "",
                r->now.nonvolatile ? " nv" : "",
                r->now.unmergeable ? " unm" : "",
                r->now.romd ? "" : " no-romd");
            for (unsigned j = 0; j < r->now.nr_coalesced; j++) {
                fprintf(stderr, "  coalesced %" PRIx64 "+%" PRIx64 "\n",
                        r->now.coalesced[j].offset, r->now.coalesced[j].size);
            }
            for (unsigned j = 0; j < r->now.nr_fd; j++) {
                fprintf(stderr, "  eventfd %" PRIx64 "+%x\n", r->now.fd[j].addr,
                        r->now.fd[j].size);
            }
        }
    }
    for (int i = 0; i < MODEL_SPACES; i++) {
        if (m->space[i].as) {
            fprintf(stderr, "space %d: root r%d\n", i, m->space[i].root);
        }
    }
}

void model_fail(Model *m, const char *fmt, ...)
{
    va_list ap;

    fflush(stdout);
    for (unsigned i = 0; i < ARRAY_SIZE(m->log); i++) {
        const char *op = m->log[(m->steps + 1 + i) % ARRAY_SIZE(m->log)];

        if (op) {
            fprintf(stderr, "  %s\n", op);
        }
    }
    print_regions(m);
    fprintf(stderr, "step %u: ", m->steps);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, "\n");
    abort();
}

/* ---- choices ------------------------------------------------------------- */

static unsigned pick(Model *m, unsigned n)
{
    return m->draw(m) % n;
}

static bool one_in(Model *m, unsigned n)
{
    return pick(m, n) == 0;
}

/* Small multiples of a page are likely, so that things meet. */
static hwaddr pick_addr(Model *m)
{
    switch (pick(m, 16)) {
    case 0:
        return -(hwaddr)0x1000 * (1 + pick(m, 6));
    case 1:
        return (1ull << 63) - 0x2000 + 0x1000 * pick(m, 5);
    case 2:
        return 0x800 * pick(m, 40) + pick(m, 3);
    case 3:
        return UINT64_MAX - pick(m, 3);
    default:
        return 0x1000 * pick(m, 48);
    }
}

/* As memory_region_init() takes it. */
static uint64_t pick_odd_size(Model *m)
{
    switch (pick(m, 6)) {
    case 0:
        return UINT64_MAX;
    case 1:
        return -(hwaddr)0x1000 * (1 + pick(m, 3));
    case 2:
        return pick(m, 4);
    case 3:
        return 1ull << 63;
    default:
        return 0x800 * pick(m, 100) + pick(m, 3);
    }
}

/* Containers are large, mostly, and others not, so that much is seen. */
static uint64_t pick_size(Model *m, Kind kind)
{
    if (one_in(m, 8)) {
        return pick_odd_size(m);
    }
    switch (kind) {
    case KIND_CONTAINER:
        return pick(m, 2) ? UINT64_MAX : 0x1000 * (16 + pick(m, 48));
    case KIND_ALIAS:
        return pick(m, 3) ? UINT64_MAX : 0x1000 * (1 + pick(m, 24));
    default:
        return 0x1000 * (1 + pick(m, 6));
    }
}

static u128 wide_size(uint64_t size)
{
    return size == UINT64_MAX ? (u128)1 << 64 : size;
}

/* A region in use for which @ok, if given, holds; or -1. */
static int pick_region(Model *m, bool (*ok)(Model *m, int r))
{
    int first = pick(m, m->regions);

    for (int i = 0; i < m->regions; i++) {
        int r = (first + i) % m->regions;

        if (m->region[r].used && (!ok || ok(m, r))) {
            return r;
        }
    }
    return -1;
}

static bool is_ram(const ModelRegion *r)
{
    return r->kind == KIND_RAM || r->kind == KIND_ROM || r->kind == KIND_ROMD ||
           r->kind == KIND_RAM_DEVICE;
}

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

static bool is_container(Model *m, int r)
{
    return m->region[r].kind == KIND_CONTAINER;
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
    return !is_ram(&m->region[r]);
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

/* ---- around each operation ----------------------------------------------- */

/* The model has changed; the real thing is about to. */
static void before(Model *m)
{
    if (!m->depth) {
        hear_expect(m);
    }
}

static void after(Model *m)
{
    if (!m->depth) {
        m->commits++;
        oracle_check(m);
        hear_check(m, false);
        oracle_check_find(m, pick_region(m, NULL), pick_addr(m),
                          1 + 0x800 * pick(m, 20));
    }
}

/* ---- regions ------------------------------------------------------------- */

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

    r->mr = MEMORY_REGION(&o->iommu);
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

static void do_create(Model *m)
{
    ModelRegion *r = NULL;
    int target = -1, slot;
    uint64_t size;
    Kind kind;

    for (slot = 0; slot < m->regions; slot++) {
        if (!m->region[slot].used) {
            r = &m->region[slot];
            break;
        }
    }
    if (!r || !pick_kind(m, slot, &kind, &target)) {
        return;
    }
    *r = (ModelRegion){
        .kind = kind,
        .alias = target,
        .id = ++m->ids,
        .now = { .container = -1, .enabled = true, .romd = true },
    };
    size = is_ram(r) ? 0x1000 * (1 + pick(m, 8)) : pick_size(m, kind);
    r->now.size = wide_size(size);
    r->now.readonly = kind == KIND_ROM;
    r->now.alias_offset = kind == KIND_ALIAS ? pick_addr(m) : 0;
    r->owner = object_new(TYPE_MODEL_OWNER);
    MODEL_OWNER(r->owner)->model = m;
    m->created++;
    model_note(m, "create r%d kind %d size %" PRIx64 " alias r%d+%" PRIx64,
               slot, kind, size, target, r->now.alias_offset);
    /* The mapping is made last: an alias may show it at once otherwise. */
    init_region(m, r, target < 0 ? NULL : m->region[target].mr, size);
    r->used = true;
    r->before = r->now;
}

static void delete_child(Model *m, int child)
{
    int parent = m->region[child].now.container;

    m->region[child].now.container = -1;
    before(m);
    memory_region_del_subregion(m->region[parent].mr, m->region[child].mr);
    after(m);
}

static bool is_needed(Model *m, int r)
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

static void destroy(Model *m, int r)
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

static void do_destroy(Model *m)
{
    int r = pick_region(m, NULL);

    if (r < 0 || m->undoable || is_needed(m, r)) {
        return;
    }
    model_note(m, "destroy r%d", r);
    destroy(m, r);
}

/* Containers that are old have many children, and so become roots. */
static int pick_parent(Model *m)
{
    int parent = pick_region(m, pick(m, 5) ? is_container : can_have_children);

    return pick(m, 3) ? parent : MIN(parent, pick_region(m, is_container));
}

static void do_add(Model *m)
{
    int child = pick_region(m, is_free);
    int parent = pick_parent(m);
    int priority = one_in(m, 2) ? 0 : (int)pick(m, 5) - 2;
    hwaddr addr = pick_addr(m);
    ModelState was;

    if (child < 0 || parent < 0 || reaches(m, child, parent)) {
        return;
    }
    was = m->region[child].now;
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

static void do_delete(Model *m)
{
    int r = pick_region(m, is_child);

    if (r >= 0) {
        model_note(m, "del r%d", r);
        delete_child(m, r);
    }
}

static void do_set_address(Model *m)
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

static void do_set_size(Model *m)
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

static void do_set_offset(Model *m)
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

static void do_set_flag(Model *m)
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

static void do_set_log(Model *m)
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

static void do_eventfd(Model *m)
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
        .addr = 8 * pick(m, 0x500),
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

static void do_coalesced(Model *m)
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

/* ---- address spaces and listeners ---------------------------------------- */

static void space_remove(Model *m, int i)
{
    ModelSpace *s = &m->space[i];
    AddressSpace *as = s->as;

    for (int l = 0; l < MODEL_LISTENERS; l++) {
        if (m->listener[l].used && m->listener[l].space == i) {
            hear_unregister(m, l);
        }
    }
    s->as = NULL;
    g_array_set_size(s->now, 0);
    g_array_set_size(s->next, 0);
    before(m);
    address_space_destroy_free(as);
    after(m);
}

/* One below which much can be seen, mostly. */
static int pick_root(Model *m)
{
    int best = pick_region(m, NULL);

    for (unsigned i = pick(m, 30); i && best >= 0; i--) {
        int r = pick_region(m, NULL);

        if (r >= 0 && oracle_paths(m, r, MODEL_PATHS) >
                          oracle_paths(m, best, MODEL_PATHS)) {
            best = r;
        }
    }
    return best;
}

static void do_space(Model *m)
{
    int i = pick(m, MODEL_SPACES);
    ModelSpace *s = &m->space[i];

    if (s->as) {
        bool listened = false;

        for (int l = 0; l < MODEL_LISTENERS; l++) {
            listened |= m->listener[l].used && m->listener[l].space == i;
        }
        if ((s->fresh && listened) || m->undoable || pick(m, 6)) {
            return;
        }
        model_note(m, "space %d goes", i);
        space_remove(m, i);
        return;
    }
    if (m->undoable || pick(m, 60) > m->steps) {
        return;
    }
    s->root = pick_root(m);
    if (s->root < 0) {
        return;
    }
    model_note(m, "space %d with root r%d", i, s->root);
    s->as = g_new0(AddressSpace, 1);
    s->id = ++m->ids;
    s->fresh = true;
    before(m);
    address_space_init(s->as, m->region[s->root].mr, "model");
    after(m);
}

static void do_listener(Model *m)
{
    int i = pick(m, MODEL_LISTENERS);
    ModelListener *l = &m->listener[i];
    int space = pick(m, MODEL_SPACES);

    if (l->used) {
        if (one_in(m, 6)) {
            model_note(m, "listener %d goes", i);
            hear_unregister(m, i);
        }
    } else if (m->space[space].as && !m->space[space].fresh) {
        l->real.priority = pick(m, 3);
        model_note(m, "listener %d of space %d, priority %u", i, space,
                   l->real.priority);
        hear_register(m, i, space);
    }
}

static void do_tracking(Model *m)
{
    if (m->depth) {
        return;
    }
    m->tracking = !m->tracking;
    model_note(m, "global dirty log %d", m->tracking);
    before(m);
    if (m->tracking) {
        memory_global_dirty_log_start(GLOBAL_DIRTY_MIGRATION, &error_abort);
    } else {
        memory_global_dirty_log_stop(GLOBAL_DIRTY_MIGRATION);
    }
    after(m);
}

/* ---- transactions -------------------------------------------------------- */

static void do_begin(Model *m)
{
    if (m->depth == 3) {
        return;
    }
    m->undoable = m->depth ? m->undoable : pick(m, 2);
    model_note(m, "begin%s", m->undoable && !m->depth ? ", undoable" : "");
    if (m->undoable && (!m->depth || pick(m, 2))) {
        for (int i = 0; i < MODEL_REGIONS && !m->depth; i++) {
            m->region[i].before = m->region[i].now;
        }
        memory_region_transaction_begin_undoable();
    } else {
        memory_region_transaction_begin();
    }
    m->depth++;
}

static void commit_undoable(Model *m)
{
    Error *err = NULL;
    bool ok;

    before(m);
    m->refuse_at =
        m->to_ask->len && pick(m, 3) ? 1 + pick(m, m->to_ask->len) : 0;
    model_note(m, "commit, undoable; %u of %u refuses", m->refuse_at,
               m->to_ask->len);
    ok = memory_region_transaction_commit_undoable(&err);
    if (ok != !err || ok != !m->refused) {
        model_fail(m, "a refusal does not arrive");
    }
    error_free(err);
    m->commits++;
    if (!ok) {
        m->refusals++;
        for (int i = 0; i < MODEL_REGIONS; i++) {
            m->region[i].now = m->region[i].before;
        }
        hear_check(m, true);
        m->refuse_at = 0;
        /* As if nothing had been. */
        before(m);
        oracle_check(m);
    }
    hear_check(m, false);
    if (ok) {
        oracle_check(m);
    }
    m->refuse_at = 0;
    m->undoable = false;
}

/* It cannot fail, but is a warning, which is not for us. */
static void commit_refused(Model *m)
{
    int saved = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);

    dup2(null, STDERR_FILENO);
    m->refuse_at = 1 + pick(m, m->to_ask->len);
    memory_region_transaction_commit();
    m->refuse_at = 0;
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(null);
}

static void do_commit(Model *m)
{
    if (!m->depth) {
        return;
    }
    if (!--m->depth && m->undoable) {
        commit_undoable(m);
        return;
    }
    model_note(m, "commit");
    before(m);
    if (!m->depth && m->to_ask->len && one_in(m, 20)) {
        commit_refused(m);
    } else {
        memory_region_transaction_commit();
    }
    after(m);
}

/* A listener changes something itself, which is told in a round of its own. */
static void do_meddle(Model *m)
{
    int r = pick_region(m, NULL);

    if (m->depth || r < 0) {
        return;
    }
    m->meddler = pick(m, MODEL_LISTENERS);
    m->meddled = pick_region(m, NULL);
    model_note(m, "r%d: enabled %d; listener %d then switches r%d", r,
               !m->region[r].now.enabled, m->meddler, m->meddled);
    m->region[r].now.enabled = !m->region[r].now.enabled;
    before(m);
    memory_region_set_enabled(m->region[r].mr, m->region[r].now.enabled);
    m->meddler = -1;
    after(m);
}

/* ---- all together -------------------------------------------------------- */

void model_step(Model *m)
{
    static const struct {
        void (*op)(Model *m);
        unsigned weight;
    } ops[] = {
        { do_create, 10 },    { do_destroy, 2 },     { do_add, 24 },
        { do_delete, 3 },     { do_set_address, 8 }, { do_set_size, 5 },
        { do_set_offset, 4 }, { do_set_flag, 18 },   { do_set_log, 4 },
        { do_eventfd, 4 },    { do_coalesced, 3 },   { do_space, 5 },
        { do_listener, 6 },   { do_tracking, 1 },    { do_begin, 5 },
        { do_commit, 10 },    { do_meddle, 3 },
    };
    unsigned total = 0, n;

    m->steps++;
    g_clear_pointer(&m->log[m->steps % ARRAY_SIZE(m->log)], g_free);
    for (unsigned i = 0; i < ARRAY_SIZE(ops); i++) {
        total += ops[i].weight;
    }
    n = pick(m, total);
    for (unsigned i = 0; i < ARRAY_SIZE(ops); i++) {
        if (n < ops[i].weight) {
            ops[i].op(m);
            return;
        }
        n -= ops[i].weight;
    }
}

void model_init(Model *m, uint32_t (*draw)(Model *m), void *opaque)
{
    *m = (Model){ .draw = draw, .opaque = opaque };
    m->meddler = -1;
    m->regions = 8 + pick(m, MODEL_REGIONS - 8);
    m->heard = g_array_new(false, false, sizeof(ModelEvent));
    m->expected = g_array_new(false, false, sizeof(ModelEvent));
    m->to_ask = g_array_new(false, false, sizeof(int));
    for (int i = 0; i < MODEL_SPACES; i++) {
        m->space[i].now = g_array_new(false, false, sizeof(ModelRange));
        m->space[i].next = g_array_new(false, false, sizeof(ModelRange));
    }
    for (int i = 0; i < MODEL_LISTENERS; i++) {
        hear_init(m, i);
    }
}

static void take_down(Model *m)
{
    bool again = true;

    while (m->depth) {
        do_commit(m);
    }
    if (m->tracking) {
        do_tracking(m);
    }
    for (int i = 0; i < MODEL_LISTENERS; i++) {
        if (m->listener[i].used) {
            hear_unregister(m, i);
        }
    }
    for (int i = 0; i < MODEL_SPACES; i++) {
        if (m->space[i].as) {
            space_remove(m, i);
        }
    }
    while (again) {
        again = false;
        for (int i = 0; i < MODEL_REGIONS; i++) {
            if (m->region[i].used && !is_needed(m, i)) {
                destroy(m, i);
                again = true;
            }
        }
    }
}

void model_fini(Model *m)
{
    model_note(m, "end");
    take_down(m);
    for (int i = 0; i < 5 && m->finalized != m->created; i++) {
        drain_call_rcu();
    }
    if (m->finalized != m->created) {
        model_fail(m, "%u owners of %u are left", m->created - m->finalized,
                   m->created);
    }
    for (int i = 0; i < MODEL_SPACES; i++) {
        g_array_unref(m->space[i].now);
        g_array_unref(m->space[i].next);
    }
    for (int i = 0; i < MODEL_LISTENERS; i++) {
        hear_fini(m, i);
    }
    g_array_unref(m->heard);
    g_array_unref(m->expected);
    g_array_unref(m->to_ask);
    for (unsigned i = 0; i < ARRAY_SIZE(m->log); i++) {
        g_free(m->log[i]);
    }
}
