/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump in parts: what RAM there is (guest-phys.c), the ELF core (dump-elf.c),
 * the commands (dump.c).
 */
#ifndef DUMP_INTERNAL_H
#define DUMP_INTERNAL_H

#include "exec/memory.h"
#include "qapi/qapi-types-dump.h"
#include "system/dump.h"

/* RAM at a physical address, held by its region. */
typedef struct GuestPhysBlock {
    hwaddr start;
    uint64_t size;
    uint8_t *host;
    MemoryRegion *mr;
} GuestPhysBlock;

/*
 * All RAM that the guest sees, sorted, without what is discarded; with the big
 * lock. An array of GuestPhysBlock, for guest_phys_free(), with the big lock.
 */
GArray *guest_phys_blocks(void);
void guest_phys_free(GArray *blocks);
/* Leaves only what is in the @size bytes from @begin on. */
void guest_phys_filter(GArray *blocks, hwaddr begin, uint64_t size);

/*
 * The header of a core, up to the first byte of memory: segments for @blocks,
 * then @notes. The caller frees it.
 */
GByteArray *dump_elf_header(DumpState *s, const GArray *blocks,
                            const GByteArray *notes);

#endif
