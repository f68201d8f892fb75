/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * I/O ports: 64 KiB of addresses beside memory, which x86 CPUs and ISA devices
 * know. They are an address space like any other (address_space_io).
 *
 * A device with ports in several pieces, of several sizes, describes them as an
 * array of MemoryRegionPortio, ended by PORTIO_END_OF_LIST(), and puts the whole
 * into the port space as one PortioList.
 */
#ifndef IOPORT_H
#define IOPORT_H

#include "exec/memory.h"

#define MAX_IOPORTS  (64 * 1024)
#define IOPORTS_MASK (MAX_IOPORTS - 1)

/*
 * @len ports from @offset on, accessed in units of @size bytes. The callbacks
 * get the port's number in the port space; either may be NULL. A 2-byte access
 * where only bytes are described is done as two.
 */
typedef struct MemoryRegionPortio {
    uint32_t offset;
    uint32_t len;
    unsigned size;
    uint32_t (*read)(void *opaque, uint32_t address);
    void (*write)(void *opaque, uint32_t address, uint32_t data);
} MemoryRegionPortio;

#define PORTIO_END_OF_LIST() { }

/* Ports that nobody has: reads give all ones, writes go nowhere. */
extern const MemoryRegionOps unassigned_io_ops;

/* One access to address_space_io, little-endian. Any thread. */
void cpu_outb(uint32_t addr, uint8_t val);
void cpu_outw(uint32_t addr, uint16_t val);
void cpu_outl(uint32_t addr, uint32_t val);
uint8_t cpu_inb(uint32_t addr);
uint16_t cpu_inw(uint32_t addr);
uint32_t cpu_inl(uint32_t addr);

/* private: all of it */
typedef struct PortioList {
    const struct MemoryRegionPortio *ports;
    Object *owner;
    struct MemoryRegion *address_space;
    uint32_t addr;
    unsigned nr;
    struct MemoryRegion **regions;
    void *opaque;
    const char *name;
    bool flush_coalesced_mmio;
} PortioList;

/*
 * Prepares @piolist, which the caller embeds: @callbacks and @name are borrowed
 * for as long as it lives. @owner (may be NULL) owns the regions. Big lock, as
 * for all that follow.
 */
void portio_list_init(PortioList *piolist, Object *owner,
                      const struct MemoryRegionPortio *callbacks,
                      void *opaque, const char *name);
/* Accesses flush coalesced writes first. Before portio_list_add(). */
void portio_list_set_flush_coalesced(PortioList *piolist);
/* Maps the list into @address_space (get_system_io() or like it) at @addr. */
void portio_list_add(PortioList *piolist, struct MemoryRegion *address_space,
                     uint32_t addr);
void portio_list_set_enabled(PortioList *piolist, bool enabled);
void portio_list_set_address(PortioList *piolist, uint32_t addr);
/* Takes it out again; then the list can be destroyed. */
void portio_list_del(PortioList *piolist);
void portio_list_destroy(PortioList *piolist);

#endif
