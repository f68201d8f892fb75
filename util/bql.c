/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The big lock.
 */
#include "qemu/osdep.h"
#include "qemu/main-loop.h"

static QemuMutex bql = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .initialized = true,
};

static __thread bool held;
/* Whether the thread has ever held it: a program's main thread need not. */
static __thread bool used;

bool bql_locked(void)
{
    return held;
}

void bql_lock_impl(const char *file, int line)
{
    assert(!held);
    qemu_mutex_lock_impl(&bql, file, line);
    held = used = true;
}

void bql_unlock(void)
{
    assert(held);
    held = false;
    qemu_mutex_unlock(&bql);
}

void qemu_cond_wait_bql(QemuCond *cond)
{
    assert(held);
    held = false;
    qemu_cond_wait(cond, &bql);
    held = true;
}

void qemu_cond_timedwait_bql(QemuCond *cond, int ms)
{
    assert(held);
    held = false;
    qemu_cond_timedwait(cond, &bql, ms);
    held = true;
}

bool qemu_in_main_thread(void)
{
    return held || (!used && qemu_get_current_aio_context() &&
                    qemu_get_current_aio_context() == qemu_get_aio_context());
}
