/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests through io_uring: one ring per AioContext, whose descriptor the
 * context watches. Requests wait in a list until the end of a batch
 * (qemu/defer-call.h), so that one system call hands over all of them.
 */
#include "qemu/osdep.h"
#include "block-internal.h"
#include "qapi/error.h"
#include "qemu/defer-call.h"
#include "qemu/main-loop.h"

#ifdef CONFIG_LINUX_IO_URING

#include <liburing.h>

/* How many the kernel has at a time; the others wait here. */
#define RING_ENTRIES 128

typedef struct RingReq {
    int fd;
    const BlockReq *req;
    BlockCompletionFunc *cb;
    void *opaque;
    QSIMPLEQ_ENTRY(RingReq) next;
} RingReq;

typedef struct LuringState {
    AioContext *ctx;
    struct io_uring ring;
    QSIMPLEQ_HEAD(, RingReq) waiting;
    unsigned in_kernel;
    QEMUBH *bh; /* looks at the ring again: see reap() */
} LuringState;

static void prepare_sqe(struct io_uring_sqe *sqe, const RingReq *r)
{
    const BlockReq *req = r->req;

    switch (req->kind) {
    case REQ_READ:
        io_uring_prep_readv(sqe, r->fd, req->iov, req->niov, req->offset);
        break;
    case REQ_WRITE:
        io_uring_prep_writev(sqe, r->fd, req->iov, req->niov, req->offset);
        if (req->flags & BDRV_REQ_FUA) {
            sqe->rw_flags = RWF_DSYNC;
        }
        break;
    default:
        io_uring_prep_fsync(sqe, r->fd, IORING_FSYNC_DATASYNC);
        break;
    }
    io_uring_sqe_set_data(sqe, (void *)r);
}

/* Hands over what the ring has room for. */
static void submit_waiting(void *opaque)
{
    LuringState *s = opaque;
    bool any = false;
    RingReq *r;

    while (s->in_kernel < RING_ENTRIES && (r = QSIMPLEQ_FIRST(&s->waiting))) {
        struct io_uring_sqe *sqe = io_uring_get_sqe(&s->ring);

        if (!sqe) {
            break;
        }
        QSIMPLEQ_REMOVE_HEAD(&s->waiting, next);
        prepare_sqe(sqe, r);
        s->in_kernel++;
        any = true;
    }
    /* EAGAIN, EBUSY: the kernel is short of something; try again soon. */
    if ((any || io_uring_sq_ready(&s->ring)) && io_uring_submit(&s->ring) < 0) {
        qemu_bh_schedule_idle(s->bh);
    }
}

/*
 * Calls back for what is complete. A callback may turn the loop, so the bottom
 * half is there for the rest; and each entry is given back before its callback.
 */
static void reap(void *opaque)
{
    LuringState *s = opaque;
    struct io_uring_cqe *cqe;

    qemu_bh_schedule(s->bh);
    while (io_uring_peek_cqe(&s->ring, &cqe) == 0) {
        RingReq *r = io_uring_cqe_get_data(cqe);
        int ret = cqe->res;

        io_uring_cqe_seen(&s->ring, cqe);
        s->in_kernel--;
        r->cb(r->opaque, ret);
        g_free(r);
    }
    qemu_bh_cancel(s->bh);
    submit_waiting(s);
}

static void free_state(LuringState *s)
{
    aio_set_fd_handler(s->ctx, s->ring.ring_fd, NULL, NULL, NULL, NULL, NULL);
    qemu_bh_delete(s->bh);
    io_uring_queue_exit(&s->ring);
    g_free(s);
}

static LuringState *get_state(AioContext *ctx)
{
    LuringState *s = ctx->linux_io_uring;

    if (s) {
        return s;
    }
    s = g_new0(LuringState, 1);
    if (io_uring_queue_init(RING_ENTRIES, &s->ring, 0) < 0) {
        g_free(s);
        return NULL;
    }
    QSIMPLEQ_INIT(&s->waiting);
    s->ctx = ctx;
    s->bh = aio_bh_new(ctx, reap, s);
    aio_set_fd_handler(ctx, s->ring.ring_fd, reap, NULL, NULL, NULL, s);
    ctx->linux_io_uring = s;
    ctx->free_linux_io_uring = free_state;
    return s;
}

bool uring_submit(int fd, const BlockReq *req, BlockCompletionFunc *cb,
                  void *opaque)
{
    LuringState *s =
        get_state(qemu_get_current_aio_context() ?: qemu_get_aio_context());
    RingReq *r;

    if (!s) {
        return false;
    }
    r = g_new(RingReq, 1);
    *r = (RingReq){ .fd = fd, .req = req, .cb = cb, .opaque = opaque };
    QSIMPLEQ_INSERT_TAIL(&s->waiting, r, next);
    defer_call(submit_waiting, s);
    return true;
}

bool uring_available(Error **errp)
{
    struct io_uring ring;
    int ret = io_uring_queue_init(1, &ring, 0);

    if (ret < 0) {
        error_setg_errno(errp, -ret, "Unable to use linux io_uring");
        error_append_hint(errp, "aio=threads does without.\n");
        return false;
    }
    io_uring_queue_exit(&ring);
    return true;
}

#else

bool uring_submit(int fd, const BlockReq *req, BlockCompletionFunc *cb,
                  void *opaque)
{
    return false;
}

bool uring_available(Error **errp)
{
    error_setg(errp, "aio=io_uring was specified, but is not supported in "
                     "this build.");
    return false;
}

#endif
