/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three-phase reset: the walks over an object and its reset children.
 *
 * Each walk visits the children before the object. The counts of a whole
 * subtree go up and down together, also where an object is in reset already,
 * so that the subtree can be moved to another parent at any time.
 */
#include "qemu/osdep.h"
#include "hw/resettable.h"
#include "qemu/module.h"

/* A reset that is asserted this often is a leak, not a reset. */
#define RESET_COUNT_MAX 10000

/* Where reparenting and new resets are not allowed; under the big lock. */
static unsigned enter_depth;
static unsigned exit_depth;

static ResettableState *state_of(Object *obj)
{
    return RESETTABLE_GET_CLASS(obj)->get_state(obj);
}

static void for_each_child(Object *obj, ResettableChildCallback cb,
                           ResetType type)
{
    ResettableClass *rc = RESETTABLE_GET_CLASS(obj);

    if (rc->child_foreach) {
        rc->child_foreach(obj, cb, NULL, type);
    }
}

static void walk_enter(Object *obj, void *opaque, ResetType type)
{
    ResettableClass *rc = RESETTABLE_GET_CLASS(obj);
    ResettableState *s = state_of(obj);
    bool first = s->count++ == 0;

    assert(!s->exit_phase_in_progress && s->count <= RESET_COUNT_MAX);
    for_each_child(obj, walk_enter, type);
    if (first) {
        if (rc->phases.enter) {
            rc->phases.enter(obj, type);
        }
        s->hold_phase_pending = true;
    }
}

static void walk_hold(Object *obj, void *opaque, ResetType type)
{
    ResettableClass *rc = RESETTABLE_GET_CLASS(obj);
    ResettableState *s = state_of(obj);

    for_each_child(obj, walk_hold, type);
    if (s->hold_phase_pending) {
        s->hold_phase_pending = false;
        if (rc->phases.hold) {
            rc->phases.hold(obj, type);
        }
    }
}

static void walk_exit(Object *obj, void *opaque, ResetType type)
{
    ResettableClass *rc = RESETTABLE_GET_CLASS(obj);
    ResettableState *s = state_of(obj);

    assert(!s->exit_phase_in_progress && s->count > 0);
    s->exit_phase_in_progress = true;
    for_each_child(obj, walk_exit, type);
    if (--s->count == 0 && rc->phases.exit) {
        rc->phases.exit(obj, type);
    }
    s->exit_phase_in_progress = false;
}

void resettable_assert_reset(Object *obj, ResetType type)
{
    assert(enter_depth == 0);

    enter_depth++;
    walk_enter(obj, NULL, type);
    enter_depth--;
    walk_hold(obj, NULL, type);
}

void resettable_release_reset(Object *obj, ResetType type)
{
    assert(enter_depth == 0);

    exit_depth++;
    walk_exit(obj, NULL, type);
    exit_depth--;
}

void resettable_reset(Object *obj, ResetType type)
{
    resettable_assert_reset(obj, type);
    resettable_release_reset(obj, type);
}

void resettable_cold_reset_fn(void *opaque)
{
    resettable_reset(OBJECT(opaque), RESET_TYPE_COLD);
}

bool resettable_is_in_reset(Object *obj)
{
    ResettableState *s = state_of(obj);

    return s->count > 0 || s->exit_phase_in_progress;
}

void resettable_change_parent(Object *obj, Object *newp, Object *oldp)
{
    unsigned now = oldp ? state_of(oldp)->count : 0;
    unsigned then = newp ? state_of(newp)->count : 0;

    assert(enter_depth == 0 && exit_depth == 0);

    for (; now < then; now++) {
        resettable_assert_reset(obj, RESET_TYPE_COLD);
    }
    for (; now > then; now--) {
        resettable_release_reset(obj, RESET_TYPE_COLD);
    }
}

void resettable_class_set_parent_phases(ResettableClass *rc,
                                        ResettableEnterPhase enter,
                                        ResettableHoldPhase hold,
                                        ResettableExitPhase exit,
                                        ResettablePhases *parent_phases)
{
    *parent_phases = rc->phases;
    rc->phases = (ResettablePhases){
        .enter = enter ?: parent_phases->enter,
        .hold = hold ?: parent_phases->hold,
        .exit = exit ?: parent_phases->exit,
    };
}

static const TypeInfo resettable_types[] = {
    {
        .name = TYPE_RESETTABLE_INTERFACE,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(ResettableClass),
    },
};

DEFINE_TYPES(resettable_types)
