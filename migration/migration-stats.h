/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters of the running (or last) outgoing migration, and its rate limit.
 *
 * Any thread may add to a counter. The limit holds for an interval of
 * BUFFER_DELAY ms, which the migration thread begins with
 * migration_rate_reset().
 */
#ifndef QEMU_MIGRATION_STATS_H
#define QEMU_MIGRATION_STATS_H

#include "qemu/stats64.h"

#define BUFFER_DELAY 100 /* ms */

#define RATE_LIMIT_DISABLED 0

typedef struct {
    Stat64 dirty_bytes_last_sync; /* left at the last look at the bitmaps */
    Stat64 dirty_pages_rate;      /* per second */
    Stat64 dirty_sync_count;      /* looks at the bitmaps */
    Stat64 dirty_sync_missed_zero_copy; /* sends that were copied after all */
    Stat64 downtime_bytes;        /* sent while the guest was stopped */
    Stat64 multifd_bytes;         /* sent over more channels */
    Stat64 normal_pages;          /* pages that were not zero */
    Stat64 postcopy_bytes;        /* sent in postcopy */
    Stat64 postcopy_requests;     /* pages asked for in postcopy */
    Stat64 precopy_bytes;         /* sent while the guest ran */
    Stat64 qemu_file_transferred; /* sent over QEMUFiles */
    Stat64 rate_limit_start;      /* sent when the interval began */
    Stat64 rate_limit_max;        /* bytes for an interval; 0: any */
    Stat64 rdma_bytes;            /* sent by RDMA */
    Stat64 zero_pages;            /* pages that were */
} MigrationAtomicStats;

extern MigrationAtomicStats mig_stats;

/* Bytes that an interval may have; RATE_LIMIT_DISABLED for any. */
uint64_t migration_rate_get(void);
/* Sets it from bytes per second. */
void migration_rate_set(uint64_t new_rate);
/* A new interval begins. */
void migration_rate_reset(void);
/* Bytes sent on all ways. */
uint64_t migration_transferred_bytes(void);

#endif
