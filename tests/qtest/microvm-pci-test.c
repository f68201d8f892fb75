/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI Express of the board microvm: the windows are where QEMU has them,
 * functions answer in both, their lines end where they should, memory devices
 * are mapped, devices come and go behind a port.
 */
#include "qemu/osdep.h"
#include "device-helpers.h"
#include "libqmp.h"
#include "qobject/qdict.h"
#define PCI_ECAM   0xe0000000ull
#define PCI_MMIO   0xc0000000ull
#define PCI_MMIO64 0xc000000000ull /* of 40 address bits */
#include "pci-helpers.h"

#define IOAPIC_MEM 0xfec00000
#define MEM_ON     (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)

static QTestState *start(const char *args)
{
    return qtest_initf("-M microvm,pcie=on,ioapic2=off,pit=off -serial null %s",
                       args);
}

static void has(QTestState *s, const char *command, const char *line)
{
    g_autofree char *answer = qtest_hmp(s, "%s", command);
    g_auto(GStrv) lines = g_strsplit(answer, "\r\n", -1);
    g_autofree char *text = g_strjoinv("\n", lines);

    if (!strstr(text, line)) {
        g_test_message("%s: no \"%s\" in\n%s", command, line, text);
        g_test_fail();
    }
}

/* ---- what is where ------------------------------------------------------- */

/* The lines are those of QEMU 10.0, which calls a container "i/o". */
static void test_map(void)
{
    QTestState *s = start("");
    QPci root = qpci(s, 0, 0, 0);

    has(s, "info mtree",
        "00000000c0000000-00000000dfffffff (prio 0, container): alias "
        "pcie-mmio32 "
        "@gpex_mmio_window 00000000c0000000-00000000dfffffff");
    has(s, "info mtree",
        "00000000e0000000-00000000efffffff (prio 0, container): alias "
        "pcie-ecam "
        "@pcie-mmcfg-mmio 0000000000000000-000000000fffffff");
    has(s, "info mtree",
        "000000c000000000-000000ffffffffff (prio 0, container): alias "
        "pcie-mmio64 "
        "@gpex_mmio_window 000000c000000000-000000ffffffffff");
    has(s, "info pci",
        "  Bus  0, device   0, function 0:\n"
        "    Host bridge: PCI device 1b36:0008\n"
        "      PCI subsystem 1af4:1100\n"
        "      id \"\"\n");
    g_assert_cmphex(qpci_readl(root, 0), ==, 0x00081b36);
    g_assert_false(qpci_there(qpci(s, 0, 1, 0)));
    g_assert_false(qpci_there(qpci(s, 255, 31, 7)));
    qtest_quit(s);
}

/* Narrow CPUs: the window is a quarter of what there is. */
static void test_phys_bits(void)
{
    QTestState *s = start("-cpu qemu64,phys-bits=36 -m 256M,maxmem=40G");

    has(s, "info mtree",
        "0000000c00000000-0000000fffffffff (prio 0, container): "
        "alias pcie-mmio64");
    qtest_quit(s);
}

static void test_off(void)
{
    QTestState *s = qtest_init("-M microvm -serial null");

    g_assert_cmphex(qtest_readl(s, PCI_ECAM), ==, 0);
    qtest_quit(s);
}

/* ---- functions ----------------------------------------------------------- */

static void test_bars(void)
{
    QTestState *s = start("-device edu,addr=1 -device virtio-rng-pci,addr=2,"
                          "disable-legacy=on");
    QPci edu = qpci(s, 0, 1, 0), rng = qpci(s, 0, 2, 0);

    qpci_map(edu, 0, PCI_MMIO);
    qpci_command(edu, MEM_ON);
    g_assert_cmphex(qtest_readl(s, PCI_MMIO), ==, 0x010000ed);
    qpci_map(edu, 0, PCI_MMIO + 0x1ff00000);
    g_assert_cmphex(qtest_readl(s, PCI_MMIO + 0x1ff00000), ==, 0x010000ed);
    g_assert_cmphex(qtest_readl(s, PCI_MMIO), !=, 0x010000ed);

    /* virtio's own registers, at the end of the upper window. */
    g_assert_cmphex(qpci_bar_size(rng, 4), ==, 0x4000);
    qpci_map(rng, 4, 0xffffc000);
    qpci_map(rng, 5, 0xff);
    qpci_command(rng, MEM_ON);
    g_assert_cmphex(qtest_readw(s, 0xffffffc012), ==, 1); /* queues */
    qpci_map(rng, 4, 0);
    qpci_map(rng, 5, 0xc0);
    g_assert_cmphex(qtest_readw(s, PCI_MMIO64 + 0x12), ==, 1);
    qtest_quit(s);
}

/* Whether the I/O APIC has @pin as asking. */
static bool asks(QTestState *s, int pin)
{
    g_autofree char *text = qtest_hmp(s, "info pic");
    const char *ioapic = strstr(text, "id=0x01");
    const char *irr = ioapic ? strstr(ioapic, "  IRR ") : NULL;
    g_autofree char *name = g_strdup_printf(" %d ", pin);
    const char *at;

    g_assert_nonnull(irr);
    at = strstr(irr, name);
    return at && at < strchr(irr, '\n');
}

/* Slot n's INTA is line n; all four are inputs of the I/O APIC. */
static void check_lines(const char *more, int first)
{
    QTestState *s = qtest_initf(
        "-M microvm,pcie=on,pit=off%s -device edu,addr=1 -device edu,addr=2 "
        "-device edu,addr=3 -device edu,addr=4",
        more);

    /* By its ID it is told from another one. */
    qtest_writel(s, IOAPIC_MEM, 0);
    qtest_writel(s, IOAPIC_MEM + 0x10, 1 << 24);
    for (int pin = first; pin < first + 4; pin++) {
        qtest_writel(s, IOAPIC_MEM, 0x10 + 2 * pin);
        qtest_writel(s, IOAPIC_MEM + 0x10, 0x1a000 | (0x30 + pin));
    }
    for (int slot = 1; slot <= 4; slot++) {
        QPci d = qpci(s, 0, slot, 0);
        uint64_t bar = PCI_MMIO + 0x100000 * slot;
        int pin = first + slot % 4;

        qpci_map(d, 0, bar);
        qpci_command(d, MEM_ON);
        g_assert_false(asks(s, pin));
        qtest_writel(s, bar + 0x60, 1);
        for (int other = first; other < first + 4; other++) {
            g_assert_cmpint(asks(s, other), ==, other == pin);
        }
        qtest_writel(s, bar + 0x64, 1);
        g_assert_false(asks(s, pin));
    }
    qtest_quit(s);
}

static void test_lines(void)
{
    check_lines(",ioapic2=off", 12);
    check_lines(",ioapic2=on", 16);
}

static void test_msi(void)
{
    QTestState *s = start("-smp 2 -device edu,addr=1");
    QPci d = qpci(s, 0, 1, 0);
    int cap = qpci_find_cap(d, PCI_CAP_ID_MSI);

    g_assert_cmpint(cap, !=, 0);
    qpci_map(d, 0, PCI_MMIO);
    qpci_command(d, MEM_ON);
    qpci_writel(d, cap + PCI_MSI_ADDRESS_LO, 0xfee01000); /* CPU 1 */
    qpci_writel(d, cap + PCI_MSI_ADDRESS_HI, 0);
    qpci_writew(d, cap + PCI_MSI_DATA_64, 0x51);
    qpci_writew(d, cap + PCI_MSI_FLAGS, PCI_MSI_FLAGS_ENABLE);
    qtest_writel(s, PCI_MMIO + 0x60, 1);
    has(s, "info lapic 1", "IRR\t 81 \n");
    has(s, "info lapic 0", "IRR\t (none)\n");
    qtest_quit(s);
}

/* ---- memory -------------------------------------------------------------- */

static void test_virtio_mem(void)
{
    QTestState *s =
        start("-m 256M,maxmem=3G -object memory-backend-ram,id=m,size=1G "
              "-device virtio-mem-pci,id=vm,memdev=m,requested-size=128M "
              "-object memory-backend-ram,id=p,size=256M -device "
              "virtio-pmem-pci,id=pm,memdev=p");
    QPci d = qpci(s, 0, 1, 0);

    g_assert_cmphex(qpci_readw(d, PCI_DEVICE_ID), ==, 0x1058);
    has(s, "info memory-devices", "memaddr: 0x100000000");
    has(s, "info memory-devices", "memaddr: 0x140000000");
    /* Really there: it keeps what is written. */
    qtest_writeq(s, 0x100000000, 0x0123456789abcdef);
    qtest_writeq(s, 0x13ffffff8, 0xfedcba9876543210);
    qtest_writel(s, 0x140000000, 0x31415926);
    g_assert_cmphex(qtest_readq(s, 0x100000000), ==, 0x0123456789abcdef);
    g_assert_cmphex(qtest_readq(s, 0x13ffffff8), ==, 0xfedcba9876543210);
    g_assert_cmphex(qtest_readl(s, 0x140000000), ==, 0x31415926);
    qtest_quit(s);
}

/* ---- devices that come and go -------------------------------------------- */

#define ADD "{'execute': 'device_add', 'arguments': {'bus': 'rp', 'id': 'e', "
#define DEL "{'execute': 'device_del', 'arguments': {'id': 'e'}}"

static void test_hotplug(void)
{
    QTestState *s =
        start("-m 256M,maxmem=2G -object memory-backend-ram,id=m,size=1G "
              "-device pcie-root-port,id=rp,addr=3");
    QPci port = qpci(s, 0, 3, 0), d = qpci(s, 1, 0, 0);
    QmpClient *c = qtest_qmp_client(s);
    int ctl = qpci_find_cap(port, PCI_CAP_ID_EXP) + PCI_EXP_SLTCTL;

    qpci_bridge(port, 1, 1, PCI_MMIO, PCI_MMIO + 0xfffff);
    qtest_qmp_assert_success(s, ADD "'driver': 'virtio-rng-pci'}}");
    qpci_writew(port, ctl, PCI_EXP_SLTCTL_PWR_IND_ON);
    g_assert_true(qpci_there(d));
    qpci_map(d, 4, PCI_MMIO);
    qpci_command(d, MEM_ON);
    g_assert_cmphex(qtest_readw(s, PCI_MMIO + 0x12), ==, 1);
    /* The guest is asked, and lets it go. */
    qtest_qmp_assert_success(s, DEL);
    g_assert_true(qpci_there(d));
    qpci_writew(port, ctl, PCI_EXP_SLTCTL_PWR_IND_BLINK);
    qpci_writew(port, ctl, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
    qobject_unref(qmp_client_event(c, "DEVICE_DELETED"));
    g_assert_false(qpci_there(d));

    qtest_qmp_assert_success(s, ADD "'driver': 'virtio-mem-pci', "
                                    "'memdev': 'm'}}");
    has(s, "info memory-devices", "memaddr: 0x100000000");
    qtest_writel(s, 0x100000000, 0x27182818);
    g_assert_cmphex(qtest_readl(s, 0x100000000), ==, 0x27182818);
    qtest_quit(s);
}

/* ---- random -------------------------------------------------------------- */

static void test_random(void)
{
    QTestState *s = start("-device edu,addr=1 -device virtio-rng-pci,addr=2 "
                          "-device pcie-root-port,id=rp,addr=3 "
                          "-device virtio-rng-pci,bus=rp");
    GRand *rand = device_rand("microvm-pci");

    for (int i = 0; i < 4; i++) {
        device_fuzz(s, rand, PCI_ECAM + 0x8000 * i, 0x1000, 300, -1);
        device_fuzz(s, rand, PCI_MMIO, 0x20000000, 100, -1);
        device_fuzz(s, rand, PCI_MMIO64, 0x4000, 100, -1);
    }
    g_assert_cmphex(qpci_readl(qpci(s, 0, 0, 0), 0), ==, 0x00081b36);
    g_rand_free(rand);
    qtest_quit(s);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/microvm-pci/map", test_map);
    g_test_add_func("/microvm-pci/phys-bits", test_phys_bits);
    g_test_add_func("/microvm-pci/off", test_off);
    g_test_add_func("/microvm-pci/bars", test_bars);
    g_test_add_func("/microvm-pci/lines", test_lines);
    g_test_add_func("/microvm-pci/msi", test_msi);
    g_test_add_func("/microvm-pci/virtio-mem", test_virtio_mem);
    g_test_add_func("/microvm-pci/hotplug", test_hotplug);
    g_test_add_func("/microvm-pci/random", test_random);
    return g_test_run();
}
