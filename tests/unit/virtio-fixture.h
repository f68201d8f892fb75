/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtio device of two queues on a virtio-mmio transport, with RAM and no
 * machine; what happens to it is for the test to do.
 */
#ifndef TESTS_VIRTIO_FIXTURE_H
#define TESTS_VIRTIO_FIXTURE_H

#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "hw/virtio/virtio-mmio.h"
#include "hw/virtio/virtio.h"
#include "memory/listener.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "standard-headers/linux/virtio_ids.h"
#include "standard-headers/linux/virtio_mmio.h"
#include "system/qtest.h"
#include "virtio-driver.h"

#define TYPE_TEST_VIRTIO "test-virtio-device"
OBJECT_DECLARE_SIMPLE_TYPE(TestVirtio, TEST_VIRTIO)

#define VF_RAM_BASE 0x80000000ull
#define VF_RAM_SIZE 0x400000
#define VF_MMIO     0x10000000ull

struct TestVirtio {
    VirtIODevice parent_obj;
    VirtQueue *vq[2];
    unsigned kicks;
    unsigned queue_resets;
    uint8_t config[16];
};

static uint8_t *vf_ram;
static TestVirtio *vf_dev;
static VirtIODevice *vf_vdev;
static VirtIOMMIOProxy *vf_mmio;

static void test_virtio_kick(VirtIODevice *vdev, VirtQueue *vq)
{
    TEST_VIRTIO(vdev)->kicks++;
}

static void test_virtio_realize(DeviceState *dev, Error **errp)
{
    TestVirtio *t = TEST_VIRTIO(dev);

    virtio_init(VIRTIO_DEVICE(dev), VIRTIO_ID_RNG, sizeof(t->config));
    for (int i = 0; i < 2; i++) {
        t->vq[i] =
            virtio_add_queue(VIRTIO_DEVICE(dev), DRV_MAX, test_virtio_kick);
    }
}

static void test_virtio_unrealize(DeviceState *dev)
{
    virtio_del_queue(VIRTIO_DEVICE(dev), 0);
    virtio_del_queue(VIRTIO_DEVICE(dev), 1);
    virtio_cleanup(VIRTIO_DEVICE(dev));
}

static uint64_t test_virtio_features(VirtIODevice *vdev, uint64_t features,
                                     Error **errp)
{
    return features;
}

static void test_virtio_get_config(VirtIODevice *vdev, uint8_t *config)
{
    memcpy(config, TEST_VIRTIO(vdev)->config, sizeof(TEST_VIRTIO(0)->config));
}

static void test_virtio_set_config(VirtIODevice *vdev, const uint8_t *config)
{
    memcpy(TEST_VIRTIO(vdev)->config, config, sizeof(TEST_VIRTIO(0)->config));
}

static void test_virtio_queue_reset(VirtIODevice *vdev, uint32_t n)
{
    TEST_VIRTIO(vdev)->queue_resets++;
}

static const VMStateDescription vmstate_test_virtio = {
    .name = "test-virtio",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){ VMSTATE_VIRTIO_DEVICE, VMSTATE_END_OF_LIST() },
};

static void test_virtio_class_init(ObjectClass *oc, void *data)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(oc);

    DEVICE_CLASS(oc)->vmsd = &vmstate_test_virtio;
    vdc->realize = test_virtio_realize;
    vdc->unrealize = test_virtio_unrealize;
    vdc->get_features = test_virtio_features;
    vdc->get_config = test_virtio_get_config;
    vdc->set_config = test_virtio_set_config;
    vdc->queue_reset = test_virtio_queue_reset;
}

static const TypeInfo test_virtio_info = {
    .name = TYPE_TEST_VIRTIO,
    .parent = TYPE_VIRTIO_DEVICE,
    .instance_size = sizeof(TestVirtio),
    .class_init = test_virtio_class_init,
};

/* Registers of the transport. */
static inline uint32_t vf_read(hwaddr reg)
{
    return address_space_ldl_le(&address_space_memory, VF_MMIO + reg,
                                MEMTXATTRS_UNSPECIFIED, NULL);
}

static inline void vf_write(hwaddr reg, uint32_t value)
{
    address_space_stl_le(&address_space_memory, VF_MMIO + reg, value,
                         MEMTXATTRS_UNSPECIFIED, NULL);
}

/* Once: the main loop, the memory map, RAM. */
static inline void vf_init(void)
{
    MemoryRegion *ram = g_new0(MemoryRegion, 1);

    module_call_init(MODULE_INIT_QOM);
    type_register_static(&test_virtio_info);
    qemu_init_main_loop(&error_abort);
    if (!bql_locked()) {
        bql_lock();
    }
    qtest_allowed = true; /* the virtual clock stands */
    qdev_create_fake_machine();
    memory_map_init();
    memory_region_init_ram(ram, NULL, "ram", VF_RAM_SIZE, &error_abort);
    memory_region_add_subregion(get_system_memory(), VF_RAM_BASE, ram);
    vf_ram = memory_region_get_ram_ptr(ram);
}

static inline void vf_create_transport(bool legacy)
{
    DeviceState *mmio = qdev_new(TYPE_VIRTIO_MMIO);

    qdev_prop_set_bit(mmio, "force-legacy", legacy);
    qdev_prop_set_bit(mmio, "ioeventfd", false);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(mmio), &error_abort);
    sysbus_mmio_map(SYS_BUS_DEVICE(mmio), 0, VF_MMIO);
    vf_mmio = VIRTIO_MMIO(mmio);
}

/* Puts @dev into the transport, which has it from now on. */
static inline void vf_realize(DeviceState *dev)
{
    vf_vdev = VIRTIO_DEVICE(dev);
    qdev_realize(dev, BUS(&vf_mmio->bus), &error_abort);
    object_unref(OBJECT(dev));
}

/* The transport, and the device with all features it can have. */
static inline void vf_create(bool legacy)
{
    DeviceState *dev = qdev_new(TYPE_TEST_VIRTIO);

    vf_create_transport(legacy);
    qdev_prop_set_bit(dev, "packed", !legacy);
    qdev_prop_set_bit(dev, "in_order", !legacy);
    vf_realize(dev);
    vf_dev = TEST_VIRTIO(dev);
}

static inline void vf_destroy(void)
{
    object_unparent(OBJECT(vf_mmio));
}

static inline void vf_negotiate(uint64_t features)
{
    vf_write(VIRTIO_MMIO_STATUS, 0);
    vf_write(VIRTIO_MMIO_STATUS,
             VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER);
    for (int i = 0; i < 2; i++) {
        vf_write(VIRTIO_MMIO_DRIVER_FEATURES_SEL, i);
        vf_write(VIRTIO_MMIO_DRIVER_FEATURES, features >> (32 * i));
    }
    vf_write(VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_ACKNOWLEDGE |
                                     VIRTIO_CONFIG_S_DRIVER |
                                     VIRTIO_CONFIG_S_FEATURES_OK);
    g_assert_cmphex(vf_vdev->guest_features, ==, features);
}

/* Queue @n as @d has it; then the driver is ready. */
static inline void vf_start_queue(const Drv *d, int n)
{
    vf_write(VIRTIO_MMIO_QUEUE_SEL, n);
    vf_write(VIRTIO_MMIO_QUEUE_NUM, d->num);
    vf_write(VIRTIO_MMIO_QUEUE_DESC_LOW, d->base + DRV_DESC);
    vf_write(VIRTIO_MMIO_QUEUE_DESC_HIGH, 0);
    vf_write(VIRTIO_MMIO_QUEUE_AVAIL_LOW, d->base + DRV_AVAIL);
    vf_write(VIRTIO_MMIO_QUEUE_AVAIL_HIGH, 0);
    vf_write(VIRTIO_MMIO_QUEUE_USED_LOW, d->base + DRV_USED);
    vf_write(VIRTIO_MMIO_QUEUE_USED_HIGH, 0);
    vf_write(VIRTIO_MMIO_QUEUE_READY, 1);
    vf_write(VIRTIO_MMIO_STATUS,
             VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER |
                 VIRTIO_CONFIG_S_FEATURES_OK | VIRTIO_CONFIG_S_DRIVER_OK);
}

#endif
