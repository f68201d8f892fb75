/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The blocks of a CPU: finding, making, linking and dropping them.
 *
 * They lie one after the other in an arena of bounded size, which is emptied
 * when it is full. Pages of code lie there too. A block is found
 *  - by a link, from another block of the same page;
 *  - in the jump cache, by a handler or here;
 *  - in the hash table, by the host address of its code and the mode;
 *  - or is made.
 * Dropping a page takes its blocks out of all of these; links need not be
 * looked for, since they come from blocks of the same page only.
 */
#include "qemu/osdep.h"
#include "accel/soft-insn.h"
#include "exec/log.h"
#include "exec/ram_addr.h"
#include "qemu/error-report.h"
#include "soft-internal.h"
#include <sys/mman.h>

/* Space that a block of the largest size can take. */
#define BLOCK_SPACE                                                            \
    (sizeof(SoftBlock) + (SOFT_BLOCK_MAX + 4) * sizeof(SoftInsn) +             \
     SOFT_BLOCK_MAX * sizeof(uint16_t) + sizeof(SoftPage) + 64)

/* ---- the arena ----------------------------------------------------------- */

/* Offset 0 is nobody's. */
#define ARENA_BEGIN 64

static void arena_reset(SoftArena *a)
{
    a->used = ARENA_BEGIN;
    a->nr = 0;
    memset(a->hash, 0, sizeof(a->hash));
    memset(a->pages, 0, sizeof(a->pages));
}

void soft_blocks_init(AccelCPUState *s)
{
    SoftArena *a = &s->arena;

    a->base = mmap(NULL, SOFT_ARENA_SIZE, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (a->base == MAP_FAILED) {
        error_report("Cannot allocate %zu bytes for decoded code: %s",
                     (size_t)SOFT_ARENA_SIZE, strerror(errno));
        exit(1);
    }
    /* The rest is zero, and not touched: there may be hundreds of CPUs. */
    a->used = ARENA_BEGIN;
    s->young = g_array_new(false, false, sizeof(ram_addr_t));
    s->jumps = g_new0(SoftJump, SOFT_JUMP_SIZE);
}

void soft_blocks_destroy(AccelCPUState *s)
{
    munmap(s->arena.base, SOFT_ARENA_SIZE);
    g_free(s->arena.order);
    g_array_free(s->young, true);
    g_free(s->jumps);
}

static void clear_jumps(AccelCPUState *s)
{
    memset(s->jumps, 0, SOFT_JUMP_SIZE * sizeof(SoftJump));
}

void soft_blocks_flush(AccelCPUState *s)
{
    arena_reset(&s->arena);
    g_array_set_size(s->young, 0);
    clear_jumps(s);
    s->generation++;
    s->stats.flushes++;
}

static void *arena_at(SoftArena *a, uint32_t offset)
{
    return a->base + offset;
}

static uint32_t arena_offset(SoftArena *a, const void *p)
{
    return (const uint8_t *)p - a->base;
}

static void *arena_take(SoftArena *a, size_t size)
{
    void *p = a->base + a->used;

    a->used += ROUND_UP(size, 16);
    return p;
}

static void arena_note(SoftArena *a, SoftBlock *block)
{
    if (a->nr == a->max) {
        a->max = a->max ? a->max * 2 : 1024;
        a->order = g_renew(uint32_t, a->order, a->max);
    }
    a->order[a->nr++] = arena_offset(a, block);
}

SoftBlock *soft_block_of(AccelCPUState *s, const SoftInsn *insn)
{
    SoftArena *a = &s->arena;
    uint32_t offset = arena_offset(a, insn);
    unsigned low = 0, high = a->nr;

    /* The last one that begins before it. */
    while (high - low > 1) {
        unsigned middle = (low + high) / 2;

        if (a->order[middle] <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return arena_at(a, a->order[low]);
}

/* ---- what a block knows -------------------------------------------------- */

static SoftInsn *links_of(SoftBlock *block)
{
    return block->insns + block->count + block->fallthrough;
}

static uint16_t *offsets_of(SoftBlock *block)
{
    return (uint16_t *)(block->insns + block->count + block->fallthrough +
                        block->nr_links);
}

unsigned soft_offset_of(SoftBlock *block, const SoftInsn *insn)
{
    unsigned index = insn - block->insns;

    return index < block->count ? offsets_of(block)[index] : block->end;
}

uint32_t soft_bits_of(SoftBlock *block, const SoftInsn *insn)
{
    unsigned index = insn - block->insns;
    unsigned offset = soft_offset_of(block, insn);
    unsigned next =
        index + 1 < block->count ? offsets_of(block)[index + 1] : block->end;
    const uint8_t *code;
    uint32_t bits = 0;

    if (block->by_bits) {
        return block->bits;
    }
    if (index >= block->count) {
        return 0;
    }
    code = (const uint8_t *)block->host + (offset - block->offset);
    for (unsigned i = 0; i < next - offset; i++) {
        /* Others may write there. */
        bits |= (uint32_t)qatomic_read(&code[i]) << i * 8;
    }
    return bits;
}

/* ---- the hash tables ----------------------------------------------------- */

static unsigned hash_of(uintptr_t key)
{
    return (key >> 1 ^ key >> (1 + SOFT_HASH_BITS) ^ key >> SOFT_KEY_SHIFT) &
           (SOFT_HASH_SIZE - 1);
}

static SoftJump *jump_of(AccelCPUState *s, uintptr_t key)
{
    return &s->jumps[(key >> 1) & (SOFT_JUMP_SIZE - 1)];
}

static SoftBlock *hash_find(SoftArena *a, uintptr_t key)
{
    uint32_t at = a->hash[hash_of(key)];

    while (at) {
        SoftBlock *block = arena_at(a, at);

        if (block->key == key && !block->by_bits) {
            return block;
        }
        at = block->next;
    }
    return NULL;
}

static void hash_add(SoftArena *a, SoftBlock *block)
{
    uint32_t *head = &a->hash[hash_of(block->key)];

    block->next = *head;
    *head = arena_offset(a, block);
}

static void hash_remove(SoftArena *a, SoftBlock *block)
{
    uint32_t *at = &a->hash[hash_of(block->key)];
    uint32_t offset = arena_offset(a, block);

    while (*at && *at != offset) {
        at = &((SoftBlock *)arena_at(a, *at))->next;
    }
    if (*at) {
        *at = block->next;
    }
}

static uint32_t *page_head(SoftArena *a, ram_addr_t ram)
{
    return &a->pages[(ram >> TARGET_PAGE_BITS) & (SOFT_PAGE_HASH - 1)];
}

static SoftPage *page_find(SoftArena *a, ram_addr_t ram)
{
    uint32_t at = *page_head(a, ram);

    while (at) {
        SoftPage *page = arena_at(a, at);

        if (page->ram == ram) {
            return page;
        }
        at = page->next;
    }
    return NULL;
}

static SoftPage *page_make(SoftArena *a, ram_addr_t ram)
{
    SoftPage *page = page_find(a, ram);
    uint32_t *head = page_head(a, ram);

    if (!page) {
        page = arena_take(a, sizeof(*page));
        *page = (SoftPage){ .ram = ram, .next = *head };
        *head = arena_offset(a, page);
    }
    return page;
}

void soft_drop_page(AccelCPUState *s, ram_addr_t ram)
{
    SoftArena *a = &s->arena;
    SoftPage *page = page_find(a, ram);
    uint32_t at;

    if (!page) {
        return;
    }
    page->granules = 0;
    if (!page->blocks) {
        return;
    }
    for (at = page->blocks; at;) {
        SoftBlock *block = arena_at(a, at);
        SoftJump *jump = jump_of(s, block->key);

        hash_remove(a, block);
        if (jump->insn == block->insns) {
            *jump = (SoftJump){};
        }
        block->dropped = true;
        at = block->page_next;
    }
    page->blocks = 0;
    s->stale = true;
    s->stats.pages_dropped++;
}

static void note_young(AccelCPUState *s, SoftPage *page, uint64_t claim)
{
    if (!page->claim) {
        g_array_append_val(s->young, page->ram);
    }
    page->claim = claim;
}

void soft_drop_young(AccelCPUState *s, uint64_t known)
{
    for (guint i = s->young->len; i > 0; i--) {
        ram_addr_t ram = g_array_index(s->young, ram_addr_t, i - 1);
        SoftPage *page = page_find(&s->arena, ram);

        soft_drop_page(s, ram);
        if (page->claim <= known) {
            page->claim = 0;
            g_array_remove_index_fast(s->young, i - 1);
        }
    }
}

/* ---- making -------------------------------------------------------------- */

/* The links, which must stay on the page to be followed without a look. */
static void make_links(SoftBlock *block, const SoftDecode *d)
{
    SoftInsn *link = links_of(block);
    unsigned nr = MAX(d->nr_links, 1);
    unsigned last = d->count ? d->end - d->offsets[d->count - 1] : 0;

    for (unsigned i = 0; i < nr; i++) {
        link[i] = (SoftInsn){
            .imm = d->nr_links ? d->link[i] : (int32_t)d->end,
            .rd = last,
            .aux = d->count,
        };
    }
}

/* What make_block() decodes. */
typedef struct Source {
    vaddr pc;
    const uint8_t *code;
    unsigned len; /* bytes up to the end of the page */
    unsigned max; /* instructions */
    uintptr_t key;
    bool by_bits;
    uint32_t bits;
} Source;

/* Decodes to the end of the arena; where the block would end, 0 if nowhere. */
static unsigned decode(CPUState *cpu, const Source *from, SoftDecode *d,
                       uint16_t *offsets)
{
    SoftArena *a = &cpu->accel->arena;

    *d = (SoftDecode){
        .code = from->code,
        .len = from->len,
        .offset = from->pc & ~TARGET_PAGE_MASK,
        .max = from->max,
        .flags = cpu->accel->flags,
        .insns = ((SoftBlock *)(a->base + a->used))->insns,
        .offsets = offsets,
    };
    cpu->accel->ops->decode_block(cpu, d);
    return d->count ? d->end : 0;
}

static void reserve(AccelCPUState *s)
{
    if (s->arena.used + BLOCK_SPACE > SOFT_ARENA_SIZE) {
        soft_blocks_flush(s);
    }
}

/* NULL if the first instruction needs more than there is. */
static SoftBlock *make_block(CPUState *cpu, const Source *from)
{
    AccelCPUState *s = cpu->accel;
    SoftArena *a = &s->arena;
    uint16_t offsets[SOFT_BLOCK_MAX];
    SoftBlock *block = (SoftBlock *)(a->base + a->used);
    SoftDecode d;

    if (!decode(cpu, from, &d, offsets)) {
        return NULL;
    }
    block->key = from->key;
    block->host = (uintptr_t)from->code;
    block->bits = from->bits;
    block->page_next = 0;
    block->count = d.count;
    block->offset = d.offset;
    block->end = d.end;
    block->by_bits = from->by_bits;
    block->dropped = false;
    block->fallthrough = d.fallthrough;
    block->nr_links = MAX(d.nr_links, 1);
    make_links(block, &d);
    memcpy(offsets_of(block), offsets, d.count * sizeof(uint16_t));
    arena_take(a, (uint8_t *)(offsets_of(block) + d.count) - (uint8_t *)block);
    arena_note(a, block);
    hash_add(a, block);
    s->stats.blocks_made++;
    s->stats.insns_made += d.count;
    s->stats.code_bytes += d.end - d.offset;
    if (unlikely(qemu_loglevel_mask(CPU_LOG_TB_IN_ASM))) {
        soft_log_block(cpu, from->pc, from->code, d.end - d.offset);
    }
    return block;
}

/* All 64ths of the page that [@offset, @end) touches. */
static uint64_t granules_of(unsigned offset, unsigned end)
{
    unsigned first = offset >> SOFT_GRANULE_BITS;
    unsigned last = (end - 1) >> SOFT_GRANULE_BITS;

    return MAKE_64BIT_MASK(first, last - first + 1);
}

/* Decodes memory of the host. NULL if the instruction goes over the page. */
static SoftBlock *make_from_ram(CPUState *cpu, vaddr pc, uintptr_t host,
                                ram_addr_t ram, uintptr_t key)
{
    AccelCPUState *s = cpu->accel;
    Source from = {
        .pc = pc,
        .code = (const uint8_t *)host,
        .len = -(pc | TARGET_PAGE_MASK),
        .max = s->max_insns,
        .key = key,
    };
    SoftBlock *block;
    SoftPage *page;

    reserve(s);
    page = page_make(&s->arena, ram & TARGET_PAGE_MASK);
    for (;;) {
        /*
         * Stores must be noticed from before the code is read that is used:
         * what it takes is found out, claimed, and read again.
         */
        uint16_t offsets[SOFT_BLOCK_MAX];
        SoftDecode d;
        unsigned end = decode(cpu, &from, &d, offsets);
        uint64_t granules, claim;

        if (!end) {
            return NULL;
        }
        granules = granules_of(d.offset, end);
        if (!(granules & ~page->granules)) {
            break;
        }
        claim = soft_code_add(cpu, ram & TARGET_PAGE_MASK, granules);
        if (unlikely(claim)) {
            note_young(s, page, claim);
        }
        page->granules |= granules;
    }
    block = make_block(cpu, &from);
    if (block) {
        block->page_next = page->blocks;
        page->blocks = arena_offset(&s->arena, block);
    }
    return block;
}

/*
 * One instruction that cannot be taken from a page as it is: it lies on two, or
 * on a device, or is to be run alone. The bytes are fetched each time, and
 * instruction and place in the page find the block.
 */
static const SoftInsn *find_by_bits(CPUState *cpu, vaddr pc)
{
    AccelCPUState *s = cpu->accel;
    SoftArena *a = &s->arena;
    unsigned offset = pc & ~TARGET_PAGE_MASK;
    uint8_t code[4];
    unsigned size;
    uint32_t bits;
    uintptr_t key;
    uint32_t at;
    SoftBlock *block;

    stw_le_p(code, soft_load_mmu(cpu, pc, 2, s->mmu_fetch, MMU_INST_FETCH, 0));
    size = s->ops->insn_size(code);
    if (size > 2) {
        stw_le_p(code + 2, soft_load_mmu(cpu, pc + 2, 2, s->mmu_fetch,
                                         MMU_INST_FETCH, 0));
    }
    bits = size > 2 ? (uint32_t)ldl_le_p(code) : lduw_le_p(code);
    key =
        (uintptr_t)s->flags << SOFT_KEY_SHIFT | (uintptr_t)offset << 32 | bits;
    for (at = a->hash[hash_of(key)]; at;) {
        block = arena_at(a, at);
        if (block->by_bits && block->key == key) {
            return block->insns;
        }
        at = block->next;
    }
    reserve(s);
    block = make_block(cpu, &(Source){
                                .pc = pc,
                                .code = code,
                                .len = size,
                                .max = 1,
                                .key = key,
                                .by_bits = true,
                                .bits = bits,
                            });
    assert(block);
    return block->insns;
}

/* ---- finding ------------------------------------------------------------- */

const SoftInsn *soft_find(CPUState *cpu, vaddr pc)
{
    AccelCPUState *s = cpu->accel;
    SoftHot *hot = cpu_hot(cpu);
    SoftTLB *tlb = &s->tlb[s->mmu_fetch];
    SoftTLBEntry *e = &tlb->entries[soft_tlb_index(pc)];
    uint64_t tag = e->tag[MMU_INST_FETCH];
    bool alone = s->one_insn;
    uintptr_t host, key;
    SoftJump *jump;
    SoftBlock *block;

    s->stale = false;
    if (unlikely(qatomic_read(&s->written_pending))) {
        soft_code_catch_up(cpu);
    }
    if (unlikely(qatomic_xchg(&s->flush_pending, 0))) {
        soft_blocks_flush(s);
    }
    if (unlikely(s->has_breakpoints)) {
        alone |= soft_check_breakpoint(cpu, pc);
    }
    if (tag != (pc & TARGET_PAGE_MASK)) {
        soft_tlb_fill(cpu, pc, 2, MMU_INST_FETCH, s->mmu_fetch, false, 0);
        tag = e->tag[MMU_INST_FETCH];
    }
    hot->page = pc & TARGET_PAGE_MASK;
    if (unlikely(alone) || unlikely(tag & SOFT_TLB_FLAGS)) {
        return find_by_bits(cpu, pc);
    }

    host = pc + e->addend;
    key = host ^ hot->key;
    jump = jump_of(s, key);
    if (jump->host == key) {
        return jump->insn;
    }
    block = hash_find(&s->arena, key);
    if (!block) {
        block = make_from_ram(
            cpu, pc, host,
            tlb->full[soft_tlb_index(pc)].ram + (pc & ~TARGET_PAGE_MASK), key);
        if (!block) {
            return find_by_bits(cpu, pc);
        }
    }
    *jump = (SoftJump){ key, block->insns };
    return block->insns;
}

/* ---- what handlers call -------------------------------------------------- */

const SoftInsn *soft_follow_slow(CPUArchState *env, const SoftInsn *link,
                                 SoftTLBEntry *tlb)
{
    CPUState *cpu = soft_cpu(env);
    AccelCPUState *s = cpu->accel;
    SoftHot *hot = cpu_hot(cpu);
    vaddr from = hot->page;
    vaddr pc = from + (int64_t)link->imm;
    unsigned generation = s->generation;
    const SoftInsn *to;

    hot->insns += link->aux;
    hot->insn = NULL;
    cpu->cc->set_pc(cpu, pc);
    if (soft_poll(env) || s->one_insn) {
        return NULL;
    }
    to = soft_find(cpu, pc);
    if (hot->page == from && generation == s->generation) {
        SoftBlock *one = soft_block_of(s, link);
        SoftBlock *two = soft_block_of(s, to);

        if (!one->by_bits && !two->by_bits && !one->dropped) {
            ((SoftInsn *)link)->next = to;
        }
    }
    return to;
}

const SoftInsn *soft_jump_slow(CPUArchState *env, const SoftInsn *insn,
                               SoftTLBEntry *tlb)
{
    CPUState *cpu = soft_cpu(env);

    cpu_hot(cpu)->insn = NULL;
    if (soft_poll(env) || cpu->accel->one_insn) {
        return NULL;
    }
    return soft_find(cpu, cpu->cc->get_pc(cpu));
}

const SoftInsn *soft_next_slow(CPUArchState *env, const SoftInsn *insn,
                               SoftTLBEntry *tlb)
{
    CPUState *cpu = soft_cpu(env);
    AccelCPUState *s = cpu->accel;

    if (unlikely(s->stale)) {
        SoftBlock *block = soft_block_of(s, insn);

        s->stale = false;
        if (block->dropped) {
            SoftHot *hot = cpu_hot(cpu);

            hot->insns += insn + 1 - block->insns;
            hot->insn = NULL;
            cpu->cc->set_pc(cpu, hot->page + soft_offset_of(block, insn + 1));
            return NULL;
        }
    }
    return insn + 1;
}

vaddr soft_insn_pc(CPUArchState *env, const SoftInsn *insn)
{
    return soft_hot(env)->page +
           soft_offset_of(soft_block_of(soft_accel(env), insn), insn);
}

vaddr soft_insn_npc(CPUArchState *env, const SoftInsn *insn)
{
    return soft_insn_pc(env, insn + 1);
}
