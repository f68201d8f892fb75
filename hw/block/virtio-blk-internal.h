/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of virtio-blk share. */
#ifndef VIRTIO_BLK_INTERNAL_H
#define VIRTIO_BLK_INTERNAL_H

#include "hw/virtio/virtio-blk.h"

/* virtio-blk-request.c */

/* Begins with @req, which came from @vq or from a stream. */
void virtio_blk_init_request(VirtIOBlock *s, VirtQueue *vq,
                             VirtIOBlockReq *req);
/* Tries again the list @rq. In the queue's thread. */
void virtio_blk_retry(VirtIOBlockReq *rq);
/* Forgets the requests that were to be tried again. */
void virtio_blk_purge(VirtIOBlock *s);

/* virtio-blk-iothread.c: queues that are handled in an iothread. */

/* Fills vq_aio_context. */
bool virtio_blk_place_queues(VirtIOBlock *s, Error **errp);
void virtio_blk_forget_queues(VirtIOBlock *s);
int virtio_blk_start_ioeventfd(VirtIODevice *vdev);
void virtio_blk_stop_ioeventfd(VirtIODevice *vdev);
/* While the backend is drained, no kicks are handled. */
void virtio_blk_drained_begin(void *opaque);
void virtio_blk_drained_end(void *opaque);

#endif
