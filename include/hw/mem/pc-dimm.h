/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A DIMM: a memory backend plugged into a slot of the machine.
 *
 * It is a memory device (hw/mem/memory-device.h) of one region, with a slot
 * number and a NUMA node. How the guest learns of it is the board's business:
 * a board that cannot tell it must refuse. Its hotplug handler calls the three
 * functions at the end. Big lock.
 */
#ifndef QEMU_PC_DIMM_H
#define QEMU_PC_DIMM_H

#include "exec/memory.h"
#include "hw/qdev-core.h"
#include "qom/object.h"

#define TYPE_PC_DIMM "pc-dimm"
OBJECT_DECLARE_TYPE(PCDIMMDevice, PCDIMMDeviceClass, PC_DIMM)

#define PC_DIMM_ADDR_PROP   "addr"
#define PC_DIMM_SLOT_PROP   "slot"
#define PC_DIMM_NODE_PROP   "node"
#define PC_DIMM_SIZE_PROP   "size"
#define PC_DIMM_MEMDEV_PROP "memdev"

#define PC_DIMM_UNASSIGNED_SLOT -1

struct PCDIMMDevice {
    /* private */
    DeviceState parent_obj;

    /* public: the properties */
    uint64_t addr; /* 0: to be assigned */
    uint32_t node;
    int32_t slot; /* PC_DIMM_UNASSIGNED_SLOT: to be assigned */
    HostMemoryBackend *hostmem;
};

struct PCDIMMDeviceClass {
    /* private */
    DeviceClass parent_class;

    /* public: called at the end of realize, the start of unrealize */
    void (*realize)(PCDIMMDevice *dimm, Error **errp);
    void (*unrealize)(PCDIMMDevice *dimm);
};

/* Gives @dimm a slot and an address; refuses as memory_device_pre_plug(). */
void pc_dimm_pre_plug(PCDIMMDevice *dimm, MachineState *machine, Error **errp);
/* Maps it, and has its memory migrated. */
void pc_dimm_plug(PCDIMMDevice *dimm, MachineState *machine);
/* Ours: the same, where an accelerator may refuse; then nothing has changed. */
bool pc_dimm_try_plug(PCDIMMDevice *dimm, MachineState *machine, Error **errp);
void pc_dimm_unplug(PCDIMMDevice *dimm, MachineState *machine);

#endif
