/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data that is read without a lock and read again if it changed meanwhile.
 *
 *     do {
 *         seq = seqlock_read_begin(&sl);
 *         ... copy the data, with qatomic_read() ...
 *     } while (seqlock_read_retry(&sl, seq));
 *
 * The sequence is odd while a writer is at work. Writers exclude each other
 * by a lock of their own.
 */
#ifndef QEMU_SEQLOCK_H
#define QEMU_SEQLOCK_H

#include "qemu/atomic.h"
#include "qemu/thread.h"
#include "qemu/lockable.h"

typedef struct QemuSeqLock QemuSeqLock;

struct QemuSeqLock {
    unsigned sequence;
};

static inline void seqlock_init(QemuSeqLock *sl)
{
    sl->sequence = 0;
}

/* Begins and ends a change, with writers excluded by the caller. */
static inline void seqlock_write_begin(QemuSeqLock *sl)
{
    qatomic_set(&sl->sequence, sl->sequence + 1);
    smp_wmb();
}

static inline void seqlock_write_end(QemuSeqLock *sl)
{
    smp_wmb();
    qatomic_set(&sl->sequence, sl->sequence + 1);
}

/* The same, taking and releasing @lock. */
static inline void seqlock_write_lock_impl(QemuSeqLock *sl, QemuLockable *lock)
{
    qemu_lockable_lock(lock);
    seqlock_write_begin(sl);
}
#define seqlock_write_lock(sl, lock)                                     \
    seqlock_write_lock_impl(sl, QEMU_MAKE_LOCKABLE(lock))

static inline void seqlock_write_unlock_impl(QemuSeqLock *sl,
                                             QemuLockable *lock)
{
    seqlock_write_end(sl);
    qemu_lockable_unlock(lock);
}
#define seqlock_write_unlock(sl, lock)                                   \
    seqlock_write_unlock_impl(sl, QEMU_MAKE_LOCKABLE(lock))

/* Where a reader begins; an odd sequence is sure to differ at its end. */
static inline unsigned seqlock_read_begin(const QemuSeqLock *sl)
{
    unsigned start = qatomic_read(&sl->sequence);

    smp_rmb();
    return start & ~1u;
}

/* Whether what was read since @start must be read again. */
static inline int seqlock_read_retry(const QemuSeqLock *sl, unsigned start)
{
    smp_rmb();
    return unlikely(qatomic_read(&sl->sequence) != start);
}

#endif
