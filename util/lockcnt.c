/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QemuLockCnt: visitors and a lock in one futex word.
 */
#include "qemu/osdep.h"
#include "qemu/futex.h"
#include "qemu/lockcnt.h"

/* The lock's state; WAITED is locked, and somebody may sleep. */
#define LC_FREE   0u
#define LC_LOCKED 1u
#define LC_WAITED 2u
#define LC_STATE  3u
#define LC_ONE    4u

/* Changes the word from @old to @new, if it is still @old. */
static bool replace(QemuLockCnt *lc, unsigned old, unsigned new)
{
    return qatomic_cmpxchg(&lc->count, old, new) == old;
}

/* Sleeps until the word, @val and locked, has changed. */
static void wait_for_unlock(QemuLockCnt *lc, unsigned val)
{
    unsigned waited = (val & ~LC_STATE) | LC_WAITED;

    if (val == waited || replace(lc, val, waited)) {
        qemu_futex_wait(&lc->count, waited);
    }
}

/* What a locker writes: one that has slept cannot know who else sleeps. */
static unsigned locked_state(bool slept)
{
    return slept ? LC_WAITED : LC_LOCKED;
}

/* After unlocking: @old is the word before. */
static void wake_waiters(QemuLockCnt *lc, unsigned old)
{
    if ((old & LC_STATE) == LC_WAITED) {
        qemu_futex_wake(&lc->count, INT_MAX);
    }
}

void qemu_lockcnt_init(QemuLockCnt *lockcnt)
{
    qatomic_set(&lockcnt->count, 0);
}

void qemu_lockcnt_destroy(QemuLockCnt *lockcnt)
{
}

void qemu_lockcnt_inc(QemuLockCnt *lockcnt)
{
    for (;;) {
        unsigned val = qatomic_read(&lockcnt->count);

        if (val < LC_ONE && val != LC_FREE) {
            wait_for_unlock(lockcnt, val);
        } else if (replace(lockcnt, val, val + LC_ONE)) {
            return;
        }
    }
}

void qemu_lockcnt_dec(QemuLockCnt *lockcnt)
{
    qatomic_sub(&lockcnt->count, LC_ONE);
}

bool qemu_lockcnt_dec_and_lock(QemuLockCnt *lockcnt)
{
    bool slept = false;

    for (;;) {
        unsigned val = qatomic_read(&lockcnt->count);

        if (val >= 2 * LC_ONE) {
            if (replace(lockcnt, val, val - LC_ONE)) {
                return false;
            }
        } else if (val & LC_STATE) {
            wait_for_unlock(lockcnt, val);
            slept = true;
        } else if (replace(lockcnt, val, locked_state(slept))) {
            return true;
        }
    }
}

bool qemu_lockcnt_dec_if_lock(QemuLockCnt *lockcnt)
{
    bool slept = false;

    for (;;) {
        unsigned val = qatomic_read(&lockcnt->count);

        if (val >= 2 * LC_ONE || val < LC_ONE) {
            return false;
        }
        if (val & LC_STATE) {
            wait_for_unlock(lockcnt, val);
            slept = true;
        } else if (replace(lockcnt, val, locked_state(slept))) {
            return true;
        }
    }
}

void qemu_lockcnt_lock(QemuLockCnt *lockcnt)
{
    bool slept = false;

    for (;;) {
        unsigned val = qatomic_read(&lockcnt->count);

        if (val & LC_STATE) {
            wait_for_unlock(lockcnt, val);
            slept = true;
        } else if (replace(lockcnt, val, val | locked_state(slept))) {
            return;
        }
    }
}

void qemu_lockcnt_unlock(QemuLockCnt *lockcnt)
{
    wake_waiters(lockcnt, qatomic_fetch_and(&lockcnt->count, ~LC_STATE));
}

void qemu_lockcnt_inc_and_unlock(QemuLockCnt *lockcnt)
{
    unsigned val;

    do {
        val = qatomic_read(&lockcnt->count);
    } while (!replace(lockcnt, val, (val & ~LC_STATE) + LC_ONE));
    wake_waiters(lockcnt, val);
}

unsigned qemu_lockcnt_count(QemuLockCnt *lockcnt)
{
    /* Zero means that what visitors have read is over: hence acquire. */
    return qatomic_load_acquire(&lockcnt->count) / LC_ONE;
}
