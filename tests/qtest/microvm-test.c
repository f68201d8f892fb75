/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The board microvm and the devices of a PC on it: what is where, lines by the
 * virtual clock, random accesses, what is refused.
 */
#include "qemu/osdep.h"
#include "device-helpers.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"

#define VIRTIO_MAGIC 0x74726976
#define IOAPIC       "/machine/ioapic"
#define PIT_HZ       1193182

static QTestState *start(const char *args)
{
    return qtest_initf("-M microvm -m 256M -serial null %s", args);
}

/* ---- what is where ------------------------------------------------------- */

static void test_map(void)
{
    QTestState *s = start("");
    g_autofree char *text = NULL;

    qtest_writeq(s, 0x1000, 0x1122334455667788);
    g_assert_cmphex(qtest_readq(s, 0x1000), ==, 0x1122334455667788);
    qtest_writel(s, 256 * 1024 * 1024 - 4, 0xaabbccdd);
    g_assert_cmphex(qtest_readl(s, 256 * 1024 * 1024 - 4), ==, 0xaabbccdd);
    for (int i = 0; i < 8; i++) {
        g_assert_cmphex(qtest_readl(s, 0xfeb00000 + 512 * i), ==, VIRTIO_MAGIC);
    }
    /* The I/O APIC's version; the UART's line status. */
    qtest_writel(s, 0xfec00000, 1);
    g_assert_cmphex(qtest_readl(s, 0xfec00010), ==, 0x170020);
    g_assert_cmphex(qtest_inb(s, 0x3fd), ==, 0x60);
    /* fw_cfg */
    qtest_outw(s, 0x510, 0);
    g_assert_cmpint(qtest_inb(s, 0x511), ==, 'Q');
    g_assert_cmpint(qtest_inb(s, 0x511), ==, 'E');
    text = qtest_hmp(s, "info pic");
    g_assert_nonnull(strstr(text, "pic0: irr="));
    g_assert_nonnull(strstr(text, "ioapic0: ver=0x20"));
    qtest_quit(s);
}

static void test_high_memory(void)
{
    QTestState *s = qtest_init("-M microvm -m 4G,maxmem=8G");

    qtest_writel(s, 0xbffffffc, 1);
    g_assert_cmphex(qtest_readl(s, 0xbffffffc), ==, 1);
    g_assert_cmphex(qtest_readl(s, 0xc0000000), ==, 0);
    qtest_writel(s, 0x100000000, 2);
    g_assert_cmphex(qtest_readl(s, 0x100000000), ==, 2);
    qtest_quit(s);
}

/* ---- lines --------------------------------------------------------------- */

static void test_pit(void)
{
    QTestState *s = start("");
    int edges = 0;

    qtest_irq_intercept_in(s, IOAPIC);
    qtest_outb(s, 0x43, 0x34); /* a rate of 1000 Hz */
    qtest_outb(s, 0x40, (PIT_HZ / 1000) & 0xff);
    qtest_outb(s, 0x40, (PIT_HZ / 1000) >> 8);
    for (int i = 0, last = 0; i < 100000; i++) {
        int level;

        qtest_clock_step(s, 400);
        level = qtest_get_irq(s, 0);
        edges += level && !last;
        last = level;
    }
    /* In 40 ms. */
    g_assert_cmpint(edges, >=, 39);
    g_assert_cmpint(edges, <=, 41);
    qtest_quit(s);
}

static uint8_t rtc(QTestState *s, int index)
{
    qtest_outb(s, 0x70, index);
    return qtest_inb(s, 0x71);
}

static void test_rtc(void)
{
    QTestState *s = start("-rtc base=2026-03-04T05:06:07,clock=vm");

    qtest_irq_intercept_in(s, IOAPIC);
    g_assert_cmphex(rtc(s, 0), ==, 0x07);
    g_assert_cmphex(rtc(s, 2), ==, 0x06);
    g_assert_cmphex(rtc(s, 4), ==, 0x05);
    g_assert_cmphex(rtc(s, 7), ==, 0x04);
    g_assert_cmphex(rtc(s, 8), ==, 0x03);
    g_assert_cmphex(rtc(s, 9), ==, 0x26);
    g_assert_cmphex(rtc(s, 0x32), ==, 0x20);
    qtest_clock_step(s, 5000000000);
    g_assert_cmphex(rtc(s, 0), ==, 0x12);

    /* An interrupt each second. */
    rtc(s, 0x0c);
    qtest_outb(s, 0x70, 0x0b);
    qtest_outb(s, 0x71, 0x12);
    qtest_clock_step(s, 1100000000);
    g_assert_true(qtest_get_irq(s, 8));
    g_assert_cmphex(rtc(s, 0x0c), ==, 0x90);
    g_assert_false(qtest_get_irq(s, 8));

    /* 1024 a second. */
    qtest_outb(s, 0x70, 0x0b);
    qtest_outb(s, 0x71, 0x42);
    qtest_clock_step(s, 1000000);
    g_assert_true(qtest_get_irq(s, 8));
    g_assert_cmphex(rtc(s, 0x0c) & 0xc0, ==, 0xc0);
    qtest_quit(s);
}

/* Whether the I/O APIC of this ID has @pin as asking, by `info pic'. */
static bool asks(QTestState *s, int id, int pin)
{
    g_autofree char *head = g_strdup_printf("ioapic0: ver=0x20 id=0x%02x", id);
    g_autofree char *text = qtest_hmp(s, "info pic");
    g_autofree char *name = g_strdup_printf(" %d ", pin);
    const char *at = strstr(text, head);

    g_assert_nonnull(at);
    at = strstr(at, "  IRR ");
    g_assert_nonnull(at);
    text[strchr(at, '\r') - text] = '\0';
    return strstr(at, name);
}

/* Level-triggered and masked, so that the input shows. */
static void watch_pin(QTestState *s, uint64_t ioapic, int pin)
{
    qtest_writel(s, ioapic, 0x10 + 2 * pin);
    qtest_writel(s, ioapic + 0x10, 0x18000 | (0x40 + pin));
}

/* Selects a queue that is there, and makes the device need a reset by it. */
static void make_slot_interrupt(QTestState *s, int slot)
{
    uint64_t base = 0xfeb00000 + 512 * slot;

    qtest_writel(s, base + 0x70, 1);
    qtest_writel(s, base + 0x70, 3);
    qtest_writel(s, base + 0x24, 1);
    qtest_writel(s, base + 0x20, 1); /* VIRTIO_F_VERSION_1 */
    qtest_writel(s, base + 0x70, 0xb);
    qtest_writel(s, base + 0x30, 0);
    qtest_writel(s, base + 0x38, 4);
    qtest_writel(s, base + 0x80, 0x10000);
    qtest_writel(s, base + 0x90, 0x11000);
    qtest_writel(s, base + 0xa0, 0x12000);
    qtest_writel(s, base + 0x44, 1);
    qtest_writel(s, base + 0x70, 0xf);
    qtest_writew(s, 0x11002, 100); /* more than the ring can have */
    qtest_writel(s, base + 0x50, 0);
}

static void test_ioapic2(void)
{
    QTestState *s =
        start("-M ioapic2=on,pit=off -global virtio-mmio.force-legacy=off "
              "-device virtio-rng-device,bus=virtio-mmio-bus.0 "
              "-device virtio-rng-device,bus=virtio-mmio-bus.23");

    for (int i = 0; i < 24; i++) {
        g_assert_cmphex(qtest_readl(s, 0xfeb00000 + 512 * i), ==, VIRTIO_MAGIC);
        watch_pin(s, 0xfec00000, i);
        watch_pin(s, 0xfec10000, i);
    }
    qtest_writel(s, 0xfec10000, 1);
    g_assert_cmphex(qtest_readl(s, 0xfec10010), ==, 0x170020);
    qtest_writel(s, 0xfec10000, 0);
    qtest_writel(s, 0xfec10010, 1 << 24);
    /* Slots 0 and 23 are the first and the last input of the second one, and
     * no others; ISA's interrupt 0 is special only at the first one. */
    make_slot_interrupt(s, 23);
    make_slot_interrupt(s, 0);
    for (int i = 0; i < 24; i++) {
        g_assert_false(asks(s, 0, i));
    }
    g_assert_true(asks(s, 1, 23));
    g_assert_true(asks(s, 1, 0));
    g_assert_false(asks(s, 1, 2));
    qtest_quit(s);
}

static void check_vectors(QTestState *s, int cpu, const char *line)
{
    g_autofree char *text = qtest_hmp(s, "info lapic %d", cpu);
    const char *at = strstr(text, "IRR\t ");

    g_assert_nonnull(at);
    g_assert_true(g_str_has_prefix(at + 5, line));
}

/* Messages, and what the I/O APICs send; no CPU takes them. */
static void test_messages(void)
{
    QTestState *s = start("-smp 2 -M ioapic2=on,pit=off "
                          "-global virtio-mmio.force-legacy=off "
                          "-device virtio-rng-device,bus=virtio-mmio-bus.0");

    check_vectors(s, 0, "(none)\r");
    qtest_writel(s, 0xfee00000, 0x41);
    check_vectors(s, 0, "65 \r");
    check_vectors(s, 1, "(none)\r");
    qtest_writel(s, 0xfeeff000, 0x42); /* to all */
    check_vectors(s, 0, "65 66 \r");
    check_vectors(s, 1, "66 \r");
    qtest_writew(s, 0xfee00000, 0x43);
    check_vectors(s, 0, "65 66 \r");
    /* Slot 0: an edge at the second I/O APIC's input 0, to CPU 1. */
    qtest_writel(s, 0xfec10000, 0x11);
    qtest_writel(s, 0xfec10010, 1 << 24);
    qtest_writel(s, 0xfec10000, 0x10);
    qtest_writel(s, 0xfec10010, 0x50);
    make_slot_interrupt(s, 0);
    check_vectors(s, 1, "66 80 \r");
    /* The serial port: a level at the first one. */
    qtest_writel(s, 0xfec00000, 0x18);
    qtest_writel(s, 0xfec00010, 0x8054);
    qtest_outb(s, 0x3f9, 2);
    check_vectors(s, 0, "65 66 84(level) \r");
    qtest_quit(s);
}

/* ---- random -------------------------------------------------------------- */

static void test_random(void)
{
    QTestState *s = start("-M ioapic2=on "
                          "-device isa-debugcon,chardev=n,iobase=0x402 "
                          "-chardev null,id=n");
    GRand *rand = device_rand("microvm");
    static const uint16_t ports[] = { 0x20,  0x40,  0x70,  0xa0, 0x3f8,
                                      0x402, 0x4d0, 0x510, 0x514 };

    for (int i = 0; i < 4000; i++) {
        uint16_t port = ports[g_rand_int_range(rand, 0, ARRAY_SIZE(ports))] +
                        g_rand_int_range(rand, 0, 8);
        uint32_t value = g_rand_int(rand);

        switch (g_rand_int_range(rand, 0, 7)) {
        case 0:
            qtest_outb(s, port >= 0x512 ? 0x80 : port, value);
            break;
        case 1:
            qtest_outw(s, port >= 0x510 ? 0x80 : port, value);
            break;
        case 2:
            /* Not a DMA with a wild address. */
            qtest_outl(s, port >= 0x510 ? 0x80 : port, value);
            break;
        case 3:
            qtest_inb(s, port);
            break;
        case 4:
            qtest_inw(s, port);
            break;
        case 5:
            qtest_inl(s, port);
            break;
        case 6:
            qtest_clock_step(s, g_rand_int_range(rand, 1, 10000000));
            break;
        }
    }
    device_fuzz(s, rand, 0xfec00000, 0x60, 1000, -1);
    device_fuzz(s, rand, 0xfec10000, 0x60, 1000, -1);
    device_fuzz(s, rand, 0xfee00000, 0x100000, 1000, -1);
    device_fuzz(s, rand, 0xfeb00000, 0x3000, 1000, -1);
    g_rand_free(rand);
    qtest_quit(s);
}

/* ---- options ------------------------------------------------------------- */

static void test_options(void)
{
    QTestState *s = qtest_init("-M microvm,pit=off,pic=off,rtc=off,"
                               "isa-serial=off -serial null");

    g_assert_cmphex(qtest_inb(s, 0x21), ==, 0xff);
    g_assert_cmphex(qtest_inb(s, 0x40), ==, 0xff);
    g_assert_cmphex(qtest_inb(s, 0x71), ==, 0xff);
    g_assert_cmphex(qtest_inb(s, 0x3fd), ==, 0xff);
    qtest_quit(s);
}

static void test_virtio_mem(void)
{
    QTestState *s = qtest_init(
        "-M microvm -m 256M,maxmem=2G -object memory-backend-ram,id=m,size=1G "
        "-device virtio-mem,id=vm,memdev=m,bus=virtio-mmio-bus.3,"
        "requested-size=128M");
    g_autofree char *text = qtest_hmp(s, "info memory-devices");

    g_assert_nonnull(strstr(text, "memaddr: 0x100000000"));
    g_assert_nonnull(strstr(text, "requested-size: 134217728"));
    g_assert_cmphex(qtest_readl(s, 0xfeb00608), ==, 24); /* its device ID */
    qtest_quit(s);
}

static void test_cpus(void)
{
    QTestState *s = qtest_init("-M microvm -smp 4,sockets=2,cores=1,threads=2 "
                               "-cpu qemu64,level=5,+avx2,-cx16,model-id=Me");
    QDict *answer = qtest_qmp(s, "{'execute': 'query-cpus-fast'}");
    g_autofree char *regs = qtest_hmp(s, "info registers");

    g_assert_cmpint(qlist_size(qdict_get_qlist(answer, "return")), ==, 4);
    qobject_unref(answer);
    g_assert_nonnull(strstr(regs, "EIP=0000fff0 EFL=00000002 [-------] CPL=0 "
                                  "II=0 A20=1 SMM=0 HLT=0"));
    g_assert_nonnull(strstr(regs, "CS =f000 ffff0000 0000ffff 00009b00"));
    g_assert_nonnull(strstr(regs, "CR0=60000010"));
    answer =
        qtest_qmp(s, "{'execute': 'qom-get', 'arguments': {'path': "
                     "'/machine/unattached/device[0]', 'property': 'cx16'}}");
    g_assert_false(qdict_get_bool(answer, "return"));
    qobject_unref(answer);
    answer =
        qtest_qmp(s, "{'execute': 'qom-get', 'arguments': {'path': "
                     "'/machine/unattached/device[0]', 'property': 'avx2'}}");
    g_assert_true(qdict_get_bool(answer, "return"));
    qobject_unref(answer);
    qtest_quit(s);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/microvm/map", test_map);
    g_test_add_func("/microvm/high-memory", test_high_memory);
    g_test_add_func("/microvm/pit", test_pit);
    g_test_add_func("/microvm/rtc", test_rtc);
    g_test_add_func("/microvm/ioapic2", test_ioapic2);
    g_test_add_func("/microvm/messages", test_messages);
    g_test_add_func("/microvm/random", test_random);
    g_test_add_func("/microvm/options", test_options);
    g_test_add_func("/microvm/virtio-mem", test_virtio_mem);
    g_test_add_func("/microvm/cpus", test_cpus);
    return g_test_run();
}
