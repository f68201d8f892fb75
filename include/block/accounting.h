/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a device did with its backend: the requests that it made of each kind,
 * their bytes and their time. The device calls block_acct_start() with a
 * cookie of its own, and block_acct_done() or block_acct_failed() with the same
 * one at the end. Any thread.
 */
#ifndef BLOCK_ACCOUNTING_H
#define BLOCK_ACCOUNTING_H

#include "qapi/qapi-types-common.h"
#include "qemu/thread.h"
#include "qemu/timed-average.h"

enum BlockAcctType {
    BLOCK_ACCT_NONE = 0,
    BLOCK_ACCT_READ,
    BLOCK_ACCT_WRITE,
    BLOCK_ACCT_FLUSH,
    BLOCK_ACCT_ZONE_APPEND,
    BLOCK_ACCT_UNMAP,
    BLOCK_MAX_IOTYPE,
};

typedef struct BlockAcctStats {
    QemuMutex lock;
    uint64_t nr_bytes[BLOCK_MAX_IOTYPE];
    uint64_t nr_ops[BLOCK_MAX_IOTYPE];
    uint64_t invalid_ops[BLOCK_MAX_IOTYPE];
    uint64_t failed_ops[BLOCK_MAX_IOTYPE];
    uint64_t total_time_ns[BLOCK_MAX_IOTYPE];
    uint64_t merged[BLOCK_MAX_IOTYPE];
    int64_t last_access_time_ns;
    bool account_invalid; /* a refused request counts as an access */
    bool account_failed;  /* a failed one does */
} BlockAcctStats;

typedef struct BlockAcctCookie {
    int64_t bytes;
    int64_t start_time_ns;
    enum BlockAcctType type;
} BlockAcctCookie;

void block_acct_init(BlockAcctStats *stats);
void block_acct_cleanup(BlockAcctStats *stats);
/* "auto" is on. */
void block_acct_setup(BlockAcctStats *stats, enum OnOffAuto account_invalid,
                      enum OnOffAuto account_failed);

void block_acct_start(BlockAcctStats *stats, BlockAcctCookie *cookie,
                      int64_t bytes, enum BlockAcctType type);
void block_acct_done(BlockAcctStats *stats, BlockAcctCookie *cookie);
void block_acct_failed(BlockAcctStats *stats, BlockAcctCookie *cookie);
/* A request that was not even started. */
void block_acct_invalid(BlockAcctStats *stats, enum BlockAcctType type);
/* So many requests became part of another one. */
void block_acct_merge_done(BlockAcctStats *stats, enum BlockAcctType type,
                           int num_requests);
/* How long nothing was asked for. */
int64_t block_acct_idle_time_ns(BlockAcctStats *stats);

#endif
