/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page table walk, for mmu.c, the monitor and tests. PMP is asked about
 * the tables, not about the address that comes out.
 */
#ifndef RISCV_MMU_H
#define RISCV_MMU_H

#include "cpu.h"

typedef struct RISCVWalk {
    /* Asked for. */
    vaddr addr;
    MMUAccessType access;
    int mmu_idx;
    /* For a debugger: no checks of permission, A and D stay as they are. */
    bool debug;
    /* The answer: address, PAGE_* bits, bytes of the page that has it. */
    hwaddr phys;
    int prot;
    hwaddr size;
} RISCVWalk;

/* TRANSLATE_SUCCESS, _FAIL (page fault), _PMP_FAIL, _PMA_FAIL. */
int riscv_mmu_walk(CPURISCVState *env, RISCVWalk *walk);

#endif
