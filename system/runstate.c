/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The run state, who hears of its changes, and starting and stopping.
 */
#include "qemu/osdep.h"
#include "block/block.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-run-state.h"
#include "qapi/qapi-events-run-state.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"
#include "qemu/queue.h"
#include "system/cpu-timers.h"
#include "system/cpus.h"
#include "system/runstate.h"

#define TO(name) (1u << RUN_STATE_##name)

/* From each state, the states that may follow. */
static const uint32_t runstate_next[RUN_STATE__MAX] = {
    [RUN_STATE_PRELAUNCH] =
        TO(RUNNING) | TO(FINISH_MIGRATE) | TO(INMIGRATE) | TO(SUSPENDED),
    [RUN_STATE_DEBUG] =
        TO(RUNNING) | TO(FINISH_MIGRATE) | TO(PRELAUNCH) | TO(SUSPENDED),
    [RUN_STATE_INMIGRATE] =
        TO(INTERNAL_ERROR) | TO(IO_ERROR) | TO(PAUSED) | TO(RUNNING) |
        TO(SHUTDOWN) | TO(SUSPENDED) | TO(WATCHDOG) | TO(GUEST_PANICKED) |
        TO(FINISH_MIGRATE) | TO(PRELAUNCH) | TO(POSTMIGRATE) | TO(COLO),
    [RUN_STATE_INTERNAL_ERROR] =
        TO(PAUSED) | TO(FINISH_MIGRATE) | TO(PRELAUNCH),
    [RUN_STATE_IO_ERROR] = TO(RUNNING) | TO(FINISH_MIGRATE) | TO(PRELAUNCH),
    [RUN_STATE_PAUSED] = TO(RUNNING) | TO(FINISH_MIGRATE) | TO(POSTMIGRATE) |
                         TO(PRELAUNCH) | TO(COLO) | TO(SUSPENDED),
    [RUN_STATE_POSTMIGRATE] = TO(RUNNING) | TO(FINISH_MIGRATE) | TO(PRELAUNCH),
    [RUN_STATE_FINISH_MIGRATE] = TO(RUNNING) | TO(PAUSED) | TO(POSTMIGRATE) |
                                 TO(PRELAUNCH) | TO(COLO) | TO(INTERNAL_ERROR) |
                                 TO(IO_ERROR) | TO(SHUTDOWN) | TO(SUSPENDED) |
                                 TO(WATCHDOG) | TO(GUEST_PANICKED),
    [RUN_STATE_RESTORE_VM] = TO(RUNNING) | TO(PRELAUNCH) | TO(SUSPENDED),
    [RUN_STATE_RUNNING] = TO(DEBUG) | TO(INTERNAL_ERROR) | TO(IO_ERROR) |
                          TO(PAUSED) | TO(FINISH_MIGRATE) | TO(RESTORE_VM) |
                          TO(SAVE_VM) | TO(SHUTDOWN) | TO(WATCHDOG) |
                          TO(GUEST_PANICKED) | TO(COLO) | TO(SUSPENDED),
    [RUN_STATE_SAVE_VM] = TO(RUNNING) | TO(SUSPENDED),
    [RUN_STATE_SHUTDOWN] = TO(PAUSED) | TO(FINISH_MIGRATE) | TO(PRELAUNCH) |
                           TO(COLO) | TO(RUNNING),
    [RUN_STATE_SUSPENDED] = TO(RUNNING) | TO(FINISH_MIGRATE) | TO(PRELAUNCH) |
                            TO(COLO) | TO(PAUSED) | TO(SAVE_VM) |
                            TO(RESTORE_VM) | TO(SHUTDOWN),
    [RUN_STATE_WATCHDOG] =
        TO(RUNNING) | TO(FINISH_MIGRATE) | TO(PRELAUNCH) | TO(COLO),
    [RUN_STATE_GUEST_PANICKED] =
        TO(RUNNING) | TO(FINISH_MIGRATE) | TO(PRELAUNCH),
    [RUN_STATE_COLO] = TO(RUNNING) | TO(PRELAUNCH) | TO(SHUTDOWN),
};

static int current_state = RUN_STATE_PRELAUNCH;
static bool vm_was_suspended;

RunState runstate_get(void)
{
    return qatomic_read(&current_state);
}

bool runstate_check(RunState state)
{
    return runstate_get() == state;
}

bool runstate_is_running(void)
{
    return runstate_check(RUN_STATE_RUNNING);
}

bool runstate_needs_reset(void)
{
    return runstate_check(RUN_STATE_INTERNAL_ERROR) ||
           runstate_check(RUN_STATE_SHUTDOWN);
}

void runstate_set(RunState new_state)
{
    RunState old = runstate_get();

    assert(new_state < RUN_STATE__MAX);
    if (old == new_state) {
        return;
    }
    if (!(runstate_next[old] & (1u << new_state))) {
        error_report("invalid runstate transition: '%s' -> '%s'",
                     RunState_str(old), RunState_str(new_state));
        abort();
    }
    qatomic_set(&current_state, new_state);
}

/* Change-state handlers */

struct VMChangeStateEntry {
    VMChangeStateHandler *cb;
    VMChangeStateHandler *prepare_cb;
    void *opaque;
    int priority;
    QTAILQ_ENTRY(VMChangeStateEntry) link;
};

static QTAILQ_HEAD(, VMChangeStateEntry) vm_change_state_entries =
    QTAILQ_HEAD_INITIALIZER(vm_change_state_entries);

VMChangeStateEntry *
qemu_add_vm_change_state_handler_prio_full(VMChangeStateHandler *cb,
                                           VMChangeStateHandler *prepare_cb,
                                           void *opaque, int priority)
{
    VMChangeStateEntry *e = g_new0(VMChangeStateEntry, 1), *other;

    e->cb = cb;
    e->prepare_cb = prepare_cb;
    e->opaque = opaque;
    e->priority = priority;

    QTAILQ_FOREACH(other, &vm_change_state_entries, link) {
        if (other->priority > priority) {
            QTAILQ_INSERT_BEFORE(other, e, link);
            return e;
        }
    }
    QTAILQ_INSERT_TAIL(&vm_change_state_entries, e, link);
    return e;
}

VMChangeStateEntry *
qemu_add_vm_change_state_handler_prio(VMChangeStateHandler *cb, void *opaque,
                                      int priority)
{
    return qemu_add_vm_change_state_handler_prio_full(cb, NULL, opaque,
                                                      priority);
}

VMChangeStateEntry *qemu_add_vm_change_state_handler(VMChangeStateHandler *cb,
                                                     void *opaque)
{
    return qemu_add_vm_change_state_handler_prio(cb, opaque, 0);
}

void qemu_del_vm_change_state_handler(VMChangeStateEntry *e)
{
    QTAILQ_REMOVE(&vm_change_state_entries, e, link);
    g_free(e);
}

void vm_state_notify(bool running, RunState state)
{
    VMChangeStateEntry *e, *next;

    if (running) {
        QTAILQ_FOREACH_SAFE(e, &vm_change_state_entries, link, next) {
            if (e->prepare_cb) {
                e->prepare_cb(e->opaque, running, state);
            }
        }
        QTAILQ_FOREACH_SAFE(e, &vm_change_state_entries, link, next) {
            e->cb(e->opaque, running, state);
        }
        return;
    }
    QTAILQ_FOREACH_REVERSE_SAFE(e, &vm_change_state_entries, link, next) {
        if (e->prepare_cb) {
            e->prepare_cb(e->opaque, running, state);
        }
    }
    QTAILQ_FOREACH_REVERSE_SAFE(e, &vm_change_state_entries, link, next) {
        e->cb(e->opaque, running, state);
    }
}

/* Starting and stopping */

void vm_set_suspended(bool suspended)
{
    vm_was_suspended = suspended;
}

bool vm_get_suspended(void)
{
    return vm_was_suspended;
}

int vm_prepare_start(bool step_pending)
{
    RunState state = vm_was_suspended ? RUN_STATE_SUSPENDED : RUN_STATE_RUNNING;
    RunState requested;
    Error *err = NULL;

    qemu_vmstop_requested(&requested);
    if (runstate_is_running() && requested == RUN_STATE__MAX) {
        return -1;
    }
    /*
     * A stop that nobody saw yet: clients still hear of both changes, in
     * the order in which they were asked for.
     */
    if (runstate_is_running()) {
        qapi_event_send_stop();
        qapi_event_send_resume();
        return -1;
    }

    if (!bdrv_activate_all(&err)) {
        error_reportf_err(err, "the guest cannot go on: ");
        return -1;
    }
    qapi_event_send_resume();
    if (cpus_get_accel() && cpus_get_accel()->synchronize_pre_resume) {
        cpus_get_accel()->synchronize_pre_resume(step_pending);
    }
    cpu_enable_ticks();
    runstate_set(state);
    vm_state_notify(true, state);
    vm_was_suspended = false;
    return 0;
}

void vm_start(void)
{
    if (!vm_prepare_start(false)) {
        resume_all_vcpus();
    }
}

void vm_resume(RunState state)
{
    if (runstate_is_live(state)) {
        vm_start();
    } else {
        runstate_set(state);
    }
}

static int do_vm_stop(RunState state, bool send_stop)
{
    RunState old = runstate_get();

    if (runstate_is_live(old)) {
        vm_was_suspended = old == RUN_STATE_SUSPENDED;
        runstate_set(state);
        cpu_disable_ticks();
        if (old == RUN_STATE_RUNNING) {
            pause_all_vcpus();
        }
        vm_state_notify(false, state);
        if (send_stop) {
            qapi_event_send_stop();
        }
    }
    bdrv_drain_all();
    return bdrv_flush_all();
}

int vm_stop(RunState state)
{
    if (qemu_in_vcpu_thread()) {
        /* It cannot wait for itself: the main loop does it. */
        qemu_system_vmstop_request_prepare();
        qemu_system_vmstop_request(state);
        cpu_stop_current();
        return 0;
    }
    return do_vm_stop(state, true);
}

int vm_stop_force_state(RunState state)
{
    if (runstate_is_live(runstate_get())) {
        return vm_stop(state);
    }
    runstate_set(state);
    bdrv_drain_all();
    return bdrv_flush_all();
}

int vm_shutdown(void)
{
    return do_vm_stop(RUN_STATE_SHUTDOWN, false);
}

StatusInfo *qmp_query_status(Error **errp)
{
    StatusInfo *info = g_new0(StatusInfo, 1);

    info->running = runstate_is_running();
    info->status = runstate_get();
    return info;
}
