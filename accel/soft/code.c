/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which pages of RAM have code that some CPU has decoded, and who must hear
 * when it is written to.
 *
 * Such a page is clean for DIRTY_MEMORY_CODE, so that stores to it take the slow
 * path on all CPUs and DMA comes by the hook. A write that touches a granule
 * with code makes all CPUs drop their blocks of the page: the writing one at
 * once, others before they look for a block the next time, and at a fence.i at
 * the latest, which is when the architecture wants it. A write elsewhere on the
 * page (data next to code) costs a look into the table.
 *
 * A handler looks at the tag of a page first and stores then. One that looked
 * just before the page was claimed stores later, maybe much later if the host
 * takes its thread off the processor, and nobody notices. So claims are counted,
 * and each CPU tells between blocks which it knows of. As long as one that is in
 * the guest does not know of a claim, the page is "young" for those who decode
 * it: each fence.i of theirs drops its blocks, and asks the others out.
 */
#include "qemu/osdep.h"
#include "exec/cputlb.h"
#include "exec/ram_addr.h"
#include "exec/ramlist.h"
#include "exec/tb-flush.h"
#include "qemu/lockable.h"
#include "qemu/rcu.h"
#include "soft-internal.h"

typedef struct CodePage {
    uint64_t granules;
    uint64_t cpus;  /* by cpu_index modulo 64: may be too many */
    uint64_t claim; /* which it was that made the page clean */
} CodePage;

static uint64_t nr_claims; /* written with the lock held */
static QemuMutex code_lock;
static GHashTable *code_pages; /* page number -> CodePage */

static uint64_t cpu_bit(CPUState *cpu)
{
    return UINT64_C(1) << (cpu->cpu_index & 63);
}

/* The granules that [@ram, +@len), on one page, touches. */
static uint64_t granules_of(ram_addr_t ram, unsigned len)
{
    unsigned first = (ram & ~TARGET_PAGE_MASK) >> SOFT_GRANULE_BITS;
    unsigned last = ((ram + len - 1) & ~TARGET_PAGE_MASK) >> SOFT_GRANULE_BITS;

    return MAKE_64BIT_MASK(first, last - first + 1);
}

/* ---- young pages --------------------------------------------------------- */

void soft_code_quiescent(AccelCPUState *s)
{
    uint64_t claims = qatomic_load_acquire(&nr_claims);

    if (s->claims_seen != claims) {
        qatomic_store_release(&s->claims_seen, claims);
    }
}

/*
 * The last claim that all CPUs in the guest but @cpu know of. With @ask those
 * that do not know of all are asked to come out of their blocks.
 */
static uint64_t claims_known(CPUState *cpu, bool ask)
{
    uint64_t last = qatomic_read(&nr_claims);
    uint64_t known = UINT64_MAX;
    CPUState *other;

    RCU_READ_LOCK_GUARD();
    CPU_FOREACH(other)
    {
        AccelCPUState *s = qatomic_read(&other->accel);

        if (other != cpu && s && qatomic_load_acquire(&other->running)) {
            uint64_t seen = qatomic_load_acquire(&s->claims_seen);

            known = MIN(known, seen);
            if (ask && seen < last) {
                qatomic_set(&other->neg.icount_decr.u16.high, -1);
            }
        }
    }
    return known;
}

void soft_code_fence(CPUState *cpu)
{
    AccelCPUState *s = cpu->accel;

    if (qatomic_read(&s->written_pending)) {
        soft_code_catch_up(cpu);
    }
    if (unlikely(s->young->len)) {
        soft_drop_young(s, claims_known(cpu, true));
    }
}

/* ---- claims and writes --------------------------------------------------- */

uint64_t soft_code_add(CPUState *cpu, ram_addr_t ram, uint64_t granules)
{
    gpointer key = (gpointer)(ram >> TARGET_PAGE_BITS);
    uint64_t claim;
    CodePage *page;

    WITH_QEMU_LOCK_GUARD(&code_lock) {
        page = g_hash_table_lookup(code_pages, key);
        if (!page) {
            page = g_new0(CodePage, 1);
            g_hash_table_insert(code_pages, key, page);
        }
        page->granules |= granules;
        page->cpus |= cpu_bit(cpu);
        if (cpu_physical_memory_get_dirty_flag(ram, DIRTY_MEMORY_CODE)) {
            cpu_physical_memory_clear_code_dirty(ram);
            /* Who knows of this claim has seen the tags. */
            page->claim = nr_claims + 1;
            qatomic_store_release(&nr_claims, page->claim);
        }
        claim = page->claim;
    }
    return claim > claims_known(cpu, false) ? claim : 0;
}

static void tell(CPUState *cpu, ram_addr_t ram)
{
    AccelCPUState *s = qatomic_read(&cpu->accel);

    if (s) {
        WITH_QEMU_LOCK_GUARD(&s->written_lock) {
            g_array_append_val(s->written, ram);
            qatomic_set(&s->written_pending, 1);
        }
    }
}

void soft_code_write(CPUState *cpu, ram_addr_t ram, unsigned len)
{
    ram_addr_t base = ram & TARGET_PAGE_MASK;
    gpointer key = (gpointer)(ram >> TARGET_PAGE_BITS);
    uint64_t cpus = 0;
    CPUState *other;

    WITH_QEMU_LOCK_GUARD(&code_lock) {
        CodePage *page = g_hash_table_lookup(code_pages, key);

        if (page && !(page->granules & granules_of(ram, len))) {
            return;
        }
        if (page) {
            cpus = page->cpus;
            g_hash_table_remove(code_pages, key);
        }
        cpu_physical_memory_set_dirty_flag(base, DIRTY_MEMORY_CODE);
    }
    if (!cpus) {
        return;
    }
    RCU_READ_LOCK_GUARD();
    CPU_FOREACH(other)
    {
        if (!(cpus & cpu_bit(other))) {
            continue;
        }
        if (other == cpu) {
            soft_drop_page(cpu->accel, base);
        } else {
            tell(other, base);
        }
    }
}

void soft_code_catch_up(CPUState *cpu)
{
    AccelCPUState *s = cpu->accel;
    g_autoptr(GArray) written = NULL;

    WITH_QEMU_LOCK_GUARD(&s->written_lock) {
        qatomic_set(&s->written_pending, 0);
        written = s->written;
        s->written = g_array_new(false, false, sizeof(ram_addr_t));
    }
    for (guint i = 0; i < written->len; i++) {
        soft_drop_page(s, g_array_index(written, ram_addr_t, i));
    }
}

/* DMA has written to pages of which some are code. */
static void dma_written(ram_addr_t start, ram_addr_t length)
{
    ram_addr_t end = start + length;

    for (ram_addr_t at = start; at < end;
         at = (at & TARGET_PAGE_MASK) + TARGET_PAGE_SIZE) {
        ram_addr_t stop = MIN((at & TARGET_PAGE_MASK) + TARGET_PAGE_SIZE, end);

        if (!cpu_physical_memory_get_dirty_flag(at, DIRTY_MEMORY_CODE)) {
            soft_code_write(NULL, at, stop - at);
        }
    }
}

/*
 * The next memory may come to the same addresses of the host and of ram_addr_t,
 * by which blocks are found. CPUs flush after they have heard of the change of
 * the memory map, and before the memory is given back, which waits for them.
 */
static void ram_removed(RAMBlockNotifier *n, void *host, size_t size,
                        size_t max_size)
{
    tb_flush(NULL);
}

void soft_code_init(void)
{
    static RAMBlockNotifier notifier = { .ram_block_removed = ram_removed };

    if (code_pages) {
        return;
    }
    ram_block_notifier_add(&notifier);
    qemu_mutex_init(&code_lock);
    code_pages = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    cpu_physical_memory_set_code_written_hook(dma_written);
    cpu_physical_memory_set_dirty_cleared_hook(tlb_reset_dirty_range_all);
}
