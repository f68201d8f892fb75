/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM in the stream: the entry "ram", version 4.
 *
 * A part is a sequence of records, each beginning with eight bytes: an offset
 * in a block, whose low bits (below a page) are flags. The first part has the
 * list of blocks, the others have pages; a record with EOS ends each. That of a
 * page goes on with the block's name, unless it is the same block as before,
 * then a zero byte or the page.
 *
 * Blocks that are not migrated, or not sent since the other side has the same
 * memory (x-ignore-shared), are left out; what a RamDiscardManager says is
 * discarded is neither read nor sent.
 */
#ifndef MIGRATION_RAM_H
#define MIGRATION_RAM_H

#include "migration/register.h"

#define RAM_SAVE_VERSION 4

#define RAM_SAVE_FLAG_ZERO     0x02 /* a byte follows, and is 0 */
#define RAM_SAVE_FLAG_MEM_SIZE 0x04 /* the list; the offset is their sum */
#define RAM_SAVE_FLAG_PAGE     0x08 /* the page follows */
#define RAM_SAVE_FLAG_EOS      0x10 /* the end of the part */
#define RAM_SAVE_FLAG_CONTINUE 0x20 /* the block is that of before */
/* All pages that multifd has sent must be there, before what follows. */
#define RAM_SAVE_FLAG_MULTIFD_FLUSH 0x200

/* Registers the entry and what goes with it; once, with the big lock. */
void ram_mig_init(void);

/* Bytes of the blocks that are sent; of those, how many are left to send. */
uint64_t ram_bytes_total(void);
uint64_t ram_bytes_remaining(void);

/* ram-load.c: a part, and the end. */
int ram_load(QEMUFile *f, void *opaque, int version_id);
int ram_load_cleanup(void *opaque);
/*
 * The block's pages that nobody has here, and nobody sends; NULL if there are
 * all. What a device says only after its RAM (with x-early-migration=off, or
 * where mapped-ram or multifd comes from QEMU) is not known yet: then none are
 * taken for discarded. With the big lock; the caller frees the bitmap.
 */
unsigned long *ram_load_discarded_pages(RAMBlock *rb);

/* ---- ram-save.c, for those who choose the order of pages ------------------ */

/*
 * The blocks that are sent (RAMBlock, held by their regions), while RAM is. As
 * what follows, for the thread of the migration.
 */
GPtrArray *ram_save_blocks(void);
/* Finds the next page that is to be sent, and takes it. False if none is. */
bool ram_save_next_page(RAMBlock **block, unsigned long *page);
/* Takes a page; false if it was not to be sent. */
bool ram_save_take_page(RAMBlock *rb, unsigned long page);
/* Puts a page, which may change only after ram_save_flush(). */
void ram_save_put_page(QEMUFile *f, RAMBlock *rb, unsigned long page);
/* 0, or the failure of @f. */
int ram_save_flush(QEMUFile *f);

/* ---- ram-background.c: pages as they were at one moment ------------------- */

/* Whether host and guest allow it; false with @errp. With the big lock. */
bool ram_background_possible(Error **errp);
/*
 * Makes pages exist that are to be protected: kernels before 6.4 protect no
 * others, and all take long for others. So the guest runs meanwhile, and nobody
 * has the big lock. From now on discarding is not allowed. False if @goes_on,
 * asked now and then, was.
 */
bool ram_background_prepare(bool (*goes_on)(void));
/*
 * From now on whoever writes to a page that is to be sent waits for it. The
 * guest is stopped; with the big lock. False with @errp.
 */
bool ram_background_start(Error **errp);
/*
 * Sends pages, those first for which somebody waits, for a while. 1 if all are
 * sent, 0, or the failure of @f. Without any lock that somebody may hold who
 * waits for a page: so without the big lock.
 */
int ram_background_round(QEMUFile *f);
/* Nobody waits any more. To be called before the big lock is taken again. */
void ram_background_stop(void);

/*
 * Called when a block changes its size while RAM is sent, which cannot go on.
 * Set by the code of the stream.
 */
extern void (*ram_resized_hook)(const char *block);

#endif
