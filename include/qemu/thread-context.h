/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ThreadContext: a thread that creates others for those who ask, so that they
 * inherit what it has and the asker may lack: the host CPUs it may run on.
 *
 * The user makes one (-object thread-context,id=ID,cpu-affinity=LIST or
 * node-affinity=LIST) and names it where threads are wanted, as in a memory
 * backend's prealloc-context. Management sets the rest of the thread's
 * attributes from outside by its id (property thread-id), for which the
 * emulator itself may have no rights.
 */
#ifndef QEMU_THREAD_CONTEXT_H
#define QEMU_THREAD_CONTEXT_H

#include "qapi/qapi-types-machine.h"
#include "qemu/thread.h"
#include "qom/object.h"

#define TYPE_THREAD_CONTEXT "thread-context"
OBJECT_DECLARE_TYPE(ThreadContext, ThreadContextClass, THREAD_CONTEXT)

struct ThreadContextClass {
    ObjectClass parent_class;
};

struct ThreadContext {
    /* private: */
    Object parent;

    QemuThread thread;
    int thread_id; /* -1: not running yet */
    QemuMutex lock;
    QemuCond changed;
    struct ThreadContextJob *job; /* what the thread is to do, under the lock */
    bool stop;

    /* The affinity to begin with; NULL: that of the main thread. */
    unsigned long *init_cpu_bitmap;
    int init_cpu_nbits;
};

/*
 * qemu_thread_create() from within @tc's thread. Any thread; waits until the
 * new one exists. @tc must be complete.
 */
void thread_context_create_thread(ThreadContext *tc, QemuThread *thread,
                                  const char *name,
                                  void *(*start_routine)(void *), void *arg,
                                  int mode);

#endif
