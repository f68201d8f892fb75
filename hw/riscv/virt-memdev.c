/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory devices of the board "virt".
 *
 * virtio-mem and virtio-pmem tell the guest themselves where they are. A DIMM
 * is told by the device tree, so it can only be there from the start; an NVDIMM
 * likewise, as a node "pmem-region".
 */
#include "qemu/osdep.h"
#include <libfdt.h>
#include "exec/address-spaces.h"
#include "hw/loader.h"
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

static char *dimm_node(bool nvdimm, uint64_t addr)
{
    return g_strdup_printf("/%s@%" PRIx64, nvdimm ? "pmem" : "memory", addr);
}

static void add_dimm(MachineState *ms, const PCDIMMDeviceInfo *di, bool nvdimm)
{
    g_autofree char *node = dimm_node(nvdimm, di->addr);

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

/*
 * A guest that has come in finds the tree of this process after a reset, and
 * its DIMMs elsewhere. A node keeps its name, which nobody looks at: another
 * might be longer, and the tree's place in RAM is as large as the tree.
 */
static void dimm_moved(Notifier *notifier, void *data)
{
    RISCVVirtState *s = container_of(notifier, RISCVVirtState, memory_moved);
    const MemoryDeviceMove *move = data;
    Object *dev = OBJECT(move->md);
    g_autofree char *node = NULL;
    void *fdt = MACHINE(s)->fdt, *rom;
    size_t size;

    if (!object_dynamic_cast(dev, TYPE_PC_DIMM) || !s->fdt_addr) {
        return;
    }
    node = dimm_node(object_dynamic_cast(dev, TYPE_NVDIMM), move->old_addr);
    qemu_fdt_setprop_sized_cells(
        fdt, node, "reg", 2, move->new_addr, 2,
        memory_device_get_region_size(move->md, &error_abort));
    size = fdt_totalsize(fdt);
    rom = rom_ptr_for_as(&address_space_memory, s->fdt_addr, size);
    if (rom) {
        memcpy(rom, fdt, size);
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
    s->memory_moved.notify = dimm_moved;
    memory_devices_add_move_notifier(&s->memory_moved);
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
