/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads and what they wait on.
 *
 * QemuMutex and QemuRecMutex exclude; QemuCond waits for a condition under a
 * QemuMutex; QemuSemaphore counts; QemuEvent is a flag that many can wait for
 * and that is cheap to set; QemuSpin is for a few instructions. Guards that
 * release a lock at the end of a scope are in qemu/lockable.h, counters with a
 * lock in qemu/lockcnt.h, the big lock in qemu/main-loop.h.
 *
 * Nothing here fails: wrong use (unlocking what is not locked, a condition
 * that was not initialized) is a bug and aborts.
 */
#ifndef QEMU_THREAD_H
#define QEMU_THREAD_H

#include "qemu/processor.h"
#include "qemu/atomic.h"

typedef struct QemuCond QemuCond;
typedef struct QemuSemaphore QemuSemaphore;
typedef struct QemuEvent QemuEvent;
typedef struct QemuThread QemuThread;

#include "qemu/thread-posix.h"

/* How a thread ends: qemu_thread_join() waits for it, or nobody does. */
#define QEMU_THREAD_JOINABLE 0
#define QEMU_THREAD_DETACHED 1

/*
 * A lock that one thread holds at a time. A thread that locks it twice stops
 * for good. _trylock() returns 0 when it got the lock, and does not wait. The
 * _impl forms name the caller's place in the source, for messages.
 */
void qemu_mutex_init(QemuMutex *mutex);
void qemu_mutex_destroy(QemuMutex *mutex);
void TSA_NO_TSA qemu_mutex_lock_impl(QemuMutex *mutex, const char *file,
                                     const int line);
int TSA_NO_TSA qemu_mutex_trylock_impl(QemuMutex *mutex, const char *file,
                                       const int line);
void TSA_NO_TSA qemu_mutex_unlock_impl(QemuMutex *mutex, const char *file,
                                       const int line);

/* The same, but its holder can lock it again and unlocks it as often. */
void qemu_rec_mutex_init(QemuRecMutex *mutex);
void qemu_rec_mutex_destroy(QemuRecMutex *mutex);
void qemu_rec_mutex_lock_impl(QemuRecMutex *mutex, const char *file, int line);
int qemu_rec_mutex_trylock_impl(QemuRecMutex *mutex, const char *file,
                                int line);
void qemu_rec_mutex_unlock_impl(QemuRecMutex *mutex, const char *file,
                                int line);

#define qemu_mutex_lock(m)        qemu_mutex_lock_impl(m, __FILE__, __LINE__)
#define qemu_mutex_trylock(m)     qemu_mutex_trylock_impl(m, __FILE__, __LINE__)
#define qemu_mutex_unlock(m)      qemu_mutex_unlock_impl(m, __FILE__, __LINE__)
#define qemu_mutex_lock__raw(m)   qemu_mutex_lock(m)
#define qemu_mutex_trylock__raw(m) qemu_mutex_trylock(m)
#define qemu_rec_mutex_lock(m)                                           \
    qemu_rec_mutex_lock_impl(m, __FILE__, __LINE__)
#define qemu_rec_mutex_trylock(m)                                        \
    qemu_rec_mutex_trylock_impl(m, __FILE__, __LINE__)
#define qemu_rec_mutex_unlock(m)                                         \
    qemu_rec_mutex_unlock_impl(m, __FILE__, __LINE__)

/* The same as functions, for those who need a pointer to one. */
static inline void (qemu_mutex_lock)(QemuMutex *mutex)
{
    qemu_mutex_lock(mutex);
}

static inline int (qemu_mutex_trylock)(QemuMutex *mutex)
{
    return qemu_mutex_trylock(mutex);
}

static inline void (qemu_mutex_unlock)(QemuMutex *mutex)
{
    qemu_mutex_unlock(mutex);
}

static inline void (qemu_rec_mutex_lock)(QemuRecMutex *mutex)
{
    qemu_rec_mutex_lock(mutex);
}

static inline int (qemu_rec_mutex_trylock)(QemuRecMutex *mutex)
{
    return qemu_rec_mutex_trylock(mutex);
}

static inline void (qemu_rec_mutex_unlock)(QemuRecMutex *mutex)
{
    qemu_rec_mutex_unlock(mutex);
}

/*
 * Waiting for a condition. Signal and broadcast while holding the mutex that
 * the waiters use. A waiter can wake up without a signal: wait in a loop.
 * qemu_cond_timedwait() waits at most @ms milliseconds and returns false when
 * they are over.
 */
void qemu_cond_init(QemuCond *cond);
void qemu_cond_destroy(QemuCond *cond);
void qemu_cond_signal(QemuCond *cond);
void qemu_cond_broadcast(QemuCond *cond);
void TSA_NO_TSA qemu_cond_wait_impl(QemuCond *cond, QemuMutex *mutex,
                                    const char *file, const int line);
bool TSA_NO_TSA qemu_cond_timedwait_impl(QemuCond *cond, QemuMutex *mutex,
                                         int ms, const char *file,
                                         const int line);
#define qemu_cond_wait(c, m)  qemu_cond_wait_impl(c, m, __FILE__, __LINE__)
#define qemu_cond_timedwait(c, m, ms)                                    \
    qemu_cond_timedwait_impl(c, m, ms, __FILE__, __LINE__)

static inline void (qemu_cond_wait)(QemuCond *cond, QemuMutex *mutex)
{
    qemu_cond_wait(cond, mutex);
}

static inline bool (qemu_cond_timedwait)(QemuCond *cond, QemuMutex *mutex,
                                         int ms)
{
    return qemu_cond_timedwait(cond, mutex, ms);
}

/*
 * A counting semaphore. _wait() takes one and waits until there is one;
 * _timedwait() returns 0 when it got one, -1 after @ms milliseconds.
 */
void qemu_sem_init(QemuSemaphore *sem, int init);
void qemu_sem_post(QemuSemaphore *sem);
void qemu_sem_wait(QemuSemaphore *sem);
int qemu_sem_timedwait(QemuSemaphore *sem, int ms);
void qemu_sem_destroy(QemuSemaphore *sem);

/*
 * A flag to wait for. _wait() returns once it is set, at once when it is.
 * What was written before _set() is seen after the _wait() that it ends.
 * Those who wait reset the flag first, then look at what they wait for, then
 * wait. No system call while nobody sleeps.
 */
void qemu_event_init(QemuEvent *ev, bool init);
void qemu_event_set(QemuEvent *ev);
void qemu_event_reset(QemuEvent *ev);
void qemu_event_wait(QemuEvent *ev);
void qemu_event_destroy(QemuEvent *ev);

/*
 * Starts a thread that runs @start_routine(@arg), with all signals blocked
 * but those of faults. @name (NULL allowed) is shown by debuggers when
 * qemu_thread_naming() is on. @mode is QEMU_THREAD_JOINABLE or _DETACHED.
 */
void qemu_thread_create(QemuThread *thread, const char *name,
                        void *(*start_routine)(void *),
                        void *arg, int mode);

/*
 * The host CPUs that a thread may run on, a bitmap of @nbits bits. 0 or a
 * negative errno. The getter allocates *@host_cpus; the caller frees it with
 * g_free().
 */
int qemu_thread_set_affinity(QemuThread *thread, unsigned long *host_cpus,
                             unsigned long nbits);
int qemu_thread_get_affinity(QemuThread *thread, unsigned long **host_cpus,
                             unsigned long *nbits);

/* Waits for a joinable thread to end; what its routine returned. */
void *qemu_thread_join(QemuThread *thread);
/* The calling thread; and whether @thread is the calling one. */
void qemu_thread_get_self(QemuThread *thread);
bool qemu_thread_is_self(QemuThread *thread);
/* Ends the calling thread. */
G_NORETURN void qemu_thread_exit(void *retval);
/* Whether threads created from now on get their name (-name debug-threads). */
void qemu_thread_naming(bool enable);

/*
 * @notifier is called in the calling thread when it ends, the last added
 * first. It may be taken off before that, in the same thread.
 */
struct Notifier;
void qemu_thread_atexit_add(struct Notifier *notifier);
void qemu_thread_atexit_remove(struct Notifier *notifier);

/* A lock for some instructions without calls; it never sleeps. */
struct QemuSpin {
    int value;
};

static inline void qemu_spin_init(QemuSpin *spin)
{
    qatomic_set(&spin->value, 0);
}

static inline void qemu_spin_destroy(QemuSpin *spin)
{
}

/* True when the lock was taken by somebody else, so that it is not ours. */
static inline bool qemu_spin_trylock(QemuSpin *spin)
{
    return __atomic_exchange_n(&spin->value, 1, __ATOMIC_ACQUIRE);
}

static inline void qemu_spin_lock(QemuSpin *spin)
{
    while (unlikely(qemu_spin_trylock(spin))) {
        /* Only reads until it looks free: the cache line stays shared. */
        while (qatomic_read(&spin->value)) {
            cpu_relax();
        }
    }
}

static inline bool qemu_spin_locked(QemuSpin *spin)
{
    return qatomic_read(&spin->value);
}

static inline void qemu_spin_unlock(QemuSpin *spin)
{
    __atomic_store_n(&spin->value, 0, __ATOMIC_RELEASE);
}

#endif
