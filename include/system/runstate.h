/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The run state of the machine, and the requests that change it.
 *
 * The machine is in one RunState at a time; only some changes are allowed
 * (system/runstate.c has the table). vm_start() and vm_stop() move between
 * running and stopped and tell the change-state handlers, QMP clients and
 * the virtual clock. Requests (reset, shutdown, powerdown, suspend, wakeup)
 * may come from any thread and from signal context where they say so; the
 * main loop acts on them at its next turn (system/requests.c).
 *
 * Unless a function says otherwise it needs the big lock.
 */
#ifndef SYSTEM_RUNSTATE_H
#define SYSTEM_RUNSTATE_H

#include "qapi/qapi-types-run-state.h"
#include "qemu/notify.h"

/* The current state, and tests of it. Lock-free; any thread. */
RunState runstate_get(void);
bool runstate_check(RunState state);
bool runstate_is_running(void);
/* True where only a reset leads back to running. */
bool runstate_needs_reset(void);

/* The virtual clock ticks and handlers believe that the machine runs. */
static inline bool runstate_is_live(RunState state)
{
    return state == RUN_STATE_RUNNING || state == RUN_STATE_SUSPENDED;
}

/*
 * Enters @new_state without telling anybody. A change that the table does
 * not have is a bug of ours and aborts.
 */
void runstate_set(RunState new_state);

/*
 * Change-state handlers: @cb(@opaque, running, state) on every start and
 * stop. On a start they run from the lowest priority up, on a stop from the
 * highest down; @prepare_cb runs in a round of its own before. The entry
 * belongs to the list until it is deleted. The qdev forms take the depth of
 * the device in the bus tree as its priority, so that a bus is there before
 * what hangs on it.
 */
typedef void VMChangeStateHandler(void *opaque, bool running, RunState state);

VMChangeStateEntry *qemu_add_vm_change_state_handler(VMChangeStateHandler *cb,
                                                     void *opaque);
VMChangeStateEntry *
qemu_add_vm_change_state_handler_prio(VMChangeStateHandler *cb, void *opaque,
                                      int priority);
VMChangeStateEntry *
qemu_add_vm_change_state_handler_prio_full(VMChangeStateHandler *cb,
                                           VMChangeStateHandler *prepare_cb,
                                           void *opaque, int priority);
VMChangeStateEntry *
qdev_add_vm_change_state_handler(DeviceState *dev, VMChangeStateHandler *cb,
                                 void *opaque);
VMChangeStateEntry *
qdev_add_vm_change_state_handler_full(DeviceState *dev,
                                      VMChangeStateHandler *cb,
                                      VMChangeStateHandler *prepare_cb,
                                      void *opaque);
void qemu_del_vm_change_state_handler(VMChangeStateEntry *e);
/* Runs them; vm_start() and vm_stop() do. */
void vm_state_notify(bool running, RunState state);

/*
 * vm_prepare_start() does all of vm_start() but resuming the CPUs: it returns
 * -1 when there is nothing to do. vm_resume() starts the machine when @state
 * is live and else enters @state. vm_stop() stops it and enters @state; from
 * a CPU's thread it only posts the request. vm_stop_force_state() also
 * changes the state of a machine that is stopped already. vm_shutdown()
 * stops the CPUs for good. They return 0 or what flushing the disks returned.
 */
void vm_start(void);
int vm_prepare_start(bool step_pending);
void vm_resume(RunState state);
int vm_stop(RunState state);
int vm_stop_force_state(RunState state);
/* Whether memory is being dumped: the guest stays stopped. Any thread. */
bool qemu_system_dump_in_progress(void);
/* Ours: the process ends, and a dump that runs with it. With the big lock. */
void dump_shutdown(void);
int vm_shutdown(void);
/* Stopped while suspended: start again into suspended, not into running. */
void vm_set_suspended(bool suspended);
bool vm_get_suspended(void);

static inline bool shutdown_caused_by_guest(ShutdownCause cause)
{
    return cause >= SHUTDOWN_CAUSE_GUEST_SHUTDOWN;
}

typedef enum WakeupReason {
    QEMU_WAKEUP_REASON_NONE = 0,
    QEMU_WAKEUP_REASON_RTC,
    QEMU_WAKEUP_REASON_PMTIMER,
    QEMU_WAKEUP_REASON_OTHER,
} WakeupReason;

/*
 * Requests. Any thread; they only note what is wanted and wake the main loop.
 * qemu_system_killed() may also be called from a signal handler.
 * A reset turns into a shutdown when the action for reboots says so.
 */
void qemu_system_reset_request(ShutdownCause reason);
void qemu_system_shutdown_request(ShutdownCause reason);
void qemu_system_shutdown_request_with_code(ShutdownCause reason,
                                            int exit_code);
void qemu_system_powerdown_request(void);
void qemu_system_suspend_request(void);
void qemu_system_debug_request(void);
void qemu_system_killed(int signal, pid_t pid);

/*
 * Wakes a suspended machine. An error when it is not suspended, or @reason is
 * switched off by qemu_system_wakeup_enable().
 */
void qemu_system_wakeup_request(WakeupReason reason, Error **errp);
void qemu_system_wakeup_enable(WakeupReason reason, bool enabled);
/* A board that can wake up says so once. */
void qemu_register_wakeup_support(void);
bool qemu_wakeup_suspend_enabled(void);

/* A stop asked for by another thread; _prepare orders it before clock reads. */
void qemu_system_vmstop_request_prepare(void);
void qemu_system_vmstop_request(RunState reason);
bool qemu_vmstop_requested(RunState *r);

/* What was asked for and is not done yet, or SHUTDOWN_CAUSE_NONE. */
ShutdownCause qemu_shutdown_requested_get(void);
ShutdownCause qemu_reset_requested_get(void);

/* Notifiers; the shutdown ones get a pointer to the ShutdownCause. */
void qemu_register_suspend_notifier(Notifier *notifier);
void qemu_register_wakeup_notifier(Notifier *notifier);
void qemu_register_powerdown_notifier(Notifier *notifier);
void qemu_register_shutdown_notifier(Notifier *notifier);

/* Resets all that is registered, and says so in QMP unless @reason is none. */
void qemu_system_reset(ShutdownCause reason);

/* The guest reported a panic; @info may be NULL and is taken. */
void qemu_system_guest_panicked(GuestPanicInformation *info);
void qemu_system_guest_crashloaded(GuestPanicInformation *info);
void qemu_system_guest_pvshutdown(void);

/*
 * One turn of the machine's own business in the main loop: acts on the
 * requests. True when the process is to end, with its exit status.
 */
bool main_loop_should_exit(int *status);

#endif
