/* SPDX-License-Identifier: GPL-2.0-or-later */
/* State of the machine that is no device's. */
#include "qemu/osdep.h"
#include "global-state.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/util.h"
#include "qemu/error-report.h"
#include "system/cpu-timers.h"
#include "system/runstate.h"

/* ---- whether it ran ------------------------------------------------------ */

/* As streams have it: 104 bytes, of which the state once had all but four. */
typedef struct GlobalState {
    uint32_t size;
    uint8_t runstate[32];
    uint8_t has_vm_was_suspended;
    uint8_t vm_was_suspended;
    uint8_t unused[66];

    RunState state;
    bool received;
} GlobalState;

static GlobalState global_state;

void global_state_store(void)
{
    const char *name = RunState_str(runstate_get());

    memset(global_state.runstate, 0, sizeof(global_state.runstate));
    memcpy(global_state.runstate, name,
           MIN(strlen(name), sizeof(global_state.runstate) - 1));
    global_state.has_vm_was_suspended = true;
    global_state.vm_was_suspended = vm_get_suspended();
}

bool global_state_received(void)
{
    return global_state.received;
}

RunState global_state_get_runstate(void)
{
    return global_state.state;
}

static int global_state_pre_save(void *opaque)
{
    GlobalState *s = opaque;

    s->size = strnlen((char *)s->runstate, sizeof(s->runstate) - 1) + 1;
    return 0;
}

/* Those in which a machine can be found that comes from elsewhere. */
static bool can_arrive(RunState state)
{
    switch (state) {
    case RUN_STATE_INMIGRATE:
    case RUN_STATE_FINISH_MIGRATE:
    case RUN_STATE_SAVE_VM:
    case RUN_STATE_RESTORE_VM:
        return false;
    default:
        return true;
    }
}

static int global_state_post_load(void *opaque, int version_id)
{
    GlobalState *s = opaque;
    Error *err = NULL;
    int state;

    s->runstate[sizeof(s->runstate) - 1] = 0;
    state = qapi_enum_parse(&RunState_lookup, (char *)s->runstate, -1, &err);
    if (state < 0) {
        error_report_err(err);
        return -EINVAL;
    }
    if (!can_arrive(state)) {
        error_report("a machine cannot arrive in the state '%s'",
                     RunState_str(state));
        return -EINVAL;
    }
    s->received = true;
    s->state = state;
    /* It was noted before the stop that sets vm_was_suspended. */
    vm_set_suspended(s->vm_was_suspended || state == RUN_STATE_SUSPENDED);
    return 0;
}

static const VMStateDescription vmstate_globalstate = {
    .name = "globalstate",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = global_state_pre_save,
    .post_load = global_state_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(size, GlobalState),
            VMSTATE_BUFFER(runstate, GlobalState),
            VMSTATE_UINT8(has_vm_was_suspended, GlobalState),
            VMSTATE_UINT8(vm_was_suspended, GlobalState),
            VMSTATE_BUFFER(unused, GlobalState),
            VMSTATE_END_OF_LIST(),
        },
};

/* ---- its time ------------------------------------------------------------ */

typedef struct MachineTime {
    int64_t cpu_ticks_offset;
    int64_t cpu_clock_offset;
} MachineTime;

static MachineTime machine_time;

static int machine_time_pre_save(void *opaque)
{
    MachineTime *t = opaque;

    cpu_timers_get_state(&t->cpu_ticks_offset, &t->cpu_clock_offset);
    return 0;
}

static int machine_time_post_load(void *opaque, int version_id)
{
    MachineTime *t = opaque;

    if (t->cpu_clock_offset < 0) {
        error_report("the machine's clock is at %" PRId64 " ns, which is "
                     "before it began",
                     t->cpu_clock_offset);
        return -EINVAL;
    }
    cpu_timers_set_state(t->cpu_ticks_offset, t->cpu_clock_offset);
    return 0;
}

static const VMStateDescription vmstate_timers = {
    .name = "timer",
    .version_id = 2,
    .minimum_version_id = 2,
    .pre_save = machine_time_pre_save,
    .post_load = machine_time_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_INT64(cpu_ticks_offset, MachineTime),
            VMSTATE_UNUSED(8),
            VMSTATE_INT64_V(cpu_clock_offset, MachineTime, 2),
            VMSTATE_END_OF_LIST(),
        },
};

void register_global_state(void)
{
    vmstate_register(NULL, 0, &vmstate_timers, &machine_time);
    vmstate_register(NULL, 0, &vmstate_globalstate, &global_state);
}
