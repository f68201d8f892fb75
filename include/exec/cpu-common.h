/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUs as target-independent code sees them, beyond hw/core/cpu.h: the list of
 * all CPUs, a CPU's address spaces, how code that runs on a CPU's thread
 * leaves it, and the way between CPUState and the target's state.
 * RAM blocks and cpu_physical_memory_*() come along (exec/guest-ram.h).
 */
#ifndef CPU_COMMON_H
#define CPU_COMMON_H

#include "exec/guest-ram.h"
#include "exec/vaddr.h"
#include "exec/hwaddr.h"
#include "exec/page-protection.h"
#include "hw/core/cpu.h"

/* What cpu_exec() returns, and values of exception_index, beyond a target's */
#define EXCP_INTERRUPT 0x10000 /* somebody asked for the CPU */
#define EXCP_HLT       0x10001 /* it executed an instruction that halts */
#define EXCP_DEBUG     0x10002 /* breakpoint, watchpoint or single step */
#define EXCP_HALTED    0x10003 /* it is halted */
#define EXCP_YIELD     0x10004 /* it lets others go first */
#define EXCP_ATOMIC    0x10005 /* one instruction is to run exclusively */

/* ---- the list of CPUs (hw/core/cpu-list.c) ------------------------------- */

/* Protects the list's writers, and exclusive sections. */
extern QemuMutex qemu_cpu_list_lock;
void qemu_init_cpu_list(void);
void cpu_list_lock(void);
void cpu_list_unlock(void);
/* A number that changes when a CPU comes or goes. With the list's lock. */
unsigned int cpu_list_generation_id_get(void);
/* The cpu_index that the next CPU without one gets. */
int cpu_get_free_index(void);

/* Translations through IOMMUs that this CPU's TLB keeps: none of ours do. */
void tcg_iommu_init_notifier_list(CPUState *cpu);
void tcg_iommu_free_notifier_list(CPUState *cpu);

/* ---- address spaces and memory (hw/core/cpu-memory.c) -------------------- */

/*
 * Gives @cpu its address space number @asidx, with root @mr; its name is
 * "@prefix-INDEX". cpu->num_ases says how many there will be, and is set
 * before the first call. Number 0 is cpu->as. With the BQL.
 */
void cpu_address_space_init(CPUState *cpu, int asidx, const char *prefix,
                            MemoryRegion *mr);
/* Takes all of them away, when the CPU is unrealized. With the BQL. */
void cpu_destroy_address_spaces(CPUState *cpu);

/*
 * Reads or writes @len bytes at the virtual address @addr as a debugger: no
 * permissions are checked, ROM can be written. 0, or -1 if a page is not
 * mapped or its memory does not answer. With the BQL, the CPU stopped.
 */
int cpu_memory_rw_debug(CPUState *cpu, vaddr addr, void *ptr, size_t len,
                        bool is_write);

/* Prints what -cpu help prints. */
void list_cpus(void);

/* ---- on the CPU's own thread (accel/) ------------------------------------ */

/* Whether somebody asked for the CPU, so that a long instruction should end */
static inline bool cpu_loop_exit_requested(CPUState *cpu)
{
    return (int32_t)qatomic_read(&cpu->neg.icount_decr.u32) < 0;
}

/*
 * Leaves the instruction that is running, to the loop of the engine: as it is;
 * to take cpu->exception_index; the same after the pc has been made exact
 * (@pc non-zero: it is that of the running instruction, not yet stored).
 */
G_NORETURN void cpu_loop_exit_noexc(CPUState *cpu);
G_NORETURN void cpu_loop_exit(CPUState *cpu);
G_NORETURN void cpu_loop_exit_restore(CPUState *cpu, uintptr_t pc);
/* Leaves, to run the instruction again while no other CPU runs. */
G_NORETURN void cpu_loop_exit_atomic(CPUState *cpu, uintptr_t pc);
/* Makes the pc exact; false if there was nothing to do. */
bool cpu_restore_state(CPUState *cpu, uintptr_t host_pc);

/* Runs guest code until something is up: one of EXCP_* above. */
int cpu_exec(CPUState *cpu);
/* Runs one instruction while no other CPU runs. */
void cpu_exec_step_atomic(CPUState *cpu);

/* ---- CPUState and the target's state ------------------------------------- */

/* In every ArchCPU the target's state follows the CPUState at once. */
static inline const CPUState *env_cpu_const(const CPUArchState *env)
{
    return (const void *)((const char *)env - sizeof(CPUState));
}

static inline CPUState *env_cpu(CPUArchState *env)
{
    return (CPUState *)env_cpu_const(env);
}

static inline ArchCPU *env_archcpu(CPUArchState *env)
{
    return (void *)env_cpu(env);
}

/* The mmu index of the CPU's accesses to data or code as it is now. */
static inline int cpu_mmu_index(CPUState *cs, bool ifetch)
{
    return cs->cc->mmu_index(cs, ifetch);
}

#endif
