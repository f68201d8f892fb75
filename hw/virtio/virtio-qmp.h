/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the monitor says about virtio devices: bits in words. */
#ifndef HW_VIRTIO_QMP_H
#define HW_VIRTIO_QMP_H

#include "hw/virtio/virtio.h"
#include "qapi/qapi-types-virtio.h"

/* The realized device with this path; NULL if there is none. */
VirtIODevice *qmp_find_virtio_device(const char *path);

/* The bits of a status, or of features of a kind of device; to be freed. */
VirtioDeviceStatus *qmp_decode_status(uint8_t bitmap);
VirtioDeviceFeatures *qmp_decode_features(uint16_t device_id, uint64_t bitmap);

#endif
