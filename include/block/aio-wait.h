/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waiting, in a running event loop, for a condition that others bring about.
 *
 * The waiter turns its loop; whoever changes the condition in another thread
 * calls aio_wait_kick() after it.
 */
#ifndef QEMU_AIO_WAIT_H
#define QEMU_AIO_WAIT_H

#include "block/aio.h"
#include "qemu/main-loop.h"

typedef struct {
    unsigned num_waiters;
} AioWait;

/* All waiters of the process. */
extern AioWait global_aio_wait;

/* Whether the calling thread may turn @ctx. */
static inline bool in_aio_context_home_thread(AioContext *ctx)
{
    return ctx == qemu_get_current_aio_context() ||
           (ctx == qemu_get_aio_context() && bql_locked());
}

/*
 * Turns @ctx if this is its home thread, otherwise the main loop's context,
 * while @cond holds. True if it had to wait. @ctx may be NULL.
 */
#define AIO_WAIT_WHILE_INTERNAL(ctx, cond)                               \
    ({                                                                   \
        bool waited_ = false;                                            \
        AioContext *turn_ = (ctx);                                       \
                                                                         \
        if (!turn_ || !in_aio_context_home_thread(turn_)) {              \
            turn_ = qemu_get_aio_context();                              \
            assert(qemu_get_current_aio_context() == turn_);             \
        }                                                                \
        qatomic_inc(&global_aio_wait.num_waiters);                       \
        /* Counted in before looking: pairs with aio_wait_kick(). */     \
        smp_mb();                                                        \
        while ((cond)) {                                                 \
            aio_poll(turn_, true);                                       \
            waited_ = true;                                              \
        }                                                                \
        qatomic_dec(&global_aio_wait.num_waiters);                       \
        waited_;                                                         \
    })

#define AIO_WAIT_WHILE(ctx, cond)          AIO_WAIT_WHILE_INTERNAL(ctx, cond)
#define AIO_WAIT_WHILE_UNLOCKED(ctx, cond) AIO_WAIT_WHILE_INTERNAL(ctx, cond)

/* Lets waiters look at their condition again. Any thread. */
void aio_wait_kick(void);

/* Runs @cb(@opaque) in @ctx and waits for it. In the main thread. */
void aio_wait_bh_oneshot(AioContext *ctx, QEMUBHFunc *cb, void *opaque);

#endif
