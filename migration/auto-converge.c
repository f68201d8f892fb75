/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "auto-converge.h"
#include "migration-stats.h"
#include "options.h"
#include "qemu/timer.h"
#include "system/cpu-throttle.h"
#include "trace.h"

/* So often at least is asked what the guest has written. */
#define SYNC_PERIOD_MS 5000
/* So many periods in which it was too much lead to a step. */
#define PERIODS_FOR_STEP 2

static uint64_t transferred; /* at the beginning of the period */
static unsigned too_fast;    /* periods since the last step */

int auto_converge_next(const MigrationParameters *p, int now, uint64_t dirty,
                       uint64_t threshold)
{
    int step = p->cpu_throttle_increment;

    if (!now) {
        return p->cpu_throttle_initial;
    }
    if (p->cpu_throttle_tailslow) {
        /* Not below what would be slow enough if all of it were CPU time. */
        int runs = 100 - now;
        int ideal = runs * ((double)threshold / dirty);

        step = MIN(runs - ideal, step);
    }
    return MIN(now + step, p->max_cpu_throttle);
}

void auto_converge_begin(void)
{
    transferred = migration_transferred_bytes();
    too_fast = 0;
}

void auto_converge_period(uint64_t dirty)
{
    const MigrationParameters *p = migrate_parameters();
    uint64_t now = migration_transferred_bytes();
    uint64_t threshold =
        (now - transferred) * p->throttle_trigger_threshold / 100;

    transferred = now;
    if (dirty <= threshold || ++too_fast < PERIODS_FOR_STEP) {
        return;
    }
    too_fast = 0;
    if (migrate_capability(MIGRATION_CAPABILITY_AUTO_CONVERGE)) {
        trace_migration_throttle(dirty, threshold);
        cpu_throttle_set(auto_converge_next(p, cpu_throttle_get_percentage(),
                                            dirty, threshold));
    }
}

void auto_converge_end(void)
{
    cpu_throttle_stop();
}

bool auto_converge_wants_sync(int64_t last_sync_ms)
{
    /* In the first round all goes anyhow. */
    return migrate_capability(MIGRATION_CAPABILITY_AUTO_CONVERGE) &&
           stat64_get(&mig_stats.dirty_sync_count) > 1 &&
           qemu_clock_get_ms(QEMU_CLOCK_REALTIME) >=
               last_sync_ms + SYNC_PERIOD_MS;
}
