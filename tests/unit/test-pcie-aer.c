/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors of PCI Express functions: what the function remembers, who is told on
 * the way through a switch to the root port, the interrupt there, and several
 * errors at a time.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pcie_aer.h"
#include "qapi/error.h"
#include "system/system.h"

#define FATAL    PCI_ERR_UNC_MALF_TLP
#define NONFATAL PCI_ERR_UNC_ECRC
#define SOURCE   0x0342
#define ENABLE                                                                 \
    (PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE | PCI_EXP_DEVCTL_FERE)
#define ROOT_RCVD PCI_ERR_ROOT_STATUS_REPORT_MASK

/* The way from a function to the root. */
static PCIDevice *fn, *down, *up, *root;

static PCIDevice *find(const char *id)
{
    g_autofree char *path = g_strconcat("/machine/peripheral/", id, NULL);

    return PCI_DEVICE(object_resolve_path(path, NULL));
}

static void put(PCIDevice *d, int reg, uint32_t val, int len)
{
    d->config_write(d, reg, val, len);
}

static void put_aer(PCIDevice *d, int reg, uint32_t val)
{
    put(d, d->exp.aer_cap + reg, val, 4);
}

static uint32_t aer(PCIDevice *d, int reg)
{
    return pci_get_long(d->config + d->exp.aer_cap + reg);
}

static uint16_t devsta(PCIDevice *d)
{
    return pci_get_word(d->config + d->exp.exp_cap + PCI_EXP_DEVSTA) & 0xf;
}

static void put_devctl(PCIDevice *d, uint16_t val)
{
    put(d, d->exp.exp_cap + PCI_EXP_DEVCTL, val, 2);
}

/* As after power-on; nobody is told of anything. */
static void forget(PCIDevice *d)
{
    put_devctl(d, 0);
    put(d, d->exp.exp_cap + PCI_EXP_DEVSTA, 0xf, 2);
    put(d, PCI_COMMAND, PCI_COMMAND_MASTER, 2);
    put_aer(d, PCI_ERR_CAP, 0);
    put_aer(d, PCI_ERR_UNCOR_STATUS, 0xffffffff);
    put_aer(d, PCI_ERR_COR_STATUS, 0xffffffff);
    put_aer(d, PCI_ERR_COR_MASK, PCI_ERR_COR_MASK_DEFAULT);
}

static void forget_all(void)
{
    PCIDevice *all[] = { fn, down, up, root };

    for (int i = 0; i < ARRAY_SIZE(all); i++) {
        forget(all[i]);
        if (all[i] != fn) {
            put(all[i], PCI_BRIDGE_CONTROL, 0, 2);
        }
    }
    put_aer(root, PCI_ERR_ROOT_COMMAND, 0);
    put_aer(root, PCI_ERR_ROOT_STATUS, 0xffffffff);
}

static void enable_all(void)
{
    PCIDevice *all[] = { fn, down, up, root };

    for (int i = 0; i < ARRAY_SIZE(all); i++) {
        put_devctl(all[i], ENABLE);
        if (all[i] != fn) {
            put(all[i], PCI_BRIDGE_CONTROL, PCI_BRIDGE_CTL_SERR, 2);
        }
    }
}

static int inject(PCIDevice *d, uint32_t status, uint16_t flags)
{
    PCIEAERErr err = {
        .status = status,
        .source_id = SOURCE,
        .flags = flags | PCIE_AER_ERR_HEADER_VALID,
        .header = { 0x11223344, 0x55667788, 0, status },
    };

    return pcie_aer_inject_error(d, &err);
}

static uint32_t received(void)
{
    return aer(root, PCI_ERR_ROOT_STATUS) & ROOT_RCVD;
}

/* What is shown: by its bit, with a header. */
static void check_shown(PCIDevice *d, uint32_t status)
{
    g_assert_cmpuint(PCI_ERR_CAP_FEP(aer(d, PCI_ERR_CAP)), ==,
                     status ? ctz32(status) : 0);
    g_assert_cmphex(ldl_be_p(d->config + d->exp.aer_cap + PCI_ERR_HEADER_LOG),
                    ==, status ? 0x11223344 : 0);
    g_assert_cmphex(
        ldl_be_p(d->config + d->exp.aer_cap + PCI_ERR_HEADER_LOG + 12), ==,
        status);
}

/* ---- the function -------------------------------------------------------- */

static void test_refused(void)
{
    g_assert_cmpint(inject(find("plain"), FATAL, 0), ==, -ENOSYS);
    g_assert_cmpint(inject(fn, 0, 0), ==, -EINVAL);
    g_assert_cmpint(inject(fn, FATAL | NONFATAL, 0), ==, -EINVAL);
    g_assert_cmpint(inject(fn, 1u << 31, 0), ==, -EINVAL);
    g_assert_cmpint(inject(fn, FATAL, PCIE_AER_ERR_IS_CORRECTABLE), ==,
                    -EINVAL);
    g_assert_cmphex(aer(fn, PCI_ERR_UNCOR_STATUS), ==, 0);
}

/* It remembers, whether it may tell or not. */
static void test_remembered(void)
{
    forget_all();
    g_assert_cmpint(inject(fn, FATAL, 0), ==, 0);
    g_assert_cmphex(devsta(fn), ==, PCI_EXP_DEVSTA_FED);
    g_assert_cmphex(aer(fn, PCI_ERR_UNCOR_STATUS), ==, FATAL);
    check_shown(fn, FATAL);
    g_assert_cmphex(received(), ==, 0);
    put_aer(fn, PCI_ERR_UNCOR_STATUS, FATAL);
    check_shown(fn, 0);

    forget(fn);
    g_assert_cmpint(
        inject(fn, PCI_ERR_COR_BAD_TLP, PCIE_AER_ERR_IS_CORRECTABLE), ==, 0);
    g_assert_cmphex(devsta(fn), ==, PCI_EXP_DEVSTA_CED);
    g_assert_cmphex(aer(fn, PCI_ERR_COR_STATUS), ==, PCI_ERR_COR_BAD_TLP);
    g_assert_cmphex(received(), ==, 0);
}

/* ---- who is told --------------------------------------------------------- */

static void test_root(void)
{
    uint32_t fatal = PCI_ERR_ROOT_UNCOR_RCV | PCI_ERR_ROOT_FATAL_RCV |
                     PCI_ERR_ROOT_FIRST_FATAL;

    forget_all();
    enable_all();
    put_aer(root, PCI_ERR_ROOT_COMMAND, PCI_ERR_ROOT_CMD_FATAL_EN);
    inject(fn, NONFATAL, 0);
    g_assert_cmphex(received(), ==,
                    PCI_ERR_ROOT_UNCOR_RCV | PCI_ERR_ROOT_NONFATAL_RCV);
    g_assert_cmphex(aer(root, PCI_ERR_ROOT_ERR_SRC) >> 16, ==, SOURCE);
    /* Of that kind, software hears nothing. */
    g_assert_cmpint(root->irq_state, ==, 0);
    put_aer(root, PCI_ERR_ROOT_STATUS, 0xffffffff);

    forget(fn);
    put_devctl(fn, ENABLE);
    inject(fn, FATAL, 0);
    g_assert_cmphex(received(), ==, fatal);
    g_assert_cmpint(root->irq_state, !=, 0);
    inject(fn, FATAL, 0);
    g_assert_cmphex(received(), ==, fatal | PCI_ERR_ROOT_MULTI_UNCOR_RCV);
    put_aer(root, PCI_ERR_ROOT_STATUS, 0xffffffff);
    g_assert_cmphex(received(), ==, 0);
    g_assert_cmpint(root->irq_state, ==, 0);

    inject(fn, PCI_ERR_COR_BAD_TLP, PCIE_AER_ERR_IS_CORRECTABLE);
    g_assert_cmphex(received(), ==, PCI_ERR_ROOT_COR_RCV);
    g_assert_cmphex(aer(root, PCI_ERR_ROOT_ERR_SRC) & 0xffff, ==, SOURCE);
    /* The switch on: it is there already. */
    put_aer(root, PCI_ERR_ROOT_COMMAND, PCI_ERR_ROOT_CMD_COR_EN);
    g_assert_cmpint(root->irq_state, !=, 0);
    put_aer(root, PCI_ERR_ROOT_COMMAND, 0);
    g_assert_cmpint(root->irq_state, ==, 0);
}

/* Each bridge on the way may stop it. */
static void test_stopped(void)
{
    PCIDevice *bridges[] = { down, up, root };

    for (int i = 0; i < ARRAY_SIZE(bridges); i++) {
        forget_all();
        enable_all();
        put(bridges[i], PCI_BRIDGE_CONTROL, 0, 2);
        inject(fn, FATAL, 0);
        g_assert_cmphex(received(), ==, 0);
        /* It has come as far as that one. */
        g_assert_cmphex(pci_get_word(bridges[i]->config + PCI_SEC_STATUS) &
                            PCI_SEC_STATUS_RCV_SYSTEM_ERROR,
                        !=, 0);
        put(bridges[i], PCI_SEC_STATUS, 0xffff, 2);

        forget_all();
        enable_all();
        put_devctl(bridges[i], 0);
        inject(fn, FATAL, 0);
        g_assert_cmphex(received(), ==, 0);
    }
    forget_all();
    enable_all();
    put_devctl(fn, ENABLE & ~PCI_EXP_DEVCTL_FERE);
    inject(fn, FATAL, 0);
    g_assert_cmphex(received(), ==, 0);
    /* SERR# of old tells, too. */
    put(fn, PCI_COMMAND, PCI_COMMAND_MASTER | PCI_COMMAND_SERR, 2);
    inject(fn, FATAL, 0);
    g_assert_cmphex(received() & PCI_ERR_ROOT_FATAL_RCV, !=, 0);
}

/* Of a request that is not supported: only if that is wanted as well. */
static void test_unsupported_request(void)
{
    uint16_t flags[] = { 0, PCIE_AER_ERR_MAYBE_ADVISORY };

    for (int i = 0; i < ARRAY_SIZE(flags); i++) {
        forget_all();
        enable_all();
        put_aer(fn, PCI_ERR_COR_MASK, 0);
        inject(fn, PCI_ERR_UNC_UNSUP, flags[i]);
        g_assert_cmphex(devsta(fn), ==,
                        PCI_EXP_DEVSTA_URD | (flags[i] ? PCI_EXP_DEVSTA_CED
                                                       : PCI_EXP_DEVSTA_NFED));
        g_assert_cmphex(received(), ==, 0);
        put_devctl(fn, ENABLE | PCI_EXP_DEVCTL_URRE);
        inject(fn, PCI_ERR_UNC_UNSUP, flags[i]);
        g_assert_cmphex(received(), !=, 0);
    }
}

/* What may be tried again is told as if it had been mended. */
static void test_advisory(void)
{
    forget_all();
    enable_all();
    inject(fn, NONFATAL, PCIE_AER_ERR_MAYBE_ADVISORY);
    g_assert_cmphex(devsta(fn), ==, PCI_EXP_DEVSTA_CED);
    g_assert_cmphex(aer(fn, PCI_ERR_COR_STATUS), ==, PCI_ERR_COR_ADV_NONFATAL);
    /* Masked at first: that is all. */
    g_assert_cmphex(aer(fn, PCI_ERR_UNCOR_STATUS), ==, 0);
    g_assert_cmphex(received(), ==, 0);

    put_aer(fn, PCI_ERR_COR_MASK, 0);
    inject(fn, NONFATAL, PCIE_AER_ERR_MAYBE_ADVISORY);
    g_assert_cmphex(aer(fn, PCI_ERR_UNCOR_STATUS), ==, NONFATAL);
    check_shown(fn, NONFATAL);
    g_assert_cmphex(received(), ==, PCI_ERR_ROOT_COR_RCV);

    /* A fatal one never is. */
    forget_all();
    enable_all();
    inject(fn, FATAL, PCIE_AER_ERR_MAYBE_ADVISORY);
    g_assert_cmphex(devsta(fn), ==, PCI_EXP_DEVSTA_FED);
}

/* ---- several ------------------------------------------------------------- */

static void test_several(void)
{
    forget_all();
    put_aer(root, PCI_ERR_CAP, PCI_ERR_CAP_MHRE);
    inject(root, FATAL, 0);
    inject(root, FATAL, 0);
    inject(root, NONFATAL, 0);
    check_shown(root, FATAL);
    /* One that waits is pending, whatever software says. */
    put_aer(root, PCI_ERR_UNCOR_STATUS, NONFATAL);
    g_assert_cmphex(aer(root, PCI_ERR_UNCOR_STATUS), ==, FATAL | NONFATAL);
    check_shown(root, FATAL);
    /* The other of the same kind, which software has not seen. */
    put_aer(root, PCI_ERR_UNCOR_STATUS, FATAL);
    g_assert_cmphex(aer(root, PCI_ERR_UNCOR_STATUS), ==, FATAL | NONFATAL);
    check_shown(root, FATAL);
    put_aer(root, PCI_ERR_UNCOR_STATUS, FATAL);
    g_assert_cmphex(aer(root, PCI_ERR_UNCOR_STATUS), ==, NONFATAL);
    check_shown(root, NONFATAL);
    put_aer(root, PCI_ERR_UNCOR_STATUS, NONFATAL);
    g_assert_cmphex(aer(root, PCI_ERR_UNCOR_STATUS), ==, 0);
    check_shown(root, 0);
}

static void test_overflow(void)
{
    forget_all();
    put_aer(root, PCI_ERR_CAP, PCI_ERR_CAP_MHRE);
    for (int i = 0; i < 1 + PCIE_AER_LOG_MAX_DEFAULT; i++) {
        inject(root, FATAL, 0);
    }
    g_assert_cmphex(aer(root, PCI_ERR_COR_STATUS), ==, 0);
    inject(root, FATAL, 0);
    g_assert_cmphex(aer(root, PCI_ERR_COR_STATUS), ==, PCI_ERR_COR_HL_OVERFLOW);
    /* Without the feature those that wait are forgotten. */
    put_aer(root, PCI_ERR_CAP, 0);
    put_aer(root, PCI_ERR_UNCOR_STATUS, FATAL);
    g_assert_cmphex(aer(root, PCI_ERR_UNCOR_STATUS), ==, 0);
    check_shown(root, 0);
}

int main(int argc, char **argv)
{
    static const char *const args[] = {
        "test",
        "-M",
        "virt",
        "-accel",
        "qtest",
        "-nodefaults",
        "-display",
        "none",
        "-bios",
        "none",
        "-S",
        "-device",
        "edu,id=plain",
        "-device",
        "pcie-root-port,id=root",
        "-device",
        "x3130-upstream,bus=root,id=up",
        "-device",
        "xio3130-downstream,bus=up,id=down,chassis=9",
        "-device",
        "virtio-rng-pci,bus=down,id=fn,aer=on",
    };
    int ret;

    g_test_init(&argc, &argv, NULL);
    qemu_init(ARRAY_SIZE(args), (char **)args);
    fn = find("fn");
    down = find("down");
    up = find("up");
    root = find("root");
    g_test_add_func("/pcie/aer/refused", test_refused);
    g_test_add_func("/pcie/aer/remembered", test_remembered);
    g_test_add_func("/pcie/aer/root", test_root);
    g_test_add_func("/pcie/aer/stopped", test_stopped);
    g_test_add_func("/pcie/aer/unsupported-request", test_unsupported_request);
    g_test_add_func("/pcie/aer/advisory", test_advisory);
    g_test_add_func("/pcie/aer/several", test_several);
    g_test_add_func("/pcie/aer/overflow", test_overflow);
    ret = g_test_run();
    qemu_cleanup(0);
    return ret;
}
