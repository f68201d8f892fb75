/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The 16550A UART in memory, with a socket at its other end. The same program
 * tests QEMU's own device source (tests/compat/devices.py).
 */
#include "qemu/osdep.h"
#include <sys/socket.h>
#include <sys/un.h>
#include <glib/gstdio.h>
#include "qobject/qdict.h"
#include "device-helpers.h"

#define BASE 0x10000000
#define FIFO 16

enum { DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR, FCR = IIR };

typedef struct Fixture {
    QTestState *s;
    int fd;
    int shift;
    char *dir;
} Fixture;

/* A machine with the UART; false where there is none. */
static bool start(Fixture *f, int shift)
{
    g_autofree char *devices = g_strdup_printf(
        "serial-mm@%x+regshift=%d+endianness=2+chardev", BASE, shift);
    g_autofree char *path = NULL;
    g_autofree char *args = NULL;
    struct sockaddr_un un = { .sun_family = AF_UNIX };

    f->shift = shift;
    f->dir = g_dir_make_tmp("serial-XXXXXX", NULL);
    path = g_build_filename(f->dir, "s", NULL);
    args = g_strdup_printf("-chardev socket,id=c,path=%s,server=on,wait=off "
                           "-serial chardev:c",
                           path);
    f->s = device_start(devices, args);
    if (!f->s) {
        g_rmdir(f->dir);
        g_free(f->dir);
        return false;
    }
    f->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_strlcpy(un.sun_path, path, sizeof(un.sun_path));
    g_assert_cmpint(connect(f->fd, (struct sockaddr *)&un, sizeof(un)), ==, 0);
    device_intercept(f->s);
    return true;
}

static void stop(Fixture *f)
{
    g_autofree char *path = g_build_filename(f->dir, "s", NULL);

    close(f->fd);
    qtest_quit(f->s);
    unlink(path);
    g_rmdir(f->dir);
    g_free(f->dir);
}

static uint8_t rd(Fixture *f, int reg)
{
    return qtest_readb(f->s, BASE + ((uint64_t)reg << f->shift));
}

static void wr(Fixture *f, int reg, uint8_t value)
{
    qtest_writeb(f->s, BASE + ((uint64_t)reg << f->shift), value);
}

static bool irq(Fixture *f)
{
    rd(f, SCR); /* what was sent about lines is heard then */
    return qtest_get_irq(f->s, 0);
}

/* Waits until LSR & @mask is @value: the socket takes its time. */
static void wait_lsr(Fixture *f, uint8_t mask, uint8_t value)
{
    for (int i = 0; i < 5000; i++) {
        if ((rd(f, LSR) & mask) == value) {
            return;
        }
        g_usleep(1000);
    }
    g_assert_not_reached();
}

static void expect_output(Fixture *f, const char *text)
{
    for (; *text; text++) {
        char c = 0;

        g_assert_cmpint(RETRY_ON_EINTR(read(f->fd, &c, 1)), ==, 1);
        g_assert_cmpint(c, ==, *text);
    }
}

static void put_input(Fixture *f, const char *text)
{
    g_assert_cmpint(write(f->fd, text, strlen(text)), ==, strlen(text));
}

/*** What is where. ***/

static void test_reset_values(void)
{
    Fixture f;

    if (!start(&f, 0)) {
        return;
    }
    for (int round = 0; round < 2; round++) {
        g_assert_cmphex(rd(&f, DATA), ==, 0);
        g_assert_cmphex(rd(&f, IER), ==, 0);
        g_assert_cmphex(rd(&f, IIR), ==, 0x01);
        g_assert_cmphex(rd(&f, LCR), ==, 0);
        g_assert_cmphex(rd(&f, MCR), ==, 0x08);
        g_assert_cmphex(rd(&f, LSR), ==, 0x60);
        g_assert_cmphex(rd(&f, MSR), ==, 0xb0);
        g_assert_cmphex(rd(&f, SCR), ==, 0);
        wr(&f, LCR, 0x80);
        g_assert_cmphex(rd(&f, DATA), ==, 12);
        g_assert_cmphex(rd(&f, IER), ==, 0);
        wr(&f, LCR, 0x1b);
        wr(&f, FCR, 0xc1);
        wr(&f, IER, 0x0f);
        wr(&f, MCR, 0x1f);
        wr(&f, SCR, 0xa5);
        qtest_qmp_assert_success(f.s, "{'execute': 'system_reset'}");
        qobject_unref(qmp_client_event(qtest_qmp_client(f.s), "RESET"));
    }
    stop(&f);
}

static void test_map(gconstpointer data)
{
    Fixture f;

    if (!start(&f, GPOINTER_TO_INT(data))) {
        return;
    }
    /* Which bits of a register hold what is written. */
    wr(&f, IER, 0xff);
    g_assert_cmphex(rd(&f, IER), ==, 0x0f);
    wr(&f, LCR, 0x7f);
    g_assert_cmphex(rd(&f, LCR), ==, 0x7f);
    wr(&f, MCR, 0xff);
    g_assert_cmphex(rd(&f, MCR), ==, 0x1f);
    wr(&f, SCR, 0x5a);
    g_assert_cmphex(rd(&f, SCR), ==, 0x5a);
    wr(&f, LSR, 0xff); /* read-only */
    wr(&f, MSR, 0xff);
    g_assert_cmphex(rd(&f, LSR) & 0x60, ==, 0x60);

    /* The divisor latch stands in front of two of them. */
    wr(&f, LCR, 0x83);
    wr(&f, DATA, 0x34);
    wr(&f, IER, 0x12);
    g_assert_cmphex(rd(&f, DATA), ==, 0x34);
    g_assert_cmphex(rd(&f, IER), ==, 0x12);
    wr(&f, LCR, 0x03);
    g_assert_cmphex(rd(&f, IER), ==, 0x0f);
    stop(&f);
}

/* Wider accesses reach one register, those beyond the end none. */
static void test_sizes(void)
{
    Fixture f;

    if (!start(&f, 0)) {
        return;
    }
    qtest_writew(f.s, BASE + SCR - 1, 0x1234); /* MSR, and not SCR */
    g_assert_cmphex(rd(&f, SCR), ==, 0);
    qtest_writel(f.s, BASE + MCR, 0xffffff02);
    g_assert_cmphex(rd(&f, MCR), ==, 0x02);
    g_assert_cmphex(qtest_readl(f.s, BASE + MCR), ==, 0x02);
    g_assert_cmphex(qtest_readw(f.s, BASE + MCR), ==, 0x02);
    qtest_writeb(f.s, BASE + 8, 0xff);
    g_assert_cmphex(qtest_readb(f.s, BASE + 8), ==, 0);
    stop(&f);
}

/*** Sending. ***/

static void test_send(void)
{
    Fixture f;

    if (!start(&f, 0)) {
        return;
    }
    for (const char *c = "plain"; *c; c++) {
        wr(&f, DATA, *c);
    }
    expect_output(&f, "plain");
    wr(&f, FCR, 0x01);
    g_assert_cmphex(rd(&f, IIR), ==, 0xc1);
    for (const char *c = "with FIFOs"; *c; c++) {
        wr(&f, DATA, *c);
    }
    expect_output(&f, "with FIFOs");
    wait_lsr(&f, 0x60, 0x60);

    /* The interrupt: at once when it is enabled, and told once. */
    g_assert_false(irq(&f));
    wr(&f, IER, 0x02);
    g_assert_true(irq(&f));
    g_assert_cmphex(rd(&f, IIR), ==, 0xc2);
    g_assert_false(irq(&f));
    g_assert_cmphex(rd(&f, IIR), ==, 0xc1);
    wr(&f, DATA, '!');
    expect_output(&f, "!");
    g_assert_true(irq(&f));
    wr(&f, IER, 0x00);
    g_assert_false(irq(&f));
    stop(&f);
}

/*** Receiving. ***/

static void test_receive_plain(void)
{
    Fixture f;

    if (!start(&f, 0)) {
        return;
    }
    wr(&f, IER, 0x01);
    put_input(&f, "ab");
    wait_lsr(&f, 0x01, 0x01);
    g_assert_true(irq(&f));
    g_assert_cmphex(rd(&f, IIR), ==, 0x04);
    g_assert_cmphex(rd(&f, DATA), ==, 'a');
    wait_lsr(&f, 0x01, 0x01);
    g_assert_cmphex(rd(&f, DATA), ==, 'b');
    g_assert_false(irq(&f));
    g_assert_cmphex(rd(&f, LSR) & 0x03, ==, 0);
    stop(&f);
}

static void test_trigger_level(void)
{
    static const int levels[] = { 1, 4, 8, 14 };
    Fixture f;

    if (!start(&f, 0)) {
        return;
    }
    wr(&f, IER, 0x01);
    for (int i = 0; i < 4; i++) {
        g_autofree char *text = g_strnfill(levels[i], 'x');

        wr(&f, FCR, i << 6 | 0x07);
        text[levels[i] - 1] = '\0';
        put_input(&f, text); /* one too few */
        if (levels[i] > 1) {
            wait_lsr(&f, 0x01, 0x01);
            g_usleep(20000);
            g_assert_false(irq(&f));
        }
        put_input(&f, "y");
        for (int n = 0; n < 5000 && !irq(&f); n++) {
            g_usleep(1000);
        }
        g_assert_cmphex(rd(&f, IIR), ==, 0xc4);
        for (int n = 0; n < levels[i]; n++) {
            g_assert_cmphex(rd(&f, DATA), ==, n == levels[i] - 1 ? 'y' : 'x');
        }
        g_assert_false(irq(&f));
        g_assert_cmphex(rd(&f, DATA), ==, 0); /* empty */
    }
    stop(&f);
}

/* Below the level, after four characters' time without another one. */
static void test_timeout(void)
{
    Fixture f;

    if (!start(&f, 0)) {
        return;
    }
    wr(&f, LCR, 0x80); /* 115200 bits per second */
    wr(&f, DATA, 1);
    wr(&f, LCR, 0x03); /* 10 bits: 86.8 us per character */
    wr(&f, IER, 0x01);
    wr(&f, FCR, 0xc1);
    put_input(&f, "ab");
    wait_lsr(&f, 0x01, 0x01);
    g_usleep(50000);
    g_assert_false(irq(&f));
    qtest_clock_step(f.s, 340000);
    g_assert_false(irq(&f));
    qtest_clock_step(f.s, 10000);
    g_assert_true(irq(&f));
    g_assert_cmphex(rd(&f, IIR), ==, 0xcc);
    g_assert_cmphex(rd(&f, DATA), ==, 'a');
    g_assert_false(irq(&f)); /* reading ends it, and the time begins anew */
    qtest_clock_step(f.s, 350000);
    g_assert_cmphex(rd(&f, IIR), ==, 0xcc);
    g_assert_cmphex(rd(&f, DATA), ==, 'b');
    qtest_clock_step(f.s, 350000);
    g_assert_cmphex(rd(&f, IIR), ==, 0xc1);
    stop(&f);
}

/* More than fits waits outside and is not lost. */
static void test_flow(void)
{
    Fixture f;

    if (!start(&f, 0)) {
        return;
    }
    wr(&f, FCR, 0xc1);
    put_input(&f, "0123456789abcdefghijklmnopqrstuvwxyz");
    for (const char *c = "0123456789abcdefghijklmnopqrstuvwxyz"; *c; c++) {
        wait_lsr(&f, 0x03, 0x01);
        g_assert_cmphex(rd(&f, DATA), ==, *c);
    }
    g_assert_cmphex(rd(&f, LSR) & 0x01, ==, 0);
    stop(&f);
}

/*** Loop back. ***/

static void test_loop(void)
{
    Fixture f;

    if (!start(&f, 0)) {
        return;
    }
    for (int m = 0; m < 16; m++) {
        wr(&f, MCR, 0x10 | m);
        g_assert_cmphex(rd(&f, MSR), ==,
                        (m & 0x0c) << 4 | (m & 2) << 3 | (m & 1) << 5);
    }
    wr(&f, FCR, 0x01);
    for (int i = 0; i < FIFO; i++) {
        wr(&f, DATA, i);
    }
    g_assert_cmphex(rd(&f, LSR), ==, 0x61);
    wr(&f, IER, 0x04);
    wr(&f, DATA, 0xee); /* no room: an overrun, and the byte is lost */
    g_assert_true(irq(&f));
    g_assert_cmphex(rd(&f, IIR), ==, 0xc6);
    g_assert_cmphex(rd(&f, LSR), ==, 0x63);
    g_assert_cmphex(rd(&f, LSR), ==, 0x61);
    g_assert_false(irq(&f));
    for (int i = 0; i < FIFO; i++) {
        g_assert_cmphex(rd(&f, DATA), ==, i);
    }
    g_assert_cmphex(rd(&f, LSR), ==, 0x60);

    /* Without FIFOs the new byte replaces the old one. */
    wr(&f, FCR, 0x00);
    wr(&f, DATA, 1);
    wr(&f, DATA, 2);
    g_assert_cmphex(rd(&f, LSR), ==, 0x63);
    g_assert_cmphex(rd(&f, DATA), ==, 2);

    /* Clearing the FIFO. */
    wr(&f, FCR, 0x01);
    wr(&f, DATA, 1);
    g_assert_cmphex(rd(&f, LSR), ==, 0x61);
    wr(&f, FCR, 0x03);
    g_assert_cmphex(rd(&f, LSR), ==, 0x60);
    stop(&f);
}

/* All sources at once, the most urgent first. */
static void test_priority(void)
{
    Fixture f;

    if (!start(&f, 0)) {
        return;
    }
    wr(&f, MCR, 0x10);
    wr(&f, DATA, 1);
    wr(&f, DATA, 2);
    wr(&f, IER, 0x07);
    g_assert_cmphex(rd(&f, IIR), ==, 0x06);
    rd(&f, LSR);
    g_assert_cmphex(rd(&f, IIR), ==, 0x04);
    rd(&f, DATA);
    g_assert_cmphex(rd(&f, IIR), ==, 0x02);
    g_assert_cmphex(rd(&f, IIR), ==, 0x01);
    stop(&f);
}

/*** Random. ***/

static void test_random(gconstpointer data)
{
    g_autoptr(GRand) rand = device_rand("serial");
    int shift = GPOINTER_TO_INT(data);
    g_autofree char *devices = g_strdup_printf(
        "serial-mm@%x+regshift=%d+endianness=%d+chardev", BASE, shift, shift);
    QTestState *s = device_start(devices, "-serial null");

    if (s) {
        device_intercept(s);
        device_fuzz(s, rand, BASE, 8 << shift, g_test_quick() ? 1500 : 100000,
                    -1);
        qtest_quit(s);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/serial/reset", test_reset_values);
    for (int shift = 0; shift <= 2; shift++) {
        g_autofree char *map = g_strdup_printf("/serial/map/%d", shift);
        g_autofree char *fuzz = g_strdup_printf("/serial/random/%d", shift);

        g_test_add_data_func(map, GINT_TO_POINTER(shift), test_map);
        g_test_add_data_func(fuzz, GINT_TO_POINTER(shift), test_random);
    }
    g_test_add_func("/serial/sizes", test_sizes);
    g_test_add_func("/serial/send", test_send);
    g_test_add_func("/serial/receive/plain", test_receive_plain);
    g_test_add_func("/serial/receive/level", test_trigger_level);
    g_test_add_func("/serial/receive/timeout", test_timeout);
    g_test_add_func("/serial/receive/flow", test_flow);
    g_test_add_func("/serial/loop", test_loop);
    g_test_add_func("/serial/priority", test_priority);
    return g_test_run();
}
