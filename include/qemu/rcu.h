/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Read-copy-update: readers without locks.
 *
 * A reader stands between rcu_read_lock() and rcu_read_unlock(), which nest,
 * and follows pointers with qatomic_rcu_read(). A writer publishes a new
 * version with qatomic_rcu_set() and frees the old one once every reader that
 * could see it is gone: it waits with synchronize_rcu(), or hands it to
 * call_rcu() or g_free_rcu(). Lists for this are in qemu/rcu_queue.h.
 *
 * Underneath is liburcu (the memb flavour), which stays inside util/rcu.c: its
 * names are the same as these. The first level of a nested section calls
 * there; an inner one is an increment.
 */
#ifndef QEMU_RCU_H
#define QEMU_RCU_H

#include "qemu/thread.h"
#include "qemu/queue.h"
#include "qemu/atomic.h"
#include "qemu/notify.h"
#include "qemu/rcu-reader.h"

/*
 * Begins and ends a read section. It may take locks and wait, but must not
 * call synchronize_rcu() or drain_call_rcu(). A thread that was not registered
 * is registered at its first section, and unregistered when it ends.
 */
static inline void rcu_read_lock(void)
{
    if (rcu_reader_depth++ == 0) {
        rcu_reader_enter();
    }
}

static inline void rcu_read_unlock(void)
{
    assert(rcu_reader_depth != 0);
    if (--rcu_reader_depth == 0) {
        rcu_reader_leave();
    }
}

/*
 * Waits until every read section that has begun before is over. Not from
 * within a read section.
 */
void synchronize_rcu(void);

/*
 * A thread that reads registers first and unregisters before it ends, outside
 * of sections. The main thread need not.
 */
void rcu_register_thread(void);
void rcu_unregister_thread(void);

/* What stands for the calling thread; tests tell threads apart by it. */
struct rcu_reader_data;
struct rcu_reader_data *get_ptr_rcu_reader(void);

/*
 * Whether RCU goes on in the child of a fork(): enabled at the start. Calls
 * count; disabled is right when the child only calls exec.
 */
void rcu_enable_atfork(void);
void rcu_disable_atfork(void);

struct rcu_head;
typedef void RCUCBFunc(struct rcu_head *head);

/* A member of what call_rcu() frees, at its beginning. Private. */
struct rcu_head {
    struct rcu_head *next;
    RCUCBFunc *func;
};

/*
 * Calls @func(@head) after the read sections of now are over, in the order of
 * the calls, on the reclaim thread and under the big lock. From any thread;
 * never waits. The thread is started by the first call.
 */
void call_rcu1(struct rcu_head *head, RCUCBFunc *func);

/*
 * The same without the big lock, so that it does not wait for who holds it.
 * @func must not wait for anything, nor run code of others.
 */
void call_rcu_unlocked(struct rcu_head *head, RCUCBFunc *func);

/*
 * Waits until all functions are called whose call_rcu() came before. The big
 * lock, if the caller holds it, is released meanwhile. Not in a read section.
 */
void drain_call_rcu(void);

/*
 * @hook is called at the end of each drain_call_rcu(), under the big lock: for
 * what callbacks must leave to a thread that may run anything. One in all.
 */
void rcu_set_drain_hook(void (*hook)(void));

/* call_rcu1() for @head of any type whose first member @field is rcu_head. */
#define call_rcu(head, func, field)                                      \
    call_rcu1(({                                                         \
                  char __attribute__((unused))                           \
                      offset_must_be_zero[-offsetof(typeof(*(head)),     \
                                                    field)],             \
                      func_type_invalid =                                \
                          (func) - (void (*)(typeof(head)))(func);       \
                  &(head)->field;                                        \
              }),                                                        \
              (RCUCBFunc *)(func))

/* Frees @obj, whose first member is @field, with g_free(). */
#define g_free_rcu(obj, field)                                           \
    call_rcu1(({                                                         \
                  char __attribute__((unused))                           \
                      offset_must_be_zero[-offsetof(typeof(*(obj)),      \
                                                    field)];             \
                  &(obj)->field;                                         \
              }),                                                        \
              (RCUCBFunc *)g_free);

/* What the guards below keep: not a pointer to anything. */
typedef void RCUReadAuto;

static inline RCUReadAuto *rcu_read_auto_lock(void)
{
    rcu_read_lock();
    return (RCUReadAuto *)(uintptr_t)1;
}

static inline void rcu_read_auto_unlock(RCUReadAuto *r)
{
    rcu_read_unlock();
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RCUReadAuto, rcu_read_auto_unlock)

/* A read section for the block that follows. */
#define WITH_RCU_READ_LOCK_GUARD()                                       \
    WITH_RCU_READ_LOCK_GUARD_(glue(_rcu_read_auto, __COUNTER__))

#define WITH_RCU_READ_LOCK_GUARD_(var)                                   \
    for (g_autoptr(RCUReadAuto) var = rcu_read_auto_lock(); (var);       \
         rcu_read_auto_unlock(var), (var) = NULL)

/* A read section until the end of the scope. */
#define RCU_READ_LOCK_GUARD()                                            \
    g_autoptr(RCUReadAuto) glue(_rcu_read_auto, __COUNTER__)             \
        __attribute__((unused)) = rcu_read_auto_lock()

/*
 * @n is called, from another thread, when drain_call_rcu() waits and the
 * calling thread should leave a long read section: kick it out, do not block.
 * Added and removed by the thread itself, which is registered.
 */
void rcu_add_force_rcu_notifier(Notifier *n);
void rcu_remove_force_rcu_notifier(Notifier *n);

#endif
