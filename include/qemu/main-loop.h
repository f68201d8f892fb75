/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The main loop and the big lock.
 *
 * After qemu_init_main_loop() the main thread calls main_loop_wait() again and
 * again. One turn waits without the big lock (BQL) for file descriptors,
 * bottom halves, timers and GLib sources of the default GMainContext, then
 * runs their callbacks under it.
 *
 * The BQL protects the machine: everything that does not say that it is safe
 * without. A thread other than the main one takes it for what it does to the
 * machine; it comes before every other lock.
 *
 * Implemented in util/main-loop.c, util/signals.c and util/bql.c.
 */
#ifndef QEMU_MAIN_LOOP_H
#define QEMU_MAIN_LOOP_H

#include "block/aio.h"

/* What kicks a virtual CPU's thread out of the guest. */
#define SIG_IPI SIGUSR1

/*
 * Prepares clocks, contexts and signals: those that the process handles
 * (SIGALRM, SIGIO, SIGBUS of other threads) arrive in the main loop, where the
 * handlers that sigaction() set are called. Before any thread is created;
 * a second call does nothing. 0, or a negative errno and @errp.
 */
int qemu_init_main_loop(Error **errp);

/* One turn; with @nonblocking it does not wait. Main thread. */
void main_loop_wait(int nonblocking);

/* The contexts of bottom halves and timers, and of file descriptors. */
AioContext *qemu_get_aio_context(void);
AioContext *iohandler_get_aio_context(void);
/* The latter as a source, with a new reference. */
GSource *iohandler_get_g_source(void);

/* Ends a wait, so that everything is looked at again. Any thread. */
void qemu_notify_event(void);

/*
 * How many bytes a reader can take at the moment, and taking them. When the
 * first goes up outside of the loop, call qemu_notify_event().
 */
typedef void IOReadHandler(void *opaque, const uint8_t *buf, int size);
typedef int IOCanReadHandler(void *opaque);

/*
 * Calls @fd_read(@opaque) while @fd is readable, @fd_write(@opaque) while it
 * is writable, under the BQL. Replaces what was set for @fd; NULL, NULL
 * removes it. With the BQL.
 */
void qemu_set_fd_handler(int fd, IOHandler *fd_read, IOHandler *fd_write,
                         void *opaque);

/* Calls @handler(@e) while @e is set; @handler clears it. NULL removes. */
void event_notifier_set_handler(EventNotifier *e,
                                EventNotifierHandler *handler);

/*
 * A bottom half of the main loop: block/aio.h says how to use it. The guarded
 * form sets a device's re-entrancy guard while the callback runs.
 */
#define qemu_bh_new_guarded(cb, opaque, guard)                           \
    qemu_bh_new_full((cb), (opaque), (stringify(cb)), guard)
#define qemu_bh_new(cb, opaque)                                          \
    qemu_bh_new_full((cb), (opaque), (stringify(cb)), NULL)
QEMUBH *qemu_bh_new_full(QEMUBHFunc *cb, void *opaque, const char *name,
                         MemReentrancyGuard *reentrancy_guard);

/* Whether the calling thread holds the BQL. */
bool bql_locked(void);

/* Takes the BQL, which the caller does not hold; and releases it. */
#define bql_lock() bql_lock_impl(__FILE__, __LINE__)
void bql_lock_impl(const char *file, int line);
void bql_unlock(void);

/* Waits on @cond with the BQL as its mutex; the second, @ms at most. */
void qemu_cond_wait_bql(QemuCond *cond);
void qemu_cond_timedwait_bql(QemuCond *cond, int ms);

/* What BQL_LOCK_GUARD keeps: not a pointer to anything. */
typedef struct BQLLockAuto BQLLockAuto;

static inline BQLLockAuto *bql_auto_lock(const char *file, int line)
{
    if (bql_locked()) {
        return NULL;
    }
    bql_lock_impl(file, line);
    return (BQLLockAuto *)(uintptr_t)1;
}

static inline void bql_auto_unlock(BQLLockAuto *l)
{
    bql_unlock();
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BQLLockAuto, bql_auto_unlock)

/* The BQL until the end of the scope, whether it is held already or not. */
#define BQL_LOCK_GUARD()                                                 \
    g_autoptr(BQLLockAuto) glue(_bql_lock_auto, __COUNTER__)             \
        __attribute__((unused)) = bql_auto_lock(__FILE__, __LINE__)

/*
 * Whether the caller may touch global state: it holds the BQL, or is the main
 * thread of a program that never uses the BQL.
 */
bool qemu_in_main_thread(void);

/* Marks what a function needs: global state under the BQL; nothing. */
#define GLOBAL_STATE_CODE()                                              \
    do {                                                                 \
        assert(qemu_in_main_thread());                                   \
    } while (0)
#define IO_CODE()                                                        \
    do {                                                                 \
    } while (0)
#define IO_OR_GS_CODE()                                                  \
    do {                                                                 \
    } while (0)

/*
 * A notifier that is called around the main loop's poll(), with a
 * MainLoopPoll: FILL adds to @pollfds and lowers @timeout (milliseconds, all
 * ones for never), OK or ERR looks at the result.
 */
enum {
    MAIN_LOOP_POLL_FILL,
    MAIN_LOOP_POLL_ERR,
    MAIN_LOOP_POLL_OK,
};

typedef struct MainLoopPoll {
    int state;
    uint32_t timeout;
    GArray *pollfds;
} MainLoopPoll;

void main_loop_poll_add_notifier(Notifier *notify);
void main_loop_poll_remove_notifier(Notifier *notify);

#endif
