/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source of a migration: rounds of RAM, until little is left. */
#include "qemu/osdep.h"
#include "channel.h"
#include "exec/target_page.h"
#include "migration-stats.h"
#include "migration/qemu-file.h"
#include "options.h"
#include "qapi/error.h"
#include "qemu/units.h"
#include "savevm.h"
#include "source.h"
#include "trace.h"

void source_begin_interval(MigrationState *s)
{
    s->interval_start_ms = migration_now_ms();
    s->interval_bytes = migration_transferred_bytes();
    s->interval_normal = stat64_get(&mig_stats.normal_pages);
    s->interval_pages =
        stat64_get(&mig_stats.normal_pages) + stat64_get(&mig_stats.zero_pages);
    migration_rate_reset();
}

/* At the end of an interval: how fast is it, and what is little then? */
void source_end_interval(MigrationState *s)
{
    const MigrationParameters *p = migrate_parameters();
    int64_t ms = migration_now_ms() - s->interval_start_ms;
    uint64_t bytes = migration_transferred_bytes() - s->interval_bytes;
    uint64_t pages = stat64_get(&mig_stats.normal_pages) +
                     stat64_get(&mig_stats.zero_pages) - s->interval_pages;
    double bytes_per_ms, expected;
    uint64_t normal;

    if (ms < BUFFER_DELAY) {
        return;
    }
    bytes_per_ms = (double)bytes / ms;
    /* What is left is counted in pages, whatever they are compressed to. */
    normal = stat64_get(&mig_stats.normal_pages) - s->interval_normal;
    bytes = MAX(bytes, normal * TARGET_PAGE_SIZE);
    expected = p->avail_switchover_bandwidth
                   ? p->avail_switchover_bandwidth / 1000.0
                   : (double)bytes / ms;
    s->threshold = expected * p->downtime_limit;
    qatomic_set_u64(&s->bits_per_second, bytes_per_ms * 8 * 1000);
    qatomic_set_u64(&s->pages_per_second, pages * 1000.0 / ms);
    if (stat64_get(&mig_stats.dirty_pages_rate) && bytes > 10000) {
        qatomic_set_i64(&s->expected_downtime_ms,
                        stat64_get(&mig_stats.dirty_bytes_last_sync) /
                            expected);
    }
    source_begin_interval(s);
}

void source_wait_for_interval(MigrationState *s)
{
    int64_t ms = s->interval_start_ms + BUFFER_DELAY - migration_now_ms();

    if (ms > 0 && migration_rate_exceeded(s->to_dst) &&
        !qemu_file_get_error(s->to_dst)) {
        qemu_sem_timedwait(&s->rate_sem, ms);
    }
}

/* Whether the destination has no need that the guest runs on. */
static bool may_switch_over(MigrationState *s)
{
    return !migrate_capability(MIGRATION_CAPABILITY_SWITCHOVER_ACK) ||
           qatomic_read(&s->switchover_acked);
}

/* Whether what must go before the guest does is little, and the rest may not. */
static bool wants_postcopy(MigrationState *s, uint64_t must)
{
    s->in_postcopy = must <= s->threshold && qatomic_read(&s->start_postcopy) &&
                     migrate_capability(MIGRATION_CAPABILITY_POSTCOPY_RAM);
    return s->in_postcopy;
}

/*
 * What is left fits into the downtime. While the guest writes little, it need
 * not stand still for all of that: what is known to be dirty goes first, and
 * what has become dirty meanwhile, as long as each time it is less than half.
 * Who raised the limit wants an end soon: so there is one to this, too.
 */
typedef struct LastRounds {
    int64_t end_ms; /* 0: not begun */
    uint64_t left;  /* at the last look into the dirty log */
} LastRounds;

#define LAST_ROUNDS_MAX_MS 1000
/* What takes no time. */
#define LAST_ROUNDS_ENOUGH (256 * KiB)

static bool last_rounds_go_on(MigrationState *s, LastRounds *last)
{
    if (!last->end_ms) {
        last->left = UINT64_MAX;
        last->end_ms =
            migration_now_ms() +
            MIN(2 * migrate_parameters()->downtime_limit, LAST_ROUNDS_MAX_MS);
    }
    return migration_now_ms() < last->end_ms &&
           !qatomic_read(&s->start_postcopy);
}

/* Whether it fits, by the dirty log; then whether it is worth another round. */
static bool is_little(MigrationState *s, LastRounds *last, uint64_t *must,
                      uint64_t *can, bool *enough)
{
    uint64_t left = *must + *can;
    bool go_on;

    *enough = false;
    if (left > s->threshold) {
        return false;
    }
    go_on = last_rounds_go_on(s, last);
    if (go_on && left > LAST_ROUNDS_ENOUGH) {
        return true;
    }
    savevm_pending(true, must, can);
    left = *must + *can;
    if (left > s->threshold) {
        last->end_ms = 0;
        return false;
    }
    *enough = !go_on || left <= LAST_ROUNDS_ENOUGH || left > last->left / 2;
    last->left = left;
    return true;
}

/*
 * The destination is behind by what lies in the socket. If the guest stopped
 * now, it would stand still for that, too.
 */
static void let_catch_up(MigrationState *s, const LastRounds *last)
{
    qemu_fflush(s->to_dst);
    while (migration_channel_unread(qemu_file_get_ioc(s->to_dst)) &&
           migration_now_ms() < last->end_ms &&
           migration_status(s) == MIGRATION_STATUS_ACTIVE) {
        qemu_sem_timedwait(&s->rate_sem, 1);
    }
}

/* Sends RAM until what is left fits into the downtime. */
bool source_run_rounds(MigrationState *s, SaveVM *vm, Error **errp)
{
    LastRounds last = { 0 };

    source_begin_interval(s);
    while (migration_status(s) == MIGRATION_STATUS_ACTIVE) {
        if (!migration_rate_exceeded(s->to_dst)) {
            uint64_t must, can;
            bool finished, little, enough;

            savevm_pending(false, &must, &can);
            little = is_little(s, &last, &must, &can, &enough);
            if (little && qemu_file_get_error_obj(s->to_dst, errp)) {
                return false;
            }
            trace_migrate_pending(must, can, s->threshold);
            if (may_switch_over(s) && (enough || wants_postcopy(s, must))) {
                if (enough) {
                    let_catch_up(s, &last);
                }
                return true;
            }
            if (!savevm_iterate(vm, &finished, errp)) {
                return false;
            }
            if (finished && enough) {
                /* Little is left, but the destination is not ready. */
                qemu_sem_timedwait(&s->rate_sem, BUFFER_DELAY);
            }
        } else if (qemu_file_get_error_obj(s->to_dst, errp)) {
            return false;
        }
        source_end_interval(s);
        source_wait_for_interval(s);
    }
    error_setg(errp, "migration was cancelled");
    return false;
}
