/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where RAM blocks lie and how they are called: for ramblock.c, which keeps the
 * list. Finding may be done by any thread. A block that was found has not begun
 * its grace period when the caller's RCU section began, so it stays as long.
 * Changes are made with the list's lock.
 */
#ifndef MEMORY_RAM_INDEX_H
#define MEMORY_RAM_INDEX_H

#include "exec/ramblock.h"

/*
 * Gives @block an offset, the beginning of the smallest gap that takes it, and
 * enters it. *@before is the block behind which it comes in the list, NULL: it
 * is the first. False if there is no room.
 */
bool ram_index_add(RAMBlock *block, RAMBlock **before);
/* Before @block is taken out of the list. */
void ram_index_remove(RAMBlock *block);

/* The block that has a ram_addr_t, a host address, a name; or NULL. */
RAMBlock *ram_index_by_offset(ram_addr_t addr);
RAMBlock *ram_index_by_host(const void *ptr);
RAMBlock *ram_index_by_name(const char *name);

/* Sets block->idstr; false if another block has the name. And clears it. */
bool ram_index_set_name(RAMBlock *block, const char *name);
void ram_index_unset_name(RAMBlock *block);

#endif
