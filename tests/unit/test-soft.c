/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CPU engine with one hart: links and jumps, counting, instructions that
 * cross pages, code that changes, accesses of all kinds, debugging, dirty
 * pages, memory that moves.
 */
#include "qemu/osdep.h"
#include "soft-fixture.h"
#include "exec/cputlb.h"
#include "exec/page-protection.h"
#include "memory/access.h"

#define PROGRAM RAM_BASE
#define OTHER   (RAM_BASE + 0x3000)
#define DATA    (RAM_BASE + 0x10000)
#define ALIAS   UINT64_C(0x60000000)

static AccelCPUState *engine(void)
{
    return hart_cpu(0)->accel;
}

/* The sum of 1 to 1000 in a loop, and how many instructions that took. */
static void test_loop(void)
{
    Code c = { PROGRAM };

    put32(&c, ADDI(a0, zero, 0));
    put32(&c, ADDI(a1, zero, 1000));
    put32(&c, CSRR(s0, CSR_MINSTRET));
    put32(&c, ADD(a0, a0, a1));
    put32(&c, ADDI(a1, a1, -1));
    put32(&c, BNE(a1, zero, -8));
    put32(&c, CSRR(s1, CSR_MINSTRET));
    put_report(&c, a0);
    g_assert_cmpuint(run_at(PROGRAM), ==, 500500);
    /* From one CSRR to the other, itself included. */
    g_assert_cmpuint(hart_env(0)->gpr[s1] - hart_env(0)->gpr[s0], ==, 3001);
}

/* A loop over three pages, with calls, an indirect jump and 16-bit code. */
static void test_jumps(void)
{
    Code c = { PROGRAM }, f = { OTHER };

    put_li(&c, s0, OTHER);
    put32(&c, ADDI(a1, zero, 700));
    put32(&c, ADDI(a0, zero, 0));
    put32(&c, CSRR(s1, CSR_MINSTRET));
    put16(&c, C_NOP);
    put32(&c, JALR(ra, s0, 0));
    put32(&c, JAL(ra, OTHER + 0x100 - c.at));
    put32(&c, ADDI(a1, a1, -1));
    put32(&c, BNE(a1, zero, -14));
    put32(&c, CSRR(a2, CSR_MINSTRET));
    put_report(&c, a0);
    put32(&f, ADDI(a0, a0, 3));
    put32(&f, JALR(zero, ra, 0));
    f.at = OTHER + 0x100;
    put32(&f, ADDI(a0, a0, 4));
    put16(&f, 0x8082); /* c.jr ra */
    g_assert_cmpuint(run_at(PROGRAM), ==, 4900);
    g_assert_cmpuint(hart_env(0)->gpr[a2] - hart_env(0)->gpr[s1], ==,
                     700 * 9 + 1);
}

/* An instruction on two pages, in a loop; then its second half changes. */
static void test_page_crossing(void)
{
    for (int step = 1; step <= 2; step++) {
        Code c = { PROGRAM + 0x1000 - 8 };
        uint64_t start;

        start = c.at - 4;
        put16(&c, C_NOP);
        put16(&c, C_NOP);
        put16(&c, C_NOP);
        put32(&c, ADDI(a0, a0, step)); /* at ..ffe */
        put32(&c, ADDI(a1, a1, 1));
        put32(&c, BLTU(a1, a2, -10));
        put_report(&c, a0);
        c.at = start;
        put32(&c, ADDI(a2, zero, 500));
        g_assert_cmpuint(run_at(start), ==, 500 * step);
    }
}

/* Code that a program changes: in its own block, its own page, another page. */
static void test_self_modifying(void)
{
    static const hwaddr places[] = { 4, 0x800, OTHER - PROGRAM };

    for (unsigned i = 0; i < ARRAY_SIZE(places); i++) {
        Code c = { PROGRAM }, f;
        hwaddr place;

        put_li(&c, s1, ADDI(a0, a0, 100));
        put_li(&c, a5, PROGRAM + 0x400);
        put32(&c, JALR(zero, a5, 0));
        c.at = PROGRAM + 0x400;
        put_li(&c, s0, 0); /* the place, see below */
        put32(&c, ADDI(a1, zero, 2));
        put32(&c, ADDI(a0, zero, 0));
        /* Twice: run what is at the place, change it. */
        place = places[i] == 4 ? c.at + 8 : PROGRAM + places[i];
        if (places[i] == 4) {
            put32(&c, SW(s1, s0, 0));
            put32(&c, FENCE_I);
            put32(&c, ADDI(a0, a0, 1)); /* changed at once */
            put32(&c, ADDI(a1, a1, -1));
            put32(&c, BNE(a1, zero, -16));
        } else {
            put32(&c, JALR(ra, s0, 0));
            put32(&c, SW(s1, s0, 0));
            put32(&c, FENCE_I);
            put32(&c, ADDI(a1, a1, -1));
            put32(&c, BNE(a1, zero, -16));
            f.at = place;
            put32(&f, ADDI(a0, a0, 1));
            put32(&f, JALR(zero, ra, 0));
        }
        put_report(&c, a0);
        c.at = PROGRAM + 0x400;
        put_li(&c, s0, place);
        g_assert_cmpuint(run_at(PROGRAM), ==, places[i] == 4 ? 200 : 101);
    }
}

/* Data on a page of code: stores do not throw the code away. */
static void test_data_next_to_code(void)
{
    Code c = { PROGRAM };
    uint64_t dropped;

    put_li(&c, s0, PROGRAM + 0x800);
    put32(&c, ADDI(a0, zero, 1000));
    put32(&c, SD(a0, s0, 0));
    put32(&c, ADDI(a0, a0, -1));
    put32(&c, BNE(a0, zero, -8));
    put32(&c, LD(a0, s0, 0));
    put_report(&c, a0);
    g_assert_cmpuint(run_at(PROGRAM), ==, 1);
    dropped = engine()->stats.pages_dropped;
    g_assert_cmpuint(run_at(PROGRAM), ==, 1);
    g_assert_cmpuint(engine()->stats.pages_dropped, ==, dropped);
}

/* What a device writes over code is seen. */
static void test_dma(void)
{
    Code c = { PROGRAM };

    for (int i = 1; i < 50; i++) {
        c.at = PROGRAM;
        put32(&c, ADDI(a0, zero, i));
        put_report(&c, a0);
        g_assert_cmpuint(run_at(PROGRAM), ==, i);
    }
}

static void test_unaligned(void)
{
    Code c = { PROGRAM };
    uint64_t value = 0x8877665544332211;

    put_li(&c, s0, DATA + 0x1000);
    put_li(&c, s1, value);
    put32(&c, ADDI(a0, zero, 0));
    for (int offset = -12; offset < 4; offset++) {
        put32(&c, SD(s1, s0, offset));
        put32(&c, LD(a1, s0, offset));
        put32(&c, BEQ(a1, s1, 8));
        put32(&c, ADDI(a0, a0, 1));
        put32(&c, LW(a1, s0, offset + 1));
        put32(&c, ADD(a2, a2, a1));
    }
    put_report(&c, a0);
    g_assert_cmpuint(run_at(PROGRAM), ==, 0);
    g_assert_cmpuint(hart_env(0)->gpr[a2], ==, 16 * UINT64_C(0x55443322));
    g_assert_cmpuint(peek(DATA + 0x1003), ==, value);
}

static void test_mmio(void)
{
    Code c = { PROGRAM };

    put_li(&c, s0, REPORT);
    put32(&c, LD(a0, s0, 0));
    put32(&c, LW(a1, s0, 2));
    put32(&c, LB(a2, s0, 7));
    put_report(&c, a0);
    g_assert_cmphex(run_at(PROGRAM), ==, 0x1122334455667788);
    g_assert_cmphex(hart_env(0)->gpr[a1], ==, 0x33445566);
    g_assert_cmphex(hart_env(0)->gpr[a2], ==, 0x11);
}

/* More code than the arena holds. */
static void test_arena(void)
{
    uint64_t flushes = engine()->stats.flushes;
    Code c = { PROGRAM };
    unsigned count = SOFT_ARENA_SIZE / sizeof(SoftInsn) * 5 / 4;
    hwaddr loop;

    put_li(&c, a1, 2);
    loop = RAM_BASE + 0x100000;
    put_li(&c, s0, loop);
    put32(&c, JALR(zero, s0, 0));
    c.at = loop;
    for (unsigned i = 0; i < count; i++) {
        put32(&c, ADDI(a0, a0, 1));
    }
    put32(&c, ADDI(a1, a1, -1));
    put32(&c, BEQ(a1, zero, 8));
    put32(&c, JALR(zero, s0, 0));
    put_report(&c, a0);
    g_assert_cmpuint(run_at(PROGRAM), ==, 2 * count);
    g_assert_cmpuint(engine()->stats.flushes, >, flushes);
}

static void test_breakpoints(void)
{
    CPUState *cpu = hart_cpu(0);
    Code c = { PROGRAM };
    CPUWatchpoint *wp;

    put_li(&c, s0, DATA);         /* 11 instructions */
    put32(&c, ADDI(a0, zero, 5)); /* 0x2c */
    put32(&c, ADDI(a0, a0, -1));  /* 0x30 */
    put32(&c, BNE(a0, zero, -4)); /* 0x34 */
    put32(&c, SD(a0, s0, 16));    /* 0x38 */
    put_report(&c, a0);
    g_assert_cmpuint(run_at(PROGRAM), ==, 0);

    /* At a place in the middle of what is one block by now. */
    idle_harts();
    hart_start_at(0, PROGRAM);
    cpu_breakpoint_insert(cpu, PROGRAM + 0x34, BP_GDB, NULL);
    for (int left = 4; left >= 2; left--) {
        run_until_debug();
        g_assert_cmphex(hart_env(0)->pc, ==, PROGRAM + 0x34);
        g_assert_cmpuint(hart_env(0)->gpr[a0], ==, left);
        /* One step over it, with the breakpoint there. */
        cpu_single_step(cpu, SSTEP_ENABLE | SSTEP_NOIRQ);
        run_until_debug();
        g_assert_cmphex(hart_env(0)->pc, ==, PROGRAM + 0x30);
        cpu_single_step(cpu, 0);
    }
    cpu_breakpoint_remove(cpu, PROGRAM + 0x34, BP_GDB);
    cpu_watchpoint_insert(cpu, DATA + 20, 2,
                          BP_GDB | BP_MEM_WRITE | BP_STOP_BEFORE_ACCESS, &wp);
    poke(DATA + 16, 77);
    run_until_debug();
    g_assert_cmphex(hart_env(0)->pc, ==, PROGRAM + 0x38);
    g_assert_true(cpu->watchpoint_hit == wp);
    g_assert_cmpuint(peek(DATA + 16), ==, 77);
    cpu->watchpoint_hit = NULL;
    cpu_watchpoint_remove_by_ref(cpu, wp);
    run_until(1);
    g_assert_cmpuint(peek(DATA + 16), ==, 0);
}

/* Each instruction by itself counts as many. */
static void test_one_insn(void)
{
    soft_one_insn_per_tb = true;
    test_loop();
    test_jumps();
    test_page_crossing();
    soft_one_insn_per_tb = false;
}

static void test_dirty_log(void)
{
    hwaddr offset;
    MemoryRegion *mr;
    Code c = { PROGRAM };

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(&address_space_memory, DATA, &offset,
                                 &(hwaddr){ 1 }, true, MEMTXATTRS_UNSPECIFIED);
    memory_region_set_log(mr, true, DIRTY_MEMORY_VGA);
    put_li(&c, s0, DATA + 0x2000);
    put32(&c, ADDI(a0, zero, 100));
    put32(&c, SB(a0, s0, -1));
    put32(&c, SB(a0, s0, 0));
    put32(&c, ADDI(a0, a0, -1));
    put32(&c, BNE(a0, zero, -12));
    put_report(&c, a0);
    for (int round = 0; round < 3; round++) {
        memory_region_reset_dirty(mr, offset, 0x8000, DIRTY_MEMORY_VGA);
        run_at(PROGRAM);
        for (int page = 0; page < 8; page++) {
            DirtyBitmapSnapshot *snap = memory_region_snapshot_and_clear_dirty(
                mr, offset + page * 0x1000, 0x1000, DIRTY_MEMORY_VGA);

            g_assert_true(memory_region_snapshot_get_dirty(
                              mr, snap, offset + page * 0x1000, 0x1000) ==
                          (page == 1 || page == 2));
            g_free(snap);
        }
    }
    memory_region_set_log(mr, false, DIRTY_MEMORY_VGA);
}

static bool other_had_bql;

static void *wait_for_bql(void *opaque)
{
    bql_lock();
    other_had_bql = true;
    bql_unlock();
    return NULL;
}

/* A sync waits for stores under way; the BQL is kept where there are none. */
static void test_dirty_sync(void)
{
    Code c = { PROGRAM };
    QemuThread other;

    put_li(&c, s0, DATA);
    put32(&c, ADDI(a0, a0, 1));
    put32(&c, SD(a0, s0, 0));
    put32(&c, BNE(a0, zero, -8));
    idle_harts();
    hart_start_at(0, PROGRAM);
    poke(DATA, 0);
    vm_start();
    while (peek(DATA) < 10000) {
        memory_global_after_dirty_log_sync();
        bql_unlock();
        g_usleep(20);
        bql_lock();
    }
    vm_stop(RUN_STATE_PAUSED);

    qemu_thread_create(&other, "other", wait_for_bql, NULL,
                       QEMU_THREAD_JOINABLE);
    for (int i = 0; i < 100; i++) {
        g_usleep(200);
        memory_global_after_dirty_log_sync();
    }
    g_assert_false(other_had_bql);
    bql_unlock();
    qemu_thread_join(&other);
    bql_lock();
    g_assert_true(other_had_bql);
}

/* What is at an address changes while it is read. */
static void test_memory_map(void)
{
    MemoryRegion *over = g_new0(MemoryRegion, 1);
    Code c = { PROGRAM };
    uint64_t *host;

    memory_region_init_ram(over, NULL, "over", 0x1000, &error_abort);
    host = memory_region_get_ram_ptr(over);
    *host = 2;
    memory_region_add_subregion_overlap(get_system_memory(), DATA, over, 5);
    memory_region_set_enabled(over, false);
    poke(DATA, 1);

    /* Until 3 is read, counts what is read. */
    put_li(&c, s0, DATA);
    put32(&c, ADDI(a3, zero, 3));
    put32(&c, LD(a1, s0, 0));
    put32(&c, ADD(a0, a0, a1));
    put32(&c, BNE(a1, a3, -8));
    put_report(&c, a0);
    idle_harts();
    hart_start_at(0, PROGRAM);
    qatomic_set(&reports, 0);
    vm_start();
    for (int i = 0; i < 200; i++) {
        memory_region_set_enabled(over, i & 1);
        bql_unlock();
        g_usleep(50);
        bql_lock();
    }
    qatomic_set(host, 3);
    memory_region_set_enabled(over, true);
    wait_reports(1);
    vm_stop(RUN_STATE_PAUSED);
    memory_region_del_subregion(get_system_memory(), over);
    object_unparent(OBJECT(over));
    drain_call_rcu();
    g_free(over);
}

/* A small device, and what it was asked last. */
typedef struct Small {
    MemoryRegion mr;
    uint64_t answer, written;
    hwaddr at;
    unsigned size, count;
} Small;

static uint64_t small_read(void *opaque, hwaddr addr, unsigned size)
{
    Small *s = opaque;

    s->at = addr;
    s->size = size;
    s->count++;
    return s->answer;
}

static void small_write(void *opaque, hwaddr addr, uint64_t value,
                        unsigned size)
{
    Small *s = opaque;

    small_read(s, addr, size);
    s->written = value;
}

static const MemoryRegionOps small_ops = {
    .read = small_read,
    .write = small_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8 },
    .impl = { .min_access_size = 1, .max_access_size = 8 },
};

/* As most have it: four bytes at the most, whatever an access has. */
static const MemoryRegionOps plain_ops = {
    .read = small_read,
    .write = small_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

#define assert_asked(s, offset, width)                                         \
    do {                                                                       \
        g_assert_cmpuint((s)->count, ==, 1);                                   \
        g_assert_cmphex((s)->at, ==, offset);                                  \
        g_assert_cmpuint((s)->size, ==, width);                                \
    } while (0)

/* Accesses to a page with RAM up to 0x800, then small devices and gaps. */
static void put_accesses(Code *c)
{
    put_li(c, s0, ALIAS + 0x800);
    put32(c, ADDI(a1, zero, 77));
    put32(c, SD(a1, s0, -8));    /* RAM */
    put32(c, LD(a2, s0, 0));     /* device 0, all of it */
    put32(c, SH(a1, s0, 8));     /* 1 */
    put32(c, SW(a1, s0, 0x14));  /* 2, the other half */
    put32(c, LW(a3, s0, 0x704)); /* 3, behind a gap */
    put32(c, LD(a4, s0, -8));
    put32(c, LD(a5, s0, 0x20)); /* 4 and 5 */
    put_report(c, a2);
}

/*
 * Each of those on a page gets what is meant for it, and as wide as it was;
 * also where the page does not begin with RAM, but with what lies behind (the
 * window of PCI, which is empty there) or with a device.
 */
static void test_shared_page(void)
{
    static const unsigned at[] = { 0x800, 0x808, 0x810, 0xf00, 0x820, 0x824 };
    static const unsigned sizes[] = { 8, 2, 8, 8, 4, 4 };
    MemoryRegion *page = g_new0(MemoryRegion, 1),
                 *ram = g_new0(MemoryRegion, 1);
    Small *small = g_new0(Small, ARRAY_SIZE(at));
    Code c = { PROGRAM };

    memory_region_init(page, NULL, "page", 0x1000);
    memory_region_init_alias(ram, NULL, "part", current_machine->ram,
                             DATA - RAM_BASE, 0x800);
    memory_region_add_subregion(page, 0, ram);
    for (unsigned i = 0; i < ARRAY_SIZE(at); i++) {
        memory_region_init_io(&small[i].mr, NULL,
                              sizes[i] == 4 ? &plain_ops : &small_ops,
                              &small[i], "small", sizes[i]);
        small[i].answer = 0x10 + i;
        memory_region_add_subregion(page, at[i], &small[i].mr);
    }
    memory_region_add_subregion_overlap(get_system_memory(), ALIAS, page, 5);
    put_accesses(&c);
    for (unsigned first = 0; first < 3; first++) {
        poke(DATA + 0x7f8, 0);
        for (unsigned i = 0; i < ARRAY_SIZE(at); i++) {
            small[i].count = 0;
        }
        memory_region_set_address(&small[0].mr, first == 2 ? 0 : 0x800);
        memory_region_set_enabled(ram, first == 0);
        g_assert_cmpuint(run_at(PROGRAM), ==, first == 2 ? ~UINT64_C(0) : 0x10);
        g_assert_cmpuint(peek(DATA + 0x7f8), ==, first ? 0 : 77);
        if (first != 2) {
            assert_asked(&small[0], 0, 8);
        }
        assert_asked(&small[1], 0, 2);
        assert_asked(&small[2], 4, 4);
        assert_asked(&small[3], 4, 4);
        assert_asked(&small[4], 0, 4);
        assert_asked(&small[5], 0, 4);
        g_assert_cmphex(hart_env(0)->gpr[a5], ==, 0x1500000014);
        g_assert_cmpuint(small[2].written, ==, 77);
        g_assert_cmphex(hart_env(0)->gpr[a3], ==, 0x13);
        g_assert_cmphex(hart_env(0)->gpr[a4], ==, first ? ~UINT64_C(0) : 77);
    }
    memory_region_del_subregion(get_system_memory(), page);
    for (unsigned i = 0; i < ARRAY_SIZE(at); i++) {
        memory_region_del_subregion(page, &small[i].mr);
        object_unparent(OBJECT(&small[i].mr));
    }
    memory_region_del_subregion(page, ram);
    object_unparent(OBJECT(ram));
    object_unparent(OBJECT(page));
    drain_call_rcu();
    g_free(small);
    g_free(ram);
    g_free(page);
}

/* What a TLB is told of ends where something else begins, also in a gap. */
static void test_extent(void)
{
    static const struct {
        hwaddr at, len, want;
    } rows[] = {
        { 0, 0x800, 0x800 },
        { 0, 0x2000, 0x1000 }, /* before the boot ROM */
        { 0x1000, 0x100000, 0xf000 },
        { REPORT + 8, 0x2000, 0xff8 },
        { RAM_BASE + RAM_SIZE - 0x1000, 0x2000, 0x1000 },
    };

    RCU_READ_LOCK_GUARD();
    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
        hwaddr xlat, len = rows[i].len;
        bool readonly;

        address_space_translate_tlb(&address_space_memory, rows[i].at, &xlat,
                                    &len, &readonly, MEMTXATTRS_UNSPECIFIED);
        g_assert_cmphex(len, ==, rows[i].want);
    }
}

/* A ROM that is an alias of RAM. */
static void test_readonly_alias(void)
{
    MemoryRegion *alias = g_new0(MemoryRegion, 1);
    Code c = { PROGRAM };

    memory_region_init_alias(alias, NULL, "rom", current_machine->ram,
                             DATA - RAM_BASE, 0x1000);
    memory_region_set_readonly(alias, true);
    memory_region_add_subregion_overlap(get_system_memory(), ALIAS, alias, 5);
    poke(DATA, 5);
    put_li(&c, s0, ALIAS);
    put32(&c, ADDI(a1, zero, 7));
    put32(&c, SD(a1, s0, 0));
    put32(&c, AMOADD_D(a2, a1, s0));
    put32(&c, LD(a0, s0, 0));
    put_report(&c, a0);
    g_assert_cmpuint(run_at(PROGRAM), ==, 5);
    g_assert_cmpuint(hart_env(0)->gpr[a2], ==, 5);
    g_assert_cmpuint(peek(DATA), ==, 5);
    memory_region_del_subregion(get_system_memory(), alias);
    object_unparent(OBJECT(alias));
    drain_call_rcu();
    g_free(alias);
}

/* Code in memory that goes, and in what comes to its addresses. */
static void test_memory_goes(void)
{
    static uint8_t page[2 * MiB] QEMU_ALIGNED(0x1000);
    MemoryRegion *filler = g_new0(MemoryRegion, 4);
    void *host = NULL;

    for (int i = 1; i <= 4; i++) {
        MemoryRegion *mr = g_new0(MemoryRegion, 1);
        Code c = { PROGRAM }, f = { ALIAS };

        memory_region_init_ram(mr, NULL, "goes", 2 * MiB, &error_abort);
        memory_region_add_subregion_overlap(get_system_memory(), ALIAS, mr, 5);
        if (memory_region_get_ram_ptr(mr) == host) {
            g_test_message("round %d: at the same address", i);
        }
        host = memory_region_get_ram_ptr(mr);
        put32(&f, ADDI(a0, zero, i));
        put32(&f, JALR(zero, ra, 0));
        put_li(&c, s0, ALIAS);
        put32(&c, JALR(ra, s0, 0));
        put32(&c, ADDI(a2, a0, 0));
        /* What it is changed to is seen, too. */
        put_li(&c, a1, ADDI(a0, zero, 100 + i));
        put32(&c, SW(a1, s0, 0));
        put32(&c, FENCE_I);
        put32(&c, JALR(ra, s0, 0));
        put_report(&c, a0);
        g_assert_cmpuint(run_at(PROGRAM), ==, 100 + i);
        g_assert_cmpuint(hart_env(0)->gpr[a2], ==, i);
        memory_region_del_subregion(get_system_memory(), mr);
        object_unparent(OBJECT(mr));
        drain_call_rcu();
        g_free(mr);
        /* The next one is at another ram_addr_t. */
        memory_region_init_ram_ptr(&filler[i - 1], NULL, "filler", sizeof(page),
                                   page);
    }
    for (int i = 0; i < 4; i++) {
        object_unparent(OBJECT(&filler[i]));
    }
    drain_call_rcu();
    g_free(filler);
}

/* An atomic access is a read. */
static void test_watch_atomic(void)
{
    CPUWatchpoint *wp;
    Code c = { PROGRAM };

    put_li(&c, s0, DATA); /* 11 instructions */
    put32(&c, SD(zero, s0, 0));
    put32(&c, AMOADD_D(zero, s0, s0)); /* 0x30 */
    put_report(&c, a0);
    idle_harts();
    hart_start_at(0, PROGRAM);
    cpu_watchpoint_insert(hart_cpu(0), DATA, 8,
                          BP_GDB | BP_MEM_READ | BP_STOP_BEFORE_ACCESS, &wp);
    run_until_debug();
    g_assert_cmphex(hart_env(0)->pc, ==, PROGRAM + 0x30);
    g_assert_true(hart_cpu(0)->watchpoint_hit == wp);
    hart_cpu(0)->watchpoint_hit = NULL;
    cpu_watchpoint_remove_by_ref(hart_cpu(0), wp);
    run_until(1);
}

/* What the instruction at a program's start traps with; ~0 if it does not. */
static uint64_t cause_of(uint32_t insn)
{
    Code c = { PROGRAM }, handler = { OTHER };

    put32(&c, insn);
    put32(&c, ADDI(a0, zero, -1));
    put_report(&c, a0);
    put32(&handler, CSRR(a0, CSR_MCAUSE));
    put_report(&handler, a0);
    idle_harts();
    hart_start_at(0, PROGRAM);
    hart_env(0)->mtvec = OTHER;
    run_until(1);
    return last_report;
}

/* Instructions that the hart does not have, or not in that form. */
static void test_illegal(void)
{
    RISCVCPU *cpu = RISCV_CPU(hart_cpu(0));

    /* Zkr: the seed wants to be written. */
    g_assert_cmpuint(cause_of(CSRR(a0, CSR_SEED)), ==, 2);
    cpu->cfg.ext_zkr = true;
    g_assert_cmpuint(cause_of(CSRR(a0, CSR_SEED)), ==, 2);
    g_assert_cmpuint(cause_of(CSRW(CSR_SEED, a0)), ==, UINT64_MAX);
    cpu->cfg.ext_zkr = false;

    cpu->env.sepc = PROGRAM + 4;
    cpu->env.mstatus |= MSTATUS_SPP;
    cpu->env.misa_ext &= ~RVS;
    g_assert_cmpuint(cause_of(SRET), ==, 2);
    cpu->env.misa_ext |= RVS;
}

static bool is_entered(SoftTLB *tlb, vaddr addr)
{
    return tlb->entries[soft_tlb_index(addr)].tag[MMU_DATA_LOAD] == addr;
}

/* Large pages at both ends of the address space: flushed by any address. */
static void flush_large_pages(CPUState *cpu, run_on_cpu_data data)
{
    const vaddr places[] = { 0x200000, 0xffffffff80200000 };
    SoftTLB *tlb = soft_tlb(cpu->accel, 1);

    tlb_flush(cpu);
    for (unsigned order = 0; order < 2; order++) {
        for (unsigned i = 0; i < 2; i++) {
            vaddr at = places[i ^ order];

            tlb_set_page(cpu, at + i * 0x1000, DATA, PAGE_READ, 1, 2 * MiB);
            g_assert_true(is_entered(tlb, at + i * 0x1000));
        }
        tlb_flush_page(cpu, places[0] + 0x8000);
        g_assert_false(is_entered(tlb, places[0] + order * 0x1000));
        tlb_flush(cpu);
    }
    /* Without large pages nothing but the page goes. */
    tlb_set_page(cpu, 0x5000, DATA, PAGE_READ, 1, 0x1000);
    tlb_flush_page(cpu, 0x6000);
    g_assert_true(is_entered(tlb, 0x5000));
    /* The list of used entries takes any number of rounds. */
    for (unsigned i = 0; i < 3 * SOFT_TLB_SIZE; i++) {
        tlb_set_page(cpu, 0x7000, DATA, PAGE_READ, 1, 0x1000);
        tlb_flush_page(cpu, 0x7000);
    }
    tlb_flush(cpu);
    g_assert_false(is_entered(tlb, 0x5000));
}

static void test_large_pages(void)
{
    run_on_cpu(hart_cpu(0), flush_large_pages, RUN_ON_CPU_NULL);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    machine_start("1");
    g_test_add_func("/soft/loop", test_loop);
    g_test_add_func("/soft/jumps", test_jumps);
    g_test_add_func("/soft/page-crossing", test_page_crossing);
    g_test_add_func("/soft/self-modifying", test_self_modifying);
    g_test_add_func("/soft/data-next-to-code", test_data_next_to_code);
    g_test_add_func("/soft/dma", test_dma);
    g_test_add_func("/soft/unaligned", test_unaligned);
    g_test_add_func("/soft/mmio", test_mmio);
    g_test_add_func("/soft/arena", test_arena);
    g_test_add_func("/soft/breakpoints", test_breakpoints);
    g_test_add_func("/soft/one-insn-per-tb", test_one_insn);
    g_test_add_func("/soft/dirty-log", test_dirty_log);
    g_test_add_func("/soft/dirty-sync", test_dirty_sync);
    g_test_add_func("/soft/memory-map", test_memory_map);
    g_test_add_func("/soft/memory-goes", test_memory_goes);
    g_test_add_func("/soft/extent", test_extent);
    g_test_add_func("/soft/shared-page", test_shared_page);
    g_test_add_func("/soft/readonly-alias", test_readonly_alias);
    g_test_add_func("/soft/watch-atomic", test_watch_atomic);
    g_test_add_func("/soft/illegal", test_illegal);
    g_test_add_func("/soft/large-pages", test_large_pages);
    status = g_test_run();
    machine_end();
    return status;
}
