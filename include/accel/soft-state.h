/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of the CPU engine's state that instruction handlers touch: the
 * pre-decoded instruction, the entry of the software TLB, and what stands in
 * CPUState just before the target's registers (CPUState.neg.soft), so that a
 * handler reaches it from its first argument with a constant offset.
 *
 * A handler runs one guest instruction and tail-calls that of the next; see
 * accel/soft.h for the contract and docs/devel/soft.rst for the whole.
 */
#ifndef ACCEL_SOFT_STATE_H
#define ACCEL_SOFT_STATE_H

#include "exec/vaddr.h"
#include "qemu/osdep.h"
#include "qemu/typedefs.h"

typedef struct SoftInsn SoftInsn;
typedef struct SoftTLBEntry SoftTLBEntry;
typedef struct SoftJump SoftJump;
typedef struct SoftHot SoftHot;

/*
 * Runs @insn; returns where to go on (the last handler of a tail-called chain
 * does), or NULL to leave to the main loop, with the CPU's pc set.
 */
typedef const SoftInsn *SoftFn(CPUArchState *env, const SoftInsn *insn,
                               SoftTLBEntry *tlb);

/*
 * One guest instruction. Registers are numbers into the target's files. After
 * the last one of a block stand its links: next instead of fn (NULL until it
 * is known), imm the target's offset from the page's base, aux how many
 * instructions the block has.
 */
struct SoftInsn {
    union {
        SoftFn *fn;
        const SoftInsn *next;
    };
    int32_t imm;
    uint8_t rd;
    uint8_t rs1;
    union {
        struct {
            uint8_t rs2;
            uint8_t rs3;
        };
        uint16_t aux;
    };
};

QEMU_BUILD_BUG_ON(sizeof(SoftInsn) != 16);

/*
 * A page of the fast path. A tag is the page's address, by MMUAccessType; with
 * any of the low bits set it equals no address and the slow path is taken. The
 * host address of an access is addend plus the guest's.
 */
struct SoftTLBEntry {
    uint64_t tag[3];
    uintptr_t addend;
};

#define SOFT_TLB_ENTRY_BITS 5
#define SOFT_TLB_BITS       10
#define SOFT_TLB_SIZE       (1 << SOFT_TLB_BITS)

QEMU_BUILD_BUG_ON(sizeof(SoftTLBEntry) != 1 << SOFT_TLB_ENTRY_BITS);

/* Low bits of a tag: why the slow path must look. */
#define SOFT_TLB_INVALID    (1 << 11)
#define SOFT_TLB_NOTDIRTY   (1 << 10)
#define SOFT_TLB_MMIO       (1 << 9)
#define SOFT_TLB_WATCHPOINT (1 << 8)
#define SOFT_TLB_DISCARD    (1 << 7)    /* writes to ROM are dropped */
#define SOFT_TLB_FLAGS                                                   \
    (SOFT_TLB_INVALID | SOFT_TLB_NOTDIRTY | SOFT_TLB_MMIO |              \
     SOFT_TLB_WATCHPOINT | SOFT_TLB_DISCARD)

/* Where a jump to another page goes: by host address and mode. */
struct SoftJump {
    uintptr_t host;
    const SoftInsn *insn;
};

#define SOFT_JUMP_BITS 12
#define SOFT_JUMP_SIZE (1 << SOFT_JUMP_BITS)
/* Host addresses have less bits than this; the mode's flags stand above. */
#define SOFT_KEY_SHIFT 48

/* Of one CPU, written by its own thread only. */
struct SoftHot {
    /* Instructions retired in all blocks that are finished. */
    uint64_t insns;
    /* Base of the virtual page that the current block lies on. */
    uint64_t page;
    /* Tables of the mmu indexes of data accesses and of fetches. */
    SoftTLBEntry *tlb;
    SoftTLBEntry *xtlb;
    /* SoftMode.flags << SOFT_KEY_SHIFT */
    uintptr_t key;
    SoftJump *jumps;
    /*
     * The instruction whose slow path or helper is running, or NULL when the
     * target's pc is exact.
     */
    const SoftInsn *insn;
};

#endif
