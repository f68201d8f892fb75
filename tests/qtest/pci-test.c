/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI on the board virt: edu and pci-testdev through their registers, lines and
 * messages; bridges, switches, devices that come and go; random writes.
 */
#include "qemu/osdep.h"
#include "device-helpers.h"
#include "libqmp.h"
#include "pci-helpers.h"

#define RAM      0x80000000ull
#define PLIC     0x0c000000ull
#define PCIE_IRQ 32
#define BAR      0x40000000u

#define ALL_ON (PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)

static QTestState *start(const char *args)
{
    return qtest_initf("-M virt %s", args);
}

/* Whether the PLIC has source @n pending. */
static bool is_pending(QTestState *s, int n)
{
    return qtest_readl(s, PLIC + 0x1000 + n / 32 * 4) & (1u << n % 32);
}

/* What happens in the main loop has happened. */
static void settle(QTestState *s, uint64_t addr, uint32_t busy)
{
    for (int i = 0; i < 1000 && (qtest_readl(s, addr) & busy); i++) {
        g_usleep(1000);
    }
}

/* ---- edu ----------------------------------------------------------------- */

static QPci start_edu(const char *args)
{
    QPci d = qpci(start(args), 0, 1, 0);

    g_assert_cmphex(qpci_readl(d, 0), ==, 0x11e81234);
    g_assert_cmphex(qpci_bar_size(d, 0), ==, 1 << 20);
    qpci_map(d, 0, BAR);
    qpci_command(d, ALL_ON);
    return d;
}

static void test_edu(void)
{
    QPci d = start_edu("-device edu,addr=1");
    QTestState *s = d.qts;

    g_assert_cmphex(qtest_readl(s, BAR), ==, 0x010000ed);
    g_assert_cmphex(qtest_readw(s, BAR), ==, 0);
    qtest_writel(s, BAR + 4, 0x12345678);
    g_assert_cmphex(qtest_readl(s, BAR + 4), ==, ~0x12345678u);
    qtest_writel(s, BAR + 0x20, 0x80);
    qtest_writel(s, BAR + 8, 6);
    settle(s, BAR + 0x20, 1);
    g_assert_cmpint(qtest_readl(s, BAR + 8), ==, 720);
    /* QEMU's, whose thread ends with it, interrupts a little later. */
    for (int i = 0; i < 5000 && !qtest_readl(s, BAR + 0x24); i++) {
        g_usleep(1000);
    }
    g_assert_cmphex(qtest_readl(s, BAR + 0x24), ==, 1);
    /* Slot 1's INTA is the second line. */
    g_assert_true(is_pending(s, PCIE_IRQ + 1));
    g_assert_cmphex(qpci_readw(d, PCI_STATUS) & PCI_STATUS_INTERRUPT, !=, 0);
    qtest_writel(s, BAR + 0x64, 1);
    g_assert_cmphex(qtest_readl(s, BAR + 0x24), ==, 0);
    g_assert_cmphex(qpci_readw(d, PCI_STATUS) & PCI_STATUS_INTERRUPT, ==, 0);
    /* Not decoded: as if there were nothing. */
    qpci_command(d, 0);
    g_assert_cmphex(qtest_readl(s, BAR), !=, 0x010000ed);
    qtest_quit(s);
}

static void dma(QTestState *s, uint64_t src, uint64_t dst, uint32_t count,
                uint32_t cmd)
{
    qtest_writeq(s, BAR + 0x80, src);
    qtest_writeq(s, BAR + 0x88, dst);
    qtest_writeq(s, BAR + 0x90, count);
    qtest_writeq(s, BAR + 0x98, cmd | 1);
    qtest_clock_step(s, 150000000);
    g_assert_cmphex(qtest_readq(s, BAR + 0x98) & 1, ==, 0);
}

static void test_edu_dma(void)
{
    QPci d = start_edu("-device edu,addr=1,dma_mask=0xffffffff");
    QTestState *s = d.qts;
    char text[] = "There and back", back[sizeof(text)] = "";

    qtest_memwrite(s, RAM, text, sizeof(text));
    dma(s, RAM, 0x40000 + 100, sizeof(text), 0);
    dma(s, 0x40000 + 100, RAM + 4096, sizeof(text), 2 | 4);
    qtest_memread(s, RAM + 4096, back, sizeof(back));
    g_assert_cmpstr(text, ==, back);
    g_assert_cmphex(qtest_readl(s, BAR + 0x24), ==, 0x100);
    /* Outside the buffer nothing happens. */
    dma(s, RAM, 0x40000 + 4090, 10, 0);
    dma(s, RAM, 0xffffffffffffffffull, 10, 0);
    dma(s, 0x40000, RAM, 0xffffffff, 2);
    /* One that is no bus master reaches nothing. */
    qtest_memset(s, RAM + 4096, 0, sizeof(back));
    qpci_command(d, PCI_COMMAND_MEMORY);
    dma(s, 0x40000 + 100, RAM + 4096, sizeof(text), 2);
    g_assert_cmphex(qtest_readl(s, RAM + 4096), ==, 0);
    qtest_quit(s);
}

/* A message to RAM: what is written, and where. */
static void test_msi_to_ram(void)
{
    QPci d = start_edu("-device edu,addr=1");
    QTestState *s = d.qts;
    int cap = qpci_find_cap(d, PCI_CAP_ID_MSI);

    g_assert_cmpint(cap, !=, 0);
    g_assert_cmphex(qpci_readw(d, cap + 2), ==, PCI_MSI_FLAGS_64BIT);
    qpci_writel(d, cap + 4, RAM + 0x100);
    qpci_writel(d, cap + 8, 0);
    qpci_writew(d, cap + 12, 0xbeef);
    qpci_writew(d, cap + 2, 1);
    qtest_writel(s, BAR + 0x60, 0x55);
    g_assert_cmphex(qtest_readl(s, RAM + 0x100), ==, 0xbeef);
    g_assert_false(is_pending(s, PCIE_IRQ + 1));
    /* As many vectors as it has, whatever the guest says. */
    qpci_writew(d, cap + 2, 0x71);
    g_assert_cmphex(qpci_readw(d, cap + 2), ==, PCI_MSI_FLAGS_64BIT | 1);
    qtest_quit(s);
}

/* The message reaches hart 0's interrupt file of supervisor mode. */
static void test_msi_to_imsic(void)
{
    QPci d = start_edu("-M aia=aplic-imsic -device edu,addr=1");
    QTestState *s = d.qts;
    int cap = qpci_find_cap(d, PCI_CAP_ID_MSI);
    g_autofree char *before = NULL, *after = NULL;

    qpci_writel(d, cap + 4, 0x28000000);
    qpci_writew(d, cap + 12, 33);
    qpci_writew(d, cap + 2, 1);
    before = qtest_hmp(s, "info irq");
    qtest_writel(s, BAR + 0x60, 1);
    after = qtest_hmp(s, "info irq");
    g_assert_cmpstr(before, !=, after);
    qtest_quit(s);
}

static void test_intx_disable(void)
{
    QPci d = start_edu("-device edu,addr=1");
    QTestState *s = d.qts;

    qpci_command(d, ALL_ON | PCI_COMMAND_INTX_DISABLE);
    qtest_writel(s, BAR + 0x60, 1);
    g_assert_false(is_pending(s, PCIE_IRQ + 1));
    qpci_command(d, ALL_ON);
    g_assert_true(is_pending(s, PCIE_IRQ + 1));
    qtest_quit(s);
}

/* ---- pci-testdev --------------------------------------------------------- */

static uint32_t testdev_count(QTestState *s, uint64_t base)
{
    uint32_t count = 0;

    for (int i = 0; i < 4; i++) {
        count |= qtest_readb(s, base + 12 + i) << (8 * i);
    }
    return count;
}

static void testdev_run(QTestState *s, uint64_t base, const char *kind)
{
    static const char *const names[] = { "no-eventfd", "wildcard-eventfd",
                                         "datamatch-eventfd" };

    for (int t = 0; t < 3; t++) {
        g_autofree char *name = g_strdup_printf("%s-%s", kind, names[t]);
        uint64_t at;
        uint8_t data;

        qtest_writeb(s, base, t);
        for (int i = 0; i <= strlen(name); i++) {
            g_assert_cmphex(qtest_readb(s, base + 16 + i), ==, name[i]);
        }
        at = base + (qtest_readb(s, base + 4) | qtest_readb(s, base + 5) << 8);
        data = qtest_readb(s, base + 8);
        qtest_writeb(s, at, data);
        qtest_writeb(s, at, data);
        g_assert_cmpint(testdev_count(s, base), ==, t == 0 ? 2 : 0);
        qtest_writeb(s, at, data ^ 1);
        g_assert_cmpint(testdev_count(s, base), ==, t == 0 ? 2 : 0);
    }
    qtest_writeb(s, base, 3);
    g_assert_cmphex(qtest_readb(s, base + 16), ==, 0);
}

static void test_testdev(void)
{
    QPci d = qpci(start("-device pci-testdev,addr=2,membar=8G"), 0, 2, 0);

    g_assert_cmphex(qpci_bar_size(d, 0), ==, 4096);
    g_assert_cmphex(qpci_bar_size(d, 1), ==, 256);
    qpci_map(d, 0, BAR);
    qpci_map(d, 1, 0x1000);
    /* 64 bits: 8 GiB at 20 GiB, of which the window has some. */
    qpci_writel(d, PCI_BASE_ADDRESS_2, 0);
    qpci_writel(d, PCI_BASE_ADDRESS_3, 0xffffffff);
    g_assert_cmphex(qpci_readl(d, PCI_BASE_ADDRESS_3), ==, 0xfffffffe);
    qpci_writel(d, PCI_BASE_ADDRESS_3, 6);
    qpci_command(d, ALL_ON);
    testdev_run(d.qts, BAR, "mmio");
    testdev_run(d.qts, PCI_PORTS + 0x1000, "portio");
    qtest_quit(d.qts);
}

/* ---- bridges ------------------------------------------------------------- */

static void test_bridge_windows(void)
{
    QTestState *s = start("-device pcie-root-port,id=rp,addr=3 "
                          "-device edu,bus=rp");
    QPci port = qpci(s, 0, 3, 0), d = qpci(s, 5, 0, 0);

    g_assert_false(qpci_there(d));
    qpci_bridge(port, 5, 5, 0x40000000, 0x401fffff);
    g_assert_true(qpci_there(d));
    g_assert_false(qpci_there(qpci(s, 4, 0, 0)));
    qpci_map(d, 0, 0x40100000);
    qpci_command(d, ALL_ON);
    g_assert_cmphex(qtest_readl(s, 0x40100000), ==, 0x010000ed);
    /* Outside of the window it is not seen. */
    qpci_map(d, 0, 0x40200000);
    g_assert_cmphex(qtest_readl(s, 0x40200000), !=, 0x010000ed);
    qpci_writew(port, PCI_MEMORY_LIMIT, 0x4020);
    g_assert_cmphex(qtest_readl(s, 0x40200000), ==, 0x010000ed);
    /* Slot 3 of the root bus: INTA is the fourth line. */
    qtest_writel(s, 0x40200000 + 0x60, 1);
    g_assert_true(is_pending(s, PCIE_IRQ + 3));
    /* A reset of the bus behind it. */
    qpci_writew(port, PCI_BRIDGE_CONTROL, PCI_BRIDGE_CTL_BUS_RESET);
    qpci_writew(port, PCI_BRIDGE_CONTROL, 0);
    g_assert_cmphex(qpci_readw(d, PCI_COMMAND), ==, 0);
    g_assert_cmphex(qpci_readl(d, PCI_BASE_ADDRESS_0), ==, 0);
    /* No bus numbers, no bus. */
    qpci_writel(port, PCI_PRIMARY_BUS, 0);
    g_assert_false(qpci_there(d));
    qtest_quit(s);
}

/* ---- devices that come and go -------------------------------------------- */

static int slot_control(QPci port)
{
    return qpci_find_cap(port, PCI_CAP_ID_EXP) + PCI_EXP_SLTCTL;
}

static void test_hotplug(void)
{
    QTestState *s = start("-device pcie-root-port,id=rp,addr=3");
    QPci port = qpci(s, 0, 3, 0), d = qpci(s, 1, 0, 0);
    QmpClient *c = qtest_qmp_client(s);
    int ctl = slot_control(port), sta = ctl + 2;
    QDict *event;

    qpci_bridge(port, 1, 1, BAR, BAR + 0xfffff);
    qmp_client_error(c, "GenericError",
                     "Bus 'pcie.0' does not support hotplugging",
                     "{'execute': 'device_add', 'arguments': {'driver': 'edu',"
                     " 'bus': 'pcie.0'}}");
    qpci_writew(port, ctl,
                PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_PDCE |
                    PCI_EXP_SLTCTL_ABPE | PCI_EXP_SLTCTL_PCC |
                    PCI_EXP_SLTCTL_PIC);
    qpci_writew(port, sta, qpci_readw(port, sta));
    qtest_qmp_assert_success(s, "{'execute': 'device_add', 'arguments': "
                                "{'driver': 'edu', 'bus': 'rp', 'id': 'e'}}");
    g_assert_cmphex(
        qpci_readw(port, sta) &
            (PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_ABP),
        ==, PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_ABP);
    g_assert_true(is_pending(s, PCIE_IRQ + 3));
    /* Without power it does not answer. */
    g_assert_false(qpci_there(d));
    qpci_writew(port, sta, PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_ABP);
    qpci_writew(port, ctl,
                PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_ABPE |
                    PCI_EXP_SLTCTL_PWR_IND_ON);
    g_assert_true(qpci_there(d));
    /* The guest would not look for another one, wherever it is. */
#define ANOTHER "{'execute': 'device_add', 'arguments': {'driver': 'edu', "
#define OCCUPIED                                                               \
    "PCI: slot 0 function 0 already occupied by edu, new func edu cannot be "  \
    "exposed to guest."
    qmp_client_error(c, "GenericError", OCCUPIED, ANOTHER "'bus': 'rp'}}");
    qmp_client_error(c, "GenericError", OCCUPIED,
                     ANOTHER "'bus': 'rp', 'addr': '0.1'}}");
    qmp_client_error(c, "GenericError", OCCUPIED,
                     ANOTHER "'bus': 'rp', 'addr': '1'}}");

    /* Asked to let it go. */
    qtest_qmp_assert_success(s, "{'execute': 'device_del', 'arguments': "
                                "{'id': 'e'}}");
    g_assert_true(qpci_there(d));
    g_assert_cmphex(qpci_readw(port, sta) & PCI_EXP_SLTSTA_ABP, !=, 0);
    qmp_client_error(c, "GenericError", "is already in the process of unplug",
                     "{'execute': 'device_del', 'arguments': {'id': 'e'}}");
    qpci_writew(port, ctl, PCI_EXP_SLTCTL_PWR_IND_BLINK);
    qpci_writew(port, ctl, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
    event = qmp_client_event(c, "DEVICE_DELETED");
    qobject_unref(event);
    g_assert_false(qpci_there(d));
    g_assert_cmphex(qpci_readw(port, sta) & PCI_EXP_SLTSTA_PDS, ==, 0);

    /* And again, without being asked: the slot is off. */
    for (int i = 0; i < 20; i++) {
        qtest_qmp_assert_success(s, "{'execute': 'device_add', 'arguments': "
                                    "{'driver': 'edu', 'bus': 'rp',"
                                    " 'id': 'e'}}");
        qtest_qmp_assert_success(s, "{'execute': 'device_del', 'arguments': "
                                    "{'id': 'e'}}");
        qobject_unref(qmp_client_event(c, "DEVICE_DELETED"));
    }
    qtest_quit(s);
}

static void test_hotplug_off(void)
{
    QTestState *s = start("-device pcie-root-port,id=rp,addr=3,hotplug=off");

    qmp_client_error(qtest_qmp_client(s), "GenericError",
                     "Bus 'rp' does not support hotplugging",
                     "{'execute': 'device_add', 'arguments': {'driver': 'edu',"
                     " 'bus': 'rp'}}");
    qtest_quit(s);
}

/* Ports that cannot be, at the first step or a later one, leave nothing. */
static void test_refused_ports(void)
{
    static const char taken[] = "Chassis 2 has a port with slot 1 already";
    static const char many[] = "Invalid aer_log_max 129";
    static const struct {
        const char *args, *error;
    } ports[] = {
        { "pcie-root-port,chassis=2,slot=1", taken },
        { "xio3130-downstream,chassis=2,slot=1", taken },
        { "pcie-root-port,chassis=3,aer_log_max=129", many },
        { "xio3130-downstream,chassis=3,aer_log_max=129", many },
        { "pcie-root-port,chassis=3,pref32-reserve=1M,pref64-reserve=1M",
          "PREF32 and PREF64 conflict" },
    };
    QTestState *s = start("-device pcie-root-port,id=rp,chassis=2,slot=1");

    for (int i = 0; i < 2 * ARRAY_SIZE(ports); i++) {
        g_autofree char *answer =
            qtest_hmp(s, "device_add %s,bus=rp", ports[i / 2].args);

        g_assert_nonnull(strstr(answer, ports[i / 2].error));
    }
    qtest_qmp_assert_success(s, "{'execute': 'device_add', 'arguments': {"
                                "'driver': 'pcie-root-port', 'bus': 'rp',"
                                " 'chassis': 3}}");
    qtest_quit(s);
}

/* ---- random -------------------------------------------------------------- */

static void check_injected(QTestState *s, const char *args, const char *text)
{
    g_autofree char *out = qtest_hmp(s, "pcie_aer_inject_error %s", args);

    if (!strstr(out, text)) {
        g_error("'%s' printed '%s', which lacks '%s'", args, out, text);
    }
}

/* Errors of a link by the monitor, and what the driver sees of them. */
static void test_injected_errors(void)
{
    QTestState *s = qtest_init("-M virt -device pcie-root-port,id=rp,addr=3 "
                               "-device virtio-rng-pci,id=rng,bus=rp,aer=on "
                               "-device edu,id=edu,addr=4");
    QPci port = qpci(s, 0, 3, 0), d = qpci(s, 1, 0, 0);
    const int aer = 0x100;

    qpci_bridge(port, 1, 1, BAR, BAR + 0xfffff);
    qpci_command(port, ALL_ON | PCI_COMMAND_SERR);
    qpci_writew(port, PCI_BRIDGE_CONTROL, PCI_BRIDGE_CTL_SERR);
    qpci_writew(d, qpci_find_cap(d, PCI_CAP_ID_EXP) + PCI_EXP_DEVCTL,
                PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE |
                    PCI_EXP_DEVCTL_FERE);
    check_injected(s, "rng COMP_ABORT 1 2 3 4",
                   "OK id: rng root bus: 0000:00, bus: 1 devfn: 0.0");
    g_assert_cmphex(qpci_readl(d, aer + PCI_ERR_UNCOR_STATUS), ==,
                    PCI_ERR_UNC_COMP_ABORT);
    for (int i = 0; i < 4; i++) { /* the first byte in the highest bits */
        g_assert_cmphex(qpci_readl(d, aer + PCI_ERR_HEADER_LOG + 4 * i), ==,
                        GUINT32_SWAP_LE_BE(i + 1));
    }
    g_assert_cmphex(qpci_readl(port, aer + PCI_ERR_ROOT_STATUS), ==,
                    PCI_ERR_ROOT_UNCOR_RCV | PCI_ERR_ROOT_NONFATAL_RCV);
    g_assert_cmphex(qpci_readl(port, aer + PCI_ERR_ROOT_ERR_SRC), ==,
                    0x0100u << 16);
    check_injected(s, "-c rng 1", "OK id: rng");
    g_assert_cmphex(qpci_readl(d, aer + PCI_ERR_COR_STATUS), ==,
                    PCI_ERR_COR_RCVR);

    check_injected(s, "nobody DLP", "device 'nobody' not found");
    check_injected(s, "edu DLP", "device 'edu' is not a PCIe device");
    check_injected(s, "rng DLQ", "invalid error status value 'DLQ'");
    check_injected(s, "-c rng DLP",
                   "-c is only valid with numeric error status");
    check_injected(s, "rng 3", "failed to inject error: Invalid argument");
    qtest_quit(s);
}

/*
 * Configuration spaces and regions are written with anything; functions keep
 * their identity, and the machine goes on.
 */
static void test_random(void)
{
    static const int functions[][3] = { { 0, 0, 0 }, { 0, 1, 0 }, { 0, 2, 0 },
                                        { 0, 3, 0 }, { 1, 0, 0 }, { 2, 0, 0 },
                                        { 3, 0, 0 } };
    QTestState *s = start("-device edu,addr=1 "
                          "-device pci-testdev,addr=2,membar=1M "
                          "-device pcie-root-port,id=rp,addr=3 "
                          "-device x3130-upstream,bus=rp,id=up "
                          "-device xio3130-downstream,bus=up,id=dn,chassis=9 "
                          "-device edu,bus=dn");
    GRand *rand = device_rand("pci");

    for (int i = 0; i < 4000; i++) {
        const int *f = functions[g_rand_int_range(rand, 0, 7)];
        QPci d = qpci(s, f[0], f[1], f[2]);
        int reg = g_rand_boolean(rand) ? g_rand_int_range(rand, 0, 0x100)
                                       : g_rand_int_range(rand, 0, 0x1000);
        uint32_t val = g_rand_boolean(rand)
                           ? g_rand_int(rand)
                           : BAR | (g_rand_int(rand) & 0xff00000);

        switch (g_rand_int_range(rand, 0, 8)) {
        case 0:
            qpci_writeb(d, reg, val);
            break;
        case 1:
            qpci_writew(d, MIN(reg, 0xffe), val);
            break;
        case 2:
            qpci_writel(d, MIN(reg & ~3, 0xffc), val);
            break;
        case 3:
            qpci_readl(d, MIN(reg & ~3, 0xffc));
            break;
        case 4:
            qpci_command(d, ALL_ON);
            qpci_map(d, g_rand_int_range(rand, 0, 6),
                     BAR + g_rand_int_range(rand, 0, 16) * 0x100000);
            break;
        case 5:
            qtest_writel(s, BAR + (g_rand_int(rand) & 0x10009c), val);
            break;
        case 6:
            /* Buses as they should be, so that all is reached again. */
            qpci_bridge(qpci(s, 0, 3, 0), 1, 3, BAR, BAR + 0xfffffff);
            qpci_bridge(qpci(s, 1, 0, 0), 2, 3, BAR, BAR + 0xfffffff);
            qpci_bridge(qpci(s, 2, 0, 0), 3, 3, BAR, BAR + 0xfffffff);
            break;
        case 7:
            qtest_clock_step(s, 1000000);
            break;
        }
    }
    qtest_qmp_assert_success(s, "{'execute': 'system_reset'}");
    g_assert_cmphex(qpci_readl(qpci(s, 0, 0, 0), 0), ==, 0x00081b36);
    g_assert_cmphex(qpci_readl(qpci(s, 0, 1, 0), 0), ==, 0x11e81234);
    g_assert_cmphex(qpci_readl(qpci(s, 0, 3, 0), 0), ==, 0x000c1b36);
    g_rand_free(rand);
    qtest_quit(s);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pci/edu", test_edu);
    g_test_add_func("/pci/edu-dma", test_edu_dma);
    g_test_add_func("/pci/msi-to-ram", test_msi_to_ram);
    g_test_add_func("/pci/msi-to-imsic", test_msi_to_imsic);
    g_test_add_func("/pci/intx-disable", test_intx_disable);
    g_test_add_func("/pci/testdev", test_testdev);
    g_test_add_func("/pci/bridge-windows", test_bridge_windows);
    g_test_add_func("/pci/hotplug", test_hotplug);
    g_test_add_func("/pci/hotplug-off", test_hotplug_off);
    g_test_add_func("/pci/refused-ports", test_refused_ports);
    g_test_add_func("/pci/injected-errors", test_injected_errors);
    g_test_add_func("/pci/random", test_random);
    return g_test_run();
}
