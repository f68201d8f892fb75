/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads and stores that the fast path leaves over: TLB misses, devices, pages
 * of which stores are noticed, watchpoints, what is not aligned, what lies on
 * two pages.
 */
#include "qemu/osdep.h"
#include "accel/soft-insn.h"
#include "accel/tcg/getpc.h"
#include "exec/cpu_ldst.h"
#include "exec/ram_addr.h"
#include "memory/access.h"
#include "memory/address-space.h"
#include "qemu/main-loop.h"
#include "soft-internal.h"

/* ---- devices ------------------------------------------------------------- */

/* The page of an access, kept: a device may change the TLB. */
typedef struct IoPage {
    CPUState *cpu;
    SoftTLBFull full;
    vaddr addr;
    int mmu_idx;
    bool write;
    MMUAccessType access; /* what a failure is reported as */
    uintptr_t ra;
} IoPage;

static void io_failed(const IoPage *io, vaddr addr, unsigned size,
                      MemTxResult result)
{
    CPUState *cpu = io->cpu;
    const SoftCPUOps *ops = cpu->accel->ops;
    hwaddr phys = io->full.phys + (addr & ~TARGET_PAGE_MASK);

    if (!cpu->ignore_memory_transaction_failures &&
        ops->do_transaction_failed) {
        ops->do_transaction_failed(cpu, phys, addr, size, io->access,
                                   io->mmu_idx, io->full.attrs, result, io->ra);
    }
}

/* By a region of its own, as if it had the page to itself. */
static MemTxResult io_region(const IoPage *io, MemoryRegion *mr, hwaddr xlat,
                             unsigned size, uint64_t *val)
{
    MemOp op = size_memop(size) | MO_LE;
    bool locked = prepare_mmio_access(mr);
    MemTxResult result;

    if (io->write) {
        result =
            memory_region_dispatch_write(mr, xlat, *val, op, io->full.attrs);
    } else {
        result = memory_region_dispatch_read(mr, xlat, val, op, io->full.attrs);
    }
    if (locked) {
        bql_unlock();
    }
    return result;
}

/* Where a page has several, of which some may be RAM. */
static MemTxResult io_looked_up(const IoPage *io, hwaddr phys, unsigned size,
                                uint64_t *val)
{
    AddressSpace *as = cpu_get_address_space(
        io->cpu, cpu_asidx_from_attrs(io->cpu, io->full.attrs));
    hwaddr xlat, len = size;
    MemoryRegion *mr = address_space_translate(as, phys, &xlat, &len, io->write,
                                               io->full.attrs);
    MemTxResult result;
    uint8_t buf[8];

    /* What goes on behind a region's end is another's: it is cut there. */
    if (!memory_region_is_ram(mr) && !memory_region_is_romd(mr) &&
        xlat + size <= memory_region_size(mr)) {
        return io_region(io, mr, xlat, size, val);
    }
    stq_le_p(buf, *val);
    result = address_space_rw(as, phys, io->full.attrs, buf, size, io->write);
    *val = ldn_le_p(buf, size);
    return result;
}

/* One aligned access. */
static uint64_t io_one(const IoPage *io, vaddr addr, unsigned size,
                       uint64_t val)
{
    hwaddr offset = addr & ~TARGET_PAGE_MASK;
    MemTxResult result =
        io->full.mr
            ? io_region(io, io->full.mr, io->full.xlat + offset, size, &val)
            : io_looked_up(io, io->full.phys + offset, size, &val);

    if (result != MEMTX_OK) {
        io_failed(io, addr, size, result);
    }
    return val;
}

/* An access of any alignment is made of the largest aligned ones. */
static uint64_t io_access(IoPage *io, vaddr addr, unsigned size, uint64_t val)
{
    uint64_t result = 0;

    for (unsigned done = 0; done < size;) {
        unsigned part = 1 << ctz32(8 | (addr + done) | (size - done));
        uint64_t piece = io_one(io, addr + done, part, val >> done * 8);

        result |= extract64(piece, 0, part * 8) << done * 8;
        done += part;
    }
    return result;
}

/* ---- one page ------------------------------------------------------------ */

static void check_watchpoint(CPUState *cpu, SoftTLB *tlb, vaddr addr,
                             unsigned size, int flags, uintptr_t ra)
{
    cpu_check_watchpoint(cpu, addr, size, tlb->full[soft_tlb_index(addr)].attrs,
                         flags, ra);
}

static uint64_t load_host(const void *host, unsigned size)
{
    /* As far as it is aligned, another CPU sees all of a store or nothing. */
    if ((uintptr_t)host & (size - 1)) {
        return ldn_le_p(host, size);
    }
    switch (size) {
    case 1:
        return qatomic_read((const uint8_t *)host);
    case 2:
        return le16_to_cpu(qatomic_read((const uint16_t *)host));
    case 4:
        return le32_to_cpu(qatomic_read((const uint32_t *)host));
    default:
        return le64_to_cpu(qatomic_read((const uint64_t *)host));
    }
}

static void store_host(void *host, unsigned size, uint64_t val)
{
    if ((uintptr_t)host & (size - 1)) {
        stn_le_p(host, size, val);
        return;
    }
    switch (size) {
    case 1:
        qatomic_set((uint8_t *)host, val);
        break;
    case 2:
        qatomic_set((uint16_t *)host, cpu_to_le16(val));
        break;
    case 4:
        qatomic_set((uint32_t *)host, cpu_to_le32(val));
        break;
    default:
        qatomic_set((uint64_t *)host, cpu_to_le64(val));
        break;
    }
}

/* The flags of the page of @addr, which is entered or raises. */
static unsigned page_flags(CPUState *cpu, SoftTLB *tlb, vaddr addr,
                           unsigned size, MMUAccessType access, int mmu_idx,
                           uintptr_t ra)
{
    soft_tlb_fill(cpu, addr, size, access, mmu_idx, false, ra);
    return qatomic_read(&tlb->entries[soft_tlb_index(addr)].tag[access]) &
           SOFT_TLB_FLAGS & ~SOFT_TLB_INVALID;
}

static IoPage io_page(CPUState *cpu, SoftTLB *tlb, vaddr addr, int mmu_idx,
                      MMUAccessType access, uintptr_t ra)
{
    return (IoPage){
        .cpu = cpu,
        .full = tlb->full[soft_tlb_index(addr)],
        .addr = addr,
        .mmu_idx = mmu_idx,
        .write = access == MMU_DATA_STORE,
        .access = access,
        .ra = ra,
    };
}

/* The bytes of [@addr, +@size) with @val at odd sizes (parts of an access). */
static uint64_t load_page(CPUState *cpu, SoftTLB *tlb, vaddr addr,
                          unsigned size, int mmu_idx, MMUAccessType access,
                          uintptr_t ra)
{
    unsigned flags = page_flags(cpu, tlb, addr, size, access, mmu_idx, ra);
    uint8_t *host =
        (uint8_t *)(addr + tlb->entries[soft_tlb_index(addr)].addend);
    uint64_t val = 0;

    if (unlikely(flags & SOFT_TLB_WATCHPOINT)) {
        check_watchpoint(cpu, tlb, addr, size, BP_MEM_READ, ra);
    }
    if (flags & SOFT_TLB_MMIO) {
        IoPage io = io_page(cpu, tlb, addr, mmu_idx, access, ra);

        return io_access(&io, addr, size, 0);
    }
    if (is_power_of_2(size)) {
        return load_host(host, size);
    }
    for (unsigned i = 0; i < size; i++) {
        val |= (uint64_t)host[i] << i * 8;
    }
    return val;
}

static void store_page(CPUState *cpu, SoftTLB *tlb, vaddr addr, unsigned size,
                       uint64_t val, int mmu_idx, uintptr_t ra)
{
    unsigned flags =
        page_flags(cpu, tlb, addr, size, MMU_DATA_STORE, mmu_idx, ra);
    unsigned index = soft_tlb_index(addr);
    uint8_t *host = (uint8_t *)(addr + tlb->entries[index].addend);

    if (unlikely(flags & SOFT_TLB_WATCHPOINT)) {
        check_watchpoint(cpu, tlb, addr, size, BP_MEM_WRITE, ra);
    }
    if (flags & SOFT_TLB_MMIO) {
        IoPage io = io_page(cpu, tlb, addr, mmu_idx, MMU_DATA_STORE, ra);

        io_access(&io, addr, size, val);
        return;
    }
    if (flags & SOFT_TLB_DISCARD) {
        return;
    }
    if (is_power_of_2(size)) {
        store_host(host, size, val);
    } else {
        for (unsigned i = 0; i < size; i++) {
            host[i] = val >> i * 8;
        }
    }
    if (flags & SOFT_TLB_NOTDIRTY) {
        soft_notdirty(cpu, tlb, addr, size,
                      tlb->full[index].ram + (addr & ~TARGET_PAGE_MASK));
    }
}

void soft_notdirty(CPUState *cpu, SoftTLB *tlb, vaddr addr, unsigned size,
                   ram_addr_t ram)
{
    if (!cpu_physical_memory_get_dirty_flag(ram, DIRTY_MEMORY_CODE)) {
        soft_code_write(cpu, ram, size);
    }
    cpu_physical_memory_set_dirty_range(ram, size, DIRTY_CLIENTS_NOCODE);
    soft_tlb_set_dirty(cpu->accel, tlb, addr);
}

/* ---- any address --------------------------------------------------------- */

/* How many bytes of [@addr, +@size) lie on the first page. */
static unsigned on_first_page(vaddr addr, unsigned size)
{
    return MIN(size, -(addr | TARGET_PAGE_MASK));
}

uint64_t soft_load_mmu(CPUState *cpu, vaddr addr, unsigned size, int mmu_idx,
                       MMUAccessType access, uintptr_t ra)
{
    SoftTLB *tlb = soft_tlb(cpu->accel, mmu_idx);
    unsigned first = on_first_page(addr, size);
    uint64_t val;

    if (likely(first == size)) {
        return load_page(cpu, tlb, addr, size, mmu_idx, access, ra);
    }
    /* Both pages fault before either is read. */
    soft_tlb_fill(cpu, addr, first, access, mmu_idx, false, ra);
    soft_tlb_fill(cpu, addr + first, size - first, access, mmu_idx, false, ra);
    val = load_page(cpu, tlb, addr, first, mmu_idx, access, ra);
    return val |
           load_page(cpu, tlb, addr + first, size - first, mmu_idx, access, ra)
               << first * 8;
}

void soft_store_mmu(CPUState *cpu, vaddr addr, unsigned size, uint64_t val,
                    int mmu_idx, uintptr_t ra)
{
    SoftTLB *tlb = soft_tlb(cpu->accel, mmu_idx);
    unsigned first = on_first_page(addr, size);

    if (likely(first == size)) {
        store_page(cpu, tlb, addr, size, val, mmu_idx, ra);
        return;
    }
    soft_tlb_fill(cpu, addr, first, MMU_DATA_STORE, mmu_idx, false, ra);
    soft_tlb_fill(cpu, addr + first, size - first, MMU_DATA_STORE, mmu_idx,
                  false, ra);
    store_page(cpu, tlb, addr, first, val, mmu_idx, ra);
    store_page(cpu, tlb, addr + first, size - first, val >> first * 8, mmu_idx,
               ra);
}

void *soft_atomic_mmu(CPUState *cpu, vaddr addr, unsigned size, int mmu_idx,
                      uintptr_t ra)
{
    SoftTLB *tlb = soft_tlb(cpu->accel, mmu_idx);
    unsigned index = soft_tlb_index(addr);
    unsigned flags;

    if (addr & (size - 1)) {
        cpu->accel->ops->do_unaligned_access(cpu, addr, MMU_DATA_STORE, mmu_idx,
                                             ra);
    }
    flags = page_flags(cpu, tlb, addr, size, MMU_DATA_STORE, mmu_idx, ra);
    if (unlikely(flags & SOFT_TLB_WATCHPOINT)) {
        check_watchpoint(cpu, tlb, addr, size, BP_MEM_ACCESS, ra);
    }
    if (flags & (SOFT_TLB_MMIO | SOFT_TLB_DISCARD)) {
        return NULL;
    }
    if (flags & SOFT_TLB_NOTDIRTY) {
        soft_notdirty(cpu, tlb, addr, size,
                      tlb->full[index].ram + (addr & ~TARGET_PAGE_MASK));
    }
    return (void *)(addr + tlb->entries[index].addend);
}

/* ---- what handlers call -------------------------------------------------- */

uint64_t soft_load(CPUArchState *env, vaddr addr, unsigned size)
{
    return soft_load_mmu(soft_cpu(env), addr, size, soft_accel(env)->mmu_data,
                         MMU_DATA_LOAD, GETPC());
}

uint64_t soft_load_aligned(CPUArchState *env, vaddr addr, unsigned size)
{
    AccelCPUState *s = soft_accel(env);

    if (addr & (size - 1)) {
        s->ops->do_unaligned_access(s->cpu, addr, MMU_DATA_LOAD, s->mmu_data,
                                    GETPC());
    }
    return soft_load(env, addr, size);
}

void soft_store(CPUArchState *env, vaddr addr, unsigned size, uint64_t val)
{
    soft_store_mmu(soft_cpu(env), addr, size, val, soft_accel(env)->mmu_data,
                   GETPC());
}

void *soft_atomic(CPUArchState *env, vaddr addr, unsigned size)
{
    return soft_atomic_mmu(soft_cpu(env), addr, size, soft_accel(env)->mmu_data,
                           GETPC());
}

uint64_t soft_io_load(CPUArchState *env, vaddr addr, unsigned size)
{
    AccelCPUState *s = soft_accel(env);
    SoftTLB *tlb = soft_tlb(s, s->mmu_data);

    if (page_flags(s->cpu, tlb, addr, size, MMU_DATA_STORE, s->mmu_data,
                   GETPC()) &
        SOFT_TLB_MMIO) {
        IoPage io =
            io_page(s->cpu, tlb, addr, s->mmu_data, MMU_DATA_STORE, GETPC());

        io.write = false;
        return io_access(&io, addr, size, 0);
    }
    return soft_load(env, addr, size);
}

void soft_io_begin(CPUArchState *env)
{
    AccelCPUState *s = soft_accel(env);

    s->io_locked = !bql_locked();
    if (s->io_locked) {
        bql_lock();
    }
}

void soft_io_end(CPUArchState *env)
{
    if (soft_accel(env)->io_locked) {
        bql_unlock();
    }
}
