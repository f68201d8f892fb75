/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reasons why the guest cannot be migrated now. A device that has state which
 * it cannot move, or not at the moment, adds one; as long as it is there,
 * migration and snapshots fail with it.
 *
 * The reason is an Error that the device has made and keeps the pointer to;
 * it belongs to the list until migrate_del_blocker(). All with the big lock.
 */
#ifndef MIGRATION_BLOCKER_H
#define MIGRATION_BLOCKER_H

#include "migration/mig-mode.h"

#define MIG_MODE_ALL MIG_MODE__MAX

/*
 * Add *@reasonp for all modes; for all, although only devices that can be
 * migrated are wanted; for live migration; for the modes in a list that ends
 * with -1 or MIG_MODE_ALL. Return 0; or -EACCES (-only-migratable was given)
 * or -EBUSY (a migration is running) with @errp set, *@reasonp freed and NULL.
 */
int migrate_add_blocker(Error **reasonp, Error **errp);
int migrate_add_blocker_internal(Error **reasonp, Error **errp);
int migrate_add_blocker_normal(Error **reasonp, Error **errp);
int migrate_add_blocker_modes(Error **reasonp, Error **errp, MigMode mode,
                              ...);

/* Removes *@reasonp (NULL is nothing), frees it and makes it NULL. */
void migrate_del_blocker(Error **reasonp);

#endif
