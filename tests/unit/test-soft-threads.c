/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CPU engine with four harts: atomics, code that one hart writes and
 * another runs, interrupts, all while the memory map changes and pages are
 * logged.
 */
#include "qemu/osdep.h"
#include "soft-fixture.h"

#define HARTS   4
#define PROGRAM RAM_BASE
#define SHARED  (RAM_BASE + 0x10000)
#define CODE    (RAM_BASE + 0x20000)
#define MSWI    0x2000000

/* Fewer where each access is checked. */
static int rounds = 20000;

/* Something for the main thread to do while harts run. */
static void disturb(MemoryRegion *extra)
{
    static unsigned turn;
    hwaddr offset;
    MemoryRegion *mr;

    turn++;
    memory_region_set_enabled(extra, turn & 1);
    WITH_RCU_READ_LOCK_GUARD() {
        mr = address_space_translate(&address_space_memory, SHARED, &offset,
                                     &(hwaddr){ 1 }, true,
                                     MEMTXATTRS_UNSPECIFIED);
        memory_region_set_log(mr, turn & 2, DIRTY_MEMORY_VGA);
        memory_region_reset_dirty(mr, offset, 0x20000, DIRTY_MEMORY_VGA);
    }
}

/* Runs until @count reports, with disturbances. */
static void run_disturbed(unsigned count)
{
    MemoryRegion *extra = g_new0(MemoryRegion, 1);
    hwaddr offset;
    MemoryRegion *mr;

    memory_region_init_io(extra, NULL, &report_ops, NULL, "extra", 0x1000);
    memory_region_add_subregion_overlap(get_system_memory(), REPORT + 0x10000,
                                        extra, 1);
    qatomic_set(&reports, 0);
    vm_start();
    while (qatomic_read(&reports) < count) {
        disturb(extra);
        bql_unlock();
        g_usleep(200);
        bql_lock();
    }
    vm_stop(RUN_STATE_PAUSED);
    WITH_RCU_READ_LOCK_GUARD() {
        mr = address_space_translate(&address_space_memory, SHARED, &offset,
                                     &(hwaddr){ 1 }, true,
                                     MEMTXATTRS_UNSPECIFIED);
        if (memory_region_is_logging(mr, DIRTY_MEMORY_VGA)) {
            memory_region_set_log(mr, false, DIRTY_MEMORY_VGA);
        }
    }
    memory_region_del_subregion(get_system_memory(), extra);
    object_unparent(OBJECT(extra));
    drain_call_rcu();
    g_free(extra);
}

/* All harts begin at @pc, with @rounds in a1 and their number in a0. */
static void start_all(uint64_t pc)
{
    idle_harts();
    for (unsigned i = 0; i < HARTS; i++) {
        hart_start_at(i, pc);
        hart_env(i)->gpr[a0] = i;
        hart_env(i)->gpr[a1] = rounds;
    }
}

static void test_amo(void)
{
    Code c = { PROGRAM };

    poke(SHARED, 0);
    poke(SHARED + 8, 0);
    put_li(&c, s0, SHARED);
    put32(&c, ADDI(s1, s0, 8));
    put32(&c, ADDI(a2, zero, 3));
    put32(&c, ADDI(a3, zero, 1));
    put32(&c, AMOADD_D(zero, a2, s0)); /* loop */
    put32(&c, LR_D(a4, s1));
    put32(&c, ADD(a4, a4, a3));
    put32(&c, SC_D(a5, a4, s1));
    put32(&c, BNE(a5, zero, -12));
    put32(&c, ADDI(a1, a1, -1));
    put32(&c, BNE(a1, zero, -24));
    put_report(&c, a0);
    start_all(PROGRAM);
    run_disturbed(HARTS);
    g_assert_cmpuint(peek(SHARED), ==, 3 * HARTS * rounds);
    g_assert_cmpuint(peek(SHARED + 8), ==, HARTS * rounds);
}

/* A lock of amoswap around a counter that is not atomic. */
static void test_lock(void)
{
    Code c = { PROGRAM };

    poke(SHARED, 0);
    poke(SHARED + 64, 0);
    put_li(&c, s0, SHARED);
    put32(&c, ADDI(a2, zero, 1));
    put32(&c, AMOSWAP_W(a3, a2, s0)); /* loop */
    put32(&c, BNE(a3, zero, -4));
    put32(&c, FENCE);
    put32(&c, LD(a4, s0, 64));
    put32(&c, ADDI(a4, a4, 1));
    put32(&c, SD(a4, s0, 64));
    put32(&c, FENCE);
    put32(&c, SW(zero, s0, 0));
    put32(&c, ADDI(a1, a1, -1));
    put32(&c, BNE(a1, zero, -36));
    put_report(&c, a0);
    start_all(PROGRAM);
    for (unsigned i = 0; i < HARTS; i++) {
        hart_env(i)->gpr[a1] = rounds / 10;
    }
    run_disturbed(HARTS);
    g_assert_cmpuint(peek(SHARED + 64), ==, HARTS * (rounds / 10));
}

/*
 * Hart 0 writes "addi a0, zero, N; ret" and tells N; hart 1 does fence.i, calls
 * it, and answers with what it got; N counts down.
 */
static void test_fence_i(void)
{
    int count = MIN(rounds / 10, 2000);
    Code c = { PROGRAM };
    hwaddr reader = PROGRAM + 0x400;

    poke(SHARED, 0);
    poke(SHARED + 64, 0);
    put_li(&c, s0, SHARED);
    put_li(&c, s1, CODE);
    put_li(&c, a2, ADDI(a0, zero, 0));
    put32(&c, SLLI(a3, a1, 20)); /* loop */
    put32(&c, ADD(a3, a3, a2));
    put32(&c, SW(a3, s1, 0));
    put32(&c, FENCE);
    put32(&c, SD(a1, s0, 0));
    put32(&c, LD(a4, s0, 64));
    put32(&c, BNE(a4, a1, -4));
    put32(&c, ADDI(a1, a1, -1));
    put32(&c, BNE(a1, zero, -32));
    put_report(&c, a4);

    c.at = CODE;
    put32(&c, ADDI(a0, zero, 0));
    put32(&c, JALR(zero, ra, 0));

    c.at = reader;
    put_li(&c, s0, SHARED);
    put_li(&c, s1, CODE);
    put32(&c, LD(a4, s0, 0)); /* loop */
    put32(&c, BNE(a4, a1, -4));
    put32(&c, FENCE);
    put32(&c, FENCE_I);
    put32(&c, JALR(ra, s1, 0));
    put32(&c, SD(a0, s0, 64));
    put32(&c, ADDI(a1, a1, -1));
    put32(&c, BNE(a1, zero, -28));
    put_report(&c, a0);

    idle_harts();
    hart_start_at(0, PROGRAM);
    hart_start_at(1, reader);
    hart_env(0)->gpr[a1] = count;
    hart_env(1)->gpr[a1] = count;
    run_disturbed(2);
    g_assert_cmpuint(peek(SHARED + 64), ==, 1);
}

/*
 * A store whose hart has looked at the tag before the page became code, and
 * which is made only after that: fence.i sees it as soon as the store is made.
 * Hart 1 is in its loop all the while; its store is made here.
 */
static void test_late_store(void)
{
    Code c = { PROGRAM }, f = { CODE }, spin = { PROGRAM + 0x800 };
    uint32_t *host, *flag;
    hwaddr offset;
    MemoryRegion *mr;

    put32(&f, ADDI(a0, zero, 1));
    put32(&f, JALR(zero, ra, 0));
    put_li(&spin, s1, SHARED);
    put32(&spin, SD(s1, s1, 64));
    put32(&spin, JAL(zero, 0));

    poke(SHARED, 0);
    poke(SHARED + 64, 0);
    put_li(&c, s0, CODE);
    put_li(&c, s1, SHARED);
    put_li(&c, a4, REPORT);
    put32(&c, LD(a3, s1, 64)); /* until the other is there */
    put32(&c, BEQ(a3, zero, -4));
    put32(&c, JALR(ra, s0, 0)); /* loop: */
    put32(&c, ADD(a2, a2, a0));
    put32(&c, ADDI(a1, a1, 1));
    put32(&c, SD(a2, a4, 0));
    put32(&c, LD(a3, s1, 0));
    put32(&c, BNE(a3, a1, -4));
    put32(&c, FENCE_I);
    put32(&c, JAL(zero, -28));

    idle_harts();
    hart_start_at(0, PROGRAM);
    hart_start_at(1, PROGRAM + 0x800);
    WITH_RCU_READ_LOCK_GUARD() {
        mr = address_space_translate(&address_space_memory, CODE, &offset,
                                     &(hwaddr){ 1 }, true,
                                     MEMTXATTRS_UNSPECIFIED);
        host = (uint32_t *)((char *)memory_region_get_ram_ptr(mr) + offset);
        flag = host - (CODE - SHARED) / sizeof(*host);
    }
    qatomic_set(&reports, 0);
    vm_start();
    wait_reports(1);
    g_assert_cmpuint(last_report, ==, 1);
    qatomic_set(host, ADDI(a0, zero, 10));
    qatomic_set(flag, 1);
    wait_reports(2);
    g_assert_cmpuint(last_report, ==, 11);
    vm_stop(RUN_STATE_PAUSED);
}

/* A software interrupt, to a hart that works and to one that waits. */
static void test_interrupts(void)
{
    const uint32_t loops[] = { JAL(zero, 0), WFI };

    for (unsigned i = 0; i < ARRAY_SIZE(loops); i++) {
        GArray *times = g_array_new(false, false, sizeof(int64_t));
        Code c = { PROGRAM };
        int64_t sum = 0;

        put32(&c, loops[i]);
        put32(&c, JAL(zero, -4));
        c.at = PROGRAM + 0x100; /* the handler */
        put_li(&c, s0, MSWI);
        put_li(&c, t2, REPORT);
        put32(&c, SW(zero, s0, 0));
        put32(&c, SD(zero, t2, 0));
        put32(&c, MRET);
        idle_harts();
        hart_start_at(0, PROGRAM);
        hart_env(0)->mtvec = PROGRAM + 0x100;
        hart_env(0)->mie = MIP_MSIP;
        hart_env(0)->mstatus |= MSTATUS_MIE;
        qatomic_set(&reports, 0);
        vm_start();
        for (int round = 0; round < 50; round++) {
            int64_t start = g_get_monotonic_time(), took;

            address_space_stl_le(&address_space_memory, MSWI, 1,
                                 MEMTXATTRS_UNSPECIFIED, NULL);
            bql_unlock();
            while (qatomic_read(&reports) <= round) {
            }
            took = g_get_monotonic_time() - start;
            g_array_append_val(times, took);
            sum += took;
            g_assert_cmpint(took, <, 10 * G_USEC_PER_SEC);
            g_usleep(100);
            bql_lock();
        }
        vm_stop(RUN_STATE_PAUSED);
        g_test_message("%s: %" PRId64 " us on average",
                       i ? "waiting" : "working", sum / times->len);
        g_array_free(times, true);
    }
}

static void sync_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    memory_global_after_dirty_log_sync();
}

/* Two threads wait for stores under way, one of them that of a CPU. */
static void test_dirty_sync(void)
{
    static const MemoryRegionOps ops = {
        .read = report_read,
        .write = sync_write,
        .endianness = DEVICE_LITTLE_ENDIAN,
    };
    MemoryRegion *mr = g_new0(MemoryRegion, 1);
    Code c = { PROGRAM }, d = { CODE };

    memory_region_init_io(mr, NULL, &ops, NULL, "sync", 0x1000);
    memory_region_add_subregion(get_system_memory(), REPORT + 0x20000, mr);
    put_li(&c, s0, REPORT + 0x20000);
    put32(&c, ADDI(a0, zero, 20));
    put32(&c, SW(a0, s0, 0));
    put32(&c, ADDI(a0, a0, -1));
    put32(&c, BNE(a0, zero, -8));
    put_report(&c, a0);
    put_li(&d, s0, SHARED);
    put32(&d, SD(a0, s0, 0));
    put32(&d, JAL(zero, -4));
    idle_harts();
    for (unsigned i = 0; i < HARTS; i++) {
        hart_start_at(i, i ? CODE : PROGRAM);
    }
    qatomic_set(&reports, 0);
    vm_start();
    while (!qatomic_read(&reports)) {
        memory_global_after_dirty_log_sync();
        bql_unlock();
        g_usleep(200);
        bql_lock();
    }
    vm_stop(RUN_STATE_PAUSED);
    memory_region_del_subregion(get_system_memory(), mr);
    object_unparent(OBJECT(mr));
    drain_call_rcu();
    g_free(mr);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    machine_start("4");
    g_test_add_func("/soft-threads/amo", test_amo);
    g_test_add_func("/soft-threads/lock", test_lock);
    g_test_add_func("/soft-threads/fence-i", test_fence_i);
    g_test_add_func("/soft-threads/late-store", test_late_store);
    g_test_add_func("/soft-threads/dirty-sync", test_dirty_sync);
    g_test_add_func("/soft-threads/interrupts", test_interrupts);
    status = g_test_run();
    machine_end();
    return status;
}
