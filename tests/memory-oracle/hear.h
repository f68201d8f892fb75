/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What hear.c and expect.c share.
 */
#ifndef TESTS_MEMORY_ORACLE_HEAR_H
#define TESTS_MEMORY_ORACLE_HEAR_H

#include "model.h"

#define at(array, i) (&g_array_index(array, ModelRange, i))

static inline int number(ModelListener *l)
{
    return l - l->model->listener;
}

static inline GArray *ranges_new(void)
{
    return g_array_new(false, false, sizeof(ModelRange));
}

static inline void ranges_copy(GArray *to, const GArray *from)
{
    g_array_set_size(to, 0);
    if (from->len) {
        g_array_append_vals(to, from->data, from->len);
    }
}

/* All that a section tells. */
static inline bool same_section(const ModelRange *a, const ModelRange *b)
{
    return a->start == b->start && a->last == b->last && a->mr == b->mr &&
           a->offset == b->offset && a->readonly == b->readonly &&
           a->nonvolatile == b->nonvolatile && a->unmergeable == b->unmergeable;
}

/* Listeners see no difference but in the dirty log. */
static inline bool stays(const ModelRange *a, const ModelRange *b)
{
    return same_section(a, b) && a->romd == b->romd;
}

/* Where in what is known a range that begins at @start is, or would be. */
static inline guint place(const GArray *known, hwaddr start)
{
    guint i = 0;

    while (i < known->len && at(known, i)->start < start) {
        i++;
    }
    return i;
}

static inline bool in_other(const ModelRange *r, const GArray *other)
{
    guint i = place(other, r->start);

    return i < other->len && stays(r, at(other, i));
}

static inline bool same_fd(const ModelFd *a, const ModelFd *b)
{
    return a->addr == b->addr && a->size == b->size && a->match == b->match &&
           (!a->match || a->data == b->data) && a->e == b->e;
}

/* ---- expect.c ------------------------------------------------------------ */

void expect(Model *m, EventType type, int listener, const ModelRange *r,
            int old_log, int new_log);
/* What was heard is what is expected. */
void check_events(Model *m);
/* @known, which @l has @what (a way of knowing), is @all that there is. */
void check_known(ModelListener *l, const GArray *known, const GArray *all,
                 const char *what);

#endif
