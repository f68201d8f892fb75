/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM at the source, once the guest runs at the destination: pages go as they
 * are asked for, the others in between, each once.
 *
 * The thread of the migration calls all of it, but for ram_postcopy_request(),
 * which is for that of the answers.
 */
#ifndef MIGRATION_RAM_POSTCOPY_H
#define MIGRATION_RAM_POSTCOPY_H

#include "migration/qemu-file.h"

/*
 * The sizes of pages, as ADVISE has them: a bit for each that a block has. Any
 * thread that has the big lock or RCU.
 */
uint64_t ram_postcopy_page_sizes(void);

/*
 * The guest is stopped: tells the destination by commands to @f which pages it
 * must not use, however they have come. With the big lock.
 */
void ram_postcopy_begin(QEMUFile *f);
/* Between that and the end. */
bool ram_postcopy_is_active(void);
void ram_postcopy_end(void);
/*
 * A page is wanted: @length bytes at @start of the block with this name, or of
 * that of the last request if it is empty. Bounds are checked: false with
 * @errp. With a channel of their own, the pages leave before it returns.
 */
bool ram_postcopy_request(const char *name, uint64_t start, uint64_t length,
                          Error **errp);
/*
 * What goes into a section: pages that are asked for, whatever the rate, then
 * others until it is reached. 1 when there is nothing more, or 0, or the
 * failure of @f.
 */
int ram_postcopy_iterate(QEMUFile *f);
/* All that are left. 0 or the failure of @f. */
int ram_postcopy_complete(QEMUFile *f);

/* The channel for pages that are asked for; NULL: they go with the others. */
void ram_postcopy_set_urgent(QEMUFile *f);
/* Says there that no more come, and waits for those under way. */
void ram_postcopy_end_urgent(void);

/*
 * The connection was lost. What has arrived is read from @f, for one block
 * after the other; then it goes on with the new @f.
 */
bool ram_postcopy_reload(QEMUFile *f, const char *name, Error **errp);
void ram_postcopy_resume(QEMUFile *f);

#endif
