/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of memory devices. Everything needs the big lock. */
#ifndef HW_MEM_MEMORY_DEVICE_INTERNAL_H
#define HW_MEM_MEMORY_DEVICE_INTERNAL_H

#include "hw/mem/memory-device.h"

/* The realized devices by address, of Object; the caller frees the array. */
GPtrArray *memory_devices_by_address(void);

/* Whether the device is known to have no region. */
bool memory_device_is_empty(const MemoryDeviceState *md);

/* What the address of @md, which is not empty, must be a multiple of. */
uint64_t memory_device_alignment(MemoryDeviceState *md);

/*
 * device-memory.c: takes the window back, in which no device is and which is
 * mapped nowhere.
 */
void memory_device_window_end(MachineState *ms);

/* placement.c: where they all are becomes part of a migration; once. */
void memory_placement_register(MachineState *ms);

#endif
