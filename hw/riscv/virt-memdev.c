/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory devices of the board "virt".
 *
 * virtio-mem and virtio-pmem tell the guest themselves where they are. A DIMM
 * is told by the device tree, so it can only be there from the start; an NVDIMM
 * likewise, as a node "pmem-region".
 */
#include "qemu/osdep.h"
#include "hw/mem/memory-device.h"
#include "hw/mem/nvdimm.h"
#include "hw/mem/pc-dimm.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "system/device_tree.h"
#include "system/numa.h"
#include "virt-internal.h"

bool virt_is_memory_device(const DeviceState *dev)
{
    return memory_device_is_whole(dev);
}

/* ---- plugging ------------------------------------------------------------ */

static bool check_dimm(RISCVVirtState *s, DeviceState *dev, Error **errp)
{
    const char *type = object_get_typename(OBJECT(dev));

    if (dev->hotplugged) {
        error_setg(errp,
                   "'%s' cannot be plugged while the machine runs: the guest "
                   "learns of it from the device tree",
                   type);
        error_append_hint(errp, "Give it on the command line, or use "
                                "virtio-mem.\n");
        return false;
    }
    if (MACHINE(s)->dtb) {
        error_setg(errp,
                   "'%s' needs the machine's own device tree, which -dtb "
                   "replaces",
                   type);
        return false;
    }
    return true;
}

void virt_memdev_pre_plug(RISCVVirtState *s, DeviceState *dev, Error **errp)
{
    MachineState *ms = MACHINE(s);

    if (!object_dynamic_cast(OBJECT(dev), TYPE_PC_DIMM)) {
        memory_device_bus_pre_plug(dev, ms, errp);
    } else if (check_dimm(s, dev, errp)) {
        pc_dimm_pre_plug(PC_DIMM(dev), ms, errp);
    }
}

void virt_memdev_plug(RISCVVirtState *s, DeviceState *dev, Error **errp)
{
    if (object_dynamic_cast(OBJECT(dev), TYPE_PC_DIMM)) {
        pc_dimm_try_plug(PC_DIMM(dev), MACHINE(s), errp);
    } else {
        memory_device_bus_plug(dev, MACHINE(s), errp);
    }
}

void virt_memdev_unplug_request(RISCVVirtState *s, DeviceState *dev,
                                Error **errp)
{
    if (object_dynamic_cast(OBJECT(dev), TYPE_PC_DIMM)) {
        error_setg(errp,
                   "'%s' cannot be unplugged: this machine cannot ask the "
                   "guest for it",
                   object_get_typename(OBJECT(dev)));
    } else {
        memory_device_bus_unplug_request(dev, MACHINE(s), errp);
    }
}

void virt_memdev_unplug(RISCVVirtState *s, DeviceState *dev, Error **errp)
{
    memory_device_bus_unplug(dev, MACHINE(s), errp);
}

/* ---- the device tree ----------------------------------------------------- */

static void add_dimm(MachineState *ms, const PCDIMMDeviceInfo *di, bool nvdimm)
{
    g_autofree char *node = g_strdup_printf(
        "/%s@%" PRIx64, nvdimm ? "pmem" : "memory", (uint64_t)di->addr);

    qemu_fdt_add_subnode(ms->fdt, node);
    qemu_fdt_setprop_sized_cells(ms->fdt, node, "reg", 2, di->addr, 2,
                                 di->size);
    qemu_fdt_setprop_string(ms->fdt, node,
                            nvdimm ? "compatible" : "device_type",
                            nvdimm ? "pmem-region" : "memory");
    if (ms->numa_state && ms->numa_state->num_nodes) {
        qemu_fdt_setprop_cell(ms->fdt, node, "numa-node-id", di->node);
    }
}

void virt_memdev_add_to_fdt(RISCVVirtState *s)
{
    MemoryDeviceInfoList *list = qmp_memory_device_list();

    for (MemoryDeviceInfoList *i = list; i; i = i->next) {
        if (i->value->type == MEMORY_DEVICE_INFO_KIND_DIMM) {
            add_dimm(MACHINE(s), i->value->u.dimm.data, false);
        } else if (i->value->type == MEMORY_DEVICE_INFO_KIND_NVDIMM) {
            add_dimm(MACHINE(s), i->value->u.nvdimm.data, true);
        }
    }
    qapi_free_MemoryDeviceInfoList(list);
}

/* ---- options ------------------------------------------------------------- */

uint64_t virt_memdev_window_size(RISCVVirtState *s)
{
    MachineState *ms = MACHINE(s);

    if (!s->device_memory_size_set) {
        return ms->maxram_size - ms->ram_size +
               ms->ram_slots * VIRT_DEVICE_MEMORY_ALIGN;
    }
    /* It can be all used also if there was no maxmem. */
    if (s->device_memory_size && ms->maxram_size == ms->ram_size) {
        ms->maxram_size += s->device_memory_size;
    }
    return s->device_memory_size;
}

static void get_window_size(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    uint64_t size = RISCV_VIRT_MACHINE(obj)->device_memory_size;

    visit_type_size(v, name, &size, errp);
}

static void set_window_size(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    RISCVVirtState *s = RISCV_VIRT_MACHINE(obj);

    s->device_memory_size_set =
        visit_type_size(v, name, &s->device_memory_size, errp);
}

static void get_dimm_reserve(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    visit_type_size(v, name, &RISCV_VIRT_MACHINE(obj)->dimm_reserve, errp);
}

void virt_memdev_class_init(ObjectClass *oc)
{
    object_class_property_add(oc, "device-memory-size", "size", get_window_size,
                              set_window_size, NULL, NULL);
    object_class_property_set_description(
        oc, "device-memory-size",
        "Size of the window for memory devices, 0 for none (default: what "
        "maxmem and slots need)");
    object_class_property_add(oc, "dimm-reserve", "size", get_dimm_reserve,
                              get_dimm_reserve, NULL, NULL);
    object_class_property_set_description(
        oc, "dimm-reserve",
        "How much of the window, from its start on, only DIMMs may take");
}
