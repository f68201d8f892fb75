/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A driver's accesses to the configuration. vdev->config is a copy: it is
 * brought up to date before a read, and handed to the device after a write.
 */
#include "qemu/osdep.h"
#include "exec/tswap.h"
#include "hw/virtio/virtio.h"

/* Where [@addr, +@size) of the configuration is; NULL beyond its end. */
static uint8_t *config_at(VirtIODevice *vdev, uint32_t addr, size_t size)
{
    if (size > vdev->config_len || addr > vdev->config_len - size) {
        return NULL;
    }
    return (uint8_t *)vdev->config + addr;
}

static uint32_t config_read(VirtIODevice *vdev, uint32_t addr, size_t size,
                            bool big_endian)
{
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);
    uint8_t *at = config_at(vdev, addr, size);

    if (!at) {
        return -1;
    }
    if (k->get_config) {
        k->get_config(vdev, vdev->config);
    }
    return big_endian ? ldn_be_p(at, size) : ldn_le_p(at, size);
}

static void config_write(VirtIODevice *vdev, uint32_t addr, size_t size,
                         uint32_t value, bool big_endian)
{
    VirtioDeviceClass *k = VIRTIO_DEVICE_GET_CLASS(vdev);
    uint8_t *at = config_at(vdev, addr, size);

    if (!at) {
        return;
    }
    if (big_endian) {
        stn_be_p(at, size, value);
    } else {
        stn_le_p(at, size, value);
    }
    if (k->set_config) {
        k->set_config(vdev, vdev->config);
    }
}

/* Legacy transports are in the target's byte order (4.1.4.10, 4.2.4). */
#define DEFINE_CONFIG_IO(letter, size)                                       \
    uint32_t virtio_config_read##letter(VirtIODevice *vdev, uint32_t addr)   \
    {                                                                        \
        return config_read(vdev, addr, size, target_words_bigendian());      \
    }                                                                        \
    void virtio_config_write##letter(VirtIODevice *vdev, uint32_t addr,      \
                                     uint32_t data)                          \
    {                                                                        \
        config_write(vdev, addr, size, data, target_words_bigendian());      \
    }                                                                        \
    uint32_t virtio_config_modern_read##letter(VirtIODevice *vdev,           \
                                               uint32_t addr)                \
    {                                                                        \
        return config_read(vdev, addr, size, false);                         \
    }                                                                        \
    void virtio_config_modern_write##letter(VirtIODevice *vdev,              \
                                            uint32_t addr, uint32_t data)    \
    {                                                                        \
        config_write(vdev, addr, size, data, false);                         \
    }

DEFINE_CONFIG_IO(b, 1)
DEFINE_CONFIG_IO(w, 2)
DEFINE_CONFIG_IO(l, 4)
