/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a user can set on an event loop: the parent of the objects "iothread"
 * (system/iothread.h) and "main-loop". The properties aio-max-batch,
 * thread-pool-min and thread-pool-max are theirs to hand to the AioContext.
 */
#ifndef QEMU_EVENT_LOOP_BASE_H
#define QEMU_EVENT_LOOP_BASE_H

#include "block/aio.h"
#include "qom/object.h"

#define TYPE_EVENT_LOOP_BASE "event-loop-base"
OBJECT_DECLARE_TYPE(EventLoopBase, EventLoopBaseClass, EVENT_LOOP_BASE)

/*
 * init() comes when all properties are set, update_params() after a change
 * later on; either may set an error. can_be_deleted() may be NULL.
 */
struct EventLoopBaseClass {
    ObjectClass parent_class;

    void (*init)(EventLoopBase *base, Error **errp);
    void (*update_params)(EventLoopBase *base, Error **errp);
    bool (*can_be_deleted)(EventLoopBase *base);
};

struct EventLoopBase {
    Object parent;

    int64_t aio_max_batch; /* 0: as many as the engine likes */
    int64_t thread_pool_min;
    int64_t thread_pool_max;
};

/* A number, an int64_t at @offset of an instance. */
typedef struct EventLoopParam {
    const char *name;
    size_t offset;
} EventLoopParam;

/*
 * Adds @num properties of type "int" to the class @oc, of an event loop: none
 * takes a negative number. @params is kept.
 */
void event_loop_base_add_params(ObjectClass *oc, EventLoopParam *params,
                                size_t num);

#endif
