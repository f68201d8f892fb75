/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source of a migration. */
#include "qemu/osdep.h"
#include "block/aio.h"
#include "block-active.h"
#include "channel.h"
#include "cpr-internal.h"
#include "dirty-rate.h"
#include "migration/misc.h"
#include "migration/migration-init.h"
#include "migration-stats.h"
#include "global-state.h"
#include "multifd.h"
#include "options.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-migration.h"
#include "qapi/qapi-events-migration.h"
#include "qapi/qapi-visit-migration.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "ram.h"
#include "savevm.h"
#include "source.h"
#include "system/cpu-throttle.h"
#include "system/runstate.h"
#include "trace.h"
#include "vmstate/blocker.h"

static MigrationState current;

MigrationState *migrate_get_current(void)
{
    return &current;
}

int64_t migration_now_ms(void)
{
    return qemu_clock_get_ms(QEMU_CLOCK_REALTIME);
}

/* ---- where it stands ----------------------------------------------------- */

bool migrate_set_state(int *status, MigrationStatus old_status,
                       MigrationStatus new_status)
{
    if (qatomic_cmpxchg(status, old_status, new_status) != (int)old_status) {
        return false;
    }
    trace_migrate_set_state(MigrationStatus_str(new_status));
    if (migrate_capability(MIGRATION_CAPABILITY_EVENTS)) {
        qapi_event_send_migration(new_status);
    }
    return true;
}

MigrationStatus migration_status(MigrationState *s)
{
    return qatomic_read(&s->status);
}

bool migration_status_is_running(MigrationStatus status)
{
    switch (status) {
    case MIGRATION_STATUS_SETUP:
    case MIGRATION_STATUS_ACTIVE:
    case MIGRATION_STATUS_PRE_SWITCHOVER:
    case MIGRATION_STATUS_DEVICE:
    case MIGRATION_STATUS_CANCELLING:
    case MIGRATION_STATUS_POSTCOPY_ACTIVE:
    case MIGRATION_STATUS_POSTCOPY_PAUSED:
    case MIGRATION_STATUS_POSTCOPY_RECOVER_SETUP:
    case MIGRATION_STATUS_POSTCOPY_RECOVER:
        return true;
    default:
        return false;
    }
}

bool migration_status_is_postcopy(MigrationStatus status)
{
    return status == MIGRATION_STATUS_POSTCOPY_ACTIVE ||
           status == MIGRATION_STATUS_POSTCOPY_PAUSED ||
           status == MIGRATION_STATUS_POSTCOPY_RECOVER_SETUP ||
           status == MIGRATION_STATUS_POSTCOPY_RECOVER;
}

/* The first reason stays. Takes @err. */
void migration_set_error(MigrationState *s, Error *err)
{
    QEMU_LOCK_GUARD(&s->lock);
    if (s->error) {
        error_free(err);
    } else {
        s->error = err;
    }
}

/* ---- the end ------------------------------------------------------------- */

void migration_close_files(MigrationState *s)
{
    QEMUFile *to_dst, *from_dst;

    WITH_QEMU_LOCK_GUARD(&s->lock) {
        to_dst = g_steal_pointer(&s->to_dst);
        from_dst = g_steal_pointer(&s->from_dst);
    }
    if (from_dst) {
        qemu_fclose(from_dst);
    }
    if (to_dst) {
        qemu_fclose(to_dst);
    }
}

void migration_take_guest_back(MigrationState *s)
{
    Error *err = NULL;

    if (!s->stopped_guest) {
        return;
    }
    s->stopped_guest = false;
    if (!migration_block_activate(&err)) {
        error_reportf_err(err, "the guest stays paused: ");
        if (runstate_check(RUN_STATE_FINISH_MIGRATE)) {
            runstate_set(RUN_STATE_PAUSED);
        }
    } else if (runstate_is_live(s->old_runstate)) {
        if (!runstate_check(RUN_STATE_SHUTDOWN)) {
            vm_start();
        }
    } else if (runstate_check(RUN_STATE_FINISH_MIGRATE)) {
        /* Nothing leads to DEBUG but a CPU that has stopped. */
        runstate_set(s->old_runstate == RUN_STATE_DEBUG ? RUN_STATE_PAUSED
                                                        : s->old_runstate);
    }
}

/* In the main loop. The thread, if there was one, has nothing more to do. */
static void finish(MigrationState *s)
{
    bool completed = migration_status(s) == MIGRATION_STATUS_COMPLETED;
    MigMode mode = migrate_mode();

    if (s->has_thread) {
        bql_unlock();
        qemu_thread_join(&s->thread);
        bql_lock();
        s->has_thread = false;
    } else {
        savevm_cleanup(); /* which it would have done */
    }
    migration_close_files(s);
    migration_channel_outgoing_forget();
    qatomic_set(&s->busy, false);
    if (completed) {
        if (!s->guest_has_left) {
            migration_call_notifiers(mode, MIG_EVENT_PRECOPY_DONE, NULL);
        }
        return;
    }
    if (!s->guest_has_left) {
        migration_call_notifiers(mode, MIG_EVENT_PRECOPY_FAILED, NULL);
        migration_take_guest_back(s);
    }
    if (!migrate_set_state(&s->status, MIGRATION_STATUS_CANCELLING,
                           MIGRATION_STATUS_CANCELLED)) {
        migrate_set_state(&s->status, migration_status(s),
                          MIGRATION_STATUS_FAILED);
        error_report("migration failed: %s",
                     s->error ? error_get_pretty(s->error) : "no reason");
    }
}

static void finish_bh(void *opaque)
{
    finish(opaque);
}

void migration_end_soon(MigrationState *s)
{
    aio_bh_schedule_oneshot(qemu_get_aio_context(), finish_bh, s);
}

/* ---- the beginning ------------------------------------------------------- */

static void connected(QIOChannel *ioc, Error *err, void *opaque)
{
    MigrationState *s = opaque;
    Error *local = NULL;

    if (err) {
        migration_set_error(s, error_copy(err));
        finish(s);
        return;
    }
    if (migration_status(s) != MIGRATION_STATUS_SETUP) {
        finish(s); /* cancelled meanwhile */
        return;
    }
    /*
     * So that the lock can be released while a connection stalls: then it can
     * be cancelled, as no other can.
     */
    if (qio_channel_set_blocking(
            ioc, !qio_channel_has_feature(ioc, QIO_CHANNEL_FEATURE_SHUTDOWN),
            &local) < 0) {
        migration_set_error(s, local);
        finish(s);
        return;
    }
    WITH_QEMU_LOCK_GUARD(&s->lock) {
        s->to_dst = qemu_file_new_output(ioc);
    }
    migration_rate_set(migrate_parameters()->max_bandwidth);
    migration_rate_reset();
    if (migration_call_notifiers(migrate_mode(), MIG_EVENT_PRECOPY_SETUP,
                                 &local)) {
        if (!local) {
            error_setg(&local, "a device does not let it begin");
        }
        migration_set_error(s, local);
        finish(s);
        return;
    }
    if (migrate_mode_is_cpr() && !migration_stop_guest(s, &local)) {
        migration_set_error(s, local);
        finish(s);
        return;
    }
    s->has_thread = true;
    if (migrate_capability(MIGRATION_CAPABILITY_BACKGROUND_SNAPSHOT)) {
        qemu_thread_create(&s->thread, "mig/snapshot",
                           migration_snapshot_thread, s, QEMU_THREAD_JOINABLE);
    } else {
        qemu_thread_create(&s->thread, "mig/src/main", migration_thread, s,
                           QEMU_THREAD_JOINABLE);
    }
}

static bool may_begin(MigrationState *s, Error **errp)
{
    if (s->busy) {
        error_setg(errp, "There's a migration process in progress");
        return false;
    }
    if (runstate_check(RUN_STATE_INMIGRATE)) {
        error_setg(errp, "Guest is waiting for an incoming migration");
        return false;
    }
    if (runstate_check(RUN_STATE_POSTMIGRATE)) {
        error_setg(errp, "Can't migrate the vm that was paused due to "
                         "previous migration");
        return false;
    }
    if (savevm_is_blocked(errp) || !cpr_check_capabilities(errp)) {
        return false;
    }
    if (!savevm_prepare(errp)) {
        savevm_cleanup();
        return false;
    }
    return true;
}

static void reset_state(MigrationState *s)
{
    memset(&mig_stats, 0, sizeof(mig_stats));
    WITH_QEMU_LOCK_GUARD(&s->lock) {
        error_free(g_steal_pointer(&s->error));
    }
    qatomic_set(&s->busy, true);
    s->stopped_guest = s->end_leaves = false;
    s->start_ms = migration_now_ms();
    s->setup_ms = s->total_ms = s->downtime_ms = 0;
    qatomic_set_i64(&s->expected_downtime_ms,
                    migrate_parameters()->downtime_limit);
    qatomic_set_u64(&s->bits_per_second, 0);
    qatomic_set_u64(&s->pages_per_second, 0);
    s->threshold = 0;
    qatomic_set(&s->start_postcopy, false);
    s->in_postcopy = s->guest_has_left = false;
    migrate_set_state(&s->status, migration_status(s), MIGRATION_STATUS_SETUP);
}

static void could_not_begin(MigrationState *s, Error *err)
{
    savevm_cleanup();
    migration_set_error(s, error_copy(err));
    qatomic_set(&s->busy, false);
    migrate_set_state(&s->status, MIGRATION_STATUS_SETUP,
                      MIGRATION_STATUS_FAILED);
    migration_call_notifiers(migrate_mode(), MIG_EVENT_PRECOPY_FAILED, NULL);
}

/* Of cpr-transfer: where to connect to, once the other side is ready. */
static MigrationAddress *cpr_main;

static void cpr_ready(void)
{
    g_autoptr(MigrationAddress) addr = g_steal_pointer(&cpr_main);
    Error *err = NULL;

    if (!migration_channel_outgoing(addr, connected, &current, &err)) {
        connected(NULL, err, &current);
        error_free(err);
    }
}

/* Hands over descriptors, and waits for the destination to come up. */
static bool begin_cpr(MigrationAddress *addr, MigrationChannel *cpr,
                      Error **errp)
{
    if (cpr_state_save(cpr, errp)) {
        return false;
    }
    qapi_free_MigrationAddress(cpr_main);
    cpr_main = QAPI_CLONE(MigrationAddress, addr);
    cpr_wait_for_destination(cpr_ready);
    return true;
}

void qmp_migrate(const char *uri, bool has_channels,
                 MigrationChannelList *channels, bool has_detach, bool detach,
                 bool has_resume, bool resume, Error **errp)
{
    MigrationState *s = &current;
    MigrationChannel *cpr;
    g_autoptr(MigrationAddress) addr =
        migration_address(uri, has_channels ? channels : NULL, &cpr, errp);
    Error *err = NULL;
    bool ok;

    if (!addr || !migration_channel_check(addr, true, errp)) {
        return;
    }
    if (migrate_mode() == MIG_MODE_CPR_TRANSFER && !cpr) {
        error_setg(errp, "missing 'cpr' migration channel");
        return;
    }
    if (has_resume && resume) {
        source_postcopy_connect(s, addr, errp);
        return;
    }
    if (!may_begin(s, errp)) {
        return;
    }
    reset_state(s);
    multifd_send_begin();
    ok = migrate_mode() == MIG_MODE_CPR_TRANSFER
             ? begin_cpr(addr, cpr, &err)
             : migration_channel_outgoing(addr, connected, s, &err);
    if (!ok) {
        could_not_begin(s, err);
        error_propagate(errp, err);
    }
}

/* ---- what others do to it ------------------------------------------------ */

static void wake_thread(MigrationState *s)
{
    multifd_send_stop();
    QEMU_LOCK_GUARD(&s->lock);
    if (s->to_dst_urgent) {
        qemu_file_shutdown(s->to_dst_urgent);
    }
    if (s->from_dst) {
        qemu_file_shutdown(s->from_dst);
    }
    if (s->to_dst) {
        qemu_file_shutdown(s->to_dst);
    }
    qemu_sem_post(&s->rate_sem);
    qemu_sem_post(&s->pause_sem);
}

void qmp_migrate_cancel(Error **errp)
{
    MigrationState *s = &current;
    MigrationStatus status = migration_status(s);

    while (migration_status_is_running(status) &&
           status != MIGRATION_STATUS_CANCELLING) {
        if (migration_status_is_postcopy(status)) {
            error_setg(errp, "Postcopy migration in progress, cannot cancel.");
            return;
        }
        if (s->end_leaves && !source_ask_back(s)) {
            return; /* it is too late, and nobody can say otherwise */
        }
        if (migrate_set_state(&s->status, status,
                              MIGRATION_STATUS_CANCELLING)) {
            if (!s->end_leaves) {
                wake_thread(s);
                migration_channel_outgoing_give_up();
            }
            if (cpr_stop_waiting()) {
                finish(s); /* there is nothing else under way */
            }
            break;
        }
        status = migration_status(s);
    }
}

void qmp_migrate_continue(MigrationStatus state, Error **errp)
{
    MigrationState *s = &current;

    if (migration_status(s) != state) {
        error_setg(errp, "Migration not in expected state: %s",
                   MigrationStatus_str(migration_status(s)));
        return;
    }
    if (state != MIGRATION_STATUS_PRE_SWITCHOVER) {
        error_setg(errp, "A migration does not wait in the state '%s'",
                   MigrationStatus_str(state));
        return;
    }
    qemu_sem_post(&s->pause_sem);
}

static bool in_bg_snapshot(void)
{
    return qatomic_read(&current.busy) &&
           migrate_capability(MIGRATION_CAPABILITY_BACKGROUND_SNAPSHOT);
}

void migration_parameters_changed(void)
{
    MigrationStatus status = migration_status(&current);

    if (!in_bg_snapshot() && (status == MIGRATION_STATUS_SETUP ||
                              status == MIGRATION_STATUS_ACTIVE)) {
        migration_rate_set(migrate_parameters()->max_bandwidth);
    } else if (migration_status_is_postcopy(status)) {
        migration_rate_set(migrate_parameters()->max_postcopy_bandwidth);
    }
}

/* RAM has another size than the destination was told. */
static void ram_resized(const char *block)
{
    MigrationState *s = &current;
    Error *err = NULL;

    error_setg(&err, "RAM block '%s' resized during precopy.", block);
    QEMU_LOCK_GUARD(&s->lock);
    if (s->to_dst) {
        qemu_file_set_error_obj(s->to_dst, -EINVAL, err);
    } else {
        error_free(err);
    }
}

static bool is_busy(void)
{
    return qatomic_read(&current.busy);
}

/* ---- for the main program ------------------------------------------------ */

void migration_object_init(void)
{
    qemu_mutex_init(&current.lock);
    qemu_sem_init(&current.rate_sem, 0);
    qemu_sem_init(&current.pause_sem, 0);
    qemu_sem_init(&current.answer_sem, 0);
    qemu_sem_init(&current.postcopy_pause_sem, 0);
    migration_incoming_init();
    migration_busy_hook = is_busy;
    migration_bg_snapshot_hook = in_bg_snapshot;
    ram_resized_hook = ram_resized;
    cpr_init();
    register_global_state();
    ram_mig_init();
    cpu_throttle_init();
}

void migration_shutdown(void)
{
    MigrationState *s = &current;

    dirty_rate_shutdown();
    migration_incoming_shutdown();
    qmp_migrate_cancel(NULL);
    if (s->has_thread) {
        /* Even if the guest has left. */
        qatomic_set(&s->ending, true);
        wake_thread(s);
        qemu_sem_post(&s->postcopy_pause_sem);
        bql_unlock();
        qemu_thread_join(&s->thread);
        bql_lock();
        s->has_thread = false;
    }
    migration_close_files(s);
    migration_channel_outgoing_forget();
    qapi_free_MigrationAddress(g_steal_pointer(&cpr_main));
    error_free(g_steal_pointer(&s->error));
}
