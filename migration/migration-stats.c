/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters of a migration, and its rate limit. */
#include "qemu/osdep.h"
#include "migration-stats.h"
#include "migration/qemu-file.h"
#include "migration/trace.h"

MigrationAtomicStats mig_stats;

uint64_t migration_transferred_bytes(void)
{
    uint64_t file = stat64_get(&mig_stats.qemu_file_transferred);
    uint64_t multifd = stat64_get(&mig_stats.multifd_bytes);
    uint64_t rdma = stat64_get(&mig_stats.rdma_bytes);

    trace_migration_transferred_bytes(file, multifd, rdma);
    return file + multifd + rdma;
}

uint64_t migration_rate_get(void)
{
    return stat64_get(&mig_stats.rate_limit_max);
}

void migration_rate_set(uint64_t new_rate)
{
    stat64_set(&mig_stats.rate_limit_max, new_rate / (1000 / BUFFER_DELAY));
}

void migration_rate_reset(void)
{
    stat64_set(&mig_stats.rate_limit_start, migration_transferred_bytes());
}

bool migration_rate_exceeded(QEMUFile *f)
{
    uint64_t max = migration_rate_get();

    if (qemu_file_get_error(f)) {
        return true;
    }
    return max != RATE_LIMIT_DISABLED &&
           migration_transferred_bytes() + qemu_file_queued(f) -
                   stat64_get(&mig_stats.rate_limit_start) >
               max;
}
