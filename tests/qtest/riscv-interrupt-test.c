/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interrupt controllers of the board `virt': from registers and lines to
 * the lines of the harts. tests/compat runs this on QEMU's own sources of
 * these devices, too.
 */
#include "qemu/osdep.h"
#include "device-helpers.h"
#include "qobject/qlist.h"

#define MSWI    0x2000000
#define MTIMER  0x2004000
#define MTIME   (MTIMER + 0x7ff8)
#define SSWI    0x2f00000
#define INTC    0xc000000 /* the PLIC or the M level APLIC */
#define S_APLIC 0xd000000
#define M_IMSIC 0x24000000
#define S_IMSIC 0x28000000
#define TICK_NS 100

#define MIP_SSIP (1 << 1)
#define MIP_MSIP (1 << 3)
#define MIP_MTIP (1 << 7)
#define MIP_SEIP (1 << 9)
#define MIP_MEIP (1 << 11)

static QTestState *start(const char *options, int harts)
{
    return qtest_initf("-machine virt%s -smp %d -nodefaults -display none",
                       options, harts);
}

/* The path of the board's device number @n of a type. */
static char *device_path(QTestState *s, const char *type, int n)
{
    g_autofree char *child = g_strdup_printf("child<%s>", type);
    g_autoptr(QDict) rsp = qtest_qmp(s, "{'execute': 'qom-list', 'arguments':"
                                        " {'path': '/machine/unattached'}}");
    int numbers[256], count = 0;
    const QListEntry *e;

    QLIST_FOREACH_ENTRY(qdict_get_qlist(rsp, "return"), e) {
        QDict *item = qobject_to(QDict, qlist_entry_obj(e));
        int number;

        if (!strcmp(qdict_get_str(item, "type"), child) &&
            sscanf(qdict_get_str(item, "name"), "device[%d]", &number) == 1) {
            int at = count++;

            g_assert_cmpint(count, <=, 256);
            for (; at > 0 && numbers[at - 1] > number; at--) {
                numbers[at] = numbers[at - 1];
            }
            numbers[at] = number;
        }
    }
    g_assert_cmpint(n, <, count);
    return g_strdup_printf("/machine/unattached/device[%d]", numbers[n]);
}

/* The hart's pending interrupts, as the monitor has them. */
static uint64_t mip(QTestState *s, int hart)
{
    g_autofree char *text = qtest_hmp(s, "info registers -a");
    const char *at = text;

    for (int i = 0; i <= hart; i++) {
        at = strstr(at, " mip ");
        g_assert_nonnull(at);
        at += 5;
    }
    return g_ascii_strtoull(at, NULL, 16);
}

static void set_line(QTestState *s, const char *path, int n, int level)
{
    qtest_set_irq_in(s, path, NULL, n, level);
}

/*** ACLINT. ***/

static void test_mtimer(void)
{
    QTestState *s = start("", 2);
    g_autofree char *path = device_path(s, "riscv.aclint.mtimer", 0);
    uint64_t begin;

    qtest_irq_intercept_out(s, path);
    begin = qtest_readq(s, MTIME);
    qtest_clock_step(s, 1000 * TICK_NS);
    g_assert_cmpuint(qtest_readq(s, MTIME), ==, begin + 1000);

    /* Not set yet: both have been reached. */
    g_assert_cmphex(mip(s, 0) & MIP_MTIP, ==, MIP_MTIP);
    qtest_writeq(s, MTIMER, begin + 1500);
    g_assert_cmphex(qtest_readq(s, MTIMER), ==, begin + 1500);
    qtest_writel(s, MTIMER + 8, 0xffffffff);
    qtest_writel(s, MTIMER + 12, 0x7fffffff);
    g_assert_cmphex(qtest_readl(s, MTIMER + 12), ==, 0x7fffffff);
    g_assert_cmphex(qtest_readq(s, MTIMER + 8), ==, 0x7fffffffffffffff);
    g_assert_false(qtest_get_irq(s, 0) || qtest_get_irq(s, 1));
    g_assert_cmphex((mip(s, 0) | mip(s, 1)) & MIP_MTIP, ==, 0);
    qtest_clock_step(s, 499 * TICK_NS);
    g_assert_false(qtest_get_irq(s, 0));
    qtest_clock_step(s, TICK_NS);
    g_assert_true(qtest_get_irq(s, 0) && !qtest_get_irq(s, 1));
    g_assert_cmphex(mip(s, 0) & MIP_MTIP, ==, MIP_MTIP);

    /* The counter can be set, in halves and as a whole. */
    qtest_writel(s, MTIME + 4, 0x7fffffff);
    g_assert_cmphex(qtest_readl(s, MTIME + 4), ==, 0x7fffffff);
    g_assert_false(qtest_get_irq(s, 1));
    qtest_writeq(s, MTIME, 0x7ffffffffffffff0);
    qtest_clock_step(s, 15 * TICK_NS);
    g_assert_true(qtest_get_irq(s, 1));
    qtest_writeq(s, MTIME, 0);
    g_assert_false(qtest_get_irq(s, 0) || qtest_get_irq(s, 1));

    /* Nothing narrower; no third hart; what lies between. */
    qtest_writeb(s, MTIMER, 1);
    qtest_writew(s, MTIMER, 1);
    qtest_writeq(s, MTIMER + 16, 1);
    qtest_writel(s, MTIME - 4, 1);
    g_assert_cmphex(qtest_readq(s, MTIMER), ==, begin + 1500);
    g_assert_cmphex(qtest_readq(s, MTIMER + 16), ==, 0);
    g_assert_cmphex(qtest_readl(s, MTIME - 4), ==, 0);
    qtest_quit(s);
}

static void test_swi(void)
{
    QTestState *s = start(",aclint=on", 3);

    qtest_writel(s, MSWI + 4, 1);
    g_assert_cmphex(mip(s, 1) & MIP_MSIP, ==, MIP_MSIP);
    g_assert_cmphex((mip(s, 0) | mip(s, 2)) & MIP_MSIP, ==, 0);
    g_assert_cmphex(qtest_readl(s, MSWI + 4), ==, 1);
    qtest_writel(s, MSWI + 4, 0xfffffffe);
    g_assert_cmphex(mip(s, 1) & MIP_MSIP, ==, 0);
    qtest_writeb(s, MSWI, 1);
    qtest_writeq(s, MSWI + 12, 1);
    g_assert_cmphex(mip(s, 0) & MIP_MSIP, ==, 0);
    g_assert_cmphex(qtest_readl(s, MSWI + 12), ==, 0);

    qtest_writel(s, SSWI + 8, 1);
    g_assert_cmphex(mip(s, 2) & MIP_SSIP, ==, MIP_SSIP);
    g_assert_cmphex(qtest_readl(s, SSWI + 8), ==, 0);
    qtest_writel(s, SSWI + 8, 0); /* it is the hart's to take back */
    g_assert_cmphex(mip(s, 2) & MIP_SSIP, ==, MIP_SSIP);
    qtest_quit(s);
}

/*** PLIC: contexts are M and S of hart 0, M and S of hart 1. ***/

#define PLIC_ENABLE(ctx)  (INTC + 0x2000 + (ctx)*0x80)
#define PLIC_CONTEXT(ctx) (INTC + 0x200000 + (ctx)*0x1000)

static void test_plic(void)
{
    QTestState *s = start("", 2);
    g_autofree char *path = device_path(s, "riscv.sifive.plic", 0);

    /* Outputs: S of both harts, M of both. */
    qtest_irq_intercept_out(s, path);
    qtest_writel(s, PLIC_ENABLE(3), 1 << 5);
    qtest_writel(s, PLIC_ENABLE(0) + 8, 1 << 31); /* 95, the last */
    qtest_writel(s, INTC + 5 * 4, 3);
    qtest_writel(s, INTC + 95 * 4, 0xffffffff);
    g_assert_cmphex(qtest_readl(s, INTC + 95 * 4), ==, 7);
    qtest_writel(s, INTC, 1);
    g_assert_cmphex(qtest_readl(s, INTC), ==, 0);

    set_line(s, path, 5, 1);
    g_assert_true(qtest_get_irq(s, 1) && !qtest_get_irq(s, 3));
    g_assert_cmphex(mip(s, 1) & (MIP_SEIP | MIP_MEIP), ==, MIP_SEIP);
    g_assert_cmphex(mip(s, 0) & (MIP_SEIP | MIP_MEIP), ==, 0);
    set_line(s, path, 95, 1);
    g_assert_true(qtest_get_irq(s, 2));
    g_assert_cmphex(qtest_readl(s, INTC + 0x1000), ==, 1 << 5);
    g_assert_cmphex(qtest_readl(s, INTC + 0x1008), ==, 1u << 31);

    g_assert_cmpuint(qtest_readl(s, PLIC_CONTEXT(3) + 4), ==, 5);
    g_assert_false(qtest_get_irq(s, 1));
    g_assert_cmpuint(qtest_readl(s, PLIC_CONTEXT(3) + 4), ==, 0);
    set_line(s, path, 5, 0);
    set_line(s, path, 5, 1);
    g_assert_false(qtest_get_irq(s, 1));
    qtest_writel(s, PLIC_CONTEXT(3) + 4, 5);
    g_assert_true(qtest_get_irq(s, 1));

    qtest_writel(s, PLIC_CONTEXT(3), 3);
    g_assert_false(qtest_get_irq(s, 1));
    qtest_writel(s, PLIC_CONTEXT(3), 2);
    g_assert_true(qtest_get_irq(s, 1));

    /* The PLIC stands still for what is no word of its own. */
    qtest_writeb(s, INTC + 5 * 4, 0);
    qtest_writew(s, INTC + 5 * 4, 0);
    qtest_writel(s, INTC + 0x1000, 0);
    qtest_writel(s, PLIC_CONTEXT(4), 1);
    qtest_writel(s, PLIC_ENABLE(4), 1);
    g_assert_cmphex(qtest_readl(s, INTC + 0x1000), ==, 1 << 5);
    g_assert_cmphex(qtest_readl(s, PLIC_CONTEXT(4)), ==, 0);

    qtest_qmp_assert_success(s, "{'execute': 'system_reset'}");
    for (int i = 0; i < 100 && qtest_readl(s, INTC + 5 * 4); i++) {
        g_usleep(10000);
    }
    g_assert_cmphex(qtest_readl(s, INTC + 0x1000), ==, 0);
    g_assert_false(qtest_get_irq(s, 1) || qtest_get_irq(s, 2));
    qtest_quit(s);
}

/*** APLIC. ***/

static void test_aplic(void)
{
    QTestState *s = start(",aia=aplic", 2);
    g_autofree char *root = device_path(s, "riscv.aplic", 0);
    const uint64_t idc = S_APLIC + 0x4000 + 32; /* hart 1 */

    g_assert_cmphex(qtest_readl(s, INTC), ==, 0x80000000);
    qtest_writel(s, INTC + 12 * 4, 1 << 10); /* to the S level domain */
    qtest_writel(s, S_APLIC + 12 * 4, 6);
    qtest_writel(s, S_APLIC + 0x3000 + 12 * 4, 1 << 18 | 3);
    qtest_writel(s, S_APLIC + 0x1edc, 12);
    g_assert_cmphex(qtest_readl(s, S_APLIC + 0x1e00), ==, 1 << 12);
    qtest_writel(s, idc, 1);
    set_line(s, root, 12, 1);
    g_assert_cmphex(qtest_readl(s, S_APLIC + 0x1c00), ==, 1 << 12);
    g_assert_cmphex(qtest_readl(s, S_APLIC + 0x1d00), ==, 1 << 12);
    g_assert_cmphex(qtest_readl(s, INTC + 0x1c00), ==, 0);
    g_assert_cmphex(qtest_readl(s, idc + 0x18), ==, 12 << 16 | 3);
    g_assert_cmphex(mip(s, 1) & MIP_SEIP, ==, 0);
    qtest_writel(s, S_APLIC, 0x100);
    g_assert_cmphex(mip(s, 1) & MIP_SEIP, ==, MIP_SEIP);
    qtest_writel(s, idc + 8, 3);
    g_assert_cmphex(mip(s, 1) & MIP_SEIP, ==, 0);
    qtest_writel(s, idc + 8, 4);
    g_assert_cmphex(mip(s, 1) & MIP_SEIP, ==, MIP_SEIP);
    /* A level stays when it is claimed, and goes with the wire. */
    g_assert_cmphex(qtest_readl(s, idc + 0x1c), ==, 12 << 16 | 3);
    g_assert_cmphex(mip(s, 1) & MIP_SEIP, ==, MIP_SEIP);
    set_line(s, root, 12, 0);
    g_assert_cmphex(mip(s, 1) & MIP_SEIP, ==, 0);

    /* An edge is over when it has been claimed. */
    qtest_writel(s, S_APLIC + 12 * 4, 4);
    set_line(s, root, 12, 1);
    g_assert_cmphex(mip(s, 1) & MIP_SEIP, ==, MIP_SEIP);
    g_assert_cmphex(qtest_readl(s, idc + 0x1c), ==, 12 << 16 | 3);
    g_assert_cmphex(mip(s, 1) & MIP_SEIP, ==, 0);
    /* What is forced is nobody's. */
    qtest_writel(s, idc + 4, 1);
    g_assert_cmphex(mip(s, 1) & MIP_SEIP, ==, MIP_SEIP);
    g_assert_cmphex(qtest_readl(s, idc + 0x1c), ==, 0);
    g_assert_cmphex(mip(s, 1) & MIP_SEIP, ==, 0);

    /* M level's own. */
    qtest_writel(s, INTC + 20 * 4, 1);
    qtest_writel(s, INTC + 0x3000 + 20 * 4, 0);
    g_assert_cmphex(qtest_readl(s, INTC + 0x3000 + 20 * 4), ==, 1);
    qtest_writel(s, INTC + 0x1e00, 1 << 20);
    qtest_writel(s, INTC + 0x2000, 20);
    qtest_writel(s, INTC + 0x4000, 1);
    qtest_writel(s, INTC, 0x100);
    g_assert_cmphex(mip(s, 0) & MIP_MEIP, ==, MIP_MEIP);
    qtest_writel(s, INTC + 0x1ddc, 20);
    g_assert_cmphex(mip(s, 0) & MIP_MEIP, ==, 0);
    qtest_quit(s);
}

/* From a line over the APLIC to a file; its state is what `info pic' shows. */
static void test_imsic(void)
{
    QTestState *s = start(",aia=aplic-imsic", 2);
    g_autofree char *root = device_path(s, "riscv.aplic", 0);
    g_autofree char *shown = NULL;

    g_assert_cmphex(qtest_readl(s, INTC), ==, 0x80000004);
    /* Hart numbers of one bit, in pages. */
    qtest_writel(s, INTC + 0x1bc0, M_IMSIC >> 12);
    qtest_writel(s, INTC + 0x1bc8, S_IMSIC >> 12);
    qtest_writel(s, INTC + 0x1bcc, 0);
    qtest_writel(s, INTC + 0x1bc4, 1 << 12);
    qtest_writel(s, INTC + 12 * 4, 1 << 10);
    qtest_writel(s, S_APLIC + 12 * 4, 6);
    qtest_writel(s, S_APLIC + 0x3000 + 12 * 4, 1 << 18 | 77);
    qtest_writel(s, S_APLIC + 0x1edc, 12);
    qtest_writel(s, S_APLIC, 0x100);
    set_line(s, root, 12, 1);
    g_assert_cmphex(qtest_readl(s, S_APLIC + 0x1c00), ==, 0); /* it is sent */
    g_assert_cmphex(qtest_readl(s, S_APLIC + 0x1d00), ==, 1 << 12);
    qtest_writel(s, INTC + 0x3000, 0 << 18 | 99);
    qtest_writel(s, M_IMSIC + 0x1000, 100);
    g_assert_cmphex(qtest_readl(s, M_IMSIC + 0x1000), ==, 0);

    shown = qtest_hmp(s, "info pic");
    if (strstr(shown, "IMSIC:")) {
        g_assert_nonnull(strstr(shown, "identity 77: pending"));
        g_assert_nonnull(strstr(shown, "identity 99: pending"));
        g_assert_nonnull(strstr(shown, "identity 100: pending"));
    }
    qtest_quit(s);
}

/*** Two sockets: each has controllers for the harts that are in it. ***/

#define SOCKET_CLINT 0x10000
#define SOCKET_SSWI  0x4000
#define SOCKET_PLIC  0x600000
#define SOCKET_APLIC 0x8000
#define SOCKET_IMSIC 0x1000000

static QTestState *start_sockets(const char *options)
{
    g_autofree char *all = g_strdup_printf(
        "%s -m 256M -object memory-backend-ram,id=m0,size=128M"
        " -object memory-backend-ram,id=m1,size=128M"
        " -numa node,memdev=m0,cpus=0-1 -numa node,memdev=m1,cpus=2-3",
        options);

    return start(all, 4);
}

static void test_sockets_plic(void)
{
    QTestState *s = start_sockets(",aclint=on");
    g_autofree char *plic = device_path(s, "riscv.sifive.plic", 1);
    const uint64_t second = SOCKET_PLIC;

    qtest_writel(s, MSWI + SOCKET_CLINT + 4, 1);
    g_assert_cmphex(mip(s, 3) & MIP_MSIP, ==, MIP_MSIP);
    qtest_writel(s, SSWI + SOCKET_SSWI, 1);
    g_assert_cmphex(mip(s, 2) & MIP_SSIP, ==, MIP_SSIP);
    g_assert_cmphex((mip(s, 0) | mip(s, 1)) & (MIP_MSIP | MIP_SSIP), ==, 0);

    for (int hart = 0; hart < 4; hart++) {
        qtest_writeq(s, MTIMER + hart / 2 * SOCKET_CLINT + hart % 2 * 8,
                     1000 + hart);
    }
    for (int hart = 0; hart < 4; hart++) {
        g_assert_cmphex(mip(s, hart) & MIP_MTIP, ==, 0);
        qtest_clock_set(s, (1000 + hart) * TICK_NS);
        g_assert_cmphex(mip(s, hart) & MIP_MTIP, ==, MIP_MTIP);
    }

    qtest_writel(s, PLIC_ENABLE(3) + second, 1 << 7);
    qtest_writel(s, INTC + second + 7 * 4, 1);
    set_line(s, plic, 7, 1);
    g_assert_cmphex(mip(s, 3) & (MIP_SEIP | MIP_MEIP), ==, MIP_SEIP);
    g_assert_cmphex((mip(s, 0) | mip(s, 1) | mip(s, 2)) & MIP_SEIP, ==, 0);
    g_assert_cmpuint(qtest_readl(s, PLIC_CONTEXT(3) + 4), ==, 0);
    g_assert_cmpuint(qtest_readl(s, PLIC_CONTEXT(3) + second + 4), ==, 7);
    qtest_quit(s);
}

static void test_sockets_aplic(void)
{
    QTestState *s = start_sockets(",aia=aplic");
    /* They come in pairs: M level, S level. */
    g_autofree char *root = device_path(s, "riscv.aplic", 2);
    const uint64_t m = INTC + SOCKET_APLIC, sup = S_APLIC + SOCKET_APLIC;

    qtest_writel(s, m + 9 * 4, 1 << 10);
    qtest_writel(s, sup + 9 * 4, 6);
    qtest_writel(s, sup + 0x3000 + 9 * 4, 1 << 18 | 1);
    qtest_writel(s, sup + 0x1edc, 9);
    qtest_writel(s, sup + 0x4020, 1);
    qtest_writel(s, sup, 0x100);
    set_line(s, root, 9, 1);
    g_assert_cmphex(mip(s, 3) & MIP_SEIP, ==, MIP_SEIP);
    g_assert_cmphex((mip(s, 0) | mip(s, 1) | mip(s, 2)) & MIP_SEIP, ==, 0);
    qtest_quit(s);
}

static void test_sockets_imsic(void)
{
    QTestState *s = start_sockets(",aia=aplic-imsic");
    g_autofree char *shown = NULL;

    /* Group 1, hart 1; and beyond the last hart of group 0. */
    qtest_writel(s, S_IMSIC + SOCKET_IMSIC + 0x1000, 42);
    qtest_writel(s, S_IMSIC + 0x2000, 43);
    shown = qtest_hmp(s, "info pic");
    if (strstr(shown, "IMSIC:")) {
        const char *at = strstr(shown, "IMSIC: hart 3 S");

        g_assert_nonnull(at);
        g_assert_nonnull(strstr(at, "identity 42: pending"));
        g_assert_null(strstr(shown, "identity 43"));
    }
    qtest_quit(s);
}

/*** All registers, all sizes. ***/

static void test_fuzz(gconstpointer options)
{
    static const struct {
        uint64_t base, size;
    } places[] = {
        { MSWI, 0x10 },      { MTIMER, 0x20 },
        { MTIME - 8, 16 },   { MSWI, 0xc000 },
        { SSWI, 0x4000 },    { INTC, 0x8000 },
        { S_APLIC, 0x8000 }, { INTC + 0x200000, 0x8000 },
        { M_IMSIC, 0x4000 }, { S_IMSIC, 0x4000 },
    };
    GRand *rand = device_rand(options);
    QTestState *s = start(options, 4);
    g_autofree char *aplic = strstr(options, "aplic")
                                 ? device_path(s, "riscv.aplic", 0)
                                 : device_path(s, "riscv.sifive.plic", 0);

    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < ARRAY_SIZE(places); i++) {
            device_fuzz(s, rand, places[i].base, places[i].size, 60, -1);
        }
        for (int i = 0; i < 60; i++) {
            set_line(s, aplic, g_rand_int_range(rand, 1, 96),
                     g_rand_boolean(rand));
        }
    }
    qtest_quit(s);
    g_rand_free(rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/riscv-interrupt/mtimer", test_mtimer);
    g_test_add_func("/riscv-interrupt/swi", test_swi);
    g_test_add_func("/riscv-interrupt/plic", test_plic);
    g_test_add_func("/riscv-interrupt/aplic", test_aplic);
    g_test_add_func("/riscv-interrupt/imsic", test_imsic);
    g_test_add_func("/riscv-interrupt/sockets/plic", test_sockets_plic);
    g_test_add_func("/riscv-interrupt/sockets/aplic", test_sockets_aplic);
    g_test_add_func("/riscv-interrupt/sockets/imsic", test_sockets_imsic);
    g_test_add_data_func("/riscv-interrupt/fuzz/plic", ",aclint=on", test_fuzz);
    g_test_add_data_func("/riscv-interrupt/fuzz/aplic", ",aia=aplic",
                         test_fuzz);
    g_test_add_data_func("/riscv-interrupt/fuzz/imsic", ",aia=aplic-imsic",
                         test_fuzz);
    return g_test_run();
}
