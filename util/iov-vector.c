/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vectors of buffers that grow. */
#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/iov.h"

void qemu_iovec_init(QEMUIOVector *qiov, int alloc_hint)
{
    *qiov = (QEMUIOVector){ .iov = g_new(struct iovec, MAX(alloc_hint, 0)),
                            .nalloc = MAX(alloc_hint, 0) };
}

void qemu_iovec_init_external(QEMUIOVector *qiov, struct iovec *iov, int niov)
{
    *qiov = (QEMUIOVector){
        .iov = iov, .niov = niov, .nalloc = -1, .size = iov_size(iov, niov)
    };
}

void qemu_iovec_add(QEMUIOVector *qiov, void *base, size_t len)
{
    assert(qiov->nalloc >= 0);
    if (qiov->niov == qiov->nalloc) {
        qiov->nalloc = 2 * qiov->nalloc + 1;
        qiov->iov = g_renew(struct iovec, qiov->iov, qiov->nalloc);
    }
    qiov->iov[qiov->niov++] =
        (struct iovec){ .iov_base = base, .iov_len = len };
    qiov->size += len;
}

size_t qemu_iovec_concat_iov(QEMUIOVector *dst, struct iovec *src_iov,
                             unsigned int src_cnt, size_t soffset,
                             size_t sbytes)
{
    size_t done = 0;

    for (unsigned i = 0; i < src_cnt && done < sbytes; i++) {
        size_t len = src_iov[i].iov_len;

        if (soffset < len) {
            size_t part = MIN(len - soffset, sbytes - done);

            qemu_iovec_add(dst, (char *)src_iov[i].iov_base + soffset, part);
            done += part;
            soffset = 0;
        } else {
            soffset -= len;
        }
    }
    assert(!sbytes || soffset == 0); /* it begins within the source */
    return done;
}

void qemu_iovec_concat(QEMUIOVector *dst, QEMUIOVector *src, size_t soffset,
                       size_t sbytes)
{
    qemu_iovec_concat_iov(dst, src->iov, src->niov, soffset, sbytes);
}

bool qemu_iovec_is_zero(QEMUIOVector *qiov, size_t qiov_offset, size_t bytes)
{
    for (int i = 0; i < qiov->niov && bytes; i++) {
        size_t len = qiov->iov[i].iov_len;

        if (qiov_offset < len) {
            size_t part = MIN(len - qiov_offset, bytes);

            if (!buffer_is_zero((char *)qiov->iov[i].iov_base + qiov_offset,
                                part)) {
                return false;
            }
            bytes -= part;
            qiov_offset = 0;
        } else {
            qiov_offset -= len;
        }
    }
    return true;
}

void qemu_iovec_reset(QEMUIOVector *qiov)
{
    assert(qiov->nalloc >= 0);
    qiov->niov = 0;
    qiov->size = 0;
}

void qemu_iovec_destroy(QEMUIOVector *qiov)
{
    if (qiov->nalloc >= 0) {
        g_free(qiov->iov);
    }
    memset(qiov, 0, sizeof(*qiov));
}

size_t qemu_iovec_to_buf(QEMUIOVector *qiov, size_t offset, void *buf,
                         size_t bytes)
{
    return iov_to_buf(qiov->iov, qiov->niov, offset, buf, bytes);
}

size_t qemu_iovec_from_buf(QEMUIOVector *qiov, size_t offset, const void *buf,
                           size_t bytes)
{
    return iov_from_buf(qiov->iov, qiov->niov, offset, buf, bytes);
}

size_t qemu_iovec_memset(QEMUIOVector *qiov, size_t offset, int fillc,
                         size_t bytes)
{
    return iov_memset(qiov->iov, qiov->niov, offset, fillc, bytes);
}

void qemu_iovec_discard_back(QEMUIOVector *qiov, size_t bytes)
{
    unsigned int niov = qiov->niov;
    size_t total = 0;

    while (niov && total < bytes) {
        struct iovec *last = &qiov->iov[niov - 1];
        size_t part = MIN(last->iov_len, bytes - total);

        last->iov_len -= part;
        total += part;
        if (!last->iov_len) {
            niov--;
        }
    }
    assert(total == bytes);
    qiov->niov = niov;
    qiov->size -= bytes;
}
