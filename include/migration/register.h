/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * State that is migrated by code instead of by a description: what is large
 * and changes while it is sent, as RAM and devices with memory of their own.
 *
 * The source calls save_setup(), then save_live_iterate() in rounds until
 * little is left, stops the guest, and calls save_live_complete_precopy(). The
 * destination gives every part to load_state(). All handlers are optional
 * unless noted; @opaque is what was registered. Those that return int return 0
 * or a negative errno value.
 */
#ifndef MIGRATION_REGISTER_H
#define MIGRATION_REGISTER_H

#include "hw/vmstate-if.h"

/* Saves a device's last part in a thread of its own; false with @errp. */
typedef bool (*SaveLiveCompletePrecopyThreadHandler)(
    SaveLiveCompletePrecopyThreadData *d, Error **errp);

typedef struct SaveVMHandlers {
    /*** With the big lock. ***/

    /* All state in one part, for what has no description and no rounds. */
    void (*save_state)(QEMUFile *f, void *opaque);
    /* Before everything: can it be saved at all? */
    int (*save_prepare)(void *opaque, Error **errp);
    /* The first part. */
    int (*save_setup)(QEMUFile *f, void *opaque, Error **errp);
    /* The end, however it came; maybe without save_setup() before. */
    void (*save_cleanup)(void *opaque);
    /* The last part, of postcopy or with the guest stopped. */
    int (*save_live_complete_postcopy)(QEMUFile *f, void *opaque);
    int (*save_live_complete_precopy)(QEMUFile *f, void *opaque);
    /* The last part as well, from a thread, over several channels. */
    SaveLiveCompletePrecopyThreadHandler save_live_complete_precopy_thread;

    /*** With or without the big lock. ***/

    /* Whether it takes part at all; in postcopy; in the rounds. */
    bool (*is_active)(void *opaque);
    bool (*has_postcopy)(void *opaque);
    bool (*is_active_iterate)(void *opaque);

    /*** Without the big lock, but for snapshots. ***/

    /*
     * A part, until migration_rate_exceeded(). Returns 1 when there is
     * nothing more, 0 when there is.
     */
    int (*save_live_iterate)(QEMUFile *f, void *opaque);

    /*** Without the big lock. ***/

    /*
     * Add the bytes that are left: that must go before the guest runs at the
     * destination, and that may follow. A guess, and the truth.
     */
    void (*state_pending_estimate)(void *opaque, uint64_t *must_precopy,
                                   uint64_t *can_postcopy);
    void (*state_pending_exact)(void *opaque, uint64_t *must_precopy,
                                uint64_t *can_postcopy);

    /*** At the destination. ***/

    /* A part, of the version that the source registered. Mandatory. */
    int (*load_state)(QEMUFile *f, void *opaque, int version_id);
    /* A part that came by another channel, in a thread; false with @errp. */
    bool (*load_state_buffer)(void *opaque, char *buf, size_t len,
                              Error **errp);
    int (*load_setup)(QEMUFile *f, void *opaque, Error **errp);
    /* The end, however it came; maybe without load_setup() before. */
    int (*load_cleanup)(void *opaque);
    /* Postcopy goes on after the connection was lost. */
    int (*resume_prepare)(MigrationState *s, void *opaque);
    /* Whether the source must wait for this device before the guest stops. */
    bool (*switchover_ack_needed)(void *opaque);
    /* The source has stopped the guest. */
    int (*switchover_start)(void *opaque);
} SaveVMHandlers;

/*
 * Adds handlers under the name @idstr and a number, which may be
 * VMSTATE_INSTANCE_ID_ANY. @ops stays the caller's. Returns 0, or -1 after a
 * message when name and number are taken. With the big lock.
 */
int register_savevm_live(const char *idstr, uint32_t instance_id,
                         int version_id, const SaveVMHandlers *ops,
                         void *opaque);

/*
 * Removes what has @opaque and the name @idstr, behind the id of @obj and a
 * slash if it has one. With the big lock.
 */
void unregister_savevm(VMStateIf *obj, const char *idstr, void *opaque);

#endif
