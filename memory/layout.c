/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout resolver. Phases follow each other as LayoutPlace lists them; each
 * adds to one sorted array of what is taken, and finds room in its gaps.
 *
 * The order of phases, the order within them and the fits are an ABI: see
 * docs/devel/layout.rst before changing anything here.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/host-utils.h"
#include "qemu/units.h"
#include "memory/layout-internal.h"

#define LAST_32 (4 * GiB - 1)

typedef struct Resolver {
    GArray *requests; /* of LayoutRequest: the caller's, then ECAM */
    size_t nr_caller; /* how many are the caller's */
    GArray *taken;    /* of LayoutRange, sorted */
} Resolver;

/* A run of free addresses; or none. */
typedef struct Gap {
    hwaddr start, last;
    bool found;
} Gap;

static LayoutRequest *request(const Resolver *r, unsigned i)
{
    return &g_array_index(r->requests, LayoutRequest, i);
}

static LayoutRange *taken(const Resolver *r, unsigned i)
{
    return &g_array_index(r->taken, LayoutRange, i);
}

const char *layout_place_str(LayoutPlace place)
{
    static const char *const names[LAYOUT_PLACE__MAX] = {
        [LAYOUT_RESERVED] = "reserved",  [LAYOUT_FIXED] = "fixed",
        [LAYOUT_MMIO32] = "32-bit MMIO", [LAYOUT_RAM] = "RAM",
        [LAYOUT_MMIO64] = "64-bit MMIO", [LAYOUT_AFTER_MMIO] = "after MMIO",
    };

    return place < LAYOUT_PLACE__MAX ? names[place] : "unknown";
}

/* ---- what is taken, and what lies between -------------------------------- */

/* Where in the array what begins at @start belongs. */
static unsigned taken_index(const Resolver *r, hwaddr start)
{
    unsigned low = 0, high = r->taken->len;

    while (low < high) {
        unsigned mid = low + (high - low) / 2;

        if (taken(r, mid)->start < start) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

static void take(Resolver *r, unsigned i, hwaddr start, hwaddr last)
{
    const LayoutRequest *req = request(r, i);
    LayoutRange range = {
        .start = start,
        .last = last,
        .place = req->place,
        .request = i,
        .node = req->place == LAYOUT_RAM ? req->node : 0,
        .name = g_strdup(req->name),
    };

    g_array_insert_val(r->taken, taken_index(r, start), range);
}

/* The gap below the taken range number @i (== their number: above the last). */
static Gap gap_below(const Resolver *r, unsigned i, hwaddr floor, hwaddr top)
{
    Gap gap = { .start = floor, .last = top, .found = true };

    if (i > 0) {
        hwaddr below = taken(r, i - 1)->last;

        if (below == UINT64_MAX) {
            return (Gap){ .found = false };
        }
        gap.start = MAX(floor, below + 1);
    }
    if (i < r->taken->len) {
        hwaddr above = taken(r, i)->start;

        if (above == 0) {
            return (Gap){ .found = false };
        }
        gap.last = MIN(top, above - 1);
    }
    gap.found = gap.start <= gap.last;
    return gap;
}

/* @addr rounded up; false if that is beyond 2^64. */
static bool align_up(hwaddr addr, uint64_t align, hwaddr *up)
{
    if (addr > UINT64_MAX - (align - 1)) {
        return false;
    }
    *up = (addr + align - 1) & -align;
    return true;
}

/* ---- errors -------------------------------------------------------------- */

/* What is free in [@floor, @top], in words. */
static char *describe_free(const Resolver *r, hwaddr floor, hwaddr top)
{
    Gap largest = { .found = false };

    for (unsigned i = 0; i <= r->taken->len; i++) {
        Gap gap = gap_below(r, i, floor, top);

        if (gap.found && (!largest.found || gap.last - gap.start >
                                                largest.last - largest.start)) {
            largest = gap;
        }
    }
    if (!largest.found) {
        return g_strdup("nothing is free there");
    }
    return g_strdup_printf("the largest free range there is 0x%" PRIx64
                           "-0x%" PRIx64,
                           largest.start, largest.last);
}

/* @left bytes of @req found no room in [@floor, @top]. */
static bool no_room(const Resolver *r, const LayoutRequest *req, uint64_t left,
                    hwaddr floor, hwaddr top, Error **errp)
{
    g_autofree char *free_there = describe_free(r, floor, top);
    g_autofree char *what =
        left == req->size ? g_strdup("")
                          : g_strdup_printf("0x%" PRIx64 " bytes of ", left);

    error_setg(errp,
               "memory layout: no room for %s'%s' (%s, 0x%" PRIx64
               " bytes, aligned to 0x%" PRIx64 ") in 0x%" PRIx64 "-0x%" PRIx64
               ": %s",
               what, req->name, layout_place_str(req->place), req->size,
               req->align, floor, top, free_there);
    return false;
}

static bool bad_size(const LayoutRequest *req, const char *why, Error **errp)
{
    error_setg(errp, "memory layout: bad size 0x%" PRIx64 " of '%s' (%s): %s",
               req->size, req->name, layout_place_str(req->place), why);
    return false;
}

static bool bad_align(const LayoutRequest *req, const char *why, Error **errp)
{
    error_setg(errp,
               "memory layout: bad alignment 0x%" PRIx64 " of '%s' (%s): %s",
               req->align, req->name, layout_place_str(req->place), why);
    return false;
}

static bool check_request(const LayoutRequest *req, Error **errp)
{
    if (req->place >= LAYOUT_PLACE__MAX) {
        error_setg(errp, "memory layout: '%s' asks for an unknown place",
                   req->name);
        return false;
    }
    if (req->size == 0) {
        return bad_size(req, "it must not be 0", errp);
    }
    if (req->align && !is_power_of_2(req->align)) {
        return bad_align(req, "it must be a power of two", errp);
    }
    if (req->place == LAYOUT_RESERVED || req->place == LAYOUT_FIXED) {
        if (req->size - 1 > UINT64_MAX - req->addr) {
            g_autofree char *why = g_strdup_printf(
                "from 0x%" PRIx64 ", it goes beyond 2^64", req->addr);

            return bad_size(req, why, errp);
        }
        if (req->align && req->addr % req->align) {
            g_autofree char *why =
                g_strdup_printf("the address 0x%" PRIx64 " is no multiple of "
                                "it",
                                req->addr);

            return bad_align(req, why, errp);
        }
        return true;
    }
    if (req->size % LAYOUT_PAGE) {
        return bad_size(req, "it must be a multiple of 4 KiB", errp);
    }
    if (req->align < LAYOUT_PAGE) {
        return bad_align(req, "it must be at least 4 KiB", errp);
    }
    return true;
}

/* ---- phases -------------------------------------------------------------- */

/* The numbers of the requests for @place, in the caller's order. */
static GArray *requests_for(const Resolver *r, LayoutPlace place)
{
    GArray *list = g_array_new(false, false, sizeof(unsigned));

    for (unsigned i = 0; i < r->requests->len; i++) {
        if (request(r, i)->place == place) {
            g_array_append_val(list, i);
        }
    }
    return list;
}

/* Where MMIO is concerned: what is hard to place comes first. */
static int compare_mmio(const void *a, const void *b, void *opaque)
{
    unsigned i = *(const unsigned *)a, k = *(const unsigned *)b;
    const LayoutRequest *ri = request(opaque, i), *rk = request(opaque, k);

    if (ri->align != rk->align) {
        return ri->align > rk->align ? -1 : 1;
    }
    if (ri->size != rk->size) {
        return ri->size > rk->size ? -1 : 1;
    }
    return i < k ? -1 : 1;
}

static bool place_at_address(Resolver *r, unsigned i, Error **errp)
{
    const LayoutRequest *req = request(r, i);
    hwaddr last = req->addr + (req->size - 1);
    unsigned at = taken_index(r, req->addr);
    const LayoutRange *other = NULL;

    if (at > 0 && taken(r, at - 1)->last >= req->addr) {
        other = taken(r, at - 1);
    } else if (at < r->taken->len && taken(r, at)->start <= last) {
        other = taken(r, at);
    }
    if (other) {
        error_setg(errp,
                   "memory layout: '%s' (%s) at 0x%" PRIx64 "-0x%" PRIx64
                   " overlaps '%s' (%s) at 0x%" PRIx64 "-0x%" PRIx64,
                   req->name, layout_place_str(req->place), req->addr, last,
                   other->name, layout_place_str(other->place), other->start,
                   other->last);
        return false;
    }
    take(r, i, req->addr, last);
    return true;
}

static bool place_highest(Resolver *r, unsigned i, hwaddr top, Error **errp)
{
    const LayoutRequest *req = request(r, i);

    for (unsigned at = r->taken->len + 1; at-- > 0;) {
        Gap gap = gap_below(r, at, 0, top);
        hwaddr start;

        if (!gap.found || gap.last - gap.start < req->size - 1) {
            continue;
        }
        start = (gap.last - (req->size - 1)) & -req->align;
        if (start >= gap.start) {
            take(r, i, start, start + (req->size - 1));
            return true;
        }
    }
    return no_room(r, req, req->size, 0, top, errp);
}

static bool place_lowest(Resolver *r, unsigned i, hwaddr floor, Error **errp)
{
    const LayoutRequest *req = request(r, i);

    for (unsigned at = taken_index(r, floor); at <= r->taken->len; at++) {
        Gap gap = gap_below(r, at, floor, UINT64_MAX);
        hwaddr start;

        if (gap.found && align_up(gap.start, req->align, &start) &&
            start <= gap.last && gap.last - start >= req->size - 1) {
            take(r, i, start, start + (req->size - 1));
            return true;
        }
    }
    return no_room(r, req, req->size, floor, UINT64_MAX, errp);
}

/* Splits around what is taken. *@floor becomes the first address behind it. */
static bool place_ram(Resolver *r, unsigned i, hwaddr *floor, Error **errp)
{
    const LayoutRequest *req = request(r, i);
    uint64_t left = req->size;
    hwaddr from = *floor;
    unsigned at = taken_index(r, from);

    for (; at <= r->taken->len; at++) {
        Gap gap = gap_below(r, at, from, UINT64_MAX);
        hwaddr start, last;

        if (!gap.found || !align_up(gap.start, req->align, &start) ||
            start > gap.last) {
            continue;
        }
        if (gap.last - start >= left - 1) {
            last = start + (left - 1);
        } else {
            /* No piece but the last has a length that is not a multiple. */
            uint64_t room = (gap.last - start + 1) & -req->align;

            if (room == 0) {
                continue;
            }
            last = start + (room - 1);
        }
        take(r, i, start, last);
        left -= last - start + 1;
        /* At the very end, nothing lies behind. */
        *floor = last == UINT64_MAX ? last : last + 1;
        if (left == 0) {
            return true;
        }
        at = taken_index(r, start);
    }
    return no_room(r, req, left, *floor, UINT64_MAX, errp);
}

/* The last address of all that is in one of @places (a mask), or 0. */
static hwaddr last_of(const Resolver *r, unsigned places)
{
    hwaddr last = 0;

    for (unsigned i = 0; i < r->taken->len; i++) {
        if (places & (1u << taken(r, i)->place)) {
            last = MAX(last, taken(r, i)->last);
        }
    }
    return last;
}

/* The first address above @last, as far as there is one. */
static hwaddr above(hwaddr last)
{
    return last == 0 || last == UINT64_MAX ? last : last + 1;
}

/* All requests for @place, in the caller's order or as MMIO is sorted. */
static bool place_all(Resolver *r, LayoutPlace place, hwaddr floor,
                      Error **errp)
{
    g_autoptr(GArray) list = requests_for(r, place);

    if (place == LAYOUT_MMIO32 || place == LAYOUT_MMIO64) {
        g_array_sort_with_data(list, compare_mmio, r);
    }
    for (unsigned n = 0; n < list->len; n++) {
        unsigned i = g_array_index(list, unsigned, n);
        bool ok = false;

        switch (place) {
        case LAYOUT_RESERVED:
        case LAYOUT_FIXED:
            ok = place_at_address(r, i, errp);
            break;
        case LAYOUT_MMIO32:
            ok = place_highest(r, i, LAST_32, errp);
            break;
        case LAYOUT_RAM:
            ok = place_ram(r, i, &floor, errp);
            break;
        case LAYOUT_MMIO64:
            ok = place_lowest(r, i, floor, errp);
            break;
        default:
            ok = place_lowest(r, i, floor, errp);
            if (ok) {
                floor = above(last_of(r, 1u << LAYOUT_AFTER_MMIO));
            }
            break;
        }
        if (!ok) {
            return false;
        }
    }
    return true;
}

static bool place_everything(Resolver *r, hwaddr ram_base, Error **errp)
{
    const unsigned ram = 1u << LAYOUT_RAM;
    const unsigned guest =
        1u << LAYOUT_FIXED | 1u << LAYOUT_MMIO32 | ram | 1u << LAYOUT_MMIO64;

    return place_all(r, LAYOUT_RESERVED, 0, errp) &&
           place_all(r, LAYOUT_FIXED, 0, errp) &&
           place_all(r, LAYOUT_MMIO32, 0, errp) &&
           place_all(r, LAYOUT_RAM, ram_base, errp) &&
           place_all(r, LAYOUT_MMIO64,
                     MAX(above(last_of(r, ram)), (hwaddr)LAST_32 + 1), errp) &&
           place_all(r, LAYOUT_AFTER_MMIO, above(last_of(r, guest)), errp);
}

static bool check_width(const Resolver *r, unsigned bits, Error **errp)
{
    for (unsigned i = 0; bits && bits < 64 && i < r->taken->len; i++) {
        const LayoutRange *range = taken(r, i);

        if (range->place != LAYOUT_RESERVED && range->last >> bits) {
            error_setg(errp,
                       "memory layout: '%s' (%s) at 0x%" PRIx64 "-0x%" PRIx64
                       " is beyond 0x%" PRIx64 ", the last of the CPU's %u-bit "
                       "physical addresses",
                       range->name, layout_place_str(range->place),
                       range->start, range->last, (UINT64_C(1) << bits) - 1,
                       bits);
            return false;
        }
    }
    return true;
}

/* ---- the whole ----------------------------------------------------------- */

static void clear_range(gpointer opaque)
{
    g_free(((LayoutRange *)opaque)->name);
}

static void resolver_clear(Resolver *r)
{
    for (unsigned i = r->nr_caller; i < r->requests->len; i++) {
        g_free((char *)request(r, i)->name);
    }
    g_array_unref(r->requests);
    g_array_unref(r->taken);
}

static bool add_requests(Resolver *r, const LayoutInput *in,
                         const GArray *windows, Error **errp)
{
    if (in->nr_requests >= LAYOUT_NO_REQUEST) {
        error_setg(errp, "memory layout: too many requests");
        return false;
    }
    if (in->nr_requests) {
        g_array_append_vals(r->requests, in->requests, in->nr_requests);
    }
    r->nr_caller = in->nr_requests;
    for (unsigned i = 0; i < windows->len; i++) {
        LayoutRequest ecam =
            layout_ecam_request(&g_array_index(windows, EcamWindow, i));

        g_array_append_val(r->requests, ecam);
    }
    for (unsigned i = 0; i < r->requests->len; i++) {
        if (!check_request(request(r, i), errp)) {
            return false;
        }
    }
    return true;
}

/* Each root complex gets its part of its segment's window. */
static void divide_ecam(MemoryLayout *layout, const Resolver *r,
                        const LayoutInput *in, const GArray *windows)
{
    layout->nr_ecam = in->nr_root_complexes;
    layout->ecam = g_new0(LayoutEcam, layout->nr_ecam);
    for (unsigned i = 0; i < r->taken->len; i++) {
        LayoutRange *range = taken(r, i);
        const EcamWindow *w;

        if (range->request < r->nr_caller) {
            continue;
        }
        w = &g_array_index(windows, EcamWindow, range->request - r->nr_caller);
        for (size_t k = 0; k < layout->nr_ecam; k++) {
            const LayoutRootComplex *rc = &in->root_complexes[k];

            if (rc->segment == w->segment) {
                layout->ecam[k] = layout_ecam_part(rc, w, range->start);
            }
        }
        range->request = LAYOUT_NO_REQUEST;
    }
}

static MemoryLayout *finish(Resolver *r, const LayoutInput *in,
                            const GArray *windows)
{
    const unsigned all = (1u << LAYOUT_PLACE__MAX) - 1;
    const unsigned not_guest = 1u << LAYOUT_RESERVED | 1u << LAYOUT_AFTER_MMIO;
    MemoryLayout *layout = g_new0(MemoryLayout, 1);

    divide_ecam(layout, r, in, windows);
    layout->guest_last = last_of(r, all & ~not_guest);
    layout->last = last_of(r, all & ~(1u << LAYOUT_RESERVED));
    layout->nr_ranges = r->taken->len;
    layout->ranges =
        g_memdup2(r->taken->data, r->taken->len * sizeof(LayoutRange));
    /* The names have moved on. */
    g_array_set_clear_func(r->taken, NULL);
    return layout;
}

MemoryLayout *memory_layout_resolve(const LayoutInput *in, Error **errp)
{
    g_autoptr(GArray) windows = layout_ecam_windows(in, errp);
    MemoryLayout *layout = NULL;
    Resolver r;

    if (!windows) {
        return NULL;
    }
    r = (Resolver){
        .requests = g_array_new(false, false, sizeof(LayoutRequest)),
        .taken = g_array_new(false, false, sizeof(LayoutRange)),
    };
    g_array_set_clear_func(r.taken, clear_range);
    if (add_requests(&r, in, windows, errp) &&
        place_everything(&r, in->ram_base, errp) &&
        check_width(&r, in->address_bits, errp)) {
        layout = finish(&r, in, windows);
    }
    resolver_clear(&r);
    return layout;
}

void memory_layout_free(MemoryLayout *layout)
{
    if (!layout) {
        return;
    }
    for (size_t i = 0; i < layout->nr_ranges; i++) {
        clear_range(&layout->ranges[i]);
    }
    g_free(layout->ranges);
    g_free(layout->ecam);
    g_free(layout);
}

const LayoutRange *memory_layout_find(const MemoryLayout *layout,
                                      unsigned request)
{
    for (size_t i = 0; i < layout->nr_ranges; i++) {
        if (layout->ranges[i].request == request) {
            return &layout->ranges[i];
        }
    }
    return NULL;
}

char *memory_layout_format(const MemoryLayout *layout)
{
    GString *s = g_string_new(NULL);

    for (size_t i = 0; i < layout->nr_ranges; i++) {
        const LayoutRange *range = &layout->ranges[i];

        g_string_append_printf(s, "%016" PRIx64 "-%016" PRIx64 "  %-11s  %s",
                               range->start, range->last,
                               layout_place_str(range->place), range->name);
        if (range->place == LAYOUT_RAM) {
            g_string_append_printf(s, " (node %u)", range->node);
        }
        g_string_append_c(s, '\n');
    }
    return g_string_free(s, false);
}
