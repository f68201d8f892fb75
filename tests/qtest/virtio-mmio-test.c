/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio-mmio, legacy and modern, with virtio-rng on it: every register, wrong
 * sizes and places, negotiation, requests in both ring formats with and
 * without eventfds, interrupts, random accesses, resets, and what the monitor
 * says. Rings that cannot be are in virtio-hostile-test.c.
 */
#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "device-helpers.h"
#include "qobject/qdict.h"
#include "virtio-helpers.h"

#define PLIC_PENDING 0xc001000
#define MODERN       "-global virtio-mmio.force-legacy=off "
#define RNG          "-device virtio-rng-device,id=rng0"
#define PATH         "/machine/peripheral/rng0"

static QTestState *start(const char *args)
{
    return qtest_initf("-machine virt -bios none -m 64M %s", args);
}

/* ---- registers ----------------------------------------------------------- */

static void test_empty_slot(void)
{
    QTestState *s = start("");

    for (int i = 0; i < QV_SLOTS; i++) {
        uint64_t base = QV_SLOT(i);

        g_assert_cmphex(qtest_readl(s, base), ==, 0x74726976);
        g_assert_cmphex(qtest_readl(s, base + 4), ==, 1);
        g_assert_cmphex(qtest_readl(s, base + 0xc), ==, 0x554d4551);
        for (int reg = 0x10; reg < 0x200; reg += 4) {
            g_assert_cmphex(qtest_readl(s, base + reg), ==, 0);
            qtest_writel(s, base + reg, 0xffffffff);
        }
        g_assert_cmphex(qtest_readl(s, base + 8), ==, 0);
        g_assert_cmphex(qtest_readl(s, base + 0x200), ==, 0);
    }
    qtest_quit(s);
}

static uint32_t idle_value(int reg, bool legacy, uint32_t features)
{
    switch (reg) {
    case VIRTIO_MMIO_MAGIC_VALUE:
        return 0x74726976;
    case VIRTIO_MMIO_VERSION:
        return legacy ? 1 : 2;
    case VIRTIO_MMIO_DEVICE_ID:
        return VIRTIO_ID_RNG;
    case VIRTIO_MMIO_VENDOR_ID:
        return 0x554d4551;
    case VIRTIO_MMIO_DEVICE_FEATURES:
        return features;
    case VIRTIO_MMIO_QUEUE_NUM_MAX:
        return 1024;
    case VIRTIO_MMIO_SHM_LEN_LOW:
    case VIRTIO_MMIO_SHM_LEN_HIGH:
    case VIRTIO_MMIO_SHM_BASE_LOW:
    case VIRTIO_MMIO_SHM_BASE_HIGH:
        return -1;
    default:
        /* The rng has no configuration. */
        return reg >= VIRTIO_MMIO_CONFIG ? -1 : 0;
    }
}

static void check_registers(const char *args, bool legacy)
{
    QTestState *s = start(args);
    g_autofree QVirtioMMIO *dev = qvirtio_mmio_find(s, VIRTIO_ID_RNG);
    uint64_t features = qvirtio_offered(dev);

    g_assert_true(dev->legacy == legacy);
    g_assert_cmpint(dev->slot, ==, 7);
    qvirtio_write(dev, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
    for (int round = 0; round < 2; round++) {
        for (int reg = 0; reg < 0x200; reg += 4) {
            g_assert_cmphex(qvirtio_read(dev, reg), ==,
                            idle_value(reg, legacy, features));
        }
        /* Registers are read and written whole. */
        for (int reg = 0; reg < VIRTIO_MMIO_CONFIG; reg++) {
            qtest_writeb(s, dev->base + reg, 0xff);
            g_assert_cmphex(qtest_readb(s, dev->base + reg), ==, 0);
            if (reg % 2 == 0) {
                qtest_writew(s, dev->base + reg, 0xffff);
                g_assert_cmphex(qtest_readw(s, dev->base + reg), ==, 0);
            }
        }
        g_assert_cmphex(qtest_readb(s, dev->base + 0x100), ==, 0xff);
        g_assert_cmphex(qtest_readw(s, dev->base + 0x100), ==, 0xffff);
        qtest_writel(s, dev->base + 0x100, 1);
        /* Those that cannot be written. */
        for (int reg = 0; reg < 0x14; reg += 4) {
            qvirtio_write(dev, reg, 0xffffffff);
        }
    }
    /* Queues that do not exist, and cannot. */
    qvirtio_write(dev, VIRTIO_MMIO_QUEUE_SEL, 1);
    g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_QUEUE_NUM_MAX), ==, 0);
    qvirtio_write(dev, VIRTIO_MMIO_QUEUE_NUM, 8);
    g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_QUEUE_NUM_MAX), ==, 0);
    qvirtio_write(dev, VIRTIO_MMIO_QUEUE_SEL, 1024);
    g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_QUEUE_NUM_MAX), ==, 0);
    qvirtio_write(dev, VIRTIO_MMIO_QUEUE_SEL, 0);
    g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_QUEUE_NUM_MAX), ==, 1024);
    qvirtio_write(dev, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
    qvirtio_write(dev, VIRTIO_MMIO_QUEUE_NOTIFY, 0xffffffff);
    qtest_quit(s);
}

static void test_registers_legacy(void)
{
    check_registers(RNG, true);
}

static void test_registers_modern(void)
{
    check_registers(MODERN RNG, false);
}

/* ---- negotiation --------------------------------------------------------- */

static void test_features(void)
{
    QTestState *s = start(MODERN RNG ",packed=on,queue_reset=off");
    g_autofree QVirtioMMIO *dev = qvirtio_mmio_find(s, VIRTIO_ID_RNG);

    g_assert_cmphex(qvirtio_offered(dev), ==,
                    QV_V1 | QV_PACKED | QV_EVENT | QV_INDIRECT);
    /* What is not offered is not accepted, the rest is. */
    qvirtio_reset(dev);
    for (int i = 0; i < 2; i++) {
        qvirtio_write(dev, VIRTIO_MMIO_DRIVER_FEATURES_SEL, i);
        qvirtio_write(dev, VIRTIO_MMIO_DRIVER_FEATURES, 0xffffffff);
    }
    qvirtio_write(dev, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_FEATURES_OK);
    g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_STATUS), ==,
                    VIRTIO_CONFIG_S_FEATURES_OK);
    /* And after that they are fixed: EVENT_IDX is off, or never. */
    qvirtio_start(dev, QV_V1);
    qvirtio_write(dev, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
    qvirtio_write(dev, VIRTIO_MMIO_DRIVER_FEATURES, QV_EVENT);
    qvirtio_write(dev, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_FEATURES_OK | 4);
    qtest_quit(s);

    /* A legacy device has the low 32, and the old ones. */
    s = start(RNG);
    g_free(dev);
    dev = qvirtio_mmio_find(s, VIRTIO_ID_RNG);
    g_assert_cmphex(qvirtio_offered(dev), ==,
                    QV_EVENT | QV_INDIRECT | BIT_ULL(VIRTIO_F_NOTIFY_ON_EMPTY) |
                        BIT_ULL(VIRTIO_F_ANY_LAYOUT));
    qtest_quit(s);
}

/* A device behind an IOMMU does not work for drivers that do not know. */
static void test_platform(void)
{
    QTestState *s = start(MODERN RNG ",iommu_platform=on");
    g_autofree QVirtioMMIO *dev = qvirtio_mmio_find(s, VIRTIO_ID_RNG);
    uint64_t platform = BIT_ULL(VIRTIO_F_ACCESS_PLATFORM);

    g_assert_true(qvirtio_offered(dev) & platform);
    qvirtio_start(dev, QV_V1 | platform);
    qvirtio_reset(dev);
    for (int i = 0; i < 2; i++) {
        qvirtio_write(dev, VIRTIO_MMIO_DRIVER_FEATURES_SEL, i);
        qvirtio_write(dev, VIRTIO_MMIO_DRIVER_FEATURES, i);
    }
    qvirtio_write(dev, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_FEATURES_OK);
    g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_STATUS), ==, 0);
    qtest_quit(s);
}

/* ---- requests ------------------------------------------------------------ */

/* The controller remembers it until it is claimed, which nobody does. */
static bool pending(QVirtioMMIO *dev)
{
    return qtest_readl(dev->s, PLIC_PENDING) >> (dev->slot + 1) & 1;
}

/* Random numbers in chains of several buffers, more than the ring has. */
static void run_requests(QVirtioMMIO *dev, uint64_t features)
{
    g_autofree QVirtQueue *vq = NULL;
    uint64_t buf;
    uint8_t data[64];
    int zero = 0;

    qvirtio_start(dev, features);
    vq = qvirtio_queue_new(dev, 0, 8);
    buf = qvirtio_alloc(dev, 4096);
    qvirtio_driver_ok(dev);
    for (int i = 0; i < 40; i++) {
        unsigned n = 1 + i % 3;
        QVirtBuf bufs[3];
        unsigned id;
        uint32_t len;

        for (unsigned b = 0; b < n; b++) {
            bufs[b] = (QVirtBuf){ buf + b * 64, 64, true };
        }
        qtest_memset(dev->s, buf, 0, 256);
        id = qvirtio_add(vq, bufs, n);
        qvirtio_kick(vq);
        g_assert_cmpuint(qvirtio_wait_used(vq, n, &len), ==, id);
        g_assert_cmpuint(len, ==, n * 64);
        qtest_memread(dev->s, buf + (n - 1) * 64, data, 64);
        for (int k = 0; k < 64; k++) {
            zero += !data[k];
        }
        g_assert_cmphex(qtest_readq(dev->s, buf + n * 64), ==, 0);
        /* Without EVENT_IDX there is an interrupt for each. */
        if (!(features & QV_EVENT)) {
            g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_INTERRUPT_STATUS), ==,
                            1);
            g_assert_true(pending(dev));
        }
        qvirtio_write(dev, VIRTIO_MMIO_INTERRUPT_ACK, 1);
        g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_INTERRUPT_STATUS), ==, 0);
    }
    g_assert_cmpint(zero, <, 100); /* of 2560, 10 expected */
}

static void check_requests(const char *args, uint64_t features)
{
    QTestState *s = start(args);
    g_autofree QVirtioMMIO *dev = qvirtio_mmio_find(s, VIRTIO_ID_RNG);

    run_requests(dev, features);
    /* And after resets: the driver's, the machine's. */
    run_requests(dev, features);
    qtest_qmp_assert_success(s, "{'execute': 'system_reset'}");
    qobject_unref(qmp_client_event(qtest_qmp_client(s), "RESET"));
    g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_STATUS), ==, 0);
    run_requests(dev, features);
    qtest_quit(s);
}

static void test_legacy(void)
{
    check_requests(RNG, 0);
}

static void test_split(void)
{
    check_requests(MODERN RNG, QV_V1);
    check_requests(MODERN RNG, QV_V1 | QV_EVENT | QV_INDIRECT);
}

static void test_packed(void)
{
    check_requests(MODERN RNG ",packed=on", QV_V1 | QV_PACKED);
    check_requests(MODERN RNG ",packed=on,in_order=on",
                   QV_V1 | QV_PACKED | QV_EVENT | BIT_ULL(VIRTIO_F_IN_ORDER));
}

static void test_no_eventfd(void)
{
    check_requests(MODERN "-global virtio-mmio.ioeventfd=off " RNG, QV_V1);
}

/* A legacy driver need not say DRIVER_OK before it kicks. */
static void test_notification_data(void)
{
    QTestState *s = start(MODERN RNG);
    g_autofree QVirtioMMIO *dev = qvirtio_mmio_find(s, VIRTIO_ID_RNG);
    g_autofree QVirtQueue *vq = NULL;
    QVirtBuf buf = { .len = 8, .write = true };
    uint32_t len;

    /* Not negotiated: the upper half of the doorbell is nothing. */
    qvirtio_start(dev, QV_V1);
    vq = qvirtio_queue_new(dev, 0, 8);
    buf.addr = qvirtio_alloc(dev, 4096);
    qvirtio_driver_ok(dev);
    qvirtio_add(vq, &buf, 1);
    qvirtio_write(dev, VIRTIO_MMIO_QUEUE_NOTIFY, 0xffff0000);
    g_assert_cmpuint(qvirtio_wait_used(vq, 1, &len), ==, 0);
    qtest_quit(s);
}

static void test_queue_reset(void)
{
    QTestState *s = start(MODERN RNG);
    g_autofree QVirtioMMIO *dev = qvirtio_mmio_find(s, VIRTIO_ID_RNG);
    QVirtBuf buf = { .len = 8, .write = true };
    uint32_t len;

    qvirtio_start(dev, QV_V1 | QV_RESET);
    qvirtio_driver_ok(dev);
    for (int i = 0; i < 3; i++) {
        g_autofree QVirtQueue *vq = qvirtio_queue_new(dev, 0, 4 << i);

        buf.addr = qvirtio_alloc(dev, 4096);
        qvirtio_add(vq, &buf, 1);
        qvirtio_kick(vq);
        qvirtio_wait_used(vq, 1, &len);
        qvirtio_write(dev, 0xc0, 1);
        g_assert_cmphex(qvirtio_read(dev, 0xc0), ==, 0);
        g_assert_cmphex(qvirtio_read(dev, VIRTIO_MMIO_QUEUE_READY), ==, 0);
    }
    qtest_quit(s);
}

/* ---- random accesses ----------------------------------------------------- */

static void check_random(const char *args, uint64_t features)
{
    QTestState *s = start(args);
    g_autofree QVirtioMMIO *dev = qvirtio_mmio_find(s, VIRTIO_ID_RNG);
    GRand *rand = device_rand("virtio-mmio");

    device_fuzz(s, rand, dev->base, 0x200, 4000, -1);
    for (int i = 0; i < 3000; i++) {
        /* What is more likely to set up something. */
        int reg = 4 * g_rand_int_range(rand, 0, 0x30);
        uint32_t value = g_rand_int_range(rand, 0, 4);

        if (reg >= VIRTIO_MMIO_QUEUE_DESC_LOW && reg % 16 == 0) {
            value = QV_RAM + 0x1000 * value;
        } else if (reg == VIRTIO_MMIO_QUEUE_PFN) {
            value += QV_RAM / 4096;
        } else if (reg == VIRTIO_MMIO_STATUS) {
            value = g_rand_int_range(rand, 0, 16);
        }
        qvirtio_write(dev, reg, value);
    }
    run_requests(dev, features);
    g_rand_free(rand);
    qtest_quit(s);
}

static void test_random(void)
{
    check_random(RNG, 0);
    check_random(MODERN RNG ",packed=on", QV_V1);
}

/* ---- the monitor --------------------------------------------------------- */

static void test_monitor(void)
{
    QTestState *s = start(MODERN RNG);
    g_autofree QVirtioMMIO *dev = qvirtio_mmio_find(s, VIRTIO_ID_RNG);
    g_autofree QVirtQueue *vq = NULL;
    QVirtBuf bufs[2] = { { 0, 16, false }, { 0, 32, true } };
    g_autofree char *text = NULL, *element = NULL, *wrong = NULL;

    qvirtio_start(dev, QV_V1);
    vq = qvirtio_queue_new(dev, 0, 8);
    bufs[0].addr = bufs[1].addr = qvirtio_alloc(dev, 4096);
    qvirtio_driver_ok(dev);
    text = qtest_hmp(s, "info virtio-queue-status " PATH " 0");
    g_assert_nonnull(strstr(text, "num:          8\r\n"));
    g_assert_nonnull(strstr(text, "num_default:  1024\r\n"));
    g_free(text);
    text = qtest_hmp(s, "info virtio-status " PATH);
    g_assert_nonnull(strstr(text, "started:                 true"));
    g_assert_nonnull(strstr(text, "VIRTIO_CONFIG_S_DRIVER_OK"));
    qvirtio_add(vq, bufs, 2);
    element = qtest_hmp(s, "info virtio-queue-element " PATH " 0");
    g_assert_nonnull(strstr(element, "len 32 (write),\r\n"));
    g_assert_nonnull(strstr(element, "len 16 (next)\r\n"));
    g_assert_nonnull(strstr(element, "idx:   1\r\n"));
    wrong = qtest_hmp(s, "info virtio-vhost-queue-status " PATH " 0");
    g_assert_cmpstr(wrong, ==,
                    "Error: Error: vhost device has not started yet\r\n");
    qtest_quit(s);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virtio-mmio/empty-slot", test_empty_slot);
    g_test_add_func("/virtio-mmio/registers/legacy", test_registers_legacy);
    g_test_add_func("/virtio-mmio/registers/modern", test_registers_modern);
    g_test_add_func("/virtio-mmio/features", test_features);
    g_test_add_func("/virtio-mmio/platform", test_platform);
    g_test_add_func("/virtio-mmio/requests/legacy", test_legacy);
    g_test_add_func("/virtio-mmio/requests/split", test_split);
    g_test_add_func("/virtio-mmio/requests/packed", test_packed);
    g_test_add_func("/virtio-mmio/requests/no-eventfd", test_no_eventfd);
    g_test_add_func("/virtio-mmio/doorbell", test_notification_data);
    g_test_add_func("/virtio-mmio/queue-reset", test_queue_reset);
    g_test_add_func("/virtio-mmio/random", test_random);
    g_test_add_func("/virtio-mmio/monitor", test_monitor);
    return g_test_run();
}
