/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the guest's reboot, shutdown and panic lead to, and its panics.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-events-run-state.h"
#include "qapi/qapi-visit-run-state.h"
#include "hw/core/cpu.h"
#include "qemu/log.h"
#include "system/runstate-action.h"
#include "system/runstate.h"

RebootAction reboot_action = REBOOT_ACTION_RESET;
ShutdownAction shutdown_action = SHUTDOWN_ACTION_POWEROFF;
PanicAction panic_action = PANIC_ACTION_SHUTDOWN;
WatchdogAction watchdog_action = WATCHDOG_ACTION_RESET;

void qmp_set_action(bool has_reboot, RebootAction reboot, bool has_shutdown,
                    ShutdownAction shutdown, bool has_panic, PanicAction panic,
                    bool has_watchdog, WatchdogAction watchdog, Error **errp)
{
    if (has_watchdog) {
        watchdog_action = watchdog;
    }
    if (has_reboot) {
        reboot_action = reboot;
    }
    if (has_panic) {
        panic_action = panic;
    }
    if (has_shutdown) {
        shutdown_action = shutdown;
    }
}

void qmp_watchdog_set_action(WatchdogAction action, Error **errp)
{
    qmp_set_action(false, 0, false, 0, false, 0, true, action, errp);
}

static void log_panic(const char *what, const GuestPanicInformation *info)
{
    qemu_log_mask(LOG_GUEST_ERROR, "Guest %s\n", what);
    if (info) {
        qemu_log_mask(LOG_GUEST_ERROR, "The guest says: %s\n",
                      GuestPanicInformationType_str(info->type));
    }
}

void qemu_system_guest_panicked(GuestPanicInformation *info)
{
    PanicAction action = panic_action;

    log_panic("crashed", info);
    if (current_cpu) {
        current_cpu->crash_occurred = true;
    }
    if (action == PANIC_ACTION_SHUTDOWN &&
        shutdown_action == SHUTDOWN_ACTION_PAUSE) {
        action = PANIC_ACTION_PAUSE;
    }
    switch (action) {
    case PANIC_ACTION_PAUSE:
        qapi_event_send_guest_panicked(GUEST_PANIC_ACTION_PAUSE, info);
        vm_stop(RUN_STATE_GUEST_PANICKED);
        break;
    case PANIC_ACTION_SHUTDOWN:
    case PANIC_ACTION_EXIT_FAILURE:
        qapi_event_send_guest_panicked(GUEST_PANIC_ACTION_POWEROFF, info);
        vm_stop(RUN_STATE_GUEST_PANICKED);
        qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_PANIC);
        break;
    default:
        qapi_event_send_guest_panicked(GUEST_PANIC_ACTION_RUN, info);
        break;
    }
    qapi_free_GuestPanicInformation(info);
}

void qemu_system_guest_crashloaded(GuestPanicInformation *info)
{
    log_panic("crash loaded", info);
    qapi_event_send_guest_crashloaded(GUEST_PANIC_ACTION_RUN, info);
    qapi_free_GuestPanicInformation(info);
}

void qemu_system_guest_pvshutdown(void)
{
    qapi_event_send_guest_pvshutdown();
    qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
}
