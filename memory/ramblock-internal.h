/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the files of RAM: ramblock.c keeps the list (ram-index.h finds
 * blocks), ram-alloc.c makes their memory, ram-file.c that of files, guest-memfd.c the
 * private side, dirty-bitmap.c tracks writes.
 */
#ifndef MEMORY_RAMBLOCK_INTERNAL_H
#define MEMORY_RAMBLOCK_INTERNAL_H

#include "exec/ram_addr.h"

/* ---- the list (ramblock.c) ----------------------------------------------- */

/*
 * Gives @block, which has its memory, an offset and makes it visible to all.
 * False with @errp if there is no room, and nothing has happened.
 */
bool ramblock_publish(RAMBlock *block, Error **errp);
/* Nobody finds it any more. */
void ramblock_withdraw(RAMBlock *block);

/* ---- memory (ram-alloc.c) ------------------------------------------------ */

/* Advice for fresh memory of @block: KSM, dump, fork, huge pages, its name. */
void ramblock_advise(RAMBlock *block, uint8_t *host, size_t size);
/* What the mapping is called in /proc/PID/maps. Nothing on old kernels. */
void ramblock_name_mapping(RAMBlock *block);

/* ---- files (ram-file.c) -------------------------------------------------- */

/*
 * The size of what @fd is, or -errno; and the alignment that a device needs for
 * mappings, or 0.
 */
int64_t ram_file_size(int fd);
uint64_t ram_file_align(int fd);
/*
 * Maps block->max_length bytes from @offset of @fd, according to block->flags;
 * extends the file first if @truncate. False with @errp.
 */
bool ram_file_map(RAMBlock *block, int fd, off_t offset, bool truncate,
                  Error **errp);
/* The QEMU_MAP_* flags for a block. */
uint32_t ramblock_map_flags(const RAMBlock *block);

/* ---- over a restart (ram-keep.c) ----------------------------------------- */

/* What the RAM of @mr is kept as; the caller frees it. */
char *ramblock_kept_name(const MemoryRegion *mr);

/* Forbids to hand over RAM if @rb cannot be. False with @errp. */
bool ram_block_check_cpr(RAMBlock *rb, Error **errp);

/* ---- the private side (guest-memfd.c) ------------------------------------ */

/* For a block with RAM_GUEST_MEMFD, before it is published; and the opposite. */
bool ramblock_private_create(RAMBlock *block, Error **errp);
void ramblock_private_destroy(RAMBlock *block);

/* ---- ... as a RamDiscardManager (ram-sides.c) ---------------------------- */

/* Makes it that of the block's region. Once the block cannot fail any more. */
void ramblock_sides_create(RAMBlock *block);
/*
 * A range is going to be converted: listeners hear of what changes. If one
 * refuses that a part becomes shared, all is as before: its -errno. Big lock.
 */
int ramblock_sides_tell(RAMBlock *block, uint64_t start, uint64_t size,
                        bool to_private);

/* ---- dirty bitmaps (dirty-bitmap.c) -------------------------------------- */

/*
 * Makes the bitmaps reach to @end, for a block of which [@start, @used_end) is
 * going to be marked as dirty. With the list's lock.
 */
void dirty_memory_extend(ram_addr_t start, ram_addr_t used_end, ram_addr_t end);

#endif
