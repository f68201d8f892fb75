/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between rcu-reader.c, which knows liburcu and not qemu/rcu.h, and rcu.c,
 * for which it is the other way round.
 */
#ifndef UTIL_RCU_INTERNAL_H
#define UTIL_RCU_INTERNAL_H

/* Makes the calling thread known; returns liburcu's record of it. */
void *rcu_backend_register(void);
void rcu_backend_unregister(void);
/* Waits for a grace period. */
void rcu_backend_synchronize(void);
/* In the child of a fork: forgets the thread of @record, which is no more. */
void rcu_backend_forget(void *record);

/* Registers a thread whose read section begins, until the thread ends. */
void rcu_register_reader(void);

#endif
