/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The balloon's statistics, whose buffer the device keeps: what becomes of it
 * when the driver resets the device, and when the device goes. Free pages that
 * are reported, and those that the driver poisons.
 */
#include "qemu/osdep.h"
#include "virtio-fixture.h"
#include "hw/virtio/virtio-balloon.h"
#include "memory/ram-discard.h"
#include "../../migration/vmstate/blocker.h"

#define INFLATE_QUEUE 0
#define STATS_QUEUE   2
#define REPORT_QUEUE  3
#define PAGE          0x100000
#define PFN           0x1000 /* where the driver writes which page it gives */

static VirtIOBalloon *balloon;
static Drv drv;

static void make_device(void)
{
    DeviceState *dev = qdev_new(TYPE_VIRTIO_BALLOON);

    vf_create_transport(false);
    qdev_prop_set_bit(dev, "free-page-reporting", true);
    qdev_prop_set_bit(dev, "page-poison", true);
    vf_realize(dev);
    balloon = VIRTIO_BALLOON(dev);
}

/* Where there is no RAM, so that each mapping of it is a buffer that counts. */
static void send_stats(void)
{
    DrvChain chain = { .nbufs = 1, .buf = { { 0x1000, 20, false } } };

    vf_negotiate(BIT_ULL(VIRTIO_F_VERSION_1) |
                 BIT_ULL(VIRTIO_BALLOON_F_STATS_VQ));
    drv_init(&drv, vf_ram, VF_RAM_BASE, false, false, 16);
    vf_start_queue(&drv, STATS_QUEUE);
    g_assert_cmpint(drv_add(&drv, &chain, false), >=, 0);
    vf_write(VIRTIO_MMIO_QUEUE_NOTIFY, STATS_QUEUE);
    g_assert_nonnull(balloon->stats_vq_elem);
    g_assert_cmpuint(address_space_memory.bounce_buffer_size, ==, 20);
}

static void test_buffer(void)
{
    make_device();
    send_stats();
    vf_write(VIRTIO_MMIO_STATUS, 0);
    g_assert_cmpuint(address_space_memory.bounce_buffer_size, ==, 0);
    send_stats();
    vf_destroy();
    g_assert_cmpuint(address_space_memory.bounce_buffer_size, ==, 0);
}

static void report(uint64_t features, uint32_t poison, uint8_t expected)
{
    DrvChain chain = { .nbufs = 1,
                       .buf = { { VF_RAM_BASE + PAGE, 4096, true } } };
    uint32_t len;

    vf_negotiate(BIT_ULL(VIRTIO_F_VERSION_1) |
                 BIT_ULL(VIRTIO_BALLOON_F_REPORTING) | features);
    vf_write(VIRTIO_MMIO_CONFIG +
                 offsetof(struct virtio_balloon_config, poison_val),
             poison);
    drv_init(&drv, vf_ram, VF_RAM_BASE, false, false, 16);
    vf_start_queue(&drv, REPORT_QUEUE);
    memset(vf_ram + PAGE, 0xaa, 4096);
    g_assert_cmpint(drv_add(&drv, &chain, false), >=, 0);
    vf_write(VIRTIO_MMIO_QUEUE_NOTIFY, REPORT_QUEUE);
    g_assert_cmpint(drv_get(&drv, &len), >=, 0);
    g_assert_cmphex(vf_ram[PAGE], ==, expected);
    g_assert_cmphex(vf_ram[PAGE + 4095], ==, expected);
}

/* A free page is given back, unless the driver relies on what is in it. */
static void test_poison(void)
{
    make_device();
    report(0, 0, 0);
    report(0, 0xaaaaaaaa, 0); /* not negotiated */
    report(BIT_ULL(VIRTIO_BALLOON_F_PAGE_POISON), 0xaaaaaaaa, 0xaa);
    report(BIT_ULL(VIRTIO_BALLOON_F_PAGE_POISON), 0, 0);
    vf_destroy();
}

static void inflate(uint8_t expected)
{
    DrvChain chain = { .nbufs = 1, .buf = { { VF_RAM_BASE + PFN, 4, false } } };
    uint32_t len;

    vf_negotiate(BIT_ULL(VIRTIO_F_VERSION_1));
    drv_init(&drv, vf_ram, VF_RAM_BASE, false, false, 16);
    vf_start_queue(&drv, INFLATE_QUEUE);
    stl_le_p(vf_ram + PFN, (VF_RAM_BASE + PAGE) >> VIRTIO_BALLOON_PFN_SHIFT);
    memset(vf_ram + PAGE, 0xaa, 4096);
    g_assert_cmpint(drv_add(&drv, &chain, false), >=, 0);
    vf_write(VIRTIO_MMIO_QUEUE_NOTIFY, INFLATE_QUEUE);
    g_assert_cmpint(drv_get(&drv, &len), >=, 0);
    g_assert_cmphex(vf_ram[PAGE], ==, expected);
    g_assert_cmphex(vf_ram[PAGE + 4095], ==, expected);
}

static bool in_postcopy(bool advised)
{
    return true;
}

static bool in_snapshot(void)
{
    return true;
}

static void give(uint8_t expected)
{
    inflate(expected);
    report(0, 0, expected);
}

/* The driver has its buffers back, but nothing is discarded. */
static void test_inhibited(void)
{
    make_device();
    give(0);
    migration_incoming_postcopy_hook = in_postcopy;
    give(0xaa);
    migration_incoming_postcopy_hook = NULL;
    give(0);
    migration_bg_snapshot_hook = in_snapshot;
    give(0xaa);
    migration_bg_snapshot_hook = NULL;
    give(0);
    g_assert_cmpint(ram_block_uncoordinated_discard_disable(true), ==, 0);
    give(0xaa);
    ram_block_uncoordinated_discard_disable(false);
    give(0);
    vf_destroy();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    vf_init();
    g_test_add_func("/virtio-balloon/buffer", test_buffer);
    g_test_add_func("/virtio-balloon/poison", test_poison);
    g_test_add_func("/virtio-balloon/inhibited", test_inhibited);
    return g_test_run();
}
