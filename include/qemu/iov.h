/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Vectors of buffers (struct iovec): the bytes of all of them, in order, are
 * one piece of memory, and functions here copy to and from it, cut it, and
 * send it. @offset and @bytes count bytes of the whole. Nothing is allocated;
 * what does not exist in the vector is not touched.
 */
#ifndef IOV_H
#define IOV_H

/* The bytes in all of @iov. */
size_t iov_size(const struct iovec *iov, const unsigned int iov_cnt);

/*
 * Copy between @buf and the vector from @offset, which must not lie beyond
 * its end, on. Return the bytes copied: fewer than @bytes at the end of the
 * vector. The forms without _full are quick when the first element has it all.
 */
size_t iov_from_buf_full(const struct iovec *iov, unsigned int iov_cnt,
                         size_t offset, const void *buf, size_t bytes);
size_t iov_to_buf_full(const struct iovec *iov, const unsigned int iov_cnt,
                       size_t offset, void *buf, size_t bytes);

/* Where @bytes at @offset lie in the first element; NULL if not all do. */
static inline void *iov_in_first(const struct iovec *iov, unsigned int iov_cnt,
                                 size_t offset, size_t bytes)
{
    if (iov_cnt && offset <= iov->iov_len && bytes <= iov->iov_len - offset) {
        return (char *)iov->iov_base + offset;
    }
    return NULL;
}

static inline size_t iov_from_buf(const struct iovec *iov,
                                  unsigned int iov_cnt, size_t offset,
                                  const void *buf, size_t bytes)
{
    if (__builtin_constant_p(bytes)) {
        void *p = iov_in_first(iov, iov_cnt, offset, bytes);

        if (p) {
            memcpy(p, buf, bytes);
            return bytes;
        }
    }
    return iov_from_buf_full(iov, iov_cnt, offset, buf, bytes);
}

static inline size_t iov_to_buf(const struct iovec *iov,
                                const unsigned int iov_cnt, size_t offset,
                                void *buf, size_t bytes)
{
    if (__builtin_constant_p(bytes)) {
        void *p = iov_in_first(iov, iov_cnt, offset, bytes);

        if (p) {
            memcpy(buf, p, bytes);
            return bytes;
        }
    }
    return iov_to_buf_full(iov, iov_cnt, offset, buf, bytes);
}

/* Sets bytes to @fillc; returns how many. */
size_t iov_memset(const struct iovec *iov, const unsigned int iov_cnt,
                  size_t offset, int fillc, size_t bytes);

/*
 * Send or receive @bytes from @offset on, which must all be in the vector,
 * with sendmsg() or recvmsg() and @sockflags. Go on after a short transfer.
 * Return the bytes transferred; -1 with errno if an error comes before the
 * first (EAGAIN: the socket would block).
 */
ssize_t iov_send_recv_with_flags(int sockfd, int sockflags,
                                 const struct iovec *iov, unsigned iov_cnt,
                                 size_t offset, size_t bytes, bool do_send);
ssize_t iov_send_recv(int sockfd, const struct iovec *iov, unsigned iov_cnt,
                      size_t offset, size_t bytes, bool do_send);
#define iov_recv(sockfd, iov, iov_cnt, offset, bytes)                    \
    iov_send_recv(sockfd, iov, iov_cnt, offset, bytes, false)
#define iov_send(sockfd, iov, iov_cnt, offset, bytes)                    \
    iov_send_recv(sockfd, iov, iov_cnt, offset, bytes, true)

/*
 * Fills @dst_iov, which has room for @dst_iov_cnt elements, with those that
 * hold @bytes of @iov from @offset on: a view, no copy. Returns their number.
 */
unsigned iov_copy(struct iovec *dst_iov, unsigned int dst_iov_cnt,
                  const struct iovec *iov, unsigned int iov_cnt, size_t offset,
                  size_t bytes);

/*
 * Cut @bytes off the front, by moving *@iov and changing the element that
 * becomes the first, or off the back. Return the bytes cut off: fewer than
 * asked when the vector ends first.
 */
size_t iov_discard_front(struct iovec **iov, unsigned int *iov_cnt,
                         size_t bytes);
size_t iov_discard_back(struct iovec *iov, unsigned int *iov_cnt,
                        size_t bytes);

/* The element that a cut changed, and what it was. */
typedef struct {
    struct iovec *modified_iov; /* NULL: none */
    struct iovec orig;
} IOVDiscardUndo;

/* Restores it. The caller still has the pointer and the count it began with. */
void iov_discard_undo(IOVDiscardUndo *undo);

/* The same cuts, noting in @undo (or NULL) what they changed. */
size_t iov_discard_front_undoable(struct iovec **iov, unsigned int *iov_cnt,
                                  size_t bytes, IOVDiscardUndo *undo);
size_t iov_discard_back_undoable(struct iovec *iov, unsigned int *iov_cnt,
                                 size_t bytes, IOVDiscardUndo *undo);

/*
 * A vector that grows, or one of somebody else's elements. One buffer is made
 * one with QEMU_IOVEC_INIT_BUF() or qemu_iovec_init_buf(), and nothing has to
 * be freed then.
 */
typedef struct QEMUIOVector {
    struct iovec *iov;
    int niov;
    int nalloc; /* -1: the elements are not its own, and it cannot grow */
    struct iovec local_iov;
    size_t size; /* the bytes in all of it; see qemu_iovec_init_buf() */
} QEMUIOVector;

#define QEMU_IOVEC_INIT_BUF(self, buf, len)                              \
    {                                                                    \
        .iov = &(self).local_iov, .niov = 1, .nalloc = -1,               \
        .local_iov = { .iov_base = (void *)(buf), .iov_len = (len) },    \
        .size = (len),                                                   \
    }

static inline void qemu_iovec_init_buf(QEMUIOVector *qiov, void *buf,
                                       size_t len)
{
    *qiov = (QEMUIOVector)QEMU_IOVEC_INIT_BUF(*qiov, buf, len);
}

/* The buffer of one that has only one. */
static inline void *qemu_iovec_buf(QEMUIOVector *qiov)
{
    return qiov->niov == 1 ? qiov->iov[0].iov_base : NULL;
}

/* An empty one with room for @alloc_hint elements at first. */
void qemu_iovec_init(QEMUIOVector *qiov, int alloc_hint);
/* The elements @iov, which stay the caller's. */
void qemu_iovec_init_external(QEMUIOVector *qiov, struct iovec *iov, int niov);
/* Appends a buffer, or a part of another vector: views, no copies. */
void qemu_iovec_add(QEMUIOVector *qiov, void *base, size_t len);
void qemu_iovec_concat(QEMUIOVector *dst, QEMUIOVector *src, size_t soffset,
                       size_t sbytes);
size_t qemu_iovec_concat_iov(QEMUIOVector *dst, struct iovec *src_iov,
                             unsigned int src_cnt, size_t soffset,
                             size_t sbytes);
bool qemu_iovec_is_zero(QEMUIOVector *qiov, size_t qiov_offset, size_t bytes);
/* Makes it empty; the second also frees its elements. */
void qemu_iovec_reset(QEMUIOVector *qiov);
void qemu_iovec_destroy(QEMUIOVector *qiov);

/* As iov_to_buf(), iov_from_buf(), iov_memset(), iov_discard_back(). */
size_t qemu_iovec_to_buf(QEMUIOVector *qiov, size_t offset, void *buf,
                         size_t bytes);
size_t qemu_iovec_from_buf(QEMUIOVector *qiov, size_t offset, const void *buf,
                           size_t bytes);
size_t qemu_iovec_memset(QEMUIOVector *qiov, size_t offset, int fillc,
                         size_t bytes);
void qemu_iovec_discard_back(QEMUIOVector *qiov, size_t bytes);

#endif
