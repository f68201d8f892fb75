/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bits of virtio devices in words, as QEMU says them. */
#include "qemu/osdep.h"
#include "qapi/util.h"
#include "standard-headers/linux/virtio_balloon.h"
#include "standard-headers/linux/virtio_blk.h"
#include "standard-headers/linux/virtio_console.h"
#include "standard-headers/linux/virtio_ids.h"
#include "standard-headers/linux/virtio_mem.h"
#include "virtio-qmp.h"

/* Of vhost and vhost-user: bits that a driver never sees. */
#define VHOST_F_LOG_ALL                26
#define VHOST_USER_F_PROTOCOL_FEATURES 30

/* ---- tables -------------------------------------------------------------- */

static const qmp_virtio_feature_map_t transport_map[] = {
    { VIRTIO_F_NOTIFY_ON_EMPTY,
      "VIRTIO_F_NOTIFY_ON_EMPTY: Notify when device runs out of avail. "
      "descs. on VQ" },
    { VIRTIO_F_ANY_LAYOUT,
      "VIRTIO_F_ANY_LAYOUT: Device accepts arbitrary desc. layouts" },
    { VIRTIO_F_VERSION_1,
      "VIRTIO_F_VERSION_1: Device compliant for v1 spec (legacy)" },
    { VIRTIO_F_IOMMU_PLATFORM,
      "VIRTIO_F_IOMMU_PLATFORM: Device can be used on IOMMU platform" },
    { VIRTIO_F_RING_PACKED,
      "VIRTIO_F_RING_PACKED: Device supports packed VQ layout" },
    { VIRTIO_F_IN_ORDER,
      "VIRTIO_F_IN_ORDER: Device uses buffers in same order as made "
      "available by driver" },
    { VIRTIO_F_ORDER_PLATFORM,
      "VIRTIO_F_ORDER_PLATFORM: Memory accesses ordered by platform" },
    { VIRTIO_F_SR_IOV,
      "VIRTIO_F_SR_IOV: Device supports single root I/O virtualization" },
    { VIRTIO_F_RING_RESET,
      "VIRTIO_F_RING_RESET: Driver can reset a queue individually" },
    { VIRTIO_RING_F_INDIRECT_DESC,
      "VIRTIO_RING_F_INDIRECT_DESC: Indirect descriptors supported" },
    { VIRTIO_RING_F_EVENT_IDX,
      "VIRTIO_RING_F_EVENT_IDX: Used & avail. event fields enabled" },
    { -1, NULL },
};

static const qmp_virtio_feature_map_t status_map[] = {
    { VIRTIO_CONFIG_S_DRIVER_OK,
      "VIRTIO_CONFIG_S_DRIVER_OK: Driver setup and ready" },
    { VIRTIO_CONFIG_S_FEATURES_OK,
      "VIRTIO_CONFIG_S_FEATURES_OK: Feature negotiation complete" },
    { VIRTIO_CONFIG_S_DRIVER,
      "VIRTIO_CONFIG_S_DRIVER: Guest OS compatible with device" },
    { VIRTIO_CONFIG_S_NEEDS_RESET,
      "VIRTIO_CONFIG_S_NEEDS_RESET: Irrecoverable error, device needs "
      "reset" },
    { VIRTIO_CONFIG_S_FAILED,
      "VIRTIO_CONFIG_S_FAILED: Error in guest, device failed" },
    { VIRTIO_CONFIG_S_ACKNOWLEDGE,
      "VIRTIO_CONFIG_S_ACKNOWLEDGE: Valid virtio device found" },
    { -1, NULL },
};

static const qmp_virtio_feature_map_t blk_map[] = {
    { VIRTIO_BLK_F_SIZE_MAX,
      "VIRTIO_BLK_F_SIZE_MAX: Max segment size is size_max" },
    { VIRTIO_BLK_F_SEG_MAX,
      "VIRTIO_BLK_F_SEG_MAX: Max segments in a request is seg_max" },
    { VIRTIO_BLK_F_GEOMETRY,
      "VIRTIO_BLK_F_GEOMETRY: Legacy geometry available" },
    { VIRTIO_BLK_F_RO, "VIRTIO_BLK_F_RO: Device is read-only" },
    { VIRTIO_BLK_F_BLK_SIZE,
      "VIRTIO_BLK_F_BLK_SIZE: Block size of disk available" },
    { VIRTIO_BLK_F_TOPOLOGY,
      "VIRTIO_BLK_F_TOPOLOGY: Topology information available" },
    { VIRTIO_BLK_F_MQ, "VIRTIO_BLK_F_MQ: Multiqueue supported" },
    { VIRTIO_BLK_F_DISCARD, "VIRTIO_BLK_F_DISCARD: Discard command supported" },
    { VIRTIO_BLK_F_WRITE_ZEROES,
      "VIRTIO_BLK_F_WRITE_ZEROES: Write zeroes command supported" },
    { VIRTIO_BLK_F_SECURE_ERASE,
      "VIRTIO_BLK_F_SECURE_ERASE: Secure erase supported" },
    { VIRTIO_BLK_F_ZONED, "VIRTIO_BLK_F_ZONED: Zoned block devices" },
    { VIRTIO_BLK_F_BARRIER,
      "VIRTIO_BLK_F_BARRIER: Request barriers supported" },
    { VIRTIO_BLK_F_SCSI, "VIRTIO_BLK_F_SCSI: SCSI packet commands supported" },
    { VIRTIO_BLK_F_FLUSH, "VIRTIO_BLK_F_FLUSH: Flush command supported" },
    { VIRTIO_BLK_F_CONFIG_WCE,
      "VIRTIO_BLK_F_CONFIG_WCE: Cache writeback and writethrough modes "
      "supported" },
    { VHOST_F_LOG_ALL, "VHOST_F_LOG_ALL: Logging write descriptors supported" },
    { VHOST_USER_F_PROTOCOL_FEATURES,
      "VHOST_USER_F_PROTOCOL_FEATURES: Vhost-user protocol features "
      "negotiation supported" },
    { -1, NULL },
};

static const qmp_virtio_feature_map_t serial_map[] = {
    { VIRTIO_CONSOLE_F_SIZE,
      "VIRTIO_CONSOLE_F_SIZE: Host providing console size" },
    { VIRTIO_CONSOLE_F_MULTIPORT,
      "VIRTIO_CONSOLE_F_MULTIPORT: Multiple ports for device supported" },
    { VIRTIO_CONSOLE_F_EMERG_WRITE,
      "VIRTIO_CONSOLE_F_EMERG_WRITE: Emergency write supported" },
    { -1, NULL },
};

static const qmp_virtio_feature_map_t balloon_map[] = {
    { VIRTIO_BALLOON_F_MUST_TELL_HOST,
      "VIRTIO_BALLOON_F_MUST_TELL_HOST: Tell host before reclaiming pages" },
    { VIRTIO_BALLOON_F_STATS_VQ,
      "VIRTIO_BALLOON_F_STATS_VQ: Guest memory stats VQ available" },
    { VIRTIO_BALLOON_F_DEFLATE_ON_OOM,
      "VIRTIO_BALLOON_F_DEFLATE_ON_OOM: Deflate balloon when guest OOM" },
    { VIRTIO_BALLOON_F_FREE_PAGE_HINT,
      "VIRTIO_BALLOON_F_FREE_PAGE_HINT: VQ reporting free pages enabled" },
    { VIRTIO_BALLOON_F_PAGE_POISON,
      "VIRTIO_BALLOON_F_PAGE_POISON: Guest page poisoning enabled" },
    { VIRTIO_BALLOON_F_REPORTING,
      "VIRTIO_BALLOON_F_REPORTING: Page reporting VQ enabled" },
    { -1, NULL },
};

static const qmp_virtio_feature_map_t mem_map[] = {
    { VIRTIO_MEM_F_ACPI_PXM,
      "VIRTIO_MEM_F_ACPI_PXM: node_id is an ACPI PXM and is valid" },
    { VIRTIO_MEM_F_UNPLUGGED_INACCESSIBLE,
      "VIRTIO_MEM_F_UNPLUGGED_INACCESSIBLE: Unplugged memory cannot be "
      "accessed" },
    { VIRTIO_MEM_F_PERSISTENT_SUSPEND,
      "VIRTIO_MEM_F_PERSISTENT_SUSPND: Plugged memory will remain "
      "plugged when suspending+resuming" },
    { -1, NULL },
};

static const qmp_virtio_feature_map_t rng_map[] = {
    { VHOST_F_LOG_ALL, "VHOST_F_LOG_ALL: Logging write descriptors supported" },
    { VHOST_USER_F_PROTOCOL_FEATURES,
      "VHOST_USER_F_PROTOCOL_FEATURES: Vhost-user protocol features "
      "negotiation supported" },
    { -1, NULL },
};

/* By the number of the device; those that are not here have no features. */
static const qmp_virtio_feature_map_t *const device_maps[] = {
    [VIRTIO_ID_BLOCK] = blk_map, [VIRTIO_ID_CONSOLE] = serial_map,
    [VIRTIO_ID_RNG] = rng_map,   [VIRTIO_ID_BALLOON] = balloon_map,
    [VIRTIO_ID_MEM] = mem_map,
};

/* ---- decoding ------------------------------------------------------------ */

/* Takes the bits that @map knows out of *@bits; the last one comes first. */
static strList *take_known(const qmp_virtio_feature_map_t *map, uint64_t *bits,
                           bool by_number)
{
    strList *list = NULL;

    for (; map->feature_desc; map++) {
        uint64_t bit = by_number ? BIT_ULL(map->virtio_bit) : map->virtio_bit;

        if (*bits & bit) {
            *bits &= ~bit;
            QAPI_LIST_PREPEND(list, g_strdup(map->feature_desc));
        }
    }
    return list;
}

VirtioDeviceStatus *qmp_decode_status(uint8_t bitmap)
{
    VirtioDeviceStatus *status = g_new0(VirtioDeviceStatus, 1);
    uint64_t bits = bitmap;

    status->statuses = take_known(status_map, &bits, false);
    status->has_unknown_statuses = bits;
    status->unknown_statuses = bits;
    return status;
}

VirtioDeviceFeatures *qmp_decode_features(uint16_t device_id, uint64_t bitmap)
{
    VirtioDeviceFeatures *features = g_new0(VirtioDeviceFeatures, 1);

    features->transports = take_known(transport_map, &bitmap, true);
    features->has_dev_features = true;
    if (device_id < ARRAY_SIZE(device_maps) && device_maps[device_id]) {
        features->dev_features =
            take_known(device_maps[device_id], &bitmap, true);
    }
    features->has_unknown_dev_features = bitmap;
    features->unknown_dev_features = bitmap;
    return features;
}
