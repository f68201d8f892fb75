/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files about backends share: block-backend.c, async.c. */
#ifndef BACKEND_INTERNAL_H
#define BACKEND_INTERNAL_H

#include "block-internal.h"
#include "system/blockdev.h"

typedef struct BlkRequest BlkRequest;

struct BlockBackend {
    char *name; /* NULL: the monitor does not know it */
    int refcnt;
    NodeUser root;
    uint64_t perm; /* also while there is no node */
    uint64_t shared;
    DeviceState *dev;
    const BlockDevOps *dev_ops;
    void *dev_opaque;
    DriveInfo *legacy_dinfo;
    AioContext *ctx; /* of most requests */
    bool write_cache;
    bool grows;
    bool iostatus_enabled;
    BlockDeviceIoStatus iostatus;
    BlockdevOnError on_read_error;
    BlockdevOnError on_write_error;
    BlockAcctStats stats;
    NotifierList remove_bs_notifiers;
    NotifierList insert_bs_notifiers;
    QTAILQ_ENTRY(BlockBackend) next;

    /* Requests that call back; see async.c. */
    unsigned in_flight; /* atomic */
    unsigned quiesced;  /* atomic */
    bool no_queuing;
    QemuMutex queue_lock;
    QSIMPLEQ_HEAD(, BlkRequest) queued; /* with queue_lock */
};

/*
 * What a request needs before it goes to the node, and what the backend's
 * settings add to it. 0 or a negative errno.
 */
int blk_check_request(BlockBackend *blk, BlockReq *req);

#endif
