/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Semaphores and events on futexes.
 *
 * Who sets one must not touch it after the step that lets a waiter go: the
 * waiter may free it at once. Both therefore hold all they need in one word,
 * and what follows that step is at most a wake-up of an address, which does
 * no harm where nobody sleeps.
 */
#include "qemu/osdep.h"
#include "qemu/futex.h"
#include "qemu/thread.h"

/* QemuSemaphore.state: the count in the low half, waiters in the high one. */
#define SEM_ONE    1ULL
#define SEM_WAITER (1ULL << 32)

/* The half that a futex looks at. */
static uint32_t *sem_count(QemuSemaphore *sem)
{
    return (uint32_t *)&sem->state + HOST_BIG_ENDIAN;
}

void qemu_sem_init(QemuSemaphore *sem, int init)
{
    assert(init >= 0);
    qatomic_set(&sem->state, (uint64_t)init);
}

void qemu_sem_destroy(QemuSemaphore *sem)
{
    assert(qatomic_read(&sem->state) < SEM_WAITER);
}

void qemu_sem_post(QemuSemaphore *sem)
{
    uint32_t *count = sem_count(sem);

    if (qatomic_fetch_add(&sem->state, SEM_ONE) >= SEM_WAITER) {
        qemu_futex_wake(count, 1);
    }
}

/* Takes one if there is one, and the caller off the waiters with it. */
static bool sem_take(QemuSemaphore *sem, uint64_t waiter)
{
    uint64_t state = qatomic_read(&sem->state);

    while ((uint32_t)state) {
        uint64_t seen =
            qatomic_cmpxchg(&sem->state, state, state - SEM_ONE - waiter);

        if (seen == state) {
            return true;
        }
        state = seen;
    }
    return false;
}

void qemu_sem_wait(QemuSemaphore *sem)
{
    if (sem_take(sem, 0)) {
        return;
    }
    qatomic_add(&sem->state, SEM_WAITER);
    while (!sem_take(sem, SEM_WAITER)) {
        qemu_futex_wait(sem_count(sem), 0);
    }
}

int qemu_sem_timedwait(QemuSemaphore *sem, int ms)
{
    int64_t end = g_get_monotonic_time() + ms * (int64_t)1000;

    if (sem_take(sem, 0)) {
        return 0;
    }
    qatomic_add(&sem->state, SEM_WAITER);
    while (!sem_take(sem, SEM_WAITER)) {
        int64_t left = end - g_get_monotonic_time();
        struct timespec ts = { left / 1000000, left % 1000000 * 1000 };

        if (left <= 0) {
            /* A post in between counts on somebody to wake up: look again. */
            if (sem_take(sem, SEM_WAITER)) {
                return 0;
            }
            qatomic_sub(&sem->state, SEM_WAITER);
            return -1;
        }
        qemu_futex_timedwait(sem_count(sem), 0, &ts);
    }
    return 0;
}

/*
 * QemuEvent.value. FREE: nobody sleeps, so setting it needs no wake-up. BUSY:
 * somebody may. A bitwise OR of FREE resets SET and leaves BUSY.
 */
#define EV_SET  0u
#define EV_FREE 1u
#define EV_BUSY (~0u)

void qemu_event_init(QemuEvent *ev, bool init)
{
    qatomic_set(&ev->value, init ? EV_SET : EV_FREE);
    ev->initialized = true;
}

void qemu_event_destroy(QemuEvent *ev)
{
    assert(ev->initialized);
    ev->initialized = false;
}

void qemu_event_set(QemuEvent *ev)
{
    assert(ev->initialized);
    /*
     * An exchange even if it is set already: what was written before must be
     * seen by those who find it set after their reset.
     */
    if (qatomic_xchg(&ev->value, EV_SET) == EV_BUSY) {
        qemu_futex_wake(&ev->value, INT_MAX);
    }
}

void qemu_event_reset(QemuEvent *ev)
{
    assert(ev->initialized);
    qatomic_or(&ev->value, EV_FREE);
}

void qemu_event_wait(QemuEvent *ev)
{
    assert(ev->initialized);
    while (qatomic_load_acquire(&ev->value) != EV_SET) {
        unsigned seen = qatomic_cmpxchg(&ev->value, EV_FREE, EV_BUSY);

        if (seen != EV_SET) {
            qemu_futex_wait(&ev->value, EV_BUSY);
        }
    }
}
