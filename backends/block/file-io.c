/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The requests of files and block devices of the host, by plain system calls:
 * in a thread of a pool, in the caller's, or at once where nothing has to be
 * waited for.
 *
 * O_DIRECT takes only whole units in aligned memory. Other requests go through
 * a buffer; a write then reads what is around it first, and nobody else may
 * write to these units meanwhile.
 */
#include "qemu/osdep.h"
#include "block-internal.h"
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include "qemu/cutils.h"
#include "qemu/iov.h"
#include "qemu/memalign.h"
#include "qemu/units.h"

/* Larger requests are not carried out in a thread with other things to do. */
#define NOW_MAX (64 * KiB)

/*** Whole transfers. ***/

static ssize_t transfer(int fd, bool write, const struct iovec *iov, int niov,
                        int64_t offset)
{
    niov = MIN(niov, IOV_MAX);
    return write ? RETRY_ON_EINTR(pwritev(fd, iov, niov, offset))
                 : RETRY_ON_EINTR(preadv(fd, iov, niov, offset));
}

/* What the first call has not done, of which @done is not negative. */
static int transfer_rest(int fd, const BlockReq *req, int64_t done)
{
    bool write = req->kind == REQ_WRITE;
    g_autofree struct iovec *copy =
        g_memdup2(req->iov, req->niov * sizeof(*req->iov));
    struct iovec *iov = copy;
    unsigned niov = req->niov;

    iov_discard_front(&iov, &niov, done);
    while (done < req->bytes) {
        ssize_t n = transfer(fd, write, iov, niov, req->offset + done);

        if (n < 0) {
            return -errno;
        }
        if (n == 0) {
            if (write) {
                return -ENOSPC;
            }
            iov_memset(iov, niov, 0, 0, req->bytes - done); /* after the end */
            return 0;
        }
        done += n;
        iov_discard_front(&iov, &niov, n);
    }
    return 0;
}

static int transfer_all(int fd, const BlockReq *req)
{
    ssize_t n =
        transfer(fd, req->kind == REQ_WRITE, req->iov, req->niov, req->offset);

    return n == req->bytes ? 0 : n < 0 ? -errno : transfer_rest(fd, req, n);
}

static int transfer_buffer(int fd, ReqKind kind, int64_t offset, int64_t bytes,
                           void *buf)
{
    struct iovec iov = { .iov_base = buf, .iov_len = bytes };
    BlockReq req = {
        .kind = kind, .offset = offset, .bytes = bytes, .iov = &iov, .niov = 1
    };

    return transfer_all(fd, &req);
}

/*** O_DIRECT. ***/

bool file_is_aligned(const BlockDriverState *bs, const BlockReq *req)
{
    uint64_t bits = req->offset | req->bytes;

    if (bs->align == 1) {
        return true;
    }
    for (int i = 0; i < req->niov; i++) {
        bits |= (uintptr_t)req->iov[i].iov_base | req->iov[i].iov_len;
    }
    return !(bits & (bs->align - 1));
}

/* Reads, and for a write changes and writes back, the units around @req. */
static int run_units(BlockDriverState *bs, const BlockReq *req, uint8_t *buf,
                     int64_t begin, int64_t length)
{
    int64_t end = lseek(bs->fd, 0, SEEK_END);
    bool whole = begin == req->offset && length == req->bytes;
    int ret = 0;

    if (req->kind == REQ_READ || !whole) {
        ret = transfer_buffer(bs->fd, REQ_READ, begin, length, buf);
    }
    if (ret) {
        return ret;
    }
    if (req->kind == REQ_READ) {
        iov_from_buf(req->iov, req->niov, 0, buf + (req->offset - begin),
                     req->bytes);
        return 0;
    }
    iov_to_buf(req->iov, req->niov, 0, buf + (req->offset - begin), req->bytes);
    ret = transfer_buffer(bs->fd, REQ_WRITE, begin, length, buf);
    if (!ret && end >= 0 && begin + length > end &&
        bs->kind == BLOCKDEV_DRIVER_FILE &&
        ftruncate(bs->fd, MAX(end, req->offset + req->bytes)) < 0) {
        ret = -errno; /* the unit's end is not ours to add */
    }
    return ret;
}

static int run_bounced(BlockDriverState *bs, const BlockReq *req)
{
    int64_t begin = QEMU_ALIGN_DOWN(req->offset, bs->align);
    int64_t length = QEMU_ALIGN_UP(req->offset + req->bytes, bs->align) - begin;
    uint8_t *buf = qemu_try_memalign(MAX(bs->align, 4096), length);
    int ret = buf ? run_units(bs, req, buf, begin, length) : -ENOMEM;

    qemu_vfree(buf);
    return ret;
}

/*** Files. ***/

static int run_plain(BlockDriverState *bs, const BlockReq *req)
{
    return file_is_aligned(bs, req) ? transfer_all(bs->fd, req)
                                    : run_bounced(bs, req);
}

static int run_flush(BlockDriverState *bs)
{
    int lost = qatomic_read(&bs->flush_error);

    /*
     * After an error the host forgets pages that it could not write; a later
     * success would mean nothing.
     */
    if (lost) {
        return lost;
    }
    if (RETRY_ON_EINTR(fdatasync(bs->fd)) == 0) {
        return 0;
    }
    lost = -errno;
    if (!bs->direct && lost != -EINVAL) {
        qatomic_set(&bs->flush_error, lost);
    }
    return lost == -EINVAL ? 0 : lost; /* EINVAL: there is nothing to flush */
}

static int run_fallocate(BlockDriverState *bs, bool *works, int mode,
                         const BlockReq *req)
{
    if (!qatomic_read(works)) {
        return -ENOTSUP;
    }
    if (RETRY_ON_EINTR(fallocate(bs->fd, mode | FALLOC_FL_KEEP_SIZE,
                                 req->offset, req->bytes)) == 0) {
        return 0;
    }
    if (errno == EOPNOTSUPP || errno == ENOSYS || errno == ENOTTY ||
        errno == ENODEV) {
        qatomic_set(works, false);
        return -ENOTSUP;
    }
    return errno == EINVAL ? -ENOTSUP : -errno;
}

static int write_zeroes(BlockDriverState *bs, const BlockReq *req)
{
    int64_t step = MIN(req->bytes, 1 * MiB);
    int64_t done = 0;
    uint8_t *zeroes = qemu_try_memalign(MAX(bs->align, 4096), step);
    int ret = 0;

    if (!zeroes) {
        return -ENOMEM;
    }
    memset(zeroes, 0, step);
    while (done < req->bytes && !ret) {
        int64_t part = MIN(step, req->bytes - done);
        struct iovec iov = { .iov_base = zeroes, .iov_len = part };
        BlockReq write = { .kind = REQ_WRITE,
                           .offset = req->offset + done,
                           .bytes = part,
                           .iov = &iov,
                           .niov = 1 };

        ret = run_plain(bs, &write);
        done += part;
    }
    qemu_vfree(zeroes);
    return ret;
}

static int run_zero(BlockDriverState *bs, const BlockReq *req)
{
    int ret = -ENOTSUP;

    /* Neither makes the file longer. */
    if (req->offset + req->bytes <= node_length(bs)) {
        if (req->flags & BDRV_REQ_MAY_UNMAP) {
            ret = run_fallocate(bs, &bs->punch, FALLOC_FL_PUNCH_HOLE, req);
        }
        if (ret == -ENOTSUP) {
            ret = run_fallocate(bs, &bs->zero_range, FALLOC_FL_ZERO_RANGE, req);
        }
    }
    return ret == -ENOTSUP && !(req->flags & BDRV_REQ_NO_FALLBACK)
               ? write_zeroes(bs, req)
               : ret;
}

static int run_discard(BlockDriverState *bs, const BlockReq *req)
{
    uint64_t range[2] = { req->offset, req->bytes };
    int ret;

    if (bs->kind == BLOCKDEV_DRIVER_FILE) {
        ret = run_fallocate(bs, &bs->punch, FALLOC_FL_PUNCH_HOLE, req);
    } else {
        ret =
            RETRY_ON_EINTR(ioctl(bs->fd, BLKDISCARD, range)) == 0 ? 0 : -errno;
    }
    /* It was only a hint. */
    return ret == -ENOTSUP || ret == -ENOTTY || ret == -EOPNOTSUPP ? 0 : ret;
}

static int run_change(BlockDriverState *bs, const BlockReq *req)
{
    switch (req->kind) {
    case REQ_WRITE:
        return run_plain(bs, req);
    case REQ_ZERO:
        return run_zero(bs, req);
    default:
        return run_discard(bs, req);
    }
}

int file_run(BlockDriverState *bs, const BlockReq *req)
{
    int ret;

    if (req->kind == REQ_READ) {
        return run_plain(bs, req);
    }
    if (req->kind == REQ_FLUSH) {
        return run_flush(bs);
    }
    if (bs->direct) {
        bool whole = req->kind == REQ_WRITE && file_is_aligned(bs, req);
        NodeRange range;

        node_range_enter(bs, &range, req->offset, req->bytes, !whole, true);
        ret = run_change(bs, req);
        node_range_leave(bs, &range);
    } else {
        ret = run_change(bs, req);
    }
    return ret || !(req->flags & BDRV_REQ_FUA) ? ret : run_flush(bs);
}

bool file_run_now(BlockDriverState *bs, const BlockReq *req, int *ret)
{
    FileSpeed speed = qatomic_read(&bs->speed);
    ssize_t n;

    if (speed == FILE_SLOW || req->bytes > NOW_MAX ||
        !(req->kind == REQ_READ ||
          (req->kind == REQ_WRITE && speed == FILE_MEMORY))) {
        return false;
    }
    if (speed == FILE_MEMORY) {
        *ret = transfer_all(bs->fd, req); /* nor is there a disk to flush */
        return true;
    }
    n = preadv2(bs->fd, req->iov, MIN(req->niov, IOV_MAX), req->offset,
                RWF_NOWAIT);
    if (n < 0 && (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL)) {
        qatomic_set(&bs->speed, FILE_SLOW);
    }
    *ret = 0;
    return n == req->bytes;
}

bool file_uses_uring(const BlockDriverState *bs, const BlockReq *req)
{
    return bs->aio == BLOCKDEV_AIO_OPTIONS_IO_URING &&
           (req->kind == REQ_FLUSH
                ? !qatomic_read(&bs->flush_error)
                : (req->kind == REQ_READ || req->kind == REQ_WRITE) &&
                      req->niov <= IOV_MAX && file_is_aligned(bs, req));
}
