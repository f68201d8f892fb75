/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vectors of buffers. */
#include "qemu/osdep.h"
#include "qemu/iov.h"

size_t iov_size(const struct iovec *iov, const unsigned int iov_cnt)
{
    size_t len = 0;

    for (unsigned int i = 0; i < iov_cnt; i++) {
        len += iov[i].iov_len;
    }
    return len;
}

/*
 * A walk over the @bytes at @offset of a vector: iov_walk_next() gives one
 * piece of memory after the other.
 */
typedef struct {
    const struct iovec *iov, *end;
    size_t offset; /* in the element that comes next */
    size_t bytes;  /* that are still to come */
} IovWalk;

static IovWalk iov_walk(const struct iovec *iov, unsigned int iov_cnt,
                        size_t offset, size_t bytes)
{
    IovWalk w = {
        .iov = iov, .end = iov + iov_cnt, .offset = offset, .bytes = bytes
    };

    while (w.iov < w.end && w.offset >= w.iov->iov_len) {
        w.offset -= w.iov->iov_len;
        w.iov++;
    }
    /* Nobody may begin beyond the end. */
    assert(w.iov < w.end || w.offset == 0);
    return w;
}

static bool iov_walk_next(IovWalk *w, struct iovec *piece)
{
    if (w->iov == w->end || !w->bytes) {
        return false;
    }
    piece->iov_base = (char *)w->iov->iov_base + w->offset;
    piece->iov_len = MIN(w->iov->iov_len - w->offset, w->bytes);
    w->bytes -= piece->iov_len;
    w->offset = 0;
    w->iov++;
    return true;
}

size_t iov_from_buf_full(const struct iovec *iov, unsigned int iov_cnt,
                         size_t offset, const void *buf, size_t bytes)
{
    IovWalk w = iov_walk(iov, iov_cnt, offset, bytes);
    struct iovec piece;

    while (iov_walk_next(&w, &piece)) {
        if (piece.iov_len) {
            memcpy(piece.iov_base, buf, piece.iov_len);
            buf = (const char *)buf + piece.iov_len;
        }
    }
    return bytes - w.bytes;
}

size_t iov_to_buf_full(const struct iovec *iov, const unsigned int iov_cnt,
                       size_t offset, void *buf, size_t bytes)
{
    IovWalk w = iov_walk(iov, iov_cnt, offset, bytes);
    struct iovec piece;

    while (iov_walk_next(&w, &piece)) {
        if (piece.iov_len) {
            memcpy(buf, piece.iov_base, piece.iov_len);
            buf = (char *)buf + piece.iov_len;
        }
    }
    return bytes - w.bytes;
}

size_t iov_memset(const struct iovec *iov, const unsigned int iov_cnt,
                  size_t offset, int fillc, size_t bytes)
{
    IovWalk w = iov_walk(iov, iov_cnt, offset, bytes);
    struct iovec piece;

    while (iov_walk_next(&w, &piece)) {
        if (piece.iov_len) {
            memset(piece.iov_base, fillc, piece.iov_len);
        }
    }
    return bytes - w.bytes;
}

unsigned iov_copy(struct iovec *dst_iov, unsigned int dst_iov_cnt,
                  const struct iovec *iov, unsigned int iov_cnt, size_t offset,
                  size_t bytes)
{
    IovWalk w = iov_walk(iov, iov_cnt, offset, bytes);
    unsigned int n = 0;

    while (n < dst_iov_cnt && iov_walk_next(&w, &dst_iov[n])) {
        n++;
    }
    return n;
}

ssize_t iov_send_recv_with_flags(int sockfd, int sockflags,
                                 const struct iovec *iov, unsigned iov_cnt,
                                 size_t offset, size_t bytes, bool do_send)
{
    struct iovec part[64];
    size_t done = 0;

    while (done < bytes) {
        struct msghdr msg = { .msg_iov = part };
        ssize_t ret;

        msg.msg_iovlen = iov_copy(part, ARRAY_SIZE(part), iov, iov_cnt,
                                  offset + done, bytes - done);
        assert(msg.msg_iovlen);
        ret = RETRY_ON_EINTR(do_send ? sendmsg(sockfd, &msg, sockflags)
                                     : recvmsg(sockfd, &msg, sockflags));
        if (ret < 0) {
            return done ? done : -1;
        }
        if (ret == 0 && !do_send) {
            break; /* the end of what there is */
        }
        done += ret;
    }
    return done;
}

ssize_t iov_send_recv(int sockfd, const struct iovec *iov, unsigned iov_cnt,
                      size_t offset, size_t bytes, bool do_send)
{
    return iov_send_recv_with_flags(sockfd, 0, iov, iov_cnt, offset, bytes,
                                    do_send);
}

void iov_discard_undo(IOVDiscardUndo *undo)
{
    if (undo->modified_iov) {
        *undo->modified_iov = undo->orig;
    }
}

static void undo_note(IOVDiscardUndo *undo, struct iovec *iov)
{
    if (undo) {
        undo->modified_iov = iov;
        undo->orig = *iov;
    }
}

size_t iov_discard_front_undoable(struct iovec **iov, unsigned int *iov_cnt,
                                  size_t bytes, IOVDiscardUndo *undo)
{
    size_t left = bytes;

    if (undo) {
        undo->modified_iov = NULL;
    }
    while (*iov_cnt && left >= (*iov)->iov_len) {
        left -= (*iov)->iov_len;
        (*iov)++;
        (*iov_cnt)--;
    }
    if (*iov_cnt && left) {
        undo_note(undo, *iov);
        (*iov)->iov_base = (char *)(*iov)->iov_base + left;
        (*iov)->iov_len -= left;
        left = 0;
    }
    return bytes - left;
}

size_t iov_discard_front(struct iovec **iov, unsigned int *iov_cnt,
                         size_t bytes)
{
    return iov_discard_front_undoable(iov, iov_cnt, bytes, NULL);
}

size_t iov_discard_back_undoable(struct iovec *iov, unsigned int *iov_cnt,
                                 size_t bytes, IOVDiscardUndo *undo)
{
    size_t left = bytes;

    if (undo) {
        undo->modified_iov = NULL;
    }
    while (*iov_cnt && left >= iov[*iov_cnt - 1].iov_len) {
        left -= iov[*iov_cnt - 1].iov_len;
        (*iov_cnt)--;
    }
    if (*iov_cnt && left) {
        undo_note(undo, &iov[*iov_cnt - 1]);
        iov[*iov_cnt - 1].iov_len -= left;
        left = 0;
    }
    return bytes - left;
}

size_t iov_discard_back(struct iovec *iov, unsigned int *iov_cnt, size_t bytes)
{
    return iov_discard_back_undoable(iov, iov_cnt, bytes, NULL);
}
