/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linked lists whose links lie in the elements.
 *
 *              remove      insert        insert     walk      move all
 *              any         before        at tail    back      of another
 *   QSLIST     O(n)        -             -          -         atomically
 *   QLIST      O(1)        O(1)          -          -         swap
 *   QSIMPLEQ   O(n)        -             O(1)       -         concat
 *   QTAILQ     O(1)        O(1)          O(1)       yes       -
 *
 * NAME_HEAD(tag, type) is the list, NAME_ENTRY(type) the member of an element
 * that the macros call @field. Nothing is allocated and nothing is checked;
 * an element must not be in two lists through one field. A head that is
 * zero-filled is an empty QSLIST or QLIST; QSIMPLEQ and QTAILQ need _INIT.
 * The _SAFE loops allow the current element to be removed or freed.
 * There is no lock, except where a name says ATOMIC. RCU forms are in
 * qemu/rcu_queue.h.
 */
#ifndef QEMU_SYS_QUEUE_H
#define QEMU_SYS_QUEUE_H

#include <stddef.h>
#include "qemu/atomic.h"

/* What is @offset bytes behind @base, as a type * */
#define field_at_offset(base, offset, type)                              \
    ((type *)((char *)(base) + (offset)))

/*
 * QLIST: doubly linked; an element knows the pointer that points at it.
 */
#define QLIST_HEAD(name, type)                                           \
    struct name {                                                        \
        struct type *lh_first;                                           \
    }
#define QLIST_HEAD_INITIALIZER(head)                                     \
    {                                                                    \
        NULL                                                             \
    }
#define QLIST_ENTRY(type)                                                \
    struct {                                                             \
        struct type *le_next;                                            \
        struct type **le_prev; /* the pointer that points here */        \
    }

#define QLIST_EMPTY(head)       ((head)->lh_first == NULL)
#define QLIST_FIRST(head)       ((head)->lh_first)
#define QLIST_NEXT(elm, field)  ((elm)->field.le_next)
/* True in a list, false after removal and in zero-filled memory. */
#define QLIST_IS_INSERTED(elm, field) ((elm)->field.le_prev != NULL)

#define QLIST_INIT(head)                                                 \
    do {                                                                 \
        (head)->lh_first = NULL;                                         \
    } while (0)

/* Makes the pointer *@where, in front of @next_, point at @elm. */
#define QLIST_LINK_(where, elm, field)                                   \
    do {                                                                 \
        __typeof__(&(elm)->field.le_next) ql_at_ = (where);              \
        (elm)->field.le_next = *ql_at_;                                  \
        (elm)->field.le_prev = ql_at_;                                   \
        if (*ql_at_ != NULL) {                                           \
            (*ql_at_)->field.le_prev = &(elm)->field.le_next;            \
        }                                                                \
        *ql_at_ = (elm);                                                 \
    } while (0)

#define QLIST_INSERT_HEAD(head, elm, field)                              \
    QLIST_LINK_(&(head)->lh_first, elm, field)
#define QLIST_INSERT_AFTER(listelm, elm, field)                          \
    QLIST_LINK_(&(listelm)->field.le_next, elm, field)
#define QLIST_INSERT_BEFORE(listelm, elm, field)                         \
    QLIST_LINK_((listelm)->field.le_prev, elm, field)

#define QLIST_REMOVE(elm, field)                                         \
    do {                                                                 \
        if ((elm)->field.le_next != NULL) {                              \
            (elm)->field.le_next->field.le_prev = (elm)->field.le_prev;  \
        }                                                                \
        *(elm)->field.le_prev = (elm)->field.le_next;                    \
        (elm)->field.le_next = NULL;                                     \
        (elm)->field.le_prev = NULL;                                     \
    } while (0)
/* Allows an element that is in no list. */
#define QLIST_SAFE_REMOVE(elm, field)                                    \
    do {                                                                 \
        if (QLIST_IS_INSERTED(elm, field)) {                             \
            QLIST_REMOVE(elm, field);                                    \
        }                                                                \
    } while (0)

#define QLIST_SWAP(dstlist, srclist, field)                              \
    do {                                                                 \
        __typeof__((dstlist)->lh_first) ql_src_ = (srclist)->lh_first;   \
        (srclist)->lh_first = (dstlist)->lh_first;                       \
        (dstlist)->lh_first = ql_src_;                                   \
        if (ql_src_ != NULL) {                                           \
            ql_src_->field.le_prev = &(dstlist)->lh_first;               \
        }                                                                \
        if ((srclist)->lh_first != NULL) {                               \
            (srclist)->lh_first->field.le_prev = &(srclist)->lh_first;   \
        }                                                                \
    } while (0)

#define QLIST_FOREACH(var, head, field)                                  \
    for ((var) = QLIST_FIRST(head); (var) != NULL;                       \
         (var) = QLIST_NEXT(var, field))
#define QLIST_FOREACH_SAFE(var, head, field, next_var)                   \
    for ((var) = QLIST_FIRST(head);                                      \
         (var) != NULL && ((next_var) = QLIST_NEXT(var, field), 1);      \
         (var) = (next_var))

/*
 * QSLIST: singly linked.
 */
#define QSLIST_HEAD(name, type)                                          \
    struct name {                                                        \
        struct type *slh_first;                                          \
    }
#define QSLIST_HEAD_INITIALIZER(head)                                    \
    {                                                                    \
        NULL                                                             \
    }
#define QSLIST_ENTRY(type)                                               \
    struct {                                                             \
        struct type *sle_next;                                           \
    }

#define QSLIST_EMPTY(head)      ((head)->slh_first == NULL)
#define QSLIST_FIRST(head)      ((head)->slh_first)
#define QSLIST_NEXT(elm, field) ((elm)->field.sle_next)

#define QSLIST_INIT(head)                                                \
    do {                                                                 \
        (head)->slh_first = NULL;                                        \
    } while (0)
#define QSLIST_INSERT_HEAD(head, elm, field)                             \
    do {                                                                 \
        (elm)->field.sle_next = (head)->slh_first;                       \
        (head)->slh_first = (elm);                                       \
    } while (0)
#define QSLIST_INSERT_AFTER(slistelm, elm, field)                        \
    do {                                                                 \
        (elm)->field.sle_next = (slistelm)->field.sle_next;              \
        (slistelm)->field.sle_next = (elm);                              \
    } while (0)

/* Any number of threads may insert while one takes all that is there. */
#define QSLIST_INSERT_HEAD_ATOMIC(head, elm, field)                      \
    do {                                                                 \
        __typeof__((head)->slh_first) qs_new_ = (elm);                   \
        __typeof__((head)->slh_first) qs_old_ =                          \
            qatomic_read(&(head)->slh_first);                            \
        do {                                                             \
            qs_new_->field.sle_next = qs_old_;                           \
        } while (!__atomic_compare_exchange_n(                           \
            &(head)->slh_first, &qs_old_, qs_new_, 0, __ATOMIC_SEQ_CST,  \
            __ATOMIC_SEQ_CST));                                          \
    } while (0)
#define QSLIST_MOVE_ATOMIC(dest, src)                                    \
    do {                                                                 \
        (dest)->slh_first = qatomic_xchg(&(src)->slh_first, NULL);       \
    } while (0)

/* Unlinks what the pointer *@where points at. */
#define QSLIST_UNLINK_(where, field)                                     \
    do {                                                                 \
        __typeof__(where) qs_at_ = (where);                              \
        __typeof__(*qs_at_) qs_gone_ = *qs_at_;                          \
        *qs_at_ = qs_gone_->field.sle_next;                              \
        qs_gone_->field.sle_next = NULL;                                 \
    } while (0)
#define QSLIST_REMOVE_HEAD(head, field)                                  \
    QSLIST_UNLINK_(&(head)->slh_first, field)
#define QSLIST_REMOVE_AFTER(slistelm, field)                             \
    QSLIST_UNLINK_(&(slistelm)->field.sle_next, field)
/* @elm must be in the list. */
#define QSLIST_REMOVE(head, elm, type, field)                            \
    do {                                                                 \
        struct type **qs_find_ = &(head)->slh_first;                     \
        while (*qs_find_ != (elm)) {                                     \
            qs_find_ = &(*qs_find_)->field.sle_next;                     \
        }                                                                \
        QSLIST_UNLINK_(qs_find_, field);                                 \
    } while (0)

#define QSLIST_FOREACH(var, head, field)                                 \
    for ((var) = QSLIST_FIRST(head); (var) != NULL;                      \
         (var) = QSLIST_NEXT(var, field))
#define QSLIST_FOREACH_SAFE(var, head, field, tvar)                      \
    for ((var) = QSLIST_FIRST(head);                                     \
         (var) != NULL && ((tvar) = QSLIST_NEXT(var, field), 1);         \
         (var) = (tvar))

/*
 * QSIMPLEQ: singly linked, and the head knows the last link.
 */
#define QSIMPLEQ_HEAD(name, type)                                        \
    struct name {                                                        \
        struct type *sqh_first;                                          \
        struct type **sqh_last; /* the link that is NULL */              \
    }
#define QSIMPLEQ_HEAD_INITIALIZER(head)                                  \
    {                                                                    \
        NULL, &(head).sqh_first                                          \
    }
#define QSIMPLEQ_ENTRY(type)                                             \
    struct {                                                             \
        struct type *sqe_next;                                           \
    }

#define QSIMPLEQ_EMPTY(head)        ((head)->sqh_first == NULL)
#define QSIMPLEQ_EMPTY_ATOMIC(head)                                      \
    (qatomic_read(&((head)->sqh_first)) == NULL)
#define QSIMPLEQ_FIRST(head)        ((head)->sqh_first)
#define QSIMPLEQ_NEXT(elm, field)   ((elm)->field.sqe_next)
#define QSIMPLEQ_LAST(head, type, field)                                 \
    (QSIMPLEQ_EMPTY(head)                                                \
         ? NULL                                                          \
         : field_at_offset((head)->sqh_last,                             \
                           -(ptrdiff_t)offsetof(struct type, field),     \
                           struct type))

#define QSIMPLEQ_INIT(head)                                              \
    do {                                                                 \
        (head)->sqh_first = NULL;                                        \
        (head)->sqh_last = &(head)->sqh_first;                           \
    } while (0)

/* Puts @elm where the link *@where is. */
#define QSIMPLEQ_LINK_(head, where, elm, field)                          \
    do {                                                                 \
        __typeof__((head)->sqh_last) qq_at_ = (where);                   \
        (elm)->field.sqe_next = *qq_at_;                                 \
        if (*qq_at_ == NULL) {                                           \
            (head)->sqh_last = &(elm)->field.sqe_next;                   \
        }                                                                \
        *qq_at_ = (elm);                                                 \
    } while (0)
#define QSIMPLEQ_INSERT_HEAD(head, elm, field)                           \
    QSIMPLEQ_LINK_(head, &(head)->sqh_first, elm, field)
#define QSIMPLEQ_INSERT_TAIL(head, elm, field)                           \
    QSIMPLEQ_LINK_(head, (head)->sqh_last, elm, field)
#define QSIMPLEQ_INSERT_AFTER(head, listelm, elm, field)                 \
    QSIMPLEQ_LINK_(head, &(listelm)->field.sqe_next, elm, field)

#define QSIMPLEQ_UNLINK_(head, where, field)                             \
    do {                                                                 \
        __typeof__((head)->sqh_last) qq_at_ = (where);                   \
        __typeof__(*qq_at_) qq_gone_ = *qq_at_;                          \
        *qq_at_ = qq_gone_->field.sqe_next;                              \
        if (*qq_at_ == NULL) {                                           \
            (head)->sqh_last = qq_at_;                                   \
        }                                                                \
        qq_gone_->field.sqe_next = NULL;                                 \
    } while (0)
#define QSIMPLEQ_REMOVE_HEAD(head, field)                                \
    QSIMPLEQ_UNLINK_(head, &(head)->sqh_first, field)
/* @elm must be in the list. */
#define QSIMPLEQ_REMOVE(head, elm, type, field)                          \
    do {                                                                 \
        struct type **qq_find_ = &(head)->sqh_first;                     \
        while (*qq_find_ != (elm)) {                                     \
            qq_find_ = &(*qq_find_)->field.sqe_next;                     \
        }                                                                \
        QSIMPLEQ_UNLINK_(head, qq_find_, field);                         \
    } while (0)

/* Moves all up to and with @elm to @removed, which it initializes. */
#define QSIMPLEQ_SPLIT_AFTER(head, elm, field, removed)                  \
    do {                                                                 \
        QSIMPLEQ_INIT(removed);                                          \
        if (!QSIMPLEQ_EMPTY(head)) {                                     \
            (removed)->sqh_first = (head)->sqh_first;                    \
            (removed)->sqh_last = &(elm)->field.sqe_next;                \
            (head)->sqh_first = (elm)->field.sqe_next;                   \
            (elm)->field.sqe_next = NULL;                                \
            if (QSIMPLEQ_EMPTY(head)) {                                  \
                (head)->sqh_last = &(head)->sqh_first;                   \
            }                                                            \
        }                                                                \
    } while (0)

/* Moves all of @head2 behind, or before, those of @head1. */
#define QSIMPLEQ_CONCAT(head1, head2)                                    \
    do {                                                                 \
        if (!QSIMPLEQ_EMPTY(head2)) {                                    \
            *(head1)->sqh_last = (head2)->sqh_first;                     \
            (head1)->sqh_last = (head2)->sqh_last;                       \
            QSIMPLEQ_INIT(head2);                                        \
        }                                                                \
    } while (0)
#define QSIMPLEQ_PREPEND(head1, head2)                                   \
    do {                                                                 \
        if (!QSIMPLEQ_EMPTY(head2)) {                                    \
            *(head2)->sqh_last = (head1)->sqh_first;                     \
            if (QSIMPLEQ_EMPTY(head1)) {                                 \
                (head1)->sqh_last = (head2)->sqh_last;                   \
            }                                                            \
            (head1)->sqh_first = (head2)->sqh_first;                     \
            QSIMPLEQ_INIT(head2);                                        \
        }                                                                \
    } while (0)

#define QSIMPLEQ_FOREACH(var, head, field)                               \
    for ((var) = QSIMPLEQ_FIRST(head); (var) != NULL;                    \
         (var) = QSIMPLEQ_NEXT(var, field))
#define QSIMPLEQ_FOREACH_SAFE(var, head, field, next)                    \
    for ((var) = QSIMPLEQ_FIRST(head);                                   \
         (var) != NULL && ((next) = QSIMPLEQ_NEXT(var, field), 1);       \
         (var) = (next))

/*
 * QTAILQ: forward a list that ends in NULL, backward a ring through the head.
 * The links of head and entry have one layout, so that going back two and
 * forward one leads to the previous element without knowing which it was.
 */
typedef struct QTailQLink {
    void *tql_next;
    struct QTailQLink *tql_prev;
} QTailQLink;

#define QTAILQ_HEAD(name, type)                                          \
    union name {                                                         \
        struct type *tqh_first;                                          \
        QTailQLink tqh_circ;                                             \
    }
#define QTAILQ_HEAD_INITIALIZER(head)                                    \
    {                                                                    \
        .tqh_circ = { NULL, &(head).tqh_circ }                           \
    }
#define QTAILQ_ENTRY(type)                                               \
    union {                                                              \
        struct type *tqe_next;                                           \
        QTailQLink tqe_circ;                                             \
    }

#define QTAILQ_EMPTY(head)         ((head)->tqh_first == NULL)
#define QTAILQ_FIRST(head)         ((head)->tqh_first)
#define QTAILQ_NEXT(elm, field)    ((elm)->field.tqe_next)
/* True in a list, false after removal and in zero-filled memory. */
#define QTAILQ_IN_USE(elm, field)  ((elm)->field.tqe_circ.tql_prev != NULL)
#define QTAILQ_LINK_PREV(link)     ((link).tql_prev->tql_prev->tql_next)
#define QTAILQ_LAST(head)                                                \
    ((__typeof__((head)->tqh_first))QTAILQ_LINK_PREV((head)->tqh_circ))
#define QTAILQ_PREV(elm, field)                                          \
    ((__typeof__((elm)->field.tqe_next))QTAILQ_LINK_PREV(                \
        (elm)->field.tqe_circ))

#define QTAILQ_INIT(head)                                                \
    do {                                                                 \
        (head)->tqh_first = NULL;                                        \
        (head)->tqh_circ.tql_prev = &(head)->tqh_circ;                   \
    } while (0)

/* The backward link of @next, which is @head's own when there is no next. */
#define QTAILQ_BACK_(head, next, field)                                  \
    (*((next) != NULL ? &(next)->field.tqe_circ.tql_prev                 \
                      : &(head)->tqh_circ.tql_prev))

/* Puts @elm behind @link, the link of an element or the head. */
#define QTAILQ_LINK_(head, link, elm, field)                             \
    do {                                                                 \
        QTailQLink *tq_at_ = (link);                                     \
        (elm)->field.tqe_next = tq_at_->tql_next;                        \
        (elm)->field.tqe_circ.tql_prev = tq_at_;                         \
        QTAILQ_BACK_(head, (elm)->field.tqe_next, field) =               \
            &(elm)->field.tqe_circ;                                      \
        tq_at_->tql_next = (elm);                                        \
    } while (0)
#define QTAILQ_INSERT_HEAD(head, elm, field)                             \
    QTAILQ_LINK_(head, &(head)->tqh_circ, elm, field)
#define QTAILQ_INSERT_TAIL(head, elm, field)                             \
    QTAILQ_LINK_(head, (head)->tqh_circ.tql_prev, elm, field)
#define QTAILQ_INSERT_AFTER(head, listelm, elm, field)                   \
    QTAILQ_LINK_(head, &(listelm)->field.tqe_circ, elm, field)
#define QTAILQ_INSERT_BEFORE(listelm, elm, field)                        \
    do {                                                                 \
        (elm)->field.tqe_next = (listelm);                               \
        (elm)->field.tqe_circ.tql_prev =                                 \
            (listelm)->field.tqe_circ.tql_prev;                          \
        (elm)->field.tqe_circ.tql_prev->tql_next = (elm);                \
        (listelm)->field.tqe_circ.tql_prev = &(elm)->field.tqe_circ;     \
    } while (0)

#define QTAILQ_REMOVE(head, elm, field)                                  \
    do {                                                                 \
        QTAILQ_BACK_(head, (elm)->field.tqe_next, field) =               \
            (elm)->field.tqe_circ.tql_prev;                              \
        (elm)->field.tqe_circ.tql_prev->tql_next =                       \
            (elm)->field.tqe_next;                                       \
        (elm)->field.tqe_circ.tql_prev = NULL;                           \
        (elm)->field.tqe_next = NULL;                                    \
    } while (0)
/* Takes out @left, @right and what is between, which stay linked. */
#define QTAILQ_REMOVE_SEVERAL(head, left, right, field)                  \
    do {                                                                 \
        QTAILQ_BACK_(head, (right)->field.tqe_next, field) =             \
            (left)->field.tqe_circ.tql_prev;                             \
        (left)->field.tqe_circ.tql_prev->tql_next =                      \
            (right)->field.tqe_next;                                     \
    } while (0)

#define QTAILQ_FOREACH(var, head, field)                                 \
    for ((var) = QTAILQ_FIRST(head); (var) != NULL;                      \
         (var) = QTAILQ_NEXT(var, field))
#define QTAILQ_FOREACH_SAFE(var, head, field, next_var)                  \
    for ((var) = QTAILQ_FIRST(head);                                     \
         (var) != NULL && ((next_var) = QTAILQ_NEXT(var, field), 1);     \
         (var) = (next_var))
#define QTAILQ_FOREACH_REVERSE(var, head, field)                         \
    for ((var) = QTAILQ_LAST(head); (var) != NULL;                       \
         (var) = QTAILQ_PREV(var, field))
#define QTAILQ_FOREACH_REVERSE_SAFE(var, head, field, prev_var)          \
    for ((var) = QTAILQ_LAST(head);                                      \
         (var) != NULL && ((prev_var) = QTAILQ_PREV(var, field), 1);     \
         (var) = (prev_var))

/*
 * RAW: lists of elements whose type is not known, only the offset @entry of
 * the link in it, for code that is driven by descriptions (vmstate).
 */
#define QTAILQ_RAW_FIRST(head)           field_at_offset(head, 0, void *)
#define QTAILQ_RAW_TQH_CIRC(head)        field_at_offset(head, 0, QTailQLink)
#define QTAILQ_RAW_NEXT(elm, entry)      field_at_offset(elm, entry, void *)
#define QTAILQ_RAW_TQE_CIRC(elm, entry)                                  \
    field_at_offset(elm, entry, QTailQLink)
#define QTAILQ_RAW_FOREACH(elm, head, entry)                             \
    for ((elm) = *QTAILQ_RAW_FIRST(head); (elm) != NULL;                 \
         (elm) = *QTAILQ_RAW_NEXT(elm, entry))
#define QTAILQ_RAW_INSERT_TAIL(head, elm, entry)                         \
    do {                                                                 \
        QTailQLink *tq_ring_ = QTAILQ_RAW_TQH_CIRC(head);                \
        QTailQLink *tq_new_ = QTAILQ_RAW_TQE_CIRC(elm, entry);           \
        tq_new_->tql_next = NULL;                                        \
        tq_new_->tql_prev = tq_ring_->tql_prev;                          \
        tq_new_->tql_prev->tql_next = (elm);                             \
        tq_ring_->tql_prev = tq_new_;                                    \
    } while (0)

#define QLIST_RAW_FIRST(head)            field_at_offset(head, 0, void *)
#define QLIST_RAW_NEXT(elm, entry)       field_at_offset(elm, entry, void *)
#define QLIST_RAW_PREVIOUS(elm, entry)                                   \
    field_at_offset(elm, (entry) + sizeof(void *), void *)
#define QLIST_RAW_FOREACH(elm, head, entry)                              \
    for ((elm) = *QLIST_RAW_FIRST(head); (elm) != NULL;                  \
         (elm) = *QLIST_RAW_NEXT(elm, entry))
/* Makes @elm the first. */
#define QLIST_RAW_INSERT_HEAD(head, elm, entry)                          \
    do {                                                                 \
        void *ql_second_ = *QLIST_RAW_FIRST(head);                       \
        *QLIST_RAW_NEXT(elm, entry) = ql_second_;                        \
        *QLIST_RAW_PREVIOUS(elm, entry) = QLIST_RAW_FIRST(head);         \
        if (ql_second_ != NULL) {                                        \
            *QLIST_RAW_PREVIOUS(ql_second_, entry) =                     \
                QLIST_RAW_NEXT(elm, entry);                              \
        }                                                                \
        *QLIST_RAW_FIRST(head) = (elm);                                  \
    } while (0)
/* Puts @elem behind @prev, which is the last. */
#define QLIST_RAW_INSERT_AFTER(head, prev, elem, entry)                  \
    do {                                                                 \
        *QLIST_RAW_NEXT(elem, entry) = NULL;                             \
        *QLIST_RAW_PREVIOUS(elem, entry) = QLIST_RAW_NEXT(prev, entry);  \
        *QLIST_RAW_NEXT(prev, entry) = (elem);                           \
    } while (0)

#endif
