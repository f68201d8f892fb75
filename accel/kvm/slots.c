/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The map of memory slots: leaves of sorted addresses and a sorted array of the
 * leaves, so that looking one up touches few cache lines; an array by number,
 * and a stack of the numbers that were used and are free again.
 *
 * A full leaf is cut in two, one that empties goes, and two that are next to
 * each other are joined when they fit into half of one: the leaves are at most
 * about 4/LEAF_MAX as many as the slots, of which there are fewer than 2^16.
 */
#include "qemu/osdep.h"
#include "slots.h"

#define LEAF_MAX 64

typedef struct Leaf {
    unsigned nr; /* not 0 */
    hwaddr start[LEAF_MAX];
    KVMSlot *slot[LEAF_MAX];
} Leaf;

struct KVMSlots {
    hwaddr *first; /* start[0] of each leaf */
    Leaf **leaf;
    unsigned nr_leaves, size; /* of both arrays */
    GPtrArray *by_id;         /* NULL where a number is free */
    GArray *free_ids;
    unsigned max;
};

/* ---- leaves -------------------------------------------------------------- */

/* How many of the @nr sorted addresses are at most @addr. */
static unsigned rank(const hwaddr *at, unsigned nr, hwaddr addr)
{
    const hwaddr *begin = at;

    while (nr) {
        unsigned half = nr / 2;
        bool above = at[half] <= addr;

        at += above ? half + 1 : 0;
        nr = above ? nr - half - 1 : half;
    }
    return at - begin;
}

/* The leaf in which @addr is, or would be; there must be one. */
static unsigned find_leaf(const KVMSlots *slots, hwaddr addr)
{
    return rank(slots->first + 1, slots->nr_leaves - 1, addr);
}

static void add_leaf(KVMSlots *slots, unsigned at, Leaf *leaf)
{
    unsigned after = slots->nr_leaves++ - at;

    if (slots->nr_leaves > slots->size) {
        slots->size = MAX(8, slots->size * 2);
        slots->first = g_renew(hwaddr, slots->first, slots->size);
        slots->leaf = g_renew(Leaf *, slots->leaf, slots->size);
    }
    memmove(&slots->first[at + 1], &slots->first[at], after * sizeof(hwaddr));
    memmove(&slots->leaf[at + 1], &slots->leaf[at], after * sizeof(Leaf *));
    slots->leaf[at] = leaf;
    slots->first[at] = leaf->nr ? leaf->start[0] : 0;
}

static void drop_leaf(KVMSlots *slots, unsigned at)
{
    unsigned after = --slots->nr_leaves - at;

    g_free(slots->leaf[at]);
    memmove(&slots->first[at], &slots->first[at + 1], after * sizeof(hwaddr));
    memmove(&slots->leaf[at], &slots->leaf[at + 1], after * sizeof(Leaf *));
}

static void move_entries(Leaf *to, unsigned at, const Leaf *from, unsigned i,
                         unsigned nr)
{
    memmove(&to->start[at], &from->start[i], nr * sizeof(hwaddr));
    memmove(&to->slot[at], &from->slot[i], nr * sizeof(KVMSlot *));
}

static void split_leaf(KVMSlots *slots, unsigned at)
{
    Leaf *low = slots->leaf[at], *high = g_new(Leaf, 1);

    high->nr = LEAF_MAX / 2;
    low->nr -= high->nr;
    move_entries(high, 0, low, low->nr, high->nr);
    add_leaf(slots, at + 1, high);
}

/* With the next one, if both together are few. */
static void join_leaves(KVMSlots *slots, unsigned at)
{
    Leaf *low, *high;

    if (at + 1 >= slots->nr_leaves) {
        return;
    }
    low = slots->leaf[at];
    high = slots->leaf[at + 1];
    if (low->nr + high->nr <= LEAF_MAX / 2) {
        move_entries(low, low->nr, high, 0, high->nr);
        low->nr += high->nr;
        drop_leaf(slots, at + 1);
    }
}

static void insert(KVMSlots *slots, KVMSlot *slot)
{
    unsigned at, i;
    Leaf *leaf;

    if (!slots->nr_leaves) {
        add_leaf(slots, 0, g_new0(Leaf, 1));
    }
    at = find_leaf(slots, slot->start);
    if (slots->leaf[at]->nr == LEAF_MAX) {
        split_leaf(slots, at);
        at = find_leaf(slots, slot->start);
    }
    leaf = slots->leaf[at];
    i = rank(leaf->start, leaf->nr, slot->start);
    move_entries(leaf, i + 1, leaf, i, leaf->nr - i);
    leaf->start[i] = slot->start;
    leaf->slot[i] = slot;
    leaf->nr++;
    slots->first[at] = leaf->start[0];
}

static void take_out(KVMSlots *slots, KVMSlot *slot)
{
    unsigned at = find_leaf(slots, slot->start);
    Leaf *leaf = slots->leaf[at];
    unsigned i = rank(leaf->start, leaf->nr, slot->start) - 1;

    assert(i < leaf->nr && leaf->slot[i] == slot);
    leaf->nr--;
    move_entries(leaf, i, leaf, i + 1, leaf->nr - i);
    if (!leaf->nr) {
        drop_leaf(slots, at);
        return;
    }
    slots->first[at] = leaf->start[0];
    if (leaf->nr < LEAF_MAX / 4) {
        join_leaves(slots, at);
        join_leaves(slots, at ? at - 1 : 0);
    }
}

/* ---- the map ------------------------------------------------------------- */

KVMSlots *kvm_slots_new(unsigned max)
{
    KVMSlots *slots = g_new(KVMSlots, 1);

    *slots = (KVMSlots){
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
    for (unsigned i = 0; i < slots->nr_leaves; i++) {
        g_free(slots->leaf[i]);
    }
    g_free(slots->leaf);
    g_free(slots->first);
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
    insert(slots, slot);
    return true;
}

void kvm_slots_remove(KVMSlots *slots, KVMSlot *slot)
{
    assert(kvm_slots_by_id(slots, slot->id) == slot);
    take_out(slots, slot);
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
    const Leaf *leaf;

    *it = (KVMSlotIter){ .slots = slots, .last = last };
    if (slots->nr_leaves) {
        it->leaf = find_leaf(slots, start);
        leaf = slots->leaf[it->leaf];
        it->index = rank(leaf->start, leaf->nr, start);
        /* Only the one that begins at or below @start can reach into it. */
        if (it->index && kvm_slot_last(leaf->slot[it->index - 1]) >= start) {
            it->index--;
        }
    }
    return kvm_slots_next(it);
}

KVMSlot *kvm_slots_next(KVMSlotIter *it)
{
    const KVMSlots *slots = it->slots;
    const Leaf *leaf;

    if (it->leaf < slots->nr_leaves && it->index == slots->leaf[it->leaf]->nr) {
        it->leaf++;
        it->index = 0;
    }
    if (it->leaf == slots->nr_leaves) {
        return NULL;
    }
    leaf = slots->leaf[it->leaf];
    if (leaf->start[it->index] > it->last) {
        return NULL;
    }
    return leaf->slot[it->index++];
}
