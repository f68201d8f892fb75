/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The read side of qemu/rcu.h, which is what other headers include.
 */
#ifndef QEMU_RCU_READER_H
#define QEMU_RCU_READER_H

/* How deep the calling thread's read sections are nested. Private. */
extern __thread unsigned rcu_reader_depth;
/* The outermost section begins and ends. Private. */
void rcu_reader_enter(void);
void rcu_reader_leave(void);

#endif
