/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The window of a machine in which memory devices are plugged. */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"

void machine_memory_devices_init(MachineState *ms, hwaddr base, uint64_t size)
{
    DeviceMemoryState *dms = g_new0(DeviceMemoryState, 1);

    assert(size && !ms->device_memory);
    dms->base = base;
    memory_region_init(&dms->mr, OBJECT(ms), "device-memory", size);
    address_space_init(&dms->as, &dms->mr, "device-memory");
    memory_region_add_subregion(get_system_memory(), base, &dms->mr);
    ms->device_memory = dms;
}
