/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who takes part in a reset of the whole system.
 *
 * Objects (all three phases) and plain functions (called in the hold phase)
 * are kept in one list and are served in the order of registration. They must
 * not be registered or removed from within a reset. The big lock is held.
 */
#ifndef QEMU_SYSTEM_RESET_H
#define QEMU_SYSTEM_RESET_H

#include "hw/resettable.h"

typedef void QEMUResetHandler(void *opaque);

/* @obj must implement the resettable interface; no reference is taken. */
void qemu_register_resettable(Object *obj);
void qemu_unregister_resettable(Object *obj);

/*
 * Has @func called with @opaque at every reset; the second form leaves out
 * resets that precede the loading of a snapshot.
 */
void qemu_register_reset(QEMUResetHandler *func, void *opaque);
void qemu_register_reset_nosnapshotload(QEMUResetHandler *func, void *opaque);

/* Undoes a registration with the same @func and @opaque. */
void qemu_unregister_reset(QEMUResetHandler *func, void *opaque);

/*
 * Runs a reset of everything registered. For a machine's reset method; others
 * ask with qemu_system_reset_request().
 */
void qemu_devices_reset(ResetType type);

#endif
