/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much CPUs are held back, step by step. */
#include "qemu/osdep.h"
#include "../../migration/auto-converge.h"
#include "qemu/units.h"

static MigrationParameters p = {
    .cpu_throttle_initial = 20,
    .cpu_throttle_increment = 10,
    .max_cpu_throttle = 99,
};

static void test_steps(void)
{
    static const int want[] = { 20, 30, 40, 50, 60, 70, 80, 90, 99, 99 };
    int now = 0;

    for (unsigned i = 0; i < ARRAY_SIZE(want); i++) {
        now = auto_converge_next(&p, now, 100 * MiB, MiB);
        g_assert_cmpint(now, ==, want[i]);
    }
    p.max_cpu_throttle = 55;
    g_assert_cmpint(auto_converge_next(&p, 50, 100 * MiB, MiB), ==, 55);
    p.max_cpu_throttle = 99;
}

/* No more than brings what is written down to the threshold. */
static void test_tailslow(void)
{
    p.cpu_throttle_tailslow = true;
    p.cpu_throttle_increment = 50;
    g_assert_cmpint(auto_converge_next(&p, 0, 100 * MiB, MiB), ==, 20);
    /* It runs for 80 % of the time; 72 % would do. */
    g_assert_cmpint(auto_converge_next(&p, 20, 100 * MiB, 90 * MiB), ==, 28);
    g_assert_cmpint(auto_converge_next(&p, 20, 100 * MiB, 50 * MiB), ==, 60);
    g_assert_cmpint(auto_converge_next(&p, 20, 100 * MiB, MiB), ==, 70);
    g_assert_cmpint(auto_converge_next(&p, 90, 100 * MiB, 0), ==, 99);
    for (int i = 0; i < 10000; i++) {
        uint64_t dirty = 1 + g_random_int(), most = g_random_int() % dirty;
        int now = g_random_int_range(1, 100);
        int next = auto_converge_next(&p, now, dirty, most);

        g_assert_cmpint(next, >=, now);
        g_assert_cmpint(next, <=, MIN(99, now + 50));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/auto-converge/steps", test_steps);
    g_test_add_func("/auto-converge/tailslow", test_tailslow);
    return g_test_run();
}
