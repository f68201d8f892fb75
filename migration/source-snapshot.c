/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The source of a background snapshot: the guest is stopped for a moment, in
 * which the state of devices goes into a buffer and RAM is protected, and goes
 * on while RAM as it was is sent. The buffer is the end of the stream.
 */
#include "qemu/osdep.h"
#include "block/aio.h"
#include "io/channel-buffer.h"
#include "migration-stats.h"
#include "migration/qemu-file.h"
#include "options.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "ram.h"
#include "savevm.h"
#include "source.h"
#include "memory/ram-discard.h"
#include "system/runstate.h"

/*
 * In the main loop, since what happens when a guest goes on writes to its RAM,
 * and this thread has to serve that.
 */
static void go_on_bh(void *opaque)
{
    MigrationState *s = opaque;

    migration_take_guest_back(s);
    s->downtime_ms = migration_now_ms() - s->downtime_start_ms;
}

/* With the big lock. */
static bool stop_and_save(MigrationState *s, SaveVM *vm, QEMUFile *devices,
                          Error **errp)
{
    uint64_t sent = stat64_get(&mig_stats.qemu_file_transferred);
    int ret = 0;

    source_note_stop(s);
    if (runstate_is_live(s->old_runstate)) {
        ret = vm_stop_force_state(RUN_STATE_PAUSED);
    }
    if (ret < 0) {
        error_setg_errno(errp, -ret, "the guest's disks cannot be flushed");
        return false;
    }
    if (!savevm_complete_devices(vm, devices, errp)) {
        return false;
    }
    /* It has not been sent yet. */
    stat64_set(&mig_stats.qemu_file_transferred, sent);
    if (!ram_background_start(errp)) {
        return false;
    }
    aio_bh_schedule_oneshot(qemu_get_aio_context(), go_on_bh, s);
    return true;
}

static bool goes_on(void)
{
    return migration_status(migrate_get_current()) == MIGRATION_STATUS_ACTIVE;
}

/* With the big lock, which it releases meanwhile. */
static bool prepare_ram(Error **errp)
{
    bool ok;

    bql_unlock();
    ok = ram_background_prepare(goes_on);
    bql_lock();
    if (!ok) {
        error_setg(errp, "migration was cancelled");
    }
    return ok;
}

/* Without the big lock, until nobody waits for a page. */
static bool send_ram(MigrationState *s, SaveVM *vm, Error **errp)
{
    bool finished = false;

    while (!finished) {
        if (!goes_on()) {
            error_setg(errp, "migration was cancelled");
            return false;
        }
        if (!savevm_iterate(vm, &finished, errp)) {
            return false;
        }
    }
    return savevm_complete_rounds(vm, errp);
}

static bool send_devices(MigrationState *s, QIOChannelBuffer *buffer,
                         Error **errp)
{
    qemu_put_buffer(s->to_dst, buffer->data, buffer->usage);
    qemu_fflush(s->to_dst);
    return !qemu_file_get_error_obj(s->to_dst, errp);
}

void *migration_snapshot_thread(void *opaque)
{
    MigrationState *s = opaque;
    SaveVM *vm = savevm_new(s->to_dst);
    QIOChannelBuffer *buffer = qio_channel_buffer_new(512 * 1024);
    QEMUFile *devices = qemu_file_new_output(QIO_CHANNEL(buffer));
    Error *err = NULL;
    bool ok, may_discard;

    rcu_register_thread();
    /* Who waits for a page must not wait for the next interval, too. */
    migration_rate_set(RATE_LIMIT_DISABLED);
    bql_lock();
    may_discard = ram_block_uncoordinated_discard_disable(true);
    ok = source_begin(s, vm, &err) && prepare_ram(&err) &&
         stop_and_save(s, vm, devices, &err);
    bql_unlock();
    ok = ok && send_ram(s, vm, &err);
    ram_background_stop();
    ok = ok && send_devices(s, buffer, &err);
    bql_lock();
    if (!may_discard) {
        ram_block_uncoordinated_discard_disable(false);
    }
    savevm_cleanup();
    if (ok && migration_status(s) == MIGRATION_STATUS_ACTIVE) {
        source_complete(s);
    } else {
        if (!err) {
            error_setg(&err, "migration was cancelled");
        }
        migration_set_error(s, err);
    }
    migration_end_soon(s);
    bql_unlock();
    savevm_free(vm);
    qemu_fclose(devices);
    object_unref(OBJECT(buffer));
    rcu_unregister_thread();
    return NULL;
}
