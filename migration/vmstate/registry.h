/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is migrated: the entries, for the code of the stream.
 *
 * An entry is a description and its struct, or handlers. The stream knows it
 * by name and number; older programs by another name (a compat entry: without
 * the path of the device) or another number (the alias).
 */
#ifndef VMSTATE_REGISTRY_H
#define VMSTATE_REGISTRY_H

#include "migration/migration-init.h"
#include "migration/register.h"
#include "migration/vmstate.h"
#include "qemu/queue.h"

typedef struct SaveStateEntry SaveStateEntry;

struct SaveStateEntry {
    char *idstr; /* less than 256 bytes */
    uint32_t instance_id;
    char *compat_idstr; /* NULL for none */
    uint32_t compat_instance_id;
    int alias_id; /* -1 for none */
    int version_id;
    int section_id;                 /* counts entries as they are registered */
    const VMStateDescription *vmsd; /* this, or */
    const SaveVMHandlers *ops;      /* this, is set */
    void *opaque;

    bool loaded; /* by the stream that is loaded now, or was last */

    /* private */
    QTAILQ_ENTRY(SaveStateEntry) by_priority;
    QLIST_ENTRY(SaveStateEntry) by_opaque;
};

/* The entry that a stream calls by this name and number, or NULL. */
SaveStateEntry *savevm_find_entry(const char *idstr, uint32_t instance_id);

/*
 * All, in the order in which they are saved: the first with NULL, and the
 * one after. None may be removed meanwhile but those that were passed.
 */
SaveStateEntry *savevm_next_entry(SaveStateEntry *entry);

/*
 * Whether this object is already as it was at the source: its early state has
 * come in the stream that is loaded now, or nothing of it ever comes. With the
 * big lock.
 */
bool savevm_early_state_is_known(const void *opaque);

/*
 * Checks a description and all that is in it for mistakes that only show when
 * it is used: the end of lists, the names of subsections. Aborts.
 */
void vmstate_check(const VMStateDescription *vmsd);

#endif
