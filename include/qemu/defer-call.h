/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls that wait for the end of a batch.
 *
 * Between defer_call_begin() and the matching defer_call_end(), which may be
 * nested, defer_call() only notes a function and its argument, once each; the
 * outermost end calls them in order. Outside, it calls at once. So a device
 * that hands over many requests in a row makes one system call for them.
 * Each thread has batches of its own.
 *
 * Implemented in util/defer-call.c.
 */
#ifndef QEMU_DEFER_CALL_H
#define QEMU_DEFER_CALL_H

void defer_call_begin(void);
void defer_call_end(void);
void defer_call(void (*fn)(void *), void *opaque);

#endif
