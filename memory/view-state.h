/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files that commit changes share: the writer's side of a view, how
 * views and address spaces hang together, and what one round of a commit does
 * to a view.
 */
#ifndef MEMORY_VIEW_STATE_H
#define MEMORY_VIEW_STATE_H

#include "memory/flatmap.h"
#include "memory/view.h"

/* [start, last] must be looked at. */
typedef struct Interval {
    hwaddr start, last;
} Interval;

/* Intervals as they come; sorted and joined when they are used. */
typedef struct Intervals {
    Interval *at;
    unsigned n, size;
    Interval first;             /* where @at points while one is enough */
    bool sorted;                /* and apart from each other */
} Intervals;

void intervals_add(Intervals *set, hwaddr start, hwaddr last);
/* Sorts them and joins those that overlap or touch. */
void intervals_normalize(Intervals *set);
void intervals_clear(Intervals *set);
void intervals_free(Intervals *set);
/* Moves what is in @from into the empty @to. */
void intervals_move(Intervals *to, Intervals *from);

typedef QLIST_HEAD(ViewUsers, AddressSpace) ViewUsers;

typedef struct MemoryViewState {
    MemoryView *view;
    Object *owner;              /* the root's: a reference */
    uint64_t serial;            /* greater than those of older views */
    Intervals ranges;           /* dirty: what is shown there */
    Intervals notes;            /* dirty: only eventfds or coalesced ranges */
    bool dirty;                 /* in the list of dirty views */
    bool idle;                  /* in the list of views without users */
    ViewUsers listening;        /* address spaces with listeners */
    ViewUsers quiet;            /* those without */
    bool wanted;                /* an address space changes to it */
    size_t round_index;         /* of its change in this round, plus one */
    QTAILQ_ENTRY(MemoryViewState) dirty_link;
    QTAILQ_ENTRY(MemoryViewState) idle_link;
} MemoryViewState;

typedef QTAILQ_HEAD(MemoryViewList, MemoryViewState) MemoryViewList;
extern MemoryViewList dirty_views;

/* The view of what @root shows; made (and rendered) if it is not there. */
MemoryView *memory_view_for(MemoryRegion *root);

/* Makes @view the one of @as, which has none or is on another. */
void memory_view_attach(MemoryView *view, AddressSpace *as);
/* @view goes unless an address space comes before memory_views_dispose(). */
void memory_view_check_idle(MemoryView *view);
/* @as got its first listener or lost its last. */
void memory_view_listening_changed(AddressSpace *as);

/* Disposes of views that no address space uses. */
void memory_views_dispose(void);

/* Address spaces for which address_space_mark_root() was called. */
typedef QTAILQ_HEAD(PendingSpaces, AddressSpace) PendingSpaces;
extern PendingSpaces pending_spaces;

/*
 * One difference between two versions of a view, as listeners hear it. @old is
 * in the old map. With both, the ranges differ in the dirty log mask only.
 */
typedef struct Difference {
    const FlatRange *old;       /* or NULL */
    size_t new;                 /* in the round's ranges, plus one; or 0 */
} Difference;

/* What a round does to one view. */
typedef struct ViewChange {
    MemoryView *view;
    FlatView *old, *new;
    FlatMapEdit edit;
    FlatGarbage *garbage;
    bool edited;                /* the map differs */
    bool open;                  /* has a new version, not published yet */
    bool all;                   /* all ranges go, or all are new: no diff */
    size_t diff, nr_diff;       /* in the round's differences */
    size_t fds, nr_fds;         /* in the round's eventfds */
    size_t notes, nr_notes;     /* in the round's coalesced notes */
    unsigned waiting;           /* address spaces that are yet to hear of it */
} ViewChange;

/* Whether listeners hear of more than eventfds and coalesced ranges. */
static inline bool view_change_heard(const ViewChange *c)
{
    return c->all || c->nr_diff;
}

/* An eventfd that a view no longer has, or now has. */
typedef struct EventfdChange {
    hwaddr addr;                /* in the view */
    uint64_t data;
    EventNotifier *e;
    unsigned size;
    bool match_data;
    bool add;
} EventfdChange;

/*
 * Eventfds of @range before (pending changes taken back) and after. Adds them
 * to @out with their address in the view.
 */
void eventfds_before(const FlatRange *range, GArray *out);
void eventfds_after(const FlatRange *range, GArray *out);
/* Only the difference between the two. */
void eventfds_pending(const FlatRange *range, GArray *before, GArray *after);
/*
 * Appends to @out what turns @before into @after, in order of address, and
 * clears both.
 */
void eventfds_diff(GArray *before, GArray *after, GArray *out);
bool eventfds_any_pending(void);
/* Regions that have eventfds: mostly few, so that ranges need not be asked. */
extern unsigned eventfds_regions;
/* What is pending counts as told to listeners. */
void eventfds_settle(void);
/* Pending changes are taken back. */
void eventfds_rollback(void);

/* Coalesced ranges that are seen in a range of a view. */
typedef enum {
    COALESCED_BEFORE,           /* those that listeners know */
    COALESCED_AFTER,            /* those that the round brings */
    COALESCED_GONE,             /* before, but no longer */
    COALESCED_CAME,             /* after, but not before */
} CoalescedWhich;

/* Adds them to @out, of CoalescedMemoryRange, with addresses of the view. */
void coalesced_list(const FlatRange *range, CoalescedWhich which, GArray *out);
bool coalesced_any_pending(void);
/* Coalesced ranges of all regions, with pending changes. */
extern unsigned coalesced_ranges;
bool coalesced_is_pending(const MemoryRegion *mr);
/* What is pending now is what this round tells. */
void coalesced_round_begin(void);
void coalesced_round_end(void);
void coalesced_rollback(void);

/* ---- memory/diff.c: what changes in a view ------------------------------- */

/* What all changes of a round point into. */
typedef struct RoundData {
    GArray *ranges;             /* of FlatRange: new ones */
    GArray *diffs;              /* of Difference */
    GArray *fds;                /* of EventfdChange */
    GArray *notes;              /* of FlatRange: coalesced ranges changed */
} RoundData;

/*
 * Renders the intervals of @ranges again, edits c->edit, and collects in @data
 * what listeners of the view are to hear (if @heard). Looks at @notes for
 * eventfds and coalesced ranges that changed.
 */
void view_change_collect(ViewChange *c, Intervals *ranges, Intervals *notes,
                         RoundData *data, bool heard);
/* All differences between two maps, for an address space that changes views. */
void view_change_between(ViewChange *c, const FlatMap *old, const FlatMap *new,
                         RoundData *data);

/* ---- memory/commit.c ----------------------------------------------------- */

/* Whether listeners are being told of changes right now. */
bool memory_round_active(void);
/*
 * @listener comes or goes in the middle of it. Returns the version of the view
 * that the listeners of its address space know of. One that comes while the
 * others are yet to be told is told after them.
 */
FlatView *memory_round_join(MemoryListener *listener);
FlatView *memory_round_leave(MemoryListener *listener);
void memory_round_forget_space(AddressSpace *as);

/* Eventfds and coalesced ranges of all of @fv, to one listener. */
void memory_listener_tell_eventfds(MemoryListener *l, FlatView *fv, bool add);
void memory_listener_tell_coalesced(MemoryListener *l,
                                    MemoryRegionSection *section,
                                    const FlatRange *range,
                                    CoalescedWhich which, bool add);

#endif
