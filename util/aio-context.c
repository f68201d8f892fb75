/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AioContext: one turn of the loop, as a GSource and by aio_poll(), and waking
 * up whoever sleeps in it.
 *
 * Waking up costs a system call only if somebody sleeps or is about to. The
 * sleeper announces itself in notify_me, then looks for work, then sleeps; the
 * waker leaves work, then looks at notify_me. With a full barrier between the
 * two steps of each, one of them sees the other.
 */
#include "qemu/osdep.h"
#include "block/aio.h"
#include "block/aio-wait.h"
#include "block/thread-pool.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "aio-handler.h"

/* Bits of notify_me. */
#define SOURCE_SLEEPS 1
#define POLL_SLEEPS   2

static __thread AioContext *current_context;

AioContext *qemu_get_current_aio_context(void)
{
    if (current_context) {
        return current_context;
    }
    return bql_locked() ? qemu_get_aio_context() : NULL;
}

void qemu_set_current_aio_context(AioContext *ctx)
{
    assert(!current_context);
    current_context = ctx;
}

void aio_notify(AioContext *ctx)
{
    smp_mb();
    if (qatomic_read(&ctx->notify_me)) {
        event_notifier_set(&ctx->notifier);
    }
}

void aio_notify_accept(AioContext *ctx)
{
    if (ctx->notifier_pfd.revents) {
        ctx->notifier_pfd.revents = 0;
        event_notifier_test_and_clear(&ctx->notifier);
    }
}

/* Whether a bottom half or a timer is due. */
static bool work_due(AioContext *ctx)
{
    return aio_compute_timeout(ctx) == 0;
}

bool aio_prepare(AioContext *ctx)
{
    return false;
}

bool aio_pending(AioContext *ctx)
{
    return aio_handlers_pending(ctx);
}

static bool run_all(AioContext *ctx)
{
    bool progress = aio_bh_poll(ctx);

    progress |= aio_handlers_dispatch(ctx);
    progress |= timerlistgroup_run_timers(&ctx->tlg);
    return progress;
}

void aio_dispatch(AioContext *ctx)
{
    run_all(ctx);
}

bool aio_poll(AioContext *ctx, bool blocking)
{
    int64_t timeout = 0;

    assert(in_aio_context_home_thread(ctx));
    if (blocking) {
        qatomic_add(&ctx->notify_me, POLL_SLEEPS);
        smp_mb();
        timeout = aio_compute_timeout(ctx);
    }
    aio_handlers_poll(ctx, timeout);
    if (blocking) {
        qatomic_sub(&ctx->notify_me, POLL_SLEEPS);
    }
    aio_notify_accept(ctx);
    return run_all(ctx);
}

static gboolean source_prepare(GSource *source, gint *timeout)
{
    AioContext *ctx = (AioContext *)source;
    int64_t ns;

    qatomic_or(&ctx->notify_me, SOURCE_SLEEPS);
    smp_mb();
    ns = aio_bh_garbage(ctx) ? 0 : aio_compute_timeout(ctx);
    *timeout = qemu_timeout_ns_to_ms(ns);
    return ns == 0;
}

static void source_awake(AioContext *ctx)
{
    qatomic_and(&ctx->notify_me, ~SOURCE_SLEEPS);
    aio_notify_accept(ctx);
}

static gboolean source_check(GSource *source)
{
    AioContext *ctx = (AioContext *)source;

    source_awake(ctx);
    return work_due(ctx) || aio_pending(ctx);
}

static gboolean source_dispatch(GSource *source, GSourceFunc callback,
                                gpointer user_data)
{
    AioContext *ctx = (AioContext *)source;

    /* GLib leaves out the check of a source that was ready before the poll. */
    source_awake(ctx);
    aio_dispatch(ctx);
    return G_SOURCE_CONTINUE;
}

static void source_finalize(GSource *source)
{
    AioContext *ctx = (AioContext *)source;

    /* Deleted bottom halves are freed by their turn; nobody runs here now. */
    thread_pool_free_aio(ctx->thread_pool);
    if (ctx->linux_io_uring) {
        ctx->free_linux_io_uring(ctx->linux_io_uring);
    }
    aio_bh_destroy(ctx);
    aio_handlers_destroy(ctx);
    event_notifier_cleanup(&ctx->notifier);
    qemu_lockcnt_destroy(&ctx->list_lock);
    timerlistgroup_deinit(&ctx->tlg);
}

static GSourceFuncs source_funcs = {
    .prepare = source_prepare,
    .check = source_check,
    .dispatch = source_dispatch,
    .finalize = source_finalize,
};

static void timer_sooner(void *opaque, QEMUClockType type)
{
    aio_notify(opaque);
}

AioContext *aio_context_new(Error **errp)
{
    EventNotifier notifier;
    AioContext *ctx;
    int ret = event_notifier_init(&notifier, false);

    if (ret < 0) {
        error_setg_errno(errp, -ret, "Failed to initialize event notifier");
        return NULL;
    }
    ctx = (AioContext *)g_source_new(&source_funcs, sizeof(AioContext));
    g_source_set_can_recurse(&ctx->source, true);
    ctx->notifier = notifier;
    ctx->notifier_pfd.fd = event_notifier_get_fd(&notifier);
    ctx->notifier_pfd.events = G_IO_IN;
    ctx->thread_pool_max = THREAD_POOL_MAX_THREADS_DEFAULT;
    g_source_add_poll(&ctx->source, &ctx->notifier_pfd);
    qemu_lockcnt_init(&ctx->list_lock);
    ctx->bh_running_end = &ctx->bh_running;
    timerlistgroup_init(&ctx->tlg, timer_sooner, ctx);
    return ctx;
}

void aio_context_ref(AioContext *ctx)
{
    g_source_ref(&ctx->source);
}

void aio_context_unref(AioContext *ctx)
{
    g_source_unref(&ctx->source);
}

GSource *aio_get_g_source(AioContext *ctx)
{
    return g_source_ref(&ctx->source);
}

void aio_context_set_poll_params(AioContext *ctx, int64_t max_ns, int64_t grow,
                                 int64_t shrink, Error **errp)
{
    qatomic_set(&ctx->poll_max_ns, max_ns);
    qatomic_set(&ctx->poll_grow, grow);
    qatomic_set(&ctx->poll_shrink, shrink);
}

void aio_context_set_thread_pool_params(AioContext *ctx, int64_t min,
                                        int64_t max, Error **errp)
{
    if (min > max || max <= 0 || min < 0 || max > INT_MAX) {
        error_setg(errp, "bad thread-pool-min/thread-pool-max values");
        return;
    }
    ctx->thread_pool_min = min;
    ctx->thread_pool_max = max;
    if (ctx->thread_pool) {
        thread_pool_update_params(ctx->thread_pool, ctx);
    }
}

struct ThreadPoolAio *aio_get_thread_pool(AioContext *ctx)
{
    if (!ctx->thread_pool) {
        ctx->thread_pool = thread_pool_new_aio(ctx);
    }
    return ctx->thread_pool;
}

void aio_context_set_aio_params(AioContext *ctx, int64_t max_batch)
{
    ctx->aio_max_batch = max_batch;
    aio_notify(ctx);
}

/* Waiting for what another thread does: block/aio-wait.h. */
AioWait global_aio_wait;

static void do_nothing(void *opaque)
{
}

void aio_wait_kick(void)
{
    /* The change comes before the look: pairs with AIO_WAIT_WHILE(). */
    smp_mb();
    if (qatomic_read(&global_aio_wait.num_waiters)) {
        aio_bh_schedule_oneshot(qemu_get_aio_context(), do_nothing, NULL);
    }
}

typedef struct {
    QEMUBHFunc *cb;
    void *opaque;
    bool done;
} WaitedCall;

static void run_waited_call(void *opaque)
{
    WaitedCall *call = opaque;

    call->cb(call->opaque);
    qatomic_store_release(&call->done, true);
    aio_wait_kick();
}

void aio_wait_bh_oneshot(AioContext *ctx, QEMUBHFunc *cb, void *opaque)
{
    WaitedCall call = { .cb = cb, .opaque = opaque };

    assert(qemu_get_current_aio_context() == qemu_get_aio_context());
    aio_bh_schedule_oneshot(ctx, run_waited_call, &call);
    AIO_WAIT_WHILE_UNLOCKED(NULL, !qatomic_load_acquire(&call.done));
}
