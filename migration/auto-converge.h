/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When the guest writes faster than RAM is sent, its CPUs are held back, more
 * and more (capability auto-converge, parameters throttle-trigger-threshold and
 * cpu-throttle-*).
 *
 * All functions but the first with the big lock, in the thread of the
 * migration.
 */
#ifndef MIGRATION_AUTO_CONVERGE_H
#define MIGRATION_AUTO_CONVERGE_H

#include "qapi/qapi-types-migration.h"

/*
 * The percentage that follows @now (0: not held back yet) where the guest wrote
 * @dirty bytes, more than the @threshold. A pure function.
 */
int auto_converge_next(const MigrationParameters *p, int now, uint64_t dirty,
                       uint64_t threshold);

/* A migration begins. */
void auto_converge_begin(void);
/* Since the last call (or the beginning), @dirty bytes have become dirty. */
void auto_converge_period(uint64_t dirty);
/* It has ended: the CPUs run as ever. */
void auto_converge_end(void);
/*
 * Whether the dirty bitmaps, last looked at at @last_sync_ms (REALTIME), are to
 * be looked at again within a round, since it lasts so long.
 */
bool auto_converge_wants_sync(int64_t last_sync_ms);

#endif
