/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the device "ramfb" calls besides include/hw/display/ramfb.h. */
#ifndef HW_DISPLAY_RAMFB_INTERNAL_H
#define HW_DISPLAY_RAMFB_INTERNAL_H

#include "hw/display/ramfb.h"

/* Shows nothing from now on; the console keeps its surface. */
void ramfb_forget(RAMFBState *s);
/* As after start: an empty file, and a placeholder on the console. */
void ramfb_reset(QemuConsole *con, RAMFBState *s);

#endif
