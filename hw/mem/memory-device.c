/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory devices: which there are, and plugging them into the machine's window.
 *
 * A device that another memory device contains (the virtio-mem inside of a
 * virtio-mem-pci) is that one's business and is not looked at.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/mem/memory-device.h"
#include "hw/mem/pc-dimm.h"
#include "memory-device-internal.h"
#include "memslots.h"
#include "place.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "system/numa.h"
#include "trace/trace-hw_mem.h"

/* ---- the devices that there are ------------------------------------------ */

static MemoryDeviceClass *class_of(const MemoryDeviceState *md)
{
    return MEMORY_DEVICE_GET_CLASS(md);
}

static const char *id_of(const MemoryDeviceState *md)
{
    return DEVICE(md)->id;
}

bool memory_device_is_empty(const MemoryDeviceState *md)
{
    Error *err = NULL;
    MemoryRegion *mr =
        class_of(md)->get_memory_region((MemoryDeviceState *)md, &err);

    if (err) {
        error_free(err); /* it will be met again */
        return false;
    }
    return !mr;
}

static int add_device(Object *obj, void *opaque)
{
    GPtrArray *devices = opaque;

    if (!object_dynamic_cast(obj, TYPE_MEMORY_DEVICE)) {
        object_child_foreach(obj, add_device, opaque);
    } else if (DEVICE(obj)->realized) {
        g_ptr_array_add(devices, obj);
    }
    return 0;
}

static int compare_address(gconstpointer a, gconstpointer b)
{
    const MemoryDeviceState *m = MEMORY_DEVICE(*(Object **)a);
    const MemoryDeviceState *n = MEMORY_DEVICE(*(Object **)b);
    uint64_t at_m = class_of(m)->get_addr(m), at_n = class_of(n)->get_addr(n);

    return at_m < at_n ? -1 : at_m > at_n;
}

GPtrArray *memory_devices_by_address(void)
{
    GPtrArray *devices = g_ptr_array_new();

    object_child_foreach(qdev_get_machine(), add_device, devices);
    g_ptr_array_sort(devices, compare_address);
    return devices;
}

MemoryDeviceInfoList *qmp_memory_device_list(void)
{
    g_autoptr(GPtrArray) devices = memory_devices_by_address();
    MemoryDeviceInfoList *list = NULL, **tail = &list;

    for (guint i = 0; i < devices->len; i++) {
        const MemoryDeviceState *md = MEMORY_DEVICE(devices->pdata[i]);
        MemoryDeviceInfo *info = g_new0(MemoryDeviceInfo, 1);

        class_of(md)->fill_device_info(md, info);
        QAPI_LIST_APPEND(tail, info);
    }
    return list;
}

uint64_t get_plugged_memory_size(void)
{
    g_autoptr(GPtrArray) devices = memory_devices_by_address();
    uint64_t size = 0;

    for (guint i = 0; i < devices->len; i++) {
        const MemoryDeviceState *md = MEMORY_DEVICE(devices->pdata[i]);

        if (!memory_device_is_empty(md)) {
            size += class_of(md)->get_plugged_size(md, &error_abort);
        }
    }
    return size;
}

/* Where the memory of a device is counted; one without a node: the first. */
static void plugged_in_node(const MemoryDeviceInfo *info, int *node,
                            uint64_t *size)
{
    *node = 0;
    *size = 0;
    switch (info->type) {
    case MEMORY_DEVICE_INFO_KIND_DIMM:
        *node = info->u.dimm.data->node;
        *size = info->u.dimm.data->size;
        break;
    case MEMORY_DEVICE_INFO_KIND_NVDIMM:
        *node = info->u.nvdimm.data->node;
        *size = info->u.nvdimm.data->size;
        break;
    case MEMORY_DEVICE_INFO_KIND_VIRTIO_PMEM:
        *size = info->u.virtio_pmem.data->size;
        break;
    case MEMORY_DEVICE_INFO_KIND_VIRTIO_MEM:
        *node = info->u.virtio_mem.data->node;
        *size = info->u.virtio_mem.data->size;
        break;
    default:
        break;
    }
}

void query_numa_node_mem(NumaNodeMem node_mem[], MachineState *ms)
{
    const int nodes = ms->numa_state ? ms->numa_state->num_nodes : 0;
    MemoryDeviceInfoList *list = nodes ? qmp_memory_device_list() : NULL;

    for (int i = 0; i < nodes; i++) {
        node_mem[i].node_mem += ms->numa_state->nodes[i].node_mem;
    }
    for (MemoryDeviceInfoList *l = list; l; l = l->next) {
        uint64_t size;
        int node;

        plugged_in_node(l->value, &node, &size);
        if (node < nodes) {
            node_mem[node].node_mem += size;
            node_mem[node].node_plugged_mem += size;
        }
    }
    qapi_free_MemoryDeviceInfoList(list);
}

uint64_t memory_device_get_region_size(const MemoryDeviceState *md,
                                       Error **errp)
{
    MemoryRegion *mr =
        class_of(md)->get_memory_region((MemoryDeviceState *)md, errp);

    return mr ? memory_region_size(mr) : 0;
}

/* ---- plugging ------------------------------------------------------------ */

static unsigned int slots_of(MemoryDeviceState *md)
{
    return class_of(md)->get_memslots ? class_of(md)->get_memslots(md) : 1;
}

/* Of MemoryPlaced: what has an address already. */
static GArray *taken_places(void)
{
    g_autoptr(GPtrArray) devices = memory_devices_by_address();
    GArray *taken = g_array_new(false, false, sizeof(MemoryPlaced));

    for (guint i = 0; i < devices->len; i++) {
        const MemoryDeviceState *md = MEMORY_DEVICE(devices->pdata[i]);
        MemoryPlaced p = {
            .addr = class_of(md)->get_addr(md),
            .size = memory_device_get_region_size(md, &error_abort),
            .id = id_of(md),
        };

        if (p.size) {
            g_array_append_val(taken, p);
        }
    }
    return taken;
}

uint64_t memory_device_alignment(MemoryDeviceState *md)
{
    MemoryRegion *mr = class_of(md)->get_memory_region(md, &error_abort);
    uint64_t align = memory_region_get_alignment(mr);

    if (class_of(md)->get_min_alignment) {
        align = MAX(align, class_of(md)->get_min_alignment(md));
    }
    return align;
}

/* What a device asks for, in the window of @size bytes at @base. */
static bool find_place(MemoryDeviceState *md, MemoryRegion *mr, GArray *taken,
                       hwaddr base, uint64_t size, uint64_t reserved,
                       uint64_t *addr, Error **errp)
{
    MemoryPlaceRequest req = {
        .align = memory_device_alignment(md),
        .base = base,
        .size = size,
        .lowest = base + reserved,
        .wanted = class_of(md)->get_addr(md),
        .length = memory_region_size(mr),
        .placed = taken,
    };

    return memory_place(&req, addr, errp);
}

/* Whether the machine's memory and slots are enough. */
static bool check_limits(MachineState *ms, MemoryDeviceState *md,
                         MemoryRegion *mr, Error **errp)
{
    const uint64_t used = ms->device_memory->used_region_size;
    const uint64_t size = memory_region_size(mr);
    const uint64_t total = ms->maxram_size - ms->ram_size;

    if (class_of(md)->decide_memslots) {
        class_of(md)->decide_memslots(md, memslots_decision_limit(ms, size));
    }
    if (!memslots_check(ms, slots_of(md), errp)) {
        return false;
    }
    if (used + size < used || used + size > total) {
        error_setg(errp,
                   "not enough space, currently 0x%" PRIx64
                   " in use of total space for memory devices 0x" RAM_ADDR_FMT,
                   used, (ram_addr_t)total);
        return false;
    }
    return true;
}

static bool check_size(MemoryRegion *mr, Error **errp)
{
    const uint64_t align = memory_region_get_alignment(mr);

    if (!QEMU_IS_ALIGNED(memory_region_size(mr), align)) {
        error_setg(errp, "backend memory size must be multiple of 0x%" PRIx64,
                   align);
        return false;
    }
    return true;
}

static bool place_in_window(MachineState *ms, MemoryDeviceState *md,
                            MemoryRegion *mr, uint64_t *addr, Error **errp)
{
    g_autoptr(GArray) taken = taken_places();
    DeviceMemoryState *dms = ms->device_memory;
    bool dimm = object_dynamic_cast(OBJECT(md), TYPE_PC_DIMM);
    uint64_t size = memory_region_size(&dms->mr);

    return check_limits(ms, md, mr, errp) && check_size(mr, errp) &&
           find_place(md, mr, taken, dms->base, size,
                      dimm ? 0 : MIN(dms->dimm_reserved, size), addr, errp);
}

/*
 * All of the first window is taken for what goes into the second: they are
 * apart, unless the first came with a stream from a machine that had it there.
 */
static void add_window(GArray *taken, const DeviceMemoryState *dms)
{
    MemoryPlaced window = {
        .addr = dms->base,
        .size = memory_region_size((MemoryRegion *)&dms->mr),
        .id = "device-memory",
    };
    guint at = 0;

    while (at < taken->len &&
           g_array_index(taken, MemoryPlaced, at).addr < window.addr) {
        at++;
    }
    g_array_insert_val(taken, at, window);
}

/* Only if the device may go anywhere; without an error. */
static bool place_in_fallback(MachineState *ms, MemoryDeviceState *md,
                              MemoryRegion *mr, uint64_t *addr)
{
    g_autoptr(GArray) taken = NULL;

    if (!ms->fallback_memory_size ||
        !object_dynamic_cast(OBJECT(md), TYPE_MEMORY_DEVICE_ANYWHERE) ||
        !memslots_check(ms, 1, NULL) || !check_size(mr, NULL)) {
        return false;
    }
    taken = taken_places();
    if (ms->device_memory) {
        add_window(taken, ms->device_memory);
    }
    return find_place(md, mr, taken, ms->fallback_memory_base,
                      ms->fallback_memory_size, 0, addr, NULL);
}

void memory_device_pre_plug(MemoryDeviceState *md, MachineState *ms,
                            Error **errp)
{
    Error *err = NULL;
    MemoryRegion *mr;
    uint64_t addr;

    if (memory_device_is_empty(md)) {
        return;
    }
    mr = class_of(md)->get_memory_region(md, &err);
    if (!ms->device_memory) {
        error_free(err);
        err = NULL;
        error_setg(&err, "the configuration is not prepared for memory devices"
                         " (e.g., for memory hotplug), consider specifying the"
                         " maxmem option");
    } else if (mr) {
        place_in_window(ms, md, mr, &addr, &err);
    }
    if (err && mr && place_in_fallback(ms, md, mr, &addr)) {
        error_free(err);
        err = NULL;
    }
    if (!err) {
        class_of(md)->set_addr(md, addr, &err);
    }
    if (!err) {
        trace_memory_device_pre_plug(id_of(md) ?: "", addr);
    }
    error_propagate(errp, err);
}

static bool in_window(const DeviceMemoryState *dms, uint64_t addr)
{
    return dms && addr >= dms->base &&
           addr - dms->base < memory_region_size((MemoryRegion *)&dms->mr);
}

/*
 * Adds @md to the accounts of the window (@sign 1) or takes it out (-1), if it
 * lies there.
 */
static void account(MemoryDeviceState *md, MachineState *ms, int sign)
{
    DeviceMemoryState *dms = ms->device_memory;
    MemoryRegion *mr = class_of(md)->get_memory_region(md, &error_abort);
    unsigned int slots = slots_of(md);

    if (!in_window(dms, class_of(md)->get_addr(md))) {
        return;
    }
    dms->used_region_size += sign * memory_region_size(mr);
    dms->required_memslots += sign * slots;
    if (class_of(md)->decide_memslots && slots > 1) {
        dms->memslot_auto_decision_active += sign;
    }
}

static void map(MemoryDeviceState *md, MachineState *ms)
{
    DeviceMemoryState *dms = ms->device_memory;
    const uint64_t addr = class_of(md)->get_addr(md);
    MemoryRegion *mr = class_of(md)->get_memory_region(md, &error_abort);

    account(md, ms, 1);
    if (in_window(dms, addr)) {
        memory_region_add_subregion(&dms->mr, addr - dms->base, mr);
    } else {
        memory_region_add_subregion(get_system_memory(), addr, mr);
    }
    trace_memory_device_plug(id_of(md) ?: "", addr);
}

void memory_device_plug(MemoryDeviceState *md, MachineState *ms)
{
    if (!memory_device_is_empty(md)) {
        map(md, ms);
    }
}

bool memory_device_try_plug(MemoryDeviceState *md, MachineState *ms,
                            Error **errp)
{
    if (memory_device_is_empty(md)) {
        return true;
    }
    memory_region_transaction_begin_undoable();
    map(md, ms);
    if (memory_region_transaction_commit_undoable(errp)) {
        return true;
    }
    account(md, ms, -1);
    return false;
}

void memory_device_unplug(MemoryDeviceState *md, MachineState *ms)
{
    DeviceMemoryState *dms = ms->device_memory;
    const uint64_t addr = class_of(md)->get_addr(md);
    MemoryRegion *mr;

    if (memory_device_is_empty(md)) {
        return;
    }
    mr = class_of(md)->get_memory_region(md, &error_abort);
    if (in_window(dms, addr)) {
        memory_region_del_subregion(&dms->mr, mr);
    } else {
        memory_region_del_subregion(get_system_memory(), mr);
    }
    account(md, ms, -1);
    trace_memory_device_unplug(id_of(md) ?: "", addr);
}

/* ---- the types ----------------------------------------------------------- */

static const TypeInfo memory_device_types[] = {
    {
        .name = TYPE_MEMORY_DEVICE,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(MemoryDeviceClass),
    },
    {
        .name = TYPE_MEMORY_DEVICE_ANYWHERE,
        .parent = TYPE_INTERFACE,
    },
};

DEFINE_TYPES(memory_device_types)
