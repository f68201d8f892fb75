/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the types of qemu/thread.h are made of on POSIX hosts. Their members
 * are private; include qemu/thread.h.
 */
#ifndef QEMU_THREAD_POSIX_H
#define QEMU_THREAD_POSIX_H

#include <pthread.h>

struct QemuMutex {
    pthread_mutex_t lock;
    bool initialized;
};

/* A type of its own, so that _Generic can tell it from QemuMutex. */
typedef struct QemuRecMutex {
    QemuMutex m;
} QemuRecMutex;

struct QemuCond {
    pthread_cond_t cond;
    bool initialized;
};

struct QemuSemaphore {
    uint64_t state;         /* util/thread-wait.c */
};

struct QemuEvent {
    unsigned value;         /* EV_SET, EV_FREE or EV_BUSY: util/thread-wait.c */
    bool initialized;
};

struct QemuThread {
    pthread_t thread;
};

#endif
