/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pages that the destination of a postcopy waits for: a set, given back in
 * about the order in which they came. However many are asked for, and however
 * often, it takes a bit for each page there is.
 *
 * Not locked: the caller's matter.
 */
#ifndef MIGRATION_PAGE_REQUESTS_H
#define MIGRATION_PAGE_REQUESTS_H

typedef struct PageRequests PageRequests;

PageRequests *page_requests_new(void);
void page_requests_free(PageRequests *r);
/* Adds a block of so many pages; its number: 0 for the first, and so on. */
unsigned page_requests_add_block(PageRequests *r, uint64_t pages);
/* Asks for a page; false if it is asked for already. */
bool page_requests_add(PageRequests *r, unsigned block, uint64_t page);
/* Takes one out; false if there is none. */
bool page_requests_take(PageRequests *r, unsigned *block, uint64_t *page);
/* How many there are. */
uint64_t page_requests_count(const PageRequests *r);
/* Forgets them all. */
void page_requests_clear(PageRequests *r);

#endif
