/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * First fit from the bottom of the window, or a fixed address.
 *
 * Ranges are kept as their first and last byte, so that one may end at the end
 * of the address space.
 */
#include "qemu/osdep.h"
#include "place.h"
#include "qapi/error.h"
#include "qemu/error-report.h"

typedef struct {
    uint64_t first, last;
} Span;

/* False if the range is longer than what follows @first. */
static bool span_init(Span *s, uint64_t first, uint64_t length)
{
    *s = (Span){ first, first + (length - 1) };
    return s->last >= first;
}

/* The next multiple of @align; false if there is none. */
static bool align_up(uint64_t *addr, uint64_t align)
{
    uint64_t up = ROUND_UP(*addr, align);
    bool ok = up >= *addr;

    *addr = up;
    return ok;
}

static bool within(const Span *inner, const Span *outer)
{
    return inner->first >= outer->first && inner->last <= outer->last;
}

static const MemoryPlaced *placed_at(const MemoryPlaceRequest *req, guint i)
{
    return &g_array_index(req->placed, MemoryPlaced, i);
}

static bool place_fixed(const MemoryPlaceRequest *req, const Span *window,
                        Error **errp)
{
    Span want;

    if (!QEMU_IS_ALIGNED(req->wanted, req->align)) {
        error_setg(errp, "address must be aligned to 0x%" PRIx64 " bytes",
                   req->align);
        return false;
    }
    if (!span_init(&want, req->wanted, req->length) || !within(&want, window)) {
        error_setg(errp,
                   "can't add memory device [0x%" PRIx64 ":0x%" PRIx64
                   "], usable range for memory devices [0x%" PRIx64
                   ":0x%" PRIx64 "]",
                   req->wanted, req->length, req->base, req->size);
        return false;
    }
    for (guint i = 0; i < req->placed->len; i++) {
        const MemoryPlaced *p = placed_at(req, i);
        Span taken;

        span_init(&taken, p->addr, p->size);
        if (taken.first <= want.last && want.first <= taken.last) {
            error_setg(errp,
                       "address range conflicts with memory device id='%s'",
                       p->id ?: "(unnamed)");
            return false;
        }
    }
    return true;
}

static bool place_first_fit(const MemoryPlaceRequest *req, const Span *window,
                            uint64_t *addr, Error **errp)
{
    uint64_t next = req->lowest;
    Span want;
    bool ok;

    if (!align_up(&next, req->align) || !span_init(&want, next, req->length)) {
        error_setg(errp, "can't add memory device, device too big");
        return false;
    }
    ok = true;
    for (guint i = 0; ok && i < req->placed->len; i++) {
        const MemoryPlaced *p = placed_at(req, i);
        Span taken;

        span_init(&taken, p->addr, p->size);
        if (taken.first > want.last) {
            break;
        }
        if (taken.last >= want.first) {
            next = taken.last + 1;
            ok = next && align_up(&next, req->align) &&
                 span_init(&want, next, req->length);
        }
    }
    if (!ok || !within(&want, window)) {
        error_setg(errp, "could not find position in guest address space for "
                         "memory device - memory fragmented due to "
                         "alignments");
        return false;
    }
    *addr = want.first;
    return true;
}

bool memory_place(const MemoryPlaceRequest *req, uint64_t *addr, Error **errp)
{
    Span window;

    assert(req->size && req->length && req->lowest >= req->base);
    span_init(&window, req->base, req->size);
    if (!QEMU_IS_ALIGNED(req->base, req->align)) {
        warn_report("the alignment (0x%" PRIx64 ") exceeds the expected"
                    " maximum alignment, memory will get fragmented and not"
                    " all 'maxmem' might be usable for memory devices.",
                    req->align);
    }
    if (req->wanted) {
        *addr = req->wanted;
        return place_fixed(req, &window, errp);
    }
    return place_first_fit(req, &window, addr, errp);
}
