/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A counter of visitors with a lock beside it.
 *
 * Visitors of a list count themselves in and out and do not exclude each
 * other. Who wants to free an element takes the lock: while the lock is held,
 * a count of zero stays zero, because a first visitor waits for the lock. A
 * count that is not zero goes up and down regardless of the lock.
 */
#ifndef QEMU_LOCKCNT_H
#define QEMU_LOCKCNT_H

#include "qemu/thread.h"

typedef struct QemuLockCnt QemuLockCnt;

/* @count: bits 0-1 are the lock's state, the rest counts visitors. */
struct QemuLockCnt {
    unsigned count;
};

/* Makes a counter of zero, not locked; and ends its use. */
void qemu_lockcnt_init(QemuLockCnt *lockcnt);
void qemu_lockcnt_destroy(QemuLockCnt *lockcnt);

/*
 * Counts the caller in. A count of zero is left only when the lock is free,
 * so the caller must not hold it.
 */
void qemu_lockcnt_inc(QemuLockCnt *lockcnt);
/* Counts the caller out. */
void qemu_lockcnt_dec(QemuLockCnt *lockcnt);
/* Counts out; the last one gets the lock and true. */
bool qemu_lockcnt_dec_and_lock(QemuLockCnt *lockcnt);
/* If the caller is the only one: counts out, locks, true. Else nothing. */
bool qemu_lockcnt_dec_if_lock(QemuLockCnt *lockcnt);

void qemu_lockcnt_lock(QemuLockCnt *lockcnt);
void qemu_lockcnt_unlock(QemuLockCnt *lockcnt);
/* Unlocks and counts in, with no gap in between. */
void qemu_lockcnt_inc_and_unlock(QemuLockCnt *lockcnt);

/* The number of visitors; it can change at any time. */
unsigned qemu_lockcnt_count(QemuLockCnt *lockcnt);

#endif
