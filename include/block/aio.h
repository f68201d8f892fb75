/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AioContext: an event loop of file descriptors, bottom halves and timers.
 *
 * It is a GSource, so that it can be part of a GMainContext, which is how the
 * main loop runs its own two (qemu/main-loop.h); or aio_poll() turns it by
 * itself, as an iothread does. One thread at a time runs it: its home thread,
 * or for the main loop's contexts whoever holds the big lock. Adding and
 * removing things and waking it up is possible from every thread.
 *
 * A bottom half (QEMUBH) is a callback to be run once by the loop, soon.
 * Bottom halves run in the order in which they were scheduled; one that is
 * scheduled while they run waits for the next turn.
 *
 * Implemented in util/aio-context.c, util/aio-handler.c, util/aio-bh.c and
 * util/aiocb.c.
 */
#ifndef QEMU_AIO_H
#define QEMU_AIO_H

#include "qemu/coroutine-core.h"
#include "qemu/queue.h"
#include "qemu/event_notifier.h"
#include "qemu/lockcnt.h"
#include "qemu/reentrancy-guard.h"
#include "qemu/thread.h"
#include "qemu/timer.h"

typedef struct BlockAIOCB BlockAIOCB;
typedef void BlockCompletionFunc(void *opaque, int ret);

/*
 * A request of the block layer that is under way; what makes it embeds this
 * first. cancel_async() asks for an early end, if that can be had; the callback
 * comes in any case, once.
 */
typedef struct AIOCBInfo {
    void (*cancel_async)(BlockAIOCB *acb);
    size_t aiocb_size;
} AIOCBInfo;

struct BlockAIOCB {
    const AIOCBInfo *aiocb_info;
    BlockDriverState *bs;
    BlockCompletionFunc *cb;
    void *opaque;
    int refcnt;
};

/* A new one of @aiocb_info->aiocb_size bytes with one reference. */
void *qemu_aio_get(const AIOCBInfo *aiocb_info, BlockDriverState *bs,
                   BlockCompletionFunc *cb, void *opaque);
/* The last reference frees it. In the thread of its context. */
void qemu_aio_unref(void *p);
void qemu_aio_ref(void *p);

typedef struct AioHandler AioHandler;
typedef void QEMUBHFunc(void *opaque);
typedef bool AioPollFn(void *opaque);
typedef void IOHandler(void *opaque);

/* Private, but for @tlg. */
struct AioContext {
    GSource source;

    /*
     * Who has to be woken up: bit 0 a GMainContext between prepare and check,
     * the rest counts aio_poll() calls that are about to sleep.
     */
    uint32_t notify_me;
    EventNotifier notifier;
    GPollFD notifier_pfd;

    /* Counts those who walk the handlers; its lock is for changing them. */
    QemuLockCnt list_lock;
    QLIST_HEAD(, AioHandler) handlers;

    /* What the poll of aio_poll() is for; the home thread's. */
    GPollFD *poll_fds;
    AioHandler **poll_handlers;
    size_t poll_size;

    /* Scheduled, the last one first; any thread puts them on top. */
    QEMUBH *bh_scheduled;
    /* Those of the turns that run now, the next one first. */
    QEMUBH *bh_running;
    QEMUBH **bh_running_end;

    QEMUTimerListGroup tlg;

    int64_t poll_max_ns, poll_grow, poll_shrink;
    int64_t aio_max_batch;
    int64_t thread_pool_min, thread_pool_max;

    /* Made when first used; the home thread's. See block/thread-pool.h. */
    struct ThreadPoolAio *thread_pool;
    /* The io_uring of the block layer, and what frees it. */
    struct LuringState *linux_io_uring;
    void (*free_linux_io_uring)(struct LuringState *s);
};

/* A new context with one reference; NULL and @errp if there is no eventfd. */
AioContext *aio_context_new(Error **errp);
void aio_context_ref(AioContext *ctx);
void aio_context_unref(AioContext *ctx);

/* The context as a source, with a new reference, to attach it. */
GSource *aio_get_g_source(AioContext *ctx);

/*
 * Calls @cb(@opaque) once, soon, in @ctx. Any thread. @name is for debugging;
 * it must live on.
 */
void aio_bh_schedule_oneshot_full(AioContext *ctx, QEMUBHFunc *cb, void *opaque,
                                  const char *name);
#define aio_bh_schedule_oneshot(ctx, cb, opaque)                         \
    aio_bh_schedule_oneshot_full((ctx), (cb), (opaque), (stringify(cb)))

/*
 * A bottom half of @ctx that calls @cb(@opaque) each time it is scheduled.
 * With @reentrancy_guard, the guard is set while @cb runs. The caller deletes
 * it with qemu_bh_delete().
 */
QEMUBH *aio_bh_new_full(AioContext *ctx, QEMUBHFunc *cb, void *opaque,
                        const char *name, MemReentrancyGuard *reentrancy_guard);
#define aio_bh_new(ctx, cb, opaque)                                      \
    aio_bh_new_full((ctx), (cb), (opaque), (stringify(cb)), NULL)
#define aio_bh_new_guarded(ctx, cb, opaque, guard)                       \
    aio_bh_new_full((ctx), (cb), (opaque), (stringify(cb)), guard)

/*
 * Schedules @bh; nothing if it is scheduled. Never waits, and is possible in
 * any thread and in signal handlers. The idle form lets the loop sleep: @bh
 * runs when something else has woken it, or 10 ms later.
 */
void qemu_bh_schedule(QEMUBH *bh);
void qemu_bh_schedule_idle(QEMUBH *bh);
/* Takes that back, unless it is running in another thread now. */
void qemu_bh_cancel(QEMUBH *bh);
/* Cancels it and lets the loop free it; not to be used any more. */
void qemu_bh_delete(QEMUBH *bh);

/* For the loop: calls @bh's callback; runs what is scheduled. */
void aio_bh_call(QEMUBH *bh);
/* 1 if there was one that was not idle, else 0. */
int aio_bh_poll(AioContext *ctx);
/* Nanoseconds until a bottom half or timer is due; 0 now, -1 never. */
int64_t aio_compute_timeout(AioContext *ctx);

/* Lets the loop look at everything again. Any thread, signal handlers. */
void aio_notify(AioContext *ctx);
/* For the loop: forgets notifications; before looking for what is due. */
void aio_notify_accept(AioContext *ctx);

/*
 * Calls @io_read(@opaque) whenever @fd is readable (or has an error or a
 * hangup), @io_write(@opaque) whenever it is writable. This replaces what was
 * set for @fd; two NULLs remove it, and the callbacks are not begun after
 * that, except in a home thread that is at it. @io_poll and @io_poll_ready
 * are for busy polling, which is not done here: @fd must wake the loop too.
 */
void aio_set_fd_handler(AioContext *ctx, int fd,
                        IOHandler *io_read, IOHandler *io_write,
                        AioPollFn *io_poll, IOHandler *io_poll_ready,
                        void *opaque);

/* The same for a notifier, which the callback has to clear; NULL removes. */
void aio_set_event_notifier(AioContext *ctx, EventNotifier *notifier,
                            EventNotifierHandler *io_read,
                            AioPollFn *io_poll,
                            EventNotifierHandler *io_poll_ready);
/* Told when busy polling begins and ends: never. */
void aio_set_event_notifier_poll(AioContext *ctx, EventNotifier *notifier,
                                 EventNotifierHandler *io_poll_begin,
                                 EventNotifierHandler *io_poll_end);

/*
 * One turn: runs what is due; with @blocking, waits until something is. Called
 * by the home thread. Whether a callback ran; with @blocking that is true,
 * unless aio_notify() ended the wait.
 */
bool aio_poll(AioContext *ctx, bool blocking);

/* What the source does before and after g_poll(), and to run what is due. */
bool aio_prepare(AioContext *ctx);
bool aio_pending(AioContext *ctx);
void aio_dispatch(AioContext *ctx);

/* Timers of @ctx: as timer_new_full() and timer_init_full(). */
static inline QEMUTimer *aio_timer_new_with_attrs(AioContext *ctx,
                                                  QEMUClockType type,
                                                  int scale, int attributes,
                                                  QEMUTimerCB *cb, void *opaque)
{
    return timer_new_full(&ctx->tlg, type, scale, attributes, cb, opaque);
}

static inline QEMUTimer *aio_timer_new(AioContext *ctx, QEMUClockType type,
                                       int scale,
                                       QEMUTimerCB *cb, void *opaque)
{
    return timer_new_full(&ctx->tlg, type, scale, 0, cb, opaque);
}

static inline void aio_timer_init_with_attrs(AioContext *ctx, QEMUTimer *ts,
                                             QEMUClockType type,
                                             int scale, int attributes,
                                             QEMUTimerCB *cb, void *opaque)
{
    timer_init_full(ts, &ctx->tlg, type, scale, attributes, cb, opaque);
}

static inline void aio_timer_init(AioContext *ctx, QEMUTimer *ts,
                                  QEMUClockType type, int scale,
                                  QEMUTimerCB *cb, void *opaque)
{
    timer_init_full(ts, &ctx->tlg, type, scale, 0, cb, opaque);
}

/*
 * The context that the calling thread runs: what was set, else the main one
 * for a holder of the big lock, else NULL.
 */
AioContext *qemu_get_current_aio_context(void);
/* Sets it, once per thread. */
void qemu_set_current_aio_context(AioContext *ctx);

/*
 * Parameters that users can set on an iothread. The first two set @errp for
 * values that make no sense.
 */
void aio_context_set_poll_params(AioContext *ctx, int64_t max_ns,
                                 int64_t grow, int64_t shrink, Error **errp);
void aio_context_set_thread_pool_params(AioContext *ctx, int64_t min,
                                        int64_t max, Error **errp);
void aio_context_set_aio_params(AioContext *ctx, int64_t max_batch);

/* The pool of threads that work for @ctx. In its home thread. */
struct ThreadPoolAio *aio_get_thread_pool(AioContext *ctx);

#endif
