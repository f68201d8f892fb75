/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU's functions for a target's helpers: loads and stores as an instruction
 * would make them (exec/cpu_ldst.h), and looks at guest memory without an
 * access (exec/probe-access.h).
 */
#include "qemu/osdep.h"
#include "accel/soft-insn.h"
#include "exec/cpu_ldst.h"
#include "exec/probe-access.h"
#include "soft-internal.h"

static uint64_t load(CPUArchState *env, vaddr addr, unsigned size, int mmu_idx,
                     uintptr_t ra)
{
    return soft_load_mmu(soft_cpu(env), addr, size, mmu_idx, MMU_DATA_LOAD, ra);
}

static void store(CPUArchState *env, vaddr addr, unsigned size, uint64_t val,
                  int mmu_idx, uintptr_t ra)
{
    soft_store_mmu(soft_cpu(env), addr, size, val, mmu_idx, ra);
}

static int data_index(CPUArchState *env)
{
    CPUState *cpu = soft_cpu(env);

    return cpu->cc->mmu_index(cpu, false);
}

#define DEFINE_LOAD(name, endian, rtype, type, size, swap)                     \
    rtype cpu_ld##name##endian##_mmuidx_ra(CPUArchState *env, vaddr ptr,       \
                                           int mmu_idx, uintptr_t ra)          \
    {                                                                          \
        return (type)swap(load(env, ptr, size, mmu_idx, ra));                  \
    }                                                                          \
    rtype cpu_ld##name##endian##_data_ra(CPUArchState *env, vaddr ptr,         \
                                         uintptr_t ra)                         \
    {                                                                          \
        return (type)swap(load(env, ptr, size, data_index(env), ra));          \
    }                                                                          \
    rtype cpu_ld##name##endian##_data(CPUArchState *env, vaddr ptr)            \
    {                                                                          \
        return (type)swap(load(env, ptr, size, data_index(env), 0));           \
    }

#define DEFINE_STORE(name, endian, type, size, swap)                           \
    void cpu_st##name##endian##_mmuidx_ra(CPUArchState *env, vaddr ptr,        \
                                          type val, int mmu_idx, uintptr_t ra) \
    {                                                                          \
        store(env, ptr, size, swap(val), mmu_idx, ra);                         \
    }                                                                          \
    void cpu_st##name##endian##_data_ra(CPUArchState *env, vaddr ptr,          \
                                        type val, uintptr_t ra)                \
    {                                                                          \
        store(env, ptr, size, swap(val), data_index(env), ra);                 \
    }                                                                          \
    void cpu_st##name##endian##_data(CPUArchState *env, vaddr ptr, type val)   \
    {                                                                          \
        store(env, ptr, size, swap(val), data_index(env), 0);                  \
    }

#define SAME(x) (x)
DEFINE_LOAD(ub, , uint32_t, uint8_t, 1, SAME)
DEFINE_LOAD(sb, , int, int8_t, 1, SAME)
DEFINE_LOAD(uw, _le, uint32_t, uint16_t, 2, SAME)
DEFINE_LOAD(sw, _le, int, int16_t, 2, SAME)
DEFINE_LOAD(l, _le, uint32_t, uint32_t, 4, SAME)
DEFINE_LOAD(q, _le, uint64_t, uint64_t, 8, SAME)
DEFINE_LOAD(uw, _be, uint32_t, uint16_t, 2, bswap16)
DEFINE_LOAD(sw, _be, int, int16_t, 2, bswap16)
DEFINE_LOAD(l, _be, uint32_t, uint32_t, 4, bswap32)
DEFINE_LOAD(q, _be, uint64_t, uint64_t, 8, bswap64)
DEFINE_STORE(b, , uint32_t, 1, SAME)
DEFINE_STORE(w, _le, uint32_t, 2, SAME)
DEFINE_STORE(l, _le, uint32_t, 4, SAME)
DEFINE_STORE(q, _le, uint64_t, 8, SAME)
DEFINE_STORE(w, _be, uint32_t, 2, bswap16)
DEFINE_STORE(l, _be, uint32_t, 4, bswap32)
DEFINE_STORE(q, _be, uint64_t, 8, bswap64)

static uint64_t load_code(CPUArchState *env, vaddr addr, unsigned size)
{
    CPUState *cpu = soft_cpu(env);

    return soft_load_mmu(cpu, addr, size, cpu->cc->mmu_index(cpu, true),
                         MMU_INST_FETCH, 0);
}

uint32_t cpu_ldub_code(CPUArchState *env, vaddr addr)
{
    return load_code(env, addr, 1);
}

uint32_t cpu_lduw_code(CPUArchState *env, vaddr addr)
{
    return load_code(env, addr, 2);
}

uint32_t cpu_ldl_code(CPUArchState *env, vaddr addr)
{
    return load_code(env, addr, 4);
}

uint64_t cpu_ldq_code(CPUArchState *env, vaddr addr)
{
    return load_code(env, addr, 8);
}

/* ---- looking ------------------------------------------------------------- */

/* The flags of the page, and where it is in the host. */
static int probe(CPUState *cpu, vaddr addr, int size, MMUAccessType access,
                 int mmu_idx, bool nonfault, void **host, uintptr_t ra)
{
    SoftTLB *tlb = soft_tlb(cpu->accel, mmu_idx);
    SoftTLBEntry *e = &tlb->entries[soft_tlb_index(addr)];
    int flags;

    *host = NULL;
    if (!soft_tlb_fill(cpu, addr, size, access, mmu_idx, nonfault, ra)) {
        return SOFT_TLB_INVALID;
    }
    flags = e->tag[access] & SOFT_TLB_FLAGS & ~SOFT_TLB_INVALID;
    if (!(flags & (SOFT_TLB_MMIO | SOFT_TLB_DISCARD))) {
        *host = (void *)(addr + e->addend);
    } else if (flags & SOFT_TLB_DISCARD) {
        flags |= SOFT_TLB_MMIO;
    }
    return flags;
}

int probe_access_flags(CPUArchState *env, vaddr addr, int size,
                       MMUAccessType access_type, int mmu_idx, bool nonfault,
                       void **phost, uintptr_t ra)
{
    CPUState *cpu = soft_cpu(env);
    int flags =
        probe(cpu, addr, size, access_type, mmu_idx, nonfault, phost, ra);

    if (flags & SOFT_TLB_NOTDIRTY && !(flags & SOFT_TLB_INVALID)) {
        SoftTLB *tlb = soft_tlb(cpu->accel, mmu_idx);

        soft_notdirty(cpu, tlb, addr, MAX(size, 1),
                      tlb->full[soft_tlb_index(addr)].ram +
                          (addr & ~TARGET_PAGE_MASK));
        flags &= ~SOFT_TLB_NOTDIRTY;
    }
    return flags;
}

void *probe_access(CPUArchState *env, vaddr addr, int size,
                   MMUAccessType access_type, int mmu_idx, uintptr_t ra)
{
    CPUState *cpu = soft_cpu(env);
    void *host;
    int flags = probe_access_flags(env, addr, size, access_type, mmu_idx, false,
                                   &host, ra);

    if (size == 0) {
        return NULL;
    }
    if (unlikely(flags & SOFT_TLB_WATCHPOINT)) {
        cpu_check_watchpoint(
            cpu, addr, size, MEMTXATTRS_UNSPECIFIED,
            access_type == MMU_DATA_STORE ? BP_MEM_WRITE : BP_MEM_READ, ra);
    }
    return host;
}

void *tlb_vaddr_to_host(CPUArchState *env, vaddr addr,
                        MMUAccessType access_type, int mmu_idx)
{
    void *host;
    int flags =
        probe(soft_cpu(env), addr, 0, access_type, mmu_idx, true, &host, 0);

    return flags ? NULL : host;
}
