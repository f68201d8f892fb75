/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests of virtio-blk: taken from a queue, checked, merged where they follow
 * one another, handed to the backend, and given back with a status (5.2.6).
 *
 * A chain begins with a header that the driver wrote and ends with a byte for
 * the status; what lies between is data. Both ends are cut off the vectors, and
 * put back before the chain goes, since the core unmaps what it mapped.
 */
#include "qemu/osdep.h"
#include "virtio-blk-internal.h"
#include "hw/virtio/virtio-access.h"
#include "qemu/defer-call.h"
#include "qemu/iov.h"
#include "qemu/lockable.h"

/*** The end of a request. ***/

void virtio_blk_init_request(VirtIOBlock *s, VirtQueue *vq, VirtIOBlockReq *req)
{
    memset((char *)req + sizeof(req->elem), 0,
           sizeof(*req) - sizeof(req->elem));
    req->dev = s;
    req->vq = vq;
}

static void restore_vectors(VirtIOBlockReq *req)
{
    iov_discard_undo(&req->inhdr_undo);
    iov_discard_undo(&req->outhdr_undo);
    req->inhdr_undo.modified_iov = NULL;
    req->outhdr_undo.modified_iov = NULL;
}

void virtio_blk_req_complete(VirtIOBlockReq *req, unsigned char status)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(req->dev);

    req->in->status = status;
    restore_vectors(req);
    virtqueue_push(req->vq, &req->elem, req->in_len);
    if (qemu_in_iothread()) {
        virtio_notify_irqfd(vdev, req->vq);
    } else {
        virtio_notify(vdev, req->vq);
    }
}

static void complete_and_free(VirtIOBlockReq *req, unsigned char status)
{
    virtio_blk_req_complete(req, status);
    g_free(req);
}

/* Does what the policy says. False: the error is to be ignored. */
static bool handle_error(VirtIOBlockReq *req, int error, bool is_read)
{
    VirtIOBlock *s = req->dev;
    BlockErrorAction action = blk_get_error_action(s->blk, is_read, error);

    if (action == BLOCK_ERROR_ACTION_STOP) {
        /* It will be looked at from its beginning, alone. */
        req->mr_next = NULL;
        restore_vectors(req);
        WITH_QEMU_LOCK_GUARD(&s->rq_lock) {
            req->next = s->rq;
            s->rq = req;
        }
    } else if (action == BLOCK_ERROR_ACTION_REPORT) {
        block_acct_failed(blk_get_stats(s->blk), &req->acct);
        complete_and_free(req, VIRTIO_BLK_S_IOERR);
    }
    blk_error_action(s->blk, action, is_read, error);
    return action != BLOCK_ERROR_ACTION_IGNORE;
}

static bool is_out(VirtIOBlockReq *req)
{
    return virtio_ldl_p(VIRTIO_DEVICE(req->dev), &req->out.type) &
           VIRTIO_BLK_T_OUT;
}

static void rw_done(void *opaque, int ret)
{
    VirtIOBlockReq *next = opaque;
    BlockAcctStats *stats = blk_get_stats(next->dev->blk);

    while (next) {
        VirtIOBlockReq *req = next;

        next = req->mr_next;
        /* The first of several has a vector of all of them. */
        if (req->qiov.nalloc != -1) {
            qemu_iovec_destroy(&req->qiov);
        }
        if (ret && handle_error(req, -ret, !is_out(req))) {
            continue;
        }
        block_acct_done(stats, &req->acct);
        complete_and_free(req, VIRTIO_BLK_S_OK);
    }
}

/* A flush, a discard, or a write of zeroes. */
static void other_done(void *opaque, int ret)
{
    VirtIOBlockReq *req = opaque;

    if (ret && handle_error(req, -ret, false)) {
        return;
    }
    block_acct_done(blk_get_stats(req->dev->blk), &req->acct);
    complete_and_free(req, VIRTIO_BLK_S_OK);
}

/*** Reads and writes. ***/

static void submit(BlockBackend *blk, VirtIOBlockReq *first, bool is_write)
{
    int64_t offset = first->sector_num << BDRV_SECTOR_BITS;

    if (is_write) {
        blk_aio_pwritev(blk, offset, &first->qiov, 0, rw_done, first);
    } else {
        blk_aio_preadv(blk, offset, &first->qiov, 0, rw_done, first);
    }
}

/* Makes @num requests that follow one another a single one. */
static void submit_merged(BlockBackend *blk, VirtIOBlockReq **reqs, int num,
                          int niov, bool is_write)
{
    VirtIOBlockReq *first = reqs[0];

    if (num > 1) {
        QEMUIOVector all;

        qemu_iovec_init(&all, niov);
        for (int i = 0; i < num; i++) {
            qemu_iovec_concat(&all, &reqs[i]->qiov, 0, reqs[i]->qiov.size);
            reqs[i]->mr_next = i + 1 < num ? reqs[i + 1] : NULL;
        }
        first->qiov = all;
        block_acct_merge_done(blk_get_stats(blk),
                              is_write ? BLOCK_ACCT_WRITE : BLOCK_ACCT_READ,
                              num - 1);
    }
    submit(blk, first, is_write);
}

static int by_sector(const void *a, const void *b)
{
    const VirtIOBlockReq *x = *(VirtIOBlockReq *const *)a;
    const VirtIOBlockReq *y = *(VirtIOBlockReq *const *)b;

    return x->sector_num < y->sector_num ? -1 : x->sector_num > y->sector_num;
}

static void submit_all(VirtIOBlock *s, MultiReqBuffer *mrb)
{
    BlockBackend *blk = s->blk;
    uint64_t max_bytes = blk_get_max_transfer(blk);
    int max_iov = blk_get_max_iov(blk);
    int start = 0, niov = 0;
    uint64_t bytes = 0;

    if (mrb->num_reqs > 1) {
        qsort(mrb->reqs, mrb->num_reqs, sizeof(mrb->reqs[0]), by_sector);
    }
    for (int i = 0; i < mrb->num_reqs; i++) {
        VirtIOBlockReq *req = mrb->reqs[i];

        if (i > start &&
            (req->sector_num != mrb->reqs[start]->sector_num +
                                    (int64_t)(bytes >> BDRV_SECTOR_BITS) ||
             niov + req->qiov.niov > max_iov ||
             bytes + req->qiov.size > max_bytes)) {
            submit_merged(blk, &mrb->reqs[start], i - start, niov,
                          mrb->is_write);
            start = i;
            niov = 0;
            bytes = 0;
        }
        niov += req->qiov.niov;
        bytes += req->qiov.size;
    }
    if (start < mrb->num_reqs) {
        submit_merged(blk, &mrb->reqs[start], mrb->num_reqs - start, niov,
                      mrb->is_write);
    }
    mrb->num_reqs = 0;
}

static bool range_is_good(VirtIOBlock *s, uint64_t sector, size_t size)
{
    uint64_t sectors = size >> BDRV_SECTOR_BITS;
    uint64_t total;

    if (sectors > BDRV_REQUEST_MAX_SECTORS || (sector & s->sector_mask) ||
        size % s->conf.conf.logical_block_size) {
        return false;
    }
    blk_get_geometry(s->blk, &total);
    return sector <= total && sectors <= total - sector;
}

static void handle_rw(VirtIOBlockReq *req, MultiReqBuffer *mrb, bool is_write,
                      struct iovec *iov, unsigned num)
{
    VirtIOBlock *s = req->dev;
    BlockAcctStats *stats = blk_get_stats(s->blk);
    enum BlockAcctType type = is_write ? BLOCK_ACCT_WRITE : BLOCK_ACCT_READ;

    req->sector_num = virtio_ldq_p(VIRTIO_DEVICE(s), &req->out.sector);
    qemu_iovec_init_external(&req->qiov, iov, num);
    if (!range_is_good(s, req->sector_num, req->qiov.size)) {
        block_acct_invalid(stats, type);
        complete_and_free(req, VIRTIO_BLK_S_IOERR);
        return;
    }
    block_acct_start(stats, &req->acct, req->qiov.size, type);
    if (mrb->num_reqs &&
        (mrb->num_reqs == VIRTIO_BLK_MAX_MERGE_REQS ||
         is_write != mrb->is_write || !s->conf.request_merging)) {
        submit_all(s, mrb);
    }
    mrb->reqs[mrb->num_reqs++] = req;
    mrb->is_write = is_write;
}

/*** The other kinds. ***/

static void handle_flush(VirtIOBlockReq *req, MultiReqBuffer *mrb)
{
    VirtIOBlock *s = req->dev;

    block_acct_start(blk_get_stats(s->blk), &req->acct, 0, BLOCK_ACCT_FLUSH);
    /* Writes that came before it are under way before it. */
    if (mrb->num_reqs && mrb->is_write) {
        submit_all(s, mrb);
    }
    blk_aio_flush(s->blk, other_done, req);
}

static void handle_get_id(VirtIOBlockReq *req, const struct iovec *iov,
                          unsigned num)
{
    const char *serial = req->dev->conf.serial ?: "";
    size_t size = MIN(strlen(serial) + 1,
                      MIN(iov_size(iov, num), (size_t)VIRTIO_BLK_ID_BYTES));

    iov_from_buf(iov, num, 0, serial, size);
    complete_and_free(req, VIRTIO_BLK_S_OK);
}

/* SCSI commands of legacy drivers: never supported, and told so. */
static void handle_scsi(VirtIOBlockReq *req)
{
    VirtQueueElement *elem = &req->elem;

    if (elem->out_num < 2 || elem->in_num < 3) {
        complete_and_free(req, VIRTIO_BLK_S_IOERR);
        return;
    }
    if (elem->in_sg[elem->in_num - 2].iov_len >=
        sizeof(struct virtio_scsi_inhdr)) {
        /* The driver puts it where it likes. */
        char *scsi = elem->in_sg[elem->in_num - 2].iov_base;

        virtio_stl_p(VIRTIO_DEVICE(req->dev),
                     scsi + offsetof(struct virtio_scsi_inhdr, errors), 255);
    }
    complete_and_free(req, VIRTIO_BLK_S_UNSUPP);
}

/* Checks and hands over; another status than OK: that is the result. */
static uint8_t start_erase(VirtIOBlockReq *req,
                           const struct virtio_blk_discard_write_zeroes *range,
                           bool zeroes)
{
    VirtIOBlock *s = req->dev;
    VirtIODevice *vdev = VIRTIO_DEVICE(s);
    uint64_t sector = virtio_ldq_p(vdev, &range->sector);
    uint32_t sectors = virtio_ldl_p(vdev, &range->num_sectors);
    uint32_t flags = virtio_ldl_p(vdev, &range->flags);
    int64_t bytes = (int64_t)sectors << BDRV_SECTOR_BITS;

    if (sectors > (zeroes ? s->conf.max_write_zeroes_sectors
                          : s->conf.max_discard_sectors) ||
        !range_is_good(s, sector, bytes)) {
        return VIRTIO_BLK_S_IOERR;
    }
    if (flags & ~(zeroes ? VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP : 0)) {
        return VIRTIO_BLK_S_UNSUPP;
    }
    block_acct_start(blk_get_stats(s->blk), &req->acct, bytes,
                     zeroes ? BLOCK_ACCT_WRITE : BLOCK_ACCT_UNMAP);
    if (zeroes) {
        blk_aio_pwrite_zeroes(
            s->blk, sector << BDRV_SECTOR_BITS, bytes,
            flags & VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP ? BDRV_REQ_MAY_UNMAP : 0,
            other_done, req);
    } else {
        blk_aio_pdiscard(s->blk, sector << BDRV_SECTOR_BITS, bytes, other_done,
                         req);
    }
    return VIRTIO_BLK_S_OK;
}

/* False: the chain is malformed, and the device broken. */
static bool handle_erase(VirtIOBlockReq *req, uint32_t type,
                         const struct iovec *iov, unsigned num)
{
    struct virtio_blk_discard_write_zeroes range;
    bool zeroes = (type & ~VIRTIO_BLK_T_BARRIER) == VIRTIO_BLK_T_WRITE_ZEROES;
    uint8_t status;

    /* One segment only, as the configuration says. */
    if (!(type & VIRTIO_BLK_T_OUT) || iov_size(iov, num) > sizeof(range)) {
        complete_and_free(req, VIRTIO_BLK_S_UNSUPP);
        return true;
    }
    if (iov_to_buf(iov, num, 0, &range, sizeof(range)) != sizeof(range)) {
        restore_vectors(req);
        virtio_error(VIRTIO_DEVICE(req->dev),
                     "virtio-blk discard/write_zeroes header too short");
        return false;
    }
    status = start_erase(req, &range, zeroes);
    if (status != VIRTIO_BLK_S_OK) {
        block_acct_invalid(blk_get_stats(req->dev->blk),
                           zeroes ? BLOCK_ACCT_WRITE : BLOCK_ACCT_UNMAP);
        complete_and_free(req, status);
    }
    return true;
}

/*** The queue. ***/

/* Cuts both ends off; false if the chain has not got them. */
static bool take_headers(VirtIOBlockReq *req, struct iovec **out,
                         unsigned *out_num, struct iovec *in, unsigned *in_num)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(req->dev);
    struct iovec *last;

    if (!*out_num || !*in_num) {
        virtio_error(vdev, "virtio-blk missing headers");
        return false;
    }
    if (iov_to_buf(*out, *out_num, 0, &req->out, sizeof(req->out)) !=
        sizeof(req->out)) {
        virtio_error(vdev, "virtio-blk request outhdr too short");
        return false;
    }
    last = &in[*in_num - 1];
    if (last->iov_len < sizeof(struct virtio_blk_inhdr)) {
        virtio_error(vdev, "virtio-blk request inhdr too short");
        return false;
    }
    iov_discard_front_undoable(out, out_num, sizeof(req->out),
                               &req->outhdr_undo);
    req->in_len = iov_size(in, *in_num);
    req->in = (void *)((char *)last->iov_base + last->iov_len -
                       sizeof(struct virtio_blk_inhdr));
    iov_discard_back_undoable(in, in_num, sizeof(struct virtio_blk_inhdr),
                              &req->inhdr_undo);
    return true;
}

static void handle_unknown(VirtIOBlockReq *req, MultiReqBuffer *mrb,
                           uint32_t type)
{
    VirtIOBlkClass *bc = VIRTIO_BLK_GET_CLASS(req->dev);

    if (!bc->handle_unknown_request ||
        !bc->handle_unknown_request(req, mrb, type)) {
        complete_and_free(req, VIRTIO_BLK_S_UNSUPP);
    }
}

/* False: the device is broken; the caller has @req. */
static bool handle_request(VirtIOBlockReq *req, MultiReqBuffer *mrb)
{
    struct iovec *in = req->elem.in_sg, *out = req->elem.out_sg;
    unsigned in_num = req->elem.in_num, out_num = req->elem.out_num;
    uint32_t type;

    if (!take_headers(req, &out, &out_num, in, &in_num)) {
        return false;
    }
    type = virtio_ldl_p(VIRTIO_DEVICE(req->dev), &req->out.type);
    switch (type & ~(VIRTIO_BLK_T_OUT | VIRTIO_BLK_T_BARRIER)) {
    case VIRTIO_BLK_T_IN:
        if (type & VIRTIO_BLK_T_OUT) {
            handle_rw(req, mrb, true, out, out_num);
        } else {
            handle_rw(req, mrb, false, in, in_num);
        }
        return true;
    case VIRTIO_BLK_T_FLUSH:
        handle_flush(req, mrb);
        return true;
    case VIRTIO_BLK_T_SCSI_CMD:
        handle_scsi(req);
        return true;
    case VIRTIO_BLK_T_GET_ID:
        handle_get_id(req, in, in_num);
        return true;
    case VIRTIO_BLK_T_DISCARD & ~VIRTIO_BLK_T_OUT:
    case VIRTIO_BLK_T_WRITE_ZEROES & ~VIRTIO_BLK_T_OUT:
        return handle_erase(req, type, out, out_num);
    default:
        handle_unknown(req, mrb, type);
        return true;
    }
}

static VirtIOBlockReq *next_request(VirtIOBlock *s, VirtQueue *vq)
{
    VirtIOBlockReq *req = virtqueue_pop(vq, sizeof(*req));

    if (req) {
        virtio_blk_init_request(s, vq, req);
    }
    return req;
}

void virtio_blk_handle_vq(VirtIOBlock *s, VirtQueue *vq)
{
    bool suppress = virtio_queue_get_notification(vq);
    MultiReqBuffer mrb = {};
    VirtIOBlockReq *req;

    defer_call_begin();
    do {
        if (suppress) {
            virtio_queue_set_notification(vq, 0);
        }
        while ((req = next_request(s, vq))) {
            if (!handle_request(req, &mrb)) {
                virtqueue_detach_element(vq, &req->elem, 0);
                g_free(req);
                break;
            }
        }
        if (suppress) {
            virtio_queue_set_notification(vq, 1);
        }
    } while (!virtio_queue_empty(vq));
    submit_all(s, &mrb);
    defer_call_end();
}

/*** Once more. ***/

static void purge_list(VirtIOBlockReq *rq)
{
    while (rq) {
        VirtIOBlockReq *next = rq->next;

        virtqueue_detach_element(rq->vq, &rq->elem, 0);
        g_free(rq);
        rq = next;
    }
}

void virtio_blk_purge(VirtIOBlock *s)
{
    VirtIOBlockReq *rq;

    WITH_QEMU_LOCK_GUARD(&s->rq_lock) {
        rq = s->rq;
        s->rq = NULL;
    }
    purge_list(rq);
}

void virtio_blk_retry(VirtIOBlockReq *rq)
{
    VirtIOBlock *s = rq->dev;
    MultiReqBuffer mrb = {};

    while (rq) {
        VirtIOBlockReq *next = rq->next;

        rq->next = NULL;
        if (!handle_request(rq, &mrb)) {
            /* Broken: until a reset, nobody gets anything. */
            virtqueue_detach_element(rq->vq, &rq->elem, 0);
            g_free(rq);
            purge_list(next);
            break;
        }
        rq = next;
    }
    submit_all(s, &mrb);
}
