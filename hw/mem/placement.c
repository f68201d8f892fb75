/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where memory devices are, as a section of the stream.
 *
 * It comes before RAM and before all that has an address in it: the window for
 * memory devices, and the place of each of them. The destination has put its
 * devices where it would put them today; now it moves the window and all of
 * them to where the guest knows them. If that cannot be, the stream ends here,
 * while the guest still runs at the source.
 *
 * A device is known by its memory backend, whose name is the same on both
 * sides since the block of RAM has it.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/target_page.h"
#include "hw/boards.h"
#include "memory-device-internal.h"
#include "migration/vmstate.h"
#include "place.h"
#include "qapi/error.h"
#include "qemu/error-report.h"

/* Longer names are no names. */
#define MAX_NAME 1024

typedef struct Place {
    uint32_t name_len, type_len; /* with the zero at the end */
    char *name, *type;
    uint64_t addr, size;
    QTAILQ_ENTRY(Place) next;

    /* not in the stream */
    MemoryDeviceState *md;
    uint64_t old_addr;
} Place;

typedef struct Placement {
    uint64_t window_base, window_size; /* size 0: there is none */
    QTAILQ_HEAD(, Place) devices;

    MachineState *ms;
} Placement;

static NotifierList move_notifiers = NOTIFIER_LIST_INITIALIZER(move_notifiers);

static MemoryDeviceClass *class_of(const Place *p)
{
    return MEMORY_DEVICE_GET_CLASS(p->md);
}

static void free_places(Placement *pl)
{
    Place *p, *next;

    QTAILQ_FOREACH_SAFE(p, &pl->devices, next, next) {
        QTAILQ_REMOVE(&pl->devices, p, next);
        g_free(p->name);
        g_free(p->type);
        g_free(p);
    }
}

/* What both sides call it; the caller frees it. */
static char *name_of(Object *dev)
{
    Object *memdev = object_property_find(dev, "memdev")
                         ? object_property_get_link(dev, "memdev", NULL)
                         : NULL;

    return object_get_canonical_path(memdev ?: dev);
}

/* What a user calls it. */
static const char *label_of(const Place *p)
{
    return p->md && DEVICE(p->md)->id ? DEVICE(p->md)->id : p->name;
}

/* ---- the source ---------------------------------------------------------- */

static void add_place(Placement *pl, Object *dev)
{
    MemoryDeviceState *md = MEMORY_DEVICE(dev);
    Place *p = g_new0(Place, 1);

    p->name = name_of(dev);
    p->name_len = strlen(p->name) + 1;
    p->type = g_strdup(object_get_typename(dev));
    p->type_len = strlen(p->type) + 1;
    p->addr = MEMORY_DEVICE_GET_CLASS(md)->get_addr(md);
    p->size = memory_device_get_region_size(md, &error_abort);
    QTAILQ_INSERT_TAIL(&pl->devices, p, next);
}

static int placement_pre_save(void *opaque)
{
    Placement *pl = opaque;
    const DeviceMemoryState *dms = pl->ms->device_memory;
    g_autoptr(GPtrArray) devices = memory_devices_by_address();

    free_places(pl);
    pl->window_base = dms ? dms->base : 0;
    pl->window_size = dms ? memory_region_size((MemoryRegion *)&dms->mr) : 0;
    for (guint i = 0; i < devices->len; i++) {
        if (!memory_device_is_empty(MEMORY_DEVICE(devices->pdata[i]))) {
            add_place(pl, devices->pdata[i]);
        }
    }
    return 0;
}

/* A machine without any of it sends nothing that others do not know. */
static bool placement_needed(void *opaque)
{
    const Placement *pl = opaque;
    g_autoptr(GPtrArray) devices = NULL;

    if (pl->ms->no_memory_placement) {
        return false;
    }
    if (pl->ms->device_memory) {
        return true;
    }
    devices = memory_devices_by_address();
    return devices->len != 0;
}

/* ---- the destination: which is which ------------------------------------- */

static GHashTable *devices_by_name(void)
{
    g_autoptr(GPtrArray) devices = memory_devices_by_address();
    GHashTable *table =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < devices->len; i++) {
        if (!memory_device_is_empty(MEMORY_DEVICE(devices->pdata[i]))) {
            g_hash_table_insert(table, name_of(devices->pdata[i]),
                                devices->pdata[i]);
        }
    }
    return table;
}

static bool match(Place *p, Object *dev, Error **errp)
{
    uint64_t size;

    p->md = MEMORY_DEVICE(dev);
    size = memory_device_get_region_size(p->md, &error_abort);
    if (strcmp(p->type, object_get_typename(dev))) {
        error_setg(errp,
                   "memory device '%s' is a '%s' here and a '%s' at the source",
                   label_of(p), object_get_typename(dev), p->type);
        return false;
    }
    if (p->size != size) {
        error_setg(errp,
                   "memory device '%s' has 0x%" PRIx64 " bytes here and "
                   "0x%" PRIx64 " at the source",
                   label_of(p), size, p->size);
        return false;
    }
    p->old_addr = class_of(p)->get_addr(p->md);
    return true;
}

/* Each of theirs is one of ours, and the other way round. */
static bool match_all(Placement *pl, Error **errp)
{
    g_autoptr(GHashTable) ours = devices_by_name();
    GHashTableIter iter;
    gpointer dev;
    Place *p;

    QTAILQ_FOREACH(p, &pl->devices, next) {
        dev = g_hash_table_lookup(ours, p->name);
        if (!dev) {
            error_setg(errp,
                       "the source has a memory device '%s' on '%s' at "
                       "0x%" PRIx64 ", and here is none",
                       p->type, p->name, p->addr);
            return false;
        }
        if (!match(p, dev, errp)) {
            return false;
        }
        g_hash_table_remove(ours, p->name);
    }
    g_hash_table_iter_init(&iter, ours);
    if (g_hash_table_iter_next(&iter, NULL, &dev)) {
        g_autofree char *name = name_of(dev);

        error_setg(errp,
                   "the memory device '%s' on '%s' is not there at the source",
                   DEVICE(dev)->id ?: object_get_typename(dev), name);
        return false;
    }
    return true;
}

/* ---- whether it can be --------------------------------------------------- */

static bool in_window(const Placement *pl, const Place *p)
{
    return p->addr >= pl->window_base &&
           p->addr - pl->window_base < pl->window_size;
}

static bool check_window(const Placement *pl, Error **errp)
{
    uint64_t base = pl->window_base, size = pl->window_size;

    if (size && (!QEMU_IS_ALIGNED(base | size, TARGET_PAGE_SIZE) ||
                 base + (size - 1) < base)) {
        error_setg(errp,
                   "the window for memory devices cannot be 0x%" PRIx64
                   " bytes at 0x%" PRIx64,
                   size, base);
        return false;
    }
    return true;
}

/* The ranges among themselves, and within the window or outside of it. */
static bool check_place(const Placement *pl, const Place *p, GArray *placed,
                        Error **errp)
{
    ERRP_GUARD();
    bool inside = in_window(pl, p);
    uint64_t last = p->addr + (p->size - 1);
    MemoryPlaced this = { .addr = p->addr, .size = p->size, .id = label_of(p) };
    MemoryPlaceRequest req = {
        .base = inside ? pl->window_base : 0,
        .size = inside ? pl->window_size : UINT64_MAX,
        .lowest = inside ? pl->window_base : 0,
        .wanted = p->addr,
        .length = p->size,
        .align = memory_device_alignment(p->md),
        .placed = placed,
    };
    uint64_t addr;

    if (!p->addr) {
        error_setg(errp, "it has no address");
    } else if (!inside && p->addr < pl->window_base &&
               last >= pl->window_base && pl->window_size) {
        error_setg(errp, "only its end is in the window for memory devices");
    } else if (memory_place(&req, &addr, errp)) {
        g_array_append_val(placed, this);
    }
    if (*errp) {
        error_prepend(errp,
                      "memory device '%s' was at 0x%" PRIx64 ", and cannot be "
                      "there: ",
                      label_of(p), p->addr);
        return false;
    }
    return true;
}

static bool check_all(const Placement *pl, Error **errp)
{
    g_autoptr(GArray) placed = g_array_new(false, false, sizeof(MemoryPlaced));
    const Place *p;

    if (!check_window(pl, errp)) {
        return false;
    }
    QTAILQ_FOREACH(p, &pl->devices, next) {
        if (!check_place(pl, p, placed, errp)) {
            return false;
        }
    }
    return true;
}

/* All is taken out; what is there now is something else. */
static bool check_free(const char *what, uint64_t addr, uint64_t size,
                       Error **errp)
{
    MemoryRegionSection found =
        memory_region_find(get_system_memory(), addr, size);

    if (!found.mr) {
        return true;
    }
    error_setg(errp,
               "%s was at 0x%" PRIx64 " to 0x%" PRIx64 ", and cannot be there: "
               "'%s' is at 0x%" PRIx64 " in this machine",
               what, addr, addr + (size - 1), memory_region_name(found.mr),
               (uint64_t)found.offset_within_address_space);
    memory_region_unref(found.mr);
    return false;
}

static bool check_all_free(const Placement *pl, Error **errp)
{
    const Place *p;

    if (pl->window_size &&
        !check_free("the window for memory devices", pl->window_base,
                    pl->window_size, errp)) {
        return false;
    }
    QTAILQ_FOREACH(p, &pl->devices, next) {
        g_autofree char *what =
            g_strdup_printf("memory device '%s'", label_of(p));

        if (!in_window(pl, p) && !check_free(what, p->addr, p->size, errp)) {
            return false;
        }
    }
    return true;
}

/* ---- moving -------------------------------------------------------------- */

typedef struct Window {
    uint64_t base, size;
} Window;

static Window current_window(const MachineState *ms)
{
    const DeviceMemoryState *dms = ms->device_memory;

    return dms ? (Window){ dms->base,
                           memory_region_size((MemoryRegion *)&dms->mr) }
               : (Window){ 0 };
}

static void take_out(Placement *pl)
{
    Place *p;

    memory_region_transaction_begin();
    QTAILQ_FOREACH(p, &pl->devices, next) {
        memory_device_unplug(p->md, pl->ms);
    }
    if (pl->ms->device_memory) {
        memory_region_del_subregion(get_system_memory(),
                                    &pl->ms->device_memory->mr);
    }
    memory_region_transaction_commit();
}

/* Maps the window, then the devices at the addresses that they have. */
static void put_in(Placement *pl, Window w)
{
    DeviceMemoryState *dms = pl->ms->device_memory;
    Place *p;

    if (!dms && w.size) {
        machine_memory_devices_init(pl->ms, w.base, w.size);
    } else if (dms) {
        dms->base = w.base;
        memory_region_set_size(&dms->mr, w.size);
        memory_region_add_subregion(get_system_memory(), w.base, &dms->mr);
    }
    QTAILQ_FOREACH(p, &pl->devices, next) {
        memory_device_plug(p->md, pl->ms);
    }
}

static void set_addresses(Placement *pl, bool new)
{
    Place *p;

    QTAILQ_FOREACH(p, &pl->devices, next) {
        class_of(p)->set_addr(p->md, new ? p->addr : p->old_addr, &error_abort);
    }
}

/* What a window counts, but for what it follows itself. */
typedef struct Accounts {
    uint64_t size;
    unsigned int memslots, auto_decisions;
} Accounts;

static Accounts accounts_of(const DeviceMemoryState *dms)
{
    return (Accounts){ dms->used_region_size, dms->required_memslots,
                       dms->memslot_auto_decision_active };
}

/*
 * Where things are has been undone; not so what the window counts, nor itself,
 * unless it @was there. Without devices it counted what @empty does.
 */
static void undo_window(MachineState *ms, bool was, const Accounts *empty)
{
    DeviceMemoryState *dms = ms->device_memory;

    if (!was && dms) {
        memory_device_window_end(ms);
    } else if (was) {
        dms->used_region_size = empty->size;
        dms->required_memslots = empty->memslots;
        dms->memslot_auto_decision_active = empty->auto_decisions;
    }
}

static bool try_put_in(Placement *pl, Error **errp)
{
    bool was = pl->ms->device_memory;
    Accounts empty = { 0 };

    if (!check_all_free(pl, errp)) {
        return false;
    }
    if (was) {
        empty = accounts_of(pl->ms->device_memory);
    }
    set_addresses(pl, true);
    memory_region_transaction_begin_undoable();
    put_in(pl, (Window){ pl->window_base, pl->window_size });
    if (memory_region_transaction_commit_undoable(errp)) {
        return true;
    }
    undo_window(pl->ms, was, &empty);
    set_addresses(pl, false);
    return false;
}

static bool is_as_wanted(const Placement *pl, Window here)
{
    const Place *p;

    QTAILQ_FOREACH(p, &pl->devices, next) {
        if (p->addr != p->old_addr) {
            return false;
        }
    }
    return here.base == pl->window_base && here.size == pl->window_size;
}

void memory_devices_add_move_notifier(Notifier *notifier)
{
    notifier_list_add(&move_notifiers, notifier);
}

static void tell_moves(const Placement *pl)
{
    const Place *p;

    QTAILQ_FOREACH(p, &pl->devices, next) {
        MemoryDeviceMove move = { p->md, p->old_addr, p->addr };

        if (move.old_addr != move.new_addr) {
            notifier_list_notify(&move_notifiers, &move);
        }
    }
}

static bool apply(Placement *pl, Error **errp)
{
    Window here = current_window(pl->ms);

    /* Without a window there, the one here is in nobody's way. */
    if (!pl->window_size) {
        pl->window_base = here.base;
        pl->window_size = here.size;
    }
    if (!match_all(pl, errp) || !check_all(pl, errp)) {
        return false;
    }
    if (is_as_wanted(pl, here)) {
        return true;
    }
    take_out(pl);
    if (try_put_in(pl, errp)) {
        tell_moves(pl);
        return true;
    }
    put_in(pl, here);
    return false;
}

/* ---- the section --------------------------------------------------------- */

static int placement_pre_load(void *opaque)
{
    free_places(opaque);
    return 0;
}

static int placement_post_load(void *opaque, int version_id)
{
    Placement *pl = opaque;
    Error *err = NULL;
    bool ok = apply(pl, &err);

    free_places(pl);
    if (!ok) {
        error_report_err(err);
    }
    return ok ? 0 : -EINVAL;
}

static bool name_is_sane(void *opaque, int version_id)
{
    const Place *p = opaque;

    return p->name_len && p->name_len <= MAX_NAME && p->type_len &&
           p->type_len <= MAX_NAME;
}

static bool name_is_text(void *opaque, int version_id)
{
    const Place *p = opaque;

    return !p->name[p->name_len - 1] && !p->type[p->type_len - 1];
}

static bool size_is_sane(void *opaque, int version_id)
{
    const Place *p = opaque;

    return p->size != 0;
}

static const VMStateDescription vmstate_place = {
    .name = "memory-placement/device",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(name_len, Place),
            VMSTATE_UINT32(type_len, Place),
            VMSTATE_VALIDATE("short names", name_is_sane),
            VMSTATE_VBUFFER_ALLOC_UINT32(name, Place, 0, NULL, name_len),
            VMSTATE_VBUFFER_ALLOC_UINT32(type, Place, 0, NULL, type_len),
            VMSTATE_VALIDATE("names that end", name_is_text),
            VMSTATE_UINT64(addr, Place),
            VMSTATE_UINT64(size, Place),
            VMSTATE_VALIDATE("not empty", size_is_sane),
            VMSTATE_END_OF_LIST(),
        },
};

static const VMStateDescription vmstate_placement = {
    .name = "memory-placement",
    .version_id = 1,
    .minimum_version_id = 1,
    .early_setup = true,
    .priority = MIG_PRI_PLACEMENT,
    .needed = placement_needed,
    .pre_save = placement_pre_save,
    .pre_load = placement_pre_load,
    .post_load = placement_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT64(window_base, Placement),
            VMSTATE_UINT64(window_size, Placement),
            VMSTATE_QTAILQ_V(devices, Placement, 1, vmstate_place, Place, next),
            VMSTATE_END_OF_LIST(),
        },
};

void memory_placement_register(MachineState *ms)
{
    static Placement placement;
    bool known = placement.ms;

    placement.ms = ms;
    if (!known) {
        QTAILQ_INIT(&placement.devices);
        vmstate_register(NULL, 0, &vmstate_placement, &placement);
    }
}
