/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two address spaces that every machine has, and their roots. A board puts
 * its devices into the root regions; CPUs and most devices access memory
 * through address_space_memory, port I/O goes through address_space_io.
 *
 * They exist from memory_map_init() on, which comes before any machine.
 */
#ifndef EXEC_ADDRESS_SPACES_H
#define EXEC_ADDRESS_SPACES_H

#include "memory/address-space.h"

/* What address_space_memory shows: "system", all 2^64 bytes. */
MemoryRegion *get_system_memory(void);

/* What address_space_io shows: "io", 64 KiB of ports. */
MemoryRegion *get_system_io(void);

extern AddressSpace address_space_memory;
extern AddressSpace address_space_io;

/* Makes them, once; a second call does nothing. Big lock. */
void memory_map_init(void);

/*
 * Makes their roots children of @parent, the machine's container of what nobody
 * owns: they are older than the machine. Nothing happens a second time.
 */
void memory_map_attach(Object *parent);

#endif
