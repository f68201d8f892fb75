/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system's address spaces, for memory and for ports.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/ioport.h"
#include "exec/memory.h"

AddressSpace address_space_memory;
AddressSpace address_space_io;

static MemoryRegion *system_memory, *system_io;

MemoryRegion *get_system_memory(void)
{
    return system_memory;
}

MemoryRegion *get_system_io(void)
{
    return system_io;
}

void memory_map_init(void)
{
    if (system_memory) {
        return;
    }
    system_memory = g_new(MemoryRegion, 1);
    memory_region_init(system_memory, NULL, "system", UINT64_MAX);
    address_space_init(&address_space_memory, system_memory, "memory");

    system_io = g_new(MemoryRegion, 1);
    memory_region_init_io(system_io, NULL, &unassigned_io_ops, NULL, "io",
                          65536);
    address_space_init(&address_space_io, system_io, "I/O");
}

void memory_map_attach(Object *parent)
{
    if (system_memory && !OBJECT(system_memory)->parent) {
        object_property_add_child(parent, "system[*]", OBJECT(system_memory));
        object_property_add_child(parent, "io[*]", OBJECT(system_io));
    }
}
