/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory slots: how many memory devices may have, have been promised and use.
 */
#ifndef HW_MEM_MEMSLOTS_H
#define HW_MEM_MEMSLOTS_H

#include "hw/boards.h"

/*
 * How many slots a device of @size bytes may decide to use: its share of the
 * soft limit and of what is free, by its part of the memory that can still be
 * plugged. At least 1.
 */
unsigned int memslots_decision_limit(MachineState *ms, uint64_t size);

/* Whether @required more slots are there for everybody who counts them. */
bool memslots_check(MachineState *ms, unsigned int required, Error **errp);

/* Follows which slots of the window are in use, from here on. */
void memslots_track(DeviceMemoryState *dms);

#endif
