/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests that change the run state: any thread notes them, the main loop
 * acts on them (main_loop_should_exit), in the order in which the hardware
 * would: debug, suspend, shutdown, reset, wakeup, powerdown, stop.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-events-run-state.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/thread.h"
#include "hw/boards.h"
#include "system/cpus.h"
#include "system/reset.h"
#include "system/runstate-action.h"
#include "system/runstate.h"
#include "system/system.h"

static int reset_requested;
static int shutdown_requested;
static int shutdown_exit_code = EXIT_SUCCESS;
static int shutdown_signal;
static pid_t shutdown_pid;
static int powerdown_requested;
static int suspend_requested;
static int debug_requested;
static int wakeup_reason;
static int wakeup_reason_mask = ~(1 << QEMU_WAKEUP_REASON_NONE);
static bool wakeup_supported;

static QemuMutex vmstop_lock;
static int vmstop_requested = RUN_STATE__MAX;

static NotifierList suspend_notifiers =
    NOTIFIER_LIST_INITIALIZER(suspend_notifiers);
static NotifierList wakeup_notifiers =
    NOTIFIER_LIST_INITIALIZER(wakeup_notifiers);
static NotifierList powerdown_notifiers =
    NOTIFIER_LIST_INITIALIZER(powerdown_notifiers);
static NotifierList shutdown_notifiers =
    NOTIFIER_LIST_INITIALIZER(shutdown_notifiers);

static void __attribute__((constructor)) requests_init(void)
{
    qemu_mutex_init(&vmstop_lock);
}

/* Notifiers */

void qemu_register_suspend_notifier(Notifier *notifier)
{
    notifier_list_add(&suspend_notifiers, notifier);
}

void qemu_register_wakeup_notifier(Notifier *notifier)
{
    notifier_list_add(&wakeup_notifiers, notifier);
}

void qemu_register_powerdown_notifier(Notifier *notifier)
{
    notifier_list_add(&powerdown_notifiers, notifier);
}

void qemu_register_shutdown_notifier(Notifier *notifier)
{
    notifier_list_add(&shutdown_notifiers, notifier);
}

/* Noting requests */

ShutdownCause qemu_shutdown_requested_get(void)
{
    return qatomic_read(&shutdown_requested);
}

ShutdownCause qemu_reset_requested_get(void)
{
    return qatomic_read(&reset_requested);
}

void qemu_system_shutdown_request_with_code(ShutdownCause reason, int exit_code)
{
    shutdown_exit_code = exit_code;
    qemu_system_shutdown_request(reason);
}

void qemu_system_shutdown_request(ShutdownCause reason)
{
    qatomic_set(&shutdown_requested, reason);
    qemu_notify_event();
}

void qemu_system_reset_request(ShutdownCause reason)
{
    if (reboot_action == REBOOT_ACTION_SHUTDOWN &&
        reason != SHUTDOWN_CAUSE_SUBSYSTEM_RESET) {
        qatomic_set(&shutdown_requested, reason);
    } else if (!cpus_are_resettable()) {
        error_report("cpus are not resettable, terminating");
        qatomic_set(&shutdown_requested, reason);
    } else {
        qatomic_set(&reset_requested, reason);
    }
    /* The guest shall not see what comes after its own request. */
    cpu_stop_current();
    qemu_notify_event();
}

void qemu_system_powerdown_request(void)
{
    qatomic_set(&powerdown_requested, 1);
    qemu_notify_event();
}

void qemu_system_suspend_request(void)
{
    if (runstate_check(RUN_STATE_SUSPENDED)) {
        return;
    }
    qatomic_set(&suspend_requested, 1);
    cpu_stop_current();
    qemu_notify_event();
}

void qemu_system_debug_request(void)
{
    qatomic_set(&debug_requested, 1);
    qemu_notify_event();
}

/* Runs in a signal handler: plain stores and one write to an eventfd. */
void qemu_system_killed(int signal, pid_t pid)
{
    shutdown_signal = signal;
    shutdown_pid = pid;
    /* A signal ends the process, whatever -no-shutdown asks for. */
    shutdown_action = SHUTDOWN_ACTION_POWEROFF;
    qatomic_set(&shutdown_requested, SHUTDOWN_CAUSE_HOST_SIGNAL);
    qemu_notify_event();
}

void qemu_register_wakeup_support(void)
{
    wakeup_supported = true;
}

bool qemu_wakeup_suspend_enabled(void)
{
    return wakeup_supported;
}

void qemu_system_wakeup_enable(WakeupReason reason, bool enabled)
{
    if (enabled) {
        wakeup_reason_mask |= 1 << reason;
    } else {
        wakeup_reason_mask &= ~(1 << reason);
    }
}

void qemu_system_wakeup_request(WakeupReason reason, Error **errp)
{
    if (!runstate_check(RUN_STATE_SUSPENDED)) {
        error_setg(errp, "Unable to wake up: guest is not in suspended state");
        return;
    }
    if (!(wakeup_reason_mask & (1 << reason))) {
        return;
    }
    runstate_set(RUN_STATE_RUNNING);
    wakeup_reason = reason;
    qemu_notify_event();
}

void qemu_system_vmstop_request_prepare(void)
{
    qemu_mutex_lock(&vmstop_lock);
}

/* Ends what qemu_system_vmstop_request_prepare() began. */
void qemu_system_vmstop_request(RunState state)
{
    vmstop_requested = state;
    qemu_mutex_unlock(&vmstop_lock);
    qemu_notify_event();
}

bool qemu_vmstop_requested(RunState *r)
{
    qemu_mutex_lock(&vmstop_lock);
    *r = vmstop_requested;
    vmstop_requested = RUN_STATE__MAX;
    qemu_mutex_unlock(&vmstop_lock);
    return *r < RUN_STATE__MAX;
}

/* Acting on them */

void qemu_system_reset(ShutdownCause reason)
{
    ResetType type = reason == SHUTDOWN_CAUSE_SNAPSHOT_LOAD
                         ? RESET_TYPE_SNAPSHOT_LOAD
                         : RESET_TYPE_COLD;

    MachineClass *mc = current_machine ? MACHINE_GET_CLASS(current_machine)
                                       : NULL;

    cpu_synchronize_all_states();
    if (mc && mc->reset) {
        mc->reset(current_machine, type);
    } else {
        qemu_devices_reset(type);
    }
    cpu_synchronize_all_post_reset();
    vm_set_suspended(false);
    if (reason && reason != SHUTDOWN_CAUSE_SUBSYSTEM_RESET &&
        reason != SHUTDOWN_CAUSE_SNAPSHOT_LOAD) {
        qapi_event_send_reset(shutdown_caused_by_guest(reason), reason);
    }
}

static void qemu_system_suspend(void)
{
    pause_all_vcpus();
    notifier_list_notify(&suspend_notifiers, NULL);
    runstate_set(RUN_STATE_SUSPENDED);
    qapi_event_send_suspend();
}

static void qemu_system_wakeup(void)
{
    MachineClass *mc = current_machine ? MACHINE_GET_CLASS(current_machine)
                                       : NULL;

    pause_all_vcpus();
    if (mc && mc->wakeup) {
        mc->wakeup(current_machine);
    }
    notifier_list_notify(&wakeup_notifiers, &wakeup_reason);
    wakeup_reason = QEMU_WAKEUP_REASON_NONE;
    resume_all_vcpus();
    qapi_event_send_wakeup();
}

static void qemu_system_powerdown(void)
{
    qapi_event_send_powerdown();
    notifier_list_notify(&powerdown_notifiers, NULL);
}

static void report_signal(void)
{
    g_autofree char *path =
        g_strdup_printf("/proc/%d/cmdline", (int)shutdown_pid);
    g_autofree char *cmd = NULL;

    if (shutdown_signal == 0) {
        return;
    }
    if (shutdown_pid == 0) {
        /* The kernel sent it, for instance for Ctrl-C on the terminal. */
        error_report("terminating on signal %d", shutdown_signal);
    } else {
        g_file_get_contents(path, &cmd, NULL, NULL);
        error_report("terminating on signal %d from pid %d (%s)",
                     shutdown_signal, (int)shutdown_pid,
                     cmd ? cmd : "<unknown process>");
    }
    shutdown_signal = 0;
}

/* True when the process is to end; false where the machine only pauses. */
static bool qemu_system_shutdown(ShutdownCause reason, int *status)
{
    report_signal();
    *status = shutdown_exit_code;
    if (reason == SHUTDOWN_CAUSE_GUEST_PANIC &&
        panic_action == PANIC_ACTION_EXIT_FAILURE) {
        *status = EXIT_FAILURE;
    }
    qapi_event_send_shutdown(shutdown_caused_by_guest(reason), reason);
    notifier_list_notify(&shutdown_notifiers, &reason);
    if (shutdown_action == SHUTDOWN_ACTION_PAUSE) {
        vm_stop(RUN_STATE_SHUTDOWN);
        return false;
    }
    return true;
}

static void handle_reset_request(ShutdownCause reason)
{
    pause_all_vcpus();
    qemu_system_reset(reason);
    resume_all_vcpus();
    /* What needed the reset stays stopped until "cont". */
    if (!runstate_is_running() && !runstate_check(RUN_STATE_INMIGRATE) &&
        !runstate_check(RUN_STATE_FINISH_MIGRATE)) {
        runstate_set(RUN_STATE_PRELAUNCH);
    }
}

bool main_loop_should_exit(int *status)
{
    ShutdownCause reason;
    RunState r;

    if (qatomic_xchg(&debug_requested, 0)) {
        vm_stop(RUN_STATE_DEBUG);
    }
    if (qatomic_xchg(&suspend_requested, 0)) {
        qemu_system_suspend();
    }
    reason = qatomic_xchg(&shutdown_requested, SHUTDOWN_CAUSE_NONE);
    if (reason && qemu_system_shutdown(reason, status)) {
        return true;
    }
    reason = qatomic_xchg(&reset_requested, SHUTDOWN_CAUSE_NONE);
    if (reason) {
        handle_reset_request(reason);
    }
    if (wakeup_reason != QEMU_WAKEUP_REASON_NONE) {
        qemu_system_wakeup();
    }
    if (qatomic_xchg(&powerdown_requested, 0)) {
        qemu_system_powerdown();
    }
    if (qemu_vmstop_requested(&r)) {
        vm_stop(r);
    }
    return false;
}
