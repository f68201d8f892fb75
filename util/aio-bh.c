/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bottom halves.
 *
 * Scheduling puts a bottom half on top of a stack with one compare-and-swap;
 * BH_LISTED says that it is there, so that nothing is on it twice. A turn of
 * the loop takes the whole stack, turns it round, and appends it to the queue
 * of those to run. A loop that is turned from within a bottom half thereby
 * goes on with what the outer turn has not run yet.
 */
#include "qemu/osdep.h"
#include "block/aio.h"
#include "qemu/main-loop.h"
#include "aio-handler.h"
#include "trace.h"

enum {
    BH_LISTED = 1,    /* in the context's stack or queue */
    BH_SCHEDULED = 2, /* to be called */
    BH_IDLE = 4,      /* ... but not worth waking up for */
    BH_ONESHOT = 8,   /* freed after its call */
    BH_DELETED = 16,  /* freed instead of its next call */
};

/* How long a loop sleeps when there are only idle bottom halves. */
#define IDLE_NS (10 * SCALE_MS)

struct QEMUBH {
    AioContext *ctx;
    const char *name;
    QEMUBHFunc *cb;
    void *opaque;
    QEMUBH *next;
    unsigned flags;
    MemReentrancyGuard *reentrancy_guard;
};

QEMUBH *aio_bh_new_full(AioContext *ctx, QEMUBHFunc *cb, void *opaque,
                        const char *name, MemReentrancyGuard *reentrancy_guard)
{
    QEMUBH *bh = g_new(QEMUBH, 1);

    *bh = (QEMUBH){
        .ctx = ctx,
        .name = name,
        .cb = cb,
        .opaque = opaque,
        .reentrancy_guard = reentrancy_guard,
    };
    return bh;
}

/* Sets flags, and puts @bh where the loop looks. */
static void enqueue(QEMUBH *bh, unsigned flags)
{
    AioContext *ctx = bh->ctx;
    QEMUBH *top;

    /*
     * If it is listed already, it must not be touched after this: the loop
     * may be about to free it.
     */
    if (qatomic_fetch_or(&bh->flags, BH_LISTED | flags) & BH_LISTED) {
        return;
    }
    top = qatomic_read(&ctx->bh_scheduled);
    for (;;) {
        QEMUBH *seen;

        qatomic_set(&bh->next, top);
        seen = qatomic_cmpxchg(&ctx->bh_scheduled, top, bh);
        if (seen == top) {
            return;
        }
        top = seen;
    }
}

void qemu_bh_schedule(QEMUBH *bh)
{
    AioContext *ctx = bh->ctx;

    enqueue(bh, BH_SCHEDULED);
    aio_notify(ctx);
}

void qemu_bh_schedule_idle(QEMUBH *bh)
{
    enqueue(bh, BH_SCHEDULED | BH_IDLE);
}

void qemu_bh_cancel(QEMUBH *bh)
{
    qatomic_and(&bh->flags, ~BH_SCHEDULED);
}

void qemu_bh_delete(QEMUBH *bh)
{
    enqueue(bh, BH_DELETED);
}

void aio_bh_schedule_oneshot_full(AioContext *ctx, QEMUBHFunc *cb, void *opaque,
                                  const char *name)
{
    enqueue(aio_bh_new_full(ctx, cb, opaque, name, NULL),
            BH_SCHEDULED | BH_ONESHOT);
    aio_notify(ctx);
}

void aio_bh_call(QEMUBH *bh)
{
    MemReentrancyGuard *guard = bh->reentrancy_guard;
    bool engaged = false;

    if (guard) {
        engaged = guard->engaged_in_io;
        if (engaged) {
            trace_reentrant_aio(bh->ctx, bh->name);
        }
        guard->engaged_in_io = true;
    }
    /* The callback may delete @bh, but not its device. */
    bh->cb(bh->opaque);
    if (guard) {
        guard->engaged_in_io = engaged;
    }
}

/* Moves what is scheduled to the end of the queue, the oldest first. */
static void take_scheduled(AioContext *ctx)
{
    QEMUBH *bh = qatomic_xchg(&ctx->bh_scheduled, NULL);
    QEMUBH *oldest = NULL;
    QEMUBH *newest = bh;

    if (!bh) {
        return;
    }
    while (bh) {
        QEMUBH *older = bh->next;

        bh->next = oldest;
        oldest = bh;
        bh = older;
    }
    *ctx->bh_running_end = oldest;
    ctx->bh_running_end = &newest->next;
}

static QEMUBH *take_next(AioContext *ctx)
{
    QEMUBH *bh = ctx->bh_running;

    if (bh) {
        ctx->bh_running = bh->next;
        if (!ctx->bh_running) {
            ctx->bh_running_end = &ctx->bh_running;
        }
    }
    return bh;
}

int aio_bh_poll(AioContext *ctx)
{
    int progress = 0;
    QEMUBH *bh;

    take_scheduled(ctx);
    while ((bh = take_next(ctx))) {
        /* From here on it can be scheduled again. */
        unsigned flags = qatomic_fetch_and(
            &bh->flags, ~(BH_LISTED | BH_SCHEDULED | BH_IDLE));

        if ((flags & (BH_SCHEDULED | BH_DELETED)) == BH_SCHEDULED) {
            if (!(flags & BH_IDLE)) {
                progress = 1;
            }
            aio_bh_call(bh);
        }
        if (flags & (BH_DELETED | BH_ONESHOT)) {
            g_free(bh);
        }
    }
    return progress;
}

/* The soonest that any bottom half of @bh's list wants. */
static int64_t list_timeout(QEMUBH *bh)
{
    int64_t timeout = -1;

    for (; bh; bh = qatomic_read(&bh->next)) {
        unsigned flags = qatomic_read(&bh->flags);

        if ((flags & (BH_SCHEDULED | BH_DELETED)) != BH_SCHEDULED) {
            continue;
        }
        if (!(flags & BH_IDLE)) {
            return 0;
        }
        timeout = IDLE_NS;
    }
    return timeout;
}

int64_t aio_compute_timeout(AioContext *ctx)
{
    int64_t timeout = list_timeout(qatomic_load_acquire(&ctx->bh_scheduled));

    timeout = qemu_soonest_timeout(timeout, list_timeout(ctx->bh_running));
    if (timeout) {
        timeout = qemu_soonest_timeout(timeout,
                                       timerlistgroup_deadline_ns(&ctx->tlg));
    }
    return timeout;
}

bool aio_bh_garbage(AioContext *ctx)
{
    QEMUBH *bh = qatomic_load_acquire(&ctx->bh_scheduled);

    for (; bh; bh = qatomic_read(&bh->next)) {
        if (qatomic_read(&bh->flags) & BH_DELETED) {
            return true;
        }
    }
    return false;
}

static void free_list(QEMUBH *bh)
{
    while (bh) {
        QEMUBH *next = bh->next;

        /* Others belong to whoever made them, or will delete them. */
        if (bh->flags & (BH_DELETED | BH_ONESHOT)) {
            g_free(bh);
        }
        bh = next;
    }
}

void aio_bh_destroy(AioContext *ctx)
{
    free_list(ctx->bh_scheduled);
    free_list(ctx->bh_running);
}
