/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking at guest memory through the software TLB: what exec/exec-all.h has,
 * for sources that know no target.
 */
#ifndef EXEC_PROBE_ACCESS_H
#define EXEC_PROBE_ACCESS_H

#include "accel/soft-state.h"
#include "exec/mmu-access-type.h"
#include "exec/vaddr.h"
#include "qemu/typedefs.h"

/*
 * The host's address of [@addr, +@size), which lies on one page, or NULL if
 * that is not plain memory. Raises the guest's exception when the access is not
 * allowed. A page that will be written is marked dirty.
 */
void *probe_access(CPUArchState *env, vaddr addr, int size,
                   MMUAccessType access_type, int mmu_idx, uintptr_t retaddr);

static inline void *probe_write(CPUArchState *env, vaddr addr, int size,
                                int mmu_idx, uintptr_t retaddr)
{
    return probe_access(env, addr, size, MMU_DATA_STORE, mmu_idx, retaddr);
}

static inline void *probe_read(CPUArchState *env, vaddr addr, int size,
                               int mmu_idx, uintptr_t retaddr)
{
    return probe_access(env, addr, size, MMU_DATA_LOAD, mmu_idx, retaddr);
}

/*
 * The same with the host address in *@phost; returns flags TLB_* (0: plain
 * memory). With @nonfault TLB_INVALID_MASK instead of an exception.
 */
int probe_access_flags(CPUArchState *env, vaddr addr, int size,
                       MMUAccessType access_type, int mmu_idx, bool nonfault,
                       void **phost, uintptr_t retaddr);

/* The engine's flags of a page. */
#define TLB_INVALID_MASK  SOFT_TLB_INVALID
#define TLB_NOTDIRTY      SOFT_TLB_NOTDIRTY
#define TLB_MMIO          SOFT_TLB_MMIO
#define TLB_WATCHPOINT    SOFT_TLB_WATCHPOINT
#define TLB_DISCARD_WRITE SOFT_TLB_DISCARD

#endif
