/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The test finisher, the Goldfish clock, and what is not implemented. The same
 * program tests QEMU's own device sources (tests/compat/devices.py).
 */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qobject/qdict.h"
#include "device-helpers.h"

#define BASE 0x10000000

/*** The finisher. ***/

#define FINISHER "riscv.sifive.test@10000000"

static void test_finisher_nothing(void)
{
    QTestState *s = device_start(FINISHER, "");

    if (!s) {
        return;
    }
    /* Unknown values, the wrong sizes, and elsewhere. */
    qtest_writel(s, BASE, 0);
    qtest_writel(s, BASE, 0x1234);
    qtest_writeb(s, BASE, 0x55);
    qtest_writeq(s, BASE, 0x5554);
    qtest_writel(s, BASE + 4, 0x5555);
    qtest_writel(s, BASE + 0xffc, 0x5555);
    g_assert_cmphex(qtest_readl(s, BASE), ==, 0);
    g_assert_cmphex(qtest_readw(s, BASE + 0x10), ==, 0);
    g_assert_cmphex(qtest_readb(s, BASE), ==, 0);
    qtest_qmp_assert_success(s, "{'execute': 'query-status'}");
    qtest_quit(s);
}

static void expect_end(const char *event, const char *reason, uint32_t value,
                       bool wide)
{
    QTestState *s = device_start(FINISHER, "-no-shutdown");
    g_autoptr(QDict) e = NULL;

    if (!s) {
        return;
    }
    if (wide) {
        qtest_writel(s, BASE, value);
    } else {
        qtest_writew(s, BASE, value);
    }
    e = qmp_client_event(qtest_qmp_client(s), event);
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(e, "data"), "reason"), ==,
                    reason);
    g_assert_true(qdict_get_bool(qdict_get_qdict(e, "data"), "guest"));
    qtest_quit(s);
}

static void test_finisher_end(void)
{
    expect_end("SHUTDOWN", "guest-shutdown", 0x5555, true);
    expect_end("SHUTDOWN", "guest-shutdown", 0x5555, false);
    expect_end("SHUTDOWN", "guest-panic", 0x3333, true);
    expect_end("RESET", "guest-reset", 0x7777, true);
}

static void test_finisher_random(void)
{
    g_autoptr(GRand) rand = device_rand("finisher");
    QTestState *s = device_start(FINISHER, "-no-shutdown");

    if (s) {
        device_fuzz(s, rand, BASE, 0x1000, 1000, -1);
        qtest_quit(s);
    }
}

/* The exit status is what the guest says. */
static void test_finisher_status(void)
{
    static const struct {
        uint32_t value;
        int status;
    } cases[] = { { 0x5555, 0 }, { 0x00073333, 7 }, { 0x002a5555, 42 } };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        QTestState *s = device_start(FINISHER, "");
        int status;

        if (!s) {
            return;
        }
        {
            g_autofree char *line =
                g_strdup_printf("writel 0x%x 0x%x\n", BASE, cases[i].value);

            qtest_send_bytes(s, line, strlen(line));
        }
        status = qtest_wait(s);
        g_assert_true(WIFEXITED(status));
        g_assert_cmpint(WEXITSTATUS(status), ==, cases[i].status);
    }
}

/*** The clock. ***/

#define RTC "goldfish_rtc@10000000"

enum {
    TIME_LOW = 0x00,
    TIME_HIGH = 0x04,
    ALARM_LOW = 0x08,
    ALARM_HIGH = 0x0c,
    IRQ_ENABLED = 0x10,
    CLEAR_ALARM = 0x14,
    ALARM_STATUS = 0x18,
    CLEAR_INTERRUPT = 0x1c,
};

#define SECOND 1000000000ULL

static QTestState *start_rtc(const char *args)
{
    QTestState *s = device_start(RTC, args);

    if (s) {
        device_intercept(s);
    }
    return s;
}

static uint64_t rtc_time(QTestState *s)
{
    uint32_t low = qtest_readl(s, BASE + TIME_LOW);

    return (uint64_t)qtest_readl(s, BASE + TIME_HIGH) << 32 | low;
}

static void rtc_alarm(QTestState *s, uint64_t time)
{
    qtest_writel(s, BASE + ALARM_HIGH, time >> 32);
    qtest_writel(s, BASE + ALARM_LOW, time);
}

static void test_rtc_time(void)
{
    QTestState *s = start_rtc("-rtc base=2006-06-17T16:01:21,clock=vm");
    uint64_t time = 1150560081 * SECOND;

    if (!s) {
        return;
    }
    g_assert_cmpuint(rtc_time(s), ==, time);
    qtest_clock_step(s, 1500);
    g_assert_cmpuint(rtc_time(s), ==, time + 1500);

    /* The high half is that of the last read of the low one. */
    qtest_clock_step(s, 5 * SECOND);
    g_assert_cmphex(qtest_readl(s, BASE + TIME_HIGH), ==, time >> 32);
    g_assert_cmpuint(rtc_time(s), ==, time + 1500 + 5 * SECOND);

    /* Each half can be set. */
    qtest_writel(s, BASE + TIME_LOW, 0x1000);
    qtest_writel(s, BASE + TIME_HIGH, 0x77);
    g_assert_cmphex(rtc_time(s), ==, 0x7700001000);
    qtest_clock_step(s, 1);
    g_assert_cmphex(rtc_time(s), ==, 0x7700001001);
    /* A reset is none of the clock's business. */
    qtest_qmp_assert_success(s, "{'execute': 'system_reset'}");
    qobject_unref(qmp_client_event(qtest_qmp_client(s), "RESET"));
    g_assert_cmphex(rtc_time(s), ==, 0x7700001001);
    qtest_quit(s);
}

static void test_rtc_host(void)
{
    QTestState *s = start_rtc("");
    int64_t now = g_get_real_time() / 1000000;

    if (s) {
        g_assert_cmpint(ABS((int64_t)(rtc_time(s) / SECOND) - now), <, 60);
        qtest_quit(s);
    }
}

static void test_rtc_alarm(void)
{
    QTestState *s = start_rtc("-rtc base=2006-06-17,clock=vm");
    uint64_t time;

    if (!s) {
        return;
    }
    time = rtc_time(s);
    qtest_writel(s, BASE + IRQ_ENABLED, 1);
    rtc_alarm(s, time + 1000);
    g_assert_cmphex(qtest_readl(s, BASE + ALARM_STATUS), ==, 1);
    g_assert_cmphex(qtest_readl(s, BASE + ALARM_LOW), ==,
                    (uint32_t)(time + 1000));
    g_assert_cmphex(qtest_readl(s, BASE + ALARM_HIGH), ==, (time + 1000) >> 32);
    qtest_clock_step(s, 999);
    g_assert_false(qtest_get_irq(s, 0));
    qtest_clock_step(s, 1);
    g_assert_true(qtest_get_irq(s, 0));
    g_assert_cmphex(qtest_readl(s, BASE + ALARM_STATUS), ==, 0);
    qtest_writel(s, BASE + CLEAR_INTERRUPT, 1);
    g_assert_false(qtest_get_irq(s, 0));

    /* One that is over rings at once, one that is cleared does not. */
    rtc_alarm(s, time);
    g_assert_true(qtest_get_irq(s, 0));
    qtest_writel(s, BASE + CLEAR_INTERRUPT, 1);
    rtc_alarm(s, rtc_time(s) + 1000);
    qtest_writel(s, BASE + CLEAR_ALARM, 1);
    g_assert_cmphex(qtest_readl(s, BASE + ALARM_STATUS), ==, 0);
    qtest_clock_step(s, 5000);
    g_assert_false(qtest_get_irq(s, 0));

    /* Off, it waits for being switched on. */
    qtest_writel(s, BASE + IRQ_ENABLED, 2);
    g_assert_cmphex(qtest_readl(s, BASE + IRQ_ENABLED), ==, 0);
    rtc_alarm(s, 0);
    g_assert_false(qtest_get_irq(s, 0));
    qtest_writel(s, BASE + IRQ_ENABLED, 3);
    g_assert_true(qtest_get_irq(s, 0));
    g_assert_cmphex(qtest_readl(s, BASE + IRQ_ENABLED), ==, 1);
    qtest_quit(s);
}

/* An alarm in centuries does not ring now. */
static void test_rtc_far(void)
{
    QTestState *s = start_rtc("-rtc base=2006-06-17,clock=vm");

    if (!s) {
        return;
    }
    qtest_writel(s, BASE + IRQ_ENABLED, 1);
    rtc_alarm(s, UINT64_MAX);
    qtest_clock_step(s, 5000);
    g_assert_false(qtest_get_irq(s, 0));
    g_assert_cmphex(qtest_readl(s, BASE + ALARM_STATUS), ==, 1);
    qtest_quit(s);
}

static void test_rtc_wrong(void)
{
    QTestState *s = start_rtc("-rtc base=2006-06-17,clock=vm");
    uint64_t time;

    if (!s) {
        return;
    }
    time = rtc_time(s);
    qtest_writeb(s, BASE + TIME_LOW, 1);
    qtest_writew(s, BASE + TIME_LOW, 1);
    qtest_writeq(s, BASE + 0x20, 1);
    qtest_writel(s, BASE + 0x20, 1);
    qtest_writel(s, BASE + 0x24, 1);
    g_assert_cmphex(qtest_readl(s, BASE + CLEAR_ALARM), ==, 0);
    g_assert_cmphex(qtest_readl(s, BASE + 0x20), ==, 0);
    g_assert_cmphex(qtest_readb(s, BASE + TIME_HIGH), ==, 0);
    g_assert_cmpuint(rtc_time(s), ==, time);
    qtest_quit(s);
}

static void test_rtc_big_endian(void)
{
    QTestState *s =
        device_start(RTC "+big-endian=on", "-rtc base=2006-06-17,clock=vm");

    if (s) {
        qtest_writel(s, BASE + ALARM_HIGH, 0x01020304);
        g_assert_cmphex(qtest_readl(s, BASE + ALARM_HIGH), ==, 0x01020304);
        qtest_writel(s, BASE + IRQ_ENABLED, 0x01000000);
        g_assert_cmphex(qtest_readl(s, BASE + IRQ_ENABLED), ==, 0x01000000);
        qtest_quit(s);
    }
}

static void test_rtc_random(void)
{
    g_autoptr(GRand) rand = device_rand("rtc");
    QTestState *s = start_rtc("-rtc clock=vm");

    if (s) {
        device_fuzz(s, rand, BASE, 0x24, 2000, -1);
        qtest_quit(s);
    }
}

/*** What is not implemented. ***/

static void test_unimp(void)
{
    g_autofree char *dir = g_dir_make_tmp("unimp-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "log", NULL);
    g_autofree char *args = g_strdup_printf("-d unimp -D %s", path);
    g_autofree char *log = NULL;
    QTestState *s = device_start("unimplemented-device@10000000+name=gadget"
                                 "+size=0x12345",
                                 args);

    if (s) {
        g_assert_cmphex(qtest_readl(s, BASE + 0x120), ==, 0);
        g_assert_cmphex(qtest_readq(s, BASE + 0x12340 - 8), ==, 0);
        qtest_writeb(s, BASE + 0x12344, 0xab);
        qtest_writeq(s, BASE, 0x123456789abcdef0);
        qtest_quit(s);
        g_assert_true(g_file_get_contents(path, &log, NULL, NULL));
        g_assert_cmpstr(
            log, ==,
            "gadget: unimplemented device read  (size 4, offset 0x00120)\n"
            "gadget: unimplemented device read  (size 8, offset 0x12338)\n"
            "gadget: unimplemented device write (size 1, offset 0x12344, "
            "value 0xab)\n"
            "gadget: unimplemented device write (size 8, offset 0x00000, "
            "value 0x123456789abcdef0)\n");
        unlink(path);
    }
    g_rmdir(dir);
}

static void test_unimp_random(void)
{
    g_autoptr(GRand) rand = device_rand("unimp");
    QTestState *s = device_start(
        "unimplemented-device@10000000+name=gadget+size=0x123", "");

    if (s) {
        device_fuzz(s, rand, BASE, 0x123, 1000, -1);
        qtest_quit(s);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/finisher/nothing", test_finisher_nothing);
    g_test_add_func("/finisher/end", test_finisher_end);
    g_test_add_func("/finisher/status", test_finisher_status);
    g_test_add_func("/finisher/random", test_finisher_random);
    g_test_add_func("/rtc/time", test_rtc_time);
    g_test_add_func("/rtc/host", test_rtc_host);
    g_test_add_func("/rtc/alarm", test_rtc_alarm);
    g_test_add_func("/rtc/far", test_rtc_far);
    g_test_add_func("/rtc/wrong", test_rtc_wrong);
    g_test_add_func("/rtc/big-endian", test_rtc_big_endian);
    g_test_add_func("/rtc/random", test_rtc_random);
    g_test_add_func("/unimp/log", test_unimp);
    g_test_add_func("/unimp/random", test_unimp_random);
    return g_test_run();
}
