/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory balloon (virtio 1.2, section 5.5): the driver gives pages back,
 * by number, to the host, which discards what they hold.
 *
 * Four queues: inflate, deflate, statistics, and, with free-page-reporting,
 * one in which the driver names memory that nobody uses at the moment.
 * num_pages is what the user wants, actual what the driver has given. The
 * parts are hw/virtio/virtio-balloon.c (the device), virtio-balloon-pages.c
 * (what is done with memory) and virtio-balloon-stats.c.
 *
 * Hints of free pages serve migration alone: without it, free-page-hint=on is
 * refused; its fields are here for the format of the saved state.
 */
#ifndef QEMU_VIRTIO_BALLOON_H
#define QEMU_VIRTIO_BALLOON_H

#include "standard-headers/linux/virtio_balloon.h"
#include "hw/resettable.h"
#include "hw/virtio/virtio.h"
#include "qemu/timer.h"
#include "qom/object.h"
#include "system/iothread.h"

#define TYPE_VIRTIO_BALLOON "virtio-balloon-device"
OBJECT_DECLARE_SIMPLE_TYPE(VirtIOBalloon, VIRTIO_BALLOON)

/* The first command id, of those that are not VIRTIO_BALLOON_CMD_ID_*. */
#define VIRTIO_BALLOON_FREE_PAGE_HINT_CMD_ID_MIN 0x80000000

typedef struct virtio_balloon_stat VirtIOBalloonStat;

/* As a modern driver could have it with fields at their own alignment. */
typedef struct virtio_balloon_stat_modern {
    uint16_t tag;
    uint8_t reserved[6];
    uint64_t val;
} VirtIOBalloonStatModern;

enum virtio_balloon_free_page_hint_status {
    FREE_PAGE_HINT_S_STOP = 0,
    FREE_PAGE_HINT_S_REQUESTED = 1,
    FREE_PAGE_HINT_S_START = 2,
    FREE_PAGE_HINT_S_DONE = 3,
};

/*
 * @stats_vq_elem is the driver's buffer, kept until news are wanted, and
 * @stats_vq_offset how much of it was read. @stats_poll_interval is in
 * seconds, 0 for never; @stats_last_update in seconds of the real time.
 */
struct VirtIOBalloon {
    VirtIODevice parent_obj;
    VirtQueue *ivq, *dvq, *svq, *free_page_vq, *reporting_vq;
    uint32_t free_page_hint_status;
    uint32_t num_pages;
    uint32_t actual;
    uint32_t free_page_hint_cmd_id;
    uint64_t stats[VIRTIO_BALLOON_S_NR];
    VirtQueueElement *stats_vq_elem;
    size_t stats_vq_offset;
    QEMUTimer *stats_timer;
    IOThread *iothread;
    int64_t stats_last_update;
    int64_t stats_poll_interval;
    uint32_t host_features;
    bool qemu_4_0_config_size;
    uint32_t poison_val;
    ResettableState reset_state;
};

#endif
