/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eventfds of regions: which there are, and what a commit tells listeners.
 *
 * A region has its eventfds in order, in chunks of bounded length, so that one
 * comes or goes in O(log n). Changes take effect there at once and are noted as
 * pending besides; what listeners know is what there is with the pending
 * changes taken back. The commit compares the two per range of each view.
 */
#include "qemu/osdep.h"
#include "memory/transaction.h"
#include "memory/view-state.h"
#include "qemu/bswap.h"

#define CHUNK 48

/* More pending changes than this in one transaction: mark the whole region. */
#define MARK_SINGLY 8

/* Here @addr is relative to the region; @add only counts for pending ones. */
typedef EventfdChange Eventfd;

typedef struct EventfdChunk {
    unsigned n;
    Eventfd at[CHUNK];
} EventfdChunk;

struct MemoryRegionEventfds {
    MemoryRegion *mr;
    GPtrArray *chunks; /* none is empty */
    GArray *pending;   /* in order of time, then sorted */
    unsigned max_size; /* no eventfd is wider */
    QTAILQ_ENTRY(MemoryRegionEventfds) pending_link;
};

unsigned eventfds_regions;

static QTAILQ_HEAD(, MemoryRegionEventfds) pending_regions =
    QTAILQ_HEAD_INITIALIZER(pending_regions);

/* All but the notifier: only one of these can be with the kernel. */
static int compare_place(const Eventfd *a, const Eventfd *b)
{
    if (a->addr != b->addr) {
        return a->addr < b->addr ? -1 : 1;
    }
    if (a->size != b->size) {
        return a->size < b->size ? -1 : 1;
    }
    if (a->match_data != b->match_data) {
        return a->match_data ? 1 : -1;
    }
    if (a->match_data && a->data != b->data) {
        return a->data < b->data ? -1 : 1;
    }
    return 0;
}

static int compare(const Eventfd *a, const Eventfd *b)
{
    int order = compare_place(a, b);

    return order ?: (a->e > b->e) - (a->e < b->e);
}

static int compare_qsort(const void *a, const void *b)
{
    return compare(a, b);
}

static void sort(GArray *fds)
{
    for (guint i = 1; i < fds->len; i++) {
        const Eventfd *fd = &g_array_index(fds, Eventfd, i);

        if (compare(fd - 1, fd) > 0) {
            g_array_sort(fds, compare_qsort);
            return;
        }
    }
}

/* ---- the ordered set ----------------------------------------------------- */

static EventfdChunk *chunk_at(const MemoryRegionEventfds *set, guint i)
{
    return g_ptr_array_index(set->chunks, i);
}

/* The last chunk that begins below @fd or equal to it; the first if none. */
static guint find_chunk(const MemoryRegionEventfds *set, const Eventfd *fd)
{
    guint low = 0, high = set->chunks->len;

    while (high - low > 1) {
        guint mid = low + (high - low) / 2;

        if (compare(&chunk_at(set, mid)->at[0], fd) <= 0) {
            low = mid;
        } else {
            high = mid;
        }
    }
    return low;
}

/* The first place in @chunk with an eventfd that is not below @fd. */
static unsigned find_place(const EventfdChunk *chunk, const Eventfd *fd)
{
    unsigned low = 0, high = chunk->n;

    if (high && compare(&chunk->at[high - 1], fd) < 0) {
        return high;
    }
    while (low < high) {
        unsigned mid = low + (high - low) / 2;

        if (compare(&chunk->at[mid], fd) < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

/* Makes room in the full chunk @i for something at *@place. */
static EventfdChunk *split(MemoryRegionEventfds *set, guint i, unsigned *place)
{
    EventfdChunk *chunk = chunk_at(set, i);
    EventfdChunk *right = g_new(EventfdChunk, 1);
    /* Who adds in order fills chunks to the brim. */
    unsigned keep = *place == CHUNK ? CHUNK : CHUNK / 2;

    right->n = CHUNK - keep;
    memcpy(right->at, &chunk->at[keep], right->n * sizeof(Eventfd));
    chunk->n = keep;
    g_ptr_array_insert(set->chunks, i + 1, right);
    if (*place < keep) {
        return chunk;
    }
    *place -= keep;
    return right;
}

static void set_insert(MemoryRegionEventfds *set, const Eventfd *fd)
{
    EventfdChunk *chunk;
    unsigned place;
    guint i;

    if (!set->chunks->len) {
        g_ptr_array_add(set->chunks, g_new0(EventfdChunk, 1));
    }
    i = find_chunk(set, fd);
    chunk = chunk_at(set, i);
    place = find_place(chunk, fd);
    if (chunk->n == CHUNK) {
        chunk = split(set, i, &place);
    }
    memmove(&chunk->at[place + 1], &chunk->at[place],
            (chunk->n - place) * sizeof(Eventfd));
    chunk->at[place] = *fd;
    chunk->n++;
    set->max_size = MAX(set->max_size, fd->size);
}

static bool set_remove(MemoryRegionEventfds *set, const Eventfd *fd)
{
    EventfdChunk *chunk;
    unsigned place;
    guint i;

    if (!set || !set->chunks->len) {
        return false;
    }
    i = find_chunk(set, fd);
    chunk = chunk_at(set, i);
    place = find_place(chunk, fd);
    if (place == chunk->n || compare(&chunk->at[place], fd)) {
        return false;
    }
    chunk->n--;
    memmove(&chunk->at[place], &chunk->at[place + 1],
            (chunk->n - place) * sizeof(Eventfd));
    if (!chunk->n) {
        g_ptr_array_remove_index(set->chunks, i);
    }
    return true;
}

/* ---- what a range shows -------------------------------------------------- */

/*
 * Whether @fd touches @range; an eventfd without a size is a point. One that
 * would begin below address 0 is not seen.
 */
static bool touches(const FlatRange *range, const Eventfd *fd)
{
    hwaddr first = range->offset_in_region;
    hwaddr last = first + (range->last - range->start);

    if (fd->addr >= first) {
        return fd->addr <= last;
    }
    return fd->size > first - fd->addr && range->start >= first - fd->addr;
}

static void append_shown(GArray *out, const FlatRange *range, const Eventfd *fd)
{
    Eventfd shown = *fd;

    shown.addr += range->start - range->offset_in_region;
    g_array_append_val(out, shown);
}

/* The least eventfd that may touch @range. */
static Eventfd lower_bound(const MemoryRegionEventfds *set,
                           const FlatRange *range)
{
    hwaddr first = range->offset_in_region;
    hwaddr before = set->max_size ? set->max_size - 1 : 0;

    return (Eventfd){ .addr = first - MIN(first, before) };
}

static void append_present(const FlatRange *range, GArray *out)
{
    const MemoryRegionEventfds *set = range->mr->eventfds;
    hwaddr last = range->offset_in_region + (range->last - range->start);
    Eventfd low;
    unsigned place;
    guint i;

    if (!set || !set->chunks->len) {
        return;
    }
    low = lower_bound(set, range);
    i = find_chunk(set, &low);
    place = find_place(chunk_at(set, i), &low);
    for (; i < set->chunks->len; i++, place = 0) {
        const EventfdChunk *chunk = chunk_at(set, i);

        for (; place < chunk->n; place++) {
            const Eventfd *fd = &chunk->at[place];

            if (fd->addr > last) {
                return;
            }
            if (touches(range, fd)) {
                append_shown(out, range, fd);
            }
        }
    }
}

/* The pending changes of @range that add, or that delete. */
static void append_pending(const FlatRange *range, bool add, GArray *out)
{
    const MemoryRegionEventfds *set = range->mr->eventfds;
    hwaddr last = range->offset_in_region + (range->last - range->start);
    Eventfd low = lower_bound(set, range);
    guint from = 0, to = set->pending->len;

    while (from < to) {
        guint mid = from + (to - from) / 2;

        if (compare(&g_array_index(set->pending, Eventfd, mid), &low) < 0) {
            from = mid + 1;
        } else {
            to = mid;
        }
    }
    for (; from < set->pending->len; from++) {
        const Eventfd *fd = &g_array_index(set->pending, Eventfd, from);

        if (fd->addr > last) {
            return;
        }
        if (fd->add == add && touches(range, fd)) {
            append_shown(out, range, fd);
        }
    }
}

/* Changes @out to what is in it and not in @minus; sorts and clears @minus. */
static void subtract(GArray *out, guint first, GArray *minus)
{
    Eventfd *fds = (Eventfd *)out->data;
    guint n = first, m = 0;

    for (guint i = first; i < out->len; i++) {
        const Eventfd *less = &g_array_index(minus, Eventfd, m);

        while (m < minus->len && compare(less, &fds[i]) < 0) {
            less = &g_array_index(minus, Eventfd, ++m);
        }
        if (m < minus->len && !compare(less, &fds[i])) {
            m++;
        } else {
            fds[n++] = fds[i];
        }
    }
    g_array_set_size(out, n);
    g_array_set_size(minus, 0);
}

void eventfds_before(const FlatRange *range, GArray *out)
{
    const MemoryRegionEventfds *set = range->mr->eventfds;
    g_autoptr(GArray) came = NULL, all = NULL;

    if (!set) {
        return;
    }
    if (!set->pending->len) {
        append_present(range, out);
        return;
    }
    sort(set->pending);
    came = g_array_new(false, false, sizeof(Eventfd));
    all = g_array_new(false, false, sizeof(Eventfd));
    append_present(range, all);
    append_pending(range, false, all);
    append_pending(range, true, came);
    sort(all);
    subtract(all, 0, came);
    g_array_append_vals(out, all->data, all->len);
}

void eventfds_after(const FlatRange *range, GArray *out)
{
    append_present(range, out);
}

void eventfds_pending(const FlatRange *range, GArray *before, GArray *after)
{
    if (range->mr->eventfds && range->mr->eventfds->pending->len) {
        sort(range->mr->eventfds->pending);
        append_pending(range, false, before);
        append_pending(range, true, after);
    }
}

/*
 * What goes from a place does so before another comes there. What lies before
 * @first is another view's.
 */
static void append_del(GArray *out, guint first, const Eventfd *fd)
{
    guint i = out->len;

    while (i > first) {
        const Eventfd *before = &g_array_index(out, Eventfd, i - 1);

        if (!before->add || compare_place(before, fd)) {
            break;
        }
        i--;
    }
    g_array_insert_val(out, i, *fd);
}

void eventfds_diff(GArray *before, GArray *after, GArray *out)
{
    guint b = 0, a = 0, first = out->len;

    sort(before);
    sort(after);
    while (b < before->len || a < after->len) {
        Eventfd *old = &g_array_index(before, Eventfd, b);
        Eventfd *new = &g_array_index(after, Eventfd, a);
        int order = b == before->len  ? 1
                    : a == after->len ? -1
                                      : compare(old, new);

        if (order < 0) {
            old->add = false;
            append_del(out, first, old);
        } else if (order > 0) {
            new->add = true;
            g_array_append_val(out, *new);
        }
        b += order <= 0;
        a += order >= 0;
    }
    g_array_set_size(before, 0);
    g_array_set_size(after, 0);
}

/* ---- pending changes ----------------------------------------------------- */

static void forget_pending(MemoryRegionEventfds *set)
{
    QTAILQ_REMOVE(&pending_regions, set, pending_link);
    if (set->pending->len > CHUNK) {
        g_array_free(set->pending, true);
        set->pending = g_array_new(false, false, sizeof(Eventfd));
    }
    g_array_set_size(set->pending, 0);
}

bool eventfds_any_pending(void)
{
    return !QTAILQ_EMPTY(&pending_regions);
}

void eventfds_settle(void)
{
    while (!QTAILQ_EMPTY(&pending_regions)) {
        forget_pending(QTAILQ_FIRST(&pending_regions));
    }
}

void eventfds_rollback(void)
{
    MemoryRegionEventfds *set;

    while ((set = QTAILQ_FIRST(&pending_regions))) {
        for (guint i = set->pending->len; i-- > 0;) {
            const Eventfd *fd = &g_array_index(set->pending, Eventfd, i);

            if (!fd->add) {
                set_insert(set, fd);
            }
        }
        for (guint i = set->pending->len; i-- > 0;) {
            const Eventfd *fd = &g_array_index(set->pending, Eventfd, i);

            if (fd->add) {
                set_remove(set, fd);
            }
        }
        forget_pending(set);
    }
}

static void note(MemoryRegionEventfds *set, const Eventfd *fd)
{
    guint n = set->pending->len;
    hwaddr last, end = fd->addr;

    if (!n) {
        QTAILQ_INSERT_TAIL(&pending_regions, set, pending_link);
    }
    g_array_append_val(set->pending, *fd);
    if (n > MARK_SINGLY || !int128_nz(set->mr->size)) {
        return;
    }
    last = region_last(set->mr);
    if (n == MARK_SINGLY) {
        memory_region_mark(set->mr, 0, last, VISIBLE_EVENTFDS);
    } else if (fd->addr <= last) {
        end += MIN(last - end, fd->size ? fd->size - 1 : 0);
        memory_region_mark(set->mr, fd->addr, end, VISIBLE_EVENTFDS);
    }
}

/* ---- for devices --------------------------------------------------------- */

/* As a listener compares it: the bytes as the guest's CPU would store them. */
static uint64_t adjusted(const MemoryRegion *mr, uint64_t data, unsigned size)
{
    if (!mr->ops || mr->ops->endianness != DEVICE_BIG_ENDIAN) {
        return data;
    }
    switch (size) {
    case 2:
        return bswap16(data);
    case 4:
        return bswap32(data);
    case 8:
        return bswap64(data);
    default:
        return data;
    }
}

static Eventfd make(const MemoryRegion *mr, hwaddr addr, unsigned size,
                    bool match_data, uint64_t data, EventNotifier *e, bool add)
{
    return (Eventfd){
        .addr = addr,
        .size = size,
        .match_data = match_data,
        .data = adjusted(mr, data, size),
        .e = e,
        .add = add,
    };
}

static MemoryRegionEventfds *set_new(MemoryRegion *mr)
{
    MemoryRegionEventfds *set = g_new0(MemoryRegionEventfds, 1);

    eventfds_regions++;
    set->mr = mr;
    set->chunks = g_ptr_array_new_with_free_func(g_free);
    set->pending = g_array_new(false, false, sizeof(Eventfd));
    return set;
}

void memory_region_add_eventfd(MemoryRegion *mr, hwaddr addr, unsigned size,
                               bool match_data, uint64_t data, EventNotifier *e)
{
    Eventfd fd = make(mr, addr, size, match_data, data, e, true);

    memory_region_transaction_begin();
    if (!mr->eventfds) {
        qatomic_set(&mr->eventfds, set_new(mr));
    }
    set_insert(mr->eventfds, &fd);
    note(mr->eventfds, &fd);
    memory_region_transaction_commit();
}

void memory_region_del_eventfd(MemoryRegion *mr, hwaddr addr, unsigned size,
                               bool match_data, uint64_t data, EventNotifier *e)
{
    Eventfd fd = make(mr, addr, size, match_data, data, e, false);
    bool found;

    memory_region_transaction_begin();
    found = set_remove(mr->eventfds, &fd);
    assert(found);
    note(mr->eventfds, &fd);
    memory_region_transaction_commit();
}

bool memory_region_signal_eventfd(MemoryRegion *mr, hwaddr addr, uint64_t data,
                                  unsigned size)
{
    const MemoryRegionEventfds *set = mr->eventfds;
    Eventfd low = { .addr = addr };
    unsigned place;
    guint i;

    if (!set || !set->chunks->len) {
        return false;
    }
    i = find_chunk(set, &low);
    place = find_place(chunk_at(set, i), &low);
    for (; i < set->chunks->len; i++, place = 0) {
        const EventfdChunk *chunk = chunk_at(set, i);

        for (; place < chunk->n; place++) {
            const Eventfd *fd = &chunk->at[place];

            if (fd->addr != addr) {
                return false;
            }
            if ((!fd->size || fd->size == size) &&
                (!fd->match_data || fd->data == data)) {
                event_notifier_set(fd->e);
                return true;
            }
        }
    }
    return false;
}

void memory_region_drop_eventfds(MemoryRegion *mr)
{
    MemoryRegionEventfds *set = mr->eventfds;

    if (!set) {
        return;
    }
    if (set->pending->len) {
        forget_pending(set);
    }
    g_ptr_array_free(set->chunks, true);
    g_array_free(set->pending, true);
    g_free(set);
    mr->eventfds = NULL;
    eventfds_regions--;
}
