/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast the guest writes to its memory: calc-dirty-rate. A thread of its own
 * looks at the beginning and at the end of the period.
 */
#ifndef MIGRATION_DIRTY_RATE_H
#define MIGRATION_DIRTY_RATE_H

/* The process ends: so does a measurement. With the big lock. */
void dirty_rate_shutdown(void);

#endif
