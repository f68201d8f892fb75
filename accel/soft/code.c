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
 */
#include "qemu/osdep.h"
#include "exec/cputlb.h"
#include "exec/ram_addr.h"
#include "qemu/lockable.h"
#include "qemu/rcu.h"
#include "soft-internal.h"

typedef struct CodePage {
    uint64_t granules;
    uint64_t cpus; /* by cpu_index modulo 64: may be too many */
} CodePage;

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

void soft_code_add(CPUState *cpu, ram_addr_t ram, uint64_t granules)
{
    gpointer key = (gpointer)(ram >> TARGET_PAGE_BITS);
    CodePage *page;

    WITH_QEMU_LOCK_GUARD(&code_lock) {
        page = g_hash_table_lookup(code_pages, key);
        if (!page) {
            page = g_new0(CodePage, 1);
            g_hash_table_insert(code_pages, key, page);
        }
        page->granules |= granules;
        page->cpus |= cpu_bit(cpu);
    }
    cpu_physical_memory_clear_code_dirty(ram & TARGET_PAGE_MASK);
}

static void tell(CPUState *cpu, ram_addr_t ram)
{
    AccelCPUState *s = cpu->accel;

    if (s && s->written) {
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

void soft_code_init(void)
{
    if (code_pages) {
        return;
    }
    qemu_mutex_init(&code_lock);
    code_pages = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    cpu_physical_memory_set_code_written_hook(dma_written);
    cpu_physical_memory_set_dirty_cleared_hook(tlb_reset_dirty_range_all);
}
