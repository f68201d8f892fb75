/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tiny guest on the host's KVM, without a board: its program (kvm-guest.S) does
 * what a list in its memory says. Its CPU has what long mode needs and no more.
 * There is RAM of BIG_PAGES pages, over which pages of I/O can be switched on,
 * a page of I/O, and ports; accesses to I/O are noted.
 */
#ifndef TESTS_UNIT_KVM_GUEST_H
#define TESTS_UNIT_KVM_GUEST_H

#include "exec/memory.h"
#include "hw/core/cpu.h"
#include "kvm-fixture.h"

#define PAGE      0x1000
#define BIG       0x1000000
#define BIG_PAGES 256
#define HOLES     8
#define MMIO      0x2000000
#define PORT      0x100
#define END_PORT  0xf4 /* a write: the list is done */

/* What an entry of the list asks for: see kvm-guest.S. */
enum {
    END, STORE8, STORE16, STORE32, STORE64, LOAD32, OUT, IN, SWEEP, STORM
};

typedef struct Access {
    hwaddr addr;
    unsigned size;
    bool is_write;
    uint64_t value;
} Access;

extern MemoryRegion kg_big, kg_mmio, kg_ports, kg_hole[HOLES];
extern uint8_t *kg_big_ram;
extern CPUState *kg_cpu;
extern int kg_cpl;         /* the ring of the next list: 0 or 3 */
extern bool kg_was_parked; /* the next CPU takes a parked one */
extern GArray *kg_accesses;

/* Properties of the accelerator for kg_begin(). */
extern const char *const kg_bitmaps[], *const kg_rings[], *const kg_irqchip[];

/* Makes regions; once, after fake_setup(). */
void kg_make_world(void);
/* Starts KVM and makes the CPU; false: the test is skipped. And the reverse. */
bool kg_begin(const char *const *props);
/* The same with a kernel that is a table: fake.step is the guest. */
void kg_begin_table(const char *const *props);
void kg_finish(void);

/* Writes entry @i and an END behind it; its four words. */
void kg_put(unsigned i, uint64_t what, uint64_t addr, uint64_t value,
            uint64_t more);
uint64_t *kg_entry(unsigned i);
/* Runs the list from its beginning; waits for its END; both. */
void kg_start_list(void);
void kg_finish_list(void);
void kg_run_list(void);

/* The page of kg_big that kg_hole[@i] covers. */
unsigned kg_hole_page(unsigned i);

#endif
