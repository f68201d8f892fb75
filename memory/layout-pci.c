/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ECAM windows: which buses of a segment need one, and whose part is where.
 * Bus numbers are widened before anything is added to them: 0 to 255 are 256
 * buses.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/host-utils.h"
#include "memory/layout-internal.h"

static uint64_t ecam_size(unsigned first_bus, unsigned last_bus)
{
    return ((uint64_t)last_bus - first_bus + 1) * LAYOUT_ECAM_PER_BUS;
}

/* Does what can be said of one root complex alone hold? */
static bool check_root_complex(const LayoutRootComplex *rc, Error **errp)
{
    if (rc->first_bus > rc->last_bus) {
        error_setg(errp,
                   "memory layout: root complex '%s' begins at bus %u, behind "
                   "its last bus %u",
                   rc->name, rc->first_bus, rc->last_bus);
        return false;
    }
    if (rc->place != LAYOUT_FIXED && rc->place != LAYOUT_MMIO32 &&
        rc->place != LAYOUT_MMIO64) {
        error_setg(errp,
                   "memory layout: the ECAM window of root complex '%s' cannot "
                   "be '%s': it is 32-bit MMIO, 64-bit MMIO or fixed",
                   rc->name, layout_place_str(rc->place));
        return false;
    }
    if (rc->place == LAYOUT_FIXED &&
        (rc->addr % LAYOUT_ECAM_PER_BUS ||
         rc->addr > UINT64_MAX - ecam_size(rc->first_bus, rc->last_bus) + 1)) {
        error_setg(errp,
                   "memory layout: ECAM of root complex '%s' cannot be at "
                   "0x%" PRIx64 ": it needs a multiple of 1 MiB, and 1 MiB per "
                   "bus from there",
                   rc->name, rc->addr);
        return false;
    }
    return true;
}

/* Do @a and @b, of one segment, agree? */
static bool check_pair(const LayoutRootComplex *a, const LayoutRootComplex *b,
                       Error **errp)
{
    if (a->first_bus <= b->last_bus && b->first_bus <= a->last_bus) {
        error_setg(errp,
                   "memory layout: root complexes '%s' (buses %u to %u) and "
                   "'%s' (buses %u to %u) of segment %u share buses",
                   a->name, a->first_bus, a->last_bus, b->name, b->first_bus,
                   b->last_bus, a->segment);
        return false;
    }
    if (a->place != b->place) {
        error_setg(errp,
                   "memory layout: root complexes '%s' (%s) and '%s' (%s) of "
                   "segment %u share one ECAM window and cannot have it in two "
                   "places",
                   a->name, layout_place_str(a->place), b->name,
                   layout_place_str(b->place), a->segment);
        return false;
    }
    /* Wraps in the same way on both sides, so that it compares right. */
    if (a->place == LAYOUT_FIXED &&
        a->addr - (uint64_t)a->first_bus * LAYOUT_ECAM_PER_BUS !=
            b->addr - (uint64_t)b->first_bus * LAYOUT_ECAM_PER_BUS) {
        error_setg(errp,
                   "memory layout: root complexes '%s' (bus %u at 0x%" PRIx64
                   ") and '%s' (bus %u at 0x%" PRIx64 ") of segment %u share "
                   "one ECAM window: their addresses must be 1 MiB apart for "
                   "each bus between them",
                   a->name, a->first_bus, a->addr, b->name, b->first_bus,
                   b->addr, a->segment);
        return false;
    }
    return true;
}

static bool add_root_complex(GArray *windows, const LayoutInput *in, size_t i,
                             Error **errp)
{
    const LayoutRootComplex *rc = &in->root_complexes[i];
    EcamWindow *w = NULL;

    if (!check_root_complex(rc, errp)) {
        return false;
    }
    for (size_t k = 0; k < i; k++) {
        if (in->root_complexes[k].segment == rc->segment &&
            !check_pair(&in->root_complexes[k], rc, errp)) {
            return false;
        }
    }
    for (unsigned k = 0; k < windows->len; k++) {
        w = &g_array_index(windows, EcamWindow, k);
        if (w->segment == rc->segment) {
            if (rc->first_bus < w->first_bus) {
                w->first_bus = rc->first_bus;
                w->addr = rc->addr;
            }
            w->last_bus = MAX(w->last_bus, rc->last_bus);
            return true;
        }
    }
    g_array_append_val(windows, ((EcamWindow){
                                    .segment = rc->segment,
                                    .first_bus = rc->first_bus,
                                    .last_bus = rc->last_bus,
                                    .place = rc->place,
                                    .addr = rc->addr,
                                    .by = rc,
                                }));
    return true;
}

GArray *layout_ecam_windows(const LayoutInput *in, Error **errp)
{
    g_autoptr(GArray) windows = g_array_new(false, false, sizeof(EcamWindow));

    for (size_t i = 0; i < in->nr_root_complexes; i++) {
        if (!add_root_complex(windows, in, i, errp)) {
            return NULL;
        }
    }
    return g_steal_pointer(&windows);
}

LayoutRequest layout_ecam_request(const EcamWindow *w)
{
    uint64_t size = ecam_size(w->first_bus, w->last_bus);

    return (LayoutRequest){
        .name = g_strdup_printf("pcie-segment%u-ecam", w->segment),
        .place = w->place,
        .addr = w->addr,
        .size = size,
        /* Natural alignment, as the specification wants it. */
        .align = w->place == LAYOUT_FIXED ? 0 : pow2ceil(size),
    };
}

LayoutEcam layout_ecam_part(const LayoutRootComplex *rc, const EcamWindow *w,
                            hwaddr start)
{
    hwaddr part =
        start + ((uint64_t)rc->first_bus - w->first_bus) * LAYOUT_ECAM_PER_BUS;

    return (LayoutEcam){
        .start = part,
        .last = part + ecam_size(rc->first_bus, rc->last_bus) - 1,
        .window_start = start,
        .window_last = start + ecam_size(w->first_bus, w->last_bus) - 1,
        .window_first_bus = w->first_bus,
        .window_last_bus = w->last_bus,
    };
}
