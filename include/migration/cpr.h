/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Handing a guest over to another emulator on this host (CPR, "checkpoint and
 * restart"), in the mode cpr-transfer: descriptors that the next emulator needs
 * before it makes its machine go over a channel of their own.
 *
 * A device that wants to keep a descriptor saves it by name and number, and
 * looks for it when it is made. All with the big lock.
 */
#ifndef MIGRATION_CPR_H
#define MIGRATION_CPR_H

#include "migration/qemu-file-types.h"
#include "qapi/qapi-types-migration.h"

#define MIG_MODE_NONE (-1)

#define QEMU_CPR_FILE_MAGIC   0x51435052 /* "QCPR" */
#define QEMU_CPR_FILE_VERSION 0x00000001

/* ---- descriptors (vmstate/cpr-fds.c) ------------------------------------- */

/* The next emulator gets @fd; it stays the caller's. */
void cpr_save_fd(const char *name, int id, int fd);
/* No longer. It stays open. */
void cpr_delete_fd(const char *name, int id);
/*
 * What was saved: here, or in the emulator before this one, whose descriptor
 * becomes the caller's. -1 if nothing was.
 */
int cpr_find_fd(const char *name, int id);

/* ---- whether a guest is taken over --------------------------------------- */

/* MIG_MODE_NONE, but from loading the state to the end of the migration. */
MigMode cpr_get_incoming_mode(void);
void cpr_set_incoming_mode(MigMode mode);
bool cpr_is_incoming(void);

/* ---- the channel (migration/cpr.c) --------------------------------------- */

/*
 * Sends all descriptors to @channel, in the mode cpr-transfer; in others does
 * nothing. 0, or negative with @errp. The connection stays half open until
 * cpr_state_close(): it ends when the destination is ready, or not there.
 */
int cpr_state_save(MigrationChannel *channel, Error **errp);
/*
 * Waits on @channel for the descriptors of another emulator, as long as it
 * takes. 0, or negative with @errp; without a channel does nothing.
 */
int cpr_state_load(MigrationChannel *channel, Error **errp);
/* Tells the source that this side is ready. */
void cpr_state_close(void);
/* NULL unless a state was saved, and is not closed yet. */
struct QIOChannel *cpr_state_ioc(void);

#endif
