/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Migration as the main program sees it. All with the big lock. */
#ifndef MIGRATION_INIT_H
#define MIGRATION_INIT_H

/* Whether -only-migratable was given. */
extern int only_migratable;

/* Registers what is migrated without being a device. Once, with a machine. */
void migration_object_init(void);

/*
 * Whether what "-incoming" has is the channel of cpr-transfer. Sets @errp if it
 * is nothing at all.
 */
bool migration_incoming_is_cpr(const char *arg, Error **errp);
/*
 * Waits there for the descriptors of the emulator before this one; with a
 * machine, before anything is made of them. Ends the process if that fails.
 */
void migration_incoming_load_cpr(const char *arg);

/*
 * What "-incoming" has: a URI, a channel in JSON or as key=value, or "defer".
 * Ends the process with a message if that is wrong.
 */
void migration_incoming_start(const char *arg);

/* Gives up what runs, in either direction, and waits for its end. */
void migration_shutdown(void);

#endif
