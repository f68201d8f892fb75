/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source of a migration: its thread, from the first byte to the last. */
#include "qemu/osdep.h"
#include "block-active.h"
#include "channel.h"
#include "global-state.h"
#include "migration-stats.h"
#include "migration/misc.h"
#include "migration/qemu-file.h"
#include "multifd.h"
#include "options.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "savevm.h"
#include "source.h"
#include "system/runstate.h"

/* ---- switching over ------------------------------------------------------ */

void source_note_stop(MigrationState *s)
{
    s->downtime_start_ms = migration_now_ms();
    s->old_runstate = runstate_get();
    s->stopped_guest = true;
    global_state_store();
}

bool migration_stop_guest(MigrationState *s, Error **errp)
{
    int ret;

    source_note_stop(s);
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

bool source_begin_switchover(MigrationState *s, Error **errp)
{
    if (!s->stopped_guest && !migration_stop_guest(s, errp)) {
        return false;
    }
    if (!wait_for_continue(s)) {
        error_setg(errp, "Switchover is interrupted");
        return false;
    }
    if (!migration_block_inactivate(errp)) {
        return false;
    }
    migration_rate_set(RATE_LIMIT_DISABLED);
    if (precopy_notify(PRECOPY_NOTIFY_COMPLETE, errp)) {
        return false;
    }
    savevm_put_command(s->to_dst, MIG_CMD_SWITCHOVER_START, 0, NULL);
    return true;
}

/*
 * With the big lock, as is who cancels: before this, the guest stays. After it
 * the guest may run there, for all that is known here, until the destination
 * says otherwise; where it says nothing, the guest has left.
 */
static bool put_end(MigrationState *s, SaveVM *vm, Error **errp)
{
    if (migration_status(s) != MIGRATION_STATUS_DEVICE) {
        error_setg(errp, "migration was cancelled");
        return false;
    }
    s->end_leaves = true;
    if (!savevm_put_end(vm, errp)) {
        return false;
    }
    if (qemu_file_get_error(s->to_dst)) {
        /* What the destination makes of it, it does not say before an end. */
        source_ask_back(s);
    }
    return true;
}

/* With the big lock. */
static bool switch_over(MigrationState *s, SaveVM *vm, Error **errp)
{
    return source_begin_switchover(s, errp) &&
           savevm_complete_to_end(vm, errp) && put_end(s, vm, errp);
}

void source_complete(MigrationState *s)
{
    s->total_ms = migration_now_ms() - s->start_ms;
    if (s->total_ms) {
        qatomic_set_u64(&s->bits_per_second,
                        migration_transferred_bytes() * 8000.0 / s->total_ms);
    }
    /* All has left, and may run there: who cancels now is too late. */
    migrate_set_state(&s->status, migration_status(s),
                      MIGRATION_STATUS_COMPLETED);
}

/*
 * The other channels, with the big lock, which is released meanwhile. The main
 * one says first what it is.
 */
static bool open_multifd(MigrationState *s, Error **errp)
{
    bool ok;

    if (!multifd_has_channels()) {
        return true;
    }
    qemu_fflush(s->to_dst);
    bql_unlock();
    ok = multifd_send_setup(errp);
    bql_lock();
    return ok;
}

bool source_begin(MigrationState *s, SaveVM *vm, Error **errp)
{
    savevm_put_header(vm);
    if (!open_multifd(s, errp) || !source_return_open(s, errp)) {
        return false;
    }
    source_postcopy_advise(s);
    if (!savevm_setup(vm, errp)) {
        return false;
    }
    s->setup_ms = migration_now_ms() - s->start_ms;
    if (!migrate_set_state(&s->status, MIGRATION_STATUS_SETUP,
                           MIGRATION_STATUS_ACTIVE)) {
        error_setg(errp, "migration was cancelled");
        return false;
    }
    return true;
}

void *migration_thread(void *opaque)
{
    MigrationState *s = opaque;
    SaveVM *vm = savevm_new(s->to_dst);
    Error *err = NULL;
    bool ok;

    rcu_register_thread();
    bql_lock();
    ok = source_begin(s, vm, &err);
    bql_unlock();
    ok = ok && source_run_rounds(s, vm, &err);
    if (ok && s->in_postcopy) {
        ok = source_postcopy(s, vm, &err);
    } else if (ok) {
        bql_lock();
        ok = switch_over(s, vm, &err);
        bql_unlock();
        ok = ok && source_return_wait(s, &err);
        /* What is put away here does not keep the guest from running there. */
        s->downtime_ms = migration_now_ms() - s->downtime_start_ms;
    }
    source_return_close(s);
    multifd_send_cleanup(ok);
    if (ok) {
        migration_channel_end(qemu_file_get_ioc(s->to_dst));
    }
    bql_lock();
    savevm_cleanup();
    if (ok) {
        source_complete(s);
        runstate_set(RUN_STATE_POSTMIGRATE);
    } else {
        migration_set_error(s, err);
    }
    migration_end_soon(s);
    bql_unlock();
    savevm_free(vm);
    rcu_unregister_thread();
    return NULL;
}
