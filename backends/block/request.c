/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A node's requests: on their way down through filters to the leaf that
 * carries them out, and carried out while the caller waits.
 */
#include "qemu/osdep.h"
#include "block-internal.h"
#include "block/aio-wait.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/lockable.h"

/*** The way down. ***/

static int check_bounds(BlockDriverState *bs, const BlockReq *req)
{
    int64_t length = bdrv_getlength(bs);

    if (req->kind == REQ_FLUSH) {
        return 0;
    }
    if (length < 0) {
        return length;
    }
    if (req->offset < 0 || req->bytes < 0 || req->offset > length ||
        req->bytes > length - req->offset) {
        return -EIO;
    }
    return req->iov && req->bytes > BDRV_REQUEST_MAX_BYTES ? -EIO : 0;
}

static bool all_zero(const BlockReq *req)
{
    for (int i = 0; i < req->niov; i++) {
        if (!buffer_is_zero(req->iov[i].iov_base, req->iov[i].iov_len)) {
            return false;
        }
    }
    return true;
}

/* What @bs, as its options say, makes of @req. True: nothing is left to do. */
static bool apply_options(BlockDriverState *bs, BlockReq *req, int *ret)
{
    *ret = 0;
    if (req->kind == REQ_READ) {
        return false;
    }
    if (req->kind == REQ_FLUSH) {
        return bs->no_flush || bs->read_only;
    }
    if (req->kind == REQ_DISCARD && !bs->unmap) {
        return true;
    }
    if (bs->read_only) {
        *ret = -EPERM;
        return true;
    }
    if (req->kind == REQ_WRITE &&
        bs->detect_zeroes != BLOCKDEV_DETECT_ZEROES_OPTIONS_OFF &&
        all_zero(req)) {
        req->kind = REQ_ZERO;
        if (bs->detect_zeroes == BLOCKDEV_DETECT_ZEROES_OPTIONS_UNMAP) {
            req->flags |= BDRV_REQ_MAY_UNMAP;
        }
    }
    if (req->kind != REQ_DISCARD &&
        req->offset + req->bytes > qatomic_read(&bs->highest_write)) {
        qatomic_set(&bs->highest_write, req->offset + req->bytes);
    }
    if (bs->no_flush) {
        req->flags &= ~BDRV_REQ_FUA;
    }
    if (!bs->unmap) {
        req->flags &= ~BDRV_REQ_MAY_UNMAP;
    }
    return false;
}

bool node_prepare(BlockDriverState *bs, BlockReq *req, BlockDriverState **leaf,
                  int *ret)
{
    *ret = check_bounds(bs, req);
    if (bdrv_is_inactive(bs) && req->kind != REQ_READ &&
        req->kind != REQ_FLUSH) {
        *ret = -EPERM; /* another process may be writing */
    }
    if (*ret || (!req->bytes && req->kind != REQ_FLUSH)) {
        return false;
    }
    for (;;) {
        if (apply_options(bs, req, ret)) {
            return false;
        }
        if (!bs->drv->is_filter) {
            *leaf = bs;
            return true;
        }
        *ret = bs->drv->map ? bs->drv->map(bs, req) : 0;
        if (*ret) {
            return false;
        }
        bs = bs->child.bs;
    }
}

int node_run(BlockDriverState *bs, BlockReq *req)
{
    BlockDriverState *leaf;
    int ret;

    return node_prepare(bs, req, &leaf, &ret) ? leaf->drv->run(leaf, req) : ret;
}

/*** Writes that must not overlap. ***/

/* With the lock. */
static bool in_the_way(BlockDriverState *bs, const NodeRange *range)
{
    NodeRange *other;

    QLIST_FOREACH(other, &bs->ranges, next) {
        if ((range->alone || other->alone) && range->begin < other->end &&
            other->begin < range->end) {
            return true;
        }
    }
    return false;
}

/* The other may be one whose end this thread's loop has to notice. */
static void wait_for_others(BlockDriverState *bs)
{
    AioContext *ctx = qemu_get_current_aio_context();

    if (!ctx) {
        qemu_cond_wait(&bs->range_gone, &bs->range_lock);
    } else if (!qemu_cond_timedwait(&bs->range_gone, &bs->range_lock, 1)) {
        qemu_mutex_unlock(&bs->range_lock);
        aio_poll(ctx, false);
        qemu_mutex_lock(&bs->range_lock);
    }
}

bool node_range_enter(BlockDriverState *bs, NodeRange *range, int64_t offset,
                      int64_t bytes, bool alone, bool wait)
{
    *range = (NodeRange){
        .begin = QEMU_ALIGN_DOWN(offset, bs->align),
        .end = QEMU_ALIGN_UP(offset + bytes, bs->align),
        .alone = alone,
    };
    QEMU_LOCK_GUARD(&bs->range_lock);
    while (in_the_way(bs, range)) {
        if (!wait) {
            return false;
        }
        wait_for_others(bs);
    }
    QLIST_INSERT_HEAD(&bs->ranges, range, next);
    return true;
}

void node_range_leave(BlockDriverState *bs, NodeRange *range)
{
    QEMU_LOCK_GUARD(&bs->range_lock);
    QLIST_REMOVE(range, next);
    qemu_cond_broadcast(&bs->range_gone);
}

/*** Requests for which the caller waits. ***/

static int run_simple(BlockDriverState *bs, ReqKind kind, int64_t offset,
                      int64_t bytes, BdrvRequestFlags flags)
{
    BlockReq req = {
        .kind = kind, .offset = offset, .bytes = bytes, .flags = flags
    };

    return node_run(bs, &req);
}

static int run_buffer(BlockDriverState *bs, ReqKind kind, int64_t offset,
                      int64_t bytes, void *buf, BdrvRequestFlags flags)
{
    struct iovec iov = { .iov_base = buf, .iov_len = MAX(bytes, 0) };
    BlockReq req = { .kind = kind,
                     .offset = offset,
                     .bytes = bytes,
                     .flags = flags,
                     .iov = &iov,
                     .niov = 1 };

    return node_run(bs, &req);
}

int bdrv_pread(BlockDriverState *bs, int64_t offset, int64_t bytes, void *buf,
               BdrvRequestFlags flags)
{
    return run_buffer(bs, REQ_READ, offset, bytes, buf, flags);
}

int bdrv_pwrite(BlockDriverState *bs, int64_t offset, int64_t bytes,
                const void *buf, BdrvRequestFlags flags)
{
    return run_buffer(bs, REQ_WRITE, offset, bytes, (void *)buf, flags);
}

int bdrv_pwrite_zeroes(BlockDriverState *bs, int64_t offset, int64_t bytes,
                       BdrvRequestFlags flags)
{
    return run_simple(bs, REQ_ZERO, offset, bytes, flags);
}

int bdrv_pdiscard(BlockDriverState *bs, int64_t offset, int64_t bytes)
{
    return run_simple(bs, REQ_DISCARD, offset, bytes, 0);
}

int bdrv_flush(BlockDriverState *bs)
{
    return run_simple(bs, REQ_FLUSH, 0, 0, 0);
}

int bdrv_truncate(BlockDriverState *bs, int64_t offset, Error **errp)
{
    int ret;

    if (offset < 0 || offset > BDRV_MAX_LENGTH) {
        error_setg(errp, "Image size cannot be %" PRId64, offset);
        return -EINVAL;
    }
    if (bs->read_only) {
        error_setg(errp, "Image is read-only");
        return -EACCES;
    }
    if (bdrv_is_inactive(bs)) {
        error_setg(errp, "Node '%s' is inactive", bs->node_name);
        return -EPERM;
    }
    ret = bs->drv->truncate ? bs->drv->truncate(bs, offset) : -ENOTSUP;
    if (ret < 0) {
        error_setg_errno(errp, -ret, "Cannot resize '%s'", bs->node_name);
    }
    node_refresh_length(bs);
    return ret;
}
