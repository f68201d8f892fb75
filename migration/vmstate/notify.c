/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who wants to hear of migrations. */
#include "qemu/osdep.h"
#include "migration/misc.h"

static NotifierWithReturnList begin_end[MIG_MODE__MAX];
static NotifierWithReturnList rounds;

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

    return notifier_with_return_list_notify(&begin_end[mode], &e, errp);
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
