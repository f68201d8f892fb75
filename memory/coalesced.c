/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Coalesced ranges: parts of regions to which writes may be queued.
 *
 * A region has few of them, if any. Changes take effect in its list at once and
 * are noted as pending, in order of time; listeners know the list with what is
 * pending taken back. Changes made while a commit tells listeners are for the
 * next round: the current one ends at round_end of each region.
 */
#include "qemu/osdep.h"
#include "exec/memory.h"
#include "memory/transaction.h"
#include "memory/view-state.h"

typedef struct Pending {
    MemoryRegion *mr;
    hwaddr offset;
    uint64_t size;
    bool add;
} Pending;

unsigned coalesced_ranges;

/* All regions' changes; the first of them belong to the current round. */
static GArray *pending;
static guint round_end;

static Pending *pending_at(guint i)
{
    return &g_array_index(pending, Pending, i);
}

bool coalesced_any_pending(void)
{
    return pending && pending->len;
}

bool coalesced_is_pending(const MemoryRegion *mr)
{
    for (guint i = 0; pending && i < pending->len; i++) {
        if (pending_at(i)->mr == mr) {
            return true;
        }
    }
    return false;
}

/* ---- what a range shows -------------------------------------------------- */

static void append(GArray *list, hwaddr offset, uint64_t size)
{
    CoalescedMemoryRange c = { .offset = offset, .size = size };

    g_array_append_val(list, c);
}

static void remove_one(GArray *list, hwaddr offset, uint64_t size)
{
    for (guint i = list->len; i-- > 0;) {
        const CoalescedMemoryRange *c =
            &g_array_index(list, CoalescedMemoryRange, i);

        if (c->offset == offset && c->size == size) {
            g_array_remove_index(list, i);
            return;
        }
    }
}

/* The list of @mr as it was before all pending changes from @from on. */
static GArray *list_before(MemoryRegion *mr, guint from)
{
    GArray *list = g_array_new(false, false, sizeof(CoalescedMemoryRange));
    CoalescedMemoryRange *c;

    QTAILQ_FOREACH(c, &mr->coalesced, link) {
        append(list, c->offset, c->size);
    }
    for (guint i = pending ? pending->len : 0; i-- > from;) {
        const Pending *p = pending_at(i);

        if (p->mr != mr) {
            continue;
        }
        if (p->add) {
            remove_one(list, p->offset, p->size);
        } else {
            append(list, p->offset, p->size);
        }
    }
    return list;
}

static void append_shown(const FlatRange *range, guint from, GArray *out)
{
    g_autoptr(GArray) list = NULL;
    hwaddr first = range->offset_in_region;
    hwaddr last = first + (range->last - range->start);

    if (QTAILQ_EMPTY(&range->mr->coalesced) && (!pending || !pending->len)) {
        return;
    }
    list = list_before(range->mr, from);
    for (guint i = 0; i < list->len; i++) {
        const CoalescedMemoryRange *c =
            &g_array_index(list, CoalescedMemoryRange, i);
        hwaddr start = MAX(c->offset, first), end;

        if (!c->size || c->offset > last) {
            continue;
        }
        end = c->size - 1 > last - c->offset ? last : c->offset + c->size - 1;
        if (end >= start) {
            append(out, range->start + (start - first), end - start + 1);
        }
    }
}

static void append_without(const FlatRange *range, guint from, guint without,
                           GArray *out)
{
    g_autoptr(GArray) list =
        g_array_new(false, false, sizeof(CoalescedMemoryRange));
    g_autoptr(GArray) other =
        g_array_new(false, false, sizeof(CoalescedMemoryRange));

    append_shown(range, from, list);
    append_shown(range, without, other);
    for (guint i = 0; i < other->len; i++) {
        const CoalescedMemoryRange *c =
            &g_array_index(other, CoalescedMemoryRange, i);

        remove_one(list, c->offset, c->size);
    }
    g_array_append_vals(out, list->data, list->len);
}

void coalesced_list(const FlatRange *range, CoalescedWhich which, GArray *out)
{
    switch (which) {
    case COALESCED_BEFORE:
        append_shown(range, 0, out);
        break;
    case COALESCED_AFTER:
        append_shown(range, round_end, out);
        break;
    case COALESCED_GONE:
        append_without(range, 0, round_end, out);
        break;
    case COALESCED_CAME:
        append_without(range, round_end, 0, out);
        break;
    }
}

void coalesced_round_begin(void)
{
    round_end = pending ? pending->len : 0;
}

void coalesced_round_end(void)
{
    if (round_end) {
        g_array_remove_range(pending, 0, round_end);
        coalesced_ranges -= round_end;
        round_end = 0;
    }
}

/* ---- for devices --------------------------------------------------------- */

static void list_add(MemoryRegion *mr, hwaddr offset, uint64_t size)
{
    CoalescedMemoryRange *c = g_new(CoalescedMemoryRange, 1);

    c->offset = offset;
    c->size = size;
    QTAILQ_INSERT_TAIL(&mr->coalesced, c, link);
    coalesced_ranges++;
}

static void list_del(MemoryRegion *mr, CoalescedMemoryRange *c)
{
    QTAILQ_REMOVE(&mr->coalesced, c, link);
    g_free(c);
    coalesced_ranges--;
}

static void undo(const Pending *p)
{
    CoalescedMemoryRange *c;

    if (!p->add) {
        list_add(p->mr, p->offset, p->size);
    } else {
        QTAILQ_FOREACH_REVERSE(c, &p->mr->coalesced, link) {
            if (c->offset == p->offset && c->size == p->size) {
                list_del(p->mr, c);
                break;
            }
        }
    }
    p->mr->flush_coalesced_mmio = !QTAILQ_EMPTY(&p->mr->coalesced);
}

void coalesced_rollback(void)
{
    while (pending && pending->len) {
        undo(pending_at(pending->len - 1));
        g_array_set_size(pending, pending->len - 1);
        coalesced_ranges--;
    }
    round_end = 0;
}

static void note(MemoryRegion *mr, hwaddr offset, uint64_t size, bool add)
{
    Pending p = { .mr = mr, .offset = offset, .size = size, .add = add };

    if (!pending) {
        pending = g_array_new(false, false, sizeof(Pending));
    }
    g_array_append_val(pending, p);
    coalesced_ranges++;
    if (!int128_eq(mr->size, int128_zero())) {
        memory_region_mark(mr, 0, region_last(mr), VISIBLE_COALESCED);
    }
}

void memory_region_add_coalescing(MemoryRegion *mr, hwaddr offset,
                                  uint64_t size)
{
    memory_region_transaction_begin();
    list_add(mr, offset, size);
    note(mr, offset, size, true);
    memory_region_transaction_commit();
    memory_region_set_flush_coalesced(mr);
}

void memory_region_clear_coalescing(MemoryRegion *mr)
{
    CoalescedMemoryRange *c;

    if (QTAILQ_EMPTY(&mr->coalesced)) {
        return;
    }
    qemu_flush_coalesced_mmio_buffer();
    mr->flush_coalesced_mmio = false;
    memory_region_transaction_begin();
    while ((c = QTAILQ_FIRST(&mr->coalesced))) {
        note(mr, c->offset, c->size, false);
        list_del(mr, c);
    }
    memory_region_transaction_commit();
}

void memory_region_set_coalescing(MemoryRegion *mr)
{
    memory_region_transaction_begin();
    memory_region_clear_coalescing(mr);
    memory_region_add_coalescing(mr, 0, int128_get64(mr->size));
    memory_region_transaction_commit();
}

void memory_region_set_flush_coalesced(MemoryRegion *mr)
{
    mr->flush_coalesced_mmio = true;
}

void memory_region_clear_flush_coalesced(MemoryRegion *mr)
{
    qemu_flush_coalesced_mmio_buffer();
    if (QTAILQ_EMPTY(&mr->coalesced)) {
        mr->flush_coalesced_mmio = false;
    }
}

void memory_region_drop_coalesced(MemoryRegion *mr)
{
    CoalescedMemoryRange *c;

    for (guint i = pending ? pending->len : 0; i-- > 0;) {
        if (pending_at(i)->mr == mr) {
            g_array_remove_index(pending, i);
            round_end -= i < round_end;
            coalesced_ranges--;
        }
    }
    while ((c = QTAILQ_FIRST(&mr->coalesced))) {
        list_del(mr, c);
    }
}
