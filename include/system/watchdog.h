/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happens when a watchdog timer of the guest runs out: the event WATCHDOG
 * is sent, and then what -action watchdog= says; by default a reset.
 */
#ifndef QEMU_WATCHDOG_H
#define QEMU_WATCHDOG_H

#include "qapi/qapi-types-run-state.h"

/* The action that is set. */
WatchdogAction get_watchdog_action(void);

/* For the watchdog device, when its time is over. Under the BQL. */
void watchdog_perform_action(void);

#endif
