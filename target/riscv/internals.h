/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of target/riscv share and others need not see: MMU indexes,
 * rounding modes, NaN boxing.
 *
 * An MMU index is the privilege level of an access and whether S mode may
 * touch U pages; it selects a table of the software TLB.
 */
#ifndef RISCV_CPU_INTERNALS_H
#define RISCV_CPU_INTERNALS_H

#include "exec/cpu-common.h"
#include "fpu/softfloat-types.h"
#include "hw/registerfields.h"
#include "target/riscv/cpu.h"
#include "target/riscv/cpu_bits.h"

#define MMUIdx_U         0
#define MMUIdx_S         1
#define MMUIdx_S_SUM     2
#define MMUIdx_M         3
/* The indexes whose addresses satp translates. */
#define RISCV_TRANSLATED_IDXMAP                                            \
    (1 << MMUIdx_U | 1 << MMUIdx_S | 1 << MMUIdx_S_SUM)
/* Hypervisor and shadow stack variants: not implemented. */
#define MMU_2STAGE_BIT   (1 << 2)
#define MMU_IDX_SS_WRITE (1 << 3)

/* The privilege level of an MMU index. */
static inline int mmuidx_priv(int mmu_idx)
{
    int index = mmu_idx & 3;

    return index == MMUIdx_S_SUM ? PRV_S : index;
}

static inline bool mmuidx_sum(int mmu_idx)
{
    return (mmu_idx & 3) == MMUIdx_S_SUM;
}

static inline bool mmuidx_2stage(int mmu_idx)
{
    return mmu_idx & MMU_2STAGE_BIT;
}

/* The classes of FCLASS: a bit number as in the unprivileged manual. */
target_ulong fclass_h(uint64_t frs1);
target_ulong fclass_s(uint64_t frs1);
target_ulong fclass_d(uint64_t frs1);

extern const VMStateDescription vmstate_riscv_cpu;

/* frm and rm; ROD is our own, for conversions to narrower formats. */
enum {
    RISCV_FRM_RNE = 0,
    RISCV_FRM_RTZ = 1,
    RISCV_FRM_RDN = 2,
    RISCV_FRM_RUP = 3,
    RISCV_FRM_RMM = 4,
    RISCV_FRM_DYN = 7,
    RISCV_FRM_ROD = 8,
};

#define RISCV_NANBOX_S 0xffffffff00000000ULL
#define RISCV_NANBOX_H 0xffffffffffff0000ULL

/* A narrow number in a wide register: ones above it. */
static inline uint64_t nanbox_s(CPURISCVState *env, float32 f)
{
    return f | RISCV_NANBOX_S;
}

static inline uint64_t nanbox_h(CPURISCVState *env, float16 f)
{
    return f | RISCV_NANBOX_H;
}

/* And back; what is not boxed is the default NaN. */
static inline float32 check_nanbox_s(CPURISCVState *env, uint64_t f)
{
    return likely(f >= RISCV_NANBOX_S) ? (uint32_t)f : 0x7fc00000u;
}

static inline float16 check_nanbox_h(CPURISCVState *env, uint64_t f)
{
    return likely(f >= RISCV_NANBOX_H) ? (uint16_t)f : 0x7e00u;
}

/* CPUClass.has_work: an interrupt that ends WFI is pending. Any thread. */
bool riscv_cpu_has_work(CPUState *cs);

#endif
