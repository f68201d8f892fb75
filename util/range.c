/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of ranges: see include/qemu/range.h. */
#include "qemu/osdep.h"
#include "qemu/range.h"

/* Is @a below @b with at least one number between them? */
static bool far_below(const Range *a, const Range *b)
{
    return b->lob != 0 && a->upb < b->lob - 1;
}

int range_compare(Range *a, Range *b)
{
    assert(!range_is_empty(a) && !range_is_empty(b));
    return far_below(a, b) ? -1 : far_below(b, a) ? 1 : 0;
}

GList *range_list_insert(GList *list, Range *data)
{
    GList *at = list;

    assert(!range_is_empty(data));
    while (at && range_compare(at->data, data) < 0) {
        at = at->next;
    }
    /* From here on @data grows by all that it touches. */
    while (at && range_compare(at->data, data) == 0) {
        GList *next = at->next;

        range_extend(data, at->data);
        g_free(at->data);
        list = g_list_delete_link(list, at);
        at = next;
    }
    return g_list_insert_before(list, at, data);
}

static GList *append_range(GList *list, uint64_t lob, uint64_t upb)
{
    Range *range = g_new0(Range, 1);

    range_set_bounds(range, lob, upb);
    return g_list_append(list, range);
}

void range_inverse_array(GList *in_ranges, GList **out_ranges, uint64_t low,
                         uint64_t high)
{
    GList *out = *out_ranges;
    uint64_t next = low;

    for (GList *l = in_ranges; l; l = l->next) {
        Range *r = l->data;

        if (range_is_empty(r) || range_upb(r) < next) {
            continue;
        }
        if (range_lob(r) > high) {
            break;
        }
        if (range_lob(r) > next) {
            out = append_range(out, next, range_lob(r) - 1);
        }
        if (range_upb(r) >= high) {
            *out_ranges = out;
            return;
        }
        next = range_upb(r) + 1;
    }
    if (next <= high) {
        out = append_range(out, next, high);
    }
    *out_ranges = out;
}
