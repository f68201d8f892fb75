/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sleeping on a word of memory until another thread changes it.
 */
#ifndef QEMU_FUTEX_H
#define QEMU_FUTEX_H

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define qemu_futex(...) syscall(SYS_futex, __VA_ARGS__)

/* Wakes up to @n threads that sleep on @f. */
static inline void qemu_futex_wake(void *f, int n)
{
    qemu_futex(f, FUTEX_WAKE_PRIVATE, n, NULL, NULL, 0);
}

/* Sleeps while the word at @f is @val; may return early. */
static inline void qemu_futex_wait(void *f, unsigned val)
{
    qemu_futex(f, FUTEX_WAIT_PRIVATE, (int)val, NULL, NULL, 0);
}

/* The same, for at most @ts; false when that time is over. */
static inline bool qemu_futex_timedwait(void *f, unsigned val,
                                        const struct timespec *ts)
{
    return qemu_futex(f, FUTEX_WAIT_PRIVATE, (int)val, ts, NULL, 0) == 0 ||
           errno != ETIMEDOUT;
}

#endif
