/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The windows of a machine in which memory devices are plugged. */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/mem/memory-device.h"
#include "memory-device-internal.h"
#include "memslots.h"
#include "qemu/rcu.h"

void machine_memory_devices_init(MachineState *ms, hwaddr base, uint64_t size)
{
    DeviceMemoryState *dms = g_new0(DeviceMemoryState, 1);

    assert(size && !ms->device_memory);
    dms->base = base;
    memory_region_init(&dms->mr, OBJECT(ms), "device-memory", size);
    address_space_init(&dms->as, &dms->mr, "device-memory");
    memory_region_add_subregion(get_system_memory(), base, &dms->mr);
    ms->device_memory = dms;
    memslots_track(dms);
    memory_placement_register(ms);
}

typedef struct EndedWindow {
    struct rcu_head rcu;
    DeviceMemoryState *dms;
} EndedWindow;

static void free_window(EndedWindow *ended)
{
    g_free(ended->dms);
    g_free(ended);
}

void memory_device_window_end(MachineState *ms)
{
    DeviceMemoryState *dms = g_steal_pointer(&ms->device_memory);
    EndedWindow *ended = g_new(EndedWindow, 1);

    memory_listener_unregister(&dms->listener);
    address_space_destroy(&dms->as);
    object_unparent(OBJECT(&dms->mr));
    /* Behind the address space, which goes when its readers have. */
    ended->dms = dms;
    call_rcu(ended, free_window, rcu);
}

void machine_memory_devices_set_fallback(MachineState *ms, hwaddr base,
                                         uint64_t size)
{
    ms->fallback_memory_base = base;
    ms->fallback_memory_size = size;
    memory_placement_register(ms);
}

void machine_memory_devices_reserve_dimms(MachineState *ms, uint64_t size)
{
    ms->device_memory->dimm_reserved =
        QEMU_ALIGN_UP(size, MEMORY_DEVICE_DIMM_ALIGN);
}
