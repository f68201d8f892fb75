/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio over PCI: who the device says it is, negotiation, requests in both
 * ring formats and through ports, interrupts by line and by MSI-X with and
 * without event indexes, the reset of one queue, the generation of the
 * configuration, the window in the configuration space, power states, devices
 * that cannot be, drivers that forget to make it bus master.
 */
#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "libqmp.h"
#include "pci-helpers.h"
#include "qobject/qdict.h"
#include "standard-headers/linux/virtio_pci.h"
#include "virtio-helpers.h"

#define PLIC_PENDING 0xc001004 /* of 32 to 63 */
#define IN_ORDER     BIT_ULL(VIRTIO_F_IN_ORDER)
#define MESSAGES     0x83000000ull /* RAM that messages are sent to */
#define RNG          "-device virtio-rng-pci,id=d0,addr=2,packed=on,in_order=on"
#define BLK                                                                    \
    "-blockdev driver=null-co,node-name=b0,size=1048576,read-zeroes=on "       \
    "-device virtio-blk-pci,drive=b0,num-queues=2,id=d0,addr=2"

static QTestState *start(const char *args)
{
    return qtest_initf("-machine virt -bios none -m 64M %s", args);
}

static bool pending(QVirtioMMIO *dev)
{
    return qtest_readl(dev->s, PLIC_PENDING) >> (dev->irq - 32) & 1;
}

/* ---- who it is ----------------------------------------------------------- */

static void check_identity(const char *more, uint16_t id, int revision,
                           bool ports)
{
    g_autofree char *args = g_strconcat(RNG, more, NULL);
    QTestState *s = start(args);
    QPci d = qpci(s, 0, 2, 0);

    g_assert_cmphex(qpci_readw(d, PCI_VENDOR_ID), ==, 0x1af4);
    g_assert_cmphex(qpci_readw(d, PCI_DEVICE_ID), ==, id);
    g_assert_cmpint(qpci_readb(d, PCI_REVISION_ID), ==, revision);
    g_assert_true((qpci_bar_size(d, 0) != 0) == ports);
    qtest_quit(s);
}

static void test_identity(void)
{
    check_identity("", 0x1005, 0, true);
    check_identity(",disable-legacy=on", 0x1044, 1, false);
    check_identity(",disable-modern=on", 0x1005, 0, true);
}

/* ---- negotiation --------------------------------------------------------- */

static void test_features(void)
{
    QTestState *s = start(RNG ",disable-legacy=on");
    g_autofree QVirtioMMIO *dev = qvirtio_pci_find(s, VIRTIO_ID_RNG, false);

    g_assert_cmphex(qvirtio_offered(dev), ==,
                    QV_V1 | QV_PACKED | QV_EVENT | QV_INDIRECT | QV_RESET |
                        IN_ORDER);
    qvirtio_start(dev, QV_V1);
    /* Which a third word would be is nothing. */
    qvirtio_write(dev, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 2);
    g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_DEVICE_FEATURES), ==, 0);
    qtest_quit(s);
}

/* ---- requests ------------------------------------------------------------ */

static void one_request(QVirtQueue *vq, uint64_t buf)
{
    QVirtBuf bufs[] = { { buf, 64, true }, { buf + 64, 32, true } };
    unsigned id = qvirtio_add(vq, bufs, 2);
    uint32_t len;

    qvirtio_kick(vq);
    g_assert_cmpuint(qvirtio_wait_used(vq, 2, &len), ==, id);
    g_assert_cmpuint(len, ==, 96);
}

static void run_requests(QVirtioMMIO *dev, uint64_t features)
{
    g_autofree QVirtQueue *vq = NULL;
    uint64_t buf;

    qvirtio_start(dev, features);
    vq = qvirtio_queue_new(dev, 0, 8);
    buf = qvirtio_alloc(dev, 4096);
    qvirtio_driver_ok(dev);
    for (int i = 0; i < 20; i++) {
        one_request(vq, buf);
        if (!(features & QV_EVENT)) {
            g_assert_true(pending(dev));
            g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_INTERRUPT_STATUS), ==,
                            1);
        }
        /* It was acknowledged by that. */
        qvirtio_read(dev, VIRTIO_MMIO_INTERRUPT_STATUS);
        g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_INTERRUPT_STATUS), ==, 0);
    }
}

static void check_requests(const char *more, bool legacy, uint64_t features)
{
    g_autofree char *args = g_strconcat(RNG, more, NULL);
    QTestState *s = start(args);
    g_autofree QVirtioMMIO *dev = qvirtio_pci_find(s, VIRTIO_ID_RNG, legacy);

    run_requests(dev, features);
    run_requests(dev, features);
    qtest_quit(s);
}

static void test_requests(void)
{
    check_requests("", true, 0);
    check_requests(",disable-modern=on", true, QV_EVENT);
    check_requests("", false, QV_V1);
    check_requests(",disable-legacy=on", false, QV_V1 | QV_EVENT | QV_INDIRECT);
    check_requests("", false, QV_V1 | QV_PACKED);
    check_requests(",page-per-vq=on", false, QV_V1 | QV_PACKED | QV_EVENT);
    check_requests("", false, QV_V1 | QV_PACKED | IN_ORDER);
    check_requests("", false, QV_V1 | IN_ORDER);
    check_requests(",ioeventfd=off", false, QV_V1);
}

/* ---- interrupts ---------------------------------------------------------- */

/* After a first one, the third of those that come is to be told of. */
static void test_event_index(void)
{
    QTestState *s = start(RNG);
    g_autofree QVirtioMMIO *dev = qvirtio_pci_find(s, VIRTIO_ID_RNG, false);

    for (int packed = 0; packed < 2; packed++) {
        g_autofree QVirtQueue *vq = NULL;
        uint64_t buf;

        qvirtio_start(dev, QV_V1 | QV_EVENT | (packed ? QV_PACKED : 0));
        vq = qvirtio_queue_new(dev, 0, 16);
        buf = qvirtio_alloc(dev, 4096);
        qvirtio_driver_ok(dev);
        /* When it has told nothing yet, the device tells. */
        one_request(vq, buf);
        g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_INTERRUPT_STATUS), ==, 1);
        if (packed) {
            /* The descriptor, and the wrap counter. */
            qtest_writew(s, vq->avail, 6 | 1 << 15);
            qtest_writew(s, vq->avail + 2, VRING_PACKED_EVENT_FLAG_DESC);
        } else {
            qtest_writew(s, vq->avail + 4 + vq->num * 2, 3);
        }
        for (int i = 0; i < 5; i++) {
            one_request(vq, buf);
            g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_INTERRUPT_STATUS), ==,
                            i == 2);
        }
    }
    qtest_quit(s);
}

static void set_vector(QVirtioMMIO *dev, uint64_t table, int n, uint32_t data)
{
    qtest_writel(dev->s, table + n * 16, MESSAGES + n * 8);
    qtest_writel(dev->s, table + n * 16 + 4, 0);
    qtest_writel(dev->s, table + n * 16 + 8, data);
    qtest_writel(dev->s, table + n * 16 + 12, 0);
}

static uint32_t take_message(QTestState *s, int n)
{
    uint32_t data = qtest_readl(s, MESSAGES + n * 8);

    qtest_writel(s, MESSAGES + n * 8, 0);
    return data;
}

static void test_msix(void)
{
    QTestState *s = start(RNG ",vectors=2");
    g_autofree QVirtioMMIO *dev = qvirtio_pci_find(s, VIRTIO_ID_RNG, false);
    g_autofree QVirtQueue *vq = NULL;
    QPci d = qpci(s, 0, 2, 0);
    int cap = qpci_find_cap(d, PCI_CAP_ID_MSIX);
    uint64_t table = 0x41000000, buf;

    g_assert_cmpint(cap, !=, 0);
    g_assert_cmphex(qpci_readl(d, cap + PCI_MSIX_TABLE), ==, 1);
    qpci_map(d, 1, table);
    qpci_writew(d, cap + PCI_MSIX_FLAGS, PCI_MSIX_FLAGS_ENABLE);
    set_vector(dev, table, 0, 0x1234);
    set_vector(dev, table, 1, 0xabcd);
    qvirtio_start(dev, QV_V1);
    /* Vectors that are not there are refused. */
    qtest_writew(s, dev->base + VIRTIO_PCI_COMMON_MSIX, 2);
    g_assert_cmphex(qtest_readw(s, dev->base + VIRTIO_PCI_COMMON_MSIX), ==,
                    VIRTIO_MSI_NO_VECTOR);
    qtest_writew(s, dev->base + VIRTIO_PCI_COMMON_MSIX, 0);
    vq = qvirtio_queue_new(dev, 0, 8);
    qtest_writew(s, dev->base + VIRTIO_PCI_COMMON_Q_MSIX, 1);
    g_assert_cmphex(qtest_readw(s, dev->base + VIRTIO_PCI_COMMON_Q_MSIX), ==,
                    1);
    buf = qvirtio_alloc(dev, 4096);
    qvirtio_driver_ok(dev);
    one_request(vq, buf);
    g_assert_cmphex(take_message(s, 1), ==, 0xabcd);
    g_assert_cmphex(take_message(s, 0), ==, 0);
    g_assert_false(pending(dev));
    /* Masked, it waits; one is as good as two. */
    qtest_writel(s, table + 16 + 12, 1);
    one_request(vq, buf);
    one_request(vq, buf);
    g_assert_cmphex(take_message(s, 1), ==, 0);
    qtest_writel(s, table + 16 + 12, 0);
    g_assert_cmphex(take_message(s, 1), ==, 0xabcd);
    /* What is wrong with the ring is for the configuration's vector. */
    qtest_writew(s, vq->avail + 2, 0xfff0);
    qvirtio_kick(vq);
    qvirtio_wait_status(dev, VIRTIO_CONFIG_S_NEEDS_RESET);
    g_assert_cmphex(take_message(s, 0), ==, 0x1234);
    qtest_quit(s);
}

/* ---- one queue of two ---------------------------------------------------- */

static void read_sector(QVirtQueue *vq, uint64_t buf)
{
    /* Type, priority and sector are 0; then data and status. */
    QVirtBuf bufs[] = { { buf, 16, false }, { buf + 16, 513, true } };
    unsigned id = qvirtio_add(vq, bufs, 2);
    uint32_t len;

    qvirtio_kick(vq);
    g_assert_cmpuint(qvirtio_wait_used(vq, 2, &len), ==, id);
    g_assert_cmpuint(len, ==, 513);
}

static void check_queue_reset(uint64_t packed)
{
    QTestState *s = start(BLK ",packed=on");
    g_autofree QVirtioMMIO *dev = qvirtio_pci_find(s, VIRTIO_ID_BLOCK, false);
    g_autofree QVirtQueue *other = NULL;
    uint64_t buf;

    qvirtio_start(dev, QV_V1 | QV_RESET | packed);
    buf = qvirtio_alloc(dev, 4096);
    other = qvirtio_queue_new(dev, 1, 8);
    qvirtio_driver_ok(dev);
    for (int i = 0; i < 3; i++) {
        g_autofree QVirtQueue *vq = qvirtio_queue_new(dev, 0, 4 << i);

        read_sector(vq, buf);
        qvirtio_write(dev, VIRTIO_MMIO_QUEUE_SEL, 0);
        qvirtio_write(dev, QV_QUEUE_RESET, 1);
        g_assert_cmphex(qvirtio_read(dev, QV_QUEUE_RESET), ==, 0);
        g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_QUEUE_READY), ==, 0);
        /* Nothing more from it, the other goes on. */
        qvirtio_add(vq, &(QVirtBuf){ buf, 16, false }, 1);
        qvirtio_kick(vq);
        read_sector(other, buf);
    }
    g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_STATUS) &
                        VIRTIO_CONFIG_S_NEEDS_RESET,
                    ==, 0);
    qtest_quit(s);
}

static void test_queue_reset(void)
{
    check_queue_reset(0);
    check_queue_reset(QV_PACKED);
}

/* ---- the configuration --------------------------------------------------- */

static void test_generation(void)
{
    g_autofree char *file = NULL, *args = NULL;
    int fd = g_file_open_tmp("virtio-pci-XXXXXX", &file, NULL);
    QTestState *s;
    g_autofree QVirtioMMIO *dev = NULL;
    uint8_t generation;

    g_assert_cmpint(ftruncate(fd, 65536), ==, 0);
    close(fd);
    args = g_strdup_printf("-blockdev file,node-name=b0,filename=%s "
                           "-device virtio-blk-pci,drive=b0,addr=2",
                           file);
    s = start(args);
    dev = qvirtio_pci_find(s, VIRTIO_ID_BLOCK, false);
    qvirtio_start(dev, QV_V1);
    qvirtio_driver_ok(dev);
    qvirtio_read(dev, VIRTIO_MMIO_INTERRUPT_STATUS);
    g_assert_cmpuint(qtest_readq(s, dev->config), ==, 128);
    generation = qvirtio_read(dev, VIRTIO_MMIO_CONFIG_GENERATION);
    /* Reading changes nothing. */
    qtest_readl(s, dev->config);
    g_assert_cmpuint(qvirtio_read(dev, VIRTIO_MMIO_CONFIG_GENERATION), ==,
                     generation);
    for (int i = 2; i < 5; i++) {
        uint8_t now;

        qtest_qmp_assert_success(s,
                                 "{'execute': 'block_resize', 'arguments':"
                                 " {'node-name': 'b0', 'size': %d}}",
                                 i * 65536);
        g_assert_cmpuint(qtest_readq(s, dev->config), ==, i * 128);
        now = qvirtio_read(dev, VIRTIO_MMIO_CONFIG_GENERATION);
        g_assert_cmpuint(now, !=, generation);
        generation = now;
        g_assert_true(pending(dev));
        g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_INTERRUPT_STATUS), ==, 3);
    }
    qtest_quit(s);
    unlink(file);
}

/* The registers through the configuration space, for firmware. */
static int find_window(QPci d)
{
    int at = qpci_find_cap(d, PCI_CAP_ID_VNDR);

    while (at && qpci_readb(d, at + VIRTIO_PCI_CAP_CFG_TYPE) !=
                     VIRTIO_PCI_CAP_PCI_CFG) {
        at = qpci_next_cap(d, PCI_CAP_ID_VNDR, at);
    }
    g_assert_cmpint(at, !=, 0);
    return at;
}

static void test_window(void)
{
    QTestState *s = start(RNG ",disable-legacy=on");
    g_autofree QVirtioMMIO *dev = qvirtio_pci_find(s, VIRTIO_ID_RNG, false);
    QPci d = qpci(s, 0, 2, 0);
    int at = find_window(d);

    qpci_writeb(d, at + VIRTIO_PCI_CAP_BAR, 4);
    qpci_writel(d, at + VIRTIO_PCI_CAP_LENGTH, 1);
    qpci_writel(d, at + VIRTIO_PCI_CAP_OFFSET, VIRTIO_PCI_COMMON_STATUS);
    qpci_writeb(d, at + sizeof(struct virtio_pci_cap), 3);
    g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_STATUS), ==, 3);
    g_assert_cmphex(qpci_readb(d, at + sizeof(struct virtio_pci_cap)), ==, 3);
    /* Of a length, and at a place, that there is not. */
    qpci_writel(d, at + VIRTIO_PCI_CAP_LENGTH, 3);
    qpci_writel(d, at + sizeof(struct virtio_pci_cap), 0);
    qpci_writel(d, at + VIRTIO_PCI_CAP_LENGTH, 4);
    qpci_writel(d, at + VIRTIO_PCI_CAP_OFFSET, 0xfffffffc);
    qpci_writel(d, at + sizeof(struct virtio_pci_cap), 0);
    qpci_readl(d, at + sizeof(struct virtio_pci_cap));
    g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_STATUS), ==, 3);
    run_requests(dev, QV_V1);
    qtest_quit(s);
}

/* ---- behind a port ------------------------------------------------------- */

#define PORT "-device pcie-root-port,id=rp,addr=3 "

/* As firmware does it: the registers are at the returned address. */
static uint64_t set_up_port(QTestState *s)
{
    QPci d = qpci(s, 1, 0, 0);

    qpci_bridge(qpci(s, 0, 3, 0), 1, 1, PCI_MMIO, PCI_MMIO + 0xfffff);
    qpci_map(d, 4, PCI_MMIO);
    qpci_map(d, 5, 0);
    qpci_command(d, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    return PCI_MMIO;
}

/* A reset while it sleeps: some forget then, as drivers can see. */
static void check_asleep(const char *more, uint16_t keeps)
{
    g_autofree char *args =
        g_strconcat(PORT "-device virtio-rng-pci,bus=rp", more, NULL);
    QTestState *s = start(args);
    uint64_t common = set_up_port(s);
    QPci d = qpci(s, 1, 0, 0);
    int ctrl = qpci_find_cap(d, PCI_CAP_ID_PM) + PCI_PM_CTRL;

    g_assert_cmphex(qpci_readw(d, ctrl), ==, keeps);
    qtest_writeb(s, common + VIRTIO_PCI_COMMON_STATUS, 1);
    for (int state = 3; state >= 0; state -= 3) {
        qpci_writew(d, ctrl, state);
        g_assert_cmphex(qpci_readw(d, ctrl), ==, keeps | state);
        qtest_qmp_assert_success(s, "{'execute': 'system_reset'}");
        qobject_unref(qmp_client_event(qtest_qmp_client(s), "RESET"));
        set_up_port(s);
        g_assert_cmphex(qpci_readw(d, ctrl), ==, keeps);
        g_assert_cmphex(qtest_readb(s, common + VIRTIO_PCI_COMMON_STATUS), ==,
                        state && keeps ? 1 : 0);
    }
    qtest_quit(s);
}

static void test_asleep(void)
{
    check_asleep("", 0);
    check_asleep(",x-pcie-pm-no-soft-reset=on", PCI_PM_CTRL_NO_SOFT_RESET);
}

/* One that cannot be leaves nothing: another takes its place. */
static void test_failed_realize(void)
{
    QTestState *s = start(PORT "-blockdev driver=null-co,node-name=b0");
    QmpClient *c = qtest_qmp_client(s);

    for (int i = 0; i < 3; i++) {
        qmp_client_error(c, "GenericError", "drive property not set",
                         "{'execute': 'device_add', 'arguments': {'driver':"
                         " 'virtio-blk-pci', 'bus': 'rp', 'aer': true,"
                         " 'id': 'd0'}}");
    }
    qtest_qmp_assert_success(s, "{'execute': 'device_add', 'arguments': {"
                                "'driver': 'virtio-blk-pci', 'bus': 'rp',"
                                " 'aer': true, 'id': 'd0', 'drive': 'b0'}}");
    qtest_quit(s);
}

/* ---- legacy drivers that do not make it bus master ----------------------- */

static void check_master(const char *more, uint16_t expected)
{
    g_autofree char *args = g_strconcat(RNG ",disable-modern=on", more, NULL);
    QTestState *s = start(args);
    g_autofree QVirtioMMIO *dev = qvirtio_pci_find(s, VIRTIO_ID_RNG, true);
    QPci d = qpci(s, 0, 2, 0);

    qpci_command(d, PCI_COMMAND_IO);
    qvirtio_write(dev, VIRTIO_MMIO_STATUS, 7);
    qtest_qmp_assert_success(s, "{'execute': 'stop'}");
    g_assert_cmphex(qpci_readw(d, PCI_COMMAND), ==, PCI_COMMAND_IO);
    qtest_qmp_assert_success(s, "{'execute': 'cont'}");
    g_assert_cmphex(qpci_readw(d, PCI_COMMAND), ==, PCI_COMMAND_IO | expected);
    qtest_quit(s);
}

static void test_bus_master(void)
{
    check_master("", 0);
    check_master(",virtio-pci-bus-master-bug-migration=on", PCI_COMMAND_MASTER);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virtio-pci/identity", test_identity);
    g_test_add_func("/virtio-pci/features", test_features);
    g_test_add_func("/virtio-pci/requests", test_requests);
    g_test_add_func("/virtio-pci/event-index", test_event_index);
    g_test_add_func("/virtio-pci/msix", test_msix);
    g_test_add_func("/virtio-pci/queue-reset", test_queue_reset);
    g_test_add_func("/virtio-pci/generation", test_generation);
    g_test_add_func("/virtio-pci/window", test_window);
    g_test_add_func("/virtio-pci/asleep", test_asleep);
    g_test_add_func("/virtio-pci/failed-realize", test_failed_realize);
    g_test_add_func("/virtio-pci/bus-master", test_bus_master);
    return g_test_run();
}
