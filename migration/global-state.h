/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * State of the machine that is no device's: whether it ran, and its time. With
 * the big lock.
 */
#ifndef MIGRATION_GLOBAL_STATE_H
#define MIGRATION_GLOBAL_STATE_H

#include "qapi/qapi-types-run-state.h"

/* Registers both; once. */
void register_global_state(void);

/* What the stream will say: as it is now, before it is stopped to be saved. */
void global_state_store(void);
/* Whether the stream had it, and what it said. */
bool global_state_received(void);
RunState global_state_get_runstate(void);

#endif
