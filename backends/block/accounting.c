/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts of a backend's requests. */
#include "qemu/osdep.h"
#include "block/accounting.h"
#include "qemu/lockable.h"
#include "qemu/timer.h"

/* Under qtest the time of the machine is the only one that is reproducible. */
static int64_t acct_now(void)
{
    return qemu_clock_get_ns(QEMU_CLOCK_REALTIME);
}

void block_acct_init(BlockAcctStats *stats)
{
    qemu_mutex_init(&stats->lock);
    block_acct_setup(stats, ON_OFF_AUTO_AUTO, ON_OFF_AUTO_AUTO);
}

void block_acct_cleanup(BlockAcctStats *stats)
{
    qemu_mutex_destroy(&stats->lock);
}

void block_acct_setup(BlockAcctStats *stats, enum OnOffAuto account_invalid,
                      enum OnOffAuto account_failed)
{
    stats->account_invalid = account_invalid != ON_OFF_AUTO_OFF;
    stats->account_failed = account_failed != ON_OFF_AUTO_OFF;
}

void block_acct_start(BlockAcctStats *stats, BlockAcctCookie *cookie,
                      int64_t bytes, enum BlockAcctType type)
{
    *cookie = (BlockAcctCookie){ .bytes = bytes,
                                 .start_time_ns = acct_now(),
                                 .type = type };
}

static void account(BlockAcctStats *stats, BlockAcctCookie *cookie, bool failed)
{
    enum BlockAcctType type = cookie->type;
    int64_t now = acct_now();

    if (type == BLOCK_ACCT_NONE || type >= BLOCK_MAX_IOTYPE) {
        return;
    }
    WITH_QEMU_LOCK_GUARD(&stats->lock) {
        if (failed) {
            stats->failed_ops[type]++;
        } else {
            stats->nr_bytes[type] += cookie->bytes;
            stats->nr_ops[type]++;
        }
        if (!failed || stats->account_failed) {
            stats->total_time_ns[type] += now - cookie->start_time_ns;
            stats->last_access_time_ns = now;
        }
    }
    cookie->type = BLOCK_ACCT_NONE; /* counted once */
}

void block_acct_done(BlockAcctStats *stats, BlockAcctCookie *cookie)
{
    account(stats, cookie, false);
}

void block_acct_failed(BlockAcctStats *stats, BlockAcctCookie *cookie)
{
    account(stats, cookie, true);
}

void block_acct_invalid(BlockAcctStats *stats, enum BlockAcctType type)
{
    WITH_QEMU_LOCK_GUARD(&stats->lock) {
        stats->invalid_ops[type]++;
        if (stats->account_invalid) {
            stats->last_access_time_ns = acct_now();
        }
    }
}

void block_acct_merge_done(BlockAcctStats *stats, enum BlockAcctType type,
                           int num_requests)
{
    WITH_QEMU_LOCK_GUARD(&stats->lock) {
        stats->merged[type] += num_requests;
    }
}

int64_t block_acct_idle_time_ns(BlockAcctStats *stats)
{
    return acct_now() - stats->last_access_time_ns;
}
