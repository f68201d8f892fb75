/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the balloon have in common. */
#ifndef HW_VIRTIO_BALLOON_INTERNAL_H
#define HW_VIRTIO_BALLOON_INTERNAL_H

#include "hw/virtio/virtio-balloon.h"

/* The handlers of the inflate and deflate queues, and of reports. */
void virtio_balloon_handle_pages(VirtIODevice *vdev, VirtQueue *vq);
void virtio_balloon_handle_report(VirtIODevice *vdev, VirtQueue *vq);

/* The handler of the statistics queue. */
void virtio_balloon_receive_stats(VirtIODevice *vdev, VirtQueue *vq);
/* Adds the properties guest-stats and guest-stats-polling-interval. */
void virtio_balloon_add_stats_properties(Object *obj);
/* Forgets all statistics. */
void virtio_balloon_reset_stats(VirtIOBalloon *s);
/* Gives the driver's buffer back to the queue, as if it had not been popped. */
void virtio_balloon_unpop_stats(VirtIOBalloon *s);
/* Starts the timer again after loading; ends asking. */
void virtio_balloon_resume_stats(VirtIOBalloon *s);
void virtio_balloon_stop_stats(VirtIOBalloon *s);

#endif
