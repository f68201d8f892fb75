/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What others lend to qemu_prealloc_mem() of qemu/osdep.h. */
#ifndef QEMU_PREALLOC_H
#define QEMU_PREALLOC_H

#include "qemu/thread.h"

/*
 * Creates a thread in the context @tc (which is not NULL), so that it has the
 * context's CPU affinity. Registered by who implements ThreadContext.
 */
typedef void PreallocThreadCreate(ThreadContext *tc, QemuThread *thread,
                                  const char *name,
                                  void *(*start_routine)(void *), void *arg,
                                  int mode);
void qemu_prealloc_set_thread_create(PreallocThreadCreate *create);

/* For tests: false takes the way for kernels without MADV_POPULATE_WRITE. */
void qemu_prealloc_set_populate(bool use);

#endif
