/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three-phase reset.
 *
 * An object that can be reset implements the "resettable" interface. A reset
 * walks the object and its reset children in three phases: first all are told
 * to *enter* (reset local state, touch nobody else), then all to *hold* (now
 * lines may be driven), and, when the reset is released, all to *exit*.
 * Children go before their parent in each phase.
 *
 * Resets nest: an object counts how many are in force and its phases run for
 * the first assertion and the last release only. A reset parent is a parent in
 * the bus tree (a device's children are its buses), not in the QOM tree.
 * All functions need the big lock.
 */
#ifndef HW_RESETTABLE_H
#define HW_RESETTABLE_H

#include "qom/object.h"

#define TYPE_RESETTABLE_INTERFACE "resettable"

typedef struct ResettableClass ResettableClass;
DECLARE_CLASS_CHECKERS(ResettableClass, RESETTABLE,
                       TYPE_RESETTABLE_INTERFACE)

typedef struct ResettableState ResettableState;

/* Why the object is reset; passed through to each phase method. */
typedef enum ResetType {
    RESET_TYPE_COLD,          /* power cycle */
    RESET_TYPE_SNAPSHOT_LOAD, /* a clean slate before a snapshot is loaded */
    RESET_TYPE_WAKEUP,        /* return from suspend */
    RESET_TYPE_S390_CPU_INITIAL,
    RESET_TYPE_S390_CPU_NORMAL,
} ResetType;

/*
 * The phase methods. An object runs each of them once per reset, in this
 * order. It may be held in reset for any time between hold and exit.
 */
typedef void (*ResettableEnterPhase)(Object *obj, ResetType type);
typedef void (*ResettableHoldPhase)(Object *obj, ResetType type);
typedef void (*ResettableExitPhase)(Object *obj, ResetType type);
/* Returns the state that the object embeds; mandatory. */
typedef ResettableState *(*ResettableGetState)(Object *obj);
typedef void (*ResettableChildCallback)(Object *, void *opaque,
                                        ResetType type);
/* Calls @cb with @opaque and @type on every reset child; NULL: no children. */
typedef void (*ResettableChildForeach)(Object *obj, ResettableChildCallback cb,
                                       void *opaque, ResetType type);

typedef struct ResettablePhases {
    ResettableEnterPhase enter;
    ResettableHoldPhase hold;
    ResettableExitPhase exit;
} ResettablePhases;

struct ResettableClass {
    InterfaceClass parent_class;

    ResettablePhases phases; /* each may be NULL */
    ResettableGetState get_state;
    ResettableChildForeach child_foreach;
};

/*
 * What an object must embed. Private to the reset code.
 * @count: resets in force
 * @hold_phase_pending: entered, but not yet held
 * @exit_phase_in_progress: between the last release and the end of exit
 */
struct ResettableState {
    unsigned count;
    bool hold_phase_pending;
    bool exit_phase_in_progress;
};

/* Forgets every reset in force; for an object that starts a new life. */
static inline void resettable_state_clear(ResettableState *state)
{
    *state = (ResettableState){ 0 };
}

/* Asserts and releases a reset of @obj and of all below it. */
void resettable_reset(Object *obj, ResetType type);

/*
 * Puts @obj into reset (enter and hold), and takes it out again (exit). Each
 * assert needs one release with the same @type.
 */
void resettable_assert_reset(Object *obj, ResetType type);
void resettable_release_reset(Object *obj, ResetType type);

/* True between assert and the end of the exit phase. */
bool resettable_is_in_reset(Object *obj);

/*
 * Tells that the reset parent of @obj changes from @oldp to @newp (either may
 * be NULL): @obj enters or leaves as many resets as the two differ by. Not
 * allowed from an enter or exit phase method.
 */
void resettable_change_parent(Object *obj, Object *newp, Object *oldp);

/* resettable_reset(@opaque, RESET_TYPE_COLD), as a QEMUResetHandler. */
void resettable_cold_reset_fn(void *opaque);

/*
 * For class_init of a derived type: stores the phases in force to
 * @parent_phases, then replaces those that are not NULL.
 */
void resettable_class_set_parent_phases(ResettableClass *rc,
                                        ResettableEnterPhase enter,
                                        ResettableHoldPhase hold,
                                        ResettableExitPhase exit,
                                        ResettablePhases *parent_phases);

#endif
