/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RAM at the destination, in postcopy: records of pages from a channel. */
#ifndef MIGRATION_POSTCOPY_LOAD_H
#define MIGRATION_POSTCOPY_LOAD_H

#include "postcopy.h"

/* What of a host page has come by a channel, and which block is the last. */
typedef struct PostcopyChannel {
    PostcopyBlock *block;
    uint8_t *page;   /* room for the largest */
    uint64_t offset; /* of the page that is being filled */
    size_t filled;
    bool all_zero;
} PostcopyChannel;

void postcopy_channel_init(PostcopyChannel *c);
void postcopy_channel_free(PostcopyChannel *c);
/*
 * Loads records until one says that it is the end. False with @errp. Never
 * takes a lock that somebody may hold who waits for a page.
 */
bool postcopy_load_pages(PostcopyChannel *c, QEMUFile *f, Error **errp);

#endif
