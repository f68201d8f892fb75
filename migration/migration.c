/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source of a migration. */
#include "qemu/osdep.h"
#include "channel.h"
#include "exec/target_page.h"
#include "migration.h"
#include "migration/misc.h"
#include "migration/migration-init.h"
#include "migration-stats.h"
#include "global-state.h"
#include "options.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-migration.h"
#include "qapi/qapi-events-migration.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "qemu/timer.h"
#include "ram.h"
#include "savevm.h"
#include "system/runstate.h"
#include "trace.h"
#include "vmstate/blocker.h"

static MigrationState current;

MigrationState *migrate_get_current(void)
{
    return &current;
}

static int64_t now_ms(void)
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

static MigrationStatus status_of(MigrationState *s)
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
        return true;
    default:
        return false;
    }
}

/* The first reason stays. Takes @err. */
static void set_error(MigrationState *s, Error *err)
{
    QEMU_LOCK_GUARD(&s->lock);
    if (s->error) {
        error_free(err);
    } else {
        s->error = err;
    }
}

/* ---- the end ------------------------------------------------------------- */

static void close_files(MigrationState *s)
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

/* The guest is here to stay: as it was before. */
static void take_guest_back(MigrationState *s)
{
    if (!s->stopped_guest) {
        return;
    }
    s->stopped_guest = false;
    if (runstate_is_live(s->old_runstate)) {
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
    bool completed = status_of(s) == MIGRATION_STATUS_COMPLETED;

    if (s->has_thread) {
        bql_unlock();
        qemu_thread_join(&s->thread);
        bql_lock();
        s->has_thread = false;
    }
    close_files(s);
    migration_channel_outgoing_forget();
    qatomic_set(&s->busy, false);
    if (completed) {
        migration_call_notifiers(MIG_MODE_NORMAL, MIG_EVENT_PRECOPY_DONE, NULL);
        return;
    }
    migration_call_notifiers(MIG_MODE_NORMAL, MIG_EVENT_PRECOPY_FAILED, NULL);
    take_guest_back(s);
    if (!migrate_set_state(&s->status, MIGRATION_STATUS_CANCELLING,
                           MIGRATION_STATUS_CANCELLED)) {
        migrate_set_state(&s->status, status_of(s), MIGRATION_STATUS_FAILED);
        error_report("migration failed: %s",
                     s->error ? error_get_pretty(s->error) : "no reason");
    }
}

static void finish_bh(void *opaque)
{
    finish(opaque);
}

/* ---- the way back -------------------------------------------------------- */

/* Waits until the destination says that all is loaded. */
static bool wait_for_destination(MigrationState *s, Error **errp)
{
    for (;;) {
        unsigned kind = qemu_get_be16(s->from_dst);
        unsigned len = qemu_get_be16(s->from_dst);
        uint32_t value = qemu_get_be32(s->from_dst);
        int ret = qemu_file_get_error(s->from_dst);

        if (ret) {
            error_setg_errno(errp, -ret, "the destination does not answer");
            return false;
        }
        if (len != sizeof(value) ||
            (kind != MIG_RP_MSG_SHUT && kind != MIG_RP_MSG_PONG)) {
            error_setg(errp,
                       "the destination answers with an unknown message "
                       "%u of %u bytes",
                       kind, len);
            return false;
        }
        if (kind == MIG_RP_MSG_SHUT) {
            if (value) {
                error_setg(errp, "the destination could not load the guest");
            }
            return !value;
        }
    }
}

static bool open_return_path(MigrationState *s, Error **errp)
{
    QIOChannel *ioc = qemu_file_get_ioc(s->to_dst);
    uint32_t ping = cpu_to_be32(1);

    if (!migrate_capability(MIGRATION_CAPABILITY_RETURN_PATH)) {
        return true;
    }
    if (!qio_channel_has_feature(ioc, QIO_CHANNEL_FEATURE_SHUTDOWN)) {
        error_setg(errp, "Capability 'return-path' needs a socket");
        return false;
    }
    WITH_QEMU_LOCK_GUARD(&s->lock) {
        s->from_dst = qemu_file_get_return_path(s->to_dst);
    }
    savevm_put_command(s->to_dst, MIG_CMD_OPEN_RETURN_PATH, 0, NULL);
    savevm_put_command(s->to_dst, MIG_CMD_PING, sizeof(ping), &ping);
    return true;
}

/* ---- the thread: rounds -------------------------------------------------- */

static void begin_interval(MigrationState *s)
{
    s->interval_start_ms = now_ms();
    s->interval_bytes = migration_transferred_bytes();
    s->interval_pages =
        stat64_get(&mig_stats.normal_pages) + stat64_get(&mig_stats.zero_pages);
    migration_rate_reset();
}

/* At the end of an interval: how fast is it, and what is little then? */
static void end_interval(MigrationState *s)
{
    const MigrationParameters *p = migrate_parameters();
    int64_t ms = now_ms() - s->interval_start_ms;
    uint64_t bytes = migration_transferred_bytes() - s->interval_bytes;
    uint64_t pages = stat64_get(&mig_stats.normal_pages) +
                     stat64_get(&mig_stats.zero_pages) - s->interval_pages;
    double bytes_per_ms, expected;

    if (ms < BUFFER_DELAY) {
        return;
    }
    bytes_per_ms = (double)bytes / ms;
    expected = p->avail_switchover_bandwidth
                   ? p->avail_switchover_bandwidth / 1000.0
                   : bytes_per_ms;
    s->threshold = expected * p->downtime_limit;
    s->mbps = bytes_per_ms * 8 / 1000;
    s->pages_per_second = pages * 1000.0 / ms;
    if (stat64_get(&mig_stats.dirty_pages_rate) && bytes > 10000) {
        s->expected_downtime_ms =
            stat64_get(&mig_stats.dirty_bytes_last_sync) / expected;
    }
    begin_interval(s);
}

static void wait_for_interval(MigrationState *s)
{
    int64_t ms = s->interval_start_ms + BUFFER_DELAY - now_ms();

    if (ms > 0 && migration_rate_exceeded(s->to_dst) &&
        !qemu_file_get_error(s->to_dst)) {
        qemu_sem_timedwait(&s->rate_sem, ms);
    }
}

/* Sends RAM until what is left fits into the downtime. */
static bool run_rounds(MigrationState *s, SaveVM *vm, Error **errp)
{
    begin_interval(s);
    while (status_of(s) == MIGRATION_STATUS_ACTIVE) {
        if (!migration_rate_exceeded(s->to_dst)) {
            uint64_t must, can;
            bool finished;

            savevm_pending(false, &must, &can);
            if (must <= s->threshold) {
                savevm_pending(true, &must, &can);
                if (qemu_file_get_error_obj(s->to_dst, errp)) {
                    return false;
                }
            }
            trace_migrate_pending(must, can, s->threshold);
            if (must <= s->threshold) {
                return true;
            }
            if (!savevm_iterate(vm, &finished, errp)) {
                return false;
            }
        } else if (qemu_file_get_error_obj(s->to_dst, errp)) {
            return false;
        }
        end_interval(s);
        wait_for_interval(s);
    }
    error_setg(errp, "migration was cancelled");
    return false;
}

/* ---- the thread: switching over ------------------------------------------ */

static bool stop_guest(MigrationState *s, Error **errp)
{
    int ret;

    s->downtime_start_ms = now_ms();
    s->old_runstate = runstate_get();
    s->stopped_guest = true;
    global_state_store();
    ret = vm_stop_force_state(RUN_STATE_FINISH_MIGRATE);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "the guest's disks cannot be flushed");
    }
    return ret >= 0;
}

static bool wait_for_continue(MigrationState *s)
{
    if (!migrate_capability(MIGRATION_CAPABILITY_PAUSE_BEFORE_SWITCHOVER)) {
        return migrate_set_state(&s->status, MIGRATION_STATUS_ACTIVE,
                                 MIGRATION_STATUS_DEVICE);
    }
    while (!qemu_sem_timedwait(&s->pause_sem, 0)) {
        /* of an earlier time */
    }
    if (migrate_set_state(&s->status, MIGRATION_STATUS_ACTIVE,
                          MIGRATION_STATUS_PRE_SWITCHOVER)) {
        bql_unlock();
        qemu_sem_wait(&s->pause_sem);
        bql_lock();
    }
    return migrate_set_state(&s->status, MIGRATION_STATUS_PRE_SWITCHOVER,
                             MIGRATION_STATUS_DEVICE);
}

/* With the big lock. */
static bool switch_over(MigrationState *s, SaveVM *vm, Error **errp)
{
    if (!stop_guest(s, errp)) {
        return false;
    }
    if (!wait_for_continue(s)) {
        error_setg(errp, "Switchover is interrupted");
        return false;
    }
    migration_rate_set(RATE_LIMIT_DISABLED);
    if (precopy_notify(PRECOPY_NOTIFY_COMPLETE, errp)) {
        return false;
    }
    savevm_put_command(s->to_dst, MIG_CMD_SWITCHOVER_START, 0, NULL);
    return savevm_complete(vm, errp);
}

static void complete(MigrationState *s)
{
    s->downtime_ms = now_ms() - s->downtime_start_ms;
    s->total_ms = now_ms() - s->start_ms;
    if (s->total_ms) {
        s->mbps = migration_transferred_bytes() * 8.0 / s->total_ms / 1000;
    }
    /* All has left, and may run there: who cancels now is too late. */
    migrate_set_state(&s->status, status_of(s), MIGRATION_STATUS_COMPLETED);
    runstate_set(RUN_STATE_POSTMIGRATE);
}

static bool begin(MigrationState *s, SaveVM *vm, Error **errp)
{
    savevm_put_header(vm);
    if (!open_return_path(s, errp) || !savevm_setup(vm, errp)) {
        return false;
    }
    s->setup_ms = now_ms() - s->start_ms;
    if (!migrate_set_state(&s->status, MIGRATION_STATUS_SETUP,
                           MIGRATION_STATUS_ACTIVE)) {
        error_setg(errp, "migration was cancelled");
        return false;
    }
    return true;
}

static void *migration_thread(void *opaque)
{
    MigrationState *s = opaque;
    SaveVM *vm = savevm_new(s->to_dst);
    Error *err = NULL;
    bool ok;

    rcu_register_thread();
    bql_lock();
    ok = begin(s, vm, &err);
    bql_unlock();
    ok = ok && run_rounds(s, vm, &err);
    bql_lock();
    ok = ok && switch_over(s, vm, &err);
    bql_unlock();
    if (ok && s->from_dst) {
        ok = wait_for_destination(s, &err);
    }
    bql_lock();
    savevm_cleanup();
    if (ok) {
        complete(s);
    } else {
        set_error(s, err);
    }
    aio_bh_schedule_oneshot(qemu_get_aio_context(), finish_bh, s);
    bql_unlock();
    savevm_free(vm);
    rcu_unregister_thread();
    return NULL;
}

/* ---- the beginning ------------------------------------------------------- */

static void connected(QIOChannel *ioc, Error *err, void *opaque)
{
    MigrationState *s = opaque;
    Error *local = NULL;

    if (err) {
        set_error(s, error_copy(err));
        finish(s);
        return;
    }
    if (status_of(s) != MIGRATION_STATUS_SETUP) {
        finish(s); /* cancelled meanwhile */
        return;
    }
    /*
     * So that the lock can be released while a connection stalls: then it can
     * be cancelled, as no other can.
     */
    qio_channel_set_blocking(
        ioc, !qio_channel_has_feature(ioc, QIO_CHANNEL_FEATURE_SHUTDOWN), NULL);
    WITH_QEMU_LOCK_GUARD(&s->lock) {
        s->to_dst = qemu_file_new_output(ioc);
    }
    migration_rate_set(migrate_parameters()->max_bandwidth);
    migration_rate_reset();
    if (migration_call_notifiers(MIG_MODE_NORMAL, MIG_EVENT_PRECOPY_SETUP,
                                 &local)) {
        if (!local) {
            error_setg(&local, "a device does not let it begin");
        }
        set_error(s, local);
        finish(s);
        return;
    }
    s->has_thread = true;
    qemu_thread_create(&s->thread, "mig/src/main", migration_thread, s,
                       QEMU_THREAD_JOINABLE);
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
    return !savevm_is_blocked(errp) && savevm_prepare(errp);
}

static void reset_state(MigrationState *s)
{
    memset(&mig_stats, 0, sizeof(mig_stats));
    WITH_QEMU_LOCK_GUARD(&s->lock) {
        error_free(g_steal_pointer(&s->error));
    }
    qatomic_set(&s->busy, true);
    s->stopped_guest = false;
    s->start_ms = now_ms();
    s->setup_ms = s->total_ms = s->downtime_ms = 0;
    s->expected_downtime_ms = migrate_parameters()->downtime_limit;
    s->mbps = 0;
    s->pages_per_second = 0;
    s->threshold = 0;
    migrate_set_state(&s->status, status_of(s), MIGRATION_STATUS_SETUP);
}

void qmp_migrate(const char *uri, bool has_channels,
                 MigrationChannelList *channels, bool has_detach, bool detach,
                 bool has_resume, bool resume, Error **errp)
{
    MigrationState *s = &current;
    g_autoptr(MigrationAddress) addr =
        migration_address(uri, has_channels ? channels : NULL, errp);
    Error *err = NULL;

    if (!addr) {
        return;
    }
    if (has_resume && resume) {
        error_setg(errp, "Cannot resume if there is no paused migration");
        return;
    }
    if (!may_begin(s, errp) || !migration_channel_check(addr, errp)) {
        return;
    }
    reset_state(s);
    if (!migration_channel_outgoing(addr, connected, s, &err)) {
        set_error(s, error_copy(err));
        qatomic_set(&s->busy, false);
        migrate_set_state(&s->status, MIGRATION_STATUS_SETUP,
                          MIGRATION_STATUS_FAILED);
        migration_call_notifiers(MIG_MODE_NORMAL, MIG_EVENT_PRECOPY_FAILED,
                                 NULL);
        error_propagate(errp, err);
    }
}

/* ---- what others do to it ------------------------------------------------ */

static void wake_thread(MigrationState *s)
{
    QEMU_LOCK_GUARD(&s->lock);
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
    MigrationStatus status = status_of(s);

    while (migration_status_is_running(status) &&
           status != MIGRATION_STATUS_CANCELLING) {
        if (migrate_set_state(&s->status, status,
                              MIGRATION_STATUS_CANCELLING)) {
            wake_thread(s);
            break;
        }
        status = status_of(s);
    }
}

void qmp_migrate_continue(MigrationStatus state, Error **errp)
{
    MigrationState *s = &current;

    if (status_of(s) != state) {
        error_setg(errp, "Migration not in expected state: %s",
                   MigrationStatus_str(status_of(s)));
        return;
    }
    if (state != MIGRATION_STATUS_PRE_SWITCHOVER) {
        error_setg(errp, "A migration does not wait in the state '%s'",
                   MigrationStatus_str(state));
        return;
    }
    qemu_sem_post(&s->pause_sem);
}

void migration_parameters_changed(void)
{
    MigrationStatus status = status_of(&current);

    if (status == MIGRATION_STATUS_SETUP || status == MIGRATION_STATUS_ACTIVE) {
        migration_rate_set(migrate_parameters()->max_bandwidth);
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
    migration_busy_hook = is_busy;
    ram_resized_hook = ram_resized;
    register_global_state();
    ram_mig_init();
}

void migration_shutdown(void)
{
    MigrationState *s = &current;

    migration_incoming_shutdown();
    qmp_migrate_cancel(NULL);
    if (s->has_thread) {
        bql_unlock();
        qemu_thread_join(&s->thread);
        bql_lock();
        s->has_thread = false;
    }
    close_files(s);
    migration_channel_outgoing_forget();
    error_free(g_steal_pointer(&s->error));
}
