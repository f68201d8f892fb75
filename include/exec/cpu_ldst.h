/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For a target's helpers: loads and stores of guest memory as an instruction
 * makes them, in guest virtual addresses, with the exceptions they raise.
 *
 * The forms _mmuidx_ra take the mmu index; the others use that of data accesses.
 * @ra is GETPC() in a helper of the running instruction, whose pc is restored
 * before an exception, or 0 where the pc is exact. On the CPU's own thread.
 */
#ifndef CPU_LDST_H
#define CPU_LDST_H

#include "exec/mmu-access-type.h"
#include "exec/vaddr.h"
#include "qemu/typedefs.h"

typedef vaddr abi_ptr;

#define DECLARE_LOAD_(name, type)                                        \
    type cpu_ld##name##_data(CPUArchState *env, abi_ptr ptr);            \
    type cpu_ld##name##_data_ra(CPUArchState *env, abi_ptr ptr,          \
                                uintptr_t ra);                           \
    type cpu_ld##name##_mmuidx_ra(CPUArchState *env, abi_ptr ptr,        \
                                  int mmu_idx, uintptr_t ra)
#define DECLARE_STORE_(name, type)                                       \
    void cpu_st##name##_data(CPUArchState *env, abi_ptr ptr, type val);  \
    void cpu_st##name##_data_ra(CPUArchState *env, abi_ptr ptr,          \
                                type val, uintptr_t ra);                 \
    void cpu_st##name##_mmuidx_ra(CPUArchState *env, abi_ptr ptr,        \
                                  type val, int mmu_idx, uintptr_t ra)

/* 8, 16, 32 and 64 bits (b, w, l, q), u and s: zero- and sign-extended. */
DECLARE_LOAD_(ub, uint32_t);
DECLARE_LOAD_(sb, int);
DECLARE_LOAD_(uw_le, uint32_t);
DECLARE_LOAD_(sw_le, int);
DECLARE_LOAD_(l_le, uint32_t);
DECLARE_LOAD_(q_le, uint64_t);
DECLARE_LOAD_(uw_be, uint32_t);
DECLARE_LOAD_(sw_be, int);
DECLARE_LOAD_(l_be, uint32_t);
DECLARE_LOAD_(q_be, uint64_t);
DECLARE_STORE_(b, uint32_t);
DECLARE_STORE_(w_le, uint32_t);
DECLARE_STORE_(l_le, uint32_t);
DECLARE_STORE_(q_le, uint64_t);
DECLARE_STORE_(w_be, uint32_t);
DECLARE_STORE_(l_be, uint32_t);
DECLARE_STORE_(q_be, uint64_t);

/* In the byte order of the guest: all our targets are little-endian. */
#define cpu_lduw_data      cpu_lduw_le_data
#define cpu_ldsw_data      cpu_ldsw_le_data
#define cpu_ldl_data       cpu_ldl_le_data
#define cpu_ldq_data       cpu_ldq_le_data
#define cpu_lduw_data_ra   cpu_lduw_le_data_ra
#define cpu_ldsw_data_ra   cpu_ldsw_le_data_ra
#define cpu_ldl_data_ra    cpu_ldl_le_data_ra
#define cpu_ldq_data_ra    cpu_ldq_le_data_ra
#define cpu_lduw_mmuidx_ra cpu_lduw_le_mmuidx_ra
#define cpu_ldsw_mmuidx_ra cpu_ldsw_le_mmuidx_ra
#define cpu_ldl_mmuidx_ra  cpu_ldl_le_mmuidx_ra
#define cpu_ldq_mmuidx_ra  cpu_ldq_le_mmuidx_ra
#define cpu_stw_data       cpu_stw_le_data
#define cpu_stl_data       cpu_stl_le_data
#define cpu_stq_data       cpu_stq_le_data
#define cpu_stw_data_ra    cpu_stw_le_data_ra
#define cpu_stl_data_ra    cpu_stl_le_data_ra
#define cpu_stq_data_ra    cpu_stq_le_data_ra
#define cpu_stw_mmuidx_ra  cpu_stw_le_mmuidx_ra
#define cpu_stl_mmuidx_ra  cpu_stl_le_mmuidx_ra
#define cpu_stq_mmuidx_ra  cpu_stq_le_mmuidx_ra

/* Fetches of code. */
uint32_t cpu_ldub_code(CPUArchState *env, abi_ptr addr);
uint32_t cpu_lduw_code(CPUArchState *env, abi_ptr addr);
uint32_t cpu_ldl_code(CPUArchState *env, abi_ptr addr);
uint64_t cpu_ldq_code(CPUArchState *env, abi_ptr addr);

/*
 * The host's address of @addr if it can be accessed so and is plain memory, else
 * NULL; raises nothing.
 */
void *tlb_vaddr_to_host(CPUArchState *env, vaddr addr,
                        MMUAccessType access_type, int mmu_idx);

#endif
