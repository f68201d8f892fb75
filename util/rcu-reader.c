/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RCU's fast side and grace periods, by liburcu.
 *
 * The only file that sees liburcu's names, which are those of qemu/rcu.h.
 */
#include "qemu/osdep.h"
#define _LGPL_SOURCE
#include <urcu/urcu-memb.h>
#include "qemu/rcu-reader.h"
#include "rcu-internal.h"

/*
 * ThreadSanitizer does not know that a grace period orders what readers did
 * before what the writer does: liburcu uses membarrier(2). It must not see
 * liburcu's own accesses either, so they are not inlined then.
 */
#ifdef QEMU_SANITIZE_THREAD
#include <sanitizer/tsan_interface.h>
#undef urcu_memb_read_lock
#undef urcu_memb_read_unlock
void urcu_memb_read_lock(void);
void urcu_memb_read_unlock(void);
static char grace_period;
#define READER_IS_DONE()   __tsan_release(&grace_period)
#define READERS_ARE_DONE() __tsan_acquire(&grace_period)
#else
#define READER_IS_DONE()   ((void)0)
#define READERS_ARE_DONE() ((void)0)
#endif

__thread unsigned rcu_reader_depth;
static __thread bool known;

void rcu_reader_enter(void)
{
    if (unlikely(!known)) {
        rcu_register_reader();
    }
    urcu_memb_read_lock();
}

void rcu_reader_leave(void)
{
    READER_IS_DONE();
    urcu_memb_read_unlock();
}

void *rcu_backend_register(void)
{
    urcu_memb_register_thread();
    known = true;
    return &URCU_TLS(urcu_memb_reader);
}

void rcu_backend_unregister(void)
{
    known = false;
    urcu_memb_unregister_thread();
}

void rcu_backend_synchronize(void)
{
    urcu_memb_synchronize_rcu();
    READERS_ARE_DONE();
}

void rcu_backend_forget(void *record)
{
    struct urcu_reader *reader = record;

    cds_list_del(&reader->node);
}
