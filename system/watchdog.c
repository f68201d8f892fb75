/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a watchdog that runs out leads to. */
#include "qemu/osdep.h"
#include "system/watchdog.h"
#include "hw/nmi.h"
#include "qapi/qapi-events-run-state.h"
#include "qemu/error-report.h"
#include "system/runstate.h"
#include "system/runstate-action.h"

WatchdogAction get_watchdog_action(void)
{
    return watchdog_action;
}

static void act(WatchdogAction action)
{
    switch (action) {
    case WATCHDOG_ACTION_RESET:
        qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
        break;
    case WATCHDOG_ACTION_SHUTDOWN:
        qemu_system_powerdown_request();
        break;
    case WATCHDOG_ACTION_POWEROFF:
        qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
        break;
    case WATCHDOG_ACTION_DEBUG:
        info_report("watchdog: timer fired");
        break;
    case WATCHDOG_ACTION_INJECT_NMI:
        nmi_monitor_handle(0, NULL);
        break;
    case WATCHDOG_ACTION_NONE:
    default:
        break;
    }
}

void watchdog_perform_action(void)
{
    WatchdogAction action = get_watchdog_action();

    if (action == WATCHDOG_ACTION_PAUSE) {
        /* A client that hears of it finds the machine stopped. */
        qemu_system_vmstop_request_prepare();
        qapi_event_send_watchdog(action);
        qemu_system_vmstop_request(RUN_STATE_WATCHDOG);
        return;
    }
    qapi_event_send_watchdog(action);
    act(action);
}
