/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mapped-ram: RAM at fixed places in a file.
 *
 * Behind the entry of a block in the list of blocks stand, instead of pages
 * anywhere in the stream:
 *
 *   header    version 1 (4 bytes), page size, position of the bitmap, position
 *             of the pages (8 each), big-endian
 *   bitmap    which pages are in the file; words of 64 bits, little-endian
 *   padding   to a multiple of 1 MiB of the file
 *   pages     as long as the block; holes for what is zero or discarded
 *
 * and the stream goes on behind the pages. A page that is sent once more goes
 * to the same place, so the file grows no longer than RAM. Pages go past the
 * stream's position; with the parameter direct-io through a descriptor of
 * their own, and past the host's cache where they are aligned for that.
 */
#ifndef MIGRATION_MAPPED_RAM_H
#define MIGRATION_MAPPED_RAM_H

#include "exec/ramblock.h"
#include "migration/qemu-file.h"

#define MAPPED_RAM_HDR_VERSION           1
#define MAPPED_RAM_HDR_SIZE              28
#define MAPPED_RAM_FILE_OFFSET_ALIGNMENT 0x100000

/* Where pages go, or come from. */
typedef struct MappedRamPages MappedRamPages;

/*
 * For the file below @ioc, which must have positions: NULL with @errp if it has
 * none, or if pages should go past the cache and the file system refuses.
 */
MappedRamPages *mapped_ram_pages_new(QIOChannel *ioc, bool writing,
                                     Error **errp);
void mapped_ram_pages_free(MappedRamPages *pages);

/*
 * Writes the @size bytes at @offset of the block to their place, or reads them
 * from there to @host. Any thread, several at a time. False with @errp.
 */
bool mapped_ram_write(MappedRamPages *pages, const RAMBlock *rb,
                      ram_addr_t offset, size_t size, Error **errp);
bool mapped_ram_read(MappedRamPages *pages, const RAMBlock *rb, void *host,
                     ram_addr_t offset, size_t size, Error **errp);

/*** The source. ***/

/*
 * Puts the header, gives the block its places, and goes on behind the pages.
 * Whoever writes a page sets its bit in rb->file_bmap, or clears it if it is
 * zero.
 */
void mapped_ram_put_header(QEMUFile *f, RAMBlock *rb);
/* At the end: which pages are there. */
void mapped_ram_put_bitmap(QEMUFile *f, const RAMBlock *rb);

/*** The destination. ***/

/*
 * What stands behind the entry of a block, with its pages, which are read
 * unless the block is ignored. Without the big lock; the block's region is
 * held. False with @errp.
 */
bool mapped_ram_load(QEMUFile *f, MappedRamPages *pages, RAMBlock *rb,
                     Error **errp);

#endif
