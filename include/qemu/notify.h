/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of callbacks: something happens, everyone on the list hears of it.
 *
 * The listener embeds a Notifier and finds itself from it with
 * container_of(). The newest is called first. A callback may remove its own
 * notifier. There is no lock: adding, removing and calling are for one thread
 * at a time, mostly the one that holds the big lock.
 */
#ifndef QEMU_NOTIFY_H
#define QEMU_NOTIFY_H

#include "qemu/queue.h"
#include "qemu/typedefs.h"

typedef struct Notifier Notifier;
struct Notifier {
    void (*notify)(Notifier *notifier, void *data);
    QLIST_ENTRY(Notifier) node;
};

typedef struct NotifierList {
    QLIST_HEAD(, Notifier) notifiers;
} NotifierList;

#define NOTIFIER_LIST_INITIALIZER(head)                                  \
    {                                                                    \
        QLIST_HEAD_INITIALIZER((head).notifiers)                         \
    }

void notifier_list_init(NotifierList *list);
/* @notifier->notify is set; it must live until it is removed. */
void notifier_list_add(NotifierList *list, Notifier *notifier);
/* From whatever list it is in. */
void notifier_remove(Notifier *notifier);
/* Calls all of them with @data. */
void notifier_list_notify(NotifierList *list, void *data);
bool notifier_list_empty(NotifierList *list);

/* The same with callbacks that can refuse. */
typedef struct NotifierWithReturn NotifierWithReturn;
/* 0, or a value that ends the round (negative, with @errp set). */
typedef int (*NotifierWithReturnFunc)(NotifierWithReturn *notifier,
                                      void *data, Error **errp);
struct NotifierWithReturn {
    NotifierWithReturnFunc notify;
    QLIST_ENTRY(NotifierWithReturn) node;
};

typedef struct NotifierWithReturnList {
    QLIST_HEAD(, NotifierWithReturn) notifiers;
} NotifierWithReturnList;

#define NOTIFIER_WITH_RETURN_LIST_INITIALIZER(head)                      \
    {                                                                    \
        QLIST_HEAD_INITIALIZER((head).notifiers)                         \
    }

void notifier_with_return_list_init(NotifierWithReturnList *list);
void notifier_with_return_list_add(NotifierWithReturnList *list,
                                   NotifierWithReturn *notifier);
void notifier_with_return_remove(NotifierWithReturn *notifier);
/* Calls them until one returns other than 0; that value, or 0. */
int notifier_with_return_list_notify(NotifierWithReturnList *list, void *data,
                                     Error **errp);

#endif
