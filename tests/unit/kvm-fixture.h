/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KVM for tests: a kernel that is a table in this process, with the kernel's
 * rules for memory slots and its errors; or the real one, of which the table is
 * then a copy that must agree. Calls can be made to fail. The architecture's
 * part does nothing.
 */
#ifndef TESTS_UNIT_KVM_FIXTURE_H
#define TESTS_UNIT_KVM_FIXTURE_H

#include "exec/hwaddr.h"
#include "hw/boards.h"
#include "system/kvm_int.h"

#define FAKE_SPACES 2
#define FAKE_SLOTS  2048
/* Entries that a ring keeps for what comes before an exit. */
#define FAKE_RESERVED 16

typedef struct FakeSlot {
    hwaddr start;
    uint64_t size; /* 0: there is none */
    uint64_t ram;
    uint32_t flags;
    int memfd;
    uint64_t memfd_offset;
    unsigned long *dirty; /* with KVM_MEM_LOG_DIRTY_PAGES */
    bool fresh;           /* made since the last fake_find_absent() */
} FakeSlot;

typedef struct FakeAbsent {
    unsigned as_id;
    FakeSlot slot;
} FakeAbsent;

typedef struct FakeKVM {
    unsigned limit;    /* of slots; 0: FAKE_SLOTS */
    bool ring;         /* it has dirty rings */
    bool no_manual;    /* it has no manual protection of logs */
    bool no_initial;   /* its logs begin with no page, as older ones do */
    bool memfd;        /* it has guest_memfd and attributes */
    int (*stats_file)(void); /* it has statistics: makes a file of them */
    void (*before)(unsigned long type); /* hears of each ioctl; any thread */
    /* A slot goes that logs while CPUs may run: sets bits of what they write.*/
    void (*on_gap)(FakeSlot *slot);
    /*
     * With rings there can be one CPU: what its guest does next. True: that is
     * an exit, of which *@run tells. Exits of a full ring are the fixture's.
     */
    bool (*step)(struct kvm_run *run);
    unsigned full_exits;
    FakeSlot slot[FAKE_SPACES][FAKE_SLOTS];
    unsigned top[FAKE_SPACES]; /* above all that were ever used */
    unsigned calls;    /* of any ioctl since fake_fail() */
    unsigned set_calls; /* KVM_SET_USER_MEMORY_REGION, likewise */
    GHashTable *private; /* pages with that attribute, by number */
    unsigned commits;  /* of routes */
    struct kvm_irq_routing *routes; /* as last committed */
    /* Slots that were deleted while CPUs could run, since fake_watch(). */
    GArray *absent;    /* of FakeAbsent */
} FakeKVM;

extern FakeKVM fake;

/* g_test_init(), main loop, BQL, types, memory map; once. */
void fake_setup(int *argc, char ***argv);
/*
 * Starts the accelerator, with @real on the host's /dev/kvm; or a negative
 * errno. @props are a property and its value, and so on, ending with NULL.
 */
int fake_start(bool real, const char *const *props);
/* Ends it; all slots must be gone. */
void fake_stop(void);
/* Whether the host has a /dev/kvm that works; else why not (static). */
const char *fake_no_kvm(void);

/*
 * From now on the @n-th call (from 1 on) that is of @type (0: any) fails with
 * @err, and the @times - 1 after it; @n 0: none.
 */
void fake_fail(unsigned n, int err, unsigned long type, unsigned times);
/* Whether it has failed. */
bool fake_failed(void);

/*
 * Begins to watch for memory that is absent though it is mapped again later.
 * What was made in the same change does not count: a listener that refuses
 * makes others take back what they have prepared, before the change is done.
 */
void fake_watch(void);
/* NULL, or what was; the caller frees it. Watches on. */
char *fake_find_absent(void);

/* The slot at @addr; NULL. */
FakeSlot *fake_slot_at(unsigned as_id, hwaddr addr);
unsigned fake_used(unsigned as_id);
/* The guest writes: marks pages, as the kernel would. False: it is MMIO. */
bool fake_guest_write(unsigned as_id, hwaddr addr);

#endif
