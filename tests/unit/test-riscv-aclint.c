/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ACLINT with a clock that the test sets: registers in both widths, when
 * the comparators' interrupts come, what a reset and the stream keep; and with
 * the host's clock, how late a timer is.
 */
#include "qemu/osdep.h"
#include "hw/intc/riscv_aclint.h"
#include "intc-fixture.h"
#include "qemu/timer.h"
#include "system/cpu-timers.h"

#define TIMER   0x2004000
#define MSWI    0x2000000
#define SSWI    0x2f00000
#define MTIME   (TIMER + 0x7ff8)
#define CMP(n)  (TIMER + (n)*8)
#define FREQ    10000000
#define TICK_NS 100
#define HARTS   3

static int64_t now_ns;

static int64_t read_clock(void)
{
    return now_ns;
}

static const VirtualClockOps test_clock = { .get_virtual_clock = read_clock };

static void go_to(int64_t ns)
{
    now_ns = ns;
    qemu_clock_run_timers(QEMU_CLOCK_VIRTUAL);
}

static uint64_t reg_read64(hwaddr addr)
{
    return address_space_ldq_le(&address_space_memory, addr,
                                MEMTXATTRS_UNSPECIFIED, NULL);
}

static void reg_write64(hwaddr addr, uint64_t value)
{
    address_space_stq_le(&address_space_memory, addr, value,
                         MEMTXATTRS_UNSPECIFIED, NULL);
}

static DeviceState *create(uint32_t freq)
{
    DeviceState *dev;

    now_ns = 0;
    make_harts(HARTS);
    dev = riscv_aclint_mtimer_create(TIMER, RISCV_ACLINT_DEFAULT_MTIMER_SIZE, 0,
                                     HARTS, RISCV_ACLINT_DEFAULT_MTIMECMP,
                                     RISCV_ACLINT_DEFAULT_MTIME, freq, true);
    device_cold_reset(dev);
    return dev;
}

static void end(DeviceState *dev)
{
    destroy(dev);
    free_harts();
}

static bool due(unsigned hart)
{
    return hart_has(hart, IRQ_M_TIMER);
}

static void test_time(void)
{
    DeviceState *dev = create(FREQ);
    CPURISCVState *env = &test_hart[1]->env;

    go_to(12345 * TICK_NS + 99);
    g_assert_cmpuint(reg_read64(MTIME), ==, 12345);
    g_assert_cmpuint(env->rdtime_fn(env->rdtime_fn_arg), ==, 12345);
    g_assert_cmpuint(env->timebase_freq, ==, FREQ);
    go_to(0x123456789ab * TICK_NS);
    g_assert_cmphex(reg_read(MTIME), ==, 0x456789ab);
    g_assert_cmphex(reg_read(MTIME + 4), ==, 0x123);

    reg_write64(MTIME, 0xfedcba9876543210);
    g_assert_cmphex(reg_read64(MTIME), ==, 0xfedcba9876543210);
    g_assert_cmpuint(test_timer_updates, >=, HARTS);
    reg_write(MTIME, 5);
    g_assert_cmphex(reg_read64(MTIME), ==, 0xfedcba9800000005);
    reg_write(MTIME + 4, 7);
    g_assert_cmphex(reg_read64(MTIME), ==, 0x700000005);
    now_ns += 3 * TICK_NS;
    g_assert_cmphex(env->rdtime_fn(env->rdtime_fn_arg), ==, 0x700000008);
    device_cold_reset(dev);
    g_assert_cmphex(reg_read64(MTIME), ==, 0);
    end(dev);

    /* A frequency that does not divide a second. */
    dev = create(32768);
    go_to(1000000000);
    g_assert_cmpuint(reg_read64(MTIME), ==, 32768);
    end(dev);
}

static void test_compare(void)
{
    DeviceState *dev = create(FREQ);

    /* Nobody has set them: 0 has been reached. */
    g_assert_true(due(0) && due(1) && due(2));
    reg_write64(CMP(0), 1000);
    reg_write64(CMP(1), UINT64_MAX);
    reg_write64(CMP(2), 2000);
    g_assert_false(due(0) || due(1) || due(2));
    go_to(1000 * TICK_NS - 1);
    g_assert_false(due(0));
    go_to(1000 * TICK_NS);
    g_assert_true(due(0) && !due(1) && !due(2));

    /* In halves. */
    reg_write(CMP(0) + 4, 0xffffffff);
    g_assert_false(due(0));
    reg_write(CMP(0), 1500);
    g_assert_cmphex(reg_read64(CMP(0)), ==, 0xffffffff000005dc);
    reg_write(CMP(0) + 4, 0);
    g_assert_cmphex(reg_read(CMP(0) + 4), ==, 0);
    go_to(1499 * TICK_NS);
    g_assert_false(due(0));
    go_to(5000 * TICK_NS);
    g_assert_true(due(0) && !due(1) && due(2));

    /* Time goes to where it has been, and beyond a comparator. */
    reg_write64(MTIME, 1400);
    g_assert_false(due(0) || due(1) || due(2));
    go_to(5100 * TICK_NS);
    g_assert_true(due(0) && !due(2));
    reg_write64(MTIME, UINT64_MAX);
    g_assert_true(due(0) && due(1) && due(2));
    reg_write64(CMP(1), 3);
    go_to(5104 * TICK_NS);
    g_assert_true(due(1)); /* wrapped, and there again */
    end(dev);
}

/* Random comparators and times; with each step all are as they must be. */
static void test_random(gconstpointer freq)
{
    uint32_t hz = GPOINTER_TO_UINT(freq);
    DeviceState *dev = create(hz);
    uint64_t cmp[HARTS] = { 0 }, delta = 0, time;

    for (int i = 0; i < 4000; i++) {
        unsigned n = g_test_rand_int_range(0, HARTS);
        uint64_t near = g_test_rand_int_range(0, 5000);

        time = (unsigned __int128)now_ns * hz / 1000000000 + delta;
        switch (g_test_rand_int_range(0, 5)) {
        case 0:
            cmp[n] = time + near - 1000;
            reg_write64(CMP(n), cmp[n]);
            break;
        case 1:
            cmp[n] = g_test_rand_bit() ? near
                                       : (uint64_t)g_test_rand_int()
                                             << g_test_rand_int_range(0, 33);
            reg_write64(CMP(n), cmp[n]);
            break;
        case 2:
            time = time < 2500 ? near : time + near - 2500;
            reg_write64(MTIME, time);
            delta = time - (unsigned __int128)now_ns * hz / 1000000000;
            break;
        default:
            go_to(now_ns + g_test_rand_int_range(0, 200000));
            break;
        }
        if (i % 400 == 399) {
            save_and_load(dev);
            go_to(now_ns);
            for (unsigned k = 0; k < HARTS; k++) {
                reg_write64(CMP(k), cmp[k]); /* the lines are the harts' */
            }
        }
        time = (unsigned __int128)now_ns * hz / 1000000000 + delta;
        g_assert_cmpuint(reg_read64(MTIME), ==, time);
        for (unsigned k = 0; k < HARTS; k++) {
            g_assert_cmpuint(reg_read64(CMP(k)), ==, cmp[k]);
            g_assert_cmpint(due(k), ==, time >= cmp[k]);
        }
    }
    end(dev);
}

/* What was saved before its time comes in time after it was loaded. */
static void test_save(void)
{
    DeviceState *dev = create(FREQ);

    now_ns = 777777;
    reg_write64(MTIME, 100);
    reg_write64(CMP(0), 300);
    reg_write64(CMP(1), 200);
    reg_write64(CMP(2), 400);
    save_and_load(dev);
    g_assert_cmpuint(reg_read64(MTIME), ==, 100);
    test_hart[0]->env.mip = test_hart[1]->env.mip = test_hart[2]->env.mip = 0;
    go_to(777700 + 100 * TICK_NS);
    g_assert_true(due(1) && !due(0) && !due(2));
    go_to(777700 + 200 * TICK_NS);
    g_assert_true(due(0) && !due(2));
    end(dev);
}

static void test_swi(gconstpointer supervisor)
{
    bool s = supervisor;
    hwaddr base = s ? SSWI : MSWI;
    int irq = s ? IRQ_S_SOFT : IRQ_M_SOFT;
    DeviceState *dev;

    make_harts(HARTS);
    dev = riscv_aclint_swi_create(base, 0, HARTS, s);
    device_cold_reset(dev);
    reg_write(base + 4, 0xfffffffe);
    g_assert_false(hart_has(1, irq));
    reg_write(base + 4, 0xffffffff);
    g_assert_true(hart_has(1, irq) && !hart_has(0, irq) && !hart_has(2, irq));
    g_assert_cmphex(reg_read(base + 4), ==, !s);
    g_assert_cmphex(reg_read(base), ==, 0);
    /* Only the hart itself takes back what came to S level. */
    reg_write(base + 4, 0);
    g_assert_cmpint(hart_has(1, irq), ==, s);
    reg_write(base + 8, 1);
    device_cold_reset(dev);
    g_assert_cmpint(hart_has(2, irq), ==, s);
    /* Not a hart's. */
    reg_write(base + HARTS * 4, 1);
    g_assert_cmphex(reg_read(base + HARTS * 4), ==, 0);
    random_accesses(base, RISCV_ACLINT_SWI_SIZE, 10000);
    random_accesses(base, 16, 10000);
    g_assert_cmphex(test_hart[0]->env.miclaim, ==, s ? 0 : MIP_MSIP);
    end(dev);
}

/* The last two of the five harts do not exist. */
static void test_absent(void)
{
    DeviceState *dev;

    make_harts(3);
    dev =
        riscv_aclint_mtimer_create(TIMER, 0x8000, 0, 5, 0, 0x7ff8, FREQ, true);
    device_cold_reset(dev);
    reg_write64(CMP(4), 99);
    g_assert_cmpuint(reg_read64(CMP(4)), ==, 0);
    reg_write64(CMP(2), 99);
    g_assert_cmpuint(reg_read64(CMP(2)), ==, 99);
    random_accesses(TIMER, 0x8000, 20000);
    random_accesses(TIMER, 0x40, 20000);
    random_accesses(MTIME - 8, 16, 20000);
    end(dev);
    make_harts(3);
    dev = riscv_aclint_swi_create(MSWI, 0, 5, false);
    reg_write(MSWI + 16, 1);
    g_assert_cmpuint(reg_read(MSWI + 16), ==, 0);
    end(dev);
}

static void test_refused(void)
{
    make_harts(1);
    refused(TYPE_RISCV_ACLINT_MTIMER,
            "timebase-freq is 0, must be the counter's Hz", NULL);
    refused(TYPE_RISCV_ACLINT_MTIMER, "num-harts is 4096, must be 1 to 4095",
            "timebase-freq=1", "num-harts=4096", NULL);
    refused(TYPE_RISCV_ACLINT_MTIMER,
            "timecmp-base 0x4 and time-base 0x7ff8"
            " must be multiples of 8",
            "timebase-freq=1", "timecmp-base=4", NULL);
    refused(TYPE_RISCV_ACLINT_SWI, "num-harts is 0, must be 1 to 4095",
            "num-harts=0", NULL);
    test_hart[0]->env.miclaim = MIP_MTIP | MIP_MSIP;
    refused(TYPE_RISCV_ACLINT_MTIMER, "MTIP already claimed", "timebase-freq=1",
            NULL);
    refused(TYPE_RISCV_ACLINT_SWI, "MSIP already claimed", NULL);
    free_harts();
}

static int64_t host_clock(void)
{
    return get_clock();
}

static const VirtualClockOps running_clock = { .get_virtual_clock =
                                                   host_clock };

/* From the comparator's time to the hart's line: microseconds, not ticks. */
static void test_latency(void)
{
    DeviceState *dev = create(FREQ);
    int64_t best = INT64_MAX;

    cpus_register_virtual_clock(&running_clock);
    device_cold_reset(dev);
    for (int i = 0; i < 50; i++) {
        uint64_t when = reg_read64(MTIME) + 2000;

        reg_write64(CMP(0), when);
        g_assert_false(due(0));
        while (!due(0)) {
            main_loop_wait(false);
        }
        g_assert_cmpuint(reg_read64(MTIME), >=, when);
        best = MIN(best, (int64_t)(reg_read64(MTIME) - when) * TICK_NS);
    }
    g_test_message("the best of 50 timers was %" PRId64 " ns late", best);
    g_assert_cmpint(best, <, 2000000);
    cpus_register_virtual_clock(&test_clock);
    end(dev);
}

int main(int argc, char **argv)
{
    intc_test_init(&argc, &argv);
    qemu_init_main_loop(&error_abort);
    cpus_register_virtual_clock(&test_clock);
    g_test_add_func("/aclint/time", test_time);
    g_test_add_func("/aclint/compare", test_compare);
    g_test_add_func("/aclint/save", test_save);
    g_test_add_data_func("/aclint/random/10000000", GUINT_TO_POINTER(FREQ),
                         test_random);
    g_test_add_data_func("/aclint/random/32768", GUINT_TO_POINTER(32768),
                         test_random);
    g_test_add_data_func("/aclint/mswi", NULL, test_swi);
    g_test_add_data_func("/aclint/sswi", "", test_swi);
    g_test_add_func("/aclint/absent", test_absent);
    g_test_add_func("/aclint/refused", test_refused);
    g_test_add_func("/aclint/latency", test_latency);
    return g_test_run();
}
