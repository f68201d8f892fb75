/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The map of memory slots: a balanced tree by address, an array by number, and
 * a stack of the numbers that were used and are free again.
 */
#include "qemu/osdep.h"
#include "slots.h"

struct KVMSlots {
    GTree *by_start;
    GPtrArray *by_id; /* NULL where a number is free */
    GArray *free_ids;
    unsigned max;
};

static gint compare_starts(gconstpointer a, gconstpointer b, gpointer opaque)
{
    hwaddr x = *(const hwaddr *)a, y = *(const hwaddr *)b;

    return (x > y) - (x < y);
}

KVMSlots *kvm_slots_new(unsigned max)
{
    KVMSlots *slots = g_new(KVMSlots, 1);

    *slots = (KVMSlots){
        .by_start = g_tree_new_full(compare_starts, NULL, NULL, NULL),
        .by_id = g_ptr_array_new(),
        .free_ids = g_array_new(false, false, sizeof(int)),
        .max = max,
    };
    return slots;
}

void kvm_slot_free(KVMSlot *slot)
{
    if (slot) {
        g_free(slot->dirty);
        g_free(slot);
    }
}

void kvm_slots_free(KVMSlots *slots)
{
    for (guint i = 0; i < slots->by_id->len; i++) {
        kvm_slot_free(g_ptr_array_index(slots->by_id, i));
    }
    g_tree_destroy(slots->by_start);
    g_ptr_array_free(slots->by_id, true);
    g_array_free(slots->free_ids, true);
    g_free(slots);
}

unsigned kvm_slots_used(const KVMSlots *slots)
{
    return slots->by_id->len - slots->free_ids->len;
}

unsigned kvm_slots_max(const KVMSlots *slots)
{
    return slots->max;
}

bool kvm_slots_insert(KVMSlots *slots, KVMSlot *slot)
{
    guint n = slots->free_ids->len;

    assert(slot->size && slot->id < 0);
    if (n) {
        slot->id = g_array_index(slots->free_ids, int, n - 1);
        g_array_set_size(slots->free_ids, n - 1);
    } else if (slots->by_id->len < slots->max) {
        slot->id = slots->by_id->len;
        g_ptr_array_add(slots->by_id, NULL);
    } else {
        return false;
    }
    slots->by_id->pdata[slot->id] = slot;
    g_tree_insert(slots->by_start, &slot->start, slot);
    return true;
}

void kvm_slots_remove(KVMSlots *slots, KVMSlot *slot)
{
    bool found = g_tree_remove(slots->by_start, &slot->start);

    assert(found && kvm_slots_by_id(slots, slot->id) == slot);
    slots->by_id->pdata[slot->id] = NULL;
    g_array_append_val(slots->free_ids, slot->id);
    slot->id = -1;
}

KVMSlot *kvm_slots_by_id(const KVMSlots *slots, int id)
{
    if (id < 0 || id >= slots->by_id->len) {
        return NULL;
    }
    return g_ptr_array_index(slots->by_id, id);
}

KVMSlot *kvm_slots_first(const KVMSlots *slots, KVMSlotIter *it, hwaddr start,
                         hwaddr last)
{
    GTreeNode *above = g_tree_upper_bound(slots->by_start, &start);
    GTreeNode *below =
        above ? g_tree_node_previous(above) : g_tree_node_last(slots->by_start);

    /* Only the one that begins at or below @start can reach into the range. */
    it->last = last;
    it->next = above;
    if (below && kvm_slot_last(g_tree_node_value(below)) >= start) {
        it->next = below;
    }
    return kvm_slots_next(it);
}

KVMSlot *kvm_slots_next(KVMSlotIter *it)
{
    KVMSlot *slot = it->next ? g_tree_node_value(it->next) : NULL;

    if (!slot || slot->start > it->last) {
        return NULL;
    }
    it->next = g_tree_node_next(it->next);
    return slot;
}
