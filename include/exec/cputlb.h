/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The software TLB of a CPU: entering pages (a target's tlb_fill does) and
 * dropping them. On the CPU's own thread, but for the _all_cpus_synced forms,
 * which drop pages of the other CPUs too, before any of them next enters the
 * guest. @idxmap is a mask of mmu indexes; without it: all of them.
 */
#ifndef CPUTLB_H
#define CPUTLB_H

#include "exec/cpu-common.h"
#include "exec/hwaddr.h"
#include "exec/memattrs.h"
#include "exec/vaddr.h"

/* Stores into a page of RAM are to be noticed, since it has code; no longer. */
void tlb_protect_code(ram_addr_t ram_addr);
void tlb_unprotect_code(ram_addr_t ram_addr);
/* The dirty bits of RAM were cleared: the next stores are to be noticed. */
void tlb_reset_dirty(CPUState *cpu, ram_addr_t start1, ram_addr_t length);
void tlb_reset_dirty_range_all(ram_addr_t start, ram_addr_t length);

/*
 * Enters the page of @addr: @full has all but xlat_section. Only 4 KiB are
 * entered; lg_page_size (or @size, bytes) tells what a flush of any address of
 * the guest's page must drop.
 */
void tlb_set_page_full(CPUState *cpu, int mmu_idx, vaddr addr,
                       CPUTLBEntryFull *full);
void tlb_set_page_with_attrs(CPUState *cpu, vaddr addr, hwaddr paddr,
                             MemTxAttrs attrs, int prot, int mmu_idx,
                             vaddr size);
/* The same, MEMTXATTRS_UNSPECIFIED. */
void tlb_set_page(CPUState *cpu, vaddr addr, hwaddr paddr, int prot,
                  int mmu_idx, vaddr size);

/* Drop one page; everything. */
void tlb_flush_page(CPUState *cpu, vaddr addr);
void tlb_flush_page_all_cpus_synced(CPUState *src, vaddr addr);
void tlb_flush(CPUState *cpu);
void tlb_flush_all_cpus_synced(CPUState *src_cpu);
void tlb_flush_page_by_mmuidx(CPUState *cpu, vaddr addr, uint16_t idxmap);
void tlb_flush_page_by_mmuidx_all_cpus_synced(CPUState *cpu, vaddr addr,
                                              uint16_t idxmap);
void tlb_flush_by_mmuidx(CPUState *cpu, uint16_t idxmap);
void tlb_flush_by_mmuidx_all_cpus_synced(CPUState *cpu, uint16_t idxmap);
/* Only the low @bits of the address count; the pages of [@addr, +@len). */
void tlb_flush_page_bits_by_mmuidx(CPUState *cpu, vaddr addr, uint16_t idxmap,
                                   unsigned bits);
void tlb_flush_page_bits_by_mmuidx_all_cpus_synced(CPUState *cpu, vaddr addr,
                                                   uint16_t idxmap,
                                                   unsigned bits);
void tlb_flush_range_by_mmuidx(CPUState *cpu, vaddr addr, vaddr len,
                               uint16_t idxmap, unsigned bits);
void tlb_flush_range_by_mmuidx_all_cpus_synced(CPUState *cpu, vaddr addr,
                                               vaddr len, uint16_t idxmap,
                                               unsigned bits);

#endif
