/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the user has chosen for migrations: capabilities, which source and
 * destination must agree on, and parameters. With the big lock they change;
 * reading a capability or a number needs none.
 */
#ifndef MIGRATION_OPTIONS_H
#define MIGRATION_OPTIONS_H

#include "qapi/qapi-types-migration.h"

/* Whether @cap is on. */
bool migrate_capability(MigrationCapability cap);
/* Whether the stream says which of both sides have @cap on. */
bool migrate_capability_compared(MigrationCapability cap);

/* All parameters; strings and lists in it need the big lock. */
const MigrationParameters *migrate_parameters(void);

/* Whether the mode is one of those that stop the guest first. */
bool migrate_mode_is_cpr(void);

/* Switches a capability, as migrate-set-capabilities does. */
bool migrate_set_capability(MigrationCapability cap, bool on, Error **errp);

/* Back to what a new process has: for tests. */
void migrate_options_reset(void);

#endif
