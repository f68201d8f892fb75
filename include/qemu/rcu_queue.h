/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lists of qemu/queue.h for readers under RCU.
 *
 * Writers exclude each other by a lock and use the _RCU forms here; readers
 * walk with the _RCU forms in a read section. An element that was taken out
 * keeps its forward pointer, so that a reader who stands on it goes on; free
 * it after a grace period. Only the forward direction is for readers.
 *
 * To insert: fill in the new element's own pointers, then publish it with one
 * qatomic_rcu_set() of the forward pointer before it.
 */
#ifndef QEMU_RCU_QUEUE_H
#define QEMU_RCU_QUEUE_H

#include "qemu/queue.h"
#include "qemu/atomic.h"

/* QLIST */
#define QLIST_EMPTY_RCU(head) (qatomic_read(&(head)->lh_first) == NULL)
#define QLIST_FIRST_RCU(head) (qatomic_rcu_read(&(head)->lh_first))
#define QLIST_NEXT_RCU(elm, field) (qatomic_rcu_read(&(elm)->field.le_next))

#define QLIST_INSERT_HEAD_RCU(head, elm, field)                          \
    do {                                                                 \
        typeof(elm) ins_ = (elm);                                        \
        typeof(elm) succ_ = (head)->lh_first;                            \
        ins_->field.le_next = succ_;                                     \
        ins_->field.le_prev = &(head)->lh_first;                         \
        qatomic_rcu_set(&(head)->lh_first, ins_);                        \
        if (succ_) {                                                     \
            succ_->field.le_prev = &ins_->field.le_next;                 \
        }                                                                \
    } while (0)

#define QLIST_INSERT_AFTER_RCU(listelm, elm, field)                      \
    do {                                                                 \
        typeof(elm) ins_ = (elm), pred_ = (listelm);                     \
        typeof(elm) succ_ = pred_->field.le_next;                        \
        ins_->field.le_next = succ_;                                     \
        ins_->field.le_prev = &pred_->field.le_next;                     \
        qatomic_rcu_set(&pred_->field.le_next, ins_);                    \
        if (succ_) {                                                     \
            succ_->field.le_prev = &ins_->field.le_next;                 \
        }                                                                \
    } while (0)

#define QLIST_INSERT_BEFORE_RCU(listelm, elm, field)                     \
    do {                                                                 \
        typeof(elm) ins_ = (elm), succ_ = (listelm);                     \
        ins_->field.le_next = succ_;                                     \
        ins_->field.le_prev = succ_->field.le_prev;                      \
        qatomic_rcu_set(ins_->field.le_prev, ins_);                      \
        succ_->field.le_prev = &ins_->field.le_next;                     \
    } while (0)

#define QLIST_REMOVE_RCU(elm, field)                                     \
    do {                                                                 \
        typeof(elm) rem_ = (elm);                                        \
        typeof(elm) succ_ = rem_->field.le_next;                         \
        if (succ_) {                                                     \
            succ_->field.le_prev = rem_->field.le_prev;                  \
        }                                                                \
        qatomic_set(rem_->field.le_prev, succ_);                         \
    } while (0)

#define QLIST_FOREACH_RCU(var, head, field)                              \
    for ((var) = QLIST_FIRST_RCU(head); (var);                           \
         (var) = QLIST_NEXT_RCU(var, field))

/* The same; @next is read before the body runs. */
#define QLIST_FOREACH_SAFE_RCU(var, head, field, next)                   \
    for ((var) = QLIST_FIRST_RCU(head);                                  \
         (var) && ((next) = QLIST_NEXT_RCU(var, field), 1);              \
         (var) = (next))

/* QSIMPLEQ */
#define QSIMPLEQ_EMPTY_RCU(head) (qatomic_read(&(head)->sqh_first) == NULL)
#define QSIMPLEQ_FIRST_RCU(head) (qatomic_rcu_read(&(head)->sqh_first))
#define QSIMPLEQ_NEXT_RCU(elm, field)                                    \
    (qatomic_rcu_read(&(elm)->field.sqe_next))

#define QSIMPLEQ_INSERT_HEAD_RCU(head, elm, field)                       \
    do {                                                                 \
        typeof(elm) ins_ = (elm);                                        \
        ins_->field.sqe_next = (head)->sqh_first;                        \
        if (!ins_->field.sqe_next) {                                     \
            (head)->sqh_last = &ins_->field.sqe_next;                    \
        }                                                                \
        qatomic_rcu_set(&(head)->sqh_first, ins_);                       \
    } while (0)

#define QSIMPLEQ_INSERT_TAIL_RCU(head, elm, field)                       \
    do {                                                                 \
        typeof(elm) ins_ = (elm);                                        \
        ins_->field.sqe_next = NULL;                                     \
        qatomic_rcu_set((head)->sqh_last, ins_);                         \
        (head)->sqh_last = &ins_->field.sqe_next;                        \
    } while (0)

#define QSIMPLEQ_INSERT_AFTER_RCU(head, listelm, elm, field)             \
    do {                                                                 \
        typeof(elm) ins_ = (elm), pred_ = (listelm);                     \
        ins_->field.sqe_next = pred_->field.sqe_next;                    \
        if (!ins_->field.sqe_next) {                                     \
            (head)->sqh_last = &ins_->field.sqe_next;                    \
        }                                                                \
        qatomic_rcu_set(&pred_->field.sqe_next, ins_);                   \
    } while (0)

#define QSIMPLEQ_REMOVE_HEAD_RCU(head, field)                            \
    do {                                                                 \
        typeof((head)->sqh_first) gone_ = (head)->sqh_first;             \
        qatomic_set(&(head)->sqh_first, gone_->field.sqe_next);          \
        if (!gone_->field.sqe_next) {                                    \
            (head)->sqh_last = &(head)->sqh_first;                       \
        }                                                                \
    } while (0)

/* Walks to @elm, which is in the list. */
#define QSIMPLEQ_REMOVE_RCU(head, elm, type, field)                      \
    do {                                                                 \
        struct type *rem_ = (elm);                                       \
        struct type **link_ = &(head)->sqh_first;                        \
        while (*link_ != rem_) {                                         \
            link_ = &(*link_)->field.sqe_next;                           \
        }                                                                \
        qatomic_set(link_, rem_->field.sqe_next);                        \
        if (!rem_->field.sqe_next) {                                     \
            (head)->sqh_last = link_;                                    \
        }                                                                \
    } while (0)

#define QSIMPLEQ_FOREACH_RCU(var, head, field)                           \
    for ((var) = QSIMPLEQ_FIRST_RCU(head); (var);                        \
         (var) = QSIMPLEQ_NEXT_RCU(var, field))

/* The same; @next is read before the body runs. */
#define QSIMPLEQ_FOREACH_SAFE_RCU(var, head, field, next)                \
    for ((var) = QSIMPLEQ_FIRST_RCU(head);                               \
         (var) && ((next) = QSIMPLEQ_NEXT_RCU(var, field), 1);           \
         (var) = (next))

/*
 * QTAILQ. The backward links, tql_prev, are the writers' alone.
 */
#define QTAILQ_EMPTY_RCU(head) (qatomic_read(&(head)->tqh_first) == NULL)
#define QTAILQ_FIRST_RCU(head) (qatomic_rcu_read(&(head)->tqh_first))
#define QTAILQ_NEXT_RCU(elm, field) (qatomic_rcu_read(&(elm)->field.tqe_next))

#define QTAILQ_INSERT_HEAD_RCU(head, elm, field)                         \
    do {                                                                 \
        typeof(elm) ins_ = (elm);                                        \
        typeof(elm) succ_ = (head)->tqh_first;                           \
        ins_->field.tqe_next = succ_;                                    \
        *(succ_ ? &succ_->field.tqe_circ.tql_prev                        \
                : &(head)->tqh_circ.tql_prev) = &ins_->field.tqe_circ;   \
        ins_->field.tqe_circ.tql_prev = &(head)->tqh_circ;               \
        qatomic_rcu_set(&(head)->tqh_first, ins_);                       \
    } while (0)

#define QTAILQ_INSERT_TAIL_RCU(head, elm, field)                         \
    do {                                                                 \
        typeof(elm) ins_ = (elm);                                        \
        ins_->field.tqe_next = NULL;                                     \
        ins_->field.tqe_circ.tql_prev = (head)->tqh_circ.tql_prev;       \
        qatomic_rcu_set(&(head)->tqh_circ.tql_prev->tql_next, ins_);     \
        (head)->tqh_circ.tql_prev = &ins_->field.tqe_circ;               \
    } while (0)

#define QTAILQ_INSERT_AFTER_RCU(head, listelm, elm, field)               \
    do {                                                                 \
        typeof(elm) ins_ = (elm), pred_ = (listelm);                     \
        typeof(elm) succ_ = pred_->field.tqe_next;                       \
        ins_->field.tqe_next = succ_;                                    \
        *(succ_ ? &succ_->field.tqe_circ.tql_prev                        \
                : &(head)->tqh_circ.tql_prev) = &ins_->field.tqe_circ;   \
        ins_->field.tqe_circ.tql_prev = &pred_->field.tqe_circ;          \
        qatomic_rcu_set(&pred_->field.tqe_next, ins_);                   \
    } while (0)

#define QTAILQ_INSERT_BEFORE_RCU(listelm, elm, field)                    \
    do {                                                                 \
        typeof(elm) ins_ = (elm), succ_ = (listelm);                     \
        ins_->field.tqe_next = succ_;                                    \
        ins_->field.tqe_circ.tql_prev = succ_->field.tqe_circ.tql_prev;  \
        qatomic_rcu_set(&ins_->field.tqe_circ.tql_prev->tql_next, ins_); \
        succ_->field.tqe_circ.tql_prev = &ins_->field.tqe_circ;          \
    } while (0)

#define QTAILQ_REMOVE_RCU(head, elm, field)                              \
    do {                                                                 \
        typeof(elm) rem_ = (elm);                                        \
        typeof(elm) succ_ = rem_->field.tqe_next;                        \
        *(succ_ ? &succ_->field.tqe_circ.tql_prev                        \
                : &(head)->tqh_circ.tql_prev) =                          \
            rem_->field.tqe_circ.tql_prev;                               \
        qatomic_set(&rem_->field.tqe_circ.tql_prev->tql_next, succ_);    \
        rem_->field.tqe_circ.tql_prev = NULL;                            \
    } while (0)

#define QTAILQ_FOREACH_RCU(var, head, field)                             \
    for ((var) = QTAILQ_FIRST_RCU(head); (var);                          \
         (var) = QTAILQ_NEXT_RCU(var, field))

/* The same; @next is read before the body runs. */
#define QTAILQ_FOREACH_SAFE_RCU(var, head, field, next)                  \
    for ((var) = QTAILQ_FIRST_RCU(head);                                 \
         (var) && ((next) = QTAILQ_NEXT_RCU(var, field), 1);             \
         (var) = (next))

/* QSLIST */
#define QSLIST_EMPTY_RCU(head) (qatomic_read(&(head)->slh_first) == NULL)
#define QSLIST_FIRST_RCU(head) (qatomic_rcu_read(&(head)->slh_first))
#define QSLIST_NEXT_RCU(elm, field) (qatomic_rcu_read(&(elm)->field.sle_next))

#define QSLIST_INSERT_HEAD_RCU(head, elm, field)                         \
    do {                                                                 \
        typeof(elm) ins_ = (elm);                                        \
        ins_->field.sle_next = (head)->slh_first;                        \
        qatomic_rcu_set(&(head)->slh_first, ins_);                       \
    } while (0)

#define QSLIST_INSERT_AFTER_RCU(head, listelm, elm, field)               \
    do {                                                                 \
        typeof(elm) ins_ = (elm), pred_ = (listelm);                     \
        ins_->field.sle_next = pred_->field.sle_next;                    \
        qatomic_rcu_set(&pred_->field.sle_next, ins_);                   \
    } while (0)

#define QSLIST_REMOVE_HEAD_RCU(head, field)                              \
    do {                                                                 \
        typeof((head)->slh_first) gone_ = (head)->slh_first;             \
        qatomic_set(&(head)->slh_first, gone_->field.sle_next);          \
    } while (0)

/* Walks to @elm, which is in the list. */
#define QSLIST_REMOVE_RCU(head, elm, type, field)                        \
    do {                                                                 \
        struct type *rem_ = (elm);                                       \
        struct type **link_ = &(head)->slh_first;                        \
        while (*link_ != rem_) {                                         \
            link_ = &(*link_)->field.sle_next;                           \
        }                                                                \
        qatomic_set(link_, rem_->field.sle_next);                        \
    } while (0)

#define QSLIST_FOREACH_RCU(var, head, field)                             \
    for ((var) = QSLIST_FIRST_RCU(head); (var);                          \
         (var) = QSLIST_NEXT_RCU(var, field))

/* The same; @next is read before the body runs. */
#define QSLIST_FOREACH_SAFE_RCU(var, head, field, next)                  \
    for ((var) = QSLIST_FIRST_RCU(head);                                 \
         (var) && ((next) = QSLIST_NEXT_RCU(var, field), 1);             \
         (var) = (next))

#endif
