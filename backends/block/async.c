/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A backend's requests that call back.
 *
 * Each goes down to its leaf at once, in the calling thread, and is then
 * carried out in one of three ways: on the spot if nothing has to be waited
 * for, by io_uring, or in a thread of a pool. The callback always comes later,
 * in the context of the caller. While a backend is drained, new requests wait.
 */
#include "qemu/osdep.h"
#include "backend-internal.h"
#include "block/aio-wait.h"
#include "block/thread-pool.h"
#include "qapi/error.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"

struct BlkRequest {
    BlockAIOCB common;
    BlockBackend *blk;
    AioContext *ctx;
    BlockReq req;
    BlockDriverState *leaf;
    NodeRange range;
    bool tracked; /* @range is entered */
    int ret;
    QSIMPLEQ_ENTRY(BlkRequest) next; /* while the backend is drained */
};

/*** The end. ***/

static void finish(BlkRequest *r, int ret)
{
    BlockBackend *blk = r->blk;

    r->common.cb(r->common.opaque, ret);
    qemu_aio_unref(r);
    blk_dec_in_flight(blk);
}

static void finish_late(void *opaque)
{
    BlkRequest *r = opaque;

    finish(r, r->ret);
}

/* The result is there, but the caller is not ready for a callback. */
static void set_result(BlkRequest *r, int ret)
{
    r->ret = ret;
    aio_bh_schedule_oneshot(r->ctx, finish_late, r);
}

/*** Carrying out. ***/

static int run_in_thread(void *opaque)
{
    BlkRequest *r = opaque;

    return r->leaf->drv->run(r->leaf, &r->req);
}

static void thread_done(void *opaque, int ret)
{
    finish(opaque, ret);
}

static void submit_to_thread(BlkRequest *r)
{
    thread_pool_submit_aio(run_in_thread, r, thread_done, r);
}

/* Anything that is not plain success is for a thread to sort out. */
static void uring_done(void *opaque, int ret)
{
    BlkRequest *r = opaque;
    bool short_one = r->req.kind != REQ_FLUSH && ret >= 0 && ret < r->req.bytes;

    if (r->tracked) {
        node_range_leave(r->leaf, &r->range);
        r->tracked = false;
    }
    if (short_one || ret == -EINTR || ret == -EAGAIN ||
        (r->req.kind == REQ_FLUSH && ret < 0)) {
        submit_to_thread(r);
    } else {
        finish(r, MIN(ret, 0));
    }
}

static bool submit_to_uring(BlkRequest *r)
{
    BlockDriverState *leaf = r->leaf;

    if (!file_uses_uring(leaf, &r->req)) {
        return false;
    }
    if (leaf->direct && r->req.kind == REQ_WRITE) {
        if (!node_range_enter(leaf, &r->range, r->req.offset, r->req.bytes,
                              false, false)) {
            return false;
        }
        r->tracked = true;
    }
    if (uring_submit(leaf->fd, &r->req, uring_done, r)) {
        return true;
    }
    if (r->tracked) {
        node_range_leave(leaf, &r->range);
        r->tracked = false;
    }
    return false;
}

static void start(BlkRequest *r)
{
    int ret = blk_check_request(r->blk, &r->req);

    if (ret || !node_prepare(blk_bs(r->blk), &r->req, &r->leaf, &ret)) {
        set_result(r, ret);
    } else if (r->leaf->fd < 0) {
        set_result(r, r->leaf->drv->run(r->leaf, &r->req));
    } else if (file_run_now(r->leaf, &r->req, &ret)) {
        set_result(r, ret);
    } else if (!submit_to_uring(r)) {
        submit_to_thread(r);
    }
}

/*** Draining. ***/

void blk_inc_in_flight(BlockBackend *blk)
{
    qatomic_inc(&blk->in_flight);
}

void blk_dec_in_flight(BlockBackend *blk)
{
    /* The backend may be gone as soon as nothing is under way. */
    if (qatomic_fetch_dec(&blk->in_flight) == 1) {
        aio_wait_kick();
    }
}

/* False if it was put aside. */
static bool may_start(BlkRequest *r)
{
    BlockBackend *blk = r->blk;

    /* Counted first: whoever drains sees it, or it sees that it must wait. */
    blk_inc_in_flight(blk);
    smp_mb();
    if (!qatomic_read(&blk->quiesced) || blk->no_queuing) {
        return true;
    }
    WITH_QEMU_LOCK_GUARD(&blk->queue_lock) {
        if (!qatomic_read(&blk->quiesced)) {
            return true;
        }
        QSIMPLEQ_INSERT_TAIL(&blk->queued, r, next);
    }
    blk_dec_in_flight(blk);
    return false;
}

static void start_queued(void *opaque)
{
    BlkRequest *r = opaque;

    if (may_start(r)) {
        start(r);
    }
}

static void drained_begin(BlockBackend *blk)
{
    GLOBAL_STATE_CODE();
    if (qatomic_fetch_inc(&blk->quiesced) == 0 && blk->dev_ops &&
        blk->dev_ops->drained_begin) {
        blk->dev_ops->drained_begin(blk->dev_opaque);
    }
    smp_mb();
}

static bool busy(BlockBackend *blk)
{
    return qatomic_read(&blk->in_flight) ||
           (blk->dev_ops && blk->dev_ops->drained_poll &&
            blk->dev_ops->drained_poll(blk->dev_opaque));
}

static void drained_end(BlockBackend *blk)
{
    BlkRequest *r;

    assert(blk->quiesced > 0);
    WITH_QEMU_LOCK_GUARD(&blk->queue_lock) {
        if (qatomic_fetch_dec(&blk->quiesced) > 1) {
            return;
        }
        /* In their own threads, each after those that came before it. */
        while ((r = QSIMPLEQ_FIRST(&blk->queued))) {
            QSIMPLEQ_REMOVE_HEAD(&blk->queued, next);
            aio_bh_schedule_oneshot(r->ctx, start_queued, r);
        }
    }
    if (blk->dev_ops && blk->dev_ops->drained_end) {
        blk->dev_ops->drained_end(blk->dev_opaque);
    }
}

bool blk_in_drain(BlockBackend *blk)
{
    return qatomic_read(&blk->quiesced);
}

void blk_drain(BlockBackend *blk)
{
    blk_ref(blk);
    drained_begin(blk);
    AIO_WAIT_WHILE_UNLOCKED(NULL, busy(blk));
    drained_end(blk);
    blk_unref(blk);
}

/* Whether @bs, NULL for any, is below @blk. */
static bool uses(BlockBackend *blk, BlockDriverState *bs)
{
    BlockDriverState *at = blk_bs(blk);

    while (bs && at && at != bs) {
        at = at->drv->is_filter ? at->child.bs : NULL;
    }
    return !bs || at == bs;
}

static bool any_busy(BlockDriverState *bs)
{
    for (BlockBackend *blk = NULL; (blk = blk_all_next(blk));) {
        if (uses(blk, bs) && busy(blk)) {
            return true;
        }
    }
    return false;
}

static void begin_all(BlockDriverState *bs)
{
    for (BlockBackend *blk = NULL; (blk = blk_all_next(blk));) {
        if (uses(blk, bs)) {
            drained_begin(blk);
        }
    }
    AIO_WAIT_WHILE_UNLOCKED(NULL, any_busy(bs));
}

static void end_all(BlockDriverState *bs)
{
    for (BlockBackend *blk = NULL; (blk = blk_all_next(blk));) {
        if (uses(blk, bs)) {
            drained_end(blk);
        }
    }
}

void bdrv_drained_begin(BlockDriverState *bs)
{
    begin_all(bs);
}

void bdrv_drained_end(BlockDriverState *bs)
{
    end_all(bs);
}

void bdrv_drain_all_begin(void)
{
    begin_all(NULL);
}

void bdrv_drain_all_end(void)
{
    end_all(NULL);
}

void bdrv_drain_all(void)
{
    begin_all(NULL);
    end_all(NULL);
}

void blk_drain_all(void)
{
    bdrv_drain_all();
}

void blk_notify_resize(BlockDriverState *bs)
{
    for (BlockBackend *blk = NULL; (blk = blk_all_next(blk));) {
        if (blk_bs(blk) && uses(blk, bs) && blk->dev_ops &&
            blk->dev_ops->resize_cb) {
            blk->dev_ops->resize_cb(blk->dev_opaque);
        }
    }
}

/*** Making requests. ***/

static const AIOCBInfo request_info = { .aiocb_size = sizeof(BlkRequest) };

static BlkRequest *new_request(BlockBackend *blk, BlockCompletionFunc *cb,
                               void *opaque)
{
    BlkRequest *r = qemu_aio_get(&request_info, NULL, cb, opaque);

    r->blk = blk;
    r->ctx = qemu_get_current_aio_context() ?: qemu_get_aio_context();
    r->tracked = false;
    return r;
}

static BlockAIOCB *submit(BlockBackend *blk, BlockReq req,
                          BlockCompletionFunc *cb, void *opaque)
{
    BlkRequest *r = new_request(blk, cb, opaque);

    r->req = req;
    if (may_start(r)) {
        start(r);
    }
    return &r->common;
}

BlockAIOCB *blk_abort_aio_request(BlockBackend *blk, BlockCompletionFunc *cb,
                                  void *opaque, int ret)
{
    BlkRequest *r = new_request(blk, cb, opaque);

    blk_inc_in_flight(blk);
    set_result(r, ret);
    return &r->common;
}

void *blk_aio_get(const AIOCBInfo *aiocb_info, BlockBackend *blk,
                  BlockCompletionFunc *cb, void *opaque)
{
    return qemu_aio_get(aiocb_info, blk_bs(blk), cb, opaque);
}

static BlockReq vector(ReqKind kind, int64_t offset, QEMUIOVector *qiov,
                       BdrvRequestFlags flags)
{
    return (BlockReq){ .kind = kind,
                       .offset = offset,
                       .bytes = qiov->size,
                       .iov = qiov->iov,
                       .niov = qiov->niov,
                       .flags = flags };
}

BlockAIOCB *blk_aio_preadv(BlockBackend *blk, int64_t offset,
                           QEMUIOVector *qiov, BdrvRequestFlags flags,
                           BlockCompletionFunc *cb, void *opaque)
{
    return submit(blk, vector(REQ_READ, offset, qiov, flags), cb, opaque);
}

BlockAIOCB *blk_aio_pwritev(BlockBackend *blk, int64_t offset,
                            QEMUIOVector *qiov, BdrvRequestFlags flags,
                            BlockCompletionFunc *cb, void *opaque)
{
    return submit(blk, vector(REQ_WRITE, offset, qiov, flags), cb, opaque);
}

BlockAIOCB *blk_aio_pwrite_zeroes(BlockBackend *blk, int64_t offset,
                                  int64_t bytes, BdrvRequestFlags flags,
                                  BlockCompletionFunc *cb, void *opaque)
{
    return submit(blk,
                  (BlockReq){ .kind = REQ_ZERO,
                              .offset = offset,
                              .bytes = bytes,
                              .flags = flags },
                  cb, opaque);
}

BlockAIOCB *blk_aio_pdiscard(BlockBackend *blk, int64_t offset, int64_t bytes,
                             BlockCompletionFunc *cb, void *opaque)
{
    return submit(
        blk,
        (BlockReq){ .kind = REQ_DISCARD, .offset = offset, .bytes = bytes }, cb,
        opaque);
}

BlockAIOCB *blk_aio_flush(BlockBackend *blk, BlockCompletionFunc *cb,
                          void *opaque)
{
    return submit(blk, (BlockReq){ .kind = REQ_FLUSH }, cb, opaque);
}

BlockAIOCB *blk_aio_ioctl(BlockBackend *blk, unsigned long int req, void *buf,
                          BlockCompletionFunc *cb, void *opaque)
{
    return blk_abort_aio_request(blk, cb, opaque, -ENOTSUP);
}

/* A request that is under way comes to its end by itself, and soon. */
void blk_aio_cancel_async(BlockAIOCB *acb)
{
}

static bool only_ref(BlockAIOCB *acb)
{
    return acb->refcnt == 1;
}

void blk_aio_cancel(BlockAIOCB *acb)
{
    qemu_aio_ref(acb);
    AIO_WAIT_WHILE_UNLOCKED(NULL, !only_ref(acb));
    qemu_aio_unref(acb);
}
