/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told of migrations. */
#include "qemu/osdep.h"
#include "exec/target_page.h"
#include "migration.h"
#include "migration-stats.h"
#include "postcopy.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-migration.h"
#include "qapi/qapi-visit-sockets.h"
#include "qemu/lockable.h"
#include "qemu/timer.h"
#include "ram.h"
#include "savevm.h"
#include "system/cpu-throttle.h"

static uint64_t count(const Stat64 *s)
{
    return stat64_get(s);
}

static MigrationStats *ram_info(MigrationState *s, bool completed)
{
    MigrationStats *ram = g_new0(MigrationStats, 1);

    *ram = (MigrationStats){
        .transferred = migration_transferred_bytes(),
        .total = ram_bytes_total(),
        .duplicate = count(&mig_stats.zero_pages),
        .normal = count(&mig_stats.normal_pages),
        .normal_bytes = count(&mig_stats.normal_pages) * TARGET_PAGE_SIZE,
        .mbps = qatomic_read_u64(&s->bits_per_second) / 1e6,
        .dirty_sync_count = count(&mig_stats.dirty_sync_count),
        .dirty_sync_missed_zero_copy =
            count(&mig_stats.dirty_sync_missed_zero_copy),
        .postcopy_requests = count(&mig_stats.postcopy_requests),
        .page_size = TARGET_PAGE_SIZE,
        .multifd_bytes = count(&mig_stats.multifd_bytes),
        .pages_per_second = qatomic_read_u64(&s->pages_per_second),
        .precopy_bytes = count(&mig_stats.precopy_bytes),
        .downtime_bytes = count(&mig_stats.downtime_bytes),
        .postcopy_bytes = count(&mig_stats.postcopy_bytes),
    };
    if (!completed) {
        ram->remaining = ram_bytes_remaining();
        ram->dirty_pages_rate = count(&mig_stats.dirty_pages_rate);
    }
    return ram;
}

static void time_info(MigrationInfo *info, MigrationState *s, bool completed)
{
    info->has_total_time = true;
    info->has_setup_time = true;
    info->setup_time = s->setup_ms;
    if (completed) {
        info->total_time = s->total_ms;
        info->has_downtime = true;
        info->downtime = s->downtime_ms;
    } else {
        info->total_time = qemu_clock_get_ms(QEMU_CLOCK_REALTIME) - s->start_ms;
        info->has_expected_downtime = true;
        info->expected_downtime = qatomic_read_i64(&s->expected_downtime_ms);
    }
}

static void source_info(MigrationInfo *info)
{
    MigrationState *s = migrate_get_current();
    MigrationStatus status = qatomic_load_acquire(&s->status);
    bool completed = status == MIGRATION_STATUS_COMPLETED;

    info->blocked_reasons = savevm_blocked_reasons();
    info->has_blocked_reasons = info->blocked_reasons != NULL;
    if (status == MIGRATION_STATUS_NONE) {
        return;
    }
    info->has_status = true;
    info->status = status;
    if (completed || (migration_status_is_running(status) &&
                      status != MIGRATION_STATUS_SETUP)) {
        time_info(info, s, completed);
        info->ram = ram_info(s, completed);
        info->cpu_throttle_percentage = cpu_throttle_get_percentage();
        info->has_cpu_throttle_percentage = info->cpu_throttle_percentage;
    }
    QEMU_LOCK_GUARD(&s->lock);
    if (s->error) {
        info->error_desc = g_strdup(error_get_pretty(s->error));
    }
}

static void destination_info(MigrationInfo *info)
{
    MigrationIncomingState *mis = migration_incoming_get_current();
    MigrationStatus status = qatomic_read(&mis->status);

    if (mis->listening) {
        info->has_socket_address = true;
        info->socket_address = QAPI_CLONE(SocketAddressList, mis->listening);
    }
    if (status == MIGRATION_STATUS_NONE || info->has_status) {
        return;
    }
    info->has_status = true;
    info->status = status;
    postcopy_blocktime_info(info);
    /* While it loads, the thread may be setting it. */
    if ((status == MIGRATION_STATUS_FAILED ||
         status == MIGRATION_STATUS_COMPLETED) &&
        mis->error) {
        info->error_desc = g_strdup(error_get_pretty(mis->error));
    }
}

MigrationInfo *qmp_query_migrate(Error **errp)
{
    MigrationInfo *info = g_new0(MigrationInfo, 1);

    source_info(info);
    destination_info(info);
    return info;
}
