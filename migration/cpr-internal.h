/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Restarts that keep RAM, for the code of migration. With the big lock. */
#ifndef MIGRATION_CPR_INTERNAL_H
#define MIGRATION_CPR_INTERNAL_H

#include "migration/cpr.h"

/* From now on the descriptors of RAM are noted; before there is any. */
void cpr_init(void);

/*
 * Whether @rb has the memory of the process before: in cpr-transfer nothing
 * else brings it here.
 */
bool cpr_has_block(const RAMBlock *rb);

/* False with @errp if a capability does not go with the mode. */
bool cpr_check_capabilities(Error **errp);

/*
 * Calls @ready in the main loop, once, when the destination of cpr_state_save()
 * is ready or has gone; cpr_stop_waiting() tells whether it was awaited, and
 * ends it.
 */
void cpr_wait_for_destination(void (*ready)(void));
bool cpr_stop_waiting(void);

/* The incoming migration has ended, well or not. */
void cpr_incoming_done(void);

#endif
