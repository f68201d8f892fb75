/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the code of the stream sees of reasons not to migrate. */
#ifndef VMSTATE_BLOCKER_H
#define VMSTATE_BLOCKER_H

#include "migration/blocker.h"

/* The reasons against @mode, newest first: a list of Error *, not copied. */
GSList *migration_blocker_list(MigMode mode);

/* Set by the stream: whether it is too late to add one. NULL: never. */
extern bool (*migration_busy_hook)(void);

/* Set by the stream: migration_in_bg_snapshot(). NULL: never. */
extern bool (*migration_bg_snapshot_hook)(void);

/* Set by the stream: migration_in_incoming_postcopy(), or @advised. */
extern bool (*migration_incoming_postcopy_hook)(bool advised);

/* Set by the stream: migration_incoming_is_loading(). NULL: never. */
extern bool (*migration_incoming_loading_hook)(void);

/* Set by the stream: migrate_ram_is_ignored(). NULL: none is. */
extern bool (*migration_ram_ignored_hook)(RAMBlock *block);

#endif
