/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The software TLB: one direct-mapped table of 4 KiB pages for each mmu index
 * that is used. See docs/devel/soft.rst.
 *
 * Only the CPU's thread enters and drops pages. What others do is set the
 * NOTDIRTY flag of write tags (tlb_reset_dirty()), so changes of entries are
 * made with the lock held; the fast path reads without it.
 */
#include "qemu/osdep.h"
#include "exec/cputlb.h"
#include "exec/ram_addr.h"
#include "memory/access.h"
#include "memory/address-space.h"
#include "memory/region.h"
#include "qemu/lockable.h"
#include "qemu/memalign.h"
#include "qemu/rcu.h"
#include "soft-internal.h"

/* Equal to no address. */
#define NO_TAG (~UINT64_C(0))

/* ---- tables -------------------------------------------------------------- */

void soft_tlb_init(AccelCPUState *s)
{
    qemu_spin_init(&s->tlb_lock);
}

static void clear_entries(SoftTLB *tlb)
{
    for (unsigned i = 0; i < SOFT_TLB_SIZE; i++) {
        for (unsigned j = 0; j < ARRAY_SIZE(tlb->entries[i].tag); j++) {
            qatomic_set(&tlb->entries[i].tag[j], NO_TAG);
        }
    }
}

static void clear_entry(SoftTLBEntry *e)
{
    for (unsigned i = 0; i < ARRAY_SIZE(e->tag); i++) {
        qatomic_set(&e->tag[i], NO_TAG);
    }
}

SoftTLB *soft_tlb(AccelCPUState *s, int mmu_idx)
{
    SoftTLB *tlb = &s->tlb[mmu_idx];

    if (unlikely(!tlb->entries)) {
        SoftTLBEntry *entries =
            qemu_memalign(64, SOFT_TLB_SIZE * sizeof(SoftTLBEntry));
        SoftTLB fresh = {
            .entries = entries,
            .full = g_new0(SoftTLBFull, SOFT_TLB_SIZE),
            .used = g_new(uint16_t, SOFT_TLB_USED),
        };

        memset(entries, 0, SOFT_TLB_SIZE * sizeof(SoftTLBEntry));
        clear_entries(&fresh);
        qemu_spin_lock(&s->tlb_lock);
        *tlb = fresh;
        qemu_spin_unlock(&s->tlb_lock);
    }
    return tlb;
}

void soft_tlb_destroy(AccelCPUState *s)
{
    for (int i = 0; i < NB_MMU_MODES; i++) {
        qemu_vfree(s->tlb[i].entries);
        g_free(s->tlb[i].full);
        g_free(s->tlb[i].used);
        s->tlb[i] = (SoftTLB){};
    }
    qemu_spin_destroy(&s->tlb_lock);
}

/* ---- entering ------------------------------------------------------------ */

/* The tags of a page at @addr of which @full tells what is there. */
static void make_tags(CPUState *cpu, vaddr addr, const SoftTLBFull *full,
                      bool once, SoftTLBEntry *e)
{
    MemoryRegion *mr = full->mr;
    bool ram = mr && memory_region_is_ram(mr);
    bool direct = mr && (ram || memory_region_is_romd(mr));
    uint64_t common = addr & TARGET_PAGE_MASK;
    uint64_t write = 0;

    if (once) {
        /* Protection is finer than a page: the entry serves one access. */
        common |= SOFT_TLB_INVALID;
    }
    if (direct) {
        e->addend = (uintptr_t)memory_region_get_ram_ptr(mr) + full->xlat -
                    (addr & TARGET_PAGE_MASK);
        if (!ram) {
            write |= SOFT_TLB_MMIO;
        } else if (full->readonly) {
            write |= SOFT_TLB_DISCARD;
        } else if (cpu_physical_memory_is_clean(full->ram)) {
            write |= SOFT_TLB_NOTDIRTY;
        }
    } else {
        e->addend = 0;
        common |= SOFT_TLB_MMIO;
    }
    e->tag[MMU_DATA_LOAD] = full->prot & PAGE_READ ? common : NO_TAG;
    e->tag[MMU_DATA_STORE] = full->prot & PAGE_WRITE ? common | write : NO_TAG;
    e->tag[MMU_INST_FETCH] = full->prot & PAGE_EXEC ? common : NO_TAG;

    if (unlikely(!QTAILQ_EMPTY(&cpu->watchpoints))) {
        int flags = cpu_watchpoint_address_matches(cpu, addr & TARGET_PAGE_MASK,
                                                   TARGET_PAGE_SIZE);

        if ((flags & BP_MEM_READ) && e->tag[MMU_DATA_LOAD] != NO_TAG) {
            e->tag[MMU_DATA_LOAD] |= SOFT_TLB_WATCHPOINT;
        }
        /* An atomic access reads, too, and looks at this tag only. */
        if (flags && e->tag[MMU_DATA_STORE] != NO_TAG) {
            e->tag[MMU_DATA_STORE] |= SOFT_TLB_WATCHPOINT;
        }
    }
}

/* A flush of any address of a large page must drop all of its pieces. */
static void note_large_page(SoftTLB *tlb, vaddr addr, unsigned bits)
{
    vaddr mask = ~(((vaddr)1 << bits) - 1);

    if (tlb->has_large) {
        mask &= tlb->large_mask;
        while ((tlb->large_addr ^ addr) & mask) {
            mask <<= 1;
        }
    }
    tlb->has_large = true;
    tlb->large_addr = addr & mask;
    tlb->large_mask = mask;
}

static bool is_unused(const SoftTLBEntry *e)
{
    return (e->tag[0] & e->tag[1] & e->tag[2]) == NO_TAG;
}

void tlb_set_page_full(CPUState *cpu, int mmu_idx, vaddr addr,
                       CPUTLBEntryFull *page)
{
    AccelCPUState *s = cpu->accel;
    SoftTLB *tlb = soft_tlb(s, mmu_idx);
    unsigned index = soft_tlb_index(addr);
    AddressSpace *as =
        cpu_get_address_space(cpu, cpu_asidx_from_attrs(cpu, page->attrs));
    SoftTLBEntry *e = &tlb->entries[index];
    hwaddr len = TARGET_PAGE_SIZE;
    SoftTLBFull full = {
        .phys = page->phys_addr & TARGET_PAGE_MASK,
        .ram = RAM_ADDR_INVALID,
        .attrs = page->attrs,
        .prot = page->prot,
        .lg_page_size = page->lg_page_size,
    };
    SoftTLBEntry fresh;

    s->stats.tlb_fills++;
    RCU_READ_LOCK_GUARD();
    full.mr = address_space_translate_tlb(as, full.phys, &full.xlat, &len,
                                          &full.readonly, page->attrs);
    if (len < TARGET_PAGE_SIZE) {
        full.mr = NULL;
    } else if (memory_region_is_ram(full.mr) ||
               memory_region_is_romd(full.mr)) {
        full.ram = memory_region_get_ram_addr(full.mr) + full.xlat;
    }
    if (page->lg_page_size > TARGET_PAGE_BITS) {
        note_large_page(tlb, addr, page->lg_page_size);
    }

    qemu_spin_lock(&s->tlb_lock);
    make_tags(cpu, addr, &full, page->lg_page_size < TARGET_PAGE_BITS, &fresh);
    if (is_unused(e)) {
        if (tlb->nr_used < SOFT_TLB_USED) {
            tlb->used[tlb->nr_used] = index;
        }
        if (tlb->nr_used <= SOFT_TLB_USED) {
            tlb->nr_used++;
        }
    }
    clear_entry(e);
    e->addend = fresh.addend;
    for (unsigned i = 0; i < ARRAY_SIZE(e->tag); i++) {
        qatomic_set(&e->tag[i], fresh.tag[i]);
    }
    tlb->full[index] = full;
    qemu_spin_unlock(&s->tlb_lock);
}

void tlb_set_page_with_attrs(CPUState *cpu, vaddr addr, hwaddr paddr,
                             MemTxAttrs attrs, int prot, int mmu_idx,
                             vaddr size)
{
    CPUTLBEntryFull full = {
        .phys_addr = paddr,
        .attrs = attrs,
        .prot = prot,
        .lg_page_size = size ? ctz64(size) : 63,
    };

    tlb_set_page_full(cpu, mmu_idx, addr, &full);
}

void tlb_set_page(CPUState *cpu, vaddr addr, hwaddr paddr, int prot,
                  int mmu_idx, vaddr size)
{
    tlb_set_page_with_attrs(cpu, addr, paddr, MEMTXATTRS_UNSPECIFIED, prot,
                            mmu_idx, size);
}

bool soft_tlb_fill(CPUState *cpu, vaddr addr, unsigned size,
                   MMUAccessType access, int mmu_idx, bool probe, uintptr_t ra)
{
    AccelCPUState *s = cpu->accel;
    SoftTLB *tlb = soft_tlb(s, mmu_idx);
    uint64_t tag =
        qatomic_read(&tlb->entries[soft_tlb_index(addr)].tag[access]);

    if ((tag & (TARGET_PAGE_MASK | SOFT_TLB_INVALID)) ==
        (addr & TARGET_PAGE_MASK)) {
        return true;
    }
    return s->ops->tlb_fill(cpu, addr, size, access, mmu_idx, probe, ra);
}

/* ---- stores that must be noticed ----------------------------------------- */

void soft_tlb_set_dirty(AccelCPUState *s, SoftTLB *tlb, vaddr addr)
{
    unsigned index = soft_tlb_index(addr);
    uint64_t *tag = &tlb->entries[index].tag[MMU_DATA_STORE];

    qemu_spin_lock(&s->tlb_lock);
    /* It may have become clean since the caller looked. */
    if ((*tag & TARGET_PAGE_MASK) == (addr & TARGET_PAGE_MASK) &&
        *tag != NO_TAG && tlb->full[index].ram != RAM_ADDR_INVALID &&
        !cpu_physical_memory_is_clean(tlb->full[index].ram)) {
        qatomic_set(tag, *tag & ~(uint64_t)SOFT_TLB_NOTDIRTY);
    }
    qemu_spin_unlock(&s->tlb_lock);
}

static void reset_dirty_entry(SoftTLB *tlb, unsigned index, ram_addr_t start,
                              ram_addr_t length)
{
    uint64_t *tag = &tlb->entries[index].tag[MMU_DATA_STORE];

    if (*tag != NO_TAG && !(*tag & (SOFT_TLB_MMIO | SOFT_TLB_DISCARD)) &&
        tlb->full[index].ram - start < length) {
        qatomic_set(tag, *tag | SOFT_TLB_NOTDIRTY);
    }
}

void tlb_reset_dirty(CPUState *cpu, ram_addr_t start, ram_addr_t length)
{
    AccelCPUState *s = qatomic_read(&cpu->accel);
    ram_addr_t first = start & TARGET_PAGE_MASK;

    if (!s) {
        return;
    }
    length = TARGET_PAGE_ALIGN(start + length) - first;
    qemu_spin_lock(&s->tlb_lock);
    for (int i = 0; i < NB_MMU_MODES; i++) {
        SoftTLB *tlb = &s->tlb[i];

        if (!tlb->entries) {
            continue;
        }
        if (tlb->nr_used > SOFT_TLB_USED) {
            for (unsigned j = 0; j < SOFT_TLB_SIZE; j++) {
                reset_dirty_entry(tlb, j, first, length);
            }
        } else {
            for (unsigned j = 0; j < tlb->nr_used; j++) {
                reset_dirty_entry(tlb, tlb->used[j], first, length);
            }
        }
    }
    qemu_spin_unlock(&s->tlb_lock);
}

void tlb_reset_dirty_range_all(ram_addr_t start, ram_addr_t length)
{
    CPUState *cpu;

    RCU_READ_LOCK_GUARD();
    CPU_FOREACH(cpu)
    {
        tlb_reset_dirty(cpu, start, length);
    }
}

void tlb_protect_code(ram_addr_t ram_addr)
{
    cpu_physical_memory_clear_code_dirty(ram_addr);
}

void tlb_unprotect_code(ram_addr_t ram_addr)
{
    cpu_physical_memory_set_dirty_flag(ram_addr, DIRTY_MEMORY_CODE);
}

/* ---- flushing ------------------------------------------------------------ */

static void flush_index(AccelCPUState *s, SoftTLB *tlb)
{
    if (!tlb->entries || !tlb->nr_used) {
        s->stats.tlb_elided_flushes++;
        return;
    }
    qemu_spin_lock(&s->tlb_lock);
    if (tlb->nr_used > SOFT_TLB_USED) {
        s->stats.tlb_full_flushes++;
        clear_entries(tlb);
    } else {
        s->stats.tlb_part_flushes++;
        for (unsigned i = 0; i < tlb->nr_used; i++) {
            clear_entry(&tlb->entries[tlb->used[i]]);
        }
    }
    tlb->nr_used = 0;
    tlb->has_large = false;
    qemu_spin_unlock(&s->tlb_lock);
}

static bool tag_is(uint64_t tag, vaddr addr)
{
    return tag != NO_TAG &&
           (tag & TARGET_PAGE_MASK) == (addr & TARGET_PAGE_MASK);
}

static void flush_page(AccelCPUState *s, SoftTLB *tlb, vaddr addr)
{
    SoftTLBEntry *e;

    if (!tlb->entries || !tlb->nr_used) {
        return;
    }
    if (tlb->has_large && (addr & tlb->large_mask) == tlb->large_addr) {
        flush_index(s, tlb);
        return;
    }
    e = &tlb->entries[soft_tlb_index(addr)];
    if (tag_is(e->tag[MMU_DATA_LOAD], addr) ||
        tag_is(qatomic_read(&e->tag[MMU_DATA_STORE]), addr) ||
        tag_is(e->tag[MMU_INST_FETCH], addr)) {
        qemu_spin_lock(&s->tlb_lock);
        /*
         * It stays in the list of used entries, and will be there twice if it
         * is entered again, which does no harm.
         */
        clear_entry(e);
        qemu_spin_unlock(&s->tlb_lock);
    }
}

/* What to flush, for work that is sent to another CPU. */
typedef struct FlushWork {
    vaddr addr;
    vaddr len; /* 0: everything */
    uint16_t idxmap;
} FlushWork;

static void flush_now(CPUState *cpu, const FlushWork *work)
{
    AccelCPUState *s = cpu->accel;

    if (!s) {
        return;
    }
    for (int i = 0; i < NB_MMU_MODES; i++) {
        SoftTLB *tlb = &s->tlb[i];

        if (!(work->idxmap & (1 << i))) {
            continue;
        }
        if (!work->len || work->len / TARGET_PAGE_SIZE > SOFT_TLB_SIZE) {
            flush_index(s, tlb);
            continue;
        }
        for (vaddr at = 0; at < work->len; at += TARGET_PAGE_SIZE) {
            flush_page(s, tlb, work->addr + at);
        }
    }
}

static void flush_work(CPUState *cpu, run_on_cpu_data data)
{
    g_autofree FlushWork *work = data.host_ptr;

    flush_now(cpu, work);
}

static void flush_later(CPUState *cpu, FlushWork work)
{
    async_run_on_cpu(cpu, flush_work,
                     RUN_ON_CPU_HOST_PTR(g_memdup2(&work, sizeof(work))));
}

static void flush(CPUState *cpu, FlushWork work)
{
    if (cpu->created && !qemu_cpu_is_self(cpu)) {
        flush_later(cpu, work);
    } else {
        flush_now(cpu, &work);
    }
}

static void flush_all_cpus(CPUState *src, FlushWork work)
{
    CPUState *cpu;

    WITH_RCU_READ_LOCK_GUARD() {
        CPU_FOREACH(cpu)
        {
            if (cpu != src) {
                flush_later(cpu, work);
            }
        }
    }
    /* "Synced": the others are done before the source goes on. */
    flush_now(src, &work);
    async_safe_run_on_cpu(src, flush_work,
                          RUN_ON_CPU_HOST_PTR(g_memdup2(&work, sizeof(work))));
}

#define ALL_INDEXES ((1 << NB_MMU_MODES) - 1)

/* Where an address has only @bits that count, few entries can be spared. */
static FlushWork work_of(vaddr addr, vaddr len, uint16_t idxmap, unsigned bits)
{
    return (FlushWork){
        .addr = addr & TARGET_PAGE_MASK,
        .len = bits < 64
                   ? 0
                   : TARGET_PAGE_ALIGN(addr + len) - (addr & TARGET_PAGE_MASK),
        .idxmap = idxmap,
    };
}

void tlb_flush(CPUState *cpu)
{
    flush(cpu, (FlushWork){ .idxmap = ALL_INDEXES });
}

void tlb_flush_all_cpus_synced(CPUState *src)
{
    flush_all_cpus(src, (FlushWork){ .idxmap = ALL_INDEXES });
}

void tlb_flush_by_mmuidx(CPUState *cpu, uint16_t idxmap)
{
    flush(cpu, (FlushWork){ .idxmap = idxmap });
}

void tlb_flush_by_mmuidx_all_cpus_synced(CPUState *cpu, uint16_t idxmap)
{
    flush_all_cpus(cpu, (FlushWork){ .idxmap = idxmap });
}

void tlb_flush_page(CPUState *cpu, vaddr addr)
{
    flush(cpu, work_of(addr, 1, ALL_INDEXES, 64));
}

void tlb_flush_page_all_cpus_synced(CPUState *src, vaddr addr)
{
    flush_all_cpus(src, work_of(addr, 1, ALL_INDEXES, 64));
}

void tlb_flush_page_by_mmuidx(CPUState *cpu, vaddr addr, uint16_t idxmap)
{
    flush(cpu, work_of(addr, 1, idxmap, 64));
}

void tlb_flush_page_by_mmuidx_all_cpus_synced(CPUState *cpu, vaddr addr,
                                              uint16_t idxmap)
{
    flush_all_cpus(cpu, work_of(addr, 1, idxmap, 64));
}

void tlb_flush_page_bits_by_mmuidx(CPUState *cpu, vaddr addr, uint16_t idxmap,
                                   unsigned bits)
{
    flush(cpu, work_of(addr, 1, idxmap, bits));
}

void tlb_flush_page_bits_by_mmuidx_all_cpus_synced(CPUState *cpu, vaddr addr,
                                                   uint16_t idxmap,
                                                   unsigned bits)
{
    flush_all_cpus(cpu, work_of(addr, 1, idxmap, bits));
}

void tlb_flush_range_by_mmuidx(CPUState *cpu, vaddr addr, vaddr len,
                               uint16_t idxmap, unsigned bits)
{
    flush(cpu, work_of(addr, len, idxmap, bits));
}

void tlb_flush_range_by_mmuidx_all_cpus_synced(CPUState *cpu, vaddr addr,
                                               vaddr len, uint16_t idxmap,
                                               unsigned bits)
{
    flush_all_cpus(cpu, work_of(addr, len, idxmap, bits));
}
