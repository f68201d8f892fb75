/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ramfb: a screen in the guest's memory that a guest sets up by writing the
 * file etc/ramfb of fw_cfg by DMA. ramfb_setup() is for devices that have it
 * besides their own ways (and call ramfb_display_update() until their driver
 * takes over); the device "ramfb" has nothing else.
 */
#ifndef RAMFB_H
#define RAMFB_H

#include "migration/vmstate.h"

typedef struct RAMFBState RAMFBState;

/* A gfx_update: shows on @con what has changed. */
void ramfb_display_update(QemuConsole *con, RAMFBState *s);
/* Adds the file to fw_cfg; NULL with @errp set when there is none with DMA. */
RAMFBState *ramfb_setup(Error **errp);

extern const VMStateDescription ramfb_vmstate;

#define TYPE_RAMFB_DEVICE "ramfb"

#endif
