/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory slots of one address space of a KVM guest: disjoint ranges by
 * guest address, each with a number that the kernel knows it by. A pure data
 * structure; kernel and locks are the caller's. Lookups are O(log n), and so on
 * average are changes, for the at most 2^16 slots that there can be.
 */
#ifndef ACCEL_KVM_SLOTS_H
#define ACCEL_KVM_SLOTS_H

#include "exec/hwaddr.h"
#include "exec/cpu-common.h"

typedef struct KVMSlot {
    hwaddr start;
    uint64_t size;       /* not 0; start + size does not wrap */
    uint8_t *ram;        /* where the host has it */
    ram_addr_t ram_addr; /* where the dirty bitmaps have it */
    MemoryRegion *mr;
    uint32_t flags;      /* KVM_MEM_* */
    int guest_memfd;     /* with KVM_MEM_GUEST_MEMFD */
    uint64_t guest_memfd_offset;

    int id;          /* -1: not in a map */
    unsigned epoch;  /* of the change that last asked for it */
    bool stuck;      /* it was to go, but the kernel kept it */
    bool blind;      /* it is to have a dirty log, but the kernel has none */
    /* Pages that the kernel has told are dirty and not been told to clear. */
    unsigned long *dirty;
} KVMSlot;

typedef struct KVMSlots KVMSlots;

/* At most @max slots, with numbers below that. */
KVMSlots *kvm_slots_new(unsigned max);
/* The slots that are still in it are freed, too. */
void kvm_slots_free(KVMSlots *slots);
/* Frees a slot that is in no map; NULL: nothing. */
void kvm_slot_free(KVMSlot *slot);

unsigned kvm_slots_used(const KVMSlots *slots);
unsigned kvm_slots_max(const KVMSlots *slots);

/* Enters @slot, with a number; false if there is none. No overlaps. */
bool kvm_slots_insert(KVMSlots *slots, KVMSlot *slot);
/* Takes it out; its number is free. */
void kvm_slots_remove(KVMSlots *slots, KVMSlot *slot);

/* The slot with number @id, or NULL. */
KVMSlot *kvm_slots_by_id(const KVMSlots *slots, int id);

/*
 * The slots that overlap [@start, @last], in order: the first, and the next
 * while the map does not change; NULL at the end.
 */
typedef struct KVMSlotIter {
    const KVMSlots *slots;
    unsigned leaf, index; /* of the next */
    hwaddr last;
} KVMSlotIter;
KVMSlot *kvm_slots_first(const KVMSlots *slots, KVMSlotIter *it, hwaddr start,
                         hwaddr last);
KVMSlot *kvm_slots_next(KVMSlotIter *it);

/* The last byte's address. */
static inline hwaddr kvm_slot_last(const KVMSlot *slot)
{
    return slot->start + (slot->size - 1);
}

#endif
