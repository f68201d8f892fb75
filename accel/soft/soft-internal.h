/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the engine share; see docs/devel/soft.rst.
 *
 *   exec.c     the loop: exceptions, interrupts, halting, running blocks
 *   block.c    finding, making and linking a CPU's blocks
 *   code.c     which pages of RAM have code, and who must hear of writes
 *   tlb.c      filling and flushing
 *   access.c   loads and stores that the fast path leaves over; MMIO
 *   probe.c    looking at guest memory for a target's helpers
 *   ops.c      the accelerator and its threads
 *
 * All state of a CPU belongs to its thread. What others may do to it: clear
 * the write tags of its TLB (under SoftTLB.lock), and append to its list of
 * written code pages (under AccelCPUState.written_lock).
 */
#ifndef ACCEL_SOFT_INTERNAL_H
#define ACCEL_SOFT_INTERNAL_H

#include "accel/soft.h"
#include "exec/cpu-common.h"
#include "exec/target_page.h"
#include "hw/core/cpu.h"
#include "memory/listener.h"
#include "qemu/rcu.h"
#include "qemu/thread.h"
#include "qemu/units.h"

/* ---- the TLB ------------------------------------------------------------- */

/* What the slow path knows of an entry. */
typedef struct SoftTLBFull {
    MemoryRegion *mr;       /* NULL: several on the page, look each time */
    hwaddr xlat;            /* of the page in mr */
    hwaddr phys;
    ram_addr_t ram;         /* RAM_ADDR_INVALID if there is no RAM */
    MemTxAttrs attrs;
    uint8_t prot;
    uint8_t lg_page_size;
    bool readonly;          /* RAM: stores are dropped */
} SoftTLBFull;

typedef struct SoftTLB {
    SoftTLBEntry *entries;  /* SOFT_TLB_SIZE of them, or NULL */
    SoftTLBFull *full;
    /*
     * The entries that are in use; more than SOFT_TLB_USED of them are not
     * listed, and a flush clears all.
     */
    unsigned nr_used;
    uint16_t *used;
    /*
     * Guest pages larger than ours have been entered from within this. A mask
     * of 0 is all addresses.
     */
    bool has_large;
    vaddr large_addr;
    vaddr large_mask;
} SoftTLB;

#define SOFT_TLB_USED (SOFT_TLB_SIZE / 4)

/* ---- blocks -------------------------------------------------------------- */

typedef struct SoftPage SoftPage;
typedef struct SoftBlock SoftBlock;

/*
 * A block, in the CPU's arena. It is found by the host address of its code
 * and the mode's flags (key), or, if its code cannot be read directly or lies
 * on two pages, by the instruction itself (then it has only one, and is never
 * linked to others).
 */
struct SoftBlock {
    uintptr_t key;
    uintptr_t host;         /* where its code is */
    uint32_t next;          /* in the hash chain: offset in the arena, 0 none */
    uint32_t page_next;
    uint32_t bits;          /* the instruction, if it is found by that */
    uint16_t count;
    uint16_t offset;        /* of its first byte in the page */
    uint16_t end;
    uint8_t nr_links;       /* at least one place */
    bool fallthrough;
    bool by_bits;
    bool dropped;
    /* count, the end of a fall-through, the links, then offsets[count] */
    SoftInsn insns[] QEMU_ALIGNED(16);
};

/* A page of code, in the arena: the blocks that start on it. */
struct SoftPage {
    ram_addr_t ram;
    uint32_t next;
    uint32_t blocks;
    uint64_t granules;      /* which 64ths of it were decoded */
    uint64_t claim;         /* not 0: it is young, and listed as such */
};

#define SOFT_GRANULE_BITS  (TARGET_PAGE_BITS - 6)
#define SOFT_ARENA_SIZE    (8 * MiB)
/* A full arena has some 40,000 blocks: chains stay short. */
#define SOFT_HASH_BITS     16
#define SOFT_HASH_SIZE     (1 << SOFT_HASH_BITS)
#define SOFT_PAGE_HASH     1024

typedef struct SoftArena {
    uint8_t *base;
    size_t used;
    /* Offsets of all blocks, ascending: to find the one of an instruction. */
    uint32_t *order;
    unsigned nr, max;
    uint32_t hash[SOFT_HASH_SIZE];
    uint32_t pages[SOFT_PAGE_HASH];
} SoftArena;

/* What "info jit" shows; written by the CPU's thread. */
typedef struct SoftStats {
    uint64_t blocks_made;
    uint64_t insns_made;
    uint64_t code_bytes;
    uint64_t flushes;
    uint64_t pages_dropped;
    uint64_t tlb_full_flushes;
    uint64_t tlb_part_flushes;
    uint64_t tlb_elided_flushes;
    uint64_t tlb_fills;
} SoftStats;

struct AccelCPUState {
    struct rcu_head rcu;
    CPUState *cpu;
    const SoftCPUOps *ops;
    SoftTLB tlb[NB_MMU_MODES];
    QemuSpin tlb_lock;
    uint8_t mmu_data;
    uint8_t mmu_fetch;
    uint32_t flags;
    SoftArena arena;
    SoftJump *jumps;
    unsigned generation;        /* counts flushes of the arena */
    unsigned max_insns;         /* of a block */
    /* Do not link, but come back after each instruction. */
    bool one_insn;
    bool has_breakpoints;
    /* Blocks were dropped since the running one was found. */
    bool stale;
    /* Pages of code that others have written to; flag first. */
    int written_pending;
    QemuMutex written_lock;
    GArray *written;            /* of ram_addr_t */
    /*
     * Pages that were decoded while others may have been in the middle of
     * stores that nobody will notice (code.c); of ram_addr_t.
     */
    GArray *young;
    /* The claims that this CPU knew of when it last was between blocks. */
    uint64_t claims_seen;
    int flush_pending;
    bool io_locked;
    Notifier force_rcu;
    MemoryListener listener;
    SoftStats stats;
};

static inline SoftHot *cpu_hot(CPUState *cpu)
{
    return &cpu->neg.soft;
}

static inline CPUState *soft_cpu(CPUArchState *env)
{
    return (CPUState *)env - 1;
}

static inline AccelCPUState *soft_accel(CPUArchState *env)
{
    return soft_cpu(env)->accel;
}

/* ---- block.c ------------------------------------------------------------- */

void soft_blocks_init(AccelCPUState *s);
void soft_blocks_destroy(AccelCPUState *s);
/* All blocks go. Not while one runs that will go on. */
void soft_blocks_flush(AccelCPUState *s);
/*
 * The code at @pc in the mode that is set: the target's pc is @pc already, and
 * an exception of the fetch is raised.
 */
const SoftInsn *soft_find(CPUState *cpu, vaddr pc);
/* The block that has @insn. */
SoftBlock *soft_block_of(AccelCPUState *s, const SoftInsn *insn);
/* Drops what was decoded from the page of RAM at @ram. */
void soft_drop_page(AccelCPUState *s, ram_addr_t ram);
/* Drops young pages; those of claims up to @known are no longer young then. */
void soft_drop_young(AccelCPUState *s, uint64_t known);
/* The offset of @insn, which may also be the block's end, from the page. */
unsigned soft_offset_of(SoftBlock *block, const SoftInsn *insn);
/* The instruction's bits, as far as the block remembers. */
uint32_t soft_bits_of(SoftBlock *block, const SoftInsn *insn);

/* ---- code.c -------------------------------------------------------------- */

void soft_code_init(void);
/*
 * @granules of the page at @ram are code for @cpu. If others may be about to
 * store there unnoticed: the claim that they do not know of, else 0.
 */
uint64_t soft_code_add(CPUState *cpu, ram_addr_t ram, uint64_t granules);
/*
 * [@ram, +@len), on one page, is written by @cpu (or by a device: NULL). The
 * blocks made from it go: of @cpu at once, of others when they look.
 */
void soft_code_write(CPUState *cpu, ram_addr_t ram, unsigned len);
/* Does what others have asked for with soft_code_write(). */
void soft_code_catch_up(CPUState *cpu);
/* fence.i: the same, and what others may have written unnoticed. */
void soft_code_fence(CPUState *cpu);
/* @cpu is between blocks: its stores so far are made. */
void soft_code_quiescent(AccelCPUState *s);

/* ---- tlb.c --------------------------------------------------------------- */

void soft_tlb_init(AccelCPUState *s);
void soft_tlb_destroy(AccelCPUState *s);
/* The table of @mmu_idx, which is made if it is not there. */
SoftTLB *soft_tlb(AccelCPUState *s, int mmu_idx);
/*
 * Makes sure that @addr is entered for @access, or raises; with @probe returns
 * false instead. The entry may have flags.
 */
bool soft_tlb_fill(CPUState *cpu, vaddr addr, unsigned size,
                   MMUAccessType access, int mmu_idx, bool probe,
                   uintptr_t ra);
/* The entry's number. */
static inline unsigned soft_tlb_index(vaddr addr)
{
    return (addr >> TARGET_PAGE_BITS) & (SOFT_TLB_SIZE - 1);
}

/* Stores to the entry need not be noticed any more. */
void soft_tlb_set_dirty(AccelCPUState *s, SoftTLB *tlb, vaddr addr);

/* ---- access.c ------------------------------------------------------------ */

/*
 * The access of @size bytes (1 to 8) at @addr through mmu index @mmu_idx; @ra
 * as in cpu_loop_exit_restore(). Little-endian values.
 */
uint64_t soft_load_mmu(CPUState *cpu, vaddr addr, unsigned size, int mmu_idx,
                       MMUAccessType access, uintptr_t ra);
void soft_store_mmu(CPUState *cpu, vaddr addr, unsigned size, uint64_t val,
                    int mmu_idx, uintptr_t ra);
/*
 * Host memory that may be accessed atomically for reading and writing, or NULL
 * if it is none.
 */
void *soft_atomic_mmu(CPUState *cpu, vaddr addr, unsigned size, int mmu_idx,
                      uintptr_t ra);
/* What a store to the RAM of an entry marked NOTDIRTY must do. */
void soft_notdirty(CPUState *cpu, SoftTLB *tlb, vaddr addr, unsigned size,
                   ram_addr_t ram);

/* ---- debug.c ------------------------------------------------------------- */

/* AccelOpsClass.update_guest_debug: breakpoints and so on were changed. */
int soft_update_guest_debug(CPUState *cpu);
/*
 * Whether the instruction at @pc must run alone, since its page has a
 * breakpoint. If that is at @pc, leaves the loop with EXCP_DEBUG.
 */
bool soft_check_breakpoint(CPUState *cpu, vaddr pc);
/* For -d in_asm; and exec and cpu. */
void soft_log_block(CPUState *cpu, vaddr pc, const void *code, unsigned size);
void soft_log_exec(CPUState *cpu);
/* The gdb stub's hooks of AccelOpsClass. */
bool soft_supports_guest_debug(void);
int soft_insert_breakpoint(CPUState *cpu, int type, vaddr addr, vaddr len);
int soft_remove_breakpoint(CPUState *cpu, int type, vaddr addr, vaddr len);
void soft_remove_all_breakpoints(CPUState *cpu);
/* Whether a watchpoint overlaps: the flags of those. */
int cpu_watchpoint_address_matches(CPUState *cpu, vaddr addr, vaddr len);
/* An access to a page with watchpoints: EXCP_DEBUG if it hits one. */
void cpu_check_watchpoint(CPUState *cpu, vaddr addr, vaddr len,
                          MemTxAttrs attrs, int flags, uintptr_t ra);

/* ---- exec.c -------------------------------------------------------------- */

int soft_cpu_exec(CPUState *cpu);

/* ---- ops.c --------------------------------------------------------------- */

/* The accelerator's property: no block has more than one instruction. */
extern bool soft_one_insn_per_tb;
/* A table in which nothing is found. */
extern SoftTLBEntry *soft_empty_tlb;

#endif
