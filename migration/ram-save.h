/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM at the source, between ram-save.c, which has the blocks and what is dirty
 * in them, and ram-postcopy.c, which takes over when the guest has left.
 */
#ifndef MIGRATION_RAM_SAVE_H
#define MIGRATION_RAM_SAVE_H

#include "exec/ramblock.h"
#include "ram.h"

/* Brings the bmaps up to date for the last time. With the big lock. */
void ram_save_sync_last(void);
/* Pages that are discarded need not be sent: takes them out of the bmap. */
void ram_save_forget_discarded(RAMBlock *rb);
/* How many pages are left, for those who ask. */
void ram_save_set_remaining(uint64_t pages);

#endif
