/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The UART and the GPIO block of SiFive's chips (FE310-G000 manual, chapters 17
 * and 18), which only QEMU has: devices.py runs this with QEMU's sources.
 */
#include "qemu/osdep.h"
#include <sys/socket.h>
#include <sys/un.h>
#include <glib/gstdio.h>
#include "qobject/qdict.h"
#include "../qtest/device-helpers.h"

#define BASE 0x10000000

/*** The UART. ***/

enum {
    TXDATA = 0,
    RXDATA = 4,
    TXCTRL = 8,
    RXCTRL = 12,
    IE = 16,
    IP = 20,
    DIV = 24
};

static void test_uart(void)
{
    g_autofree char *dir = g_dir_make_tmp("uart-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "s", NULL);
    g_autofree char *args = g_strdup_printf(
        "-chardev socket,id=c,path=%s,server=on,wait=off -serial chardev:c",
        path);
    QTestState *s = device_start("riscv.sifive.uart@10000000+chardev", args);
    struct sockaddr_un un = { .sun_family = AF_UNIX };
    uint32_t got = 0x80000000;
    char text[4] = "";
    int fd;

    if (!s) {
        g_rmdir(dir);
        return;
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_strlcpy(un.sun_path, path, sizeof(un.sun_path));
    g_assert_cmpint(connect(fd, (struct sockaddr *)&un, sizeof(un)), ==, 0);
    device_intercept(s);

    qtest_writel(s, BASE + DIV, 0x1234);
    g_assert_cmphex(qtest_readl(s, BASE + DIV), ==, 0x1234);
    g_assert_cmphex(qtest_readl(s, BASE + RXDATA), ==, 0x80000000);
    qtest_writel(s, BASE + TXCTRL, 0x00010001);
    g_assert_cmphex(qtest_readl(s, BASE + TXCTRL), ==, 0x00010001);
    for (const char *c = "hi!"; *c; c++) {
        g_assert_cmphex(qtest_readl(s, BASE + TXDATA) >> 31, ==, 0);
        qtest_writel(s, BASE + TXDATA, *c);
    }
    qtest_clock_step(s, 100000000);
    for (int i = 0; i < 3; i++) {
        g_assert_cmpint(RETRY_ON_EINTR(read(fd, text + i, 1)), ==, 1);
    }
    g_assert_cmpstr(text, ==, "hi!");

    qtest_writel(s, BASE + RXCTRL, 1);
    qtest_writel(s, BASE + IE, 2);
    g_assert_false(qtest_get_irq(s, 0));
    g_assert_cmpint(write(fd, "Z", 1), ==, 1);
    for (int i = 0; i < 5000 && !qtest_get_irq(s, 0); i++) {
        g_usleep(1000);
        qtest_readl(s, BASE + DIV);
    }
    g_assert_true(qtest_get_irq(s, 0));
    g_assert_cmphex(qtest_readl(s, BASE + IP) & 2, ==, 2);
    got = qtest_readl(s, BASE + RXDATA);
    g_assert_cmphex(got, ==, 'Z');
    g_assert_false(qtest_get_irq(s, 0));
    g_assert_cmphex(qtest_readl(s, BASE + RXDATA), ==, 0x80000000);
    close(fd);
    qtest_quit(s);
    unlink(path);
    g_rmdir(dir);
}

static void test_uart_random(void)
{
    g_autoptr(GRand) rand = device_rand("uart");
    QTestState *s =
        device_start("riscv.sifive.uart@10000000+chardev", "-serial null");

    if (s) {
        device_fuzz(s, rand, BASE, 32, 1000, -1);
        qtest_quit(s);
    }
}

/*** GPIO. ***/

enum {
    INPUT_VAL = 0x00,
    INPUT_EN = 0x04,
    OUTPUT_EN = 0x08,
    OUTPUT_VAL = 0x0c,
    RISE_IE = 0x18,
    RISE_IP = 0x1c,
    HIGH_IE = 0x28,
    HIGH_IP = 0x2c,
    LOW_IP = 0x34,
    OUT_XOR = 0x40,
};

#define GPIO "sifive_soc.gpio@10000000+ngpio=16"

static void test_gpio_out(void)
{
    QTestState *s = device_start(GPIO, "");

    if (!s) {
        return;
    }
    qtest_irq_intercept_out(s, DEV);
    qtest_writel(s, BASE + OUTPUT_EN, 0x0f);
    qtest_writel(s, BASE + OUTPUT_VAL, 0x05);
    for (int pin = 0; pin < 4; pin++) {
        g_assert_cmpint(qtest_get_irq(s, pin), ==, !(pin & 1));
    }
    qtest_writel(s, BASE + OUT_XOR, 0x0f);
    for (int pin = 0; pin < 4; pin++) {
        g_assert_cmpint(qtest_get_irq(s, pin), ==, pin & 1);
    }
    g_assert_cmphex(qtest_readl(s, BASE + OUTPUT_VAL), ==, 0x05);
    qtest_quit(s);
}

static void test_gpio_in(void)
{
    QTestState *s = device_start(GPIO, "");

    if (!s) {
        return;
    }
    device_intercept(s);
    qtest_writel(s, BASE + INPUT_EN, 0xffff);
    qtest_writel(s, BASE + RISE_IE, 1 << 3);
    qtest_set_irq_in(s, DEV, NULL, 3, 1);
    g_assert_cmphex(qtest_readl(s, BASE + INPUT_VAL), ==, 1 << 3);
    g_assert_cmphex(qtest_readl(s, BASE + RISE_IP) & 1 << 3, ==, 1 << 3);
    g_assert_true(qtest_get_irq(s, 3));
    qtest_writel(s, BASE + RISE_IP, 1 << 3); /* 1 clears */
    g_assert_cmphex(qtest_readl(s, BASE + RISE_IP), ==, 0);
    g_assert_false(qtest_get_irq(s, 3));

    qtest_writel(s, BASE + HIGH_IE, 1 << 5);
    g_assert_false(qtest_get_irq(s, 5));
    qtest_set_irq_in(s, DEV, NULL, 5, 1);
    g_assert_true(qtest_get_irq(s, 5));
    qtest_set_irq_in(s, DEV, NULL, 5, 0);
    g_assert_cmphex(qtest_readl(s, BASE + INPUT_VAL), ==, 1 << 3);
    qtest_quit(s);
}

static void test_gpio_random(void)
{
    g_autoptr(GRand) rand = device_rand("gpio");
    QTestState *s = device_start(GPIO, "");

    if (s) {
        device_fuzz(s, rand, BASE, 0x100, 1000, -1);
        qtest_quit(s);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sifive/uart", test_uart);
    g_test_add_func("/sifive/uart/random", test_uart_random);
    g_test_add_func("/sifive/gpio/out", test_gpio_out);
    g_test_add_func("/sifive/gpio/in", test_gpio_in);
    g_test_add_func("/sifive/gpio/random", test_gpio_random);
    return g_test_run();
}
