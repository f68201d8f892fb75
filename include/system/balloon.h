/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The monitor's `balloon` and `query-balloon`, and the one device that answers
 * them. All functions need the big lock.
 */
#ifndef QEMU_BALLOON_H
#define QEMU_BALLOON_H

#include "exec/cpu-common.h"
#include "qapi/qapi-types-machine.h"

/* The guest shall have @target bytes of memory. */
typedef void QEMUBalloonEvent(void *opaque, ram_addr_t target);
/* Fills @info with what the guest has. */
typedef void QEMUBalloonStatus(void *opaque, BalloonInfo *info);

/* Registers the device @opaque; negative if there is one already. */
int qemu_add_balloon_handler(QEMUBalloonEvent *event_func,
                             QEMUBalloonStatus *stat_func, void *opaque);
/* Nothing if @opaque is not the one registered. */
void qemu_remove_balloon_handler(void *opaque);

#endif
