/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The map of memory slots against an array. */
#include "qemu/osdep.h"
#include "accel/kvm/slots.h"

#define PAGES 3000
#define LIMIT 350

static KVMSlot *make(unsigned first, unsigned nr)
{
    KVMSlot *slot = g_new0(KVMSlot, 1);

    slot->start = (hwaddr)first << 12;
    slot->size = (uint64_t)nr << 12;
    slot->id = -1;
    return slot;
}

/* Which slot the model has at each page, and by number. */
static KVMSlot *at[PAGES], *by_id[LIMIT];

static void check_range(KVMSlots *slots, unsigned first, unsigned last)
{
    KVMSlotIter it;
    KVMSlot *slot = kvm_slots_first(slots, &it, (hwaddr)first << 12,
                                    ((hwaddr)last << 12) + 0xfff);
    KVMSlot *seen = NULL;

    for (unsigned i = first; i <= last; i++) {
        if (at[i] && at[i] != seen) {
            g_assert_true(slot == at[i]);
            seen = slot;
            slot = kvm_slots_next(&it);
        }
    }
    g_assert_null(slot);
}

static void insert(KVMSlots *slots, unsigned *used)
{
    unsigned first = g_test_rand_int_range(0, PAGES);
    unsigned nr = g_test_rand_int_range(1, 12), i;
    KVMSlot *slot;

    for (i = 0; i < nr && first + i < PAGES && !at[first + i]; i++) {
        /* as far as it is free */
    }
    if (!i) {
        return;
    }
    slot = make(first, i);
    if (!kvm_slots_insert(slots, slot)) {
        g_assert_cmpuint(*used, ==, LIMIT);
        kvm_slot_free(slot);
        return;
    }
    g_assert_cmpint(slot->id, >=, 0);
    g_assert_cmpint(slot->id, <, LIMIT);
    g_assert_null(by_id[slot->id]);
    by_id[slot->id] = slot;
    while (i--) {
        at[first + i] = slot;
    }
    ++*used;
}

static void remove_one(KVMSlots *slots, unsigned *used)
{
    KVMSlot *slot = at[g_test_rand_int_range(0, PAGES)];

    if (slot) {
        by_id[slot->id] = NULL;
        for (unsigned i = 0; i < PAGES; i++) {
            at[i] = at[i] == slot ? NULL : at[i];
        }
        kvm_slots_remove(slots, slot);
        g_assert_cmpint(slot->id, ==, -1);
        kvm_slot_free(slot);
        --*used;
    }
}

static void test_random(void)
{
    KVMSlots *slots = kvm_slots_new(LIMIT);
    unsigned used = 0;

    memset(at, 0, sizeof(at));
    memset(by_id, 0, sizeof(by_id));
    g_assert_cmpuint(kvm_slots_max(slots), ==, LIMIT);
    for (unsigned i = 0; i < 20000; i++) {
        unsigned first = g_test_rand_int_range(0, PAGES);

        /* By turns more come and more go. */
        if (g_test_rand_int_range(0, 5) < (i / 2500 % 2 ? 1 : 4)) {
            insert(slots, &used);
        } else {
            remove_one(slots, &used);
        }
        g_assert_cmpuint(kvm_slots_used(slots), ==, used);
        check_range(slots, first, g_test_rand_int_range(first, PAGES));
    }
    for (int i = -2; i < LIMIT + 2; i++) {
        g_assert_true(kvm_slots_by_id(slots, i) ==
                      (i >= 0 && i < LIMIT ? by_id[i] : NULL));
    }
    kvm_slots_free(slots);
}

/* At both ends of the address space. */
static void test_ends(void)
{
    KVMSlots *slots = kvm_slots_new(4);
    KVMSlot *low = make(0, 1), *high = make(0, 1);
    KVMSlotIter it;

    high->start = -(hwaddr)0x1000;
    g_assert_true(kvm_slots_insert(slots, low));
    g_assert_true(kvm_slots_insert(slots, high));
    g_assert_true(kvm_slots_first(slots, &it, UINT64_MAX, UINT64_MAX) == high);
    g_assert_null(kvm_slots_next(&it));
    g_assert_null(kvm_slots_first(slots, &it, 0x1000, high->start - 1));
    g_assert_true(kvm_slots_first(slots, &it, 0, UINT64_MAX) == low);
    g_assert_true(kvm_slots_next(&it) == high);
    g_assert_null(kvm_slots_next(&it));
    kvm_slots_free(slots);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/kvm/slots/random", test_random);
    g_test_add_func("/kvm/slots/ends", test_ends);
    return g_test_run();
}
