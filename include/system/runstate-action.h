/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happens when the guest reboots, shuts down or panics: set by -action,
 * -no-reboot, -no-shutdown and QMP's set-action. Under the big lock.
 */
#ifndef RUNSTATE_ACTION_H
#define RUNSTATE_ACTION_H

#include "qapi/qapi-commands-run-state.h"

extern RebootAction reboot_action;
extern ShutdownAction shutdown_action;
extern PanicAction panic_action;
extern WatchdogAction watchdog_action; /* ours */

#endif
