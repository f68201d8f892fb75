/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What users do to a postcopy. */
#include "qemu/osdep.h"
#include "channel.h"
#include "migration-stats.h"
#include "migration.h"
#include "migration/misc.h"
#include "migration/qemu-file.h"
#include "options.h"
#include "postcopy.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-migration.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "source.h"

void qmp_migrate_start_postcopy(Error **errp)
{
    MigrationState *s = migrate_get_current();

    if (!migrate_capability(MIGRATION_CAPABILITY_POSTCOPY_RAM)) {
        error_setg(errp, "Enable postcopy with migrate_set_capability before "
                         "the start of migration");
        return;
    }
    if (migration_status(s) == MIGRATION_STATUS_NONE) {
        error_setg(errp,
                   "Postcopy must be started after migration has been started");
        return;
    }
    /* It may have ended just now: that is no error of the user. */
    qatomic_set(&s->start_postcopy, true);
    qemu_sem_post(&s->rate_sem);
}

/* ---- the connection is given up, and there is another -------------------- */

/* Both can be done while the main loop waits for a page. */
static bool is_alive(MigrationStatus status)
{
    return status == MIGRATION_STATUS_POSTCOPY_ACTIVE ||
           status == MIGRATION_STATUS_POSTCOPY_RECOVER;
}

bool source_postcopy_pause(MigrationState *s, Error **errp)
{
    Error *err = NULL;

    error_setg(&err, "Postcopy migration is paused by the user");
    migration_set_error(s, err);
    QEMU_LOCK_GUARD(&s->lock);
    if (s->to_dst && qemu_file_shutdown(s->to_dst)) {
        error_setg(errp, "Failed to pause source migration");
        return false;
    }
    qemu_sem_post(&s->rate_sem);
    return true;
}

void qmp_migrate_pause(Error **errp)
{
    MigrationState *s = migrate_get_current();
    MigrationIncomingState *mis = migration_incoming_get_current();

    if (migration_status(s) == MIGRATION_STATUS_POSTCOPY_RECOVER_SETUP) {
        /* There is no connection yet, and there may never be. */
        migration_channel_outgoing_give_up();
    } else if (is_alive(migration_status(s))) {
        source_postcopy_pause(s, errp);
    } else if (is_alive(qatomic_read(&mis->status))) {
        postcopy_incoming_pause(errp);
    } else {
        error_setg(errp, "migrate-pause is currently only supported during "
                         "postcopy-active or postcopy-recover state");
    }
}

static void connected(QIOChannel *ioc, Error *err, void *opaque)
{
    MigrationState *s = opaque;
    Error *local = err ? error_copy(err) : NULL;

    if (ioc) {
        qio_channel_set_blocking(ioc, true, &local);
    }
    if (local) {
        error_report("migration cannot go on: %s", error_get_pretty(local));
        migration_set_error(s, local);
        migrate_set_state(&s->status, MIGRATION_STATUS_POSTCOPY_RECOVER_SETUP,
                          MIGRATION_STATUS_POSTCOPY_PAUSED);
        return;
    }
    WITH_QEMU_LOCK_GUARD(&s->lock) {
        s->to_dst = qemu_file_new_output(ioc);
    }
    migration_rate_set(migrate_parameters()->max_postcopy_bandwidth);
    migrate_set_state(&s->status, MIGRATION_STATUS_POSTCOPY_RECOVER_SETUP,
                      MIGRATION_STATUS_POSTCOPY_RECOVER);
    qemu_sem_post(&s->postcopy_pause_sem);
}

bool source_postcopy_connect(MigrationState *s, MigrationAddress *addr,
                             Error **errp)
{
    Error *err = NULL;

    if (migration_status(s) == MIGRATION_STATUS_POSTCOPY_PAUSED &&
        migrate_capability(MIGRATION_CAPABILITY_RELEASE_RAM)) {
        error_setg(errp, "Postcopy recovery cannot work when release-ram "
                         "capability is set");
        return false;
    }
    if (!migrate_set_state(&s->status, MIGRATION_STATUS_POSTCOPY_PAUSED,
                           MIGRATION_STATUS_POSTCOPY_RECOVER_SETUP)) {
        error_setg(errp, "Cannot resume if there is no paused migration");
        return false;
    }
    WITH_QEMU_LOCK_GUARD(&s->lock) {
        error_free(g_steal_pointer(&s->error));
    }
    if (!migration_channel_check(addr, true, &err) ||
        !migration_channel_outgoing(addr, connected, s, &err)) {
        migration_set_error(s, error_copy(err));
        migrate_set_state(&s->status, MIGRATION_STATUS_POSTCOPY_RECOVER_SETUP,
                          MIGRATION_STATUS_POSTCOPY_PAUSED);
        error_propagate(errp, err);
        return false;
    }
    return true;
}
