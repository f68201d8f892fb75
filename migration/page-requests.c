/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages that are asked for: bits say which, a ring in which order. */
#include "qemu/osdep.h"
#include "page-requests.h"
#include "qemu/bitmap.h"

/* More are asked for at once only by CPUs without number. */
#define RING 256

typedef struct Block {
    unsigned long *asked;
    uint64_t pages;
} Block;

typedef struct Request {
    unsigned block;
    uint64_t page;
} Request;

struct PageRequests {
    GArray *blocks;
    uint64_t count; /* bits that are set */
    Request ring[RING];
    unsigned first, used; /* of the ring */
    /* Where the search goes on for those that had no place in the ring. */
    unsigned block;
    uint64_t page;
};

static void free_block(gpointer p)
{
    g_free(((Block *)p)->asked);
}

PageRequests *page_requests_new(void)
{
    PageRequests *r = g_new0(PageRequests, 1);

    r->blocks = g_array_new(false, false, sizeof(Block));
    g_array_set_clear_func(r->blocks, free_block);
    return r;
}

void page_requests_free(PageRequests *r)
{
    if (r) {
        g_array_free(r->blocks, true);
        g_free(r);
    }
}

static Block *block_of(PageRequests *r, unsigned block)
{
    assert(block < r->blocks->len);
    return &g_array_index(r->blocks, Block, block);
}

unsigned page_requests_add_block(PageRequests *r, uint64_t pages)
{
    Block b = { .asked = bitmap_new(pages), .pages = pages };

    g_array_append_val(r->blocks, b);
    return r->blocks->len - 1;
}

bool page_requests_add(PageRequests *r, unsigned block, uint64_t page)
{
    Block *b = block_of(r, block);

    assert(page < b->pages);
    if (test_and_set_bit(page, b->asked)) {
        return false;
    }
    r->count++;
    if (r->used < RING) {
        r->ring[(r->first + r->used++) % RING] = (Request){ block, page };
    }
    return true;
}

static void take(PageRequests *r, unsigned block, uint64_t page)
{
    clear_bit(page, block_of(r, block)->asked);
    r->count--;
}

/* There is one, but not in the ring. */
static void search(PageRequests *r, unsigned *block, uint64_t *page)
{
    for (;;) {
        Block *b = block_of(r, r->block);

        r->page = find_next_bit(b->asked, b->pages, r->page);
        if (r->page < b->pages) {
            *block = r->block;
            *page = r->page;
            return;
        }
        r->block = (r->block + 1) % r->blocks->len;
        r->page = 0;
    }
}

bool page_requests_take(PageRequests *r, unsigned *block, uint64_t *page)
{
    if (!r->count) {
        return false;
    }
    if (r->used) {
        Request *oldest = &r->ring[r->first];

        *block = oldest->block;
        *page = oldest->page;
        r->first = (r->first + 1) % RING;
        r->used--;
    } else {
        search(r, block, page);
    }
    take(r, *block, *page);
    return true;
}

uint64_t page_requests_count(const PageRequests *r)
{
    return r->count;
}

void page_requests_clear(PageRequests *r)
{
    unsigned block;
    uint64_t page;

    while (page_requests_take(r, &block, &page)) {
    }
}
