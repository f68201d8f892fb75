/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RAM at the source, once the guest runs at the destination. */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "exec/ram_addr.h"
#include "migration-stats.h"
#include "options.h"
#include "page-requests.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/lockable.h"
#include "qemu/rcu.h"
#include "qemu/timer.h"
#include "ram-postcopy.h"
#include "ram-save.h"
#include "ram.h"
#include "received.h"
#include "savevm.h"
#include "trace.h"

/* So many ranges fit into a command, as QEMU has it. */
#define RANGES_PER_COMMAND 12
/* So long may a section take before other things have their turn. */
#define MAX_PART_NS (50 * SCALE_MS)

/* A file with pages, and the block that its reader knows. */
typedef struct PageFile {
    QEMUFile *f;
    RAMBlock *last;
} PageFile;

static struct {
    QemuMutex lock; /* bmaps, and all here but the files */
    GPtrArray *blocks;
    PageRequests *requests; /* of host pages; blocks have the same numbers */
    RAMBlock *asked;        /* the block of the last request */
    uint64_t left;          /* pages in the bmaps */
    unsigned block;         /* where the search for others goes on */
    unsigned long page;

    PageFile main;
    QemuMutex urgent_lock; /* one sends there at a time */
    PageFile urgent;
} post;

static void __attribute__((constructor)) init_locks(void)
{
    qemu_mutex_init(&post.lock);
    qemu_mutex_init(&post.urgent_lock);
}

static unsigned long pages_of(const RAMBlock *rb)
{
    return rb->used_length >> TARGET_PAGE_BITS;
}

/* Target pages in one of the host's, which go together. */
static unsigned long per_host_page(RAMBlock *rb)
{
    return MAX(qemu_ram_pagesize(rb) >> TARGET_PAGE_BITS, 1);
}

uint64_t ram_postcopy_page_sizes(void)
{
    uint64_t sizes = 0;
    RAMBlock *rb;

    RCU_READ_LOCK_GUARD();
    INTERNAL_RAMBLOCK_FOREACH(rb)
    {
        sizes |= qemu_ram_pagesize(rb);
    }
    return sizes;
}

/* ---- what the destination must throw away -------------------------------- */

/* A host page of which some part is to be sent is to be sent as a whole. */
static void whole_host_pages(RAMBlock *rb)
{
    unsigned long per = per_host_page(rb), end = pages_of(rb);
    unsigned long page = find_first_bit(rb->bmap, end);

    while (per > 1 && page < end) {
        unsigned long first = QEMU_ALIGN_DOWN(page, per);

        bitmap_set(rb->bmap, first, MIN(per, end - first));
        page = find_next_bit(rb->bmap, end, first + per);
    }
}

/* A command being filled: a version, the block's name, its end, ranges. */
typedef struct Discards {
    QEMUFile *f;
    const RAMBlock *rb;
    unsigned ranges;
    uint64_t range[RANGES_PER_COMMAND][2]; /* start, length; big endian */
} Discards;

static void put_discards(Discards *d)
{
    size_t name = strlen(d->rb->idstr), size = d->ranges * sizeof(d->range[0]);
    uint8_t data[3 + 256 + sizeof(d->range)] = { 0 };

    if (!d->ranges) {
        return;
    }
    data[1] = name;
    memcpy(data + 2, d->rb->idstr, name);
    memcpy(data + 3 + name, d->range, size);
    savevm_put_command(d->f, MIG_CMD_POSTCOPY_RAM_DISCARD, 3 + name + size,
                       data);
    d->ranges = 0;
}

static void put_discards_of(QEMUFile *f, RAMBlock *rb)
{
    Discards d = { .f = f, .rb = rb };
    unsigned long end = pages_of(rb), page = find_first_bit(rb->bmap, end);

    while (page < end) {
        unsigned long stop = find_next_zero_bit(rb->bmap, end, page);

        d.range[d.ranges][0] = cpu_to_be64((uint64_t)page << TARGET_PAGE_BITS);
        d.range[d.ranges][1] =
            cpu_to_be64((uint64_t)(stop - page) << TARGET_PAGE_BITS);
        if (++d.ranges == RANGES_PER_COMMAND) {
            put_discards(&d);
        }
        page = find_next_bit(rb->bmap, end, stop);
    }
    put_discards(&d);
}

static void count_left(void)
{
    post.left = 0;
    for (guint i = 0; i < post.blocks->len; i++) {
        RAMBlock *rb = g_ptr_array_index(post.blocks, i);

        post.left += bitmap_count_one(rb->bmap, pages_of(rb));
    }
    ram_save_set_remaining(post.left);
}

void ram_postcopy_begin(QEMUFile *f)
{
    ram_save_sync_last();
    QEMU_LOCK_GUARD(&post.lock);
    post.blocks = ram_save_blocks();
    page_requests_free(post.requests);
    post.requests = page_requests_new();
    post.asked = NULL;
    post.block = post.page = 0;
    post.main = (PageFile){ .f = f };
    for (guint i = 0; i < post.blocks->len; i++) {
        RAMBlock *rb = g_ptr_array_index(post.blocks, i);

        page_requests_add_block(post.requests,
                                DIV_ROUND_UP(pages_of(rb), per_host_page(rb)));
        whole_host_pages(rb);
        put_discards_of(f, rb);
    }
    count_left();
}

bool ram_postcopy_is_active(void)
{
    QEMU_LOCK_GUARD(&post.lock);
    return post.blocks;
}

void ram_postcopy_end(void)
{
    QEMU_LOCK_GUARD(&post.lock);
    post.blocks = NULL;
    page_requests_free(g_steal_pointer(&post.requests));
}

/* ---- sending ------------------------------------------------------------- */

static bool looks_for_zeros(void)
{
    return qatomic_read(&migrate_parameters()->zero_page_detection) !=
           ZERO_PAGE_DETECTION_NONE;
}

static void put_page(PageFile *pf, RAMBlock *rb, unsigned long page)
{
    uint64_t offset = (uint64_t)page << TARGET_PAGE_BITS;
    uint8_t *host = rb->host + offset;
    bool zero = looks_for_zeros() && buffer_is_zero(host, TARGET_PAGE_SIZE);

    offset |= zero ? RAM_SAVE_FLAG_ZERO : RAM_SAVE_FLAG_PAGE;
    offset |= rb == pf->last ? RAM_SAVE_FLAG_CONTINUE : 0;
    qemu_put_be64(pf->f, offset);
    if (rb != pf->last) {
        qemu_put_counted_string(pf->f, rb->idstr);
        pf->last = rb;
    }
    if (zero) {
        qemu_put_byte(pf->f, 0);
        stat64_add(&mig_stats.zero_pages, 1);
    } else {
        qemu_put_buffer_async(pf->f, host, TARGET_PAGE_SIZE, false);
        stat64_add(&mig_stats.normal_pages, 1);
    }
}

static void put_host_page(PageFile *pf, RAMBlock *rb, unsigned long first)
{
    uint64_t before = qemu_file_transferred(pf->f);
    unsigned long end = MIN(first + per_host_page(rb), pages_of(rb));

    for (unsigned long page = first; page < end; page++) {
        put_page(pf, rb, page);
    }
    stat64_add(&mig_stats.postcopy_bytes,
               qemu_file_transferred(pf->f) - before);
}

/* With the lock: whoever takes it sends it. False if it was sent. */
static bool take_host_page(RAMBlock *rb, unsigned long first)
{
    unsigned long n = MIN(per_host_page(rb), pages_of(rb) - first);

    if (!bitmap_test_and_clear(rb->bmap, first, n)) {
        return false;
    }
    post.left -= MIN(n, post.left);
    ram_save_set_remaining(post.left);
    return true;
}

static bool take_requested(RAMBlock **rb, unsigned long *first)
{
    unsigned block;
    uint64_t host_page;

    QEMU_LOCK_GUARD(&post.lock);
    while (page_requests_take(post.requests, &block, &host_page)) {
        *rb = g_ptr_array_index(post.blocks, block);
        *first = host_page * per_host_page(*rb);
        if (take_host_page(*rb, *first)) {
            /* It will soon want those that follow. */
            post.block = block;
            post.page = *first + per_host_page(*rb);
            return true;
        }
    }
    return false;
}

static bool take_other(RAMBlock **rb, unsigned long *first)
{
    QEMU_LOCK_GUARD(&post.lock);
    /* The block in which it begins has two parts. */
    for (guint seen = 0; post.blocks->len && seen <= post.blocks->len; seen++) {
        unsigned long page;

        *rb = g_ptr_array_index(post.blocks, post.block);
        page = post.page < pages_of(*rb)
                   ? find_next_bit((*rb)->bmap, pages_of(*rb), post.page)
                   : pages_of(*rb);
        if (page < pages_of(*rb)) {
            *first = QEMU_ALIGN_DOWN(page, per_host_page(*rb));
            take_host_page(*rb, *first);
            post.page = *first + per_host_page(*rb);
            return true;
        }
        post.block = (post.block + 1) % post.blocks->len;
        post.page = 0;
    }
    return false;
}

static int put_pages(QEMUFile *f, bool all)
{
    int64_t end = qemu_clock_get_ns(QEMU_CLOCK_REALTIME) + MAX_PART_NS;
    bool finished = false, asked = false;
    unsigned long first;
    RAMBlock *rb;

    assert(f == post.main.f);
    while (!qemu_file_get_error(f)) {
        if (take_requested(&rb, &first)) {
            asked = true;
            put_host_page(&post.main, rb, first);
            continue;
        }
        if (asked) {
            break; /* somebody waits for them */
        }
        if (!all && (migration_rate_exceeded(f) ||
                     qemu_clock_get_ns(QEMU_CLOCK_REALTIME) > end)) {
            break;
        }
        if (!take_other(&rb, &first)) {
            finished = true;
            break;
        }
        put_host_page(&post.main, rb, first);
    }
    qemu_put_be64(f, RAM_SAVE_FLAG_EOS);
    return qemu_fflush(f) ?: finished;
}

int ram_postcopy_iterate(QEMUFile *f)
{
    return put_pages(f, false);
}

int ram_postcopy_complete(QEMUFile *f)
{
    int ret;

    do {
        ret = put_pages(f, true);
    } while (!ret);
    return MIN(ret, 0);
}

/* ---- what is asked for --------------------------------------------------- */

static int find_block(const char *name)
{
    for (guint i = 0; i < post.blocks->len; i++) {
        RAMBlock *rb = g_ptr_array_index(post.blocks, i);

        if (!strcmp(rb->idstr, name)) {
            return i;
        }
    }
    return -1;
}

/* With the lock. The block's number, or -1 with @errp. */
static int check_request(const char *name, uint64_t start, uint64_t length,
                         Error **errp)
{
    const char *wanted = *name ? name : post.asked ? post.asked->idstr : "";
    int block = post.blocks ? find_block(wanted) : -1;
    RAMBlock *rb;

    if (block < 0) {
        error_setg(errp, "MIG_RP_MSG_REQ_PAGES: no block '%s'", wanted);
        return -1;
    }
    rb = g_ptr_array_index(post.blocks, block);
    if (!length || start % qemu_ram_pagesize(rb) ||
        length % qemu_ram_pagesize(rb)) {
        error_setg(errp,
                   "MIG_RP_MSG_REQ_PAGES: Misaligned page request, start: "
                   "0x%" PRIx64 " len: 0x%" PRIx64,
                   start, length);
        return -1;
    }
    if (start >= rb->used_length || length > rb->used_length - start) {
        error_setg(errp,
                   "MIG_RP_MSG_REQ_PAGES: 0x%" PRIx64 " bytes at 0x%" PRIx64
                   " are not all in block '%s'",
                   length, start, rb->idstr);
        return -1;
    }
    post.asked = rb;
    return block;
}

/* Sends what is asked for, at once. */
static void put_urgent(void)
{
    unsigned long first;
    RAMBlock *rb;

    QEMU_LOCK_GUARD(&post.urgent_lock);
    while (post.urgent.f && take_requested(&rb, &first)) {
        put_host_page(&post.urgent, rb, first);
        qemu_fflush(post.urgent.f);
    }
}

static bool has_urgent(void)
{
    QEMU_LOCK_GUARD(&post.urgent_lock);
    return post.urgent.f;
}

bool ram_postcopy_request(const char *name, uint64_t start, uint64_t length,
                          Error **errp)
{
    WITH_QEMU_LOCK_GUARD(&post.lock) {
        int block = check_request(name, start, length, errp);
        size_t size;

        if (block < 0) {
            return false;
        }
        size = qemu_ram_pagesize(g_ptr_array_index(post.blocks, block));
        for (uint64_t at = start; at < start + length; at += size) {
            page_requests_add(post.requests, block, at / size);
        }
    }
    trace_ram_save_queue_pages(name, start, length);
    stat64_add(&mig_stats.postcopy_requests, 1);
    if (has_urgent()) {
        put_urgent();
    }
    return true;
}

void ram_postcopy_set_urgent(QEMUFile *f)
{
    QEMU_LOCK_GUARD(&post.urgent_lock);
    post.urgent = (PageFile){ .f = f };
}

void ram_postcopy_end_urgent(void)
{
    QEMU_LOCK_GUARD(&post.urgent_lock);
    if (post.urgent.f) {
        qemu_put_be64(post.urgent.f, RAM_SAVE_FLAG_EOS);
        qemu_fflush(post.urgent.f);
        post.urgent.f = NULL;
    }
}

/* ---- after a pause ------------------------------------------------------- */

bool ram_postcopy_reload(QEMUFile *f, const char *name, Error **errp)
{
    ERRP_GUARD();
    int block = find_block(name);
    g_autofree unsigned long *map = NULL;
    unsigned long pages;
    RAMBlock *rb;

    if (block < 0) {
        error_setg(errp, "MIG_RP_MSG_RECV_BITMAP has invalid block name '%s'",
                   name);
        return false;
    }
    rb = g_ptr_array_index(post.blocks, block);
    pages = pages_of(rb);
    map = bitmap_new(ROUND_UP(pages, 64));
    if (!received_get(f, map, pages, errp)) {
        error_prepend(errp, "ramblock '%s': ", name);
        return false;
    }
    QEMU_LOCK_GUARD(&post.lock);
    bitmap_complement(rb->bmap, map, pages);
    ram_save_forget_discarded(rb);
    whole_host_pages(rb);
    return true;
}

void ram_postcopy_resume(QEMUFile *f)
{
    QEMU_LOCK_GUARD(&post.lock);
    page_requests_clear(post.requests);
    post.asked = NULL;
    post.main = (PageFile){ .f = f };
    count_left();
}
