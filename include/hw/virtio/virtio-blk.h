/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The block device of virtio (1.2, section 5.2): a disk whose requests go to a
 * BlockBackend. Its transports embed a VirtIOBlock, or find it on their bus:
 * "virtio-blk-device" on virtio-mmio, "virtio-blk-pci".
 *
 * virtio_blk_handle_vq() takes all requests of a queue, merges those that
 * follow one another, and hands them to the backend; virtio_blk_req_complete()
 * gives one back to the driver. With an iothread, both run in it.
 */
#ifndef QEMU_VIRTIO_BLK_H
#define QEMU_VIRTIO_BLK_H

#include "standard-headers/linux/virtio_blk.h"
#include "hw/block/block.h"
#include "hw/virtio/virtio.h"
#include "qemu/iov.h"
#include "qom/object.h"
#include "system/block-backend.h"
#include "system/iothread.h"

#define TYPE_VIRTIO_BLK "virtio-blk-device"
OBJECT_DECLARE_TYPE(VirtIOBlock, VirtIOBlkClass, VIRTIO_BLK)

/* The last byte that the device writes. */
struct virtio_blk_inhdr {
    unsigned char status;
};

/* num-queues=auto: one, or what a PCI proxy takes for the CPUs. */
#define VIRTIO_BLK_AUTO_NUM_QUEUES UINT16_MAX

struct VirtIOBlkConf {
    BlockConf conf;
    IOThread *iothread;
    char *serial;
    uint32_t request_merging;
    uint16_t num_queues;
    uint16_t queue_size;
    bool seg_max_adjust;
    bool report_discard_granularity;
    uint32_t max_discard_sectors;
    uint32_t max_write_zeroes_sectors;
    bool x_enable_wce_if_config_wce;
};

struct VirtIOBlockReq;
struct VirtIOBlock {
    VirtIODevice parent_obj;
    BlockBackend *blk;
    QemuMutex rq_lock;
    struct VirtIOBlockReq *rq; /* to be tried again; with rq_lock */
    VirtIOBlkConf conf;
    unsigned short sector_mask;
    bool original_wce;
    VMChangeStateEntry *change;
    bool ioeventfd_disabled;
    bool ioeventfd_started;
    bool ioeventfd_starting;
    bool ioeventfd_stopping;

    /* Where each queue is handled. */
    AioContext **vq_aio_context;

    uint64_t host_features;
    size_t config_size;
};

typedef struct VirtIOBlockReq {
    VirtQueueElement elem;
    int64_t sector_num;
    VirtIOBlock *dev;
    VirtQueue *vq;
    IOVDiscardUndo inhdr_undo;
    IOVDiscardUndo outhdr_undo;
    struct virtio_blk_inhdr *in;
    struct virtio_blk_outhdr out;
    QEMUIOVector qiov;
    size_t in_len;
    struct VirtIOBlockReq *next;    /* in VirtIOBlock.rq */
    struct VirtIOBlockReq *mr_next; /* merged with this one */
    BlockAcctCookie acct;
} VirtIOBlockReq;

#define VIRTIO_BLK_MAX_MERGE_REQS 32

/* Requests of one direction that are not handed over yet. */
typedef struct MultiReqBuffer {
    VirtIOBlockReq *reqs[VIRTIO_BLK_MAX_MERGE_REQS];
    unsigned int num_reqs;
    bool is_write;
} MultiReqBuffer;

/* handle_unknown_request() says whether it has taken the request. */
typedef struct VirtIOBlkClass {
    VirtioDeviceClass parent;
    bool (*handle_unknown_request)(VirtIOBlockReq *req, MultiReqBuffer *mrb,
                                   uint32_t type);
} VirtIOBlkClass;

/* Handles what is available in @vq. In the queue's thread. */
void virtio_blk_handle_vq(VirtIOBlock *s, VirtQueue *vq);
/* Gives @req back with @status; the caller frees it. */
void virtio_blk_req_complete(VirtIOBlockReq *req, unsigned char status);

#endif
