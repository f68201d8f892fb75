/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who wants to hear of migrations, and whether there is one. */
#include "qemu/osdep.h"
#include "migration/misc.h"
#include "qemu/atomic.h"
#include "blocker.h"

static NotifierWithReturnList begin_end[MIG_MODE__MAX];
static NotifierWithReturnList rounds;
static bool running;

void migration_add_notifier_mode(NotifierWithReturn *notify,
                                 MigrationNotifyFunc func, MigMode mode)
{
    notify->notify = (NotifierWithReturnFunc)func;
    notifier_with_return_list_add(&begin_end[mode], notify);
}

void migration_add_notifier(NotifierWithReturn *notify,
                            MigrationNotifyFunc func)
{
    migration_add_notifier_mode(notify, func, MIG_MODE_NORMAL);
}

void migration_remove_notifier(NotifierWithReturn *notify)
{
    if (notify->notify) {
        notifier_with_return_remove(notify);
        notify->notify = NULL;
    }
}

int migration_call_notifiers(MigMode mode, MigrationEventType type,
                             Error **errp)
{
    MigrationEvent e = { .type = type };

    qatomic_set(&running, type == MIG_EVENT_PRECOPY_SETUP);
    return notifier_with_return_list_notify(&begin_end[mode], &e, errp);
}

bool migration_is_running(void)
{
    /* Notifiers hear of it once it is connected, which may take a while. */
    return qatomic_read(&running) ||
           (migration_busy_hook && migration_busy_hook());
}

bool (*migration_bg_snapshot_hook)(void);

bool migration_in_bg_snapshot(void)
{
    return migration_bg_snapshot_hook && migration_bg_snapshot_hook();
}

bool (*migration_incoming_postcopy_hook)(bool advised);

bool migration_in_incoming_postcopy(void)
{
    return migration_incoming_postcopy_hook &&
           migration_incoming_postcopy_hook(false);
}

bool migration_incoming_postcopy_advised(void)
{
    return migration_incoming_postcopy_hook &&
           migration_incoming_postcopy_hook(true);
}

bool (*migration_incoming_loading_hook)(void);

bool migration_incoming_is_loading(void)
{
    return migration_incoming_loading_hook && migration_incoming_loading_hook();
}

bool (*migration_ram_ignored_hook)(RAMBlock *block);

bool migrate_ram_is_ignored(RAMBlock *block)
{
    return migration_ram_ignored_hook && migration_ram_ignored_hook(block);
}

void precopy_add_notifier(NotifierWithReturn *n)
{
    notifier_with_return_list_add(&rounds, n);
}

void precopy_remove_notifier(NotifierWithReturn *n)
{
    notifier_with_return_remove(n);
}

int precopy_notify(PrecopyNotifyReason reason, Error **errp)
{
    PrecopyNotifyData data = { .reason = reason };

    return notifier_with_return_list_notify(&rounds, &data, errp);
}
