/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RamVisibilityControl: RAM of which some ranges can be hidden or made
 * read-only at run time, as a PC's chip set does below 1 MiB: the window of
 * the VGA's memory, and the shadow RAM that PAM registers control.
 *
 * The control is an object with a container, in which every range has an alias
 * of the RAM; what lies between is always visible. A board maps the container
 * in place of the RAM. A range has one state at a time, and is changed as a
 * whole. Ranges side by side in one state are one range of the flat view.
 *
 *   read-write  RAM
 *   read-only   reads are of RAM; writes are ignored
 *   unmapped    what the board has mapped there with a lower priority
 *
 * As a QOM object it has a property per range, named after it, as in
 * "0xc0000-0xc3fff"; so it can be driven by qom-set. All under the big lock.
 */
#ifndef MEMORY_RAM_VISIBILITY_H
#define MEMORY_RAM_VISIBILITY_H

#include "exec/memory.h"
#include "qapi/qapi-types-memory-backend.h"

#define TYPE_RAM_VISIBILITY_CONTROL "ram-visibility-control"
OBJECT_DECLARE_SIMPLE_TYPE(RamVisibilityControl, RAM_VISIBILITY_CONTROL)

/* A range of RAM, the last byte included. */
typedef struct RamVisibilityRange {
    hwaddr first, last;
} RamVisibilityRange;

/*
 * Makes a control of @ram with @n @ranges, which are in order, do not overlap
 * and lie within it; else NULL with @errp set. All begin read-write. The
 * caller gets a reference, and makes the control a child of its own object:
 * it goes when it is unparented, unmapped before. It refers to @ram.
 */
RamVisibilityControl *ram_visibility_new(MemoryRegion *ram,
                                         const RamVisibilityRange *ranges,
                                         size_t n, Error **errp);

/*
 * The same with the ranges of a PC: 0xa0000-0xbffff; 0xc0000-0xeffff in pieces
 * of 16 KiB; 0xf0000-0xfffff. Fails if @ram, which is to be mapped at 0, has
 * less than 1 MiB.
 */
RamVisibilityControl *ram_visibility_new_x86(MemoryRegion *ram, Error **errp);

/* The container, as large as the RAM; it belongs to the control. */
MemoryRegion *ram_visibility_get_memory(RamVisibilityControl *ctl);

/*
 * The state of the range [@first, @last], which must be exactly one of those
 * that can be controlled: else false, and an error that names it.
 */
bool ram_visibility_set(RamVisibilityControl *ctl, hwaddr first, hwaddr last,
                        RamVisibility visibility, Error **errp);
bool ram_visibility_get(RamVisibilityControl *ctl, hwaddr first, hwaddr last,
                        RamVisibility *visibility, Error **errp);

#endif
