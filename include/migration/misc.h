/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What devices ask about migration, and what they are told of it.
 *
 * A device that must act when a migration begins or ends adds a notifier; one
 * that knows RAM which need not be sent hears of the rounds of sending it.
 * Notifiers belong to the caller and are called with the big lock, but for
 * those of the rounds.
 */
#ifndef MIGRATION_MISC_H
#define MIGRATION_MISC_H

#include "migration/mig-mode.h"
#include "qemu/notify.h"

/*** The beginning and the end. ***/

/*
 * SETUP, then DONE or FAILED; or FAILED alone, when others did not let it
 * begin.
 */
typedef enum MigrationEventType {
    MIG_EVENT_PRECOPY_SETUP,
    MIG_EVENT_PRECOPY_DONE,
    MIG_EVENT_PRECOPY_FAILED,
    MIG_EVENT_MAX
} MigrationEventType;

typedef struct MigrationEvent {
    MigrationEventType type;
} MigrationEvent;

/* Returns 0; for SETUP, a negative errno value with @errp ends it. */
typedef int (*MigrationNotifyFunc)(NotifierWithReturn *notify,
                                   MigrationEvent *e, Error **errp);

/*
 * Let @func hear of migrations in the normal mode, or in @mode. Until it is
 * removed; removing one that is not there does nothing.
 */
void migration_add_notifier(NotifierWithReturn *notify,
                            MigrationNotifyFunc func);
void migration_add_notifier_mode(NotifierWithReturn *notify,
                                 MigrationNotifyFunc func, MigMode mode);
void migration_remove_notifier(NotifierWithReturn *notify);

/* For the code of the stream. 0, or what a notifier returned, with @errp. */
int migration_call_notifiers(MigMode mode, MigrationEventType type,
                             Error **errp);

/*** What state it is in. Any thread. ***/

/* Whether one of this process's RAM is under way: from SETUP on. */
bool migration_is_running(void);
/* Whether a snapshot is taken of it behind the running guest. */
bool migration_in_bg_snapshot(void);
/* Whether RAM comes in after the guest has started here; is going to. */
bool migration_in_incoming_postcopy(void);
bool migration_incoming_postcopy_advised(void);
/*
 * Whether devices are loaded, between the parts of which the big lock is
 * released: none may come or go. With the big lock.
 */
bool migration_incoming_is_loading(void);
/* In which mode it is, or the next will be. With the big lock. */
MigMode migrate_mode(void);
/* Whether @block is not sent, since the other side has the same memory. */
bool migrate_ram_is_ignored(RAMBlock *block);

/*** The rounds of sending RAM. ***/

typedef enum PrecopyNotifyReason {
    PRECOPY_NOTIFY_SETUP = 0,
    PRECOPY_NOTIFY_BEFORE_BITMAP_SYNC = 1,
    PRECOPY_NOTIFY_AFTER_BITMAP_SYNC = 2,
    PRECOPY_NOTIFY_COMPLETE = 3,
    PRECOPY_NOTIFY_CLEANUP = 4,
    PRECOPY_NOTIFY_MAX = 5,
} PrecopyNotifyReason;

/* What the notifiers' data points at. */
typedef struct PrecopyNotifyData {
    enum PrecopyNotifyReason reason;
} PrecopyNotifyData;

void precopy_add_notifier(NotifierWithReturn *n);
void precopy_remove_notifier(NotifierWithReturn *n);
/* For the code of the stream. 0, or what a notifier returned, with @errp. */
int precopy_notify(PrecopyNotifyReason reason, Error **errp);

#endif
