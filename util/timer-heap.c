/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pairing heap of a timer list.
 *
 * Each timer is the head of a tree: @child is the first of the trees below,
 * @next its sibling. @prev is the sibling before, or the parent for a first
 * child, so that a tree can be cut out anywhere.
 */
#include "qemu/osdep.h"
#include "timer-heap.h"

static bool before(const QEMUTimer *a, const QEMUTimer *b)
{
    if (a->expire_time != b->expire_time) {
        return a->expire_time < b->expire_time;
    }
    return a->seq < b->seq;
}

/* Joins two trees without siblings; either may be NULL. */
static QEMUTimer *meld(QEMUTimer *a, QEMUTimer *b)
{
    if (!a || !b) {
        return a ? a : b;
    }
    if (before(b, a)) {
        QEMUTimer *swap = a;

        a = b;
        b = swap;
    }
    b->prev = a;
    b->next = a->child;
    if (b->next) {
        b->next->prev = b;
    }
    a->child = b;
    return a;
}

/* Joins siblings: pairs from the left, then all pairs from the right. */
static QEMUTimer *meld_siblings(QEMUTimer *first)
{
    QEMUTimer *pairs = NULL;
    QEMUTimer *all = NULL;

    while (first) {
        QEMUTimer *a = first;
        QEMUTimer *b = a->next;

        first = b ? b->next : NULL;
        a->next = a->prev = NULL;
        if (b) {
            b->next = b->prev = NULL;
        }
        a = meld(a, b);
        a->next = pairs;
        pairs = a;
    }
    while (pairs) {
        QEMUTimer *pair = pairs;

        pairs = pair->next;
        pair->next = NULL;
        all = meld(all, pair);
    }
    return all;
}

void timer_heap_insert(QEMUTimer **heap, QEMUTimer *ts)
{
    ts->child = ts->next = ts->prev = NULL;
    *heap = meld(*heap, ts);
}

void timer_heap_remove(QEMUTimer **heap, QEMUTimer *ts)
{
    QEMUTimer *rest = meld_siblings(ts->child);

    if (ts == *heap) {
        *heap = rest;
    } else {
        if (ts->prev->child == ts) {
            ts->prev->child = ts->next;
        } else {
            ts->prev->next = ts->next;
        }
        if (ts->next) {
            ts->next->prev = ts->prev;
        }
        *heap = meld(*heap, rest);
    }
    ts->child = ts->next = ts->prev = NULL;
}

/*
 * Goes through the trees in preorder, skipping those under a timer that is
 * suitable or later than the best one so far.
 */
QEMUTimer *timer_heap_first(QEMUTimer *heap, int attr_mask)
{
    QEMUTimer *best = NULL;
    QEMUTimer *ts = heap;

    while (ts) {
        bool suitable = !(ts->attributes & ~attr_mask);
        bool better = !best || before(ts, best);

        if (suitable && better) {
            best = ts;
        }
        if (!suitable && better && ts->child) {
            ts = ts->child;
            continue;
        }
        /* On to the next tree: a sibling's, or one of those above. */
        while (ts != heap && !ts->next) {
            while (ts->prev->child != ts) {
                ts = ts->prev;
            }
            ts = ts->prev;
        }
        ts = ts == heap ? NULL : ts->next;
    }
    return best;
}
