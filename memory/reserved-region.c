/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of reserved ranges: see include/qemu/reserved-region.h. */
#include "qemu/osdep.h"
#include "qemu/range.h"
#include "qemu/reserved-region.h"

static int compare(gconstpointer a, gconstpointer b)
{
    return range_compare(&((ReservedRegion *)a)->range,
                         &((ReservedRegion *)b)->range);
}

GList *resv_region_list_insert(GList *list, ReservedRegion *reg)
{
    uint64_t lob = range_lob(&reg->range), upb = range_upb(&reg->range);
    GList *l = list;

    while (l) {
        ReservedRegion *old = l->data;
        uint64_t old_lob = range_lob(&old->range);
        uint64_t old_upb = range_upb(&old->range);
        GList *next = l->next;

        if (range_overlaps_range(&old->range, &reg->range)) {
            if (old_upb > upb && old_lob < lob) {
                ReservedRegion *right = g_memdup2(old, sizeof(*old));

                range_set_bounds(&right->range, upb + 1, old_upb);
                list = g_list_insert_before(list, next, right);
                range_set_bounds(&old->range, old_lob, lob - 1);
            } else if (old_upb > upb) {
                range_set_bounds(&old->range, upb + 1, old_upb);
            } else if (old_lob < lob) {
                range_set_bounds(&old->range, old_lob, lob - 1);
            } else {
                list = g_list_delete_link(list, l);
                g_free(old);
            }
        }
        l = next;
    }
    return g_list_insert_sorted(list, reg, compare);
}
