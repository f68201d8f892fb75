/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests of one device: the machine of sysbus-machine.c with it alone, and
 * what every device has to stand.
 */
#ifndef DEVICE_HELPERS_H
#define DEVICE_HELPERS_H

#include "libqtest.h"

#define DEV "/machine/dev0"

/*
 * Starts it with -machine devices=@devices and more arguments; NULL, and the
 * test is skipped, without modules.
 */
static inline QTestState *device_start(const char *devices, const char *args)
{
    const char *dir = g_getenv("TEST_MODULE_DIR");

    if (!dir || !*dir) {
        g_test_skip("built without modules");
        return NULL;
    }
    g_setenv("PLATEAU_MODULE_DIR", dir, true);
    return qtest_initf("-machine 'sysbus-test,devices=%s' %s", devices, args);
}

/* The first line of its first device. */
static inline void device_intercept(QTestState *s)
{
    qtest_irq_intercept_out_named(s, DEV, "sysbus-irq");
}

static inline GRand *device_rand(const char *what)
{
    const char *text = g_getenv("TEST_SEED");
    uint32_t seed = text ? strtoul(text, NULL, 0) : g_random_int();

    g_test_message("%s: TEST_SEED=%u", what, seed);
    return g_rand_new_with_seed(seed);
}

/*
 * @count accesses of all sizes to the @size bytes at @base, a little beyond
 * the end too, values mostly small. @spare: an offset that is not written to,
 * or -1.
 */
static inline void device_fuzz(QTestState *s, GRand *rand, uint64_t base,
                               uint64_t size, int count, int64_t spare)
{
    for (int i = 0; i < count; i++) {
        uint64_t offset = g_rand_int_range(rand, 0, MIN(size + 8, INT_MAX));
        uint64_t addr = base + offset;
        uint64_t value = g_rand_boolean(rand)
                             ? g_rand_int(rand) & 0xff
                             : (uint64_t)g_rand_int(rand) << 32 |
                                   g_rand_int(rand);
        int kind = g_rand_int_range(rand, 0, 9);

        if (kind < 4 && spare >= 0 && offset <= spare + 7 &&
            offset + 7 >= spare) {
            continue;
        }
        switch (kind) {
        case 0:
            qtest_writeb(s, addr, value);
            break;
        case 1:
            qtest_writew(s, addr, value);
            break;
        case 2:
            qtest_writel(s, addr, value);
            break;
        case 3:
            qtest_writeq(s, addr, value);
            break;
        case 4:
            qtest_readb(s, addr);
            break;
        case 5:
            qtest_readw(s, addr);
            break;
        case 6:
            qtest_readl(s, addr);
            break;
        case 7:
            qtest_readq(s, addr);
            break;
        case 8:
            qtest_clock_step(s, g_rand_int_range(rand, 1, 10000000));
            break;
        }
    }
}

#endif
