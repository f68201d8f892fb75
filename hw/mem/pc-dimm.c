/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pc-dimm: a memory backend in a slot of the machine. */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/mem/memory-device.h"
#include "hw/mem/nvdimm.h"
#include "hw/mem/pc-dimm.h"
#include "hw/qdev-properties.h"
#include "memory/ram.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/bitmap.h"
#include "qemu/bitops.h"
#include "qemu/module.h"
#include "system/hostmem.h"
#include "system/numa.h"
#include "trace/trace-hw_mem.h"

/* ---- slots --------------------------------------------------------------- */

static int mark_slot(Object *obj, void *opaque)
{
    if (object_dynamic_cast(obj, TYPE_PC_DIMM) && DEVICE(obj)->realized) {
        set_bit(PC_DIMM(obj)->slot, opaque);
    }
    object_child_foreach(obj, mark_slot, opaque);
    return 0;
}

/* The slot that @dimm asks for, else the first that is free; -1: an error. */
static int choose_slot(const PCDIMMDevice *dimm, const MachineState *ms,
                       Error **errp)
{
    const int slots = ms->ram_slots;
    g_autofree unsigned long *used = NULL;
    int slot;

    if (dimm->slot != PC_DIMM_UNASSIGNED_SLOT &&
        (dimm->slot < 0 || dimm->slot >= slots)) {
        error_setg(errp,
                   "invalid slot number %d, valid range is [0-%" PRIu64 "]",
                   dimm->slot, ms->ram_slots - 1);
        return -1;
    }
    if (!slots) {
        error_setg(errp, "no slots where allocated, please specify the 'slots' "
                         "option");
        return -1;
    }
    used = bitmap_new(slots);
    object_child_foreach(qdev_get_machine(), mark_slot, used);
    if (dimm->slot != PC_DIMM_UNASSIGNED_SLOT) {
        if (test_bit(dimm->slot, used)) {
            error_setg(errp, "slot %d is busy", dimm->slot);
            return -1;
        }
        return dimm->slot;
    }
    slot = find_first_zero_bit(used, slots);
    if (slot == slots) {
        error_setg(errp, "no free slots available");
        return -1;
    }
    return slot;
}

/* ---- for boards ---------------------------------------------------------- */

void pc_dimm_pre_plug(PCDIMMDevice *dimm, MachineState *machine, Error **errp)
{
    int slot = choose_slot(dimm, machine, errp);

    if (slot < 0) {
        return;
    }
    dimm->slot = slot;
    trace_mhp_pc_dimm_assigned_slot(slot);
    memory_device_pre_plug(MEMORY_DEVICE(dimm), machine, errp);
}

bool pc_dimm_try_plug(PCDIMMDevice *dimm, MachineState *machine, Error **errp)
{
    if (!memory_device_try_plug(MEMORY_DEVICE(dimm), machine, errp)) {
        return false;
    }
    vmstate_register_ram(host_memory_backend_get_memory(dimm->hostmem),
                         DEVICE(dimm));
    return true;
}

void pc_dimm_plug(PCDIMMDevice *dimm, MachineState *machine)
{
    memory_device_plug(MEMORY_DEVICE(dimm), machine);
    vmstate_register_ram(host_memory_backend_get_memory(dimm->hostmem),
                         DEVICE(dimm));
}

void pc_dimm_unplug(PCDIMMDevice *dimm, MachineState *machine)
{
    memory_device_unplug(MEMORY_DEVICE(dimm), machine);
    vmstate_unregister_ram(host_memory_backend_get_memory(dimm->hostmem),
                           DEVICE(dimm));
}

/* ---- the device ---------------------------------------------------------- */

static bool check_node(const PCDIMMDevice *dimm, Error **errp)
{
    MachineState *ms = MACHINE(qdev_get_machine());
    int nodes = ms->numa_state ? ms->numa_state->num_nodes : 0;

    if (!ms->numa_state && dimm->node) {
        error_setg(errp, "machine doesn't support NUMA");
        return false;
    }
    if (nodes ? dimm->node >= nodes : dimm->node) {
        error_setg(errp,
                   "'DIMM property " PC_DIMM_NODE_PROP " has value %" PRIu32
                   "' which exceeds the number of numa nodes: %d",
                   dimm->node, nodes ?: 1);
        return false;
    }
    return true;
}

static void pc_dimm_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    PCDIMMDevice *dimm = PC_DIMM(dev);
    PCDIMMDeviceClass *pdc = PC_DIMM_GET_CLASS(dimm);

    if (!check_node(dimm, errp)) {
        return;
    }
    if (!dimm->hostmem) {
        error_setg(errp, "'" PC_DIMM_MEMDEV_PROP "' property is not set");
        return;
    }
    if (host_memory_backend_is_mapped(dimm->hostmem)) {
        error_setg(errp, "can't use already busy memdev: %s",
                   object_get_canonical_path_component(OBJECT(dimm->hostmem)));
        return;
    }
    if (pdc->realize) {
        pdc->realize(dimm, errp);
        if (*errp) {
            return;
        }
    }
    host_memory_backend_set_mapped(dimm->hostmem, true);
}

static void pc_dimm_unrealize(DeviceState *dev)
{
    PCDIMMDevice *dimm = PC_DIMM(dev);
    PCDIMMDeviceClass *pdc = PC_DIMM_GET_CLASS(dimm);

    if (pdc->unrealize) {
        pdc->unrealize(dimm);
    }
    host_memory_backend_set_mapped(dimm->hostmem, false);
}

static void pc_dimm_get_size(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    Error *err = NULL;
    uint64_t size = memory_device_get_region_size(MEMORY_DEVICE(obj), &err);

    if (err) {
        error_propagate(errp, err);
        return;
    }
    visit_type_uint64(v, name, &size, errp);
}

static const Property pc_dimm_properties[] = {
    DEFINE_PROP_UINT64(PC_DIMM_ADDR_PROP, PCDIMMDevice, addr, 0),
    DEFINE_PROP_UINT32(PC_DIMM_NODE_PROP, PCDIMMDevice, node, 0),
    DEFINE_PROP_INT32(PC_DIMM_SLOT_PROP, PCDIMMDevice, slot,
                      PC_DIMM_UNASSIGNED_SLOT),
    DEFINE_PROP_LINK(PC_DIMM_MEMDEV_PROP, PCDIMMDevice, hostmem,
                     TYPE_MEMORY_BACKEND, HostMemoryBackend *),
};

/* ---- as a memory device -------------------------------------------------- */

static uint64_t pc_dimm_get_addr(const MemoryDeviceState *md)
{
    return PC_DIMM(md)->addr;
}

static void pc_dimm_set_addr(MemoryDeviceState *md, uint64_t addr, Error **errp)
{
    PC_DIMM(md)->addr = addr;
}

static MemoryRegion *pc_dimm_get_region(MemoryDeviceState *md, Error **errp)
{
    PCDIMMDevice *dimm = PC_DIMM(md);

    if (!dimm->hostmem) {
        error_setg(errp, "'" PC_DIMM_MEMDEV_PROP "' property must be set");
        return NULL;
    }
    return host_memory_backend_get_memory(dimm->hostmem);
}

static void pc_dimm_fill_info(const MemoryDeviceState *md,
                              MemoryDeviceInfo *info)
{
    const DeviceState *dev = DEVICE(md);
    const PCDIMMDevice *dimm = PC_DIMM(md);
    PCDIMMDeviceInfo *di = g_new0(PCDIMMDeviceInfo, 1);

    di->id = g_strdup(dev->id);
    di->addr = dimm->addr;
    di->size = memory_device_get_region_size(md, &error_abort);
    di->slot = dimm->slot;
    di->node = dimm->node;
    di->memdev = object_get_canonical_path(OBJECT(dimm->hostmem));
    di->hotplugged = dev->hotplugged;
    di->hotpluggable = DEVICE_GET_CLASS(dev)->hotpluggable;
    if (object_dynamic_cast(OBJECT(dev), TYPE_NVDIMM)) {
        info->type = MEMORY_DEVICE_INFO_KIND_NVDIMM;
        info->u.nvdimm.data = di;
    } else {
        info->type = MEMORY_DEVICE_INFO_KIND_DIMM;
        info->u.dimm.data = di;
    }
}

static void pc_dimm_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    MemoryDeviceClass *mdc = MEMORY_DEVICE_CLASS(oc);

    dc->realize = pc_dimm_realize;
    dc->unrealize = pc_dimm_unrealize;
    dc->desc = "DIMM memory module";
    device_class_set_props(dc, pc_dimm_properties);
    object_class_property_add(oc, PC_DIMM_SIZE_PROP, "uint64", pc_dimm_get_size,
                              NULL, NULL, NULL);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    mdc->get_addr = pc_dimm_get_addr;
    mdc->set_addr = pc_dimm_set_addr;
    mdc->get_plugged_size = memory_device_get_region_size;
    mdc->get_memory_region = pc_dimm_get_region;
    mdc->fill_device_info = pc_dimm_fill_info;
}

static const TypeInfo pc_dimm_types[] = {
    {
        .name = TYPE_PC_DIMM,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(PCDIMMDevice),
        .class_init = pc_dimm_class_init,
        .class_size = sizeof(PCDIMMDeviceClass),
        .interfaces =
            (InterfaceInfo[]){
                { TYPE_MEMORY_DEVICE },
                {},
            },
    },
};

DEFINE_TYPES(pc_dimm_types)
