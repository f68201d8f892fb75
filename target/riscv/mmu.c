/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address translation (privileged architecture, chapter 12): the walk of
 * Sv39, Sv48 and Sv57 page tables with Svade or Svadu, Svnapot and Svpbmt, the
 * PMP checks around it, and the exceptions that come of it.
 */
#include "qemu/osdep.h"

#include "cpu.h"
#include "exec/cputlb.h"
#include "exec/exec-all.h"
#include "exec/log.h"
#include "exec/page-protection.h"
#include "internals.h"
#include "mmu.h"
#include "qemu/log.h"

#define VPN_BITS 9

int riscv_env_mmu_index(CPURISCVState *env, bool ifetch)
{
    int level = ifetch ? env->priv : cpu_address_mode(env);

    if (level == PRV_S && !ifetch && (env->mstatus & MSTATUS_SUM)) {
        return MMUIdx_S_SUM;
    }
    return level;
}

bool riscv_cpu_virt_mem_enabled(CPURISCVState *env)
{
    return cpu_address_mode(env) != PRV_M && riscv_cpu_cfg(env)->mmu &&
           get_field(env->satp, SATP64_MODE) != VM_1_10_MBARE;
}

/* ---- the walk ------------------------------------------------------------ */

/* Levels of the page table by satp.MODE; 0: no translation. */
static int satp_levels(target_ulong satp)
{
    switch (get_field(satp, SATP64_MODE)) {
    case VM_1_10_SV39:
        return 3;
    case VM_1_10_SV48:
        return 4;
    case VM_1_10_SV57:
        return 5;
    default:
        return 0;
    }
}

static bool is_leaf(target_ulong pte)
{
    return pte & (PTE_R | PTE_W | PTE_X);
}

static int bad_pte(const char *what, hwaddr addr, target_ulong pte)
{
    qemu_log_mask(LOG_GUEST_ERROR,
                  "page table entry at 0x%" HWADDR_PRIx " (0x" TARGET_FMT_lx
                  "): %s\n",
                  addr, pte, what);
    return TRANSLATE_FAIL;
}

/* Step 3 of 12.3.2, and the bits that depend on extensions. */
static int check_pte(CPURISCVState *env, hwaddr addr, target_ulong pte)
{
    bool pbmte = env->menvcfg & MENVCFG_PBMTE;

    if (!(pte & PTE_V)) {
        /* The other bits are the guest's own then: no reason to complain. */
        return TRANSLATE_FAIL;
    }
    if (pte & PTE_RESERVED) {
        return bad_pte("reserved bits are set", addr, pte);
    }
    if ((pte & PTE_PBMT) && !pbmte) {
        return bad_pte("memory type without menvcfg.PBMTE", addr, pte);
    }
    if ((pte & PTE_PBMT) == PTE_PBMT) {
        return bad_pte("reserved memory type", addr, pte);
    }
    if ((pte & PTE_N) && !riscv_cpu_cfg(env)->ext_svnapot) {
        return bad_pte("N without Svnapot", addr, pte);
    }
    if (!is_leaf(pte) && (pte & (PTE_D | PTE_A | PTE_U | PTE_ATTR))) {
        return bad_pte("bits of a leaf are set in a pointer", addr, pte);
    }
    if (is_leaf(pte) && !(pte & PTE_R) && (pte & PTE_W)) {
        return TRANSLATE_FAIL;
    }
    return TRANSLATE_SUCCESS;
}

/* What the leaf lets MMU index @mmu_idx do, before A and D. PAGE_* bits. */
static int leaf_prot(CPURISCVState *env, target_ulong pte, int mmu_idx)
{
    int prot = 0;

    if ((pte & PTE_R) || ((pte & PTE_X) && (env->mstatus & MSTATUS_MXR))) {
        prot |= PAGE_READ;
    }
    if (pte & PTE_W) {
        prot |= PAGE_WRITE;
    }
    if (pte & PTE_X) {
        prot |= PAGE_EXEC;
    }
    if (mmuidx_priv(mmu_idx) == PRV_U) {
        return pte & PTE_U ? prot : 0;
    }
    if (pte & PTE_U) {
        /* SUM lends data, never code. */
        return mmuidx_sum(mmu_idx) ? prot & ~PAGE_EXEC : 0;
    }
    return prot;
}

static int prot_needed(MMUAccessType access)
{
    switch (access) {
    case MMU_DATA_STORE:
        return PAGE_WRITE;
    case MMU_INST_FETCH:
        return PAGE_EXEC;
    default:
        return PAGE_READ;
    }
}

static bool pmp_allows_walk(CPURISCVState *env, hwaddr addr, pmp_priv_t privs)
{
    pmp_priv_t allowed;

    return !riscv_cpu_cfg(env)->pmp ||
           pmp_hart_has_privs(env, addr, sizeof(target_ulong), privs, &allowed,
                              PRV_S);
}

static int load_pte(CPURISCVState *env, hwaddr addr, target_ulong *pte)
{
    MemTxResult result;

    if (!pmp_allows_walk(env, addr, PMP_READ)) {
        return TRANSLATE_PMP_FAIL;
    }
    *pte = address_space_ldq(env_cpu(env)->as, addr, MEMTXATTRS_UNSPECIFIED,
                             &result);
    return result == MEMTX_OK ? TRANSLATE_SUCCESS : TRANSLATE_PMA_FAIL;
}

/*
 * Sets A and D in memory if the entry is still what it was. *@again is true
 * if it has changed: the walk must start over.
 */
static int update_pte(CPURISCVState *env, hwaddr addr, target_ulong old,
                      target_ulong new, bool *again)
{
    AddressSpace *as = env_cpu(env)->as;
    hwaddr offset, len = sizeof(target_ulong);
    MemoryRegion *mr;
    bool readonly;
    uint64_t *host, seen;

    if (!pmp_allows_walk(env, addr, PMP_READ | PMP_WRITE)) {
        return TRANSLATE_PMP_FAIL;
    }
    RCU_READ_LOCK_GUARD();
    mr = address_space_translate_tlb(as, addr, &offset, &len, &readonly,
                                     MEMTXATTRS_UNSPECIFIED);
    if (!memory_region_is_ram(mr) || readonly || len < sizeof(*host)) {
        /* It cannot be changed atomically: as if it had no such bits. */
        return TRANSLATE_FAIL;
    }
    host = qemu_map_ram_ptr(mr->ram_block, offset);
    seen = qatomic_cmpxchg(host, cpu_to_le64(old), cpu_to_le64(new));
    *again = seen != cpu_to_le64(old);
    if (!*again) {
        memory_region_set_dirty(mr, offset, sizeof(*host));
    }
    return TRANSLATE_SUCCESS;
}

/*
 * Step 7: is A, and for stores D, set, or does the hart set them? *@pte is
 * what the entry becomes.
 */
static int accessed_and_dirty(CPURISCVState *env, const RISCVWalk *walk,
                              target_ulong *pte)
{
    const RISCVCPUConfig *cfg = riscv_cpu_cfg(env);
    bool hardware =
        cfg->ext_svadu ? env->menvcfg & MENVCFG_ADUE : !cfg->ext_svade;
    target_ulong wanted = *pte | PTE_A;

    if (walk->access == MMU_DATA_STORE) {
        wanted |= PTE_D;
    }
    if (wanted != *pte && !hardware) {
        return TRANSLATE_FAIL;
    }
    *pte = wanted;
    return TRANSLATE_SUCCESS;
}

/* The leaf of @walk has been found: permission, A and D, the address. */
static int take_leaf(CPURISCVState *env, RISCVWalk *walk, hwaddr pte_addr,
                     target_ulong pte, int level, bool *again)
{
    hwaddr ppn = get_field(pte, PTE_PPN_MASK);
    hwaddr span = ((hwaddr)1 << (level * VPN_BITS)) - 1;
    hwaddr vpn = walk->addr >> PGSHIFT;
    target_ulong wanted = pte;
    int ret;

    if (ppn & span) {
        return bad_pte("a large page is not aligned", pte_addr, pte);
    }
    walk->prot = leaf_prot(env, pte, walk->mmu_idx);
    if (!walk->debug && !(walk->prot & prot_needed(walk->access))) {
        return TRANSLATE_FAIL;
    }
    if (pte & PTE_N) {
        /* Svnapot: only 64 KiB, by the low bits 1000 of the page number. */
        if (level != 0 || (ppn & 0xf) != 8) {
            return TRANSLATE_FAIL;
        }
        span = 0xf;
        ppn &= ~span;
    }
    ret = walk->debug ? TRANSLATE_SUCCESS
                      : accessed_and_dirty(env, walk, &wanted);
    if (ret == TRANSLATE_SUCCESS && wanted != pte) {
        ret = update_pte(env, pte_addr, pte, wanted, again);
    }
    if (ret != TRANSLATE_SUCCESS || *again) {
        return ret;
    }
    if (!(wanted & PTE_D)) {
        /* The first store comes back here and sets D. */
        walk->prot &= ~PAGE_WRITE;
    }
    walk->phys =
        (ppn | (vpn & span)) << PGSHIFT | (walk->addr & ~TARGET_PAGE_MASK);
    walk->size = (span + 1) << PGSHIFT;
    return TRANSLATE_SUCCESS;
}

static int walk_once(CPURISCVState *env, RISCVWalk *walk, int levels,
                     bool *again)
{
    hwaddr table = get_field(env->satp, SATP64_PPN) << PGSHIFT;

    *again = false;
    for (int level = levels - 1; level >= 0; level--) {
        hwaddr index =
            extract64(walk->addr, PGSHIFT + level * VPN_BITS, VPN_BITS);
        hwaddr pte_addr = table + index * sizeof(target_ulong);
        target_ulong pte;
        int ret = load_pte(env, pte_addr, &pte);

        if (ret == TRANSLATE_SUCCESS) {
            ret = check_pte(env, pte_addr, pte);
        }
        if (ret != TRANSLATE_SUCCESS) {
            return ret;
        }
        if (is_leaf(pte)) {
            return take_leaf(env, walk, pte_addr, pte, level, again);
        }
        table = get_field(pte, PTE_PPN_MASK) << PGSHIFT;
    }
    return TRANSLATE_FAIL;
}

int riscv_mmu_walk(CPURISCVState *env, RISCVWalk *walk)
{
    int levels = satp_levels(env->satp);
    int64_t top;
    bool again;
    int ret;

    if (mmuidx_priv(walk->mmu_idx) == PRV_M || !riscv_cpu_cfg(env)->mmu ||
        levels == 0) {
        walk->phys = walk->addr;
        walk->prot = PAGE_READ | PAGE_WRITE | PAGE_EXEC;
        walk->size = TARGET_PAGE_SIZE;
        return TRANSLATE_SUCCESS;
    }
    /* All bits above the address proper equal its top bit. */
    top = (int64_t)walk->addr >> (PGSHIFT + levels * VPN_BITS - 1);
    if (top != 0 && top != -1) {
        return TRANSLATE_FAIL;
    }
    do {
        ret = walk_once(env, walk, levels, &again);
    } while (again && ret == TRANSLATE_SUCCESS);
    return ret;
}

/* ---- filling the TLB ----------------------------------------------------- */

static pmp_priv_t pmp_needed(MMUAccessType access)
{
    switch (access) {
    case MMU_DATA_STORE:
        return PMP_WRITE;
    case MMU_INST_FETCH:
        return PMP_EXEC;
    default:
        return PMP_READ;
    }
}

/* Narrows walk->prot to what PMP allows for the access of @len bytes. */
static int check_pmp(CPURISCVState *env, RISCVWalk *walk, int len,
                     hwaddr *tlb_size)
{
    pmp_priv_t allowed;

    *tlb_size = TARGET_PAGE_SIZE;
    if (!riscv_cpu_cfg(env)->pmp) {
        return TRANSLATE_SUCCESS;
    }
    if (!pmp_hart_has_privs(env, walk->phys, len, pmp_needed(walk->access),
                            &allowed, mmuidx_priv(walk->mmu_idx))) {
        return TRANSLATE_PMP_FAIL;
    }
    walk->prot &= pmp_priv_to_page_prot(allowed);
    *tlb_size = pmp_get_tlb_size(env, walk->phys);
    return TRANSLATE_SUCCESS;
}

static RISCVException fault_of(MMUAccessType access, bool page_fault)
{
    switch (access) {
    case MMU_DATA_STORE:
        return page_fault ? RISCV_EXCP_STORE_PAGE_FAULT
                          : RISCV_EXCP_STORE_AMO_ACCESS_FAULT;
    case MMU_INST_FETCH:
        return page_fault ? RISCV_EXCP_INST_PAGE_FAULT
                          : RISCV_EXCP_INST_ACCESS_FAULT;
    default:
        return page_fault ? RISCV_EXCP_LOAD_PAGE_FAULT
                          : RISCV_EXCP_LOAD_ACCESS_FAULT;
    }
}

G_NORETURN static void raise_fault(CPURISCVState *env, RISCVException fault,
                                   vaddr addr, uintptr_t ra)
{
    env->badaddr = addr;
    riscv_raise_exception(env, fault, ra);
}

bool riscv_cpu_tlb_fill(CPUState *cs, vaddr address, int size,
                        MMUAccessType access_type, int mmu_idx, bool probe,
                        uintptr_t retaddr)
{
    CPURISCVState *env = cpu_env(cs);
    RISCVWalk walk = {
        .addr = address,
        .access = access_type,
        .mmu_idx = mmu_idx,
    };
    hwaddr tlb_size = TARGET_PAGE_SIZE;
    int ret;

    env->tlb_misses[access_type]++;
    ret = riscv_mmu_walk(env, &walk);

    if (ret == TRANSLATE_SUCCESS) {
        /* An access of unknown length is judged by its first byte. */
        ret = check_pmp(env, &walk, size ? size : 1, &tlb_size);
    }
    qemu_log_mask(CPU_LOG_MMU,
                  "%s: address " TARGET_FMT_lx " access %d mmu_idx %d: %d, "
                  "physical " HWADDR_FMT_plx " prot %d\n",
                  __func__, address, access_type, mmu_idx, ret, walk.phys,
                  walk.prot);
    if (ret == TRANSLATE_SUCCESS) {
        /*
         * The engine remembers the size of large pages for flushes of one
         * address; less than a page is good for this access only.
         */
        tlb_set_page(cs, address & TARGET_PAGE_MASK,
                     walk.phys & TARGET_PAGE_MASK, walk.prot, mmu_idx,
                     tlb_size == TARGET_PAGE_SIZE ? walk.size : tlb_size);
        return true;
    }
    if (probe) {
        return false;
    }
    raise_fault(env, fault_of(access_type, ret == TRANSLATE_FAIL), address,
                retaddr);
}

/* ---- other ends of an access --------------------------------------------- */

void riscv_cpu_do_unaligned_access(CPUState *cs, vaddr addr,
                                   MMUAccessType access_type, int mmu_idx,
                                   uintptr_t retaddr)
{
    static const RISCVException fault[] = {
        [MMU_DATA_LOAD] = RISCV_EXCP_LOAD_ADDR_MIS,
        [MMU_DATA_STORE] = RISCV_EXCP_STORE_AMO_ADDR_MIS,
        [MMU_INST_FETCH] = RISCV_EXCP_INST_ADDR_MIS,
    };

    raise_fault(cpu_env(cs), fault[access_type], addr, retaddr);
}

void riscv_cpu_do_transaction_failed(CPUState *cs, hwaddr physaddr, vaddr addr,
                                     unsigned size, MMUAccessType access_type,
                                     int mmu_idx, MemTxAttrs attrs,
                                     MemTxResult response, uintptr_t retaddr)
{
    raise_fault(cpu_env(cs), fault_of(access_type, false), addr, retaddr);
}

hwaddr riscv_cpu_get_phys_page_debug(CPUState *cs, vaddr addr)
{
    CPURISCVState *env = cpu_env(cs);
    RISCVWalk walk = {
        .addr = addr,
        .access = MMU_DATA_LOAD,
        .mmu_idx = riscv_env_mmu_index(env, false),
        .debug = true,
    };

    if (riscv_mmu_walk(env, &walk) != TRANSLATE_SUCCESS) {
        return -1;
    }
    return walk.phys & TARGET_PAGE_MASK;
}
