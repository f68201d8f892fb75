/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One round of a commit: what commit.c collects and tell.c tells.
 */
#ifndef MEMORY_ROUND_H
#define MEMORY_ROUND_H

#include "memory/view-state.h"

/* An address space that is on a view that changes, or that changes its view. */
typedef struct Space {
    AddressSpace *as;           /* NULL: destroyed meanwhile */
    MemoryView *to;             /* of a switch, or NULL */
    size_t change;              /* in the round's changes, plus one; or 0 */
    guint first, nr;            /* its listeners, in the round's array */
    bool told;
} Space;

typedef struct Round {
    bool active;                /* views_commit() runs */
    bool telling;               /* callbacks run */
    GArray *changes;            /* of ViewChange */
    GArray *spaces;             /* of Space */
    GPtrArray *listeners;       /* of each space in turn; NULL: gone */
    GPtrArray *late;            /* came while the others were told */
    GPtrArray *heard;           /* those of begin and commit */
    GPtrArray *prepared;
    GArray *sections;           /* for prepare */
    RoundData data;
    Intervals ranges, notes;
} Round;

extern Round memory_round;

static inline ViewChange *change_at(size_t i)
{
    return &g_array_index(memory_round.changes, ViewChange, i);
}

static inline Space *space_at(guint i)
{
    return &g_array_index(memory_round.spaces, Space, i);
}

static inline ViewChange *change_of(const Space *sp)
{
    return change_at(sp->change - 1);
}

static inline const FlatRange *new_range(const Difference *d)
{
    return &g_array_index(memory_round.data.ranges, FlatRange, d->new - 1);
}

static inline const Difference *difference_at(size_t i)
{
    return &g_array_index(memory_round.data.diffs, Difference, i);
}

static inline MemoryListener *listener_at(guint i)
{
    return g_ptr_array_index(memory_round.listeners, i);
}

/* From here on nothing fails: tells all listeners, and publishes. */
void memory_round_tell(void);

#endif
